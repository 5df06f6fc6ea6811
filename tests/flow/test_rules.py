"""Where a need is, in one line; no database."""

import pytest

from mulin.commons.flow.rules import place_line


@pytest.mark.parametrize(
    ("names", "words", "line"),
    [
        (("12幢",), "2单元门口", "12幢 2单元门口"),
        (("12幢",), "新街小区12幢2单元", "新街小区12幢2单元"),
        (("9幢",), "9幢", "9幢"),
        (("2幢",), "12幢2单元", "2幢 12幢2单元"),
        (("12幢", "睦邻客厅"), "", "12幢 睦邻客厅"),
        (("", ""), "南门外", "南门外"),
        ((), "", ""),
    ],
)
def test_what_the_words_say_of_a_place_is_said_once(names, words, line):
    assert place_line(names, words) == line

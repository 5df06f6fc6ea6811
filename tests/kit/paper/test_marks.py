"""Shares of ink become an answer, or a person's work."""

import pytest

from mulin.commons.paper.rules import needs_look
from mulin.kit.paper.definition import Choice, Field, Kind
from mulin.kit.paper.marks import Answer, Ink, Seen, answer_of, is_read_surely

pytestmark = pytest.mark.once

EMPTY, MARKED, SPECK, BLACK = (Seen(ink, 0.9) for ink in (0.0, 0.3, 0.05, 0.8))
LOST = Seen(0.3, 0.4)
CHOICES = (Choice("a", "甲"), Choice("b", "乙"))


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        (Seen(0.0, 1.0), Ink.EMPTY), (Seen(0.029, 1.0), Ink.EMPTY), (Seen(0.03, 1.0), Ink.UNCLEAR),
        (Seen(0.169, 1.0), Ink.UNCLEAR), (Seen(0.17, 1.0), Ink.MARKED),
        (Seen(0.66, 1.0), Ink.MARKED), (Seen(0.661, 1.0), Ink.UNCLEAR),
        (Seen(0.3, 0.54), Ink.UNCLEAR), (Seen(0.0, 0.54), Ink.UNCLEAR),
    ],
)  # fmt: skip
def test_a_box(seen, verdict):
    assert seen.verdict == verdict


@pytest.mark.parametrize(
    ("kind", "first", "second", "answer"),
    [
        (Kind.ONE, EMPTY, EMPTY, Answer((), is_sure=True)),
        (Kind.ONE, MARKED, EMPTY, Answer(("a",), is_sure=True)),
        (Kind.ONE, MARKED, MARKED, Answer((), is_sure=False)),
        (Kind.ONE, MARKED, SPECK, Answer(("a",), is_sure=False)),
        (Kind.ONE, BLACK, MARKED, Answer(("b",), is_sure=False)),
        (Kind.MANY, MARKED, MARKED, Answer(("a", "b"), is_sure=True)),
        (Kind.MANY, EMPTY, LOST, Answer((), is_sure=False)),
    ],
)
def test_the_boxes_of_a_field(kind, first, second, answer):
    assert answer_of(Field("q", "问", kind, CHOICES), {"a": first, "b": second}) == answer


@pytest.mark.parametrize(
    ("scores", "is_sure"),
    [((0.9,), True), ((0.8999,), False), ((0.99, 0.89), False), ((0.95, 0.91), True), ((), False)],
)
def test_words_are_sure_from_nine_tenths_in_every_line(scores, is_sure):
    assert is_read_surely(scores) is is_sure


@pytest.mark.parametrize(
    ("field", "is_looked_at"),
    [
        (Field("f", "问", Kind.TEXT), False),
        (Field("f", "问", Kind.TEXT, lines=2), True),
        (Field("f", "问", Kind.NAME), True),
        (Field("f", "问", Kind.PHONE), True),
        (Field("f", "问", Kind.NUMBER), True),
        (Field("f", "问", Kind.DAY), True),
        (Field("f", "问", Kind.ONE, CHOICES), False),
        (Field("f", "问", Kind.ONE, CHOICES, decides=True), True),
        (Field("f", "问", Kind.MANY, CHOICES, decides=True), True),
    ],
)
def test_whatever_decides_something_is_looked_at_however_sure_the_machine_is(field, is_looked_at):
    assert needs_look(field, is_sure=True) is is_looked_at
    assert needs_look(field, is_sure=False)


def test_a_box_that_was_not_measured_is_no_answer():
    with pytest.raises(KeyError):
        answer_of(Field("q", "问", Kind.ONE, CHOICES), {"a": EMPTY})

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.kit.grams import prefixes, query_phrases, query_words, words_of


def finds(text: str, phrase: str) -> bool:
    """As both databases answer a phrase query."""
    words, wanted = words_of(text), query_words(phrase)
    return bool(wanted) and any(
        words[start : start + len(wanted)] == wanted for start in range(len(words))
    )


def test_the_words_of_a_mixed_text():
    assert words_of("3号楼路灯") == ["3", "3号", "号楼", "楼路", "路灯"]
    assert words_of("12幢 204 室，Ａ座!") == [
        "12", "12幢", "幢204", "204", "204室", "a", "a座",
    ]  # fmt: skip
    assert words_of("路灯 坏了") == ["路灯", "灯坏", "坏了"]
    assert words_of("灯。坏") == ["灯", "坏"]
    assert words_of("Street  LAMP") == ["street", "lamp"]
    assert words_of("𠮷野家3𠮷") == ["𠮷野", "野家", "家3", "3", "3𠮷"]
    assert words_of("葛\U000e0100飾") == ["葛飾"]
    assert words_of(" ，。!? ") == []


@pytest.mark.parametrize(
    "phrase",
    [
        "路灯",
        "3",
        "号楼",
        "3号",
        "3号楼",
        "楼路灯",
        "3号楼路灯",
        "３号楼",
        "3 号楼",
        "灯坏",
        "坏12",
        "12幢",
    ],
)
def test_what_was_typed_is_found(phrase):
    assert finds("3号楼路灯坏 12幢", phrase)


@pytest.mark.parametrize("phrase", ["灯路", "4号楼", "13号", "路灯3", "2幢", "", "，"])
def test_what_was_not_typed_is_not_found(phrase):
    assert not finds("3号楼路灯坏 12幢", phrase)


def test_blanks_in_a_query_part_phrases():
    assert query_phrases("路灯 12幢") == [["路灯"], ["12", "12幢"]]
    assert query_phrases("路灯 12 幢") == [["路灯"], ["12", "12幢"]]
    assert query_phrases("王 明") == [["王明"]]
    assert query_phrases("灯") == [["灯"]]
    assert query_phrases("幢 12 !") == [["幢12", "12"]]
    assert query_phrases(" ， ") == []


def test_beginnings():
    assert prefixes("Zxm") == ["z", "zx", "zxm"]
    assert prefixes("13800", least=3) == ["138", "1380", "13800"]
    assert prefixes("王小明") == ["王", "王小", "王小明"]
    assert prefixes("𠮷田") == ["𠮷", "𠮷田"]
    assert prefixes("138-00", least=5) == ["13800"]
    assert prefixes("12", least=4) == ["12"]
    assert prefixes("·") == []


han = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF) | st.characters(
    min_codepoint=0x20000, max_codepoint=0x2A6DF
)
mixed = st.text(han | st.sampled_from("aB3９ ，。-\n·") | st.characters(), max_size=60)


@given(mixed, st.text(han, min_size=2, max_size=12), mixed, st.data())
def test_any_two_neighbouring_characters_or_more_are_found(before, chinese, after, data):
    start = data.draw(st.integers(0, len(chinese) - 2))
    end = data.draw(st.integers(start + 2, len(chinese)))
    assert finds(before + chinese + after, chinese[start:end])


units = st.lists(han | st.from_regex(r"[a-z0-9]{1,6}", fullmatch=True), min_size=2, max_size=12)


@given(units, st.data())
def test_any_part_between_units_is_found(parts, data):
    # Two runs of letters that touch would be one.
    text = [part + " " if len(part) > 1 or part.isascii() else part for part in parts]
    start = data.draw(st.integers(0, len(parts) - 2))
    end = data.draw(st.integers(start + 2, len(parts)))
    assert finds("".join(text), "".join(text[start:end]))


@given(st.text(max_size=200))
def test_words_are_whole_and_small(text):
    for word in words_of(text):
        assert word
        assert not any(c.isspace() for c in word)
        assert words_of(word)

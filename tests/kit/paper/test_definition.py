"""Whatever definition is accepted can be printed and read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.kit.paper.definition import (
    BOTTOM,
    CELLS,
    LEFT,
    MARKER_MM,
    MARKERS,
    PAGE,
    QR_AT,
    QR_MM,
    READABLE,
    RIGHT,
    TOP,
    Box,
    Choice,
    Field,
    Form,
    FormFault,
    Kind,
    SheetCode,
    form_of,
    pages_of,
    sheet_code,
    width_of,
)
from mulin.kit.paper.typed import form_class_of

pytestmark = pytest.mark.once

WORDS = st.text("一二三四五六七八九十灯楼abc 12", min_size=1, max_size=12)


@st.composite
def fields(draw):
    names = draw(st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), min_size=1, max_size=12,
                          unique=True))  # fmt: skip
    made = []
    for name in names:
        kind = draw(st.sampled_from(Kind))
        choices = ()
        if kind in (Kind.ONE, Kind.MANY):
            labels = draw(st.lists(WORDS, min_size=2, max_size=14))
            choices = tuple(Choice(str(n), label) for n, label in enumerate(labels))
        if kind not in CELLS and draw(st.booleans()):
            is_filled = draw(st.booleans())
            short = tuple(Choice(one.value, one.label[:4]) for one in choices[:3])
            made.append(Field(name, draw(WORDS), kind, short, in_row=True, is_filled=is_filled))
            continue
        lines = draw(st.integers(1, 15))
        made.append(Field(name, draw(WORDS), kind, choices, lines=lines))
    return tuple(made)


def apart(one: Box, other: Box) -> bool:
    return (
        one.x + one.width <= other.x + 1e-6
        or other.x + other.width <= one.x + 1e-6
        or one.y + one.height <= other.y + 1e-6
        or other.y + other.height <= one.y + 1e-6
    )


@given(fields())
def test_what_is_accepted_lies_on_the_page_with_nothing_over_anything(asked):
    form = Form("ANY", 3, "什么", asked)
    for page in pages_of(form):
        kept_free = [Box(x, y, MARKER_MM, MARKER_MM) for x, y in MARKERS]
        kept_free.append(Box(*QR_AT, QR_MM, QR_MM))
        for placed in page.placed:
            marks = [mark.box for mark in placed.marks]
            beside = [
                Box(m.box.x + m.box.width + 2, m.box.y, width_of(m.label), m.box.height)
                for m in placed.marks
            ]
            taken = [placed.label, *(marks or placed.cells or [placed.area]), *beside]
            for box in taken:
                assert box.x >= LEFT
                assert box.x + box.width <= PAGE[0] - 8
                assert box.y >= TOP
                assert box.y + box.height <= BOTTOM + 1e-6
                assert all(apart(box, other) for other in kept_free)
            kept_free += taken
    assert [one.field.name for page in pages_of(form) for one in page.placed] == [
        field.name for field in asked
    ]


@given(fields())
def test_a_definition_survives_its_own_text_and_is_typed_as_it_is_printed(asked):
    form = Form("ANY", 3, "什么", asked)
    again = form_of(form.as_json())
    assert (again, again.fingerprint) == (form, form.fingerprint)
    typed = form_class_of(form).base_fields
    assert [name for name in typed if name != "token"] == [field.name for field in asked]
    for field in asked:
        assert typed[field.name].label == field.label
        if field.is_boxes:
            assert [value for value, _label in typed[field.name].choices] == [
                choice.value for choice in field.choices
            ]


@pytest.mark.parametrize(
    "broken",
    [
        lambda: Form("lower", 1, "x", (Field("a", "a", Kind.TEXT),)),
        lambda: Form("GOOD", 0, "x", (Field("a", "a", Kind.TEXT),)),
        lambda: Form("GOOD", 1, "x", ()),
        lambda: Form("GOOD", 1, "x", (Field("a", "a", Kind.TEXT), Field("a", "b", Kind.TEXT))),
        lambda: Form("GOOD", 1, "x", (Field("a", "a", Kind.ONE, (Choice("1", "一"),)),)),
        lambda: Form("GOOD", 1, "x", (Field("a", "a", Kind.MANY, (Choice("1", "一"),) * 2),)),
        lambda: Form("GOOD", 1, "x", (Field("a", "a", Kind.TEXT, (Choice("1", "一"),)),)),
        lambda: Form("GOOD", 1, "x", (Field("a", "a", Kind.TEXT, lines=16),)),
        lambda: form_of("{}"),
        lambda: form_of("no JSON"),
    ],
)
def test_what_cannot_be_printed_is_refused(broken):
    with pytest.raises(FormFault):
        broken()


def test_words_that_are_wider_than_the_page_are_refused():
    choices = (Choice("1", "一" * 60), Choice("2", "二"))
    with pytest.raises(FormFault):
        Form("WIDE", 1, "x", (Field("a", "a", Kind.ONE, choices),))
    with pytest.raises(FormFault):
        Form("WIDE", 1, "x", (Field("a", "一" * 140, Kind.TEXT),))


def test_a_long_question_takes_lines_and_pushes_what_follows_down():
    short, long = (
        pages_of(Form("LONG", 1, "x", (Field("a", "一" * count, Kind.TEXT), Field("b", "b", Kind.TEXT))))
        for count in (32, 33)
    )  # fmt: skip
    tall = [page[0].placed[0].label.height for page in (short, long)]
    assert tall == [8.0, 14.2]
    moved = long[0].placed[1].label.y - short[0].placed[1].label.y
    assert moved == pytest.approx(6.2)


def test_words_that_are_decided_stand_above_the_first_question_smaller_where_that_saves_a_side():
    rows = tuple(
        Field(name, name, Kind.MANY, (Choice("yes", "选"),), in_row=True)
        for name in ("a", "b", "c")
    )
    plain, short, long = (Form("WORDS", 1, "x", rows, words="灯" * n) for n in (0, 30, 1000))
    assert "words" not in plain.as_json()
    assert form_of(short.as_json()) == short
    assert [page.words for page in pages_of(plain)] == [None]
    (side,) = pages_of(short)
    assert (side.words, side.is_small) == (Box(LEFT, TOP, RIGHT - LEFT, 6.6), False)
    assert side.placed[0].label.y == pytest.approx(TOP + 6.6 + 4)
    (side,) = pages_of(long)
    assert side.is_small
    assert side.words.y + side.words.height < side.placed[0].label.y
    with pytest.raises(FormFault):
        pages_of(Form("WORDS", 1, "x", rows, words="灯" * 2000))


def test_check_characters_catch_a_slip_and_a_swap():
    code = str(SheetCode("DEMAND", 1, 1, "ABCDEFGHJK"))
    assert sheet_code(code) == SheetCode("DEMAND", 1, 1, "ABCDEFGHJK")
    assert sheet_code(f"  {code.lower()} ") is not None
    slips, swaps = set(), set()
    for at, was in enumerate(code):
        slips |= {code[:at] + one + code[at + 1 :] for one in READABLE + "01IOLU" if one != was}
    for at in range(len(code) - 1):
        swaps.add(code[:at] + code[at + 1] + code[at] + code[at + 2 :])
    swaps.discard(code)
    assert len(slips) > 900
    assert len(swaps) > 20
    assert [one for one in slips | swaps if sheet_code(one) is not None] == []


@pytest.mark.parametrize("other", ["", "https://example.org", "MULIN-DEMAND-1-1-ABCDEFGHJK",
                                   "MULIN-DEMAND-0-1-ABCDEFGHJK-22", "OTHER-DEMAND-1-1-ABCDEFGHJK-QY"])  # fmt: skip
def test_another_code_is_none_of_ours(other):
    assert sheet_code(other) is None

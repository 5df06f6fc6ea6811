"""Lists, statements and quizzes: what other rooms' sheets are made of, printed and seen again."""

from random import Random

import pytest

from mulin.kit.paper.definition import (
    BOTTOM,
    Choice,
    Field,
    Form,
    FormFault,
    Kind,
    blank_rows,
    filled,
    known_rows,
    pages_of,
    rows_of,
    statements,
)
from mulin.kit.paper.eye import look_at
from mulin.kit.paper.printed import sheet_context
from mulin.kit.paper.printing import pdf_of
from mulin.kit.paper.typed import form_class_of
from tests.support.filledin import WHOSE, written
from tests.support.hardphotos import CARELESS, ORDINARY, PX, drawn, photographed
from tests.support.pdfs import Pdf

pytestmark = pytest.mark.once

SERIAL = "ABCDEFGHJK"
#: How light paper without ink is at least.
PAPER = 200
STANCES = (Choice("agree", "同意"), Choice("disagree", "不同意"), Choice("pass", "说不好"))
LONG = "小区里的电动自行车应该一律停到地面车棚，楼道里不许停，也不许拉线充电"
OPINIONS = Form(
    "OPINION", 1, "您怎么看", statements("s", (LONG, "车棚要装充电桩", "晚上十点以后不许广播"), STANCES)
)  # fmt: skip
SIGN_IN = Form(
    "SIGNIN", 1, "签到",
    known_rows("who", 12, (Choice("here", "到"),)) + blank_rows("guest", "没有您的名字？写这里", 3),
)  # fmt: skip
QUIZ = Form(
    "QUIZ", 1, "答题",
    tuple(
        Field(f"q{n}", f"{n}．厨余垃圾应该投到哪个桶？", Kind.ONE,
              tuple(Choice(str(k), f"{colour}桶") for k, colour in enumerate("红绿蓝灰")))
        for n in range(1, 9)
    ),
)  # fmt: skip
NAMES = {"who1": "王秀英 12幢1单元301", "who2": "张勇 12幢2单元102", "who3": "周小一"}


def seen(form, answers, light=ORDINARY, words=None):
    """What stands on a photo of this sheet, by field; and whether it is sure."""
    blank = drawn(pdf_of("kit/form_sheet.html", sheet_context(form, [SERIAL], words) | WHOSE))
    shot = photographed(written(blank, form, answers), light, Random(form.code))
    sight = look_at(shot, {(form.code, form.version): form})
    assert (sight.code.serial, sight.trouble) == (SERIAL, None)
    boxes = [one for one in sight.fields if one.answer is not None]
    assert all(one.answer.is_sure for one in boxes)
    return {one.placed.field.name: one.answer.values for one in boxes}, sight


@pytest.mark.parametrize("light", [ORDINARY, CARELESS])
def test_statements_are_agreed_to_or_not_row_by_row(light):
    ticked, _sight = seen(OPINIONS, {"s1": "disagree", "s3": "pass"}, light)
    assert ticked == {"s1": ("disagree",), "s2": (), "s3": ("pass",)}


def test_a_quiz_has_one_answer_to_each_question():
    answers = {f"q{n}": str(n % 4) for n in range(1, 9)}
    ticked, _sight = seen(QUIZ, answers)
    assert ticked == {name: (value,) for name, value in answers.items()}


def test_a_list_names_whoever_is_known_and_has_lines_for_others():
    ticked, sight = seen(SIGN_IN, {"who1": ["here"], "guest1": "顾大爷"}, words={SERIAL: NAMES})
    assert ticked == {name: ("here",) if name == "who1" else () for name in rows_of(SIGN_IN)}
    written_on = [one.placed.field.name for one in sight.fields if one.lines]
    assert written_on == ["guest1"]
    on_paper = Pdf(pdf_of("kit/form_sheet.html", sheet_context(SIGN_IN, [SERIAL], {SERIAL: NAMES}) | WHOSE)).text  # fmt: skip
    assert "王秀英" in on_paper
    # Neither definition nor code knows a name; what is asked of a sheet knows it.
    assert "王秀英" not in SIGN_IN.as_json()
    asked = filled(SIGN_IN, NAMES)
    assert [one.name for one in asked.fields] == [*NAMES, "guest1", "guest2", "guest3"]
    assert form_class_of(asked).base_fields["who2"].label == NAMES["who2"]


def test_what_is_asked_of_a_row_goes_with_it():
    rows = Form(
        "CALLS", 1, "回访",
        tuple(
            one
            for n in (1, 2)
            for one in (
                Field(f"r{n}", "", Kind.ONE, STANCES, in_row=True, is_filled=True),
                Field(f"r{n}_words", "原话", Kind.TEXT, in_row=True),
            )
        ),
    )  # fmt: skip
    assert [one.name for one in filled(rows, {"r2": "王秀英"}).fields] == ["r2", "r2_words"]


def test_a_side_holds_sixteen_rows_and_a_row_holds_no_more_than_it_can():
    (page,) = pages_of(Form("LIST", 1, "名单", known_rows("who", 17, (Choice("here", "到"),))))
    assert page.placed[-1].label.y + page.placed[-1].label.height <= BOTTOM
    many = tuple(Choice(str(n), "非常满意") for n in range(5))
    for broken in (
        Field("a", "说法", Kind.ONE, many, in_row=True),
        Field("a", "很长" * 200, Kind.ONE, STANCES, in_row=True),
        Field("a", "电话", Kind.PHONE, in_row=True),
        Field("a", "", Kind.NAME, is_filled=True),
    ):
        with pytest.raises(FormFault):
            Form("LIST", 1, "名单", (broken,))


@pytest.mark.parametrize(
    "title", ["答题", "答题：“客服”来退款，您先别急", "答题：" + "很长的题目" * 8]
)
def test_the_head_of_a_sheet_never_runs_into_what_stands_below_it(title):
    """Between the head and the line on how to fill it in there is paper."""
    form = Form(
        "QUIZ", 1, title, QUIZ.fields, under="每题勾一个格子。不用写名字，答错了谁也不留。" * 2
    )
    context = sheet_context(
        form, [SERIAL], about={SERIAL: f"{title} · 11月30日（周一）3:50 睦邻客厅"}
    )
    sheet = drawn(pdf_of("kit/form_sheet.html", context | WHOSE))
    gap = sheet[round(42.6 * PX) : round(44.2 * PX), round(30 * PX) : round(148 * PX)]
    assert gap.min() > PAPER

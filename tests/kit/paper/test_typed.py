"""A page of a room shows a field of the definition in words of its own; what may be said stays."""

import pytest
from django import forms

from mulin.kit.paper.definition import Choice, Field, Form, Kind
from mulin.kit.paper.typed import DefinedForm, Shown

pytestmark = pytest.mark.once

WAYS = (Choice("call", "给我打电话"), Choice("door", "到家里来"))
ASKED = Form(
    "ASKED", 1, "什么事",
    (
        Field("words", "什么事？", Kind.TEXT, lines=3, most=20, is_required=True),
        Field("how", "怎么答复您？", Kind.ONE, WAYS, hint="选一个"),
    ),
)  # fmt: skip


class OwnForm(DefinedForm):
    define = staticmethod(lambda: ASKED)
    shows = {
        "told": Shown("words", label="用原话记", attrs={"rows": 9}),
        "wish": Shown("how", words={"call": "打电话", "door": "上门"}, widget=forms.Select,
                      initial="door"),
        "again": Shown("how", missing="请选一个"),
    }  # fmt: skip
    order = ("wish", "extra", "told")
    extra = forms.CharField(required=False)


def test_words_are_the_pages_and_answers_the_definitions():
    form = OwnForm()
    assert [name for name in form.fields if name != "token"] == ["wish", "extra", "told", "again"]
    told, wish, again = (form.fields[name] for name in ("told", "wish", "again"))
    assert (told.label, told.max_length, told.required, told.widget.attrs["rows"]) == (
        "用原话记", 20, True, 9,
    )  # fmt: skip
    assert (wish.label, wish.help_text, wish.required) == ("怎么答复您？", "选一个", False)
    assert list(wish.choices) == [("call", "打电话"), ("door", "上门")]
    assert '<option value="door" selected>上门</option>' in str(form["wish"])
    assert (again.required, list(again.choices)) == (
        True,
        [("call", "给我打电话"), ("door", "到家里来")],
    )


def test_what_the_definition_does_not_allow_is_refused():
    form = OwnForm({"told": "长" * 21, "wish": "post", "again": ""})
    assert form.errors.keys() == {"told", "wish", "again"}
    assert form.errors["again"] == ["请选一个"]
    assert OwnForm({"told": "灯", "again": "call"}).is_valid()


def test_a_choice_without_words_of_the_page_is_a_fault():
    class Half(DefinedForm):
        define = staticmethod(lambda: ASKED)
        shows = {"wish": Shown("how", words={"call": "打电话"})}
        order = ("wish",)

    with pytest.raises(KeyError):
        Half()

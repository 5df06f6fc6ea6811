"""A page of a room shows a field of the definition in words of its own; what may be said stays."""

import pytest
from django import forms

from mulin.kit.paper.definition import Choice, Field, Form, Kind, form_of
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


COUNTED = Form(
    "COUNTED", 1, "几个人",
    (
        Field("people", "多少人？", Kind.NUMBER, is_required=True, is_whole=True, least=1),
        Field("told", "讲清楚了", Kind.MANY, (Choice("yes", "是"),)),
    ),
)  # fmt: skip


class CountedForm(DefinedForm):
    define = staticmethod(lambda: COUNTED)
    shows = {"people": Shown("people"), "told": Shown("told", tick="yes")}


@pytest.mark.parametrize(
    ("typed", "counted"), [("3", 3), ("1", 1), ("0", None), ("2.5", None), ("-1", None), ("", None)]
)
def test_what_is_counted_is_whole_and_no_fewer_than_the_least(typed, counted):
    form = CountedForm({"people": typed})
    assert (form.is_valid(), form.cleaned_data.get("people")) == (counted is not None, counted)


def test_one_answer_is_drawn_as_a_box_to_tick():
    form = CountedForm({"people": "3", "told": "on"})
    assert (form.fields["told"].label, form.is_valid()) == ("讲清楚了", True)
    assert form.cleaned_data["told"] is True
    assert CountedForm({"people": "3"}).fields["told"].required is False


def test_a_tick_that_stands_for_no_answer_is_a_fault():
    class Wrong(DefinedForm):
        define = staticmethod(lambda: COUNTED)
        shows = {"told": Shown("told", tick="no")}

    with pytest.raises(KeyError):
        Wrong()


def test_what_a_definition_could_not_say_at_first_leaves_the_earlier_ones_as_they_were():
    plain, whole = (
        Form("PLAIN", 1, "数", (Field("n", "几个", Kind.NUMBER, is_whole=one),))
        for one in (False, True)
    )
    assert "is_whole" not in plain.as_json()
    assert form_of(whole.as_json()) == whole
    assert plain.fingerprint != whole.fingerprint

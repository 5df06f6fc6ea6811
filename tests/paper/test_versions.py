"""A form is changed: sheets of before are read by what they asked then, beside those of now."""

from dataclasses import replace

import pytest

from mulin.commons.paper import registry
from mulin.commons.paper.actions.readings import finish
from mulin.commons.paper.actions.sheets import print_sheets
from mulin.commons.paper.models import FormVersion, ReadField
from mulin.commons.paper.queries import asked_on, proposed
from mulin.commons.paper.registry import use_of
from mulin.kit.paper.definition import Choice, Field, Kind
from mulin.kit.paper.typed import form_class_of
from mulin.parlour.reception.models import Demand
from tests.clock import NOW
from tests.support.filledin import blank_of, photo, written
from tests.support.hardphotos import ORDINARY

# What is read from a picture is the same on every database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def printed(cast, slip, monkeypatch):
    """Print a sheet of the demand form as it is, or as it was changed."""

    def sheet(change=None):
        use = use_of("DEMAND")
        if change is not None:
            before = slip.form
            use = replace(use, define=lambda: change(before))
            monkeypatch.setitem(registry._uses, "DEMAND", use)
            registry._form_of.cache_clear()
        (made,) = print_sheets(use, count=1, by=cast.chen.actor, now=NOW)
        return made

    yield sheet
    monkeypatch.undo()
    registry._form_of.cache_clear()


def changed(form):
    """The second version asks about the child first, so that everything else stands lower, and has
    one kind of matter less.
    """
    child = Field("child", "是孩子的事吗？", Kind.ONE, (Choice("yes", "是"), Choice("no", "不是")))
    kinds = replace(form.field("kind"), choices=form.field("kind").choices[1:])
    others = [kinds if one.name == "kind" else one for one in form.fields if one.name != "day"]
    return replace(form, version=2, fields=(child, *others))


def test_each_sheet_is_read_by_its_own_version(cast, slip, printed, read_really):
    old, new = printed(), printed(changed)
    assert [version.version for version in FormVersion.objects.order_by("version")] == [1, 2]
    answers = {"words": "垃圾没人收", "kind": "clean", "visibility": "named"}
    first = written(blank_of(old.version.form, old.serial), old.version.form, answers | {"day": "20261124"})  # fmt: skip
    second = written(blank_of(new.version.form, new.serial), new.version.form, answers | {"child": "yes"})  # fmt: skip
    readings = read_really(photo(second, ORDINARY, "new"), photo(first, ORDINARY, "old"))
    assert [(one.version.version, one.matter) for one in readings] == [(2, ""), (1, "")]
    for reading in readings:
        read = {one.name: proposed(one) for one in ReadField.objects.filter(reading=reading)}
        asked = asked_on(reading, cast.chen.actor)
        assert (read["words"], read["kind"]) == (("垃圾没人收",), ("clean",))
        assert ("child" in read, "day" in read) == (reading.version.version == 2, reading.version.version == 1)  # fmt: skip
        typed = form_class_of(asked)(
            {one.name: (read[one.name] or ("",))[0] for one in asked.fields}
        )
        assert typed.is_valid(), typed.errors
        finish(
            reading, values={one.name: typed.cleaned_data[one.name] for one in asked.fields},
            looked=set(read), person=None, by=cast.chen.actor, now=NOW,
        )  # fmt: skip
    told = [(one.need.words, one.need.category.code) for one in Demand.objects.order_by("id")]
    assert told == [("垃圾没人收", "clean")] * 2

"""Two organisations of the list, one body: nothing is lost or renamed, and it can be taken back."""

import itertools
import re
from collections import Counter
from pathlib import Path

import pytest
from django.apps import apps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mulin.ground.audit.models import Act
from mulin.ground.people.actions.bodies import (
    merge_organisations,
    say_organisations_not_same,
    undo_organisation_merge,
)
from mulin.ground.people.actions.organisations import affiliate, found_organisation
from mulin.ground.people.forms import AffiliateForm, OrganisationField
from mulin.ground.people.models import (
    Affiliation,
    Organisation,
    OrganisationMerge,
    OrganisationNotSame,
)
from mulin.ground.people.queries import (
    likely_same,
    likely_same_pairs,
    organisations,
    people_of,
    under_name,
)
from mulin.ground.people.rules import (
    UNDER_NAME,
    AlikeBody,
    BodyLikeness,
    alike_bodies,
    pairs_of_bodies,
)
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community
from tests.clock import NOW

pytestmark = pytest.mark.django_db

MULIN = Path(__file__).resolve().parents[2] / "mulin"
OWN_BOOKS = (Organisation, OrganisationMerge, OrganisationNotSame)


@pytest.fixture
def xinjie(cast):
    with in_community(cast.xinjie):
        yield cast


def body(cast, name, kind="unit", **typed):
    return found_organisation(by=cast.chen.actor, now=NOW, name=name, kind=kind, **typed)


def fresh(one):
    return Organisation.objects.get(pk=one.pk)


def merge(cast, kept, merged, **how):
    return merge_organisations(kept, merged, by=cast.chen.actor, now=NOW, **how)


def undo(cast, done):
    return undo_organisation_merge(done, by=cast.chen.actor, now=NOW)


def relations():
    """Every column of every room that points at an organisation; the books of merges apart."""
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model not in OWN_BOOKS and model.__module__.startswith("mulin.")
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and field.related_model is Organisation
    }


def rows_by_organisation():
    """How many rows of every table point at which organisation."""
    rows = Counter()
    for relation in relations():
        label, _dot, name = relation.rpartition(".")
        for pointed in apps.get_model(label)._default_manager.values_list(name, flat=True):
            rows[relation, pointed] += 1
    return rows


# ── fixmystreet 312: the same body listed twice ──────────────────────────────────────────────


def test_fixmystreet_312_a_body_that_stands_twice_is_merged_and_its_history_kept(xinjie):
    kept, merged = body(xinjie, "海盐县供电公司"), body(xinjie, "供电公司", phone="0573-86022222")
    affiliate(xinjie.yong.person, merged, by=xinjie.chen.actor, now=NOW, post="抄表")
    done = merge(xinjie, kept, merged)
    kept, merged = fresh(kept), fresh(merged)
    assert (kept.name, kept.phone, merged.name, merged.merged_into) == (
        "海盐县供电公司", "0573-86022222", "供电公司", kept,
    )  # fmt: skip
    # The row keeps the name it was written under, and the page of the one that stands shows it.
    belongs = people_of(kept, xinjie.chen.actor).get()
    assert (belongs.organisation.name, belongs.post) == ("供电公司", "抄表")
    listed = {one.name: one.people_count for one in organisations()}
    assert listed["海盐县供电公司"] == 1
    assert "供电公司" not in listed
    assert Organisation.everyone_of(merged) == Organisation.everyone_of(kept)
    assert Act.objects.filter(verb="merge_organisations").count() == 1
    undo(xinjie, done)
    assert (fresh(kept).phone, fresh(merged).merged_into) == ("", None)
    assert not people_of(kept, xinjie.chen.actor).exists()
    assert {"海盐县供电公司", "供电公司"} <= {one.name for one in organisations()}


def test_the_clerk_takes_what_the_other_says_and_what_was_corrected_later_stays(xinjie):
    kept = body(xinjie, "便民药店", kind="shop", phone="1", address="海滨路1号")
    merged = body(xinjie, "便民大药房", kind="firm", phone="2", address="海滨路2号")
    done = merge(xinjie, kept, merged, prefer_merged=["phone", "kind"])
    kept = fresh(kept)
    assert (kept.kind, kept.phone, kept.address) == ("firm", "2", "海滨路1号")
    Organisation.objects.filter(pk=kept.pk).update(phone="3")
    undo(xinjie, done)
    assert (fresh(kept).kind, fresh(kept).phone) == ("shop", "3")


def test_no_relation_to_an_organisation_is_forgotten():
    """Whoever adds a column that points at an organisation says what such rows are called."""
    assert relations() == set(UNDER_NAME)
    assert all(str(words) for words in UNDER_NAME.values())
    assert {"people.Affiliation.organisation", "production.Order.customer"} <= relations()
    # What is of many to many would have rows of its own: there is none.
    assert not [
        field
        for model in apps.get_models()
        for field in model._meta.many_to_many
        if field.related_model is Organisation
    ]


def test_every_form_chooses_from_the_list_by_the_one_field():
    """A list of its own in a form would offer what was merged away."""
    own_lists = [
        f"{path.relative_to(MULIN)}: {line.strip()}"
        for path in MULIN.rglob("*.py")
        if "migrations" not in path.parts
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"Organisation\.objects\.(all\(\)|filter\(closed_at|none\(\))", line)
        and path.name not in {"imports.py", "demo.py"}
    ]
    assert own_lists == []


def test_a_row_under_the_merged_name_is_counted_for_the_one_that_stands(xinjie):
    kept, merged = (
        body(xinjie, "武原小学", kind="school"),
        body(xinjie, "武原镇小学", kind="school"),
    )
    affiliate(xinjie.yong.person, merged, by=xinjie.chen.actor, now=NOW)
    told = {str(words): counts for words, counts in under_name([kept, merged])}
    assert list(told.values()) == [[0, 1]]
    done = merge(xinjie, kept, merged)
    # What comes after is written for the one that stands, also by a page that was open before.
    affiliate(xinjie.wang.person, merged, by=xinjie.chen.actor, now=NOW)
    assert Affiliation.objects.get(person=xinjie.wang.person).organisation == kept
    form = AffiliateForm({"organisation": merged.pk})
    assert form.is_valid()
    assert form.cleaned_data["organisation"] == kept
    assert merged not in form.fields["organisation"].queryset
    assert OrganisationField().prepare_value(merged.pk) == kept.pk
    undo(xinjie, done)
    assert AffiliateForm({"organisation": merged.pk}).is_valid()


def test_merges_upon_merges_come_apart_in_turn(xinjie):
    a, b, c = (body(xinjie, name) for name in ("甲局", "乙局", "丙局"))
    first = merge(xinjie, b, a)
    second = merge(xinjie, c, b)
    assert Organisation.everyone_of(fresh(a)) == [c.pk, *sorted((a.pk, b.pk))]
    for one, other in ((a, c), (c, b), (c, c)):
        with pytest.raises(Refused):
            merge(xinjie, one, other)
    with pytest.raises(Refused):
        undo(xinjie, first)
    undo(xinjie, second)
    assert (fresh(a).merged_into, fresh(b).merged_into) == (b, None)
    undo(xinjie, first)
    assert fresh(a).merged_into is None
    with pytest.raises(Refused):
        undo(xinjie, first)


def test_a_name_that_was_merged_is_not_founded_anew(xinjie):
    kept, merged = body(xinjie, "海盐县供电公司"), body(xinjie, "供电公司")
    merge(xinjie, kept, merged)
    with pytest.raises(Refused, match="海盐县供电公司"):
        body(xinjie, "供电公司")


@pytest.mark.parametrize("who", ["sun", "yong", "shen", "auditor", "li"])
def test_only_the_desk_merges(xinjie, who):
    kept, merged = body(xinjie, "供电公司"), body(xinjie, "供电所")
    done = merge(xinjie, kept, merged)
    by = getattr(xinjie, who).actor
    for act in (
        lambda: merge_organisations(kept, merged, by=by, now=NOW),
        lambda: undo_organisation_merge(done, by=by, now=NOW),
        lambda: say_organisations_not_same(kept, merged, by=by, now=NOW),
    ):
        with pytest.raises(NotPermitted):
            act()


def test_a_button_pressed_twice_merges_once(xinjie):
    kept, merged = body(xinjie, "供电公司"), body(xinjie, "供电所")
    assert merge(xinjie, kept, merged, token="t") == merge(xinjie, kept, merged, token="t")
    assert OrganisationMerge.objects.count() == 1


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.booleans()), max_size=8))
def test_no_row_is_lost_moved_or_renamed_by_any_order_of_merges(xinjie, steps):
    number = Organisation.objects.count()
    bodies = [body(xinjie, f"第{number}社{n}", phone=str(n)) for n in "一二三四五"]
    for one in bodies:
        affiliate(xinjie.yong.person, one, by=xinjie.chen.actor, now=NOW)
    before, count = rows_by_organisation(), Organisation.objects.count()
    values = {one.pk: (one.name, one.phone) for one in bodies}
    merges = []
    for one, other, is_undo in steps:
        try:
            if is_undo and merges:
                undo(xinjie, merges.pop())
            else:
                merges.append(merge(xinjie, bodies[one], bodies[other], prefer_merged=["phone"]))
        except Refused:
            pass
        assert rows_by_organisation() == before
        assert Organisation.objects.count() == count
        standing = Organisation.objects.on_list().filter(pk__in=values)
        # Everybody belongs to exactly one that stands.
        everyone = list(itertools.chain(*(Organisation.everyone_of(one) for one in standing)))
        assert sorted(everyone) == sorted(values)
    while merges:
        undo(xinjie, merges.pop())
    assert {one.pk: (fresh(one).name, fresh(one).phone) for one in bodies} == values
    assert all(fresh(one).merged_into is None for one in bodies)


# ── proposals ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        (("海盐县供电公司",), ("海盐县 供电有限公司",), [AlikeBody.NAME]),
        (("ＡＢＣ服饰公司",), ("abc服饰（集团）有限公司",), [AlikeBody.NAME]),
        (("供电公司",), ("海盐县供电公司",), [AlikeBody.WITHIN]),
        (("供电公司一所",), ("海盐供电公司一所",), [AlikeBody.WITHIN]),
        (("蓝天服饰",), ("兰天服饰",), [AlikeBody.SOUND]),
        (("物业", "0573-8602 1111"), ("绿源物业公司", "057386021111"), [AlikeBody.PHONE]),
        (("老王水果", "", "海滨路1号"), ("小李面馆", "", "海滨路1号"), []),
        (("老王水果", "", "海滨路1号"), ("老王水果店", "", "海滨路1号"), [AlikeBody.WITHIN, AlikeBody.ADDRESS]),
        (("学校",), ("武原学校",), []),  # two characters stand in many names
    ],
)  # fmt: skip
def test_why_two_organisations_look_like_one(one, other, reasons):
    one, other = BodyLikeness(*one), BodyLikeness(*other)
    assert alike_bodies(one, other) == alike_bodies(other, one) == reasons
    assert pairs_of_bodies({7: one, 5: other}) == ([(5, 7)] if reasons else [])


@given(st.lists(st.text("海盐供电公司所店1", min_size=1, max_size=7), max_size=7))
def test_the_quick_walk_finds_what_comparing_all_would(names):
    listed = {pk: BodyLikeness(name) for pk, name in enumerate(names)}
    every = [
        pair for pair in itertools.combinations(listed, 2)
        if alike_bodies(listed[pair[0]], listed[pair[1]])
    ]  # fmt: skip
    assert sorted(pairs_of_bodies(listed)) == every


def test_proposals_merge_nothing_and_who_was_told_apart_is_proposed_no_more(xinjie):
    one, other = body(xinjie, "海盐县供电公司"), body(xinjie, "海盐县供电有限公司")
    body(xinjie, "自来水公司")
    assert [(p.other, p.reasons) for p in likely_same(one)] == [(other, [AlikeBody.NAME])]
    assert [(p.one, p.other) for p in likely_same_pairs()] == [(one, other)]
    assert fresh(one).merged_into is fresh(other).merged_into is None
    for _ in range(2):
        say_organisations_not_same(other, one, by=xinjie.chen.actor, now=NOW)
    assert OrganisationNotSame.objects.count() == 1
    assert likely_same(one) == likely_same_pairs() == []

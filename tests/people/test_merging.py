"""Two records, one person: nothing is lost, nothing moves, and it can be taken back."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.apps import apps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mulin.ground.audit.models import Act
from mulin.ground.people.actions.consents import give_consent
from mulin.ground.people.actions.merging import merge_persons, say_not_same, undo_merge
from mulin.ground.people.actions.organisations import affiliate, found_organisation
from mulin.ground.people.actions.persons import change_person, link_account, register_person
from mulin.ground.people.models import Merge, NotSame, Person, PersonWords, Purpose
from mulin.ground.people.queries import (
    consents_of,
    duplicate_pairs,
    kept_ids,
    likely_duplicates,
    merged_records,
    person_of_account,
)
from mulin.ground.people.rules import Alike
from mulin.ground.places.actions import move_in
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community
from tests.clock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def xinjie(cast):
    with in_community(cast.xinjie):
        yield cast


def person(cast, name, **typed):
    return register_person(by=cast.chen.actor, now=NOW, name=name, **typed)


def fresh(one):
    return Person.objects.get(pk=one.pk)


def found(query):
    return sorted(one.pk for one in Person.objects.on_roll().search(query))


def rows_by_person():
    """How many rows of every table point at which person; merges themselves and the search apart."""
    rows = Counter()
    for model in apps.get_models():
        if model in (Merge, PersonWords) or not model.__module__.startswith("mulin."):
            continue
        for field in model._meta.concrete_fields:
            if field.related_model is Person and model is not Person:
                for pointed in model._default_manager.values_list(field.attname, flat=True):
                    rows[model._meta.label, field.name, pointed] += 1
    return rows


def test_one_record_stands_for_both_and_everything_stays_where_it_was(xinjie):
    kept = person(xinjie, "王秀英", phone="13812340137", note="二楼")
    merged = person(xinjie, "王秀瑛", phone="13812340138", home_town="海盐", is_party_member=True)
    merge = merge_persons(kept, merged, by=xinjie.chen.actor, now=NOW)
    kept, merged = fresh(kept), fresh(merged)
    assert (kept.name, kept.phone, kept.note, kept.home_town, kept.is_party_member) == (
        "王秀英", "13812340137", "二楼", "海盐", True,
    )  # fmt: skip
    # What both say differently is still there, on the record that said it.
    assert (merged.name, merged.phone, merged.merged_into) == ("王秀瑛", "13812340138", kept)
    assert sorted(merge.filled) == ["home_town", "is_party_member"]
    assert Person.everyone_of(merged) == Person.everyone_of(kept) == [kept.pk, merged.pk]
    assert Act.objects.filter(verb="merge_persons").count() == 1


def test_the_kept_record_is_found_by_the_words_of_both(xinjie):
    kept, merged = person(xinjie, "王秀英"), person(xinjie, "王秀瑛", phone="13812340138")
    merge = merge_persons(kept, merged, by=xinjie.chen.actor, now=NOW)
    assert found("王秀英") == found("王秀瑛") == found("0138") == [kept.pk]
    undo_merge(merge, by=xinjie.chen.actor, now=NOW)
    assert (found("王秀英"), found("王秀瑛")) == ([kept.pk], [merged.pk])


def test_the_clerk_may_take_what_the_other_record_says(xinjie):
    kept = person(xinjie, "王秀英", phone="13812340137", born_on=date(1944, 2, 29))
    merged = person(xinjie, "王秀瑛", phone="13812340138", born_on=date(1945, 3, 8))
    merge = merge_persons(
        kept, merged, by=xinjie.chen.actor, now=NOW, prefer_merged=["phone", "born_on"]
    )
    kept = fresh(kept)
    assert (kept.name, kept.phone, kept.born_on) == ("王秀英", "13812340138", date(1945, 3, 8))
    undo_merge(merge, by=xinjie.chen.actor, now=NOW)
    kept = fresh(kept)
    assert (kept.phone, kept.born_on, kept.birth_year) == (
        "13812340137", date(1944, 2, 29), 1944,
    )  # fmt: skip
    assert found("13812340137") == [kept.pk]


def test_what_was_corrected_after_the_merge_survives_its_undoing(xinjie):
    kept, merged = person(xinjie, "王秀英"), person(xinjie, "王秀英", phone="13812340138", note="x")
    merge = merge_persons(kept, merged, by=xinjie.chen.actor, now=NOW)
    change_person(kept, by=xinjie.chen.actor, now=NOW, phone="13812340139")
    undo_merge(merge, by=xinjie.chen.actor, now=NOW)
    assert (fresh(kept).phone, fresh(kept).note) == ("13812340139", "")


def test_a_merged_record_is_changed_no_more(xinjie):
    kept, merged = person(xinjie, "王秀英"), person(xinjie, "王秀英")
    merge_persons(kept, merged, by=xinjie.chen.actor, now=NOW)
    with pytest.raises(Refused):
        change_person(merged, by=xinjie.chen.actor, now=NOW, note="x")
    for one, other in ((kept, merged), (merged, kept), (kept, kept)):
        with pytest.raises(Refused):
            merge_persons(one, other, by=xinjie.chen.actor, now=NOW)


def test_merges_upon_merges_come_apart_in_turn(xinjie):
    a, b, c = (person(xinjie, f"王秀{n}") for n in "一二三")
    first = merge_persons(b, a, by=xinjie.chen.actor, now=NOW)
    second = merge_persons(c, b, by=xinjie.chen.actor, now=NOW + timedelta(hours=1))
    assert sorted(Person.everyone_of(fresh(a))) == sorted([a.pk, b.pk, c.pk])
    assert kept_ids([a.pk, b.pk, c.pk]) == dict.fromkeys([a.pk, b.pk, c.pk], c.pk)
    assert found("王秀一") == [c.pk]
    with pytest.raises(Refused):
        undo_merge(first, by=xinjie.chen.actor, now=NOW)
    undo_merge(second, by=xinjie.chen.actor, now=NOW)
    assert [one.pk for one in merged_records(fresh(b))] == [a.pk]
    undo_merge(first, by=xinjie.chen.actor, now=NOW)
    assert [Person.everyone_of(fresh(one)) for one in (a, b, c)] == [[a.pk], [b.pk], [c.pk]]
    with pytest.raises(Refused):
        undo_merge(first, by=xinjie.chen.actor, now=NOW)


def test_the_account_of_the_merged_record_leads_to_the_kept_one(xinjie):
    kept, merged = person(xinjie, "王秀英"), person(xinjie, "王秀英")
    link_account(merged, xinjie.sun.account.pk, by=xinjie.chen.actor, now=NOW)
    merge_persons(kept, merged, by=xinjie.chen.actor, now=NOW)
    assert person_of_account(xinjie.sun.account.pk) == kept
    assert fresh(kept).account == xinjie.sun.account


def test_consents_of_both_records_count(xinjie):
    kept, merged = person(xinjie, "王秀英"), person(xinjie, "王秀英")
    give_consent(merged, Purpose.PHOTOS, by=xinjie.chen.actor, now=NOW)
    merge_persons(kept, merged, by=xinjie.chen.actor, now=NOW)
    assert set(consents_of(fresh(kept))) == {"photos"}


@pytest.mark.parametrize("who", ["sun", "yong", "shen", "auditor", "li"])
def test_only_the_desk_merges(xinjie, who):
    kept, merged = person(xinjie, "王秀英"), person(xinjie, "王秀英")
    merge = merge_persons(kept, merged, by=xinjie.chen.actor, now=NOW)
    by = getattr(xinjie, who).actor
    for act in (
        lambda: merge_persons(kept, merged, by=by, now=NOW),
        lambda: undo_merge(merge, by=by, now=NOW),
        lambda: say_not_same(kept, merged, by=by, now=NOW),
    ):
        with pytest.raises(NotPermitted):
            act()


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.booleans()), max_size=8))
def test_no_row_is_lost_or_moved_by_any_order_of_merges(xinjie, steps):
    by = xinjie.chen.actor
    people = [person(xinjie, f"王{n}") for n in "一二三四五"]
    shop = found_organisation(by=by, now=NOW, name=f"店{people[0].pk}", kind="shop")
    for one in people:
        affiliate(one, shop, by=by, now=NOW)
        give_consent(one, Purpose.PHOTOS, by=by, now=NOW)
        move_in(one, xinjie.dwelling_12_301, by=by, now=NOW, since=date(2026, 1, 1))
    say_not_same(people[0], people[4], by=by, now=NOW)
    before, persons = rows_by_person(), Person.objects.count()
    values = {one.pk: (one.name, fresh(one).phone) for one in people}
    merges = []
    for one, other, is_undo in steps:
        try:
            if is_undo and merges:
                undo_merge(merges.pop(), by=by, now=NOW)
            else:
                merges.append(merge_persons(people[one], people[other], by=by, now=NOW))
        except Refused:
            pass
        assert rows_by_person() == before
        assert Person.objects.count() == persons
    while merges:
        undo_merge(merges.pop(), by=by, now=NOW)
    assert rows_by_person() == before
    assert {one.pk: (one.name, fresh(one).phone) for one in people} == values
    assert all(fresh(one).merged_into is None for one in people)


# ── proposals ────────────────────────────────────────────────────────────────────────────────


def test_duplicates_are_proposed_with_reasons_and_never_merged(xinjie):
    one = person(xinjie, "王秀英", phone="13812340137", grid_id=xinjie.grid_2.pk)
    same_phone = person(xinjie, "王秀英", phone="13812340137")
    person(xinjie, "王秀英")
    proposals = likely_duplicates(one, xinjie.chen.actor)
    assert [(p.other, p.reasons) for p in proposals] == [(same_phone, [Alike.NAME_AND_PHONE])]
    assert likely_duplicates(one, xinjie.wu.actor) == []
    assert fresh(one).merged_into is fresh(same_phone).merged_into is None


def test_who_was_told_apart_is_proposed_no_more(xinjie):
    one = person(xinjie, "王秀英", phone="13812340137")
    other = person(xinjie, "王秀英", phone="13812340137")
    for _ in range(2):
        say_not_same(other, one, by=xinjie.chen.actor, now=NOW)
    assert NotSame.objects.count() == 1
    assert likely_duplicates(one, xinjie.chen.actor) == []
    assert duplicate_pairs(xinjie.chen.actor) == []


def test_pairs_are_found_on_the_whole_roll(xinjie):
    a = person(xinjie, "王秀英", born_on=date(1945, 1, 1))  # and 王奶奶 of the cast, born 1945
    b, c = (person(xinjie, name, phone="13812340137") for name in ("李一", "李二"))
    pairs = {
        frozenset((p.person.name, p.other.name)): p.reasons
        for p in duplicate_pairs(xinjie.chen.actor)
    }
    assert pairs == {
        frozenset(("王秀英",)): [Alike.NAME_AND_BIRTH],
        frozenset(("李一", "李二")): [Alike.PHONE],
    }
    merge_persons(b, c, by=xinjie.chen.actor, now=NOW)
    merge_persons(a, xinjie.wang.person, by=xinjie.chen.actor, now=NOW)
    assert duplicate_pairs(xinjie.chen.actor) == []

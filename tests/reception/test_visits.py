"""Visits by letters: the ten commonest, one key each, taken back while it is fresh."""

import re
from datetime import timedelta
from string import ascii_lowercase

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from mulin.commons.flow.said import Said
from mulin.ground.audit.models import Act
from mulin.ground.people.actions.persons import index_words
from mulin.kit import clock
from mulin.kit.channels import Channel
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.kit.scoping import in_community
from mulin.parlour.reception.actions.demands import receive_demand
from mulin.parlour.reception.actions.limits import open_reception
from mulin.parlour.reception.actions.visit_kinds import set_visit_kind
from mulin.parlour.reception.actions.visits import record_visit, undo_visit
from mulin.parlour.reception.models import Visit, VisitKind
from mulin.parlour.reception.queries import letters_in_use, visit_kinds
from mulin.parlour.reception.rules import (
    FIRST_VISIT_KINDS,
    KINDS_WITH_LETTER,
    UNDO_WITHIN,
    commonest,
    is_free_letter,
    is_undone_in_time,
)
from tests.clock import NOW


@pytest.fixture(autouse=True)
def _standing_clock():
    with clock.standing_still(NOW):
        yield


def kind(name):
    return VisitKind.objects.get(name=name)


def noted(cast, name="量血压", *, now=NOW, person=None, by=None, token=None):
    chosen = kind(name)
    return record_visit(
        by=by or cast.chen.actor, reason=chosen.reason, kind=chosen, person=person, now=now,
        token=token,
    )  # fmt: skip


# ── the rules ────────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 50)), max_size=20))
def test_the_commonest_are_the_pinned_and_then_those_noted_most(kinds):
    numbered = [(number, pinned) for number, (pinned, _count) in enumerate(kinds)]
    counts = {number: count for number, (_pinned, count) in enumerate(kinds)}
    first = commonest(numbered, counts)
    assert len(first) == min(len(kinds), KINDS_WITH_LETTER)
    pinned = dict(numbered)
    for out in set(counts) - set(first):
        assert all(
            (pinned[inside], counts[inside]) >= (pinned[out], counts[out]) for inside in first
        )


def test_a_letter_is_one_of_a_to_z_that_presses_nothing_else():
    assert is_free_letter("a", "bc")
    assert not any(is_free_letter(letter, "bc") for letter in ("b", "", "ab", "A", "1", "é", "你"))


def test_a_visit_is_taken_back_within_minutes():
    assert is_undone_in_time(NOW, NOW)
    assert is_undone_in_time(NOW, NOW + UNDO_WITHIN)
    assert not is_undone_in_time(NOW, NOW + UNDO_WITHIN + timedelta(seconds=1))
    assert not is_undone_in_time(NOW, NOW - timedelta(seconds=1))


# ── kinds ────────────────────────────────────────────────────────────────────────────────────


def test_a_new_community_starts_with_kinds_whose_letters_press_nothing_else(cast, xinjie):
    open_reception(by=cast.zhou.actor, now=NOW)
    assert VisitKind.objects.count() == len(FIRST_VISIT_KINDS)
    letters = [letter for letter, *_rest in FIRST_VISIT_KINDS]
    assert len(set(letters)) == len(letters)
    VisitKind.objects.update(letter="")
    assert letters_in_use().isdisjoint(letters)
    assert len(visit_kinds(NOW).by_letter) == 0


def test_what_they_come_for_most_gets_the_letters_and_keeps_its_place(cast, xinjie):
    assert [one.name for one in visit_kinds(NOW).others] == ["报名登记", "接送小孩"]
    for _time in range(3):
        noted(cast, "接送小孩")
    for one in VisitKind.objects.exclude(name__in=["借用工具", "找人"]):
        noted(cast, one.name)
    found = visit_kinds(NOW)
    assert [one.name for one in found.others] == ["借用工具", "找人"]
    assert [one.letter for one in found.by_letter] == list("wztqhlyxbe")
    # What was long ago no longer counts.
    assert [one.name for one in visit_kinds(NOW + timedelta(days=100)).others] == [
        "报名登记", "接送小孩",
    ]  # fmt: skip


def values(**changed):
    base = {
        "name": "领老年卡", "letter": "a", "reason": "papers", "minutes": 4, "is_pinned": True,
        "is_active": True,
    }  # fmt: skip
    return base | changed


def test_the_head_names_a_kind_and_it_stands_among_the_ten(cast, xinjie):
    made = set_visit_kind(None, **values(), by=cast.zhou.actor, now=NOW, token="k")
    again = set_visit_kind(None, **values(), by=cast.zhou.actor, now=NOW, token="k")
    assert (made, VisitKind.objects.filter(name="领老年卡").count()) == (again, 1)
    assert made in visit_kinds(NOW).by_letter
    assert Act.objects.filter(verb="reception.set_visit_kind").count() == 1
    visit = noted(cast, "领老年卡")
    set_visit_kind(made, **values(name="换老年卡", is_active=False), by=cast.zhou.actor, now=NOW)
    visit.refresh_from_db()
    assert visit.why == "换老年卡"
    assert made not in visit_kinds(NOW).by_letter + visit_kinds(NOW).others


@pytest.mark.parametrize("letter", ["w", "d", "u", "1", "量"])
def test_a_letter_that_presses_something_else_is_refused(cast, xinjie, letter):
    with pytest.raises(Refused) as refusal:
        set_visit_kind(None, **values(letter=letter), by=cast.zhou.actor, now=NOW)
    assert refusal.value.field == "letter"


def test_a_kind_may_keep_its_own_letter_and_only_the_head_names_kinds(cast, xinjie):
    own = kind("量血压")
    set_visit_kind(own, **values(name="量血压", letter="X"), by=cast.zhou.actor, now=NOW)
    assert kind("量血压").letter == "x"
    with pytest.raises(NotPermitted):
        set_visit_kind(None, **values(), by=cast.chen.actor, now=NOW)


def test_the_head_names_kinds_on_a_page_and_a_bad_letter_loses_nothing(cast, xinjie, client):
    cast.enter(client, cast.zhou)
    address = reverse("reception:visit-kinds")
    typed = {"name": "领老年卡", "letter": "w", "reason": "papers", "minutes": "4",
             "is_active": "on"}  # fmt: skip
    refused = client.post(address, typed)
    assert refused.context["form"].errors.keys() == {"letter"}
    assert "领老年卡" in refused.content.decode()
    assert client.post(address, typed | {"letter": "a"}).status_code == 302
    one = kind("领老年卡")
    page = client.get(reverse("reception:visit-kind", args=[one.pk]))
    assert page.context["form"]["letter"].value() == "a"
    for name in ("chen", "sun", "li", "yong"):
        assert cast.enter(client, getattr(cast, name)).get(address).status_code == 404


# ── noted, taken back ────────────────────────────────────────────────────────────────────────


def test_pressing_a_letter_notes_who_why_and_how_long(cast, xinjie, client):
    cast.enter(client, cast.chen)
    address = reverse("reception:visits")
    page = client.get(address, {"person": cast.wang.person.pk})
    typed = {
        "kind": kind("坐坐聊聊").pk, "person": cast.wang.person.pk,
        "token": page.context["form"]["token"].value(),
    }  # fmt: skip
    for _time in range(2):
        assert client.post(address, typed).status_code == 302
    visit = Visit.objects.get()
    assert (visit.person, visit.why, visit.reason, visit.minutes, visit.channel) == (
        cast.wang.person, "坐坐聊聊", "chat", 15, "walk_in",
    )  # fmt: skip
    listed = client.get(address)
    assert listed.context["last"] == visit
    assert "坐坐聊聊" in listed.content.decode()


def test_without_a_reason_it_is_said_and_the_note_is_kept(cast, xinjie, client):
    cast.enter(client, cast.chen)
    page = client.post(reverse("reception:visits"), {"note": "带了孙子", "minutes": "7"})
    assert page.context["form"].errors.keys() == {"kind"}
    assert "带了孙子" in page.content.decode()


def test_a_slip_of_the_finger_is_taken_back_by_whoever_made_it(cast, xinjie, client):
    visit = noted(cast)
    address = reverse("reception:visit-undo", args=[visit.pk])
    for name in ("zhou", "sun", "li", "yong"):
        assert cast.enter(client, getattr(cast, name)).post(address).status_code == 404
    cast.enter(client, cast.chen)
    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 302
    assert not Visit.objects.exists()
    assert [act.verb for act in Act.objects.order_by("seq")][-2:] == [
        "reception.record_visit", "reception.undo_visit",
    ]  # fmt: skip


def test_what_counts_or_brought_a_demand_is_not_taken_back(cast, lamp, xinjie):
    with pytest.raises(Refused):
        undo_visit(Visit.objects.get(need=lamp.need), by=cast.chen.actor, now=NOW)
    old = noted(cast, now=NOW - timedelta(minutes=11))
    with pytest.raises(Refused):
        undo_visit(old, by=cast.chen.actor, now=NOW)
    with pytest.raises(NotPermitted):
        undo_visit(noted(cast), by=cast.zhou.actor, now=NOW)
    gone = noted(cast)
    undo_visit(gone, by=cast.chen.actor, now=NOW)
    with pytest.raises(TakenMeanwhile):
        undo_visit(gone, by=cast.chen.actor, now=NOW)
    assert Visit.objects.count() == 3


def test_sent_again_after_it_was_taken_back_it_does_not_come_back(cast, xinjie):
    undo_visit(noted(cast, token="v"), by=cast.chen.actor, now=NOW)
    with pytest.raises(Refused):
        noted(cast, token="v")
    assert not Visit.objects.exists()


def test_a_visit_that_brings_a_demand_is_one_visit(cast, xinjie, client):
    visit = noted(cast, "坐坐聊聊", person=cast.wang.person)
    cast.enter(client, cast.chen)
    page = client.get(
        reverse("reception:receive"), {"visit": visit.pk, "person": cast.wang.person.pk}
    )
    assert page.context["visit"] == visit
    client.post(
        reverse("reception:receive"),
        {"channel": "walk_in", "words": "灯坏了", "person": cast.wang.person.pk, "minutes": "4",
         "contact_wish": "call", "visibility": "named", "visit": visit.pk, "token": "d"},
    )  # fmt: skip
    found = Visit.objects.get()
    assert (found.pk, found.reason, found.kind, found.minutes) == (visit.pk, "demand", None, 9)
    assert found.need.person == cast.wang.person
    # Somebody else's visit is no way to a demand's.
    other = noted(cast, by=cast.zhou.actor)
    assert client.get(reverse("reception:receive"), {"visit": other.pk}).context["visit"] is None


def test_a_visit_goes_with_one_demand_only(cast, xinjie):
    visit = noted(cast, person=cast.wang.person)
    for _time in range(2):
        receive_demand(
            Said(words="灯坏了", person=cast.wang.person), by=cast.chen.actor.by(Channel.PHONE),
            visit=visit, now=NOW,
        )  # fmt: skip
    assert Visit.objects.count() == 2


# ── who may look through the side door ───────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["visits", "receive"])
def test_an_officer_learns_nothing_of_a_person_of_another_grid(cast, xinjie, client, name):
    address = reverse(f"reception:{name}")
    chosen = {"person": cast.wang.person.pk}
    seen = {
        who: "王秀英"
        in cast.enter(client, getattr(cast, who)).get(address, chosen).content.decode()
        for who in ("chen", "sun", "wu", "li")
        if who != "li"
    }
    assert seen == {"chen": True, "sun": True, "wu": False}
    cast.enter(client, cast.wu)
    sent = client.post(address, chosen | {"kind": kind("量血压").pk, "words": "灯"})
    assert sent.context["form"].errors["person"]
    with in_community(cast.linli):
        assert "王秀英" not in cast.enter(client, cast.li).get(address, chosen).content.decode()


def test_one_box_finds_people_demands_and_places_for_whoever_may_see_them(cast, lamp, client):
    index_words([cast.wang.person, cast.yong.person])
    address = reverse("site:search")

    def lines(who, query):
        page = cast.enter(client, who).get(address, {"q": query}, headers={"hx-request": "true"})
        html = page.content.decode()
        assert "<html" not in html
        return re.findall(r'class="row-what">([^<]*)<', html)

    words = lamp.need.words
    assert lines(cast.chen, "wxy") == ["王秀英"]
    assert lines(cast.chen, "12幢") == ["王秀英", words, "12幢"]
    assert lines(cast.chen, "路灯") == [words]
    assert lines(cast.chen, lamp.need.number) == [words]
    assert lines(cast.sun, "12幢") == ["王秀英", words, "12幢"]
    assert lines(cast.wu, "12幢") == ["12幢"]
    with in_community(cast.linli):
        assert lines(cast.li, "12幢") == []
    assert cast.enter(client, cast.yong).get(address, {"q": "12幢"}).status_code == 404


def test_the_pages_ask_the_same_number_of_queries_at_two_sizes(cast, xinjie, client):
    cast.enter(client, cast.chen)
    pages = {"visits": {"person": cast.wang.person.pk}, "search": {"q": "12幢"}}
    counts = {name: [] for name in pages}
    for more in (2, 18):
        for number in range(more):
            noted(cast, person=cast.wang.person)
            receive_demand(
                Said(words=f"灯 {number}", person=cast.wang.person, building=cast.building_12),
                by=cast.chen.actor.by(Channel.PHONE), now=NOW,
            )  # fmt: skip
        for name, typed in pages.items():
            address = reverse("reception:visits" if name == "visits" else "site:search")
            client.get(address, typed)
            with CaptureQueriesContext(connection) as asked:
                client.get(address, typed)
            counts[name].append(len(asked))
    assert all(small == large for small, large in counts.values())


def test_every_letter_of_the_first_kinds_is_a_letter():
    assert {letter for letter, *_rest in FIRST_VISIT_KINDS} <= set(ascii_lowercase)

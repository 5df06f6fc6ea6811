"""Those who are served: a time of one's own, a need heard, thanks; coupons that count once."""

from datetime import date, timedelta

import pytest

from mulin.circle.volunteers.actions.served import (
    book,
    cancel,
    decide_thanks,
    draw_coupon,
    hear_need,
    make_offer,
    redeem,
    serve,
    thank,
)
from mulin.circle.volunteers.holdings import erase_record, record_kept, record_told
from mulin.circle.volunteers.models import Appointment, Coupon, Thanks, Volunteer
from mulin.circle.volunteers.queries import offers_for, slots_at, thanks_shown
from mulin.ground.community.rules import Actor
from mulin.ground.people.actions.organisations import found_organisation
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.parlour.reception.models import Demand
from tests.clock import NOW
from tests.volunteers.conftest import BEGINS


@pytest.fixture
def haircut(street):
    """Two chairs, every half hour from nine to eleven."""
    return street.plan(place_words="二楼", slot_minutes=30, chairs=2)


def test_two_chairs_are_given_once_each(street, haircut, cast):
    assert [(slot.after_minutes, slot.free) for slot in slots_at(haircut)] == [
        (0, 2), (30, 2), (60, 2), (90, 2),
    ]  # fmt: skip
    spoken = street.by.by("phone", on_behalf_of=cast.wang.person.pk)
    first = book(haircut, after_minutes=0, person=cast.wang.person, by=spoken, now=NOW)
    book(haircut, after_minutes=0, person=None, called="桥头阿婆", by=street.by, now=NOW)
    with pytest.raises(Refused) as refusal:
        book(haircut, after_minutes=0, person=cast.yong.person, by=cast.yong.actor, now=NOW)
    assert refusal.value.field == "after_minutes"
    with pytest.raises(Refused) as refusal:
        book(haircut, after_minutes=30, person=cast.wang.person, by=spoken, now=NOW)
    assert refusal.value.field == "who"
    cancel(first, by=spoken, now=NOW)
    again = book(haircut, after_minutes=0, person=cast.yong.person, by=cast.yong.actor, now=NOW)
    assert (again.chair, again.at) == (1, BEGINS)
    assert [one.name for one in slots_at(haircut)[0].taken] == ["张勇", "桥头阿婆"]


def test_nobody_books_for_somebody_else(street, haircut, cast):
    with pytest.raises(NotPermitted):
        book(haircut, after_minutes=0, person=cast.wang.person, by=cast.yong.actor, now=NOW)
    with pytest.raises(NotPermitted):
        book(haircut, after_minutes=0, person=None, called="谁", by=cast.yong.actor, now=NOW)
    with pytest.raises(Refused):
        book(haircut, after_minutes=15, person=cast.yong.person, by=cast.yong.actor, now=NOW)


def test_what_is_said_on_the_chair_becomes_a_demand_once(street, haircut, cast):
    visit = book(haircut, after_minutes=0, person=cast.wang.person, by=street.by, now=NOW)
    serve(visit, by=street.by, now=BEGINS)
    with pytest.raises(TakenMeanwhile):
        cancel(visit, by=street.by, now=BEGINS)
    need = hear_need(visit, "卫生间扶手松了", by=street.by, now=BEGINS)
    assert Demand.objects.get().need == need
    assert (need.words, need.person) == ("卫生间扶手松了", cast.wang.person)
    visit.refresh_from_db()
    with pytest.raises(Refused):
        hear_need(visit, "又一件", by=street.by, now=BEGINS)


def test_thanks_hang_once_somebody_has_read_them(street, cast):
    row = thank("费医生量血压真耐心", signed="12幢王奶奶", by=street.by.by("phone"), now=NOW)
    assert not thanks_shown().exists()
    with pytest.raises(NotPermitted):
        decide_thanks(row, is_shown=True, by=cast.yong.actor, now=NOW)
    decide_thanks(row, is_shown=True, by=street.by, now=NOW)
    assert list(thanks_shown()) == [row]
    with pytest.raises(NotPermitted):
        thank("谢谢", signed="", by=Actor(cast.xinjie.pk), now=NOW)


@pytest.fixture
def offer(street, cast):
    """One bowl of noodles for a volunteer, in November."""
    shop = found_organisation(by=cast.zhou.actor, now=NOW, name="阿明面馆", kind="shop")
    return make_offer(
        shop, title="面一碗", audience="volunteers", most=1, hours_needed=0,
        since=date(2026, 11, 1), until=date(2026, 11, 30), by=street.by, now=NOW,
    )  # fmt: skip


def test_a_coupon_counts_once_and_only_its_digest_is_kept(street, offer, cast):
    coupon, code = draw_coupon(offer, cast.yong.person, by=cast.yong.actor, now=NOW)
    assert code not in str(Coupon.objects.values())
    passer_by = Actor(cast.xinjie.pk)
    with pytest.raises(Refused):
        redeem(offer, code[:-1] + ("2" if code[-1] != "2" else "3"), by=passer_by, now=NOW)
    assert redeem(offer, f" {code.lower()} ", by=passer_by, now=NOW) == coupon
    with pytest.raises(Refused):
        redeem(offer, code, by=passer_by, now=NOW)
    with pytest.raises(Refused):
        draw_coupon(offer, cast.yong.person, by=cast.yong.actor, now=NOW)
    with pytest.raises(Refused):
        draw_coupon(offer, street.lan.person, by=street.by, now=NOW)


def test_a_lost_code_is_void_when_a_new_one_is_drawn(street, offer, cast):
    _coupon, lost = draw_coupon(offer, cast.yong.person, by=cast.yong.actor, now=NOW)
    _coupon, code = draw_coupon(offer, cast.yong.person, by=cast.yong.actor, now=NOW)
    with pytest.raises(Refused):
        redeem(offer, lost, by=Actor(cast.xinjie.pk), now=NOW)
    with pytest.raises(Refused):
        redeem(offer, code, by=Actor(cast.xinjie.pk), now=NOW + timedelta(days=30))
    assert redeem(offer, code, by=Actor(cast.xinjie.pk), now=NOW).used_at == NOW


def test_an_offer_is_shown_to_whom_it_is_for(street, offer, cast):
    today = NOW.date()

    def shown(person, volunteer):
        return offers_for(person, volunteer=volunteer, minutes=0, is_old=False, today=today)

    assert [one for one, _coupon in shown(cast.yong.person, street.yong)] == [offer]
    assert shown(cast.wang.person, None) == []
    draw_coupon(offer, street.lan.person, by=street.by, now=NOW)
    assert shown(cast.yong.person, street.yong) == []


def test_what_is_held_of_a_person_is_told_and_blanked(street, haircut, offer, cast):
    book(
        haircut,
        after_minutes=0,
        person=cast.yong.person,
        note="怕吹风",
        by=cast.yong.actor,
        now=NOW,
    )
    thank("谢谢理发师", signed="阿勇", person=cast.yong.person, by=cast.yong.actor, now=NOW)
    told = str(record_told(cast.yong.person.pk))
    assert all(word in told for word in ("理发", "怕吹风", "阿勇"))
    erase_record(cast.yong.person.pk)
    erase_record(cast.yong.person.pk)
    assert Volunteer.objects.get(pk=street.yong.pk).skills == []
    assert Appointment.objects.get().note is None
    assert Thanks.objects.get().signed == ""
    assert record_kept(cast.yong.person.pk) == 0

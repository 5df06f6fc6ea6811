"""From the gap to the card: each act once, by whoever may, and what follows from it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from mulin.commons.gatherings.actions.planning import Plan
from mulin.ground.audit.models import Act
from mulin.ground.people.actions.bodies import merge_organisations, undo_organisation_merge
from mulin.ground.people.actions.organisations import found_organisation
from mulin.ground.people.models import OrganisationKind
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.workshop.production.actions.lots import Verdict, give_back, issue, judge, split_order
from mulin.workshop.production.actions.orders import Terms, agree, bring_in, take_order
from mulin.workshop.production.actions.setting import set_rate
from mulin.workshop.production.actions.workers import leave
from mulin.workshop.production.models import Lot, Order
from mulin.workshop.production.queries import hands, holders_of_skill
from mulin.workshop.skills import queries
from mulin.workshop.skills.actions import (
    assess,
    begin_work,
    end_partnership,
    found_partnership,
    give_up,
    keep_promise,
    plan_course,
    talk_with,
    write_promise,
    write_syllabus,
)
from mulin.workshop.skills.holdings import erase_learning, learning_told
from mulin.workshop.skills.models import Assessment, Newcomer, Partner
from mulin.workshop.skills.rules import Stage
from tests.clock import NOW

TODAY = local_day(NOW)


@pytest.fixture
def order(school, cast):
    customer = found_organisation(
        by=cast.zhou.actor, now=NOW, name="草编合作社", kind=OrganisationKind.FIRM
    )
    set_rate(
        school.operation, yuan=Decimal("1.6"), since=TODAY, source="会议", by=school.by, now=NOW
    )
    row = take_order(
        Terms(
            customer=customer, product="杯垫", operation=school.operation, quantity=600,
            due=TODAY + timedelta(days=14), price=Decimal(4),
        ),
        by=school.by, now=NOW,
    )  # fmt: skip
    agree(row, by=school.by, now=NOW)
    return row


def _gap(school):
    return next(one for skill, one in queries.gaps(TODAY) if skill == school.skill)


def test_the_order_book_says_what_lacks_and_a_pass_counts_at_once(school, order):
    before = _gap(school)
    assert (before.wanted, before.holders, before.offered) == (3_000, 0, 0)
    row = assess(
        school.worker.person, school.syllabus, met=[0, 1, 2], assessor="金师傅", by=school.by,
        now=NOW, token="a",
    )  # fmt: skip
    after = _gap(school)
    assert (row.is_passed, row.certified_at) == (True, NOW)
    assert after.holders == 1
    assert after.missing < before.missing
    assert school.skill.pk in holders_of_skill(TODAY)[school.worker.pk]
    (hand,), _workers = hands(NOW, [])
    assert school.skill.pk in hand.skills  # what the next allocation reads
    (held,) = queries.card_of(school.worker, TODAY)
    assert held.valid_until == date(2027, 11, 24)


def test_a_form_sent_twice_assesses_once(school):
    def again():
        return assess(
            school.worker.person, school.syllabus, met=[0, 1, 2], assessor="金", by=school.by,
            now=NOW, token="same",
        )  # fmt: skip

    assert again() == again()
    assert Assessment.objects.count() == 1
    assert Act.objects.filter(verb="production.certify").count() == 1


def test_less_than_all_of_it_puts_nothing_on_the_card(school):
    row = assess(
        school.worker.person, school.syllabus, met=[0, 2], assessor="金", by=school.by, now=NOW
    )
    assert (row.is_passed, row.certified_at) == (False, None)
    assert queries.card_of(school.worker, TODAY) == []
    for met, assessor in (([7], "金"), ([0], " ")):
        with pytest.raises(Refused):
            assess(
                school.worker.person, school.syllabus, met=met, assessor=assessor, by=school.by,
                now=NOW,
            )  # fmt: skip


def test_an_assessment_keeps_the_points_of_its_day(school):
    row = assess(
        school.worker.person, school.syllabus, met=[0, 1, 2], assessor="金", by=school.by, now=NOW
    )
    write_syllabus(school.skill, criteria="别的\n再一条", months=0, by=school.by, now=NOW)
    row.refresh_from_db()
    assert row.criteria[1] == "编一只杯垫"
    with pytest.raises(Refused):
        write_syllabus(school.skill, criteria=" \n ", months=0, by=school.by, now=NOW)


def test_whoever_passed_before_brings_it_along(school):
    person = school.newcomer
    row = assess(person, school.syllabus, met=[0, 1, 2], assessor="金", by=school.by, now=NOW)
    assert row.certified_at is None
    talk = talk_with(person, wish="想做手工", minutes_wished=300, by=school.by, now=NOW)
    later = NOW + timedelta(days=3)
    begun = begin_work(talk, by=school.by, now=later)
    (held,) = queries.card_of(begun.worker, local_day(later))
    # It counts from the day it was shown, not from the day she began.
    assert held.valid_until == date(2027, 11, 24)
    row.refresh_from_db()
    assert row.certified_at == later


def test_a_newcomer_goes_from_talk_to_first_wage_by_what_happens(school, order):
    talk = talk_with(school.newcomer, wish="想做", minutes_wished=300, by=school.by, now=NOW)

    def now_at():
        talk.refresh_from_db()
        return queries.stages_of([talk])[talk.pk]

    assert now_at() == Stage.TALKED
    assess(school.newcomer, school.syllabus, met=[0, 1, 2], assessor="金", by=school.by, now=NOW)
    begin_work(talk, by=school.by, now=NOW)
    assert now_at() == Stage.TAKEN_ON
    bring_in(order, quantity=Decimal(600), by=school.by, now=NOW)
    split_order(order, quantity=20, size=20, by=school.by, now=NOW)
    lot = Lot.objects.get()
    issue(lot, talk.worker, quantity=20, by=school.by, now=NOW)
    assert now_at() == Stage.TRIAL
    receipt = give_back(lot, talk.worker, counted=20, is_agreed=True, by=school.by, now=NOW)
    assert now_at() == Stage.TRIAL
    judge(receipt, Verdict(accepted=20), by=school.by, now=NOW)
    assert now_at() == Stage.EARNED


def test_one_first_talk_at_a_time_and_one_end_of_it(school):
    talk = talk_with(school.newcomer, wish="想做", minutes_wished=300, by=school.by, now=NOW)
    with pytest.raises(Refused) as refusal:
        talk_with(school.newcomer, wish="又来", minutes_wished=300, by=school.by, now=NOW)
    assert refusal.value.field == "who"
    with pytest.raises(Refused):
        talk_with(school.worker.person, wish="想做", minutes_wished=1, by=school.by, now=NOW)
    begin_work(talk, by=school.by, now=NOW)
    with pytest.raises(TakenMeanwhile):
        give_up(Newcomer.objects.get(pk=talk.pk), why="搬走了", by=school.by, now=NOW)
    leave(talk.worker, by=school.by, now=NOW)
    again = talk_with(school.newcomer, wish="回来了", minutes_wished=60, by=school.by, now=NOW)
    give_up(again, why="家里有事", by=school.by, now=NOW)
    assert queries.stages_of([again])[again.pk] == Stage.GIVEN_UP


def test_what_lapses_soon_is_to_be_shown_again(school):
    write_syllabus(school.skill, criteria="一条", months=1, by=school.by, now=NOW)
    school.syllabus.refresh_from_db()
    assess(school.worker.person, school.syllabus, met=[0], assessor="金", by=school.by, now=NOW)
    assert [row.worker for row in queries.lapsing_skills(TODAY)] == [school.worker]
    write_syllabus(school.skill, criteria="一条", months=24, by=school.by, now=NOW)
    school.syllabus.refresh_from_db()
    later = NOW + timedelta(days=10)
    assess(school.worker.person, school.syllabus, met=[0], assessor="金", by=school.by, now=later)
    assert queries.lapsing_skills(local_day(later)) == []


def test_a_partner_shows_what_it_promised_and_did(school, order):
    partner = found_partnership(order.customer, by=school.by, now=NOW)
    with pytest.raises(Refused):
        found_partnership(order.customer, by=school.by, now=NOW)
    promise = write_promise(
        partner, brings="orders", words="每季一批", until=TODAY, by=school.by, now=NOW
    )
    course = plan_course(
        Plan(title="草编", starts_at=NOW, ends_at=NOW + timedelta(hours=1)),
        syllabus=school.syllabus, teacher="金师傅", partner=partner, by=school.by, now=NOW,
    )  # fmt: skip
    told = queries.did([partner])[partner.pk]
    assert (told.orders, told.courses, told.kept, told.open) == (1, 1, 0, 1)
    keep_promise(promise, came_of_it="六百只", by=school.by, now=NOW)
    with pytest.raises(TakenMeanwhile):
        keep_promise(promise, came_of_it="又一次", by=school.by, now=NOW)
    assert queries.did([partner])[partner.pk].kept == 1
    assert list(queries.courses()) == [course]
    end_partnership(partner, by=school.by, now=NOW)
    with pytest.raises(TakenMeanwhile):
        end_partnership(partner, by=school.by, now=NOW)


def test_a_partner_that_stood_twice_is_told_once_with_all_it_did(school, order, cast):
    desk = cast.chen.actor
    one = found_organisation(by=desk, now=NOW, name="服装一厂", kind="firm")
    partners = [found_partnership(whose, by=school.by, now=NOW) for whose in (order.customer, one)]
    promises = [
        write_promise(
            partner, brings="orders", words="每季一批", until=TODAY, by=school.by, now=NOW
        )
        for partner in partners
    ]
    merge = merge_organisations(one, order.customer, by=desk, now=NOW)
    (listed,) = queries.partners_now()
    assert listed == partners[1]
    told = queries.did([listed])[listed.pk]
    assert (told.orders, told.kept, told.open) == (1, 0, 2)
    assert queries.orders_of(listed) == [order]
    assert set(queries.promises_of(listed)) == set(promises)
    # The order keeps the name it was given under; neither name becomes a partner anew.
    assert Order.objects.get(pk=order.pk).customer == order.customer
    for whose in (one, order.customer):
        with pytest.raises(Refused):
            found_partnership(whose, by=school.by, now=NOW)
    undo_organisation_merge(merge, by=desk, now=NOW)
    assert set(queries.partners_now()) == set(partners)
    assert queries.did(partners)[partners[1].pk].orders == 0
    merge_organisations(one, order.customer, by=desk, now=NOW)
    end_partnership(listed, by=school.by, now=NOW)
    assert not Partner.objects.filter(ended_on__isnull=True).exists()


def test_only_whoever_runs_the_workshop(school, cast):
    with pytest.raises(NotPermitted):
        assess(school.newcomer, school.syllabus, met=[0], assessor="我", by=cast.sun.actor, now=NOW)


def test_her_words_are_told_to_her_and_go_with_her(school):
    talk_with(school.newcomer, wish="想做手工", minutes_wished=300, by=school.by, now=NOW)
    assess(school.newcomer, school.syllabus, met=[1], assessor="金", by=school.by, now=NOW)
    (told,) = learning_told(school.newcomer.pk)
    assert told["talks"][0]["wish"] == "想做手工"
    assert told["assessments"][0]["shown"] == ["编一只杯垫"]
    erase_learning(school.newcomer.pk)
    erase_learning(school.newcomer.pk)
    row = Newcomer.objects.get()
    assert (row.wish, row.given_up_at is not None) == ("", True)

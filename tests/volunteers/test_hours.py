"""Minutes: from signing in to signing out, within one's shift, each once; corrections; one sum."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from mulin.circle.volunteers import duty
from mulin.circle.volunteers.actions.duties import sign_up
from mulin.circle.volunteers.actions.presence import (
    ask_correction,
    check_in,
    check_out,
    close,
    count_closed,
    decide_correction,
)
from mulin.circle.volunteers.models import Service, Stay
from mulin.circle.volunteers.queries import record_of
from mulin.circle.volunteers.rules import DUTY_KIND, KIND
from mulin.commons.gatherings.actions.coming import read_back, sign_in
from mulin.commons.gatherings.actions.planning import close_gathering, move_gathering
from mulin.commons.gatherings.queries import minutes_of
from mulin.commons.rota.registry import kind_of
from mulin.ground.people.actions.merging import merge_persons
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from tests.clock import NOW
from tests.factories.people import PersonFactory
from tests.volunteers.conftest import BEGINS, ENDS, MINUTE, shift_of

LATER = ENDS + timedelta(hours=1)


def on_duty(street, cast, activity=None):
    shift = shift_of(activity) if activity else street.shift
    return sign_up(shift, street.yong, knows_risks=True, by=cast.yong.actor, now=NOW)


def end(street, activity, ended=ENDS, now=LATER):
    return close(activity, ended_at=ended, by=street.by, now=now)


def minutes(volunteer):
    return Service.objects.filter(volunteer=volunteer).aggregate(sum=Sum("minutes"))["sum"] or 0


def test_all_sums_are_one(street, cast):
    on_duty(street, cast)
    check_in(street.activity, street.yong, by=cast.yong.actor, now=BEGINS - 20 * MINUTE)
    check_out(street.activity, street.yong, by=cast.yong.actor, now=BEGINS + 95 * MINUTE)
    end(street, street.activity)
    assert minutes(street.yong) == 95
    assert record_of(street.yong).minutes == 95
    assert minutes_of([street.yong.person_id], kinds=[KIND]) == {street.yong.person_id: 95}


def test_time_away_does_not_count_and_coming_back_does(street, cast):
    on_duty(street, cast)
    for came, left in ((0, 30), (60, 90)):
        check_in(street.activity, street.yong, by=cast.yong.actor, now=BEGINS + came * MINUTE)
        check_out(street.activity, street.yong, by=cast.yong.actor, now=BEGINS + left * MINUTE)
    end(street, street.activity)
    assert minutes(street.yong) == 60
    assert minutes_of([street.yong.person_id]) == {street.yong.person_id: 60}


def test_a_forgotten_sign_out_counts_until_the_end_of_the_shift(street, cast):
    on_duty(street, cast)
    check_in(street.activity, street.yong, by=street.by, now=BEGINS)
    end(street, street.activity, ended=ENDS + 30 * MINUTE)
    stay = Stay.objects.get()
    assert (stay.left_by, stay.left_at) == ("system", ENDS + 30 * MINUTE)
    assert minutes(street.yong) == 120


def test_an_activity_that_ended_early_gives_no_more_minutes(street, cast):
    on_duty(street, cast)
    check_in(street.activity, street.yong, by=street.by, now=BEGINS)
    end(street, street.activity, ended=BEGINS + 40 * MINUTE)
    assert minutes(street.yong) == 40


def test_a_shift_over_midnight(street, cast):
    night = street.plan(
        kind="陪伴关爱", starts=BEGINS + timedelta(hours=13), ends=BEGINS + timedelta(hours=17)
    )
    on_duty(street, cast, night)
    check_in(night, street.yong, by=street.by, now=BEGINS + timedelta(hours=13))
    check_out(night, street.yong, by=street.by, now=BEGINS + timedelta(hours=16, minutes=30))
    end(street, night, ended=BEGINS + timedelta(hours=17), now=BEGINS + timedelta(hours=18))
    assert minutes(street.yong) == 210


def test_signing_in_elsewhere_signs_out_here(street, cast):
    other = street.plan(kind="义诊", place_words="卫生站")
    check_in(street.activity, street.yong, by=cast.yong.actor, now=BEGINS)
    check_in(other, street.yong, by=cast.yong.actor, now=BEGINS + 50 * MINUTE)
    end(street, street.activity)
    end(street, other)
    assert dict(Service.objects.values_list("activity", "minutes")) == {
        street.activity.pk: 50, other.pk: 70,
    }  # fmt: skip


def test_two_activities_at_once_count_each_minute_once(street, cast):
    """One was moved onto the other, and both paper lists were signed."""
    other = street.plan(
        kind="义诊", place_words="卫生站", starts=BEGINS + timedelta(hours=5),
        ends=ENDS + timedelta(hours=5),
    )  # fmt: skip
    on_duty(street, cast)
    on_duty(street, cast, other)
    move_gathering(
        other.gathering, starts_at=BEGINS + 30 * MINUTE, ends_at=ENDS + 30 * MINUTE, place=None,
        place_words="卫生站", why="医生下午没空", by=street.by, now=NOW,
    )  # fmt: skip
    for activity in (street.activity, other):
        read_back(activity.gathering, [1], walk_ins=None, by=street.by, now=LATER)
        end(street, activity, ended=activity.gathering.ends_at)
    assert minutes(street.yong) == 150
    assert minutes_of([street.yong.person_id]) == {street.yong.person_id: 150}


def test_one_cannot_be_signed_in_twice(street, cast):
    check_in(street.activity, street.yong, by=cast.yong.actor, now=BEGINS)
    again = check_in(street.activity, street.yong, by=cast.yong.actor, now=BEGINS + MINUTE)
    assert Stay.objects.get() == again
    with pytest.raises(IntegrityError), transaction.atomic():
        Stay.objects.create(
            community=cast.xinjie, activity=street.activity, volunteer=street.yong,
            came_at=BEGINS, came_by="qr",
        )  # fmt: skip
    with pytest.raises(NotPermitted):
        check_in(street.activity, street.lan, by=cast.yong.actor, now=BEGINS)


def test_the_door_is_open_from_an_hour_before(street, cast):
    with pytest.raises(Refused):
        check_in(street.activity, street.yong, by=cast.yong.actor, now=BEGINS - 61 * MINUTE)
    with pytest.raises(Refused):
        check_out(street.activity, street.yong, by=cast.yong.actor, now=BEGINS)


def test_the_code_of_the_gathering_and_its_page_count_as_well(street, cast):
    on_duty(street, cast)
    gathering = street.activity.gathering
    sign_in(gathering, street.yong.person, by=cast.yong.actor, now=BEGINS + 10 * MINUTE)
    sign_in(gathering, cast.wang.person, by=street.by, now=BEGINS)  # she comes to be served
    close_gathering(gathering, ended_at=ENDS, by=street.by, now=LATER)
    assert count_closed(LATER) == 1
    assert count_closed(LATER) == 0
    people = [street.yong.person_id, cast.wang.person.pk]
    assert minutes(street.yong) == 110
    assert minutes_of(people) == {street.yong.person_id: 110}


def test_a_correction_is_asked_decided_and_kept(street, cast):
    on_duty(street, cast)
    check_in(street.activity, street.yong, by=street.by, now=BEGINS + 30 * MINUTE)
    with pytest.raises(Refused):
        ask(street, cast, BEGINS, ENDS, now=ENDS)
    end(street, street.activity)
    asked = ask(street, cast, BEGINS - 30 * MINUTE, ENDS)
    with pytest.raises(Refused):
        ask(street, cast, BEGINS, ENDS)
    with pytest.raises(NotPermitted):
        decide_correction(asked, is_granted=True, answer="", by=cast.yong.actor, now=LATER)
    with pytest.raises(Refused) as refusal:
        decide_correction(asked, is_granted=False, answer=" ", by=street.by, now=LATER)
    assert refusal.value.field == "answer"
    done = decide_correction(asked, is_granted=True, answer="搬桌子也算", by=street.by, now=LATER)
    assert (done.minutes_before, done.minutes_after) == (90, 150)
    assert minutes(street.yong) == 150
    assert minutes_of([street.yong.person_id]) == {street.yong.person_id: 150}
    assert Stay.objects.get().came_at == BEGINS + 30 * MINUTE
    with pytest.raises(TakenMeanwhile):
        decide_correction(asked, is_granted=False, answer="x", by=street.by, now=LATER)


def ask(street, cast, came, left, now=LATER):
    return ask_correction(
        street.activity, street.yong, came_at=came, left_at=left, why="桌子是我搬的",
        by=cast.yong.actor, now=now,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("came", "left", "field"), [(10, 10, "left_at"), (0, 300, "left_at"), (-90, 60, "came_at")]
)
def test_times_that_cannot_be_are_refused(street, cast, came, left, field):
    end(street, street.activity)
    with pytest.raises(Refused) as refusal:
        ask(street, cast, BEGINS + came * MINUTE, BEGINS + left * MINUTE)
    assert refusal.value.field == field


def test_a_correction_gives_no_minute_that_counts_elsewhere(street, cast):
    early = street.plan(
        kind="清洁家园", starts=BEGINS - timedelta(hours=1), ends=BEGINS, place_words="河边"
    )
    check_in(early, street.yong, by=street.by, now=BEGINS - timedelta(hours=1))
    end(street, early, ended=BEGINS)
    check_in(street.activity, street.yong, by=street.by, now=BEGINS)
    end(street, street.activity)
    asked = ask(street, cast, BEGINS - 60 * MINUTE, ENDS)
    decide_correction(asked, is_granted=True, answer="", by=street.by, now=LATER)
    assert minutes(street.yong) == 180


def test_whoever_leads_does_not_decide_on_their_own_hours(street, cast):
    end(street, street.activity)
    asked = ask(street, cast, BEGINS, ENDS)
    own = street.by
    object.__setattr__(own, "person_id", street.yong.person_id)
    with pytest.raises(Refused):
        decide_correction(asked, is_granted=True, answer="", by=own, now=LATER)


def test_records_of_one_person_are_one_record(street, cast):
    check_in(street.activity, street.lan, by=street.by, now=BEGINS)
    end(street, street.activity)
    twin = PersonFactory(community=cast.xinjie, name="兰英", phone="13800000099")
    merge_persons(twin, street.lan.person, by=cast.chen.actor, now=NOW)
    street.lan.refresh_from_db()
    assert record_of(street.lan).minutes == 120


def test_who_signed_in_at_an_activity_is_here_for_the_rota_until_it_is_over(street, cast):
    check_in(street.activity, street.yong, by=cast.yong.actor, now=BEGINS - 20 * MINUTE)
    assert duty.here(BEGINS) == {cast.yong.person.pk}
    assert duty.here(street.activity.gathering.ends_at) == set()
    check_out(street.activity, street.yong, by=cast.yong.actor, now=BEGINS + MINUTE)
    assert duty.here(BEGINS + 2 * MINUTE) == set()
    assert kind_of(DUTY_KIND).here is duty.here

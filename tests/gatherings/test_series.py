"""What comes every month makes itself: its day, its place, who is told, each once."""

from datetime import date, datetime, time, timedelta

import pytest

from mulin.commons.gatherings.actions.planning import Plan, cancel_gathering, plan_gathering
from mulin.commons.gatherings.actions.series import (
    SeriesPlan,
    change_series,
    end_series,
    make_coming,
    start_series,
)
from mulin.commons.gatherings.jobs import make_what_comes, tell_people
from mulin.commons.gatherings.models import Attendance, Gathering, Series
from mulin.commons.gatherings.rules import Monthly, Shift, Why, coming_in, following_month
from mulin.ground.community.dues import Asked, owed_by
from mulin.ground.notify.models import Message
from mulin.ground.places.actions import add_place, close_place
from mulin.kit.calendar import WorkCalendar
from mulin.kit.clock import SHANGHAI
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.kit.scoping import in_community
from tests.clock import NOW

TWENTIETH = SeriesPlan(
    "meeting", "文明大家谈", time(19), time(20, 30), day=20, group="adults", place_words="睦邻客厅"
)
DAYS = WorkCalendar()


def at(day, hour=9):
    return datetime.combine(day, time(hour), SHANGHAI)


@pytest.fixture
def hall(cast, xinjie):
    return add_place(by=cast.chen.actor, now=NOW, name="睦邻厅", kind="hall")


@pytest.fixture
def begun(cast, xinjie):
    """Entered on the second of January 2026, told to nobody yet."""
    return start_series(TWENTIETH, by=cast.chen.actor, now=at(date(2026, 1, 2)))


@pytest.mark.once
@pytest.mark.parametrize(
    ("shift", "held"),
    [(Shift.LATER, date(2026, 2, 24)), (Shift.EARLIER, date(2026, 2, 14)),
     (Shift.KEEP, date(2026, 2, 20)), (Shift.SKIP, None)],
)  # fmt: skip
def test_the_20th_in_the_spring_festival_gives_way_as_chosen(shift, held):
    coming = coming_in(Monthly(day=20, on_holiday=shift), date(2026, 2, 1), DAYS)
    assert (coming.regular, coming.held, coming.why) == (date(2026, 2, 20), held, Why.HOLIDAY)


@pytest.mark.once
@pytest.mark.parametrize(
    ("shift", "held"),
    [(Shift.KEEP, date(2026, 9, 20)), (Shift.LATER, date(2026, 9, 25)),
     (Shift.EARLIER, date(2026, 9, 19)), (Shift.SKIP, None)],
)  # fmt: skip
def test_a_sunday_on_which_people_work_gives_way_as_chosen(shift, held):
    coming = coming_in(Monthly(day=20, on_make_up=shift), date(2026, 9, 1), DAYS)
    assert (coming.held, coming.why) == (held, Why.MAKE_UP)


@pytest.mark.once
@pytest.mark.parametrize(
    ("rule", "month", "held"),
    [
        (Monthly(nth=1, weekday=6), date(2026, 8, 5), date(2026, 8, 1)),
        (Monthly(nth=5, weekday=6), date(2026, 8, 5), date(2026, 8, 29)),
        (Monthly(nth=5, weekday=6), date(2026, 7, 5), date(2026, 7, 25)),
        # The first Saturday of October 2026 lies in the national holiday, the second is worked.
        (Monthly(nth=1, weekday=6), date(2026, 10, 1), date(2026, 10, 17)),
        (Monthly(day=31), date(2026, 4, 1), date(2026, 4, 30)),
        (Monthly(day=20), date(2026, 6, 20), date(2026, 6, 22)),
        (Monthly(day=20), date(2026, 12, 1), date(2026, 12, 20)),
    ],
)
def test_a_rule_gives_one_day_a_month(rule, month, held):
    assert coming_in(rule, month, DAYS).held == held
    assert following_month(date(2026, 12, 20)) == date(2027, 1, 1)


@pytest.mark.once
def test_a_year_without_a_notice_is_said_to_be_uncertain():
    assert not coming_in(Monthly(day=20), date(2031, 2, 1), DAYS).is_certain
    assert coming_in(Monthly(day=20), date(2026, 2, 1), DAYS).is_certain


def test_this_month_and_the_next_make_themselves_once_however_often_it_runs(xinjie, begun):
    assert [row.starts_at for row in Gathering.objects.order_by("starts_at")] == [
        at(date(2026, 1, 20), 19), at(date(2026, 2, 24), 19),
    ]  # fmt: skip
    for _turn in range(2):
        make_what_comes(xinjie, at(date(2026, 1, 3)))
    assert Gathering.objects.count() == 2
    make_what_comes(xinjie, at(date(2026, 2, 1)))
    assert Gathering.objects.latest("starts_at").starts_at == at(date(2026, 3, 20), 19)


def test_what_was_called_off_is_not_made_again(cast, xinjie, begun):
    first = Gathering.objects.earliest("starts_at")
    cancel_gathering(first, why="下雪", by=cast.chen.actor, now=at(date(2026, 1, 19)))
    make_what_comes(xinjie, at(date(2026, 1, 19), 10))
    assert Gathering.objects.filter(series_month=date(2026, 1, 1)).count() == 1


def test_people_are_told_by_their_own_way_so_many_days_before_and_once(cast, xinjie, begun):
    make_what_comes(xinjie, at(date(2026, 1, 14)))
    assert Attendance.objects.count() == 0
    for day in (15, 16):
        make_what_comes(xinjie, at(date(2026, 1, day)))
        tell_people(xinjie, at(date(2026, 1, day)))
    listed = set(Attendance.objects.values_list("person_id", flat=True))
    assert {cast.wang.person.pk, cast.yong.person.pk} <= listed
    told = Message.objects.filter(recipient_kind="person", recipient_id=cast.yong.person.pk)
    assert told.count() == 1
    assert Attendance.objects.count() == len(listed)


def test_a_place_is_held_by_one_gathering_at_a_time(cast, xinjie, hall):
    evening = at(date(2026, 11, 27), 19)
    hours = (evening, evening + timedelta(hours=1))
    plan_gathering("meeting", Plan("象棋", *hours, place=hall, place_words="东间"),
                   by=cast.chen.actor, now=NOW)  # fmt: skip
    plan_gathering("meeting", Plan("唱歌", *hours, place=hall, place_words="西间"),
                   by=cast.chen.actor, now=NOW)  # fmt: skip
    plan_gathering("meeting", Plan("散场后", hours[1], hours[1] + timedelta(hours=1), place=hall),
                   by=cast.chen.actor, now=NOW)  # fmt: skip
    for words in ("东间", ""):
        with pytest.raises(Refused) as refusal:
            plan_gathering("meeting", Plan("读书", *hours, place=hall, place_words=words),
                           by=cast.chen.actor, now=NOW)  # fmt: skip
        assert refusal.value.field == "place"
    assert Gathering.objects.count() == 3


def test_where_the_place_is_taken_it_is_made_and_its_host_owes_a_place(cast, xinjie, hall):
    evening = at(date(2026, 1, 20), 19)
    plan_gathering("meeting", Plan("排练", evening, evening + timedelta(hours=1), place=hall),
                   by=cast.chen.actor, now=at(date(2026, 1, 1)))  # fmt: skip
    plan = SeriesPlan("meeting", "大家谈", time(19), time(20), day=20, place=hall)
    start_series(plan, by=cast.chen.actor, now=at(date(2026, 1, 2)))
    made = Gathering.objects.get(series_month=date(2026, 1, 1))
    assert (made.place, made.starts_at) == (None, evening)
    assert Gathering.objects.get(series_month=date(2026, 2, 1)).place == hall
    now = at(date(2026, 1, 12))
    asked = Asked(cast.chen.actor, frozenset({cast.chen.account.pk}), now, now + timedelta(days=1))
    assert "gatherings.place" in [due.kind for due in owed_by(asked).dues]


def test_nobody_is_invited_before_there_is_a_place(cast, xinjie, hall):
    close_place(hall, by=cast.chen.actor, now=at(date(2026, 1, 1)))
    hall.refresh_from_db()
    plan = SeriesPlan("meeting", "大家谈", time(19), time(20), day=20, place=hall, group="adults")
    start_series(plan, by=cast.chen.actor, now=at(date(2026, 1, 2)))
    made = Gathering.objects.get(series_month=date(2026, 1, 1))
    assert made.place is None
    tell_people(xinjie, at(date(2026, 1, 16)))
    make_what_comes(xinjie, at(date(2026, 1, 16)))
    assert Attendance.objects.count() == 0
    Gathering.objects.filter(pk=made.pk).update(place_words="门岗旁")
    make_what_comes(xinjie, at(date(2026, 1, 16)))
    assert Attendance.objects.filter(gathering=made).exists()


def test_a_month_whose_holidays_are_unknown_waits_until_it_has_begun(cast, xinjie):
    start_series(TWENTIETH, by=cast.chen.actor, now=at(date(2030, 12, 2)))
    assert [row.series_month for row in Gathering.objects.all()] == [date(2030, 12, 1)]
    make_what_comes(xinjie, at(date(2031, 1, 1)))
    assert Gathering.objects.filter(series_month=date(2031, 1, 1)).exists()


def test_what_was_ended_or_changed_since_it_was_read_is_not_made_by_the_old_rule(
    cast, xinjie, begun
):
    read = Series.objects.get(pk=begun.pk)
    saturday = SeriesPlan("meeting", "周六谈", time(14), time(15), nth=1, weekday=6)
    change_series(begun, saturday, by=cast.chen.actor, now=at(date(2026, 1, 3)))
    (made,) = make_coming(read, now=at(date(2026, 2, 2)))
    assert made.title == "周六谈"
    end_series(begun, by=cast.chen.actor, now=at(date(2026, 2, 3)))
    assert make_coming(read, now=at(date(2026, 3, 2))) == []


def test_changed_and_ended_what_stands_already_stays(cast, xinjie, begun):
    now = at(date(2026, 1, 3))
    saturday = SeriesPlan("meeting", "周六谈", time(14), time(15), nth=1, weekday=6)
    change_series(begun, saturday, by=cast.chen.actor, now=now)
    assert Gathering.objects.count() == 2
    make_coming(begun, now=at(date(2026, 2, 2)))
    assert Gathering.objects.latest("id").starts_at == at(date(2026, 3, 7), 14)
    end_series(begun, by=cast.chen.actor, now=at(date(2026, 2, 3)))
    make_what_comes(xinjie, at(date(2026, 3, 1)))
    assert Gathering.objects.count() == 3
    with pytest.raises(TakenMeanwhile):
        end_series(begun, by=cast.chen.actor, now=at(date(2026, 2, 3)))


def test_only_whoever_holds_it_and_only_a_rule_that_can_be(cast, xinjie, begun):
    with pytest.raises(NotPermitted):
        start_series(TWENTIETH, by=cast.yong.actor, now=NOW)
    with pytest.raises(NotPermitted):
        end_series(begun, by=cast.yong.actor, now=NOW)
    backwards = SeriesPlan("meeting", "倒着开", time(19), time(18), day=20)
    with pytest.raises(Refused) as refusal:
        start_series(backwards, by=cast.chen.actor, now=NOW)
    assert refusal.value.field == "ends"


def test_a_form_sent_twice_enters_one_series(cast, xinjie):
    one, two = (
        start_series(TWENTIETH, by=cast.chen.actor, now=NOW, token="t") for _turn in range(2)
    )
    assert one == two
    assert Series.objects.count() == 1


def test_the_page_names_the_next_days_and_takes_a_rule(cast, xinjie, client):
    cast.enter(client, cast.chen)
    typed = {
        "kind": "meeting", "title": "板凳会", "by_day": "day", "day": "", "nth": "1",
        "weekday": "6", "on_holiday": "later", "on_make_up": "keep", "begins": "19:00",
        "ends": "20:00", "told_days": "5", "token": "a",
    }  # fmt: skip
    refused = client.post("/gatherings/desk/series/new/", typed)
    assert refused.context["form"].errors["day"]
    assert "板凳会" in refused.content.decode()
    assert client.post("/gatherings/desk/series/new/", typed | {"day": "20"}).status_code == 302
    page = client.get("/gatherings/desk/series/").content.decode()
    assert "板凳会" in page
    assert "2026" in page
    assert page.count("放假安排还没有公布") == 1
    with in_community(cast.linli):
        assert not Series.objects.exists()

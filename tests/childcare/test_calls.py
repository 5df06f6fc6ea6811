"""Free places in childcare as other offices' programs read them: nothing of a child."""

from datetime import date, time, timedelta

import pytest

from mulin.commons.rota.actions.months import open_month, publish, put_on
from mulin.commons.rota.models import Member, Shift
from mulin.ground.community.rules import Scope
from mulin.kit.clock import standing_still
from tests.childcare.conftest import TODAY
from tests.clock import NOW
from tests.site.test_programs import Caller, let_in, questions
from tests.support.documented import check_documented

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def _still():
    with standing_still(NOW):
        yield


@pytest.fixture
def caller(room, cast, client):
    return Caller(client, let_in(cast.zhou, scopes=[Scope.CHILDCARE_READ])[1])


def put_up(room, *days):
    """A published rota with both adults on each of these days, from nine to three."""
    for day in days:
        room.book(day=day, starts=time(9), ends=time(15))
    month = open_month("childcare", TODAY, by=room.lead, now=NOW)
    members = {one.person_id: one for one in Member.objects.select_related("person")}
    for shift in Shift.objects.select_related("month").filter(month=month):
        for carer in (room.shen, room.zhu):
            put_on(shift, members[carer.person_id], by=room.lead, now=NOW)
    publish(month, by=room.lead, now=NOW)


def test_free_places_are_told_by_age_and_never_a_child(room, caller):
    assert caller.get("childcare/").json()["rows"] == []
    put_up(room, TOMORROW)
    answer = caller.get("childcare/").json()
    check_documented("childcare", answer)
    (session,) = answer["rows"]
    assert session["starts_at"] == "2026-11-26T09:00:00+08:00"
    assert session["ends_at"] == "2026-11-26T15:00:00+08:00"
    # One school child takes one adult of the two; the other may mind three babies.
    free = {(one["from_months"], one["until_months"]): one["free"] for one in session["places"]}
    assert free[6, 12] == 3
    assert free[12, 24] == free[24, 36] == 5
    assert set(session["places"][0]) == {"from_months", "until_months", "free"}
    for number in range(2):
        baby = room.make_child(f"宝{number}", born_on=date(2026, 3, 1), phone=f"1380000300{number}")
        room.book(baby, day=TOMORROW, starts=time(10), ends=time(11))
    (session,) = caller.get("childcare/").json()["rows"]
    assert session["places"][0]["free"] == 1
    for hidden in (room.child.name, "宝0", "沈月琴", "朱晓燕"):
        assert hidden not in str(answer)


def test_what_is_over_is_not_told_and_a_span_has_its_bounds(room, caller):
    put_up(room, TOMORROW)
    with standing_still(NOW + timedelta(days=2)):
        assert caller.get("childcare/?day=2026-11-26").json()["rows"] == []
    assert len(caller.get("childcare/?day=2026-11-26&days=1").json()["rows"]) == 1
    assert caller.get("childcare/?day=2026-11-27").json()["rows"] == []
    assert caller.get("childcare/?day=9999-12-31&days=31").json()["rows"] == []
    assert caller.get("childcare/?days=32").status_code == 422


def test_sessions_take_the_same_queries_however_many(room, caller):
    put_up(room, TOMORROW, TODAY + timedelta(days=2), TODAY + timedelta(days=4))
    few = questions(caller, "childcare/?days=2")
    assert len(caller.get("childcare/?days=2").json()["rows"]) == 1
    assert len(questions(caller, "childcare/?days=14")) == len(few)
    assert len(caller.get("childcare/?days=14").json()["rows"]) == 3

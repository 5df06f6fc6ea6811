"""Running alarms as a dashboard or a second machine reads them."""

from datetime import timedelta

from mulin.circle.alarms.actions.answering import arrive, end, go
from mulin.circle.alarms.actions.raising import press_for
from mulin.ground.community.rules import Scope
from mulin.kit.clock import standing_still
from tests.clock import NOW
from tests.factories.people import PersonFactory
from tests.site.test_programs import Caller, let_in, questions


def board(client, cast, scopes=(Scope.ALARMS_READ,)):
    return Caller(client, let_in(cast.zhou, scopes=list(scopes))[1])


def test_an_alarm_is_told_by_number_and_place_until_somebody_ends_it(house, cast, client):
    alarm = house.press()
    mine, by = board(client, cast), cast.chen.actor
    with standing_still(NOW):
        (found,) = mine.get("alarms/").json()["rows"]
        told = "2026-11-25T10:00:00+08:00"
        assert found == {
            "number": alarm.number, "place": alarm.where, "state": "open", "is_trial": False,
            "pressed_at": told, "opened_at": told, "going_at": None, "there_at": None,
        }  # fmt: skip
        go(alarm, by=by, now=NOW)
        (found,) = mine.get("alarms/").json()["rows"]
        assert (found["state"], found["going_at"]) == ("going", told)
        arrive(house.fresh(alarm), by=by, now=NOW + timedelta(minutes=3))
        answer = mine.get("alarms/").json()
        assert answer["rows"][0]["state"] == "there"
        for hidden in (cast.wang.person.name, cast.chen.account.display_name, "沈阿姨", "王丽华"):
            assert hidden not in str(answer)
        end(house.fresh(alarm), outcome="ambulance", words="摔了", by=by, now=NOW)
        assert mine.get("alarms/").json()["rows"] == []


def test_no_other_right_opens_alarms(house, cast, client):
    house.press()
    other = board(client, cast, [scope for scope in Scope if scope is not Scope.ALARMS_READ])
    with standing_still(NOW):
        assert other.get("alarms/").status_code == 403


def test_alarms_take_the_same_queries_however_many(house, cast, client):
    house.press()
    mine = board(client, cast)
    with standing_still(NOW):
        few = questions(mine, "alarms/")
        for number in range(9):
            person = PersonFactory(community=cast.xinjie, name=f"老人{number}")
            press_for(person, by=cast.chen.actor, now=NOW)
        assert len(questions(mine, "alarms/")) == len(few)
        assert len(mine.get("alarms/").json()["rows"]) == 10

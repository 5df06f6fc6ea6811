"""Who mediates, as other offices' programs read it; of cases nothing."""

import pytest

from mulin.ground.community.rules import Scope
from mulin.kit.clock import standing_still
from tests.clock import NOW
from tests.mediation.conftest import CANARY
from tests.site.test_programs import Caller, let_in, questions


@pytest.fixture(autouse=True)
def _still():
    with standing_still(NOW):
        yield


def test_the_panel_is_told_as_on_its_public_page_and_of_cases_nothing(room, cast, client):
    room.agreed()
    caller = Caller(client, let_in(cast.zhou)[1])
    answer = caller.get("mediators/").json()
    assert {one["name"] for one in answer["rows"]} == {"许国平", "陆兰英"}
    xu = next(one for one in answer["rows"] if one["name"] == "许国平")
    assert xu == {
        "name": "许国平", "home_town": "安徽阜阳", "dialects": ["阜阳话"], "card": "老党员"
    }  # fmt: skip
    for path in ("mediators/", "figures/", "demands/", "shifts/", "alarms/"):
        assert CANARY not in str(caller.get(path).json())
    page = client.get("/mediation/").content.decode()
    assert all(one["name"] in page for one in answer["rows"])


def test_the_panel_takes_the_same_queries_however_long(room, cast, client):
    caller = Caller(client, let_in(cast.zhou, scopes=[Scope.PUBLIC_READ])[1])
    both = questions(caller, "mediators/")
    room.lan.left_on = NOW.date()
    room.lan.save()
    assert len(caller.get("mediators/").json()["rows"]) == 1
    assert len(questions(caller, "mediators/")) == len(both)

"""The published duty rota as other offices' programs read it."""

from datetime import datetime

import pytest

from mulin.ground.community.rules import Scope
from mulin.kit.clock import SHANGHAI, standing_still
from tests.rota.conftest import DESK
from tests.site.test_programs import Caller, let_in, questions

DECEMBER = datetime(2026, 12, 1, 9, tzinfo=SHANGHAI)


@pytest.fixture
def caller(turns, cast, client):
    return Caller(client, let_in(cast.zhou, scopes=[Scope.DUTY_READ])[1])


def test_shifts_are_told_in_numbers_once_they_are_published(turns, caller):
    with standing_still(DECEMBER):
        turns.begin()
        assert caller.get("shifts/").json()["rows"] == []
    month = turns.published(first=DECEMBER.date().replace(year=2027, month=1))
    with standing_still(DECEMBER):
        assert caller.get("shifts/").json()["rows"] == []
        path = "shifts/?first=2027-01-01&last=2027-01-31"
        answer = caller.get(path).json()
        assert len(answer["rows"]) == month.shifts.count() == 8
        assert answer["rows"][0] == {
            "kind": DESK, "label": "前台值班", "starts_at": "2027-01-04T08:30:00+08:00",
            "ends_at": "2027-01-04T12:00:00+08:00", "needed": 2, "come": 2,
        }  # fmt: skip
        assert caller.get(path + "&kind=childcare").json()["rows"] == []
        for wrong in ("?first=2027-01-01", "?first=2027-01-02&last=2027-01-01", "?first=soon"):
            assert caller.get(f"shifts/{wrong}").status_code == 422
    for name in turns.members:
        assert name not in str(answer)


def test_shifts_take_the_same_queries_however_many(turns, caller):
    turns.published()
    with standing_still(DECEMBER):
        few = questions(caller, "shifts/?first=2026-12-01&last=2026-12-01")
        many = questions(caller, "shifts/?first=2026-12-01&last=2026-12-31")
        assert len(few) == len(many)

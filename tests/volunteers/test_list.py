"""The list to sign of an activity, for whoever leads the volunteers without sitting at the desk."""

import pytest

from mulin.commons.gatherings.actions.coming import say_coming
from mulin.commons.gatherings.actions.planning import Plan, plan_gathering
from mulin.commons.gatherings.models import Attendance, Gathering
from mulin.kit import clock
from tests.clock import NOW
from tests.production.test_views import enter
from tests.volunteers.conftest import BEGINS, ENDS


@pytest.fixture
def lead(street, client):
    with clock.standing_still(BEGINS):
        yield enter(client, street.lead)


def test_it_is_printed_signed_and_read_back(street, lead, cast):
    gathering = Gathering.objects.get(pk=street.activity.gathering_id)
    say_coming(gathering, cast.yong.person, comes=True, by=street.by, now=NOW)
    room = lead.get(f"/volunteers/desk/{street.activity.pk}/").content.decode()
    assert f"/gatherings/desk/{gathering.pk}/" in room
    page = lead.get(f"/gatherings/desk/{gathering.pk}/")
    assert page.status_code == 200
    assert f"/gatherings/desk/{gathering.pk}/list/" in page.content.decode()
    printed = lead.post(f"/gatherings/desk/{gathering.pk}/list/", {})
    assert printed["Content-Type"] == "application/pdf"
    row = Attendance.objects.filter(gathering=gathering).first()
    back = lead.post(f"/gatherings/desk/{gathering.pk}/lines/", {"lines": row.line, "walk_ins": 2})
    assert back.status_code == 302
    row.refresh_from_db()
    assert row.came_at is not None


def test_what_others_hold_stays_theirs(street, lead, cast):
    talk = plan_gathering("talk", Plan("消防讲座", BEGINS, ENDS), by=cast.chen.actor, now=NOW)
    for page in ("people", "lines", "change", "cancel", "invite"):
        assert lead.get(f"/gatherings/desk/{talk.pk}/{page}/").status_code == 404
    assert lead.get("/gatherings/desk/").status_code == 404

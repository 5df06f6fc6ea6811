"""Where a matter comes from and where it goes on, and what the desk writes down for whoever calls."""

import pytest

from mulin.commons.flow.actions import add_step, hand_over, open_need
from mulin.commons.flow.models import Step
from mulin.commons.flow.said import Said
from mulin.commons.gatherings.actions.planning import close_gathering
from mulin.kit.channels import Channel
from mulin.kit.clock import standing_still
from mulin.kit.refusals import NotPermitted, Refused
from mulin.parlour.deliberation.actions.deciding import decide_by_hands
from mulin.parlour.deliberation.actions.following import add_task, let_stand, publish
from mulin.parlour.deliberation.actions.matters import pass_on, propose, screen, second
from mulin.parlour.deliberation.models import (
    Appraisal,
    Argument,
    Matter,
    Objection,
    Origin,
    Publication,
)
from mulin.parlour.deliberation.rules import Count, State
from mulin.parlour.doublefive.actions.seasons import open_season
from mulin.parlour.doublefive.models import Idea
from tests.clock import NOW
from tests.deliberation.conftest import BEGINS, DAY, ENDS


@pytest.fixture(autouse=True)
def _standing_clock():
    with standing_still(NOW):
        yield


@pytest.fixture
def season(cast, xinjie):
    return open_season(
        2027, collects_until=(NOW + 20 * DAY).date(), criteria=["公共的"], appeal_days=5,
        by=cast.zhou.actor, now=NOW,
    )  # fmt: skip


@pytest.fixture
def motion(cast, xinjie):
    """阿勇's motion, seconded and taken up."""
    matter = propose(
        title="河边装长椅",
        words="老人走不远",
        proposer=cast.yong.person,
        by=cast.yong.actor,
        now=NOW,
    )
    matter.wanted_seconders = 1
    matter.save()
    second(matter, cast.wang.person, by=cast.chen.actor, now=NOW)
    return screen(matter, is_admitted=True, reason="好", by=cast.chen.actor, now=NOW)


@pytest.mark.parametrize(
    ("room", "origin"),
    [("suggestions", Origin.SUGGESTION), ("reception", Origin.DEMAND)],
)
def test_a_matter_carries_where_it_was_born(cast, xinjie, room, origin):
    need = open_need(Said(words="图书角晚点关"), by=cast.chen.actor, room=room, now=NOW)
    add_step(need, by=cast.chen.actor, kind="received", line="收到", record=need, now=NOW)
    matter = hand_over(need, to="deliberation", by=cast.chen.actor, why="大家的事", now=NOW)
    assert matter.origin == origin


def test_a_motion_goes_on_to_the_candidates_of_the_double_five(cast, season, motion, client):
    with pytest.raises(NotPermitted):
        pass_on(motion, to="doublefive", why="要花钱", by=cast.yong.actor, now=NOW)
    for wrong in ({"to": "nowhere"}, {"to": "deliberation"}, {"why": " "}):
        with pytest.raises(Refused):
            pass_on(
                motion, **{"to": "doublefive", "why": "要花钱"} | wrong, by=cast.chen.actor, now=NOW
            )
    cast.enter(client, cast.chen)
    page = client.get(f"/deliberation/desk/{motion.pk}/")
    assert page.context["goes_on"]
    sent = {"to": "doublefive", "why": "要花钱，放进双五", "token": "p"}
    for _twice in range(2):
        client.post(f"/deliberation/desk/{motion.pk}/pass-on/", sent)
    idea = Idea.objects.get()
    assert (idea.season, idea.person, idea.words) == (
        season, cast.yong.person, "河边装长椅\n老人走不远"
    )  # fmt: skip
    motion.refresh_from_db()
    assert (motion.state, motion.need) == (State.PASSED_ON, idea.need)
    assert motion.outcome.endswith("要花钱，放进双五")
    assert Step.objects.filter(need=idea.need, kind="handed_over").count() == 1
    client.logout()
    assert "要花钱，放进双五" in client.get(f"/deliberation/m/{motion.code}/").content.decode()


def test_what_stands_goes_on_when_no_task_is_open(cast, season, point, neighbours, come):
    come(*neighbours[:3])
    decide_by_hands(point, Count(3, 0, 0), by=cast.chen.actor, now=BEGINS)
    close_gathering(point.item.gathering, ended_at=ENDS, by=cast.chen.actor, now=ENDS)
    publish(point.matter, by=cast.chen.actor, now=ENDS)
    let_stand(Publication.objects.get(), by=cast.chen.actor, now=ENDS + 9 * DAY)
    matter = Matter.objects.get(pk=point.matter.pk)
    task = add_task(
        matter, what="问价", owner=cast.sun.account, due_on=(ENDS + 20 * DAY).date(),
        by=cast.chen.actor, now=ENDS,
    )  # fmt: skip
    with pytest.raises(Refused):
        pass_on(matter, to="doublefive", why="表决", by=cast.chen.actor, now=ENDS)
    task.done_at = ENDS
    task.save()
    assert pass_on(matter, to="doublefive", why="表决", by=cast.chen.actor, now=ENDS).need.room == (
        "doublefive"
    )


def test_the_desk_brings_in_what_somebody_calls_about_and_they_read_the_reason(
    cast, xinjie, client
):
    cast.enter(client, cast.chen)
    typed = {
        "person": "张勇", "title": "遛狗", "words": "牵绳", "origin": "motion", "size": "small",
    }  # fmt: skip
    wrong = client.post("/deliberation/desk/new/", typed | {"person": "谁也不是"})
    assert wrong.context["form"].errors["person"]
    client.post("/deliberation/desk/new/", typed)
    assert Matter.objects.get().proposer == cast.yong.person


def test_the_desk_writes_down_a_reason_an_objection_and_an_appraisal(
    cast, point, neighbours, come, client
):
    """Whoever has no phone says it at the desk, in their own name."""
    cast.enter(client, cast.chen)
    matter, caller = point.matter, neighbours[0]

    def said(deed, **values):
        values = {"person": caller.name, "channel": "phone"} | values
        return client.post(f"/deliberation/desk/{matter.pk}/{deed}/", values)

    assert said("argued", side="for", words="").status_code == 422
    assert said("argued", side="for", words="夜里看不见").status_code == 302
    assert Argument.objects.get().person == caller
    come(*neighbours[:3])
    decide_by_hands(point, Count(3, 0, 0), by=cast.chen.actor, now=BEGINS)
    close_gathering(point.item.gathering, ended_at=ENDS, by=cast.chen.actor, now=ENDS)
    with standing_still(ENDS):
        cast.enter(client, cast.chen)
        assert said("objected", words="太亮").status_code == 404  # nothing hangs out yet
        publish(matter, by=cast.chen.actor, now=ENDS)
        assert said("objected", words="太亮").status_code == 302
    made = Objection.objects.get()
    assert (made.person, made.channel) == (caller, Channel.PHONE)
    Matter.objects.filter(pk=matter.pk).update(state=State.DONE)
    absent = said("appraised", person=neighbours[4].name, level="5")
    assert absent.status_code == 422
    assert said("appraised", level="4").status_code == 302
    assert Appraisal.objects.get().person == caller

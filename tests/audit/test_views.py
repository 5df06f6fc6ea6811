"""The auditor sees that something was done, and nothing of what it says."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from mulin.ground.audit.actions import record_look, recording
from mulin.ground.community.rules import Role
from mulin.kit.scoping import in_community
from tests.clock import NOW
from tests.factories.community import AccountFactory, MembershipFactory

SECRET = "金丝雀秘密"


def test_the_log_shows_who_did_what_and_no_content(cast, client):
    with in_community(cast.xinjie):
        with recording(cast.chen.actor, "give_role", now=NOW) as act:
            act.on(cast.wang.person, before={"name": SECRET}, after={"phone": SECRET})
        with recording(cast.yong.actor, "receive_demand", now=NOW) as act:
            act.on(cast.yong.person, after={"words": SECRET})
    page = cast.enter(client, cast.auditor).get("/audit/").content.decode()
    assert "小陈" in page
    assert SECRET not in page
    assert cast.wang.person.name not in page
    # Who tells something in confidence is not named to the auditor either.
    assert "阿勇" not in page


def test_the_log_is_found_by_verb_colleague_and_day(cast, client):
    with in_community(cast.xinjie):
        for by, verb, day in (("chen", "walk", 20), ("sun", "walk", 21), ("sun", "mend", 21)):
            moment = NOW.replace(day=day)
            with recording(getattr(cast, by).actor, verb, now=moment) as act:
                act.on(cast.grid_1)
    cast.enter(client, cast.auditor)

    def numbers(query):
        lines = client.get(f"/audit/?{query}").context["lines"]
        return [line["act"].seq for line in lines]

    assert numbers("") == [3, 2, 1]
    assert numbers("verb=walk") == [2, 1]
    assert numbers(f"account={cast.sun.account.pk}") == [3, 2]
    assert numbers("day=2026-11-20") == [1]
    assert numbers("day=nonsense&account=%F0%9F%98%80") == [3, 2, 1]


def test_looks_are_shown_with_their_reason(cast, client):
    with in_community(cast.xinjie):
        record_look(cast.wang.person, by=cast.chen.actor, what="phone", reason="回访", now=NOW)
    page = cast.enter(client, cast.auditor).get("/audit/looks/").content.decode()
    assert "回访" in page
    assert "居民 · 电话" in page
    assert "people.person" not in page
    assert cast.wang.person.name not in page


def test_the_neighbours_auditor_reads_only_their_own_log(cast, client):
    with in_community(cast.xinjie), recording(cast.chen.actor, "walk", now=NOW) as act:
        act.on(cast.grid_1)
    account = AccountFactory(display_name="邻家审计")
    MembershipFactory(community=cast.linli, account=account, role=Role.AUDITOR)
    cast.li.account = account
    assert cast.enter(client, cast.li).get("/audit/").context["lines"] == []


def test_the_log_costs_the_same_for_two_acts_and_for_twenty(cast, client):
    cast.enter(client, cast.auditor)
    counted = []
    for more in (2, 18):
        with in_community(cast.xinjie):
            for _number in range(more):
                with recording(cast.chen.actor, "walk", now=NOW) as act:
                    act.on(cast.grid_1)
        with CaptureQueriesContext(connection) as captured:
            client.get("/audit/")
        counted.append(len(captured))
    assert counted[0] == counted[1]

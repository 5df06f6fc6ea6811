"""Sums, grants, and what is handed up to the street and comes back."""

from datetime import timedelta

import pytest

from mulin.commons.flow.models import Step, Visibility
from mulin.commons.flow.said import Said
from mulin.ground.audit.models import Act, Look
from mulin.ground.community.dues import Asked, owed_by
from mulin.ground.figures.rules import Period
from mulin.ground.notify.models import Message
from mulin.ground.street.actions.grants import end_grant, give_grant, look_under
from mulin.ground.street.actions.hand_up import settle
from mulin.ground.street.actions.sums import sum_up
from mulin.ground.street.models import Grant, HandedUp, Sum
from mulin.ground.street.queries import handed_up_to, overseen, running_grant, side_by_side
from mulin.ground.street.registry import opening_of
from mulin.ground.street.rules import SUMS_LAST, Deed, Stand, is_to_sum, periods_summed
from mulin.kit.clock import end_of_day, local_day
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.kit.scoping import in_community
from mulin.parlour.reception.actions.demands import answer_demand, receive_demand
from mulin.parlour.reception.actions.joint import bring_back
from mulin.parlour.reception.actions.street import hand_up
from mulin.parlour.reception.models import Demand, Sending
from mulin.parlour.reception.rules import State
from tests.clock import NOW

DAY = timedelta(days=1)
YEAR = Period.of_year(2026)


def granted(member, what="demands", **values):
    with in_community(member.community):
        return give_grant(
            opening_of(what), **{"reason": "雨季检查", "until": NOW + 3 * DAY, "by": member.actor,
                                 "now": NOW} | values,
        )  # fmt: skip


@pytest.fixture
def handed(street):
    """小陈 hands up that the main drain of the street floods the yard."""
    cast = street
    with in_community(cast.xinjie):
        demand = receive_demand(
            Said(words="总管倒灌，院子淹了", person=cast.wang.person), by=cast.chen.actor, now=NOW
        )
        hand_up(demand, words="市政总管倒灌", back_by=NOW + 5 * DAY, by=cast.chen.actor, now=NOW)
    return HandedUp.objects.get()


def stored(handed):
    return HandedUp.objects.get(pk=handed.pk)


def demand_of(cast, handed):
    with in_community(cast.xinjie):
        return Sending.objects.select_related("demand__need").get(pk=handed.record_id).demand


# ── sums ─────────────────────────────────────────────────────────────────────────────────────


def test_side_by_side_are_sums_and_what_counts_fewer_than_five_is_in_no_row(street):
    lines = {line.community: line.sums for line in side_by_side(street.street.actor, YEAR, NOW)}
    assert set(lines) == {street.xinjie, street.linli}
    assert lines[street.xinjie]["reception.demands"].value == 7
    small = lines[street.linli]["reception.demands"]
    assert (small.value, small.is_held_back) == (None, True)
    rate = lines[street.linli]["reception.response_rate"]
    assert (rate.value, rate.whole, rate.is_held_back) == (None, None, True)
    # Nobody is hidden where there is nobody.
    assert lines[street.linli]["classroom.lessons"].value == 0


def test_a_street_sees_its_own_communities_only(street, elsewhere):
    assert list(overseen(elsewhere.actor)) == [elsewhere.community]
    assert list(overseen(street.street.actor)) == [street.xinjie, street.linli]


def test_sums_are_made_once_a_night_and_those_of_the_past_settle(street):
    assert periods_summed(local_day(NOW))[2] == YEAR
    with in_community(street.xinjie):
        assert sum_up(street.xinjie, NOW + SUMS_LAST - timedelta(minutes=1)) == 0
        receive_demand(Said(words="再来一件"), by=street.chen.actor, now=NOW + SUMS_LAST)
        assert sum_up(street.xinjie, NOW + SUMS_LAST) > 0
    kept = Sum.objects.get(
        community=street.xinjie, period="2026", name="reception.demands"
    )  # one row, moved on
    assert (kept.value, kept.summed_at) == (8, NOW + SUMS_LAST)
    last_year = YEAR.before()
    assert not is_to_sum(last_year.ends_at + 32 * DAY, last_year, NOW)
    assert is_to_sum(last_year.ends_at + 20 * DAY, last_year, NOW)


def test_sums_are_made_anew_where_somebody_knows_that_they_are_old(street):
    at = NOW + timedelta(minutes=1)
    with in_community(street.xinjie):
        receive_demand(Said(words="再来一件"), by=street.chen.actor, now=NOW)
        assert sum_up(street.xinjie, at, is_anew=True) > 0
    kept = Sum.objects.get(community=street.xinjie, period="2026", name="reception.demands")
    assert (kept.value, kept.summed_at) == (8, at)


# ── grants ───────────────────────────────────────────────────────────────────────────────────


def test_a_grant_runs_until_its_moment_or_until_the_head_ends_it(street, head):
    grant = granted(head)
    assert running_grant(street.linli, "demands", NOW + DAY) == grant
    assert running_grant(street.linli, "grids", NOW + DAY) is None
    assert running_grant(street.xinjie, "demands", NOW + DAY) is None
    assert running_grant(street.linli, "demands", NOW + 3 * DAY) is None
    with in_community(street.linli):
        end_grant(grant, by=head.actor, now=NOW + DAY)
        end_grant(grant, by=head.actor, now=NOW + DAY)  # twice is as good
        verbs = list(Act.objects.order_by("seq").values_list("verb", flat=True))[-2:]
    assert verbs == ["street.give_grant", "street.end_grant"]
    assert running_grant(street.linli, "demands", NOW + DAY) is None


def test_only_the_head_grants_with_a_reason_for_a_quarter_at_most(street, head):
    with pytest.raises(NotPermitted):
        granted(street.chen)
    for wrong, field in (
        ({"reason": " "}, "reason"), ({"until": NOW}, "until"), ({"until": NOW + 93 * DAY}, "until")
    ):  # fmt: skip
        with pytest.raises(Refused) as refusal:
            granted(head, **wrong)
        assert refusal.value.field == field
    grant = granted(head, token="t")
    assert granted(head, token="t") == grant
    with pytest.raises(NotPermitted), in_community(street.xinjie):
        end_grant(grant, by=street.zhou.actor, now=NOW)
    assert Grant.objects.count() == 1


def test_the_community_keeps_that_the_street_looked(street, head):
    grant = granted(head)
    with in_community(street.linli):
        look_under(grant, by=street.street.actor, now=NOW)
        look = Look.objects.get()
    assert (look.account, look.what, look.reason) == (street.street.account, "demands", "雨季检查")


# ── handed up ────────────────────────────────────────────────────────────────────────────────


def test_what_is_handed_up_waits_at_the_community_with_its_own_limit(street, handed):
    demand = demand_of(street, handed)
    assert (demand.state, demand.waiting_on) == (State.WAITING, "望海街道")
    assert (handed.words, handed.stand, handed.number) == (
        "市政总管倒灌", Stand.SENT, demand.need.number,
    )  # fmt: skip
    with in_community(street.xinjie):
        lines = [step.line for step in Step.objects.filter(need=demand.need, is_for_asker=True)]
        assert any("望海街道" in line for line in lines)
        assert Message.objects.filter(account=street.street.account).exists()
    with in_community(street.xinjie):
        until = end_of_day(local_day(NOW))
        owed = owed_by(Asked(street.street.actor, frozenset(), NOW, until)).dues
    assert [due.number for due in owed if due.kind == "street.handed"] == [handed.pk]


def test_the_street_takes_and_answers_and_the_community_has_it_in_the_same_moment(street, handed):
    by = street.street.actor
    with in_community(street.xinjie):
        settle(handed, Deed.TAKE, by=by, now=NOW + DAY)
        assert stored(handed).taken_by == street.street.account
        settle(handed, Deed.ANSWER, words="已约市政，周五清淤", by=by, now=NOW + 2 * DAY, token="t")
        settle(handed, Deed.ANSWER, words="已约市政，周五清淤", by=by, now=NOW + 2 * DAY, token="t")
        with pytest.raises(TakenMeanwhile):
            settle(handed, Deed.GIVE_BACK, words="不行", by=by, now=NOW + 2 * DAY)
        sending = Sending.objects.get(pk=handed.record_id)
    assert (sending.answer, sending.returned_at) == ("已约市政，周五清淤", NOW + 2 * DAY)
    demand = demand_of(street, handed)
    assert demand.state == State.IN_HAND
    with in_community(street.xinjie):
        told = list(Step.objects.filter(need=demand.need, is_for_asker=True).order_by("id"))
    assert [step.kind for step in told][-2:] == ["street_took", "came_back"]
    assert not handed_up_to(by).open().exists()


def test_given_back_with_the_reason_the_asker_reads_that_it_goes_on_here(street, handed):
    by = street.street.actor
    with pytest.raises(Refused):
        settle(handed, Deed.GIVE_BACK, words=" ", by=by, now=NOW)
    with in_community(street.xinjie):
        settle(handed, Deed.GIVE_BACK, words="归水务", by=by, now=NOW)
    demand = demand_of(street, handed)
    assert demand.state == State.IN_HAND
    with in_community(street.xinjie):
        last = Step.objects.filter(need=demand.need, is_for_asker=True).latest("id")
        assert "归水务" in Sending.objects.get(pk=handed.record_id).answer
    assert "退回" in last.line
    assert "归水务" not in last.line


def test_nobody_else_settles_it(street, handed, elsewhere):
    for by in (street.chen.actor, elsewhere.actor):
        with pytest.raises(NotPermitted), in_community(street.xinjie):
            settle(handed, Deed.TAKE, by=by, now=NOW)
    assert stored(handed).stand == Stand.SENT


@pytest.mark.parametrize("how", ["brought back", "answered"])
def test_what_the_community_settles_itself_leaves_the_street_s_list(street, handed, how):
    demand = demand_of(street, handed)
    with in_community(street.xinjie):
        if how == "answered":
            answer_demand(demand, by=street.chen.actor, words="自己修好了", now=NOW + DAY)
        else:
            sending = Sending.objects.select_related("demand__need", "organisation").get()
            bring_back(sending, by=street.chen.actor, answer="电话里说了", now=NOW + DAY)
    assert stored(handed).stand == Stand.WITHDRAWN
    assert not handed_up_to(street.street.actor).open().exists()


def test_words_that_name_somebody_and_what_is_confidential_stay_here(street):
    cast = street
    with in_community(cast.xinjie):
        by = cast.chen.actor
        named = receive_demand(Said(words="王秀英家漏水", person=cast.wang.person), by=by, now=NOW)
        with pytest.raises(Refused) as refusal:
            hand_up(named, words="王秀英家漏水", back_by=NOW + DAY, by=by, now=NOW)
        assert refusal.value.field == "words"
        secret = receive_demand(
            Said(words="家暴", visibility=Visibility.CONFIDENTIAL), by=by, now=NOW
        )
        with pytest.raises(Refused):
            hand_up(secret, words="求助", back_by=NOW + DAY, by=by, now=NOW)
        assert Demand.objects.get(pk=named.pk).state != State.WAITING
    assert not HandedUp.objects.exists()

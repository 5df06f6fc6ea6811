"""Work of several: offered, shared, sent out and back; one owner at every moment, one clock."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from mulin.commons.flow.models import NeedPhoto, Step
from mulin.ground.audit.models import Act
from mulin.ground.community.rules import system
from mulin.ground.notify.models import Message
from mulin.ground.people.actions.bodies import merge_organisations
from mulin.ground.people.actions.organisations import found_organisation
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.kit.scoping import in_community
from mulin.parlour.reception.actions.demands import (
    answer_demand,
    assign_demand,
    note_on,
    take_demand,
)
from mulin.parlour.reception.actions.joint import (
    accept_offer,
    ask_help,
    bring_back,
    note_reminder,
    offer_demand,
    raise_offer,
    refuse_offer,
    release_share,
    report_share,
    send_out,
    withdraw_offer,
)
from mulin.parlour.reception.jobs import nudge_late_help, raise_offers
from mulin.parlour.reception.models import Demand, Offer, Sending, Share
from mulin.parlour.reception.queries import demand_for, for_me
from mulin.parlour.reception.rules import OfferState, State
from tests.clock import NOW
from tests.reception.test_actions import photo

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def stored(demand):
    return Demand.objects.get(pk=demand.pk)


def told(account):
    mine = Message.objects.filter(account=account, topic="demand").order_by("id")
    return list(mine.values_list("subject", flat=True))


@pytest.fixture
def offered(cast, lamp):
    """The lamp of grid 1, offered by 小孙 to 小吴 of grid 2."""
    offer_demand(lamp, to=cast.wu.account, by=cast.sun.actor, why="在我休假", now=NOW)
    return Offer.objects.select_related("demand__need", "to").get()


@pytest.fixture
def shared(cast, lamp):
    """小吴 of grid 2 is asked to look at the fuse by tomorrow."""
    ask_help(lamp, helper=cast.wu.account, asked="看看总闸", due_at=NOW + DAY, by=cast.sun.actor,
             now=NOW)  # fmt: skip
    return Share.objects.select_related("demand__need", "helper").get()


@pytest.fixture
def power_company(cast, xinjie):
    return found_organisation(
        by=cast.chen.actor, now=NOW, name="供电所", kind="unit", phone="0573-95598"
    )


@pytest.fixture
def sent(cast, lamp, power_company):
    send_out(
        lamp, to=power_company, by=cast.sun.actor, asked="查这一路的线", letter="新街函〔2026〕8号",
        contact="姚工", back_by=NOW + 3 * DAY, now=NOW,
    )  # fmt: skip
    return Sending.objects.select_related("demand__need", "organisation").get()


# ── offered ──────────────────────────────────────────────────────────────────────────────────


def test_until_it_is_taken_the_giver_owns_it_and_the_clock_goes_on(cast, lamp, offered):
    before = (cast.sun.account.pk, lamp.due_at, State.RECEIVED)
    now = stored(lamp)
    assert (now.owner_id, now.due_at, now.state) == before
    # Both see it on their first screen, and whoever it is offered to may read it.
    assert for_me(cast.wu.actor).offered_to_me == [offered]
    assert for_me(cast.sun.actor).offered_by_me == [offered]
    assert demand_for(cast.wu.actor, lamp.pk) == lamp
    assert told(cast.wu.account) == [f"小孙想请您接手 {lamp.need.number}"]
    with pytest.raises(NotPermitted):
        answer_demand(lamp, by=cast.wu.actor, words="修好了", now=NOW)
    with pytest.raises(NotPermitted):
        note_on(lamp, by=cast.wu.actor, words="我看看", now=NOW)


def test_taken_over_it_is_owned_by_the_other_and_the_asker_hears_who(cast, lamp, offered):
    accept_offer(offered, by=cast.wu.actor, now=NOW + HOUR)
    now = stored(lamp)
    assert (now.owner, now.state, now.due_at, now.answer_by) == (
        cast.wu.account, State.IN_HAND, lamp.answer_by, lamp.answer_by,
    )  # fmt: skip
    assert Offer.objects.get().state == OfferState.ACCEPTED
    line = Step.objects.filter(need=lamp.need, is_for_asker=True).latest("id").line
    assert "小吴" in line
    assert not for_me(cast.wu.actor)
    assert not for_me(cast.sun.actor)
    assert told(cast.sun.account)[-1] == f"小吴已接手 {lamp.need.number}"
    answer_demand(now, by=cast.wu.actor, words="修好了", now=NOW + 2 * HOUR)


def test_refused_with_a_reason_it_stays_where_it_was(cast, lamp, offered):
    with pytest.raises(Refused) as refusal:
        refuse_offer(offered, by=cast.wu.actor, why=" ", now=NOW)
    assert refusal.value.field == "why"
    refuse_offer(offered, by=cast.wu.actor, why="我也休假", now=NOW + HOUR)
    assert stored(lamp).owner == cast.sun.account
    assert demand_for(cast.wu.actor, lamp.pk) is None
    body = Message.objects.filter(account=cast.sun.account).latest("id").body
    assert body == "我也休假"
    # The clock went on: nothing was moved.
    assert stored(lamp).due_at == lamp.due_at
    offer_demand(lamp, to=cast.chen.account, by=cast.sun.actor, why="在我休假", now=NOW + HOUR)


def test_only_whoever_it_is_offered_to_answers_and_only_the_giver_withdraws(cast, lamp, offered):
    for act in (accept_offer, lambda offer, **by: refuse_offer(offer, why="不", **by)):
        with pytest.raises(NotPermitted):
            act(offered, by=cast.chen.actor, now=NOW)
    with pytest.raises(NotPermitted):
        withdraw_offer(offered, by=cast.wu.actor, now=NOW)
    withdraw_offer(offered, by=cast.sun.actor, now=NOW)
    with pytest.raises(TakenMeanwhile):
        accept_offer(offered, by=cast.wu.actor, now=NOW)
    assert stored(lamp).owner == cast.sun.account


def test_the_first_of_accepting_and_withdrawing_wins(cast, lamp, offered):
    stale = Offer.objects.select_related("demand__need", "to").get()
    accept_offer(offered, by=cast.wu.actor, now=NOW)
    with pytest.raises(TakenMeanwhile):
        withdraw_offer(stale, by=cast.sun.actor, now=NOW)
    assert stored(lamp).owner == cast.wu.account


def test_taken_by_somebody_else_or_answered_the_offer_lapses(cast, lamp, offered):
    take_demand(lamp, by=cast.chen.actor, now=NOW)
    assert Offer.objects.get().state == OfferState.LAPSED
    with pytest.raises(TakenMeanwhile):
        accept_offer(offered, by=cast.wu.actor, now=NOW)
    offer_demand(lamp, to=cast.wu.account, by=cast.chen.actor, why="你近", now=NOW)
    answer_demand(lamp, by=cast.chen.actor, words="修好了", now=NOW)
    assert set(Offer.objects.values_list("state", flat=True)) == {OfferState.LAPSED}
    assert not for_me(cast.wu.actor)


def test_a_demand_is_offered_to_one_at_a_time_and_not_to_its_owner(cast, lamp, offered):
    for to, field in ((cast.chen.account, "to"), (cast.sun.account, "to")):
        with pytest.raises(Refused) as refusal:
            offer_demand(lamp, to=to, by=cast.chen.actor, why="忙", now=NOW)
        assert refusal.value.field == field
    with pytest.raises(IntegrityError), transaction.atomic():
        Offer.objects.create(
            community=cast.xinjie, demand=lamp, giver=cast.sun.account, to=cast.chen.account,
            why="x", offered_at=NOW, answer_by=NOW,
        )  # fmt: skip


def test_nobody_but_a_handler_is_offered_anything(cast, lamp):
    for outsider in (cast.yong, cast.li, cast.shen):
        with pytest.raises(Refused):
            offer_demand(lamp, to=outsider.account, by=cast.sun.actor, why="忙", now=NOW)


def test_an_offer_sent_twice_is_one_offer_and_one_act(cast, lamp):
    for _time in range(3):
        offer_demand(lamp, to=cast.wu.account, by=cast.sun.actor, why="忙", now=NOW, token="once")
    assert Offer.objects.count() == 1
    assert Act.objects.filter(verb="reception.offer_demand").count() == 1


def test_an_unanswered_offer_rises_once_to_both_and_to_the_head(cast, lamp, offered):
    raise_offers(cast.xinjie, offered.answer_by - HOUR)
    assert Offer.objects.get().risen_at is None
    for _time in range(2):
        raise_offers(cast.xinjie, offered.answer_by)
    assert Offer.objects.get().risen_at == offered.answer_by
    risen = f"小吴还没有答复接手 {lamp.need.number}"
    for member in (cast.sun, cast.wu, cast.zhou):
        assert told(member.account).count(risen) == 1
    with pytest.raises(NotPermitted):
        raise_offer(offered, by=cast.zhou.actor, now=NOW)
    assert raise_offer(offered, by=system(cast.xinjie.pk), now=NOW) is False


def test_only_the_head_gives_outright(cast, lamp):
    with pytest.raises(NotPermitted):
        assign_demand(lamp, to=cast.wu.account, by=cast.chen.actor, why="忙", now=NOW)
    assign_demand(lamp, to=cast.wu.account, by=cast.zhou.actor, why="忙", now=NOW)
    assert stored(lamp).owner == cast.wu.account


# ── shared ───────────────────────────────────────────────────────────────────────────────────


def test_a_helper_reads_notes_and_reports_and_the_owner_answers_once(cast, lamp, shared):
    assert for_me(cast.wu.actor).shares == [shared]
    assert demand_for(cast.wu.actor, lamp.pk) == lamp
    note_on(lamp, by=cast.wu.actor, words="总闸没跳", now=NOW)
    with pytest.raises(NotPermitted):
        answer_demand(lamp, by=cast.wu.actor, words="好了", now=NOW)
    report_share(shared, by=cast.wu.actor, report="总闸正常", now=NOW + HOUR)
    assert not for_me(cast.wu.actor)
    assert stored(lamp).owner == cast.sun.account
    assert told(cast.sun.account)[-1] == f"同事办完了他的部分：{lamp.need.number}"
    # None of it is for the asker.
    kinds = set(Step.objects.filter(is_for_asker=True).values_list("kind", flat=True))
    assert kinds == {"received"}
    # Whoever has helped goes on reading; whoever is let go does not.
    assert demand_for(cast.wu.actor, lamp.pk) == lamp
    with pytest.raises(TakenMeanwhile):
        report_share(shared, by=cast.wu.actor, report="又", now=NOW)


def test_a_helper_who_is_let_go_reads_it_no_more(cast, lamp, shared):
    with pytest.raises(NotPermitted):
        release_share(shared, by=cast.wu.actor, now=NOW)
    release_share(shared, by=cast.sun.actor, now=NOW)
    assert demand_for(cast.wu.actor, lamp.pk) is None
    with pytest.raises(TakenMeanwhile):
        report_share(shared, by=cast.wu.actor, report="好了", now=NOW)


def test_several_help_each_with_their_own_part_and_nobody_twice(cast, lamp, shared):
    ask_help(lamp, helper=cast.chen.account, asked="打电话给物业", due_at=NOW + DAY,
             by=cast.sun.actor, now=NOW)  # fmt: skip
    with pytest.raises(Refused) as refusal:
        ask_help(lamp, helper=cast.wu.account, asked="再看看", due_at=NOW + DAY,
                 by=cast.sun.actor, now=NOW)  # fmt: skip
    assert refusal.value.field == "helper"
    assert Share.objects.open().count() == 2


@pytest.mark.parametrize("days", [-1, 0, 61])
def test_help_by_yesterday_or_in_three_months_is_refused(cast, lamp, days):
    with pytest.raises(Refused) as refusal:
        ask_help(lamp, helper=cast.wu.account, asked="看看", due_at=NOW + days * DAY,
                 by=cast.sun.actor, now=NOW)  # fmt: skip
    assert refusal.value.field == "until"


def test_answering_frees_whoever_still_helps(cast, lamp, shared):
    answer_demand(lamp, by=cast.sun.actor, words="修好了", now=NOW)
    assert not for_me(cast.wu.actor)
    nudge_late_help(cast.xinjie, NOW + 5 * DAY)
    assert told(cast.wu.account) == [f"小孙请您帮忙：{lamp.need.number}"]


def test_a_late_helper_is_mentioned_once_a_day_until_they_report(cast, lamp, shared):
    late = f"小吴负责的部分已过期：{lamp.need.number}"
    for moment in (NOW + DAY, NOW + DAY, NOW + DAY + HOUR, NOW + 2 * DAY):
        nudge_late_help(cast.xinjie, moment)
    assert told(cast.wu.account).count(late) == 2
    assert told(cast.sun.account).count(late) == 2
    report_share(shared, by=cast.wu.actor, report="好了", now=NOW + 2 * DAY)
    nudge_late_help(cast.xinjie, NOW + 5 * DAY)
    assert told(cast.wu.account).count(late) == 2


# ── out and back ─────────────────────────────────────────────────────────────────────────────


def test_out_at_a_unit_the_asker_sees_where_and_the_own_clock_goes_on(cast, lamp, sent):
    now = stored(lamp)
    assert (now.state, now.waiting_on, now.owner, now.due_at) == (
        State.WAITING, "供电所", cast.sun.account, lamp.answer_by,
    )  # fmt: skip
    shown = Step.objects.filter(need=lamp.need, is_for_asker=True).latest("id").line
    assert "供电所" in shown
    assert "11月28日" in shown
    hidden = Step.objects.filter(need=lamp.need, is_for_asker=False).latest("id").line
    assert hidden == "新街函〔2026〕8号 · 姚工 · 查这一路的线"


def test_their_answer_comes_back_in_words_and_as_a_photo_of_the_letter(cast, lamp, sent):
    with pytest.raises(Refused) as refusal:
        bring_back(sent, by=cast.sun.actor, answer="", now=NOW)
    assert refusal.value.field == "answer"
    letter = "线已换" + "长" * 900
    bring_back(sent, by=cast.chen.actor, answer=letter, photos=[photo()], now=NOW + DAY)
    now = stored(lamp)
    assert (now.state, now.waiting_on, now.due_at) == (State.IN_HAND, "", lamp.answer_by)
    back = Sending.objects.get()
    assert (back.answer, back.returned_at) == (letter, NOW + DAY)
    assert Step.objects.get(kind="came_back_note").line == letter
    assert NeedPhoto.objects.get().moment == "letter"
    assert told(cast.sun.account)[-1] == f"外单位有回音：{lamp.need.number}"
    shown = Step.objects.filter(need=lamp.need, is_for_asker=True).latest("id").line
    assert "线已换" not in shown  # the owner says what was done
    again = Sending.objects.select_related("demand__need", "organisation").get()
    with pytest.raises(TakenMeanwhile):
        bring_back(again, by=cast.sun.actor, answer="又", now=NOW)


def test_out_at_two_units_it_waits_until_both_are_back(cast, lamp, sent):
    firm = found_organisation(by=cast.chen.actor, now=NOW, name="海景物业", kind="firm")
    send_out(lamp, to=firm, by=cast.sun.actor, asked="开门", back_by=NOW + DAY, now=NOW)
    assert stored(lamp).waiting_on == "供电所、海景物业"
    with pytest.raises(Refused):
        send_out(lamp, to=firm, by=cast.sun.actor, asked="开门", back_by=NOW + DAY, now=NOW)
    bring_back(sent, by=cast.sun.actor, answer="线已换", now=NOW)
    assert (stored(lamp).state, stored(lamp).waiting_on) == (State.WAITING, "海景物业")
    other = Sending.objects.select_related("demand__need", "organisation").get(organisation=firm)
    bring_back(other, by=cast.sun.actor, answer="门开了", now=NOW)
    assert (stored(lamp).state, stored(lamp).waiting_on) == (State.IN_HAND, "")


def test_what_is_out_at_a_unit_keeps_its_name_when_the_unit_is_merged(cast, lamp, sent):
    unit = found_organisation(by=cast.chen.actor, now=NOW, name="海盐县供电公司", kind="unit")
    merge_organisations(unit, sent.organisation, by=cast.chen.actor, now=NOW)
    assert stored(lamp).waiting_on == "供电所"
    assert Sending.objects.get().organisation.name == "供电所"
    for one in (unit, sent.organisation):  # it is with that body already, under either name
        with pytest.raises(Refused):
            send_out(lamp, to=one, by=cast.sun.actor, asked="换线", back_by=NOW + DAY, now=NOW)
    bring_back(sent, by=cast.sun.actor, answer="线已换", now=NOW)
    send_out(
        stored(lamp),
        to=sent.organisation,
        by=cast.sun.actor,
        asked="再看",
        back_by=NOW + DAY,
        now=NOW,
    )
    assert stored(lamp).waiting_on == "海盐县供电公司"


def test_a_late_unit_is_mentioned_to_the_owner_with_its_phone(cast, lamp, sent):
    late = f"供电所还没有回复 {lamp.need.number}，请催一催"
    nudge_late_help(cast.xinjie, NOW + 2 * DAY)
    assert late not in told(cast.sun.account)
    nudge_late_help(cast.xinjie, NOW + 3 * DAY)
    assert told(cast.sun.account).count(late) == 1
    body = Message.objects.filter(account=cast.sun.account).latest("id").body
    assert body == "姚工 · 0573-95598"
    note_reminder(sent, by=cast.sun.actor, now=NOW + 3 * DAY)
    with pytest.raises(TakenMeanwhile):
        note_reminder(sent, by=cast.chen.actor, now=NOW + 3 * DAY)
    nudge_late_help(cast.xinjie, NOW + 3 * DAY + HOUR)
    assert told(cast.sun.account).count(late) == 1
    nudge_late_help(cast.xinjie, NOW + 4 * DAY)
    assert told(cast.sun.account).count(late) == 2


def test_residents_and_the_neighbour_have_no_part_in_any_of_it(cast, lamp, offered, shared, sent):
    for act in (
        lambda by: offer_demand(lamp, to=cast.chen.account, by=by, why="x", now=NOW),
        lambda by: accept_offer(offered, by=by, now=NOW),
        lambda by: refuse_offer(offered, by=by, why="x", now=NOW),
        lambda by: withdraw_offer(offered, by=by, now=NOW),
        lambda by: report_share(shared, by=by, report="x", now=NOW),
        lambda by: release_share(shared, by=by, now=NOW),
        lambda by: bring_back(sent, by=by, answer="x", now=NOW),
        lambda by: note_reminder(sent, by=by, now=NOW),
    ):
        for outsider in (cast.yong, cast.xu):
            with pytest.raises(NotPermitted):
                act(outsider.actor)
    with in_community(cast.linli):
        assert demand_for(cast.li.actor, lamp.pk) is None
        assert not for_me(cast.li.actor)
        assert not Offer.objects.exists()
        assert not Share.objects.exists()
        assert not Sending.objects.exists()

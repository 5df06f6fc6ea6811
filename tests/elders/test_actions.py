"""Care from the first word to the last: each act once, by whoever may, with what follows from it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from mulin.circle.elders import duty
from mulin.circle.elders.actions.groups import (
    end_group,
    found_group,
    hold_meeting,
    join_group,
    leave_group,
    plan_meeting,
    plan_programme,
    sign_up,
)
from mulin.circle.elders.actions.orders import (
    Offered,
    add_service,
    cancel_order,
    deliver,
    order_service,
    rate,
    thank,
)
from mulin.circle.elders.actions.pairs import (
    Brings,
    change_helper,
    end_pair,
    let_helper_go,
    make_lasting,
    pair_up,
    take_helper_on,
)
from mulin.circle.elders.actions.planning import plan, set_pace
from mulin.circle.elders.actions.records import (
    Listed,
    Result,
    end_fact,
    end_without_consent,
    let_go,
    link_kin,
    note_assessment,
    read_card,
    state_fact,
    take_in,
    take_in_list,
    unlink_kin,
    write_card,
)
from mulin.circle.elders.actions.visits import note_contact
from mulin.circle.elders.holdings import care_told, erase_care
from mulin.circle.elders.models import (
    Assessment,
    Contact,
    Elder,
    HealthCard,
    Kin,
    Member,
    Pair,
    ServiceOrder,
)
from mulin.circle.elders.queries import hours_of
from mulin.circle.elders.rules import Care, Category, Hours, Outcome, Way
from mulin.commons.flow.models import Need
from mulin.commons.gatherings.actions.planning import Plan
from mulin.commons.gatherings.models import Attendance
from mulin.commons.gatherings.rules import Stand
from mulin.commons.rota.registry import kind_of
from mulin.ground.audit.models import Act, ActDetail, Look
from mulin.ground.notify.models import Message
from mulin.ground.people.actions.consents import withdraw_consent
from mulin.ground.people.models import Purpose
from mulin.ground.people.queries import has_consented
from mulin.kit.clock import end_of_day, local_day
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.kit.scoping import in_community
from mulin.parlour.reception.models import Demand
from tests.clock import NOW

TODAY = local_day(NOW)


def fresh(elder) -> Elder:
    return Elder.objects.get(pk=elder.pk)


def test_nobody_is_taken_in_without_their_word_twice_or_young(home):
    person = home.person("陆大伯", born_on=date(1950, 1, 1))
    young = home.person("小陆", born_on=date(1980, 1, 1))
    with pytest.raises(Refused) as silent:
        take_in(person, has_agreed=False, by=home.by, now=NOW)
    assert silent.value.field == "has_agreed"
    with pytest.raises(Refused):
        take_in(young, has_agreed=True, by=home.by, now=NOW)
    with pytest.raises(Refused):
        take_in(home.wang.person, has_agreed=True, by=home.by, now=NOW)
    with pytest.raises(NotPermitted):
        take_in(person, has_agreed=True, by=home.cast.yong.actor, now=NOW)
    one = take_in(person, has_agreed=True, by=home.by, now=NOW, token="t")
    assert take_in(person, has_agreed=True, by=home.by, now=NOW, token="t") == one
    assert has_consented(person, Purpose.SERVICE)
    assert (one.due_at, one.risk) == (None, 0)


def test_a_whole_list_is_taken_in_or_nobody_of_it(home):
    lu = home.person("陆大伯", born_on=date(1950, 1, 1))
    jin = home.person("金阿婆", born_on=date(1940, 1, 1))
    young = home.person("小陆", born_on=date(1980, 1, 1))
    alone = Listed(person=jin, categories=[Category.ALONE], source="入户")
    for lines, more in (
        ([alone], {"has_agreed": False}), ([alone], {"by": home.cast.yong.actor}),
        ([alone, Listed(person=young)], {}), ([alone, Listed(person=home.wang.person)], {}),
        ([Listed(person=jin, categories=[Category.ALONE])], {}),
    ):  # fmt: skip
        with pytest.raises((Refused, NotPermitted)):
            take_in_list(lines, **{"has_agreed": True, "by": home.by, "now": NOW} | more)
    assert Elder.objects.count() == 1
    told = {"has_agreed": True, "by": home.by, "now": NOW, "token": "t"}
    one, other = take_in_list([Listed(person=lu), alone], **told)
    assert take_in_list([Listed(person=lu), alone], **told) == []
    assert [has_consented(who, Purpose.SERVICE) for who in (lu, jin, young)] == [True, True, False]
    # As if each had been taken in by name.
    planned = [(fresh(who).due_at, fresh(who).due_way, fresh(who).risk) for who in (one, other)]
    for who in (one, other):
        plan(who)
    assert planned == [(who.due_at, who.due_way, who.risk) for who in (one, other)]
    assert [who.due_way for who in (one, other)] == ["", Way.PHONE]
    assert len(ActDetail.objects.get(act__verb="give_consents").changes) > 0


def test_what_is_so_decides_when_somebody_is_due(home):
    elder = home.another("陆大伯")
    with pytest.raises(Refused):
        state_fact(
            elder,
            Category.DISABLED,
            since=TODAY + timedelta(days=1),
            source="残疾证",
            by=home.by,
            now=NOW,
        )
    state_fact(elder, Category.DISABLED, since=TODAY, source="残疾证", by=home.by, now=NOW)
    assert fresh(elder).due_at == end_of_day(TODAY + timedelta(days=7))
    with pytest.raises(Refused):
        state_fact(elder, Category.DISABLED, since=TODAY, source="残疾证", by=home.by, now=NOW)
    end_fact(elder, Category.DISABLED, by=home.by, now=NOW)
    assert (fresh(elder).due_at, fresh(elder).risk) == (None, 0)


def test_a_visit_moves_the_next_one_and_is_noted_once(home):
    yong = home.cast.yong.actor
    assert home.wang.due_at == end_of_day(TODAY + timedelta(days=4))
    later = NOW + timedelta(days=3)
    one = note_contact(home.wang, outcome=Outcome.WELL, by=yong, now=later, token="v")
    assert note_contact(home.wang, outcome=Outcome.WELL, by=yong, now=later, token="v") == one
    assert (one.helper, one.minutes, Contact.objects.count()) == (home.helper, 30, 1)
    wang = fresh(home.wang)
    assert (wang.due_way, wang.due_at) == (Way.PHONE, end_of_day(TODAY + timedelta(days=7)))


def test_only_those_who_care_for_this_person_note_a_visit(home):
    for member in (home.cast.sun, home.cast.shen, home.cast.xu):
        with pytest.raises(NotPermitted):
            note_contact(home.wang, outcome=Outcome.WELL, by=member.actor, now=NOW)
    end_pair(home.pair, why="", by=home.by, now=NOW)
    with pytest.raises(NotPermitted):
        note_contact(home.wang, outcome=Outcome.WELL, by=home.cast.yong.actor, now=NOW)


def test_whoever_is_not_found_stays_on_top_until_seen_and_the_family_hears_first(home):
    link_kin(
        home.wang,
        home.cast.shen.person or home.person("女儿"),
        relation="女儿",
        has_agreed=True,
        by=home.by,
        now=NOW,
    )
    Message.objects.all().delete()
    note_contact(home.wang, outcome=Outcome.NOT_SEEN, by=home.cast.yong.actor, now=NOW)
    wang = fresh(home.wang)
    assert (wang.misses, wang.due_at, wang.due_way) == (1, NOW, Way.DOOR)
    told = list(Message.objects.filter(topic="elders").order_by("pk"))
    assert told[0].recipient_kind == "person"
    assert {one.recipient_kind for one in told[1:]} == {"account"}
    later = NOW + timedelta(hours=1)
    note_contact(wang, outcome=Outcome.NOT_SEEN, by=home.by, now=later)
    assert (fresh(wang).misses, fresh(wang).due_at) == (2, later)
    # A sheet that is read later tells of a visit before: it changes nothing now.
    note_contact(
        wang,
        outcome=Outcome.WELL,
        helper=home.helper,
        at=NOW - timedelta(days=1),
        by=home.by,
        now=later + timedelta(hours=1),
    )
    assert fresh(wang).misses == 2
    note_contact(
        wang, outcome=Outcome.WELL, way=Way.MET, by=home.by, now=later + timedelta(hours=2)
    )
    assert (fresh(wang).misses, fresh(wang).due_way) == (0, Way.PHONE)


def test_what_is_needed_becomes_an_order_and_a_demand_without_typing_it_again(home):
    contact = note_contact(
        home.wang,
        outcome=Outcome.WORRYING,
        needed=home.doctor,
        words="水龙头漏水",
        by=home.cast.yong.actor,
        now=NOW,
        token="v",
    )
    need = Need.objects.get()
    assert (contact.need, need.words, need.person) == (need, "水龙头漏水", home.wang.person)
    assert Demand.objects.get().need == need
    order = ServiceOrder.objects.get()
    assert (order.service, order.elder, order.yuan) == (home.doctor, home.wang, Decimal(0))
    assert not ActDetail.objects.filter(act__verb="elders.note_contact", changes__contains="水龙头")


def test_the_head_sets_how_often_and_everybody_is_planned_anew(home):
    with pytest.raises(NotPermitted):
        set_pace(Category.ALONE, Way.PHONE, days=2, source="会议", by=home.by, now=NOW)
    head = home.cast.zhou.actor
    for days in (0, 29):
        with pytest.raises(Refused):
            set_pace(Category.LEFT_BEHIND, Way.DOOR, days=days, source="会议", by=head, now=NOW)
    set_pace(Category.ALONE, Way.PHONE, days=2, source="会议", by=head, now=NOW)
    assert fresh(home.wang).due_at == end_of_day(TODAY + timedelta(days=2))


def test_a_pair_is_tried_lasts_changes_and_ends(home):
    with pytest.raises(Refused):
        pair_up(home.wang, home.helper, by=home.by, now=NOW)
    assert "海盐话" in home.pair.reason
    assert "种花" in home.pair.reason
    make_lasting(home.pair, by=home.by, now=NOW)
    with pytest.raises(TakenMeanwhile):
        make_lasting(home.pair, by=home.by, now=NOW)
    with pytest.raises(Refused):
        let_helper_go(home.helper, by=home.by, now=NOW)
    other = take_helper_on(home.person("老李"), Brings(most=1), by=home.by, now=NOW)
    new = change_helper(home.pair, other, why="搬家", by=home.by, now=NOW)
    assert list(Pair.objects.alive()) == [new]
    with pytest.raises(Refused):
        pair_up(home.another("陆大伯", Category.ALONE), other, by=home.by, now=NOW)
    end_pair(new, why="", by=home.by, now=NOW)
    let_helper_go(other, by=home.by, now=NOW)
    picky = home.another("周奶奶", Category.ALONE, wished_sex="f")
    with pytest.raises(Refused):
        pair_up(picky, home.helper, by=home.by, now=NOW)


def test_health_is_kept_only_with_consent_and_each_look_is_recorded(home):
    yong, told = home.cast.yong.actor, {"allergy": "青霉素", "nonsense": "x"}
    with pytest.raises(Refused):
        write_card(home.wang, told, has_agreed=False, by=home.by, now=NOW)
    with pytest.raises(NotPermitted):
        write_card(home.wang, told, has_agreed=True, by=yong, now=NOW)
    card = write_card(home.wang, told, has_agreed=True, by=home.by, now=NOW)
    assert HealthCard.objects.get(pk=card.pk).told == {"allergy": "青霉素"}
    assert read_card(home.wang, by=yong, reason="care", now=NOW) == card
    assert Look.objects.filter(what="health card", account=home.cast.yong.account).count() == 1
    with pytest.raises(NotPermitted):
        read_card(home.wang, by=home.cast.sun.actor, reason="care", now=NOW)
    withdraw_consent(home.wang.person, Purpose.HEALTH, by=home.by, now=NOW)
    assert read_card(home.wang, by=yong, reason="care", now=NOW) is None
    end_without_consent(by=home.by, now=NOW)
    assert HealthCard.objects.get().sealed is None
    assert fresh(home.wang).ended_on is None


def test_an_assessment_is_copied_by_the_desk_and_never_by_a_helper(home):
    write_card(home.wang, {}, has_agreed=True, by=home.by, now=NOW)
    result = {
        "standard": "GB/T 42195-2022", "level": 1, "score": 80, "assessed_on": TODAY,
        "assessor": "县评估中心 沈医生", "next_on": TODAY + timedelta(days=365),
    }  # fmt: skip
    with pytest.raises(NotPermitted):
        note_assessment(home.wang, Result(**result), by=home.cast.yong.actor, now=NOW)
    for wrong in ({"level": 3}, {"assessor": " "}, {"next_on": TODAY}, {"standard": "其他"}):
        with pytest.raises(Refused):
            note_assessment(home.wang, Result(**result | wrong), by=home.by, now=NOW)
    note_assessment(home.wang, Result(**result), by=home.by, now=NOW)
    assert (Assessment.objects.get().level, Assessment.objects.get().score) == ("1", "80")


def test_care_ends_with_pair_family_and_health_card(home):
    write_card(home.wang, {"allergy": "青霉素"}, has_agreed=True, by=home.by, now=NOW)
    daughter = home.person("女儿")
    with pytest.raises(Refused):
        link_kin(home.wang, daughter, relation="女儿", has_agreed=False, by=home.by, now=NOW)
    kin = link_kin(home.wang, daughter, relation="女儿", has_agreed=True, by=home.by, now=NOW)
    with pytest.raises(Refused):
        let_go(home.wang, why=" ", by=home.by, now=NOW)
    let_go(home.wang, why="搬走", withdraws=True, by=home.by, now=NOW)
    assert not Pair.objects.alive().exists()
    assert Kin.objects.get(pk=kin.pk).until == TODAY
    assert HealthCard.objects.get().sealed is None
    assert not has_consented(home.wang.person, Purpose.SERVICE)
    with pytest.raises(Refused):
        let_go(home.wang, why="搬走", by=home.by, now=NOW)
    again = take_in(home.wang.person, has_agreed=True, by=home.by, now=NOW)
    assert again.pk != home.wang.pk


def test_whoever_withdraws_elsewhere_is_let_go_by_the_sweep(home):
    withdraw_consent(home.wang.person, Purpose.SERVICE, by=home.by, now=NOW)
    assert end_without_consent(by=home.by, now=NOW) == 1
    assert fresh(home.wang).ended_on == TODAY
    assert end_without_consent(by=home.by, now=NOW) == 0


def test_family_may_stop_and_then_orders_nothing_more(home):
    account = home.cast.shen.account
    daughter = home.person("女儿", account=account)
    kin = link_kin(home.wang, daughter, relation="女儿", has_agreed=True, by=home.by, now=NOW)
    by = home.cast.shen.actor.__class__(home.by.community_id, account.pk, daughter.pk)
    order_service(home.wang, home.meal, by=by, now=NOW)
    unlink_kin(kin, by=by, now=NOW)
    with pytest.raises(NotPermitted):
        order_service(home.wang, home.meal, by=by, now=NOW)


def test_a_service_is_ordered_delivered_and_rated_once(home):
    with pytest.raises(Refused):
        add_service(Offered(kind=Care.MEALS, name="送午饭"), by=home.by, now=NOW)
    order = order_service(home.wang, home.meal, words="少盐", by=home.by, now=NOW, token="o")
    assert order_service(home.wang, home.meal, by=home.by, now=NOW, token="o") == order
    assert (order.yuan, order.due_at) == (Decimal(6), NOW + timedelta(days=1))
    with pytest.raises(TakenMeanwhile):
        rate(order, rating=5, by=home.by, now=NOW)
    with pytest.raises(NotPermitted):
        deliver(order, by=home.cast.yong.actor, now=NOW)
    deliver(order, by=home.by, now=NOW)
    with pytest.raises(TakenMeanwhile):
        cancel_order(order, why="不要了", by=home.by, now=NOW)
    with pytest.raises(Refused):
        rate(order, rating=6, by=home.by, now=NOW)
    rate(order, rating=4, by=home.by, now=NOW)
    with pytest.raises(TakenMeanwhile):
        rate(order, rating=1, by=home.by, now=NOW)
    assert ServiceOrder.objects.get().minutes == 20


def test_a_group_is_led_by_a_member_who_sees_its_elders(home):
    leader = home.cast.shen.actor
    account = home.cast.shen.account
    person = home.person("沈阿姨", account=account)
    leader = leader.__class__(
        home.by.community_id, account.pk, person.pk, grants=home.cast.yong.actor.grants
    )
    group = found_group("桂花互助组", person, does="一起买菜", by=home.by, now=NOW)
    with pytest.raises(Refused):
        found_group("桂花互助组", person, by=home.by, now=NOW)
    assert not Elder.objects.visible_to(leader).exists()
    member = join_group(group, home.wang.person, by=home.by, now=NOW)
    assert list(Elder.objects.visible_to(leader)) == [home.wang]
    with pytest.raises(NotPermitted):
        join_group(group, home.person("别人"), by=leader, now=NOW)
    plan = Plan("包馄饨", NOW + timedelta(hours=1), NOW + timedelta(hours=3))
    with pytest.raises(NotPermitted):
        plan_meeting(group, plan, by=home.cast.yong.actor, now=NOW)
    meeting = plan_meeting(group, plan, by=leader, now=NOW)
    rows = {one.person.name: one.pk for one in Attendance.objects.select_related("person")}
    assert set(rows) == {"沈阿姨", "王秀英"}
    with pytest.raises(Refused):
        hold_meeting(meeting, rows.values(), by=leader, now=NOW)
    hold_meeting(meeting, rows.values(), by=leader, now=NOW + timedelta(hours=4))
    hours = hours_of([person.pk, home.wang.person_id])
    assert hours == {person.pk: Hours(120, 0), home.wang.person_id: Hours(0, 120)}
    with pytest.raises(Refused):
        leave_group(Member.objects.get(person=person), by=leader, now=NOW)
    leave_group(member, by=leader, now=NOW)
    assert not Elder.objects.visible_to(leader).exists()
    end_group(group, by=home.by, now=NOW)
    with pytest.raises(Refused):
        join_group(group, home.wang.person, by=home.by, now=NOW)


def test_a_meal_every_week_takes_sign_ups_by_phone_until_it_is_full(home):
    with pytest.raises(Refused):
        plan_programme(Plan("午饭", NOW, NOW + timedelta(hours=1)), weeks=13, by=home.by, now=NOW)
    starts = NOW + timedelta(days=1)
    first = plan_programme(
        Plan("午饭", starts, starts + timedelta(hours=1), capacity=1), weeks=3, by=home.by, now=NOW
    )
    assert first.starts_at == starts
    row = sign_up(first, home.wang.person, by=home.by, now=NOW)
    assert (row.stand, row.channel) == (Stand.GOING, "phone")
    assert sign_up(first, home.cast.yong.person, by=home.by, now=NOW).stand == Stand.WAITING
    with pytest.raises(NotPermitted):
        sign_up(first, home.wang.person, by=home.cast.yong.actor, now=NOW)
    assert Act.objects.filter(verb="elders.plan_programme").count() == 1


def test_thanks_are_read_by_whoever_helped(home):
    with pytest.raises(NotPermitted):
        thank(home.wang, home.helper.person, words="谢谢", by=home.cast.sun.actor, now=NOW)
    thank(home.wang, home.helper.person, words="谢谢您常来", by=home.by, now=NOW)
    assert Message.objects.filter(recipient_id=home.helper.person_id, body__isnull=False).exists()


def test_everything_is_told_to_them_and_an_erasure_leaves_no_word(home):
    write_card(home.wang, {"allergy": "青霉素"}, has_agreed=True, by=home.by, now=NOW)
    note_contact(home.wang, outcome=Outcome.WELL, note="腿疼", by=home.cast.yong.actor, now=NOW)
    order_service(home.wang, home.meal, words="少盐", by=home.by, now=NOW)
    told = str(care_told(home.wang.person_id))
    for words in ("青霉素", "腿疼", "少盐", "海盐话", "越剧", "入户"):
        assert words in told
    assert care_told(home.helper.person_id)[0]["visits_made"] == 1
    for _twice in range(2):
        erase_care(home.wang.person_id)
    told = str(care_told(home.wang.person_id))
    for words in ("青霉素", "腿疼", "少盐", "海盐话", "越剧", "入户"):
        assert words not in told
    assert fresh(home.wang).ended_on is not None
    assert not Pair.objects.alive().exists()
    assert Contact.objects.count() == 1


def test_the_neighbour_sees_nothing(home):
    with in_community(home.cast.linli):
        assert not Elder.objects.exists()
        assert not Contact.objects.exists()


def test_who_has_just_looked_in_is_on_their_round_for_the_rota(home):
    note_contact(home.wang, outcome=Outcome.WELL, by=home.cast.yong.actor, now=NOW)
    assert duty.here(NOW + timedelta(minutes=29)) == {home.cast.yong.person.pk}
    assert duty.here(NOW + timedelta(minutes=30)) == set()
    assert kind_of(duty.KIND).here is duty.here

"""Believable months of the room: elders, their helpers, groups, meals and services. All invented."""

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from mulin.circle.elders.actions.groups import (
    found_group,
    hold_meeting,
    join_group,
    lend_hand,
    plan_meeting,
    plan_programme,
    sign_up,
)
from mulin.circle.elders.actions.orders import (
    Offered,
    add_service,
    deliver,
    order_service,
    rate,
    thank,
)
from mulin.circle.elders.actions.pairs import Brings, make_lasting, pair_up, take_helper_on
from mulin.circle.elders.actions.records import (
    About,
    Result,
    link_kin,
    note_assessment,
    take_in,
    write_card,
)
from mulin.circle.elders.actions.visits import note_contact
from mulin.circle.elders.models import Elder, Helper, Service
from mulin.circle.elders.queries import proposals
from mulin.circle.elders.rules import Care, Category, Outcome, Time, Way
from mulin.commons.gatherings.actions.coming import read_back
from mulin.commons.gatherings.actions.planning import Plan, close_gathering
from mulin.commons.gatherings.models import Attendance
from mulin.ground.community.rules import Actor
from mulin.ground.people.actions.organisations import found_organisation
from mulin.ground.people.models import OrganisationKind, Person
from mulin.ground.places.models import Place, PlaceKind
from mulin.kit.clock import SHANGHAI, local_day

_ELDERS, _HELPERS, _PAIRS, _GROUPS = 42, 8, 10, 6
_MIDDLE, _OLD, _VERY_OLD = 45, 68, 80
_LIKES = ("越剧", "种花", "下棋", "听书", "打太极", "包馄饨")
_CAN = ("缝补", "烧饭", "记账", "修小家电", "唱戏", "带孩子", "")
_TONGUES = ("海盐话", "海盐话", "海盐话", "苏北话", "安徽话")
_DOES = ("一起买菜", "早晨打太极", "互相敲门报平安", "包馄饨送邻居", "量血压", "听戏聊天")
_SERVICES = (
    (Care.MEDICAL, "上门量血压", "0", 30, "社区卫生服务站"),
    (Care.SAFETY, "居家安全检查", "0", 45, ""),
    (Care.EMERGENCY, "应急陪送就医", "0", 120, ""),
    (Care.MEALS, "送午饭", "8", 20, "睦邻家宴中心"),
    (Care.HOUSEWORK, "助洁两小时", "40", 120, "海盐到家服务社"),
    (Care.COMPANY, "陪聊读报", "0", 60, ""),
)
_WORDS = ("少放盐", "下午来", "敲门重一点", "")


def look_after(
    *, desk: Actor, people: Sequence[Person], helper: Person, family: Person, seed: int,
    now: datetime,
) -> None:  # fmt: skip
    """Two months of care. `helper` and `family` are residents with accounts, who find theirs."""
    dice = random.Random(f"{seed}-elders")  # noqa: S311  the same each time
    begun = now - timedelta(days=62)
    elders = _take_in(people, desk, dice, begun)
    services = _services(desk, begun)
    old = {one.person_id for one in elders}
    younger = [
        one
        for one in people
        if one.birth_year
        and _MIDDLE <= now.year - one.birth_year < _OLD
        and one.pk not in {*old, helper.pk, family.pk}
    ]
    helpers = [
        take_helper_on(
            one,
            Brings(
                dialects=dice.choice(_TONGUES), interests="、".join(dice.sample(_LIKES, 2)),
                times=tuple(dice.sample(list(Time), 2)), most=2,
            ),
            by=desk, now=begun,
        )
        for one in [helper, *younger[: _HELPERS - 1]]
    ]  # fmt: skip
    pairs = _pair(desk, elders, helpers, begun)
    own = [elder for elder, one in pairs.items() if one == helpers[0]]
    link_kin(
        own[0], family, relation="女儿", has_agreed=True, by=desk, now=begun + timedelta(days=3)
    )
    _write_cards(desk, elders, own[0], now - timedelta(days=30))
    _visit(desk, elders, pairs, dice, begun=begun, now=now)
    _serve(desk, elders, services, dice, begun=begun, now=now)
    _meet(desk, elders, dice, begun, now)
    thank(
        own[0], helper, words="小李常来陪我说话，比亲闺女还勤", by=desk, now=now - timedelta(days=2)
    )


def _take_in(
    people: Sequence[Person], desk: Actor, dice: random.Random, begun: datetime
) -> list[Elder]:
    old = [
        one for one in people
        if one.birth_year and begun.year - one.birth_year >= _OLD and one.address
    ]  # fmt: skip
    old.sort(key=lambda one: (one.birth_year or 0, one.pk))
    made = []
    for number, person in enumerate(old[:_ELDERS]):
        is_very_old = begun.year - (person.birth_year or 0) >= _VERY_OLD
        more = (Category.ALONE, None, Category.EMPTY_NEST, None, Category.DISABLED, None)
        found = more[number % len(more)]
        categories = [Category.VERY_OLD] * is_very_old + ([found] if found else [])
        made.append(
            take_in(
                person, has_agreed=True, categories=categories, source="入户走访",
                about=About(
                    dialect=dice.choice(_TONGUES), interests="、".join(dice.sample(_LIKES, 2)),
                    can_do=dice.choice(_CAN),
                    wished_times=dice.sample([Time.MORNING, Time.AFTERNOON], 1),
                ),
                by=desk, now=begun,
            )
        )  # fmt: skip
    return made


def _services(desk: Actor, begun: datetime) -> list[Service]:
    made = []
    for kind, name, yuan, minutes, provider in _SERVICES:
        organisation = (
            found_organisation(
                by=desk, now=begun, name=provider, kind=OrganisationKind.UNIT, phone="0573-86000130"
            )
            if provider
            else None
        )
        made.append(
            add_service(
                Offered(
                    kind=kind, name=name, provider=organisation, yuan=Decimal(yuan),
                    minutes=minutes,
                ),
                by=desk, now=begun,
            )
        )  # fmt: skip
    return made


def _pair(
    desk: Actor, elders: Sequence[Elder], helpers: Sequence[Helper], begun: datetime
) -> dict[Elder, Helper]:
    """The room's own proposals are taken; the first helper has at least one."""
    pairs: dict[Elder, Helper] = {}
    found = [one for one in proposals(begun) if one.helper is not None]
    found.sort(key=lambda one: one.helper != helpers[0])
    by_pk = {one.pk: one for one in elders}
    for proposal in found[:_PAIRS]:
        if proposal.helper is None:
            continue
        elder = by_pk[proposal.elder.pk]
        pair = pair_up(elder, proposal.helper, by=desk, now=begun + timedelta(days=2))
        pairs[elder] = proposal.helper
        if len(pairs) % 4:
            make_lasting(pair, by=desk, now=begun + timedelta(days=32))
    return pairs


def _write_cards(desk: Actor, elders: Sequence[Elder], own: Elder, at: datetime) -> None:
    told = {
        "do_not": "不要给阿司匹林", "allergy": "青霉素", "illness": "高血压、糖尿病",
        "medicine": "氨氯地平，早上一片", "hospital": "县人民医院 内科", "family": "女儿 138****0006",
        "key_holder": "对门邻居有一把钥匙",
    }  # fmt: skip
    for elder in [own, *[one for one in elders[:6] if one != own]]:
        write_card(elder, told, has_agreed=True, by=desk, now=at)
    note_assessment(
        own,
        Result(
            standard="GB/T 42195-2022", level=1, score=81, assessed_on=local_day(at),
            assessor="县养老评估中心 沈医生", next_on=local_day(at + timedelta(days=365)),
        ),
        by=desk, now=at,
    )  # fmt: skip


def _visit(
    desk: Actor, elders: Sequence[Elder], pairs: dict[Elder, Helper], dice: random.Random,
    *, begun: datetime, now: datetime,
) -> None:  # fmt: skip
    """Those in difficulty are seen every ten days or so; two are late, one was not found."""
    for number, elder in enumerate(elders):
        if not elder.risk:
            continue
        step = 12 if elder.risk >= 3 else 21  # noqa: PLR2004  made up
        days = step - number % step
        while begun + timedelta(days=days) < now - timedelta(days=1):
            way = Way.PHONE if dice.random() < 0.35 else Way.DOOR  # noqa: PLR2004  made up
            at = begun + timedelta(days=days, minutes=dice.randrange(240))
            note_contact(
                elder, outcome=Outcome.WELL, way=way, helper=pairs.get(elder), by=desk, now=at
            )
            days += step
    missed = next(one for one in elders if one.risk and one not in pairs)
    note_contact(missed, outcome=Outcome.NOT_SEEN, by=desk, now=now - timedelta(hours=3))


def _serve(
    desk: Actor, elders: Sequence[Elder], services: Sequence[Service], dice: random.Random,
    *, begun: datetime, now: datetime,
) -> None:  # fmt: skip
    for number in range(24):
        at = begun + timedelta(days=1 + number * 61 / 24)
        order = order_service(
            elders[number * 7 % len(elders)], services[number % len(services)],
            words=dice.choice(_WORDS), by=desk.by("phone"), now=at,
        )  # fmt: skip
        done = at + timedelta(hours=dice.randrange(3, 20))
        if done < now and number < 21:  # noqa: PLR2004  the last ones are still owed
            deliver(order, by=desk, now=done)
            if number % 3:
                rate(order, rating=dice.choice((4, 5, 5)), by=desk, now=done + timedelta(minutes=9))


def _meet(
    desk: Actor, elders: Sequence[Elder], dice: random.Random, begun: datetime, now: datetime
) -> None:
    """Groups that meet, lunch in the banquet centre every Thursday, and the next ones to come."""
    for number in range(_GROUPS):
        members = elders[number * 7 : number * 7 + 7]
        group = found_group(
            f"{'桂花香樟白塘新城'[number % 4 * 2 : number % 4 * 2 + 2]}第{number + 1}互助组",
            members[0].person, does=_DOES[number], meets="楼下长凳，周三上午", by=desk, now=begun,
        )  # fmt: skip
        for one in members[1:]:
            join_group(group, one.person, by=desk, now=begun)
        starts = _at(local_day(begun + timedelta(days=20 + number)), 9)
        meeting = plan_meeting(
            group, Plan(_DOES[number], starts, starts + timedelta(minutes=90), is_public=False),
            by=desk, now=starts - timedelta(days=3),
        )  # fmt: skip
        came = Attendance.objects.filter(gathering=meeting.gathering).values_list("pk", flat=True)
        hold_meeting(meeting, list(came), by=desk, now=starts + timedelta(hours=2))
    hall = Place.objects.filter(kind=PlaceKind.BANQUET, closed_at=None).first()
    for days in (35, 14):
        starts = _at(local_day(now - timedelta(days=days)), 11)
        lunch = plan_programme(
            Plan("家宴中心老人午饭", starts, starts + timedelta(minutes=90), hall, "小厅", capacity=24),
            by=desk, now=starts - timedelta(days=4),
        )  # fmt: skip
        guests = dice.sample(list(elders), 12)
        for one in guests:
            sign_up(lunch, one.person, by=desk, now=starts - timedelta(days=2))
        lend_hand(lunch, guests[0].person, by=desk, now=starts)
        lines = list(Attendance.objects.filter(gathering=lunch).values_list("line", flat=True))
        after = starts + timedelta(hours=3)
        read_back(lunch, lines[:10], walk_ins=None, by=desk, now=after)
        close_gathering(lunch, ended_at=starts + timedelta(minutes=90), by=desk, now=after)
    starts = _at(local_day(now + timedelta(days=2)), 11)
    coming = plan_programme(
        Plan("家宴中心老人午饭", starts, starts + timedelta(minutes=90), hall, "小厅", capacity=24),
        weeks=4, by=desk, now=now - timedelta(days=3),
    )  # fmt: skip
    for one in elders[:7]:
        sign_up(coming, one.person, by=desk, now=now - timedelta(days=1))


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), SHANGHAI)

"""Believable years of the room: elders, their helpers, groups, meals and services. All invented."""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

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
    Listed,
    Result,
    link_kin,
    note_assessment,
    take_in_list,
    write_card,
)
from mulin.circle.elders.actions.visits import note_contact
from mulin.circle.elders.models import Elder, Group, Helper, Pair, Service
from mulin.circle.elders.rules import OLD_FROM, Care, Category, Outcome, Time, Way
from mulin.commons.gatherings.actions.coming import read_back
from mulin.commons.gatherings.actions.planning import Plan, close_gathering
from mulin.commons.gatherings.models import Attendance, Gathering
from mulin.ground.community.rules import Actor
from mulin.ground.people.actions.organisations import found_organisation
from mulin.ground.people.models import OrganisationKind, Person
from mulin.ground.places.models import Place, PlaceKind
from mulin.kit.clock import local_day
from mulin.kit.lifelike import Stretch, ago, at, dice, lately, nth_weekday, reached
from mulin.kit.refusals import Refused

#: How many there are at the end of each year, of a community of `_FULL` persons.
_ELDERS: Final = {2020: 120, 2021: 190, 2022: 250, 2023: 285, 2024: 312}
_GROUPS: Final = {2020: 8, 2021: 16, 2022: 24, 2023: 29, 2024: 32}
_PAIRS: Final = {2020: 6, 2021: 12, 2022: 18, 2023: 22, 2024: 25}
_FULL: Final = 900
_HELPERS, _MEMBERS = 11, 6
_MIDDLE, _VERY_OLD = 45, 80
_ORDERS_A_MONTH: Final = 12
_LIKES: Final = ("越剧", "种花", "下棋", "听书", "打太极", "包馄饨", "钓鱼", "织毛衣")
_CAN: Final = ("缝补", "烧饭", "记账", "修小家电", "唱戏", "带孩子", "")
_TONGUES: Final = ("海盐话", "海盐话", "海盐话", "苏北话", "安徽话")
_GRIDS: Final = ("桂花", "香樟", "白塘", "新城")
_NUMBERS: Final = "一二三四五六七八九十"
_DOES: Final = (
    "一起买菜", "早晨打太极", "互相敲门报平安", "包馄饨送邻居", "量血压", "听戏聊天", "一起晒太阳做针线",
    "学用手机", "种楼下的小花圃", "下棋喝茶", "沿白塘河散步",
)  # fmt: skip
_SERVICES: Final = (
    (Care.MEDICAL, "上门量血压", "0", 30, "社区卫生服务站"),
    (Care.SAFETY, "居家安全检查", "0", 45, ""),
    (Care.EMERGENCY, "应急陪送就医", "0", 120, ""),
    (Care.MEALS, "送午饭", "8", 20, "睦邻家宴中心"),
    (Care.HOUSEWORK, "助洁两小时", "40", 120, "海盐到家服务社"),
    (Care.COMPANY, "陪聊读报", "0", 60, ""),
)
_WORDS: Final = ("少放盐", "下午来", "敲门重一点", "带上老花镜", "楼梯灯坏了，慢点走", "")


def found_care(
    *, desk: Actor, people: Sequence[Person], helper: Person, family: Person, seed: int,
    since: datetime, now: datetime,
) -> None:  # fmt: skip
    """Who is in care, helps, belongs to which group, each with the day it began; the six services.

    `helper` and `family` are residents with accounts, who find theirs.
    """
    chance = dice(seed, "elders")
    share = min(1.0, len(people) / _FULL)
    _services(desk, since)
    elders = _take_in(people, share, desk, chance, since=since, now=now)
    helpers = _helpers(
        people, helper, family=family, elders=elders, desk=desk, chance=chance, since=since
    )
    own = _pair(elders, helpers, share, desk, since=since, now=now)
    _groups(elders, share, desk, since=since, now=now)
    link_kin(own, family, relation="女儿", has_agreed=True, by=desk, now=ago(now, 59, 10, 30))
    _write_cards(desk, elders, own, ago(now, 30, 9, 40))


def _spread(
    goals: dict[int, int], share: float, *, more: int, since: datetime, now: datetime
) -> list[datetime]:
    """A moment for each of so many that begin from the founding until now, year by year as planned."""
    found: list[datetime] = []
    for year in range(since.year, now.year + 1):
        fresh = round(reached(goals, year, more=more) * share) - len(found)
        begins = max(at(date(year, 1, 10), 9), since + timedelta(days=30))
        ends = at(date(year, 12, 10), 9)
        found += [begins + (ends - begins) * number // max(fresh, 1) for number in range(fresh)]
    by_day = [at(local_day(one), 9 + one.hour % 8, one.minute) for one in found]
    return [one for one in by_day if one < now]


def _take_in(
    people: Sequence[Person], share: float, desk: Actor, chance: random.Random, *,
    since: datetime, now: datetime,
) -> list[Elder]:  # fmt: skip
    """The oldest first, by the lists of the rounds from door to door; nobody before they are sixty."""
    waiting = [one for one in people if one.birth_year and one.address]
    waiting.sort(key=lambda one: (one.birth_year or 0, one.pk))
    rounds: dict[datetime, list[Listed]] = {}
    for number, (person, moment) in enumerate(
        zip(waiting, _spread(_ELDERS, share, more=6, since=since, now=now), strict=False)
    ):
        age = moment.year - (person.birth_year or 0)
        met = _round(moment, since)
        if age < OLD_FROM or met >= now:
            break
        more = (Category.ALONE, Category.EMPTY_NEST, Category.DISABLED, Category.EMPTY_NEST)
        categories = [Category.VERY_OLD] * (age >= _VERY_OLD)
        if number % 9 == 0:
            categories.append(more[number // 9 % len(more)])
        line = Listed(
            person=person, categories=categories, source="入户走访" if categories else "",
            about=About(
                dialect=chance.choice(_TONGUES), interests="、".join(chance.sample(_LIKES, 2)),
                can_do=chance.choice(_CAN),
                wished_times=chance.sample([Time.MORNING, Time.AFTERNOON], 1),
            ),
        )  # fmt: skip
        rounds.setdefault(met, []).append(line)
    return [
        elder
        for moment, lines in rounds.items()
        for elder in take_in_list(lines, has_agreed=True, by=desk, now=moment)
    ]


def _round(moment: datetime, since: datetime) -> datetime:
    """The round in which somebody was met: one every second month."""
    day = local_day(moment)
    first = day.replace(month=day.month - (day.month + 1) % 2, day=12)
    return max(at(first, 10), since + timedelta(days=2))


def _helpers(
    people: Sequence[Person], own: Person, *, family: Person, elders: Sequence[Elder],
    desk: Actor, chance: random.Random, since: datetime,
) -> list[Helper]:  # fmt: skip
    taken = {one.person_id for one in elders} | {own.pk, family.pk}
    younger = [
        one for one in people
        if one.birth_year and _MIDDLE <= since.year - one.birth_year < OLD_FROM
        and one.pk not in taken
    ]  # fmt: skip
    return [
        take_helper_on(
            one,
            Brings(
                dialects=chance.choice(_TONGUES), interests="、".join(chance.sample(_LIKES, 2)),
                times=(Time.MORNING, Time.AFTERNOON), most=3,
            ),
            by=desk, now=since + timedelta(days=1),
        )
        for one in [own, *younger[: _HELPERS - 1]]
    ]  # fmt: skip


def _pair(
    elders: Sequence[Elder], helpers: Sequence[Helper], share: float, desk: Actor, *,
    since: datetime, now: datetime,
) -> Elder:  # fmt: skip
    """The very old and those in an empty nest, each with a helper; whom the first one looks after."""
    needy = [one for one in elders if one.risk]
    own: list[Elder] = []
    for number, moment in enumerate(_spread(_PAIRS, share, more=0, since=since, now=now)):
        elder = next((one for one in needy if one.since <= local_day(moment)), None)
        if elder is None:
            continue
        needy.remove(elder)
        for place in range(len(helpers)):
            helper = helpers[(number + place) % len(helpers)]
            try:
                pair = pair_up(elder, helper, by=desk, now=moment)
            except Refused:
                continue  # no place left
            lasting = moment + timedelta(days=31)
            if lasting < now:
                make_lasting(pair, by=desk, now=lasting)
            if helper == helpers[0]:
                own.append(elder)
            break
    return own[0]


def _groups(
    elders: Sequence[Elder], share: float, desk: Actor, *, since: datetime, now: datetime
) -> None:
    for number, moment in enumerate(_spread(_GROUPS, share, more=0, since=since, now=now)):
        there = [one for one in elders if one.since <= local_day(moment)]
        places = [(number * _MEMBERS + place) % len(there) for place in range(_MEMBERS)]
        members = [there[place] for place in dict.fromkeys(places)]
        name = f"{_GRIDS[number % 4]}{_NUMBERS[number // 4]}组"
        group = found_group(
            name, members[0].person, does=_DOES[number % len(_DOES)], meets="楼下长凳，上午",
            by=desk, now=moment,
        )  # fmt: skip
        for one in members[1:]:
            join_group(group, one.person, by=desk, now=moment)


def _services(desk: Actor, since: datetime) -> None:
    for kind, name, yuan, minutes, provider in _SERVICES:
        organisation = (
            found_organisation(
                by=desk, now=since, name=provider, kind=OrganisationKind.UNIT, phone="0573-86000130"
            )
            if provider
            else None
        )
        offered = Offered(
            kind=kind, name=name, provider=organisation, yuan=Decimal(yuan), minutes=minutes
        )
        add_service(offered, by=desk, now=since)


def _write_cards(desk: Actor, elders: Sequence[Elder], own: Elder, moment: datetime) -> None:
    told = {
        "do_not": "不要给阿司匹林", "allergy": "青霉素", "illness": "高血压、糖尿病",
        "medicine": "氨氯地平，早上一片", "hospital": "县人民医院 内科", "family": "女儿 138****0006",
        "key_holder": "对门邻居有一把钥匙",
    }  # fmt: skip
    for elder in [own, *[one for one in elders[:6] if one != own]]:
        write_card(elder, told, has_agreed=True, by=desk, now=moment)
    note_assessment(
        own,
        Result(
            standard="GB/T 42195-2022", level=1, score=81, assessed_on=local_day(moment),
            assessor="县养老评估中心 沈医生", next_on=local_day(moment + timedelta(days=365)),
        ),
        by=desk, now=moment,
    )  # fmt: skip


# ── years ────────────────────────────────────────────────────────────────────────────────────


def care(*, desk: Actor, seed: int, since: datetime, now: datetime) -> None:
    """Visits and calls, services, meetings of the groups, a lunch a month."""
    stretch = Stretch(since, now)
    elders = list(Elder.objects.in_care().select_related("person").order_by("since", "pk"))
    _visit(desk, elders, stretch, seed)
    for first in stretch.months():
        _serve(desk, elders, first, stretch, seed)
        _meet(desk, first, stretch, seed)
        _lunch(desk, elders, first, stretch, seed)


def _visit(desk: Actor, elders: Sequence[Elder], stretch: Stretch, seed: int) -> None:
    """Those in difficulty are seen every third week, or every fourth."""
    pairs = {
        one.elder_id: one for one in Pair.objects.alive().select_related("helper__person")
    }  # fmt: skip
    needy = [(place, one) for place, one in enumerate(elders) if one.risk]
    for day in stretch.days():
        for place, elder in needy:
            step = 21 if elder.risk >= 3 else 28  # noqa: PLR2004  made up
            if (day.toordinal() + place * 5) % step or day <= elder.since:
                continue
            chance = dice(seed, "visit", day, place)
            moment = at(day, chance.randint(8, 16), chance.randrange(60))
            if moment not in stretch:
                continue
            pair = pairs.get(elder.pk)
            way = Way.PHONE if chance.random() < 0.1 else Way.DOOR  # noqa: PLR2004  made up
            note_contact(
                elder, outcome=Outcome.WELL, way=way, by=desk, now=moment,
                helper=pair.helper if pair is not None and pair.began_at < moment else None,
            )  # fmt: skip


def _had_a_service(elders: Sequence[Elder], first: date) -> int:
    """How many of them, in the order in which they came, were served before this month: whoever never
    was is served before anybody is for a second time.
    """
    month, served = elders[0].since.replace(day=1) if elders else first, 0
    while month < first:
        served = min(served + _ORDERS_A_MONTH, sum(one.since <= month for one in elders))
        month = (month + timedelta(days=31)).replace(day=1)
    return served


def _serve(desk: Actor, elders: Sequence[Elder], first: date, stretch: Stretch, seed: int) -> None:
    services = list(Service.objects.order_by("pk")[: len(_SERVICES)])
    there = [one for one in elders if one.since <= first]
    had = _had_a_service(elders, first)
    for number in range(_ORDERS_A_MONTH if there else 0):
        chance, place = dice(seed, "service", first, number), had + number
        asked = at(first + timedelta(days=number * 27 // _ORDERS_A_MONTH), chance.randint(8, 15))
        done = lately(asked + timedelta(hours=chance.randrange(3, 20)))
        if done not in stretch:
            continue
        order = order_service(
            there[place] if place < len(there) else chance.choice(there), services[(first.month + number) % len(services)],
            words=chance.choice(_WORDS), by=desk.by("phone"), now=asked,
        )  # fmt: skip
        deliver(order, by=desk, now=done)
        if number % 3:
            rate(order, rating=chance.choice((4, 5, 5)), by=desk, now=done)


def _meet(desk: Actor, first: date, stretch: Stretch, seed: int) -> None:
    """Each group meets once in three months, on a weekday morning."""
    groups = Group.objects.filter(ended_on=None).select_related("leader").order_by("began_at", "pk")
    for number, group in enumerate(groups):
        starts = at(nth_weekday(first, 2 + number % 2, 1 + number % 5), 9)
        held = starts + timedelta(hours=2)
        if (number + first.month) % 3 or held not in stretch or group.began_at > starts:
            continue
        chance = dice(seed, "group", first, number)
        plan = Plan(group.does, starts, starts + timedelta(minutes=90), is_public=False)
        meeting = plan_meeting(group, plan, by=desk, now=starts - timedelta(days=3))
        came = [
            pk
            for pk in Attendance.objects.filter(gathering=meeting.gathering).values_list(
                "pk", flat=True
            )
            if chance.random() < 0.85  # noqa: PLR2004  made up
        ]
        hold_meeting(meeting, came, by=desk, now=held)


def _lunch(desk: Actor, elders: Sequence[Elder], first: date, stretch: Stretch, seed: int) -> None:
    """On the second Thursday, in the banquet centre."""
    starts = at(nth_weekday(first, 2, 4), 11)
    after = starts + timedelta(hours=3)
    there = [one for one in elders if one.since <= first]
    if after not in stretch or not there:
        return
    chance = dice(seed, "lunch", first)
    lunch = _plan_lunch(desk, starts, now=starts - timedelta(days=4))
    guests = chance.sample(there, min(chance.randint(8, 11), len(there)))
    for one in guests:
        sign_up(lunch, one.person, by=desk, now=starts - timedelta(days=2))
    lend_hand(lunch, guests[0].person, by=desk, now=starts)
    lines = list(Attendance.objects.filter(gathering=lunch).values_list("line", flat=True))
    came = lines[: max(len(lines) - chance.randrange(3), 1)]
    read_back(lunch, came, walk_ins=None, by=desk, now=after)
    close_gathering(lunch, ended_at=starts + timedelta(minutes=90), by=desk, now=after)


def _plan_lunch(desk: Actor, starts: datetime, *, now: datetime, weeks: int = 1) -> Gathering:
    hall = Place.objects.filter(kind=PlaceKind.BANQUET, closed_at=None).first()
    plan = Plan(
        "家宴中心老人午饭", starts, starts + timedelta(minutes=90), hall, "小厅", capacity=24
    )
    return plan_programme(plan, weeks=weeks, by=desk, now=now)


# ── today ────────────────────────────────────────────────────────────────────────────────────


def care_now(*, desk: Actor, helper: Person, seed: int, now: datetime) -> None:
    """Somebody was not found, services are owed, the next lunches stand in the calendar, a thank-you."""
    chance = dice(seed, "care of today")
    elders = list(Elder.objects.in_care().select_related("person").order_by("since", "pk"))
    pairs = Pair.objects.alive().select_related("elder__person").order_by("pk")
    paired = {one.elder_id for one in pairs}
    missed = next(one for one in elders if one.risk and one.pk not in paired)
    note_contact(missed, outcome=Outcome.NOT_SEEN, by=desk, now=lately(now, hours=3))
    for number, service in enumerate(Service.objects.order_by("pk")[:3]):
        order_service(
            elders[number * 7 % len(elders)], service, words=chance.choice(_WORDS),
            by=desk.by("phone"), now=lately(now, hours=5 + number * 4),
        )  # fmt: skip
    starts = at(local_day(now + timedelta(days=2)), 11)
    coming = _plan_lunch(desk, starts, now=ago(now, 3, 10, 20), weeks=4)
    for one in elders[:7]:
        sign_up(coming, one.person, by=desk, now=ago(now, 1, 9, 15))
    own = pairs.filter(helper__person=helper).first()
    if own is not None:
        thank(
            own.elder, helper, words="小李常来陪我说话，比亲闺女还勤", by=desk,
            now=ago(now, 2, 15, 30),
        )  # fmt: skip

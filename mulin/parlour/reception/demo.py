"""Believable weeks at the desk: what people of Haiyan might say, and what becomes of it. All invented.

Everything goes through the room's own actions, at the times it would have happened.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from mulin.commons.flow.models import Category, ContactWish, Need, Visibility
from mulin.commons.flow.said import Said
from mulin.ground.community.models import Account
from mulin.ground.community.queries import work_calendar
from mulin.ground.community.rules import Actor
from mulin.ground.notify.actions import mark_told
from mulin.ground.notify.models import Message
from mulin.ground.notify.rules import State as MessageState
from mulin.ground.people.actions.organisations import found_organisation
from mulin.ground.people.models import Person
from mulin.ground.places.models import Building
from mulin.kit.calendar import WorkCalendar
from mulin.kit.channels import Channel
from mulin.kit.clock import SHANGHAI, local_day, start_of_day
from mulin.kit.lifelike import ago, at, lately
from mulin.parlour.reception.actions.demands import (
    answer_demand,
    confirm_demand,
    note_on,
    receive_demand,
    record_return_call,
    take_demand,
    wait_on,
)
from mulin.parlour.reception.actions.joint import ask_help, offer_demand, send_out
from mulin.parlour.reception.actions.orders import Ordered, give_back, take_in_order
from mulin.parlour.reception.actions.stories import show_story
from mulin.parlour.reception.actions.templates import keep_template
from mulin.parlour.reception.actions.visits import Noted, record_visit, record_visits
from mulin.parlour.reception.models import Demand, VisitKind
from mulin.parlour.reception.rules import State, may_be_shown

SAYINGS: Final = Path(__file__).parent / "data" / "demands.txt"


@dataclass(frozen=True, slots=True)
class Saying:
    """What somebody says: its category, where it is, in which months, and what was done."""

    category: str
    words: str
    where: str
    months: frozenset[int]
    answers: tuple[str, ...]


@cache
def sayings() -> tuple[Saying, ...]:
    """Everything that is said, in the order of the file; its head tells how a line is written."""
    found: list[Saying] = []
    category, is_fresh = "", False
    answers: list[str] = []
    for line in SAYINGS.read_text("utf-8").splitlines():
        if line.startswith("["):
            category = line.strip("[]")
        elif line.startswith("> "):
            answers = [*(answers if is_fresh else ()), line[2:]]
            is_fresh = True
        elif line and not line.startswith("#"):
            words, where, *months = (part.strip() for part in line.split("|"))
            when = frozenset(int(one) for part in months for one in part.split(","))
            found.append(Saying(category, words, where, when, tuple(answers)))
            is_fresh = False
    return tuple(found)


@cache
def said_in(year: int, seed: int) -> tuple[tuple[datetime, Saying], ...]:
    """What is said in a whole calendar year and when, nothing of it twice.

    Asked for a part of the year, one takes a part of this: what a day brings depends on no other
    day's being asked.
    """
    dice = random.Random(f"{seed}-said-{year}")  # noqa: S311  the same whoever asks first
    calendar, left = WorkCalendar(), list(sayings())
    dice.shuffle(left)
    said: list[tuple[datetime, Saying]] = []
    day = date(year, 1, 1)
    while day.year == year:
        weights = _SAID_ON_WORKDAYS if calendar.is_workday(day) else _SAID_ON_DAYS_OFF
        count = dice.choices(range(len(weights)), weights)[0] + 2 * (day in _STORMS)
        said.extend(
            (moment, saying)
            for moment in _moments(start_of_day(day), count, dice)
            if (saying := _fitting(left, day.month, dice)) is not None
        )
        day += timedelta(days=1)
    return tuple(said)


#: How often nothing, one thing, two things … are said on a day.
_SAID_ON_WORKDAYS: Final = (0, 33, 47, 20)
_SAID_ON_DAYS_OFF: Final = (68, 32)


def _fitting(left: list[Saying], month: int, dice: random.Random) -> Saying | None:
    """Take the first that fits the month out of what is left; what belongs to it more readily."""
    ready = [one for one in left if not one.months or month in one.months]
    if not ready:
        return None
    of_the_season = [one for one in ready if one.months]
    is_of_it = bool(of_the_season) and dice.random() < 0.3  # noqa: PLR2004  the share is made up
    found = (of_the_season if is_of_it else ready)[0]
    left.remove(found)
    return found


def _said_besides(year: int, seed: int) -> Iterator[Saying]:
    """What is said in no part of that year, for days that are busier than the years tell."""
    said = {saying.words for _moment, saying in said_in(year, seed)}
    dice = random.Random(f"{seed}-besides-{year}")  # noqa: S311  as above
    rest = [one for one in sayings() if one.words not in said]
    dice.shuffle(rest)
    return iter(rest)


#: (came so many hours ago, hours given, system, number, words, kind, place, answer or ! and why not)
ORDERS = (
    (71, 96, "12345热线", "JX20261122003117", "反映小区东门外路灯连续几晚不亮，希望尽快修好",
     "路灯楼道灯", "新街小区东门", "和供电所一起看过，更换两盏灯头，当晚已亮"),
    (50, 48, "12345热线", "JX20261123001904", "反映9幢楼下有人占用消防通道停车",
     "消防通道与充电", "新街小区9幢", "车主已挪车，地面重新划线"),
    (46, 72, "街道平台", "330424000120261123", "网格巡查发现河边护栏松动", "公共设施", "百步河边",
     "!护栏在河道管理范围内，归水利站管养"),
    (20, 48, "12345热线", "JX20261124002280", "来电人说12幢2单元下水道堵了三天，污水倒灌",
     "下水道堵塞", "新街小区12幢2单元", ""),
    (5, 24, "12345热线", "JX20261125000351", "反映半夜有人在凉亭唱歌，影响休息", "噪音",
     "中心花园凉亭", ""),
    (2, 120, "街道平台", "330424000120261125", "请核实小区电动车棚充电桩数量并报送", "电动车棚与充电桩",
     "新街小区", ""),
)  # fmt: skip
_WAIT_FOR = ("维保公司的配件", "供电所排期", "业主回来开门", "街道批复", "雨停以后施工")
_DONE_FOR_A_ROOM = "照您说的做好了，请您有空来看看；还有不合意的，跟我们说。"
_WORDS_OF_THANKS = ("谢谢，来得很快", "蛮好", "修好了，走路放心了", "", "", "师傅很客气", "")
_WORDS_OF_DOUBT = ("又坏了，昨晚又不亮", "来过了，但是没弄好", "只弄了一半")
#: Demands whose number ends so are shown to the street once they are answered.
_SHOWN = ("3", "7", "9")
_NOTES = ("物业说明天来看", "已经和楼长打过招呼", "老人耳朵不好，打电话要大声")


@dataclass(frozen=True, slots=True)
class Staff:
    """Who works in the demonstration."""

    desk: Sequence[Actor]
    officers: dict[int, Actor]  # by grid id
    head: Actor


def live_through(
    days: Sequence[datetime], *, people: Sequence[Person], buildings: Sequence[Building],
    staff: Staff, seed: int, until: datetime,
) -> Iterator[datetime]:  # fmt: skip
    """Live through these days (each given by its midnight), yielding each when it is over.

    Nothing happens after `until`: what was received yesterday may still be open.
    """
    dice = random.Random(seed)  # noqa: S311  a demonstration must come out the same each time
    kinds = {category.code: category for category in Category.objects.all()}
    reasons = list(VisitKind.objects.all())
    besides = {year: _said_besides(year, seed) for year in {local_day(day).year for day in days}}
    pending: list[tuple[datetime, int, Demand]] = []
    for day in days:
        is_weekend = day.astimezone(SHANGHAI).weekday() >= 5  # noqa: PLR2004  Saturday
        for moment in _moments(
            day, dice.randint(3, 6) if is_weekend else dice.randint(8, 14), dice
        ):
            if moment < until:
                _visit(moment, people, staff, reasons, dice)
        for moment, saying in _said_today(day, besides, seed=seed, dice=dice):
            if moment < until:
                demand = _demand(
                    moment, saying, people=people, buildings=buildings, kinds=kinds, staff=staff,
                    dice=dice,
                )  # fmt: skip
                pending.append((moment, 0, demand))
        pending = list(_work_off(pending, day + timedelta(days=1), until, staff, dice))
        _carry_news(day, staff)
        yield day
    _come_from_above(staff, until)


def _said_today(
    day: datetime, besides: dict[int, Iterator[Saying]], *, seed: int, dice: random.Random
) -> list[tuple[datetime, Saying]]:
    """What the year has for this day, and on most days one thing more."""
    today = local_day(day)
    said = [one for one in said_in(today.year, seed) if local_day(one[0]) == today]
    if dice.random() < 0.8:  # noqa: PLR2004  the share is made up
        said += [
            (moment, one)
            for moment, one in zip(_moments(day, 1, dice), besides[today.year], strict=False)
            if not one.months or today.month in one.months
        ]
    return sorted(said, key=lambda one: one[0])


# ── years: what the old visit book has, and what was asked ───────────────────────────────────

#: Visits in a full year; 2020 is counted from July on. Later years are like the last.
VISITS_A_YEAR: Final = {
    2020: 5_200, 2021: 12_600, 2022: 19_900, 2023: 21_400, 2024: 22_800,
}  # fmt: skip
#: How busy a month is beside the mean: papers before the Spring Festival, school in September.
_MONTHS: Final = (1.12, 0.86, 1.04, 1.0, 1.0, 1.04, 0.94, 0.9, 1.1, 0.96, 1.02, 1.06)
#: Monday to Sunday.
_WEEK: Final = (1.5, 1.22, 1.16, 1.14, 1.2, 0.46, 0.34)
#: On a holiday by the State Council's notice somebody still sits in the parlour.
_HOLIDAY: Final = 0.18
#: The week before the Spring Festival, when those from elsewhere come for papers and tickets.
_BEFORE_FESTIVAL: Final = 1.45
#: Typhoons that came this way (In-fa, Muifa, Bebinca): nobody walks, everybody phones.
_STORMS: Final = frozenset(
    {date(2021, 7, 25), date(2021, 7, 26), date(2022, 9, 14), date(2024, 9, 16)}
)
_BENCH_DAY: Final = 20
_VISIT_NOTES: Final = (
    "带了自家种的桑葚来", "等孙子放学，坐一会儿", "帮邻居一起来问", "下次带户口簿再来",
    "量了血压，坐着聊聊", "打印三张", "老花镜落在这里，已收好", "问了公交改线",
)  # fmt: skip


def fill_book(
    *, people: Sequence[Person], staff: Staff, seed: int, since: datetime, now: datetime
) -> int:
    """The visits of [since, now) as the desk's book has them, taken in at once; how many."""
    calendar, noted = work_calendar(), []
    kinds = list(VisitKind.objects.filter(is_active=True).order_by("sort", "id"))
    desk = [one.account_id for one in staff.desk]
    day = local_day(since)
    while (midnight := start_of_day(day)) < now:
        dice = random.Random(f"{seed}-visits-{day}")  # noqa: S311  the same whoever asks first
        for moment in _moments(midnight, _visits_on(day, calendar, dice), dice):
            kind = dice.choices(kinds, range(len(kinds), 0, -1))[0]
            person = dice.choice(people) if dice.random() < 0.72 else None  # noqa: PLR2004  shares are made up
            channel = Channel.PHONE if day in _STORMS else dice.choices(_WAYS, (16, 6, 1))[0]
            if since <= moment < now:
                noted.append(
                    Noted(
                        at=moment, reason=kind.reason, kind_id=kind.pk,
                        person_id=person.pk if person else None, channel=channel,
                        minutes=dice.choice((kind.minutes, kind.minutes, 2, 5, 8, 15)),
                        worker_id=dice.choice(desk),
                        note=dice.choice(_VISIT_NOTES) if dice.random() < 0.02 else "",  # noqa: PLR2004
                    )
                )  # fmt: skip
        day += timedelta(days=1)
    return record_visits(noted, by=staff.desk[0].by(Channel.IMPORT), now=now)


_WAYS: Final = (Channel.WALK_IN, Channel.PHONE, Channel.DOOR)


def _visits_on(day: date, calendar: WorkCalendar, dice: random.Random) -> int:
    """How many come on a day: by the year, the season, the weekday, the festival, the weather."""
    total = VISITS_A_YEAR.get(day.year, max(VISITS_A_YEAR.values()))
    mean = total / (184 if day.year == min(VISITS_A_YEAR) else 365)
    weight = 1.5 if calendar.is_make_up_day(day) else _WEEK[day.weekday()]
    if calendar.is_holiday(day):
        weight = _HOLIDAY
    elif _is_before_festival(day, calendar):
        weight *= _BEFORE_FESTIVAL
    if day.day == _BENCH_DAY:
        weight *= 1.2
    if day in _STORMS:
        weight *= 0.4
    return int(mean * weight * _MONTHS[day.month - 1] * dice.uniform(0.85, 1.2) + dice.random())


def _is_before_festival(day: date, calendar: WorkCalendar) -> bool:
    """Within a week before the holiday of January or February that lasts longest."""
    return day.month <= 2 and all(  # noqa: PLR2004  the Spring Festival is never later
        any(calendar.is_holiday(day + timedelta(days=ahead + more)) for ahead in range(1, 8))
        for more in range(3)
    )


def hear_and_help(
    *, people: Sequence[Person], buildings: Sequence[Building], staff: Staff, seed: int,
    since: datetime, now: datetime, until: datetime,
) -> int:  # fmt: skip
    """What is asked in [since, now), each seen through to its end, if that lies before `until`."""
    kinds = {category.code: category for category in Category.objects.all()}
    count = 0
    for came, saying in said_in(local_day(since).year, seed):
        if not since <= came < now:
            continue
        dice = random.Random(f"{seed}-{came.isoformat()}")  # noqa: S311  as above
        demand = _demand(
            came, saying, people=people, buildings=buildings, kinds=kinds, staff=staff, dice=dice
        )
        moment = came
        for stage in range(_MOST_STAGES):
            moment = _next_moment(demand, stage, moment, dice)
            if moment >= until or not _one_stage(demand, stage, moment, staff, dice):
                break
        count += 1
    bring_news(staff, since=since, now=now, until=until)
    return count


def bring_news(staff: Staff, *, since: datetime, now: datetime, until: datetime) -> None:
    """What came of [since, now) was told at the door the day after, where no message arrives."""
    ended = min(now + _NEWS_LASTS, until - timedelta(days=2))
    told = Message.objects.filter(
        state=MessageState.TASK, created_at__gte=since, created_at__lt=ended
    )
    _tell(told, staff, at=lambda message: message.created_at + timedelta(days=1))


_MOST_STAGES: Final = 14
#: News of a demand come within this time after it.
_NEWS_LASTS: Final = timedelta(days=45)


def _come_from_above(staff: Staff, until: datetime) -> None:
    """What the hotline and the street have sent in the last days, and what became of it."""
    for hours_ago, hours_given, system, number, words, kind, place, answer in ORDERS:
        came = lately(until - timedelta(hours=hours_ago))
        said = Ordered(
            system=system, number=number, words=words, category=kind, place_words=place,
            sent_at=came - timedelta(minutes=40), outer_by=came + timedelta(hours=hours_given),
            contact_name="来电人", contact_phone="0573-86000000",
        )  # fmt: skip
        order, _came = take_in_order(said, by=staff.desk[0].by(Channel.IMPORT), now=came)
        done = max(came, lately(came + (until - came) / 2))
        if answer.startswith("!"):
            give_back(order.demand, by=staff.head, why=answer[1:], now=done)
        elif answer:
            answer_demand(order.demand, by=staff.desk[0], words=answer, now=done)


#: Words the community answers with often: name, kind, words.
_TEMPLATES = (
    (
        "灯修好了",
        "repair.lamp",
        "{称呼}您好，您反映的{地点}的灯已经修好，今晚请再看一眼，还不亮就打{电话}。",
    ),
    (
        "已约维保",
        "repair.lift",
        "您好，{地点}的电梯已约维保单位上门，修好以后我们再告诉您。编号 {编号}。",
    ),
    ("清运完成", "clean.rubbish", "{地点}的垃圾已清运，以后每天两次。还有问题请打{电话}。"),
    ("已上门", None, "{称呼}您好，您{日期}说的事，{经办人}已上门看过，结果是："),
    ("不归社区办", None, "您好，这件事不归社区办，已帮您问清楚该找："),
)
_UNITS = (
    ("海景物业", "firm", "0573-86001188"),
    ("望海供电所", "unit", "0573-95598"),
    ("望海街道办事处", "unit", "0573-86110000"),
)


def work_together(staff: Staff, *, now: datetime) -> None:
    """A morning among colleagues: something is offered, shared, out at a unit, joined."""
    for name, code, words in _TEMPLATES:
        kind = Category.objects.filter(code=code).first() if code else None
        keep_template(
            None, by=staff.head, name=name, words=words, category=kind, now=lately(now, hours=3)
        )
    units = [
        found_organisation(
            by=staff.desk[0], now=lately(now, hours=3), name=name, kind=kind, phone=phone
        )
        for name, kind, phone in _UNITS
    ]
    clerk = Account.objects.get(pk=staff.desk[0].account_id or 0)
    open_ones = (
        Demand.objects.open()
        .filter(state=State.IN_HAND, owner_id__in=[a.account_id for a in staff.officers.values()])
        .exclude(need__visibility=Visibility.CONFIDENTIAL)
        .select_related("need__category", "owner")
        .order_by("-id")
    )
    by_account = {actor.account_id: actor for actor in staff.officers.values()}
    for number, demand in enumerate(open_ones[:6]):
        owner = by_account[demand.owner_id]
        others = [actor for actor in staff.officers.values() if actor != owner]
        colleague = Account.objects.get(pk=others[number % len(others)].account_id or 0)
        begun = demand.responded_at or demand.received_at
        then = max(begun, lately(now, hours=1))
        if number == 0:
            offer_demand(
                demand, to=clerk, by=owner, why="我下午要去街道开会，麻烦您跟一下", now=then
            )
        elif number == 1:
            offer_demand(
                demand, to=colleague, by=owner, why="这幢楼您更熟", now=max(begun, ago(now, 1, 15, 20))
            )  # fmt: skip
        elif number in {2, 3}:
            ask_help(
                demand, helper=clerk if number == 2 else colleague, asked="打电话约业主在家的时间",  # noqa: PLR2004
                due_at=then + timedelta(days=1), by=owner, now=then,
            )  # fmt: skip
        else:
            send_out(
                demand, to=units[number % len(units)], by=owner, asked="请派人到现场看，书面回复",
                letter=f"新街函〔{now.year}〕{number + 7}号", contact="姚工",
                back_by=then + timedelta(days=3), now=then,
            )  # fmt: skip
    _one_lamp(staff, now=now)


def see_to_what_rooms_gave(staff: Staff, *, now: datetime, since: datetime | None = None) -> None:
    """What another room handed over weeks ago was taken and answered like any other demand."""
    left = Demand.objects.filter(state=State.RECEIVED, received_at__lt=now - timedelta(days=14))
    if since is not None:
        left = left.filter(received_at__gte=since)
    for demand in left.select_related("need").order_by("id"):
        taken = at(local_day(demand.received_at) + timedelta(days=1), 9, 10)
        take_demand(demand, by=staff.desk[0], now=taken)
        done = taken + timedelta(days=4)
        answer_demand(demand, by=staff.desk[0], words=_DONE_FOR_A_ROOM, now=done)
        record_return_call(
            demand, by=staff.desk[1].by(Channel.PHONE, on_behalf_of=demand.need.person_id),
            outcome="solved", rating=5, words="", now=done + timedelta(days=3),
        )  # fmt: skip


def _one_lamp(staff: Staff, *, now: datetime) -> None:
    """Three neighbours tell of one lamp, each in their own words; two go with the first."""
    kind = Category.objects.get(code="repair.lamp")
    building = Building.objects.filter(name="3幢").first()
    people = list(Person.objects.on_roll().filter(address__startswith="3幢")[:3])
    told: list[Demand] = []
    for number, (words, person) in enumerate(zip(_ONE_LAMP, people, strict=False)):
        told.append(
            receive_demand(
                Said(words=words, person=person, building=building, category=kind),
                by=staff.desk[0].by(Channel.PHONE, on_behalf_of=person.pk),
                joins=told[0] if number == 1 else None,
                now=lately(now, hours=5 - number),
            )
        )  # fmt: skip


_ONE_LAMP = (
    "3幢2单元楼道灯坏了，上下楼摸黑",
    "楼道里的灯不亮，老人上楼不敢走",
    "3幢楼道晚上一片黑，灯坏了好几天",
)


def _moments(day: datetime, count: int, dice: random.Random) -> list[datetime]:
    """Times between half past eight and five, most before noon."""
    minutes = sorted(int(dice.triangular(510, 1020, 600)) for _ in range(count))
    return [day + timedelta(minutes=minute) for minute in minutes]


def _visit(
    moment: datetime, people: Sequence[Person], staff: Staff, kinds: Sequence[VisitKind],
    dice: random.Random,
) -> None:  # fmt: skip
    person = dice.choice(people) if dice.random() < 0.8 else None  # noqa: PLR2004  shares are made up
    channel = dice.choices([Channel.WALK_IN, Channel.PHONE, Channel.DOOR], [7, 3, 1])[0]
    kind = dice.choices(kinds, range(len(kinds), 0, -1))[0]
    record_visit(
        by=dice.choice(staff.desk).by(channel, on_behalf_of=person.pk if person else None),
        reason=kind.reason, kind=kind, person=person,
        minutes=dice.choice([kind.minutes, kind.minutes, 2, 8, 15]), now=moment,
    )  # fmt: skip


def _demand(
    moment: datetime, saying: Saying, *, people: Sequence[Person],
    buildings: Sequence[Building], kinds: dict[str, Category], staff: Staff, dice: random.Random,
) -> Demand:  # fmt: skip
    code, words, where = saying.category, saying.words, saying.where
    person, building = dice.choice(people), dice.choice(buildings)
    channel = dice.choices(
        [Channel.WALK_IN, Channel.PHONE, Channel.QR, Channel.PAPER, Channel.DOOR],
        [35, 30, 20, 8, 7],
    )[0]
    if channel is Channel.QR:
        by = Actor(community_id=building.community_id, channel=channel)
        return receive_demand(
            Said(
                words=words, building=building, place_words=where, category=kinds[code],
                contact_phone=person.phone or "",
            ),
            by=by, now=moment,
        )  # fmt: skip
    return receive_demand(
        Said(
            words=words, person=person, building=building, place_words=where, category=kinds[code],
            contact_wish=ContactWish.CALL if dice.random() < 0.6 else ContactWish.MESSAGE,  # noqa: PLR2004
            visibility=dice.choices(Visibility.values, [90, 8, 2])[0],
        ),
        by=dice.choice(staff.desk).by(channel, on_behalf_of=person.pk),
        minutes=dice.choice([4, 5, 6, 8, 12]),
        now=moment,
    )  # fmt: skip


def _work_off(
    pending: list[tuple[datetime, int, Demand]], evening: datetime, until: datetime, staff: Staff,
    dice: random.Random,
) -> Iterator[tuple[datetime, int, Demand]]:  # fmt: skip
    """Take each pending demand one stage on, if its next moment comes before this evening."""
    for since, stage, demand in pending:
        moment = _next_moment(demand, stage, since, dice)
        if moment >= min(evening, until):
            yield since, stage, demand
            continue
        if _one_stage(demand, stage, moment, staff, dice):
            yield moment, stage + 1, demand


def _next_moment(demand: Demand, stage: int, since: datetime, dice: random.Random) -> datetime:
    """When somebody next does something about a demand, by day unless it is urgent."""
    wait = _until_taken(demand, dice) if stage == 0 else timedelta(hours=dice.randint(3, 80))
    moment = since + wait
    hour = moment.astimezone(SHANGHAI).hour
    is_urgent = demand.harm <= 2  # noqa: PLR2004  the duty phone answers at night
    if not is_urgent and (hour < 8 or hour >= 18):  # noqa: PLR2004  nobody else works then
        moment += timedelta(hours=13) if stage else timedelta(0)
    return moment


def _carry_news(day: datetime, staff: Staff) -> None:
    """Officers ring or knock where no message arrives, on the second day at the latest."""
    waiting = Message.objects.filter(
        state=MessageState.TASK, created_at__lt=day - timedelta(days=1)
    )
    _tell(waiting, staff, at=lambda _message: day + timedelta(hours=16))


def _tell(waiting: Iterable[Message], staff: Staff, *, at: Callable[[Message], datetime]) -> None:
    by_account = {actor.account_id: actor for actor in staff.officers.values()}
    for message in waiting:
        carrier = by_account.get(message.carrier_id) or staff.head
        mark_told(message, by=carrier, note="当面说了", now=at(message))


def _until_taken(demand: Demand, dice: random.Random) -> timedelta:
    """Mostly well within the limit of the first word; now and then somebody is late."""
    limit = (demand.respond_by or demand.received_at) - demand.received_at
    return limit * dice.choices([0.1, 0.3, 0.6, 1.3], [40, 30, 24, 6])[0]


def _one_stage(
    demand: Demand, stage: int, moment: datetime, staff: Staff, dice: random.Random
) -> bool:
    """Whether something is still to come afterwards."""
    handler = staff.officers.get(demand.grid_id or 0) or staff.desk[0]
    if demand.need.visibility == Visibility.CONFIDENTIAL:
        handler = staff.desk[0]
    demand = Demand.objects.select_related("need__person", "owner").get(pk=demand.pk)
    if demand.state in {"confirmed", "closed"}:
        return False
    if stage == 0 or demand.state == "not_solved":
        take_demand(demand, by=handler, now=moment)
        if dice.random() < 0.15:  # noqa: PLR2004
            note_on(demand, by=handler, words=dice.choice(_NOTES), now=moment)
        return True
    if demand.state in {"in_hand", "waiting"}:
        if demand.state == "in_hand" and dice.random() < 0.12:  # noqa: PLR2004
            wait_on(
                demand, by=handler, whom=dice.choice(_WAIT_FOR), until=moment + timedelta(days=5),
                now=moment,
            )  # fmt: skip
            return True
        answer_demand(demand, by=handler, words=_done_for(demand.need), now=moment)
        return True
    return _ask(demand, moment, staff, dice)


def _ask(demand: Demand, moment: datetime, staff: Staff, dice: random.Random) -> bool:
    solved = dice.random() < 0.95  # noqa: PLR2004
    rating: int | None = dice.choice([1, 2, 3])
    if solved:
        rating = dice.choices([5, 4, 3], [75, 21, 4])[0]
    words = dice.choice(_WORDS_OF_THANKS if solved else _WORDS_OF_DOUBT)
    if solved and demand.need.number.endswith(_SHOWN):
        _show(demand, moment, staff)
    if demand.need.channel == Channel.QR and dice.random() < 0.7:  # noqa: PLR2004
        by = Actor(
            community_id=demand.community_id, channel=Channel.QR,
            held_code=demand.need.follow_code,
        )  # fmt: skip
        confirm_demand(demand, by=by, solved=solved, rating=rating, words=words, now=moment)
        return not solved
    if dice.random() < 0.1:  # noqa: PLR2004
        return True  # nobody got round to calling yet
    caller = next(a for a in (*staff.desk, staff.head) if a.account_id != demand.owner_id)
    outcome = "solved" if solved else "not_solved"
    if dice.random() < 0.08:  # noqa: PLR2004
        outcome, rating, words = "unreachable", None, ""
    record_return_call(
        demand, by=caller.by(Channel.PHONE, on_behalf_of=demand.need.person_id), outcome=outcome,
        rating=rating, words=words, now=moment,
    )  # fmt: skip
    return outcome != "solved"


def _show(demand: Demand, moment: datetime, staff: Staff) -> None:
    """Some of what was answered is put before the street, as the desk would."""
    need = demand.need
    if may_be_shown(State(demand.state), visibility=need.visibility, is_sealed=need.is_sealed):
        show_story(
            demand, by=staff.desk[0], words=need.words, answer=_done_for(need), looked=True,
            now=moment,
        )  # fmt: skip


def _done_for(need: Need) -> str:
    """What was done about it, as the file has it; the same whenever it is asked."""
    answers = _answers()[need.words]
    return answers[int(need.number[-1]) % len(answers)]


@cache
def _answers() -> dict[str, tuple[str, ...]]:
    return {saying.words: saying.answers for saying in sayings()}

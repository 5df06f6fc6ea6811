"""Years of the demonstration's childcare room, its last two months, and this morning. All invented."""

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from mulin.commons.rota.demo import begun_at, have_proposed, keep_month
from mulin.commons.rota.rules import last_of, month_of
from mulin.ground.community.models import Account
from mulin.ground.community.rules import Actor
from mulin.ground.notify.actions import mark_told
from mulin.ground.notify.models import Message
from mulin.ground.notify.rules import State
from mulin.ground.people.models import Person
from mulin.kit.clock import SHANGHAI, local_day
from mulin.kit.lifelike import Stretch, ago, at, dice, lately
from mulin.workshop.childcare.actions import days, enrolment, staff
from mulin.workshop.childcare.actions.enrolment import Asking, Facts
from mulin.workshop.childcare.actions.handover import Shown, hand_over
from mulin.workshop.childcare.actions.shortage import TOPIC
from mulin.workshop.childcare.models import Carer, Child, Group, Guardian, Stay, Use

#: Working days that were lived with the children of today, and how long ago these came; of so many
#: months before this one the duty rota is there.
_DAYS, _CAME_DAYS_AGO, _MONTHS_BACK = 6, 345, 10
_ADULTS, _ON_A_ROTA_DAY = 5, 2
_GROWN, _OLD = 24, 65
#: Name, months of age, what it must not eat; the first two are twins of the sewer.
_CHILDREN = (
    ("沈小禾", 92, ()), ("沈小苗", 92, ()), ("王一诺", 84, ("egg",)), ("陈子墨", 110, ()),
    ("张沐阳", 76, ("milk", "nut")), ("李可心", 50, ()), ("朱天佑", 121, ()),
)  # fmt: skip
_DONE: Final = (
    "写完作业，一起折了纸船", "跳绳比赛，人人都赢了一次", "读了《小猪唏哩呼噜》第三章", "包了小馄饨",
    "认了二十种楼下的树", "沈阿姨讲白塘河的故事", "用草编边角料做了小蚱蜢", "背了两首诗，画了一张全家福",
    "下跳棋，大的教小的", "种的蒜苗量了身高，长了三厘米",
)  # fmt: skip
_KINDS: Final = (
    "homework", "games", "reading", "hands", "outdoors", "reading", "hands", "tutoring", "games",
    "outdoors",
)  # fmt: skip
_GIVEN: Final = (
    "乐乐", "安然", "小满", "知夏", "沐辰", "语桐", "景行", "清禾", "嘉禾", "书言", "星宇", "念慈",
)  # fmt: skip
_MEALS: Final = (
    ("苹果、小馄饨", ("gluten",)), ("牛奶、蒸蛋糕", ("milk", "egg", "gluten")), ("玉米、酸奶", ("milk",)),
    ("红枣银耳羹", ()), ("橘子、米糕", ()),
)  # fmt: skip
_GRAZES: Final = ("跑的时候擦破了膝盖", "剪纸剪到了手指头", "和小伙伴撞了一下，额头红了")
_AFTER_SCHOOL: Final = (time(15, 50), time(17, 30))
#: Each year's adults are others: the workers take turns. So many share of the roll is asked each.
_ROUNDS: Final = 12
_CHILDREN_A_YEAR, _CARERS_A_YEAR = 4, 3
_PARENT = range(24, 46)


def open_room(
    *, head: Actor, lead: Actor, lead_account: Account, duty: Account, sewer: Person,
    people: Sequence[Person], now: datetime,
) -> None:  # fmt: skip
    """Leave to read, adults with their first checks, the children of today. `sewer` is the twins'
    mother.
    """
    today = local_day(now)
    adults = [
        one for one in people if one.born_on and _GROWN <= today.year - one.born_on.year < _OLD
    ]
    first = ago(now, _CAME_DAYS_AGO, 9, 30)
    since, until = local_day(first), today + timedelta(days=200)
    for account, reason, by in (
        (lead_account, "托管室负责人", head),
        (duty, "每周二、四值日", lead),
    ):
        staff.clear(account, reason=reason, since=since, until=today, by=by, now=first)
        again = ago(now, 1, 9, 50)
        staff.clear(account, reason=reason, since=today, until=until, by=by, now=again)
    carers = (Person.objects.get(account=duty), *adults[: _ADULTS - 1])
    for number, person in enumerate(carers):
        _check(person, number, since - timedelta(days=10), head=head, now=first)
    homework = staff.add_group("作业组", by=lead, now=first)
    little = staff.add_group("小小班", by=lead, now=first)
    _enrol(lead, sewer, adults[_ADULTS - 1 :], (homework, little), first)


def _check(person: Person, number: int, day: date, *, head: Actor, now: datetime) -> None:
    """The second of them may not lead and knows no first aid."""
    trained_until = day + timedelta(days=730) if number != 1 else None
    staff.keep_carer(
        person, checked_on=day, is_lead=number != 1, first_aid_until=trained_until, by=head, now=now
    )


def mind(
    *, head: Actor, lead: Actor, lead_account: Account, people: Sequence[Person], seed: int,
    opened: date, since: datetime, now: datetime,
) -> None:  # fmt: skip
    """Children and adults of one year: two afternoons a week, in summer three mornings.

    The pieces of a year come newest first; with the oldest the children have grown out of it and
    the adults are relieved, on the last day that was lived.
    """
    stretch = Stretch(since, now)
    begins = max(opened, local_day(since).replace(month=1, day=1))
    first = at(next(_open_days(begins, begins + timedelta(days=60))), 8)
    working = [
        day for day in _open_days(local_day(since), local_day(now)) if at(day, 20) in stretch
    ]
    if working:
        carers, children = _of_a_year(
            people, dice(seed, "childcare", begins.year), head=head, lead=lead,
            lead_account=lead_account, now=first,
        )  # fmt: skip
        for number, day in enumerate(working):
            _live(
                day, number, children=children, carers=carers, lead=lead,
                chance=dice(seed, "childcare", day),
            )  # fmt: skip
    if since <= at(begins, 12):
        _relieve(head, lead, first)
    _ring(head, stretch)


def _relieve(head: Actor, lead: Actor, first: datetime) -> None:
    children = Child.objects.filter(asked_at=first, left_on=None)
    last = Stay.objects.filter(child__in=children).order_by("-day").first()
    if last is None:
        return
    for child in children:
        enrolment.leave(child, by=lead, now=at(last.day, 19))
    for carer in Carer.objects.filter(record_checked_on=local_day(first), left_on=None):
        staff.stop_carer(carer, by=head, now=at(last.day, 19))


def _ring(head: Actor, stretch: Stretch) -> None:
    """A family that gets no messages is called on the same day."""
    waiting = Message.objects.filter(
        topic=TOPIC, state=State.TASK, created_at__gte=stretch.since,
        created_at__lt=stretch.now,
    )  # fmt: skip
    for message in waiting:
        told_at = message.created_at + timedelta(minutes=20)
        mark_told(message, by=head, note="电话里说了", now=told_at)


def _open_days(first: date, last: date) -> Iterator[date]:
    """Tuesdays and Thursdays of school terms; Mondays, Wednesdays, Fridays of the summer."""
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        month_day = (day.month, day.day)
        if (1, 18) <= month_day <= (2, 20) or (10, 1) <= month_day <= (10, 7):
            continue
        is_summer = (7, 5) <= month_day <= (8, 20)
        if day.isoweekday() in ({1, 3, 5} if is_summer else {2, 4}):
            yield day


def _of_a_year(
    people: Sequence[Person], chance: random.Random, *, head: Actor, lead: Actor,
    lead_account: Account, now: datetime,
) -> tuple[list[Carer], list[Child]]:  # fmt: skip
    """Nobody of another year: what stands with an adult is the newest check alone."""
    day = local_day(now)
    children = list(Child.objects.filter(asked_at=now, left_on=None).order_by("pk"))
    if children:
        there = Carer.objects.filter(record_checked_on=day, left_on=None)
        return list(there.order_by("pk")), children
    staff.clear(
        lead_account,
        reason="托管室负责人",
        since=day,
        until=date(day.year, 12, 31),
        by=head,
        now=now,
    )
    known = set(Carer.objects.values_list("person", flat=True))
    mine = [
        one for place, one in enumerate(people)
        if place % _ROUNDS == day.year % _ROUNDS and one.birth_year and one.pk not in known
    ]  # fmt: skip
    grown = [one for one in mine if _GROWN <= day.year - (one.birth_year or 0) < _OLD]
    carers = [
        staff.keep_carer(
            person, checked_on=day, is_lead=number != 1,
            first_aid_until=day + timedelta(days=400), by=head, now=now,
        )
        for number, person in enumerate(grown[:_CARERS_A_YEAR])
    ]  # fmt: skip
    parents = [one for one in people if one.birth_year and day.year - one.birth_year in _PARENT]
    group = Group.objects.order_by("pk").first()
    for number, given in enumerate(chance.sample(_GIVEN, _CHILDREN_A_YEAR)):
        parent = chance.choice(parents)
        asking = Asking(
            f"{parent.name[0]}{given}", day - timedelta(days=365 * (5 + number) + 40), parent.name,
            "妈妈" if number % 2 else "爸爸", parent.phone or f"1390058{number:04d}",
            frozenset({Use.CARE, Use.HEALTH}),
        )  # fmt: skip
        child = enrolment.ask_place(asking, by=lead.by("paper"), person=parent, now=now)
        children.append(enrolment.accept(child, group=group, by=lead, now=now))
    return carers, children


def _take_turns(head: Actor, lead: Actor, seed: int, now: datetime) -> None:
    """The duty rota of these months, from places that were booked; each adult's check is renewed. The
    coming month's is being worked out.
    """
    chance = dice(seed, "childcare-rota")
    this, today = month_of(local_day(now)), local_day(now)
    carers = list(Carer.objects.filter(left_on=None).order_by("pk"))
    renewed = {one: today - timedelta(days=150 + 30 * n) for n, one in enumerate(carers)}
    children = Child.objects.enrolled().order_by("pk")[:_ON_A_ROTA_DAY]
    for back in range(_MONTHS_BACK, -1, -1):
        first = month_of(this, -back)
        begun = begun_at(first)
        for number, carer in enumerate(carers):
            if carer.record_checked_on < renewed[carer] < local_day(begun):
                _check(carer.person, number, renewed[carer], head=head, now=begun)
                carer.refresh_from_db()
        _book_month(children, first, lead, begun)
        keep_month("childcare", first, by=lead, dice=chance, now=now, may_call=2)
    coming = month_of(this, 1)
    _book_month(children, coming, lead, lately(now, hours=1))
    have_proposed("childcare", coming, by=lead, dice=chance, now=lately(now))


def _book_month(children: Iterable[Child], first: date, lead: Actor, now: datetime) -> None:
    for day in _open_days(first, last_of(first)):
        starts, ends = (time(8, 30), time(11, 30)) if day.month in {7, 8} else _AFTER_SCHOOL
        for child in children:
            days.book(child, day, starts=starts, ends=ends, by=lead.by("phone"), now=now)


def mind_now(*, head: Actor, lead: Actor, seed: int, now: datetime) -> None:
    """The rota of the last months, the last working days with the children of today, this morning."""
    today = local_day(now)
    _take_turns(head, lead, seed, now)
    carers = list(Carer.objects.filter(left_on=None).order_by("pk")[:3])
    children = list(Child.objects.filter(left_on=None).order_by("pk"))
    working = [one for one in _days_before(today) if one.isoweekday() <= 5][-_DAYS:]  # noqa: PLR2004
    for number, day in enumerate(working):
        _live(
            day, number, children=children, carers=carers, lead=lead,
            chance=dice(seed, "childcare", day),
        )  # fmt: skip
    _this_day(children, carers, lead, now)


def _enrol(
    lead: Actor, sewer: Person, parents: Sequence[Person], groups: tuple[Group, Group],
    at: datetime,
) -> list[Child]:  # fmt: skip
    found = []
    for number, (name, months, allergens) in enumerate(_CHILDREN):
        total = at.year * 12 + at.month - 1 - months
        parent = sewer if number < 2 else parents[number]  # noqa: PLR2004  the twins
        relation = "爸爸" if number % 2 and parent != sewer else "妈妈"
        asking = Asking(
            name, date(total // 12, total % 12 + 1, 8), parent.name, relation,
            parent.phone or f"1390057{number:04d}",
            frozenset({Use.CARE, Use.HEALTH, *({Use.PHOTO_FAMILY} if number % 3 else ())}),
        )  # fmt: skip
        child = enrolment.ask_place(asking, by=lead.by("paper"), person=parent, now=at)
        enrolment.accept(child, group=groups[months < 72], by=lead, now=at)  # noqa: PLR2004  school age
        facts = Facts(
            allergens=allergens, school="新街小学" if months > 72 else "新街幼儿园",  # noqa: PLR2004  school age
            hours="放学 15:50", plan="先打监护人，送海盐县人民医院", contacts="楼下邻居王阿姨",
        )  # fmt: skip
        enrolment.write_facts(child, facts, by=lead, now=at)
        guardian = Guardian.objects.get(child=child)
        enrolment.add_picker(
            child, name="外婆" if number % 2 else "爷爷", relation="祖辈", guardian=guardian,
            by=lead, now=at,
        )  # fmt: skip
        found.append(child)
    enrolment.block(
        found[3], name="吴某某", relation="生父", paper="海盐县人民法院人身安全保护令（演示）", by=lead,
        now=at,
    )  # fmt: skip
    return found


def _days_before(today: date) -> list[date]:
    return [today - timedelta(days=n) for n in range(_DAYS + 4, 0, -1)]


def _live(
    day: date, number: int, *, children: Sequence[Child], carers: Sequence[Carer], lead: Actor,
    chance: random.Random,
) -> None:  # fmt: skip
    """From the first adult to the last hand-over."""
    is_summer = day.month in {7, 8}
    opened = at(day, 8, 10) if is_summer else at(day, 15, 30)
    closed = at(day, 11, 25) if is_summer else at(day, 17, 25)
    on_duty = (carers[0], carers[1 + number % 2])
    for carer in on_duty:
        staff.come(carer, by=lead, now=opened)
    coming = [one for place, one in enumerate(children) if (place + number) % 4]
    stays = [
        days.arrive(
            child, by=lead, now=opened + timedelta(minutes=25),
            until=(closed + timedelta(minutes=5)).time(),
        )
        for child in coming
    ]  # fmt: skip
    name, allergens = chance.choice(_MEALS)
    days.serve(name, allergens, by=lead, now=opened + timedelta(minutes=40))
    if chance.random() < 0.03:  # noqa: PLR2004  made up
        grazed = closed - timedelta(minutes=40)
        days.write_incident(
            coming[0], what=chance.choice(_GRAZES), done="清水冲洗，贴了创可贴", told="妈妈，电话",
            happened_at=grazed, by=lead, now=grazed + timedelta(minutes=10),
        )  # fmt: skip
    done = chance.choice(_DONE)
    days.write_activity(done, kind=_KINDS[_DONE.index(done)], group=None, by=lead, now=closed)
    for stay in stays:
        _fetch(stay, lead, closed)
    for carer in on_duty:
        staff.go(carer, by=lead, now=closed + timedelta(minutes=30))


def _fetch(stay: Stay, lead: Actor, at: datetime) -> None:
    guardian = Guardian.objects.standing().filter(child=stay.child).first()
    if guardian is not None:
        hand_over(stay, Shown(key=f"g{guardian.pk}", id_seen=True), by=lead, now=at)


def _this_day(
    children: Sequence[Child], carers: Sequence[Carer], lead: Actor, now: datetime
) -> None:
    """Places of the next days; in the day, some children here and one still expected."""
    today = local_day(now)
    for child in children[_ON_A_ROTA_DAY:5]:
        for ahead in (1, 2):
            days.book(
                child, today + timedelta(days=ahead), starts=_AFTER_SCHOOL[0], ends=time(17, 30),
                by=lead, now=lately(now),
            )  # fmt: skip
    if not 7 <= now.astimezone(SHANGHAI).hour < 20:  # noqa: PLR2004  at night nobody is here
        return
    for carer in carers:
        staff.come(carer, by=lead, now=now - timedelta(minutes=40))
    later = (now + timedelta(hours=3)).astimezone(SHANGHAI)
    closing = time(later.hour, later.minute // 30 * 30)
    for child in children[_ON_A_ROTA_DAY:6]:
        days.book(child, today, starts=time(7), ends=closing, by=lead, now=now)
    for child in children[:5]:
        days.arrive(child, by=lead, now=now - timedelta(minutes=30), until=closing)
    days.serve(
        "牛奶、坚果饼干", ["milk", "nut", "gluten"], by=lead, now=now - timedelta(minutes=10)
    )
    days.write_incident(
        children[2], what="跑的时候擦破了膝盖", done="清水冲洗，贴了创可贴", told="妈妈，电话",
        happened_at=now - timedelta(minutes=20), by=lead, now=now,
    )  # fmt: skip
    for group, kind, words in (
        (children[0].group, "homework", "写完了语文作业，一起订正了两道数学题"),
        (children[5].group, "games", "搭积木，搭了一座白塘桥"),
    ):
        days.write_activity(words, kind=kind, group=group, by=lead, now=now - timedelta(minutes=8))
    days.write_note(
        children[0],
        "今天作业写得很快，还教妹妹认了五个字。",
        by=lead,
        now=now - timedelta(minutes=5),
    )

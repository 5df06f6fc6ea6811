"""Two weeks of the demonstration's childcare room, and this morning."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from mulin.ground.community.models import Account
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.kit.clock import SHANGHAI, local_day
from mulin.workshop.childcare.actions import days, enrolment, staff
from mulin.workshop.childcare.actions.enrolment import Asking, Facts
from mulin.workshop.childcare.actions.handover import Shown, hand_over
from mulin.workshop.childcare.models import Carer, Child, Group, Guardian, Stay, Use

_DAYS = 6
_GROWN, _OLD = 24, 65
#: Name, months of age, what it must not eat; the first two are twins of the sewer.
_CHILDREN = (
    ("沈小禾", 92, ()), ("沈小苗", 92, ()), ("王一诺", 84, ("egg",)), ("陈子墨", 110, ()),
    ("张沐阳", 76, ("milk", "nut")), ("李可心", 50, ()), ("朱天佑", 121, ()),
)  # fmt: skip
_DONE = (
    "写完作业，一起折了纸船",
    "跳绳比赛，人人都赢了一次",
    "读了《小猪唏哩呼噜》第三章",
    "包了小馄饨",
)


def mind_children(
    *, head: Actor, lead: Actor, lead_account: Account, duty: Account, sewer: Person,
    people: Sequence[Person], now: datetime,
) -> None:  # fmt: skip
    """Leave to read, adults with their checks, children, six days behind and today."""
    today = local_day(now)
    adults = [
        one for one in people if one.born_on and _GROWN <= today.year - one.born_on.year < _OLD
    ]
    first = now - timedelta(days=_DAYS + 4)
    since, until = local_day(first), today + timedelta(days=200)
    staff.clear(lead_account, reason="托管室负责人", since=since, until=until, by=head, now=first)
    staff.clear(duty, reason="每周二、四值日", since=since, until=until, by=lead, now=first)
    carers = [
        staff.keep_carer(
            person, checked_on=today - timedelta(days=150 + 60 * number), is_lead=number != 1,
            first_aid_until=today + timedelta(days=400) if number != 1 else None, by=head,
            now=first,
        )
        for number, person in enumerate((Person.objects.get(account=duty), *adults[:2]))
    ]  # fmt: skip
    homework = staff.add_group("作业组", by=lead, now=first)
    little = staff.add_group("小小班", by=lead, now=first)
    children = _enrol(lead, sewer, adults[2:], (homework, little), first)
    working = [one for one in _days_before(today) if one.weekday() < 5][-_DAYS:]  # noqa: PLR2004  Saturday
    for number, day in enumerate(working):
        _live(day, number, children, carers, lead)
    _this_day(children, carers, lead, now)


def _enrol(
    lead: Actor, sewer: Person, parents: Sequence[Person], groups: tuple[Group, Group],
    at: datetime,
) -> list[Child]:  # fmt: skip
    found = []
    for number, (name, months, allergens) in enumerate(_CHILDREN):
        total = at.year * 12 + at.month - 1 - months
        parent = sewer if number < 2 else parents[number]  # noqa: PLR2004  the twins
        asking = Asking(
            name, date(total // 12, total % 12 + 1, 8), parent.name, "妈妈" if number % 2 else "爸爸",
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


def _at(day: date, hour: int, minute: int) -> datetime:
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def _live(
    day: date, number: int, children: Sequence[Child], carers: Sequence[Carer], lead: Actor
) -> None:
    """From the first adult to the last hand-over."""
    opened, closed = _at(day, 15, 30), _at(day, 17, 25)
    on_duty = (carers[0], carers[1 + number % 2])
    for carer in on_duty:
        staff.come(carer, by=lead, now=opened)
    coming = [one for place, one in enumerate(children) if (place + number) % 4]
    stays = []
    for child in coming:
        days.book(child, day, starts=time(15, 50), ends=time(17, 30), by=lead, now=opened)
        stays.append(days.arrive(child, by=lead, now=opened + timedelta(minutes=25)))
    days.serve("牛奶、蒸蛋糕" if number % 2 else "苹果、小馄饨", ["milk", "egg"] if number % 2 else ["gluten"],
               by=lead, now=opened + timedelta(minutes=40))  # fmt: skip
    days.write_activity(_DONE[number % len(_DONE)], group=None, by=lead, now=closed)
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
    for child in children[:5]:
        for ahead in (1, 2):
            days.book(
                child, today + timedelta(days=ahead), starts=time(8, 30), ends=time(17, 30),
                by=lead, now=now,
            )  # fmt: skip
    if not 7 <= now.astimezone(SHANGHAI).hour < 20:  # noqa: PLR2004  at night nobody is here
        return
    for carer in carers:
        staff.come(carer, by=lead, now=now - timedelta(minutes=40))
    closing = (
        (now + timedelta(hours=3)).astimezone(SHANGHAI).time().replace(second=0, microsecond=0)
    )
    for child in children[:6]:
        days.book(child, today, starts=time(7), ends=closing, by=lead, now=now)
    for child in children[:5]:
        days.arrive(child, by=lead, now=now - timedelta(minutes=30))
    days.serve(
        "牛奶、坚果饼干", ["milk", "nut", "gluten"], by=lead, now=now - timedelta(minutes=10)
    )
    days.write_incident(
        children[2], what="跑的时候擦破了膝盖", done="清水冲洗，贴了创可贴", told="妈妈，电话",
        happened_at=now - timedelta(minutes=20), by=lead, now=now,
    )  # fmt: skip
    days.write_note(
        children[0],
        "今天作业写得很快，还教妹妹认了五个字。",
        by=lead,
        now=now - timedelta(minutes=5),
    )

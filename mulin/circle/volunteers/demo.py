"""Believable years of volunteers: eight kinds every month, hours, a certificate, thanks. All invented."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from mulin.circle.volunteers.actions import proof
from mulin.circle.volunteers.actions.duties import ask_out, sign_up
from mulin.circle.volunteers.actions.people import Says, register, write_line
from mulin.circle.volunteers.actions.planning import (
    About,
    lay_out_kinds,
    plan_activity,
    plan_monthly,
)
from mulin.circle.volunteers.actions.presence import ask_correction, check_in, check_out, close
from mulin.circle.volunteers.actions.served import (
    book,
    decide_thanks,
    draw_coupon,
    make_offer,
    serve,
    thank,
)
from mulin.circle.volunteers.models import (
    Activity,
    ActivityKind,
    Appointment,
    Duty,
    Shift,
    Volunteer,
)
from mulin.circle.volunteers.queries import slots_at
from mulin.circle.volunteers.rules import KIND, Block, Post
from mulin.commons.gatherings.actions.planning import Plan, count_walk_ins
from mulin.commons.gatherings.actions.series import SeriesPlan
from mulin.ground.community.rules import Actor
from mulin.ground.people.actions.organisations import affiliate, found_organisation
from mulin.ground.people.models import Organisation, OrganisationKind, Person
from mulin.ground.places.models import Place, PlaceKind
from mulin.kit.clock import local_day, start_of_day
from mulin.kit.lifelike import Stretch, ago, at, dice, lately, nth_weekday, reached
from mulin.kit.refusals import Refused

_CLINIC: Final = "望海街道社区卫生服务站"
_SHOP: Final = "阿明面馆"


@dataclass(frozen=True, slots=True)
class Monthly:
    """What is held once a month: which weekday, when, where, by whom, minutes for each who is served."""

    kind: str
    nth: int
    weekday: int
    hour: int
    places: tuple[str, ...]
    post: Post
    slot_minutes: int = 0


_MONTHLY: Final = (
    Monthly("理发", 1, 6, 9, ("客厅门口", "桂花广场", "新城口袋公园"), Post("理发师", 2, "理发"), 20),
    Monthly("家电维修", 1, 7, 9, ("桂花广场", "14幢楼下"), Post("师傅", 2, "修电器")),
    Monthly("义诊", 2, 6, 14, ("卫生站", "睦邻客厅"), Post("医生", 2, "看病"), 10),
    Monthly("磨刀磨剪", 2, 7, 9, ("桂花广场", "便民小菜店门口"), Post("磨刀师傅", 1, "磨刀")),
    Monthly("缝补", 3, 6, 9, ("暖新坊", "香樟阅览室"), Post("裁缝", 1, "缝补")),
    Monthly("法律咨询", 3, 7, 14, ("睦邻客厅", "新居民服务点"), Post("律师", 1, "法律")),
    Monthly("清洁家园", 4, 6, 8, ("白塘河边", "6幢楼下", "新城口袋公园", "桂花园车棚"), Post("清洁", 4, "")),
    Monthly("陪伴关爱", 4, 7, 14, ("独居老人家里", "居家养老中心"), Post("陪伴", 3, "")),
)  # fmt: skip
#: In the days to come: days, kind by its place above.
_TO_COME: Final = ((2, 0), (4, 1), (9, 6))
#: Skills of one volunteer after the other, again and again.
_SKILLS: Final = (
    ("理发",), ("看病",), ("修电器",), ("缝补",), ("理发", "缝补"), ("看病",), ("磨刀",), ("法律",), (), (),
    ("修电器",), (),
)  # fmt: skip
#: How many help at the end of each year, of a community of `_FULL` persons.
_HEADS: Final = {2020: 12, 2021: 18, 2022: 24, 2023: 30, 2024: 36}
_FULL: Final = 900
_SERVED: Final = 3
_THANKS: Final = (
    ("理发师傅手轻，还上门给我老头子剪，谢谢！", "12幢王奶奶", True),
    ("电饭煲修好了，一分钱没收。", "新居民小张", True),
    ("量血压的医生讲得慢，我听得懂。", "", None),
)


def enlist(
    *, lead: Actor, head: Actor, people: Sequence[Person], own: Person, seed: int,
    since: datetime, now: datetime,
) -> None:  # fmt: skip
    """The kinds, who comes as a whole, everybody who helps with the day they began.

    `own` is the volunteer with an account.
    """
    chance = dice(seed, "volunteers")
    lay_out_kinds(by=lead, now=since)
    clinic, _shop = (
        found_organisation(by=head, now=since, name=name, kind=kind)
        for name, kind in ((_CLINIC, OrganisationKind.UNIT), (_SHOP, OrganisationKind.SHOP))
    )
    share = min(1.0, len(people) / _FULL)
    grown = [
        one for one in people
        if one.birth_year and 18 <= since.year - one.birth_year < 66 and one != own  # noqa: PLR2004
    ]  # fmt: skip
    waiting = [own, *grown]
    count = 0
    for year in range(since.year, now.year + 1):
        heads = max(round(reached(_HEADS, year, more=4) * share), len(_SKILLS))
        fresh = min(heads, len(waiting)) - count
        begins = max(at(date(year, 1, 6), 9), since)
        for number in range(fresh):
            day = begins + timedelta(days=(0 if year == since.year else 300) * number // fresh)
            if day >= now:
                break
            person = waiting[count]
            skills = _SKILLS[count % len(_SKILLS)]
            times = chance.choice(("周末", "上午", "晚上", "都可以"))
            volunteer = register(
                person, Says(skills=skills, times=times),
                by=lead.by("phone", on_behalf_of=person.pk), now=day,
            )  # fmt: skip
            if "看病" in skills:
                affiliate(person, clinic, by=head, now=day, post="医生")
                write_line(
                    volunteer, block=Block.TRAINING, what="急救培训", giver="县红十字会",
                    minutes=180, day=local_day(day), by=lead, now=day,
                )  # fmt: skip
            count += 1


# ── years ────────────────────────────────────────────────────────────────────────────────────


def help_out(
    *, lead: Actor, people: Sequence[Person], seed: int, since: datetime, now: datetime
) -> None:
    """Each of the eight kinds once a month: planned, signed up for, held, counted."""
    stretch = Stretch(since, now)
    team = list(Volunteer.objects.active().select_related("person").order_by("pk"))
    clinic = Organisation.objects.get(name=_CLINIC)
    kinds = {one.name: one for one in ActivityKind.objects.all()}
    for first in stretch.months():
        for line in _MONTHLY:
            starts = at(nth_weekday(first, line.nth, line.weekday), line.hour)
            if starts + timedelta(hours=3) not in stretch:
                continue
            there = [one for one in team if one.joined_on <= first]
            if there:
                _hold(
                    line, kinds[line.kind], starts, there, people, clinic=clinic, by=lead,
                    chance=dice(seed, "activity", first, line.kind),
                )  # fmt: skip


def _plan(
    line: Monthly, kind: ActivityKind, starts: datetime, where: str, *, clinic: Organisation,
    by: Actor, now: datetime,
) -> Activity:  # fmt: skip
    slot = line.slot_minutes
    return plan_activity(
        Plan(f"{line.kind}进小区", starts, starts + timedelta(hours=2), place_words=where),
        About(
            kind, [line.post], slot_minutes=slot, chairs=2 if slot else 1,
            organisation=clinic if line.kind == "义诊" else None,
            insurance=f"人保财险 PZAB{starts.year}-0088" if kind.is_risky else "",
        ),
        by=by, now=now,
    )  # fmt: skip


def _sign_up_all(
    activity: Activity, team: Sequence[Volunteer], *, by: Actor, now: datetime
) -> list[Duty]:
    """Whoever can, in turn, until the post is filled."""
    duties: list[Duty] = []
    for shift in Shift.objects.filter(activity=activity):
        shift.activity = activity
        for volunteer in team:
            if len(duties) >= shift.wanted:
                break
            if shift.skill and shift.skill not in volunteer.skills:
                continue
            try:
                duty = sign_up(shift, volunteer, knows_risks=True, by=by.by("phone"), now=now)
            except Refused:
                continue  # busy then
            duties.append(duty)
    return duties


def _hold(
    line: Monthly, kind: ActivityKind, starts: datetime, team: Sequence[Volunteer],
    guests: Sequence[Person], *, clinic: Organisation, by: Actor, chance: random.Random,
) -> None:  # fmt: skip
    activity = _plan(
        line, kind, starts, chance.choice(line.places), clinic=clinic, by=by,
        now=starts - timedelta(days=8),
    )  # fmt: skip
    ends = activity.span.ends
    # The first one has an account, and finds hours on their page.
    turn = [*team[:1], *chance.sample(list(team[1:]), len(team) - 1)]
    duties = _sign_up_all(activity, turn, by=by, now=starts - timedelta(days=5))
    if activity.slot_minutes:
        served = _appointments(
            activity, chance.sample(list(guests), _SERVED), by=by, now=starts - timedelta(days=2)
        )
        for visit in served[: _SERVED - (chance.random() < 0.2)]:  # noqa: PLR2004  made up
            serve(visit, by=by, now=visit.at)
    for duty in duties:
        came = starts - timedelta(minutes=chance.randrange(0, 15))
        check_in(activity, duty.volunteer, by=by.by("walk_in"), now=came)
        if chance.random() < 0.7:  # noqa: PLR2004  made up
            left = ends - timedelta(minutes=chance.randrange(0, 20))
            check_out(activity, duty.volunteer, by=by.by("walk_in"), now=left)
    count_walk_ins(activity.gathering, chance.randrange(6, 32), by=by, now=ends)
    close(activity, ended_at=ends, by=by, now=ends + timedelta(minutes=20))


def _appointments(
    activity: Activity, guests: Sequence[Person], *, by: Actor, now: datetime
) -> list[Appointment]:
    free = [slot.after_minutes for slot in slots_at(activity) for _chair in range(slot.free)]
    return [
        book(activity, after_minutes=after, person=person, by=by.by("phone"), now=now)
        for after, person in zip(free, guests, strict=False)
    ]


# ── today ────────────────────────────────────────────────────────────────────────────────────


def help_now(*, lead: Actor, people: Sequence[Person], now: datetime) -> None:
    """Activities to come, one that makes itself every month, papers, an offer, words of thanks."""
    team = list(Volunteer.objects.active().select_related("person").order_by("pk")[:12])
    clinic = Organisation.objects.get(name=_CLINIC)
    kinds = {one.name: one for one in ActivityKind.objects.all()}
    coming = []
    for days, place in _TO_COME:
        line = _MONTHLY[place]
        starts = start_of_day(local_day(now) + timedelta(days=days)) + timedelta(hours=line.hour)
        activity = _plan(
            line, kinds[line.kind], starts, line.places[0], clinic=clinic, by=lead,
            now=min(starts - timedelta(days=8), lately(now, hours=3)),
        )  # fmt: skip
        coming.append((activity, _sign_up_all(activity, team, by=lead, now=lately(now, hours=2))))
    _monthly(lead, clinic, Place.objects.filter(kind=PlaceKind.HALL).first(), lately(now))
    _papers(team[0], by=lead, now=now)
    activity, duties = coming[0]
    _appointments(activity, people[:4], by=lead, now=lately(now, hours=1))
    ask_out(duties[0], by=lead, now=lately(now))
    offer = make_offer(
        Organisation.objects.get(name=_SHOP), title="志愿者阳春面一碗", audience="volunteers", most=40,
        hours_needed=1, since=local_day(now - timedelta(days=60)),
        until=local_day(now) + timedelta(days=60), by=lead, now=ago(now, 60, 10),
    )  # fmt: skip
    draw_coupon(offer, team[0].person, by=lead, now=lately(now))
    for words, signed, is_shown in _THANKS:
        said = thank(words, signed=signed, by=lead.by("phone"), now=ago(now, 3, 16))
        if is_shown is not None:
            decide_thanks(said, is_shown=is_shown, by=lead, now=ago(now, 2, 9, 30))


def _monthly(by: Actor, clinic: Organisation, hall: Place | None, now: datetime) -> None:
    """A clinic on the third Saturday of each month, made by itself."""
    begins = start_of_day(local_day(now)) + timedelta(hours=14)
    plan_monthly(
        SeriesPlan(
            kind=KIND, title="义诊进客厅", begins=begins.time(),
            ends=(begins + timedelta(hours=2)).time(), nth=3, weekday=6, place=hall,
            about="量血压、测血糖，带上医保卡。",
        ),
        About(
            ActivityKind.objects.get(name="义诊"), [Post("医生", 2, "看病"), Post("引导", 1, "")],
            organisation=clinic, slot_minutes=10, chairs=2,
        ),
        by=by, now=now,
    )  # fmt: skip


def _papers(volunteer: Volunteer, *, by: Actor, now: datetime) -> None:
    """A certificate that hangs out, one that is asked for, a correction that waits."""
    begun = local_day(now - timedelta(days=60))
    asked = proof.ask(
        volunteer, since=begun, until=local_day(now) - timedelta(days=1), purpose="积分入学",
        by=by.by("phone"), now=ago(now, 1, 9, 20),
    )  # fmt: skip
    proof.issue(asked, is_noticed=True, by=by, now=ago(now, 1, 11))
    then = lately(now, hours=1)
    proof.ask(
        volunteer,
        since=begun,
        until=local_day(then),
        purpose="单位评优",
        by=by.by("phone"),
        now=then,
    )
    served = Activity.objects.filter(services__volunteer=volunteer).select_related("gathering")
    last = served.order_by("-gathering__starts_at")[0]
    ask_correction(
        last, volunteer, came_at=last.span.begins - timedelta(minutes=30), left_at=last.span.ends,
        why="提前半小时摆椅子", by=by.by("phone"), now=lately(now),
    )  # fmt: skip

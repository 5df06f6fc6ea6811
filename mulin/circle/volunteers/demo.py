"""A month of volunteers: eight kinds, some held, some to come, hours, a certificate, thanks. All invented."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

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
from mulin.kit.refusals import Refused

#: Days ago or to come, hour, kind, where, posts, minutes for each who is served.
_HELD = (
    (-47, 9, "理发", "客厅门口", (("理发师", 2, "理发"), ("登记", 1, "")), 20),
    (-44, 14, "义诊", "卫生站", (("医生", 2, "看病"),), 10),
    (-40, 9, "家电维修", "桂花广场", (("师傅", 2, "修电器"),), 0),
    (-33, 9, "清洁家园", "白塘河边", (("清洁", 4, ""),), 0),
    (-25, 9, "理发", "客厅门口", (("理发师", 2, "理发"), ("登记", 1, "")), 20),
    (-20, 14, "缝补", "暖新坊", (("裁缝", 1, "缝补"),), 0),
    (-16, 9, "义诊", "卫生站", (("医生", 2, "看病"),), 10),
    (-12, 9, "磨刀磨剪", "桂花广场", (("磨刀师傅", 1, "磨刀"),), 0),
    (-6, 14, "陪伴关爱", "独居老人家里", (("陪伴", 3, ""),), 0),
)
_TO_COME = (
    (2, 9, "理发", "客厅门口", (("理发师", 2, "理发"), ("登记", 1, "")), 20),
    (4, 14, "家电维修", "桂花广场", (("师傅", 2, "修电器"),), 0),
    (9, 9, "清洁家园", "6幢楼下", (("清洁", 5, ""),), 0),
)
_SKILLS = (
    ("理发",),
    ("看病",),
    ("修电器",),
    ("缝补",),
    ("理发", "缝补"),
    ("看病",),
    ("磨刀",),
    (),
    (),
)
_THANKS = (
    ("理发师傅手轻，还上门给我老头子剪，谢谢！", "12幢王奶奶", True),
    ("电饭煲修好了，一分钱没收。", "新居民小张", True),
    ("量血压的医生讲得慢，我听得懂。", "", None),
)


def help_each_other(
    *, lead: Actor, head: Actor, people: Sequence[Person], own: Person, seed: int, now: datetime
) -> None:
    """`own` is the volunteer with an account, whose page has something on it."""
    dice = random.Random(f"{seed}-volunteers")  # noqa: S311  the same each time
    begun = now - timedelta(days=60)
    lay_out_kinds(by=lead, now=begun)
    clinic, shop = (
        found_organisation(by=head, now=begun, name=name, kind=kind)
        for name, kind in (
            ("望海街道社区卫生服务站", OrganisationKind.UNIT), ("阿明面馆", OrganisationKind.SHOP),
        )
    )  # fmt: skip
    team = [
        register(
            person, Says(skills=skills, times=dice.choice(("周末", "上午", "晚上", "都可以"))),
            by=lead.by("phone", on_behalf_of=person.pk), now=begun,
        )
        for person, skills in zip([own, *people], _SKILLS, strict=False)
    ]  # fmt: skip
    for doctor in (team[1], team[5]):
        affiliate(doctor.person, clinic, by=head, now=begun, post="医生")
        write_line(
            doctor, block=Block.TRAINING, what="急救培训", giver="县红十字会", minutes=180,
            day=local_day(begun), by=lead, now=now,
        )  # fmt: skip
    hall = Place.objects.filter(kind=PlaceKind.HALL).first()
    held = [
        _held(line, team, people[20:], clinic=clinic, by=lead, dice=dice, now=now) for line in _HELD
    ]
    for line in _TO_COME:
        _sign_up_all(_planned(line, clinic=clinic, by=lead, now=now), team, by=lead, now=now)
    _monthly(lead, clinic, hall, now)
    _papers(team[0], held, by=lead, now=now)
    coming = Activity.objects.filter(counted_at__isnull=True, slot_minutes__gt=0).order_by("id")[0]
    _appointments(coming, people[30:34], by=lead, now=now)
    duty = Duty.objects.going().filter(shift__activity=coming).select_related(
        "shift__activity__gathering", "volunteer__person"
    )[0]  # fmt: skip
    ask_out(duty, by=lead, now=now)
    offer = make_offer(
        shop, title="志愿者阳春面一碗", audience="volunteers", most=40, hours_needed=1,
        since=local_day(begun), until=local_day(now) + timedelta(days=60), by=lead, now=begun,
    )  # fmt: skip
    draw_coupon(offer, team[3].person, by=lead, now=now)
    for words, signed, is_shown in _THANKS:
        said = thank(words, signed=signed, by=lead.by("phone"), now=now - timedelta(days=3))
        if is_shown is not None:
            decide_thanks(said, is_shown=is_shown, by=lead, now=now - timedelta(days=2))


def _planned(
    line: tuple[int, int, str, str, tuple[tuple[str, int, str], ...], int], *,
    clinic: Organisation, by: Actor, now: datetime,
) -> Activity:  # fmt: skip
    days, hour, name, where, posts, slot = line
    starts = start_of_day(local_day(now) + timedelta(days=days)) + timedelta(hours=hour)
    kind = ActivityKind.objects.get(name=name)
    return plan_activity(
        Plan(f"{name}进小区", starts, starts + timedelta(hours=2), place_words=where),
        About(
            kind, [Post(*post) for post in posts], slot_minutes=slot, chairs=2 if slot else 1,
            organisation=clinic if name == "义诊" else None,
            insurance="人保财险 PZAB2026-0088" if kind.is_risky else "",
        ),
        by=by, now=min(starts - timedelta(days=8), now),
    )  # fmt: skip


def _sign_up_all(
    activity: Activity, team: Sequence[Volunteer], *, by: Actor, now: datetime
) -> list[Duty]:
    """Whoever can, in turn, until each post but the last place is filled."""
    duties: list[Duty] = []
    for shift in Shift.objects.filter(activity=activity):
        shift.activity = activity
        for volunteer in team:
            if len([one for one in duties if one.shift == shift]) >= shift.wanted:
                break
            try:
                duties.append(
                    sign_up(
                        shift, volunteer, knows_risks=True, by=by.by("phone"), now=now,
                    )
                )  # fmt: skip
            except Refused:
                continue  # without the skill, or busy then
    return duties


def _held(
    line: tuple[int, int, str, str, tuple[tuple[str, int, str], ...], int],
    team: Sequence[Volunteer], guests: Sequence[Person], *, clinic: Organisation, by: Actor,
    dice: random.Random, now: datetime,
) -> Activity:  # fmt: skip
    activity = _planned(line, clinic=clinic, by=by, now=now)
    starts, ends = activity.span
    duties = _sign_up_all(activity, team, by=by, now=starts - timedelta(days=5))
    if activity.slot_minutes:
        served = _appointments(
            activity, dice.sample(list(guests), 6), by=by, now=starts - timedelta(days=2)
        )
        for visit in served[:-1]:
            serve(visit, by=by, now=visit.at)
    for duty in duties:
        came = starts - timedelta(minutes=dice.randrange(0, 15))
        check_in(activity, duty.volunteer, by=by.by("walk_in"), now=came)
        if dice.random() < 0.8:  # noqa: PLR2004  made up
            left = ends - timedelta(minutes=dice.randrange(0, 20))
            check_out(activity, duty.volunteer, by=by.by("walk_in"), now=left)
    count_walk_ins(activity.gathering, dice.randrange(6, 25), by=by, now=ends)
    return close(activity, ended_at=ends, by=by, now=ends + timedelta(minutes=20))


def _appointments(
    activity: Activity, guests: Sequence[Person], *, by: Actor, now: datetime
) -> list[Appointment]:
    free = [slot.after_minutes for slot in slots_at(activity) for _chair in range(slot.free)]
    return [
        book(activity, after_minutes=after, person=person, by=by.by("phone"), now=now)
        for after, person in zip(free, guests, strict=False)
    ]


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


def _papers(volunteer: Volunteer, held: Sequence[Activity], *, by: Actor, now: datetime) -> None:
    """A certificate that hangs out, one that is asked for, a correction that waits."""
    begun = local_day(now - timedelta(days=60))
    asked = proof.ask(
        volunteer, since=begun, until=local_day(now) - timedelta(days=1), purpose="积分入学",
        by=by.by("phone"), now=now - timedelta(days=1),
    )  # fmt: skip
    proof.issue(asked, is_noticed=True, by=by, now=now - timedelta(days=1))
    proof.ask(
        volunteer, since=begun, until=local_day(now), purpose="单位评优", by=by.by("phone"), now=now
    )
    last = held[4]
    ask_correction(
        last, volunteer, came_at=last.span.begins - timedelta(minutes=30), left_at=last.span.ends,
        why="提前半小时摆椅子", by=by.by("phone"), now=now,
    )  # fmt: skip

"""The skills chain in the demonstration: crafts with their points, a course a month, newcomers,
partners. All invented.
"""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from mulin.commons.gatherings.actions.coming import sign_in
from mulin.commons.gatherings.actions.planning import Plan, close_gathering
from mulin.ground.community.rules import Actor
from mulin.ground.people.actions.organisations import found_organisation
from mulin.ground.people.models import Organisation, OrganisationKind, Person
from mulin.kit.clock import local_day
from mulin.kit.lifelike import Stretch, ago, at, dice, nth_weekday
from mulin.workshop.production.models import Skill, Worker
from mulin.workshop.skills.actions import (
    assess,
    begin_work,
    found_partnership,
    keep_promise,
    plan_course,
    talk_with,
    write_promise,
    write_syllabus,
)
from mulin.workshop.skills.models import Partner, Syllabus

_POINTS: Final = {
    "锁边": ("二十厘米锁边十条，没有歪的", "转角回针，线不松", "会换线、会调线距", 24),
    "草编": ("四角起头，松紧一样", "编一只杯垫，直径差不超过三毫米", "收边藏头，看不见断口", 0),
    "针线": ("一对盘扣大小一样", "打籽绣一朵小花，针脚匀", "香囊收口不露线", 0),
    "直播带货": ("对着镜头把一件货讲满三分钟", "会上链接、改价、回评论", "不说绝对化的话，不夸大", 12),
}  # fmt: skip
#: What is taught month by month: skill, title, who teaches.
_COURSES: Final = (
    ("草编", "草编入门：从一只杯垫编起", "白塘草编合作社 顾阿婆"),
    ("直播带货", "直播带货第一课：把话说清楚", "成人学校 周老师"),
    ("锁边", "锁边与转角", "蓝天服饰 李主任"),
    ("针线", "盘扣和香囊", "县文化馆 陶老师"),
    ("草编", "拖鞋怎么收口不扎脚", "白塘草编合作社 顾阿婆"),
    ("直播带货", "脚本、灯光和一块白板", "成人学校 周老师"),
)
_SCHOOL: Final = "海盐县社区成人学校"
_STATION: Final = "望海街道文化站"
_WISHES: Final = ("孩子上学后想做点活", "想学草编", "眼睛不大好，做粗一点的")


def open_training(*, keeper: Actor, head: Actor, since: datetime) -> None:
    """What must be shown for each skill, and who helps to teach it."""
    skills = {one.name: one for one in Skill.objects.all()}
    for name, (*lines, months) in _POINTS.items():
        write_syllabus(
            skills[name], criteria="\n".join(map(str, lines)), months=int(months), by=keeper,
            now=since,
        )  # fmt: skip
    for name, kind, contact in (
        (_SCHOOL, OrganisationKind.SCHOOL, "教务处 周老师"),
        (_STATION, OrganisationKind.UNIT, "站长 何老师"),
    ):  # fmt: skip
        organisation = found_organisation(by=head, now=since, name=name, kind=kind)
        found_partnership(organisation, contact=contact, by=keeper, now=since)


def train(*, keeper: Actor, seed: int, since: datetime, now: datetime) -> None:
    """A course on the third Wednesday of every month, and who showed what at its end; each year the
    school's promise, kept.
    """
    stretch = Stretch(since, now)
    syllabi = {one.skill.name: one for one in Syllabus.objects.select_related("skill")}
    school = Partner.objects.get(organisation__name=_SCHOOL)
    for first in stretch.months():
        begins = at(nth_weekday(first, 3, 3), 13, 30)
        if begins + timedelta(hours=3) in stretch:
            _hold(
                first, begins, syllabi=syllabi, school=school, keeper=keeper,
                chance=dice(seed, "course", first),
            )  # fmt: skip
        promised = at(first.replace(day=25), 10)
        if first.month == 11 and promised in stretch:  # noqa: PLR2004  once a year
            promise = write_promise(
                school, brings="training", words="每月派一位老师来，免费", by=keeper,
                until=date(first.year, 12, 31), now=promised - timedelta(days=120),
            )  # fmt: skip
            keep_promise(promise, came_of_it="每月一期，都来了", by=keeper, now=promised)


def _hold(
    first: date, begins: datetime, *, syllabi: dict[str, Syllabus], school: Partner,
    keeper: Actor, chance: random.Random,
) -> None:  # fmt: skip
    skill, title, teacher = _COURSES[(first.year * 12 + first.month) % len(_COURSES)]
    ends = begins + timedelta(hours=2)
    workers = list(
        Worker.objects.active().filter(joined_on__lte=first).select_related("person").order_by("pk")
    )
    course = plan_course(
        Plan(title=title, starts_at=begins, ends_at=ends, place_words="工坊大间", capacity=16),
        syllabus=syllabi[skill], teacher=teacher, partner=school if "成人学校" in teacher else None,
        by=keeper, now=begins - timedelta(days=7),
    )  # fmt: skip
    here = chance.sample(workers, min(chance.randint(5, 8), len(workers)))
    for number, worker in enumerate(here):
        sign_in(course.gathering, worker.person, by=keeper, now=begins)
        if number % 2 == 0:
            met = range(3 if chance.random() < 0.75 else 2)  # noqa: PLR2004  made up
            assess(
                worker.person, syllabi[skill], met=met, assessor="金师傅", course=course, by=keeper,
                now=ends,
            )  # fmt: skip
    close_gathering(course.gathering, ended_at=ends, by=keeper, now=ends + timedelta(minutes=30))


def train_now(*, keeper: Actor, people: Sequence[Person], now: datetime) -> None:
    """A course to come, a promise that is owed, one that ran out, newcomers at different points."""
    school = Partner.objects.get(organisation__name=_SCHOOL)
    write_promise(
        school, brings="training", words="每月一期草编或直播课，老师免费",
        until=local_day(now) + timedelta(days=60), by=keeper, now=ago(now, 60, 10),
    )  # fmt: skip
    firm = Organisation.objects.get(name="海盐蓝天服饰有限公司")
    partner = found_partnership(firm, contact="厂办 李主任", by=keeper, now=ago(now, 50, 14))
    write_promise(
        partner, brings="orders", words="每季一批围裙来料加工",
        until=local_day(now) - timedelta(days=2), by=keeper, now=ago(now, 50, 14, 30),
    )  # fmt: skip
    coming = at(local_day(now) + timedelta(days=6), 13, 30)
    plan_course(
        Plan(
            title="直播带货第一课", starts_at=coming, ends_at=coming + timedelta(hours=2),
            place_words="工坊直播间", capacity=10,
        ),
        syllabus=Syllabus.objects.get(skill__name="直播带货"), teacher="成人学校 周老师",
        partner=school, by=keeper, now=ago(now, 2, 15, 20),
    )  # fmt: skip
    working = set(Worker.objects.values_list("person", flat=True))
    free = [one for one in people if one.pk not in working and one.account_id is None]
    for number, (person, wish) in enumerate(zip(free, _WISHES, strict=False)):
        row = talk_with(
            person,
            wish=wish,
            minutes_wished=600,
            by=keeper,
            now=ago(now, 5 - number, 9 + number, 40),
        )
        if number == 0:
            begin_work(row, by=keeper, now=ago(now, 3, 8, 50))

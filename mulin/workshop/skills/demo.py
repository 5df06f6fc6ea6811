"""The skills chain in the demonstration: three crafts with their points, a course, newcomers,
partners. All invented.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from mulin.commons.gatherings.actions.coming import sign_in
from mulin.commons.gatherings.actions.planning import Plan, close_gathering
from mulin.ground.community.rules import Actor
from mulin.ground.people.actions.organisations import found_organisation
from mulin.ground.people.models import Organisation, OrganisationKind, Person
from mulin.kit.clock import local_day
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

_POINTS = {
    "锁边": ("二十厘米锁边十条，没有歪的", "转角回针，线不松", "会换线、会调线距", 24),
    "草编": ("四角起头，松紧一样", "编一只杯垫，直径差不超过三毫米", "收边藏头，看不见断口", 0),
    "直播带货": (
        "对着镜头把一件货讲满三分钟",
        "会上链接、改价、回评论",
        "不说绝对化的话，不夸大",
        12,
    ),
}


def train(*, keeper: Actor, head: Actor, newcomers: Sequence[Person], now: datetime) -> None:
    """A course last month with who passed, one to come; three newcomers at different points."""
    skills = {one.name: one for one in Skill.objects.all()}
    if "直播带货" not in skills:
        skills["直播带货"] = Skill.objects.create(community_id=keeper.community_id, name="直播带货")
    syllabi = {
        name: write_syllabus(
            skills[name], criteria="\n".join(lines), months=months, by=keeper,
            now=now - timedelta(days=45),
        )
        for name, (*lines, months) in _POINTS.items()
        if name in skills
    }  # fmt: skip
    school = found_organisation(
        by=head,
        now=now - timedelta(days=60),
        name="海盐县社区成人学校",
        kind=OrganisationKind.SCHOOL,
    )
    taught = found_partnership(
        school, contact="教务处 周老师", by=keeper, now=now - timedelta(days=60)
    )
    promise = write_promise(
        taught, brings="training", words="每月一期草编或直播课，老师免费",
        until=local_day(now) + timedelta(days=60), by=keeper, now=now - timedelta(days=60),
    )  # fmt: skip
    firm = Organisation.objects.filter(name="海盐蓝天服饰有限公司").first()
    if firm is not None:
        brings = found_partnership(
            firm, contact="厂办 李主任", by=keeper, now=now - timedelta(days=50)
        )
        write_promise(
            brings, brings="orders", words="每季一批围裙来料加工",
            until=local_day(now) - timedelta(days=2), by=keeper, now=now - timedelta(days=50),
        )  # fmt: skip
    begun = now - timedelta(days=30)
    held = plan_course(
        Plan(title="草编入门", starts_at=begun, ends_at=begun + timedelta(hours=2), place_words="工坊大间", capacity=12),
        syllabus=syllabi["草编"], teacher="白塘草编合作社 金师傅", partner=taught, by=keeper,
        now=begun - timedelta(days=7),
    )  # fmt: skip
    workers = list(Worker.objects.active().select_related("person")[:4])
    for number, worker in enumerate(workers):
        sign_in(held.gathering, worker.person, by=keeper, now=begun)
        assess(
            worker.person, syllabi["草编"], met=range(3 if number % 2 == 0 else 2),
            assessor="金师傅", course=held, by=keeper, now=begun + timedelta(hours=2),
        )  # fmt: skip
    close_gathering(
        held.gathering, ended_at=begun + timedelta(hours=2), by=keeper,
        now=begun + timedelta(hours=3),
    )  # fmt: skip
    keep_promise(
        promise, came_of_it="十月草编一期，四人参加", by=keeper, now=begun + timedelta(days=1)
    )
    coming = now.replace(hour=13, minute=30) + timedelta(days=6)
    plan_course(
        Plan(title="直播带货第一课", starts_at=coming, ends_at=coming + timedelta(hours=2), place_words="工坊直播间", capacity=10),
        syllabus=syllabi["直播带货"], teacher="成人学校 周老师", partner=taught, by=keeper,
        now=now - timedelta(days=2),
    )  # fmt: skip
    wishes = ("孩子上学后想做点活", "想学草编", "眼睛不大好，做粗一点的")
    for number, (person, wish) in enumerate(zip(newcomers, wishes, strict=False)):
        row = talk_with(
            person, wish=wish, minutes_wished=600, by=keeper, now=now - timedelta(days=5 - number)
        )
        if number == 0:
            begin_work(row, by=keeper, now=now - timedelta(days=3))

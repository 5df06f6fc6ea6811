"""A year of lessons, one of them today. All invented; everything goes through the room's own actions."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from mulin.commons.gatherings.actions.coming import invite, sign_in
from mulin.commons.gatherings.actions.planning import Plan, close_gathering
from mulin.ground.community.models import Grid
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.ground.places.models import Place, PlaceKind
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day, start_of_day
from mulin.parlour.classroom.actions.draws import enter_number, list_entrants
from mulin.parlour.classroom.actions.kits import lay_out_kits, put_online
from mulin.parlour.classroom.actions.lessons import (
    count_audience,
    finish_online,
    give_feedback,
    plan_lesson,
    take_way,
    tell_stopped,
)
from mulin.parlour.classroom.actions.quiz import (
    answer,
    join_quiz,
    lead_on,
    open_quiz,
    put_on_paper,
)
from mulin.parlour.classroom.models import Kit, Lesson
from mulin.parlour.classroom.rules import Audience, Site

#: Days ago, kit, kind of place, where in words, teacher, without a name by kind.
_HELD = (
    (300, "fire", Site.COMPOUND, "6幢楼下空地", "消防站小郑", {Audience.ELDERLY: 14, Audience.NEW: 6}),
    (251, "police", Site.COMPOUND, "睦邻客厅二楼", "小陈", {Audience.ELDERLY: 22}),
    (199, "wages", Site.PARK, "工业园区三号食堂", "司法所老许", {Audience.WORKERS: 58, Audience.NEW: 12}),
    (140, "children", Site.MALL, "万家广场一楼", "沈阿姨", {Audience.CHILDREN: 31, Audience.OTHERS: 25}),
    (75, "first_aid", Site.COMPOUND, "老年食堂", "卫生站朱医生", {Audience.ELDERLY: 19}),
    (26, "rebate", Site.PARK, "工业园区宿舍活动室", "小孙", {Audience.WORKERS: 41}),
)  # fmt: skip
_STOPPED = (
    (230, "police", "120000", "neighbour", "听过课，看见隔壁阿姨捂着电话发抖，上去叫她挂断，一起打了 96110。", 1),
    (90, "health", "6800", "themselves", "推销的叫停药，想起朱医生说的，回家问了女儿，没有买。", 4),
    (19, "rebate", "23000", "officer", "宿舍里有人要垫钱做任务单，同事在课上选过这一步，拉住他找了小孙。", 5),
    (6, "refund", "9800", "bank", "银行柜员多问了一句，客户想起海报上的话，没有转。", None),
)  # fmt: skip
_NICKS = ("桂花糕", "老船长", "三楼阿姨", "夜班小李", "毛线团", "海盐小囡", "修车王", "一杯茶")


def teach(
    *, desk: Actor, officer: Actor, people: Sequence[Person], seed: int, now: datetime,
) -> None:  # fmt: skip
    """Kits laid out, six lessons held, one today with its quiz open, one to come, one online."""
    dice = random.Random(seed)  # noqa: S311  a demonstration must come out the same each time
    begun = now - timedelta(days=310)
    lay_out_kits(by=desk, now=begun)
    grids, hall = list(Grid.objects.all()), Place.objects.filter(kind=PlaceKind.HALL)[0]
    kits = {kit.family: kit for kit in Kit.objects.latest_of_each()}
    held = [
        _held(
            kits[kit], site=site, words=words, teacher=teacher, unnamed=unnamed,
            grid=grids[number % len(grids)], people=dice.sample(list(people), 14), dice=dice,
            by=desk, now=start_of_day(local_day(now)) - timedelta(days=days) + timedelta(hours=14),
        )
        for number, (days, kit, site, words, teacher, unnamed) in enumerate(_HELD)
    ]  # fmt: skip
    _draw(held[-1], by=desk, now=held[-1].gathering.starts_at, after=now)
    for days, trick, yuan, stopper, how, at in _STOPPED:
        tell_stopped(
            day=local_day(now) - timedelta(days=days), trick=trick, amount_yuan=Decimal(yuan),
            stopper=stopper, how=how, lesson=held[at] if at is not None else None, by=officer,
            now=now,
        )  # fmt: skip
    online = put_online(kits["police"], film="", by=desk, now=begun)
    put_online(kits["phone"], film="", by=desk, now=begun)
    for day in range(9):
        finish_online(online, is_replay=day % 4 == 3, now=now - timedelta(days=day * 11))  # noqa: PLR2004  made up
    _today(kits["refund"], place=hall, by=desk, now=now)
    plan_lesson(
        Plan(
            "防骗情景剧：送鸡蛋的讲座", now + timedelta(days=5), now + timedelta(days=5, minutes=40),
            place=hall, about=kits["lecture"].aim, whom="六十岁以上的邻居",
        ),
        kit=kits["lecture"], site=Site.COMPOUND, grid=grids[0], teacher="小陈", by=desk, now=now,
    )  # fmt: skip


def _held(
    kit: Kit, *, site: Site, words: str, teacher: str, unnamed: Mapping[Audience, int], grid: Grid,
    people: Sequence[Person], dice: random.Random, by: Actor, now: datetime,
) -> Lesson:  # fmt: skip
    lesson = plan_lesson(
        Plan(kit.title, now, now + timedelta(minutes=40), place_words=words, about=kit.aim),
        kit=kit, site=site, grid=grid, teacher=teacher, by=by, now=now - timedelta(days=9),
    )  # fmt: skip
    invite(lesson.gathering, people, by=by, now=now - timedelta(days=8))
    for person in people[:11]:
        sign_in(lesson.gathering, person, by=by.by(Channel.WALK_IN), now=now)
    count_audience(lesson, {kind.value: count for kind, count in unnamed.items()}, by=by, now=now)
    if kit.steps:
        for _walk in range(12):
            step = 1
            while not kit.steps[step].is_end:
                step = take_way(lesson, step, dice.randrange(len(kit.steps[step].choices)), now=now)
    for _tap in range(9):
        give_feedback(
            lesson,
            understood=dice.choice((2, 3, 3)),
            useful=3,
            again=dice.choice((2, 3)),
            now=now,
        )
    close_gathering(
        lesson.gathering, ended_at=now + timedelta(minutes=42), by=by, now=now + timedelta(hours=1)
    )
    return lesson


def _draw(lesson: Lesson, *, by: Actor, now: datetime, after: datetime) -> None:
    listed = list_entrants(
        lesson, entrants="\n".join(_NICKS), prizes=3, source="福彩3D",
        source_day=local_day(now) + timedelta(days=1), by=by, now=now,
    )  # fmt: skip
    enter_number(listed, "528", by=by, now=min(now + timedelta(days=2), after))


def _today(kit: Kit, *, place: Place, by: Actor, now: datetime) -> None:
    """A class that sits in the room just now: two questions are over, the third comes."""
    lesson = plan_lesson(
        Plan(
            "有奖竞答：“客服”来退款，您先别急", now - timedelta(minutes=20), now + timedelta(minutes=40),
            place=place, about=kit.aim,
        ),
        kit=kit, site=Site.COMPOUND, teacher="小陈", by=by, now=now - timedelta(days=4),
    )  # fmt: skip
    put_on_paper(lesson, by=by, now=now)
    open_quiz(lesson, by=by, now=now)
    players = [join_quiz(lesson, nick) for nick in _NICKS]
    for at in range(2):
        lead_on(lesson, lesson.edition, by=by, now=now)
        right = kit.items[at].right
        for number, player in enumerate(players):
            answer(player, lesson, at=at, choice=right if number % 3 else 0, now=now)
        lead_on(lesson, lesson.edition, by=by, now=now)

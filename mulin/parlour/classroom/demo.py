"""A year of lessons, one of them today. All invented; everything goes through the room's own actions."""

import random
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from mulin.commons.gatherings.actions.coming import invite, read_back, sign_in
from mulin.commons.gatherings.actions.planning import Plan, close_gathering
from mulin.ground.community.models import Grid
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.ground.places.models import Place, PlaceKind
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day, start_of_day
from mulin.kit.lifelike import ago, lately
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


#: Lessons and frauds stopped in a full year; 2020 is counted from July on. In the years that the
#: report tells of they make 79 lessons and more than 40 frauds; later years are like the last.
LESSONS_A_YEAR: Final = {2020: 5, 2021: 14, 2022: 17, 2023: 20, 2024: 23}
STOPPED_A_YEAR: Final = {2020: 2, 2021: 8, 2022: 10, 2023: 11, 2024: 13}
#: Kit, kind of place, where in words, teacher, whom the teacher counts without a name, months.
_COURSES: Final[Sequence[tuple[str, Site, str, str, Audience, Collection[int]]]] = (
    ("police", Site.COMPOUND, "睦邻客厅二楼", "派出所小高", Audience.ELDERLY, ()),
    ("lecture", Site.COMPOUND, "老年食堂", "小陈", Audience.ELDERLY, ()),
    ("phone", Site.COMPOUND, "图书角", "小李", Audience.ELDERLY, ()),
    ("first_aid", Site.COMPOUND, "居家养老中心", "卫生站朱医生", Audience.ELDERLY, ()),
    ("fire", Site.COMPOUND, "6幢楼下空地", "消防站小郑", Audience.NEW, ()),
    ("fire", Site.PARK, "工业园区二号宿舍", "消防站小郑", Audience.WORKERS, (11, 12, 1)),
    ("rebate", Site.PARK, "工业园区宿舍活动室", "小孙", Audience.WORKERS, ()),
    ("refund", Site.MALL, "万家广场一楼", "小吴", Audience.OTHERS, (6, 11, 12)),
    ("wages", Site.PARK, "工业园区三号食堂", "司法所老许", Audience.WORKERS, (1, 2, 3, 12)),
    ("neighbours", Site.COMPOUND, "桂花广场", "司法所老许", Audience.OTHERS, ()),
    ("children", Site.MALL, "万家广场中庭", "沈阿姨", Audience.CHILDREN, (5, 6, 7)),
    ("children", Site.COMPOUND, "百步河边", "派出所小高", Audience.CHILDREN, (6, 7, 8)),
)  # fmt: skip
#: Kind of fraud, who stopped it, how it was noticed; the sum is drawn.
_NOTICED: Final = (
    ("police", "neighbour", "听过课，看见隔壁阿姨捂着电话不敢出声，上去叫她先挂断，一起打了 96110。"),
    ("police", "bank", "柜员看她一直在接电话，递了张纸条，她才说对方自称办案的。"),
    ("police", "themselves", "对方要加他的社交账号看“通缉令”，他想起课上那张一模一样的图，挂了。"),
    ("police", "family", "女儿从上海打回来总占线，托网格员上门，正好拦在出门去银行的路上。"),
    ("rebate", "officer", "宿舍里有人要垫钱做任务单，同事在课上选过这一步，拉住他找了网格员。"),
    ("rebate", "themselves", "前两单返了十八块，第三单要垫三千，他把群退了。"),
    ("rebate", "police", "反诈中心的电话先打到了她手机，民警半小时到门口，转账还没点下去。"),
    ("investment", "family", "儿子翻到他手机里的“内部股票群”，一家人一起劝了一晚。"),
    ("investment", "bank", "取二十万现金说装修，柜员多问了两句装什么，答不上来。"),
    ("investment", "neighbour", "棋友说年息三成，桌上四个人都上过课，当场算给他听。"),
    ("refund", "bank", "银行柜员多问了一句，客户想起海报上的话，没有转。"),
    ("refund", "themselves", "“客服”要她打开屏幕共享，她说等我问问社区，对方就挂了。"),
    ("refund", "officer", "快递丢了赔双倍，链接已经点开，网格员正好来送通知，看了一眼说是假的。"),
    ("refund", "family", "孙子把外婆手机上的“会员扣费”短信念出来，说老师讲过这个。"),
    ("health", "themselves", "推销的叫停药，想起朱医生说的，回家问了女儿，没有买。"),
    ("health", "neighbour", "一车人去“免费旅游”，回来的路上要刷卡买玉，同去的邻居叫大家都不签。"),
    ("health", "officer", "网格员看见小店里天天领鸡蛋，进去坐了十分钟，叫来了市场监管所。"),
    ("health", "family", "儿媳在床底下发现六盒没拆的“干细胞”，拿发票去退了。"),
    ("loan", "themselves", "说贷款要先交解冻费，他在课上演过这个角色，直接报了警。"),
    ("loan", "police", "园区里两个人同时来问“验资费”，民警把那个号码封了。"),
    ("relative", "bank", "“领导”借十万周转，柜员请他打个电话给领导本人，一打就穿。"),
    ("relative", "themselves", "头像是外甥，说话不像，她问了一句外婆的小名，对方没了声音。"),
    ("relative", "neighbour", "大伯要给“出车祸的孙子”汇钱，对门说先给孙子学校打个电话。"),
    ("other", "officer", "租房先交定金才能看房，房东的照片是网上的，网格员认得那套房子。"),
    ("other", "family", "孩子要买游戏皮肤，妈妈看见对方要扫付款码，把手机拿了过来。"),
    ("other", "themselves", "收古钱币的要先交鉴定费，他说钱在社区保险箱里，您来社区拿，对方没来。"),
)  # fmt: skip
_COME: Final = (50, 72)
_INVITED: Final = 84


def lay_out(*, desk: Actor, now: datetime) -> None:
    """The kits that come with the product, before the first lesson."""
    lay_out_kits(by=desk, now=now)


def teach_on(
    *, desk: Actor, officer: Actor, people: Sequence[Person], seed: int, since: datetime,
    now: datetime,
) -> int:  # fmt: skip
    """The lessons of [since, now) and the frauds that were stopped then; how many lessons."""
    kits = {kit.family: kit for kit in Kit.objects.latest_of_each()}
    grids = list(Grid.objects.order_by("number"))
    lessons: list[Lesson] = []
    for number, at in enumerate(_moments("lesson", LESSONS_A_YEAR, since, seed)):
        if not since <= at < now:
            continue
        dice = random.Random(f"{seed}-lesson-{at.isoformat()}")  # noqa: S311  as below
        fitting = [one for one in _COURSES if not one[5] or at.month in one[5]]
        kit, site, words, teacher, kind, _months = dice.choice(fitting)
        named = dice.sample(list(people), min(_INVITED, len(people)))
        lessons.append(
            _held(
                kits[kit], site=site, words=words, teacher=teacher,
                unnamed={kind: dice.randint(4, 26)}, grid=grids[number % len(grids)], people=named,
                dice=dice, by=desk, now=at, come=min(dice.randint(*_COME), len(named)),
            )
        )  # fmt: skip
    for at in _moments("stopped", STOPPED_A_YEAR, since, seed):
        if since <= at < now:
            dice = random.Random(f"{seed}-stopped-{at.isoformat()}")  # noqa: S311  as below
            trick, stopper, how = dice.choice(_NOTICED)
            tell_stopped(
                day=local_day(at), trick=trick, stopper=stopper, how=how,
                amount_yuan=Decimal(dice.choice((800, 2_600, 5_000, 9_800, 18_000, 50_000, 120_000))),
                lesson=dice.choice(lessons) if lessons and dice.random() < 0.4 else None,  # noqa: PLR2004
                by=officer, now=at,
            )  # fmt: skip
    return len(lessons)


def _moments(what: str, a_year: Mapping[int, int], since: datetime, seed: int) -> list[datetime]:
    """When in the calendar year of `since` something happens: one each in equal stretches of it."""
    year = local_day(since).year
    first = date(year, 7 if year == min(a_year) else 1, 1)
    days = (date(year + 1, 1, 1) - first).days
    count = a_year.get(year, max(a_year.values()))
    dice = random.Random(f"{seed}-{what}-{year}")  # noqa: S311  as below
    found = []
    for number in range(count):
        begins, ends = days * number // count, days * (number + 1) // count
        day = first + timedelta(days=dice.randrange(begins, ends))
        hour = dice.choice((9, 14, 15, 19))
        found.append(start_of_day(day) + timedelta(hours=hour, minutes=dice.choice((0, 30))))
    return found


def teach(
    *, desk: Actor, officer: Actor, people: Sequence[Person], seed: int, now: datetime,
) -> None:  # fmt: skip
    """Kits laid out, six lessons held, one today with its quiz open, one to come, one online."""
    dice = random.Random(seed)  # noqa: S311  a demonstration must come out the same each time
    begun = ago(now, 310, 9, 30)
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
            now=lately(now),
        )  # fmt: skip
    online = put_online(kits["police"], film="", by=desk, now=begun)
    put_online(kits["phone"], film="", by=desk, now=begun)
    for day in range(9):
        finish_online(online, is_replay=day % 4 == 3, now=ago(now, day * 11, 19, 40))  # noqa: PLR2004  made up
    _today(kits["refund"], place=hall, by=desk, now=now)
    in_five_days = start_of_day(local_day(now) + timedelta(days=5)) + timedelta(hours=10)
    plan_lesson(
        Plan(
            "防骗情景剧：送鸡蛋的讲座", in_five_days, in_five_days + timedelta(minutes=40),
            place=hall, about=kits["lecture"].aim, whom="六十岁以上的邻居",
        ),
        kit=kits["lecture"], site=Site.COMPOUND, grid=grids[0], teacher="小陈", by=desk, now=lately(now),
    )  # fmt: skip


def _held(
    kit: Kit, *, site: Site, words: str, teacher: str, unnamed: Mapping[Audience, int], grid: Grid,
    people: Sequence[Person], dice: random.Random, by: Actor, now: datetime, come: int = 0,
) -> Lesson:  # fmt: skip
    """One that was held: whoever came signed at the door, or so many on the paper list."""
    lesson = plan_lesson(
        Plan(kit.title, now, now + timedelta(minutes=40), place_words=words, about=kit.aim),
        kit=kit, site=site, grid=grid, teacher=teacher, by=by, now=now - timedelta(days=9),
    )  # fmt: skip
    invite(lesson.gathering, people, by=by, now=now - timedelta(days=8))
    if come:
        signed = sorted(dice.sample(range(1, len(people) + 1), come))
        read_back(lesson.gathering, signed, walk_ins=None, by=by, now=now)
    else:
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
        kit=kit, site=Site.COMPOUND, teacher="小陈", by=by, now=ago(now, 4, 10, 15),
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

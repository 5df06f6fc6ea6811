"""Ideas of a year with their answers. All invented; everything goes through the room's own actions."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from mulin.commons.flow.said import Said
from mulin.commons.gatherings.actions.coming import invite, read_back
from mulin.commons.gatherings.actions.planning import close_gathering
from mulin.commons.gatherings.actions.series import SeriesPlan, make_coming, start_series
from mulin.commons.gatherings.models import Attendance, Gathering, Series
from mulin.commons.gatherings.rules import State as Held
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.ground.places.models import Place
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day, start_of_day
from mulin.kit.lifelike import ago, lately
from mulin.parlour.suggestions.actions.ideas import (
    adopt_idea,
    answer_idea,
    bring_idea,
    first_times,
    merge_ideas,
    show_idea,
    take_stand,
    turn_away,
)
from mulin.parlour.suggestions.actions.minutes import (
    KIND,
    decide_point,
    pick_topics,
    write_points,
)
from mulin.parlour.suggestions.actions.topics import (
    bring_statement,
    cast_vote,
    compute,
    open_topic,
    type_sheet,
)
from mulin.parlour.suggestions.models import Idea, Statement
from mulin.parlour.suggestions.queries import points_at, who_was_there


@dataclass(frozen=True, slots=True)
class _Told:
    """What is said, how many days ago, by which way, and what became of it."""

    words: str
    days: int
    channel: str
    fate: str = ""
    answer: str = ""


_TOLD = (
    _Told("垃圾房边上装个洗手的水龙头，扔完垃圾手上黏", 320, Channel.WALK_IN, "adopt",
          "物业本月接一根水管，装脚踏的，冬天不冻。"),
    _Told("把东门那排冬青修矮一点，倒车看不见小孩", 285, Channel.ONLINE, "adopt",
          "园林队周四来修到齐腰高。"),
    _Told("老年食堂晚上也开，中午打包的菜晚上就凉了", 250, Channel.PHONE, "answer",
          "晚上开灶人手不够，先试三个月：中午多做一份，可以带走，微波炉放在睦邻客厅。"),
    _Told("楼道里放一只折叠凳，爬到三楼想歇一歇", 210, Channel.PAPER, "adopt",
          "先在没有电梯的六个单元三楼装靠墙翻板凳。"),
    _Told("给新搬来的人发一张小区的图，快递柜、垃圾房、诊所都画上", 180, Channel.ONLINE, "adopt",
          "请会画画的邻居一起画，下月印五百张。"),
    _Told("广场舞九点以后关音响", 150, Channel.PHONE, "answer",
          "和舞队商量过：周日到周四八点半停，周末九点停，贴在广场上，先照这个做。"),
    _Told("小区改名叫桂花苑", 130, Channel.ONLINE, "answer",
          "地名要业主共同决定再报民政部门，现在证件、水电户名都要跟着改，多数邻居嫌麻烦，先不改。"),
    _Told("每个月修一次自行车、磨一次剪刀，请老师傅来摆摊", 96, Channel.DOOR, "adopt",
          "每月二十号下午在桂花广场，修车和磨刀的师傅已经说好。"),
    _Told("把闲着的那间传达室改成共享工具间，借电钻梯子", 61, Channel.ONLINE, "adopt",
          "钥匙放在睦邻客厅，登记就能借，第一批工具由三家邻居拿出来。"),
    _Told("低价办卡，联系我", 58, Channel.ONLINE, "turn_away"),
    _Told("桂花广场的长凳加个靠背，老人坐久了腰疼", 18, Channel.WALK_IN),
    _Told("长凳没有靠背，坐不住", 15, Channel.PHONE, "merge"),
    _Told("电瓶车棚装顶棚灯，晚上插钥匙看不见孔", 14, Channel.ONLINE),
    _Told("教大家用手机挂号的课，能不能也放在周末，我们要上班", 12, Channel.ONLINE),
    _Told("外地孩子放暑假来了没地方去，办个小棋社吧", 9, Channel.PAPER),
    _Told("小区门口的斑马线重新画一画，都磨没了", 17, Channel.DOOR, "adopt",
          "和交警队说好了，月底前补画。"),
    _Told("菜鸟驿站门口留一条路，推轮椅过不去", 4, Channel.ONLINE),
    _Told("天井里种点薄荷和艾草，蚊子会少一些", 2, Channel.ONLINE),
    _Told("健身器材旁边放一块沙地给小孩玩", 1, "passer_by"),
    _Told("宠物粪便箱多放两个", 0, "passer_by"),
)  # fmt: skip
#: Statements, and how each of two camps leans.
_PARKING = (
    ("空位要公开，谁在用、用到哪天都贴出来", (1, 1)),
    ("消防通道一辆车也不能停", (1, 1)),
    ("外来车过夜要收费", (1, 1)),
    ("充电车位不能被油车占", (1, 1)),
    ("先照顾家里有行动不便老人的", (1, 1)),
    ("一户一位，摇号决定", (1, -1)),
    ("谁先住进来谁先选", (-1, 1)),
    ("租房的人和业主一样有份", (1, -1)),
    ("车位只租给有房产证的", (-1, 1)),
    ("每年重新分一次", (1, -1)),
    ("现在在用的人可以一直用下去", (-1, 1)),
    ("价格由议事会定，不由物业定", (1, 0)),
    ("拿出十个位子白天共享给来看老人的子女", (1, -1)),
    ("第二辆车一律停到外面去", (1, -1)),
)  # fmt: skip
_FOR = ("我家也一样", "老人说了好几回", "花钱不多，早点做", "孩子放学天天走这里", "")
_AGAINST = ("就怕后面没人管", "会不会占了停车的地方", "先把漏水修好再说")


def live_with_ideas(
    *, people: Sequence[Person], residents: Sequence[Actor], desk: Sequence[Actor], seed: int,
    now: datetime,
) -> None:  # fmt: skip
    """A year of ideas; the last ones wait for a look or an answer."""
    dice = random.Random(seed)  # noqa: S311  a demonstration must come out the same each time
    lead: Idea | None = None
    for told in _TOLD:
        morning = start_of_day(local_day(now - timedelta(days=told.days))) + timedelta(hours=9)
        came = min(morning + timedelta(minutes=dice.randrange(500)), lately(now, hours=2))
        worker = dice.choice(desk)
        idea = _brought(told, dice.choice(people), worker, dice.choice(residents), came)
        if idea.is_open:
            for resident in dice.sample(residents, dice.randint(1, len(residents))):
                is_for = dice.random() < 0.8  # noqa: PLR2004  the share is made up
                take_stand(
                    idea, side="for" if is_for else "against",
                    reason=dice.choice(_FOR if is_for else _AGAINST), by=resident,
                    now=came + timedelta(hours=1),
                )  # fmt: skip
        _end(told, idea, lead, worker, min(came + timedelta(days=dice.randint(3, 12)), lately(now)))
        lead = idea if idea.is_open else lead


#: What was said at the meetings of the 20th, the oldest first: words, what it became, the answer.
_TALKS = (
    (("年货市集摆到桂花广场来，老人不用挤公交", "idea", "今年腊月二十起摆三天，摊位费全免。"),
     ("三幢门口的路牙子翘起来了，绊过人", "demand", "")),
    (("元宵做灯笼，请外地来的家庭一起做", "idea", "正月十三下午在睦邻客厅做，材料社区出。"),
     ("谢谢过年值班的几位邻居", "nothing", "")),
    (("清明前后统一组织祭扫的车", "idea", "车辆由街道统筹，不另外租，时间提前贴出来。"),
     ("晾衣杆松了，风大会掉", "demand", "")),
    (("把楼道里的旧家具一次清完", "idea", "四月最后一个周六统一清运，前一天贴条子。"),),
    (("请老师傅教大家修拉链、换纽扣", "idea", "放在暖新坊，每月一次，先试半年。"),
     ("雨篷漏水，等快递淋一身", "demand", "")),
    (("暑假前给小孩讲一次防溺水", "idea", "已请派出所民警六月底来讲。"),
     ("谁家有多的电风扇可以借给独居老人", "nothing", "")),
    (("乘凉的地方多放两盏驱蚊灯", "idea", "桂花广场东西两头各装一盏。"),
     ("窨井盖响，夜里吵", "demand", "")),
    (("开学前旧校服旧书互换一次", "idea", "八月二十八日在睦邻客厅摆一天。"),),
    (("中秋拼一桌外地人的家乡菜", "idea", "家宴中心出场地，报了十一道菜。"),
     ("健身器材有一个把手断了", "demand", "")),
    (("重阳给八十岁以上的老人拍一张像", "idea", "请照相馆来两个上午，照片装好框送到家。"),
     ("下个月请物业的人也来听", "nothing", "")),
    (("冬天在公交站装一块挡风板", "idea", ""), ("门岗那盏灯一闪一闪", "demand", ""),
     ("代买药能不能固定两个时间", "idea", ""), ("先把去年说的长凳落实", "", "")),
)  # fmt: skip
_SIGNED = 14


def meet_every_month(
    *, people: Sequence[Person], desk: Sequence[Actor], seed: int, now: datetime
) -> None:
    """The meetings of the 20th of a year with what came of them; the next stands in the calendar."""
    dice = random.Random(seed)  # noqa: S311  as above
    host, today = desk[0], local_day(now)
    first = today.replace(month=1, day=1)
    series = Series.objects.filter(kind=KIND).order_by("id")[0]
    months = [first.replace(month=number) for number in range(1, today.month + 1)]
    for month in months:
        make_coming(series, now=start_of_day(month))
    make_coming(series, now=now)
    held = list(Gathering.objects.filter(series=series, ends_at__lt=now).order_by("starts_at"))
    for gathering, talk in zip(held, _TALKS[-len(held) :] if held else (), strict=False):
        before, evening = gathering.starts_at - timedelta(days=3), gathering.ends_at
        pick_topics(gathering, {talk[0][0][:20]: None}, by=host, now=before)
        invite(gathering, dice.sample(list(people), _SIGNED), by=host, now=before)
        Attendance.objects.filter(gathering=gathering).update(told_edition=gathering.edition)
        read_back(
            gathering, range(1, dice.randint(8, _SIGNED) + 1), walk_ins=dice.randint(2, 9), by=host,
            now=evening,
        )  # fmt: skip
        write_points(
            gathering, "\n".join(words for words, _fate, _end in talk), by=host, now=evening
        )
        for point, (_words, fate, answered) in zip(points_at(gathering), talk, strict=True):
            if fate:
                speaker = dice.choice(who_was_there(gathering))
                decided = decide_point(point, fate=fate, speaker=speaker, by=host, now=evening)
                if answered and decided.need is not None:
                    idea = Idea.objects.get(need=decided.need)
                    answer_idea(idea, words=answered, by=host, now=evening + timedelta(days=6))
        close_gathering(gathering, ended_at=evening, by=host, now=evening + timedelta(minutes=5))


# ── years: what neighbours thought of, and the talks of the 20th ─────────────────────────────

IDEAS: Final = Path(__file__).parent / "data" / "ideas.txt"


@dataclass(frozen=True, slots=True)
class Thought:
    """What somebody thinks of, in which months, and what became of it."""

    words: str
    months: frozenset[int]
    answer: str
    is_adopted: bool


@cache
def thoughts() -> tuple[Thought, ...]:
    """Every idea, in the order of the file; its head tells how a line is written."""
    found: list[Thought] = []
    answer, is_adopted = "", False
    for line in IDEAS.read_text("utf-8").splitlines():
        if line.startswith(("+ ", "= ")):
            answer, is_adopted = line[2:], line.startswith("+")
        elif line and not line.startswith("#"):
            words, _bar, when = (part.strip() for part in line.partition("|"))
            months = frozenset(int(one) for one in when.split(",")) if when else frozenset()
            found.append(Thought(words, months, answer, is_adopted))
    return tuple(found)


@cache
def thought_in(year: int, seed: int) -> tuple[tuple[date, Thought, bool], ...]:
    """What is thought of in a calendar year: the day, the idea, and whether at the month's talk.

    Nothing comes twice, and nothing that the present tells.
    """
    dice = random.Random(f"{seed}-thought-{year}")  # noqa: S311  as above
    of_the_present = {told.words for told in _TOLD} | {one[0] for talk in _TALKS for one in talk}
    left = [one for one in thoughts() if one.words not in of_the_present]
    dice.shuffle(left)
    found = []
    for month in range(1, 13):
        days = sorted(dice.sample(range(1, 29), dice.choice(_A_MONTH)))
        at_the_talk = [False] * len(days) + [True] * dice.choice((2, 2, 3))
        for number, is_said_there in enumerate(at_the_talk):
            one = next(each for each in left if not each.months or month in each.months)
            left.remove(one)
            day = days[number] if number < len(days) else 20
            found.append((date(year, month, day), one, is_said_there))
    return tuple(found)


_A_MONTH: Final = (6, 7, 8, 9)
_AT_TALKS: Final = (22, 41)


def begin_talks(*, desk: Actor, now: datetime) -> Series:
    """The talk of the 20th stands in the calendar from now on."""
    first_times(desk.community_id)
    return start_series(
        SeriesPlan(
            KIND, "文明大家谈", time(19, 0), time(20, 30), day=20, on_holiday="later",
            on_make_up="keep", place=Place.objects.filter(name="睦邻客厅").first(),
            whom="谁想来都可以", group="adults",
            about="每月二十号，板凳坐下来，说说身边的事。说过的每一条都有下文。",
        ),
        by=desk, now=now,
    )  # fmt: skip


def think_on(
    *, people: Sequence[Person], residents: Sequence[Actor], desk: Sequence[Actor], seed: int,
    since: datetime, now: datetime,
) -> int:  # fmt: skip
    """The ideas and the talks of [since, now), each with its answer; how many ideas."""
    year, count = local_day(since).year, 0
    said_there: dict[int, list[Thought]] = {}
    for day, thought, is_said_there in thought_in(year, seed):
        if is_said_there:
            said_there.setdefault(day.month, []).append(thought)
            continue
        dice = random.Random(f"{seed}-idea-{day}-{thought.words}")  # noqa: S311  as above
        came = start_of_day(day) + timedelta(hours=8, minutes=dice.randrange(720))
        if since <= came < now:
            told = _Told(
                thought.words, 1, dice.choices(_BY_WHICH_WAY, (5, 3, 3, 1, 1))[0],
                "adopt" if thought.is_adopted else "answer", thought.answer,
            )  # fmt: skip
            worker = dice.choice(desk)
            idea = _brought(told, dice.choice(people), worker, dice.choice(residents), came)
            if idea.is_held:
                idea = show_idea(idea, by=worker, now=came + timedelta(hours=3))
            _neighbours_stand(idea, residents, came + timedelta(hours=4), dice)
            _end(told, idea, None, worker, came + timedelta(days=dice.randint(3, 12)))
            count += 1
    series = Series.objects.filter(kind=KIND).order_by("id").first()
    if series is not None:
        first = start_of_day(local_day(since).replace(day=1))
        make_coming(series, now=first)
        for talk in Gathering.objects.filter(
            series=series, starts_at__gte=since, ends_at__lt=now, state=Held.PLANNED
        ):
            month = local_day(talk.starts_at).month
            dice = random.Random(f"{seed}-talk-{year}-{month}")  # noqa: S311  as above
            said = [(one.words, "idea", one.answer) for one in said_there.get(month, [])]
            _talk(talk, said, people=people, host=desk[0], dice=dice)
            count += len(said)
    return count


_BY_WHICH_WAY: Final = (
    Channel.WALK_IN, Channel.ONLINE, Channel.PHONE, Channel.PAPER, Channel.DOOR,
)  # fmt: skip


def _neighbours_stand(
    idea: Idea, residents: Sequence[Actor], now: datetime, dice: random.Random
) -> None:
    if not idea.is_open:
        return
    for resident in dice.sample(residents, dice.randint(0, min(3, len(residents)))):
        is_for = dice.random() < 0.8  # noqa: PLR2004  the share is made up
        take_stand(
            idea, side="for" if is_for else "against", reason=dice.choice(_FOR if is_for else _AGAINST),
            by=resident, now=now,
        )  # fmt: skip


def _talk(
    gathering: Gathering, talk: Sequence[tuple[str, str, str]], *, people: Sequence[Person],
    host: Actor, dice: random.Random,
) -> None:  # fmt: skip
    """A talk as it was held: who signed, what was said, what became of it."""
    before, evening = gathering.starts_at - timedelta(days=3), gathering.ends_at
    if talk:
        pick_topics(gathering, {talk[0][0][:20]: None}, by=host, now=before)
    invited = dice.sample(list(people), min(50, len(people)))
    invite(gathering, invited, by=host, now=before)
    signed = dice.randint(*_AT_TALKS)
    read_back(
        gathering, sorted(dice.sample(range(1, len(invited) + 1), signed)),
        walk_ins=dice.randint(2, 9), by=host, now=evening,
    )  # fmt: skip
    write_points(gathering, "\n".join(words for words, _fate, _end in talk), by=host, now=evening)
    for point, (_words, fate, answered) in zip(points_at(gathering), talk, strict=True):
        speaker = dice.choice(who_was_there(gathering))
        decided = decide_point(point, fate=fate, speaker=speaker, by=host, now=evening)
        if decided.need is not None:
            idea = Idea.objects.get(need=decided.need)
            answer_idea(idea, words=answered, by=host, now=evening + timedelta(days=6))
    close_gathering(gathering, ended_at=evening, by=host, now=evening + timedelta(minutes=5))


def think_aloud(*, desk: Actor, residents: Sequence[Actor], seed: int, now: datetime) -> None:
    """A question with two camps, typed from the sheets of a meeting, and one just opened."""
    dice = random.Random(seed)  # noqa: S311  as above
    asked = open_topic(
        question="地下车库的空位，怎么分最公道？", statements=[one for one, _camp in _PARKING],
        last_day=local_day(now + timedelta(days=12)), by=desk, now=ago(now, 20, 10),
    )  # fmt: skip
    statements = list(Statement.objects.filter(topic=asked).order_by("id"))
    for number in range(64):
        votes = {}
        for statement, (_words, leans) in zip(statements, _PARKING, strict=True):
            lean = leans[0] if number % 5 < 3 else leans[1]  # noqa: PLR2004  three fifths
            if dice.random() < 0.85:  # noqa: PLR2004  the share is made up
                votes[statement.pk] = lean if dice.random() < 0.88 else dice.choice((1, 0, -1))  # noqa: PLR2004
        type_sheet(asked, votes, by=desk, now=ago(now, 19, 14, 30))
    for resident in residents:
        cast_vote(statements[0], vote=dice.choice((1, -1)), by=resident, now=ago(now, 1, 20, 10))
    bring_statement(asked, words="先让出车库里堆的旧家具", by=residents[0], now=ago(now, 1, 20, 30))
    compute(asked, now=ago(now, 1, 21))
    open_topic(
        question="桂花广场晚上怎么用，大家都舒服？",
        statements=["九点以后不放音响", "篮球和跳舞分开时间", "给小孩留一块跑的地方"],
        last_day=local_day(now + timedelta(days=25)), by=desk, now=ago(now, 1, 9, 30),
    )  # fmt: skip


def _brought(told: _Told, person: Person, worker: Actor, resident: Actor, came: datetime) -> Idea:
    if told.channel == Channel.ONLINE:
        return bring_idea(Said(words=told.words), by=resident, now=came)
    if told.channel == "passer_by":
        passer_by = Actor(worker.community_id, channel=Channel.ONLINE)
        return bring_idea(Said(words=told.words), by=passer_by, now=came)
    by = worker.by(told.channel, on_behalf_of=person.pk)
    return bring_idea(Said(words=told.words, person=person), by=by, now=came)


def _end(told: _Told, idea: Idea, lead: Idea | None, worker: Actor, when: datetime) -> None:
    if told.fate == "adopt":
        adopt_idea(idea, to="demand", why=told.answer, by=worker, now=when)
    elif told.fate == "answer":
        answer_idea(idea, words=told.answer, by=worker, now=when)
    elif told.fate == "turn_away":
        turn_away(idea, refusal="advertises", by=worker, now=when)
    elif told.fate == "merge" and lead is not None:
        merge_ideas(idea, into=lead, by=worker, now=when)
    elif idea.is_held and told.days:
        show_idea(idea, by=worker, now=when)

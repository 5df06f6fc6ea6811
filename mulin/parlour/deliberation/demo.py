"""Matters of the hall in every state a visitor may want to see. All invented.

Everything goes through the room's own actions, on the days it would have happened.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from mulin.commons.ballots.rules import Binding
from mulin.commons.gatherings.actions.agenda import add_item, record_item
from mulin.commons.gatherings.actions.coming import invite, sign_in
from mulin.commons.gatherings.actions.planning import Plan, close_gathering
from mulin.ground.community.models import Account
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day, start_of_day
from mulin.kit.lifelike import ago, at
from mulin.parlour.deliberation.actions.arguing import argue, weigh
from mulin.parlour.deliberation.actions.deciding import decide_by_hands, vote_amendment
from mulin.parlour.deliberation.actions.following import (
    add_task,
    answer_objection,
    appraise,
    finish,
    finish_task,
    let_stand,
    object_to,
    publish,
)
from mulin.parlour.deliberation.actions.matters import propose, screen, second
from mulin.parlour.deliberation.actions.meetings import (
    RuleValues,
    call_meeting,
    freeze_roll,
    put_on_agenda,
    set_rule,
)
from mulin.parlour.deliberation.models import Matter, Meeting, MeetingRule, Point
from mulin.parlour.deliberation.rules import Count

_DAY = timedelta(days=1)
_Said = tuple[str, str, str, tuple[int, int, int], str]
_Evening = tuple[tuple[int, int], Sequence[_Said]]
_SOURCE = "示范数据：新街社区议事规则（虚构），真用时请按当地规定录入"
_REASONS = (
    ("for", "晚上放学的孩子要走这条路"), ("for", "去年摔过两个人"),
    ("against", "太亮会照进一楼的窗"), ("against", "钱先修楼道里的灯"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hall:
    """Who takes part in the demonstration."""

    head: Actor
    desk: Actor
    officer: Account
    people: Sequence[Person]
    now: datetime

    def evening(self, days_ago: float) -> datetime:
        """Seven in the evening, so many days ago."""
        return start_of_day(local_day(self.now - days_ago * _DAY)) + timedelta(hours=19)


def deliberate(
    *, head: Actor, desk: Actor, officer: Account, people: Sequence[Person], now: datetime
) -> None:
    """Two meetings that were held, one to come, and matters around them."""
    hall = Hall(head, desk, officer, people, now)
    rule = MeetingRule.objects.order_by("since", "id")[0]
    _first_evening(hall, rule)
    _second_evening(hall, rule)
    _to_come(hall, rule)


#: Evenings of the years: month and day, and what was on: title, what was said of it, the draft,
#: how many hands for it, against it, in between, and how it ended where it was adopted.
_EVENINGS: Final[Mapping[int, Sequence[_Evening]]] = {
    2020: (
        ((11, 24), (
            ("楼道里的东西清不清", "刚搬来，各家把旧家具都堆在楼道里。", "十二月起清楼道，留两周自己搬。",
             (14, 0, 0), "24 幢楼道清完，拉走十一车。"),
            ("广场给谁用", "跳舞的、打球的、带孩子的抢一块地。", "早上打拳，下午孩子，晚上跳舞到八点半。",
             (11, 2, 1), "时间牌挂在广场两头，吵的少了。"),
        )),
    ),
    2021: (
        ((4, 20), (
            ("电瓶车不上楼", "有人拉线到楼道里充电。", "楼下先搭两个充电棚，棚好以后一律不上楼。",
             (13, 1, 0), "两个棚 60 个位，五月底用上。"),
            ("桂花树要不要移", "树挡了一楼的光。", "五棵桂花移到广场。", (5, 8, 1), ""),
        )),
        ((10, 19), (
            ("新老居民怎么坐到一起", "两边不认得，垃圾的事总吵。", "每幢楼选一个新居民做副楼长。",
             (14, 0, 0), "21 幢选出副楼长，名单贴在楼下。"),
        )),
    ),
    2022: (
        ((5, 24), (
            ("封控时买菜怎么办", "四月里团购乱，老人不会用手机。", "每幢楼定一个采买人，老人由网格员代买。",
             (14, 0, 0), "采买名单留着，台风天也用得上。"),
            ("外来车收不收费", "晚上没有车位。", "外来车过夜收五元，进公共收益。", (9, 4, 1), "道闸改好，每月贴账。"),
        )),
        ((11, 15), (
            ("公共收益怎么花", "电梯广告一年有三万多。", "先修儿童乐园的地垫，余下存着。", (12, 1, 1), "地垫换好，账贴在门口。"),
        )),
    ),
    2023: (
        ((3, 21), (
            ("老楼加装电梯的章程", "4幢、5幢想装，一楼不放心。", "先出章程：费用、采光、噪声各怎么补。",
             (10, 3, 1), "章程过了，4幢先装，一楼签了字。"),
        )),
        ((9, 26), (
            ("遛狗牵绳", "孩子被吓过两回。", "一律牵绳，晚上八点后不进儿童乐园。", (13, 0, 1), "牌子立了，装了三个取便袋盒。"),
            ("夜宵摊进小区", "年轻人想晚上有口吃的。", "周五周六北门内摆到十点。", (4, 9, 1), ""),
        )),
    ),
    2024: (
        ((4, 23), (
            ("家宴中心空时怎么用", "平日中午空着。", "平日空时给老人免费用，寿宴减半。", (14, 0, 0), "五月起照这样开。"),
            ("暖心四堂摆在哪里", "四堂要有地方。", "党群服务中心二楼腾出来，东西两间打通。", (12, 1, 1), "九月打通，四堂都在二楼。"),
        )),
        ((10, 22), (
            ("物业合同续不续", "大家对报修慢有意见。", "续一年，写明两天内上门，做不到扣钱。", (11, 2, 1), "合同续了一年，扣款写进去了。"),
        )),
    ),
}  # fmt: skip


def begin_to_deliberate(*, head: Actor, now: datetime) -> MeetingRule:
    """The rule of the hall, in force from the beginning."""
    return set_rule(
        RuleValues(
            name="居民议事会", since=local_day(now), basis="named", quorum_part=1, quorum_whole=2,
            quorum_is_more_than=True, majority_part=1, majority_whole=2,
            majority_is_more_than=True, majority_of="present", notice_days=3, publication_days=7,
            most_proxies=1, source=_SOURCE, binding=Binding.RULE,
        ),
        by=head, now=now,
    )  # fmt: skip


def deliberate_on(
    *, head: Actor, desk: Actor, officer: Account, people: Sequence[Person], since: datetime,
    now: datetime,
) -> int:  # fmt: skip
    """The evenings of [since, now), each matter seen through to its end; how many evenings."""
    rule = MeetingRule.objects.order_by("since", "id")[0]
    year, held = local_day(since).year, 0
    for (month, number), on in _EVENINGS.get(year, ()):
        evening = start_of_day(date(year, month, number)) + timedelta(hours=19)
        if not since <= evening < now:
            continue
        hall = Hall(head, desk, officer, people, evening)
        matters = [
            (_matter(hall, title, words, evening - 9 * _DAY, "关系多数人，上会商量"), draft)
            for title, words, draft, _hands, _end in on
        ]
        meeting, points = _met(hall, rule, f"{month}月议事会", evening, on=matters)
        for point, (_title, _words, _draft, hands, _end) in zip(points, on, strict=True):
            decide_by_hands(point, Count(*hands), by=desk, now=evening)
        ended = evening + _DAY / 12
        close_gathering(meeting.gathering, ended_at=ended, by=desk, now=ended)
        for (matter, _draft), (_title, _words, _text, _hands, end) in zip(matters, on, strict=True):
            if end:
                _see_through(hall, matter, end)
        held += 1
    return held


def _see_through(hall: Hall, matter: Matter, end: str) -> None:
    """What was adopted hung out, was done, was told, and some said how they find it."""
    evening = hall.now
    publication = publish(_fresh(matter), by=hall.desk, now=evening + _DAY)
    let_stand(publication, by=hall.desk, now=evening + 9 * _DAY)
    task = add_task(
        _fresh(matter), what="照决议办", owner=hall.officer, due_on=local_day(evening + 30 * _DAY),
        by=hall.desk, now=evening + 9 * _DAY,
    )  # fmt: skip
    finish_task(task, evidence=end, by=hall.desk, now=evening + 24 * _DAY)
    done = finish(_fresh(matter), outcome=end, by=hall.desk, now=evening + 25 * _DAY)
    for number, person in enumerate(hall.people[:9]):
        appraise(done, person, 5 if number % 3 else 4, by=hall.desk, now=evening + 27 * _DAY)


def _matter(hall: Hall, title: str, words: str, when: datetime, reason: str) -> Matter:
    matter = propose(
        title=title, words=words, origin="committee", by=hall.desk, now=when
    )  # fmt: skip
    looked = at(local_day(when + _DAY), 9, 20)
    return screen(matter, is_admitted=True, reason=reason, by=hall.desk, now=looked)


def _met(
    hall: Hall, rule: MeetingRule, title: str, evening: datetime, *, on: Sequence[tuple[Matter, str]]
) -> tuple[Meeting, list[Point]]:  # fmt: skip
    """A meeting of nineteen, of whom fourteen come; it stands open for its votes."""
    called = evening - 5 * _DAY
    meeting = call_meeting(
        Plan(title, evening, evening + 2 * _DAY / 24, place_words="睦邻客厅二楼"), rule=rule,
        chair="老周", recorder="小陈", by=hall.desk, now=called,
    )  # fmt: skip
    add_item(meeting.gathering, title="通报上次决议的落实", who="小陈", by=hall.desk, now=called)
    points = [
        put_on_agenda(matter, meeting, draft=draft, by=hall.desk, now=called)
        for matter, draft in on
    ]
    seated = list(hall.people[:19])
    invite(meeting.gathering, seated, by=hall.desk, now=called)
    freeze_roll(meeting, by=hall.desk, now=evening - _DAY / 12)
    for person in seated[:14]:
        sign_in(meeting.gathering, person, by=hall.desk.by(Channel.WALK_IN), now=evening)
    return meeting, points


def _first_evening(hall: Hall, rule: MeetingRule) -> None:
    """One matter that was seen through and appraised, one that was not adopted."""
    evening = hall.evening(70)
    lamp = _matter(
        hall,
        "弄堂口装路灯",
        "12幢到15幢的弄堂晚上没有灯，想装两盏。",
        evening - 9 * _DAY,
        "走这条路的人多，费用在小额范围内",
    )
    for number, (side, words) in enumerate(_REASONS):
        argument = argue(
            lamp, hall.people[20 + number], side=side, words=words, by=hall.desk,
            now=evening - 7 * _DAY,
        )  # fmt: skip
        for reader in hall.people[25 : 33 - 2 * number]:
            weigh(argument, reader, by=hall.desk, now=evening - 6 * _DAY)
    noise = _matter(
        hall,
        "广场舞改到河边",
        "桂花广场晚上太吵，想改到河边去跳。",
        evening - 8 * _DAY,
        "涉及两幢楼，请大家商量",
    )
    meeting, (first, other) = _met(
        hall,
        rule,
        "九月议事会",
        evening,
        on=((lamp, "弄堂口装两盏路灯，用社区微实事经费。"), (noise, "广场舞改到河边步道。")),
    )
    vote_amendment(
        first,
        "弄堂口装两盏路灯，加遮光罩，用社区微实事经费。",
        Count(11, 2, 1),
        by=hall.desk,
        now=evening,
    )
    record_item(first.item, "一楼住户担心照进窗户，大家同意加遮光罩。", by=hall.desk, now=evening)
    decide_by_hands(first, Count(12, 1, 1), by=hall.desk, now=evening)
    record_item(other.item, "河边没有照明，老人不方便，多数人不赞成。", by=hall.desk, now=evening)
    decide_by_hands(other, Count(4, 8, 2), by=hall.desk, now=evening)
    ended = evening + _DAY / 12
    close_gathering(meeting.gathering, ended_at=ended, by=hall.desk, now=ended)
    publication = publish(_fresh(lamp), by=hall.desk, now=evening + _DAY)
    objection = object_to(
        publication, words="灯杆会不会挡消防车？", person=hall.people[40], by=hall.desk,
        now=evening + 3 * _DAY,
    )  # fmt: skip
    answer_objection(
        objection, words="量过了，灯杆贴墙装，不占通道。", is_upheld=False, by=hall.desk,
        now=evening + 4 * _DAY,
    )  # fmt: skip
    let_stand(publication, by=hall.desk, now=evening + 9 * _DAY)
    task = add_task(
        _fresh(lamp), what="联系路灯所装灯", owner=hall.officer,
        due_on=local_day(evening + 30 * _DAY), by=hall.desk, now=evening + 9 * _DAY,
    )  # fmt: skip
    finish_task(
        task,
        evidence="两盏灯装好，遮光罩朝路面，当晚都亮。",
        by=hall.desk,
        now=evening + 24 * _DAY,
    )
    done = finish(
        _fresh(lamp), outcome="弄堂口两盏路灯已经亮了，加了遮光罩。", by=hall.desk,
        now=evening + 25 * _DAY,
    )  # fmt: skip
    for number, person in enumerate(hall.people[:8]):
        appraise(done, person, 5 if number % 3 else 4, by=hall.desk, now=evening + 27 * _DAY)


def _second_evening(hall: Hall, rule: MeetingRule) -> None:
    """One matter that hangs out, one that is being carried out with a late task."""
    evening = hall.evening(13)
    parking = _matter(
        hall,
        "电瓶车充电棚放哪里",
        "楼道里充电危险，想在东门边建充电棚。",
        evening - 9 * _DAY,
        "关系消防安全，尽快上会",
    )
    banquet = _matter(
        hall,
        "家宴中心给老人优惠",
        "80岁以上老人办寿宴，场地费减半。",
        evening - 9 * _DAY,
        "需要居民定标准",
    )
    meeting, (first, other) = _met(
        hall,
        rule,
        "十一月议事会",
        evening,
        on=(
            (parking, "东门内侧建二十个车位的充电棚。"),
            (banquet, "80岁以上老人办寿宴，家宴中心场地费减半。"),
        ),
    )
    decide_by_hands(first, Count(13, 0, 1), by=hall.desk, now=evening)
    decide_by_hands(other, Count(14, 0, 0), by=hall.desk, now=evening)
    ended = evening + _DAY / 12
    close_gathering(meeting.gathering, ended_at=ended, by=hall.desk, now=ended)
    running = publish(_fresh(parking), by=hall.desk, now=evening + _DAY)
    let_stand(running, by=hall.desk, now=evening + 9 * _DAY)
    add_task(
        _fresh(parking), what="请消防来看选址", owner=hall.officer,
        due_on=local_day(evening + 11 * _DAY), by=hall.desk, now=evening + 9 * _DAY,
    )  # fmt: skip
    publish(_fresh(banquet), by=hall.desk, now=ago(hall.now, 3, 10))


def _to_come(hall: Hall, rule: MeetingRule) -> None:
    """A meeting next week with one matter, and motions on their way to it."""
    evening = hall.evening(-6)
    road = _matter(
        hall,
        "西门路面补不补沥青",
        "西门进来五十米坑多，下雨积水。",
        ago(hall.now, 4, 14, 10),
        "先请大家看看怎么修",
    )
    meeting = call_meeting(
        Plan("十二月议事会", evening, evening + 2 * _DAY / 24, place_words="睦邻客厅二楼"),
        rule=rule, chair="老周", recorder="小陈", by=hall.desk, now=ago(hall.now, 2, 9),
    )  # fmt: skip
    put_on_agenda(
        road,
        meeting,
        draft="西门路面铲掉重铺，分两段施工。",
        by=hall.desk,
        now=ago(hall.now, 2, 9, 20),
    )
    invite(meeting.gathering, hall.people[:19], by=hall.desk, now=ago(hall.now, 2, 9, 40))
    dogs = propose(
        title="遛狗牵绳", words="小区里遛狗一律牵绳，晚上八点后不进儿童乐园。", origin="motion",
        proposer=hall.people[50], by=hall.desk, now=ago(hall.now, 3, 15, 40),
    )  # fmt: skip
    for person in hall.people[51:54]:
        second(dogs, person, by=hall.desk, now=ago(hall.now, 2, 16))
    propose(
        title="图书角开到晚上九点", words="孩子放学晚，图书角六点就关了。", origin="suggestion",
        proposer=hall.people[55], by=hall.desk, now=ago(hall.now, 1, 11, 10),
    )  # fmt: skip
    refused = propose(
        title="河边开小卖部", words="河边散步的人多，想开个小卖部。", origin="suggestion",
        proposer=hall.people[56], by=hall.desk, now=ago(hall.now, 20, 14),
    )  # fmt: skip
    screen(
        refused, is_admitted=False, reason="河道管理范围内不能经营，归水利部门管，已经转告。",
        by=hall.desk, now=ago(hall.now, 18, 9, 50),
    )  # fmt: skip


def _fresh(matter: Matter) -> Matter:
    """The matter as it stands after somebody else moved it."""
    fresh: Matter = Matter.objects.get(pk=matter.pk)
    return fresh

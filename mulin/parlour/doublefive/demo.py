"""Last year's five, chosen, carried out and appraised, and this year's ideas, being screened. All
invented, the pictures drawn.

Everything goes through the room's own actions, on the days it would have happened.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw

from mulin.commons.ballots.actions.elections import open_election
from mulin.commons.ballots.actions.ending import publish, seal_urn
from mulin.commons.ballots.actions.paper import (
    count_by_hand,
    draw_sample,
    note_box,
    read_sheet,
    seen,
)
from mulin.commons.ballots.actions.rolls import freeze_roll, post_roll
from mulin.commons.ballots.actions.voting import hand_out
from mulin.commons.ballots.models import Constituency
from mulin.commons.ballots.queries import final_of, seen_of, sheets_to_count
from mulin.commons.ballots.rules import OBJECTION_DAYS, Mark
from mulin.ground.community.models import Account
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person, Residency
from mulin.ground.places.models import Building
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day, start_of_day
from mulin.kit.lifelike import ago, at
from mulin.kit.photos import CleanPhoto, clean_photo
from mulin.parlour.doublefive.actions.appraising import (
    answer_appraisal,
    note_answers,
    open_appraisal,
    publish_appraisal,
    put_in_box,
    type_sheet,
)
from mulin.parlour.doublefive.actions.carrying import (
    begin_project,
    finish_project,
    picture_project,
    put_off,
    reach_milestone,
    set_milestone,
    spend,
)
from mulin.parlour.doublefive.actions.following import answer_comment, comment
from mulin.parlour.doublefive.actions.ideas import Public, offer_idea, propose_merge
from mulin.parlour.doublefive.actions.rolls import begin_roll, choose_representative
from mulin.parlour.doublefive.actions.screening import appeal, pass_idea, refuse_idea
from mulin.parlour.doublefive.actions.seasons import (
    go_on,
    name_screeners,
    open_season,
)
from mulin.parlour.doublefive.actions.voting import Fixed, count_vote, draft_vote
from mulin.parlour.doublefive.models import Appraiser, Idea, Kind, Moment, Season
from mulin.parlour.doublefive.queries import chosen_of, projects_of
from mulin.parlour.doublefive.rules import APPEAL_DAYS, FIRST_CRITERIA, Says, Stage

#: What is offered: title, site, the house it is near to, who gains, yuan, and whether it is a service.
_BEFORE = (
    ("12幢到菜场加装一排路灯", "12幢南侧小路", "12幢", "早出晚归的人", 28_000, False),
    ("老年食堂添晚餐", "老年食堂", "2幢", "独居老人", 36_000, True),
    ("电瓶车集中充电棚", "3幢北侧空地", "3幢", "住楼上的租户", 45_000, False),
    ("暑期托管再开一个班", "社区活动室", "1幢", "双职工家庭", 24_000, True),
    ("单元门口装扶手", "1至6幢", "5幢", "腿脚不便的人", 18_000, False),
    ("周末裁缝铺", "党群服务中心", "1幢", "大家", 6_000, True),
    ("健身路径换新", "中心花园", "15幢", "大家", 52_000, False),
)
_NOW = (
    ("楼道声控灯换成人体感应灯", "7至12幢", "9幢", "上夜班的人", 15_000, False),
    ("快递柜边上搭一个雨棚", "南门", "20幢", "大家", 9_000, False),
    ("每季度一次磨刀修伞", "中心花园", "15幢", "大家", 4_800, True),
    ("南门口搭雨棚", "南门", "20幢", "等校车的孩子", 11_000, False),
    ("我家窗前的树剪一剪", "5幢", "5幢", "", 800, False),
    ("教老人用手机挂号", "党群服务中心", "1幢", "老人", 3_000, True),
    ("外地口味一起烧一桌", "老年食堂", "2幢", "新居民", 5_000, True),
    ("地下车库改造成商场", "地下车库", "18幢", "", 4_000_000, False),
)


@dataclass(frozen=True, slots=True)
class Offer:
    """What somebody offered in an earlier year; of what was chosen also what came of it."""

    title: str
    site: str
    near: str
    gains: str
    yuan: int
    is_service: bool = False
    promise: str = ""
    outcome: str = ""


#: The years that are over: the first five of each were chosen. Those of 2024 by their own names.
_SEASONS: Final[Mapping[int, Sequence[Offer]]] = {
    2022: (
        Offer("楼道照明全部换新", "1至24幢", "7幢", "上楼的每一个人", 46_000,
              promise="年底前 48 个单元的楼道灯全部换成感应灯。",
              outcome="48 个单元换好 576 盏灯，报修少了一大半。"),
        Offer("百步河栈道加护栏", "百步河边", "22幢", "散步的人和孩子", 68_000,
              promise="三百米栈道两边装上护栏，夜里看得见边。",
              outcome="三百一十米护栏装好，加了夜光条。"),
        Offer("老年食堂开灶", "居家养老中心", "2幢", "一个人吃饭的老人", 80_000, True,
              promise="十月前开灶，每天供一顿午饭，能送上门。",
              outcome="九月开灶，每天七十多份，送上门二十来份。"),
        Offer("儿童乐园换新", "中心花园", "15幢", "带孩子的人家", 55_000,
              promise="换掉裂的滑梯和断链的秋千，地垫全铺。",
              outcome="六件新器械、两百平方米软地垫，验收过。"),
        Offer("雨污管道全部疏通", "全小区", "10幢", "住一楼的人家", 38_000,
              promise="雨季前把主管和雨水口全部疏通一遍。",
              outcome="疏通管道两千一百米，那年夏天没有再倒灌。"),
        Offer("围墙画海盐老街", "小区西墙", "19幢", "大家", 12_000),
        Offer("屋顶开一片菜园", "11幢楼顶", "11幢", "想种菜的人", 20_000),
    ),
    2023: (
        Offer("快递柜和驿站扩容", "东门", "20幢", "上班的人", 30_000,
              promise="加两组柜子，驿站开到晚上九点。",
              outcome="加了三组柜子，驿站开到九点半。"),
        Offer("停车位重新划线", "全小区地面", "6幢", "有车的人家", 42_000,
              promise="划出消防通道，车位从 210 个理到 260 个。",
              outcome="理出 268 个车位，消防通道全部画黄。"),
        Offer("睦邻客厅晚上也开", "睦邻客厅", "1幢", "下班才有空的人", 15_000, True,
              promise="每周三个晚上开到九点，能办事也能坐坐。",
              outcome="一共开了 118 个晚上，来过四千多人次。"),
        Offer("阿姨工作室添暑期班", "阿姨工作室", "3幢", "双职工家庭", 36_000, True,
              promise="暑假两个月多收三十个孩子，管一顿午饭。",
              outcome="收了三十四个孩子，家长值日排满了。"),
        Offer("暖新坊添一间直播间", "暖新坊", "3幢", "做手工的姐妹", 26_000, True,
              promise="秋天前搭好直播间，一个月播四场。",
              outcome="八月开播，到年底播了二十一场。"),
        Offer("门口装一台自动售菜机", "南门", "20幢", "大家", 18_000),
        Offer("给流浪猫搭屋子", "河边", "22幢", "", 5_000),
    ),
    2024: (
        Offer("家宴中心优惠政策", "家宴中心", "4幢", "办喜事、办寿宴的人家", 60_000, True,
              promise="老人寿宴、困难家庭办事场地费减半，平日空时免费开放。",
              outcome="减免 86 场，空时开放 142 次，老人们在这里吃饭、唱歌、过生日。"),
        Offer("暖心四堂", "党群服务中心", "1幢", "大家", 90_000, True,
              promise="学堂、食堂、议事堂、建言堂一处办齐，一年开足二百场。",
              outcome="四堂全年开了 236 场，九千多人次走进来。"),
        Offer("暖新坊员工扩面", "暖新坊", "3幢", "想就近做活的新居民", 50_000, True,
              promise="员工从四十多人添到六十人以上，新添两样手艺的培训。",
              outcome="年底在册 62 人，草编和直播两个班结业 41 人。"),
        Offer("暖心宜居物业提升", "全小区", "9幢", "每一户", 120_000,
              promise="修门禁、补外墙、换扶手，物业报修两天内上门。",
              outcome="门禁 48 套全通，外墙补了 31 处，报修平均一天半上门。"),
        Offer("党群服务中心服务圈功能提档", "党群服务中心", "1幢", "走路十分钟以内的人", 110_000,
              promise="把十分钟圈里的七处地方连起来，一张图、一个电话、一个口子。",
              outcome="七处地方时间连上了，门口一张图，打一个电话就能约。"),
        Offer("河边搭一个唱戏的亭子", "百步河边", "22幢", "爱唱戏的人", 48_000),
        Offer("每幢楼配一辆小推车", "1至24幢", "8幢", "买菜的人", 14_000),
        Offer("小区门口种一排樱花", "南门", "20幢", "大家", 22_000),
    ),
}  # fmt: skip
#: How many of each constituency came to vote, and how many speak for the new residents.
_CAME = {"party": 14, "new": 12, "local": 46}
_REPRESENTATIVES = 14
_LAST_YEAR = max(_SEASONS)
_MUCH = 30
#: What was promised of each, and what is there now.
_CARRIED = {
    "12幢到菜场加装一排路灯": (
        "年底前装好 14 盏路灯，天黑就亮。",
        "14 盏路灯亮了，到菜场一路看得清。",
    ),
    "老年食堂添晚餐": ("十月起每天供应晚餐，能送上门。", "每天 60 份晚餐，18 份送上门。"),
    "电瓶车集中充电棚": ("年底前建成 40 个充电位的车棚。", "车棚建成，40 个充电位都用上了。"),
    "暑期托管再开一个班": ("暑假多收 25 个孩子。", "多开一班，收了 27 个孩子。"),
    "单元门口装扶手": ("1 至 6 幢每个单元门口装扶手。", "12 个单元门口都装上了扶手。"),
    "周末裁缝铺": ("每个周末有人改衣服。", "开了 38 个周末，改了 600 多件衣服。"),
    "健身路径换新": ("中心花园换新 9 件器材。", "9 件新器材装好，旧的拆走了。"),
}
#: The steps of each: what, after how many days, and what shows that it is done.
_STEPS = (
    ("看现场，定做法", 20, "居民代表和施工方一起看了现场。"),
    ("三家比价，签合同", 50, "比价结果贴在公告栏，选了中间价。"),
    ("做起来", 130, "做好一半时请邻居来看过。"),
    ("验收，交给大家用", 200, "验收小组五人签字。"),
)
_SAID = (
    ("装得真快，晚上出门不怕了。", "谢谢，灯坏了打客厅电话，两天内来修。"),
    ("能不能再亮一点？", "换过两盏更亮的，请您晚上再看看。"),
    ("希望明年接着做。", ""),
)
#: What some of them write.
_REMARKS = (
    "明年接着做。", "蛮好，比以前方便。", "早几年做就好了。", "以后坏了要有人修。",
    "好是好，去的人太多。", "希望别的楼也有。",
)  # fmt: skip
#: How many say it by which way.
_APPRAISERS = ((Channel.DOOR, 60), (Channel.PHONE, 50), (Channel.WALK_IN, 25), (Channel.ONLINE, 25))


def hold_seasons(
    *, head: Actor, desk: Sequence[Actor], committee: Actor, observer: Actor, seed: int,
    now: datetime,
) -> None:  # fmt: skip
    """The season before, from the first idea to the five; and this one up to the screening."""
    dice = random.Random(seed)  # noqa: S311  a demonstration must come out the same each time
    day = timedelta(days=1)
    then = ago(now, 370, 9)
    before = _opened(then.year, _BEFORE, head=head, desk=desk, now=then)
    go_on(before, by=head, now=then + 20 * day)
    for idea in Idea.objects.filter(season=before):
        pass_idea(idea, by=head, now=then + 21 * day)
    before = go_on(before, by=head, now=then + 28 * day)
    _vote(
        before, committee=committee, reader=observer, desk=desk[0], now=then + 28 * day, dice=dice
    )
    before.refresh_from_db()
    _carry_out(before, head=head, desk=desk, now=then + 60 * day)
    _appraise(before, head=head, desk=desk, now=ago(now, 40, 9), dice=dice)
    begun = ago(now, 30, 9)
    this = _opened(max(now.year, then.year + 1), _NOW, head=head, desk=desk, now=begun)
    ideas = list(Idea.objects.filter(season=this))
    propose_merge(ideas[3], ideas[1], by=desk[0], now=begun + 12 * day)
    go_on(this, by=head, now=begun + 20 * day)
    criteria = list(this.criteria.all())
    for idea in ideas[:1] + ideas[5:7]:
        idea.season = this
        pass_idea(idea, by=desk[0], now=begun + 22 * day)
    for idea, criterion, reason in (
        (ideas[4], criteria[0], "一家窗前的树由网格员上门看，不用全社区投票。"),
        (ideas[7], criteria[2], "要四百万，社区一年办不成。"),
    ):
        idea.season = this
        refuse_idea(idea, criterion, reason, by=desk[0], now=ago(now, 2, 10, 20))
    appeal(
        ideas[4], "树挡的是整个单元的光，不止我家。", code=ideas[4].follow_code,
        by=Actor(head.community_id, channel=Channel.ONLINE), now=ago(now, 1, 20, 5),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hands:
    """Who holds the season of an earlier year."""

    head: Actor
    desk: Sequence[Actor]
    committee: Actor
    observer: Actor


def offer_in_past(year: int, hands: Hands) -> None:
    """January of 2022 to 2024: ideas are collected, screened, published."""
    offers = _SEASONS.get(year, ())
    if not offers or Season.objects.filter(year=year).exists():
        return
    begun, day = _begun(year), timedelta(days=1)
    offered = [
        (one.title, one.site, one.near, one.gains, one.yuan, one.is_service) for one in offers
    ]
    season = _opened(year, offered, head=hands.head, desk=hands.desk, now=begun)
    go_on(season, by=hands.head, now=begun + 20 * day)
    for idea in Idea.objects.filter(season=season):
        pass_idea(idea, by=hands.head, now=begun + 21 * day)
    go_on(season, by=hands.head, now=begun + 28 * day)


def vote_in_past(year: int, hands: Hands, *, seed: int) -> None:
    """February: the vote on paper, counted."""
    if season := _past(year, Stage.PUBLISH):
        _vote(
            season, committee=hands.committee, reader=hands.observer, desk=hands.desk[0],
            now=_begun(year) + timedelta(days=28), dice=_dice(year, seed),
            liked=[one.title for one in _SEASONS[year] if one.promise],
        )  # fmt: skip


def carry_out_in_past(year: int, hands: Hands) -> None:
    """March to September: step by step to the end."""
    if season := _past(year, Stage.CARRY_OUT):
        told = {one.title: (one.promise, one.outcome) for one in _SEASONS[year]}
        now = _begun(year) + timedelta(days=60)
        _carry_out(season, head=hands.head, desk=hands.desk, now=now, told=told)


def appraise_in_past(year: int, hands: Hands, *, seed: int) -> None:
    """November and December: the same electorate says how it was done."""
    if season := _past(year, Stage.CARRY_OUT):
        now = _begun(year) + timedelta(days=322)
        _appraise(season, head=hands.head, desk=hands.desk, now=now, dice=_dice(year, seed))


def _past(year: int, stage: Stage) -> Season | None:
    if year not in _SEASONS:
        return None
    return Season.objects.filter(year=year, stage=stage).first()


def _begun(year: int) -> datetime:
    return start_of_day(date(year, 1, 8)) + timedelta(hours=9)


def _dice(year: int, seed: int) -> random.Random:
    return random.Random(f"{seed}-season-{year}")  # noqa: S311  as above


def _opened(
    year: int, offered: Sequence[tuple[str, str, str, str, int, bool]], *, head: Actor,
    desk: Sequence[Actor], now: datetime,
) -> Season:  # fmt: skip
    day = timedelta(days=1)
    season = open_season(
        year, collects_until=local_day(now + 20 * day), criteria=FIRST_CRITERIA,
        appeal_days=APPEAL_DAYS, by=head, now=now,
    )  # fmt: skip
    named = [one.account_id or 0 for one in (head, *desk[:1])]
    name_screeners(season, Account.objects.filter(pk__in=named), by=head, now=now)
    passer_by = Actor(head.community_id, channel=Channel.ONLINE)
    houses = dict(Building.objects.values_list("name", "pk"))
    for place, (title, site, near, gains, yuan, is_service) in enumerate(offered):
        public = Public(
            title=title, site=site, gains=gains, cost_yuan=Decimal(yuan),
            kind=Kind.SERVICE if is_service else Kind.PROJECT, building_id=houses.get(near),
        )  # fmt: skip
        evening = at(local_day(now + place * day), 19, 7 * place % 60)
        offer_idea(public, words="", by=passer_by, now=evening)
    return season


def _vote(
    season: Season, *, committee: Actor, reader: Actor, desk: Actor, now: datetime,
    dice: random.Random, liked: Sequence[str] = (),
) -> None:  # fmt: skip
    """On paper, from the rules of the roll to the five: whoever came, read by two, counted.

    Projects that are `liked` are marked much more often than the others.
    """
    day = timedelta(days=1)
    season = begin_roll(season, by=committee, now=now)
    newcomers = Person.objects.on_roll().filter(
        residency=Residency.NEW, birth_year__lt=now.year - 20, is_party_member=False
    )
    # Each year others speak for the new residents: a term lasts two years.
    first = _REPRESENTATIVES * max(0, _LAST_YEAR + 1 - season.year)
    for person in newcomers.order_by("id")[first : first + _REPRESENTATIVES]:
        choose_representative(
            person, put_forward_by="同楼道的新居民", chosen_how="楼道会上举手，过半数同意",
            since=local_day(now), until=local_day(now + 730 * day), by=desk, now=now,
        )  # fmt: skip
    closes = now + 20 * day
    fixed = Fixed(
        now + 13 * day, closes, "投票结束后第一期福彩双色球的开奖号码", is_online=False,
        is_compared=True, objection_days=OBJECTION_DAYS,
    )  # fmt: skip
    vote = draft_vote(season, fixed, by=committee, now=now + day)
    post_roll(vote.election, by=committee, now=now + 2 * day)
    freeze_roll(vote.election, by=committee, now=now + 10 * day)
    vote.election = open_election(vote.election, by=committee, now=now + 13 * day)
    ids = list(vote.election.options.values_list("code", flat=True))
    favourites = set(vote.election.options.filter(title__in=liked).values_list("code", flat=True))
    sheets: dict[str, list[list[str]]] = {}
    for group in vote.election.constituencies.all():
        order = dice.sample(ids, len(ids))
        urn = [
            one
            for place, one in enumerate(order)
            for _turn in range(len(ids) - place + _MUCH * (one in favourites))
        ]
        for entry in group.roll.select_related("election", "person")[: _CAME[group.code]]:
            hand_out(entry, way=Mark.PAPER, by=committee, now=now + 14 * day)
            marked = sorted({dice.choice(urn) for _mark in range(dice.randint(1, 5))})
            sheets.setdefault(group.code, []).append(marked)
    over = closes + day
    vote.election = seal_urn(vote.election, by=committee, now=over)
    for group in vote.election.constituencies.all():
        _read(group, sheets.get(group.code, []), committee=committee, reader=reader, now=over)
    vote.election = draw_sample(vote.election, number="02 06 11 15", by=reader, now=over)
    for sheet in sheets_to_count(vote.election):
        read = final_of(sheet)
        if read is not None:
            count_by_hand(sheet, seen_of(sheet, read), by=reader, now=over)
    vote.election = publish(vote.election, by=committee, now=over)
    count_vote(vote, lot_number="04 09 13 21 27 32 + 08", by=committee, now=over + day)


def _read(
    group: Constituency, marked: Sequence[list[str]], *, committee: Actor, reader: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """The box of a constituency: two read each sheet."""
    count = len(marked)
    note_box(
        group, printed=count + 6, cancelled=6, not_returned=0, in_box=count, by=committee, now=now
    )
    for sheet, choices in zip(group.sheets.order_by("number"), marked, strict=True):
        what = seen(group, choices=choices, is_unclear=False)
        read_sheet(sheet, what, by=committee, now=now)
        read_sheet(sheet, what, by=reader, now=now)


def _carry_out(
    season: Season, *, head: Actor, desk: Sequence[Actor], now: datetime,
    told: Mapping[str, tuple[str, str]] = _CARRIED,
) -> None:  # fmt: skip
    """Step by step with photos and money; one step of one project takes longer."""
    day = timedelta(days=1)
    owners = [Account.objects.get(pk=one.account_id or 0) for one in desk]
    for number, chosen in enumerate(chosen_of(season)):
        promise, outcome = told[chosen.idea.title]
        budget = chosen.idea.cost_yuan or Decimal(0)
        by = desk[number % len(desk)]
        project = begin_project(
            chosen, owner=owners[number % len(desk)], promise=promise, budget_yuan=budget,
            by=head, now=now,
        )  # fmt: skip
        steps = [
            set_milestone(project, what, due_on=local_day(now + days * day), by=by, now=now)
            for what, days, _words in _STEPS
        ]
        picture_project(project, [_drawn(is_after=False)], moment=Moment.BEFORE, by=by, now=now)
        for milestone, (_what, days, words) in zip(steps, _STEPS, strict=True):
            at = now + (days - 3) * day
            if number == 0 and days == _STEPS[-1][1]:
                put_off(
                    milestone, due_on=local_day(now + (days + 14) * day),
                    reason="连着下雨，水泥地没干透，晚两周验收。", by=by, now=at,
                )  # fmt: skip
            reach_milestone(milestone, words=words, by=by, now=at)
            spend(
                project, spent_on=local_day(at), yuan=(budget * days / 420).quantize(Decimal(1)),
                what=milestone.what, by=by, now=at,
            )  # fmt: skip
        done = now + 205 * day
        picture_project(project, [_drawn(is_after=True)], moment=Moment.AFTER, by=by, now=done)
        finish_project(project, outcome=outcome, by=by, now=done)
        words, answer = _SAID[number % len(_SAID)]
        said = comment(project, words, by=desk[0].by(Channel.PHONE), now=done + day)
        if answer:
            answer_comment(said, answer, by=by, now=done + 2 * day)


def _drawn(*, is_after: bool) -> CleanPhoto:
    """A street by night; afterwards its lamps are lit."""
    drawing = Image.new("RGB", (640, 480), (238, 222, 190) if is_after else (92, 88, 84))
    pen = ImageDraw.Draw(drawing)
    pen.rectangle((0, 360, 640, 480), fill=(150, 140, 120) if is_after else (60, 58, 56))
    for left in (40, 250, 460):
        pen.rectangle(
            (left, 160, left + 140, 360), fill=(176, 120, 92) if is_after else (76, 70, 66)
        )
        pen.rectangle((left + 160, 220, left + 166, 360), fill=(50, 48, 46))
        pen.ellipse(
            (left + 148, 196, left + 178, 226),
            fill=(255, 226, 140) if is_after else (70, 68, 66),
        )  # fmt: skip
    packed = BytesIO()
    drawing.save(packed, "JPEG")
    return clean_photo(packed.getvalue())


def _appraise(
    season: Season, *, head: Actor, desk: Sequence[Actor], now: datetime, dice: random.Random
) -> None:
    """Some hundred and sixty of the roll answer, by every way; five of them on paper."""
    day = timedelta(days=1)
    appraisal = open_appraisal(season, last_day=local_day(now + 20 * day), by=head, now=now)
    ids = list(projects_of(season).values_list("pk", flat=True))

    def says() -> dict[int, Says]:
        return {
            pk: Says(
                is_done=dice.random() < 0.93, is_seen=dice.random() < 0.7,  # noqa: PLR2004  most
                step=dice.choices((5, 4, 3, 2, 1, None), (46, 34, 11, 3, 1, 5))[0],
                words=dice.choice(_REMARKS) if dice.random() < 0.02 else "",  # noqa: PLR2004  few
            )
            for pk in ids
        }  # fmt: skip

    roll = list(Appraiser.objects.filter(appraisal=appraisal).select_related("person", "appraisal"))
    dice.shuffle(roll)
    ways = [way for way, count in _APPRAISERS for _one in range(count)]
    answering, on_paper = roll[: len(ways)], roll[len(ways) : len(ways) + 5]
    for number, (appraiser, way) in enumerate(zip(answering, ways, strict=False)):
        at = now + (1 + number // 16) * day + number % 16 * timedelta(minutes=30)
        if way is Channel.ONLINE:
            themselves = Actor(head.community_id, person_id=appraiser.person_id, channel=way)
            answer_appraisal(appraiser, says(), by=themselves, now=at)
        else:
            note_answers(appraiser, says(), by=desk[0].by(way), now=at)
    for appraiser in on_paper:
        put_in_box(appraiser, by=desk[0], now=now + 15 * day)
    for appraiser in on_paper:
        type_sheet(
            appraisal, says(), constituency=appraiser.constituency, by=desk[0], now=now + 16 * day
        )
    publish_appraisal(appraisal, by=head, now=now + 22 * day)

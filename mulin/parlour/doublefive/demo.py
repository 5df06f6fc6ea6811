"""Last year's five, as they were chosen, and this year's ideas, being screened. All invented.

Everything goes through the room's own actions, on the days it would have happened.
"""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from mulin.commons.ballots.actions.elections import open_election
from mulin.commons.ballots.actions.ending import publish, seal_urn
from mulin.commons.ballots.actions.paper import count_by_hand, note_box, read_sheet, seen
from mulin.commons.ballots.actions.rolls import freeze_roll, post_roll
from mulin.commons.ballots.actions.voting import hand_out
from mulin.commons.ballots.models import Constituency
from mulin.commons.ballots.queries import is_sampled
from mulin.commons.ballots.rules import Mark
from mulin.ground.community.models import Account
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person, Residency
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day
from mulin.parlour.doublefive.actions.ideas import Public, offer_idea, propose_merge
from mulin.parlour.doublefive.actions.rolls import begin_roll, choose_representative
from mulin.parlour.doublefive.actions.screening import appeal, pass_idea, refuse_idea
from mulin.parlour.doublefive.actions.seasons import (
    go_on,
    name_screeners,
    open_season,
)
from mulin.parlour.doublefive.actions.voting import Fixed, count_vote, draft_vote
from mulin.parlour.doublefive.models import Idea, Season
from mulin.parlour.doublefive.rules import APPEAL_DAYS, FIRST_CRITERIA

#: What is offered: title, site, who gains, yuan.
_BEFORE = (
    ("12幢到菜场加装一排路灯", "12幢南侧小路", "早出晚归的人", 28_000),
    ("老年食堂添晚餐", "老年食堂", "独居老人", 36_000),
    ("电瓶车集中充电棚", "3幢北侧空地", "住楼上的租户", 45_000),
    ("暑期托管再开一个班", "社区活动室", "双职工家庭", 24_000),
    ("单元门口装扶手", "1至6幢", "腿脚不便的人", 18_000),
    ("周末裁缝铺", "党群服务中心", "大家", 6_000),
    ("健身路径换新", "中心花园", "大家", 52_000),
)
_NOW = (
    ("楼道声控灯换成人体感应灯", "7至12幢", "上夜班的人", 15_000),
    ("快递柜边上搭一个雨棚", "南门", "大家", 9_000),
    ("每季度一次磨刀修伞", "中心花园", "大家", 4_800),
    ("南门口搭雨棚", "南门", "等校车的孩子", 11_000),
    ("我家窗前的树剪一剪", "5幢", "", 800),
    ("教老人用手机挂号", "党群服务中心", "老人", 3_000),
    ("外地口味一起烧一桌", "老年食堂", "新居民", 5_000),
    ("地下车库改造成商场", "地下车库", "", 4_000_000),
)
#: How many of each constituency came to vote, and how many speak for the new residents.
_CAME = {"party": 14, "new": 12, "local": 46}
_REPRESENTATIVES = 14


def hold_seasons(
    *, head: Actor, desk: Sequence[Actor], committee: Actor, observer: Actor, seed: int,
    now: datetime,
) -> None:  # fmt: skip
    """The season before, from the first idea to the five; and this one up to the screening."""
    dice = random.Random(seed)  # noqa: S311  a demonstration must come out the same each time
    day = timedelta(days=1)
    then = now - 370 * day
    before = _opened(then.year, _BEFORE, head=head, desk=desk, now=then)
    go_on(before, by=head, now=then + 20 * day)
    for idea in Idea.objects.filter(season=before):
        pass_idea(idea, by=head, now=then + 21 * day)
    before = go_on(before, by=head, now=then + 28 * day)
    _vote(
        before, committee=committee, reader=observer, desk=desk[0], now=then + 28 * day, dice=dice
    )
    begun = now - 30 * day
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
        refuse_idea(idea, criterion, reason, by=desk[0], now=now - 2 * day)
    appeal(
        ideas[4], "树挡的是整个单元的光，不止我家。", code=ideas[4].follow_code,
        by=Actor(head.community_id, channel=Channel.ONLINE), now=now - day,
    )  # fmt: skip


def _opened(
    year: int, offered: Sequence[tuple[str, str, str, int]], *, head: Actor,
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
    for place, (title, site, gains, yuan) in enumerate(offered):
        public = Public(title=title, site=site, gains=gains, cost_yuan=Decimal(yuan))
        offer_idea(public, words="", by=passer_by, now=now + place * day)
    return season


def _vote(
    season: Season, *, committee: Actor, reader: Actor, desk: Actor, now: datetime,
    dice: random.Random,
) -> None:  # fmt: skip
    """On paper, from the rules of the roll to the five: whoever came, read by two, counted."""
    day = timedelta(days=1)
    season = begin_roll(season, by=committee, now=now)
    newcomers = Person.objects.on_roll().filter(
        residency=Residency.NEW, birth_year__lt=now.year - 20, is_party_member=False
    )
    for person in newcomers.order_by("id")[:_REPRESENTATIVES]:
        choose_representative(
            person, put_forward_by="同楼道的新居民", chosen_how="楼道会上举手，过半数同意",
            since=local_day(now), until=local_day(now + 730 * day), by=desk, now=now,
        )  # fmt: skip
    closes = now + 20 * day
    fixed = Fixed(
        now + 13 * day, closes, "投票结束后第一期福彩双色球的开奖号码", is_online=False
    )  # fmt: skip
    vote = draft_vote(season, fixed, by=committee, now=now + day)
    post_roll(vote.election, by=committee, now=now + 2 * day)
    freeze_roll(vote.election, by=committee, now=now + 10 * day)
    vote.election = open_election(vote.election, by=committee, now=now + 13 * day)
    ids = list(vote.election.options.values_list("code", flat=True))
    sheets: dict[str, list[list[str]]] = {}
    for group in vote.election.constituencies.all():
        liked = dice.sample(ids, len(ids))
        urn = [one for place, one in enumerate(liked) for _turn in range(len(ids) - place)]
        for entry in group.roll.select_related("election", "person")[: _CAME[group.code]]:
            hand_out(entry, way=Mark.PAPER, by=committee, now=now + 14 * day)
            marked = sorted({dice.choice(urn) for _mark in range(dice.randint(1, 5))})
            sheets.setdefault(group.code, []).append(marked)
    over = closes + day
    vote.election = seal_urn(vote.election, by=committee, now=over)
    for group in vote.election.constituencies.all():
        _read(group, sheets.get(group.code, []), committee=committee, reader=reader, now=over)
    vote.election = publish(vote.election, by=committee, now=over)
    count_vote(vote, lot_number="04 09 13 21 27 32 + 08", by=committee, now=over + day)


def _read(
    group: Constituency, marked: Sequence[list[str]], *, committee: Actor, reader: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """The box of a constituency: two read each sheet, an observer the sample once more."""
    count = len(marked)
    note_box(
        group, printed=count + 6, cancelled=6, not_returned=0, in_box=count, by=committee, now=now
    )
    for sheet, choices in zip(group.sheets.order_by("number"), marked, strict=True):
        what = seen(group, choices=choices, is_unclear=False)
        read_sheet(sheet, what, by=committee, now=now)
        read = read_sheet(sheet, what, by=reader, now=now)
        if is_sampled(read):
            count_by_hand(read, what, by=reader, now=now)

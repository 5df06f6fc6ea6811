"""Believable weeks on the rounds: who was seen, who was out, who asked for a visit. All invented."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from mulin.ground.community.models import Account, Membership
from mulin.ground.community.rules import Actor, Role
from mulin.ground.places.models import Dwelling, Residence
from mulin.kit.clock import SHANGHAI, local_day, start_of_day
from mulin.kit.lifelike import ago, lately
from mulin.parlour.rounds.actions.hand_overs import do_to_hand_over, propose_hand_over
from mulin.parlour.rounds.actions.visits import note_visit, wish_for_visit
from mulin.parlour.rounds.rules import Deed, Outcome

DOORS_A_MORNING = 4
_NOTES = (
    "", "", "", "", "血压药够吃到月底", "女儿周末回来", "耳朵不好，要敲重一点", "刚出院，走路慢",
    "在阳台种了番茄，精神很好", "说楼道灯有点暗，已记下", "要一张老年食堂的菜单",
)  # fmt: skip
_WISHES = (
    "女儿从上海打来电话，两天没人接，请去看看",
    "楼下邻居说她这几天没下楼",
    "想请人教她用手机挂号",
    "出院第三天，请看看药吃对没有",
)
_HAND_OVER_NOTES = (
    "去县里学习三天。15幢2单元的顾大爷每天上午要看一眼，他耳朵不好，敲重一点。"
    "白塘桥边的井盖已经报修，师傅说周四来，麻烦看着装好。"
)


def walk_day(day: datetime, *, officers: Mapping[int, Actor], seed: int, until: datetime) -> None:
    """What each officer does on a morning, if it is a working day and lies before `until`."""
    if day.astimezone(SHANGHAI).weekday() >= 5:  # noqa: PLR2004  Saturday
        return
    dice = random.Random(f"{seed}-{day:%Y%m%d}")  # noqa: S311  the same each time
    for grid_id, officer in officers.items():
        homes = _lived_in(grid_id)
        for place, dwelling in enumerate(dice.sample(homes, min(DOORS_A_MORNING, len(homes)))):
            moment = day + timedelta(hours=9, minutes=25 * place + dice.randint(0, 15))
            if moment < until:
                outcome = dice.choices(list(Outcome), [80, 17, 3])[0]
                note = dice.choice(_NOTES) if outcome is Outcome.SEEN else ""
                note_visit(dwelling, by=officer, outcome=outcome, note=note, now=moment)


def walk_on(*, officers: Mapping[int, Actor], seed: int, since: datetime, now: datetime) -> None:
    """One morning a week of [since, now), as the records of the years have it."""
    day = local_day(since)
    while (midnight := start_of_day(day)) < now:
        if midnight >= since and day.isoweekday() == _MORNING_OF_THE_YEARS:
            walk_day(midnight, officers=officers, seed=seed, until=now)
        day += timedelta(days=1)


_MORNING_OF_THE_YEARS = 3  # Wednesday


def end_of_story(*, officers: Sequence[Actor], desk: Actor, now: datetime, seed: int) -> None:
    """What stands open at the end: wishes for a visit, a hand-over that waits for a yes, one that runs."""
    dice = random.Random(seed)  # noqa: S311  the same each time
    for officer in officers:
        grid_id = next(iter(officer.grid_ids))
        for dwelling, words in zip(
            dice.sample(_lived_in(grid_id), 2), dice.sample(_WISHES, 2), strict=True
        ):
            moment = lately(now, hours=dice.randint(1, 14))
            wish_for_visit(dwelling, by=desk, words=words, now=moment)
    asked, asking, deputy, away = officers
    tomorrow = start_of_day(local_day(now)) + timedelta(days=1)
    propose_hand_over(
        _round_of(asking), deputy=_account(asked), since=tomorrow,
        until=tomorrow + timedelta(days=3), notes=_HAND_OVER_NOTES, by=asking,
        now=lately(now, hours=2),
    )  # fmt: skip
    called_away = ago(now, 2, 8, 40)
    running = propose_hand_over(
        _round_of(away), deputy=_account(deputy), since=called_away,
        until=tomorrow + timedelta(days=2), notes="家里老人住院，谢谢帮忙。", by=away,
        now=called_away,
    )  # fmt: skip
    do_to_hand_over(running, Deed.ACCEPT, by=deputy, now=called_away, words="放心去")


def _lived_in(grid_id: int) -> list[Dwelling]:
    lived_in = Residence.objects.filter(until__isnull=True).values("dwelling")
    return list(
        Dwelling.objects.filter(unit__building__grid=grid_id, pk__in=lived_in)
        .select_related("unit__building")
        .order_by("id")
    )


def _round_of(officer: Actor) -> Membership:
    held: Membership = Membership.objects.get(
        account_id=officer.account_id or 0, role=Role.GRID_OFFICER, stands_in_for__isnull=True
    )
    return held


def _account(officer: Actor) -> Account:
    return Account.objects.get(pk=officer.account_id or 0)

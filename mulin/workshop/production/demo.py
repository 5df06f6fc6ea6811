"""Believable years of the workshop: firms, neighbours, lots out and back. All invented."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from mulin.ground.community.models import Account
from mulin.ground.community.rules import Actor
from mulin.ground.people.actions.organisations import found_organisation
from mulin.ground.people.models import Organisation, OrganisationKind, Person
from mulin.kit.clock import local_day
from mulin.kit.lifelike import Stretch, ago, at, dice, lately, reached
from mulin.workshop.production.actions.carrying import Errand, Trip, hand_over, plan_round
from mulin.workshop.production.actions.deposits import (
    Sum,
    receive_deposit,
    receive_payment,
    set_deposit_off,
)
from mulin.workshop.production.actions.lots import (
    Verdict,
    give_back,
    issue,
    judge,
    lose,
    material_out,
    split_order,
)
from mulin.workshop.production.actions.offers import offer
from mulin.workshop.production.actions.orders import (
    Terms,
    add_item,
    agree,
    bring_in,
    deliver,
    finish,
    take_order,
)
from mulin.workshop.production.actions.sales import announce_sale
from mulin.workshop.production.actions.setting import add_operation, set_rate
from mulin.workshop.production.actions.workers import ask_for_work, certify, take_on
from mulin.workshop.production.deposits import delivered
from mulin.workshop.production.models import (
    Lot,
    Operation,
    Order,
    Skill,
    StopKind,
    WishKind,
    Worker,
    rate_on,
)
from mulin.workshop.production.rules import Cause, Spot

#: On this day of a month its last pieces are back and delivered.
LAST_DAY: Final = 28
#: How many work here at the end of a year, of a community of `_FULL` persons; later two more a year.
_HEADS: Final = {2020: 24, 2021: 33, 2022: 43, 2023: 53, 2024: 62}
_FULL: Final = 900
_FEWEST: Final = 6
_GROWN, _OLD = 24, 62
#: Each craft has work in one month of three.
_TURNS: Final = 3
#: Minutes a week that somebody wishes who works at home beside her household: 28 to 40 hours.
_WISHES_OF_MINUTES: Final = (1680, 1920, 2160, 2400)
#: Of what she wishes in the four weeks of a month's work, somebody does from so much to so much.
_DONE: Final = (0.85, 1.2)
_WEEKS: Final = 4
_SHARE_OF_FIRST_RATE: Final = Decimal("0.94")


@dataclass(frozen=True, slots=True)
class Craft:
    """What some of the neighbours make: seconds and yuan a piece, whose order, what it is called."""

    operation: str
    seconds: int
    skill: str
    rate: str
    price: str
    material: str
    firm: int
    products: tuple[str, ...]
    words: str


_CRAFTS: Final = (
    Craft("靠垫缝合", 540, "锁边", "4.50", "6.3", "6.5", 0, ("棉麻靠垫", "灯芯绒坐垫", "腰靠"), "四边齐，拉链藏好。"),
    Craft("草编拖鞋", 2400, "草编", "21.0", "29", "3", 2, ("草编拖鞋", "草编凉拖", "草编居家鞋"), "底要密，鞋面收口不扎脚。"),
    Craft("线束插接检测", 150, "", "1.19", "1.67", "0.9", 1, ("空调线束", "灯具线束", "摩托车线束"), "红线朝上，听到“咔”一声，再过一遍灯。"),
    Craft("手工盘扣", 600, "针线", "5.17", "7.2", "0.6", 3, ("旗袍盘扣", "琵琶盘扣", "唐装盘扣"), "一对大小一样，针脚藏在背后。"),
    Craft("草编提篮", 3600, "草编", "31.5", "44", "5", 2, ("草编提篮", "草编收纳筐", "草编野餐篮"), "提手绕三圈，篮底平。"),
    Craft("紧固件分拣装袋", 60, "", "0.47", "0.66", "0.3", 4, ("家具紧固件包", "膨胀螺丝包", "木螺钉包"), "一袋十二件，少一件整箱退。"),
    Craft("绣花香囊", 900, "针线", "7.75", "10.8", "2.2", 3, ("桂花香囊", "平安香囊", "安神香囊"), "花样照样卡，香料各装八克。"),
    Craft("童装钉扣整烫", 240, "锁边", "2.00", "2.80", "9", 0, ("童装衬衫", "儿童罩衣", "校服外套"), "扣子拉三下不松，烫好再折。"),
    Craft("礼盒糊制", 200, "", "1.58", "2.21", "1.1", 5, ("茶叶礼盒", "糕点礼盒", "文旦礼盒"), "角上不露白，盖子开合顺。"),
    Craft("草编茶席", 1500, "草编", "12.9", "18.1", "2.5", 2, ("草编茶席", "草编餐垫", "草编坐垫"), "长宽差不过五毫米，四边压平。"),
)  # fmt: skip
#: What else is on the list, with today's rate; the orders that run today are of these.
_WORK: Final = (
    ("围裙锁边", 70, "锁边", "0.58"),
    ("电子线束插接", 40, "", "0.31"),
    ("草编杯垫", 300, "草编", "2.6"),
    ("直播讲解", 3600, "直播带货", "32"),
)
_FIRMS: Final = (
    "海盐蓝天服饰有限公司", "秦山电子线束厂", "白塘草编合作社", "海盐锦绣坊", "武原标准件厂", "百步包装厂",
)  # fmt: skip
_WISHES: Final = (
    (WishKind.MORE, "孩子上学了，上午可以多做些"), (WishKind.OTHER, "腰不太好，想做坐着的活"),
)  # fmt: skip


def open_workshop(
    *, keeper: Actor, head: Actor, people: Sequence[Person], own: Person, seed: int,
    since: datetime, now: datetime,
) -> None:  # fmt: skip
    """What there is to do and for whom, and everybody who works here with the day they began.

    `own` is the worker with an account.
    """
    first = local_day(since)
    crafts = [(one.operation, one.seconds, one.skill, one.rate) for one in _CRAFTS]
    for name, seconds, skill, yuan in (*crafts, *_WORK):
        operation = add_operation(name=name, seconds=seconds, skill=skill, by=keeper, now=since)
        for day, rate in (
            (first, (Decimal(yuan) * _SHARE_OF_FIRST_RATE).quantize(Decimal("0.01"))),
            (max(date(2023, 1, 1), first + timedelta(days=1)), Decimal(yuan)),
        ):
            set_rate(operation, yuan=rate, since=day, source="工坊议事会", by=keeper, now=since)
    for name in _FIRMS:
        found_organisation(by=head, now=since, name=name, kind=OrganisationKind.FIRM)
    _take_on(keeper, people, own, dice(seed, "workers"), since=since, now=now)


def _take_on(
    keeper: Actor, people: Sequence[Person], own: Person, chance: random.Random, *,
    since: datetime, now: datetime,
) -> None:  # fmt: skip
    """The first ones in the first days, the others one by one until each year has its number."""
    grown = [
        one for one in people
        if one.birth_year and _GROWN <= since.year - one.birth_year < _OLD and one != own
    ]  # fmt: skip
    waiting = [own, *chance.sample(grown, len(grown))]
    skills = {one.name: one for one in Skill.objects.all()}
    share = min(1.0, len(people) / _FULL)
    count = 0
    for year in range(since.year, now.year + 1):
        heads = round(reached(_HEADS, year, more=2) * share)
        fresh = min(max(heads, _FEWEST), len(waiting)) - count
        begins = max(at(date(year, 1, 8), 9), since)
        days = 1 if year == since.year else 230
        for number in range(fresh):
            day = begins + timedelta(days=days * number // max(fresh, 1))
            if day >= now:
                break
            worker = take_on(
                waiting[count],
                minutes_wished=chance.choice(_WISHES_OF_MINUTES),
                by=keeper,
                now=day,
            )
            skill = _CRAFTS[count % len(_CRAFTS)].skill
            if skill:
                certify(worker, skills[skill], assessor="金师傅", by=keeper, now=day)
            count += 1


# ── years ────────────────────────────────────────────────────────────────────────────────────


def work(*, keeper: Actor, seed: int, since: datetime, now: datetime) -> None:
    """Every month's orders: in, out to the workers' homes, back, judged, delivered."""
    stretch = Stretch(since, now)
    workers = list(Worker.objects.select_related("person").order_by("pk"))
    firms = {one.name: one for one in Organisation.objects.filter(name__in=_FIRMS)}
    operations = {one.name: one for one in Operation.objects.select_related("skill")}
    for first in stretch.months():
        if at(first.replace(day=LAST_DAY), 18) not in stretch:
            continue
        for number, craft in enumerate(_CRAFTS):
            mine = [
                one for place, one in enumerate(workers)
                if place % len(_CRAFTS) == number and one.joined_on <= first + timedelta(days=2)
            ]  # fmt: skip
            if mine and (number + first.month) % _TURNS == 0:
                _fill(
                    craft, operations[craft.operation], firms[_FIRMS[craft.firm]], workers=mine,
                    keeper=keeper, first=first, chance=dice(seed, "work", first, number),
                )  # fmt: skip


def _fill(
    craft: Craft, operation: Operation, firm: Organisation, *, workers: Sequence[Worker],
    keeper: Actor, first: date, chance: random.Random,
) -> None:  # fmt: skip
    """One order of a month: each worker gets a lot or two, as large as the hours she wishes."""
    if rate_on(operation, first) is None:
        return
    parts = chance.choice((1, 1, 2))
    portions = [
        (one, round(one.minutes_wished * _WEEKS * chance.uniform(*_DONE) * 60 / craft.seconds / parts))
        for one in workers for _part in range(parts)
    ]  # fmt: skip
    taken = at(first + timedelta(days=1), 9, chance.randrange(60))
    is_late = chance.random() < 0.07  # noqa: PLR2004  the share is made up
    order = _order(
        keeper,
        Terms(
            customer=firm, product=chance.choice(craft.products), operation=operation,
            quantity=sum(size for _worker, size in portions), due=first.replace(day=24 if is_late else 27),
            price=Decimal(craft.price), material_yuan=Decimal(craft.material),
            loss_percent=Decimal(1), specification=craft.words,
            sample_place=f"工坊 {craft.firm + 1} 号柜",
        ),
        lots=[(size, size) for _worker, size in portions], at=taken,
    )  # fmt: skip
    accepted = 0
    for lot, (worker, _size) in zip(order.lots.order_by("number"), portions, strict=True):
        out = at(first + timedelta(days=chance.randint(2, 5)), 8, chance.randrange(60))
        back = at(first.replace(day=chance.randint(15, 24)), 14, chance.randrange(60))
        accepted += _go_round(lot, worker, keeper, chance, out=out, back=back)
    gone = at(first.replace(day=26), 10)
    deliver(order, quantity=accepted, by=keeper, now=gone)
    if accepted < order.quantity:
        short = order.quantity - accepted
        finish(
            order, reason=f"废了 {short} 件，客户同意按实收结", by=keeper,
            now=gone + timedelta(hours=2),
        )  # fmt: skip
    _pay(order, keeper, f"转账 {gone:%m%d}-{order.number}", at=gone.replace(day=LAST_DAY, hour=11))


def _pay(order: Order, keeper: Actor, words: str, *, at: datetime) -> None:
    """The customer pays what is open."""
    settled = sum(
        (one.amount for one in order.deposit_lines.filter(kind="set_off")), start=Decimal(0)
    )
    left = delivered([order.pk])[order.pk] - settled
    if left > 0:
        receive_payment(order, Sum(left, words=words), by=keeper, now=at)


def _order(keeper: Actor, terms: Terms, *, lots: Sequence[tuple[int, int]], at: datetime) -> Order:
    """It runs, its material is in, and its lots are made: of so many pieces, so many in each."""
    order = take_order(terms, by=keeper, now=at)
    agree(order, by=keeper, now=at)
    bring_in(order, quantity=Decimal(terms.quantity), note="送货单", by=keeper, now=at)
    for quantity, size in lots:
        split_order(order, quantity=quantity, size=size, by=keeper, now=at)
    return order


def _go_round(
    lot: Lot, worker: Worker, keeper: Actor, chance: random.Random, *, out: datetime,
    back: datetime,
) -> int:  # fmt: skip
    """Out, back some weeks later, nearly all right; how many were."""
    issue(lot, worker, quantity=lot.quantity, by=keeper, now=out)
    bad = chance.choice((1, 2, 3)) if chance.random() < 0.12 else 0  # noqa: PLR2004  made up
    receipt = give_back(lot, worker, counted=lot.quantity, is_agreed=True, by=keeper, now=back)
    cause = chance.choice((Cause.MATERIAL, Cause.WORK)) if bad else Cause.NONE
    verdict = Verdict(accepted=lot.quantity - bad, scrap=bad, cause=cause)
    judge(receipt, verdict, by=keeper, now=back + timedelta(minutes=40))
    return int(verdict.accepted)


# ── today ────────────────────────────────────────────────────────────────────────────────────


class Stage(StrEnum):
    """How far a lot is: just given out, part of it back and judged, back and waiting for her word,
    agreed and waiting to be judged, accepted.
    """

    OUT = "out"
    PART = "part"
    HER_WORD = "her_word"
    TABLE = "table"
    ACCEPTED = "accepted"


_OUT, _PART, _HER_WORD, _TABLE, _ACCEPTED = Stage


@dataclass(frozen=True, slots=True)
class Running:
    """An order of today: of which craft, taken and due so many days from now, its lots, how many
    of them are still free.
    """

    craft: int
    taken: int
    due: int
    lots: tuple[Stage, ...]
    free: int = 0


#: The oldest first, as their numbers are; the harness of `work_now` was taken nine days ago.
_OLDER: Final = (
    Running(6, 14, 20, (_ACCEPTED, _PART, _HER_WORD)),
    Running(1, 12, 16, (_ACCEPTED, _PART, _PART, _OUT, _HER_WORD, _OUT)),
    Running(0, 11, 4, (_ACCEPTED, _ACCEPTED, _TABLE, _PART)),
)  # fmt: skip
_NEWER: Final = (
    Running(8, 7, 6, (_PART, _HER_WORD, _PART, _OUT, _TABLE), free=1),
    Running(3, 6, 11, (_OUT, _PART, _OUT)),
    Running(5, 5, 9, (_OUT, _PART, _OUT, _OUT, _HER_WORD)),
    Running(7, 3, 26, (_OUT, _OUT, _OUT), free=1),
)  # fmt: skip
#: The harness of today goes to the first ones; of a week's wish a lot takes from so much to so much.
_FIRST: Final = 6
_OF_A_WEEK: Final = (0.5, 1.05)


def work_now(*, keeper: Actor, carrier: Account, seed: int, now: datetime) -> None:
    """Orders of several crafts that run with lots in many hands, one quoted, one paid with its
    deposit, a round of today, a sale to come, wishes that wait.

    The worker with an account finds an offer on her page.
    """
    operations = {one.name: one for one in Operation.objects.all()}
    firms = {one.name: one for one in Organisation.objects.filter(name__in=_FIRMS)}
    everybody = list(Worker.objects.active().select_related("person").order_by("pk"))
    workers = everybody[:_FIRST]
    shop = _Shop(keeper, firms, operations, everybody, seed, now)
    for one in _OLDER:
        _under_way(one, shop)
    came = ago(now, 9, 9, 20)
    running = _order(keeper, Terms(
        customer=firms[_FIRMS[1]], product="空调线束", operation=operations["电子线束插接"],
        quantity=2000, due=local_day(now) + timedelta(days=12), price=Decimal("0.44"),
        transport=Decimal("0.01"), loss_percent=Decimal(2), material_yuan=Decimal("0.9"),
        specification="红线朝上，听到“咔”一声。", deposit=Decimal(200),
    ), lots=[(2000, 250)], at=came)  # fmt: skip
    receive_deposit(running, Sum(Decimal(200), words="收据 0112"), by=keeper, now=came)
    _still_out(running, workers, keeper, now)
    _settled(firms[_FIRMS[0]], operations["围裙锁边"], workers[3], keeper, now)
    _round_of_today(running, workers[2:], keeper, carrier, now)
    for one in _NEWER:
        _under_way(one, shop)
    take_order(Terms(
        customer=firms[_FIRMS[2]], product="草编杯垫", operation=operations["草编杯垫"],
        quantity=600, due=local_day(now) + timedelta(days=30), price=Decimal("3.7"),
    ), by=keeper, now=ago(now, 1, 10, 50))  # fmt: skip
    announce_sale(
        title="草编杯垫、家政围裙直播专场", watch="视频号“新街暖新坊”，也可到工坊现场",
        words="前二十单送香囊一个。", begins_at=at(local_day(now) + timedelta(days=3), 19),
        by=keeper, now=lately(now),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Shop:
    """What the orders of today are made from."""

    keeper: Actor
    firms: Mapping[str, Organisation]
    operations: Mapping[str, Operation]
    workers: Sequence[Worker]
    seed: int
    now: datetime


def _under_way(running: Running, shop: _Shop) -> None:
    """Taken some days ago; each of the craft's workers has a lot, as far along as it says."""
    craft, now, keeper = _CRAFTS[running.craft], shop.now, shop.keeper
    chance = dice(shop.seed, "work of today", running.craft)
    hers = [
        one for place, one in enumerate(shop.workers)
        if place >= _FIRST and place % len(_CRAFTS) == running.craft
    ]  # fmt: skip
    stages = [*zip(hers, running.lots, strict=False)]
    wished = [one.minutes_wished for one, _stage in stages]
    wished += [min(_WISHES_OF_MINUTES)] * running.free
    sizes = [
        max(2, round(minutes * 60 * chance.uniform(*_OF_A_WEEK) / craft.seconds))
        for minutes in wished
    ]  # fmt: skip
    if not sizes:
        return
    order = _order(keeper, Terms(
        customer=shop.firms[_FIRMS[craft.firm]], product=chance.choice(craft.products),
        operation=shop.operations[craft.operation], quantity=sum(sizes),
        due=local_day(now) + timedelta(days=running.due), price=Decimal(craft.price),
        material_yuan=Decimal(craft.material), loss_percent=Decimal(1), specification=craft.words,
        sample_place=f"工坊 {craft.firm + 1} 号柜",
    ), lots=[(size, size) for size in sizes], at=ago(now, running.taken, 9, chance.randrange(60)))  # fmt: skip
    lots = order.lots.order_by("number")
    for place, (lot, (worker, stage)) in enumerate(zip(lots, stages, strict=False)):
        days = 1 + place % 2 if stage is Stage.OUT else running.taken - 1 - place % 2
        out = ago(now, days, 8 + place, 40 - 7 * place)
        issue(lot, worker, quantity=lot.quantity, by=keeper, now=out)
        _bring_along(lot, worker, stage, keeper, place=place, out=days, now=now)


def _bring_along(
    lot: Lot, worker: Worker, stage: Stage, keeper: Actor, *, place: int, out: int, now: datetime
) -> None:
    """As far as its stage says, since it went out so many days ago."""
    if stage is Stage.OUT:
        return
    if stage in {Stage.HER_WORD, Stage.TABLE}:
        give_back(
            lot, worker, counted=lot.quantity, is_agreed=stage is Stage.TABLE, by=keeper,
            now=lately(now, hours=1 + place),
        )  # fmt: skip
        return
    back = ago(now, 1 + (out - 1) // 2, 14 + place % 3, 5 + 8 * place)
    size = lot.quantity if stage is Stage.ACCEPTED else lot.quantity * (2 + place % 2) // 5
    counted = give_back(lot, worker, counted=max(size, 1), is_agreed=True, by=keeper, now=back)
    judge(
        counted, Verdict(accepted=max(size, 1)), by=keeper, now=min(back + timedelta(minutes=40), now)
    )  # fmt: skip


def _settled(
    firm: Organisation, operation: Operation, worker: Worker, keeper: Actor, now: datetime
) -> None:
    """Delivered; the deposit is set off and the rest paid."""
    came = ago(now, 8, 9, 30)
    order = _order(keeper, Terms(
        customer=firm, product="家政围裙", operation=operation, quantity=500,
        due=local_day(now) + timedelta(days=1), price=Decimal("0.82"), deposit=Decimal(100),
        material_yuan=Decimal(3), specification="锁边宽六毫米，线头剪净。",
    ), lots=[(500, 500)], at=came)  # fmt: skip
    receive_deposit(order, Sum(Decimal(100), words="收据 0113"), by=keeper, now=came)
    lot = Lot.objects.get(order=order)
    issue(lot, worker, quantity=500, by=keeper, now=came + timedelta(hours=2))
    back = ago(now, 4, 14, 20)
    receipt = give_back(lot, worker, counted=500, is_agreed=True, by=keeper, now=back)
    judge(receipt, Verdict(accepted=500), by=keeper, now=back + timedelta(hours=1))
    deliver(order, quantity=500, note="送货单 0088", by=keeper, now=ago(now, 3, 10))
    set_deposit_off(order, Sum(Decimal(100)), by=keeper, now=ago(now, 3, 10, 30))
    _pay(order, keeper, "转账 0231", at=ago(now, 1, 10, 40))


def _round_of_today(
    order: Order, workers: Sequence[Worker], keeper: Actor, carrier: Account, now: datetime
) -> None:
    """Material out and pieces back in one trip; the first door is done."""
    lots = list(Lot.objects.filter(order=order).order_by("number"))
    fetched = [
        Errand(StopKind.FETCH, lot, worker, lot.quantity)
        for lot, worker in zip(lots[2:4], workers, strict=False)
    ]
    brought = []
    for lot, worker in zip(lots[5:7], workers[1:], strict=False):
        issue(
            lot, worker, quantity=lot.quantity, by_tricycle=True, by=keeper,
            now=lately(now, hours=2),
        )  # fmt: skip
        brought.append(Errand(StopKind.BRING, lot, worker, lot.quantity))
    made = plan_round(
        [*brought, *fetched], carrier=carrier, day=local_day(now), trip=Trip(capacity=1000),
        by=keeper, now=lately(now, hours=1),
    )  # fmt: skip
    first = made.stops.order_by("position").first()
    if first is not None:
        hand_over(first, quantity=first.quantity, by=keeper, now=lately(now, minutes=20))


def _still_out(order: Order, workers: Sequence[Worker], keeper: Actor, now: datetime) -> None:
    """Some lots at home, one on the counting table, one offered, the rest free."""
    lots = list(Lot.objects.filter(order=order).order_by("number"))
    for number, lot in enumerate(lots[:4]):
        out = ago(now, 6 - number, 8, 40 + 5 * number)
        issue(lot, workers[number], quantity=lot.quantity, by=keeper, now=out)
    ties = add_item(order, name="扎带", unit="包", by=keeper, now=ago(now, 7, 15))
    bring_in(order, item=ties, quantity=Decimal(20), by=keeper, now=ago(now, 7, 15))
    for number, lot in enumerate(lots[:2]):
        material_out(
            lot, workers[number], item=ties, quantity=Decimal(2), by=keeper,
            now=ago(now, 6 - number, 8, 40 + 5 * number),
        )  # fmt: skip
    lose(
        lots[1], quantity=3, spot=Spot.WORKER, worker=workers[1], cause=Cause.CARELESS,
        note="插头踩坏三个", by=keeper, now=ago(now, 2, 16, 10),
    )  # fmt: skip
    counted = give_back(
        lots[0], workers[0], counted=120, is_agreed=True, by=keeper, now=ago(now, 1, 10, 30)
    )
    judge(counted, Verdict(accepted=120), by=keeper, now=ago(now, 1, 11, 10))
    give_back(lots[0], workers[0], counted=80, by=keeper, now=lately(now, hours=2))
    offer(lots[4], workers[0], by=keeper, now=lately(now, hours=1))
    for worker, (kind, words) in zip(workers[1:], _WISHES, strict=False):
        ask_for_work(worker, kind=kind, words=words, by=keeper, now=ago(now, 1, 13, 20))

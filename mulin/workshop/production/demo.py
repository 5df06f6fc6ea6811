"""Believable months of the workshop: three firms, some neighbours, lots out and back. All invented."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from mulin.ground.community.rules import Actor
from mulin.ground.people.actions.organisations import found_organisation
from mulin.ground.people.models import OrganisationKind, Person
from mulin.kit.clock import local_day
from mulin.workshop.production.actions.lots import (
    Verdict,
    give_back,
    issue,
    judge,
    lose,
    split_order,
)
from mulin.workshop.production.actions.offers import offer
from mulin.workshop.production.actions.orders import Terms, agree, bring_in, deliver, take_order
from mulin.workshop.production.actions.sales import announce_sale
from mulin.workshop.production.actions.setting import add_operation, set_rate
from mulin.workshop.production.actions.workers import ask_for_work, certify, take_on
from mulin.workshop.production.models import Lot, Order, Skill, Worker
from mulin.workshop.production.rules import Cause, Spot

_WORK = (
    ("围裙锁边", 70, "锁边", "0.35"),
    ("电子线束插接", 40, "", "0.18"),
    ("草编杯垫", 300, "草编", "1.6"),
)
_FIRMS = ("海盐蓝天服饰有限公司", "秦山电子线束厂", "白塘草编合作社")
_WISHES = ("孩子上学了，上午可以多做些", "腰不太好，想做坐着的活", "想学草编")


def work_months(
    *, keeper: Actor, head: Actor, people: Sequence[Person], own: Person, seed: int, now: datetime
) -> None:
    """Two months back an order that was delivered, one that runs with lots at home, one quoted.

    `own` is the worker with an account, who finds an offer on her page.
    """
    dice = random.Random(f"{seed}-workshop")  # noqa: S311  the same each time
    begun = now - timedelta(days=50)
    operations = []
    for name, seconds, skill, yuan in _WORK:
        operation = add_operation(name=name, seconds=seconds, skill=skill, by=keeper, now=begun)
        set_rate(
            operation, yuan=Decimal(yuan), since=local_day(begun), source="工坊议事会",
            by=keeper, now=begun,
        )  # fmt: skip
        operations.append(operation)
    workers = _workers(keeper, [own, *people[:5]], dice, begun)
    firms = [
        found_organisation(by=head, now=begun, name=name, kind=OrganisationKind.FIRM)
        for name in _FIRMS
    ]
    done = _order(keeper, Terms(
        customer=firms[0], product="家政围裙", operation=operations[0], quantity=300,
        due=local_day(begun) + timedelta(days=25), price=Decimal("1.05"),
        transport=Decimal("0.04"), loss_percent=Decimal(1), material_yuan=Decimal("3.2"),
        specification="线距 3 毫米，角上回针。", sample_place="工坊 2 号柜",
        deposit=Decimal(200),
    ), size=60, at=begun)  # fmt: skip
    for number, lot in enumerate(Lot.objects.filter(order=done).order_by("number")):
        _go_round(lot, workers[number % 3], keeper, dice, at=begun + timedelta(days=3 + number))
    accepted = sum(
        int(row) for row in done.lots.filter(movements__target=Spot.ACCEPTED)
        .values_list("movements__quantity", flat=True)
    )  # fmt: skip
    deliver(done, quantity=accepted, by=keeper, now=begun + timedelta(days=20))
    running = _order(keeper, Terms(
        customer=firms[1], product="空调线束", operation=operations[1], quantity=2000,
        due=local_day(now) + timedelta(days=12), price=Decimal("0.42"),
        transport=Decimal("0.01"), loss_percent=Decimal(2), material_yuan=Decimal("0.9"),
        specification="红线朝上，听到“咔”一声。",
    ), size=250, at=now - timedelta(days=9))  # fmt: skip
    _still_out(running, workers, keeper, now)
    take_order(Terms(
        customer=firms[2], product="草编杯垫", operation=operations[2], quantity=600,
        due=local_day(now) + timedelta(days=30), price=Decimal("3.5"),
    ), by=keeper, now=now - timedelta(days=1))  # fmt: skip
    announce_sale(
        title="草编杯垫、家政围裙直播专场", words="晚上七点，视频号“新街暖新坊”。",
        begins_at=now + timedelta(days=3), by=keeper, now=now,
    )  # fmt: skip


def _workers(
    keeper: Actor, people: Sequence[Person], dice: random.Random, at: datetime
) -> list[Worker]:
    workers = [
        take_on(person, minutes_wished=dice.choice((480, 600, 900, 1200)), by=keeper, now=at)
        for person in people
    ]
    for skill in Skill.objects.order_by("name"):
        for worker in workers[::2]:
            certify(worker, skill, assessor="金师傅", by=keeper, now=at)
    return workers


def _order(keeper: Actor, terms: Terms, *, size: int, at: datetime) -> Order:
    order = take_order(terms, by=keeper, now=at)
    agree(order, by=keeper, now=at)
    bring_in(order, quantity=Decimal(terms.quantity), note="送货单", by=keeper, now=at)
    split_order(order, quantity=terms.quantity, size=size, by=keeper, now=at)
    return order


def _go_round(
    lot: Lot, worker: Worker, keeper: Actor, dice: random.Random, *, at: datetime
) -> None:
    """Out, back five days later, nearly all right."""
    issue(lot, worker, quantity=lot.quantity, by=keeper, now=at)
    back = at + timedelta(days=5)
    bad = dice.choice((0, 0, 1, 2))
    receipt = give_back(lot, worker, counted=lot.quantity, is_agreed=True, by=keeper, now=back)
    cause = dice.choice((Cause.MATERIAL, Cause.WORK)) if bad else Cause.NONE
    judge(
        receipt, Verdict(accepted=lot.quantity - bad, scrap=bad, cause=cause), by=keeper, now=back
    )


def _still_out(order: Order, workers: Sequence[Worker], keeper: Actor, now: datetime) -> None:
    """Some lots at home, one on the counting table, one offered, the rest free."""
    lots = list(Lot.objects.filter(order=order).order_by("number"))
    for number, lot in enumerate(lots[:4]):
        at = now - timedelta(days=6 - number)
        issue(lot, workers[number], quantity=lot.quantity, by=keeper, now=at)
    lose(
        lots[1], quantity=3, spot=Spot.WORKER, worker=workers[1], cause=Cause.CARELESS,
        note="插头踩坏三个", by=keeper, now=now - timedelta(days=2),
    )  # fmt: skip
    counted = give_back(
        lots[0], workers[0], counted=120, is_agreed=True, by=keeper, now=now - timedelta(days=1)
    )
    judge(counted, Verdict(accepted=120), by=keeper, now=now - timedelta(days=1))
    give_back(lots[0], workers[0], counted=80, by=keeper, now=now - timedelta(hours=2))
    offer(lots[4], workers[0], by=keeper, now=now - timedelta(hours=1))
    for worker, words in zip(workers[1:], _WISHES[:2], strict=False):
        ask_for_work(worker, kind="more", words=words, by=keeper, now=now - timedelta(days=1))

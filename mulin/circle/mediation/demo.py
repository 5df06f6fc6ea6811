"""A believable year of the mediation room: quarrels settled, one at the table, one waiting. All invented."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from mulin.circle.mediation.actions.agreeing import (
    Line,
    Terms,
    agree,
    close,
    settle,
    sign,
    visit,
    write_precedent,
)
from mulin.circle.mediation.actions.choosing import answer, ask, declare, join_panel
from mulin.circle.mediation.actions.intake import Told, Who, end, receive
from mulin.circle.mediation.actions.sitting import Record, hold, note_talk, plan_sitting
from mulin.circle.mediation.models import Agreement, Case, Mediator, Visit
from mulin.ground.community.models import Account
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person, Residency
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day

ActorOf = Callable[[Account], Actor]

_QUARRELS = (
    ("noise", "楼上夜里走路、拖椅子，楼下睡不着", "铺地垫，十点以后穿软底鞋", "common"),
    ("parking", "车停在门口挡了路，为这个吵了两回", "按单双日轮着停，谁先到谁让一米", "gain"),
    (
        "neighbour",
        "楼道里堆纸箱，味道大，说了不听",
        "每周六一起清一次，纸箱放到指定的角落",
        "common",
    ),
    ("damage", "空调滴水把楼下晒的被子弄湿了", "接好水管，赔洗被子的钱", "gain"),
    ("family", "兄弟俩为照看老母亲的日子起了争执", "一人半个月，过节一起来", "heart"),
    ("tenancy", "退租时押金扣得不明白", "水电结清以后退八成", "gain"),
    ("wages", "帮忙装修的工钱拖了两个月", "分两次付清，写了条子", "gain"),
)
_LEARNT = "先让两边各说一件对方做过的好事，再谈正事，话就软下来了。"


def mediate_a_year(
    *, director: Actor, accounts: Sequence[Account], actor_of: ActorOf, desk: Actor,
    people: Sequence[Person], seed: int, now: datetime,
) -> None:  # fmt: skip
    """A panel of three, two dozen quarrels of a year, one that is performed, one new."""
    dice = random.Random(f"{seed}-mediation")  # noqa: S311  the same each time
    begun = now - timedelta(days=360)
    panel = _panel(director, accounts, people, begun)
    near = {card.person.address for card in panel}
    parties = [one for one in people if one.address and one.address not in near]
    for number in range(24):
        card = panel[number % len(panel)]
        at = begun + timedelta(days=10 + number * 13)
        case, method = _sit(
            card, dice.sample(parties, 2), number, director=director, he=actor_of(card.account),
            desk=desk, now=at,
        )  # fmt: skip
        _end(case, method, number, he=actor_of(card.account), now=at + timedelta(days=2))
    he = actor_of(panel[0].account)
    case, _method = _sit(
        panel[0], dice.sample(parties, 2), 3, director=director, he=he, desk=desk,
        now=now - timedelta(days=20),
    )  # fmt: skip
    _promised(case, he=he, now=now - timedelta(days=18))
    case, _method = _sit(
        panel[0], dice.sample(parties, 2), 0, director=director, he=he, desk=desk,
        now=now - timedelta(days=2),
    )  # fmt: skip
    first = case.parties.first()
    if first is not None:
        note_talk(case, first, words="心里还有气，愿意再坐一次", by=he, now=now - timedelta(days=1))
    plan_sitting(
        case, at=now + timedelta(hours=6), place="调解室", told="都打了电话", is_open=False, by=he,
        now=now - timedelta(days=1),
    )  # fmt: skip
    _receive(dice.sample(parties, 2), 1, by=desk, now=now - timedelta(hours=5))


def _panel(
    director: Actor, accounts: Sequence[Account], people: Sequence[Person], now: datetime
) -> list[Mediator]:
    new = [one for one in people if one.residency == Residency.NEW and one.home_town]
    party = [one for one in people if one.is_party_member and one.residency == Residency.LOCAL]
    cards = (
        (party[0], "老党员，住了一辈子，谁家的事都知道一点", ["neighbour", "family"]),
        (new[0], "新居民里的热心人，老乡有事都找他", ["noise", "wages", "tenancy"]),
        (party[1], "退休教师，说话慢，听得进", ["noise", "parking", "damage"]),
    )
    return [
        join_panel(
            person, account, kinds=kinds, dialects=[person.home_town[2:] + "话"] if person.home_town else [],
            card=card, is_on_committee=True, by=director, now=now,
        )
        for (person, card, kinds), account in zip(cards, accounts, strict=True)
    ]  # fmt: skip


def _receive(people: Sequence[Person], number: int, *, by: Actor, now: datetime) -> Case:
    kind, facts, _terms, _method = _QUARRELS[number % len(_QUARRELS)]
    who = [
        Who(
            side=side, name=one.name, phone=one.phone or "", address=one.address,
            home_town=one.home_town, person=one.pk,
        )
        for side, one in zip("ab", people, strict=True)
    ]  # fmt: skip
    return receive(
        Told(facts=facts, wishes="坐下来说开"),
        who,
        kind=kind,
        source="oral",
        by=by.by(Channel.WALK_IN),
        now=now,
    )


def _sit(
    card: Mediator, people: Sequence[Person], number: int, *, director: Actor, he: Actor,
    desk: Actor, now: datetime,
) -> tuple[Case, str]:  # fmt: skip
    method = _QUARRELS[number % len(_QUARRELS)][3]
    case = _receive(people, number, by=desk, now=now)
    seat = ask(case, card, by=director, now=now)
    declare(seat, by=he, now=now)
    for party in case.parties.all():
        answer(seat, party, is_yes=True, channel="phone", by=he, now=now)
    case.refresh_from_db()
    sitting = plan_sitting(
        case, at=now + timedelta(hours=20), place="调解室", told="都打了电话", is_open=False, by=he,
        now=now,
    )  # fmt: skip
    present = tuple(case.parties.values_list("pk", flat=True))
    hold(
        sitting, Record(present=present, facts="各说各的，慢慢说清楚了", result="愿意各让一步"),
        method=method, invited_agreed=False, by=he, now=now + timedelta(days=1),
    )  # fmt: skip
    return case, method


def _end(case: Case, method: str, number: int, *, he: Actor, now: datetime) -> None:
    if number % 8 == 7:  # noqa: PLR2004  some do not agree
        end(case, outcome="failed", by=he, now=now)
        return
    terms = Terms(facts="双方说清了经过", terms=_QUARRELS[number % len(_QUARRELS)][2])
    agreement = agree(case, terms, [], is_written=False, by=he, now=now)
    row = Visit.objects.select_related("case").get(case=case)
    visit(row, satisfaction=5 - number % 2, words="和好了", risk="", by=he, now=now)
    close(agreement.case, term="short", by=he, now=now)
    if number % 6 == 0:
        case.refresh_from_db()
        write_precedent(case, method=method, words=_LEARNT, by=he, now=now)


def _promised(case: Case, *, he: Actor, now: datetime) -> None:
    """In writing, in force, one promise kept and one to come, the thirty days running."""
    day = local_day(now)
    lines = [
        Line(day + timedelta(days=3), "接好水管", "a"),
        Line(day + timedelta(days=20), "赔洗被子的钱 60 元", "a"),
    ]
    terms = Terms(
        facts="空调滴水弄湿了被子", duties="安装的一方负责", terms="接好水管，赔洗被子的钱"
    )
    agreement: Agreement = agree(case, terms, lines, is_written=True, by=he, now=now)
    hands = [str(one.pk) for one in case.parties.all()] + ["mediator", "seal"]
    for who in hands:
        sign(agreement, who=who, on=day, by=he, now=now)
    first = agreement.promises.select_related("agreement__case").first()
    if first is not None:
        settle(first, result="kept", on=first.due_on, by=he, now=now + timedelta(days=3))

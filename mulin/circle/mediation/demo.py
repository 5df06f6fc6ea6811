"""Believable years of the mediation room: quarrels settled, one at the table, one waiting. All invented."""

import random
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Final

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
from mulin.circle.mediation.actions.committee import add_court, begin_term, seat_member
from mulin.circle.mediation.actions.intake import Told, Who, end, receive, set_party
from mulin.circle.mediation.actions.sitting import Record, hold, note_talk, plan_sitting
from mulin.circle.mediation.models import Agreement, Case, Mediator, Visit
from mulin.circle.mediation.rules import TERM_YEARS
from mulin.ground.community.models import Account
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person, Residency, Sex
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day
from mulin.kit.lifelike import Stretch, ago, at, dice, lately

ActorOf = Callable[[Account], Actor]

#: Kind, what was told, what was agreed, by which of the three methods.
_QUARRELS: Final = (
    ("noise", "楼上夜里走路、拖椅子，楼下睡不着", "铺地垫，十点以后穿软底鞋", "common"),
    ("parking", "车停在门口挡了路，为这个吵了两回", "按单双日轮着停，谁先到谁让一米", "gain"),
    ("neighbour", "楼道里堆纸箱，味道大，说了不听", "每周六一起清一次，纸箱放到指定的角落", "common"),
    ("damage", "空调滴水把楼下晒的被子弄湿了", "接好水管，赔洗被子的钱", "gain"),
    ("family", "兄弟俩为照看老母亲的日子起了争执", "一人半个月，过节一起来", "heart"),
    ("tenancy", "退租时押金扣得不明白", "水电结清以后退八成", "gain"),
    ("wages", "帮忙装修的工钱拖了两个月", "分两次付清，写了条子", "gain"),
    ("noise", "隔壁一早在阳台剁馅，孩子睡不醒", "七点以后再剁，砧板下垫块毛巾", "common"),
    ("neighbour", "门口的鞋柜占了半条过道，婴儿车推不出去", "鞋柜搬进屋里，过道一人让一半", "common"),
    ("family", "婆媳为带孩子的法子不合，三天没说话", "白天听婆婆的，晚上听妈妈的，谁也不当着孩子说", "heart"),
    ("property", "公共绿地上种了葱，物业拔了，种的人不依", "葱挪进种植箱，绿地补上草", "common"),
    ("debt", "亲戚间借的八千块，一个说还了一个说没还", "对了转账记录，余下的年底还清", "heart"),
    ("trade", "网上团购的橘子烂了一半，团长不退", "烂的退一半钱，下次先验货", "gain"),
    ("damage", "卫生间漏水，楼下天花板起皮", "请同一个师傅修，材料一家一半", "gain"),
    ("parking", "电瓶车充电线从五楼拉下来，邻居不放心", "车推到充电棚，线当场收掉", "common"),
    ("noise", "广场舞的音响正对着高考生的窗户", "六月前音响转个头，八点收场", "gain"),
    ("tenancy", "合租的两家为水电费怎么摊吵起来", "按人头摊，表拍照发在群里", "gain"),
    ("wages", "饭店帮工走的时候少算了三天", "老板补三天，帮工把工作服还回来", "heart"),
    ("neighbour", "狗没拴绳，把老人吓得摔了一下", "出门拴绳，买了水果上门赔不是", "heart"),
    ("family", "女儿女婿要卖老房子，老人不肯搬", "先不卖，装好扶手，每周回来吃一顿饭", "heart"),
    ("damage", "孩子踢球把邻居家的玻璃打碎了", "家长赔玻璃，孩子写了道歉条", "heart"),
    ("other", "办酒席的帐篷搭在楼下，挡了消防通道", "帐篷往广场挪，下回先到家宴中心订", "common"),
    ("property", "一楼住户不肯摊电梯维修的钱", "按楼层分摊，一楼出最少的一份", "gain"),
)  # fmt: skip
#: Invented, as all the rest.
_COURTS: Final = (
    ("望海县人民法院", "committee", "望海路 1 号", "0573-86000012"),
    ("河东县人民法院", "party", "河东大道 20 号", ""),
)
_FIRST_ELECTED: Final = 2020
_TALKED: Final = (
    "各说各的，慢慢说清楚了",
    "先分开谈，再坐到一起，说到后来都笑了",
    "老乡用家乡话劝了几句，气就消了一半",
    "到现场看了一遍，谁也不争了",
    "把前后的日子排了一遍，原来是误会",
)
_LEARNT: Final = (
    "先让两边各说一件对方做过的好事，再谈正事，话就软下来了。",
    "到门口走一趟比坐着说半天管用。",
    "请一位说同一种方言的老乡一起去，话才听得进。",
    "先把钱算清楚，再说谁对谁错。",
)
_AFTER: Final = ("和好了", "碰面会打招呼了", "没有再闹", "一起在楼下晒太阳")


def open_mediation(
    *, director: Actor, accounts: Sequence[Account], people: Sequence[Person], since: datetime
) -> None:
    """A panel of three: an old party member, a newcomer whom newcomers trust, a retired teacher."""
    new = [one for one in people if one.residency == Residency.NEW and one.home_town]
    party = [one for one in people if one.is_party_member and one.residency == Residency.LOCAL]
    cards = (
        (party[0], "老党员，住了一辈子，谁家的事都知道一点", ["neighbour", "family"]),
        (new[0], "新居民里的热心人，老乡有事都找他", ["noise", "wages", "tenancy"]),
        (party[1], "退休教师，说话慢，听得进", ["noise", "parking", "damage"]),
    )
    for (person, card, kinds), account in zip(cards, accounts, strict=True):
        spoken = [f"{person.home_town[2:]}话"] if person.home_town else []
        join_panel(
            person, account, kinds=kinds, dialects=spoken, card=card, is_on_committee=True,
            by=director, now=since,
        )  # fmt: skip


def elect(*, director: Actor, people: Sequence[Person], now: datetime) -> None:
    """The committee of the running term, three of the panel and two women, and courts to ask."""
    today = local_day(now)
    year = today.year - (today.year - _FIRST_ELECTED) % TERM_YEARS
    since = date(year, 7, 1)
    if since > today:
        since = date(year - TERM_YEARS, 7, 1)
    committee = begin_term(since=since, elected_by="居民会议", by=director, now=now)
    panel = [card.person for card in _panel()]
    women = [one for one in people if one.sex == Sex.FEMALE and one.is_party_member]
    for place, person in enumerate(dict.fromkeys([*panel, *women[:2]])):
        seat_member(committee, person, is_chair=place == 0, by=director, now=now)
    for name, ground, address, phone in _COURTS:
        add_court(name=name, ground=ground, address=address, phone=phone, by=director, now=now)


def mediate(
    *, director: Actor, actor_of: ActorOf, desk: Actor, people: Sequence[Person], seed: int,
    since: datetime, now: datetime,
) -> None:  # fmt: skip
    """Three or four quarrels a month, each over within ten days; one in ten does not end well."""
    stretch = Stretch(since, now)
    panel = _panel()
    parties = _parties(people, panel)
    for first in stretch.months():
        for place in range(3 + first.month % 2):
            number = (first.year * 12 + first.month) * 4 + place
            chance = dice(seed, "quarrel", number)
            came = at(
                first.replace(day=2 + place * 5 + chance.randrange(4)), 10, chance.randrange(60)
            )
            if came + timedelta(days=9) not in stretch:
                continue
            card = panel[number % len(panel)]
            he = actor_of(card.account)
            quarrel = chance.randrange(len(_QUARRELS))
            case = _sit(
                card, chance.sample(parties, 2), quarrel, chance, director=director, he=he,
                desk=desk, now=came,
            )  # fmt: skip
            _end(case, quarrel, chance, he=he, now=came + timedelta(days=2))


def mediate_now(
    *, director: Actor, actor_of: ActorOf, desk: Actor, people: Sequence[Person], seed: int,
    now: datetime,
) -> None:  # fmt: skip
    """One that is performed, one at the table, one new."""
    elect(director=director, people=people, now=lately(now))
    chance = dice(seed, "quarrels of today")
    panel = _panel()
    parties = _parties(people, panel)
    he = actor_of(panel[0].account)
    case = _sit(
        panel[0], chance.sample(parties, 2), 3, chance, director=director, he=he, desk=desk,
        now=ago(now, 20, 14, 10),
    )  # fmt: skip
    _promised(case, he=he, now=ago(now, 18, 15), is_today=True)
    case = _sit(
        panel[0], chance.sample(parties, 2), 0, chance, director=director, he=he, desk=desk,
        now=ago(now, 2, 14, 30),
    )  # fmt: skip
    first, later = case.parties.first(), ago(now, 1, 16, 20)
    if first is not None:
        note_talk(case, first, words="心里还有气，愿意再坐一次", by=he, now=later)
    plan_sitting(
        case, at=at(local_day(now) + timedelta(days=1), 19), place="调解室", told="都打了电话", is_open=False, by=he,
        now=later,
    )  # fmt: skip
    _receive(chance.sample(parties, 2), 1, by=desk, now=lately(now, hours=5))


def _panel() -> list[Mediator]:
    rows = Mediator.objects.filter(left_on=None).select_related("person", "account")
    return list(rows.order_by("pk")[:3])


def _parties(people: Sequence[Person], panel: Sequence[Mediator]) -> list[Person]:
    """Whom the roll does not bar from any of the panel."""
    near = {card.person.address for card in panel}
    return [one for one in people if one.address and one.address not in near]


def _receive(people: Sequence[Person], quarrel: int, *, by: Actor, now: datetime) -> Case:
    kind, facts, _terms, _method = _QUARRELS[quarrel]
    who = [
        Who(
            side=side, name=one.name, phone=one.phone or "", address=one.address,
            home_town=one.home_town, person=one.pk,
        )
        for side, one in zip("ab", people, strict=True)
    ]  # fmt: skip
    told = Told(facts=facts, wishes="坐下来说开")
    return receive(told, who, kind=kind, source="oral", by=by.by(Channel.WALK_IN), now=now)


def _sit(
    card: Mediator, people: Sequence[Person], quarrel: int, chance: random.Random, *,
    director: Actor, he: Actor, desk: Actor, now: datetime,
) -> Case:  # fmt: skip
    case = _receive(people, quarrel, by=desk, now=now)
    seat = ask(case, card, by=director, now=now)
    declare(seat, by=he, now=now)
    for party in case.parties.all():
        answer(seat, party, is_yes=True, channel="phone", by=he, now=now)
    for party in case.parties.all():
        party.case = case
        set_party(
            party, is_willing=True, told_rights_on=local_day(now), identity_seen_on=local_day(now),
            by=he, now=now,
        )  # fmt: skip
    case.refresh_from_db()
    evening = at(local_day(now), 19)
    sitting = plan_sitting(
        case, at=max(evening, now + timedelta(hours=1)), place="调解室", told="都打了电话", is_open=False, by=he,
        now=now,
    )  # fmt: skip
    present = tuple(case.parties.values_list("pk", flat=True))
    record = Record(present=present, facts=chance.choice(_TALKED), result="愿意各让一步")
    hold(
        sitting, record, method=_QUARRELS[quarrel][3], invited_agreed=False, by=he,
        now=now + timedelta(days=1),
    )  # fmt: skip
    return case


def _end(case: Case, quarrel: int, chance: random.Random, *, he: Actor, now: datetime) -> None:
    if chance.random() < 0.1:  # noqa: PLR2004  some do not agree
        end(case, outcome="failed", by=he, now=now)
        return
    if chance.random() < 0.15:  # noqa: PLR2004  some want it in writing
        _promised(case, he=he, now=now, quarrel=quarrel)
    else:
        terms = Terms(facts="双方说清了经过", terms=_QUARRELS[quarrel][2])
        agree(case, terms, [], is_written=False, by=he, now=now)
    later = now + timedelta(days=7)
    row = Visit.objects.select_related("case").get(case=case)
    visit(
        row, satisfaction=chance.choice((5, 5, 5, 5, 4)), words=chance.choice(_AFTER), risk="", by=he,
        now=later,
    )  # fmt: skip
    case.refresh_from_db()
    close(case, term="short", by=he, now=later)
    if chance.random() < 0.12:  # noqa: PLR2004  made up
        case.refresh_from_db()
        write_precedent(
            case, method=_QUARRELS[quarrel][3], words=chance.choice(_LEARNT), by=he, now=later
        )


def _promised(
    case: Case, *, he: Actor, now: datetime, quarrel: int = 3, is_today: bool = False
) -> None:
    """In writing and in force; the first promise kept, of a case of today one more to come."""
    day = local_day(now)
    _kind, facts, done, _method = _QUARRELS[quarrel]
    lines = [Line(day + timedelta(days=3), done, "a")]
    if is_today:
        lines.append(Line(day + timedelta(days=20), "赔洗被子的钱 60 元", "a"))
    terms = Terms(facts=facts, duties="双方各认一半", terms=done)
    agreement: Agreement = agree(case, terms, lines, is_written=True, by=he, now=now)
    for who in [*(str(one.pk) for one in case.parties.all()), "mediator", "seal"]:
        sign(agreement, who=who, on=day, by=he, now=now)
    first = agreement.promises.select_related("agreement__case").first()
    if first is not None:
        settle(first, result="kept", on=first.due_on, by=he, now=now + timedelta(days=3))

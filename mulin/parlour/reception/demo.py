"""Believable weeks at the desk: what people of Haiyan might say, and what becomes of it. All invented.

Everything goes through the room's own actions, at the times it would have happened.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from mulin.commons.flow.models import Category, ContactWish, Need, Visibility
from mulin.commons.flow.said import Said
from mulin.ground.community.models import Account
from mulin.ground.community.queries import work_calendar
from mulin.ground.community.rules import Actor
from mulin.ground.notify.actions import mark_told
from mulin.ground.notify.models import Message
from mulin.ground.notify.rules import State as MessageState
from mulin.ground.people.actions.organisations import found_organisation
from mulin.ground.people.models import Person
from mulin.ground.places.models import Building
from mulin.kit.calendar import WorkCalendar
from mulin.kit.channels import Channel
from mulin.kit.clock import SHANGHAI, local_day, start_of_day
from mulin.parlour.reception.actions.demands import (
    answer_demand,
    confirm_demand,
    note_on,
    receive_demand,
    record_return_call,
    take_demand,
    wait_on,
)
from mulin.parlour.reception.actions.joint import ask_help, offer_demand, send_out
from mulin.parlour.reception.actions.orders import Ordered, give_back, take_in_order
from mulin.parlour.reception.actions.stories import show_story
from mulin.parlour.reception.actions.templates import keep_template
from mulin.parlour.reception.actions.visits import Noted, record_visit, record_visits
from mulin.parlour.reception.models import Demand, VisitKind
from mulin.parlour.reception.rules import State, may_be_shown

#: (category, what is said, where, what was done)
SAYINGS = (
    (
        "repair.lamp",
        "楼下那盏路灯又不亮了，晚上回来黑漆漆的，老人不敢走",
        "单元门口往东十来步",
        "换了灯泡和镇流器，晚上去看过，亮了",
    ),
    ("repair.lamp", "三楼的楼道灯一直闪，眼睛都花了", "三楼转角", "声控开关坏了，已换新"),
    ("repair.lamp", "地下车库入口那排灯坏了一半，倒车看不见", "车库入口", "物业电工换了五根灯管"),
    ("repair.lamp", "凉亭的灯晚上八点就灭，大家还在下棋呢", "中心花园凉亭", "时控改到九点半"),
    (
        "repair.road",
        "人行道有块砖翘起来，我婆婆昨天差点绊倒",
        "幼儿园门口",
        "当天把砖重新铺平，旁边松动的一起紧了",
    ),
    (
        "repair.road",
        "下雨天路口积水没过脚背，孩子上学要绕一大圈",
        "南门口",
        "疏通了雨水口，下次下雨再来看",
    ),
    ("repair.road", "减速带的螺丝露出来了，电瓶车胎被扎破", "北门进来第一条路", "减速带换了新的"),
    (
        "repair.lift",
        "电梯关门的时候夹了一下人，声音也不对",
        "2单元电梯",
        "维保师傅调了门机，试运行一天正常",
    ),
    ("repair.lift", "电梯按了没反应，九楼的老伯下不来", "1单元电梯", "维保四十分钟内到场，已恢复"),
    ("repair.water", "厨房水龙头没水，邻居家也没有", "整个单元", "二次供水泵跳闸，已复位"),
    ("repair.water", "楼上漏水，我家天花板起泡了", "卫生间", "陪同两家一起看过，楼上换了角阀"),
    ("repair.power", "半个单元停电，冰箱里的菜要坏了", "2单元", "供电所来人换了熔丝"),
    ("repair.drain", "下水道冒上来的味道很大，窗都不敢开", "楼后窨井", "抽掉淤泥，井盖加了防臭垫"),
    ("repair.drain", "一楼厨房下水堵了，油水倒灌", "101室厨房", "管道疏通，提醒楼上不要倒油"),
    ("repair.gas", "楼道里闻到煤气味", "1单元二楼", "燃气公司十五分钟到场，是灶具软管老化，已更换"),
    ("clean.rubbish", "垃圾桶满了两天没人收，苍蝇很多", "垃圾房", "联系保洁当天清运，改成一天两次"),
    ("clean.rubbish", "有人把建筑垃圾堆在绿化带里", "楼东侧绿化带", "找到装修户，已自行清走"),
    (
        "clean.pile",
        "楼道里堆了旧沙发和纸箱，推轮椅过不去",
        "二楼平台",
        "和住户商量后搬走，给老人留出通道",
    ),
    (
        "clean.pile",
        "四楼门口鞋柜越摆越多，万一着火怎么跑",
        "四楼",
        "上门说了消防的事，鞋柜收进家里",
    ),
    ("clean.green", "香樟树枝伸到我家窗口，虫子往里爬", "三楼窗外", "园林队修了枝"),
    ("clean.green", "草坪里的喷头坏了，水一直往路上流", "中心花园", "关阀换了喷头"),
    (
        "safety.fire",
        "有人把电瓶车推上楼充电，拉了一根线下来",
        "5楼",
        "当天上门，车推到车棚，线已收",
    ),
    ("safety.fire", "消防通道被一辆白车堵了三天", "楼北侧", "联系车主挪车，地上补画了黄线"),
    (
        "safety.fraud",
        "我妈接到电话说要她转保证金，已经去银行了",
        "电话里说",
        "马上联系银行劝住，钱没有转出",
    ),
    (
        "traffic.parking",
        "晚上回来没有车位，外面的车停进来不走",
        "地面车位",
        "和物业商量，外来车晚上十点后登记",
    ),
    ("traffic.parking", "车位线磨没了，停得歪歪扭扭", "楼前", "重新划线八个车位"),
    ("traffic.ebike", "车棚充电桩有三个插口没电", "车棚", "厂家换了模块"),
    (
        "traffic.ebike",
        "能不能再加几个电瓶车位，下班回来都排队",
        "车棚",
        "加装六个插位，下月再看够不够",
    ),
    ("neighbour.noise", "楼上半夜拖椅子，睡不着", "楼上", "陪着两家坐下来谈了，楼上给椅子脚贴了毡"),
    ("neighbour.noise", "装修中午也不停，孩子要睡午觉", "隔壁", "和装修队约好十二点到两点不开工"),
    ("neighbour", "邻居的空调水滴到我家晾衣架上", "阳台", "空调接了排水管"),
    ("elder", "我腿脚不好，想有人陪我去配药", "家里", "志愿者周三上午陪去，药配好了"),
    ("elder", "老年食堂能不能送饭上门，下雨天走不动", "家里", "登记送餐，从明天中午起"),
    ("elder", "助听器没声音了，不知道哪里能修", "家里", "义诊日带来换了电池，声音好了"),
    ("child", "放学到五点半没人接，阿姨工作室还能报名吗", "阿姨工作室", "还有两个名额，已登记"),
    ("work", "我会做草编，暖新坊还收人吗", "暖新坊", "周五来试做，暖新坊师傅在"),
    ("work", "上个月计件的钱好像少了两件", "暖新坊", "对过登记本，补了两件的钱"),
    ("policy", "外地户口的孩子上小学要哪些材料", "来电咨询", "材料清单已给，可以在这里复印"),
    ("policy", "老年优待证怎么补办", "来访咨询", "帮她填了表，十个工作日来取"),
    ("policy", "居住证到期了在哪里续", "来访咨询", "当场帮他在机器上续好了"),
    ("property", "物业费涨了，单子上看不懂是哪几项", "2单元", "请物业把明细贴出来，当面解释过"),
    ("property", "单元门禁坏了一个礼拜，谁都能进来", "单元门", "门禁主板已换"),
    ("property", "快递柜总是满的，东西放在地上", "东门", "快递公司答应加一组柜子，等货到"),
    ("other", "健身器材的扭腰盘转不动了", "健身点", "上了油，螺丝换新"),
    ("other", "长凳的木板断了一根，坐着扎人", "桂花树下", "木板换好，顺手把另外两条也看了"),
    ("other", "想在凉亭办个生日，能借桌子吗", "凉亭", "可以，桌子六张，用完擦干净就行"),
)
#: (came so many hours ago, hours given, system, number, words, kind, place, answer or ! and why not)
ORDERS = (
    (71, 96, "12345热线", "JX20261122003117", "反映小区东门外路灯连续几晚不亮，希望尽快修好",
     "路灯楼道灯", "新街小区东门", "和供电所一起看过，更换两盏灯头，当晚已亮"),
    (50, 48, "12345热线", "JX20261123001904", "反映9幢楼下有人占用消防通道停车",
     "消防通道与充电", "新街小区9幢", "车主已挪车，地面重新划线"),
    (46, 72, "街道平台", "330424000120261123", "网格巡查发现河边护栏松动", "公共设施", "百步河边",
     "!护栏在河道管理范围内，归水利站管养"),
    (20, 48, "12345热线", "JX20261124002280", "来电人说12幢2单元下水道堵了三天，污水倒灌",
     "下水道堵塞", "新街小区12幢2单元", ""),
    (5, 24, "12345热线", "JX20261125000351", "反映半夜有人在凉亭唱歌，影响休息", "噪音",
     "中心花园凉亭", ""),
    (2, 120, "街道平台", "330424000120261125", "请核实小区电动车棚充电桩数量并报送", "电动车棚与充电桩",
     "新街小区", ""),
)  # fmt: skip
_WAIT_FOR = ("维保公司的配件", "供电所排期", "业主回来开门", "街道批复", "雨停以后施工")
_DONE_FOR_A_ROOM = "照您说的做好了，请您有空来看看；还有不合意的，跟我们说。"
_WORDS_OF_THANKS = ("谢谢，来得很快", "蛮好", "修好了，走路放心了", "", "", "师傅很客气", "")
_WORDS_OF_DOUBT = ("又坏了，昨晚又不亮", "来过了，但是没弄好", "只弄了一半")
#: Demands whose number ends so are shown to the street once they are answered.
_SHOWN = ("3", "7", "9")
_NOTES = ("物业说明天来看", "已经和楼长打过招呼", "老人耳朵不好，打电话要大声")


@dataclass(frozen=True, slots=True)
class Staff:
    """Who works in the demonstration."""

    desk: Sequence[Actor]
    officers: dict[int, Actor]  # by grid id
    head: Actor


def live_through(
    days: Sequence[datetime], *, people: Sequence[Person], buildings: Sequence[Building],
    staff: Staff, seed: int, until: datetime,
) -> Iterator[datetime]:  # fmt: skip
    """Live through these days (each given by its midnight), yielding each when it is over.

    Nothing happens after `until`: what was received yesterday may still be open.
    """
    dice = random.Random(seed)  # noqa: S311  a demonstration must come out the same each time
    kinds = {category.code: category for category in Category.objects.all()}
    reasons = list(VisitKind.objects.all())
    sayings = _dealt(dice)
    pending: list[tuple[datetime, int, Demand]] = []
    for day in days:
        is_weekend = day.astimezone(SHANGHAI).weekday() >= 5  # noqa: PLR2004  Saturday
        for moment in _moments(
            day, dice.randint(3, 6) if is_weekend else dice.randint(8, 14), dice
        ):
            if moment < until:
                _visit(moment, people, staff, reasons, dice)
        for moment in _moments(day, dice.randint(0, 2) if is_weekend else dice.randint(2, 4), dice):
            if moment < until:
                demand = _demand(
                    moment, next(sayings), people=people, buildings=buildings, kinds=kinds,
                    staff=staff, dice=dice,
                )  # fmt: skip
                pending.append((moment, 0, demand))
        pending = list(_work_off(pending, day + timedelta(days=1), until, staff, dice))
        _carry_news(day, staff)
        yield day
    _come_from_above(staff, until)


# ── years: what the old visit book has, and what was asked ───────────────────────────────────

#: Visits in a full year; 2020 is counted from July on. Later years are like the last.
VISITS_A_YEAR: Final = {
    2020: 5_200, 2021: 12_600, 2022: 19_900, 2023: 21_400, 2024: 22_800,
}  # fmt: skip
#: How busy a month is beside the mean: papers before the Spring Festival, school in September.
_MONTHS: Final = (1.12, 0.86, 1.04, 1.0, 1.0, 1.04, 0.94, 0.9, 1.1, 0.96, 1.02, 1.06)
#: Monday to Sunday.
_WEEK: Final = (1.5, 1.22, 1.16, 1.14, 1.2, 0.46, 0.34)
#: On a holiday by the State Council's notice somebody still sits in the parlour.
_HOLIDAY: Final = 0.18
#: The week before the Spring Festival, when those from elsewhere come for papers and tickets.
_BEFORE_FESTIVAL: Final = 1.45
#: Typhoons that came this way (In-fa, Muifa, Bebinca): nobody walks, everybody phones.
_STORMS: Final = frozenset(
    {date(2021, 7, 25), date(2021, 7, 26), date(2022, 9, 14), date(2024, 9, 16)}
)
_BENCH_DAY: Final = 20
_VISIT_NOTES: Final = (
    "带了自家种的桑葚来", "等孙子放学，坐一会儿", "帮邻居一起来问", "下次带户口簿再来",
    "量了血压，坐着聊聊", "打印三张", "老花镜落在这里，已收好", "问了公交改线",
)  # fmt: skip


def fill_book(
    *, people: Sequence[Person], staff: Staff, seed: int, since: datetime, now: datetime
) -> int:
    """The visits of [since, now) as the desk's book has them, taken in at once; how many."""
    calendar, noted = work_calendar(), []
    kinds = list(VisitKind.objects.filter(is_active=True).order_by("sort", "id"))
    desk = [one.account_id for one in staff.desk]
    day = local_day(since)
    while (midnight := start_of_day(day)) < now:
        dice = random.Random(f"{seed}-visits-{day}")  # noqa: S311  the same whoever asks first
        for moment in _moments(midnight, _visits_on(day, calendar, dice), dice):
            kind = dice.choices(kinds, range(len(kinds), 0, -1))[0]
            person = dice.choice(people) if dice.random() < 0.72 else None  # noqa: PLR2004  shares are made up
            channel = Channel.PHONE if day in _STORMS else dice.choices(_WAYS, (16, 6, 1))[0]
            if since <= moment < now:
                noted.append(
                    Noted(
                        at=moment, reason=kind.reason, kind_id=kind.pk,
                        person_id=person.pk if person else None, channel=channel,
                        minutes=dice.choice((kind.minutes, kind.minutes, 2, 5, 8, 15)),
                        worker_id=dice.choice(desk),
                        note=dice.choice(_VISIT_NOTES) if dice.random() < 0.02 else "",  # noqa: PLR2004
                    )
                )  # fmt: skip
        day += timedelta(days=1)
    return record_visits(noted, by=staff.desk[0].by(Channel.IMPORT), now=now)


_WAYS: Final = (Channel.WALK_IN, Channel.PHONE, Channel.DOOR)


def _visits_on(day: date, calendar: WorkCalendar, dice: random.Random) -> int:
    """How many come on a day: by the year, the season, the weekday, the festival, the weather."""
    total = VISITS_A_YEAR.get(day.year, max(VISITS_A_YEAR.values()))
    mean = total / (184 if day.year == min(VISITS_A_YEAR) else 365)
    weight = 1.5 if calendar.is_make_up_day(day) else _WEEK[day.weekday()]
    if calendar.is_holiday(day):
        weight = _HOLIDAY
    elif _is_before_festival(day, calendar):
        weight *= _BEFORE_FESTIVAL
    if day.day == _BENCH_DAY:
        weight *= 1.2
    if day in _STORMS:
        weight *= 0.4
    return int(mean * weight * _MONTHS[day.month - 1] * dice.uniform(0.85, 1.2) + dice.random())


def _is_before_festival(day: date, calendar: WorkCalendar) -> bool:
    """Within a week before the holiday of January or February that lasts longest."""
    return day.month <= 2 and all(  # noqa: PLR2004  the Spring Festival is never later
        any(calendar.is_holiday(day + timedelta(days=ahead + more)) for ahead in range(1, 8))
        for more in range(3)
    )


def _come_from_above(staff: Staff, until: datetime) -> None:
    """What the hotline and the street have sent in the last days, and what became of it."""
    for hours_ago, hours_given, system, number, words, kind, place, answer in ORDERS:
        came = until - timedelta(hours=hours_ago)
        said = Ordered(
            system=system, number=number, words=words, category=kind, place_words=place,
            sent_at=came - timedelta(minutes=40), outer_by=came + timedelta(hours=hours_given),
            contact_name="来电人", contact_phone="0573-86000000",
        )  # fmt: skip
        order, _came = take_in_order(said, by=staff.desk[0].by(Channel.IMPORT), now=came)
        done = came + (until - came) / 2
        if answer.startswith("!"):
            give_back(order.demand, by=staff.head, why=answer[1:], now=done)
        elif answer:
            answer_demand(order.demand, by=staff.desk[0], words=answer, now=done)


#: Words the community answers with often: name, kind, words.
_TEMPLATES = (
    (
        "灯修好了",
        "repair.lamp",
        "{称呼}您好，您反映的{地点}的灯已经修好，今晚请再看一眼，还不亮就打{电话}。",
    ),
    (
        "已约维保",
        "repair.lift",
        "您好，{地点}的电梯已约维保单位上门，修好以后我们再告诉您。编号 {编号}。",
    ),
    ("清运完成", "clean.rubbish", "{地点}的垃圾已清运，以后每天两次。还有问题请打{电话}。"),
    ("已上门", None, "{称呼}您好，您{日期}说的事，{经办人}已上门看过，结果是："),
    ("不归社区办", None, "您好，这件事不归社区办，已帮您问清楚该找："),
)
_UNITS = (
    ("海景物业", "firm", "0573-86001188"),
    ("望海供电所", "unit", "0573-95598"),
    ("望海街道办事处", "unit", "0573-86110000"),
)


def work_together(staff: Staff, *, now: datetime) -> None:
    """A morning among colleagues: something is offered, shared, out at a unit, joined."""
    for name, code, words in _TEMPLATES:
        kind = Category.objects.filter(code=code).first() if code else None
        keep_template(None, by=staff.head, name=name, words=words, category=kind, now=now)
    units = [
        found_organisation(by=staff.desk[0], now=now, name=name, kind=kind, phone=phone)
        for name, kind, phone in _UNITS
    ]
    clerk = Account.objects.get(pk=staff.desk[0].account_id or 0)
    open_ones = (
        Demand.objects.open()
        .filter(state=State.IN_HAND, owner_id__in=[a.account_id for a in staff.officers.values()])
        .exclude(need__visibility=Visibility.CONFIDENTIAL)
        .select_related("need__category", "owner")
        .order_by("-id")
    )
    by_account = {actor.account_id: actor for actor in staff.officers.values()}
    for number, demand in enumerate(open_ones[:6]):
        owner = by_account[demand.owner_id]
        others = [actor for actor in staff.officers.values() if actor != owner]
        colleague = Account.objects.get(pk=others[number % len(others)].account_id or 0)
        if number == 0:
            offer_demand(
                demand, to=clerk, by=owner, why="我下午要去街道开会，麻烦您跟一下", now=now
            )
        elif number == 1:
            offer_demand(
                demand, to=colleague, by=owner, why="这幢楼您更熟", now=now - timedelta(hours=26)
            )  # fmt: skip
        elif number in {2, 3}:
            ask_help(
                demand, helper=clerk if number == 2 else colleague, asked="帮忙打电话约业主在家的时间",  # noqa: PLR2004
                due_at=now + timedelta(days=1), by=owner, now=now,
            )  # fmt: skip
        else:
            send_out(
                demand, to=units[number % len(units)], by=owner, asked="请派人到现场看，书面回复",
                letter=f"新街函〔{now.year}〕{number + 7}号", contact="姚工",
                back_by=now + timedelta(days=3), now=now,
            )  # fmt: skip
    _one_lamp(staff, now=now)


def see_to_what_rooms_gave(staff: Staff, *, now: datetime) -> None:
    """What another room handed over weeks ago was taken and answered like any other demand."""
    left = Demand.objects.filter(state=State.RECEIVED, received_at__lt=now - timedelta(days=14))
    for demand in left.select_related("need").order_by("id"):
        taken = demand.received_at + timedelta(hours=3)
        take_demand(demand, by=staff.desk[0], now=taken)
        done = taken + timedelta(days=4)
        answer_demand(demand, by=staff.desk[0], words=_DONE_FOR_A_ROOM, now=done)
        record_return_call(
            demand, by=staff.desk[1].by(Channel.PHONE, on_behalf_of=demand.need.person_id),
            outcome="solved", rating=5, words="", now=done + timedelta(days=3),
        )  # fmt: skip


def _one_lamp(staff: Staff, *, now: datetime) -> None:
    """Three neighbours tell of one lamp, each in their own words; two go with the first."""
    kind = Category.objects.get(code="repair.lamp")
    building = Building.objects.filter(name="3幢").first()
    people = list(Person.objects.on_roll().filter(address__startswith="3幢")[:3])
    told: list[Demand] = []
    for number, (words, person) in enumerate(zip(_ONE_LAMP, people, strict=False)):
        told.append(
            receive_demand(
                Said(words=words, person=person, building=building, category=kind),
                by=staff.desk[0].by(Channel.PHONE, on_behalf_of=person.pk),
                joins=told[0] if number == 1 else None,
                now=now - timedelta(hours=5 - number),
            )
        )  # fmt: skip


_ONE_LAMP = (
    "3幢2单元楼道灯坏了，上下楼摸黑",
    "楼道里的灯不亮，老人上楼不敢走",
    "3幢楼道晚上一片黑，灯坏了好几天",
)


def _moments(day: datetime, count: int, dice: random.Random) -> list[datetime]:
    """Times between half past eight and five, most before noon."""
    minutes = sorted(int(dice.triangular(510, 1020, 600)) for _ in range(count))
    return [day + timedelta(minutes=minute) for minute in minutes]


def _visit(
    moment: datetime, people: Sequence[Person], staff: Staff, kinds: Sequence[VisitKind],
    dice: random.Random,
) -> None:  # fmt: skip
    person = dice.choice(people) if dice.random() < 0.8 else None  # noqa: PLR2004  shares are made up
    channel = dice.choices([Channel.WALK_IN, Channel.PHONE, Channel.DOOR], [7, 3, 1])[0]
    kind = dice.choices(kinds, range(len(kinds), 0, -1))[0]
    record_visit(
        by=dice.choice(staff.desk).by(channel, on_behalf_of=person.pk if person else None),
        reason=kind.reason, kind=kind, person=person,
        minutes=dice.choice([kind.minutes, kind.minutes, 2, 8, 15]), now=moment,
    )  # fmt: skip


def _dealt(dice: random.Random) -> "Iterator[tuple[str, str, str, str]]":
    """The sayings, shuffled, again and again: none comes twice before all came once."""
    while True:
        deck = list(SAYINGS)
        dice.shuffle(deck)
        yield from deck


def _demand(
    moment: datetime, saying: tuple[str, str, str, str], *, people: Sequence[Person],
    buildings: Sequence[Building], kinds: dict[str, Category], staff: Staff, dice: random.Random,
) -> Demand:  # fmt: skip
    code, words, where, _done = saying
    person, building = dice.choice(people), dice.choice(buildings)
    channel = dice.choices(
        [Channel.WALK_IN, Channel.PHONE, Channel.QR, Channel.PAPER, Channel.DOOR],
        [35, 30, 20, 8, 7],
    )[0]
    if channel is Channel.QR:
        by = Actor(community_id=building.community_id, channel=channel)
        return receive_demand(
            Said(
                words=words, building=building, place_words=where, category=kinds[code],
                contact_phone=person.phone or "",
            ),
            by=by, now=moment,
        )  # fmt: skip
    return receive_demand(
        Said(
            words=words, person=person, building=building, place_words=where, category=kinds[code],
            contact_wish=ContactWish.CALL if dice.random() < 0.6 else ContactWish.MESSAGE,  # noqa: PLR2004
            visibility=dice.choices(Visibility.values, [90, 8, 2])[0],
        ),
        by=dice.choice(staff.desk).by(channel, on_behalf_of=person.pk),
        minutes=dice.choice([4, 5, 6, 8, 12]),
        now=moment,
    )  # fmt: skip


def _work_off(
    pending: list[tuple[datetime, int, Demand]], evening: datetime, until: datetime, staff: Staff,
    dice: random.Random,
) -> Iterator[tuple[datetime, int, Demand]]:  # fmt: skip
    """Take each pending demand one stage on, if its next moment comes before this evening."""
    for since, stage, demand in pending:
        wait = (
            _until_taken(demand, dice) if stage == 0
            else timedelta(hours=dice.randint(3, 110))
        )  # fmt: skip
        moment = since + wait
        hour = moment.astimezone(SHANGHAI).hour
        is_urgent = demand.harm <= 2  # noqa: PLR2004  the duty phone answers at night
        if not is_urgent and (hour < 8 or hour >= 18):  # noqa: PLR2004  nobody else works then
            moment += timedelta(hours=13) if stage else timedelta(0)
        if moment >= min(evening, until):
            yield since, stage, demand
            continue
        if _one_stage(demand, stage, moment, staff, dice):
            yield moment, stage + 1, demand


def _carry_news(day: datetime, staff: Staff) -> None:
    """Officers ring or knock where no message arrives, on the second day at the latest."""
    waiting = Message.objects.filter(
        state=MessageState.TASK, created_at__lt=day - timedelta(days=1)
    )
    by_account = {actor.account_id: actor for actor in staff.officers.values()}
    for message in waiting:
        carrier = by_account.get(message.carrier_id) or staff.head
        mark_told(message, by=carrier, note="当面说了", now=day + timedelta(hours=16))


def _until_taken(demand: Demand, dice: random.Random) -> timedelta:
    """Mostly well within the limit of the first word; now and then somebody is late."""
    limit = (demand.respond_by or demand.received_at) - demand.received_at
    return limit * dice.choices([0.1, 0.3, 0.6, 1.3], [40, 30, 24, 6])[0]


def _one_stage(
    demand: Demand, stage: int, moment: datetime, staff: Staff, dice: random.Random
) -> bool:
    """Whether something is still to come afterwards."""
    handler = staff.officers.get(demand.grid_id or 0) or staff.desk[0]
    if demand.need.visibility == Visibility.CONFIDENTIAL:
        handler = staff.desk[0]
    demand = Demand.objects.select_related("need__person", "owner").get(pk=demand.pk)
    if demand.state in {"confirmed", "closed"}:
        return False
    if stage == 0 or demand.state == "not_solved":
        take_demand(demand, by=handler, now=moment)
        if dice.random() < 0.15:  # noqa: PLR2004
            note_on(demand, by=handler, words=dice.choice(_NOTES), now=moment)
        return True
    if demand.state in {"in_hand", "waiting"}:
        if demand.state == "in_hand" and dice.random() < 0.12:  # noqa: PLR2004
            wait_on(
                demand, by=handler, whom=dice.choice(_WAIT_FOR), until=moment + timedelta(days=5),
                now=moment,
            )  # fmt: skip
            return True
        answer_demand(demand, by=handler, words=_done_for(demand.need), now=moment)
        return True
    return _ask(demand, moment, staff, dice)


def _ask(demand: Demand, moment: datetime, staff: Staff, dice: random.Random) -> bool:
    solved = dice.random() < 0.95  # noqa: PLR2004
    rating: int | None = dice.choice([1, 2, 3])
    if solved:
        rating = dice.choices([5, 4, 3], [75, 21, 4])[0]
    words = dice.choice(_WORDS_OF_THANKS if solved else _WORDS_OF_DOUBT)
    if solved and demand.need.number.endswith(_SHOWN):
        _show(demand, moment, staff)
    if demand.need.channel == Channel.QR and dice.random() < 0.7:  # noqa: PLR2004
        by = Actor(
            community_id=demand.community_id, channel=Channel.QR,
            held_code=demand.need.follow_code,
        )  # fmt: skip
        confirm_demand(demand, by=by, solved=solved, rating=rating, words=words, now=moment)
        return not solved
    if dice.random() < 0.1:  # noqa: PLR2004
        return True  # nobody got round to calling yet
    caller = next(a for a in (*staff.desk, staff.head) if a.account_id != demand.owner_id)
    outcome = "solved" if solved else "not_solved"
    if dice.random() < 0.08:  # noqa: PLR2004
        outcome, rating, words = "unreachable", None, ""
    record_return_call(
        demand, by=caller.by(Channel.PHONE, on_behalf_of=demand.need.person_id), outcome=outcome,
        rating=rating, words=words, now=moment,
    )  # fmt: skip
    return outcome != "solved"


def _show(demand: Demand, moment: datetime, staff: Staff) -> None:
    """Some of what was answered is put before the street, as the desk would."""
    need = demand.need
    if may_be_shown(State(demand.state), visibility=need.visibility, is_sealed=need.is_sealed):
        show_story(
            demand, by=staff.desk[0], words=need.words, answer=_done_for(need), looked=True,
            now=moment,
        )  # fmt: skip


def _done_for(need: Need) -> str:
    return next(done for _code, words, _where, done in SAYINGS if words == need.words)

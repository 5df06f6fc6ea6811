"""The demonstration community: 新街社区 as it might be, made by the rooms' own actions.

Nobody in it exists. Its accounts work without a second factor, and only where `MULIN_DEMO` is on.
The password is drawn at the first start and kept beside the database.
"""

import json
import random
import secrets
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from mulin.circle.alarms.demo import answer_calls, calls_now
from mulin.circle.booking.demo import use_rooms, use_rooms_now
from mulin.circle.elders.demo import care, care_now
from mulin.circle.mediation.demo import mediate, mediate_now
from mulin.circle.proximity.demo import lay_streets
from mulin.circle.volunteers.demo import help_now, help_out
from mulin.commons.ballots.demo import hold_a_vote
from mulin.commons.ballots.membership import Belongs
from mulin.commons.ballots.queries import electorate
from mulin.commons.paper.demo import lay_sheets
from mulin.commons.rota.demo import take_turns
from mulin.ground.audit.actions import recording
from mulin.ground.community.actions.founding import found_community
from mulin.ground.community.actions.roles import open_account
from mulin.ground.community.models import ROLE_LABELS, Account, Community, Grid
from mulin.ground.community.queries import actor_of
from mulin.ground.community.rules import Actor, Role, system
from mulin.ground.notify.actions import keep_template
from mulin.ground.notify.actions.wechat import (
    ServiceAccountValues,
    link_wechat,
    set_service_account,
)
from mulin.ground.people.actions.persons import bulk_register, link_account
from mulin.ground.people.models import Person, Residency, Sex
from mulin.ground.people.rules import Typed
from mulin.ground.places.actions import (
    add_building,
    add_dwellings,
    add_place,
    add_unit,
    print_codes,
    set_hours,
    settle_by_addresses,
)
from mulin.ground.places.models import Building, Place, PlaceKind
from mulin.ground.places.rules import Hours
from mulin.kit import clock
from mulin.kit.lifelike import lately
from mulin.kit.scoping import in_community
from mulin.parlour.classroom.demo import teach
from mulin.parlour.deliberation.demo import deliberate
from mulin.parlour.doublefive.demo import hold_seasons
from mulin.parlour.reception.actions.limits import open_reception
from mulin.parlour.reception.demo import (
    fill_book,
    live_through,
    see_to_what_rooms_gave,
    work_together,
)
from mulin.parlour.rounds.demo import end_of_story, walk_day
from mulin.parlour.suggestions.demo import live_with_ideas, meet_every_month, think_aloud
from mulin.parlour.survey.demo import hold_surveys
from mulin.site import demo_parts, demo_years
from mulin.site.demo_scene import HEAD, OPENED_ON, SEED, Scene
from mulin.workshop.childcare.demo import mind_now
from mulin.workshop.production.demo import work, work_now
from mulin.workshop.skills.demo import train, train_now
from mulin.workshop.wages.demo import pay_months, pay_now

#: So many days make the present; what is older belongs to the years.
DAYS_OF_PRESENT = 60
GRIDS = ("桂花网格", "香樟网格", "白塘网格", "新城网格")
BUILDINGS_PER_GRID = 6
HOUSEHOLDS_PER_UNIT = 12
SURNAMES = "王陈张沈朱徐吴周李顾陆金姚俞许何钱孙马杨黄赵曹蒋潘单解曾邵费仇尹章屠祝冯褚卫施戴夏"
#: What people are called depends on when they were born: (born before, women, men).
GIVEN = (
    (1965, (
        "秀英", "桂芳", "玉兰", "彩娣", "爱珍", "凤仙", "林妹", "阿毛", "金娥", "杏宝", "巧珍", "银妹",
        "素珍", "月英", "菊仙", "桂珍", "水英", "阿囡",
    ), (
        "建国", "金根", "宝根", "根法", "水根", "永康", "阿法", "寿根", "福生", "林根", "冬生", "跃进",
        "金泉", "阿大", "生荣", "祖根", "关林", "炳生",
    )),
    (1993, (
        "丽华", "小红", "雪琴", "海燕", "美芳", "春梅", "文娟", "云", "晓燕", "建英", "玉芬", "红娟",
        "利娟", "惠芳", "志英", "小琴", "群英", "雅萍",
    ), (
        "志明", "国强", "大勇", "晓东", "建明", "伟", "国平", "建华", "海龙", "永明", "卫东", "志强",
        "林华", "小平", "勤", "国良", "军", "新华",
    )),
    (9999, (
        "佳怡", "雨桐", "可欣", "梦洁", "雯", "诗涵", "欣怡", "梓萱", "晨曦", "雨欣", "嘉怡", "子涵",
        "心怡", "静", "若彤", "晓雯", "依诺", "佳琪",
    ), (
        "浩然", "俊杰", "一鸣", "子轩", "宇航", "思远", "佳豪", "天宇", "晨", "逸飞", "泽宇", "嘉诚",
        "文博", "志远", "子豪", "一帆", "俊", "明轩",
    )),
)  # fmt: skip
TOWNS = ("安徽阜阳", "河南周口", "江西上饶", "贵州毕节", "四川达州", "湖北黄冈", "云南昭通")
PLACES = (
    ("睦邻客厅", PlaceKind.HALL, ((8, 30), (11, 30)), ((13, 30), (17, 0)), 7),
    ("居家养老中心", PlaceKind.ELDER_STATION, ((8, 0), (16, 30)), None, 7),
    ("暖新坊", PlaceKind.WORKSHOP, ((8, 0), (11, 30)), ((12, 30), (17, 30)), 6),
    ("家宴中心", PlaceKind.BANQUET, ((9, 0), (20, 0)), None, 7),
    ("社区卫生站", PlaceKind.CLINIC, ((8, 0), (11, 30)), ((13, 0), (16, 30)), 6),
    ("桂花广场长凳", PlaceKind.SQUARE, ((6, 0), (21, 0)), None, 7),
)
STAFF = (
    (Role.HEAD, "老周", "laozhou"),
    (Role.COMMUNITY_WORKER, "小陈", "xiaochen"),
    (Role.COMMUNITY_WORKER, "小李", "xiaoli"),
    (Role.GRID_OFFICER, "小孙", "xiaosun"),
    (Role.GRID_OFFICER, "小吴", "xiaowu"),
    (Role.GRID_OFFICER, "阿杰", "ajie"),
    (Role.GRID_OFFICER, "小沈", "xiaoshen"),
    (Role.WORKSHOP_MANAGER, "金师傅", "jinshifu"),
    (Role.ACCOUNTANT, "钱会计", "qiankuaiji"),
    (Role.CHILDCARE_LEAD, "沈阿姨", "shenayi"),
    (Role.CLASS_LEAD, "陆老师", "lulaoshi"),
    (Role.MEDIATOR, "老许", "laoxu"),
    (Role.MEDIATOR, "胡大姐", "hudajie"),
    (Role.MEDIATOR, "汤老师", "tanglaoshi"),
    (Role.MEDIATION_DIRECTOR, "俞主任", "yuzhuren"),
    (Role.VOLUNTEER_LEAD, "费医生", "feiyisheng"),
    (Role.ELECTION_COMMITTEE, "姚老师", "yaolaoshi"),
    (Role.OBSERVER, "老金", "laojin"),
    (Role.AUDITOR, "小金", "xiaojin"),
    (Role.STREET_OVERSEER, "街道老方", "laofang"),
    (Role.INSTALLER, "小马", "xiaoma"),
)
RESIDENTS = (
    (Role.RESIDENT, "张勇", "13800000001"),
    (Role.VOLUNTEER, "李芳", "13800000002"),
    (Role.WORKSHOP_WORKER, "沈桂芳", "13800000003"),
    (Role.CARRIER, "马建军", "13800000004"),
    (Role.CHILD_DUTY, "朱晓燕", "13800000005"),
    (Role.FAMILY, "王丽华", "13800000006"),
    (Role.KEY_HOLDER, "顾水根", "13800000007"),
)

Say = Callable[[str], None]


def make(say: Say, *, people: int = 900, years: int | None = None) -> Community:
    """Make the community and its present, the last sixty days; `say` is told how far it is.

    What was before is planned, so many calendar `years` or all, and `demo_years` fills it in.
    """
    dice = random.Random(SEED)  # noqa: S311  a demonstration must come out the same each time
    now = clock.now()
    founded = clock.start_of_day(OPENED_ON) + timedelta(hours=8)
    say(_("Founding the community …"))
    community, _accounts = found_community(
        street="望海街道", name="新街社区", slug="xinjie", phone="0573-86000120",
        address="海盐县望海街道新街路 20 号", grids=GRIDS, founders=(), by=system(0), now=founded,
    )  # fmt: skip
    with in_community(community):
        by = system(community.pk)
        open_reception(by=by, now=founded)
        accounts = _open_accounts(by, founded)
        say(_("Building houses …"))
        buildings = _build(by, founded)
        _open_places(by, founded, buildings)
        say(_("People move in …"))
        persons = _move_in(people, by, founded, dice)
        _link(accounts, persons, by, founded)
        scene = Scene(community, accounts, persons, buildings)
        lay_streets(head=scene.actor(HEAD, now=now), now=now)
        _set_up_messages(scene, founded)
        demo_parts.stand(scene, now=founded)
        _live_now(say, scene, by=by, founded=founded, now=now)
    _neighbour(lately(now))
    demo_years.plan(until=begin_of_present(now), people=people, parts=demo_parts.PARTS, years=years)
    return community


def _live_now(say: Say, scene: Scene, *, by: Actor, founded: datetime, now: datetime) -> None:
    """The last sixty days, and whatever stands open, waits or runs at this moment."""
    staff, persons, accounts = scene.staff(now), scene.persons, scene.accounts
    say(_("Asking the households how satisfied they are …"))
    hold_surveys(head=staff.head, desk=staff.desk, size=len(persons) // 3, seed=SEED, now=now)
    say(_("The neighbours vote …"))
    committee = scene.actor("姚老师", now=now)
    hold_seasons(
        head=staff.head, desk=staff.desk, committee=committee,
        observer=scene.actor("老金", now=now), seed=SEED, now=now,
    )  # fmt: skip
    hold_a_vote(
        committee=committee, holders=_key_holders(scene, by, founded, now),
        people=electorate([Belongs("all")], day=clock.local_day(now)).of["all"], now=now,
    )  # fmt: skip
    first = begin_of_present(now)
    calendar = [first + timedelta(days=n) for n in range(DAYS_OF_PRESENT + 1)]
    for number, day in enumerate(
        live_through(
            calendar, people=persons, buildings=scene.buildings, staff=staff, seed=SEED, until=now
        ),
        start=1,
    ):
        walk_day(day, officers=staff.officers, seed=SEED, until=now)
        if number % 10 == 0 or number == len(calendar):
            say(_("Day %(number)s of %(all)s …") % {"number": number, "all": len(calendar)})
    fill_book(people=persons, staff=staff, seed=SEED, since=first, now=now)
    work_together(staff, now=now)
    lay_sheets(community=scene.community, desk=staff.desk[0], now=now)
    say(_("The neighbours meet and decide …"))
    deliberate(
        head=staff.head, desk=staff.desk[0], officer=accounts["小孙"], people=persons, now=now
    )
    say(_("Neighbours bring and answer ideas …"))
    residents = [scene.actor(name, now=now) for _r, name, _p in RESIDENTS]
    live_with_ideas(people=persons[:60], residents=residents, desk=staff.desk, seed=SEED, now=now)
    meet_every_month(people=persons[:60], desk=staff.desk, seed=SEED, now=now)
    see_to_what_rooms_gave(staff, now=now)
    think_aloud(desk=staff.desk[0], residents=residents, seed=SEED, now=now)
    say(_("Lessons are held …"))
    teach(
        desk=staff.desk[0], officer=next(iter(staff.officers.values())), people=persons, seed=SEED,
        now=now,
    )  # fmt: skip
    _work(say, scene, now=now)
    _care(say, scene, now=now)
    end_of_story(officers=list(staff.officers.values()), desk=staff.desk[0], now=now, seed=SEED)


def begin_of_present(now: datetime) -> datetime:
    """The midnight at which the years end and the present begins."""
    return clock.start_of_day(clock.local_day(now)) - timedelta(days=DAYS_OF_PRESENT)


def _work(say: Say, scene: Scene, *, now: datetime) -> None:
    """The workshop of neighbours, and who minds their children meanwhile."""
    say(_("The workshop gives lots out and pays …"))
    staff, persons = scene.staff(now), scene.persons
    keeper, since = scene.actor("金师傅", now=now), begin_of_present(now)
    with transaction.atomic():
        work(keeper=keeper, seed=SEED, since=since, now=now)
        pay_months(keeper=keeper, since=since, now=now)
        train(keeper=keeper, seed=SEED, since=since, now=now)
        work_now(keeper=keeper, carrier=scene.accounts["马建军"], seed=SEED, now=now)
        pay_now(keeper=keeper, head=staff.head, now=now)
        train_now(keeper=keeper, people=persons[81:], now=now)
        mind_now(head=staff.head, lead=scene.actor("沈阿姨", now=now), seed=SEED, now=now)
    say(_("Neighbours take turns at the front desk …"))
    take_turns(
        desk=staff.desk[0], own=scene.person("张勇"),
        people=[one for one in persons[80:120] if one.phone and one.account_id is None][:8],
        seed=SEED, now=now,
    )  # fmt: skip


def _care(say: Say, scene: Scene, *, now: datetime) -> None:
    """The circle: rooms, elders, alarms, volunteers, mediation."""
    staff, persons, since = scene.staff(now), scene.persons, begin_of_present(now)
    desk, own, volunteer = staff.desk[0], scene.person("张勇"), scene.person("李芳")
    officers = list(staff.officers.values())
    lead, director = scene.actor("费医生", now=now), scene.actor("俞主任", now=now)

    def he(account: Account) -> Actor:
        return actor_of(account, scene.community, now=now)

    with transaction.atomic():
        use_rooms(desk=desk, people=persons, seed=SEED, since=since, now=now)
        use_rooms_now(desk=desk, people=persons[100:140], own=own, seed=SEED, now=now)
    say(_("Neighbours look in on the old …"))
    with transaction.atomic():
        care(desk=desk, seed=SEED, since=since, now=now)
        care_now(desk=desk, helper=volunteer, seed=SEED, now=now)
    say(_("The old are watched over …"))
    answer_calls(desk=desk, officers=officers, seed=SEED, since=since, now=now)
    calls_now(desk=desk, officers=officers, seed=SEED, now=now)
    say(_("Volunteers help …"))
    with transaction.atomic():
        help_out(lead=lead, people=persons, seed=SEED, since=since, now=now)
        help_now(lead=lead, people=persons[100:160], now=now)
    say(_("Quarrels are settled …"))
    with transaction.atomic():
        mediate(
            director=director, actor_of=he, desk=desk, people=persons, seed=SEED, since=since,
            now=now,
        )  # fmt: skip
        mediate_now(director=director, actor_of=he, desk=desk, people=persons, seed=SEED, now=now)


def accounts() -> Iterator[tuple[str | Promise, str, str]]:
    """(role, name to sign in with, password or how): one for each role."""
    password = _password()
    seen: set[Role] = set()
    for role, _name, login_name in STAFF:
        if role not in seen:
            yield ROLE_LABELS[role], login_name, password
        seen.add(role)
    for role, _name, phone in RESIDENTS:
        yield ROLE_LABELS[role], phone, _("(the code is shown on the page)")


def _password() -> str:
    path = Path(settings.DATA_DIR, "demo.json")
    if not path.exists():
        drawn = "-".join(secrets.token_hex(2) for _n in range(3))
        path.write_text(json.dumps({"password": f"mulin-{drawn}"}), encoding="utf-8")
        path.chmod(0o600)
    return str(json.loads(path.read_text(encoding="utf-8"))["password"])


def _open_accounts(by: Actor, now: datetime) -> dict[str, Account]:
    made: dict[str, Account] = {}
    grids = list(Grid.objects.order_by("number"))
    password = _password()
    for role, name, login_name in STAFF:
        grid = grids.pop(0) if role is Role.GRID_OFFICER else None
        made[name] = open_account(
            display_name=name, role=role, login_name=login_name, password=password, grid=grid,
            by=by, now=now, is_demo=True,
        )  # fmt: skip
    for role, name, phone in RESIDENTS:
        made[name] = open_account(
            display_name=name, role=role, phone=phone, by=by, now=now, is_demo=True
        )
    return made


def _build(by: Actor, now: datetime) -> list[Building]:
    buildings = []
    number = 0
    for row, grid in enumerate(Grid.objects.order_by("number")):
        for column in range(BUILDINGS_PER_GRID):
            number += 1
            building = add_building(
                by=by, now=now, name=f"{number}幢", grid=grid,
                latitude=_degrees(30.5264 + row * 0.0011), longitude=_degrees(120.9461 + column * 0.0009),
            )  # fmt: skip
            for unit in ("1单元", "2单元"):
                add_dwellings(
                    add_unit(building, by=by, now=now, name=unit), by=by, now=now,
                    floors=range(1, 7), rooms_per_floor=2,
                )  # fmt: skip
            buildings.append(building)
    print_codes(buildings, by=by, now=now)
    return buildings


def _degrees(value: float) -> Decimal:
    return Decimal(f"{value:.6f}")


def _open_places(by: Actor, now: datetime, buildings: list[Building]) -> None:
    places: list[Place] = []
    for (name, kind, morning, afternoon, days), building in zip(PLACES, buildings, strict=False):
        place = add_place(
            by=by, now=now, name=name, kind=kind, grid=building.grid, building=building
        )
        spans = [span for span in (morning, afternoon) if span is not None]
        hours = [
            Hours(weekday=weekday, opens=time(*opens), closes=time(*closes))
            for weekday in range(1, days + 1)
            for opens, closes in spans
        ]
        set_hours(place, hours, by=by, now=now)
        places.append(place)
    print_codes(places, by=by, now=now)


def _move_in(count: int, by: Actor, now: datetime, dice: random.Random) -> list[Person]:
    grids = {grid.number: grid.pk for grid in Grid.objects.all()}
    rows = [_person(number, grids, now.date(), dice) for number in range(count)]
    for row, (_role, name, phone) in zip(rows[40:], RESIDENTS, strict=False):
        row["name"], row["phone"], row["born_on"] = name, phone, date(1978, 5, 20)
    with recording(by, "people.register_many", now=now) as act:
        persons = bulk_register(rows, by=by, now=now)
        act.on(persons[0], after={"count": len(persons)})
    settle_by_addresses(by=by, now=now)
    return list(Person.objects.on_roll().order_by("id"))


def _person(number: int, grids: dict[int, int], today: date, dice: random.Random) -> Typed:
    home = number // 2
    # House after house, each in another grid: so few people live in all grids, too.
    turn, row = divmod(home // (2 * HOUSEHOLDS_PER_UNIT), len(grids))
    building = row * BUILDINGS_PER_GRID + turn % BUILDINGS_PER_GRID + 1
    unit = home // HOUSEHOLDS_PER_UNIT % 2 + 1
    room = home % HOUSEHOLDS_PER_UNIT
    age = dice.choices([7, 16, 33, 48, 66, 74, 84], [8, 6, 26, 22, 16, 14, 8])[0] + dice.randint(
        -4, 5
    )
    # Now and then an old person's family lives elsewhere, so that somebody is to be looked after.
    if number % 36 == 8:  # noqa: PLR2004  made up
        age = 80 + number % 11
    lives_elsewhere = number % 36 == 9  # noqa: PLR2004  as above
    is_new = dice.random() < 0.42  # noqa: PLR2004  the share is made up
    has_phone = 12 <= age < 78 or dice.random() < 0.3  # noqa: PLR2004
    surname, sex = dice.choice(SURNAMES), dice.choice([Sex.FEMALE, Sex.MALE])
    born_on = today.replace(day=1) - timedelta(days=age * 365 + dice.randrange(365))
    women, men = next(names for before, *names in GIVEN if born_on.year < before)
    return Typed(
        name=surname + dice.choice(women if sex == Sex.FEMALE else men),
        sex=sex,
        phone=f"139{dice.randrange(10**8):08d}" if has_phone else "",
        born_on=born_on,
        grid_id=grids[(building - 1) // BUILDINGS_PER_GRID + 1],
        address=(
            "" if lives_elsewhere else f"{building}幢{unit}单元{room // 2 + 1}0{room % 2 + 1}"
        ),
        residency=(
            Residency.VISITOR if lives_elsewhere else Residency.NEW if is_new else Residency.LOCAL
        ),
        home_town=dice.choice(TOWNS) if is_new else "",
        is_party_member=age > 25 and dice.random() < 0.12,  # noqa: PLR2004
        wants_large_type=age >= 70,  # noqa: PLR2004
    )


def _link(accounts: dict[str, Account], persons: list[Person], by: Actor, now: datetime) -> None:
    """Residents with an account stand on the roll, too."""
    by_phone = {person.phone: person for person in persons}
    for _role, name, phone in RESIDENTS:
        link_account(by_phone[phone], accounts[name].pk, by=by, now=now)


def _key_holders(scene: Scene, by: Actor, founded: datetime, now: datetime) -> list[Actor]:
    """Three who hold a share each; the first stands among the residents that can be tried."""
    held = [scene.accounts["顾水根"]] + [
        open_account(
            display_name=name, role=Role.KEY_HOLDER, phone=phone, by=by, now=founded, is_demo=True
        )
        for name, phone in (("陆根法", "13800000018"), ("费玉兰", "13800000019"))
    ]
    return [actor_of(one, scene.community, now=now) for one in held]


def _set_up_messages(scene: Scene, now: datetime) -> None:
    """A service account that nobody has at WeChat: the demonstration never asks there, nor sends."""
    head = scene.actor(HEAD, now=now)
    set_service_account(
        ServiceAccountValues(
            app_id="wxdemo20200701", app_secret=secrets.token_hex(16), domain_code="",
            callback_token=secrets.token_hex(8), callback_key="", template_kind="template",
            template_id="demo", subject_field="thing1", body_field="thing2", time_field="time3",
            is_on=True,
        ),
        by=head, now=now,
    )  # fmt: skip
    for _role, name, _phone in RESIDENTS[:2]:
        link_wechat(
            scene.accounts[name], open_id=f"demo-{secrets.token_hex(8)}", is_following=True,
            by=scene.actor(name, now=now), now=now,
        )  # fmt: skip
    keep_template(
        "need", approval_id="SMS_20200701", text="您反映的事有进展：${body}", longest=35, by=head,
        now=now,
    )  # fmt: skip


def _neighbour(now: datetime) -> None:
    """A second community, so that one sees that nothing of it is seen."""
    community, _accounts = found_community(
        street="望海街道", name="邻里社区", slug="linli", phone="0573-86000220",
        address="海盐县望海街道邻里路 8 号", grids=("东网格", "西网格"), founders=(), by=system(0),
        now=now,
    )  # fmt: skip
    with in_community(community):
        by = system(community.pk)
        open_reception(by=by, now=now)
        open_account(
            display_name="邻社区小李", role=Role.COMMUNITY_WORKER, login_name="linli-xiaoli",
            password=_password(), by=by, now=now, is_demo=True,
        )  # fmt: skip

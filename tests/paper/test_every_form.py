"""Every form of the product by every way it can come: the records are equal.

A form that a room registers needs its line in `WAYS`: what is written on the sheet, how the same is
said on the page of the room, and what its record says. The typed page and the sheet follow by
themselves. A few have more ways than three, and a test of their own that compares them (`ELSEWHERE`).
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mulin.circle.booking.actions.rooms import RoomValues, keep_room, set_hours
from mulin.circle.booking.models import Booking
from mulin.circle.booking.rules import Window
from mulin.circle.elders.actions.orders import Offered, add_service
from mulin.circle.elders.actions.pairs import Brings, pair_up, take_helper_on
from mulin.circle.elders.actions.records import take_in
from mulin.circle.elders.models import Contact, Service, ServiceOrder
from mulin.circle.elders.rules import Care
from mulin.circle.mediation.models import Case, opened
from mulin.circle.volunteers.actions.planning import About, lay_out_kinds, plan_activity
from mulin.circle.volunteers.models import ActivityKind, Duty, Volunteer
from mulin.circle.volunteers.rules import Post
from mulin.commons.flow.models import Category, Need
from mulin.commons.flow.said import Said
from mulin.commons.gatherings.actions.coming import invite, sign_in
from mulin.commons.gatherings.actions.planning import Plan, plan_gathering
from mulin.commons.gatherings.models import Attendance, Gathering
from mulin.commons.paper.actions.readings import finish
from mulin.commons.paper.actions.sheets import print_sheets
from mulin.commons.paper.models import ReadField
from mulin.commons.paper.queries import asked_on, proposed
from mulin.commons.paper.registry import use_of, uses
from mulin.commons.rota.actions.members import Terms
from mulin.commons.rota.actions.members import take_on as take_turns
from mulin.commons.rota.actions.months import open_month
from mulin.commons.rota.models import Member, Wish
from mulin.commons.rota.rules import month_of
from mulin.ground.community.models import Account
from mulin.ground.community.rules import Role
from mulin.ground.people.actions.persons import index_words
from mulin.ground.people.models import Consent, Purpose
from mulin.ground.places.actions import add_place
from mulin.kit.channels import Channel
from mulin.kit.clock import standing_still
from mulin.kit.paper.definition import SheetCode
from mulin.kit.paper.reading import open_reader
from mulin.kit.paper.typed import form_class_of, text_of
from mulin.parlour.classroom.actions.kits import lay_out_kits
from mulin.parlour.classroom.actions.lessons import plan_lesson
from mulin.parlour.classroom.actions.quiz import end_quiz, lead_on, open_quiz, put_on_paper
from mulin.parlour.classroom.models import Kit, Lesson
from mulin.parlour.reception.actions.demands import answer_demand, receive_demand
from mulin.parlour.reception.models import Confirmation, Demand
from mulin.parlour.suggestions.models import Idea
from mulin.workshop.childcare.models import Child
from mulin.workshop.production.actions.carrying import Errand, plan_round
from mulin.workshop.production.actions.lots import issue
from mulin.workshop.production.actions.offers import answer_offer, offer
from mulin.workshop.production.actions.setting import add_operation
from mulin.workshop.production.actions.workers import take_on
from mulin.workshop.production.models import Movement, Offer, Receipt, Stop, StopKind, WorkWish
from mulin.workshop.skills.actions import plan_course, write_syllabus
from mulin.workshop.skills.models import Assessment
from tests.clock import NOW
from tests.factories.community import AccountFactory, MembershipFactory
from tests.factories.people import PersonFactory
from tests.paper.conftest import SERIAL
from tests.production.conftest import make_shop
from tests.support.filledin import blank_of, photo, written
from tests.support.hardphotos import ORDINARY

# What is read from a picture is the same on every database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def _clock():
    """Pages, too, live at the moment of the tests: a gathering must not be over."""
    with standing_still(NOW):
        yield


@dataclass(frozen=True)
class Ways:
    """A form by its three ways. `begin` makes what each needs before and gives it a name; `answers`
    are those of a sheet for one of them; `on_the_page` says the same on the room's own page;
    `record` is all that the record of one of them says.
    """

    answers: Callable[[Any], dict]
    on_the_page: Callable[[Any, Any, Any], None]
    record: Callable[[Any], Any]
    begin: Callable[[Any, int], Any] = lambda _cast, _number: None
    staff: str = "chen"  # of the cast, who works with its sheets
    subject: Callable[[Any], str] = lambda _about: (
        ""
    )  # what its sheets are about, of several things
    person: Callable[[Any], Any] = lambda _about: None
    #: What is written on the sheet that is photographed; where that is the community's own, of what.
    shot: dict | Callable[[Any], dict] = field(default_factory=dict)

    def written(self, about):
        return self.shot(about) if callable(self.shot) else self.shot


# ── a demand ─────────────────────────────────────────────────────────────────────────────────

TOLD = {
    "words": "三楼楼道灯不亮", "place": "12幢1单元3楼", "phone": "13857301234",
    "contact": "message", "visibility": "anonymous",
}  # fmt: skip


def tell(client, _cast, _about):
    told = TOLD | {"place_words": TOLD["place"], "looked": "1", "token": "w" * 16}
    answer = client.post(reverse("reception:tell"), told)
    assert answer.status_code == 302


def demand_said(_about):
    """The newest demand: all that is its own, but how, when and by whose hand it came."""
    need = Need.objects.order_by("-id")[0]
    demand = Demand.objects.get(need=need)
    return (
        need.words, need.place_words, need.contact_phone, need.visibility, need.contact_wish,
        need.category, need.person, need.building, demand.state, demand.urgency, demand.harm,
        demand.respond_by - demand.received_at,
    )  # fmt: skip


# ── the word on an answer, and the list of calls ─────────────────────────────────────────────


def answered(cast, number):
    demand = receive_demand(
        Said(words=f"楼下第{number}盏灯不亮", person=cast.wang.person,
             category=Category.objects.get(code="repair.lamp")),
        by=cast.chen.actor.by(Channel.PHONE, on_behalf_of=cast.wang.person.pk), now=NOW,
    )  # fmt: skip
    return answer_demand(demand, by=cast.sun.actor, words="换了灯泡", now=NOW)


def heard(demand):
    one = Confirmation.objects.get(demand=demand)
    return (one.outcome, one.rating, one.words, Demand.objects.get(pk=demand.pk).state)


def confirm(client, _cast, demand):
    told = {"solved": "no", "rating": "2", "words": "还是不亮", "token": "w" * 16}
    answer = client.post(reverse("reception:follow", args=[demand.need.follow_code]), told)
    assert answer.status_code == 302


def call(client, cast, demand):
    cast.enter(client, cast.chen)
    told = {"outcome": "solved", "rating": "4", "words": "亮了", "token": "w" * 16}
    confirmation = Confirmation.objects.get(demand=demand)
    answer = client.post(reverse("reception:call", args=[confirmation.pk]), told)
    assert answer.status_code == 302


# ── consents ─────────────────────────────────────────────────────────────────────────────────

SAID = {Purpose.SERVICE: "yes", Purpose.MESSAGES: "no", Purpose.PHOTOS: "yes"}


def somebody(cast, number):
    return PersonFactory(community=cast.xinjie, name=f"周小{'一二三'[number]}", grid=cast.grid_1)


def agree(client, cast, person):
    cast.enter(client, cast.chen)
    for purpose, word in SAID.items():
        answer = client.post(reverse("people:consent", args=[person.pk, purpose, word]))
        assert answer.status_code == 302


def consents(person):
    return list(
        Consent.objects.filter(person=person).order_by("id").values_list("purpose", "is_given")
    )


def on_the_sheet(_person):
    numbers = {purpose: number for number, purpose in enumerate(Purpose, 1)}
    return {"name": "周小一"} | {f"for{numbers[one]}": word for one, word in SAID.items()}


# ── an idea ──────────────────────────────────────────────────────────────────────────────────

IDEA = {"words": "桂花广场多放两张长椅", "name": "周小梅", "phone": "13857305577"}


def hear(client, cast, _about):
    cast.enter(client, cast.chen)
    told = {
        "words": IDEA["words"], "contact_name": IDEA["name"], "phone": IDEA["phone"],
        "channel": Channel.PAPER.value, "token": "w" * 16,
    }  # fmt: skip
    assert client.post(reverse("suggestions:hear"), told).status_code == 302


def idea_said(_about):
    idea = Idea.objects.order_by("-id").select_related("need")[0]
    need = idea.need
    return (
        need.words, need.contact_name, need.contact_phone, need.visibility, need.contact_wish,
        need.person, idea.state, idea.supporters, idea.due_at - idea.came_at,
    )  # fmt: skip


# ── the duty rota: which days suit ───────────────────────────────────────────────────────────


def month_of_duty(cast, number):
    by, kind = cast.chen.actor, "front-desk"
    member = Member.objects.filter(kind=kind).first() or take_turns(
        cast.yong.person, kind, Terms(), by=by, now=NOW
    )
    return open_month(kind, month_of(NOW.date(), number + 1), by=by, now=NOW), member


def tick_days(client, cast, about):
    month, member = about
    told = {"unable": [f"{month.first:%Y-%m}-07"], "gladly": [f"{month.first:%Y-%m}-08"]}
    address = reverse("rota:wishes", args=[month.pk, member.pk])
    assert cast.enter(client, cast.yong).post(address, told).status_code == 302


def days_said(about):
    rows = Wish.objects.filter(month=about[0]).select_related("member")
    return [(row.day.day, row.wanted, row.member.person_id) for row in rows]


# ── a gathering: who signs up, who is there ──────────────────────────────────────────────────


def gathering(cast, number):
    begins = NOW + timedelta(hours=9 + number)
    plan = Plan(f"路灯怎么装之{number}", begins, begins + timedelta(hours=2), place_words="二楼")
    planned = plan_gathering("meeting", plan, by=cast.chen.actor, now=NOW)
    invite(planned, [cast.wang.person, cast.yong.person], by=cast.chen.actor, now=NOW)
    return planned, cast.yong.person


def press_come(client, cast, about):
    answer = cast.enter(client, cast.yong).post(reverse("gatherings:come", args=[about[0].code]))
    assert answer.status_code == 302


def stands(about):
    rows = Attendance.objects.filter(gathering=about[0]).order_by("line")
    return [(row.line, row.stand, row.answered_at is None) for row in rows]


def type_lines(client, cast, about):
    told = {"lines": "2", "walk_ins": "1", "token": "w" * 16}
    address = reverse("gatherings:lines", args=[about[0].pk])
    assert cast.enter(client, cast.chen).post(address, told).status_code == 302


def who_came(about):
    rows = Attendance.objects.filter(gathering=about[0], came_at__isnull=False)
    came = [(row.line, row.came_at == about[0].starts_at, row.came_by) for row in rows]
    return came, Gathering.objects.get(pk=about[0].pk).walk_ins


# ── a room ───────────────────────────────────────────────────────────────────────────────────

WANTED = {
    "day": "20261127", "starts": "18:30", "ends": "20:00", "people": "12", "purpose": "group",
    "called": "舞蹈队",
}  # fmt: skip


def club_room(cast, number):
    by = cast.chen.actor
    place = add_place(by=by, now=NOW, name=f"活动楼{number}", kind="other", grid=cast.grid_1)
    room = keep_room(None, RoomValues(name="", seats=30), place=place, by=by, now=NOW)
    set_hours(room, [Window(5, 9 * 60, 21 * 60)], by=by, now=NOW)
    return room, cast.yong.person


def press_book(client, cast, about):
    told = WANTED | {"day": "2026-11-27", "waits": "on", "token": "w" * 16}
    address = reverse("booking:book", args=[about[0].code])
    assert cast.enter(client, cast.yong).post(address, told).status_code == 302


def booked(about):
    one = Booking.objects.get(room=about[0])
    return (
        one.starts_at, one.ends_at, one.people, one.tables, one.purpose, one.called, one.state,
        one.person, one.wants_kitchen, one.price_yuan, one.rank, one.slots.count(),
    )  # fmt: skip


# ── a child is enrolled ──────────────────────────────────────────────────────────────────────

MINDED = {
    "name": "小满", "born_on": "20180308", "guardian": "张勇", "relation": "爸爸",
    "phone": "13800000001", "uses": ["care"],
}  # fmt: skip


def enrol_child(client, cast, _about):
    told = MINDED | {"born_on": "2018-03-08", "token": "w" * 16}
    answer = cast.enter(client, cast.chen).post(reverse("childcare:enrol"), told)
    assert answer.status_code == 302


def child_said(_about):
    child = Child.objects.order_by("-id")[0]
    guardian = child.guardians.get()
    consents = child.consents.order_by("use").values_list("use", "is_given")
    return (
        child.born_on, guardian.relation, guardian.phone, guardian.person, tuple(consents),
        child.accepted_at,
    )  # fmt: skip


# ── visits of a helper ───────────────────────────────────────────────────────────────────────


def looked_after(cast, number):
    by = cast.chen.actor
    old, near = (PersonFactory(community=cast.xinjie, name=f"{name}{number}") for name in "周李")
    elder = take_in(old, has_agreed=True, by=by, now=NOW)
    helper = take_helper_on(near, Brings(), by=by, now=NOW)
    pair_up(elder, helper, by=by, now=NOW)
    return elder, helper


def note_visit(client, cast, about):
    told = {
        "outcome": "well", "way": "door", "words": "灯不亮", "helper": about[1].pk,
        "token": "w" * 16,
    }  # fmt: skip
    address = reverse("elders:elder-act", args=[about[0].pk, "contact"])
    assert cast.enter(client, cast.chen).post(address, told).status_code == 302


def visited(about):
    rows = Contact.objects.filter(elder=about[0], helper=about[1])
    return [(row.outcome, row.way, row.minutes, row.need.words) for row in rows]


# ── volunteers: who registers, who takes a post ──────────────────────────────────────────────

HELPER = {
    "name": "周小梅",
    "phone": "13857305577",
    "skills": "理发、修伞",
    "times": "周末",
    "team": "一队",
}


def willing(cast, number):
    person = PersonFactory(
        community=cast.xinjie, name=f"周小梅{number}", phone=f"1385730557{number}"
    )
    return None, person


def register_at_the_desk(client, cast, about):
    told = HELPER | {"who": about[1].phone, "channel": "paper", "token": "w" * 16}
    index_words([about[1]])
    answer = cast.enter(client, cast.chen).post(reverse("volunteers:people"), told)
    assert answer.status_code == 302, answer.context["form"].errors


def registered(about):
    one = Volunteer.objects.get(person=about[1])
    return one.skills, one.times, one.team, one.joined_on, one.left_on


CHILD = {
    "name": "周小宝", "guardian": "周小梅", "phone": "13857305577", "agrees": "yes",
    "skills": "读报", "times": "周末",
}  # fmt: skip


def child_and_parent(cast, number):
    parent = PersonFactory(community=cast.xinjie, name="周小梅", phone=CHILD["phone"])
    index_words([parent])
    born = NOW.date().replace(year=NOW.year - 10)
    return None, PersonFactory(community=cast.xinjie, name=f"周小宝{number}", born_on=born)


def register_with_a_parent(client, cast, about):
    index_words([about[1]])
    told = {
        "who": about[1].name, "guardian": CHILD["phone"], "skills": "读报", "times": "周末",
        "token": "w" * 16,
    }  # fmt: skip
    answer = cast.enter(client, cast.chen).post(reverse("volunteers:people"), told)
    assert answer.status_code == 302, answer.context["form"].errors


def child_registered(about):
    one = Volunteer.objects.get(person=about[1])
    return one.skills, one.times, one.guardian.name, one.guardian_agreed_on


def post_to_fill(cast, number):
    by = cast.chen.actor
    if not ActivityKind.objects.exists():
        lay_out_kinds(by=by, now=NOW)
    kind, begins = ActivityKind.objects.order_by("position")[0], NOW + timedelta(days=1 + number)
    activity = plan_activity(
        Plan(f"理发{number}", begins, begins + timedelta(hours=2), place_words="客厅"),
        About(kind, (Post("理发师", 2, ""),)), by=by, now=NOW,
    )  # fmt: skip
    return activity.shifts.get(), cast.yong.person


def press_help(client, cast, about):
    told = {"shift": about[0].pk, "token": "w" * 16}
    address = reverse("volunteers:join", args=[about[0].activity.gathering.code, "help"])
    assert cast.enter(client, cast.yong).post(address, told).status_code == 302


def helping(about):
    rows = Duty.objects.filter(shift=about[0]).select_related("volunteer")
    return [(row.stand, row.risks_told, row.volunteer.person_id) for row in rows]


# ── the quiz of a lesson ─────────────────────────────────────────────────────────────────────


def lesson_on_paper(cast, number):
    by = cast.chen.actor
    if not Kit.objects.exists():
        lay_out_kits(by=by, now=NOW)
    plan = Plan(f"先别急着退款{number}", NOW, NOW + timedelta(minutes=40), place_words="客厅")
    kit = Kit.objects.get(family="refund")
    return put_on_paper(plan_lesson(plan, kit=kit, site="compound", by=by, now=NOW), by=by, now=NOW)


def answer_on_phones(_client, cast, lesson):
    """A phone in the class, led on by the teacher; what stays of it is counted as a sheet is."""
    open_quiz(lesson, by=cast.chen.actor, now=NOW)
    phone = Client()
    phone.post(reverse("classroom:join", args=[lesson.code]), {"nick": "桂花糕", "token": "w" * 16})
    for at in range(2):
        lead_on(lesson, lesson.edition, by=cast.chen.actor, now=NOW)
        answer = phone.post(
            reverse("classroom:answer", args=[lesson.code]), {"at": at, "choice": 1}
        )
        assert answer.status_code == 302
        lead_on(lesson, lesson.edition, by=cast.chen.actor, now=NOW)
    end_quiz(lesson, by=cast.chen.actor, now=NOW)


def counted(lesson):
    row = Lesson.objects.get(pk=lesson.pk)
    return [tuple(pair) for pair in row.tally or row.sheet_tally if any(pair)]


# ── the workshop: an assessment, offers to a worker, a carrier's round ───────────────────────


def at_a_course(cast, number):
    by = cast.zhou.actor
    operation = add_operation(
        name=f"编{number}号杯垫", seconds=300, skill=f"草编{number}", by=by, now=NOW
    )
    syllabus = write_syllabus(
        operation.skill, criteria="四角起头\n编一只杯垫\n收边藏头", months=12, by=by, now=NOW
    )
    plan = Plan(title=f"草编课{number}", starts_at=NOW, ends_at=NOW + timedelta(hours=2))
    course = plan_course(plan, syllabus=syllabus, teacher="金师傅", by=by, now=NOW)
    person = somebody(cast, number)
    sign_in(course.gathering, person, by=by, now=NOW)
    return course, person


SHOWN = {"c1": "shown", "c2": "not", "c3": "shown", "assessor": "金师傅"}


def write_what_was_shown(client, cast, about):
    told = {"who": about[1].pk, "c1": "on", "c3": "on", "assessor": "金师傅", "token": "w" * 16}
    address = reverse("skills:course", args=[about[0].pk])
    assert cast.enter(client, cast.zhou).post(address, told).status_code == 302


def assessed(about):
    one = Assessment.objects.get(course=about[0])
    return one.met, one.assessor, one.is_passed, one.person_id == about[1].pk


def shop_of(cast):
    """The workshop, founded once."""
    if "shop" not in vars(cast):
        cast.shop = make_shop(cast)
    return cast.shop


def worker_of(cast, number):
    """The first is 阿勇, who has a phone."""
    shop = shop_of(cast)
    if number < 2:
        return (shop.gui, shop.lan)[number]
    return take_on(somebody(cast, number), minutes_wished=600, by=shop.by, now=NOW)


def offered(cast, number):
    worker = worker_of(cast, number)
    for _time in range(2):
        offer(cast.shop.make_lot(20), worker, by=cast.shop.by, now=NOW)
    return worker


TAKES = {"offer1": "yes", "offer2": "no", "wish": "more", "words": "上午有空"}


def answer_offers(client, cast, worker):
    her = cast.enter(client, cast.yong)
    rows = Offer.objects.filter(worker=worker).order_by("offered_at", "id")
    for said, one in zip(("yes", "no"), rows, strict=True):
        her.post(reverse("production:answer", args=[one.pk]), {"said": said, "token": said * 6})
    told = {"kind": "more", "words": TAKES["words"], "token": "w" * 16}
    assert her.post(reverse("production:wish"), told).status_code == 302


def offers_said(worker):
    rows = Offer.objects.filter(worker=worker).order_by("offered_at", "id")
    wish = WorkWish.objects.get(worker=worker)
    said = list(rows.values_list("state", "lot__quantity"))
    return said, wish.kind, wish.words, wish.skill


def round_to_walk(cast, number):
    worker, shop = worker_of(cast, number), cast.shop
    driver = Account.objects.filter(login_name="majianjun").first()
    if driver is None:
        driver = AccountFactory(login_name="majianjun", display_name="老马")
        MembershipFactory(community=cast.xinjie, account=driver, role=Role.CARRIER)
    bring = shop.make_lot(10)
    issue(bring, worker, quantity=10, by_tricycle=True, by=shop.by, now=NOW)
    errands = [
        Errand(StopKind.BRING, bring, worker, 10),
        Errand(StopKind.FETCH, shop.out(30, worker), worker, 30),
    ]
    return plan_round(errands, carrier=driver, day=NOW.date(), by=shop.by, now=NOW)


DOORS = {"stop1": "all", "stop2": "fewer", "stop2_pieces": "28"}


def hands_full(cast, number):
    """She said yes to ten pieces and has thirty of another lot at home."""
    worker, shop = worker_of(cast, number), cast.shop
    wanted = offer(shop.make_lot(10), worker, by=shop.by, now=NOW)
    answer_offer(wanted, accepts=True, by=shop.by, now=NOW)
    return worker, wanted.lot, shop.out(30, worker)


HANDED = {"line1": "all", "line2": "fewer", "line2_pieces": "28"}


def count_at_the_counter(client, cast, about):
    worker, taken, home = about
    keeper = cast.enter(client, cast.zhou)
    for lot, deed, told in (
        (taken, "issue", {"quantity": 10}),
        (home, "back", {"counted": 28, "is_agreed": "on"}),
    ):
        address = reverse("production:lot-act", args=[lot.pk, deed])
        sent = told | {"worker": worker.pk, "token": deed * 4}
        assert keeper.post(address, sent).status_code == 302


def handed(about):
    worker, *lots = about
    moved = Movement.objects.filter(lot__in=lots).order_by("id")
    (receipt,) = Receipt.objects.filter(worker=worker)
    return (
        list(moved.values_list("source", "target", "quantity")),
        receipt.counted, receipt.agreed_at is not None,
    )  # fmt: skip


def tap_at_the_doors(client, cast, carrying):
    keeper = cast.enter(client, cast.zhou)
    for stop, pieces in zip(Stop.objects.filter(carrying=carrying).order_by("position", "id"), (10, 28), strict=True):  # fmt: skip
        told = {"quantity": pieces, "token": f"{pieces}" * 8}
        assert keeper.post(reverse("production:stop", args=[stop.pk]), told).status_code == 302


def carried(carrying):
    rows = Stop.objects.filter(carrying=carrying).order_by("position", "id")
    moved = Movement.objects.filter(lot__in=rows.values("lot"))
    return (
        list(rows.values_list("kind", "done_quantity", "done_at")),
        sorted(moved.values_list("source", "target", "quantity"), key=str),
    )


# ── services for an elder ────────────────────────────────────────────────────────────────────


def in_care(cast, number):
    by = cast.chen.actor
    if not Service.objects.exists():
        add_service(Offered(kind=Care.MEALS, name="送午饭", yuan=Decimal(6), minutes=20), by=by, now=NOW)  # fmt: skip
        add_service(Offered(kind=Care.MEDICAL, name="上门量血压"), by=by, now=NOW)
    person = somebody(cast, number)
    index_words([person])
    return take_in(person, has_agreed=True, by=by, now=NOW)


def ordered(elder):
    services = [str(one.pk) for one in Service.objects.order_by("pk")]
    return {"name": "周小梅", "services": services, "words": "软一点"}


def call_for_services(client, cast, elder):
    desk = cast.enter(client, cast.chen)
    for service in ordered(elder)["services"]:
        told = {
            "person": elder.person.name, "wanted": f"service-{service}", "words": "软一点",
            "token": f"t{service}",
        }  # fmt: skip
        assert desk.post(reverse("elders:call"), told).status_code == 302


def orders_of(elder):
    rows = ServiceOrder.objects.filter(elder=elder).order_by("service")
    return list(rows.values_list("service__name", "words", "state"))


# ── mediation: sealed, and opened again by the key of each case ──────────────────────────────

QUARREL = {
    "kind": "neighbour", "facts": "楼上漏水", "name": "周小梅", "phone": "13857305577",
    "other": "张勇12幢1单元401",
}  # fmt: skip


def take_a_quarrel_in(client, cast, _about):
    told = {
        "kind": QUARREL["kind"], "source": "applied", "channel": "walk_in", "name": QUARREL["name"],
        "phone": QUARREL["phone"], "other_name": "张勇", "other_address": "12幢1单元401",
        "facts": QUARREL["facts"], "token": "w" * 16,
    }  # fmt: skip
    answer = cast.enter(client, cast.chen).post(reverse("mediation:take-in"), told)
    assert answer.status_code == 302


def case_said(_about):
    case = Case.objects.order_by("-id")[0]
    parties = [
        (one.side, {key: said for key, said in opened(one).items() if said})
        for one in case.parties.order_by("id")
    ]
    story = opened(case, "sealed_story")
    return case.kind, case.source, case.state, case.stops, story, parties


WAYS = {
    "QUIZ": Ways(
        lambda _lesson: {"q1": "1", "q2": "1"}, answer_on_phones, counted, lesson_on_paper,
        subject=lambda lesson: str(lesson.pk), shot={"q1": "1", "q2": "1"},
    ),
    "ASSESS": Ways(
        lambda _about: SHOWN, write_what_was_shown, assessed, at_a_course, "zhou",
        subject=lambda about: f"{about[0].pk}-{about[1].pk}", shot=SHOWN,
    ),
    "OFFER": Ways(
        lambda _worker: TAKES, answer_offers, offers_said, offered, "zhou",
        subject=lambda worker: str(worker.pk), shot=TAKES,
    ),
    "HANDS": Ways(
        lambda _about: HANDED, count_at_the_counter, handed, hands_full, "zhou",
        subject=lambda about: str(about[0].pk), shot=HANDED,
    ),
    "CARRY": Ways(
        lambda _round: DOORS, tap_at_the_doors, carried, round_to_walk, "zhou",
        subject=lambda carrying: str(carrying.pk), shot=DOORS,
    ),
    "SERVICE": Ways(
        ordered, call_for_services, orders_of, in_care, person=lambda elder: elder.person,
        shot=ordered,
    ),
    "MEDIATE": Ways(lambda _about: QUARREL, take_a_quarrel_in, case_said, shot=QUARREL),
    "VOLREG": Ways(
        lambda _about: HELPER, register_at_the_desk, registered, willing,
        person=lambda about: about[1], shot=HELPER,
    ),
    "VOLCHILD": Ways(
        lambda _about: CHILD, register_with_a_parent, child_registered, child_and_parent,
        person=lambda about: about[1], shot=CHILD,
    ),
    "VOLHELP": Ways(
        lambda _about: {"helps": "yes", "name": "阿勇"}, press_help, helping,
        post_to_fill, subject=lambda about: str(about[0].pk), person=lambda about: about[1],
        shot={"helps": "yes", "name": "周小梅"},
    ),
    "BOOKING": Ways(
        lambda _about: WANTED, press_book, booked, club_room,
        subject=lambda about: str(about[0].pk), person=lambda about: about[1], shot=WANTED,
    ),
    "CHILDCARE": Ways(
        lambda _about: MINDED, enrol_child, child_said,
        shot={key: MINDED[key] for key in ("born_on", "relation", "phone")}
        | {"name": "周小梅", "guardian": "阿勇", "uses": "care"},
    ),
    "DEMAND": Ways(lambda _about: TOLD, tell, demand_said, shot=TOLD),
    "ANSWER": Ways(
        lambda demand: {
            "number": demand.need.number, "solved": "no", "rating": "2", "words": "还是不亮",
        },
        confirm, heard, answered,
        shot={"number": "2026-00002", "solved": "no", "rating": "2", "words": "还是不亮"},
    ),
    "CALLS": Ways(
        lambda _demand: {}, call, heard, answered,
        shot={"call1": "solved", "call1_rating": "4", "call1_words": "亮了"},
    ),
    "IDEA": Ways(lambda _about: IDEA, hear, idea_said, shot=IDEA),
    "ATTEND": Ways(
        lambda _about: {"line2": ["here"], "guest1": "周小梅"}, type_lines, who_came, gathering,
        subject=lambda about: str(about[0].pk),
        shot={"line2": "here", "guest1": "周小梅"},
    ),
    "SIGNUP": Ways(
        lambda _about: {"comes": "yes", "name": "阿勇"}, press_come, stands, gathering,
        subject=lambda about: str(about[0].pk), person=lambda about: about[1],
        shot={"comes": "yes", "name": "周小梅"},
    ),
    "TURNS": Ways(
        lambda _about: {"any": "no", "unable": ["7"], "gladly": ["8"], "name": "阿勇"}, tick_days,
        days_said, month_of_duty, subject=lambda about: str(about[0].pk),
        person=lambda about: about[1].person,
        shot={"any": "no", "unable": "7", "gladly": "8", "name": "周小梅"},
    ),
    "VISIT": Ways(
        lambda _about: {"elder1": "well", "elder1_words": "灯不亮"}, note_visit, visited,
        looked_after,
        subject=lambda about: str(about[1].pk), shot={"elder1": "well", "elder1_words": "灯不亮"},
    ),
    "CONSENT": Ways(
        on_the_sheet, agree, consents, somebody, person=lambda person: person,
        shot=on_the_sheet(None),
    ),
}  # fmt: skip


#: What goes into a box is compared in a test of its own: page, desk, sheet read and sheet typed, and
#: that nothing of the sheet stays.
ELSEWHERE = {
    "APPRAISE": "test_appraisal.py", "SURVEY": "test_survey.py", "OPINION": "test_opinions.py",
}  # fmt: skip


def test_every_form_of_the_product_has_its_ways():
    assert {use.code for use in uses()} == {*WAYS, *ELSEWHERE}


@pytest.fixture(scope="module")
def pages():
    """What the reader sees on a photo of each form that asks the same everywhere, filled in."""
    forms = {code: use_of(code).form for code in WAYS if use_of(code).is_fixed}
    return seen_on({code: (form, WAYS[code].shot) for code, form in forms.items()})


def seen_on(sheets):
    """What the reader sees on photos of filled-in sheets: form and answers by code."""
    read = {}
    with (
        open_reader([form for form, _shot in sheets.values()]) as reader,
        tempfile.TemporaryDirectory() as folder,
    ):
        for code, (form, shot) in sheets.items():
            path = Path(folder, "photo.jpg")
            sheet = written(blank_of(form, SERIAL), form, shot)
            path.write_bytes(photo(sheet, ORDINARY, code))
            (read[code],) = reader.pages(path)
    return read


def by_paper(use, page, about, cast, photographed):
    """Printed, filled in, photographed, read; then every doubtful field is looked at."""
    ways = WAYS[use.code]
    staff, shot = getattr(cast, ways.staff), ways.written(about)
    (sheet,) = print_sheets(
        use, count=1, about=ways.subject(about), by=staff.actor, now=NOW
    )  # fmt: skip
    form = sheet.version.form
    page = page or seen_on({use.code: (form, shot)})[use.code]
    (reading,) = photographed(
        replace(page, code=SheetCode(form.code, form.version, 1, sheet.serial)), by=staff
    )
    assert reading.matter == ""
    asked = asked_on(reading, staff.actor)
    read = {one.name: proposed(one) for one in ReadField.objects.filter(reading=reading)}
    assert {name: values for name, values in read.items() if values != ("",) and values} == {
        name: tuple(value) if isinstance(value, list) else (value,) for name, value in shot.items()
    }
    posted = {one.name: text_of(one, read[one.name]) for one in asked.fields}
    typed = form_class_of(asked)(posted)
    assert typed.is_valid(), typed.errors
    done = finish(
        reading, values={one.name: typed.cleaned_data[one.name] for one in asked.fields},
        looked=set(read), person=ways.person(about), by=staff.actor, now=NOW,
    )  # fmt: skip
    assert done.record_id is not None


def typed_at_the_desk(client, use, about, cast):
    """Read out over the phone: the form that the definition makes, of a list with its rows."""
    ways = WAYS[use.code]
    person = ways.person(about)
    address = f"{reverse('paper:type', args=[use.code])}?about={ways.subject(about)}"
    desk = cast.enter(client, getattr(cast, ways.staff))
    told = ways.answers(about) | {
        "channel": Channel.PHONE.value, "token": "d" * 16, "person": person.pk if person else "",
        "rows": desk.get(address).context["rows"],
    }  # fmt: skip
    answer = desk.post(address, told)
    assert answer.status_code == 302, answer.context["form"].errors


@pytest.mark.parametrize("code", WAYS)
def test_each_way_gives_the_same_record(
    cast, slip, client, photographed, pages, code, settings, tmp_path
):
    settings.MULIN_MEDIATION_KEYS = str(tmp_path / "mediation-keys.json")
    use, ways = use_of(code), WAYS[code]
    records = []
    for number, way in enumerate(("page", "paper", "typed")):
        if way == "typed" and not use.is_typed:
            # Each call has a page of its own, asked by the same definition: the first way of these.
            assert code == "CALLS"
            assert cast.enter(client, cast.chen).get(reverse("paper:type", args=[code])).status_code == 404  # fmt: skip
            continue
        about = ways.begin(cast, number)
        if way == "page":
            ways.on_the_page(client, cast, about)
        elif way == "paper":
            by_paper(use, pages.get(code), about, cast, photographed)
        else:
            typed_at_the_desk(client, use, about, cast)
        records.append(ways.record(about))
    assert len(records) == (3 if use.is_typed else 2)
    assert records[0]
    assert records == [records[0]] * len(records)


def test_whose_word_it_is_must_be_chosen_and_somebody_near_is_proposed(cast, slip, client, pages):
    person = somebody(cast, 0)
    desk = cast.enter(client, cast.chen)
    told = on_the_sheet(person) | {"channel": "phone", "token": "d" * 16}
    answer = desk.post(reverse("paper:type", args=["CONSENT"]), told)
    assert (answer.status_code, Consent.objects.count()) == (422, 0)
    assert answer.context["form"].errors.keys() == {"person"}


def test_a_list_is_printed_for_whoever_stands_on_it_and_skips_who_was_heard_meanwhile(
    cast, slip, client, pages, photographed
):
    desk = cast.enter(client, cast.chen)
    empty = desk.post(reverse("paper:print", args=["CALLS"]), follow=True)
    assert "现在名单上没有人" in empty.content.decode()
    calls = [answered(cast, number) for number in range(7)]
    sheets = print_sheets(use_of("CALLS"), count=1, by=cast.chen.actor, now=NOW)
    assert [len(sheet.rows) for sheet in sheets] == [5, 2]
    other = sheets[1]
    code = SheetCode("CALLS", 1, 1, other.serial)
    (reading,) = photographed(replace(pages["CALLS"], code=code))
    page = desk.get(reverse("paper:look", args=[reading.pk]))
    asked = [name for name in page.context["form"].fields if name.startswith("call")]
    assert asked == [f"call{n}{what}" for n in (1, 2) for what in ("", "_rating", "_words")]
    assert "王秀英" in page.content.decode()
    confirm(client, cast, calls[5])
    finish(
        reading, values={"call1": "solved", "call2": "unreachable"},
        looked={"call1", "call2", "call1_words", "call2_words"}, person=None, by=cast.chen.actor,
        now=NOW,
    )  # fmt: skip
    told = list(Confirmation.objects.order_by("id").values_list("outcome", "calls"))
    assert told[5:] == [("not_solved", 0), ("", 1)]

"""Every form of the product by every way it can come: the records are equal.

A form that a room registers needs its line in `WAYS`: what is written on the sheet, how the same is
said on the page of the room, and what its record says. The typed page and the sheet follow by
themselves.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from mulin.circle.booking.actions.rooms import RoomValues, keep_room, set_hours
from mulin.circle.booking.models import Booking
from mulin.circle.booking.rules import Window
from mulin.circle.elders.actions.pairs import Brings, pair_up, take_helper_on
from mulin.circle.elders.actions.records import take_in
from mulin.circle.elders.models import Contact
from mulin.circle.volunteers.actions.planning import About, lay_out_kinds, plan_activity
from mulin.circle.volunteers.models import ActivityKind, Duty, Volunteer
from mulin.circle.volunteers.rules import Post
from mulin.commons.flow.models import Category, Need
from mulin.commons.flow.said import Said
from mulin.commons.gatherings.actions.coming import invite
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
from mulin.ground.people.actions.persons import index_words
from mulin.ground.people.models import Consent, Purpose
from mulin.ground.places.actions import add_place
from mulin.kit.channels import Channel
from mulin.kit.clock import standing_still
from mulin.kit.paper.definition import SheetCode
from mulin.kit.paper.reading import open_reader
from mulin.kit.paper.typed import form_class_of, text_of
from mulin.parlour.reception.actions.demands import answer_demand, receive_demand
from mulin.parlour.reception.models import Confirmation, Demand
from mulin.parlour.suggestions.models import Idea
from mulin.workshop.childcare.models import Child
from tests.clock import NOW
from tests.factories.people import PersonFactory
from tests.paper.conftest import SERIAL
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
    subject: Callable[[Any], str] = lambda _about: (
        ""
    )  # what its sheets are about, of several things
    person: Callable[[Any], Any] = lambda _about: None
    shot: dict = field(default_factory=dict)  # what is written on the sheet that is photographed


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


WAYS = {
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
        lambda _about: {}, type_lines, who_came, gathering, subject=lambda about: str(about[0].pk),
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
        lambda _about: {}, note_visit, visited, looked_after,
        subject=lambda about: str(about[1].pk), shot={"elder1": "well", "elder1_words": "灯不亮"},
    ),
    "CONSENT": Ways(
        on_the_sheet, agree, consents, somebody, person=lambda person: person,
        shot=on_the_sheet(None),
    ),
}  # fmt: skip


#: Forms that ask what a community has written have a test of their own, which reads their sheet, too.
ELSEWHERE = {
    "OFFER": "tests/production/test_sheets.py",
    "CARRY": "tests/production/test_sheets.py",
    "HANDS": "tests/production/test_sheets.py",
    "ASSESS": "tests/skills/test_sheets.py",
    "APPRAISE": "test_appraisal.py",
    "SURVEY": "test_survey.py",
    "OPINION": "test_opinions.py",
    "QUIZ": "tests/classroom/test_quiz.py",
    "SERVICE": "tests/elders/test_sheets.py",
    # Its records are sealed one by one, and no record of it can be told beside another.
    "MEDIATE": "tests/mediation/test_actions.py",
}


def test_every_form_of_the_product_has_its_ways():
    assert {use.code for use in uses()} == {*WAYS, *ELSEWHERE}


@pytest.fixture(scope="module")
def pages():
    """What the reader sees on a photo of each form, filled in."""
    read, forms = {}, {code: use_of(code).form for code in WAYS}
    with open_reader(forms.values()) as reader, tempfile.TemporaryDirectory() as folder:
        for code, form in forms.items():
            path = Path(folder, "photo.jpg")
            sheet = written(blank_of(form, SERIAL), form, WAYS[code].shot)
            path.write_bytes(photo(sheet, ORDINARY, code))
            (read[code],) = reader.pages(path)
    return read


def by_paper(use, page, about, cast, photographed):
    """Printed, filled in, photographed, read; then every doubtful field is looked at."""
    subject = WAYS[use.code].subject(about)
    (sheet,) = print_sheets(use, count=1, about=subject, by=cast.chen.actor, now=NOW)
    form = sheet.version.form
    (reading,) = photographed(
        replace(page, code=SheetCode(form.code, form.version, 1, sheet.serial))
    )
    assert reading.matter == ""
    asked = asked_on(reading, cast.chen.actor)
    read = {one.name: proposed(one) for one in ReadField.objects.filter(reading=reading)}
    shot = WAYS[use.code].shot
    assert {name: values for name, values in read.items() if values != ("",) and values} == {
        name: (value,) for name, value in shot.items()
    }
    posted = {one.name: text_of(one, read[one.name]) for one in asked.fields}
    typed = form_class_of(asked)(posted)
    assert typed.is_valid(), typed.errors
    done = finish(
        reading, values={one.name: typed.cleaned_data[one.name] for one in asked.fields},
        looked=set(read), person=WAYS[use.code].person(about), by=cast.chen.actor, now=NOW,
    )  # fmt: skip
    assert done.record_id is not None


def typed_at_the_desk(client, use, about, cast):
    person = WAYS[use.code].person(about)
    told = WAYS[use.code].answers(about) | {
        "channel": Channel.PHONE.value, "token": "d" * 16, "person": person.pk if person else "",
    }  # fmt: skip
    address = f"{reverse('paper:type', args=[use.code])}?about={WAYS[use.code].subject(about)}"
    answer = cast.enter(client, cast.chen).post(address, told)
    assert answer.status_code == 302, answer.context["form"].errors


@pytest.mark.parametrize("code", WAYS)
def test_each_way_gives_the_same_record(cast, slip, client, photographed, pages, code):
    use, ways = use_of(code), WAYS[code]
    records = []
    for number, way in enumerate(("page", "paper", "typed")):
        if way == "typed" and use.is_list:
            assert cast.enter(client, cast.chen).get(reverse("paper:type", args=[code])).status_code == 404  # fmt: skip
            continue
        about = ways.begin(cast, number)
        if way == "page":
            ways.on_the_page(client, cast, about)
        elif way == "paper":
            by_paper(use, pages[code], about, cast, photographed)
        else:
            typed_at_the_desk(client, use, about, cast)
        records.append(ways.record(about))
    assert len(records) >= 2
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

"""Courses to come and the skills that lack, as other offices' programs read them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from mulin.commons.gatherings.actions.coming import say_coming
from mulin.commons.gatherings.actions.planning import Plan
from mulin.ground.community.rules import Scope
from mulin.ground.people.actions.organisations import found_organisation
from mulin.kit.clock import standing_still
from mulin.workshop.production.actions.orders import Terms, agree, take_order
from mulin.workshop.production.actions.setting import add_operation
from mulin.workshop.production.actions.workers import take_on
from mulin.workshop.production.models import WorkerSkill
from mulin.workshop.skills.actions import plan_course
from mulin.workshop.skills.rules import Gap, Told, told
from tests.clock import NOW
from tests.factories.people import PersonFactory
from tests.site.test_programs import Caller, let_in, questions


@pytest.fixture(autouse=True)
def _still():
    with standing_still(NOW):
        yield


@pytest.fixture
def caller(school, cast, client):
    scopes = [Scope.PUBLIC_READ, Scope.SKILLS_READ]
    return Caller(client, let_in(cast.zhou, scopes=scopes)[1])


def teach(school, title="草编入门", **more):
    starts = NOW + timedelta(days=3)
    values = {"starts_at": starts, "ends_at": starts + timedelta(hours=2), "capacity": 2} | more
    return plan_course(
        Plan(title=title, **values), syllabus=school.syllabus, teacher="金师傅", by=school.by,
        now=NOW,
    )  # fmt: skip


def wanted(school, cast, quantity=3000):
    customer = found_organisation(by=cast.chen.actor, now=NOW, name="海盐草编厂", kind="firm")
    terms = Terms(
        customer=customer, product="杯垫", operation=school.operation, quantity=quantity,
        due=date(2026, 12, 20), price=Decimal(2),
    )  # fmt: skip
    agree(take_order(terms, by=school.by, now=NOW), by=school.by, now=NOW)


def can(school, count):
    """So many more who can do it."""
    for number in range(count):
        worker = take_on(
            PersonFactory(community=school.worker.community, name=f"编娘{number}"),
            minutes_wished=300, by=school.by, now=NOW,
        )  # fmt: skip
        WorkerSkill.objects.create(
            community=school.worker.community, worker=worker, skill=school.skill,
            certified_on=NOW.date(),
        )  # fmt: skip


def test_a_course_to_come_is_told_with_its_seats_and_without_who_comes(school, caller):
    course = teach(school)
    teach(school, "内部课", is_public=False)
    say_coming(course.gathering, school.newcomer, comes=True, by=school.by, now=NOW)
    answer = caller.get("courses/").json()
    (found,) = answer["rows"]
    assert (found["title"], found["skill"]) == ("草编入门", "草编")
    assert (found["seats"], found["free_seats"], found["code"]) == (2, 1, course.gathering.code)
    assert found["page"].endswith(f"{course.gathering.code}/")
    for name in (school.newcomer.name, "金师傅"):
        assert name not in str(answer)
    with standing_still(NOW + timedelta(days=4)):
        assert caller.get("courses/").json()["rows"] == []


def test_what_lacks_of_a_skill_is_told_and_few_holders_are_not_counted(school, cast, caller):
    wanted(school, cast)
    (alone,) = caller.get("skills/").json()["rows"]
    assert (alone["skill"], alone["until"]) == ("草编", "2026-12-31")
    assert (alone["wanted"], alone["offered"], alone["holders"]) == (15000, 0, 0)
    assert alone["missing"] == 15000
    can(school, 4)
    (few,) = caller.get("skills/").json()["rows"]
    assert (few["wanted"], few["offered"], few["holders"]) == (None, None, None)
    assert 0 < few["missing"] < 15000
    can(school, 1)
    (enough,) = caller.get("skills/").json()["rows"]
    assert enough["holders"] == 5
    assert enough["wanted"] - enough["offered"] == enough["missing"]


def test_a_gap_holds_back_what_tells_of_fewer_than_five():
    parts = {"skill": 1, "wanted": 100, "offered": 40, "lapsing": 1, "missing": 60, "helpers": 1}
    for holders in range(7):
        held = told(Gap(holders=holders, **parts))
        hidden = Told(None, None, None)
        assert held == (hidden if holders in range(1, 5) else Told(100, 40, holders))


def test_courses_and_skills_take_the_same_queries_however_many(school, caller):
    teach(school)
    few = [len(questions(caller, path)) for path in ("courses/", "skills/")]
    for number in range(6):
        teach(school, f"第{number}课")
        add_operation(name=f"活{number}", seconds=60, skill=f"手艺{number}", by=school.by, now=NOW)
    can(school, 3)
    assert [len(questions(caller, path)) for path in ("courses/", "skills/")] == few
    assert len(caller.get("courses/").json()["rows"]) == 7
    assert len(caller.get("skills/").json()["rows"]) == 7

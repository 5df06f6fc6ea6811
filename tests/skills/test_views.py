"""The pages of the skills chain: what stands there, and nothing that was typed is lost."""

import re
from datetime import timedelta

import pytest

from mulin.commons.gatherings.actions.coming import say_coming, sign_in
from mulin.commons.gatherings.actions.planning import Plan
from mulin.ground.community.rules import Role
from mulin.ground.people.actions.organisations import found_organisation
from mulin.ground.people.actions.persons import index_words
from mulin.kit import clock
from mulin.workshop.skills.actions import (
    found_partnership,
    plan_course,
    talk_with,
    write_promise,
)
from mulin.workshop.skills.models import Assessment, Newcomer
from tests.clock import NOW
from tests.factories.community import AccountFactory, MembershipFactory
from tests.factories.people import PersonFactory
from tests.production.test_views import enter


@pytest.fixture
def desk(cast, school, client):
    return cast.enter(client, cast.zhou)


@pytest.fixture
def course(school):
    return plan_course(
        Plan(title="草编入门", starts_at=NOW, ends_at=NOW + timedelta(hours=2), capacity=10),
        syllabus=school.syllabus, teacher="金师傅", by=school.by, now=NOW,
    )  # fmt: skip


def test_what_somebody_showed_goes_on_her_card(desk, school, course):
    sign_in(course.gathering, school.worker.person, by=school.by, now=NOW)
    path = f"/skills/courses/{course.pk}/"
    sent = {
        "who": school.worker.person.pk,
        "c1": "on",
        "c2": "on",
        "c3": "on",
        "assessor": "金师傅",
    }
    assert desk.post(path, sent).status_code == 302
    assert Assessment.objects.get().is_passed
    assert "草编" in desk.get(f"/production/workers/{school.worker.pk}/").content.decode()


def test_what_was_ticked_stays_when_the_assessor_lacks(desk, school, course):
    sign_in(course.gathering, school.worker.person, by=school.by, now=NOW)
    sent = {"who": school.worker.person.pk, "c2": "on", "assessor": ""}
    answer = desk.post(f"/skills/courses/{course.pk}/", sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert page.count("checked") == 1
    assert not Assessment.objects.exists()


def test_nobody_beside_the_list_is_assessed(desk, school, course):
    sent = {"who": school.newcomer.pk, "c1": "on", "assessor": "金"}
    assert desk.post(f"/skills/courses/{course.pk}/", sent).status_code == 422
    assert not Assessment.objects.exists()


def test_a_course_says_who_signed_up_before_it_and_who_came_after_it(desk, school, course):
    with clock.standing_still(NOW - timedelta(days=1)):
        assert "0 人报名" in desk.get("/skills/courses/").content.decode()
    sign_in(course.gathering, school.worker.person, by=school.by, now=NOW)  # came unasked
    with clock.standing_still(NOW + timedelta(days=1)):
        assert "1 人来了" in desk.get("/skills/courses/").content.decode()


def test_whoever_runs_the_workshop_comes_behind_each_link_of_a_course(cast, school, course, client):
    manager = AccountFactory(login_name="jinshifu", display_name="金师傅")
    MembershipFactory(community=cast.xinjie, account=manager, role=Role.WORKSHOP_MANAGER)
    keeper = enter(client, manager)
    page = keeper.get(f"/skills/courses/{course.pk}/").content.decode()
    paths = set(re.findall(r'href="(/gatherings/desk/[^"]+)"', page))
    assert len(paths) == 3
    assert {path: keeper.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)


def test_who_signed_up_for_a_course_is_pressed_at_its_door_by_whoever_sees_no_roll(
    cast, school, course, client
):
    manager = AccountFactory(login_name="jinshifu", display_name="金师傅")
    MembershipFactory(community=cast.xinjie, account=manager, role=Role.WORKSHOP_MANAGER)
    path = f"/gatherings/desk/{course.gathering_id}/door/"
    person = school.worker.person
    index_words([person])
    with clock.standing_still(NOW):
        keeper = enter(client, manager)
        assert keeper.get(path).context["found"] == []
        say_coming(course.gathering, person, comes=True, by=school.by, now=NOW)
        for query in ("", f"?q={person.name}"):
            found = keeper.get(path + query).context["found"]
            # Where they live is for whoever sees the roll.
            assert [(one, address) for one, address, *_rest in found] == [(person, "")]
        keeper.post(f"/gatherings/desk/{course.gathering_id}/arrive/", {"person": person.pk})
        assert keeper.get(path).context["found"] == []
    assert course.gathering.attendances.get().came_at is not None


def test_a_gathering_leads_to_its_course(desk, course):
    answer = desk.get(f"/skills/gatherings/{course.gathering_id}/")
    assert answer.headers["Location"] == f"/skills/courses/{course.pk}/"


def test_a_newcomer_is_talked_with_and_taken_on(desk, school):
    index_words([school.newcomer])
    sent = {"who": "朱新人", "wish": "想做手工", "hours": "5"}
    assert desk.post("/skills/newcomers/", sent).status_code == 302
    row = Newcomer.objects.get()
    answer = desk.post(f"/skills/newcomers/{row.pk}/stop/", {"why": ""})
    assert answer.status_code == 422
    assert desk.post(f"/skills/newcomers/{row.pk}/begin/").status_code == 302
    row.refresh_from_db()
    assert row.worker.minutes_wished == 300


@pytest.mark.once
def test_lists_ask_the_same_number_of_questions_however_long(
    desk, school, course, django_assert_max_num_queries
):
    def more(count):
        for number in range(count):
            person = PersonFactory(community=school.newcomer.community, name=f"新人{number}")
            talk_with(person, wish="想做", minutes_wished=60, by=school.by, now=NOW)
            sign_in(course.gathering, person, by=school.by, now=NOW)

    paths = ("/skills/newcomers/", f"/skills/courses/{course.pk}/")
    more(2)
    with django_assert_max_num_queries(60) as few:
        for path in paths:
            desk.get(path)
    more(9)
    with django_assert_max_num_queries(len(few)):
        for path in paths:
            assert desk.get(path).status_code == 200


def test_the_latest_course_stands_first_whenever_it_was_written_down(desk, school, course):
    for title, days in (("收口", 30), ("编圆", -30)):
        begins = NOW + timedelta(days=days)
        plan_course(
            Plan(title=title, starts_at=begins, ends_at=begins + timedelta(hours=2), capacity=10),
            syllabus=school.syllabus, teacher="金师傅", by=school.by, now=NOW,
        )  # fmt: skip
    page = desk.get("/skills/courses/")
    assert [str(one) for one in page.context["page"].rows] == ["收口", "草编入门", "编圆"]


def test_a_partner_is_told_by_what_it_did_and_promised_alone(cast, desk, school):
    unit = found_organisation(by=cast.zhou.actor, now=NOW, name="成人学校", kind="school")
    partner = found_partnership(unit, by=school.by, now=NOW)
    write_promise(
        partner, brings="training", words="每季一课", until=NOW.date(), by=school.by, now=NOW
    )
    page = desk.get("/skills/partners/").content.decode()
    told = re.search(r'class="row-more">([^<]*)<', page)[1]
    assert told == "1 件承诺还没落实 · "

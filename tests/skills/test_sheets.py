"""An assessment on paper, and the skills that come with the product."""

from datetime import timedelta

import pytest

from mulin.commons.gatherings.actions.coming import sign_in
from mulin.commons.gatherings.actions.planning import Plan
from mulin.commons.paper.actions.sheets import print_sheets
from mulin.commons.paper.registry import Taken
from mulin.kit.paper.definition import pages_of
from mulin.kit.refusals import NotPermitted, Refused
from mulin.workshop.production.models import WorkerSkill
from mulin.workshop.skills.actions import plan_course, take_example, write_syllabus
from mulin.workshop.skills.models import Assessment, Syllabus
from mulin.workshop.skills.queries import examples, examples_left
from mulin.workshop.skills.rules import MOST_CRITERIA
from mulin.workshop.skills.sheets import (
    ASSESSMENT_SHEET,
    assessment_sheet,
    take_assessment,
    to_assess,
)
from tests.clock import NOW
from tests.support.filledin import read_back


@pytest.fixture
def about(school):
    """A worker was at a course."""
    course = plan_course(
        Plan(title="草编课", starts_at=NOW, ends_at=NOW + timedelta(hours=2)),
        syllabus=school.syllabus, teacher="金师傅", by=school.by, now=NOW,
    )  # fmt: skip
    sign_in(course.gathering, school.worker.person, by=school.by, now=NOW)
    return f"{course.pk}-{school.worker.person_id}"


ALL = {"c1": "shown", "c2": "shown", "c3": "shown", "assessor": "金师傅"}


def test_every_point_ticked_on_paper_counts_at_once(school, about):
    assert [ref for ref, _name in to_assess(school.by, NOW)] == [about]
    (sheet,) = print_sheets(ASSESSMENT_SHEET, count=1, about=about, by=school.by, now=NOW)
    read = read_back(sheet.version.form, ALL | {"c2": "not"})
    assert read == ALL | {"c2": "not"}
    take_assessment(Taken(read, sheet=sheet, about=about), by=school.by, now=NOW)
    assert not WorkerSkill.objects.filter(worker=school.worker).exists()
    take_assessment(Taken(ALL, sheet=sheet, about=about), by=school.by, now=NOW)
    assert WorkerSkill.objects.get(worker=school.worker).skill == school.skill
    assert [one.met for one in Assessment.objects.order_by("id")] == [[0, 2], [0, 1, 2]]
    assert to_assess(school.by, NOW) == []


def test_a_sheet_of_points_that_were_changed_since_is_refused(school, about):
    (sheet,) = print_sheets(ASSESSMENT_SHEET, count=1, about=about, by=school.by, now=NOW)
    write_syllabus(
        school.skill, criteria="四角起头\n编两只杯垫\n收边藏头", months=12, by=school.by, now=NOW
    )
    with pytest.raises(Refused):
        take_assessment(Taken(ALL, sheet=sheet, about=about), by=school.by, now=NOW)
    with pytest.raises(Refused):
        take_assessment(Taken(ALL, about="7-7"), by=school.by, now=NOW)


@pytest.mark.parametrize("length", [10, 150])
def test_twelve_points_fit_on_one_side_however_long(school, about, length):
    lines = "\n".join(f"{place}" + "点" * length for place in range(MOST_CRITERIA))
    write_syllabus(school.skill, criteria=lines, months=12, by=school.by, now=NOW)
    form = assessment_sheet(about)
    assert len(form.fields) == MOST_CRITERIA + 1
    assert len(pages_of(form)) == 1


def test_live_selling_and_straw_weaving_come_with_the_product(school, cast):
    assert [one.name for one in examples()] == ["直播带货", "草编"]
    assert all(len(one.criteria) >= 5 and one.months for one in examples())
    assert [one.name for one in examples_left()] == ["直播带货"]  # the school wrote its own
    for _time in range(2):
        take_example("直播带货", by=school.by, now=NOW, token="once")
    assert len(Syllabus.objects.get(skill__name="直播带货").lines) == 7
    for name in ("草编", "没有的"):
        with pytest.raises(Refused):
            take_example(name, by=school.by, now=NOW)
    with pytest.raises(NotPermitted):
        take_example("直播带货", by=cast.yong.actor, now=NOW)


def test_a_sheet_for_each_who_came_is_printed_from_the_course(school, about, client):
    client.force_login(school.manager, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["second_factor"] = True
    session.save()
    course = about.partition("-")[0]
    page = client.get(f"/skills/courses/{course}/").content.decode()
    assert f"/skills/courses/{course}/sheets/" in page
    sent = client.post(f"/skills/courses/{course}/sheets/", {"token": "x"})
    assert sent.content[:5] == b"%PDF-"
    take_assessment(Taken(ALL, about=about), by=school.by, now=NOW)
    assert client.post(f"/skills/courses/{course}/sheets/", {"token": "y"}).status_code == 302

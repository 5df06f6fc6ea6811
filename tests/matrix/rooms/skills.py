"""The skills chain: a course with somebody on its list, a newcomer, a partner with a promise."""

from datetime import timedelta

from mulin.commons.gatherings.actions.coming import sign_in
from mulin.commons.gatherings.actions.planning import Plan
from mulin.kit.clock import local_day
from mulin.workshop.production.models import Skill
from mulin.workshop.skills.actions import (
    found_partnership,
    plan_course,
    talk_with,
    write_promise,
    write_syllabus,
)
from tests.clock import NOW
from tests.factories.people import PersonFactory
from tests.matrix.people import KEEP_SHOP, WORKER, Canary, Line

LINES = {
    "skills:gaps": Line(KEEP_SHOP),
    "skills:example": Line(KEEP_SHOP, method="POST"),
    "skills:syllabus": Line(KEEP_SHOP, about="skills skill"),
    "skills:courses": Line(KEEP_SHOP),
    "skills:course": Line(KEEP_SHOP, about="skills course"),
    "skills:course-sheets": Line(KEEP_SHOP, about="skills course", method="POST"),
    "skills:of-gathering": Line(KEEP_SHOP, about="skills course's gathering"),
    "skills:newcomers": Line(KEEP_SHOP),
    "skills:newcomer-act": Line(KEEP_SHOP, about="skills newcomer", method="POST"),
    "skills:partners": Line(KEEP_SHOP),
    "skills:partner": Line(KEEP_SHOP, about="skills partner"),
    "skills:partner-act": Line(KEEP_SHOP, about="skills partner deed", method="POST"),
    "skills:mine": Line(WORKER),
}


def fill(community, sides, *, head, desk, actors):
    """A course, a newcomer and a partner of each side."""
    for side in sides:
        skill = Skill.objects.create(community=community, name=f"手艺{side.sign}")
        syllabus = write_syllabus(skill, criteria="一条", months=0, by=head, now=NOW)
        course = plan_course(
            Plan(title=f"手艺课{side.sign}", starts_at=NOW, ends_at=NOW + timedelta(hours=1)),
            syllabus=syllabus, teacher="师傅", by=head, now=NOW,
        )  # fmt: skip
        learner = PersonFactory(community=community, grid=side.grid, name=f"求职{side.sign}")
        sign_in(course.gathering, learner, by=head, now=NOW)
        partner = found_partnership(side.affiliation.organisation, by=head, now=NOW)
        write_promise(
            partner, brings="orders", words=f"诺言{side.sign}", until=local_day(NOW), by=head,
            now=NOW,
        )  # fmt: skip
        newcomer = talk_with(
            learner, wish=f"手愿{side.sign}", minutes_wished=60, by=head, now=NOW
        )  # fmt: skip
        side.room |= {
            "skills.skill": skill, "skills.course": course, "skills.newcomer": newcomer,
            "skills.partner": partner,
        }  # fmt: skip


KWARGS = {
    "skills skill": lambda _world, side: {"pk": side.room["skills.skill"].pk},
    "skills course": lambda _world, side: {"pk": side.room["skills.course"].pk},
    "skills course's gathering": lambda _world, side: {
        "pk": side.room["skills.course"].gathering_id
    },
    "skills newcomer": lambda _world, side: {
        "pk": side.room["skills.newcomer"].pk,
        "deed": "begin",
    },
    "skills partner": lambda _world, side: {"pk": side.room["skills.partner"].pk},
    "skills partner deed": lambda _world, side: {
        "pk": side.room["skills.partner"].pk,
        "deed": "end",
    },
}

CANARIES = {
    # what somebody who would like to work said
    "手愿{}": Canary(KEEP_SHOP, "skills:newcomers", "head"),
    # what a partner promised
    "诺言{}": Canary(KEEP_SHOP, "skills:partner", "head"),
}

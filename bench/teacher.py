"""The teacher of the measured quiz: `python -m bench.teacher open 100`, `lead CODE`, `end CODE`."""

import json
import sys
from datetime import timedelta

import django

django.setup()

from bench.community import SLUG, WORKER  # noqa: E402  Django is set up first
from mulin.commons.gatherings.actions.planning import Plan  # noqa: E402
from mulin.ground.community.models import Account, Community  # noqa: E402
from mulin.ground.community.queries import actor_of  # noqa: E402
from mulin.ground.community.rules import Actor  # noqa: E402
from mulin.kit import clock  # noqa: E402
from mulin.kit.scoping import in_community  # noqa: E402
from mulin.parlour.classroom.actions.kits import write_kit  # noqa: E402
from mulin.parlour.classroom.actions.lessons import plan_lesson  # noqa: E402
from mulin.parlour.classroom.actions.quiz import (  # noqa: E402
    end_quiz,
    join_quiz,
    lead_on,
    open_quiz,
)
from mulin.parlour.classroom.queries import class_behind, shipped_kits  # noqa: E402


def main(deed: str, told: str) -> None:
    """Open a quiz with so many phones in it and say code and keys; lead it on; end it."""
    community, now = Community.objects.get(slug=SLUG), clock.now()
    by = actor_of(Account.objects.get(display_name=WORKER), community, now=now)
    with in_community(community):
        if deed == "open":
            print(json.dumps(_opened(int(told), by=by)))
            return
        lesson = class_behind(told)
        assert lesson is not None
        if deed == "lead":
            lead_on(lesson, lesson.edition, by=by, now=now)
        else:
            end_quiz(lesson, by=by, now=now)


def _opened(phones: int, *, by: Actor) -> dict[str, object]:
    now = clock.now()
    kit = write_kit(shipped_kits()["refund"], by=by, now=now)
    plan = Plan(kit.title, now, now + timedelta(minutes=40))
    lesson = plan_lesson(plan, kit=kit, site="mall", by=by, now=now)
    open_quiz(lesson, by=by, now=now)
    keys = [join_quiz(lesson, f"手机{number}").key for number in range(phones)]
    return {"code": lesson.code, "keys": keys}


if __name__ == "__main__":
    main(*sys.argv[1:])

"""What each year of the demonstration community consists of, room by room.

A room's function is called once for each stretch of [since, now), which lies within one calendar
year, and perhaps for a later year first. What stands before any year (groups, members, services) is
made once, in `stand`, with its true dates.
"""

from datetime import date, datetime, timedelta
from typing import Final

from mulin.ground.street.actions.sums import sum_up
from mulin.kit import clock
from mulin.parlour.classroom.demo import lay_out, teach_on
from mulin.parlour.deliberation.demo import begin_to_deliberate, deliberate_on
from mulin.parlour.doublefive.demo import (
    Hands,
    appraise_in_past,
    carry_out_in_past,
    offer_in_past,
    vote_in_past,
)
from mulin.parlour.reception.demo import (
    bring_news,
    fill_book,
    hear_and_help,
    see_to_what_rooms_gave,
)
from mulin.parlour.rounds.demo import walk_on
from mulin.parlour.suggestions.demo import begin_talks, think_on
from mulin.parlour.survey.demo import hold_past_survey
from mulin.site.demo_rooms import PARTS_OF_ROOMS, stand_rooms
from mulin.site.demo_scene import DESK, HEAD, OFFICERS, RESIDENTS, SEED, Scene
from mulin.site.demo_years import Part


def stand(scene: Scene, *, now: datetime) -> None:
    """Make what stands before any year, as of the founding."""
    stand_parlour(scene, now=now)
    stand_rooms(scene, now=now)


def stand_parlour(scene: Scene, *, now: datetime) -> None:
    """What stands in the parlour's rooms: kits, the talk of the 20th, the hall's rule."""
    desk = scene.actor(DESK[0], now=now)
    lay_out(desk=desk, now=now)
    begin_talks(desk=desk, now=now)
    begin_to_deliberate(head=scene.actor(HEAD, now=now), now=now)


def _visits(scene: Scene, since: datetime, now: datetime) -> None:
    fill_book(people=scene.persons, staff=scene.staff(now), seed=SEED, since=since, now=now)


def _demands(scene: Scene, since: datetime, now: datetime) -> None:
    hear_and_help(
        people=scene.persons, buildings=scene.buildings, staff=scene.staff(now), seed=SEED,
        since=since, now=now, until=clock.now(),
    )  # fmt: skip


def _lessons(scene: Scene, since: datetime, now: datetime) -> None:
    teach_on(
        desk=scene.actor(DESK[0], now=now), officer=scene.actor(OFFICERS[0], now=now),
        people=scene.persons, seed=SEED, since=since, now=now,
    )  # fmt: skip


def _ideas(scene: Scene, since: datetime, now: datetime) -> None:
    staff = scene.staff(now)
    think_on(
        people=scene.persons, residents=[scene.actor(name, now=now) for name in RESIDENTS],
        desk=staff.desk, seed=SEED, since=since, now=now,
    )  # fmt: skip
    # What an idea became is answered within weeks, as far as these lie behind us.
    until = min(now + timedelta(days=30), clock.now())
    see_to_what_rooms_gave(staff, now=until, since=since)
    bring_news(staff, since=since, now=now, until=clock.now())


def _hands(scene: Scene, now: datetime) -> Hands:
    staff = scene.staff(now)
    return Hands(
        staff.head, staff.desk, scene.actor("姚老师", now=now), scene.actor("老金", now=now)
    )


def _offers(scene: Scene, since: datetime, now: datetime) -> None:
    offer_in_past(clock.local_day(since).year, _hands(scene, now))


def _vote(scene: Scene, since: datetime, now: datetime) -> None:
    vote_in_past(clock.local_day(since).year, _hands(scene, now), seed=SEED)


def _projects(scene: Scene, since: datetime, now: datetime) -> None:
    carry_out_in_past(clock.local_day(since).year, _hands(scene, now))


def _appraisal(scene: Scene, since: datetime, now: datetime) -> None:
    appraise_in_past(clock.local_day(since).year, _hands(scene, now), seed=SEED)


def _survey(scene: Scene, since: datetime, now: datetime) -> None:
    year, staff = clock.local_day(since).year, scene.staff(now)
    if now >= clock.start_of_day(date(year + 1, 1, 1)):
        hold_past_survey(
            year, head=staff.head, desk=staff.desk, size=len(scene.persons) // 3, seed=SEED
        )


def _matters(scene: Scene, since: datetime, now: datetime) -> None:
    staff = scene.staff(now)
    deliberate_on(
        head=staff.head, desk=staff.desk[0], officer=scene.accounts[OFFICERS[0]],
        people=scene.persons, since=since, now=now,
    )  # fmt: skip


def _rounds(scene: Scene, since: datetime, now: datetime) -> None:
    walk_on(officers=scene.staff(now).officers, seed=SEED, since=since, now=now)


def _sums(scene: Scene, since: datetime, now: datetime) -> None:
    """What the street reads of this year was summed before the rest of it was lived."""
    sum_up(scene.community, clock.now(), is_anew=True)


PARTS_OF_PARLOUR: Final = (
    Part("offers", _offers),
    Part("vote", _vote),
    Part("projects", _projects),
    Part("appraisal", _appraisal),
    Part("survey", _survey),
    Part("visits", _visits, by_month=True),
    Part("demands", _demands, by_week=True),
    Part("ideas", _ideas, by_month=True),
    Part("lessons", _lessons, by_month=True),
    Part("matters", _matters),
    Part("rounds", _rounds, by_month=True),
)  # fmt: skip
PARTS: Final = (*PARTS_OF_PARLOUR, *PARTS_OF_ROOMS, Part("sums", _sums))

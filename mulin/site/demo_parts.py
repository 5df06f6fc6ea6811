"""What each year of the demonstration community consists of, room by room.

A room's function is called once for each stretch of [since, now), which lies within one calendar
year, and perhaps for a later year first. What stands before any year (groups, members, services) is
made once, in `stand`, with its true dates.
"""

from datetime import date, datetime, timedelta
from typing import Final

from mulin.kit import clock
from mulin.parlour.classroom.demo import lay_out, teach_on
from mulin.parlour.deliberation.demo import begin_to_deliberate, deliberate_on
from mulin.parlour.doublefive.demo import hold_past_season
from mulin.parlour.reception.demo import fill_book, hear_and_help, see_to_what_rooms_gave
from mulin.parlour.rounds.demo import walk_on
from mulin.parlour.suggestions.demo import begin_talks, think_on
from mulin.parlour.survey.demo import hold_past_survey
from mulin.site.demo_rooms import PARTS_OF_ROOMS, stand_rooms
from mulin.site.demo_scene import DESK, HEAD, OFFICERS, RESIDENTS, SEED, Scene
from mulin.site.demo_years import Part


def stand(scene: Scene, *, now: datetime) -> None:
    """Make what stands before any year, as of the founding."""
    desk = scene.actor(DESK[0], now=now)
    lay_out(desk=desk, now=now)
    begin_talks(desk=desk, now=now)
    begin_to_deliberate(head=scene.actor(HEAD, now=now), now=now)
    stand_rooms(scene, now=now)


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


def _season(scene: Scene, since: datetime, now: datetime) -> None:
    staff = scene.staff(now)
    hold_past_season(
        clock.local_day(since).year, head=staff.head, desk=staff.desk,
        committee=scene.actor("姚老师", now=now), observer=scene.actor("老金", now=now), seed=SEED,
    )  # fmt: skip


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


PARTS: Final = (
    Part("season", _season),
    Part("survey", _survey),
    Part("visits", _visits, by_month=True),
    Part("demands", _demands, by_month=True),
    Part("ideas", _ideas, by_month=True),
    Part("lessons", _lessons, by_month=True),
    Part("matters", _matters),
    Part("rounds", _rounds, by_month=True),
    *PARTS_OF_ROOMS,
)  # fmt: skip

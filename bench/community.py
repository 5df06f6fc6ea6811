"""Makes the community that is measured: `python -m bench.community PEOPLE DEMANDS`.

The people come by the product's own bulk registration. Needs, demands, confirmations and visits
are written as rows: what they hold and the words they are found by are the product's own, but no
act, no line of a story and no message is written for them, since no claim reads those.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import chain, islice
from random import Random
from typing import Final

import django

django.setup()

from django.core.management import call_command  # noqa: E402  Django is set up first
from django.db import connection  # noqa: E402

from bench.rows import Row, new_row, write  # noqa: E402
from bench.unindexed import unindexed  # noqa: E402
from bench.words import HOMES_PER_BUILDING, PERSONS_PER_HOME, home_of, matter, person  # noqa: E402
from mulin.commons.flow.actions import searchable  # noqa: E402
from mulin.commons.flow.models import Category, Need, NeedWords, NumberSeries  # noqa: E402
from mulin.commons.flow.rules import need_number, series_of  # noqa: E402
from mulin.ground.audit.actions import recording  # noqa: E402
from mulin.ground.community.actions.founding import found_community  # noqa: E402
from mulin.ground.community.actions.roles import open_account  # noqa: E402
from mulin.ground.community.models import Account, Community, Grid  # noqa: E402
from mulin.ground.community.rules import Actor, Role, system  # noqa: E402
from mulin.ground.people.actions.persons import bulk_register  # noqa: E402
from mulin.ground.people.models import Person  # noqa: E402
from mulin.ground.places.models import Building  # noqa: E402
from mulin.kit import clock  # noqa: E402
from mulin.kit.grams import words_of  # noqa: E402
from mulin.kit.scoping import in_community  # noqa: E402
from mulin.kit.search import stored_words  # noqa: E402
from mulin.parlour.reception.actions.limits import open_reception  # noqa: E402
from mulin.parlour.reception.models import Confirmation, Demand, Visit, VisitReason  # noqa: E402
from mulin.parlour.reception.rules import CALL_AFTER, HARM, OPEN_STATES, State  # noqa: E402

SLUG: Final = "bench"
WORKER: Final = "小陈"
SEED: Final = 20_200_701
GRIDS: Final = 12
VISITS_PER_DEMAND: Final = 0.2  # 60,000 beside 300,000, as in the report
YEARS: Final = 5
ROWS_AT_ONCE: Final = 5_000

#: State → its share in a thousand. Thirty in a thousand are open, as many wait for a word.
_STATES: Final = {
    State.RECEIVED: 6, State.ACCEPTED: 6, State.IN_HAND: 11, State.WAITING: 6, State.NOT_SOLVED: 1,
    State.ANSWERED: 30, State.CONFIRMED: 700, State.CLOSED: 240,
}  # fmt: skip
_DONE: Final = frozenset({State.CONFIRMED, State.CLOSED})
_CHANNELS: Final = ("walk_in", "phone", "qr", "online", "paper")


@dataclass(frozen=True, slots=True)
class Town:
    """A community to be made; `mark` stands before its login names, which are one installation's."""

    people: int
    demands: int
    slug: str = SLUG
    name: str = "十万人社区"
    street: str = "望海街道"
    mark: str = ""
    seed: int = SEED


#: Written as rows by the hundred thousand.
WRITTEN: Final = (Need, NeedWords, Demand, Confirmation, Visit)


def make(people: int, demands: int) -> None:
    """Make the tables and everything in them."""
    make_tables()
    with unindexed(WRITTEN):
        fill(Town(people, demands), clock.now())
    settle()


def make_tables() -> None:
    """The tables, and a connection that is in no hurry to reach the disk."""
    call_command("migrate", interactive=False, verbosity=0)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # For this connection only; what a power cut takes is made anew.
            cursor.execute("PRAGMA synchronous=OFF")


def fill(town: Town, now: datetime) -> Community:
    """One community with all its people, demands and visits."""
    dice = Random(town.seed)
    community, by, buildings = _found(town, now)
    with in_community(community):
        _register(town.people, dice, by=by, now=now)
        _receive(town.demands, dice, community=community, buildings=buildings, now=now)
        _note_visits(int(town.demands * VISITS_PER_DEMAND), dice, community=community, now=now)
    return community


def settle() -> None:
    """What the servers do by themselves in time."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _found(town: Town, now: datetime) -> tuple[Community, Actor, list[Building]]:
    founded = now - timedelta(days=365 * YEARS)
    names = [f"第{number}网格" for number in range(1, GRIDS + 1)]
    community, _accounts = found_community(
        street=town.street, name=town.name, slug=town.slug, phone="0573-86000120", grids=names,
        founders=(), by=system(0), now=founded,
    )  # fmt: skip
    by = system(community.pk)
    with in_community(community):
        open_reception(by=by, now=founded)
        open_account(
            display_name=WORKER, login_name=f"{town.mark}xiaochen", role=Role.COMMUNITY_WORKER, by=by,
            now=founded,
        )  # fmt: skip
        grids = list(Grid.objects.order_by("number"))
        for number, grid in enumerate(grids):
            open_account(
                display_name=f"网格员{number + 1}", login_name=f"{town.mark}officer{number + 1}",
                role=Role.GRID_OFFICER, grid=grid, by=by, now=founded,
            )  # fmt: skip
        count = int(town.people / PERSONS_PER_HOME) // HOMES_PER_BUILDING + 1
        buildings = Building.objects.bulk_create(
            Building(
                community=community, name=f"{number}幢", sort_key=f"{number:06d}幢",
                grid=grids[number % len(grids)],
            )
            for number in range(1, count + 1)
        )  # fmt: skip
    return community, by, buildings


def _accounts(community: Community) -> list[Account]:
    return list(Account.objects.filter(memberships__community=community).order_by("id"))


def _register(people: int, dice: Random, *, by: Actor, now: datetime) -> None:
    grids = list(Grid.objects.order_by("number").values_list("pk", flat=True))
    today = clock.local_day(now)
    rows = (person(number, dice, today=today, grids=grids) for number in range(people))
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        with recording(by, "people.register_many", now=now) as act:
            made = bulk_register(batch, by=by, now=now)
            act.on(made[0], after={"count": len(made)})


def _receive(
    count: int, dice: Random, *, community: Community, buildings: list[Building], now: datetime
) -> None:
    demands = _Demands(
        dice=dice,
        community=community,
        buildings=buildings,
        persons=list(Person.objects.order_by("id").values_list("pk", flat=True)),
        categories={category.code: category for category in Category.objects.all()},
        owners=[one.pk for one in _accounts(community)],
        now=now,
    )
    drawn = demands.draw(count)
    while batch := list(islice(drawn, ROWS_AT_ONCE)):
        write(Need, (one.need for one in batch))
        write(NeedWords, (one.words for one in batch))
        write(Demand, (one.demand for one in batch))
        write(Confirmation, (one.confirmation for one in batch if one.confirmation))
    NumberSeries.objects.bulk_create(
        NumberSeries(community=community, name=name, last=last)
        for name, last in demands.last_numbers.items()
    )


@dataclass(slots=True)
class _Drawn:
    """The rows of one demand."""

    need: Row
    words: Row
    demand: Row
    confirmation: Row | None


@dataclass(slots=True)
class _Findable:
    """As much of a need as `searchable` reads."""

    community_id: int
    number: str
    words: str
    category: Category
    building: Building
    place_words: str
    place: None = None


def _searchable(need: _Findable) -> str:
    """What `searchable` gives, sooner: sentences are put together from few clauses, and what
    stands between them parts words.
    """
    parts = (need.number, *need.words.split("，"), need.category.name, need.building.name)
    return " ".join(_found_by(need.community_id, part) for part in (*parts, need.place_words))


@lru_cache(maxsize=8_192)
def _found_by(community_id: int, part: str) -> str:
    return stored_words(community_id, words_of(part))


@dataclass
class _Demands:
    """Draws demands one after the other, from years ago until now; the open ones are young."""

    dice: Random
    community: Community
    buildings: list[Building]
    persons: list[int]
    categories: dict[str, Category]
    owners: list[int]
    now: datetime
    last_numbers: dict[str, int] = field(default_factory=dict)
    is_first: bool = True

    def draw(self, count: int) -> Iterator[_Drawn]:
        start = self.now - timedelta(days=365 * YEARS)
        step = (self.now - start) / count
        states = self.dice.choices(list(_STATES), weights=list(_STATES.values()), k=count)
        # What is open or waits for a word came in the last fifth of the time.
        states.sort(key=lambda state: state in _DONE, reverse=True)
        old = int(count * 0.8)
        young = states[old:]
        self.dice.shuffle(young)
        for number, state in enumerate(chain(states[:old], young)):
            yield self._one(start + step * number, state)

    def _one(self, said_at: datetime, state: State) -> _Drawn:
        dice = self.dice
        code, said = matter(dice)
        category = self.categories[code]
        which = dice.randrange(len(self.persons))
        home = home_of(int(which / PERSONS_PER_HOME))
        building = self.buildings[home.building - 1]
        is_open = state in OPEN_STATES
        answered_at = None if is_open else said_at + timedelta(hours=dice.uniform(1, 24 * 9))
        closed_at = answered_at if state in _DONE else None
        need = new_row(
            community_id=self.community.pk, number=self._number(said_at), words=said,
            person_id=self.persons[which], channel=dice.choice(_CHANNELS),
            category_id=category.pk, grid_id=building.grid_id, building_id=building.pk,
            place_words=f"{home.unit}单元", said_at=said_at, room="reception",
            closed_at=closed_at,
        )  # fmt: skip
        findable = _Findable(
            self.community.pk, need["number"], said, category, building, need["place_words"]
        )
        if self.is_first:
            assert _searchable(findable) == searchable(findable)
            self.is_first = False
        words = {
            "record_id": need["id"],
            "community_id": self.community.pk,
            "words": _searchable(findable),
        }
        due_at = self.now + timedelta(hours=dice.triangular(-72, 24 * 15, 24 * 5))
        demand = new_row(
            community_id=self.community.pk, need_id=need["id"], state=state.value,
            urgency=category.limit_class, harm=HARM[category.limit_class], is_open=is_open,
            grid_id=building.grid_id,
            owner_id=dice.choice(self.owners) if state is not State.RECEIVED else None,
            received_at=said_at, due_at=due_at if is_open else None,
            remind_at=due_at if is_open else None,
            responded_at=None if state is State.RECEIVED else said_at + timedelta(hours=2),
            respond_by=said_at + timedelta(hours=24), answered_at=answered_at,
            answer_by=said_at + timedelta(days=15), closed_at=closed_at,
        )  # fmt: skip
        return _Drawn(need, words, demand, self._confirmation(demand, state))

    def _number(self, said_at: datetime) -> str:
        day = clock.local_day(said_at)
        series = series_of(day)
        self.last_numbers[series] = self.last_numbers.get(series, 0) + 1
        return need_number(day, self.last_numbers[series])

    def _confirmation(self, demand: Row, state: State) -> Row | None:
        if state is not State.ANSWERED:
            return None
        return new_row(
            community_id=self.community.pk, demand_id=demand["id"], round=1,
            asked_at=demand["answered_at"], call_from=demand["answered_at"] + CALL_AFTER,
            handler_id=demand["owner_id"],
        )  # fmt: skip


def _note_visits(count: int, dice: Random, *, community: Community, now: datetime) -> None:
    worker = next(one for one in _accounts(community) if one.display_name == WORKER)
    start = now - timedelta(days=365 * YEARS)
    reasons = [reason.value for reason in VisitReason]
    write(
        Visit,
        (
            {
                "community_id": community.pk, "at": start + (now - start) / count * number,
                "reason": dice.choice(reasons), "channel": dice.choice(_CHANNELS),
                "worker_id": worker.pk,
            }
            for number in range(count)
        ),
    )  # fmt: skip


if __name__ == "__main__":
    make(int(sys.argv[1]), int(sys.argv[2]))

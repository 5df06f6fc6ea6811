"""What the desk owes, against a slow and obvious count of the same."""

from datetime import timedelta

import pytest

from mulin.commons.flow.models import Need
from mulin.commons.flow.said import Said
from mulin.kit import clock
from mulin.parlour.reception.actions.demands import assign_demand, receive_demand
from mulin.parlour.reception.models import Demand
from mulin.parlour.reception.queries import Filter, Owed, desk_rows, owed
from tests.clock import NOW

TONIGHT = clock.end_of_day(clock.local_day(NOW))


def plainly(actor):
    seen = [demand for demand in Demand.objects.visible_to(actor) if demand.is_open]
    return Owed(
        mine=sum(demand.owner_id == actor.account_id for demand in seen),
        late=sum(demand.due_at is not None and demand.due_at < NOW for demand in seen),
        due_today=sum(
            demand.due_at is not None and NOW <= demand.due_at <= TONIGHT for demand in seen
        ),
    )


@pytest.fixture
def demands(cast, xinjie):
    """Every limit twice, once at the desk's worker; one sealed, one closed among each."""
    made = []
    for due_at in (NOW - timedelta(days=2), NOW, TONIGHT, TONIGHT + timedelta(days=1), None):
        for place in range(4):
            building = cast.building_12 if place % 2 else cast.building_20
            demand = receive_demand(
                Said(words="路灯不亮", building=building), by=cast.chen.actor, now=NOW
            )
            if place < 3:
                assign_demand(demand, to=cast.chen.account, by=cast.zhou.actor, now=NOW, why="")
            Demand.objects.filter(pk=demand.pk).update(due_at=due_at, is_open=place != 1)
            Need.objects.filter(pk=demand.need_id).update(is_sealed=place == 2)
            made.append(demand)
    return made


def test_the_desk_counts_what_it_sees_without_the_sealed_ones(cast, demands):
    counted = owed(cast.chen.actor, NOW, TONIGHT)
    assert counted == plainly(cast.chen.actor) == Owed(mine=5, late=2, due_today=4)


def test_a_grid_officer_counts_their_own_grid(cast, demands):
    counted = owed(cast.sun.actor, NOW, TONIGHT)
    assert counted == plainly(cast.sun.actor)
    assert counted.late == 1


def test_the_neighbour_counts_nothing_here(cast, demands):
    assert owed(cast.gu.actor, NOW, TONIGHT) == Owed(0, 0, 0)


def test_the_first_page_is_the_beginning_of_the_list(cast, demands):
    """The page that needs no wording shows what the list does, also when it is asked for again."""
    for _again in range(2):
        first = desk_rows(cast.chen.actor, Filter(), NOW, only_first_page=True)
        assert first == desk_rows(cast.chen.actor, Filter(), NOW, only_first_page=False)[:]
        assert {row["id"] for row in first} == {
            demand.pk for demand in Demand.objects.visible_to(cast.chen.actor) if demand.is_open
        }
        Demand.objects.filter(pk=first[0]["id"]).update(is_open=False)


def test_only_the_desk_and_a_list_not_narrowed_begin_with_it(cast, demands):
    for actor, chosen in (
        (cast.sun.actor, Filter()),
        (cast.chen.actor, Filter(late=True)),
        (cast.chen.actor, Filter(only_open=False)),
    ):
        rows = desk_rows(actor, chosen, NOW, only_first_page=True)
        assert rows[:] == desk_rows(actor, chosen, NOW, only_first_page=False)[:]
        assert len(rows[:]) != len(desk_rows(cast.chen.actor, Filter(), NOW, only_first_page=True))

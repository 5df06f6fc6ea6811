"""Claims of planning: the rota, a sick call, the lots, and the public instances, each with its bound.

The rota and the lots are made up from a seed (tests/support); beside each plan stands what plain
turns, first come and a careful hand come to in the same run. The public instances are measured where
their files lie beside the repository.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench.lines import Line
from mulin.commons.planning.allocation import Work, allocate, by_hand, first_come, measured, trade
from mulin.commons.planning.cvrplib import read_deliveries
from mulin.commons.planning.duty import byhand
from mulin.commons.planning.duty.planning import make_again, make_plan
from mulin.commons.planning.duty.rota import Duties, Rota, lacks, loads
from mulin.commons.planning.rosters import fill_roster, read_roster
from mulin.commons.planning.routing import rounds
from mulin.commons.planning.solving import has_solver
from tests.support.duty import month
from tests.support.lots import week

BESIDE: Final = Path(__file__).resolve().parents[2] / "shared"
SHARED: Final = Path(os.environ.get("MULIN_SHARED", BESIDE)) / "data" / "scheduling"
SEEDS: Final = (1, 2, 3)
ROTA_S: Final = 5.0
ROTA_MB: Final = 300
AGAIN_S: Final = 3.0
LOTS_S: Final = 20.0
LOTS_GAP: Final = 5.0
ROSTER_S: Final = 60.0
ROUNDS_S: Final = 30.0
ROUNDS_GAP: Final = 2.0
#: Best known penalties, and by how much in 100 each may be missed (SOURCES.md).
ROSTERS: Final = {
    "01": (607, 0), "02": (828, 0), "03": (1001, 0), "04": (1716, 0.25), "05": (1143, 5),
    "06": (1950, 8), "07": (1056, 8),
}  # fmt: skip
ROUNDS: Final = {
    "cvrp/A-n32-k5.vrp": 784, "cvrp/B-n31-k5.vrp": 672, "cvrp/E-n13-k4.vrp": 247,
    "cvrp/F-n72-k4.vrp": 237, "cvrp/M-n101-k10.vrp": 820, "cvrp/P-n16-k8.vrp": 450,
    "cvrp/X-n101-k25.vrp": 27591, "cvrp/CMT6.vrp": 555.43, "vrptw/C101.txt": 827.3,
    "vrptw/RC208.vrp": 776.1,
}  # fmt: skip


def measure() -> Iterator[Line]:
    """A line for each claim; none without the extra."""
    if not has_solver():
        print("planning was left out: make planning adds the solver", flush=True)
        return
    yield from _rota()
    yield from (_lots(seed, week(seed)) for seed in SEEDS[:2])
    if SHARED.exists():
        yield from _rosters()
        yield from _rounds()


def _rota() -> Iterator[Line]:
    slowest, again, peak, is_proved = 0.0, 0.0, 0, True
    worked, notes, changes = [], [], []
    for seed in SEEDS:
        rota = month(seed)
        plan = make_plan(rota, seconds=ROTA_S * 4)
        is_proved &= plan.is_whole and all(stage.is_proved for stage in plan.stages)
        slowest, peak = max(slowest, plan.seconds), max(peak, plan.peak_kb)
        notes.append(f"{_spread(rota, plan.duties)} against {_spread(rota, byhand.in_turn(rota))}"
                     f" in turn and {_spread(rota, byhand.least_loaded(rota))} by hand")  # fmt: skip
        worked.append(plan.cpu_seconds)
        day = rota.shifts[20]
        sick = make_again(rota, plan.duties, away=plan.duties[day.id][0], since=day.starts)
        moved = next((stage for stage in sick.stages if stage.name == "changes"), None)
        changes.append("by hand" if moved is None else f"{moved.value} (none below {moved.bound})")
        again = max(again, sick.seconds)
    proved = "each stage proved" if is_proved else "NOT PROVED"
    yield Line(
        f"a rota of 30 people, 31 days, 2 shifts, {proved}",
        ROTA_S,
        slowest if is_proved else float("inf"),
        "s",
        note=f"{max(worked):.1f} s of processor; lacks, greatest less smallest load, unwanted:"
        f" {'; '.join(notes)}",
    )
    yield Line("the solver of a rota", ROTA_MB, peak / 1024, "MB")
    yield Line(
        "the rota after a sick call", AGAIN_S, again, "s",
        note=f"cells of others that change: {', '.join(changes)}",
    )  # fmt: skip


def _spread(rota: Rota, duties: Duties) -> str:
    points = loads(rota, duties).values()
    unwanted = sum(
        who.dislikes.get(shift, 0)
        for who in rota.people
        for shift, on in duties.items()
        if who.id in on
    )
    return f"{len(lacks(rota, duties))}, {max(points) - min(points)}, {unwanted}"


def _lots(seed: int, work: Work) -> Line:
    plan = allocate(work, seconds=LOTS_S)
    happy = trade(work, plan)
    came, hand = measured(work, first_come(work)), measured(work, by_hand(work))
    bound = plan.bound
    return Line(
        f"62 workers and 200 lots in {LOTS_S:.0f} s, seed {seed}: worst share below its bound",
        LOTS_GAP, 100 * (1 - plan.measure.worst_share / bound), "%",
        note=f"worst share {plan.measure.worst_share / 10:.1f} % of {bound / 10:.1f} in"
        f" {plan.seconds:.1f} s, left over {len(plan.measure.left_over)}; first come"
        f" {came.worst_share / 10:.1f}, by hand {hand.worst_share / 10:.1f} and"
        f" {len(hand.left_over)} left over; 3 % given back: {plan.measure.wishes_met} wishes"
        f" become {happy.measure.wishes_met}",
    )  # fmt: skip


def _rosters() -> Iterator[Line]:
    for number, (best, most) in ROSTERS.items():
        roster = read_roster(SHARED / "rostering" / f"NurseRostering-{number}.json")
        found = fill_roster(roster, seconds=ROSTER_S)
        yield Line(f"roster {number} in {ROSTER_S:.0f} s, best known {best}",
                   best * (100 + most) // 100, found.penalty, "penalty",
                   note=f"bound {found.bound}, {found.seconds:.1f} s, {found.engine}")  # fmt: skip


def _rounds() -> Iterator[Line]:
    for name, best in ROUNDS.items():
        deliveries = read_deliveries(SHARED / name)
        found = rounds(deliveries.stops, seconds=ROUNDS_S)
        cost, bound = found.cost / deliveries.scale, found.bound / deliveries.scale
        yield Line(f"rounds {Path(name).stem} in {ROUNDS_S:.0f} s above best known", ROUNDS_GAP,
                   100 * (cost / best - 1), "%",
                   note=f"{cost:,.6g}, bound {bound:,.6g}, {found.seconds:.1f} s,"
                   f" {found.engine}")  # fmt: skip


if __name__ == "__main__":
    for line in measure():
        print(line, flush=True)

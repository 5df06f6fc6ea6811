"""A month of duty as a community might have it, made up from a seed."""

from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from mulin.commons.planning.duty.rota import Need, Person, Rota, Shift

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST = date(2026, 3, 1)


def month(seed, *, people=30, days=31, leads=8):
    """Two shifts a day, three adults and at times four; leads are scarce, wishes are many."""
    dice = Random(seed)
    shifts = []
    for day in range(days):
        for name, hour in (("am", 8), ("pm", 15)):
            starts = datetime(2026, 3, 1, hour, tzinfo=SHANGHAI) + timedelta(days=day)
            shifts.append(
                Shift(
                    id=f"{day + 1:02d}{name}",
                    starts=starts,
                    ends=starts + timedelta(hours=6),
                    adults=3 + (dice.random() < 0.15),
                    needs=(Need("lead", 1), Need("first aid", 1)),
                    points=2 if day == 7 else 1,
                    with_children=True,
                )
            )
    names = [shift.id for shift in shifts]
    return Rota(
        shifts=tuple(shifts),
        people=tuple(
            Person(
                id=f"P{number:02d}",
                skills=frozenset(
                    ({"lead"} if number < leads else set())
                    | ({"first aid"} if number % 3 == 0 else set())
                ),
                unable=frozenset(dice.sample(names, int(len(names) * dice.uniform(0.15, 0.5)))),
                most_shifts=dice.choice([None, 10, 12]),
                dislikes=dict.fromkeys(dice.sample(names, len(names) // 6), 1),
                carried=dice.choice([-1, 0, 0, 0, 1]),
                checked_on=FIRST - timedelta(days=dice.randint(10, 300)),
            )
            for number in range(people)
        ),
        apart=(frozenset({"P03", "P04"}),) if people > 4 else (),
        rest=timedelta(hours=11),
    )

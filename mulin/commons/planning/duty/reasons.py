"""Why somebody has a duty, in facts that a page says in words; and who could have it instead."""

from collections.abc import Mapping
from dataclasses import dataclass

from mulin.commons.planning.duty.checks import changed, new_faults
from mulin.commons.planning.duty.rota import Duties, Rota, loads


@dataclass(frozen=True, slots=True)
class Why:
    """What speaks for this person, and what stands in the way of each other one.

    `needed_for` are skills that the shift would lack without them. `others` is what a change would
    break: person → rules of `checks.Fault`, "lack" among them. `instead` are those for whom nothing
    stands in the way, with the load they would then have, the lightest first.
    """

    is_pinned: bool
    is_wished: bool
    load: int
    needed_for: tuple[str, ...]
    others: Mapping[str, tuple[str, ...]]
    instead: tuple[tuple[str, int], ...]


def why(rota: Rota, duties: Duties, person: str, shift: str) -> Why:
    """Why this person is on this shift. Raises ValueError if they are not."""
    if person not in duties.get(shift, ()):
        raise ValueError("this is not their duty")
    one, at = rota.person(person), rota.shift(shift)
    totals = loads(rota, duties)
    there = [rota.person(who) for who in duties[shift]]
    others: dict[str, tuple[str, ...]] = {}
    instead = []
    for other in rota.people:
        if other.id in duties[shift]:
            continue
        after = changed(duties, off=[(person, shift)], on=[(other.id, shift)])
        broken = new_faults(rota, duties, after)
        # That this very cell is pinned is said of the person, not of each other one.
        rules = {fault.rule for fault in broken if (fault.rule, fault.person) != ("pinned", person)}
        if rules:
            others[other.id] = tuple(sorted(rules))
        else:
            instead.append((other.id, totals[other.id] + at.points))
    return Why(
        is_pinned=any(pin == (person, shift, True) for pin in rota.pins),
        is_wished=shift in one.likes,
        load=totals[person],
        needed_for=tuple(
            need.skill
            for need in at.needs
            if need.skill in one.skills
            and sum(need.skill in who.skills for who in there) <= need.number
        ),
        others=others,
        instead=tuple(sorted(instead, key=lambda pair: (pair[1], pair[0]))),
    )

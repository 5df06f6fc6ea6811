"""Whether a change of duties may be: the engine's own rules, asked of what stands in the tables."""

from collections.abc import Sequence
from typing import Final

from mulin.commons.planning.duty.checks import Fault, changed, new_faults
from mulin.commons.rota.models import Month, Shift
from mulin.commons.rota.queries import duties_of, names_of, rota_of
from mulin.commons.rota.words import fault_words, shift_words
from mulin.kit.refusals import Refused

#: (member, shift) by their ids.
Cell = tuple[int, int]


#: A shift is filled one by one: what it still lacks refuses nobody who comes.
FILLING: Final = frozenset({"lack", "alone"})
#: Whoever is taken off may leave a gap, but nobody alone with children.
LACKING: Final = frozenset({"lack"})


def check_change(
    month: Month,
    *,
    off: Sequence[Cell] = (),
    on: Sequence[Cell] = (),
    but: frozenset[str] = frozenset(),
) -> None:
    """Raises Refused with what a change would break that is whole now, `but` these rules."""
    found = [fault for fault in broken_by(month, off=off, on=on) if fault.rule not in but]
    if found:
        raise Refused(words_of(month, found))


def broken_by(month: Month, *, off: Sequence[Cell] = (), on: Sequence[Cell] = ()) -> list[Fault]:
    """What a change would break that is whole now, lacks among it."""
    rota, before = rota_of(month), duties_of(month)
    after = changed(before, off=_cells(off), on=_cells(on))
    people = {person.id for person in rota.people}
    # Somebody the rota does not know breaks no rule of it; the engine would not find them.
    strange = [Fault("unknown", who, shift) for who, shift in _cells(on) if who not in people]
    return strange or new_faults(rota, before, after)


def words_of(month: Month, found: Sequence[Fault]) -> str:
    """Faults in words."""
    shifts = {str(one.pk): shift_words(one) for one in Shift.objects.filter(month=month)}
    who = [fault.person for fault in found if fault.person.isdecimal()]
    return fault_words(found, names_of(who), shifts)


def _cells(cells: Sequence[Cell]) -> list[tuple[str, str]]:
    return [(str(member), str(shift)) for member, shift in cells]

"""Putting people on the roll, correcting what stands there, reading what is masked."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Unpack

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import record_look, recording
from mulin.ground.audit.models import Look
from mulin.ground.community.models import Grid
from mulin.ground.community.rules import Actor
from mulin.ground.people import permissions
from mulin.ground.people.models import Person, PersonWords
from mulin.ground.people.queries import merged_records
from mulin.ground.people.rules import SENSITIVE, Typed, masked, plausible
from mulin.ground.people.words import fault_words
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused

ROWS_AT_ONCE = 500
LONGEST_REASON = 200


def register_person(
    *, by: Actor, now: datetime, token: str | None = None, **typed: Unpack[Typed]
) -> Person:
    """Put a person on the roll. Somebody of the same name stays another person.

    Raises Refused with the field whose value can't stand, NotPermitted.
    """
    if "grid_id" not in typed and not by.is_desk and len(by.grid_ids) == 1:
        typed["grid_id"] = next(iter(by.grid_ids))
    if not permissions.may_register(by) or not permissions.may_move_to(by, typed.get("grid_id")):
        raise NotPermitted(_("Please ask the desk to put somebody on the roll."))
    values = checked({"name": "", **typed}, now=now)
    with recording(by, "register_person", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Person)
        person = _fresh(values, by=by, now=now)
        person.save(force_insert=True)
        index_words([person])
        act.on(person, after=masked(values))
    return person


def change_person(
    person: Person, *, by: Actor, now: datetime, token: str | None = None, **typed: Unpack[Typed]
) -> Person:
    """Correct or complete a record; what isn't given stays. 《个人信息保护法》第46条.

    Raises Refused with the field whose value can't stand, NotPermitted.
    """
    _may_change(by, person)
    with recording(by, "change_person", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Person)
        current = standing(person)
        before = values_of(current)
        # A number is judged together with the birth date that stands beside it.
        beside: Typed = {}
        if typed.get("id_number") and "born_on" not in typed:
            beside["born_on"] = current.born_on
        values = checked({**beside, **typed}, now=now)
        if "grid_id" in typed and values["grid_id"] != current.grid_id:
            _may_move(by, values["grid_id"])
        _write(current, values)
        current.save()
        index_words([current])
        after = values_of(current)
        changed = [name for name in after if after[name] != before[name]]
        act.on(
            current,
            before=masked({name: before[name] for name in changed}),
            after=masked({name: after[name] for name in changed}),
        )
    return current


def link_account(
    person: Person, account_id: int | None, *, by: Actor, now: datetime, token: str | None = None
) -> Person:
    """Say which account is this person's, or that none is."""
    if not (by.is_desk or by.is_system):
        raise NotPermitted(_("Please ask the desk to link the account."))
    with recording(by, "link_account", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Person)
        current = standing(person)
        before = current.account_id
        current.account_id = account_id
        current.save(update_fields=["account"])
        act.on(current, before={"account_id": before}, after={"account_id": account_id})
    return current


def reveal(person: Person, field: str, reason: str, *, by: Actor, now: datetime) -> str:
    """A masked value in full; who read it and why is recorded. 《个人信息保护法》第51条.

    Raises Refused without a reason, NotPermitted.
    """
    _may_reveal(by, person)
    if field not in SENSITIVE:
        raise ValueError(field)
    reason = " ".join(reason.split())[:LONGEST_REASON]
    if not reason:
        raise Refused(_("Please say why you need to see it."), field="reason")
    record_look(person, by=by, what=field, reason=reason, now=now)
    value = getattr(person, field)
    return "" if value is None else str(value)


def note_look(person: Person, *, by: Actor, now: datetime) -> Look | None:
    """Record that staff opened the record of somebody under fourteen; nothing for others.

    《未成年人网络保护条例》第36条.
    """
    if permissions.may_see_own(by, person) or not person.is_guarded_on(local_day(now)):
        return None
    return record_look(person, by=by, what="record", reason=gettext("opened the page"), now=now)


def bulk_register(
    people: Sequence[Typed],
    *,
    by: Actor,
    now: datetime,
) -> list[Person]:
    """Put many people on the roll in few queries. Writes no act: the caller's act speaks for all.

    Values must be `plausible` ones already. Call it within `recording`.
    """
    if not permissions.may_import(by):
        raise NotPermitted(_("Please ask the desk to put somebody on the roll."))
    persons = [_fresh(values, by=by, now=now) for values in people]
    for person in persons:
        person.derive()
    for start in range(0, len(persons), ROWS_AT_ONCE):
        batch = persons[start : start + ROWS_AT_ONCE]
        Person.objects.bulk_create(batch)
        PersonWords.objects.bulk_create([PersonWords.of(person) for person in batch])
    return persons


def index_words(persons: Iterable[Person]) -> None:
    """Bring what these persons are found by up to date; a merged record is found by its keeper."""
    rows = []
    for person in persons:
        kept = Person.kept_of(person)
        rows.append(PersonWords.of(kept, merged=merged_records(kept)))
    PersonWords.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["record"], update_fields=["words"]
    )


def standing(person: Person) -> Person:
    """The row as it is now, locked. Raises Refused if it no longer stands on the roll."""
    current: Person = Person.objects.select_for_update().get(pk=person.pk)
    if current.erased_at is not None:
        raise Refused(_("This person was erased. There is nothing left to change."))
    if current.merged_into_id is not None:
        raise Refused(_("This record belongs to another one now. Open that one to change it."))
    return current


def checked(typed: Typed, *, now: datetime) -> Typed:
    """The values in the spelling of the roll. Raises Refused for the first that can't stand."""
    values, faults = plausible(typed, today=local_day(now))
    grid_id = values.get("grid_id")
    for field, fault in faults.items():
        raise Refused(fault_words(field, fault), field=field)
    if grid_id is not None and not Grid.objects.filter(pk=grid_id).exists():
        raise Refused(_("There is no such grid. Choose one from the list."), field="grid_id")
    return values


def values_of(person: Person) -> dict[str, Any]:
    """What stands on a record, by the names of `Typed`."""
    values = {name: getattr(person, name) for name in Typed.__annotations__}
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:  # Any: whatever a column holds
    return "" if value is None else value


def _fresh(values: Typed, *, by: Actor, now: datetime) -> Person:
    person = Person(community_id=by.community_id, created_at=now)
    _write(person, values)
    return person


def _write(person: Person, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        # Encrypted columns know no empty text: nothing is NULL there.
        setattr(person, name, (value or None) if name in SENSITIVE else value)


def _may_change(by: Actor, person: Person) -> None:
    if not permissions.may_change(by, person):
        raise NotPermitted(_("Please ask the desk to change this record."))


def _may_move(by: Actor, grid_id: int | None) -> None:
    if not permissions.may_move_to(by, grid_id):
        raise NotPermitted(_("Only the desk moves somebody into another grid."))


def _may_reveal(by: Actor, person: Person) -> None:
    if not permissions.may_reveal(by, person):
        raise NotPermitted(_("Please ask the desk about this record."))

"""Files of persons: previewed line by line, taken in, taken out again."""

import json
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.audit.queries import acted_on
from mulin.ground.community.models import Grid
from mulin.ground.community.rules import Actor
from mulin.ground.people import permissions
from mulin.ground.people.actions.persons import bulk_register
from mulin.ground.people.models import Person, PersonWords, RollImport, index_of
from mulin.ground.people.queries import waiting_lines
from mulin.ground.people.rules import (
    COLUMNS,
    Fault,
    Likeness,
    Namesakes,
    Outcome,
    Typed,
    columns_of,
    read_row,
    spoken,
)
from mulin.ground.people.words import COLUMN_LABELS
from mulin.kit.clock import local_day
from mulin.kit.mentions import named_elsewhere
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.sheets import PREVIEW_LASTS, read_table, write_xlsx

MOST_LINES: Final = 50_000
_AT_ONCE: Final = 500


def template_file() -> bytes:
    """An Excel file with our columns and no line, to be filled in."""
    return write_xlsx([COLUMN_LABELS[name] for name in COLUMNS], [])


def preview_roll(
    content: bytes, filename: str, *, by: Actor, now: datetime, token: str | None = None
) -> RollImport:
    """Read a file of persons and say of every line what would become of it. Nobody is registered.

    Raises Refused when the file can't be read or has no column of names, NotPermitted.
    """
    _may_import(by)
    with recording(by, "preview_roll", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(RollImport)
        lines, refused = _read(content, filename, today=local_day(now))
        taken: RollImport = RollImport.objects.create(
            community_id=by.community_id,
            file_name=filename[-200:],
            at=now,
            rows=sorted([*_judged(lines), *refused], key=lambda row: row["line"]),
            waiting=json.dumps(lines, cls=DjangoJSONEncoder),
        )
        act.on(taken, after={"lines": len(taken.rows)})
    return taken


def take_in_roll(
    preview: RollImport,
    *,
    by: Actor,
    now: datetime,
    leave_out: Collection[int] = (),
    token: str | None = None,
) -> RollImport:
    """Put the new lines of a preview on the roll. Each line is judged again, for somebody may
    have been registered meanwhile; `leave_out` are lines the clerk doesn't want.

    Raises Refused when it was taken in already.
    """
    _may_import(by)
    with recording(by, "take_in_roll", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(RollImport)
        taken: RollImport = RollImport.objects.select_for_update().get(pk=preview.pk)
        if taken.taken_in_at is not None or taken.waiting is None:
            raise Refused(_("This file was taken in already."))
        lines = waiting_lines(taken)
        refused = [row for row in taken.rows if str(row["line"]) not in lines]
        rows = _judged(lines)
        wanted = [
            row for row in rows
            if row["outcome"] in {Outcome.NEW, Outcome.NAMESAKE} and row["line"] not in leave_out
        ]  # fmt: skip
        persons = bulk_register(
            [lines[str(row["line"])]["values"] for row in wanted], by=by, now=now
        )
        for row, person in zip(wanted, persons, strict=True):
            row["person"] = person.pk
        taken.rows = sorted([*rows, *refused], key=lambda row: row["line"])
        taken.created_ids = [person.pk for person in persons]
        taken.taken_in_at, taken.waiting = now, None
        taken.save()
        act.on(taken, after={"lines": len(taken.rows), "created": len(persons)})
    return taken


def undo_import(
    taken: RollImport, *, by: Actor, now: datetime, token: str | None = None
) -> RollImport:
    """Take out again whom a file brought in, except those with whom something was done since:
    they stay in `created_ids`.

    Raises Refused when it was not taken in, or undone already.
    """
    if not permissions.may_undo_import(by, taken):
        raise NotPermitted(_("Please ask the desk to take the file out again."))
    with recording(by, "undo_import", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(RollImport)
        taken = RollImport.objects.select_for_update().get(pk=taken.pk)
        if taken.taken_in_at is None or taken.undone_at is not None:
            raise Refused(_("There is nothing to take out again."))
        in_use = _in_use(taken.created_ids)
        free = [person_id for person_id in taken.created_ids if person_id not in in_use]
        for start in range(0, len(free), _AT_ONCE):
            Person.objects.filter(pk__in=free[start : start + _AT_ONCE]).delete()
        taken.undone_at = now
        taken.created_ids = sorted(in_use)
        taken.save(update_fields=["undone_at", "created_ids"])
        act.on(taken, after={"removed": len(free), "stayed": len(in_use)})
    return taken


def drop_stale_previews(*, by: Actor, now: datetime) -> int:
    """Throw away what previews hold that nobody took in for a week; returns how many."""
    stale = RollImport.objects.filter(
        taken_in_at__isnull=True, waiting__isnull=False, at__lt=now - PREVIEW_LASTS
    )
    first = stale.first()
    if first is None:
        return 0
    with recording(by, "drop_stale_previews", now=now) as act:
        count: int = stale.update(waiting=None)
        act.on(first, after={"dropped": count})
    return count


def _read(
    content: bytes, filename: str, *, today: date
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The lines of a file by number, and those that could not even be read."""
    table = read_table(content, filename)
    columns = columns_of(table.header)
    if "name" not in columns:
        raise Refused(
            _(
                "The table has no column called “姓名” or “name”. Name it so, or use our template file."
            ),
            field="file",
        )
    grids = {
        spelling: grid.pk
        for grid in Grid.objects.all()
        for spelling in (str(grid.number), grid.name)
    }
    lines: dict[str, Any] = {}
    for number, ours in table.told(columns, most=MOST_LINES):
        values, faults = read_row(ours, grids=grids, today=today)
        lines[str(number)] = {"values": values, "faults": faults}
    refused = [
        {"line": problem.line, "outcome": Outcome.REFUSED, "message": str(problem.message)}
        for problem in table.problems
    ]
    return lines, refused


def _judged(lines: dict[str, Any]) -> list[dict[str, Any]]:
    """What would become of each line, in their order."""
    likenesses = {
        number: _likeness(line["values"]) for number, line in lines.items() if not line["faults"]
    }
    known = _namesakes(likenesses.values())
    rows = []
    for number, line in lines.items():
        row: dict[str, Any] = {"line": int(number), "faults": dict(line["faults"])}
        if number not in likenesses:
            row["outcome"] = Outcome.REFUSED
        else:
            outcome, place, reasons = known.judge(likenesses[number])
            row |= {"outcome": outcome, "place": place, "reasons": reasons}
            if outcome is Outcome.REFUSED:
                in_file = place.startswith("line")
                row["faults"]["id_number"] = Fault.ID_TWICE if in_file else Fault.ID_ON_ROLL
            elif outcome is not Outcome.KNOWN:
                known.add(f"line:{number}", likenesses[number])
        rows.append(row)
    return rows


def _likeness(values: Typed) -> Likeness:
    phone, id_number = values.get("phone"), values.get("id_number")
    born_on = values.get("born_on")
    return Likeness(
        name=values["name"],
        pinyin=spoken(values["name"]).full[:200],
        phone=index_of("phone", phone) if phone else "",
        id_number=index_of("id_number", id_number) if id_number else "",
        birth_year=born_on.year if born_on else None,
        sex=values.get("sex", ""),
        address=values.get("address", ""),
    )


def _namesakes(likenesses: Iterable[Likeness]) -> Namesakes:
    """Those on the roll whom these lines may be the same as."""
    wanted = list(likenesses)
    known, seen = Namesakes(), set[int]()
    for start in range(0, len(wanted), _AT_ONCE):
        batch = wanted[start : start + _AT_ONCE]
        numbers = {one.id_number for one in batch if one.id_number}
        found = (
            Person.objects.on_roll()
            .filter(Q(pinyin__in={one.pinyin for one in batch}) | Q(id_number_index__in=numbers))
            .defer("phone", "id_number", "born_on")
            .order_by("pk")
        )
        for person in found:
            if person.pk not in seen:
                seen.add(person.pk)
                known.add(f"person:{person.pk}", person.likeness())
    return known


def _in_use(person_ids: Collection[int]) -> set[int]:
    """Those of these persons whom any other row names, or whom somebody has changed since."""
    named = named_elsewhere(Person, person_ids, besides=(PersonWords,))
    return named | acted_on(Person, person_ids)


def _may_import(by: Actor) -> None:
    if not permissions.may_import(by):
        raise NotPermitted(_("Please ask the desk to take in a file."))

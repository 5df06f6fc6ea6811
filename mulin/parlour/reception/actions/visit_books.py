"""An old book of visits from Excel or CSV: previewed line by line, taken in, taken out again."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.models import Membership
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person, index_of
from mulin.ground.people.rules import spoken
from mulin.kit.channels import Channel
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.sheets import PREVIEW_LASTS, read_table, write_xlsx
from mulin.parlour.reception.actions.visits import Noted, record_visits
from mulin.parlour.reception.models import Visit, VisitBook, VisitKind, VisitReason
from mulin.parlour.reception.permissions import may
from mulin.parlour.reception.rules import (
    BOOK_COLUMNS,
    BookLine,
    BookOutcome,
    columns_of_book,
    read_book_line,
)

#: More lines than this take longer than somebody waits before a page.
MOST_LINES: Final = 20_000
_AT_ONCE: Final = 500
#: What tells one visit from another in a book: when, who, why.
_Likeness = tuple[datetime, int | None, str]


def template_file() -> bytes:
    """An Excel file with our columns and no line, to be filled in."""
    return write_xlsx([names[0] for names in BOOK_COLUMNS.values()], [])


def preview_book(
    content: bytes, file_name: str, *, by: Actor, now: datetime, token: str | None = None
) -> VisitBook:
    """Read a book and say of every line what would become of it. No visit is noted.

    Raises Refused when the file can't be read or has no column of days, NotPermitted.
    """
    _may(by)
    with recording(by, "reception.preview_book", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(VisitBook)
        lines, refused = _read(content, file_name, now=now)
        rows, _noted = _judged(lines, by)
        book: VisitBook = VisitBook.objects.create(
            community_id=by.community_id, file_name=file_name[-200:], at=now,
            rows=sorted([*rows, *refused], key=lambda row: row["line"]),
            waiting=json.dumps(lines, cls=DjangoJSONEncoder),
        )  # fmt: skip
        act.on(book, after={"lines": len(book.rows)})
    return book


def take_in_book(
    preview: VisitBook, *, by: Actor, now: datetime, token: str | None = None
) -> VisitBook:
    """Note the new visits of a book, all of them or none; each line is judged again.

    Raises Refused when it was taken in already, or what it held was thrown away meanwhile.
    """
    _may(by)
    with recording(by, "reception.take_in_book", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(VisitBook)
        book: VisitBook = VisitBook.objects.select_for_update().get(pk=preview.pk)
        if book.taken_in_at is not None or book.waiting is None:
            raise Refused(_("This file was taken in already."))
        lines = json.loads(book.waiting)
        refused = [row for row in book.rows if str(row["line"]) not in lines]
        rows, noted = _judged(lines, by)
        count = record_visits(noted, by=by.by(Channel.IMPORT), now=now, book=book)
        book.rows = sorted([*rows, *refused], key=lambda row: row["line"])
        book.taken_in_at, book.waiting = now, None
        book.save()
        act.on(book, after={"lines": len(book.rows), "visits": count})
    return book


def undo_book(book: VisitBook, *, by: Actor, now: datetime, token: str | None = None) -> VisitBook:
    """Take out again what a book brought; a visit of which a demand came meanwhile stays.

    Raises Refused when it was not taken in, or undone already.
    """
    _may(by)
    with recording(by, "reception.undo_book", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(VisitBook)
        book = VisitBook.objects.select_for_update().get(pk=book.pk)
        if book.taken_in_at is None or book.undone_at is not None:
            raise Refused(_("There is nothing to take out again."))
        gone, _per_table = Visit.objects.filter(book=book, need__isnull=True).delete()
        book.undone_at = now
        book.save(update_fields=["undone_at"])
        act.on(book, after={"removed": gone, "stayed": book.visits.count()})
    return book


def drop_stale_books(*, by: Actor, now: datetime) -> int:
    """Throw away what previews hold that nobody took in for a week; returns how many."""
    stale = VisitBook.objects.filter(waiting__isnull=False, at__lt=now - PREVIEW_LASTS)
    first = stale.first()
    if first is None:
        return 0
    with recording(by, "reception.drop_stale_books", now=now) as act:
        count: int = stale.update(waiting=None)
        act.on(first, after={"dropped": count})
    return count


def _may(by: Actor) -> None:
    if not may(by, "import_visits"):
        raise NotPermitted(_("Only the desk takes visits in from a book."))


# Any: what JSON holds.
def _read(
    content: bytes, file_name: str, *, now: datetime
) -> tuple[dict[str, BookLine], list[dict[str, Any]]]:
    """The lines of a book by number, and those that could not even be read."""
    table = read_table(content, file_name)
    columns = columns_of_book(table.header)
    if "day" not in columns:
        raise Refused(
            _("The table has no column “%(name)s”."),
            {"name": BOOK_COLUMNS["day"][0]},
            field="file",
        )
    lines: dict[str, BookLine] = {}
    for number, said in table.told(columns, most=MOST_LINES):
        lines[str(number)] = read_book_line(said, now=now)
    refused = [
        {"line": one.line or 0, "outcome": BookOutcome.REFUSED, "faults": [str(one.message)]}
        for one in table.problems
    ]
    return lines, refused


# Any: what JSON holds.
def _judged(lines: Mapping[str, BookLine], by: Actor) -> tuple[list[dict[str, Any]], list[Noted]]:
    """What becomes of each line, in their order, and the visits that are new.

    A line is known when as many visits of that moment, person and reason are there already.
    """
    kinds = _kinds()
    people = _people(line for line in lines.values() if line["name"])
    workers = _workers(by.community_id)
    noted: dict[str, Noted] = {}
    notes: dict[str, list[str]] = {}
    for number, line in lines.items():
        if line["faults"]:
            continue
        said: list[str] = []
        kind, reason = kinds.get(line["why"], (None, VisitReason.OTHER.value))
        words = line["note"]
        if line["why"] and line["why"] not in kinds:
            said.append("kind_unknown")
            words = f"{line['why']} {words}".strip()[:200]
        person_id = people.get((line["name"], line["phone"])) if line["name"] else None
        if line["name"] and person_id is None:
            said.append("nobody_found")
        noted[number] = Noted(
            at=_moment(line["at"]), reason=reason, kind_id=kind, person_id=person_id,
            channel=line["channel"], minutes=line["minutes"], worker_id=workers.get(line["worker"]),
            note=words,
        )  # fmt: skip
        notes[number] = said
    there = _there(noted.values())
    rows, new = [], []
    for number, line in lines.items():
        row: dict[str, Any] = {"line": int(number), "outcome": BookOutcome.NEW.value}
        row["faults"], row["notes"] = line["faults"], notes.get(number, [])
        if number not in noted:
            row["outcome"] = BookOutcome.REFUSED.value
        elif there[like := _likeness(noted[number])] > 0:
            there[like] -= 1
            row["outcome"] = BookOutcome.KNOWN.value
        else:
            new.append(noted[number])
        rows.append(row)
    return rows, new


def _moment(at: datetime | str | None) -> datetime:
    if at is None:
        msg = "a line without a moment has a fault"
        raise ValueError(msg)
    return datetime.fromisoformat(at) if isinstance(at, str) else at


def _likeness(one: Noted) -> _Likeness:
    return one.at, one.person_id, one.reason


def _there(noted: Iterable[Noted]) -> Counter[_Likeness]:
    """How many visits of each likeness stand there, among the days that the book speaks of."""
    moments = [one.at for one in noted]
    if not moments:
        return Counter()
    rows = Visit.objects.filter(at__gte=min(moments), at__lte=max(moments))
    return Counter(rows.values_list("at", "person_id", "reason").iterator())


def _kinds() -> dict[str, tuple[int | None, str]]:
    """Kind and reason by the words a book may use: the community's own, then those of figures."""
    found: dict[str, tuple[int | None, str]] = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            found |= {str(reason.label): (None, reason.value) for reason in VisitReason}
    own = VisitKind.objects.order_by("is_active", "-sort", "-id")
    return found | {kind.name: (kind.pk, kind.reason) for kind in own}


def _workers(community_id: int) -> dict[str, int]:
    """Accounts of this community by the name they show; a name of two is nobody's."""
    held = Membership.objects.filter(community_id=community_id).values_list(
        "account__display_name", "account_id"
    )
    found: dict[str, set[int]] = {}
    for name, account_id in held:
        found.setdefault(name, set()).add(account_id)
    return {name: ids.pop() for name, ids in found.items() if len(ids) == 1}


def _people(lines: Iterable[BookLine]) -> dict[tuple[str, str], int]:
    """The one person on the roll of this name, and of this phone where the book has one."""
    wanted = {(line["name"], line["phone"]) for line in lines}
    spoken_names = sorted({spoken(name).full[:200] for name, _phone in wanted})
    by_name: dict[str, list[tuple[int, str]]] = {}
    for start in range(0, len(spoken_names), _AT_ONCE):
        rows = Person.objects.on_roll().filter(pinyin__in=spoken_names[start : start + _AT_ONCE])
        for pk, name, phone in rows.values_list("pk", "name", "phone_index"):
            by_name.setdefault(name, []).append((pk, phone))
    found = {}
    for name, phone in wanted:
        same = by_name.get(name, [])
        if phone:
            same = [one for one in same if one[1] == index_of("phone", phone)]
        if len(same) == 1:
            found[name, phone] = same[0][0]
    return found

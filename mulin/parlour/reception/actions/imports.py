"""Demands from a file: keep an upload, choose what its columns mean, take it in.

A file is taken in by batches, each in a transaction of its own, so that others can write in
between; the act is written once, with the counts. A file whose taking in was cut off is simply
taken in again: what stands already is recognised by its number and stays as it is.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial
from pathlib import PurePath
from typing import Any, Final

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from mulin.commons.flow.many import ToldLine, add_steps, open_needs, reindex
from mulin.commons.flow.models import Category, ContactWish, Need, Step
from mulin.commons.flow.said import Said
from mulin.ground.audit.actions import recording
from mulin.ground.community.queries import holders_of
from mulin.ground.community.rules import Actor, Role
from mulin.kit.channels import Channel
from mulin.kit.failpoints import failpoint
from mulin.kit.ids import public_code
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.sentences import Sentence
from mulin.parlour.reception.actions.orders import Came, is_known, ordered, take_in_order
from mulin.parlour.reception.importing.mapping import ORDERS, ColumnMap
from mulin.parlour.reception.importing.queries import known_maps, uploaded
from mulin.parlour.reception.importing.reading import (
    Found,
    FoundCategory,
    FoundRow,
    SetAside,
    read_file,
)
from mulin.parlour.reception.models import Demand, ImportedFile, ImportedRow
from mulin.parlour.reception.permissions import may
from mulin.parlour.reception.rules import HARM, State, is_on_time, reminder_moment

#: The branch under which categories from other systems hang; it is not offered by itself.
ELSEWHERE: Final = "elsewhere"
MOST_BYTES: Final = 20 * 1024 * 1024
#: More rows than this take longer than somebody waits before a page.
MOST_ROWS_AT_ONCE: Final = 20_000
_BATCH: Final = 500
_LONGEST_PLACE, _LONGEST_NAME = 120, 80
#: Lines of a story that no handler wrote.
_OWN_KINDS: Final = ("imported", "imported_closed", "escalated")


@dataclass(slots=True)
class TakenIn:
    """What became of a file's rows: `read` is the sum of all the others.

    `noted` are rows that changed after somebody here had begun to work on the demand: it stays
    as it is, and a note tells its handler what the file says now.
    """

    read: int
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    noted: int = 0
    rejected: list[SetAside] = field(default_factory=list)
    notes: list[Sentence] = field(default_factory=list)

    @property
    def changed(self) -> int:
        return self.created + self.updated + self.noted

    def as_json(self) -> dict[str, object]:
        """What the command line prints. `updated` counts every row that says something new."""
        return {
            "read": self.read,
            "created": self.created,
            "updated": self.updated + self.noted,
            "unchanged": self.unchanged,
            "rejected": [{"row": one.row, "reason": str(one.reason)} for one in self.rejected],
        }


def take_in_file(
    content: bytes, name: str, *, by: Actor, now: datetime, chosen: ColumnMap | None = None
) -> TakenIn:
    """Read a file and take its demands in. Taking it in again changes nothing.

    Without `chosen` the map is the one made for the file's header. Raises Refused when nothing
    of the file can be read.
    """
    _permit(by)
    name = _plain_name(name)
    found = read_file(content, name, chosen=chosen, known=known_maps())
    return _take_in(found, name, by=by.by(Channel.IMPORT), now=now)


def keep_upload(
    content: bytes, name: str, *, by: Actor, now: datetime, token: str | None = None
) -> ImportedFile:
    """Keep an uploaded file until its columns are chosen and it is taken in, or thrown away."""
    _permit(by)
    if len(content) > MOST_BYTES:
        raise Refused(
            _("The file is larger than 20 MB. Split it, or use the command line."), field="file"
        )
    name = _plain_name(name)
    with recording(by, "reception.keep_upload", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(ImportedFile)
        file, _made = ImportedFile.objects.get_or_create(
            community_id=by.community_id, name=name, defaults={"first_read_at": now}
        )
        _forget_upload(file)
        file.kept_as = _stored(content)
        file.save(update_fields=["kept_as"])
        act.on(file, after={"name": name, "bytes": len(content)})
    return file


def choose_columns(
    file: ImportedFile, chosen: ColumnMap, *, by: Actor, now: datetime
) -> ImportedFile:
    """Keep what the columns of a file mean; the next file with this header is known by it."""
    _permit(by)
    with recording(by, "reception.choose_columns", now=now) as act:
        before, file.mapping = file.mapping, chosen.as_json()
        file.save(update_fields=["mapping"])
        act.on(file, before={"mapping": before}, after={"mapping": file.mapping})
    return file


def take_in_upload(
    file: ImportedFile, *, by: Actor, now: datetime, chosen: ColumnMap | None = None
) -> TakenIn:
    """Take in a file that was uploaded, then let go of it. Raises Refused if it is gone or long."""
    _permit(by)
    content = uploaded(file)
    found = read_file(content, file.name, chosen=chosen, known=known_maps())
    if found.read > MOST_ROWS_AT_ONCE:
        raise Refused(
            _("The file has %(count)s rows. So many are taken in on the command line:"
              " mulin import demands."), {"count": found.read}
        )  # fmt: skip
    taken = _take_in(found, file.name, by=by.by(Channel.IMPORT), now=now)
    _let_go(file)
    return taken


def discard_upload(file: ImportedFile, *, by: Actor, now: datetime) -> None:
    """Throw away an upload; what was taken in from it before stays."""
    _permit(by)
    with recording(by, "reception.discard_upload", now=now) as act:
        act.on(file, before={"name": file.name})
        _let_go(file)


def _permit(by: Actor) -> None:
    if not may(by, "import_demands"):
        raise NotPermitted(_("This is not yours to do."))


def _plain_name(name: str) -> str:
    plain = PurePath(name.replace("\\", "/")).name.replace("\0", "")
    return plain[-200:] or "file"


def _stored(content: bytes) -> str:
    try:
        return default_storage.save(f"imports/{public_code(20)}", ContentFile(content))
    except OSError:
        raise Refused(
            _("The file could not be kept: there is no room left."), field="file"
        ) from None


def _let_go(file: ImportedFile) -> None:
    _forget_upload(file)
    file.kept_as = ""
    file.save(update_fields=["kept_as"])


def _forget_upload(file: ImportedFile) -> None:
    if file.kept_as:
        transaction.on_commit(partial(default_storage.delete, file.kept_as))


# --- taking in --------------------------------------------------------------------------------


def _take_in(found: Found, name: str, *, by: Actor, now: datetime) -> TakenIn:
    taken = TakenIn(found.read, rejected=list(found.set_aside), notes=list(found.notes))
    rejected = [one.as_json() for one in found.set_aside]
    file = _open_file(found, name, by=by, now=now)
    # What is written here is read by everybody, so it is in the community's own language.
    if found.used is not None and found.used.purpose == ORDERS:
        _take_in_orders(found, file, taken, by=by, now=now)
        rejected = [one.as_json() for one in taken.rejected]
        return _taken_in(found, file, taken, rejected, name=name, by=by, now=now)
    with translation.override(settings.LANGUAGE_CODE):
        categories = _Categories(found, by.community_id)
        if found.categories:
            with transaction.atomic():
                categories.add_all(found.categories, taken)
        owner_id = by.account_id or _head_id(by.community_id, now)
        for start in range(0, len(found.rows), _BATCH):
            batch = _Batch(file, found, categories, owner_id=owner_id, by=by, now=now)
            _twice(batch.take, found.rows[start : start + _BATCH], taken)
            failpoint("imports.after_batch")
    return _taken_in(found, file, taken, rejected, name=name, by=by, now=now)


def _taken_in(
    found: Found, file: ImportedFile, taken: TakenIn, rejected: list[dict[str, object]], *,
    name: str, by: Actor, now: datetime,
) -> TakenIn:  # fmt: skip
    """The act of it, written once; none where the file brought nothing that was not known."""
    is_news = file.taken_in_at is None or file.undone_at is not None or file.rejected != rejected
    if taken.changed or is_news:
        with recording(by, "reception.take_in_file", now=now) as act:
            file.as_of = max(filter(None, (file.as_of, found.as_of)), default=None)
            file.taken_in_at, file.undone_at, file.rejected = now, None, rejected
            if found.used is not None:
                file.mapping = found.used.as_json()
            file.save(update_fields=["as_of", "taken_in_at", "undone_at", "rejected", "mapping"])
            act.on(file, after={**taken.as_json(), "name": name, "rejected": len(rejected)})
    return taken


def _take_in_orders(
    found: Found, file: ImportedFile, taken: TakenIn, *, by: Actor, now: datetime
) -> None:
    """Work that is ours: each row a demand of its own, in a transaction of its own."""
    for row in found.rows:
        if not row.is_open and not is_known(found.system, row.external_id):
            reason = Sentence(
                gettext_noop("It is closed there already, so there is nothing to do.")
            )
            taken.rejected.append(SetAside(row=row.line, line=row.line, reason=reason))
            continue
        _order, came = take_in_order(ordered(row, found.system), by=by, now=now, file=file)
        taken.created += came is Came.NEW
        taken.updated += came is Came.CHANGED
        taken.unchanged += came is Came.UNCHANGED
    taken.rejected.sort(key=lambda each: each.line)


def _open_file(found: Found, name: str, *, by: Actor, now: datetime) -> ImportedFile:
    file, _made = ImportedFile.objects.get_or_create(
        community_id=by.community_id,
        name=name,
        defaults={"first_read_at": now, "system": found.system},
    )
    if file.system != found.system:
        if file.taken_in_at is not None:
            raise Refused(
                _("A file of this name came from another system (%(system)s). Rename this one."),
                {"system": file.system},
            )
        file.system = found.system
        file.save(update_fields=["system"])
    return file


def _head_id(community_id: int, now: datetime) -> int | None:
    head = holders_of(community_id, [Role.HEAD], now).first()
    return head.pk if head else None


def _twice(
    take: Callable[[Sequence[FoundRow], TakenIn], None], rows: Sequence[FoundRow], taken: TakenIn
) -> None:
    """Another taking in may have brought a row of this batch meanwhile; then all is looked up anew."""
    try:
        with transaction.atomic():
            take(rows, taken)
    except IntegrityError:
        with transaction.atomic():
            take(rows, taken)


@dataclass(slots=True)
class _Batch:
    """Some rows of a file on their way into one transaction."""

    file: ImportedFile
    found: Found
    categories: "_Categories"
    owner_id: int | None
    by: Actor
    now: datetime

    def take(self, rows: Sequence[FoundRow], taken: TakenIn) -> None:
        known: dict[str, list[ImportedRow]] = {}
        for kept in ImportedRow.objects.filter(
            system=self.found.system, external_id__in=[row.external_id for row in rows]
        ).select_related("file"):
            known.setdefault(kept.external_id, []).append(kept)
        new = [row for row in rows if row.external_id not in known]
        beside: list[ImportedRow] = []
        changed: list[tuple[FoundRow, ImportedRow]] = []
        unchanged = 0
        for row in rows:
            if row.external_id not in known:
                continue
            mine, is_news = self._compare(row, known[row.external_id])
            if is_news:
                changed.append((row, mine))
            else:
                unchanged += 1
                if mine._state.adding:  # noqa: SLF001  Django's own flag of a row not yet written
                    beside.append(mine)
        ImportedRow.objects.bulk_create(beside)
        self._create(new)
        updated = self._update(changed)
        # Counted only now: a batch that is tried a second time must not count twice.
        taken.created += len(new)
        taken.unchanged += unchanged
        taken.updated += updated
        taken.noted += len(changed) - updated

    def _compare(self, row: FoundRow, known: list[ImportedRow]) -> tuple[ImportedRow, bool]:
        """The row of this file for the demand, and whether it tells something new of it."""
        digest = row.digest
        mine = next((kept for kept in known if kept.file_id == self.file.pk), None)
        if mine is not None:
            return mine, mine.digest != digest
        mine = self._imported(row, known[0].demand_id, brought_it=False)
        is_older = any(
            kept.file.as_of and self.found.as_of and kept.file.as_of > self.found.as_of
            for kept in known
        )
        return mine, not is_older and all(kept.digest != digest for kept in known)

    def _imported(self, row: FoundRow, demand_id: int, *, brought_it: bool) -> ImportedRow:
        return ImportedRow(
            community_id=self.by.community_id, file=self.file, demand_id=demand_id,
            brought_it=brought_it, system=self.found.system, **_said_by(row),
        )  # fmt: skip

    def _create(self, rows: Sequence[FoundRow]) -> None:
        needs = open_needs(
            [self._said(row) for row in rows],
            closed_at=[None if row.is_open else row.closed for row in rows],
            by=self.by, room="reception", now=self.now,
        )  # fmt: skip
        demands = [
            Demand(community_id=self.by.community_id, need=need, **self._state(row, need))
            for need, row in zip(needs, rows, strict=True)
        ]
        Demand.objects.bulk_create(demands)
        ImportedRow.objects.bulk_create(
            self._imported(row, demand.pk, brought_it=True)
            for row, demand in zip(rows, demands, strict=True)
        )
        add_steps(
            [
                line
                for need, row in zip(needs, rows, strict=True)
                for line in self._story(need, row)
            ],
            by=self.by,
            now=self.now,
        )

    def _said(self, row: FoundRow) -> Said:
        return Said(
            words=row.words, category=self.categories.of(row),
            place_words=_shortened(row.place_words, _LONGEST_PLACE),
            latitude=Decimal(row.latitude) if row.latitude else None,
            longitude=Decimal(row.longitude) if row.longitude else None,
            contact_wish=ContactWish.NONE, said_at=row.opened,
        )  # fmt: skip

    def _state(self, row: FoundRow, need: Need) -> dict[str, Any]:  # Any: columns of mixed types
        """Where the demand stands, as the file says. Its limit is the file's own."""
        urgency = need.category.limit_class if need.category else "ordinary"
        state: dict[str, Any] = {  # Any: as above
            "urgency": urgency,
            "harm": HARM[urgency],
            "received_at": row.opened,
            "answer_by": row.due,
        }
        if not row.is_open:
            return state | {
                "state": State.CLOSED, "is_open": False, "closed_at": row.closed,
                "answered_at": row.closed, "due_at": None,
                "was_late": row.closed is not None and not is_on_time(row.due, row.closed, self.now),
            }  # fmt: skip
        is_late = not is_on_time(row.due, None, self.now)
        return state | {
            "state": State.RECEIVED, "is_open": True, "owner_id": self.owner_id,
            "due_at": row.due, "was_late": is_late,
            # A limit that passed years ago is no news for the head: only those to come are called.
            "escalated_at": self.now if is_late else None,
            "remind_at": reminder_moment(self.now, row.due) if row.due and not is_late else None,
        }  # fmt: skip

    def _story(self, need: Need, row: FoundRow) -> Iterable[ToldLine]:
        yield ToldLine(
            need, "imported",
            gettext("Taken in from the file %(file)s, where it is number %(number)s.")
            % {"file": self.file.name, "number": row.external_id},
        )  # fmt: skip
        if not row.is_open:
            yield self._closed_there(need, row)

    def _closed_there(self, need: Need, row: FoundRow) -> ToldLine:
        line = gettext("Closed there: %(answer)s") % {"answer": row.answer}
        return ToldLine(need, "imported_closed", line if row.answer else gettext("Closed there."))

    def _update(self, changed: Sequence[tuple[FoundRow, ImportedRow]]) -> int:
        """Let rows that changed change their demands. Returns how many did; the rest got a note."""
        demands = {
            demand.pk: demand
            for demand in Demand.objects.select_for_update(of=("self",))
            .select_related("need__category")
            .filter(pk__in=[mine.demand_id for _row, mine in changed])
        }
        touched = set(
            Step.objects.filter(need__in=[demand.need_id for demand in demands.values()])
            .exclude(kind__in=_OWN_KINDS)
            .values_list("need_id", flat=True)
        )
        updated: list[Need] = []
        lines: list[ToldLine] = []
        for row, mine in changed:
            need = demands[mine.demand_id].need
            if need.pk in touched:
                lines.append(self._news(need, row))
            else:
                self._rewrite(demands[mine.demand_id], row)
                updated.append(need)
                lines.extend(self._rewritten(need, row, was_open=mine.is_open))
            for name, value in _said_by(row).items():
                setattr(mine, name, value)
            mine.save()
        reindex(updated)
        add_steps(lines, by=self.by, now=self.now)
        return len(updated)

    def _rewrite(self, demand: Demand, row: FoundRow) -> None:
        need, said = demand.need, self._said(row)
        for name in ("words", "category", "place_words", "latitude", "longitude"):
            setattr(need, name, getattr(said, name))
        need.closed_at = None if row.is_open else row.closed
        need.save()
        fresh = {"owner_id": demand.owner_id, "escalated_at": None, "remind_at": None,
                 "closed_at": None, "answered_at": None}  # fmt: skip
        for name, value in (fresh | self._state(row, need)).items():
            setattr(demand, name, value)
        demand.save()

    def _rewritten(self, need: Need, row: FoundRow, *, was_open: bool) -> Iterable[ToldLine]:
        yield ToldLine(
            need,
            "imported",
            gettext("The file %(file)s says something new.") % {"file": self.file.name},
        )
        if was_open and not row.is_open:
            yield self._closed_there(need, row)

    def _news(self, need: Need, row: FoundRow) -> ToldLine:
        words = {"file": self.file.name, "status": row.status, "words": row.words}
        line = gettext("The file %(file)s says something new (%(status)s): %(words)s") % words
        return ToldLine(need, "imported", line, is_for_asker=False)


def _said_by(row: FoundRow) -> dict[str, Any]:  # Any: columns of mixed types
    return {
        "external_id": row.external_id, "line": row.line, "digest": row.digest,
        "status": row.status, "is_open": row.is_open, "source": row.source,
        "came_by": row.came_by, "stated_on_time": row.stated_on_time,
        "states_on_time": row.states_on_time, "opened_at": row.opened, "due_at": row.due,
        "closed_at": row.closed, "facts": dict(row.facts),
    }  # fmt: skip


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


# --- categories -------------------------------------------------------------------------------


class _Categories:
    """What the other system's demands are about, by name: found here, or made."""

    def __init__(self, found: Found, community_id: int) -> None:
        self._community_id = community_id
        self._system = found.system
        self._mapped = found.used.categories if found.used else {}
        self._by_code: dict[str, Category] = {}
        self._by_name: dict[str, Category] = {}
        for row in Category.objects.order_by("-is_active", "id"):
            self._remember(row)

    def of(self, row: FoundRow) -> Category | None:
        """The category a row names, by the map or by its name; made when it is new."""
        if not row.category:
            return None
        mapped = self._by_code.get(self._mapped.get(row.category, ""))
        name = _shortened(row.category, _LONGEST_NAME)
        known = mapped or self._by_name.get(name.casefold())
        return known or self._make(name, row.category_code, parent=self._elsewhere())

    def add_all(self, services: Sequence[FoundCategory], taken: TakenIn) -> None:
        """Make the kinds of demands that a list of services names."""
        for service in services:
            name = _shortened(service.name, _LONGEST_NAME)
            if name.casefold() in self._by_name:
                taken.unchanged += 1
                continue
            self._make(name, service.code, parent=self._group(service.group))
            taken.created += 1

    def _group(self, name: str) -> Category | None:
        if not name:
            return None
        known = self._by_name.get(name.casefold())
        return known or self._make(_shortened(name, _LONGEST_NAME), "", parent=None)

    def _elsewhere(self) -> Category:
        known = self._by_code.get(ELSEWHERE)
        return known or self._make(
            gettext("From other systems"), "", parent=None, code=ELSEWHERE, is_active=False
        )

    def _make(
        self, name: str, their_code: str, *, parent: Category | None, code: str = "",
        is_active: bool = True,
    ) -> Category:  # fmt: skip
        code = code or self._free_code(name, their_code)
        # Another taking in may make the same at this moment; the code is the same, so one stays.
        category, _made = Category.objects.get_or_create(
            community_id=self._community_id, code=code,
            defaults={"name": name, "parent": parent, "sort": 900, "is_active": is_active},
        )  # fmt: skip
        self._remember(category)
        return category

    def _free_code(self, name: str, their_code: str) -> str:
        """Their own code, or one made of the name where that is taken, missing or too long."""
        code = f"{self._system}:{their_code}"
        if their_code and len(code) <= 40 and code not in self._by_code:  # noqa: PLR2004  the column
            return code
        return f"{self._system[:20]}:{hashlib.sha256(name.encode()).hexdigest()[:12]}"

    def _remember(self, row: Category) -> None:
        self._by_code[row.code] = row
        self._by_name.setdefault(row.name.casefold(), row)

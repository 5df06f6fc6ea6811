"""Erasing a person for good, and telling a person everything that is held of them."""

import json
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import erase_details, record_look, recording
from mulin.ground.audit.models import Act
from mulin.ground.audit.verbs import label_of
from mulin.ground.community.rules import Actor
from mulin.ground.notify.actions.wechat import forget_wechat
from mulin.ground.notify.models import Message, WeChatLink
from mulin.ground.people import permissions
from mulin.ground.people.models import (
    Affiliation,
    Consent,
    Erasure,
    Household,
    Merge,
    Person,
    PersonWords,
)
from mulin.ground.people.queries import PERSON_KIND, looks_at
from mulin.ground.people.rules import HOLDINGS, MERGED_FIELDS, what_stays
from mulin.ground.people.words import FIELDS
from mulin.kit.refusals import NotPermitted

logger = logging.getLogger(__name__)

#: What a blank record holds; everything else that can be empty is NULL.
_BLANK = {
    "name": "", "sex": "", "address": "", "residency": "", "home_town": "", "language": "",
    "note": "", "is_party_member": False, "wants_large_type": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One erased record, as the ledger beside the database keeps it: ids and a time."""

    community_id: int
    person_id: int
    at: str


def erase_person(person: Person, *, by: Actor, now: datetime, token: str | None = None) -> Erasure:
    """Blank all records of a person, what acts say of them, and what the rooms hold; whatever a
    law keeps stays, and the ledger says why. Cannot be undone. 《个人信息保护法》第47条.

    Raises NotPermitted.
    """
    if not permissions.may_erase(by, person):
        raise NotPermitted(_("Please ask the desk to erase a record."))
    with recording(by, "erase_person", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Erasure)
        kept = Person.kept_of(Person.objects.select_related("merged_into").get(pk=person.pk))
        ids = Person.everyone_of(kept)
        stays = [
            {"kind": one.kind, "rows": one.rows, "reason": str(one.reason), "article": one.article}
            for one in what_stays(ids)
        ]
        _blank(ids, now=now)
        for person_id in ids:
            _enter(by.community_id, person_id, at=now, stays=stays if person_id == kept.pk else [])
        erasure: Erasure = Erasure.objects.get(person_id=kept.pk)
        act.on(erasure, after={"records": len(ids), "kept": [one["kind"] for one in stays]})
    return erasure


def replay_erasures(entries: Iterable[LedgerEntry], *, by: Actor, now: datetime) -> int:
    """Erase again whom a restored backup brought back; returns how many records that were.

    `entries` come from `ledger_beside_database` and from the database as it was before. Entries
    of other communities are passed over.
    """
    if not permissions.may_replay_erasures(by):
        raise NotPermitted(_("Only a restore replays erasures."))
    due = {entry.person_id: entry for entry in entries if entry.community_id == by.community_id}
    back = list(
        Person.objects.filter(pk__in=due, erased_at__isnull=True).values_list("pk", flat=True)
    )
    if not back:
        return 0
    with recording(by, "replay_erasures", now=now) as act:
        _blank(back, now=now)
        for person_id in back:
            _enter(by.community_id, person_id, at=datetime.fromisoformat(due[person_id].at))
        last: Erasure = Erasure.objects.get(person_id=back[-1])
        act.on(last, after={"records": len(back)})
    return len(back)


def ledger() -> list[LedgerEntry]:
    """The ledger of the community in scope, as it stands in the database."""
    return [
        LedgerEntry(row.community_id, row.person_id, row.at.isoformat())
        for row in Erasure.objects.order_by("at", "id")
    ]


def ledger_beside_database() -> Iterator[LedgerEntry]:
    """The ledger of all communities that is kept outside of the database."""
    yield from read_ledger(ledger_path())


def read_ledger(path: Path) -> Iterator[LedgerEntry]:
    """The entries of a ledger; none if it is not there. A line that a power cut left half written
    is passed over: the database had the entry before.
    """
    with suppress(FileNotFoundError), path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            with suppress(ValueError, TypeError):
                yield LedgerEntry(**json.loads(line))


def append_to_ledger(path: Path, entries: Iterable[LedgerEntry]) -> None:
    """Add entries to a ledger; they are on the disk when this returns."""
    told = "".join(json.dumps(asdict(entry)) + "\n" for entry in entries)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "r+b", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        if size:
            file.seek(size - 1)
            # After a line that was cut off, the next one begins on its own.
            told = told if file.read(1) == b"\n" else "\n" + told
        file.write(told.encode())
        os.fsync(file.fileno())


def ledger_path() -> Path:
    """Where it lies."""
    return Path(settings.DATA_DIR) / "erasures.jsonl"


def own_data(person: Person, *, by: Actor, now: datetime) -> dict[str, Any]:
    """Everything that is held of a person, to take away. 《个人信息保护法》第45条.

    When staff take it in the person's name, that is recorded as a look. Raises NotPermitted.
    """
    if not permissions.may_have_own_data(by, person):
        raise NotPermitted(_("Please ask the desk for your file."))
    if not permissions.may_see_own(by, person):
        record_look(person, by=by, what="own_data", reason=gettext("file for the person"), now=now)
    ids = Person.everyone_of(person)
    records = Person.objects.filter(pk__in=ids).select_related("household", "grid").order_by("pk")
    return {
        "told_at": now.isoformat(),
        "community": by.community_id,
        "records": [_told(record) for record in records],
        "consents": [
            {
                "purpose": said.get_purpose_display(),
                "given": said.is_given,
                "at": said.at.isoformat(),
            }
            for said in Consent.objects.filter(person__in=ids)
        ],
        "organisations": [
            {
                "name": belongs.organisation.name,
                "post": belongs.post,
                "since": belongs.since and belongs.since.isoformat(),
                "until": belongs.until and belongs.until.isoformat(),
            }
            for belongs in Affiliation.objects.filter(person__in=ids).select_related("organisation")
        ],
        "wechat": [
            {
                "linked_at": link.linked_at.isoformat(),
                "ended_at": link.ended_at and link.ended_at.isoformat(),
            }
            for link in WeChatLink.objects.filter(
                account__in=records.exclude(account=None).values("account")
            ).order_by("id")
        ],
        "looks": [
            {
                "at": look.at.isoformat(),
                "by": look.account.display_name,
                "what": look.label,
                "why": look.reason,
            }
            for look in looks_at(person)
        ],
        "acts": [
            {"at": one.at.isoformat(), "what": label_of(one.verb), "channel": one.channel}
            for one in Act.objects.filter(kind=PERSON_KIND, record_id__in=ids)
        ],
        **{
            kind: [told for person_id in ids for told in tell(person_id)]
            for kind, tell in HOLDINGS.tellers.items()
        },
    }


def _told(record: Person) -> dict[str, Any]:
    """A record by our own names of fields, with the words a person knows them by."""
    shown = {
        **{name: getattr(record, name) for name in MERGED_FIELDS},
        "household_id": str(record.household or ""),
        "grid_id": str(record.grid or ""),
        "sex": record.get_sex_display(),
        "residency": record.get_residency_display(),
        "born_on": record.born_on.isoformat() if record.born_on else "",
        "phone": record.phone or "",
        "id_number": record.id_number or "",
        "account_id": record.account_id is not None,
    }
    return {
        name.removesuffix("_id"): {"label": str(FIELDS[name]), "value": value}
        for name, value in shown.items()
    }


def _blank(ids: list[int], *, now: datetime) -> None:
    persons = Person.objects.select_for_update().filter(pk__in=ids)
    accounts = list(persons.exclude(account=None).values_list("account_id", flat=True))
    households = list(persons.exclude(household=None).values_list("household", flat=True))
    persons.update(
        **_BLANK, pinyin="", initials="", phone=None, phone_index="", id_number=None,
        id_number_index="", born_on=None, birth_year=None, household=None, grid=None,
        account=None, erased_at=now,
    )  # fmt: skip
    PersonWords.objects.filter(record__in=ids).delete()
    forget_wechat(accounts, now=now)
    # A household of one is usually called by the name of that one.
    Household.objects.filter(pk__in=households, members__isnull=True).update(name="")
    Affiliation.objects.filter(person__in=ids).update(post="")
    Merge.objects.filter(Q(kept__in=ids) | Q(merged__in=ids)).update(before=None)
    Message.objects.filter(recipient_kind="person", recipient_id__in=ids).update(
        subject="", body=None, address=None, told_note=""
    )
    erase_details(PERSON_KIND, ids, now=now)
    for erase in HOLDINGS.erasers.values():
        for person_id in ids:
            erase(person_id)


def _enter(
    community_id: int, person_id: int, *, at: datetime, stays: Iterable[dict[str, Any]] = ()
) -> None:
    Erasure.objects.get_or_create(
        person_id=person_id,
        defaults={"community_id": community_id, "at": at, "kept": list(stays)},
    )
    entry = LedgerEntry(community_id, person_id, at.isoformat())
    # Not before the commit: an erasure that was undone must not be replayed one day.
    transaction.on_commit(partial(_write_beside, entry))


def _write_beside(entry: LedgerEntry) -> None:
    append_to_ledger(ledger_path(), [entry])
    if settings.MULIN_BACKUP_DIR:
        try:
            append_to_ledger(Path(settings.MULIN_BACKUP_DIR, ledger_path().name), [entry])
        except OSError:
            # The disk of the backups may be away; the next backup writes it there.
            logger.warning("the ledger beside the backups could not be written")

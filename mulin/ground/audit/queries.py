"""Reading the record: the acts of one thing, the auditor's log, and whether a chain is whole."""

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import QuerySet

from mulin.ground.audit.models import Act, ActDetail, ChainHead, Look
from mulin.ground.audit.permissions import may_read_log
from mulin.ground.audit.rules import (
    GENESIS,
    Fault,
    Finding,
    Link,
    digest_of_detail,
    examine,
    head_seal,
)
from mulin.ground.community.rules import Actor

_AT_ONCE = 2_000


def acts_of(record: models.Model) -> QuerySet[Act]:
    """What was done to a record, the first act first, with who did it and what changed."""
    acts: QuerySet[Act] = Act.objects.filter(kind=record._meta.label_lower, record_id=record.pk)
    return acts.select_related("account", "detail").order_by("seq")


def acted_on(
    model: type[models.Model], ids: Collection[int], *, besides: Collection[str] = ()
) -> set[int]:
    """Those of these records to which somebody did something, but for acts of the verbs `besides`.

    What the clock does by itself is nobody's doing.
    """
    wanted = sorted(ids)
    done: set[int] = set()
    for start in range(0, len(wanted), _AT_ONCE):
        acts = Act.objects.filter(
            kind=model._meta.label_lower, record_id__in=wanted[start : start + _AT_ONCE],
            account__isnull=False,
        )  # fmt: skip
        done.update(acts.exclude(verb__in=besides).values_list("record_id", flat=True))
    return done


def was_sent(token: str | None) -> bool:
    """Whether the form of this token was used up: for what is done in steps before its act."""
    return bool(token) and Act.objects.filter(token=token).exists()


def looks_at(record: models.Model) -> QuerySet[Look]:
    """Who read something sensitive of a record, the latest first."""
    looks: QuerySet[Look] = Look.objects.filter(kind=record._meta.label_lower, record_id=record.pk)
    return looks.select_related("account").order_by("-at", "-id")


# Any: whatever the columns of a record hold.
def changes_of(act: Act) -> dict[str, Any]:
    """{"before": …, "after": …} of an act; nothing once it was erased."""
    if act.detail.changes is None:
        return {}
    return dict(json.loads(act.detail.changes))


def log(
    actor: Actor,
    *,
    verb: str = "",
    account_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[Act]:
    """The log as the auditor reads it, the latest first; for anybody else it is empty."""
    acts: QuerySet[Act] = Act.objects.select_related("account").order_by("-seq")
    if not may_read_log(actor):
        return acts.none()
    if verb:
        acts = acts.filter(verb=verb)
    if account_id is not None:
        acts = acts.filter(account_id=account_id)
    if since is not None:
        acts = acts.filter(at__gte=since)
    if until is not None:
        acts = acts.filter(at__lt=until)
    return acts


def looks(actor: Actor) -> QuerySet[Look]:
    """Who read sensitive things, the latest first; for the auditor only."""
    seen: QuerySet[Look] = Look.objects.select_related("account").order_by("-at", "-id")
    return seen if may_read_log(actor) else seen.none()


def verbs_done() -> list[str]:
    """Every kind of act that was ever done here."""
    return list(Act.objects.order_by("verb").values_list("verb", flat=True).distinct())


def head() -> tuple[int, str]:
    """Number and seal of the last act of the community in scope."""
    row = ChainHead.objects.first()
    return (row.seq, row.seal) if row else (0, GENESIS)


def check_chain(community_id: int, anchors: Mapping[int, str]) -> tuple[int, list[Finding]]:
    """Walk the chain of the community in scope; how many acts stand in it, and what is wrong.

    `anchors` are heads kept outside the database. Erased details are no fault.
    """
    key = settings.MULIN_AUDIT_KEY
    seen = 0

    def counted() -> Iterator[Link]:
        nonlocal seen
        for link in _links():
            seen += 1
            yield link

    row = ChainHead.objects.first()
    seq, seal = (row.seq, row.seal) if row else (0, GENESIS)
    findings = examine(counted(), head_seq=seq, head=seal, anchors=dict(anchors), key=key)
    if row is not None and row.proof != head_seal(community_id, seq, seal, key=key):
        forged = Finding(Fault.FORGED_HEAD, seq)
        findings += [] if forged in findings else [forged]
    findings += [Finding(Fault.EDITED_DETAIL, seq) for seq in _edited_details(key)]
    return seen, findings


def _links() -> Iterator[Link]:
    rows = Act.objects.order_by("seq", "id").values_list(
        "community_id", "seq", "at", "account_id", "on_behalf_of", "channel", "verb", "kind",
        "record_id", "detail_digest", "previous", "seal",
    )  # fmt: skip
    for row in rows.iterator(chunk_size=_AT_ONCE):
        yield Link(*row)


def _edited_details(key: bytes) -> Iterator[int]:
    """The acts whose detail is not what it was, or is gone without having been erased."""
    acts = Act.objects.order_by("seq", "id").values_list("id", "seq", "detail_digest")
    expected = {}
    for act_id, seq, digest in acts.iterator(chunk_size=_AT_ONCE):
        expected[act_id] = (seq, digest)
        if len(expected) == _AT_ONCE:
            yield from _differing(expected, key)
            expected = {}
    yield from _differing(expected, key)


def _differing(expected: dict[int, tuple[int, str]], key: bytes) -> list[int]:
    kept = {detail.act_id: detail for detail in ActDetail.objects.filter(act_id__in=list(expected))}
    edited = []
    for act_id, (seq, digest) in expected.items():
        detail = kept.get(act_id)
        if detail is not None and detail.changes is None and detail.erased_at is not None:
            continue
        is_same = (
            detail is not None
            and detail.changes is not None
            and digest_of_detail(detail.changes, key=key) == digest
        )
        if not is_same:
            edited.append(seq)
    return edited

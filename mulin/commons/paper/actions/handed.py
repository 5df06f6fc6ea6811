"""What somebody got from us on paper is kept as it was printed, and printed again exactly so.

Kept are the bytes: a letter made anew from today's records would say something else tomorrow.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from mulin.commons.paper.models import Handed
from mulin.commons.paper.permissions import may_see_handed
from mulin.commons.paper.registry import handed_use_of
from mulin.ground.audit.actions import erase_details, record_look, recording
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.kit.forms import fresh_token
from mulin.kit.paper.printing import html_of, pressed
from mulin.kit.refusals import NotPermitted, Refused


# Any: the values of a page.
def hand_out(
    template: str,
    context: Mapping[str, Any],
    *,
    kind: str,
    record: models.Model,
    title: str,
    person: Person | None,
    request: HttpRequest,
    by: Actor,
    now: datetime,
    token: str | None = None,
    state: str | None = None,
) -> bytes:
    """Press a sheet for somebody and keep it. `title` names nobody; `person` is who gets it.

    The same words for the same record are kept once; where a `state` says what the sheet is about,
    one sheet of each state, whatever the words would be today. `request` is what the template's
    codes and its community come from. Raises NotPermitted, PressMissing, PressFailed.
    """
    use = handed_use_of(kind)
    if not use.may(by, record.pk):
        raise NotPermitted(_("Please ask at the desk."))
    html = html_of(template, context, request=request)
    digest = digest_of(html if state is None else state)
    same = Handed.objects.of(record, kind).kept().filter(content_digest=digest)
    before = same.first()
    # Pressed before the chain is locked: it takes a second.
    pdf = bytes_of(before) if before else pressed(html)
    if state is None:
        token = token or fresh_token()
    with recording(by, "paper.hand_out", now=now, token=token) as act:
        if act.is_repeat:
            return bytes_of(act.first_result(Handed))
        handed = before or same.first() or Handed.objects.create(
            community_id=by.community_id, kind=kind, record_kind=record._meta.label_lower,
            record_id=record.pk, title=title, person=person, content_digest=digest,
            pdf=use.seal.close(record.pk, pdf) if use.seal else b64encode(pdf).decode(), printed_at=now, printed_by_id=by.account_id,
        )  # fmt: skip
        record_look(record, by=by, what=kind, reason=str(_("printed")), now=now)
        act.on(handed, after={"title": title})
    return bytes_of(handed)


def kept_before(record: models.Model, kind: str, state: str) -> Handed | None:
    """The sheet of a record in this state, if it was printed before."""
    found: Handed | None = (
        Handed.objects.of(record, kind).kept().filter(content_digest=digest_of(state)).first()
    )
    return found


def digest_of(words: str) -> str:
    """By which a sheet is known to be the same: of its words, or of the state that it tells."""
    return sha256(words.encode()).hexdigest()


def print_again(
    handed: Handed, *, why: str, by: Actor, now: datetime, token: str | None = None
) -> bytes:
    """The very same sheet; who wanted it and why is noted. Raises NotPermitted, Refused."""
    if not may_see_handed(by, handed):
        raise NotPermitted(_("Please ask at the desk."))
    if not why.strip():
        raise Refused(_("Say why it is printed again."), field="why")
    if handed.pdf is None:
        raise Refused(_("This sheet was erased, as the person asked for."))
    with recording(by, "paper.print_again", now=now, token=token) as act:
        if not act.is_repeat:
            record_look(handed, by=by, what="handed", reason=why.strip(), now=now)
            act.on(handed, after={"why": why.strip()})
    return bytes_of(handed)


def erase_handed_of(person_id: int, *, now: datetime) -> None:
    """The sheets of a person go; that something was printed, when and by whom stays."""
    rows = Handed.objects.filter(person_id=person_id)
    ids = list(rows.values_list("pk", flat=True))
    rows.update(pdf=None, person=None)
    erase_details("paper.handed", ids, now=now)


def erase_handed_about(record: models.Model, kind: str, *, now: datetime) -> None:
    """The sheets of one kind about a record go, where what they say must not be kept any more."""
    rows = Handed.objects.of(record, kind)
    ids = list(rows.values_list("pk", flat=True))
    rows.update(pdf=None)
    erase_details("paper.handed", ids, now=now)


def bytes_of(handed: Handed) -> bytes:
    """The PDF as it was pressed. Raises ValueError for one that was erased; for one that its room
    sealed, what that room raises without its key.
    """
    if handed.pdf is None:
        raise ValueError("erased")
    seal = handed_use_of(handed.kind).seal
    return seal.open(handed.record_id, handed.pdf) if seal else b64decode(handed.pdf)

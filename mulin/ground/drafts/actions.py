"""Keeping a draft, going on with one, throwing it away, ending it with the act it became.

No act is recorded: nothing was done yet, and what somebody wrote and struck out is nobody's
business.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

from django.db import transaction

from mulin.ground.audit.models import Act
from mulin.ground.community.rules import Actor
from mulin.ground.drafts.models import Draft
from mulin.ground.drafts.rules import MOST_OF_ONE, Field, person_named_in


def keep_draft(
    *, by: Actor, form: str, token: str, path: str, fields: Sequence[Field], goes_on_with: str = "",
    now: datetime,
) -> bool:  # fmt: skip
    """Keep what a form holds now; all of it, never some of it: the last writer of a token wins.

    `goes_on_with` is the token of an older draft that this showing of the form took over; it
    goes, so that each text is kept once. False when nothing was kept: a form that was sent has no
    draft, and somebody without an account none either.
    """
    if by.account_id is None or not token:
        return False
    about = person_named_in(fields, dict(parse_qsl(urlsplit(path).query))) or by.person_id
    with transaction.atomic():
        # Asked here: what is being sent at this moment must not come back as a draft.
        if Act.objects.filter(token=token).exists():
            return False
        _draft, is_new = Draft.objects.update_or_create(
            community_id=by.community_id, account_id=by.account_id, token=token,
            defaults={
                "form": form, "path": path, "about_id": about,
                "kept_at": now, "fields": json.dumps(fields, ensure_ascii=False),
            },
            create_defaults={
                "form": form, "path": path, "about_id": about,
                "kept_at": now, "fields": json.dumps(fields, ensure_ascii=False),
                "began_at": _began(by.account_id, goes_on_with) or now,
            },
        )  # fmt: skip
        if goes_on_with and goes_on_with != token:
            Draft.objects.filter(account_id=by.account_id, token=goes_on_with).delete()
        if is_new:
            _drop_beyond(by.account_id)
    return True


def throw_away(token: str, *, by: Actor) -> None:
    """The account does not want it any more."""
    if by.account_id is not None:
        Draft.objects.filter(account_id=by.account_id, token=token).delete()


def end_with_act(by: Actor, token: str) -> None:
    """An act was done under the token of a form: what was typed is in the act."""
    if by.account_id is not None:
        Draft.objects.filter(account_id=by.account_id, token=token).delete()


def forget_old(now: datetime) -> int:
    """Delete what nobody has touched for long; returns how many."""
    gone: int = Draft.objects.to_be_forgotten(now).delete()[0]
    return gone


def _began(account_id: int, token: str) -> datetime | None:
    """When the older draft was begun: the same text was."""
    if not token:
        return None
    rows = Draft.objects.filter(account_id=account_id, token=token)
    began: datetime | None = rows.values_list("began_at", flat=True).first()
    return began


def _drop_beyond(account_id: int) -> None:
    rows = Draft.objects.filter(account_id=account_id).order_by("-kept_at", "-id")
    beyond = list(rows.values_list("pk", flat=True)[MOST_OF_ONE : MOST_OF_ONE * 2])
    Draft.objects.filter(pk__in=beyond).delete()

"""Why people come, in the community's own words: named, given a letter, pinned, put away."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.refusals import NotPermitted, Refused
from mulin.parlour.reception.models import VisitKind
from mulin.parlour.reception.permissions import may
from mulin.parlour.reception.queries import letters_in_use
from mulin.parlour.reception.rules import FIRST_VISIT_KINDS, is_free_letter


def set_visit_kind(
    kind: VisitKind | None,
    *,
    by: Actor,
    name: str,
    letter: str,
    reason: str,
    minutes: int,
    is_pinned: bool,
    is_active: bool,
    now: datetime,
    token: str | None = None,
) -> VisitKind:
    """A new kind of visit (`kind` None), or other words, letter and place for one.

    Visits noted under it keep it. Raises Refused for a letter that presses something else.
    """
    if not may(by, "change_visit_kinds"):
        raise NotPermitted(_("Only the head of the community names the kinds of visits."))
    letter = letter.strip().lower()
    changes = {
        "name": name.strip(), "letter": letter, "reason": reason, "minutes": minutes,
        "is_pinned": is_pinned, "is_active": is_active,
    }  # fmt: skip
    with recording(by, "reception.set_visit_kind", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(VisitKind)
        if letter and not is_free_letter(letter, letters_in_use(but=kind)):
            raise Refused(
                _("This letter is used for something else. Take another, or leave it empty."),
                field="letter",
            )
        row = kind or VisitKind(community_id=by.community_id, sort=VisitKind.objects.count() + 1)
        before = {"name": row.name, "letter": row.letter} if kind else None
        for column, value in changes.items():
            setattr(row, column, value)
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as taken:
            raise Refused(
                _("Somebody has just given this letter away. Take another."), field="letter"
            ) from taken
        act.on(row, before=before, after=changes)
    return row


def first_visit_kinds(community_id: int) -> None:
    """The kinds a new community starts with; nothing where there are some. Part of an action."""
    if VisitKind.objects.exists():
        return
    VisitKind.objects.bulk_create(
        VisitKind(
            community_id=community_id, letter=letter, name=name, reason=reason, minutes=minutes,
            sort=sort,
        )
        for sort, (letter, name, reason, minutes) in enumerate(FIRST_VISIT_KINDS, start=1)
    )  # fmt: skip

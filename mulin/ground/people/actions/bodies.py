"""Saying that two organisations are one body, taking it back, and saying that they are two."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.people import permissions
from mulin.ground.people.models import Organisation, OrganisationMerge, OrganisationNotSame
from mulin.ground.people.rules import MERGED_BODY_FIELDS, choose_fields
from mulin.kit.refusals import NotPermitted, Refused


def merge_organisations(
    kept: Organisation,
    merged: Organisation,
    *,
    by: Actor,
    now: datetime,
    prefer_merged: Sequence[str] = (),
    token: str | None = None,
) -> OrganisationMerge:
    """Let one organisation stand for both. Nothing is moved or deleted: every row of every room
    keeps pointing at the one it was written for, and so keeps the name it had then;
    `Organisation.everyone_of` names them all.

    The kept one takes over what it lacked, and of what both say differently the fields in
    `prefer_merged`. Raises NotPermitted, and Refused when one of them stands no longer on the list.
    """
    _may_merge(by, kept, merged)
    with recording(by, "merge_organisations", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(OrganisationMerge)
        if kept.pk == merged.pk:
            raise Refused(_("These are one organisation already. Choose another one."))
        kept, merged = _standing(kept), _standing(merged)
        ours, theirs = _values(kept), _values(merged)
        taken = choose_fields(
            ours, theirs, prefer_merged=prefer_merged, fields=MERGED_BODY_FIELDS
        ).taken
        merge: OrganisationMerge = OrganisationMerge.objects.create(
            community_id=by.community_id, kept=kept, merged=merged, at=now,
            before={name: ours[name] for name in taken},
        )  # fmt: skip
        _write(kept, {name: theirs[name] for name in taken})
        Organisation.objects.filter(Q(pk=merged.pk) | Q(merged_into=merged)).update(
            merged_into=kept
        )
        act.on(merge, after={"kept": kept.pk, "merged": merged.pk, "filled": list(taken)})
    return merge


def undo_organisation_merge(
    merge: OrganisationMerge, *, by: Actor, now: datetime, token: str | None = None
) -> OrganisationMerge:
    """Let the merged organisation stand by itself again, with what had been merged into it before,
    and give back what the kept one took over, unless it was changed since.

    Raises NotPermitted, and Refused when it was undone already, or the kept one itself was merged
    meanwhile.
    """
    _may_merge(by, merge.kept)
    with recording(by, "undo_organisation_merge", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(OrganisationMerge)
        merge = OrganisationMerge.objects.select_for_update().get(pk=merge.pk)
        if merge.undone_at is not None:
            raise Refused(_("These were taken apart already."))
        kept = _standing(merge.kept)
        merged: Organisation = Organisation.objects.select_for_update().get(pk=merge.merged_id)
        ours, theirs = _values(kept), _values(merged)
        _write(
            kept, {name: old for name, old in merge.before.items() if ours[name] == theirs[name]}
        )
        merge.undone_at = now
        merge.save(update_fields=["undone_at"])
        Organisation.objects.filter(pk__in=_merged_before(merged)).update(merged_into=merged)
        Organisation.objects.filter(pk=merged.pk).update(merged_into=None)
        act.on(merge, after={"kept": kept.pk, "merged": merged.pk})
    return merge


def say_organisations_not_same(
    one: Organisation, other: Organisation, *, by: Actor, now: datetime, token: str | None = None
) -> OrganisationNotSame:
    """Say that two similar organisations are two, so that nobody is asked again."""
    _may_merge(by, one, other)
    with recording(by, "say_organisations_not_same", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(OrganisationNotSame)
        first, second = sorted((one.pk, other.pk))
        if first == second:
            raise Refused(_("These are one organisation already. Choose another one."))
        said: OrganisationNotSame
        said, _is_new = OrganisationNotSame.objects.get_or_create(
            one_id=first,
            other_id=second,
            defaults={"community_id": by.community_id, "at": now},
        )
        act.on(said, after={"one": first, "other": second})
    return said


def _standing(organisation: Organisation) -> Organisation:
    """The row as it is now, locked. Raises Refused if it no longer stands on the list."""
    current: Organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if current.merged_into_id is not None or current.closed_at is not None:
        raise Refused(_("“%(name)s” stands on the list no longer."), {"name": current.name})
    return current


def _merged_before(organisation: Organisation) -> list[int]:
    """Everything that had been merged into this one, directly or through another."""
    below: list[int] = []
    fresh = [organisation.pk]
    while fresh:
        rows = OrganisationMerge.objects.filter(kept__in=fresh, undone_at__isnull=True)
        fresh = list(rows.order_by("pk").values_list("merged", flat=True))
        below += fresh
    return below


def _values(organisation: Organisation) -> dict[str, Any]:  # Any: values of its columns
    return {name: getattr(organisation, name) for name in MERGED_BODY_FIELDS}


def _write(organisation: Organisation, values: dict[str, Any]) -> None:  # Any: as above
    for name, value in values.items():
        setattr(organisation, name, value)
    organisation.save(update_fields=list(MERGED_BODY_FIELDS))


def _may_merge(by: Actor, *organisations: Organisation) -> None:
    if not permissions.may_merge_organisations(by, *organisations):
        raise NotPermitted(_("Please ask the desk to compare these organisations."))

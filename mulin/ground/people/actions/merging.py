"""Saying that two records are one person, taking it back, and saying that they are two."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.people import permissions
from mulin.ground.people.actions.persons import index_words, standing
from mulin.ground.people.models import Merge, NotSame, Person, PersonWords
from mulin.ground.people.rules import MERGED_FIELDS, SENSITIVE, choose_fields
from mulin.kit.refusals import NotPermitted, Refused


def merge_persons(
    kept: Person,
    merged: Person,
    *,
    by: Actor,
    now: datetime,
    prefer_merged: Sequence[str] = (),
    token: str | None = None,
) -> Merge:
    """Let one record stand for both. Nothing is moved, copied away or deleted: every row keeps
    pointing at the record it was written for, and `Person.everyone_of` names them all.

    The kept record takes over what it lacked, and of what both say differently the fields in
    `prefer_merged`. Raises Refused when one of them stands no longer on the roll.
    """
    _may_merge(by, kept, merged)
    with recording(by, "merge_persons", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Merge)
        if kept.pk == merged.pk:
            raise Refused(_("These are one record already. Choose another one."))
        kept, merged = standing(kept), standing(merged)
        ours, theirs = _values(kept), _values(merged)
        choice = choose_fields(ours, theirs, prefer_merged=prefer_merged)
        merge: Merge = Merge.objects.create(
            community_id=by.community_id,
            kept=kept,
            merged=merged,
            at=now,
            filled=list(choice.taken),
            before=json.dumps({name: ours[name] for name in choice.taken}, cls=DjangoJSONEncoder),
        )
        _write(kept, {name: theirs[name] for name in choice.taken})
        kept.save()
        merged.merged_into = kept
        merged.save(update_fields=["merged_into"])
        PersonWords.objects.filter(record=merged).update(words="")
        index_words([kept])
        act.on(merge, after={"kept": kept.pk, "merged": merged.pk, "filled": merge.filled})
    return merge


def undo_merge(merge: Merge, *, by: Actor, now: datetime, token: str | None = None) -> Merge:
    """Let the merged record stand by itself again, and give back what the kept one took over,
    unless it was changed since.

    Raises Refused when it was undone already, or the kept record itself was merged meanwhile.
    """
    _may_merge(by, merge.kept)
    with recording(by, "undo_merge", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Merge)
        merge = Merge.objects.select_for_update().get(pk=merge.pk)
        if merge.undone_at is not None:
            raise Refused(_("These were taken apart already."))
        kept = standing(merge.kept)
        merged: Person = Person.objects.select_for_update().get(pk=merge.merged_id)
        ours, theirs = _values(kept), _values(merged)
        before = json.loads(merge.before or "{}")
        _write(kept, {name: old for name, old in before.items() if ours[name] == theirs[name]})
        kept.save()
        merged.merged_into = None
        merged.save(update_fields=["merged_into"])
        merge.undone_at = now
        merge.save(update_fields=["undone_at"])
        index_words([kept, merged])
        act.on(merge, after={"kept": kept.pk, "merged": merged.pk})
    return merge


def say_not_same(
    one: Person, other: Person, *, by: Actor, now: datetime, token: str | None = None
) -> NotSame:
    """Say that two similar records are two people, so that nobody is asked again."""
    _may_merge(by, one, other)
    with recording(by, "say_not_same", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(NotSame)
        first, second = sorted((one.pk, other.pk))
        if first == second:
            raise Refused(_("These are one record already. Choose another one."))
        said: NotSame
        said, _is_new = NotSame.objects.get_or_create(
            one_id=first,
            other_id=second,
            defaults={"community_id": by.community_id, "at": now},
        )
        act.on(said, after={"one": first, "other": second})
    return said


def _values(person: Person) -> dict[str, Any]:
    return {name: getattr(person, name) for name in MERGED_FIELDS}


def _write(person: Person, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if name == "born_on" and isinstance(value, str):
            value = date.fromisoformat(value) if value else None  # noqa: PLW2901  as JSON holds it
        setattr(person, name, (value or None) if name in SENSITIVE else value)


def _may_merge(by: Actor, *persons: Person) -> None:
    if not permissions.may_merge(by, *persons):
        raise NotPermitted(_("Please ask the desk to compare these records."))

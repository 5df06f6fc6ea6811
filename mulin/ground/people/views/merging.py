"""Records that may be one person: proposed, compared, merged, taken apart."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import DESK_ROLES
from mulin.ground.people.actions.merging import merge_persons, say_not_same, undo_merge
from mulin.ground.people.forms import (
    MergeForm,
)
from mulin.ground.people.models import Merge, Person
from mulin.ground.people.queries import duplicate_pairs
from mulin.ground.people.rules import MERGED_FIELDS, SENSITIVE, alike, choose_fields
from mulin.ground.people.views.persons import found_person, token_for
from mulin.ground.people.words import ALIKE, FIELDS
from mulin.kit.acts import attempt
from mulin.kit.forms import PlainForm


@opened_to(*DESK_ROLES)
@require_safe
def duplicates(request: Request) -> HttpResponse:
    """Pairs on the roll that may be one person each. Nothing is merged by itself."""
    pairs = [
        (one.person, one.other, [ALIKE[reason] for reason in one.reasons])
        for one in duplicate_pairs(request.actor)
    ]
    context = {"pairs": pairs, "plain_form": PlainForm(auto_id=False)}
    return render(request, "people/duplicates.html", context)


@opened_to(*DESK_ROLES)
def merge(request: Request, pk: int, other: int) -> HttpResponse:
    """Two records side by side, and which of their values count from now on."""
    kept, merged = found_person(request, pk), found_person(request, other)
    choice = choose_fields(_values(kept), _values(merged))
    form = MergeForm(
        request.POST or None, conflicts=[(name, str(FIELDS[name])) for name in choice.conflicts]
    )
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: merge_persons(
                kept, merged, by=request.actor, now=request.now, token=form.idempotency_token,
                prefer_merged=form.cleaned_data.get("prefer", ()),
            ),
        )  # fmt: skip
        if done is not None:
            messages.success(request, _("One record now. It can be taken apart again."))
            return redirect("people:person", pk=kept.pk)
    context = {
        "kept": kept,
        "merged": merged,
        "reasons": [ALIKE[reason] for reason in alike(kept.likeness(), merged.likeness())],
        "rows": _side_by_side(kept, merged, choice.taken, choice.conflicts),
        "form": form,
        "plain_form": PlainForm(auto_id=False),
    }
    return render(request, "people/merge.html", context, status=422 if form.errors else 200)


@opened_to(*DESK_ROLES)
@require_POST
def not_same(request: Request, pk: int, other: int) -> HttpResponse:
    """Two people; not asked again."""
    one, two = found_person(request, pk), found_person(request, other)
    say_not_same(
        one, two, by=request.actor, now=request.now, token=token_for(request, "two", other)
    )
    messages.success(request, _("Two people. Nobody is asked about them again."))
    return redirect("people:person", pk=pk)


@opened_to(*DESK_ROLES)
@require_POST
def undo(request: Request, pk: int) -> HttpResponse:
    """Take a merge apart again."""
    done: Merge = get_object_or_404(Merge.objects.select_related("kept", "merged"), pk=pk)
    undo_merge(done, by=request.actor, now=request.now, token=token_for(request, "undo", pk))
    messages.success(request, _("Two records again."))
    return redirect("people:person", pk=done.kept_id)


def _values(person: Person) -> dict[str, Any]:
    return {name: getattr(person, name) for name in MERGED_FIELDS}


def _side_by_side(
    kept: Person, merged: Person, taken: tuple[str, ...], conflicts: tuple[str, ...]
) -> list[dict[str, Any]]:
    return [
        {
            "label": FIELDS[name],
            "kept": _shown(kept, name),
            "merged": _shown(merged, name),
            "is_taken": name in taken,
            "is_conflict": name in conflicts,
        }
        for name in MERGED_FIELDS
        if _shown(kept, name) or _shown(merged, name)
    ]


def _shown(person: Person, name: str) -> str:
    """A value as it may stand on a page: numbers with stars, the birth as a year."""
    if name in SENSITIVE:
        masked = {
            "phone": person.masked_phone,
            "id_number": person.masked_id_number,
            "born_on": person.birth_year,
        }
        return str(masked[name] or "")
    if name in {"sex", "residency"}:
        return str(getattr(person, f"get_{name}_display")())
    value = getattr(person, name.removesuffix("_id"))
    if isinstance(value, bool):
        return _("yes") if value else ""
    return str(value or "")

"""Organisations that may be one body: proposed, compared, merged, taken apart."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import DESK_ROLES
from mulin.ground.people.actions.bodies import (
    merge_organisations,
    say_organisations_not_same,
    undo_organisation_merge,
)
from mulin.ground.people.forms import MergeForm, SameBodyForm
from mulin.ground.people.models import Organisation, OrganisationMerge
from mulin.ground.people.queries import likely_same_pairs, under_name
from mulin.ground.people.rules import MERGED_BODY_FIELDS, alike_bodies, choose_fields
from mulin.ground.people.views.organisations import organisation_page
from mulin.ground.people.views.persons import token_for
from mulin.ground.people.words import ALIKE_BODIES, BODY_FIELDS, FIELDS
from mulin.kit.acts import attempt
from mulin.kit.forms import PlainForm


@opened_to(*DESK_ROLES)
@require_safe
def duplicates(request: Request) -> HttpResponse:
    """Pairs on the list that may be one body each. Nothing is merged by itself."""
    pairs = [
        (one.one, one.other, [ALIKE_BODIES[reason] for reason in one.reasons])
        for one in likely_same_pairs()
    ]
    context = {"pairs": pairs, "plain_form": PlainForm(auto_id=False)}
    return render(request, "people/same_organisations.html", context)


@opened_to(*DESK_ROLES)
@require_safe
def same(request: Request, pk: int) -> HttpResponse:
    """The same body stands here under another name: which? Leads to the comparison."""
    found = _standing(pk)
    form = SameBodyForm(request.GET or None, organisation=found)
    if form.is_valid():
        return redirect("people:merge-organisations", pk=pk, other=form.cleaned_data["other"].pk)
    context = organisation_page(request, found) | {"same_form": form}
    status = 422 if form.errors else 200
    return render(request, "people/organisations.html", context, status=status)


@opened_to(*DESK_ROLES)
def merge(request: Request, pk: int, other: int) -> HttpResponse:
    """Two organisations side by side, what stands under each name, and which values count."""
    kept, merged = _standing(pk), _standing(other)
    choice = choose_fields(_values(kept), _values(merged), fields=MERGED_BODY_FIELDS)
    form = MergeForm(
        request.POST or None,
        conflicts=[(name, str(BODY_FIELDS[name])) for name in choice.conflicts],
    )
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: merge_organisations(
                kept, merged, by=request.actor, now=request.now, token=form.idempotency_token,
                prefer_merged=form.cleaned_data.get("prefer", ()),
            ),
        )  # fmt: skip
        if done is not None:
            messages.success(request, _("One organisation now. It can be taken apart again."))
            return redirect("people:organisation", pk=kept.pk)
    context = {
        "kept": kept,
        "merged": merged,
        "reasons": [ALIKE_BODIES[one] for one in alike_bodies(kept.likeness(), merged.likeness())],
        "rows": _side_by_side(kept, merged, choice.taken, choice.conflicts),
        "form": form,
        "plain_form": PlainForm(auto_id=False),
    }
    status = 422 if form.errors else 200
    return render(request, "people/merge_organisations.html", context, status=status)


@opened_to(*DESK_ROLES)
@require_POST
def not_same(request: Request, pk: int, other: int) -> HttpResponse:
    """Two organisations; not asked again."""
    say_organisations_not_same(
        _standing(pk), _standing(other), by=request.actor, now=request.now,
        token=token_for(request, "two", other),
    )  # fmt: skip
    messages.success(request, _("Two organisations. Nobody is asked about them again."))
    return redirect("people:organisation", pk=pk)


@opened_to(*DESK_ROLES)
@require_POST
def undo(request: Request, pk: int) -> HttpResponse:
    """Take a merge apart again."""
    rows = OrganisationMerge.objects.select_related("kept", "merged")
    done: OrganisationMerge = get_object_or_404(rows, pk=pk)
    undo_organisation_merge(
        done, by=request.actor, now=request.now, token=token_for(request, "undo", pk)
    )
    messages.success(request, _("Two organisations again."))
    return redirect("people:organisation", pk=done.kept_id)


def _standing(pk: int) -> Organisation:
    found: Organisation = get_object_or_404(Organisation, pk=pk)
    return found


def _values(organisation: Organisation) -> dict[str, Any]:  # Any: values of its columns
    return {name: getattr(organisation, name) for name in MERGED_BODY_FIELDS}


# Any: values of a page.
def _side_by_side(
    kept: Organisation, merged: Organisation, taken: tuple[str, ...], conflicts: tuple[str, ...]
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {"label": FIELDS["name"], "kept": kept.name, "merged": merged.name, "is_name": True}
    ]
    rows += [
        {
            "label": BODY_FIELDS[name],
            "kept": _shown(kept, name),
            "merged": _shown(merged, name),
            "is_taken": name in taken,
            "is_conflict": name in conflicts,
        }
        for name in MERGED_BODY_FIELDS
        if _shown(kept, name) or _shown(merged, name)
    ]
    rows += [
        {"label": words, "kept": mine, "merged": theirs, "is_told": True}
        for words, (mine, theirs) in under_name([kept, merged])
    ]
    return rows


def _shown(organisation: Organisation, name: str) -> str:
    value = organisation.get_kind_display() if name == "kind" else getattr(organisation, name)
    return str(value)

"""Firms, shops, schools, units and groups, and who belongs to them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import HANDLER_ROLES
from mulin.ground.people.actions.organisations import end_affiliation, found_organisation
from mulin.ground.people.forms import EndForm, OrganisationForm, SameBodyForm
from mulin.ground.people.models import Affiliation, Organisation, Person
from mulin.ground.people.permissions import may_merge_organisations
from mulin.ground.people.queries import (
    likely_same,
    organisation_merges,
    organisations,
    people_of,
)
from mulin.ground.people.words import ALIKE_BODIES
from mulin.kit.acts import attempt
from mulin.kit.forms import PlainForm
from mulin.kit.paging import page_of


@opened_to(*HANDLER_ROLES)
def organisation_list(request: Request) -> HttpResponse:
    """The list, and a form for one more."""
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("name", "kind", "phone", "address")}
        made = attempt(
            form,
            lambda: found_organisation(
                by=request.actor, now=request.now, token=form.idempotency_token, **values
            ),
        )
        if made is not None:
            messages.success(request, _("Written down."))
            return redirect("people:organisation", pk=made.pk)
    context = {"page": page_of(organisations(), request.GET), "form": form}
    context["may_merge"] = may_merge_organisations(request.actor)
    return render(request, "people/organisations.html", context, status=422 if form.errors else 200)


@opened_to(*HANDLER_ROLES)
@require_safe
def organisation(request: Request, pk: int) -> HttpResponse:
    """One organisation and its people; one that was merged leads to the one that stands."""
    found: Organisation = get_object_or_404(Organisation, pk=pk)
    if found.merged_into_id is not None:
        return redirect("people:organisation", pk=found.merged_into_id)
    return render(request, "people/organisations.html", organisation_page(request, found))


def organisation_page(request: Request, found: Organisation) -> dict[str, Any]:
    """What the page of one organisation shows; the desk also sees what may be the same body."""
    context = {
        "page": page_of(organisations(), request.GET),
        "form": OrganisationForm(),
        "organisation": found,
        "people": people_of(found, request.actor),
        "end_form": EndForm(auto_id=False),
        "merges": organisation_merges(found),
        "may_merge": may_merge_organisations(request.actor),
    }
    if context["may_merge"]:
        context |= {
            "proposals": [
                (one.other, [ALIKE_BODIES[reason] for reason in one.reasons])
                for one in likely_same(found)
            ],
            "same_form": SameBodyForm(organisation=found),
            "plain_form": PlainForm(auto_id=False),
        }
    return context


@opened_to(*HANDLER_ROLES)
@require_POST
def end(request: Request, pk: int) -> HttpResponse:
    """Say until when somebody belonged."""
    visible = Affiliation.objects.filter(person__in=Person.objects.visible_to(request.actor))
    found: Affiliation = get_object_or_404(visible, pk=pk)
    form = EndForm(request.POST)
    if form.is_valid() and (
        attempt(
        form,
        lambda: end_affiliation(
            found, by=request.actor, now=request.now, until=form.cleaned_data["until"],
            token=form.idempotency_token,
        ),
    )
        is not None
    ):  # fmt: skip
        messages.success(request, _("Written down."))
    else:
        messages.error(
            request, " ".join(str(word) for words in form.errors.values() for word in words)
        )
    return redirect("people:organisation", pk=found.organisation_id)

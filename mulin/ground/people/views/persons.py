"""The list of persons, one person, and what is done to their record."""

import json
from typing import Any

from django.contrib import messages
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.models import Grid
from mulin.ground.community.rules import HANDLER_ROLES
from mulin.ground.people import permissions
from mulin.ground.people.actions import consents as consent_acts
from mulin.ground.people.actions import organisations as organisation_acts
from mulin.ground.people.actions import persons as acts
from mulin.ground.people.actions.erasure import erase_person, own_data
from mulin.ground.people.forms import (
    AffiliateForm,
    GuardianForm,
    HouseholdForm,
    PersonForm,
    RevealForm,
)
from mulin.ground.people.models import Affiliation, Person, Purpose
from mulin.ground.people.queries import (
    consents_of,
    household_of,
    likely_duplicates,
    roll,
    standing_merges,
)
from mulin.ground.people.rules import what_stays
from mulin.ground.people.words import ALIKE, FIELDS
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day
from mulin.kit.forms import PlainForm
from mulin.kit.paging import page_of


@opened_to(*HANDLER_ROLES)
@require_safe
def person_list(request: Request) -> HttpResponse:
    """Everybody the actor sees, by pinyin, or those that were searched for."""
    return render(request, "people/persons.html", _list(request))


@opened_to(*HANDLER_ROLES)
@require_safe
def person(request: Request, pk: int) -> HttpResponse:
    """One person beside the list. A record that was merged leads to the one that counts."""
    found = found_person(request, pk)
    if found.merged_into_id is not None:
        return redirect("people:person", pk=Person.kept_of(found).pk)
    acts.note_look(found, by=request.actor, now=request.now)
    return _page(request, found)


@opened_to(*HANDLER_ROLES)
def new_person(request: Request) -> HttpResponse:
    """Put somebody on the roll."""
    today = local_day(request.now)
    form = PersonForm(request.POST or None, by=request.actor, today=today)
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: acts.register_person(
                by=request.actor, now=request.now, token=form.idempotency_token, **form.typed
            ),
        )
        if made is not None:
            messages.success(request, _("%(name)s is on the roll.") % {"name": made.name})
            return redirect("people:person", pk=made.pk)
    return render(request, "people/person_form.html", {"form": form}, status=_status(form))


@opened_to(*HANDLER_ROLES)
def change_person(request: Request, pk: int) -> HttpResponse:
    """Correct or complete a record."""
    found, today = found_person(request, pk), local_day(request.now)
    form = PersonForm(request.POST or None, by=request.actor, today=today, person=found)
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: acts.change_person(
                found, by=request.actor, now=request.now, token=form.idempotency_token, **form.typed
            ),
        )
        if made is not None:
            messages.success(request, _("Written down."))
            return redirect("people:person", pk=pk)
    context = {"form": form, "person": found}
    return render(request, "people/person_form.html", context, status=_status(form))


@opened_to(*HANDLER_ROLES)
@never_cache
@require_POST
def reveal(request: Request, pk: int) -> HttpResponse:
    """Show one masked value, this once; who read it and why is written down."""
    found = found_person(request, pk)
    form = RevealForm(request.POST)
    shown = None
    if form.is_valid():
        field, reason = form.cleaned_data["field"], form.cleaned_data["reason"]
        shown = attempt(
            form, lambda: acts.reveal(found, field, reason, by=request.actor, now=request.now)
        )
    revealed = (
        None if shown is None else {"label": FIELDS[form.cleaned_data["field"]], "value": shown}
    )
    return _page(request, found, reveal_form=form, revealed=revealed)


@opened_to(*HANDLER_ROLES)
@require_POST
def consent(request: Request, pk: int, purpose: str, word: str) -> HttpResponse:
    """Write down that a purpose was agreed to, or is no longer."""
    found = found_person(request, pk)
    if purpose not in Purpose.values:
        raise Http404
    form = _guardian_form(request, found)
    act = consent_acts.give_consent if word == "yes" else consent_acts.withdraw_consent
    by = request.actor.by("walk_in", on_behalf_of=found.pk)
    if form.is_valid() and (
        attempt(
        form,
        lambda: act(
            found, Purpose(purpose), by=by, now=request.now,
            guardian=form.cleaned_data.get("guardian"), token=token_for(request, purpose, word),
        ),
    )
        is not None
    ):  # fmt: skip
        messages.success(request, _("Written down."))
        return redirect("people:person", pk=pk)
    return _page(request, found, guardian_form=form)


@opened_to(*HANDLER_ROLES)
@require_POST
def household(request: Request, pk: int) -> HttpResponse:
    """Say with whom somebody keeps house."""
    found = found_person(request, pk)
    form = HouseholdForm(request.POST, persons=roll(request.actor))
    if form.is_valid() and (
        attempt(
        form,
        lambda: organisation_acts.keep_house_with(
            found, form.cleaned_data["other"], by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
    )
        is not None
    ):  # fmt: skip
        messages.success(request, _("Written down."))
        return redirect("people:person", pk=pk)
    return _page(request, found, household_form=form)


@opened_to(*HANDLER_ROLES)
@require_POST
def leave_household(request: Request, pk: int) -> HttpResponse:
    """Say that somebody keeps house by themselves now."""
    organisation_acts.join_household(
        found_person(request, pk),
        by=request.actor,
        now=request.now,
        token=token_for(request, "leave"),
    )
    return redirect("people:person", pk=pk)


@opened_to(*HANDLER_ROLES)
@require_POST
def affiliate(request: Request, pk: int) -> HttpResponse:
    """Say to which organisation somebody belongs."""
    found = found_person(request, pk)
    form = AffiliateForm(request.POST)
    if form.is_valid() and (
        attempt(
        form,
        lambda: organisation_acts.affiliate(
            found, form.cleaned_data["organisation"], by=request.actor, now=request.now,
            post=form.cleaned_data["post"], since=form.cleaned_data["since"],
            token=form.idempotency_token,
        ),
    )
        is not None
    ):  # fmt: skip
        messages.success(request, _("Written down."))
        return redirect("people:person", pk=pk)
    return _page(request, found, affiliate_form=form)


@opened_to(*HANDLER_ROLES)
@never_cache
@require_POST
def own_file(request: Request, pk: int) -> HttpResponse:
    """The file of everything that is held of a person, taken in their name."""
    return data_file(own_data(found_person(request, pk), by=request.actor, now=request.now))


@opened_to(*HANDLER_ROLES)
def erase(request: Request, pk: int) -> HttpResponse:
    """What an erasure leaves, and the button that does it: it can't be taken back."""
    found = found_person(request, pk)
    if not permissions.may_erase(request.actor, found):
        raise Http404
    form = PlainForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        erase_person(found, by=request.actor, now=request.now, token=form.idempotency_token)
        messages.success(request, _("Erased. What a law keeps has no name any more."))
        return redirect("people:list")
    context = {"person": found, "form": form, "stays": what_stays(Person.everyone_of(found))}
    return render(request, "people/erase.html", context)


def found_person(request: Request, pk: int) -> Person:
    """A record the actor sees; anything else does not exist for them."""
    visible = Person.objects.visible_to(request.actor).select_related("grid", "household")
    found: Person = get_object_or_404(visible, pk=pk, erased_at__isnull=True)
    return found


def data_file(told: dict[str, Any]) -> HttpResponse:
    """A file to take away."""
    # Rooms tell days, moments and sums as they have them.
    text = json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="mulin-own-data.json"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _list(request: Request) -> dict[str, Any]:
    query, grid = request.GET.get("q", "").strip(), request.GET.get("grid", "")
    grid_id = int(grid) if grid.isascii() and grid.isdigit() else None
    persons = roll(request.actor, query=query, grid_id=grid_id).defer(
        "id_number", "born_on", "note"
    )
    return {
        "page": page_of(persons, request.GET),
        "query": query,
        "grid_id": grid_id,
        "grids": Grid.objects.all() if request.actor.is_desk else (),
        "address": request.GET.urlencode(),
        "may_import": permissions.may_import(request.actor),
    }


def _page(request: Request, found: Person, **forms: Any) -> HttpResponse:
    """The page of a person; a form that was refused comes back with the reason."""
    refused = any(getattr(form, "errors", None) for form in forms.values())
    context = {} if request.htmx else _list(request)
    context |= _detail(request, found) | forms
    return render(request, "people/persons.html", context, status=422 if refused else 200)


def _detail(request: Request, found: Person) -> dict[str, Any]:
    today = local_day(request.now)
    mates = household_of(found, request.actor)
    said = consents_of(found)
    proposals = likely_duplicates(found, request.actor)
    return {
        "person": found,
        "is_guarded": found.is_guarded_on(today),
        "mates": mates,
        "purposes": [(purpose, said.get(purpose)) for purpose in Purpose],
        "proposals": [(one.other, [ALIKE[reason] for reason in one.reasons]) for one in proposals],
        "merges": standing_merges(found),
        "affiliations": Affiliation.objects.filter(
            person__in=Person.everyone_of(found)
        ).select_related("organisation"),
        "may_merge": permissions.may_merge(request.actor, found),
        "may_erase": permissions.may_erase(request.actor, found),
        "may_have_own_data": permissions.may_have_own_data(request.actor, found),
        "plain_form": PlainForm(auto_id=False),
        "reveal_form": RevealForm(auto_id="reveal_%s"),
        "guardian_form": _guardian_form(request, found, mates),
        "household_form": HouseholdForm(auto_id="household_%s", persons=roll(request.actor)),
        "affiliate_form": AffiliateForm(auto_id="affiliate_%s"),
    }


def _guardian_form(
    request: Request, found: Person, mates: list[Person] | None = None
) -> GuardianForm:
    return GuardianForm(
        request.POST if request.method == "POST" and mates is None else None,
        auto_id="guardian_%s",
        person=found,
        household=household_of(found, request.actor) if mates is None else mates,
        today=local_day(request.now),
    )


def token_for(request: Request, *deed: object) -> str | None:
    """The token of one button: all buttons of a page carry the same, and each does its own deed."""
    token = request.POST.get("token")
    return "-".join((token, *map(str, deed)))[:64] if token else None


def _status(form: PersonForm) -> int:
    return 422 if form.errors else 200

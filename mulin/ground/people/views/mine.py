"""What is held of me: for the person themselves."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mulin.ground.community.access import Request, with_own_key
from mulin.ground.people.actions.consents import give_consent, withdraw_consent
from mulin.ground.people.actions.erasure import own_data
from mulin.ground.people.models import Person, Purpose
from mulin.ground.people.queries import consents_of, looks_at
from mulin.ground.people.views.persons import data_file, token_for
from mulin.kit.clock import local_day
from mulin.kit.forms import PlainForm


@with_own_key
@require_safe
def mine(request: Request) -> HttpResponse:
    """My record, what it may be used for, who looked at it, and the file of everything."""
    person = _own(request)
    context: dict[str, Any] = {
        "person": person,
        "here": "mine",
        "plain_form": PlainForm(auto_id=False),
    }
    if person is not None:
        said = consents_of(person)
        context |= {
            "is_guarded": person.is_guarded_on(local_day(request.now)),
            "purposes": [(purpose, said.get(purpose)) for purpose in Purpose],
            "looks": looks_at(person)[:20],
        }
    return render(request, "people/mine.html", context)


@with_own_key
@require_POST
def consent(request: Request, purpose: str, word: str) -> HttpResponse:
    """One switch."""
    person = _own(request)
    if person is None or purpose not in Purpose.values:
        raise Http404
    act = give_consent if word == "yes" else withdraw_consent
    token = token_for(request, purpose, word)
    act(person, Purpose(purpose), by=request.actor, now=request.now, token=token)
    messages.success(request, _("Written down."))
    return redirect("people:mine")


@with_own_key
@never_cache
@require_POST
def own_file(request: Request) -> HttpResponse:
    """The file of everything."""
    person = _own(request)
    if person is None:
        raise Http404
    return data_file(own_data(person, by=request.actor, now=request.now))


def _own(request: Request) -> Person | None:
    if request.actor.person_id is None:
        return None
    own: Person | None = (
        Person.objects.on_roll()
        .select_related("grid", "household")
        .filter(pk=request.actor.person_id)
        .first()
    )
    return own

"""The desk's side of ideas: a first look, the same as another, the answer."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mulin.commons.flow.queries import journey
from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import DESK_ROLES, HANDLER_ROLES
from mulin.ground.people.models import Person, index_of
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day
from mulin.kit.forms import ActForm, PlainForm
from mulin.kit.paging import page_of
from mulin.parlour.suggestions.actions.ideas import (
    adopt_idea,
    answer_idea,
    bring_idea,
    merge_ideas,
    set_times,
    show_idea,
    turn_away,
)
from mulin.parlour.suggestions.forms import (
    AdoptForm,
    AnswerForm,
    HeardForm,
    MergeForm,
    TimesForm,
    TurnAwayForm,
)
from mulin.parlour.suggestions.models import Idea
from mulin.parlour.suggestions.permissions import may_set_times
from mulin.parlour.suggestions.queries import (
    afterwards,
    ideas_of_desk,
    reasons,
    said_at,
    similar_ideas,
    times_set,
)
from mulin.parlour.suggestions.rules import is_possible

_SHOWS = ("", "held", "over")


@opened_to(*DESK_ROLES)
def idea_list(request: Request) -> HttpResponse:
    """What waits for a look or an answer."""
    return render(request, "suggestions/desk.html", _list(request))


@opened_to(*DESK_ROLES)
def idea(request: Request, pk: int) -> HttpResponse:
    """One idea with all that can be done."""
    return render(request, "suggestions/desk.html", _detail(request, _idea(pk), {}))


@opened_to(*HANDLER_ROLES)
def hear(request: Request) -> HttpResponse:
    """Write down what somebody says by phone, on paper, at the door, at a meeting."""
    form = HeardForm(request.POST or None)
    near = []
    if request.method == "POST" and form.is_valid():
        heard = _heard(request, form)
        if heard is not None:
            near = similar_ideas(heard.need.words, besides=heard.pk)
            messages.success(
                request, _("Written down as %(number)s.") % {"number": heard.need.number}
            )
            if not near or not request.actor.is_desk:
                return redirect("suggestions:hear")
            return redirect("suggestions:desk-idea", pk=heard.pk)
    return render(request, "suggestions/hear.html", {"form": form})


@opened_to(*DESK_ROLES)
def times(request: Request) -> HttpResponse:
    """Until when ideas are looked at and answered: what holds, what held, what the head enters."""
    form = TimesForm(request.POST or None, initial={"since": local_day(request.now)})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        entered = attempt(
            form,
            lambda: set_times(
                since=values["since"], look_workdays=values["look_workdays"],
                answer_workdays=values["answer_workdays"], source=values["source"],
                by=request.actor, now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if entered is not None:
            messages.success(request, _("Entered. Ideas that came before keep their own limit."))
            return redirect("suggestions:times")
    context = {
        "form": form, "rows": times_set()[:50], "may_set": may_set_times(request.actor),
    }  # fmt: skip
    return render(request, "suggestions/times.html", context)


def _heard(request: Request, form: HeardForm) -> Idea | None:
    values = form.cleaned_data
    person = None
    if values["phone"]:
        person = Person.objects.filter(phone_index=index_of("phone", values["phone"])).first()
    by = request.actor.by(values["channel"], on_behalf_of=person.pk if person else None)
    return attempt(
        form,
        lambda: bring_idea(form.said(person), by=by, now=request.now, token=form.idempotency_token),
    )


def _show(request: Request, found: Idea, form: ActForm) -> Idea:
    return show_idea(found, by=request.actor, now=request.now, token=form.idempotency_token)


def _turn_away(request: Request, found: Idea, form: ActForm) -> Idea:
    return turn_away(
        found, refusal=form.cleaned_data["refusal"], by=request.actor, now=request.now,
        token=form.idempotency_token,
    )  # fmt: skip


def _merge(request: Request, found: Idea, form: ActForm) -> Idea:
    into = get_object_or_404(Idea.objects.complete(), pk=form.cleaned_data["into"])
    return merge_ideas(
        found, into=into, by=request.actor, now=request.now, token=form.idempotency_token
    )


def _answer(request: Request, found: Idea, form: ActForm) -> Idea:
    return answer_idea(
        found, words=form.cleaned_data["words"], by=request.actor, now=request.now,
        token=form.idempotency_token,
    )  # fmt: skip


def _adopt(request: Request, found: Idea, form: ActForm) -> Idea:
    return adopt_idea(
        found, to=form.cleaned_data["to"], why=form.cleaned_data["why"], by=request.actor,
        now=request.now, token=form.idempotency_token,
    )  # fmt: skip


#: The word in the address → its form and its act.
_DEEDS: dict[str, tuple[type[ActForm], Callable[[Request, Idea, Any], Idea]]] = {
    "show": (PlainForm, _show),
    "turn-away": (TurnAwayForm, _turn_away),
    "merge": (MergeForm, _merge),
    "answer": (AnswerForm, _answer),
    "adopt": (AdoptForm, _adopt),
}


@opened_to(*DESK_ROLES)
@require_POST
def work(request: Request, pk: int, deed: str) -> HttpResponse:
    """One deed on an idea; what was typed stays when it is refused."""
    if deed not in _DEEDS:
        raise Http404
    found = _idea(pk)
    of, act = _DEEDS[deed]
    form = of(request.POST, auto_id=f"{deed}_%s")
    if form.is_valid() and attempt(form, lambda: act(request, found, form)) is not None:
        messages.success(request, _("Done. Its author is told."))
        return redirect("suggestions:desk-idea", pk=pk)
    return render(request, "suggestions/desk.html", _detail(request, _idea(pk), {deed: form}))


def _idea(pk: int) -> Idea:
    found: Idea = get_object_or_404(Idea.objects.complete(), pk=pk)
    return found


# Any: what the template reads.
def _list(request: Request) -> dict[str, Any]:
    show = request.GET.get("show", "")
    show = show if show in _SHOWS else ""
    return {"page": page_of(ideas_of_desk(show), request.GET), "show": show}


# Any: as above.
def _detail(request: Request, found: Idea, tried: dict[str, ActForm]) -> dict[str, Any]:
    forms = {
        deed.replace("-", "_"): tried.get(deed) or of(auto_id=f"{deed}_%s")
        for deed, (of, _act) in _DEEDS.items()
        if is_possible(deed.replace("-", "_"), found.state)
    }
    supporting, objecting = reasons(found)
    may_merge = "merge" in forms
    return _list(request) | {
        "idea": found,
        "forms": forms,
        "tried": next(iter(tried), ""),
        "journey": journey(found.need, request.actor, may_work=True, is_asker=False),
        "near": similar_ideas(found.need.words, besides=found.pk, open_only=True)
        if may_merge
        else [],
        "merged": Idea.objects.filter(lead=found).select_related("need").order_by("id")[:50],
        "supporting": supporting,
        "objecting": objecting,
        "later": afterwards(found, keep=(request.community.phone,)),
        "said_at": said_at(found),
    }

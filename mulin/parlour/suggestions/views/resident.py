"""Ideas as everybody reads them: bring one, support one, see what became of them."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mulin.ground.community.access import Request, public, signed_in
from mulin.ground.people.models import Person
from mulin.kit.acts import attempt
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day
from mulin.kit.paging import page_of
from mulin.parlour.suggestions.actions.ideas import bring_idea, take_stand
from mulin.parlour.suggestions.forms import IdeaForm, StandForm
from mulin.parlour.suggestions.models import Idea
from mulin.parlour.suggestions.permissions import is_known, may_stand
from mulin.parlour.suggestions.queries import (
    afterwards,
    became,
    longest_waiting,
    month,
    reasons,
    said_at,
    shown_ideas,
    similar_ideas,
)
from mulin.parlour.suggestions.rules import month_of

_SIZE = 20


@public
def idea_list(request: Request) -> HttpResponse:
    """All that may be read, the newest or the most supported first."""
    order = "support" if request.GET.get("order") == "support" else ""
    context = {
        "page": page_of(shown_ideas(order), request.GET, size=_SIZE), "order": order,
        "here": "ours",
    }  # fmt: skip
    return render(request, "suggestions/list.html", context)


@public
def say(request: Request) -> HttpResponse:
    """Bring an idea. Similar ones are shown before it is saved."""
    form = IdeaForm(request.POST or None, is_known=is_known(request.actor))
    near: list[Idea] = []
    if request.method == "POST" and form.is_valid():
        if not form.cleaned_data["looked"]:
            near = similar_ideas(form.cleaned_data["words"], most=3)
        if near:
            form.add_error(None, _("Somebody may have said it already: look below, then send it."))
        else:
            idea = _brought(request, form)
            if idea is not None:
                return redirect("site:need", code=idea.need.follow_code)
    context = {"form": form, "near": near, "is_known": is_known(request.actor), "here": "ours"}
    return render(request, "suggestions/say.html", context)


def _brought(request: Request, form: IdeaForm) -> Idea | None:
    person = Person.objects.filter(pk=request.actor.person_id or 0).first()
    by = request.actor.by(Channel.ONLINE)
    return attempt(
        form,
        lambda: bring_idea(form.said(person), by=by, now=request.now, token=form.idempotency_token),
    )


@public
@require_POST
def similar(request: Request) -> HttpResponse:
    """What neighbours have said already, while one is typing."""
    near = similar_ideas(request.POST.get("words", "")[:2000], most=3)
    return render(request, "suggestions/near.html", {"near": near})


@public
def idea(request: Request, pk: int) -> HttpResponse:
    """One idea with reasons for and against, and its answer."""
    found = _idea(pk)
    return render(request, "suggestions/idea.html", _idea_page(request, found, StandForm()))


@signed_in
@require_POST
def stand(request: Request, pk: int) -> HttpResponse:
    """For or against."""
    found = _idea(pk)
    form = StandForm(request.POST)
    taken = None
    if form.is_valid():
        taken = attempt(
            form,
            lambda: take_stand(
                found, side=form.cleaned_data["side"], reason=form.cleaned_data["reason"],
                by=request.actor, now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
    if taken is not None:
        messages.success(request, _("Written down. You may change it until it is answered."))
        return redirect("suggestions:idea", pk=pk)
    found.refresh_from_db()
    return render(request, "suggestions/idea.html", _idea_page(request, found, form))


@public
def became_list(request: Request) -> HttpResponse:
    """What became of ideas, month by month."""
    today = local_day(request.now)
    first, following = month_of(request.GET.get("month", ""), today)
    context = {
        "page": page_of(became(first, following), request.GET, size=_SIZE),
        "month": month(first, following),
        "first": first,
        "before": (first - timedelta(days=1)).strftime("%Y-%m"),
        "after": following.strftime("%Y-%m") if following <= today else "",
        "here": "ours",
    }
    return render(request, "suggestions/became.html", context)


@public
def waiting_list(request: Request) -> HttpResponse:
    """Who waits longest for an answer."""
    page = page_of(longest_waiting(), request.GET, size=_SIZE)
    return render(request, "suggestions/waiting.html", {"page": page, "here": "ours"})


def _idea(pk: int) -> Idea:
    found: Idea = get_object_or_404(Idea.objects.shown().complete(), pk=pk)
    return found


def _idea_page(request: Request, found: Idea, form: StandForm) -> dict[str, object]:
    supporting, objecting = reasons(found)
    return {
        "idea": found, "form": form, "may_stand": may_stand(request.actor),
        "supporting": supporting, "objecting": objecting, "here": "ours",
        "later": afterwards(found, keep=(request.community.phone,)), "said_at": said_at(found),
    }  # fmt: skip

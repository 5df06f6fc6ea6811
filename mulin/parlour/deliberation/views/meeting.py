"""A meeting of the hall: its rule, roll and quorum, its points, votes, proxies, minutes."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.commons.gatherings.forms import ItemForm
from mulin.commons.gatherings.models import Attendance
from mulin.commons.gatherings.permissions import may_keep
from mulin.commons.gatherings.queries import counts_of, items_of
from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import DESK_ROLES, HANDLER_ROLES
from mulin.kit.acts import attempt, why_not
from mulin.kit.clock import local_day
from mulin.kit.forms import PlainForm
from mulin.kit.paper.printing import paper
from mulin.kit.refusals import Refused
from mulin.parlour.deliberation.actions.deciding import (
    decide_by_hands,
    decide_by_roll_call,
    vote_amendment,
    word_draft,
)
from mulin.parlour.deliberation.actions.meetings import call_meeting, freeze_roll, give_proxy
from mulin.parlour.deliberation.forms import (
    AmendForm,
    CallForm,
    DraftForm,
    HandsForm,
    ProxyForm,
    RollCallForm,
)
from mulin.parlour.deliberation.models import Meeting, Point, Proxy
from mulin.parlour.deliberation.papers import minutes_document
from mulin.parlour.deliberation.permissions import may_conduct
from mulin.parlour.deliberation.queries import (
    agenda_of,
    amendments_of,
    meeting_of,
    points_of,
    quorum_of,
    rules_on,
    spoken_for,
    who_votes,
)
from mulin.parlour.deliberation.rules import State


@opened_to(*DESK_ROLES)
def new(request: Request) -> HttpResponse:
    """Call a meeting under one of the rules."""
    rules = rules_on(local_day(request.now))
    form = CallForm(request.POST or None, rules=rules)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        called = attempt(
            form,
            lambda: call_meeting(
                form.plan(), rule=values["rule"], chair=values["chair"],
                recorder=values["recorder"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if called is not None:
            messages.success(request, _("The meeting is called. Put matters on its agenda."))
            return redirect("deliberation:meeting", pk=called.gathering.pk)
    return render(request, "deliberation/call.html", {"form": form, "rules": rules})


@opened_to(*HANDLER_ROLES)
@require_safe
def meeting(request: Request, pk: int) -> HttpResponse:
    """Quorum, agenda, proxies, and the way to each point."""
    return _page(request, _meeting(pk))


@opened_to(*DESK_ROLES)
@require_POST
def freeze(request: Request, pk: int) -> HttpResponse:
    """Write down who has a seat."""
    found = _meeting(pk)
    form = PlainForm(request.POST)
    if form.is_valid() and attempt(form, lambda: _freeze(request, found, form)) is not None:
        messages.success(request, _("The roll is frozen."))
    else:
        messages.error(request, why_not(form))
    return redirect("deliberation:meeting", pk=pk)


@opened_to(*DESK_ROLES)
@require_POST
def proxies(request: Request, pk: int) -> HttpResponse:
    """Write down who speaks for whom."""
    found = _meeting(pk)
    form = ProxyForm(request.POST)
    if form.is_valid() and attempt(form, lambda: _proxy(request, found, form)) is not None:
        messages.success(request, _("The proxy is written down."))
        return redirect("deliberation:meeting", pk=pk)
    return _page(request, found, proxy_form=form, status=422)


@opened_to(*HANDLER_ROLES)
@require_safe
def minutes(request: Request, pk: int) -> HttpResponse:
    """The minutes as a sheet: who met, by which rule, what was said and decided to each point."""
    found = _meeting(pk)
    context = {
        "document": minutes_document(found, community=request.community),
        "meeting": found,
        "gathering": found.gathering,
        "counts": counts_of(found.gathering),
        "quorum": quorum_of(found),
        "agenda": agenda_of(found),
    }
    return paper("deliberation/paper/minutes.html", context, request=request, name=str(found))


@opened_to(*DESK_ROLES)
def point(request: Request, pk: int) -> HttpResponse:
    """One matter in the meeting: the words that are voted on, other words, the vote."""
    found = _point(pk)
    form = DraftForm(request.POST or None, initial={"draft": found.draft})
    if request.method == "POST" and form.is_valid():
        worded = attempt(
            form,
            lambda: word_draft(
                found, form.cleaned_data["draft"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if worded is not None:
            return redirect("deliberation:point", pk=pk)
    return _point_page(request, found, draft_form=form)


@opened_to(*DESK_ROLES)
@require_POST
def vote(request: Request, pk: int, deed: str) -> HttpResponse:
    """Hands for other words (`amend`), or for the matter itself (`hands`)."""
    found = _point(pk)
    if deed == "amend":
        form: HandsForm = AmendForm(request.POST, auto_id="amend_%s")
    elif deed == "hands":
        form = HandsForm(request.POST, auto_id="hands_%s")
    else:
        raise Http404

    def act() -> object:
        token, by, now = form.idempotency_token, request.actor, request.now
        if deed == "amend":
            words = form.cleaned_data["words"]
            return vote_amendment(found, words, form.count(), by=by, now=now, token=token)
        return decide_by_hands(found, form.count(), by=by, now=now, token=token)

    if form.is_valid() and attempt(form, act) is not None:
        messages.success(request, _("The vote is written down."))
        return redirect("deliberation:point", pk=pk)
    return _point_page(request, found, status=422, **{f"{deed}_form": form})


@opened_to(*DESK_ROLES)
def roll_call(request: Request, pk: int) -> HttpResponse:
    """Each name is called and answers."""
    found = _point(pk)
    held = _meeting(found.item.gathering.pk)
    form = RollCallForm(request.POST or None, called=who_votes(held), spoken_for=spoken_for(held))
    if request.method == "POST" and form.is_valid():
        decided = attempt(
            form,
            lambda: decide_by_roll_call(
                found, form.voices(), by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if decided is not None:
            messages.success(request, _("The vote is written down."))
            return redirect("deliberation:point", pk=pk)
    context = {"point": found, "meeting": held, "form": form, "quorum": quorum_of(held)}
    return render(request, "deliberation/roll_call.html", context)


def _freeze(request: Request, found: Meeting, form: PlainForm) -> Meeting:
    return freeze_roll(found, by=request.actor, now=request.now, token=form.idempotency_token)


def _proxy(request: Request, found: Meeting, form: ProxyForm) -> Proxy:
    rows = Attendance.objects.filter(gathering=found.gathering).select_related("person")
    by_line = {row.line: row.person for row in rows.filter(line__in=form.lines())}
    for name in ("giver", "holder"):
        if form.cleaned_data[name] not in by_line:
            raise Refused(_("This number is not on the list of the meeting."), field=name)
    return give_proxy(
        found, giver=by_line[form.cleaned_data["giver"]],
        holder=by_line[form.cleaned_data["holder"]], by=request.actor, now=request.now,
        token=form.idempotency_token,
    )  # fmt: skip


def _page(
    request: Request, found: Meeting, *, status: int = 200, **forms: Any
) -> HttpResponse:  # Any: forms that were refused
    gathering = found.gathering
    context = {
        "meeting": found,
        "gathering": gathering,
        "rule": found.rule,
        "counts": counts_of(gathering),
        "quorum": quorum_of(found),
        "points": points_of(found),
        "items": [(one, PlainForm(auto_id=False)) for one in items_of(gathering)],
        "may_keep": may_keep(request.actor, gathering),
        "may_conduct": may_conduct(request.actor),
        "order_form": PlainForm(auto_id=False),
        "item_form": ItemForm(auto_id="item_%s"),
        "freeze_form": PlainForm(auto_id=False),
        "proxies": Proxy.objects.filter(meeting=found).count(),
        "proxy_form": ProxyForm(auto_id="proxy_%s"),
        **forms,
    }
    return render(request, "deliberation/meeting.html", context, status=status)


def _point_page(
    request: Request, found: Point, *, status: int = 200, **forms: Any
) -> HttpResponse:  # Any: as above
    held = _meeting(found.item.gathering.pk)
    context = {
        "point": found,
        "matter": found.matter,
        "meeting": held,
        "quorum": quorum_of(held),
        "resolution": getattr(found, "resolution", None),
        "amendments": amendments_of(found),
        "is_open": found.matter.state == State.LISTED and held.gathering.is_planned,
        "draft_form": DraftForm(initial={"draft": found.draft}),
        "amend_form": AmendForm(auto_id="amend_%s"),
        "hands_form": HandsForm(auto_id="hands_%s"),
        **forms,
    }
    return render(request, "deliberation/point.html", context, status=status)


def _meeting(pk: int) -> Meeting:
    found = meeting_of(pk)
    if found is None:
        raise Http404
    return found


def _point(pk: int) -> Point:
    found: Point = get_object_or_404(
        Point.objects.select_related(
            "item__gathering__meeting__rule", "matter__need", "resolution"
        ),
        pk=pk,
    )
    return found

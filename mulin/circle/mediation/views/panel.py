"""The panel, for whoever keeps it and for everybody; what helps mediators."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.circle.mediation import queries
from mulin.circle.mediation.actions.choosing import join_panel, leave_panel
from mulin.circle.mediation.actions.committee import (
    add_court,
    begin_term,
    drop_court,
    seat_member,
    unseat_member,
)
from mulin.circle.mediation.forms import (
    ListedCourtForm,
    MediatorForm,
    MemberForm,
    TermForm,
)
from mulin.circle.mediation.models import FAULTS, KINDS, METHODS, CommitteeMember, Mediator
from mulin.ground.community.access import Request, opened_to, public
from mulin.ground.community.queries import holders_of
from mulin.ground.community.rules import Role
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day
from mulin.kit.forms import ActForm, PlainForm
from mulin.kit.paging import page_of

MOST_COURTS: Final = 50


@public
@require_safe
def about(request: Request) -> HttpResponse:
    """Who mediates here, how one comes, and what is kept secret."""
    page = page_of(queries.panel(), request.GET, size=30)
    return render(request, "mediation/about.html", {"page": page, "kinds": dict(KINDS)})


@opened_to(Role.MEDIATION_DIRECTOR)
def panel(request: Request) -> HttpResponse:
    """Everybody on the panel; somebody new; somebody leaves."""
    accounts = holders_of(request.community.pk, {Role.MEDIATOR}, request.now)
    leaves = request.POST.get("leaves", "")
    form = MediatorForm(request.POST if request.POST and not leaves else None, accounts=accounts)
    if leaves:
        found: Mediator = get_object_or_404(
            Mediator.objects.all(), pk=int(leaves) if leaves.isdecimal() else 0
        )
        plain = PlainForm(request.POST)
        if plain.is_valid():
            leave_panel(found, by=request.actor, now=request.now, token=plain.idempotency_token)
        messages.success(request, _("Noted."))
        return redirect("mediation:panel")
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        made = attempt(
            form,
            lambda: join_panel(
                values["person"], values["account"], kinds=values["kinds"],
                dialects=values["dialects"].split(), card=values["card"],
                is_on_committee=values["is_on_committee"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if made is not None:
            messages.success(request, _("On the panel."))
            return redirect("mediation:panel")
    context = {
        "form": form, "page": page_of(queries.panel(), request.GET, size=30),
        "plain_form": PlainForm(),
    }  # fmt: skip
    return render(request, "mediation/panel.html", context, status=422 if form.errors else 200)


@opened_to(Role.MEDIATION_DIRECTOR)
def committee(request: Request) -> HttpResponse:
    """The committee of this term with what it lacks by law; the courts that may be asked."""
    found = queries.committee_now(local_day(request.now))
    deeds = _committee_deeds(found)
    name = request.GET.get("deed", "")
    failed: ActForm | None = None
    if request.method == "POST":
        if name not in deeds:
            raise Http404
        kind, act = deeds[name]
        failed = kind(request.POST, auto_id=f"{name}_%s")
        if failed.is_valid():
            common = {"by": request.actor, "now": request.now, "token": failed.idempotency_token}
            if attempt(failed, lambda: act(failed, common)) is not None:
                messages.success(request, _("Noted."))
                return redirect("mediation:committee")
    forms = {
        key: failed if failed is not None and key == name else kind(auto_id=f"{key}_%s")
        for key, (kind, _act) in deeds.items()
    }
    said = dict(FAULTS)
    context = {
        "elected": found, "faults": [said[one] for one in found.faults] if found else [],
        "courts": queries.courts()[:MOST_COURTS],
        "forms": forms, "plain_form": PlainForm(),
    }  # fmt: skip
    status = 422 if failed is not None and failed.errors else 200
    return render(request, "mediation/committee.html", context, status=status)


# Any: a form of its own kind; by, now, token.
def _committee_deeds(
    found: queries.Elected | None,
) -> dict[str, tuple[type[ActForm], Callable[[Any, dict[str, Any]], object]]]:
    deeds: dict[str, tuple[type[ActForm], Callable[[Any, dict[str, Any]], object]]] = {
        "term": (
            TermForm,
            lambda form, common: begin_term(
                since=form.day(), elected_by=form.cleaned_data["elected_by"], **common
            ),
        ),
        "court": (
            ListedCourtForm,
            lambda form, common: add_court(
                name=form.cleaned_data["court"], ground=form.cleaned_data["ground"],
                address=form.cleaned_data["where"], phone=form.cleaned_data["phone"], **common,
            ),
        ),
    }  # fmt: skip
    if found is not None:
        deeds["member"] = (
            MemberForm,
            lambda form, common: seat_member(
                found.committee, form.cleaned_data["person"],
                is_chair=form.cleaned_data["is_chair"], **common,
            ),
        )  # fmt: skip
    return deeds


@opened_to(Role.MEDIATION_DIRECTOR)
@require_POST
def committee_drop(request: Request, what: str, pk: int) -> HttpResponse:
    """A member has left, or a court is no longer asked."""
    plain = PlainForm(request.POST)
    if plain.is_valid():
        common: dict[str, Any] = {  # Any: what every action takes
            "by": request.actor, "now": request.now, "token": plain.idempotency_token,
        }  # fmt: skip
        if what == "member":
            rows = CommitteeMember.objects.filter(left_on__isnull=True)
            unseat_member(get_object_or_404(rows, pk=pk), **common)
        elif what == "court":
            drop_court(get_object_or_404(queries.courts(), pk=pk), **common)
        else:
            raise Http404
        messages.success(request, _("Noted."))
    return redirect("mediation:committee")


@opened_to(Role.MEDIATOR, Role.MEDIATION_DIRECTOR)
@require_safe
def helps(request: Request) -> HttpResponse:
    """Checklists of the three ways, articles with how sure they are, what colleagues learnt."""
    kind = request.GET.get("kind", "")
    context = {
        "help": queries.helps(), "kinds": KINDS, "kind": kind, "methods": dict(METHODS),
        "page": page_of(queries.precedents(kind), request.GET, size=20),
    }  # fmt: skip
    return render(request, "mediation/helps.html", context)

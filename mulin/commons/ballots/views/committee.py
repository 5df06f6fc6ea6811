"""The election committee: the state of a vote, its roll, its paper, and what may be done next."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mulin.commons.ballots import keys, queries
from mulin.commons.ballots.actions import (
    anew,
    complaining,
    elections,
    ending,
    holders,
    paper,
    rolls,
    voting,
)
from mulin.commons.ballots.forms import (
    AddForm,
    AnswerForm,
    BoxForm,
    DeedForm,
    EnrolForm,
    ExplainForm,
    ExtendForm,
    HandOutForm,
    KeyForm,
    PrintForm,
    ReasonForm,
    StrikeForm,
)
from mulin.commons.ballots.models import Election, RollEntry
from mulin.commons.ballots.permissions import COMMITTEE, may_hold
from mulin.commons.ballots.registry import room_of
from mulin.commons.ballots.rules import EXTENSION_DAYS, Mark, State, may_draw
from mulin.commons.ballots.rules import may_seal as is_over
from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import DESK_ROLES
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day
from mulin.kit.forms import ActForm
from mulin.kit.paging import page_of

#: What a plain button does. Each takes the election, by, now, token.
DEEDS: dict[str, Callable[..., Election]] = {
    "post": rolls.post_roll,
    "freeze": rolls.freeze_roll,
    "open": elections.open_election,
    "seal": ending.seal_urn,
    "publish": ending.publish,
    "wipe": elections.wipe_trial,
}


@opened_to(*COMMITTEE, *DESK_ROLES)
def votes(request: Request) -> HttpResponse:
    """All votes, the latest first; the desk sees which there are, to send people to the committee."""
    holds = may_hold(request.actor)
    rows = queries.elections() if holds else queries.shown_elections()
    context = {"page": page_of(rows, request.GET, size=20), "may_hold": holds}
    return render(request, "ballots/votes.html", context)


@opened_to(*COMMITTEE)
def held(request: Request, code: str) -> HttpResponse:
    """One vote: how far it is, what is missing, what comes next."""
    return held_page(request, found(code))


def held_page(
    request: Request, election: Election, status: int = 200, **forms: Any
) -> HttpResponse:
    """The page, with what was typed wrong in `forms`."""
    stage, room = election.stage, room_of(election)
    is_undrawn = stage in _COUNTED and queries.has_sample_waiting(election)
    context = {
        "room_url": room.page(election.origin_id) if room else "",
        "election": election,
        "turnout": queries.turnout(election),
        "without_way": queries.without_way_online(election),
        "objections": queries.objections(election),
        "corrections": queries.corrections(election),
        "lines": queries.lines_of(election) if election.is_over else [],
        "shares": election.shares.count(),
        "waiting": queries.sheets_waiting(election) - is_undrawn if stage in _COUNTED else 0,
        "is_undrawn": is_undrawn,
        "is_counted": stage in _COUNTED,
        "next": _next(election, is_time=is_over(stage, election.closes_at, request.now)),
        "deed_form": DeedForm(),
        "enrols": not election.origin_kind and stage in _ENROLS,
        "enrol_form": EnrolForm(),
        "prints": stage in _PRINTS,
        "runs": queries.print_runs(election) if stage in _PRINTS else [],
        "print_form": PrintForm(auto_id=False),
        "key_form": KeyForm(),
        "answer_form": AnswerForm(auto_id=False),
        "complaints": queries.complaints(election),
        "complaint_form": AnswerForm(auto_id=False),
        "lacks_lock": stage in _COUNTED and not keys.has_box_lock(election.pk),
        "anew_form": ReasonForm(auto_id="anew_%s"),
        "has_notice": stage not in {*_ENROLS, State.WIPED},
        "explain_form": ExplainForm(auto_id=False),
        "box_form": BoxForm(),
        "extend_form": ExtendForm(
            initial={"until": local_day(election.closes_at) + timedelta(days=EXTENSION_DAYS - 1)}
        ),
        "withdraw_form": ReasonForm(auto_id="withdraw_%s"),
        "withdraws": election.is_unopened and not election.is_trial,
        "extends": stage is State.OPEN and election.extended_from is None,
        "asks_for_key": stage is State.FROZEN and election.is_online,
    }
    return render(request, "ballots/held.html", context | forms, status=status)


_PRINTS = frozenset({State.FROZEN, State.OPEN})
_ENROLS = frozenset({State.DRAFTED, State.POSTED})
_COUNTED = frozenset({State.SEALED, State.OPENED})


def _next(election: Election, *, is_time: bool) -> list[str]:
    """The buttons of this stage, the next step first."""
    deeds = {
        State.DRAFTED: ["post", "freeze"],
        State.POSTED: ["freeze"],
        State.FROZEN: ["open"],
        State.OPEN: ["seal"] if is_time else [],
        State.OPENED: ["publish"],
    }.get(election.stage, [])
    return [*deeds, "wipe"] if election.is_trial and election.stage is not State.WIPED else deeds


@opened_to(*COMMITTEE)
@require_POST
def deed(request: Request, code: str, deed: str) -> HttpResponse:
    """A button of the page."""
    election, form = found(code), DeedForm(request.POST)
    if deed not in DEEDS:
        raise Http404
    return _acted(
        request, election, form, name="deed_form", said=_("Done."),
        act=lambda: DEEDS[deed](
            election, by=request.actor, now=request.now, token=form.idempotency_token
        ),
    )  # fmt: skip


@opened_to(*COMMITTEE)
@require_POST
def key(request: Request, code: str) -> HttpResponse:
    """The urn's public key."""
    election, form = found(code), KeyForm(request.POST)
    return _acted(
        request, election, form, name="key_form",
        said=_("The key is kept. Three holders confirm their shares now."),
        act=lambda: holders.keep_urn_key(
            election, key=form.cleaned_data["key"], by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
    )  # fmt: skip


@opened_to(*COMMITTEE)
@require_POST
def extend(request: Request, code: str) -> HttpResponse:
    """A later end, once."""
    election, form = found(code), ExtendForm(request.POST)
    return _acted(
        request, election, form, name="extend_form", said=_("Extended. The board says so."),
        act=lambda: elections.extend_vote(
            election, until=form.cleaned_data["until"], reason=form.cleaned_data["reason"],
            by=request.actor, now=request.now, token=form.idempotency_token,
        ),
    )  # fmt: skip


@opened_to(*COMMITTEE)
@require_POST
def withdraw(request: Request, code: str) -> HttpResponse:
    """Take a vote back before its opening."""
    election, form = found(code), ReasonForm(request.POST, auto_id="withdraw_%s")
    return _acted(
        request, election, form, name="withdraw_form", said=_("Withdrawn. Another one may be prepared."),
        act=lambda: elections.withdraw_vote(
            election, reason=form.cleaned_data["reason"], by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
    )  # fmt: skip


@opened_to(*COMMITTEE)
@require_POST
def read_anew(request: Request, code: str) -> HttpResponse:
    """The lock of what was read is gone: all is read again."""
    election, form = found(code), ReasonForm(request.POST, auto_id="anew_%s")
    return _acted(
        request, election, form, name="anew_form",
        said=_("Put aside. Read the sheets again, and bring the ballots again."),
        act=lambda: anew.read_anew(
            election, reason=form.cleaned_data["reason"], by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
    )  # fmt: skip


@opened_to(*COMMITTEE)
@require_POST
def answer_complaint(request: Request, code: str, pk: int) -> HttpResponse:
    """Answer a complaint about how the vote went."""
    election, form = found(code), AnswerForm(request.POST, auto_id=False)
    complaint = get_object_or_404(queries.complaints(election), pk=pk)
    return _acted(
        request, election, form, name="complaint_form", said=_("Answered."),
        act=lambda: complaining.answer_complaint(
            complaint, answer=form.cleaned_data["answer"], by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
    )  # fmt: skip


@opened_to(*COMMITTEE)
@require_POST
def answer(request: Request, code: str, pk: int) -> HttpResponse:
    """Answer an objection."""
    election, form = found(code), AnswerForm(request.POST, auto_id=False)
    objection = get_object_or_404(queries.objections(election), pk=pk)
    return _acted(
        request, election, form, name="answer_form", said=_("Answered."),
        act=lambda: rolls.answer_objection(
            objection, answer=form.cleaned_data["answer"], by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
    )  # fmt: skip


@opened_to(*COMMITTEE)
@require_POST
def box(request: Request, code: str, group: str) -> HttpResponse:
    """What was in the box of a constituency."""
    election, form = found(code), BoxForm(request.POST)
    constituency = get_object_or_404(election.constituencies.all(), code=group)
    return _acted(
        request, election, form, name="box_form", said=_("Written down. Each sheet has its number now."),
        act=lambda: paper.note_box(
            constituency, **form.counts(), by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
        box_of=group,
    )  # fmt: skip


@opened_to(*COMMITTEE)
@require_POST
def explain(request: Request, code: str, group: str) -> HttpResponse:
    """Why a sum is not equal: of the urn ("urn") or of a constituency's paper."""
    election, form = found(code), ExplainForm(request.POST, auto_id=False)
    constituency = election.constituencies.filter(code=group).first()
    if constituency is None and group != "-":
        raise Http404

    def act() -> object:
        words, by, token = form.cleaned_data["words"], request.actor, form.idempotency_token
        if constituency:
            return paper.explain_box(constituency, words=words, by=by, now=request.now, token=token)
        return ending.explain_urn(election, words=words, by=by, now=request.now, token=token)

    said = _("It stands in the protocol.")
    return _acted(request, election, form, name="explain_form", said=said, act=act)


@opened_to(*COMMITTEE)
def roll(request: Request, code: str) -> HttpResponse:
    """Who stands on the roll, and whether they took their ballot. The one place that names them."""
    return roll_page(request, found(code))


def roll_page(
    request: Request, election: Election, status: int = 200, **forms: Any
) -> HttpResponse:
    """The page, with what was typed wrong in `forms`; of whom it was typed, `about` says."""
    rows = queries.roll(election, request.actor)
    about = forms.get("about")
    typed = about.person.name if about else request.GET.get("q", "").strip()
    only = request.GET.get("only", "")
    if typed:
        rows = rows.filter(person__name__contains=typed)
    if only == "paper":
        rows = rows.filter(person__account__isnull=True).exclude(mark=Mark.STRUCK)
    context = {
        "election": election,
        "page": page_of(rows, request.GET, size=30),
        "typed": typed,
        "only": only,
        "gives_out": may_draw(election.stage, election.opens_at, election.closes_at, request.now),
        "corrects": election.stage in {State.FROZEN, State.OPEN},
        "hand_form": HandOutForm(auto_id=False),
        "strike_form": StrikeForm(auto_id=False),
        "add_form": AddForm(election=election),
        "not_taken": Mark.NOT_TAKEN,
    }
    return render(request, "ballots/roll.html", context | forms, status=status)


@opened_to(*COMMITTEE)
@require_POST
def hand_out(request: Request, code: str, pk: int) -> HttpResponse:
    """Tick the roll for a paper ballot."""
    election, form = found(code), HandOutForm(request.POST, auto_id=False)
    entry = _entry(request, election, pk)
    return _acted(
        request, election, form, name="hand_form", said=_("Ticked: give one sheet from the shuffled stack."),
        act=lambda: voting.hand_out(
            entry, way=Mark(form.cleaned_data["way"]), by=request.actor, now=request.now,
            helper=form.cleaned_data["helper"], companion=form.cleaned_data["companion"],
        ),
        about=entry,
    )  # fmt: skip


@opened_to(*COMMITTEE)
@require_POST
def strike(request: Request, code: str, pk: int) -> HttpResponse:
    """Strike somebody off a frozen roll, by protocol."""
    election, form = found(code), StrikeForm(request.POST, auto_id=False)
    entry = _entry(request, election, pk)
    return _acted(
        request, election, form, name="strike_form", said=_("Corrected, and written into the protocol."),
        act=lambda: rolls.correct_roll(
            entry.constituency, person=entry.person, is_added=False,
            reason=form.cleaned_data["reason"], by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
        about=entry,
    )  # fmt: skip


def _acted(
    request: Request, election: Election, form: ActForm, *, name: str, said: str,
    act: Callable[[], object], about: RollEntry | None = None, **more: str,
) -> HttpResponse:  # fmt: skip
    """Do the act of a form; where it was refused, the page comes back with it under its `name`. What
    was done `about` somebody comes back to the roll, to that person's line.
    """
    is_done = form.is_valid() and attempt(form, act) is not None
    if is_done:
        messages.success(request, said)
        if about is None:
            return redirect("ballots:held", code=election.code)
        line = urlencode({"q": about.person.name})
        return redirect(f"{reverse('ballots:roll', args=[election.code])}?{line}")
    if about is None:
        return held_page(request, election, 422, **{name: form}, **more)
    return roll_page(request, election, 422, **{name: form}, about=about)


def found(code: str) -> Election:
    """The vote of a code, for the committee."""
    election: Election = get_object_or_404(queries.elections(), code=code)
    return election


def _entry(request: Request, election: Election, pk: int) -> RollEntry:
    found: RollEntry = get_object_or_404(queries.roll(election, request.actor), pk=pk)
    return found

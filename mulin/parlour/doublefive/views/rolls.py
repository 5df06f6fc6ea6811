"""The roll of a season: its rules, single people, representatives, and the vote's state."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.commons.ballots.permissions import COMMITTEE
from mulin.commons.ballots.queries import one_person
from mulin.commons.ballots.rules import State as Stand
from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import DESK_ROLES, HANDLER_ROLES
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day
from mulin.kit.forms import ActForm, PlainForm
from mulin.kit.paging import page_of
from mulin.parlour.doublefive import queries
from mulin.parlour.doublefive.actions.rolls import (
    begin_roll,
    choose_representative,
    make_roll,
    place_by_hand,
    recall,
    standing_vote,
    word_rule,
)
from mulin.parlour.doublefive.models import Representative, RollRule, Season, SeasonVote
from mulin.parlour.doublefive.permissions import may_keep_representatives, may_keep_roll
from mulin.parlour.doublefive.roll_forms import (
    CountForm,
    PlaceForm,
    RecallForm,
    RepresentativeForm,
    RuleForm,
    days_of,
)
from mulin.parlour.doublefive.rules import Stage

_MAKES_AFRESH = frozenset({Stand.DRAFTED, Stand.POSTED})


@opened_to(*COMMITTEE)
@require_safe
def seasons(request: Request) -> HttpResponse:
    """The committee's way in: years whose list is published."""
    rows = queries.seasons().exclude(stage__in=[Stage.COLLECT, Stage.SCREEN])
    return render(request, "doublefive/rolls.html", {"page": page_of(rows, request.GET)})


@opened_to(*HANDLER_ROLES, *COMMITTEE)
@require_safe
def roll(request: Request, pk: int) -> HttpResponse:
    """How far the roll and the vote of a season are, and what comes next."""
    return roll_page(request, _season(pk))


def roll_page(request: Request, found: Season, status: int = 200, **forms: ActForm) -> HttpResponse:
    """The page, with what was typed wrong in `forms`."""
    keeps = may_keep_roll(request.actor)
    rules = list(queries.roll_rules(found))
    who = queries.electorate_of(found, local_day(request.now)) if rules else None
    counts = who.counts() if who else {}
    page = page_of(queries.placings_of(found), request.GET) if keeps else None
    drafts = found.stage == Stage.ROLL and bool(rules)
    context: dict[str, Any] = {
        "season": found,
        "begins": found.stage == Stage.PUBLISH,
        "may_keep": keeps,
        "may_name": keeps,
        "may_read_terms": may_keep_representatives(request.actor),
        "rules": [(rule, counts[rule.code]) for rule in rules],
        "age_unknown": len(who.age_unknown) if who else 0,
        "page": page,
        "placings": page.rows if page else (),
        "votes": [(vote, vote.election.stage in _MAKES_AFRESH) for vote in queries.votes_of(found)],
        "may_draft": drafts and standing_vote(found) is None,
        "may_try": drafts and standing_vote(found, is_trial=True) is None,
        "act_form": PlainForm(auto_id=False),
        "place_form": PlaceForm(season=found),
        "count_form": CountForm(),
    }
    return render(request, "doublefive/roll.html", context | forms, status=status)


@opened_to(*COMMITTEE)
@require_POST
def begin(request: Request, pk: int) -> HttpResponse:
    """From the published list to the roll."""
    found, form = _season(pk), PlainForm(request.POST, auto_id=False)
    if form.is_valid() and attempt(
        form,
        lambda: begin_roll(found, by=request.actor, now=request.now, token=form.idempotency_token),
    ) is not None:  # fmt: skip
        return redirect("doublefive:roll", pk=pk)
    return roll_page(request, _season(pk), 422, act_form=form)


@opened_to(*COMMITTEE)
def rule(request: Request, pk: int) -> HttpResponse:
    """Who belongs to a constituency."""
    found: RollRule = get_object_or_404(RollRule.objects.select_related("season"), pk=pk)
    names = ("title", "words", "least_age", "is_party", "residency", "is_representative")
    form = RuleForm(request.POST or None, initial={name: getattr(found, name) for name in names})
    if request.method == "POST" and form.is_valid():
        worded = attempt(
            form,
            lambda: word_rule(
                found, form.rule(), by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if worded is not None:
            return redirect("doublefive:roll", pk=found.season_id)
    context = {
        "title": found.title, "form": form, "submit": _("Write it down"),
        "back": reverse("doublefive:roll", args=[found.season_id]),
        "lead": _("The words are posted; what is asked below makes the roll."),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "doublefive/vote_form.html", context, status=status)


@opened_to(*COMMITTEE)
@require_POST
def place(request: Request, pk: int) -> HttpResponse:
    """A decision about one person."""
    found = _season(pk)
    form = PlaceForm(request.POST, season=found)
    if form.is_valid() and attempt(
        form,
        lambda: place_by_hand(
            found, one_person(form.cleaned_data["person"]), form.cleaned_data["rule"],
            reason=form.cleaned_data["reason"], by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
    ) is not None:  # fmt: skip
        messages.success(request, _("Written down. Make the roll afresh so that it counts."))
        return redirect("doublefive:roll", pk=pk)
    return roll_page(request, found, 422, place_form=form)


@opened_to(*COMMITTEE)
@require_POST
def remake(request: Request, pk: int) -> HttpResponse:
    """The roll of a vote, made afresh on this day."""
    vote: SeasonVote = get_object_or_404(
        SeasonVote.objects.select_related("season", "election"), pk=pk
    )
    form = PlainForm(request.POST, auto_id=False)
    if form.is_valid() and attempt(
        form,
        lambda: make_roll(vote, by=request.actor, now=request.now, token=form.idempotency_token),
    ) is not None:  # fmt: skip
        messages.success(request, _("The roll is made afresh."))
        return redirect("doublefive:roll", pk=vote.season_id)
    return roll_page(request, vote.season, 422, act_form=form)


# ── representatives ──────────────────────────────────────────────────────────────────────────


@opened_to(*DESK_ROLES, *COMMITTEE)
def representatives(request: Request) -> HttpResponse:
    """Who speaks for the new residents, by whom put forward, until when."""
    form = RepresentativeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        chosen = attempt(
            form,
            lambda: choose_representative(
                one_person(values["person"]), put_forward_by=values["put_forward_by"],
                chosen_how=values["chosen_how"], **days_of(form), by=request.actor,
                now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if chosen is not None:
            messages.success(request, _("Written down."))
            return redirect("doublefive:representatives")
    return _representatives(request, form, 422 if form.errors else 200)


def _representatives(
    request: Request, form: RepresentativeForm, status: int, about: int | None = None, **more: Any
) -> HttpResponse:  # Any: a form that was refused
    """The page; where something was refused, with the one it is `about` alone."""
    rows = queries.representatives()
    context = {
        "page": page_of(rows if about is None else rows.filter(pk=about), request.GET),
        "back": reverse("doublefive:rolls" if may_keep_roll(request.actor) else "doublefive:list"),
        "recall_of": about,
        "running": set(
            queries.representatives_on(local_day(request.now)).values_list("pk", flat=True)
        ),
        "may_keep": may_keep_representatives(request.actor),
        "form": form,
        "recall_form": RecallForm(auto_id=False),
    }
    return render(request, "doublefive/representatives.html", context | more, status=status)


@opened_to(*DESK_ROLES, *COMMITTEE)
@require_POST
def end_term(request: Request, pk: int) -> HttpResponse:
    """Somebody was recalled."""
    found: Representative = get_object_or_404(Representative, pk=pk)
    form = RecallForm(request.POST, auto_id=False)
    if form.is_valid() and attempt(
        form,
        lambda: recall(
            found, reason=form.cleaned_data["reason"], by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
    ) is not None:  # fmt: skip
        messages.success(request, _("Written down."))
        return redirect("doublefive:representatives")
    return _representatives(request, RepresentativeForm(), 422, about=pk, recall_form=form)


def _season(pk: int) -> Season:
    found: Season = get_object_or_404(Season, pk=pk)
    return found

"""The vote of a season: its terms, its count, and what everybody reads of it."""

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.commons.ballots.actions.rolls import object_to_roll
from mulin.commons.ballots.counting import board as counted
from mulin.commons.ballots.counting import pabulib, recount
from mulin.commons.ballots.counting.count import count
from mulin.commons.ballots.counting.election import Election as Cast
from mulin.commons.ballots.counting.election import Method
from mulin.commons.ballots.permissions import COMMITTEE
from mulin.commons.ballots.queries import objections, own_entry
from mulin.commons.ballots.rules import State as Stand
from mulin.commons.ballots.rules import usual_days
from mulin.ground.community.access import Request, opened_to, public, signed_in
from mulin.ground.people.queries import person_of_account
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day
from mulin.kit.paper.printing import paper
from mulin.parlour.doublefive import queries
from mulin.parlour.doublefive.actions.voting import count_vote, draft_vote
from mulin.parlour.doublefive.models import Season, SeasonVote
from mulin.parlour.doublefive.roll_forms import CountForm, MissingForm, TermsForm
from mulin.parlour.doublefive.views.rolls import roll_page


@opened_to(*COMMITTEE)
def terms(request: Request, pk: int) -> HttpResponse:
    """What is fixed before the roll is posted; of a trial, too."""
    found: Season = get_object_or_404(Season, pk=pk)
    is_trial = request.GET.get("trial") == "1"
    first, last = usual_days(local_day(request.now))
    form = TermsForm(request.POST or None, initial={"opens_at": first, "closes_at": last})
    if request.method == "POST" and form.is_valid():
        drafted = attempt(
            form,
            lambda: draft_vote(
                found, form.fixed(is_trial=is_trial), by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if drafted is not None:
            return redirect("ballots:held", code=drafted.election.code)
    context = {
        "title": _("A trial vote") if is_trial else _("Terms of the vote"),
        "form": form, "submit": _("Fix them and make the roll"),
        "back": reverse("doublefive:roll", args=[pk]),
        "lead": _("Those who work here try everything; then it is wiped.") if is_trial
        else _(
            "Until the opening the vote can be withdrawn. From then on nothing of this can be"
            " changed, but the end may be put off once."
        ),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "doublefive/vote_form.html", context, status=status)


@opened_to(*COMMITTEE)
@require_POST
def count_it(request: Request, pk: int) -> HttpResponse:
    """Count by the rule that was fixed, and record the five."""
    vote: SeasonVote = get_object_or_404(
        SeasonVote.objects.select_related("season", "election"), pk=pk
    )
    form = CountForm(request.POST)
    if form.is_valid():
        done = attempt(
            form,
            lambda: count_vote(
                vote, lot_number=form.cleaned_data["lot_number"], by=request.actor,
                now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if done is not None:
            if done.election.is_trial and done.board:
                chosen = "、".join(queries.sheet_of(done).winners)
                messages.success(
                    request, _("The trial would have chosen: %(names)s") % {"names": chosen}
                )
            return redirect("doublefive:roll", pk=vote.season_id)
    return roll_page(request, vote.season, 422, count_form=form)


# ── for everybody ────────────────────────────────────────────────────────────────────────────


@public
@require_safe
def electorate(request: Request, year: int) -> HttpResponse:
    """Who votes, by which rules; and whoever is signed in reads whether they stand on the roll."""
    return _electorate(request, _season_of(year))


@signed_in
@require_POST
def missing(request: Request, year: int) -> HttpResponse:
    """Say that I am missing on the roll."""
    found, form = _season_of(year), MissingForm(request.POST)
    vote = queries.public_vote(found)
    person = person_of_account(request.actor.account_id or 0)
    if vote is None or person is None:
        raise Http404
    if form.is_valid() and attempt(
        form,
        lambda: object_to_roll(
            vote.election, person=person, words=form.cleaned_data["words"], by=request.actor,
            now=request.now, token=form.idempotency_token,
        ),
    ) is not None:  # fmt: skip
        return redirect("doublefive:electorate", year=year)
    return _electorate(request, found, 422, object_form=form)


def _electorate(
    request: Request, found: Season, status: int = 200, **forms: Any
) -> HttpResponse:  # Any: a form that was refused
    rules = list(queries.roll_rules(found))
    if not rules:
        raise Http404
    vote, person = queries.public_vote(found), request.actor.person_id
    context = {
        "season": found,
        "rules": rules,
        "vote": vote,
        "is_known": person is not None,
        "is_vote_over": vote is not None and vote.election.has_ended(request.now),
        "is_posted": vote is not None and vote.election.stage is Stand.POSTED,
        "entry": own_entry(vote.election, person) if vote else None,
        "objected": list(objections(vote.election).filter(person=person)) if vote and person
        else [],
        "object_form": MissingForm(),
        "here": "ours",
    }  # fmt: skip
    return render(request, "doublefive/electorate.html", context | forms, status=status)


@public
@require_safe
def result(request: Request, year: int) -> HttpResponse:
    """The result with the one sheet that explains it."""
    found = _season_of(year)
    context = _result(found) | {"season": found, "here": "ours"}
    return render(request, "doublefive/result.html", context)


@public
@require_safe
def result_sheet(request: Request, year: int) -> HttpResponse:
    """The one sheet, on paper."""
    found = _season_of(year)
    context = _result(found) | {"season": found}
    name = _("How the Double-Five %(year)s was counted") % {"year": year}
    return paper("doublefive/paper/result.html", context, request=request, name=name)


def _result(found: Season) -> dict[str, Any]:  # Any: values of a template
    vote = _counted(found)
    return {
        "vote": vote, "sheet": queries.sheet_of(vote), "compared": queries.comparisons_of(vote),
        "compares_money": Method.EQUAL_SHARES_ADD1 in (vote.compared or {}).get("winners", {}),
    }  # fmt: skip


@public
@require_safe
def result_file(_request: Request, year: int, what: str) -> HttpResponseBase:
    """What is needed to count again: the board, the script, the ballots as .pb, joint and by group.

    Nothing where a group is so small that its ballots could be told apart.
    """
    vote = _counted(_season_of(year))
    if not queries.sheet_of(vote).is_told:
        raise Http404
    if what == "recount.py":
        return FileResponse(
            Path(recount.__file__).open("rb"), as_attachment=True, filename="recount.py"
        )
    board = _board(vote, what)
    if board is not None:
        answer: HttpResponse = JsonResponse(
            board, json_dumps_params={"ensure_ascii": False, "indent": 1}
        )
    else:
        answer = HttpResponse(_pb(vote, what), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{year}-{what}"'
    return answer


def _board(vote: SeasonVote, what: str) -> counted.Board | None:
    """The board itself, or that of a rule which is shown beside it."""
    if what == "board.json":
        board: counted.Board | None = vote.board
        return board
    return queries.comparison_file(vote, what.removesuffix(".json"))


def _pb(vote: SeasonVote, what: str) -> str:
    cast, rule, lot = counted.read(vote.board or {})
    if what != "all.pb":
        groups = tuple(one for one in cast.constituencies if f"{one.id}.pb" == what)
        if not groups:
            raise Http404
        cast = Cast(cast.projects, groups)
    about = {"description": vote.election.title, "country": "China"}
    return pabulib.write(cast, rule, about=about, result=count(cast, rule, lot))


def _counted(found: Season) -> SeasonVote:
    vote = queries.counted_vote(found)
    if vote is None:
        raise Http404
    return vote


def _season_of(year: int) -> Season:
    found: Season = get_object_or_404(queries.seasons(), year=year)
    return found

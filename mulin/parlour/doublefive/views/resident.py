"""The street's side: the river of a year, an idea offered, one's own idea followed."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mulin.ground.community.access import Request, public
from mulin.kit.acts import attempt
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day
from mulin.kit.forms import ActForm, PlainForm
from mulin.kit.ids import normalise_code
from mulin.kit.paging import page_of
from mulin.parlour.doublefive import queries
from mulin.parlour.doublefive.actions.ideas import agree_to_merge, decline_merge, offer_idea
from mulin.parlour.doublefive.actions.screening import appeal
from mulin.parlour.doublefive.forms import (
    AppealForm,
    OfferForm,
)
from mulin.parlour.doublefive.models import Idea, Merge, Season
from mulin.parlour.doublefive.rules import State
from mulin.parlour.doublefive.views.stages import river_steps

#: How many earlier years stand below the river.
YEARS = 10


@public
@require_safe
def river(request: Request, year: int | None = None) -> HttpResponse:
    """A year as a river of seven stages: what is asked of whom now, what is on the list."""
    rows = queries.seasons()
    found: Season | None = rows.first() if year is None else get_object_or_404(rows, year=year)
    context: dict[str, Any] = {"season": found, "here": "ours"}
    if found is not None:
        chosen = list(queries.chosen_of(found)) if found.is_public else []
        passed = queries.with_pictures(queries.ideas_of(found, State.PASSED))
        page = page_of(passed, request.GET, size=40) if found.is_public and not chosen else None
        shown = [(str(one.place), one.idea) for one in chosen]
        if page is not None:
            shown = [(str(one.number), one) for one in page.rows]
        appraisal, vote = queries.appraisal_of(found), queries.public_vote(found)
        context |= {
            "steps": river_steps(found, request.now),
            "criteria": found.criteria.all(),
            "screeners": queries.screeners_of(found),
            "chosen": chosen,
            "vote": vote,
            "is_vote_over": vote is not None and vote.election.has_ended(request.now),
            "is_counted": queries.is_counted(found),
            "page": page,
            "map": queries.map_of(shown),
            "appraisal": appraisal,
            "appraises": appraisal is not None and appraisal.takes_answers(local_day(request.now)),
            "others": rows.exclude(pk=found.pk)[:YEARS],
        }
    return render(request, "doublefive/river.html", context)


@public
def offer(request: Request) -> HttpResponse:
    """Offer an idea: one line is enough."""
    found = queries.collecting()
    is_known = request.actor.account_id is not None
    form = OfferForm(request.POST or None, request.FILES or None, is_known=is_known)
    if request.method == "POST" and form.is_valid():
        idea = attempt(
            form,
            lambda: offer_idea(
                form.public(), words=form.cleaned_data["words"],
                contact_phone=form.cleaned_data.get("phone", ""),
                photos=form.cleaned_data["photos"],
                by=request.actor.by(Channel.ONLINE), now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if idea is not None:
            return redirect("doublefive:mine", code=idea.follow_code)
    context = {"form": form, "season": found, "here": "ours"}
    return render(request, "doublefive/offer.html", context, status=422 if form.errors else 200)


@public
@never_cache
@require_safe
def mine(request: Request, code: str) -> HttpResponse:
    """One's own idea: how it stands, what one is asked, the appeal."""
    return _mine_page(request, _own(code))


@public
@require_POST
def merge_answer(request: Request, code: str) -> HttpResponse:
    """The author's yes or no to a merge."""
    idea = _own(code)
    form = PlainForm(request.POST)
    answer = answer_of(request, idea, form)
    return _act(
        request, idea, form, "plain_form",
        lambda: answer(
            idea, code=idea.follow_code, by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
    )  # fmt: skip


@public
@require_POST
def make_appeal(request: Request, code: str) -> HttpResponse:
    """The author's one appeal."""
    idea = _own(code)
    form = AppealForm(request.POST)
    return _act(
        request, idea, form, "appeal_form",
        lambda: appeal(
            idea, form.cleaned_data["words"], code=idea.follow_code, by=request.actor,
            now=request.now, token=form.idempotency_token,
        ),
    )  # fmt: skip


def _act(
    request: Request, idea: Idea, form: ActForm, name: str, act: Callable[[], object]
) -> HttpResponse:
    if form.is_valid() and attempt(form, act) is not None:
        return redirect("doublefive:mine", code=idea.follow_code)
    return _mine_page(request, _own(idea.follow_code), **{name: form})


def _mine_page(request: Request, idea: Idea, **sent: ActForm) -> HttpResponse:
    merges = [one for one in queries.merges_of(idea)[:10] if one.is_open]
    context: dict[str, Any] = {
        "idea": idea,
        "season": idea.season,
        "asked": [one for one in merges if not _has_agreed(one, idea)],
        "waits_for_other": any(_has_agreed(one, idea) for one in merges),
        "may_appeal": idea.may_appeal(request.now),
        "appeal_form": AppealForm(),
        "plain_form": PlainForm(),
        "here": "mine",
    }
    return render(request, "doublefive/mine.html", context | sent, status=422 if sent else 200)


def _has_agreed(merge: Merge, idea: Idea) -> bool:
    answered = merge.idea_agreed_at if merge.idea_id == idea.pk else merge.into_agreed_at
    return answered is not None


def _own(code: str) -> Idea:
    rows = Idea.objects.select_related("season", "criterion", "part_of")
    found: Idea | None = rows.filter(follow_code=normalise_code(code)).first()
    if found is None:
        raise Http404
    return found


def answer_of(request: Request, idea: Idea, form: ActForm) -> Callable[..., Merge]:
    """What the pressed button says to the merge it is about; a fault in the form where there is
    none any more.
    """
    typed = request.POST.get("merge", "")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0  # noqa: PLR2004
    merge: Merge | None = queries.merges_of(idea).filter(pk=number).first()
    if merge is None:
        form.add_error(None, _("This was answered already. Open the page again to see."))
        return decline_merge
    return partial(agree_to_merge if request.POST.get("answer") == "yes" else decline_merge, merge)

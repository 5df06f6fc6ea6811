"""Holding a survey: the years, one survey's progress, its questions, its days."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import DESK_ROLES, HANDLER_ROLES, Role
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day
from mulin.kit.forms import PlainForm
from mulin.kit.paging import page_of
from mulin.parlour.survey.actions.holding import (
    close_survey,
    draft_survey,
    open_survey,
    prolong,
    publish_survey,
    word_questions,
)
from mulin.parlour.survey.forms import (
    DraftForm,
    OpenForm,
    ProlongForm,
    QuestionsForm,
)
from mulin.parlour.survey.models import Survey
from mulin.parlour.survey.permissions import may_enter, may_hold, may_read_remarks
from mulin.parlour.survey.queries import (
    remarks,
    reports,
    responses,
    summed,
    surveys,
    ways_of,
    year_to_draft,
)
from mulin.parlour.survey.rules import letter_parts
from mulin.parlour.survey.shown import way_words
from mulin.parlour.survey.telling import of_one


@opened_to(*HANDLER_ROLES)
def survey_list(request: Request) -> HttpResponse:
    """All years; the head begins the next."""
    form = DraftForm(request.POST or None, initial={"year": year_to_draft(local_day(request.now))})
    if request.method == "POST" and form.is_valid():
        year = form.cleaned_data["year"]
        drafted = attempt(
            form,
            lambda: draft_survey(
                year, by=request.actor, now=request.now, token=form.idempotency_token
            ),
        )
        if drafted is not None:
            return redirect("survey:survey", pk=drafted.pk)
    context = {
        "page": page_of(surveys(), request.GET),
        "form": form,
        "may_hold": may_hold(request.actor),
    }
    return render(request, "survey/list.html", context)


@opened_to(*HANDLER_ROLES)
@require_safe
def survey(request: Request, pk: int) -> HttpResponse:
    """How far it is: the rate with what it is a share of, by grid, and what can be done next."""
    return _survey_page(request, _survey(pk), ProlongForm())


@opened_to(Role.HEAD)
def questions(request: Request, pk: int) -> HttpResponse:
    """The words of the questions, as long as nobody was asked."""
    found = _survey(pk)
    asked = dict(found.questions.values_list("field", "words"))
    form = QuestionsForm(request.POST or None, initial={**asked, "free_words": found.free_words})
    if request.method == "POST" and form.is_valid():
        worded = attempt(
            form,
            lambda: word_questions(
                found, form.words(), free_words=form.cleaned_data["free_words"],
                by=request.actor, now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if worded is not None:
            messages.success(request, _("The questions are written down."))
            return redirect("survey:survey", pk=pk)
    return render(request, "survey/questions.html", {"survey": found, "form": form})


@opened_to(Role.HEAD)
def begin(request: Request, pk: int) -> HttpResponse:
    """Draw the households and open the survey."""
    found = _survey(pk)
    form = OpenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        opened = attempt(
            form,
            lambda: open_survey(
                found, method=values["method"], size=values["size"], seed=values["seed"],
                last_day=values["last_day"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if opened is not None:
            messages.success(request, _("The households are drawn. Print the letters now."))
            return redirect("survey:survey", pk=pk)
    return render(request, "survey/begin.html", {"survey": found, "form": form})


@opened_to(Role.HEAD)
@require_POST
def set_last_day(request: Request, pk: int) -> HttpResponse:
    """Prolong the survey, or end it sooner."""
    found = _survey(pk)
    form = ProlongForm(request.POST)
    if form.is_valid() and attempt(
        form,
        lambda: prolong(
            found, last_day=form.cleaned_data["last_day"], by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
    ) is not None:  # fmt: skip
        messages.success(request, _("The last day is set."))
        return redirect("survey:survey", pk=pk)
    return _survey_page(request, _survey(pk), form, status=422)


@opened_to(Role.HEAD)
@require_POST
def close(request: Request, pk: int) -> HttpResponse:
    """Nothing comes in any more."""
    found, form = _survey(pk), PlainForm(request.POST)
    if (
        form.is_valid()
        and attempt(
            form,
            lambda: close_survey(
                found, by=request.actor, now=request.now, token=form.idempotency_token
            ),
        )
        is not None
    ):
        messages.success(request, _("Closed. Publish it when the council has seen it."))
        return redirect("survey:survey", pk=pk)
    return _survey_page(request, _survey(pk), ProlongForm(), refused=form, status=422)


@opened_to(Role.HEAD)
@require_POST
def publish(request: Request, pk: int) -> HttpResponse:
    """Write the figures down for good."""
    found, form = _survey(pk), PlainForm(request.POST)
    if (
        form.is_valid()
        and attempt(
            form,
            lambda: publish_survey(
                found, by=request.actor, now=request.now, token=form.idempotency_token
            ),
        )
        is not None
    ):
        messages.success(request, _("Published. The figures stay as they are."))
        return redirect("survey:result", year=found.year)
    return _survey_page(request, _survey(pk), ProlongForm(), refused=form, status=422)


@opened_to(*DESK_ROLES)
@require_safe
def remark_list(request: Request, pk: int) -> HttpResponse:
    """What people wrote, once the survey is closed."""
    found = _survey(pk)
    if not (found.is_over and may_read_remarks(request.actor)):
        raise Http404
    context = {"survey": found, "page": page_of(remarks(found), request.GET)}
    return render(request, "survey/remarks.html", context)


def _survey(pk: int) -> Survey:
    found: Survey = get_object_or_404(surveys(), pk=pk)
    return found


def _survey_page(
    request: Request, found: Survey, form: ProlongForm, *, refused: PlainForm | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    by_grid = {} if found.is_drafted else responses(found)
    context: dict[str, Any] = {
        "survey": found,
        "questions": found.questions.all() if found.is_drafted else (),
        "grids": [
            (grid, part)
            for grid, part in by_grid.items()
            # Whoever may not see its households reads no counts of a few of them either.
            if request.actor.is_desk or grid.pk in request.actor.grid_ids
        ],
        "total": summed(by_grid.values()),
        "ways": way_words(of_one(dict(ways_of(found)))),
        "parts": letter_parts(max((part.eligible for part in by_grid.values()), default=0)),
        "form": form,
        "act_form": refused or PlainForm(),
        "may_close": found.is_open
        and found.last_day is not None
        and local_day(request.now) > found.last_day,
        "may_hold": may_hold(request.actor),
        "may_enter": may_enter(request.actor),
        "report": reports().filter(survey=found).first() if found.is_published else None,
    }
    return render(request, "survey/survey.html", context, status=status)

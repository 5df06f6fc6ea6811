"""The desk asks: whom to call, sheets on paper, letters to print."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.models import Grid
from mulin.ground.community.rules import DESK_ROLES, HANDLER_ROLES
from mulin.kit.acts import attempt
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day
from mulin.kit.forms import PlainForm
from mulin.kit.paging import page_of
from mulin.kit.paper.printing import paper
from mulin.parlour.survey.actions.asking import note_letters, note_try, renew_letter, type_paper
from mulin.parlour.survey.forms import (
    HouseholdFilterForm,
    PaperForm,
    TryForm,
)
from mulin.parlour.survey.models import Sampled, Survey
from mulin.parlour.survey.permissions import may_enter
from mulin.parlour.survey.queries import (
    code_of,
    household_behind,
    households,
    letters,
    surveys,
    whom_to_ask,
)
from mulin.parlour.survey.rules import LETTERS_AT_ONCE, in_fours
from mulin.parlour.survey.sheets import asked_by


@opened_to(*HANDLER_ROLES)
def household_list(request: Request, pk: int) -> HttpResponse:
    """Whom to ask next; an officer sees those of their grids."""
    survey = _survey(pk)
    if survey.is_drafted:
        raise Http404
    return render(request, "survey/households.html", _list(request, survey))


@opened_to(*HANDLER_ROLES)
def household(request: Request, pk: int) -> HttpResponse:
    """One household: whom to call, what came of it, and the faces while one talks."""
    sampled: Sampled = get_object_or_404(
        Sampled.objects.visible_to(request.actor).select_related("survey__standard", "grid", "entered_by"), pk=pk
    )  # fmt: skip
    survey, may_answer = sampled.survey, may_enter(request.actor)
    form = TryForm(request.POST or None, survey=survey, may_answer=may_answer)
    if request.method == "POST" and form.is_valid():
        by = request.actor.by(Channel.PHONE if may_answer else Channel.DOOR)
        noted = attempt(
            form,
            lambda: note_try(
                sampled, form.cleaned_data["outcome"], by=by, answers=form.answers(),
                now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if noted is not None:
            messages.success(request, _("Written down. Here is the next one."))
            return redirect("survey:households", pk=survey.pk)
    context = _list(request, survey) | {
        "sampled": sampled,
        "people": whom_to_ask(sampled, local_day(request.now)),
        "form": form,
        "act_form": PlainForm(),
        "takes_answers": survey.is_open and sampled.returned_on is None,
    }
    return render(request, "survey/households.html", context)


@opened_to(*DESK_ROLES)
@require_POST
def new_letter(request: Request, pk: int) -> HttpResponse:
    """The letter was lost: its code ends here."""
    sampled: Sampled = get_object_or_404(Sampled.objects.select_related("survey"), pk=pk)
    form = PlainForm(request.POST)
    if (
        form.is_valid()
        and attempt(
            form,
            lambda: renew_letter(
                sampled, by=request.actor, now=request.now, token=form.idempotency_token
            ),
        )
        is not None
    ):
        messages.success(request, _("The old code is dead. Print the letters of the grid again."))
    else:
        messages.error(request, _("This household has answered already, or the survey is over."))
    return redirect("survey:household", pk=pk)


@opened_to(*DESK_ROLES)
def paper_sheets(request: Request, pk: int) -> HttpResponse:
    """Type one sheet after the other: code, crosses, next."""
    survey = _survey(pk)
    if not survey.is_open:
        raise Http404
    form = PaperForm(request.POST or None, survey=survey)
    if request.method == "POST" and form.is_valid() and _typed(request, survey, form):
        messages.success(request, _("Taken in. Now the next sheet."))
        return redirect("survey:paper", pk=pk)
    return render(request, "survey/paper.html", {"survey": survey, "form": form})


def _typed(request: Request, survey: Survey, form: PaperForm) -> bool:
    sampled = household_behind(form.cleaned_data["code"])
    if sampled is None or sampled.survey_id != survey.pk:
        form.add_error("code", _("This survey has no such code. A newer letter may replace it."))
        return False
    taken = attempt(
        form,
        lambda: type_paper(
            sampled, form.answers(), by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
    )  # fmt: skip
    return taken is not None


@opened_to(*DESK_ROLES)
@require_POST
def print_letters(request: Request, pk: int) -> HttpResponse:
    """The letters of a grid with code and questions, so many at a time."""
    survey = _survey(pk)
    grid = Grid.objects.filter(pk=_number(request.POST.get("grid"))).first()
    part = max(_number(request.POST.get("part")), 1)
    form = PlainForm(request.POST)
    if not survey.is_open or not form.is_valid():
        raise Http404
    start = (part - 1) * LETTERS_AT_ONCE
    shown = list(letters(survey, grid.pk)[start : start + LETTERS_AT_ONCE]) if grid else []
    if grid is None or not shown:
        messages.info(request, _("Everybody of this grid has answered: no letter is left."))
        return redirect("survey:survey", pk=pk)
    note_letters(
        survey, grid, len(shown), by=request.actor, now=request.now, token=form.idempotency_token
    )
    context: dict[str, Any] = {
        "survey": survey,
        "asked": asked_by(survey),
        "letters": [(one, code_of(one), in_fours(code_of(one))) for one in shown],
    }
    name = _("Letters %(grid)s %(part)s") % {"grid": grid, "part": part}
    return paper("survey/paper/letters.html", context, request=request, name=name)


def _survey(pk: int) -> Survey:
    found: Survey = get_object_or_404(surveys(), pk=pk)
    return found


def _number(typed: str | None) -> int:
    return int(typed) if typed and typed.isascii() and typed.isdigit() else 0


def _list(request: Request, survey: Survey) -> dict[str, Any]:
    asked_for = HouseholdFilterForm(request.GET)
    values = asked_for.cleaned_data if asked_for.is_valid() else {}
    show, grid_id = values.get("show") or "", values.get("grid")
    rows = households(survey, request.actor, show=show, grid_id=grid_id)
    return {
        "survey": survey,
        "page": page_of(rows, request.GET),
        "show": show,
        "grid_id": grid_id,
        "grids": Grid.objects.all() if request.actor.is_desk else (),
        "filter_form": asked_for,
        "may_enter": may_enter(request.actor),
    }

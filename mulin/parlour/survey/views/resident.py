"""The street's side: answer by the code of the letter, and read what was published."""

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mulin.ground.community.access import Request, public
from mulin.kit.acts import attempt
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day
from mulin.kit.paging import page_of
from mulin.parlour.survey.actions.asking import answer_by_code
from mulin.parlour.survey.forms import AnswersForm, CodeForm
from mulin.parlour.survey.queries import (
    earlier_answers,
    household_behind,
    open_survey_now,
    overall,
    reports,
)
from mulin.parlour.survey.rules import in_fours
from mulin.parlour.survey.shown import earlier_shown, others_shown, question_shown, way_words

#: How many years are compared.
YEARS_COMPARED = 4


@public
def letter(request: Request) -> HttpResponse:
    """Type the code of the letter; scanning it comes here no more."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        if household_behind(code) is not None:
            return redirect("survey:answer", code=code)
        form.add_error(
            "code", _("We know no such letter. A newer letter may replace it; or ring us.")
        )
    context = {"form": form, "open": open_survey_now(local_day(request.now)), "here": "ours"}
    return render(request, "survey/letter.html", context)


@public
@never_cache
def answer(request: Request, code: str) -> HttpResponse:
    """The questions of a household, once; neither an account nor a name is asked for."""
    sampled = household_behind(code)
    if sampled is None:
        raise Http404
    survey = sampled.survey
    context: dict[str, Any] = {"survey": survey, "code": in_fours(code), "here": "ours"}
    if sampled.returned_on is not None or not survey.takes_answers(local_day(request.now)):
        context["is_done"] = sampled.returned_on is not None
        return render(request, "survey/done.html", context)
    form = AnswersForm(request.POST or None, survey=survey)
    if request.method == "POST" and form.is_valid():
        taken = attempt(
            form,
            lambda: answer_by_code(
                sampled, form.answers(), by=request.actor.by(Channel.QR), now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if taken is not None:
            return redirect("survey:thanks")
    return render(request, "survey/answer.html", context | {"form": form})


@public
@require_safe
def thanks(request: Request) -> HttpResponse:
    """It is in; the code is not in this address."""
    return render(request, "survey/done.html", {"is_thanks": True, "here": "ours"})


@public
@require_safe
def result_list(request: Request) -> HttpResponse:
    """All years that were published, and the one that runs."""
    page = page_of(reports(), request.GET, size=20)
    context = {
        "page": page,
        "years": [(report, overall(report)) for report in page.rows],
        "open": open_survey_now(local_day(request.now)),
        "here": "ours",
    }
    return render(request, "survey/results.html", context)


@public
@require_safe
def result(request: Request, year: int) -> HttpResponse:
    """One year: the figure, how sure it is, who took part, by question, by grid, and before."""
    found = list(reports().filter(survey__year__lte=year)[: YEARS_COMPARED + 1])
    if not found or found[0].survey.year != year:
        raise Http404
    report = found[0]
    earlier = earlier_answers(report, found[1:])
    figures = report.told
    context = {
        "report": report,
        "figures": figures,
        "since": date.fromisoformat(figures["standard"]["since"]),
        "overall": overall(report),
        "earlier": earlier_shown(earlier.get("overall", ())),
        "ways": way_words(figures["ways"]),
        "others": others_shown(figures["response"]),
        "questions": [
            question_shown(line, earlier.get(line["field"], ())) for line in figures["questions"]
        ],
        "here": "ours",
    }
    return render(request, "survey/result.html", context)

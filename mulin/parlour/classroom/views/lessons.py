"""Lessons: the list, planning, one lesson with its quiz and drill; frauds stopped; coverage."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.commons.gatherings.permissions import may_keep
from mulin.commons.gatherings.queries import counts_of
from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import HANDLER_ROLES
from mulin.ground.people.models import Person
from mulin.ground.people.queries import roll
from mulin.kit.acts import attempt, why_not
from mulin.kit.clock import local_day
from mulin.kit.forms import PlainForm
from mulin.kit.paging import page_of
from mulin.parlour.classroom.actions.lessons import count_audience, plan_lesson, tell_stopped
from mulin.parlour.classroom.actions.quiz import end_quiz, lead_on, open_quiz, put_on_paper
from mulin.parlour.classroom.forms import (
    AudienceForm,
    LeadForm,
    LessonForm,
    StoppedForm,
)
from mulin.parlour.classroom.models import Draw, Lesson, StoppedFraud
from mulin.parlour.classroom.permissions import TEACHER_ROLES
from mulin.parlour.classroom.queries import (
    coverage,
    drill_told,
    feedback_of,
    lesson_of,
    reached_by,
    standing,
)
from mulin.parlour.classroom.queries import lessons as rows_of_lessons

_FOUND_AT_ONCE = 8
_FRAUDS_AT_ONCE = 15


@opened_to(*TEACHER_ROLES)
@require_safe
def lesson_list(request: Request) -> HttpResponse:
    """What is to come, the next first; or what was held."""
    show = request.GET.get("show", "")
    rows = rows_of_lessons()
    if show == "past":
        rows = rows.filter(gathering__ends_at__lt=request.now)
    else:
        rows = rows.filter(gathering__ends_at__gte=request.now).order_by("gathering__starts_at")
    context = {"page": page_of(rows, request.GET), "show": show}
    return render(request, "classroom/lessons.html", context)


@opened_to(*TEACHER_ROLES)
def new(request: Request) -> HttpResponse:
    """Plan a lesson with a kit."""
    form = LessonForm(request.POST or None, initial={"kit": request.GET.get("kit")})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        planned = attempt(
            form,
            lambda: plan_lesson(
                form.plan(), kit=values["kit"], site=values["site"], grid=values["grid"],
                teacher=values["teacher"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if planned is not None:
            messages.success(request, _("It stands in the calendar. Nobody has been told yet."))
            return redirect("classroom:lesson", pk=planned.pk)
    return render(request, "classroom/lesson_new.html", {"form": form})


@opened_to(*TEACHER_ROLES)
@require_safe
def lesson(request: Request, pk: int) -> HttpResponse:
    """One lesson: when and where, its class code, quiz, drill, who was reached, what was said."""
    return _page(request, _lesson(pk))


@opened_to(*TEACHER_ROLES)
@require_safe
def of_gathering(request: Request, pk: int) -> HttpResponse:
    """From a gathering to its lesson."""
    found = lesson_of(pk)
    if found is None:
        raise Http404
    return redirect("classroom:lesson", pk=found.pk)


@opened_to(*TEACHER_ROLES)
@require_POST
def work(request: Request, pk: int, deed: str) -> HttpResponse:
    """Open the quiz, lead it on, end it, put it on paper; count who came."""
    found = _lesson(pk)
    if deed == "audience":
        return _count(request, found)
    form = LeadForm(request.POST) if deed == "next" else PlainForm(request.POST)
    act = _deeds(request, found, form).get(deed)
    if act is None or not form.is_valid():
        raise Http404
    if attempt(form, act) is None:
        messages.error(request, why_not(form))
    return redirect("classroom:lesson", pk=pk)


@opened_to(*HANDLER_ROLES)
def frauds(request: Request) -> HttpResponse:
    """Frauds that were stopped, and the form for the next one."""
    query = request.GET.get("q", "")
    form = StoppedForm(
        request.POST or None, by=request.actor, now=request.now,
        initial={"day": local_day(request.now).isoformat(), "person": request.GET.get("person")},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        told = attempt(
            form,
            lambda: tell_stopped(
                day=local_day(values["day"]), trick=values["trick"],
                amount_yuan=values["amount_yuan"], stopper=values["stopper"], how=values["how"],
                person=values["person"], lesson=values["lesson"], by=request.actor,
                now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if told is not None:
            messages.success(request, _("Written down. Thank whoever stopped it."))
            return redirect("classroom:frauds")
    rows = StoppedFraud.objects.select_related("lesson__gathering", "person")
    page = page_of(rows, request.GET, size=_FRAUDS_AT_ONCE)
    named = Person.objects.visible_to(request.actor).filter(
        pk__in=[row.person_id for row in page.rows if row.person_id]
    )
    context = {
        "form": form,
        "page": page,
        # An officer reads how it was stopped, and a name only where it is of their grid.
        "seen": set(named.values_list("pk", flat=True)),
        "query": query,
        "found": list(roll(request.actor, query=query)[:_FOUND_AT_ONCE]) if query else [],
    }
    return render(request, "classroom/frauds.html", context)


@opened_to(*TEACHER_ROLES)
@require_safe
def reach(request: Request) -> HttpResponse:
    """Whom no lesson has reached, and at which place the next one would reach most of them."""
    found = coverage(request.now)
    context = {"coverage": found, "page": page_of(found.buildings, request.GET, size=30)}
    return render(request, "classroom/coverage.html", context)


def _lesson(pk: int) -> Lesson:
    found: Lesson = get_object_or_404(rows_of_lessons(), pk=pk)
    return found


def _deeds(request: Request, found: Lesson, form: Any) -> dict[str, Callable[[], Lesson]]:
    by, now = request.actor, request.now
    return {
        "quiz": lambda: open_quiz(found, by=by, now=now, token=form.idempotency_token),
        "next": lambda: lead_on(
            found, form.cleaned_data["edition"], by=by, now=now, token=form.idempotency_token
        ),
        "end": lambda: end_quiz(found, by=by, now=now, token=form.idempotency_token),
        "paper": lambda: put_on_paper(found, by=by, now=now, token=form.idempotency_token),
    }


def _count(request: Request, found: Lesson) -> HttpResponse:
    form = AudienceForm(request.POST, lesson=found)
    if form.is_valid():
        counted = attempt(
            form,
            lambda: count_audience(
                found, form.counts(), by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if counted is not None:
            messages.success(request, _("Counted."))
            return redirect("classroom:lesson", pk=found.pk)
    return _page(request, found, audience_form=form, status=422)


def _page(
    request: Request, found: Lesson, *, audience_form: AudienceForm | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    context: dict[str, Any] = {
        "lesson": found,
        "gathering": found.gathering,
        "counts": counts_of(found.gathering),
        "may_keep": may_keep(request.actor, found.gathering),
        "reached": reached_by(found, local_day(request.now)),
        "feedback": feedback_of(found),
        "drill": drill_told(found),
        "draws": list(Draw.objects.filter(lesson=found)),
        "standing": standing(found) if found.runs else [],
        "tally": list(zip(found.kit.items, found.tally, strict=False)),
        "sheet_tally": list(zip(found.kit.items, found.sheet_tally, strict=False)),
        "audience_form": audience_form or AudienceForm(lesson=found),
        "lead": LeadForm(initial={"edition": found.edition}, auto_id=False),
        "act": PlainForm(auto_id=False),
    }
    return render(request, "classroom/lesson.html", context, status=status)

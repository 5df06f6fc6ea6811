"""Gaps and criteria, courses and who passed, newcomers, partners; a worker's own card."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.commons.gatherings.permissions import may_keep
from mulin.commons.paper.actions.sheets import print_sheets
from mulin.commons.paper.pressing import sheets_on_paper
from mulin.commons.paper.rules import MOST_SHEETS
from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import Role
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day
from mulin.kit.forms import PlainForm
from mulin.kit.paging import page_of
from mulin.kit.refusals import Refused
from mulin.workshop.production.models import Skill, Worker
from mulin.workshop.production.queries import person_typed
from mulin.workshop.production.rules import KEEPERS
from mulin.workshop.skills import queries
from mulin.workshop.skills.actions import (
    assess,
    begin_work,
    end_partnership,
    found_partnership,
    give_up,
    keep_promise,
    plan_course,
    take_example,
    talk_with,
    write_promise,
    write_syllabus,
)
from mulin.workshop.skills.forms import (
    AssessForm,
    CourseForm,
    GiveUpForm,
    KeptForm,
    PartnerForm,
    PromiseForm,
    SyllabusForm,
    TalkForm,
)
from mulin.workshop.skills.models import STAGE_LABELS, Course, Newcomer, Partner, Promise
from mulin.workshop.skills.rules import end_of_next_month
from mulin.workshop.skills.sheets import ASSESSMENT_SHEET, to_assess


@opened_to(*KEEPERS)
@require_safe
def gaps(request: Request) -> HttpResponse:
    """What the order book wants until the end of next month, and who can do it."""
    today = local_day(request.now)
    context = {
        "gaps": queries.gaps(today),
        "until": end_of_next_month(today),
        "lapsing": queries.lapsing_skills(today),
        "today": today,
        "examples": queries.examples_left(),
        "plain_form": PlainForm(),
    }
    return render(request, "skills/gaps.html", context)


@opened_to(*KEEPERS)
@require_POST
def example(request: Request) -> HttpResponse:
    """A skill of the product with its points becomes the community's own."""
    form = PlainForm(request.POST)
    name = request.POST.get("name", "")
    taken = None if not form.is_valid() else attempt(
        form,
        lambda: take_example(
            name, by=request.actor, now=request.now, token=form.idempotency_token
        ),
    )  # fmt: skip
    if taken is None:
        messages.error(request, " ".join(map(str, form.non_field_errors())))
        return redirect("skills:gaps")
    messages.success(request, _("Taken over. Read the points and change what is otherwise here."))
    return redirect("skills:syllabus", pk=taken.skill_id)


@opened_to(*KEEPERS)
def syllabus(request: Request, pk: int) -> HttpResponse:
    """What must be shown for a skill, and who showed it lately."""
    skill: Skill = get_object_or_404(Skill.objects.all(), pk=pk)
    found = queries.syllabus_of(skill)
    initial = (
        {"criteria": found.criteria, "months": found.months, "materials": found.materials}
        if found
        else {}
    )
    form = SyllabusForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        written = attempt(
            form,
            lambda: write_syllabus(
                skill, criteria=values["criteria"], months=values["months"],
                materials=values["materials"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if written is not None:
            messages.success(request, _("Written down."))
            return redirect("skills:gaps")
    context = {
        "skill": skill,
        "form": form,
        "latest": found.assessments.select_related("person")[:20] if found else [],
    }
    return render(request, "skills/syllabus.html", context, status=422 if form.errors else 200)


@opened_to(*KEEPERS)
def courses(request: Request) -> HttpResponse:
    """What is to come and what was held, and the form for the next."""
    initial = {"syllabus": request.GET.get("skill", "")}
    form = CourseForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        planned = attempt(
            form,
            lambda: plan_course(
                form.plan(), syllabus=values["syllabus"], teacher=values["teacher"],
                partner=values["partner"], materials=values["materials"], by=request.actor,
                now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if planned is not None:
            messages.success(request, _("It stands in the calendar. Nobody has been told yet."))
            return redirect("skills:course", pk=planned.pk)
    context = {"form": form, "page": page_of(queries.courses(), request.GET)}
    return render(request, "skills/courses.html", context, status=422 if form.errors else 200)


@opened_to(*KEEPERS)
def course(request: Request, pk: int) -> HttpResponse:
    """One course: who comes, and what each of them showed."""
    found = _course(pk)
    refused: AssessForm | None = None
    if request.method == "POST":
        form = AssessForm(request.POST, course=found)
        if form.is_valid() and attempt(form, lambda: _assess(request, found, form)) is not None:
            messages.success(request, _("Written down."))
            return redirect("skills:course", pk=pk)
        refused = form
    page = page_of(queries.on_list(found), request.GET)
    rows = queries.taught(found, page.rows)
    context = {
        "page": page,
        "course": found,
        "gathering": found.gathering,
        "may_keep": may_keep(request.actor, found.gathering),
        "plain_form": PlainForm(),
        "lines": [(one, _form_for(one, found, refused)) for one in rows],
    }
    return render(request, "skills/course.html", context, status=422 if refused else 200)


def _assess(request: Request, found: Course, form: AssessForm) -> object:
    values = form.cleaned_data
    coming = queries.on_list(found).filter(person=values["who"]).first()
    if coming is None:
        raise Refused(_("Whoever is assessed is on the list of the course."))
    return assess(
        coming.person, found.syllabus, met=form.met, assessor=values["assessor"],
        course=found, by=request.actor, now=request.now, token=form.idempotency_token,
    )  # fmt: skip


def _form_for(one: queries.Taught, found: Course, refused: AssessForm | None) -> AssessForm:
    person = one.attendance.person_id
    if refused is not None and refused.data.get("who") == str(person):
        return refused
    return AssessForm(
        course=found, auto_id=f"p{person}_%s",
        initial={"who": person, "assessor": found.teacher},
    )  # fmt: skip


def _course(pk: int) -> Course:
    found: Course = get_object_or_404(queries.courses(), pk=pk)
    return found


@opened_to(*KEEPERS)
@require_POST
def course_sheets(request: Request, pk: int) -> HttpResponse:
    """A sheet to tick for each who came and has not shown all of it."""
    found = _course(pk)
    form = PlainForm(request.POST)
    refs = [ref for ref, _name in to_assess(request.actor, request.now) if ref.startswith(f"{pk}-")]
    token = form.idempotency_token if form.is_valid() else ""
    sheets = [
        sheet
        for place, ref in enumerate(refs[:MOST_SHEETS])
        for sheet in print_sheets(
            ASSESSMENT_SHEET, count=1, about=ref, by=request.actor, now=request.now,
            token=f"{token[:40]}-{place}",
        )
    ]  # fmt: skip
    if not sheets:
        messages.error(request, _("Nobody who came has anything left to show."))
        return redirect("skills:course", pk=found.pk)
    return sheets_on_paper(request, ASSESSMENT_SHEET, sheets)


@opened_to(*KEEPERS)
@require_safe
def of_gathering(request: Request, pk: int) -> HttpResponse:
    """From a gathering to its course."""
    found: Course = get_object_or_404(Course.objects.all(), gathering=pk)
    return redirect("skills:course", pk=found.pk)


@opened_to(*KEEPERS)
def newcomers(request: Request) -> HttpResponse:
    """Who would like to work, and how far each is."""
    form = TalkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        talked = attempt(
            form,
            lambda: talk_with(
                person_typed(request.actor, values["who"]), wish=values["wish"],
                minutes_wished=int(values["hours"] * 60), skill=values["skill"],
                by=request.actor, now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if talked is not None:
            messages.success(request, _("Written down."))
            return redirect("skills:newcomers")
    return _newcomers(request, form)


@opened_to(*KEEPERS)
@require_POST
def newcomer_act(request: Request, pk: int, deed: str) -> HttpResponse:
    """She is taken on, or does not begin."""
    found: Newcomer = get_object_or_404(Newcomer.objects.select_related("person"), pk=pk)
    if deed == "begin":
        form: Any = PlainForm(request.POST)
        done = form.is_valid() and attempt(
            form,
            lambda: begin_work(
                found, by=request.actor, now=request.now, token=form.idempotency_token
            ),
        )
    elif deed == "stop":
        form = GiveUpForm(request.POST)
        done = form.is_valid() and attempt(
            form,
            lambda: give_up(
                found, why=form.cleaned_data["why"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
    else:
        raise Http404
    if done:
        messages.success(request, _("Written down."))
        return redirect("skills:newcomers")
    return _newcomers(request, TalkForm(), refused=(pk, form))


def _newcomers(
    request: Request, form: TalkForm, refused: tuple[int, Any] | None = None
) -> HttpResponse:
    rows = Newcomer.objects.select_related("person", "skill", "worker")
    page = page_of(rows, request.GET)
    stages = queries.stages_of(page.rows)
    context = {
        "form": form,
        "page": page,
        "lines": [
            (
                one, stages[one.pk], STAGE_LABELS[stages[one.pk]],
                refused[1] if refused and refused[0] == one.pk else None,
            )
            for one in page.rows
        ],
        "plain": PlainForm(),
        "stop": GiveUpForm(auto_id=False),
    }  # fmt: skip
    is_wrong = bool(form.errors or refused)
    return render(request, "skills/newcomers.html", context, status=422 if is_wrong else 200)


@opened_to(*KEEPERS)
def partners(request: Request) -> HttpResponse:
    """Who works with the workshop, with what each promised and did."""
    form = PartnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        made = attempt(
            form,
            lambda: found_partnership(
                values["organisation"], contact=values["contact"], by=request.actor,
                now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if made is not None:
            messages.success(request, _("It is a partner now."))
            return redirect("skills:partner", pk=made.pk)
    page = page_of(queries.partners_now(), request.GET)
    did = queries.did(page.rows)
    context = {"form": form, "page": page, "lines": [(one, did[one.pk]) for one in page.rows]}
    return render(request, "skills/partners.html", context, status=422 if form.errors else 200)


@opened_to(*KEEPERS)
@require_safe
def partner(request: Request, pk: int) -> HttpResponse:
    """One partner: what it promised, what came of it, what it brought."""
    return _partner_page(request, _partner(pk))


@opened_to(*KEEPERS)
@require_POST
def partner_act(request: Request, pk: int, deed: str) -> HttpResponse:
    """A promise is written down or kept; the partnership ends."""
    found = _partner(pk)
    form: Any
    if deed == "promise":
        form = PromiseForm(request.POST)
        done = form.is_valid() and attempt(
            form,
            lambda: write_promise(
                found, brings=form.cleaned_data["brings"], words=form.cleaned_data["words"],
                until=form.last_day(), by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
    elif deed == "end":
        form = PlainForm(request.POST)
        done = form.is_valid() and attempt(
            form,
            lambda: end_partnership(
                found, by=request.actor, now=request.now, token=form.idempotency_token
            ),
        )
    elif deed.startswith("kept-") and deed[5:].isdecimal():
        promise: Promise = get_object_or_404(queries.promises_of(found), pk=int(deed[5:]))
        form = KeptForm(request.POST)
        done = form.is_valid() and attempt(
            form,
            lambda: keep_promise(
                promise, came_of_it=form.cleaned_data["came_of_it"], by=request.actor,
                now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
    else:
        raise Http404
    if done:
        messages.success(request, _("Written down."))
        return redirect("skills:partner", pk=pk)
    return _partner_page(request, found, refused=(deed, form))


def _partner(pk: int) -> Partner:
    found: Partner = get_object_or_404(Partner.objects.select_related("organisation"), pk=pk)
    return found


def _partner_page(
    request: Request, found: Partner, refused: tuple[str, Any] | None = None
) -> HttpResponse:
    failed = dict([refused]) if refused else {}
    context = {
        "partner": found,
        "promises": [
            (
                one,
                failed.get(f"kept-{one.pk}") or KeptForm(auto_id=f"k{one.pk}_%s"),
                reverse("skills:partner-act", args=[found.pk, f"kept-{one.pk}"]),
            )
            for one in queries.promises_of(found)[:50]
        ],
        "today": local_day(request.now),
        "orders": queries.orders_of(found),
        "courses": queries.courses().filter(partner__in=queries.partners_of_body(found))[:20],
        "promise_form": failed.get("promise") or PromiseForm(),
        "end_form": failed.get("end") or PlainForm(),
        "back": reverse("skills:partners"),
    }
    return render(request, "skills/partner.html", context, status=422 if refused else 200)


@opened_to(Role.WORKSHOP_WORKER)
@require_safe
def mine(request: Request) -> HttpResponse:
    """A worker's own card, and the courses that are to come."""
    today = local_day(request.now)
    worker = Worker.objects.active().filter(person=request.actor.person_id or 0).first()
    card = queries.card_of(worker, today) if worker else []
    context = {
        "worker": worker,
        "card": [(held, queries.counts(held, today)) for held in card],
        "courses": queries.coming_courses(request.now),
    }
    return render(request, "skills/mine.html", context)

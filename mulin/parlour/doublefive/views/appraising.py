"""The year's end: a roll, answers by every way, what was published."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mulin.commons.paper.forms import PrintForm
from mulin.ground.community.access import Request, opened_to, public, signed_in
from mulin.ground.community.rules import DESK_ROLES, HANDLER_ROLES, Role
from mulin.ground.people.queries import person_of_account
from mulin.kit.acts import attempt
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day
from mulin.kit.forms import ActForm, PlainForm
from mulin.kit.paging import page_of
from mulin.parlour.doublefive import queries
from mulin.parlour.doublefive.actions.appraising import (
    answer_appraisal,
    note_answers,
    open_appraisal,
    publish_appraisal,
    put_in_box,
    type_sheet,
)
from mulin.parlour.doublefive.forms import (
    AppraiseForm,
    AskForm,
    OpenAppraisalForm,
    PublishAppraisalForm,
    SheetForm,
)
from mulin.parlour.doublefive.models import (
    CONSTITUENCY_LABELS,
    Appraisal,
    Appraiser,
    Project,
    Season,
)
from mulin.parlour.doublefive.permissions import may_arrange, may_hold
from mulin.parlour.doublefive.rules import Constituency
from mulin.parlour.doublefive.sheets import APPRAISAL_SHEET, about_of


@opened_to(*HANDLER_ROLES)
def appraisal(request: Request, pk: int) -> HttpResponse:
    """How far it is, whom to ask; the head begins and publishes it."""
    season = _season(pk)
    found = queries.appraisal_of(season)
    form = OpenAppraisalForm(request.POST or None)
    if request.method == "POST":
        if not may_hold(request.actor):
            raise Http404
        if form.is_valid() and attempt(
            form,
            lambda: open_appraisal(
                season, last_day=form.cleaned_data["last_day"], by=request.actor,
                now=request.now, token=form.idempotency_token,
            ),
        ) is not None:  # fmt: skip
            return redirect("doublefive:appraisal", pk=pk)
    return _page(request, season, found, form=form)


def _page(
    request: Request, season: Season, found: Appraisal | None, *, form: ActForm,
    publish_form: ActForm | None = None,
) -> HttpResponse:  # fmt: skip
    query = request.GET.get("q", "").strip()
    context: dict[str, Any] = {
        "season": season,
        "appraisal": found,
        "form": form,
        "rules": queries.roll_rules(season) if found is None else (),
        "query": query,
        "may_hold": may_hold(request.actor),
        "may_type": may_arrange(request.actor),
        "use": APPRAISAL_SHEET,
    }
    if found is not None and not found.is_published:
        answered = queries.answered_by_constituency(found)
        context |= {
            "answered": [(CONSTITUENCY_LABELS[one], part) for one, part in answered.items()],
            "total": queries.Answered(
                sum(part.roll for part in answered.values()),
                sum(part.answered for part in answered.values()),
            ),
            "boxed": queries.in_the_box(found),
            "page": page_of(queries.appraisers(found, request.actor, query), request.GET, size=30),
            "is_over": local_day(request.now) > found.last_day,
            "publish_form": publish_form or PublishAppraisalForm(auto_id="publish_%s"),
            "typed": queries.taken_out(found),
            "printed": _to_print(request, found),
        }
    faulty = form.errors or (publish_form is not None)
    return render(request, "doublefive/appraisal.html", context, status=422 if faulty else 200)


def _to_print(request: Request, found: Appraisal) -> list[tuple[object, PrintForm]]:
    """Whose sheets can be printed now: constituency, and how many."""
    if not (may_arrange(request.actor) and found.takes_answers(local_day(request.now))):
        return []
    return [
        (label, PrintForm(auto_id=f"{group}_%s", initial={"about": about_of(found, group)}))
        for group, label in CONSTITUENCY_LABELS.items()
    ]


@opened_to(Role.HEAD)
@require_POST
def publish(request: Request, pk: int) -> HttpResponse:
    """Open the envelopes and publish."""
    season = _season(pk)
    found = _running(season)
    form = PublishAppraisalForm(request.POST, auto_id="publish_%s")
    if form.is_valid() and attempt(
        form,
        lambda: publish_appraisal(
            found, explanation=form.cleaned_data["explanation"], by=request.actor,
            now=request.now, token=form.idempotency_token,
        ),
    ) is not None:  # fmt: skip
        return redirect("doublefive:appraised", year=season.year)
    return _page(request, season, found, form=OpenAppraisalForm(), publish_form=form)


@opened_to(*HANDLER_ROLES)
def ask(request: Request, pk: int) -> HttpResponse:
    """What somebody on the roll says, on the phone, at the door, at the desk."""
    found = _appraiser(request, pk)
    form = AskForm(request.POST or None, projects=_asked(found.appraisal))
    if request.method == "POST" and form.is_valid():
        noted = attempt(
            form,
            lambda: note_answers(
                found, form.answers(), by=request.actor.by(form.cleaned_data["way"]),
                now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if noted is not None:
            messages.success(request, _("Taken in. Their answers lie with the others now."))
            return redirect("doublefive:appraisal", pk=found.appraisal.season_id)
    context = {
        "appraiser": found,
        "season": found.appraisal.season,
        "form": form,
        "plain_form": PlainForm(auto_id=False),
        # An officer stands at the door; whoever calls sits at the desk.
        "sees_phone": may_arrange(request.actor),
    }
    return render(request, "doublefive/ask.html", context, status=422 if form.errors else 200)


@opened_to(*HANDLER_ROLES)
@require_POST
def box(request: Request, pk: int) -> HttpResponse:
    """They put their sheet into the box."""
    found = _appraiser(request, pk)
    form = PlainForm(request.POST)
    if form.is_valid() and attempt(
        form,
        lambda: put_in_box(found, by=request.actor, now=request.now, token=form.idempotency_token),
    ) is not None:  # fmt: skip
        messages.success(request, _("Their sheet is in the box."))
    else:
        messages.error(request, " ".join(str(one) for one in form.non_field_errors()))
    return redirect("doublefive:appraisal", pk=found.appraisal.season_id)


@opened_to(*DESK_ROLES)
def sheet(request: Request, pk: int) -> HttpResponse:
    """Type a sheet out of the box, one after another."""
    season = _season(pk)
    found = _running(season)
    form = SheetForm(request.POST or None, projects=_asked(found))
    if request.method == "POST" and form.is_valid():
        typed = attempt(
            form,
            lambda: type_sheet(
                found, form.answers(), constituency=form.cleaned_data["constituency"],
                by=request.actor, now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if typed is not None:
            messages.success(request, _("Typed. The next one?"))
            return redirect("doublefive:appraisal-sheet", pk=pk)
    context = {
        "season": season, "appraisal": found, "form": form, "boxed": queries.in_the_box(found),
        "typed": queries.taken_out(found),
    }  # fmt: skip
    return render(request, "doublefive/sheet.html", context, status=422 if form.errors else 200)


@opened_to(*DESK_ROLES)
@require_safe
def remarks(request: Request, pk: int) -> HttpResponse:
    """What people wrote, in no order that tells anything."""
    season = _season(pk)
    context = {"season": season, "page": page_of(queries.remarks_of(season), request.GET, size=40)}
    return render(request, "doublefive/remarks.html", context)


# ── the street ───────────────────────────────────────────────────────────────────────────────


@signed_in
@never_cache
def appraise(request: Request, year: int) -> HttpResponse:
    """Somebody on the roll answers for themselves, once."""
    person = person_of_account(request.actor.account_id or 0)
    found = queries.appraisal_of(get_object_or_404(Season, year=year))
    if found is None or person is None:
        raise Http404
    mine = queries.appraiser_of(found, person)
    context: dict[str, Any] = {"season": found.season, "appraisal": found, "mine": mine,
                               "here": "ours"}  # fmt: skip
    is_open = found.takes_answers(local_day(request.now))
    if mine is None or mine.answered_on is not None or not is_open:
        return render(request, "doublefive/appraise_done.html", context)
    form = AppraiseForm(request.POST or None, projects=_asked(found))
    if request.method == "POST" and form.is_valid():
        taken = attempt(
            form,
            lambda: answer_appraisal(
                mine, form.answers(), by=request.actor.by(Channel.ONLINE), now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if taken is not None:
            return redirect("doublefive:appraise", year=year)
    context["form"] = form
    return render(request, "doublefive/appraise.html", context, status=422 if form.errors else 200)


@public
@require_safe
def appraised(request: Request, year: int) -> HttpResponse:
    """What the electorate said of the five, beside what was promised."""
    season: Season = get_object_or_404(Season, year=year)
    found = queries.appraisal_of(season)
    if found is None or not found.is_published:
        raise Http404
    projects = {one.chosen.place: one for one in queries.projects_of(season)}
    lines = [(line, projects[line["place"]]) for line in found.report["projects"]]
    context = {
        "season": season,
        "appraisal": found,
        "report": found.report,
        "groups": [(_names(one), one) for one in found.report["groups"]],
        "ways": [
            ("、".join(str(Channel(way).label) for way in names), count)
            for names, count in queries.ways_told(found.report)
        ],
        "lines": [
            (line, project, [(_names(one), one) for one in line.get("groups", ())])
            for line, project in lines
        ],
        "here": "ours",
    }
    return render(request, "doublefive/appraised.html", context)


def _names(group: dict[str, Any]) -> str:  # Any: what JSON holds
    return "、".join(str(CONSTITUENCY_LABELS[Constituency(one)]) for one in group["names"])


def _season(pk: int) -> Season:
    found: Season = get_object_or_404(Season, pk=pk)
    return found


def _running(season: Season) -> Appraisal:
    found = queries.appraisal_of(season)
    if found is None or found.is_published:
        raise Http404
    return found


def _asked(found: Appraisal) -> list[Project]:
    return list(queries.projects_of(found.season))


def _appraiser(request: Request, pk: int) -> Appraiser:
    running: Appraisal | None = Appraisal.objects.filter(roll=pk, published_at__isnull=True).first()
    if running is None:
        raise Http404
    rows = queries.appraisers(running, request.actor).select_related("appraisal__season", "person")
    found: Appraiser = get_object_or_404(rows, pk=pk)
    return found

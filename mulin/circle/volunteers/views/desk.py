"""The desk: the month and what it lacks, planning, volunteers, what is to be decided, kinds, offers."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.circle.volunteers import queries
from mulin.circle.volunteers.actions import planning, proof
from mulin.circle.volunteers.actions.people import change, leave, register, write_line
from mulin.circle.volunteers.actions.presence import decide_correction
from mulin.circle.volunteers.actions.served import decide_thanks, make_offer, thank
from mulin.circle.volunteers.forms import (
    ActivityForm,
    AnswerForm,
    CertificateForm,
    KindForm,
    LineForm,
    OfferForm,
    RegisterForm,
    RowForm,
    SaysForm,
    ThanksForm,
)
from mulin.circle.volunteers.models import (
    HOURS_RULE,
    ActivityKind,
    Certificate,
    Correction,
    Thanks,
    Volunteer,
    Wish,
)
from mulin.circle.volunteers.rules import (
    KEEPERS,
    hours_of,
    month_after,
    month_before,
    month_of,
    stars_of,
)
from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.deeds import Deed, Failed, do, shown
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day
from mulin.kit.forms import PlainForm
from mulin.kit.paging import page_of


@opened_to(*KEEPERS)
@require_safe
def month(request: Request) -> HttpResponse:
    """The month as a calendar, and which kinds it still lacks; or one day of it."""
    today = local_day(request.now)
    day = _day(request.GET.get("day", ""))
    first = day.replace(day=1) if day else month_of(request.GET.get("month", ""), today)
    found = queries.month_of_activities(first)
    page = page_of([pk for pk, on in found.days if day is None or on == day], request.GET)
    context = {
        "month": found,
        "first": first,
        "before": month_before(first),
        "after": month_after(first),
        "today": today,
        "day": day,
        "page": page,
        "lines": queries.lines_of(found, page.rows),
        "lay_out": None if queries.kinds_now().exists() else PlainForm(),
    }  # fmt: skip
    return render(request, "volunteers/desk.html", context)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


@opened_to(*KEEPERS)
def new(request: Request) -> HttpResponse:
    """Plan an activity, once or every month; perhaps one that was wished for."""
    typed = request.GET.get("wish", "")
    wish = queries.wishes_open().filter(pk=int(typed)).first() if typed.isdecimal() else None
    initial: dict[str, Any] = {"kind": request.GET.get("kind")}
    if wish is not None:
        initial["title"] = wish.title
    form = ActivityForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        to = attempt(form, lambda: _plan(request, form, wish))
        if to is not None:
            messages.success(request, _("It stands in the calendar."))
            return redirect(to)
    context = {"form": form, "wish": wish}
    return render(request, "volunteers/new.html", context, status=422 if form.errors else 200)


def _plan(request: Request, form: ActivityForm, wish: Wish | None) -> str:
    """Plan what was typed; the address it is shown at."""
    by, now, token = request.actor, request.now, form.idempotency_token
    if form.cleaned_data["repeats"] == "once":
        planned = planning.plan_activity(
            form.plan(), form.special(), wish=wish, by=by, now=now, token=token
        )
        return reverse("volunteers:work", args=[planned.pk])
    planning.plan_monthly(form.series(), form.special(), by=by, now=now, token=token)
    starts = local_day(form.cleaned_data["starts_at"])
    return f"{reverse('volunteers:desk')}?month={starts:%Y-%m}"


# ── volunteers ───────────────────────────────────────────────────────────────────────────────


@opened_to(*KEEPERS)
def people(request: Request) -> HttpResponse:
    """All volunteers, and the form for somebody new."""
    form = RegisterForm(request.POST or None, auto_id="new_%s")
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: _register(request, form))
        if made is not None:
            messages.success(request, _("Registered."))
            return redirect("volunteers:volunteer", pk=made.pk)
    query, team = request.GET.get("q", "").strip(), request.GET.get("team", "")
    page = page_of(queries.volunteers_for(request.actor, query=query, team=team), request.GET)
    context = {
        "page": page,
        "rows": [
            (one, hours_of(one.minutes), stars_of(one.minutes) if one.shows_stars else 0)
            for one in page.rows
        ],
        "query": query,
        "team": team,
        "teams": queries.teams(),
        "form": form,
    }
    return render(request, "volunteers/people.html", context, status=422 if form.errors else 200)


def _register(request: Request, form: RegisterForm) -> Volunteer:
    values = form.cleaned_data
    person = queries.person_called(request.actor, values["who"])
    by = request.actor.by(values["channel"] or "walk_in", on_behalf_of=person.pk)
    typed = values["guardian"]
    guardian = queries.person_called(request.actor, typed, name="guardian") if typed else None
    return register(
        person, form.says(), guardian=guardian, by=by, now=request.now,
        token=form.idempotency_token,
    )  # fmt: skip


@opened_to(*KEEPERS)
@require_safe
def volunteer(request: Request, pk: int) -> HttpResponse:
    """The record of a volunteer in its five blocks."""
    return _volunteer_page(request, _volunteer(request, pk))


@opened_to(*KEEPERS)
@require_POST
def volunteer_act(request: Request, pk: int, deed: str) -> HttpResponse:
    """Something about a volunteer is written down."""
    found = _volunteer(request, pk)
    form = do(_volunteer_deeds(request, found), deed, request)
    if form is not None:
        return _volunteer_page(request, found, (deed, form))
    return redirect("volunteers:volunteer", pk=pk)


def _volunteer(request: Request, pk: int) -> Volunteer:
    rows = Volunteer.objects.visible_to(request.actor).select_related("person")
    found: Volunteer = get_object_or_404(rows, pk=pk)
    return found


def _volunteer_page(
    request: Request, found: Volunteer, failed: Failed | None = None
) -> HttpResponse:
    record, mine = queries.record_of(found), queries.all_of(found)
    context = {
        "volunteer": found,
        "record": record,
        "page": page_of(
            [(one, hours_of(one["minutes"])) for one in record.services], request.GET, size=20
        ),
        "duties": queries.duties_of(found, request.now),
        "corrections": Correction.objects.filter(volunteer__in=mine).select_related(
            "activity__gathering"
        )[:10],
        "certificates": Certificate.objects.filter(volunteer__in=mine)[:10],
        "deeds": shown(
            _volunteer_deeds(request, found),
            lambda name: reverse("volunteers:volunteer-act", args=[found.pk, name]),
            failed,
        ),
        "rule": HOURS_RULE,
    }
    return render(request, "volunteers/volunteer.html", context, status=422 if failed else 200)


def _volunteer_deeds(request: Request, found: Volunteer) -> dict[str, Deed]:
    by, now = request.actor.by("walk_in", on_behalf_of=found.person_id), request.now

    def line(form: Any, _request: Request) -> object:  # Any: forms of several kinds
        values = form.cleaned_data
        return write_line(
            found, block=values["block"], what=values["what"], giver=values["giver"],
            day=form.the_day(), minutes=values["minutes"] or 0, by=request.actor, now=now,
            token=form.idempotency_token,
        )  # fmt: skip

    def certify(form: Any, _request: Request) -> object:  # Any: as above
        since, until = form.days()
        return proof.ask(
            found, since=since, until=until, purpose=form.cleaned_data["purpose"], by=by, now=now,
            token=form.idempotency_token,
        )  # fmt: skip

    if found.left_on is not None:
        return {
            "register": Deed(
                _("They help again"),
                lambda form, _request: register(
                    found.person, form.says(), by=by, now=now, token=form.idempotency_token
                ),
                _("Registered."), lambda *args, **kwargs: SaysForm(*args, of=found, **kwargs),
            )
        }  # fmt: skip
    return {
        "line": Deed(_("Training, honour, evaluation"), line, _("Written down."), LineForm),
        "certificate": Deed(
            _("A certificate, free of charge"), certify,
            _("Asked for. Issue it under “To decide”."),
            CertificateForm,
        ),
        "change": Deed(
            _("Skills, times, team"),
            lambda form, _request: change(
                found, form.says(), by=by, now=now, token=form.idempotency_token
            ),
            _("Changed."), lambda *args, **kwargs: SaysForm(*args, of=found, **kwargs),
        ),
        "leave": Deed(
            _("They stop helping"),
            lambda form, _request: leave(found, by=by, now=now, token=form.idempotency_token),
            _("Written down."), PlainForm,
        ),
    }  # fmt: skip


# ── what is to be decided ────────────────────────────────────────────────────────────────────


@opened_to(*KEEPERS)
def open_matters(request: Request) -> HttpResponse:
    """Wishes, corrections, certificates, thanks that wait; and a word of thanks somebody said."""
    form = ThanksForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        written = attempt(
            form,
            lambda: thank(
                form.cleaned_data["words"], signed=form.cleaned_data["signed"],
                by=request.actor.by("phone"), now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if written is not None:
            messages.success(request, _("Written down."))
            return redirect("volunteers:open")
    context = {
        "wishes": queries.wishes_open()[:50],
        "corrections": queries.corrections_open()[:50],
        "certificates": queries.certificates_open()[:50],
        "thanks": queries.thanks_open()[:50],
        "form": form,
        "answer_form": AnswerForm(auto_id=False),
    }
    return render(request, "volunteers/open.html", context, status=422 if form.errors else 200)


@opened_to(*KEEPERS)
@require_POST
def decide(request: Request, deed: str) -> HttpResponse:
    """One of them is decided."""
    do(_decisions(request), deed, request)
    return redirect("volunteers:open")


def _decisions(request: Request) -> dict[str, Deed]:
    by, now = request.actor, request.now

    def about(model: Any, form: Any) -> Any:  # Any: several tables and forms
        return get_object_or_404(model.objects.all(), pk=form.cleaned_data["row"])

    def correction(form: Any, *, is_granted: bool) -> object:  # Any: as above
        return decide_correction(
            about(Correction, form), is_granted=is_granted, answer=form.cleaned_data["answer"],
            by=by, now=now, token=form.idempotency_token,
        )  # fmt: skip

    def issue(form: Any, *, is_noticed: bool) -> object:  # Any: as above
        return proof.issue(
            about(Certificate, form), is_noticed=is_noticed, by=by, now=now,
            token=form.idempotency_token,
        )  # fmt: skip

    def show(form: Any, *, is_shown: bool) -> object:  # Any: as above
        return decide_thanks(
            about(Thanks, form), is_shown=is_shown, by=by, now=now, token=form.idempotency_token
        )

    said = _("Done.")
    return {
        "grant": Deed(
            "", lambda form, _request: correction(form, is_granted=True),
            said, AnswerForm, is_line=True,
        ),
        "refuse": Deed(
            "", lambda form, _request: correction(form, is_granted=False),
            said, AnswerForm, is_line=True,
        ),
        "issue": Deed(
            "", lambda form, _request: issue(form, is_noticed=True), said, AnswerForm, is_line=True,
        ),
        "issue-quietly": Deed(
            "", lambda form, _request: issue(form, is_noticed=False), said, AnswerForm, is_line=True
        ),
        "revoke": Deed(
            "",
            lambda form, _request: proof.revoke(
                about(Certificate, form), why=form.cleaned_data["answer"], by=by, now=now,
                token=form.idempotency_token,
            ),
            said, AnswerForm, is_line=True,
        ),
        "show": Deed(
            "", lambda form, _request: show(form, is_shown=True), said, AnswerForm, is_line=True,
        ),
        "hide": Deed(
            "", lambda form, _request: show(form, is_shown=False), said, AnswerForm, is_line=True,
        ),
        "decline": Deed(
            "",
            lambda form, _request: planning.decline_wish(
                about(Wish, form), why=form.cleaned_data["answer"], by=by, now=now,
                token=form.idempotency_token,
            ),
            said, AnswerForm, is_line=True,
        ),
    }  # fmt: skip


# ── kinds and offers ─────────────────────────────────────────────────────────────────────────


@opened_to(*KEEPERS)
@require_safe
def settings(request: Request) -> HttpResponse:
    """The kinds of activity, and merchants' offers."""
    return _settings_page(request)


@opened_to(*KEEPERS)
@require_POST
def settings_act(request: Request, deed: str) -> HttpResponse:
    """A kind or an offer is written down."""
    form = do(_settings_deeds(request), deed, request)
    return _settings_page(request, (deed, form)) if form else redirect("volunteers:settings")


def _chosen(request: Request) -> ActivityKind | None:
    """The kind that is being changed, named in the address."""
    typed = request.GET.get("kind", "")
    return queries.kinds_now().filter(pk=int(typed)).first() if typed.isdecimal() else None


def _settings_page(request: Request, failed: Failed | None = None) -> HttpResponse:
    chosen = _chosen(request)

    def address(name: str) -> str:
        url = reverse("volunteers:settings-act", args=[name])
        return f"{url}?kind={chosen.pk}" if chosen is not None and name == "kind" else url

    context = {
        "kinds": queries.kinds_now(),
        "page": page_of(queries.offers_all(), request.GET, size=30),
        "deeds": shown(_settings_deeds(request), address, failed),
        "row_form": RowForm(auto_id=False),
        "today": local_day(request.now),
    }
    return render(request, "volunteers/settings.html", context, status=422 if failed else 200)


def _settings_deeds(request: Request) -> dict[str, Deed]:
    by, now = request.actor, request.now
    chosen = _chosen(request)

    def kind_form(*args: Any, **kwargs: Any) -> KindForm:  # Any: Django's own form arguments
        if chosen is not None:
            names = ("name", "about", "risks", "is_risky", "is_monthly")
            kwargs["initial"] = {name: getattr(chosen, name) for name in names}
        return KindForm(*args, **kwargs)

    def kind(form: Any, _request: Request) -> object:  # Any: forms of several kinds
        values = {name: form.cleaned_data[name] for name in form.fields if name != "token"}
        return planning.keep_kind(chosen, **values, by=by, now=now, token=form.idempotency_token)

    def end(form: Any, _request: Request) -> object:  # Any: as above
        row: ActivityKind = get_object_or_404(
            ActivityKind.objects.all(), pk=form.cleaned_data["row"]
        )
        return planning.end_kind(row, by=by, now=now, token=form.idempotency_token)

    def offer(form: Any, _request: Request) -> object:  # Any: as above
        values = form.cleaned_data
        return make_offer(
            values["organisation"], title=values["title"], audience=values["audience"],
            most=values["most"], hours_needed=values["hours_needed"] or 0,
            since=local_day(values["since"]), until=local_day(values["until"]), by=by, now=now,
            token=form.idempotency_token,
        )  # fmt: skip

    return {
        "kind": Deed(
            _("Change this kind") if chosen else _("Another kind"), kind, _("Written down."),
            kind_form,
        ),
        "offer": Deed(_("A merchant's offer"), offer, _("Written down."), OfferForm),
        "end": Deed("", end, _("It is held no more."), RowForm, is_line=True),
        "lay-out": Deed(
            "",
            lambda form, _request: planning.lay_out_kinds(
                by=by, now=now, token=form.idempotency_token
            ),
            _("Eight kinds are laid out. Change them as you like."), PlainForm, is_line=True,
        ),
    }  # fmt: skip


@opened_to(*KEEPERS)
@require_safe
def of_gathering(request: Request, pk: int) -> HttpResponse:
    """From a gathering to its activity."""
    found = queries.activity_of(pk)
    if found is None:
        raise Http404
    return redirect("volunteers:work", pk=found.pk)

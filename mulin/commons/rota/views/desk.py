"""The managers' pages: today, a month, a shift, who takes turns."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mulin.commons.rota import queries
from mulin.commons.rota.actions.duties import (
    answer,
    apply_changes,
    call_in_sick,
    cells_of,
    set_aside,
    sign_in,
)
from mulin.commons.rota.actions.members import (
    change_member,
    keep_apart,
    leave,
    let_together,
    take_on,
)
from mulin.commons.rota.actions.months import (
    add_weekly,
    drop_weekly,
    open_month,
    propose,
    publish,
    put_on,
    take_off,
)
from mulin.commons.rota.forms import (
    ApartForm,
    LeaveForm,
    LimitsForm,
    MemberForm,
    OpenForm,
    PutForm,
    SickForm,
    TermsForm,
    WeeklyForm,
    terms_of,
)
from mulin.commons.rota.models import (
    Apart,
    Duty,
    Member,
    Month,
    MonthState,
    Run,
    RunState,
    Shift,
    WeeklyShift,
)
from mulin.commons.rota.permissions import managed_by, may_manage
from mulin.commons.rota.picture import Picture, picture_of
from mulin.commons.rota.registry import MANAGERS, DutyKind, kind_of
from mulin.commons.rota.rules import Stand, check_ends
from mulin.commons.rota.words import shift_words, wish_words
from mulin.ground.community.access import Request, opened_to, signed_in
from mulin.ground.community.deeds import Deed, Failed, do, press, shown
from mulin.ground.community.queries import work_calendar
from mulin.ground.people.models import Person
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day, start_of_day
from mulin.kit.forms import PlainForm
from mulin.kit.paging import page_of
from mulin.kit.paper.printing import paper
from mulin.kit.refusals import Refused

_MONTHS = 6


@opened_to(*MANAGERS)
def desk(request: Request) -> HttpResponse:
    """Who is on duty today, with the button to sign them in; the months; a new one."""
    kinds = managed_by(request.actor)
    today = local_day(request.now)
    names = [kind.name for kind in kinds]
    form = OpenForm(
        request.POST or None, kinds=[(kind.name, kind.label) for kind in kinds], today=today
    )
    if request.method == "POST" and form.is_valid():
        kind, first = form.chosen()
        month = attempt(
            form,
            lambda: open_month(
                kind, first, by=request.actor, now=request.now, token=form.idempotency_token
            ),
        )
        if month is not None:
            messages.success(
                request, _("The month is begun, and everybody is asked for their wishes.")
            )
            return redirect("rota:month", pk=month.pk)
    running = Shift.objects.published().filter(
        month__kind__in=names, day__lte=today, ends_at__gt=start_of_day(today)
    )
    page = page_of(Month.objects.filter(kind__in=names), request.GET, size=_MONTHS * 2)
    labels = {kind.name: kind.label for kind in kinds}
    context = {
        "kinds": kinds,
        "places": queries.places_of(running),
        "months": [(month, labels[month.kind]) for month in page.rows],
        "page": page,
        "form": form,
        "plain_form": PlainForm(),
    }
    return render(request, "rota/desk.html", context, status=422 if form.errors else 200)


# ── a month ──────────────────────────────────────────────────────────────────────────────────


@signed_in
@require_safe
def month(request: Request, pk: int) -> HttpResponse:
    """The rota of a month: to whoever manages it with all that is to be done, to its members once
    it is published.
    """
    found = _month(request, pk)
    calendar = work_calendar()
    weeks = queries.weeks_of(found, calendar)
    context: dict[str, Any] = {  # Any: values of a page
        "month": found,
        "kind": kind_of(found.kind),
        "weeks": weeks,
        "is_certain": calendar.is_certain(found.first),
        "may_manage": may_manage(request.actor, found.kind),
    }
    if not context["may_manage"]:
        today = local_day(request.now)
        members = Member.objects.filter(kind=found.kind).at(today).select_related("person")
        own = queries.member_of(request.actor, found.kind)
        context |= {
            "mine": request.actor.account_id,
            "own": own and own.pk,
            "picture": _picture(found.kind, list(members), today),
        }
        return render(request, "rota/month_seen.html", context)
    return render(request, "rota/month.html", context | _managed(request, found, weeks))


def _managed(
    request: Request, month: Month, weeks: list[list[queries.Day | None]]
) -> dict[str, Any]:  # Any: values of a page
    places = [place for week in weeks for day in week if day for place in day.places]
    run = queries.latest_run(month)
    members = Member.objects.filter(kind=month.kind, left_on__isnull=True).count()
    is_busy = run is not None and run.is_busy(request.now)
    has_proposal = any(place.duties for place in places)
    changes = _changes(month, request)
    return {
        "run": run,
        "is_busy": is_busy,
        "has_proposal": has_proposal,
        "has_shifts": bool(places),
        "is_asking": run is None and not has_proposal and not month.is_published,
        "lacking": [place for place in places if not place.is_whole],
        "word": _word(places, request.now),
        "members": members,
        "said": queries.wishes_said(month),
        "changes": changes,
        "is_working": is_busy or any(one["is_busy"] for one in changes),
        "plain_form": PlainForm(),
        **_engine_said(run, places),
    }


def _word(places: list[queries.Place], now: datetime) -> dict[str, Any]:  # Any: a count and names
    """How many of the duties to come were promised, and who has said neither yes nor no."""
    coming = [duty for place in places if place.shift.ends_at > now for duty in place.duties]
    asked = [duty for duty in coming if duty.stand == Stand.ASKED]
    yes = sum(duty.stand in {Stand.ACCEPTED, Stand.CAME} for duty in coming)
    return {
        "yes": yes,
        "all": yes + len(asked),
        "silent": list(dict.fromkeys((duty.member_id, str(duty.member)) for duty in asked)),
    }


def _engine_said(run: Run | None, places: list[queries.Place]) -> dict[str, Any]:  # Any: as above
    """What one more trained person would change, and which wishes stand against each other."""
    if run is None or run.state != RunState.DONE:
        return {}
    wishes = run.told.get("conflict") or []
    training = {skill: told for skill, told in (run.told.get("training") or {}).items() if told}
    names = queries.names_of(
        {one for wish in wishes for one in wish[1:] if one.isdecimal()}
        | {told[0] for told in training.values() if told[0]}
    )
    shifts = {str(place.shift.pk): shift_words(place.shift) for place in places}
    return {
        "conflict": wish_words(wishes, names, shifts),
        "training": [
            {"skill": skill, "name": names.get(who, ""), "before": before, "after": after}
            for skill, (who, before, after) in training.items()
        ],
    }


def _changes(month: Month, request: Request) -> list[dict[str, Any]]:  # Any: as above
    """Each sick call whose changes wait, in words."""
    runs = list(queries.changes_to_apply(month)[:10])
    cells = [cells_of(run) for run in runs]
    who = {member for off, on in cells for member, _shift in (*off, *on)}
    names = queries.names_of(who)
    shifts = {
        shift.pk: shift_words(shift)
        for shift in Shift.objects.filter(
            pk__in={shift for off, on in cells for _who, shift in (*off, *on)}
        )
    }
    return [
        {
            "run": run,
            "is_busy": run.is_busy(request.now),
            "off": [(names.get(str(one), ""), shifts.get(shift, "")) for one, shift in off],
            "on": [(names.get(str(one), ""), shifts.get(shift, "")) for one, shift in on],
        }
        for run, (off, on) in zip(runs, cells, strict=True)
    ]


_CHANGES: dict[str, tuple[Callable[..., Run], Any]] = {  # Any: lazy words
    "apply": (
        apply_changes, gettext_lazy("The changes are in the rota, and those they concern are told.")
    ),
    "aside": (set_aside, gettext_lazy("Set aside. The shift stays as it is; put somebody on by hand.")),
}  # fmt: skip


@opened_to(*MANAGERS)
@require_POST
def month_act(request: Request, pk: int, deed: str) -> HttpResponse:
    """Propose, publish, put changes into the rota."""
    found = _managed_month(request, pk)
    by, now = request.actor, request.now
    if deed == "propose":
        press(
            request, lambda token: propose(found, by=by, now=now, token=token),
            gettext_lazy("It is being worked out, and shows here as soon as it is ready."),
        )  # fmt: skip
    elif deed == "publish":
        press(
            request, lambda token: publish(found, by=by, now=now, token=token),
            gettext_lazy("Published. Everybody on it is asked to say yes."),
        )  # fmt: skip
    elif deed in {"apply", "aside"}:
        run: Run = get_object_or_404(
            Run.objects.select_related("month"), pk=_number(request, "run"), month=found
        )
        act, said = _CHANGES[deed]
        press(request, lambda token: act(run, by=by, now=now, token=token), said)
    else:
        raise Http404
    return redirect("rota:month", pk=pk)


@signed_in
@require_safe
def wall(request: Request, pk: int) -> HttpResponse:
    """The published rota for the wall."""
    found = _month(request, pk)
    if not found.is_published:
        raise Http404
    context = {
        "month": found,
        "kind": kind_of(found.kind),
        "weeks": queries.weeks_of(found, work_calendar()),
    }
    name = f"{_('Duty rota')} {found.first:%Y-%m}"
    return paper("rota/paper/wall.html", context, request=request, name=name)


def _month(request: Request, pk: int) -> Month:
    """A month that this actor may see."""
    found: Month = get_object_or_404(Month, pk=pk)
    if may_manage(request.actor, found.kind):
        return found
    if not found.is_published or queries.member_of(request.actor, found.kind) is None:
        raise Http404
    return found


def _managed_month(request: Request, pk: int) -> Month:
    found: Month = get_object_or_404(Month, pk=pk)
    if not may_manage(request.actor, found.kind):
        raise Http404
    return found


def _number(request: Request, name: str) -> int:
    typed = request.POST.get(name, "")
    return int(typed) if typed.isdecimal() and len(typed) < 20 else 0  # noqa: PLR2004  an id's digits


# ── a shift ──────────────────────────────────────────────────────────────────────────────────


@opened_to(*MANAGERS)
@require_safe
def shift(request: Request, pk: int) -> HttpResponse:
    """Who is on a shift and how each stands; put on, take off, sign in."""
    return _shift_page(request, _shift(request, pk))


def _shift(request: Request, pk: int) -> Shift:
    found: Shift = get_object_or_404(Shift.objects.select_related("month"), pk=pk)
    if not may_manage(request.actor, found.month.kind):
        raise Http404
    return found


def _put_form(found: Shift, data: Any = None) -> PutForm:  # Any: what a browser sends
    return PutForm(data, kind=found.month.kind, day=found.day)


def _shift_page(request: Request, found: Shift, form: PutForm | None = None) -> HttpResponse:
    place = queries.place_of(found)
    rows = found.duties.select_related("member__person").order_by("stand", "id")
    context = {
        "shift": found,
        "month": found.month,
        "kind": kind_of(found.month.kind),
        "words": shift_words(found),
        "lack": place.lack,
        "duties": rows,
        "form": form or _put_form(found),
        "plain_form": PlainForm(),
        "is_over": found.ends_at <= request.now,
    }
    failed = form is not None and form.errors
    return render(request, "rota/shift.html", context, status=422 if failed else 200)


@opened_to(*MANAGERS)
@require_POST
def shift_act(request: Request, pk: int, deed: str) -> HttpResponse:
    """Put somebody on, take off, sign in, write down what they said."""
    found = _shift(request, pk)
    by, now = request.actor, request.now
    if deed == "put":
        form = _put_form(found, request.POST)
        if not form.is_valid() or not attempt(
            form,
            lambda: put_on(
                found, form.cleaned_data["member"], by=by, now=now, token=form.idempotency_token
            ),
        ):
            return _shift_page(request, found, form)
        return redirect("rota:shift", pk=pk)
    duty: Duty = get_object_or_404(
        Duty.objects.select_related("shift__month", "member__person"),
        pk=_number(request, "duty"), shift=found,
    )  # fmt: skip
    if deed == "off":
        press(
            request, lambda token: take_off(duty, by=by, now=now, token=token),
            gettext_lazy("They are not on this shift any more."),
        )  # fmt: skip
    elif deed == "here":
        press(
            request, lambda token: sign_in(duty, by=by, now=now, token=token),
            gettext_lazy("Signed in."),
        )  # fmt: skip
    elif deed in {"yes", "no"}:
        press(
            request,
            lambda token: answer(
                duty, accepts=deed == "yes", by=by.by("phone"), now=now, token=token
            ),
            gettext_lazy("Written down."),
        )  # fmt: skip
    else:
        raise Http404
    if request.POST.get("next") == "desk":
        return redirect("rota:desk")
    return redirect("rota:shift", pk=pk)


# ── who takes turns ──────────────────────────────────────────────────────────────────────────


@opened_to(*MANAGERS)
@require_safe
def kind(request: Request, name: str) -> HttpResponse:
    """Who takes turns, how the duty of twelve months was shared, the weekly shifts, pairs."""
    return _kind_page(request, _kind(request, name))


@opened_to(*MANAGERS)
@require_POST
def kind_act(request: Request, name: str, deed: str) -> HttpResponse:
    """Somebody new, a weekly shift, a pair that is kept apart."""
    found = _kind(request, name)
    by, now = request.actor, request.now
    if deed == "drop":
        weekly: WeeklyShift = get_object_or_404(
            WeeklyShift, pk=_number(request, "row"), kind=found.name
        )
        press(
            request, lambda token: drop_weekly(weekly, by=by, now=now, token=token),
            gettext_lazy("It does not come again."),
        )  # fmt: skip
    elif deed == "together":
        pair: Apart = get_object_or_404(
            Apart.objects.select_related("one__person"), pk=_number(request, "row"),
            one__kind=found.name,
        )  # fmt: skip
        press(
            request, lambda token: let_together(pair, by=by, now=now, token=token),
            gettext_lazy("They may be on one shift again."),
        )  # fmt: skip
    else:
        refused = do(_kind_deeds(found), deed, request)
        if refused is not None:
            return _kind_page(request, found, (deed, refused))
    return redirect("rota:kind", name=name)


def _kind(request: Request, name: str) -> DutyKind:
    found = kind_of(name)
    if found is None or not may_manage(request.actor, name):
        raise Http404
    return found


def _kind_deeds(found: DutyKind) -> dict[str, Deed]:
    deeds = {
        "weekly": Deed(
            gettext_lazy("A shift that comes again"),
            lambda form, request: add_weekly(
                found.name, form.weekly(), by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
            gettext_lazy("It counts from the next proposal on."), WeeklyForm,
        ),
        "member": Deed(
            gettext_lazy("Somebody takes turns, too"),
            lambda form, request: take_on(
                _person(request, form.cleaned_data["who"]), found.name, form.terms(),
                by=request.actor, now=request.now, token=form.idempotency_token,
            ),
            gettext_lazy("They take turns from now on."), MemberForm,
        ),
        "apart": Deed(
            gettext_lazy("Two who are never on one shift"),
            lambda form, request: keep_apart(
                form.cleaned_data["one"], form.cleaned_data["other"], by=request.actor,
                now=request.now, token=form.idempotency_token,
            ),
            gettext_lazy("It counts from the next proposal on."),
            lambda *args, **more: ApartForm(*args, kind=found.name, **more),
        ),
    }  # fmt: skip
    if found.needs is not None:
        del deeds["weekly"]
    if found.people is not None:
        del deeds["member"]
    return deeds


def _person(request: Request, typed: str) -> Person:
    """Whose number it is; at the desk a name will do. Raises Refused for nobody and for several."""
    roll = Person.objects.on_roll()
    if request.actor.is_desk:
        found = list(roll.visible_to(request.actor).search(typed)[:2])
    else:
        found = list(roll.with_phone(typed)[:2])
    if not found:
        raise Refused(_("Nobody on the roll is found by this."), field="who")
    if len(found) > 1:
        raise Refused(_("Several are called so. Type the whole phone number."), field="who")
    person: Person = found[0]
    return person


def _picture(kind: str, members: list[Member], today: date) -> Picture:
    """How the duty of twelve months was shared, for those who manage it and those who do it."""
    shares = queries.shares_of(kind, today, work_calendar())
    names = {member.pk: member.person.name for member in members}
    return picture_of(shares.values(), names, today)


def _kind_page(request: Request, found: DutyKind, failed: Failed | None = None) -> HttpResponse:
    today = local_day(request.now)
    members = list(Member.objects.filter(kind=found.name).at(today).select_related("person"))
    context = {
        "kind": found,
        "page": page_of(members, request.GET),
        "picture": _picture(found.name, members, today),
        "may_call": any(member.is_substitute for member in members),
        # A template would call a function of the kind instead of asking whether there is one.
        "is_told": found.needs is not None,
        "weekly": WeeklyShift.objects.filter(kind=found.name),
        "pairs": Apart.objects.filter(one__kind=found.name).select_related(
            "one__person", "other__person"
        ),
        "deeds": shown(
            _kind_deeds(found),
            lambda deed: reverse("rota:kind-act", args=[found.name, deed]), failed,
        ),
        "plain_form": PlainForm(),
    }  # fmt: skip
    return render(request, "rota/kind.html", context, status=422 if failed else 200)


@opened_to(*MANAGERS)
@require_safe
def member(request: Request, pk: int) -> HttpResponse:
    """One who takes turns: what they can, what they have, their wishes, ill, leaving."""
    return _member_page(request, _member(request, pk))


@opened_to(*MANAGERS)
@require_POST
def member_act(request: Request, pk: int, deed: str) -> HttpResponse:
    """What they can, a sick call that came by phone, when they leave."""
    found = _member(request, pk)
    refused = do(_member_deeds(found, local_day(request.now)), deed, request)
    if refused is not None:
        return _member_page(request, found, (deed, refused))
    return redirect("rota:member", pk=pk)


def _member(request: Request, pk: int) -> Member:
    found: Member = get_object_or_404(Member.objects.select_related("person"), pk=pk)
    if not may_manage(request.actor, found.kind):
        raise Http404
    return found


def _member_deeds(found: Member, today: date) -> dict[str, Deed]:
    if found.left_on is not None:
        return {}
    deeds = {
        "sick": Deed(
            gettext_lazy("They called in sick"),
            lambda form, request: call_in_sick(
                found, since=form.cleaned_data["since"], until=form.cleaned_data["until"],
                by=request.actor.by("phone"), now=request.now, token=form.idempotency_token,
            ),
            gettext_lazy("Their days are free. Who takes them is being worked out."), SickForm,
        ),
        "terms": Deed(
            gettext_lazy("What they can, and how much"),
            lambda form, request: change_member(
                found, form.terms(), by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
            gettext_lazy("Written down."), TermsForm, terms_of(found),
        ),
        "leave": Deed(
            gettext_lazy("They do not take turns any more"),
            lambda form, request: leave(
                found, on=local_day(form.cleaned_data["on"]), by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
            gettext_lazy("Written down. Who takes their days is being worked out."),
            LeaveForm, {"on": today.isoformat()},
        ),
    }  # fmt: skip
    kind_found = kind_of(found.kind)
    if kind_found is not None and kind_found.people is not None:
        # What they can, and whether they leave, is their room's to say.
        del deeds["leave"]
        deeds["terms"] = Deed(
            gettext_lazy("How much, and whether they may be called"),
            lambda form, request: change_member(
                found, form.terms(found), by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
            gettext_lazy("Written down."), LimitsForm, terms_of(found),
        )  # fmt: skip
    return deeds


def _member_page(request: Request, found: Member, failed: Failed | None = None) -> HttpResponse:
    today = local_day(request.now)
    context = {
        "member": found,
        "kind": kind_of(found.kind),
        "is_check_old": found.checked_on is None or check_ends(found.checked_on) <= today,
        "duties": found.duties.filter(shift__ends_at__gt=request.now, shift__month__state=MonthState.PUBLISHED)
        .select_related("shift__month")[:40],
        "months": Month.objects.filter(kind=found.kind, state=MonthState.OPEN),
        "deeds": shown(
            _member_deeds(found, today),
            lambda deed: reverse("rota:member-act", args=[found.pk, deed]), failed,
        ),
    }  # fmt: skip
    return render(request, "rota/member.html", context, status=422 if failed else 200)

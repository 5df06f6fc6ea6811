"""Alarms at work: what is open, pressing for somebody, one alarm with everything a helper needs."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mulin.circle.alarms import queries
from mulin.circle.alarms.actions import answering
from mulin.circle.alarms.actions.raising import check_in, press_for
from mulin.circle.alarms.actions.setting import say_away, say_back
from mulin.circle.alarms.forms import (
    AwayForm,
    EndForm,
)
from mulin.circle.alarms.models import TIE_LABELS, Alarm, Outcome, Watch
from mulin.circle.alarms.permissions import PRESS_ROLES, WATCH_ROLES, may_keep_watch
from mulin.circle.alarms.rules import State
from mulin.ground.audit.actions import record_look
from mulin.ground.community.access import Request, opened_to, signed_in
from mulin.ground.people.models import Person, PersonQuerySet
from mulin.ground.people.near import looked_after_by, to_know
from mulin.ground.people.queries import roll
from mulin.kit.acts import attempt
from mulin.kit.channels import Channel
from mulin.kit.forms import ActForm, PlainForm, fresh_token
from mulin.kit.paging import page_of

MOST_FOUND = 20
MOST_LOOKED_AFTER = 100


@opened_to(*WATCH_ROLES)
@require_safe
def duty(request: Request) -> HttpResponse:
    """What is open, and what ended lately."""
    context = {
        "open": list(queries.on_screen().visible_to(request.actor)),
        "page": page_of(queries.lately(request.actor), request.GET, size=20),
        "health": queries.health(request.community, request.now),
    }
    return render(request, "alarms/duty.html", context)


@signed_in
def press(request: Request) -> HttpResponse:
    """Two touches: this page, and the red button beside whom it is about. Whom I look after stands
    there at once; staff find everybody else by name.
    """
    form = PlainForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = _person(request)
        done = attempt(
            form,
            lambda: press_for(
                person, by=request.actor, now=request.now, token=form.idempotency_token
            ),
        )
        if done is not None:
            messages.success(request, _("It is written down, and everybody is being told."))
            return _to_alarm(request, done)
    may_search = request.actor.is_handler
    typed = request.GET.get("q", "").strip() if may_search else ""
    found = roll(request.actor, query=typed)[:MOST_FOUND] if typed else ()
    chosen = request.GET.get("person", "")
    context = {
        "form": form,
        "typed": typed,
        "found": _with_tokens(found),
        "mine": _with_tokens(_looked_after(request)),
        "chosen": _visible(request).filter(pk=int(chosen)).first() if chosen.isdecimal() else None,
        "may_search": may_search,
    }
    return render(request, "alarms/press.html", context, status=422 if form.errors else 200)


def _visible(request: Request) -> PersonQuerySet:
    """Whom this actor may press for: whom they see on the roll, and whom they look after."""
    on_roll = Person.objects.on_roll()
    found: PersonQuerySet = on_roll.filter(pk__in=_ids_looked_after(request)) | (
        on_roll.visible_to(request.actor)
        if request.actor.has(*PRESS_ROLES)
        else on_roll.filter(pk=request.actor.person_id or 0)
    )
    return found


def _ids_looked_after(request: Request) -> set[int]:
    """Whom they watch over or are a contact of here, and whom another room gave into their care."""
    watched = queries.watched(request.actor).exclude(person=request.actor.person_id or 0)
    return {*watched.values_list("person", flat=True), *looked_after_by(request.actor.person_id)}


def _looked_after(request: Request) -> PersonQuerySet:
    rows: PersonQuerySet = Person.objects.on_roll().filter(pk__in=_ids_looked_after(request))
    return rows.order_by("pinyin", "id")[:MOST_LOOKED_AFTER]


def _with_tokens(persons: Iterable[Person]) -> list[tuple[Person, str]]:
    """Each button is a form of its own: pressed for two people, it is two alarms."""
    return [(one, fresh_token()) for one in persons]


def _person(request: Request) -> Person:
    chosen = request.POST.get("person", "")
    found = _visible(request).filter(pk=int(chosen) if chosen.isdecimal() else 0).first()
    if found is None:
        raise Http404
    return found


@signed_in
@require_safe
def alarm(request: Request, pk: int) -> HttpResponse:
    """Who, where, the key, whom to call, who goes; and what can be said."""
    found = _alarm(request, pk)
    return _shown(request, found, EndForm())


@signed_in
@require_POST
def act(request: Request, pk: int, deed: str) -> HttpResponse:
    """I go, I can't, I am there, what it was."""
    found = _alarm(request, pk)
    form = _form(deed)(request.POST)
    if form.is_valid():
        done = attempt(form, lambda: _do(deed, found, form, request))
        if done is not None:
            by_phone = "called" in request.POST
            said = _("Noted.") if by_phone else said_of(deed, done, request.actor.account_id)
            messages.success(request, said)
            return redirect("alarms:alarm", pk=found.pk)
    found.refresh_from_db()
    return _shown(request, found, form, failed=deed)


def _form(deed: str) -> type[ActForm]:
    if deed not in {"go", "cannot", "there", "end"}:
        raise Http404
    return EndForm if deed == "end" else PlainForm


def _do(deed: str, found: Alarm, form: ActForm, request: Request) -> Alarm:
    # Any: what every action takes.
    told: dict[str, Any] = {
        "by": request.actor, "now": request.now, "token": form.idempotency_token
    }  # fmt: skip
    number = request.POST.get("called", "")
    if deed == "go" and number.isdecimal() and request.actor.is_handler:
        told["called"] = get_object_or_404(found.called.all(), pk=int(number))
        told["by"] = request.actor.by(Channel.PHONE)
    if deed == "end":
        values = form.cleaned_data
        return answering.end(found, outcome=values["outcome"], words=values["words"], **told)
    deeds: dict[str, Callable[..., Alarm]] = {
        "go": answering.go, "cannot": answering.cannot_go, "there": answering.arrive
    }  # fmt: skip
    return deeds[deed](found, **told)


def said_of(deed: str, alarm: Alarm, account_id: int | None) -> str:
    """What is said after a deed: to the second who would go, who goes."""
    if deed == "go" and alarm.going_account_id != account_id:
        return _("%(name)s is on the way already. Thank you for being ready.") % {
            "name": alarm.going
        }
    return str(
        {
            "go": gettext_lazy("Thank you. The others see that you go."),
            "cannot": gettext_lazy("Noted. Somebody else is asked."),
            "there": gettext_lazy("Good that you are there."),
            "end": gettext_lazy("Ended. Thank you."),
        }[deed]
    )


def _alarm(request: Request, pk: int) -> Alarm:
    visible = Alarm.objects.real().visible_to(request.actor)
    found: Alarm = get_object_or_404(
        visible.select_related("person__grid", "device", "community"), pk=pk
    )
    return found


def _shown(
    request: Request, found: Alarm, form: ActForm, *, failed: str = ""
) -> HttpResponse:  # fmt: skip
    watch = queries.watch_of(found.person) if found.person else None
    contacts = queries.contacts_for(found)
    context = {
        "alarm": found,
        "watch": watch,
        "contacts": contacts,
        "close": [
            (one.person, TIE_LABELS[one.tie])
            for one in (queries.close_to(found.person, besides=contacts) if found.person else ())
        ],
        "to_know": _to_know(request, found, watch),
        "events": list(found.events.select_related("device")),
        "plain": form if failed and failed != "end" else PlainForm(),
        "form": form if isinstance(form, EndForm) else EndForm(),
        "by_phone": queries.from_outside(found)
        if request.actor.is_handler and found.state == State.OPEN
        else [],
        "is_mine": found.going_account_id == request.actor.account_id and bool(found.going),
        "may_set": watch is not None and may_keep_watch(request.actor, watch),
        "outcome": Outcome,
    }
    return render(request, "alarms/alarm.html", context, status=422 if form.errors else 200)


def _to_know(request: Request, found: Alarm, watch: Watch | None) -> list[tuple[str, str]]:
    """What a helper must know as long as somebody is in need; that somebody looked is written down."""
    if found.person is None or found.state == State.ENDED:
        return []
    if watch is not None and (watch.key_where or watch.note):
        record_look(watch, by=request.actor, what="watch", reason=_("an alarm"), now=request.now)
    return to_know(Person.everyone_of(found.person), by=request.actor, now=request.now)


def _to_alarm(request: Request, done: Alarm) -> HttpResponse:
    seen = Alarm.objects.visible_to(request.actor).filter(pk=done.pk).exists()
    return redirect("alarms:alarm", pk=done.pk) if seen else redirect("alarms:mine")


# ── for oneself ──────────────────────────────────────────────────────────────────────────────


@signed_in
@require_safe
def mine(request: Request) -> HttpResponse:
    """Help for me in two touches; "I am well"; not at home."""
    return _mine(request, AwayForm())


@signed_in
@require_POST
def mine_act(request: Request, deed: str) -> HttpResponse:
    """What I say of myself."""
    person = _myself(request)
    if person is None or deed not in {"help", "well", "away", "back"}:
        raise Http404
    watch = queries.watch_of(person)
    if watch is None and deed != "help":
        raise Http404
    form: ActForm = AwayForm(request.POST) if deed == "away" else PlainForm(request.POST)
    if form.is_valid():
        by, now, token = request.actor, request.now, form.idempotency_token

        def do() -> object:
            if deed == "help":
                return press_for(person, by=by, now=now, token=token)
            assert watch is not None  # noqa: S101  asked above
            if deed == "well":
                return check_in(watch, by=by, now=now, token=token)
            if deed == "back":
                say_back(watch, by=by, now=now, token=token)
                return watch
            values = form.cleaned_data
            return say_away(
                watch, since=now, until=values["until"], where=values["where"], by=by, now=now,
                token=token,
            )  # fmt: skip

        if attempt(form, do) is not None:
            messages.success(request, str(_SAID[deed]))
            return redirect("alarms:mine")
    return _mine(request, form)


_SAID = {
    "help": gettext_lazy("It is written down. Somebody is being called; keep calm, stay where you are."),
    "well": gettext_lazy("Good to hear of you."),
    "away": gettext_lazy("Noted. Have a good time."),
    "back": gettext_lazy("Welcome home."),
}  # fmt: skip


def _myself(request: Request) -> Person | None:
    if request.actor.person_id is None:
        return None
    found: Person | None = Person.objects.filter(pk=request.actor.person_id).first()
    return found


def _mine(request: Request, form: ActForm) -> HttpResponse:
    person = _myself(request)
    watch = queries.watch_of(person) if person else None
    context = {
        "person": person,
        "watch": watch,
        "others": _with_tokens(_looked_after(request)),
        "running": queries.running_alarm_of(person, None, is_trial=False) if person else None,
        "away": queries.away_now([watch.pk], request.now).get(watch.pk) if watch else None,
        "is_sure": "sure" in request.GET,
        "plain": PlainForm(),
        "form": form if isinstance(form, AwayForm) else AwayForm(),
    }
    return render(request, "alarms/mine.html", context, status=422 if form.errors else 200)

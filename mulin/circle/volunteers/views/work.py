"""One activity at the desk: posts and who stands on them, the door, who is served, closing."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from mulin.circle.volunteers import queries
from mulin.circle.volunteers.actions import duties, planning, presence, served
from mulin.circle.volunteers.forms import (
    BookForm,
    BringForm,
    CloseForm,
    CountForm,
    NeedForm,
    RowForm,
    SetUpForm,
    ShiftForm,
    SignUpForm,
)
from mulin.circle.volunteers.models import (
    HOURS_RULE,
    Activity,
    Appointment,
    Duty,
    Shift,
    Volunteer,
)
from mulin.circle.volunteers.rules import KEEPERS, hours_of, may_check_in
from mulin.circle.volunteers.views.public import find_activity
from mulin.commons.gatherings.actions.planning import (
    cancel_gathering,
    count_walk_ins,
    move_gathering,
)
from mulin.commons.gatherings.forms import CancelForm, MoveForm
from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.deeds import Deed, Failed, do, shown
from mulin.ground.people.models import Person
from mulin.kit.clock import SHANGHAI


@opened_to(*KEEPERS)
@require_safe
def work(request: Request, pk: int) -> HttpResponse:
    """One activity: posts, who is here, who is served, what is next."""
    return _page(request, find_activity(pk))


@opened_to(*KEEPERS)
@require_POST
def work_act(request: Request, pk: int, deed: str) -> HttpResponse:
    """Something is done at an activity."""
    found = find_activity(pk)
    form = do(_deeds(request, found), deed, request)
    if form is not None:
        return _page(request, found, (deed, form))
    return redirect("volunteers:work", pk=pk)


def _page(request: Request, found: Activity, failed: Failed | None = None) -> HttpResponse:
    posts = queries.posts_of(found)
    stays = queries.stays_of(found)
    inside = {one.volunteer_id for one in stays if one.left_at is None}
    minutes = queries.services_of(found)
    persons = {duty.volunteer.person_id for post in posts for duty in (*post.going, *post.waiting)}
    others = queries.others_of(persons, found.span, besides=found.pk)
    wanted_out = [duty for post in posts for duty in post.going if duty.wants_out]
    context: dict[str, Any] = {
        "activity": found,
        "gathering": found.gathering,
        "posts": [
            (
                post,
                [
                    (duty, duty.volunteer_id in inside, others.get(duty.volunteer.person_id, ()))
                    for duty in post.going
                ],
            )
            for post in posts
        ],
        "stays": [(one, minutes.get(one.volunteer_id)) for one in stays],
        "total": (sum(minutes.values()), hours_of(sum(minutes.values()))),
        "step_in": [(duty, queries.who_could(duty.shift)) for duty in wanted_out[:3]],
        "slots": queries.slots_at(found) if found.slot_minutes else [],
        "deeds": shown(
            _deeds(request, found),
            lambda name: reverse("volunteers:work-act", args=[found.pk, name]), failed,
        ),
        "row_form": RowForm(auto_id=False),
        "need_form": NeedForm(auto_id=False),
        "has_begun": request.now >= found.gathering.starts_at,
        "is_door_open": may_check_in(*found.span, request.now),
        "rule": HOURS_RULE,
    }  # fmt: skip
    return render(request, "volunteers/work.html", context, status=422 if failed else 200)


def _deeds(request: Request, found: Activity) -> dict[str, Deed]:
    if not found.gathering.is_planned:
        return _served(request, found) if found.gathering.is_held else {}
    on_list = _signing_up(request, found) if found.shifts.exists() else {}
    return {
        **on_list, **_on_list(request, found), **_served(request, found),
        **_posts(request, found), **_door(request, found),
    }  # fmt: skip


def _with(found: Activity, form: Any) -> Any:  # Any: forms of several kinds
    return lambda *args, **kwargs: form(*args, activity=found, **kwargs)


def _posts(request: Request, found: Activity) -> dict[str, Deed]:
    """What is done with posts as such."""
    by, now = request.actor, request.now

    def add_shift(form: Any, _request: Request) -> object:  # Any: as above
        values = {name: form.cleaned_data[name] for name in form.fields if name != "token"}
        return planning.add_shift(found, **values, by=by, now=now, token=form.idempotency_token)

    def drop_shift(form: Any, _request: Request) -> object:  # Any: as above
        shift: Shift = get_object_or_404(found.shifts.all(), pk=form.cleaned_data["row"])
        return planning.drop_shift(shift, by=by, now=now, token=form.idempotency_token)

    def set_up(form: Any, _request: Request) -> object:  # Any: as above
        values = form.cleaned_data
        return planning.set_up(
            found, insurance=values["insurance"], slot_minutes=values["slot_minutes"] or 0,
            chairs=values["chairs"] or 1, organisation=values["organisation"], by=by, now=now,
            token=form.idempotency_token,
        )  # fmt: skip

    def move(form: Any, _request: Request) -> object:  # Any: as above
        values = {name: form.cleaned_data[name] for name in form.fields if name != "token"}
        return move_gathering(
            found.gathering, **values, by=by, now=now, token=form.idempotency_token
        )

    def call_off(form: Any, _request: Request) -> object:  # Any: as above
        return cancel_gathering(
            found.gathering, why=form.cleaned_data["why"], by=by, now=now,
            token=form.idempotency_token,
        )  # fmt: skip

    return {
        "move": Deed(
            _("Another time or place"), move,
            _("Moved. Whoever was told is told again."),
            lambda *args, **kwargs: MoveForm(*args, gathering=found.gathering, **kwargs),
        ),
        "call-off": Deed(
            _("Call it off"), call_off, _("Called off. Whoever was told is told so."), CancelForm
        ),
        "shift": Deed(_("Another post or time"), add_shift, _("Added."), _with(found, ShiftForm)),
        "set-up": Deed(
            _("Insurance, appointments, who comes"), set_up, _("Changed."), _with(found, SetUpForm)
        ),
        "drop-shift": Deed("", drop_shift, _("Taken away."), RowForm, is_line=True),
    }  # fmt: skip


def _signing_up(request: Request, found: Activity) -> dict[str, Deed]:
    """Who stands on the posts."""
    by, now = request.actor, request.now

    def shift_of(form: Any) -> Shift:  # Any: as above
        shift: Shift = form.cleaned_data["shift"]
        shift.activity = found
        return shift

    def sign_up(form: Any, _request: Request) -> str:  # Any: as above
        volunteer = queries.volunteer_called(form.cleaned_data["who"])
        spoken = by.by(form.cleaned_data["channel"] or "phone", on_behalf_of=volunteer.person_id)
        duty = duties.sign_up(
            shift_of(form), volunteer, knows_risks=_knows(form), by=spoken, now=now,
            token=form.idempotency_token,
        )  # fmt: skip
        near = queries.others_of([volunteer.person_id], duty.shift.span, besides=found.pk)
        said = _("On the list.") if duty.stand == "going" else _("It is full: on the waiting list.")
        for other in near.get(volunteer.person_id, ()):
            said += " " + _("Just before or after: %(title)s.") % {"title": other.title}
        return said

    def bring(form: Any, _request: Request) -> str:  # Any: as above
        count, faults = duties.bring(
            shift_of(form), form.cleaned_data["organisation"], knows_risks=_knows(form), by=by,
            now=now, token=form.idempotency_token,
        )  # fmt: skip
        said = ngettext("%(count)s is on the list.", "%(count)s are on the list.", count)
        return " ".join([said % {"count": count}, *faults])

    return {
        "sign-up": Deed(_("Put a volunteer on the list"), sign_up, "", _with(found, SignUpForm)),
        "bring": Deed(
            _("An organisation comes with its people"), bring, "", _with(found, BringForm),
        ),
    }  # fmt: skip


def _knows(form: Any) -> bool:  # Any: as above
    return bool(form.cleaned_data.get("knows_risks"))


def _on_list(request: Request, found: Activity) -> dict[str, Deed]:
    """What is done with somebody on the list."""
    by, now = request.actor, request.now

    def duty_of(form: Any) -> Duty:  # Any: as above
        rows = Duty.objects.select_related("shift__activity__gathering", "volunteer__person")
        row: Duty = get_object_or_404(rows, pk=form.cleaned_data["row"], shift__activity=found)
        row.shift.activity = found
        return row

    def hand_on(form: Any, _request: Request) -> object:  # Any: as above
        rows = Volunteer.objects.active().select_related("person")
        other: Volunteer = get_object_or_404(rows, pk=form.cleaned_data["other"] or 0)
        return duties.hand_on(
            duty_of(form), other, knows_risks=_knows(form), by=by, now=now,
            token=form.idempotency_token,
        )  # fmt: skip

    return {
        "off": Deed(
            "",
            lambda form, _request: duties.sign_off(
                duty_of(form), by=by, now=now, token=form.idempotency_token
            ),
            _("Off the list; whoever waited moves up."), RowForm, is_line=True,
        ),
        "out": Deed(
            "",
            lambda form, _request: duties.ask_out(
                duty_of(form), by=by, now=now, token=form.idempotency_token
            ),
            _("See below who could step in."), RowForm, is_line=True,
        ),
        "hand-on": Deed("", hand_on, _("Handed on; both are told."), RowForm, is_line=True),
    }  # fmt: skip


def _door(request: Request, found: Activity) -> dict[str, Deed]:
    by, now = request.actor.by("walk_in"), request.now

    def at_door(form: Any, act: Any) -> object:  # Any: as above; one of two actions
        rows = Volunteer.objects.select_related("person")
        who: Volunteer = get_object_or_404(rows, pk=form.cleaned_data["row"])
        return act(
            found, who, by=by, now=now, happened=form.cleaned_data["happened"],
            token=form.idempotency_token,
        )  # fmt: skip

    def close(form: Any, _request: Request) -> object:  # Any: as above
        return presence.close(
            found, ended_at=form.cleaned_data["ended_at"], by=by, now=now,
            token=form.idempotency_token,
        )  # fmt: skip

    def close_form(*args: Any, **kwargs: Any) -> CloseForm:  # Any: Django's own form arguments
        kwargs["initial"] = {"ended_at": min(found.gathering.ends_at, now).astimezone(SHANGHAI)}
        return CloseForm(*args, **kwargs)

    deeds = {
        "in": Deed(
            "", lambda form, _request: at_door(form, presence.check_in),
            _("Signed in."), RowForm, is_line=True
        ),
        "leave": Deed(
            "", lambda form, _request: at_door(form, presence.check_out),
            _("Signed out."), RowForm, is_line=True
        ),
        "count": Deed(
            _("How many came without an appointment"),
            lambda form, _request: count_walk_ins(
                found.gathering, form.cleaned_data["walk_ins"], by=by, now=now,
                token=form.idempotency_token,
            ),
            _("Counted."), CountForm,
        ),
    }  # fmt: skip
    if now >= found.gathering.starts_at:
        deeds["close"] = Deed(
            _("It is over: count the minutes"),
            close,
            _("Closed; the minutes are counted."),
            close_form,
        )
    return deeds


def _served(request: Request, found: Activity) -> dict[str, Deed]:
    by, now = request.actor, request.now

    def visit_of(form: Any) -> Appointment:  # Any: as above
        rows = Appointment.objects.select_related("activity__gathering", "person")
        row: Appointment = get_object_or_404(rows, pk=form.cleaned_data["row"], activity=found)
        return row

    def book(form: Any, _request: Request) -> object:  # Any: as above
        values = form.cleaned_data
        person: Person | None = None
        if not values["is_stranger"]:
            person = queries.person_called(by, values["who"])
        spoken = by.by(values["channel"] or "phone", on_behalf_of=person.pk if person else None)
        return served.book(
            found, after_minutes=values["after_minutes"], person=person, called=values["who"],
            note=values["note"], by=spoken, now=now, token=form.idempotency_token,
        )  # fmt: skip

    def act(name: str) -> Any:  # Any: a function of a form
        deed = {"served": served.serve, "unbook": served.cancel}[name]
        return lambda form, _request: deed(
            visit_of(form), by=by, now=now, token=form.idempotency_token
        )

    deeds = {
        "served": Deed("", act("served"), _("Served."), RowForm, is_line=True),
        "unbook": Deed("", act("unbook"), _("The time is free again."), RowForm, is_line=True),
        "need": Deed(
            "",
            lambda form, _request: served.hear_need(
                visit_of(form), form.cleaned_data["answer"], by=by, now=now,
                token=form.idempotency_token,
            ),
            _("Passed on: it stands among the demands."), NeedForm, is_line=True,
        ),
    }  # fmt: skip
    if found.slot_minutes and found.gathering.is_planned:
        deeds["book"] = Deed(
            _("Somebody comes to be served"), book, _("Booked."), _with(found, BookForm)
        )
    return deeds

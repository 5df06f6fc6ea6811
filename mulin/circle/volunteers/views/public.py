"""What the street sees: the month, one activity, the door, the wall of thanks, checking a code."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.circle.volunteers import queries
from mulin.circle.volunteers.actions.duties import join_in, sign_off
from mulin.circle.volunteers.actions.presence import check_in, check_out
from mulin.circle.volunteers.actions.served import book, cancel, redeem, thank
from mulin.circle.volunteers.forms import (
    BookOwnForm,
    JoinForm,
    RedeemForm,
    RowForm,
    ThanksForm,
    VerifyForm,
)
from mulin.circle.volunteers.models import HOURS_RULE, Activity, Appointment, Duty, Stay
from mulin.circle.volunteers.rules import (
    initial_of,
    may_check_in,
    month_after,
    month_before,
    month_of,
)
from mulin.ground.community.access import Request, public, signed_in
from mulin.ground.community.deeds import Deed, Failed, do, shown
from mulin.ground.people.models import Person
from mulin.ground.people.queries import person_of_account
from mulin.kit.acts import attempt
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day
from mulin.kit.forms import PlainForm
from mulin.kit.ids import normalise_code
from mulin.kit.paging import page_of

SHOWN_NEXT = 5


def person_of(request: Request) -> Person | None:
    """Who looks at the page, if they stand on the roll."""
    if request.actor.account_id is None or request.actor.person_id is None:
        return None
    return person_of_account(request.actor.account_id)


@public
@require_safe
def month(request: Request) -> HttpResponse:
    """What volunteers do this month, day after day; certificates that hang out for objections."""
    first = month_of(request.GET.get("month", ""), local_day(request.now))
    lines = queries.lines_between(first, month_after(first), is_public=True)
    ahead = [line for line in lines if line.activity.gathering.ends_at > request.now]
    page = page_of([*ahead, *(line for line in lines if line not in ahead)], request.GET, size=40)
    # Whoever looks in the last days of a month would like to know what comes next.
    is_now = first == local_day(request.now).replace(day=1)
    after = month_after(first)
    soon = queries.lines_between(after, month_after(after), is_public=True) if is_now else []
    context = {
        "first": first,
        "before": month_before(first),
        "after": after,
        "page": page,
        "rows": [(line, line.activity.gathering.ends_at > request.now) for line in page.rows],
        "soon": [] if ahead else [(line, True) for line in soon[:SHOWN_NEXT]],
        "notices": [
            (one, initial_of(str(one.volunteer)))
            for one in queries.certificates_in_notice(local_day(request.now))[:50]
        ],
        "thanks": queries.thanks_shown()[:3],
        "is_on_roll": person_of(request) is not None,
        "here": "ours",
    }
    return render(request, "volunteers/month.html", context)


@public
@require_safe
def activity(request: Request, code: str) -> HttpResponse:
    """One activity: what it is, which posts are free, at which time one is served."""
    return _activity(request, _found(code))


@signed_in
@require_POST
def join(request: Request, code: str, deed: str) -> HttpResponse:
    """I help, or cannot; I come at a time, or not."""
    found, person = _found(code), person_of(request)
    if person is None:
        raise Http404
    form = do(_deeds(request, found, person), deed, request)
    if form is not None:
        return _activity(request, found, (deed, form))
    return redirect("volunteers:activity", code=found.gathering.code)


def _deeds(request: Request, found: Activity, person: Person) -> dict[str, Deed]:
    by, now = request.actor, request.now

    def help_out(form: Any, _request: Request) -> str:  # Any: forms of several kinds
        duty = join_in(
            form.cleaned_data["shift"], person, knows_risks=form.cleaned_data.get("knows_risks", False),
            by=by, now=now, token=form.idempotency_token,
        )  # fmt: skip
        if duty.stand == "waiting":
            return _("It is full. You are on the waiting list, and hear of a place.")
        return _("Thank you. You are expected.")

    def off(form: Any, _request: Request) -> object:  # Any: as above
        rows = Duty.objects.select_related("shift__activity__gathering", "volunteer__person")
        duty: Duty = get_object_or_404(rows, pk=form.cleaned_data["row"], shift__activity=found)
        return sign_off(duty, by=by, now=now, token=form.idempotency_token)

    def cancel_own(form: Any, _request: Request) -> object:  # Any: as above
        rows = Appointment.objects.filter(person__in=Person.everyone_of(person), activity=found)
        own: Appointment = get_object_or_404(rows, pk=form.cleaned_data["row"])
        return cancel(own, by=by, now=now, token=form.idempotency_token)

    deeds = {
        "help": Deed(
            _("I help"), help_out,
            _("Thank you."), lambda *args, **kwargs: JoinForm(*args, activity=found, **kwargs),
        ),
        "off": Deed(
            "", off, _("Thank you for saying so: somebody else moves up."), RowForm, is_line=True,
        ),
        "cancel": Deed(
            "", cancel_own, _("Your time is free for somebody else."), RowForm, is_line=True,
        ),
    }  # fmt: skip
    if found.slot_minutes:
        deeds["book"] = Deed(
            _("I come to be served"),
            lambda form, _request: book(
                found, after_minutes=form.cleaned_data["after_minutes"], person=person, by=by,
                now=now, token=form.idempotency_token,
            ),
            _("You are expected at that time."),
            lambda *args, **kwargs: BookOwnForm(*args, activity=found, **kwargs),
        )  # fmt: skip
    return deeds


def _activity(request: Request, found: Activity, failed: Failed | None = None) -> HttpResponse:
    person = person_of(request)
    gathering = found.gathering
    is_open = gathering.is_planned and request.now < gathering.ends_at
    posts = queries.posts_of(found)
    volunteer = queries.volunteer_of(person)
    mine = [
        duty
        for post in posts
        for duty in (*post.going, *post.waiting)
        if volunteer and duty.volunteer_id == volunteer.pk
    ]
    slots = queries.slots_at(found) if found.slot_minutes else []
    everyone = Person.everyone_of(person) if person else []
    context: dict[str, Any] = {
        "activity": found,
        "gathering": gathering,
        "posts": posts,
        "free_slots": sum(slot.free for slot in slots),
        "mine": mine,
        "visits": [one for slot in slots for one in slot.taken if one.person_id in everyone],
        "deeds": shown(
            _deeds(request, found, person),
            lambda name: reverse("volunteers:join", args=[gathering.code, name]),
            failed,
        )
        if is_open and person
        else [],
        "row_form": RowForm(auto_id=False),
        "is_open": is_open,
        "here": "ours",
    }
    return render(request, "volunteers/activity.html", context, status=422 if failed else 200)


@public
def door(request: Request, code: str) -> HttpResponse:
    """The code at the door of an activity. Looking changes nothing; pressing signs in, or out."""
    found = queries.activity_at_door(normalise_code(code))
    if found is None:
        raise Http404
    volunteer = queries.volunteer_of(person_of(request))
    form = PlainForm(request.POST if request.method == "POST" else None)
    here = None
    if volunteer is not None:
        mine = Stay.objects.filter(activity=found, volunteer=volunteer)
        here = mine.order_by("-came_at").first()
    goes = here is not None and here.left_at is None
    if request.method == "POST" and form.is_valid() and volunteer is not None:
        # The button says what it does: a page that was left open signs nobody in who just left.
        act = check_out if request.POST.get("said") == "out" else check_in
        done = attempt(
            form,
            lambda: act(
                found, volunteer, by=request.actor.by(Channel.QR), now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if done is not None:
            words = _("Signed out. Thank you!") if act is check_out else _("Signed in. Thank you!")
            messages.success(request, words)
            return redirect("volunteers:door", code=found.gathering.door_code)
    context = {
        "activity": found,
        "gathering": found.gathering,
        "volunteer": volunteer,
        "stay": here,
        "goes": goes,
        "form": form,
        "is_open": found.gathering.is_planned and may_check_in(*found.span, request.now),
        "rule": HOURS_RULE,
        "here": "ours",
    }
    return render(request, "volunteers/door.html", context, status=422 if form.errors else 200)


@public
def wall(request: Request) -> HttpResponse:
    """What neighbours thank volunteers for; whoever signed in adds a word."""
    may_write = request.actor.account_id is not None
    form = ThanksForm(request.POST if request.method == "POST" and may_write else None)
    if request.method == "POST" and may_write and form.is_valid():
        written = attempt(
            form,
            lambda: thank(
                form.cleaned_data["words"], signed=form.cleaned_data["signed"],
                person=person_of(request), by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if written is not None:
            messages.success(request, _("Thank you. It hangs here once somebody has read it."))
            return redirect("volunteers:wall")
    context = {
        "page": page_of(queries.thanks_shown(), request.GET, size=30),
        "form": form,
        "may_write": may_write,
        "here": "ours",
    }
    return render(request, "volunteers/wall.html", context, status=422 if form.errors else 200)


@public
@require_safe
def verify(request: Request) -> HttpResponse:
    """Whether a certificate is one: what it says, as it was issued."""
    form = VerifyForm(request.GET if "code" in request.GET else None)
    code = normalise_code(form.cleaned_data["code"]) if form.is_valid() else ""
    found = queries.certificate_behind(code) if code else None
    context = {
        "form": form,
        "code": code,
        "found": found,
        "name": initial_of(str(found.volunteer)) if found else "",
        "rule": HOURS_RULE,
        "here": "ours",
    }
    return render(request, "volunteers/verify.html", context)


@public
def merchant(request: Request, code: str) -> HttpResponse:
    """The merchant's page: the code of a coupon is typed in, and counts once."""
    found = queries.offer_behind(normalise_code(code))
    if found is None:
        raise Http404
    form = RedeemForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        taken = attempt(
            form,
            lambda: redeem(
                found, form.cleaned_data["code"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if taken is not None:
            messages.success(request, _("It counts. Please give: %(what)s") % {"what": found.title})
            return redirect("volunteers:redeem", code=found.code)
    context = {"offer": found, "form": form, "here": "ours"}
    return render(request, "volunteers/merchant.html", context, status=422 if form.errors else 200)


def find_activity(pk: int) -> Activity:
    """An activity of the desk. Raises Http404."""
    found: Activity = get_object_or_404(queries.activities(), pk=pk)
    return found


def _found(code: str) -> Activity:
    found = queries.activity_behind(normalise_code(code))
    if found is None:
        raise Http404
    return found

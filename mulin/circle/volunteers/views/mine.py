"""A volunteer's own page: what is to come, the record, corrections, certificates, offers."""

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.circle.volunteers import queries
from mulin.circle.volunteers.actions import proof
from mulin.circle.volunteers.actions.duties import ask_out, sign_off
from mulin.circle.volunteers.actions.people import change, leave, register
from mulin.circle.volunteers.actions.presence import ask_correction
from mulin.circle.volunteers.actions.served import draw_coupon
from mulin.circle.volunteers.forms import (
    CertificateForm,
    CorrectionForm,
    RowForm,
    SaysForm,
)
from mulin.circle.volunteers.models import (
    HOURS_RULE,
    Activity,
    Certificate,
    Correction,
    Duty,
    Offer,
    Volunteer,
)
from mulin.circle.volunteers.papers import CERTIFICATE
from mulin.circle.volunteers.permissions import may_keep
from mulin.circle.volunteers.rules import hours_of
from mulin.circle.volunteers.views.public import person_of
from mulin.commons.gatherings.rules import State
from mulin.commons.paper.pressing import kept_on_paper
from mulin.ground.community.access import Request, signed_in
from mulin.ground.community.deeds import Deed, Failed, do, shown
from mulin.ground.people.models import Person
from mulin.kit.clock import SHANGHAI, local_day
from mulin.kit.forms import PlainForm

OLD_FROM = 60  # 《老年人权益保障法》第2条
_CORRECTABLE = 20


@signed_in
@require_safe
def mine(request: Request) -> HttpResponse:
    """One page for a volunteer, and the form for whoever is not one yet."""
    return _page(request, _person(request))


@signed_in
@require_POST
def mine_act(request: Request, deed: str) -> HttpResponse:
    """Something about me as a volunteer."""
    person = _person(request)
    form = do(_deeds(request, person), deed, request)
    return _page(request, person, (deed, form)) if form else redirect("volunteers:mine")


def _page(request: Request, person: Person, failed: Failed | None = None) -> HttpResponse:
    volunteer = queries.volunteer_of(person)
    record = queries.record_of(volunteer) if volunteer else None
    rows = queries.all_of(volunteer) if volunteer else []
    today = local_day(request.now)
    context: dict[str, Any] = {
        "volunteer": volunteer,
        "record": record,
        "duties": queries.duties_of(volunteer, request.now) if volunteer else [],
        "corrections": Correction.objects.filter(volunteer__in=rows).select_related(
            "activity__gathering"
        )[:10],
        "certificates": Certificate.objects.filter(volunteer__in=rows)[:10],
        "offers": queries.offers_for(
            person, volunteer=volunteer, minutes=record.minutes if record else 0,
            is_old=_is_old(person, request),
            today=today,
        ),
        "deeds": shown(
            _deeds(request, person), lambda name: reverse("volunteers:mine-act", args=[name]),
            failed,
        ),
        "row_form": RowForm(auto_id=False),
        "rule": HOURS_RULE,
        "here": "mine",
    }  # fmt: skip
    return render(request, "volunteers/mine.html", context, status=422 if failed else 200)


def _deeds(request: Request, person: Person) -> dict[str, Deed]:
    by, now = request.actor, request.now
    volunteer = queries.volunteer_of(person)

    def coupon(form: Any, _request: Request) -> str:  # Any: forms of several kinds
        offer: Offer = get_object_or_404(Offer.objects.all(), pk=form.cleaned_data["row"])
        mine = queries.offers_for(
            person, volunteer=volunteer, is_old=_is_old(person, request),
            minutes=queries.record_of(volunteer).minutes if volunteer else 0, today=local_day(now),
        )  # fmt: skip
        if offer.pk not in {one.pk for one, _coupon in mine}:
            raise Http404
        _drawn, code = draw_coupon(offer, person, by=by, now=now, token=form.idempotency_token)
        if not code:
            return _("This page was sent before. Take a new code if you did not write it down.")
        return _("Your code: %(code)s. Write it down: it is shown only now.") % {"code": code}

    deeds = {"coupon": Deed("", coupon, "", RowForm, is_line=True)}
    if volunteer is None or volunteer.left_on is not None:
        deeds["register"] = Deed(
            _("I would like to help"),
            lambda form, _request: register(
                person, form.says(), by=by, now=now, token=form.idempotency_token
            ),
            _("Welcome. You are a volunteer now."), SaysForm,
        )  # fmt: skip
        return deeds
    return deeds | _own_deeds(request, volunteer)


def _own_deeds(request: Request, volunteer: Volunteer) -> dict[str, Deed]:
    by, now = request.actor, request.now

    def duty(form: Any) -> Duty:  # Any: forms of several kinds
        rows = Duty.objects.select_related("shift__activity__gathering", "volunteer__person")
        found: Duty = get_object_or_404(
            rows, pk=form.cleaned_data["row"], volunteer__in=queries.all_of(volunteer)
        )
        return found

    def correct(form: Any, _request: Request) -> object:  # Any: as above
        values = form.cleaned_data
        found: Activity = get_object_or_404(queries.activities(), pk=values["activity"])
        return ask_correction(
            found, volunteer, came_at=values["came_at"], left_at=values["left_at"],
            why=values["why"], by=by, now=now, token=form.idempotency_token,
        )  # fmt: skip

    def certify(form: Any, _request: Request) -> object:  # Any: as above
        since, until = form.days()
        return proof.ask(
            volunteer, since=since, until=until, purpose=form.cleaned_data["purpose"], by=by,
            now=now, token=form.idempotency_token,
        )  # fmt: skip

    return {
        "off": Deed(
            "",
            lambda form, _request: sign_off(
                duty(form), by=by, now=now, token=form.idempotency_token
            ),
            _("Thank you for saying so: somebody else moves up."), RowForm, is_line=True,
        ),
        "out": Deed(
            "",
            lambda form, _request: ask_out(
                duty(form), by=by, now=now, token=form.idempotency_token
            ),
            _("We look for somebody. Until then the post is yours."), RowForm, is_line=True,
        ),
        "certificate": Deed(
            _("A certificate, free of charge"), certify, _("Asked for. You hear when it is ready."),
            CertificateForm,
        ),
        "correction": Deed(
            _("My hours are wrong"),
            correct, _("Written down. A colleague looks at it."),
            lambda *args, **kwargs: CorrectionForm(
                *args, activities=_correctable(request, volunteer), **kwargs
            ),
        ),
        "change": Deed(
            _("What I can do and when"),
            lambda form, _request: change(
                volunteer, form.says(), by=by, now=now, token=form.idempotency_token
            ),
            _("Changed."), lambda *args, **kwargs: SaysForm(*args, of=volunteer, **kwargs),
        ),
        "leave": Deed(
            _("I stop helping"),
            lambda form, _request: leave(volunteer, by=by, now=now, token=form.idempotency_token),
            _("All right. Your record stays yours."), PlainForm,
        ),
    }  # fmt: skip


def _correctable(request: Request, volunteer: Volunteer) -> list[tuple[int, str]]:
    """Activities of the last year at which they served or were on duty, the latest first."""
    mine = queries.all_of(volunteer)
    duties = Duty.objects.filter(volunteer__in=mine).values("shift__activity")
    rows = Activity.objects.filter(
        gathering__state=State.HELD, gathering__starts_at__gte=request.now - timedelta(days=365)
    ).filter(pk__in=duties) | Activity.objects.filter(
        gathering__state=State.HELD, stays__volunteer__in=mine
    )
    found = rows.distinct().select_related("gathering").order_by("-gathering__starts_at")
    return [
        (one.pk, f"{one.gathering.starts_at.astimezone(SHANGHAI):%m-%d} {one}")
        for one in found[:_CORRECTABLE]
    ]


def _is_old(person: Person, request: Request) -> bool:
    return bool(person.birth_year and local_day(request.now).year - person.birth_year >= OLD_FROM)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def certificate(request: Request, code: str) -> HttpResponse:
    """A certificate to be printed: the volunteer's own, or by whoever issues it."""
    found = queries.certificate_behind(code)
    if found is None or found.revoked_at is not None:
        raise Http404
    person = person_of(request)
    is_own = person is not None and found.volunteer.person_id in Person.everyone_of(person)
    if not is_own and not may_keep(request.actor):
        raise Http404
    return kept_on_paper(
        "volunteers/paper/certificate.html",
        lambda: {
            "certificate": found,
            "person": found.volunteer.person,
            "lines": [
                (title, day, minutes, hours_of(minutes)) for title, day, minutes in found.lines
            ],
            "rule": HOURS_RULE,
        },
        kind=CERTIFICATE, record=found.volunteer, state=found.number, title=found.number,
        person=found.volunteer.person, request=request,
    )  # fmt: skip


def _person(request: Request) -> Person:
    person = person_of(request)
    if person is None:
        raise Http404
    return person

"""The family's own page, enrolment, and the rules of the room for everybody to read."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from mulin.ground.community.access import Request, opened_to, public, with_own_key
from mulin.ground.community.deeds import Deed, do, shown
from mulin.ground.people.models import Person
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day, parse_day
from mulin.kit.forms import ActForm, PlainForm
from mulin.workshop.childcare import queries
from mulin.workshop.childcare.actions import enrolment, handover
from mulin.workshop.childcare.forms import (
    BookForm,
    ConsentForm,
    EnrolForm,
    FactsForm,
    ObjectForm,
    PhoneForm,
    PickerForm,
)
from mulin.workshop.childcare.models import (
    Booking,
    Child,
    DayPicture,
    Incident,
    Objection,
    Picker,
    Stay,
)
from mulin.workshop.childcare.permissions import guardian_of, may_read
from mulin.workshop.childcare.rules import BANDS, ENROLLERS, Band
from mulin.workshop.childcare.views import children
from mulin.workshop.childcare.views.reading import look, once

_DAYS_AHEAD = 14
#: Days of a child that stand open on its family's page; those after them behind a line.
_NEXT_DAYS = 3


@with_own_key
def mine(request: Request) -> HttpResponse:
    """My children here: where each is, what it did, places, who may fetch; a place for another."""
    form = _own_form(request)
    if request.method == "POST" and form is not None and form.is_valid():
        person = Person.objects.filter(pk=request.actor.person_id or 0).first()
        asked = attempt(
            form, lambda: enrolment.ask_place(form.asking(), person=person, **once(request, form))
        )
        if asked is not None:
            messages.success(request, _("The room knows. Whoever leads it calls you to meet."))
            return redirect("childcare:mine")
    return _mine_page(request, form=form, status=422 if form and form.errors else 200)


def _own_form(request: Request) -> EnrolForm | None:
    """To enrol a child: for whoever stands on the roll, with what it knows of them."""
    person = Person.objects.filter(pk=request.actor.person_id or 0).first()
    if person is None:
        return None
    known: dict[str, Any] = {"guardian": person.name, "phone": person.phone or "", "uses": []}
    return EnrolForm(request.POST or None, initial=known)


def _deeds(child: Child) -> dict[str, Deed]:
    """What a guardian may do."""
    said = gettext_lazy("Written down.")
    return {
        "book": Deed(
            gettext_lazy("Book a place"), lambda form, asked: children.book(child, form, asked),
            gettext_lazy("Booked."), BookForm,
        ),
        "picker": Deed(
            gettext_lazy("Somebody else may fetch"),
            lambda form, asked: children.add_picker(child, form, asked),
            said, partial(PickerForm, child=child),
        ),
        "facts": Deed(
            gettext_lazy("What the room should know"),
            lambda form, asked: enrolment.write_facts(child, form.facts(), **once(asked, form)),
            said,
            FactsForm,
        ),
        "consent": Deed(
            gettext_lazy("I agree, or not any more"),
            lambda form, asked: children.consent(child, form, asked),
            said, partial(ConsentForm, child=child),
        ),
        "phone": Deed(
            gettext_lazy("My new number"),
            lambda form, asked: enrolment.change_phone(
                guardian_of(asked.actor, child) or _nobody(), form.cleaned_data["phone"],
                **once(asked, form),
            ),
            said,
            partial(PhoneForm, child=child),
        ),
        "object": Deed(
            gettext_lazy("Another guardian must not fetch"),
            lambda form, asked: children.object_to(child, form, asked),
            gettext_lazy("Written down. Two adults look at their identity card from now on."),
            partial(ObjectForm, child=child),
        ),
        "leave": Deed(
            gettext_lazy("My child comes no more"),
            lambda form, asked: enrolment.leave(child, **once(asked, form)),
            gettext_lazy("The child has left. Health, lists and photos are deleted."),
        ),
    }  # fmt: skip


def _nobody() -> Any:  # Any: it never returns
    raise Http404


def _mine_page(
    request: Request, *, form: EnrolForm | None, failed: tuple[int, str, ActForm] | None = None,
    code: tuple[int, str] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    own = list(Child.objects.of_guardian(request.actor.account_id).select_related("group")[:12])
    context = {
        "cards": [_card(request, one, failed, code) for one in own],
        "form": form,
        "plain_form": PlainForm(),
    }
    response = render(request, "childcare/mine.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _card(
    request: Request, child: Child, failed: tuple[int, str, ActForm] | None,
    code: tuple[int, str] | None,
) -> Mapping[str, Any]:  # fmt: skip
    today = local_day(request.now)
    wrong = failed[1:] if failed and failed[0] == child.pk else None
    initial = children.initial_facts(child) | _wished_day(request)
    days = Booking.objects.filter(child=child, day__gte=today, cancelled_at__isnull=True)
    booked = list(days[:_DAYS_AHEAD])
    return {
        "child": child,
        "stay": Stay.objects.here().filter(child=child).first(),
        "code": code[1] if code and code[0] == child.pk else "",
        "days": queries.days_lived(child),
        "incidents": Incident.objects.filter(child=child)[:3],
        "bookings": booked[:_NEXT_DAYS],
        "later": booked[_NEXT_DAYS:],
        "pickers": Picker.objects.on(today).filter(child=child),
        "objections": Objection.objects.filter(
            child=child, guardian__person__account=request.actor.account_id or 0, lifted_at__isnull=True
        ).select_related("against"),
        "consents": queries.consents_by_use(child),
        "deeds": shown(
            _deeds(child), lambda name: reverse("childcare:mine-act", args=[child.pk, name]), wrong,
            initial,
        ) if child.accepted_at else [],
    }  # fmt: skip


def _wished_day(request: Request) -> dict[str, str]:
    """The day a link brought along: from the workshop, when a lot was taken."""
    try:
        return {"day": parse_day(request.GET.get("day", "")).isoformat()}
    except ValueError:
        return {}


@with_own_key
@require_POST
def mine_act(request: Request, pk: int, deed: str) -> HttpResponse:
    """One deed of a guardian; today's code is shown once and kept nowhere."""
    child = get_object_or_404(Child.objects.of_guardian(request.actor.account_id), pk=pk)
    if deed == "code":
        return _code(request, child)
    buttons = children.buttons_of(child)
    allowed = _deeds(child) | {name: buttons[name] for name in ("unpick", "unbook", "unobject")}
    failed = do(allowed, deed, request)
    if failed is None:
        return redirect("childcare:mine")
    return _mine_page(request, form=_blank(request), failed=(pk, deed, failed), status=422)


def _blank(request: Request) -> EnrolForm | None:
    person = Person.objects.filter(pk=request.actor.person_id or 0).first()
    return (
        EnrolForm(initial={"guardian": person.name, "phone": person.phone or ""})
        if person
        else None
    )


def _code(request: Request, child: Child) -> HttpResponse:
    form = PlainForm(request.POST)
    if not form.is_valid() or child.accepted_at is None:
        raise Http404
    own = set(Child.objects.of_guardian(request.actor.account_id).values_list("pk", flat=True))
    family = [one for one in queries.siblings_of(child) if one.pk in own]
    code = attempt(
        form,
        lambda: handover.make_code(family, local_day(request.now), **once(request, form)),
    )
    if not code:
        messages.error(
            request, _("The code was shown once. Ask for a new one; the old one is dead.")
        )
        return redirect("childcare:mine")
    return _mine_page(request, form=_blank(request), code=(child.pk, code))


@opened_to(*ENROLLERS)
def enrol(request: Request) -> HttpResponse:
    """Written down for a guardian who came or called: what they signed lies on paper."""
    form = EnrolForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by_paper = request.actor.by("paper")
        asked = attempt(
            form,
            lambda: enrolment.ask_place(
                form.asking(), by=by_paper, now=request.now, token=form.idempotency_token
            ),
        )
        if asked is not None:
            messages.success(request, _("Written down. Whoever leads the room takes it from here."))
            return redirect("childcare:enrol")
    return render(
        request, "childcare/enrol.html", {"form": form}, status=422 if form.errors else 200
    )


@with_own_key
@require_safe
def picture(request: Request, pk: int) -> FileResponse:
    """A photo of the day: for the family it was chosen for, and whoever may read of the child."""
    found: DayPicture = get_object_or_404(DayPicture.objects.select_related("note__child"), pk=pk)
    child = found.note.child
    if guardian_of(request.actor, child) is None:
        if not may_read(request.actor, local_day(request.now)):
            raise Http404
        look(request, child, "picture")
    response = FileResponse(found.file, content_type="image/jpeg")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _age(months: int) -> str:
    if months % 12:
        return ngettext("%(count)s month", "%(count)s months", months) % {"count": months}
    return ngettext("%(count)s year", "%(count)s years", months // 12) % {"count": months // 12}


def _ages(band: Band) -> str:
    """From which age to which, as people say it: in years where they are full."""
    return pgettext("ages", "%(first)s to %(last)s") % {
        "first": _age(band.from_months), "last": _age(band.until_months),
    }  # fmt: skip


@public
@require_safe
def about(request: Request) -> HttpResponse:
    """The room, how many adults, and the rules for children's data. 《个人信息保护法》第31条第2款."""
    return render(request, "childcare/about.html", {"bands": [(_ages(one), one) for one in BANDS]})

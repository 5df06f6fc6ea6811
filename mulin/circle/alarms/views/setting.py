"""What is set up: people who are watched over, devices, the ladder; the sheet for the drawer."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from mulin.circle.alarms import queries
from mulin.circle.alarms.actions import chain
from mulin.circle.alarms.actions import devices as things
from mulin.circle.alarms.actions import setting as acts
from mulin.circle.alarms.actions.raising import check_in
from mulin.circle.alarms.forms import (
    AwayForm,
    CareForm,
    ContactForm,
    DeviceForm,
    DutyForm,
    LadderForm,
    VendorForm,
)
from mulin.circle.alarms.models import (
    TIE_LABELS,
    WHO_LABELS,
    Contact,
    Device,
    Vendor,
    Watch,
)
from mulin.circle.alarms.permissions import SETUP_ROLES, WATCH_ROLES
from mulin.circle.alarms.rules import Ladder, ladder_of
from mulin.ground.audit.actions import record_look
from mulin.ground.community.access import Request, opened_to
from mulin.ground.people.models import Person
from mulin.ground.people.near import Close
from mulin.ground.people.queries import roll
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day
from mulin.kit.forms import ActForm, PlainForm
from mulin.kit.paging import page_of
from mulin.kit.paper.printing import paper

MOST_FOUND = 20
SIXTY = 60


# ── people ───────────────────────────────────────────────────────────────────────────────────


@opened_to(*WATCH_ROLES)
def people(request: Request) -> HttpResponse:
    """Who is watched over, and who is to be."""
    form = PlainForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen = request.POST.get("person", "")
        person: Person = get_object_or_404(
            Person.objects.on_roll().visible_to(request.actor),
            pk=int(chosen) if chosen.isdecimal() else 0,
        )
        done = attempt(
            form,
            lambda: acts.watch_over(
                person, by=request.actor, now=request.now, token=form.idempotency_token
            ),
        )
        if done is not None:
            return redirect("alarms:person", pk=done.pk)
    typed = request.GET.get("q", "").strip()
    page = page_of(queries.watched(request.actor), request.GET, size=30)
    context = {
        "form": form,
        "page": page,
        "away": queries.away_now([one.pk for one in page.rows], request.now),
        "typed": typed,
        "found": list(roll(request.actor, query=typed)[:MOST_FOUND]) if typed else [],
    }
    return render(request, "alarms/people.html", context, status=422 if form.errors else 200)


@opened_to(*WATCH_ROLES)
@require_safe
def person(request: Request, pk: int) -> HttpResponse:
    """Everything that is set for one person; that somebody looked is written down."""
    watch = _watch(request, pk)
    record_look(watch, by=request.actor, what="watch", reason=_("opened the page"), now=request.now)
    return _person(request, watch)


@opened_to(*WATCH_ROLES)
@require_POST
def person_act(request: Request, pk: int, deed: str) -> HttpResponse:
    """What is written down of them."""
    watch = _watch(request, pk)
    makes = _PERSON_DEEDS.get(deed)
    if makes is None:
        raise Http404
    form = makes[0](request.POST, auto_id=f"{deed}_%s")
    if form.is_valid():
        done = attempt(form, lambda: makes[1](watch, form, request) or True)
        if done is not None:
            messages.success(request, _("Noted."))
            if deed == "end":
                return redirect("alarms:people")
            return redirect("alarms:person", pk=watch.pk)
    return _person(request, _watch(request, pk), failed=(deed, form))


def _told(request: Request, form: ActForm) -> dict[str, Any]:  # Any: what every action takes
    return {"by": request.actor, "now": request.now, "token": form.idempotency_token}


def _add_contact(watch: Watch, form: ActForm, request: Request) -> object:
    values = form.cleaned_data
    known = list(
        Person.objects.on_roll().visible_to(request.actor).with_phone(values["phone"])
        .filter(name=values["name"])[:2]
    )  # fmt: skip
    return acts.add_contact(
        watch, kind=values["kind"], name=values["name"], phone=values["phone"],
        person=known[0] if len(known) == 1 else None, **_told(request, form),
    )  # fmt: skip


def _drop_contact(watch: Watch, form: ActForm, request: Request) -> object:
    number = request.POST.get("contact", "")
    contact: Contact = get_object_or_404(
        Contact.objects.select_related("watch__person"), watch=watch,
        pk=int(number) if number.isdecimal() else 0,
    )  # fmt: skip
    acts.drop_contact(contact, **_told(request, form))
    return contact


def _say_away(watch: Watch, form: ActForm, request: Request) -> object:
    values = form.cleaned_data
    return acts.say_away(
        watch, since=request.now, until=values["until"], where=values["where"],
        **_told(request, form),
    )  # fmt: skip


Deed = tuple[type[ActForm], Callable[[Watch, Any, Request], object]]

_PERSON_DEEDS: dict[str, Deed] = {
    "care": (CareForm, lambda watch, form, request: acts.set_care(
        watch, form.care, **_told(request, form))),
    "contact": (ContactForm, _add_contact),
    "drop": (PlainForm, _drop_contact),
    "ladder": (LadderForm, lambda watch, form, request: acts.set_ladder(
        form.rungs, watch=watch, **_told(request, form))),
    "away": (AwayForm, _say_away),
    "back": (PlainForm, lambda watch, form, request: acts.say_back(
        watch, **_told(request, form))),
    "well": (PlainForm, lambda watch, form, request: check_in(watch, **_told(request, form))),
    "end": (PlainForm, lambda watch, form, request: acts.end_watch(
        watch, **_told(request, form))),
}  # fmt: skip


def _watch(request: Request, pk: int) -> Watch:
    found: Watch = get_object_or_404(queries.watched(request.actor), pk=pk)
    return found


def _person(
    request: Request, watch: Watch, *, failed: tuple[str, ActForm] | None = None
) -> HttpResponse:  # fmt: skip
    def shown(name: str, kind: type[ActForm], **options: Any) -> ActForm:  # Any: form options
        is_failed = failed is not None and failed[0] == name
        return failed[1] if failed and is_failed else kind(auto_id=f"{name}_%s", **options)

    ladder = LadderForm.shown(queries.duty_of(watch.community_id).ladder)
    own = LadderForm.shown(ladder_of(watch.rungs)) if watch.rungs else ladder
    context = {
        "watch": watch,
        "close": _ties(queries.close_to(watch.person, besides=watch.contacts.all())),
        "care": shown("care", CareForm, initial=CareForm.shown(watch)),
        "contact": shown("contact", ContactForm),
        "away_form": shown("away", AwayForm),
        "ladder_form": shown("ladder", LadderForm, initial=own),
        "plain": PlainForm(),
        "away": queries.away_now([watch.pk], request.now).get(watch.pk),
        "devices": [queries.silence_of(one, request.now) for one in watch.devices.all()],
        "failed": failed[0] if failed else "",
    }
    return render(request, "alarms/person.html", context, status=422 if failed else 200)


def _ties(close: Iterable[Close]) -> list[tuple[Person, Any]]:  # Any: lazy words
    return [(one.person, TIE_LABELS[one.tie]) for one in close]


# ── devices ──────────────────────────────────────────────────────────────────────────────────


@opened_to(*SETUP_ROLES)
@require_safe
def devices(request: Request) -> HttpResponse:
    """Every device with when it was last proven, those never proven first; and the next to take up."""
    return _devices(request)


@opened_to(*SETUP_ROLES)
@require_POST
def add(request: Request, deed: str) -> HttpResponse:
    """A device or a vendor is taken up; its key is shown once, on this page."""
    if deed not in {"new", "vendor"}:
        raise Http404
    form: ActForm = DeviceForm(request.POST) if deed == "new" else VendorForm(request.POST)
    if form.is_valid():
        values = {name: form.cleaned_data[name] for name in form.fields if name != "token"}

        def do() -> things.WithKey:
            if deed == "vendor":
                return things.add_vendor(**values, **_told(request, form))
            return things.take_up_device(things.Thing(**values), **_told(request, form))

        done = attempt(form, do)
        if done is not None:
            return _devices(request, made=done)
    return _devices(request, failed=(deed, form))


@opened_to(*SETUP_ROLES)
@require_POST
def device_act(request: Request, pk: int, deed: str) -> HttpResponse:
    """A trial is announced, a key changed, a device taken out of use."""
    found: Device = get_object_or_404(Device.objects.in_use(), pk=pk)
    form = PlainForm(request.POST)
    if deed not in {"try", "key", "retire"} or not form.is_valid():
        raise Http404
    if deed == "key":
        made = attempt(form, lambda: things.change_key(found, **_told(request, form)))
        if made is not None:
            return _devices(request, made=made)
    elif deed == "try":
        things.announce_trial(found, **_told(request, form))
        messages.success(request, _("Press it in the next ten minutes: it stays at the desk."))
    else:
        things.retire_device(found, **_told(request, form))
        messages.success(request, _("Out of use."))
    for error in form.non_field_errors():
        messages.error(request, str(error))
    return redirect("alarms:devices")


def _devices(
    request: Request, *, made: things.WithKey | None = None,
    failed: tuple[str, ActForm] | None = None,
) -> HttpResponse:  # fmt: skip
    page = page_of(queries.devices(), request.GET, size=30)
    thing = made.device or made.vendor if made else None
    url = ""
    if thing is not None:
        path = reverse("alarms:hook", args=[request.community.slug, thing.code])
        url = request.build_absolute_uri(path)
    forms = {
        name: failed[1] if failed and failed[0] == name else kind()
        for name, kind in (("new", DeviceForm), ("vendor", VendorForm))
    }
    context = {
        "page": page,
        "lines": [queries.silence_of(one, request.now) for one in page.rows],
        "vendors": list(Vendor.objects.all()),
        "forms": forms,
        "failed": failed[0] if failed else "",
        "made": made,
        "thing": thing,
        "url": url,
        "plain": PlainForm(),
    }
    response = render(request, "alarms/devices.html", context, status=422 if failed else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


# ── the ladder, the sheet ────────────────────────────────────────────────────────────────────


@opened_to(*SETUP_ROLES)
@require_safe
def ladder(request: Request) -> HttpResponse:
    """The order in which whom is told, the duty phone, how the chain fares."""
    return _ladder(request)


@opened_to(*SETUP_ROLES)
@require_POST
def ladder_act(request: Request, deed: str) -> HttpResponse:
    """The ladder is set, the phone on duty, a new address for the duty screen."""
    kinds: dict[str, type[ActForm]] = {
        "rungs": LadderForm, "duty": DutyForm, "screen": PlainForm, "silence": PlainForm,
        "came": PlainForm,
    }  # fmt: skip
    if deed not in kinds:
        raise Http404
    form = kinds[deed](request.POST)
    if form.is_valid():
        if deed == "screen":
            key = attempt(form, lambda: acts.open_screen(**_told(request, form)))
            return _ladder(request, key=key or "")

        def do() -> object:
            if deed == "rungs":
                return acts.set_ladder(form.rungs, **_told(request, form))  # type: ignore[attr-defined]  # of a LadderForm
            if deed in _OF_THE_BOX:
                return _OF_THE_BOX[deed](**_told(request, form))
            return acts.set_duty(**form.told(), **_told(request, form))  # type: ignore[attr-defined]  # of a DutyForm

        if attempt(form, do) is not None:
            messages.success(request, str(_SAID[deed]))
            return redirect("alarms:ladder")
    return _ladder(request, failed=(deed, form))


_SAID = {
    "rungs": gettext_lazy("Set. Alarms that run keep the order they began with."),
    "duty": gettext_lazy("Noted."),
    "silence": gettext_lazy("Within six minutes a text of the second box must come. Say here when it has."),
    "came": gettext_lazy("Good: the second box is proven for a week."),
}  # fmt: skip
#: What is done to the second box.
_OF_THE_BOX = {"silence": chain.keep_silent, "came": chain.say_text_came}


def rungs_told(rungs: Ladder) -> list[tuple[str, str, bool]]:
    """A ladder in words: when, whom, whether their phone rings, too."""
    return [
        (_after(one.after), "、".join(str(WHO_LABELS[who]) for who in one.who), one.by_voice)
        for one in rungs
    ]


def _after(seconds: int) -> str:
    if not seconds:
        return _("at once")
    if seconds % SIXTY:
        words = ngettext("after %(count)d second", "after %(count)d seconds", seconds)
        return words % {"count": seconds}
    minutes = seconds // SIXTY
    words = ngettext("after %(count)d minute", "after %(count)d minutes", minutes)
    return words % {"count": minutes}


def _ladder(
    request: Request, *, key: str = "", failed: tuple[str, ActForm] | None = None
) -> HttpResponse:  # fmt: skip
    duty = queries.duty_of(request.community.pk)
    shown = {
        "rungs": LadderForm(initial=LadderForm.shown(duty.ladder)),
        "duty": DutyForm(initial={"phone": duty.phone, "answer_minutes": duty.answer_minutes}),
    }
    if failed and failed[0] in shown:
        shown[failed[0]] = failed[1]
    url = ""
    if key:
        path = reverse("alarms:screen", args=[request.community.slug, key])
        url = request.build_absolute_uri(path)
    context = {
        "forms": shown,
        "rungs": rungs_told(duty.ladder),
        "failed": failed[0] if failed else "",
        "health": queries.health(request.community, request.now),
        "duty": duty,
        "box_form": failed[1] if failed and failed[0] in _OF_THE_BOX else PlainForm(),
        "screen_url": url,
        "plain": PlainForm(),
    }
    return render(request, "alarms/ladder.html", context, status=422 if failed else 200)


@opened_to(*WATCH_ROLES)
@require_safe
def sheet(request: Request) -> HttpResponse:
    """Today's list for the drawer: who, where, the key, whom to call. It works without power.

    It holds what others may not read: who printed it is written down.
    """
    record_look(
        request.community, by=request.actor, reason=_("printed"), now=request.now,
        what=queries.SHEET_LOOK if request.actor.is_desk else queries.PART_LOOK,
    )  # fmt: skip
    watches = list(queries.watched(request.actor))
    away = queries.away_now([one.pk for one in watches], request.now)
    close = queries.close_to_watches(watches)
    context = {
        "lines": [(one, away.get(one.pk), _ties(close[one.pk])) for one in watches],
        "duty": queries.duty_of(request.community.pk),
        "day": local_day(request.now),
        "community": request.community,
    }
    name = f"{_('Sheet of the watch')} {local_day(request.now)}"
    return paper("alarms/paper/sheet.html", context, request=request, name=name)

"""Elders on paper: the visit sheet of a helper without a phone, and the sheet that orders services."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.circle.elders.actions.orders import order_service
from mulin.circle.elders.actions.visits import note_contact
from mulin.circle.elders.models import Elder, Helper, Pair, Service, ServiceOrder
from mulin.circle.elders.rules import Outcome
from mulin.commons.paper.registry import PaperUse, Subjects, Taken
from mulin.ground.community.rules import DESK_ROLES, Actor
from mulin.ground.people.models import Person
from mulin.kit.clock import start_of_day
from mulin.kit.paper.definition import Choice, Field, Form, Kind
from mulin.kit.refusals import Refused

CODE: Final = "VISIT"
VERSION: Final = 1
#: Elders on one sheet, each with a line for what is needed.
ON_A_SHEET: Final = 6
_MOST_HELPERS: Final = 200


def visit_sheet() -> Form:
    """Who was seen, who was not, what they need: nothing else is asked."""
    fields: list[Field] = [Field("day", _("The day you went"), Kind.DAY)]
    # A row has room for few words.
    choices = (
        Choice(Outcome.WELL, _("all is well")), Choice(Outcome.WORRYING, _("I worry")),
        Choice(Outcome.NOT_SEEN, _("not found")),
    )  # fmt: skip
    for number in range(1, ON_A_SHEET + 1):
        fields += (
            Field(
                f"elder{number}", "", Kind.ONE, choices, in_row=True, is_filled=True, decides=True
            ),
            Field(f"elder{number}_words", _("What is needed"), Kind.TEXT, most=200, in_row=True),
        )
    return Form(
        code=CODE, version=VERSION, title=_("Visits of a helper"),
        under=_("Tick one box for everybody you went to. No photo, no signature is needed."),
        foot=_("Names stand here: shred it when it is read in"),
        fields=tuple(fields),
    )  # fmt: skip


def helpers_to_print(_by: Actor, _now: datetime) -> Sequence[tuple[str, str]]:
    """Helpers who look after somebody."""
    rows = Helper.objects.filter(pk__in=Pair.objects.alive().values("helper"))
    return [(str(one.pk), one.person.name) for one in rows.select_related("person")[:_MOST_HELPERS]]


def elders_of(about: str) -> Sequence[str]:
    """Whom this helper looks after, the most urgent first."""
    pairs = Pair.objects.alive().filter(helper=int(about)).order_by("elder__due_at", "pk")
    return [str(pk) for pk in pairs.values_list("elder", flat=True)]


def elder_words(_by: Actor, refs: Collection[str]) -> dict[str, str]:
    """Name and door of each."""
    rows = Elder.objects.filter(pk__in=map(int, refs)).select_related("person")
    return {str(one.pk): f"{one.person.name} {one.person.address}".strip() for one in rows}


def take_visits(taken: Taken, *, by: Actor, now: datetime) -> models.Model:
    """Each ticked line is a visit of this helper; what is needed goes its way without retyping.

    Raises Refused for a sheet on which nothing is ticked, NotPermitted.
    """
    ticked = {name: ref for name, ref in taken.rows.items() if taken.values.get(name)}
    helper = Helper.objects.filter(pk=int(taken.about)).select_related("person").first()
    if not ticked or helper is None:
        raise Refused(_("Nothing is ticked on this sheet."))
    day = taken.values.get("day")
    elders = {str(one.pk): one for one in Elder.objects.filter(pk__in=map(int, ticked.values()))}
    for name, ref in ticked.items():
        note_contact(
            elders[ref], outcome=Outcome(taken.values[name]), helper=helper,
            words=taken.values.get(f"{name}_words") or "", at=_noon(day) if day else None,
            by=by, now=now,
        )  # fmt: skip
    return helper


def _noon(day: date) -> datetime:
    return start_of_day(day) + timedelta(hours=12)


def helper_name(record: models.Model) -> str:
    """What a sheet is called: by whose visits they are."""
    return str(record) if isinstance(record, Helper) else _("Visits of a helper")


VISIT_SHEET: Final = PaperUse(
    code=CODE, define=visit_sheet, take=take_visits, number=helper_name, model="elders.helper",
    page="elders:due", roles=DESK_ROLES, is_one_page=True, is_unspoken=True,
    subjects=Subjects(due=helpers_to_print, rows=elders_of, words=elder_words, is_list=True),
    name=gettext_lazy("Visits of a helper"),
)  # fmt: skip


# ── ordering services ────────────────────────────────────────────────────────────────────────

SERVICE_CODE: Final = "SERVICE"
#: Services on one sheet; a catalogue that is longer is told on the phone.
MOST_SERVICES: Final = 14


def service_sheet() -> Form | None:
    """What the catalogue offers now, with its prices; None while it offers nothing."""
    offered = Service.objects.offered()[:MOST_SERVICES]
    choices = tuple(Choice(str(one.pk), f"{one} {_price(one)}") for one in offered)
    return (
        _service_form(
            (Field("services", _("What do you need?"), Kind.MANY, choices, decides=True),)
        )
        if choices
        else None
    )


def order_questions() -> Form:
    """The sheet without its services, for a page that offers more than the catalogue."""
    return _service_form(())


def _service_form(services: tuple[Field, ...]) -> Form:
    return Form(
        code=SERVICE_CODE, version=1, title=_("I would like a service"),
        under=_("Tick what you need. Hand it in, or give it to whoever looks in on you."),
        fields=(
            Field("name", _("Your name"), Kind.NAME, is_required=True),
            Field("phone", _("Your phone number"), Kind.PHONE),
            *services,
            Field("words", _("Is there something to mind? (when, what)"), Kind.TEXT, lines=2, most=200),
        ),
    )  # fmt: skip


def _price(service: Service) -> str:
    if not service.yuan:
        return _("free")
    return _("%(yuan)s yuan") % {"yuan": f"{service.yuan.normalize():f}"}


def take_services(taken: Taken, *, by: Actor, now: datetime) -> models.Model:
    """Each ticked service is ordered. Raises Refused for nobody in care, and for an empty sheet."""
    if taken.person is None:
        raise Refused(_("Choose below whose word this is."), field="person")
    elder = Elder.objects.in_care().filter(person__in=Person.everyone_of(taken.person)).first()
    if elder is None:
        raise Refused(
            _("They are not in care yet. Take them in first, with their consent."), field="person"
        )
    wanted = Service.objects.filter(pk__in=[int(one) for one in taken.values.get("services") or ()])
    orders = [
        order_service(
            elder, one, words=taken.values.get("words") or "",
            by=by.by(by.channel, on_behalf_of=elder.person_id), now=now,
        )
        for one in wanted
    ]  # fmt: skip
    if not orders:
        raise Refused(_("Nothing is ticked on this sheet."))
    return orders[0]


def service_name(record: models.Model) -> str:
    """What an order's sheet is called: by its service, so that no name is beside it."""
    return str(record.service) if isinstance(record, ServiceOrder) else ""


SERVICE_SHEET: Final = PaperUse(
    code=SERVICE_CODE, define=service_sheet, take=take_services, number=service_name,
    model="elders.serviceorder", page="elders:services", roles=DESK_ROLES, is_one_page=True,
    is_fixed=False, is_unspoken=True, name=gettext_lazy("Ordering services for elders"),
)  # fmt: skip

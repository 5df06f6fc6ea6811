"""The childcare room as files, for whoever leads it and may read of children today; each is a look that stands in the record."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.rules import Actor
from mulin.ground.downloads.registry import Listing
from mulin.ground.downloads.tables import table
from mulin.kit import clock
from mulin.kit.clock import local_day
from mulin.workshop.childcare.models import (
    Activity,
    AlarmAnswer,
    Block,
    Booking,
    CareConsent,
    Carer,
    Child,
    ChildFacts,
    Clearance,
    DayNote,
    Dose,
    Group,
    Guardian,
    HandOver,
    Incident,
    Meal,
    MedicineOrder,
    Objection,
    Picker,
    Presence,
    Stay,
)
from mulin.workshop.childcare.permissions import clearance_of, may_read
from mulin.workshop.childcare.rules import LEAD, Answer


def _leads(actor: Actor) -> bool:
    """Whoever leads the room and may read of children today: 《未成年人网络保护条例》第36条."""
    return actor.has(*LEAD) and may_read(actor, local_day(clock.now()))


def _read_by(actor: Actor, now: datetime) -> list[Clearance]:
    """A list is a look at the clearance it is read by."""
    found = clearance_of(actor, local_day(now))
    return [found] if found else []


def _table(
    name: str, label: Promise, model: type[Model], **more: Any
) -> Listing:  # Any: as `table`
    return table(f"childcare.{name}", label, model, may=_leads, order=79, looks=_read_by, **more)


def _guardians(child: Child) -> str:
    return "；".join(
        f"{one.name} {one.relation} {one.phone}"
        for one in child.guardians.all()
        if one.stopped_at is None
    )


def _facts(name: str) -> Callable[[Child], str | None]:
    return lambda child: next((getattr(one, name) for one in child.facts.all()), None)


LISTINGS: Final = (
    _table(
        "children", _("Children in childcare"), Child, related=("group",),
        rows=lambda _actor: Child.objects.prefetch_related("guardians", "facts"),
        holds=(ChildFacts, Guardian, Group), columns=(
            (_("Name"), "name"), (_("Born on"), "born_on"), (_("Which group"), "group"),
            (_("Asked on"), "asked_at"), (_("Accepted on"), "accepted_at"), (_("Left"), "left_on"),
            (_("Guardians"), _guardians), (_("Health"), _facts("health")),
            (_("Allergens"), _facts("allergen_words")), (_("Allergy"), _facts("allergy")),
            (_("School"), _facts("school")),
            (_("School hours, when it comes and goes"), _facts("hours")),
            (_("What to do if"), _facts("plan")), (_("Whom to call"), _facts("contacts")),
        ),
    ),
    _table(
        "pickers", _("Who may fetch a child"), Picker, related=("child",), columns=(
            (_("Child"), "child.name"), (_("Name"), "name"), (_("Relation"), "relation"),
            (_("Phone"), "phone"), (_("Since"), "at"), (_("Until"), "until"),
            (_("Stopped"), "stopped_at"),
        ),
    ),
    _table(
        "blocks", _("Who must not take a child"), Block, related=("child",), columns=(
            (_("Child"), "child.name"), (_("Name"), "name"), (_("Relation"), "relation"),
            (_("Phone"), "phone"), (_("Paper seen"), "paper"), (_("Since"), "at"),
            (_("Lifted"), "lifted_at"), (_("Paper of lifting"), "lifted_paper"),
        ),
    ),
    _table(
        "objections", _("Guardians who object to each other"), Objection,
        related=("child", "guardian", "against"), columns=(
            (_("Child"), "child.name"), (_("Who objects"), "guardian.name"),
            (_("Against whom"), "against.name"), (_("Since"), "at"), (_("Lifted"), "lifted_at"),
        ),
    ),
    _table(
        "consents", _("Consents of guardians"), CareConsent, related=("child", "guardian"),
        when="at", columns=(
            (_("Child"), "child.name"), (_("Use"), "use"), (_("Agreed"), "is_given"),
            (_("Guardian"), "guardian.name"), (_("When"), "at"),
        ),
    ),
    _table(
        "carers", _("Adults who mind children"), Carer, related=("person", "record_seen_by"), columns=(
            (_("Name"), "person.name"), (_("Criminal record checked"), "record_checked_on"),
            (_("Seen by"), "record_seen_by.display_name"), (_("Leads"), "is_lead"),
            (_("First aid until"), "first_aid_until"), (_("Left"), "left_on"),
        ),
    ),
    _table(
        "presences", _("When carers were in the room"), Presence, when="day",
        related=("carer__person",), columns=(
            (_("Day"), "day"), (_("Name"), "carer.person.name"), (_("Came"), "came_at"),
            (_("Left"), "went_at"),
        ),
    ),
    _table(
        "clearances", _("Who may read of children"), Clearance,
        related=("account", "approved_by"), columns=(
            (_("Name"), "account.display_name"), (_("Reason"), "reason"), (_("Since"), "since"),
            (_("Until"), "until"), (_("Allowed by"), "approved_by.display_name"),
            (_("Ended"), "ended_at"),
        ),
    ),
    _table(
        "bookings", _("Places booked for children"), Booking, when="day", related=("child",),
        columns=(
            (_("Day"), "day"), (_("Child"), "child.name"), (_("From"), "starts"),
            (_("Until"), "ends"), (_("Called off"), "cancelled_at"), (_("Waits"), "waits"),
        ),
    ),
    _table(
        "stays", _("When children came and left"), Stay, when="day", related=("child",), columns=(
            (_("Day"), "day"), (_("Child"), "child.name"), (_("Came"), "arrived_at"),
            (_("Closes"), "closing_at"), (_("Left"), "left_at"),
        ),
    ),
    _table(
        "hand_overs", _("Who took a child, and who was refused"), HandOver, when="at",
        related=("stay__child", "staff", "second__person"), columns=(
            (_("When"), "at"), (_("Child"), "stay.child.name"), (_("Name"), "name"),
            (_("Who it was"), "who"), (_("Identity card seen"), "id_seen"),
            (_("Phone call"), "call"), (_("Was called"), "called"),
            (_("Child went along"), lambda row: row.answer == Answer.GOES),
            (_("Written by"), "staff.display_name"), (_("Second"), "second.person.name"),
        ),
    ),
    _table(
        "alarm_answers", _("What was done with a child that nobody fetched"), AlarmAnswer,
        when="at", related=("stay__child", "account"), columns=(
            (_("When"), "at"), (_("Child"), "stay.child.name"), (_("Words"), "words"),
            (_("Until"), "until"), (_("Written by"), "account.display_name"),
        ),
    ),
    _table(
        "activities", _("What groups of children did"), Activity, when="day", related=("group",),
        columns=((_("Day"), "day"), (_("Which group"), "group.name"), (_("What"), "told")),
    ),
    _table(
        "meals", _("Meals of children"), Meal, when="day", about_persons=False, columns=(
            (_("Day"), "day"), (_("Name"), "name"), (_("Allergens"), "allergen_words"),
        ),
    ),
    _table(
        "medicine", _("Orders of medicine"), MedicineOrder, related=("child",), columns=(
            (_("Child"), "child.name"), (_("Medicine"), "medicine"), (_("Dose"), "dose"),
            (_("Signed by"), "signed_by"), (_("First day"), "first"), (_("Last day"), "last"),
            (_("Times a day"), "per_day"), (_("Stopped"), "stopped_at"),
        ),
    ),
    _table(
        "doses", _("Medicine that was given"), Dose, when="day",
        related=("order__child", "given_by", "watched_by"), columns=(
            (_("When"), "at"), (_("Child"), "order.child.name"), (_("Medicine"), "order.medicine"),
            (_("Given by"), "given_by"), (_("Watched by"), "watched_by"),
        ),
    ),
    _table(
        "incidents", _("Incidents with children"), Incident, when="happened_at", related=("child",),
        columns=(
            (_("When"), "happened_at"), (_("Child"), "child.name"), (_("What"), "what"),
            (_("What was done"), "done"), (_("Who was told"), "told"), (_("Told"), "told_at"),
        ),
    ),
    _table(
        "day_notes", _("Notes of the day for families"), DayNote, when="day", related=("child",),
        columns=((_("Day"), "day"), (_("Child"), "child.name"), (_("Words"), "words")),
    ),
)  # fmt: skip

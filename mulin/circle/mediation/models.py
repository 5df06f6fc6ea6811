"""Panel, cases and all that belongs to a case. Whatever tells of a quarrel is sealed under its key.

What stays readable is what the register shows: number, kind, dates, mediators, how it ended.
No row points from a case to somebody on the roll: a party is sealed, found again by a mark alone.
"""

from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from encrypted_fields.fields import EncryptedTextField

from mulin.circle.mediation import rules
from mulin.circle.mediation.rules import LIVE_SEATS, SeatState, State
from mulin.circle.mediation.vault import Box, box_of
from mulin.commons.flow.models import Need
from mulin.ground.community.models import Account, TenantRow
from mulin.ground.community.rules import Actor, Role
from mulin.ground.people.models import Person
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day
from mulin.kit.scoping import tenant_manager

KINDS = (
    (rules.Kind.NEIGHBOUR, _("between neighbours")),
    (rules.Kind.FAMILY, _("marriage and family")),
    (rules.Kind.NOISE, _("noise")),
    (rules.Kind.PARKING, _("parking")),
    (rules.Kind.PROPERTY, _("property company, fees")),
    (rules.Kind.TENANCY, _("rent")),
    (rules.Kind.WAGES, _("wages and work")),
    (rules.Kind.DAMAGE, _("damage, injury")),
    (rules.Kind.DEBT, _("borrowed money")),
    (rules.Kind.TRADE, _("shops and services")),
    (rules.Kind.OTHER, _("something else")),
)
SOURCES = (
    (rules.Source.APPLIED, _("one side asked in writing")),
    (rules.Source.ORAL, _("one side asked by word of mouth")),
    (rules.Source.OWN, _("the room offered it, nobody refused")),
    (rules.Source.COURT, _("a court advised it")),
    (rules.Source.POLICE, _("the police advised it")),
    (rules.Source.HANDED, _("handed over by another room")),
)
STOPS = (
    (rules.Stop.VIOLENCE, _("violence at home")),
    (rules.Stop.CHILD, _("a child is in danger")),
    (rules.Stop.CRIME, _("perhaps a crime")),
    (rules.Stop.COURT, _("a court has it already")),
    (rules.Stop.UNWILLING, _("one side clearly does not want it")),
)
METHODS = (
    (rules.Method.HEART, _("heart and reason")),
    (rules.Method.GAIN, _("gain for both")),
    (rules.Method.COMMON, _("common ground first")),
)
STATES = (
    (State.RECEIVED, _("mediators are being chosen")),
    (State.SITTING, _("being mediated")),
    (State.AGREED, _("agreed; performance runs")),
    (State.CLOSED, _("closed")),
)
OUTCOMES = (
    (rules.Outcome.WRITTEN, _("agreement in writing")),
    (rules.Outcome.ORAL, _("agreement by word of mouth")),
    (rules.Outcome.FAILED, _("no agreement")),
    (rules.Outcome.WITHDRAWN, pgettext_lazy("application", "taken back")),
    (rules.Outcome.UNWILLING, _("one side did not want it")),
    (rules.Outcome.STOPPED, _("not for mediation")),
)
KEPT = (
    (rules.Kept.KEPT, _("promises kept")),
    (rules.Kept.PARTLY, _("partly kept")),
    (rules.Kept.BROKEN, _("not kept")),
)
SEATS = (
    (SeatState.ASKED, _("asked")),
    (SeatState.DECLARED, _("ready; the parties are asked")),
    (SeatState.SEATED, _("mediates")),
    (SeatState.DECLINED, pgettext_lazy("asked of them", "declined")),
    (SeatState.REFUSED, _("a party refused")),
    (SeatState.LEFT, _("left the case")),
)
GROUNDS = (
    (rules.Ground.PARTY, _("where a party lives")),
    (rules.Ground.THING, _("where the thing lies")),
    (rules.Ground.COMMITTEE, _("where the mediation committee is")),
)
FAULTS = (
    (rules.Fault.FEW, _("by law a committee has three members at least")),
    (rules.Fault.MANY, _("by law a committee has nine members at most")),
    (rules.Fault.NO_WOMAN, _("by law a woman belongs to it")),
    (rules.Fault.NO_CHAIR, _("nobody chairs it")),
    (rules.Fault.OVER, _("its term is over: elect anew")),
    (rules.Fault.SOON, _("its term ends soon: call the assembly of residents")),
)
CONFIRMATIONS = (
    (rules.Confirmation.NONE, _("no court asked yet")),
    (rules.Confirmation.ASKED, _("the court is asked")),
    (rules.Confirmation.GIVEN, _("confirmed")),
    (rules.Confirmation.REFUSED, _("not confirmed")),
    (rules.Confirmation.WAIVED, _("both want none")),
)
TERMS = (
    (rules.Term.SHORT, _("short")),
    (rules.Term.LONG, _("long")),
    (rules.Term.FOREVER, _("for ever")),
)
SIDES = (("a", _("the side that asked")), ("b", _("the other side")))

TIES = {
    rules.Tie.SELF: _("is a party"),
    rules.Tie.HOUSEHOLD: _("lives in the same household"),
    rules.Tie.KIN: _("is kin"),
    rules.Tie.EMPLOYER: _("works at the same place"),
    rules.Tie.NEIGHBOUR: _("lives on the same staircase"),
    rules.Tie.EARLIER: _("stood against them in an earlier case"),
}
BONDS = {
    rules.Bond.HOME_TOWN: _("comes from the same home town"),
    rules.Bond.GROUP: _("is in the same group"),
    rules.Bond.BEFORE: _("was accepted by them before"),
    rules.Bond.DIALECT: _("speaks their dialect"),
}


class Mediator(TenantRow):
    """Somebody of the panel. The parties read the card before they accept anybody."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    kinds = models.JSONField(default=list)
    dialects = models.JSONField(default=list)
    card = models.CharField(max_length=200, blank=True)
    is_on_committee = models.BooleanField(default=False)
    since = models.DateField()
    left_on = models.DateField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("community", "account"), condition=Q(left_on__isnull=True),
                name="on_the_panel_once",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return str(self.person)


class Committee(TenantRow):
    """The mediation committee of one term of office; a new one ends the one before."""

    since = models.DateField()
    until = models.DateField()
    elected_by = models.CharField(max_length=80, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("-since", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("community",), condition=Q(ended_on__isnull=True), name="one_committee"
            ),
            models.CheckConstraint(
                condition=Q(until__gt=models.F("since")), name="committee_ends_after_it_begins"
            ),
        )  # fmt: skip


class CommitteeMember(TenantRow):
    """Somebody who was elected into a committee."""

    committee = models.ForeignKey(Committee, models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    is_chair = models.BooleanField(default=False)
    left_on = models.DateField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("-is_chair", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("community", "committee", "person"), condition=Q(left_on__isnull=True),
                name="in_the_committee_once",
            ),
            models.UniqueConstraint(
                fields=("community", "committee"),
                condition=Q(left_on__isnull=True, is_chair=True), name="one_chair",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return str(self.person)


class Court(TenantRow):
    """A court that may be asked to confirm an agreement, and by which of the law's grounds."""

    name = models.CharField(max_length=60)
    ground = models.CharField(max_length=10, choices=GROUNDS)
    address = models.CharField(max_length=80, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("community", "name"), condition=Q(ended_on__isnull=True), name="court_once"
            ),
        )

    def __str__(self) -> str:
        return self.name


class CaseQuerySet(models.QuerySet["Case"]):
    def open(self) -> "CaseQuerySet":
        """Somebody is still at it."""
        return self.exclude(state=State.CLOSED)

    def read_by(self, actor: Actor) -> "CaseQuerySet":
        """Cases whose content the actor reads by a seat."""
        return self._with_seat(actor, (SeatState.SEATED,))

    def touched_by(self, actor: Actor) -> "CaseQuerySet":
        """Cases in which the actor is asked, ready or seated."""
        return self._with_seat(actor, LIVE_SEATS)

    def _with_seat(self, actor: Actor, states: tuple[SeatState, ...]) -> "CaseQuerySet":
        if not actor.has(Role.MEDIATOR):
            return self.none()
        seats = Seat.objects.filter(mediator__account=actor.account_id or 0, state__in=states)
        return self.filter(pk__in=seats.values("case"))


class Case(TenantRow):
    """One quarrel. `wrapped_key` is empty once it was thrown away, and with it all that is sealed.

    `sealed_story` holds {facts, wishes, place}; `sealed_notes` what mediators add as they go.
    """

    number = models.CharField(max_length=20)
    kind = models.CharField(max_length=20, choices=KINDS)
    source = models.CharField(max_length=20, choices=SOURCES)
    channel = models.CharField(max_length=20, choices=Channel.choices)
    state = models.CharField(max_length=20, choices=STATES, default=State.RECEIVED)
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    need = models.OneToOneField(Need, models.PROTECT, null=True, blank=True, related_name="+")
    wrapped_key = models.TextField(blank=True)
    sealed_story = models.TextField(blank=True)
    stops = models.JSONField(default=list)
    reported_at = models.DateTimeField(null=True, blank=True)
    method = models.CharField(max_length=20, choices=METHODS, blank=True)
    outcome = models.CharField(max_length=20, choices=OUTCOMES, blank=True)
    kept = models.CharField(max_length=20, choices=KEPT, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)  # an agreement, or none
    days_taken = models.PositiveIntegerField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    term = models.CharField(max_length=10, choices=TERMS, default=rules.Term.SHORT)
    keep_until = models.DateField(null=True, blank=True)
    shredded_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager(CaseQuerySet)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("community", "number"), name="mediation_number_once"),
        )
        indexes = (
            models.Index(fields=("community", "state", "id")),
            models.Index(fields=("community", "ended_at")),
            models.Index(fields=("community", "received_at")),
            models.Index(fields=("community", "keep_until")),
        )

    def __str__(self) -> str:
        return self.number

    @cached_property
    def box(self) -> Box:
        """Opens what is sealed. Raises KeyAway."""
        return box_of(self.wrapped_key)

    @property
    def is_open(self) -> bool:
        return self.state != State.CLOSED

    @property
    def received_on(self) -> date:
        """The day it came; the register needs no hour."""
        return local_day(self.received_at)

    @property
    def must_be_reported(self) -> bool:
        """A stop that the law wants reported, and nobody wrote down that it was."""
        return self.reported_at is None and bool(rules.TO_BE_REPORTED & set(self.stops))


class Party(TenantRow):
    """One side's person. `sealed` holds {name, sex, nation, born, work, phone, address, home_town,
    dialect, person}; `mark` finds the same person in another case, and nobody by itself.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="parties")
    side = models.CharField(max_length=1, choices=SIDES)
    sealed = models.TextField()
    mark = models.CharField(max_length=32, blank=True)
    is_willing = models.BooleanField(null=True)
    told_rights_on = models.DateField(null=True, blank=True)
    identity_seen_on = models.DateField(null=True, blank=True)
    signed_on = models.DateField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("side", "id")
        indexes = (
            models.Index(fields=("community", "mark")),
            models.Index(fields=("community", "case")),
        )


class Seat(TenantRow):
    """A mediator in a case, from being asked to being accepted by every party."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="seats")
    mediator = models.ForeignKey(Mediator, models.PROTECT, related_name="seats")
    state = models.CharField(max_length=10, choices=SEATS, default=SeatState.ASKED)
    asked_at = models.DateTimeField()
    declared_at = models.DateTimeField(null=True, blank=True)
    seated_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("community", "case", "mediator"), name="one_seat_each"),
        )
        indexes = (models.Index(fields=("community", "mediator", "state")),)


class Answer(TenantRow):
    """A party accepts a mediator or not. 《人民调解法》第19、23条."""

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="answers")
    party = models.ForeignKey(Party, models.CASCADE, related_name="answers")
    is_yes = models.BooleanField()
    at = models.DateTimeField()
    channel = models.CharField(max_length=20)

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("community", "seat", "party"), name="one_answer_each"),
        )


class Sitting(TenantRow):
    """A session. `sealed_plan` holds {place, told}; `sealed` {facts, points, result, helped, present,
    invited, interpreter, dialect} once it was held.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="sittings")
    at = models.DateTimeField()
    is_open = models.BooleanField(default=False)  # the parties choose. 第23条第2项
    sealed_plan = models.TextField()
    held_at = models.DateTimeField(null=True, blank=True)
    method = models.CharField(max_length=20, choices=METHODS, blank=True)
    sealed = models.TextField(blank=True)
    written_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")

    objects = tenant_manager()

    class Meta:
        ordering = ("at", "id")
        indexes = (models.Index(fields=("community", "held_at", "at")),)


class Talk(TenantRow):
    """What one side said alone. Never in the record, the dossier, or before the other side."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="talks")
    party = models.ForeignKey(Party, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    sealed = models.TextField()

    objects = tenant_manager()

    class Meta:
        ordering = ("at", "id")


class Agreement(TenantRow):
    """What was agreed. `sealed` holds {facts, points, duties, terms, unsure}. 《人民调解法》第28–33条."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="agreement")
    is_written = models.BooleanField()
    sealed = models.TextField()
    made_at = models.DateTimeField()
    mediator_signed_on = models.DateField(null=True, blank=True)
    seal_on = models.DateField(null=True, blank=True)
    effective_on = models.DateField(null=True, blank=True)
    confirm_by = models.DateField(null=True, blank=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    confirmation = models.CharField(
        max_length=10, choices=CONFIRMATIONS, default=rules.Confirmation.NONE
    )
    ground = models.CharField(max_length=10, choices=GROUNDS, blank=True)
    sealed_court = models.TextField(blank=True)
    asked_on = models.DateField(null=True, blank=True)
    ruled_on = models.DateField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        indexes = (models.Index(fields=("community", "confirmation", "confirm_by")),)


class Promise(TenantRow):
    """One line of the plan: who does what by when."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="promises")
    party = models.ForeignKey(Party, models.CASCADE, null=True, related_name="+")
    due_on = models.DateField()
    sealed = models.TextField()
    result = models.CharField(max_length=10, choices=KEPT, blank=True)
    settled_on = models.DateField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("due_on", "id")
        indexes = (models.Index(fields=("community", "result", "due_on")),)


class Visit(TenantRow):
    """Somebody asks afterwards how it stands. `sealed` holds {words, risk}."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="visits")
    due_on = models.DateField()
    at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    satisfaction = models.PositiveSmallIntegerField(null=True, blank=True)
    sealed = models.TextField(blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("due_on", "id")
        indexes = (models.Index(fields=("community", "at", "due_on")),)


class Exhibit(TenantRow):
    """A picture that belongs into the dossier, sealed on the disk. `item` is its place in it."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="exhibits")
    item = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=24, unique=True)
    file = models.FileField(upload_to="mediation", max_length=120)
    at = models.DateTimeField()

    objects = tenant_manager()

    class Meta:
        ordering = ("item", "id")


class OpeningQuerySet(models.QuerySet["Opening"]):
    def running(self, now: datetime) -> "OpeningQuerySet":
        """Granted, and not over yet."""
        return self.filter(granted_at__isnull=False, until__gt=now)


class Opening(TenantRow):
    """A seal that two persons broke, for a reason, for a day. Never deleted."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="openings")
    asked_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reason = EncryptedTextField()
    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager(OpeningQuerySet)

    class Meta:
        ordering = ("-asked_at", "-id")
        indexes = (models.Index(fields=("community", "asked_at")),)
        constraints = (
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("asked_by")),
                name="a_seal_takes_two",
            ),
        )


class Precedent(TenantRow):
    """What colleagues may learn from a closed case, its persons taken out by its mediator."""

    kind = models.CharField(max_length=20, choices=KINDS)
    method = models.CharField(max_length=20, choices=METHODS)
    words = EncryptedTextField()
    kept = models.CharField(max_length=20, choices=KEPT, blank=True)
    written_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = tenant_manager()

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("community", "kind", "id")),)


def opened(row: Any, column: str = "sealed") -> Any:  # Any: a row of a case, what was sealed
    """What a row keeps sealed; None where nothing was."""
    case = row if isinstance(row, Case) else row.case
    text = getattr(row, column)
    return case.box.open(text) if text else None

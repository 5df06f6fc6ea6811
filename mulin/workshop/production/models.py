"""Operations and rates, workers, orders, lots, movements, receipts, offers, plans, carrying rounds."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from encrypted_fields.fields import EncryptedTextField

from mulin.ground.community.models import Account, TenantRow
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Organisation, Person
from mulin.kit.channels import Channel
from mulin.kit.scoping import tenant_manager
from mulin.workshop.production.rules import (
    JOB_LOST,
    KEEPERS,
    Bearer,
    Because,
    Cause,
    DepositKind,
    Purse,
    Spot,
    bears,
    lot_name,
)

SPOT_LABELS = {
    Spot.CUSTOMER: _("the customer"),
    Spot.STORE: _("the store"),
    Spot.OUTBOUND: _("the tricycle, going out"),
    Spot.WORKER: _("a worker"),
    Spot.INBOUND: _("the tricycle, coming back"),
    Spot.COUNTER: _("the counting table"),
    Spot.ACCEPTED: _("accepted pieces"),
    Spot.REWORK: _("to be done again"),
    Spot.SCRAP: _("scrap"),
    Spot.LOSS: _("lost"),
    Spot.FOUND: _("more came out than was given"),
}
CAUSE_LABELS = {
    Cause.NONE: _("no cause"),
    Cause.MATERIAL: _("a fault in the material"),
    Cause.CHANGE: _("the customer changed it"),
    Cause.WORK: _("a fault of the hand"),
    Cause.SHORT: _("fewer were handed out than written"),
    Cause.TRANSPORT: _("on the way"),
    Cause.CARELESS: _("careless keeping"),
    Cause.FORCE: _("fire, water or a theft that was reported"),
    Cause.YIELD: _("the material gave more"),
}
BEARER_LABELS = {
    Bearer.CUSTOMER: _("the customer bears it"),
    Bearer.WORKSHOP: _("the workshop bears it"),
    Bearer.WORKER: _("the worker bears it"),
}
DEPOSIT_LABELS = {
    DepositKind.RECEIVED: _("deposit received"),
    DepositKind.SET_OFF: _("deposit set off against what was delivered"),
    DepositKind.RETURNED: _("deposit given back to the customer"),
    DepositKind.PAID: _("paid by the customer"),
}
PURSE_LABELS = {
    Purse.CUSTOMER: _("the customer"),
    Purse.HELD: _("deposit held"),
    Purse.DELIVERED: _("what was delivered"),
}


class Skill(TenantRow):
    """What somebody must be able to do for an operation."""

    name = models.CharField(max_length=40)

    objects = tenant_manager()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("community", "name"), name="workshop_skill_once"),
        )

    def __str__(self) -> str:
        return self.name


class Operation(TenantRow):
    """A piece of work that is done to pieces: how long one takes, which skill it needs."""

    name = models.CharField(max_length=60)
    skill = models.ForeignKey(Skill, models.PROTECT, null=True, blank=True, related_name="+")
    seconds = models.PositiveIntegerField()
    instructions = models.TextField(max_length=2000, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("community", "name"), name="operation_once"),
            models.CheckConstraint(condition=Q(seconds__gt=0), name="operation_takes_time"),
        )

    def __str__(self) -> str:
        return self.name


class PieceRate(TenantRow):
    """What a piece of an operation earns from a day on, in yuan; a lot keeps the rate of its issue."""

    operation = models.ForeignKey(Operation, models.PROTECT, related_name="rates")
    since = models.DateField()
    yuan = models.DecimalField(max_digits=12, decimal_places=4)
    source = models.CharField(max_length=200)

    objects = tenant_manager()

    class Meta:
        ordering = ("-since", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("community", "operation", "since"), name="piece_rate_once_a_day"
            ),
            models.CheckConstraint(condition=Q(yuan__gt=0), name="piece_rate_above_nothing"),
        )


class WorkerQuerySet(models.QuerySet["Worker"]):
    def active(self) -> "WorkerQuerySet":
        """Who works here now."""
        return self.filter(left_on__isnull=True)

    def visible_to(self, actor: Actor) -> "WorkerQuerySet":
        """Who runs the workshop sees all, a worker herself."""
        if actor.has(*KEEPERS) or actor.is_system:
            return self
        return self.filter(person__account=actor.account_id or 0)


class Worker(TenantRow):
    """A person who takes lots: how many minutes a week she wishes, when somebody opens her door."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    minutes_wished = models.PositiveIntegerField()
    home_from = models.TimeField(null=True, blank=True)
    home_until = models.TimeField(null=True, blank=True)
    joined_on = models.DateField()
    left_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)

    objects = tenant_manager(WorkerQuerySet)

    class Meta:
        ordering = ("person__pinyin", "id")
        constraints = (
            models.UniqueConstraint(fields=("community", "person"), name="worker_once"),
            models.CheckConstraint(
                condition=Q(home_from__isnull=True, home_until__isnull=True)
                | Q(home_from__lt=F("home_until")),
                name="worker_at_home_in_order",
            ),
        )

    def __str__(self) -> str:
        return str(self.person)

    def able_on(self, day: date) -> list[str]:
        """The names of her skills that count on a day, each once however often it was certified."""
        return list(
            dict.fromkeys(one.skill.name for one in self.skills.all() if one.counts_on(day))
        )


class WorkerSkill(TenantRow):
    """A worker can do something: who saw it, until when it counts."""

    worker = models.ForeignKey(Worker, models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+")
    certified_on = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    assessor = models.CharField(max_length=60, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("skill__name", "-certified_on")
        constraints = (
            models.UniqueConstraint(
                fields=("community", "worker", "skill", "certified_on"), name="certified_once"
            ),
        )

    def counts_on(self, day: date) -> bool:
        """Certified by then, and not expired."""
        is_over = self.valid_until is not None and self.valid_until < day
        return self.certified_on <= day and not is_over


class WishKind(models.TextChoices):
    MORE = "more", _("I would like more work")
    LESS = "less", _("I would like less work")
    OTHER = "other", _("I would like other work")


class WorkWish(TenantRow):
    """What a worker asked for, and when somebody answered. `skill` is the work she would rather do;
    the evening's plan weighs it.
    """

    worker = models.ForeignKey(Worker, models.CASCADE, related_name="wishes")
    kind = models.CharField(max_length=10, choices=WishKind.choices)
    skill = models.ForeignKey(Skill, models.SET_NULL, null=True, blank=True, related_name="+")
    words = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=200, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("at", "id")
        indexes = (models.Index(fields=("community", "answered_at", "id")),)


class OrderState(models.TextChoices):
    QUOTED = "quoted", _("quoted")
    RUNNING = "running", _("in work")
    DONE = "done", _("delivered")
    CANCELLED = "cancelled", _("cancelled")


class OrderQuerySet(models.QuerySet["Order"]):
    def open(self) -> "OrderQuerySet":
        """What may still have to be made."""
        return self.filter(state__in=[OrderState.QUOTED, OrderState.RUNNING])


class Order(TenantRow):
    """What a customer wants made: how many, by when, for how much, from what, after which sample.

    `material_yuan` is what the parts of one piece are worth, for a loss that somebody bears;
    `deposit` what was agreed to be left, in yuan (what came of it are `DepositLine`s);
    `least_quality` the percent right the first time that its hands need.
    """

    number = models.CharField(max_length=20)
    customer = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    product = models.CharField(max_length=80)
    operation = models.ForeignKey(Operation, models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()
    due = models.DateField()
    price = models.DecimalField(max_digits=12, decimal_places=4)
    transport = models.DecimalField(max_digits=12, decimal_places=4, default=0)
    loss_percent = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    material_yuan = models.DecimalField(max_digits=12, decimal_places=4, default=0)
    specification = models.TextField(max_length=2000, blank=True)
    sample_place = models.CharField(max_length=80, blank=True)
    deposit = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    least_quality = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=OrderState.choices, default=OrderState.QUOTED)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    objects = tenant_manager(OrderQuerySet)

    class Meta:
        ordering = ("due", "id")
        indexes = (models.Index(fields=("community", "state", "due")),)
        constraints = (
            models.UniqueConstraint(fields=("community", "number"), name="order_number_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="order_has_pieces"),
            models.CheckConstraint(
                condition=Q(price__gte=0, transport__gte=0, material_yuan__gte=0, deposit__gte=0)
                & Q(loss_percent__gte=0, loss_percent__lt=100),
                name="order_sums_not_below_zero",
            ),
            models.CheckConstraint(
                condition=Q(least_quality__lte=100), name="order_quality_is_percent"
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.product}"


class OrderPicture(TenantRow):
    """A picture of how the piece should be."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="pictures")
    code = models.CharField(max_length=24)
    file = models.FileField(upload_to="workshop", max_length=120)
    thumb = models.FileField(upload_to="workshop", max_length=120)

    objects = tenant_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("community", "code"), name="order_picture_code"),
        )


class Item(TenantRow):
    """What an order brings: the parts of a piece (counted in pieces), thread, cloth by the metre."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="items")
    name = models.CharField(max_length=60)
    unit = models.CharField(max_length=10)
    is_piece = models.BooleanField(default=False)

    objects = tenant_manager()

    class Meta:
        ordering = ("-is_piece", "id")
        constraints = (
            models.UniqueConstraint(fields=("community", "order", "name"), name="item_once"),
            models.UniqueConstraint(
                fields=("community", "order"), condition=Q(is_piece=True), name="one_piece_an_order"
            ),
        )

    def __str__(self) -> str:
        return self.name


class DepositLine(TenantRow):
    """A customer's money went from one purse to another: a deposit came, was set off or given back;
    what was delivered was paid. Never changed, never deleted: a slip is undone by a line that turns
    it round. It has two ends, so it cannot be unbalanced.

    `happened_on` is the day the money moved, `at` when it was written; a statement goes by `at`.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="deposit_lines", db_index=False)
    kind = models.CharField(
        max_length=10, choices=[(one.value, label) for one, label in DEPOSIT_LABELS.items()]
    )
    source = models.CharField(
        max_length=10, choices=[(one.value, label) for one, label in PURSE_LABELS.items()]
    )
    target = models.CharField(
        max_length=10, choices=[(one.value, label) for one, label in PURSE_LABELS.items()]
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    words = models.CharField(max_length=200, blank=True)
    happened_on = models.DateField()
    at = models.DateTimeField()
    entered_by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    channel = models.CharField(max_length=20, choices=Channel.choices)
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by", db_index=False
    )

    objects = tenant_manager()

    class Meta:
        ordering = ("at", "id")
        indexes = (models.Index(fields=("community", "order", "at"), name="deposit_of_order"),)
        constraints = (
            models.UniqueConstraint(
                fields=("community", "reverses"), condition=Q(reverses__isnull=False),
                name="deposit_turned_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="deposit_above_nothing"),
            models.CheckConstraint(
                condition=~Q(source=F("target")), name="deposit_goes_somewhere"
            ),
        )  # fmt: skip


class LotQuerySet(models.QuerySet["Lot"]):
    def standing(self) -> "LotQuerySet":
        """Lots whose pieces are their own: one that went into another is left out."""
        return self.filter(merged_into__isnull=True)

    def open(self) -> "LotQuerySet":
        """Lots of which something is still to be done."""
        return self.filter(settled_at__isnull=True)

    def free(self) -> "LotQuerySet":
        """Lots that nobody has and nobody was asked for."""
        return self.open().filter(worker__isnull=True).exclude(offers__state=OfferState.OPEN)


class Lot(TenantRow):
    """Some pieces of an order that go through hands together. `rate` stands from its issue on.

    One that was put together with another keeps its label, which leads to the other.
    """

    order = models.ForeignKey(Order, models.PROTECT, related_name="lots")
    number = models.PositiveIntegerField()
    code = models.CharField(max_length=12)
    quantity = models.PositiveIntegerField()
    due = models.DateField()
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged"
    )
    worker = models.ForeignKey(Worker, models.PROTECT, null=True, blank=True, related_name="lots")
    rate = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()

    objects = tenant_manager(LotQuerySet)

    class Meta:
        ordering = ("due", "id")
        indexes = (
            models.Index(fields=("community", "settled_at", "due")),
            models.Index(fields=("community", "worker", "settled_at")),
        )
        constraints = (
            models.UniqueConstraint(fields=("community", "order", "number"), name="lot_once"),
            models.UniqueConstraint(fields=("community", "code"), name="lot_code_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="lot_has_pieces"),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(settled_at__isnull=False),
                name="lot_merged_rests",
            ),
        )

    def __str__(self) -> str:
        return lot_name(self.order.number, self.number)

    @property
    def minutes(self) -> int:
        """How long the whole of it takes by the standard."""
        seconds: int = self.quantity * self.order.operation.seconds
        return -(-seconds // 60)


class Receipt(TenantRow):
    """What a worker gave back of a lot. Two count: it is judged after she agreed to the number."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="receipts")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+")
    counted = models.DecimalField(max_digits=14, decimal_places=3)
    at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True, blank=True)
    agreed_by = models.CharField(max_length=20, blank=True)  # the channel

    objects = tenant_manager()

    class Meta:
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=("community", "worker", "at")),)

    @property
    def left(self) -> Decimal:
        """How much of it lies on the counting table; asks for its lines unless they are there."""
        return sum(
            (
                ((row.target == Spot.COUNTER) - (row.source == Spot.COUNTER)) * row.quantity
                for row in self.verdicts.all()
            ),
            Decimal(0),
        )


class Movement(TenantRow):
    """Pieces or material went from one place to another. Never changed, never deleted: a slip is
    undone by a row that turns it round. It has two ends, so the books cannot be unbalanced.

    `at` is when it happened, `entered_at` when it was written. `is_paid` on a verdict says that it
    earns the lot's rate; decided by its cause (`rules.is_paid`) and kept.
    """

    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    lot = models.ForeignKey(
        Lot, models.PROTECT, null=True, blank=True, related_name="movements", db_index=False
    )
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    source = models.CharField(
        max_length=10, choices=[(one.value, label) for one, label in SPOT_LABELS.items()]
    )
    target = models.CharField(
        max_length=10, choices=[(one.value, label) for one, label in SPOT_LABELS.items()]
    )
    source_worker = models.ForeignKey(
        Worker, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    target_worker = models.ForeignKey(
        Worker, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    cause = models.CharField(
        max_length=10, blank=True,
        choices=[(one.value, label) for one, label in CAUSE_LABELS.items()],
    )  # fmt: skip
    is_paid = models.BooleanField(default=False)
    receipt = models.ForeignKey(
        Receipt, models.PROTECT, null=True, blank=True, related_name="verdicts", db_index=False
    )
    note = models.CharField(max_length=200, blank=True)
    picture = models.FileField(upload_to="workshop", max_length=120, blank=True)
    at = models.DateTimeField()
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    channel = models.CharField(max_length=20)
    key = models.CharField(max_length=80)
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by", db_index=False
    )

    objects = tenant_manager()

    class Meta:
        ordering = ("at", "id")
        indexes = (
            models.Index(fields=("community", "lot", "at"), name="movement_of_lot"),
            models.Index(fields=("community", "item", "source"), name="movement_from_store"),
            models.Index(fields=("community", "reverses"), condition=Q(reverses__isnull=False),
                         name="movement_turned"),
            models.Index(fields=("community", "entered_at"), condition=Q(is_paid=True),
                         name="movement_paid"),
            models.Index(fields=("community", "receipt"), condition=Q(receipt__isnull=False),
                         name="movement_of_receipt"),
        )  # fmt: skip
        constraints = (
            models.UniqueConstraint(fields=("community", "key"), name="movement_key_once"),
            models.UniqueConstraint(
                fields=("community", "reverses"), condition=Q(reverses__isnull=False),
                name="movement_turned_once",
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="movement_above_nothing"),
            models.CheckConstraint(
                condition=~Q(source=F("target"))
                | (Q(source=Spot.WORKER) & ~Q(source_worker=F("target_worker"))),
                name="movement_goes_somewhere",
            ),
        )  # fmt: skip

    @property
    def is_verdict(self) -> bool:
        """A verdict on a counted piece, or the line that turns one round."""
        return bool({self.source, self.target} & {Spot.ACCEPTED, Spot.REWORK, Spot.SCRAP}) and (
            Spot.COUNTER in {self.source, self.target}
        )

    @property
    def bearer(self) -> str:
        """Who bears it, in words; empty where nothing is lost."""
        who = (
            bears(Cause(self.cause))
            if self.target in {Spot.LOSS, Spot.SCRAP, Spot.REWORK}
            else None
        )
        return str(BEARER_LABELS[who]) if who else ""


class OfferState(models.TextChoices):
    OPEN = "open", _("waits for an answer")
    ACCEPTED = "accepted", _("she takes it")
    DECLINED = "declined", _("she does not take it")
    TAKEN_BACK = "taken_back", _("taken back")


class Offer(TenantRow):
    """A lot is proposed to a worker; the reason stands with it, as the numbers it came from."""

    lot = models.ForeignKey(Lot, models.CASCADE, related_name="offers")
    worker = models.ForeignKey(Worker, models.CASCADE, related_name="offers")
    state = models.CharField(max_length=12, choices=OfferState.choices, default=OfferState.OPEN)
    because = models.CharField(
        max_length=10, blank=True, choices=[(one.value, one.value) for one in Because]
    )
    reason = models.JSONField(default=dict)
    offered_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=200, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("-offered_at", "-id")
        indexes = (models.Index(fields=("community", "worker", "state")),)
        constraints = (
            models.UniqueConstraint(
                fields=("community", "lot"), condition=Q(state="open"), name="one_open_offer_a_lot"
            ),
        )


class PlanState(models.TextChoices):
    WAITING = "waiting", _("is being worked out")
    DONE = "done", _("worked out")
    FAILED = "failed", _("could not be worked out")


class LotPlan(TenantRow):
    """What the engine was asked of the lots that are free, and what it said.

    `snapshot` is its whole input; `told` holds both answers (fair, and with wishes), each with its
    value and bound per stage, and beside them the rule of the counter and first come.
    """

    state = models.CharField(max_length=10, choices=PlanState.choices, default=PlanState.WAITING)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    snapshot = models.TextField(blank=True)
    told = models.JSONField(default=dict, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("-asked_at", "-id")
        indexes = (models.Index(fields=("community", "asked_at")),)

    def is_busy(self, now: datetime) -> bool:
        """Whether it is still being worked out; a job that said nothing for long has died."""
        return self.state == PlanState.WAITING and now - self.asked_at < JOB_LOST


class LotQuestion(TenantRow):
    """What a worker asks about a lot, and the answer, which stands on the lot for the next one."""

    lot = models.ForeignKey(Lot, models.CASCADE, related_name="questions")
    worker = models.ForeignKey(Worker, models.CASCADE, related_name="questions")
    words = models.CharField(max_length=400)
    at = models.DateTimeField()
    answer = models.CharField(max_length=400, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("at", "id")
        indexes = (models.Index(fields=("community", "answered_at", "at")),)


class OwnHours(TenantRow):
    """What a worker writes down for herself: how long she was at it. Nobody else reads it, no sum
    is made of it, and it is encrypted; `minutes` by lot is hers to compare with what it earned.
    """

    worker = models.ForeignKey(Worker, models.CASCADE, related_name="+")
    lot = models.ForeignKey(Lot, models.CASCADE, related_name="+")
    day = models.DateField()
    minutes = EncryptedTextField()

    objects = tenant_manager()

    class Meta:
        ordering = ("-day", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("community", "worker", "lot", "day"), name="own_hours_once_a_day"
            ),
        )


class SamplingRow(TenantRow):
    """From so many pieces on, so many are looked at, and up to so many may be wrong; since when, and
    where that stands. What a community has not written down is looked at piece by piece.
    """

    since = models.DateField()
    pieces = models.PositiveIntegerField()
    sample = models.PositiveIntegerField()
    accept = models.PositiveIntegerField()
    source = models.CharField(max_length=200)

    objects = tenant_manager()

    class Meta:
        ordering = ("-since", "pieces")
        constraints = (
            models.UniqueConstraint(
                fields=("community", "since", "pieces"), name="sampling_row_once"
            ),
            models.CheckConstraint(
                condition=Q(pieces__gt=0, sample__gt=0, accept__lt=F("sample")),
                name="sampling_row_makes_sense",
            ),
        )


class SampleCheck(TenantRow):
    """A sample of a receipt was looked at: how many, how many were wrong, how many may be."""

    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="samples", db_index=False)
    looked = models.PositiveIntegerField()
    wrong = models.PositiveIntegerField()
    accept = models.PositiveIntegerField()
    source = models.CharField(max_length=200)
    at = models.DateTimeField()
    by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    objects = tenant_manager()

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("community", "receipt"), name="sample_once"),
            models.CheckConstraint(
                condition=Q(looked__gt=0, wrong__lte=F("looked")), name="sample_wrong_of_looked"
            ),
        )

    @property
    def is_good(self) -> bool:
        """Whether the whole receipt may be accepted by it."""
        return self.wrong <= self.accept


class SaleNoticeQuerySet(models.QuerySet["SaleNotice"]):
    def standing(self) -> "SaleNoticeQuerySet":
        """Announced, and not called off."""
        return self.filter(called_off_at__isnull=True)


class SaleNotice(TenantRow):
    """A live sale of what is made here: what, when, where to watch it; stands on the public page
    until its day is over, also when it was called off.
    """

    title = models.CharField(max_length=80)
    watch = models.CharField(max_length=200, blank=True)
    words = models.CharField(max_length=400, blank=True)
    begins_at = models.DateTimeField()
    called_off_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager(SaleNoticeQuerySet)

    class Meta:
        ordering = ("begins_at", "id")
        indexes = (models.Index(fields=("community", "begins_at")),)

    def __str__(self) -> str:
        return self.title


class BookKind(models.TextChoices):
    ORDERS = "orders", _("orders")
    WORKERS = "workers", pgettext_lazy("workshop", "workers")


class OrderImport(TenantRow):
    """A book from a file, of orders or of workers: read and shown, then taken in; taken back as
    long as nothing was done with what came of it. `made` are the ids of that.
    """

    kind = models.CharField(max_length=8, choices=BookKind.choices, default=BookKind.ORDERS)
    file_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    rows = models.JSONField(default=list)
    made = models.JSONField(default=list, blank=True)
    taken_in_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("-at", "-id")


class Carrying(TenantRow):
    """A carrier's round of a day: out with material and back with goods, door after door, in as many
    trips as what goes onto the tricycle asks for.

    `capacity` pieces go onto the tricycle; `metres` is the whole way, home included, and no way is
    shorter than `bound`; both empty where a door's place is not known.
    """

    day = models.DateField()
    carrier = models.ForeignKey(Account, models.PROTECT, related_name="+")
    capacity = models.PositiveIntegerField(null=True, blank=True)
    leaves_at = models.TimeField(null=True, blank=True)
    back_by = models.TimeField(null=True, blank=True)
    metres = models.PositiveIntegerField(null=True, blank=True)
    bound = models.PositiveIntegerField(null=True, blank=True)
    engine = models.CharField(max_length=40, blank=True)
    made_at = models.DateTimeField()

    objects = tenant_manager()

    class Meta:
        ordering = ("-day", "-id")
        indexes = (models.Index(fields=("community", "carrier", "day")),)


class StopKind(models.TextChoices):
    BRING = "bring", _("bring")
    FETCH = "fetch", _("fetch")


class Stop(TenantRow):
    """A lot is brought to, or fetched from, a worker's door. `metres` is the way from the door
    before, on the walking network; estimated (估算) as a straight line × 1.4 where there is none;
    empty where a house's place is not known. `arrives_at` is when the tricycle is reckoned there.
    """

    carrying = models.ForeignKey(Carrying, models.CASCADE, related_name="stops")
    position = models.PositiveSmallIntegerField()
    trip = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=5, choices=StopKind.choices)
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+")
    door = models.CharField(max_length=80, blank=True)
    metres = models.PositiveIntegerField(null=True, blank=True)
    is_estimated = models.BooleanField(default=True)
    arrives_at = models.TimeField(null=True, blank=True)
    quantity = models.PositiveIntegerField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_quantity = models.PositiveIntegerField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("position", "id")
        indexes = (models.Index(fields=("community", "carrying", "position")),)


def rate_on(operation: Operation, day: date) -> Decimal | None:
    """The piece rate of an operation on a day, None where none was set yet."""
    row = PieceRate.objects.filter(operation=operation, since__lte=day).first()
    return row.yuan if row else None


def rates_on(operations: Collection[int], day: date) -> dict[int, Decimal]:
    """The piece rates of these operations on a day; without those for which none was set. One query."""
    rows = PieceRate.objects.filter(operation__in=operations, since__lte=day)
    return dict(rows.order_by("since", "id").values_list("operation", "yuan"))

"""Money lines, closed months, statements, pay terms, bonus rules, minimum wages."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from encrypted_fields.fields import EncryptedCharField

from mulin.ground.community.models import Account as LoginAccount
from mulin.ground.community.models import TenantRow
from mulin.ground.community.rules import Actor
from mulin.kit.scoping import tenant_manager
from mulin.workshop.production.models import Movement, Worker
from mulin.workshop.wages.rules import BOOKS, Account, Kind, Relation, Scheme, State, Withheld

RELATION_LABELS = {
    Relation.UNDECIDED: _("not decided yet"),
    Relation.EMPLOYMENT: _("employed, with a contract of work 劳动关系"),
    Relation.RETIRED: _("retired, works on 退休人员"),
    Relation.SERVICE: _("does a service now and then 劳务关系"),
    Relation.MAKING: _("makes a work with her own tools 承揽"),
}
SCHEME_LABELS = {
    Scheme.UNDECIDED: _("not decided: nothing is withheld"),
    Scheme.SERVICE: _("service pay 劳务报酬"),
    Scheme.PLATFORM: _("service pay over a platform 平台劳务报酬, over the year"),
    Scheme.EMPLOYED: _("wage 工资薪金"),
    Scheme.BUSINESS: _("business 经营所得: she declares it herself"),
}
KIND_LABELS = {
    Kind.EARNING: _("by the piece"),
    Kind.BONUS: _("bonus"),
    Kind.ADJUSTMENT: _("correction"),
    Kind.ADVANCE: _("paid in advance"),
    Kind.RECOVERY: _("advance taken off"),
    Kind.CARRIED: _("carried to the next month"),
    Kind.CLAIM: _("damage she bears"),
    Kind.DEDUCTION: _("damage taken off"),
    Kind.TAX: _("tax withheld"),
    Kind.PAYMENT: pgettext_lazy("a line of money", "paid"),
}
STATE_LABELS = {
    State.SHOWN: _("to be looked at"),
    State.CONFIRMED: _("confirmed"),
    State.DISPUTED: _("she says it is wrong"),
    State.PAID: pgettext_lazy("a statement", "paid"),
}


class PayTerms(TenantRow):
    """What a worker is to the workshop by law, how her tax is withheld and where her money goes, from
    a day on; the newest counts. `deduction` is what the law lets her keep untaxed a month beside the
    free amount (专项扣除、专项附加扣除), in yuan. `free_year` is the year whose whole free amount counts
    from January on (`rules.WHOLE_YEARS`); it is chosen anew each year.
    """

    worker = models.ForeignKey(Worker, models.CASCADE, related_name="+")
    since = models.DateField()
    relation = models.CharField(
        max_length=12, default=Relation.UNDECIDED,
        choices=[(one.value, label) for one, label in RELATION_LABELS.items()],
    )  # fmt: skip
    scheme = models.CharField(
        max_length=12, choices=[(one.value, label) for one, label in SCHEME_LABELS.items()]
    )
    reason = models.CharField(max_length=200)
    deduction = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    free_year = models.PositiveSmallIntegerField(null=True, blank=True)
    bank_account = EncryptedCharField(max_length=40, null=True, blank=True)
    decided_by = models.ForeignKey(LoginAccount, models.PROTECT, null=True, related_name="+")

    objects = tenant_manager()

    class Meta:
        ordering = ("-since", "-id")
        indexes = (models.Index(fields=("community", "worker", "since")),)
        constraints = (
            models.CheckConstraint(
                condition=Q(deduction__gte=0), name="deduction_not_below_nothing"
            ),
        )


class Bonus(TenantRow):
    """A bonus rule, from a day to a day, with who decided it."""

    name = models.CharField(max_length=60)
    kind = models.CharField(
        max_length=10,
        choices=[
            ("quality", _("percent right the first time")),
            ("output", _("yuan by the piece")),
        ],
    )
    threshold = models.DecimalField(max_digits=10, decimal_places=2)
    percent = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    yuan = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200)

    objects = tenant_manager()

    class Meta:
        ordering = ("-since", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(threshold__gte=0, percent__gte=0, yuan__gte=0), name="bonus_gives"
            ),
        )

    def __str__(self) -> str:
        return self.name


class MinimumWage(TenantRow):
    """The local minimum wage from a day on, a month and an hour, with its source."""

    since = models.DateField()
    month_yuan = models.DecimalField(max_digits=10, decimal_places=2)
    hour_yuan = models.DecimalField(max_digits=10, decimal_places=2)
    source = models.CharField(max_length=200)

    objects = tenant_manager()

    class Meta:
        ordering = ("-since", "-id")
        constraints = (
            models.UniqueConstraint(fields=("community", "since"), name="minimum_wage_once_a_day"),
        )


class PayMonth(TenantRow):
    """A month that was closed. It never changes; what was wrong becomes a line of a later one."""

    first = models.DateField()
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(LoginAccount, models.PROTECT, null=True, related_name="+")

    objects = tenant_manager()

    class Meta:
        ordering = ("-first",)
        constraints = (
            models.UniqueConstraint(fields=("community", "first"), name="month_closed_once"),
        )


class StatementQuerySet(models.QuerySet["Statement"]):
    def visible_to(self, actor: Actor) -> "StatementQuerySet":
        """Who keeps the books sees all, a worker her own."""
        if actor.has(*BOOKS) or actor.is_system:
            return self
        return self.filter(worker__person__account=actor.account_id or 0)


class Statement(TenantRow):
    """A worker's month: the sums of its lines. She confirms it, or says what is wrong."""

    month = models.ForeignKey(PayMonth, models.PROTECT, related_name="statements")
    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+")
    scheme = models.CharField(
        max_length=12, choices=[(one.value, label) for one, label in SCHEME_LABELS.items()]
    )
    gross = models.DecimalField(max_digits=14, decimal_places=2)
    tax = models.DecimalField(max_digits=14, decimal_places=2)
    formula = models.JSONField(default=dict, blank=True)  # the numbers of `rules.Withheld`
    deducted = models.DecimalField(max_digits=14, decimal_places=2)
    recovered = models.DecimalField(max_digits=14, decimal_places=2)
    net = models.DecimalField(max_digits=14, decimal_places=2)
    seconds = models.PositiveBigIntegerField(default=0)
    state = models.CharField(
        max_length=10, choices=[(one.value, label) for one, label in STATE_LABELS.items()],
        default=State.SHOWN,
    )  # fmt: skip
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=20, blank=True)  # the channel
    dispute = models.CharField(max_length=400, blank=True)
    answer = models.CharField(max_length=400, blank=True)
    filed_at = models.DateTimeField(null=True, blank=True)  # in which file for the bank
    paid_at = models.DateTimeField(null=True, blank=True)
    proof = models.CharField(max_length=120, blank=True)

    objects = tenant_manager(StatementQuerySet)

    class Meta:
        ordering = ("-month__first", "worker__person__pinyin", "id")
        indexes = (models.Index(fields=("community", "worker")),)
        constraints = (
            models.UniqueConstraint(
                fields=("community", "month", "worker"), name="statement_once_a_month"
            ),
            models.CheckConstraint(condition=Q(net__gte=0), name="net_not_below_nothing"),
        )

    @property
    def withheld(self) -> Withheld | None:
        """How its tax came about; None where nothing was withheld by a table."""
        kept = {name: Decimal(value) for name, value in self.formula.items()}
        return Withheld(**kept) if kept else None


class MoneyLine(TenantRow):
    """An amount from one account to another, for one worker. Never changed, never deleted; it has
    two ends, so the books cannot be unbalanced. Without a statement it waits for the next month.
    """

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(
        max_length=12, choices=[(one.value, label) for one, label in KIND_LABELS.items()]
    )
    source = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Account])
    target = models.CharField(max_length=12, choices=[(one.value, one.value) for one in Account])
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    statement = models.ForeignKey(
        Statement, models.PROTECT, null=True, blank=True, related_name="lines", db_index=False
    )
    movement = models.ForeignKey(
        Movement, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    words = models.CharField(max_length=200, blank=True)
    rate = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    quantity = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    happened_on = models.DateField()
    at = models.DateTimeField()
    entered_by = models.ForeignKey(
        LoginAccount, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    key = models.CharField(max_length=80)

    objects = tenant_manager()

    class Meta:
        ordering = ("happened_on", "id")
        indexes = (
            models.Index(fields=("community", "statement"), name="money_of_statement"),
            models.Index(fields=("community", "worker", "at"), name="money_of_worker"),
        )
        constraints = (
            models.UniqueConstraint(fields=("community", "key"), name="money_key_once"),
            models.UniqueConstraint(
                fields=("community", "movement"), condition=Q(movement__isnull=False),
                name="movement_paid_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="money_above_nothing"),
            models.CheckConstraint(
                condition=~Q(source=F("target")), name="money_goes_somewhere"
            ),
        )  # fmt: skip

    @property
    def is_for_her(self) -> bool:
        """It raises what she is owed, or lowers what she bears."""
        return self.target == Account.WORKER or self.source == Account.DAMAGE

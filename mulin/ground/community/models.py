"""Communities, accounts, memberships, grids, sign-in codes, working-day exceptions."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedCharField

from mulin.ground.community.rules import Role, Scope
from mulin.kit.ids import public_code
from mulin.kit.models import IdField, Row
from mulin.kit.scoping import tenant_manager

ROLE_LABELS = {
    Role.RESIDENT: _("resident"),
    Role.GRID_OFFICER: _("grid officer"),
    Role.COMMUNITY_WORKER: _("community worker"),
    Role.HEAD: _("head of the community"),
    Role.WORKSHOP_MANAGER: _("workshop manager"),
    Role.ACCOUNTANT: _("accountant of the community"),
    Role.CHILDCARE_LEAD: _("childcare lead"),
    Role.CLASS_LEAD: _("class lead"),
    Role.MEDIATOR: _("mediator"),
    Role.MEDIATION_DIRECTOR: _("mediation director"),
    Role.VOLUNTEER_LEAD: _("volunteer lead"),
    Role.VOLUNTEER: _("volunteer"),
    Role.WORKSHOP_WORKER: _("workshop worker"),
    Role.CARRIER: _("carrier"),
    Role.CHILD_DUTY: _("adult on child duty"),
    Role.FAMILY: _("family of an elder"),
    Role.ELECTION_COMMITTEE: _("election committee"),
    Role.KEY_HOLDER: _("key holder"),
    Role.OBSERVER: _("observer of the count"),
    Role.AUDITOR: _("auditor"),
    Role.STREET_OVERSEER: _("street overseer"),
    Role.INSTALLER: _("installer"),
}

SCOPE_LABELS = {
    Scope.PUBLIC_READ: _("read what everybody may read: what takes place, places, rooms, projects"),
    Scope.FIGURES_READ: _("read figures"),
    Scope.DEMANDS_READ: _("read demands: number, kind, place, words, state; never who asked"),
    Scope.DEMANDS_WRITE: _("hand demands in"),
    Scope.ORDERS: _("hand work orders in and fetch their answers"),
    Scope.DOORS: _("ask whether an opening code is right, as an electronic lock does"),
    Scope.ALARMS_READ: _("read running alarms: number, place, how far help is; never who called"),
    Scope.CARRYING: _(
        "read a day's carrying rounds, with the workers' doors and names, and note what was left or"
        " taken along"
    ),
    Scope.DUTY_READ: _("read shifts of the duty rota: when, how many are needed and come; no name"),
    Scope.CHILDCARE_READ: _("read how many places in childcare are free when; nothing of a child"),
    Scope.SKILLS_READ: _("read which skills the workshop lacks until the end of next month"),
    Scope.WAGES_READ: _("read the sums of closed months of wages"),
    Scope.PAYMENTS: _("make the list of payments for the bank: names, accounts, amounts"),
}


class Street(Row):
    """A street office 街道 and the communities it looks after. Shared."""

    name = models.CharField(max_length=60, unique=True)

    def __str__(self) -> str:
        return self.name


class Community(Row):
    """One tenant: a residential community 社区."""

    street = models.ForeignKey(Street, models.PROTECT, related_name="communities")
    name = models.CharField(max_length=60)
    slug = models.SlugField(max_length=40, unique=True)
    phone = models.CharField(max_length=30)
    address = models.CharField(max_length=120, blank=True)
    host = models.CharField(max_length=120, blank=True)
    founded_on = models.DateField(null=True, blank=True)
    # Staff may speak into fields: the browser sends the sound to its maker, so it is off at first.
    takes_dictation = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class TenantRow(Row):
    """A row that belongs to one community; its manager raises outside a scope."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Grid(TenantRow):
    """A grid 网格: the part of the community that one officer walks."""

    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)

    objects = tenant_manager()

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("community", "number"), name="grid_number_once"),
        )

    def __str__(self) -> str:
        return self.name


class AccountManager(BaseUserManager["Account"]):
    """Finds who signs in by name, as Django's login asks for it."""

    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(login_name=username)


class Account(AbstractBaseUser):
    """Who signs in: staff by name, password and second factor; residents by phone or card.

    Shared by all communities; what it may do in each stands in its memberships.
    """

    id = IdField()
    login_name = models.CharField(max_length=60, unique=True, null=True, blank=True)
    display_name = models.CharField(max_length=60)
    phone = EncryptedCharField(max_length=20, null=True, blank=True)
    phone_index = models.CharField(max_length=32, unique=True, null=True, blank=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)  # one of the demo's own, see `second_factor`
    session_epoch = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    theme = models.CharField(max_length=10, blank=True)  # "light", "dark", or as the device has it
    type_size = models.CharField(max_length=10, blank=True)  # "large" or normal
    language = models.CharField(max_length=10, blank=True)

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "login_name"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(login_name__isnull=False)
                | Q(phone_index__isnull=False)
                | Q(password__startswith="!"),  # noqa: S106  the mark of an unusable password
                name="account_has_a_door",
            ),
        )

    def __str__(self) -> str:
        return self.display_name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # A change of role raises the epoch, and every open session of the account ends.
        base: str = super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]  # private in the stubs
        return f"{base}.{self.session_epoch}"


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Roles by the time they are held."""

    def running(self, now: datetime) -> "MembershipQuerySet":
        """Held at this moment."""
        return self.filter(since__lte=now).filter(Q(until__isnull=True) | Q(until__gt=now))


class Membership(TenantRow):
    """A role of an account in a community, from a moment, to a moment.

    Not scoped: at sign-in it answers which communities an account may enter at all.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="memberships")
    role = models.CharField(
        max_length=30, choices=[(role.value, label) for role, label in ROLE_LABELS.items()]
    )
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, blank=True, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    stands_in_for = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="stand_ins"
    )

    objects: ClassVar[Any] = models.Manager.from_queryset(MembershipQuerySet)()

    class Meta:
        indexes = (models.Index(fields=("community", "account")),)
        constraints = (
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")),
                name="membership_ends_after_it_begins",
            ),
        )

    def __str__(self) -> str:
        return f"{self.account} · {self.get_role_display()}"


class LoginCode(Row):
    """A one-time code sent to a phone; of the code only a digest is kept, and for two days."""

    phone = EncryptedCharField(max_length=20)
    phone_index = models.CharField(max_length=32)
    address_index = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = (
            models.Index(fields=("phone_index", "sent_at")),
            models.Index(fields=("address_index", "sent_at")),
        )


class PersonalCard(Row):
    """A printed QR card with which somebody without a phone signs in; only its digest is kept."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="cards")
    digest = models.CharField(max_length=64, unique=True)
    printed_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)


class Invitation(Row):
    """A link, good once, with which somebody sets their own password; only its digest is kept.

    No password is ever given out: a new colleague gets one, and so does who forgot theirs.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)


def _short_code() -> str:
    return public_code(8)


class ShortLink(Row):
    """What a printed QR code opens: a random code that leads into one community.

    Shared: the code is looked up before the community is known.
    """

    code = models.CharField(max_length=12, unique=True, default=_short_code)
    community = models.ForeignKey(Community, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=30)
    record_id = models.BigIntegerField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("community", "kind", "record_id"), name="one_link_per_record"
            ),
        )


class ApiClientQuerySet(models.QuerySet["ApiClient"]):
    def running(self, now: datetime) -> "ApiClientQuerySet":
        """Its token still opens something."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=now)


class ApiClient(TenantRow):
    """A program of another office that may call in: what it may do, and until when.

    It acts under an account of its own, with which nobody can sign in, so that what it does
    stands in the record of acts under its name. Of its token only a digest is kept.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="programs")
    contact = models.CharField(max_length=120)
    scopes = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager(ApiClientQuerySet)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=("community", "digest"), name="api_token_once"),
            models.UniqueConstraint(fields=("community", "account"), name="api_account_once"),
        )

    def __str__(self) -> str:
        return self.account.display_name

    @property
    def scope_labels(self) -> list[object]:
        """What it may do, in words, in the order in which it was chosen from."""
        return [words for scope, words in SCOPE_LABELS.items() if scope in self.scopes]


class ApiUse(TenantRow):
    """How often a program made one kind of call on one day, and how much of the running minute
    it has used up.
    """

    client = models.ForeignKey(ApiClient, models.CASCADE, related_name="uses")
    day = models.DateField()
    call = models.CharField(max_length=60)
    count = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)  # beyond the limit of a minute
    last_at = models.DateTimeField()
    minute = models.DateTimeField()
    in_minute = models.PositiveIntegerField(default=0)

    objects = tenant_manager()

    class Meta:
        ordering = ("-day", "call")
        constraints = (
            models.UniqueConstraint(
                fields=("community", "client", "day", "call"), name="api_use_once"
            ),
        )


class CalendarAddress(TenantRow):
    """The secret address under which somebody's calendar program fetches their limits.

    It is shown again to its owner, so it is kept, encrypted; it is found by its blind index.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="calendar_addresses")
    secret = EncryptedCharField(max_length=60)
    secret_index = models.CharField(max_length=32)
    made_at = models.DateTimeField()
    fetched_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("community", "account"), name="one_calendar_per_account"
            ),
            models.UniqueConstraint(
                fields=("community", "secret_index"), name="calendar_secret_once"
            ),
        )


class WorkdayException(Row):
    """A day that is a working day or a day off against the built-in calendar. Shared."""

    day = models.DateField(unique=True)
    is_workday = models.BooleanField()
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ("day",)

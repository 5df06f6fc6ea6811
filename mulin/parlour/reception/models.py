"""Visits, demands, confirmations, time limits, imported files."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from encrypted_fields.fields import EncryptedTextField

from mulin.commons.flow.models import Category, Need, Visibility
from mulin.ground.community.models import Account, Grid, TenantRow
from mulin.ground.community.rules import Actor, Role, Scope
from mulin.ground.people.models import Organisation, Person
from mulin.kit.channels import Channel
from mulin.kit.ids import public_code
from mulin.kit.scoping import tenant_manager
from mulin.parlour.reception.rules import OfferState, State

STATE_LABELS = {
    State.RECEIVED: _("received"),
    State.ACCEPTED: _("accepted"),
    State.IN_HAND: _("in hand"),
    State.WAITING: _("waiting"),
    State.ANSWERED: _("answered, to be confirmed"),
    State.NOT_SOLVED: _("not solved, opened again"),
    State.CONFIRMED: _("confirmed as solved"),
    State.CLOSED: _("closed"),
    State.JOINED: _("goes with another"),
}

OFFER_LABELS = {
    OfferState.OPEN: _("not answered yet"),
    OfferState.ACCEPTED: pgettext_lazy("offer", "taken over"),
    OfferState.REFUSED: _("refused"),
    OfferState.WITHDRAWN: pgettext_lazy("offer", "withdrawn"),
    OfferState.LAPSED: _("settled otherwise"),
}


class Urgency(models.TextChoices):
    LIFE = "life", _("danger to life or property")
    UTILITIES = "utilities", _("water, power, gas or lift")
    ORDINARY = "ordinary", _("ordinary")
    COMPLEX = "complex", _("complex: several sides are needed")


class DemandQuerySet(models.QuerySet["Demand"]):
    def visible_to(self, actor: Actor) -> "DemandQuerySet":
        """The desk sees all; a grid officer their grids, what they own, what is offered to them
        and what they help with; an asker their own.
        """
        if actor.has(Role.COMMUNITY_WORKER, Role.HEAD):
            return self.unsealed()
        if actor.is_program:
            return self._for_program(actor)
        allowed = Q(pk__in=[])
        if actor.account_id is not None:
            allowed |= Q(owner_id=actor.account_id) | Q(need__asked_by_account_id=actor.account_id)
        if actor.account_id is not None and actor.is_handler:
            allowed |= Q(
                pk__in=Offer.objects.open().filter(to_id=actor.account_id).values("demand")
            )
            allowed |= Q(
                pk__in=Share.objects.readable().filter(helper_id=actor.account_id).values("demand")
            )
        if actor.person_id is not None:
            allowed |= Q(need__person_id=actor.person_id)
        if actor.grid_ids:
            allowed |= Q(grid_id__in=actor.grid_ids) & ~Q(need__visibility=Visibility.CONFIDENTIAL)
        return self.filter(allowed, need__is_sealed=False)

    def unsealed(self) -> "DemandQuerySet":
        """Not shut away: as the index of the few that are says. Joined to all needs of a county, a
        list would be put in order anew, where an index of its own has it in order.
        """
        return self.exclude(need__in=Need.objects.filter(is_sealed=True))

    def public(self) -> "DemandQuerySet":
        """Those of which everybody may know that they are there, and how they stand."""
        return self.filter(need__is_sealed=False).exclude(need__visibility=Visibility.CONFIDENTIAL)

    def _for_program(self, actor: Actor) -> "DemandQuerySet":
        if Scope.DEMANDS_READ not in actor.scopes:
            return self.none()
        return self.public()

    def in_grid(self, grid: Grid) -> "DemandQuerySet":
        return self.filter(grid=grid)

    def open(self) -> "DemandQuerySet":
        """Somebody still owes something."""
        # `is_open=True` would stand alone in SQLite's WHERE, where no index answers it.
        return self.filter(is_open__in=[True])

    def late(self, now: datetime) -> "DemandQuerySet":
        """Open and past its limit."""
        return self.open().filter(due_at__lt=now)

    def owed_by(self, account_id: int) -> "DemandQuerySet":
        return self.open().filter(owner_id=account_id)

    def by_harm(self) -> "DemandQuerySet":
        """In order of harm if late: danger first, then what is due soonest."""
        return self.order_by("harm", "due_at", "id")


class Demand(TenantRow):
    """The desk's side of a need: at every moment one state, one owner, one limit."""

    need = models.OneToOneField(Need, models.PROTECT, related_name="demand")
    state = models.CharField(
        max_length=20, choices=[(state.value, label) for state, label in STATE_LABELS.items()]
    )
    urgency = models.CharField(max_length=20, choices=Urgency.choices, default=Urgency.ORDINARY)
    is_open = models.BooleanField(
        default=True
    )  # as the state says; the desk's index starts with it
    harm = models.PositiveSmallIntegerField(default=3)  # 1 life … 4 complex; sorts the desk
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)  # of what is owed now
    remind_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    responded_at = models.DateTimeField(null=True, blank=True)  # first word back to the asker
    respond_by = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answer_by = models.DateTimeField(null=True, blank=True)
    outer_by = models.DateTimeField(null=True, blank=True)  # of the work order that brought it
    waiting_on = models.CharField(max_length=120, blank=True)
    round = models.PositiveSmallIntegerField(default=1)  # grows each time it is opened again
    closed_at = models.DateTimeField(null=True, blank=True)
    was_late = models.BooleanField(default=False)  # a limit was missed once; closing keeps it

    objects = tenant_manager(DemandQuerySet)

    class Meta:
        indexes = (
            models.Index(fields=("community", "is_open", "harm", "due_at", "id")),
            models.Index(fields=("community", "owner", "is_open", "harm", "due_at")),
            models.Index(fields=("community", "grid", "is_open", "harm", "due_at")),
            models.Index(fields=("community", "state", "id")),
            models.Index(fields=("community", "state", "answered_at")),
            models.Index(fields=("community", "received_at")),
            models.Index(fields=("community", "is_open", "due_at")),
            models.Index(fields=("community", "is_open", "id")),
            models.Index(fields=("community", "is_open", "remind_at")),
        )

    def __str__(self) -> str:
        return f"{self.need_id}"


class OfferQuerySet(models.QuerySet["Offer"]):
    def open(self) -> "OfferQuerySet":
        """Not answered yet."""
        return self.filter(state=OfferState.OPEN)

    def concerning(self, account_id: int) -> "OfferQuerySet":
        """Made to this account or by it."""
        return self.filter(Q(to_id=account_id) | Q(giver_id=account_id))


class Offer(TenantRow):
    """A demand is offered to a colleague, who takes it over or says why not.

    Until then whoever gave it owns it; there is at most one open offer of a demand.
    """

    demand = models.ForeignKey(Demand, models.CASCADE, related_name="offers")
    giver = models.ForeignKey(Account, models.PROTECT, related_name="+")
    to = models.ForeignKey(Account, models.PROTECT, related_name="+")
    why = models.CharField(max_length=200)
    state = models.CharField(
        max_length=20,
        choices=[(state.value, label) for state, label in OFFER_LABELS.items()],
        default=OfferState.OPEN.value,
    )
    offered_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    risen_at = models.DateTimeField(null=True)  # the head was told that nobody answers
    settled_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=200, blank=True)

    objects = tenant_manager(OfferQuerySet)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("community", "demand"),
                condition=Q(state=OfferState.OPEN.value),
                name="one_open_offer_of_a_demand",
            ),
        )
        indexes = (
            models.Index(fields=("community", "demand", "id")),
            models.Index(fields=("community", "to", "state")),
            models.Index(fields=("community", "giver", "state")),
            models.Index(fields=("community", "state", "answer_by")),
        )


class ShareQuerySet(models.QuerySet["Share"]):
    def open(self) -> "ShareQuerySet":
        """Still to be done."""
        return self.filter(done_at__isnull=True, released_at__isnull=True)

    def readable(self) -> "ShareQuerySet":
        """Whoever helps, or has helped, may read what they helped with; the released may not."""
        return self.filter(released_at__isnull=True)


class Share(TenantRow):
    """What a colleague does for a demand that somebody else owns 会办: what, by when, done."""

    demand = models.ForeignKey(Demand, models.CASCADE, related_name="shares")
    helper = models.ForeignKey(Account, models.PROTECT, related_name="+")
    asked = models.CharField(max_length=200)
    asked_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    nudge_at = models.DateTimeField(null=True)  # a late one is mentioned again from then
    done_at = models.DateTimeField(null=True)
    report = models.CharField(max_length=500, blank=True)
    released_at = models.DateTimeField(null=True)  # not needed any more

    objects = tenant_manager(ShareQuerySet)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("community", "demand", "helper"),
                condition=Q(done_at__isnull=True, released_at__isnull=True),
                name="one_open_share_of_a_helper",
            ),
        )
        indexes = (
            models.Index(fields=("community", "demand", "id")),
            models.Index(fields=("community", "helper", "done_at")),
            models.Index(fields=("community", "nudge_at")),
        )


#: Under this name the street hears of a sending that was handed up to it.
AT_STREET = "reception.sending"


class SendingQuerySet(models.QuerySet["Sending"]):
    def out(self) -> "SendingQuerySet":
        """Not back yet."""
        return self.filter(returned_at__isnull=True)


class Sending(TenantRow):
    """A demand was sent to a unit outside 外转: by which letter, to whom there, back by when."""

    demand = models.ForeignKey(Demand, models.CASCADE, related_name="sendings")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    letter = models.CharField(max_length=60, blank=True)
    contact = models.CharField(max_length=60, blank=True)
    asked = models.CharField(max_length=300)
    sent_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    back_by = models.DateTimeField()
    nudge_at = models.DateTimeField(null=True)  # a late one is mentioned again from then
    reminded_at = models.DateTimeField(null=True)  # when somebody last rang or wrote to them
    reminders = models.PositiveSmallIntegerField(default=0)
    returned_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=1000, blank=True)

    objects = tenant_manager(SendingQuerySet)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("community", "demand", "organisation"),
                condition=Q(returned_at__isnull=True),
                name="once_out_at_a_unit",
            ),
        )
        indexes = (
            models.Index(fields=("community", "demand", "id")),
            models.Index(fields=("community", "nudge_at")),
        )


class Joining(TenantRow):
    """A demand goes with another about the same thing; it can be taken apart again.

    It ends when it is taken apart, and when its own asker has said what they think of the answer.
    """

    demand = models.ForeignKey(Demand, models.CASCADE, related_name="joinings")
    lead = models.ForeignKey(Demand, models.CASCADE, related_name="followers")
    joined_at = models.DateTimeField()
    joined_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("community", "demand"),
                condition=Q(ended_at__isnull=True),
                name="goes_with_one_other",
            ),
            models.CheckConstraint(
                condition=~Q(demand=models.F("lead")), name="goes_not_with_itself"
            ),
        )
        indexes = (
            models.Index(fields=("community", "lead", "ended_at")),
            models.Index(fields=("community", "demand", "ended_at")),
        )


class AnswerTemplate(TenantRow):
    """Words the community answers with often; for one category and below it, or for any."""

    name = models.CharField(max_length=40)
    words = models.CharField(max_length=1000)
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager()

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("community", "name"),
                condition=Q(withdrawn_at__isnull=True),
                name="template_name_once",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Outcome(models.TextChoices):
    SOLVED = "solved", _("solved")
    NOT_SOLVED = "not_solved", _("not solved")
    UNREACHABLE = "unreachable", _("could not be reached")


class Confirmation(TenantRow):
    """Whether the asker says it is solved, asked once per answer."""

    demand = models.ForeignKey(Demand, models.CASCADE, related_name="confirmations")
    round = models.PositiveSmallIntegerField()
    asked_at = models.DateTimeField()
    call_from = models.DateTimeField(null=True, blank=True)  # on the return-call list from then
    handler = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    answer = models.TextField(blank=True)  # the words whose truth is asked about
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    rating = models.PositiveSmallIntegerField(null=True, blank=True)  # 1 to 5
    words = models.CharField(max_length=500, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    channel = models.CharField(max_length=20, choices=Channel.choices, blank=True)
    called_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    calls = models.PositiveSmallIntegerField(default=0)

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("community", "demand", "round"), name="asked_once_per_answer"
            ),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__gte=1, rating__lte=5),
                name="rating_1_to_5",
            ),
        )
        indexes = (models.Index(fields=("community", "outcome", "call_from")),)


class VisitReason(models.TextChoices):
    DEMAND = "demand", _("has a demand")
    QUESTION = "question", _("asks something")
    PAPERS = "papers", _("certificate or form")
    ACTIVITY = "activity", _("activity or class")
    FETCH = "fetch", _("fetches or brings something")
    CHAT = "chat", _("sits and chats")
    OTHER = "other", _("something else")


class VisitKind(TenantRow):
    """Why people come, in this community's own words, with the letter that notes it.

    The letter stays with its kind, so that fingers may learn it; `reason` is what figures count by.
    """

    name = models.CharField(max_length=30)
    letter = models.CharField(max_length=1, blank=True)
    reason = models.CharField(max_length=20, choices=VisitReason.choices)
    minutes = models.PositiveSmallIntegerField(default=5)
    is_pinned = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    sort = models.PositiveSmallIntegerField(default=0)

    objects = tenant_manager()

    class Meta:
        ordering = ("sort", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("community", "letter"),
                condition=~Q(letter="") & Q(is_active=True),
                name="visit_letter_once",
            ),
        )

    def __str__(self) -> str:
        return self.name


class VisitBook(TenantRow):
    """A book of visits from before, previewed line by line, then taken in; can be undone.

    What its lines say of persons is kept only until it is taken in, and encrypted.
    """

    file_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    rows = models.JSONField(default=list)  # of each line: number, outcome, words of faults
    waiting = EncryptedTextField(null=True)  # JSON: the values of the lines; null once taken in
    taken_in_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager()

    def __str__(self) -> str:
        return self.file_name


class VisitQuerySet(models.QuerySet["Visit"]):
    def visible_to(self, actor: Actor) -> "VisitQuerySet":
        """The desk sees all; a grid officer what they wrote down themselves, and who of their
        grid came, unless it was for something asked without a name.
        """
        if actor.has(Role.COMMUNITY_WORKER, Role.HEAD):
            return self
        of_the_grid = Q(person__grid_id__in=actor.grid_ids) & (
            Q(need__isnull=True) | Q(need__visibility=Visibility.NAMED, need__is_sealed=False)
        )
        return self.filter(Q(worker_id=actor.account_id or 0) | of_the_grid)


class Visit(TenantRow):
    """Somebody came, phoned, wrote: who or nobody named, why, how long, which worker.

    A need said by QR code or online is a visit too, without a worker and without minutes.
    """

    at = models.DateTimeField()
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="visits")
    reason = models.CharField(max_length=20, choices=VisitReason.choices)
    kind = models.ForeignKey(VisitKind, models.PROTECT, null=True, blank=True, related_name="+")
    channel = models.CharField(max_length=20, choices=Channel.choices)
    minutes = models.PositiveSmallIntegerField(default=5)
    worker = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")
    need = models.ForeignKey(Need, models.SET_NULL, null=True, blank=True, related_name="visits")
    note = models.CharField(max_length=200, blank=True)
    book = models.ForeignKey(
        VisitBook, models.PROTECT, null=True, blank=True, related_name="visits"
    )  # the old book it came from

    objects = tenant_manager(VisitQuerySet)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("community", "at")),
            models.Index(fields=("community", "person", "id")),
            models.Index(fields=("community", "at", "kind")),
        )

    @property
    def why(self) -> str:
        """Why they came: in the community's words where a kind was chosen."""
        return self.kind.name if self.kind else str(self.get_reason_display())


class StoryQuerySet(models.QuerySet["Story"]):
    def shown(self) -> "StoryQuerySet":
        """What passers-by may read now: not taken back, still answered, still no secret."""
        return self.filter(
            taken_back_at__isnull=True, demand__is_open=False, demand__need__is_sealed=False
        ).exclude(demand__need__visibility=Visibility.CONFIDENTIAL)


class Story(TenantRow):
    """An answered demand as the street reads it: in words that name nobody."""

    demand = models.OneToOneField(Demand, models.PROTECT, related_name="story")
    code = models.CharField(max_length=16, unique=True, default=public_code)
    words = models.TextField()
    answer = models.TextField()
    answered_at = models.DateTimeField()
    shown_at = models.DateTimeField()
    shown_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+"
    )
    objected_at = models.DateTimeField(null=True, blank=True)  # the asker said no, for good

    objects = tenant_manager(StoryQuerySet)

    class Meta:
        indexes = (
            models.Index(
                fields=("community", "answered_at", "id"),
                condition=Q(taken_back_at__isnull=True),
                name="story_shown",
            ),
        )

    def __str__(self) -> str:
        return self.code


class EmergencyPack(TenantRow):
    """What the desk needs on paper when power or network are down: one PDF a day, kept for days.

    It names people who live alone, so it lies encrypted in the database, where an erasure and
    row-level security reach it.
    """

    day = models.DateField()
    made_at = models.DateTimeField()
    sheet = EncryptedTextField()  # the PDF in base 64
    printed_at = models.DateTimeField(null=True, blank=True)
    printed_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    objects = tenant_manager()

    class Meta:
        ordering = ("-day",)
        constraints = (models.UniqueConstraint(fields=("community", "day"), name="one_pack_a_day"),)

    def __str__(self) -> str:
        return self.day.isoformat()


class TimeLimit(TenantRow):
    """How long a class of demand may take: dated data with its source, the community may edit."""

    urgency = models.CharField(max_length=20, choices=Urgency.choices)
    respond_hours = models.PositiveSmallIntegerField()
    answer_workdays = models.PositiveSmallIntegerField(null=True, blank=True)
    answer_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    since = models.DateField()
    source = models.CharField(max_length=200)

    objects = tenant_manager()

    class Meta:
        ordering = ("urgency", "-since")
        constraints = (
            models.UniqueConstraint(
                fields=("community", "urgency", "since"), name="limit_once_per_day"
            ),
            models.CheckConstraint(
                condition=Q(answer_workdays__isnull=False) | Q(answer_hours__isnull=False),
                name="limit_has_an_answer_time",
            ),
        )


class ImportedFile(TenantRow):
    """A file of demands from elsewhere: kept since it was uploaded, taken in since `taken_in_at`."""

    name = models.CharField(max_length=200)
    system = models.CharField(max_length=40)  # whose numbers the file uses
    first_read_at = models.DateTimeField()
    taken_in_at = models.DateTimeField(null=True)  # when it last brought something
    undone_at = models.DateTimeField(null=True)  # taken out again, and not taken in since
    as_of = models.DateTimeField(null=True)  # the latest thing that happened, by the file itself
    mapping = models.JSONField(default=dict)
    rejected = models.JSONField(default=list)
    kept_as = models.CharField(max_length=120, blank=True)  # an upload that waits to be taken in

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("community", "name"), name="imported_file_once"),
        )

    def __str__(self) -> str:
        return self.name


class ImportedRow(TenantRow):
    """What a file said of one demand, kept beside it so that the file can be checked against it.

    A demand may stand in several files of one system, such as monthly extracts; one row of them
    brought it.
    """

    file = models.ForeignKey(ImportedFile, models.PROTECT, related_name="lines")
    demand = models.ForeignKey(Demand, models.CASCADE, related_name="imported")
    brought_it = models.BooleanField()
    system = models.CharField(max_length=40)
    external_id = models.CharField(max_length=80)
    line = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    status = models.CharField(max_length=40)
    is_open = models.BooleanField()
    source = models.CharField(max_length=60, blank=True)
    came_by = models.CharField(max_length=20, choices=Channel.choices, blank=True)
    stated_on_time = models.CharField(max_length=20, blank=True)
    states_on_time = models.BooleanField(default=False)  # whether the file has such a column
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    facts = models.JSONField(default=dict)  # as written: offsets and every digit of the place

    objects = tenant_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("community", "file", "external_id"), name="imported_row_once"
            ),
            models.UniqueConstraint(
                fields=("community", "system", "external_id"),
                condition=Q(brought_it=True),
                name="imported_demand_once",
            ),
        )
        indexes = (
            models.Index(fields=("community", "system", "external_id")),
            models.Index(fields=("community", "file", "line")),
        )


class WorkOrderQuerySet(models.QuerySet["WorkOrder"]):
    def visible_to(self, actor: Actor) -> "WorkOrderQuerySet":
        """The desk sees all; a program those it brought."""
        if actor.has(Role.COMMUNITY_WORKER, Role.HEAD):
            return self
        if Scope.ORDERS in actor.scopes:
            return self.filter(brought_by_id=actor.account_id)
        return self.none()

    def open(self) -> "WorkOrderQuerySet":
        """An answer is still owed."""
        return self.filter(demand__is_open__in=[True])

    def to_hand_back(self) -> "WorkOrderQuerySet":
        """Answered or given back, and whoever sent it has not had that yet."""
        done = Q(given_back_at__isnull=False) | Q(demand__answered_at__isnull=False)
        fresh = (
            Q(handed_back_at__isnull=True)
            | Q(demand__answered_at__gt=F("handed_back_at"))
            | Q(given_back_at__gt=F("handed_back_at"))
        )
        return self.filter(done & fresh)


class WorkOrder(TenantRow):
    """Work that somebody above gave us, with their own number and deadline; once per number.

    Its demand is handled like any other. `cells` is the row as they wrote it, every column, so
    that it goes back in their own layout; it may name people, so it is kept encrypted.
    """

    demand = models.OneToOneField(Demand, models.PROTECT, related_name="order")
    system = models.CharField(max_length=40)
    number = models.CharField(max_length=80)
    outer_by = models.DateTimeField(null=True, blank=True)
    brought_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    file = models.ForeignKey(ImportedFile, models.PROTECT, null=True, related_name="orders")
    line = models.PositiveIntegerField(default=0)
    came_at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    cells = EncryptedTextField()  # JSON
    given_back_at = models.DateTimeField(null=True, blank=True)
    refusal = models.CharField(max_length=300, blank=True)
    handed_back_at = models.DateTimeField(null=True, blank=True)

    objects = tenant_manager(WorkOrderQuerySet)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("community", "system", "number"), name="work_order_once"
            ),
        )
        indexes = (models.Index(fields=("community", "outer_by")),)

    def __str__(self) -> str:
        return self.number

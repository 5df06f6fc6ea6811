"""Roles and the actor: who acts, in which community, for whom, through which channel."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from mulin.kit.clock import local_day

CODE_LIFETIME = timedelta(minutes=5)
CODE_TRIES = 5
CODES_PER_HOUR = 5
CODES_PER_DAY = 10
#: Codes asked for from one address and not used: a hall full of neighbours uses theirs.
CODES_PER_ADDRESS_AND_HOUR = 30
#: Wrong passwords for one account from everywhere, before it rests for a quarter of an hour.
MISSES_PER_ACCOUNT = 50
INVITATION_LIFETIME = timedelta(days=3)
SETUP_LIFETIME = timedelta(days=1)
#: Codes are needed no longer than they are counted.
CODES_KEPT = timedelta(days=2)
#: How long the token of a program may be good, and how long the counts of its calls are kept.
LONGEST_TOKEN = timedelta(days=731)
USES_KEPT = timedelta(days=400)
#: Calls of one kind that a program may make in a minute.
CALLS_PER_MINUTE = 120


class Role(StrEnum):
    """What an account may be in a community. Each is held from a day, to a day."""

    RESIDENT = "resident"
    GRID_OFFICER = "grid_officer"
    COMMUNITY_WORKER = "community_worker"
    HEAD = "head"
    WORKSHOP_MANAGER = "workshop_manager"
    ACCOUNTANT = "accountant"
    CHILDCARE_LEAD = "childcare_lead"
    CLASS_LEAD = "class_lead"
    MEDIATOR = "mediator"
    MEDIATION_DIRECTOR = "mediation_director"
    VOLUNTEER_LEAD = "volunteer_lead"
    VOLUNTEER = "volunteer"
    WORKSHOP_WORKER = "workshop_worker"
    CARRIER = "carrier"
    CHILD_DUTY = "child_duty"
    FAMILY = "family"
    ELECTION_COMMITTEE = "election_committee"
    KEY_HOLDER = "key_holder"
    OBSERVER = "observer"
    AUDITOR = "auditor"
    STREET_OVERSEER = "street_overseer"
    INSTALLER = "installer"


class Scope(StrEnum):
    """What a program of another office may do here. Each is given by name, none by default."""

    ALARMS_READ = "alarms:read"
    CARRYING = "carrying"
    CHILDCARE_READ = "childcare:read"
    DEMANDS_READ = "demands:read"
    DEMANDS_WRITE = "demands:write"
    DOORS = "doors:open"
    DUTY_READ = "duty:read"
    FIGURES_READ = "figures:read"
    ORDERS = "work-orders"
    PAYMENTS = "wages:pay"
    PUBLIC_READ = "public:read"
    SKILLS_READ = "skills:read"
    WAGES_READ = "wages:read"


#: What of these the installer may not read, who could keep the token they were shown: only the head
#: gives it, who may.
HEAD_GIVES = frozenset(
    {Scope.ALARMS_READ, Scope.CARRYING, Scope.DEMANDS_READ, Scope.PAYMENTS, Scope.WAGES_READ}
)


#: Who sits at the desk and sees the residents' matters of the whole community.
DESK_ROLES = frozenset({Role.COMMUNITY_WORKER, Role.HEAD})
#: Who works on demands at all.
HANDLER_ROLES = DESK_ROLES | {Role.GRID_OFFICER}
#: Who runs a room of the community, or has a part of one entrusted to them.
ROOM_ROLES = frozenset(
    {
        Role.WORKSHOP_MANAGER,
        Role.CHILDCARE_LEAD,
        Role.VOLUNTEER_LEAD,
        Role.MEDIATOR,
        Role.MEDIATION_DIRECTOR,
    }
)
#: Who works here with one thing in hand: a lesson, the wages, a vote, its key, its count, the
#: street's own.
CALLED_ROLES = frozenset(
    {
        Role.ACCOUNTANT,
        Role.CLASS_LEAD,
        Role.ELECTION_COMMITTEE,
        Role.KEY_HOLDER,
        Role.OBSERVER,
        Role.STREET_OVERSEER,
    }
)
#: Who begins the day with what they owe. Everybody else finds what waits for them beside their
#: own matters.
OWING_ROLES = HANDLER_ROLES | ROOM_ROLES | CALLED_ROLES
#: Whose device keeps what it cannot send: everybody who works here, the carrier on the road too.
DEVICE_ROLES = OWING_ROLES | {Role.CARRIER}
#: Who must show a second factor: they read what others may not.
TOTP_ROLES = frozenset(
    {
        Role.GRID_OFFICER,
        Role.COMMUNITY_WORKER,
        Role.HEAD,
        Role.WORKSHOP_MANAGER,
        Role.ACCOUNTANT,
        Role.CHILDCARE_LEAD,
        Role.MEDIATOR,
        Role.MEDIATION_DIRECTOR,
        Role.ELECTION_COMMITTEE,
        Role.AUDITOR,
        Role.STREET_OVERSEER,
        Role.INSTALLER,
    }
)
#: Staff roles that may be given only by the installer, never by a head.
INSTALLER_GIVES = frozenset({Role.HEAD, Role.AUDITOR, Role.STREET_OVERSEER, Role.INSTALLER})


@dataclass(frozen=True, slots=True)
class Grant:
    """One role held now, for one grid or for the whole community."""

    role: Role
    grid_id: int | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. A page, a command, an API call and a job all make one, and every action asks it.

    `account_id` is None for a passer-by and for the system's own sweeps; `on_behalf_of` is the
    person in whose name staff enter something.
    """

    community_id: int
    account_id: int | None = None
    person_id: int | None = None
    name: str = ""
    grants: tuple[Grant, ...] = ()
    channel: str = "online"
    on_behalf_of: int | None = None
    is_system: bool = False
    #: The code on a slip, by which a passer-by may follow and confirm their own need.
    held_code: str = ""
    #: What a program may do; a person has roles instead.
    scopes: frozenset[Scope] = frozenset()

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(grant.role for grant in self.grants)

    def has(self, *roles: Role) -> bool:
        """Whether one of these roles is held now."""
        return any(grant.role in roles for grant in self.grants)

    @property
    def is_program(self) -> bool:
        """Another office's program, which came with a token."""
        return bool(self.scopes)

    @property
    def is_desk(self) -> bool:
        return self.has(*DESK_ROLES)

    @property
    def has_a_device(self) -> bool:
        """Forms that find no network wait on this account's device."""
        return self.has(*DEVICE_ROLES)

    @property
    def is_handler(self) -> bool:
        return self.has(*HANDLER_ROLES)

    @property
    def grid_ids(self) -> frozenset[int]:
        """The grids this actor is officer of."""
        return frozenset(
            grant.grid_id
            for grant in self.grants
            if grant.role is Role.GRID_OFFICER and grant.grid_id is not None
        )

    def by(self, channel: str, *, on_behalf_of: int | None = None) -> "Actor":
        """The same actor for an act that came by another channel, or in a person's name."""
        return replace(self, channel=channel, on_behalf_of=on_behalf_of)


def system(community_id: int) -> Actor:
    """The actor of sweeps: no account, the channel says so."""
    return Actor(community_id=community_id, channel="system", is_system=True)


def may_give_scope(giver: Actor, scope: Scope) -> bool:
    """Whether whoever lets programs in may give this one: a token shows what its giver may read."""
    return scope not in HEAD_GIVES or giver.has(Role.HEAD) or giver.is_system


def is_running(since: datetime, until: datetime | None, now: datetime) -> bool:
    """Whether a dated role is held at this moment; `until` is the first moment it is not."""
    return since <= now and (until is None or now < until)


def needs_grid(role: Role) -> bool:
    """A grid officer looks after one grid; every other role is for the whole community."""
    return role is Role.GRID_OFFICER


def may_give(giver: Actor, role: Role) -> bool:
    """A head gives the community's own roles; the rest only the installer gives."""
    if giver.has(Role.INSTALLER) or giver.is_system:
        return True
    return giver.has(Role.HEAD) and role not in INSTALLER_GIVES


# ── a desk that several share ────────────────────────────────────────────────────────────────

#: A desk that nobody has touched for so long is shut: residents stand in front of it, and the next
#: one who sits down would work in another's name. Half an hour is longer than any visit is noted.
LEFT_ALONE = timedelta(minutes=30)
#: A second factor counts at one desk for one working day, so that changing places is quick enough
#: to be done each time.
FACTOR_COUNTS = timedelta(hours=10)


def is_left_alone(touched: datetime, now: datetime) -> bool:
    """Whether a desk is shut by itself."""
    return now - touched >= LEFT_ALONE


def factor_counts_still(shown: datetime, now: datetime) -> bool:
    """Whether a second factor that was shown at this desk need not be shown there again today."""
    is_today = local_day(shown) == local_day(now)
    return is_today and timedelta(0) <= now - shown < FACTOR_COUNTS


# ── what somebody owes today ─────────────────────────────────────────────────────────────────


class Harm(IntEnum):
    """What happens if something owed is late; the worst comes first in everybody's list."""

    LIFE = 1  # somebody or their property is in danger
    FRAIL = 2  # a child or an old person waits for care
    BASICS = 3  # water, power, gas, a lift
    PROMISE = 4  # a limit or a word given to a resident
    COLLEAGUE = 5  # a colleague or another office cannot go on
    COURTESY = 6  # somebody is told or asked later than is kind


def by_harm(
    harm: Harm, due: datetime | None, number: int
) -> tuple[int, bool, datetime | None, int]:
    """The place of something owed: by harm if late; within equal harm whatever is late longest or
    due soonest, what has no limit last. `number` keeps equals in their order.
    """
    return (harm, due is None, due, number)

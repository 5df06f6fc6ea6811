"""All that somebody did with us and we with them, in the order of time, for themselves alone.

Every room's rows come in one question, page by page. What is sealed is left out, and so is that
somebody voted: of a vote nothing about a voter is gathered anywhere.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db.models import CharField, F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mulin.circle.alarms.models import Alarm
from mulin.circle.booking.models import Booking
from mulin.circle.booking.rules import State as BookingState
from mulin.circle.elders.models import Contact, ServiceOrder
from mulin.circle.volunteers.models import Service
from mulin.commons.flow.models import Need
from mulin.commons.gatherings.models import Attendance
from mulin.commons.rota.models import Duty
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.parlour.deliberation.models import Matter
from mulin.parlour.reception.models import Visit
from mulin.workshop.production.models import Receipt
from mulin.workshop.wages.models import Statement

_TEXTS: Final = 2


class Past(NamedTuple):
    """One row of the question."""

    kind: str
    at: datetime
    number: int
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """One line: when, what kind of thing, which, and its page if it has one."""

    at: datetime
    icon: str
    what: str | Promise
    which: str
    url: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of line: its rows of these persons, the path of its moment, what is said of it."""

    name: str
    icon: str
    what: str | Promise
    rows: "Callable[[list[int], int], QuerySet[Any]]"  # Any: rows of every table
    at: str
    said: tuple[str, ...]
    url: Callable[[Past], str]


def _nowhere(_row: Past) -> str:
    return ""


def _by_code(page: str) -> Callable[[Past], str]:
    return lambda row: reverse(page, args=[row.said[1]])


def _page(name: str) -> Callable[[Past], str]:
    return lambda _row: reverse(name)


KINDS: Final = (
    Kind(
        "need", "message-circle", _("I said"),
        lambda people, account: Need.objects.filter(
            Q(person__in=people) | Q(asked_by_account=account), is_sealed=False
        ),
        "said_at", ("words", "follow_code"), _by_code("reception:follow"),
    ),
    Kind(
        "visit", "door-open", _("I came by or called"),
        lambda people, _account: Visit.objects.filter(person__in=people, need__isnull=True),
        "at", ("kind__name",), _nowhere,
    ),
    Kind(
        "gathering", "calendar-days", _("I was there"),
        lambda people, _account: Attendance.objects.filter(
            person__in=people, came_at__isnull=False
        ),
        "came_at", ("gathering__title", "gathering__code"), _by_code("gatherings:notice"),
    ),
    Kind(
        "volunteer", "heart-handshake", _("I helped"),
        lambda people, _account: Service.objects.filter(volunteer__person__in=people),
        "begins_at", ("activity__gathering__title",), _page("volunteers:mine"),
    ),
    Kind(
        "booking", "house", _("I booked"),
        lambda people, _account: Booking.objects.filter(person__in=people).exclude(
            state__in=[BookingState.CANCELLED, BookingState.LAPSED]
        ),
        "starts_at", ("room__place__name",), _page("booking:mine"),
    ),
    Kind(
        "duty", "clock", _("I was on duty"),
        lambda people, _account: Duty.objects.filter(
            member__person__in=people, came_at__isnull=False
        ),
        "came_at", (), _page("rota:mine"),
    ),
    Kind(
        "pieces", "scissors", _("I gave work back"),
        lambda people, _account: Receipt.objects.filter(worker__person__in=people),
        "at", ("lot__order__product",), _nowhere,
    ),
    Kind(
        "wages", "hand-coins", _("I was paid"),
        lambda people, _account: Statement.objects.filter(
            worker__person__in=people, paid_at__isnull=False
        ),
        "paid_at", (), _nowhere,
    ),
    Kind(
        "seen", "heart", _("Somebody looked in on me"),
        lambda people, _account: Contact.objects.filter(elder__person__in=people),
        "at", (), _page("elders:mine"),
    ),
    Kind(
        "looked", "heart", _("I looked in on somebody"),
        lambda people, _account: Contact.objects.filter(helper__person__in=people),
        "at", (), _nowhere,
    ),
    Kind(
        "service", "stethoscope", _("I asked for a service"),
        lambda people, _account: ServiceOrder.objects.filter(elder__person__in=people),
        "asked_at", ("service__name",), _page("elders:mine"),
    ),
    Kind(
        "alarm", "siren", _("I called for help"),
        lambda people, _account: Alarm.objects.real().filter(person__in=people, is_trial=False),
        "opened_at", (), _page("alarms:mine"),
    ),
    Kind(
        "matter", "list", _("I proposed"),
        lambda people, _account: Matter.objects.filter(proposer__in=people).exclude(
            need__is_sealed=True
        ),
        "proposed_at", ("title",), _nowhere,
    ),
)  # fmt: skip
_BY_NAME: Final = {kind.name: kind for kind in KINDS}


def past_of(actor: Actor) -> "QuerySet[Any, Any]":  # Any: tuples of the columns below
    """The rows of all rooms about whoever asks, the latest first; one question when it is read.

    Nothing for somebody who is on no roll and has no account.
    """
    people: list[int] = []
    if actor.person_id is not None:
        people = Person.everyone_of(Person.objects.get(pk=actor.person_id))
    first, *others = (_lines(kind, kind.rows(people, actor.account_id or 0)) for kind in KINDS)
    return first.union(*others, all=True).order_by("-at_", "-number_")


def moments(rows: "list[Any]") -> Iterator[Moment]:  # Any: such tuples
    """What a page of these rows says."""
    for name, at, number, *said in rows:
        kind = _BY_NAME[name]
        texts = tuple(text or "" for text in said)
        past = Past(name, at, number, texts)
        yield Moment(
            at=at, icon=kind.icon, what=kind.what, which=texts[0] if kind.said else "",
            url=kind.url(past),
        )  # fmt: skip


# Any: rows of every table, and tuples of the columns.
def _lines(kind: Kind, rows: "QuerySet[Any]") -> "QuerySet[Any, Any]":
    texts: tuple[Any, ...] = (
        *kind.said,
        *[Value("")] * (_TEXTS - len(kind.said)),
    )  # Any: paths and values
    lines: QuerySet[Any, Any] = (
        rows.select_related(None)
        .order_by()
        .annotate(
            kind_=Value(kind.name, CharField()),
            at_=F(kind.at),
            number_=F("pk"),
            **{f"said{place}_": Cast(text, TextField()) for place, text in enumerate(texts)},
        )
        .values_list("kind_", "at_", "number_", *(f"said{place}_" for place in range(_TEXTS)))
    )
    return lines

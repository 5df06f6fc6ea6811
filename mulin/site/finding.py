"""One box over all rooms: what is found of each, and only what its reader may see anyway.

A quarrel stands in no search: its room keeps no word that could be found. Each kind is one
question, so that a page asks as often with many hits as with none.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mulin.circle.booking.models import Booking
from mulin.circle.elders.models import Elder
from mulin.circle.volunteers.models import Volunteer
from mulin.commons.flow.queries import needs_with
from mulin.commons.gatherings.models import Gathering
from mulin.ground.community.rules import DESK_ROLES, HANDLER_ROLES, Actor, Role
from mulin.ground.people.models import Organisation, Person
from mulin.ground.people.queries import roll
from mulin.ground.places.models import Building, Place
from mulin.parlour.deliberation.models import Matter
from mulin.parlour.doublefive.models import Project
from mulin.parlour.reception.models import Demand
from mulin.parlour.suggestions.models import Idea
from mulin.workshop.production.models import Lot, Order, Worker
from mulin.workshop.production.rules import KEEPERS

#: So many needs that hold the words are looked through for one kind; the newest.
_NEEDS: Final = 500


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found."""

    what: str
    more: str
    url: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing that can be found. `is_quick` ones are asked while somebody types.

    `opens` are the roles whose page of such a thing opens; `rows` gives only what the actor sees.
    """

    name: str
    label: str | Promise
    opens: frozenset[Role]
    rows: "Callable[[Actor, str], QuerySet[Any]]"  # Any: rows of every table
    told: Callable[[Any], Hit]  # Any: such a row
    is_quick: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind; `has_more` leads to all of it."""

    kind: Kind
    hits: list[Hit] = field(default_factory=list)
    has_more: bool = False


def search_all(actor: Actor, query: str, *, most: int, only_quick: bool = False) -> list[Group]:
    """At most so many of each kind, kinds without any left out; one question for each kind."""
    if not query:
        return []
    groups = []
    for kind in kinds_for(actor):
        if only_quick and not kind.is_quick:
            continue
        rows = list(kind.rows(actor, query)[: most + 1])
        if rows:
            groups.append(Group(kind, [kind.told(row) for row in rows[:most]], len(rows) > most))
    return groups


def kinds_for(actor: Actor) -> list[Kind]:
    """The kinds whose pages open to this actor."""
    return [kind for kind in KINDS if actor.has(*kind.opens)]


def kind_named(actor: Actor, name: str) -> Kind | None:
    """The kind of this name, where its pages open to this actor."""
    return next((kind for kind in kinds_for(actor) if kind.name == name), None)


def _line(*parts: object) -> str:
    return " · ".join(str(part) for part in parts if part)


def _demands(actor: Actor, query: str) -> "QuerySet[Demand]":
    rows: QuerySet[Demand] = (
        Demand.objects.visible_to(actor)
        .filter(need_id__in=needs_with(query, most=_NEEDS))
        .select_related("need")
        .order_by("-id")
    )
    return rows


def _ideas(_actor: Actor, query: str) -> "QuerySet[Idea]":
    rows: QuerySet[Idea] = (
        Idea.objects.filter(need__is_sealed=False, need_id__in=needs_with(query, most=_NEEDS))
        .select_related("need")
        .order_by("-id")
    )
    return rows


def _of_persons(query: str) -> "QuerySet[Person]":
    rows: QuerySet[Person] = Person.objects.search(query, most=_NEEDS)
    return rows.order_by().values("pk")  # type: ignore[return-value]  # only for a subquery


KINDS: Final = (
    Kind(
        "people", _("People"), HANDLER_ROLES, lambda actor, query: roll(actor, query=query),
        lambda person: Hit(
            person.name, _line(person.address, person.birth_year, person.home_town),
            f"{reverse('reception:visits')}?person={person.pk}",
        ),
        is_quick=True,
    ),
    Kind(
        "demands", _("Demands"), HANDLER_ROLES, _demands,
        lambda demand: Hit(
            demand.need.words, _line(demand.need.number, demand.get_state_display()),
            reverse("reception:demand", args=[demand.pk]),
        ),
        is_quick=True,
    ),
    Kind(
        "ideas", _("Ideas"), DESK_ROLES, _ideas,
        lambda idea: Hit(
            idea.need.words, _line(idea.need.number, idea.get_state_display()),
            reverse("suggestions:desk-idea", args=[idea.pk]),
        ),
    ),
    Kind(
        "matters", _("Matters"), HANDLER_ROLES,
        lambda actor, query: Matter.objects.visible_to(actor)
        .filter(Q(title__icontains=query) | Q(words__icontains=query)).order_by("-id"),
        lambda matter: Hit(
            matter.title, _line(matter.get_state_display()),
            reverse("deliberation:matter", args=[matter.pk]),
        ),
    ),
    Kind(
        "projects", _("Projects"), HANDLER_ROLES,
        lambda _actor, query: Project.objects.filter(
            Q(chosen__idea__title__icontains=query) | Q(promise__icontains=query)
        ).select_related("chosen__idea", "owner").order_by("-id"),
        lambda project: Hit(
            project.chosen.idea.title, _line(project.owner.display_name),
            reverse("doublefive:project", args=[project.pk]),
        ),
    ),
    Kind(
        "gatherings", _("Lessons, meetings, activities"), HANDLER_ROLES,
        lambda actor, query: Gathering.objects.visible_to(actor)
        .filter(title__icontains=query).select_related("place").order_by("-starts_at", "-id"),
        lambda gathering: Hit(
            gathering.title,
            _line(f"{gathering.starts_at:%Y-%m-%d}", gathering.place or gathering.place_words),
            reverse("gatherings:gathering", args=[gathering.pk]),
        ),
    ),
    Kind(
        "bookings", _("Bookings"), DESK_ROLES,
        lambda actor, query: Booking.objects.visible_to(actor)
        .filter(Q(called__icontains=query) | Q(person__in=_of_persons(query)))
        .with_all().order_by("-starts_at", "-id"),
        lambda booking: Hit(
            booking.called or booking.person.name,
            _line(booking.room.place.name, f"{booking.starts_at:%Y-%m-%d}",
                  booking.get_state_display()),
            reverse("booking:booking", args=[booking.pk]),
        ),
    ),
    Kind(
        "elders", _("Elders in care"), DESK_ROLES,
        lambda actor, query: Elder.objects.visible_to(actor)
        .filter(person__in=_of_persons(query)).select_related("person").order_by("-id"),
        lambda elder: Hit(
            elder.person.name, _line(elder.person.address), reverse("elders:elder", args=[elder.pk])
        ),
    ),
    Kind(
        "volunteers", _("Volunteers"), DESK_ROLES | {Role.VOLUNTEER_LEAD},
        lambda actor, query: Volunteer.objects.visible_to(actor)
        .filter(Q(number=query) | Q(person__in=_of_persons(query)))
        .select_related("person").order_by("-id"),
        lambda volunteer: Hit(
            volunteer.person.name, _line(volunteer.number, volunteer.team),
            reverse("volunteers:volunteer", args=[volunteer.pk]),
        ),
    ),
    Kind(
        "orders", _("Orders"), KEEPERS,
        lambda _actor, query: Order.objects.filter(
            Q(number=query) | Q(product__icontains=query) | Q(customer__name__icontains=query)
        ).select_related("customer").order_by("-id"),
        lambda order: Hit(
            order.product, _line(order.number, order.customer.name, order.get_state_display()),
            reverse("production:order", args=[order.pk]),
        ),
    ),
    Kind(
        "lots", _("Lots"), KEEPERS,
        lambda _actor, query: Lot.objects.filter(
            Q(code__iexact=query) | Q(order__number=query)
            | Q(worker__person__in=_of_persons(query))
        ).select_related("order", "worker__person").order_by("-id"),
        lambda lot: Hit(
            lot.order.product,
            _line(f"{lot.order.number}-{lot.number}", lot.worker.person.name if lot.worker else ""),
            reverse("production:lot", args=[lot.pk]),
        ),
    ),
    Kind(
        "workers", _("Workers"), KEEPERS,
        lambda actor, query: Worker.objects.visible_to(actor)
        .filter(person__in=_of_persons(query)).select_related("person").order_by("-id"),
        lambda worker: Hit(
            worker.person.name, _line(worker.note), reverse("production:worker", args=[worker.pk])
        ),
    ),
    Kind(
        "organisations", _("Firms and units"), HANDLER_ROLES,
        lambda _actor, query: Organisation.objects.on_list().filter(
            Q(name__icontains=query)
            | Q(pk__in=Organisation.objects.filter(name__icontains=query).values("merged_into"))
        ),
        lambda firm: Hit(
            firm.name, _line(firm.get_kind_display()),
            reverse("people:organisation", args=[firm.pk]),
        ),
    ),
    Kind(
        "buildings", _("Buildings"), HANDLER_ROLES,
        lambda _actor, query: Building.objects.filter(name__icontains=query)
        .select_related("grid").order_by("name", "id"),
        lambda building: Hit(
            building.name, _line(building.grid.name),
            reverse("places:building", args=[building.pk]),
        ),
        is_quick=True,
    ),
    Kind(
        "places", _("Places"), HANDLER_ROLES,
        lambda _actor, query: Place.objects.filter(
            name__icontains=query, closed_at__isnull=True
        ).order_by("name", "id"),
        lambda place: Hit(
            place.name, _line(place.get_kind_display()), reverse("places:place", args=[place.pk])
        ),
        is_quick=True,
    ),
)  # fmt: skip

"""Questions about the roll that several pages or rooms ask."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.db.models import Count, Q, QuerySet

from mulin.ground.audit.models import Look
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Consent, Merge, NotSame, Person, PersonQuerySet, Purpose
from mulin.ground.people.rules import Alike, alike

PERSON_KIND = "people.person"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two records that may be one person, and why."""

    person: Person
    other: Person
    reasons: list[Alike]


def roll(by: Actor, *, query: str = "", grid_id: int | None = None) -> PersonQuerySet:
    """The persons on the roll whom the actor sees: found by `query`, or all, by pinyin."""
    persons: PersonQuerySet = Person.objects.on_roll().visible_to(by).select_related("grid")
    if grid_id is not None:
        persons = persons.filter(grid=grid_id)
    if query:
        # For the desk the newest matches are enough; an officer sees few of them, so none is cut.
        most = 200 if by.is_desk and grid_id is None else None
        persons = persons.search(query, most=most)
    return persons.order_by("pinyin", "id")


def person_of_account(account_id: int) -> Person | None:
    """Whose account it is, in the community of the scope; merges are followed."""
    person: Person | None = (
        Person.objects.filter(account=account_id, erased_at__isnull=True)
        .select_related("merged_into")
        .order_by("id")
        .first()
    )
    return Person.kept_of(person) if person else None


def kept_ids(person_ids: Iterable[int]) -> dict[int, int]:
    """For each record the one that stands for its person after merges; one query a step."""
    kept = {person_id: person_id for person_id in person_ids}
    fresh = set(kept)
    while fresh:
        merged: dict[int, int] = dict(
            Person.objects.filter(pk__in=fresh, merged_into__isnull=False).values_list(
                "pk", "merged_into_id"
            )
        )
        kept = {person_id: merged.get(now, now) for person_id, now in kept.items()}
        fresh = set(merged.values())
    return kept


def merged_records(person: Person) -> list[Person]:
    """The records merged into this one, directly or through another."""
    ids = Person.everyone_of(person)
    return list(Person.objects.filter(pk__in=ids).exclude(pk=ids[0]).order_by("pk"))


def standing_merges(person: Person) -> QuerySet[Merge]:
    """Merges into this record that have not been undone, the newest first."""
    merges: QuerySet[Merge] = (
        Merge.objects.filter(kept=person, undone_at__isnull=True)
        .select_related("merged")
        .order_by("-at", "-id")
    )
    return merges


def likely_duplicates(person: Person, by: Actor, *, most: int = 5) -> list[Proposal]:
    """Records that may be the same person, as far as the actor may see them."""
    same = Q(pinyin=person.pinyin) & (
        Q(name=person.name, birth_year__isnull=False) | Q(address=person.address)
        if person.address
        else Q(name=person.name, birth_year__isnull=False)
    )
    if person.phone_index:
        same |= Q(phone_index=person.phone_index)
    if person.id_number_index:
        same |= Q(id_number_index=person.id_number_index)
    others = (
        Person.objects.on_roll()
        .visible_to(by)
        .filter(same)
        .exclude(pk=person.pk)
        .order_by("pk")[:50]
    )
    apart = _told_apart([person.pk])
    proposals = [
        Proposal(person, other, reasons)
        for other in others
        if frozenset((person.pk, other.pk)) not in apart
        and (reasons := alike(person.likeness(), other.likeness()))
    ]
    return proposals[:most]


def duplicate_pairs(by: Actor, *, most: int = 50) -> list[Proposal]:
    """Pairs on the whole roll that may be one person, the surest first."""
    persons = Person.objects.on_roll().visible_to(by)
    pairs: dict[frozenset[int], Proposal] = {}
    for columns in (
        ("id_number_index",),
        ("phone_index",),
        ("name", "birth_year"),
        ("name", "address"),
    ):
        groups = (
            persons.exclude(**{columns[-1]: None if columns[-1] == "birth_year" else ""})
            .values(*columns)
            .annotate(rows=Count("pk"))
            .filter(rows__gt=1)
            .order_by(*columns)[:most]
        )
        pairs |= _pairs_within(persons, columns, groups)
        if len(pairs) >= most:
            break
    apart = _told_apart({person_id for pair in pairs for person_id in pair})
    return [proposal for pair, proposal in pairs.items() if pair not in apart][:most]


def _pairs_within(
    persons: PersonQuerySet, columns: Sequence[str], groups: Iterable[dict[str, Any]]
) -> dict[frozenset[int], Proposal]:
    wanted = Q(pk__in=())
    for group in groups:
        wanted |= Q(**{column: group[column] for column in columns})
    by_value: dict[tuple[Any, ...], list[Person]] = {}
    for person in persons.filter(wanted).order_by("pk"):
        by_value.setdefault(tuple(getattr(person, column) for column in columns), []).append(person)
    return {
        frozenset((one.pk, other.pk)): Proposal(one, other, reasons)
        for same in by_value.values()
        for one, other in combinations(same[:10], 2)
        if (reasons := alike(one.likeness(), other.likeness()))
    }


def _told_apart(person_ids: Iterable[int]) -> set[frozenset[int]]:
    ids = list(person_ids)
    pairs = NotSame.objects.filter(Q(one__in=ids) | Q(other__in=ids)).values_list("one", "other")
    return {frozenset(pair) for pair in pairs}


def consents_of(person: Person) -> dict[str, Consent]:
    """The last word on each purpose that was spoken of, by whichever record of the person."""
    spoken = (
        Consent.objects.filter(person__in=Person.everyone_of(person))
        .select_related("guardian")
        .order_by("at", "id")
    )
    return {consent.purpose: consent for consent in spoken}


def has_consented(person: Person, purpose: Purpose) -> bool:
    """Whether this may be done with the person's data now. Silence is no. 第14条."""
    consent = consents_of(person).get(purpose)
    return consent is not None and consent.is_given


def looks_at(person: Person) -> QuerySet[Look]:
    """Who read something sensitive of this person, newest first."""
    looks: QuerySet[Look] = (
        Look.objects.filter(kind=PERSON_KIND, record_id__in=Person.everyone_of(person))
        .select_related("account")
        .order_by("-at", "-id")
    )
    return looks

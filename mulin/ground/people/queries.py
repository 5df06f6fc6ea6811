"""Questions about the roll that several pages or rooms ask."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations
from typing import Any, Final

from django.apps import apps
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Lower

from mulin.ground.audit.models import Act, Look
from mulin.ground.community.queries import officer_of
from mulin.ground.community.rules import Actor
from mulin.ground.notify.addresses import Recipient
from mulin.ground.notify.models import Way
from mulin.ground.people.models import (
    Affiliation,
    Consent,
    Merge,
    NotSame,
    Organisation,
    OrganisationMerge,
    OrganisationNotSame,
    Person,
    PersonQuerySet,
    Purpose,
    Residency,
    RollImport,
)
from mulin.ground.people.rules import (
    KIN_TELLERS,
    UNDER_NAME,
    Alike,
    AlikeBody,
    Outcome,
    age_on,
    alike,
    alike_bodies,
    pairs_of_bodies,
    spoken,
)
from mulin.kit.wording import Question

PERSON_KIND = "people.person"
#: Under which kind `notify` knows a person.
RECIPIENT_KIND = "person"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two records that may be one person, and why."""

    person: Person
    other: Person
    reasons: list[Alike]


@dataclass(frozen=True, slots=True)
class BodyProposal:
    """Two organisations that may be one body, and why."""

    one: Organisation
    other: Organisation
    reasons: list[AlikeBody]


#: What may be a whole name and nothing else: two to four characters.
_HAN_NAME: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]{2,4}")


def roll(by: Actor, *, query: str = "", grid_id: int | None = None) -> PersonQuerySet:
    """The persons on the roll whom the actor sees: found by `query`, or all, by pinyin."""
    persons: PersonQuerySet = Person.objects.on_roll().visible_to(by).select_related("grid")
    if grid_id is not None:
        persons = persons.filter(grid=grid_id)
    if query:
        # For the desk the newest matches are enough; an officer sees few of them, so none is cut.
        most = 200 if by.is_desk and grid_id is None else None
        found = persons.search(query, most=most)
        if _HAN_NAME.fullmatch(query.strip()) and not found.exists():
            # Heard and not read: another character of the same sound.
            found = persons.search(spoken(query.strip()).full, most=most)
        # By an expression: else a planner walks the whole roll in the order of its index.
        return found.order_by(Lower("pinyin"), "id")
    return persons.order_by("pinyin", "id")


#: The record on the roll that an account is linked with; every page of an account asks it.
PERSON_ON_ROLL: Final = Question(
    lambda account_id: (
        Person.objects.on_roll()
        .filter(account_id=account_id)
        .order_by("id")
        .values_list("id", flat=True)
    )
)


def elders_alone(day: date, *, age: int) -> list[Person]:
    """Who is this old and, as far as the roll knows, shares neither household nor address with
    anybody. Three queries.

    The roll may not know of a daughter next door, nor that somebody lives alone: it is a list of
    whom to look after first, not of who needs nobody.
    """
    born = Person.objects.on_roll().filter(birth_year__lte=day.year - age).order_by("id")
    elders = [
        person
        for person in born.exclude(residency=Residency.VISITOR).select_related("grid")
        if person.born_on is not None and age_on(person.born_on, day) >= age
    ]
    together = Counter(_column("household", {one.household_id for one in elders}))
    same_door = Counter(_column("address", {one.address for one in elders}))
    return [one for one in elders if together[one.household_id] < 2 > same_door[one.address]]  # noqa: PLR2004  themselves, and one more


def _column(name: str, values: "set[Any]") -> "list[Any]":  # Any: ids or addresses
    """The column of everybody on the roll who has one of these values; empty ones are nobody's."""
    wanted = values - {None, ""}
    rows = Person.objects.on_roll().filter(**{f"{name}__in": wanted})
    return list(rows.values_list(name, flat=True))


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


def records_of(person_ids: Collection[int]) -> dict[int, int]:
    """Every record of these persons, with the one that stands for its person after merges: what is
    known of a person may point at any of them.
    """
    kept = set(kept_ids(person_ids).values())
    everyone, fresh = {one: one for one in kept}, kept
    while fresh:
        merged = Person.objects.filter(merged_into__in=fresh).values_list("pk", "merged_into")
        found = {record: everyone[into] for record, into in merged if into is not None}
        everyone |= found
        fresh = set(found)
    return everyone


def kin_of(person_ids: Collection[int]) -> dict[int, set[int]]:
    """For each of these records, the kept records of kin: guardians who consented for a child, and
    whomever the rooms know (`rules.register_kin`).
    """
    everyone = set(records_of(person_ids))
    rows = Consent.objects.filter(
        Q(person__in=everyone) | Q(guardian__in=everyone), guardian__isnull=False
    )
    pairs = list(rows.values_list("person", "guardian"))
    for tell in KIN_TELLERS.values():
        pairs += tell(everyone)
    kept = kept_ids({*person_ids, *(one for pair in pairs for one in pair)})
    kin: dict[int, set[int]] = defaultdict(set)
    for one, other in pairs:
        kin[kept[one]].add(kept[other])
        kin[kept[other]].add(kept[one])
    return {asked: kin[kept[asked]] - {kept[asked]} for asked in person_ids}


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


def have_consented(person_ids: Collection[int], purpose: Purpose) -> set[int]:
    """Of these records those by whose own last word this may be done now. One query."""
    spoken = Consent.objects.filter(person__in=person_ids, purpose=purpose).order_by("at", "id")
    last = dict(spoken.values_list("person", "is_given"))
    return {pk for pk, is_given in last.items() if is_given}


def looks_at(person: Person) -> QuerySet[Look]:
    """Who read something sensitive of this person, newest first."""
    looks: QuerySet[Look] = (
        Look.objects.filter(kind=PERSON_KIND, record_id__in=Person.everyone_of(person))
        .select_related("account")
        .order_by("-at", "-id")
    )
    return looks


def consents_kept(person_id: int) -> int:
    """How many consents one record gave or withdrew."""
    return int(Consent.objects.filter(person=person_id).count())


def acts_kept(person_id: int) -> int:
    """How many acts were done on one record."""
    return int(Act.objects.filter(kind=PERSON_KIND, record_id=person_id).count())


def looks_kept(person_id: int) -> int:
    """How often one record was looked at."""
    return int(Look.objects.filter(kind=PERSON_KIND, record_id=person_id).count())


def household_of(person: Person, by: Actor) -> list[Person]:
    """Who keeps house with somebody, as far as the actor may see them."""
    if person.household_id is None:
        return []
    return list(
        Person.objects.on_roll()
        .visible_to(by)
        .filter(household=person.household_id)
        .exclude(pk=person.pk)
        .order_by("pinyin", "id")
    )


def organisations() -> QuerySet[Organisation]:
    """Organisations that are not closed, with how many belong to them now."""
    belong = Affiliation.objects.filter(
        organisation__in=Organisation.objects.of_body(OuterRef(OuterRef("pk"))),
        until__isnull=True,
    )
    count = belong.order_by().annotate(of=Value(1)).values("of").annotate(rows=Count("pk"))
    rows: QuerySet[Organisation] = Organisation.objects.on_list().annotate(
        people_count=Coalesce(Subquery(count.values("rows")), 0)
    )
    return rows


def people_of(organisation: Organisation, by: Actor) -> QuerySet[Affiliation]:
    """Who belongs to an organisation, under any of its names, as far as the actor may see them."""
    rows: QuerySet[Affiliation] = (
        Affiliation.objects.filter(
            organisation__in=Organisation.objects.of_body(organisation.pk),
            person__in=Person.objects.on_roll().visible_to(by),
        )
        .select_related("person")
        .order_by("until", "id")
    )
    return rows


def organisation_merges(organisation: Organisation) -> QuerySet[OrganisationMerge]:
    """Merges into this organisation that have not been undone, the newest first."""
    merges: QuerySet[OrganisationMerge] = (
        OrganisationMerge.objects.filter(kept=organisation, undone_at__isnull=True)
        .select_related("merged")
        .order_by("-at", "-id")
    )
    return merges


def likely_same(organisation: Organisation, *, most: int = 5) -> list[BodyProposal]:
    """Organisations on the list that may be the same body as this one, the surest first."""
    mine = organisation.likeness()
    said = [
        (other, reasons)
        for other in Organisation.objects.on_list().exclude(pk=organisation.pk)
        if (reasons := alike_bodies(mine, other.likeness()))
    ]
    apart = _bodies_told_apart([organisation.pk])
    order = list(AlikeBody)
    said.sort(key=lambda pair: (order.index(pair[1][0]), -len(pair[1]), pair[0].pk))
    return [
        BodyProposal(organisation, other, reasons)
        for other, reasons in said
        if frozenset((organisation.pk, other.pk)) not in apart
    ][:most]


def likely_same_pairs(*, most: int = 50) -> list[BodyProposal]:
    """Pairs on the whole list that may be one body, the surest first. Two queries."""
    listed: dict[int, Organisation] = {one.pk: one for one in Organisation.objects.on_list()}
    pairs = pairs_of_bodies({pk: one.likeness() for pk, one in listed.items()})
    apart = _bodies_told_apart({pk for pair in pairs for pk in pair})
    proposals = []
    for one, other in pairs:
        if frozenset((one, other)) in apart:
            continue
        reasons = alike_bodies(listed[one].likeness(), listed[other].likeness())
        proposals.append(BodyProposal(listed[one], listed[other], reasons))
        if len(proposals) == most:
            break
    return proposals


def _bodies_told_apart(ids: Iterable[int]) -> set[frozenset[int]]:
    wanted = list(ids)
    pairs = OrganisationNotSame.objects.filter(Q(one__in=wanted) | Q(other__in=wanted)).values_list(
        "one", "other"
    )
    return {frozenset(pair) for pair in pairs}


def under_name(organisations: Sequence[Organisation]) -> list[tuple[object, list[int]]]:
    """How many rows of each relation of the rooms stand under these names: the word for such rows,
    and a number for each organisation in its order; relations without rows are left out.
    """
    ids = [one.pk for one in organisations]
    told = []
    for relation, words in UNDER_NAME.items():
        label, _dot, name = relation.rpartition(".")
        rows = apps.get_model(label).objects.filter(**{f"{name}__in": ids})
        counts = dict(rows.order_by().values_list(name).annotate(rows=Count("pk")))
        if counts:
            told.append((words, [counts.get(pk, 0) for pk in ids]))
    return told


def waiting_lines(preview: RollImport) -> dict[str, Any]:
    """The values of a preview's lines, by line number: {"values": …, "faults": …}."""
    lines: dict[str, Any] = json.loads(preview.waiting or "{}")
    for line in lines.values():
        if line["values"].get("born_on"):
            line["values"]["born_on"] = date.fromisoformat(line["values"]["born_on"])
    return lines


def preview_sums(preview: RollImport) -> list[tuple[Outcome, int]]:
    """How many lines of a file are new, have namesakes, are known or can't be taken in."""
    counts = Counter(row["outcome"] for row in preview.rows)
    return [(outcome, counts[outcome]) for outcome in Outcome if counts[outcome]]


def lines_of(preview: RollImport, *, only: str = "") -> list[dict[str, Any]]:
    """The lines of a file in their order, all or those of one outcome."""
    return [row for row in preview.rows if not only or row["outcome"] == only]


def told_lines(
    preview: RollImport, rows: Iterable[dict[str, Any]], by: Actor
) -> list[dict[str, Any]]:
    """Some lines with what a clerk needs to judge them: the name, and whom a line may be."""
    rows = list(rows)
    waiting = waiting_lines(preview)
    ids = {row["person"] for row in rows if row.get("person")}
    ids |= {int(row["place"].partition(":")[2]) for row in rows if _is_person(row)}
    visible = Person.objects.on_roll().visible_to(by)
    persons = {person.pk: person for person in visible.filter(pk__in=ids)}
    told = []
    for row in rows:
        values = waiting.get(str(row["line"]), {}).get("values", {})
        made = persons.get(row.get("person", 0))
        kind, _mark, place = row.get("place", "").partition(":")
        told.append(
            {
                **row,
                "name": made.name if made else values.get("name", ""),
                "person": made,
                "like": persons.get(int(place)) if kind == "person" else None,
                "like_line": place if kind == "line" else "",
            }
        )
    return told


def _is_person(row: dict[str, Any]) -> bool:
    return str(row.get("place", "")).startswith("person:")


def names_of_persons(ids: Collection[int]) -> dict[int, str]:
    """What these persons are called; a merged record by the name it came with."""
    return dict(Person.objects.filter(pk__in=ids).values_list("pk", "name"))


def person_book(person_id: int, now: datetime) -> Recipient | None:
    """Inbox and phone of a person; the officer of their grid carries what neither can.

    Who said that they want no messages is written to no more: 《个人信息保护法》第15条. What they
    asked for themselves still reaches them, in Mulin or by a neighbour's voice.
    """
    record = Person.objects.select_related("merged_into").filter(pk=person_id).first()
    if record is None:
        return None
    person = Person.kept_of(record)
    if person.erased_at is not None:
        return Recipient(kind=RECIPIENT_KIND, id=person.pk)
    account = person.account
    said = consents_of(person).get(Purpose.MESSAGES)
    may_write = said is None or said.is_given
    officer = officer_of(person.grid_id, now) if person.grid_id else None
    return Recipient(
        kind=RECIPIENT_KIND,
        id=person.pk,
        account_id=account.pk if account and account.is_active else None,
        ways=_ways(person, may_write=may_write),
        carrier_account_id=officer.pk if officer else None,
        language=person.language or (account.language if account else ""),
        looks_into_mulin=account is not None and bool(account.login_name or account.phone),
        may_write=may_write,
    )


def _ways(person: Person, *, may_write: bool) -> tuple[tuple[str, str], ...]:
    ways: list[tuple[str, str]] = []
    if person.phone:
        is_texted = may_write and _is_mobile(person.phone)
        ways.append((Way.SMS.value if is_texted else Way.CALL.value, person.phone))
    if person.address:
        ways.append((Way.DOOR.value, person.address))
    return tuple(ways)


def _is_mobile(phone: str) -> bool:
    return (phone.startswith("1") and phone.isdigit()) or phone.startswith("+")

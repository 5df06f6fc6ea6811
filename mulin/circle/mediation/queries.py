"""What pages, papers and proposals of the room ask for."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.db.models import Avg, Count, F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.functional import Promise as Words
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mulin.circle.mediation.models import (
    BONDS,
    KINDS,
    METHODS,
    OUTCOMES,
    SIDES,
    TIES,
    Answer,
    Case,
    Committee,
    CommitteeMember,
    Court,
    Mediator,
    Opening,
    Party,
    Precedent,
    Seat,
    opened,
)
from mulin.circle.mediation.rules import (
    AGREED,
    LIVE_SEATS,
    Candidate,
    Counted,
    Fault,
    Kept,
    Known,
    Proposal,
    Side,
    Told,
    committee_faults,
    propose,
    told,
)
from mulin.circle.mediation.vault import marker
from mulin.ground.community.models import Account
from mulin.ground.community.queries import holders_of
from mulin.ground.community.rules import Actor, Role
from mulin.ground.people.models import (
    Affiliation,
    OrganisationKind,
    Person,
    Residency,
    Sex,
)
from mulin.ground.people.queries import kept_ids, kin_of, records_of

_HELP: Final = Path(__file__).resolve().parent / "help.toml"
_REASONS: Final[dict[str, Words]] = dict([*BONDS.items(), *TIES.items()])
_STAIRS: Final = re.compile(r"^(.*单元)")


# ── people who are in a case ─────────────────────────────────────────────────────────────────


def mark_of_person(community_id: int, person_id: int) -> str:
    """The mark of a person on the roll, the same for all their records. Raises KeyAway."""
    return marker(community_id)(kept_ids([person_id])[person_id])


def person_called(name: str, phone: str, address: str) -> int:
    """The one record on the roll with this name and this number or door; 0 where there is none, or
    more than one. So nobody who takes a case in has to search the roll.
    """
    persons = Person.objects.on_roll()
    named = persons.with_phone(phone) if phone else persons.filter(address=address)
    if not (phone or address):
        return 0
    found = list(named.filter(name=name.strip()).values_list("pk", flat=True)[:2])
    return found[0] if len(found) == 1 else 0


@dataclass(frozen=True, slots=True)
class Present:
    """A party with what was sealed about them."""

    row: Party
    said: Mapping[str, Any]  # Any: what JSON holds

    @property
    def name(self) -> str:
        return str(self.said["name"])

    @property
    def person_id(self) -> int:
        return int(self.said.get("person") or 0)

    @property
    def side(self) -> str:
        return self.row.side


def parties_of(case: Case) -> list[Present]:
    """Both sides. Raises KeyAway."""
    rows = list(case.parties.all())
    return [Present(row, case.box.open(row.sealed)) for row in rows]


def hidden_words(case: Case) -> list[str]:
    """What must not stand in words that others read: names, numbers, doors of the parties."""
    told_of = ("name", "phone", "address")
    return [str(one.said.get(key) or "") for one in parties_of(case) for key in told_of]


# ── proposals ────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Proposed:
    """A mediator with what speaks for and against, ready to be read."""

    mediator: Mediator
    proposal: Proposal

    @property
    def words(self) -> list[str]:
        """What speaks for and against, a sentence each; of the sides only which one."""
        sides = {name: str(label) for name, label in SIDES}
        lines = [
            _("%(side)s: %(reason)s.") % {"side": sides[one.side], "reason": _REASONS[one.what]}
            for one in (*self.proposal.bonds, *self.proposal.ties)
        ]
        if self.proposal.is_new_for_new:
            lines.append(_("A new resident for new residents."))
        if self.proposal.is_skilled:
            lines.append(_("Good at this kind of quarrel."))
        lines.append(
            ngettext("Has %(count)s open case.", "Has %(count)s open cases.", self.proposal.load)
            % {"count": self.proposal.load}
        )
        return lines


def panel() -> QuerySet[Mediator]:
    """Everybody on the panel now."""
    rows: QuerySet[Mediator] = (
        Mediator.objects.filter(left_on__isnull=True).select_related("person", "account")
    )  # fmt: skip
    return rows


@dataclass(frozen=True, slots=True)
class Elected:
    """The committee of now, who is in it, what it lacks by law."""

    committee: Committee
    members: list[CommitteeMember]
    faults: list[Fault]


def committee_now(today: date) -> Elected | None:
    """The committee of the running term; None before the first was written down."""
    found = Committee.objects.filter(ended_on__isnull=True).first()
    if found is None:
        return None
    rows = CommitteeMember.objects.filter(committee=found, left_on__isnull=True)
    members = list(rows.select_related("person"))
    faults = committee_faults(
        members=len(members), women=sum(one.person.sex == Sex.FEMALE for one in members),
        has_chair=any(one.is_chair for one in members), until=found.until, today=today,
    )  # fmt: skip
    return Elected(found, members, faults)


def courts() -> QuerySet[Court]:
    """Courts to choose from."""
    rows: QuerySet[Court] = Court.objects.filter(ended_on__isnull=True)
    return rows


def proposals(case: Case, *, today: date) -> list[Proposed]:
    """The panel, the fittest first, as far as the community's own tables tell on this day. A fixed number of
    questions, however long the panel is. Raises KeyAway.
    """
    parties = parties_of(case)
    mediators = list(
        panel().annotate(
            load=Count("seats", filter=Q(seats__state__in=LIVE_SEATS) & ~Q(seats__case__state="closed"))
        )
    )  # fmt: skip
    ids = {one.person_id for one in parties if one.person_id}
    known = _known({*ids, *(one.person_id for one in mediators)}, case.community_id, today)
    candidates = [
        Candidate(
            mediator=one.pk, known=known[one.person_id], kinds=frozenset(one.kinds),
            dialects=frozenset(one.dialects), load=one.load,
        )
        for one in mediators
    ]  # fmt: skip
    accepted = _accepted({one.row.mark for one in parties if one.row.mark})
    sides = [
        Side(
            one.side, _known_of(one, known.get(one.person_id)),
            frozenset(accepted.get(one.row.mark, ())),
        )
        for one in parties
    ]  # fmt: skip
    earlier = _stood_against(case, parties)
    by_id = {one.pk: one for one in mediators}
    return [
        Proposed(by_id[one.mediator], one)
        for one in propose(candidates, sides, kind=case.kind, earlier=earlier)
    ]


def _known_of(party: Present, known: Known | None) -> Known:
    """What the roll knows of a party, and what they said themselves where it knows nothing."""
    said = party.said
    base = known or Known(address=str(said.get("address") or ""))
    return Known(
        person=base.person, household=base.household, address=base.address,
        staircase=base.staircase or _staircase(base.address),
        home_town=base.home_town or str(said.get("home_town") or ""),
        is_new=base.is_new, dialect=str(said.get("dialect") or ""), employers=base.employers,
        groups=base.groups, kin=base.kin, mark=party.row.mark,
    )  # fmt: skip


def _known(person_ids: Iterable[int], community_id: int, today: date) -> dict[int, Known]:
    kept = kept_ids(person_ids)
    persons = {one.pk: one for one in Person.objects.filter(pk__in=set(kept.values()))}
    records = records_of(persons)
    places: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for person_id, organisation_id, kind in Affiliation.objects.filter(
        Q(until__isnull=True) | Q(until__gte=today), person__in=records
    ).values_list(
        "person",
        Coalesce("organisation__merged_into", "organisation"),
        Coalesce("organisation__merged_into__kind", "organisation__kind"),
    ):
        places[records[person_id]].append((organisation_id, kind))
    kin = kin_of(persons)
    found, mark = {}, marker(community_id)
    for asked, person_id in kept.items():
        person = persons[person_id]
        found[asked] = Known(
            person=person_id, household=person.household_id or 0, address=person.address,
            staircase=_staircase(person.address), home_town=person.home_town,
            is_new=person.residency == Residency.NEW,
            employers=frozenset(pk for pk, kind in places[person_id] if kind != OrganisationKind.GROUP),
            groups=frozenset(pk for pk, kind in places[person_id] if kind == OrganisationKind.GROUP),
            kin=frozenset(kin[person_id]), mark=mark(person_id),
        )  # fmt: skip
    return found


def _staircase(address: str) -> str:
    found = _STAIRS.match(address)
    return found[1] if found else ""


def _accepted(marks: set[str]) -> dict[str, set[int]]:
    """By mark of a party, the mediators they accepted in any case."""
    found: dict[str, set[int]] = defaultdict(set)
    rows = Answer.objects.filter(party__mark__in=marks, is_yes=True)
    for mark, mediator in rows.values_list("party__mark", "seat__mediator"):
        found[mark].add(mediator)
    return found


def _stood_against(case: Case, parties: Sequence[Present]) -> dict[str, set[str]]:
    """By side, the marks of everybody that somebody of this side ever stood against."""
    marks = {one.row.mark: one.side for one in parties if one.row.mark}
    mine = Party.objects.filter(mark__in=marks).exclude(case=case)
    stood = {(row.case_id, row.side): marks[row.mark] for row in mine}
    found: dict[str, set[str]] = defaultdict(set)
    others = Party.objects.filter(case__in={case_id for case_id, _side in stood})
    for other in others.exclude(mark=""):
        for (case_id, side), ours in stood.items():
            if other.case_id == case_id and other.side != side:
                found[ours].add(other.mark)
    return found


# ── the case page ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class SeatShown:
    """A seat with the answer of each party, in the order of the parties; None: not asked yet."""

    row: Seat
    answers: tuple[tuple[Party, bool | None], ...]


def seats_of(case: Case) -> list[SeatShown]:
    """Who was asked to mediate, and what each party said to it."""
    parties = list(case.parties.all())
    rows = list(case.seats.select_related("mediator__person").prefetch_related("answers"))
    return [
        SeatShown(
            row,
            tuple(
                (one, next((a.is_yes for a in row.answers.all() if a.party_id == one.pk), None))
                for one in parties
            ),
        )
        for row in rows
    ]


def mediators_of(case: Case) -> list[Account]:
    """Accounts of whoever is asked, ready or seated."""
    seats = case.seats.filter(state__in=LIVE_SEATS).select_related("mediator__account")
    return [one.mediator.account for one in seats]


def directors(community_id: int, now: datetime) -> list[Account]:
    """Who keeps the register."""
    return list(holders_of(community_id, {Role.MEDIATION_DIRECTOR}, now))


def story_of(case: Case) -> dict[str, Any]:  # Any: what JSON holds
    """Everything that was said in a case, for whoever reads it. Raises KeyAway."""
    parties = {one.row.pk: one for one in parties_of(case)}
    agreement = getattr(case, "agreement", None)
    if agreement is not None:
        agreement.case = case
    sittings, talks = list(case.sittings.all()), list(case.talks.select_related("by"))
    visits = list(case.visits.select_related("by"))
    rows: list[Any] = [*sittings, *talks, *visits]  # Any: three tables with a case
    for row in rows:
        row.case = case
    return {
        "parties": list(parties.values()),
        "story": opened(case, "sealed_story") or {},
        "sittings": [(row, opened(row, "sealed_plan"), opened(row)) for row in sittings],
        "talks": [(row, parties[row.party_id], opened(row)) for row in talks],
        "agreement": agreement,
        "agreed": opened(agreement) if agreement else None,
        "court": opened(agreement, "sealed_court") if agreement else None,
        "promises": [
            (row, parties.get(row.party_id or 0), case.box.open(row.sealed))
            for row in (agreement.promises.all() if agreement else ())
        ],
        "visits": [(row, opened(row)) for row in visits],
        "exhibits": list(case.exhibits.all()),
    }


def openings() -> QuerySet[Opening]:
    """Every broken seal, the latest first: nobody can take one off this list."""
    rows: QuerySet[Opening] = Opening.objects.select_related("case", "asked_by", "decided_by")
    return rows


# ── the register and its numbers ─────────────────────────────────────────────────────────────


def register(actor: Actor) -> QuerySet[Case]:
    """All cases for the director, for a mediator those they are asked for or seated in; the latest first."""
    rows: QuerySet[Case] = Case.objects.all()
    if not actor.has(Role.MEDIATION_DIRECTOR):
        rows = rows.touched_by(actor)  # type: ignore[attr-defined]  # its own queryset
    # By the day it came: what an old ledger brings in later is not the newest.
    return rows.order_by("-received_at", "-id").prefetch_related("seats__mediator__person")


def numbers(first: date, last: date) -> list[tuple[str, list[Told]]]:
    """By kind, outcome and method: cases that ended in this time, how long they took, agreements kept,
    of those judged; whatever is below five is held back.
    """
    ended = Case.objects.filter(ended_at__date__gte=first, ended_at__date__lte=last)
    judged = Q(outcome__in=AGREED) & ~Q(kept="")
    tables = []
    for column, labels in (("kind", KINDS), ("outcome", OUTCOMES), ("method", METHODS)):
        counted = {
            row["what"]: Counted(row["number"], row["good"], row["of"], row["days"])
            for row in ended.exclude(**{column: ""}).order_by(column).values(what=F(column))
            .annotate(
                number=Count("pk"), good=Count("pk", filter=judged & Q(kept=Kept.KEPT)),
                of=Count("pk", filter=judged), days=Avg("days_taken"),
            )
        }  # fmt: skip
        names = {name: str(label) for name, label in labels}
        tables.append((column, told({names[n]: counted[n] for n in names if n in counted})))
    return tables


# ── help for mediators ───────────────────────────────────────────────────────────────────────


@cache
def helps() -> dict[str, Any]:  # Any: what the file holds
    """Articles with their version and how sure, and the checklists of the three methods."""
    return tomllib.loads(_HELP.read_text(encoding="utf-8"))


def precedents(kind: str = "") -> QuerySet[Precedent]:
    """What colleagues wrote of closed cases, of one kind if it is named."""
    rows: QuerySet[Precedent] = Precedent.objects.all()
    return rows.filter(kind=kind) if kind else rows

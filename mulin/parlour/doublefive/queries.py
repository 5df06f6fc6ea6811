"""What the pages of the double five show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, QuerySet

from mulin.commons.ballots.counting import board as counted
from mulin.commons.ballots.counting.count import count
from mulin.commons.ballots.counting.explain import Step, percent, steps
from mulin.commons.ballots.counting.result import Result, publishable
from mulin.commons.ballots.counting.words import note_in_words, step_in_words
from mulin.commons.ballots.membership import Electorate
from mulin.commons.ballots.permissions import COMMITTEE, HOLDERS, OBSERVERS
from mulin.commons.ballots.queries import electorate
from mulin.commons.ballots.rules import LEAST_SHOWN
from mulin.commons.ballots.rules import State as Stand
from mulin.ground.community.models import Account
from mulin.ground.community.queries import holders_of
from mulin.ground.community.rules import HANDLER_ROLES
from mulin.ground.people.models import Person
from mulin.parlour.doublefive.models import (
    Chosen,
    Idea,
    Merge,
    Placing,
    Representative,
    RollRule,
    Screener,
    Season,
    SeasonVote,
)
from mulin.parlour.doublefive.rules import State


def seasons() -> QuerySet[Season]:
    """All years, the newest first."""
    rows: QuerySet[Season] = Season.objects.order_by("-year")
    return rows


def collecting() -> Season | None:
    """The season that takes ideas now."""
    found: Season | None = Season.objects.filter(stage="collect").order_by("-year").first()
    return found


def ideas_of(season: Season, state: str = "") -> QuerySet[Idea]:
    """The ideas of a season in the order they came; of one state where one is named."""
    rows: QuerySet[Idea] = Idea.objects.filter(season=season).order_by("number")
    return rows.filter(state=state) if state in set(State) else rows


def counts_of(season: Season) -> dict[str, int]:
    """How many ideas stand in each state."""
    found = Idea.objects.filter(season=season).order_by().values_list("state")
    return dict(found.annotate(count=Count("id")))


def merges_of(idea: Idea) -> QuerySet[Merge]:
    """The merges this idea is asked about: as the one that joins, or the one that takes in."""
    rows: QuerySet[Merge] = (
        Merge.objects.filter(idea=idea) | Merge.objects.filter(into=idea)
    ).select_related("idea", "into")
    return rows.order_by("-id")


def partners_of(idea: Idea) -> QuerySet[Idea]:
    """With which ideas it could be merged."""
    rows: QuerySet[Idea] = Idea.objects.filter(season=idea.season_id, state=State.OFFERED)
    return rows.exclude(pk=idea.pk).order_by("number")


def who_could_screen(community_id: int, now: datetime) -> QuerySet[Account]:
    """Whoever works here."""
    return holders_of(community_id, HANDLER_ROLES, now).order_by("display_name", "id")


def screeners_of(season: Season) -> QuerySet[Account]:
    """Who screens in this season."""
    named = Screener.objects.filter(season=season)
    rows: QuerySet[Account] = Account.objects.filter(pk__in=named.values("account"))
    return rows.order_by("display_name", "id")


def chosen_of(season: Season) -> QuerySet[Chosen]:
    """What was chosen, in the order of the result."""
    rows: QuerySet[Chosen] = Chosen.objects.filter(season=season).select_related("idea")
    return rows.order_by("place")


# ── the roll and the vote ────────────────────────────────────────────────────────────────────


def representatives_on(day: date) -> QuerySet[Representative]:
    """Whose term runs on a day and was not ended."""
    rows: QuerySet[Representative] = Representative.objects.filter(
        since__lte=day, until__gte=day, recalled_on__isnull=True
    )
    return rows


def representatives() -> QuerySet[Representative]:
    """All terms, the latest first."""
    rows: QuerySet[Representative] = Representative.objects.select_related("person")
    return rows.order_by("-since", "id")


def electorate_of(season: Season, day: date) -> Electorate:
    """Who belongs to which constituency on a day: by the season's rules, then by what was decided
    about single people.
    """
    rules = list(season.roll_rules.all())
    speak = frozenset(representatives_on(day).values_list("person_id", flat=True))
    found = electorate([one.belongs for one in rules], day=day, representatives=speak)
    codes = {one.pk: one.code for one in rules}
    placed = dict(
        Placing.objects.filter(season=season, person__in=Person.objects.on_roll()).values_list(
            "person_id", "rule_id"
        )
    )
    of = {code: [one for one in ids if one not in placed] for code, ids in found.of.items()}
    for person, rule in placed.items():
        if rule is not None:
            of[codes[rule]].append(person)
    return Electorate(of, [one for one in found.age_unknown if one not in placed])


def those_who_try(season: Season, now: datetime) -> dict[str, list[int]]:
    """The roll of a trial: whoever works here or keeps the vote, dealt out over constituencies."""
    roles = HANDLER_ROLES | COMMITTEE | HOLDERS | OBSERVERS
    accounts = holders_of(season.community_id, roles, now).values("pk")
    people = Person.objects.on_roll().filter(account__in=accounts).order_by("id")
    codes = list(season.roll_rules.values_list("code", flat=True))
    of: dict[str, list[int]] = {code: [] for code in codes}
    for place, person in enumerate(people.values_list("id", flat=True)):
        of[codes[place % len(codes)]].append(person)
    return of


def roll_rules(season: Season) -> QuerySet[RollRule]:
    """The rules in the order in which they are read."""
    return season.roll_rules.all()


def placings_of(season: Season) -> QuerySet[Placing]:
    """What was decided about single people, the latest first."""
    return season.placings.select_related("person", "rule")


def votes_of(season: Season) -> QuerySet[SeasonVote]:
    """The vote of a season and its trials, the latest first."""
    rows: QuerySet[SeasonVote] = SeasonVote.objects.filter(season=season)
    return rows.select_related("election").defer("board")


def public_vote(season: Season) -> SeasonVote | None:
    """The vote that everybody may know of: not a trial, its roll posted."""
    rows = votes_of(season).filter(election__is_trial=False)
    found: SeasonVote | None = rows.exclude(
        election__state__in=[Stand.DRAFTED, Stand.WIPED]
    ).first()
    return found


def counted_vote(season: Season) -> SeasonVote | None:
    """The vote whose result is recorded."""
    found: SeasonVote | None = (
        SeasonVote.objects.filter(
            season=season, board__isnull=False, election__is_trial=False,
            election__state=Stand.PUBLISHED,
        )
        .select_related("election")
        .first()
    )  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A project on the sheet; what may not be told is None."""

    id: str
    name: str
    counts: list[tuple[str, int | None]]
    total: int | None
    joint: Decimal | None
    is_elected: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """The one sheet that explains a result, and what of it may be shown.

    Where one constituency has fewer than ten ballots nothing is told but who was chosen: every sum
    would give the few away.
    """

    winners: list[str]
    rows: list[SheetRow]
    sentences: list[str]
    notes: list[str]
    groups: list[tuple[str, str]]
    is_told: bool


def sheet_of(vote: SeasonVote) -> Sheet:
    """The result in words, counted from the board."""
    result = result_of(vote)
    is_told = all(one.valid >= LEAST_SHOWN for one in result.turnout)
    shown = publishable(result, least=LEAST_SHOWN)
    titles = {one.id: one.name for one in result.turnout}
    order: dict[str, int] = {one: place for place, one in enumerate(result.winners)}
    ranked = sorted(shown, key=lambda one: (order.get(one.id, len(order)), -(one.joint or 0)))
    told: Sequence[Step] = steps(result) if is_told else ()
    return Sheet(
        winners=[result.row(one).name for one in result.winners],
        rows=[
            SheetRow(
                one.id, one.name, [(titles[key], n) for key, n in one.approvals.items()], one.total,
                None if one.joint is None else percent(one.joint), is_elected=one.is_elected,
            )
            for one in ranked
        ],
        sentences=[step_in_words(one) for one in told],
        notes=[note_in_words(one) for one in result.notes] if is_told else [],
        groups=[(one.id, one.name) for one in result.turnout],
        is_told=is_told,
    )  # fmt: skip


def result_of(vote: SeasonVote) -> Result:
    """The one result, which every page, sheet and file reads."""
    return count(*counted.read(vote.board or {}))

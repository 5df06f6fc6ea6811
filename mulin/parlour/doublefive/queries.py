"""What the pages of the double five show."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any

from django.db.models import (
    Count,
    DecimalField,
    Expression,
    F,
    Max,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce

from mulin.commons.ballots.counting import board as counted
from mulin.commons.ballots.counting.count import count
from mulin.commons.ballots.counting.election import Election, Method, Rule
from mulin.commons.ballots.counting.explain import Step, percent, steps
from mulin.commons.ballots.counting.result import Result, publishable
from mulin.commons.ballots.counting.words import note_in_words, step_in_words
from mulin.commons.ballots.membership import Electorate
from mulin.commons.ballots.permissions import COMMITTEE, HOLDERS, OBSERVERS
from mulin.commons.ballots.queries import electorate
from mulin.commons.ballots.rules import LEAST_SHOWN, showable
from mulin.commons.ballots.rules import State as Stand
from mulin.ground.community.models import Account
from mulin.ground.community.queries import holders_of
from mulin.ground.community.rules import HANDLER_ROLES, Actor
from mulin.ground.figures.rules import share_percent
from mulin.ground.people.models import Person
from mulin.ground.people.queries import kept_ids
from mulin.ground.places.models import Building, Place
from mulin.parlour.doublefive.models import (
    METHOD_LABELS,
    Appraisal,
    Appraiser,
    AppraiserQuerySet,
    Chosen,
    Comment,
    CommentState,
    Expense,
    Follow,
    Idea,
    Kind,
    Merge,
    Milestone,
    Moment,
    Picture,
    Placing,
    Project,
    Remark,
    Representative,
    RollRule,
    Screener,
    Season,
    SeasonVote,
    Verdict,
    VotedOn,
)
from mulin.parlour.doublefive.rules import (
    A_SHEET,
    CARRIED,
    HEAD_HEARS_AFTER,
    SHEET,
    STEPS,
    Constituency,
    Level,
    Says,
    State,
    Tally,
    on_sheet,
    tally,
)

PICTURES = "shown_pictures"  # on an idea: what is meant, as everybody sees it
_BESIDE = 30  # in the units of the drawing
WAYS = "way_pictures"  # on a milestone: what shows that it is done


def seasons() -> QuerySet[Season]:
    """All years, the newest first."""
    rows: QuerySet[Season] = Season.objects.select_related("appraisal").order_by("-year")
    return rows


def year_to_open(today: date) -> int:
    """The year that is opened next: this one, or the first after it that is not open yet."""
    newest = Season.objects.aggregate(newest=Max("year"))["newest"] or 0
    return max(today.year, newest + 1)


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
    rows: QuerySet[Chosen] = Chosen.objects.filter(season=season).select_related(
        "idea", "project__owner"
    )
    return rows.order_by("place")


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a year is at each of its stages."""

    season: Season
    ideas: Mapping[str, int]
    rolls: list[tuple[str, int]]
    chosen: int
    finished: int
    late: int
    appraisal: Appraisal | None

    @property
    def is_over(self) -> bool:
        return self.appraisal is not None and self.appraisal.is_published


def standing_of(season: Season, now: datetime) -> Standing:
    """How far a year is; six queries, eight until its five are recorded."""
    late = Milestone.objects.open().filter(project__chosen__season=season, due_at__lt=now)
    chosen = Chosen.objects.filter(season=season).aggregate(
        all=Count("pk"), finished=Count("project__finished_at")
    )
    titles = dict(season.roll_rules.values_list("code", "title"))
    rolls = VotedOn.objects.filter(season=season).order_by("pk").values_list("constituency", "size")
    # What the head recorded by hand names its constituencies itself.
    sizes = [(titles.get(code, code), size) for code, size in rolls]
    return Standing(
        season=season,
        ideas=counts_of(season),
        rolls=sizes or _frozen_rolls(season),
        chosen=chosen["all"],
        finished=chosen["finished"],
        late=late.count(),
        appraisal=appraisal_of(season),
    )


def _frozen_rolls(season: Season) -> list[tuple[str, int]]:
    """The rolls of the vote that is on its way, once they are frozen: they hang out with its notice."""
    vote = public_vote(season)
    if vote is None:
        return []
    rolls = vote.election.constituencies.order_by("position").values_list("title", "roll_count")
    return [(title, count) for title, count in rolls if count is not None]


@dataclass(frozen=True, slots=True)
class WaitingIdeas:
    """What keeps ideas from being screened."""

    without_facts: int
    unseen_pictures: int
    merges: int


def waiting_ideas(season: Season) -> WaitingIdeas:
    """What the ideas of a year wait for; three queries."""
    offered = Idea.objects.filter(season=season, state=State.OFFERED)
    meant = Picture.objects.filter(idea__in=offered, moment=Moment.IDEA)
    asked = Merge.objects.filter(idea__in=offered, declined_at__isnull=True)
    return WaitingIdeas(
        without_facts=offered.filter(Q(site="") | Q(cost_yuan__isnull=True)).count(),
        unseen_pictures=meant.filter(is_public=False)
        .exclude(idea__in=Picture.objects.public().values("idea"))
        .values("idea")
        .distinct()
        .count(),
        merges=asked.filter(
            Q(idea_agreed_at__isnull=True) | Q(into_agreed_at__isnull=True)
        ).count(),
    )


@dataclass(frozen=True, slots=True)
class WaitingProjects:
    """What keeps the five from being carried out."""

    without_project: int
    without_step: int
    late: int
    held: int


def waiting_projects(season: Season, now: datetime) -> WaitingProjects:
    """What the projects of a year wait for; four queries."""
    mine = Project.objects.filter(chosen__season=season)
    return WaitingProjects(
        without_project=Chosen.objects.filter(season=season, project__isnull=True).count(),
        without_step=mine.filter(milestones__isnull=True).count(),
        late=Milestone.objects.open().filter(project__in=mine, due_at__lt=now).count(),
        held=Comment.objects.filter(project__in=mine, state=CommentState.HELD).count(),
    )


def with_pictures(ideas: QuerySet[Idea]) -> QuerySet[Idea]:
    """The same with the pictures that everybody may see; one query more."""
    meant = Picture.objects.public().filter(moment=Moment.IDEA).select_related("idea")
    return ideas.prefetch_related(Prefetch("pictures", meant, PICTURES))


# ── the map ──────────────────────────────────────────────────────────────────────────────────

#: What an idea may be near to, as a form names it: "building-12".
BUILDING, PLACE = "building", "place"


def near_choices() -> list[tuple[str, str]]:
    """Places and houses of the community; two queries."""
    places = Place.objects.filter(closed_at__isnull=True).values_list("pk", "name")
    buildings = Building.objects.order_by("sort_key", "id").values_list("pk", "name")
    return [
        *((f"{PLACE}-{pk}", name) for pk, name in places),
        *((f"{BUILDING}-{pk}", name) for pk, name in buildings),
    ]


def near_of(idea: Idea) -> str:
    """What an idea is near to, as the form names it."""
    if idea.place_id:
        return f"{PLACE}-{idea.place_id}"
    return f"{BUILDING}-{idea.building_id}" if idea.building_id else ""


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of the drawing."""

    x: int
    y: int
    name: str


@dataclass(frozen=True, slots=True)
class Map:
    """The houses of the community, and what is to be done near which."""

    width: int
    height: int
    houses: list[Dot]
    marks: list[Dot]


def map_of(ideas: Iterable[tuple[str, Idea]]) -> Map | None:
    """Each (mark, idea) where it stands; None where no coordinates are known. Two queries."""
    listed = [(mark, idea) for mark, idea in ideas if idea.building_id or idea.place_id]
    if not listed:
        return None
    houses = _located(
        Building.objects.order_by("sort_key", "id"),
        latitude=F("latitude"),
        longitude=F("longitude"),
    )
    # A place without coordinates of its own stands in its house.
    places = _located(
        Place.objects.filter(pk__in=[idea.place_id for _mark, idea in listed]),
        latitude=Coalesce("latitude", "building__latitude"),
        longitude=Coalesce("longitude", "building__longitude"),
    )
    stand = [
        (mark, places.get(idea.place_id or 0) or houses.get(idea.building_id or 0))
        for mark, idea in listed
    ]
    marks = [(mark, point) for mark, point in stand if point is not None]
    if not marks:
        return None
    points = [(lat, lon) for _name, lat, lon in (*houses.values(), *(point for _m, point in marks))]
    drawn = on_sheet(points)
    return Map(
        *SHEET,
        houses=[Dot(x, y, name) for (x, y), (name, *_where) in
                zip(drawn, houses.values(), strict=False)],
        marks=[Dot(x, y, mark) for (x, y), (mark, _point) in
               zip(_apart(drawn[len(houses):]), marks, strict=True)],
    )  # fmt: skip


def _located(
    rows: "QuerySet[Any]", *, latitude: Expression | F, longitude: Expression | F
) -> dict[int, tuple[str, Decimal, Decimal]]:  # Any: two tables
    known = rows.annotate(lat=latitude, lon=longitude).exclude(lat=None).exclude(lon=None)
    found = known.values_list("pk", "name", "lat", "lon")
    return {pk: (name, north, east) for pk, name, north, east in found}


def _apart(points: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Several at one house stand side by side."""
    here: Counter[tuple[int, int]] = Counter()
    moved = []
    for x, y in points:
        moved.append((x + _BESIDE * here[x, y], y))
        here[x, y] += 1
    return moved


# ── carrying out ─────────────────────────────────────────────────────────────────────────────


def projects() -> QuerySet[Project]:
    """All projects with what was spent on each, and their milestones; in the order of the result."""
    spent = (
        Expense.objects.filter(project=OuterRef("pk"))
        .order_by()
        .values("project")
        .annotate(sum=Sum("yuan"))
        .values("sum")
    )
    rows: QuerySet[Project] = (
        Project.objects.select_related("chosen__idea", "chosen__season", "owner")
        .annotate(
            spent=Coalesce(
                Subquery(spent),
                Decimal(0),
                output_field=DecimalField(max_digits=14, decimal_places=2),
            )
        )
        .annotate(left=F("budget_yuan") - F("spent"))
        .prefetch_related("milestones")
        .order_by("chosen__season__year", "chosen__place")
    )
    return rows


def projects_of(season: Season) -> QuerySet[Project]:
    """The projects of one year."""
    return projects().filter(chosen__season=season)


def milestones_of(project: Project) -> list[Milestone]:
    """The milestones with why they were put off and what shows that they are done."""
    shown = Picture.objects.public().select_related("idea")
    rows = project.milestones.select_related("done_by").prefetch_related(
        "delays", Prefetch("pictures", shown, WAYS)
    )
    return list(rows)


def pictures_of(project: Project) -> dict[str, list[Picture]]:
    """Before and afterwards, side by side."""
    rows = Picture.objects.public().filter(
        idea=project.chosen.idea_id, moment__in=[Moment.BEFORE, Moment.AFTER]
    )
    found: dict[str, list[Picture]] = {Moment.BEFORE.value: [], Moment.AFTER.value: []}
    for row in rows.select_related("idea"):
        found[row.moment].append(row)
    return found


def late_projects(season: Season, now: datetime) -> set[int]:
    """Ids of projects of a season with a step past its day."""
    late = Milestone.objects.open().filter(project__chosen__season=season, due_at__lt=now)
    return set(late.values_list("project", flat=True))


def late_milestones(now: datetime) -> QuerySet[Milestone]:
    """Past their day, of whom not all have been told who should be."""
    open_ones = Milestone.objects.open().filter(due_at__lt=now)
    rows: QuerySet[Milestone] = open_ones.filter(escalated=Level.NOBODY) | open_ones.filter(
        escalated=Level.DESK, due_at__lt=now - HEAD_HEARS_AFTER
    )
    return rows.select_related("project__chosen__idea", "project__chosen__season").order_by("id")


def comments_of(project: Project, *, all_of_them: bool = False) -> QuerySet[Comment]:
    """What was said to it, the newest first: what is shown, or for staff everything."""
    rows: QuerySet[Comment] = Comment.objects.filter(project=project).select_related("answered_by")
    return rows if all_of_them else rows.filter(state=CommentState.SHOWN)


@dataclass(frozen=True, slots=True)
class Unshown:
    """What was said and is not read in the street: how many wait for a look, why others were hidden."""

    held: int
    reasons: list[str]


def unshown_comments(project: Project) -> Unshown:
    """So that nothing disappears without a word; in one query."""
    rows = list(
        Comment.objects.filter(project=project)
        .exclude(state=CommentState.SHOWN)
        .order_by("at")
        .values_list("state", "why_hidden")
    )
    reasons = [why for state, why in rows if state == CommentState.HIDDEN]
    return Unshown(held=len(rows) - len(reasons), reasons=reasons)


def follow_of(project: Project, actor: Actor) -> QuerySet[Follow]:
    """That this reader follows it, by their person or their account."""
    rows: QuerySet[Follow] = Follow.objects.filter(project=project)
    person_id = actor.on_behalf_of or actor.person_id
    if person_id is not None:
        return rows.filter(person=person_id)
    return rows.filter(account=actor.account_id or 0)


# ── appraising ───────────────────────────────────────────────────────────────────────────────


def electors_of(season: Season, day: date) -> dict[Constituency, list[int]]:
    """Who appraises, by constituency: whom the rules of the vote put there on that day."""
    found = electorate_of(season, day)
    return {Constituency(code): ids for code, ids in found.of.items() if ids}


def digest_of_electors(electors: Mapping[Constituency, Iterable[int]]) -> str:
    """A fingerprint of the roll: it can be posted, the roll cannot."""
    lines = sorted(f"{group.value}|{pk}" for group, ids in electors.items() for pk in ids)
    return sha256("\n".join(lines).encode()).hexdigest()


def appraisal_of(season: Season) -> Appraisal | None:
    """The appraisal of a year, if it has begun."""
    found: Appraisal | None = (
        Appraisal.objects.filter(season=season).select_related("season").first()
    )
    return found


def appraisers(appraisal: Appraisal, actor: Actor, query: str = "") -> AppraiserQuerySet:
    """Whom this actor may ask: the desk all, an officer those of their grids. Who has not answered
    comes first.
    """
    seen = Person.objects.visible_to(actor)
    rows: AppraiserQuerySet = Appraiser.objects.filter(
        appraisal=appraisal, person__in=seen.search(query, most=None) if query else seen
    )
    return rows.select_related("person").order_by(
        F("answered_on").asc(nulls_first=True), "person__name", "id"
    )


def appraiser_of(appraisal: Appraisal, person: Person) -> Appraiser | None:
    """Where somebody stands on the roll of an appraisal."""
    found: Appraiser | None = (
        Appraiser.objects.filter(appraisal=appraisal, person__in=Person.everyone_of(person))
        .select_related("appraisal")
        .first()
    )
    return found


@dataclass(frozen=True, slots=True)
class Answered:
    """How many of whom have answered."""

    roll: int
    answered: int

    @property
    def rate(self) -> Decimal | None:
        return share_percent(self.answered, self.roll)


def answered_by_constituency(appraisal: Appraisal) -> dict[Constituency, Answered]:
    """How far each constituency is."""
    rows = (
        Appraiser.objects.filter(appraisal=appraisal)
        .order_by()
        .values_list("constituency")
        .annotate(roll=Count("pk"), answered=Count("answered_on"))
    )
    found = {name: Answered(roll, answered) for name, roll, answered in rows}
    return {group: found[group] for group in Constituency if group in found}


def ways_of(appraisal: Appraisal) -> dict[str, int]:
    """By which way the answers came."""
    rows = Appraiser.objects.filter(appraisal=appraisal).answered().values_list("way", flat=True)
    return dict(Counter(rows).most_common())


def ways_told(
    report: Mapping[str, Any],
) -> list[tuple[tuple[str, ...], int]]:  # Any: what JSON holds
    """The ways of a published report with how many came by them; those by which fewer came than may
    be shown stand together.
    """
    ways: dict[str, int] = report["ways"]
    return [(names, sum(ways[one] for one in names)) for names in showable(ways, report["least"])]


def in_the_box(appraisal: Appraisal) -> int:
    """People who put their sheets into the box; each side of one is taken in once."""
    return Appraiser.objects.filter(appraisal=appraisal, way="paper").count()


def taken_out(appraisal: Appraisal) -> int:
    """Of how many people all sides were taken in, typed or read."""
    first = projects_of(appraisal.season).values_list("pk", flat=True)[::A_SHEET]
    read = (appraisal.sides_read.get(str(pk), 0) for pk in first)
    return appraisal.sheets_typed + min(read, default=0)


def report_of(appraisal: Appraisal) -> dict[str, Any]:  # Any: what JSON holds
    """What is published: nothing that is too small to be shown, and every number with what it is
    a share of. Constituencies that are too small stand together, so that none is found by taking
    the others from the sum.
    """
    by_group = answered_by_constituency(appraisal)
    total = Answered(
        sum(one.roll for one in by_group.values()), sum(one.answered for one in by_group.values())
    )
    told = {group: one.answered for group, one in by_group.items()}
    said = _verdicts(appraisal)
    return {
        "roll": total.roll,
        "answered": total.answered,
        "rate": _text(total.rate),
        "least": LEAST_SHOWN,
        "groups": [
            {"names": [str(one) for one in group], **_response(by_group[one] for one in group)}
            for group in _shown_together(told)
        ],
        "ways": ways_of(appraisal),
        "box": {"in": in_the_box(appraisal), "typed": taken_out(appraisal)},
        "projects": [
            _line(project, said.get(project.pk, {})) for project in projects_of(appraisal.season)
        ],
    }


def _verdicts(appraisal: Appraisal) -> dict[int, dict[Constituency, list[Says]]]:
    found: dict[int, dict[Constituency, list[Says]]] = defaultdict(lambda: defaultdict(list))
    rows = Verdict.objects.filter(project__chosen__season=appraisal.season_id)
    for project_id, group, is_done, is_seen, step in rows.values_list(
        "project", "constituency", "is_done", "is_seen", "step"
    ):
        found[project_id][Constituency(group)].append(Says(is_done, is_seen, step))
    return found


def _shown_together(counts: Mapping[Constituency, int]) -> list[list[Constituency]]:
    told = {group.value: count for group, count in counts.items() if count}
    groups = [[Constituency(name) for name in names] for names in showable(told, LEAST_SHOWN)]
    # Of whom nobody answered nothing is told.
    return groups + [[group] for group, count in counts.items() if not count]


def _response(parts: Iterable[Answered]) -> dict[str, Any]:  # Any: what JSON holds
    listed = list(parts)
    whole = Answered(sum(one.roll for one in listed), sum(one.answered for one in listed))
    return {"roll": whole.roll, "answered": whole.answered, "rate": _text(whole.rate)}


def _line(
    project: Project, said: Mapping[Constituency, list[Says]]
) -> dict[str, Any]:  # Any: what JSON holds
    everybody = tally(says for rows in said.values() for says in rows)
    line = {
        "place": project.chosen.place,
        "title": project.chosen.idea.title,
        "kind": project.chosen.idea.kind,
        "is_shown": everybody.answered >= LEAST_SHOWN,
    }
    if not line["is_shown"]:
        return line
    parts = {group: tally(rows) for group, rows in said.items()}
    return {
        **line,
        "done": everybody.done, "not_done": everybody.not_done,
        "seen": everybody.seen, "not_seen": everybody.not_seen,
        "steps": {str(step): everybody.steps[step] for step in STEPS},
        **_share([everybody]),
        "groups": [
            {"names": [str(one) for one in group], **_share(parts[one] for one in group)}
            for group in _shown_together({one: part.answered for one, part in parts.items()})
        ],
    }  # fmt: skip


def _share(parts: Iterable[Tally]) -> dict[str, Any]:  # Any: what JSON holds
    listed = list(parts)
    satisfied, answered = sum(one.satisfied for one in listed), sum(one.answered for one in listed)
    return {
        "satisfied": satisfied, "answered": answered,
        "percent": _text(share_percent(satisfied, answered)),
    }  # fmt: skip


def _text(number: object) -> str | None:
    return None if number is None else str(number)


@dataclass(frozen=True, slots=True)
class Five:
    """One of the chosen over its year: chosen, promised, done, appraised."""

    chosen: Chosen
    project: Project | None
    verdict: Mapping[str, Any] | None  # Any: what JSON holds; None until it is published


@dataclass(frozen=True, slots=True)
class Year:
    """A year with its two fives side by side."""

    season: Season
    appraisal: Appraisal | None
    fives: list[tuple[str, list[Five]]]


def carried_seasons() -> QuerySet[Season]:
    """The years whose five are chosen, the newest first."""
    rows: QuerySet[Season] = Season.objects.filter(stage__in=CARRIED).order_by("-year")
    return rows


def fives_of(listed: Iterable[Season]) -> list[Year]:
    """Both fives of these years; four queries however many."""
    seasons_ = list(listed)
    begun = {one.chosen_id: one for one in projects().filter(chosen__season__in=seasons_)}
    appraisals = {one.season_id: one for one in Appraisal.objects.filter(season__in=seasons_)}
    chosen: dict[int, list[Chosen]] = defaultdict(list)
    rows = Chosen.objects.filter(season__in=seasons_).select_related("idea")
    for one in rows.order_by("season", "place"):
        chosen[one.season_id].append(one)
    years = []
    for season in seasons_:
        appraisal = appraisals.get(season.pk)
        report = appraisal.report if appraisal is not None and appraisal.is_published else {}
        verdicts = {line["place"]: line for line in report.get("projects", ())}
        found = [Five(one, begun.get(one.pk), verdicts.get(one.place)) for one in chosen[season.pk]]
        years.append(
            Year(
                season, appraisal,
                [
                    (str(kind.label), [one for one in found if one.chosen.idea.kind == kind])
                    for kind in Kind
                ],
            )
        )  # fmt: skip
    return years


def remarks_of(season: Season) -> QuerySet[Remark]:
    """What people wrote, in no order that tells anything; nothing where too few answered at all."""
    rows: QuerySet[Remark] = Remark.objects.filter(project__chosen__season=season).select_related(
        "project__chosen__idea"
    )
    appraisal = appraisal_of(season)
    told = appraisal is not None and appraisal.report.get("answered", 0) >= LEAST_SHOWN
    return rows if told else rows.none()


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
    about single people. Both were written about a record that may have been merged since.
    """
    rules = list(season.roll_rules.all())
    terms = representatives_on(day).values_list("person_id", flat=True)
    speak = frozenset(kept_ids(terms).values())
    found = electorate([one.belongs for one in rules], day=day, representatives=speak)
    codes = {one.pk: one.code for one in rules}
    decided: dict[int, int | None] = dict(
        # The latest last: of two records of one person it is the one that holds.
        Placing.objects.filter(season=season)
        .order_by("placed_on", "id")
        .values_list("person_id", "rule_id")
    )
    kept = kept_ids(decided)
    placed = {kept[one]: rule for one, rule in decided.items()}
    standing = set(Person.objects.on_roll().filter(pk__in=placed).values_list("pk", flat=True))
    of = {code: [one for one in ids if one not in placed] for code, ids in found.of.items()}
    for person, rule in placed.items():
        if rule is not None and person in standing:
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
    return _counted_votes(season).select_related("election").first()


def _counted_votes(season: Season) -> "QuerySet[SeasonVote]":
    rows: QuerySet[SeasonVote] = SeasonVote.objects.filter(
        season=season, board__isnull=False, election__is_trial=False,
        election__state=Stand.PUBLISHED,
    )  # fmt: skip
    return rows


def is_counted(season: Season) -> bool:
    """Whether the result of its vote is recorded, without reading the board."""
    found: bool = _counted_votes(season).exists()
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


# ── by other rules, for information ──────────────────────────────────────────────────────────


def can_compare(vote: SeasonVote, method: Method, cast: Election, costs: Mapping[str, str]) -> bool:
    """Whether a rule has the numbers it needs: equal shares a budget and what each project costs."""
    if method is not Method.EQUAL_SHARES_ADD1:
        return True
    return bool(vote.budget_yuan) and all(one.id in costs for one in cast.projects)


def compared_board(
    vote: SeasonVote, method: Method, cast: Election, costs: Mapping[str, str], number: str
) -> tuple[counted.Board, Result]:
    """The same ballots counted by another rule, as a board that the script counts again."""
    by_money = method is Method.EQUAL_SHARES_ADD1
    projects = tuple(
        replace(one, cost=Fraction(costs[one.id]) if by_money else Fraction(1))
        for one in cast.projects
    )
    budget = Fraction(vote.budget_yuan or 0) if by_money else None
    rule = Rule(method, None if by_money else vote.seats, budget)
    title = vote.election.title
    return counted.publish(title, replace(cast, projects=projects), rule, seed=number)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Who would have been chosen by a rule that did not decide: (name, whether it was chosen)."""

    code: str
    rule: str
    projects: list[tuple[str, bool]]


def comparisons_of(vote: SeasonVote) -> list[Comparison]:
    """The other rules beside the result, for information; none where the rule sheet did not say so,
    or where a group is so small that nothing but the chosen is told.
    """
    if not vote.compared or any(one.valid < LEAST_SHOWN for one in result_of(vote).turnout):
        return []
    result = result_of(vote)
    return [
        Comparison(
            code, str(METHOD_LABELS[Method(code)]),
            [(result.row(one).name, one in result.winners) for one in winners],
        )
        for code, winners in vote.compared["winners"].items()
    ]  # fmt: skip


def comparison_file(vote: SeasonVote, code: str) -> counted.Board | None:
    """The board of one of them, to be counted again; None for a rule that is not among them."""
    if not vote.compared or code not in vote.compared["winners"]:
        return None
    cast, _rule, _lot = counted.read(vote.board or {})
    costs = vote.compared["costs"]
    board, _result = compared_board(vote, Method(code), cast, costs, vote.lot_number)
    return board

"""What the survey's pages and its report ask."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Max, Q, QuerySet

from mulin.ground.community.models import Grid
from mulin.ground.community.rules import Actor
from mulin.ground.figures.rules import share_percent
from mulin.ground.people.models import Person
from mulin.ground.places.models import Dwelling, Residence
from mulin.kit.blindindex import blind_index
from mulin.parlour.survey.models import (
    Answer,
    Question,
    Remark,
    Report,
    Sampled,
    SampledQuerySet,
    Survey,
)
from mulin.parlour.survey.rules import (
    STEPS,
    Disposition,
    Field,
    Response,
    State,
    Tally,
    code_from,
    differs_clearly,
    interval,
    may_be_asked,
    read_code,
    showable,
)

#: Lines that a published report has for one question.
Line = dict[str, Any]  # Any: what JSON holds


@dataclass(frozen=True, slots=True)
class Home:
    """A dwelling of the frame."""

    dwelling_id: int
    grid_id: int


def frame_on(day: date) -> dict[int, dict[str, Home]]:
    """All households: dwellings in which somebody lives on that day, by grid and address."""
    living = (
        Residence.objects.filter(since__lte=day)
        .filter(Q(until__isnull=True) | Q(until__gt=day))
        .filter(person__erased_at__isnull=True)
    )
    homes = Dwelling.objects.filter(pk__in=living.values("dwelling")).values_list(
        "pk", "unit__building__name", "unit__name", "room",
        "unit__building__grid__number", "unit__building__grid",
    )  # fmt: skip
    frame: dict[int, dict[str, Home]] = defaultdict(dict)
    for pk, building, unit, room, number, grid_id in homes:
        frame[number][f"{building}{unit}{room}"] = Home(pk, grid_id)
    return dict(frame)


# ── codes ────────────────────────────────────────────────────────────────────────────────────


def code_of(sampled: Sampled) -> str:
    """The code on this household's letter. It follows from the key and is kept nowhere."""
    letter = f"{sampled.pk}|{sampled.edition}"
    return code_from(blind_index("survey.letter", letter, key=settings.MULIN_INDEX_KEY))


def index_of_code(code: str) -> str:
    """What stands in the table in place of a code."""
    return blind_index("survey.code", code, key=settings.MULIN_INDEX_KEY)


def household_behind(typed: str) -> Sampled | None:
    """The household whose letter carries this code."""
    code = read_code(typed)
    if code is None:
        return None
    found: Sampled | None = (
        Sampled.objects.filter(code_index=index_of_code(code))
        .select_related("survey__standard")
        .first()
    )
    return found


# ── while it runs ────────────────────────────────────────────────────────────────────────────


def surveys() -> QuerySet[Survey]:
    """All surveys, the newest first; their frames stay in the database."""
    rows: QuerySet[Survey] = Survey.objects.select_related("standard").defer("frame")
    return rows


def year_to_draft(today: date) -> int:
    """The year that is drafted next: this one, or the first after it that has no survey yet."""
    newest = Survey.objects.aggregate(newest=Max("year"))["newest"] or 0
    return max(today.year, newest + 1)


def open_survey_now(today: date) -> Survey | None:
    """The survey that households may answer today."""
    return next(
        (one for one in surveys().filter(state=State.OPEN) if one.takes_answers(today)), None
    )


def responses(survey: Survey) -> dict[Grid, Response]:
    """How far each grid is; two queries."""
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    rows = (
        Sampled.objects.filter(survey=survey)
        .order_by()
        .values_list("grid", "disposition")
        .annotate(count=Count("pk"))
    )
    for grid_id, disposition, count in rows:
        counts[grid_id][disposition] = count
    grids = Grid.objects.filter(pk__in=counts).order_by("number")
    return {grid: Response(**counts[grid.pk]) for grid in grids}


def summed(parts: Iterable[Response]) -> Response:
    """All grids together."""
    total: dict[str, int] = defaultdict(int)
    for part in parts:
        for one in Disposition:
            total[one] += getattr(part, one)
    return Response(**total)


def ways_of(survey: Survey) -> list[tuple[str, int]]:
    """By which way the answers came, the commonest first."""
    counts = (
        Sampled.objects.filter(survey=survey)
        .answered()
        .order_by()
        .values_list("way")
        .annotate(count=Count("pk"))
        .order_by("-count", "way")
    )
    return list(counts)


def households(
    survey: Survey, actor: Actor, *, show: str = "", grid_id: int | None = None
) -> SampledQuerySet:
    """Sampled households that this actor sees: those still to be asked first asked longest ago.

    `show` is a disposition, or "all".
    """
    rows: SampledQuerySet = (
        Sampled.objects.filter(survey=survey).visible_to(actor).select_related("grid")
    )
    if show != "all":
        rows = rows.filter(disposition=show or Disposition.WAITING)
    if grid_id:
        rows = rows.filter(grid=grid_id)
    # By the lot of the code, not by address: nobody's stairs are always called last.
    return rows.order_by("tries", F("last_tried_on").asc(nulls_first=True), "code_index")


def whom_to_ask(sampled: Sampled, day: date) -> list[Person]:
    """The adults who live there, those with a phone first."""
    living = (
        Residence.objects.filter(dwelling=sampled.dwelling_id, since__lte=day)
        .filter(Q(until__isnull=True) | Q(until__gt=day))
        .filter(person__erased_at__isnull=True, person__merged_into__isnull=True)
        .select_related("person")
        .order_by("since", "id")
    )
    adults = [row.person for row in living if may_be_asked(row.person.birth_year, day.year)]
    return sorted(adults, key=lambda person: not person.phone)


def letters(survey: Survey, grid_id: int) -> QuerySet[Sampled]:
    """Whose letters of a grid are to be printed: who has not answered, in the order of the stairs."""
    rows: QuerySet[Sampled] = (
        Sampled.objects.filter(survey=survey, grid=grid_id)
        .exclude(disposition__in=[Disposition.RETURNED, Disposition.EMPTY])
        .order_by("dwelling__unit__building__sort_key", "dwelling__unit__name", "address")
    )
    return rows


# ── counting ─────────────────────────────────────────────────────────────────────────────────


def lost_answers(survey: Survey) -> int:
    """How many returns and opened answers are apart, over all questions; nought when all is well."""
    returned = Sampled.objects.filter(survey=survey).answered().count()
    counted = Question.objects.filter(survey=survey).annotate(count=Count("answers"))
    return sum(abs(returned - question.count) for question in counted)


def tallies(survey: Survey) -> dict[int, dict[int | None, Tally]]:
    """Each question's answers by grid; those of small grids stand together under None."""
    steps: dict[tuple[int, int | None], dict[int | None, int]] = defaultdict(dict)
    rows = (
        Answer.objects.filter(question__survey=survey)
        .order_by()
        .values_list("question", "grid", "step")
        .annotate(count=Count("pk"))
    )
    for question_id, grid_id, step, count in rows:
        steps[question_id, grid_id][step] = count
    found: dict[int, dict[int | None, Tally]] = defaultdict(dict)
    for (question_id, grid_id), counts in steps.items():
        found[question_id][grid_id] = _tally(counts)
    return found


def _tally(counts: Mapping[int | None, int]) -> Tally:
    return Tally(
        {step: counts.get(step, 0) for step in STEPS},
        unsure=counts.get(0, 0),
        blank=counts.get(None, 0),
    )


def together(parts: Iterable[Tally]) -> Tally:
    """The answers of all grids."""
    parts = list(parts)
    return Tally(
        {step: sum(part.steps[step] for part in parts) for step in STEPS},
        unsure=sum(part.unsure for part in parts),
        blank=sum(part.blank for part in parts),
    )


def figures_of(survey: Survey) -> dict[str, Any]:  # Any: what JSON holds
    """What is written down: every number, its interval and what it is a share of, and no group of
    too few answers. Five queries.
    """
    by_grid = responses(survey)
    total = summed(by_grid.values())
    # Those found empty in the sample are taken from the frame; how many more there are nobody knows.
    population = (survey.frame_size or 0) - total.empty
    counted = tallies(survey)
    questions = list(survey.questions.all())
    standard = survey.standard
    return {
        "frame": survey.frame_size,
        "population": population,
        "standard": {
            "top": [str(step) for step in STEPS[: standard.top_steps]],
            "least": standard.least_group,
            "tries": standard.tries,
            "since": standard.since.isoformat(),
            "source": standard.source,
        },
        "response": _response(total),
        "ways": [list(pair) for pair in ways_of(survey)],
        "grids": [{"name": str(grid), **_response(part)} for grid, part in by_grid.items()],
        "questions": [
            _line(question, counted.get(question.pk, {}), list(by_grid), survey, population)
            for question in questions
        ],
    }


def _response(part: Response) -> Line:
    return {
        **{str(one): getattr(part, one) for one in Disposition},
        "sampled": part.sampled,
        "eligible": part.eligible,
        "reached": part.reached,
        "rate": _text(part.rate),
        "rate_of_reached": _text(part.rate_of_reached),
    }


def _line(
    question: Question, parts: Mapping[int | None, Tally], grids: list[Grid], survey: Survey,
    population: int,
) -> Line:  # fmt: skip
    standard, total = survey.standard, together(parts.values())
    shown = showable({key: part.answered for key, part in parts.items()}, standard.least_group)
    line: Line = {"field": question.field, "words": question.words}
    if total.answered < standard.least_group:
        return {**line, "is_shown": False, "grids": []}
    return {
        **line,
        "is_shown": True,
        "steps": {str(step): total.steps[step] for step in STEPS},
        "unsure": total.unsure,
        "blank": total.blank,
        **_share(total, standard.top_steps, population),
        "grids": [
            {
                "name": str(grid),
                "is_shown": grid.pk in shown,
                **(
                    _share(
                        parts[grid.pk], standard.top_steps,
                        len(survey.frame.get(str(grid.number), ())),
                    )
                    if grid.pk in shown else {}
                ),
            }
            for grid in grids
        ],
    }  # fmt: skip


def _share(tally: Tally, top_steps: int, population: int) -> Line:
    satisfied = tally.satisfied(top_steps)
    between = interval(satisfied, tally.answered, population)
    return {
        "satisfied": satisfied,
        "answered": tally.answered,
        "percent": _text(share_percent(satisfied, tally.answered)),
        "low": _text(between[0] if between else None),
        "high": _text(between[1] if between else None),
    }


def _text(number: object) -> str | None:
    return None if number is None else str(number)


# ── what was published ───────────────────────────────────────────────────────────────────────


def reports() -> QuerySet[Report]:
    """All published reports, the newest first."""
    rows: QuerySet[Report] = (
        Report.objects.select_related("survey").defer("survey__frame").order_by("-survey__year")
    )
    return rows


def remarks(survey: Survey) -> QuerySet[Remark]:
    """What people wrote, in no order that tells anything; nothing where too few answered at all."""
    rows: QuerySet[Remark] = Remark.objects.filter(survey=survey)
    returned = Sampled.objects.filter(survey=survey).answered().count()
    return rows if returned >= survey.standard.least_group else rows.none()


@dataclass(frozen=True, slots=True)
class Earlier:
    """The same question a year before; `change` is 1, -1, or 0 where it may be chance."""

    year: int
    percent: str
    answered: int
    change: int


def earlier_answers(report: Report, others: Iterable[Report]) -> dict[str, list[Earlier]]:
    """By field, what earlier surveys found where they asked in the same words."""
    found: dict[str, list[Earlier]] = defaultdict(list)
    now = {line["field"]: line for line in report.told["questions"] if line["is_shown"]}
    for other in others:
        if other.survey.year >= report.survey.year:
            continue
        for line in other.told["questions"]:
            this = now.get(line["field"])
            if this and line["is_shown"] and line["words"] == this["words"]:
                found[line["field"]].append(
                    Earlier(
                        other.survey.year, line["percent"], line["answered"], _change(line, this)
                    )
                )
    return dict(found)


def _change(before: Line, after: Line) -> int:
    if not differs_clearly(_between(before), _between(after)):
        return 0
    return 1 if Decimal(after["percent"]) > Decimal(before["percent"]) else -1


def _between(line: Line) -> tuple[Decimal, Decimal]:
    return Decimal(line["low"]), Decimal(line["high"])


def overall(report: Report) -> Line | None:
    """The line of the year's figure, unless too few answered it."""
    lines = report.told["questions"]
    return next((one for one in lines if one["field"] == Field.OVERALL and one["is_shown"]), None)


def holdings_of(person_id: int) -> QuerySet[Sampled]:
    """The surveys for which the present or a former home of a person was drawn."""
    homes = Residence.objects.filter(person=person_id).values("dwelling")
    rows: QuerySet[Sampled] = (
        Sampled.objects.filter(dwelling__in=homes).select_related("survey").order_by("id")
    )
    return rows

"""The river of a year: what stands at each of its seven stages, and what there is to do at one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mulin.commons.ballots.queries import objections, sheets_waiting
from mulin.commons.ballots.rules import State as Stand
from mulin.parlour.doublefive import queries
from mulin.parlour.doublefive.actions.rolls import standing_vote
from mulin.parlour.doublefive.models import STAGE_LABELS, Season
from mulin.parlour.doublefive.rules import Stage, State
from mulin.parlour.doublefive.rules import river as reaches


def river_steps(season: Season, now: datetime) -> list[dict[str, Any]]:
    """The stages for `kit/steps.html`, each with what happened in it. Nothing is told of a vote that
    runs, and of ideas only how many there are until the list is published.
    """
    standing = queries.standing_of(season, now)
    return [
        {
            "state": reached.reach.value,
            "title": STAGE_LABELS[reached.stage],
            "when": _when(reached.stage, standing),
            "text": _TEXTS[reached.stage](standing),
        }
        for reached in reaches(Stage(season.stage), is_over=standing.is_over)
    ]


def _when(stage: Stage, standing: queries.Standing) -> str:
    until = {Stage.COLLECT: standing.season.collects_until}
    if standing.appraisal is not None:
        until[Stage.APPRAISE] = standing.appraisal.last_day
    if stage not in until:
        return ""
    return _("until %(day)s") % {"day": date_format(until[stage], "DATE_FORMAT")}


def _collect(standing: queries.Standing) -> str:
    count = sum(standing.ideas.values())
    return ngettext(
        "%(count)s idea has come in.", "%(count)s ideas have come in.", count
    ) % {"count": count}  # fmt: skip


def _screen(standing: queries.Standing) -> str:
    if not standing.season.is_public:
        return ""
    counts = {
        "passed": standing.ideas.get(State.PASSED, 0),
        "refused": standing.ideas.get(State.REFUSED, 0) + standing.ideas.get(State.CLOSED, 0),
        "merged": standing.ideas.get(State.MERGED, 0),
    }
    words = [
        _("%(passed)s passed") if counts["passed"] else "",
        _("%(refused)s did not meet a criterion") if counts["refused"] else "",
        _("%(merged)s became part of another") if counts["merged"] else "",
    ]
    told = "，".join(one % counts for one in words if one)
    return _("%(parts)s.") % {"parts": told} if told else ""


def _publish(standing: queries.Standing) -> str:
    if not standing.season.is_public:
        return ""
    count = standing.ideas.get(State.PASSED, 0)
    return ngettext(
        "%(count)s idea stands on the list.", "%(count)s ideas stand on the list.", count
    ) % {"count": count}  # fmt: skip


def _roll(standing: queries.Standing) -> str:
    return "，".join(
        _("%(name)s: %(number)s people") % {"name": name, "number": size}
        for name, size in standing.rolls
    )


def _vote(standing: queries.Standing) -> str:
    if not standing.chosen:
        return ""
    return ngettext(
        "%(count)s was chosen.", "%(count)s were chosen.", standing.chosen
    ) % {"count": standing.chosen}  # fmt: skip


def _carry_out(standing: queries.Standing) -> str:
    if not standing.chosen or not standing.season.is_carried:
        return ""
    is_all = standing.finished == standing.chosen
    words = (
        _("All %(all)s are finished.") if is_all else _("%(finished)s of %(all)s are finished.")
    ) % {"finished": standing.finished, "all": standing.chosen}
    if standing.late:
        words += " " + ngettext(
            "%(count)s step is late.", "%(count)s steps are late.", standing.late
        ) % {"count": standing.late}  # fmt: skip
    return words


def _appraise(standing: queries.Standing) -> str:
    if standing.appraisal is None:
        return ""
    if not standing.appraisal.is_published:
        return _("Whoever stands on the roll may answer now.")
    report = standing.appraisal.report
    return _("%(answered)s of %(roll)s answered: %(rate)s%%.") % {
        "answered": report["answered"], "roll": report["roll"], "rate": report["rate"],
    }  # fmt: skip


_TEXTS: Final[Mapping[Stage, Callable[[queries.Standing], str]]] = {
    Stage.COLLECT: _collect,
    Stage.SCREEN: _screen,
    Stage.PUBLISH: _publish,
    Stage.ROLL: _roll,
    Stage.VOTE: _vote,
    Stage.CARRY_OUT: _carry_out,
    Stage.APPRAISE: _appraise,
}


# ── what there is to do ──────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Work:
    """One thing that a stage waits for: in words, how many, and where it is done."""

    words: str
    count: int
    url: str


def work_of(season: Season, now: datetime) -> list[Work]:
    """What the stage of a year waits for; empty when it can go on."""
    stage = Stage(season.stage)
    return [one for one in _WORK[stage](season, now) if one.count]


def _ideas_at(season: Season, state: State) -> str:
    return f"{reverse('doublefive:season', args=[season.pk])}?show={state.value}"


def _to_collect(season: Season, _now: datetime) -> list[Work]:
    waiting = queries.waiting_ideas(season)
    here = _ideas_at(season, State.OFFERED)
    return [
        Work(_("ideas without site or cost"), waiting.without_facts, here),
        Work(_("ideas whose pictures nobody has looked at"), waiting.unseen_pictures, here),
        Work(_("pairs whose authors are being asked"), waiting.merges, here),
        Work(
            _("screeners to be named"), int(not queries.screeners_of(season).exists()),
            reverse("doublefive:screeners", args=[season.pk]),
        ),
    ]  # fmt: skip


def _to_screen(season: Season, _now: datetime) -> list[Work]:
    counts = queries.counts_of(season)
    waiting = queries.waiting_ideas(season)
    return [
        Work(
            _("ideas to screen"), counts.get(State.OFFERED, 0), _ideas_at(season, State.OFFERED)
        ),
        Work(
            _("appeals to hear"), counts.get(State.APPEALED, 0), _ideas_at(season, State.APPEALED)
        ),
        Work(
            _("ideas without site or cost"), waiting.without_facts,
            _ideas_at(season, State.OFFERED),
        ),
        Work(
            _("ideas whose pictures nobody has looked at"), waiting.unseen_pictures,
            _ideas_at(season, State.OFFERED),
        ),
    ]  # fmt: skip


def _to_publish(season: Season, _now: datetime) -> list[Work]:
    return [Work(_("a roll to begin"), 1, reverse("doublefive:roll", args=[season.pk]))]


def _to_roll(season: Season, _now: datetime) -> list[Work]:
    """What is next about the vote, in the words of how far it is."""
    vote, here = standing_vote(season), reverse("doublefive:roll", args=[season.pk])
    if vote is None:
        return [Work(_("terms of the vote to fix"), 1, here)]
    unanswered = objections(vote.election).filter(answered_on__isnull=True).count()
    stage = vote.election.stage
    return [
        Work(_("objections to the roll to answer"), unanswered, here),
        Work(_("a roll to post"), int(stage is Stand.DRAFTED), here),
        Work(_("a roll to freeze"), int(stage is Stand.POSTED), here),
        Work(_("a vote to open, when its keys are ready"), int(stage is Stand.FROZEN), here),
    ]


def _to_vote(season: Season, now: datetime) -> list[Work]:
    vote, here = standing_vote(season), reverse("doublefive:roll", args=[season.pk])
    if vote is None:
        return []
    election = vote.election
    stage, is_over = election.stage, election.has_ended(now)
    is_read = stage in {Stand.SEALED, Stand.OPENED}
    return [
        Work(_("an urn to seal"), int(stage is Stand.OPEN and is_over), here),
        Work(_("an urn to open, by two key holders"), int(stage is Stand.SEALED), here),
        Work(_("sheets to read or decide"), sheets_waiting(election) if is_read else 0, here),
        Work(_("a vote to publish"), int(stage is Stand.OPENED), here),
        Work(
            _("ballots to count, with the public number of the lot"),
            int(stage is Stand.PUBLISHED and not vote.lot_number), here,
        ),
    ]  # fmt: skip


def _to_carry_out(season: Season, now: datetime) -> list[Work]:
    waiting = queries.waiting_projects(season, now)
    here = reverse("doublefive:carrying", args=[season.pk])
    return [
        Work(_("chosen ideas that nobody carries out yet"), waiting.without_project, here),
        Work(_("projects without a step"), waiting.without_step, here),
        Work(_("steps that are late"), waiting.late, here),
        Work(_("comments to look at"), waiting.held, here),
    ]


def _to_appraise(season: Season, _now: datetime) -> list[Work]:
    appraisal = queries.appraisal_of(season)
    if appraisal is None or appraisal.is_published:
        return []
    here = reverse("doublefive:appraisal", args=[season.pk])
    boxed = queries.in_the_box(appraisal) - queries.taken_out(appraisal)
    asked = queries.answered_by_constituency(appraisal).values()
    return [
        Work(
            _("people who have not answered"), sum(one.roll - one.answered for one in asked), here
        ),
        Work(_("sheets in the box to type"), boxed, here),
    ]


_WORK: Final[Mapping[Stage, Callable[[Season, datetime], list[Work]]]] = {
    Stage.COLLECT: _to_collect,
    Stage.SCREEN: _to_screen,
    Stage.PUBLISH: _to_publish,
    Stage.ROLL: _to_roll,
    Stage.VOTE: _to_vote,
    Stage.CARRY_OUT: _to_carry_out,
    Stage.APPRAISE: _to_appraise,
}

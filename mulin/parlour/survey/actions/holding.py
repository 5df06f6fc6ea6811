"""A survey is drafted, worded, opened, prolonged, closed and published."""

import json
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256

from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.parlour.survey.actions.mixing import open_everything
from mulin.parlour.survey.models import Method, Question, Report, Sampled, Standard, Survey
from mulin.parlour.survey.permissions import may_hold
from mulin.parlour.survey.queries import (
    Home,
    code_of,
    figures_of,
    frame_on,
    index_of_code,
    lost_answers,
)
from mulin.parlour.survey.rules import (
    FIRST_QUESTIONS,
    FIRST_SOURCE,
    FIRST_STANDARD,
    FIRST_WORDS,
    LONGEST,
    Act,
    Field,
    State,
    digest_of_frame,
    draw,
    next_state,
)

_FIRST_YEAR = 1990


def draft_survey(year: int, *, by: Actor, now: datetime, token: str | None = None) -> Survey:
    """Begin the survey of a year with the questions of the last one, or the first set.

    Raises NotPermitted, and Refused where the year has one already.
    """
    _may_hold(by)
    with recording(by, "survey.draft_survey", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Survey)
        if not _FIRST_YEAR <= year <= local_day(now).year:
            raise Refused(_("A survey is of this year or an earlier one."), field="year")
        if Survey.objects.filter(year=year).exists():
            raise Refused(_("This year has its survey already. Open it in the list."), field="year")
        last = Survey.objects.order_by("-year").first()
        survey: Survey = Survey.objects.create(
            community_id=by.community_id, year=year, standard=_standard(by, local_day(now)),
            free_words=last.free_words if last else FIRST_WORDS,
        )  # fmt: skip
        asked = list(last.questions.values_list("field", "words")) if last else FIRST_QUESTIONS
        _ask(survey, dict(asked))
        act.on(survey, after={"year": year})
    return survey


def _standard(by: Actor, day: date) -> Standard:
    """How is counted on that day; the first survey of all brings the first standard."""
    held: Standard | None = Standard.objects.filter(since__lte=day).order_by("-since").first()
    if held is not None:
        return held
    top_steps, least_group, tries = FIRST_STANDARD
    first: Standard = Standard.objects.create(
        community_id=by.community_id, since=day, top_steps=top_steps, least_group=least_group,
        tries=tries, source=FIRST_SOURCE,
    )  # fmt: skip
    return first


def _ask(survey: Survey, words: Mapping[str, str]) -> None:
    Question.objects.filter(survey=survey).delete()
    Question.objects.bulk_create(
        Question(
            community_id=survey.community_id, survey=survey, position=position, field=field,
            words=words[field].strip(),
        )
        for position, field in enumerate(Field, start=1)
        if words.get(field, "").strip()
    )  # fmt: skip


def word_questions(
    survey: Survey, words: Mapping[str, str], *, free_words: str, by: Actor, now: datetime,
    token: str | None = None,
) -> Survey:  # fmt: skip
    """Say what is asked of each field; a field without words is not asked about.

    Raises NotPermitted, Refused without the question of the year's figure, TakenMeanwhile once
    the survey is open: whoever answered first and last were asked the same.
    """
    _may_hold(by)
    with recording(by, "survey.word_questions", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Survey)
        if not words.get(Field.OVERALL, "").strip():
            raise Refused(_("The question of the year's figure must be asked."), field="overall")
        drafted = Survey.objects.filter(pk=survey.pk, state=State.DRAFTED)
        if drafted.update(free_words=free_words.strip()) != 1:
            raise TakenMeanwhile(_("The survey is open: its questions stay as they are."))
        _ask(survey, words)
        act.on(survey, after={"words": dict(words)})
    return survey


def open_survey(
    survey: Survey, *, method: str, last_day: date, size: int | None = None, seed: str = "",
    by: Actor, now: datetime, token: str | None = None,
) -> Survey:  # fmt: skip
    """Draw the households and open the survey, once: there is no second draw.

    `seed` may be a public number agreed on beforehand, such as that day's lottery; else it is
    drawn here. Raises NotPermitted, Refused, TakenMeanwhile.
    """
    _may_hold(by)
    today = local_day(now)
    with recording(by, "survey.open_survey", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Survey)
        _check_last_day(last_day, first_day=today, today=today)
        frame = frame_on(today)
        lists = {number: sorted(homes) for number, homes in frame.items()}
        total = sum(map(len, lists.values()))
        wanted = _wanted(method, size, total)
        survey.seed = seed.strip() or secrets.token_hex(8)
        survey.frame, survey.frame_size = {str(key): homes for key, homes in lists.items()}, total
        survey.frame_digest = digest_of_frame(lists)
        survey.method, survey.first_day, survey.last_day = method, today, last_day
        _move(survey, Act.OPEN, method=method, seed=survey.seed, frame=survey.frame,
              frame_size=total, frame_digest=survey.frame_digest, first_day=today,
              last_day=last_day)  # fmt: skip
        drawn = draw(lists, wanted, survey.seed)
        _write_down(survey, [frame[key][home] for key in drawn for home in drawn[key]],
                    [home for key in drawn for home in drawn[key]])  # fmt: skip
        act.on(survey, after={
            "method": method, "drawn": wanted, "of": total, "seed": survey.seed,
            "frame": survey.frame_digest, "until": last_day,
        })  # fmt: skip
    return survey


def _wanted(method: str, size: int | None, total: int) -> int:
    if total == 0:
        raise Refused(
            _("No dwelling is lived in yet. Let people move in first: Houses, then settle.")
        )
    if method == Method.ALL:
        return total
    if not size or size < 1:
        raise Refused(_("Say how many households are to be drawn."), field="size")
    if size > total:
        raise Refused(
            _("There are only %(total)s households. Draw fewer, or ask all."),
            {"total": total},
            field="size",
        )
    return size


def _write_down(survey: Survey, homes: list[Home], addresses: list[str]) -> None:
    drawn = [
        Sampled(
            community_id=survey.community_id, survey=survey, dwelling_id=home.dwelling_id,
            grid_id=home.grid_id, address=address,
        )
        for home, address in zip(homes, addresses, strict=True)
    ]  # fmt: skip
    for one in drawn:
        one.code_index = index_of_code(code_of(one))
    Sampled.objects.bulk_create(drawn, batch_size=500)


def prolong(
    survey: Survey, *, last_day: date, by: Actor, now: datetime, token: str | None = None
) -> Survey:
    """Set the last day anew. Raises NotPermitted, Refused, TakenMeanwhile."""
    _may_hold(by)
    with recording(by, "survey.prolong", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Survey)
        before, today = survey.last_day, local_day(now)
        _check_last_day(last_day, first_day=survey.first_day or today, today=today)
        survey.last_day = last_day
        _move(survey, Act.PROLONG, last_day=last_day)
        act.on(survey, before={"until": before}, after={"until": last_day})
    return survey


def close_survey(survey: Survey, *, by: Actor, now: datetime, token: str | None = None) -> Survey:
    """Nothing comes in any more; all envelopes are opened together.

    Not before the last day is over, so that nobody stops when the answers are fine. Raises
    NotPermitted, Refused, TakenMeanwhile.
    """
    _may_hold(by)
    with recording(by, "survey.close_survey", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Survey)
        if survey.last_day is not None and local_day(now) <= survey.last_day:
            raise Refused(_("The last day is not over yet: households may still answer."))
        survey.closed_at = now
        _move(survey, Act.CLOSE, closed_at=now)
        opened = open_everything(survey)
        act.on(survey, after={"answers": opened})
    return survey


def publish_survey(survey: Survey, *, by: Actor, now: datetime, token: str | None = None) -> Report:
    """Write the figures down for good. Their digest stands in the record of acts.

    Raises NotPermitted, TakenMeanwhile, and Refused while returns and answers do not match.
    """
    _may_hold(by)
    with recording(by, "survey.publish_survey", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Report)
        _move(survey, Act.PUBLISH)
        if lost := lost_answers(survey):
            raise Refused(
                _("%(count)s answers are missing or too many. Restore a backup before publishing."),
                {"count": lost},
            )
        figures = figures_of(survey)
        text = json.dumps(figures, ensure_ascii=False, sort_keys=True)
        report: Report = Report.objects.create(
            community_id=by.community_id, survey=survey, published_at=now, figures=figures,
            digest=sha256(text.encode()).hexdigest(),
        )  # fmt: skip
        act.on(report, after={"year": survey.year, "digest": report.digest})
    return report


def _may_hold(by: Actor) -> None:
    if not may_hold(by):
        raise NotPermitted(_("The head of the community holds the survey."))


def _check_last_day(last_day: date, *, first_day: date, today: date) -> None:
    if last_day < today:
        raise Refused(_("The last day lies in the past."), field="last_day")
    if last_day - first_day > LONGEST:
        raise Refused(
            _("A survey is open for %(days)s days at most."),
            {"days": LONGEST.days},
            field="last_day",
        )


def _move(survey: Survey, act: Act, **values: object) -> None:
    before = State(survey.state)
    after = next_state(before, act)
    if after is None or (
        Survey.objects.filter(pk=survey.pk, state=before).update(state=after, **values) != 1
    ):
        raise TakenMeanwhile(_("Somebody was faster. Open the survey again to see how it stands."))
    survey.state = after

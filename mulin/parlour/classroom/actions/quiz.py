"""A quiz in the room: opened, joined, answered, led on by the teacher, ended and forgotten.

All of its state stands in the database: whichever process answers next goes on where it stood.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.failpoints import failpoint
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.parlour.classroom.models import Lesson, Player, QuizAnswer
from mulin.parlour.classroom.permissions import may_teach
from mulin.parlour.classroom.rules import (
    ANSWER_TIME,
    LONGEST_NICK,
    MOST_PLAYERS,
    Stage,
    next_stage,
    tally,
)

_KEY_BYTES: Final = 16


def open_quiz(lesson: Lesson, *, by: Actor, now: datetime, token: str | None = None) -> Lesson:
    """Phones may come in. Raises NotPermitted, Refused without questions, TakenMeanwhile."""
    _check(by)
    if not lesson.kit.items:
        raise Refused(_("The kit of this lesson has no quiz."))
    with recording(by, "classroom.open_quiz", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Lesson)
        _moved(lesson, Stage.NONE, stage=Stage.WAITING, at=-1)
        act.on(lesson, after={"stage": lesson.stage})
    return lesson


def lead_on(
    lesson: Lesson, edition: int, *, by: Actor, now: datetime, token: str | None = None
) -> Lesson:
    """The next press of the teacher: the question, its answer, the next question, the end.

    `edition` is what the teacher saw: two presses at once lead on once. Raises NotPermitted,
    TakenMeanwhile.
    """
    _check(by)
    with recording(by, "classroom.lead_on", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Lesson)
        if lesson.edition != edition or not lesson.runs:
            raise _too_late()
        stage, at = next_stage(lesson.stage, lesson.at, len(lesson.kit.items))
        if stage == Stage.OVER:
            _end(lesson)
        elif stage == Stage.SHOWN:
            _moved(lesson, Stage.ASKING, stage=stage, closes_at=None, tally=_count(lesson))
        else:
            _moved(lesson, lesson.stage, stage=stage, at=at, closes_at=now + ANSWER_TIME)
        failpoint("classroom.between_questions")
        act.on(lesson, after={"stage": lesson.stage, "question": lesson.at + 1})
    return lesson


def end_quiz(lesson: Lesson, *, by: Actor, now: datetime, token: str | None = None) -> Lesson:
    """Over: how many were right at each question stays; nicknames and answers go for good.

    Raises NotPermitted, TakenMeanwhile.
    """
    _check(by)
    with recording(by, "classroom.end_quiz", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Lesson)
        if not lesson.runs:
            raise _too_late()
        _end(lesson)
        act.on(lesson, after={"stage": lesson.stage, "players": lesson.players_were})
    return lesson


def join_quiz(lesson: Lesson, nick: str) -> Player:
    """A phone comes in, late or not, under a name of its choice. No act: nobody is to be known.

    Raises Refused for a name that is empty, too long or taken, and where no quiz runs.
    """
    name = " ".join(nick.split())
    if not name or len(name) > LONGEST_NICK:
        raise Refused(_("Choose a name of one to twelve characters."), field="nick")
    try:
        with transaction.atomic():
            if not _held(lesson).runs:
                raise Refused(_("No quiz is open in this class now."))
            if Player.objects.filter(lesson=lesson).count() >= MOST_PLAYERS:
                raise Refused(_("The class is full. Play along with your neighbour."))
            player: Player = Player.objects.create(
                community_id=lesson.community_id, lesson=lesson, nick=name,
                key=secrets.token_urlsafe(_KEY_BYTES),
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused(_("Somebody in the class is called so already."), field="nick") from error
    return player


def answer(player: Player, lesson: Lesson, *, at: int, choice: int, now: datetime) -> QuizAnswer:
    """What a phone chose; the first answer counts. No act: mistakes are nobody's to read.

    Raises Refused when the question is closed, another stands already or the quiz was ended.
    """
    with transaction.atomic():
        held = _held(lesson)
        if held.at != at or not held.takes_answer(now):
            raise Refused(_("Time is up for this question. Wait for the next one."))
        item = held.kit.items[at]
        if not 0 <= choice < len(item.choices):
            raise Refused(_("Choose one of the answers."))
        row: QuizAnswer
        row, _made = QuizAnswer.objects.get_or_create(
            community_id=held.community_id, player=player, at=at, defaults={"choice": choice}
        )
    return row


def put_on_paper(lesson: Lesson, *, by: Actor, now: datetime, token: str | None = None) -> Lesson:
    """The quiz of this lesson is what quiz sheets ask from now on, and that of no other.

    Raises NotPermitted, Refused without questions.
    """
    _check(by)
    if not lesson.kit.items:
        raise Refused(_("The kit of this lesson has no quiz."))
    with recording(by, "classroom.put_on_paper", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Lesson)
        Lesson.objects.filter(on_paper=True).update(on_paper=False)
        Lesson.objects.filter(pk=lesson.pk).update(on_paper=True)
        lesson.on_paper = True
        act.on(lesson, after={"on_paper": True})
    return lesson


def take_sheet(lesson: Lesson, chosen: Mapping[int, int], *, by: Actor, now: datetime) -> Lesson:
    """A quiz sheet comes in: counted question by question, and nothing else of it is kept.

    Raises NotPermitted, Refused for an empty sheet.
    """
    _check(by)
    if not chosen:
        raise Refused(_("Nothing is marked on this sheet."))
    with recording(by, "classroom.take_sheet", now=now) as act:
        row: Lesson = Lesson.objects.select_for_update().select_related("kit").get(pk=lesson.pk)
        items = row.kit.items
        counts = [list(pair) for pair in row.sheet_tally] or [[0, 0] for _item in items]
        for at, choice in chosen.items():
            counts[at][0] += 1
            counts[at][1] += choice == items[at].right
        row.sheet_tally = counts
        row.save(update_fields=["sheet_tally"])
        act.on(row, after={"sheets": max(count for count, _right in counts)})
    return row


def _check(by: Actor) -> None:
    if not may_teach(by):
        raise NotPermitted(_("Whoever holds lessons does this."))


def _held(lesson: Lesson) -> Lesson:
    """The lesson as it stands, held until the transaction ends: nobody leads it on meanwhile, and
    whoever is let in is there when it is counted and forgotten.
    """
    rows = Lesson.objects.select_for_update(of=("self",), no_key=True)
    held: Lesson = rows.select_related("kit", "gathering").get(pk=lesson.pk)
    return held


def _too_late() -> TakenMeanwhile:
    return TakenMeanwhile(_("It was led on already. Look at the page again."))


def _moved(lesson: Lesson, seen: str, **values: object) -> None:
    """Move the quiz as long as it stands where the teacher saw it."""
    values["edition"] = lesson.edition + 1
    rows = Lesson.objects.filter(pk=lesson.pk, stage=seen, edition=lesson.edition)
    if rows.update(**values) != 1:
        raise _too_late()
    for name, value in values.items():
        setattr(lesson, name, value)


def _count(lesson: Lesson) -> list[list[int]]:
    """Give every player their points so far; how many answered and were right, by question."""
    answers = QuizAnswer.objects.filter(player__lesson=lesson)
    points, counts = tally(
        lesson.kit.items, answers.values_list("player_id", "at", "choice"), lesson.at + 1
    )
    players = list(Player.objects.filter(pk__in=points))
    for player in players:
        player.points = points[player.pk]
    Player.objects.bulk_update(players, ["points"], batch_size=200)
    return counts


def _end(lesson: Lesson) -> None:
    counts = _count(lesson)
    players = Player.objects.filter(lesson=lesson)
    _moved(
        lesson, lesson.stage, stage=Stage.OVER, closes_at=None, tally=counts,
        players_were=players.count(),
    )  # fmt: skip
    players.delete()  # their answers go with them

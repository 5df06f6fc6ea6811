"""In the meeting: other words are voted on, then the matter, by hands, by calling names or, in `secret`, by ballot."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.refusals import Refused
from mulin.parlour.deliberation.actions.matters import check_conduct, give_answer, move
from mulin.parlour.deliberation.models import Amendment, Meeting, Point, Resolution, Voice
from mulin.parlour.deliberation.queries import quorum_of, secret_vote_of, who_votes
from mulin.parlour.deliberation.rules import (
    Act,
    Choice,
    Count,
    Method,
    Of,
    State,
    counted,
    is_passed,
)


def word_draft(
    point: Point, words: str, *, by: Actor, now: datetime, token: str | None = None
) -> Point:
    """Write the words that are voted on. Raises NotPermitted, Refused once it is decided."""
    check_conduct(by)
    with recording(by, "deliberation.word_draft", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Point)
        check_undecided(point)
        before, point.draft = point.draft, words.strip()
        point.save(update_fields=["draft"])
        act.on(point, before={"draft": before}, after={"draft": point.draft})
    return point


def vote_amendment(
    point: Point, words: str, count: Count, *, by: Actor, now: datetime, token: str | None = None
) -> Amendment:
    """Other words for the draft, voted on by hands; passed, they take its place.

    Raises NotPermitted, and Refused without quorum or with more hands than seats.
    """
    check_conduct(by)
    with recording(by, "deliberation.vote_amendment", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Amendment)
        meeting = check_undecided(point)
        present, seats = _check_count(meeting, count)
        if not words.strip():
            raise Refused(_("Write the words that were voted on."), field="words")
        passed = _passed(meeting, count, present=present, seats=seats)
        amendment: Amendment = Amendment.objects.create(
            community_id=by.community_id, point=point, words=words.strip(), yes=count.yes,
            no=count.no, abstain=count.abstain, present=present, is_passed=passed, at=now,
        )  # fmt: skip
        if passed:
            point.draft = amendment.words
            point.save(update_fields=["draft"])
        act.on(amendment, after={"passed": passed, "yes": count.yes, "no": count.no})
    return amendment


def decide_by_hands(
    point: Point, count: Count, *, by: Actor, now: datetime, token: str | None = None
) -> Resolution:
    """A show of hands, counted by seats. Raises NotPermitted, Refused, TakenMeanwhile."""
    check_conduct(by)
    with recording(by, "deliberation.decide_by_hands", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Resolution)
        resolution = _decide(point, count, Method.HANDS, by=by, now=now)
        act.on(resolution, after=_told(resolution))
    return resolution


def decide_by_roll_call(
    point: Point, voices: Mapping[int, Choice], *, by: Actor, now: datetime,
    token: str | None = None,
) -> Resolution:  # fmt: skip
    """Each name is called; what was said is written down beside it. `voices` by entry of the roll.

    Raises NotPermitted, Refused, TakenMeanwhile.
    """
    check_conduct(by)
    with recording(by, "deliberation.decide_by_roll_call", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Resolution)
        meeting = check_undecided(point)
        seat_of = dict(who_votes(meeting).values_list("pk", "seat"))
        if set(voices) - set(seat_of):
            raise Refused(_("Somebody who was called is not in the room any more. Open it again."))
        try:
            count = counted(voices, seat_of)
        except ValueError as fault:
            raise Refused(
                _("Two who share a seat said different things: a seat has one voice.")
            ) from fault
        resolution = _decide(point, count, Method.ROLL_CALL, by=by, now=now)
        Voice.objects.bulk_create(
            [
                Voice(
                    community_id=by.community_id, resolution=resolution, entry_id=entry,
                    choice=choice,
                )
                for entry, choice in voices.items()
            ],
            batch_size=500,
        )  # fmt: skip
        act.on(resolution, after=_told(resolution))
    return resolution


def _decide(point: Point, count: Count, method: Method, *, by: Actor, now: datetime) -> Resolution:
    meeting = check_undecided(point)
    if not point.draft:
        raise Refused(_("Write the words of the draft first: they are what is voted on."))
    present, seats = _check_count(meeting, count)
    return conclude(point, count, method, present=present, seats=seats, by=by, now=now)


def conclude(
    point: Point, count: Count, method: Method, *, present: int, seats: int, by: Actor,
    now: datetime,
) -> Resolution:  # fmt: skip
    """Write down what was decided; the matter goes on by it. Part of another action."""
    meeting = Meeting.objects.select_related("rule").get(gathering=point.item.gathering_id)
    passed = _passed(meeting, count, present=present, seats=seats)
    resolution: Resolution = Resolution.objects.create(
        community_id=by.community_id, point=point, matter=point.matter, words=point.draft,
        method=method, yes=count.yes, no=count.no, abstain=count.abstain, present=present,
        seats=seats, is_passed=passed, at=now,
    )  # fmt: skip
    move(point.matter, Act.DECIDE if passed else Act.TURN_DOWN)
    if not passed and not resolution.is_told:
        give_answer(point.matter, str(_("The meeting did not adopt it.")), by=by, now=now)
    elif not passed:
        said = _(
            "The meeting did not adopt it: %(yes)s for, %(no)s against, %(abstain)s abstained."
        )
        give_answer(
            point.matter,
            str(said) % {"yes": count.yes, "no": count.no, "abstain": count.abstain},
            by=by, now=now,
        )  # fmt: skip
    return resolution


def check_undecided(point: Point) -> Meeting:
    """The meeting in which it can be decided now. Raises Refused."""
    if point.matter.state != State.LISTED:
        raise Refused(_("It is decided already, or has left the agenda."))
    meeting: Meeting = Meeting.objects.select_related("gathering", "rule").get(
        gathering=point.item.gathering_id
    )
    if not meeting.gathering.is_planned:
        raise Refused(_("The meeting is over or called off."))
    if secret_vote_of(point) is not None:
        raise Refused(_("It is being voted on secretly: it is decided by that."))
    return meeting


def _check_count(meeting: Meeting, count: Count) -> tuple[int, int]:
    """Seats present and seats of the roll. A meeting without its quorum decides nothing."""
    quorum = quorum_of(meeting)
    if quorum is None:
        raise Refused(_("Freeze the roll first: the quorum is counted from it."))
    if not quorum.is_met:
        raise Refused(
            _("%(present)s of %(seats)s seats are filled; %(needed)s are needed to decide."),
            {"present": quorum.present, "seats": quorum.seats, "needed": quorum.needed},
        )
    if count.all > quorum.present:
        raise Refused(
            _("%(count)s hands, but only %(present)s seats are filled. Count again."),
            {"count": count.all, "present": quorum.present},
        )
    return quorum.present, quorum.seats


def _passed(meeting: Meeting, count: Count, *, present: int, seats: int) -> bool:
    rule = meeting.rule
    return is_passed(count, rule.majority, Of(rule.majority_of), present=present, roll=seats)


def _told(resolution: Resolution) -> dict[str, object]:
    return {
        "method": resolution.method, "passed": resolution.is_passed, "yes": resolution.yes,
        "no": resolution.no, "abstain": resolution.abstain, "present": resolution.present,
        "seats": resolution.seats,
    }  # fmt: skip

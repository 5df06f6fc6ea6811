"""The door: the day's code, somebody takes a child, nobody comes."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.notify.actions.outbox import tell
from mulin.ground.people.models import index_of
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.workshop.childcare.actions.shortage import TOPIC
from mulin.workshop.childcare.models import AlarmAnswer, Carer, Child, DayCode, HandOver, Stay
from mulin.workshop.childcare.permissions import account_of, check_cleared, check_for_child
from mulin.workshop.childcare.queries import (
    Fetcher,
    block_for,
    carers_here,
    fetchers,
    persons_to_tell,
    staff_accounts,
    stopped_fetcher,
)
from mulin.workshop.childcare.rules import (
    ANSWER_COUNTS,
    CODE_DIGITS,
    CODE_TRIES,
    Call,
    Code,
    Proof,
    Who,
    decide,
    is_head_told,
    next_rung,
    rung_now,
)


def _digest(child_id: int, day: date, code: str) -> str:
    """Keyed: six digits alone could all be tried against a plain hash."""
    return index_of("care_code", f"{child_id}:{day.isoformat()}:{code}")


def make_code(
    children: Sequence[Child], day: date, *, by: Actor, now: datetime, token: str | None = None
) -> str:
    """One code for today for these children, siblings share one. It is shown once: only its keyed
    digest stays. An older one of the day is dead. Empty for a form that was sent before.
    """
    for child in children:
        check_for_child(by, child, now)
    if not children:
        raise Refused(_("Choose a child."))
    with recording(by, "childcare.make_code", now=now, token=token) as act:
        if act.is_repeat:
            return ""
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
        for child in children:
            DayCode.objects.update_or_create(
                community_id=by.community_id, child=child, day=day,
                defaults={
                    "digest": _digest(child.pk, day, code), "made_at": now, "tries": 0,
                    "used_at": None,
                },
            )  # fmt: skip
        act.on(children[0], after={"children": sorted(child.pk for child in children)})
    return code


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody at the door showed. `key` names one of the child's list; empty for a stranger,
    who then says a name. `called` is the key of the guardian who was called back.
    """

    key: str = ""
    name: str = ""
    phone: str = ""
    code: str = ""
    id_seen: bool = False
    call: Call = Call.NONE
    called: str = ""
    second: Carer | None = None


def hand_over(
    stay: Stay, shown: Shown, *, by: Actor, now: datetime, token: str | None = None
) -> HandOver:
    """Give a child to somebody, or not: what was shown and what was decided is kept either way.

    The block list stands before everything, by name and phone, also for whoever is on a list. The
    answer is `rules.decide`'s. A person who is blocked is loud to the staff and silent to them.
    """
    check_cleared(by, now)
    with recording(by, "childcare.hand_over", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(HandOver)
        fresh = Stay.objects.here().filter(pk=stay.pk).select_related("child").first()
        if fresh is None:
            raise TakenMeanwhile(_("The child was handed over already."))
        known = fetchers(fresh.child, local_day(now))
        who, name = _who(fresh.child, shown, known)
        call, called = _call(shown, known)
        second = _is_second(shown.second, by, now)
        # Last, so that no refusal gives back a try.
        code = _tried(fresh.child, shown.code, now)
        proof = Proof(who, code=code, id_seen=shown.id_seen, call=call, second=second)
        if who is Who.BLOCKED and code is Code.RIGHT:
            # It is in the wrong hands: whoever comes next shows something else.
            _kill_code(fresh.child_id, now)
        verdict = decide(proof)
        row: HandOver = HandOver.objects.create(
            community_id=by.community_id, stay=fresh, at=now, staff_id=account_of(by),
            second=shown.second if proof.second else None, who=who, name=name, code=code,
            id_seen=shown.id_seen, call=call, called=called,
            answer=verdict.answer,
        )  # fmt: skip
        if verdict.goes:
            _let_go(fresh, code, by=by, now=now)
        elif who is Who.BLOCKED:
            _cry_out(fresh, row, by=by, now=now)
        act.on(row, after={"stay": fresh.pk, "who": who, "answer": verdict.answer})
    return row


def _who(child: Child, shown: Shown, known: Sequence[Fetcher]) -> tuple[Who, str]:
    """How somebody stands to the child, and the name they go by."""
    if not shown.key:
        name = shown.name.strip()
        if not name:
            raise Refused(_("Write who it is."), field="name")
        blocked = block_for(child, name=name, phone=shown.phone)
        return (Who.BLOCKED if blocked else Who.STRANGER), name
    for one in known:
        if one.key == shown.key:
            return one.who, f"{one.name}（{one.relation}）"
    # The page was open while a court's word came in: that person is still loud to the staff.
    gone = stopped_fetcher(child, shown.key)
    if gone is not None and block_for(child, name=gone.name, phone=gone.phone):
        return Who.BLOCKED, f"{gone.name}（{gone.relation}）"
    raise Refused(_("This person is on the list no more. Open the page again."))


def _tried(child: Child, typed: str, now: datetime) -> Code:
    """Whether a code is today's, unused, and not tried too often."""
    digits = "".join(letter for letter in typed if letter.isdigit())
    if not digits:
        return Code.NONE
    day = local_day(now)
    row = DayCode.objects.filter(child=child, day=day).first()
    if row is None or row.used_at is not None or row.tries >= CODE_TRIES:
        return Code.WRONG
    if not secrets.compare_digest(row.digest, _digest(child.pk, day, digits)):
        row.tries += 1
        row.save(update_fields=["tries"])
        return Code.WRONG
    return Code.RIGHT


def _call(shown: Shown, known: Sequence[Fetcher]) -> tuple[Call, str]:
    """What the call is worth, and who was called. A yes at a number of today, or of a guardian whom
    another one forbids, is doubtful.
    """
    if shown.call is Call.NONE:
        return Call.NONE, ""
    guardians = [one for one in known if one.key.startswith("g") and one.who is not Who.BLOCKED]
    for one in guardians:
        if one.key == shown.called:
            is_doubtful = one.is_phone_new or one.who is Who.DISPUTED
            call = Call.DOUBTFUL if shown.call is Call.AGREED and is_doubtful else shown.call
            return call, f"{one.name}（{one.relation}）"
    raise Refused(_("Say which guardian you called."), field="called")


def _is_second(second: Carer | None, by: Actor, now: datetime) -> bool:
    """Another adult who is in the room."""
    if second is None:
        return False
    is_here = carers_here(now).filter(pk=second.pk).exists()
    if second.person.account_id == by.account_id or not is_here:
        raise Refused(_("The second adult is somebody else who is in the room."), field="second")
    return True


def _let_go(stay: Stay, code: Code, *, by: Actor, now: datetime) -> None:
    if Stay.objects.here().filter(pk=stay.pk).update(left_at=now) != 1:
        raise TakenMeanwhile(_("The child was handed over already."))
    if code is Code.RIGHT:
        _kill_code(stay.child_id, now)
    for person_id in persons_to_tell(stay.child):
        tell(
            ("person", person_id), by=by, topic=TOPIC, subject=_("Fetched from childcare"),
            body=_("Your child was fetched just now. If you know nothing of it, call us at once."),
            path="/childcare/mine/", now=now, key=f"childcare-gone-{stay.pk}", may_wait=True,
        )  # fmt: skip


def _kill_code(child_id: int, now: datetime) -> None:
    DayCode.objects.filter(child=child_id, day=local_day(now)).update(used_at=now)


def _cry_out(stay: Stay, row: HandOver, *, by: Actor, now: datetime) -> None:
    """Loud to the staff: everybody of the room and the head."""
    for account_id in sorted(staff_accounts(now, with_head=True)):
        tell(
            ("account", account_id), by=by, topic=TOPIC, is_alarm=True, now=now,
            subject=_("Somebody who must not take a child is at the door"),
            body=_("Go there. Keep the child inside. Call 110 if they don't leave."),
            path="/childcare/count/", key=f"childcare-blocked-{row.pk}",
        )  # fmt: skip


# ── nobody came ──────────────────────────────────────────────────────────────────────────────


def ring(stay: Stay, *, by: Actor, now: datetime) -> Stay:
    """The next rung of a child that nobody fetched: the family and the room, then the head, again
    and again until somebody does something.
    """
    if not by.is_system:
        raise NotPermitted(_("This happens by itself."))
    with recording(by, "childcare.ring", now=now) as act:
        fresh: Stay | None = Stay.objects.here().filter(pk=stay.pk, rings_at__lte=now).first()
        if fresh is None:
            act.drop()
            return stay
        fresh.rung = rung_now(fresh.closing_at, fresh.rung, now)
        fresh.rings_at = max(next_rung(fresh.closing_at, fresh.rung), now + timedelta(minutes=1))
        fresh.save(update_fields=["rung", "rings_at"])
        _ring(fresh, by=by, now=now)
        act.on(fresh, after={"rung": fresh.rung})
    return fresh


def _ring(stay: Stay, *, by: Actor, now: datetime) -> None:
    key = f"childcare-late-{stay.pk}-{stay.rung}"
    for person_id in persons_to_tell(stay.child):
        tell(
            ("person", person_id), by=by, topic=TOPIC, is_alarm=True, now=now, key=key,
            subject=_("Your child waits for you"),
            body=_("Childcare has closed. Please come, or call the room now."),
            path="/childcare/mine/",
        )  # fmt: skip
    for account_id in sorted(staff_accounts(now, with_head=is_head_told(stay.rung))):
        tell(
            ("account", account_id), by=by, topic=TOPIC, is_alarm=True, now=now, key=key,
            subject=_("A child was not fetched"),
            body=_(
                "Call the guardians one after the other; the room has their numbers. Two adults stay."
            ),
            path="/childcare/count/",
        )  # fmt: skip


def answer_alarm(
    stay: Stay, words: str, *, by: Actor, now: datetime, until: datetime | None = None,
    token: str | None = None,
) -> AlarmAnswer:  # fmt: skip
    """Somebody says what happens now: "his mother comes at half past". It counts half an hour at
    most, then the ladder goes on; only the hand-over ends it.
    """
    check_cleared(by, now)
    if not words.strip():
        raise Refused(_("Say what happens now."), field="words")
    with recording(by, "childcare.answer_alarm", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(AlarmAnswer)
        last = min(until or now + ANSWER_COUNTS, now + ANSWER_COUNTS)
        if Stay.objects.here().filter(pk=stay.pk).update(rings_at=last) != 1:
            raise TakenMeanwhile(_("The child was handed over already."))
        row: AlarmAnswer = AlarmAnswer.objects.create(
            community_id=by.community_id, stay=stay, at=now, account_id=account_of(by),
            words=words.strip(), until=last,
        )  # fmt: skip
        act.on(row, after={"stay": stay.pk, "until": last})
    return row

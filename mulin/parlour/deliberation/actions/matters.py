"""A matter is proposed, seconded, taken over from a need, screened."""

from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mulin.commons.flow.actions import add_step, answer, hand_over, join, open_need
from mulin.commons.flow.models import Need, Step
from mulin.commons.flow.receivers import receivers
from mulin.commons.flow.said import Said
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.notify.actions import tell, tell_desk
from mulin.ground.people.models import Person
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.parlour.deliberation.models import Matter, Origin, Seconder, Size
from mulin.parlour.deliberation.permissions import may_conduct, may_propose
from mulin.parlour.deliberation.queries import next_number, seconders_wanted
from mulin.parlour.deliberation.rules import Act, State, next_state

#: As what flow knows this room.
ROOM: Final = "deliberation"
#: Where a need that another room gives was said first.
_BORN_IN: Final = {"suggestions": Origin.SUGGESTION}


def move(matter: Matter, act: Act, **values: object) -> None:
    """Take a matter to its next state, once. Part of another action. Raises TakenMeanwhile."""
    before = State(matter.state)
    after = next_state(before, act)
    rows = Matter.objects.filter(pk=matter.pk, state=before)
    if after is None or rows.update(state=after, **values) != 1:
        raise TakenMeanwhile(_("This matter has moved on meanwhile. Open it again."))
    matter.state = after
    for name, value in values.items():
        setattr(matter, name, value)


def check_conduct(by: Actor) -> None:
    """Raises NotPermitted for whoever does not sit at the desk."""
    if not may_conduct(by):
        raise NotPermitted(_("The desk looks after the matters of the hall."))


def propose(
    *, title: str, words: str, size: str = Size.SMALL, origin: str = Origin.MOTION,
    proposer: Person | None = None, by: Actor, now: datetime, token: str | None = None,
) -> Matter:  # fmt: skip
    """Bring a matter in. A motion of residents looks for seconders first; the rest is screened.

    Residents bring in motions of their own; the desk whatever it is told, in anybody's name.
    Raises NotPermitted, Refused.
    """
    if not may_propose(by):
        raise NotPermitted(_("Sign in, or bring your motion to the desk."))
    if not by.is_desk and (origin != Origin.MOTION or proposer is None):
        raise NotPermitted(_("Residents bring in motions of their own."))
    if not title.strip():
        raise Refused(_("Say in a few words what it is about."), field="title")
    with recording(by, "deliberation.propose", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Matter)
        is_motion = origin == Origin.MOTION
        matter: Matter = Matter.objects.create(
            community_id=by.community_id, number=next_number(), title=title.strip(),
            words=words.strip(), size=size, origin=origin, proposer=proposer, proposed_at=now,
            state=State.SECONDING if is_motion else State.PROPOSED,
            wanted_seconders=seconders_wanted(local_day(now)) if is_motion else 0,
        )  # fmt: skip
        act.on(matter, after={"title": matter.title, "origin": origin})
    return matter


def second(
    matter: Matter, person: Person, *, by: Actor, now: datetime, token: str | None = None
) -> Matter:
    """Want a motion to be heard; once each, never one's own. With enough of them it is screened.

    Raises NotPermitted, Refused.
    """
    if not by.is_desk and by.person_id not in Person.everyone_of(person):
        raise NotPermitted(_("Everybody seconds for themselves, or at the desk."))
    with recording(by, "deliberation.second", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Matter)
        if matter.state != State.SECONDING:
            raise Refused(_("It has its seconders already."))
        if matter.proposer is not None and person.pk in Person.everyone_of(matter.proposer):
            raise Refused(_("Whoever brought it in is no seconder: others are wanted."))
        _row, is_new = Seconder.objects.get_or_create(
            community_id=by.community_id, matter=matter, person=person,
            defaults={"at": now, "channel": by.channel},
        )  # fmt: skip
        if not is_new:
            raise Refused(_("They have seconded it already."))
        count = Seconder.objects.filter(matter=matter).count()
        if count >= matter.wanted_seconders:
            move(matter, Act.SECOND)
            tell_desk(
                by=by, topic="matter", subject=_("A motion has its seconders"), body=matter.title,
                path=f"/deliberation/desk/{matter.pk}/", now=now, key=f"matter-{matter.pk}-seconded",
            )  # fmt: skip
        act.on(matter, after={"seconders": count})
    return matter


def take_need(need: Need, by: Actor, why: str, now: datetime) -> Matter:
    """The hall takes a need over from another room. Part of `flow.hand_over`.

    What was said stays on the need; the street reads what the clerk wrote of why it is a matter.
    """
    title = why.strip()[:80] or str(_("A matter for the neighbours"))
    # The last line of its thread stands in the room that it comes from.
    came_from = (
        Step.objects.filter(need=need).order_by("-pk").values_list("room", flat=True).first()
    )
    matter: Matter = Matter.objects.create(
        community_id=need.community_id, number=next_number(), title=title, words="",
        origin=_BORN_IN.get(came_from or "", Origin.DEMAND), need=need, proposed_at=now,
        state=State.PROPOSED,
    )  # fmt: skip
    return matter


def screen(
    matter: Matter, *, is_admitted: bool, reason: str, size: str | None = None,
    title: str | None = None, words: str | None = None, by: Actor, now: datetime,
    token: str | None = None,
) -> Matter:  # fmt: skip
    """Take a matter up, or not, with a reason that whoever brought it in reads.

    Raises NotPermitted, Refused without a reason, TakenMeanwhile.
    """
    check_conduct(by)
    with recording(by, "deliberation.screen", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Matter)
        if not reason.strip():
            raise Refused(_("Give the reason: whoever brought it in reads it."), field="reason")
        if is_admitted and matter.state == State.SECONDING:
            raise Refused(_("It still looks for its seconders."), field="is_admitted")
        worded = {"title": title, "words": words, "size": size}
        move(
            matter, Act.ADMIT if is_admitted else Act.REFUSE, screened_at=now,
            screened_by_id=by.account_id, reason=reason.strip(),
            **{name: value.strip() for name, value in worded.items() if value},
        )  # fmt: skip
        if is_admitted:
            tell_proposer(
                matter, subject=_("Your matter is taken up: %(title)s"), body=matter.reason, by=by,
                now=now, key="admitted",
            )  # fmt: skip
        else:
            give_answer(matter, matter.reason, by=by, now=now)
        act.on(matter, after={"state": matter.state, "reason": matter.reason})
    return matter


def rooms_beside() -> list[tuple[str, str | Promise]]:
    """The other rooms that take over what was deliberated here."""
    return [(one.room, one.label) for one in receivers() if one.room != ROOM]


def pass_on(
    matter: Matter, *, to: str, why: str, by: Actor, now: datetime, token: str | None = None
) -> Matter:
    """Give a matter that was taken up, or a resolution that stands, to another room, such as the
    candidates of the Double-Five. Whoever brought it in hears from there.

    Raises NotPermitted, Refused while a task is open and for a room that takes nothing over,
    TakenMeanwhile.
    """
    check_conduct(by)
    with recording(by, "deliberation.pass_on", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Matter)
        labels = dict(rooms_beside())
        if to not in labels:
            raise Refused(_("Choose where it goes."), field="to")
        if not why.strip():
            raise Refused(_("Say why, so that they know what is expected."), field="why")
        if matter.tasks.filter(done_at__isnull=True).exists():
            raise Refused(_("A task is still open. When all are done, the matter goes on."))
        outcome = gettext("Passed on to: %(room)s. %(why)s")
        move(
            matter, Act.PASS_ON, finished_at=now,
            outcome=outcome % {"room": labels[to], "why": why.strip()},
        )  # fmt: skip
        if matter.need is None:
            matter.need = _need_of(matter, by=by, now=now)
            matter.save(update_fields=["need"])
        hand_over(matter.need, to=to, by=by, why=why.strip(), now=now)
        act.on(matter, after={"to": to, "why": why.strip()})
    return matter


def _need_of(matter: Matter, *, by: Actor, now: datetime) -> Need:
    """What a motion, or the committee, wants, as something that was said: so it can go on."""
    words = "\n".join(one for one in (matter.title, matter.words) if one)
    asker = by.by(by.channel, on_behalf_of=matter.proposer_id) if matter.proposer_id else by
    need = open_need(Said(words=words, person=matter.proposer), by=asker, room=ROOM, now=now)
    join(matter, "grew_out_of", need, by=by, now=now)
    return need


def tell_proposer(
    matter: Matter, *, subject: str | Promise, body: str, by: Actor, now: datetime, key: str
) -> None:
    """Whoever brought it in hears of it: by a line on their need, or by a message of its own.

    Part of another action.
    """
    if matter.need is not None:
        add_step(
            matter.need, by=by, kind="deliberation", record=matter, now=now, tell_asker=True,
            line=_("%(title)s: %(words)s") % {"title": matter.title, "words": body},
        )  # fmt: skip
        return
    if matter.proposer_id is not None:
        tell(
            ("person", matter.proposer_id), by=by, topic="matter",
            subject=subject % {"title": matter.title}, body=body,
            path=f"/deliberation/m/{matter.code}/", now=now, key=f"matter-{matter.pk}-{key}",
        )  # fmt: skip


def give_answer(matter: Matter, words: str, *, by: Actor, now: datetime) -> None:
    """The hall is done with it: through flow for a need, so that reception asks for confirmation.

    Part of another action.
    """
    if matter.need is not None:
        answer(matter.need, by=by, words=words, record=matter, now=now)
        return
    tell_proposer(
        matter, subject=_("News of your matter: %(title)s"), body=words, by=by, now=now,
        key=f"answer-{matter.state}",
    )  # fmt: skip

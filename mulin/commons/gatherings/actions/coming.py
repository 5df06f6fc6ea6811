"""People are told, sign up, decline, are here, are read back from a paper list."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from mulin.commons.gatherings.actions.planning import check_keep, note_notice
from mulin.commons.gatherings.models import Attendance, Gathering
from mulin.commons.gatherings.permissions import is_themselves, may_keep
from mulin.commons.gatherings.queries import attendance_of, counts_of, next_line, topic_of
from mulin.commons.gatherings.rules import Stand, stand_for
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor, system
from mulin.ground.notify.actions import tell
from mulin.ground.people.models import Person
from mulin.kit.channels import Channel
from mulin.kit.clock import believed
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.sentences import Sentence
from mulin.kit.templatetags.kit import dated

#: So many are told in one round of the sweep.
TOLD_AT_ONCE = 200

_when = lazy(dated, str)  # said in the language of whoever is told


def invite(
    gathering: Gathering, people: Iterable[Person], *, by: Actor, now: datetime,
    token: str | None = None,
) -> int:  # fmt: skip
    """Put people on the list; they are told within minutes. Returns how many are new.

    Who has neither phone nor WeChat is told at the door or by a call, by whoever knows them.
    Raises NotPermitted, Refused.
    """
    check_keep(by, gathering)
    with recording(by, "gatherings.invite", now=now, token=token) as act:
        if act.is_repeat:
            return 0
        if not gathering.is_planned:
            raise Refused(_("It is over or called off: nobody is asked to it any more."))
        known = set(Attendance.objects.filter(gathering=gathering).values_list("person", flat=True))
        line = next_line(gathering)
        fresh = [person for person in people if person.pk not in known]
        Attendance.objects.bulk_create(
            [
                Attendance(
                    community_id=by.community_id, gathering=gathering, person=person,
                    line=line + number, stand=Stand.INVITED,
                )
                for number, person in enumerate(fresh)
            ],
            batch_size=500,
        )  # fmt: skip
        note_notice(gathering, now)
        act.on(gathering, after={"told": len(fresh)})
    return len(fresh)


def tell_waiting(gathering: Gathering, *, now: datetime, most: int = TOLD_AT_ONCE) -> int:
    """Tell those who do not know the latest of it; returns how many. Called by the sweep."""
    rows = list(
        Attendance.objects.filter(gathering=gathering)
        .to_tell()
        .select_related("person", "gathering__place")
        .order_by("line")[:most]
    )
    by = system(gathering.community_id)
    for row in rows:
        if gathering.is_cancelled and row.told_edition == 0:
            continue  # never heard of it, and need not now
        tell(
            ("person", row.person_id), by=by, topic=topic_of(gathering),
            subject=_subject(gathering, is_first=row.told_edition == 0), body=_body(gathering),
            path=f"/gatherings/{gathering.code}/", now=now,
            key=f"gathering-{gathering.pk}-{gathering.edition}",
        )  # fmt: skip
    Attendance.objects.filter(pk__in=[row.pk for row in rows]).update(
        told_edition=gathering.edition
    )
    return len(rows)


def _subject(gathering: Gathering, *, is_first: bool) -> Sentence:
    said = {"title": gathering.title}
    if gathering.is_cancelled:
        return Sentence(gettext_noop("Called off: %(title)s"), said)
    if is_first:
        return Sentence(gettext_noop("You are invited: %(title)s"), said)
    return Sentence(gettext_noop("Another time or place: %(title)s"), said)


def _body(gathering: Gathering) -> Sentence:
    said = {
        "when": _when(gathering.starts_at), "where": gathering.where, "why": gathering.why_changed,
    }  # fmt: skip
    if gathering.is_cancelled:
        return Sentence(gettext_noop("It does not take place. %(why)s"), said)
    return Sentence(gettext_noop("%(when)s, %(where)s. %(why)s"), said)


def say_coming(
    gathering: Gathering, person: Person, *, comes: bool, by: Actor, now: datetime,
    token: str | None = None,
) -> Attendance:  # fmt: skip
    """Somebody says that they come, or that they do not; the next on the waiting list moves up.

    For themselves, or staff in their name. A full gathering gives a place on the waiting list;
    who comes and who waits is decided one after the other, so no seat is given twice. Raises
    NotPermitted, Refused.
    """
    if not is_themselves(by, person) and not may_keep(by, gathering):
        raise NotPermitted(_("Everybody answers for themselves, or at the desk."))
    with recording(by, "gatherings.say_coming", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Attendance)
        if not gathering.is_planned or now >= gathering.ends_at:
            raise Refused(_("It is over or called off: one cannot sign up any more."))
        row = attendance_of(gathering, person.pk) or _on_list(gathering, person)
        had_seat = row.stand == Stand.GOING
        if not comes:
            row.stand = Stand.DECLINED
        elif row.stand not in {Stand.GOING, Stand.WAITING}:
            row.stand = stand_for(gathering.capacity, counts_of(gathering).going)
        row.channel, row.answered_at = by.channel, now
        row.save()
        if had_seat and not comes:
            move_up(gathering, now=now)
        act.on(row, after={"stand": row.stand})
    return row


def move_up(gathering: Gathering, *, now: datetime) -> int:
    """Give free seats to whoever waits longest, and tell them. Part of another action."""
    free = counts_of(gathering).free
    waiting = Attendance.objects.filter(gathering=gathering, stand=Stand.WAITING)
    moved = list(waiting.order_by("answered_at", "line")[:free])
    for row in moved:
        row.stand = Stand.GOING
        row.save(update_fields=["stand"])
        tell(
            ("person", row.person_id), by=system(gathering.community_id),
            topic=topic_of(gathering),
            subject=Sentence(
                gettext_noop("There is a seat for you: %(title)s"), {"title": gathering.title}
            ),
            body=_body(gathering), path=f"/gatherings/{gathering.code}/", now=now,
            key=f"gathering-{gathering.pk}-seat-{row.pk}",
        )  # fmt: skip
    return len(moved)


def sign_in(
    gathering: Gathering, person: Person, *, by: Actor, now: datetime,
    happened: datetime | None = None, token: str | None = None,
) -> Attendance:  # fmt: skip
    """Somebody is here: by the code at the door, or by name in front of whoever keeps the door.

    Once: a second time changes nothing. `happened` is when it was, if a device kept it for want
    of a network. Raises NotPermitted, Refused.
    """
    if not is_themselves(by, person) and not may_keep(by, gathering):
        raise NotPermitted(_("Everybody signs in themselves, or at the door."))
    with recording(by, "gatherings.sign_in", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Attendance)
        moment = believed(happened, now)
        if not gathering.takes_sign_in(moment):
            raise Refused(_("Signing in is open from an hour before it begins until it is over."))
        row = attendance_of(gathering, person.pk) or _on_list(gathering, person)
        if row.came_at is None:
            _arrive(row, by=by, moment=moment)
        elif row.left_at is not None:  # they came back: the time away is not taken off
            row.left_at = None
            row.save(update_fields=["left_at"])
        act.on(row, after={"came_at": row.came_at, "by": row.came_by})
    return row


def undo_sign_in(
    attendance: Attendance, *, by: Actor, now: datetime, token: str | None = None
) -> Attendance:
    """The wrong name was pressed. Raises NotPermitted, Refused once the list is closed."""
    check_keep(by, attendance.gathering)
    with recording(by, "gatherings.undo_sign_in", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Attendance)
        if not attendance.gathering.is_planned:
            raise Refused(_("The list is closed."))
        before = attendance.came_at
        attendance.came_at, attendance.came_by, attendance.left_at = None, "", None
        attendance.signed_in_by = None
        attendance.save(update_fields=["came_at", "came_by", "left_at", "signed_in_by"])
        act.on(attendance, before={"came_at": before}, after={"came_at": None})
    return attendance


def leave(
    attendance: Attendance, *, by: Actor, now: datetime, token: str | None = None
) -> Attendance:
    """Somebody goes before the end: their minutes end here, and their seat is empty.

    Raises NotPermitted, and Refused for whoever is not here or once the list is closed.
    """
    check_keep(by, attendance.gathering)
    with recording(by, "gatherings.leave", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Attendance)
        if not attendance.gathering.is_planned:
            raise Refused(_("The list is closed."))
        if attendance.came_at is None or attendance.left_at is not None:
            raise Refused(_("They are not in the room."))
        attendance.left_at = now
        attendance.save(update_fields=["left_at"])
        act.on(attendance, after={"left_at": now})
    return attendance


def read_back(
    gathering: Gathering, lines: Collection[int], *, walk_ins: int | None, by: Actor,
    now: datetime, token: str | None = None,
) -> int:  # fmt: skip
    """Take in the paper list: the lines somebody signed, and how many stood below without a line.

    Whoever is marked as here stays so. Returns how many are new. Raises NotPermitted, and Refused
    with the numbers that are not on the list.
    """
    check_keep(by, gathering)
    paper = by.by(Channel.PAPER)
    with recording(paper, "gatherings.read_back", now=now, token=token) as act:
        if act.is_repeat:
            return 0
        if not gathering.is_planned:
            raise Refused(_("The list is closed."))
        rows = {
            row.line: row
            for row in Attendance.objects.filter(gathering=gathering, line__in=list(lines))
        }
        unknown = sorted(set(lines) - set(rows))
        if unknown:
            raise Refused(
                _("These numbers are not on the list: %(lines)s"),
                {"lines": ", ".join(map(str, unknown[:20]))},
                field="lines",
            )
        fresh = [row for row in rows.values() if row.came_at is None]
        for row in fresh:
            _arrive(row, by=paper, moment=gathering.starts_at)
        if walk_ins is not None:
            Gathering.objects.filter(pk=gathering.pk).update(walk_ins=walk_ins)
            gathering.walk_ins = walk_ins
        act.on(gathering, after={"lines": sorted(rows), "walk_ins": gathering.walk_ins})
    return len(fresh)


def _on_list(gathering: Gathering, person: Person) -> Attendance:
    """A line for somebody whom nobody told; they know of it, so they need not be told again."""
    row: Attendance = Attendance.objects.create(
        community_id=gathering.community_id, gathering=gathering, person=person,
        line=next_line(gathering), stand=Stand.INVITED, told_edition=gathering.edition,
    )  # fmt: skip
    return row


def _arrive(row: Attendance, *, by: Actor, moment: datetime) -> None:
    row.came_at, row.came_by = moment, by.channel
    row.signed_in_by_id = by.account_id
    row.save(update_fields=["came_at", "came_by", "signed_in_by"])

"""Who is here, from when to when; what of it counts; corrections asked and decided."""

from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from mulin.circle.volunteers.models import (
    Activity,
    Correction,
    Duty,
    Service,
    Stay,
    Volunteer,
)
from mulin.circle.volunteers.permissions import check_keeper, check_own
from mulin.circle.volunteers.queries import all_of, taken_elsewhere
from mulin.circle.volunteers.rules import (
    DOOR_AFTER,
    DOOR_BEFORE,
    Span,
    counted,
    may_check_in,
    minutes_in,
)
from mulin.commons.gatherings.actions.coming import leave as leave_gathering
from mulin.commons.gatherings.actions.coming import sign_in
from mulin.commons.gatherings.actions.planning import close_gathering
from mulin.commons.gatherings.models import Attendance
from mulin.commons.gatherings.queries import attendance_of
from mulin.commons.gatherings.rules import State
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor, system
from mulin.ground.notify.actions import tell
from mulin.ground.people.models import Person
from mulin.kit.channels import Channel
from mulin.kit.clock import believed
from mulin.kit.refusals import Refused, TakenMeanwhile
from mulin.kit.sentences import Sentence

#: How long after an activity its times may be corrected.
CORRECTED_WITHIN: Final = timedelta(days=365)


def check_in(
    activity: Activity, volunteer: Volunteer, *, by: Actor, now: datetime,
    happened: datetime | None = None, token: str | None = None,
) -> Stay:  # fmt: skip
    """Somebody is here: by the code at the door, or by whoever leads. Once, until they sign out.

    Who is signed in elsewhere is signed out there: nobody is in two places. Raises NotPermitted,
    Refused.
    """
    check_own(by, volunteer)
    with recording(by, "volunteers.check_in", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Stay)
        moment = believed(happened, now)
        gathering = activity.gathering
        if not gathering.is_planned or not may_check_in(*activity.span, moment):
            raise Refused(_("Signing in is open from an hour before it begins until it is over."))
        if activity.lacks_insurance:
            raise Refused(_("This may be dangerous: note the insurance of the volunteers first."))
        mine = Stay.objects.filter(volunteer__in=all_of(volunteer), left_at__isnull=True)
        stay = mine.filter(activity=activity).first()
        if stay is None:
            for other in mine.exclude(activity=activity):
                _end(other, max(moment, other.came_at), Channel.SYSTEM)
            stay = Stay.objects.create(
                community_id=by.community_id, activity=activity, volunteer=volunteer,
                came_at=moment, came_by=by.channel,
            )  # fmt: skip
            sign_in(
                gathering, volunteer.person, by=system(by.community_id).by(by.channel), now=now,
                happened=happened,
            )  # fmt: skip
        act.on(stay, after={"came_at": stay.came_at})
    return stay


def check_out(
    activity: Activity, volunteer: Volunteer, *, by: Actor, now: datetime,
    happened: datetime | None = None, token: str | None = None,
) -> Stay:  # fmt: skip
    """Somebody goes. Raises NotPermitted, and Refused for whoever is not here or once it is counted."""
    check_own(by, volunteer)
    with recording(by, "volunteers.check_out", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Stay)
        moment = believed(happened, now)
        stay = Stay.objects.filter(
            activity=activity, volunteer__in=all_of(volunteer), left_at__isnull=True
        ).first()
        if stay is None:
            raise Refused(_("They are not signed in here."))
        _end(stay, max(moment, stay.came_at), by.channel)
        row = attendance_of(activity.gathering, volunteer.person_id)
        if (
            row is not None
            and row.is_here
            and row.left_at is None
            and activity.gathering.is_planned
        ):
            leave_gathering(row, by=system(by.community_id), now=stay.left_at or moment)
        act.on(stay, after={"left_at": stay.left_at})
    return stay


def _end(stay: Stay, moment: datetime, channel: str) -> None:
    stay.left_at, stay.left_by = moment, channel
    stay.save(update_fields=["left_at", "left_by"])


def close(
    activity: Activity, *, ended_at: datetime, by: Actor, now: datetime, token: str | None = None
) -> Activity:
    """It is over: the list is closed and minutes are counted. Raises NotPermitted, Refused."""
    check_keeper(by)
    with recording(by, "volunteers.close", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Activity)
        close_gathering(activity.gathering, ended_at=ended_at, by=by, now=now)
        total = count(activity, now=now)
        act.on(activity, after={"minutes": total})
    return activity


def count_closed(now: datetime) -> int:
    """Count the activities whose list was closed on the page of gatherings. Called by the sweep."""
    waiting = Activity.objects.filter(counted_at__isnull=True, gathering__state=State.HELD)
    done = 0
    for activity in waiting.select_related("gathering", "kind"):
        with recording(system(activity.community_id), "volunteers.count", now=now) as act:
            total = count(activity, now=now)
            act.on(activity, after={"minutes": total})
            done += 1
    return done


def count(activity: Activity, *, now: datetime) -> int:
    """Make services of stays; the whole minutes of the activity. Part of another action.

    Whoever forgot to sign out counts until the end of their shift or of the activity, whichever is
    earlier; who signed in at the code of the gathering and is on duty, as if they had signed in here.
    """
    _take_over_attendances(activity)
    stays = Stay.objects.filter(activity=activity).select_related("volunteer__person")
    forgotten = [one for one in stays if one.left_at is None]
    for stay in forgotten:
        _end(stay, max(activity.gathering.ends_at, stay.came_at), Channel.SYSTEM)
    total = 0
    for volunteer in {one.volunteer_id: one.volunteer for one in stays}.values():
        total += _count_one(activity, volunteer)
    served = Service.objects.filter(activity=activity).values("volunteer__person")
    # The one sum of hours (`gatherings.minutes_of`) counts those who served, not those who were served.
    Attendance.objects.filter(gathering=activity.gathering_id).exclude(person__in=served).update(
        minutes=None
    )
    Activity.objects.filter(pk=activity.pk).update(counted_at=now)
    activity.counted_at = now
    return total


def _take_over_attendances(activity: Activity) -> None:
    going = Duty.objects.going().filter(shift__activity=activity).select_related("volunteer")
    by_person = {one.volunteer.person_id: one.volunteer for one in going}
    known = set(Stay.objects.filter(activity=activity).values_list("volunteer", flat=True))
    rows = Attendance.objects.filter(gathering=activity.gathering_id, person__in=by_person).here()
    for row in rows:
        volunteer = by_person[row.person_id]
        if volunteer.pk not in known:
            Stay.objects.create(
                community_id=activity.community_id, activity=activity, volunteer=volunteer,
                came_at=row.came_at, left_at=row.left_at, came_by=row.came_by,
                left_by=Channel.WALK_IN if row.left_at else "",
            )  # fmt: skip


def _count_one(activity: Activity, volunteer: Volunteer) -> int:
    shifts = [
        duty.shift
        for duty in Duty.objects.going()
        .filter(shift__activity=activity, volunteer=volunteer)
        .select_related("shift")
    ]
    for shift in shifts:
        shift.activity = activity
    allowed = [shift.span for shift in shifts] or [activity.span]
    granted = (
        Correction.objects.filter(activity=activity, volunteer=volunteer, is_granted=True)
        .order_by("-decided_at", "-id")
        .first()
    )
    if granted is not None:
        stays = [Span(granted.came_at, granted.left_at)]
        allowed = stays
    else:
        stays = [
            Span(one.came_at, one.left_at)
            for one in Stay.objects.filter(activity=activity, volunteer=volunteer)
            if one.left_at is not None
        ]
    pieces = counted(stays, allowed, taken_elsewhere(volunteer, activity))
    Service.objects.filter(activity=activity, volunteer=volunteer).delete()
    Service.objects.bulk_create(
        Service(
            community_id=activity.community_id, activity=activity, volunteer=volunteer,
            begins_at=piece.begins, ends_at=piece.ends, minutes=minutes_in([piece]),
        )
        for piece in pieces
    )  # fmt: skip
    minutes = minutes_in(pieces)
    Attendance.objects.filter(
        gathering=activity.gathering_id, person=volunteer.person_id
    ).update(minutes=minutes)  # fmt: skip
    return minutes


def ask_correction(
    activity: Activity, volunteer: Volunteer, *, came_at: datetime, left_at: datetime, why: str,
    by: Actor, now: datetime, token: str | None = None,
) -> Correction:  # fmt: skip
    """Other times are right, says the volunteer 《志愿服务条例》第19条. Raises NotPermitted, Refused beside
    the field.
    """
    check_own(by, volunteer)
    if left_at <= came_at:
        raise Refused(_("It ends before it begins. Look at both times."), field="left_at")
    if left_at > now:
        raise Refused(_("This time is still to come."), field="left_at")
    if not why.strip():
        raise Refused(_("Say in a few words what was wrong."), field="why")
    span = activity.span
    if not (span.begins - DOOR_BEFORE <= came_at and left_at <= span.ends + DOOR_AFTER):
        raise Refused(
            _("From an hour before the activity until two hours after it; not further."),
            field="came_at",
        )
    if activity.gathering.ends_at < now - CORRECTED_WITHIN:
        raise Refused(_("This was more than a year ago: please call us."))
    with recording(by, "volunteers.ask_correction", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Correction)
        if activity.counted_at is None:
            raise Refused(_("Its minutes are not counted yet. Wait until the list is closed."))
        asked = Correction.objects.filter(activity=activity, volunteer=volunteer)
        if asked.filter(decided_at__isnull=True).exists():
            raise Refused(_("You asked already; it is being looked at."))
        row: Correction = Correction.objects.create(
            community_id=by.community_id, activity=activity, volunteer=volunteer,
            came_at=came_at, left_at=left_at, why=why.strip(), asked_at=now, channel=by.channel,
            minutes_before=_minutes_at(activity, volunteer),
        )  # fmt: skip
        act.on(row, after={"came_at": came_at, "left_at": left_at})
    return row


def decide_correction(
    correction: Correction, *, is_granted: bool, answer: str, by: Actor, now: datetime,
    token: str | None = None,
) -> Correction:  # fmt: skip
    """Grant it or not, with a reason; minutes are counted again at once. Raises NotPermitted, Refused
    for one's own, TakenMeanwhile.
    """
    check_keeper(by)
    check_not_own(by, correction.volunteer)
    if not is_granted and not answer.strip():
        raise Refused(_("Say why not: the volunteer reads it."), field="answer")
    with recording(by, "volunteers.decide_correction", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Correction)
        rows = Correction.objects.filter(pk=correction.pk, decided_at__isnull=True)
        values = {
            "decided_at": now, "decided_by_id": by.account_id, "is_granted": is_granted,
            "answer": answer.strip(),
        }  # fmt: skip
        if rows.update(**values) != 1:
            raise TakenMeanwhile(_("A colleague was faster. Open it again to see how it stands."))
        correction.refresh_from_db()
        activity, volunteer = correction.activity, correction.volunteer
        if is_granted:
            _count_one(activity, volunteer)
        correction.minutes_after = _minutes_at(activity, volunteer)
        correction.save(update_fields=["minutes_after"])
        tell(
            ("person", volunteer.person_id), by=by, topic="volunteering",
            subject=Sentence(gettext_noop("Your minutes: %(title)s"), {"title": str(activity)}),
            body=Sentence(
                gettext_noop("%(minutes)s minutes count. %(answer)s"),
                {"minutes": correction.minutes_after, "answer": correction.answer},
            ),
            path="/volunteers/mine/", now=now, key=f"correction-{correction.pk}",
        )  # fmt: skip
        act.on(
            correction, before={"minutes": correction.minutes_before},
            after={"minutes": correction.minutes_after, "granted": is_granted},
        )  # fmt: skip
    return correction


def check_not_own(by: Actor, volunteer: Volunteer) -> None:
    """Raises Refused for a keeper who decides on their own hours: somebody else does."""
    if by.person_id is not None and by.person_id in Person.everyone_of(volunteer.person):
        raise Refused(_("These are your own hours: a colleague decides."))


def _minutes_at(activity: Activity, volunteer: Volunteer) -> int:
    rows = Service.objects.filter(activity=activity, volunteer=volunteer)
    return sum(rows.values_list("minutes", flat=True))

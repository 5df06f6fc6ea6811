"""A booking is cancelled, answered, lapses; people came, or did not."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from mulin.circle.booking.actions.places import let_go, pass_on, tell_booker
from mulin.circle.booking.models import Booking
from mulin.circle.booking.permissions import check_keeper, check_theirs, may_keep
from mulin.circle.booking.rules import EARLY, Deed, State, is_late
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.refusals import Refused
from mulin.kit.sentences import Sentence


def cancel(
    booking: Booking, *, by: Actor, now: datetime, reason: str = "", is_theirs: bool = False,
    token: str | None = None,
) -> Booking:  # fmt: skip
    """It is not needed, or the community needs the room: the time goes to whoever waits.

    The desk cancels for the community unless it writes down what the booker said (`is_theirs`).
    A booker who cancels later than the notice counts as not having come. Raises Refused once it
    has begun.
    """
    check_theirs(by, booking.person)
    own = is_theirs or not may_keep(by)
    if booking.state == State.BOOKED and booking.starts_at <= now:
        raise Refused(_("It has begun already."))
    with recording(by, "booking.cancel", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Booking)
        before = booking.state
        late = own and before == State.BOOKED and is_late(
            now, booking.starts_at, booking.room.notice_hours
        )  # fmt: skip
        pass_on(booking, Deed.CANCEL, ended_at=now, reason=reason.strip()[:200], is_late=late)
        let_go(booking, now=now)
        if not own:
            tell_booker(
                booking, by=by, now=now, key=f"booking-cancel-{booking.pk}",
                subject=_("Your booking had to be cancelled"),
                body=Sentence(
                    gettext_noop("%(room)s, %(when)s: %(reason)s"),
                    {"room": booking.room, "when": booking.words, "reason": reason},
                ),
            )  # fmt: skip
        act.on(booking, before={"state": before}, after={"state": booking.state, "is_late": late})
    return booking


def cancel_rest(booking: Booking, *, by: Actor, now: datetime, token: str | None = None) -> Booking:
    """Of what comes again, this date and all later ones are not needed; each as if by itself."""
    check_theirs(by, booking.person)
    with recording(by, "booking.cancel_rest", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Booking)
        later = Booking.objects.alive().with_all().filter(
            series=booking.series_id or 0, starts_at__gte=booking.starts_at, starts_at__gt=now
        )  # fmt: skip
        gone = []
        for one in later:
            late = not may_keep(by) and one.state == State.BOOKED and is_late(
                now, one.starts_at, one.room.notice_hours
            )  # fmt: skip
            pass_on(one, Deed.CANCEL, ended_at=now, is_late=late)
            let_go(one, now=now)
            gone.append(one.starts_at)
        if not gone:
            raise Refused(_("No date of it is still to come."))
        act.on(booking, after={"dates": gone})
    return booking


def answer_offer(
    booking: Booking, *, accepts: bool, by: Actor, now: datetime, token: str | None = None
) -> Booking:
    """Yes or no to a place that came free; the desk writes down what was said over the phone.

    Raises Refused when the time to say yes is over.
    """
    check_theirs(by, booking.person)
    with recording(by, "booking.answer_offer", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Booking)
        if accepts and booking.answer_by is not None and now >= booking.answer_by:
            raise Refused(_("The time to say yes is over. It went to the next."))
        if accepts:
            pass_on(booking, Deed.ACCEPT, answer_by=None)
        else:
            pass_on(booking, Deed.DECLINE, answer_by=None, ended_at=now)
            let_go(booking, now=now)
        act.on(booking, after={"state": booking.state})
    return booking


def lapse(booking: Booking, *, by: Actor, now: datetime) -> Booking:
    """Nobody said yes in time, or the time waited for has begun: the next one is asked."""
    check_keeper(by)
    with recording(by, "booking.lapse", now=now) as act:
        before = booking.state
        pass_on(booking, Deed.LAPSE, answer_by=None, ended_at=now)
        let_go(booking, now=now)
        act.on(booking, before={"state": before}, after={"state": booking.state})
    return booking


def note_came(booking: Booking, *, by: Actor, now: datetime, token: str | None = None) -> Booking:
    """They are here; also when somebody wrote by mistake that they did not come.

    Raises Refused for what is not yet due.
    """
    check_keeper(by)
    with recording(by, "booking.note_came", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Booking)
        came(booking, now=now)
        act.on(booking, after={"state": booking.state})
    return booking


def came(booking: Booking, *, now: datetime) -> None:
    """Within an act that shows that they are here: by word, by key, by code."""
    if now < booking.starts_at - EARLY:
        raise Refused(_("It has not begun yet."))
    pass_on(booking, Deed.COME, came_at=now, ended_at=None)


def note_missed(booking: Booking, *, by: Actor, now: datetime, token: str | None = None) -> Booking:
    """Nobody came. Two within ninety days are a pause of thirty days (`rules.pause_until`).

    The rest of the time is not given away: whoever is late may still come.
    """
    check_keeper(by)
    if booking.starts_at > now:
        raise Refused(_("It has not begun yet."))
    with recording(by, "booking.note_missed", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Booking)
        pass_on(booking, Deed.MISS, ended_at=now)
        act.on(booking, after={"state": booking.state})
    return booking

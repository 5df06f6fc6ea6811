"""A day: places, arrival, meals, medicine, what was done, what happened, words for the family."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time

from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.notify.actions.outbox import tell
from mulin.kit.clock import SHANGHAI, local_day
from mulin.kit.ids import public_code
from mulin.kit.photos import CleanPhoto
from mulin.kit.refusals import Refused, TakenMeanwhile
from mulin.workshop.childcare.actions.shortage import TOPIC, cry_short
from mulin.workshop.childcare.duty import has_room_for
from mulin.workshop.childcare.models import (
    Activity,
    Booking,
    Carer,
    Child,
    DayNote,
    DayPicture,
    Dose,
    Group,
    Incident,
    Meal,
    MedicineOrder,
    Stay,
    Use,
)
from mulin.workshop.childcare.permissions import account_of, check_cleared, check_for_child
from mulin.workshop.childcare.queries import (
    carers_here,
    has_consent,
    lacking,
    persons_to_tell,
)
from mulin.workshop.childcare.rules import (
    CLOSES,
    NO_GOING_ON,
    OPENS,
    Allergen,
    Lack,
    band_on,
    may_book,
    may_give,
    next_rung,
    per_adult_on,
)


def book(
    child: Child, day: date, *, starts: time, ends: time, by: Actor, now: datetime,
    token: str | None = None,
) -> Booking:  # fmt: skip
    """A place on a day. Where the published rota has too few adults for this child it is asked, not
    held (`waits`), until they are found: the rota's shift grows by it. Raises Refused for a day that is
    over or too far, and for a second place.
    """
    check_for_child(by, child, now)
    if child.accepted_at is None or child.left_on is not None:
        raise Refused(_("First whoever leads the room meets you and takes the child."))
    if not may_book(day, local_day(now)):
        raise Refused(_("Choose a day from today on, two months ahead at most."), field="day")
    if band_on(child.born_on, day) is None:
        raise Refused(
            _("The room minds children from six months until they are grown."), field="day"
        )
    if ends <= starts:
        raise Refused(_("The end comes after the beginning."), field="ends")
    with recording(by, "childcare.book", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Booking)
        if Booking.objects.filter(child=child, day=day, cancelled_at__isnull=True).exists():
            raise Refused(_("There is a place for this day already."), field="day")
        booking: Booking = Booking.objects.create(
            community_id=by.community_id, child=child, day=day, starts=starts, ends=ends, at=now,
            waits=not has_room_for(child, day, starts, ends),
        )  # fmt: skip
        act.on(booking, after={"child": child.pk, "day": day, "waits": booking.waits})
    return booking


def hold(booking: Booking, *, by: Actor, now: datetime) -> None:
    """The adults for a place that waited are found: it is held, and the family is told."""
    with recording(by, "childcare.hold", now=now) as act:
        asked = Booking.objects.filter(pk=booking.pk, waits=True, cancelled_at__isnull=True)
        if (
            not has_room_for(booking.child, booking.day, booking.starts, booking.ends)
            or asked.update(waits=False) != 1
        ):
            act.drop()
            return
        _tell_family(
            booking.child, f"childcare-held-{booking.pk}", subject=_("The place in childcare is yours"),
            body=_("The adults for it are found. Your page says the day."), by=by, now=now,
        )  # fmt: skip
        act.on(booking, after={"child": booking.child_id, "day": booking.day})


def book_beside(by: Actor, ref: str, now: datetime) -> Booking:
    """A place that somebody takes in the act of taking work home (`queries.places_beside`), at the
    hours of the room. Raises Refused as `book` does, and for a child that is not theirs.
    """
    number, _slash, day = ref.partition("/")
    child = (
        Child.objects.enrolled().of_guardian(by.account_id).filter(pk=int(number)).first()
        if number.isdecimal()
        else None
    )
    if child is None:
        raise Refused(_("This can't be chosen any more. Please open the page afresh."))
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        raise Refused(_("Choose a day from today on, two months ahead at most.")) from None
    return book(child, wanted, starts=OPENS, ends=CLOSES, by=by, now=now)


def cancel_booking(
    booking: Booking, *, by: Actor, now: datetime, token: str | None = None
) -> Booking:
    """The place is free again."""
    check_for_child(by, booking.child, now)
    with recording(by, "childcare.cancel_booking", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Booking)
        running = Booking.objects.filter(pk=booking.pk, cancelled_at__isnull=True)
        if running.update(cancelled_at=now) != 1:
            raise TakenMeanwhile(_("It was cancelled already."))
        booking.cancelled_at = now
        act.on(booking, after={"child": booking.child_id, "day": booking.day})
    return booking


def arrive(
    child: Child, *, by: Actor, now: datetime, until: time | None = None, is_alone: bool = False,
    token: str | None = None,
) -> Stay:  # fmt: skip
    """A child is here from now on. Gates: two adults, and enough of them with this child among the
    others; before that it stays with whoever brought it. One that came alone is not sent away
    (`is_alone`): it is taken in, the count is red, the room and the head hear it at once.

    `until` is when it is fetched, where no place was booked.
    """
    check_cleared(by, now)
    day = local_day(now)
    if child.accepted_at is None or child.left_on is not None:
        raise Refused(_("First whoever leads the room meets the guardian and takes the child."))
    with recording(by, "childcare.arrive", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Stay)
        if Stay.objects.here().filter(child=child).exists():
            raise TakenMeanwhile(_("The child is here already."))
        booking = Booking.objects.on(day).filter(child=child).first()
        ends = until or (booking.ends if booking else None)
        if ends is None:
            raise Refused(
                _("No place was booked today. Say until when the child stays."), field="until"
            )
        lacks = lacking(now, coming=[child.born_on]) & NO_GOING_ON
        if lacks and not is_alone:
            raise _too_few(lacks)
        closing = datetime.combine(day, ends, SHANGHAI)
        stay: Stay = Stay.objects.create(
            community_id=by.community_id, child=child, day=day, arrived_at=now,
            closing_at=max(closing, now), rings_at=next_rung(max(closing, now), 0),
            per_adult=per_adult_on(child.born_on, day), is_short=bool(lacks),
        )  # fmt: skip
        if lacks:
            cry_short(f"stay-{stay.pk}", by=by, now=now)
        act.on(stay, after={"child": child.pk, "is_short": stay.is_short})
    return stay


def _too_few(lacks: Collection[Lack]) -> Refused:
    if Lack.TWO in lacks:
        return Refused(_("Two adults must be in the room before a child is taken in."))
    return Refused(_("With this child there are too few adults. Somebody must come first."))


def serve(
    name: str, allergens: Sequence[str], *, by: Actor, now: datetime, token: str | None = None
) -> Meal:
    """What is eaten today, and what is in it: the page then says who must not eat it."""
    check_cleared(by, now)
    with recording(by, "childcare.serve", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Meal)
        meal: Meal = Meal.objects.create(
            community_id=by.community_id, day=local_day(now), name=name.strip(), at=now,
            allergens=sorted(Allergen(one).value for one in allergens),
        )  # fmt: skip
        act.on(meal, after={"allergens": meal.allergens})
    return meal


def write_activity(
    words: str, *, group: Group | None, kind: str = "", by: Actor, now: datetime,
    token: str | None = None,
) -> Activity:  # fmt: skip
    """What a group, or everybody, did."""
    check_cleared(by, now)
    with recording(by, "childcare.write_activity", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Activity)
        row: Activity = Activity.objects.create(
            community_id=by.community_id, group=group, day=local_day(now), kind=kind,
            words=words.strip(), at=now,
        )  # fmt: skip
        act.on(row, after={"group": group.pk if group else None, "kind": kind})
    return row


def order_medicine(
    child: Child, *, medicine: str, dose: str, signed_by: str, first: date, last: date,
    per_day: int, by: Actor, now: datetime, token: str | None = None,
) -> MedicineOrder:  # fmt: skip
    """Staff saw the written order: without one nothing is given."""
    check_cleared(by, now)
    if not has_consent(child, Use.HEALTH):
        raise Refused(_("The guardian has not agreed that health is kept. Ask for it first."))
    if last < first or last < local_day(now):
        raise Refused(_("The last day comes after the first, and is not over."), field="last")
    with recording(by, "childcare.order_medicine", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(MedicineOrder)
        order: MedicineOrder = MedicineOrder.objects.create(
            community_id=by.community_id, child=child, medicine=medicine.strip(),
            dose=dose.strip(), signed_by=signed_by.strip(), first=first, last=last,
            per_day=per_day, seen_by_id=account_of(by), at=now,
        )  # fmt: skip
        act.on(order, after={"child": child.pk, "first": first, "last": last, "per_day": per_day})
    return order


def stop_order(
    order: MedicineOrder, *, by: Actor, now: datetime, token: str | None = None
) -> MedicineOrder:
    """Nothing more is given by this order; a guardian says so, too."""
    check_for_child(by, order.child, now)
    with recording(by, "childcare.stop_order", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(MedicineOrder)
        order.stopped_at = now
        order.save(update_fields=["stopped_at"])
        act.on(order, after={"child": order.child_id})
    return order


def give_medicine(
    order: MedicineOrder, *, watched_by: Carer, by: Actor, now: datetime, token: str | None = None
) -> Dose:
    """Medicine by a written order, another adult of the room watching."""
    check_cleared(by, now)
    day = local_day(now)
    with recording(by, "childcare.give_medicine", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Dose)
        _refuse_alone(watched_by, by, now)
        fresh = MedicineOrder.objects.get(pk=order.pk)
        given = Dose.objects.filter(order=order, day=day).count()
        if not may_give(fresh.ordered(), day=day, given_today=given):
            raise Refused(_("The written order does not say so: not today, or not once more."))
        dose: Dose = Dose.objects.create(
            community_id=by.community_id, order=order, day=day, at=now, given_by_id=account_of(by),
            watched_by=watched_by,
        )  # fmt: skip
        act.on(dose, after={"order": order.pk})
    return dose


def _refuse_alone(second: Carer, by: Actor, now: datetime) -> None:
    """A second adult is somebody else, and in the room."""
    is_here = carers_here(now).filter(pk=second.pk).exists()
    if second.person.account_id == by.account_id or not is_here:
        raise Refused(_("The second adult is somebody else who is in the room."), field="second")


def write_incident(
    child: Child, *, what: str, done: str, told: str = "", happened_at: datetime, by: Actor,
    now: datetime, token: str | None = None,
) -> Incident:  # fmt: skip
    """Something happened: what, what was done, who was told. The family is told to call."""
    check_cleared(by, now)
    if happened_at > now:
        raise Refused(_("This is still to come."), field="happened_at")
    with recording(by, "childcare.write_incident", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Incident)
        row: Incident = Incident.objects.create(
            community_id=by.community_id, child=child, happened_at=happened_at, what=what.strip(),
            done=done.strip(), told=told.strip(), told_at=now if told.strip() else None,
            written_by_id=account_of(by), at=now,
        )  # fmt: skip
        _tell_family(
            child, f"childcare-incident-{row.pk}", subject=_("Something happened in childcare"),
            body=_("Nothing is said of it here. Please open the page, or call the room."),
            by=by, now=now,
        )  # fmt: skip
        act.on(row, after={"child": child.pk})
    return row


def say_told(
    row: Incident, told: str, *, by: Actor, now: datetime, token: str | None = None
) -> Incident:
    """Who of the family was told of an incident."""
    check_cleared(by, now)
    with recording(by, "childcare.say_told", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Incident)
        row.told, row.told_at = told.strip(), now
        row.save(update_fields=["told", "told_at"])
        act.on(row, after={"child": row.child_id})
    return row


def write_note(
    child: Child, words: str, *, pictures: Sequence[CleanPhoto] = (), by: Actor, now: datetime,
    token: str | None = None,
) -> DayNote:  # fmt: skip
    """What the child did today, for its family; photos only where a guardian agreed to them."""
    check_cleared(by, now)
    if pictures and not has_consent(child, Use.PHOTO_FAMILY):
        raise Refused(
            _("No guardian agreed to photos of this child. Send the words alone."),
            field="pictures",
        )
    with recording(by, "childcare.write_note", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(DayNote)
        note: DayNote = DayNote.objects.create(
            community_id=by.community_id, child=child, day=local_day(now), words=words.strip(),
            written_by_id=account_of(by), at=now,
        )  # fmt: skip
        for photo in pictures:
            _keep_picture(note, photo)
        _tell_family(
            child, f"childcare-note-{note.pk}", subject=_("What your child did today"),
            body=_("There are some lines from the childcare room for you."), by=by, now=now,
        )  # fmt: skip
        act.on(note, after={"child": child.pk, "pictures": len(pictures)})
    return note


def _keep_picture(note: DayNote, photo: CleanPhoto) -> None:
    row = DayPicture(community_id=note.community_id, note=note)
    try:
        row.file.save(f"{public_code(20)}.jpg", ContentFile(photo.content), save=False)
    except OSError as error:
        raise Refused(
            _("The photo could not be kept: there is no room left. Send the words without it."),
            field="pictures",
        ) from error
    row.save()


def _tell_family(
    child: Child, key: str, *, subject: object, body: object, by: Actor, now: datetime
) -> None:
    """No message says a name or what happened: it may be read over a shoulder."""
    for person_id in persons_to_tell(child):
        tell(
            ("person", person_id), by=by, topic=TOPIC, subject=subject, body=body,  # type: ignore[arg-type]  # lazy words
            path="/childcare/mine/", now=now, key=key,
        )  # fmt: skip

"""Opening a need, telling its story, handing it over, answering it.

`open_need`, `add_photo`, `add_step` and `join` are parts of a room's own action and write no act
of their own; `hand_over` and `answer` are whole acts.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mulin.commons.flow.models import (
    FOR_STAFF,
    Category,
    Link,
    Need,
    NeedPhoto,
    NeedWords,
    NumberSeries,
    PhotoMoment,
    Step,
)
from mulin.commons.flow.receivers import listeners, receiver_of
from mulin.commons.flow.rules import QUOTING, SEALED, need_number, series_of
from mulin.commons.flow.said import Said
from mulin.ground.audit.actions import erase_details, recording
from mulin.ground.community.models import Grid
from mulin.ground.community.rules import Actor
from mulin.ground.notify.actions import tell
from mulin.kit.clock import local_day
from mulin.kit.grams import words_of
from mulin.kit.ids import public_code
from mulin.kit.photos import CleanPhoto
from mulin.kit.refusals import Refused
from mulin.kit.search import stored_words


def open_need(said: Said, *, by: Actor, room: str, now: datetime) -> Need:
    """Write down what a person said: need, number, search words, photos."""
    said_at = said.said_at or now
    in_their_name = by.on_behalf_of is not None or by.is_handler
    need: Need = Need.objects.create(
        community_id=by.community_id,
        number=_next_number(by.community_id, said_at),
        words=said.words,
        person=said.person,
        contact_name=said.contact_name or None,
        contact_phone=said.contact_phone or None,
        channel=by.channel,
        category=said.category,
        grid=said.grid or _grid_of(said),
        building=said.building,
        place=said.place,
        place_words=said.place_words,
        latitude=said.latitude,
        longitude=said.longitude,
        visibility=said.visibility,
        contact_wish=said.contact_wish,
        said_at=said_at,
        # A program asks for somebody it does not know here; that it did stands in the act.
        asked_by_account_id=None if in_their_name or by.is_program else by.account_id,
        entered_by_id=by.account_id if in_their_name else None,
        room=room,
    )
    NeedWords.objects.create(community_id=by.community_id, record=need, words=searchable(need))
    for photo in said.photos:
        add_photo(need, photo, moment=PhotoMoment.BEFORE, now=now)
    return need


def searchable(need: Need) -> str:
    """What a need is found by: its number, words, category and place; never who asked."""
    parts = [
        need.number,
        need.words,
        need.category.name if need.category else "",
        need.building.name if need.building else "",
        need.place.name if need.place else "",
        need.place_words,
    ]
    words = [word for part in parts if part for word in words_of(part)]
    return stored_words(need.community_id, words)


def file_under(need: Need, category: Category) -> None:
    """Give a need another category. Part of a room's own action."""
    need.category = category
    need.save(update_fields=["category"])
    NeedWords.objects.filter(record=need).update(words=searchable(need))


def go_with(need: Need, other: Need | None) -> None:
    """From now on what happens to the other is told to this one's asker too; None: no longer.

    Part of a room's own action, which makes sure that the other goes with none itself.
    """
    need.goes_with = other
    need.save(update_fields=["goes_with"])


def add_photo(need: Need, photo: CleanPhoto, *, moment: PhotoMoment, now: datetime) -> NeedPhoto:
    """Keep a photo under a random name. Raises Refused when the disk takes no more."""
    code = public_code(20)
    row = NeedPhoto(
        community_id=need.community_id, need=need, moment=moment, code=code,
        width=photo.width, height=photo.height, taken_in_at=now,
    )  # fmt: skip
    try:
        row.file.save(f"{code}.jpg", ContentFile(photo.content), save=False)
        row.thumb.save(f"{code}-s.jpg", ContentFile(photo.thumb), save=False)
    except OSError as error:
        raise Refused(
            _("The photo could not be kept: there is no room left. Send the words without it."),
            field="photos",
        ) from error
    row.save()
    return row


def seal(need: Need, *, now: datetime) -> tuple[str, list[bytes]]:
    """Seal a need for a room that keeps what was said in its own keeping: gives words and pictures,
    and leaves none of them here. Part of a room's own action.
    """
    words, photos = need.words, []
    for photo in need.photos.order_by("id"):
        with photo.file.open("rb") as file:
            photos.append(file.read())
        photo.file.delete(save=False)
        photo.thumb.delete(save=False)
        photo.delete()
    need.words, need.place_words, need.is_sealed = SEALED, "", True
    need.save(update_fields=["words", "place_words", "is_sealed"])
    NeedWords.objects.filter(record=need).delete()
    quoting = Q(kind__in=QUOTING) | Q(is_for_asker=False)
    Step.objects.filter(quoting, need=need).update(line=SEALED)
    erase_details("flow.need", [need.pk], now=now)
    return words, photos


def show_photos(need: Need, codes: Collection[str]) -> None:
    """Let everybody see these photos of a need, and no other. Part of a room's own action."""
    photos = NeedPhoto.objects.filter(need=need)
    photos.filter(is_public=True).exclude(code__in=codes).update(is_public=False)
    photos.exclude(moment__in=FOR_STAFF).filter(code__in=codes).update(is_public=True)


def add_step(
    need: Need,
    *,
    by: Actor,
    kind: str,
    line: str | Promise,
    now: datetime,
    record: models.Model | None = None,
    is_for_asker: bool = True,
    tell_asker: bool = False,
    may_wait: bool = False,
) -> Step:
    """One line of a need's story; with `tell_asker` the asker also gets it as a message.

    What `may_wait` is on the way to an answer: nobody rings or knocks for it. Needs that go with
    this one have the same line in their own story, and their askers the same message; what quotes
    the asker stays with them alone.
    """
    step = _write_step(
        need, by=by, kind=kind, line=line, now=now, record=record, is_for_asker=is_for_asker
    )
    told = [(need, step)]
    if is_for_asker and kind not in QUOTING:
        told += [
            (other, _write_step(other, by=by, kind=kind, line=line, now=now, record=record))
            for other in Need.objects.filter(goes_with=need).order_by("id")
        ]
    if tell_asker and is_for_asker:
        for whose, what in told:
            _tell_asker(whose, what, by=by, now=now, may_wait=may_wait)
    return step


def _write_step(
    need: Need, *, by: Actor, kind: str, line: str | Promise, now: datetime,
    record: models.Model | None, is_for_asker: bool = True,
) -> Step:  # fmt: skip
    step: Step = Step.objects.create(
        community_id=need.community_id,
        need=need,
        at=now,
        room=need.room,
        kind=kind,
        line=str(line),
        by_id=by.account_id,
        by_name=by.name,
        record_kind=record._meta.label_lower if record else "",
        record_id=record.pk if record else None,
        is_for_asker=is_for_asker,
    )
    return step


def join(one: models.Model, kind: str, other: models.Model, *, by: Actor, now: datetime) -> Link:
    """Link record to record; doing it twice changes nothing."""
    link, _made = Link.objects.get_or_create(
        community_id=by.community_id,
        from_kind=one._meta.label_lower,
        from_id=one.pk,
        kind=kind,
        to_kind=other._meta.label_lower,
        to_id=other.pk,
        defaults={"at": now},
    )
    return link


def hand_over(
    need: Need, *, to: str, by: Actor, why: str, now: datetime, token: str | None = None
) -> models.Model:
    """Give a need to another room, whose receiver makes its record in the same transaction.

    Raises LookupError for a room that takes nothing over, Refused if the need is there already.
    """
    receiver = receiver_of(to)
    with recording(by, "flow.hand_over", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Need)
        moved = Need.objects.filter(pk=need.pk, room=need.room).exclude(room=to).update(room=to)
        if moved != 1:
            raise Refused(_("This was handed over already. Open it again to see where it is."))
        before, need.room = need.room, to
        record = receiver.take(need, by, why, now)
        # A room that seals has the reason in its own keeping.
        why = "" if need.is_sealed else why
        add_step(
            need, by=by, kind="handed_over", record=record, now=now, tell_asker=True,
            line=_("Passed on to: %(room)s. %(why)s") % {"room": receiver.label, "why": why},
        )  # fmt: skip
        join(record, "grew_out_of", need, by=by, now=now)
        act.on(need, before={"room": before}, after={"room": to, "why": why})
    return record


def answer(
    need: Need, *, by: Actor, words: str, record: models.Model, now: datetime,
    token: str | None = None,
) -> Step:  # fmt: skip
    """A room is done with a need: the asker is told, and the room that asks for confirmation hears."""
    with recording(by, "flow.answer", now=now, token=token) as act:
        if act.is_repeat:
            return Step.objects.filter(need=need, kind="answered").latest("id")
        step = add_step(
            need, by=by, kind="answered", line=words, record=record, now=now, tell_asker=True
        )
        join(record, "answers", need, by=by, now=now)
        for hear in listeners():
            hear(need, by, words, now)
        act.on(need, after={"answer": words})
    return step


def _tell_asker(need: Need, step: Step, *, by: Actor, now: datetime, may_wait: bool) -> None:
    recipient: tuple[str, int] | None = None
    if need.person_id is not None:
        recipient = ("person", need.person_id)
    elif need.asked_by_account_id is not None:
        recipient = ("account", need.asked_by_account_id)
    if recipient is None:
        return  # a passer-by follows it with the code on the slip
    if need.is_sealed:
        subject, body = str(_("You have news")), str(_("There is news on a matter of yours."))
    else:
        subject = _("Your matter %(number)s") % {"number": need.number}
        body = step.line
    tell(
        recipient, by=by, topic="need", subject=subject, body=body,
        path=f"/n/{need.follow_code}/", now=now, key=f"step-{step.pk}",
        may_wait=may_wait,
    )  # fmt: skip


def _grid_of(said: Said) -> Grid | None:
    if said.building is not None:
        return said.building.grid
    if said.place is not None and said.place.grid is not None:
        return said.place.grid
    return said.person.grid if said.person is not None else None


def _next_number(community_id: int, said_at: datetime) -> str:
    day = local_day(said_at)
    series = NumberSeries.objects.filter(community_id=community_id, name=series_of(day))
    if series.update(last=F("last") + 1) == 0:
        try:
            with transaction.atomic():
                NumberSeries.objects.create(community_id=community_id, name=series_of(day), last=0)
        except IntegrityError:
            pass  # the first two needs of a year came at the same moment
        series.update(last=F("last") + 1)
    return need_number(day, series.get().last)


def first_categories(rows: Iterable[tuple[str, str, str, str]], *, community_id: int) -> int:
    """Give a new community its tree of categories: (code, name, icon, limit class), parents first.

    A code with a dot is a child of what stands before the dot. Existing codes are left alone.
    """
    known = {row.code: row for row in Category.objects.all()}
    made = 0
    for sort, (code, name, icon, limit_class) in enumerate(rows):
        if code in known:
            continue
        parent = known.get(code.rpartition(".")[0])
        known[code] = Category.objects.create(
            community_id=community_id, code=code, name=name, icon=icon,
            limit_class=limit_class, sort=sort, parent=parent,
        )  # fmt: skip
        made += 1
    return made

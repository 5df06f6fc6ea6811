"""A gathering is planned, changed, moved, called off, closed."""

from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from mulin.commons.gatherings.models import AgendaItem, Attendance, Gathering, GatheringPaper
from mulin.commons.gatherings.permissions import may_keep
from mulin.commons.gatherings.queries import HOLDING, counts_of
from mulin.commons.gatherings.registry import kind_of
from mulin.commons.gatherings.rules import State, minutes_present
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.places.holding import held_by_others
from mulin.ground.places.models import Place
from mulin.kit.ids import public_code
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile

#: What a document may be, by how it begins.
MEDIA = {b"%PDF-": "application/pdf", b"\x89PNG\r\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
LARGEST_PAPER = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Plan:
    """What is typed of a gathering."""

    title: str
    starts_at: datetime
    ends_at: datetime
    place: Place | None = None
    place_words: str = ""
    about: str = ""
    whom: str = ""
    capacity: int | None = None
    is_public: bool = True


def check_keep(by: Actor, gathering: Gathering) -> None:
    """Raises NotPermitted for whoever does not keep this gathering."""
    if not may_keep(by, gathering):
        raise NotPermitted(_("Whoever holds it plans it."))


def check_times(starts: datetime, ends: datetime) -> None:
    """Raises Refused, beside its field, where the end is not after the beginning."""
    if ends <= starts:
        raise Refused(_("It ends before it begins. Look at both times."), field="ends_at")


def check_place(
    place: Place | None, words: str, starts: datetime, ends: datetime, *, by: Actor,
    besides: int | None = None,
) -> None:  # fmt: skip
    """Raises Refused, beside its field, where another gathering holds the place in these hours, or
    somebody else has booked the room.

    Part of an act, which locks the head of the chain: of two at once, the second is refused.
    """
    if place is None:
        return
    held = Gathering.objects.at_place(place, words.strip(), starts, ends).exclude(pk=besides or 0)
    titles = [*held.order_by("starts_at").values_list("title", flat=True)[:1]]
    titles += [
        one.title
        for one in held_by_others(HOLDING, [place.pk], starts, ends)
        if one.meets(words.strip()) and not one.is_of(by)
    ]
    if titles:
        raise Refused(
            _("“%(title)s” is there at that time. Choose another time, place or room."),
            {"title": titles[0]},
            field="place",
        )


def plan_gathering(
    kind: str, plan: Plan, *, by: Actor, now: datetime, token: str | None = None
) -> Gathering:
    """Put a gathering into the calendar. Nobody is told yet. Raises NotPermitted, Refused."""
    if not kind_of(kind).may_hold(by):
        raise NotPermitted(_("Whoever holds it plans it."))
    check_times(plan.starts_at, plan.ends_at)
    with recording(by, "gatherings.plan", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Gathering)
        check_place(plan.place, plan.place_words, plan.starts_at, plan.ends_at, by=by)
        gathering: Gathering = Gathering.objects.create(
            community_id=by.community_id, kind=kind, title=plan.title.strip(),
            starts_at=plan.starts_at, ends_at=plan.ends_at, place=plan.place,
            place_words=plan.place_words, about=plan.about, whom=plan.whom,
            capacity=plan.capacity, is_public=plan.is_public, host_id=by.account_id,
        )  # fmt: skip
        act.on(gathering, after={"title": gathering.title, "starts_at": gathering.starts_at})
    return gathering


def change_gathering(
    gathering: Gathering, plan: Plan, *, by: Actor, now: datetime, token: str | None = None
) -> Gathering:
    """Correct its words and seats; time and place are moved (`move_gathering`), with a notice.

    Raises NotPermitted, TakenMeanwhile, and Refused for fewer seats than were given away.
    """
    check_keep(by, gathering)
    with recording(by, "gatherings.change", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Gathering)
        going = counts_of(gathering).going
        if plan.capacity is not None and plan.capacity < going:
            raise Refused(
                _("%(going)s have a seat already: there cannot be fewer."),
                {"going": going},
                field="capacity",
            )
        _planned(
            gathering, title=plan.title.strip(), about=plan.about, whom=plan.whom,
            capacity=plan.capacity, is_public=plan.is_public,
        )  # fmt: skip
        act.on(gathering, after={"title": gathering.title, "capacity": gathering.capacity})
    return gathering


def move_gathering(
    gathering: Gathering, *, starts_at: datetime, ends_at: datetime, place: Place | None,
    place_words: str = "", why: str, by: Actor, now: datetime, token: str | None = None,
) -> Gathering:  # fmt: skip
    """Another time or place; whoever was told is told again. Raises NotPermitted, Refused."""
    check_keep(by, gathering)
    check_times(starts_at, ends_at)
    with recording(by, "gatherings.move", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Gathering)
        check_place(place, place_words, starts_at, ends_at, by=by, besides=gathering.pk)
        before = {"starts_at": gathering.starts_at, "where": gathering.where}
        _planned(
            gathering, starts_at=starts_at, ends_at=ends_at, place=place, place_words=place_words,
            why_changed=why, edition=gathering.edition + 1,
        )  # fmt: skip
        act.on(gathering, before=before, after={"starts_at": starts_at, "why": why})
    return gathering


def cancel_gathering(
    gathering: Gathering, *, why: str, by: Actor, now: datetime, token: str | None = None
) -> Gathering:
    """Call it off; whoever was told is told so. Raises NotPermitted, Refused, TakenMeanwhile."""
    check_keep(by, gathering)
    if not why.strip():
        raise Refused(_("Say why: whoever wanted to come reads it."), field="why")
    with recording(by, "gatherings.cancel", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Gathering)
        _planned(
            gathering, state=State.CANCELLED, why_changed=why.strip(),
            edition=gathering.edition + 1, closed_at=now,
        )  # fmt: skip
        _let_go(gathering, by=by, now=now)
        act.on(gathering, after={"state": State.CANCELLED, "why": why})
    return gathering


def close_gathering(
    gathering: Gathering, *, ended_at: datetime, by: Actor, now: datetime, token: str | None = None
) -> Gathering:
    """It was held: each who came gets the minutes they were there. Raises NotPermitted, Refused."""
    check_keep(by, gathering)
    with recording(by, "gatherings.close", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Gathering)
        if not gathering.starts_at < ended_at <= now:
            raise Refused(
                _("It can be closed when it has ended: after its beginning, not in the future."),
                field="ended_at",
            )
        _planned(gathering, state=State.HELD, ends_at=ended_at, closed_at=now)
        rows = list(Attendance.objects.filter(gathering=gathering).here())
        for row in rows:
            row.minutes = minutes_present(
                gathering.starts_at, ended_at, row.came_at or ended_at, row.left_at
            )
        Attendance.objects.bulk_update(rows, ["minutes"], batch_size=500)
        _let_go(gathering, by=by, now=now)
        act.on(
            gathering,
            after={"state": State.HELD, "came": len(rows), "walk_ins": gathering.walk_ins},
        )
    return gathering


def add_paper(
    gathering: Gathering, *, title: str, content: bytes, is_public: bool, by: Actor,
    now: datetime, token: str | None = None,
) -> GatheringPaper:  # fmt: skip
    """Lay a document beside it. Raises NotPermitted, and Refused for what is no PDF or picture."""
    check_keep(by, gathering)
    media_type = next((kind for mark, kind in MEDIA.items() if content.startswith(mark)), None)
    if media_type is None:
        raise Refused(_("Choose a PDF or a picture (JPEG, PNG)."), field="file")
    if len(content) > LARGEST_PAPER:
        raise Refused(_("The file is larger than 10 MB. Save it smaller."), field="file")
    with recording(by, "gatherings.add_paper", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(GatheringPaper)
        row = GatheringPaper(
            community_id=by.community_id, gathering=gathering, title=title.strip(),
            code=public_code(20), media_type=media_type, is_public=is_public, added_at=now,
        )  # fmt: skip
        try:
            row.file.save(row.code, ContentFile(content), save=False)
        except OSError as error:
            raise Refused(_("There is no room left on the disk."), field="file") from error
        row.save()
        act.on(row, after={"title": row.title, "public": is_public})
    return row


def count_walk_ins(
    gathering: Gathering, count: int, *, by: Actor, now: datetime, token: str | None = None
) -> Gathering:
    """So many are in the room without having left a name. Raises NotPermitted, TakenMeanwhile."""
    check_keep(by, gathering)
    with recording(by, "gatherings.count_walk_ins", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Gathering)
        before = gathering.walk_ins
        _planned(gathering, walk_ins=count)
        act.on(gathering, before={"walk_ins": before}, after={"walk_ins": count})
    return gathering


def _let_go(gathering: Gathering, *, by: Actor, now: datetime) -> None:
    let_go = kind_of(gathering.kind).let_go
    if let_go is not None:
        for pk in AgendaItem.objects.filter(gathering=gathering).values_list("pk", flat=True):
            let_go(pk, by, now)


def _planned(gathering: Gathering, **values: object) -> None:
    """Change it as long as it is planned and nobody has changed its day meanwhile."""
    rows = Gathering.objects.filter(pk=gathering.pk, state=State.PLANNED, edition=gathering.edition)
    if rows.update(**values) != 1:
        raise TakenMeanwhile(_("It was moved, called off or closed meanwhile. Open it again."))
    for name, value in values.items():
        setattr(gathering, name, value)


def note_notice(gathering: Gathering, now: datetime) -> None:
    """From when on people are told. Part of another action; the first time counts."""
    Gathering.objects.filter(pk=gathering.pk, noticed_at__isnull=True).update(noticed_at=now)
    gathering.noticed_at = gathering.noticed_at or now

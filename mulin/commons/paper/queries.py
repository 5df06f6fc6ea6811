"""What waits for a look, what is still being read, and what was read on one sheet."""

import json
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet
from PIL import Image

from mulin.commons.paper.models import FormVersion, Handed, ReadField, Reading, Scan
from mulin.commons.paper.registry import handed_use_of, use_of, uses
from mulin.commons.paper.rules import (
    TOLD_FOR,
    CameBy,
    ReadingState,
    ScanState,
    is_near,
    needs_look,
    pieces_of_name,
    unlike_names,
)
from mulin.ground.community.rules import Actor, Role
from mulin.ground.people.models import Person
from mulin.ground.people.queries import roll
from mulin.ground.people.rules import spoken
from mulin.kit.paper.definition import FLAT_PX, PAGE, Box, Field, Form, Kind, pages_of
from mulin.kit.phones import phone_tail

_AROUND_MM = 2.0
_MOST_PROPOSALS = 3
#: Looked through for each piece of a name.
_MOST_FOUND = 100


@dataclass(frozen=True, slots=True)
class LookedField:
    """A field as the page shows it: its question, what was read, its piece of the picture."""

    field: Field
    read: ReadField
    picture: str  # a data address, or nothing where the sheet does not lie flat

    @property
    def needs_look(self) -> bool:
        return needs_look(self.field, is_sure=self.read.is_sure)


@dataclass(frozen=True, slots=True)
class Sent:
    """A photo that a resident sent: None while it is read, then how it stands, and the number."""

    state: ReadingState | None
    number: str = ""


def readings(by: Actor, *, show: str = "") -> QuerySet[Reading]:
    """Pictures that this actor works with: those to look at in the order they came; with
    `show`="ended" the others, newest first.
    """
    found: QuerySet[Reading] = Reading.objects.waiting()
    if show == "ended":
        found = Reading.objects.exclude(state=ReadingState.WAITING).order_by("-id")
    return found.filter(_own(by)).select_related("version", "scan", "twin", "ended_by")


def next_after(reading: Reading, by: Actor) -> Reading | None:
    """The next picture of the stack; after the last, the first that is still waiting."""
    waiting: QuerySet[Reading] = Reading.objects.waiting().filter(_own(by))
    return waiting.filter(pk__gt=reading.pk).first() or waiting.first()


def waiting_count(by: Actor) -> int:
    """How many pictures wait for a look of this actor."""
    count: int = Reading.objects.waiting().filter(_own(by)).count()
    return count


def waiting_elsewhere() -> list[tuple[str, int]]:
    """By form, how many sheets wait for whoever runs a room; the desk took them in, and tells them."""
    codes = {use.code: use.title for use in uses() if not use.roles & {Role.COMMUNITY_WORKER}}
    rows = (
        Reading.objects.filter(state=ReadingState.WAITING, version__code__in=codes)
        .order_by("version__code")
        .values_list("version__code")
        .annotate(count=Count("pk"))
    )
    return [(codes[code], count) for code, count in rows]


def _own(by: Actor) -> Q:
    """As `permissions.may_finish` says it of one."""
    codes = [use.code for use in uses() if use.may(by)]
    unknown = Q(version=None) if by.is_desk else Q(version=None, scan__taken_in_by=by.account_id)
    return Q(version__code__in=codes) | unknown


def handed_for(kind: str, record_id: int) -> QuerySet[Handed]:
    """What was printed of a kind for a record, newest first, without the sheets themselves."""
    erased = ExpressionWrapper(Q(pdf__isnull=True), output_field=BooleanField())
    found: QuerySet[Handed] = (
        Handed.objects.filter(kind=kind, record_kind=handed_use_of(kind).model, record_id=record_id)
        .order_by("-id")
        .defer("pdf")
        .select_related("printed_by")
        .annotate(was_erased=erased)
    )
    return found


def unseen_from_street() -> int:
    """How many of the residents' own photos nobody has looked at yet."""
    sent = Scan.objects.filter(came_by=CameBy.STREET)
    unread: int = sent.unread().count()
    waiting: int = Reading.objects.waiting().filter(scan__came_by=CameBy.STREET).count()
    return unread + waiting


def sent_in(receipt: str) -> list[Sent]:
    """What became of the photos that were sent under a receipt, one after the other."""
    scans = Scan.objects.filter(receipt=receipt).exclude(receipt="").order_by("id")
    readings = Reading.objects.filter(scan__in=scans).select_related("twin").order_by("id")
    by_scan = {one.scan_id: one for one in readings}
    return [_sent(scan, by_scan.get(scan.pk)) for scan in scans]


def _sent(scan: Scan, reading: Reading | None) -> Sent:
    if reading is None:
        return Sent(ReadingState.THROWN if scan.state == ScanState.FAILED else None)
    state = ReadingState(reading.state)
    whose = reading.twin if state is ReadingState.AGAIN else reading
    return Sent(state, whose.record_number if whose is not None else "")


def scans_to_tell(by: Actor, now: datetime) -> list[Scan]:
    """Files that are not read yet, or that nobody could read lately, the newest first: of the desk
    all, of anybody else their own.
    """
    is_told = Q(state__in=(ScanState.WAITING, ScanState.READING))
    is_told |= Q(state=ScanState.FAILED, taken_in_at__gt=now - TOLD_FOR)
    own = Q() if by.is_desk else Q(taken_in_by=by.account_id)
    return list(Scan.objects.filter(is_told & own).order_by("-id")[:20])


def known_forms() -> list[Form]:
    """Every version that was ever printed here: what the reader knows."""
    return [version.form for version in FormVersion.objects.order_by("code", "version")]


def asked_on(reading: Reading, by: Actor) -> Form:
    """What the sheet of a reading asks. Raises ValueError while nobody knows which form it is."""
    if reading.version is None:
        raise ValueError("no form yet")
    use = use_of(reading.version.code)
    return use.asked_on(reading.version.form, reading.sheet, by)


def looked_fields(reading: Reading, form: Form) -> list[LookedField]:
    """The fields of a sheet with what was read and their pieces of the picture."""
    read = {one.name: one for one in ReadField.objects.filter(reading=reading)}
    # Of a list only some rows are asked; where each stands is the whole form's to say.
    pieces = _pieces(reading, reading.version.form if reading.version else form)
    return [
        LookedField(field, read[field.name], pieces.get(field.name, ""))
        for field in form.fields
        if field.name in read
    ]


def proposed(read: ReadField) -> tuple[str, ...]:
    """What the reader proposes for a field."""
    return tuple(json.loads(read.read)) if read.read else ()


def likely_persons(by: Actor, form: Form, values: dict[str, str]) -> list[Person]:
    """Who on the roll may have filled this in, by name and the tail of the phone: proposals to a
    person who may see them, never a link. None where neither was written.

    A character that was misread, and one that sounds the same, still finds the name.
    """
    kinds = {field.kind: values.get(field.name, "").strip() for field in form.fields}
    name, phone = kinds.get(Kind.NAME, ""), kinds.get(Kind.PHONE, "")
    found: dict[int, Person] = {}
    sound, _initials = spoken(name) if name else ("", "")
    for query in (phone_tail(phone) if phone else "", *pieces_of_name(name), sound):
        if query:
            found |= {one.pk: one for one in roll(by, query=query)[:_MOST_FOUND]}
    unlike = {one.pk: _unlike(one, name, sound, phone) for one in found.values()}
    likely = sorted(found.values(), key=lambda one: unlike[one.pk])
    return [one for one in likely if is_near(*unlike[one.pk])][:_MOST_PROPOSALS]


def _unlike(person: Person, name: str, sound: str, phone: str) -> tuple[int, int]:
    """How far apart, first by name, then by phone: 0 the same, 1 alike, 2 neither."""
    by_name = unlike_names(name, person.name, sound, person.pinyin) if name else 2
    known = person.phone or ""
    by_phone = 0 if phone and known == phone else 1 if phone and known[-4:] == phone[-4:] else 2
    return by_name, by_phone


def _pieces(reading: Reading, form: Form) -> dict[str, str]:
    """Each field's piece of the flat sheet, as an address that holds the picture itself."""
    page = next((one for one in pages_of(form) if one.number == reading.page), None)
    if not reading.is_flat or not reading.picture or page is None:
        return {}
    with reading.picture.open() as file, Image.open(file) as sheet:
        return {one.field.name: _piece(sheet, one.area) for one in page.placed}


def _piece(sheet: Image.Image, area: Box) -> str:
    left, top = area.x - _AROUND_MM, area.y - _AROUND_MM
    right = min(area.x + area.width + _AROUND_MM, PAGE[0])
    bottom = area.y + area.height + _AROUND_MM
    out = BytesIO()
    cut = sheet.crop((left * FLAT_PX, top * FLAT_PX, right * FLAT_PX, bottom * FLAT_PX))
    cut.save(out, "JPEG", quality=70)
    return "data:image/jpeg;base64," + b64encode(out.getvalue()).decode("ascii")

"""Ballots out of the box are photographed, and read by the machine before a person reads them.

A picture is laid to the sheet whose code it shows, under a number given by chance, and keeps neither
time nor camera nor whoever took it. What the machine read is shown to nobody: it is the first of two
readings, and the person who makes the second sees the rows of the picture alone.
"""

import json
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mulin.commons.ballots import keys
from mulin.commons.ballots.actions.paper import JOB, refuse_shut, seen
from mulin.commons.ballots.models import BallotFile, Constituency, Election, Sheet, SheetPicture
from mulin.commons.ballots.permissions import may_observe, may_read_sheets
from mulin.commons.ballots.queries import (
    PICTURES,
    LockGone,
    picture_content,
    serials_printed,
    told_of,
)
from mulin.commons.ballots.rules import MOST_TRIES, Kind, Matter, Seen, Settled, sides_read
from mulin.commons.ballots.sheets import CODE, ballot_form, hash_of, only_rows, option_of
from mulin.commons.paper.actions.scans import Incoming
from mulin.commons.paper.rules import MOST_FILES, PAGES_AT_ONCE
from mulin.ground.audit.actions import recording
from mulin.ground.community.models import Community
from mulin.ground.community.rules import Actor
from mulin.ground.notify.queue import enqueue
from mulin.kit.failpoints import failpoint
from mulin.kit.paper.definition import Form, pages_of
from mulin.kit.paper.reading import (
    NothingToRead,
    Reader,
    ReaderFailed,
    ReaderMissing,
    ReadPage,
    is_reader_there,
    open_reader,
)
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community

_FOLDER: Final = "ballots"
_UNSURE: Final = Seen(Kind.SET_ASIDE)


def take_in_pictures(
    constituency: Constituency, files: Sequence[Incoming], *, community: Community, by: Actor,
    now: datetime, token: str | None = None,
) -> int:  # fmt: skip
    """Keep photos or PDFs of a box's sheets and have them read; how many files.

    Where nothing reads here, each photo is laid to a sheet as it is, for two people. Raises
    NotPermitted, Refused before the box was counted and while it is shut.
    """
    with recording(by, "ballots.take_in_pictures", now=now, token=token) as act:
        if act.is_repeat:
            return len(files)
        if not may_read_sheets(by):
            raise NotPermitted(_("The committee and the observers read the sheets."))
        group = _locked(constituency)
        if not group.sheets.exists():
            raise Refused(_("Count the sheets in the box first, and write down how many."))
        if not 0 < len(files) <= MOST_FILES:
            raise Refused(_("Send %(most)d files at most."), {"most": MOST_FILES}, field="sheets")
        if not is_reader_there():
            _refuse_unreadable(group, files)
        for file in files:
            name = _kept(group, file.content)
            BallotFile.objects.create(
                community_id=by.community_id, constituency=group, kept=name, is_pdf=file.is_pdf
            )
        act.on(group)
        enqueue(JOB, community=community)
    return len(files)


def _refuse_unreadable(group: Constituency, files: Sequence[Incoming]) -> None:
    """Without a reader a photo says neither which sheet it shows nor which side of it."""
    if any(file.is_pdf for file in files):
        raise Refused(
            _("A PDF cannot be opened on this machine. Photograph the sheets instead."),
            field="sheets",
        )
    if len(pages_of(ballot_form(group))) > 1:
        raise Refused(
            _("These ballots have several sides, which nothing here puts together. Read them from"
              " the paper."),
            field="sheets",
        )  # fmt: skip


def _kept(group: Constituency, content: bytes) -> str:
    """Kept under lock and a name by chance, without the time of its coming."""
    try:
        closed = keys.shut_file(group.election_id, PICTURES, content)
        name: str = default_storage.save(
            f"{_FOLDER}/{secrets.token_urlsafe(24)}", ContentFile(closed)
        )
    except keys.KeysGone:
        raise LockGone from None
    except OSError as error:
        raise Refused(
            _("The file could not be kept: there is no room left on the disk."), field="sheets"
        ) from error
    os.utime(default_storage.path(name), (0, 0))
    return name


# ── the machine reads ────────────────────────────────────────────────────────────────────────


def read_waiting(community: Community) -> None:
    """Read the files that wait, those of one vote after those of another; what is left is for the
    next job. Done twice, each side is there once.
    """
    left = PAGES_AT_ONCE
    with in_community(community), transaction.atomic():
        _lay_the_rest()
    with in_community(community):
        elections = list(Election.objects.filter(constituencies__files__isnull=False).distinct())
    for election in elections:
        if left > 0 and keys.has_box_lock(election.pk):
            left -= _read_of(election, left, community)
    with in_community(community):
        if left <= 0 and BallotFile.objects.exists():
            enqueue(JOB, community=community)


def _lay_the_rest() -> None:
    """Pictures that had no sheet get theirs, where the box was counted again since."""
    held: SheetPicture
    for held in SheetPicture.objects.filter(sheet=None, matter=Matter.MORE):
        group = _locked(held.constituency)
        if not keys.has_box_lock(group.election_id):
            continue
        content = picture_content(held)
        throw_away([held])
        if held.serial:
            side = _Side(held.serial, held.page, content, held.is_read, _marks_of(held))
            _lay(group, side, of=len(pages_of(ballot_form(group))))
        else:
            _lay_unread(group, content)


def _read_of(election: Election, most: int, community: Community) -> int:
    """Read files of a vote; how many pages."""
    with in_community(community):
        groups = list(election.constituencies.select_related("election"))
        form = ballot_form(groups[0])
    done = 0
    try:
        # One reader at a time on this machine: what waits while it is ours is nobody else's.
        with open_reader([form]) as reader:
            while done < most:
                with in_community(community):
                    file = _next_file(election)
                if file is None:
                    break
                done += _read_file(file, reader, form, most - done, community)
    except ReaderMissing:
        with in_community(community):
            while (file := _next_file(election)) is not None:
                with transaction.atomic():
                    _leave_to_people(file)
    except ReaderFailed:
        pass  # noted at its file; the next reader goes on
    return done


def _next_file(election: Election) -> BallotFile | None:
    waiting = BallotFile.objects.filter(constituency__election=election)
    found: BallotFile | None = waiting.order_by("tries", "id").first()
    return found


def _read_file(
    file: BallotFile, reader: Reader, form: Form, most: int, community: Community
) -> int:
    """Read pages of a file; how many. Raises ReaderMissing, ReaderFailed."""
    before, count = file.pages_read, None
    try:
        with keys.laid_open(_content(file)) as path:
            for page in reader.pages(path, start=before, most=most):
                count = page.of
                with in_community(community), transaction.atomic():
                    keep_page(file, page, form)
                failpoint("ballots.after_page")
    except NothingToRead:
        count = file.pages_read
        with in_community(community), transaction.atomic():
            _wait(_locked(file.constituency), Matter.NOTHING)
    except ReaderFailed:
        with in_community(community), transaction.atomic():
            _stumbled(file)
        raise
    with in_community(community), transaction.atomic():
        if count is None or file.pages_read >= count:
            _end(file)
    return max(file.pages_read - before, 1)


def keep_page(file: BallotFile, page: ReadPage, form: Form) -> None:
    """Lay one picture to its sheet. Part of reading a file."""
    group = _locked(file.constituency)
    code = page.code if page.code is not None and page.code.form == CODE else None
    if code is None or (page.trouble and not page.fields and page.trouble != "torn"):
        matter = Matter.TWO if page.trouble == Matter.TWO else Matter.NOTHING
        _wait(group, matter, content=page.sheet)
    else:
        is_read = bool(page.fields)
        picture = only_rows(page.sheet, form, code.page) if is_read else page.sheet
        marks = [option_of(one.name) for one in page.fields if one.values]
        is_sure = is_read and all(one.is_sure for one in page.fields)
        side = _Side(code.serial, code.page, picture, is_read, marks if is_sure else None)
        _lay(group, side, of=len(pages_of(form)))
    file.pages_read, file.tries = file.pages_read + 1, 0
    file.save(update_fields=["pages_read", "tries"])


@dataclass(frozen=True, slots=True)
class _Side:
    """A side whose code was read. `marks` is None where the machine is not sure, or read nothing."""

    serial: str
    page: int
    picture: bytes
    is_read: bool
    marks: list[str] | None


def _lay(group: Constituency, side: _Side, *, of: int) -> None:
    """Where a side belongs: to its sheet, to one that is still without, or to a person."""
    given: dict[str, Any] = {
        "content": side.picture, "serial": side.serial, "page": side.page,
        "is_read": side.is_read, "marks": side.marks,
    }  # fmt: skip
    sheet = group.sheets.filter(serial=side.serial).exclude(pictures__page=side.page).first()
    if sheet is None and group.sheets.filter(serial=side.serial).exists():
        _wait(group, Matter.COPY, **given)
        return
    sheet = sheet or _free(group)
    if sheet is None:
        _wait(group, Matter.MORE, **given)
        return
    sheet.serial = side.serial
    sheet.matter = sheet.matter or _matter_of(side.serial, group)
    _picture(group, sheet=sheet, **given)
    _conclude(sheet, of=of)


def _matter_of(serial: str, group: Constituency) -> str:
    """What the code itself says: printed for this box, for another, or not for this vote."""
    owner = serials_printed(group.election).get(hash_of(serial))
    if owner == group.pk:
        return ""
    return Matter.FOREIGN if owner is None else Matter.OTHER_BOX


def _free(group: Constituency) -> Sheet | None:
    """A sheet by chance that has neither picture nor reading: its number tells no order."""
    ids = list(
        group.sheets.filter(pictures__isnull=True, first__isnull=True).values_list("pk", flat=True)
    )
    found: Sheet | None = group.sheets.get(pk=secrets.choice(ids)) if ids else None
    return found


def _conclude(sheet: Sheet, *, of: int) -> None:
    """The machine's reading, once every side is there: one of the two, if two people were not
    quicker. What its code makes doubtful is an observer's, whoever has read it.
    """
    sides: Mapping[int, SheetPicture] = {one.page: one for one in sheet.pictures.all()}
    found = [_marks_of(one) for one in sides.values()]
    marked = [None if one is None else tuple(one) for one in found]
    if sheet.matter:
        sheet.machine, sheet.decided, sheet.reason = told_of(sheet, _UNSURE), None, ""
    elif len(sides) == of and sheet.second is None and all(one.is_read for one in sides.values()):
        marks = sides_read(marked, of=of)
        what = _UNSURE if marks is None else _seen(sheet, marks)
        sheet.machine = told_of(sheet, what)
    sheet.save(update_fields=["serial", "matter", "machine", "decided", "reason"])


def _seen(sheet: Sheet, marks: Sequence[str]) -> Seen:
    return seen(sheet.constituency, choices=marks, is_unclear=False)


def _wait(group: Constituency, matter: Matter, *, content: bytes = b"", **given: Any) -> None:
    _picture(group, matter=matter, content=content, **given)


def _picture(
    group: Constituency, *, content: bytes, marks: list[str] | None = None, **given: Any
) -> SheetPicture:
    name = _kept(group, content) if content else ""
    made = SheetPicture(community_id=group.community_id, constituency=group, picture=name, **given)
    if marks is not None:
        words = json.dumps(marks).encode("ascii")
        made.marks = keys.shut(group.election_id, _about(made), words)
    made.save(force_insert=True)
    return made


def _marks_of(picture: SheetPicture) -> list[str] | None:
    """What the machine saw marked on a side; None where it is not sure."""
    if picture.marks is None:
        return None
    words = keys.unshut(picture.constituency.election_id, _about(picture), picture.marks)
    marks: list[str] = json.loads(words)
    return marks


def _about(picture: SheetPicture) -> str:
    return f"side {picture.pk}"


def _leave_to_people(file: BallotFile) -> None:
    """Nothing reads here: the photo lies at a sheet, beside empty boxes."""
    group = _locked(file.constituency)
    if file.is_pdf:
        _wait(group, Matter.UNREAD)
    else:
        _lay_unread(group, _content(file))
    _end(file)


def _lay_unread(group: Constituency, content: bytes) -> None:
    sheet = _free(group)
    matter = "" if sheet is not None else Matter.MORE
    _picture(group, sheet=sheet, matter=matter, content=content)


def _content(file: BallotFile) -> bytes:
    with file.kept.open() as kept:
        content: bytes = kept.read()
    return keys.unshut_file(file.constituency.election_id, PICTURES, content)


def _stumbled(file: BallotFile) -> None:
    """The reader broke off: again, and after three times this page is left to people."""
    file.tries += 1
    if file.tries >= MOST_TRIES:
        content = b"" if file.is_pdf else _content(file)
        _wait(_locked(file.constituency), Matter.UNREAD, content=content)
        file.pages_read, file.tries = file.pages_read + 1, 0
    file.save(update_fields=["pages_read", "tries"])
    if not file.is_pdf and file.pages_read:
        _end(file)


def _end(file: BallotFile) -> None:
    """The file has given what it can: its pictures are kept, it goes."""
    file.delete()
    _delete_files([str(file.kept)])


def take_up(*, community: Community) -> None:
    """Have read what a job that died or stumbled has left. Called by a sweep."""
    if BallotFile.objects.exists():
        enqueue(JOB, community=community)


# ── what a person decides about a picture ────────────────────────────────────────────────────


def settle_picture(
    picture: SheetPicture, how: Settled, *, by: Actor, now: datetime, token: str | None = None
) -> Constituency:
    """Say what becomes of a picture that could not be laid to a sheet by itself.

    Raises NotPermitted, Refused for what cannot be with this one.
    """
    with recording(by, "ballots.settle_picture", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Constituency)
        if not (may_observe(by) if how is Settled.TWO_PAPERS else may_read_sheets(by)):
            raise NotPermitted(_("An observer decides this."))
        group = _locked(picture.constituency)
        held = group.pictures.select_for_update().filter(pk=picture.pk, sheet=None).first()
        if held is None or how not in ways_of(held):
            raise Refused(_("This picture is dealt with already."))
        if how is Settled.THROWN:
            throw_away([held])
        elif how is Settled.BY_EYE:
            _lay_by_eye(group, held)
        else:
            _lay_apart(group, held)
        act.on(group, after={"how": how})
    return group


def ways_of(picture: SheetPicture) -> list[Settled]:
    """What can become of it."""
    matter = Matter(picture.matter)
    ways = [Settled.THROWN]
    form = ballot_form(picture.constituency)
    if matter in {Matter.NOTHING, Matter.UNREAD} and picture.picture and len(pages_of(form)) == 1:
        ways.append(Settled.BY_EYE)
    if matter is Matter.COPY:
        ways.append(Settled.TWO_PAPERS)
    return ways


def _lay_by_eye(group: Constituency, held: SheetPicture) -> None:
    held.sheet, held.matter = _free_or_refuse(group), ""
    held.save(update_fields=["sheet", "matter"])


def _lay_apart(group: Constituency, held: SheetPicture) -> None:
    """Two papers with one code: one of them is a copy, and an observer says of each what it is."""
    twin = (
        group.sheets.filter(serial=held.serial, matter=Matter.COPY)
        .exclude(pictures__page=held.page)
        .first()
    )
    other = twin or _free_or_refuse(group)
    for sheet in group.sheets.filter(serial=held.serial):
        sheet.matter = Matter.COPY
        _conclude(sheet, of=0)
    other.serial, other.matter = held.serial, Matter.COPY
    held.sheet, held.matter = other, ""
    held.save(update_fields=["sheet", "matter"])
    _conclude(other, of=0)


def _free_or_refuse(group: Constituency) -> Sheet:
    sheet = _free(group)
    if sheet is None:
        raise Refused(_("Every sheet that was counted has its picture. Count the stack again."))
    return sheet


def throw_away(pictures: Sequence[SheetPicture]) -> None:
    """Remove pictures, and their files once that is sure. Part of an act."""
    SheetPicture.objects.filter(pk__in=[one.pk for one in pictures]).delete()
    _delete_files([str(one.picture) for one in pictures if one.picture])


def remove_pictures(election: Election) -> None:
    """Nothing stays of how the paper of a vote looked: pictures, files, serials. Part of an act."""
    throw_away(list(SheetPicture.objects.filter(constituency__election=election)))
    files = BallotFile.objects.filter(constituency__election=election)
    names = list(files.values_list("kept", flat=True))
    files.delete()
    _delete_files(names)
    Sheet.objects.filter(constituency__election=election).update(serial="")


def _delete_files(names: Sequence[str]) -> None:
    for name in names:
        transaction.on_commit(partial(default_storage.delete, name))


def _locked(constituency: Constituency) -> Constituency:
    held: Constituency = (
        Constituency.objects.select_for_update(of=("self",))
        .select_related("election")
        .get(pk=constituency.pk)
    )
    refuse_shut(held.election)
    return held

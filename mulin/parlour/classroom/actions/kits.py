"""Kits are laid out, written, copied, changed, taken in from a file; put online."""

import zipfile
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Final

from django.core.files.base import ContentFile
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.ids import public_code
from mulin.kit.photos import PhotoRefused, clean_photo
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.parlour.classroom.models import Kit, KitPicture, OnlineLesson
from mulin.parlour.classroom.permissions import may_teach
from mulin.parlour.classroom.queries import KIT_FILE, kits_not_laid_out, shipped_kits
from mulin.parlour.classroom.rules import (
    KitFault,
    KitText,
    check_kit,
    kit_from_toml,
    pictures_of,
)

LARGEST_FILE: Final = 20 * 1024 * 1024
LARGEST_TEXT: Final = 1024 * 1024
MOST_PICTURES: Final = 30
#: What is said of each fault; `what` is the line, the question or the step.
_FAULTS: Final[dict[tuple[str, str], Promise]] = {
    ("plan", "line"): _(
        "“%(what)s”: begin each line with the minutes, such as “5 A warm welcome”."
    ),
    ("plan", "empty"): _("Write at least one step of the plan."),
    ("quiz", "line"): _("“%(what)s”: each line of the quiz begins with 问：, 对：, 错： or 讲：."),
    ("quiz", "question"): _(
        "“%(what)s” needs one right answer (对：), one to three wrong ones (错：) and why (讲：)."
    ),
    ("quiz", "many"): _("A quiz has forty questions at most. From “%(what)s” on it is too many."),
    ("scene", "line"): _(
        "“%(what)s”: write a step like “第1步：The phone rings”, a choice like “选：Hang up，到第2步”."
    ),
    ("scene", "twice"): _("“%(what)s”: this number stands before another step already."),
    ("scene", "start"): _("The scene begins with step 1, which is missing."),
    ("scene", "nowhere"): _("The choice “%(what)s” leads to a step that is not there."),
    ("scene", "lost"): _("No choice leads to the step “%(what)s”."),
    ("scene", "end"): _(
        "“%(what)s”: an end says （好） or （坏） after its number and has no choices; every other step"
        " has choices."
    ),
    ("title", "empty"): _("Give the kit a name."),
    ("file", "toml"): _("The file kit.toml cannot be read: %(what)s"),
    ("file", "value"): _("In kit.toml these are no text: %(what)s"),
}


def lay_out_kits(*, by: Actor, now: datetime, token: str | None = None) -> int:
    """Take the kits that come with the product into the community's own; those it has stay as they
    are. Returns how many are new. Raises NotPermitted, and Refused where all are there.
    """
    _check(by)
    with recording(by, "classroom.lay_out_kits", now=now, token=token) as act:
        if act.is_repeat:
            return 0
        names = kits_not_laid_out()
        if not names:
            raise Refused(_("All the kits that come with Mulin are here already."))
        made = [
            _first(shipped_kits()[name], by=by, now=now, family=name) for name in names
        ]  # fmt: skip
        act.on(made[0], after={"kits": names})
    return len(made)


def write_kit(text: KitText, *, by: Actor, now: datetime, token: str | None = None) -> Kit:
    """A kit of one's own. Raises NotPermitted, Refused beside the part that is at fault."""
    _check(by)
    _sound(text)
    with recording(by, "classroom.write_kit", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Kit)
        kit = _first(text, by=by, now=now)
        act.on(kit, after={"title": kit.title})
    return kit


def copy_kit(kit: Kit, *, by: Actor, now: datetime, token: str | None = None) -> Kit:
    """The same under a new name, to be changed; the first stays as it is. Raises NotPermitted."""
    _check(by)
    with recording(by, "classroom.copy_kit", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Kit)
        copy = _first(kit.text, by=by, now=now, copied_from=kit)
        copy.title = (gettext("%(title)s (copy)") % {"title": kit.title})[:80]
        copy.save(update_fields=["title"])
        _carry_pictures(kit, copy)
        act.on(copy, after={"title": copy.title, "from": kit.pk})
    return copy


def change_kit(
    kit: Kit, text: KitText, *, by: Actor, now: datetime, token: str | None = None
) -> Kit:
    """A new version; lessons that were planned with the one before keep it.

    Raises NotPermitted, Refused, and TakenMeanwhile when somebody else made a version.
    """
    _check(by)
    _sound(text)
    with recording(by, "classroom.change_kit", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Kit)
        if Kit.objects.filter(pk=kit.pk, is_latest=True).update(is_latest=False) != 1:
            raise TakenMeanwhile(_("Somebody has changed this kit meanwhile. Open it again."))
        version = _made(text, by=by, now=now, family=kit.family, number=kit.number + 1)
        version.save()
        _carry_pictures(kit, version)
        _check_pictures(version)
        act.on(version, after={"title": version.title, "version": version.number})
    return version


def take_in_kit(content: bytes, *, by: Actor, now: datetime, token: str | None = None) -> Kit:
    """A kit from the file that another community gave away. Raises NotPermitted, Refused: also for
    a picture that the script shows and the file lacks.
    """
    _check(by)
    text, pictures = _opened(content)
    with recording(by, "classroom.take_in_kit", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Kit)
        kit = _first(text, by=by, now=now)
        for name, picture in pictures.items():
            row = KitPicture(community_id=kit.community_id, kit=kit, name=name)
            try:
                row.file.save(f"{public_code(20)}.jpg", ContentFile(picture), save=False)
            except OSError as error:
                raise Refused(_("There is no room left on the disk."), field="file") from error
            row.save()
        act.on(kit, after={"title": kit.title, "pictures": len(pictures)})
    return kit


def put_online(
    kit: Kit, *, film: str, by: Actor, now: datetime, token: str | None = None
) -> OnlineLesson:
    """Let everybody read a kit at home, or watch its film. Raises NotPermitted, Refused."""
    _check(by)
    if not kit.script and not film:
        raise Refused(
            _("There is nothing to read in this kit: give the address of a film."), field="film"
        )
    with recording(by, "classroom.put_online", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(OnlineLesson)
        online: OnlineLesson = OnlineLesson.objects.create(
            community_id=by.community_id, kit=kit, title=kit.title, film=film, opened_at=now
        )
        act.on(online, after={"title": online.title})
    return online


def take_offline(
    online: OnlineLesson, *, by: Actor, now: datetime, token: str | None = None
) -> OnlineLesson:
    """Nobody sees it any more; how often it was seen stays counted. Raises NotPermitted."""
    _check(by)
    with recording(by, "classroom.take_offline", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(OnlineLesson)
        if (
            OnlineLesson.objects.filter(pk=online.pk, closed_at__isnull=True).update(closed_at=now)
            != 1
        ):
            raise TakenMeanwhile(_("It was taken off already."))
        online.closed_at = now
        act.on(online, after={"closed_at": now})
    return online


def _check(by: Actor) -> None:
    if not may_teach(by):
        raise NotPermitted(_("Whoever holds lessons writes kits."))


def _sound(text: KitText) -> None:
    try:
        check_kit(text)
    except KitFault as fault:
        raise _refused(fault, field=fault.part) from fault


def _refused(fault: KitFault, *, field: str) -> Refused:
    words = _FAULTS.get((fault.part, fault.why), _("“%(what)s” cannot stand here."))
    return Refused(words, {"what": fault.what}, field=field)


def _made(text: KitText, *, by: Actor, now: datetime, family: str, number: int) -> Kit:
    return Kit(
        community_id=by.community_id, family=family, number=number, title=text.title.strip()[:80],
        subject=text.subject, form=text.form, audiences=list(text.audiences), aim=text.aim,
        materials=text.materials, plan=text.plan, script=text.script, quiz=text.quiz,
        scene=text.scene, saved_at=now, saved_by_id=by.account_id,
    )  # fmt: skip


def _first(
    text: KitText, *, by: Actor, now: datetime, family: str = "", copied_from: Kit | None = None
) -> Kit:
    kit = _made(text, by=by, now=now, family=family or public_code(12), number=1)
    kit.copied_from = copied_from
    kit.save()
    return kit


def _carry_pictures(kit: Kit, to: Kit) -> None:
    KitPicture.objects.bulk_create(
        KitPicture(community_id=to.community_id, kit=to, name=one.name, file=one.file.name)
        for one in KitPicture.objects.filter(kit=kit)
    )


def _check_pictures(kit: Kit) -> None:
    there = set(KitPicture.objects.filter(kit=kit).values_list("name", flat=True))
    missing = [name for name in pictures_of(kit.script) if name not in there]
    if missing:
        raise Refused(
            _("The script shows pictures that this kit does not have: %(names)s"),
            {"names": "、".join(missing)},
            field="script",
        )


def _opened(content: bytes) -> tuple[KitText, Mapping[str, bytes]]:
    """The text and the cleaned pictures of a kit's file. Raises Refused."""
    if len(content) > LARGEST_FILE:
        raise Refused(_("The file is larger than 20 MB."), field="file")
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            told = {one.filename: one for one in archive.infolist()}
            if KIT_FILE not in told or told[KIT_FILE].file_size > LARGEST_TEXT:
                raise Refused(_("This is no file of a kit: kit.toml is not in it."), field="file")
            text = kit_from_toml(archive.read(KIT_FILE).decode("utf-8"))
            return text, _pictures(archive, told, pictures_of(text.script))
    except (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError, RuntimeError) as error:
        raise Refused(
            _("This file is no kit, or it was damaged on its way."), field="file"
        ) from error
    except KitFault as fault:
        raise _refused(fault, field="file") from fault


def _pictures(
    archive: zipfile.ZipFile, told: Mapping[str, zipfile.ZipInfo], names: list[str]
) -> Mapping[str, bytes]:
    missing = [name for name in names if f"pictures/{name}" not in told]
    if missing:
        raise Refused(
            _(
                "The script shows these pictures, but they are not in the file: %(names)s. Ask"
                " whoever gave it to you to export the kit again."
            ),
            {"names": "、".join(missing)},
            field="file",
        )
    if len(names) > MOST_PICTURES or any(
        told[f"pictures/{name}"].file_size > LARGEST_FILE for name in names
    ):
        raise Refused(_("The pictures are too many or too large."), field="file")
    cleaned = {}
    for name in names:
        try:
            cleaned[name] = clean_photo(archive.read(f"pictures/{name}")).content
        except PhotoRefused as refusal:
            raise Refused(f"{name}: {refusal.message}", field="file") from refusal
    return cleaned

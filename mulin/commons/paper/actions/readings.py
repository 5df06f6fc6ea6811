"""A person looks: says which form it is, hands in what stands on it, or throws it away."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from io import BytesIO
from typing import Any, Final

from django.apps import apps
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mulin.commons.paper.actions.sheets import version_of
from mulin.commons.paper.models import ReadField, Reading, Sheet
from mulin.commons.paper.permissions import may_finish
from mulin.commons.paper.queries import proposed
from mulin.commons.paper.registry import ABOUT, PaperUse, Taken, use_of
from mulin.commons.paper.rules import KEPT, Matter, ReadingState, missing_looks
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.kit.channels import Channel
from mulin.kit.paper.definition import Form, SheetCode, sheet_code
from mulin.kit.paper.typed import text_of
from mulin.kit.photos import CleanPhoto, PhotoRefused, clean_photo
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile

_LONGEST: Final = 120


def name_sheet(
    reading: Reading, use: PaperUse, *, code: str, by: Actor, now: datetime,
    token: str | None = None,
) -> Reading:  # fmt: skip
    """Say which form a picture shows, where no machine could. `code` is typed from the foot of the
    sheet, or empty if it cannot be read there either. Raises NotPermitted, Refused, TakenMeanwhile.
    """
    _permit(by, reading)
    if not use.may(by):
        raise NotPermitted(_("Please ask at the desk."))
    typed = sheet_code(code) if code.strip() else None
    if code.strip() and typed is None:
        raise Refused(
            _("There is a slip in this code. Compare it with the foot of the sheet."), field="code"
        )
    with recording(by, "paper.name_sheet", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Reading)
        sheet = _sheet_of(typed, use)
        if sheet is None and (use.rows is not None or use.subjects is not None):
            raise Refused(
                _("Type the code: without it nobody knows whose rows these are."), field="code"
            )
        version = sheet.version if sheet else version_of(
            use, community_id=by.community_id, now=now
        )  # fmt: skip
        first = Reading.objects.of_sheet(sheet, 1).exclude(pk=reading.pk).first() if sheet else None
        changed = {
            "sheet": sheet, "version": version, "twin": first, "page": 1,
            "matter": Matter.COPY if first else Matter.BY_HAND,
        }  # fmt: skip
        if Reading.objects.waiting().filter(pk=reading.pk).update(**changed) != 1:
            raise _taken()
        ReadField.objects.filter(reading=reading).delete()
        ReadField.objects.bulk_create(
            ReadField(community_id=by.community_id, reading=reading, name=field.name)
            for field in version.form.fields
        )
        reading.refresh_from_db()
        act.on(reading, after={"form": version.code, "version": version.version})
    return reading


def _sheet_of(typed: SheetCode | None, use: PaperUse) -> Sheet | None:
    if typed is None:
        return None
    sheet: Sheet | None = (
        Sheet.objects.filter(serial=typed.serial).select_related("version").first()
    )
    if sheet is None:
        raise Refused(_("No sheet with this code was printed here. Leave it empty."), field="code")
    if sheet.version.code != use.code:
        raise Refused(_("This is the code of another form."), field="form")
    return sheet


def finish(
    reading: Reading, *, values: Mapping[str, Any], looked: Iterable[str], person: Person | None,
    by: Actor, now: datetime, token: str | None = None,
) -> Reading:  # fmt: skip
    """Hand in what a person has looked at: the room makes its record in the same transaction.

    `values` are those of the typed form, `looked` the fields somebody ticked off. Raises
    NotPermitted, Refused beside the first field nobody looked at, TakenMeanwhile.
    """
    _permit(by, reading)
    if reading.version is None:
        raise Refused(_("Say first which form this is."))
    use = use_of(reading.version.code)
    form = use.asked_on(reading.version.form, reading.sheet, by)
    with recording(by, "paper.finish", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Reading)
        read = {one.name: one for one in ReadField.objects.filter(reading=reading)}
        changed = _changed(form, read, values)
        looked = {*looked, *changed}
        sure = {name: one.is_sure for name, one in read.items()}
        if missing := missing_looks(form, sure, looked, changed):
            raise Refused(_("Look at this one beside its picture first."), field=missing[0])
        _permit_twin(reading)
        named = None if use.hides_person else person
        taker = by.by(Channel.PAPER, on_behalf_of=named.pk if named else None)
        picture = None if use.keeps_nothing else _picture(reading)
        rows = dict(reading.sheet.rows) if reading.sheet else {}
        about = rows.pop(ABOUT, "")
        taken = Taken(values, person, picture, reading.sheet, about, rows)
        record = use.take(taken, by=taker, now=now)
        won = Reading.objects.waiting().filter(pk=reading.pk).update(
            state=ReadingState.DONE, ended_at=now, ended_by=by.account_id, person=named,
            record_kind=record._meta.label_lower, record_id=record.pk,
            record_number=use.number(record)[:40],
        )  # fmt: skip
        if won != 1:
            raise _taken()
        if use.keeps_nothing:
            _wipe(reading)
            read, changed = {}, set()
        for name, one in read.items():
            one.value = _as_text(values.get(name))
            if name in looked:
                one.looked_at, one.looked_by_id = now, by.account_id
        ReadField.objects.bulk_update(read.values(), ["value", "looked_at", "looked_by"])
        reading.refresh_from_db()
        act.on(
            reading,
            after={"record": record.pk, "changed": sorted(changed), "looked": sorted(looked)},
        )
    return reading


def hand_in_typed(
    use: PaperUse, *, values: Mapping[str, Any], channel: Channel, by: Actor, now: datetime,
    person: Person | None = None, about: str = "", rows: Mapping[str, str] | None = None,
    token: str | None = None,
) -> models.Model:  # fmt: skip
    """The same form without paper: read out over the phone, or typed at the desk. `rows` are those
    that were read out of a list.
    """
    if not use.may(by):
        raise NotPermitted(_("Please ask at the desk."))
    with recording(by, "paper.hand_in_typed", now=now, token=token) as act:
        if act.is_repeat:
            model: type[models.Model] = apps.get_model(use.model)
            return act.first_result(model)
        named = None if use.hides_person else person
        taker = by.by(channel, on_behalf_of=named.pk if named else None)
        taken = Taken(values, person, about=about, rows=rows or {})
        record = use.take(taken, by=taker, now=now)
        act.on(record, after={"form": use.code})
    return record


def throw_away(
    reading: Reading, *, why: str, by: Actor, now: datetime, token: str | None = None
) -> Reading:
    """Nothing comes of this picture, and why; it is deleted. Raises NotPermitted, Refused."""
    _permit(by, reading)
    if not why.strip():
        raise Refused(_("Say in a word why, so that nobody looks for it."), field="why")
    with recording(by, "paper.throw_away", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Reading)
        ended = {"state": ReadingState.THROWN, "ended_at": now, "ended_by": by.account_id}
        waiting = Reading.objects.waiting().filter(pk=reading.pk)
        if waiting.update(why=why.strip()[:_LONGEST], **ended) != 1:
            raise _taken()
        _forget(reading)
        reading.refresh_from_db()
        act.on(reading, after={"why": reading.why})
    return reading


def look_after_all(
    reading: Reading, *, by: Actor, now: datetime, token: str | None = None
) -> Reading:
    """What was taken for the same sheet again is put back to be looked at, if it was kept."""
    _permit(by, reading)
    with recording(by, "paper.look_after_all", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Reading)
        again = Reading.objects.filter(pk=reading.pk, state=ReadingState.AGAIN).exclude(picture="")
        if again.update(state=ReadingState.WAITING, matter=Matter.COPY) != 1:
            raise _taken()
        reading.refresh_from_db()
        act.on(reading, after={"state": ReadingState.WAITING})
    return reading


def forget_old(now: datetime) -> int:
    """Delete pictures and readings of what ended long ago: the record has its sheet. How many."""
    ended = Reading.objects.exclude(state=ReadingState.WAITING).exclude(picture="")
    old = list(ended.filter(Q(ended_at__lt=now - KEPT) | Q(
        ended_at__isnull=True, read_at__lt=now - KEPT))[:200])  # fmt: skip
    for reading in old:
        _forget(reading)
    return len(old)


def _forget(reading: Reading) -> None:
    """The picture goes, and every word that was read; who looked at what stays."""
    if reading.picture:
        reading.picture.delete(save=False)
    Reading.objects.filter(pk=reading.pk).update(picture="")
    ReadField.objects.filter(reading=reading).update(raw=None, read=None, value=None)


forget_reading = _forget


def _wipe(reading: Reading) -> None:
    """What a secret sheet says goes with the transaction that hands it in, from every picture of it."""
    pictures = Reading.objects.filter(Q(pk=reading.pk) | Q(twin=reading, state=ReadingState.AGAIN))
    names = [name for name in pictures.values_list("picture", flat=True) if name]
    ReadField.objects.filter(reading__in=pictures).delete()
    pictures.update(picture="")
    storage = reading.picture.storage

    def delete() -> None:
        for name in names:
            storage.delete(name)

    transaction.on_commit(delete)


def _permit(by: Actor, reading: Reading) -> None:
    if not may_finish(by, reading) or by.account_id is None:
        raise NotPermitted(_("Please ask at the desk."))


def _permit_twin(reading: Reading) -> None:
    """One sheet, one record; what a person has told apart counts by itself."""
    if reading.sheet is None or reading.matter == Matter.COPY:
        return
    done = Reading.objects.of_sheet(reading.sheet, reading.page).filter(state=ReadingState.DONE)
    first = done.exclude(pk=reading.pk).first()
    if first is not None:
        raise Refused(
            _("This sheet was handed in already as %(number)s. Throw this picture away."),
            {"number": first.record_number},
        )


def _changed(form: Form, read: Mapping[str, ReadField], values: Mapping[str, Any]) -> set[str]:
    """The fields that were handed in otherwise than the reader proposed."""
    changed = set()
    for field in form.fields:
        before = text_of(field, proposed(read[field.name])) if field.name in read else ""
        if _plain(values.get(field.name)) != _plain(before):
            changed.add(field.name)
    return changed


def _plain(value: Any) -> str:  # Any: what each kind of field gives
    text = "".join(sorted(value)) if isinstance(value, list) else str(value or "")
    return "".join(one for one in text if one.isalnum())


def _as_text(value: Any) -> str:  # Any: what each kind of field gives
    plain = value if isinstance(value, list) else "" if value is None else str(value)
    return json.dumps(plain, ensure_ascii=False)


def _picture(reading: Reading) -> CleanPhoto | None:
    """The sheet, for the room to keep with its record."""
    if not reading.picture:
        return None
    with reading.picture.open() as file:
        try:
            return clean_photo(BytesIO(file.read()))
        except PhotoRefused:
            return None


def _taken() -> TakenMeanwhile:
    return TakenMeanwhile(_("A colleague has dealt with this sheet meanwhile."))

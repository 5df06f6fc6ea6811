"""Sittings with notice and record; talks with one side alone; pictures for the dossier."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mulin.circle.mediation.actions.exhibits import keep_exhibit
from mulin.circle.mediation.actions.intake import account_of, nameless
from mulin.circle.mediation.models import Case, Party, Sitting, Talk
from mulin.circle.mediation.permissions import check_mediates
from mulin.circle.mediation.rules import State
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.photos import CleanPhoto
from mulin.kit.refusals import Refused, TakenMeanwhile


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What stands in the record of a sitting; `helped` is for the mediators, and on no paper."""

    present: tuple[int, ...] = ()
    facts: str = ""
    points: str = ""
    result: str = ""
    helped: str = ""
    invited: str = ""
    interpreter: str = ""
    dialect: str = ""


def plan_sitting(
    case: Case, *, at: datetime, place: str, told: str, is_open: bool, by: Actor, now: datetime,
    token: str | None = None,
) -> Sitting:  # fmt: skip
    """Say when and where, and how each party was told. Raises NotPermitted, Refused."""
    check_mediates(by, case)
    if at < now:
        raise Refused(_("This time is over. Choose a later one."), field="at")
    with recording(nameless(by), "mediation.plan_sitting", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Sitting)
        _check_sitting(case)
        sitting: Sitting = Sitting.objects.create(
            community_id=case.community_id, case=case, at=at, is_open=is_open,
            sealed_plan=case.box.seal({"place": place.strip(), "told": told.strip()}),
        )  # fmt: skip
        act.on(sitting)
    return sitting


def hold(
    sitting: Sitting, record: Record, *, method: str, invited_agreed: bool, by: Actor,
    now: datetime, token: str | None = None,
) -> Sitting:  # fmt: skip
    """Write the record: who was there, what was said, what came of it (《人民调解法》第27条).

    Whoever else is there is there because both sides agreed (第20条). Raises NotPermitted, Refused.
    """
    case = sitting.case
    check_mediates(by, case)
    if record.invited.strip() and not invited_agreed:
        raise Refused(_("Others take part only if both sides agree."), field="invited")
    if not record.present:
        raise Refused(_("Say which parties were there."), field="present")
    if set(record.present) - set(case.parties.values_list("pk", flat=True)):
        raise Refused(_("Say which parties were there."), field="present")
    with recording(nameless(by), "mediation.hold", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Sitting)
        _check_sitting(case)
        held = Sitting.objects.filter(pk=sitting.pk, held_at__isnull=True).update(
            held_at=now, method=method, sealed=case.box.seal(asdict(record)),
            written_by=by.account_id,
        )  # fmt: skip
        if held != 1:
            raise TakenMeanwhile(_("This sitting has its record already."))
        Case.objects.filter(pk=case.pk).update(method=method)
        sitting.refresh_from_db()
        act.on(sitting)
    return sitting


def note_talk(
    case: Case, party: Party, *, words: str, by: Actor, now: datetime, token: str | None = None
) -> Talk:
    """What one side said alone; the other side's papers never hold it. Raises NotPermitted, Refused."""
    check_mediates(by, case)
    if not words.strip():
        raise Refused(_("Write what was said."), field="words")
    with recording(nameless(by), "mediation.note_talk", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Talk)
        talk: Talk = Talk.objects.create(
            community_id=case.community_id, case=case, party=party, at=now, by_id=account_of(by),
            sealed=case.box.seal({"words": words.strip()}),
        )  # fmt: skip
        act.on(talk)
    return talk


def add_exhibits(
    case: Case, photos: Collection[CleanPhoto], *, item: int, by: Actor, now: datetime,
    token: str | None = None,
) -> Case:  # fmt: skip
    """Pictures for the dossier: identity, authority, evidence, proof of performance, court papers.

    Raises NotPermitted, Refused.
    """
    check_mediates(by, case)
    if not photos:
        raise Refused(_("Choose a picture."), field="photos")
    with recording(nameless(by), "mediation.add_exhibits", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Case)
        for photo in photos:
            keep_exhibit(case, item=item, content=photo.content, now=now)
        act.on(case)
    return case


def _check_sitting(case: Case) -> None:
    if case.state != State.SITTING:
        raise Refused(_("The case has gone on. Open it again to see."))

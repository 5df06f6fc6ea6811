"""At year's end: the roll is drawn up, people answer once, the envelopes are opened together."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from hashlib import sha256
from random import SystemRandom

from django.utils.translation import gettext_lazy as _

from mulin.commons.ballots.models import random_id
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.parlour.doublefive.actions.carrying import note_on_needs
from mulin.parlour.doublefive.models import (
    Appraisal,
    Appraiser,
    Envelope,
    Project,
    Remark,
    Season,
    Verdict,
)
from mulin.parlour.doublefive.permissions import may_arrange, may_ask, may_hold
from mulin.parlour.doublefive.queries import (
    digest_of_electors,
    electors_of,
    in_the_box,
    projects_of,
    report_of,
    taken_out,
)
from mulin.parlour.doublefive.rules import LONGEST, Says, Stage, says_nothing

Answers = Mapping[int, Says]
"""The id of a project → what is said of it."""

_dice = SystemRandom()


def open_appraisal(
    season: Season, *, last_day: date, by: Actor, now: datetime, token: str | None = None
) -> Appraisal:
    """Draw up a new roll by the rule of the vote, and begin. Raises NotPermitted, Refused while
    nothing is carried out, TakenMeanwhile.
    """
    _may_hold(by)
    with recording(by, "doublefive.open_appraisal", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Appraisal)
        today = local_day(now)
        if not today <= last_day <= today + LONGEST:
            raise Refused(
                _("Choose a last day from today on, within %(days)s days."),
                {"days": LONGEST.days},
                field="last_day",
            )
        if not Project.objects.filter(chosen__season=season).exists():
            raise Refused(_("No project was begun: there would be nothing to appraise."))
        carried = Season.objects.filter(pk=season.pk, stage=Stage.CARRY_OUT)
        if carried.update(stage=Stage.APPRAISE) != 1:
            raise TakenMeanwhile(_("It is appraised already, or the five are not chosen yet."))
        season.stage = Stage.APPRAISE
        electors = electors_of(season, today)
        appraisal: Appraisal = Appraisal.objects.create(
            community_id=by.community_id, season=season, first_day=today, last_day=last_day,
            roll_digest=digest_of_electors(electors),
        )  # fmt: skip
        Appraiser.objects.bulk_create(
            (
                Appraiser(
                    community_id=by.community_id, appraisal=appraisal, person_id=pk,
                    constituency=group,
                )
                for group, ids in electors.items()
                for pk in ids
            ),
            batch_size=500,
        )  # fmt: skip
        act.on(
            appraisal,
            after={
                "roll": {group.value: len(ids) for group, ids in electors.items()},
                "digest": appraisal.roll_digest, "until": last_day,
            },
        )  # fmt: skip
    return appraisal


def answer_appraisal(
    appraiser: Appraiser, answers: Answers, *, by: Actor, now: datetime, token: str | None = None
) -> Appraiser:
    """Somebody answers for themselves. Which account was signed in is not written down.

    Raises NotPermitted for another than the one on the roll, Refused, TakenMeanwhile.
    """
    if by.person_id not in Person.everyone_of(appraiser.person):
        raise NotPermitted(_("Everybody says it for themselves, or at the desk."))
    nobody = Actor(by.community_id, channel=by.channel)
    with recording(nobody, "doublefive.appraise", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Appraiser)
        _note_answered(appraiser, by=nobody, now=now)
        _seal(appraiser.appraisal, answers, constituency=appraiser.constituency)
        act.on(appraiser, after={"way": nobody.channel})
    return appraiser


def note_answers(
    appraiser: Appraiser, answers: Answers, *, by: Actor, now: datetime, token: str | None = None
) -> Appraiser:
    """What somebody said on the phone, at the door or at the desk. Raises NotPermitted, Refused,
    TakenMeanwhile.
    """
    if not may_ask(by):
        raise NotPermitted(_("The desk asks."))
    with recording(by, "doublefive.note_answers", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Appraiser)
        _note_answered(appraiser, by=by, now=now)
        _seal(appraiser.appraisal, answers, constituency=appraiser.constituency)
        act.on(appraiser, after={"way": by.channel})
    return appraiser


def put_in_box(
    appraiser: Appraiser, *, by: Actor, now: datetime, token: str | None = None
) -> Appraiser:
    """Somebody puts their sheet into the box: from now on it is one among the others, and typed
    without them. Raises NotPermitted, Refused after the last day, TakenMeanwhile.
    """
    if not may_ask(by):
        raise NotPermitted(_("The desk keeps the box."))
    on_paper = by.by(Channel.PAPER)
    with recording(on_paper, "doublefive.put_in_box", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Appraiser)
        _note_answered(appraiser, by=on_paper, now=now)
        act.on(appraiser, after={"way": Channel.PAPER})
    return appraiser


def type_sheet(
    appraisal: Appraisal, answers: Answers, *, constituency: str, by: Actor, now: datetime,
    token: str | None = None,
) -> Appraisal:  # fmt: skip
    """Type a sheet out of the box; its colour says the constituency, nothing says whose it is.

    Raises NotPermitted, Refused when as many were typed as were put in.
    """
    if not may_arrange(by):
        raise NotPermitted(_("The desk types the sheets."))
    with recording(by, "doublefive.type_sheet", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Appraisal)
        held = _with_room(appraisal, lambda one: max(one.sides_read.values(), default=0))
        held.sheets_typed += 1
        held.save(update_fields=["sheets_typed"])
        asked = projects_of(appraisal.season).values_list("pk", flat=True)
        _put_by(appraisal, {pk: answers.get(pk, Says()) for pk in asked}, constituency)
        act.on(appraisal)
    return appraisal


def take_side(
    appraisal: Appraisal, answers: Answers, *, constituency: str, by: Actor, now: datetime
) -> Appraisal:
    """One side of a sheet out of the box was read: what it says of the projects on it. Part of the
    act that hands the sheet in.

    Raises NotPermitted, Refused when as many of this side were taken in as were put into the box.
    """
    if not may_arrange(by):
        raise NotPermitted(_("The desk types the sheets."))
    side = str(next(iter(answers)))
    with recording(by, "doublefive.type_sheet", now=now) as act:
        held = _with_room(appraisal, lambda one: one.sides_read.get(side, 0))
        held.sides_read[side] = held.sides_read.get(side, 0) + 1
        held.save(update_fields=["sides_read"])
        _put_by(appraisal, answers, constituency)
        act.on(appraisal)
    return held


def _with_room(appraisal: Appraisal, read: Callable[[Appraisal], int]) -> Appraisal:
    """The appraisal, held, if the box has one more sheet. A sheet may be blank: it was in the box
    and counts as one that said nothing.
    """
    running = Appraisal.objects.select_for_update().filter(
        pk=appraisal.pk, published_at__isnull=True
    )
    held: Appraisal | None = running.first()
    if held is None or held.sheets_typed + read(held) >= in_the_box(held):
        raise Refused(_("As many sheets are typed as were put into the box."))
    return held


def publish_appraisal(
    appraisal: Appraisal, *, explanation: str = "", by: Actor, now: datetime,
    token: str | None = None,
) -> Appraisal:  # fmt: skip
    """Open all envelopes together, write the report for good, remove the roll.

    Raises NotPermitted, Refused before the last day is over or while sheets and box are unequal
    and nobody says why, TakenMeanwhile.
    """
    _may_hold(by)
    with recording(by, "doublefive.publish_appraisal", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Appraisal)
        if local_day(now) <= appraisal.last_day:
            raise Refused(_("It ends when its last day is over, not while the answers are fine."))
        running = Appraisal.objects.select_for_update().filter(
            pk=appraisal.pk, published_at__isnull=True
        )
        held = running.select_related("season").first()
        if held is None:
            raise TakenMeanwhile(_("It is published already."))
        if taken_out(held) != in_the_box(held) and not explanation.strip():
            raise Refused(
                _(
                    "Not as many sheets are typed as were put into the box. Type the rest, or say why."
                ),
                field="explanation",
            )
        _open_envelopes(held)
        held.explanation, held.published_at = explanation.strip(), now
        held.report = report_of(held)
        held.digest = sha256(
            json.dumps(held.report, sort_keys=True, ensure_ascii=False).encode()
        ).hexdigest()
        held.save()
        projects = Project.objects.filter(chosen__season=held.season_id)
        for project in projects.select_related("chosen__idea").order_by("id"):
            note_on_needs(
                project, kind="appraised", by=by, now=now,
                line=_("At year's end the residents appraised it; the result is published."),
            )  # fmt: skip
        # Nobody needs to know any more who took part; how many stands in the report.
        Appraiser.objects.filter(appraisal=held).delete()
        act.on(held, after={"digest": held.digest, "answered": held.report["answered"]})
    return held


def _note_answered(appraiser: Appraiser, *, by: Actor, now: datetime) -> None:
    if local_day(now) > appraiser.appraisal.last_day:
        raise Refused(_("The appraisal is over. Thank you for wanting to take part."))
    waiting = Appraiser.objects.filter(
        pk=appraiser.pk, answered_on__isnull=True, appraisal__published_at__isnull=True
    )
    values = {"answered_on": local_day(now), "way": by.channel, "entered_by": by.account_id}
    if waiting.update(**values) != 1:
        raise TakenMeanwhile(_("They have answered already, or the appraisal is over."))
    appraiser.answered_on = local_day(now)


def _seal(appraisal: Appraisal, answers: Answers, *, constituency: str) -> None:
    if says_nothing(answers):
        raise Refused(_("Answer one question at least."))
    asked = projects_of(appraisal.season).values_list("pk", flat=True)
    _put_by(appraisal, {pk: answers.get(pk, Says()) for pk in asked}, constituency)


def _put_by(appraisal: Appraisal, answers: Answers, constituency: str) -> None:
    whole = {str(pk): asdict(says) for pk, says in answers.items()}
    Envelope.objects.create(
        community_id=appraisal.community_id, appraisal=appraisal, constituency=constituency,
        sealed=json.dumps(whole, ensure_ascii=False),
    )  # fmt: skip


def _open_envelopes(appraisal: Appraisal) -> None:
    """All at once, in random order, each person's verdicts apart from one another."""
    verdicts, remarks = [], []
    for envelope in Envelope.objects.filter(appraisal=appraisal):
        for pk, said in json.loads(envelope.sealed).items():
            says = Says(**said)
            verdicts.append(
                Verdict(
                    pk=random_id(), community_id=appraisal.community_id, project_id=int(pk),
                    constituency=envelope.constituency, is_done=says.is_done,
                    is_seen=says.is_seen, step=says.step,
                )
            )  # fmt: skip
            if says.words:
                remarks.append(
                    Remark(
                        pk=random_id(), community_id=appraisal.community_id, project_id=int(pk),
                        words=says.words,
                    )
                )  # fmt: skip
    _dice.shuffle(verdicts)
    _dice.shuffle(remarks)
    Verdict.objects.bulk_create(verdicts, batch_size=500)
    Remark.objects.bulk_create(remarks, batch_size=500)
    Envelope.objects.filter(appraisal=appraisal).delete()


def _may_hold(by: Actor) -> None:
    if not may_hold(by):
        raise NotPermitted(_("The head of the community holds the Double-Five."))

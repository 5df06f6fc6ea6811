"""What work there is: skills, operations, what a piece earns from which day on, how many are looked at."""

from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.refusals import Refused
from mulin.workshop.production.models import Operation, PieceRate, SamplingRow, Skill
from mulin.workshop.production.permissions import check_keeper


def add_operation(
    *, name: str, seconds: int, by: Actor, now: datetime, skill: str = "", instructions: str = "",
    token: str | None = None,
) -> Operation:  # fmt: skip
    """A kind of work, how long a piece takes, the skill it needs. Raises Refused for a known name."""
    check_keeper(by)
    name = " ".join(name.split())
    if not name:
        raise Refused(_("Please type the name."), field="name")
    if seconds <= 0:
        raise Refused(_("Write how many seconds a piece takes."), field="seconds")
    with recording(by, "production.add_operation", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Operation)
        if Operation.objects.filter(name=name).exists():
            raise Refused(_("This operation is on the list already."), field="name")
        operation: Operation = Operation.objects.create(
            community_id=by.community_id, name=name, seconds=seconds,
            skill=_skill(skill, by) if skill.strip() else None, instructions=instructions.strip(),
        )  # fmt: skip
        act.on(operation, after={"name": name, "seconds": seconds, "skill": skill})
    return operation


def set_rate(
    operation: Operation, *, yuan: Decimal, since: date, source: str, by: Actor, now: datetime,
    token: str | None = None,
) -> PieceRate:  # fmt: skip
    """What a piece earns from a day on. Lots that are out keep the rate they went out with."""
    check_keeper(by)
    if yuan <= 0 or yuan != yuan.quantize(Decimal("0.0001")):
        raise Refused(_("A rate is above nothing and has four places at most."), field="yuan")
    if not source.strip():
        raise Refused(_("Say who decided it."), field="source")
    with recording(by, "production.set_rate", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(PieceRate)
        try:
            with transaction.atomic():
                rate: PieceRate = PieceRate.objects.create(
                    community_id=by.community_id, operation=operation, yuan=yuan, since=since,
                    source=source.strip(),
                )  # fmt: skip
        except IntegrityError:
            raise Refused(
                _("Something is set from this day on already. Choose another day."), field="since"
            ) from None
        act.on(rate, after={"operation": operation.pk, "yuan": yuan, "since": since})
    return rate


def set_sampling(
    *, pieces: int, sample: int, accept: int, since: date, source: str, by: Actor, now: datetime,
    token: str | None = None,
) -> SamplingRow:  # fmt: skip
    """From so many pieces on, so many are looked at. All rows of one day are one table, and the table
    of the latest day holds.
    """
    check_keeper(by)
    if pieces < 1 or sample < 1 or not 0 <= accept < sample:
        raise Refused(_("Fewer may be wrong than are looked at."), field="accept")
    if not source.strip():
        raise Refused(_("Say who decided it."), field="source")
    with recording(by, "production.set_sampling", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(SamplingRow)
        if SamplingRow.objects.filter(since=since, pieces=pieces).exists():
            raise Refused(
                _("Something is set from this day on already. Choose another day."), field="since"
            )
        row: SamplingRow = SamplingRow.objects.create(
            community_id=by.community_id, pieces=pieces, sample=sample, accept=accept,
            since=since, source=source.strip(),
        )  # fmt: skip
        act.on(row, after={"pieces": pieces, "sample": sample, "accept": accept, "since": since})
    return row


def _skill(name: str, by: Actor) -> Skill:
    found: Skill = Skill.objects.get_or_create(
        community_id=by.community_id, name=" ".join(name.split())
    )[0]
    return found

"""Helpers, and pairs: on trial, lasting, ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from mulin.circle.elders.models import Elder, Helper, Pair
from mulin.circle.elders.permissions import check_keeper
from mulin.circle.elders.queries import fit_of, reason_of
from mulin.circle.elders.rules import ALIVE, TRIAL_DAYS, PairState, are_free
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.notify.actions import tell
from mulin.ground.people.models import Person
from mulin.kit.clock import local_day
from mulin.kit.refusals import Refused, TakenMeanwhile

MOST_ELDERS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Brings:
    """What a helper speaks, likes, when they have time, and how many they would take."""

    dialects: str = ""
    interests: str = ""
    times: tuple[str, ...] = ()
    most: int = 2


def take_helper_on(
    person: Person, brings: Brings, *, by: Actor, now: datetime, token: str | None = None
) -> Helper:
    """A neighbour would look in on somebody, or would again. Raises NotPermitted, Refused."""
    check_keeper(by)
    if not 1 <= brings.most <= MOST_ELDERS:
        raise Refused(_("Between one and five elders."), field="most")
    with recording(by, "elders.take_helper_on", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Helper)
        helper, is_new = Helper.objects.get_or_create(
            community_id=by.community_id, person=Person.kept_of(person),
            defaults={"since": local_day(now)},
        )  # fmt: skip
        if not is_new and helper.until is None:
            raise Refused(_("They are on the list already."), field="person")
        helper.dialects, helper.interests = brings.dialects.strip(), brings.interests.strip()
        helper.times, helper.most, helper.until = are_free(brings.times), brings.most, None
        helper.save()
        act.on(helper, after={"person": person.pk, "most": brings.most})
    return helper


def let_helper_go(helper: Helper, *, by: Actor, now: datetime, token: str | None = None) -> Helper:
    """A helper stops. Raises NotPermitted, and Refused while they still look after somebody."""
    check_keeper(by)
    with recording(by, "elders.let_helper_go", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Helper)
        if Pair.objects.alive().filter(helper=helper).exists():
            raise Refused(_("End or change their pairs first, so that nobody is left alone."))
        Helper.objects.filter(pk=helper.pk).update(until=local_day(now))
        act.on(helper, after={"until": local_day(now)})
    return helper


def pair_up(
    elder: Elder, helper: Helper, *, by: Actor, now: datetime, token: str | None = None
) -> Pair:
    """Both were asked and said yes: a trial of a month begins. The reason stands with it.

    Raises NotPermitted, and Refused for an elder with a helper, a helper without a place left, or
    what the elder does not wish.
    """
    check_keeper(by)
    with recording(by, "elders.pair_up", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Pair)
        if elder.ended_on or helper.until:
            raise Refused(_("One of them is not there any more."), field="helper")
        if elder.person_id == helper.person_id:
            raise Refused(_("Nobody is paired with themselves."), field="helper")
        found = fit_of(elder, helper)
        if found is None:
            raise Refused(
                _("The helper has no place left, or the elder wishes somebody else."),
                field="helper",
            )
        try:
            with transaction.atomic():
                made: Pair = Pair.objects.create(
                    community_id=by.community_id, elder=elder, helper=helper, began_at=now,
                    trial_until=now + timedelta(days=TRIAL_DAYS), reason=reason_of(found)[:200],
                )  # fmt: skip
        except IntegrityError:
            raise Refused(_("This elder has a helper already."), field="elder") from None
        tell(
            ("person", helper.person_id), by=by, topic="elders",
            subject=_("You look in on %(name)s") % {"name": elder.person.name},
            body=_("Thank you. For a month you see whether it suits you both."), path="/elders/round/",
            now=now, key=f"elders-pair-{made.pk}",
        )  # fmt: skip
        act.on(made, after={"elder": elder.pk, "helper": helper.pk})
    return made


def make_lasting(pair: Pair, *, by: Actor, now: datetime, token: str | None = None) -> Pair:
    """The trial went well for both. Raises NotPermitted, TakenMeanwhile."""
    check_keeper(by)
    with recording(by, "elders.make_lasting", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Pair)
        _move(pair, (PairState.TRIAL,), state=PairState.LASTING)
        act.on(pair, after={"state": PairState.LASTING})
    return pair


def end_pair(pair: Pair, *, why: str, by: Actor, now: datetime, token: str | None = None) -> Pair:
    """A pair ends; whoever does not want to go on needs no reason, but the next pair learns from it.

    Raises NotPermitted, TakenMeanwhile.
    """
    check_keeper(by)
    with recording(by, "elders.end_pair", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Pair)
        _move(pair, ALIVE, state=PairState.ENDED, ended_at=now, why_ended=why.strip())
        act.on(pair, after={"state": PairState.ENDED})
    return pair


def change_helper(
    pair: Pair, helper: Helper, *, why: str, by: Actor, now: datetime, token: str | None = None
) -> Pair:
    """Somebody else looks in from now on: the old pair ends and a new trial begins, in one act."""
    check_keeper(by)
    with recording(by, "elders.change_helper", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Pair)
        end_pair(pair, why=why, by=by, now=now)
        made = pair_up(pair.elder, helper, by=by, now=now)
        act.on(made, before={"helper": pair.helper_id}, after={"helper": helper.pk})
    return made


def _move(pair: Pair, states: tuple[PairState, ...], **values: object) -> None:
    if Pair.objects.filter(pk=pair.pk, state__in=states).update(**values) != 1:
        raise TakenMeanwhile(_("It was settled already. Open the list again to see."))
    pair.refresh_from_db()

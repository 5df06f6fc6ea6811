"""A demand is handed up to the street office, and comes back: answered, or given back.

To the desk it is a demand that was sent out like any other; the answer is written by the street
itself, at the moment it says so.
"""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mulin.commons.flow.actions import add_step
from mulin.commons.flow.models import Visibility
from mulin.ground.audit.actions import recording
from mulin.ground.community.models import Community
from mulin.ground.community.rules import Actor, system
from mulin.ground.people.actions.organisations import found_organisation
from mulin.ground.people.models import Organisation, OrganisationKind
from mulin.ground.street.actions.hand_up import hand_up as put_before_street
from mulin.ground.street.registry import Door
from mulin.kit.refusals import Refused
from mulin.parlour.reception.actions.joint import bring_back, send_out
from mulin.parlour.reception.actions.moves import tell_owner
from mulin.parlour.reception.models import AT_STREET, Demand, Sending
from mulin.parlour.reception.shown import tells_of


def hand_up(
    demand: Demand, *, words: str, back_by: datetime, by: Actor, now: datetime,
    token: str | None = None,
) -> Demand:  # fmt: skip
    """Hand it up in words that name nobody; the asker is told where it is and by when.

    Raises Refused for what was told in confidence, and for words that still name somebody.
    """
    need = demand.need
    if need.is_sealed or need.visibility == Visibility.CONFIDENTIAL:
        raise Refused(_("This was told in confidence: it does not leave the community."))
    named = [one for one in tells_of(demand, words).found_in(words) if one.is_sure]
    if named:
        raise Refused(
            _("Take this out first, it tells who it is: %(what)s"),
            {"what": "、".join(words[one.start : one.end] for one in named)},
            field="words",
        )
    with recording(by, "reception.hand_up", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Demand)
        unit = _street_of(by.community_id, now)
        sent = send_out(demand, to=unit, by=by, asked=words, back_by=back_by, now=now)
        sending = Sending.objects.out().get(demand=sent, organisation=unit)
        put_before_street(
            AT_STREET, sending.pk, number=need.number, topic=need.category.name if need.category else "",
            words=words, back_by=back_by, by=by, now=now,
        )  # fmt: skip
        act.on(demand, after={"sending": sending.pk, "words": words, "back_by": back_by})
    return demand


def _street_of(community_id: int, now: datetime) -> Organisation:
    """The street office as a unit on this community's list; put there when it is needed first."""
    name = Community.objects.select_related("street").get(pk=community_id).street.name
    known = Organisation.objects.filter(name=name).first()
    if known is not None:
        return Organisation.kept_of(known)
    return found_organisation(
        by=system(community_id), now=now, name=name, kind=OrganisationKind.UNIT
    )


def _taken(sending_id: int, street: Actor, now: datetime, _words: str) -> None:
    sending = _sending(sending_id)
    add_step(
        sending.demand.need, by=street, kind="street_took", record=sending.demand, now=now,
        tell_asker=True, may_wait=True,
        line=_("%(name)s has it in hand now.") % {"name": sending.organisation.name},
    )  # fmt: skip
    tell_owner(
        sending.demand, by=street, now=now, subject=_("The street has taken it over: %(number)s"),
        key=f"sending-{sending.pk}-taken",
    )  # fmt: skip


def _answered(sending_id: int, street: Actor, now: datetime, words: str) -> None:
    bring_back(_sending(sending_id), by=street, answer=words, now=now)


def _given_back(sending_id: int, street: Actor, now: datetime, words: str) -> None:
    answer = str(_("Given back: %(why)s") % {"why": words})
    bring_back(_sending(sending_id), by=street, answer=answer[:1000], now=now, is_refused=True)


def _sending(sending_id: int) -> Sending:
    related = Sending.objects.select_related("demand__need__category", "organisation")
    sending: Sending = related.get(pk=sending_id)
    return sending


STREET_DOOR = Door(taken=_taken, answered=_answered, given_back=_given_back)

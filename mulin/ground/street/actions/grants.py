"""The head lets the street look at something, and ends it; the street looks."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import record_look, recording
from mulin.ground.community.rules import Actor
from mulin.ground.street.models import Grant
from mulin.ground.street.permissions import may_grant, may_oversee
from mulin.ground.street.registry import Opening
from mulin.ground.street.rules import LONGEST_GRANT
from mulin.kit.refusals import NotPermitted, Refused


def give_grant(
    opening: Opening, *, reason: str, until: datetime, by: Actor, now: datetime,
    token: str | None = None,
) -> Grant:  # fmt: skip
    """Let the street look at this until then. Raises Refused for a day that is past or too far."""
    if not may_grant(by) or by.account_id is None:
        raise NotPermitted(_("Only the head of the community lets the street look."))
    if not reason.strip():
        raise Refused(_("Say what the street needs it for."), field="reason")
    if until <= now:
        raise Refused(_("Choose a day that is still to come."), field="until")
    if until - now > LONGEST_GRANT:
        raise Refused(_("A grant lasts three months at most; give it anew then."), field="until")
    with recording(by, "street.give_grant", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Grant)
        grant = Grant.objects.create(
            community_id=by.community_id, what=opening.name, reason=reason.strip(),
            given_by_id=by.account_id, given_at=now, until=until,
        )  # fmt: skip
        act.on(grant, after={"what": opening.name, "until": until, "reason": reason.strip()})
    return grant


def end_grant(grant: Grant, *, by: Actor, now: datetime, token: str | None = None) -> Grant:
    """From this moment on the street sees nothing of it. Ended already is as good."""
    if not may_grant(by) or grant.community_id != by.community_id:
        raise NotPermitted(_("Only the head of the community lets the street look."))
    with recording(by, "street.end_grant", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Grant)
        running = Grant.objects.running(now).filter(pk=grant.pk)
        if not running.update(ended_at=now, ended_by_id=by.account_id):
            act.drop()
        else:
            grant.ended_at = now
            act.on(grant, after={"what": grant.what})
    return grant


def look_under(grant: Grant, *, by: Actor, now: datetime) -> None:
    """The street looks: the community keeps who did, at what, under which grant.

    Inside the community that gave it; `by` is the overseer, who is no member of it.
    """
    if not may_oversee(by):
        raise NotPermitted(_("This is the street's."))
    there = Actor(community_id=grant.community_id, account_id=by.account_id, name=by.name)
    record_look(grant, by=there, what=grant.what, reason=grant.reason, now=now)

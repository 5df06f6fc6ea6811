"""Rules are entered; a meeting is called, gets its points, its roll, its proxies."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from mulin.commons.ballots.models import Election
from mulin.commons.gatherings.actions.agenda import add_item
from mulin.commons.gatherings.actions.planning import Plan, plan_gathering
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused
from mulin.parlour.deliberation.actions.matters import check_conduct, move
from mulin.parlour.deliberation.models import (
    Matter,
    Meeting,
    MeetingRule,
    Point,
    Practice,
    Proxy,
    RollEntry,
)
from mulin.parlour.deliberation.permissions import may_set_rules
from mulin.parlour.deliberation.queries import entry_of, secret_vote_of, who_has_a_seat
from mulin.parlour.deliberation.rules import Act, State, digest_of_roll

KIND = "deliberation"


@dataclass(frozen=True, slots=True)
class RuleValues:
    """What the law or the charter says of one kind of meeting."""

    name: str
    since: date
    basis: str
    quorum_part: int
    quorum_whole: int
    quorum_is_more_than: bool
    majority_part: int
    majority_whole: int
    majority_is_more_than: bool
    majority_of: str
    notice_days: int
    publication_days: int
    most_proxies: int
    source: str
    binding: str


def set_rule(
    values: RuleValues, *, by: Actor, now: datetime, token: str | None = None
) -> MeetingRule:
    """Enter a rule with its source; meetings that were called keep theirs.

    Raises NotPermitted, Refused.
    """
    if not may_set_rules(by):
        raise NotPermitted(_("The head of the community enters the rules."))
    with recording(by, "deliberation.set_rule", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(MeetingRule)
        if not values.source.strip():
            raise Refused(
                _("Say where it is written: a rule without a source binds nobody."), field="source"
            )
        for part, whole, name in (
            (values.quorum_part, values.quorum_whole, "quorum_part"),
            (values.majority_part, values.majority_whole, "majority_part"),
        ):
            if not 0 <= part <= whole or whole < 1:
                raise Refused(_("A share is a part of a whole, such as 1 of 2."), field=name)
        try:
            with transaction.atomic():
                rule: MeetingRule = MeetingRule.objects.create(
                    community_id=by.community_id, **asdict(values)
                )
        except IntegrityError as error:
            raise Refused(
                _("There is a rule of this name from this day already."), field="since"
            ) from error
        act.on(rule, after={key: str(value) for key, value in asdict(values).items()})
    return rule


def set_practice(
    *, seconders: int, since: date, source: str, by: Actor, now: datetime, token: str | None = None
) -> Practice:
    """Say how many second a motion from a day on. Raises NotPermitted, Refused."""
    if not may_set_rules(by):
        raise NotPermitted(_("The head of the community enters the rules."))
    with recording(by, "deliberation.set_practice", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Practice)
        if Practice.objects.filter(since=since).exists():
            raise Refused(_("There is a rule of this name from this day already."), field="since")
        practice: Practice = Practice.objects.create(
            community_id=by.community_id, seconders=seconders, since=since, source=source.strip()
        )
        act.on(practice, after={"seconders": seconders, "since": since})
    return practice


def call_meeting(
    plan: Plan, *, rule: MeetingRule, chair: str = "", recorder: str = "", by: Actor,
    now: datetime, token: str | None = None,
) -> Meeting:  # fmt: skip
    """Call a meeting under a rule. Raises NotPermitted, and Refused where the notice is too short."""
    check_conduct(by)
    with recording(by, "deliberation.call_meeting", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Meeting)
        ahead = (local_day(plan.starts_at) - local_day(now)).days
        if ahead < rule.notice_days:
            raise Refused(
                _("People must be told %(days)s days ahead: choose a later day."),
                {"days": rule.notice_days},
                field="starts_at",
            )
        gathering = plan_gathering(KIND, plan, by=by, now=now)
        meeting: Meeting = Meeting.objects.create(
            community_id=by.community_id, gathering=gathering, rule=rule, chair=chair,
            recorder=recorder,
        )  # fmt: skip
        act.on(meeting, after={"rule": rule.name, "starts_at": plan.starts_at})
    return meeting


def put_on_agenda(
    matter: Matter, meeting: Meeting, *, draft: str = "", by: Actor, now: datetime,
    token: str | None = None,
) -> Point:  # fmt: skip
    """Put a matter on the agenda of a meeting, with the words to be voted on.

    Raises NotPermitted, Refused, TakenMeanwhile.
    """
    check_conduct(by)
    with recording(by, "deliberation.put_on_agenda", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Point)
        item = add_item(meeting.gathering, title=matter.title, by=by, now=now)
        move(matter, Act.LIST)
        point: Point = Point.objects.create(
            community_id=by.community_id, item=item, matter=matter, draft=draft.strip()
        )
        act.on(point, after={"matter": matter.pk, "meeting": meeting.pk})
    return point


def let_go(item_id: int, by: Actor, now: datetime) -> None:
    """A point left its agenda, or its meeting is over: what was not settled waits for the next.

    Part of the gathering's own act.
    """
    point = Point.objects.filter(item=item_id).select_related("matter", "item__gathering").first()
    if point is None or point.matter.state != State.LISTED:
        return
    if secret_vote_of(point) is None:
        move(point.matter, Act.PUT_OFF)
    elif point.item.gathering.is_planned:
        raise Refused(_("It is being voted on secretly: it is decided by that."))
    # Else the meeting is over, and the ballots decide it when they are published.


def vote_dropped(election: Election, _by: Actor, _now: datetime) -> None:
    """The secret vote on a point was withdrawn. If its meeting is over, the matter waits for the
    next; else that meeting decides. Part of the withdrawing act.
    """
    point = (
        Point.objects.filter(pk=election.origin_id)
        .select_related("matter", "item__gathering")
        .first()
    )
    if point is None or point.matter.state != State.LISTED or point.item.gathering.is_planned:
        return
    move(point.matter, Act.PUT_OFF)


def freeze_roll(meeting: Meeting, *, by: Actor, now: datetime, token: str | None = None) -> Meeting:
    """Write down, once, who has a seat in this meeting; its quorum is counted from that.

    Raises NotPermitted, Refused.
    """
    check_conduct(by)
    with recording(by, "deliberation.freeze_roll", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Meeting)
        if not meeting.gathering.is_planned:
            raise Refused(_("It is over or called off: its roll stays as it was."))
        pairs = who_has_a_seat(meeting, local_day(now))
        if not pairs:
            raise Refused(_("Nobody has a seat yet. Put people on the list of the meeting first."))
        digest, seats = digest_of_roll(pairs), len({seat for _person, seat in pairs})
        frozen = Meeting.objects.filter(pk=meeting.pk, frozen_at__isnull=True)
        if frozen.update(frozen_at=now, roll_digest=digest, roll_seats=seats) != 1:
            raise Refused(_("The roll is frozen already; it is not changed any more."))
        RollEntry.objects.bulk_create(
            [
                RollEntry(
                    community_id=by.community_id, meeting=meeting, person_id=person, seat=seat
                )
                for person, seat in pairs
            ],
            batch_size=500,
        )  # fmt: skip
        meeting.frozen_at, meeting.roll_digest, meeting.roll_seats = now, digest, seats
        act.on(meeting, after={"seats": seats, "persons": len(pairs), "digest": digest})
    return meeting


def give_proxy(
    meeting: Meeting, *, giver: Person, holder: Person, by: Actor, now: datetime,
    token: str | None = None,
) -> Proxy:  # fmt: skip
    """Somebody of the roll lets another one speak for their seat, as the desk has it in writing.

    Raises NotPermitted, and Refused where the rule allows none, or no more.
    """
    check_conduct(by)
    with recording(by, "deliberation.give_proxy", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Proxy)
        if meeting.rule.most_proxies == 0:
            raise Refused(_("The rule of this meeting knows no proxies."))
        if not meeting.gathering.is_planned:
            raise Refused(_("The meeting is over or called off."))
        one, other = entry_of(meeting, giver.pk), entry_of(meeting, holder.pk)
        if one is None or other is None:
            raise Refused(_("Both must stand on the frozen roll of this meeting."))
        if one.seat == other.seat:
            raise Refused(_("They share one seat: no proxy is needed."))
        if Proxy.objects.filter(meeting=meeting, giver__seat=one.seat).exists():
            raise Refused(_("This seat has given its proxy already."), field="giver")
        if Proxy.objects.filter(meeting=meeting, giver=other).exists():
            raise Refused(_("Whoever has given a proxy holds none."), field="holder")
        if Proxy.objects.filter(meeting=meeting, holder=other).count() >= meeting.rule.most_proxies:
            raise Refused(
                _("One person holds %(most)s at most by the rule of this meeting."),
                {"most": meeting.rule.most_proxies},
                field="holder",
            )
        proxy: Proxy = Proxy.objects.create(
            community_id=by.community_id, meeting=meeting, giver=one, holder=other, at=now,
            entered_by_id=by.account_id,
        )  # fmt: skip
        act.on(proxy, after={"giver": one.pk, "holder": other.pk})
    return proxy

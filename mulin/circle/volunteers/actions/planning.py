"""Kinds are kept; activities are planned once or every month, from a wish or without; shifts."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mulin.circle.volunteers.models import Activity, ActivityKind, Duty, Pattern, Shift, Wish
from mulin.circle.volunteers.permissions import check_keeper
from mulin.circle.volunteers.rules import KIND, MOST_WANTED, Post
from mulin.commons.flow.actions import answer
from mulin.commons.flow.models import Need
from mulin.commons.gatherings.actions.planning import Plan, plan_gathering
from mulin.commons.gatherings.actions.series import SeriesPlan, start_series
from mulin.commons.gatherings.models import Gathering, Series
from mulin.commons.gatherings.rules import State
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor, system
from mulin.ground.people.models import Organisation
from mulin.kit.clock import local_day
from mulin.kit.refusals import Refused, TakenMeanwhile
from mulin.kit.templatetags.kit import dated

KINDS: Final = Path(__file__).resolve().parent.parent / "data" / "kinds.toml"
_when = lazy(dated, str)


@dataclass(frozen=True, slots=True)
class About:
    """What is special to an activity."""

    kind: ActivityKind
    posts: Sequence[Post] = ()
    organisation: Organisation | None = None
    insurance: str = ""
    slot_minutes: int = 0
    chairs: int = 1


def lay_out_kinds(*, by: Actor, now: datetime, token: str | None = None) -> int:
    """The kinds that come with the product, where there is none yet. Raises NotPermitted, Refused."""
    check_keeper(by)
    with recording(by, "volunteers.lay_out_kinds", now=now, token=token) as act:
        if act.is_repeat:
            return 0
        if ActivityKind.objects.exists():
            raise Refused(_("There are kinds already. Add what is missing by hand."))
        told = tomllib.loads(KINDS.read_text(encoding="utf-8"))["kind"]
        rows = [
            ActivityKind(
                community_id=by.community_id, name=one["name"], about=one["about"],
                risks=one.get("risks", ""), is_risky=one.get("is_risky", False), position=number,
            )
            for number, one in enumerate(told)
        ]  # fmt: skip
        ActivityKind.objects.bulk_create(rows)
        act.on(rows[0], after={"count": len(rows)})
    return len(rows)


def keep_kind(
    kind: ActivityKind | None, *, name: str, about: str, risks: str, is_risky: bool,
    is_monthly: bool, by: Actor, now: datetime, token: str | None = None,
) -> ActivityKind:  # fmt: skip
    """A new kind, or another wording of one. Raises NotPermitted, Refused."""
    check_keeper(by)
    with recording(by, "volunteers.keep_kind", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(ActivityKind)
        named = ActivityKind.objects.filter(name=name.strip())
        if named.exclude(pk=kind.pk if kind else 0).exists():
            raise Refused(_("There is a kind of this name."), field="name")
        if is_risky and not risks.strip():
            raise Refused(
                _("Say what the danger is: it is told before anybody signs up."), field="risks"
            )
        row = kind or ActivityKind(
            community_id=by.community_id, position=ActivityKind.objects.count()
        )
        row.name, row.about, row.risks = name.strip(), about.strip(), risks.strip()
        row.is_risky, row.is_monthly = is_risky, is_monthly
        row.save()
        act.on(row, after={"name": row.name, "is_risky": is_risky, "is_monthly": is_monthly})
    return row


def end_kind(
    kind: ActivityKind, *, by: Actor, now: datetime, token: str | None = None
) -> ActivityKind:
    """Held no more; what was held stays. Raises NotPermitted."""
    check_keeper(by)
    with recording(by, "volunteers.end_kind", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(ActivityKind)
        kind.ended_on = local_day(now)
        kind.save(update_fields=["ended_on"])
        act.on(kind, after={"ended_on": kind.ended_on})
    return kind


def plan_activity(
    plan: Plan, about: About, *, wish: Wish | None = None, by: Actor, now: datetime,
    token: str | None = None,
) -> Activity:  # fmt: skip
    """Put an activity into the calendar; whoever wished for it hears when it is. Raises NotPermitted,
    Refused.
    """
    check_keeper(by)
    with recording(by, "volunteers.plan", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Activity)
        gathering = plan_gathering(KIND, plan, by=by, now=now)
        activity = _begin(gathering, about)
        if wish is not None:
            _grant(wish, activity, by=by, now=now)
        act.on(activity, after={"title": gathering.title, "kind": about.kind.pk})
    return activity


def plan_monthly(
    plan: SeriesPlan, about: About, *, by: Actor, now: datetime, token: str | None = None
) -> Series:
    """What is held every month; its activities make themselves. Raises NotPermitted, Refused."""
    check_keeper(by)
    with recording(by, "volunteers.plan_monthly", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Series)
        series = start_series(plan, by=by, now=now)
        Pattern.objects.create(
            community_id=by.community_id, series=series, kind=about.kind,
            posts=[list(post) for post in about.posts], slot_minutes=about.slot_minutes,
            chairs=about.chairs, organisation=about.organisation,
        )  # fmt: skip
        begin_made(now)
        act.on(series, after={"title": series.title, "kind": about.kind.pk})
    return series


def begin_made(now: datetime) -> int:
    """Give each gathering that a series of ours made its activity, once. Called by the sweep."""
    waiting = Gathering.objects.filter(
        kind=KIND, state=State.PLANNED, series__volunteers__isnull=False, activity__isnull=True
    )
    made = 0
    for gathering in waiting:
        by = system(gathering.community_id)
        with recording(by, "volunteers.make_coming", now=now) as act:
            # Within the act the head of the chain is locked: no other sweep makes it as well.
            if Activity.objects.filter(gathering=gathering).exists():
                act.drop()
                continue
            pattern = Pattern.objects.select_related("kind", "organisation").get(
                series=gathering.series
            )
            activity = _begin(
                gathering,
                About(
                    pattern.kind, [Post(*one) for one in pattern.posts],
                    organisation=pattern.organisation and Organisation.kept_of(pattern.organisation),
                    slot_minutes=pattern.slot_minutes, chairs=pattern.chairs,
                ),
            )  # fmt: skip
            act.on(activity, after={"title": gathering.title})
            made += 1
    return made


def _begin(gathering: Gathering, about: About) -> Activity:
    activity: Activity = Activity.objects.create(
        community_id=gathering.community_id, gathering=gathering, kind=about.kind,
        organisation=about.organisation, insurance=about.insurance.strip(),
        slot_minutes=about.slot_minutes, chairs=about.chairs,
    )  # fmt: skip
    minutes = int((gathering.ends_at - gathering.starts_at).total_seconds() // 60)
    Shift.objects.bulk_create(
        Shift(
            community_id=gathering.community_id, activity=activity, post=post.name,
            minutes=max(minutes, 1), wanted=post.wanted, skill=post.skill,
        )
        for post in about.posts
    )  # fmt: skip
    return activity


def set_up(
    activity: Activity, *, insurance: str, slot_minutes: int, chairs: int,
    organisation: Organisation | None, by: Actor, now: datetime, token: str | None = None,
) -> Activity:  # fmt: skip
    """Insurance, appointments, who comes as a whole. Raises NotPermitted, Refused."""
    check_keeper(by)
    with recording(by, "volunteers.set_up", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Activity)
        activity.insurance, activity.organisation = insurance.strip(), organisation
        activity.slot_minutes, activity.chairs = slot_minutes, chairs
        activity.save(update_fields=["insurance", "organisation", "slot_minutes", "chairs"])
        act.on(activity, after={"insurance": activity.insurance, "slot_minutes": slot_minutes})
    return activity


def add_shift(
    activity: Activity, *, post: str, starts_at: datetime, ends_at: datetime, wanted: int,
    skill: str = "", where: str = "", by: Actor, now: datetime, token: str | None = None,
) -> Shift:  # fmt: skip
    """Another post, or another time of one. Raises NotPermitted, Refused beside the field."""
    check_keeper(by)
    if ends_at <= starts_at:
        raise Refused(_("It ends before it begins. Look at both times."), field="ends_at")
    if not 1 <= wanted <= MOST_WANTED:
        raise Refused(_("Say how many are wanted."), field="wanted")
    with recording(by, "volunteers.add_shift", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Shift)
        gathering = activity.gathering
        if starts_at >= gathering.ends_at or ends_at <= gathering.starts_at:
            raise Refused(_("This is not the time of the activity."), field="starts_at")
        shift: Shift = Shift.objects.create(
            community_id=by.community_id, activity=activity, post=post.strip(), wanted=wanted,
            after_minutes=_minutes(starts_at, gathering.starts_at),
            minutes=_minutes(ends_at, starts_at), skill=skill.strip(), where=where.strip(),
        )  # fmt: skip
        act.on(shift, after={"post": shift.post, "wanted": wanted})
    return shift


def drop_shift(shift: Shift, *, by: Actor, now: datetime, token: str | None = None) -> Activity:
    """Take a post away that nobody stands on. Raises NotPermitted, Refused."""
    check_keeper(by)
    with recording(by, "volunteers.drop_shift", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Activity)
        if Duty.objects.filter(shift=shift).exists():
            raise Refused(_("Somebody stood on its list: it stays."))
        activity: Activity = shift.activity
        Shift.objects.filter(pk=shift.pk).delete()
        act.on(activity, before={"post": shift.post})
    return activity


def _minutes(later: datetime, earlier: datetime) -> int:
    return int((later - earlier).total_seconds() // 60)


# ── wishes ───────────────────────────────────────────────────────────────────────────────────


def take_need(need: Need, by: Actor, why: str, now: datetime) -> Wish:
    """An idea or a need is handed over to us: an activity that waits for its day. Part of
    `flow.hand_over`.
    """
    wish: Wish = Wish.objects.create(
        community_id=need.community_id, need=need, at=now,
        title=why.strip()[:80] or gettext("An activity that was asked for"),
    )  # fmt: skip
    return wish


def decline_wish(
    wish: Wish, *, why: str, by: Actor, now: datetime, token: str | None = None
) -> Wish:
    """It is not held; whoever asked is told why. Raises NotPermitted, Refused, TakenMeanwhile."""
    check_keeper(by)
    if not why.strip():
        raise Refused(_("Say why: whoever asked reads it."), field="why")
    with recording(by, "volunteers.decline_wish", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Wish)
        _end(wish, ended_at=now, answer=why.strip())
        if wish.need is not None:
            answer(wish.need, by=by, words=why.strip(), record=wish, now=now)
        act.on(wish, after={"answer": wish.answer})
    return wish


def _grant(wish: Wish, activity: Activity, *, by: Actor, now: datetime) -> None:
    _end(wish, ended_at=now, activity=activity)
    if wish.need is not None:
        words = gettext("“%(title)s” is held: %(when)s, %(where)s.") % {
            "title": activity, "when": _when(activity.gathering.starts_at),
            "where": activity.gathering.where,
        }  # fmt: skip
        answer(wish.need, by=by, words=words, record=activity, now=now)


def _end(wish: Wish, **values: Any) -> None:  # Any: columns of mixed types
    if Wish.objects.filter(pk=wish.pk, ended_at__isnull=True).update(**values) != 1:
        raise TakenMeanwhile(_("A colleague was faster. Open it again to see how it stands."))
    for name, value in values.items():
        setattr(wish, name, value)

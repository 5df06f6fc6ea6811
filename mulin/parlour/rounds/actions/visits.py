"""A door is knocked at; something is heard there; somebody is asked to look in; how often whom."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from mulin.commons.flow.door import front_door
from mulin.commons.flow.models import Need
from mulin.commons.flow.said import Said
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.places.models import Dwelling
from mulin.kit.channels import Channel
from mulin.kit.clock import believed
from mulin.kit.refusals import NotPermitted, Refused
from mulin.parlour.rounds.models import PaceSetting, RoundVisit, Wish
from mulin.parlour.rounds.permissions import may_set_pace, may_walk, may_wish, signs
from mulin.parlour.rounds.rules import Kind, Outcome


def note_visit(
    dwelling: Dwelling,
    *,
    by: Actor,
    outcome: str,
    now: datetime,
    note: str = "",
    at: datetime | None = None,
    token: str | None = None,
) -> RoundVisit:
    """The officer was at a door: seen, nobody home, or no visit wanted.

    `at` is when it was, if it was noted without network. Raises Refused for a door that is on the
    actor's round no more, so that what was noted is shown again and can be given to whoever has it.
    """
    with recording(by.by(Channel.DOOR), "rounds.note_visit", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(RoundVisit)
        _check_round(by, dwelling)
        visit = _visit(dwelling, by=by, outcome=outcome, note=note, at=believed(at, now))
        # Of the note nothing stands in the record of acts: it may speak of anybody at home.
        act.on(visit, after={"outcome": outcome, "at": visit.at})
    return visit


def hear(
    dwelling: Dwelling | None,
    said: Said,
    *,
    by: Actor,
    now: datetime,
    token: str | None = None,
) -> Need:
    """What somebody says at a door or in the street becomes a need, typed once.

    At a door it is a visit, too: whoever said it was seen.
    """
    if dwelling is None:
        return front_door().receive(said, by=by, now=now, token=token)
    with recording(by, "rounds.hear", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Need)
        _check_round(by, dwelling)
        need = front_door().receive(said, by=by, now=now)
        _visit(dwelling, by=by, outcome=Outcome.SEEN, at=need.said_at, need=need)
        act.on(need, after={"number": need.number, "dwelling": dwelling.pk})
    return need


def wish_for_visit(
    dwelling: Dwelling, *, by: Actor, words: str, now: datetime, token: str | None = None
) -> Wish:
    """Somebody asks that a home be looked in on: it leads the officer's next round."""
    if not may_wish(by, dwelling):
        raise NotPermitted(_("You may not see this home."))
    if not words.strip():
        raise Refused(_("Say why, so that the officer knows what to look for."), field="words")
    with recording(by, "rounds.wish_for_visit", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Wish)
        wish: Wish = Wish.objects.create(
            community_id=by.community_id, dwelling=dwelling, words=words.strip(), asked_at=now,
            asked_by_id=signs(by),
        )  # fmt: skip
        act.on(wish, after={"dwelling": dwelling.pk})
    return wish


def set_pace(
    *, by: Actor, kind: Kind, days: int, since: date, source: str, now: datetime,
    token: str | None = None,
) -> PaceSetting:  # fmt: skip
    """From a day on, homes of a kind are visited this often; by whose word, stands with it."""
    if not may_set_pace(by):
        raise NotPermitted(_("Only the head of the community sets how often doors are visited."))
    with recording(by, "rounds.set_pace", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(PaceSetting)
        try:
            with transaction.atomic():
                setting: PaceSetting = PaceSetting.objects.create(
                    community_id=by.community_id, kind=kind, days=days, since=since, source=source
                )
        except IntegrityError:
            raise Refused(
                _("Something is set from this day on already. Choose another day."), field="since"
            ) from None
        act.on(setting, after={"kind": kind, "days": days, "since": since, "source": source})
    return setting


def _check_round(by: Actor, dwelling: Dwelling) -> None:
    if not may_walk(by, dwelling):
        raise Refused(
            _("This home is not on your round now. Give what you noted to whoever walks it.")
        )


def _visit(
    dwelling: Dwelling, *, by: Actor, outcome: str, at: datetime, note: str = "",
    need: Need | None = None,
) -> RoundVisit:  # fmt: skip
    visit: RoundVisit = RoundVisit.objects.create(
        community_id=by.community_id, dwelling=dwelling, grid_id=dwelling.unit.building.grid_id,
        at=at, officer_id=signs(by), outcome=outcome, note=note.strip(), need=need,
    )  # fmt: skip
    if outcome == Outcome.SEEN:
        Wish.objects.filter(dwelling=dwelling, fulfilled_at__isnull=True, asked_at__lte=at).update(
            fulfilled_at=at, fulfilled_by=visit
        )
    return visit

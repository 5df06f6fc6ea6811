"""A meeting gets its topics, its minutes are written, each point becomes what it is."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mulin.commons.flow.actions import join
from mulin.commons.flow.door import front_door
from mulin.commons.flow.models import ContactWish, Need, Visibility
from mulin.commons.flow.said import Said
from mulin.commons.gatherings.actions.agenda import add_item
from mulin.commons.gatherings.actions.planning import check_keep
from mulin.commons.gatherings.models import Gathering
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.kit.channels import Channel
from mulin.kit.refusals import Refused, TakenMeanwhile
from mulin.parlour.suggestions.actions.ideas import bring_idea
from mulin.parlour.suggestions.models import FROM_IDEA, Fate, Idea, MinutePoint, Recording
from mulin.parlour.suggestions.queries import who_was_there
from mulin.parlour.suggestions.rules import TALK, points_of

KIND = TALK
MOST_POINTS = 200
#: A meeting at which everything was said goes into the need as its way.
_CHANNEL = Channel.WALK_IN


def pick_topics(
    gathering: Gathering, titles: Mapping[str, int | None], *, by: Actor, now: datetime,
    token: str | None = None,
) -> Gathering:  # fmt: skip
    """Put what people said onto the agenda: titles, each with the idea whose words it may quote; an
    erasure finds it by that. Raises NotPermitted, Refused.
    """
    check_keep(by, gathering)
    wanted = {title.strip()[:120]: idea for title, idea in titles.items() if title.strip()}
    if not wanted:
        raise Refused(_("Choose at least one topic."))
    with recording(by, "suggestions.pick_topics", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Gathering)
        ideas = Idea.objects.select_related("need").in_bulk(filter(None, wanted.values()))
        for title, idea in wanted.items():
            item = add_item(gathering, title=title, by=by, now=now)
            if idea in ideas:
                join(item, FROM_IDEA, ideas[idea].need, by=by, now=now)
        act.on(gathering, after={"topics": len(wanted)})
    return gathering


def write_points(
    gathering: Gathering, typed: str, *, draft: Recording | None = None, by: Actor, now: datetime,
    token: str | None = None,
) -> int:  # fmt: skip
    """Add what was said to the minutes, one point a line; 「王奶奶：…」 names who said it, and
    whoever signed in by that name is meant. Returns how many. Raises NotPermitted, Refused.
    """
    check_keep(by, gathering)
    if gathering.is_cancelled:
        raise Refused(_("It was called off: nothing was said."))
    points = points_of(typed)
    if not points:
        raise Refused(_("Write what was said, one point a line."), field="points")
    with recording(by, "suggestions.write_points", now=now, token=token) as act:
        if act.is_repeat:
            return 0
        position = MinutePoint.objects.filter(gathering=gathering).count()
        if position + len(points) > MOST_POINTS:
            raise Refused(
                _("One meeting takes %(most)s points; these and those before are %(count)s."),
                {"most": MOST_POINTS, "count": position + len(points)},
                field="points",
            )
        if draft is not None:
            # Used: what is still to be written down of it begins anew.
            Recording.objects.filter(pk=draft.pk).update(draft="")
        there: dict[str, Person | None] = {}
        for person in who_was_there(gathering):
            # Two of one name: nobody is meant until somebody chooses.
            there[person.name] = None if person.name in there else person
        MinutePoint.objects.bulk_create(
            MinutePoint(
                community_id=by.community_id, gathering=gathering, position=position + number,
                words=point.words, speaker=there.get(point.name),
                speaker_name=point.name if point.name and not there.get(point.name) else None,
            )
            for number, point in enumerate(points, start=1)
        )  # fmt: skip
        act.on(gathering, after={"points": len(points)})
    return len(points)


def decide_point(
    point: MinutePoint, *, fate: str, speaker: Person | None = None, by: Actor, now: datetime,
    token: str | None = None,
) -> MinutePoint:  # fmt: skip
    """It becomes an idea, a demand, or stays in the minutes. `speaker` is whose it is, if they
    wish it: they are told of the answer. The first of two decides; the words move into the need.

    Raises NotPermitted, Refused, TakenMeanwhile.
    """
    check_keep(by, point.gathering)
    if fate not in {Fate.IDEA, Fate.DEMAND, Fate.NOTHING}:
        raise Refused(_("Choose what becomes of it."))
    with recording(by, "suggestions.decide_point", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(MinutePoint)
        if not MinutePoint.objects.filter(pk=point.pk, fate=Fate.OPEN).exists():
            raise TakenMeanwhile(_("A colleague was faster. Open it again to see how it stands."))
        values = {
            "fate": fate, "decided_at": now, "decided_by_id": by.account_id, "speaker_name": None,
            "speaker_id": speaker.pk if speaker and fate == Fate.NOTHING else None,
        }  # fmt: skip
        if fate != Fate.NOTHING:
            need = _as_need(point, fate, speaker, by=by, now=now)
            # The name goes with the need where it was wished, and else stands nowhere.
            values |= {"need_id": need.pk, "words": ""}
        # The head of the chain is locked: nobody decided it since it was asked.
        MinutePoint.objects.filter(pk=point.pk).update(**values)
        point.refresh_from_db()
        act.on(point, after={"fate": fate, "need": point.need.number if point.need else None})
    return point


def _as_need(
    point: MinutePoint, fate: str, speaker: Person | None, *, by: Actor, now: datetime
) -> Need:
    gathering = point.gathering
    said = Said(
        words=point.words, person=speaker, visibility=Visibility.ANONYMOUS,
        contact_wish=ContactWish.MESSAGE, said_at=min(gathering.starts_at, now),
        place=gathering.place if fate == Fate.DEMAND else None,
    )  # fmt: skip
    spoken = by.by(_CHANNEL, on_behalf_of=speaker.pk if speaker else None)
    if fate == Fate.IDEA:
        need: Need = bring_idea(said, by=spoken, now=now).need
    else:
        need = front_door().receive(said, by=spoken, now=now)
    join(need, "said_at", gathering, by=by, now=now)
    return need

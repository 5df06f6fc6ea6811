"""The agenda: points are added, ordered, taken off; what was said to each is written down."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mulin.commons.gatherings.actions.planning import check_keep
from mulin.commons.gatherings.models import AgendaItem, Gathering
from mulin.commons.gatherings.registry import kind_of
from mulin.commons.gatherings.rules import stepped
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.refusals import Refused, TakenMeanwhile


def add_item(
    gathering: Gathering, *, title: str, who: str = "", minutes_planned: int | None = None,
    by: Actor, now: datetime, token: str | None = None,
) -> AgendaItem:  # fmt: skip
    """Put a point at the end of the agenda. Raises NotPermitted, Refused."""
    check_keep(by, gathering)
    with recording(by, "gatherings.add_item", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(AgendaItem)
        _check_open(gathering)
        item: AgendaItem = AgendaItem.objects.create(
            community_id=by.community_id, gathering=gathering, title=title.strip(), who=who,
            minutes_planned=minutes_planned, position=len(_order(gathering)) + 1,
        )  # fmt: skip
        act.on(item, after={"letters": len(item.title)})
    return item


def remove_item(
    item: AgendaItem, *, by: Actor, now: datetime, token: str | None = None
) -> Gathering:
    """Take a point off the agenda. Raises NotPermitted, and Refused where something was written."""
    gathering: Gathering = item.gathering
    check_keep(by, gathering)
    with recording(by, "gatherings.remove_item", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Gathering)
        _check_open(gathering)
        if item.record:
            raise Refused(_("Something was said to this point: it stays on the agenda."))
        letters = len(item.title)
        let_go = kind_of(gathering.kind).let_go
        if let_go is not None:
            let_go(item.pk, by, now)
        item.delete()
        act.on(gathering, before={"letters": letters})
    return gathering


def order_items(
    gathering: Gathering, order: Sequence[int], *, by: Actor, now: datetime,
    token: str | None = None,
) -> Gathering:  # fmt: skip
    """Give the agenda this order: the ids of all its points. Raises NotPermitted, TakenMeanwhile."""
    check_keep(by, gathering)
    with recording(by, "gatherings.order_items", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Gathering)
        _check_open(gathering)
        if sorted(order) != sorted(_order(gathering)):
            raise TakenMeanwhile(_("The agenda was changed meanwhile. Open it again."))
        _write(gathering, order)
        act.on(gathering, after={"order": list(order)})
    return gathering


def step_item(
    item: AgendaItem, *, by_how_many: int, by: Actor, now: datetime, token: str | None = None
) -> Gathering:
    """One point up (-1) or down (+1). Raises NotPermitted, Refused."""
    gathering: Gathering = item.gathering
    check_keep(by, gathering)
    with recording(by, "gatherings.step_item", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Gathering)
        _check_open(gathering)
        order = stepped(_order(gathering), item.pk, by_how_many)
        _write(gathering, order)
        act.on(gathering, after={"order": order})
    return gathering


def record_item(
    item: AgendaItem, words: str, *, by: Actor, now: datetime, token: str | None = None
) -> AgendaItem:
    """Write down what was said to a point. Raises NotPermitted; Refused for what is called off."""
    check_keep(by, item.gathering)
    with recording(by, "gatherings.record_item", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(AgendaItem)
        if item.gathering.is_cancelled:
            raise Refused(_("It was called off: nothing was said."))
        item.record = words.strip()
        item.save(update_fields=["record"])
        act.on(item, after={"letters": len(item.record)})
    return item


def _check_open(gathering: Gathering) -> None:
    if not gathering.is_planned:
        raise Refused(_("It is over or called off: its agenda stays as it was."))


def _order(gathering: Gathering) -> list[int]:
    return list(AgendaItem.objects.filter(gathering=gathering).values_list("pk", flat=True))


def _write(gathering: Gathering, order: Sequence[int]) -> None:
    items = AgendaItem.objects.filter(gathering=gathering).in_bulk(list(order))
    for position, pk in enumerate(order, start=1):
        items[pk].position = position
    AgendaItem.objects.bulk_update(items.values(), ["position"])

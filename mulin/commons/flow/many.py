"""Many needs at once, as a file brings them: the same needs, in few statements.

Parts of a room's own action, like `actions.open_need`; they write no act of their own.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from mulin.commons.flow.actions import searchable
from mulin.commons.flow.models import Need, NeedWords, NumberSeries, Step
from mulin.commons.flow.rules import need_number, series_of
from mulin.commons.flow.said import Said
from mulin.ground.community.rules import Actor
from mulin.kit.clock import local_day


@dataclass(frozen=True, slots=True)
class ToldLine:
    """One line of a need's story, before it is a row."""

    need: Need
    kind: str
    line: str
    is_for_asker: bool = True


def open_needs(
    said: Sequence[Said],
    *,
    closed_at: Sequence[datetime | None],
    by: Actor,
    room: str,
    now: datetime,
) -> list[Need]:
    """Write down needs that other people wrote down elsewhere: nobody asked here, none has photos.

    Each gets its number in the year it was said in; `closed_at` tells which are closed already.
    """
    days = [local_day(each.said_at or now) for each in said]
    next_of = {
        series: _first_of(by.community_id, series, count)
        for series, count in Counter(map(series_of, days)).items()
    }
    needs = []
    for each, day, closed in zip(said, days, closed_at, strict=True):
        series = series_of(day)
        need = Need(
            community_id=by.community_id, number=need_number(day, next_of[series]),
            words=each.words, channel=by.channel, category=each.category, grid=each.grid,
            place_words=each.place_words, latitude=each.latitude, longitude=each.longitude,
            visibility=each.visibility, contact_wish=each.contact_wish,
            said_at=each.said_at or now, room=room, closed_at=closed,
        )  # fmt: skip
        next_of[series] += 1
        needs.append(need)
    Need.objects.bulk_create(needs)
    NeedWords.objects.bulk_create(
        NeedWords(community_id=by.community_id, record=need, words=searchable(need))
        for need in needs
    )
    return needs


def reindex(needs: Sequence[Need]) -> None:
    """Their words have changed: let them be found by what they say now."""
    rows = {row.record_id: row for row in NeedWords.objects.filter(record__in=needs)}
    for need in needs:
        rows[need.pk].words = searchable(need)
    NeedWords.objects.bulk_update(rows.values(), ["words"])


def add_steps(lines: Sequence[ToldLine], *, by: Actor, now: datetime) -> None:
    """Lines of many stories. Nobody is told: who asked is not known here."""
    Step.objects.bulk_create(
        Step(
            community_id=by.community_id,
            need=line.need,
            at=now,
            room=line.need.room,
            kind=line.kind,
            line=line.line,
            by_id=by.account_id,
            by_name=by.name,
            is_for_asker=line.is_for_asker,
        )
        for line in lines
    )


def _first_of(community_id: int, series: str, count: int) -> int:
    """The first of `count` numbers that are now ours."""
    NumberSeries.objects.bulk_create(
        [NumberSeries(community_id=community_id, name=series)], ignore_conflicts=True
    )
    row = NumberSeries.objects.filter(community_id=community_id, name=series)
    row.update(last=F("last") + count)  # holds the row until the transaction ends
    last: int = row.get().last
    return last - count + 1

"""What the duty rota asks of this room: who takes turns, which posts are free.

A post that needs a skill, or about whose dangers somebody must be told first, is taken by whoever
says so themselves, and is not dealt out.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from mulin.circle.volunteers.models import Shift, Stay, Volunteer
from mulin.circle.volunteers.rules import Stand
from mulin.commons.gatherings.rules import State
from mulin.commons.rota.registry import Eligible, Needed
from mulin.kit.clock import SHANGHAI, local_day, start_of_day


def people_of(first: date, _last: date) -> list[Eligible]:
    """Volunteers who help now; children under fourteen come with their parents, not by turns."""
    rows = Volunteer.objects.active().select_related("person").order_by("pk")
    return [Eligible(one.person_id) for one in rows if not one.person.is_guarded_on(first)]


def free_posts(first: date, last: date) -> Sequence[Shift]:
    """Posts of these days that may be dealt out, each with how many are `taken`."""
    rows = (
        Shift.objects.filter(
            skill="", activity__kind__risks="", activity__kind__is_risky=False,
            activity__gathering__state=State.PLANNED,
            activity__gathering__starts_at__gte=start_of_day(first) - timedelta(days=1),
            activity__gathering__starts_at__lt=start_of_day(last) + timedelta(days=2),
        )
        .select_related("activity__gathering", "activity__kind")
        .annotate(taken=Count("duties", filter=Q(duties__stand=Stand.GOING)))
        .order_by("activity__gathering__starts_at", "after_minutes", "id")
    )  # fmt: skip
    return [one for one in rows if first <= local_day(one.starts_at) <= last]


def needs_of(first: date, last: date) -> list[Needed]:
    """One shift of the rota for each time at which posts are free."""
    wanted: Counter[tuple[date, object, object]] = Counter()
    titles: dict[tuple[date, object, object], list[str]] = {}
    found = []
    for one in free_posts(first, last):
        free = one.wanted - one.taken  # type: ignore[attr-defined]  # counted by the query
        if free <= 0:
            continue
        starts, ends = (at.astimezone(SHANGHAI) for at in (one.starts_at, one.ends_at))
        key = (starts.date(), starts.time(), ends.time())
        wanted[key] += free
        titles.setdefault(key, []).append(f"{one.activity} {one.post}")
        if len(titles[key]) == 1:
            found.append((key, starts, ends))
    return [
        Needed(
            starts.date(), starts.time(), ends.time(), adults=wanted[key],
            why=_("for %(posts)s") % {"posts": "、".join(dict.fromkeys(titles[key]))},
        )
        for key, starts, ends in found
    ]  # fmt: skip


def here(now: datetime) -> set[int]:
    """Whoever has signed in at an activity that goes on."""
    rows = Stay.objects.filter(left_at__isnull=True, activity__gathering__ends_at__gt=now)
    return set(rows.values_list("volunteer__person", flat=True))

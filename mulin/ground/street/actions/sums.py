"""The sums of a community are made, once a night."""

from datetime import datetime

from mulin.ground.community.models import Community
from mulin.ground.street.models import Sum
from mulin.ground.street.queries import oldest_sums, summed
from mulin.ground.street.rules import is_to_sum, key_of, periods_summed
from mulin.kit.clock import local_day


def sum_up(community: Community, now: datetime, *, is_anew: bool = False) -> int:
    """Make the sums that are missing or old, or all of them anew; returns how many were written.

    Inside the community. Safe to run again and by two workers at once: the later one stays.
    """
    made_at = oldest_sums(community)
    fresh = [
        one
        for period in periods_summed(local_day(now))
        if is_anew or is_to_sum(made_at.get(key_of(period)), period, now)
        for one in summed(community, period, now)
    ]
    Sum.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["community", "period", "name"],
        update_fields=["value", "part", "whole", "is_held_back", "summed_at"],
    )
    return len(fresh)


def sums_sweep(community: Community, now: datetime) -> None:
    """What the hourly sweep does."""
    sum_up(community, now)

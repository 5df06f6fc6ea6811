"""What the pages of the double five show."""

from datetime import datetime

from django.db.models import Count, QuerySet

from mulin.ground.community.models import Account
from mulin.ground.community.queries import holders_of
from mulin.ground.community.rules import HANDLER_ROLES
from mulin.parlour.doublefive.models import Chosen, Idea, Merge, Screener, Season
from mulin.parlour.doublefive.rules import State


def seasons() -> QuerySet[Season]:
    """All years, the newest first."""
    rows: QuerySet[Season] = Season.objects.order_by("-year")
    return rows


def collecting() -> Season | None:
    """The season that takes ideas now."""
    found: Season | None = Season.objects.filter(stage="collect").order_by("-year").first()
    return found


def ideas_of(season: Season, state: str = "") -> QuerySet[Idea]:
    """The ideas of a season in the order they came; of one state where one is named."""
    rows: QuerySet[Idea] = Idea.objects.filter(season=season).order_by("number")
    return rows.filter(state=state) if state in set(State) else rows


def counts_of(season: Season) -> dict[str, int]:
    """How many ideas stand in each state."""
    found = Idea.objects.filter(season=season).order_by().values_list("state")
    return dict(found.annotate(count=Count("id")))


def merges_of(idea: Idea) -> QuerySet[Merge]:
    """The merges this idea is asked about: as the one that joins, or the one that takes in."""
    rows: QuerySet[Merge] = (
        Merge.objects.filter(idea=idea) | Merge.objects.filter(into=idea)
    ).select_related("idea", "into")
    return rows.order_by("-id")


def partners_of(idea: Idea) -> QuerySet[Idea]:
    """With which ideas it could be merged."""
    rows: QuerySet[Idea] = Idea.objects.filter(season=idea.season_id, state=State.OFFERED)
    return rows.exclude(pk=idea.pk).order_by("number")


def who_could_screen(community_id: int, now: datetime) -> QuerySet[Account]:
    """Whoever works here."""
    return holders_of(community_id, HANDLER_ROLES, now).order_by("display_name", "id")


def screeners_of(season: Season) -> QuerySet[Account]:
    """Who screens in this season."""
    named = Screener.objects.filter(season=season)
    rows: QuerySet[Account] = Account.objects.filter(pk__in=named.values("account"))
    return rows.order_by("display_name", "id")


def chosen_of(season: Season) -> QuerySet[Chosen]:
    """What was chosen, in the order of the result."""
    rows: QuerySet[Chosen] = Chosen.objects.filter(season=season).select_related("idea")
    return rows.order_by("place")

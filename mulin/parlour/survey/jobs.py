"""What falls due by itself: envelopes to be mixed, surveys to be closed."""

from datetime import datetime

from mulin.ground.community.models import Community
from mulin.ground.community.rules import system
from mulin.kit.clock import local_day
from mulin.parlour.survey.actions.holding import close_survey
from mulin.parlour.survey.actions.mixing import mix_envelopes
from mulin.parlour.survey.queries import surveys
from mulin.parlour.survey.rules import State, closes_itself_on


def mix(community: Community, now: datetime) -> None:
    """Open the envelopes that are many enough."""
    for survey in surveys().filter(state=State.OPEN):
        mix_envelopes(survey)


def close_overdue(community: Community, now: datetime) -> None:
    """Close what nobody closed: paper had its days."""
    today = local_day(now)
    for survey in surveys().filter(state=State.OPEN, last_day__lt=today):
        if survey.last_day is not None and today >= closes_itself_on(survey.last_day):
            close_survey(survey, by=system(community.pk), now=now)

"""What reception prints. Whatever holds personal data is noted as looked at, sheet by sheet."""

from datetime import date
from typing import Any

from django.db import models
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mulin.ground.audit.actions import record_look
from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import HANDLER_ROLES
from mulin.ground.figures.rules import EARLIEST, LATEST
from mulin.kit.clock import end_of_day, local_day, parse_day, start_of_day
from mulin.kit.paper.printing import paper
from mulin.parlour.reception.permissions import may
from mulin.parlour.reception.queries import demand_for, visits
from mulin.parlour.reception.shown import PHOTOS
from mulin.parlour.reception.views.stories import board_of

#: Nobody walks about with more; the rest is on the page.
MOST_ON_A_LIST = 500
#: One sheet on a wall, read standing; the rest is behind its code.
MOST_ON_THE_WALL = 6


@opened_to(*HANDLER_ROLES)
@require_safe
def slip(request: Request, pk: int) -> HttpResponse:
    """The slip that the asker takes home."""
    demand = demand_for(request.actor, pk)
    if demand is None or not may(request.actor, "work_on", demand):
        raise Http404
    context = {"demand": demand, "need": demand.need}
    return _printed(
        request, "reception/paper/slip.html", context, record=demand, what="slip",
        name=_("Slip %(number)s") % {"number": demand.need.number},
    )  # fmt: skip


@opened_to(*HANDLER_ROLES)
@require_safe
def visit_list(request: Request) -> HttpResponse:
    """The visits of a day (`?day=2026-11-25`), the first of the morning on top."""
    day = _day(request)
    rows = visits(request.actor, start_of_day(day), end_of_day(day)).order_by("at", "id")
    context = {"day": day, "visits": rows[:MOST_ON_A_LIST]}
    return _printed(
        request, "reception/paper/visits.html", context, record=request.community, what="visits",
        name=_("Visits of %(day)s") % {"day": day.isoformat()},
    )  # fmt: skip


@opened_to(*HANDLER_ROLES)
@require_safe
def month(request: Request) -> HttpResponse:
    """What was asked and done in a grid this month, for the notice board. It names nobody."""
    board = board_of(request)
    told = list(board.stories[:MOST_ON_THE_WALL])
    pictures = {
        photo.code: photo.thumb.path
        for story in told
        for photo in getattr(story.demand.need, PHOTOS)
    }
    number = board.grid.number if board.grid else 0
    short = reverse("site:month", args=[number, f"{board.period.first:%Y-%m}"])
    return paper(
        "reception/paper/month.html", {"board": board, "stories": told, "short": short},
        request=request, pictures=pictures, name=_("Asked and done %(month)s") % {
            "month": f"{board.period.first:%Y-%m}"
        },
    )  # fmt: skip


def _day(request: Request) -> date:
    try:
        day = parse_day(request.GET.get("day", ""))
    except ValueError:
        return local_day(request.now)
    return day if EARLIEST <= day.year <= LATEST else local_day(request.now)


def _printed(
    request: Request, template: str, context: dict[str, Any], *, record: models.Model, what: str,
    name: str,
) -> HttpResponse:  # fmt: skip
    sheet = paper(template, context, request=request, name=name)
    if sheet.status_code == HttpResponse.status_code:
        record_look(record, by=request.actor, what=what, reason=_("printed"), now=request.now)
    return sheet

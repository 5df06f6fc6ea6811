"""What reception prints. Whatever holds personal data is noted as looked at, sheet by sheet."""

from datetime import date
from typing import Any

from django.db import models
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.commons.paper.actions.handed import hand_out
from mulin.ground.audit.actions import record_look
from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import HANDLER_ROLES
from mulin.ground.figures.rules import EARLIEST, LATEST
from mulin.kit.clock import end_of_day, local_day, parse_day, start_of_day
from mulin.kit.forms import PlainForm
from mulin.kit.paper.printing import (
    PressFailed,
    PressMissing,
    no_press,
    paper,
    pdf_response,
    press_failed,
)
from mulin.parlour.reception.letters import LETTER, SLIP, answer_letter
from mulin.parlour.reception.models import Demand
from mulin.parlour.reception.permissions import may, may_write_letter
from mulin.parlour.reception.queries import demand_for, visits
from mulin.parlour.reception.shown import PHOTOS, answer_of
from mulin.parlour.reception.views.stories import board_of

#: Nobody walks about with more; the rest is on the page.
MOST_ON_A_LIST = 500
#: One sheet on a wall, read standing; the rest is behind its code.
MOST_ON_THE_WALL = 6


@opened_to(*HANDLER_ROLES)
@require_POST
def slip(request: Request, pk: int) -> HttpResponse:
    """The slip that the asker takes home; it is kept as it was printed."""
    demand = demand_for(request.actor, pk)
    if demand is None or not may(request.actor, "work_on", demand):
        raise Http404
    context = {"demand": demand, "need": demand.need}
    return _handed(
        request, "reception/paper/slip.html", context, demand, kind=SLIP,
        name=_("Slip %(number)s") % {"number": demand.need.number},
    )  # fmt: skip


@opened_to(*HANDLER_ROLES)
@require_POST
def letter(request: Request, pk: int) -> HttpResponse:
    """The answer as a letter to whoever asked; it is kept as it was printed."""
    demand = demand_for(request.actor, pk)
    if demand is None or not may_write_letter(request.actor, demand):
        raise Http404
    words = answer_of(demand)
    if not words:
        raise Http404("not answered yet")
    context = {"document": answer_letter(demand, words, community=request.community)}
    return _handed(
        request, "kit/official.html", context, demand, kind=LETTER,
        name=_("Answer %(number)s") % {"number": demand.need.number},
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


def _handed(
    request: Request, template: str, context: dict[str, Any], demand: Demand, *, kind: str,
    name: str,
) -> HttpResponse:  # fmt: skip
    form = PlainForm(request.POST)
    form.is_valid()
    try:
        pdf = hand_out(
            template, context, kind=kind, record=demand, title=name, person=demand.need.person,
            request=request, by=request.actor, now=request.now, token=form.idempotency_token,
        )  # fmt: skip
    except PressMissing:
        return no_press(request)
    except PressFailed:
        return press_failed(request)
    return pdf_response(pdf, name=name)


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

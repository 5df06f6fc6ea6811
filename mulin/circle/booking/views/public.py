"""What the street sees: which rooms there are, what is free, the wall screen, a calendar."""

from datetime import date, timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mulin.circle.booking import queries
from mulin.circle.booking.models import Room
from mulin.circle.booking.rules import is_sensible
from mulin.ground.community.access import Request, public
from mulin.kit.clock import local_day, parse_day
from mulin.kit.ical import calendar

_IDLE_LINES = 8


@public
@require_safe
def rooms(request: Request) -> HttpResponse:
    """Every room that can be booked, and which idle hours of the next week are free."""
    found = queries.rooms()
    idle = {
        one.room.pk: queries.lines_of(one)[:_IDLE_LINES]
        for one in queries.idle_of_week(found, request.now)
    }
    free = queries.free_for_elders(found, request.now)
    context = {
        "lines": [(room, idle.get(room.pk, []), room.pk in free) for room in found],
        "has_idle": bool(idle),
        "here": "ours",
    }
    return render(request, "booking/rooms.html", context)


@public
@require_safe
def room(request: Request, code: str) -> HttpResponse:
    """One room: what is free on a day, what it costs, what one should know."""
    found = behind(code)
    today = local_day(request.now)
    furthest = today + timedelta(days=max(found.days_ahead, found.days_ahead_first))
    day = min(max(day_of(request.GET.get("day"), today), today), furthest)
    plan = queries.plans_of([found], day, day, request.now)[0]
    context = {
        "room": found,
        "day": day,
        "days": [today + timedelta(days=count) for count in range(7)],
        "previous": day - timedelta(days=1) if day > today else None,
        "next": day + timedelta(days=1) if day < furthest else None,
        "free": [line for line in plan.lines if line.is_free],
        "week": queries.week_lines(found),
        "prices": queries.prices_on(found.prices.all(), today),
        "discounts": queries.running(found.discounts.all(), today),
        "may_book": request.actor.person_id is not None,
        "here": "ours",
    }
    return render(request, "booking/room.html", context)


@public
@require_safe
def wall(request: Request) -> HttpResponse:
    """Today in every room, for a screen on the wall: taken and free, no names."""
    today = local_day(request.now)
    plans = queries.plans_of(queries.rooms(), today, today, request.now)
    return render(request, "booking/wall.html", {"plans": plans, "day": today})


@public
@require_safe
def feed(request: Request, code: str) -> HttpResponse:
    """When a room is taken, for a calendar program."""
    found = behind(code)
    content = calendar(str(found), queries.events_of_room(found, request.now), now=request.now)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=600"
    return response


def behind(code: str) -> Room:
    """The room of a code. Raises Http404."""
    found = queries.room_behind(code.upper())
    if found is None:
        raise Http404
    return found


def day_of(typed: str | None, otherwise: date) -> date:
    """The day in an address; nonsense is the other one."""
    try:
        day = parse_day(typed or "")
    except ValueError:
        return otherwise
    return day if is_sensible(day) else otherwise

"""The list of a day, the room, the count on the wall."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.deeds import Deed, Failed, do, shown
from mulin.ground.community.rules import Role
from mulin.kit.clock import local_day
from mulin.kit.forms import PlainForm
from mulin.workshop.childcare import queries
from mulin.workshop.childcare.actions import days, staff
from mulin.workshop.childcare.forms import (
    ActivityForm,
    CarerForm,
    CodesForm,
    GoForm,
    GroupNameForm,
    MealForm,
)
from mulin.workshop.childcare.models import Activity, Meal
from mulin.workshop.childcare.rules import MINDERS
from mulin.workshop.childcare.views.reading import cleared, look, once

ROOM = {
    "come": Deed(
        _("An adult comes"),
        lambda form, request: staff.come(form.cleaned_data["carer"], **once(request, form)),
        _("Written down."), CarerForm,
    ),
    "meal": Deed(
        _("What is eaten"),
        lambda form, request: days.serve(
            form.cleaned_data["name"], form.cleaned_data["allergens"], **once(request, form)
        ),
        _("Written down. Look below who must not eat it."), MealForm,
    ),
    "activity": Deed(
        _("What we do"),
        lambda form, request: days.write_activity(
            form.cleaned_data["words"], group=form.cleaned_data["group"],
            kind=form.cleaned_data["kind"], **once(request, form),
        ),
        _("Written down."), ActivityForm,
    ),
    "group": Deed(
        _("A new group"),
        lambda form, request: staff.add_group(form.cleaned_data["name"], **once(request, form)),
        _("Written down."), GroupNameForm,
    ),
}  # fmt: skip
#: Done by a button beside the adult.
GO = Deed(
    _("An adult goes"),
    lambda form, request: staff.go(
        form.cleaned_data["carer"], had_to=form.cleaned_data["had_to"], **once(request, form)
    ),
    _("Written down."),
    GoForm,
)  # fmt: skip


@opened_to(*MINDERS)
@cleared
def day(request: Request) -> HttpResponse:
    """Who is expected, here, gone; who minds them; what they eat."""
    return _day_page(request)


def _day_page(request: Request, failed: Failed | None = None, status: int = 200) -> HttpResponse:
    look(request, None, "day")
    today = local_day(request.now)
    listed = queries.day_list(today, request.now)
    present = [line.child.pk for line in (*listed.expected, *listed.here)]
    meals = list(Meal.objects.filter(day=today))
    known = queries.allergic(present)
    context = {
        "today": today,
        "count": queries.head_count(request.now),
        "listed": listed,
        "carers": queries.carers_here(request.now).select_related("person"),
        "meals": [(meal, queries.must_not_eat(meal.allergens, known)) for meal in meals],
        "activities": Activity.objects.filter(day=today).select_related("group"),
        "parents": [child for child, is_booked in queries.working_parents(today) if not is_booked],
        "plain_form": PlainForm(),
        "codes_form": CodesForm(auto_id="codes_%s"),
        "room": shown(ROOM, lambda name: reverse("childcare:room-act", args=[name]), failed),
        "failed": failed[1] if failed and failed[0] not in ROOM else None,
        "stays": failed[1].cleaned_data.get("carer") if failed and failed[0] == "go" else None,
    }
    return render(request, "childcare/day.html", context, status=status)


@opened_to(*MINDERS)
@require_POST
@cleared
def room_act(request: Request, deed: str) -> HttpResponse:
    """Somebody comes or goes, a meal, an activity, a group."""
    failed = do(ROOM | {"go": GO}, deed, request)
    if failed is None:
        return redirect("childcare:day")
    return _day_page(request, (deed, failed), 422)


@opened_to(*MINDERS, Role.HEAD, Role.COMMUNITY_WORKER)
@require_safe
def count(request: Request) -> HttpResponse:
    """Numbers for the wall and the duty phone, no name; red when something is wrong. With `part` the
    numbers alone: the day's list asks for them again and again, which is no look at a child.
    """
    page = "childcare/count_part.html" if "part" in request.GET else "childcare/count.html"
    return render(request, page, {"count": queries.head_count(request.now)})

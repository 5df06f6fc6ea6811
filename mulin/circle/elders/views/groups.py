"""Mutual-aid groups: all of them, and one with its members and meetings."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mulin.circle.elders import queries
from mulin.circle.elders.actions.groups import (
    change_leader,
    end_group,
    found_group,
    hold_meeting,
    join_group,
    leave_group,
    lend_hand,
    plan_meeting,
)
from mulin.circle.elders.forms import (
    GroupForm,
    JoinForm,
    MeetForm,
    MemberForm,
)
from mulin.circle.elders.models import Elder, Group, Hand, Meeting
from mulin.circle.elders.permissions import leads, may_keep
from mulin.commons.gatherings.models import Attendance
from mulin.commons.gatherings.rules import State
from mulin.ground.community.access import Request, opened_to, with_own_key
from mulin.ground.community.deeds import Deed, Failed, do, shown
from mulin.ground.community.rules import DESK_ROLES
from mulin.kit.acts import attempt, why_not
from mulin.kit.forms import PlainForm
from mulin.kit.paging import page_of

_LATEST = 5


@opened_to(*DESK_ROLES)
def groups(request: Request) -> HttpResponse:
    """Groups with their leaders; a new one."""
    form = GroupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        made = attempt(
            form,
            lambda: found_group(
                values["name"], values["person"], does=values["does"], meets=values["meets"],
                by=request.actor, now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if made is not None:
            messages.success(request, _("The group stands."))
            return redirect("elders:group", pk=made.pk)
    context = {"form": form, "page": page_of(queries.groups_now(), request.GET)}
    return render(request, "elders/groups.html", context, status=422 if form.errors else 200)


@with_own_key
@require_safe
def group(request: Request, pk: int) -> HttpResponse:
    """One group, for whoever leads it and the desk."""
    return _page(request, _group(request, pk))


@with_own_key
@require_POST
def group_act(request: Request, pk: int, deed: str) -> HttpResponse:
    """Somebody joins or leaves; it meets; a meeting was held (`held-<meeting>`)."""
    found = _group(request, pk)
    if deed.startswith("held-"):
        return _held(request, found, deed.removeprefix("held-"))
    refused = do(_deeds(request, found), deed, request)
    if refused is not None:
        return _page(request, found, failed=(deed, refused))
    return redirect("elders:group", pk=pk)


def _held(request: Request, found: Group, number: str) -> HttpResponse:
    """Who came was ticked, and who lent a hand."""
    meeting: Meeting = get_object_or_404(
        found.meetings.select_related("gathering", "group"),
        pk=int(number) if number.isdecimal() else 0,
    )
    form = PlainForm(request.POST)
    rows = {str(one.pk): one for one in Attendance.objects.filter(gathering=meeting.gathering)}
    came = [rows[one] for one in request.POST.getlist("came") if one in rows]
    helped = [rows[one] for one in request.POST.getlist("helped") if one in rows]

    def act() -> Meeting:
        for one in helped:
            lend_hand(meeting.gathering, one.person, by=request.actor, now=request.now)
        return hold_meeting(
            meeting, {one.pk for one in (*came, *helped)}, by=request.actor, now=request.now,
            token=form.idempotency_token,
        )  # fmt: skip

    if form.is_valid() and attempt(form, act) is not None:
        messages.success(request, _("Written down; everybody who came has the time of it."))
    else:
        messages.error(request, why_not(form))
    return redirect("elders:group", pk=found.pk)


def _group(request: Request, pk: int) -> Group:
    found: Group = get_object_or_404(Group.objects.select_related("leader"), pk=pk)
    if not leads(request.actor, found):
        raise Http404
    return found


def _deeds(request: Request, found: Group) -> dict[str, Deed]:
    if found.ended_on is not None:
        return {}
    members = partial(MemberForm, group=found)
    deeds = {
        "meet": Deed(
            gettext_lazy("The group meets"),
            lambda form, request: plan_meeting(
                found, form.plan(), by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
            gettext_lazy("Everybody who belongs to it is told."), MeetForm,
            {"title": found.name, "place_words": found.meets},
        ),
        "leave": Deed(
            gettext_lazy("Somebody leaves"),
            lambda form, request: leave_group(
                form.cleaned_data["member"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
            gettext_lazy("Written down."), members,
        ),
    }  # fmt: skip
    if not may_keep(request.actor):
        return deeds
    return deeds | {
        "join": Deed(
            gettext_lazy("Somebody joins"),
            lambda form, request: join_group(
                found, form.cleaned_data["person"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
            gettext_lazy("They belong to it from today."), JoinForm,
        ),
        "leader": Deed(
            gettext_lazy("Another member leads"),
            lambda form, request: change_leader(
                found, form.cleaned_data["member"].person, by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
            gettext_lazy("Written down."), members,
        ),
        "end": Deed(
            gettext_lazy("The group ends"),
            lambda form, request: end_group(
                found, by=request.actor, now=request.now, token=form.idempotency_token
            ),
            gettext_lazy("The group has ended."),
        ),
    }  # fmt: skip


def _page(request: Request, found: Group, failed: Failed | None = None) -> HttpResponse:
    members = page_of(
        found.members.filter(until__isnull=True).select_related("person"), request.GET
    )
    ids = [one.person_id for one in members.rows]
    hours = queries.hours_of(ids)
    in_care = dict(Elder.objects.in_care().filter(person__in=ids).values_list("person", "pk"))
    open_meeting = (
        found.meetings.filter(gathering__state=State.PLANNED)
        .select_related("gathering__place")
        .order_by("gathering__starts_at")
        .first()
    )
    listed = (
        Attendance.objects.filter(gathering=open_meeting.gathering_id).select_related("person")
        if open_meeting and open_meeting.gathering.ends_at <= request.now
        else []
    )
    context = {
        "group": found, "page": members,
        "lines": [(one, hours[one.person_id], in_care.get(one.person_id)) for one in members.rows],
        "meeting": open_meeting, "listed": listed,
        "hands": set(
            Hand.objects.filter(gathering=open_meeting.gathering_id).values_list("person", flat=True)
        ) if open_meeting else set(),
        "held": found.meetings.filter(gathering__state=State.HELD).select_related("gathering")[:_LATEST],
        "plain_form": PlainForm(),
        "held_url": reverse("elders:group-act", args=[found.pk, f"held-{open_meeting.pk}"])
        if open_meeting
        else "",
        "deeds": shown(
            _deeds(request, found), lambda deed: reverse("elders:group-act", args=[found.pk, deed]),
            failed,
        ),
    }  # fmt: skip
    return render(request, "elders/group.html", context, status=422 if failed else 200)

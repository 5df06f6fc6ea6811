"""The staff's pages: the calendar, one gathering, its agenda, notice, papers."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from mulin.commons.gatherings.actions.agenda import (
    add_item,
    order_items,
    record_item,
    remove_item,
    step_item,
)
from mulin.commons.gatherings.actions.coming import invite
from mulin.commons.gatherings.actions.planning import (
    add_paper,
    cancel_gathering,
    change_gathering,
    close_gathering,
    move_gathering,
    plan_gathering,
)
from mulin.commons.gatherings.forms import (
    CancelForm,
    ChangeForm,
    CloseForm,
    InviteForm,
    ItemForm,
    MoveForm,
    PaperForm,
    PlanForm,
    RecordForm,
)
from mulin.commons.gatherings.models import AgendaItem, Gathering
from mulin.commons.gatherings.papers import notice_of
from mulin.commons.gatherings.permissions import HOST_ROLES, ROOM_HOSTS, may_keep
from mulin.commons.gatherings.queries import (
    counts_of,
    gatherings_for,
    group_of_roll,
    items_of,
    papers_of,
)
from mulin.commons.gatherings.registry import kind_of
from mulin.commons.gatherings.rules import without_empty_headings
from mulin.commons.gatherings.sheets import SIGN_UP_SHEET
from mulin.commons.paper.forms import PrintForm
from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import HANDLER_ROLES
from mulin.kit.acts import attempt, why_not
from mulin.kit.clock import local_day
from mulin.kit.forms import PlainForm
from mulin.kit.paging import page_of
from mulin.kit.paper.printing import paper


@opened_to(*HANDLER_ROLES)
@require_safe
def gathering_list(request: Request) -> HttpResponse:
    """What is to come, the next first; or all that was."""
    show = request.GET.get("show", "")
    rows = gatherings_for(request.actor)
    if show == "past":
        rows = rows.filter(starts_at__lt=request.now)
    else:
        rows = rows.filter(ends_at__gte=request.now).order_by("starts_at", "id")
    return render(
        request, "gatherings/desk.html", {"page": page_of(rows, request.GET), "show": show}
    )


@opened_to(*HANDLER_ROLES)
def new(request: Request) -> HttpResponse:
    """Put a gathering into the calendar."""
    form = PlanForm(request.POST or None, by=request.actor)
    if request.method == "POST" and form.is_valid():
        planned = attempt(
            form,
            lambda: plan_gathering(
                form.cleaned_data["kind"], form.plan(), by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if planned is not None:
            messages.success(request, _("It stands in the calendar. Nobody has been told yet."))
            return redirect("gatherings:gathering", pk=planned.pk)
    return render(request, "gatherings/new.html", {"form": form})


@opened_to(*ROOM_HOSTS)
@require_safe
def gathering(request: Request, pk: int) -> HttpResponse:
    """One gathering: when, where, agenda, who was told, who comes, papers, and what is next."""
    return _page(request, _found(request, pk))


@opened_to(*ROOM_HOSTS)
def change(request: Request, pk: int) -> HttpResponse:
    """Correct its words and seats."""
    found = _kept(request, pk)
    form = ChangeForm(request.POST or None, gathering=found, by=request.actor)
    if request.method == "POST" and form.is_valid():
        changed = attempt(
            form,
            lambda: change_gathering(
                found, form.plan(), by=request.actor, now=request.now, token=form.idempotency_token
            ),
        )
        if changed is not None:
            return redirect("gatherings:gathering", pk=pk)
    return render(request, "gatherings/change.html", {"gathering": found, "form": form})


@opened_to(*ROOM_HOSTS)
def move(request: Request, pk: int) -> HttpResponse:
    """Another time or place."""
    found = _kept(request, pk)
    form = MoveForm(request.POST or None, gathering=found)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        moved = attempt(
            form,
            lambda: move_gathering(
                found, starts_at=values["starts_at"], ends_at=values["ends_at"],
                place=values["place"], place_words=values["place_words"], why=values["why"],
                by=request.actor, now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if moved is not None:
            messages.success(request, _("Moved. Whoever was told is told again."))
            return redirect("gatherings:gathering", pk=pk)
    return render(request, "gatherings/move.html", {"gathering": found, "form": form})


@opened_to(*ROOM_HOSTS)
def cancel(request: Request, pk: int) -> HttpResponse:
    """Call it off."""
    found = _kept(request, pk)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        cancelled = attempt(
            form,
            lambda: cancel_gathering(
                found, why=form.cleaned_data["why"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if cancelled is not None:
            messages.success(request, _("Called off. Whoever was told is told so."))
            return redirect("gatherings:gathering", pk=pk)
    return render(request, "gatherings/cancel.html", {"gathering": found, "form": form})


@opened_to(*ROOM_HOSTS)
@require_POST
def close(request: Request, pk: int) -> HttpResponse:
    """It is over: everybody who came gets their minutes."""
    found = _kept(request, pk)
    form = CloseForm(request.POST)
    if form.is_valid():
        closed = attempt(
            form,
            lambda: close_gathering(
                found, ended_at=form.cleaned_data["ended_at"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if closed is not None:
            messages.success(request, _("The list of who came is closed."))
            return redirect("gatherings:gathering", pk=pk)
    return _page(request, found, close_form=form, status=422)


@opened_to(*ROOM_HOSTS)
def invite_people(request: Request, pk: int) -> HttpResponse:
    """Tell a group of the roll."""
    found = _kept(request, pk)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        grid = form.cleaned_data["grid"]
        people = group_of_roll(
            form.cleaned_data["group"], grid_id=grid.pk if grid else None,
            day=local_day(request.now),
        ).order_by("grid", "id")  # fmt: skip
        count = attempt(
            form,
            lambda: invite(
                found, people, by=request.actor, now=request.now, token=form.idempotency_token
            ),
        )
        if count is not None:
            messages.success(
                request,
                ngettext(
                    "One more is told within minutes.",
                    "%(count)s more are told within minutes.",
                    count,
                )
                % {"count": count},
            )
            return redirect("gatherings:people", pk=pk)
    return render(request, "gatherings/invite.html", {"gathering": found, "form": form})


@opened_to(*ROOM_HOSTS)
@require_POST
def add(request: Request, pk: int) -> HttpResponse:
    """Put a point on the agenda."""
    found = _kept(request, pk)
    form = ItemForm(request.POST)
    if form.is_valid():
        values = form.cleaned_data
        added = attempt(
            form,
            lambda: add_item(
                found, title=values["title"], who=values["who"],
                minutes_planned=values["minutes_planned"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if added is not None:
            return _back_to_agenda(request, pk)
    return _page(request, found, item_form=form, status=422)


@opened_to(*ROOM_HOSTS)
@require_POST
def order(request: Request, pk: int) -> HttpResponse:
    """The order in which the points were dragged."""
    found = _kept(request, pk)
    form = PlainForm(request.POST)
    typed = [text for text in request.POST.get("order", "").split(",") if text]
    if not all(text.isascii() and text.isdigit() for text in typed) or not form.is_valid():
        raise Http404
    if not attempt(
        form,
        lambda: order_items(
            found, [int(text) for text in typed], by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
    ):  # fmt: skip
        messages.error(request, why_not(form))
    return _back_to_agenda(request, pk)


@opened_to(*ROOM_HOSTS)
@require_POST
def item_deed(request: Request, pk: int, deed: str) -> HttpResponse:
    """A point up, down, or off the agenda."""
    found = _item(request, pk)
    form = PlainForm(request.POST)
    steps = {"up": -1, "down": 1}
    if (deed not in steps and deed != "remove") or not form.is_valid():
        raise Http404
    gathering_pk = found.gathering_id

    def act() -> Gathering:
        token = form.idempotency_token
        if deed == "remove":
            return remove_item(found, by=request.actor, now=request.now, token=token)
        return step_item(
            found, by_how_many=steps[deed], by=request.actor, now=request.now, token=token
        )

    if attempt(form, act) is None:
        messages.error(request, why_not(form))
    return _back_to_agenda(request, gathering_pk)


@opened_to(*ROOM_HOSTS)
def item(request: Request, pk: int) -> HttpResponse:
    """What was said to one point."""
    found = _item(request, pk)
    kind = kind_of(found.gathering.kind)
    headings = str(kind.minutes)
    form = RecordForm(request.POST or None, initial={"record": found.record or headings})
    form.fields["record"].help_text = str(kind.minutes_hint)
    if request.method == "POST" and form.is_valid():
        written = attempt(
            form,
            lambda: record_item(
                found, without_empty_headings(form.cleaned_data["record"], headings),
                by=request.actor, now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if written is not None:
            messages.success(request, _("Written down."))
            return _back_to_agenda(request, found.gathering_id)
    context = {"item": found, "gathering": found.gathering, "form": form}
    return render(request, "gatherings/item.html", context)


@opened_to(*ROOM_HOSTS)
def papers(request: Request, pk: int) -> HttpResponse:
    """Lay a document beside it."""
    found = _kept(request, pk)
    form = PaperForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        added = attempt(
            form,
            lambda: add_paper(
                found, title=values["title"], content=values["file"].read(),
                is_public=values["is_public"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if added is not None:
            messages.success(request, _("It lies beside the gathering."))
            return redirect("gatherings:gathering", pk=pk)
    return render(request, "gatherings/papers.html", {"gathering": found, "form": form})


@opened_to(*ROOM_HOSTS)
@require_safe
def poster(request: Request, pk: int) -> HttpResponse:
    """The notice for the board, with its code; or, with `?at=door`, the code for the door."""
    found = _found(request, pk)
    if request.GET.get("at") != "door":
        document = notice_of(
            found, items_of(found), day=local_day(found.noticed_at or request.now),
            community=request.community,
        )  # fmt: skip
        return paper(
            "kit/official.html", {"document": document}, request=request, name=document.title
        )
    if not may_keep(request.actor, found):
        raise Http404
    context = {"gathering": found, "address": reverse("gatherings:here", args=[found.door_code])}
    return paper("gatherings/paper/poster.html", context, request=request, name=found.title)


def _found(request: Request, pk: int) -> Gathering:
    found: Gathering = get_object_or_404(gatherings_for(request.actor), pk=pk)
    if not request.actor.is_handler and not may_keep(request.actor, found):
        raise Http404
    return found


def _kept(request: Request, pk: int) -> Gathering:
    """A gathering that this actor keeps; for everybody else its forms do not exist."""
    found = _found(request, pk)
    if not may_keep(request.actor, found):
        raise Http404
    return found


def _item(request: Request, pk: int) -> AgendaItem:
    found: AgendaItem = get_object_or_404(
        AgendaItem.objects.select_related("gathering__place"), pk=pk
    )
    _kept(request, found.gathering_id)
    return found


def _page(
    request: Request, found: Gathering, *, status: int = 200, **forms: Any
) -> HttpResponse:  # Any: forms that were refused
    kind = kind_of(found.kind)
    items = items_of(found)
    keeps = may_keep(request.actor, found)
    is_over = found.ends_at < request.now
    takes_sheets = keeps and request.actor.is_desk and found.is_planned and not is_over
    context = {
        "gathering": found,
        "counts": counts_of(found),
        "items": [(one, PlainForm(auto_id=False)) for one in items],
        "papers": papers_of(found, public_only=False),
        "may_keep": keeps,
        "room_page": kind.page(found.pk) if kind.page else "",
        "may_see_all": request.actor.has(*HOST_ROLES),
        "is_over": is_over,
        "has_begun": found.starts_at < request.now,
        "order_form": PlainForm(auto_id=False),
        "list_form": PlainForm(auto_id=False),
        "sign_up_use": SIGN_UP_SHEET,
        "sign_up_form": PrintForm(auto_id="sheets_%s", initial={"about": found.pk})
        if takes_sheets
        else None,
        "item_form": ItemForm(),
        "close_form": CloseForm(initial={"ended_at": min(found.ends_at, request.now)}),
        **forms,
    }
    return render(request, "gatherings/gathering.html", context, status=status)


def _back_to_agenda(request: Request, pk: int) -> HttpResponse:
    """Where one came from, which may be the page of a room, at the agenda."""
    found = Gathering.objects.get(pk=pk)
    kind = kind_of(found.kind)
    if kind.page is not None and request.POST.get("from") == "room":
        return redirect(f"{kind.page(pk)}#agenda")
    return redirect(f"{reverse('gatherings:gathering', args=[pk])}#agenda")

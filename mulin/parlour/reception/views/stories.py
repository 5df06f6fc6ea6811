"""Answered demands before everybody: the clerk's preview, the list, one story, a grid's month."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.commons.flow.models import Category
from mulin.commons.flow.queries import followed
from mulin.ground.community.access import Request, opened_to, public
from mulin.ground.community.models import Grid
from mulin.ground.community.rules import DESK_ROLES
from mulin.ground.figures.rules import Period
from mulin.ground.people.models import Person
from mulin.kit.acts import attempt
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day
from mulin.kit.forms import PlainForm
from mulin.kit.paging import page_of
from mulin.kit.redaction import marked
from mulin.kit.refusals import Refused
from mulin.parlour.reception.actions.stories import object_to_story, show_story, take_back_story
from mulin.parlour.reception.figures import Month, month_of
from mulin.parlour.reception.forms.stories import ShowForm, StoryFilterForm
from mulin.parlour.reception.models import Demand, Story
from mulin.parlour.reception.permissions import may
from mulin.parlour.reception.queries import demand_for
from mulin.parlour.reception.rules import State, may_be_shown
from mulin.parlour.reception.shown import Draft, draft_of, stories, story_of


@opened_to(*DESK_ROLES)
def show(request: Request, pk: int) -> HttpResponse:
    """What was said and answered, beside what would be shown; first a look, then the button."""
    demand = _answered(request, pk)
    draft, shown = draft_of(demand), story_of(demand)
    form = ShowForm(request.POST or None, draft=draft, shown=shown)
    if request.method == "POST" and form.is_valid() and form.was_seen:
        values = form.cleaned_data
        story = attempt(
            form,
            lambda: show_story(
                demand, by=request.actor, words=values["words"], answer=values["answer"],
                photos=values["photos"], looked=values["looked"], now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if story is not None:
            messages.success(request, _("Shown to the street. The person is told."))
            return redirect("reception:demand", pk=pk)
    context = _look(demand, draft, form) | {"demand": demand, "need": demand.need, "shown": shown}
    return render(request, "reception/show.html", context, status=422 if form.errors else 200)


@opened_to(*DESK_ROLES)
@require_POST
def take_back(request: Request, pk: int) -> HttpResponse:
    """Take what is shown off the pages again."""
    story = story_of(_answered(request, pk))
    form = PlainForm(request.POST)
    if story is None:
        raise Http404
    if form.is_valid():
        try:
            take_back_story(
                story, by=request.actor, now=request.now, token=form.idempotency_token
            )  # fmt: skip
            messages.success(request, _("No longer shown."))
        except Refused as refusal:
            messages.info(request, str(refusal.message))
    return redirect("reception:demand", pk=pk)


@public
@require_POST
def object_to(request: Request, code: str) -> HttpResponse:
    """The asker, who holds the code of the slip, does not want it shown."""
    need = followed(code)
    demand = Demand.objects.filter(need=need).select_related("need").first() if need else None
    if demand is None:
        raise Http404
    form = PlainForm(request.POST)
    by = replace(request.actor.by(Channel.ONLINE), held_code=demand.need.follow_code)
    if form.is_valid():
        try:
            object_to_story(demand, by=by, now=request.now, token=form.idempotency_token)
            messages.success(request, _("It is taken down and will not be shown again."))
        except Refused as refusal:
            messages.info(request, str(refusal.message))
    return redirect("reception:follow", code=code)


@public
@require_safe
def story_list(request: Request) -> HttpResponse:
    """What neighbours asked and what was done, by kind, grid and month; nobody is named."""
    form = StoryFilterForm(request.GET)
    form.is_valid()
    chosen = form.cleaned_data
    category: Category | None = chosen.get("category")
    month = chosen.get("month")
    rows = stories(
        category_id=category.pk if category else None, grid=chosen.get("grid"),
        during=_period(month).during("answered_at") if month else None,
    )  # fmt: skip
    context = {"form": form, "page": page_of(rows, request.GET, size=20), "here": "ours"}
    return render(request, "reception/stories.html", context)


@public
@require_safe
def story(request: Request, code: str) -> HttpResponse:
    """One of them, for a link in a chat group."""
    found: Story = get_object_or_404(stories(), code=code)
    return render(request, "reception/story.html", {"story": found, "here": "ours"})


@public
@require_safe
def month(request: Request) -> HttpResponse:
    """What was asked and done in a month, in my grid or everywhere."""
    board = board_of(request)
    page = page_of(board.stories, request.GET, size=20)
    context = {"board": board, "page": page, "here": "ours", "grids": Grid.objects.all()}
    return render(request, "reception/month.html", context)


@dataclass(frozen=True)
class Board:
    """A month of a grid: the same on the page and on the sheet."""

    grid: Grid | None
    period: Period
    month: Month
    stories: Any  # a queryset of stories
    previous: str
    following: str

    @property
    def ref(self) -> str:
        """What it is called in the address of its text for a chat group."""
        return f"{self.grid.number if self.grid else 0}-{self.period.first:%Y-%m}"

    @property
    def address(self) -> str:
        """What is asked for, after the question mark."""
        grid = f"grid={self.grid.number}&" if self.grid else "grid=&"
        return f"{grid}month={self.period.first:%Y-%m}"


def board_of(request: Request) -> Board:
    """The month and grid the address names; if it does not, the reader's own grid and the month of a
    week ago: one that has just begun tells nothing yet.
    """
    form = StoryFilterForm(request.GET)
    form.is_valid()
    today = local_day(request.now)
    period = _period(form.cleaned_data.get("month") or f"{today - timedelta(days=7):%Y-%m}")
    grid: Grid | None = form.cleaned_data.get("grid")
    if grid is None and "grid" not in request.GET and request.actor.person_id is not None:
        person = Person.objects.filter(pk=request.actor.person_id).select_related("grid").first()
        grid = person.grid if person else None
    after = period.after()
    return Board(
        grid=grid, period=period, month=month_of(period, grid),
        stories=stories(grid=grid, during=period.during("answered_at")),
        previous=f"{period.before().first:%Y-%m}",
        following=f"{after.first:%Y-%m}" if after.first <= today else "",
    )  # fmt: skip


def _period(month: str) -> Period:
    first = date.fromisoformat(f"{month}-01")
    return Period.of_month(first.year, first.month)


def _answered(request: Request, pk: int) -> Demand:
    demand = demand_for(request.actor, pk)
    if demand is None or not may(request.actor, "show"):
        raise Http404
    need = demand.need
    if not may_be_shown(State(demand.state), visibility=need.visibility, is_sealed=need.is_sealed):
        raise Http404
    return demand


def _look(demand: Demand, draft: Draft, form: ShowForm) -> dict[str, Any]:
    """Both sides of the preview: the originals with marks, and what the street would read."""
    context: dict[str, Any] = {
        "form": form,
        "said": marked(draft.words, draft.tells.found_in(draft.words)),
        "answered": marked(draft.answer, draft.tells.found_in(draft.answer)),
        "photos": draft.photos,
        "back_form": PlainForm(auto_id="back_%s"),
    }
    if form.is_bound and "words" in form.data and hasattr(form, "cleaned_data"):
        values = form.cleaned_data
        if {"words", "answer"} <= values.keys():
            chosen = values.get("photos") or []
            context |= {
                "preview": Story(
                    demand=demand, words=values["words"], answer=values["answer"],
                    answered_at=demand.answered_at or demand.received_at,
                ),
                "preview_photos": [one for one in draft.photos if one.code in chosen],
                "left": [
                    values[name][one.start : one.end]
                    for name in ("words", "answer")
                    for one in draft.tells.found_in(values[name])
                ],
                "seal": form.seal if not form.errors else "",
            }  # fmt: skip
    return context

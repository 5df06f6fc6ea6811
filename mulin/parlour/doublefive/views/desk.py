"""The desk's side: the years, one year's river and its ideas, one idea."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import DESK_ROLES, HANDLER_ROLES, Role
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day
from mulin.kit.forms import ActForm, PlainForm
from mulin.kit.paging import page_of
from mulin.kit.paper.printing import paper
from mulin.parlour.doublefive import queries
from mulin.parlour.doublefive.actions.ideas import (
    propose_merge,
    put_in_order,
)
from mulin.parlour.doublefive.actions.picturing import choose_pictures
from mulin.parlour.doublefive.actions.screening import (
    appeal,
    decide_appeal,
    pass_idea,
    refuse_idea,
)
from mulin.parlour.doublefive.actions.seasons import (
    go_on,
    name_screeners,
    open_season,
    word_criteria,
)
from mulin.parlour.doublefive.forms import (
    AppealForm,
    CriteriaForm,
    DecideForm,
    MergeForm,
    OpenForm,
    PicturesForm,
    PublicForm,
    RefuseForm,
    ScreenersForm,
)
from mulin.parlour.doublefive.models import STATE_LABELS, Idea, Moment, Picture, Season
from mulin.parlour.doublefive.permissions import may_arrange, may_hold, may_screen
from mulin.parlour.doublefive.rules import NEXT, Stage, State, decides_appeals
from mulin.parlour.doublefive.views.resident import answer_of
from mulin.parlour.doublefive.views.stages import river_steps, work_of


@opened_to(*HANDLER_ROLES)
def season_list(request: Request) -> HttpResponse:
    """All years; the head opens the next."""
    form = OpenForm(
        request.POST or None, initial={"year": queries.year_to_open(local_day(request.now))}
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        opened = attempt(
            form,
            lambda: open_season(
                values["year"], collects_until=values["collects_until"],
                criteria=values["criteria"], appeal_days=values["appeal_days"],
                by=request.actor, now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if opened is not None:
            return redirect("doublefive:season", pk=opened.pk)
    context = {
        "page": page_of(queries.seasons(), request.GET),
        "form": form,
        "may_hold": may_hold(request.actor),
    }
    return render(request, "doublefive/list.html", context, status=422 if form.errors else 200)


@opened_to(*HANDLER_ROLES)
def season(request: Request, pk: int) -> HttpResponse:
    """The river of a year, and its ideas by how they stand."""
    return _season_page(request, _season(pk))


def _season_page(
    request: Request, found: Season, *, form: ActForm | None = None, status: int = 200
) -> HttpResponse:
    shown = request.GET.get("show", "")
    counts = queries.counts_of(found)
    context = {
        "season": found,
        "steps": river_steps(found, request.now),
        "work": work_of(found, request.now),
        "page": page_of(queries.ideas_of(found, shown), request.GET, size=30),
        "states": [(s.value, label, counts.get(s.value, 0)) for s, label in STATE_LABELS.items()],
        "shown": shown,
        "total": sum(counts.values()),
        "criteria": found.criteria.all(),
        "screeners": queries.screeners_of(found),
        "chosen": queries.chosen_of(found) if found.is_public else [],
        "may_hold": may_hold(request.actor),
        "next": NEXT.get(Stage(found.stage)),
        "form": form or PlainForm(),
    }
    return render(request, "doublefive/season.html", context, status=status)


@opened_to(Role.HEAD)
def criteria(request: Request, pk: int) -> HttpResponse:
    """By what is screened, as long as nobody is."""
    found = _season(pk)
    lines = "\n".join(found.criteria.values_list("words", flat=True))
    form = CriteriaForm(
        request.POST or None,
        initial={"criteria": lines, "collects_until": found.collects_until,
                 "appeal_days": found.appeal_days},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        worded = attempt(
            form,
            lambda: word_criteria(
                found, form.cleaned_data["criteria"], by=request.actor, now=request.now,
                collects_until=form.cleaned_data["collects_until"],
                appeal_days=form.cleaned_data["appeal_days"], token=form.idempotency_token,
            ),
        )  # fmt: skip
        if worded is not None:
            return redirect("doublefive:season", pk=pk)
    return _form_page(request, found, form, _("Criteria and days"))


@opened_to(Role.HEAD)
def screeners(request: Request, pk: int) -> HttpResponse:
    """Who screens."""
    found = _season(pk)
    form = ScreenersForm(
        request.POST or None, community_id=request.community.pk, now=request.now,
        initial={"accounts": queries.screeners_of(found)},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        named = attempt(
            form,
            lambda: name_screeners(
                found, form.cleaned_data["accounts"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if named is not None:
            return redirect("doublefive:season", pk=pk)
    return _form_page(request, found, form, _("Who screens the ideas?"))


def _form_page(request: Request, found: Season, form: ActForm, title: str) -> HttpResponse:
    context = {"season": found, "form": form, "title": title}
    return render(request, "doublefive/form.html", context, status=422 if form.errors else 200)


@opened_to(*HANDLER_ROLES)
def booklet(request: Request, pk: int) -> HttpResponse:
    """The published list on paper: to read at the door, to hang up, to take to the vote."""
    found = _season(pk)
    if not found.is_public:
        raise Http404
    ideas = list(queries.with_pictures(queries.ideas_of(found, State.PASSED)))
    context = {
        "season": found,
        "ideas": ideas,
        "criteria": list(found.criteria.all()),
    }
    shown = [photo for idea in ideas for photo in getattr(idea, queries.PICTURES)]
    return paper(
        "doublefive/paper/booklet.html", context, request=request,
        pictures={photo.code: photo.thumb.path for photo in shown},
        name=_("List of the Double-Five %(year)s") % {"year": found.year},
    )  # fmt: skip


@opened_to(Role.HEAD)
@require_POST
def next_stage(request: Request, pk: int) -> HttpResponse:
    """Begin the next stage."""
    found = _season(pk)
    form = PlainForm(request.POST)
    if form.is_valid() and attempt(
        form,
        lambda: go_on(found, by=request.actor, now=request.now, token=form.idempotency_token),
    ) is not None:  # fmt: skip
        return redirect("doublefive:season", pk=pk)
    return _season_page(request, _season(pk), form=form, status=422)


# ── one idea ─────────────────────────────────────────────────────────────────────────────────


@opened_to(*HANDLER_ROLES)
def idea(request: Request, pk: int) -> HttpResponse:
    """One idea with what can be done about it; the desk puts its public words in order."""
    found = _idea(pk)
    if request.method == "POST":
        form = PublicForm(request.POST)
        if form.is_valid() and attempt(
            form,
            lambda: put_in_order(
                found, form.public(), by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        ) is not None:  # fmt: skip
            messages.success(request, _("Written down."))
            return redirect("doublefive:idea", pk=pk)
        return _idea_page(request, found, public_form=form)
    return _idea_page(request, found)


@opened_to(*DESK_ROLES)
@require_POST
def pictures(request: Request, pk: int) -> HttpResponse:
    """Which pictures of an idea stand on the list."""
    found = _idea(pk)
    form = PicturesForm(request.POST, request.FILES, pictures=_meant(found))
    return _act(
        request, found, form, "pictures_form",
        lambda: choose_pictures(
            found, form.chosen(), form.cleaned_data["photos"], by=request.actor,
            now=request.now, token=form.idempotency_token,
        ),
    )  # fmt: skip


def _meant(found: Idea) -> list[Picture]:
    return list(found.pictures.filter(moment=Moment.IDEA).select_related("idea"))


@opened_to(*DESK_ROLES)
@require_POST
def merge(request: Request, pk: int) -> HttpResponse:
    """Ask both authors whether two ideas are one."""
    found = _idea(pk)
    form = MergeForm(request.POST, idea=found)
    return _act(
        request, found, form, "merge_form",
        lambda: propose_merge(
            found, form.cleaned_data["into"], by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
    )  # fmt: skip


@opened_to(*DESK_ROLES)
@require_POST
def merge_answer(request: Request, pk: int) -> HttpResponse:
    """An author called or came: their yes or no is written down for them."""
    found = _idea(pk)
    form = PlainForm(request.POST)
    answer = answer_of(request, found, form)
    return _act(
        request, found, form, "plain_form",
        lambda: answer(found, by=request.actor, now=request.now, token=form.idempotency_token),
    )  # fmt: skip


@opened_to(*HANDLER_ROLES)
@require_POST
def let_pass(request: Request, pk: int) -> HttpResponse:
    """It meets the criteria."""
    found = _idea(pk)
    form = PlainForm(request.POST)
    return _act(
        request, found, form, "plain_form",
        lambda: pass_idea(found, by=request.actor, now=request.now, token=form.idempotency_token),
    )  # fmt: skip


@opened_to(*HANDLER_ROLES)
@require_POST
def refuse(request: Request, pk: int) -> HttpResponse:
    """It does not meet one, with the reason."""
    found = _idea(pk)
    form = RefuseForm(request.POST, season=found.season)
    return _act(
        request, found, form, "refuse_form",
        lambda: refuse_idea(
            found, form.cleaned_data["criterion"], form.cleaned_data["reason"], by=request.actor,
            now=request.now, token=form.idempotency_token,
        ),
    )  # fmt: skip


@opened_to(*DESK_ROLES)
@require_POST
def appeal_noted(request: Request, pk: int) -> HttpResponse:
    """An author appeals by phone or on paper."""
    found = _idea(pk)
    form = AppealForm(request.POST)
    return _act(
        request, found, form, "appeal_form",
        lambda: appeal(
            found, form.cleaned_data["words"], by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
    )  # fmt: skip


@opened_to(*HANDLER_ROLES)
@require_POST
def decide(request: Request, pk: int) -> HttpResponse:
    """Another screener hears the appeal."""
    found = _idea(pk)
    form = DecideForm(request.POST)
    return _act(
        request, found, form, "decide_form",
        lambda: decide_appeal(
            found, form.cleaned_data["answer"], is_right=form.cleaned_data["is_right"],
            by=request.actor, now=request.now, token=form.idempotency_token,
        ),
    )  # fmt: skip


def _act(
    request: Request, found: Idea, form: ActForm, name: str, act: Callable[[], object]
) -> HttpResponse:
    if form.is_valid() and attempt(form, act) is not None:
        return redirect("doublefive:idea", pk=found.pk)
    return _idea_page(request, _idea(found.pk), **{name: form})


def _idea_page(request: Request, found: Idea, **sent: ActForm) -> HttpResponse:
    season_, actor = found.season, request.actor
    meant = _meant(found)
    screens = season_.is_screening and may_screen(actor, season_)
    context: dict[str, Any] = {
        "idea": found,
        "season": season_,
        "merges": list(queries.merges_of(found)[:10]),
        "may_arrange": may_arrange(actor) and not season_.is_public,
        "may_screen": screens,
        "hears": screens and decides_appeals(found.screened_by_id, actor.account_id),
        "may_appeal": found.may_appeal(request.now),
        "meant": meant,
        "public_form": PublicForm(
            initial={"title": found.title, "site": found.site, "gains": found.gains,
                     "cost_yuan": found.cost_yuan, "kind": found.kind,
                     "near": queries.near_of(found)}
        ),
        "pictures_form": PicturesForm(
            auto_id="picture_%s", pictures=meant,
            initial={"shown": [str(one.pk) for one in meant if one.is_public]},
        ),
        "merge_form": MergeForm(idea=found),
        "refuse_form": RefuseForm(season=season_),
        "appeal_form": AppealForm(),
        "decide_form": DecideForm(),
        "plain_form": PlainForm(),
    }  # fmt: skip
    return render(request, "doublefive/idea.html", context | sent, status=422 if sent else 200)


def _season(pk: int) -> Season:
    found: Season = get_object_or_404(Season, pk=pk)
    return found


def _idea(pk: int) -> Idea:
    rows = Idea.objects.select_related("season", "criterion", "part_of", "screened_by", "need")
    found: Idea = get_object_or_404(rows, pk=pk)
    return found

"""The desk's side of carrying out: the five of a year, one project with all that is done to it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import HANDLER_ROLES, Role
from mulin.ground.people.models import Person
from mulin.kit.acts import attempt
from mulin.kit.channels import Channel
from mulin.kit.forms import ActForm, PlainForm
from mulin.kit.paging import page_of
from mulin.parlour.doublefive import queries
from mulin.parlour.doublefive.actions.carrying import (
    begin_project,
    finish_project,
    give_to,
    picture_project,
    put_off,
    reach_milestone,
    set_milestone,
    spend,
)
from mulin.parlour.doublefive.actions.following import (
    answer_comment,
    comment,
    follow,
    hide_comment,
    show_comment,
)
from mulin.parlour.doublefive.forms import (
    AnswerForm,
    BeginForm,
    CommentForm,
    FinishForm,
    HideForm,
    MilestoneForm,
    OwnerForm,
    ProjectPicturesForm,
    PutOffForm,
    ReachForm,
    SomebodyForm,
    SpendForm,
)
from mulin.parlour.doublefive.models import Chosen, Comment, Milestone, Project, Season
from mulin.parlour.doublefive.permissions import may_arrange, may_hold, may_run

#: How many people of the roll are offered for a name.
FOUND = 8

Act = Callable[[Request, Any, Any], object]  # Any: the record, and the form that fits it


@opened_to(*HANDLER_ROLES)
def carrying(request: Request, pk: int) -> HttpResponse:
    """The five of a year: who carries which out, how far it is, what it cost so far."""
    season: Season = get_object_or_404(Season, pk=pk)
    context = {
        "season": season,
        "projects": list(queries.projects_of(season)),
        "late": queries.late_projects(season, request.now),
        "waiting": [one for one in queries.chosen_of(season) if not hasattr(one, "project")],
        "may_hold": may_hold(request.actor),
    }
    return render(request, "doublefive/carrying.html", context)


@opened_to(Role.HEAD)
def begin(request: Request, pk: int) -> HttpResponse:
    """A chosen idea gets its owner, its promise and its budget."""
    chosen: Chosen = get_object_or_404(Chosen.objects.select_related("idea", "season"), pk=pk)
    form = BeginForm(
        request.POST or None, community_id=request.community.pk, now=request.now,
        initial={"budget_yuan": chosen.idea.cost_yuan},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        begun = attempt(
            form,
            lambda: begin_project(
                chosen, owner=values["owner"], promise=values["promise"],
                budget_yuan=values["budget_yuan"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if begun is not None:
            return redirect("doublefive:project", pk=begun.pk)
    context = {
        "season": chosen.season,
        "form": form,
        "title": _("Carry it out: %(idea)s") % {"idea": chosen.idea.title},
    }
    return render(request, "doublefive/form.html", context, status=422 if form.errors else 200)


@opened_to(*HANDLER_ROLES)
def project(request: Request, pk: int) -> HttpResponse:
    """One project with all that is done to it."""
    return _page(request, _project(pk))


def _page(
    request: Request, found: Project, *, sent: dict[str, Any] | None = None
) -> HttpResponse:  # Any: a form, and the milestone or comment it was about
    query = request.GET.get("q", "").strip()
    people = Person.objects.on_roll().visible_to(request.actor)
    context: dict[str, Any] = {
        "project": found,
        "season": found.chosen.season,
        "milestones": queries.milestones_of(found),
        "pictures": queries.pictures_of(found),
        "expenses": found.expenses.select_related("entered_by"),
        "comments": page_of(queries.comments_of(found, all_of_them=True), request.GET, size=20),
        "followers": found.follows.count(),
        "may_run": may_run(request.actor, found),
        "may_hold": may_hold(request.actor),
        "may_look": may_arrange(request.actor),
        "query": query,
        "people": list(people.search(query)[:FOUND]) if query else [],
        "milestone_form": MilestoneForm(auto_id="step_%s"),
        "spend_form": SpendForm(auto_id="spend_%s"),
        "picture_form": ProjectPicturesForm(auto_id="picture_%s"),
        "finish_form": FinishForm(auto_id="finish_%s"),
        "give_form": OwnerForm(
            auto_id="give_%s", community_id=request.community.pk, now=request.now,
            initial={"owner": found.owner_id},
        ),
        "comment_form": CommentForm(auto_id="comment_%s"),
        "reach_form": ReachForm(auto_id=False),
        "off_form": PutOffForm(auto_id=False),
        "answer_form": AnswerForm(auto_id=False),
        "hide_form": HideForm(auto_id=False),
        "plain_form": PlainForm(auto_id=False),
        "now": request.now,
    }  # fmt: skip
    return render(
        request, "doublefive/project.html", context | (sent or {}), status=422 if sent else 200
    )


@opened_to(*HANDLER_ROLES)
@require_POST
def project_deed(request: Request, pk: int, deed: str) -> HttpResponse:
    """A step, money, photos, the end, another owner; what somebody said who called."""
    found = _project(pk)
    if deed not in PROJECT_DEEDS:
        raise Http404
    name, act = PROJECT_DEEDS[deed]
    form = _form_for(request, deed)
    if form.is_valid() and attempt(form, lambda: act(request, found, form)) is not None:
        messages.success(request, _("Written down."))
        return redirect("doublefive:project", pk=pk)
    return _page(request, _project(pk), sent={name: form})


def _form_for(request: Request, deed: str) -> ActForm:
    if deed == "give":
        return OwnerForm(
            request.POST, auto_id="give_%s", community_id=request.community.pk, now=request.now
        )
    if deed == "follow":
        return SomebodyForm(request.POST, by=request.actor)
    form_class, prefix = _FORMS[deed]
    return form_class(request.POST, request.FILES, auto_id=prefix)


@opened_to(*HANDLER_ROLES)
@require_POST
def milestone_deed(request: Request, pk: int, deed: str) -> HttpResponse:
    """It is done, or takes longer."""
    rows = Milestone.objects.select_related(
        "project__chosen__idea", "project__chosen__season", "project__owner"
    )
    found: Milestone = get_object_or_404(rows, pk=pk)
    if deed not in MILESTONE_DEEDS:
        raise Http404
    name, form_class, act = MILESTONE_DEEDS[deed]
    form = form_class(request.POST, request.FILES, auto_id=False)
    if form.is_valid() and attempt(form, lambda: act(request, found, form)) is not None:
        messages.success(request, _("Written down. Whoever follows is told."))
        return redirect("doublefive:project", pk=found.project_id)
    return _page(request, _project(found.project_id), sent={name: form, "about": found.pk})


@opened_to(*HANDLER_ROLES)
@require_POST
def comment_deed(request: Request, pk: int, deed: str) -> HttpResponse:
    """A comment is shown, hidden, answered."""
    rows = Comment.objects.select_related(
        "project__chosen__idea", "project__chosen__season", "project__owner"
    )
    found: Comment = get_object_or_404(rows, pk=pk)
    if deed not in COMMENT_DEEDS:
        raise Http404
    name, form_class, act = COMMENT_DEEDS[deed]
    form = form_class(request.POST, auto_id=False)
    if form.is_valid() and attempt(form, lambda: act(request, found, form)) is not None:
        return redirect("doublefive:project", pk=found.project_id)
    return _page(request, _project(found.project_id), sent={name: form, "about": found.pk})


# ── what the buttons do ──────────────────────────────────────────────────────────────────────


def _set(request: Request, found: Project, form: MilestoneForm) -> object:
    values = form.cleaned_data
    return set_milestone(
        found, values["what"], due_on=values["due_on"], by=request.actor, now=request.now,
        token=form.idempotency_token,
    )  # fmt: skip


def _spend(request: Request, found: Project, form: SpendForm) -> object:
    values = form.cleaned_data
    return spend(
        found, spent_on=values["spent_on"], yuan=values["yuan"], what=values["what"],
        by=request.actor, now=request.now, token=form.idempotency_token,
    )  # fmt: skip


def _picture(request: Request, found: Project, form: ProjectPicturesForm) -> object:
    values = form.cleaned_data
    return picture_project(
        found, values["photos"], moment=values["moment"], by=request.actor, now=request.now,
        token=form.idempotency_token,
    )  # fmt: skip


def _finish(request: Request, found: Project, form: FinishForm) -> object:
    return finish_project(
        found, outcome=form.cleaned_data["outcome"], by=request.actor, now=request.now,
        token=form.idempotency_token,
    )  # fmt: skip


def _give(request: Request, found: Project, form: OwnerForm) -> object:
    return give_to(
        found, form.cleaned_data["owner"], by=request.actor, now=request.now,
        token=form.idempotency_token,
    )  # fmt: skip


def _follow(request: Request, found: Project, form: SomebodyForm) -> object:
    actor = request.actor.by(Channel.PHONE, on_behalf_of=form.cleaned_data["person"].pk)
    return follow(found, by=actor, now=request.now, token=form.idempotency_token)


def _comment(request: Request, found: Project, form: CommentForm) -> object:
    return comment(
        found, form.cleaned_data["words"], by=request.actor.by(Channel.PHONE), now=request.now,
        token=form.idempotency_token,
    )  # fmt: skip


PROJECT_DEEDS: dict[str, tuple[str, Act]] = {
    "milestone": ("milestone_form", _set),
    "spend": ("spend_form", _spend),
    "picture": ("picture_form", _picture),
    "finish": ("finish_form", _finish),
    "give": ("give_form", _give),
    "follow": ("follow_form", _follow),
    "comment": ("comment_form", _comment),
}
_FORMS: dict[str, tuple[type[ActForm], str]] = {
    "milestone": (MilestoneForm, "step_%s"),
    "spend": (SpendForm, "spend_%s"),
    "picture": (ProjectPicturesForm, "picture_%s"),
    "finish": (FinishForm, "finish_%s"),
    "comment": (CommentForm, "comment_%s"),
}


def _reach(request: Request, found: Milestone, form: ReachForm) -> object:
    values = form.cleaned_data
    return reach_milestone(
        found, words=values["words"], photos=values["photos"], by=request.actor, now=request.now,
        token=form.idempotency_token,
    )  # fmt: skip


def _put_off(request: Request, found: Milestone, form: PutOffForm) -> object:
    values = form.cleaned_data
    return put_off(
        found, due_on=values["due_on"], reason=values["reason"], by=request.actor,
        now=request.now, token=form.idempotency_token,
    )  # fmt: skip


MILESTONE_DEEDS: dict[str, tuple[str, type[ActForm], Act]] = {
    "reach": ("reach_form", ReachForm, _reach),
    "put-off": ("off_form", PutOffForm, _put_off),
}


def _show(request: Request, found: Comment, form: PlainForm) -> object:
    return show_comment(found, by=request.actor, now=request.now, token=form.idempotency_token)


def _hide(request: Request, found: Comment, form: HideForm) -> object:
    return hide_comment(
        found, why=form.cleaned_data["why"], by=request.actor, now=request.now,
        token=form.idempotency_token,
    )  # fmt: skip


def _answer(request: Request, found: Comment, form: AnswerForm) -> object:
    return answer_comment(
        found, form.cleaned_data["words"], by=request.actor, now=request.now,
        token=form.idempotency_token,
    )  # fmt: skip


COMMENT_DEEDS: dict[str, tuple[str, type[ActForm], Act]] = {
    "show": ("plain_form", PlainForm, _show),
    "hide": ("hide_form", HideForm, _hide),
    "answer": ("answer_form", AnswerForm, _answer),
}


def _project(pk: int) -> Project:
    found: Project = get_object_or_404(queries.projects(), pk=pk)
    return found

"""The street's side of carrying out: a project followed, the years side by side, pictures."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from mulin.ground.community.access import Request, public
from mulin.kit.acts import attempt
from mulin.kit.files import photo_response
from mulin.kit.forms import ActForm, PlainForm
from mulin.kit.paging import page_of
from mulin.parlour.doublefive import queries
from mulin.parlour.doublefive.actions.following import comment, follow, unfollow
from mulin.parlour.doublefive.forms import (
    CommentForm,
)
from mulin.parlour.doublefive.models import Picture, Project
from mulin.parlour.doublefive.rules import way_of

#: How many years stand side by side on one page.
YEARS = 10


@public
@require_safe
def carried(request: Request, year: int, place: int) -> HttpResponse:
    """What was promised, how far it is, what it cost; to follow and to comment."""
    return _page(request, _found(year, place))


def _page(
    request: Request, found: Project, *, status: int = 200, **forms: Any
) -> HttpResponse:  # Any: forms that were refused
    milestones = queries.milestones_of(found)
    ways = way_of([(one.due_at, one.done_at is not None) for one in milestones], request.now)
    context = {
        "project": found,
        "season": found.chosen.season,
        "steps": list(zip(milestones, (way.value for way in ways), strict=True)),
        "pictures": queries.pictures_of(found),
        "expenses": list(found.expenses.all()),
        "comments": page_of(queries.comments_of(found), request.GET, size=20),
        "is_known": request.actor.account_id is not None,
        "follows": request.actor.account_id is not None
        and queries.follow_of(found, request.actor).exists(),
        "unshown": queries.unshown_comments(found),
        "comment_form": CommentForm(),
        "plain_form": PlainForm(auto_id=False),
        "here": "ours",
        **forms,
    }
    return render(request, "doublefive/carried.html", context, status=status)


@public
@require_POST
def say(request: Request, year: int, place: int, deed: str) -> HttpResponse:
    """Follow it, follow it no more, or say something to it."""
    found = _found(year, place)
    if deed not in DEEDS or (deed != "comment" and request.actor.account_id is None):
        raise Http404
    name, form_class, act, thanks = DEEDS[deed]
    form = form_class(request.POST)
    if form.is_valid() and attempt(form, lambda: act(request, found, form)) is not None:
        if deed == "comment" and request.actor.account_id is None:
            thanks = _("Thank you. Somebody looks at it before it is shown.")
        messages.success(request, str(thanks))
        return redirect("doublefive:carried", year=year, place=place)
    return _page(request, found, status=422, **{name: form})


def _follow(request: Request, found: Project, form: ActForm) -> object:
    return follow(found, by=request.actor, now=request.now, token=form.idempotency_token)


def _unfollow(request: Request, found: Project, form: ActForm) -> object:
    return unfollow(found, by=request.actor, now=request.now, token=form.idempotency_token)


def _comment(request: Request, found: Project, form: ActForm) -> object:
    return comment(
        found, form.cleaned_data["words"], by=request.actor, now=request.now,
        token=form.idempotency_token,
    )  # fmt: skip


DEEDS: dict[
    str, tuple[str, type[ActForm], Callable[[Request, Project, ActForm], object], Promise]
] = {
    "follow": ("plain_form", PlainForm, _follow, _("You hear of each step.")),
    "unfollow": ("plain_form", PlainForm, _unfollow, _("You hear no more of it.")),
    "comment": ("comment_form", CommentForm, _comment, _("Thank you. It stands below.")),
}


@public
@require_safe
def years(request: Request) -> HttpResponse:
    """Both fives of every year side by side: promised, done, and how it was appraised."""
    page = page_of(queries.carried_seasons(), request.GET, size=YEARS)
    context = {"page": page, "years": queries.fives_of(page.rows), "here": "ours"}
    return render(request, "doublefive/years.html", context)


@public
@require_safe
def picture(request: Request, code: str) -> FileResponse:
    """A picture; what nobody has looked at yet is seen by staff alone."""
    return photo_response(_picture(request, code).file)


@public
@require_safe
def picture_small(request: Request, code: str) -> FileResponse:
    """Its small copy, under the same permission."""
    return photo_response(_picture(request, code).thumb)


def _picture(request: Request, code: str) -> Picture:
    rows = Picture.objects.all() if request.actor.is_handler else Picture.objects.public()
    found: Picture = get_object_or_404(rows, code=code)
    return found


def _found(year: int, place: int) -> Project:
    found: Project = get_object_or_404(
        queries.projects(), chosen__season__year=year, chosen__place=place
    )
    return found

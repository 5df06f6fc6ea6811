"""What a passer-by reads of a matter, and what neighbours say to it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.ground.community.access import Request, public, signed_in
from mulin.ground.people.models import Person
from mulin.ground.people.queries import person_of_account
from mulin.kit.acts import attempt
from mulin.kit.files import photo_response
from mulin.kit.forms import ActForm, PlainForm
from mulin.kit.paging import page_of
from mulin.kit.paper.printing import paper
from mulin.parlour.deliberation.actions.arguing import argue, weigh
from mulin.parlour.deliberation.actions.following import appraise, object_to
from mulin.parlour.deliberation.actions.matters import propose, second
from mulin.parlour.deliberation.forms import (
    AppraiseForm,
    ArgueForm,
    ObjectForm,
    ProposeForm,
    RefForm,
)
from mulin.parlour.deliberation.models import Argument, Matter, TaskPhoto
from mulin.parlour.deliberation.papers import notice_document
from mulin.parlour.deliberation.queries import (
    has_appraised,
    matters_for,
    seconded,
    story_of,
    was_there,
    weighed_by,
)
from mulin.parlour.deliberation.rules import State

Said = Callable[[Request, Matter, Person, Any], object]  # Any: the form of the deed


@public
@require_safe
def matter_list(request: Request) -> HttpResponse:
    """All matters that everybody may read: what is open first, each the latest first."""
    page = page_of(Matter.objects.public().open_first(), request.GET, size=20)
    return render(request, "deliberation/matters.html", {"page": page, "here": "ours"})


@signed_in
def bring_in(request: Request) -> HttpResponse:
    """A resident brings in a motion."""
    person = _person(request)
    if person is None:
        raise Http404
    form = ProposeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        brought = attempt(
            form,
            lambda: propose(
                title=values["title"], words=values["words"], proposer=person, by=request.actor,
                now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if brought is not None:
            messages.success(request, _("It is in. Now neighbours second it: send them this page."))
            return redirect("deliberation:public", code=brought.code)
    return render(request, "deliberation/propose.html", {"form": form, "here": "ours"})


@public
@require_safe
def matter(request: Request, code: str) -> HttpResponse:
    """What was asked, who met, what was decided, what became of it."""
    return _page(request, _found(request, code))


@signed_in
@require_POST
def say(request: Request, code: str, deed: str) -> HttpResponse:
    """Second it, argue, weigh a reason, appraise."""
    found, person = _found(request, code), _person(request)
    if person is None or deed not in DEEDS:
        raise Http404
    form_class, act = DEEDS[deed]
    form = form_class(request.POST)
    if form.is_valid() and attempt(form, lambda: act(request, found, person, form)) is not None:
        messages.success(request, _("Thank you. It is noted."))
        return redirect("deliberation:public", code=found.code)
    return _page(request, found, status=422, **{f"{deed}_form": form})


@public
def objection(request: Request, code: str) -> HttpResponse:
    """Somebody has something against a resolution that hangs out."""
    found = _found(request, code)
    story = story_of(found)
    if story.publication is None or found.state != State.PUBLISHED:
        raise Http404
    publication = story.publication
    form = ObjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        kept = attempt(
            form,
            lambda: object_to(
                publication, words=values["words"], contact=values["contact"],
                person=_person(request), by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if kept is not None:
            messages.success(request, _("It is noted, and will be answered on this page."))
            return redirect("deliberation:public", code=found.code)
    context = {"matter": found, "story": story, "form": form, "here": "ours"}
    return render(request, "deliberation/object.html", context)


@public
@require_safe
def notice(request: Request, code: str) -> HttpResponse:
    """The publication as a sheet for the notice board."""
    found = _found(request, code)
    story = story_of(found)
    if story.publication is None or story.resolution is None:
        raise Http404
    document = notice_document(
        found, story.resolution, story.publication, community=request.community
    )
    return paper("kit/official.html", {"document": document}, request=request, name=found.title)


def _second(request: Request, found: Matter, person: Person, form: PlainForm) -> object:
    return second(found, person, by=request.actor, now=request.now, token=form.idempotency_token)


def _argue(request: Request, found: Matter, person: Person, form: ArgueForm) -> object:
    return argue(
        found, person, side=form.cleaned_data["side"], words=form.cleaned_data["words"],
        by=request.actor, now=request.now, token=form.idempotency_token,
    )  # fmt: skip


def _weigh(request: Request, found: Matter, person: Person, form: RefForm) -> object:
    argument: Argument = get_object_or_404(
        Argument.objects.filter(matter=found, why_hidden="").select_related("matter"),
        pk=form.cleaned_data["ref"],
    )
    return weigh(argument, person, by=request.actor, now=request.now, token=form.idempotency_token)


def _appraise(request: Request, found: Matter, person: Person, form: AppraiseForm) -> object:
    return appraise(
        found, person, form.cleaned_data["level"], by=request.actor, now=request.now,
        token=form.idempotency_token,
    )  # fmt: skip


DEEDS: dict[str, tuple[type[ActForm], Said]] = {
    "second": (PlainForm, _second),
    "argue": (ArgueForm, _argue),
    "weigh": (RefForm, _weigh),
    "appraise": (AppraiseForm, _appraise),
}


def _page(
    request: Request, found: Matter, *, status: int = 200, **forms: Any
) -> HttpResponse:  # Any: forms that were refused
    story, person = story_of(found), _person(request)
    has_seconded = person is not None and seconded(found, person)
    context = {
        "matter": found,
        "story": story,
        "person": person,
        "may_second": found.state == State.SECONDING
        and person is not None
        and person.pk != found.proposer_id
        and not has_seconded,
        "has_seconded": has_seconded,
        "weighed": set() if person is None else weighed_by(person, found),
        "may_appraise": found.state == State.DONE
        and person is not None
        and was_there(found, person.pk)
        and not has_appraised(found, person),
        "is_published": found.state == State.PUBLISHED,
        "sides": [
            (label, [(one, RefForm(initial={"ref": one.pk}, auto_id=False)) for one in rows])
            for label, rows in story.arguments
        ],
        "second_form": PlainForm(auto_id=False),
        "argue_form": ArgueForm(auto_id="argue_%s"),
        "appraise_form": AppraiseForm(auto_id="appraise_%s"),
        "here": "ours",
        **forms,
    }
    return render(request, "deliberation/public.html", context, status=status)


def _found(request: Request, code: str) -> Matter:
    found: Matter = get_object_or_404(matters_for(request.actor), code=code)
    return found


def _person(request: Request) -> Person | None:
    if request.actor.account_id is None or request.actor.person_id is None:
        return None
    return person_of_account(request.actor.account_id)


@public
@require_safe
def photo(request: Request, code: str) -> FileResponse:
    """A photo of what was done, with its matter."""
    return photo_response(_photo(request, code).file)


@public
@require_safe
def photo_small(request: Request, code: str) -> FileResponse:
    """Its small copy, under the same permission."""
    return photo_response(_photo(request, code).thumb)


def _photo(request: Request, code: str) -> TaskPhoto:
    rows = TaskPhoto.objects.all() if request.actor.is_handler else TaskPhoto.objects.public()
    found: TaskPhoto = get_object_or_404(rows, code=code)
    return found

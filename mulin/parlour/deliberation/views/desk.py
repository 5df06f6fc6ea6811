"""The desk of the hall: all matters, one matter with what is next, the rules of meetings."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.commons.ballots.queries import one_person
from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.models import Account
from mulin.ground.community.queries import holders_of
from mulin.ground.community.rules import DESK_ROLES, HANDLER_ROLES, Actor, Role
from mulin.ground.people.models import Person
from mulin.ground.people.queries import roll
from mulin.kit.acts import attempt
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day
from mulin.kit.forms import ActForm, PlainForm
from mulin.kit.paging import page_of
from mulin.parlour.deliberation.actions.arguing import argue, hide_argument
from mulin.parlour.deliberation.actions.following import (
    add_task,
    answer_objection,
    appraise,
    finish,
    finish_task,
    object_to,
    publish,
    read_objection,
)
from mulin.parlour.deliberation.actions.matters import (
    pass_on,
    propose,
    rooms_beside,
    screen,
    second,
)
from mulin.parlour.deliberation.actions.meetings import put_on_agenda, set_practice, set_rule
from mulin.parlour.deliberation.forms import (
    AnswerForm,
    DeskProposeForm,
    DoneForm,
    FinishForm,
    HideForm,
    ListForm,
    PassOnForm,
    PersonForm,
    PracticeForm,
    ReadForm,
    RuleForm,
    ScreenForm,
    SpokenAppraisalForm,
    SpokenArgumentForm,
    SpokenForm,
    SpokenObjectionForm,
    TaskForm,
)
from mulin.parlour.deliberation.models import (
    STATE_LABELS,
    Argument,
    Matter,
    MeetingRule,
    Objection,
    Practice,
    Task,
)
from mulin.parlour.deliberation.permissions import may_conduct, may_set_rules
from mulin.parlour.deliberation.queries import (
    matters_for,
    meetings_to_come,
    seconders_wanted,
    story_of,
)
from mulin.parlour.deliberation.rules import MAY_GO_ON, State

_FOUND_AT_ONCE = 8


@opened_to(*HANDLER_ROLES)
@require_safe
def matter_list(request: Request) -> HttpResponse:
    """Matters by where they stand; what is open first."""
    show = request.GET.get("show", "")
    rows = matters_for(request.actor)
    if show in set(State):
        rows = rows.filter(state=show)
    elif show != "all":
        rows = rows.open()
    context = {
        "page": page_of(rows, request.GET),
        "show": show,
        "states": [(state.value, label) for state, label in STATE_LABELS.items()],
        "meetings": meetings_to_come(request.now)[:5],
        "may_conduct": may_conduct(request.actor),
    }
    return render(request, "deliberation/desk.html", context)


@opened_to(*DESK_ROLES)
def new(request: Request) -> HttpResponse:
    """The desk brings a matter in: the committee's, or somebody's who called or wrote."""
    form = DeskProposeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        brought = attempt(
            form,
            lambda: propose(
                title=values["title"], words=values["words"], size=values["size"],
                origin=values["origin"], proposer=_somebody(values["person"]), by=request.actor,
                now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if brought is not None:
            return redirect("deliberation:matter", pk=brought.pk)
    return render(request, "deliberation/new.html", {"form": form})


@opened_to(*HANDLER_ROLES)
@require_safe
def matter(request: Request, pk: int) -> HttpResponse:
    """One matter and what can be done with it now."""
    return _page(request, _found(request, pk))


@opened_to(*HANDLER_ROLES)
@require_POST
def do(request: Request, pk: int, deed: str) -> HttpResponse:
    """What is done with a matter: screened, put on an agenda, published, seen through."""
    found = _found(request, pk)
    if deed not in DEEDS:
        raise Http404
    make, act = DEEDS[deed]
    form = make(request)
    if form.is_valid() and attempt(form, lambda: act(request, found, form)) is not None:
        messages.success(request, _("Done. It is written down."))
        return redirect("deliberation:matter", pk=pk)
    return _page(request, found, status=422, **{f"{deed.replace('-', '_')}_form": form})


@opened_to(*HANDLER_ROLES)
def rules_page(request: Request) -> HttpResponse:
    """What law and charter say of each kind of meeting, with the source; the head enters it."""
    if request.method == "POST" and not may_set_rules(request.actor):
        raise Http404
    form = RuleForm(request.POST or None, initial={"since": local_day(request.now)})
    if request.method == "POST" and form.is_valid():
        entered = attempt(
            form,
            lambda: set_rule(
                form.values(), by=request.actor, now=request.now, token=form.idempotency_token
            ),
        )
        if entered is not None:
            messages.success(request, _("The rule is entered."))
            return redirect("deliberation:rules")
    return _rules(request, form=form)


@opened_to(Role.HEAD)
@require_POST
def practice(request: Request) -> HttpResponse:
    """How many second a motion, from a day on."""
    form = PracticeForm(request.POST)
    if form.is_valid():
        values = form.cleaned_data
        entered = attempt(
            form,
            lambda: set_practice(
                seconders=values["seconders"], since=values["since"], source=values["source"],
                by=request.actor, now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if entered is not None:
            messages.success(request, _("The rule is entered."))
            return redirect("deliberation:rules")
    return _rules(request, form=RuleForm(), practice_form=form, status=422)


def _screen(request: Request, found: Matter, form: ScreenForm) -> object:
    values = form.cleaned_data
    return screen(
        found, is_admitted=values["is_admitted"], reason=values["reason"], title=values["title"],
        words=values["words"], size=values["size"], by=request.actor, now=request.now, token=form.idempotency_token,
    )  # fmt: skip


def _second(request: Request, found: Matter, form: PersonForm) -> object:
    person = form.cleaned_data["person"]
    by = request.actor.by(Channel.WALK_IN, on_behalf_of=person.pk)
    return second(found, person, by=by, now=request.now, token=form.idempotency_token)


def _somebody(typed: str) -> Person | None:
    return one_person(typed) if typed else None


def _for(request: Request, form: SpokenForm, person: Person | None) -> Actor:
    channel = Channel(form.cleaned_data["channel"])
    return request.actor.by(channel, on_behalf_of=person.pk if person else None)


def _argued(request: Request, found: Matter, form: SpokenArgumentForm) -> object:
    values, person = form.cleaned_data, one_person(form.cleaned_data["person"])
    return argue(
        found, person, side=values["side"], words=values["words"],
        by=_for(request, form, person), now=request.now, token=form.idempotency_token,
    )  # fmt: skip


def _appraised(request: Request, found: Matter, form: SpokenAppraisalForm) -> object:
    person = one_person(form.cleaned_data["person"])
    return appraise(
        found, person, form.cleaned_data["level"], by=_for(request, form, person),
        now=request.now, token=form.idempotency_token,
    )  # fmt: skip


def _objected(request: Request, found: Matter, form: SpokenObjectionForm) -> object:
    values, person = form.cleaned_data, _somebody(form.cleaned_data["person"])
    publication = story_of(found).publication
    if publication is None:
        raise Http404
    return object_to(
        publication, words=values["words"], contact=values["contact"], person=person,
        by=_for(request, form, person), now=request.now, token=form.idempotency_token,
    )  # fmt: skip


def _pass_on(request: Request, found: Matter, form: PassOnForm) -> object:
    return pass_on(
        found, to=form.cleaned_data["to"], why=form.cleaned_data["why"], by=request.actor,
        now=request.now, token=form.idempotency_token,
    )  # fmt: skip


def _list(request: Request, found: Matter, form: ListForm) -> object:
    values = form.cleaned_data
    return put_on_agenda(
        found, values["meeting"], draft=values["draft"], by=request.actor, now=request.now,
        token=form.idempotency_token,
    )  # fmt: skip


def _publish(request: Request, found: Matter, form: PlainForm) -> object:
    return publish(found, by=request.actor, now=request.now, token=form.idempotency_token)


def _task(request: Request, found: Matter, form: TaskForm) -> object:
    values = form.cleaned_data
    return add_task(
        found, what=values["what"], owner=values["owner"], due_on=values["due_on"],
        by=request.actor, now=request.now, token=form.idempotency_token,
    )  # fmt: skip


def _done(request: Request, found: Matter, form: DoneForm) -> object:
    task: Task = get_object_or_404(
        Task.objects.filter(matter=found).select_related("owner"), pk=form.cleaned_data["ref"]
    )
    return finish_task(
        task, evidence=form.cleaned_data["evidence"], photos=form.cleaned_data["photos"],
        by=request.actor, now=request.now, token=form.idempotency_token,
    )  # fmt: skip


def _finish(request: Request, found: Matter, form: FinishForm) -> object:
    return finish(
        found, outcome=form.cleaned_data["outcome"], by=request.actor, now=request.now,
        token=form.idempotency_token,
    )  # fmt: skip


def _answer(request: Request, found: Matter, form: AnswerForm) -> object:
    objection: Objection = get_object_or_404(
        Objection.objects.filter(publication__matter=found).select_related("publication__matter"),
        pk=form.cleaned_data["ref"],
    )
    return answer_objection(
        objection, words=form.cleaned_data["answer"], is_upheld=form.cleaned_data["is_upheld"],
        by=request.actor, now=request.now, token=form.idempotency_token,
    )  # fmt: skip


def _read(request: Request, found: Matter, form: ReadForm) -> object:
    objection: Objection = get_object_or_404(
        Objection.objects.filter(publication__matter=found), pk=form.cleaned_data["ref"]
    )
    return read_objection(
        objection, shortened=form.cleaned_data["shortened"], why=form.cleaned_data["why"],
        by=request.actor, now=request.now, token=form.idempotency_token,
    )  # fmt: skip


def _hide(request: Request, found: Matter, form: HideForm) -> object:
    argument: Argument = get_object_or_404(
        Argument.objects.filter(matter=found), pk=form.cleaned_data["ref"]
    )
    return hide_argument(
        argument, why=form.cleaned_data["why"], by=request.actor, now=request.now,
        token=form.idempotency_token,
    )  # fmt: skip


Make = Callable[[Request], ActForm]
Deed = Callable[[Request, Matter, Any], object]  # Any: the form of the deed

DEEDS: dict[str, tuple[Make, Deed]] = {
    "screen": (lambda request: ScreenForm(request.POST), _screen),
    "second": (lambda request: PersonForm(request.POST, by=request.actor), _second),
    "list": (
        lambda request: ListForm(request.POST, meetings=meetings_to_come(request.now)),
        _list,
    ),
    "publish": (lambda request: PlainForm(request.POST), _publish),
    "task": (lambda request: TaskForm(request.POST, staff=_staff(request)), _task),
    "done": (lambda request: DoneForm(request.POST, request.FILES), _done),
    "finish": (lambda request: FinishForm(request.POST), _finish),
    "answer": (lambda request: AnswerForm(request.POST), _answer),
    "read": (lambda request: ReadForm(request.POST), _read),
    "hide": (lambda request: HideForm(request.POST), _hide),
    "pass-on": (lambda request: PassOnForm(request.POST, rooms=rooms_beside()), _pass_on),
    "argued": (lambda request: SpokenArgumentForm(request.POST, auto_id="argued_%s"), _argued),
    "appraised": (
        lambda request: SpokenAppraisalForm(request.POST, auto_id="appraised_%s"),
        _appraised,
    ),
    "objected": (
        lambda request: SpokenObjectionForm(request.POST, auto_id="objected_%s"),
        _objected,
    ),
}


def _page(
    request: Request, found: Matter, *, status: int = 200, **forms: Any
) -> HttpResponse:  # Any: forms that were refused
    story = story_of(found)
    query = request.GET.get("q", "").strip()
    wanted = roll(request.actor, query=query)[:_FOUND_AT_ONCE] if query else []
    context = {
        "matter": found,
        "story": story,
        "may_conduct": may_conduct(request.actor),
        "query": query,
        "found": [
            (one, PersonForm(by=request.actor, initial={"person": one.pk}, auto_id=False))
            for one in wanted
        ],
        "tasks": [
            (task, DoneForm(initial={"ref": task.pk}, auto_id=f"done{task.pk}_%s"))
            for task in story.tasks
        ],
        "objections": [
            (
                one,
                AnswerForm(initial={"ref": one.pk}, auto_id=f"answer{one.pk}_%s"),
                ReadForm(
                    initial={"ref": one.pk, "shortened": one.words}, auto_id=f"read{one.pk}_%s"
                ),
            )
            for one in story.objections
        ],
        "sides": [
            (
                label,
                [
                    (one, HideForm(initial={"ref": one.pk}, auto_id=f"hide{one.pk}_%s"))
                    for one in rows
                ],
            )
            for label, rows in story.arguments
        ],
        "takes_tasks": found.state in {State.DECIDED, State.PUBLISHED, State.STANDING},
        "screen_form": ScreenForm(
            initial={"title": found.title, "words": found.words, "size": found.size}
        ),
        "list_form": ListForm(
            meetings=meetings_to_come(request.now), initial={"draft": found.words}
        ),
        "publish_form": PlainForm(auto_id=False),
        "task_form": TaskForm(staff=_staff(request), auto_id="task_%s"),
        "finish_form": FinishForm(auto_id="finish_%s"),
        "goes_on": found.state in MAY_GO_ON,
        "pass_on_form": PassOnForm(rooms=rooms_beside(), auto_id="pass_%s"),
        "argued_form": SpokenArgumentForm(auto_id="argued_%s"),
        "appraised_form": SpokenAppraisalForm(auto_id="appraised_%s"),
        "objected_form": SpokenObjectionForm(auto_id="objected_%s"),
        **forms,
    }
    return render(request, "deliberation/matter.html", context, status=status)


def _rules(request: Request, *, status: int = 200, **forms: Any) -> HttpResponse:  # Any: as above
    today = local_day(request.now)
    context = {
        "rules": page_of(MeetingRule.objects.all(), request.GET),
        "practices": list(Practice.objects.all()[:20]),
        "seconders": seconders_wanted(today),
        "may_set": may_set_rules(request.actor),
        "practice_form": PracticeForm(initial={"since": today}, auto_id="practice_%s"),
        **forms,
    }
    return render(request, "deliberation/rules.html", context, status=status)


def _staff(request: Request) -> Any:  # Any: a queryset of accounts
    working = holders_of(request.community.pk, HANDLER_ROLES, request.now)
    return Account.objects.filter(pk__in=working.values("pk")).order_by("display_name")


def _found(request: Request, pk: int) -> Matter:
    found: Matter = get_object_or_404(matters_for(request.actor), pk=pk)
    return found

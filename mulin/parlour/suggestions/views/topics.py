"""Topics: one statement at a time, then what unites, what differs, and the picture last."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.commons.paper.forms import PrintForm
from mulin.ground.community.access import Request, opened_to, public, signed_in
from mulin.ground.community.rules import DESK_ROLES
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day
from mulin.kit.paging import page_of
from mulin.kit.paper.typed import form_class_of
from mulin.kit.refusals import Refused
from mulin.parlour.suggestions.actions.topics import (
    bring_statement,
    cast_vote,
    judge_statement,
    open_topic,
    type_sheet,
)
from mulin.parlour.suggestions.forms import JudgeForm, StatementForm, TopicForm
from mulin.parlour.suggestions.models import Statement, StatementState, Topic
from mulin.parlour.suggestions.permissions import may_stand
from mulin.parlour.suggestions.queries import (
    camps_of,
    consensus_of,
    spoken_of,
    turn_of,
    voice_of,
)
from mulin.parlour.suggestions.sheets import OPINION_SHEET, opinion_sheet, votes_on

_SIZE = 20


@public
def topic_list(request: Request) -> HttpResponse:
    """All topics, the newest first."""
    page = page_of(Topic.objects.order_by("-id"), request.GET, size=_SIZE)
    context = {"page": page, "today": local_day(request.now), "here": "ours"}
    return render(request, "suggestions/topics.html", context)


@public
def topic(request: Request, pk: int) -> HttpResponse:
    """The next statement with three large buttons. Nobody else sees what is said."""
    found = _topic(pk)
    is_open = found.takes_votes(local_day(request.now))
    may_vote = is_open and may_stand(request.actor)
    turn = None
    if may_vote:
        turn = turn_of(found, _voice(request, found), request.GET.get("statement", ""))
    context = {
        "topic": found, "turn": turn, "is_open": is_open, "may_vote": may_vote,
        "form": StatementForm(), "here": "ours",
    }  # fmt: skip
    return render(request, "suggestions/topic.html", context)


@signed_in
@require_POST
def vote(request: Request, pk: int) -> HttpResponse:
    """Agree, disagree, pass."""
    statement: Statement = get_object_or_404(Statement.objects.select_related("topic"), pk=pk)
    try:
        cast_vote(
            statement, vote=_number(request.POST.get("vote")), by=request.actor, now=request.now
        )
    except Refused as refusal:
        messages.error(request, str(refusal.message))
    return redirect("suggestions:topic", pk=statement.topic.pk)


@signed_in
@require_safe
def spoken(request: Request, pk: int) -> HttpResponse:
    """What I have said of each statement, to say it otherwise: for nobody else's eyes."""
    found = _topic(pk)
    context = {
        "topic": found,
        "page": page_of(spoken_of(found, _voice(request, found)), request.GET, size=_SIZE),
        "is_open": found.takes_votes(local_day(request.now)), "here": "ours",
    }  # fmt: skip
    return render(request, "suggestions/spoken.html", context)


@signed_in
@require_POST
def add(request: Request, pk: int) -> HttpResponse:
    """A statement that somebody misses."""
    found = _topic(pk)
    form = StatementForm(request.POST)
    if form.is_valid():
        brought = attempt(
            form,
            lambda: bring_statement(
                found, words=form.cleaned_data["words"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if brought is not None:
            messages.success(request, _("Thank you. Somebody looks at it, then others can vote."))
            return redirect("suggestions:topic", pk=pk)
    turn = turn_of(found, _voice(request, found), "")
    is_open = found.takes_votes(local_day(request.now))
    context = {
        "topic": found, "turn": turn, "is_open": is_open, "may_vote": is_open, "form": form,
        "here": "ours",
    }  # fmt: skip
    return render(request, "suggestions/topic.html", context)


@public
def result(request: Request, pk: int) -> HttpResponse:
    """What unites first, then what differs, then the picture."""
    found = _topic(pk)
    context = {
        "topic": found, "consensus": consensus_of(found), "camps": camps_of(found),
        "result": found.result, "here": "ours",
    }  # fmt: skip
    return render(request, "suggestions/result.html", context)


@opened_to(*DESK_ROLES)
def topic_new(request: Request) -> HttpResponse:
    """Ask a question."""
    form = TopicForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        opened = attempt(
            form,
            lambda: open_topic(
                question=values["question"], statements=values["statements"].splitlines(),
                last_day=values["last_day"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if opened is not None:
            return redirect("suggestions:topic-desk", pk=opened.pk)
    return render(request, "suggestions/topic_new.html", {"form": form})


@opened_to(*DESK_ROLES)
def topic_desk(request: Request, pk: int) -> HttpResponse:
    """The statements of a topic: look at them, take one out."""
    found = _topic(pk)
    page = page_of(Statement.objects.filter(topic=found).order_by("state", "id"), request.GET)
    context = {
        "topic": found, "page": page, "form": JudgeForm(),
        "is_open": found.takes_votes(local_day(request.now)), "sheet": OPINION_SHEET,
        "print_form": PrintForm(auto_id="sheets_%s", initial={"about": found.pk}),
    }  # fmt: skip
    return render(request, "suggestions/topic_desk.html", context)


@opened_to(*DESK_ROLES)
@require_POST
def judge(request: Request, pk: int) -> HttpResponse:
    """Let a statement be voted on, or take it out."""
    statement: Statement = get_object_or_404(Statement.objects.select_related("topic"), pk=pk)
    form = JudgeForm(request.POST)
    judged = None
    if form.is_valid():
        if statement.state == StatementState.SHOWN and not form.cleaned_data["refusal"]:
            messages.info(request, _("Nothing was changed: choose a reason to take it out."))
            return redirect("suggestions:topic-desk", pk=statement.topic.pk)
        judged = attempt(
            form,
            lambda: judge_statement(
                statement, refusal=form.cleaned_data["refusal"], by=request.actor,
                now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
    if judged is None:
        messages.error(request, _("A colleague was faster. Open it again to see how it stands."))
    return redirect("suggestions:topic-desk", pk=statement.topic.pk)


@opened_to(*DESK_ROLES)
def sheet(request: Request, pk: int) -> HttpResponse:
    """Type the sheets of a meeting, one after the other."""
    found = _topic(pk)
    asked = opinion_sheet(str(found.pk))
    if asked is None or not found.takes_votes(local_day(request.now)):
        raise Http404
    form = form_class_of(asked)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = attempt(
            form,
            lambda: type_sheet(
                found, votes_on(form.cleaned_data), by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if typed is not None:
            messages.success(request, _("Taken in. Now the next sheet."))
            return redirect("suggestions:sheet", pk=pk)
    return render(request, "suggestions/sheet.html", {"topic": found, "form": form})


def _topic(pk: int) -> Topic:
    found: Topic = get_object_or_404(Topic, pk=pk)
    return found


def _voice(request: Request, found: Topic) -> str:
    me = request.actor
    return voice_of(found, person_id=me.person_id, account_id=me.account_id)


def _number(typed: str | None) -> int:
    """What no button sends is no vote."""
    return int(typed) if typed in {"1", "0", "-1"} else 9

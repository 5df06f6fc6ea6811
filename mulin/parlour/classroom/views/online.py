"""The online classroom: a lesson read or watched at home, its quiz later."""

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.ground.community.access import Request, opened_to, public
from mulin.kit.acts import attempt, why_not
from mulin.kit.forms import PlainForm
from mulin.kit.paging import page_of
from mulin.parlour.classroom.actions.kits import take_offline
from mulin.parlour.classroom.actions.lessons import finish_online
from mulin.parlour.classroom.models import OnlineLesson
from mulin.parlour.classroom.permissions import TEACHER_ROLES, may_teach
from mulin.parlour.classroom.queries import online_lessons
from mulin.parlour.classroom.views.shown import marked_quiz, script_lines

#: Which lessons this device has finished, so that a replay is counted as one; it names nobody.
_COOKIE: Final = "seen_{}"
_COOKIE_SECONDS: Final = 365 * 24 * 3600


@public
@require_safe
def lesson_list(request: Request) -> HttpResponse:
    """What can be read or watched."""
    page = page_of(online_lessons(), request.GET, size=20)
    return render(request, "classroom/online.html", {"page": page, "here": "ours"})


@public
@require_safe
def lesson(request: Request, pk: int) -> HttpResponse:
    """One lesson to read or to watch."""
    found = _online(pk)
    context = {
        "online": found,
        "kit": found.kit,
        "lines": script_lines(found.kit),
        "is_teacher": may_teach(request.actor),
        "act": PlainForm(auto_id=False),
        "here": "ours",
    }
    return render(request, "classroom/online_lesson.html", context)


@public
@require_POST
def done(request: Request, pk: int) -> HttpResponse:
    """Read or watched to the end: counted once for a device, then as a replay."""
    found = _online(pk)
    cookie = _COOKIE.format(pk)
    finish_online(found, is_replay=cookie in request.COOKIES, now=request.now)
    goal = "classroom:online-quiz" if found.kit.items else "classroom:online"
    response = redirect(goal, pk=pk) if found.kit.items else redirect(goal)
    response.set_cookie(
        cookie, "1", max_age=_COOKIE_SECONDS, httponly=True, secure=request.is_secure(),
        samesite="Lax",
    )  # fmt: skip
    return response


@public
def quiz(request: Request, pk: int) -> HttpResponse:
    """The quiz at home: marked at once, kept nowhere."""
    found = _online(pk)
    questions = marked_quiz(found.kit, request.POST)
    if not questions:
        raise Http404
    context = {
        "online": found,
        "questions": questions,
        "is_marked": request.method == "POST",
        "right": sum(one.is_right for one in questions),
        "here": "ours",
    }
    return render(request, "classroom/online_quiz.html", context)


@opened_to(*TEACHER_ROLES)
@require_POST
def off(request: Request, pk: int) -> HttpResponse:
    """Take it off; what was counted stays."""
    found = _online(pk)
    form = PlainForm(request.POST)
    if not form.is_valid():
        raise Http404
    taken = attempt(
        form,
        lambda: take_offline(
            found, by=request.actor, now=request.now, token=form.idempotency_token
        ),
    )  # fmt: skip
    if taken is None:
        messages.error(request, why_not(form))
    else:
        messages.success(request, _("Nobody sees it any more."))
    return redirect("classroom:online")


def _online(pk: int) -> OnlineLesson:
    found: OnlineLesson = get_object_or_404(online_lessons(), pk=pk)
    return found

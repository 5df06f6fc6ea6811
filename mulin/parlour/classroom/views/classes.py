"""The class on its phones: one code for quiz, drill and feedback; and the screen on the wall.

What all phones show is drawn once for each step of the quiz and kept; a phone that asks whether
something has changed costs one short question to the database. No line of the log says who asked or answered.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from mulin.ground.community.access import Request, public, untraced
from mulin.kit.acts import attempt
from mulin.kit.ids import normalise_code
from mulin.kit.refusals import Refused
from mulin.parlour.classroom.actions.lessons import give_feedback, take_way
from mulin.parlour.classroom.actions.quiz import answer, join_quiz
from mulin.parlour.classroom.forms import ChoiceForm, FacesForm, JoinForm
from mulin.parlour.classroom.models import Lesson, Player, QuizAnswer
from mulin.parlour.classroom.queries import class_behind, class_of_code, player_of, standing
from mulin.parlour.classroom.rules import Stage, letter_of
from mulin.parlour.classroom.views.shown import step_shown

#: The cookie with a phone's secret: it comes back after a dropped connection, and for this class only.
_COOKIE: Final = "class_{}"
#: And one that says that this device has tapped its three faces.
_FACES_COOKIE: Final = "faces_{}"
_COOKIE_SECONDS: Final = 24 * 3600
_KEPT_SECONDS: Final = 300


@public
@require_safe
def enter(request: Request) -> HttpResponse:
    """Whoever cannot scan types the class code."""
    typed = request.GET.get("code", "")
    found = class_of_code(normalise_code(typed)) if typed else None
    if found is not None:
        return redirect("classroom:class", code=found.code)
    context = {"typed": typed, "here": "ours"}
    return render(request, "classroom/enter.html", context, status=404 if typed else 200)


@public
@require_safe
def entrance(request: Request, code: str) -> HttpResponse:
    """What the class can do now: quiz, drill, three taps; or that it does not take place."""
    found = class_of_code(normalise_code(code))
    if found is None:
        raise Http404
    context = {"lesson": found, "has_drill": bool(found.kit.steps), "here": "ours"}
    return render(request, "classroom/class.html", context)


@public
def join(request: Request, code: str) -> HttpResponse:
    """Choose a name and come in; whoever is in already goes on."""
    found = _class(code)
    if _player(request, found) is not None:
        return redirect("classroom:quiz", code=found.code)
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        player = attempt(form, lambda: join_quiz(found, form.cleaned_data["nick"]))
        if player is not None:
            response = redirect("classroom:quiz", code=found.code)
            response.set_cookie(
                _COOKIE.format(found.code), player.key, max_age=_COOKIE_SECONDS, httponly=True,
                secure=request.is_secure(), samesite="Lax",
            )  # fmt: skip
            return response
    context = {"lesson": found, "form": form, "here": "ours"}
    return render(request, "classroom/join.html", context)


@untraced
@public
@require_safe
def quiz(request: Request, code: str) -> HttpResponse:
    """The question that stands, on a phone. Without script the page fetches itself anew."""
    found = _class(code)
    player = _player(request, found)
    if player is None and found.stage != Stage.OVER:
        return redirect("classroom:join", code=found.code)
    return _quiz_page(request, found, player)


@untraced
@public
@require_safe
def now(request: Request, code: str) -> HttpResponse:
    """Whether something has changed since the edition a phone or the screen shows: nothing, or the
    part of the page that changes.
    """
    # The number alone: a hundred phones ask this every two seconds.
    row = Lesson.objects.filter(code=normalise_code(code)).values_list("edition", flat=True).first()
    if row is None:
        raise Http404
    if request.GET.get("since") == str(row):
        return HttpResponse(status=204)
    found = _class(code)
    if request.GET.get("on") == "screen":
        return render(request, "classroom/screen_part.html", _on_screen(request, found))
    context = _on_phone(request, found, _player(request, found))
    return render(request, "classroom/quiz_part.html", context)


@untraced
@public
@require_POST
def answer_question(request: Request, code: str) -> HttpResponse:
    """A phone chose; the first choice counts."""
    found = _class(code)
    player, form = _player(request, found), ChoiceForm(request.POST)
    if player is None or not form.is_valid():
        return redirect("classroom:join", code=found.code)
    try:
        answer(player, found, **form.cleaned_data, now=request.now)
        why_not = ""
    except Refused as refusal:
        why_not = str(refusal.message)
    if request.htmx:
        context = _on_phone(request, found, player) | {"why_not": why_not}
        return render(request, "classroom/quiz_part.html", context)
    if why_not:
        return _quiz_page(request, found, player, why_not=why_not, status=422)
    return redirect("classroom:quiz", code=found.code)


@public
@require_safe
def screen(request: Request, code: str) -> HttpResponse:
    """The wall: the code to come in by, the question, the time that is left, the standing."""
    return render(request, "classroom/screen.html", _on_screen(request, _class(code)))


@untraced
@public
def drill(request: Request, code: str) -> HttpResponse:
    """The scene in steps. Each choice is counted for the class; who chose is not known."""
    found = _class(code)
    if request.method == "POST":
        form = ChoiceForm(request.POST)
        if not form.is_valid():
            raise Http404
        try:
            goal = take_way(
                found, form.cleaned_data["at"], form.cleaned_data["choice"], now=request.now
            )
        except Refused:
            goal = 1
        response = redirect("classroom:drill", code=found.code)
        response["Location"] += f"?at={goal}"
        return response
    step = step_shown(found.kit, request.GET.get("at", "1"))
    context = {"lesson": found, "step": step, "here": "ours"}
    return render(request, "classroom/drill.html", context)


@untraced
@public
def feedback(request: Request, code: str) -> HttpResponse:
    """Three questions, a tap each; the third sends them, once from each device."""
    found = _class(code)
    given_by = _FACES_COOKIE.format(found.code)
    has_given = given_by in request.COOKIES
    if request.method == "POST":
        form = FacesForm(request.POST)
        if not form.is_valid():
            raise Http404
        response = redirect("classroom:feedback", code=found.code)
        if not has_given and not found.is_past(request.now):
            give_feedback(found, **form.cleaned_data, now=request.now)
            response.set_cookie(
                given_by, "1", max_age=_COOKIE_SECONDS, httponly=True,
                secure=request.is_secure(), samesite="Lax",
            )  # fmt: skip
        return response
    if has_given:
        return render(request, "classroom/thanks.html", {"lesson": found, "here": "ours"})
    asked = {name: request.GET.get(name, "") for name in ("understood", "useful")}
    given = {name: face for name, face in asked.items() if face in {"1", "2", "3"}}
    context = {"lesson": found, "given": given, "step": len(given) + 1, "here": "ours"}
    context["is_past"] = found.is_past(request.now)
    return render(request, "classroom/feedback.html", context)


def _class(code: str) -> Lesson:
    found = class_behind(normalise_code(code))
    if found is None:
        raise Http404
    return found


def _player(request: Request, found: Lesson) -> Player | None:
    return player_of(found, request.COOKIES.get(_COOKIE.format(found.code), ""))


def _quiz_page(
    request: Request, found: Lesson, player: Player | None, *, why_not: str = "", status: int = 200
) -> HttpResponse:
    context = _on_phone(request, found, player) | {"why_not": why_not, "here": "ours"}
    return render(request, "classroom/quiz.html", context, status=status)


# Any: the values of a page.
def _on_phone(request: Request, found: Lesson, player: Player | None) -> dict[str, Any]:
    chosen = None
    if player is not None and found.stage in {Stage.ASKING, Stage.SHOWN}:
        chosen = QuizAnswer.objects.filter(player=player, at=found.at).first()
    takes = found.takes_answer(request.now) and player is not None
    return {
        "lesson": found,
        "player": player,
        "chosen": letter_of(chosen.choice) if chosen is not None else "",
        "is_right": chosen is not None
        and found.item is not None
        and chosen.choice == found.item.right,
        "takes_answer": takes and chosen is None,
        "seconds": _seconds(request, found),
        "body": _kept(found, "phone", dict),
        "in_front": _kept(found, "standing", lambda: {"standing": standing(found)}),
    }


def _on_screen(request: Request, found: Lesson) -> dict[str, Any]:  # Any: the values of a page
    waiting = Player.objects.filter(lesson=found).count()
    return {
        "lesson": found,
        "address": request.build_absolute_uri(reverse("classroom:class", args=[found.code])),
        "players": waiting,
        "answered": QuizAnswer.objects.filter(player__lesson=found, at=found.at).count(),
        "seconds": _seconds(request, found),
        "standing": standing(found) if found.stage == Stage.SHOWN else [],
    }


def _seconds(request: Request, found: Lesson) -> int:
    left = (found.closes_at - request.now).total_seconds() if found.closes_at else 0
    return max(round(left), 0)


def _kept(found: Lesson, what: str, values: Any) -> SafeString:
    """What is the same on every phone, drawn once for each edition: an edition never changes."""
    key = f"class:{found.pk}:{found.edition}:{what}:{get_language()}"
    drawn: str | None = cache.get(key)
    if drawn is None:
        context: Mapping[str, Any] = {"lesson": found, **values()}
        drawn = render_to_string(f"classroom/quiz_{what}.html", dict(context))
        cache.set(key, drawn, _KEPT_SECONDS)
    kept: SafeString = mark_safe(drawn)  # noqa: S308  our own template escaped every value
    return kept

"""Prize draws: the list before, the number afterwards, and what anybody needs to do it again."""

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.ground.community.access import Request, opened_to, public
from mulin.ground.community.rules import DESK_ROLES
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day
from mulin.kit.ids import normalise_code
from mulin.parlour.classroom import redraw
from mulin.parlour.classroom.actions.draws import enter_number, list_entrants
from mulin.parlour.classroom.forms import DrawForm, NumberForm
from mulin.parlour.classroom.models import Draw, Lesson, Player
from mulin.parlour.classroom.permissions import TEACHER_ROLES, may_draw
from mulin.parlour.classroom.queries import lessons

_PLAIN = "text/plain; charset=utf-8"


@opened_to(*TEACHER_ROLES)
def new(request: Request, pk: int) -> HttpResponse:
    """Show the list of a draw. The nicknames of the quiz stand in it already."""
    lesson: Lesson = get_object_or_404(lessons(), pk=pk)
    nicks = Player.objects.filter(lesson=lesson).values_list("nick", flat=True)
    form = DrawForm(request.POST or None, initial={"entrants": "\n".join(nicks), "prizes": 3})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        listed = attempt(
            form,
            lambda: list_entrants(
                lesson, entrants=values["entrants"], prizes=values["prizes"],
                source=values["source"], source_day=local_day(values["source_day"]),
                by=request.actor, now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if listed is not None:
            messages.success(request, _("The list is public. Now it cannot be changed any more."))
            return redirect("classroom:draw", code=listed.code)
    return render(request, "classroom/draw_new.html", {"lesson": lesson, "form": form})


@public
@require_safe
def draw(request: Request, code: str) -> HttpResponse:
    """The list, its fingerprint, the number, who won, and how to do it again."""
    return _page(request, _draw(code))


@opened_to(*DESK_ROLES)
@require_POST
def number(request: Request, code: str) -> HttpResponse:
    """The public number is known."""
    found = _draw(code)
    form = NumberForm(request.POST)
    if form.is_valid():
        drawn = attempt(
            form,
            lambda: enter_number(
                found, form.cleaned_data["number"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if drawn is not None:
            return redirect("classroom:draw", code=found.code)
    return _page(request, found, form=form, status=422)


@public
@require_safe
def entrants(request: Request, code: str) -> HttpResponse:
    """The list as a file, just as its fingerprint was taken."""
    found = _draw(code)
    response = HttpResponse(found.file, content_type=_PLAIN)
    response.headers["Content-Disposition"] = f'attachment; filename="entrants-{found.code}.txt"'
    return response


@public
@require_safe
def script(request: Request) -> HttpResponse:
    """The script that anybody runs: the very file that drew."""
    text = Path(redraw.__file__).read_text(encoding="utf-8")
    response = HttpResponse(text, content_type=_PLAIN)
    response.headers["Content-Disposition"] = 'attachment; filename="redraw.py"'
    return response


def _draw(code: str) -> Draw:
    rows = Draw.objects.select_related("lesson__gathering")
    found: Draw | None = rows.filter(code=normalise_code(code)).first()
    if found is None:
        raise Http404
    return found


def _page(
    request: Request, found: Draw, *, form: NumberForm | None = None, status: int = 200
) -> HttpResponse:
    takes_number = may_draw(request.actor) and not found.number
    context: dict[str, Any] = {
        "draw": found,
        "takes_number": takes_number and local_day(request.now) >= found.source_day,
        "form": form or NumberForm(),
        "here": "ours",
    }
    return render(request, "classroom/draw.html", context, status=status)

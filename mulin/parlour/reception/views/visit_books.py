"""An old book of visits: chosen, previewed line by line, taken in, taken out again."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.deeds import press
from mulin.ground.community.files import looked_at, taken_out, to_fill_in
from mulin.ground.community.rules import DESK_ROLES
from mulin.kit.acts import attempt
from mulin.kit.forms import PlainForm
from mulin.kit.paging import page_of
from mulin.parlour.reception.actions import visit_books as acts
from mulin.parlour.reception.forms.visits import BookForm
from mulin.parlour.reception.models import VisitBook
from mulin.parlour.reception.queries import book_lines, book_sums, visit_books
from mulin.parlour.reception.rules import BookOutcome

OUTCOMES = {
    BookOutcome.NEW.value: (gettext_lazy("new"), "jade"),
    BookOutcome.KNOWN.value: (gettext_lazy("noted already"), ""),
    BookOutcome.REFUSED.value: (gettext_lazy("left out"), "alarm"),
}
#: Why a line is left out, and what is to be known of one that is taken in.
REMARKS = {
    "no_day": gettext_lazy("The day is not a date."),
    "no_time": gettext_lazy("The time is not a time of day."),
    "to_come": gettext_lazy("This is still to come."),
    "no_minutes": gettext_lazy("The minutes are not a number up to 600."),
    "nobody_found": gettext_lazy(
        "Nobody, or more than one, has this name on the roll: it counts without a name."
    ),
    "kind_unknown": gettext_lazy(
        "This reason is not on the list: it counts as something else, and stays as a note."
    ),
}


@opened_to(*DESK_ROLES)
def book_list(request: Request) -> HttpResponse:
    """Choose a book; those of before stand below."""
    form = BookForm(request.POST or None, request.FILES or None)
    kept = looked_at(
        request, form,
        lambda content, name, token: acts.preview_book(
            content, name, by=request.actor, now=request.now, token=token
        ),
    )  # fmt: skip
    if kept is not None:
        return redirect("reception:visit-book", pk=kept.pk)
    context = {"form": form, "page": page_of(visit_books(), request.GET, size=20)}
    status = 422 if form.errors else 200
    return render(request, "reception/visit_books.html", context, status=status)


@opened_to(*DESK_ROLES)
@require_safe
def book_template(_request: Request) -> HttpResponse:
    """An Excel file with our columns, to be filled in."""
    return to_fill_in(acts.template_file(), "mulin-visits")


@opened_to(*DESK_ROLES)
def book(request: Request, pk: int) -> HttpResponse:
    """What would become of each line, and the button that takes the new ones in."""
    found = get_object_or_404(VisitBook, pk=pk)
    form = PlainForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        taken = attempt(
            form,
            lambda: acts.take_in_book(
                found, by=request.actor, now=request.now, token=form.idempotency_token
            ),
        )  # fmt: skip
        if taken is not None:
            messages.success(request, _taken_in(dict(book_sums(taken)).get(BookOutcome.NEW, 0)))
            return redirect("reception:visit-book", pk=pk)
    only = request.GET.get("only", "")
    page = page_of(book_lines(found, only=only), request.GET)
    # Any: what a template is given.
    context: dict[str, Any] = {
        "book": found, "form": form, "only": only, "page": page,
        "sums": [(key, OUTCOMES[key][0], count) for key, count in book_sums(found)],
        "lines": [_told(line) for line in page.rows],
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "reception/visit_book.html", context, status=status)


@opened_to(*DESK_ROLES)
@require_POST
def book_undo(request: Request, pk: int) -> HttpResponse:
    """Take out again what a book brought."""
    found = get_object_or_404(VisitBook, pk=pk)

    def out(token: str) -> str:
        undone = acts.undo_book(found, by=request.actor, now=request.now, token=token)
        return taken_out(undone.visits.count())

    press(request, out, "")
    return redirect("reception:visit-book", pk=pk)


def _told(line: dict[str, Any]) -> dict[str, Any]:  # Any: what JSON holds
    word, tone = OUTCOMES[line["outcome"]]
    keys = [*line.get("faults", []), *line.get("notes", [])]
    return {**line, "word": word, "tone": tone, "remarks": [REMARKS.get(key, key) for key in keys]}


def _taken_in(count: int) -> str:
    return ngettext("%(count)d visit was taken in.", "%(count)d visits were taken in.", count) % {
        "count": count
    }

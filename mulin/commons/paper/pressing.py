"""Printed sheets as the answer to a request, for the desk's page and for those of rooms."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import models
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from mulin.commons.paper.actions.handed import bytes_of, hand_out, kept_before
from mulin.commons.paper.models import Sheet
from mulin.commons.paper.registry import ABOUT, PaperUse
from mulin.ground.audit.actions import record_look
from mulin.ground.community.access import Request
from mulin.ground.people.models import Person
from mulin.kit.paper.printed import sheet_context
from mulin.kit.paper.printing import (
    PressFailed,
    PressMissing,
    no_press,
    paper,
    pdf_response,
    press_failed,
)
from mulin.kit.sentences import labelled


def sheets_on_paper(request: Request, use: PaperUse, sheets: Sequence[Sheet]) -> HttpResponse:
    """The PDF of sheets of one version. A list that names people is noted as looked at."""
    if not use.in_copies:
        record_look(
            sheets[0],
            by=request.actor,
            what="list",
            reason=labelled(_("printed"), use.title),
            now=request.now,
        )
    subjects = use.subjects_for(request.actor, request.now)
    words = {sheet.serial: use.words_on(sheet, request.actor) for sheet in sheets}
    about = {sheet.serial: subjects.get(sheet.rows.get(ABOUT, ""), "") for sheet in sheets}
    form = sheets[0].version.form
    context = sheet_context(form, [sheet.serial for sheet in sheets], words, about)
    return paper("kit/form_sheet.html", context, request=request, name=use.title)


# Any: the values of a page.
def kept_on_paper(
    template: str,
    context: Callable[[], Mapping[str, Any]],
    *,
    kind: str,
    record: models.Model,
    state: str,
    title: str,
    person: Person | None,
    request: Request,
    is_noted: bool = False,
) -> HttpResponse:
    """A sheet for somebody: pressed and kept when it is first printed, then the very same bytes.

    The first time is a POST, by a button (`paper/keep.html`); whoever only follows the address of a
    sheet that was never printed is shown that button.

    `state` is what makes it another sheet, as its number, the day of what it tells: while that is
    the same nothing is made anew, and each earlier one stays to be printed again. `context` is
    asked for only when one is made. Who may print is the room's to check before; a sheet about
    somebody else is noted as looked at, if the room has not noted it already (`is_noted`).
    """
    by, now = request.actor, request.now
    before = kept_before(record, kind, state)
    if before is not None:
        is_own = person is not None and by.person_id == person.pk
        if not is_own and not is_noted:
            record_look(record, by=by, what=kind, reason=str(_("printed")), now=now)
        return pdf_response(bytes_of(before), name=title)
    if request.method != "POST":
        return render(
            request, "paper/first.html", {"title": title, "here": request.get_full_path()}
        )
    try:
        pdf = hand_out(
            template, context(), kind=kind, record=record, state=state, title=title,
            person=person, request=request, by=by, now=now,
        )  # fmt: skip
    except PressMissing:
        return no_press(request)
    except PressFailed:
        return press_failed(request)
    return pdf_response(pdf, name=title)

"""Printed sheets as the answer to a request, for the desk's page and for those of rooms."""

from collections.abc import Sequence

from django.http import HttpResponse

from mulin.commons.paper.models import Sheet
from mulin.commons.paper.registry import ABOUT, PaperUse
from mulin.ground.audit.actions import record_look
from mulin.ground.community.access import Request
from mulin.kit.paper.printed import sheet_context
from mulin.kit.paper.printing import paper


def sheets_on_paper(request: Request, use: PaperUse, sheets: Sequence[Sheet]) -> HttpResponse:
    """The PDF of sheets of one version. A list that names people is noted as looked at."""
    if not use.in_copies:
        record_look(sheets[0], by=request.actor, what="list", reason=use.code, now=request.now)
    subjects = use.subjects_for(request.actor, request.now)
    words = {sheet.serial: use.words_on(sheet, request.actor) for sheet in sheets}
    about = {sheet.serial: subjects.get(sheet.rows.get(ABOUT, ""), "") for sheet in sheets}
    form = sheets[0].version.form
    context = sheet_context(form, [sheet.serial for sheet in sheets], words, about)
    return paper("kit/form_sheet.html", context, request=request, name=use.title)

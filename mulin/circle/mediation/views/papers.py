"""Sheets of a case as PDF, and its sealed pictures; for whoever reads the case."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mulin.circle.mediation import papers, queries
from mulin.circle.mediation.actions.keeping import look_by_opening
from mulin.circle.mediation.models import Case, Court, Exhibit
from mulin.circle.mediation.permissions import reads
from mulin.circle.mediation.rules import confirmation_window
from mulin.circle.mediation.vault import KeyAway
from mulin.commons.paper.pressing import kept_on_paper
from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.queries import work_calendar
from mulin.ground.community.rules import Role
from mulin.kit.clock import local_day
from mulin.kit.paper.documents import Document
from mulin.kit.paper.printing import paper


@opened_to(Role.MEDIATOR, Role.MEDIATION_DIRECTOR, Role.HEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def paper_of(request: Request, pk: int, kind: str) -> HttpResponse:
    """A sheet by its name, or a picture by its code."""
    case: Case = get_object_or_404(Case.objects.exclude(wrapped_key=""), pk=pk)
    if not reads(request.actor, case, request.now):
        raise Http404
    try:
        answer = _answer(request, case, kind)
    except KeyAway as away:
        raise Http404 from away
    look_by_opening(case, by=request.actor, now=request.now)
    return answer


def _answer(request: Request, case: Case, kind: str) -> HttpResponse:
    with translation.override(settings.LANGUAGE_CODE):  # what goes on paper
        if kind == "dossier":
            return _dossier(request, case)
        told = queries.story_of(case)
        document = _document(request, case, kind, told)
    if document is None:
        return _picture(case, kind)
    chosen = request.GET.get("sitting", "")
    if kind == "court":
        court = _court(request)
        chosen = str(court.pk) if court else ""
    return kept_on_paper(
        "kit/official.html", lambda: {"document": document}, kind=papers.PAPER, record=case,
        state=papers.state_of(kind, case, told, chosen),
        title=f"{document.title} {case.number}", person=None, request=request, is_noted=True,
    )  # fmt: skip


def _document(request: Request, case: Case, kind: str, told: papers.Story) -> Document | None:
    day = local_day(request.now)
    agreement = told["agreement"]
    if kind == "rights":
        return papers.rights_document(case, told, community=request.community, day=day)
    if kind == "notice":
        chosen = request.GET.get("sitting", "")
        sitting = next((one for one in told["sittings"] if str(one[0].pk) == chosen), None)
        if sitting is None:
            raise Http404
        return papers.notice_document(case, told, sitting, community=request.community, day=day)
    if kind == "agreement" and agreement is not None:
        return papers.agreement_document(case, told, community=request.community)
    if kind == "court" and agreement is not None and agreement.effective_on is not None:
        window = confirmation_window(agreement.effective_on, work_calendar())
        court = _court(request)
        return papers.court_document(case, told, window, day=day, chosen=str(court or ""))
    if kind == "other-ways" and not case.is_open:
        return papers.other_ways_document(case, community=request.community, day=day)
    return None


def _court(request: Request) -> Court | None:
    """`?court=7`: one of the list, or none."""
    chosen = request.GET.get("court", "")
    found: Court | None = (
        queries.courts().filter(pk=int(chosen) if chosen.isdecimal() else 0).first()
    )
    return found


def _dossier(request: Request, case: Case) -> HttpResponse:
    told = queries.story_of(case)
    mediators = [one.row.mediator for one in queries.seats_of(case) if one.row.seated_at]
    context: dict[str, Any] = {
        "case": case, "items": papers.dossier_items(case, told), "mediators": mediators,
        "community": request.community, "day": local_day(request.now),
        "number": papers.file_number(case), "by": request.actor.name,
        "sides": " / ".join(
            "、".join(one.name for one in told["parties"] if one.side == side) for side in "ab"
        ),
    }  # fmt: skip
    with _unsealed(told["exhibits"]) as pictures:
        return paper(
            "mediation/paper/dossier.html", context, request=request,
            name=f"{_('Dossier')} {case.number}", pictures=pictures,
        )  # fmt: skip


@contextmanager
def _unsealed(exhibits: list[Exhibit]) -> Iterator[dict[str, str]]:
    """Pictures as files for the press, which takes no others; gone when the sheet is made."""
    with tempfile.TemporaryDirectory(prefix=".dossier-", dir=settings.DATA_DIR) as folder:
        found = {}
        for one in exhibits:
            path = Path(folder, f"{one.code}.jpg")
            with one.file.open("rb") as file:
                path.write_bytes(one.case.box.open_bytes(file.read()))
            found[one.code] = str(path)
        yield found


def _picture(case: Case, code: str) -> HttpResponse:
    found: Exhibit = get_object_or_404(Exhibit.objects.filter(case=case), code=code)
    with found.file.open("rb") as file:
        content = case.box.open_bytes(file.read())
    response = HttpResponse(content, content_type="image/jpeg")
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Disposition"] = "inline"
    return response

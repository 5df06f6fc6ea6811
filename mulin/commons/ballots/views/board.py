"""What everybody may read: votes, their terms and hashes, turnout, and the board once published."""

from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from mulin.commons.ballots import opener, queries
from mulin.commons.ballots.actions.complaining import complain as say_complaint
from mulin.commons.ballots.forms import ComplainForm
from mulin.commons.ballots.models import Election
from mulin.commons.ballots.papers import notice_document, script_digest
from mulin.commons.ballots.rules import may_complain
from mulin.ground.community.access import Request, public
from mulin.ground.people.queries import person_of_account
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day
from mulin.kit.paging import page_of
from mulin.kit.paper.printing import paper


@public
def boards(request: Request) -> HttpResponse:
    """The votes of the community."""
    page = page_of(queries.shown_elections(), request.GET, size=20)
    return render(request, "ballots/boards.html", {"page": page, "here": "ours"})


@public
def board(request: Request, code: str) -> HttpResponse:
    """One vote: who votes about what by which rule and keys, how many have, and what came of it."""
    election = _shown(code)
    context = {
        "election": election,
        "options": election.options.all(),
        "turnout": queries.turnout(election),
        "corrections": queries.count_corrections(election),
        "sample": queries.sample_rule(election),
        "complaints": queries.answered_complaints(election),
        "unanswered": queries.complaints(election).filter(answered_on__isnull=True).count(),
        "may_complain": may_complain(
            election.stage,
            election.published_on,
            election.complaint_days,
            local_day(request.now),
        ),
        "script": script_digest(),
        "keys": [(one.title, one.ballot_key) for one in election.constituencies.all()],
        "here": "ours",
    }
    if election.is_published:
        typed = request.GET.get("receipt", "")
        cast = queries.published_ballots(election)
        listed = queries.listed_constituencies(election, cast)
        titles = queries.titles_of(election)
        page = page_of(queries.receipts(election, typed), request.GET, size=50)
        context |= {
            "groups": queries.shown_groups(election, cast),
            "lines": queries.shown_lines(election),
            "counted": queries.counted_by_hand(election),
            "page": page,
            "ballots": [
                (
                    one,
                    [titles[code] for code in one.choices if code in titles]
                    if one.constituency.code in listed
                    else None,
                )
                for one in page.rows
            ],
            "typed": typed,
        }
    return render(request, "ballots/board.html", context)


@public
def complain(request: Request, code: str) -> HttpResponse:
    """Somebody says that the vote did not go right."""
    election = _shown(code)
    today = local_day(request.now)
    if not may_complain(election.stage, election.published_on, election.complaint_days, today):
        raise Http404
    form = ComplainForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values, account = form.cleaned_data, request.actor.account_id
        kept = attempt(
            form,
            lambda: say_complaint(
                election, words=values["words"], contact=values["contact"],
                person=person_of_account(account) if account else None, by=request.actor,
                now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if kept is not None:
            messages.success(request, _("It is noted. The answer will stand on this page."))
            return redirect("ballots:board", code=code)
    context = {"election": election, "form": form, "here": "ours"}
    return render(request, "ballots/complain.html", context, status=422 if form.errors else 200)


@public
def notice(request: Request, code: str) -> HttpResponse:
    """The notice of a vote as a sheet: rule, rolls, days, every fingerprint."""
    election = _shown(code)
    document = notice_document(election, community=request.community)
    return paper("kit/official.html", {"document": document}, request=request, name=election.title)


@public
def board_file(request: Request, code: str) -> HttpResponse:
    """The board as a file, to be counted again by anybody."""
    election = _shown(code)
    if not election.is_published:
        raise Http404
    answer = JsonResponse(
        queries.board_file(election), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="board-{election.code}.json"'
    return answer


@public
def opener_script(request: Request, code: str) -> FileResponse:
    """The program that opens an urn, and a practice ballot: anybody may read and run it."""
    _shown(code)
    return script_file()


def script_file() -> FileResponse:
    """The opener as a file to take along."""
    script = Path(opener.__file__).open("rb")  # noqa: SIM115  closed by the response
    return FileResponse(script, as_attachment=True, filename="opener.py")


@public
def certificate(request: Request, code: str) -> HttpResponse:
    """How a published vote was closed: keys, counts, sums."""
    return render(request, "ballots/certificate.html", _closed(code) | {"here": "ours"})


@public
def certificate_sheet(request: Request, code: str) -> HttpResponse:
    """The same as a sheet that committee, observers and key holders sign."""
    context = _closed(code)
    name = _("Certificate of the close")
    return paper("ballots/paper/certificate.html", context, request=request, name=name)


def _closed(code: str) -> dict[str, Any]:  # Any: values of a template
    election = _shown(code)
    if not election.is_published:
        raise Http404
    return {
        "election": election,
        "closure": queries.closure_of(election),
        "lines": queries.shown_lines(election),
        "counted": queries.counted_by_hand(election),
    }


def _shown(code: str) -> Election:
    found: Election = get_object_or_404(queries.shown_elections(), code=code)
    return found

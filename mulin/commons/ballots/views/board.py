"""What everybody may read: votes, their terms and hashes, turnout, and the board once published."""

from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from mulin.commons.ballots import queries
from mulin.commons.ballots.models import Election
from mulin.ground.community.access import Request, public
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

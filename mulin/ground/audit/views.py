"""The auditor's pages: that something was done, by whom and when; nothing of its content."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render

from mulin.ground.audit.queries import head, log, looks, verbs_done
from mulin.ground.audit.verbs import label_of
from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.queries import staff_among, team
from mulin.ground.community.rules import Role
from mulin.kit.channels import Channel
from mulin.kit.clock import end_of_day, parse_day, start_of_day
from mulin.kit.paging import page_of


@opened_to(Role.AUDITOR)
def acts(request: Request) -> HttpResponse:
    """The log of acts, the latest first; by kind of act, by colleague, by day."""
    verb, day = request.GET.get("verb", ""), _day(request)
    chosen = request.GET.get("account", "")
    found = log(
        request.actor,
        verb=verb,
        account_id=int(chosen) if chosen.isascii() and chosen.isdigit() else None,
        since=start_of_day(day) if day else None,
        until=end_of_day(day) if day else None,
    )
    page = page_of(found, request.GET)
    # A resident who told something in confidence is not named, not even as having told.
    staff = staff_among(request.community.pk, {act.account_id for act in page.rows} - {None})
    context = {
        "page": page,
        "lines": [
            {
                "act": act,
                "is_staff": act.account_id in staff,
                "what": label_of(act.verb),
                "channel": _channel(act.channel),
            }
            for act in page.rows
        ],
        "verbs": [(name, label_of(name)) for name in verbs_done()],
        "verb": verb,
        "day": day,
        "members": {
            role.account_id: role.account for role in team(request.community.pk, request.now)
        }.values(),
        "chosen": chosen,
        "last": head()[0],
    }
    return render(request, "audit/acts.html", context)


@opened_to(Role.AUDITOR)
def look_list(request: Request) -> HttpResponse:
    """Who read sensitive things, and why."""
    page = page_of(looks(request.actor), request.GET)
    return render(request, "audit/looks.html", {"page": page})


def _day(request: Request) -> date | None:
    try:
        return parse_day(request.GET.get("day", ""))
    except ValueError:
        return None


def _channel(value: str) -> object:
    return Channel(value).label if value in set(Channel) else value

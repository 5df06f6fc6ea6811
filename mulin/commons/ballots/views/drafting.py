"""A vote that no room holds: drafted here, its roll made by a rule or by names; and somebody added to
a frozen roll by protocol.
"""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from mulin.commons.ballots.actions.elections import draft_election
from mulin.commons.ballots.actions.paper import print_ballots
from mulin.commons.ballots.actions.rolls import correct_roll, put_on_roll
from mulin.commons.ballots.forms import (
    EVERYBODY,
    AddForm,
    DraftForm,
    EnrolForm,
    PrintForm,
)
from mulin.commons.ballots.models import Constituency, Election
from mulin.commons.ballots.permissions import COMMITTEE
from mulin.commons.ballots.queries import elections, electorate, one_person, people_named
from mulin.commons.ballots.rules import usual_days
from mulin.commons.ballots.sheets import ballot_form
from mulin.commons.ballots.views.committee import held_page, roll_page
from mulin.ground.community.access import Request, opened_to
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day
from mulin.kit.paper.definition import Form, FormFault
from mulin.kit.paper.printed import sheet_context
from mulin.kit.paper.printing import paper
from mulin.kit.refusals import Refused


@opened_to(*COMMITTEE)
def draft(request: Request) -> HttpResponse:
    """The terms of a vote."""
    first, last = usual_days(local_day(request.now))
    form = DraftForm(request.POST or None, initial={"opens_at": first, "closes_at": last})
    if request.method == "POST" and form.is_valid():
        drafted = attempt(
            form,
            lambda: draft_election(
                form.terms(), by=request.actor, now=request.now, token=form.idempotency_token
            ),
        )
        if drafted is not None:
            messages.success(request, _("Prepared. Now say who stands on its roll."))
            return redirect("ballots:held", code=drafted.code)
    return render(
        request, "ballots/draft.html", {"form": form}, status=422 if form.errors else 200
    )  # fmt: skip


@opened_to(*COMMITTEE)
@require_POST
def enrol(request: Request, code: str) -> HttpResponse:
    """The roll, made afresh by a rule or by names. Of votes of a room the room says who votes."""
    election, form = _found(code), EnrolForm(request.POST)
    if election.origin_kind:
        raise Http404
    if form.is_valid() and attempt(
        form,
        lambda: put_on_roll(
            election, {EVERYBODY: _who(request, form)}, by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
    ) is not None:  # fmt: skip
        count = election.constituencies.get(code=EVERYBODY).roll.count()
        told = ngettext(
            "%(number)s person stands on the roll.", "%(number)s people stand on the roll.", count
        )
        messages.success(request, told % {"number": count})
        return redirect("ballots:held", code=code)
    return held_page(request, election, 422, enrol_form=form)


def _who(request: Request, form: EnrolForm) -> list[int]:
    lines = form.lines()
    if lines:
        return [person.pk for person in people_named(lines)]
    return electorate([form.rule()], day=local_day(request.now)).of[EVERYBODY]


@opened_to(*COMMITTEE)
@require_POST
def add(request: Request, code: str) -> HttpResponse:
    """Put somebody on a frozen roll, by protocol."""
    election = _found(code)
    form = AddForm(request.POST, election=election)
    if form.is_valid() and attempt(
        form,
        lambda: correct_roll(
            form.cleaned_data["group"], person=one_person(form.cleaned_data["person"]),
            is_added=True, reason=form.cleaned_data["reason"], by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
    ) is not None:  # fmt: skip
        messages.success(request, _("Corrected, and written into the protocol."))
        return redirect("ballots:roll", code=code)
    return roll_page(request, election, 422, add_form=form)


@opened_to(*COMMITTEE)
@require_POST
def print_sheets(request: Request, code: str, group: str) -> HttpResponse:
    """New paper ballots of a constituency."""
    election, form = _found(code), PrintForm(request.POST)
    constituency = get_object_or_404(election.constituencies.all(), code=group)
    if form.is_valid():
        # Made first: what no sheet can hold is no run.
        sheet = attempt(form, lambda: _sheet(constituency))
        serials = sheet and attempt(
            form,
            lambda: print_ballots(
                constituency, count=form.cleaned_data["count"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if sheet and serials:
            name = _("Ballots %(group)s") % {"group": constituency.title}
            context = sheet_context(sheet, serials)
            return paper("kit/form_sheet.html", context, request=request, name=name)
    return held_page(request, election, 422, print_form=form, print_of=group)


def _sheet(constituency: Constituency) -> Form:
    try:
        return ballot_form(constituency)
    except FormFault:
        raise Refused(_("The options do not fit on a sheet: make their titles shorter.")) from None


def _found(code: str) -> Election:
    found: Election = get_object_or_404(elections(), code=code)
    return found

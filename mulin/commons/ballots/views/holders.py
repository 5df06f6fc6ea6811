"""Key holders and observers: shares, the test, the urn out and the ballots back; sheets of paper."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mulin.commons.ballots import queries
from mulin.commons.ballots.actions import asking, ending, holders, paper
from mulin.commons.ballots.actions.pictures import ways_of
from mulin.commons.ballots.forms import (
    ChecksForm,
    DecideForm,
    DeedForm,
    OpenedForm,
    PicturesForm,
    SaidForm,
    SampleForm,
    SettleForm,
    SheetForm,
    WordForm,
)
from mulin.commons.ballots.models import Constituency, Election, RollCheck, Sheet
from mulin.commons.ballots.permissions import COMMITTEE, HOLDERS, OBSERVERS, may_observe
from mulin.commons.ballots.rules import Said, State
from mulin.commons.ballots.views.board import script_file
from mulin.ground.community.access import Request, opened_to
from mulin.kit.acts import attempt
from mulin.kit.paging import page_of
from mulin.kit.paper.reading import is_reader_there

#: So many pictures that lie at no sheet are shown at once; the next come as these go.
_MOST_WAITING = 20


@opened_to(*HOLDERS, *OBSERVERS)
def watched(request: Request) -> HttpResponse:
    """The votes whose key I hold, or that I observe."""
    page = page_of(queries.shown_elections(), request.GET, size=20)
    return render(request, "ballots/watched.html", {"page": page})


@opened_to(*HOLDERS)
def holder(request: Request, code: str) -> HttpResponse:
    """What a key holder does, step by step."""
    return _holder(request, shown(code))


def _holder(request: Request, election: Election, status: int = 200, **forms: Any) -> HttpResponse:
    context = {
        "election": election,
        "shares": election.shares.select_related("holder"),
        "has_share": election.shares.filter(holder=request.actor.account_id).exists(),
        "is_frozen": election.stage is State.FROZEN,
        "is_sealed": election.stage is State.SEALED,
        "deed_form": DeedForm(),
        "word_form": WordForm(),
        "opened_form": OpenedForm(),
    }
    return render(request, "ballots/holder.html", context | forms, status=status)


@opened_to(*HOLDERS)
@require_POST
def confirm(request: Request, code: str) -> HttpResponse:
    """My share is in my hand."""
    election, form = shown(code), DeedForm(request.POST)
    if (
        form.is_valid()
        and attempt(
            form,
            lambda: holders.confirm_share(
                election, by=request.actor, now=request.now, token=form.idempotency_token
            ),
        )
        is not None
    ):
        messages.success(request, _("Confirmed."))
        return redirect("ballots:holder", code=code)
    return _holder(request, election, 422, deed_form=form)


@opened_to(*HOLDERS)
@require_POST
def word(request: Request, code: str) -> HttpResponse:
    """The word out of the test envelope."""
    election, form = shown(code), WordForm(request.POST)
    if form.is_valid() and attempt(
        form,
        lambda: holders.pass_test(
            election, word=form.cleaned_data["word"], by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
    ) is not None:  # fmt: skip
        messages.success(request, _("Two shares open the urn: the test is passed."))
        return redirect("ballots:holder", code=code)
    return _holder(request, election, 422, word_form=form)


@opened_to(*HOLDERS)
@require_POST
def bring(request: Request, code: str) -> HttpResponse:
    """The opened ballots come back."""
    election, form = shown(code), OpenedForm(request.POST, request.FILES)
    if form.is_valid() and attempt(
        form,
        lambda: ending.take_in_opened(
            election, form.cleaned_data["file"], by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
    ) is not None:  # fmt: skip
        messages.success(request, _("Every ballot was checked. The committee can publish now."))
        return redirect("ballots:holder", code=code)
    return _holder(request, election, 422, opened_form=form)


@opened_to(*HOLDERS)
def taken_away(request: Request, code: str, what: str) -> HttpResponseBase:
    """The files that a key holder takes along: the opener, the test envelope, the sealed urn."""
    election = shown(code)
    if what == "opener.py":
        return script_file()
    if what == "test.json" and election.test_envelope:
        told: dict[str, object] = {"election": election.code, "envelope": election.test_envelope}
    elif what == "urn.json" and election.stage is State.SEALED:
        told = queries.urn_file(election)
    else:
        raise Http404
    answer = JsonResponse(told)
    answer.headers["Content-Disposition"] = f'attachment; filename="{what}"'
    return answer


@opened_to(*OBSERVERS)
def observer(request: Request, code: str) -> HttpResponse:
    """What an observer sees: hashes, sums, and the sheets that wait for them."""
    return observer_page(request, shown(code))


def observer_page(
    request: Request, election: Election, status: int = 200, **forms: Any
) -> HttpResponse:
    """The page, with what was typed wrong in `forms`."""
    is_counted = election.stage in {State.SEALED, State.OPENED}
    context = {
        "election": election,
        "turnout": queries.turnout(election),
        "lines": queries.lines_of(election) if election.is_over else [],
        "corrections": queries.corrections(election),
        "to_decide": queries.sheets_to_decide(election),
        "to_count": queries.sheets_to_count(election),
        "sample": queries.sample_rule(election),
        "waits_for_sample": is_counted and queries.has_sample_waiting(election),
        "left_to_read": queries.still_to_read(election) if is_counted else 0,
        "counted": queries.counted_by_hand(election),
        "sample_form": SampleForm(),
        "is_counted": is_counted,
        "asked": queries.asked_voters(election),
        "checks": [(one, SaidForm(auto_id=False)) for one in queries.roll_checks(election)],
        "checks_form": ChecksForm(auto_id="checks_%s"),
    }
    return render(request, "ballots/observer.html", context | forms, status=status)


@opened_to(*OBSERVERS)
@require_POST
def draw_checks(request: Request, code: str) -> HttpResponse:
    """The number that draws whom observers ask."""
    election, form = shown(code), ChecksForm(request.POST, auto_id="checks_%s")
    if form.is_valid() and attempt(
        form,
        lambda: asking.draw_checks(
            election, number=form.cleaned_data["number"], by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
    ) is not None:  # fmt: skip
        messages.success(request, _("Drawn. Ask each of them."))
        return redirect("ballots:observer", code=code)
    return observer_page(request, election, 422, checks_form=form)


@opened_to(*OBSERVERS)
@require_POST
def note_check(request: Request, code: str, pk: int) -> HttpResponse:
    """What somebody said who was asked."""
    election, form = shown(code), SaidForm(request.POST)
    check: RollCheck = get_object_or_404(election.roll_checks.select_related("election"), pk=pk)
    if form.is_valid() and attempt(
        form,
        lambda: asking.note_check(
            check, said=Said(form.cleaned_data["said"]), by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
    ) is not None:  # fmt: skip
        messages.success(request, _("Written down."))
        return redirect("ballots:observer", code=code)
    return observer_page(request, election, 422, said_form=form)


@opened_to(*OBSERVERS)
def decide(request: Request, code: str, pk: int) -> HttpResponse:
    """An unclear sheet, or one of the sample: an observer says what is on it."""
    election = shown(code)
    sheet: Sheet = get_object_or_404(Sheet.objects.filter(constituency__election=election), pk=pk)
    is_decision = queries.awaits_decision(sheet)
    kind = DecideForm if is_decision else SheetForm
    form = kind(request.POST or None, election=election)
    if request.method == "POST" and form.is_valid():
        done = attempt(form, lambda: _observed(request, sheet, form))
        if done is not None:
            messages.success(request, _("Written down."))
            return redirect("ballots:observer", code=code)
    readings = [*queries.readings_of(sheet), queries.kept_of(sheet.by_hand)] if is_decision else []
    called = {one.code: one.called for one in election.options.all()}
    context = {
        "election": election, "sheet": sheet, "form": form,
        "readings": [
            (one.kind, [called.get(code, code) for code in one.choices])
            for one in (queries.seen_of(sheet, one) for one in readings if one is not None)
        ],
        # Counted by hand is the paper, not its picture.
        "pictures": queries.pictures_of(sheet) if is_decision else [],
        "matter": sheet.get_matter_display() if is_decision else "",
        "shows_serial": not is_decision,
    }  # fmt: skip
    return render(request, "ballots/sheet.html", context, status=422 if form.errors else 200)


def _observed(request: Request, sheet: Sheet, form: SheetForm) -> Sheet:
    what = paper.seen(
        sheet.constituency, choices=form.cleaned_data["choices"],
        is_unclear=form.cleaned_data["is_unclear"],
        is_void=form.cleaned_data.get("is_void", False),
    )  # fmt: skip
    token = form.idempotency_token
    if isinstance(form, DecideForm):
        return paper.decide_sheet(
            sheet, what, reason=form.cleaned_data["reason"], by=request.actor, now=request.now,
            token=token,
        )  # fmt: skip
    return paper.count_by_hand(sheet, what, by=request.actor, now=request.now, token=token)


@opened_to(*COMMITTEE, *OBSERVERS)
def read(request: Request, code: str, group: str) -> HttpResponse:
    """Sheet after sheet of a box: the next one that I have not read."""
    election = shown(code)
    constituency = get_object_or_404(election.constituencies.all(), code=group)
    form = SheetForm(request.POST or None, election=election)
    sheet = _asked(request, constituency)
    if request.method == "POST" and sheet is not None and form.is_valid():
        what = paper.seen(
            constituency, choices=form.cleaned_data["choices"],
            is_unclear=form.cleaned_data["is_unclear"],
        )  # fmt: skip
        if attempt(
            form,
            lambda: paper.read_sheet(
                sheet, what, by=request.actor, now=request.now, token=form.idempotency_token
            ),
        ):
            return redirect("ballots:read", code=code, group=group)
    return read_page(request, election, constituency, 422 if form.errors else 200, form=form)


def _asked(request: Request, constituency: Constituency) -> Sheet | None:
    """The sheet that was typed, else the next one that waits for this reader."""
    number = request.POST.get("number", "")
    sheet: Sheet | None = None
    if number.isdecimal():
        sheet = constituency.sheets.filter(number=int(number)).first()
    return sheet or queries.sheets_to_read(constituency, request.actor).first()


def read_page(
    request: Request, election: Election, constituency: Constituency, status: int = 200,
    **forms: Any,
) -> HttpResponse:  # fmt: skip
    """The page, with what was typed wrong in `forms`."""
    waiting = queries.sheets_to_read(constituency, request.actor)
    sheet = _asked(request, constituency)
    is_counted = election.stage in {State.SEALED, State.OPENED}
    held = list(constituency.pictures.filter(sheet=None)[:_MOST_WAITING]) if is_counted else []
    context = {
        "election": election, "constituency": constituency, "sheet": sheet,
        "form": SheetForm(election=election), "left": waiting.count(), "is_reading": True,
        "pictures": queries.pictures_of(sheet) if sheet else [],
        "takes_pictures": is_counted and constituency.sheets.exists(),
        "files": constituency.files.count(), "reads": is_reader_there(),
        "waiting": [(one, ways_of(one)) for one in held],
        "pictures_form": PicturesForm(), "settle_form": SettleForm(), "may_observe":
        may_observe(request.actor),
    }  # fmt: skip
    return render(request, "ballots/sheet.html", context | forms, status=status)


def shown(code: str) -> Election:
    """The vote of a code, once its roll is frozen."""
    found: Election = get_object_or_404(queries.shown_elections(), code=code)
    return found

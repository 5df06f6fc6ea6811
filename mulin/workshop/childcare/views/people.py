"""Who minds children and who may read of them; what that came to in a year."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.deeds import Deed, Failed, do, shown
from mulin.ground.community.rules import Role
from mulin.kit.clock import local_day
from mulin.kit.forms import PlainForm
from mulin.kit.paging import page_of
from mulin.kit.refusals import Refused
from mulin.workshop.childcare import queries
from mulin.workshop.childcare.actions import staff
from mulin.workshop.childcare.forms import (
    CheckForm,
    ClearForm,
)
from mulin.workshop.childcare.models import WHO_LABELS, Carer, Clearance
from mulin.workshop.childcare.rules import APPROVERS, check_counts_until, may_mind
from mulin.workshop.childcare.views.reading import once


def _deeds(request: Request) -> dict[str, Deed]:
    accounts = queries.minder_accounts(request.now)
    said = _("Written down.")
    return {
        "clear": Deed(
            _("Allow somebody to read"),
            lambda form, asked: staff.clear(
                form.cleaned_data["account"], reason=form.cleaned_data["reason"],
                since=local_day(form.cleaned_data["since"]),
                until=local_day(form.cleaned_data["until"]), **once(asked, form),
            ),
            said,
            lambda *args, **more: ClearForm(*args, accounts=accounts, **more),
        ),
        "check": Deed(_("I saw the paper on the criminal record"), _check, said, CheckForm),
    }  # fmt: skip


def _check(form: CheckForm, request: Request) -> Carer:
    values = form.cleaned_data
    person = queries.person_with(values["who"])
    if person is None:
        raise Refused(
            _("Nobody on the roll has this number. The desk adds them first."), field="who"
        )
    first_aid = values["first_aid"]
    return staff.keep_carer(
        person, checked_on=local_day(values["checked_on"]), is_lead=values["is_lead"],
        first_aid_until=local_day(first_aid) if first_aid else None, **once(request, form),
    )  # fmt: skip


@opened_to(*APPROVERS)
@require_safe
def people(request: Request) -> HttpResponse:
    """Adults with their checks, and who may read until when."""
    return _page(request)


def _page(request: Request, failed: Failed | None = None, status: int = 200) -> HttpResponse:
    today = local_day(request.now)
    carers = page_of(Carer.objects.active().select_related("person"), request.GET)
    context = {
        "page": carers,
        "carers": [
            (one, check_counts_until(one.record_checked_on), may_mind(one.record_checked_on, today))
            for one in carers.rows
        ],
        "clearances": Clearance.objects.filter(until__gte=today, ended_at__isnull=True)
        .select_related("account", "approved_by")[:100],
        "plain_form": PlainForm(),
        "deeds": shown(
            _deeds(request), lambda name: reverse("childcare:people-act", args=[name]), failed
        ),
    }  # fmt: skip
    return render(request, "childcare/people.html", context, status=status)


@opened_to(*APPROVERS)
@require_POST
def people_act(request: Request, deed: str, pk: int = 0) -> HttpResponse:
    """Allow, end, check, stop."""
    failed = do(_deeds(request) | _buttons(pk), deed, request)
    if failed is None:
        return redirect("childcare:people")
    return _page(request, (deed, failed), 422)


def _buttons(pk: int) -> dict[str, Deed]:
    found: dict[str, Deed] = {}
    clearance = Clearance.objects.filter(pk=pk).first()
    carer = Carer.objects.active().filter(pk=pk).first()
    if clearance is not None:
        found["end"] = Deed(
            _("End the leave to read"),
            lambda form, asked: staff.end_clearance(clearance, **once(asked, form)),
            _("Ended."), PlainForm,
        )  # fmt: skip
    if carer is not None:
        found["stop"] = Deed(
            _("Minds no children any more"),
            lambda form, asked: staff.stop_carer(carer, **once(asked, form)),
            _("Written down."), PlainForm,
        )  # fmt: skip
    return found


@opened_to(*APPROVERS, Role.AUDITOR)
@require_safe
def report(request: Request) -> HttpResponse:
    """A year: who read how often, by which clearance; what happened at the door, in numbers.
    《未成年人网络保护条例》第37条.
    """
    this = local_day(request.now).year
    typed = request.GET.get("year", "")
    year = int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 4 else this  # noqa: PLR2004  a year has four digits
    year = min(max(year, 2020), this)
    numbers = queries.year_in_numbers(year)
    months = [date(year, month, 1) for month in range(1, 13)]
    context = numbers | {
        "looks": [
            (row, [one for one in zip(months, row.months, strict=True) if one[1]])
            for row in numbers["looks"]
        ],
        "year": year,
        "before": year - 1,
        "handed": [(WHO_LABELS[who], gone, kept) for who, gone, kept in numbers["handed"]],
    }
    return render(request, "childcare/report.html", context)

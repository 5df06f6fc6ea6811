"""A member's own pages: their days, why they have them, swaps, wishes."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from mulin.commons.planning.duty.reasons import Why, why
from mulin.commons.rota import queries
from mulin.commons.rota.actions.duties import answer, call_in_sick, sign_in
from mulin.commons.rota.actions.members import say_wishes
from mulin.commons.rota.actions.swaps import answer_swap, ask_to_swap, take_swap_back
from mulin.commons.rota.forms import (
    OwnSickForm,
    SwapForm,
    WishesForm,
)
from mulin.commons.rota.models import Duty, Member, Month, Swap, SwapState
from mulin.commons.rota.permissions import is_theirs, may_manage
from mulin.commons.rota.registry import kind_of
from mulin.commons.rota.rules import EXPECTED, ON, SIGN_IN_FROM, Stand
from mulin.commons.rota.words import change_words, shift_words, stand_in_the_way, why_words
from mulin.ground.community.access import Request, signed_in
from mulin.ground.community.deeds import press
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day
from mulin.kit.forms import PlainForm


@signed_in
def mine(request: Request) -> HttpResponse:
    """What is asked of me first, then my days, swaps, and the months that wait for my wishes."""
    today = local_day(request.now)
    memberships = queries.memberships_of(request.actor, today)
    kinds = {member.kind: member for member in memberships}
    duties = list(queries.own_duties(request.actor, request.now))
    swaps = list(queries.swaps_asked_of(request.actor, request.now))
    context = {
        "memberships": memberships,
        "asked": [_line(one, request) for one in duties if one.stand in {Stand.ASKED, Stand.CALLED}],
        "days": [_line(one, request) for one in duties if one.stand not in {Stand.ASKED, Stand.CALLED}],
        "swaps": [
            (swap, shift_words(swap.duty.shift),
             shift_words(swap.for_duty.shift) if swap.for_duty else "")
            for swap in swaps
        ],
        "open_months": [
            (month, kind_of(month.kind), kinds[month.kind])
            for month in queries.months_for_wishes(kinds, today)
        ],
        "published": [
            (month, kind_of(month.kind)) for month in queries.months_published(kinds, today)
        ],
        "plain_form": PlainForm(),
    }  # fmt: skip
    return render(request, "rota/mine.html", context)


def _line(duty: Duty, request: Request) -> dict[str, Any]:  # Any: values of a page
    shift = duty.shift
    return {
        "duty": duty,
        "kind": kind_of(shift.month.kind),
        "words": shift_words(shift),
        "may_sign_in": duty.stand != Stand.CAME
        and shift.starts_at - SIGN_IN_FROM <= request.now < shift.ends_at,
    }


@signed_in
@require_POST
def mine_act(request: Request, pk: int, deed: str) -> HttpResponse:
    """Yes, no, ill, here: to a duty; agreed or not: to a swap."""
    by, now = request.actor, request.now
    if deed in {"agree", "decline", "back"}:
        return _swap_act(request, pk, deed)
    duty = _own(request, pk)
    if deed in {"yes", "no"}:
        press(
            request,
            lambda token: answer(duty, accepts=deed == "yes", by=by, now=now, token=token),
            gettext_lazy("Thank you, it is yours.") if deed == "yes"
            else gettext_lazy("All right. Somebody else is looked for."),
        )  # fmt: skip
    elif deed == "here":
        press(
            request, lambda token: sign_in(duty, by=by, now=now, token=token),
            gettext_lazy("You are signed in. Thank you."),
        )  # fmt: skip
    elif deed == "sick":
        return _sick(request, duty)
    else:
        raise Http404
    return redirect("rota:mine")


def _sick(request: Request, duty: Duty) -> HttpResponse:
    """Ill: for this duty, or with a day, for all until then."""
    form = OwnSickForm(request.POST, auto_id="sick_%s")
    since = duty.shift.starts_at
    told = None
    if form.is_valid():
        told = attempt(
            form,
            lambda: call_in_sick(
                duty.member, since=since,
                until=form.cleaned_data["until"] or since + timedelta(minutes=1),
                by=request.actor, now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
    if told is not None:
        messages.success(request, _("Get well soon. Somebody else is looked for."))
        return redirect("rota:mine")
    return _duty_page(request, duty, sick_form=form)


def _swap_act(request: Request, pk: int, deed: str) -> HttpResponse:
    swap: Swap = get_object_or_404(
        Swap.objects.select_related("other__person", "duty__member__person", "duty__shift__month"),
        pk=pk,
    )
    whose = swap.duty.member if deed == "back" else swap.other
    if not is_theirs(request.actor, whose):
        raise Http404
    by, now = request.actor, request.now
    if deed == "back":
        press(
            request, lambda token: take_swap_back(swap, by=by, now=now, token=token),
            gettext_lazy("Nobody is asked any more."),
        )  # fmt: skip
    else:
        press(
            request,
            lambda token: answer_swap(swap, agrees=deed == "agree", by=by, now=now, token=token),
            gettext_lazy("The swap is done. Both of you are told.") if deed == "agree"
            else gettext_lazy("All right, it stays as it is."),
        )  # fmt: skip
    return redirect("rota:mine")


def _own(request: Request, pk: int) -> Duty:
    """A duty of this actor, or one whose rota they manage."""
    found: Duty = get_object_or_404(
        Duty.objects.select_related("shift__month", "member__person").exclude(stand=Stand.PROPOSED),
        pk=pk,
    )
    if not is_theirs(request.actor, found.member):
        raise Http404
    return found


@signed_in
def duty(request: Request, pk: int) -> HttpResponse:
    """Why do I have this day, what stands in others' way, and whom I could ask to swap."""
    found = _own(request, pk)
    month, shift = found.shift.month, found.shift
    reasons = _why(found)
    may_swap = found.stand in EXPECTED and shift.starts_at > request.now and month.is_published
    form = _swap_form(request, found, reasons) if reasons and may_swap else None
    if request.method == "POST" and form is not None and form.is_valid():
        other, for_duty = _chosen(form, month)
        asked = attempt(
            form,
            lambda: ask_to_swap(
                found, other, for_duty=for_duty, by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if asked is not None:
            messages.success(request, _("%(name)s is asked.") % {"name": other})
            return redirect("rota:duty", pk=pk)
    return _duty_page(request, found, reasons=reasons, form=form)


def _duty_page(
    request: Request, found: Duty, *, reasons: Why | None = None, form: SwapForm | None = None,
    sick_form: OwnSickForm | None = None,
) -> HttpResponse:  # fmt: skip
    month, shift = found.shift.month, found.shift
    if reasons is None:
        reasons = _why(found)
    context = {
        "duty": found,
        "words": shift_words(shift),
        "kind": kind_of(month.kind),
        "why": reasons,
        "because": why_words(reasons) if reasons else [],
        "in_the_way": stand_in_the_way(reasons.others) if reasons else [],
        "could": len(reasons.instead) if reasons else 0,
        "changes": change_words(reasons) if reasons else [],
        "form": form,
        "sick_form": sick_form or OwnSickForm(auto_id="sick_%s"),
        "may_be_sick": found.stand in EXPECTED and shift.ends_at > request.now,
        "asked": found.swaps.filter(state=SwapState.ASKED).select_related("other__person").first(),
        "plain_form": PlainForm(),
        "may_manage": may_manage(request.actor, month.kind),
        "is_own": found.member.person.account_id == request.actor.account_id,
    }
    failed = any(one is not None and one.errors for one in (form, sick_form))
    return render(request, "rota/duty.html", context, status=422 if failed else 200)


def _why(found: Duty) -> Why | None:
    """The reasons, as the tables stand now; none for who is not on the shift."""
    if found.stand not in ON:
        return None
    month = found.shift.month
    rota, duties = queries.rota_of(month), queries.duties_of(month)
    who, at = str(found.member_id), str(found.shift_id)
    if who not in {person.id for person in rota.people}:
        return None
    return why(rota, duties, who, at)


def _swap_form(request: Request, found: Duty, reasons: Why) -> SwapForm:
    theirs = queries.duties_to_swap(found, request.now)
    names = queries.names_of(who for who, _load in reasons.instead)
    return SwapForm(request.POST or None, why=reasons, names=names, theirs=theirs)


def _chosen(form: SwapForm, month: Month) -> tuple[Member, Duty | None]:
    member_id, duty_id = form.chosen()
    if duty_id is not None:
        theirs: Duty = get_object_or_404(
            Duty.objects.select_related("shift", "member__person"), pk=duty_id, shift__month=month
        )
        return theirs.member, theirs
    other: Member = get_object_or_404(
        Member.objects.select_related("person"), pk=member_id, kind=month.kind
    )
    return other, None


@signed_in
def wishes(request: Request, pk: int, member: int) -> HttpResponse:
    """Which days suit somebody: on their own phone, or written down by whoever manages."""
    month: Month = get_object_or_404(Month, pk=pk)
    whose: Member = get_object_or_404(
        Member.objects.select_related("person"), pk=member, kind=month.kind
    )
    if not is_theirs(request.actor, whose):
        raise Http404
    is_own = whose.person.account_id == request.actor.account_id
    form = WishesForm(request.POST or None, month=month, member=whose)
    if request.method == "POST" and form.is_valid():
        said = attempt(
            form,
            lambda: say_wishes(
                month, whose, form.said(), by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if said is not None:
            messages.success(request, _("Written down. Thank you."))
            return redirect("rota:mine") if is_own else redirect("rota:member", pk=whose.pk)
    context = {
        "month": month,
        "member": whose,
        "kind": kind_of(month.kind),
        "form": form,
        "is_own": is_own,
        "said_days": any(field.value() for field in form.of_leaning),
        "said_parts": any(field.value() for field in form.of_parts),
        "is_late": month.is_published,
    }
    return render(request, "rota/wishes.html", context, status=422 if form.errors else 200)

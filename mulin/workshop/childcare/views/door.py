"""The door: who takes a child, and codes on paper."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from mulin.ground.community.access import Request, opened_to
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day
from mulin.kit.paper.printing import paper
from mulin.workshop.childcare import queries
from mulin.workshop.childcare.actions.handover import hand_over, make_code
from mulin.workshop.childcare.forms import AnswerForm, CodesForm, DoorForm
from mulin.workshop.childcare.models import Block, Booking, Child, Guardian, HandOver, Stay
from mulin.workshop.childcare.rules import (
    MINDERS,
    Answer,
    Call,
    Code,
    Proof,
    Sign,
    Who,
    decide,
)
from mulin.workshop.childcare.views.reading import cleared, look, once

SIGN_WORDS: dict[Sign, str | Promise] = {
    Sign.CODE: gettext_lazy("the code of the day"),
    Sign.ID: gettext_lazy("the identity card, seen"),
    Sign.CALL: gettext_lazy("a guardian called back, who agrees"),
    Sign.SECOND: gettext_lazy("a second adult of the room"),
}


@opened_to(*MINDERS)
@cleared
def stay(request: Request, pk: int) -> HttpResponse:
    """Who may fetch this child: the block list first, then one tap on a person and one on what they
    show.
    """
    found: Stay | None = Stay.objects.here().filter(pk=pk).select_related("child").first()
    if found is None:
        raise Http404
    known = queries.fetchers(found.child, local_day(request.now))
    form = DoorForm(request.POST or None, known=known, initial={"key": request.GET.get("who", "")})
    if request.method == "POST" and form.is_valid():
        row = attempt(form, lambda: hand_over(found, form.shown(), **once(request, form)))
        if row is not None and row.answer == Answer.GOES:
            messages.success(request, _("Handed over."))
            return redirect("childcare:day")
        if row is not None:
            # The try is written down; the next one is another act.
            messages.error(request, refusal_of(row))
            form = DoorForm(known=known, initial=request.POST.dict())
            return _door(request, found, known, form, 422)
    return _door(request, found, known, form, 422 if form.errors else 200)


def refusal_of(row: HandOver) -> str:
    """Why the child stays, in words for the staff."""
    if row.answer == Answer.BLOCKED:
        return _(
            "This person must not take the child. Keep it inside; the others and the head are told."
        )
    if row.answer == Answer.FORBIDDEN:
        return _("The guardian said no. The child stays.")
    proof = Proof(
        Who(row.who), code=Code(row.code), id_seen=row.id_seen, call=Call(row.call),
        second=row.second_id is not None,
    )  # fmt: skip
    lacking = "、".join(str(SIGN_WORDS[one]) for one in sorted(decide(proof).lacking))
    wrong = _("The code is not today's, or was used. ") if row.code == Code.WRONG else ""
    return wrong + _("The child stays. Still needed: %(signs)s.") % {"signs": lacking}


def _door(
    request: Request, found: Stay, known: list[queries.Fetcher], form: DoorForm, status: int
) -> HttpResponse:
    look(request, found.child, "door")
    context = {
        "stay": found,
        "child": found.child,
        "blocks": Block.objects.standing().filter(child=found.child),
        "known": [
            (one, DoorForm(known=known, auto_id=f"{one.key}_%s"))
            for one in known
            if one.who is not Who.BLOCKED
        ],
        "form": form,
        "answer_form": AnswerForm(auto_id="answer_%s"),
        "answers": found.alarm_answers.select_related("account"),
        "is_late": found.closing_at <= request.now,
    }
    return render(request, "childcare/stay.html", context, status=status)


@opened_to(*MINDERS)
@require_POST
@cleared
def codes(request: Request) -> HttpResponse:
    """Today's codes on paper: for one family, or for all of today that have no phone to see them."""
    form = CodesForm(request.POST)
    if not form.is_valid():
        raise Http404
    today = local_day(request.now)
    chosen = form.cleaned_data["child"]
    families = [queries.siblings_of(chosen)] if chosen else _families_without_phone(today)
    slips = []
    for number, family in enumerate(families):
        code = make_code(
            family, today, by=request.actor, now=request.now,
            token=f"{form.idempotency_token[:56]}-{number}",
        )  # fmt: skip
        if code:
            look(request, family[0], "code")
            slips.append({"code": code, "names": "、".join(_half(one.name) for one in family)})
    if not slips:
        messages.error(
            request, _("No code was made: nobody needs one, or the sheet was printed already.")
        )
        return redirect("childcare:day")
    return paper(
        "childcare/paper/codes.html", {"slips": slips, "day": today}, request=request,
        name=f"codes-{today:%m-%d}",
    )  # fmt: skip


def _half(name: str) -> str:
    """A slip that is lost tells nobody whose it is."""
    return f"{name[:1]}**"


def _families_without_phone(today: date) -> list[list[Child]]:
    """Children of today none of whose guardians can open their own page, siblings together."""
    with_phone = Guardian.objects.standing().filter(person__account__isnull=False)
    booked = Booking.objects.on(today).exclude(child__in=with_phone.values("child"))
    seen: set[int] = set()
    families = []
    for booking in booked.select_related("child")[:60]:
        if booking.child_id in seen:
            continue
        family = queries.siblings_of(booking.child) or [booking.child]
        seen |= {one.pk for one in family}
        families.append(family)
    return families

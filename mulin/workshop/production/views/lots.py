"""A lot's whole life on one page, and everything that is done to it; the scanner's way there."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.deeds import Deed, Failed, do, shown
from mulin.ground.community.rules import Role
from mulin.kit.acts import attempt
from mulin.kit.clock import local_day
from mulin.kit.files import photo_response
from mulin.kit.forms import ActForm, PlainForm
from mulin.kit.ids import normalise_code
from mulin.kit.paging import page_of
from mulin.workshop.production import queries
from mulin.workshop.production.actions import lots as acts
from mulin.workshop.production.actions.asking import answer_question
from mulin.workshop.production.actions.ledger import turn_round
from mulin.workshop.production.forms import (
    AgainForm,
    AnswerForm,
    FindForm,
    GiveBackForm,
    HandOnForm,
    IssueForm,
    JudgeForm,
    LoseForm,
    MaterialBackForm,
    MaterialForm,
    MergeForm,
    QuantityForm,
    ReasonForm,
    ReturnForm,
    SampleForm,
    ScanForm,
)
from mulin.workshop.production.models import (
    Item,
    Lot,
    LotQuestion,
    Movement,
    OrderState,
    Receipt,
    SampleCheck,
)
from mulin.workshop.production.permissions import is_hers, may_see_lot
from mulin.workshop.production.rules import KEEPERS, Moved, Standing, fitting, standing_of
from mulin.workshop.production.views.life import drawn


@opened_to(*KEEPERS)
def scan(request: Request) -> HttpResponse:
    """The code on a label opens its lot; open lots stand below."""
    form = ScanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        # A scanner types the whole address that the label holds.
        code = normalise_code(form.cleaned_data["code"]).rstrip("/").rsplit("/", 1)[-1]
        lot = Lot.objects.filter(code=code).first()
        if lot is not None:
            return redirect("production:lot", pk=lot.merged_into_id or lot.pk)
        form.add_error("code", _("No lot has this code. Look at the label again."))
    late = Lot.objects.open().filter(due__lt=local_day(request.now))
    context = {
        "form": form,
        "questions": queries.questions_open().count(),
        "late": late.select_related("order", "worker__person")[:30],
        "recent": Lot.objects.open().filter(worker__isnull=False)
        .select_related("order", "worker__person").order_by("due", "id")[:30],
    }  # fmt: skip
    return render(request, "production/scan.html", context, status=422 if form.errors else 200)


@opened_to(*KEEPERS, Role.WORKSHOP_WORKER, Role.CARRIER)
@require_safe
def scanned(request: Request, code: str) -> HttpResponse:
    """What the label's code opens: the lot for whoever runs the workshop, her page for a worker, the
    door of today's round where the lot is handed over for a carrier.
    """
    lot: Lot = get_object_or_404(
        Lot.objects.select_related("worker__person"), code=normalise_code(code)
    )
    if request.actor.has(*KEEPERS):
        return redirect("production:lot", pk=lot.merged_into_id or lot.pk)
    if may_see_lot(request.actor, lot):
        return redirect("production:mine")
    if not request.actor.has(Role.CARRIER):
        return redirect("production:mine")
    stop = queries.open_stop_of(lot, request.actor, local_day(request.now))
    if stop is None:
        messages.error(request, _("This lot is on no round of yours today, or its door is done."))
        return redirect("production:rounds")
    return redirect(reverse("production:round", args=[stop.carrying_id]) + f"#stop-{stop.pk}")


@opened_to(*KEEPERS)
@require_safe
def lot(request: Request, pk: int) -> HttpResponse:
    """Everything that happened to a lot."""
    return _lot_page(request, _lot(pk))


@opened_to(*KEEPERS)
@require_POST
def lot_act(request: Request, pk: int, deed: str) -> HttpResponse:
    """Something is done to a lot."""
    found = _lot(pk)
    items = Item.objects.filter(order=found.order_id).in_bulk()
    refused = do(_deeds(found, items), deed, request)
    if refused is None:
        return redirect("production:lot", pk=pk)
    return _lot_page(request, found, failed=(deed, refused))


@opened_to(*KEEPERS)
def judge(request: Request, pk: int) -> HttpResponse:
    """Counted pieces are judged; first she agrees to the count, on paper if she has no phone."""
    receipt: Receipt = get_object_or_404(
        Receipt.objects.select_related("lot__order__operation", "worker__person"), pk=pk
    )
    left = queries.unjudged(receipt)
    form = JudgeForm(request.POST or None, request.FILES or None, initial={"accepted": int(left)})
    if request.method == "POST" and form.is_valid():
        photo = form.cleaned_data["photo"]
        done = attempt(
            form,
            lambda: acts.judge(
                receipt, form.verdict(), photo=photo[0] if photo else None, by=request.actor,
                now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if done is not None:
            messages.success(request, _("Judged."))
            return redirect("production:lot", pk=receipt.lot_id)
    return _judge_page(request, receipt, form=form)


def _judge_page(
    request: Request, receipt: Receipt, *, form: JudgeForm | None = None,
    sample_form: SampleForm | None = None,
) -> HttpResponse:  # fmt: skip
    left = queries.unjudged(receipt)
    rule = queries.sampling_of(receipt, local_day(request.now))
    form = form or JudgeForm(initial={"accepted": int(left)})
    context = {
        "form": form,
        "receipt": receipt,
        "left": left,
        "plain_form": PlainForm(),
        "rule": rule,
        "sample": SampleCheck.objects.filter(receipt=receipt).first(),
        "sample_form": sample_form
        or SampleForm(initial={"looked": rule.sample if rule else None, "wrong": 0}),
    }
    is_wrong = form.errors or (sample_form is not None and sample_form.errors)
    return render(request, "production/judge.html", context, status=422 if is_wrong else 200)


@opened_to(*KEEPERS)
@require_POST
def sample(request: Request, pk: int) -> HttpResponse:
    """Some of what she gave back were looked at."""
    receipt: Receipt = get_object_or_404(
        Receipt.objects.select_related("lot__order__operation", "worker__person"), pk=pk
    )
    form = SampleForm(request.POST)
    if form.is_valid():
        done = attempt(
            form,
            lambda: acts.check_sample(
                receipt, looked=form.cleaned_data["looked"], wrong=form.cleaned_data["wrong"],
                by=request.actor, now=request.now, token=form.idempotency_token,
            ),
        )  # fmt: skip
        if done is not None:
            messages.success(request, _("Written down."))
            return redirect("production:judge", pk=pk)
    return _judge_page(request, receipt, sample_form=form)


@opened_to(*KEEPERS)
@require_safe
def questions(request: Request) -> HttpResponse:
    """What workers asked and nobody answered; the first asked first."""
    page = page_of(queries.questions_open(), request.GET)
    return render(request, "production/questions.html", {"page": page, "answer_form": AnswerForm()})


@opened_to(*KEEPERS)
@require_POST
def question_answer(request: Request, pk: int) -> HttpResponse:
    """A word of answer; it stays on the lot."""
    found: LotQuestion = get_object_or_404(
        LotQuestion.objects.select_related("worker__person"), pk=pk
    )
    form = AnswerForm(request.POST)
    done = None if not form.is_valid() else attempt(
        form,
        lambda: answer_question(
            found, answer=form.cleaned_data["answer"], by=request.actor, now=request.now,
            token=form.idempotency_token,
        ),
    )  # fmt: skip
    if done is not None:
        messages.success(request, _("She reads it on her page."))
    else:
        said = [str(error) for errors in form.errors.values() for error in errors]
        messages.error(request, " ".join(said))
    return redirect("production:lot", pk=found.lot_id)


@opened_to(*KEEPERS)
def undo(request: Request, pk: int) -> HttpResponse:
    """A line was a slip: it is turned round, with the reason; both lines stay."""
    row: Movement = get_object_or_404(
        Movement.objects.select_related(
            "lot__order", "item__order", "source_worker__person", "target_worker__person"
        ),
        pk=pk,
    )
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        back = attempt(
            form,
            lambda: turn_round(
                row, reason=form.cleaned_data["reason"], by=request.actor, now=request.now,
                token=form.idempotency_token,
            ),
        )  # fmt: skip
        if back is not None:
            messages.success(request, _("Turned round. Both lines stay."))
            if row.lot_id is None:
                return redirect("production:order", pk=row.item.order_id)
            return redirect("production:lot", pk=row.lot_id)
    context = {"form": form, "row": row}
    return render(request, "production/undo.html", context, status=422 if form.errors else 200)


@opened_to(*KEEPERS, Role.WORKSHOP_WORKER)
@require_safe
def fault(request: Request, pk: int) -> FileResponse:
    """A photo of what was wrong: for who runs the workshop, and for whose work it is."""
    row: Movement = get_object_or_404(
        Movement.objects.exclude(picture="").select_related("source_worker__person"), pk=pk
    )
    if row.source_worker is None or not is_hers(request.actor, row.source_worker):
        raise Http404
    return photo_response(row.picture)


def _lot(pk: int) -> Lot:
    found: Lot = get_object_or_404(
        Lot.objects.select_related("order__operation", "worker__person", "parent", "merged_into"),
        pk=pk,
    )
    # Parts and what was put together are of the same order.
    for one in (found.parent, found.merged_into):
        if one is not None:
            one.order = found.order
    return found


def _deeds(lot: Lot, items: Mapping[int, Item]) -> dict[str, Deed]:
    """What can be done to a lot; the ledger says no to what does not fit."""

    # Any: an act of the lot, and an act of the page.
    def says(act: Any, *names: str) -> Any:
        def run(form: ActForm, request: Request) -> object:
            values = {name: form.cleaned_data[name] for name in names}
            return act(
                lot, **values, by=request.actor, now=request.now, token=form.idempotency_token
            )

        return run

    def for_worker(act: Any, *names: str) -> Any:
        def run(form: ActForm, request: Request) -> object:
            values = {name: form.cleaned_data[name] for name in names}
            return act(
                lot, form.cleaned_data["worker"], **values, by=request.actor, now=request.now,
                token=form.idempotency_token,
            )  # fmt: skip

        return run

    def hand_on(form: ActForm, request: Request) -> object:
        values = form.cleaned_data
        return acts.hand_on(
            lot, values["worker"], values["taker"], quantity=values["quantity"], by=request.actor,
            now=request.now, token=form.idempotency_token,
        )  # fmt: skip

    material = [one for one in items.values() if not one.is_piece]
    form = partial(MaterialForm, items=material)
    deeds = {
        "issue": Deed(
            gettext_lazy("Give it out"), for_worker(acts.issue, "quantity", "by_tricycle"),
            gettext_lazy("Given out."), IssueForm, is_kept=True,
        ),
        "back": Deed(
            gettext_lazy("Finished pieces come back"),
            for_worker(acts.give_back, "counted", "is_agreed"),
            gettext_lazy("Counted."), GiveBackForm, is_kept=True,
        ),
        "return": Deed(
            gettext_lazy("Pieces come back unworked"),
            for_worker(acts.return_unused, "quantity", "note"),
            gettext_lazy("They are in the store again."), ReturnForm, is_kept=True,
        ),
        "again": Deed(
            gettext_lazy("Give out to be done again"), for_worker(acts.do_again, "quantity"),
            gettext_lazy("Given out."), AgainForm, is_kept=True,
        ),
        "on": Deed(
            gettext_lazy("Another worker has it now"), hand_on, gettext_lazy("It is with her now."),
            HandOnForm, is_kept=True,
        ),
        "lose": Deed(
            gettext_lazy("Pieces are lost or spoilt"),
            says(acts.lose, "worker", "spot", "quantity", "cause", "note"),
            gettext_lazy("Written down, with who bears it."), LoseForm, is_kept=True,
        ),
        "find": Deed(
            gettext_lazy("More came out than was given"),
            for_worker(acts.find_more, "quantity", "note"),
            gettext_lazy("Written down."), FindForm, is_kept=True,
        ),
        "divide": Deed(
            gettext_lazy("Make a second lot of a part"), says(acts.divide, "quantity"),
            gettext_lazy("The part has a label of its own."), QuantityForm, is_kept=True,
        ),
        "merge": Deed(
            gettext_lazy("Put another lot to it"), says(acts.merge, "other"),
            gettext_lazy("They are one lot now. The other label leads here, too."),
            MergeForm, is_kept=True,
        ),
    }  # fmt: skip
    if material:
        deeds |= {
            "material": Deed(
                gettext_lazy("Material goes with it"),
                for_worker(acts.material_out, "item", "quantity"), gettext_lazy("Given out."), form,
            ),
            "material-back": Deed(
                gettext_lazy("Material that was left comes back"),
                for_worker(acts.material_back, "item", "quantity", "note"),
                gettext_lazy("It is in the store again."),
                partial(MaterialBackForm, items=material),
            ),
        }  # fmt: skip
    return deeds


def _lot_page(request: Request, lot: Lot, failed: Failed | None = None) -> HttpResponse:
    items = Item.objects.filter(order=lot.order_id).in_bulk()
    rows = queries.life_of(lot, items)
    pieces = [queries.ends_of(row) for row in rows if row.item.is_piece]
    standing = standing_of(pieces)
    possible = _possible(lot, pieces, standing) | ({failed[0]} if failed else set())
    context = {
        "lot": lot,
        "lines": drawn(rows, request.now),
        "standing": standing,
        "holders": queries.holders_of(rows),
        "along": queries.along_of(rows),
        "receipts": queries.receipts_of(lot),
        "offers": lot.offers.select_related("worker__person")[:10],
        "questions": lot.questions.select_related("worker__person").order_by("-at")[:20],
        "answer_form": AnswerForm(),
        "merged": lot.merged.select_related("order"),
        "deeds": shown(
            {name: deed for name, deed in _deeds(lot, items).items() if name in possible},
            lambda deed: reverse("production:lot-act", args=[lot.pk, deed]),
            failed,
            {"worker": str(lot.worker)} if lot.worker else None,
        ),
    }
    return render(request, "production/lot.html", context, status=422 if failed else 200)


def _possible(lot: Lot, pieces: list[Moved], standing: Standing) -> frozenset[str]:
    """Which forms the page offers; none for a lot that lies in another."""
    if lot.merged_into_id is not None:
        return frozenset()
    free = lot.quantity - queries.given_out(pieces)
    return fitting(standing, free=free, is_running=lot.order.state == OrderState.RUNNING)

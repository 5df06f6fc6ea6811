"""Work orders from above: what is owed by when, and the file in which the answers go back."""

from collections.abc import Iterable

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.ground.community.access import Request, opened_to
from mulin.ground.community.rules import DESK_ROLES
from mulin.ground.downloads.rules import Format
from mulin.kit.clock import local_day
from mulin.kit.forms import PlainForm
from mulin.kit.paging import page_of
from mulin.kit.refusals import Refused
from mulin.kit.sheets import XLSX, Cell, write_csv, write_xlsx
from mulin.parlour.reception import orders
from mulin.parlour.reception.actions.orders import note_handed_back
from mulin.parlour.reception.forms.orders import SHOWN, HandBackForm
from mulin.parlour.reception.models import ImportedFile, WorkOrder
from mulin.parlour.reception.standing import standing


@opened_to(*DESK_ROLES)
@require_safe
def order_list(request: Request) -> HttpResponse:
    """The orders by their deadline; of one file, if the address names it."""
    show, file_id = request.GET.get("show", ""), request.GET.get("file", "")
    show = show if show in dict(SHOWN) else "all" if file_id else "open"
    chosen = int(file_id) if file_id.isascii() and file_id.isdigit() else None
    if chosen is not None and chosen >= 2**63:
        chosen = None
    page = page_of(orders.listed(request.actor, show, chosen), request.GET)
    context = {
        "page": page,
        "lines": [_line(order, request) for order in page.rows],
        "show": show,
        "shown": SHOWN,
        "file_id": chosen,
        "file": ImportedFile.objects.filter(pk=chosen).first() if chosen else None,
        "plain_form": PlainForm(auto_id=False),
        "form": HandBackForm(
            initial={"file": chosen, "only_fresh": True, "format": Format.XLSX.value}
        ),
    }
    return render(request, "reception/orders.html", context)


@opened_to(*DESK_ROLES)
@require_POST
def hand_back(request: Request) -> HttpResponseBase:
    """The file with the answers, in the layout in which the orders came."""
    form = HandBackForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose the file and how it is written."))
        return redirect("reception:orders")
    file = form.cleaned_data["file"]
    show = "to-hand-back" if form.cleaned_data["only_fresh"] else "all"
    rows = list(orders.listed(request.actor, show, file.pk if file else None))
    try:
        note_handed_back(rows, by=request.actor, now=request.now)
    except Refused as refusal:
        messages.error(request, str(refusal.message))
        return redirect("reception:orders")
    with translation.override(settings.LANGUAGE_CODE):
        header, cells = orders.table_of(rows, file)
        return _file(request, header, list(cells), form.cleaned_data["format"])


def _line(order: WorkOrder, request: Request) -> dict[str, object]:
    tone, word = standing(order.demand.state, order.demand.due_at, request.now)
    return {"order": order, "told": orders.reply_of(order), "tone": tone, "word": word}


def _file(
    request: Request, header: list[str], rows: Iterable[list[Cell]], wanted: str
) -> HttpResponseBase:
    name = f"orders-{local_day(request.now)}.{wanted}"
    head = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    if wanted == Format.CSV:
        return StreamingHttpResponse(
            write_csv(header, rows), content_type="text/csv; charset=utf-8", headers=head
        )
    return HttpResponse(write_xlsx(header, rows), content_type=XLSX, headers=head)

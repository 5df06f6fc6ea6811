"""A file of demands is taken out again: what nobody has touched since goes, all else stays."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, Model, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from mulin.commons.flow.models import Link, Need, NeedWords, Step
from mulin.ground.audit.actions import recording
from mulin.ground.audit.queries import acted_on, was_sent
from mulin.ground.community.rules import Actor
from mulin.kit.failpoints import failpoint
from mulin.kit.mentions import named_elsewhere
from mulin.kit.refusals import NotPermitted, Refused
from mulin.parlour.reception.importing.queries import still_there
from mulin.parlour.reception.models import Demand, ImportedFile, ImportedRow, WorkOrder
from mulin.parlour.reception.permissions import may

_AT_ONCE: Final = 500
#: Lines of a story, and acts, that come of taking in and of the clock alone.
_OWN_KINDS: Final = ("imported", "imported_closed", "ordered", "escalated")
_OWN_VERBS: Final = ("reception.take_in_order",)


def undo_file(
    file: ImportedFile, *, by: Actor, now: datetime, token: str | None = None
) -> ImportedFile:
    """Take out again the demands that a file brought, and the work orders, with their numbers: those
    that nobody here has touched and no other file names. `stayed` of the act says how many are left.

    Raises NotPermitted, and Refused for a file that was not taken in, or taken out already.
    """
    if not may(by, "import_demands"):
        raise NotPermitted(_("This is not yours to do."))
    removed = 0
    if not was_sent(token):
        _refuse_unless_in(file)
        removed = _take_all_out(file)
    with recording(by, "reception.undo_file", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(ImportedFile)
        file = ImportedFile.objects.select_for_update().get(pk=file.pk)
        _refuse_unless_in(file)
        file.undone_at = now
        file.save(update_fields=["undone_at"])
        act.on(file, after={"removed": removed, "stayed": still_there(file)})
    return file


def _refuse_unless_in(file: ImportedFile) -> None:
    if file.taken_in_at is None or file.undone_at is not None:
        raise Refused(_("There is nothing to take out again."))


def _take_all_out(file: ImportedFile) -> int:
    """By batches, each in a transaction of its own, as they came in: others write in between. Cut
    off, it is simply pressed again.
    """
    _let_go_of_repeats(file)
    brought = _brought_by(file)
    removed = 0
    for start in range(0, len(brought), _AT_ONCE):
        with transaction.atomic():
            removed += _take_out(brought[start : start + _AT_ONCE])
        failpoint("imports.after_batch_out")
    return removed


def _brought_by(file: ImportedFile) -> list[int]:
    came = Q(imported__file=file, imported__brought_it=True) | Q(order__file=file)
    return list(Demand.objects.filter(came).order_by("pk").values_list("pk", flat=True))


def _let_go_of_repeats(file: ImportedFile) -> None:
    """What it said of other files' demands goes, where they say the very same."""
    others = ImportedRow.objects.filter(demand=OuterRef("demand"), digest=OuterRef("digest"))
    file.lines.filter(Exists(others.exclude(file=file)), brought_it=False).delete()


def _take_out(demand_ids: Sequence[int]) -> int:
    rows = Demand.objects.select_for_update().filter(pk__in=demand_ids)
    needs = dict(rows.values_list("pk", "need_id"))
    orders = dict(WorkOrder.objects.filter(demand__in=needs).values_list("demand_id", "pk"))
    touched = _touched(needs, orders)
    free = [demand for demand in needs if demand not in touched]
    free_needs = [needs[demand] for demand in free]
    WorkOrder.objects.filter(demand__in=free).delete()
    Demand.objects.filter(pk__in=free).delete()
    Need.objects.filter(pk__in=free_needs).delete()
    return len(free)


def _touched(needs: dict[int, int], orders: dict[int, int]) -> set[int]:
    """Demands of which anything here speaks that taking in did not make itself."""
    of_need = {need: demand for demand, need in needs.items()}
    of_order = {order: demand for demand, order in orders.items()}
    told = Step.objects.filter(need__in=of_need).exclude(kind__in=_OWN_KINDS)
    touched = {of_need[need] for need in told.values_list("need_id", flat=True)}
    touched |= {
        of_need[need] for need in named_elsewhere(Need, of_need, besides=(NeedWords, Step, Demand))
    }
    touched |= named_elsewhere(Demand, needs, besides=(ImportedRow, WorkOrder))
    touched |= {of_order[order] for order in named_elsewhere(WorkOrder, of_order)}
    several = ImportedRow.objects.filter(demand__in=needs, brought_it=False)
    touched |= set(several.values_list("demand_id", flat=True))
    for model, whose in (
        (Need, of_need), (Demand, {pk: pk for pk in needs}), (WorkOrder, of_order),
    ):  # fmt: skip
        spoken_of = acted_on(model, whose, besides=_OWN_VERBS) | _linked(model, whose)
        touched |= {whose[pk] for pk in spoken_of}
    return touched


def _linked(model: type[Model], ids: Collection[int]) -> set[int]:
    kind = model._meta.label_lower
    froms = Link.objects.filter(from_kind=kind, from_id__in=ids)
    tos = Link.objects.filter(to_kind=kind, to_id__in=ids)
    return {*froms.values_list("from_id", flat=True), *tos.values_list("to_id", flat=True)}

"""The old register of mediation, taken in from a file: numbers, kinds, days, outcomes, and no name.

What the parties said stays in its folder on the shelf: a file of Excel is no place for it.
"""

from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from mulin.circle.mediation.actions.intake import nameless
from mulin.circle.mediation.models import Case
from mulin.circle.mediation.permissions import check_directs
from mulin.circle.mediation.rules import AGREED, Kept, Kind, Method, Outcome, Source, State
from mulin.commons.ledgers.registry import Column, Ledger, Taken, Values
from mulin.commons.ledgers.registry import Kind as Cell
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor, Role
from mulin.kit.channels import Channel
from mulin.kit.clock import start_of_day
from mulin.kit.mentions import named_elsewhere
from mulin.kit.refusals import Refused

#: The words of a register kept by hand.
_KINDS: Final = {
    "邻里": Kind.NEIGHBOUR.value, "婚姻家庭": Kind.FAMILY.value, "噪声": Kind.NOISE.value,
    "停车": Kind.PARKING.value, "物业": Kind.PROPERTY.value, "租赁": Kind.TENANCY.value,
    "劳资": Kind.WAGES.value, "损害赔偿": Kind.DAMAGE.value, "借贷": Kind.DEBT.value,
    "消费": Kind.TRADE.value, "其他": Kind.OTHER.value,
}  # fmt: skip
_OUTCOMES: Final = {
    "书面协议": Outcome.WRITTEN.value, "口头协议": Outcome.ORAL.value,
    "未成": Outcome.FAILED.value, "撤回": Outcome.WITHDRAWN.value,
}  # fmt: skip
_METHODS: Final = {
    "动情晓理": Method.HEART.value, "利益共赢": Method.GAIN.value, "求同存异": Method.COMMON.value,
}  # fmt: skip
_KEPT: Final = {
    "已履行": Kept.KEPT.value,
    "部分履行": Kept.PARTLY.value,
    "未履行": Kept.BROKEN.value,
}

COLUMNS: Final = (
    Column("number", _("Number"), also=("案号", "卷号", "编号"), is_required=True, most=20),
    Column("kind", _("What about"), Cell.CHOICE, also=("纠纷类型",), choices=_KINDS, is_required=True),
    Column("received", _("Received"), Cell.DAY, also=("受理日期",), is_required=True),
    Column("ended", _("Ended"), Cell.DAY, also=("结案日期",), is_required=True),
    Column("outcome", _("Outcome"), Cell.CHOICE, also=("结果",), choices=_OUTCOMES, is_required=True),
    Column("method", _("Method"), Cell.CHOICE, also=("方法", "调解方法"), choices=_METHODS),
    Column("kept", _("Promises"), Cell.CHOICE, also=("履行情况",), choices=_KEPT),
)  # fmt: skip


def take_line(values: Values, *, by: Actor, now: datetime) -> Taken:
    """A line of the old register: a closed case without a key, of which nothing is kept but this.

    Raises NotPermitted, Refused.
    """
    check_directs(by)
    received, ended = start_of_day(values["received"]), start_of_day(values["ended"])
    if ended < received:
        raise Refused(_("It ends before it begins."))
    if Case.objects.filter(number=values["number"]).exists():
        raise Refused(_("This number stands in the register already."))
    agreed = values["outcome"] in AGREED
    with recording(nameless(by), "mediation.take_old", now=now) as act:
        case: Case = Case.objects.create(
            community_id=by.community_id, number=values["number"], kind=values["kind"],
            source=Source.APPLIED, channel=Channel.IMPORT, state=State.CLOSED,
            received_at=received, ended_at=ended, closed_at=ended, outcome=values["outcome"],
            method=values.get("method", ""), kept=values.get("kept", "") if agreed else "",
            days_taken=(values["ended"] - values["received"]).days,
        )  # fmt: skip
        act.on(case)
    return Taken(case)


def undo_line(pk: int) -> bool:
    """Out of the register again: only what came from a file, and nothing was written to since."""
    row = Case.objects.filter(pk=pk, channel=Channel.IMPORT, wrapped_key="").first()
    if row is None:
        return True
    if named_elsewhere(Case, [pk]):
        return False
    row.delete()
    return True


def shows(values: Values) -> str:
    """Number and day."""
    said: list[Any] = [values.get("number"), values.get("received"), values.get("ended")]
    return " · ".join(str(one) for one in said if one)


REGISTER: Final = Ledger(
    "mediation.register", _("Register of mediation"), COLUMNS, frozenset({Role.MEDIATION_DIRECTOR}),
    take_line, undo_line, shows,
)  # fmt: skip

"""What the room can be asked for in numbers."""

from typing import Any, Final

from django.db.models import Count, DecimalField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from mulin.circle.elders.models import CARE_LABELS, Contact, Elder, Group, Pair, ServiceOrder
from mulin.circle.elders.rules import OrderState, Outcome
from mulin.ground.figures.registry import By, Figure, Opened
from mulin.ground.figures.rules import Period

_GROUP = _("Elders 幸福荟")
_HOURS = DecimalField(max_digits=12, decimal_places=1)


def _seen(period: Period) -> "QuerySet[Contact]":
    rows: QuerySet[Contact] = Contact.objects.exclude(outcome=Outcome.NOT_SEEN).filter(
        **period.during("at")
    )
    return rows


def _delivered(period: Period) -> "QuerySet[ServiceOrder]":
    rows: QuerySet[ServiceOrder] = ServiceOrder.objects.filter(
        state=OrderState.DELIVERED, **period.during("ended_at")
    )
    return rows


def _contacts_ready(rows: "QuerySet[Contact]") -> "QuerySet[Contact]":
    return rows.select_related("elder__person", "helper__person", "entered_by")


def _elders(period: Period, **ends: Any) -> "QuerySet[Elder]":  # Any: days
    rows: QuerySet[Elder] = Elder.objects.filter(since__lte=period.last)
    return rows.filter(Q(ended_on__isnull=True) | Q(**ends))


def _groups(period: Period, **ends: Any) -> "QuerySet[Group]":  # Any: days
    rows: QuerySet[Group] = Group.objects.filter(began_at__lt=period.ends_at)
    return rows.filter(Q(ended_on__isnull=True) | Q(**ends))


def _pairs(period: Period, **ends: Any) -> "QuerySet[Pair]":  # Any: moments
    rows: QuerySet[Pair] = Pair.objects.filter(began_at__lt=period.ends_at)
    return rows.filter(Q(ended_at__isnull=True) | Q(**ends))


#: What is counted both on the last day and at any time of the period. Any: what a Figure takes.
_ELDERS: Final[dict[str, Any]] = {
    "unit": _("persons"), "group": _GROUP, "date_field": "since", "about_persons": True,
    "row_template": "elders/figures/elder_row.html", "order": 70,
    "ready": lambda rows: rows.select_related("person"),
}  # fmt: skip
_GROUPS: Final[dict[str, Any]] = {
    "group": _GROUP, "date_field": "began_at", "order": 71,
    "row_template": "elders/figures/group_row.html",
}  # fmt: skip
_PAIRS: Final[dict[str, Any]] = {
    "unit": _("pairs"), "group": _GROUP, "date_field": "began_at", "about_persons": True,
    "persons": "elder__person", "row_template": "elders/figures/pair_row.html", "order": 72,
    "ready": lambda rows: rows.select_related("elder__person", "helper__person"),
}  # fmt: skip
_ON_LAST_DAY: Final[dict[str, Any]] = {"at_end": True, "is_public": True}
#: Every figure of services counts what was delivered.
_ORDERS: Final[dict[str, Any]] = {
    "group": _GROUP, "rows": _delivered, "date_field": "ended_at", "order": 74,
    "row_template": "elders/figures/order_row.html",
    "ready": lambda rows: rows.select_related("elder__person", "service"),
}  # fmt: skip
_CONTACTS: Final[dict[str, Any]] = {
    "group": _GROUP, "date_field": "at", "row_template": "elders/figures/contact_row.html",
    "ready": _contacts_ready, "is_public": True, "about_persons": True,
}  # fmt: skip


FIGURES = (
    Figure(
        name="elders.elders_at_end",
        label=_("Elders in care on the last day"),
        definition=_(
            "Elders who agreed to be looked after and were still in care at the end of the period's"
            " last day."
        ),
        rows=lambda period: _elders(period, ended_on__gt=period.last),
        **_ELDERS | _ON_LAST_DAY,
    ),
    Figure(
        name="elders.groups_at_end",
        label=_("Mutual-aid groups on the last day 互助小组"),
        definition=_("Groups that had begun and not ended at the end of the period's last day."),
        rows=lambda period: _groups(period, ended_on__gt=period.last),
        **_GROUPS | _ON_LAST_DAY,
    ),
    Figure(
        name="elders.pairs_at_end",
        label=_("Pairs of an elder and a helper on the last day 结对"),
        definition=_(
            "Pairs on trial or lasting at the end of the period's last day: an elder who is very old"
            " or lives alone, and the helper who looks in."
        ),
        rows=lambda period: _pairs(period, ended_at__gte=period.ends_at),
        **_PAIRS | _ON_LAST_DAY,
    ),
    Figure(
        name="elders.served",
        label=_("Elders served 受服务老人"),
        definition=_(
            "Elders to whom at least one service was delivered in the period, each counted once."
        ),
        unit=_("persons"),
        measure=Count("elder__person", distinct=True),
        within="elders.elders_at_end",
        about_persons=True,
        persons="elder__person",
        is_public=True,
        **_ORDERS,
    ),
    Figure(
        name="elders.kinds_of_care",
        label=_("Kinds of service that elders used 服务类别"),
        definition=_(
            "Of the six kinds of service (medical care, safety, emergency help, meals, housework,"
            " company): those of which at least one was delivered in the period."
        ),
        unit=_("kinds"),
        measure=Count("service__kind", distinct=True),
        is_public=True,
        **_ORDERS,
    ),
    Figure(
        name="elders.elders",
        label=_("Elders in care"),
        definition=_(
            "Elders who agreed to be looked after, taken in at any time until the last day of the"
            " period and not let go before its first."
        ),
        rows=lambda period: _elders(period, ended_on__gte=period.first),
        **_ELDERS,
    ),
    Figure(
        name="elders.groups",
        label=_("Mutual-aid groups"),
        definition=_("Groups that went on at any time of the period."),
        rows=lambda period: _groups(period, ended_on__gte=period.first),
        **_GROUPS,
    ),
    Figure(
        name="elders.pairs",
        label=_("Pairs of an elder and a helper"),
        definition=_("Pairs on trial or lasting at any time of the period, ended ones included."),
        rows=lambda period: _pairs(period, ended_at__gte=period.starts_at),
        **_PAIRS,
    ),
    Figure(
        name="elders.contacts",
        label=_("Visits and calls to elders"),
        definition=_(
            "Visits and calls at which somebody was found, by the day they were made. Who was not"
            " found does not count."
        ),
        rows=_seen,
        opened=Opened(person="elder__person"),
        persons="elder__person",
        order=73,
        **_CONTACTS,
    ),
    Figure(
        name="elders.kinds_of_service",
        label=_("Services used by elders"),
        definition=_("Services of the catalogue that were delivered at least once."),
        unit=_("services"),
        measure=Count("service", distinct=True),
        **_ORDERS,
    ),
    Figure(
        name="elders.services",
        label=_("Services delivered to elders"),
        definition=_("Service orders that were delivered, by the day they were."),
        opened=Opened((By(_("Kind"), "service__kind", CARE_LABELS),), person="elder__person"),
        is_public=True,
        about_persons=True,
        persons="elder__person",
        **_ORDERS | {"order": 75},
    ),
    Figure(
        name="elders.hours_of_helpers",
        label=_("Hours that helpers gave by visits and calls"),
        definition=_(
            "Visits and calls made by helpers, in hours: as long as was written down, otherwise 30"
            " minutes a visit and 10 a call."
        ),
        unit=_("hours"),
        rows=lambda period: Contact.objects.filter(helper__isnull=False, **period.during("at")),
        measure=Sum(ExpressionWrapper(F("minutes") / 60.0, output_field=_HOURS)),
        persons="helper__person",
        order=76,
        **_CONTACTS,
    ),
)

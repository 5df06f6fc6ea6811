"""The old list of elders, taken in from a file."""

from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from mulin.circle.elders.actions.records import About, take_in
from mulin.circle.elders.models import CATEGORY_LABELS, Elder, Fact
from mulin.circle.elders.rules import Category
from mulin.commons.ledgers.queries import person_meant
from mulin.commons.ledgers.registry import Column, Kind, Ledger, Taken, Values
from mulin.ground.audit.queries import acted_on
from mulin.ground.community.rules import DESK_ROLES, Actor
from mulin.kit.mentions import named_elsewhere
from mulin.kit.refusals import Refused

#: The words of a list kept by hand, for each category.
_CATEGORIES: Final = {
    "高龄": Category.VERY_OLD.value, "独居": Category.ALONE.value,
    "空巢": Category.EMPTY_NEST.value, "留守": Category.LEFT_BEHIND.value,
    "失能": Category.DISABLED.value, "重残": Category.DISABLED.value,
    "特殊家庭": Category.SPECIAL_FAMILY.value,
}  # fmt: skip

COLUMNS: Final = (
    Column("name", _("Name"), also=("姓名", "name"), is_required=True, most=60),
    Column("phone", _("Phone"), also=("电话", "手机", "联系电话"), most=30),
    Column("address", _("Lives at"), also=("住址", "地址"), most=80),
    Column("agreed", _("Has agreed"), Kind.YES, also=("同意", "已同意"), is_required=True),
    Column("categories", _("What is so"), Kind.CHOICES, also=("类别",), choices=_CATEGORIES),
    Column("source", _("Known from"), also=("依据", "来源"), most=120),
    Column("dialect", _("Dialect"), also=("方言",), most=40),
    Column("interests", _("Likes"), also=("爱好",), most=120),
    Column("can_do", _("Can do for others"), also=("特长",), most=120),
)  # fmt: skip


def take_line(values: Values, *, by: Actor, now: datetime) -> Taken:
    """An elder is taken into care as at the desk. Raises Refused."""
    person = person_meant(values["name"], values.get("phone", ""), values.get("address", ""))
    if person is None:
        raise Refused(
            _("Nobody on the roll is meant by this, or more than one: add phone or door.")
        )
    about = About(
        dialect=values.get("dialect", ""), interests=values.get("interests", ""),
        can_do=values.get("can_do", ""),
    )  # fmt: skip
    categories = [Category(one) for one in values.get("categories", [])]
    elder = take_in(
        person, has_agreed=values["agreed"], categories=categories,
        source=values.get("source", "") or (str(_("the old list")) if categories else ""),
        about=about, by=by, now=now,
    )  # fmt: skip
    return Taken(elder)


def undo_line(pk: int) -> bool:
    """Out again, unless somebody visited, paired, wrote, thanked or ordered something since."""
    elder = Elder.objects.filter(pk=pk).first()
    if elder is None:
        return True
    facts = elder.facts.values_list("pk", flat=True)
    if (
        named_elsewhere(Elder, [pk], besides=(Fact,))
        or acted_on(Elder, [pk], besides=("elders.take_in",))
        or acted_on(Fact, facts)
    ):
        return False
    elder.delete()
    return True


def shows(values: Values) -> str:
    """Who it is, and why they are on the list."""
    labels: dict[str, Any] = {one.value: label for one, label in CATEGORY_LABELS.items()}
    words = "、".join(str(labels[one]) for one in values.get("categories", []))
    return " · ".join(
        filter(None, (values.get("name", ""), values.get("address", ""), words))
    )  # fmt: skip


CARE: Final = Ledger(
    "elders.care", _("Elders in care"), COLUMNS, DESK_ROLES, take_line, undo_line, shows
)

"""The sheet on which a demand is written by hand: what it asks, and what becomes of it.

Whoever changes a question, a choice or its place raises VERSION: sheets printed before are read by
the definition they were printed from (tests/paper/test_channels.py holds the fingerprint).
"""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext as _

from mulin.commons.flow.actions import add_photo
from mulin.commons.flow.models import Category, ContactWish, PhotoMoment, Visibility
from mulin.commons.flow.said import Said
from mulin.commons.paper.registry import PaperUse, Taken
from mulin.ground.community.rules import DESK_ROLES, Actor
from mulin.kit.clock import local_day, start_of_day
from mulin.kit.paper.definition import Choice, Field, Form, Kind
from mulin.kit.refusals import Refused
from mulin.parlour.reception.actions.demands import receive_demand
from mulin.parlour.reception.models import Demand

CODE: Final = "DEMAND"
VERSION: Final = 1
#: A sheet that lay in the box for longer bears a slip of the pen, not its day.
OLDEST: Final = timedelta(days=180)


def demand_sheet() -> Form:
    """The form, in the language that is active."""
    return Form(
        code=CODE,
        version=VERSION,
        title=_("Tell us what it is about"),
        under=_("Hand it in at the service hall, or put it into the box. You get an answer."),
        fields=(
            Field("words", _("What is it about?"), Kind.TEXT, lines=3, most=2000, is_required=True),
            Field("place", _("Where is it?"), Kind.TEXT, most=120, hint=_("building, unit, floor")),
            Field("kind", _("What kind of matter?"), Kind.ONE, _kinds()),
            Field("contact", _("How shall we answer you?"), Kind.ONE, _ways()),
            Field(
                "visibility", _("Who may know that it was you?"), Kind.ONE, _circles(), decides=True
            ),
            Field("name", _("Your name"), Kind.NAME),
            Field("phone", _("Your phone number"), Kind.PHONE),
            Field("day", _("Day"), Kind.DAY, hint=_("year, month, day: 20261128")),
        ),
    )


def _kinds() -> tuple[Choice, ...]:
    return (
        Choice("repair", _("public facilities")),
        Choice("clean", _("cleanliness")),
        Choice("safety", _("danger")),
        Choice("traffic", _("parking")),
        Choice("neighbour", _("neighbours")),
        Choice("elder", _("old people")),
        Choice("child", _("children")),
        Choice("work", _("work")),
        Choice("policy", _("policy, papers")),
        Choice("property", _("property company")),
        Choice("other", _("something else")),
    )


def _ways() -> tuple[Choice, ...]:
    return (
        Choice(ContactWish.CALL, _("call me")),
        Choice(ContactWish.DOOR, _("come by")),
        Choice(ContactWish.MESSAGE, _("write to me")),
        Choice(ContactWish.NONE, _("I ask myself")),
    )


def _circles() -> tuple[Choice, ...]:
    return (
        Choice(Visibility.NAMED, _("whoever works on it")),
        Choice(Visibility.ANONYMOUS, _("the desk alone")),
        Choice(Visibility.CONFIDENTIAL, _("keep the matter secret, too")),
    )


def take_sheet(taken: Taken, *, by: Actor, now: datetime) -> models.Model:
    """A sheet becomes a demand; its picture lies with it, for those who may know who asked."""
    demand = receive_demand(said_on(taken, now=now), by=by, now=now, received=now)
    if taken.picture is not None:
        add_photo(demand.need, taken.picture, moment=PhotoMoment.SHEET, now=now)
    return demand


def said_on(taken: Taken, *, now: datetime) -> Said:
    """What a sheet says, as values. Raises Refused for a day that lies ahead."""
    values = taken.values
    day = values.get("day")
    if day is not None and day > local_day(now):
        raise Refused(_("This day lies ahead. Compare it with the sheet."), field="day")
    written = start_of_day(day) if day is not None and day < local_day(now) else None
    return Said(
        words=values["words"],
        person=taken.person,
        contact_name="" if taken.person else values.get("name") or "",
        contact_phone=values.get("phone") or "",
        category=_category(values.get("kind")),
        place_words=values.get("place") or "",
        visibility=values.get("visibility") or Visibility.NAMED,
        contact_wish=values.get("contact") or ContactWish.CALL,
        said_at=written if written and now - written <= OLDEST else None,
    )


def _category(code: Any) -> Category | None:  # Any: what the field gives, or nothing
    if not code:
        return None
    found: Category | None = Category.objects.filter(code=code, is_active=True).first()
    return found


def number_of(record: models.Model) -> str:
    """What a sheet's record is called."""
    return record.need.number if isinstance(record, Demand) else ""


def ratings() -> tuple[Choice, ...]:
    """How an answer is rated, best first."""
    return (
        Choice("5", _("very good")),
        Choice("4", _("good")),
        Choice("3", _("so-so")),
        Choice("2", _("poor")),
        Choice("1", _("bad")),
    )


DEMAND_SHEET: Final = PaperUse(
    code=CODE,
    define=demand_sheet,
    take=take_sheet,
    number=number_of,
    model="reception.demand",
    page="reception:demand",
    roles=DESK_ROLES,
)

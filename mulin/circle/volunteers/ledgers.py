"""Old lists of volunteers, and of the hours they gave before, taken in from files."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from mulin.circle.volunteers.actions.people import Says, register
from mulin.circle.volunteers.models import Activity, ActivityKind, Service, Volunteer
from mulin.circle.volunteers.queries import volunteer_of
from mulin.circle.volunteers.rules import KEEPERS, KIND, read_words
from mulin.commons.gatherings.models import Gathering
from mulin.commons.gatherings.rules import State
from mulin.commons.ledgers.queries import person_meant
from mulin.commons.ledgers.registry import Beside, Column, Kind, Ledger, Taken, Values
from mulin.ground.audit.actions import recording
from mulin.ground.audit.queries import acted_on
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.kit.clock import SHANGHAI, start_of_day
from mulin.kit.mentions import named_elsewhere
from mulin.kit.refusals import Refused

#: An old list says no time of day: its hours are laid one after the other from here on.
_BEGINS: Final = timedelta(hours=8)
_MOST_A_DAY: Final = timedelta(hours=15)

PEOPLE_COLUMNS: Final = (
    Column("name", _("Name"), also=("姓名", "name"), is_required=True, most=60),
    Column("phone", _("Phone"), also=("电话", "手机"), most=30),
    Column("address", _("Lives at"), also=("住址", "地址"), most=80),
    Column("skills", _("Skills"), also=("特长", "技能"), most=200),
    Column("times", _("When do you have time?"), also=("时间",), most=100),
    Column("team", _("Team"), also=("队伍",), most=40),
    Column("national", _("Volunteer number in the national system"), also=("志愿者编号",), most=30),
)  # fmt: skip
HOURS_COLUMNS: Final = (
    Column("name", _("Name"), also=("姓名", "name"), is_required=True, most=60),
    Column("phone", _("Phone"), also=("电话", "手机"), most=30),
    Column("day", _("Day"), Kind.DAY, also=("日期",), is_required=True),
    Column("activity", _("Activity"), also=("活动", "活动名称"), is_required=True, most=80),
    Column("kind", _("Kind"), also=("种类", "类别"), is_required=True, most=30),
    Column("hours", _("Hours"), also=("小时", "时长", "服务时长"), is_required=True, most=8),
    Column("place", _("Place"), also=("地点",), most=80),
)


def _person(values: Values) -> Person:
    found = person_meant(values["name"], values.get("phone", ""), values.get("address", ""))
    if found is None:
        raise Refused(
            _("Nobody on the roll is meant by this, or more than one: add phone or door.")
        )
    return found


def take_volunteer(values: Values, *, by: Actor, now: datetime) -> Taken:
    """Registered as at the desk. Raises Refused."""
    says = Says(
        skills=read_words(values.get("skills", "")), times=values.get("times", ""),
        team=values.get("team", ""), national_number=values.get("national", ""),
    )  # fmt: skip
    return Taken(register(_person(values), says, by=by, now=now))


def undo_volunteer(pk: int) -> bool:
    """Out again, unless they stand on a list, have hours or lines, or were changed since."""
    found = Volunteer.objects.filter(pk=pk).first()
    if found is None:
        return True
    if named_elsewhere(Volunteer, [pk]) or acted_on(
        Volunteer, [pk], besides=("volunteers.register",)
    ):
        return False
    found.delete()
    return True


def take_hours(values: Values, *, by: Actor, now: datetime) -> Taken:
    """Hours of before: minutes of a volunteer at an activity of that day. Which time of day it was no
    list of before says; two lines of a day lie one after the other, so that no minute counts twice.

    Raises Refused where the same line stands already.
    """
    try:
        minutes = int(Decimal(values["hours"]) * 60)
    except ArithmeticError:
        raise Refused(_("Write the hours as a number, like 1.5.")) from None
    if not 0 < minutes <= _MOST_A_DAY.total_seconds() // 60:
        raise Refused(_("Nobody helps so long on one day."))
    person = _person(values)
    made: list[models.Model] = []
    volunteer = volunteer_of(person)
    if volunteer is None:
        volunteer = register(person, Says(), by=by, now=now)
        made.append(volunteer)
    day: date = values["day"]
    begins = start_of_day(day) + _BEGINS
    with recording(by, "volunteers.take_hours", now=now) as act:
        activity, kind = _activity(values, begins, by=by, now=now)
        made += [kind] if kind is not None else []
        same_day = Service.objects.filter(
            volunteer=volunteer, begins_at__lt=begins + _MOST_A_DAY, ends_at__gt=begins
        )
        if same_day.filter(activity=activity).exists():
            raise Refused(_("These hours stand there already."))
        last = same_day.order_by("-ends_at").first()
        since = max(begins, last.ends_at) if last else begins
        if since + timedelta(minutes=minutes) > begins + _MOST_A_DAY:
            raise Refused(_("Nobody helps so long on one day."))
        until = since + timedelta(minutes=minutes)
        service: Service = Service.objects.create(
            community_id=by.community_id, activity=activity, volunteer=volunteer,
            begins_at=since, ends_at=until, minutes=minutes,
        )  # fmt: skip
        act.on(service, after={"minutes": minutes, "day": day})
    return Taken(service, tuple(made))


def _activity(
    values: Values, begins: datetime, *, by: Actor, now: datetime
) -> tuple[Activity, ActivityKind | None]:
    """The activity of a line, and its kind where the community had none of this name."""
    known: Activity | None = Activity.objects.filter(
        gathering__title=values["activity"], gathering__starts_at=begins, gathering__kind=KIND
    ).first()
    if known is not None:
        return known, None
    kind, is_new = ActivityKind.objects.get_or_create(
        community_id=by.community_id, name=values["kind"],
        defaults={"is_monthly": False, "ended_on": begins.astimezone(SHANGHAI).date()},
    )  # fmt: skip
    gathering = Gathering.objects.create(
        community_id=by.community_id, kind=KIND, title=values["activity"], starts_at=begins,
        ends_at=begins + _MOST_A_DAY, place_words=values.get("place", ""), host_id=by.account_id,
        state=State.HELD,
    )  # fmt: skip
    activity: Activity = Activity.objects.create(
        community_id=by.community_id, gathering=gathering, kind=kind, counted_at=now
    )
    return activity, kind if is_new else None


def undo_hours(pk: int) -> bool:
    """Out again, and with its last hours the activity that nothing else stands on; not where a
    certificate of these days was issued.
    """
    service = Service.objects.filter(pk=pk).select_related("activity__gathering").first()
    if service is None:
        return True
    day = service.begins_at.astimezone(SHANGHAI).date()
    certified = service.volunteer.certificates.filter(
        issued_at__isnull=False, since__lte=day, until__gte=day
    )
    if certified.exists():
        return False
    activity = service.activity
    service.delete()
    if not _has_more(activity):
        gathering = activity.gathering
        activity.delete()
        gathering.delete()
    return True


def _has_more(activity: Activity) -> bool:
    """Whether an activity was anything but the name of these hours."""
    gathering_id = activity.gathering_id
    return bool(
        named_elsewhere(Activity, [activity.pk])
        or acted_on(Activity, [activity.pk])
        or named_elsewhere(Gathering, [gathering_id], besides=(Activity,))
        or acted_on(Gathering, [gathering_id])
    )


def undo_kind(pk: int) -> bool:
    """A kind that came with hours of before is gone with the last of them."""
    if named_elsewhere(ActivityKind, [pk]) or acted_on(ActivityKind, [pk]):
        return False
    ActivityKind.objects.filter(pk=pk).delete()
    return True


def _volunteers_stay(count: int) -> str:
    return ngettext(
        "%(count)d volunteer whom it registered stays: they stand on a list, have hours or lines, or"
        " were changed since.",
        "%(count)d volunteers whom it registered stay: they stand on a list, have hours or lines, or"
        " were changed since.",
        count,
    ) % {"count": count}


def _kinds_stay(count: int) -> str:
    return ngettext(
        "%(count)d kind of activity that it brought stays: there are activities of it, or it was"
        " changed since.",
        "%(count)d kinds of activity that it brought stay: there are activities of them, or they were"
        " changed since.",
        count,
    ) % {"count": count}


def _shows_person(values: Values) -> str:
    return " · ".join(filter(None, (values.get("name"), values.get("skills"), values.get("team"))))


def _shows_hours(values: Values) -> str:
    said = (
        values.get("name"),
        str(values.get("day", "")),
        values.get("activity"),
        values.get("hours"),
    )
    return " · ".join(filter(None, said))


PEOPLE: Final = Ledger(
    "volunteers.people", _("Volunteers on the list"), PEOPLE_COLUMNS, KEEPERS, take_volunteer, undo_volunteer,
    _shows_person,
)  # fmt: skip
HOURS: Final = Ledger(
    "volunteers.hours", _("Volunteers' hours of before"), HOURS_COLUMNS, KEEPERS, take_hours,
    undo_hours, _shows_hours,
    besides=(
        Beside(Volunteer, undo_volunteer, _volunteers_stay),
        Beside(ActivityKind, undo_kind, _kinds_stay),
    ),
)  # fmt: skip

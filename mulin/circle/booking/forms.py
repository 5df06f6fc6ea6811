"""What is typed at the desk and on a phone about rooms and bookings."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mulin.circle.booking.actions.bookings import Wish
from mulin.circle.booking.actions.rooms import DiscountValues, PriceValues, RoomValues
from mulin.circle.booking.models import (
    BASIS_LABELS,
    GROUP_LABELS,
    MONEY_LABELS,
    PURPOSE_LABELS,
    OpensBy,
    Room,
)
from mulin.circle.booking.rules import (
    KNOWN,
    MINUTES_OF_A_DAY,
    MOST_DATES,
    Basis,
    Group,
    Money,
    Purpose,
    Span,
    Window,
    dates_of,
    is_sensible,
    laid_over,
    span_between,
)
from mulin.circle.booking.sheets import booking_sheet, read_time
from mulin.ground.people.models import Person
from mulin.ground.places.models import Place, weekday_name
from mulin.kit.channels import Channel
from mulin.kit.clock import last_day_of, local_day
from mulin.kit.forms import ActForm, DayField
from mulin.kit.paper.typed import DefinedForm, Shown
from mulin.kit.refusals import Refused

_WHOLE = _("Write a whole number.")


def _count(label: Any, **more: Any) -> forms.IntegerField:  # Any: words, and Django's options
    return forms.IntegerField(
        label=label, min_value=more.pop("min_value", 0), max_value=more.pop("max_value", 9999),
        error_messages={"required": _WHOLE, "invalid": _WHOLE},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "6"}), **more,
    )  # fmt: skip


def _yuan(label: Any, **more: Any) -> forms.DecimalField:  # Any: as above
    return forms.DecimalField(
        label=label, min_value=0, max_digits=10, decimal_places=2,
        error_messages={"invalid": _("Write an amount like 88.50.")},
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": "8"}), **more,
    )  # fmt: skip


_TIME = _("Write the time like 13:30.")


class _TimeInput(forms.TimeInput):
    """The browser's own clock, by the quarter."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M", attrs={"step": "900"})


def _time(label: Any, **more: Any) -> forms.TimeField:  # Any: as above
    return forms.TimeField(
        label=label, input_formats=["%H:%M", "%H:%M:%S"],
        error_messages={"required": _TIME, "invalid": _TIME}, widget=_TimeInput, **more,
    )  # fmt: skip


class WhenForm(DefinedForm):
    """On which day, from when until when: as the sheet asks it."""

    define = staticmethod(booking_sheet)
    shows: ClassVar = {
        "day": Shown("day", hint=_("Like 2026-11-20.")),
        "starts": Shown("starts", widget=_TimeInput, missing=_TIME),
        "ends": Shown("ends", widget=_TimeInput, missing=_TIME),
    }
    order: ClassVar[tuple[str, ...]] = ("day", "starts", "ends")

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not is_sensible(day):  # one that nobody can mean
            raise forms.ValidationError(_("Write the day like 2026-11-20."))
        return day

    def clean_starts(self) -> time:
        return self._time("starts")

    def clean_ends(self) -> time:
        return self._time("ends")

    def _time(self, name: str) -> time:
        try:
            return read_time(self.cleaned_data[name], name)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from None

    def span(self) -> Span:
        """What was typed, as a span."""
        values = self.cleaned_data
        return span_between(values["day"], values["starts"], values["ends"])


class MoveForm(WhenForm):
    """Another time for a booking."""


class BookForm(WhenForm):
    """Which time of a room, for how many, what for: the questions of the sheet, but for whose it is."""

    shows: ClassVar = WhenForm.shows | {
        "people": Shown("people"),
        "purpose": Shown("purpose", widget=forms.Select),
        "tables": Shown("tables"),
        "called": Shown("called"),
    }
    order: ClassVar[tuple[str, ...]] = (
        "day",
        "starts",
        "ends",
        "people",
        "purpose",
        "tables",
        "wants_kitchen",
        "called",
    )
    wants_kitchen = forms.BooleanField(label=_("With the kitchen"), required=False)
    waits = forms.BooleanField(
        label=_("If the time is taken, put me on the waiting list"), required=False, initial=True
    )

    def __init__(self, *args: Any, room: Room, **kwargs: Any) -> None:  # Any: Django's arguments
        super().__init__(*args, **kwargs)
        self.room = room
        if not room.tables:
            del self.fields["tables"]
            # No table, no banquet.
            choices = self.fields["purpose"].choices
            self.fields["purpose"].choices = [one for one in choices if one[0] != Purpose.BANQUET]
        if not room.has_kitchen:
            del self.fields["wants_kitchen"]

    def wish(self) -> Wish:
        """What was typed, as values."""
        values = self.cleaned_data
        return Wish(
            room=self.room, span=self.span(), people=values["people"],
            purpose=Purpose(values["purpose"]), tables=values.get("tables") or 0,
            wants_kitchen=values.get("wants_kitchen", False), called=values["called"],
        )  # fmt: skip


_RHYTHMS = ((1, _("every week")), (2, _("every two weeks")), (4, _("every four weeks")))


class OwnBookForm(BookForm):
    """A neighbour's own: once, or where the room allows it on several dates."""

    every_weeks = forms.TypedChoiceField(
        label=_("How often?"), coerce=int, required=False, empty_value="",
        choices=[("", _("once")), *_RHYTHMS],
    )  # fmt: skip
    until = DayField(
        label=_("Last day of the series"), is_last=True, required=False,
        help_text=_("Only for what comes again."),
    )  # fmt: skip
    order: ClassVar[tuple[str, ...]] = (
        "day",
        "starts",
        "ends",
        "every_weeks",
        "until",
        *BookForm.order[3:],
    )

    def __init__(self, *args: Any, room: Room, **kwargs: Any) -> None:  # Any: Django's arguments
        super().__init__(*args, room=room, **kwargs)
        if room.most_dates == 1:
            del self.fields["every_weeks"], self.fields["until"]

    def clean(self) -> dict[str, Any] | None:  # Any: cleaned values
        values: dict[str, Any] | None = super().clean()
        if self.errors or values is None or not values.get("every_weeks"):
            return values
        if not values["until"]:
            self.add_error("until", _("Say until when it comes again."))
            return values
        try:
            values["dates"] = dates_of(
                values["day"], last_day_of(values["until"]), values["every_weeks"]
            )
        except ValueError:
            self.add_error("until", _("At least one date, and a year at most."))
        return values

    @property
    def dates(self) -> list[date]:
        """The days of a series; none for what is booked once."""
        found: list[date] = self.cleaned_data.get("dates", [])
        return found

    def spans(self) -> list[Span]:
        """The hours of each date."""
        values = self.cleaned_data
        return [span_between(day, values["starts"], values["ends"]) for day in self.dates]


class DeskBookForm(BookForm):
    """The same for somebody at the desk or on the phone."""

    channel = forms.ChoiceField(
        label=_("How did they ask?"), widget=forms.RadioSelect, initial=Channel.WALK_IN.value,
        choices=[
            (one.value, one.label) for one in (Channel.WALK_IN, Channel.PHONE, Channel.PAPER)
        ],
    )  # fmt: skip


class SeriesForm(DeskBookForm):
    """The same hours every so many weeks."""

    every_weeks = forms.TypedChoiceField(
        label=_("How often?"), coerce=int,
        choices=list(_RHYTHMS),
    )  # fmt: skip
    until = DayField(label=_("Last day of the series"), is_last=True)
    order: ClassVar[tuple[str, ...]] = (
        "day",
        "starts",
        "ends",
        "every_weeks",
        "until",
        *BookForm.order[3:],
    )

    def clean(self) -> dict[str, Any] | None:  # Any: cleaned values
        values: dict[str, Any] | None = super().clean()
        if not self.errors and values is not None:
            try:
                values["dates"] = dates_of(
                    values["day"], last_day_of(values["until"]), values["every_weeks"]
                )
            except ValueError:
                self.add_error("until", _("At least one date, and a year at most."))
        return values

    def spans(self) -> list[Span]:
        """The hours of each date."""
        values = self.cleaned_data
        return [span_between(day, values["starts"], values["ends"]) for day in values["dates"]]


class CancelForm(ActForm):
    """Why it is not needed, or cannot be had."""

    reason = forms.CharField(label=_("A word why"), max_length=200, required=False)


class DeskCancelForm(ActForm):
    """Who cancels, and why."""

    reason = forms.CharField(
        label=_("A word why"), max_length=200, error_messages={"required": _("Say why.")}
    )
    is_theirs = forms.BooleanField(label=_("The booker asked for it"), required=False)


class MoneyForm(ActForm):
    """What came or went."""

    kind = forms.ChoiceField(
        label=_("What is it?"), choices=[(one.value, label) for one, label in MONEY_LABELS.items()]
    )
    yuan = _yuan(_("Amount in yuan"))
    note = forms.CharField(label=_("Note"), max_length=100, required=False)

    @property
    def money(self) -> Money:
        return Money(self.cleaned_data["kind"])


class CodeForm(ActForm):
    """The code that somebody says at the door."""

    code = forms.CharField(
        label=_("Opening code"), max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": "8"}),
    )  # fmt: skip


class RoomForm(ActForm):
    """What is said of a room."""

    place = forms.ModelChoiceField(
        label=_("Place"), queryset=Place.objects.none(), empty_label=_("Choose a place")
    )
    name = forms.CharField(
        label=_("Name of the room"), max_length=40, required=False,
        help_text=_("Empty where the place is one room."),
    )  # fmt: skip
    seats = _count(_("For how many people?"), min_value=1)
    tables = _count(_("Tables for banquets"), required=False)
    has_kitchen = forms.BooleanField(label=_("It has a kitchen"), required=False)
    cleaning_minutes = _count(
        _("Minutes of cleaning after each booking"), max_value=480, initial=15
    )
    longest_minutes = _count(
        _("Longest booking in minutes"), min_value=30, max_value=1440, initial=240
    )
    days_ahead = _count(_("Days it can be booked ahead"), min_value=1, max_value=366, initial=30)
    days_ahead_first = _count(
        _("Days ahead for those who go first"), min_value=1, max_value=366, initial=60,
        help_text=_("The old, low income, veterans, people with a disability."),
    )  # fmt: skip
    notice_hours = _count(_("Hours of notice for cancelling"), max_value=336, initial=24)
    most_open = _count(_("Bookings somebody may have at once"), min_value=1, initial=3)
    most_dates = _count(
        _("Dates a neighbour may book at once"), min_value=1, max_value=MOST_DATES, initial=1,
        required=False,
        help_text=_("The same hours every week; 1: only the desk books those."),
    )  # fmt: skip
    is_closed_on_holidays = forms.BooleanField(label=_("Closed on public holidays"), required=False)
    opens_by = forms.ChoiceField(label=_("How it is opened"), choices=OpensBy.choices)
    words = forms.CharField(
        label=_("What people should know"), max_length=300, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = Place.objects.filter(closed_at=None)

    def values(self) -> RoomValues:
        """What was typed, without the place."""
        typed = {name: self.cleaned_data[name] for name in RoomValues.__dataclass_fields__}
        typed["tables"] = typed["tables"] or 0
        typed["most_dates"] = typed["most_dates"] or 1
        return RoomValues(**typed)


class HoursForm(ActForm):
    """Hours on some days of the week."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("On which days?"), coerce=int, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one day.")},
    )  # fmt: skip
    opens = _time(_("From what time?"))
    closes = _time(_("Until what time?"), help_text=_("An earlier time is that of the next day."))
    is_idle = forms.BooleanField(
        label=_("Idle hours, open to the old"), required=False,
        help_text=_("They may be laid into hours that are there."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["weekdays"].choices = [(day, weekday_name(day)) for day in range(1, 8)]

    def added_to(self, windows: list[Window]) -> list[Window]:
        """The week with what was typed."""
        values = self.cleaned_data
        opens, closes = _minute(values["opens"]), _minute(values["closes"])
        if closes <= opens:
            closes += MINUTES_OF_A_DAY
        for day in values["weekdays"]:
            windows = laid_over(windows, Window(day, opens, closes, values["is_idle"]))
        return windows


def _minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute


class ShutForm(ActForm):
    """Days on which nobody can use it."""

    first = DayField(label=_("First day"))
    last = DayField(label=_("Last day"), is_last=True)
    reason = forms.CharField(
        label=_("Why?"), max_length=100,
        error_messages={"required": _("Say why, so that people know.")},
    )  # fmt: skip


class _RuleForm(ActForm):
    since = DayField(label=_("From which day on?"))
    until = DayField(label=_("Last day it counts"), is_last=True, required=False)
    source = forms.CharField(
        label=_("Who decided it?"), max_length=200,
        help_text=_("Like: policy for the banquet centre, residents' council of 5 March 2026."),
        error_messages={"required": _("Say who decided it.")},
    )  # fmt: skip

    def days(self) -> dict[str, Any]:  # Any: days and text
        """From when to when, by whom."""
        values = self.cleaned_data
        return {
            "since": local_day(values["since"]),
            "until": last_day_of(values["until"]) if values["until"] else None,
            "source": values["source"],
        }


class PriceForm(_RuleForm):
    """What the room costs."""

    purpose = forms.ChoiceField(
        label=_("What for?"), required=False,
        choices=[("", _("whatever it is for")), *((one.value, label) for one, label in PURPOSE_LABELS.items())],
    )  # fmt: skip
    yuan = _yuan(_("Price in yuan"))
    basis = forms.ChoiceField(
        label=pgettext_lazy("of a price", "How it is counted"),
        choices=[(one.value, label) for one, label in BASIS_LABELS.items()],
    )  # fmt: skip
    deposit = _yuan(_("Deposit, in yuan"), required=False)
    field_order = ("token", "purpose", "yuan", "basis", "deposit")

    def price(self) -> PriceValues:
        """What was typed, as values."""
        values = self.cleaned_data
        return PriceValues(
            purpose=values["purpose"], basis=Basis(values["basis"]), yuan=values["yuan"],
            deposit=values["deposit"] or Decimal(0), **self.days(),
        )  # fmt: skip


class DiscountForm(_RuleForm):
    """Who pays less."""

    group = forms.ChoiceField(
        label=_("For whom"), choices=[(one.value, label) for one, label in GROUP_LABELS.items()]
    )
    percent = forms.DecimalField(
        label=_("Percent off"), min_value=0, max_value=100, max_digits=5, decimal_places=2,
        help_text=_("100 is free of charge."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": "6"}),
    )  # fmt: skip
    only_idle = forms.BooleanField(label=_("In idle hours only"), required=False)
    field_order = ("token", "group", "percent", "only_idle")

    def discount(self) -> DiscountValues:
        """What was typed, as values."""
        values = self.cleaned_data
        return DiscountValues(
            group=Group(values["group"]), percent=values["percent"],
            only_idle=values["only_idle"], **self.days(),
        )  # fmt: skip


class EndForm(ActForm):
    """The last day on which a rule counts."""

    last = DayField(label=_("Last day"), is_last=True)


class GroupForm(ActForm):
    """Somebody showed a paper."""

    person = forms.ModelChoiceField(queryset=Person.objects.none(), widget=forms.HiddenInput)
    group = forms.ChoiceField(
        label=_("Belongs to"),
        choices=[(one.value, label) for one, label in GROUP_LABELS.items() if one not in KNOWN],
    )  # fmt: skip
    paper = forms.CharField(
        label=_("Which paper have you seen?"), max_length=100,
        error_messages={"required": _("Say which paper you have seen.")},
    )  # fmt: skip
    until = DayField(label=_("Counts until"), is_last=True, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = Person.objects.on_roll()


def times_of(typed: Mapping[str, str], room: Room, now: datetime) -> dict[str, Any]:
    """What a link to the form already says: day, from, until; the rest is guessed kindly."""
    initial: dict[str, Any] = {
        "purpose": Purpose.GROUP.value,
        "day": typed.get("day") or str(local_day(now) + timedelta(days=1)),
        "people": min(4, room.seats),
    }
    for name in ("starts", "ends", "purpose", "until", "every_weeks"):
        if typed.get(name):
            initial[name] = typed[name]
    return initial

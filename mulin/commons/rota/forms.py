"""What is typed about the rota."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.commons.planning.duty.reasons import Why
from mulin.commons.rota.actions.members import Said, Terms
from mulin.commons.rota.actions.months import Weekly
from mulin.commons.rota.models import (
    PART_LABELS,
    WANTED_LABELS,
    WHEN_LABELS,
    Duty,
    Member,
    Month,
    Shift,
    Wish,
)
from mulin.commons.rota.rules import Part, Wanted, When, days_of, month_of, parts_of
from mulin.commons.rota.words import day_words, shift_words
from mulin.kit.clock import local_day
from mulin.kit.forms import ActForm, DayField
from mulin.kit.templatetags.kit import dated, month_named

_MONTHS_AHEAD = 3


def _count(
    label: Any, *, least: int = 0, **more: Any
) -> forms.IntegerField:  # Any: as Django has it
    return forms.IntegerField(
        label=label, min_value=least, max_value=60,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "4"}), **more,
    )  # fmt: skip


def _clock(label: Any) -> forms.TimeField:  # Any: as above
    return forms.TimeField(
        label=label, widget=forms.TextInput(attrs={"size": "6"}),
        error_messages={"invalid": _("Write a time like 8:30.")},
    )  # fmt: skip


class OpenForm(ActForm):
    """Which month of which duty is begun."""

    which = forms.ChoiceField(label=_("Which month?"))

    def __init__(
        self, *args: Any, kinds: Iterable[tuple[str, Any]], today: date, **kwargs: Any
    ) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        # The next month first: this one has begun already.
        months = [month_of(today, ahead) for ahead in (1, 0, *range(2, _MONTHS_AHEAD))]
        self.fields["which"].choices = [
            (f"{name} {first:%Y-%m}", f"{label} · {month_named(first)}")
            for name, label in kinds
            for first in months
        ]

    def chosen(self) -> tuple[str, date]:
        """Kind and first of the month."""
        name, month = self.cleaned_data["which"].split(" ")
        return name, date.fromisoformat(f"{month}-01")


class WeeklyForm(ActForm):
    """A shift that comes again."""

    when = forms.ChoiceField(label=_("On which days?"), choices=list(WHEN_LABELS.items()))
    starts = _clock(_("From"))
    ends = _clock(_("Until"))
    adults = _count(_("How many people?"), least=1)
    leads = _count(_("Of them trained leads"), required=False)
    first_aiders = _count(_("Of them first aiders"), required=False)

    def weekly(self) -> Weekly:
        """What was typed, as values."""
        values = self.cleaned_data
        return Weekly(
            When(values["when"]), values["starts"], values["ends"], values["adults"],
            values["leads"] or 0, values["first_aiders"] or 0,
        )  # fmt: skip


def _called() -> forms.BooleanField:
    return forms.BooleanField(label=_("May be called when somebody is missing"), required=False)


class TermsForm(ActForm):
    """What a member can, and how much they do."""

    is_lead = forms.BooleanField(label=_("Trained lead"), required=False)
    is_first_aider = forms.BooleanField(label=_("First aider"), required=False)
    checked_on = DayField(
        label=_("Last record check on"), required=False,
        help_text=_("The day on which the check of criminal record was seen. With children it must be"
                    " less than twelve months old."),
    )  # fmt: skip
    most_shifts = _count(_("At most so many shifts a month"), required=False)
    most_weekends = _count(_("At most so many weekends a month"), required=False)
    is_substitute = _called()

    def terms(self) -> Terms:
        """What was typed, as values."""
        values = self.cleaned_data
        checked: datetime | None = values["checked_on"]
        return Terms(
            is_lead=values["is_lead"], is_first_aider=values["is_first_aider"],
            checked_on=local_day(checked) if checked else None,
            most_shifts=values["most_shifts"], most_weekends=values["most_weekends"],
            is_substitute=values["is_substitute"],
        )  # fmt: skip


def terms_of(member: Member) -> dict[str, Any]:  # Any: values of several fields
    """What the form of a member stands filled in with."""
    return {
        "is_lead": member.is_lead, "is_first_aider": member.is_first_aider,
        "checked_on": member.checked_on and member.checked_on.isoformat(),
        "most_shifts": member.most_shifts, "most_weekends": member.most_weekends,
        "is_substitute": member.is_substitute,
    }  # fmt: skip


class LimitsForm(ActForm):
    """How much a member does where the room says what they can."""

    most_shifts = _count(_("At most so many shifts a month"), required=False)
    most_weekends = _count(_("At most so many weekends a month"), required=False)
    is_substitute = _called()

    def terms(self, member: Member) -> Terms:
        """What was typed; what the room says of them stays."""
        values = self.cleaned_data
        return Terms(
            is_lead=member.is_lead, is_first_aider=member.is_first_aider,
            checked_on=member.checked_on, most_shifts=values["most_shifts"],
            most_weekends=values["most_weekends"], is_substitute=values["is_substitute"],
        )  # fmt: skip


class MemberForm(TermsForm):
    """Somebody new, with what they can."""

    who = forms.CharField(
        label=_("Who?"), max_length=60,
        help_text=_("The whole phone number; at the desk a name will do."),
        error_messages={"required": _("Type the phone number.")},
    )  # fmt: skip
    field_order = ("who",)


class ApartForm(ActForm):
    """Two who are never on one shift."""

    one = forms.ModelChoiceField(
        label=_("One of the two"), queryset=Member.objects.none(), empty_label=None
    )
    other = forms.ModelChoiceField(
        label=_("The other of the two"), queryset=Member.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        members = Member.objects.filter(kind=kind, left_on__isnull=True).select_related("person")
        self.fields["one"].queryset = members
        self.fields["other"].queryset = members


class PutForm(ActForm):
    """By hand: who is on a shift, too."""

    member = forms.ModelChoiceField(
        label=_("Who?"), queryset=Member.objects.none(), empty_label=_("Choose somebody")
    )

    def __init__(self, *args: Any, kind: str, day: date, **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = (
            Member.objects.filter(kind=kind).at(day).select_related("person")
        )


class SickForm(ActForm):
    """From when until when somebody can't come."""

    since = DayField(label=_("From which day?"))
    until = DayField(label=_("Away until which day?"), is_last=True, required=False)


class OwnSickForm(ActForm):
    """Until when somebody is ill who says so themself; empty: for this duty alone."""

    until = DayField(
        label=_("Away until which day?"), is_last=True, required=False,
        help_text=_("Empty: only this duty. With a day, all your duties until then are free."),
    )  # fmt: skip


class LeaveForm(ActForm):
    """From which day somebody does not take turns."""

    on = DayField(label=_("From which day?"))


class WishesForm(ActForm):
    """What somebody says about each day of a month, and their limits."""

    most_shifts = _count(_("At most so many shifts in this month"), required=False)
    most_weekends = _count(_("At most so many weekends in this month"), required=False)
    is_substitute = forms.BooleanField(
        label=_("You may call me when somebody is missing"), required=False
    )

    def __init__(self, *args: Any, month: Month, member: Member, **kwargs: Any) -> None:
        # Any: Django's own form arguments
        said: dict[str, list[str]] = {
            name: [] for wanted in Wanted for name in (_field(wanted), _parts(wanted))
        }
        for wish in Wish.objects.filter(month=month, member=member):
            if wish.part:
                said[_parts(wish.wanted)].append(f"{wish.day.isoformat()}/{wish.part}")
            else:
                said[_field(wish.wanted)].append(wish.day.isoformat())
        kwargs["initial"] = {
            **said,
            "most_shifts": member.most_shifts,
            "most_weekends": member.most_weekends,
            "is_substitute": member.is_substitute,
        }
        super().__init__(*args, **kwargs)
        days = [(day.isoformat(), day_words(day)) for day in days_of(month.first)]
        for wanted in Wanted:
            self.fields[_field(wanted)] = forms.MultipleChoiceField(
                label=WANTED_LABELS[wanted], choices=days, required=False,
                widget=forms.CheckboxSelectMultiple,
            )  # fmt: skip
        parts = _parts_to_tick(month)
        for wanted in Wanted if parts else ():
            self.fields[_parts(wanted)] = forms.MultipleChoiceField(
                label=WANTED_LABELS[wanted], choices=parts, required=False,
                widget=forms.CheckboxSelectMultiple,
            )  # fmt: skip
        self.order_fields([_field(wanted) for wanted in Wanted])

    @property
    def of_parts(self) -> list[forms.BoundField]:
        """What is said of parts of days; none where no day has two shifts."""
        return [self[name] for name in map(_parts, Wanted) if name in self.fields]

    @property
    def never(self) -> forms.BoundField:
        """The days on which they can't."""
        return self[_field(Wanted.UNABLE)]

    @property
    def of_leaning(self) -> list[forms.BoundField]:
        """The days that they would rather not or like to have: most have nothing to say of these."""
        return [self[_field(wanted)] for wanted in Wanted if wanted != Wanted.UNABLE]

    @property
    def of_month(self) -> list[forms.BoundField]:
        """What is said of the month as a whole."""
        days = {name(wanted) for wanted in Wanted for name in (_field, _parts)}
        return [field for field in self.visible_fields() if field.name not in days]

    def clean(self) -> dict[str, Any]:  # Any: as above
        """A day, or a part of one, stands in one list only."""
        values = super().clean() or {}
        for names in (map(_field, Wanted), map(_parts, Wanted)):
            seen: set[str] = set()
            for name in names:
                twice = seen & set(values.get(name, []))
                if twice:
                    self.add_error(
                        name,
                        _("You ticked %(day)s twice. Say one thing about a day.")
                        % {"day": dated(date.fromisoformat(min(twice).split("/")[0]))},
                    )
                seen |= set(values.get(name, []))
        return values

    def said(self) -> Said:
        """What was ticked, as values."""
        values = self.cleaned_data
        return Said(
            {
                date.fromisoformat(day): wanted
                for wanted in Wanted
                for day in values[_field(wanted)]
            },
            values["most_shifts"], values["most_weekends"],
            {
                (date.fromisoformat(day), Part(part)): wanted
                for wanted in Wanted
                for day, part in (one.split("/") for one in values.get(_parts(wanted), []))
            },
            is_substitute=values["is_substitute"],
        )  # fmt: skip


def _field(wanted: str) -> str:
    return wanted.replace(" ", "_")


def _parts(wanted: str) -> str:
    return f"{_field(wanted)}_parts"


def _parts_to_tick(month: Month) -> list[tuple[str, str]]:
    """The parts of days in which shifts are, on days where they are in more than one."""
    by_day: dict[date, set[Part]] = {}
    for shift in Shift.objects.filter(month=month):
        parts = parts_of(shift.day, shift.starts_at, shift.ends_at)
        by_day.setdefault(shift.day, set()).update(parts)
    return [
        (f"{day.isoformat()}/{part}", f"{day_words(day)} {PART_LABELS[part]}")
        for day, parts in sorted(by_day.items())
        for part in Part
        if len(parts) > 1 and part in parts
    ]


class SwapForm(ActForm):
    """Whom to ask: to take it, or for a day of theirs."""

    other = forms.ChoiceField(
        label=_("Whom do you ask?"),
        error_messages={"required": _("Choose somebody.")},
    )  # fmt: skip

    def __init__(
        self, *args: Any, why: Why, names: dict[str, str], theirs: Iterable[Duty], **kwargs: Any
    ) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        take = [
            (f"m{who}", _("%(name)s takes it") % {"name": names.get(who, "")})
            for who, _load in why.instead
        ]
        swap = [
            (
                f"d{duty.pk}",
                _("%(name)s, for %(shift)s")
                % {"name": duty.member, "shift": shift_words(duty.shift)},
            )
            for duty in theirs
        ]
        self.fields["other"].choices = [
            ("", _("Choose somebody")), (_("Somebody takes it"), take),
            (_("One day for another"), swap),
        ]  # fmt: skip

    def chosen(self) -> tuple[int | None, int | None]:
        """(member, their duty): one of the two."""
        typed = self.cleaned_data["other"]
        number = int(typed[1:])
        return (number, None) if typed[0] == "m" else (None, number)

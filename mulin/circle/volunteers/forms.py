"""What is typed about volunteers."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from mulin.circle.volunteers.actions.people import Says
from mulin.circle.volunteers.actions.planning import About
from mulin.circle.volunteers.models import (
    AUDIENCE_LABELS,
    BLOCK_LABELS,
    Activity,
    ActivityKind,
    Volunteer,
)
from mulin.circle.volunteers.queries import kinds_now, slots_at
from mulin.circle.volunteers.rules import (
    MOST_WANTED,
    read_posts,
    read_words,
    weekday_in_month,
)
from mulin.circle.volunteers.sheets import KNOWS, YES, help_sheet, register_sheet
from mulin.commons.gatherings.actions.planning import Plan
from mulin.commons.gatherings.actions.series import SeriesPlan
from mulin.commons.gatherings.forms import MomentField
from mulin.ground.people.forms import OrganisationField
from mulin.ground.places.models import Place, PlaceKind
from mulin.kit.channels import Channel
from mulin.kit.clock import SHANGHAI, local_day
from mulin.kit.forms import ActForm, DayField, HappenedField
from mulin.kit.paper.typed import DefinedForm, Shown

CHANNELS = [(one.value, one.label) for one in (Channel.WALK_IN, Channel.PHONE, Channel.PAPER)]


def _words(label: Any, most: int, **more: Any) -> forms.CharField:  # Any: Django's options
    return forms.CharField(label=label, max_length=most, required=False, **more)


def _area(label: Any, most: int, **more: Any) -> forms.CharField:  # Any: Django's options
    more.setdefault("required", False)
    return forms.CharField(
        label=label, max_length=most, widget=forms.Textarea(attrs={"rows": 3}), **more
    )


class RowForm(ActForm):
    """A button beside a line: which line, and which other one it is about."""

    row = forms.IntegerField(widget=forms.HiddenInput)
    other = forms.IntegerField(widget=forms.HiddenInput, required=False)
    knows_risks = forms.BooleanField(required=False)
    happened = HappenedField()


class AnswerForm(RowForm):
    """A decision with a word."""

    answer = forms.CharField(max_length=200, required=False)


class _Special(ActForm):
    """What is special to an activity."""

    organisation = OrganisationField(
        label=_("Who comes as a whole"), required=False,
        help_text=_("A clinic, a shop, a school that brings its people."),
    )  # fmt: skip
    slot_minutes = forms.IntegerField(
        label=_("Minutes for each who is served"), min_value=5, max_value=240, required=False,
        help_text=_("Then people book a time. Empty: they just come."),
    )  # fmt: skip
    chairs = forms.IntegerField(
        label=_("How many are served at a time"), min_value=1, max_value=50, initial=1,
        required=False,
    )  # fmt: skip
    insurance = _words(
        _("Insurance of the volunteers"), 120,
        help_text=_("Who insured them, and the number. Needed before what may be dangerous."),
    )  # fmt: skip


class ActivityForm(_Special):
    """A new activity, once or every month."""

    kind = forms.ModelChoiceField(
        label=_("What kind is it?"), queryset=ActivityKind.objects.none(), empty_label=None
    )
    title = _words(_("What is it called?"), 80, help_text=_("Empty: as its kind."))
    starts_at = MomentField(label=_("Begins"))
    ends_at = MomentField(label=_("Ends"))
    repeats = forms.ChoiceField(
        label=_("How often?"), widget=forms.RadioSelect, initial="once",
        choices=[
            ("once", _("once")),
            ("weekday", _("every month, on the same weekday of the month")),
            ("day", _("every month, on the same date")),
        ],
    )  # fmt: skip
    place = forms.ModelChoiceField(label=_("Place"), queryset=Place.objects.none(), required=False)
    place_words = _words(_("Room, or a place that is not in the list"), 80)
    posts = _area(
        _("Posts"), 600,
        help_text=_("One a line: name, how many, skill it needs. For example: Barber, 2, haircutting"),
    )  # fmt: skip
    about = _area(_("What should people know?"), 2000)
    field_order = (
        "kind", "starts_at", "ends_at", "repeats", "place", "place_words", "posts", "title",
        "about", "slot_minutes", "chairs", "organisation", "insurance",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        self.fields["kind"].queryset = kinds_now()
        self.fields["place"].queryset = Place.objects.filter(closed_at__isnull=True).exclude(
            kind=PlaceKind.LAMP
        )

    def clean_posts(self) -> Any:  # Any: posts
        """The posts, line by line."""
        try:
            return read_posts(self.cleaned_data["posts"])
        except ValueError as line:
            raise forms.ValidationError(
                _("“%(line)s” is no post. Write: name, how many, skill."), params={"line": line}
            ) from None

    def clean(self) -> dict[str, Any]:  # Any: cleaned values
        """What repeats begins and ends on one day: the day of a month is made anew each time."""
        values: dict[str, Any] = super().clean() or {}
        starts, ends = values.get("starts_at"), values.get("ends_at")
        is_once = values.get("repeats") == "once"
        if starts and ends and not is_once and local_day(starts) != local_day(ends):
            self.add_error("repeats", _("What lasts over midnight is planned each time by itself."))
        return values

    def special(self) -> About:
        """What is special to it."""
        values = self.cleaned_data
        return About(
            kind=values["kind"], posts=values["posts"], organisation=values["organisation"],
            insurance=values["insurance"], slot_minutes=values["slot_minutes"] or 0,
            chairs=values["chairs"] or 1,
        )  # fmt: skip

    def plan(self) -> Plan:
        """The gathering of one that is held once."""
        values = self.cleaned_data
        return Plan(
            title=values["title"] or values["kind"].name, starts_at=values["starts_at"],
            ends_at=values["ends_at"], place=values["place"], place_words=values["place_words"],
            about=values["about"],
        )  # fmt: skip

    def series(self) -> SeriesPlan:
        """The rule of one that is held every month, read from its first day."""
        values = self.cleaned_data
        starts = values["starts_at"].astimezone(SHANGHAI)
        nth, weekday = weekday_in_month(starts.date())
        return SeriesPlan(
            kind="volunteering", title=values["title"] or values["kind"].name,
            begins=starts.time(), ends=values["ends_at"].astimezone(SHANGHAI).time(),
            day=starts.day if values["repeats"] == "day" else 0, nth=nth, weekday=weekday,
            place=values["place"], place_words=values["place_words"], about=values["about"],
        )  # fmt: skip


class SetUpForm(_Special):
    """Insurance, appointments, who comes as a whole."""

    def __init__(self, *args: Any, activity: Activity, **kwargs: Any) -> None:  # Any: as above
        kwargs["initial"] = {
            "organisation": activity.organisation_id, "chairs": activity.chairs,
            "slot_minutes": activity.slot_minutes or None, "insurance": activity.insurance,
        }  # fmt: skip
        super().__init__(*args, **kwargs)


class ShiftForm(ActForm):
    """Another post or time."""

    post = forms.CharField(
        label=_("Which post"),
        max_length=40,
        error_messages={"required": _("Say what the post is called.")},
    )
    starts_at = MomentField(label=_("Begins"))
    ends_at = MomentField(label=_("Ends"))
    wanted = forms.IntegerField(
        label=_("How many are wanted"), min_value=1, max_value=MOST_WANTED, initial=1
    )
    skill = _words(_("Skill it needs"), 40)
    where = _words(_("Where exactly"), 60)

    def __init__(self, *args: Any, activity: Activity, **kwargs: Any) -> None:  # Any: as above
        kwargs["initial"] = {"starts_at": activity.span.begins, "ends_at": activity.span.ends}
        super().__init__(*args, **kwargs)


class _ForShift(DefinedForm):
    """Something about one of the shifts: that dangers were told is asked as on the sheet."""

    define = staticmethod(help_sheet)
    shows: ClassVar = {
        "knows_risks": Shown(KNOWS, label=_("knows what may be dangerous"), tick=YES),
    }
    order: ClassVar[tuple[str, ...]] = ("shift", "knows_risks")
    shift = forms.ModelChoiceField(label=_("Which post"), queryset=None, empty_label=None)

    def __init__(self, *args: Any, activity: Activity, **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        self.fields["shift"].queryset = activity.shifts.all()
        if activity.kind.risks:
            self.fields["knows_risks"].help_text = activity.kind.risks
        else:
            del self.fields["knows_risks"]


class SignUpForm(_ForShift):
    """A volunteer is put on the list, as they said by phone, on paper or here."""

    who = forms.CharField(
        label=_("Who?"), max_length=60, help_text=_("Name, number or phone of a volunteer."),
        error_messages={"required": _("Say who helps.")},
    )  # fmt: skip
    channel = forms.ChoiceField(label=_("How they said it"), choices=CHANNELS, required=False)
    order = ("who", "shift", "channel", "knows_risks")


class BringForm(_ForShift):
    """An organisation comes with its people."""

    organisation = OrganisationField(label=_("Who comes as a whole"), empty_label=None)
    order = ("organisation", "shift", "knows_risks")

    def __init__(self, *args: Any, activity: Activity, **kwargs: Any) -> None:  # Any: as above
        kwargs["initial"] = {"organisation": activity.organisation_id}
        super().__init__(*args, activity=activity, **kwargs)


class JoinForm(_ForShift):
    """I help."""

    shows: ClassVar = {"knows_risks": Shown(KNOWS, tick=YES)}


class _Slot(ActForm):
    """A time that is free."""

    after_minutes = forms.TypedChoiceField(
        label=_("At what time?"), coerce=int, error_messages={"required": _("Choose a time.")}
    )

    def __init__(self, *args: Any, activity: Activity, **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        self.fields["after_minutes"].choices = [
            (slot.after_minutes, time_format(slot.at.astimezone(SHANGHAI), "G:i"))
            for slot in slots_at(activity)
            if slot.free
        ]


class BookOwnForm(_Slot):
    """I come at this time."""


class BookForm(_Slot):
    """Somebody comes at this time."""

    who = forms.CharField(
        label=_("Who comes?"), max_length=60, help_text=_("The phone number; at the desk a name will do."),
        error_messages={"required": _("Say who comes.")},
    )  # fmt: skip
    is_stranger = forms.BooleanField(
        label=_("not on the roll: write it down as it is typed"), required=False
    )
    note = _words(
        _("Note"), 120, help_text=_("At home, on the second floor; a fan with a loose plug.")
    )
    channel = forms.ChoiceField(label=_("How they said it"), choices=CHANNELS, required=False)
    field_order = ("who", "after_minutes", "is_stranger", "note", "channel")


class NeedForm(RowForm):
    """What somebody said on the chair."""

    answer = forms.CharField(max_length=500, required=False)


class CountForm(ActForm):
    """How many were served without an appointment."""

    walk_ins = forms.IntegerField(
        label=_("Served without an appointment"), min_value=0, max_value=100_000
    )


class CloseForm(ActForm):
    """It is over."""

    ended_at = MomentField(label=_("When did it end?"))


class SaysForm(DefinedForm):
    """What somebody says of themselves: the questions of the sheet, but for who they are."""

    define = staticmethod(register_sheet)
    shows: ClassVar = {
        "skills": Shown("skills", widget=forms.TextInput, hint=_("With commas between.")),
        "times": Shown("times"),
        "team": Shown("team"),
    }
    order: ClassVar[tuple[str, ...]] = ("skills", "times", "team")
    national_number = _words(
        _("Volunteer number in the national system"), 30, help_text=_("If there is one.")
    )
    shows_stars = forms.BooleanField(label=_("show my stars"), required=False)

    def __init__(self, *args: Any, of: Volunteer | None = None, **kwargs: Any) -> None:
        if of is not None:
            kwargs["initial"] = {
                "skills": "，".join(of.skills), "times": of.times, "team": of.team,
                "national_number": of.national_number, "shows_stars": of.shows_stars,
            }  # fmt: skip
        super().__init__(*args, **kwargs)

    def says(self) -> Says:
        """What was typed, as the action takes it."""
        values = self.cleaned_data
        return Says(
            skills=read_words(values["skills"]), times=values["times"], team=values["team"],
            national_number=values["national_number"], shows_stars=values["shows_stars"],
        )  # fmt: skip


class RegisterForm(SaysForm):
    """Somebody new, at the desk."""

    who = forms.CharField(
        label=_("Who?"), max_length=60,
        help_text=_("The name, or the whole phone number."),
        error_messages={"required": _("Write the name or the phone number.")},
    )  # fmt: skip
    guardian = _words(
        _("Under fourteen: which parent says yes?"), 60,
        help_text=_("Name or phone number of a parent who signed for it; else leave it empty."),
    )  # fmt: skip
    channel = forms.ChoiceField(label=_("How they said it"), choices=CHANNELS, required=False)
    order = (
        "who", "skills", "times", "team", "national_number", "shows_stars", "guardian", "channel",
    )  # fmt: skip


class LineForm(ActForm):
    """A line of the record."""

    block = forms.ChoiceField(
        label=_("Part of the record"),
        choices=[(block.value, label) for block, label in BLOCK_LABELS.items()],
    )  # fmt: skip
    what = forms.CharField(label=_("What was it about?"), max_length=120)
    giver = _words(_("Who gave it?"), 60)
    day = DayField(label=_("On which day?"))
    minutes = forms.IntegerField(
        label=_("Minutes of training"), min_value=0, max_value=100_000, required=False
    )

    def the_day(self) -> date:
        """The day it was."""
        return local_day(self.cleaned_data["day"])


class CorrectionForm(ActForm):
    """Other times are right."""

    activity = forms.TypedChoiceField(label=_("Which activity?"), coerce=int)
    came_at = MomentField(label=_("I came"))
    left_at = MomentField(label=_("I left"))
    why = forms.CharField(
        label=_("What was wrong?"), max_length=200,
        error_messages={"required": _("Say in a few words what was wrong.")},
    )  # fmt: skip

    def __init__(
        self, *args: Any, activities: list[tuple[int, str]] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["activity"].choices = activities or []


class CertificateForm(ActForm):
    """A certificate of service between two days."""

    since = DayField(label=_("From"))
    until = DayField(label=_("Until"))
    purpose = _words(_("What for?"), 80)

    def days(self) -> tuple[date, date]:
        """The first and the last day."""
        return local_day(self.cleaned_data["since"]), local_day(self.cleaned_data["until"])


class VerifyForm(forms.Form):
    """The code on a certificate."""

    code = forms.CharField(
        label=_("Code on the certificate"), max_length=40,
        error_messages={"required": _("Type the sixteen characters.")},
    )  # fmt: skip


class ThanksForm(ActForm):
    """A word of thanks."""

    words = _area(_("Your words"), 200, required=True)
    signed = _words(_("Signed"), 30, help_text=_("As you like: Grandma Wang, block 12."))


class KindForm(ActForm):
    """A kind of activity."""

    name = forms.CharField(label=_("What is this kind called?"), max_length=30)
    about = _words(_("In a sentence"), 200)
    risks = _area(_("What may be dangerous"), 300, help_text=_("Told before anybody signs up."))
    is_risky = forms.BooleanField(label=_("insurance is needed first"), required=False)
    is_monthly = forms.BooleanField(
        label=_("we mean to hold it every month"), required=False, initial=True
    )
    field_order = ("name", "about", "is_monthly", "risks", "is_risky")


class OfferForm(ActForm):
    """A merchant's offer."""

    organisation = OrganisationField(label=_("Merchant"), empty_label=None)
    title = forms.CharField(label=_("What is given?"), max_length=80)
    audience = forms.ChoiceField(
        label=_("Whom is it for?"),
        choices=[(one.value, label) for one, label in AUDIENCE_LABELS.items()],
    )
    most = forms.IntegerField(label=_("How many times at most"), min_value=1, max_value=100_000)
    hours_needed = forms.IntegerField(
        label=_("From how many hours of service"), min_value=0, max_value=10_000, required=False
    )
    since = DayField(label=_("From"))
    until = DayField(label=_("Last day"))


class RedeemForm(ActForm):
    """The code of a coupon."""

    code = forms.CharField(
        label=_("Code on the coupon"), max_length=20,
        error_messages={"required": _("Type the eight characters.")},
    )  # fmt: skip

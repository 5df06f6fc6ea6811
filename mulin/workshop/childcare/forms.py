"""What is typed at the door, in the room, by a guardian."""

from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.models import Account
from mulin.kit import clock
from mulin.kit.clock import SHANGHAI, local_day
from mulin.kit.forms import ActForm, DayField, PhoneField, PhotosField
from mulin.kit.paper.typed import DefinedForm
from mulin.kit.paper.typed import Shown as Asked
from mulin.workshop.childcare.actions.enrolment import Asking, Facts
from mulin.workshop.childcare.actions.handover import Shown
from mulin.workshop.childcare.models import (
    ALLERGEN_LABELS,
    CALL_LABELS,
    Block,
    Booking,
    Carer,
    Child,
    Doing,
    Group,
    Guardian,
    Incident,
    MedicineOrder,
    Objection,
    Picker,
    Use,
)
from mulin.workshop.childcare.queries import Fetcher, carers_here
from mulin.workshop.childcare.rules import CLOSES, CODE_DIGITS, OPENS, Allergen, Call, Who
from mulin.workshop.childcare.sheets import enrolment_sheet

_ALLERGENS = [(one.value, ALLERGEN_LABELS[one]) for one in Allergen]
_SMALL = forms.Textarea(attrs={"rows": 2})


def _name(label: Any) -> forms.CharField:  # Any: words
    return forms.CharField(
        label=label, max_length=60, error_messages={"required": _("Write the name.")}
    )


def _time(label: Any, **more: Any) -> forms.TimeField:  # Any: words, and Django's options
    return forms.TimeField(
        label=label, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={
            "required": _("Write the time like 17:30."), "invalid": _("Write the time like 17:30."),
        }, **more,
    )  # fmt: skip


def _text(label: Any, **more: Any) -> forms.CharField:  # Any: as above
    more.setdefault("max_length", 1000)
    return forms.CharField(label=label, required=False, widget=_SMALL, **more)


class OfChildForm(ActForm):
    """A form about one child: its choices are of this child only."""

    def __init__(self, *args: Any, child: Child, **kwargs: Any) -> None:  # Any: Django's arguments
        super().__init__(*args, **kwargs)
        self.child = child
        choices: dict[str, QuerySet[Any]] = {
            "guardian": Guardian.objects.standing().filter(child=child),
            "against": Guardian.objects.standing().filter(child=child),
            "picker": Picker.objects.filter(child=child, stopped_at__isnull=True),
            "block": Block.objects.standing().filter(child=child),
            "booking": Booking.objects.filter(child=child, cancelled_at__isnull=True),
            "order": MedicineOrder.objects.filter(child=child, stopped_at__isnull=True),
            "incident": Incident.objects.filter(child=child),
            "objection": Objection.objects.filter(child=child, lifted_at__isnull=True),
            "second": carers_here(clock.now()).select_related("person"),
        }
        for name, field in self.fields.items():
            if isinstance(field, forms.ModelChoiceField) and name in choices:
                field.queryset = choices[name]


def _one(label: Any, **more: Any) -> "forms.ModelChoiceField[Any]":  # Any: as above
    """One row of this child; which rows is said by the form."""
    more.setdefault("empty_label", _("Choose"))
    return forms.ModelChoiceField(label=label, queryset=Child.objects.none(), **more)


def _hidden() -> "forms.ModelChoiceField[Any]":  # Any: rows of several tables
    return _one("", widget=forms.HiddenInput)


class EnrolForm(DefinedForm):
    """A child, its guardian, what the guardian agrees to: what the sheet asks, without a signature."""

    define = staticmethod(enrolment_sheet)
    shows: ClassVar = {
        "name": Asked("name", missing=_("Write the name.")),
        "born_on": Asked("born_on", hint=_("Like 2026-11-20.")),
        "guardian": Asked("guardian", missing=_("Write the name.")),
        "relation": Asked(
            "relation", hint=_("Mother, grandfather …"),
            missing=_("Write what they are to the child."),
        ),
        "phone": Asked(
            "phone", missing=_("A child without a guardian who can be called can't be minded.")
        ),
        "uses": Asked(
            "uses", missing=_("Without the guardian's consent nothing of a child may be kept.")
        ),
    }  # fmt: skip
    order = tuple(shows)

    def asking(self) -> Asking:
        """What was typed, as values."""
        values = self.cleaned_data
        return Asking(
            name=values["name"], born_on=values["born_on"], guardian=values["guardian"],
            relation=values["relation"], phone=values["phone"], uses=frozenset(values["uses"]),
        )  # fmt: skip


class GroupForm(ActForm):
    """Into which group; none is fine."""

    group = forms.ModelChoiceField(
        label=_("Group of children"),
        queryset=Group.objects.none(),
        required=False,
        empty_label=_("no group"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = Group.objects.all()


class GroupNameForm(ActForm):
    """A new group."""

    name = forms.CharField(
        label=_("Name of the group"),
        max_length=40,
        error_messages={"required": _("Write the name.")},
    )


class FactsForm(ActForm):
    """What the room should know. `child` is taken so that all forms about a child are made alike."""

    allergens = forms.MultipleChoiceField(
        label=_("Must not eat"), choices=_ALLERGENS, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    allergy = _text(_("Other allergies"), max_length=200)
    health = _text(_("Health: what we must know"))
    school = forms.CharField(label=_("School and class"), max_length=120, required=False)
    hours = forms.CharField(
        label=_("School hours, when it comes and goes"), max_length=120, required=False
    )
    plan = _text(_("If something happens: what to do, which hospital"))
    contacts = _text(_("Whom to call if no guardian answers"))

    def facts(self) -> Facts:
        """What was typed, as values."""
        values = self.cleaned_data
        return Facts(
            health=values["health"], allergens=tuple(values["allergens"]),
            allergy=values["allergy"], school=values["school"], hours=values["hours"],
            plan=values["plan"], contacts=values["contacts"],
        )  # fmt: skip


class GuardianForm(DefinedForm):
    """Another guardian, asked as the first was."""

    define = staticmethod(enrolment_sheet)
    shows: ClassVar = {
        "name": Asked("guardian"), "relation": Asked("relation"), "phone": Asked("phone"),
    }  # fmt: skip
    order = tuple(shows)


class PhoneForm(OfChildForm):
    """A guardian's new number; which guardian is known where the guardian writes it."""

    guardian = _one(_("Which guardian?"), required=False)
    phone = PhoneField(
        label=_("New number"), error_messages={"required": _("Write the new number.")}
    )


class PickerForm(OfChildForm):
    """Who else may fetch the child."""

    name = _name(_("Who may fetch the child?"))
    relation = forms.CharField(label=_("What they are to the child"), max_length=30)
    phone = PhoneField(label=_("Phone"), required=False)
    until = DayField(label=_("Until which day"), is_last=False, required=False)
    guardian = _one(_("Which guardian said so?"), required=False)

    def until_day(self) -> date | None:
        """The last day, or none."""
        until: datetime | None = self.cleaned_data["until"]
        return local_day(until) if until else None


class BlockForm(ActForm):
    """Who must not take the child, by which paper."""

    name = _name(_("Who must not take the child?"))
    relation = forms.CharField(label=_("What they are to the child"), max_length=30, required=False)
    phone = PhoneField(label=_("Phone"), required=False)
    paper = forms.CharField(
        label=_("Which paper did you see?"), max_length=120,
        help_text=_("The court's or police's name, number and day."),
        error_messages={"required": _("Write which paper you saw: whose it is, its number.")},
    )  # fmt: skip


class LiftForm(OfChildForm):
    """A paper that ends a block."""

    block = _one(_("Whose?"))
    paper = forms.CharField(
        label=_("Which paper did you see?"), max_length=120,
        error_messages={"required": _("Write which paper you saw: whose it is, its number.")},
    )  # fmt: skip


class ConsentForm(OfChildForm):
    """One use, yes or no."""

    use = forms.ChoiceField(label=_("What for?"), choices=Use.choices)
    is_given = forms.ChoiceField(
        label=_("What did they say?"), choices=[("yes", _("yes")), ("no", _("no"))]
    )
    guardian = _one(_("Which guardian signed?"), required=False)


class ObjectForm(OfChildForm):
    """One guardian speaks against another."""

    guardian = _one(_("Who says so?"), required=False)
    against = _one(_("Against whom?"))


class BookForm(ActForm):
    """A place on a day."""

    day = DayField(label=_("Which day?"))
    starts = _time(_("From"), initial=f"{OPENS:%H:%M}")
    ends = _time(_("Until"), initial=f"{CLOSES:%H:%M}")


class UntilForm(ActForm):
    """A child that came without a place."""

    until = _time(_("Until when does it stay?"), required=False)
    alone = forms.BooleanField(required=False, widget=forms.HiddenInput)


class OrderForm(ActForm):
    """A written order for medicine."""

    medicine = forms.CharField(label=_("Medicine"), max_length=80)
    dose = forms.CharField(label=_("How much, how"), max_length=80)
    signed_by = forms.CharField(
        label=_("Who signed it?"), max_length=80,
        help_text=_("The doctor's paper and the guardian's signature."),
    )  # fmt: skip
    first = DayField(label=_("From which day"))
    last = DayField(label=_("To which day"))
    per_day = forms.IntegerField(
        label=_("How often a day"), min_value=1, max_value=6, initial=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "3"}),
    )  # fmt: skip


class GiveForm(OfChildForm):
    """Medicine is given."""

    order = _one(_("By which order?"))
    second = _one(_("Who watches?"))


class IncidentForm(ActForm):
    """Something happened today."""

    at = _time(_("When, today?"))
    what = forms.CharField(
        label=_("What happened?"), max_length=1000, widget=_SMALL,
        error_messages={"required": _("Say what happened.")},
    )  # fmt: skip
    done = forms.CharField(
        label=_("What was done?"), max_length=1000, widget=_SMALL,
        error_messages={"required": _("Say what was done.")},
    )  # fmt: skip
    told = forms.CharField(label=_("Who of the family was told?"), max_length=120, required=False)

    def happened_at(self, now: datetime) -> datetime:
        """The moment today."""
        return datetime.combine(local_day(now), self.cleaned_data["at"], SHANGHAI)


class ToldForm(OfChildForm):
    """The family was told."""

    incident = _hidden()
    told = forms.CharField(label=_("Who of the family was told?"), max_length=120)


class NoteForm(ActForm):
    """What the child did today."""

    words = forms.CharField(
        label=_("What did it do today?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write a line for the family.")},
    )  # fmt: skip
    pictures = PhotosField(label=_("Photos, where the guardian agreed"), most=4)


class AnswerForm(ActForm):
    """What happens now with a child that nobody fetched."""

    words = forms.CharField(
        label=_("What happens now?"), max_length=200,
        error_messages={"required": _("Say what happens now.")},
    )  # fmt: skip


class PickForm(OfChildForm):
    """A row that a button is about."""

    picker = _one("", widget=forms.HiddenInput, required=False)
    booking = _one("", widget=forms.HiddenInput, required=False)
    order = _one("", widget=forms.HiddenInput, required=False)
    objection = _one("", widget=forms.HiddenInput, required=False)


# ── the room ─────────────────────────────────────────────────────────────────────────────────


class CarerForm(ActForm):
    """An adult who comes or goes."""

    carer = forms.ModelChoiceField(
        label=_("Who?"), queryset=Carer.objects.none(), empty_label=_("Choose"),
        error_messages={"required": _("Choose who comes.")},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["carer"].queryset = Carer.objects.active().select_related("person")


class GoForm(CarerForm):
    """An adult who goes, or who had to."""

    had_to = forms.BooleanField(required=False, widget=forms.HiddenInput)


class MealForm(ActForm):
    """What is eaten."""

    name = forms.CharField(
        label=_("What is eaten?"), max_length=80, error_messages={"required": _("Say what it is.")}
    )
    allergens = forms.MultipleChoiceField(
        label=_("What is in it"), choices=_ALLERGENS, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip


class ActivityForm(GroupForm):
    """What was done."""

    kind = forms.ChoiceField(
        label=_("What kind?"), choices=[("", _("something else")), *Doing.choices], required=False
    )
    words = forms.CharField(
        label=_("What did they do?"), max_length=200,
        error_messages={"required": _("Say what they did.")},
    )  # fmt: skip


class CodesForm(ActForm):
    """For whom codes are printed; nobody chosen means all of today without a phone."""

    child = forms.ModelChoiceField(queryset=Child.objects.none(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["child"].queryset = Child.objects.enrolled()


class ClearForm(ActForm):
    """Who may read, why, until when."""

    account = forms.ModelChoiceField(
        label=_("Who may read?"), queryset=Account.objects.none(), empty_label=_("Choose"),
        error_messages={"required": _("Choose who may read.")},
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Why do they need it?"), max_length=120,
        error_messages={"required": _("Say why they need it.")},
    )  # fmt: skip
    since = DayField(label=_("From which day"))
    until = DayField(label=_("To which day"))

    def __init__(
        self, *args: Any, accounts: "QuerySet[Account]", **kwargs: Any
    ) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = accounts


class CheckForm(ActForm):
    """Whose criminal record was checked."""

    who = PhoneField(
        label=_("Whole phone number of the adult"),
        error_messages={"required": _("Type the phone number.")},
    )
    checked_on = DayField(label=_("Criminal record checked on"))
    is_lead = forms.BooleanField(label=_("May lead a shift"), required=False)
    first_aid = DayField(label=_("First aid counts until"), required=False)


# ── the door ─────────────────────────────────────────────────────────────────────────────────

STRANGER = ""


class DoorForm(ActForm):
    """Who stands at the door, and what they show."""

    key = forms.ChoiceField(label=_("Who is it?"), required=False)
    name = forms.CharField(
        label=_("Name, if they are not on the list"), max_length=60, required=False
    )
    phone = PhoneField(label=_("Their phone, if they are not on the list"), required=False)
    code = forms.CharField(
        label=_("Code of the day"), max_length=12, required=False,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "size": str(CODE_DIGITS + 2)}
        ),
    )  # fmt: skip
    id_seen = forms.BooleanField(label=_("I saw the identity card"), required=False)
    call = forms.ChoiceField(
        label=_("Did you call a guardian back?"), required=False,
        choices=[(one.value, CALL_LABELS[one]) for one in Call if one is not Call.DOUBTFUL],
    )  # fmt: skip
    called = forms.ChoiceField(label=_("Which guardian?"), required=False)
    second = forms.ModelChoiceField(
        label=_("Which second adult looked, too?"), queryset=Carer.objects.none(), required=False,
        empty_label=_("nobody"),
    )  # fmt: skip

    def __init__(self, *args: Any, known: list[Fetcher], **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        people = [(one.key, f"{one.name}（{one.relation}）") for one in known]
        self.fields["key"].choices = [(STRANGER, _("somebody who is not on the list")), *people]
        self.fields["called"].choices = [
            ("", "—"),
            *[
                (one.key, f"{one.name} {one.phone}")
                for one in known
                if one.key.startswith("g") and one.who is not Who.BLOCKED
            ],
        ]
        self.fields["second"].queryset = carers_here(clock.now()).select_related("person")

    def shown(self) -> Shown:
        """What was shown at the door."""
        values = self.cleaned_data
        return Shown(
            key=values["key"], name=values["name"], phone=values["phone"], code=values["code"],
            id_seen=values["id_seen"], call=Call(values["call"] or Call.NONE),
            called=values["called"], second=values["second"],
        )  # fmt: skip

"""The forms of a demand: a resident tells, the desk writes down, a handler works."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.commons.flow.models import Category, ContactWish, Visibility
from mulin.commons.flow.receivers import receivers
from mulin.commons.flow.said import Said
from mulin.ground.community.models import Account, Grid
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.ground.places.models import Building, Place
from mulin.kit.channels import Channel
from mulin.kit.clock import end_of_day
from mulin.kit.forms import ActForm, DayInput, HappenedField, PhotosField
from mulin.kit.paper.typed import DefinedForm, Shown
from mulin.parlour.reception.models import Urgency
from mulin.parlour.reception.sheets import demand_sheet
from mulin.parlour.reception.sheets_after import YES, answer_sheet, call_sheet, rating_of

#: The channels by which staff write down what somebody else says.
DESK_CHANNELS = [
    (channel.value, channel.label)
    for channel in (Channel.WALK_IN, Channel.PHONE, Channel.PAPER, Channel.DOOR)
]


class TellForm(DefinedForm):
    """A resident tells what is wrong: the first questions of the demand sheet, and a photo."""

    define = staticmethod(demand_sheet)
    shows: ClassVar = {
        "words": Shown(
            "words", attrs={"rows": 4, "autocomplete": "on"},
            missing=_("Say in a few words what it is about."),
        ),
        "place_words": Shown("place"),
        "phone": Shown("phone", hint=_("Only the desk sees it, to tell you the answer.")),
        "visibility": Shown("visibility", initial=Visibility.NAMED),
    }  # fmt: skip
    order = ("words", "place_words", "photos", "phone", "visibility")
    photos = PhotosField(label=_("A photo"), help_text=_("It helps whoever comes to mend it."))
    # What neighbours have told already was shown; the number of the one that this is about.
    looked = forms.CharField(max_length=1, required=False, widget=forms.HiddenInput)
    joins = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        building: Building | None = None,
        place: Place | None = None,
        is_known: bool = False,
        **kwargs: Any,
    ) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.building, self.place = building, place
        if is_known:
            del self.fields["phone"]
        if building is not None or place is not None:
            self.fields["place_words"].label = _("Where exactly?")
            self.fields["place_words"].help_text = _(
                "For instance: unit 2, third floor, the stairs"
            )

    def said(self, *, person: Person | None) -> Said:
        """What was told, as values."""
        values = self.cleaned_data
        return Said(
            words=values["words"],
            place_words=values["place_words"],
            building=self.building,
            place=self.place,
            person=person,
            contact_phone=values.get("phone", ""),
            visibility=values["visibility"] or Visibility.NAMED,
            photos=values["photos"],
        )


class DeskDemandForm(DefinedForm):
    """A worker writes down, in a person's name, what they say at the desk, by phone or on paper."""

    define = staticmethod(demand_sheet)
    shows: ClassVar = {
        "words": Shown(
            "words", label=_("In their own words"), attrs={"rows": 4},
            missing=_("Say in a few words what it is about."),
        ),
        "contact_name": Shown("name", label=_("Name, if not on the roll")),
        "contact_phone": Shown("phone", label=_("Phone to call back")),
        "place_words": Shown("place", label=_("Where exactly?")),
        "contact_wish": Shown(
            "contact", label=_("How do they want to hear the answer?"),
            words=dict(ContactWish.choices), widget=forms.Select, initial=ContactWish.CALL,
        ),
        "visibility": Shown(
            "visibility", label=_("Who may know who asked?"), words=dict(Visibility.choices),
            widget=forms.Select, initial=Visibility.NAMED,
        ),
    }  # fmt: skip
    order = (
        "channel", "words", "person", "contact_name", "contact_phone", "category", "urgency",
        "building", "place_words", "contact_wish", "visibility", "minutes", "photos",
    )  # fmt: skip
    channel = forms.ChoiceField(
        label=_("How did it come?"), choices=DESK_CHANNELS, widget=forms.RadioSelect,
        initial=Channel.WALK_IN.value,
    )  # fmt: skip
    person = forms.ModelChoiceField(
        label=_("Person"), queryset=Person.objects.none(), required=False,
        widget=forms.HiddenInput,
    )  # fmt: skip
    category = forms.ModelChoiceField(
        label=_("Kind"), queryset=Category.objects.none(), required=False,
        empty_label=_("not yet known"),
    )  # fmt: skip
    urgency = forms.ChoiceField(
        label=_("How urgent?"), required=False,
        choices=[("", _("as the kind says")), *Urgency.choices],
    )  # fmt: skip
    building = forms.ModelChoiceField(
        label=_("Building"), queryset=Building.objects.none(), required=False,
        empty_label=_("no building"),
    )  # fmt: skip
    minutes = forms.IntegerField(
        label=_("Minutes"), min_value=0, max_value=600, initial=5, required=False
    )
    photos = PhotosField(label=_("Photos"))
    joins = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)
    happened = HappenedField()

    def __init__(
        self, *args: Any, by: Actor, person: Person | None = None, **kwargs: Any
    ) -> None:  # Any: see above
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = Person.objects.on_roll().visible_to(by)
        self.fields["category"].queryset = Category.objects.filter(is_active=True)
        self.fields["building"].queryset = Building.objects.all()
        if person is not None:
            self.fields["person"].initial = person.pk
            # Who it is stands already: the next thing to type are their words.
            self.fields["words"].widget.attrs["data-focus"] = ""

    def said(self) -> Said:
        """What was written down, as values."""
        values = self.cleaned_data
        return Said(
            words=values["words"],
            person=values["person"],
            contact_name=values["contact_name"],
            contact_phone=values["contact_phone"],
            category=values["category"],
            building=values["building"],
            place_words=values["place_words"],
            visibility=values["visibility"] or Visibility.NAMED,
            contact_wish=values["contact_wish"] or ContactWish.CALL,
            photos=values["photos"],
            said_at=values["happened"],
        )


class AnswerForm(ActForm):
    """What was done, with a photo of how it is now."""

    words = forms.CharField(
        label=_("What was done?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say what was done, so that the person can check it.")},
    )
    photos = PhotosField(label=_("How it is now"))


class WaitForm(ActForm):
    """On whom it waits, and until when."""

    whom = forms.CharField(
        label=_("Waiting for whom?"), max_length=120,
        error_messages={"required": _("Say whom it waits for: the person is told.")},
    )  # fmt: skip
    until = forms.DateField(
        label=_("Until which day?"),
        widget=DayInput(),
        help_text=_("For instance 2026-11-30"),
        error_messages={
            "required": _("Choose a day."),
            "invalid": _("Write the day as 2026-11-30."),
        },
    )

    def until_moment(self) -> datetime:
        """The end of the chosen day."""
        return end_of_day(self.cleaned_data["until"])


class AssignForm(ActForm):
    """Another owner outright, with the reason."""

    to = forms.ModelChoiceField(
        label=_("To whom?"), queryset=Account.objects.none(), empty_label=None
    )
    why = forms.CharField(
        label=_("Why?"), max_length=200,
        error_messages={"required": _("Say why, so that they know what is expected.")},
    )  # fmt: skip

    def __init__(
        self, *args: Any, handlers: Any, **kwargs: Any
    ) -> None:  # Any: a queryset and form arguments
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = handlers


class PassOnForm(ActForm):
    """Another room, with the reason."""

    to = forms.ChoiceField(label=_("To which room?"))
    why = forms.CharField(
        label=_("Why?"), max_length=200,
        error_messages={"required": _("Say why, so that they know what is expected.")},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [(room.room, room.label) for room in receivers()]


class NoteForm(ActForm):
    """An internal note."""

    words = forms.CharField(
        label=_("Note for colleagues"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write the note first.")},
    )  # fmt: skip


class ReclassifyForm(ActForm):
    """Another kind or urgency."""

    category = forms.ModelChoiceField(label=_("Kind"), queryset=Category.objects.none())
    urgency = forms.ChoiceField(label=_("How urgent?"), choices=Urgency.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = Category.objects.filter(is_active=True)


class ConfirmForm(DefinedForm):
    """The asker says whether it is solved, and how it was."""

    define = staticmethod(answer_sheet)
    shows: ClassVar = {
        "solved": Shown("solved", missing=_("Choose yes or no.")),
        "rating": Shown("rating"),
        "words": Shown("words", attrs={"rows": 2}),
    }
    order = ("solved", "rating", "words")

    @property
    def is_solved(self) -> bool:
        return bool(self.cleaned_data["solved"] == YES)

    @property
    def rating(self) -> int | None:
        return rating_of(self.cleaned_data["rating"])


class CallForm(DefinedForm):
    """What came of a return call: one row of the list of calls."""

    define = staticmethod(call_sheet)
    shows: ClassVar = {
        "outcome": Shown(
            "call1", label=_("What did they say?"), missing=_("Choose what came of the call.")
        ),
        "rating": Shown("call1_rating", widget=forms.Select, empty=_("did not say")),
        "words": Shown("call1_words"),
    }
    order = ("outcome", "rating", "words")

    @property
    def rating(self) -> int | None:
        return rating_of(self.cleaned_data["rating"])


class DemandFilterForm(forms.Form):
    """What the desk's list is narrowed by."""

    q = forms.CharField(max_length=60, required=False)
    show = forms.ChoiceField(
        choices=[("open", ""), ("mine", ""), ("late", ""), ("answered", ""), ("all", "")],
        required=False,
    )
    channel = forms.ChoiceField(choices=[("", ""), *Channel.choices()], required=False)
    category = forms.IntegerField(required=False)
    grid = forms.ModelChoiceField(queryset=Grid.objects.none(), required=False)
    page = forms.IntegerField(min_value=1, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["grid"].queryset = Grid.objects.all()

"""What is typed about elders: at the desk, on a helper's phone, by the family."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.circle.elders.actions.groups import MOST_WEEKS
from mulin.circle.elders.actions.orders import Offered
from mulin.circle.elders.actions.pairs import Brings
from mulin.circle.elders.actions.records import About, Result
from mulin.circle.elders.models import (
    CARD_FIELDS,
    CARE_LABELS,
    CATEGORY_LABELS,
    LEVEL_LABELS,
    OUTCOME_LABELS,
    TIME_LABELS,
    WAY_LABELS,
    Elder,
    Helper,
    Kin,
    Member,
    Service,
)
from mulin.circle.elders.rules import (
    BEST,
    FLOOR_DAYS,
    PLANNED_WAYS,
    PROGRAMME_KIND,
    STANDARDS,
    Care,
    Way,
)
from mulin.circle.elders.sheets import order_questions, visit_sheet
from mulin.commons.gatherings.actions.planning import Plan
from mulin.commons.gatherings.models import Gathering
from mulin.commons.gatherings.rules import State
from mulin.ground.people.forms import OrganisationField
from mulin.ground.people.models import Person, Sex
from mulin.ground.places.models import Place
from mulin.kit.clock import local_day, parse_local
from mulin.kit.forms import ActForm, DayField, HappenedField
from mulin.kit.paper.typed import DefinedForm, Shown

_FEW = 4


def _options(labels: Mapping[Any, Any]) -> list[tuple[str, Any]]:  # Any: words by members
    return [(str(getattr(one, "value", one)), label) for one, label in labels.items()]


class PersonField(forms.CharField):
    """Somebody on the roll by name, initials, phone or door: one word over the phone is enough.

    Gives the person; where several are meant the message names them, with their doors.
    """

    def __init__(self, **kwargs: Any) -> None:  # Any: Django's own field options
        kwargs.setdefault("label", _("Who?"))
        kwargs.setdefault("help_text", _("Name, its initials, phone, or door like 12-301."))
        kwargs.setdefault("error_messages", {"required": _("Say who it is.")})
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(max_length=60, **kwargs)

    def clean(self, value: Any) -> Person | None:  # Any: Django's own signature
        typed = super().clean(value)
        if not typed:
            return None
        found = self.found(typed)
        if not found:
            raise forms.ValidationError(
                _("Nobody like “%(typed)s” is on the roll."), params={"typed": typed}
            )
        exact = [one for one in found if one.name == typed]
        if len(exact) == 1 or len(found) == 1:
            return (exact or found)[0]
        names = "；".join(f"{one.name} {one.address}".strip() for one in found[:_FEW])
        raise forms.ValidationError(
            _("Several are called so. Write the door as well, or the phone: %(names)s"),
            params={"names": names},
        )

    def found(self, typed: str) -> list[Person]:
        """Who is meant: every word must be part of name or door."""
        *first, last = typed.split()
        rows = Person.objects.on_roll().search(typed)
        found = list(rows.order_by("pinyin", "pk")[: _FEW + 1])
        if found or not first:
            return found
        named = Person.objects.on_roll().search(" ".join(first)).filter(address__contains=last)
        return list(named.order_by("pinyin", "pk")[: _FEW + 1])


def _times() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("Which times?"),
        choices=_options(TIME_LABELS),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class WhyForm(ActForm):
    """Why."""

    why = forms.CharField(
        label=_("Why?"), max_length=200, error_messages={"required": _("Say why, in a word.")}
    )


class TakeInForm(ActForm):
    """Somebody is taken into care."""

    person = PersonField()
    has_agreed = forms.BooleanField(
        label=_("They said yes: we may look in and keep what is needed for it"),
        error_messages={"required": _("Ask first: without their word nobody is taken in.")},
    )
    categories = forms.MultipleChoiceField(
        label=_("What is so"), choices=_options(CATEGORY_LABELS), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    source = forms.CharField(
        label=_("Known from"), max_length=120, required=False,
        help_text=_("A home visit, the household register, a disability card."),
    )  # fmt: skip
    dialect = forms.CharField(label=_("Dialect"), max_length=40, required=False)
    interests = forms.CharField(
        label=_("Likes"),
        max_length=120,
        required=False,
        help_text=_("Opera, flowers, chess."),
    )


class AboutForm(ActForm):
    """What somebody likes, can do, and wishes of whoever comes."""

    dialect = forms.CharField(label=_("Dialect"), max_length=40, required=False)
    interests = forms.CharField(label=_("Likes"), max_length=120, required=False)
    can_do = forms.CharField(
        label=_("Can do for others"), max_length=120, required=False,
        help_text=_("Mending, cooking, keeping accounts, singing."),
    )  # fmt: skip
    wished_sex = forms.ChoiceField(
        label=_("Whoever comes should be"), required=False,
        choices=[("", _("all the same")), *Sex.choices],
    )  # fmt: skip
    wished_times = _times()

    def about(self) -> About:
        values = self.cleaned_data
        return About(
            dialect=values["dialect"], interests=values["interests"], can_do=values["can_do"],
            wished_sex=values["wished_sex"], wished_times=values["wished_times"],
        )  # fmt: skip


class FactForm(ActForm):
    """A category from a day on."""

    category = forms.ChoiceField(label=_("What is so"), choices=_options(CATEGORY_LABELS))
    since = DayField(label=_("Since"))
    source = forms.CharField(
        label=_("Known from"), max_length=120,
        error_messages={"required": _("Say where this is known from.")},
    )  # fmt: skip


class EndFactForm(ActForm):
    """A category that holds no longer."""

    category = forms.ChoiceField(
        label=_("What is not so any more"), choices=_options(CATEGORY_LABELS)
    )


class AssessmentForm(ActForm):
    """What stands on an assessor's sheet, copied."""

    standard = forms.ChoiceField(label=_("Standard"), choices=[(one, one) for one in STANDARDS])
    level = forms.TypedChoiceField(label=_("Level"), choices=_options(LEVEL_LABELS), coerce=int)
    score = forms.IntegerField(
        label=_("Sum of points"), required=False, min_value=0, max_value=90,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "4"}),
    )  # fmt: skip
    assessed_on = DayField(label=_("Assessed on"))
    assessor = forms.CharField(label=_("Assessor and office"), max_length=80)
    next_on = DayField(label=_("Next assessment"))

    def result(self) -> Result:
        values = self.cleaned_data
        return Result(
            standard=values["standard"], level=values["level"], score=values["score"],
            assessed_on=local_day(values["assessed_on"]), assessor=values["assessor"],
            next_on=local_day(values["next_on"]),
        )  # fmt: skip


class CardForm(ActForm):
    """The health card."""

    has_agreed = forms.BooleanField(
        label=_("They said yes: we may keep what matters for their health"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        for name, label in CARD_FIELDS.items():
            self.fields[name] = forms.CharField(
                label=label,
                max_length=300,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def told(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in CARD_FIELDS}


class KinForm(ActForm):
    """Somebody of the family who may see visits and meals."""

    person = PersonField(label=_("Who of the family?"))
    relation = forms.CharField(label=_("What are they to the elder?"), max_length=30)
    has_agreed = forms.BooleanField(
        label=_("The elder said yes: they may see visits and meals"),
        error_messages={"required": _("Ask the elder first: it is for them to say who sees this.")},
    )


class UnlinkForm(ActForm):
    """Somebody of the family who sees nothing any more."""

    kin = forms.ModelChoiceField(label=_("Who?"), queryset=Kin.objects.none(), empty_label=None)

    def __init__(self, *args: Any, elder: Elder, **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        rows = Kin.objects.filter(elder=elder, until__isnull=True).select_related("person")
        self.fields["kin"].queryset = rows
        self.fields["kin"].label_from_instance = lambda one: f"{one.person} · {one.relation}"


class LetGoForm(WhyForm):
    """Care ends."""

    withdraws = forms.BooleanField(
        label=_("They take back their word that we may keep this"), required=False
    )


class ContactForm(DefinedForm):
    """Three taps: seen or not, what is needed, sent. Who went is known; the desk may name another.
    One line of the visit sheet, in words for which a page has room.
    """

    define = staticmethod(visit_sheet)
    shows: ClassVar = {
        "outcome": Shown(
            "elder1", label=_("How was it?"), words=dict(_options(OUTCOME_LABELS)),
            missing=_("Tap how it was."),
        ),
        "words": Shown(
            "elder1_words", label=_("Something else that is needed"), attrs={"rows": 2},
            hint=_("It goes to the desk as it stands here."), widget=forms.Textarea,
        ),
    }  # fmt: skip
    order = ("outcome", "needed", "words", "way", "helper")
    needed = forms.ModelChoiceField(
        label=_("What is needed?"), queryset=Service.objects.none(), required=False,
        empty_label=_("nothing"), widget=forms.RadioSelect, blank=True,
    )  # fmt: skip
    way = forms.ChoiceField(
        label=_("By which way?"), choices=_options(WAY_LABELS), initial=Way.DOOR
    )
    helper = forms.ModelChoiceField(
        label=_("Who went?"), queryset=Helper.objects.none(), required=False, empty_label=_("me")
    )
    happened = HappenedField()

    def __init__(self, *args: Any, is_desk: bool = False, **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        self.fields["needed"].queryset = Service.objects.offered()
        self.fields["helper"].queryset = Helper.objects.filter(until=None).select_related("person")
        if not is_desk:
            del self.fields["helper"]


class RouteForm(forms.Form):
    """Whose way is drawn."""

    helper = forms.ModelChoiceField(
        label=_("Who goes?"), queryset=Helper.objects.none(), required=False,
        empty_label=_("the desk"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        self.fields["helper"].queryset = Helper.objects.filter(until=None).select_related("person")


class OrderForm(DefinedForm):
    """A service is asked for, as on the sheet."""

    define = staticmethod(order_questions)
    shows: ClassVar = {"words": Shown("words", widget=forms.TextInput)}
    order = ("service", "words")
    service = forms.ModelChoiceField(
        label=_("Which service?"), queryset=Service.objects.none(), empty_label=None,
        error_messages={"required": _("Choose a service.")},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        self.fields["service"].queryset = Service.objects.offered()


class ThankForm(ActForm):
    """A word of thanks."""

    words = forms.CharField(
        label=_("A word of thanks"), max_length=200,
        error_messages={"required": _("Write a word of thanks.")},
    )  # fmt: skip


class RateForm(ActForm):
    """How it was."""

    rating = forms.TypedChoiceField(
        label=_("How was it?"), coerce=int, choices=[(n, n) for n in range(BEST, 0, -1)]
    )
    words = forms.CharField(label=_("Anything to add?"), max_length=200, required=False)


class DeliverForm(ActForm):
    """It was done."""

    minutes = forms.IntegerField(
        label=_("Minutes, if it took another time"), required=False, min_value=1, max_value=600,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "4"}),
    )  # fmt: skip


class HelperForm(ActForm):
    """A neighbour would look in on somebody."""

    person = PersonField()
    dialects = forms.CharField(label=_("Dialects"), max_length=80, required=False)
    interests = forms.CharField(label=_("Likes"), max_length=120, required=False)
    times = _times()
    most = forms.IntegerField(
        label=_("Would take how many?"), min_value=1, max_value=5, initial=2,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "3"}),
    )  # fmt: skip

    def brings(self) -> Brings:
        values = self.cleaned_data
        return Brings(
            dialects=values["dialects"], interests=values["interests"],
            times=tuple(values["times"]), most=values["most"],
        )  # fmt: skip


def _helpers() -> "QuerySet[Helper]":
    rows: QuerySet[Helper] = Helper.objects.filter(until__isnull=True).select_related("person")
    return rows


class PairForm(ActForm):
    """Both said yes."""

    elder = forms.ModelChoiceField(label=_("Elder"), queryset=Elder.objects.none())
    helper = forms.ModelChoiceField(label=_("Helper"), queryset=Helper.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        self.fields["elder"].queryset = Elder.objects.in_care().select_related("person")
        self.fields["helper"].queryset = _helpers()


class ChangeForm(ActForm):
    """Somebody else looks in."""

    helper = forms.ModelChoiceField(
        label=_("Who from now on?"), queryset=Helper.objects.none(), empty_label=None
    )
    why = forms.CharField(label=_("Why?"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        self.fields["helper"].queryset = _helpers()


class EndPairForm(ActForm):
    """A pair ends."""

    why = forms.CharField(
        label=_("Why?"),
        max_length=200,
        required=False,
        help_text=_("Nobody has to say."),
    )


class GroupForm(ActForm):
    """A mutual-aid group begins."""

    name = forms.CharField(label=_("Name of the mutual-aid group"), max_length=40)
    person = PersonField(label=_("Who leads it?"))
    does = forms.CharField(label=_("What they do"), max_length=120, required=False)
    meets = forms.CharField(label=_("Where and when they meet"), max_length=80, required=False)


class JoinForm(ActForm):
    """Somebody belongs to it."""

    person = PersonField()


class MemberForm(ActForm):
    """One of the members."""

    member = forms.ModelChoiceField(
        label=_("Who?"), queryset=Member.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, group: Any, **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        rows = group.members.filter(until__isnull=True).select_related("person")
        self.fields["member"].queryset = rows
        self.fields["member"].label_from_instance = lambda one: str(one.person)


class MeetForm(ActForm):
    """When and where."""

    title = forms.CharField(label=_("What?"), max_length=80)
    starts_at = forms.CharField(
        label=_("Begins"), max_length=30, help_text=_("Like 2026-11-20 9:30."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    ends_at = forms.CharField(
        label=_("Ends"), max_length=30, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    place = forms.ModelChoiceField(
        label=_("Place"), queryset=Place.objects.none(), required=False, empty_label=_("elsewhere")
    )
    place_words = forms.CharField(label=_("Room, or where"), max_length=80, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = Place.objects.filter(closed_at=None)

    def _moment(self, name: str) -> Any:  # Any: a moment
        try:
            return parse_local(self.cleaned_data[name])
        except ValueError:
            raise forms.ValidationError(_("Write day and time like 2026-11-20 9:30.")) from None

    def clean_starts_at(self) -> Any:  # Any: as above
        return self._moment("starts_at")

    def clean_ends_at(self) -> Any:  # Any: as above
        return self._moment("ends_at")

    def plan(self) -> Plan:
        values = self.cleaned_data
        return Plan(
            values["title"], values["starts_at"], values["ends_at"], values["place"],
            values["place_words"], capacity=values.get("capacity"),
            is_public=values.get("is_public", False),
        )  # fmt: skip


class ProgrammeForm(MeetForm):
    """Something in an idle room, once or every week."""

    capacity = forms.IntegerField(
        label=_("Seats"), required=False, min_value=1, max_value=999,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "4"}),
    )  # fmt: skip
    weeks = forms.IntegerField(
        label=_("How many weeks running?"), min_value=1, max_value=MOST_WEEKS, initial=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "3"}),
    )  # fmt: skip

    def plan(self) -> Plan:
        planned = super().plan()
        return Plan(
            planned.title, planned.starts_at, planned.ends_at, planned.place, planned.place_words,
            capacity=planned.capacity,
        )  # fmt: skip


class ServiceForm(ActForm):
    """A service of the catalogue."""

    kind = forms.ChoiceField(label=_("Kind"), choices=_options(CARE_LABELS))
    name = forms.CharField(label=_("What it is called"), max_length=60)
    provider = OrganisationField(
        label=_("Who gives it"), required=False, empty_label=_("the community itself"),
    )  # fmt: skip
    yuan = forms.DecimalField(
        label=_("Price in yuan, 0 if it is free"), min_value=0, max_digits=8, decimal_places=2,
        initial=0, widget=forms.TextInput(attrs={"inputmode": "decimal", "size": "7"}),
    )  # fmt: skip
    minutes = forms.IntegerField(
        label=_("Minutes it takes"), min_value=1, max_value=600, initial=60,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "4"}),
    )  # fmt: skip

    def offered(self) -> Offered:
        values = self.cleaned_data
        return Offered(
            kind=Care(values["kind"]), name=values["name"], provider=values["provider"],
            yuan=values["yuan"], minutes=values["minutes"],
        )  # fmt: skip


class EndServiceForm(OrderForm):
    """A service that is offered no more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        del self.fields["words"]


class CallForm(DefinedForm):
    """Somebody calls: who, and what they would like. `wanted` is a service or something to come to."""

    define = staticmethod(order_questions)
    shows: ClassVar = {"words": Shown("words", widget=forms.TextInput)}
    order = ("person", "wanted", "words")
    person = PersonField(label=_("Who calls, or for whom?"))
    wanted = forms.ChoiceField(
        label=_("What would they like?"), widget=forms.RadioSelect,
        error_messages={"required": _("Tap what they would like.")},
    )  # fmt: skip

    def __init__(
        self, *args: Any, wanted: list[tuple[str, str]], **kwargs: Any
    ) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        self.fields["wanted"].choices = wanted


class PaceForm(ActForm):
    """How often elders of a category are seen or heard."""

    category = forms.ChoiceField(label=_("Which elders"), choices=_options(CATEGORY_LABELS))
    way = forms.ChoiceField(
        label=_("How"), choices=[(one.value, WAY_LABELS[one]) for one in PLANNED_WAYS]
    )
    days = forms.IntegerField(
        label=_("Every so many days"), min_value=1, max_value=FLOOR_DAYS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "3"}),
        help_text=_("At most 28: everybody is seen or heard every month."),
    )  # fmt: skip
    source = forms.CharField(label=_("By whose word"), max_length=200)


class HandForm(ActForm):
    """Somebody helps at something that is to come, or was held and is not closed yet."""

    gathering = forms.ModelChoiceField(
        label=_("Where?"), queryset=Gathering.objects.none(), empty_label=None
    )
    person = PersonField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        self.fields["gathering"].queryset = Gathering.objects.filter(
            kind=PROGRAMME_KIND, state=State.PLANNED
        ).order_by("starts_at")


class EndHelperForm(ActForm):
    """A helper stops."""

    helper = forms.ModelChoiceField(
        label=_("Who?"), queryset=Helper.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: as above
        super().__init__(*args, **kwargs)
        self.fields["helper"].queryset = _helpers()

"""What is typed about the roll and the vote of a season."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.commons.ballots.counting.election import SEATS, Method
from mulin.commons.ballots.forms import FixedFields
from mulin.commons.ballots.models import BOARD_LABELS
from mulin.commons.ballots.rules import Board
from mulin.ground.people.models import Residency
from mulin.kit.clock import local_day
from mulin.kit.forms import ActForm, DayField
from mulin.parlour.doublefive.actions.rolls import RuleWords
from mulin.parlour.doublefive.actions.voting import Fixed
from mulin.parlour.doublefive.models import METHOD_LABELS, RollRule, Season

_WHY = {"required": _("Say why.")}


def _person() -> forms.CharField:
    return forms.CharField(
        label=_("Who?"), max_length=60, help_text=_("The name; where several have it, the phone."),
        error_messages={"required": _("Write the name.")},
    )  # fmt: skip


class RuleForm(ActForm):
    """Who belongs to a constituency."""

    title = forms.CharField(
        label=_("Name of the group"), max_length=40, error_messages={"required": _("Name it.")}
    )
    words = forms.CharField(
        label=_("Who belongs to it, as it is posted"), max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say who belongs to it.")},
    )  # fmt: skip
    least_age = forms.IntegerField(label=_("At least so many years old"), min_value=0, max_value=99)
    is_party = forms.BooleanField(label=_("Party members only"), required=False)
    residency = forms.ChoiceField(
        label=_("Who lives here"), required=False,
        choices=[("", _("everybody who lives here")),
                 *((one.value, one.label) for one in (Residency.LOCAL, Residency.NEW))],
    )  # fmt: skip
    is_representative = forms.BooleanField(
        label=_("Only whoever was chosen to speak for the new residents"), required=False
    )

    def rule(self) -> RuleWords:
        """As it was typed."""
        names = ("title", "words", "least_age", "is_party", "residency", "is_representative")
        return RuleWords(**{name: self.cleaned_data[name] for name in names})


class PlaceForm(ActForm):
    """A decision about one person."""

    person = _person()
    reason = forms.CharField(
        label=_("Reason for the protocol"), max_length=300, error_messages=_WHY
    )

    def __init__(self, *args: Any, season: Season, **kwargs: Any) -> None:  # Any: Django's own
        super().__init__(*args, **kwargs)
        self.fields["rule"] = forms.ModelChoiceField(
            label=_("Where?"), queryset=RollRule.objects.filter(season=season), required=False,
            empty_label=_("not on the roll"),
        )  # fmt: skip
        self.order_fields(("person", "rule", "reason"))


class RepresentativeForm(ActForm):
    """Somebody was chosen to speak for the new residents."""

    person = _person()
    put_forward_by = forms.CharField(
        label=_("Put forward by"), max_length=120,
        help_text=_("Neighbours of a stair, a workshop, an association …"),
        error_messages={"required": _("Say who put them forward.")},
    )  # fmt: skip
    chosen_how = forms.CharField(
        label=_("How chosen"), max_length=200,
        help_text=_("On which meeting, by how many of how many."),
        error_messages={"required": _("Say how they were chosen.")},
    )  # fmt: skip
    since = DayField(label=_("First day of the term"))
    until = DayField(label=_("Last day of the term"))


class RecallForm(ActForm):
    """The end of a term before its time."""

    reason = forms.CharField(
        label=_("Why, and who decided it"), max_length=200, error_messages=_WHY
    )


class TermsForm(FixedFields, ActForm):
    """What is fixed before the roll is posted."""

    field_order = (
        "opens_at", "closes_at", "is_online", "method", "seats", "budget_yuan", "lot_source",
        "is_compared", "board",
    )  # fmt: skip
    opens_at = DayField(label=_("First day of the vote"))
    closes_at = DayField(is_last=True, label=_("Last day of the vote"))
    is_online = forms.BooleanField(
        label=_("Also online; paper and the door are always there"), required=False, initial=True
    )
    method = forms.ChoiceField(
        label=_("Counted by"), choices=[(one.value, label) for one, label in METHOD_LABELS.items()]
    )
    seats = forms.IntegerField(label=_("Seats to fill"), min_value=1, max_value=20, initial=SEATS)
    budget_yuan = forms.DecimalField(
        label=_("Budget in yuan, for equal shares or the comparison with them"), required=False, min_value=1,
        max_digits=12, decimal_places=2,
    )  # fmt: skip
    lot_source = forms.CharField(
        label=_("Where the public lot comes from"), max_length=200,
        help_text=_("A number that nobody knows yet: which draw, of which day."),
        error_messages={"required": _("Name where the lot comes from.")},
    )  # fmt: skip
    board = forms.ChoiceField(
        label=_("The public board shows"),
        choices=[(one.value, label) for one, label in BOARD_LABELS.items()],
        help_text=_("Two separate lists, where somebody could be pressed to show what they chose."),
    )  # fmt: skip

    is_compared = forms.BooleanField(
        label=_("After publication also show who would have been chosen by other rules"),
        required=False,
        help_text=_(
            "Said on the rule sheet or not done at all: a second result invites a dispute."
        ),
    )

    def fixed(self, *, is_trial: bool) -> Fixed:
        """As it was typed."""
        values = self.cleaned_data
        return Fixed(
            opens_at=values["opens_at"], closes_at=values["closes_at"],
            lot_source=values["lot_source"], method=Method(values["method"]),
            seats=values["seats"], budget_yuan=values["budget_yuan"],
            is_online=values["is_online"], board=Board(values["board"]), is_trial=is_trial,
            is_compared=values["is_compared"], **self.fixed_terms(),
        )  # fmt: skip


class CountForm(ActForm):
    """The number that was drawn."""

    lot_number = forms.CharField(
        label=_("The public number that was drawn"), max_length=80,
        error_messages={"required": _("Write the public number that was drawn.")},
    )  # fmt: skip


class MissingForm(ActForm):
    """Somebody is not on the roll and should be."""

    words = forms.CharField(
        label=_("Why do you belong on it?"), max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why you belong on it.")},
    )  # fmt: skip


def days_of(form: RepresentativeForm) -> dict[str, Any]:
    """First and last day of a term."""
    return {name: local_day(form.cleaned_data[name]) for name in ("since", "until")}

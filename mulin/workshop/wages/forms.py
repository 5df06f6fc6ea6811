"""What is typed about wages: a month, words about a statement, advances, corrections, terms."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.kit.clock import local_day
from mulin.kit.forms import ActForm, DayField
from mulin.kit.templatetags.kit import dated, yuan
from mulin.workshop.production.models import Worker
from mulin.workshop.wages import queries
from mulin.workshop.wages.models import RELATION_LABELS, SCHEME_LABELS, Bonus, MoneyLine
from mulin.workshop.wages.rules import Relation, Scheme


def _yuan(label: Any, **more: Any) -> forms.DecimalField:  # Any: words, and Django's options
    return forms.DecimalField(
        label=label, max_digits=10, decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": "9"}),
        error_messages={
            "invalid": _("Write an amount above nothing, to the fen."),
            "max_decimal_places": _("Write an amount above nothing, to the fen."),
        },
        **more,
    )  # fmt: skip


class _Since(ActForm):
    """Something that holds from a day on."""

    since = DayField(label=_("From"))

    def since_day(self) -> Any:  # Any: a day
        """The day from which it holds."""
        return local_day(self.cleaned_data["since"])


class MonthForm(ActForm):
    """The month to be closed, by a day in it."""

    month = DayField(label=_("A day of the month"))


class WordsForm(ActForm):
    """A word about a statement."""

    words = forms.CharField(
        label=_("In a few words"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )


class AdvanceForm(ActForm):
    """Money before the month is over."""

    amount = _yuan(_("Yuan"), min_value=0)
    words = forms.CharField(label=_("What for?"), max_length=200, required=False)


class _LineField(forms.ModelChoiceField):  # type: ignore[type-arg]  # no generic at run time
    """A line of a closed month, as it stands on the statement."""

    def label_from_instance(self, obj: Any) -> str:  # Any: a row, as Django gives it
        sign = "" if obj.is_for_her else "−"
        parts = (
            dated(obj.happened_on),
            obj.get_kind_display(),
            obj.words,
            f"{sign}{yuan(obj.amount)}",
        )
        return " · ".join(str(one) for one in parts if one)


class CorrectForm(ActForm):
    """A correction, up or down, of a line of hers or of none."""

    corrects = _LineField(
        label=_("Which line?"), queryset=MoneyLine.objects.none(), required=False,
        empty_label=_("none of these"),
    )  # fmt: skip
    amount = _yuan(_("Yuan (less: with a minus)"))
    words = forms.CharField(
        label=_("What is corrected, and why?"), max_length=200,
        error_messages={"required": _("Say what is corrected, and why.")},
    )  # fmt: skip

    def __init__(
        self, *args: Any, worker: Worker, **kwargs: Any
    ) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["corrects"].queryset = queries.lines_to_correct(worker)


class TermsForm(_Since):
    """What she is by law, how tax is withheld, and where the money goes."""

    relation = forms.TypedChoiceField(
        label=_("What is she to the workshop by law?"), coerce=Relation,
        choices=[(one.value, label) for one, label in RELATION_LABELS.items()],
    )  # fmt: skip
    scheme = forms.TypedChoiceField(
        label=_("How is tax withheld?"), coerce=Scheme,
        choices=[(one.value, label) for one, label in SCHEME_LABELS.items()],
    )  # fmt: skip
    reason = forms.CharField(
        label=_("By what facts was it decided?"), max_length=200,
        help_text=_("Whose tools, whose place, who says how it is done; a retired person."),
    )  # fmt: skip
    deduction = _yuan(
        _("Deductions a month, in yuan"), min_value=0, required=False,
        help_text=_("Of an employee: social insurance, children, parents, a house, as she declared them."),
    )  # fmt: skip
    whole_year = forms.BooleanField(
        label=_("60,000 yuan are free of tax from January on"), required=False,
        help_text=_("Only who was paid here in every month of the year before, and at most 60,000 yuan (国家税务总局公告2020年第19号). Each year anew."),
    )  # fmt: skip
    bank_account = forms.CharField(
        label=_("Bank account"), max_length=40, required=False,
        help_text=_("Left empty, the account that is known stays."),
    )  # fmt: skip


class BonusForm(_Since):
    """A bonus rule."""

    name = forms.CharField(label=_("Name of the bonus"), max_length=60)
    kind = forms.ChoiceField(
        label=_("It is given from"),
        choices=[
            ("quality", _("so many percent right the first time")),
            ("output", _("so many yuan earned by the piece")),
        ],
    )  # fmt: skip
    threshold = _yuan(_("Threshold"), min_value=0)
    percent = _yuan(_("Percent of the piece pay"), min_value=0, max_value=100, required=False)
    yuan = _yuan(_("and yuan"), min_value=0, required=False)
    source = forms.CharField(label=_("By whose word?"), max_length=200)


class EndBonusForm(ActForm):
    """A bonus rule ends."""

    bonus = forms.ModelChoiceField(
        label=_("Bonus rule"), queryset=Bonus.objects.none(), empty_label=None
    )
    until = DayField(label=_("Last day"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["bonus"].queryset = Bonus.objects.filter(until__isnull=True)


class FileForm(ActForm):
    """A file for the bank: a new one, or that of a moment again."""

    filed_at = forms.DateTimeField(widget=forms.HiddenInput, required=False)


class FilePaidForm(ActForm):
    """The bank paid a file."""

    filed_at = forms.DateTimeField(widget=forms.HiddenInput)
    words = forms.CharField(label=_("The bank's number"), max_length=120)


class MinimumForm(_Since):
    """The local minimum wage."""

    month_yuan = _yuan(_("Yuan a month"), min_value=0)
    hour_yuan = _yuan(_("Yuan an hour"), min_value=0)
    source = forms.CharField(
        label=_("Where was it published?"), max_length=200,
        help_text=_("Zhejiang 2024: 2490, 2260 or 2010 a month, 24, 22 or 20 an hour. Look for newer ones."),
    )  # fmt: skip

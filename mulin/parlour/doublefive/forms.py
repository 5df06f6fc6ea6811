"""What is typed for the double five."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.kit.forms import ActForm, PhoneField
from mulin.parlour.doublefive.actions.ideas import Public
from mulin.parlour.doublefive.models import Criterion, Idea, Season
from mulin.parlour.doublefive.queries import partners_of, who_could_screen
from mulin.parlour.doublefive.rules import APPEAL_DAYS, FIRST_CRITERIA

_DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class PlainActForm(ActForm):
    """A button and nothing else."""


class CriteriaForm(ActForm):
    """By what is screened, and the days."""

    collects_until = forms.DateField(
        label=_("Ideas are collected until"), widget=_DAY,
        error_messages={"invalid": _("Write the day like 2026-11-20.")},
    )  # fmt: skip
    criteria = forms.CharField(
        label=_("Criteria, one in each line"), max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}), initial="\n".join(FIRST_CRITERIA),
        help_text=_("Everybody may read them. Once the screening has begun they stay as they are."),
    )  # fmt: skip
    appeal_days = forms.IntegerField(
        label=_("Days to appeal against a refusal"), min_value=1, max_value=30,
        initial=APPEAL_DAYS,
    )  # fmt: skip

    def clean_criteria(self) -> list[str]:
        """The lines that say something."""
        lines = [line.strip() for line in self.cleaned_data["criteria"].splitlines()]
        if any(len(line) > 120 for line in lines):  # noqa: PLR2004  as long as the column
            raise forms.ValidationError(_("A criterion has 120 characters at most."))
        return [line for line in lines if line]


class OpenForm(CriteriaForm):
    """A new year."""

    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=9999)
    field_order = ("year", "collects_until", "criteria", "appeal_days")


class ScreenersForm(ActForm):
    """Who screens."""

    accounts = forms.ModelMultipleChoiceField(
        label=_("Who screens the ideas?"), queryset=None, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Name two at least: one hears the appeal against the other.")},
    )  # fmt: skip

    def __init__(
        self, *args: Any, community_id: int, now: datetime, **kwargs: Any
    ) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["accounts"].queryset = who_could_screen(community_id, now)
        self.fields["accounts"].label_from_instance = lambda account: account.display_name


class PublicForm(ActForm):
    """The words of an idea that everybody may read."""

    title = forms.CharField(
        label=_("What should be done?"), max_length=60,
        error_messages={"required": _("Say in a few words what should be done.")},
    )  # fmt: skip
    site = forms.CharField(label=_("Where?"), max_length=120, required=False)
    gains = forms.CharField(label=_("Who gains by it?"), max_length=200, required=False)
    cost_yuan = forms.DecimalField(
        label=_("What may it cost, in yuan?"), min_value=0, max_digits=12, decimal_places=2,
        required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip

    def public(self) -> Public:
        """The values as the actions take them."""
        values = self.cleaned_data
        return Public(
            title=values["title"], site=values["site"], gains=values["gains"],
            cost_yuan=values["cost_yuan"],
        )  # fmt: skip


class OfferForm(PublicForm):
    """A neighbour offers an idea: one line is enough."""

    words = forms.CharField(
        label=_("Why, and how?"), max_length=2000, required=False,
        widget=forms.Textarea(attrs={"rows": 4}), help_text=_("Only the desk reads this part."),
    )  # fmt: skip
    phone = PhoneField(
        label=_("Your phone number"), required=False,
        help_text=_("Only the desk sees it, to ask you or to tell you what became of it."),
    )  # fmt: skip
    field_order = ("title", "site", "gains", "words", "cost_yuan", "phone")

    def __init__(
        self, *args: Any, is_known: bool = False, **kwargs: Any
    ) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["cost_yuan"].help_text = _("If you do not know, leave it empty.")
        if is_known:
            del self.fields["phone"]


class MergeForm(ActForm):
    """With which other idea this one may be one."""

    into = forms.ModelChoiceField(
        label=_("The same as"), queryset=None, empty_label=_("choose an idea"),
        error_messages={"required": _("Choose another idea of the same year.")},
    )  # fmt: skip

    def __init__(
        self, *args: Any, idea: Idea, **kwargs: Any
    ) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = partners_of(idea)


class RefuseForm(ActForm):
    """By which criterion, and why."""

    criterion = forms.ModelChoiceField(
        label=_("Which criterion does it not meet?"), queryset=None, widget=forms.RadioSelect,
        empty_label=None, error_messages={"required": _("Choose one of this year's criteria.")},
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Why? The author reads this."), max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why: the author reads it.")},
    )  # fmt: skip

    def __init__(
        self, *args: Any, season: Season, **kwargs: Any
    ) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["criterion"].queryset = Criterion.objects.filter(season=season)


class AppealForm(ActForm):
    """Why it should pass all the same."""

    words = forms.CharField(
        label=_("Why should it pass all the same?"), max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say why it should pass all the same.")},
    )  # fmt: skip


class DecideForm(ActForm):
    """What another screener says to the appeal."""

    is_right = forms.TypedChoiceField(
        label=_("Your decision"), widget=forms.RadioSelect,
        choices=[("yes", _("The appeal is right: it passes")),
                 ("no", _("It stays refused, for good"))],
        coerce=lambda typed: typed == "yes",
        error_messages={"required": _("Choose one of the two.")},
    )  # fmt: skip
    answer = forms.CharField(
        label=_("Why? The author reads this."), max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why: the author reads it.")},
    )  # fmt: skip

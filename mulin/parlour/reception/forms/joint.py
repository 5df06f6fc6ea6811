"""The forms of work that several do: offer, help, send out, join; and of answer templates."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.commons.flow.models import Category, Need
from mulin.ground.community.models import Account
from mulin.ground.people.forms import OrganisationField
from mulin.kit.forms import ActForm, DayField, PhotosField
from mulin.kit.redaction import SOMEBODY, redact


class OfferForm(ActForm):
    """To which colleague, and why."""

    to = forms.ModelChoiceField(
        label=_("To whom?"), queryset=Account.objects.none(), empty_label=None
    )
    why = forms.CharField(
        label=_("Why?"), max_length=200,
        error_messages={"required": _("Say why, so that they know what is expected.")},
    )  # fmt: skip

    def __init__(self, *args: Any, handlers: Any, **kwargs: Any) -> None:
        """Any: a queryset and Django's own form arguments."""
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = handlers


class HelpForm(ActForm):
    """Who is asked to do what, by when."""

    helper = forms.ModelChoiceField(
        label=_("Whom do you ask?"), queryset=Account.objects.none(), empty_label=None
    )
    asked = forms.CharField(
        label=_("What are they to do?"), max_length=200,
        error_messages={"required": _("Say what they are asked to do.")},
    )  # fmt: skip
    until = DayField(label=_("By which day?"), is_last=True)

    def __init__(self, *args: Any, handlers: Any, **kwargs: Any) -> None:
        """Any: a queryset and Django's own form arguments."""
        super().__init__(*args, **kwargs)
        self.fields["helper"].queryset = handlers


class SendOutForm(ActForm):
    """To which unit, what for, by which letter, back by when."""

    to = OrganisationField(
        label=_("To which unit?"), empty_label=_("choose"),
        error_messages={"required": _("Choose a unit.")},
    )  # fmt: skip
    asked = forms.CharField(
        label=_("What are they to do?"), max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say what they are asked to do.")},
    )  # fmt: skip
    back_by = DayField(label=_("Answer by which day?"), is_last=True)
    letter = forms.CharField(label=_("Number of the letter"), max_length=60, required=False)
    contact = forms.CharField(label=_("Who there?"), max_length=60, required=False)


class HandUpForm(ActForm):
    """What the street office is to solve, in words that leave the community; by when."""

    words = forms.CharField(
        label=_("What is the street to solve?"), max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("These words leave the community: name nobody."),
        error_messages={"required": _("Say what the street is to solve.")},
    )  # fmt: skip
    back_by = DayField(label=_("Answer by which day?"), is_last=True)

    @classmethod
    def for_need(cls, need: Need, **kwargs: Any) -> "HandUpForm":  # Any: Django's form arguments
        """Begun with what was said, without what a machine finds of persons in it."""
        named = [need.person.name if need.person else "", need.contact_name or ""]
        words = redact(need.words, names={name: SOMEBODY for name in named if name})
        return cls(initial={"words": words[:300]}, **kwargs)


class BackForm(ActForm):
    """What the unit answered: in words, or a photo of its letter."""

    answer = forms.CharField(
        label=_("What do they say?"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    photos = PhotosField(
        label=_("A photo of their letter"), help_text=_("Only those who work on it see it.")
    )


class RefuseForm(ActForm):
    """Why not."""

    why = forms.CharField(
        label=_("Why not?"), max_length=200,
        error_messages={
            "required": _("Say why not, so that they know whom to ask instead.")
        },
    )  # fmt: skip


class ReportForm(ActForm):
    """What was done."""

    report = forms.CharField(
        label=_("What was done?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say what was done.")},
    )  # fmt: skip


class TemplateForm(ActForm):
    """An answer template."""

    name = forms.CharField(
        label=_("Name"), max_length=40,
        error_messages={"required": _("Give it a name by which it is found.")},
    )  # fmt: skip
    category = forms.ModelChoiceField(
        label=_("For which kind?"), queryset=Category.objects.none(), required=False,
        empty_label=_("for any kind"),
    )  # fmt: skip
    words = forms.CharField(
        label=_("Words"), max_length=1000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "Filled in from the demand: {称呼} {编号} {类别} {地点} {日期} {经办人} {电话}"
        ),
        error_messages={"required": _("Write the words of the answer.")},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = Category.objects.filter(is_active=True)

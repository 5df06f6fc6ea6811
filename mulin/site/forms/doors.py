"""The forms at the door: one question each."""

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.kit.forms import ActForm

_CODE = {"inputmode": "numeric", "autocomplete": "one-time-code", "size": "8", "maxlength": "12"}
_NEW = {"autocomplete": "new-password"}


class PhoneForm(ActForm):
    """The phone a code goes to."""

    phone = forms.CharField(
        label=_("Your phone number"),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
        help_text=_("We send you a code of six digits. You need no password."),
        error_messages={"required": _("Type the number of your phone.")},
    )


class CodeForm(ActForm):
    """The code that came."""

    code = forms.CharField(
        label=_("The six digits"),
        max_length=12,
        widget=forms.TextInput(attrs=_CODE),
        error_messages={"required": _("Type the six digits from the message.")},
    )


class CardForm(ActForm):
    """Nothing is typed: who holds the card presses the button."""


class StaffForm(ActForm):
    """Name and password of whoever works here."""

    login_name = forms.CharField(
        label=_("Login name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
        error_messages={"required": _("Type the name you sign in with.")},
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Type your password.")},
    )


class SeatForm(ActForm):
    """The password of whoever was chosen at a shared desk."""

    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(
            attrs={"autocomplete": "current-password", "data-focus": "", "autofocus": ""}
        ),
        error_messages={"required": _("Type your password.")},
    )


class SecondFactorForm(ActForm):
    """What the app shows now."""

    code = forms.CharField(
        label=_("The six digits in your app"),
        max_length=12,
        widget=forms.TextInput(attrs=_CODE),
        error_messages={"required": _("Type the six digits that your app shows now.")},
    )


class SetUpFactorForm(SecondFactorForm):
    """The first code of a new second factor; the secret travels with the form, signed."""

    secret = forms.CharField(widget=forms.HiddenInput, max_length=200)


class NewPasswordForm(ActForm):
    """A password of one's own choice."""

    password = forms.CharField(
        label=_("New password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs=_NEW),
        help_text=_("At least ten characters. Three or four words in a row are easy to keep."),
        error_messages={"required": _("Choose a password.")},
    )


class ChangePasswordForm(NewPasswordForm):
    """The present password, and the new one."""

    old_password = forms.CharField(
        label=_("Present password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Type your present password.")},
    )
    field_order = ("old_password", "password")


class NameForm(ActForm):
    """How one wants to be called."""

    display_name = forms.CharField(
        label=_("How may we call you?"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("The name your neighbours use is fine."),
        error_messages={"required": _("Type the name we may call you by.")},
    )


class SetUpForm(ActForm):
    """The first start: the community, whoever runs this computer, and the head."""

    name = forms.CharField(label=_("Name of the community"), max_length=60)
    slug = forms.SlugField(
        label=_("Short name for addresses"),
        max_length=40,
        help_text=_("Letters, digits and dashes, such as xinjie."),
    )
    street = forms.CharField(label=_("Street office"), max_length=60)
    phone = forms.CharField(
        label=_("Phone of the community"),
        max_length=30,
        help_text=_("It stands on every page, for whoever would rather talk."),
    )
    address = forms.CharField(label=_("Address"), max_length=120, required=False)
    grids = forms.CharField(
        label=_("Grids, one a line"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("In the order of their numbers."),
    )
    installer_name = forms.CharField(label=_("Your name"), max_length=60)
    installer_login = forms.CharField(label=_("Your login name"), max_length=60)
    password = forms.CharField(
        label=_("Your password"), max_length=200, strip=False,
        widget=forms.PasswordInput(attrs=_NEW),
        help_text=_("You set the house up and see no resident's matters."),
    )  # fmt: skip
    head_name = forms.CharField(label=_("Name of the head of the community"), max_length=60)
    head_login = forms.CharField(label=_("Login name of the head"), max_length=60)

    def clean_grids(self) -> list[str]:
        """The names of the grids, in their order."""
        names = [line.strip() for line in str(self.cleaned_data["grids"]).splitlines()]
        return [name[:60] for name in names if name]

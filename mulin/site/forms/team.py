"""The forms of whoever keeps the team: accounts, roles, stand-ins, working days."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.models import ROLE_LABELS, Account, Grid
from mulin.ground.community.permissions import may_give_role
from mulin.ground.community.rules import Actor, Role
from mulin.kit.forms import ActForm, DayField


class DictationForm(ActForm):
    """Whether staff may speak into fields."""

    is_on = forms.BooleanField(
        label=_("Staff may speak into fields"), required=False,
        help_text=_("The browser then sends what is spoken to its maker, mostly abroad."),
    )  # fmt: skip


class RoleForm(ActForm):
    """A role, with its grid and its days."""

    role = forms.ChoiceField(label=_("Role"))
    grid = forms.ModelChoiceField(
        label=_("Grid"),
        queryset=Grid.objects.none(),
        required=False,
        help_text=_("For a grid officer only."),
    )
    since = DayField(label=_("From"), required=False, help_text=_("Empty means from now on."))
    until = DayField(
        label=_("Last day"), required=False, is_last=True, help_text=_("Empty means without end.")
    )

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:  # Any: Django's arguments
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [
            (role.value, label) for role, label in ROLE_LABELS.items() if may_give_role(by, role)
        ]
        self.fields["grid"].queryset = Grid.objects.all()

    def clean_role(self) -> Role:
        """The role itself."""
        return Role(self.cleaned_data["role"])


class OpenAccountForm(RoleForm):
    """A new colleague. They choose their password by a link."""

    display_name = forms.CharField(label=_("Name"), max_length=60)
    login_name = forms.CharField(
        label=_("Login name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )
    field_order = ("display_name", "login_name", "role", "grid", "until")

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:  # Any: Django's arguments
        super().__init__(*args, by=by, **kwargs)
        del self.fields["since"]


class StandInForm(ActForm):
    """Who stands in, and for which days."""

    stand_in = forms.ModelChoiceField(label=_("Who stands in"), queryset=Account.objects.none())
    since = DayField(label=_("From"))
    until = DayField(label=_("Last day"), is_last=True)

    def __init__(self, *args: Any, among: Any, **kwargs: Any) -> None:  # Any: a queryset, Django's
        super().__init__(*args, **kwargs)
        self.fields["stand_in"].queryset = among


class WorkdayForm(ActForm):
    """A day on which the built-in calendar is wrong, or does not know yet."""

    day = DayField(label=_("Day"))
    is_workday = forms.TypedChoiceField(
        label=_("What it is"),
        choices=[("1", _("a working day")), ("0", _("a day off"))],
        coerce=lambda typed: typed == "1",
        widget=forms.RadioSelect,
    )
    source = forms.CharField(
        label=_("Where that stands"),
        max_length=200,
        help_text=_("The notice of the State Council, or who decided it."),
    )

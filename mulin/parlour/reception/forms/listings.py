"""What reception's lists are narrowed by before they are taken away."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.ground.community.models import Grid
from mulin.ground.downloads.forms import PeriodForm
from mulin.kit.channels import Channel


class DemandsForm(PeriodForm):
    """Which demands: of which days, which still open, by which way, of which grid."""

    q = forms.CharField(label=gettext_lazy("Number or words"), max_length=60, required=False)
    show = forms.ChoiceField(
        label=gettext_lazy("Which"),
        choices=[
            ("all", gettext_lazy("All")), ("open", gettext_lazy("Open")),
            ("mine", gettext_lazy("Mine")), ("late", gettext_lazy("Late")),
            ("answered", gettext_lazy("To be confirmed")),
        ],
        required=False,
    )  # fmt: skip
    channel = forms.ChoiceField(
        label=gettext_lazy("How it came"),
        choices=lambda: [("", _("any way")), *Channel.choices()],
        required=False,
    )
    grid = forms.ModelChoiceField(
        label=gettext_lazy("Grid"), queryset=Grid.objects.none(), required=False,
        empty_label=gettext_lazy("every grid"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["grid"].queryset = Grid.objects.all()

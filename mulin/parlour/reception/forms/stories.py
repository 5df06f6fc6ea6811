"""What is shown to the street: the clerk's words, the chosen photos, and what has been looked at."""

from typing import Any

from django import forms
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from mulin.commons.flow.models import Category
from mulin.ground.community.models import Grid
from mulin.kit.forms import ActForm
from mulin.parlour.reception.shown import Draft


class ShowForm(ActForm):
    """Words and answer without persons. It is sent twice: for a look, then to be shown.

    `seen` proves that what is to be shown is, to the letter, what was looked at.
    """

    words = forms.CharField(
        label=_("What was asked"), max_length=2000, widget=forms.Textarea(attrs={"rows": 6})
    )
    answer = forms.CharField(
        label=_("What was done"), max_length=2000, widget=forms.Textarea(attrs={"rows": 6})
    )
    photos = forms.MultipleChoiceField(
        label=_("Photos to show"), required=False, widget=forms.CheckboxSelectMultiple
    )
    looked = forms.BooleanField(
        label=_("I have read it: what is still marked tells of nobody"), required=False
    )

    def __init__(
        self, *args: Any, draft: Draft, shown: Any = None, **kwargs: Any
    ) -> None:  # Any: form arguments, a story
        kwargs["initial"] = {
            "words": shown.words if shown else draft.tells.without(draft.words),
            "answer": shown.answer if shown else draft.tells.without(draft.answer),
            "photos": [photo.code for photo in draft.photos if photo.is_public],
        }
        super().__init__(*args, **kwargs)
        self.fields["photos"].choices = [
            (photo.code, photo.get_moment_display()) for photo in draft.photos
        ]

    @property
    def seal(self) -> str:
        """Of what is to be shown, as it was typed."""
        values = self.cleaned_data
        said = "\0".join((values["words"], values["answer"], *sorted(values["photos"])))
        return salted_hmac("reception.show", said).hexdigest()

    @property
    def was_seen(self) -> bool:
        """Whether exactly this was looked at before the button that shows it was pressed."""
        sent = str(self.data.get("seen", ""))
        return self.data.get("step") == "show" and constant_time_compare(sent, self.seal)


class StoryFilterForm(forms.Form):
    """What passers-by narrow the list by; nonsense counts as not given."""

    category = forms.ModelChoiceField(
        label=_("Kind"),
        queryset=Category.objects.none(),
        required=False,
        empty_label=_("all kinds"),
    )
    grid = forms.ModelChoiceField(
        label=_("Grid"), queryset=Grid.objects.none(), required=False, to_field_name="number",
        empty_label=_("all grids"),
    )  # fmt: skip
    month = forms.RegexField(r"^20[0-9]{2}-(0[1-9]|1[0-2])$", label=_("Month"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = Category.objects.filter(is_active=True)
        self.fields["grid"].queryset = Grid.objects.all()

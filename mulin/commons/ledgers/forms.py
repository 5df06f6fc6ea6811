"""A file is chosen, and which ledger it is."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.commons.ledgers.registry import Ledger
from mulin.kit.forms import ActForm, TableField


class FileForm(ActForm):
    """Which ledger, which file."""

    ledger = forms.ChoiceField(label=_("Which ledger is it?"))
    file = TableField(
        help_text=_("Excel (.xlsx, .xls) or CSV. Nothing is taken in before you have seen it."),
    )

    def __init__(self, *args: Any, ledgers: list[Ledger], **kwargs: Any) -> None:  # Any: Django's
        super().__init__(*args, **kwargs)
        self.fields["ledger"].choices = [(one.name, one.label) for one in ledgers]

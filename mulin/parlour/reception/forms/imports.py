"""The forms of a file of demands: choose it, and say what its columns mean."""

import re
from collections.abc import Sequence
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mulin.kit.forms import ActForm
from mulin.parlour.reception.importing.mapping import (
    CLOSED,
    FIELDS,
    OPEN,
    ORDERS,
    RECORD,
    REQUIRED,
    ColumnMap,
    guess_columns,
)

_HERE = "Asia/Shanghai"
_PARTED = re.compile(r"[,，、;；\n]")


def _zones() -> list[tuple[str, str]]:
    others = sorted(available_timezones() - {_HERE})
    return [(_HERE, gettext("Beijing time")), *((zone, zone) for zone in others)]


class UploadForm(ActForm):
    """The file itself."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("A table (CSV or Excel), or GeoReport v2 (JSON or XML), of at most 20 MB."),
        max_length=200,
    )


class ColumnsForm(ActForm):
    """One choice of column per field, and how dates and states are written."""

    purpose = forms.ChoiceField(
        label=_("What these rows are"),
        choices=[
            (RECORD, _("demands that others dealt with, as a record")),
            (ORDERS, _("work orders that we have to answer")),
        ],
        initial=RECORD,
        widget=forms.RadioSelect,
    )
    system = forms.SlugField(
        allow_unicode=True,
        label=_("Short name of the other system"),
        help_text=_(
            "Letters and digits, such as hotline12345. Files of one system share their numbers."
        ),
        max_length=40,
    )
    date_format = forms.CharField(
        label=_("How dates are written"),
        # The pattern is no placeholder of a message, so it stands outside of it.
        help_text=format_lazy(
            _("Empty for 2026-11-25 15:04; {pattern} for 11/25/2026 03:04:05 PM."),
            pattern="%m/%d/%Y %I:%M:%S %p",
        ),
        max_length=60,
        required=False,
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=lazy(_zones, list))
    open_words = forms.CharField(
        label=_("Words for open"),
        help_text=_("With commas between; the usual ones are known."),
        max_length=200,
        required=False,
    )
    closed_words = forms.CharField(label=_("Words for closed"), max_length=200, required=False)

    # Any: Django's own form arguments.
    def __init__(
        self, *args: Any, header: Sequence[str], base: ColumnMap | None, **kwargs: Any
    ) -> None:
        self.header, self.base = list(header), base
        kwargs["initial"] = self._first_proposal()
        super().__init__(*args, **kwargs)
        choices = [("", _("not in this table")), *((name, name) for name in header)]
        for name, label in FIELDS.items():
            self.fields[name] = forms.ChoiceField(
                label=str(label), choices=choices, required=name in REQUIRED,
                error_messages={"required": _("Say which column it is.")},
            )  # fmt: skip

    def _first_proposal(self) -> dict[str, str]:
        if self.base is None:
            return {"purpose": RECORD, "time_zone": _HERE, **guess_columns(self.header)}
        return {
            "purpose": self.base.purpose,
            "system": self.base.system,
            "date_format": self.base.date_format,
            "time_zone": self.base.time_zone,
            "open_words": self._words(OPEN),
            "closed_words": self._words(CLOSED),
            **self.base.columns,
        }

    def _words(self, state: str) -> str:
        return ", ".join(
            word
            for word, means in (self.base.statuses if self.base else {}).items()
            if means == state
        )

    @property
    def columns(self) -> list[forms.BoundField]:
        """The choices of column that are made, or have to be, in their order."""
        return [self[name] for name in FIELDS if self._is_made(name)]

    @property
    def other_columns(self) -> list[forms.BoundField]:
        """The choices of column for what the table does not seem to have."""
        return [self[name] for name in FIELDS if not self._is_made(name)]

    def _is_made(self, name: str) -> bool:
        return name in REQUIRED or bool(self[name].value()) or name in self.errors

    @property
    def is_written_oddly(self) -> bool:
        """Whether dates or states are not written as usual, or what was typed of it is wrong."""
        odd = ("date_format", "open_words", "closed_words")
        return (
            any(self[name].value() or name in self.errors for name in odd)
            or self["time_zone"].value() != _HERE
        )

    def chosen(self) -> ColumnMap:
        """The map that was chosen. Raises Refused where it can't be used."""
        values = self.cleaned_data
        return ColumnMap(
            system=values["system"],
            purpose=values["purpose"],
            columns={name: values[name] for name in FIELDS if values[name]},
            header=self.header,
            date_format=values["date_format"],
            time_zone=values["time_zone"],
            statuses={
                word.strip(): state
                for state, typed in ((OPEN, values["open_words"]), (CLOSED, values["closed_words"]))
                for word in _PARTED.split(typed)
                if word.strip()
            },
            # A page can't ask for these; what the file of the map says of them stays.
            channels=self.base.channels if self.base else {},
            categories=self.base.categories if self.base else {},
        )

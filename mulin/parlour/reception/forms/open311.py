"""What GeoReport v2 asks with: a search for requests, and a request of its own."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.commons.flow.models import Category, ContactWish, Visibility
from mulin.commons.flow.said import Said
from mulin.ground.places.models import Building
from mulin.kit.forms import PhoneField
from mulin.kit.openapi import MomentField
from mulin.parlour.reception.forms.programs import said_by_program

LONGEST_SPAN: Final = timedelta(days=90)
MOST_ROWS: Final = 1_000
#: code → (what is asked, its choices); the same for every service.
ATTRIBUTES: Final = {
    "VISIBILITY": (_("Who may know who asked?"), Visibility),
    "CONTACT": (_("How do they want to hear the answer?"), ContactWish),
}


class Open311SearchForm(forms.Form):
    """Which requests are wanted. Ids set everything else aside, as the standard says."""

    jurisdiction_id = forms.CharField(max_length=40, required=False)
    service_request_id = forms.CharField(max_length=2000, required=False)
    service_code = forms.CharField(max_length=2000, required=False)
    start_date = MomentField(required=False)
    end_date = MomentField(required=False)
    status = forms.CharField(max_length=20, required=False)
    page = forms.IntegerField(min_value=1, max_value=1_000, required=False)
    page_size = forms.IntegerField(min_value=1, max_value=MOST_ROWS, required=False)

    def clean_status(self) -> list[str]:
        """open, closed, or both with a comma between."""
        wanted = _listed(self.cleaned_data["status"])
        if not set(wanted) <= {"open", "closed"}:
            raise forms.ValidationError(_("A status is “open” or “closed”."), code="status")
        return wanted

    def clean_service_code(self) -> list[str]:
        return _listed(self.cleaned_data["service_code"])

    def clean_service_request_id(self) -> list[str]:
        return _listed(self.cleaned_data["service_request_id"])

    def span(self, now: datetime) -> tuple[datetime, datetime]:
        """From when to when, 90 days at most: the latest of a longer span."""
        first, last = self.cleaned_data["start_date"], self.cleaned_data["end_date"]
        if first is not None and last is None:
            last = min(first + LONGEST_SPAN, max(now, first))
        last = last or now
        return max(first or last - LONGEST_SPAN, last - LONGEST_SPAN), last


class Open311RequestForm(forms.Form):
    """A request as GeoReport v2 sends it."""

    service_code = forms.CharField(
        max_length=40, error_messages={"required": _("service_code is missing.")}
    )
    description = forms.CharField(max_length=2000, required=False)
    lat = forms.DecimalField(
        max_digits=18, decimal_places=14, min_value=Decimal(-90), max_value=Decimal(90),
        required=False,
    )  # fmt: skip
    long = forms.DecimalField(
        max_digits=18, decimal_places=14, min_value=Decimal(-180), max_value=Decimal(180),
        required=False,
    )  # fmt: skip
    address_string = forms.CharField(max_length=120, required=False)
    address_id = forms.CharField(max_length=40, required=False)
    first_name = forms.CharField(max_length=30, required=False)
    last_name = forms.CharField(max_length=30, required=False)
    phone = PhoneField(required=False)

    def clean_service_code(self) -> Category:
        """The kind itself."""
        found = Category.objects.filter(
            code=self.cleaned_data["service_code"], is_active=True
        ).first()
        if found is None:
            raise forms.ValidationError(_("There is no such service_code."), code="unknown")
        return found

    def clean(self) -> dict[str, Any]:  # Any: Django's own signature
        values = super().clean() or {}
        if (values.get("lat") is None) != (values.get("long") is None):
            self.add_error("lat", _("lat and long go together."))
        asked = ("lat", "address_string", "address_id")
        if not any(values.get(name) or name in self.errors for name in asked):
            raise forms.ValidationError(
                _("Say where it is: lat and long, address_string or address_id."), code="place"
            )
        for code, (_label, choices) in ATTRIBUTES.items():
            sent = self.data.get(f"attribute[{code}]", "")
            if sent and sent not in choices.values:
                raise forms.ValidationError(
                    _("attribute[%(code)s] has no such value."), params={"code": code}
                )
            values[code] = sent
        return values

    def said(self) -> Said:
        """What was sent, as values; a name as it is written here, family name first."""
        values = self.cleaned_data
        address = values["address_id"] or values["address_string"]
        building = Building.objects.filter(name=address).first() if address else None
        kind: Category = values["service_code"]
        return said_by_program(
            {
                "words": values["description"] or kind.name,
                "category": kind,
                "building": building,
                "place_words": "" if building else values["address_string"],
                "contact_name": values["last_name"] + values["first_name"],
                "contact_phone": values["phone"],
                "contact_wish": values["CONTACT"],
                "visibility": values["VISIBILITY"],
                "latitude": values["lat"],
                "longitude": values["long"],
            }
        )


def _listed(typed: str) -> list[str]:
    return [one.strip() for one in typed.split(",") if one.strip()]

"""How every form of Mulin behaves: our own field template, and a token that makes a form
sent twice do its work once.
"""

import secrets
from datetime import date, datetime
from typing import Any, Final

from django import forms
from django.conf import settings
from django.forms.renderers import BaseRenderer, TemplatesSetting
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from mulin.kit import clock
from mulin.kit.clock import end_of_day, local_day, parse_day, parse_local, start_of_day
from mulin.kit.keeping import keep_photos, kept_photos
from mulin.kit.phones import normalise_phone
from mulin.kit.photos import LONGEST_PX, PhotoRefused, clean_photo


class Renderer(TemplatesSetting):
    """Fields drawn by our own template, found like any other template."""

    field_template_name = "kit/field.html"


def fresh_token() -> str:
    """A token for one showing of a form."""
    return secrets.token_urlsafe(16)


#: What Django draws where a form says nothing of the line that chooses nothing.
_DASHES: Final = "---------"


#: What Django itself says of an empty field.
_REQUIRED: Final = forms.Field.default_error_messages["required"]


class ActForm(forms.Form):
    """A form that leads to an action. It carries the token under which the act is recorded. The line
    of a list that chooses nothing says so in words, and what was left empty asks to be filled in.

    The browser sends the same token however often the button is pressed, and the action then
    returns the first result. After an error the token stays, for nothing was done with it.
    """

    token = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    required_css_class = "required"
    error_css_class = "wrong"

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["token"].initial = fresh_token
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField) and field.empty_label == _DASHES:
                field.empty_label = _("Choose") if field.required else _("nothing chosen")
            if field.error_messages.get("required") is _REQUIRED:
                is_choice = isinstance(field, forms.ChoiceField | forms.ModelChoiceField)
                field.error_messages["required"] = (
                    _("Please choose.") if is_choice else _("Please fill this in.")
                )

    def full_clean(self) -> None:
        """Photos that came with a faulty form wait on the server until it is sent again."""
        super().full_clean()
        if not self.is_bound:
            return
        token = str(self.data.get(self.add_prefix("token"), ""))
        for name, field in self.fields.items():
            if isinstance(field, PhotosField) and name not in self.errors:
                self._carry_over(name, token)

    def _carry_over(self, name: str, token: str) -> None:
        photos = self.cleaned_data.get(name) or kept_photos(token, name)
        self.cleaned_data[name] = photos
        if photos and self.errors:
            keep_photos(token, name, photos)
            # The bound field copied its help when it was made.
            self[name].help_text = ngettext(
                "Your photo is kept; you need not choose it again.",
                "Your %(count)s photos are kept; you need not choose them again.",
                len(photos),
            ) % {"count": len(photos)}

    def keep_what_was_sent(self) -> None:
        """The form was right but the act was refused: its photos wait as well."""
        token = str(self.data.get(self.add_prefix("token"), ""))
        for name, field in self.fields.items():
            if isinstance(field, PhotosField):
                self._carry_over(name, token)

    @property
    def idempotency_token(self) -> str:
        """The token that was sent, or a new one for a client that sent none."""
        return str(self.cleaned_data.get("token") or fresh_token())


class PlainForm(ActForm):
    """A button: nothing is typed, the token alone is sent."""


class TableField(forms.FileField):
    """A table from another program; `help_text` says what is not done before it was looked at."""

    def __init__(self, **kwargs: Any) -> None:  # Any: Django's own field options
        kwargs.setdefault("label", _("File"))
        kwargs.setdefault("error_messages", {"required": _("Please choose a file.")})
        super().__init__(**kwargs)


class DayInput(forms.DateInput):
    """A day chosen in the browser's own calendar, or typed there in digits."""

    input_type = "date"

    def format_value(self, value: Any) -> str | None:  # Any: a day, a moment, or what was typed
        if isinstance(value, datetime):
            value = local_day(value)
        return value.isoformat() if isinstance(value, date) else value or None

    # Any: Django's own signature
    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        shown = context["widget"]["value"]
        if shown and not _is_day(shown):
            context["widget"]["type"] = "text"  # a calendar would show nothing of it
        return context


def _is_day(typed: str) -> bool:
    """Whether it is a day that exists, spelled as a calendar of the browser spells it."""
    try:
        return date.fromisoformat(typed).isoformat() == typed
    except ValueError:
        return False


class DayField(forms.CharField):
    """A day as people write it, 2026-11-20 or 2026年11月20日; gives the moment it begins, or,
    for a last day, the moment it has ended.
    """

    def __init__(self, *, is_last: bool = False, **kwargs: Any) -> None:  # Any: Django's options
        self.is_last = is_last
        kwargs.setdefault("widget", DayInput())
        super().__init__(max_length=20, **kwargs)

    def clean(self, value: Any) -> datetime | None:  # Any: Django's own signature
        typed = super().clean(value)
        if not typed:
            return None
        try:
            day = parse_day(typed)
        except ValueError:
            raise forms.ValidationError(_("Write the day like 2026-11-20.")) from None
        return end_of_day(day) if self.is_last else start_of_day(day)


class PhoneField(forms.CharField):
    """A telephone number as people write it; gives its plain digits."""

    def __init__(self, **kwargs: Any) -> None:  # Any: Django's own field options
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:  # Any: Django's own field signature
        typed: str = super().clean(value)
        if not typed:
            return ""
        try:
            return normalise_phone(typed)
        except ValueError:
            raise forms.ValidationError(
                _("This does not look like a phone number. Write it with area code.")
                if self.required
                else _(
                    "This does not look like a phone number. Write it with area code, or leave it empty."
                ),
                code="phone",
            ) from None


class HappenedField(forms.DateTimeField):
    """When a form was filled in, if a device kept it for want of a network: written by the script
    that sends it later. None for one that was sent at once, and for a time nobody can believe.
    """

    def __init__(self, **kwargs: Any) -> None:  # Any: Django's own field options
        kwargs.setdefault("required", False)
        kwargs.setdefault("widget", forms.HiddenInput)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> datetime | None:  # Any: Django's own field signature
        try:
            claimed = parse_local(str(value)) if value else None
        except ValueError:
            return None
        return claimed if claimed == clock.believed(claimed, clock.now()) else None


class LongSelect(forms.Select):
    """A choice among thousands, like all buildings: written by one line and not by a template for
    each, which takes a second for five thousand.
    """

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:  # fmt: skip
        chosen = set(self.format_value(value))
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            (
                (key, mark_safe(" selected") if str(key) in chosen else "", words)
                for key, words in self.choices
            ),
        )
        facts = flatatt({"name": name, **self.build_attrs(self.attrs, attrs)})
        return format_html("<select{}>{}</select>", facts, options)


class SeveralFiles(forms.FileInput):
    """A file input that takes several pictures, from the camera or the album."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Photos as people send them; gives a tuple of clean ones (see kit.photos)."""

    widget = SeveralFiles

    def __init__(
        self, *, most: int = 6, longest_px: int = LONGEST_PX, **kwargs: Any
    ) -> None:  # Any: Django's own field options
        self.most, self.longest_px = most, longest_px
        kwargs.setdefault("required", False)
        kwargs.setdefault(
            "widget",
            SeveralFiles(attrs={"accept": "image/*", "multiple": True, "data-photos": ""}),
        )
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:  # Any: Django's own field signature
        files = data if isinstance(data, list | tuple) else [data] if data else []
        files = [super(PhotosField, self).clean(file, initial) for file in files]
        if len(files) > self.most:
            raise forms.ValidationError(
                _("Send %(most)s photos at most."), params={"most": self.most}, code="too_many"
            )
        photos = []
        for file in files:
            try:
                photos.append(
                    clean_photo(
                        file, longest_px=self.longest_px, max_bytes=settings.MULIN_PHOTO_MAX_BYTES
                    )
                )
            except PhotoRefused as refusal:
                raise forms.ValidationError(
                    str(refusal.message), code=str(refusal.code)
                ) from refusal
        return tuple(photos)

"""What is typed about messages: that one was told, and how a channel is reached."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.ground.notify.actions.wechat import ServiceAccountValues
from mulin.ground.notify.models import ServiceAccount, WeChatKind
from mulin.ground.notify.rules import LONGEST_PLACE
from mulin.ground.notify.topics import topics
from mulin.kit.forms import ActForm


class ToldForm(ActForm):
    """Somebody was told in person."""

    note = forms.CharField(
        label=_("What they said"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only what matters for later."),
    )


class ChannelForm(ActForm):
    """Where a channel leads, and whether it is used."""

    target = forms.CharField(
        label=_("Where it leads"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("The old one is kept if this stays empty. It is stored encrypted."),
    )
    is_on = forms.BooleanField(label=_("Use this channel"), required=False)

    def clean_target(self) -> str:
        return str(self.cleaned_data["target"]).strip()


class TextChannelForm(ChannelForm):
    """The gateway of text messages: also its registered signature, and what a part costs."""

    sign = forms.CharField(
        label=_("Signature"), max_length=20, required=False,
        help_text=_("As it is registered, without brackets. Each text begins with it: 【…】. Leave it"
                    " empty where the gateway puts it there."),
    )  # fmt: skip
    yuan_per_part = forms.DecimalField(
        label=_("What one part costs, in yuan"), max_digits=6, decimal_places=4, min_value=0,
        required=False, help_text=_("From the contract, for example 0.045. A text of more than 70"
                                    " characters goes in parts of 67."),
    )  # fmt: skip
    field_order = ("target", "sign", "yuan_per_part", "is_on")


class TextTemplateForm(ActForm):
    """A text as the vendor approved it."""

    topic = forms.ChoiceField(label=_("For"), required=False)
    approval_id = forms.CharField(
        label=_("Number of the approved template"), max_length=60,
        error_messages={"required": _("Type the number that the vendor gave it.")},
    )  # fmt: skip
    text = forms.CharField(
        label=_("Its text"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Exactly as approved, without the signature. Our words stand in ${subject},"
                    " ${body} and ${community}."),
        error_messages={"required": _("Type the text as it was approved.")},
    )  # fmt: skip
    longest = forms.IntegerField(
        label=_("Longest word in a place"), min_value=5, max_value=200, initial=LONGEST_PLACE,
        help_text=_("The vendor says how many characters a place holds; most allow 35."),
        error_messages={"required": _("Type a number, most allow 35.")},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own form arguments
        super().__init__(*args, **kwargs)
        named = sorted(topics().items(), key=lambda one: str(one[1]))
        self.fields["topic"].choices = [("", _("everything else")), *named]


def _typed(label: Any, help_text: Any = "", *, most: int = 100, needed: bool = False) -> Any:
    return forms.CharField(
        label=label, max_length=most, required=needed, help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip


_KEPT = _("The old one is kept if this stays empty. Secrets are stored encrypted.")


class ServiceAccountForm(ActForm):
    """The community's service account; secrets are written, never shown."""

    app_id = _typed(_("App id"), _("From the developer's page of the service account: wx…"),
                    most=40, needed=True)  # fmt: skip
    app_secret = _typed(_("App secret"), _KEPT, most=200)
    domain_code = _typed(
        _("Code of the domain's file"),
        _("WeChat has a file MP_verify_….txt put on the server. What stands between MP_verify_ and"
          " .txt is enough; Mulin answers with it."), most=40,
    )  # fmt: skip
    callback_token = _typed(_("Token of the callback"), _KEPT)
    callback_key = _typed(
        _("Key of the encrypted callback (EncodingAESKey)"),
        _("Only for the encrypted mode. The old one is kept if this stays empty."),
    )
    template_kind = forms.ChoiceField(
        label=_("Kind of message"), choices=WeChatKind.choices, widget=forms.RadioSelect
    )
    template_id = _typed(_("Id of the template"), _("Without it nothing is sent by WeChat."))
    subject_field = _typed(_("Field for the matter"), _("As in the template: thing1"), most=40)
    body_field = _typed(_("Field for the news"), _("thing2; what is too long is cut."), most=40)
    time_field = _typed(_("Field for the time"), _("time3"), most=40)
    is_on = forms.BooleanField(label=_("Use the service account"), required=False)

    @classmethod
    def shown(cls, account: ServiceAccount | None) -> dict[str, object]:
        """What may be shown of the account as it stands; of secrets nothing."""
        if account is None:
            return {"template_kind": WeChatKind.TEMPLATE, "is_on": True}
        secrets = {"token", "app_secret", "callback_token", "callback_key"}
        return {name: getattr(account, name) for name in cls.base_fields if name not in secrets}

    @property
    def values(self) -> ServiceAccountValues:
        typed = {name: self.cleaned_data[name] for name in self.fields if name != "token"}
        return ServiceAccountValues(**typed)

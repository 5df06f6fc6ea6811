"""What is typed about messages: that one was told, and how a channel is reached."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.ground.notify.actions.wechat import ServiceAccountValues
from mulin.ground.notify.models import ServiceAccount, WeChatKind
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


class PlainActForm(ActForm):
    """A button: nothing but the token."""


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

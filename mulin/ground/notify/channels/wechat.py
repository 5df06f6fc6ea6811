"""Template and subscription messages of a community's service account 服务号.

As WeChat documents it: a pass (`cgi-bin/stable_token`, good for two hours, the same for all who
ask until it ends), then `message/template/send` or `message/subscribe/bizsend`. The target is the
account's app id; keys and pass stand in `ServiceAccount`.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext

from mulin.ground.community.models import Community
from mulin.ground.notify.channels.lines import Answer, Patience, ask
from mulin.ground.notify.channels.shape import Outcome, Parcel, Verdict
from mulin.ground.notify.models import ServiceAccount, WeChatKind
from mulin.ground.notify.rules import PASS_MARGIN, SECONDS_TO_SEND, field_value
from mulin.kit import clock
from mulin.kit.clock import SHANGHAI, end_of_day, local_day
from mulin.kit.scoping import in_community

#: The pass is wrong or has run out: one more try with another.
_STALE: Final = frozenset({40001, 40014, 42001})
#: This one user takes nothing: does not follow, has refused, is not one of this account's.
_GONE: Final = frozenset({40003, 43004, 43101})
#: Not now.
_BUSY: Final = frozenset({-1, 45011, 43108})
_DAY_IS_FULL: Final = 45009
#: It has this very message from an earlier try.
_HAS_IT: Final = 45065
_BUSY_WAIT: Final = timedelta(minutes=1)
_KEY_LENGTH: Final = 32


def send(parcel: Parcel, target: str) -> Outcome:
    """One try, which may ask three times: for a pass, to send, and once more with a fresh pass."""
    now, patience = clock.now(), Patience(SECONDS_TO_SEND)
    account = service_account(parcel.community_id)
    if account is None or account.app_id != target or not account.template_id:
        return Outcome(Verdict.NEVER, "the service account is not set up")
    if account.rests_until is not None and account.rests_until > now:
        return Outcome(Verdict.QUOTA, "WeChat takes no more today (45009)")
    lent = lend_pass(account, now=now, patience=patience)
    if isinstance(lent, Outcome):
        return lent
    answer = _post(account, parcel, lent, patience)
    if code_of(answer) in _STALE:
        lent = lend_pass(account, now=now, patience=patience, stale=lent)
        if isinstance(lent, Outcome):
            return lent
        answer = _post(account, parcel, lent, patience)
    if code_of(answer) == _DAY_IS_FULL:
        _rest(account, until=end_of_day(local_day(now)))
    return _outcome(answer)


def service_account(community_id: int) -> ServiceAccount | None:
    """The keys of a community, read in its scope and let go of before anything is asked."""
    with in_community(Community.objects.get(pk=community_id)):
        found: ServiceAccount | None = ServiceAccount.objects.first()
    return found


def lend_pass(
    account: ServiceAccount, *, now: datetime, patience: Patience, stale: str = ""
) -> str | Outcome:
    """The pass that all processes share, or what became of asking for one.

    `stale` is one that WeChat did not take. The same may come again, for it knows nothing of the
    refusal: only then a new one is forced, which WeChat allows twenty times a day.
    """
    kept: str | None = account.access_token
    until = account.token_until
    if kept and kept != stale and until is not None and until > now + PASS_MARGIN:
        return kept
    answer = _ask_pass(account, patience, is_forced=False)
    if stale and answer.values.get("access_token") == stale:
        answer = _ask_pass(account, patience, is_forced=True)
    lent, seconds = answer.values.get("access_token"), answer.values.get("expires_in")
    if not isinstance(lent, str) or not lent or not isinstance(seconds, int):
        return _no_pass(answer)
    _keep_pass(account, lent, until=now + timedelta(seconds=seconds))
    return lent


def api(path: str) -> str:
    """The address of a documented interface."""
    return f"{settings.MULIN_WECHAT_API.rstrip('/')}{path}"


def code_of(answer: Answer) -> int:
    """WeChat's own word on it; nought where it says none."""
    code = answer.values.get("errcode", 0)
    return code if isinstance(code, int) else -1


def _ask_pass(account: ServiceAccount, patience: Patience, *, is_forced: bool) -> Answer:
    return ask(
        api("/cgi-bin/stable_token"), patience=patience, params={},
        body={
            "grant_type": "client_credential", "appid": account.app_id,
            "secret": account.app_secret, "force_refresh": is_forced,
        },
    )  # fmt: skip


def _keep_pass(account: ServiceAccount, lent: str, *, until: datetime) -> None:
    with in_community(account.community):
        ServiceAccount.objects.filter(pk=account.pk).update(access_token=lent, token_until=until)
    account.access_token, account.token_until = lent, until


def _rest(account: ServiceAccount, *, until: datetime) -> None:
    with in_community(account.community):
        ServiceAccount.objects.filter(pk=account.pk).update(rests_until=until)


def _post(account: ServiceAccount, parcel: Parcel, lent: str, patience: Patience) -> Answer:
    body: dict[str, Any] = {
        "touser": parcel.address,
        "template_id": account.template_id,
        "data": _fields(account, parcel),
    }
    if account.template_kind == WeChatKind.SUBSCRIPTION:
        path = "/cgi-bin/message/subscribe/bizsend"
        body |= {"page": parcel.url} if parcel.url else {}
    else:
        path = "/cgi-bin/message/template/send"
        # For ten minutes WeChat itself keeps a second copy back.
        body |= {"client_msg_id": parcel.key[-_KEY_LENGTH:]}
        body |= {"url": parcel.url} if parcel.url else {}
    return ask(api(path), patience=patience, params={"access_token": lent}, body=body)


def _fields(account: ServiceAccount, parcel: Parcel) -> Mapping[str, dict[str, str]]:
    written = (parcel.written_at or clock.now()).astimezone(SHANGHAI)
    said = {
        account.subject_field: parcel.subject,
        account.body_field: parcel.body or gettext("Open it to read more"),
        account.time_field: f"{written:%Y-%m-%d %H:%M}",
    }
    return {name: {"value": field_value(name, text)} for name, text in said.items() if name}


def _no_pass(answer: Answer) -> Outcome:
    code = code_of(answer)
    if answer.fault or code in _BUSY or code == _DAY_IS_FULL:
        return _outcome(answer)
    # Wrong keys, or this server is not on the list of those that may ask: a person must see to it.
    return Outcome(Verdict.NEVER, f"WeChat did not take the keys of the service account ({code})")


def _outcome(answer: Answer) -> Outcome:
    if answer.fault:
        return Outcome(Verdict.LATER, f"WeChat: {answer.fault}", silent=answer.is_silent)
    code = code_of(answer)
    if code in {0, _HAS_IT}:
        return Outcome(Verdict.DELIVERED, gateway_id=str(answer.values.get("msgid", "")))
    if code in _GONE:
        return Outcome(Verdict.NEVER, f"they do not follow the service account ({code})", gone=True)
    if code == _DAY_IS_FULL:
        return Outcome(Verdict.QUOTA, f"WeChat takes no more today ({code})")
    if code in _BUSY or code in _STALE:
        return Outcome(Verdict.LATER, f"WeChat is busy ({code})", _BUSY_WAIT)
    return Outcome(Verdict.NEVER, f"WeChat refused the message ({code})")

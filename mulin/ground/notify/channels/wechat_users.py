"""Who somebody is at WeChat: the way there and back, and whether they follow the account."""

from typing import Final
from urllib.parse import urlencode

from django.conf import settings

from mulin.ground.notify.channels.lines import Patience, ask
from mulin.ground.notify.channels.shape import Outcome
from mulin.ground.notify.channels.wechat import api, code_of, lend_pass
from mulin.ground.notify.models import ServiceAccount
from mulin.kit import clock

_SECONDS: Final = 6


class NobodyCame(Exception):  # noqa: N818  it says what happened
    """WeChat did not say who it is: the code is used up, too old, or of a preview."""


def way_to_wechat(account: ServiceAccount, *, back: str, state: str) -> str:
    """Where the browser is sent. `snsapi_base` asks for nothing but who it is."""
    query = urlencode(
        {
            "appid": account.app_id,
            "redirect_uri": back,
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
        }
    )
    door = settings.MULIN_WECHAT_DOOR.rstrip("/")
    return f"{door}/connect/oauth2/authorize?{query}#wechat_redirect"


def open_id_of_code(account: ServiceAccount, code: str) -> str:
    """Who came back with this code, which is good once. Raises NobodyCame."""
    answer = ask(
        api("/sns/oauth2/access_token"), patience=Patience(_SECONDS),
        params={
            "appid": account.app_id, "secret": account.app_secret, "code": code,
            "grant_type": "authorization_code",
        },
    )  # fmt: skip
    open_id = answer.values.get("openid")
    # A snapshot page is shown to whoever is not asked yet: its user is made up.
    is_made_up = bool(answer.values.get("is_snapshotuser"))
    if answer.fault or code_of(answer) or is_made_up or not isinstance(open_id, str) or not open_id:
        raise NobodyCame(answer.fault or f"code {code_of(answer)}")
    return open_id


def follows(account: ServiceAccount, open_id: str) -> bool | None:
    """Whether they follow the account, or None when WeChat did not say."""
    patience = Patience(_SECONDS)
    lent = lend_pass(account, now=clock.now(), patience=patience)
    if isinstance(lent, Outcome):
        return None
    answer = ask(
        api("/cgi-bin/user/info"), patience=patience,
        params={"access_token": lent, "openid": open_id, "lang": "zh_CN"},
    )  # fmt: skip
    said = answer.values.get("subscribe")
    return bool(said) if isinstance(said, int) else None

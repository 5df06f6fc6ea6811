"""Groups of staff in WeCom, DingTalk and Feishu, and ntfy topics, by the apprise library.

The address is the library's own: `wecombot://KEY`, `dingtalk://TOKEN`, `feishu://TOKEN`,
`ntfy://host/topic` (`ntfys://` with TLS). Its plug-ins are named one by one: asked for an address
as a whole, the library loads all hundred of them into each process.
"""

import logging
from types import MappingProxyType
from typing import Any, Final

from mulin.ground.notify.channels.shape import DELIVERED, Outcome, Parcel, Verdict
from mulin.ground.notify.rules import SECONDS_TO_SEND

_WAYS: Final = MappingProxyType(
    {
        "wecombot": "wecom", "dingtalk": "dingtalk", "feishu": "feishu", "ntfy": "ntfy",
        "ntfys": "ntfy",
    }
)  # fmt: skip
_SECONDS_TO_CONNECT = 3


def is_target(way: str, target: str) -> bool:
    """Whether the library knows the address, and it is of this kind."""
    return _WAYS.get(_scheme(target)) == way and _service(target) is not None


def send(parcel: Parcel, target: str) -> Outcome:
    """One try. The library says yes or no; why not stands in its log."""
    import apprise  # noqa: PLC0415  see channels/__init__.py

    service = _service(target)
    if service is None:
        return Outcome(Verdict.NEVER, "the group's address is not understood")
    service.socket_connect_timeout = _SECONDS_TO_CONNECT
    service.socket_read_timeout = SECONDS_TO_SEND
    capture: Any = apprise.LogCapture  # the library has no types
    with capture(level=logging.WARNING, fmt="%(message)s") as log:
        is_delivered = service.notify(
            title=parcel.subject,
            body=parcel.body or parcel.subject,
            notify_type=apprise.NotifyType.FAILURE if parcel.is_alarm else apprise.NotifyType.INFO,
        )
        why = log.getvalue().strip().partition("\n")[0]
    if is_delivered:
        return DELIVERED
    silent = "connection error" in why.lower()
    return Outcome(Verdict.LATER, why[:200] or "the group did not take it", silent=silent)


def _scheme(target: str) -> str:
    return target.partition("://")[0].lower()


def _service(target: str) -> Any:
    way = _WAYS.get(_scheme(target))
    if way is None:
        return None
    plugin = _plugins()[way]
    parsed = plugin.parse_url(target)
    if not parsed:
        return None
    try:
        return plugin(**parsed)
    except TypeError:  # how the library refuses a part of an address
        return None


def _plugins() -> dict[str, Any]:
    from apprise.plugins.dingtalk import NotifyDingTalk  # noqa: PLC0415  see channels/__init__.py
    from apprise.plugins.feishu import NotifyFeishu  # noqa: PLC0415  likewise
    from apprise.plugins.ntfy import NotifyNtfy  # noqa: PLC0415  likewise
    from apprise.plugins.wecombot import NotifyWeComBot  # noqa: PLC0415  likewise

    return {
        "wecom": NotifyWeComBot, "dingtalk": NotifyDingTalk, "feishu": NotifyFeishu,
        "ntfy": NotifyNtfy,
    }  # fmt: skip

"""The channels that lead out of Mulin, one module of one shape for each kind.

A module of a channel has `send(parcel, target) -> Outcome`, which makes one try and never raises for what the
other side does, and `is_target(target)`, which tells an address it can use from one it can't.
The libraries that speak to servers are read by who first sends: most processes never do, and they
would hold 9 MB.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from mulin.ground.notify.channels import echo, email, groups, sms, voice, wechat
from mulin.ground.notify.channels.shape import Outcome, Parcel
from mulin.ground.notify.models import Way

Send = Callable[[Parcel, str], Outcome]

SENDERS: Final[Mapping[str, Send]] = MappingProxyType(
    {
        Way.WECHAT: wechat.send,
        Way.SMS: sms.send,
        Way.VOICE: voice.send,
        Way.ECHO: echo.send,
        Way.EMAIL: email.send,
        Way.WECOM: groups.send,
        Way.DINGTALK: groups.send,
        Way.FEISHU: groups.send,
        Way.NTFY: groups.send,
    }
)


def is_target(way: str, target: str) -> bool:
    """Whether the channel understands this address."""
    if way == Way.SMS:
        return sms.is_target(target)
    if way == Way.VOICE:
        return voice.is_target(target)
    if way == Way.EMAIL:
        return email.is_target(target)
    return groups.is_target(way, target)

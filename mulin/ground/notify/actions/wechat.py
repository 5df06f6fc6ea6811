"""The service account 服务号: its keys, who is linked with it, what it tells of who follows."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.actions.roles import end_sessions_of
from mulin.ground.community.models import Account
from mulin.ground.community.permissions import may_print_card
from mulin.ground.community.queries import needs_second_factor, running_memberships
from mulin.ground.community.rules import Actor
from mulin.ground.notify.actions.outbox import give_up
from mulin.ground.notify.channels.wechat_calls import is_key
from mulin.ground.notify.models import (
    ChannelSetting,
    Message,
    ServiceAccount,
    Way,
    WeChatLink,
    WeChatLinkQuerySet,
    index_of_open_id,
)
from mulin.ground.notify.permissions import may_set_channels
from mulin.ground.notify.queries import link_of, targets
from mulin.ground.notify.queue import ring
from mulin.ground.notify.rules import FIELD_NAME, State, row_key
from mulin.kit.refusals import NotPermitted, Refused

_FOLLOWS: Final = {"subscribe": True, "unsubscribe": False}
_SENT: Final = "TEMPLATESENDJOBFINISH"
_BLOCKED: Final = "user block"


@dataclass(frozen=True, slots=True)
class ServiceAccountValues:
    """What is typed about a service account. An empty secret keeps the old one."""

    app_id: str
    app_secret: str
    domain_code: str
    callback_token: str
    callback_key: str
    template_kind: str
    template_id: str
    subject_field: str
    body_field: str
    time_field: str
    is_on: bool


def set_service_account(
    values: ServiceAccountValues, *, by: Actor, now: datetime, token: str | None = None
) -> ServiceAccount:
    """Set up the community's service account, or switch it off.

    Raises NotPermitted, or Refused beside the field that WeChat would not take.
    """
    if not may_set_channels(by):
        raise NotPermitted(_("Only the head of the community or the installer can do this."))
    with recording(by, "set-service-account", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(ServiceAccount)
        account: ServiceAccount = ServiceAccount.objects.first() or ServiceAccount(
            community_id=by.community_id
        )
        is_other = account.app_id != values.app_id
        _take_over(account, values)
        _check(account)
        if is_other or values.app_secret:
            account.access_token, account.token_until, account.rests_until = None, None, None
        account.save()
        if is_other:
            # Open ids are good with one service account only.
            _end(WeChatLink.objects.standing(), now=now)
        _switch(account, by=by)
        act.on(account, after={"is_on": values.is_on, "app_id": account.app_id})
    return account


def _take_over(account: ServiceAccount, values: ServiceAccountValues) -> None:
    account.is_on, account.app_id = values.is_on, values.app_id
    account.domain_code = values.domain_code
    for secret in ("app_secret", "callback_token", "callback_key"):
        typed = getattr(values, secret)
        if typed:
            setattr(account, secret, typed)
    account.template_kind, account.template_id = values.template_kind, values.template_id
    account.subject_field = values.subject_field
    account.body_field, account.time_field = values.body_field, values.time_field


def _check(account: ServiceAccount) -> None:
    if not account.app_id.startswith("wx") or not account.app_id.isalnum():
        raise Refused(_("An app id begins with wx."), field="app_id")
    if not account.app_secret:
        raise Refused(
            _("Without its secret the service account can't be asked."), field="app_secret"
        )
    if account.callback_key and not is_key(account.callback_key):
        raise Refused(_("The key has 43 letters and digits."), field="callback_key")
    if account.domain_code and not account.domain_code.isalnum():
        raise Refused(
            _("Only what stands between MP_verify_ and .txt in the file's name."),
            field="domain_code",
        )
    for name in ("subject_field", "body_field", "time_field"):
        typed = getattr(account, name)
        if typed and not FIELD_NAME.fullmatch(typed):
            raise Refused(
                _("A field is written as in the template, without .DATA: thing1"), field=name
            )
    if account.template_id and not account.subject_field:
        raise Refused(
            _("Which field of the template says what it is about?"), field="subject_field"
        )


def _switch(account: ServiceAccount, *, by: Actor) -> None:
    ChannelSetting.objects.update_or_create(
        way=Way.WECHAT, community_id=by.community_id,
        defaults={
            # Without a template it is a door to sign in by, and sends nothing.
            "target": account.app_id, "is_on": account.is_on and bool(account.template_id),
            "last_error": "", "last_error_at": None,
        },
    )  # fmt: skip


# ── linked by their owner ────────────────────────────────────────────────────────────────────


def link_wechat(
    account: Account, *, open_id: str, is_following: bool | None, by: Actor, now: datetime,
    token: str | None = None,
) -> WeChatLink:  # fmt: skip
    """Link one's own account with the WeChat one has in hand. A link before it ends.

    Raises NotPermitted for somebody else's account, and Refused when this WeChat is linked with
    another.
    """
    if account.pk != by.account_id:
        raise NotPermitted(_("Everybody links their own WeChat."))
    index = index_of_open_id(by.community_id, open_id)
    elsewhere = Refused(
        _("This WeChat is linked with another account. Undo it there first, or ask at the desk.")
    )
    with recording(by, "link-wechat", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(WeChatLink)
        if WeChatLink.objects.standing().filter(open_id_index=index).exclude(account=account):
            raise elsewhere
        _end(WeChatLink.objects.standing().filter(account=account), now=now)
        try:
            with transaction.atomic():
                link: WeChatLink = WeChatLink.objects.create(
                    community_id=by.community_id, account=account, open_id=open_id,
                    open_id_index=index, linked_at=now, is_following=is_following,
                )  # fmt: skip
        except IntegrityError:  # two accounts at the same moment
            raise elsewhere from None
        act.on(link, after={"account": account.pk})
    return link


def unlink_wechat(
    account: Account, *, by: Actor, now: datetime, token: str | None = None
) -> None:  # fmt: skip
    """Undo the link: its owner, or the desk for somebody whose phone is gone.

    What the desk undoes ends the account's sessions too. Raises NotPermitted.
    """
    is_own = account.pk == by.account_id
    if not (is_own or may_print_card(by, running_memberships(account.pk, now))):
        raise NotPermitted(_("You may not undo this link."))
    with recording(by, "unlink-wechat", now=now, token=token) as act:
        link = link_of(account.pk)
        if act.is_repeat or link is None:
            act.drop()
            return
        _end(WeChatLink.objects.filter(pk=link.pk), now=now)
        if not is_own:
            end_sessions_of(account)
        act.on(link, after={"account": account.pk})


def forget_wechat(account_ids: list[int], *, now: datetime) -> None:
    """End the links of accounts whose person is erased."""
    _end(WeChatLink.objects.standing().filter(account_id__in=account_ids), now=now)


def _end(links: WeChatLinkQuerySet, *, now: datetime) -> None:
    links.update(ended_at=now, open_id=None, open_id_index="", is_following=None)


def account_of_wechat(open_id: str, *, community_id: int, now: datetime) -> Account | None:
    """Whose WeChat this is; None while it is linked with nobody.

    Raises Refused for a closed account, and for one that needs a second factor: a phone that lies
    on the desk unlocked must not open what the whole community told.
    """
    link = (
        WeChatLink.objects.standing()
        .filter(open_id_index=index_of_open_id(community_id, open_id))
        .select_related("account")
        .first()
    )
    if link is None:
        return None
    held = running_memberships(link.account_id, now)
    if not link.account.is_active or not any(one.community_id == community_id for one in held):
        raise Refused(_("This account is closed. Please call us."))
    if needs_second_factor(held):
        raise Refused(_("Whoever works here signs in with name, password and app."))
    account: Account = link.account
    return account


def try_wechat(*, by: Actor, now: datetime, token: str | None = None) -> Message:
    """Send oneself a message by WeChat and by nothing else, to see that it works.

    Raises NotPermitted, and Refused while no WeChat of one's own is linked.
    """
    if not may_set_channels(by) or by.account_id is None:
        raise NotPermitted(_("Only the head of the community or the installer can do this."))
    link = link_of(by.account_id)
    if link is None:
        raise Refused(_("Link your own WeChat first: My account, WeChat."))
    if Way.WECHAT not in targets():
        raise Refused(_("The service account is off, or sends nothing yet."))
    with recording(by, "try-wechat", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Message)
        message: Message = Message.objects.create(
            community_id=by.community_id, created_at=now, topic="channel.try",
            recipient_kind="account", recipient_id=by.account_id, account_id=by.account_id,
            way=Way.WECHAT, address=link.open_id, subject=str(_("A test")),
            body=str(_("Messages by WeChat arrive.")), is_awaited=True, state=State.WAITING,
            due_at=now, key=row_key(
                f"try-{now.timestamp()}", kind="account", record_id=by.account_id, way=Way.WECHAT
            ),
        )  # fmt: skip
        ring(by.community_id)
        act.on(message)
    return message


# ── what WeChat tells ────────────────────────────────────────────────────────────────────────


class NotYet(Exception):  # noqa: N818  it says when
    """What is told is about a message that is being sent this moment: to be told once more."""


def hear(event: dict[str, str], *, community_id: int, now: datetime) -> None:
    """One event of the service account. Told twice, or out of order, it changes nothing more.

    Raises NotYet. What concerns nobody linked, and kinds nobody asked for, are passed over.
    """
    if event.get("MsgType") != "event":
        return
    kind = event.get("Event", "")
    if kind in _FOLLOWS:
        _hear_of_following(event, kind, community_id=community_id, now=now)
    elif kind == _SENT:
        _hear_of_arrival(event.get("MsgID", ""), event.get("Status", ""), now=now)


def _hear_of_following(
    event: dict[str, str], kind: str, *, community_id: int, now: datetime
) -> None:
    happened = _moment(event.get("CreateTime", ""), now)
    WeChatLink.objects.standing().filter(
        Q(heard_at__isnull=True) | Q(heard_at__lte=happened),
        open_id_index=index_of_open_id(community_id, event.get("FromUserName", "")),
    ).update(is_following=_FOLLOWS[kind], heard_at=happened)


def _hear_of_arrival(gateway_id: str, status: str, *, now: datetime) -> None:
    found = Message.objects.filter(way=Way.WECHAT, gateway_id=gateway_id).first()
    if found is None or not gateway_id:
        if Message.objects.filter(way=Way.WECHAT, state=State.LEASED).exists():
            raise NotYet
        return
    sent = Message.objects.filter(pk=found.pk, state=State.SENT, arrived_at__isnull=True)
    if status == "success":
        sent.update(arrived_at=now)
        return
    give_up(sent, found, f"WeChat did not deliver it ({status[:60]})", now=now)
    if _BLOCKED in status:
        WeChatLink.objects.standing().filter(
            open_id_index=index_of_open_id(found.community_id, found.address or "")
        ).update(is_following=False)


def _moment(seconds: str, otherwise: datetime) -> datetime:
    if not seconds.isdecimal() or len(seconds) > len("9999999999"):
        return otherwise
    return min(datetime.fromtimestamp(int(seconds), UTC), otherwise)

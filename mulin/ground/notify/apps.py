"""Ties the notify floor to Django: its address book, its sweep, its menu, its schedule."""

from datetime import timedelta
from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "tell-in-person": _("told somebody in person"),
    "retry-message": _("tried a message again"),
    "retry-job": _("tried a job again"),
    "set-channel": _("set up a channel"),
    "keep-template": _("wrote down an approved text"),
    "drop-template": _("dropped an approved text"),
    "set-service-account": _("set up the service account"),
    "link-wechat": _("linked a WeChat"),
    "unlink-wechat": _("undid the link with a WeChat"),
    "try-wechat": _("sent a test by WeChat"),
}


TOPICS = {
    "channel": _("a channel of the house"),
}


class NotifyConfig(AppConfig):
    name = "mulin.ground.notify"
    label = "notify"

    def ready(self) -> None:
        from django_q.signals import post_spawn

        from mulin.ground.audit.verbs import name_verbs
        from mulin.ground.community import menu
        from mulin.ground.community.dues import register as register_dues
        from mulin.ground.community.rules import HANDLER_ROLES
        from mulin.ground.community.ways import Way
        from mulin.ground.community.ways import register as register_way
        from mulin.ground.notify import dues
        from mulin.ground.notify.addresses import (
            account_book,
            account_names,
            register_address_book,
        )
        from mulin.ground.notify.jobs import deliver_sweep
        from mulin.ground.notify.permissions import DELIVERY_ROLES
        from mulin.ground.notify.queries import count_of_tasks, count_of_unread
        from mulin.ground.notify.sweeps import register_sweep
        from mulin.ground.notify.topics import name_topics

        register_address_book("account", account_book, names=account_names)
        register_dues("notify", dues.dues, *dues.KINDS)
        register_sweep("outbox", timedelta(seconds=45), deliver_sweep, opens_own_scope=True)
        menu.register(
            menu.Entry(
                _("Messages for me"), "notify:inbox", "bell", face="resident", order=40,
                count=count_of_unread,
            )
        )  # fmt: skip
        menu.register(
            menu.Entry(
                _("To be told in person"), "notify:to-tell", "phone",
                roles=HANDLER_ROLES, group=_("My day"), order=30, count=count_of_tasks,
            )
        )  # fmt: skip
        menu.register(
            menu.Entry(
                _("What was sent and what failed"), "notify:deliveries", "send",
                roles=DELIVERY_ROLES, group=_("The house"), order=90,
            )
        )  # fmt: skip
        register_way(
            Way(
                what=_("Read what was sent to me"),
                pages=frozenset({"notify:inbox", "notify:open", "notify:read-all"}),
                by_call=_("Who does not read messages is called or visited. Say so once."),
                on_paper=_("Letters come to your door."),
                at_the_desk="notify:to-tell",
                order=50,
            )
        )
        post_spawn.connect(_keep_schedules, dispatch_uid="mulin_keep_schedules")
        name_verbs(VERBS)
        name_topics(TOPICS)


def _keep_schedules(**_kwargs: Any) -> None:  # Any: the signal's own arguments
    from mulin.ground.notify.jobs import ensure_schedules

    ensure_schedules()

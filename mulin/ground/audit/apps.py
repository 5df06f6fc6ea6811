"""Ties the audit floor to Django, and hands the pen down to the tenant's own actions."""

from contextlib import AbstractContextManager
from datetime import datetime

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.verbs import name_verbs
from mulin.ground.community import acts, menu
from mulin.ground.community.rules import Actor, Role

#: The floor below writes these and cannot name them here itself.
COMMUNITY_VERBS = {
    "found_community": _("founded the community"),
    "set_host": _("set where the community is reached"),
    "set_dictation": _("switched speaking into fields on or off"),
    "open_account": _("opened an account"),
    "give_role": _("gave a role"),
    "end_role": _("ended a role"),
    "appoint_stand_in": _("appointed a stand-in"),
    "invite": _("gave out a link for a new password"),
    "accept_invitation": _("set a password by a link"),
    "change_password": _("changed the own password"),
    "name_account": _("changed the own name"),
    "enrol_totp": _("set up a second key"),
    "reset_totp": _("took away a lost second key"),
    "end_sessions": _("signed an account out everywhere"),
    "print_personal_card": _("printed a personal card"),
    "revoke_card": _("revoked a personal card"),
    "connect_program": _("let a program in"),
    "renew_token": _("gave a program another token"),
    "shut_out_program": _("shut a program out"),
    "give_calendar_address": _("took an address for their calendar"),
    "take_calendar_address_back": _("gave the address of their calendar back"),
    "add_workday_exception": _("changed the calendar of working days"),
    "remove_workday_exception": _("changed the calendar of working days back"),
}


def _recording(by: Actor, verb: str, now: datetime) -> AbstractContextManager[acts.Writing]:
    from mulin.ground.audit.actions import recording

    return recording(by, verb, now=now)


class AuditConfig(AppConfig):
    """The record of acts."""

    name = "mulin.ground.audit"
    label = "audit"

    def ready(self) -> None:
        acts.install(_recording)
        name_verbs(COMMUNITY_VERBS)
        menu.register(
            menu.Entry(
                _("Record of acts"),
                "audit:acts",
                "history",
                roles=frozenset({Role.AUDITOR}),
                group=_("The house"),
                order=70,
            )
        )

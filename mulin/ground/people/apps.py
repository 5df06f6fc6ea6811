"""Ties the people floor to Django: its address book, sweep, menu, and what an erasure leaves."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """The roll."""

    name = "mulin.ground.people"
    label = "people"

    def ready(self) -> None:
        # The registries need the models, and those need every app to be known.
        from mulin.ground.community.menu import Entry, register
        from mulin.ground.community.rules import HANDLER_ROLES
        from mulin.ground.notify.addresses import register_address_book
        from mulin.ground.notify.sweeps import register_sweep
        from mulin.ground.people import jobs, queries

        register_address_book(queries.RECIPIENT_KIND, queries.person_book)
        register_sweep("stale_roll_previews", timedelta(hours=6), jobs.drop_stale_previews)
        _register_keepers()
        register(
            Entry(
                _("People"),
                "people:list",
                "users",
                roles=HANDLER_ROLES,
                group=_("The roll"),
                key="p",
                order=40,
            )
        )
        register(
            Entry(
                _("Organisations"),
                "people:organisations",
                "building-2",
                roles=HANDLER_ROLES,
                group=_("The roll"),
                order=41,
            )
        )
        register(Entry(_("What is held of me"), "people:mine", "shield", face="resident", order=60))


def _register_keepers() -> None:
    """What this floor itself keeps of an erased person, and why."""
    from mulin.ground.people import queries
    from mulin.ground.people.rules import register_keeper

    register_keeper(
        "people.consent",
        _(
            "That a consent was given or withdrawn, without the name: the community must be able"
            " to show it."
        ),
        queries.consents_kept,
        article="《个人信息保护法》第69条",
    )
    register_keeper(
        "audit.act",
        _(
            "That something was done, when and by whom, without what it said: the log may not"
            " have gaps."
        ),
        queries.acts_kept,
        article="《网络安全法》第23条",
    )
    register_keeper(
        "audit.look",
        _("Who read the record, and why: the log may not have gaps."),
        queries.looks_kept,
        article="《网络安全法》第23条",
    )

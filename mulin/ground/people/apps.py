"""Ties the people floor to Django: its address book, sweep, menu, and what an erasure leaves."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

VERBS = {
    "register_person": _("put somebody on the roll"),
    "people.register_many": _("put many people on the roll"),
    "change_person": _("changed a record"),
    "link_account": _("linked an account"),
    "join_household": _("changed a household"),
    "keep_house_with": _("put two people into one household"),
    "found_organisation": _("added an organisation"),
    "affiliate": _("noted a post"),
    "end_affiliation": _("ended a post"),
    "give_consent": _("gave a consent"),
    "give_consents": _("wrote down what everybody of a list agreed to"),
    "withdraw_consent": _("withdrew a consent"),
    "merge_persons": _("merged two records"),
    "undo_merge": _("undid a merge"),
    "say_not_same": _("said that two are not one"),
    "merge_organisations": _("merged two organisations"),
    "undo_organisation_merge": _("took two organisations apart"),
    "say_organisations_not_same": _("said that two organisations are two"),
    "erase_person": _("erased a record"),
    "replay_erasures": _("erased again after a restore"),
    "preview_roll": _("read a file of people"),
    "take_in_roll": _("took a file of people in"),
    "undo_import": _("undid an import"),
    "drop_stale_previews": _("dropped old previews"),
}


class PeopleConfig(AppConfig):
    """The roll."""

    name = "mulin.ground.people"
    label = "people"

    def ready(self) -> None:
        # The registries need the models, and those need every app to be known.
        from mulin.ground.audit.verbs import name_looks, name_verbs
        from mulin.ground.community.menu import Entry, register
        from mulin.ground.community.rules import HANDLER_ROLES
        from mulin.ground.community.ways import Way
        from mulin.ground.community.ways import register as register_way
        from mulin.ground.downloads.registry import register as register_listing
        from mulin.ground.notify.actions.receipts import register_refuser
        from mulin.ground.notify.addresses import register_address_book
        from mulin.ground.notify.sweeps import register_sweep
        from mulin.ground.people import jobs, queries
        from mulin.ground.people.actions.consents import refuse_messages
        from mulin.ground.people.listings import LISTINGS, TABLES
        from mulin.ground.people.rules import SENSITIVE, register_under_name
        from mulin.ground.people.words import FIELDS

        register_address_book(
            queries.RECIPIENT_KIND, queries.person_book, names=queries.names_of_persons
        )
        register_refuser(refuse_messages)
        register_sweep("stale_roll_previews", timedelta(hours=6), jobs.drop_stale_previews)
        _register_keepers()
        register_under_name("people.Affiliation.organisation", _("People who belong to it"))
        register_listing(*LISTINGS, *TABLES, room=_("People"))
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
        register_way(
            Way(
                what=_("See what is held of me, agree to its use or withdraw"),
                pages=frozenset({"people:mine", "people:my-consent", "people:my-data"}),
                by_call=_("Call us and ask for a visit: we tell such things to your face only."),
                on_paper=_("We print everything that is held of you and hand it to you."),
                at_the_desk="people:list",
                order=40,
            )
        )
        name_verbs(VERBS)
        name_looks(
            "people.person",
            {
                "own_data": _("People · everything that is held of somebody"),
                "record": _("People · record of somebody under fourteen"),
                **{one: format_lazy("{} · {}", _("People"), FIELDS[one]) for one in SENSITIVE},
            },
        )


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

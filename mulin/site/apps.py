"""Ties the roof to Django: its menu entries, its address book, its sweep."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SiteConfig(AppConfig):
    """The roof: it knows all rooms and holds no rule."""

    name = "mulin.site"
    label = "site"

    def ready(self) -> None:
        # The models of the floors below are there only now.
        from django.contrib.auth import user_logged_in

        from mulin.ground.audit.jobs import anchor_heads
        from mulin.ground.audit.verbs import name_verbs
        from mulin.ground.community import menu
        from mulin.ground.community.rules import DESK_ROLES, OWING_ROLES, Role
        from mulin.ground.downloads.registry import register as register_listing
        from mulin.ground.figures.registry import register as register_figure
        from mulin.ground.figures.registry import register_sentence
        from mulin.ground.notify.addresses import register_address_book
        from mulin.ground.notify.sweeps import register_sweep
        from mulin.ground.notify.topics import name_topics
        from mulin.site import address_book, jobs, seats
        from mulin.site.figures import FIGURES, PARAGRAPH
        from mulin.site.listings import RECORD, SENT, TEAM

        register_listing(*TEAM, SENT, room=_("The house"))
        register_listing(*RECORD, room=_("Record of acts"))
        _register_columns()
        user_logged_in.connect(seats.arrive, dispatch_uid="mulin_seats")
        name_verbs({"site.demo_part": _("lived through a part of the example's earlier years")})
        name_topics({"login_code": _("a code for signing in")})
        for figure in FIGURES:
            register_figure(figure)
        for sentence in PARAGRAPH:
            register_sentence(sentence)
        register_address_book(address_book.KIND, address_book.login_code_book)
        # The record of acts lies below the sweeps and cannot register its own.
        register_sweep("anchor_heads", timedelta(days=1), anchor_heads)
        register_sweep("tidy_up", timedelta(hours=6), jobs.tidy_up)
        _register_ways()
        menu.register(
            menu.Entry(
                _("What I owe today"), "site:today", "clock", roles=OWING_ROLES,
                group=_("My day"), key=".", order=1,
            )
        )  # fmt: skip
        menu.register(
            menu.Entry(_("What waits for me"), "site:waiting", "clock", face="resident", order=1)
        )
        keepers = frozenset({Role.HEAD, Role.INSTALLER})
        menu.register(
            menu.Entry(
                _("Help somebody in"),
                "site:ways-in",
                "id-card",
                roles=DESK_ROLES,
                group=_("The roll"),
                order=60,
            )
        )
        house = _("The house")
        menu.register(
            menu.Entry(_("Team"), "site:team", "users", roles=keepers, group=house, order=80)
        )
        menu.register(
            menu.Entry(
                _("Working days"),
                "site:working-days",
                "calendar-days",
                roles=frozenset({Role.INSTALLER}),
                group=house,
                order=85,
            )
        )
        menu.register(
            menu.Entry(
                _("Speaking instead of typing"), "site:dictation", "megaphone",
                roles=frozenset({Role.HEAD}), group=house, order=86,
            )
        )  # fmt: skip
        menu.register(
            menu.Entry(
                _("Programs of other offices"), "site:programs", "route", roles=keepers,
                group=house, order=87,
            )
        )  # fmt: skip
        menu.register(
            menu.Entry(
                _("How the installation is"), "site:installation", "wrench",
                roles=frozenset({Role.INSTALLER}), group=house, order=92,
            )
        )  # fmt: skip
        menu.register(menu.Entry(_("My account"), "site:account", "user", group=house, order=95))
        menu.register(
            menu.Entry(_("My account"), "site:account", "user", face="resident", order=95)
        )


def _register_columns() -> None:
    """Which figures the street reads of each community, side by side."""
    from mulin.ground.street.registry import register_column

    for name, label in {
        "reception.demands": pgettext_lazy("column", "Demands"),
        "reception.response_rate": pgettext_lazy("column", "Heard in time"),
        "reception.solved_rate": pgettext_lazy("column", "Solved"),
        "reception.satisfied_rate": pgettext_lazy("column", "Satisfied"),
        "reception.visits": pgettext_lazy("column", "Visits"),
        "rounds.households": pgettext_lazy("column", "Homes visited"),
        "classroom.lessons": pgettext_lazy("column", "Lessons"),
        "volunteers.activities": pgettext_lazy("column", "Activities"),
        "alarms.answered_rate": pgettext_lazy("column", "Alarms answered"),
    }.items():
        register_column(name, label)
    register_column("ballots.taken", pgettext_lazy("column", "Turnout"), of="ballots.on_roll")


def _register_ways() -> None:
    from mulin.ground.community.ways import Way, register

    register(
        Way(
            what=_("See my own matters"),
            pages=frozenset({"site:mine", "site:waiting", "site:timeline", "site:card"}),
            by_call=_("Call us and say your name and your door; we tell you how each stands."),
            on_paper=_("We print you a card. Any phone that sees it opens your matters."),
            at_the_desk="site:ways-in",
            order=20,
        )
    )
    register(
        Way(
            what=_("Large type, my name, my way to come in"),
            pages=frozenset(
                {
                    "site:preferences", "site:account", "site:account-name",
                    "site:account-password", "site:account-factor", "site:account-sign-out",
                    "site:account-wechat", "site:account-wechat-end",
                }
            ),
            by_call=_("Call us; we set it for you."),
            on_paper=_("Say once that you read large type: letters then come in it."),
            at_the_desk="site:ways-in",
            order=60,
        )
    )  # fmt: skip

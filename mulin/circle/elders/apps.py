"""Ties elders together: kinds of gathering, menu, figures, dues, paper, what is held of a person."""

from datetime import timedelta

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

VERBS = {
    "elders.take_in": _("took an elder into care"),
    "elders.take_in_list": _("took the elders of a list into care"),
    "elders.change_about": _("wrote down what an elder likes and wishes"),
    "elders.state_fact": _("wrote down a category of an elder"),
    "elders.end_fact": _("wrote down that a category holds no longer"),
    "elders.note_assessment": _("copied an assessment of abilities"),
    "elders.write_card": _("wrote a health card"),
    "elders.link_kin": _("let somebody of the family see visits and meals"),
    "elders.unlink_kin": _("ended what somebody of the family sees"),
    "elders.let_go": _("ended the care of an elder"),
    "elders.note_contact": _("noted a visit or a call"),
    "elders.set_pace": _("set how often elders are looked in on"),
    "elders.take_helper_on": _("took a helper on"),
    "elders.let_helper_go": _("wrote down that a helper stopped"),
    "elders.pair_up": _("paired an elder with a helper"),
    "elders.make_lasting": _("made a pair lasting"),
    "elders.change_helper": _("gave an elder another helper"),
    "elders.end_pair": _("ended a pair"),
    "elders.found_group": _("founded a mutual-aid group"),
    "elders.join_group": _("put somebody into a mutual-aid group"),
    "elders.leave_group": _("took somebody out of a mutual-aid group"),
    "elders.change_leader": _("changed the leader of a mutual-aid group"),
    "elders.end_group": _("ended a mutual-aid group"),
    "elders.plan_meeting": _("called a mutual-aid group together"),
    "elders.hold_meeting": _("wrote down who came to a mutual-aid group"),
    "elders.plan_programme": _("planned something for elders"),
    "elders.lend_hand": _("wrote down who helps at a gathering"),
    "elders.add_service": _("put a service into the catalogue"),
    "elders.end_service": _("took a service out of the catalogue"),
    "elders.order_service": _("ordered a service for an elder"),
    "elders.deliver": _("wrote down that a service was delivered"),
    "elders.cancel_order": _("called a service off"),
    "elders.rate": _("rated a service"),
    "elders.thank": _("thanked a helper"),
}


class EldersConfig(AppConfig):
    name = "mulin.circle.elders"
    label = "elders"

    def ready(self) -> None:
        # Imported here: they need the loaded registry.
        from mulin.circle.elders import dues, duty
        from mulin.circle.elders.actions.records import told_in_need
        from mulin.circle.elders.api import CALLS
        from mulin.circle.elders.figures import FIGURES
        from mulin.circle.elders.holdings import care_told, erase_care
        from mulin.circle.elders.jobs import heed_withdrawals
        from mulin.circle.elders.ledgers import CARE
        from mulin.circle.elders.listings import LISTINGS, TABLES
        from mulin.circle.elders.queries import close_to, kin_known, looked_after_by
        from mulin.circle.elders.rules import GROUP_KIND, PROGRAMME_KIND
        from mulin.commons.gatherings.registry import Kind, register_kind
        from mulin.commons.ledgers.registry import register as register_ledger
        from mulin.commons.rota.registry import DutyKind
        from mulin.commons.rota.registry import register as register_duty
        from mulin.ground.audit.verbs import name_looks, name_verbs
        from mulin.ground.community.calls import register_call
        from mulin.ground.community.dues import register_parts
        from mulin.ground.community.menu import Entry, register
        from mulin.ground.community.rules import DESK_ROLES, Role
        from mulin.ground.downloads.registry import register as register_listing
        from mulin.ground.figures.registry import register as register_figure
        from mulin.ground.notify.sweeps import register_sweep
        from mulin.ground.notify.topics import name_topics
        from mulin.ground.people.near import register_close, register_to_know
        from mulin.ground.people.rules import (
            register_eraser,
            register_kin,
            register_teller,
            register_under_name,
        )

        # Whoever leads a group calls it together; that they do is asked by the room's own action.
        leaders = DESK_ROLES | {Role.RESIDENT, Role.VOLUNTEER, Role.VOLUNTEER_LEAD, Role.FAMILY}
        register_kind(
            Kind(GROUP_KIND, _("mutual-aid group"), frozenset(leaders), is_planned_here=False)
        )
        register_kind(
            Kind(
                PROGRAMME_KIND, _("for elders"), DESK_ROLES, is_planned_here=False,
                page=lambda _pk: reverse("elders:call"),
            )
        )  # fmt: skip
        register_duty(
            DutyKind(
                duty.KIND, _("Visits to elders"), DESK_ROLES, people=duty.people_of, here=duty.here
            )
        )
        group = _("Elders 幸福荟")
        near = frozenset({Role.RESIDENT, Role.FAMILY, Role.VOLUNTEER})
        for entry in (
            Entry(_("Elders to look in on"), "elders:due", "heart", DESK_ROLES, "desk", group, "", 70),
            Entry(_("Somebody calls"), "elders:call", "phone", DESK_ROLES, "desk", group, "", 71),
            Entry(_("Elders in care"), "elders:people", "users", DESK_ROLES, "desk", group, "", 72),
            Entry(_("Pairs"), "elders:pairs", "heart-handshake", DESK_ROLES, "desk", group, "", 73),
            Entry(_("Mutual-aid groups"), "elders:groups", "house", DESK_ROLES, "desk", group, "", 74),
            Entry(_("Services for elders"), "elders:services", "stethoscope", DESK_ROLES, "desk",
                  group, "", 75),
            Entry(_("Given and received"), "elders:balance", "chart-column", DESK_ROLES, "desk",
                  group, "", 76),
            Entry(_("How often"), "elders:paces", "calendar-days", DESK_ROLES, "desk", group, "", 77),
            Entry(_("Whom I look in on"), "elders:round", "route", near, "resident", "", "", 43),
            Entry(_("Visits and meals"), "elders:mine", "heart", near, "resident", "", "", 44),
            Entry(_("For old people"), "elders:about", "heart", None, "resident", "", "", 58),
        ):  # fmt: skip
            register(entry)
        for call in CALLS:
            register_call(call)
        for figure in FIGURES:
            register_figure(figure)
        _register_paper()
        register_listing(*LISTINGS, *TABLES, room=_("For old people"))
        register_ledger(CARE)
        register_parts("elders", dues.parts, *dues.TOLD)
        register_sweep("elders.withdrawals", timedelta(hours=1), heed_withdrawals)
        register_under_name("elders.Service.provider", _("Services it gives to elders"))
        register_close("elders", close_to, looked_after_by)
        register_to_know("elders", told_in_need)
        register_teller("elders.care", care_told)
        register_eraser("elders.care", erase_care)
        register_kin("elders.kin", kin_known)
        _register_ways()
        name_verbs(VERBS)
        name_looks(
            "elders.elder",
            {
                "health card": _("Elders · health card"),
                "record": _("Elders · record of one person"),
            },
        )
        name_topics({"elders": _("elders")})


def _register_ways() -> None:
    """How each act is done without a phone."""
    from mulin.ground.community.ways import Way
    from mulin.ground.community.ways import register as register_way

    register_way(
        Way(
            what=_("Look in on a neighbour, and say how they are"),
            pages=frozenset(
                {
                    "elders:round",
                    "elders:round-paper",
                    "elders:elder",
                    "elders:elder-act",
                    "elders:card",
                }
            ),
            by_call=_("Call the desk after your visit: they write it down in your name."),
            on_paper=_("Ask for your visit sheet; tick a box for everybody and bring it back."),
            at_the_desk="elders:due",
            order=30,
        )
    )
    register_way(
        Way(
            what=_("Order a service, come to a meal, see who looked in"),
            pages=frozenset({"elders:mine", "elders:mine-act"}),
            by_call=_("Call the desk: a name and a wish are enough."),
            on_paper=_("Tick it on the service sheet, or tell whoever looks in on you."),
            at_the_desk="elders:call",
            order=31,
        )
    )
    register_way(
        Way(
            what=_("Lead a mutual-aid group"),
            pages=frozenset({"elders:group", "elders:group-act"}),
            by_call=_("Call the desk: they call your group together and note who came."),
            on_paper=_("Let everybody sign a list and bring it to the desk."),
            at_the_desk="elders:groups",
            order=32,
        )
    )


def _register_paper() -> None:
    """Forms that come back filled in, and what is handed out."""
    from mulin.circle.elders.papers import HANDED
    from mulin.circle.elders.sheets import SERVICE_SHEET, VISIT_SHEET
    from mulin.commons.paper.registry import register, register_handed

    for sheet in (VISIT_SHEET, SERVICE_SHEET):
        register(sheet)
    register_handed(HANDED)

"""Ties production together: menu, figures, dues, verbs, what is held of a person."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "production.add_operation": _("added an operation"),
    "production.set_rate": _("set a piece rate"),
    "production.take_on": _("took a worker on"),
    "production.certify": _("wrote down a worker's skill"),
    "production.ask_for_work": _("asked for more, less or other work"),
    "production.answer_wish": _("answered a worker's wish"),
    "production.leave": _("wrote down that a worker left"),
    "production.take_order": _("took an order"),
    "production.agree": _("agreed on an order"),
    "production.finish": _("finished an order with fewer pieces"),
    "production.cancel_order": _("cancelled an order"),
    "production.bring_in": _("counted material in or out"),
    "production.add_item": _("added material to an order"),
    "production.deliver": _("delivered pieces"),
    "production.preview_orders": _("read an order book"),
    "production.take_in_orders": _("took an order book in"),
    "production.preview_workers": _("read a book of workers"),
    "production.take_in_workers": _("took a book of workers in"),
    "production.take_back_book": _("took a book from Excel back"),
    "production.split_order": _("made lots"),
    "production.divide": _("made a lot of a part"),
    "production.merge": _("put two lots together"),
    "production.check_sample": _("looked at a sample of finished pieces"),
    "production.set_sampling": _("set how many pieces are looked at"),
    "production.set_home": _("wrote down when a worker's door is opened"),
    "production.ask_about": _("asked about a lot"),
    "production.answer_question": _("answered a question about a lot"),
    "production.write_own_hours": _("wrote down hours for themselves"),
    "production.issue": _("gave a lot out"),
    "production.return_unused": _("took unworked pieces back"),
    "production.give_back": _("counted finished pieces"),
    "production.agree_to_count": _("agreed to a count"),
    "production.judge": _("judged pieces"),
    "production.do_again": _("gave pieces out again"),
    "production.hand_on": _("handed a lot to another worker"),
    "production.lose": _("wrote down a loss"),
    "production.find_more": _("wrote down that more came out"),
    "production.turn_round": _("turned a line of the books round"),
    "production.offer": _("offered a lot"),
    "production.answer_offer": _("answered an offer"),
    "production.take_back_offer": _("took an offer back"),
    "production.ask_plan": _("asked who should have which lot"),
    "production.keep_plan": _("worked out who should have which lot"),
    "production.keep_plan_failure": _("could not work out who should have which lot"),
    "production.plan_round": _("planned a carrying round"),
    "production.hand_over": _("handed pieces over at a door"),
    "production.announce_sale": _("announced a live sale"),
    "production.call_off_sale": _("called a live sale off"),
    "production.material_out": _("gave material out with a lot"),
    "production.material_back": _("took material back"),
    "production.deposit_received": _("wrote down that a deposit came"),
    "production.deposit_set_off": _("set a deposit off against what was delivered"),
    "production.deposit_returned": _("gave a deposit back"),
    "production.deposit_paid": _("wrote down that a customer paid"),
    "production.turn_deposit_round": _("turned a line of a customer's money round"),
}


class ProductionConfig(AppConfig):
    name = "mulin.workshop.production"
    label = "production"

    def ready(self) -> None:
        # Imported here: they need the loaded registry.
        from mulin.commons.paper.registry import register as register_form
        from mulin.commons.paper.registry import register_handed
        from mulin.ground.audit.verbs import name_verbs
        from mulin.ground.community.calls import register_call
        from mulin.ground.community.dues import register_parts
        from mulin.ground.community.menu import Entry, register
        from mulin.ground.community.rules import Role
        from mulin.ground.downloads.registry import register as register_listing
        from mulin.ground.figures.registry import register as register_figure
        from mulin.ground.notify.queue import register_job
        from mulin.ground.notify.sweeps import register_sweep
        from mulin.ground.notify.topics import name_topics
        from mulin.ground.people.rules import (
            register_eraser,
            register_keeper,
            register_teller,
            register_under_name,
        )
        from mulin.workshop.production import dues, jobs
        from mulin.workshop.production.actions.evening import JOB
        from mulin.workshop.production.api import CALLS
        from mulin.workshop.production.figures import FIGURES
        from mulin.workshop.production.holdings import erase_work, movements_kept, work_told
        from mulin.workshop.production.listings import LISTINGS, TABLES
        from mulin.workshop.production.papers import HANDED
        from mulin.workshop.production.rules import KEEPERS
        from mulin.workshop.production.sheets import HANDS_SHEET, OFFER_SLIP, ROUND_SHEET

        group = _("Workshop")
        worker, carrier = frozenset({Role.WORKSHOP_WORKER}), frozenset({Role.CARRIER})
        for entry in (
            Entry(_("Order book"), "production:orders", "clipboard-list", KEEPERS, "desk", group,
                  "", 60),
            Entry(_("Lots"), "production:scan", "package", KEEPERS, "desk", group, "", 61),
            Entry(_("Who gets which lot"), "production:allocate", "heart-handshake", KEEPERS, "desk",
                  group, "", 62),
            Entry(_("Workers"), "production:workers", "users", KEEPERS, "desk", group, "", 63),
            Entry(_("Carrying rounds"), "production:rounds", "route", KEEPERS | carrier, "desk",
                  group, "", 64),
            Entry(_("Customers"), "production:customers", "building-2", KEEPERS, "desk", group, "", 64),
            Entry(_("Work and rates"), "production:operations", "list", KEEPERS, "desk", group, "",
                  65),
            Entry(_("My work"), "production:mine", "package", worker, "resident", "", "", 40),
            Entry(_("My rounds"), "production:rounds", "route", carrier, "resident", "", "", 41),
            Entry(_("The workshop"), "production:about", "package", None, "resident", "", "", 57),
        ):  # fmt: skip
            register(entry)
        for call in CALLS:
            register_call(call)
        for figure in FIGURES:
            register_figure(figure)
        register_listing(*LISTINGS, *TABLES, room=_("The workshop"))
        register_parts("production", dues.parts, *dues.TOLD)
        register_under_name("production.Order.customer", _("Orders"))
        register_teller("production.work", work_told)
        register_eraser("production.work", erase_work)
        register_handed(HANDED)
        register_keeper(
            "production.movement",
            _("Pieces that went through their hands, with what they earned: pay records are kept."),
            movements_kept,
            article="《保障农民工工资支付条例》第15条；《工资支付暂行规定》第6条",
        )
        register_form(OFFER_SLIP)
        register_form(HANDS_SHEET)
        register_form(ROUND_SHEET)
        register_job(JOB, jobs.work_out, opens_own_scope=True)
        register_sweep("workshop", timedelta(minutes=30), jobs.ask_in_the_evening)
        name_verbs(VERBS)
        name_topics({"workshop": _("work from the workshop")})

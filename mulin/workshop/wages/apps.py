"""Ties wages together: menu, figure, dues, verbs, what is held of a person."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "wages.close_month": _("closed a month of wages"),
    "wages.confirm_statement": _("confirmed a statement"),
    "wages.dispute_statement": _("said that a statement is wrong"),
    "wages.answer_statement": _("answered a dispute"),
    "wages.pay_statement": _("wrote down a payment"),
    "wages.pay_file": _("wrote down that the bank paid a file"),
    "wages.reopen_statement": _("took a confirmation back"),
    "wages.unpay_statement": _("took a payment back"),
    "wages.end_bonus": _("ended a bonus rule"),
    "wages.pay_advance": _("paid in advance"),
    "wages.correct": _("corrected a closed month"),
    "wages.choose_terms": _("decided what a worker is by law and how tax is withheld"),
    "wages.set_bonus": _("set a bonus rule"),
    "wages.set_minimum": _("wrote down the minimum wage"),
    "wages.payment_file": _("made the file for the bank"),
}


class WagesConfig(AppConfig):
    name = "mulin.workshop.wages"
    label = "wages"

    def ready(self) -> None:
        # Imported here: they need the loaded registry.
        from mulin.commons.paper.registry import register_handed
        from mulin.ground.audit.verbs import name_verbs
        from mulin.ground.community.calls import register_call
        from mulin.ground.community.dues import register_parts
        from mulin.ground.community.menu import Entry, register
        from mulin.ground.community.rules import Role
        from mulin.ground.downloads.registry import register as register_listing
        from mulin.ground.figures.registry import register as register_figure
        from mulin.ground.people.rules import register_eraser, register_keeper, register_teller
        from mulin.workshop.wages import dues
        from mulin.workshop.wages.api import CALLS
        from mulin.workshop.wages.figures import FIGURES
        from mulin.workshop.wages.holdings import erase_words
        from mulin.workshop.wages.listings import LISTINGS, TABLES
        from mulin.workshop.wages.papers import HANDED
        from mulin.workshop.wages.queries import money_kept, money_told
        from mulin.workshop.wages.rules import BOOKS

        group, worker = _("Workshop"), frozenset({Role.WORKSHOP_WORKER})
        for entry in (
            Entry(_("Wages"), "wages:months", "hand-coins", BOOKS, "desk", group, "", 66),
            Entry(_("Bonus, tax, minimum wage"), "wages:rules", "file-text", BOOKS, "desk", group,
                  "", 67),
            Entry(_("My pay"), "wages:mine", "hand-coins", worker, "resident", "", "", 42),
        ):  # fmt: skip
            register(entry)
        for call in CALLS:
            register_call(call)
        for figure in FIGURES:
            register_figure(figure)
        register_listing(*LISTINGS, *TABLES, room=_("Wages"))
        register_parts("wages", dues.parts, *dues.TOLD)
        register_teller("wages.statement", money_told)
        register_eraser("wages.statement", erase_words)
        register_keeper(
            "wages.statement",
            _("What they earned and were paid: pay records are kept three years at least."),
            money_kept,
            article="《保障农民工工资支付条例》第15条；《工资支付暂行规定》第6条",
        )
        register_handed(HANDED)
        name_verbs(VERBS)

"""Ties paper together: job, sweeps, menu, what is told and erased of a person."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "paper.hand_out": _("printed a sheet for somebody"),
    "paper.print_again": _("printed a sheet again as it was"),
    "paper.print_sheets": _("printed sheets of a form"),
    "paper.take_in": _("took filled-in sheets in"),
    "paper.pick_up": _("took a file of the scanner in"),
    "paper.send_in": _("sent a photo of a filled-in sheet"),
    "paper.name_sheet": _("said which form a picture shows"),
    "paper.finish": _("handed a sheet in"),
    "paper.hand_in_typed": _("handed a typed form in"),
    "paper.throw_away": _("threw a picture of a sheet away"),
    "paper.look_after_all": _("put a sheet back to be looked at"),
}


class PaperConfig(AppConfig):
    name = "mulin.commons.paper"
    label = "paper"

    def ready(self) -> None:
        # Imported here: they need the loaded registry.
        from mulin.commons.paper import jobs
        from mulin.commons.paper.actions.scans import JOB
        from mulin.commons.paper.consents import CONSENT_SHEET
        from mulin.commons.paper.holdings import (
            erase_handed,
            erase_sheets,
            handed_told,
            sheets_told,
        )
        from mulin.commons.paper.letters import HANDED
        from mulin.commons.paper.permissions import PAPER_ROLES
        from mulin.commons.paper.registry import register as register_form
        from mulin.commons.paper.registry import register_handed
        from mulin.ground.audit.verbs import name_looks, name_verbs
        from mulin.ground.community.menu import Entry, register
        from mulin.ground.community.ways import Way
        from mulin.ground.community.ways import register as register_way
        from mulin.ground.notify.queue import register_job
        from mulin.ground.notify.sweeps import register_sweep
        from mulin.ground.people.rules import register_eraser, register_teller

        register(
            Entry(
                _("Forms on paper"), "paper:desk", "file-text", PAPER_ROLES, "desk",
                _("Reception"), "", 12,
            )
        )  # fmt: skip
        register_form(CONSENT_SHEET)
        for use in HANDED:
            register_handed(use)
        register_job(JOB, jobs.read, opens_own_scope=True)
        register_sweep("paper.take_up", timedelta(minutes=1), jobs.take_up)
        register_sweep(
            "paper.pick_up", timedelta(minutes=1), jobs.pick_up, opens_own_scope=True
        )  # fmt: skip
        register_sweep("paper.forget", timedelta(hours=6), jobs.forget)
        register_teller("paper.sheet", sheets_told)
        register_eraser("paper.sheet", erase_sheets)
        register_teller("paper.handed", handed_told)
        register_eraser("paper.handed", erase_handed)
        register_way(
            Way(
                what=_("Send in a sheet I have filled in"),
                pages=frozenset({"paper:send", "paper:sent"}),
                by_call=_("Call us: we ask what stands on the sheet, and write down what you say."),
                on_paper=_("Hand the sheet in, or put it into the box."),
                at_the_desk="paper:desk",
                order=13,
            )
        )
        name_verbs(VERBS)
        name_looks(
            "paper.sheet",
            {
                "list": _("Paper · list with names, printed"),
            },
        )
        name_looks(
            "paper.reading",
            {
                "sheet": _("Paper · form that was handed in"),
            },
        )
        name_looks(
            "paper.handed",
            {
                "handed": _("Paper · sheet handed out, printed again"),
            },
        )

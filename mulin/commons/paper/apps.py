"""Ties paper together: job, sweeps, menu, what is told and erased of a person."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "paper.hand_out": _("printed a sheet for somebody"),
    "paper.print_again": _("printed a sheet again as it was"),
    "paper.print_sheets": _("printed sheets of a form"),
    "paper.take_in": _("took filled-in sheets in"),
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
        from mulin.commons.paper.holdings import (
            erase_handed,
            erase_sheets,
            handed_told,
            sheets_told,
        )
        from mulin.ground.audit.verbs import name_verbs
        from mulin.ground.community.menu import Entry, register
        from mulin.ground.community.rules import DESK_ROLES
        from mulin.ground.notify.queue import register_job
        from mulin.ground.notify.sweeps import register_sweep
        from mulin.ground.people.rules import register_eraser, register_teller

        register(
            Entry(
                _("Forms on paper"), "paper:desk", "file-text", DESK_ROLES, "desk", _("Reception"),
                "", 12,
            )
        )  # fmt: skip
        register_job(JOB, jobs.read, opens_own_scope=True)
        register_sweep("paper.take_up", timedelta(minutes=1), jobs.take_up)
        register_sweep("paper.forget", timedelta(hours=6), jobs.forget)
        register_teller("paper.sheet", sheets_told)
        register_eraser("paper.sheet", erase_sheets)
        register_teller("paper.handed", handed_told)
        register_eraser("paper.handed", erase_handed)
        name_verbs(VERBS)

"""Ties the files to Django: job, sweep, verbs, menu."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DownloadsConfig(AppConfig):
    """Lists taken away as files."""

    name = "mulin.ground.downloads"
    label = "downloads"

    def ready(self) -> None:
        from mulin.ground.audit.verbs import name_verbs
        from mulin.ground.community import menu
        from mulin.ground.downloads.actions import JOB
        from mulin.ground.downloads.jobs import make, tidy
        from mulin.ground.downloads.permissions import TAKERS
        from mulin.ground.notify.queue import register_job
        from mulin.ground.notify.sweeps import register_sweep

        register_job(JOB, make)
        register_sweep("downloads", timedelta(minutes=5), tidy)
        name_verbs(
            {
                "downloads.ask_for": _("asked for a list as a file"),
                "downloads.fetch": _("took a list away as a file"),
            }
        )
        menu.register(
            menu.Entry(
                _("Lists as files"), "downloads:mine", "download",
                roles=TAKERS, group=_("The house"), order=85,
            )
        )  # fmt: skip

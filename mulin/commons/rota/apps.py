"""Ties the rota together: the front desk, menu, sweeps, job, calendar, dues, what is held."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "rota.take_on": _("wrote down that somebody takes turns"),
    "rota.change_member": _("wrote down what somebody on duty can"),
    "rota.leave": _("wrote down that somebody takes no turns any more"),
    "rota.keep_apart": _("kept two apart on the duty rota"),
    "rota.let_together": _("let two be on one shift again"),
    "rota.say_wishes": _("said which days suit"),
    "rota.add_weekly": _("wrote down a shift that comes again"),
    "rota.drop_weekly": _("ended a shift that came again"),
    "rota.open_month": _("began a month of duty"),
    "rota.call_more": _("called more people to a shift"),
    "rota.follow_needs": _("wrote down that a shift needs more than it did"),
    "rota.follow_people": _("read anew who may take turns"),
    "rota.propose": _("had a duty rota proposed"),
    "rota.keep_plan": _("worked a duty rota out"),
    "rota.keep_failure": _("could not work a duty rota out"),
    "rota.put_on": _("put somebody on a shift"),
    "rota.take_off": _("took somebody off a shift"),
    "rota.publish": _("published a duty rota"),
    "rota.answer": _("answered whether they come on duty"),
    "rota.call_in_sick": _("called in sick"),
    "rota.apply_changes": _("put changes into a duty rota"),
    "rota.set_aside": _("set changes of a duty rota aside"),
    "rota.sign_in": _("signed somebody in on duty"),
    "rota.miss": _("noted that somebody did not come on duty"),
    "rota.pass_over": _("passed over a substitute who did not answer"),
    "rota.remind": _("reminded somebody of their duty"),
    "rota.nudge": _("asked somebody once more whether they come on duty"),
    "rota.ask_to_swap": _("asked somebody to swap duty"),
    "rota.answer_swap": _("answered whether they swap duty"),
    "rota.take_swap_back": _("did not want to swap duty any more"),
}


class RotaConfig(AppConfig):
    name = "mulin.commons.rota"
    label = "rota"

    def ready(self) -> None:
        # Imported here: they need the loaded registry.
        from mulin.commons.paper.registry import register as register_form
        from mulin.commons.rota import calendars, dues, holdings, jobs
        from mulin.commons.rota.actions.engine import JOB
        from mulin.commons.rota.api import CALLS
        from mulin.commons.rota.figures import FIGURES
        from mulin.commons.rota.listings import LISTINGS
        from mulin.commons.rota.registry import MANAGERS, DutyKind
        from mulin.commons.rota.registry import register as register_kind
        from mulin.commons.rota.sheets import WISH_SHEET
        from mulin.ground.audit.verbs import name_verbs
        from mulin.ground.community.calendars import register_source
        from mulin.ground.community.calls import register_call
        from mulin.ground.community.dues import register_parts
        from mulin.ground.community.menu import Entry, register
        from mulin.ground.community.rules import DESK_ROLES
        from mulin.ground.community.ways import Way
        from mulin.ground.community.ways import register as register_way
        from mulin.ground.downloads.registry import register as register_listing
        from mulin.ground.figures.registry import register as register_figure
        from mulin.ground.notify.queue import register_job
        from mulin.ground.notify.sweeps import register_sweep
        from mulin.ground.notify.topics import name_topics
        from mulin.ground.people.rules import register_eraser, register_keeper, register_teller

        register_listing(*LISTINGS, room=_("Duty rota"))
        register_kind(DutyKind("front-desk", _("Front desk"), DESK_ROLES))
        register(
            Entry(_("Duty rota"), "rota:desk", "calendar-days", MANAGERS, "desk", _("Meetings"),
                  "", 22)
        )  # fmt: skip
        register(Entry(_("My duty"), "rota:mine", "calendar-days", None, "resident", "", "", 42))
        register_parts("rota", dues.parts, *dues.TOLD)
        register_job(JOB, jobs.work_out, opens_own_scope=True)
        register_sweep("rota.watch", timedelta(minutes=1), jobs.watch)
        register_sweep("rota.remind", timedelta(minutes=10), jobs.remind_all)
        register_sweep("rota.follow", timedelta(minutes=10), jobs.follow_rooms)
        register_source("rota", calendars.mine)
        register_form(WISH_SHEET)
        register_teller("rota.duty", holdings.told)
        register_eraser("rota.duty", holdings.erase)
        register_keeper(
            "rota.duty",
            _(
                "That somebody was on duty, without a name: which shift had its people must stay true."
            ),
            holdings.kept,
            article="《个人信息保护法》第47条第2款",
        )
        register_way(
            Way(
                what=_("Take turns on duty: say which days suit, say yes or no, swap, call in sick"),
                pages=frozenset(
                    {"rota:mine", "rota:mine-act", "rota:duty", "rota:wishes", "rota:month",
                     "rota:wall"}
                ),
                by_call=_("Call us: we write down your days, and look for somebody when you are ill."),
                on_paper=_("Fill in the sheet for the month at the desk; the rota hangs on the wall."),
                at_the_desk="rota:desk",
                order=42,
            )
        )  # fmt: skip
        for call in CALLS:
            register_call(call)
        for figure in FIGURES:
            register_figure(figure)
        name_verbs(VERBS)
        name_topics({"rota": _("the duty rota")})

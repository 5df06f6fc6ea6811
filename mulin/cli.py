"""The command line: `mulin demo | serve | work | migrate | doctor`, and what the rooms add.

A room adds commands in its `commands.py` (see kit.command_line); they call the same actions and
queries as its pages.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

import django
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import translation
from django.utils.translation import gettext as _

from mulin import __version__
from mulin.kit.command_line import Commands

#: What a shell expects of a command that Ctrl-C ended.
INTERRUPTED = 130
#: These run for months, and do without what the rooms' commands load for their sums.
STAYING = frozenset({"demo", "serve", "work"})


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code: 0 done, 1 refused or unsafe, 2 not understood."""
    typed = sys.argv[1:] if arguments is None else arguments
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mulin.settings")
    if typed[:1] == ["demo"]:
        os.environ.setdefault("MULIN_DEMO", "1")
    try:
        django.setup()
    except ImproperlyConfigured as error:
        print(error, file=sys.stderr)
        return 2
    with translation.override(_language_of_terminal()):
        chosen = _parser(with_rooms=STAYING.isdisjoint(typed[:1])).parse_args(typed)
        try:
            code: int | None = chosen.run(chosen)
        except KeyboardInterrupt:
            return INTERRUPTED
        return code or 0


def _language_of_terminal() -> str:
    """Chinese for a terminal that speaks it, English for all others."""
    spoken = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "zh-hans" if spoken.startswith("zh") else "en"


def _parser(*, with_rooms: bool = True) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mulin", description=_("The software of a community."))
    parser.add_argument("--version", action="version", version=f"Mulin {__version__}")
    commands = Commands(parser)
    own = {
        name: commands.add_parser(name, help=says, description=says)
        for name, says in (
            ("demo", _("open a community with years of life in it")),
            ("serve", _("open your own community: web server and worker")),
            ("work", _("run the worker alone")),
            ("migrate", _("bring the database up to this version")),
            ("doctor", _("tell what is still unsafe")),
        )
    }
    own["demo"].set_defaults(run=_demo)
    own["demo"].add_argument(
        "--years", type=_whole(0, 99), metavar="N",
        help=_("so many calendar years, this one among them; 0: only the last weeks"),
    )  # fmt: skip
    own["demo"].add_argument(
        "--people", type=_whole(300, 20_000), default=900, metavar="N",
        help=_("so many people on the roll (900)"),
    )  # fmt: skip
    own["serve"].set_defaults(run=_serve)
    own["serve"].add_argument(
        "--without-worker", action="store_true", help=_("the worker runs elsewhere: mulin work")
    )
    own["serve"].add_argument(
        "--mqtt", action="store_true", help=_("also take alarms of devices by MQTT (Mosquitto)")
    )
    own["work"].set_defaults(run=_work)
    own["migrate"].set_defaults(run=_migrate)
    own["doctor"].set_defaults(run=_doctor)
    own["doctor"].add_argument("--json", action="store_true", help=_("for programs"))
    own["doctor"].add_argument(
        "--level",
        type=int,
        choices=(2,),
        help=_("the items of national level 2, as they stand here"),
    )
    if with_rooms:
        _register_rooms(commands)
    return parser


def _register_rooms(commands: Commands) -> None:
    from mulin.commons.ballots.counting import commands as counting  # noqa: PLC0415  its words need Django

    counting.register(commands)
    for app in apps.get_app_configs():
        if app.name.startswith("mulin.") and find_spec(f"{app.name}.commands"):
            import_module(f"{app.name}.commands").register(commands)


def _where() -> tuple[str, int]:
    """The address and port to listen on."""
    from mulin.serving import CannotServe  # noqa: PLC0415  needs Django set up

    typed = os.environ.get("MULIN_PORT", "8000")
    if not typed.isdecimal() or not 0 < int(typed) < 65_536:  # noqa: PLR2004  all ports there are
        raise CannotServe(
            _("MULIN_PORT must be a port number, not “%(typed)s”.") % {"typed": typed}
        )
    return str(settings.MULIN_ADDRESS), int(typed)


def _url(address: str, port: int) -> str:
    host = f"[{address}]" if ":" in address else address
    return f"http://{host}:{port}"


def _serve(chosen: argparse.Namespace) -> int:
    from mulin import serving  # noqa: PLC0415  needs Django set up

    settings.MULIN_MQTT = settings.MULIN_MQTT or chosen.mqtt
    try:
        address, port = _where()
        return serving.serve(
            address=address,
            port=port,
            jobs=not chosen.without_worker,
            on_ready=lambda: print(
                _("Mulin is open at %(url)s") % {"url": _url(address, port)}, flush=True
            ),
        )
    except serving.CannotServe as error:
        print(error, file=sys.stderr)
        return 1


def _work(_chosen: argparse.Namespace) -> int:
    from mulin import serving  # noqa: PLC0415  needs Django set up

    try:
        return serving.work(address=_where()[0])
    except serving.CannotServe as error:
        print(error, file=sys.stderr)
        return 1


def _migrate(_chosen: argparse.Namespace) -> int:
    from django.core.management import call_command  # noqa: PLC0415  needs Django set up

    call_command("migrate", interactive=False)
    return 0


def _doctor(chosen: argparse.Namespace) -> int:
    from mulin import doctor  # noqa: PLC0415  needs Django set up

    if chosen.level:
        lines = doctor.examine_level()
        print(
            json.dumps([line.as_dict() for line in lines], ensure_ascii=False)
            if chosen.json
            else "\n".join(doctor.table(lines))
        )
        return 1 if any(line.standing == "not fulfilled" for line in lines) else 0
    findings = doctor.examine()
    if chosen.json:
        print(json.dumps([finding.as_dict() for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            print(f"{finding.mark} {finding.text}")
        if not findings:
            print(_("Nothing unsafe was found."))
    return 1 if any(finding.is_danger for finding in findings) else 0


def _whole(least: int, most: int) -> Callable[[str], int]:
    """A type of argument: a whole number within bounds, the others told."""

    def read(typed: str) -> int:
        if not typed.isdecimal() or not least <= int(typed) <= most:
            raise argparse.ArgumentTypeError(
                _("a whole number from %(least)d to %(most)d") % {"least": least, "most": most}
            )
        return int(typed)

    return read


def _demo(chosen: argparse.Namespace) -> int:
    from mulin import demonstration, serving  # noqa: PLC0415  needs Django set up
    from mulin.site import demo  # noqa: PLC0415  needs Django set up

    began = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {text}", flush=True)

    def prepare() -> int:
        try:
            demonstration.prepare(
                say, make=lambda say: demo.make(say, people=chosen.people, years=chosen.years)
            )
        except serving.CannotServe as error:
            print(error, file=sys.stderr)
            return 1
        return 0

    try:
        address, port = _where()
        serving.check_port(address, port)
        if code := serving.apart(prepare):
            return code
        url = _url(address, port)
        return serving.serve(
            address=address,
            port=port,
            on_ready=lambda: print(demonstration.welcome(url, demo.accounts()), flush=True),
            beside=[serving.Child("years", demonstration.fill_years, ends=True)],
        )
    except serving.CannotServe as error:
        print(error, file=sys.stderr)
        return 1

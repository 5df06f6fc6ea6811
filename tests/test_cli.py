"""The command line: its own commands, and those that rooms add in their `commands.py`."""

import argparse
import subprocess
import sys

import pytest

from mulin.cli import main
from mulin.kit.command_line import Commands


@pytest.fixture
def parser():
    return argparse.ArgumentParser(prog="mulin")


def test_rooms_share_a_first_word(parser):
    commands = Commands(parser)
    commands.add_parser("import demands", help="…").set_defaults(run="reception")
    commands.add_parser("import people", help="…").add_argument("file")
    commands.add_parser("serve", help="…").set_defaults(run="serve")
    assert parser.parse_args(["import", "demands"]).run == "reception"
    assert parser.parse_args(["import", "people", "roll.xlsx"]).file == "roll.xlsx"
    assert parser.parse_args(["serve"]).run == "serve"


def test_two_rooms_may_not_take_the_same_words(parser):
    commands = Commands(parser)
    commands.add_parser("report demands")
    with pytest.raises(ValueError, match="report demands"):
        commands.add_parser("report demands")


def test_a_group_alone_is_not_a_command(parser, capsys):
    Commands(parser).add_parser("import demands")
    with pytest.raises(SystemExit) as stopped:
        parser.parse_args(["import"])
    assert stopped.value.code == 2
    assert "COMMAND" in capsys.readouterr().err


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    printed = capsys.readouterr().out
    assert [name for name in ("demo", "serve", "work", "migrate", "doctor") if name in printed] == [
        "demo", "serve", "work", "migrate", "doctor",
    ]  # fmt: skip


def test_the_terminal_is_spoken_to_in_its_language(capsys, monkeypatch):
    spoken = []
    for language in ("en_GB.UTF-8", "zh_CN.UTF-8"):
        monkeypatch.setenv("LC_ALL", language)
        with pytest.raises(SystemExit):
            main(["--help"])
        spoken.append(capsys.readouterr().out)
    assert "tell what is still unsafe" in spoken[0]
    assert "还有哪些不安全" in spoken[1]


def test_what_stays_open_loads_nothing_that_only_a_command_needs():
    look = "import sys; from mulin.cli import main\ntry: main(sys.argv[1:])\nfinally: print(*sys.modules)"
    loaded = [
        subprocess.run(
            [sys.executable, "-c", look, *typed], capture_output=True, text=True, check=False
        ).stdout.split()
        for typed in (["serve", "--help"], ["circle", "--help"])
    ]
    assert ["numpy" in modules for modules in loaded] == [False, True]


def test_what_every_process_of_the_tree_holds_leaves_out_what_most_never_use():
    look = (
        "import sys, django; django.setup()\nfrom mulin import serving\n"
        "serving._load_web(); serving._load(); print(*sys.modules)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "mulin.ground.notify.channels.groups" in loaded
    assert not {"requests", "apprise", "django.contrib.admin", "numpy", "weasyprint"} & set(loaded)

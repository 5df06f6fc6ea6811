"""`mulin tally FILE.pb`: who wins by a rule, and everything odd about the file.

Exit codes: 0 counted; 1 the rule can't be used on this file; 2 the file can't be read.
"""

import argparse
import json
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from mulin.commons.ballots.counting import pabulib
from mulin.commons.ballots.counting.count import count
from mulin.commons.ballots.counting.election import CannotCount, Lot, Method, Rule
from mulin.commons.ballots.counting.result import Broken, Note, Result
from mulin.commons.ballots.counting.words import note_in_words
from mulin.kit.command_line import Commands

_NOT_READABLE: Final = 2


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser("tally", help=_("count the ballots of a Pabulib file"))
    parser.add_argument("file", type=Path, metavar="FILE.pb")
    parser.add_argument(
        "--rule", choices=[one.value for one in Method],
        help=_("otherwise the rule that the file names"),
    )  # fmt: skip
    parser.add_argument(
        "--seats", type=_seats, metavar="N",
        help=_("how many win, with all costs the same (five where a rule needs a number)"),
    )  # fmt: skip
    parser.add_argument(
        "--budget", type=_amount, metavar="MONEY", help=_("instead of the file's budget")
    )
    parser.add_argument(
        "--threshold", type=_amount, metavar="VOTES", help=_("instead of the file's threshold")
    )
    parser.add_argument(
        "--lot", default="", metavar="TEXT", help=_("the public number that breaks ties")
    )
    parser.add_argument("--json", action="store_true", help=_("for programs"))
    parser.set_defaults(run=_tally)


def _seats(typed: str) -> int:
    if not (typed.isascii() and typed.isdecimal() and 0 < int(typed) < 10_000):  # noqa: PLR2004
        raise argparse.ArgumentTypeError(_("a whole number from 1 on"))
    return int(typed)


def _amount(typed: str) -> Fraction:
    try:
        amount = Fraction(typed)
    except (ValueError, ZeroDivisionError):
        amount = Fraction(-1)
    if amount < 0:
        raise argparse.ArgumentTypeError(_("a number that is not below zero"))
    return amount


def _tally(chosen: argparse.Namespace) -> int:
    try:
        file = pabulib.read(chosen.file.read_bytes())
    except OSError as error:
        print(
            _("%(file)s can't be read: %(reason)s")
            % {"file": chosen.file, "reason": error.strerror},
            file=sys.stderr,
        )
        return _NOT_READABLE
    except pabulib.WrongFile as wrong:
        place = {"file": chosen.file, "line": wrong.line, "reason": note_in_words(wrong.why)}
        print(_("%(file)s, line %(line)s: %(reason)s.") % place, file=sys.stderr)
        return _NOT_READABLE
    rule = _rule(file.rule, chosen)
    recorded = file.recorded_winners or ()
    try:
        result = count(file.election, rule, Lot(chosen.lot, chosen.lot) if chosen.lot
                       else Lot(drawn=recorded))  # fmt: skip
    except CannotCount:
        print(_("This rule needs a budget, and the file has none: --budget"), file=sys.stderr)
        return 1
    notes = [*file.notes, *result.notes]
    if chosen.rule:
        notes = [one for one in notes if one.code != "rule_unknown"]
    if not chosen.lot:
        notes += [
            Note("tie_as_recorded", {"projects": tie.projects})
            for tie in result.ties
            if tie.decides and Broken.LOT in tie.by and result.lot.settles(tie.projects)
        ]
    notes += pabulib.differing(file, result)
    told = list(dict.fromkeys(map(note_in_words, notes)))
    if chosen.json:
        print(json.dumps(as_json(result, told), ensure_ascii=False))
    else:
        _print(result, told)
    return 0


def _rule(named: Rule, chosen: argparse.Namespace) -> Rule:
    return replace(
        named,
        method=named.method if chosen.rule is None else Method(chosen.rule),
        seats=named.seats if chosen.seats is None else chosen.seats,
        budget=named.budget if chosen.budget is None else chosen.budget,
        threshold=named.threshold if chosen.threshold is None else chosen.threshold,
    )


def as_json(result: Result, notes: list[str]) -> dict[str, Any]:  # Any: a JSON object
    """What programs read."""
    return {
        "winners": list(result.winners),
        "counts": {row.id: _json_number(Fraction(row.count)) for row in result.rows},
        "ties": [
            {
                "of": tie.of,
                "value": _json_number(tie.value),
                "projects": list(tie.projects),
                "by": [step.value for step in tie.by],
                "decides": tie.decides,
            }
            for tie in result.ties
        ],
        "notes": notes,
    }


def _json_number(number: Fraction) -> int | float:
    return number.numerator if number.denominator == 1 else float(number)


def _print(result: Result, notes: list[str]) -> None:
    for place, one in enumerate(result.winners, start=1):
        row = result.row(one)
        print(f"{place:3} {one}  {_json_number(Fraction(row.count))}  {row.name}")
    for tie in result.ties:
        print(_("Equal: %(projects)s") % {"projects": ", ".join(tie.projects)})
    for note in notes:
        print(note)

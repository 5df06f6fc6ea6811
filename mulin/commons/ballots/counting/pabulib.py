"""Pabulib's .pb files: read with every oddity told, written so that nobody can be recognised.

Format: https://pabulib.org/format; UTF-8, `;` between columns, sections META, PROJECTS, VOTES.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from mulin.commons.ballots.counting.election import (
    Constituency,
    Election,
    Method,
    Project,
    Rule,
)
from mulin.commons.ballots.counting.result import Note, Result

_SECTIONS: Final = ("META", "PROJECTS", "VOTES")
_NUMBER: Final = re.compile(r"\d{1,30}(?:[.,]\d{1,12})?", re.ASCII)
_WITH_POINTS: Final = frozenset({"cumulative", "scoring"})
_TYPES: Final = frozenset({"approval", "choose-1", "ordinal", *_WITH_POINTS})
#: What Pabulib writes as the cost of a project that was withdrawn after the vote.
_WITHDRAWN: Final = re.compile(r"9{9,}")
#: ISO 4217.
_CURRENCY: Final = re.compile("[A-Z]{3}")
_OWN: Final = "mulin-"
_FLOOR: Final = "mulin-floor-equal-1"
#: Names of rules in META, and ours for them.
_RULES: Final[Mapping[str, Method]] = {
    "greedy": Method.GREEDY,
    "greedy-no-skip": Method.GREEDY_NO_SKIP,
    "greedy-threshold": Method.GREEDY_THRESHOLD,
    "equalshares/add1": Method.EQUAL_SHARES_ADD1,
    _FLOOR: Method.FLOOR_EQUAL,
} | {f"{_OWN}{one}": one for one in Method}


class WrongFile(Exception):  # noqa: N818  said of the file, not of the program
    """The file can't be counted: the line, and why, as a note for `words`."""

    def __init__(self, line: int, why: Note) -> None:
        super().__init__(f"{line}: {why.code}")
        self.line = line
        self.why = why


@dataclass(frozen=True, slots=True)
class PbFile:
    """What a file says. `rule` is the one it names, or greedy where we have none of that name."""

    meta: Mapping[str, str]
    election: Election
    rule: Rule
    recorded_winners: tuple[str, ...] | None
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    cells: Mapping[str, str]


def read(content: bytes) -> PbFile:
    """Read a file. Raises WrongFile at the first line that can't be trusted."""
    sections = _sections(_text(content))
    meta = {line.cells["key"].strip(): line for line in sections["META"]}
    plain = {key: line.cells["value"].strip() for key, line in meta.items()}
    kind = plain.get("vote_type", "")
    if kind not in _TYPES:
        raise WrongFile(_at(meta, "vote_type"), Note("vote_type", {"type": kind}))
    currency = plain.get("currency", "")
    if currency and not _CURRENCY.fullmatch(currency):
        raise WrongFile(_at(meta, "currency"), Note("currency", {"currency": currency[:40]}))
    budget = _meta_number(meta, "budget")
    projects, recorded = _projects(sections["PROJECTS"], budget)
    election, notes = _votes(sections["VOTES"], projects, kind, plain)
    for key, found in (("num_projects", len(projects)), ("num_votes", len(sections["VOTES"]))):
        said = _meta_number(meta, key)
        if said is not None and said != found:
            raise WrongFile(
                meta[key].number, Note("number_differs", {"key": key, "said": said, "found": found})
            )
    notes += _limits(meta, sections["VOTES"], projects, kind)
    notes += _recorded_counts(sections["PROJECTS"], election)
    rule = _RULES.get(plain.get("rule", ""))
    if rule is None:
        notes.append(Note("rule_unknown", {"rule": plain.get("rule", "")}))
    seats = _meta_number(meta, "seats")
    return PbFile(
        meta=plain,
        election=election,
        rule=Rule(
            method=rule or Method.GREEDY,
            seats=None if seats is None else int(seats),
            budget=budget,
            threshold=_meta_number(meta, "min_project_score_threshold") or Fraction(0),
        ),
        recorded_winners=recorded,
        notes=tuple(notes),
    )


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise WrongFile(line, Note("not_utf8")) from None


def _sections(text: str) -> dict[str, list[_Line]]:
    sections: dict[str, list[_Line]] = {}
    head: list[str] | None = None
    name = ""
    line = 0
    for line, row in _rows(text):
        if len(row) == 1 and row[0].strip() in _SECTIONS:
            name, head = row[0].strip(), None
            if name in sections:
                raise WrongFile(line, Note("section_twice", {"section": name}))
            sections[name] = []
        elif not name:
            raise WrongFile(line, Note("no_section"))
        elif head is None:
            head = _head(line, name, row)
        else:
            sections[name].append(_line(line, name, head, row))
    for wanted in _SECTIONS:
        if wanted not in sections:
            raise WrongFile(max(line, 1), Note("section_missing", {"section": wanted}))
    return sections


def _line(number: int, section: str, head: Sequence[str], row: list[str]) -> _Line:
    # A comment in META may hold semicolons.
    cells = [row[0], ";".join(row[1:])] if section == "META" else row
    if len(cells) != len(head):
        raise WrongFile(number, Note("columns", {"found": len(row), "expected": len(head)}))
    return _Line(number, dict(zip(head, cells, strict=True)))


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    began = 1
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            raise WrongFile(began, Note("quotes")) from None
        if row:
            yield began, row
        began = rows.line_num + 1


def _head(line: int, section: str, row: Sequence[str]) -> list[str]:
    head = [cell.strip() for cell in row]
    needed = {"META": ("key", "value"), "PROJECTS": ("project_id", "cost")}.get(
        section, ("voter_id", "vote")
    )
    for column in needed:
        if column not in head:
            raise WrongFile(line, Note("column_missing", {"column": column}))
    if len(set(head)) != len(head):
        raise WrongFile(line, Note("column_twice"))
    return head


def _at(meta: Mapping[str, _Line], key: str) -> int:
    return meta[key].number if key in meta else 1


def _number(line: int, column: str, typed: str) -> Fraction:
    if not _NUMBER.fullmatch(typed.strip()):
        raise WrongFile(line, Note("not_a_number", {"column": column, "typed": typed[:40]}))
    return Fraction(typed.strip().replace(",", "."))


def _meta_number(meta: Mapping[str, _Line], key: str) -> Fraction | None:
    if key not in meta or not meta[key].cells["value"].strip():
        return None
    return _number(meta[key].number, key, meta[key].cells["value"])


def _projects(
    lines: Sequence[_Line], budget: Fraction | None
) -> tuple[dict[str, Project], tuple[str, ...] | None]:
    projects: dict[str, Project] = {}
    for line in lines:
        key = line.cells["project_id"].strip()
        if not key or "," in key:
            raise WrongFile(line.number, Note("project_id", {"project": key}))
        if key in projects:
            raise WrongFile(line.number, Note("project_twice", {"project": key}))
        cost = _number(line.number, "cost", line.cells["cost"])
        projects[key] = Project(
            id=key,
            name=line.cells.get("name", "").strip(),
            cost=cost,
            is_withdrawn=budget is not None
            and cost > budget
            and bool(_WITHDRAWN.fullmatch(line.cells["cost"].strip())),
        )
    chosen = [
        line.cells["project_id"].strip()
        for line in lines
        if line.cells.get("selected", "").strip() == "1"
    ]
    return projects, tuple(chosen) or None


def _votes(
    lines: Sequence[_Line], projects: Mapping[str, Project], kind: str, meta: Mapping[str, str]
) -> tuple[Election, list[Note]]:
    ballots: dict[str, list[tuple[str, ...]]] = {}
    points: dict[str, list[tuple[Fraction, ...]]] = {}
    double: list[int] = []
    longest = int(meta.get("max_length", "")) if meta.get("max_length", "").isdecimal() else 0
    if kind == "ordinal" and not longest:
        longest = max((len(_marks(line)) for line in lines), default=0)
    for line in lines:
        marks = _marks(line)
        for one in marks:
            if one not in projects:
                raise WrongFile(line.number, Note("unknown_project", {"project": one[:40]}))
        if kind in _WITH_POINTS:
            given = _points(line, len(marks))
        elif kind == "ordinal":
            given = [Fraction(max(longest - place, 0)) for place in range(len(marks))]
        else:
            given = [Fraction(1)] * len(marks)
        once: dict[str, Fraction] = {}
        for one, worth in zip(marks, given, strict=True):
            # Named twice is marked once; points for the same project are the voter's own.
            once[one] = (
                once.get(one, Fraction(0)) + worth
                if kind in _WITH_POINTS
                else max(worth, once.get(one, Fraction(0)))
            )
        if len(once) != len(marks):
            double.append(line.number)
        group = line.cells.get("constituency", "").strip()
        ballots.setdefault(group, []).append(tuple(once))
        points.setdefault(group, []).append(tuple(once.values()))
    notes = [Note(kind, {"longest": longest})] * (kind == "ordinal" or kind in _WITH_POINTS)
    if double:
        notes.append(Note("double_marks", {"ballots": len(double), "lines": double[:10]}))
    plain = kind not in _WITH_POINTS and kind != "ordinal"
    return (
        Election(
            tuple(projects.values()),
            tuple(
                Constituency(
                    id=group, ballots=tuple(each), points=None if plain else tuple(points[group])
                )
                for group, each in (ballots or {"": []}).items()
            ),
        ),
        notes,
    )


def _marks(line: _Line) -> list[str]:
    vote = line.cells["vote"].strip()
    return [one.strip() for one in vote.split(",")] if vote else []


def _points(line: _Line, marks: int) -> list[Fraction]:
    if "points" not in line.cells:
        raise WrongFile(line.number, Note("column_missing", {"column": "points"}))
    written = line.cells["points"].strip()
    each = written.split(",") if written else []
    if len(each) != marks:
        raise WrongFile(line.number, Note("points_differ", {"points": len(each), "marks": marks}))
    return [_number(line.number, "points", one) for one in each]


def _limits(
    meta: Mapping[str, _Line], lines: Sequence[_Line], projects: Mapping[str, Project], kind: str
) -> list[Note]:
    """Ballots beyond a limit of the file: counted as they stand, and told."""
    measures: dict[str, Callable[[_Line], Fraction]] = {
        "length": lambda line: Fraction(len(_marks(line))),
        "sum_cost": lambda line: sum(
            (projects[one].cost for one in set(_marks(line)) if not projects[one].is_withdrawn),
            Fraction(0),
        ),
    }
    if kind in _WITH_POINTS:
        measures["sum_points"] = lambda line: sum(_points(line, len(_marks(line))), Fraction(0))
    notes = []
    for name, measure in measures.items():
        least, most = _meta_number(meta, f"min_{name}"), _meta_number(meta, f"max_{name}")
        for key, beyond in (
            (f"max_{name}", [x for x in lines if most is not None and measure(x) > most]),
            (f"min_{name}", [x for x in lines if least is not None and measure(x) < least]),
        ):
            if beyond:
                first = [line.number for line in beyond[:10]]
                notes.append(
                    Note("beyond_limit", {"limit": key, "ballots": len(beyond), "lines": first})
                )
    return notes


def _recorded_counts(lines: Sequence[_Line], election: Election) -> list[Note]:
    """Where the numbers written beside the projects are not those of the ballots."""
    votes: Counter[str] = Counter()
    score: Counter[str] = Counter()
    for each in election.constituencies:
        for ballot, points in zip(
            each.ballots, each.points or [()] * len(each.ballots), strict=True
        ):
            votes.update(ballot)
            for one, worth in zip(ballot, points, strict=False):
                score[one] += worth  # type: ignore[assignment]  # points may be fractions
    notes = []
    for line in lines:
        key = line.cells["project_id"].strip()
        for column, counted in (("votes", votes), ("score", score)):
            said = line.cells.get(column, "").strip()
            if column == "score" and not score:
                continue
            if said and _number(line.number, column, said) != counted[key]:
                notes.append(
                    Note("count_differs", {
                        "project": key, "column": column, "said": said, "counted": counted[key],
                        "line": line.number,
                    })
                )  # fmt: skip
    return notes


def differing(file: PbFile, result: Result) -> tuple[Note, ...]:
    """What to say when the file records other winners than the rule gives."""
    if file.recorded_winners is None:
        return (Note("no_winners_recorded"),)
    only_file = [one for one in file.recorded_winners if one not in result.winners]
    only_here = [one for one in result.winners if one not in file.recorded_winners]
    if not only_file and not only_here:
        return ()
    return (Note("winners_differ", {"recorded": only_file, "counted": only_here}),)


def write(election: Election, rule: Rule, *, about: Mapping[str, str], result: Result) -> str:
    """One file of all constituencies; for one alone, give an election that has only that one.

    The ballots are sorted and then numbered, so that no order and no number of a voter is left.
    `about` holds further META rows (description, country, unit, instance …).
    """
    with_points = any(one.points is not None for one in election.constituencies)
    is_joint = len(election.constituencies) > 1
    ballots = sorted(
        (one.id, tuple(zip(ballot, points or [Fraction(1)] * len(ballot), strict=True)))
        for one in election.constituencies
        for ballot, points in zip(one.ballots, one.points or [()] * len(one.ballots), strict=True)
    )
    out = io.StringIO(newline="")
    sheet = csv.writer(out, delimiter=";", lineterminator="\n")
    meta = {
        **about,
        "num_projects": str(len(election.projects)),
        "num_votes": str(len(ballots)),
        "budget": "" if rule.budget is None else _written(rule.budget),
        "vote_type": "cumulative" if with_points else "approval",
        "rule": _name(rule.method),
        "seats": "" if rule.seats is None else str(rule.seats),
        "min_project_score_threshold": _written(rule.threshold) if rule.threshold else "",
    }
    sheet.writerows([["META"], ["key", "value"]])
    sheet.writerows([key, value] for key, value in meta.items() if value)
    sheet.writerows([["PROJECTS"], ["project_id", "cost", "votes", "name", "selected"]])
    for row, project in zip(result.rows, election.projects, strict=True):
        cost = "999999999" if project.is_withdrawn else _written(project.cost)
        votes = sum(ballot.count(row.id) for one in election.constituencies
                    for ballot in one.ballots)  # fmt: skip
        sheet.writerow([row.id, cost, votes, row.name, int(row.how.is_elected)])
    sheet.writerows([["VOTES"], ["voter_id", "vote"] + ["points"] * with_points
                     + ["constituency"] * is_joint])  # fmt: skip
    for number, (group, marks) in enumerate(ballots, start=1):
        sheet.writerow(
            [number, ",".join(one for one, _worth in marks)]
            + [",".join(_written(worth) for _one, worth in marks)] * with_points
            + [group] * is_joint
        )
    return out.getvalue()


def _name(method: Method) -> str:
    return next(name for name, ours in _RULES.items() if ours is method)


def _written(number: Fraction) -> str:
    """As a decimal. Money and points have few places; more are cut at twelve, as they are read."""
    if number.denominator == 1:
        return str(number.numerator)
    return f"{float(number):.12f}".rstrip("0")

"""Each public report of docs/reports.md has its test, and the test is there; each report that the
design's lists name stands in docs/reports.md, with its test or with why it does not arise.
"""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOLD, _apart, NOT_HERE = (
    (ROOT / "docs/reports.md").read_text(encoding="utf-8").partition("\n## Does not arise here\n")
)
#: The parts of the design that are lists of reports, from one heading to the next. What other parts
#: name in passing (what a tool offers, what was measured) is no list of reports.
LISTS = {
    "PARTICIPATION.md": ("## 4. Complaints", "## 5. "),
    "CARE-LAW.md": ("## 2. Public bugs", "## 3. "),
    "VOTING.md": ("### Public reports", "## 4. "),
    "WORKSHOP.md": ("## 4. Reports", "## 5. "),
    "PROXIMITY.md": ("## 7. What users reported", "## 8. "),
}
#: How the lists shorten the names of projects.
SHORT = {
    "d": "decidim", "c": "consuldemocracy", "l": "loomio", "p": "polis", "f": "fixmystreet",
    "m": "a4-meinberlin", "o": "open311.github.io",
}  # fmt: skip


def cells(text):
    return [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in text.splitlines()
        if line.startswith("| ") and "---" not in line and not line.startswith("| report ")
    ]


ROWS = [(row[0], re.findall(r"`([\w/]+\.py(?:::\w+)?)`", row[2])) for row in cells(TOLD)]


def named(text, *, is_row=False):
    """The reports that a text names, as (project or nothing, number) and as hashes of commits.

    `frappe/erpnext#5336`, `#5336`, `odoo PR #135120`, `PR56795/58499`, `F commit 6e2565d050`. The
    last word of a project's path names it; a number alone names no project, and in a row of ours
    the one before it.
    """
    text = re.sub(r"\bF changelog #", "F#", text, flags=re.IGNORECASE)
    text = re.sub(r"\s?\bPRs? ?#?(?=\d)", "#", text)
    text = re.sub(r"(#\d+)/(?=\d)", r"\1, #", text)
    found, last = set(), ""
    for path, number in re.findall(r"([\w./-]*)#(\d+)", text):
        name = path.rpartition("/")[2].lower() or (last if is_row else "")
        found.add((SHORT.get(name, name), number))
        last = name
    hashes = re.findall(r"\b(?=\w*\d)(?=\w*[a-f])[0-9a-f]{9,10}\b", text)
    return (
        found | {("", one) for one in hashes} | {("", one) for one in re.findall(r"CWE-\d+", text)}
    )


def is_told(report, told):
    project, number = report
    return report in told if project else any(number == one for _project, one in told)


def test_there_are_reports():
    assert len(ROWS) > 100


@pytest.mark.parametrize(("report", "tests"), ROWS, ids=[report for report, _tests in ROWS])
def test_a_report_has_a_test_that_is_there(report, tests):
    assert tests, report
    for test in tests:
        path, _mark, name = test.partition("::")
        source = (ROOT / "tests" / path).read_text(encoding="utf-8")
        there = {
            node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)
        }
        assert not name or name in there, test


def test_what_does_not_arise_has_a_reason_and_no_test():
    rows = cells(NOT_HERE)
    assert rows
    assert all(named(report) and len(reason) > 40 for report, _what, reason in rows)
    told = {one for report, _tests in ROWS for one in named(report, is_row=True)}
    assert not told & {one for row in rows for one in named(row[0], is_row=True)}


@pytest.mark.parametrize(
    ("text", "reports"),
    [
        ("**C#2415, C#5532** at once", {("consuldemocracy", "2415"), ("consuldemocracy", "5532")}),
        ("(13) #48919 negative", {("", "48919")}),
        ("(10) odoo PR #135120", {("odoo", "135120")}),
        ("code-dot-org PR56795/58499", {("code-dot-org", "56795"), ("", "58499")}),
        ("F CHANGELOG #4556, F commit 6e2565d050", {("fixmystreet", "4556"), ("", "6e2565d050")}),
        ("app.mieuxvoter.fr-back#60", {("app.mieuxvoter.fr-back", "60")}),
        ("in 2026 the effaced", set()),
    ],
)  # fmt: skip
def test_a_report_is_known_by_its_number(text, reports):
    assert named(text) == reports


@pytest.mark.shared
@pytest.mark.parametrize("name", LISTS)
def test_every_report_that_the_design_lists_is_told_here(shared, name):
    begin, end = LISTS[name]
    text = (shared / "design" / name).read_text(encoding="utf-8")
    listed = text[text.index(begin) :]
    listed = named(listed[: listed.index(f"\n{end}")])
    rows = cells(TOLD) + cells(NOT_HERE)
    told = {one for row in rows for one in named(row[0], is_row=True)}
    assert len(listed) > 10
    assert sorted(one for one in listed if not is_told(one, told)) == []

"""Each public report of docs/reports.md has its test, and the test is there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    (line.split("|")[1].strip(), re.findall(r"`([\w/]+\.py(?:::\w+)?)`", line.split("|")[3]))
    for line in (ROOT / "docs/reports.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and "---" not in line and not line.startswith("| report ")
]


def test_there_are_reports():
    assert len(ROWS) > 20


@pytest.mark.parametrize(("report", "tests"), ROWS, ids=[report for report, _tests in ROWS])
def test_a_report_has_a_test_that_is_there(report, tests):
    assert tests, report
    for test in tests:
        path, _mark, name = test.partition("::")
        source = (ROOT / "tests" / path).read_text(encoding="utf-8")
        named = {
            node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)
        }
        assert not name or name in named, test

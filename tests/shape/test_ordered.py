"""A query that counts what belongs to its rows names an order: Django leaves the model's own away
from whatever is grouped, and a list without one shows a row on two pages and another on none.
"""

import ast
from pathlib import Path

import pytest

from tests.shape.house import MULIN

AGGREGATES = frozenset({"Avg", "Count", "Max", "Min", "StringAgg", "Sum"})
#: What is asked for one row, or for numbers without an order.
MEANT = frozenset(
    {
        "circle/elders/queries.py fit_of",
        "circle/mediation/queries.py proposals",
        "circle/volunteers/dues.py parts",
        "commons/ballots/queries.py turnout",
        "commons/rota/queries.py lacking_soon",
        "ground/upkeep/level.py _separation",
        "parlour/survey/queries.py lost_answers",
    }
)
SOURCES = sorted(path for path in MULIN.rglob("*.py") if "migrations" not in path.parts)


def counts_rows(call: ast.Call) -> bool:
    """Whether this is `.annotate(…)` of model rows with an aggregate."""
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "annotate"):
        return False
    before = ast.unparse(call.func.value)
    if ".values(" in before or ".values_list(" in before:
        return False
    said = [*call.args, *(keyword.value for keyword in call.keywords)]
    return any(
        isinstance(one, ast.Call)
        and (getattr(one.func, "id", None) or getattr(one.func, "attr", None)) in AGGREGATES
        for value in said
        for one in ast.walk(value)
    )


def without_order(source: str) -> list[str]:
    """The functions of a file that count so and name no order."""
    return [
        function.name
        for function in ast.walk(ast.parse(source))
        if isinstance(function, ast.FunctionDef)
        and any(isinstance(one, ast.Call) and counts_rows(one) for one in ast.walk(function))
        and "order_by" not in ast.unparse(function)
    ]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(MULIN).as_posix())
def test_what_counts_names_its_order(path: Path):
    place = path.relative_to(MULIN).as_posix()
    found = {f"{place} {name}" for name in without_order(path.read_text("utf-8"))}
    assert found <= MEANT


def test_the_fault_is_seen():
    bad = "def courses():\n    return Course.objects.annotate(going=Count('people'))"
    assert without_order(bad) == ["courses"]
    assert without_order(bad + ".order_by('-id')") == []
    grouped = "def ways():\n    return Row.objects.values('way').annotate(rows=Count('pk'))"
    assert without_order(grouped) == []

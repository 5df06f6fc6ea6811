"""A view loads, calls one action or query, and renders. It never writes by itself."""

import ast

import pytest

from tests.shape.house import MULIN, module_files, tree_of

WRITES = {
    "save", "create", "update", "delete", "get_or_create", "update_or_create", "bulk_create",
    "bulk_update", "execute", "executemany",
}  # fmt: skip
FILES = sorted({*module_files("views"), *module_files("api")})


def writes(tree):
    """Line and name of each call that would write."""
    return [
        (node.lineno, node.func.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(MULIN).as_posix())
def test_a_view_writes_nothing(path):
    assert writes(tree_of(path)) == []


def test_there_are_views_to_look_at():
    assert FILES != []


def test_a_view_that_writes_is_seen():
    assert writes(ast.parse("def view(request):\n    Demand.objects.create(words='')\n")) == [
        (2, "create")
    ]

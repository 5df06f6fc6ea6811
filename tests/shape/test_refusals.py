"""A refusal is told in the language of whoever asked: its words are found, and what they speak of is
put in, when it is read and not where it is raised. An act is recorded in the community's language.
"""

import ast

import pytest

from tests.shape.house import module_files, python_files, tree_of

ACTIONS = frozenset(module_files("actions"))
FILES = [path for path in python_files() if "Refused(" in path.read_text()]


def refusals(tree):
    """Calls that make a refusal."""
    for node in ast.walk(tree):
        name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
        if name in {"Refused", "NotPermitted", "TakenMeanwhile"} and node.args:
            yield node


def eager(tree):
    """The names under which a module knows functions that translate at once."""
    at_once = {"gettext", "ngettext", "pgettext", "npgettext"}
    return {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if name.name in at_once
    }


@pytest.mark.parametrize("path", FILES, ids=str)
def test_no_refusal_is_worded_before_it_is_read(path):
    tree = tree_of(path)
    # Pages and sheets raise outside a recording, in the language of their reader.
    at_once = eager(tree) if path in ACTIONS else set()
    wrong = []
    for call in refusals(tree):
        words = call.args[0]
        is_filled = isinstance(words, ast.BinOp) and isinstance(words.op, ast.Mod)
        called = {
            part.func.id
            for part in ast.walk(words)
            if isinstance(part, ast.Call) and isinstance(part.func, ast.Name)
        }
        if is_filled or called & at_once:
            wrong.append(f"{call.lineno}: {ast.unparse(words)[:60]}")
    assert wrong == []

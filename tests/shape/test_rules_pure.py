"""A room's law is plain values in, plain values out: no framework, no clock, no chance."""

import ast
import subprocess
import sys

import pytest

from tests.shape.house import MULIN, REPOSITORY, module_files, tree_of

FILES = module_files("rules")
#: Calls that ask the world instead of the caller.
ASKS = {
    "now", "utcnow", "today", "localdate", "localtime", "time", "monotonic", "getenv", "open",
    "print", "input", "random", "choice", "shuffle", "sample", "randint", "urandom", "uuid4",
    "read_text", "read_bytes", "write_text",
}  # fmt: skip


def asks(tree):
    """Line and name of each call to the clock, to chance, or to a file."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", None) or getattr(node.func, "id", None)
            # `time(9, 0)` makes a time of day; `time()` looks at the clock.
            if name in ASKS and not (name == "time" and node.args):
                found.append((node.lineno, name))
    return found


def name_of(path):
    return path.relative_to(MULIN).as_posix()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_rule_asks_nobody(path):
    assert asks(tree_of(path)) == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_rule_needs_no_framework(path):
    module = ".".join(path.relative_to(REPOSITORY).with_suffix("").parts)
    code = f"import sys; sys.modules['django'] = None; import {module.removesuffix('.__init__')}"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_rule_that_asks_is_seen():
    bad = "from django.utils import timezone\nlate = timezone.now() > limit\nnoon = time(12, 0)\n"
    assert asks(ast.parse(bad)) == [(2, "now")]

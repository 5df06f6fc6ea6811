"""A browser test reads a page when it has come: the answer to a press may take its time.

A look at a page (`count()`, `is_visible()`, `inner_text()`, `evaluate`, `page.url` …) is allowed right
after the page was loaded and waited for (`goto`, `open`, `reload`, `go_back`, `wait_for_url`, `with
page.expect_navigation()`). Once something was typed or pressed there, only what waits may read it:
`expect(…)`, `wait_for…`, `until` and `until_equal` of tests/support/browser.py. After a press nothing
reads the database, runs axe or opens another page before something was waited for.

What this cannot see: a wait for what was true before the press already.
"""

import ast
from pathlib import Path

import pytest

from tests.shape.house import REPOSITORY, tree_of

#: A look that does not wait.
LOOKS = {
    "all", "all_inner_texts", "all_text_contents", "bounding_box", "content", "count", "evaluate",
    "evaluate_all", "get_attribute", "inner_html", "inner_text", "input_value", "is_checked",
    "is_disabled", "is_editable", "is_enabled", "is_hidden", "is_visible", "text_content",
}  # fmt: skip
TYPES = {"check", "fill", "select_option", "set_input_files", "uncheck"}
PRESSES = {"click", "dblclick", "drag_to", "press", "press_sequentially", "tap", "type"}
LOADS = {"go_back", "goto", "open", "reload", "wait_for_url"}
WAITS = {"expect", "until", "until_equal", "wait_for", "wait_for_selector"}


class Reader:
    """Goes through a test in the order in which it runs, and keeps the lines of looks too early."""

    def __init__(self, helpers):
        self.helpers, self.inside = helpers, []
        self.is_touched = self.is_sent = False
        self.early = set()

    def run(self, statements):
        for one in statements:
            self.statement(one)

    def statement(self, one):
        if isinstance(one, ast.FunctionDef | ast.ClassDef):
            return  # a handler: it runs while something else waits
        if isinstance(one, ast.With):
            self.within(one)
        elif isinstance(one, ast.For | ast.While):
            self.expression(one.iter if isinstance(one, ast.For) else one.test)
            self.run(one.body)
            if isinstance(one, ast.While):
                self.expression(one.test)
            self.run(one.body)
        elif isinstance(one, ast.If):
            self.expression(one.test)
            self.run(one.body)
            self.run(one.orelse)
        elif isinstance(one, ast.Try):
            self.run([*one.body, *(line for way in one.handlers for line in way.body)])
        else:
            self.expression(one)

    def within(self, one):
        names = [name_of(item.context_expr) for item in one.items]
        for item in one.items:
            self.expression(item.context_expr)
        self.run(one.body)
        # What is done inside is waited for; a whole page by the first kind alone.
        if any(name.startswith("expect_") for name in names):
            self.is_sent = False
            self.is_touched = self.is_touched and "expect_navigation" not in names

    def expression(self, node):
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.Lambda):
                self.expression(child)
        if isinstance(node, ast.Attribute):
            self.attribute(node)
        elif isinstance(node, ast.Call):
            self.call(node, name_of(node))

    def attribute(self, node):
        is_address = node.attr == "url" and isinstance(node.value, ast.Name)
        if (is_address and self.is_touched) or (node.attr == "objects" and self.is_sent):
            self.early.add(node.lineno)

    def call(self, node, name):
        is_method = isinstance(node.func, ast.Attribute)
        if asks_the_database(node):
            return
        if is_method and name in LOOKS and self.is_touched:
            self.early.add(node.lineno)
        elif is_method and name in TYPES | PRESSES:
            self.is_touched = True
            self.is_sent = self.is_sent or name in PRESSES
        elif is_method and name in LOADS:
            if self.is_sent and name != "wait_for_url":
                self.early.add(node.lineno)
            self.is_touched = self.is_sent = False
        elif name in WAITS:
            self.is_sent = False
        elif name == "axe" and self.is_sent:
            self.early.add(node.lineno)
        elif not is_method and name in self.helpers and name not in self.inside:
            self.inside.append(name)
            before, self.early = self.early, set()
            self.run(self.helpers[name].body)
            self.early = before | ({node.lineno} if self.early else set())
            self.inside.pop()


def asks_the_database(node):
    return any(isinstance(one, ast.Attribute) and one.attr == "objects" for one in ast.walk(node))


def name_of(node):
    called = node.func if isinstance(node, ast.Call) else node
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def early(tree):
    """The lines at which a browser test looks, or goes on, before the answer needs to have come."""
    functions = {one.name: one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}
    found = set()
    for name, function in functions.items():
        if name.startswith("test_"):
            reader = Reader(functions)
            reader.run(function.body)
            found |= reader.early
    return sorted(found)


def is_of_the_browser(path: Path) -> bool:
    return "mark.browser" in path.read_text("utf-8")


FILES = sorted(
    path
    for path in (REPOSITORY / "tests").rglob("test_*.py")
    if path != Path(__file__) and is_of_the_browser(path)
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name + "/" + path.name)
def test_a_page_is_read_when_it_has_come(path):
    assert early(tree_of(path)) == []


def test_there_are_browser_tests_to_look_at():
    assert FILES != []


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("page.goto(path)\nassert page.locator('p').count() == 1", []),
        ("page.click('a')\nassert page.locator('p').count() == 1", [3]),
        ("page.click('a')\nexpect(page.locator('p')).to_have_count(1)", []),
        # What waits for one part does not wait for the next.
        ("page.click('a')\npage.wait_for_selector('p')\nassert page.inner_text('b')", [4]),
        ("page.click('a')\nassert page.url == here", [3]),
        ("page.fill('a', 'b')\nassert page.evaluate('spoken') == 1", [3]),
        ("page.fill('a', 'b')\nassert Demand.objects.count() == 0", []),
        ("page.press('a', 'b')\nassert Demand.objects.count() == 0", [3]),
        ("page.press('a', 'b')\nuntil(page, 'done')\nassert Demand.objects.count() == 0", []),
        ("page.click('a')\naxe(page)", [3]),
        ("page.click('a')\npage.goto(path)", [3]),
        ("with page.expect_navigation():\n  page.click('a')\nassert page.inner_text('p')", []),
        ("with page.expect_response('b'):\n  page.click('a')\nassert page.inner_text('p')", [4]),
        ("press_it(page)\nassert page.inner_text('p')", [3]),
        ("while page.is_visible('a'):\n  page.click('a')", [2]),
    ],
)
def test_a_look_too_early_is_seen(body, lines):
    indented = "".join(f"  {line}\n" for line in body.splitlines())
    helper = "def press_it(page):\n  page.click('a')\n"
    assert early(ast.parse(f"def test_it(page):\n{indented}{helper}")) == lines

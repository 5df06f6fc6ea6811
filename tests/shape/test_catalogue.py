"""Every word of Mulin is there in Chinese: none missing, none guessed, none with a lost name."""

import ast
import os
import re
import shutil
import subprocess
import sys

import polib
import pytest

from tests.shape.house import MULIN, python_files

LANGUAGE = "zh_Hans"
CATALOGUE = f"locale/{LANGUAGE}/LC_MESSAGES/django.po"
NAMED = re.compile(r"%\((\w+)\)[#0\- +]?\d*(?:\.\d+)?[a-z]|\{(\w*)\}")
ANONYMOUS = re.compile(r"(?<!%)%[sdif]")


def names_in(text):
    """The placeholders of a message, each once."""
    return {first or second for first, second in NAMED.findall(text)}


def faults(entry):
    """What is wrong with one message of the catalogue."""
    chinese = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if not all(text.strip() for text in chinese):
        return "not translated"
    if entry.fuzzy:
        return "guessed"
    if ANONYMOUS.search(entry.msgid):
        return "a placeholder without a name"
    # A plural form may leave out the number, the Chinese one says it.
    wanted = names_in(entry.msgid) | names_in(entry.msgid_plural)
    if any(names_in(text) != wanted for text in chinese):
        return "placeholders differ"
    return None


@pytest.fixture(scope="module")
def extracted(tmp_path_factory):
    """The catalogue as it would be after extracting every message anew."""
    if shutil.which("msgmerge") is None:
        pytest.skip("gettext is not installed")
    copy = tmp_path_factory.mktemp("messages") / "mulin"
    shutil.copytree(MULIN, copy, ignore=shutil.ignore_patterns("__pycache__", "*.mo", "vendor"))
    (copy / CATALOGUE).parent.mkdir(parents=True, exist_ok=True)
    environment = {
        name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"
    }
    subprocess.run(
        [
            sys.executable, "-m", "django", "makemessages", "--locale", LANGUAGE,
            "--extension", "html,txt,py,xml,svg", "--no-obsolete", "--no-location",
        ],
        cwd=copy, env=environment, check=True, capture_output=True,
    )  # fmt: skip
    return polib.pofile(str(copy / CATALOGUE))


def test_every_message_is_translated(extracted):
    found = {entry.msgid: faults(entry) for entry in extracted}
    assert {msgid: fault for msgid, fault in found.items() if fault} == {}


def test_the_catalogue_holds_no_message_that_nothing_says(extracted):
    committed = polib.pofile(str(MULIN / CATALOGUE))
    said = {(entry.msgctxt, entry.msgid) for entry in extracted}
    assert [e.msgid for e in committed if (e.msgctxt, e.msgid) not in said] == []


def test_the_catalogue_says_nothing_twice():
    committed = polib.pofile(str(MULIN / CATALOGUE), check_for_duplicates=True)
    assert len(committed) > 0


def aliases(source):
    """Names under which messages are said that the extraction does not know."""
    return [
        one.asname
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for one in node.names
        if "gettext" in one.name and one.asname not in {None, "_", one.name}
    ]


def test_every_message_is_said_under_a_name_that_the_extraction_knows():
    assert {
        str(path): found for path in python_files() if (found := aliases(path.read_text()))
    } == {}


def test_the_faults_are_seen():
    assert aliases("from django.utils.translation import gettext as _gettext") == ["_gettext"]
    assert aliases("from django.utils.translation import gettext, gettext_lazy as _") == []

    def entry(msgid, msgstr, **more):
        return polib.POEntry(msgid=msgid, msgstr=msgstr, **more)

    assert faults(entry("Send", "")) == "not translated"
    assert faults(entry("Send", "发送", flags=["fuzzy"])) == "guessed"
    assert faults(entry("%s left", "还剩 %s")) == "a placeholder without a name"
    assert faults(entry("%(n)d left of {all}", "还剩 %(m)d")) == "placeholders differ"
    assert faults(entry("%(n)d left of {all}", "{all} 还剩 %(n)d")) is None

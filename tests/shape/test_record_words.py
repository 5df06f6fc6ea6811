"""Whoever reads the record of acts and looks reads words: each verb and each look has its name."""

import ast
import re
from functools import cache

import pytest
from django.conf import settings
from django.utils import translation

from mulin.commons.paper import registry
from mulin.ground.audit import verbs
from mulin.ground.downloads.registry import listings
from mulin.ground.people.rules import SENSITIVE
from mulin.ground.street.registry import openings
from tests.shape.house import MULIN, python_files, tree_of

#: The pen itself, which takes what it is given.
PENS = ("ground/audit/actions.py", "ground/audit/apps.py", "ground/community/acts.py")
#: Looks whose `what` is no literal where they are written, and from where their words come.
FROM_ELSEWHERE = {
    "ground/people/actions/persons.py: field": [("people.person", one) for one in SENSITIVE],
    "ground/street/actions/grants.py: grant.what": [("street.grant", one.name) for one in openings()],
    "ground/downloads/actions.py: part.name": [("", one.name) for one in listings() if one.looks],
    "commons/paper/actions/handed.py: kind": [],  # below, of every sheet that is handed out
    "commons/paper/pressing.py: kind": [],
    "circle/alarms/views/setting.py: queries.SHEET_LOOK if request.actor.is_desk else "
    "queries.PART_LOOK": [
        ("community.community", "watch_sheet"), ("community.community", "watch_sheet_part")
    ],
}  # fmt: skip


def where(path):
    return path.relative_to(MULIN).as_posix()


def calls_in(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            name = function.attr if isinstance(function, ast.Attribute) else function
            yield (name if isinstance(name, str) else getattr(name, "id", "")), node


@cache
def files():
    return {where(path): tree_of(path) for path in python_files()}


@cache
def calls():
    """(where, name, call) of every call but the pen's own."""
    return [
        (place, name, call)
        for place, tree in files().items()
        if place not in PENS
        for name, call in calls_in(tree)
    ]


def given(call, name, position):
    """What a call gives for a parameter, by name or at its position."""
    found = [one.value for one in call.keywords if one.arg == name]
    return found or list(call.args[position : position + 1])


def literals(node):
    """Every text an expression can be, of those that stand in it."""
    if isinstance(node, ast.IfExp):
        return [*literals(node.body), *literals(node.orelse)]
    return [node.value] if isinstance(node, ast.Constant) else []


def assigned(place, name):
    """What the file gives to a variable of this name."""
    tree = files()[place]
    return [
        one
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and [ast.unparse(goal) for goal in node.targets] == [name]
        for one in literals(node.value)
    ]


def verbs_written():
    """(where, verb or pattern of verbs) of each act that code writes."""
    for place, name, call in calls():
        if name not in {"recording", "acting"} and not place.endswith("actions/ways_in.py"):
            continue
        for node in given(call, "verb", 1 if name in {"recording", "acting"} else 9):
            if isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(one.value) if isinstance(one, ast.Constant) else r"\w+"
                    for one in node.values
                ]
                yield place, re.compile("".join(parts))
            else:
                texts = literals(node) or assigned(place, ast.unparse(node))
                # A function that hands its own `verb` on is met where it is called.
                assert texts or ast.unparse(node) == "verb", (place, ast.unparse(node))
                yield from ((place, text) for text in texts)


def test_every_verb_that_code_writes_has_a_name():
    named = set(verbs._labels)
    written = list(verbs_written())
    assert len(written) > 500
    assert [
        (place, verb)
        for place, verb in written
        if not (verb in named if isinstance(verb, str) else any(map(verb.fullmatch, named)))
    ] == []


def looks_written():
    """(where, expression, what or None) of each look that code writes, through helpers too."""
    helpers = set()
    for place, name, call in calls():
        if name == "record_look":
            (node,) = given(call, "what", 9)
            if isinstance(node, ast.Name) and node.id == "what":
                helpers.add(place)
            else:
                yield place, ast.unparse(node), literals(node)
    assert helpers == {"workshop/childcare/views/reading.py", "parlour/reception/views/paper.py"}
    for place, name, call in calls():
        if (name == "look" and place.startswith("workshop/childcare/")) or name == "_printed":
            (node,) = given(call, "what", 2)
            yield place, ast.unparse(node), literals(node)


def test_every_look_that_code_writes_has_a_name():
    written = list(looks_written())
    named = {what for _kind, what in verbs._looks}
    assert [(place, texts) for place, _words, texts in written if set(texts) - named] == []
    elsewhere = {f"{place}: {words}" for place, words, texts in written if not texts}
    assert elsewhere == set(FROM_ELSEWHERE)
    pairs = [pair for pairs in FROM_ELSEWHERE.values() for pair in pairs]
    assert [pair for pair in pairs if not verbs.is_look_named(*pair)] == []


def test_every_sheet_that_is_handed_out_is_a_look_with_a_name():
    uses = [registry.handed_use_of(kind) for kind in registry._handed]
    assert len(uses) > 5
    assert [one.kind for one in uses if not verbs.is_look_named(one.model, one.kind)] == []


@pytest.mark.parametrize("names", [verbs._labels, verbs._looks], ids=["verbs", "looks"])
def test_names_are_chinese(names):
    with translation.override(settings.LANGUAGE_CODE):
        assert [key for key, one in names.items() if not re.search("[一-鿿]", str(one))] == []

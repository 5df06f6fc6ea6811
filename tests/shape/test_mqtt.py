"""No client of the broker may acknowledge a message before it is written, nor swallow an error.

aiomqtt acknowledges when a message enters its queue: killed then, it lost 57 of 60. A client of
paho with `suppress_exceptions` goes on after a locked database and acknowledges: 60 of 60 lost.
"""

import ast

import pytest

from tests.shape.house import MULIN

pytestmark = pytest.mark.once


def faults(source):
    """What of a module's text would lose messages."""
    found = []
    for node in ast.walk(ast.parse(source)):
        names = []
        if isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        if any(name.partition(".")[0] in {"aiomqtt", "asyncio_mqtt"} for name in names):
            found.append("aiomqtt")
        if isinstance(node, ast.Attribute) and node.attr == "suppress_exceptions":
            found.append("suppress_exceptions")
        if isinstance(node, ast.keyword) and node.arg == "suppress_exceptions":
            found.append("suppress_exceptions")
        if _is_client(node) and not _is_manual(node):
            found.append("without manual_ack")
    return found


def _is_client(node):
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "Client"
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"mqtt", "paho"}
    )


def _is_manual(node):
    return any(
        one.arg == "manual_ack" and isinstance(one.value, ast.Constant) and one.value.value is True
        for one in node.keywords
    )


def test_no_module_uses_what_loses_messages():
    texts = {path: path.read_text("utf-8") for path in MULIN.rglob("*.py")}
    suspects = {path: text for path, text in texts.items() if "mqtt" in text or "suppress_" in text}
    assert suspects
    assert {path.name: faults(text) for path, text in suspects.items() if faults(text)} == {}


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("import aiomqtt", "aiomqtt"),
        ("from aiomqtt import Client", "aiomqtt"),
        ("client.suppress_exceptions = True", "suppress_exceptions"),
        ("make(suppress_exceptions=True)", "suppress_exceptions"),
        ("mqtt.Client(version)", "without manual_ack"),
        ("mqtt.Client(version, manual_ack=False)", "without manual_ack"),
    ],
)
def test_what_loses_messages_is_seen(source, fault):
    assert faults(source) == [fault]

"""What in Mulin asks another machine for something: the ways of a message, and nothing else.

An address that somebody typed or sent (a photo of an order, a link in a text) is never fetched by
the server, so that nobody can make it knock at doors inside the house: Your Priorities 5ba59a242.
"""

import ast

import pytest

from tests.shape.house import MULIN

pytestmark = pytest.mark.once

#: Modules that open connections, and to whom: addresses that whoever runs the house has set.
GOING_OUT = {
    "circle/alarms/actions/chain.py": "the second box, which rings when the first is silent",
    "circle/alarms/mqtt.py": "the broker of the devices",
    "circle/alarms/storms.py": "a broker of its own, for the trial of a thousand alarms",
    "ground/notify/channels/email.py": "the mail server",
    "ground/notify/channels/groups.py": "a group of the desk",
    "ground/notify/channels/lines.py": "WeChat",
    "ground/notify/channels/sms.py": "the gateway of texts",
    "ground/notify/channels/voice.py": "the gateway of calls",
    "ground/notify/workers.py": "nobody: it asks for the name of its own machine",
    "serving.py": "itself",
}
CLIENTS = {
    "aiohttp", "apprise", "ftplib", "http.client", "httpx", "imaplib", "paho", "requests",
    "smtplib", "socket", "telnetlib", "urllib.request", "urllib3", "websockets",
}  # fmt: skip


def opens(source):
    """The libraries of a module's text that can open a connection."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        names = []
        if isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{one.name}" for one in node.names)]
        for name in names:
            found |= {one for one in CLIENTS if name == one or name.startswith(f"{one}.")}
    return found


@pytest.mark.parametrize(
    "source",
    ["import requests", "from urllib.request import urlopen", "from urllib import request",
     "import paho.mqtt.client", "def f():\n    import httpx"],
)  # fmt: skip
def test_a_way_out_is_seen(source):
    assert opens(source)
    assert not opens("from urllib.parse import urlsplit\nfrom http import HTTPStatus")


def test_your_priorities_5ba59a242_the_server_fetches_no_address_that_somebody_typed():
    going = {
        str(path.relative_to(MULIN))
        for path in MULIN.rglob("*.py")
        if opens(path.read_text(encoding="utf-8"))
    }
    assert going == set(GOING_OUT)

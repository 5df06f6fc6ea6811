"""Answers of GeoReport v2 (Open311) as JSON and XML; `kit.georeport` reads what is written here.

Codes and ids are texts, whatever the standard's own examples say: `006` is no number in JSON.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from xml.sax.saxutils import escape

from mulin.kit.openapi import as_json

#: What XML 1.0 cannot hold, in any spelling.
_UNWRITABLE: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: How one of several is called within its list.
_ONE_OF: Final = {"attributes": "attribute", "values": "value", "endpoints": "endpoint",
                  "formats": "format"}  # fmt: skip
CONTENT_TYPES: Final = {
    "json": "application/json; charset=utf-8",
    "xml": "text/xml; charset=utf-8",
}

# Any: texts, numbers, moments, yes and no, lists and mappings of such.
Rows = Sequence[Mapping[str, Any]]


def listed(rows: Rows, *, root: str, one: str, form: str) -> bytes:
    """A list of answers: `[…]` in JSON, `<root><one>…` in XML."""
    if form == "json":
        return _json(rows)
    inner = "".join(f"<{one}>{_elements(row)}</{one}>" for row in as_json(rows))
    return _xml(f"<{root}>{inner}</{root}>")


def single(answer: Mapping[str, Any], *, root: str, form: str) -> bytes:  # Any: as above
    """One answer that is no list: a service's definition, the discovery."""
    if form == "json":
        return _json(answer)
    return _xml(f"<{root}>{_elements(as_json(answer))}</{root}>")


def _json(answer: object) -> bytes:
    return json.dumps(as_json(answer), ensure_ascii=False).encode("utf-8", "replace")


def _xml(body: str) -> bytes:
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n'.encode()


def _elements(values: Mapping[str, Any]) -> str:  # Any: JSON
    return "".join(_element(name, value) for name, value in values.items())


def _element(name: str, value: Any) -> str:  # Any: JSON
    if value is None or value == "":
        return f"<{name}/>"
    if isinstance(value, bool):
        return f"<{name}>{'true' if value else 'false'}</{name}>"
    if isinstance(value, Mapping):
        return f"<{name}>{_elements(value)}</{name}>"
    if isinstance(value, list):
        one = _ONE_OF[name]
        return f"<{name}>{''.join(_element(one, each) for each in value)}</{name}>"
    return f"<{name}>{escape(_UNWRITABLE.sub('�', str(value)))}</{name}>"

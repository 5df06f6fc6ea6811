"""Whether an answer to a program is as the OpenAPI document says."""

import re
from functools import cache

import jsonschema_rs

from mulin.ground.community.calls import calls, calls_by_path
from mulin.site.api import PREFIX, document_of

_CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")


@cache
def _document():
    return document_of(calls_by_path(), base="/")


def check_documented(name, answer):
    """Raises ValidationError where the JSON of an answer is not what the call of this name says."""
    (call,) = (one for one in calls() if one.name == name)
    document = _document()
    address = "/" + PREFIX + _CONVERTER.sub(r"{\1}", call.path)
    said = document["paths"][address][call.method.lower()]["responses"][str(call.status)]
    schema = said["content"]["application/json"]["schema"]
    jsonschema_rs.validate(schema | {"components": document["components"]}, answer)

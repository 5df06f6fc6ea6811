"""What an OpenAPI document says of answers."""

from dataclasses import dataclass

import pytest

from mulin.kit.openapi import named, schema_of


def answer(kind):
    @dataclass(frozen=True)
    class OpenAnswer:
        """Something."""

        said: kind

    return OpenAnswer


def test_an_answer_is_referred_to_by_its_name():
    parts = {}
    kind = answer(int)
    assert schema_of(list[kind], parts)["items"] == {"$ref": "#/components/schemas/OpenAnswer"}
    assert named(parts)["OpenAnswer"]["properties"] == {"said": {"type": "integer"}}


def test_two_answers_of_one_name_would_be_told_as_each_other():
    parts = {}
    for kind in (int, str):
        schema_of(answer(kind), parts)
    with pytest.raises(ValueError, match="OpenAnswer"):
        named(parts)

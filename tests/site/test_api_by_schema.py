"""The API against its own description: schemathesis sends what the document allows and more."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from mulin.ground.community.calls import calls
from mulin.kit.clock import standing_still
from mulin.kit.openapi import parameters_of, schema_of_form
from mulin.parlour.reception.forms.open311 import Open311RequestForm, Open311SearchForm
from mulin.wsgi import application
from tests.clock import NOW
from tests.site.test_programs import demand, let_in, xinjie  # noqa: F401  a fixture

pytestmark = pytest.mark.once
FEW = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(autouse=True)
def _connection_of_the_test():
    """As Django's own test client: the end of a request is not the end of the test's database."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def token(cast, xinjie):  # noqa: F811  the fixture above
    """A program with every right, in a community where something happened."""
    demand(cast, "路灯坏了")
    return let_in(cast.zhou)[1]


def try_all(schema, checks, **call):
    """Send to every operation what its description allows; how many operations there were."""
    count = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy())
        @FEW
        def send(case):
            answer = case.call(**call)
            case.validate_response(answer, checks=checks)

        send()
        count += 1
    return count


def test_the_api_does_what_its_document_says(token):
    with standing_still(NOW):
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
        tried = try_all(schema, CHECKS, headers={"Authorization": f"Bearer {token}"})
    assert tried == len(calls())


def test_the_document_is_the_one_of_the_standard(client, cast):
    """schemathesis reads it as OpenAPI 3.1 and finds nothing wrong in it."""
    document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    schemathesis.openapi.from_dict(document).validate()


def test_the_open311_server_never_breaks(token):
    answers = {"200": {"description": "requests"}, "400": {"description": "errors"}}
    path = {
        "get": {"parameters": parameters_of(Open311SearchForm), "responses": answers},
        "post": {
            "requestBody": {
                "content": {
                    "application/x-www-form-urlencoded": {
                        "schema": schema_of_form(Open311RequestForm)
                    }
                }
            },
            "responses": answers,
        },
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "GeoReport v2", "version": "2"},
        "paths": {f"/open311/v2/requests.{form}": path for form in ("json", "xml")},
    }
    schema = schemathesis.openapi.from_dict(document)
    schema.app = application
    with standing_still(NOW):
        assert try_all(schema, [not_a_server_error], params={"api_key": token}) == 4

"""What programs are answered in a house in which something lies in every room."""

import json

import pytest
from django.db import transaction

from mulin.ground.community.calls import calls, calls_by_path
from mulin.kit.clock import standing_still
from tests.clock import NOW
from tests.matrix.objects import OWN
from tests.support.documented import check_documented

pytestmark = [pytest.mark.django_db, pytest.mark.once]

#: Nothing of these lies in the house of the matrix.
EMPTY = {"childcare"}
READ = [call for call in calls() if call.method == "GET"]


@pytest.mark.parametrize("call", READ, ids=lambda call: call.name)
def test_it_is_as_the_document_says(house, call):
    """The schema of an empty list is easily kept."""
    address = next(iter(calls_by_path()[call.path].values())).name
    path = house.paths(f"site:api-{address}")[OWN]
    with standing_still(NOW), transaction.atomic():
        answer = house.clients["program"].get(path)
        transaction.set_rollback(True)
    assert answer.status_code == 200, answer.content
    found = json.loads(answer.content)
    check_documented(call.name, found)
    rows = found["rows"] if call.is_list else found
    assert bool(rows) is (call.name not in EMPTY)

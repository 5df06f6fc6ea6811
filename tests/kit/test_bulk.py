"""Many rows at once are the same rows that one by one would be."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError

from mulin.kit.bulk import insert_rows
from mulin.kit.scoping import in_community
from mulin.workshop.wages.models import MinimumWage
from tests.clock import NOW
from tests.factories.community import CommunityFactory

COLUMNS = ("since", "month_yuan", "hour_yuan")
TODAY = NOW.date()
ROWS = [
    (TODAY, Decimal(2490), Decimal("24.50")),
    (TODAY + timedelta(days=1), Decimal("2490.00"), Decimal("0.07")),
]


@pytest.fixture
def community(db):
    made = CommunityFactory()
    with in_community(made):
        yield made


def test_rows_are_those_that_the_model_would_write(community):
    same = {"community_id": community.pk, "source": "浙政发"}
    insert_rows(MinimumWage, COLUMNS, ROWS, same=same)
    written = MinimumWage.objects.order_by("since")
    assert [tuple(getattr(one, name) for name in COLUMNS) for one in written] == ROWS
    assert {one.source for one in written} == {"浙政发"}
    assert len({one.pk for one in written}) == len(ROWS)


def test_the_databases_own_constraints_hold(community):
    same = {"community_id": community.pk, "source": "浙政发"}
    with pytest.raises(IntegrityError):
        insert_rows(MinimumWage, COLUMNS, [ROWS[0], ROWS[0]], same=same)
    assert not MinimumWage.objects.exists()


def test_a_name_that_no_field_has_is_refused(community):
    with pytest.raises(ValueError, match="hourly"):
        insert_rows(MinimumWage, ("hourly",), [], same={"community_id": community.pk})

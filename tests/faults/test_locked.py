"""A database that another process holds: said beside the form, nothing typed is lost."""

import sqlite3

import pytest
from django.db import connection
from django.urls import reverse

from mulin.commons.flow.models import Need
from mulin.ground.community.rules import system
from mulin.kit import clock
from mulin.kit.scoping import in_community
from mulin.parlour.reception.actions.limits import open_reception
from tests.cast import make_cast


@pytest.fixture
def held(transactional_db):
    """Somebody else's open transaction on the same file; our own patience is cut short."""
    if connection.vendor != "sqlite":
        pytest.skip("on PostgreSQL rows are locked, not the file")
    cast = make_cast()
    with in_community(cast.xinjie):
        open_reception(by=system(cast.xinjie.pk), now=clock.now())
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield cast, other
    other.close()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 20000")


def test_a_locked_database_is_said_and_the_second_press_saves_it(held, client):
    cast, other = held
    typed = {"words": "路灯不亮", "place_words": "北门", "token": "l" * 22}
    page = client.post(reverse("reception:tell"), typed)
    assert page.status_code == 200
    assert page.context["form"].non_field_errors()
    assert "北门" in page.content.decode()
    other.execute("ROLLBACK")
    assert client.post(reverse("reception:tell"), typed).status_code == 302
    with in_community(cast.xinjie):
        assert Need.objects.get().words == "路灯不亮"

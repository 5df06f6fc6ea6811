"""What a test committed is gone when the next begins, whatever it was."""

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from tests.support.emptying import empty, unstopped

pytestmark = pytest.mark.django_db(transaction=True)


def with_rows():
    """The tables of models that hold something."""
    with unstopped(connection) as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model._meta.managed and not model._meta.proxy:
                cursor.execute(f'SELECT 1 FROM "{model._meta.db_table}" LIMIT 1')  # noqa: S608  our own names
                if cursor.fetchone():
                    yield model._meta.label


def test_of_a_whole_cast_nothing_stays_and_what_is_there_from_the_start_does(cast):
    assert {"community.Community", "people.Person"} <= {*with_rows()}
    empty(connection)
    assert {*with_rows()} == {"auth.Permission", "contenttypes.ContentType"}
    assert ContentType.objects.get_for_model(type(cast.xinjie)).app_label == "community"

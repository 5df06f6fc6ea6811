"""Empties the tables behind a test that committed.

Django empties all four hundred, then makes types and permissions again, which costs more than most
such tests. Here only what holds rows is emptied, and what every installation has from its start
stays.
"""

from contextlib import contextmanager
from functools import cache

import psycopg
from django.db import connections, transaction
from django.test import TransactionTestCase

#: Made with the tables, the same in every test.
FROM_THE_START = frozenset({"auth_permission", "django_content_type", "django_migrations"})
#: SQLite puts at most 500 questions together.
_AT_ONCE = 200


def take_over():
    """From now on tests with transactions of their own end this way."""
    TransactionTestCase._fixture_teardown = _empty_after


def _empty_after(case):
    for name in case._databases_names(include_mirrors=False):
        empty(connections[name])


def empty(connection):
    """Delete every row that is not there from the start."""
    with unstopped(connection) as cursor:
        _empty(cursor, _tables(connection.alias))


@contextmanager
def unstopped(connection):
    """A cursor that neither the wall between communities nor a gate stops."""
    if connection.vendor != "postgresql":
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            yield cursor
        return
    told = connection.get_connection_params()
    with psycopg.connect(
        host=told["host"], port=told["port"], dbname=told["dbname"], user="postgres"
    ) as owner:
        owner.execute("SET session_replication_role = replica")
        yield owner.cursor()


def _empty(cursor, tables):
    for begin in range(0, len(tables), _AT_ONCE):
        asked = " UNION ALL ".join(
            f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")"  # noqa: S608  the tables' own names
            for table in tables[begin : begin + _AT_ONCE]
        )
        cursor.execute(asked)
        for (table,) in cursor.fetchall():
            cursor.execute(f'DELETE FROM "{table}"')  # noqa: S608  likewise


@cache
def _tables(alias):
    named = connections[alias].introspection.django_table_names(
        only_existing=True, include_views=False
    )
    return sorted(set(named) - FROM_THE_START)

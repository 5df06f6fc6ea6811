"""One community never sees another's rows: in code, and on PostgreSQL in the database itself."""

import pytest
from django.db import DatabaseError, connection, transaction
from django_scopes import ScopeError, scopes_disabled

from mulin.ground.community.models import Grid
from mulin.ground.community.tenancy import SHARED, mulin_models, tenant_models
from mulin.ground.people.models import Person
from mulin.kit.ids import next_id
from mulin.kit.scoping import in_community


def rows(table):
    """How many rows a query sees that never heard of scopes."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608  names from this file
        return cursor.fetchone()[0]


def test_a_query_that_forgot_its_community_raises(cast):
    with pytest.raises(ScopeError):
        Person.objects.count()
    with pytest.raises(ScopeError):
        Grid.objects.first()


def test_inside_a_community_only_its_rows_are_seen(cast):
    with in_community(cast.xinjie):
        assert set(Grid.objects.all()) == {cast.grid_1, cast.grid_2}
    with in_community(cast.linli):
        assert set(Grid.objects.all()) == {cast.grid_linli}
        assert Person.objects.filter(pk=cast.wang.person.pk).first() is None


def test_a_scope_inside_another_gives_the_outer_one_back(cast):
    with in_community(cast.xinjie):
        with in_community(cast.linli):
            assert Grid.objects.count() == 1
        assert Grid.objects.count() == 2


def test_every_table_that_no_scope_guards_is_listed_with_its_reason(db):
    guarded = {model._meta.label for model in tenant_models()}
    unlisted = {model._meta.label for model in mulin_models()} - guarded - set(SHARED)
    assert all(label.endswith("Words") for label in unlisted)
    assert all(len(reason) > 10 for reason in SHARED.values())


@pytest.mark.postgres
def test_without_a_community_the_database_shows_no_row(cast):
    with scopes_disabled():
        assert (rows("community_grid"), rows("people_person")) == (0, 0)
        assert Grid.objects.count() == 0


@pytest.mark.postgres
def test_with_a_community_the_database_shows_its_rows_only(cast):
    with in_community(cast.linli):
        assert (rows("community_grid"), rows("people_person")) == (1, 1)
        with scopes_disabled():
            assert Grid.objects.filter(pk=cast.grid_1.pk).first() is None
    with in_community(cast.xinjie):
        assert rows("community_grid") == 2


@pytest.mark.postgres
def test_the_database_refuses_a_row_for_another_community(cast):
    with in_community(cast.linli), pytest.raises(DatabaseError, match="row-level security"):
        insert_grid(cast.xinjie)
    with pytest.raises(DatabaseError, match="row-level security"):
        insert_grid(cast.xinjie)


@pytest.mark.postgres
def test_the_database_moves_no_row_to_another_community(cast):
    def move():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE community_grid SET community_id = %s WHERE id = %s",
                [cast.xinjie.pk, cast.grid_linli.pk],
            )

    with in_community(cast.linli), pytest.raises(DatabaseError, match="row-level security"):
        move()


@pytest.mark.postgres
def test_another_communitys_rows_are_neither_changed_nor_deleted(cast):
    with in_community(cast.linli), connection.cursor() as cursor:
        cursor.execute("UPDATE community_grid SET name = 'x' WHERE id = %s", [cast.grid_1.pk])
        assert cursor.rowcount == 0
        cursor.execute("DELETE FROM people_person WHERE id = %s", [cast.wang.person.pk])
        assert cursor.rowcount == 0


@pytest.mark.postgres
def test_every_tenant_table_is_guarded_by_force(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        forced = {row[0] for row in cursor.fetchall()}
    assert {model._meta.db_table for model in tenant_models()} <= forced


def insert_grid(community):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO community_grid (id, community_id, number, name) VALUES (%s, %s, 9, 'x')",
            [next_id(), community.pk],
        )

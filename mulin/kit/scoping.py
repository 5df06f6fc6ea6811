"""One installation, many communities: no query runs without saying whose rows it wants.

In code `django-scopes` raises when the community was forgotten. On PostgreSQL the same
choice is told to the database, whose forced row-level security is the second wall.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, models, transaction
from django_scopes import ScopedManager, get_scope, scope

SETTING = "mulin.community"


# Any: the manager's class is made at run time, and mypy's Django plugin reads the model's rows
# from the annotation beside its use.
def tenant_manager(queryset: type[models.QuerySet[Any]] = models.QuerySet) -> Any:
    """The manager of a table that belongs to communities; every use outside a scope raises."""
    return ScopedManager(
        _manager_class=models.Manager.from_queryset(queryset), community="community"
    )


@contextmanager
def in_community(community: models.Model) -> Iterator[None]:
    """Everything inside sees and writes this community's rows only.

    On PostgreSQL the block is a transaction (`SET LOCAL`, so that a connection pool can be
    shared); on SQLite it is not, since a transaction there would make readers wait.
    """
    with scope(community=community):
        if connection.vendor != "postgresql":
            yield
            return
        # What is set ends with the transaction, so only a block within one has to put it back.
        before = _told_database() if connection.in_atomic_block else None
        with transaction.atomic():
            _tell_database(str(community.pk))
            yield
            if before is not None:
                _tell_database(before)


def current_community() -> models.Model:
    """The community of the scope we are in.

    Raises LookupError outside a scope, or in one that spans several communities.
    """
    community = get_scope().get("community")
    if not isinstance(community, models.Model):
        msg = "no single community is in scope"
        raise LookupError(msg)  # noqa: TRY004  it is missing, not of a wrong type
    return community


def _told_database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting(%s, true), '')", [SETTING])
        value: str = cursor.fetchone()[0]
    return value


def _tell_database(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, value])


def protect_tables(tables: list[str]) -> None:
    """Force row-level security on these tables and their parts (PostgreSQL only; safe to run again).

    With no community set a query sees no row at all, whoever owns the table. A question to the
    whole of a parted table does not meet its parts' walls: they are for who asks a part itself.
    """
    if connection.vendor != "postgresql":
        return
    quote = connection.ops.quote_name
    rule = f"community_id = NULLIF(current_setting('{SETTING}', true), '')::bigint"
    with connection.cursor() as cursor:
        # A restore proves its tables in a schema of its own, beside those that are in place.
        cursor.execute(
            "SELECT tablename FROM pg_policies"
            " WHERE policyname = 'one_community' AND schemaname = current_schema()"
        )
        done = {row[0] for row in cursor.fetchall()}
        cursor.execute(
            "SELECT part.relname FROM pg_inherits i JOIN pg_class part ON part.oid = i.inhrelid"
            " JOIN pg_class whole ON whole.oid = i.inhparent WHERE whole.relkind = 'p'"
            " AND whole.relnamespace = current_schema()::regnamespace"
            " AND whole.relname = ANY (%s)",
            [tables],
        )
        for table in (*tables, *(row[0] for row in cursor.fetchall())):
            if table in done:
                continue
            cursor.execute(f"ALTER TABLE {quote(table)} ENABLE ROW LEVEL SECURITY")
            cursor.execute(f"ALTER TABLE {quote(table)} FORCE ROW LEVEL SECURITY")
            cursor.execute(
                f"CREATE POLICY one_community ON {quote(table)} USING ({rule}) WITH CHECK ({rule})"
            )

"""Tables laid open while they are filled: an index built once over all rows costs far less than one
that grows row by row, and so does a key that is checked once.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection, models

_INDEXES = """
    SELECT format('DROP INDEX %%I', named.relname),
        replace(pg_get_indexdef(named.oid), ' ON ONLY ', ' ON ')  -- with those of its parts
    FROM pg_index AS one JOIN pg_class AS named ON named.oid = one.indexrelid
    WHERE one.indrelid = ANY(%s::regclass[]) AND NOT one.indisunique
    ORDER BY named.relname
"""
_KEYS = """
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
        format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname,
            pg_get_constraintdef(oid))
    FROM pg_constraint
    WHERE conrelid = ANY(%s::regclass[]) AND contype = 'f' AND conparentid = 0
    ORDER BY conname
"""
# Through the wall of one community a key would see no row to check.
_WALLS = """
    SELECT format('ALTER TABLE %%s NO FORCE ROW LEVEL SECURITY', oid::regclass),
        format('ALTER TABLE %%s FORCE ROW LEVEL SECURITY', oid::regclass)
    FROM pg_class
    WHERE relforcerowsecurity AND (oid = ANY(%s::regclass[]) OR oid IN (
        SELECT unnest(ARRAY[conrelid, confrelid]) FROM pg_constraint
        WHERE conrelid = ANY(%s::regclass[]) AND contype = 'f'))
"""


@contextmanager
def unindexed(written: Iterable[type[models.Model]]) -> Iterator[None]:
    """Without the indexes, the foreign keys and the walls of these tables; all stand again
    afterwards, indexes built and keys checked over all rows. Unique indexes stay. On SQLite
    nothing changes.
    """
    if connection.vendor != "postgresql":
        yield
        return
    tables = [model._meta.db_table for model in written]
    with connection.cursor() as cursor:
        laid_by = []
        for question in (_WALLS, _KEYS, _INDEXES):
            cursor.execute(question, [tables] * question.count("ANY(%s"))
            laid_by += cursor.fetchall()
        for drop, _again in laid_by:
            cursor.execute(drop)
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for _drop, again in reversed(laid_by):
            cursor.execute(again)

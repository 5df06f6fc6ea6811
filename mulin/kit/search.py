"""Search in Chinese and Latin text with the same answers on SQLite and PostgreSQL.

Every searchable table has a table of words beside it (`WordIndex`). Words are pairs of
characters (`kit.grams`), and each is stored as a keyed digest salted with its community:

- the index holds nothing a person could read, so it needs no row-level security of its own,
  under which PostgreSQL would not use the index at all (the operator `@@` is not leakproof);
- a query of one community cannot match a row of another, even by mistake;
- full-text search of either database does the rest, word order included.
"""

import hashlib
import hmac
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.models.expressions import RawSQL

from mulin.kit.grams import query_phrases


class WordIndex(models.Model):
    """The words of one row. The concrete class names the row: `record = OneToOneField(...)`.

    `record` must be the primary key; its migration ends with `SearchableBy(table)`.
    """

    words = models.TextField()

    class Meta:
        abstract = True


@lru_cache(maxsize=65_536)
def _digest(community_id: int, word: str) -> str:
    key = settings.MULIN_INDEX_KEY
    mac = hmac.new(key, f"word\0{community_id}\0{word}".encode(), hashlib.sha256)
    return "w" + mac.hexdigest()[:12]


def stored_words(community_id: int, words: Iterable[str]) -> str:
    """The words of a row as they stand in its index, in order."""
    return " ".join(_digest(community_id, word) for word in words)


def matching(
    index: type[WordIndex], community_id: int, query: str, *, most: int | None = None
) -> RawSQL:
    """Ids of the rows that hold every phrase of the query, newest first, at most `most`.

    Phrases are parted by blanks: 「路灯 12幢」 finds rows with both, in any order. A query
    without a single word finds nothing.
    """
    table = connection.ops.quote_name(index._meta.db_table)
    phrases = [[_digest(community_id, word) for word in phrase] for phrase in query_phrases(query)]
    limit = f" LIMIT {int(most)}" if most else ""
    if not phrases:
        return RawSQL("SELECT -1", [])
    if connection.vendor == "sqlite":
        fts = connection.ops.quote_name(index._meta.db_table + "_fts")
        match = " AND ".join('"' + " ".join(phrase) + '"' for phrase in phrases)
        sql = f"SELECT rowid FROM {fts} WHERE {fts} MATCH %s ORDER BY rowid DESC{limit}"  # noqa: S608  our table, an integer; the query is a parameter
        return RawSQL(sql, [match])  # noqa: S611  as above
    match = " & ".join("(" + " <-> ".join(phrase) + ")" for phrase in phrases)
    found = "to_tsvector('simple', words) @@ to_tsquery('simple', %s)"
    # Ordered by the bare column, PostgreSQL would walk through the table from its newest row on,
    # cutting each text into words, until it has found enough.
    words = f"SELECT record_id FROM {table} WHERE {found} ORDER BY record_id + 0 DESC{limit}"  # noqa: S608  as above
    # An array hides how many it may be: held against hundreds, it would read every record of the
    # community sooner than look these up by their numbers.
    sql = f"SELECT unnest(ARRAY({words}))"
    return RawSQL(sql, [match])  # noqa: S611  as above


class SearchableBy(Operation):
    """Migration operation: make a `WordIndex` table searchable on either database."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, table: str) -> None:
        self.table = table

    def state_forwards(self, app_label: str, state: Any) -> None:  # Any: Django's signature
        """The models do not change."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        table = self.table
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(
                f"CREATE INDEX {table}_words ON {table} USING gin (to_tsvector('simple', words))"
            )
            return
        schema_editor.execute(
            f"CREATE VIRTUAL TABLE {table}_fts USING fts5("
            f"words, content='{table}', content_rowid='record_id', detail=full)"
        )
        add = f"INSERT INTO {table}_fts(rowid, words) VALUES (new.record_id, new.words);"  # noqa: S608  our table
        drop = (
            f"INSERT INTO {table}_fts({table}_fts, rowid, words)"  # noqa: S608  our table
            " VALUES ('delete', old.record_id, old.words);"
        )
        for name, when, body in (
            ("ai", "INSERT", add),
            ("ad", "DELETE", drop),
            ("au", "UPDATE", drop + add),
        ):
            schema_editor.execute(
                f"CREATE TRIGGER {table}_{name} AFTER {when} ON {table} BEGIN {body} END"
            )

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        table = self.table
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP INDEX {table}_words")
            return
        for name in ("ai", "ad", "au"):
            schema_editor.execute(f"DROP TRIGGER {table}_{name}")
        schema_editor.execute(f"DROP TABLE {table}_fts")

    def describe(self) -> str:
        return f"Make {self.table} searchable"

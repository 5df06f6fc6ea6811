"""What the database in use is like: columns, keys, rules, indexes, whatever order they stand in."""

import re

from django.db import connection

_ON_SQLITE = {
    "columns": (
        'SELECT t.name, c.name, c.type, c."notnull", c.dflt_value, c.pk FROM sqlite_master t'
        " JOIN pragma_table_info(t.name) c WHERE t.type = 'table'"
    ),
    "keys": (
        'SELECT t.name, k."from", k."table", k."to", k.on_delete FROM sqlite_master t'
        " JOIN pragma_foreign_key_list(t.name) k WHERE t.type = 'table'"
    ),
    "indexes": (
        "SELECT name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql > ''"
    ),
    "without_rowid": "SELECT name FROM sqlite_master WHERE sql LIKE '%WITHOUT ROWID'",
}
_ON_POSTGRES = {
    "columns": (
        "SELECT r.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,"
        " a.attidentity, pg_get_expr(d.adbin, d.adrelid) FROM pg_attribute a"
        " JOIN pg_class r ON r.oid = a.attrelid LEFT JOIN pg_attrdef d"
        " ON d.adrelid = a.attrelid AND d.adnum = a.attnum"
        " WHERE r.relkind IN ('r', 'p') AND r.relnamespace = 'public'::regnamespace"
        " AND a.attnum > 0 AND NOT a.attisdropped"
    ),
    "rules": (
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace"
    ),
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "walls": "SELECT tablename, policyname, qual, with_check FROM pg_policies",
    "parts": (
        "SELECT oid::regclass::text, pg_get_partkeydef(oid), pg_get_expr(relpartbound, oid)"
        " FROM pg_class WHERE relkind = 'p' OR relispartition"
    ),
    "gates": (
        "SELECT t.tgrelid::regclass::text, pg_get_triggerdef(t.oid), pg_get_functiondef(t.tgfoid)"
        " FROM pg_trigger t WHERE NOT t.tgisinternal AND t.tgenabled = 'O'"
    ),
    "forced": "SELECT relname FROM pg_class WHERE relforcerowsecurity",
}


def tables() -> dict[str, list[list[str]]]:
    """By what is asked: rows of words, sorted."""
    on_sqlite = connection.vendor == "sqlite"
    found = {}
    with connection.cursor() as cursor:
        for name, question in (_ON_SQLITE if on_sqlite else _ON_POSTGRES).items():
            cursor.execute(question)
            found[name] = sorted([str(value) for value in row] for row in cursor.fetchall())
        if on_sqlite:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
            rule = re.compile(r'CONSTRAINT "[^"]+" (?:CHECK|UNIQUE) .*?(?=, CONSTRAINT|, "|\)$)')
            found["rules"] = sorted(
                [table, words] for table, sql in cursor.fetchall() for words in rule.findall(sql)
            )
    return found

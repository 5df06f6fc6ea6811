"""What this installation is like at this moment, read where it stands: settings, files, database."""

import shutil
import sqlite3
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from mulin.ground.community.models import Account
from mulin.ground.community.tenancy import tenant_models
from mulin.ground.upkeep.safety import Facts

#: Beside the keys and the database: what nobody but Mulin's own user may read.
PRIVATE: Final = ("keys.json", "*.sqlite3", "*.sqlite3-wal", "anchors.log")
_SHOWN: Final = 10


def facts(*, is_behind: bool) -> Facts:
    """Everything that decides about its safety. `is_behind`: migrations are pending; then tables
    that may not be there yet are not asked.
    """
    on_postgres = connection.vendor == "postgresql"
    return Facts(
        is_debug=settings.DEBUG,
        is_demo=settings.MULIN_DEMO,
        is_https=settings.HTTPS,
        hosts=tuple(settings.ALLOWED_HOSTS),
        keys=keys(),
        data_dir=str(settings.DATA_DIR),
        open_paths=open_paths(Path(settings.DATA_DIR)),
        is_behind=is_behind,
        sqlite_version=None if on_postgres else sqlite3.sqlite_version_info,
        unbound_role=unbound_role() if on_postgres else "",
        open_tables=open_tables() if on_postgres and not is_behind else (),
        demo_accounts=() if is_behind else demo_accounts(),
    )


def pending_migrations() -> bool:
    """Whether the database is older than the code."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def keys() -> dict[str, str]:
    """Every key by the setting that holds it."""
    named = {
        "MULIN_SECRET_KEY": settings.SECRET_KEY,
        "MULIN_INDEX_KEY": settings.MULIN_INDEX_KEY.decode(),
        "MULIN_AUDIT_KEY": settings.MULIN_AUDIT_KEY.decode(),
    }
    salts = settings.SALT_KEY or [""]
    return named | {
        "MULIN_SALT_KEY" if number == 0 else f"MULIN_SALT_KEY ({number + 1})": salt
        for number, salt in enumerate(salts)
    }


def open_paths(folder: Path) -> tuple[str, ...]:
    """Files of the data folder that other users may read, and the folder if they may write to it."""
    found = [path for pattern in PRIVATE for path in sorted(folder.glob(pattern))]
    readable = [str(path) for path in found if path.stat().st_mode & 0o077]
    return (*([str(folder)] if folder.stat().st_mode & 0o022 else []), *readable)


def unbound_role() -> str:
    """The database role if row-level security does not bind it, else nothing. PostgreSQL only."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname FROM pg_roles"
            " WHERE rolname = current_user AND (rolsuper OR rolbypassrls)"
        )
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def open_tables() -> tuple[str, ...]:
    """Tables of communities that no row-level security guards. PostgreSQL only."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
            " AND relnamespace = current_schema()::regnamespace"
        )
        walled = {row[0] for row in cursor.fetchall()}
    return tuple(sorted({model._meta.db_table for model in tenant_models()} - walled))


def demo_accounts() -> tuple[str, ...]:
    """Some of the demonstration's accounts that could sign in."""
    names = Account.objects.filter(is_demo=True, is_active=True).order_by("id")
    return tuple(str(name) for name in names.values_list("display_name", flat=True)[:_SHOWN])


def free_bytes() -> int:
    """What is left of the disk under the data folder."""
    return shutil.disk_usage(settings.DATA_DIR).free

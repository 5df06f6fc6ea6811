"""Fields and bases shared by every table; no table of its own."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from encrypted_fields.fields import EncryptedTextField

from mulin.kit.ids import next_id


class IdField(models.BigIntegerField):  # type: ignore[type-arg]  # not subscriptable at run time
    """The primary key of every Mulin table: a number from `kit.ids.next_id`.

    On SQLite the column is declared `integer`, which makes it the row id itself: no second
    index, and full-text tables may point at it across a VACUUM.
    """

    def __init__(self, **options: Any) -> None:  # Any: Django's own field options
        options.setdefault("primary_key", True)
        options.setdefault("default", next_id)
        options.setdefault("editable", False)
        super().__init__(**options)

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "integer" if connection.vendor == "sqlite" else "bigint"

    def rel_db_type(self, connection: BaseDatabaseWrapper) -> str:
        return self.db_type(connection)


class Row(models.Model):
    """A table whose rows have a Mulin id."""

    id = IdField()

    class Meta:
        abstract = True


class TimelessTextField(EncryptedTextField):  # type: ignore[misc]  # no types in the library
    """Encrypted text whose token says no time: the library's own would tell the second."""

    def get_prep_value(self, value: Any) -> str | None:  # Any: Django's own field signature
        return self.f.encrypt_at_time(str(value).encode(), 0).decode() if value else None

"""Which rows other tables name: whoever takes a record out again asks here first."""

from collections.abc import Collection, Iterable

from django.db import models

#: So many ids are asked for in one statement.
_AT_ONCE = 500


def named_elsewhere(
    model: type[models.Model], ids: Collection[int], *, besides: Iterable[type[models.Model]] = ()
) -> set[int]:
    """Those of these records that a row of any table names, but for the tables `besides`.

    Keys without a way back (`related_name="+"`) are asked too: what they name is in use as well.
    """
    passed_over = set(besides)
    named: set[int] = set()
    wanted = sorted(ids)
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ForeignObjectRel):
            continue
        table = relation.related_model
        if table in passed_over or isinstance(table, str):
            continue
        column = relation.field.name
        for start in range(0, len(wanted), _AT_ONCE):
            batch = wanted[start : start + _AT_ONCE]
            rows = table._default_manager.filter(**{f"{column}__in": batch})  # noqa: SLF001  whichever table it is
            named.update(rows.values_list(column, flat=True))
    return named

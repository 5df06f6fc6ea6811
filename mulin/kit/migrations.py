"""Migrations that make many tables, in the time of few."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class TablesTogether(migrations.Migration):
    """A migration whose new tables are made known to Django together.

    Left to itself Django builds every model that is tied to a new one again with each new one, and
    here all are tied to the community: making them took most of the time of `mulin migrate`.
    """

    def apply(
        self,
        project_state: ProjectState,
        schema_editor: BaseDatabaseSchemaEditor,
        collect_sql: bool = False,  # noqa: FBT001, FBT002  as Django has it
    ) -> ProjectState:
        grouped = migrations.Migration(self.name, self.app_label)
        grouped.__dict__ |= self.__dict__ | {"operations": list(_together(self.operations))}
        return grouped.apply(project_state, schema_editor, collect_sql)


def _together(operations: Sequence[Operation]) -> Iterator[Operation]:
    for is_new, run in groupby(operations, lambda one: isinstance(one, migrations.CreateModel)):
        if is_new:
            yield _CreateModels(list(run))
        else:
            yield from run


class _CreateModels(Operation):
    """Neighbouring CreateModels: the models are built once, then the tables made one by one."""

    def __init__(self, each: list[Operation]) -> None:
        self._each = each

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        was_built = state.__dict__.pop("apps", None)
        for one in self._each:
            one.state_forwards(app_label, state)
        if was_built is not None:
            state.apps  # noqa: B018  reading it builds the models

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for one in self._each:
            one.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return " ".join(one.describe() for one in self._each)

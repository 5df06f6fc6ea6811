"""Migrations that make many tables, in the time of few."""

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby

from django.db import migrations
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState


def new_apps(connection: BaseDatabaseWrapper) -> frozenset[str]:
    """Apps of which this database knows nothing yet."""
    loader = MigrationLoader(connection)
    known = {app_label for app_label, _name in loader.applied_migrations or ()}
    return frozenset(loader.migrated_apps) - known


def make_tables(connection: BaseDatabaseWrapper, apps: Collection[str]) -> None:
    """Give these apps, of which the database has no table, their tables as they stand after the
    last migration; those that they point at are there, or made with them.

    Step by step, Django builds every model anew for each change that was ever made to one: a fresh
    start waited for that longer than for everything else. What a migration does to rows is left
    out, for there are none. A test compares the tables with those that the steps lead to.
    """
    loader = MigrationLoader(connection)
    state: ProjectState = loader.project_state()
    nodes = [node for node in _in_order(loader) if node[0] in apps]
    steps = [
        (app_label, step)
        for app_label, name in nodes
        for step in loader.disk_migrations[app_label, name].operations
    ]
    made_by = {
        (app_label, step.name_lower): step
        for app_label, step in steps
        if isinstance(step, migrations.CreateModel)
    }
    recorder = MigrationRecorder(connection)
    with connection.schema_editor() as editor:
        recorder.ensure_schema()
        for app_label, name in state.models:
            if app_label not in apps:
                continue
            if operation := made_by.get((app_label, name)):
                # By its own operation: one may make its table in a way of its own.
                operation.database_forwards(app_label, editor, state, state)
            else:
                editor.create_model(state.apps.get_model(app_label, name))
        for app_label, step in steps:
            is_made = isinstance(step, migrations.CreateModel)
            if not is_made and not type(step).__module__.startswith("django."):
                step.database_forwards(app_label, editor, state, state)  # an index of words
        for app_label, name in nodes:
            recorder.record_applied(app_label, name)
            for replaced in loader.disk_migrations[app_label, name].replaces:
                recorder.record_applied(*replaced)


def _in_order(loader: MigrationLoader) -> Sequence[tuple[str, str]]:
    plan: list[tuple[str, str]] = []
    for leaf in loader.graph.leaf_nodes():
        plan += (node for node in loader.graph.forwards_plan(leaf) if node not in plan)
    return plan


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

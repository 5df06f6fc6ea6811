"""The migrations make the tables that the models describe."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState


@pytest.mark.django_db
def test_no_model_has_drifted_from_its_migrations(capsys):
    try:
        call_command("makemigrations", check_changes=True, dry_run=True)
    except SystemExit:
        pytest.fail(capsys.readouterr().out)


def test_each_app_has_one_last_migration():
    assert MigrationLoader(None).detect_conflicts() == {}


@pytest.mark.django_db
def test_drift_would_be_seen():
    loader = MigrationLoader(connection)
    state = loader.project_state()
    state.remove_field("community", "grid", "name")
    changes = MigrationAutodetector(state, ProjectState.from_apps(apps)).changes(loader.graph)
    added = {operation.name for operation in changes["community"][-1].operations}
    assert "name" in added

"""A Mulin that serves makes its own backups, and nothing is restored under its feet."""

import time

import pytest

from tests.support.serving import running

# The tables of the template are those that the tests' database was migrated to.
pytestmark = pytest.mark.django_db
SECONDS = 120


def test_a_backup_that_is_due_is_made_while_serving(town, backups):
    more = {"MULIN_DATABASE_URL": town.address} if town.address else {}
    # Last Sunday's try is not due, or it would still be at it when the server goes.
    town.sql(
        "INSERT INTO notify_sweeprun (id, name, started_at, claimed_by, failures_in_a_row,"
        " last_error) VALUES (1, 'restore_try', %s, '', 0, '')",
        "2200-01-01 00:00:00",
    )
    with running("serve", data_dir=town.folder, MULIN_BACKUP_DIR=str(backups), **more):
        deadline = time.monotonic() + SECONDS
        while not list(backups.glob("*.mulin")) and time.monotonic() < deadline:
            time.sleep(0.05)
        (made,) = backups.glob("*.mulin")
        before = town.rows()["community_community"]
        assert "Stop it first" in town.mulin("restore", made, "--replace", code=1)
        assert town.rows()["community_community"] == before

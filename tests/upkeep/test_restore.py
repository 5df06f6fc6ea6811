"""A backup goes out of a running installation and comes back whole, or not at all."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.upkeep.conftest import Town, compared

# The tables of the template are those that the tests' database was migrated to.
pytestmark = pytest.mark.django_db


def only(folder):
    (found,) = folder.glob("*.mulin")
    return found


@pytest.fixture
def backup(town, backups):
    town.mulin("backup", backups)
    return only(backups)


def test_everything_comes_back_row_by_row_and_file_by_file(town, backup):
    before, files = town.rows(), town.files()
    town.sql("DELETE FROM people_personwords")
    (town.folder / "files" / files[0]).unlink()
    told = town.mulin("restore", backup, "--replace")
    print(told)
    after = town.rows()
    acts = {name: set(after[name]) - set(before[name]) for name in ("audit_act", "audit_actdetail")}
    assert {name: len(rows) for name, rows in acts.items()} == {"audit_act": 2, "audit_actdetail": 2}
    for name in ("audit_act", "audit_actdetail"):
        after[name] = sorted(set(after[name]) - acts[name])
    after["audit_chainhead"] = before["audit_chainhead"]
    assert compared(after) == compared(before)
    assert after["django_session"] == []
    assert town.files() == files
    assert "nothing missing" in town.mulin("audit", "verify")

"""The recipe for a new room works when it is followed to the letter, in a copy of the house."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```\w* (file|after)=([^\n]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def house(tmp_path):
    """A copy of the house in which the recipe was followed."""
    house = tmp_path / "house"
    for name in ("mulin", "tests", "pyproject.toml"):
        source = REPOSITORY / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        house.mkdir(exist_ok=True)
        copy(source, house / name)
    recipe = (REPOSITORY / "docs" / "new-room.md").read_text("utf-8")
    for kind, where, text in BLOCK.findall(recipe):
        (_write if kind == "file" else _insert)(house, where, text)
    return house


def _write(house, where, text):
    path = house / where
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _insert(house, where, text):
    name, _, line = where.partition(":")
    path = house / name
    before = path.read_text("utf-8")
    assert before.count(line + "\n") >= 1, f"{name} has no line {line!r}"
    path.write_text(before.replace(line + "\n", line + "\n" + text), "utf-8")


def run(house, *command):
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("MULIN_", "PYTEST"))
    }
    environment |= {"MULIN_DATA_DIR": str(house / "var"), "PYTHONPATH": str(house)}
    done = subprocess.run(
        command, cwd=house, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    return done.stdout


def test_a_room_made_by_the_recipe_stands(house):
    run(
        house, sys.executable, "-m", "django", "makemigrations", "lostfound",
        "--settings", "mulin.settings",
    )  # fmt: skip
    said = run(
        house, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/lostfound",
        "tests/shape/test_layout.py", "-k", "lostfound",
    )  # fmt: skip
    assert " passed" in said
    lint_imports = Path(sys.executable).with_name("lint-imports")
    run(house, str(lint_imports))

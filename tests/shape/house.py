"""The house as it stands on disk, for the tests that walk it."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db import models

REPOSITORY = Path(__file__).resolve().parents[2]
MULIN = REPOSITORY / "mulin"
HALLS = ("parlour", "workshop", "circle")
#: From the first to the last: each imports only from those before it.
GROUND = (
    "community",
    "audit",
    "notify",
    "downloads",
    "figures",
    "street",
    "people",
    "places",
    "drafts",
    "upkeep",
)
FLOORS = ("kit", "ground", "commons", *HALLS, "site")


def packages(*floors: str) -> list[Path]:
    """The packages that stand directly on these floors."""
    return sorted(
        path.parent
        for floor in floors
        for path in (MULIN / floor).glob("*/__init__.py")
        if path.parent.name != "templatetags"
    )


def rooms() -> list[Path]:
    return packages(*HALLS)


def python_files(*, without_migrations: bool = True) -> list[Path]:
    return sorted(
        path
        for path in MULIN.rglob("*.py")
        if not (without_migrations and "migrations" in path.parts)
    )


def module_files(name: str) -> list[Path]:
    """`views.py`, and every file of a folder `views/`, wherever they are."""
    return [
        path
        for path in python_files()
        if path.stem == name or name in path.relative_to(MULIN).parts[:-1]
    ]


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def contract(wanted: str) -> dict:
    """A contract of import-linter, as pyproject.toml has it."""
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    return next(one for one in contracts if one["id"] == wanted)


def mulin_models() -> Iterator[type[models.Model]]:
    for model in apps.get_models(include_auto_created=True):
        if model.__module__.startswith("mulin."):
            yield model


def place_of(model: type[models.Model]) -> tuple[str, str]:
    """Floor and package: ("ground", "people"). `site` and `kit` are their own packages."""
    parts = model.__module__.split(".")
    floor = parts[1]
    return floor, floor if floor in {"kit", "site"} else parts[2]

"""What every test stands on: a database, a folder, settings of its own, and the cast."""

import gc
import os
from collections import Counter
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.models.signals import post_save
from django.dispatch import receiver

from mulin.kit.clock import standing_still
from tests.clock import NOW
from tests.support.emptying import take_over
from tests.support.environment import TEST_ROOT

pytest_plugins = ["tests.support.browser"]

REPOSITORY = Path(__file__).resolve().parent.parent
PAGES_AND_SHEETS = ("views.py", "test_paper.py")
#: Folders whose tests start processes of their own, and wait for them.
WAITING = frozenset({"faults", "journeys", "matrix", "upkeep"})
#: Folders of which only these meet PostgreSQL: the rest is of pages of the roof, and of pictures.
ONLY_OF = {"site": ("test_today.py", "test_journey.py"), "paper": ("test_actions.py",)}


# How long an example takes says something of the machine only; in CI every run tries the same ones.
hypothesis.settings.register_profile("mulin", deadline=None, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.load_profile("mulin")


@receiver(post_save, sender="audit.Look")
def _a_look_has_its_name(instance, **_more):
    """Whatever a test makes the code write: the auditor reads in words what was read."""
    from mulin.ground.audit.verbs import is_look_named  # noqa: PLC0415  the settings come first

    assert is_look_named(instance.kind, instance.what), (instance.kind, instance.what)


def pytest_configure(config):
    # Pages in tests name plain files; the hashed ones are made for the browser's server only.
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    take_over()
    settings.PASSWORD_HASHERS = ["tests.support.hashing.QuickArgon2", *settings.PASSWORD_HASHERS]


def pytest_collection_modifyitems(config, items):
    """Leave out what cannot be true here, and say so for what lacks its data."""
    on_postgres = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    kept, left_out = [], []
    for item in items:
        (kept if _is_true_here(item, on_postgres) else left_out).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept
    if shared_folder() is None:
        skip = pytest.mark.skip(reason="shared/ with the public data is not beside the repository")
        for item in items:
            if item.get_closest_marker("shared"):
                item.add_marker(skip)
    _put_the_slow_first(items)


def _put_the_slow_first(items):
    """The matrix and the files that wait for a browser or another process begin, the longest lists
    next: no process is left with a long file while the others have ended.
    """
    tests = Counter(item.path for item in items)
    waits = {item.path for item in items if item.get_closest_marker("browser")}
    waits |= {path for path in tests if path.parent.name in WAITING}
    items.sort(key=lambda item: (item.path not in waits, -tests[item.path], str(item.path)))


def _is_true_here(item, on_postgres):
    """The browser meets SQLite only, and so does what asks no database: it says the same twice.

    So do tests of pages and of sheets: these show what queries gave and actions did, which meet
    both databases, and the matrix knocks at every page on both.
    """
    if not on_postgres:
        return not item.get_closest_marker("postgres")
    if item.get_closest_marker("browser") or item.get_closest_marker("once"):
        return False
    if item.path.name.endswith(PAGES_AND_SHEETS) and item.path.parent.name != "faults":
        return bool(item.get_closest_marker("postgres"))
    only = ONLY_OF.get(item.path.parent.name)
    if only is not None and item.path.name not in only:
        return bool(item.get_closest_marker("postgres"))
    asks = item.get_closest_marker("django_db") or {"db", "transactional_db"} & {*item.fixturenames}
    return bool(asks or item.get_closest_marker("postgres"))


def shared_folder():
    """The public data that lies beside the repository: MULIN_SHARED, or ../shared."""
    folder = Path(os.environ.get("MULIN_SHARED", REPOSITORY.parent / "shared"))
    return folder if (folder / "data").is_dir() else None


@pytest.fixture(scope="session")
def shared():
    """The folder of public data; for tests marked `shared`."""
    return shared_folder()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """A database file of the test's own; commits need not reach the disk."""
    default = settings.DATABASES["default"]
    if not default["ENGINE"].endswith("sqlite3"):
        return
    default["TEST"]["NAME"] = str(TEST_ROOT / "test.sqlite3")
    default["OPTIONS"]["init_command"] = default["OPTIONS"]["init_command"].replace(
        "synchronous=FULL", "synchronous=OFF"
    )


@pytest.fixture(autouse=True)
def _fresh_cache():
    """No test finds what another one cached."""
    yield
    cache.clear()


def pytest_collection_finish():
    """What ten thousand tests are made of stays to the end: the collector need not walk over it.

    And it comes seldom. What a test made goes with the test, mostly without it: a seventh of the
    time of the rooms' tests went to looking.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.fixture
def cast(db):
    """The people every test knows, and their neighbours (tests/cast.py)."""
    from tests.cast import make_cast  # noqa: PLC0415  the tests of kit need no tables

    return make_cast()


@pytest.fixture
def clock_stands():
    """The clock stands where the tests' dates are: for what is typed into a page with its day."""
    with standing_still(NOW):
        yield


@pytest.fixture
def on_postgres():
    """Whether this run is on PostgreSQL."""
    return connection.vendor == "postgresql"

"""Where the tests live: a folder of their own, keys of their own, a database of their own.

A pytest plugin named on the command line (see pyproject.toml), since the settings are read before
any conftest is. A developer's own data and environment are never touched.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

ROOT_VARIABLE = "MULIN_TEST_ROOT"


def _test_root() -> Path:
    """One folder for the whole run; with xdist the workers' folders lie inside the first one's."""
    if parent := os.environ.get(ROOT_VARIABLE):
        return Path(tempfile.mkdtemp(prefix="worker-", dir=parent))
    root = Path(tempfile.mkdtemp(prefix="mulin-test-"))
    os.environ[ROOT_VARIABLE] = str(root)
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    return root


def _prepare() -> Path:
    root = _test_root()
    kept = {ROOT_VARIABLE, "MULIN_TEST_DATABASE_URL", "MULIN_SHARED"}
    for name in [name for name in os.environ if name.startswith("MULIN_") and name not in kept]:
        del os.environ[name]
    os.environ["MULIN_DATA_DIR"] = str(root)
    os.environ["MULIN_DATABASE_URL"] = os.environ.get(
        "MULIN_TEST_DATABASE_URL", f"sqlite:///{root / 'mulin.sqlite3'}"
    )
    # The matrix prints some hundred sheets; tests/kit/test_paper.py starts the press itself.
    os.environ["MULIN_PRESS"] = "inside"
    # whitenoise warns of a folder that isn't there, and a warning is an error.
    (root / "static").mkdir()
    return root


TEST_ROOT = _prepare()

"""The reader is a process of its own, and nothing heavy is loaded anywhere else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mulin.kit.paper.reading import LIBRARIES, NothingToRead, ReaderMissing, open_reader
from tests.kit.paper.test_eye import FORM

pytestmark = pytest.mark.once
HEAVY = (*LIBRARIES, "numpy", "weasyprint")


def test_neither_web_nor_worker_loads_what_reads(tmp_path):
    told = (
        "import django, sys; django.setup();"
        "import mulin.urls, mulin.ground.notify.jobs, mulin.commons.paper.jobs;"
        "from mulin.commons.paper.registry import uses; [use.form for use in uses() if use.is_fixed];"
        "from mulin.kit.paper.reading import is_reader_there; assert is_reader_there();"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    environment = {name: value for name, value in os.environ.items() if "MULIN" not in name}
    environment |= {"DJANGO_SETTINGS_MODULE": "mulin.settings", "MULIN_DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.strip() == "[]"


def test_without_the_extra_it_says_so(settings):
    settings.MULIN_READER = False
    with pytest.raises(ReaderMissing), open_reader([FORM]):
        pass


def test_a_file_without_a_picture_does_not_stop_the_next(tmp_path):
    bad = tmp_path / "bad"
    bad.write_bytes(b"\xff\xd8\xffbroken")
    with open_reader([FORM]) as reader:
        for _time in range(2):
            with pytest.raises(NothingToRead):
                list(reader.pages(Path(bad)))

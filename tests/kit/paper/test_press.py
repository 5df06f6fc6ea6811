"""The press as a program: what it loads, and that what it puts off is there when it is asked for."""

import json
import subprocess
import sys
from pathlib import Path

from mulin.kit.paper import press

_FOLDER = Path(press.__file__).parent
_SAID = """
import json, sys
sys.path.insert(0, {folder!r})
import press
pdf = press.pressed({{"html": "<p>邻里</p>", "css": {css!r}, "pictures": {{}}}})
before = [name in sys.modules and sys.modules[name].__spec__ is not None for name in press.PUT_OFF]
from fontTools import subset
from fontTools.varLib.instancer import instantiateVariableFont
try:
    instantiateVariableFont(None, None)
except Exception as error:
    failed = type(error).__name__
print(json.dumps([pdf[:5].decode(), before, subset.Options.__module__, failed]))
"""


def test_a_sheet_is_made_without_the_tools_that_are_put_off_and_they_come_when_asked_for():
    source = _SAID.format(folder=str(_FOLDER), css=str(_FOLDER / "paper.css"))
    done = subprocess.run(
        [sys.executable, "-I", "-c", source], capture_output=True, text=True, check=True
    )
    begins, were_there, home, failed = json.loads(done.stdout)
    assert begins == "%PDF-"
    assert were_there == [False, False]
    assert home == "fontTools.subset"
    assert failed != "ImportError"

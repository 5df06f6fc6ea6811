"""An extract as it is kept: what can be walked and what bars the way, packed; read by a child.

The library that reads extracts is eleven megabytes of C++ and the file came from outside: it is
read by a process of its own, which ends when it is done.

    python -m mulin.ground.places.walking.stored FILE        # the packed extract, or code 3
"""

import json
import os
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path
from typing import Any, Final

from mulin.ground.places.walking.network import Way, class_of
from mulin.ground.places.walking.osm import Barrier, Extract, ExtractRefused, read_extract
from mulin.kit.coordinates import Position

#: Of what is said of a way, what is needed again.
_KEPT_TAGS: Final = frozenset({
    "highway", "foot", "access", "motorroad", "oneway:foot", "conveying", "foot:forward",
    "foot:backward", "tunnel", "name",
})  # fmt: skip
_ROOT: Final = Path(__file__).resolve().parents[4]
_REFUSED: Final = 3
#: A town takes a second.
_MOST_SECONDS: Final = 60
#: A hundred-thousandth of a degree is a metre; two more digits are a centimetre.
_DIGITS: Final = 7


def pack(extract: Extract) -> bytes:
    """The extract without what nobody walks and without its mappers."""
    ways = [way for way in extract.ways if class_of(way.tags) is not None]
    used = {point for way in ways for point in way.points}
    told = {
        "ways": [
            [way.id, way.points, {k: v for k, v in way.tags.items() if k in _KEPT_TAGS}]
            for way in ways
        ],
        "points": [[ref, *_said(at)] for ref, at in extract.positions.items() if ref in used],
        "barriers": [
            [one.building, [_said(at) for at in one.line], *([1] if one.is_water else [])]
            for one in extract.barriers
        ],
    }
    return zlib.compress(json.dumps(told, separators=(",", ":")).encode(), 6)


def unpack(packed: bytes) -> Extract:
    """The extract that was packed."""
    told: dict[str, Any] = json.loads(zlib.decompress(packed))  # Any: what JSON holds
    return Extract(
        ways=[Way(number, tuple(points), tags) for number, points, tags in told["ways"]],
        positions={ref: Position(lon, lat) for ref, lon, lat in told["points"]},
        barriers=[
            # A map that was taken in before water was drawn does not say what is water.
            Barrier(tuple(Position(*at) for at in line), building, is_water=bool(water))
            for building, line, *water in told["barriers"]
        ],
    )


def _said(at: Position) -> tuple[float, float]:
    return round(at.lon, _DIGITS), round(at.lat, _DIGITS)


def read_apart(content: bytes, *, suffix: str) -> bytes:
    """The packed extract of a file's bytes. Raises ExtractRefused."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"extract{suffix}")
        path.write_bytes(content)
        try:
            child = subprocess.run(  # noqa: S603  our own module, by our own Python
                [sys.executable, "-m", "mulin.ground.places.walking.stored", str(path)],
                env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(_ROOT)},
                capture_output=True, timeout=_MOST_SECONDS, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise ExtractRefused("it took too long to read") from None
    if child.returncode != 0:
        raise ExtractRefused(child.stderr.decode("utf-8", "replace")[-200:].strip())
    return child.stdout


def main(path: str) -> int:
    """Read a file and write it packed."""
    try:
        packed = pack(read_extract(Path(path)))
    except (ExtractRefused, OSError) as error:
        sys.stderr.write(str(error).replace(path, ""))
        return _REFUSED
    sys.stdout.buffer.write(packed)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

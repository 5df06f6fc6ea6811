"""Members come back as they were put in; keys never get in; memory does not grow with them."""

import io
import os
import tracemalloc

import pytest

from mulin.ground.upkeep.archive import ArchiveWriter, KeyInside, Manifest, chunks_of, unpack
from mulin.ground.upkeep.refusals import NotDone
from mulin.ground.upkeep.sealing import CHUNK, Damaged

KEY = bytes(32)
SECRET = b"the-key-that-stays-at-home"


def manifest(**other):
    told = {
        "format": 1, "made_at": "2026-11-20T02:30:00+08:00", "version": "0.1.0",
        "database": "sqlite", "migrations": {}, "rows": {}, "columns": {}, "keys": {},
    }  # fmt: skip
    return Manifest(**told | other)


def archive(members, *, secrets=(SECRET,), **other):
    file = io.BytesIO()
    writer = ArchiveWriter(file, KEY, secrets=secrets)
    for name, (chunks, packed) in members.items():
        writer.add(name, chunks, packed=packed)
    writer.close(manifest(**other))
    file.seek(0)
    return file


def test_members_come_back_with_their_list(tmp_path):
    large = os.urandom(3 * CHUNK + 7)
    found = unpack(
        archive({
            "mulin.sqlite3": ([large[:CHUNK], large[CHUNK:]], True),
            "files/needs/王.jpg": ([b"jpeg"], False),
            "anchors.log": ([], True),
            "zeros": ([bytes(CHUNK)] * 9, True),
        }, rows={"people_person": 3}),
        KEY, tmp_path,
    )  # fmt: skip
    assert (tmp_path / "mulin.sqlite3").read_bytes() == large
    assert (tmp_path / "files/needs/王.jpg").read_bytes() == b"jpeg"
    assert (tmp_path / "anchors.log").read_bytes() == b""
    assert (tmp_path / "zeros").read_bytes() == bytes(9 * CHUNK)
    assert found.rows == {"people_person": 3}
    assert {name: size for name, (size, _digest) in found.members.items()} == {
        "mulin.sqlite3": len(large), "files/needs/王.jpg": 4, "anchors.log": 0, "zeros": 9 * CHUNK,
    }  # fmt: skip
    assert (tmp_path / "mulin.sqlite3").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("cut", [0, 1, 10, len(SECRET)])
def test_a_key_is_found_even_across_two_chunks(cut, packed):
    chunks = [b"x" * 50 + SECRET[:cut], SECRET[cut:] + b"y"]
    with pytest.raises(KeyInside, match=r"a\.txt"):
        archive({"a.txt": (chunks, packed)})


def test_a_member_outside_of_its_folder_is_refused(tmp_path):
    for name in ("../keys.json", "/etc/passwd", "files/../../x"):
        with pytest.raises(Damaged):
            unpack(archive({name: ([b"x"], False)}), KEY, tmp_path / "into")
    assert not (tmp_path / "keys.json").exists()


def test_a_backup_of_a_later_form_says_so(tmp_path):
    with pytest.raises(NotDone, match=r"9\.9"):
        unpack(archive({}, format=2, version="9.9"), KEY, tmp_path)


def test_memory_does_not_grow_with_a_member(tmp_path):
    source = tmp_path / "large"
    source.write_bytes(os.urandom(24 * CHUNK))
    tracemalloc.start()
    try:
        with (tmp_path / "sealed").open("wb") as file, source.open("rb") as large:
            writer = ArchiveWriter(file, KEY, secrets=[SECRET])
            writer.add("large", chunks_of(large), packed=True)
            writer.close(manifest())
        with (tmp_path / "sealed").open("rb") as file:
            unpack(file, KEY, tmp_path / "into")
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 12 * CHUNK
    assert (tmp_path / "into/large").read_bytes() == source.read_bytes()

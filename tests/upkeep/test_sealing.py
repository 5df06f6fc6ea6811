"""A sealed file opens whole and with its key, or not at all."""

import io
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mulin.ground.upkeep.sealing import (
    CHUNK,
    MAGIC,
    CutOff,
    Damaged,
    OtherKey,
    SealedReader,
    SealedWriter,
)

KEY, OTHER = bytes(32), bytes(31) + b"1"
SEALED = CHUNK + 16
HEAD = len(MAGIC) + 40


def sealed(content, key=KEY):
    file = io.BytesIO()
    writer = SealedWriter(file, key)
    for at in range(0, len(content), 100_000):
        writer.write(content[at : at + 100_000])
    writer.close()
    return file.getvalue()


def opened(text, key=KEY):
    reader, found = SealedReader(io.BytesIO(text), key), b""
    while piece := reader.read(70_000):
        found += piece
    return found


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5])
def test_what_was_sealed_is_opened(size):
    content = os.urandom(size)
    assert opened(sealed(content)) == content


def test_nothing_of_it_can_be_read():
    content = "金丝雀".encode() * 1000
    text = sealed(content)
    assert "金丝雀".encode() not in text
    assert sealed(content)[HEAD:] != text[HEAD:]


def test_another_key_is_told_from_a_damaged_file():
    with pytest.raises(OtherKey):
        opened(sealed(b"x"), OTHER)
    with pytest.raises(Damaged):
        opened(b"PK\x03\x04" + bytes(100))
    with pytest.raises(Damaged):
        opened(b"")


@pytest.mark.parametrize("cut", [5, HEAD - 1])
def test_a_head_that_is_cut_off_is_refused(cut):
    with pytest.raises(CutOff):
        opened(sealed(b"x")[:cut])


def test_a_file_cut_between_two_chunks_is_known_to_be_cut_off():
    text = sealed(os.urandom(3 * CHUNK))
    with pytest.raises(CutOff):
        opened(text[: HEAD + 2 * SEALED])
    with pytest.raises(Damaged):  # nothing but the head
        opened(text[:HEAD])


@pytest.mark.parametrize(
    "swap",
    [
        lambda head, one, two, three: head + two + one + three,
        lambda head, one, two, three: head + one + three,
        lambda head, one, two, three: head + one + one + two + three,
        lambda head, one, two, three: head + one + two + three + b"more",
        lambda head, one, two, three: head + one + two + three + three,
    ],
    ids=["swapped", "left out", "twice", "followed", "last twice"],
)
def test_chunks_have_their_place(swap):
    text = sealed(os.urandom(2 * CHUNK + 9))
    parts = (
        text[:HEAD], text[HEAD : HEAD + SEALED], text[HEAD + SEALED : HEAD + 2 * SEALED],
        text[HEAD + 2 * SEALED :],
    )  # fmt: skip
    with pytest.raises((Damaged, CutOff)):
        opened(swap(*parts))


def test_a_chunk_of_another_file_of_the_same_key_does_not_open():
    one, two = (sealed(os.urandom(2 * CHUNK)) for _file in range(2))
    with pytest.raises(Damaged):
        opened(one[: HEAD + SEALED] + two[HEAD + SEALED :])


_TEXT = sealed(os.urandom(CHUNK + 50))


@settings(max_examples=60)
@given(at=st.integers(0, len(_TEXT) - 1), bit=st.integers(0, 7))
def test_one_changed_bit_anywhere_is_seen(at, bit):
    changed = bytearray(_TEXT)
    changed[at] ^= 1 << bit
    with pytest.raises((Damaged, OtherKey)):
        opened(bytes(changed))


@settings(max_examples=60)
@given(length=st.integers(0, len(_TEXT) - 1))
def test_one_byte_too_few_is_seen(length):
    with pytest.raises((Damaged, CutOff)):
        opened(_TEXT[:length])

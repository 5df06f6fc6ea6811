"""RFC 9474: the RFC's own numbers, and what a signer must not answer."""

import json
from pathlib import Path

import pytest

from mulin.commons.ballots.blindrsa import (
    PublicKey,
    SecretKey,
    Unusable,
    blind,
    encode,
    finalize,
    new_key,
    prepare,
    sign,
    verifies,
)

VECTOR = json.loads(
    (Path(__file__).parents[1] / "data" / "rfc9474" / "randomized.json").read_text("utf-8")
)
KEY = SecretKey(int(VECTOR["p"], 16), int(VECTOR["q"], 16))
PREPARED = bytes.fromhex(VECTOR["msg_prefix"] + VECTOR["msg"])


def of(name):
    return bytes.fromhex(VECTOR[name])


def test_the_numbers_of_appendix_a_1():
    n = KEY.public.n
    assert encode(PREPARED, n.bit_length() - 1, of("salt")) == of("encoded_msg")
    inverse = int(VECTOR["inv"], 16)
    blinded = blind(KEY.public, PREPARED, salt=of("salt"), factor=pow(inverse, -1, n))
    assert blinded == (of("blinded_msg"), inverse)
    assert sign(KEY, of("blinded_msg")) == of("blind_sig")
    assert finalize(KEY.public, PREPARED, of("blind_sig"), inverse) == of("sig")


@pytest.fixture(scope="module")
def key():
    return new_key(2048)


@pytest.mark.parametrize("bits", [2048, 3072])
def test_there_and_back(bits):
    key = new_key(bits)
    prepared = prepare(b"ballot")
    blinded, inverse = blind(key.public, prepared)
    signature = finalize(key.public, prepared, sign(key, blinded), inverse)
    assert verifies(PublicKey.of_spki(key.public.spki), prepared, signature)
    assert not verifies(key.public, prepared[1:], signature)
    assert not verifies(key.public, prepared, signature[:-1] + bytes([signature[-1] ^ 1]))


def test_the_same_message_is_never_blinded_to_the_same(key):
    assert blind(key.public, b"ballot")[0] != blind(key.public, b"ballot")[0]


@pytest.mark.parametrize("number", [0, 1, -1, -2])
def test_the_signer_answers_no_trivial_number(key, number):
    n, size = key.public.n, key.public.size
    with pytest.raises(Unusable):
        sign(key, (number % n if number >= 0 else n + number + 1).to_bytes(size, "big"))


@pytest.mark.parametrize("change", [lambda one: one[1:], lambda one: one + b"\0", lambda one: b""])
def test_the_signer_answers_no_other_size(key, change):
    with pytest.raises(Unusable):
        sign(key, change(blind(key.public, b"ballot")[0]))


def test_a_wrong_answer_is_not_taken_for_a_signature(key):
    prepared = prepare(b"ballot")
    blinded, inverse = blind(key.public, prepared)
    answer = sign(key, blinded)
    with pytest.raises(Unusable):
        finalize(key.public, prepared, answer[:-1] + bytes([answer[-1] ^ 1]), inverse)
    with pytest.raises(Unusable):
        finalize(key.public, prepared, answer[1:], inverse)


@pytest.mark.parametrize("text", ["", "!", "AAAA"])
def test_what_is_no_key_is_refused(text):
    with pytest.raises(Unusable):
        PublicKey.of_spki(text)


pytestmark = pytest.mark.once

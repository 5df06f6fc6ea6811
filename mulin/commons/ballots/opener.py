#!/usr/bin/env python3
"""Makes and opens the key of an urn, away from the server. Needs Python 3.9 and `cryptography`.

    python3 opener.py new ELECTION           makes the key; three shares, each in a file of its own
    python3 opener.py try TEST SHARE SHARE   opens the test envelope: says the word in it
    python3 opener.py open URN SHARE SHARE --digest HASH
                                             opens the urn into opened.json
    python3 opener.py practice FILE          says what lies in a practice ballot

Two of the three shares open. The urn is refused unless it is the one whose hash was posted. What
comes out is sorted by itself: nothing says which envelope a ballot lay in. It speaks Chinese and
English, for those who hold the shares read one of them. Run it on a machine that
is not the server, without network, before witnesses; destroy the files of shares afterwards.
"""

import argparse
import hashlib
import io
import json
import secrets
import sys
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

FIELD = 2**521 - 1
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256
INFO = b"mulin/urn/1"
POINT, NONCE, PREFIX, PLAIN = 65, 12, 32, 1024


class Refusal(Exception):
    """A sentence for whoever sits at the machine."""


# ── the key and its shares ───────────────────────────────────────────────────────────────────


def public_of(secret: int) -> str:
    """The key that stands on the notice, in base64."""
    public = ec.derive_private_key(secret, ec.SECP256R1()).public_key()
    point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return b64encode(point).decode("ascii")


def split(secret: int) -> "list[str]":
    """Three shares, of which any two give the secret back and one alone says nothing."""
    slope = secrets.randbelow(FIELD)
    return [_written(x, (secret + slope * x) % FIELD) for x in (1, 2, 3)]


def join(shares: "list[str]") -> int:
    """The secret behind two shares."""
    points = dict(_read(share) for share in shares)
    if len(points) != 2:
        raise Refusal("两份要是不同的两份。 Two different shares are needed.")
    (x1, y1), (x2, y2) = sorted(points.items())
    secret = (y1 * x2 - y2 * x1) * pow(x2 - x1, -1, FIELD) % FIELD
    if not 0 < secret < ORDER:
        raise Refusal("这两份不是同一把钥匙的。 These two shares do not belong to one key.")
    return secret


def _written(x: int, y: int) -> str:
    body = f"mulin-share-{x}-{y:0132x}"
    return f"{body}-{hashlib.sha256(body.encode()).hexdigest()[:8]}"


def _read(share: str) -> "tuple[int, int]":
    body, _, check = "".join(share.split()).rpartition("-")
    if hashlib.sha256(body.encode()).hexdigest()[:8] != check:
        raise Refusal("有一份坏了，或者抄错了。 A share is damaged or mistyped.")
    _mulin, _share, x, y = body.split("-")
    return int(x), int(y, 16)


# ── envelopes ────────────────────────────────────────────────────────────────────────────────


def seal(public: str, election: str, plain: bytes, own_secret: int = 0) -> str:
    """An envelope as a voter's phone makes it, in base64: for tests and the test envelope. A
    practice ballot brings the secret that it is made with.
    """
    if len(plain) > PLAIN:
        raise ValueError("too much for an envelope")
    own = ec.derive_private_key(own_secret or secrets.randbelow(ORDER - 1) + 1, ec.SECP256R1())
    point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    urn = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b64decode(public))
    nonce = secrets.token_bytes(NONCE)
    cipher = AESGCM(_derived(own.exchange(ec.ECDH(), urn), point))
    closed = cipher.encrypt(nonce, plain + bytes(PLAIN - len(plain)), election.encode())
    return b64encode(point + nonce + closed).decode("ascii")


def unseal(secret: int, election: str, envelope: str) -> bytes:
    """What lies in an envelope. Raises ValueError for one that this key does not open."""
    return _unsealed(secret, b64decode(envelope, validate=True)[:POINT], election, envelope)


def reveal(own: int, public: str, election: str, envelope: str) -> bytes:
    """What lies in an envelope whose maker tells the secret it was made with: a practice ballot.

    Raises ValueError where the secret or the urn's key is not that of this envelope.
    """
    if b64decode(public_of(own)) != b64decode(envelope, validate=True)[:POINT]:
        raise ValueError("another envelope's secret")
    return _unsealed(own, b64decode(public), election, envelope)


def _unsealed(secret: int, other_point: bytes, election: str, envelope: str) -> bytes:
    packed = b64decode(envelope, validate=True)
    point, nonce, closed = packed[:POINT], packed[POINT : POINT + NONCE], packed[POINT + NONCE :]
    other = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), other_point)
    own = ec.derive_private_key(secret, ec.SECP256R1())
    cipher = AESGCM(_derived(own.exchange(ec.ECDH(), other), point))
    try:
        return cipher.decrypt(nonce, closed, election.encode())
    except InvalidTag as error:
        raise ValueError("another key's, or damaged") from error


def _derived(shared: bytes, point: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=point, info=INFO).derive(shared)


def packed(message: bytes, prefix: bytes, signature: bytes) -> bytes:
    """What a phone puts into an envelope: length and message, prefix, signature."""
    return len(message).to_bytes(2, "big") + message + prefix + signature


def unpacked(plain: bytes, size: int) -> "tuple[bytes, bytes, bytes]":
    """Message, prefix and a signature of `size` bytes."""
    length = int.from_bytes(plain[:2], "big")
    message, rest = plain[2 : 2 + length], plain[2 + length :]
    return message, rest[:PREFIX], rest[PREFIX : PREFIX + size]


# ── an urn ───────────────────────────────────────────────────────────────────────────────────


def opened(urn: "dict[str, Any]", shares: "list[str]", digest: str) -> "dict[str, Any]":
    """The ballots of an urn, sorted, with how many envelopes held none.

    Raises Refusal for an urn that is not the posted one: not all of it, or more than it.
    """
    envelopes = urn["envelopes"]
    found = hashlib.sha256("\n".join(sorted(envelopes)).encode("ascii")).hexdigest()
    if found != digest.strip().lower() or urn["count"] != len(envelopes):
        raise Refusal(
            "这不是封存的那个票箱。 This is not the urn that was sealed."
            f"\n它的指纹 its hash: {found}"
        )
    secret = join(shares)
    if public_of(secret) != urn["urn_key"]:
        raise Refusal("这两份是别的票箱的。 These shares belong to another urn.")
    keys = {code: load_der_public_key(b64decode(text)) for code, text in urn["keys"].items()}
    ballots, unreadable = [], 0
    for envelope in envelopes:
        ballot = _ballot(secret, urn["election"], envelope, keys)
        if ballot is None:
            unreadable += 1
        else:
            ballots.append(ballot)
    return {
        "format": "mulin-opened-1", "election": urn["election"], "digest": found,
        "ballots": sorted(ballots, key=lambda one: one["m"]), "unreadable": unreadable,
    }  # fmt: skip


def _ballot(
    secret: int, election: str, envelope: str, keys: "dict[str, Any]"
) -> "dict[str, str] | None":
    try:
        plain = unseal(secret, election, envelope)
        message = unpacked(plain, 0)[0]
        key = keys[json.loads(message)["c"]]
        message, prefix, signature = unpacked(plain, (key.key_size + 7) // 8)
        scheme = padding.PSS(padding.MGF1(SHA384()), salt_length=48)
        if not isinstance(key, rsa.RSAPublicKey):
            return None
        key.verify(signature, prefix + message, scheme, SHA384())
        return {
            "m": message.decode("ascii"), "p": prefix.hex(), "s": b64encode(signature).decode(),
        }  # fmt: skip
    except (ValueError, KeyError, TypeError, InvalidSignature):
        return None


# ── at the machine ───────────────────────────────────────────────────────────────────────────


def main() -> int:
    parser = argparse.ArgumentParser(description="The key of an urn, away from the server.")
    commands = parser.add_subparsers(dest="command", required=True)
    new = commands.add_parser("new", help="make a key")
    new.add_argument("election", help="the election's code")
    attempt = commands.add_parser("try", help="open the test envelope")
    attempt.add_argument("file", type=Path)
    opening = commands.add_parser("open", help="open the urn")
    opening.add_argument("file", type=Path)
    opening.add_argument("--digest", required=True, help="the posted hash")
    opening.add_argument("--into", type=Path, default=Path("opened.json"))
    practice = commands.add_parser("practice", help="open a practice ballot")
    practice.add_argument("file", type=Path)
    for one in (attempt, opening):
        one.add_argument("shares", nargs=2, type=Path)
    chosen = parser.parse_args()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    deeds = {"new": _new, "try": _try, "open": _open, "practice": _practice}
    try:
        return deeds[chosen.command](chosen)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1


def _new(chosen: argparse.Namespace) -> int:
    secret = secrets.randbelow(ORDER - 1) + 1
    for number, share in enumerate(split(secret), start=1):
        path = Path(f"share-{number}-{chosen.election}.txt")
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(share + "\n", encoding="ascii")
        print(path)
    print("票箱公钥，交选举委员会录入： The urn's public key, to be entered by the committee:")
    print(public_of(secret))
    return 0


def _shares(chosen: argparse.Namespace) -> "list[str]":
    return [path.read_text(encoding="ascii") for path in chosen.shares]


def _try(chosen: argparse.Namespace) -> int:
    test = json.loads(chosen.file.read_text(encoding="utf-8"))
    plain = unseal(join(_shares(chosen)), test["election"], test["envelope"])
    print(plain.rstrip(b"\0").decode("ascii"))
    return 0


def _open(chosen: argparse.Namespace) -> int:
    urn = json.loads(chosen.file.read_text(encoding="utf-8"))
    result = opened(urn, _shares(chosen), chosen.digest)
    chosen.into.write_text(json.dumps(result, indent=1), encoding="utf-8")
    count, empty = len(result["ballots"]), result["unreadable"]
    print(
        f"选票 {count} 张，没有选票的信封 {empty} 个。 {count} ballots, {empty} envelopes without one."
    )
    return 0


def _practice(chosen: argparse.Namespace) -> int:
    told = json.loads(chosen.file.read_text(encoding="utf-8"))
    own = int.from_bytes(b64decode(told["key"]), "big")
    try:
        plain = reveal(own, told["urn_key"], told["election"], told["sealed"])
        ballot = json.loads(unpacked(plain, 0)[0])
    except ValueError as error:
        raise Refusal(
            "这不是这个票箱的试投票，或者被改过。"
            " This is not a practice ballot of this urn, or it was changed."
        ) from error
    print(f"{told['election']}: {', '.join(ballot['ch']) or '没有勾选 nothing marked'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

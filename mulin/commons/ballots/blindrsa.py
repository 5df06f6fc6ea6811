"""Blind signatures: RFC 9474, suite RSABSSA-SHA384-PSS-Randomized, in whole numbers.

`prepare`, `blind` and `finalize` are the voter's side, `sign` the server's. A key signs anything
that is laid before it, so it is made for one constituency of one election and used for nothing else.
"""

import hashlib
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass
from math import gcd
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

try:
    import gmpy2
except ImportError:  # five times slower without
    gmpy2 = None

HASH: Final = 48
PREFIX: Final = 32
EXPONENT: Final = 65537


class Unusable(ValueError):  # noqa: N818  says what it is
    """Something that no honest other side would have sent."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """n and e."""

    n: int
    e: int = EXPONENT

    @property
    def size(self) -> int:
        """Bytes of n, of every signature and of every blinded message."""
        return (self.n.bit_length() + 7) // 8

    @property
    def spki(self) -> str:
        """The key as browsers import it, in base64."""
        numbers = rsa.RSAPublicNumbers(self.e, self.n).public_key()
        der = numbers.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return b64encode(der).decode("ascii")

    @classmethod
    def of_spki(cls, text: str) -> "PublicKey":
        """Raises Unusable for anything that is no RSA key."""
        try:
            key = load_der_public_key(b64decode(text, validate=True))
        except ValueError as error:
            raise Unusable("no public key") from error
        if not isinstance(key, rsa.RSAPublicKey):
            raise Unusable("no RSA key")
        numbers = key.public_numbers()
        return cls(numbers.n, numbers.e)


@dataclass(frozen=True, slots=True, repr=False)
class SecretKey:
    """The two primes; everything else follows."""

    p: int
    q: int

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.p * self.q)


def new_key(bits: int) -> SecretKey:
    """A fresh pair, made by OpenSSL."""
    numbers = rsa.generate_private_key(EXPONENT, bits).private_numbers()
    return SecretKey(numbers.p, numbers.q)


# ── the voter's side ─────────────────────────────────────────────────────────────────────────


def prepare(message: bytes) -> bytes:
    """The message behind 32 random bytes (RFC 9474 §4.1)."""
    return secrets.token_bytes(PREFIX) + message


def blind(
    key: PublicKey, prepared: bytes, *, salt: bytes | None = None, factor: int | None = None
) -> tuple[bytes, int]:
    """What is laid before the signer, and the number that takes the blinding off (§4.2).

    `salt` and `factor` are given by the RFC's test vectors and by nobody else.
    """
    salt = secrets.token_bytes(HASH) if salt is None else salt
    encoded = int.from_bytes(encode(prepared, key.n.bit_length() - 1, salt), "big")
    if gcd(encoded, key.n) != 1:
        raise Unusable("the message shares a factor with the key")
    factor = _unit(key.n) if factor is None else factor
    blinded = encoded * pow(factor, key.e, key.n) % key.n
    return blinded.to_bytes(key.size, "big"), pow(factor, -1, key.n)


def finalize(key: PublicKey, prepared: bytes, answer: bytes, inverse: int) -> bytes:
    """The signature on the message itself (§4.4). Raises Unusable for a wrong answer."""
    if len(answer) != key.size:
        raise Unusable("a signature of another size")
    signature = int.from_bytes(answer, "big") * inverse % key.n
    signed = signature.to_bytes(key.size, "big")
    if not verifies(key, prepared, signed):
        raise Unusable("the signer answered with something else")
    return signed


def verifies(key: PublicKey, prepared: bytes, signature: bytes) -> bool:
    """RSASSA-PSS, SHA-384, MGF1-SHA-384, salt 48, over prefix and message."""
    public = rsa.RSAPublicNumbers(key.e, key.n).public_key()
    scheme = padding.PSS(padding.MGF1(SHA384()), salt_length=HASH)
    try:
        public.verify(signature, prepared, scheme, SHA384())
    except InvalidSignature:
        return False
    return True


def encode(message: bytes, bits: int, salt: bytes) -> bytes:
    """EMSA-PSS-ENCODE (RFC 8017 §9.1.1) with SHA-384; `bits` is one less than the key has."""
    size = (bits + 7) // 8
    digest = hashlib.sha384(bytes(8) + hashlib.sha384(message).digest() + salt).digest()
    block = bytes(size - len(salt) - HASH - 2) + b"\x01" + salt
    masked = bytearray(
        one ^ other for one, other in zip(block, _mask(digest, len(block)), strict=True)
    )
    masked[0] &= 0xFF >> (8 * size - bits)
    return bytes(masked) + digest + b"\xbc"


def _mask(seed: bytes, size: int) -> bytes:
    pieces = (
        hashlib.sha384(seed + number.to_bytes(4, "big")).digest()
        for number in range(-(-size // HASH))
    )
    return b"".join(pieces)[:size]


# ── the signer's side ────────────────────────────────────────────────────────────────────────


def sign(key: SecretKey, blinded: bytes) -> bytes:
    """The answer to a blinded message (§4.3). Raises Unusable for what no voter would send.

    The base is blinded once more so that its running time says nothing of the key, and the result
    is checked so that a fault of the machine gives no prime away.
    """
    public = key.public
    number = int.from_bytes(blinded, "big")
    if len(blinded) != public.size or not 1 < number < public.n - 1:
        raise Unusable("no blinded message")
    factor = _unit(public.n)
    power = _with_primes(key, number * _public_power(factor, public.n) % public.n)
    signature = power * _inverse(factor, public.n) % public.n
    if _public_power(signature, public.n) != number:
        raise ArithmeticError("the machine miscalculated a signature")
    return signature.to_bytes(public.size, "big")


def _with_primes(key: SecretKey, base: int) -> int:
    """base^d mod n by the Chinese remainders."""
    by_p = _power(base % key.p, _inverse(EXPONENT, key.p - 1), key.p)
    by_q = _power(base % key.q, _inverse(EXPONENT, key.q - 1), key.q)
    return by_q + key.q * ((by_p - by_q) * _inverse(key.q, key.p) % key.p)


def _power(base: int, exponent: int, modulus: int) -> int:
    if gmpy2 is None:
        return pow(base, exponent, modulus)
    return int(gmpy2.powmod_sec(base, exponent, modulus))


def _public_power(base: int, modulus: int) -> int:
    """By the public exponent: nothing here is to be kept from a clock but a base drawn for once."""
    if gmpy2 is None:
        return pow(base, EXPONENT, modulus)
    return int(gmpy2.powmod(base, EXPONENT, modulus))


def _inverse(number: int, modulus: int) -> int:
    if gmpy2 is None:
        return pow(number, -1, modulus)
    return int(gmpy2.invert(number, modulus))


def _unit(n: int) -> int:
    """A random number that has an inverse."""
    while True:
        factor = secrets.randbelow(n - 2) + 2
        if gcd(factor, n) == 1:
            return factor

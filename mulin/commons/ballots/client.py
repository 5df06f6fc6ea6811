"""A voter's device in Python: what `static/ballots/vote.js` does in a browser, for rehearsals and
for the tests that hold the two against each other.
"""

import secrets
from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass

from mulin.commons.ballots.blindrsa import PREFIX, PublicKey, blind, finalize, prepare
from mulin.commons.ballots.opener import ORDER, packed, seal
from mulin.commons.ballots.rules import message_of, receipt_of

TOKEN = 32


@dataclass(frozen=True, slots=True)
class Cast:
    """What goes to the urn, and the number its voter keeps."""

    token: bytes
    prefix: bytes
    signature: bytes
    sealed: str
    receipt: str


class Device:
    """One ballot from marking to casting. Its blinded values stay the same, however often it asks."""

    def __init__(
        self, *, election: str, constituency: str, envelope_key: str, ballot_key: str,
        urn_key: str, choices: list[str],
    ) -> None:  # fmt: skip
        self._election, self._urn = election, urn_key
        self._keys = (PublicKey.of_spki(envelope_key), PublicKey.of_spki(ballot_key))
        self.token = secrets.token_bytes(TOKEN)
        nonce = urlsafe_b64encode(secrets.token_bytes(32)).decode("ascii").rstrip("=")
        self.message = message_of(election, constituency, nonce, choices)
        self._prepared = (prepare(self.token), prepare(self.message))
        self._blinded = [
            blind(key, one) for key, one in zip(self._keys, self._prepared, strict=True)
        ]

    @property
    def envelope(self) -> bytes:
        """The blinded envelope."""
        return self._blinded[0][0]

    @property
    def ballot(self) -> bytes:
        """The blinded ballot."""
        return self._blinded[1][0]

    def finished(self, answers: tuple[bytes, bytes]) -> Cast:
        """Take the blinding off, and seal. Raises Unusable for a wrong answer."""
        first, second = (
            finalize(key, one, answer, inverse)
            for key, one, answer, (_blinded, inverse) in zip(
                self._keys, self._prepared, answers, self._blinded, strict=True
            )
        )
        plain = packed(self.message, self._prepared[1][:PREFIX], second)
        return Cast(
            self.token, self._prepared[0][:PREFIX], first,
            seal(self._urn, self._election, plain), receipt_of(self.message),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Practice:
    """A ballot to look at: sealed, with the secret that opens this one envelope."""

    sealed: str
    own: bytes


def practice_of(*, election: str, constituency: str, urn_key: str, choices: list[str]) -> Practice:
    """A practice ballot as a device makes it: with no signature on it."""
    nonce = urlsafe_b64encode(secrets.token_bytes(32)).decode("ascii").rstrip("=")
    plain = packed(message_of(election, constituency, nonce, choices), bytes(PREFIX), b"")
    own = secrets.randbelow(ORDER - 1) + 1
    return Practice(seal(urn_key, election, plain, own_secret=own), own.to_bytes(32, "big"))


def bytes_of(text: str) -> bytes:
    """Bytes as both clients send them: base64. Raises ValueError for anything else."""
    return b64decode(text, validate=True)

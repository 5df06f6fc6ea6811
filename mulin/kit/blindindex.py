"""Finding an encrypted value without decrypting a table: a keyed digest beside it.

A phone or identity number is encrypted with a fresh nonce each time, so equal numbers look
different and can't be searched. The sibling column holds HMAC-SHA256 of the normalised number.
A plain hash would not do: there are few enough phone numbers to try them all. The key is the
digest's own, not the one that encrypts, so that either can be changed without the other and a
stolen database alone tells nothing.

The digest answers one question only: are these two equal? To keep one community from learning
that a number is also known to another, put the community into the kind.
"""

import hmac
from hashlib import sha256
from typing import Final

_SHORTEST_KEY: Final = 32  # bytes, as long as the digest
_KEPT: Final = 32  # hex digits, 128 bits: no two people will share them


def blind_index(kind: str, value: str, *, key: bytes) -> str:
    """Thirty-two hex digits for `value`, which must be normalised first (`kit.phones`).

    Equal values of different kinds get different digests. Raises ValueError for an empty kind or
    value (an unknown number equals no other) and for a short key.
    """
    if not kind or not value:
        raise ValueError("nothing to index")
    if len(key) < _SHORTEST_KEY:
        raise ValueError(f"the key has fewer than {_SHORTEST_KEY} bytes")
    # The length in front keeps ("ab", "c") and ("a", "bc") apart.
    name = kind.encode()
    message = len(name).to_bytes(4, "big") + name + value.encode()
    return hmac.new(key, message, sha256).hexdigest()[:_KEPT]

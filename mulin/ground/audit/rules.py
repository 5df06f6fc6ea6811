"""The chain: what is hashed, and how a gap, an edit, a duplicate and a cut-off tail differ."""

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Link:
    """One act as it stands in the chain: ids, time in whole microseconds, digests."""

    community_id: int
    seq: int
    at: datetime
    account_id: int | None
    on_behalf_of: int | None
    channel: str
    verb: str
    kind: str
    record_id: int
    detail_digest: str
    previous: str
    seal: str = ""


class Fault(StrEnum):
    GAP = "gap"
    EDIT = "edit"
    DUPLICATE = "duplicate"
    CUT_TAIL = "cut-off tail"
    FORGED_HEAD = "forged head"
    EDITED_DETAIL = "edited detail"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a chain, and at which act."""

    fault: Fault
    seq: int


def _mac(key: bytes, parts: list[str | int | None]) -> str:
    text = json.dumps(parts, separators=(",", ":"), ensure_ascii=True)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def seal_of(link: Link, *, key: bytes) -> str:
    """The HMAC that binds an act to the one before it."""
    micros = round(link.at.timestamp() * 1_000_000)
    return _mac(
        key,
        [
            "act", link.community_id, link.seq, micros, link.account_id, link.on_behalf_of,
            link.channel, link.verb, link.kind, link.record_id, link.detail_digest, link.previous,
        ],
    )  # fmt: skip


def digest_of_detail(detail: str, *, key: bytes) -> str:
    """A keyed digest, so that the chain betrays nothing of a detail that was erased."""
    return _mac(key, ["detail", detail])


def head_seal(community_id: int, seq: int, seal: str, *, key: bytes) -> str:
    """What proves that the head was written by Mulin and not by whoever cut the tail."""
    return _mac(key, ["head", community_id, seq, seal])


def examine(
    links: Iterable[Link], *, head_seq: int, head: str, anchors: dict[int, str], key: bytes
) -> list[Finding]:
    """Walk a chain in the order of its numbers and name each fault.

    `anchors` are heads kept off the database (number to seal); a chain that is shorter than an
    anchor, or disagrees with one, was cut or rewritten.
    """
    findings: list[Finding] = []
    expected, previous = 1, GENESIS
    for link in links:
        if link.seq < expected:
            findings.append(Finding(Fault.DUPLICATE, link.seq))
            continue
        if link.seq > expected:
            findings.append(Finding(Fault.GAP, expected))
            previous = link.previous
        is_whole = link.previous == previous and hmac.compare_digest(
            seal_of(link, key=key), link.seal
        )
        if not is_whole or anchors.get(link.seq, link.seal) != link.seal:
            findings.append(Finding(Fault.EDIT, link.seq))
        previous, expected = link.seal, link.seq + 1
    last = expected - 1
    furthest = max([head_seq, *anchors], default=0)
    if last < furthest:
        findings.append(Finding(Fault.CUT_TAIL, last + 1))
    elif last != head_seq or head != previous:
        findings.append(Finding(Fault.FORGED_HEAD, head_seq))
    return findings

"""Taking a ballot and casting it. Nothing here writes an act, a message, a token or a time."""

import hashlib
from base64 import b64decode, b64encode
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from mulin.commons.ballots import keys
from mulin.commons.ballots.blindrsa import PublicKey, Unusable, sign, verifies
from mulin.commons.ballots.models import Election, Envelope, RollEntry
from mulin.commons.ballots.opener import reveal, unpacked
from mulin.commons.ballots.permissions import may_hold
from mulin.commons.ballots.queries import entries_of_records, records_of
from mulin.commons.ballots.rules import (
    TAKEN,
    Mark,
    Read,
    may_cast,
    may_draw,
    may_practise,
    read_message,
)
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.kit.clock import local_day
from mulin.kit.failpoints import failpoint
from mulin.kit.refusals import NotPermitted, Refused

TOKEN, PREFIX, SEALED = 32, 32, 1117


class TakenAlready(Refused):
    """已领票: the one ballot of this person has been taken."""


def draw(
    election: Election, *, person: Person, envelope: bytes, ballot: bytes, now: datetime
) -> tuple[bytes, bytes]:
    """Mark the roll and sign both blinded values: the envelope's and the ballot's, the latter with
    the key of the constituency the roll names, whatever was asked for.

    The same values give the same answer, however often. Raises TakenAlready for others once a
    ballot was taken in any way, Refused for who is not on the roll and outside the days.
    """
    records = records_of(person.pk)
    entries = entries_of_records(election, records)
    asked = hashlib.sha256(envelope + ballot).hexdigest()
    if any(one.mark in TAKEN for one in entries):
        return _again(entries, asked)
    entry = next((one for one in entries if one.mark == Mark.NOT_TAKEN), None)
    if entry is None or not election.is_online:
        raise Refused(_("You are not on the roll of this vote. Ask the election committee."))
    if not may_draw(election.stage, election.opens_at, election.closes_at, now):
        raise Refused(_("Ballots are not given out now."))
    # Signed before the roll is locked, so that two people need not wait for each other; what was
    # signed leaves this function only if the roll was marked.
    signed = _signed(election, entry, envelope, ballot)
    failpoint("ballots.signed")
    with transaction.atomic():
        held = entries_of_records(election, records, is_locking=True)
        if any(one.mark in TAKEN for one in held):
            return _again(held, asked)
        marked = RollEntry.objects.filter(pk=entry.pk, mark=Mark.NOT_TAKEN).update(
            mark=Mark.ONLINE, taken_on=local_day(now), digest=asked,
            answer="|".join(written(one) for one in signed),
        )  # fmt: skip
        if marked != 1:
            raise TakenAlready(_("Your ballot has been taken already."))
    failpoint("ballots.drawn")
    return signed


def _again(entries: list[RollEntry], asked: str) -> tuple[bytes, bytes]:
    """The answer that was lost on its way, to whoever asks with the same values."""
    for entry in entries:
        if entry.mark == Mark.ONLINE and entry.digest == asked and entry.answer:
            first, second = entry.answer.split("|")
            return b64decode(first), b64decode(second)
    raise TakenAlready(_("Your ballot has been taken already."))


def _signed(
    election: Election, entry: RollEntry, envelope: bytes, ballot: bytes
) -> tuple[bytes, bytes]:
    try:
        return (
            sign(keys.unlock(election.pk, election.envelope_secret), envelope),
            sign(keys.unlock(election.pk, entry.constituency.ballot_secret), ballot),
        )
    except Unusable:
        raise Refused(_("This device sent something that is no ballot.")) from None
    except keys.KeysGone:
        raise Refused(_("Ballots are not given out now.")) from None


def cast(
    election: Election, *, token: bytes, prefix: bytes, signature: bytes, sealed: str, now: datetime
) -> None:
    """Put a sealed ballot into the urn, for whoever brings a signed envelope. Nobody is asked who.

    The same envelope with the same content is taken as often as it comes, and lies there once.
    Raises Refused for another content, a wrong signature, and after the end.
    """
    if not may_cast(election.stage, election.opens_at, election.closes_at, now):
        raise Refused(_("The vote is over."))
    if len(token) != TOKEN or len(prefix) != PREFIX or not _is_envelope(sealed):
        raise Refused(_("This device sent something that is no ballot."))
    if not verifies(PublicKey.of_spki(election.envelope_key), prefix + token, signature):
        raise Refused(_("This envelope was not given out for this vote."))
    key = hashlib.sha256(token).hexdigest()
    try:
        with transaction.atomic():
            Envelope.objects.create(
                key=key, community_id=election.community_id, election=election, sealed=sealed
            )
            failpoint("ballots.casting")
    except IntegrityError:
        held = Envelope.objects.filter(key=key, election=election).first()
        if held is None or held.sealed != sealed:
            raise Refused(_("Another ballot was cast with this envelope.")) from None


def practise(election: Election, *, sealed: str, own: bytes) -> Read:
    """Open a practice ballot with the secret that its device tells, and say what is in it.

    It was sealed as a real one is, but nobody signed it: no urn takes it. Nothing is written down.
    Raises Refused for what is none, and where there is no urn.
    """
    if not may_practise(election.stage, election.urn_key):
        raise Refused(_("There is nothing to try here now."))
    options = frozenset(election.options.values_list("code", flat=True))
    try:
        plain = reveal(int.from_bytes(own, "big"), election.urn_key, election.code, sealed)
        read = read_message(
            unpacked(plain, 0)[0], election.code, options, least=election.min_choices,
            most=election.max_choices,
        )  # fmt: skip
    except ValueError:
        read = None
    if read is None:
        raise Refused(_("This device sent something that is no ballot."))
    return read


def written(signed: bytes) -> str:
    """Bytes as both sides send them."""
    return b64encode(signed).decode("ascii")


def _is_envelope(sealed: str) -> bool:
    try:
        return len(b64decode(sealed, validate=True)) == SEALED
    except ValueError:
        return False


def hand_out(
    entry: RollEntry, *, way: Mark, by: Actor, now: datetime, helper: str = "", companion: str = ""
) -> RollEntry:
    """Tick the roll for a paper ballot, at the desk or at the door, where two come with the box: both
    names stand beside the tick. Which sheet it is nobody notes.

    Raises TakenAlready when this person has taken a ballot in any way, Refused for one alone at a door.
    """
    if not may_hold(by) or by.account_id is None:
        raise NotPermitted(_("The election committee gives out paper."))
    if way not in {Mark.PAPER, Mark.DOOR}:
        raise ValueError("paper is given out at the desk or at the door")
    if way is Mark.DOOR and not companion.strip():
        raise Refused(_("Two go to a door: write who came along."), field="companion")
    election = entry.election
    if not may_draw(election.stage, election.opens_at, election.closes_at, now):
        raise Refused(_("Ballots are not given out now."))
    with transaction.atomic():
        held = entries_of_records(election, records_of(entry.person_id), is_locking=True)
        if any(one.mark in TAKEN for one in held):
            raise TakenAlready(_("A ballot was taken for this person already."))
        marked = RollEntry.objects.filter(pk=entry.pk, mark=Mark.NOT_TAKEN).update(
            mark=way,
            taken_on=local_day(now),
            handed_by_id=by.account_id,
            helper=helper.strip(),
            companion=companion.strip(),
        )
        if marked != 1:
            raise TakenAlready(_("A ballot was taken for this person already."))
    entry.refresh_from_db()
    return entry

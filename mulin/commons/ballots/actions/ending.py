"""The end of a vote: the urn is sealed and its keys go, its ballots come back, the board is shown."""

from base64 import b64decode
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from mulin.commons.ballots import keys
from mulin.commons.ballots.blindrsa import PublicKey, verifies
from mulin.commons.ballots.models import (
    Ballot,
    Constituency,
    Election,
    Envelope,
    RollEntry,
    Sheet,
    random_id,
)
from mulin.commons.ballots.permissions import may_hold, may_hold_key, may_seal
from mulin.commons.ballots.queries import LockGone, lines_of, opened_of, sheets_waiting
from mulin.commons.ballots.rules import (
    Kind,
    Mark,
    Read,
    State,
    may_end,
    read_message,
    receipt_of,
    urn_digest,
)
from mulin.commons.ballots.rules import may_seal as is_over
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile

FORMAT: Final = "mulin-opened-1"


def seal_urn(election: Election, *, by: Actor, now: datetime, token: str | None = None) -> Election:
    """End the vote: write the urn anew in an order of its own, hash and count it, destroy what
    signs. Raises Refused a moment before the last ballot may have come.
    """
    with recording(by, "ballots.seal_urn", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Election)
        if not may_seal(by):
            raise NotPermitted(_("The election committee seals the urn."))
        held = _held(election, State.OPEN)
        if not is_over(held.stage, held.closes_at, now):
            raise Refused(_("Ballots may still come in."))
        envelopes = list(Envelope.objects.filter(election=held).order_by("sealed"))
        Envelope.objects.filter(election=held).delete()
        Envelope.objects.bulk_create(envelopes, batch_size=500)
        held.urn_count = Envelope.objects.filter(election=held).count()
        held.urn_digest = urn_digest(
            Envelope.objects.filter(election=held).values_list("sealed", flat=True)
        )
        roll = RollEntry.objects.filter(election=held)
        for group in held.constituencies.all():
            marks = Counter(roll.filter(constituency=group).values_list("mark", flat=True))
            group.issued_count = marks[Mark.PAPER] + marks[Mark.DOOR]
            group.taken_count = group.issued_count + marks[Mark.ONLINE]
            group.save(update_fields=["taken_count", "issued_count"])
        held.drawn_online = roll.filter(mark=Mark.ONLINE).count()
        roll.update(answer="", digest="")
        held.constituencies.update(ballot_secret="")
        held.envelope_secret = ""
        # Nothing to open where nothing was cast online.
        held.state = State.SEALED if held.urn_count else State.OPENED
        held.save(
            update_fields=["urn_count", "urn_digest", "drawn_online", "envelope_secret", "state"]
        )
        act.on(held, after={"count": held.urn_count, "digest": held.urn_digest})
        keys.make_box_lock(held.pk)
        transaction.on_commit(lambda: keys.destroy_lock(held.pk))
    return held


def tidy_up(election: Election) -> None:
    """Write the database's file so that nothing in it says in which order envelopes came; outside
    of any transaction. Safe to run twice.

    PostgreSQL rewrites the table alone: its write-ahead log still holds what came in which order,
    as sealed envelopes.
    """
    keys.destroy_lock(election.pk)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"VACUUM FULL {connection.ops.quote_name(Envelope._meta.db_table)}")
            cursor.execute(f"VACUUM FULL {connection.ops.quote_name(RollEntry._meta.db_table)}")
        else:
            cursor.execute("PRAGMA secure_delete=ON")
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def note_tidy(election: Election) -> None:
    """Remember that the file was rewritten."""
    Election.objects.filter(pk=election.pk).update(is_tidy=True)


# Any: a file that somebody brings.
def take_in_opened(
    election: Election, opened: Mapping[str, Any], *, by: Actor, now: datetime,
    token: str | None = None,
) -> Election:  # fmt: skip
    """Take back what the key holders opened; each ballot is checked again, and whole or not at all.

    Raises Refused for the ballots of another urn, or not all of them.
    """
    with recording(by, "ballots.take_in_opened", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Election)
        if not may_hold_key(by):
            raise NotPermitted(_("A key holder brings the opened ballots."))
        held = _held(election, State.SEALED)
        told = _told(opened)
        if told is None or opened.get("election") != held.code:
            raise Refused(_("This is not the file that the opener wrote."), field="file")
        if not keys.has_box_lock(held.pk):
            raise LockGone
        ballots, unreadable = told
        is_whole = len(ballots) + unreadable == held.urn_count
        if opened.get("digest") != held.urn_digest or not is_whole:
            raise Refused(_("These are not all ballots of the sealed urn."), field="file")
        rows, void = _checked(held, ballots)
        Ballot.objects.bulk_create(sorted(rows, key=lambda one: one.receipt), batch_size=500)
        held.unreadable, held.void_online, held.state = unreadable, void, State.OPENED
        held.save(update_fields=["unreadable", "void_online", "state"])
        act.on(held, after={"ballots": len(rows), "void": void, "unreadable": unreadable})
    return held


def _told(opened: Mapping[str, Any]) -> tuple[list[tuple[bytes, bytes, bytes]], int] | None:
    try:
        if opened["format"] != FORMAT or int(opened["unreadable"]) < 0:
            return None
        ballots = [
            (one["m"].encode("ascii"), bytes.fromhex(one["p"]), b64decode(one["s"], validate=True))
            for one in opened["ballots"]
        ]
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    return ballots, int(opened["unreadable"])


def _checked(
    held: Election, ballots: Sequence[tuple[bytes, bytes, bytes]]
) -> tuple[list[Ballot], int]:
    """Rows for the board, and how many were void: badly signed, no ballot of ours, or twice there."""
    groups: dict[str, Constituency] = {one.code: one for one in held.constituencies.all()}
    keys_of = {code: PublicKey.of_spki(one.ballot_key) for code, one in groups.items()}
    options = frozenset(held.options.values_list("code", flat=True))
    rows: dict[bytes, Ballot] = {}
    void = 0
    for message, prefix, signature in ballots:
        read = read_message(
            message, held.code, options, least=held.min_choices, most=held.max_choices
        )
        is_good = (
            read is not None
            and read.constituency in groups
            and message not in rows
            and verifies(keys_of[read.constituency], prefix + message, signature)
        )
        if read is None or not is_good:
            void += 1
            continue
        rows[message] = _row(held, groups[read.constituency], read, (message, prefix, signature))
    return list(rows.values()), void


def _row(
    held: Election, group: Constituency, read: Read, parts: tuple[bytes, bytes, bytes]
) -> Ballot:
    message, prefix, signature = parts
    made = Ballot(
        id=random_id(), community_id=held.community_id, constituency=group,
        receipt=receipt_of(message), kind=read.kind, prefix=prefix.hex(),
        signature=signature.hex(),
    )  # fmt: skip
    # Under lock until publication: of an opened urn nobody reads a part either.
    made.message = keys.shut(held.pk, _about(made), message)
    return made


def _about(ballot: Ballot) -> str:
    return f"ballot {ballot.pk}"


def explain_urn(
    election: Election, *, words: str, by: Actor, now: datetime, token: str | None = None
) -> Election:
    """Say in the protocol why the urn's sum is not equal."""
    with recording(by, "ballots.explain_urn", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Election)
        if not may_hold(by):
            raise NotPermitted(_("The election committee explains a difference."))
        held = _held(election, State.OPENED)
        held.explanation = words.strip()
        held.save(update_fields=["explanation"])
        act.on(held, after={"explanation": held.explanation})
    return held


def publish(election: Election, *, by: Actor, now: datetime, token: str | None = None) -> Election:
    """Show the board. Raises Refused while a sum is neither equal nor explained, a sheet undecided
    or the sample not counted by hand.
    """
    with recording(by, "ballots.publish", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Election)
        if not may_hold(by):
            raise NotPermitted(_("The election committee publishes."))
        held = _held(election, State.OPENED)
        if sheets_waiting(held):
            raise Refused(_("Some sheets are not read twice, not decided, or not counted by hand."))
        if not may_end((line.missing, line.explanation) for line in lines_of(held)):
            raise Refused(_("A sum is not equal. Explain the difference first."))
        _unlock(held)
        held.state, held.published_on = State.PUBLISHED, local_day(now)
        held.save(update_fields=["state", "published_on"])
        act.on(held, before={"state": State.OPENED}, after={"state": State.PUBLISHED})
    return held


_READINGS: Final = ("machine", "first", "second", "decided", "by_hand")


def _unlock(held: Election) -> None:
    """What was opened and read stands in clear from now on. Part of publishing."""
    options = frozenset(held.options.values_list("code", flat=True))
    ballots = list(Ballot.objects.filter(constituency__election=held))
    for ballot in ballots:
        try:
            message = keys.unshut(held.pk, _about(ballot), ballot.message)
        except keys.KeysGone:
            raise LockGone from None
        read = read_message(
            message, held.code, options, least=held.min_choices, most=held.max_choices
        )
        ballot.message = message.decode("ascii")
        if read is not None and read.kind is Kind.VALID:
            ballot.choices = list(read.choices)
    Ballot.objects.bulk_update(ballots, ["message", "choices"], batch_size=500)
    sheets = list(Sheet.objects.filter(constituency__election=held).select_related("constituency"))
    for sheet in sheets:
        for name in _READINGS:
            setattr(sheet, name, opened_of(sheet, getattr(sheet, name)))
    Sheet.objects.bulk_update(sheets, _READINGS, batch_size=200)


def _held(election: Election, state: State) -> Election:
    held: Election = Election.objects.select_for_update().get(pk=election.pk)
    if held.stage is not state:
        raise TakenMeanwhile(_("This vote is at another stage now. Look at the page again."))
    return held

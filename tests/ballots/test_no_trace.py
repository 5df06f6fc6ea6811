"""After a vote nothing that is kept ties a voter to a ballot: no row, log, write-ahead log, file
layout or backup. Every way in which it could be is looked for.
"""

import json
import logging
import random
import re
from base64 import b64encode
from itertools import combinations
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.test import Client

from mulin.commons.ballots import keys
from mulin.commons.ballots.actions.ending import tidy_up
from mulin.commons.ballots.client import Device
from mulin.commons.ballots.models import (
    Ballot,
    Constituency,
    Envelope,
    PrintRun,
    RollEntry,
    Sheet,
)
from mulin.ground.audit.models import Act
from mulin.ground.notify.models import Message
from mulin.ground.upkeep.archive import unpack
from mulin.ground.upkeep.keys import backup_key
from mulin.ground.upkeep.making import back_up
from mulin.kit.clock import standing_still
from mulin.kit.logs import JsonLine
from mulin.kit.scoping import in_community
from tests.ballots.conftest import AFTER, DURING, make_vote, neighbour
from tests.cast import make_cast

VOTERS = 24
#: The room's own table that keeps published ballots.
SEASON_VOTE = "doublefive.SeasonVote"
#: Chance puts so many so well in order less than once in a hundred thousand times.
MOST_ORDER = 0.65
#: The rest of an envelope may lie on another page of the file.
BEGINNING = 200


class Listener(logging.Handler):
    """Every line of every log, as it would be written."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.setFormatter(JsonLine())
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))


def rows_of_all_tables():
    """(table, row in words) of everything in the database, in the order it lies there."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            for row in cursor.fetchall():
                yield table, [str(value) for value in row]


def order(found, cast):
    """Kendall's tau between two orders of the same things: 1 the same, -1 turned round."""
    place = {one: at for at, one in enumerate(cast)}
    pairs = list(combinations([place[one] for one in found], 2))
    return sum(1 if one < other else -1 for one, other in pairs) / len(pairs)


def files_of_database():
    path = Path(settings.DATABASES["default"]["NAME"])
    return path, path.with_name(path.name + "-wal")


@pytest.fixture
def held(transactional_db, pooled):
    """A vote by two dozen neighbours, each from an address of their own, in an order by chance."""
    cast = make_cast()
    with in_community(cast.xinjie):
        vote = make_vote(cast).draft()
        members = [neighbour(cast, number) for number in range(VOTERS)]
        vote.local = [one.person for one in members]
        vote.enrol(local=0, new=1).freeze().ready().open()
    vote.facts = {  # what the test knows and the server must not
        "members": members, "cast": [], "secrets": {}, "listener": Listener(), "acts": 0,
    }  # fmt: skip
    with in_community(cast.xinjie):
        vote.facts["acts"] = Act.objects.count(), Message.objects.count()
    root = logging.getLogger()
    before = root.level
    root.addHandler(vote.facts["listener"])
    root.setLevel(logging.INFO)
    try:
        random.Random(7).shuffle(members)
        for number, member in enumerate(members):
            _vote(vote, member, number)
    finally:
        root.removeHandler(vote.facts["listener"])
        root.setLevel(before)
    return vote


def _vote(vote, member, number):
    """What a browser does: the page and the draw with a session, the cast with nothing at all."""
    told = {"REMOTE_ADDR": f"203.0.113.{number}", "HTTP_USER_AGENT": f"phone-of-{member.name}-x"}
    page, code = vote.cast.enter(Client(**told), member), vote.election.code
    with standing_still(DURING):
        facts = page.get(f"/ballots/vote/{code}/").context["facts"]
        device = Device(
            election=code, constituency=facts["constituency"], envelope_key=facts["envelopeKey"],
            ballot_key=facts["ballotKey"], urn_key=facts["urnKey"], choices=[str(number % 7 + 1)],
        )  # fmt: skip
        asked = {"envelope": device.envelope, "ballot": device.ballot}
        answer = page.post(
            facts["drawUrl"],
            json.dumps({name: b64encode(value).decode() for name, value in asked.items()}),
            content_type="application/json",
        )
        signed = answer.json()
        ballot = device.finished(tuple(keys_bytes(signed[name]) for name in ("envelope", "ballot")))
        body = {
            "token": b64encode(ballot.token).decode(), "prefix": b64encode(ballot.prefix).decode(),
            "signature": b64encode(ballot.signature).decode(), "sealed": ballot.sealed,
        }  # fmt: skip
        answer = Client(**told).post(
            facts["castUrl"], json.dumps(body), content_type="application/json"
        )
    assert answer.status_code == 202
    assert not answer.cookies
    vote.facts["cast"].append(ballot.sealed)
    vote.facts["secrets"][ballot.sealed] = (
        ballot.sealed, ballot.receipt, device.message.decode(),
        json.loads(device.message)["n"], body["token"], body["signature"], body["prefix"],
    )  # fmt: skip


def keys_bytes(text):
    from base64 import b64decode  # noqa: PLC0415  beside its only use

    return b64decode(text)


def marks_of(vote):
    """Whatever names a voter, by voter: not the name of a day or a word that all share."""
    with in_community(vote.cast.xinjie):
        entries = dict(RollEntry.objects.values_list("person_id", "pk"))
    return {
        member.name: (
            str(member.account.pk), str(member.person.pk), str(entries[member.person.pk]),
            member.name, f"phone-of-{member.name}-x", f"203.0.113.{number}",
        )
        for number, member in enumerate(vote.facts["members"])
    }  # fmt: skip


def test_no_row_says_when_or_in_which_order():
    """By the shape of the tables: the roll knows a day, the urn and the board not even that."""
    times = {
        (model.__name__, field.name)
        for model in (RollEntry, Envelope, Ballot, Sheet, PrintRun, apps.get_model(SEASON_VOTE))
        for field in model._meta.fields
        if isinstance(field, models.DateField | models.TimeField)
    }
    assert times == {("RollEntry", "taken_on")}
    assert [
        field.name for field in RollEntry._meta.fields if type(field) is models.DateTimeField
    ] == []
    assert {field.name for field in Envelope._meta.fields} == {
        "key", "community", "election", "sealed",
    }  # fmt: skip


def test_no_key_leads_from_the_urn_or_the_board_to_the_roll():
    """Nor over a third table: what the two sides have in common is the election."""
    urn = {Envelope, Ballot, Sheet, PrintRun, apps.get_model(SEASON_VOTE)}
    people = {RollEntry, *_with_key_to("people.Person")}
    assert not urn & people
    for model in urn:
        reached = {field.related_model for field in model._meta.fields if field.related_model}
        assert not reached & people - {apps.get_model("community.Account")}
    assert apps.get_model("community.Account") not in {
        field.related_model for model in (Envelope, Ballot) for field in model._meta.fields
    }


def _with_key_to(label):
    wanted = apps.get_model(label)
    return {
        model
        for model in apps.get_models()
        if any(field.related_model is wanted for field in model._meta.fields)
    }


def test_nothing_that_is_kept_ties_a_voter_to_a_ballot(held, tmp_path, on_postgres):
    made = marks_of(held)
    secrets = held.facts["secrets"]
    cast = held.facts["cast"]
    with in_community(held.cast.xinjie):
        assert (Act.objects.count(), Message.objects.count()) == held.facts["acts"]
        # 1 while the vote is open: rows, and nothing readable of any ballot
        _no_row_names_both(made, secrets)
        _nothing_is_readable(secrets)
        lying = Constituency.objects.get(election=held.election, code="local").ballot_secret
        if not on_postgres:
            _lies_in_the_order_of_its_key()
    # 2 logs: of the voter's pages not a line, and never an address or a device
    _no_line_tells(held.facts["listener"].lines, made, secrets)
    # 3 a backup taken in the middle of it
    with in_community(held.cast.xinjie):
        lock = keys._file(held.election.pk).read_bytes()
    if not on_postgres:
        _no_backup_tells(tmp_path, lock, secrets)
    # 4 after the end: the urn written anew, the file too, the keys gone for good
    with in_community(held.cast.xinjie):
        held.seal()
    tidy_up(held.election)
    with in_community(held.cast.xinjie):
        with pytest.raises(keys.KeysGone):
            keys.unlock(held.election.pk, lying)
        (_lies_sorted_on_postgres if on_postgres else _lies_sorted_in_the_file)(cast)
        held.count()
        _no_row_names_both(made, secrets)


def _no_row_names_both(made, secrets):
    for table, row in rows_of_all_tables():
        words = " ".join(row)
        ballots = [key for key, parts in secrets.items() if any(one in words for one in parts)]
        if not ballots:
            continue
        voters = [
            name
            for name, marks in made.items()
            if any(one in row or one in words.split() for one in marks)
        ]
        assert (table, voters) == (table, [])


def _nothing_is_readable(secrets):
    """Only the sealed envelope itself may be anywhere: no receipt, message, nonce, token."""
    everything = "\n".join(" ".join(row) for _table, row in rows_of_all_tables())
    for key, parts in secrets.items():
        assert key in everything
        assert [one for one in parts[1:] if one in everything] == []


def _lies_in_the_order_of_its_key():
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM ballots_envelope")
        natural = [row[0] for row in cursor.fetchall()]
        assert natural == sorted(natural)
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'ballots_envelope'")
        assert cursor.fetchone()[0].endswith("WITHOUT ROWID")


def _no_line_tells(lines, made, secrets):
    assert lines != [] or logging.getLogger().isEnabledFor(logging.INFO)
    for line in lines:
        assert "ballots:" not in line
        assert not any(one in line for parts in secrets.values() for one in parts)
        assert not any(
            f'"{one}"' in line or f" {one} " in line for marks in made.values() for one in marks
        )


def _no_backup_tells(folder, lock, secrets):
    backup = back_up(folder, now=AFTER).path
    into = folder / "unpacked"
    into.mkdir()
    with backup.open("rb") as file:
        unpack(file, backup_key(), into)
    content = b"".join(path.read_bytes() for path in into.rglob("*") if path.is_file())
    assert next(iter(secrets))[:BEGINNING].encode() in content
    assert lock not in content
    for parts in secrets.values():
        assert not any(one.encode() in content for one in parts[1:])


def _lies_sorted_in_the_file(cast):
    path, log = files_of_database()
    content = path.read_bytes()
    # A page that was split while the file was written anew keeps what went to the next one.
    places = sorted(
        (found.start(), one)
        for one in cast
        for found in re.finditer(re.escape(one[:BEGINNING].encode()), content)
    )
    assert {one for _place, one in places} == set(cast)
    first, last = (
        sorted(cast, key=[one for _place, one in turned].index) for turned in (places, places[::-1])
    )
    assert abs(order(first, cast)) < MOST_ORDER
    assert abs(order(last, cast)) < MOST_ORDER
    assert not log.exists() or log.stat().st_size == 0


def _lies_sorted_on_postgres(cast):
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM ballots_envelope ORDER BY ctid")
        natural = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT count(DISTINCT xmin::text) FROM ballots_envelope")
        transactions = cursor.fetchone()[0]
    assert natural == sorted(cast)
    assert transactions == 1


def test_the_search_would_find_something(running):
    """The same search sees a row that names both, and a line of a log."""
    running.election.explanation = "小王 0123456789"
    running.election.save()
    with pytest.raises(AssertionError):
        _no_row_names_both({"小王": ("小王",)}, {"sealed": ("0123456789",)})
    with pytest.raises(AssertionError):
        _no_line_tells(['{"route": "ballots:draw"}'], {}, {})

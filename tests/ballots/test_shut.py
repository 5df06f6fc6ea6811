"""Between the end and publication what was read and opened lies under a lock that no backup holds."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.test import Client

from mulin.commons.ballots import keys
from mulin.commons.ballots.actions.anew import read_anew
from mulin.commons.ballots.actions.elections import wipe_trial
from mulin.commons.ballots.actions.ending import publish
from mulin.commons.ballots.actions.forgetting import forget_roll
from mulin.commons.ballots.actions.paper import (
    count_by_hand,
    decide_sheet,
    draw_sample,
    note_box,
    print_ballots,
    read_sheet,
    seen,
)
from mulin.commons.ballots.actions.pictures import keep_page
from mulin.commons.ballots.actions.voting import hand_out
from mulin.commons.ballots.models import Ballot, BallotFile, RollEntry, Sheet, SheetPicture
from mulin.commons.ballots.queries import (
    LockGone,
    lines_of,
    published_ballots,
    sheets_to_count,
    sheets_to_decide,
)
from mulin.commons.ballots.rules import Mark, State
from mulin.commons.ballots.sheets import CODE, ballot_form
from mulin.ground.community.rules import system
from mulin.ground.upkeep.archive import unpack
from mulin.ground.upkeep.keys import backup_key
from mulin.ground.upkeep.making import back_up
from mulin.kit.clock import standing_still
from mulin.kit.paper.definition import SheetCode, pages_of
from mulin.kit.paper.reading import ReadField, ReadPage
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community
from tests.ballots.conftest import AFTER, DURING, make_vote
from tests.ballots.test_no_trace import Listener, files_of_database, rows_of_all_tables
from tests.cast import make_cast
from tests.clock import NOW

#: Options that are written like nothing else, and as they stand in whatever was read.
ZEBRA, GNU = "zebra7", "gnu8"
OPTIONS = ((ZEBRA, "斑马线"), (GNU, "角马路"), ("other9", "别的"))
READ = (f'"{ZEBRA}"', f'"{GNU}"', f"'{ZEBRA}'", f"'{GNU}'")
JPEG = b"\xff\xd8\xff"


def mixed(vote):
    """Two vote online, five on paper; the vote is over, the box is counted."""
    vote.draft(options=OPTIONS, max_choices=2, constituencies=(("local", "本地居民", "在册"),))
    vote.enrol(local=7, new=0).freeze()
    print_ballots(vote.group("local"), count=5, by=vote.committee.actor, now=NOW)
    vote.ready().open()
    for person in vote.local[:2]:
        vote.vote(person, [ZEBRA])
    for row in RollEntry.objects.filter(mark=Mark.NOT_TAKEN):
        hand_out(row, way=Mark.PAPER, by=vote.committee.actor, now=DURING)
    vote.seal()
    note_box(
        vote.group("local"), printed=5, cancelled=0, not_returned=0, in_box=5,
        by=vote.committee.actor, now=AFTER,
    )  # fmt: skip
    return vote


def photographed(vote, marks):
    """A picture as the reader tells it; what the machine saw stands at its sheet."""
    form = ballot_form(vote.group("local"))
    fields = tuple(
        ReadField(one.field.name, ("yes",) if one.field.name[1:] in marks else (), "", 1.0,
                  is_sure=True, is_empty=False)
        for one in pages_of(form)[0].placed
    )  # fmt: skip
    code = SheetCode(CODE, 1, 1, "ABCDEFGHJK")
    page = ReadPage(code, "", _picture(), is_flat=True, fields=fields, of=1)
    file = BallotFile.objects.create(
        community=vote.cast.xinjie, constituency=vote.group("local"), kept="x"
    )
    keep_page(file, page, form)
    file.delete()


def _picture():
    import numpy as np  # noqa: PLC0415  as above

    from tests.support.filledin import jpeg  # noqa: PLC0415  it needs the reader's libraries

    return jpeg(np.full((1782, 1260, 3), 255, np.uint8))


def read_all(vote):
    """Every reading that there is: by machine, first, second, decided, by hand."""
    group, observer = vote.group("local"), vote.observer.actor
    zebra, gnu = (seen(group, choices=[one], is_unclear=False) for one in (ZEBRA, GNU))
    photographed(vote, [ZEBRA])
    for number, sheet in enumerate(Sheet.objects.order_by("number")):
        read_sheet(sheet, zebra, by=vote.committee.actor, now=AFTER)
        if sheet.machine is None:
            read_sheet(sheet, gnu if number % 2 else zebra, by=vote.reader.actor, now=AFTER)
    for sheet in sheets_to_decide(vote.election):
        decide_sheet(sheet, gnu, reason="看得清", by=observer, now=AFTER)
    vote.count()
    vote.election = draw_sample(vote.election, number="03 17", by=observer, now=AFTER)
    for sheet in sheets_to_count(vote.election):
        final = gnu if sheet.decided else zebra
        count_by_hand(sheet, final, by=observer, now=AFTER)
    vote.election.refresh_from_db()


@pytest.fixture
def listener():
    import logging  # noqa: PLC0415  beside its only use

    heard, root = Listener(), logging.getLogger()
    before = root.level
    root.addHandler(heard)
    root.setLevel(logging.INFO)
    yield heard
    root.removeHandler(heard)
    root.setLevel(before)


def test_no_row_file_log_or_backup_shows_a_part_of_a_result_before_publication(
    transactional_db, pooled, tmp_path, on_postgres, listener
):
    """Whoever reads the database, the installer included, finds nothing of what was read."""
    cast = make_cast()
    with in_community(cast.xinjie):
        vote = mixed(make_vote(cast))
        read_all(vote)
        assert Sheet.objects.filter(first__isnull=False).count() == 5
        assert Ballot.objects.count() == 2
        lying = [(table, row) for table, row in rows_of_all_tables()]
    told = [table for table, row in lying if any(one in " ".join(row) for one in READ)]
    assert told == []
    # The option itself stands in the terms, and nowhere else.
    named = {table for table, row in lying if any(ZEBRA in value for value in row)}
    assert named == {"ballots_option"}
    assert not any(one in line for line in listener.lines for one in READ)
    lock = keys._box(vote.election.pk).read_bytes()
    with in_community(cast.xinjie):
        pictures = [Path(one.picture.path).read_bytes() for one in SheetPicture.objects.all()]
    assert [one for one in pictures if JPEG in one[:8]] == []
    assert len(pictures) == 1
    if not on_postgres:
        path, log = files_of_database()
        _says_nothing(path.read_bytes() + (log.read_bytes() if log.exists() else b""))
        backup = back_up(tmp_path, now=AFTER).path
        into = tmp_path / "unpacked"
        into.mkdir()
        with backup.open("rb") as file:
            unpack(file, backup_key(), into)
        content = b"".join(one.read_bytes() for one in into.rglob("*") if one.is_file())
        assert vote.election.urn_digest.encode() in content
        assert lock not in content
        _says_nothing(content)
    # The page of a picture shows it all the same, to those who count.
    page = cast.enter(Client(), vote.observer)
    with in_community(cast.xinjie), standing_still(AFTER):
        pk = SheetPicture.objects.get().pk
        shown = page.get(f"/ballots/pictures/{vote.election.code}/{pk}/")
        assert shown.content[:3] == JPEG
        assert "no-store" in shown["Cache-Control"]
        # Published, everything stands there as it was read.
        publish(vote.election, by=vote.committee.actor, now=AFTER)
        vote.election.refresh_from_db()
        ballots = published_ballots(vote.election)["local"]
        assert len(ballots) == 7
        assert ballots.count([ZEBRA]) + ballots.count([GNU]) == 7
        assert ballots.count([GNU]) == Sheet.objects.filter(decided__isnull=False).count() > 0
        assert {tuple(one.choices) for one in Ballot.objects.all()} == {(ZEBRA,)}
        assert any(f'"{ZEBRA}"' in " ".join(row) for _table, row in rows_of_all_tables())


def _says_nothing(content):
    assert not [one for one in READ if one.encode() in content]


@pytest.fixture
def counted(vote):
    """The mixed vote, in the community's scope."""
    return mixed(vote)


def test_two_readings_of_a_sheet_are_compared_unopened_and_two_sheets_look_different(counted):
    group = counted.group("local")
    zebra = seen(group, choices=[ZEBRA], is_unclear=False)
    one, other = Sheet.objects.order_by("number")[:2]
    for sheet in (one, other):
        for member in (counted.committee, counted.reader):
            read_sheet(sheet, zebra, by=member.actor, now=AFTER)
    one.refresh_from_db()
    other.refresh_from_db()
    assert set(one.first) == {"kind", "shut"}
    assert one.first == one.second != other.first == other.second
    assert sheets_to_decide(counted.election) == []
    (line,) = (line for line in lines_of(counted.election) if line.paper)
    assert line.paper.valid == 2


def test_how_much_was_marked_is_not_seen_from_the_length(counted):
    group, sheet = counted.group("local"), Sheet.objects.first()
    lengths = set()
    for choices in ([ZEBRA], [GNU], [GNU, ZEBRA]):
        read_sheet(
            sheet, seen(group, choices=choices, is_unclear=False), by=counted.committee.actor,
            now=AFTER,
        )  # fmt: skip
        sheet.refresh_from_db()
        lengths.add(len(sheet.first["shut"]))
        Sheet.objects.update(first=None, first_by=None)
        sheet.refresh_from_db()
    assert len(lengths) == 1


def test_when_the_lock_is_gone_all_is_read_anew_and_nothing_is_lost(counted, client):
    """As after a restore on another machine: no backup holds the lock."""
    read_all(counted)
    election, by = counted.election, counted.committee.actor
    with pytest.raises(Refused):
        read_anew(election, reason="恢复", by=by, now=AFTER)
    keys.destroy_box_lock(election.pk)
    with pytest.raises(LockGone):
        publish(election, by=by, now=AFTER)
    counted.cast.enter(client, counted.committee)
    at = f"/ballots/held/{election.code}/"
    with standing_still(AFTER):
        assert client.get(at).context["lacks_lock"]
        assert client.post(f"{at}anew/", {"reason": " "}).status_code == 422
        with pytest.raises(NotPermitted):
            read_anew(election, reason="恢复", by=counted.observer.actor, now=AFTER)
        assert client.post(f"{at}anew/", {"reason": "换了机器"}).status_code == 302
        assert not client.get(at).context["lacks_lock"]
    counted.election = type(election).objects.get(pk=election.pk)
    assert (counted.election.stage, Ballot.objects.count()) == (State.SEALED, 0)
    assert (SheetPicture.objects.count(), counted.election.sample_number) == (0, "")
    read_all(counted)
    publish(counted.election, by=by, now=AFTER)
    counted.election.refresh_from_db()
    assert len(published_ballots(counted.election)["local"]) == 7


def test_with_the_lock_gone_nobody_reads_into_the_void(counted):
    keys.destroy_box_lock(counted.election.pk)
    what = seen(counted.group("local"), choices=[ZEBRA], is_unclear=False)
    with pytest.raises(LockGone):
        read_sheet(Sheet.objects.first(), what, by=counted.committee.actor, now=AFTER)
    with pytest.raises(LockGone):
        counted.count()


def test_the_lock_goes_with_the_roll_and_with_a_trial(counted, django_capture_on_commit_callbacks):
    read_all(counted)
    publish(counted.election, by=counted.committee.actor, now=AFTER)
    counted.election.refresh_from_db()
    assert keys.has_box_lock(counted.election.pk)  # its pictures may still be looked at
    days = counted.election.complaint_days + 1
    with django_capture_on_commit_callbacks(execute=True):
        forget_roll(
            counted.election, by=system(counted.cast.xinjie.pk), now=AFTER + days * (AFTER - NOW)
        )
    assert not keys.has_box_lock(counted.election.pk)


def test_a_wiped_trial_leaves_no_lock(vote, django_capture_on_commit_callbacks):
    made = vote.draft(is_trial=True, is_online=False).enrol().freeze().open().seal()
    assert keys.has_box_lock(made.election.pk)
    with django_capture_on_commit_callbacks(execute=True):
        wipe_trial(made.election, by=made.committee.actor, now=AFTER)
    assert not keys.has_box_lock(made.election.pk)


def test_two_who_make_the_lock_at_once_have_one(vote):
    keys.make_box_lock(1)
    closed = keys.shut(1, "sheet 1", b"[]")
    keys.make_box_lock(1)
    assert keys.unshut(1, "sheet 1", closed) == b"[]"
    with pytest.raises(keys.KeysGone):
        keys.unshut(1, "sheet 2", closed)
    keys.destroy_box_lock(1)


def test_what_is_laid_open_for_the_reader_is_gone_afterwards_even_if_it_was_killed():
    folder = Path(settings.DATA_DIR) / "urn" / "read"
    with keys.laid_open(b"one") as path:
        assert path.read_bytes() == b"one"
        assert path.stat().st_mode & 0o077 == 0
    assert list(folder.iterdir()) == []
    (folder / "left").write_bytes(b"of a run that was killed")
    with keys.laid_open(b"two") as path:
        assert [one.name for one in folder.iterdir()] == [path.name]
    assert not default_storage.exists("urn/read")

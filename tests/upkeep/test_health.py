"""How the installation is: to monitors in a word, to its operator line by line."""

import os
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import connection
from django.test import Client
from django.utils import translation
from django_q.models import Failure

from mulin.ground.notify.models import Message, SweepRun
from mulin.ground.notify.queue import group_of
from mulin.ground.upkeep import health, installation
from mulin.ground.upkeep.rules import TRY
from mulin.kit.clock import standing_still
from mulin.kit.scoping import in_community
from tests.clock import NOW


@pytest.fixture(autouse=True)
def _still():
    with standing_still(NOW):
        yield


@pytest.fixture
def swept(db):
    return SweepRun.objects.create(name="outbox", started_at=NOW - timedelta(minutes=1))


def told(cast):
    """Every sign by its English name: tone and word."""
    with in_community(cast.xinjie), translation.override("en"):
        return {
            str(sign.label): (sign.tone.name, str(sign.word))
            for sign in health.signs(cast.xinjie.pk, NOW)
        }


def test_all_is_well(cast, swept, settings, tmp_path):
    settings.MULIN_BACKUP_DIR = str(tmp_path)
    backup(tmp_path, hours=10)
    settings.MULIN_CERTIFICATE = str(certificate(tmp_path, days=60))
    SweepRun.objects.create(name=TRY, started_at=NOW, finished_at=NOW)
    assert told(cast) == {
        "Database": ("GOOD", "reads and writes"),
        "Background worker": ("GOOD", "works"),
        "Disk": ("GOOD", "has room"),
        "Backup": ("GOOD", "made"),
        "Try of a restore": ("GOOD", "worked"),
        "Certificate": ("GOOD", "is valid"),
        "Messages": ("GOOD", "none is late"),
        "Jobs": ("GOOD", "none failed"),
        "Version": ("UNKNOWN", "0.1.0"),
    }


def test_a_fresh_installation_says_what_is_not_set_up(cast):
    found = told(cast)
    assert found["Background worker"] == ("BAD", "has not worked yet")
    assert found["Backup"] == ("UNKNOWN", "not set up")
    assert found["Try of a restore"] == ("UNKNOWN", "not tried yet")
    assert found["Certificate"] == ("UNKNOWN", "not watched")


def test_a_silent_worker(cast, swept):
    swept.started_at = NOW - timedelta(minutes=16)
    swept.save()
    assert told(cast)["Background worker"] == ("BAD", "is silent")


def test_a_database_that_may_not_be_written_to(cast):
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SAVEPOINT before")
            cursor.execute("SET TRANSACTION READ ONLY")
            assert not health.is_writable()
            cursor.execute("ROLLBACK TO SAVEPOINT before")
    else:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = 1")
            assert not health.is_writable()
            cursor.execute("PRAGMA query_only = 0")
    assert health.is_writable()


def test_a_database_older_than_the_code(cast, monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE app = 'rounds' AND name = '0001_initial'"
        )
    assert installation.pending_migrations()
    assert told(cast)["Database"] == ("BAD", "is older than this Mulin")


def test_a_full_disk(cast, monkeypatch):
    monkeypatch.setattr(health, "SMALLEST_FREE_BYTES", installation.free_bytes() + 10**12)
    assert told(cast)["Disk"] == ("BAD", "nearly full")


def test_backups_that_are_missing_or_old(cast, settings, tmp_path):
    settings.MULIN_BACKUP_DIR = str(tmp_path)
    (tmp_path / "something.else").touch()
    assert told(cast)["Backup"] == ("BAD", "none yet")
    backup(tmp_path, hours=37)
    assert told(cast)["Backup"] == ("BAD", "too old")
    backup(tmp_path, hours=35)
    assert told(cast)["Backup"] == ("GOOD", "made")
    settings.MULIN_BACKUP_DIR = str(tmp_path / "not there")
    assert told(cast)["Backup"] == ("BAD", "none yet")


def test_a_restore_that_failed_or_was_tried_long_ago(cast):
    run = SweepRun.objects.create(name=TRY, started_at=NOW, finished_at=NOW - timedelta(days=11))
    assert told(cast)["Try of a restore"] == ("SOON", "long ago")
    run.failures_in_a_row = 1
    run.save()
    assert told(cast)["Try of a restore"] == ("BAD", "failed")


def test_a_certificate_that_runs_out(cast, settings, tmp_path):
    for days, expected in (
        (22, ("GOOD", "is valid")), (20, ("SOON", "runs out soon")), (-1, ("BAD", "has run out")),
    ):  # fmt: skip
        settings.MULIN_CERTIFICATE = str(certificate(tmp_path, days=days))
        assert told(cast)["Certificate"] == expected
    settings.MULIN_CERTIFICATE = str(tmp_path / "none.pem")
    assert told(cast)["Certificate"] == ("BAD", "cannot be read")


def test_a_message_that_should_have_left(cast):
    with in_community(cast.xinjie):
        Message.objects.create(
            community=cast.xinjie, recipient_kind="account", recipient_id=1, way="sms", key="k",
            state="waiting", due_at=NOW - timedelta(hours=2), topic="need", created_at=NOW,
        )  # fmt: skip
    assert told(cast)["Messages"] == ("BAD", "are late")


def test_failed_jobs_and_sweeps(cast):
    Failure.objects.create(
        id="1", name="pack", func="f", success=False, started=NOW, stopped=NOW,
        group=group_of(cast.xinjie.pk), result="ValueError: x",
    )  # fmt: skip
    SweepRun.objects.create(name="broken", started_at=NOW, failures_in_a_row=2)
    assert told(cast)["Jobs"] == ("BAD", "2 failed")


# ── pages ────────────────────────────────────────────────────────────────────────────────────


def test_a_monitor_hears_one_word_whatever_it_calls_the_host(cast, swept):
    for address in ("/health/", "/health/all/"):
        answer = Client().get(address, HTTP_HOST="10.0.0.7")
        assert (answer.status_code, answer.content) == (200, b"ok\n")
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers
    swept.delete()
    whole = Client().get("/health/all/")
    assert (whole.status_code, whole.content) == (503, b"not ok\n")
    assert Client().get("/health/").status_code == 200


@pytest.mark.django_db
def test_a_server_without_its_tables_is_not_ok():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE community_community RENAME TO elsewhere")
        try:
            cursor.execute("SAVEPOINT before")
            answer = Client().get("/health/")
            assert (answer.status_code, answer.content) == (503, b"not ok\n")
        finally:
            cursor.execute("ROLLBACK TO SAVEPOINT before")
            cursor.execute("ALTER TABLE elsewhere RENAME TO community_community")


def test_asking_writes_nothing_and_asks_little(cast, swept, django_assert_max_num_queries):
    with django_assert_max_num_queries(3) as captured:
        Client().get("/health/all/")
    assert all(query["sql"].startswith("SELECT") for query in captured.captured_queries)


def test_the_operator_reads_it_in_chinese(cast, swept, client):
    page = cast.enter(client, cast.installer).get("/installation/")
    text = page.content.decode()
    for words in ("运行情况", "后台", "备份", "还没设置"):
        assert words in text
    assert cast.enter(client, cast.chen).get("/installation/").status_code == 404


def backup(folder, *, hours):
    path = folder / f"mulin-2026-{hours}.mulin"
    path.touch()
    made = (NOW - timedelta(hours=hours)).timestamp()
    os.utime(path, (made, made))


def certificate(folder, *, days):
    """A certificate of our own that is good until so many days from now."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "xinjie.example.cn")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=90))
        .not_valid_after(NOW + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return path

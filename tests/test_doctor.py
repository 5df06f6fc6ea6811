"""What the doctor finds, and what no longer troubles it once it is seen to."""

import pytest
from django.db import connection
from django.utils import translation
from django_otp.plugins.otp_totp.models import TOTPDevice

from mulin import doctor
from mulin.ground.notify.models import ServiceAccount, SweepRun
from mulin.ground.upkeep import installation
from mulin.kit.scoping import in_community
from tests.factories.community import AccountFactory, CommunityFactory


def sources(*, danger):
    return {one.source for one in doctor.examine() if one.is_danger is danger}


@pytest.mark.django_db
def test_a_password_without_a_second_factor_is_a_danger():
    account = AccountFactory(login_name="xiaochen")
    AccountFactory(login_name=None, phone="13800000001")
    with translation.override("en"):
        said = [one.text for one in doctor.examine() if one.source == "second-factor"]
    assert said == ["Accounts that sign in with a password and no second factor: xiaochen"]
    TOTPDevice.objects.create(user=account, confirmed=True)
    assert "second-factor" not in sources(danger=True)


@pytest.mark.django_db
def test_a_silent_worker_is_a_danger():
    assert "worker" in sources(danger=True)
    SweepRun.objects.create(name="outbox", finished_at=doctor.timezone.now())
    assert "worker" not in sources(danger=True)


@pytest.mark.django_db
def test_the_demonstration_and_debugging_are_dangers(settings):
    settings.MULIN_DEMO = True
    settings.DEBUG = True
    settings.ALLOWED_HOSTS = ["*"]
    assert {"demo", "hosts", "debug"} <= sources(danger=True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("version", "is_danger"),
    [((3, 40, 1), True), ((3, 51, 2), True), ((3, 51, 3), False), ((3, 53, 4), False)],
)
def test_a_sqlite_with_the_race_is_a_danger(monkeypatch, version, is_danger):
    if connection.vendor != "sqlite":
        pytest.skip("SQLite is not in use")
    monkeypatch.setattr(installation.sqlite3, "sqlite_version_info", version)
    assert ("sqlite" in sources(danger=True)) is is_danger


@pytest.mark.django_db
def test_keys_that_others_may_read_are_a_danger(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    keys = tmp_path / "keys.json"
    keys.write_text("{}")
    keys.chmod(0o644)
    assert "file-mode" in sources(danger=True)
    keys.chmod(0o600)
    assert "file-mode" not in sources(danger=True)
    assert "keys" in sources(danger=False)


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_table_without_its_wall_is_a_danger():
    assert {"row-security", "database-role"} & sources(danger=True) == set()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE people_person NO FORCE ROW LEVEL SECURITY")
    assert "row-security" in sources(danger=True)


@pytest.mark.django_db
def test_dangers_come_first():
    assert [one.is_danger for one in doctor.examine()] == sorted(
        (one.is_danger for one in doctor.examine()), reverse=True
    )


@pytest.mark.django_db
def test_what_a_service_account_lacks_is_told_until_it_is_there(settings):
    settings.HTTPS = True
    community = CommunityFactory(name="新街社区")
    assert "wechat" not in sources(danger=False)
    with in_community(community):
        account = ServiceAccount.objects.create(
            community=community, app_id="wx1", app_secret="s", domain_code="d", callback_token="t"
        )
    with translation.override("en"):
        said = [one.text for one in doctor.examine() if one.source == "wechat"]
    assert said == [
        (
            "The service account of 新街社区 lacks: the template by which messages are sent; the"
            " template's field for the matter"
        ),
        f"Messages lead nowhere: 新街社区 has no host. Set it: mulin host {community.slug} HOST",
    ]
    with in_community(community):
        account.template_id, account.subject_field = "T", "thing1"
        account.save()
    community.host = "xinjie.example"
    community.save()
    assert "wechat" not in sources(danger=False)
    settings.HTTPS = False
    assert "wechat" in sources(danger=True)

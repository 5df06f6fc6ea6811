"""The items of national level 2: each is fulfilled here, and each fails when it should."""

import json
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import translation
from django_otp.plugins.otp_totp.models import TOTPDevice

from mulin.cli import main
from mulin.ground.audit.actions import recording
from mulin.ground.audit.models import Act, Look
from mulin.ground.community.models import Account
from mulin.ground.community.rules import Role, system
from mulin.ground.notify.models import SweepRun
from mulin.ground.upkeep.level import ITEMS, LAW, STANDARD, Standing, Sure, examine
from mulin.ground.upkeep.rules import TRY
from mulin.kit.clock import standing_still
from mulin.kit.scoping import in_community
from tests.clock import NOW
from tests.factories.community import AccountFactory, MembershipFactory

OPERATOR = {
    "rooms", "boundary", "password-change", "updates", "malware", "trusted-start", "off-site",
    "management", "filing",
}  # fmt: skip


@pytest.fixture
def fulfilled(cast, settings, tmp_path):
    """An installation where everything that a program can show is as demanded."""
    with standing_still(NOW):
        data, backups = tmp_path / "data", tmp_path / "backups"
        data.mkdir(mode=0o700)
        backups.mkdir()
        settings.DATA_DIR, settings.MULIN_BACKUP_DIR = data, str(backups)
        settings.HTTPS = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
        settings.SECURE_HSTS_SECONDS = 31_536_000
        settings.ALLOWED_HOSTS = ["xinjie.example.cn"]
        (backups / "mulin-20261125-023000.mulin").touch()
        SweepRun.objects.create(name=TRY, started_at=NOW, finished_at=NOW)
        for account in Account.objects.filter(login_name__isnull=False):
            TOTPDevice.objects.create(user=account, confirmed=True)
            account.last_login = NOW
            account.save()
        MembershipFactory(community=cast.linli, account=cast.auditor.account, role=Role.AUDITOR)
        for community in (cast.xinjie, cast.linli):
            with in_community(community):
                for _time in range(2):
                    with recording(system(community.pk), "test", now=NOW) as act:
                        act.on(community, after={"name": community.name})
        yield cast


def standings():
    return {line.item.key: line.standing for line in examine(NOW)}


def test_where_everything_is_as_demanded_only_the_operators_items_are_left(fulfilled):
    found = standings()
    assert {key for key, standing in found.items() if standing is Standing.OPERATOR} == OPERATOR
    assert [key for key, standing in found.items() if standing is Standing.NOT] == []


# ── what makes each fail ─────────────────────────────────────────────────────────────────────


def plain_http(cast, settings):
    settings.HTTPS = settings.SESSION_COOKIE_SECURE = False


def short_passwords(cast, settings):
    settings.AUTH_PASSWORD_VALIDATORS = [
        {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
         "OPTIONS": {"min_length": 6}},
    ]  # fmt: skip


def an_old_hash(cast, settings):
    Account.objects.filter(pk=cast.chen.account.pk).update(password="pbkdf2_sha256$1$a$b")


def no_second_factor(cast, settings):
    TOTPDevice.objects.filter(user=cast.chen.account).delete()


def no_lockout(cast, settings):
    settings.AXES_ENABLED = False


def many_tries(cast, settings):
    settings.AXES_FAILURE_LIMIT = 100


def long_sessions(cast, settings):
    settings.SESSION_COOKIE_AGE = 14 * 24 * 3600


def a_demo_account(cast, settings):
    AccountFactory(is_demo=True)


def a_known_key(cast, settings):
    settings.SECRET_KEY = "django-insecure-1234567890123456789012345678"


def an_account_without_a_role(cast, settings):
    AccountFactory(login_name="gone", last_login=NOW)


def an_account_unused_for_long(cast, settings):
    unused = NOW - timedelta(days=181)
    Account.objects.filter(pk=cast.chen.account.pk).update(last_login=unused)


def two_roles_in_one_hand(cast, settings):
    MembershipFactory(community=cast.xinjie, account=cast.auditor.account, role=Role.INSTALLER)


def no_acts(cast, settings):
    with in_community(cast.linli), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_actdetail WHERE community_id = %s", [cast.linli.pk])
        cursor.execute("DELETE FROM audit_act WHERE community_id = %s", [cast.linli.pk])


def an_edited_act(cast, settings):
    with in_community(cast.xinjie):
        Act.objects.filter(seq=1).update(verb="nothing")


def deleted_acts(cast, settings):
    with in_community(cast.xinjie), connection.cursor() as cursor:
        oldest = Act.objects.get(seq=1).pk
        cursor.execute("DELETE FROM audit_actdetail WHERE act_id = %s", [oldest])
        cursor.execute("DELETE FROM audit_act WHERE id = %s", [oldest])


def heads_that_cannot_be_read(cast, settings):
    (settings.DATA_DIR / "anchors.log").write_text("{")


def no_auditor(cast, settings):
    Account.objects.filter(pk=cast.auditor.account.pk).update(is_active=False)


def open_to_the_network(cast, settings):
    settings.MULIN_ADDRESS = "0.0.0.0"  # noqa: S104  is only compared


def debugging(cast, settings):
    settings.DEBUG = True


def any_host(cast, settings):
    settings.ALLOWED_HOSTS = ["*"]


def a_phone_in_the_clear(cast, settings):
    with in_community(cast.xinjie), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_person SET phone = '13800000001' WHERE id = %s", [cast.yong.person.pk]
        )


def an_account_phone_in_the_clear(cast, settings):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE community_account SET phone = '13800000001' WHERE id = %s",
            [cast.yong.account.pk],
        )


def readable_keys(cast, settings):
    keys = settings.DATA_DIR / "keys.json"
    keys.touch()
    keys.chmod(0o644)


def no_backup(cast, settings):
    settings.MULIN_BACKUP_DIR = ""


def an_empty_folder_of_backups(cast, settings):
    settings.MULIN_BACKUP_DIR = str(settings.DATA_DIR)


def never_restored(cast, settings):
    SweepRun.objects.all().delete()


def restored_long_ago(cast, settings):
    SweepRun.objects.update(finished_at=NOW - timedelta(days=11))


def sessions_left(cast, settings):
    Session.objects.create(session_key="a", session_data="", expire_date=NOW - timedelta(days=2))


def a_look_without_a_reason(cast, settings):
    with in_community(cast.xinjie):
        Look.objects.create(
            community=cast.xinjie, at=NOW, account=cast.chen.account, kind="people.person",
            record_id=1, what="phone", reason="",
        )  # fmt: skip


FAILING = [
    ("transport", plain_http),
    ("identity", short_passwords),
    ("identity", an_old_hash),
    ("second-factor", no_second_factor),
    ("lockout", no_lockout),
    ("lockout", many_tries),
    ("session", long_sessions),
    ("default-accounts", a_demo_account),
    ("default-accounts", a_known_key),
    ("stale-accounts", an_account_without_a_role),
    ("stale-accounts", an_account_unused_for_long),
    ("separation", two_roles_in_one_hand),
    ("audit", no_acts),
    ("audit-whole", an_edited_act),
    ("audit-whole", heads_that_cannot_be_read),
    ("audit-kept", deleted_acts),
    ("auditor", no_auditor),
    ("listening", open_to_the_network),
    ("shown", debugging),
    ("shown", any_host),
    ("encryption", a_phone_in_the_clear),
    ("encryption", an_account_phone_in_the_clear),
    ("walls", readable_keys),
    ("backup", no_backup),
    ("backup", an_empty_folder_of_backups),
    ("restore", never_restored),
    ("restore", restored_long_ago),
    ("residue", sessions_left),
    ("personal", a_look_without_a_reason),
]


@pytest.mark.parametrize(
    ("key", "spoil"), FAILING, ids=lambda value: getattr(value, "__name__", value)
)
def test_each_item_fails_when_it_should(fulfilled, settings, key, spoil):
    spoil(fulfilled, settings)
    assert standings()[key] is Standing.NOT


def test_every_item_that_is_looked_at_is_spoiled_above():
    assert {key for key, _spoil in FAILING} == {item.key for item in ITEMS if item.look}


# ── what is said ─────────────────────────────────────────────────────────────────────────────


def test_every_item_says_where_it_comes_from_and_what_to_do(fulfilled):
    assert len({item.key for item in ITEMS}) == len(ITEMS)
    for item in ITEMS:
        assert item.source in {STANDARD, LAW}
        assert item.clause
        assert item.mend
        assert (item.source == LAW) == (item.sure is Sure.TEXT)


def test_the_live_values_are_those_of_this_installation(fulfilled):
    with translation.override("en"):
        live = {line.item.key: line.live for line in examine(NOW)}
    staff = Account.objects.filter(login_name__isnull=False).count()
    assert live["second-factor"].startswith(f"{staff} of {staff} ")
    assert live["audit-whole"].startswith("checked just now: 4 acts, 0 missing")
    assert live["session"] == "signed out after 10 hours"


def test_the_command_prints_them_and_says_by_its_code_whether_something_is_missing(
    fulfilled, capsys, settings
):
    assert main(["doctor", "--level", "2"]) == 0
    printed = capsys.readouterr().out
    assert "no certificate" in printed
    assert "!! " not in printed
    settings.HTTPS = False
    assert main(["doctor", "--level", "2", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert [line["key"] for line in told] == [item.key for item in ITEMS]
    assert [line["key"] for line in told if line["standing"] == "not fulfilled"] == ["transport"]

"""`mulin setup-link`: the one way in that needs no account."""

import pytest

from mulin.cli import main
from mulin.ground.audit.models import Act
from mulin.ground.community.actions.founding import may_set_up
from mulin.ground.community.actions.ways_in import invited_account, new_totp_secret
from mulin.kit.clock import now
from mulin.kit.scoping import in_community


def last_part(printed):
    return printed.strip().rstrip("/").rpartition("/")[2]


@pytest.mark.django_db
def test_before_the_first_community_it_prints_where_one_is_founded(capsys, monkeypatch):
    monkeypatch.setenv("MULIN_PORT", "8765")
    assert main(["setup-link"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("http://127.0.0.1:8765/setup/")
    assert may_set_up(last_part(printed))


def test_afterwards_it_asks_for_an_account(cast, capsys):
    assert main(["setup-link"]) == 1
    assert main(["setup-link", "--account", "nobody"]) == 1
    streams = capsys.readouterr()
    assert streams.out == ""
    assert "--account" in streams.err


def test_the_link_of_an_account_sets_a_password_and_is_recorded(cast, capsys, settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://xinjie.example"]
    assert main(["setup-link", "--account", "xiaoma"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("https://xinjie.example/welcome/")
    assert invited_account(last_part(printed), now()) == cast.installer.account
    with in_community(cast.xinjie):
        act = Act.objects.get()
    assert (act.verb, act.account, act.channel) == ("invite", None, "system")


def test_a_lost_second_key_is_forgotten_only_when_asked(cast, capsys):
    from django_otp.plugins.otp_totp.models import TOTPDevice  # noqa: PLC0415  one test needs it

    TOTPDevice.objects.create(user=cast.installer.account, key=new_totp_secret())
    main(["setup-link", "--account", "xiaoma"])
    assert TOTPDevice.objects.count() == 1
    main(["setup-link", "--account", "xiaoma", "--new-second-factor"])
    assert TOTPDevice.objects.count() == 0

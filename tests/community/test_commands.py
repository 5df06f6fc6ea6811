"""`mulin setup-link`, the one way in that needs no account; `mulin host`."""

import pytest

from mulin.cli import main
from mulin.ground.audit.models import Act
from mulin.ground.community.actions.founding import may_set_up, set_host
from mulin.ground.community.actions.ways_in import invited_account, new_totp_secret
from mulin.ground.community.queries import community_for_visitor
from mulin.kit.clock import now
from mulin.kit.refusals import NotPermitted
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


def test_a_host_leads_messages_and_visitors_to_the_community(cast, capsys):
    assert main(["host", "linli", "Linli.Example.cn"]) == 0
    cast.linli.refresh_from_db()
    assert cast.linli.host == "linli.example.cn"
    assert community_for_visitor(host="linli.example.cn", slug="xinjie") == cast.linli
    with in_community(cast.linli):
        assert Act.objects.get().verb == "set_host"
    assert main(["host", "linli", ""]) == 0
    assert community_for_visitor(host="linli.example.cn", slug="xinjie") == cast.xinjie


@pytest.mark.parametrize(
    ("community", "host"),
    [
        ("nobody", "nobody.example.cn"),
        ("linli", "https://linli.example.cn"),
        ("linli", "linli.example.cn/tell"),
        ("linli", "xinjie.example.cn"),
    ],
)
def test_what_cannot_be_a_host_changes_nothing_and_says_so(cast, capsys, community, host):
    main(["host", "xinjie", "xinjie.example.cn"])
    assert main(["host", community, host]) == 1
    assert capsys.readouterr().err.strip()
    cast.linli.refresh_from_db()
    assert cast.linli.host == ""


def test_only_the_installer_says_where_a_community_is_reached(cast):
    with in_community(cast.xinjie), pytest.raises(NotPermitted):
        set_host(cast.xinjie, "xinjie.example.cn", by=cast.zhou.actor, now=now())

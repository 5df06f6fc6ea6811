"""One's own account, the team, and the first start."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mulin.ground.audit.models import Act
from mulin.ground.community.actions.founding import setup_token
from mulin.ground.community.models import Account, Community, Membership
from mulin.ground.community.rules import Role
from mulin.kit.clock import last_day_of
from mulin.kit.scoping import in_community
from tests.cast import BACKEND
from tests.factories.community import AccountFactory, MembershipFactory

SET_UP = {
    "name": "河畔社区", "slug": "hepan", "street": "武原街道", "phone": "0573-86330000",
    "grids": "东网格\n\n西网格\n", "installer_name": "小马", "installer_login": "xiaoma2",
    "password": "three benches by the river", "head_name": "老丁", "head_login": "laoding",
}  # fmt: skip


def latest(cast):
    with in_community(cast.xinjie):
        return Act.objects.order_by("-seq").first()


def test_my_account_says_who_i_am_here_and_how_i_get_in(cast, client):
    page = cast.enter(client, cast.yong).get("/account/")
    assert page.context["held"][0].role == Role.RESIDENT
    assert "13800000001" in page.content.decode()
    assert "/account/password/" not in page.content.decode()
    page = cast.enter(Client(), cast.chen).get("/account/").content.decode()
    assert "/account/password/" in page


def test_i_say_how_i_want_to_be_called(cast, client):
    cast.enter(client, cast.yong).post("/account/name/", {"display_name": "勇 & <哥>"})
    assert Account.objects.get(pk=cast.yong.account.pk).display_name == "勇 & <哥>"
    assert "勇 &amp; &lt;哥&gt;" in client.get("/account/").content.decode()
    assert latest(cast).verb == "name_account"


def test_i_sign_out_on_all_devices(cast, client):
    elsewhere = cast.enter(Client(), cast.yong)
    cast.enter(client, cast.yong).post("/account/sign-out/")
    assert client.get("/account/").status_code == elsewhere.get("/account/").status_code == 302


# ── the team ─────────────────────────────────────────────────────────────────────────────────


def test_the_head_opens_an_account_and_hands_over_a_link(cast, client):
    cast.enter(client, cast.zhou)
    page = client.post(
        "/team/new/",
        {"display_name": "小林", "login_name": "xiaolin", "role": Role.GRID_OFFICER,
         "grid": cast.grid_1.pk, "until": "2027年6月30日"},
    )  # fmt: skip
    code = page.context["code"]
    assert f"/welcome/{code}/" in page.content.decode()
    account = Account.objects.get(login_name="xiaolin")
    membership = Membership.objects.get(account=account)
    assert (membership.grid_id, last_day_of(membership.until).isoformat()) == (
        cast.grid_1.pk, "2027-06-30",
    )  # fmt: skip
    Client().post(f"/welcome/{code}/", {"password": "three benches by the river"})
    assert Account.objects.get(pk=account.pk).has_usable_password()


def test_a_role_of_the_installer_is_not_among_the_heads_choices(cast, client):
    page = cast.enter(client, cast.zhou).get("/team/new/")
    offered = {value for value, _label in page.context["form"].fields["role"].choices}
    assert not offered & {Role.HEAD, Role.AUDITOR, Role.INSTALLER, Role.STREET_OVERSEER}
    answer = client.post("/team/new/", {"display_name": "x", "login_name": "x", "role": Role.HEAD})
    assert answer.context["form"].errors["role"]
    assert not Account.objects.filter(login_name="x").exists()


def test_a_role_is_given_ended_and_carried_by_a_stand_in(cast, client):
    cast.enter(client, cast.zhou)
    page = f"/team/{cast.shen.account.pk}/"
    client.post(page, {"role": Role.VOLUNTEER, "until": "2099-01-31"})
    given = Membership.objects.get(account=cast.shen.account, role=Role.VOLUNTEER)
    client.post(f"/team/roles/{given.pk}/end/")
    assert Membership.objects.get(pk=given.pk).until is not None
    sun = Membership.objects.get(account=cast.sun.account)
    answer = client.post(
        f"/team/roles/{sun.pk}/stand-in/",
        {"stand_in": cast.wu.account.pk, "since": "2030-02-01", "until": "2030-02-14"},
    )
    assert answer.status_code == 302
    place = Membership.objects.get(stands_in_for=sun)
    assert (place.account, place.grid_id) == (cast.wu.account, cast.grid_1.pk)
    with in_community(cast.xinjie):
        assert list(Act.objects.values_list("verb", flat=True)) == [
            "give_role", "end_role", "appoint_stand_in",
        ]  # fmt: skip


def test_what_a_page_refuses_is_said_on_it(cast, client):
    cast.enter(client, cast.installer)
    head = Membership.objects.get(account=cast.zhou.account)
    page = client.post(f"/team/roles/{head.pk}/end/", follow=True)
    assert [str(message.level_tag) for message in page.context["messages"]] == ["error"]
    assert Membership.objects.get(pk=head.pk).until is None


@pytest.mark.parametrize("action", ["link", "second-factor", "sign-out"])
def test_a_head_does_not_reach_into_accounts_beyond_them(cast, client, action):
    cast.enter(client, cast.zhou)
    for whom in (cast.auditor, cast.installer):
        assert client.post(f"/team/{whom.account.pk}/{action}/").status_code == 404
    assert client.post(f"/team/{cast.li.account.pk}/{action}/").status_code == 404
    assert client.post(f"/team/{cast.chen.account.pk}/{action}/").status_code in {200, 302}


def test_the_neighbours_team_is_not_there(cast, client):
    theirs = Membership.objects.get(account=cast.li.account)
    cast.enter(client, cast.zhou)
    assert client.get(f"/team/{cast.li.account.pk}/").status_code == 404
    assert client.get(f"/team/roles/{theirs.pk}/stand-in/").status_code == 404
    assert client.post(f"/team/roles/{theirs.pk}/end/").status_code == 404
    assert "小李" not in client.get("/team/").content.decode()


def test_the_team_costs_the_same_with_two_and_with_twenty(cast, client):
    cast.enter(client, cast.zhou)
    counted = []
    for more in (0, 18):
        for _number in range(more):
            MembershipFactory(community=cast.xinjie, account=AccountFactory(), role=Role.VOLUNTEER)
        with CaptureQueriesContext(connection) as captured:
            client.get("/team/")
        counted.append(len(captured))
    assert counted[0] == counted[1]


def test_the_installer_keeps_the_working_days(cast, client):
    cast.enter(client, cast.installer)
    client.post(
        "/team/working-days/", {"day": "2026-11-29", "is_workday": "1", "source": "镇里通知"}
    )
    page = client.get("/team/working-days/")
    exception = page.context["days"].get()
    assert (exception.day.isoformat(), exception.is_workday) == ("2026-11-29", True)
    client.post(f"/team/working-days/{exception.pk}/remove/")
    assert not client.get("/team/working-days/").context["days"].exists()


# ── the first start ──────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_the_first_community_is_founded_and_its_head_invited(client):
    address = f"/setup/{setup_token()}/"
    page = client.post(address, SET_UP)
    assert Community.objects.get().slug == "hepan"
    code = page.context["code"]
    answer = client.post(f"/welcome/{code}/", {"password": "four lamps along the canal"})
    assert answer.headers["Location"] == "/sign-in/staff/"
    assert client.get(address).status_code == 404
    assert client.post(address, SET_UP).status_code == 404


@pytest.mark.django_db
def test_without_the_printed_address_nobody_sets_anything_up(client):
    for token in ("x", setup_token()[:-2], setup_token().replace(":", "-")):
        assert client.post(f"/setup/{token}/", SET_UP).status_code == 404
    assert not Community.objects.exists()


@pytest.mark.django_db
def test_a_mistake_at_the_first_start_is_said_and_founds_nothing(client):
    page = client.post(f"/setup/{setup_token()}/", SET_UP | {"password": "short"})
    assert page.context["form"].errors["password"]
    assert not Community.objects.exists()
    assert not Account.objects.exists()


def test_a_new_second_key_needs_the_old_one_shown(cast, client):
    client.force_login(cast.chen.account, backend=BACKEND)
    assert (
        client.get("/account/second-factor/")
        .headers["Location"]
        .startswith("/sign-in/second-factor/")
    )

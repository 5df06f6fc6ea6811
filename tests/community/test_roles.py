"""Accounts are opened; roles are given, ended and carried by a stand-in."""

import json
from datetime import timedelta

import pytest
from django.utils import translation

from mulin.ground.audit.models import Act
from mulin.ground.audit.queries import changes_of
from mulin.ground.community.actions.roles import (
    appoint_stand_in,
    check_password_strength,
    end_role,
    give_role,
    open_account,
)
from mulin.ground.community.models import Account, Membership
from mulin.ground.community.queries import (
    actor_of,
    grants_of,
    holders_of,
    officer_of,
    running_memberships,
    team,
)
from mulin.ground.community.rules import Grant, Role
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.kit.scoping import in_community
from tests.clock import NOW
from tests.factories.community import AccountFactory, MembershipFactory

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _here(cast):
    with in_community(cast.xinjie), translation.override("en"):
        yield


def held_by(member):
    return Membership.objects.get(account=member.account)


def roles_of(account, community, now=NOW):
    return {grant.role for grant in grants_of(running_memberships(account.pk, now), community.pk)}


def test_what_is_held_comes_whole_with_its_community(cast):
    for member in (cast.chen, cast.sun):
        for _again in range(2):
            (held,) = running_memberships(member.account.pk, NOW)
            assert held == held_by(member)
            for one, plain in ((held, held_by(member)), (held.community, cast.xinjie)):
                names = [field.attname for field in one._meta.concrete_fields]
                assert {name: getattr(one, name) for name in names} == {
                    name: getattr(plain, name) for name in names
                }


# ── opening ──────────────────────────────────────────────────────────────────────────────────


def test_the_head_opens_an_account_with_its_role_and_the_act_is_written(cast):
    account = open_account(
        display_name="小林", login_name="xiaolin", role=Role.COMMUNITY_WORKER,
        by=cast.zhou.actor, now=NOW,
    )  # fmt: skip
    assert roles_of(account, cast.xinjie) == {Role.COMMUNITY_WORKER}
    assert not account.has_usable_password()
    act = Act.objects.get()
    assert (act.verb, act.account, act.record_id) == ("open_account", cast.zhou.account, account.pk)
    # What is written of somebody is their role, not their name or number.
    assert "小林" not in json.dumps(changes_of(act), ensure_ascii=False)


@pytest.mark.parametrize("who", ["chen", "sun", "yong", "auditor", "street", "xu"])
@pytest.mark.parametrize("role", [Role.COMMUNITY_WORKER, Role.HEAD, Role.VOLUNTEER])
def test_nobody_but_the_head_and_the_installer_opens_accounts_of_staff(cast, who, role):
    with pytest.raises(NotPermitted):
        open_account(
            display_name="x", login_name="x", role=role, by=getattr(cast, who).actor, now=NOW
        )
    assert Act.objects.count() == 0


def test_a_head_makes_no_head_and_no_auditor(cast):
    for role in (Role.HEAD, Role.AUDITOR, Role.STREET_OVERSEER, Role.INSTALLER):
        with pytest.raises(NotPermitted):
            open_account(display_name="x", login_name="x", role=role, by=cast.zhou.actor, now=NOW)


def test_the_desk_lets_a_resident_in_without_phone_or_name(cast):
    account = open_account(display_name="王奶奶", role=Role.RESIDENT, by=cast.chen.actor, now=NOW)
    assert (account.login_name, account.phone) == (None, None)


def test_a_login_name_or_a_phone_opens_one_account(cast):
    with pytest.raises(Refused) as refusal:
        open_account(
            display_name="x", login_name="xiaochen", role=Role.VOLUNTEER, by=cast.zhou.actor,
            now=NOW,
        )  # fmt: skip
    assert refusal.value.field == "login_name"
    with pytest.raises(Refused) as refusal:
        open_account(
            display_name="x", phone="+86 138 0000 0001", role=Role.RESIDENT, by=cast.chen.actor,
            now=NOW,
        )  # fmt: skip
    assert refusal.value.field == "phone"


def test_a_short_password_is_refused_in_one_sentence_of_our_own(cast):
    with translation.override("zh-hans"), pytest.raises(Refused) as refusal:
        check_password_strength("123", cast.zhou.account)
    assert str(refusal.value) == "太短了：至少 10 个字符。三四个词连起来，好记。"


@pytest.mark.parametrize("password", ["short", "password123", "1234567890123", "xiaolin123"])
def test_a_weak_password_is_refused(cast, password):
    with pytest.raises(Refused):
        open_account(
            display_name="小林", login_name="xiaolin", password=password, role=Role.VOLUNTEER,
            by=cast.zhou.actor, now=NOW,
        )  # fmt: skip
    assert not Account.objects.filter(login_name="xiaolin").exists()


def test_a_grid_officer_needs_a_grid_of_this_community(cast):
    with pytest.raises(Refused) as refusal:
        open_account(
            display_name="x", login_name="x", role=Role.GRID_OFFICER, by=cast.zhou.actor, now=NOW
        )
    assert refusal.value.field == "grid"
    with pytest.raises(NotPermitted):
        open_account(
            display_name="x", login_name="x", role=Role.GRID_OFFICER, grid=cast.grid_linli,
            by=cast.zhou.actor, now=NOW,
        )  # fmt: skip


# ── giving and ending ────────────────────────────────────────────────────────────────────────


def test_a_role_given_for_later_begins_later_and_ends_on_its_last_day(cast):
    give_role(
        cast.shen.account, role=Role.VOLUNTEER, since=NOW + DAY, until=NOW + 3 * DAY,
        by=cast.zhou.actor, now=NOW,
    )  # fmt: skip
    before, during, after = (
        Role.VOLUNTEER in roles_of(cast.shen.account, cast.xinjie, NOW + days * DAY)
        for days in (0, 2, 3)
    )
    assert (before, during, after) == (False, True, False)


def test_a_role_that_is_held_is_not_given_twice(cast):
    with pytest.raises(Refused) as refusal:
        give_role(cast.chen.account, role=Role.COMMUNITY_WORKER, by=cast.zhou.actor, now=NOW)
    assert refusal.value.field == "role"


def test_one_account_may_hold_several_roles_and_grids(cast):
    give_role(
        cast.sun.account, role=Role.GRID_OFFICER, grid=cast.grid_2, by=cast.zhou.actor, now=NOW
    )
    actor = actor_of(cast.sun.account, cast.xinjie, now=NOW)
    assert set(actor.grants) == {
        Grant(Role.GRID_OFFICER, cast.grid_1.pk),
        Grant(Role.GRID_OFFICER, cast.grid_2.pk),
    }


def test_the_last_day_comes_after_the_first(cast):
    with pytest.raises(Refused) as refusal:
        give_role(
            cast.shen.account, role=Role.VOLUNTEER, until=NOW - DAY, by=cast.zhou.actor, now=NOW
        )
    assert refusal.value.field == "until"


def test_a_role_that_ended_gives_nothing_and_ends_only_once(cast):
    membership = held_by(cast.chen)
    end_role(membership, by=cast.zhou.actor, now=NOW)
    assert roles_of(cast.chen.account, cast.xinjie) == set()
    with pytest.raises(TakenMeanwhile):
        end_role(membership, by=cast.zhou.actor, now=NOW)
    assert list(Act.objects.values_list("verb", flat=True)) == ["end_role"]


def test_a_role_that_has_not_begun_is_taken_back(cast):
    later = give_role(
        cast.shen.account, role=Role.VOLUNTEER, since=NOW + DAY, by=cast.zhou.actor, now=NOW
    )
    end_role(later, by=cast.zhou.actor, now=NOW)
    assert not Membership.objects.filter(account=cast.shen.account, role=Role.VOLUNTEER).exists()


def test_nobody_ends_their_own_role_and_the_last_head_stays(cast):
    with pytest.raises(NotPermitted):
        end_role(held_by(cast.zhou), by=cast.zhou.actor, now=NOW)
    with pytest.raises(Refused) as refusal:
        end_role(held_by(cast.zhou), by=cast.installer.actor, now=NOW)
    assert str(refusal.value.message).startswith("Nobody else holds this role")
    give_role(cast.chen.account, role=Role.HEAD, by=cast.installer.actor, now=NOW)
    end_role(held_by(cast.zhou), by=cast.installer.actor, now=NOW)
    assert list(holders_of(cast.xinjie.pk, [Role.HEAD], NOW)) == [cast.chen.account]


def test_a_role_in_the_neighbouring_community_is_out_of_reach(cast):
    with pytest.raises(NotPermitted):
        end_role(held_by(cast.li), by=cast.zhou.actor, now=NOW)
    with pytest.raises(NotPermitted):
        appoint_stand_in(
            held_by(cast.li), stand_in=cast.chen.account, since=NOW, until=NOW + DAY,
            by=cast.zhou.actor, now=NOW,
        )  # fmt: skip


@pytest.mark.parametrize("change", ["give", "end", "stand_in"])
def test_a_change_of_role_raises_the_epoch_of_the_account(cast, change):
    before = Account.objects.get(pk=cast.wu.account.pk).session_epoch
    if change == "give":
        give_role(cast.wu.account, role=Role.VOLUNTEER, by=cast.zhou.actor, now=NOW)
    elif change == "end":
        end_role(held_by(cast.wu), by=cast.zhou.actor, now=NOW)
    else:
        appoint_stand_in(
            held_by(cast.sun), stand_in=cast.wu.account, since=NOW, until=NOW + DAY,
            by=cast.zhou.actor, now=NOW,
        )  # fmt: skip
    assert Account.objects.get(pk=cast.wu.account.pk).session_epoch == before + 1


# ── standing in ──────────────────────────────────────────────────────────────────────────────


def test_a_stand_in_has_the_grid_for_its_days_and_comes_before_the_officer(cast):
    appoint_stand_in(
        held_by(cast.sun), stand_in=cast.wu.account, since=NOW + DAY, until=NOW + 3 * DAY,
        by=cast.zhou.actor, now=NOW,
    )  # fmt: skip
    who = [officer_of(cast.grid_1, NOW + days * DAY) for days in (0, 1, 2, 3)]
    assert who == [cast.sun.account, cast.wu.account, cast.wu.account, cast.sun.account]
    during = actor_of(cast.wu.account, cast.xinjie, now=NOW + 2 * DAY)
    assert during.grid_ids == {cast.grid_1.pk, cast.grid_2.pk}


def test_nobody_stands_in_for_themselves_or_for_days_that_are_over(cast):
    with pytest.raises(Refused) as refusal:
        appoint_stand_in(
            held_by(cast.sun), stand_in=cast.sun.account, since=NOW, until=NOW + DAY,
            by=cast.zhou.actor, now=NOW,
        )  # fmt: skip
    assert refusal.value.field == "stand_in"
    with pytest.raises(Refused) as refusal:
        appoint_stand_in(
            held_by(cast.sun), stand_in=cast.wu.account, since=NOW - 2 * DAY, until=NOW - DAY,
            by=cast.zhou.actor, now=NOW,
        )  # fmt: skip
    assert refusal.value.field == "until"


def test_a_grid_without_an_officer_has_none(cast):
    end_role(held_by(cast.sun), by=cast.zhou.actor, now=NOW)
    assert officer_of(cast.grid_1, NOW) is None


# ── seen together ────────────────────────────────────────────────────────────────────────────


def test_the_team_is_staff_of_this_community_now_and_soon(cast, django_assert_num_queries):
    gone = AccountFactory(display_name="旧人")
    MembershipFactory(community=cast.xinjie, account=gone, role=Role.VOLUNTEER, until=NOW - DAY)
    with django_assert_num_queries(1):
        names = {role.account.display_name for role in team(cast.xinjie.pk, NOW)}
    staff = {"老周", "小陈", "小孙", "小吴", "沈阿姨", "老许", "街道老方", "审计小金", "装机小马"}
    assert names == staff

"""Roles are held from a moment to a moment; who may give which."""

from datetime import timedelta

import pytest

from mulin.ground.community.rules import (
    INSTALLER_GIVES,
    TOTP_ROLES,
    Actor,
    Grant,
    Role,
    is_running,
    may_give,
    needs_grid,
    system,
)
from tests.clock import NOW

DAY = timedelta(days=1)


def holding(*roles):
    return Actor(1, account_id=5, grants=tuple(Grant(role) for role in roles))


@pytest.mark.parametrize(
    ("since", "until", "held"),
    [
        (NOW - DAY, None, True),
        (NOW, None, True),
        (NOW + DAY, None, False),
        (NOW - DAY, NOW + DAY, True),
        (NOW - DAY, NOW, False),
        (NOW - 2 * DAY, NOW - DAY, False),
    ],
)
def test_a_role_is_held_from_its_first_moment_until_before_its_end(since, until, held):
    assert is_running(since, until, NOW) is held


@pytest.mark.parametrize("role", list(Role))
def test_a_head_gives_the_communitys_own_roles_and_the_installer_all(role):
    assert may_give(holding(Role.INSTALLER), role)
    assert may_give(system(1), role)
    assert may_give(holding(Role.HEAD), role) is (role not in INSTALLER_GIVES)


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.HEAD, Role.INSTALLER}])
def test_nobody_else_gives_any_role(role):
    assert not any(may_give(holding(role), wanted) for wanted in Role)


def test_only_a_grid_officer_has_a_grid():
    assert [role for role in Role if needs_grid(role)] == [Role.GRID_OFFICER]


def test_whoever_reads_what_others_may_not_shows_a_second_factor():
    assert {Role.HEAD, Role.COMMUNITY_WORKER, Role.GRID_OFFICER, Role.AUDITOR} <= TOTP_ROLES
    assert Role.RESIDENT not in TOTP_ROLES


def test_an_actor_knows_its_grids_and_acts_in_a_persons_name():
    actor = Actor(1, account_id=5, grants=(Grant(Role.GRID_OFFICER, 7), Grant(Role.VOLUNTEER)))
    assert actor.grid_ids == {7}
    assert actor.is_handler
    assert not actor.is_desk
    named = actor.by("phone", on_behalf_of=9)
    assert (named.channel, named.on_behalf_of, named.grants) == ("phone", 9, actor.grants)

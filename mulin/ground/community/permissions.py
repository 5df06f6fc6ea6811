"""Who may open accounts, give roles, print cards, change the calendar."""

from collections.abc import Iterable

from mulin.ground.community.models import Account, Community, Membership
from mulin.ground.community.rules import TOTP_ROLES, Actor, Role, may_give


def may_found_community(by: Actor) -> bool:
    """The installer, and the first start."""
    return by.is_system or by.has(Role.INSTALLER)


def may_set_dictation(by: Actor, community: Community) -> bool:
    """The head, of their own community: what is spoken there leaves the house."""
    return by.has(Role.HEAD) and by.community_id == community.pk


def may_see_team(by: Actor) -> bool:
    """Whoever may give any role sees who holds which."""
    return by.has(Role.HEAD, Role.INSTALLER)


def may_give_role(by: Actor, role: Role) -> bool:
    """See `rules.may_give`; the desk lets residents in."""
    return may_give(by, role) or (role is Role.RESIDENT and by.is_desk)


def may_end_role(by: Actor, membership: Membership) -> bool:
    """Who gives a role may end it, in the same community; nobody ends their own."""
    return (
        membership.community_id == by.community_id
        and membership.account_id != by.account_id
        and may_give_role(by, Role(membership.role))
    )


def may_help_into(by: Actor, account: Account, held: Iterable[Membership]) -> bool:
    """Whether an actor may give somebody a new way in: a link to set a password, a second
    factor started afresh. `held` is all that the account holds, in every community.

    Whoever could do that to an account with more rights than they can give could become it.
    """
    if by.is_system:
        return True
    rights = list(held)
    return (
        account.pk != by.account_id
        and bool(rights)
        and all(right.community_id == by.community_id for right in rights)
        and all(may_give(by, Role(right.role)) for right in rights)
    )


def may_print_card(by: Actor, held: Iterable[Membership]) -> bool:
    """The desk, for people of its community whose rights need no second factor: a card is one
    factor only, and can be lost in the street.
    """
    rights = list(held)
    return (
        (by.is_desk or by.is_system)
        and any(right.community_id == by.community_id for right in rights)
        and not any(right.role in TOTP_ROLES for right in rights)
    )


def may_change_calendar(by: Actor) -> bool:
    """The calendar is shared by all communities of the installation."""
    return by.is_system or by.has(Role.INSTALLER)


def may_connect_programs(by: Actor) -> bool:
    """Whoever answers for the community's data lets other offices' programs in."""
    return by.is_system or by.has(Role.HEAD, Role.INSTALLER)

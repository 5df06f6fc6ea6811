"""Who may do what with the roll. One predicate per act."""

from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Organisation, Person, RollImport


def may_register(by: Actor) -> bool:
    """Put a person on the roll: who works with residents, and the system for what came in."""
    return by.is_handler or by.is_system


def may_see(by: Actor, person: Person) -> bool:
    """As `PersonQuerySet.visible_to`: the desk all, an officer their grids, everybody their own."""
    return by.community_id == person.community_id and (
        by.is_desk or by.is_system or person.grid_id in by.grid_ids or may_see_own(by, person)
    )


def may_see_own(by: Actor, person: Person) -> bool:
    """The record is the actor's own."""
    return by.person_id is not None and by.person_id == person.pk


def may_change(by: Actor, person: Person) -> bool:
    """Correct a record: staff who see it. A resident asks the desk. 《个人信息保护法》第46条."""
    return may_register(by) and may_see(by, person)


def may_move_to(by: Actor, grid_id: int | None) -> bool:
    """An officer may not put somebody into a grid they don't walk, nor out of every grid."""
    return by.is_desk or by.is_system or grid_id in by.grid_ids


def may_reveal(by: Actor, person: Person) -> bool:
    """Read a number in full, with a reason."""
    return may_change(by, person)


def may_consent(by: Actor, person: Person) -> bool:
    """Give or withdraw a consent: the person, or staff in their name."""
    return may_see_own(by, person) or may_change(by, person)


def may_merge(by: Actor, *persons: Person) -> bool:
    """Say that records are, or are not, one person."""
    return (by.is_desk or by.is_system) and all(may_see(by, person) for person in persons)


def may_erase(by: Actor, person: Person) -> bool:
    """Erase a person, on their request. 《个人信息保护法》第47、50条."""
    return (by.is_desk or by.is_system) and may_see(by, person)


def may_replay_erasures(by: Actor) -> bool:
    """Erase again whom a restored backup brought back."""
    return by.is_system


def may_have_own_data(by: Actor, person: Person) -> bool:
    """Take away the file of everything held of a person. 《个人信息保护法》第45条."""
    return may_see_own(by, person) or (by.is_desk and may_see(by, person))


def may_import(by: Actor) -> bool:
    """Take in a file of persons."""
    return by.is_desk or by.is_system


def may_undo_import(by: Actor, taken: RollImport) -> bool:
    """Take a file out again."""
    return may_import(by) and by.community_id == taken.community_id


def may_keep_organisations(by: Actor) -> bool:
    """Found organisations and say who belongs to them."""
    return by.is_handler or by.is_system


def may_merge_organisations(by: Actor, *organisations: Organisation) -> bool:
    """Say that organisations of the list are, or are not, one body."""
    return (by.is_desk or by.is_system) and all(
        by.community_id == one.community_id for one in organisations
    )

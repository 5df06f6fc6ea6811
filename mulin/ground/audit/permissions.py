"""Who may read the record of acts."""

from mulin.ground.community.rules import Actor, Role


def may_read_log(by: Actor) -> bool:
    """The auditor: that something was done, by whom and when, and nothing of its content."""
    return by.has(Role.AUDITOR)

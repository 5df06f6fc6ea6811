"""How upkeep says no: a sentence for whoever runs the computer."""


class NotDone(Exception):  # noqa: N818  a sentence for the operator, not an error of ours
    """Why a backup, a restore or a move was not done, and what to do."""

"""A paper ballot as a form: a row with one box for each option, and a serial that is nobody's.

No name stands on a sheet, and nothing says to whom one was given: the stack is shaken before it is
handed out. What is kept of a run is the hash of each serial, in their own order.
"""

import hashlib
import secrets
from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext as _

from mulin.commons.ballots.models import Constituency
from mulin.kit.paper.definition import READABLE, Choice, Field, Form, Kind

CODE: Final = "BALLOT"
_SERIAL: Final = 10


def ballot_form(constituency: Constituency) -> Form:
    """What stands on the sheets of a constituency. Raises FormFault for what no sheet can hold."""
    election = constituency.election
    box = (Choice("yes", _("mark here")),)
    rows = tuple(
        Field(f"o{one.code}", f"{one.code}  {one.title}", Kind.MANY, box, in_row=True, decides=True)
        for one in election.options.all()
    )
    under = _("%(group)s · mark %(most)s at most; nothing marked is a blank ballot") % {
        "group": constituency.title, "most": election.max_choices,
    }  # fmt: skip
    return Form(CODE, 1, election.title, rows, under=under, foot=_("More marks make it void."))


def new_serials(count: int) -> list[str]:
    """So many serials by chance."""
    found: set[str] = set()
    while len(found) < count:
        found.add("".join(secrets.choice(READABLE) for _place in range(_SERIAL)))
    return sorted(found, key=lambda _one: secrets.randbits(64))


def hash_of(serial: str) -> str:
    """What is kept of a serial."""
    return hashlib.sha256(serial.encode("ascii")).hexdigest()


def digest_of_run(hashes: Iterable[str]) -> str:
    """What is posted of all sheets of a constituency: the hash of their hashes, sorted, a line each."""
    return hashlib.sha256("\n".join(sorted(hashes)).encode("ascii")).hexdigest()

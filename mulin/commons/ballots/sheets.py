"""A paper ballot as a form: a row with one box for each option, and a serial that is nobody's.

No name stands on a sheet, and nothing says to whom one was given: the stack is shaken before it is
handed out. What is kept of a run is the hash of each serial, in their own order.
"""

import hashlib
import secrets
from collections.abc import Iterable
from io import BytesIO
from typing import Final

from django.utils.translation import gettext as _
from PIL import Image

from mulin.commons.ballots.models import Constituency
from mulin.kit.paper.definition import (
    FLAT_PX,
    READABLE,
    Choice,
    Field,
    Form,
    FormFault,
    Kind,
    pages_of,
)

CODE: Final = "BALLOT"
_SERIAL: Final = 10
_AROUND_MM: Final = 3.0


def ballot_form(constituency: Constituency) -> Form:
    """What stands on the sheets of a constituency. Raises FormFault for what no sheet can hold."""
    election = constituency.election
    box = (Choice("yes", _("mark here")),)
    rows = tuple(
        Field(
            f"o{one.code}",
            f"{one.number}  {one.told}".strip(),
            Kind.MANY,
            box,
            in_row=True,
            decides=True,
        )
        for one in election.options.all()
    )
    under = _("%(group)s · mark %(most)s at most; nothing marked is a blank ballot") % {
        "group": constituency.title, "most": election.max_choices,
    }  # fmt: skip
    words = ""
    if election.wording:
        words = f"{_('The words that are voted on')}{_(': ')}\n{election.wording}"
    return Form(
        CODE, 1, election.title, rows, under=under, foot=_("More marks make it void."), words=words
    )


def fits_one_side(constituency: Constituency) -> bool:
    """Whether the words that are voted on and what is marked stand on one side of paper."""
    try:
        return len(pages_of(ballot_form(constituency))) == 1
    except FormFault:
        return False


def option_of(field: str) -> str:
    """The option that a row of the sheet stands for."""
    return field.removeprefix("o")


def only_rows(flat: bytes, form: Form, number: int) -> bytes:
    """The rows of a side that was laid flat, without head and foot, where its code stands: whoever
    has kept the number of a sheet in mind does not find it among the pictures.
    """
    placed = next(one for one in pages_of(form) if one.number == number).placed
    top = placed[0].label.y - _AROUND_MM
    bottom = placed[-1].label.y + placed[-1].label.height + _AROUND_MM
    with Image.open(BytesIO(flat)) as picture:
        rows = picture.crop((0, round(top * FLAT_PX), picture.width, round(bottom * FLAT_PX)))
        out = BytesIO()
        rows.save(out, "JPEG", quality=85)
    return out.getvalue()


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

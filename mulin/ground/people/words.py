"""The sentences of the roll: what is wrong with a value, why two records look alike."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mulin.ground.people.rules import Alike, AlikeBody, Fault, Outcome

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Words  # a name of the type stubs only

FAULTS: Final[dict[str, dict[Fault, "Words"]]] = {
    "name": {
        Fault.EMPTY: _("Please type the name."),
        Fault.TOO_LONG: _("The name is too long. Use at most 60 characters."),
        Fault.FORMULA: _("The name looks like a formula of a spreadsheet. Type the name alone."),
    },
    "phone": {
        Fault.NOT_DIGITS: _("A phone number has digits only. Please type it again."),
        Fault.WRONG_LENGTH: _(
            "The phone number is too long or too short. Please count the digits."
        ),
        Fault.NO_SUCH_NUMBER: _("There is no such phone number. Please type it again."),
        Fault.NO_AREA_CODE: _("Please type the area code before the number."),
        Fault.FOREIGN: _("Mulin can't call this number. Type one from here, or leave it empty."),
    },
    "id_number": {
        Fault.NOT_DIGITS: _("An ID number has 17 digits and a digit or X. Please type it again."),
        Fault.WRONG_LENGTH: _("An ID number has 18 characters. Please count them."),
        Fault.NO_SUCH_REGION: _("No ID number begins like this. Please type it again."),
        Fault.NO_SUCH_DAY: _(
            "The birth date within the ID number does not exist. Please type it again."
        ),
        Fault.WRONG_CHECK_DIGIT: _(
            "One digit of the ID number is wrong. Please compare it with the card."
        ),
        Fault.ID_TWICE: _("The same ID number stands in an earlier line. Remove one of them."),
        Fault.ID_ON_ROLL: _(
            "Somebody with another name has this ID number. Please compare it with the card."
        ),
    },
    "born_on": {
        Fault.NO_SUCH_DAY: _("There is no such day. Type it like 1944-02-29."),
        Fault.NOT_YET_BORN: _("The birth date lies ahead. Please type it again."),
        Fault.TOO_OLD: _("Nobody is that old. Please look at the year again."),
        Fault.NOT_AS_IN_ID: _(
            "The ID number has another birth date. Please compare both with the card."
        ),
    },
    "address": {Fault.TOO_LONG: _("The address is too long. Write it like 12幢2单元301.")},
    "home_town": {Fault.TOO_LONG: _("The home town is too long. Use at most 60 characters.")},
    "note": {Fault.TOO_LONG: _("The note is too long. Use at most 200 characters.")},
    "sex": {Fault.NO_SUCH_CHOICE: _("Write woman or man, or leave it empty.")},
    "residency": {
        Fault.NO_SUCH_CHOICE: _(
            "Write local resident, new resident or lives elsewhere, or leave it empty."
        )
    },
    "is_party_member": {Fault.NO_SUCH_CHOICE: _("Write yes or no, or leave it empty.")},
    "grid_id": {Fault.NO_SUCH_GRID: _("There is no such grid. Write its number or name.")},
}

ALIKE: Final[dict[Alike, "Words"]] = {
    Alike.ID_NUMBER: _("the same ID number"),
    Alike.NAME_AND_PHONE: _("the same name and phone"),
    Alike.PHONE: _("the same phone"),
    Alike.NAME_AND_BIRTH: _("the same name and year of birth"),
    Alike.NAME_AND_ADDRESS: _("the same name and address"),
    Alike.SOUND_AND_ADDRESS: _("a name that sounds the same, and the same address"),
}

ALIKE_BODIES: Final[dict[AlikeBody, "Words"]] = {
    AlikeBody.NAME: _("the same name but for its spelling"),
    AlikeBody.PHONE: _("the same phone"),
    AlikeBody.SOUND: _("a name that sounds the same"),
    AlikeBody.WITHIN: _("one name within the other"),
    AlikeBody.ADDRESS: _("the same address"),
}

FIELDS: Final[dict[str, "Words"]] = {
    "name": _("Name"),
    "sex": _("Sex"),
    "phone": _("Phone"),
    "id_number": _("ID number"),
    "born_on": _("Born on"),
    "household_id": _("Household"),
    "grid_id": _("Grid"),
    "address": _("Address"),
    "residency": _("Local or new"),
    "home_town": _("Home town"),
    "is_party_member": _("Party member"),
    "wants_large_type": _("Large type"),
    "language": _("Language"),
    "note": _("Note"),
    "account_id": _("Account"),
}

BODY_FIELDS: Final[dict[str, "Words"]] = {
    "kind": _("What it is"),
    "phone": FIELDS["phone"],
    "address": FIELDS["address"],
}

#: The header of the template file; each is among the spellings in `rules.COLUMNS`.
COLUMN_LABELS: Final[dict[str, "Words"]] = {
    **{
        name: FIELDS[name]
        for name in (
            "name", "sex", "phone", "id_number", "born_on", "address", "residency", "home_town",
            "is_party_member", "note",
        )
    },
    "grid": FIELDS["grid_id"],
    "building": _("Building"),
    "unit": pgettext_lazy("staircase", "Unit"),
    "room": _("Room"),
}  # fmt: skip

OUTCOMES: Final[dict[Outcome, "Words"]] = {
    Outcome.NEW: _("new on the roll"),
    Outcome.NAMESAKE: _("new, somebody has the same name"),
    Outcome.KNOWN: _("on the roll already"),
    Outcome.REFUSED: _("can't be taken in"),
}


def fault_words(field: str, fault: Fault) -> "Words":
    """The sentence beside a field."""
    return FAULTS[field][fault]


def line_words(line: Mapping[str, Any]) -> list[str]:
    """What a clerk should know of a line of a file: each fault, or why it is known."""
    said = [line["message"]] if line.get("message") else []
    said += [
        str(FAULTS[field][Fault(fault)]) for field, fault in (line.get("faults") or {}).items()
    ]
    if not said:
        said += [str(ALIKE[Alike(reason)]) for reason in line.get("reasons") or ()]
    return said

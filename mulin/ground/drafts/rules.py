"""What of a form is kept as a draft, how much of it, and for how long."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

#: Over the longest holiday of eight days and a weekend beside it. What lies longer is said anew:
#: a half-typed form names people, and is kept no longer than somebody may come back to it.
KEPT: Final = timedelta(days=14)
#: Nobody has more forms open; the oldest go.
MOST_OF_ONE: Final = 30
#: A form of the house has some twenty fields, and its longest field two thousand characters.
MOST_FIELDS: Final = 80
LONGEST: Final = 20_000
LONGEST_NAME: Final = 80
LONGEST_NAME_OF_FORM: Final = 60
LONGEST_TOKEN: Final = 64
LONGEST_PATH: Final = 300
#: Never kept, whatever page sends it: keys of doors, and what belongs to one showing of a form.
NEVER: Final = frozenset(
    {"csrfmiddlewaretoken", "token", "code", "password", "old_password", "secret", "happened"}
)

#: Name, value; None for what was typed, else whether it is ticked or chosen.
Field = tuple[str, str, bool | None]


def keepable(fields: object) -> tuple[Field, ...] | None:
    """The fields as they came from a page, without what is never kept; None when they are no
    fields of a form, or too much.
    """
    if not isinstance(fields, list) or len(fields) > MOST_FIELDS:
        return None
    kept: list[Field] = []
    for one in fields:
        match one:
            case [str(name), str(value), bool() | None as ticked] if len(name) <= LONGEST_NAME:
                if name not in NEVER:
                    kept.append((name, value, ticked))
            case _:
                return None
    if sum(len(value) for _name, value, _ticked in kept) > LONGEST:
        return None
    return tuple(kept)


def is_place(form: str, token: str, path: str) -> bool:
    """Whether this names a showing of a form on a page of ours."""
    return (
        0 < len(form) <= LONGEST_NAME_OF_FORM
        and 0 < len(token) <= LONGEST_TOKEN
        and len(path) <= LONGEST_PATH
        and path.startswith("/")
        and not path.startswith(("//", "/\\"))
    )


def person_named_in(fields: Sequence[Field], query: Mapping[str, str]) -> int | None:
    """The record of the roll that a form is about: chosen in it, or in the address it stands at."""
    typed = next((value for name, value, _ticked in fields if name == "person" and value), "")
    chosen = typed or query.get("person", "")
    return int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else None  # noqa: PLR2004  wider than any id


def forgotten_before(now: datetime) -> datetime:
    """Drafts last touched before this go."""
    return now - KEPT

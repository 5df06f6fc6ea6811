"""A conversation in the public export format of Polis, from the text of its files.

In these exports +1 is agree and -1 disagree. The counts in comments.csv are known to differ from
the votes, so only the votes are read.
"""

import csv
from dataclasses import dataclass
from io import StringIO
from typing import Final

import numpy as np

from mulin.parlour.suggestions.rules.opinions import UNSEEN, Flags, Votes, table_of

_REJECTED: Final = -1
#: Columns of participants-votes.csv before the first statement.
_FIRST_STATEMENT: Final = 6


class NotReadable(ValueError):  # noqa: N818  says what is wrong with the file
    """A file of the export is not what it should be; the message names it and the line."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Who voted what on which statement; ids as in the export, in the order of rows and columns."""

    people: list[int]
    statements: list[int]
    texts: dict[int, str]
    table: Votes
    rejected: Flags


def conversation(*, comments: str, votes: str | None, matrix: str | None) -> Conversation:
    """The conversation of an export. `votes` (votes.csv, every vote in time order) is preferred;
    `matrix` is participants-votes.csv. Raises NotReadable.
    """
    texts, moderated = _statements(comments)
    if votes is not None:
        people, statements, table = _by_vote(votes)
    elif matrix is not None:
        people, statements, table = _by_person(matrix)
    else:
        raise NotReadable("votes.csv, participants-votes.csv")
    rejected = np.array([moderated.get(one, 0) == _REJECTED for one in statements], dtype=bool)
    return Conversation(people, statements, texts, table, rejected)


def _statements(comments: str) -> tuple[dict[int, str], dict[int, int]]:
    texts, moderated = {}, {}
    for line, row in enumerate(csv.DictReader(StringIO(comments)), start=2):
        try:
            number = int(row["comment-id"])
            texts[number] = row["comment-body"] or ""
            moderated[number] = int(row["moderated"] or 0)
        except (KeyError, TypeError, ValueError):
            raise NotReadable(f"comments.csv: {line}") from None
    return texts, moderated


def _by_vote(text: str) -> tuple[list[int], list[int], Votes]:
    cast = []
    for line, row in enumerate(csv.DictReader(StringIO(text)), start=2):
        try:
            cast.append((int(row["voter-id"]), int(row["comment-id"]), _vote(row["vote"])))
        except (KeyError, TypeError, ValueError):
            raise NotReadable(f"votes.csv: {line}") from None
    people = sorted({one[0] for one in cast})
    statements = sorted({one[1] for one in cast})
    row_of = {one: at for at, one in enumerate(people)}
    column_of = {one: at for at, one in enumerate(statements)}
    table = table_of(
        np.array([row_of[one[0]] for one in cast], dtype=np.int64),
        np.array([column_of[one[1]] for one in cast], dtype=np.int64),
        np.array([one[2] for one in cast], dtype=np.int8),
        shape=(len(people), len(statements)),
    )
    return people, statements, table


def _by_person(text: str) -> tuple[list[int], list[int], Votes]:
    rows = csv.reader(StringIO(text))
    try:
        statements = [int(name) for name in next(rows)[_FIRST_STATEMENT:]]
    except (StopIteration, ValueError):
        raise NotReadable("participants-votes.csv: 1") from None
    people, lines = [], []
    for line, row in enumerate(rows, start=2):
        try:
            people.append(int(row[0]))
            lines.append([_vote(cell) if cell else UNSEEN for cell in row[_FIRST_STATEMENT:]])
        except (IndexError, ValueError):
            raise NotReadable(f"participants-votes.csv: {line}") from None
        if len(lines[-1]) != len(statements):
            raise NotReadable(f"participants-votes.csv: {line}")
    table = np.array(lines, dtype=np.int8).reshape(len(people), len(statements))
    return people, statements, table


def _vote(typed: str) -> int:
    vote = int(float(typed))
    if vote not in {-1, 0, 1}:
        raise ValueError(typed)
    return vote

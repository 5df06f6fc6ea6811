"""Quiz and drill as several pages show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404

from mulin.parlour.classroom.models import Kit, KitPicture
from mulin.parlour.classroom.rules import Item, Step, pictures_of


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a quiz that one answers by oneself, and what was chosen."""

    number: int
    item: Item
    chosen: int | None
    is_marked: bool

    @property
    def name(self) -> str:
        return f"q{self.number}"

    @property
    def is_right(self) -> bool:
        return self.chosen == self.item.right

    @property
    def choices(self) -> list[tuple[int, str, str, bool]]:
        """Place, letter, words, whether it was chosen."""
        return [
            (place, letter, words, place == self.chosen)
            for place, (letter, words) in enumerate(self.item.lettered)
        ]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a script: a heading (in 【】), a picture with its id and name, or words."""

    words: str
    is_heading: bool = False
    picture: int | None = None


def script_lines(kit: Kit) -> list[Line]:
    """The script as pages and sheets show it; one query for its pictures."""
    there = dict(KitPicture.objects.filter(kit=kit).values_list("name", "pk"))
    lines = []
    for line in filter(None, (line.strip() for line in kit.script.splitlines())):
        names = pictures_of(line)
        if names:
            lines.append(Line(names[0], picture=there.get(names[0])))
        elif line.startswith("【") and line.endswith("】"):
            lines.append(Line(line[1:-1], is_heading=True))
        else:
            lines.append(Line(line))
    return lines


def marked_quiz(kit: Kit, typed: Mapping[str, Any]) -> list[Question]:  # Any: what a form sends
    """The questions of a kit, marked where something was sent. Nothing is kept of it."""
    return [
        Question(number, item, _chosen(typed.get(f"q{number}")), bool(typed))
        for number, item in enumerate(kit.items, 1)
    ]


def step_shown(kit: Kit, typed: str) -> Step:
    """The step of a drill that the address names. Raises Http404."""
    step = kit.steps.get(int(typed)) if typed.isascii() and typed.isdigit() else None
    if step is None:
        raise Http404
    return step


def _chosen(typed: object) -> int | None:
    return int(typed) if isinstance(typed, str) and typed in {"0", "1", "2", "3"} else None

"""What of a published survey is told: no count of fewer than five households, nor any that could be
found by taking what is told from a sum that is told. Pure.

A share is told of five or more of enough; so are returns of those asked. The rest of either follows
from it, as everywhere in the figures, and is not told by itself where it is small.
"""

from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Final, TypeVar

from mulin.ground.figures.rules import MIN_COUNT, share_percent
from mulin.parlour.survey.rules import STEPS, UNSURE

Key = TypeVar("Key", bound=Hashable)
Line = Mapping[str, Any]  # Any: what JSON holds
#: A box that was left blank, beside the numbers of the steps.
BLANK: Final = "blank"
_BY_THEMSELVES: Final = ("refused", "unable"), ("not_reached", "waiting")
_SHARE: Final = ("satisfied", "percent", "low", "high")


def together(
    rows: Mapping[Key, tuple[int, ...]], least: int = MIN_COUNT
) -> list[tuple[tuple[Key, ...], tuple[int, ...]]]:
    """The rows in groups of which each number is nought or `least` and more, in their order; as each
    is in one group, nothing is found by subtraction. None where all together are too few.
    """
    groups: list[tuple[tuple[Key, ...], tuple[int, ...]]] = [
        ((key,), counts) for key, counts in rows.items()
    ]
    while (small := next((one for one in groups if _is_few(one[1], least)), None)) is not None:
        others = [one for one in groups if one is not small and any(one[1])]
        if not others:
            return []
        nearest = min(others, key=lambda one: sum(one[1]))
        groups = [one for one in groups if one not in (small, nearest)]
        counts = tuple(a + b for a, b in zip(small[1], nearest[1], strict=True))
        groups.append((small[0] + nearest[0], counts))
    place = {key: number for number, key in enumerate(rows)}
    ordered = [(tuple(sorted(keys, key=lambda key: place[key])), said) for keys, said in groups]
    return sorted(ordered, key=lambda one: place[one[0][0]])


def _is_few(counts: Iterable[int], least: int = MIN_COUNT) -> bool:
    return any(0 < one < least for one in counts)


def of_one(counts: Mapping[Key, int]) -> list[tuple[tuple[Key, ...], int]]:
    """The same for one number each; who has none is left out."""
    some = {key: (count,) for key, count in counts.items() if count}
    return [(keys, count) for keys, (count,) in together(some)]


def told(figures: Line) -> dict[str, Any]:
    """The figures of a report as everybody may read them."""
    return {
        "frame": figures["frame"],
        "standard": figures["standard"],
        "response": _response(figures["response"]),
        "ways": of_one(dict(figures["ways"])),
        "grids": _grids(figures["grids"]),
        "questions": [
            _question(line, len(figures["standard"]["top"])) for line in figures["questions"]
        ],
    }


def _response(found: Line) -> dict[str, Any]:
    blocks = [{name: found[name] for name in names} for names in _BY_THEMSELVES]
    is_met_told = not _is_few([sum(block.values()) for block in blocks])
    apart = blocks if is_met_told else [blocks[0] | blocks[1]]
    is_told = not _is_few([found["returned"]])
    return {
        **{name: found[name] for name in ("sampled", "eligible", "empty")},
        "returned": found["returned"] if is_told else None,
        "rate": found["rate"] if is_told else None,
        "reached": found["reached"] if is_told and is_met_told else None,
        "rate_of_reached": found["rate_of_reached"] if is_told and is_met_told else None,
        "others": [one for block in apart for one in of_one(block)],
    }


def _grids(grids: Iterable[Line]) -> list[dict[str, Any]]:
    groups = together({one["name"]: (one["returned"], one["eligible"]) for one in grids})
    return [
        {
            "names": names, "returned": returned, "eligible": eligible,
            "rate": share_percent(returned, eligible),
        }
        for names, (returned, eligible) in groups
    ]  # fmt: skip


def _question(line: Line, top_steps: int) -> dict[str, Any]:
    said = {"field": line["field"], "words": line["words"]}
    if not line["is_shown"] or _is_few([line["satisfied"], line["answered"]]):
        return {**said, "is_shown": False, "grids": []}
    steps = {step: line["steps"][str(step)] for step in STEPS}
    # Satisfied and all are told: each part of the faces that adds up to one of them stands alone.
    parts = (STEPS[:top_steps], STEPS[top_steps:])
    faces = [one for part in parts for one in of_one({step: steps[step] for step in part})]
    return {
        **said,
        "is_shown": True,
        "answered": line["answered"],
        **{name: line[name] for name in _SHARE},
        "faces": faces + of_one({UNSURE: line["unsure"], BLANK: line["blank"]}),
        "grids": _by_grid(line),
    }


def _by_grid(line: Line) -> list[dict[str, Any]]:
    """Each grid's share. One of which few are satisfied is hidden, and as many others as it takes
    until nobody finds these few by taking the shown ones from the total.
    """
    satisfied = {one["name"]: one["satisfied"] for one in line["grids"] if one["is_shown"]}
    for name in [name for name, count in satisfied.items() if _is_few([count])]:
        del satisfied[name]
    while _is_few([line["satisfied"] - sum(satisfied.values())]):
        del satisfied[min(filter(satisfied.get, satisfied), key=lambda name: satisfied[name])]
    return [
        dict(one) if one["name"] in satisfied else {"name": one["name"], "is_shown": False}
        for one in line["grids"]
    ]

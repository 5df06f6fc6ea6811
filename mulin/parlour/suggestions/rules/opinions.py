"""The opinion map: who votes alike, what unites all, what each group stands for.

The method published by Polis: votes are centred on the mean of their statement, what somebody has
not seen counts as the mean; people are laid out along the two directions in which they differ
most, moved outwards by √(statements ÷ votes cast); k-means for two to five groups; the best
silhouette wins. Two additions. Four or five groups may lie on top of each other in two directions,
so they are looked for in three or four as well, and found there only if that parts people better.
And groups are shown only when the split is real: see `Doubt`.

Everything is fixed by the votes alone: seeds, the signs of both directions, the order of groups.
The same votes give the same map.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

# Two cores serve pages as well: threads that wait for each other made a map four times slower.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from mulin.parlour.suggestions.rules import LEAST_GROUP

Votes = NDArray[np.int8]
Points = NDArray[np.float64]
Labels = NDArray[np.int64]
Flags = NDArray[np.bool_]

AGREE: Final = 1
PASS: Final = 0
DISAGREE: Final = -1
#: Not one of the three: the statement was not seen. Stands in the table of votes.
UNSEEN: Final = 2

#: Fewer votes place nobody (Polis); where a topic has fewer statements, all of them do.
LEAST_VOTES: Final = 7
#: With fewer people there is no picture to speak of.
LEAST_PEOPLE: Final = 15
MOST_GROUPS: Final = 5
#: A split is real from this silhouette on. One planted cloud cut in pieces reached 0.38.
LEAST_SILHOUETTE: Final = 0.40
#: How alike (adjusted Rand index) the groups of a part of the people must be to those of all.
LEAST_STABILITY: Final = 0.60
#: How alike the groups made from one half of the statements must be to those from the other half.
#: It tells a split from a few odd votes that happen to stand out: the one-minded conversation
#: freshwater has a silhouette of 0.48, but reaches 0.06 here; vTaiwan UberX reaches 0.4.
LEAST_AGREEMENT: Final = 0.15

_SEED: Final = 20
_RESTARTS: Final = 6
_ROUNDS: Final = 100
_RESAMPLES: Final = 10
_HALVINGS: Final = 12
_RESAMPLED_SHARE: Final = 0.7
_RESAMPLED_MOST: Final = 2_000
_SILHOUETTE_MOST: Final = 2_000
#: The starts of k-means are tried on so many people; then everybody is parted from the best.
_STARTED_MOST: Final = 2_000
_ROWS_AT_ONCE: Final = 8_192
#: From so many statements on the leading directions are looked for one after the other, which takes
#: a tenth of all of them; they are found when so little of the spread is left beside them.
_MANY_STATEMENTS: Final = 200
_LEFT_BESIDE: Final = 1e-10
_STEPS_BETWEEN: Final = 10
#: One-sided 90 %, the threshold Polis prints.
_SURE: Final = 1.2816
_REPRESENTATIVE_MOST: Final = 5


class Doubt(StrEnum):
    """Why no groups are shown."""

    TOO_FEW = "too few people"
    NO_DIFFERENCE = "no difference"
    NOT_APART = "one cloud"
    NOT_STABLE = "not stable"
    NOT_THROUGHOUT = "not the same in every half of the statements"


@dataclass(frozen=True, slots=True)
class Stand:
    """How a statement stands among some people: counts, and what is left of chance.

    `share` is (agrees + 1) ÷ (votes + 2) of the side that is meant.
    """

    statement: int
    agrees: bool
    share: float
    for_it: int
    votes: int


@dataclass(frozen=True, slots=True)
class Group:
    """People who vote alike, by their rows, and the statements that set them apart."""

    members: list[int]
    representative: list[Stand]
    centre: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Common:
    """A statement by how far it unites: the product of every group's share, and its direction."""

    statement: int
    agrees: bool
    value: float
    shares: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class OpinionMap:
    """The answer. Without a real split `groups` is empty and `doubt` says why.

    `placed` are the rows that could be placed, with a point each; it is for the picture alone.
    """

    groups: list[Group]
    ungrouped: list[int]
    consensus: list[Common]
    doubt: Doubt | None
    silhouette: float = 0.0
    stability: float = 0.0
    agreement: float = 0.0
    placed: list[int] = field(default_factory=list)
    points: list[tuple[float, float]] = field(default_factory=list)


def table_of(
    people: NDArray[np.int64], statements: NDArray[np.int64], votes: NDArray[np.int8],
    *, shape: tuple[int, int],
) -> Votes:  # fmt: skip
    """Votes in the order in which they were cast as a table; of two by one person the last counts."""
    table = np.full(shape, UNSEEN, dtype=np.int8)
    table[people, statements] = votes
    return table


def opinion_map(table: Votes, left_out: Flags | None = None) -> OpinionMap:
    """The map of a table of people × statements. `left_out` are statements moderated away.

    As with Polis, somebody's votes on such statements still count for having taken part, and the
    statements count as passed by everybody when people are moved outwards.
    """
    everybody = np.arange(table.shape[0])
    kept = np.flatnonzero(~left_out) if left_out is not None else np.arange(table.shape[1])
    passed = table.shape[1] - int(kept.size)
    cast = (table != UNSEEN).sum(axis=1)
    taking_part = np.flatnonzero(cast >= max(1, min(LEAST_VOTES, table.shape[1])))
    shown = np.ascontiguousarray(table[:, kept]) if passed else table
    if taking_part.size < LEAST_PEOPLE or kept.size == 0:
        return _without_groups(shown, kept, Doubt.TOO_FEW)
    points = _points(shown, everybody, passed)
    if points is None:
        return _without_groups(shown, kept, Doubt.NO_DIFFERENCE)
    points = points[taking_part]
    labels, width, silhouette = _best_groups(points)
    if silhouette < LEAST_SILHOUETTE:
        return _without_groups(shown, kept, Doubt.NOT_APART, silhouette=silhouette)
    stability = _stability(shown, taking_part, labels, width, passed)
    if stability < LEAST_STABILITY:
        return _without_groups(
            shown, kept, Doubt.NOT_STABLE, silhouette=silhouette, stability=stability
        )
    agreement = _agreement(shown, taking_part, int(labels.max()) + 1, width)
    if agreement < LEAST_AGREEMENT:
        return _without_groups(
            shown,
            kept,
            Doubt.NOT_THROUGHOUT,
            silhouette=silhouette,
            stability=stability,
            agreement=agreement,
        )
    rows = [taking_part[labels == one] for one in range(int(labels.max()) + 1)]
    counts = [_counts(shown, members) for members in rows]
    groups = [
        Group(
            members=[int(row) for row in members],
            representative=_representative(counts, at, kept),
            centre=_pair(points[labels == at].mean(axis=0)),
        )
        for at, members in enumerate(rows)
    ]
    alone = np.setdiff1d(everybody, taking_part)
    return OpinionMap(
        groups, [int(row) for row in alone], _consensus(counts, kept), None, silhouette, stability,
        agreement, [int(row) for row in taking_part], [_pair(point) for point in points],
    )  # fmt: skip


def likeness(one: Labels, other: Labels) -> float:
    """The adjusted Rand index of two groupings of the same people: 1 the same, 0 by chance."""
    crossed = np.zeros((int(one.max()) + 1, int(other.max()) + 1))
    np.add.at(crossed, (one, other), 1)
    together = _pairs(crossed).sum()
    mine, theirs = _pairs(crossed.sum(axis=1)).sum(), _pairs(crossed.sum(axis=0)).sum()
    expected = mine * theirs / max(float(_pairs(np.array(float(one.size)))), 1.0)
    most = (mine + theirs) / 2
    return 1.0 if most == expected else float((together - expected) / (most - expected))


def _pairs(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    return counts * (counts - 1) / 2


# ── Laying people out ────────────────────────────────────────────────────────────────────────


def _centred(
    table: Votes, rows: Labels, means: NDArray[np.float32]
) -> Iterator[tuple[slice, NDArray[np.float32], Flags]]:
    """The rows, some thousands at once: a table of 100,000 × 1,000 is never held as numbers."""
    for start in range(0, rows.size, _ROWS_AT_ONCE):
        part = slice(start, min(start + _ROWS_AT_ONCE, rows.size))
        votes = table[rows[part]]
        seen = votes != UNSEEN
        yield part, np.where(seen, votes - means, np.float32(0)).astype(np.float32), seen


def _points(table: Votes, rows: Labels, passed: int, count: int = MOST_GROUPS - 1) -> Points | None:
    """Where people stand in the `count` directions in which they differ most; None if nobody
    differs.
    """
    width = table.shape[1]
    total, seen_by = np.zeros(width), np.zeros(width)
    for start in range(0, rows.size, _ROWS_AT_ONCE):
        votes = table[rows[start : start + _ROWS_AT_ONCE]]
        seen = votes != UNSEEN
        total += (votes * seen).sum(axis=0, dtype=np.int64)
        seen_by += seen.sum(axis=0)
    means = (total / np.maximum(seen_by, 1)).astype(np.float32)
    spread = np.zeros((width, width), dtype=np.float64)
    for _part, centred, _seen in _centred(table, rows, means):
        spread += centred.T @ centred
    if np.trace(spread) <= 1e-6 * rows.size:
        return None
    axes = _signed(directions(spread, count))
    points = np.zeros((rows.size, count))
    for part, centred, seen in _centred(table, rows, means):
        outwards = np.sqrt((width + passed) / np.maximum(seen.sum(axis=1) + passed, 1))
        points[part, : axes.shape[1]] = (centred @ axes) * outwards[:, None]
    return points


def directions(spread: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """The leading eigenvectors, the first one first."""
    if spread.shape[0] >= _MANY_STATEMENTS:
        found = looked_for(spread, count)
        if found is not None:
            return found
    return _last(np.linalg.eigh(spread)[1], count)


def looked_for(spread: NDArray[np.float64], count: int) -> NDArray[np.float64] | None:
    """The leading eigenvectors by Lanczos' method, every step kept at right angles to all before;
    None where they lie so close together that computing all of them is quicker.
    """
    size = spread.shape[0]
    most = size // 4
    steps = np.zeros((most + 1, size))
    steps[0] = np.random.default_rng(_SEED).standard_normal(size)
    steps[0] /= np.linalg.norm(steps[0])
    along, across = np.zeros(most), np.zeros(most)
    for at in range(most):
        ahead = spread @ steps[at]
        along[at] = float(ahead @ steps[at])
        for _twice in range(2):  # once leaves the rounding of one long sum
            ahead -= (steps[: at + 1] @ ahead) @ steps[: at + 1]
        across[at] = float(np.linalg.norm(ahead))
        if across[at] == 0 or (at >= count and at % _STEPS_BETWEEN == 0):
            part = np.diag(along[: at + 1]) + np.diag(across[:at], 1) + np.diag(across[:at], -1)
            values, vectors = np.linalg.eigh(part)
            beside = across[at] * np.abs(vectors[-1, -count:])
            if at + 1 >= count and (beside <= _LEFT_BESIDE * values[-1]).all():
                return steps[: at + 1].T @ _last(vectors, count)
        if across[at] == 0:
            return None
        steps[at + 1] = ahead / across[at]
    return None


def _last(vectors: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    leading: NDArray[np.float64] = vectors[:, ::-1][:, :count]
    return leading


def _signed(axes: NDArray[np.float64]) -> NDArray[np.float64]:
    """The statement that weighs most points right, and up: a new count does not mirror the map."""
    heaviest = np.abs(axes).argmax(axis=0)
    signs = np.sign(axes[heaviest, np.arange(axes.shape[1])])
    signed: NDArray[np.float64] = axes * np.where(signs == 0, 1, signs)
    return signed


# ── Groups ───────────────────────────────────────────────────────────────────────────────────


def _best_groups(points: Points) -> tuple[Labels, int, float]:
    """The grouping of the best silhouette whose groups are large enough, the largest first; in
    how many directions it was found; the silhouette.
    """
    dice = np.random.default_rng(_SEED)
    some = _some(points.shape[0], _SILHOUETTE_MOST, dice)
    best, best_width, best_value = np.zeros(points.shape[0], dtype=np.int64), 2, -1.0
    most = min(MOST_GROUPS, points.shape[0] // LEAST_GROUP)
    for width in range(2, MOST_GROUPS):
        near = points[:, :width]
        apart = np.sqrt(_squares(near[some], near[some], _lengths(near[some])))
        # `count` groups part people in `count` - 1 directions; two are always looked at.
        for count in range(2 if width == 2 else width + 1, most + 1):  # noqa: PLR2004  directions
            labels = _in_order(_k_means(near, count))
            if np.bincount(labels, minlength=count).min() < LEAST_GROUP:
                continue
            value = _silhouette(apart, labels[some])
            if value > best_value:
                best, best_width, best_value = labels, width, value
    return best, best_width, best_value


def _k_means(points: Points, count: int) -> Labels:
    """Everybody with the nearest of `count` centres: the best of several starts."""
    dice = np.random.default_rng(_SEED + count)
    some = points[_some(points.shape[0], _STARTED_MOST, dice)]
    found = [_settled(some, _starts(some, count, dice)) for _turn in range(_RESTARTS)]
    labels, centres, _cost = min(found, key=lambda one: one[2])
    return labels if some.shape == points.shape else _settled(points, centres)[0]


def _settled(points: Points, centres: Points) -> tuple[Labels, Points, float]:
    """Centres moved into the middle of those nearest to them until nobody changes sides."""
    count = centres.shape[0]
    labels = np.full(points.shape[0], -1, dtype=np.int64)
    own = _lengths(points)
    for _round in range(_ROUNDS):
        nearest = _squares(points, centres, own).argmin(axis=1)
        if (nearest == labels).all():
            break
        labels = nearest
        sizes = np.bincount(labels, minlength=count)
        sums = np.stack(
            [np.bincount(labels, weights=axis, minlength=count) for axis in points.T], axis=1
        )
        centres = np.where(sizes[:, None] > 0, sums / np.maximum(sizes, 1)[:, None], centres)
    cost = float(((points - centres[labels]) ** 2).sum())
    return labels, centres, cost


def _starts(points: Points, count: int, dice: np.random.Generator) -> Points:
    """People chosen far apart (k-means++)."""
    centres = points[[int(dice.integers(points.shape[0]))]]
    own = _lengths(points)
    near = _squares(points, centres, own)[:, 0]
    while centres.shape[0] < count:
        reached = np.searchsorted(np.cumsum(near), dice.uniform() * near.sum())
        chosen = points[[min(int(reached), points.shape[0] - 1)]]
        centres = np.concatenate([centres, chosen])
        near = np.minimum(near, _squares(points, chosen, own)[:, 0])
    return centres


def _lengths(points: Points) -> NDArray[np.float64]:
    """How far from the middle of the map, squared."""
    lengths: NDArray[np.float64] = (points**2).sum(axis=1)
    return lengths


def _squares(some: Points, others: Points, own: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far apart, squared; `own` are the lengths of some."""
    squares: NDArray[np.float64] = own[:, None] + _lengths(others)[None, :]
    squares -= some @ (2 * others).T
    return np.maximum(squares, 0, out=squares)


def _in_order(labels: Labels) -> Labels:
    """Groups numbered by size; of two equal ones the one with the earliest person goes first."""
    sizes = np.bincount(labels)
    earliest = [
        int(np.argmax(labels == one)) if sizes[one] else labels.size for one in range(sizes.size)
    ]
    order = sorted(range(sizes.size), key=lambda one: (-int(sizes[one]), earliest[one]))
    place = np.empty(sizes.size, dtype=np.int64)
    place[order] = np.arange(sizes.size)
    ordered: Labels = place[labels]
    return ordered


def _silhouette(apart: NDArray[np.float64], labels: Labels) -> float:
    """How much nearer people are to their own group than to the next one, on average."""
    groups = int(labels.max()) + 1
    inside = np.eye(groups)[labels]
    sizes = inside.sum(axis=0)
    sums = apart @ inside
    own = sums[np.arange(labels.size), labels] / np.maximum(sizes[labels] - 1, 1)
    means = sums / np.maximum(sizes, 1)
    means[:, sizes == 0] = np.inf
    means[np.arange(labels.size), labels] = np.inf
    other = means.min(axis=1)
    widest = np.maximum(np.maximum(own, other), 1e-12)
    values = np.where((sizes[labels] > 1) & np.isfinite(other), (other - own) / widest, 0.0)
    return float(values.mean())


def _stability(table: Votes, rows: Labels, labels: Labels, width: int, passed: int) -> float:
    """How alike the groups come out when a part of the people had stayed at home."""
    dice = np.random.default_rng(_SEED)
    alike = []
    count = int(labels.max()) + 1
    size = min(int(rows.size * _RESAMPLED_SHARE), _RESAMPLED_MOST)
    for _turn in range(_RESAMPLES):
        chosen = np.sort(dice.permutation(rows.size)[:size])
        points = _points(table, rows[chosen], passed, width)
        alike.append(0.0 if points is None else likeness(_k_means(points, count), labels[chosen]))
    return float(np.mean(alike))


def _agreement(table: Votes, rows: Labels, count: int, width: int) -> float:
    """Whether two halves of the statements, each by itself, part the same people the same way."""
    dice = np.random.default_rng(_SEED)
    chosen = rows[_some(rows.size, _RESAMPLED_MOST, dice)]
    alike = []
    for _turn in range(_HALVINGS):
        order = dice.permutation(table.shape[1])
        middle = order.size // 2
        halves = [
            _points(table[np.ix_(chosen, half)], np.arange(chosen.size), 0, width)
            for half in (order[:middle], order[middle:])
            if half.size
        ]
        found = [_k_means(points, count) for points in halves if points is not None]
        alike.append(likeness(*found) if len(found) == 2 else 0.0)  # noqa: PLR2004  two halves
    return float(np.mean(alike))


def _some(count: int, most: int, dice: np.random.Generator) -> Labels:
    if count <= most:
        return np.arange(count)
    return np.sort(dice.permutation(count)[:most])


# ── In words ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Counts:
    agrees: NDArray[np.int64]
    disagrees: NDArray[np.int64]
    votes: NDArray[np.int64]


def _counts(table: Votes, rows: Labels) -> _Counts:
    width = table.shape[1]
    totals = np.zeros((3, width), dtype=np.int64)
    for start in range(0, rows.size, _ROWS_AT_ONCE):
        votes = table[rows[start : start + _ROWS_AT_ONCE]]
        totals[0] += (votes == AGREE).sum(axis=0)
        totals[1] += (votes == DISAGREE).sum(axis=0)
        totals[2] += (votes != UNSEEN).sum(axis=0)
    return _Counts(*totals)


def _consensus(counts: list[_Counts], kept: Labels) -> list[Common]:
    """Group-informed consensus: what every group leans to, the most united first.

    The product over the groups of (agrees + 1) ÷ (votes + 2), and the same for disagreement. Only
    statements on which more than half of every group stand on that side are listed.
    """
    found = []
    for agrees in (True, False):
        side = [(one.agrees if agrees else one.disagrees) for one in counts]
        shares = np.array(
            [(yes + 1) / (one.votes + 2) for yes, one in zip(side, counts, strict=True)]
        )
        found += [
            Common(
                int(kept[at]), agrees, float(shares[:, at].prod()),
                tuple(float(share) for share in shares[:, at]),
            )
            for at in np.flatnonzero((shares > 0.5).all(axis=0))  # noqa: PLR2004  more than half
        ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.value, one.statement))


def _representative(counts: list[_Counts], at: int, kept: Labels) -> list[Stand]:
    """What sets this group apart from all others: sure of itself, and sure to differ (Polis)."""
    own = counts[at]
    others = [one for place, one in enumerate(counts) if place != at]
    other_votes = np.sum([one.votes for one in others], axis=0)
    ranked = []
    for agrees in (True, False):
        yes = own.agrees if agrees else own.disagrees
        their = np.sum([one.agrees if agrees else one.disagrees for one in others], axis=0)
        share = (yes + 1) / (own.votes + 2)
        their_share = (their + 1) / (other_votes + 2)
        sure = _proportion_test(yes, own.votes)
        differs = _two_proportions_test(yes, own.votes, their, other_votes)
        weight = share / their_share * differs * share * sure
        for one in np.flatnonzero((sure > _SURE) & (differs > _SURE)):
            stand = Stand(
                int(kept[one]), agrees, float(share[one]), int(yes[one]), int(own.votes[one])
            )
            ranked.append((-float(weight[one]), stand.statement, stand))
    ranked.sort(key=lambda row: row[:2])
    return [stand for _weight, _statement, stand in ranked[:_REPRESENTATIVE_MOST]]


def _proportion_test(yes: NDArray[np.int64], votes: NDArray[np.int64]) -> NDArray[np.float64]:
    """How sure more than half are for it, in standard deviations (with one vote added each way)."""
    value: NDArray[np.float64] = 2 * np.sqrt(votes + 1) * ((yes + 1) / (votes + 1) - 0.5)
    return value


def _two_proportions_test(
    yes: NDArray[np.int64], votes: NDArray[np.int64], their: NDArray[np.int64],
    their_votes: NDArray[np.int64],
) -> NDArray[np.float64]:  # fmt: skip
    """How sure the two sides differ, in standard deviations (with one vote added each way)."""
    mine, theirs = (yes + 1) / (votes + 1), (their + 1) / (their_votes + 1)
    pooled = (yes + their + 2) / (votes + their_votes + 2)
    spread = np.sqrt(
        np.maximum(pooled * (1 - pooled), 0) * (1 / (votes + 1) + 1 / (their_votes + 1))
    )
    value: NDArray[np.float64] = np.where(
        spread > 0, (mine - theirs) / np.where(spread > 0, spread, 1), 0.0
    )
    return value


def _without_groups(
    table: Votes, kept: Labels, doubt: Doubt, *, silhouette: float = 0.0, stability: float = 0.0,
    agreement: float = 0.0,
) -> OpinionMap:  # fmt: skip
    """What unites can be said without groups, too: everybody is one."""
    everybody = np.arange(table.shape[0])
    consensus = _consensus([_counts(table, everybody)], kept)
    return OpinionMap(
        [], [int(row) for row in everybody], consensus, doubt, silhouette, stability, agreement
    )


def _pair(point: NDArray[np.float64]) -> tuple[float, float]:
    return float(point[0]), float(point[1])

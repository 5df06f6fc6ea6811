"""Elections for the tests: by hand and by chance."""

from fractions import Fraction

from hypothesis import strategies as st

from mulin.commons.ballots.counting.count import count
from mulin.commons.ballots.counting.election import (
    Constituency,
    Election,
    Lot,
    Method,
    Project,
    Rule,
)

LOT = Lot("root", "seed")
FLOOR = Rule(Method.FLOOR_EQUAL, seats=5)
#: A rule of each method, with numbers that let it choose.
RULES = [
    Rule(Method.FLOOR_EQUAL, seats=3),
    Rule(Method.EQUAL, seats=3),
    Rule(Method.TOP, seats=3),
    Rule(Method.PHRAGMEN, seats=3),
    Rule(Method.PHRAGMEN, budget=Fraction(60)),
    Rule(Method.EQUAL_SHARES_ADD1, budget=Fraction(60)),
    Rule(Method.GREEDY, budget=Fraction(60)),
    Rule(Method.GREEDY_NO_SKIP, budget=Fraction(60)),
    Rule(Method.GREEDY_THRESHOLD, budget=Fraction(60), threshold=Fraction(2)),
]


def election(costs=None, *, projects="", points=None, void=0, **ballots):
    """`election(party=["ab", "a"], local=["b"])`: each letter is a project."""
    ids = projects or sorted({one for each in ballots.values() for b in each for one in b})
    return Election(
        tuple(Project(one, f"name {one}", Fraction((costs or {}).get(one, 1))) for one in ids),
        tuple(
            Constituency(name, tuple(tuple(sorted(b)) for b in each), name, void=void)
            for name, each in ballots.items()
        ),
    )


def winners(cast, rule=FLOOR, lot=LOT):
    return list(count(cast, rule, lot).winners)


@st.composite
def elections(draw, most=7):
    """Three constituencies over up to seven projects, up to five marks, blank ballots too. With few
    projects, `most`, most of a constituency often marks the same one.
    """
    ids = [f"p{number}" for number in range(draw(st.integers(1, most)))]
    ballot = st.lists(st.sampled_from(ids), max_size=5, unique=True).map(lambda b: tuple(sorted(b)))
    costs = draw(st.lists(st.integers(1, 40), min_size=len(ids), max_size=len(ids)))
    return Election(
        tuple(
            Project(one, f"{one};“x”", Fraction(cost), is_withdrawn=draw(st.integers(0, 9)) == 0)
            for one, cost in zip(ids, costs, strict=True)
        ),
        tuple(
            Constituency(name, tuple(draw(st.lists(ballot, max_size=8))), name)
            for name in ("party", "local", "new")
        ),
    )

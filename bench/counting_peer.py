"""What another library counts, in an environment of its own (it is no part of what Mulin needs).

    uv run --no-project --with pabutools==1.2.3 bench/counting_peer.py time ELECTION.json
    uv run --no-project --with pabutools==1.2.3 bench/counting_peer.py record OUT.json

`time` tells the seconds of three rules on one election, `record` writes small random elections
with the winners of three rules: those that tests/ballots/counting compare with. A rule that
meets a tie is left out there, as the library breaks ties by name.
"""

import json
import sys
import time
from contextlib import suppress
from pathlib import Path
from random import Random

from pabutools.election import (
    ApprovalBallot,
    ApprovalMultiProfile,
    ApprovalProfile,
    Cardinality_Sat,
    Cost_Sat,
    Instance,
    Project,
)
from pabutools.rules import (
    greedy_utilitarian_welfare,
    method_of_equal_shares,
    sequential_phragmen,
)
from pabutools.tiebreaking import TieBreakingException, refuse_tie_breaking


def timed(path: Path) -> None:
    """Seconds for unit costs and five seats."""
    told = json.loads(path.read_text("utf-8"))
    projects = {one: Project(one, 1) for one in told["projects"]}
    instance = Instance(list(projects.values()), budget_limit=5)
    profile = ApprovalMultiProfile(
        profile=ApprovalProfile(
            [ApprovalBallot([projects[one] for one in ballot]) for ballot in told["ballots"]]
        )
    )
    took = {}
    for name, rule in (
        ("greedy", lambda: greedy_utilitarian_welfare(instance, profile, Cardinality_Sat)),
        ("phragmen", lambda: sequential_phragmen(instance, profile)),
    ):
        began = time.perf_counter()
        rule()
        took[name] = time.perf_counter() - began
    print(json.dumps(took))


def record(path: Path) -> None:
    """Up to sixty elections of up to 7 projects and 60 voters."""
    dice = Random(6)
    kept: list[dict] = []
    for _turn in range(60):
        costs = {f"p{i}": dice.randint(5, 60) for i in range(dice.randint(3, 7))}
        budget = dice.randint(60, 150)
        ballots = [
            sorted(dice.sample(sorted(costs), dice.randint(1, min(4, len(costs)))))
            for _voter in range(dice.randint(10, 60))
        ]
        named = {one for ballot in ballots for one in ballot}
        if named != set(costs):
            continue
        projects = {one: Project(one, cost) for one, cost in costs.items()}
        instance = Instance(list(projects.values()), budget_limit=budget)
        profile = ApprovalProfile(
            [ApprovalBallot([projects[one] for one in ballot]) for ballot in ballots]
        )
        every = {"resoluteness": False}
        found = {
            "greedy": greedy_utilitarian_welfare(
                instance, profile, Cost_Sat, is_sat_additive=False, **every
            ),
            "phragmen": sequential_phragmen(instance, profile, **every),
        }
        with suppress(TieBreakingException):
            found["equal-shares-add1"] = [
                method_of_equal_shares(
                    instance, profile, Cost_Sat, voter_budget_increment=1,
                    tie_breaking=refuse_tie_breaking,
                )
            ]  # fmt: skip
        alone = {
            rule: sorted(str(one) for one in outcomes[0])
            for rule, outcomes in found.items()
            if len(outcomes) == 1
        }
        if alone:
            kept.append({"costs": costs, "budget": budget, "ballots": ballots} | alone)
    path.write_text(json.dumps(kept, indent=0) + "\n", "utf-8")


if __name__ == "__main__":
    {"time": timed, "record": record}[sys.argv[1]](Path(sys.argv[2]))

"""What another library draws, in an environment of its own (it is no part of what Mulin needs).

    uv run --no-project --with red-dwarf==0.4.0 bench/ideas_peer.py VOTES.npy

Reads the table that `bench/ideas.py` drew its own map from; tells the seconds and the groups.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from reddwarf.implementations.polis import run_pipeline

UNSEEN = 2


def timed(path: Path) -> None:
    """Seconds of the whole pipeline, from a list of votes to groups."""
    table = np.load(path)
    people, statements = np.nonzero(table != UNSEEN)
    votes = [
        {"participant_id": int(who), "statement_id": int(what), "vote": int(table[who, what])}
        for who, what in zip(people, statements, strict=True)
    ]
    began = time.perf_counter()
    result = run_pipeline(votes=votes)
    took = time.perf_counter() - began
    groups = result.participants_df["cluster_id"].dropna().nunique()
    print(json.dumps([took, int(groups)]))


if __name__ == "__main__":
    timed(Path(sys.argv[1]))

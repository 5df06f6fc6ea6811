"""Old ledgers: whoever keeps a room finds the page; a file is theirs who take its ledger in."""

from mulin.commons.ledgers.models import LedgerFile
from tests.clock import NOW
from tests.matrix.people import DESK, Canary, Line, people

KEEPERS = DESK | people("volunteer_lead", "mediation_director")

LINES = {
    "ledgers:files": Line(KEEPERS),
    "ledgers:template": Line(DESK, about="ledger template", is_shared=True),
    "ledgers:file": Line(DESK, about="ledger file"),
    "ledgers:undo": Line(DESK, about="ledger file", method="POST"),
}
KWARGS = {
    "ledger template": lambda _world, _side: {"name": "elders.care"},
    "ledger file": lambda _world, side: {"pk": side.room["ledgers.file"].pk},
}
CANARIES = {"金雀旧账{}": Canary(DESK, "ledgers:file", "community_worker")}


def fill(community, sides, *, head, desk, actors):
    """A file of elders that nobody has taken in yet."""
    for side in sides:
        side.room["ledgers.file"] = LedgerFile.objects.create(
            community=community, ledger="elders.care", file_name="旧台账.xlsx", at=NOW,
            rows=[{"line": 2, "fault": ""}],
            waiting=f'{{"2": {{"name": "金雀旧账{side.sign}", "agreed": true}}}}',
        )  # fmt: skip

"""Every page × every role × a thing of one's own grid, of another grid, of another community.

Made from the URL conf: a name without a line in `expectations.LINES` fails.
"""

import pytest

from mulin.ground.community.access import access_of
from tests.matrix.expectations import LINES
from tests.matrix.house import addresses, expected
from tests.matrix.objects import OWN

pytestmark = pytest.mark.django_db


def test_every_page_has_a_line_and_every_line_a_page():
    assert sorted(name for name, _pattern in addresses()) == sorted(LINES)


def test_every_view_says_who_may_open_it():
    unmarked = [name for name, pattern in addresses() if access_of(pattern.callback) is None]
    assert unmarked == []


def test_a_page_about_a_thing_says_which():
    wants = {name for name, pattern in addresses() if pattern.pattern.regex.groupindex}
    wants |= {name for name, pattern in addresses() if pattern.pattern.converters}
    assert wants == {name for name, line in LINES.items() if line.about}


@pytest.mark.parametrize("name", LINES)
def test_it_opens_to_whom_the_line_says_hides_what_is_hidden_and_a_look_changes_nothing(
    house, name
):
    line = LINES[name]
    allowed = (*line.moves, "audit_look") if line.looks else line.moves
    wrong = {"doors": [], "leaks": [], "writes": [], "unsafe": [], "files": []}
    sent = []
    for visit in house.visits(name):
        should = visit.actor in expected(line, visit.side)
        if visit.method == line.method and visit.is_open != should:
            wrong["doors"].append(f"{visit}, should be {'open' if should else 'closed'}")
        given = house.given(line, visit.side) if should else set()
        wrong["leaks"] += [f"{visit}: {leak}" for leak in visit.leaks if leak not in given]
        wrong["unsafe"] += [f"{visit}: {fault}" for fault in visit.unsafe]
        if visit.asks_for_files and visit.side == OWN and not sent and should:
            sent = house.send_strange_files(visit.actor, house.paths(name)[OWN])
            wrong["files"] += [f"{visit}: {what}" for what in sent if "→" in what]
        if visit.method == "GET" or not visit.is_open:
            wrong["writes"] += [
                f"{visit}: {write}"
                for write in visit.writes
                if not any(table in write for table in allowed)
            ]
    assert wrong == {what: [] for what in wrong}

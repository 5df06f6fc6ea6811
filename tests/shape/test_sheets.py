"""What is filled in by hand is asked by a definition: no room draws boxes or lines of its own."""

import re

from tests.shape.house import MULIN

#: What stands to be ticked or written on: a box, a line, a cell left empty, a rule of dots.
TO_FILL_IN = re.compile(
    r'class="(?:box|line|cell|write|tick)\b|[☐□]|<td[^>]*></td>|_{6,}|＿{2,}|\.{6,}|…{3,}'
)
#: Marks that no form stands behind: they are never typed back as answers to questions. By template:
#: how many, and why.
NO_FORM = {
    "reception/paper/pack.html": (
        13, "who owes what today is ticked off by whoever does it; whom one has seen, and what the"
        " desk notes under a demand, are the desk's; who comes without power is a list of the day",
    ),
    "production/paper/round.html": (2, "a receipt: the carrier writes what was there, the door signs"),
    "production/paper/customer.html": (6, "two signatures under a statement, and sums in its foot"),
    "wages/paper/statement.html": (1, "a signature under a statement"),
    "rota/paper/wall.html": (1, "whoever was on duty signs on the wall"),
    "ballots/paper/certificate.html": (7, "signatures of the committee and of observers"),
    "volunteers/paper/certificate.html": (1, "the signature of the head"),
}  # fmt: skip


def on_paper():
    """The templates of rooms and commons that are printed, by their name."""
    for path in MULIN.rglob("templates/*/paper/*.html"):
        yield "/".join(path.parts[-3:]), path.read_text()


def test_no_room_draws_a_second_form_for_paper():
    found = {name: len(TO_FILL_IN.findall(text)) for name, text in on_paper()}
    assert len(found) > 15
    meant = {name: count for name, (count, _why) in NO_FORM.items()}
    assert {name: count for name, count in found.items() if count > meant.get(name, 0)} == {}
    assert {name for name in meant if not found.get(name)} == set()


def test_what_is_printed_lies_where_it_is_looked_at():
    """A template made for the press lies in a folder `paper`, so that the test above sees it."""
    elsewhere = [
        str(path.relative_to(MULIN))
        for path in MULIN.rglob("templates/*/*.html")
        if 'extends "kit/paper.html"' in path.read_text() and path.parts[-2] != "kit"
    ]
    assert elsewhere == []

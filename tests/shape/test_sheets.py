"""What is filled in by hand is asked by a definition: no room draws boxes or lines of its own."""

import re

from tests.shape.house import MULIN

#: What stands to be ticked or written on: a box, a line, a cell left empty, a rule of dots.
TO_FILL_IN = re.compile(
    r'class="(?:box|line|cell|write|tick)\b|[☐□]|<td[^>]*></td>|_{6,}|＿{2,}|\.{6,}|…{3,}'
)
#: Marks that no form stands behind: they are never typed back as answers to questions. How many at
#: most, by template.
NO_FORM = {
    "reception/paper/pack.html": 13,  # the desk's own marks, and a list of who came, without power
    "production/paper/round.html": 2,  # a receipt: what was there, and the door signs
    "production/paper/customer.html": 6,  # two signatures, and the foot of a table
    "wages/paper/statement.html": 1,  # a signature
    "rota/paper/wall.html": 1,  # whoever was on duty signs on the wall
    "ballots/paper/certificate.html": 7,  # signatures of the committee and of observers
    "volunteers/paper/certificate.html": 1,  # the signature of the head
}


def on_paper():
    """The templates of rooms and commons that are printed, by their name."""
    for path in MULIN.rglob("templates/*/paper/*.html"):
        yield "/".join(path.parts[-3:]), path.read_text()


def test_no_room_draws_a_second_form_for_paper():
    found = {name: len(TO_FILL_IN.findall(text)) for name, text in on_paper()}
    assert len(found) > 15
    assert {name: count for name, count in found.items() if count > NO_FORM.get(name, 0)} == {}
    assert {name for name in NO_FORM if not found.get(name)} == set()


def test_what_is_printed_lies_where_it_is_looked_at():
    """A template made for the press lies in a folder `paper`, so that the test above sees it."""
    elsewhere = [
        str(path.relative_to(MULIN))
        for path in MULIN.rglob("templates/*/*.html")
        if 'extends "kit/paper.html"' in path.read_text() and path.parts[-2] != "kit"
    ]
    assert elsewhere == []

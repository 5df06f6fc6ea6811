"""`mulin figures`: names, values, definitions and rows, of the right days."""

import json

import pytest

from mulin.cli import main
from mulin.kit.clock import standing_still
from tests.clock import NOW
from tests.factories.community import AccountFactory, CommunityFactory, MembershipFactory
from tests.figures.conftest import days_ago, knock


@pytest.fixture
def town(db, figures):
    town = CommunityFactory(slug="town")
    for topic, times in {"open": 6, "shut": 2, "nobody": 3}.items():
        knock(town, topic=topic, times=times, minutes=7)
    knock(town, at=days_ago(400), times=9)
    with standing_still(NOW):
        yield town


def asked(capsys, *typed):
    code = main(["figures", *typed])
    return code, capsys.readouterr()


def test_json_has_value_definition_and_rows_of_this_year(town, capsys):
    code, said = asked(capsys, "--json")
    assert code == 0
    assert json.loads(said.out) == {
        "test.desk": {"value": 11, "definition": "Secret.", "rows": 11},
        "test.knocks": {"value": 11, "definition": "Every knock on a door.", "rows": 11},
        "test.minutes": {"value": 77, "definition": "Minutes of all knocks.", "rows": 11},
        "test.persons": {"value": 11, "definition": "People behind doors.", "rows": 11},
        "test.rate": {"value": 75.0, "definition": "Opened doors, of doors that answered.", "rows": 6},
    }  # fmt: skip


def test_days_and_community_are_taken_as_they_are_typed(town, capsys):
    CommunityFactory(slug="other")
    assert asked(capsys)[0] == 1
    code, said = asked(
        capsys, "--community", "town", "--since", "2025-10-01", "--until", "2025-10-31"
    )
    assert code == 0
    assert "2025-10-01" in said.out
    assert [line.split()[:2] for line in said.out.splitlines() if "test.knocks" in line] == [
        ["test.knocks", "9"]
    ]
    assert asked(capsys, "--community", "town", "--since", "2026-02-30")[0] == 2
    assert (
        asked(capsys, "--community", "town", "--since", "2026-02-03", "--until", "2026-01-01")[0]
        == 2
    )
    assert asked(capsys, "--community", "nobody")[0] == 1


def test_the_demonstration_is_asked_for_the_time_of_the_report(town, capsys):
    CommunityFactory(slug="other")
    MembershipFactory(community=town, account=AccountFactory(is_demo=True))
    code, said = asked(capsys)
    assert code == 0
    assert "2020-07-01" in said.out
    assert "2024-12-31" in said.out

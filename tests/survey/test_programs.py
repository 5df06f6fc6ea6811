"""What is published of the survey goes out to programs and as a file, and what is hidden does not."""

from datetime import timedelta

import pytest

from mulin.ground.community.actions.programs import connect_program
from mulin.ground.community.rules import Scope
from mulin.ground.downloads.registry import listing_of
from mulin.kit.clock import standing_still
from tests.clock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(cast, client):
    """What a program that may read what is public is told of surveys."""
    _made, token = connect_program(
        name="镇数据中心",
        contact="信息科 86220000",
        expires_at=NOW + timedelta(90),
        scopes=[Scope.PUBLIC_READ],
        by=cast.zhou.actor,
        now=NOW,
    )

    def get():
        with standing_still(NOW):
            answer = client.get("/api/v1/surveys/", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.content
        return answer.json()["rows"]

    return get


def table(cast):
    results = listing_of("survey.results")
    columns = list(results.columns(cast.chen.actor, NOW))
    rows = results.rows(cast.chen.actor, {}, NOW)
    return [[column.of(row) for column in columns] for row in rows]


def test_a_program_and_a_file_say_what_the_page_says(cast, survey, answer, finish, asked):
    answer(cast.grid_1, [5] * 20 + [2] * 2)
    answer(cast.grid_2, [1] * 3)
    assert asked() == table(cast) == []  # nothing before it is published
    report = finish()
    (year,) = asked()
    assert (year["year"], year["sampled"], year["digest"]) == (2026, 42, report.digest)
    overall = next(one for one in year["questions"] if one["field"] == "overall")
    assert (overall["answered"], overall["satisfied"], float(overall["percent"])) == (25, 20, 80.0)
    assert [2026, overall["words"], 25, 20, 80] in [row[:5] for row in table(cast)]


def test_too_few_answers_are_told_to_no_program_and_in_no_file(cast, survey, answer, finish, asked):
    answer(cast.grid_1, [5] * 2)
    finish()
    (year,) = asked()
    assert {one["percent"] for one in year["questions"]} == {None}
    assert {tuple(row[2:]) for row in table(cast)} == {(None,) * 5}

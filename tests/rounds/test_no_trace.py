"""Nobody's position is kept: an officer's visit has a door and a time, and nothing else."""

import re

from django.db import models

from mulin.parlour.rounds.models import RoundVisit
from tests.shape.house import MULIN, mulin_models

#: Where a coordinate may stand: the place of a need that was given on purpose, and what stands still.
PLACES_OF_THINGS = {"flow.Need", "places.Building", "places.Place"}
COORDINATE = re.compile(
    r"latitude|longitude|^lat$|^lng$|^lon$|coord|geo|^position|gps|altitude|accuracy", re.IGNORECASE
)
ASKS_THE_DEVICE = re.compile(r"geolocation|watchPosition|getCurrentPosition|DeviceMotion|Bluetooth")


def is_order(field):
    """The place in a list is a small whole number, and nobody's position."""
    return field.name == "position" and isinstance(
        field, models.PositiveSmallIntegerField | models.PositiveIntegerField
    )


def coordinates(model):
    return [
        field.name
        for field in model._meta.get_fields()
        if isinstance(field, models.Field) and COORDINATE.search(field.name) and not is_order(field)
    ]


def test_no_table_of_acts_visits_or_accounts_has_a_coordinate():
    found = {model._meta.label for model in mulin_models() if coordinates(model)}
    assert found <= PLACES_OF_THINGS
    assert found  # the test would see one


def test_a_round_visit_says_door_grid_time_and_outcome_and_no_more():
    names = {field.name for field in RoundVisit._meta.get_fields() if not field.auto_created}
    assert names == {
        "id", "community", "dwelling", "grid", "at", "officer", "outcome", "note", "need",
    }  # fmt: skip


def test_no_script_asks_a_device_where_it_is():
    scripts = [*MULIN.rglob("*.js"), *MULIN.rglob("templates/**/*.html")]
    assert [path for path in scripts if ASKS_THE_DEVICE.search(path.read_text("utf-8"))] == []


def test_no_page_may_ask_it(cast, client):
    for member, path in ((None, "/"), (cast.sun, "/rounds/"), (cast.chen, "/reception/receive/")):
        answer = (cast.enter(client, member) if member else client).get(path)
        assert "geolocation=()" in answer.headers["Permissions-Policy"]


def test_no_figure_ranks_officers():
    from mulin.parlour.rounds.figures import FIGURES  # noqa: PLC0415  after the apps are ready

    assert {figure.date_field for figure in FIGURES} == {"at"}
    assert [figure.name for figure in FIGURES if "officer" in str(figure.measure)] == []

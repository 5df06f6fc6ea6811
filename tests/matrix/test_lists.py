"""What every room gives away as a file, read in a house in which something lies in every room."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mulin.ground.community.rules import Actor, Grant, Role
from mulin.ground.downloads.registry import listings
from mulin.kit.clock import local_day, standing_still
from mulin.kit.scoping import in_community
from mulin.kit.sheets import write_xlsx
from mulin.workshop.childcare.models import Clearance
from tests.clock import NOW

pytestmark = pytest.mark.django_db

#: Nothing of these lies in the house of the matrix.
EMPTY = {
    "alarms.aways",
    "audit.looks",
    "ballots.board",
    "ballots.complaints",
    "ballots.results",
    "booking.closures",
    "booking.discounts",
    "booking.keys",
    "booking.money",
    "booking.prices",
    "childcare.activities",
    "childcare.alarm_answers",
    "childcare.bookings",
    "childcare.doses",
    "childcare.hand_overs",
    "childcare.meals",
    "childcare.medicine",
    "childcare.objections",
    "childcare.pickers",
    "classroom.feedback",
    "community.program_calls",
    "deliberation.amendments",
    "deliberation.arguments",
    "deliberation.proxies",
    "deliberation.seconders",
    "deliberation.voices",
    "doublefive.appraisals",
    "doublefive.expenses",
    "doublefive.remarks",
    "doublefive.votes",
    "elders.assessments",
    "elders.thanks",
    "mediation.committees",
    "mediation.precedents",
    "places.days",
    "places.hours",
    "production.sales",
    "production.samples",
    "production.skills",
    "reception.imported",
    "rota.swaps",
    "rota.wishes",
    "skills.assessments",
    "suggestions.stands",
    "volunteers.records",
    "volunteers.thanks",
    "volunteers.wishes",
    "wages.bonuses",
    "wages.minimum",
    "wages.terms",
}


def test_a_list_is_taken_away_without_one_more_question_a_row(house):
    """Every room's list, read by whoever holds every role: what its columns show is all there."""
    told = set()
    with in_community(house.world.cast.xinjie):
        every_role = Actor(
            house.world.cast.xinjie.pk,
            account_id=house.world.cast.chen.account.pk,
            grants=tuple(Grant(role) for role in Role),
        )
        Clearance.objects.create(
            community=house.world.cast.xinjie, account=house.world.cast.chen.account, reason="搬家",
            since=local_day(NOW), until=local_day(NOW), approved_by=house.world.cast.zhou.account,
            at=NOW,
        )  # fmt: skip
        for listing in listings():
            with standing_still(NOW):
                assert listing.may(every_role), listing.name
            columns = list(listing.columns(every_role, NOW))
            rows = list(listing.rows(every_role, {}, NOW))
            with CaptureQueriesContext(connection) as asked:
                lines = [[column.of(row) for column in columns] for row in rows]
            assert not asked.captured_queries, (listing.name, asked.captured_queries[0]["sql"])
            assert write_xlsx([column.label for column in columns], lines)
            if rows:
                told.add(listing.name)
    assert told == {one.name for one in listings()} - EMPTY

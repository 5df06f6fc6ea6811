"""The catalogue of services as another office's program reads it."""

from decimal import Decimal

from mulin.circle.elders.actions.orders import Offered, add_service, end_service
from mulin.circle.elders.rules import Care
from mulin.ground.community.rules import Scope
from mulin.kit.clock import standing_still
from tests.clock import NOW
from tests.site.test_programs import Caller, let_in


def test_services_are_told_with_their_price_as_long_as_they_are_offered(client, cast, home):
    caller = Caller(client, let_in(cast.zhou, scopes=[Scope.PUBLIC_READ])[1])
    meals = add_service(
        Offered(kind=Care.MEALS, name="上门送餐", yuan=Decimal("12.50"), minutes=30),
        by=cast.chen.actor,
        now=NOW,
    )
    with standing_still(NOW):
        found = {one["name"]: one for one in caller.get("services/").json()["rows"]}
        assert (found["上门送餐"]["kind"], found["上门送餐"]["yuan"]) == ("meals", "12.50")
        end_service(meals, by=cast.chen.actor, now=NOW)
        assert "上门送餐" not in [one["name"] for one in caller.get("services/").json()["rows"]]

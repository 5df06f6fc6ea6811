"""The workshop's public page as another office's program reads it."""

from datetime import timedelta

from mulin.ground.community.rules import Scope
from mulin.kit.clock import standing_still
from mulin.workshop.production.actions.sales import announce_sale
from tests.clock import NOW
from tests.site.test_programs import Caller, let_in


def test_what_is_made_here_is_told_without_whom_it_is_for(client, cast, shop):
    shop.out()
    announce_sale(
        title="手工香包直播",
        watch="微信视频号",
        begins_at=NOW + timedelta(days=3),
        by=shop.by,
        now=NOW,
    )
    caller = Caller(client, let_in(cast.zhou, scopes=[Scope.PUBLIC_READ])[1])
    with standing_still(NOW):
        told = caller.get("workshop/")
    found = told.json()
    assert found["products"] == [shop.order.product]
    assert found["operations"] == [{"name": "锁边", "skill": None}]
    sale = {"title": "手工香包直播", "watch": "微信视频号", "words": "", "is_called_off": False}
    assert [{key: one[key] for key in sale} for one in found["sales"]] == [sale]
    for secret in (shop.customer.name, "兰英", cast.yong.person.name):
        assert secret not in str(told.json())

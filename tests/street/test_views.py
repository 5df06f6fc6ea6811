"""The street's pages, and the head's page of grants."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mulin.ground.street.actions.grants import give_grant
from mulin.ground.street.actions.sums import sum_up
from mulin.ground.street.models import Grant, HandedUp
from mulin.ground.street.registry import opening_of
from mulin.kit.clock import standing_still
from mulin.kit.scoping import in_community
from mulin.parlour.reception.models import Demand
from tests.clock import NOW
from tests.factories.community import CommunityFactory


@pytest.fixture(autouse=True)
def _now():
    with standing_still(NOW):
        yield


def asked(client, path):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = client.get(path)
    return page, len(queries)


def test_forty_communities_stand_side_by_side_with_as_many_queries_as_two(street, client):
    cast = street
    cast.enter(client, cast.street)
    client.get("/street/")
    few, count = asked(client, "/street/")
    assert few.status_code == 200
    for number in range(38):
        more = CommunityFactory(street=cast.street_office, name=f"社区{number:02}")
        with in_community(more):
            sum_up(more, NOW)
    many, count_of_many = asked(client, "/street/")
    assert len(many.context["lines"]) == 40
    assert count_of_many == count


def test_a_heading_sorts_and_what_is_held_back_stands_at_the_end_either_way(street, client):
    cast = street
    more = CommunityFactory(street=cast.street_office, name="新开社区")
    with in_community(more):
        sum_up(more, NOW)
    cast.enter(client, cast.street)

    def names(path):
        return [one["line"].community.name for one in client.get(path).context["lines"]]

    assert names("/street/?sort=reception.demands&up=0") == ["新街社区", "新开社区", "邻里社区"]
    assert names("/street/?sort=reception.demands&up=1") == ["新开社区", "新街社区", "邻里社区"]
    page = client.get("/street/?sort=reception.demands&up=0").content.decode()
    assert 'aria-sort="descending"' in page
    assert "不足 5" in page
    # The street's own number leaves out what is held back.
    together = client.get("/street/").context["together"]
    assert together[0][1] == "7"
    assert client.get("/street/?period=nonsense&sort=x&page=99").status_code == 200


def test_one_community_opens_under_its_head_s_grant_only_and_without_persons(street, head, client):
    cast = street
    cast.enter(client, cast.street)
    path = f"/street/of/{cast.linli.pk}/demands/"
    assert client.get(path).status_code == 404
    with in_community(cast.linli):
        by = head.actor
        grant = give_grant(
            opening_of("demands"), reason="雨季检查", until=NOW + timedelta(days=3), by=by, now=NOW
        )
        number = Demand.objects.select_related("need").first().need.number
    page = client.get(path).content.decode()
    assert number in page
    assert "路灯" not in page
    assert client.get(f"/street/of/{cast.linli.pk}/grids/").status_code == 404
    Grant.objects.filter(pk=grant.pk).update(ended_at=NOW)
    assert client.get(path).status_code == 404


def test_a_head_grants_and_ends_it_and_bad_input_is_kept(street, client):
    cast = street
    cast.enter(client, cast.zhou)
    wrong = client.post("/street/grants/", {"what": "grids", "reason": "看看", "until": "明天"})
    assert wrong.status_code == 422
    assert "看看" in wrong.content.decode()
    form = {"what": "grids", "reason": "看看", "until": "2026-12-01", "token": "abc"}
    assert client.post("/street/grants/", form).status_code == 302
    client.post("/street/grants/", form)
    grant = Grant.objects.get()
    cast.enter(client, cast.street)
    assert client.get(f"/street/of/{cast.xinjie.pk}/grids/").status_code == 200
    cast.enter(client, cast.zhou)
    client.post(f"/street/grants/{grant.pk}/end/", {"token": "end"})
    assert Grant.objects.running(NOW).count() == 0


def test_from_the_desk_to_the_street_and_back_to_the_asker(street, client):
    cast = street
    with in_community(cast.xinjie):
        demand = Demand.objects.select_related("need").first()
    cast.enter(client, cast.chen)
    page = client.get(f"/reception/demands/{demand.pk}/").content.decode()
    assert "hand-up" in page
    path = f"/reception/demands/{demand.pk}/hand-up/"
    wrong = client.post(path, {"words": "路灯一片不亮", "back_by": "2020-01-01", "token": "a"})
    assert wrong.status_code == 422
    assert "路灯一片不亮" in wrong.content.decode()
    client.post(path, {"words": "路灯一片不亮", "back_by": "2026-11-30", "token": "a"})
    handed = HandedUp.objects.get()
    cast.enter(client, cast.street)
    assert "路灯一片不亮" in client.get("/street/handed/").content.decode()
    deed = f"/street/handed/{handed.pk}/"
    assert client.post(f"{deed}answer/", {"words": ""}).status_code == 422
    assert client.post(f"{deed}answer/", {"words": "周五修", "token": "b"}).status_code == 302
    assert client.post(f"{deed}nonsense/").status_code == 404
    assert "周五修" in client.get("/street/handed/?show=settled").content.decode() or (
        client.get(deed).status_code == 200
    )
    client.logout()
    told = client.get(f"/reception/follow/{demand.need.follow_code}/").content.decode()
    assert "望海街道" in told

"""Every page runs in one community, for one actor, and closed doors stay closed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import include, path

from mulin.ground.community.access import opened_to, public, signed_in
from mulin.ground.community.actions.founding import setup_token
from mulin.ground.community.models import Community, Grid, Membership
from mulin.ground.community.queries import actor_of
from mulin.ground.community.rules import DESK_ROLES, Role
from mulin.kit.clock import now
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community
from mulin.site.urls import urlpatterns as site_urls
from tests.factories.community import AccountFactory, CommunityFactory, MembershipFactory


def unmarked(request):
    return HttpResponse("open")


@public
def anybody(request):
    return HttpResponse(f"{request.community.slug} {request.actor.name}")


@signed_in
def somebody(request):
    return HttpResponse(request.actor.name)


@opened_to(*DESK_ROLES)
def desk(request):
    return HttpResponse(request.actor.name)


@public
def grids(request):
    return StreamingHttpResponse(f"{grid.name}\n" for grid in Grid.objects.iterator())


@public
def written_then_broken(request):
    Grid.objects.update(name="changed")
    raise RuntimeError("after the work")


@public
def refusing(request):
    raise Refused("先等一等")


@public
def not_yours(request):
    raise NotPermitted("not yours")


class urls:  # noqa: N801  a URL conf of its own, as Django reads one
    urlpatterns = [
        path("t/unmarked/", unmarked),
        path("t/anybody/", anybody),
        path("t/somebody/", somebody),
        path("t/desk/", desk),
        path("t/grids/", grids),
        path("t/broken/", written_then_broken),
        path("t/refusing/", refusing),
        path("t/not-yours/", not_yours),
        path("", include((site_urls, "site"))),
    ]
    handler404 = "mulin.site.views.errors.not_found"
    handler500 = "mulin.site.views.errors.server_error"


@pytest.fixture(autouse=True)
def _urls(settings):
    settings.ROOT_URLCONF = urls


def test_a_view_without_a_mark_is_closed_to_everybody(cast, client):
    assert client.get("/t/unmarked/").status_code == 404
    for member in (cast.zhou, cast.installer, cast.yong):
        assert cast.enter(Client(), member).get("/t/unmarked/").status_code == 404


def test_a_public_page_is_open_and_knows_its_community(cast, client):
    assert client.get("/t/anybody/").content.decode() == "xinjie "


def test_a_page_for_the_signed_in_sends_others_to_the_door_and_back(cast, client):
    assert client.get("/t/somebody/?a=1").headers["Location"] == (
        "/sign-in/?next=%2Ft%2Fsomebody%2F%3Fa%3D1"
    )
    assert cast.enter(client, cast.yong).get("/t/somebody/").content.decode() == "阿勇"


def test_a_fragment_is_sent_to_the_door_whole(cast, client):
    answer = client.get("/t/somebody/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/sign-in/?next=%2F"


@pytest.mark.parametrize(
    ("who", "status"),
    [("chen", 200), ("zhou", 200), ("sun", 404), ("yong", 404), ("auditor", 404), ("li", 200)],
)
def test_for_a_role_that_is_missing_the_page_does_not_exist(cast, client, who, status):
    assert cast.enter(client, getattr(cast, who)).get("/t/desk/").status_code == status


def test_the_neighbours_worker_is_a_stranger_here(cast, client):
    cast.enter(client, cast.li)
    assert client.get("/t/anybody/").content.decode() == "linli 小李"
    client.get("/c/xinjie/")
    assert client.get("/t/anybody/").content.decode() == "xinjie 小李"
    assert client.get("/t/desk/").status_code == 404


def test_a_role_counts_from_its_first_to_its_last_day(cast, client):
    held = Membership.objects.filter(account=cast.chen.account)
    cast.enter(client, cast.chen)
    held.update(until=now() + timedelta(hours=1))
    assert client.get("/t/desk/").status_code == 200
    held.update(until=now() - timedelta(seconds=1))
    assert client.get("/t/desk/").status_code == 404
    held.update(since=now() + timedelta(hours=1), until=None)
    assert client.get("/t/desk/").status_code == 404


def test_a_stand_in_opens_what_the_absent_would(cast, client):
    MembershipFactory(
        community=cast.xinjie, account=cast.sun.account, role=Role.COMMUNITY_WORKER,
        stands_in_for=Membership.objects.get(account=cast.chen.account),
        until=now() + timedelta(days=3),
    )  # fmt: skip
    assert cast.enter(client, cast.sun).get("/t/desk/").status_code == 200


# ── which community ──────────────────────────────────────────────────────────────────────────


def test_a_visitor_lands_where_the_address_or_their_choice_says(cast, client):
    Community.objects.filter(pk=cast.linli.pk).update(host="linli.example")
    assert client.get("/t/anybody/", headers={"host": "testserver"}).content == b"xinjie "
    assert client.get("/c/linli/").status_code == 302
    assert client.get("/t/anybody/").content == b"linli "
    assert client.get("/c/nowhere/").status_code == 404


def test_the_host_of_a_site_outranks_a_choice(cast, client, settings):
    settings.ALLOWED_HOSTS = ["linli.example"]
    Community.objects.filter(pk=cast.linli.pk).update(host="linli.example")
    client.cookies["mulin_community"] = "xinjie"
    assert client.get("/t/anybody/", headers={"host": "linli.example:8000"}).content == b"linli "


def test_whoever_serves_two_communities_chooses_and_holds_in_each_what_they_hold_there(
    cast, client
):
    account = AccountFactory(display_name="双社区")
    MembershipFactory(community=cast.xinjie, account=account, role=Role.COMMUNITY_WORKER)
    MembershipFactory(community=cast.linli, account=account, role=Role.VOLUNTEER)
    cast.chen.account = account
    cast.enter(client, cast.chen)
    assert client.get("/t/desk/").status_code == 200
    client.get("/c/linli/")
    assert client.get("/t/anybody/").content.decode() == "linli 双社区"
    assert client.get("/t/desk/").status_code == 404


def test_before_the_first_community_every_page_tells_how_to_begin(client, db):
    assert client.get("/t/anybody/").status_code == 503
    assert client.get("/").status_code == 503
    assert client.get(f"/setup/{setup_token()}/").status_code == 200


# ── inside ───────────────────────────────────────────────────────────────────────────────────


def test_what_is_streamed_is_still_read_inside_its_community(cast, client):
    streamed = b"".join(client.get("/t/grids/").streaming_content).decode()
    assert streamed == "第1网格\n第2网格\n"


def test_a_request_that_breaks_leaves_nothing_behind_on_postgres(cast, on_postgres):
    client = Client(raise_request_exception=False)
    assert client.get("/t/broken/").status_code == 500
    with in_community(cast.xinjie):
        names = set(Grid.objects.values_list("name", flat=True))
    assert names == ({"第1网格", "第2网格"} if on_postgres else {"changed"})


def test_a_refusal_without_a_form_is_said_in_words(cast, client):
    answer = client.get("/t/refusing/")
    assert (answer.status_code, "先等一等" in answer.content.decode()) == (409, True)


def test_what_is_not_yours_is_not_there(cast, client):
    answer = client.get("/t/not-yours/")
    assert answer.status_code == 404
    assert "not yours" not in answer.content.decode()


# ── what it costs ────────────────────────────────────────────────────────────────────────────


def counted(client, address="/t/anybody/"):
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return [
        query["sql"] for query in captured if query["sql"].startswith(("SELECT", "INSERT"))
        and "set_config" not in query["sql"] and "current_setting" not in query["sql"]
    ]  # fmt: skip


def test_a_visitor_costs_one_query_and_a_colleague_four(cast, client):
    assert len(counted(client)) == 1
    cast.enter(client, cast.chen)
    assert len(counted(client)) == 4  # session, account, roles with communities, person


def test_it_costs_no_more_with_many_roles_and_communities(cast, client):
    for number in range(5):
        MembershipFactory(
            community=CommunityFactory(), account=cast.chen.account, role=Role.VOLUNTEER
        )
        del number
    cast.enter(client, cast.chen)
    assert len(counted(client)) == 4


def test_the_actor_of_a_request_is_the_one_of_a_command(cast, client):
    request = cast.enter(client, cast.yong).get("/t/anybody/").wsgi_request
    assert request.actor == actor_of(
        cast.yong.account, cast.xinjie, now=now(), person_id=cast.yong.person.pk
    )

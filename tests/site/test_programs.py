"""Programs of other offices: let in with a token, counted, told why not, shut out."""

import json
import re
from dataclasses import replace
from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mulin.commons.flow.models import Category, Need, Visibility
from mulin.commons.flow.said import Said
from mulin.commons.gatherings.actions.planning import Plan, plan_gathering
from mulin.ground.audit.models import Act
from mulin.ground.community.actions.programs import (
    connect_program,
    count_call,
    digest_of_token,
    renew_token,
    shut_out,
)
from mulin.ground.community.calls import calls
from mulin.ground.community.models import ApiClient, ApiUse
from mulin.ground.community.rules import CALLS_PER_MINUTE, HEAD_GIVES, Scope, system
from mulin.ground.places.actions import add_place, set_hours
from mulin.ground.places.models import PlaceKind
from mulin.ground.places.rules import Hours
from mulin.kit.clock import standing_still
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community
from mulin.parlour.reception.actions.demands import receive_demand
from mulin.parlour.reception.actions.limits import open_reception
from mulin.parlour.reception.models import Demand, Visit
from tests.clock import NOW

ALL = list(Scope)
CONVERTER = re.compile("<[^>]+>")


def let_in(member, scopes=ALL, **more):
    values = {"name": "街道平台", "contact": "信息科 86220000", "expires_at": NOW + timedelta(90)}
    return connect_program(scopes=scopes, by=member.actor, now=NOW, **(values | more))


@pytest.fixture
def xinjie(cast):
    with in_community(cast.xinjie):
        open_reception(by=system(cast.xinjie.pk), now=NOW)
        yield cast.xinjie


@pytest.fixture
def program(cast, xinjie):
    """A program with every right, and its token."""
    return let_in(cast.zhou)


@pytest.fixture(autouse=True)
def _still():
    with standing_still(NOW):
        yield


class Caller:
    """Somebody's program: a client with a token."""

    def __init__(self, client, token):
        self._client = client
        self._head = {"HTTP_AUTHORIZATION": f"Bearer {token}"}

    def get(self, path, **head):
        return self._client.get(f"/api/v1/{path}", **self._head, **head)

    def post(self, path, sent, **head):
        return self._client.post(
            f"/api/v1/{path}", json.dumps(sent), content_type="application/json",
            **self._head, **head,
        )  # fmt: skip


def questions(caller, path):
    """What a call asks of the database, without what each block asks; the program has called before."""
    caller.get(path)
    with CaptureQueriesContext(connection) as asked:
        assert caller.get(path).status_code == 200
    inside = [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]
    return [sql for sql in inside if "set_config" not in sql and "current_setting" not in sql]


@pytest.fixture
def caller(client, program):
    return Caller(client, program[1])


def demand(cast, words, **more):
    said = Said(words=words, person=cast.wang.person, building=cast.building_12, **more)
    return receive_demand(said, by=cast.chen.actor, now=NOW)


# ── letting in and shutting out ──────────────────────────────────────────────────────────────


def test_the_head_lets_a_program_in_and_sees_its_token_once(cast, xinjie, client):
    cast.enter(client, cast.zhou)
    page = client.post(
        "/programs/new/",
        {"name": "12345热线", "contact": "小赵 86221234", "scopes": ["demands:read"],
         "until": "2027-06-30"},
    )  # fmt: skip
    made = ApiClient.objects.get()
    token = page.context["token"]
    assert token in page.content.decode()
    assert token.startswith("xinjie.")
    assert "no-store" in page.headers["Cache-Control"]
    assert token not in client.get(f"/programs/{made.pk}/").content.decode()
    kept = [str(value) for row in ApiClient.objects.values() for value in row.values()]
    assert not any(token in value or token.partition(".")[2] in value for value in kept)
    assert made.account.login_name is None
    assert not made.account.has_usable_password()


def test_what_was_typed_stays_beside_its_message(cast, xinjie, client):
    page = cast.enter(client, cast.zhou).post(
        "/programs/new/", {"name": "热线", "contact": "", "until": "2036-01-01"}
    )
    form = page.context["form"]
    assert set(form.errors) == {"contact", "scopes"}
    assert 'value="热线"' in page.content.decode()
    assert ApiClient.objects.count() == 0


def test_nobody_else_lets_a_program_in_nor_for_ever_nor_for_nothing(cast, xinjie):
    with pytest.raises(NotPermitted):
        let_in(cast.chen)
    with pytest.raises(Refused) as refusal:
        let_in(cast.zhou, scopes=[])
    assert refusal.value.field == "scopes"
    for moment in (NOW, NOW + timedelta(days=800)):
        with pytest.raises(Refused) as refusal:
            let_in(cast.zhou, expires_at=moment)
        assert refusal.value.field == "until"


def test_another_token_ends_the_old_one_and_shutting_out_ends_both(cast, program, client):
    made, token = program
    assert Caller(client, token).get("demands/").status_code == 200
    fresh = renew_token(made, by=cast.zhou.actor, now=NOW)
    assert Caller(client, token).get("demands/").status_code == 401
    assert Caller(client, fresh).get("demands/").status_code == 200
    shut_out(made, by=cast.zhou.actor, now=NOW)
    assert Caller(client, fresh).get("demands/").status_code == 401
    with pytest.raises(Refused):
        renew_token(made, by=cast.zhou.actor, now=NOW)
    with pytest.raises(Refused):
        shut_out(made, by=cast.zhou.actor, now=NOW)


def test_the_installer_gives_no_token_that_opens_what_they_may_not_read(cast, xinjie, client):
    """Whoever is shown a token could keep it, and read what no page shows them."""
    for scope in HEAD_GIVES:
        with pytest.raises(Refused) as refusal:
            let_in(cast.installer, scopes=[Scope.FIGURES_READ, scope])
        assert refusal.value.field == "scopes"
        made, token = let_in(cast.zhou, scopes=[scope])
        with pytest.raises(Refused):
            renew_token(made, by=cast.installer.actor, now=NOW)
        page = cast.enter(client, cast.installer).post(f"/programs/{made.pk}/token/", follow=True)
        assert page.redirect_chain == [(f"/programs/{made.pk}/", 302)]
        assert f"/programs/{made.pk}/token/" not in page.content.decode()
        assert made.digest == ApiClient.objects.get(pk=made.pk).digest == digest_of_token(token)
    offered = client.get("/programs/new/").context["form"].fields["scopes"].choices
    assert {value for value, _words in offered} == set(Scope) - HEAD_GIVES
    plain, token = let_in(cast.installer, scopes=[Scope.FIGURES_READ])
    fresh = renew_token(plain, by=cast.installer.actor, now=NOW)
    assert Caller(client, token).get("figures/").status_code == 401
    assert Caller(client, fresh).get("figures/").status_code == 200


def test_a_token_runs_out(cast, program, client):
    with standing_still(NOW + timedelta(days=91)):
        answer = Caller(client, program[1]).get("demands/")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "sent",
    ["", "Bearer", "Bearer xinjie.", "Bearer xinjie.wrong", "Basic eDp5", "Bearer nowhere.x"],
)
def test_without_a_good_token_nothing_opens(program, client, sent):
    answer = client.get("/api/v1/demands/", HTTP_AUTHORIZATION=sent)
    assert (answer.status_code, answer.json()["status"]) == (401, 401)
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_session_opens_nothing_here(cast, program, client):
    assert cast.enter(client, cast.zhou).get("/api/v1/demands/").status_code == 401


# ── counting ─────────────────────────────────────────────────────────────────────────────────


def test_every_call_is_counted_and_shown(cast, program, caller, client):
    for _time in range(3):
        caller.get("figures/")
    use = ApiUse.objects.get()
    assert (use.call, use.count, use.refused) == ("figures", 3, 0)
    page = cast.enter(client, cast.zhou).get(f"/programs/{program[0].pk}/")
    assert [row.count for row in page.context["uses"].rows] == [3]


def test_too_many_calls_in_a_minute_are_refused_and_the_next_minute_is_free(program, caller):
    made, _token = program
    for _time in range(CALLS_PER_MINUTE):
        assert count_call(made, "demands", now=NOW)
    answer = caller.get("demands/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    use = ApiUse.objects.get()
    assert (use.count, use.refused) == (CALLS_PER_MINUTE, 1)
    assert count_call(made, "demands", now=NOW + timedelta(minutes=1))


def test_a_call_that_is_refused_for_what_it_sends_counts_too(caller):
    assert caller.get("figures/?first=2026-02-01").status_code == 422
    assert ApiUse.objects.get().count == 1


# ── what is answered ─────────────────────────────────────────────────────────────────────────


def test_a_scope_opens_itself_and_no_other(cast, xinjie, client):
    _made, token = let_in(cast.zhou, scopes=[Scope.FIGURES_READ])
    caller = Caller(client, token)
    assert caller.get("figures/").status_code == 200
    assert caller.get("demands/").status_code == 403
    assert caller.post("demands/", {"words": "灯不亮"}).status_code == 403
    assert Demand.objects.count() == 0


def test_demands_are_read_without_who_asked_and_without_what_is_hidden(cast, caller, xinjie):
    lamp = demand(cast, "路灯坏了", category=Category.objects.get(code="repair.lamp"))
    demand(cast, "我家里的事", visibility=Visibility.CONFIDENTIAL)
    sealed = demand(cast, "封住的事")
    Need.objects.filter(pk=sealed.need_id).update(is_sealed=True)
    answer = caller.get("demands/").json()
    assert [row["words"] for row in answer["rows"]] == ["路灯坏了"]
    assert answer["rows"][0] == caller.get(f"demands/{lamp.need.number}/").json()
    assert "王" not in json.dumps(answer, ensure_ascii=False)
    assert answer["rows"][0]["received_at"] == "2026-11-25T10:00:00+08:00"
    assert caller.get(f"demands/{sealed.need.number}/").status_code == 404


def test_the_neighbours_program_sees_its_own_community_only(cast, xinjie, client, program):
    demand(cast, "新街的灯")
    with in_community(cast.linli):
        head = system(cast.linli.pk)
        _made, token = connect_program(
            name="邻", contact="x", scopes=ALL, expires_at=NOW + timedelta(9), by=head, now=NOW
        )
    assert Caller(client, token).get("demands/").json()["rows"] == []
    with in_community(cast.linli):
        assert ApiUse.objects.count() == 1


@pytest.mark.parametrize("count", [2, 20])
def test_a_list_takes_the_same_queries_however_long(cast, caller, xinjie, count):
    for number in range(count):
        demand(cast, f"第{number}盏灯")
    told = questions(caller, "demands/")
    assert len(caller.get("demands/").json()["rows"]) == count
    assert len(told) == 6, told


def test_a_list_comes_page_by_page(cast, caller, xinjie):
    for number in range(51):
        demand(cast, f"第{number}盏灯")
    first = caller.get("demands/?only_open=true").json()
    assert (len(first["rows"]), first["previous"]) == (50, None)
    assert first["next"].endswith("/api/v1/demands/?only_open=true&page=2")
    assert len(caller.get("demands/?only_open=true&page=2").json()["rows"]) == 1
    assert caller.get(f"demands/?page={10**30}").status_code == 200


# ── what is handed in ────────────────────────────────────────────────────────────────────────


def test_a_demand_is_handed_in_once_however_often_it_is_sent(cast, program, caller, xinjie):
    sent = {"words": "楼道灯不亮", "category": "repair.lamp", "building": "12幢",
            "contact_phone": "138 0013 8000", "contact_name": "赵"}  # fmt: skip
    answers = [caller.post("demands/", sent, HTTP_IDEMPOTENCY_KEY="a1") for _time in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    made = Demand.objects.get()
    assert (made.need.channel, made.owner) == ("api", cast.sun.account)
    assert (made.need.asked_by_account, made.need.entered_by) == (None, None)
    assert (made.need.contact_phone, made.need.contact_wish) == ("13800138000", "call")
    assert Visit.objects.get().worker is None
    act = Act.objects.get(verb="reception.receive_demand")
    assert (act.account_id, act.channel) == (program[0].account_id, "api")
    assert caller.post("demands/", sent, HTTP_IDEMPOTENCY_KEY="a2").status_code == 201
    assert Demand.objects.count() == 2


@pytest.mark.parametrize(
    ("sent", "fields"),
    [
        ({}, ["words"]),
        ({"words": " "}, ["words"]),
        ({"words": "灯", "category": "nothing", "contact_phone": "12"},
         ["category", "contact_phone"]),
        ({"words": "灯", "contact_wish": "call"}, ["contact_phone"]),
        ({"words": {"a": 1}}, ["words"]),
        ({"words": "半\ud800"}, ["words"]),
        ({"words": "零\x00"}, ["words"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field(caller, xinjie, sent, fields):
    answer = caller.post("demands/", sent)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == fields
    assert Demand.objects.count() == 0


def test_a_refusal_speaks_the_language_that_was_asked_for(caller, xinjie):
    said = {
        language: caller.post("demands/", {}, HTTP_ACCEPT_LANGUAGE=language).json()
        for language in ("en", "zh-CN", "fr")
    }
    assert said["en"]["errors"][0]["message"] == "Say in a few words what it is about."
    assert said["zh-CN"] == said["fr"] != said["en"]


@pytest.mark.parametrize("body", ["", "[]", "{", "1", '"a"', '{"words": NaN', "\xff"])
def test_a_body_that_is_no_object_is_refused(client, program, body):
    answer = client.post(
        "/api/v1/demands/", body.encode("latin-1"), content_type="application/json",
        HTTP_AUTHORIZATION=f"Bearer {program[1]}",
    )  # fmt: skip
    assert answer.status_code == (422 if body == "" else 400)


def test_another_method_is_told_which_there_are(client, program):
    answer = client.delete("/api/v1/demands/", HTTP_AUTHORIZATION=f"Bearer {program[1]}")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, POST")


@pytest.mark.parametrize("path", ["nothing", "demands", "demands/a%0A/", "figures/x/y/"])
def test_an_address_without_a_call_is_a_problem_too(client, cast, path):
    answer = client.get(f"/api/v1/{path}")
    assert (answer.status_code, answer.json()["status"]) == (404, 404)
    assert answer.headers["Content-Type"] == "application/problem+json"


# ── figures ──────────────────────────────────────────────────────────────────────────────────


def test_a_figure_is_the_one_of_the_page(cast, caller, xinjie):
    demand(cast, "灯")
    answer = caller.get("figures/reception.demands/").json()
    assert (answer["number"], answer["first"], answer["last"]) == ("1", "2026-11-01", "2026-11-30")
    days = "?first=2026-01-01&last=2026-01-31"
    assert caller.get(f"figures/reception.demands/{days}").json()["number"] == "0"
    assert caller.get("figures/nothing/").status_code == 404
    assert caller.get("figures/?first=2026-02-01&last=2026-01-01").status_code == 422
    assert caller.get("figures/?first=2026-02-01").status_code == 422


# ── what everybody may read ──────────────────────────────────────────────────────────────────


def test_what_takes_place_is_told_without_who_comes(cast, caller, xinjie):
    by = cast.chen.actor
    soon = Plan("乘凉晚会", NOW + timedelta(days=2), NOW + timedelta(days=2, hours=1))
    plan_gathering("talk", soon, by=by, now=NOW)
    plan_gathering("talk", replace(soon, title="内部会", is_public=False), by=by, now=NOW)
    found = caller.get("gatherings/").json()["rows"]
    assert [(one["title"], one["kind"], one["state"]) for one in found] == [
        ("乘凉晚会", "talk", "planned")
    ]
    assert caller.get("gatherings/?since=2027-01-01").json()["rows"] == []
    assert caller.get("gatherings/?kind=lesson").json()["rows"] == []
    assert caller.get("gatherings/?since=soon").status_code == 422


def test_places_are_told_with_their_hours(cast, caller, xinjie):
    place = add_place(name="睦邻客厅", kind=PlaceKind.HALL, by=cast.chen.actor, now=NOW)
    set_hours(place, [Hours(1, time(8, 30), time(17))], by=cast.chen.actor, now=NOW)
    (found,) = caller.get("places/").json()["rows"]
    assert (found["name"], found["hours"]) == (
        "睦邻客厅", [{"weekday": 1, "opens": "08:30", "closes": "17:00"}],
    )  # fmt: skip


def test_the_right_to_read_what_is_public_opens_nothing_else(cast, xinjie, client):
    _made, token = let_in(cast.zhou, scopes=[Scope.PUBLIC_READ])
    mine = Caller(client, token)
    opened = [
        call.path for call in calls() if call.scope == Scope.PUBLIC_READ and "<" not in call.path
    ]
    assert len(opened) == 13
    for path in opened:
        assert mine.get(path).status_code == 200
    assert mine.get("rooms/NOTHING1/free/").status_code == 404
    shut = [call for call in calls() if call.scope != Scope.PUBLIC_READ]
    assert len(shut) == 17
    for call in shut:
        path = CONVERTER.sub("1", call.path)
        answer = mine.get(path) if call.method == "GET" else mine.post(path, {})
        assert answer.status_code == 403, call.name

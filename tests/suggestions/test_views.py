"""Pages of ideas: without login, while typing, at the desk; to whom and with how many queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mulin.ground.community.dues import Asked, owed_by
from mulin.kit.scoping import in_community
from mulin.parlour.suggestions.actions.ideas import answer_idea
from mulin.parlour.suggestions.models import Idea
from mulin.parlour.suggestions.rules import State
from tests.clock import NOW


def send(client, words, **more):
    return client.post("/suggestions/say/?community=xinjie", {"words": words, **more})


def test_anybody_brings_an_idea_and_it_waits_for_a_look(cast, client):
    sent = send(client, "小区门口装一面镜子", contact_name="老钱", phone="13712345678")
    assert sent.status_code == 302
    with in_community(cast.xinjie):
        idea = Idea.objects.get()
        assert (idea.state, idea.need.contact_phone) == (State.HELD, "13712345678")
    assert "小区门口装一面镜子" not in client.get("/suggestions/").content.decode()
    assert client.get(f"/suggestions/{idea.pk}/").status_code == 404


def test_similar_ideas_are_shown_before_it_is_saved(cast, client, trees):
    page = cast.enter(client, cast.yong).post(
        "/suggestions/say/", {"words": "广场多种一些桂花树", "token": "a"}
    )
    assert page.status_code == 200
    assert trees.need.words in page.content.decode()
    assert "广场多种一些桂花树" in page.content.decode()
    assert Idea.objects.count() == 1
    again = client.post(
        "/suggestions/say/", {"words": "广场多种一些桂花树", "looked": "1", "token": "a"}
    )
    assert again.status_code == 302
    assert Idea.objects.count() == 2


def test_similar_ideas_are_found_while_typing(cast, client, trees):
    found = client.post("/suggestions/similar/", {"words": "桂花树"}).content.decode()
    assert trees.need.words in found
    nothing = client.post("/suggestions/similar/", {"words": "电梯"}).content.decode()
    assert "<li>" not in nothing


def test_what_was_typed_stays_when_it_is_refused(cast, client, trees):
    page = cast.enter(client, cast.shen).post(
        f"/suggestions/{trees.pk}/stand/", {"side": "against", "reason": " ", "token": "t"}
    )
    assert page.context["form"].errors["reason"]
    assert b"checked" in page.content
    done = client.post(
        f"/suggestions/{trees.pk}/stand/", {"side": "against", "reason": "花粉", "token": "t"}
    )
    assert done.status_code == 302
    assert "花粉" in client.get(f"/suggestions/{trees.pk}/").content.decode()


def test_an_idea_answered_while_somebody_writes_says_so(cast, client, trees):
    cast.enter(client, cast.shen)
    answer_idea(trees, words="明年种。", by=cast.chen.actor, now=NOW)
    page = client.post(f"/suggestions/{trees.pk}/stand/", {"side": "for", "token": "t"})
    assert page.status_code == 200
    assert page.context["form"].non_field_errors()


def test_the_desk_answers_on_one_page(cast, client, trees):
    cast.enter(client, cast.chen)
    page = client.post(f"/suggestions/desk/{trees.pk}/answer/", {"words": "", "token": "t"})
    assert page.context["tried"] == "answer"
    assert client.post(
        f"/suggestions/desk/{trees.pk}/answer/", {"words": "下月就种。", "token": "t"}
    ).status_code == 302  # fmt: skip
    assert "下月就种。" in client.get("/suggestions/became/").content.decode()
    assert client.post(f"/suggestions/desk/{trees.pk}/eat/", {}).status_code == 404


def test_the_desk_writes_down_what_the_roll_knows_by_phone(cast, client, xinjie):
    cast.enter(client, cast.chen)
    client.post(
        "/suggestions/hear/",
        {"words": "装一个快递柜", "channel": "phone", "phone": "13800000001", "token": "t"},
    )
    idea = Idea.objects.get()
    assert (idea.need.person, idea.need.channel, idea.supporters) == (
        cast.yong.person, "phone", 1,
    )  # fmt: skip


@pytest.mark.parametrize("path", ["/suggestions/", "/suggestions/desk/", "/suggestions/waiting/"])
def test_two_ideas_or_twenty_ask_the_database_as_often(cast, client, bring, path):
    cast.enter(client, cast.chen)
    asked = []
    for count in (2, 18):
        for number in range(count):
            bring(f"金点子第{number}条", cast.yong)
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_what_is_owed_names_the_look_and_the_answer(cast, bring, xinjie):
    bring("楼道里装扶手")
    bring("多种几棵树", cast.yong, now=NOW - timedelta(days=60))
    me = cast.chen.actor
    asked = Asked(me, frozenset({me.account_id}), NOW, NOW + timedelta(days=10))
    kinds = [due.kind for due in owed_by(asked).dues if due.kind.startswith("suggestions.")]
    assert sorted(kinds) == ["suggestions.answer", "suggestions.look"]
    officer = cast.sun.actor
    assert owed_by(Asked(officer, frozenset(), NOW, NOW)).dues == []


def test_its_author_finds_it_among_their_own_matters(cast, client, trees):
    page = cast.enter(client, cast.yong).get("/mine/")
    assert trees.need.words[:10] in page.content.decode()
    story = client.get(f"/n/{trees.need.follow_code}/", follow=True)
    assert trees.need.words in story.content.decode()


def test_the_newest_is_the_one_that_came_last_not_the_one_written_down_last(bring, client):
    bring("老年食堂周末也开", now=NOW - timedelta(days=1))
    bring("去年的会上提过修路灯", now=NOW - timedelta(days=300))
    Idea.objects.update(state=State.OPEN, look_by=None)
    page = client.get("/suggestions/").content.decode()
    assert page.index("老年食堂周末也开") < page.index("去年的会上提过修路灯")


@pytest.mark.parametrize(("days", "is_late"), [(-1, True), (1, False)])
@pytest.mark.parametrize(
    "address", ["/suggestions/", "/suggestions/waiting/", "/suggestions/desk/"]
)
def test_an_idea_whose_limit_has_passed_is_called_late(cast, client, trees, address, days, is_late):
    Idea.objects.filter(pk=trees.pk).update(due_at=NOW + timedelta(days=days))
    page = cast.enter(client, cast.chen).get(address).content.decode()
    assert trees.need.words in page
    assert ('class="status alarm"' in page) is is_late


def test_a_side_on_which_nobody_is_stays_unsaid(cast, client, trees):
    address = f"/suggestions/{trees.pk}/"
    Idea.objects.filter(pk=trees.pk).update(supporters=0)
    assert "还没有人表态" in client.get(address).content.decode()
    Idea.objects.filter(pk=trees.pk).update(objectors=2)
    page = client.get(address).content.decode()
    assert "2 人反对" in page
    assert "0 人" not in page
    assert "还没有人表态" not in page


def test_whoever_has_not_signed_in_finds_a_button_for_it(client, trees):
    page = client.get(f"/suggestions/{trees.pk}/").content.decode()
    assert f'class="button main" href="/sign-in/?next=/suggestions/{trees.pk}/"' in page

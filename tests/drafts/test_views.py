"""The page keeps and asks for drafts; it gets its own account's and nobody else's."""

import json

import pytest
from django.urls import reverse

from mulin.ground.drafts.models import Draft
from mulin.kit.scoping import in_community

pytestmark = pytest.mark.django_db


@pytest.fixture
def typed(cast, client):
    """`typed(member)`: they type into a form; the answer of the server."""

    def send(member, *, account=None, fields=None, **more):
        cast.enter(client, member)
        values = {
            "account": (account or member).account.pk, "form": "receive", "token": "t1",
            "path": "/reception/receive/",
            "fields": json.dumps([["words", "路灯", None]] if fields is None else fields),
        } | more  # fmt: skip
        return client.post(reverse("drafts:keep"), values)

    return send


def kept(client, *tokens):
    told = client.get(reverse("drafts:kept"), {"form": ["receive", "tell"], "token": tokens})
    return told.json()


def test_what_was_typed_comes_back_to_its_writer_and_to_nobody_at_the_same_desk(
    cast, client, typed
):
    assert typed(cast.chen).status_code == 204
    told = kept(client)
    assert [(one["token"], one["fields"]) for one in told["drafts"]] == [
        ("t1", [["words", "路灯", None]])
    ]
    for other in (cast.zhou, cast.sun, cast.yong, cast.li):
        cast.enter(client, other)
        assert kept(client) == {"drafts": [], "spent": []}


def test_letters_that_arrive_after_a_colleague_sat_down_are_not_kept_as_theirs(cast, client, typed):
    assert typed(cast.zhou, account=cast.chen).status_code == 409
    with in_community(cast.xinjie):
        assert Draft.objects.count() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"fields": {"words": 1}}, {"form": ""}, {"form": "x" * 61}, {"token": "x" * 65},
        {"path": "/" * 301}, {"path": "//example.com/"}, {"path": "javascript:alert(1)"},
    ],
    ids=[
        "no fields", "no form", "long form", "long token", "long path", "another host", "a script",
    ],
)  # fmt: skip
def test_what_is_no_draft_is_refused(cast, client, typed, wrong):
    assert typed(cast.chen, **wrong).status_code == 400


def test_a_password_is_not_kept_whatever_a_page_sends(cast, client, typed):
    typed(cast.chen, fields=[["password", "geheim", False], ["words", "路灯", None]])
    assert kept(client)["drafts"][0]["fields"] == [["words", "路灯", None]]


def test_what_is_begun_stands_on_a_page_and_is_thrown_away_without_script(cast, client, typed):
    typed(cast.chen)
    page = client.get(reverse("drafts:mine"))
    assert "路灯" in page.content.decode()
    gone = client.post(reverse("drafts:throw-away"), {"token": "t1"}, follow=True)
    assert "路灯" not in gone.content.decode()
    cast.enter(client, cast.zhou)


def test_what_is_begun_stands_with_the_name_of_its_page(cast, client, typed):
    typed(cast.chen, path=reverse("people:list") + "new/")
    told = client.get(reverse("drafts:mine")).context["drafts"]
    assert [place for _draft, place in told] == ["居民"]


def test_a_page_without_a_form_takes_part_and_one_with_a_password_never(cast, client):
    """Every form that takes part opts in by its name; none of the doors does."""
    cast.enter(client, cast.chen)
    for name in ("account-password", "account-name", "seats"):
        assert (
            "data-keep="
            not in client.get(reverse(f"site:{name}"))
            .content.decode()
            .replace('id="drafts"', "")
            .partition("<template")[0]
        )

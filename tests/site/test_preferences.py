"""Large type, dark, the other language: one tap, then back to the page."""

import pytest

from mulin.ground.community.models import Account


def test_each_choice_is_kept_on_the_device_and_shown_at_once(cast, client):
    client.post("/preferences/", {"type": "large"})
    client.post("/preferences/", {"theme": "dark"})
    page = client.get("/sign-in/").content.decode()
    assert '<html lang="zh-hans" data-theme="dark" data-type="large">' in page
    client.post("/preferences/", {"lang": "en"})
    page = client.get("/sign-in/").content.decode()
    assert '<html lang="en" data-theme="dark" data-type="large">' in page


def test_one_comes_back_to_the_page_and_never_to_another_site(cast, client):
    back = client.post("/preferences/", {"type": "large", "next": "/help/?a=1"})
    assert back.headers["Location"] == "/help/?a=1"
    away = client.post("/preferences/", {"type": "large", "next": "https://evil.example/"})
    assert away.headers["Location"] == "/"


@pytest.mark.parametrize("value", ["", "huge", '"><script>', "zh-hans"])
def test_what_was_not_offered_changes_nothing(cast, client, value):
    answer = client.post("/preferences/", {"type": value, "theme": value})
    assert answer.status_code == 302
    assert not set(answer.cookies) & {"mulin_type", "mulin_theme"}
    client.cookies["mulin_theme"] = '"><script>'
    assert "<script>" not in client.get("/sign-in/").content.decode().split("<head>")[0]


def test_an_account_remembers_what_it_likes(cast, client):
    cast.enter(client, cast.yong).post("/preferences/", {"type": "large"})
    client.post("/preferences/", {"lang": "en"})
    kept = Account.objects.values_list("theme", "type_size", "language").get(
        pk=cast.yong.account.pk
    )
    assert kept == ("", "large", "en")


def test_the_language_is_never_guessed_from_the_browser(cast, client):
    page = client.get("/sign-in/", headers={"accept-language": "en-US,en;q=0.9"})
    assert page.headers["Content-Language"] == "zh-hans"


def test_looking_sets_nothing(cast, client):
    assert client.get("/preferences/?type=large").status_code == 405

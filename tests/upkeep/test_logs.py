"""What stands in the log when people use the house, and what never does."""

import io
import json
import logging
from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.test import Client

from mulin.commons.flow.models import Need
from mulin.ground.community.actions.ways_in import print_personal_card
from mulin.ground.notify import sweeps
from mulin.ground.notify.sweeps import register_sweep, run_due_sweeps
from mulin.kit.logs import JsonLine, event_of, fault_of
from mulin.kit.scoping import in_community
from tests.clock import NOW

NAME, WORDS, PHONE = "欧阳金雀", "楼道里的旧柜子", "13912345678"


@pytest.fixture
def log():
    """The lines of the log, as the settings write them; all of them, also the chatty ones."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLine())
    root, django = logging.getLogger(), logging.getLogger("django.request")
    before = root.level, django.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    django.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before[0])
    django.setLevel(before[1])


def lines(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_the_settings_write_every_logger_by_this_formatter():
    assert configured.LOGGING["formatters"] == {"json": {"()": "mulin.kit.logs.JsonLine"}}
    assert configured.LOGGING["root"]["handlers"] == ["out"]
    with_own = [
        name
        for name, logger in logging.Logger.manager.loggerDict.items()
        if isinstance(logger, logging.Logger) and name.startswith("django") and logger.handlers
        and name != "django.server"  # speaks in Django's own server only
    ]  # fmt: skip
    assert with_own == []


def test_a_page_is_one_line_by_its_name_and_the_number_of_the_account(cast, client, log):
    answer = cast.enter(client, cast.chen).get("/search/", {"q": "王"})
    told = [line for line in lines(log) if line["logger"] == "mulin.request"]
    assert len(told) == 1
    line = told[0]
    assert line.pop("ms") >= 0
    assert line.pop("time").endswith("+08:00")
    assert line == {
        "level": "info", "logger": "mulin.request", "event": "request",
        "request": answer.headers["X-Request-ID"], "method": "GET", "route": "site:search",
        "community": "xinjie", "account": cast.chen.account.pk, "status": 200,
    }  # fmt: skip


def broken_sweep(cast, words):
    """A sweep breaks over somebody's words, as the worker would run it."""

    def run(community, now):
        raise LookupError(words)

    register_sweep("broken", timedelta(minutes=1), run)
    try:
        run_due_sweeps(clock=lambda: NOW, only="broken")
    finally:
        sweeps._sweeps.pop("broken")


@pytest.mark.django_db(transaction=True)
def test_nothing_that_people_are_typed_or_were_given_is_in_the_log(cast, client, log, settings):
    settings.ROOT_URLCONF = "tests.upkeep.crashing"
    settings.MULIN_SMS_URL = "http://127.0.0.1:9/"
    stranger = Client(raise_request_exception=False)
    canaries = {NAME, WORDS, PHONE, "欧阳", "柜子"}

    said = {"words": f"{WORDS}，{NAME}，{PHONE}", "place_words": NAME, "phone": PHONE, "token": "t"}
    follow = stranger.post("/reception/tell/", said).headers["Location"]
    with in_community(cast.xinjie):
        canaries.add(Need.objects.get().follow_code)
        card = print_personal_card(cast.yong.account, by=cast.chen.actor, now=NOW)
    canaries |= {card, card.upper()}
    stranger.get(follow)
    stranger.get(f"{follow}x/")
    stranger.get(f"/card/{card}/")
    stranger.post(f"/card/{card}/", {})
    stranger.post("/sign-in/", {"phone": PHONE})
    stranger.post("/sign-in/code/", {"code": PHONE})
    stranger.post("/sign-in/staff/", {"login_name": NAME, "password": WORDS})
    stranger.get(f"/{NAME}/?next={PHONE}", HTTP_USER_AGENT=NAME, HTTP_REFERER=f"/{PHONE}")
    stranger.get(f"/setup/{PHONE}/")
    stranger.get("/", HTTP_HOST=f"{PHONE}.example")
    stranger.generic("柜子".encode().decode("latin-1"), "/")
    stranger.get("/api/v1/demands/", HTTP_AUTHORIZATION=f"Bearer xinjie.{PHONE}")
    Client(enforce_csrf_checks=True).post(f"/account/?{NAME}", {"name": NAME})
    cast.enter(client, cast.chen).get("/search/", {"q": NAME})
    client.get("/people/", {"q": PHONE})
    assert stranger.get(f"/crash/{NAME}/twice/").status_code == 500
    assert stranger.get(f"/crash/{NAME}/nowhere/").status_code == 500
    broken_sweep(cast, NAME)

    written = log.getvalue() + log.getvalue().encode().decode("unicode_escape", "replace")
    assert {canary for canary in canaries if canary in written} == set()
    told = lines(log)
    routes = {(line.get("route"), line.get("status")) for line in told}
    assert {("reception:tell", 302), ("reception:follow", 200), ("site:search", 200)} <= routes
    assert "sweep broken failed in xinjie" in {line["event"] for line in told}
    assert {("", 404), ("twice", 500), ("nowhere", 500)} <= routes


@pytest.mark.django_db(transaction=True)
def test_an_error_is_told_by_its_kind_and_place_and_cause(cast, settings, log):
    settings.ROOT_URLCONF = "tests.upkeep.crashing"
    stranger = Client(raise_request_exception=False)
    answer = stranger.get(f"/crash/{NAME}/nowhere/")
    fault = next(line for line in lines(log) if "fault" in line)
    assert fault["request"] == answer.headers["X-Request-ID"]
    assert fault["route"] == "nowhere"
    assert fault["fault"]["type"] == "builtins.LookupError"
    assert fault["fault"]["at"][-1].endswith("in nowhere")
    assert fault["fault"]["cause"]["type"] == "builtins.ValueError"


def record(msg, *args, name="mulin.somewhere"):
    """As it is made when this file calls a logger."""
    return logging.getLogger(name).makeRecord(name, logging.ERROR, __file__, 7, msg, args, None)


def test_of_a_message_the_words_of_the_program_are_written_and_the_values_are_not():
    name = "王秀英"
    assert event_of(record("could not write to %s", name)) == "could not write to …"
    assert event_of(record("message %d of %s: %s%%", 12, "outbox", name)) == (
        "message 12 of outbox: …%"
    )
    assert event_of(record("sent by %s", "gateway", name="elsewhere")) == "sent by …"
    assert event_of(record(f"could not write to {name}")) == ("mulin.somewhere at test_logs.py:7")
    assert event_of(record(ValueError(name))) == "mulin.somewhere at test_logs.py:7"


def test_an_error_without_a_traceback_is_still_one_line():
    assert fault_of(ValueError("王秀英")) == {"type": "builtins.ValueError", "at": []}
    assert fault_of(None) is None

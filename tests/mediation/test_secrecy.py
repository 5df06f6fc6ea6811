"""What is under seal reaches nobody it is not for: no page, no log, no database, no backup, no role
that is put on top of another.
"""

import json
import logging
from argparse import Namespace
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from itertools import combinations

import pytest
from django.apps import apps
from django.db import connection

from mulin.circle.mediation import vault
from mulin.circle.mediation.actions.agreeing import visit
from mulin.circle.mediation.actions.keeping import ask_opening, decide_opening
from mulin.circle.mediation.actions.sitting import note_talk
from mulin.circle.mediation.commands import run
from mulin.circle.mediation.models import Case, Mediator, Visit
from mulin.circle.mediation.permissions import meets, reads
from mulin.circle.mediation.vault import KeyAway
from mulin.ground.audit.models import Look
from mulin.ground.community.rules import Grant, Role
from mulin.ground.figures.queries import read
from mulin.ground.figures.registry import figures
from mulin.ground.figures.rules import Period
from mulin.ground.notify.models import Message
from mulin.ground.people.rules import HOLDINGS
from mulin.ground.upkeep.keys import never_inside
from mulin.kit.clock import standing_still
from mulin.kit.logs import JsonLine
from mulin.kit.refusals import NotPermitted, Refused
from tests.clock import NOW
from tests.factories.community import AccountFactory, MembershipFactory
from tests.mediation.conftest import CANARY

pytestmark = pytest.mark.django_db


@pytest.fixture
def full(room):
    """A case with everything in it, and the canary in all of it."""
    case = room.seated()
    room.sat(case)
    note_talk(case, case.parties.first(), words=f"{CANARY}私下说", by=room.he, now=NOW)
    room.agreed(Case.objects.get(pk=case.pk), is_written=False)
    row = Visit.objects.select_related("case").get()
    visit(row, satisfaction=4, words=f"{CANARY}和好了", risk="", by=room.he, now=NOW)
    return Case.objects.get(pk=case.pk)


def rows_of_everything():
    """Every value of every table, as the database holds it."""
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')  # noqa: S608  our own names
            for row in cursor.fetchall():
                yield model._meta.label, row


def test_no_table_holds_a_word_of_it(room, full):
    told = [
        label for label, row in rows_of_everything() if any(CANARY in str(cell) for cell in row)
    ]
    assert told == []
    assert CANARY in json.dumps(full.box.open(full.sealed_story), ensure_ascii=False)


def test_database_and_all_other_keys_open_nothing_without_the_key_file(room, full):
    stolen = vault.key_file().read_bytes()
    vault.key_file().unlink()
    fresh = Case.objects.get(pk=full.pk)
    with pytest.raises(KeyAway):
        fresh.box.open(fresh.sealed_story)
    with pytest.raises(KeyAway):  # and no second file is made beside cases that need the first
        room.receive()
    vault.key_file().write_bytes(stolen)
    assert Case.objects.get(pk=full.pk).box.open(fresh.sealed_story)["facts"].startswith(CANARY)


def test_no_backup_may_hold_a_key_of_the_room(room, full):
    kept = json.loads(vault.key_file().read_text())
    assert {one.encode() for one in (*kept["wrapping"], kept["marks"])} <= set(never_inside())
    assert vault.key_file().stat().st_mode & 0o077 == 0


def test_new_keys_open_every_case_and_old_ones_none(room, full, tmp_path, capsys):
    before = vault.key_file().read_bytes()
    assert run(_typed("copy", tmp_path / "safe.json")) == 0
    assert run(_typed("copy", tmp_path / "safe.json")) == 1  # nothing is overwritten
    assert run(_typed("rotate")) == 0
    assert run(_typed("check")) == 0
    assert Case.objects.get(pk=full.pk).box.open(full.sealed_story)["facts"].startswith(CANARY)
    vault.key_file().write_bytes(before)
    assert run(_typed("check")) == 1
    vault.key_file().unlink()
    assert run(_typed("rotate")) == 1
    assert CANARY not in capsys.readouterr().out


def _typed(deed, file=None):
    return Namespace(deed=deed, file=file)


@contextmanager
def written_logs():
    """Every line of every logger, as it is written."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLine())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield stream
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def test_no_log_line_says_a_word_of_it_also_when_a_form_or_the_key_fails(room, full, client):
    he = room.cast.enter(client, room.cast.xu)
    with written_logs() as stream:
        assert CANARY in he.get(f"/mediation/cases/{full.pk}/").content.decode()
        sent = {"promise": f"{CANARY}", "result": "kept", "on": f"{CANARY}"}
        refused = he.post(f"/mediation/cases/{full.pk}/settle/", sent)
        assert refused.status_code == 422
        he.post("/mediation/take-in/", {"facts": f"{CANARY}忘了写种类", "name": "甲"})
        kept = vault.key_file().read_bytes()
        vault.key_file().unlink()
        locked = he.get(f"/mediation/cases/{full.pk}/").content.decode()
        vault.key_file().write_bytes(kept)
    assert CANARY not in locked
    assert CANARY not in stream.getvalue()


def test_messages_say_that_there_is_an_item_and_no_more(room, full):
    said = Message.objects.filter(topic="item").values_list("subject", "body")
    assert len(set(said)) == 1
    assert not Message.objects.exclude(topic="item").exists()


#: Every role but the mediator's, whose seat is asked for beside.
OTHERS = [role for role in Role if role is not Role.MEDIATOR]


def test_no_two_roles_add_up_to_reading(room):
    """Nor do they with the mediator's role beside, as long as nobody is seated (zammad#5447, #6349)."""
    case = room.seated()
    account = AccountFactory(login_name="double", display_name="身兼两职")
    stranger = room.actor(account)
    wrong = [
        roles
        for pair in combinations(OTHERS, 2)
        for roles in (pair, (*pair, Role.MEDIATOR))
        if reads(actor := replace(stranger, grants=tuple(map(Grant, roles))), case, NOW)
        or meets(actor, case)
        or Case.objects.touched_by(actor).exists()
    ]
    assert wrong == []
    seated = replace(room.he, grants=(Grant(Role.MEDIATOR), Grant(Role.COMMUNITY_WORKER)))
    assert reads(seated, case, NOW)
    assert not reads(replace(room.he, grants=(Grant(Role.COMMUNITY_WORKER),)), case, NOW)


@pytest.mark.parametrize("role", [Role.COMMUNITY_WORKER, Role.HEAD, Role.AUDITOR, Role.MEDIATOR])
def test_a_director_with_another_role_sees_the_register_and_no_narrative(room, full, client, role):
    MembershipFactory(community=room.cast.xinjie, account=room.director, role=role)
    page = _signed_in(client, room.director)
    for path in (
        f"/mediation/cases/{full.pk}/", "/mediation/cases/", "/mediation/openings/",
        "/mediation/take-in/", "/today/", "/search/?q=金雀", "/figures/",
    ):  # fmt: skip
        assert CANARY not in page.get(path).content.decode()
    assert page.get(f"/mediation/cases/{full.pk}/paper/dossier/").status_code == 404
    assert page.post(f"/mediation/cases/{full.pk}/talk/", {}).status_code == 404


def _signed_in(client, account):
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["second_factor"] = True
    session.save()
    return client


def test_the_desk_that_took_it_in_finds_it_nowhere_again(room, cast, full, client):
    desk = cast.enter(client, cast.chen)
    assert desk.get(f"/mediation/cases/{full.pk}/").status_code == 404
    assert desk.get("/mediation/cases/").status_code == 404
    for path in (
        "/today/", "/search/?q=金雀", f"/people/{cast.yong.person.pk}/", "/people/?q=金雀",
        "/figures/", "/mediation/take-in/", "/notify/",
    ):  # fmt: skip
        assert CANARY not in desk.get(path).content.decode()


def test_what_is_held_of_a_person_says_nothing_of_a_case(room, cast, full):
    told = [tell(cast.yong.person.pk) for tell in HOLDINGS.tellers.values()]
    assert CANARY not in json.dumps(told, ensure_ascii=False, default=str)
    assert "mediation.case" not in HOLDINGS.keepers
    assert HOLDINGS.tellers["mediation.mediator"](room.xu.person_id)[0]["card"] == "老党员"
    HOLDINGS.erasers["mediation.mediator"](room.xu.person_id)
    assert Mediator.objects.get(pk=room.xu.pk).card == ""


def test_fewer_than_five_are_told_to_nobody_but_the_director(room, cast, full):
    period = Period(NOW.date() - timedelta(days=30), NOW.date() + timedelta(days=1))
    for figure in (one for one in figures() if one.name.startswith("mediation.")):
        for who in (cast.zhou.actor, cast.chen.actor, cast.street.actor):
            assert read(figure, period, actor=who).number is None, figure.name
            assert not figure.sees_rows(who)


def test_a_seal_takes_two_a_reason_and_ends_after_a_day(room, cast, full, client):
    told = Message.objects.filter(account=room.xu.account)
    row = ask_opening(full, reason="法院来函调卷", by=room.by, now=NOW, token="o")
    assert ask_opening(full, reason="法院来函调卷", by=room.by, now=NOW, token="o") == row
    before = told.count()
    assert not reads(room.by, full, NOW)
    with pytest.raises(NotPermitted):
        decide_opening(row, is_granted=True, by=room.by, now=NOW)
    with pytest.raises(NotPermitted):
        decide_opening(row, is_granted=True, by=cast.auditor.actor, now=NOW)
    decide_opening(row, is_granted=True, by=cast.zhou.actor, now=NOW)
    with pytest.raises(Refused):
        decide_opening(row, is_granted=True, by=cast.zhou.actor, now=NOW)
    assert told.count() == before + 1  # at once
    assert reads(room.by, full, NOW + timedelta(hours=24) - timedelta(seconds=1))
    assert not reads(room.by, full, NOW + timedelta(hours=24))
    assert not reads(cast.zhou.actor, full, NOW)  # whoever agreed reads nothing


def test_a_refused_or_unreasoned_opening_opens_nothing(room, cast, full):
    with pytest.raises(Refused) as refusal:
        ask_opening(full, reason=" ", by=room.by, now=NOW)
    assert refusal.value.field == "reason"
    row = ask_opening(full, reason="核查", by=cast.zhou.actor, now=NOW)
    decide_opening(row, is_granted=False, by=room.by, now=NOW)
    assert not reads(cast.zhou.actor, full, NOW)
    with pytest.raises(NotPermitted):
        ask_opening(full, reason="想看看", by=cast.chen.actor, now=NOW)


def test_each_look_by_a_broken_seal_is_noted_and_everybody_sees_the_list(room, cast, full, client):
    row = ask_opening(full, reason="法院来函调卷", by=room.by, now=NOW)
    decide_opening(row, is_granted=True, by=cast.zhou.actor, now=NOW)
    with standing_still(NOW):
        page = _signed_in(client, room.director).get(f"/mediation/cases/{full.pk}/")
        assert CANARY in page.content.decode()
        assert Look.objects.filter(kind="mediation.case", record_id=full.pk).count() == 1
        for member in (cast.xu, cast.auditor, cast.zhou):
            listed = cast.enter(client, member).get("/mediation/openings/").content.decode()
            assert "法院来函调卷" in listed
            assert full.number in listed


def test_the_neighbours_mediator_finds_no_case(room, cast, full, client):
    other = AccountFactory(login_name="linlixu", display_name="邻社区调解员")
    for role in (Role.MEDIATOR, Role.MEDIATION_DIRECTOR):
        MembershipFactory(community=cast.linli, account=other, role=role)
    assert _signed_in(client, other).get(f"/mediation/cases/{full.pk}/").status_code == 404
    assert full.number not in client.get("/mediation/cases/").content.decode()


def test_accounts_are_not_told_whose_case_it_is_by_the_record_of_acts(room, cast, full, client):
    page = cast.enter(client, cast.auditor).get("/audit/").content.decode()
    assert CANARY not in page

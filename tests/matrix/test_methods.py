"""Other ways to ask for a page, PostgreSQL's own wall, and that what must not leak could leak.

Beside the matrix, so that two processes share the knocking.
"""

import re
from http import HTTPStatus

import pytest
from django.apps import apps
from django.db import connection, transaction

from mulin.ground.community.tenancy import SHARED, tenant_models
from mulin.kit.clock import standing_still
from tests.clock import NOW
from tests.matrix.expectations import CANARIES, LINES
from tests.matrix.house import expected
from tests.matrix.objects import OWN
from tests.matrix.rooms import ROOMS

pytestmark = pytest.mark.django_db


@pytest.mark.once
@pytest.mark.parametrize("name", LINES)
def test_head_and_options_open_no_more_than_a_look(house, name):
    """What a look does is asked in the matrix itself."""
    line, path = LINES[name], house.paths(name)[OWN]
    allowed = (*line.moves, "audit_look") if line.looks else line.moves
    for actor in ("anonymous", "community_worker"):
        for method in ("HEAD", "OPTIONS"):
            visit = house.visit(actor, OWN, method, path)
            if not visit.was_let_in:
                break  # the door of the house does not see the method
            assert visit.leaks == ()
            assert [one for one in visit.writes if not any(table in one for table in allowed)] == []
            refused = visit.status == HTTPStatus.METHOD_NOT_ALLOWED  # the same for every thing
            may_look = line.method == "GET" and actor in expected(line, OWN)
            assert may_look or refused or not visit.is_open


@pytest.mark.once
@pytest.mark.parametrize("name", LINES)
def test_nothing_is_sent_from_another_site(house, name):
    path = house.paths(name)[OWN]
    for actor in ("anonymous", "community_worker", "head"):
        client = house.clients[actor]
        client.handler.enforce_csrf_checks = True
        try:
            visit = house.visit(actor, OWN, "POST", path)
        finally:
            client.handler.enforce_csrf_checks = False
        assert visit.writes == ()
        assert visit.status in ({401, 403, 404, 405} if LINES[name].by_token else {403})


@pytest.mark.postgres
def test_the_applications_role_reads_the_rows_of_one_community_and_without_one_none(house):
    """Past every scope in code, from every table of a community and from every part of one."""
    ours, theirs = house.world.cast.xinjie.pk, house.world.cast.linli.pk
    seen = {"": set(), str(ours): set(), str(theirs): set()}
    filled = dict.fromkeys(seen, 0)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " AND a.attname = 'community_id' WHERE c.relkind IN ('r', 'p')"
            " AND c.relnamespace = current_schema()::regnamespace"
        )
        shared = {apps.get_model(label)._meta.db_table for label in SHARED}
        tables = {row[0] for row in cursor.fetchall()} - shared
        tables = {name for name in tables if not name.endswith("words")}
        assert tables >= {model._meta.db_table for model in tenant_models()}
        for community in seen:
            cursor.execute("SELECT set_config('mulin.community', %s, true)", [community])
            for table in tables:
                cursor.execute(f'SELECT DISTINCT community_id FROM "{table}"')  # noqa: S608
                found = {row[0] for row in cursor.fetchall()}
                filled[community] += bool(found)
                seen[community] |= found
        transaction.set_rollback(True)
    assert seen == {"": set(), str(ours): {ours}, str(theirs): {theirs}}
    assert min(filled[str(ours)], filled[str(theirs)]) > len(tables) // 3  # it could have leaked


@pytest.mark.parametrize("text", CANARIES)
def test_a_string_that_must_not_leak_could_leak(house, text):
    """It really stands there: whoever may read it finds it where the table says."""
    canary, side = CANARIES[text], house.world.sides[OWN]
    said = text.format(side.sign, phone=side.phone, id_number=side.id_number)
    if not canary.stands_at:
        assert canary.why_nowhere
        return
    visit = house.visit(canary.by, OWN, "GET", house.paths(canary.stands_at)[OWN])
    assert said in visit.reads


#: The pages of notices: each offers the desk its words and picture for the chat group.
NOTICES = (
    "ballots:board", "deliberation:public", "doublefive:appraised", "doublefive:carried",
    "doublefive:river-of", "gatherings:notice", "reception:story", "suggestions:idea",
    "suggestions:topic", "survey:result",
    *(one for room in ROOMS for one in getattr(room, "NOTICES", ())),
)  # fmt: skip


@pytest.mark.once
@pytest.mark.parametrize("name", NOTICES)
def test_a_notice_has_its_words_for_the_chat_group_and_they_name_nobody(house, name):
    path = house.paths(name)[OWN]
    with transaction.atomic(), standing_still(NOW):
        page = house.clients["community_worker"].get(path).content.decode()
        (told, *_more) = re.findall(r'href="([^"]*/share/[^"]+)"', page)
        shared = house.clients["community_worker"].get(told)
        words = re.search(r"<textarea[^>]*>(.*?)</textarea>", shared.content.decode(), re.DOTALL)
        from_street = house.clients["anonymous"].get(path).content.decode()
        transaction.set_rollback(True)
    assert house.world.cast.xinjie.phone in words[1]
    shown = {"点子甲"}  # an idea is for everybody to read
    assert [one for one in house.hidden if one in words[1] and one not in shown] == []
    assert told not in from_street

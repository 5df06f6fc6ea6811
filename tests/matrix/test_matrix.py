"""Every page × every role × a thing of one's own grid, of another grid, of another community.

Made from the URL conf: a name without a line in `expectations.LINES` fails.
"""

import logging
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from mulin.ground.community.access import access_of
from mulin.ground.community.tenancy import SHARED, tenant_models
from mulin.kit.clock import standing_still
from mulin.kit.paper import printing
from mulin.site.middleware import SECOND_FACTOR, CommunityMiddleware
from tests.cast import BACKEND, make_cast
from tests.clock import NOW
from tests.matrix.expectations import CANARIES, LINES, PLAIN_ROLES
from tests.matrix.objects import KWARGS, NEIGHBOUR, OTHER, OWN, World, make_world
from tests.matrix.people import GRID_2, NEIGHBOURS, SIGNED_IN, Line
from tests.matrix.rooms import ROOMS
from tests.matrix.safety import unsafe
from tests.matrix.uploads import STRANGE, forms_with_files
from tests.support.pdfs import Pdf

pytestmark = pytest.mark.django_db

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
ELSEWHERE = "elsewhere.example"
#: Rows that a visit may move without anything having happened: the visitor's own session.
HOUSEKEEPING = ("django_session",)
#: The program of our community, and the one of the neighbour with the same rights there.
PROGRAMS = {"program": "neighbour_program"}
#: Who may do what is told apart in Python, which says the same on either database. PostgreSQL adds
#: its wall between communities: these knock there, with things of both.
BESIDE_THE_WALL = frozenset(
    {"anonymous", "community_worker", "neighbour_worker", *PROGRAMS, *PROGRAMS.values()}
)
#: Whose rights end at their grid. For everybody else a thing of grid 2 is like one of grid 1.
OF_A_GRID = frozenset({*GRID_2, *GRID_2.values(), "community_worker"})


def addresses(resolver=None, names=()) -> Iterator[tuple[str, URLPattern]]:
    """Every pattern of the URL conf with its full name."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield ":".join((*names, str(pattern.name))), pattern
        else:
            below = (*names, pattern.namespace) if pattern.namespace else names
            yield from addresses(pattern, below)


def translated(names, table):
    """The same rights held by other people."""
    return frozenset(table.get(name, name) for name in names)


def expected(line: Line, side: str) -> frozenset[str]:
    """Who opens the page with a thing of this side."""
    there = NEIGHBOURS | PROGRAMS if line.by_token else NEIGHBOURS
    theirs = frozenset(there[name] for name in line.opens if name in there)
    half = {"half"} if line.early else set()
    if not line.about or line.is_shared:
        return line.opens | theirs | half
    if side == NEIGHBOUR:
        return theirs | half
    ours = line.opens if side == OWN else swapped(line.opens)
    return (ours - frozenset(there.values())) | half


def swapped(names: frozenset[str]) -> frozenset[str]:
    """Grid 2's people in the place of grid 1's, and the other way round."""
    back = {there: here for here, there in GRID_2.items()}
    return translated(names, GRID_2 | back)


def canaries(world: World) -> dict[str, frozenset[str]]:
    """Each string that must stay hidden, and who may read it."""
    found = {}
    for side_name, side in world.sides.items():
        for text, canary in CANARIES.items():
            said = text.format(side.sign, phone=side.phone, id_number=side.id_number)
            line = Line(canary.readers, about="canary")
            found[said] = expected(line, side_name)
            if side_name == NEIGHBOUR:
                found[said] |= translated(canary.readers & {"program"}, PROGRAMS)
    return found


@dataclass(frozen=True)
class Visit:
    """What came back when somebody asked for a page."""

    actor: str
    side: str
    method: str
    status: int
    is_open: bool
    was_let_in: bool  # the page itself was asked
    writes: tuple[str, ...]
    leaks: tuple[str, ...]
    reads: tuple[str, ...]
    unsafe: tuple[str, ...]
    asks_for_files: bool

    def __str__(self) -> str:
        return f"{self.actor} · {self.side} · {self.method} → {self.status}"


@cache
def words_in(pdf: bytes) -> str:
    """The text of a sheet; many actors get the same one."""
    return Pdf(pdf).packed


class House:
    """The world, and who knocks at its doors."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.hidden = canaries(world)
        self.clients = {name: self._client(name) for name in world.actors}
        self.was_let_in = True

    def _client(self, name: str) -> Client:
        client = Client(enforce_csrf_checks=False)
        if name in self.world.tokens:
            client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {self.world.tokens[name]}"
            return client
        account = self.world.actors[name]
        if account is None:
            return client
        client.force_login(account, backend=BACKEND)
        if name != "half":
            session = client.session
            session[SECOND_FACTOR] = True
            session.save()
        return client

    def paths(self, name: str) -> dict[str, str]:
        """The address of the page with a thing of each side."""
        line, sides = LINES[name], self.world.sides
        if not line.about:
            return {OWN: reverse(name) + line.query}
        made = KWARGS[line.about]
        return {
            side: reverse(name, kwargs=made(self.world, sides[side])) + line.query
            for side in (OWN, OTHER, NEIGHBOUR)
        }

    def given(self, line: Line, side_name: str) -> set[str]:
        """The canaries that the page is there to give: those of its thing, or the reader's own."""
        sides = [self.world.sides[side_name]] if line.about else self.world.sides.values()
        return {
            text.format(side.sign, phone=side.phone, id_number=side.id_number)
            for side in sides
            for text in line.gives
        }

    def visits(self, name: str) -> Iterator[Visit]:
        """Everybody's visits to the page of this name.

        Roles that no line names hold the same rights, none: they knock with the nearest thing. So
        does whoever is turned away at the door of the house, which sees neither the thing that is
        asked for nor whether something is sent (`CommunityMiddleware.process_view`).
        """
        line, paths = LINES[name], self.paths(name)
        takes_post = line.method != "GET" or self.takes_post(name, paths[OWN])
        for actor in self.clients:
            if connection.vendor == "postgresql" and actor not in BESIDE_THE_WALL:
                continue
            if actor in PROGRAMS.keys() | PROGRAMS.values() and not line.by_token:
                continue  # without a token it is an anonymous visitor
            first = self.visit(actor, OWN, line.method, paths[OWN])
            stays_outside = actor in PLAIN_ROLES or not first.was_let_in
            for side, path in paths.items():
                if side != OWN and stays_outside:
                    continue
                if side == OTHER and actor not in OF_A_GRID and self.is_told_by_grid_1(line, actor):
                    continue
                visit = first if side == OWN else self.visit(actor, side, line.method, path)
                yield visit
                may_send = takes_post and not stays_outside
                if side == OWN and line.method == "GET" and may_send and not visit.is_open:
                    # Who may not look may not send either. The roles without a door hold what the
                    # visitor without an account holds, who tries for them.
                    yield self.visit(actor, side, "POST", path)

    def is_told_by_grid_1(self, line: Line, actor: str) -> bool:
        """Whether grid 1's thing says all of grid 2's: the page is everybody's, or closed to them."""
        return line.opens >= SIGNED_IN or actor not in expected(line, OTHER)

    def takes_post(self, name: str, path: str) -> bool:
        """Whether the page lets anybody send: one that tells those inside 405 tells it everybody."""
        inside = (actor for actor in self.clients if actor in expected(LINES[name], OWN) - {"half"})
        first = next(inside, None)
        return (
            first is None
            or self.visit(first, OWN, "POST", path).status != HTTPStatus.METHOD_NOT_ALLOWED
        )

    def visit(self, actor: str, side: str, method: str, path: str) -> Visit:
        """One request; whatever it wrote is taken back, so that the next finds the same world."""
        client = self.clients[actor]
        cookies = deepcopy(client.cookies)
        asked: list[str] = []
        self.was_let_in = False

        # Not Django's own record of queries, which asks SQLite to spell out each value.
        def note(execute, sql, *rest):
            asked.append(sql)
            return execute(sql, *rest)

        with transaction.atomic(), standing_still(NOW), connection.execute_wrapper(note):
            # Whoever made the link also says where to go on; nobody is sent there.
            answer = client.generic(
                method, f"{path}{'&' if '?' in path else '?'}next=//{ELSEWHERE}/"
            )
            body = b"".join(answer) if answer.streaming else answer.content
            transaction.set_rollback(True)
        client.cookies = cookies
        is_pdf = answer.headers.get("Content-Type") == "application/pdf"
        text = words_in(body) if is_pdf and body else body.decode("utf-8", "replace")
        said = [(canary, readers) for canary, readers in self.hidden.items() if canary in text]
        return Visit(
            actor=actor,
            side=side,
            method=method,
            status=answer.status_code,
            is_open=_is_open(answer),
            was_let_in=self.was_let_in,
            writes=tuple(
                sql[:90]
                for sql in asked
                if sql.startswith(WRITES) and not any(table in sql for table in HOUSEKEEPING)
            ),
            leaks=tuple(canary for canary, readers in said if actor not in readers),
            reads=tuple(canary for canary, readers in said if actor in readers),
            unsafe=unsafe(answer, text),
            asks_for_files='type="file"' in text,
        )

    def send_strange_files(self, actor: str, path: str) -> list[str]:
        """What no camera and no office made, into each field for files of a page: a sentence comes
        back. What was sent where; with an arrow what crashed.
        """
        client, told = self.clients[actor], []
        cookies = deepcopy(client.cookies)
        with transaction.atomic(), standing_still(NOW):
            for form in forms_with_files(path, client.get(path).content.decode()):
                for name in STRANGE:
                    with transaction.atomic():
                        answer = client.post(form.action, form.filled(name))
                        transaction.set_rollback(True)
                    crashed = answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
                    told.append(f"{name} to {form.action}" + " → crashed" * crashed)
            transaction.set_rollback(True)
        client.cookies = cookies
        return told


def _is_open(answer) -> bool:
    if answer.status_code in {401, 403, 404}:
        return False
    location = answer.headers.get("Location", "")
    turned_away = location.startswith("/sign-in/") and "?next=" in location
    return not (answer.status_code in {301, 302} and turned_away)


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker):
    """One world for the whole matrix, taken back at the end."""
    requests = logging.getLogger("django.request")
    before = requests.level
    requests.setLevel(logging.ERROR)  # thousands of closed doors are no news here
    with (
        django_db_blocker.unblock(), transaction.atomic(), standing_still(NOW),
        pytest.MonkeyPatch.context() as patched,
    ):  # fmt: skip
        # The real press; what is equal to the last letter is not pressed for each reader again.
        real = printing.pressed
        press = cache(lambda html, pictures: real(html, pictures=dict(pictures)))
        patched.setattr(
            printing, "pressed",
            lambda html, *, pictures=None: press(html, tuple(sorted((pictures or {}).items()))),
        )  # fmt: skip
        made = House(make_world(make_cast()))
        door = CommunityMiddleware.process_view

        def watched(*asked):
            turned_away = door(*asked)
            made.was_let_in = turned_away is None
            return turned_away

        patched.setattr(CommunityMiddleware, "process_view", watched)
        yield made
        transaction.set_rollback(True)
    requests.setLevel(before)


def test_every_page_has_a_line_and_every_line_a_page():
    assert sorted(name for name, _pattern in addresses()) == sorted(LINES)


def test_every_view_says_who_may_open_it():
    unmarked = [name for name, pattern in addresses() if access_of(pattern.callback) is None]
    assert unmarked == []


def test_a_page_about_a_thing_says_which():
    wants = {name for name, pattern in addresses() if pattern.pattern.regex.groupindex}
    wants |= {name for name, pattern in addresses() if pattern.pattern.converters}
    assert wants == {name for name, line in LINES.items() if line.about}


@pytest.mark.parametrize("name", LINES)
def test_it_opens_to_whom_the_line_says_hides_what_is_hidden_and_a_look_changes_nothing(
    house, name
):
    line = LINES[name]
    allowed = (*line.moves, "audit_look") if line.looks else line.moves
    wrong = {"doors": [], "leaks": [], "writes": [], "unsafe": [], "files": []}
    sent = []
    for visit in house.visits(name):
        should = visit.actor in expected(line, visit.side)
        if visit.method == line.method and visit.is_open != should:
            wrong["doors"].append(f"{visit}, should be {'open' if should else 'closed'}")
        given = house.given(line, visit.side) if should else set()
        wrong["leaks"] += [f"{visit}: {leak}" for leak in visit.leaks if leak not in given]
        wrong["unsafe"] += [f"{visit}: {fault}" for fault in visit.unsafe]
        if visit.asks_for_files and visit.side == OWN and not sent and should:
            sent = house.send_strange_files(visit.actor, house.paths(name)[OWN])
            wrong["files"] += [f"{visit}: {what}" for what in sent if "→" in what]
        if visit.method == "GET" or not visit.is_open:
            wrong["writes"] += [
                f"{visit}: {write}"
                for write in visit.writes
                if not any(table in write for table in allowed)
            ]
    assert wrong == {what: [] for what in wrong}


@pytest.mark.once
@pytest.mark.parametrize("name", LINES)
def test_head_and_options_open_no_more_than_a_look(house, name):
    path = house.paths(name)[OWN]
    for actor in ("anonymous", "community_worker"):
        look = house.visit(actor, OWN, "GET", path)
        if not look.was_let_in:
            continue  # the door of the house does not see the method
        for method in ("HEAD", "OPTIONS"):
            other = house.visit(actor, OWN, method, path)
            assert other.leaks == ()
            assert other.writes in {look.writes, ()}
            refused = other.status == HTTPStatus.METHOD_NOT_ALLOWED  # the same for every thing
            assert look.is_open or refused or not other.is_open


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

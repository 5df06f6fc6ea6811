"""The house as the matrix sees it: who knocks at which door with which thing, and what came back."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus

from django.core.signals import got_request_exception
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from mulin.kit.clock import standing_still
from mulin.site.middleware import SECOND_FACTOR
from tests.cast import BACKEND
from tests.clock import NOW
from tests.matrix.expectations import CANARIES, LINES, PLAIN_ROLES
from tests.matrix.objects import KWARGS, NEIGHBOUR, OTHER, OWN, World
from tests.matrix.people import GRID_2, NEIGHBOURS, SIGNED_IN, Line
from tests.matrix.safety import unsafe
from tests.matrix.uploads import STRANGE, forms_with_files
from tests.support.pdfs import Pdf

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


class Knocker(Client):
    """A client that keeps nothing of how a page was made: Django's own copies the context of each
    template, which nobody here reads.
    """

    def request(self, **request):
        named = {"dispatch_uid": f"knock-{id(self)}"}
        got_request_exception.connect(self.store_exc_info, **named)
        try:
            answer = self.handler(self._base_environ(**request))
        finally:
            got_request_exception.disconnect(**named)
        self.check_exception(answer)
        self.cookies.update(answer.cookies)
        return answer


class House:
    """The world, and who knocks at its doors."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.hidden = canaries(world)
        # A page without the sign of a side holds nothing of it that carries the sign.
        signs = [*(side.sign for side in world.sides.values()), ""]
        self.by_sign: dict[str, list[tuple[str, frozenset[str]]]] = {sign: [] for sign in signs}
        for canary, readers in self.hidden.items():
            self.by_sign[next(sign for sign in signs if sign in canary)].append((canary, readers))
        self.clients = {name: self._client(name) for name in world.actors}
        self.was_let_in = True

    def _client(self, name: str) -> Knocker:
        client = Knocker(enforce_csrf_checks=False)
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
        if answer.headers.get("Content-Type", "").endswith("json") and body:
            # Its escapes would hide what is looked for.
            text = json.dumps(json.loads(text), ensure_ascii=False)
        said = [
            (canary, readers)
            for sign, hidden in self.by_sign.items()
            if sign in text
            for canary, readers in hidden
            if canary in text
        ]
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

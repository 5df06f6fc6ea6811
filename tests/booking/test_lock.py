"""An electronic lock: a program that may ask one thing, whether a code opens its room now."""

import json
from dataclasses import replace

import pytest

from mulin.circle.booking.actions.doors import give_code, open_by_code
from mulin.circle.booking.models import Room
from mulin.circle.booking.rules import State
from mulin.ground.audit.models import Act
from mulin.ground.community.rules import Scope
from mulin.kit.clock import standing_still
from mulin.kit.refusals import NotPermitted
from tests.booking.conftest import at, span
from tests.site.test_programs import Caller, let_in


def test_a_lock_opens_to_the_right_code_and_to_no_other_and_learns_no_name(hall, cast, client):
    Room.objects.update(opens_by="code")
    hall.again()
    booking = hall.book(span(1, 10, 12))
    now = at(1, 9, 50)
    code = give_code(booking, by=hall.by, now=now)
    wrong = "000000" if code != "000000" else "000001"
    _lock, token = let_in(cast.zhou, scopes=[Scope.DOORS])
    _reader, other = let_in(cast.zhou, scopes=[Scope.PUBLIC_READ])
    lock, path = Caller(client, token), f"rooms/{hall.room.code}/open/"
    with standing_still(now):
        assert Caller(client, other).post(path, {"code": code}).status_code == 403
        refused = lock.post(path, {"code": wrong})
        assert refused.status_code == 422
        assert hall.state(booking) == State.BOOKED
        opened = lock.post(path, {"code": code}, HTTP_IDEMPOTENCY_KEY="k1")
        assert opened.json() == {"code": hall.room.code, "until": "2026-11-26T12:00:00+08:00"}
        again = lock.post(path, {"code": code}, HTTP_IDEMPOTENCY_KEY="k1")
        assert again.status_code == 200
        assert lock.post("rooms/NOTHING1/open/", {"code": code}).status_code == 404
        assert lock.get("rooms/").status_code == 403
    said = json.dumps([refused.json(), opened.json()], ensure_ascii=False)
    assert booking.person.name not in said
    assert hall.state(booking) == State.CAME
    assert Act.objects.filter(verb="booking.open_by_code").count() == 1


def test_whoever_is_neither_the_desk_nor_a_lock_opens_nothing(hall, cast):
    Room.objects.update(opens_by="code")
    hall.again()
    now = at(1, 9, 50)
    code = give_code(hall.book(span(1, 10, 12)), by=hall.by, now=now)
    reader = replace(hall.by, grants=(), scopes=frozenset({Scope.PUBLIC_READ}))
    for stranger in (cast.yong.actor, reader):
        with pytest.raises(NotPermitted):
            open_by_code(hall.room, code, by=stranger, now=now)

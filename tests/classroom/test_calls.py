"""The online classroom as another office's program reads it."""

from mulin.ground.community.rules import Scope
from mulin.parlour.classroom.actions.kits import put_online, take_offline
from tests.clock import NOW
from tests.site.test_programs import Caller, let_in


def test_online_lessons_are_told_until_they_are_taken_off(client, cast, kits):
    caller = Caller(client, let_in(cast.zhou, scopes=[Scope.PUBLIC_READ])[1])
    online = put_online(kits["police"], film="", by=cast.chen.actor, now=NOW)
    (found,) = caller.get("online-lessons/").json()["rows"]
    assert (found["title"], found["has_film"]) == (online.title, False)
    assert client.get(found["page"]).status_code == 200
    take_offline(online, by=cast.chen.actor, now=NOW)
    assert caller.get("online-lessons/").json()["rows"] == []

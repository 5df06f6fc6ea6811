"""How what takes place is told in a chat group."""

from mulin.commons.gatherings.actions.planning import cancel_gathering
from mulin.commons.gatherings.models import Gathering
from mulin.commons.gatherings.shown import notice_for_chat
from tests.clock import NOW


def test_a_notice_says_when_and_where_and_when_it_is_called_off_why(cast, evening):
    told = notice_for_chat(evening.code, cast.chen.actor)
    assert (told.title, told.path) == (evening.title, f"/gatherings/{evening.code}/")
    assert "二楼会议室" in told.lines
    cancel_gathering(evening, why="停电", by=cast.chen.actor, now=NOW)
    assert "停电" in notice_for_chat(evening.code, cast.chen.actor).lines[0]


def test_what_is_not_public_is_told_in_no_group(cast, evening):
    Gathering.objects.update(is_public=False)
    assert notice_for_chat(evening.code, cast.chen.actor) is None
    assert notice_for_chat("nothing", cast.chen.actor) is None

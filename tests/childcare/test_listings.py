"""What is kept of children is taken away by whoever leads the room and may read today; it is a look."""

import pytest

from mulin.ground.audit.models import Look
from mulin.ground.downloads.actions import ask_for, fetch, make
from mulin.ground.downloads.registry import listing_of
from mulin.kit.clock import standing_still
from mulin.kit.refusals import NotPermitted
from mulin.kit.sheets import read_table
from mulin.workshop.childcare.listings import LISTINGS
from mulin.workshop.childcare.models import Clearance
from tests.clock import NOW


def asked(room, by, name="childcare.children"):
    return ask_for(
        listing_of(name), typed="", format_="xlsx", purpose="搬家", community=room.cast.xinjie,
        by=by, now=NOW,
    )  # fmt: skip


def test_only_whoever_leads_the_room_takes_its_lists(room):
    with standing_still(NOW):
        assert all(one.may(room.lead) for one in LISTINGS)
        for other in (room.duty, room.cast.zhou.actor, room.cast.chen.actor):
            assert not any(one.may(other) for one in LISTINGS)
            with pytest.raises(NotPermitted):
                asked(room, other)


def test_without_a_clearance_of_the_day_nobody_does_and_a_file_made_before_stays_shut(room):
    with standing_still(NOW):
        download = asked(room, room.lead)
        make(download, community=room.cast.xinjie, now=NOW)
        download.refresh_from_db()
        Clearance.objects.filter(account=room.cast.shen.account).update(ended_at=NOW)
        with pytest.raises(NotPermitted):
            fetch(download, by=room.lead, now=NOW)
        with pytest.raises(NotPermitted):
            asked(room, room.lead)


def test_a_child_is_taken_away_with_its_guardian_and_that_is_a_look(room):
    with standing_still(NOW):
        download = asked(room, room.lead)
        make(download, community=room.cast.xinjie, now=NOW)
        download.refresh_from_db()
        name, content = fetch(download, by=room.lead, now=NOW)
    ((_line, row),) = list(read_table(content, name).rows)
    assert row["名字"] == "张小满"
    assert room.mother.name in row["监护人和电话"]
    look = Look.objects.get(what="childcare.children")
    assert (look.kind, look.account, look.reason) == (
        "childcare.clearance", room.cast.shen.account, "搬家",
    )  # fmt: skip


def test_every_list_of_the_room_is_read_with_a_child_in_it(room):
    room.book()
    room.in_room()
    for one in LISTINGS:
        columns = tuple(one.columns(room.lead, NOW))
        for row in one.rows(room.lead, {}, NOW):
            assert [column.of(row) for column in columns], one.name

"""A file of demands is taken out again: what nobody has touched goes, all else stays and is told."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from mulin.commons.flow.actions import join
from mulin.commons.flow.models import Need, NeedWords, Step
from mulin.ground.audit.models import Act
from mulin.kit.channels import Channel
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.sheets import write_csv
from mulin.parlour.reception.actions import taking_out
from mulin.parlour.reception.actions.demands import take_demand
from mulin.parlour.reception.actions.imports import take_in_file
from mulin.parlour.reception.actions.taking_out import undo_file
from mulin.parlour.reception.models import (
    Demand,
    ImportedFile,
    ImportedRow,
    Visit,
    WorkOrder,
)
from tests.clock import NOW
from tests.reception.test_imports import BOSTON, NAME, changed, demand_of
from tests.reception.test_orders import HEADER, MAP, row

LATER = NOW + timedelta(days=1)


@pytest.fixture
def desk(cast, xinjie):
    return cast.chen.actor


def take_in(by, content=BOSTON, name=NAME, **more):
    take_in_file(content, name, by=by, now=NOW, **more)
    return ImportedFile.objects.get(name=name)


def out(file, by, now=LATER, **more):
    undo_file(file, by=by, now=now, **more)
    told = Act.objects.filter(verb="reception.undo_file").latest("seq")
    after = json.loads(told.detail.changes)["after"]
    return after["removed"], after["stayed"]


def test_what_nobody_touched_is_gone_with_all_that_was_made_of_it(desk):
    file = take_in(desk)
    assert out(file, desk, token="out") == (6, 0)
    for table in (Need, NeedWords, Step, Demand, ImportedRow):
        assert not table.objects.exists(), table
    file.refresh_from_db()
    assert file.undone_at == LATER
    undo_file(file, by=desk, now=LATER, token="out")  # the same form again
    with pytest.raises(Refused):
        undo_file(file, by=desk, now=LATER)


def test_the_same_form_sent_again_takes_nothing_out_that_came_in_since(desk):
    out(take_in(desk), desk, token="out")
    undo_file(take_in(desk), by=desk, now=LATER, token="out")
    assert Demand.objects.count() == 6
    assert ImportedFile.objects.get().undone_at is None


def test_cut_off_it_goes_on_where_it_was(desk, monkeypatch):
    file = take_in(desk)
    monkeypatch.setattr(taking_out, "_AT_ONCE", 2)
    monkeypatch.setattr(taking_out, "failpoint", _raises)
    with pytest.raises(OSError, match="cut off"):
        undo_file(file, by=desk, now=LATER)
    assert Demand.objects.count() == 4
    monkeypatch.setattr(taking_out, "failpoint", str)
    assert out(ImportedFile.objects.get(), desk) == (4, 0)


def _raises(_name):
    raise OSError("cut off")


def test_taken_in_again_it_is_there_again_under_new_numbers(desk):
    file = take_in(desk)
    before = set(Need.objects.values_list("number", flat=True))
    out(file, desk)
    file = take_in(desk)
    assert file.undone_at is None
    after = set(Need.objects.values_list("number", flat=True))
    assert (len(after), after & before) == (6, set())
    assert out(file, desk) == (6, 0)


def _taken_by_somebody(demand, by):
    take_demand(demand, by=by, now=NOW)


def _came_for_it(demand, by):
    Visit.objects.create(
        community_id=by.community_id, at=NOW, reason="demand", channel=Channel.DOOR,
        need=demand.need,
    )  # fmt: skip


def _tied_to_something(demand, by):
    join(demand.need, "grew_out_of", demand.need.category, by=by, now=NOW)


@pytest.mark.parametrize("touch", [_taken_by_somebody, _came_for_it, _tied_to_something])
def test_what_somebody_did_something_with_stays(desk, touch):
    file = take_in(desk)
    touched = demand_of("900000000003")
    touch(touched, desk)
    assert out(file, desk) == (5, 1)
    assert Demand.objects.get() == touched
    assert touched.imported.get().file == file


def test_what_the_clock_alone_did_keeps_nothing(desk):
    file = take_in(desk)
    need = demand_of("900000000003").need
    Step.objects.create(
        community_id=need.community_id, need=need, at=NOW, room="reception", kind="escalated",
        line="late", is_for_asker=False,
    )  # fmt: skip
    assert out(file, desk) == (6, 0)


def test_what_another_file_names_too_stays_until_that_one_is_out(desk):
    first, second = take_in(desk), take_in(desk, name="next.csv")
    assert out(first, desk) == (0, 6)
    assert out(second, desk) == (0, 0)
    assert Demand.objects.count() == 6
    assert out(take_in(desk), desk) == (6, 0)


def test_what_a_later_file_changed_is_not_changed_back(desk):
    take_in(desk)
    later = take_in(desk, changed(), name="next.csv")
    assert out(later, desk) == (0, 1)
    assert demand_of("900000000003").need.words == "Dark at Ash"


def test_work_orders_go_with_their_file_but_not_one_that_is_worked_on(cast, desk):
    content = b"".join(write_csv(HEADER, [row(), row("2", words="水管漏水"), row("3")]))
    file = take_in(desk, content, "工单.csv", chosen=MAP)
    worked_on = WorkOrder.objects.get(number="2")
    take_demand(worked_on.demand, by=desk, now=NOW)
    assert out(file, desk) == (2, 1)
    assert WorkOrder.objects.get() == worked_on
    assert Need.objects.get() == worked_on.demand.need


def test_an_order_that_a_later_file_moved_stays(desk):
    for name, due in (("一.csv", "2026-11-25 15:00"), ("二.csv", "2026-11-25 12:00")):
        file = take_in(desk, b"".join(write_csv(HEADER, [row(due=due)])), name, chosen=MAP)
    assert out(file, desk) == (0, 1)


def test_only_the_desk_takes_out(cast, desk):
    file = take_in(desk)
    with pytest.raises(NotPermitted):
        undo_file(file, by=cast.sun.actor, now=NOW)


def test_it_is_pressed_on_the_page_and_told_there(cast, desk, client):
    file = take_in(desk)
    take_demand(demand_of("900000000003"), by=desk, now=NOW)
    cast.enter(client, cast.chen)
    page = client.get(reverse("reception:import-file", args=[file.pk])).content.decode()
    undo = reverse("reception:import-undo", args=[file.pk])
    assert undo in page
    told = client.post(undo, {"token": "a" * 16}, follow=True).content.decode()
    assert "有 1 " in told
    assert undo not in told
    assert "已撤回" in client.get(reverse("reception:imports")).content.decode()


def test_it_is_pressed_beside_the_orders_of_a_file(cast, desk, client):
    file = take_in(desk, b"".join(write_csv(HEADER, [row()])), "工单.csv", chosen=MAP)
    cast.enter(client, cast.chen)
    address = f"/reception/orders/?file={file.pk}"
    undo = reverse("reception:import-undo", args=[file.pk])
    assert undo in client.get(address).content.decode()
    client.post(undo, {"token": "a" * 16})
    assert not WorkOrder.objects.exists()
    assert undo not in client.get(address).content.decode()

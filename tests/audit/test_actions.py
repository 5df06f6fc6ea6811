"""An act is written with the work it tells of, once, and never changed."""

import json

import pytest
from django.db import connection

from mulin.ground.audit.actions import record_look, recording
from mulin.ground.audit.models import Act, ActDetail, AppendOnly, ChainHead, Look
from mulin.ground.audit.queries import acts_of, changes_of, looks_at
from mulin.ground.community.models import Grid
from mulin.ground.community.rules import system
from mulin.kit.scoping import in_community
from tests.audit.chains import write_acts
from tests.clock import NOW


@pytest.fixture(autouse=True)
def _here(cast):
    with in_community(cast.xinjie):
        yield


def test_an_act_tells_who_when_for_whom_how_and_what(cast):
    by = cast.chen.actor.by("phone", on_behalf_of=cast.wang.person.pk)
    with recording(by, "rename", now=NOW, token="t1") as act:
        act.on(cast.grid_1, before={"name": "a"}, after={"name": "b"})
    row = Act.objects.get()
    assert (row.seq, row.at, row.account, row.on_behalf_of, row.channel) == (
        1, NOW, cast.chen.account, cast.wang.person.pk, "phone",
    )  # fmt: skip
    assert (row.verb, row.kind, row.record_id, row.token) == (
        "rename", "community.grid", cast.grid_1.pk, "t1",
    )  # fmt: skip
    assert changes_of(row) == {"before": {"name": "a"}, "after": {"name": "b"}}


def test_what_changed_lies_encrypted_and_apart_from_the_chain(cast):
    with recording(cast.chen.actor, "rename", now=NOW) as act:
        act.on(cast.grid_1, after={"name": "王秀英"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT changes FROM audit_actdetail")
        stored = cursor.fetchone()[0]
    assert "王秀英" not in stored
    assert json.dumps("王秀英")[1:-1] not in stored
    chained = Act.objects.values_list().get()
    assert not any("王秀英" in str(value) for value in chained)


def test_what_fails_leaves_neither_work_nor_act(cast):
    def rename():
        with recording(cast.chen.actor, "rename", now=NOW) as act:
            Grid.objects.filter(pk=cast.grid_1.pk).update(name="changed")
            act.on(cast.grid_1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        rename()
    assert Grid.objects.get(pk=cast.grid_1.pk).name == "第1网格"
    assert Act.objects.count() == 0


def test_the_same_form_sent_ten_times_is_one_act_with_one_result(cast):
    results = []
    for _time in range(10):
        with recording(cast.chen.actor, "rename", now=NOW, token="same") as act:
            if act.is_repeat:
                results.append(act.first_result(Grid))
                continue
            act.on(cast.grid_1)
            results.append(cast.grid_1)
    assert results == [cast.grid_1] * 10
    assert Act.objects.count() == 1


def test_an_act_that_names_no_record_is_a_mistake(cast):
    with (
        pytest.raises(ValueError, match="named no record"),
        recording(cast.chen.actor, "rename", now=NOW),
    ):
        pass
    assert Act.objects.count() == 0


def test_an_action_inside_another_writes_its_own_act_first(cast):
    with recording(cast.chen.actor, "outer", now=NOW) as outer:
        with recording(cast.chen.actor, "inner", now=NOW) as inner:
            inner.on(cast.grid_2)
        outer.on(cast.grid_1)
    assert list(Act.objects.values_list("seq", "verb")) == [(1, "inner"), (2, "outer")]
    assert ChainHead.objects.get().seq == 2


def test_acts_are_never_changed_or_deleted(cast):
    write_acts(cast, 1)
    act = Act.objects.get()
    with pytest.raises(AppendOnly):
        act.save()
    with pytest.raises(AppendOnly):
        act.delete()


def test_the_history_of_a_record_stands_in_order_with_who_did_it(cast, django_assert_num_queries):
    write_acts(cast, 3)
    with django_assert_num_queries(1):
        history = [(act.account.display_name, changes_of(act)) for act in acts_of(cast.grid_1)]
    assert history == [
        ("小陈", {"before": {"step": n}, "after": {"step": n + 1}}) for n in range(3)
    ]
    assert list(acts_of(cast.grid_2)) == []


def test_a_look_is_recorded_with_its_reason(cast):
    record_look(cast.wang.person, by=cast.chen.actor, what="phone", reason="return call", now=NOW)
    look = looks_at(cast.wang.person).get()
    assert (look.account, look.what, look.reason, look.at) == (
        cast.chen.account, "phone", "return call", NOW,
    )  # fmt: skip


def test_nobody_in_particular_cannot_look(cast):
    with pytest.raises(ValueError, match="account"):
        record_look(cast.wang.person, by=system(cast.xinjie.pk), what="phone", reason="x", now=NOW)
    assert Look.objects.count() == 0


def test_each_community_has_a_chain_of_its_own(cast):
    write_acts(cast, 2)
    with in_community(cast.linli):
        with recording(cast.li.actor, "walk", now=NOW) as act:
            act.on(cast.grid_linli)
        assert list(Act.objects.values_list("seq", flat=True)) == [1]
        assert ActDetail.objects.count() == 1
    assert list(Act.objects.values_list("seq", flat=True)) == [1, 2]

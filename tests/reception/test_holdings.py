"""A person's own file names their needs and visits; an erasure leaves rows without words."""

import json

from mulin.commons.flow.models import Need
from mulin.commons.flow.queries import needs_with
from mulin.ground.audit.models import ActDetail
from mulin.ground.people.actions.erasure import erase_person, own_data
from mulin.parlour.reception.actions.demands import answer_demand, record_return_call
from mulin.parlour.reception.models import Confirmation, Demand, Visit
from tests.clock import NOW


def solved(cast, lamp):
    answer_demand(lamp, by=cast.sun.actor, words="灯泡换了", now=NOW)
    record_return_call(
        lamp, by=cast.chen.actor, outcome="solved", rating=5, words="谢谢小孙", now=NOW
    )


def test_the_own_file_holds_the_need_with_its_story(cast, lamp):
    solved(cast, lamp)
    told = json.dumps(own_data(cast.wang.person, by=cast.chen.actor, now=NOW), ensure_ascii=False)
    assert "楼下路灯坏了三天" in told
    assert "灯泡换了" in told


def test_an_erasure_leaves_the_figures_rows_and_none_of_the_words(cast, lamp):
    solved(cast, lamp)
    erase_person(cast.wang.person, by=cast.zhou.actor, now=NOW)
    need = Need.objects.get()
    assert "路灯" not in need.words
    assert (Demand.objects.count(), Visit.objects.count()) == (1, 1)
    assert Visit.objects.get().person is None
    assert "谢谢" not in Confirmation.objects.get().words
    assert Confirmation.objects.get().rating == 5
    assert list(Need.objects.filter(pk__in=needs_with("路灯", most=9))) == []
    kept = ActDetail.objects.filter(act__record_id=lamp.pk, changes__isnull=False)
    assert list(kept) == []

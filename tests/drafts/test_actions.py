"""A draft is its writer's alone, is kept once, and ends with the act it became."""

from datetime import timedelta

import pytest
from django.db import connection

from mulin.commons.flow.models import Need
from mulin.commons.flow.said import Said
from mulin.ground.audit.models import Act
from mulin.ground.drafts.actions import forget_old, keep_draft, throw_away
from mulin.ground.drafts.models import Draft
from mulin.ground.drafts.queries import drafts_of, spent_among
from mulin.ground.drafts.rules import KEPT, MOST_OF_ONE
from mulin.ground.people.actions.erasure import erase_person, own_data
from mulin.kit.refusals import Refused
from mulin.kit.scoping import in_community
from mulin.parlour.reception.actions.demands import receive_demand
from mulin.parlour.reception.rules import FIRST_CATEGORIES
from tests.clock import NOW

MINUTE = timedelta(minutes=1)


@pytest.fixture
def xinjie(cast):
    with in_community(cast.xinjie):
        assert FIRST_CATEGORIES
        yield cast.xinjie


def keep(member, words="路灯坏了", token="t1", form="receive", **more):  # noqa: S107  a form's
    values = {"path": "/reception/receive/", "now": NOW} | more
    return keep_draft(
        by=member.actor, form=form, token=token, fields=[("words", words, None)], **values
    )


def texts(member, forms=None):
    return [draft.words for draft in drafts_of(member.actor, forms)]


def test_the_last_writer_of_a_form_wins_with_the_whole_text_and_it_is_one_draft(cast, xinjie):
    keep(cast.chen)
    keep(cast.chen, "路灯坏了三天", now=NOW + MINUTE)
    draft = Draft.objects.get()
    assert (draft.began_at, draft.kept_at) == (NOW, NOW + MINUTE)
    assert texts(cast.chen) == ["路灯坏了三天"]


def test_two_showings_of_a_form_are_two_drafts_and_neither_is_lost(cast, xinjie):
    keep(cast.chen, "一", "t1")
    keep(cast.chen, "二", "t2", now=NOW + MINUTE)
    assert texts(cast.chen, ["receive"]) == ["二", "一"]
    # A third showing goes on with the first: each text is there once, begun when it was begun.
    keep(cast.chen, "一又", "t3", goes_on_with="t1", now=NOW + 2 * MINUTE)
    assert texts(cast.chen) == ["一又", "二"]
    assert Draft.objects.get(token="t3").began_at == NOW


def test_nobody_else_reads_it_throws_it_away_or_goes_on_with_it(cast, xinjie):
    keep(cast.chen)
    keep(cast.zhou, "老周的", "t9", goes_on_with="t1")
    throw_away("t1", by=cast.zhou.actor)
    assert (texts(cast.chen), texts(cast.zhou)) == (["路灯坏了"], ["老周的"])
    throw_away("t1", by=cast.chen.actor)
    assert texts(cast.chen) == []


def test_the_neighbour_sees_nothing(cast, xinjie):
    keep(cast.chen)
    with in_community(cast.linli):
        assert list(Draft.objects.all()) == []


def test_it_lies_in_the_database_as_nobody_can_read_it(cast, xinjie):
    keep(cast.chen, "只有我知道")
    with connection.cursor() as cursor:
        cursor.execute("SELECT fields FROM drafts_draft")
        stored = cursor.fetchone()[0]
    assert "只有我知道" not in stored
    assert "words" not in stored


def received(cast, token, words="路灯坏了"):
    return receive_demand(Said(words=words), by=cast.chen.actor, now=NOW, token=token)


def test_the_act_under_its_token_ends_it_and_what_comes_after_is_no_draft(cast, xinjie):
    keep(cast.chen)
    keep(cast.chen, "别的", "t2")
    received(cast, "t1")
    assert texts(cast.chen) == ["别的"]
    assert spent_among(cast.chen.actor, ["t1", "t2"]) == ["t1"]
    # The last letters, sent as the page was left, arrive after the act.
    assert keep(cast.chen, now=NOW + MINUTE) is False
    # A second sending of the form finds it done, and ends what is left of it.
    Draft.objects.create(
        community=cast.xinjie, account=cast.chen.account, form="receive", token="t1", path="/",
        began_at=NOW, kept_at=NOW, fields="[]",
    )  # fmt: skip
    assert texts(cast.chen) == ["别的"]
    received(cast, "t1")
    assert Draft.objects.filter(token="t1").count() == 0
    assert Need.objects.count() == 1


def test_an_act_that_is_refused_leaves_it_where_it_was(cast, xinjie):
    keep(cast.chen)
    with pytest.raises(Refused):
        received(cast, "t1", words=" ")
    assert texts(cast.chen) == ["路灯坏了"]


def test_a_colleagues_act_under_another_token_ends_nothing_of_mine(cast, xinjie):
    keep(cast.chen, token="same")
    keep(cast.zhou, "老周的", token="same")
    receive_demand(Said(words="路灯"), by=cast.zhou.actor, now=NOW, token="same")
    assert Draft.objects.get().account == cast.chen.account


def test_keeping_one_writes_no_act(cast, xinjie):
    keep(cast.chen)
    throw_away("t1", by=cast.chen.actor)
    assert Act.objects.count() == 0


def test_what_nobody_touches_goes_and_no_one_hoards(cast, xinjie):
    keep(cast.chen, "旧的", "old", now=NOW - KEPT - MINUTE)
    keep(cast.chen, "新的", "new", now=NOW - KEPT + MINUTE)
    assert forget_old(NOW) == 1
    assert texts(cast.chen) == ["新的"]
    for number in range(MOST_OF_ONE + 3):
        keep(cast.chen, f"第{number}件", f"n{number}", now=NOW + number * MINUTE)
    assert Draft.objects.count() == MOST_OF_ONE
    assert texts(cast.chen)[0] == f"第{MOST_OF_ONE + 2}件"


def test_whoever_is_erased_leaves_no_draft_of_theirs_and_none_about_them(cast, xinjie):
    keep(cast.yong, "我家的事", "own", form="tell", path="/reception/tell/")
    keep(cast.chen, "张勇说", "about", path=f"/reception/receive/?person={cast.yong.person.pk}")
    keep(cast.chen, "别人说", "other", path=f"/reception/receive/?person={cast.wang.person.pk}")
    told = own_data(cast.yong.person, by=cast.yong.actor, now=NOW)["drafts.draft"]
    assert [("我家的事" in one["typed"], "张勇说" in one["typed"]) for one in told] == [
        (True, False), (False, False),
    ]  # fmt: skip
    erase_person(cast.yong.person, by=cast.zhou.actor, now=NOW)
    assert texts(cast.chen) == ["别人说"]
    assert Draft.objects.count() == 1

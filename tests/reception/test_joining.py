"""Two who ask for the same: written down once each, worked on once, told at every step, apart again."""

from datetime import timedelta

import pytest

from mulin.commons.flow.models import Category, Need, Step, Visibility
from mulin.commons.flow.said import Said
from mulin.ground.audit.models import Act
from mulin.ground.community.rules import Actor
from mulin.ground.figures.rules import Period
from mulin.ground.notify.models import Message
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community
from mulin.parlour.reception.actions.demands import (
    answer_demand,
    confirm_demand,
    note_on,
    receive_demand,
    take_demand,
)
from mulin.parlour.reception.actions.joining import join_demand, part_demand
from mulin.parlour.reception.figures import FIGURES
from mulin.parlour.reception.models import Confirmation, Demand, Joining
from mulin.parlour.reception.rules import ANSWERED_LATELY, State
from mulin.parlour.reception.similar import Here, joined_by_number, similar, similar_in_the_street
from tests.clock import NOW

HOUR = timedelta(hours=1)


def lamps():
    return Category.objects.get(code="repair.lamp")


def stored(demand):
    return Demand.objects.select_related("need__category", "need__person", "owner").get(
        pk=demand.pk
    )


def story(demand):
    return list(
        Step.objects.filter(need=demand.need, is_for_asker=True)
        .order_by("id")
        .values_list("kind", flat=True)
    )


def told(person):
    return Message.objects.filter(recipient_kind="person", recipient_id=person.pk)


def holder(demand):
    return Actor(demand.community_id, channel=Channel.QR, held_code=demand.need.follow_code)


@pytest.fixture
def dark(cast, lamp):
    """阿勇 tells of the same lamp, an hour later."""
    return receive_demand(
        Said(words="12幢楼下的路灯不亮", person=cast.yong.person, building=cast.building_12,
             category=lamps()),
        by=cast.yong.actor, now=NOW + HOUR,
    )  # fmt: skip


@pytest.fixture
def joined(cast, lamp, dark):
    join_demand(dark, lead=lamp, by=cast.sun.actor, now=NOW + 2 * HOUR)
    return stored(dark)


def test_the_second_is_written_down_once_and_goes_with_the_first(cast, lamp, joined):
    assert (joined.state, joined.is_open, joined.due_at, joined.owner) == (
        State.JOINED, False, None, stored(lamp).owner,
    )  # fmt: skip
    assert joined.responded_at == NOW + 2 * HOUR
    assert joined.need.goes_with == lamp.need
    assert joined.need.words == "12幢楼下的路灯不亮"
    assert Need.objects.count() == 2


def test_every_step_and_the_answer_are_told_to_each_and_notes_to_none(cast, lamp, joined):
    lead = stored(lamp)
    take_demand(lead, by=cast.sun.actor, now=NOW + 3 * HOUR)
    note_on(lead, by=cast.sun.actor, words="物业说明天来", now=NOW + 3 * HOUR)
    answer_demand(lead, by=cast.sun.actor, words="换了灯泡", now=NOW + 4 * HOUR)
    assert story(lamp) == ["received", "taken", "answered"]
    assert story(joined) == ["received", "joined", "taken", "answered"]
    assert "换了灯泡" in told(cast.yong.person).latest("id").body
    lines = Step.objects.filter(need=joined.need).values_list("line", flat=True)
    assert not any("物业说明天来" in line for line in lines)


def test_each_confirms_for_themselves_and_each_counts_once(cast, lamp, joined):
    answer_demand(stored(lamp), by=cast.sun.actor, words="换了灯泡", now=NOW + 3 * HOUR)
    assert Confirmation.objects.count() == 2
    confirm_demand(stored(joined), by=cast.yong.actor, solved=True, rating=5, now=NOW + 4 * HOUR)
    confirm_demand(stored(lamp), by=holder(lamp), solved=False, words="又坏了", now=NOW + 4 * HOUR)
    assert (stored(joined).state, stored(lamp).state) == (State.CONFIRMED, State.NOT_SOLVED)
    # What one of them says stands in nobody else's story.
    assert story(joined)[-1] == "confirmed"
    assert "又坏了" not in "".join(
        Step.objects.filter(need=joined.need).values_list("line", flat=True)
    )
    rate = next(figure for figure in FIGURES if figure.name == "reception.solved_rate")
    day = local_day(NOW)
    period = Period(day, day + timedelta(days=1))
    assert (rate.rows(period).count(), rate.of(period).count()) == (1, 2)
    # Whoever is content hears no more of it.
    take_demand(stored(lamp), by=cast.zhou.actor, now=NOW + 5 * HOUR)
    assert story(joined)[-1] == "confirmed"


def test_whoever_is_not_content_is_opened_by_themselves(cast, lamp, joined):
    answer_demand(stored(lamp), by=cast.sun.actor, words="换了灯泡", now=NOW + 3 * HOUR)
    confirm_demand(stored(joined), by=cast.yong.actor, solved=False, now=NOW + 4 * HOUR)
    again = stored(joined)
    assert (again.state, again.owner, again.need.goes_with) == (
        State.NOT_SOLVED, cast.zhou.account, None,
    )  # fmt: skip
    assert stored(lamp).state == State.ANSWERED


def test_it_is_taken_apart_by_staff_or_by_the_asker_and_keeps_what_it_was_promised(
    cast, lamp, joined
):
    with pytest.raises(NotPermitted):
        part_demand(joined, by=cast.wu.actor, now=NOW + 3 * HOUR)
    part_demand(joined, by=cast.yong.actor, now=NOW + 3 * HOUR)
    apart = stored(joined)
    assert (apart.state, apart.due_at, apart.need.goes_with) == (
        State.ACCEPTED, apart.answer_by, None,
    )  # fmt: skip
    assert Joining.objects.get().ended_at == NOW + 3 * HOUR
    take_demand(stored(lamp), by=cast.sun.actor, now=NOW + 4 * HOUR)
    assert "taken" not in story(joined)
    with pytest.raises(Refused):
        part_demand(apart, by=cast.sun.actor, now=NOW + 5 * HOUR)
    join_demand(apart, lead=stored(lamp), by=cast.sun.actor, now=NOW + 6 * HOUR)
    assert stored(joined).state == State.JOINED


def test_it_is_not_answered_by_itself_while_it_goes_with_another(cast, joined):
    with pytest.raises(Refused):
        answer_demand(joined, by=cast.sun.actor, words="修好了", now=NOW + 3 * HOUR)


def test_a_form_sent_twice_joins_once(cast, lamp, dark):
    for _time in range(2):
        join_demand(dark, lead=lamp, by=cast.sun.actor, now=NOW + HOUR, token="once")
    assert Joining.objects.count() == 1
    assert Act.objects.filter(verb="reception.join_demand").count() == 1


def test_no_chains_no_circles_and_nothing_closed(cast, lamp, dark, joined):
    third = receive_demand(
        Said(words="路灯", building=cast.building_12), by=cast.chen.actor, now=NOW
    )
    for one, lead in ((lamp, lamp), (lamp, joined), (third, joined), (lamp, third)):
        with pytest.raises(Refused):
            join_demand(stored(one), lead=stored(lead), by=cast.chen.actor, now=NOW + HOUR)
    answer_demand(third, by=cast.chen.actor, words="好了", now=NOW)
    fourth = receive_demand(
        Said(words="路灯", building=cast.building_12), by=cast.chen.actor, now=NOW
    )
    with pytest.raises(Refused):
        join_demand(fourth, lead=third, by=cast.chen.actor, now=NOW)


def test_staff_join_only_what_they_work_on(cast, lamp, dark):
    for outsider in (cast.wu, cast.yong, cast.xu):
        with pytest.raises(NotPermitted):
            join_demand(dark, lead=lamp, by=outsider.actor, now=NOW)


def test_a_resident_joins_from_the_start_what_stands_in_the_street(cast, lamp):
    mine = receive_demand(
        Said(words="这里的路灯也不亮", building=cast.building_12, category=lamps()),
        by=Actor(cast.xinjie.pk, channel=Channel.QR), now=NOW + HOUR,
        joins=joined_by_number(Actor(cast.xinjie.pk), lamp.need.number),
    )  # fmt: skip
    assert mine.state == State.JOINED
    assert story(mine) == ["received", "joined"]


@pytest.mark.parametrize("hidden", ["unsorted", "elder", "confidential", "sealed", "answered"])
def test_a_resident_is_told_of_nothing_that_is_somebodys_own(cast, lamp, hidden):
    need = Need.objects.filter(pk=lamp.need_id)
    here = Here.of(cast.building_12)
    assert [row.id for row in similar_in_the_street("路灯坏了", here, NOW)] == [lamp.pk]
    if hidden == "unsorted":
        need.update(category=None)
    elif hidden == "elder":
        need.update(category=Category.objects.get(code="elder"))
    elif hidden == "confidential":
        need.update(visibility=Visibility.CONFIDENTIAL)
    elif hidden == "sealed":
        need.update(is_sealed=True)
    else:
        answer_demand(lamp, by=cast.sun.actor, words="好了", now=NOW)
    assert similar_in_the_street("楼下路灯坏了三天", here, NOW) == []
    assert joined_by_number(Actor(cast.xinjie.pk), lamp.need.number) is None


def test_without_a_place_a_resident_is_told_nothing(cast, lamp):
    assert similar_in_the_street("楼下路灯坏了三天", Here(), NOW) == []


def received(cast, words, building, **more):
    return receive_demand(
        Said(words=words, building=building, category=lamps(), **more), by=cast.chen.actor, now=NOW
    )


def test_similar_is_near_and_close_in_words_the_closest_first(cast, xinjie):
    lamp = received(cast, "3单元楼道灯不亮", cast.building_12)
    stairs = received(cast, "楼道里堆了纸箱", cast.building_12)
    received(cast, "3单元楼道灯不亮", cast.building_20)  # another grid
    here = Here.of(cast.building_12)
    found = similar(cast.chen.actor, "楼道灯坏了不亮", here, NOW)
    assert [row.id for row in found] == [lamp.pk, stairs.pk]
    assert [row.id for row in similar(cast.chen.actor, "楼道灯坏了", here, NOW, besides=lamp.pk)] == [
        stairs.pk
    ]  # fmt: skip
    assert similar(cast.chen.actor, "。。！", here, NOW) == []
    # Without a place the whole community is near.
    assert len(similar(cast.chen.actor, "楼道灯不亮", Here(), NOW)) == 3


def test_similar_is_shown_across_the_border_of_two_grids_when_it_is_a_few_steps(cast, xinjie):
    for building, north in ((cast.building_12, "30.520000"), (cast.building_20, "30.520900")):
        building.latitude, building.longitude = north, "120.940000"
        building.save()
        building.refresh_from_db()
    over_there = received(cast, "路灯不亮", cast.building_20)
    found = similar(cast.chen.actor, "路灯不亮了", Here.of(cast.building_12), NOW)
    assert [(row.id, row.metres) for row in found] == [(over_there.pk, 100)]
    # The officer of grid 1 is told nothing of grid 2 all the same.
    assert similar(cast.sun.actor, "路灯不亮了", Here.of(cast.building_12), NOW) == []


def test_what_was_answered_lately_is_shown_and_what_is_closed_is_not(cast, lamp):
    here = Here.of(cast.building_12)
    answer_demand(lamp, by=cast.sun.actor, words="换了灯泡", now=NOW)
    assert [row.state for row in similar(cast.chen.actor, "路灯坏了", here, NOW)] == ["answered"]
    assert similar(cast.chen.actor, "路灯坏了", here, NOW + ANSWERED_LATELY + HOUR) == []
    confirm_demand(stored(lamp), by=holder(lamp), solved=True, now=NOW)
    assert similar(cast.chen.actor, "路灯坏了", here, NOW) == []


def test_similar_shows_nothing_sealed_and_nothing_of_the_neighbours(cast, lamp):
    Need.objects.filter(pk=lamp.need_id).update(is_sealed=True)
    assert similar(cast.chen.actor, "楼下路灯坏了三天", Here(), NOW) == []
    with in_community(cast.linli):
        assert similar(cast.li.actor, "楼下路灯坏了三天", Here(), NOW) == []


def test_similar_asks_four_times_whatever_the_size(cast, xinjie, django_assert_num_queries):
    for number in range(3):
        received(cast, f"楼道灯不亮 {number}", cast.building_12)
    with django_assert_num_queries(4):
        similar(cast.chen.actor, "楼道灯不亮", Here.of(cast.building_12), NOW)
    for number in range(17):
        received(cast, f"楼道灯不亮 {number}", cast.building_12)
    with django_assert_num_queries(4):
        similar(cast.chen.actor, "楼道灯不亮", Here.of(cast.building_12), NOW)

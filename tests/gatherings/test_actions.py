"""A gathering is planned, told, moved; people sign up, come, and get their minutes."""

import threading
from datetime import timedelta

import pytest
from django.db import connections

from mulin.commons.gatherings.actions.agenda import (
    add_item,
    order_items,
    record_item,
    remove_item,
    step_item,
)
from mulin.commons.gatherings.actions.coming import (
    invite,
    leave,
    read_back,
    say_coming,
    sign_in,
    tell_waiting,
    undo_sign_in,
)
from mulin.commons.gatherings.actions.planning import (
    Plan,
    add_paper,
    cancel_gathering,
    change_gathering,
    close_gathering,
    count_walk_ins,
    move_gathering,
    plan_gathering,
)
from mulin.commons.gatherings.jobs import tell_people
from mulin.commons.gatherings.models import Attendance, Gathering
from mulin.commons.gatherings.queries import counts_of, items_of, minutes_of, told_how
from mulin.commons.gatherings.rules import Stand
from mulin.ground.audit.models import Act
from mulin.ground.notify.models import Message, Way
from mulin.ground.people.actions.merging import merge_persons
from mulin.kit.channels import Channel
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.kit.scoping import in_community
from tests.cast import make_cast
from tests.clock import NOW
from tests.factories.people import PersonFactory
from tests.gatherings.conftest import BEGINS, ENDS

MINUTE = timedelta(minutes=1)


def told(person):
    return list(
        Message.objects.filter(recipient_kind="person", recipient_id=person.pk)
        .order_by("id").values_list("subject", "way")
    )  # fmt: skip


def people(cast, count):
    return [
        PersonFactory(community=cast.xinjie, grid=cast.grid_1, name=f"街坊{number}")
        for number in range(count)
    ]


def test_a_form_sent_twice_plans_one_gathering(cast, xinjie):
    plan = Plan("碰头会", BEGINS, ENDS)
    first = plan_gathering("meeting", plan, by=cast.chen.actor, now=NOW, token="t")
    assert plan_gathering("meeting", plan, by=cast.chen.actor, now=NOW, token="t") == first
    assert (Gathering.objects.count(), Act.objects.count()) == (1, 1)


def test_it_cannot_end_before_it_begins_and_a_resident_plans_none(cast, xinjie):
    with pytest.raises(Refused) as refusal:
        plan_gathering("meeting", Plan("会", ENDS, BEGINS), by=cast.chen.actor, now=NOW)
    assert refusal.value.field == "ends_at"
    with pytest.raises(NotPermitted):
        plan_gathering("meeting", Plan("会", BEGINS, ENDS), by=cast.yong.actor, now=NOW)


def test_who_has_a_phone_is_written_to_and_who_has_none_is_told_at_the_door(cast, evening):
    invite(evening, [cast.yong.person, cast.wang.person], by=cast.chen.actor, now=NOW)
    invite(evening, [cast.wang.person], by=cast.chen.actor, now=NOW)
    tell_people(cast.xinjie, NOW)
    tell_people(cast.xinjie, NOW)
    assert ("您被邀请：路灯怎么装", Way.DOOR) in told(cast.wang.person)
    assert len(told(cast.wang.person)) == 1
    ways = {way for _subject, way in told(cast.yong.person)}
    assert Way.DOOR not in ways
    assert ways
    by_person = told_how(evening, [cast.wang.person.pk, cast.yong.person.pk])
    assert {message.way for message in by_person[cast.wang.person.pk]} == {Way.DOOR}


def test_moved_and_called_off_it_is_told_again_each_time(cast, evening):
    invite(evening, [cast.wang.person], by=cast.chen.actor, now=NOW)
    tell_waiting(evening, now=NOW)
    move_gathering(
        evening, starts_at=BEGINS + 60 * MINUTE, ends_at=ENDS + 60 * MINUTE, place=None,
        place_words="桂花广场", why="下雨", by=cast.chen.actor, now=NOW,
    )  # fmt: skip
    tell_waiting(evening, now=NOW)
    cancel_gathering(evening, why="停电", by=cast.chen.actor, now=NOW)
    tell_waiting(evening, now=NOW)
    assert tell_waiting(evening, now=NOW) == 0
    assert [subject.split("：")[0] for subject, _way in told(cast.wang.person)] == [
        "您被邀请", "换了时间或地点", "取消了",
    ]  # fmt: skip


def test_who_never_heard_of_it_is_not_told_that_it_is_called_off(cast, evening):
    invite(evening, [cast.wang.person], by=cast.chen.actor, now=NOW)
    cancel_gathering(evening, why="停电", by=cast.chen.actor, now=NOW)
    tell_people(cast.xinjie, NOW)
    assert told(cast.wang.person) == []
    with pytest.raises(Refused):
        say_coming(evening, cast.yong.person, comes=True, by=cast.yong.actor, now=NOW)


def test_the_last_seat_is_given_once_and_who_withdraws_gives_it_on(cast, evening):
    """SparkDevNetwork/Rock#2510, decidim#14264: capacity, waiting list."""
    change_gathering(
        evening, Plan("路灯怎么装", BEGINS, ENDS, capacity=1), by=cast.chen.actor, now=NOW
    )
    one, two, three = people(cast, 3)
    by = cast.chen.actor.by(Channel.PHONE)
    stands = [
        say_coming(evening, person, comes=True, by=by, now=NOW + number * MINUTE).stand
        for number, person in enumerate((one, two, three))
    ]
    assert stands == [Stand.GOING, Stand.WAITING, Stand.WAITING]
    say_coming(evening, one, comes=False, by=by, now=NOW + 5 * MINUTE)
    assert dict(Attendance.objects.values_list("person__name", "stand")) == {
        "街坊0": Stand.DECLINED, "街坊1": Stand.GOING, "街坊2": Stand.WAITING,
    }  # fmt: skip
    assert (counts_of(evening).going, counts_of(evening).waiting) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_rock_2510_the_last_seat_pressed_by_two_at_once_is_given_once():
    """SparkDevNetwork/Rock#2510: capacity was looked at in the first step only."""
    cast = make_cast()
    with in_community(cast.xinjie):
        plan = Plan("碰头会", BEGINS, ENDS, capacity=1)
        meeting = plan_gathering("meeting", plan, by=cast.chen.actor, now=NOW)
        both = people(cast, 2)
    start, problems = threading.Barrier(2), []

    def press(person):
        try:
            start.wait(10)
            with in_community(cast.xinjie):
                say_coming(meeting, person, comes=True, by=cast.chen.actor, now=NOW)
        except Exception as problem:  # noqa: BLE001  a thread's error would be lost
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(one,)) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert problems == []
    with in_community(cast.xinjie):
        stands = sorted(Attendance.objects.values_list("stand", flat=True))
        assert stands == [Stand.GOING, Stand.WAITING]


def test_seats_cannot_be_fewer_than_were_given_away(cast, evening):
    """decidim#14492: slots edited below the number registered."""
    for person in people(cast, 2):
        say_coming(evening, person, comes=True, by=cast.chen.actor, now=NOW)
    fewer = Plan("路灯怎么装", BEGINS, ENDS, capacity=1)
    with pytest.raises(Refused) as refusal:
        change_gathering(evening, fewer, by=cast.chen.actor, now=NOW)
    assert refusal.value.field == "capacity"


def test_a_resident_answers_and_signs_in_for_themselves_only(cast, evening):
    say_coming(evening, cast.yong.person, comes=True, by=cast.yong.actor, now=NOW)
    with pytest.raises(NotPermitted):
        say_coming(evening, cast.wang.person, comes=True, by=cast.yong.actor, now=NOW)
    with pytest.raises(NotPermitted):
        sign_in(evening, cast.wang.person, by=cast.yong.actor, now=BEGINS)
    with pytest.raises(NotPermitted):
        sign_in(evening, cast.wang.person, by=cast.wu.actor, now=BEGINS)


def test_code_name_and_paper_sign_one_person_in_once(cast, evening):
    invite(evening, [cast.yong.person, cast.wang.person], by=cast.chen.actor, now=NOW)
    with pytest.raises(Refused):
        sign_in(evening, cast.yong.person, by=cast.yong.actor, now=NOW)  # hours too early
    sign_in(evening, cast.yong.person, by=cast.yong.actor.by(Channel.QR), now=BEGINS)
    sign_in(evening, cast.yong.person, by=cast.chen.actor, now=BEGINS + 9 * MINUTE)
    assert read_back(evening, [1, 2], walk_ins=7, by=cast.chen.actor, now=ENDS) == 1
    rows = dict(Attendance.objects.values_list("person__name", "came_by"))
    assert rows == {"张勇": Channel.QR, "王秀英": Channel.PAPER}
    assert Attendance.objects.get(person=cast.yong.person).came_at == BEGINS
    assert counts_of(evening).present == 9


def test_a_line_that_is_not_on_the_list_is_named(cast, evening):
    invite(evening, [cast.wang.person], by=cast.chen.actor, now=NOW)
    with pytest.raises(Refused, match="7, 9") as refusal:
        read_back(evening, [1, 7, 9], walk_ins=None, by=cast.chen.actor, now=ENDS)
    assert refusal.value.field == "lines"
    assert Attendance.objects.here().count() == 0


def test_closed_each_gets_their_minutes_and_merged_records_are_one_person(cast, evening):
    twin = PersonFactory(community=cast.xinjie, name="王秀英", grid=cast.grid_1)
    late = BEGINS + 30 * MINUTE
    sign_in(evening, cast.wang.person, by=cast.chen.actor, now=BEGINS - 10 * MINUTE)
    sign_in(evening, cast.yong.person, by=cast.chen.actor, now=late)
    count_walk_ins(evening, 3, by=cast.chen.actor, now=late)
    with pytest.raises(Refused):
        close_gathering(evening, ended_at=ENDS, by=cast.chen.actor, now=late)
    close_gathering(evening, ended_at=ENDS, by=cast.chen.actor, now=ENDS)
    with pytest.raises(TakenMeanwhile):
        close_gathering(evening, ended_at=ENDS, by=cast.chen.actor, now=ENDS)
    second = plan_gathering("activity", Plan("义剪", BEGINS, ENDS), by=cast.chen.actor, now=NOW)
    sign_in(second, twin, by=cast.chen.actor, now=BEGINS + 60 * MINUTE)
    close_gathering(second, ended_at=ENDS, by=cast.chen.actor, now=ENDS)
    merge_persons(cast.wang.person, twin, by=cast.chen.actor, now=NOW)
    asked = [cast.wang.person.pk, cast.yong.person.pk]
    assert minutes_of(asked) == {cast.wang.person.pk: 180, cast.yong.person.pk: 90}
    assert minutes_of(asked, kinds=["activity"]) == {cast.wang.person.pk: 60}
    assert minutes_of(asked, since=ENDS) == {}


def test_whoever_leaves_early_has_the_minutes_until_then(cast, evening):
    row = sign_in(evening, cast.wang.person, by=cast.chen.actor, now=BEGINS)
    leave(row, by=cast.chen.actor, now=BEGINS + 45 * MINUTE)
    with pytest.raises(Refused):
        leave(row, by=cast.chen.actor, now=BEGINS + 50 * MINUTE)
    close_gathering(evening, ended_at=ENDS, by=cast.chen.actor, now=ENDS)
    assert minutes_of([cast.wang.person.pk]) == {cast.wang.person.pk: 45}


def test_the_wrong_name_is_taken_back_until_the_list_is_closed(cast, evening):
    row = sign_in(evening, cast.wang.person, by=cast.chen.actor, now=BEGINS)
    undo_sign_in(row, by=cast.chen.actor, now=BEGINS)
    assert not Attendance.objects.here().exists()
    close_gathering(evening, ended_at=ENDS, by=cast.chen.actor, now=ENDS)
    row.gathering.refresh_from_db()
    with pytest.raises(Refused):
        undo_sign_in(row, by=cast.chen.actor, now=ENDS)


def test_the_agenda_is_ordered_by_dragging_and_step_by_step(cast, evening):
    by = cast.chen.actor
    lamp, road, dog = (add_item(evening, title=word, by=by, now=NOW) for word in "灯路狗")
    order_items(evening, [dog.pk, lamp.pk, road.pk], by=by, now=NOW)
    step_item(lamp, by_how_many=-1, by=by, now=NOW)
    assert [item.title for item in items_of(evening)] == ["灯", "狗", "路"]
    with pytest.raises(TakenMeanwhile):
        order_items(evening, [dog.pk, lamp.pk], by=by, now=NOW)
    record_item(lamp, "装在弄堂口", by=by, now=NOW)
    with pytest.raises(Refused):
        remove_item(lamp, by=by, now=NOW)
    remove_item(dog, by=by, now=NOW)
    assert [item.record for item in items_of(evening)] == ["装在弄堂口", ""]


def test_a_document_is_a_pdf_or_a_picture(cast, evening):
    with pytest.raises(Refused) as refusal:
        add_paper(
            evening, title="图", content=b"MZ\x90", is_public=True, by=cast.chen.actor, now=NOW
        )
    assert refusal.value.field == "file"
    paper = add_paper(
        evening, title="图", content=b"%PDF-1.7 x", is_public=True, by=cast.chen.actor, now=NOW
    )
    with paper.file.open() as kept:
        assert (paper.media_type, kept.read()) == ("application/pdf", b"%PDF-1.7 x")


def test_the_neighbour_sees_nothing(cast, evening):
    with in_community(cast.linli):
        assert list(Gathering.objects.all()) == []

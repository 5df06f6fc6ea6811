"""A need travels: opened, told, handed over, answered, linked; a sealed one says nothing."""

import resource
from datetime import timedelta
from io import BytesIO

import pytest
from django.conf import settings
from PIL import Image

from mulin.commons.flow import receivers
from mulin.commons.flow.actions import (
    add_photo,
    add_step,
    answer,
    first_categories,
    hand_over,
    join,
    open_need,
)
from mulin.commons.flow.models import Category, Link, Need, NeedPhoto, PhotoMoment, Step
from mulin.commons.flow.queries import followed, journey, needs_with
from mulin.commons.flow.said import Said
from mulin.ground.audit.models import Act
from mulin.ground.community.rules import Actor
from mulin.ground.notify.models import Message
from mulin.kit.channels import Channel
from mulin.kit.photos import clean_photo
from mulin.kit.refusals import Refused
from mulin.kit.scoping import in_community
from tests.clock import NOW


@pytest.fixture
def xinjie(cast):
    with in_community(cast.xinjie):
        yield cast.xinjie


@pytest.fixture
def need(cast, xinjie):
    by = cast.chen.actor.by(Channel.PHONE, on_behalf_of=cast.yong.person.pk)
    return open_need(
        Said(words="路灯不亮", person=cast.yong.person, building=cast.building_12),
        by=by, room="reception", now=NOW,
    )  # fmt: skip


@pytest.fixture
def hall(cast):
    """A room that takes needs over: its record is a category, for want of a table of its own."""
    taken = []

    def take(need, by, why, now):
        taken.append((need.pk, by.account_id, why))
        first_categories([("matter", why, "", "ordinary")], community_id=by.community_id)
        return Category.objects.get(code="matter")

    receivers.register_receiver(receivers.Receiver("hall", "议事堂", take))
    yield taken
    receivers._receivers.pop("hall")


def photo():
    picture = BytesIO()
    Image.new("RGB", (30, 20), "teal").save(picture, "JPEG")
    return clean_photo(picture.getvalue())


def test_handing_over_makes_record_step_link_act_and_message_in_one_go(cast, need, hall):
    record = hand_over(need, to="hall", by=cast.chen.actor, why="大家商量", now=NOW, token="h")
    assert hall == [(need.pk, cast.chen.account.pk, "大家商量")]
    assert Need.objects.get(pk=need.pk).room == "hall"
    step = Step.objects.get(kind="handed_over")
    assert (step.record_kind, step.record_id, step.is_for_asker) == (
        "flow.category", record.pk, True,
    )  # fmt: skip
    link = Link.objects.get()
    assert (link.from_id, link.kind, link.to_id) == (record.pk, "grew_out_of", need.pk)
    assert Act.objects.get(verb="flow.hand_over").record_id == need.pk
    assert Message.objects.filter(recipient_kind="person").exists()


def test_handing_over_twice_is_done_once(cast, need, hall):
    hand_over(need, to="hall", by=cast.chen.actor, why="x", now=NOW, token="same")
    hand_over(need, to="hall", by=cast.chen.actor, why="x", now=NOW, token="same")
    with pytest.raises(Refused):
        hand_over(need, to="hall", by=cast.chen.actor, why="x", now=NOW, token="other")
    assert len(hall) == 1


def test_a_receiver_that_fails_leaves_no_trace(cast, need):
    def breaks(need, by, why, now):
        raise Refused("full")

    receivers.register_receiver(receivers.Receiver("full", "满了", breaks))
    try:
        with pytest.raises(Refused):
            hand_over(need, to="full", by=cast.chen.actor, why="x", now=NOW)
    finally:
        receivers._receivers.pop("full")
    assert Need.objects.get(pk=need.pk).room == "reception"
    assert Step.objects.count() == 0
    assert not Act.objects.filter(verb="flow.hand_over").exists()


def test_no_room_of_that_name(cast, need):
    with pytest.raises(LookupError):
        hand_over(need, to="nowhere", by=cast.chen.actor, why="x", now=NOW)


def test_an_answer_is_told_and_the_listening_room_hears(cast, need):
    heard = []
    receivers.register_listener("ear", lambda need, by, words, now: heard.append(words))
    try:
        answer(need, by=cast.zhou.actor, words="装好了", record=need, now=NOW)
    finally:
        receivers._listeners.pop("ear")
    assert heard == ["装好了"]
    assert Step.objects.get(kind="answered").line == "装好了"


def test_a_link_made_twice_is_one_link(cast, need):
    join(need, "same_as", need, by=cast.chen.actor, now=NOW)
    join(need, "same_as", need, by=cast.chen.actor, now=NOW + timedelta(days=1))
    assert Link.objects.count() == 1


def test_the_journey_shows_each_reader_what_they_may_see(cast, need):
    by = cast.chen.actor
    add_step(need, by=by, kind="note", line="只给同事看", now=NOW, is_for_asker=False)
    add_step(need, by=by, kind="taken", line="小孙接手", now=NOW)
    told = journey(need, cast.yong.actor, may_work=False, is_asker=True)
    assert [line.words for line in told.lines] == ["小孙接手"]
    worked = journey(need, cast.sun.actor, may_work=True, is_asker=False)
    assert [line.words for line in worked.lines] == ["只给同事看", "小孙接手"]


def test_a_sealed_need_says_nothing_outside_its_room(cast, need):
    need.is_sealed = True
    need.save(update_fields=["is_sealed"])
    add_step(need, by=cast.xu.actor, kind="note", line="两家的事", now=NOW, tell_asker=True)
    shown = journey(need, cast.zhou.actor, may_work=True, is_asker=False)
    assert (shown.lines, shown.photos, shown.shows_words, shown.shows_asker) == (
        [], [], False, False,
    )  # fmt: skip
    assert list(Need.objects.visible_to(cast.zhou.actor)) == []
    told = Message.objects.get(recipient_kind="person")
    assert "两家的事" not in (told.body or "")
    assert need.number not in told.subject


def test_who_asked_anonymously_is_named_to_the_desk_only(cast, xinjie):
    need = open_need(
        Said(words="灯", person=cast.yong.person, visibility="anonymous"),
        by=cast.yong.actor, room="reception", now=NOW,
    )  # fmt: skip
    assert journey(need, cast.chen.actor, may_work=True, is_asker=False).shows_asker is True
    assert journey(need, cast.sun.actor, may_work=True, is_asker=False).shows_asker is False
    assert journey(need, cast.yong.actor, may_work=False, is_asker=True).shows_asker is True


def test_the_name_of_who_asked_is_no_way_to_find_a_need(cast, need):
    assert list(Need.objects.filter(pk__in=needs_with("张勇", most=9))) == []
    assert list(Need.objects.filter(pk__in=needs_with("路灯", most=9))) == [need]


def test_a_photo_lies_under_a_random_name_outside_the_web(cast, need):
    row = add_photo(need, photo(), moment=PhotoMoment.BEFORE, now=NOW)
    assert row.code in row.file.name
    assert str(settings.FILES_DIR) in row.file.path
    with pytest.raises(ValueError, match="URL"):
        _ = row.file.url


def test_a_full_disk_is_said_and_nothing_else_is_lost(cast, need):
    # The system refuses to write more than this into a file, as it does when the disk is full.
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    picture = photo()
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, before[1]))
    try:
        with pytest.raises(Refused) as refusal:
            add_photo(need, picture, moment=PhotoMoment.BEFORE, now=NOW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert refusal.value.field == "photos"
    assert NeedPhoto.objects.count() == 0


def test_a_code_opens_one_need_in_its_own_community_only(cast, need):
    assert followed(need.follow_code) == need
    with in_community(cast.linli):
        assert followed(need.follow_code) is None


def test_a_passer_by_is_told_by_nobody(cast, xinjie):
    need = open_need(
        Said(words="灯"), by=Actor(community_id=xinjie.pk, channel=Channel.QR), room="reception",
        now=NOW,
    )  # fmt: skip
    add_step(need, by=cast.chen.actor, kind="taken", line="接手", now=NOW, tell_asker=True)
    assert Message.objects.count() == 0

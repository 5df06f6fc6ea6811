"""A meeting: topics from what people said, minutes point by point, recordings beside them."""

import io
import os
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage

from mulin.commons.flow.models import Category, Link, Need, Step
from mulin.commons.flow.said import Said
from mulin.commons.gatherings.actions.coming import invite, sign_in
from mulin.commons.gatherings.actions.planning import Plan, cancel_gathering, plan_gathering
from mulin.commons.gatherings.models import AgendaItem
from mulin.ground.audit.models import Act, ActDetail
from mulin.ground.notify import queue
from mulin.kit.hearing import Heard, ears
from mulin.kit.listener import said as lines_kept
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.parlour.reception.actions.demands import receive_demand
from mulin.parlour.reception.models import Demand
from mulin.parlour.suggestions.actions.minutes import KIND, decide_point, pick_topics, write_points
from mulin.parlour.suggestions.actions.recordings import (
    KEPT,
    MOST_TRIES,
    PAUSE,
    add_recording,
    delete_sound,
    note_heard,
)
from mulin.parlour.suggestions.holdings import erase_points, erase_stands, points_told
from mulin.parlour.suggestions.jobs import listen, tidy_recordings
from mulin.parlour.suggestions.models import Fate, Idea, MinutePoint, Recording, RecordingState
from mulin.parlour.suggestions.queries import heard_between, names_to_know, said_at
from mulin.parlour.suggestions.rules import SpokenPoint, grouped, points_of, sound_kind
from tests.clock import NOW

PICKING = ("suggestions.pick_topics", "gatherings.add_item")
MP3 = b"ID3" + bytes(60)


@pytest.fixture
def talk(cast, xinjie):
    """The meeting of this evening, half an hour old; 阿勇 has signed in."""
    found = plan_gathering(
        KIND, Plan("文明大家谈", NOW - timedelta(minutes=30), NOW + timedelta(hours=1)),
        by=cast.chen.actor, now=NOW - timedelta(days=3),
    )  # fmt: skip
    invite(found, [cast.yong.person, cast.wang.person], by=cast.chen.actor, now=NOW)
    sign_in(found, cast.yong.person, by=cast.chen.actor, now=NOW)
    return found


def written(talk, cast, typed):
    write_points(talk, typed, by=cast.chen.actor, now=NOW)
    return list(MinutePoint.objects.filter(gathering=talk))


@pytest.mark.once
@pytest.mark.parametrize(
    ("line", "points"),
    [
        ("王奶奶：装个水龙头", [SpokenPoint("装个水龙头", "王奶奶")]),
        ("1. 路灯坏了\n\n2、 长凳加靠背", [SpokenPoint("路灯坏了"), SpokenPoint("长凳加靠背")]),
        ("大家商量了很久，最后决定：先修灯", [SpokenPoint("大家商量了很久，最后决定：先修灯")]),
        ("👍\n。\n", []),
        ("晚上10:30太吵", [SpokenPoint("晚上10:30太吵")]),
        ("3.5米宽的路太窄", [SpokenPoint("3.5米宽的路太窄")]),
        ("3.路太窄\n4) 灯太暗", [SpokenPoint("路太窄"), SpokenPoint("灯太暗")]),
        ("阿勇: 好", [SpokenPoint("阿勇: 好")]),
    ],
)
def test_minutes_are_read_a_point_a_line(line, points):
    assert points_of(line) == points


@pytest.mark.once
def test_what_says_much_the_same_stands_together():
    texts = [
        "广场多种桂花树",
        "电梯什么时候装",
        "桂花树广场上再种几棵",
        "门口停车太乱",
        "装电梯的事",
    ]
    assert sorted(map(tuple, grouped(texts))) == [(0, 2), (1, 4), (3,)]
    assert grouped([]) == []


@pytest.mark.once
@pytest.mark.parametrize(
    ("beginning", "kind"),
    [(MP3, "audio/mpeg"), (b"RIFF\0\0\0\0WAVEfmt ", "audio/wav"), (b"\0\0\0\x18ftypM4A ", "audio/mp4"),
     (b"OggS", "audio/ogg"), (b"%PDF-1.7", None), (b"", None), (b"RIFF\0\0\0\0WEBP", None)],
)  # fmt: skip
def test_sound_is_known_by_its_first_bytes(beginning, kind):
    assert sound_kind(beginning) == kind


@pytest.mark.once
def test_a_machine_that_hears_nothing_prints_no_names_and_nothing_twice():
    names = "文明大家谈、睦邻客厅"
    heard = [" 文明大家谈。", "先修灯", "先修灯", "", "睦邻客厅要修灯"]
    assert lines_kept(heard, names) == ["先修灯", "睦邻客厅要修灯"]


def test_who_signed_in_by_the_name_that_was_written_is_meant(talk, cast):
    yong, stranger, nobody = written(talk, cast, f"{cast.yong.person.name}：修灯\n老外：修门\n修路")
    assert (yong.speaker, yong.speaker_name, yong.words) == (cast.yong.person, None, "修灯")
    assert (stranger.speaker, stranger.speaker_name) == (None, "老外")
    assert (nobody.speaker, nobody.speaker_name) == (None, None)
    # On the list, but not there: nobody is meant.
    (absent,) = written(talk, cast, f"{cast.wang.person.name}：修窗")[3:]
    assert absent.speaker is None


def test_a_point_becomes_an_idea_of_its_speaker_once_and_its_words_stand_once(talk, cast):
    (point,) = written(talk, cast, "桂花广场装饮水机")
    decided = decide_point(
        point, fate=Fate.IDEA, speaker=cast.yong.person, by=cast.chen.actor, now=NOW
    )
    idea = Idea.objects.get()
    assert (decided.words, decided.text, idea.supporters) == ("", "桂花广场装饮水机", 1)
    assert (idea.need.person, said_at(idea)) == (cast.yong.person, talk)
    assert Link.objects.filter(kind="said_at", to_kind="gatherings.gathering").count() == 1
    with pytest.raises(TakenMeanwhile):
        decide_point(point, fate=Fate.DEMAND, by=cast.zhou.actor, now=NOW)
    assert Need.objects.count() == 1


def test_a_point_becomes_a_demand_with_its_limit_or_stays(talk, cast):
    lamp, thanks = written(talk, cast, "门岗的灯坏了\n谢谢值班的邻居")
    decide_point(lamp, fate=Fate.DEMAND, by=cast.chen.actor, now=NOW)
    demand = Demand.objects.get()
    assert (demand.need.words, demand.need.person) == ("门岗的灯坏了", None)
    assert demand.due_at > NOW
    decide_point(thanks, fate=Fate.NOTHING, by=cast.chen.actor, now=NOW)
    thanks.refresh_from_db()
    assert (thanks.text, Need.objects.count()) == ("谢谢值班的邻居", 1)


def test_what_stays_in_the_minutes_is_of_whom_was_chosen_or_of_nobody(talk, cast):
    said = f"{cast.yong.person.name}：修灯\n老外：修门\n修路"
    hidden, stranger, given = written(talk, cast, said)
    for point, speaker in ((hidden, None), (stranger, None), (given, cast.yong.person)):
        decided = decide_point(
            point, fate=Fate.NOTHING, speaker=speaker, by=cast.chen.actor, now=NOW
        )
        assert (decided.speaker, decided.speaker_name) == (speaker, None)


def test_only_whoever_keeps_it_and_nothing_of_what_was_called_off(talk, cast):
    (point,) = written(talk, cast, "修灯")
    for act in (
        lambda: write_points(talk, "修门", by=cast.yong.actor, now=NOW),
        lambda: decide_point(point, fate=Fate.IDEA, by=cast.yong.actor, now=NOW),
        lambda: pick_topics(talk, {"修门": None}, by=cast.yong.actor, now=NOW),
        lambda: add_recording(
            talk, io.BytesIO(MP3), 63, community=cast.xinjie, by=cast.yong.actor, now=NOW
        ),
    ):
        with pytest.raises(NotPermitted):
            act()
    cancel_gathering(talk, why="停电", by=cast.chen.actor, now=NOW)
    with pytest.raises(Refused):
        write_points(talk, "修门", by=cast.chen.actor, now=NOW)
    assert MinutePoint.objects.count() == 1


def test_a_form_sent_twice_writes_once(talk, cast):
    for _turn in range(2):
        write_points(talk, "修灯", by=cast.chen.actor, now=NOW, token="t")
    assert MinutePoint.objects.count() == 1


def test_topics_are_what_people_said_this_month_and_the_worker_picks(talk, cast, bring):
    bring("广场多种桂花树", cast.yong)
    bring("桂花树广场上再种几棵", cast.shen)
    bring("很久以前说的事情", cast.shen, now=NOW - timedelta(days=80))
    lamp = Category.objects.create(community=cast.xinjie, code="t.lamp", name="路灯")
    for visibility in ("named", "confidential"):
        receive_demand(
            Said(words=f"灯坏了{visibility}", category=lamp, visibility=visibility),
            by=cast.chen.actor, now=NOW,
        )  # fmt: skip
    first = (NOW - timedelta(days=20)).date()
    found = heard_between(first, (NOW + timedelta(days=1)).date())
    assert [(one.count, len(one.examples)) for one in found] == [(2, 2), (1, 1)]
    assert "灯坏了confidential" not in str(found)
    for words, change in (
        ("密封的事", {"is_sealed": True}),
        ("保密", {"visibility": "confidential"}),
    ):
        Need.objects.filter(pk=bring(f"{words}不外传", cast.yong).need_id).update(**change)
    assert "不外传" not in str(heard_between(first, (NOW + timedelta(days=1)).date()))
    title, idea = found[0].title, found[0].idea
    pick_topics(talk, {title: idea, " ": None, f" {title}": idea}, by=cast.chen.actor, now=NOW)
    item = AgendaItem.objects.get(gathering=talk)
    assert item.title == title
    # Their words stand in no act, and leave the agenda with them.
    assert title not in "".join(
        ActDetail.objects.filter(act__verb__in=PICKING).values_list("changes", flat=True)
    )
    erase_stands(Idea.objects.get(pk=idea).need.person_id)
    item.refresh_from_db()
    assert item.title == ""
    with pytest.raises(Refused):
        pick_topics(talk, {" ": None}, by=cast.chen.actor, now=NOW)


def test_a_person_is_told_what_the_minutes_have_and_an_erasure_takes_it(talk, cast):
    written(talk, cast, f"{cast.yong.person.name}：我家漏水")
    assert points_told(cast.yong.person.pk) == [{"gathering": "文明大家谈", "said": "我家漏水"}]
    for _turn in range(2):
        erase_points(cast.yong.person.pk)
    point = MinutePoint.objects.get()
    assert (point.words, point.speaker, points_told(cast.yong.person.pk)) == ("", None, [])


@pytest.fixture
def sound(talk, cast, settings, tmp_path):
    settings.MULIN_SPEECH_DIR = str(tmp_path)  # no model
    return add_recording(
        talk, io.BytesIO(MP3), len(MP3), community=cast.xinjie, by=cast.chen.actor, now=NOW
    )


def test_what_is_no_sound_or_too_large_is_refused(talk, cast):
    for content, size in ((b"%PDF-1.7", 8), (MP3, 300 * 1024 * 1024)):
        with pytest.raises(Refused) as refusal:
            add_recording(talk, io.BytesIO(content), size, community=cast.xinjie,
                          by=cast.chen.actor, now=NOW)  # fmt: skip
        assert refusal.value.field == "sound"
    assert Recording.objects.count() == 0


def test_without_a_model_the_sound_stays_to_be_listened_to(sound, cast, client):
    listen(cast.xinjie, NOW, recording=sound.pk)
    sound.refresh_from_db()
    assert (sound.state, ears().are_there) == (RecordingState.FAILED, False)
    cast.enter(client, cast.chen)
    page = client.get(f"/suggestions/meetings/{sound.gathering_id}/").content.decode()
    assert str(ears().folder) in page
    assert client.get(f"/suggestions/recordings/{sound.code}/").getvalue() == MP3


def test_pieces_stand_once_in_their_order_and_the_draft_is_done(sound, cast):
    first, last = Heard(("先修灯",), 240, False), Heard(("再修门",), 300, True)
    assert note_heard(sound, first, community=cast.xinjie, now=NOW)
    assert not note_heard(sound, first, community=cast.xinjie, now=NOW)
    sound.refresh_from_db()
    assert note_heard(sound, last, community=cast.xinjie, now=NOW)
    sound.refresh_from_db()
    assert (sound.draft, sound.state) == ("先修灯\n再修门", RecordingState.DONE)


def test_a_draft_that_became_points_is_used_even_while_the_next_piece_is_heard(
    sound, talk, cast, client
):
    note_heard(sound, Heard(("先修灯" * 7000,), 60, False), community=cast.xinjie, now=NOW)
    read = Recording.objects.get(pk=sound.pk)  # as the next job has read it
    address = f"/suggestions/meetings/{talk.pk}/"
    (form,) = cast.enter(client, cast.chen).get(address).context["drafts"]
    typed = {"points": form["points"].value(), "draft": form["draft"].value(), "token": "a"}
    assert client.post(f"{address}points/", typed).status_code == 302
    assert client.get(address).context["drafts"] == []
    note_heard(read, Heard(("再修门",), 90, True), community=cast.xinjie, now=NOW)
    sound.refresh_from_db()
    assert sound.draft == "再修门"
    many = client.post(f"{address}points/", {"points": "修一条路\n" * 200, "token": "b"})
    assert many.status_code == 422
    assert "200" in many.context["points_form"].errors["points"][0]


def test_a_piece_whose_job_was_lost_is_asked_for_three_times(sound, cast):
    moment = NOW
    for tries in range(MOST_TRIES):
        tidy_recordings(cast.xinjie, moment + PAUSE / 2)
        sound.refresh_from_db()
        assert sound.tries == tries
        moment += PAUSE
        tidy_recordings(cast.xinjie, moment)
    tidy_recordings(cast.xinjie, moment + PAUSE)
    sound.refresh_from_db()
    assert (sound.tries, sound.state) == (MOST_TRIES, RecordingState.FAILED)


def test_the_sound_is_deleted_when_the_minutes_stand_or_after_a_month(
    sound, talk, cast, django_capture_on_commit_callbacks
):
    name = sound.kept_as
    other = add_recording(
        talk, io.BytesIO(MP3), len(MP3), community=cast.xinjie, by=cast.chen.actor, now=NOW
    )
    with django_capture_on_commit_callbacks(execute=True):
        delete_sound(sound, by=cast.chen.actor, now=NOW)
    assert not default_storage.exists(name)
    tidy_recordings(cast.xinjie, NOW + KEPT)
    assert default_storage.exists(other.kept_as)
    with django_capture_on_commit_callbacks(execute=True):
        tidy_recordings(cast.xinjie, NOW + KEPT + timedelta(minutes=1))
    assert not default_storage.exists(other.kept_as)
    assert Act.objects.filter(verb="suggestions.delete_sound").count() == 2
    assert set(Recording.objects.values_list("kept_as", flat=True)) == {""}


def test_a_sound_that_no_recording_names_does_not_stay(sound, talk, cast, monkeypatch):
    folder = sound.kept_as.rpartition("/")[0]
    assert folder == f"recordings/{cast.xinjie.pk}"

    def lying():
        return {f"{folder}/{name}" for name in default_storage.listdir(folder)[1]}

    before = lying()

    def add(sent):
        return add_recording(
            talk, io.BytesIO(MP3), len(MP3), community=cast.xinjie, by=cast.chen.actor,
            now=NOW, token=sent,
        )  # fmt: skip

    first = add("t")
    assert add("t") == first
    assert lying() == before | {first.kept_as}
    # An act that fails after the file was written leaves none.
    monkeypatch.setattr(queue, "_jobs", {})
    with pytest.raises(LookupError):
        add("u")
    assert lying() == before | {first.kept_as}
    stray, fresh = (default_storage.save(f"{folder}/stray", io.BytesIO(MP3)) for _turn in range(2))
    for name, age in ((stray, 25), (fresh, 23), (sound.kept_as, 25)):
        moment = (NOW - timedelta(hours=age)).timestamp()
        os.utime(default_storage.path(name), (moment, moment))
    tidy_recordings(cast.xinjie, NOW)
    assert [default_storage.exists(name) for name in (stray, fresh, sound.kept_as)] == [
        False, True, True,
    ]  # fmt: skip


def test_a_machine_is_given_our_own_names(talk, cast):
    AgendaItem.objects.create(community=cast.xinjie, gathering=talk, title="桂花广场", position=1)
    known = names_to_know(talk)
    assert {"文明大家谈", "桂花广场", cast.yong.person.name} <= set(known.split("、"))
    assert cast.wang.person.name not in known


def test_the_page_takes_minutes_and_one_press_decides(talk, cast, client):
    cast.enter(client, cast.chen)
    address = f"/suggestions/meetings/{talk.pk}/"
    refused = client.post(f"{address}points/", {"points": "👍", "token": "a"})
    assert refused.status_code == 422
    assert "👍" in refused.content.decode()
    client.post(f"{address}points/", {"points": "修灯\n修门", "token": "b"})
    page = client.get(address)
    waiting = page.context["waiting"]
    assert waiting.words == "修灯"
    assert 'data-key="i"' in page.content.decode()
    client.post(
        f"/suggestions/points/{waiting.pk}/",
        {"fate": "idea", "speaker": cast.yong.person.pk, "token": "c"},
    )
    assert client.get(address).context["waiting"].words == "修门"
    idea = Idea.objects.get()
    assert "文明大家谈" in client.get(f"/suggestions/{idea.pk}/").content.decode()
    picked = client.post(
        f"{address}topics/",
        {f"pick_i{idea.pk}": "on", f"title_i{idea.pk}": "灯", "token": "d"},
    )
    assert picked.status_code == 302
    assert AgendaItem.objects.get(gathering=talk).title == "灯"
    assert cast.enter(client, cast.yong).get(address).status_code == 404
    assert Step.objects.filter(need=idea.need).exists()

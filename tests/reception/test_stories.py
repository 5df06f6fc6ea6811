"""Answered demands before the street: nobody in them, seen before they are shown, taken back."""

from dataclasses import replace
from datetime import date

import pytest

from mulin.commons.flow.actions import add_photo
from mulin.commons.flow.models import Need, NeedPhoto, PhotoMoment, Step, Visibility
from mulin.commons.flow.said import Said
from mulin.ground.audit.models import Act
from mulin.ground.notify.models import Message
from mulin.ground.people.actions.erasure import erase_person
from mulin.kit.channels import Channel
from mulin.kit.clock import standing_still, start_of_day
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.parlour.reception.actions.demands import (
    answer_demand,
    confirm_demand,
    receive_demand,
)
from mulin.parlour.reception.actions.stories import object_to_story, show_story, take_back_story
from mulin.parlour.reception.figures import month_of
from mulin.parlour.reception.models import Demand, EmergencyPack, Story
from mulin.parlour.reception.shown import answer_of, draft_of, stories
from tests.clock import NOW
from tests.matrix.objects import _picture
from tests.support.pdfs import DEAD_MM, Pdf

SAID = "我是12幢301的，王秀英家漏水，打13811112222，老张也看见了"
SHOWN = {"words": "楼上漏水", "answer": "换了角阀"}


@pytest.fixture
def leak(cast, xinjie):
    """A demand of 王奶奶, answered by 小孙."""
    demand = receive_demand(
        Said(words=SAID, person=cast.wang.person, building=cast.building_12),
        by=cast.chen.actor.by(Channel.PHONE, on_behalf_of=cast.wang.person.pk), now=NOW,
    )  # fmt: skip
    answer_demand(demand, by=cast.sun.actor, words="小孙陪王秀英看过，换了角阀", now=NOW)
    return demand


def show(cast, demand, **more):
    return show_story(demand, by=cast.chen.actor, now=NOW, **(SHOWN | more))


def asker(cast, demand):
    return replace(cast.yong.actor, account_id=None, held_code=demand.need.follow_code)


def test_the_draft_proposes_both_texts_without_their_people(cast, leak):
    draft = draft_of(leak)
    assert draft.answer == "小孙陪王秀英看过，换了角阀"
    assert draft.tells.without(draft.words) == (
        "我是12幢某室的，某居民家漏水，打（电话略），某居民也看见了"
    )
    assert draft.tells.without(draft.answer) == "工作人员陪某居民看过，换了角阀"


def test_whoever_lives_with_the_asker_and_whoever_stands_on_the_roll_is_found(cast, leak):
    draft = draft_of(leak)
    cast.yong.person.name = "高大力"
    cast.yong.person.save()
    assert "高大力" in draft_of_text(leak, "高大力修的").guessed
    cast.yong.person.address = cast.wang.person.address
    cast.yong.person.save()
    assert draft_of_text(leak, "").names["高大力"] == "某居民"
    assert "高大力" not in draft.tells.names


def draft_of_text(demand, text):
    from mulin.parlour.reception.shown import tells_of  # noqa: PLC0415  one name for both uses

    return tells_of(demand, text)


def test_it_is_shown_told_of_and_written_down(cast, leak):
    photo = add_photo(leak.need, _picture(), moment=PhotoMoment.AFTER, now=NOW)
    hidden = add_photo(leak.need, _picture(), moment=PhotoMoment.BEFORE, now=NOW)
    story = show(cast, leak, photos=[photo.code], token="t")
    assert show(cast, leak, photos=[photo.code], token="t") == story
    assert list(stories()) == [story]
    assert (story.words, story.answer, story.shown_by) == (
        "楼上漏水",
        "换了角阀",
        cast.chen.account,
    )
    public = NeedPhoto.objects.filter(is_public=True)
    assert [one.pk for one in public] == [photo.pk] != [hidden.pk]
    step = Step.objects.get(need=leak.need, kind="shown")
    assert step.is_for_asker
    assert Act.objects.filter(verb="reception.show_story").count() == 1


@pytest.mark.parametrize(("field", "text", "looked"), [
    ("words", "王秀英家漏水", True),
    ("words", "打13811112222", True),
    ("answer", "身份证110101199003072113", True),
    ("answer", "浙F12345挪走了", True),
    ("words", "住301室的", False),
    ("answer", "老张看见了", False),
    ("words", "  ", True),
    ("answer", "", True),
])  # fmt: skip
def test_what_tells_of_a_person_is_not_shown(cast, leak, field, text, looked):
    with pytest.raises(Refused) as refusal:
        show(cast, leak, **{field: text, "looked": looked})
    assert refusal.value.field == field
    assert not Story.objects.exists()


def test_what_only_may_tell_is_shown_when_it_was_looked_at(cast, leak):
    assert show(cast, leak, words="301室门口的公共灯", looked=True).words == "301室门口的公共灯"


def test_our_own_number_may_stand(cast, leak):
    phone = cast.xinjie.phone
    assert show(cast, leak, answer=f"有事打 {phone}").answer == f"有事打 {phone}"


@pytest.mark.parametrize("change", [
    {"visibility": Visibility.CONFIDENTIAL}, {"is_sealed": True},
])  # fmt: skip
def test_what_is_confidential_or_sealed_is_never_shown(cast, leak, change, client):
    Need.objects.filter(pk=leak.need_id).update(**change)
    leak = Demand.objects.get(pk=leak.pk)
    with pytest.raises(Refused):
        show(cast, leak)
    page = cast.enter(client, cast.chen).get(f"/reception/demands/{leak.pk}/show/")
    assert page.status_code == 404


def test_what_became_confidential_afterwards_is_gone_at_once(cast, leak, client):
    story = show(cast, leak)
    assert client.get(f"/reception/stories/{story.code}/").status_code == 200
    Need.objects.filter(pk=leak.need_id).update(visibility=Visibility.CONFIDENTIAL)
    assert client.get(f"/reception/stories/{story.code}/").status_code == 404
    assert list(stories()) == []


def test_what_is_open_is_not_shown_and_what_is_opened_again_is_gone(cast, leak, lamp):
    with pytest.raises(Refused):
        show(cast, lamp)
    show(cast, leak)
    confirm_demand(leak, by=asker(cast, leak), solved=False, now=NOW)
    assert list(stories()) == []


def test_only_the_desk_shows_and_takes_back(cast, leak):
    with pytest.raises(NotPermitted):
        show_story(leak, by=cast.sun.actor, now=NOW, **SHOWN)
    story = show(cast, leak)
    with pytest.raises(NotPermitted):
        take_back_story(story, by=cast.sun.actor, now=NOW)
    with pytest.raises(NotPermitted):
        object_to_story(leak, by=cast.chen.actor, now=NOW)


def test_it_is_taken_back_once_and_may_be_shown_again(cast, leak):
    photo = add_photo(leak.need, _picture(), moment=PhotoMoment.AFTER, now=NOW)
    story = show(cast, leak, photos=[photo.code])
    take_back_story(story, by=cast.zhou.actor, now=NOW)
    assert list(stories()) == []
    assert not NeedPhoto.objects.filter(is_public=True).exists()
    with pytest.raises(TakenMeanwhile):
        take_back_story(story, by=cast.chen.actor, now=NOW)
    assert show(cast, leak) == story
    assert list(stories()) == [story]


def test_the_asker_objects_and_it_is_gone_for_good(cast, leak, client):
    show(cast, leak)
    code = leak.need.follow_code
    page = client.get(f"/reception/follow/{code}/").content.decode()
    assert f"/reception/follow/{code}/object/" in page
    answer = client.post(f"/reception/follow/{code}/object/", follow=True)
    assert "object/" not in answer.content.decode()
    assert list(stories()) == []
    assert Message.objects.filter(account=cast.chen.account, topic="demand").count() == 1
    with pytest.raises(Refused):
        show(cast, leak)
    client.post(f"/reception/follow/{code}/object/")
    assert Act.objects.filter(verb="reception.object_to_story").count() == 1


def test_a_photo_is_open_to_all_only_while_it_is_shown(cast, leak, client):
    photo = add_photo(leak.need, _picture(), moment=PhotoMoment.AFTER, now=NOW)
    address = f"/flow/photos/{photo.code}/"
    assert client.get(address).status_code == 404
    story = show(cast, leak, photos=[photo.code])
    assert b"".join(client.get(address)).startswith(b"\xff\xd8")
    take_back_story(story, by=cast.chen.actor, now=NOW)
    assert client.get(address).status_code == 404


def test_an_erasure_takes_what_was_shown_and_the_packs_with_it(cast, leak):
    show(cast, leak)
    EmergencyPack.objects.create(community=cast.xinjie, day=NOW.date(), made_at=NOW, sheet="x")
    erase_person(cast.wang.person, by=cast.zhou.actor, now=NOW)
    assert not Story.objects.exists()
    assert not EmergencyPack.objects.exists()


# ── the clerk's page ─────────────────────────────────────────────────────────────────────────


def form(client, leak, **typed):
    return client.post(
        f"/reception/demands/{leak.pk}/show/", {"token": "t" * 20, **SHOWN, **typed}
    )  # fmt: skip


def test_the_clerk_sees_what_is_marked_and_then_exactly_what_the_street_sees(cast, leak, client):
    cast.enter(client, cast.chen)
    page = client.get(f"/reception/demands/{leak.pk}/show/")
    first = page.content.decode()
    assert "<mark>王秀英</mark>" in first
    assert "某居民家漏水" in first
    looked = form(client, leak, step="look")
    seal = looked.context["seal"]
    preview = looked.content.decode().split('id="preview"')[1]
    assert "楼上漏水" in preview
    assert "王秀英" not in preview
    assert not Story.objects.exists()
    done = form(client, leak, step="show", seen=seal)
    assert done.status_code == 302
    assert client.get("/reception/stories/").content.decode().count("楼上漏水") == 1


def test_what_was_changed_after_the_look_is_looked_at_again(cast, leak, client):
    cast.enter(client, cast.chen)
    seal = form(client, leak, step="look").context["seal"]
    again = form(client, leak, step="show", seen=seal, words="别的话")
    assert again.status_code == 200
    assert "别的话" in again.content.decode().split('id="preview"')[1]
    assert not Story.objects.exists()


def test_a_refusal_stands_beside_its_field_and_loses_nothing(cast, leak, client):
    cast.enter(client, cast.chen)
    typed = {"words": "王秀英家漏水"}
    seal = form(client, leak, step="look", **typed).context["seal"]
    refused = form(client, leak, step="show", seen=seal, **typed)
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["words"]
    assert "王秀英家漏水" in refused.content.decode()


# ── what passers-by read ─────────────────────────────────────────────────────────────────────


def many(cast, count, *, grid_building=None):
    for number in range(count):
        demand = receive_demand(
            Said(words=f"事{number}", building=grid_building or cast.building_12),
            by=cast.chen.actor.by(Channel.PHONE), now=NOW,
        )  # fmt: skip
        answer_demand(demand, by=cast.sun.actor, words="好了", now=NOW)
        show_story(demand, by=cast.chen.actor, words=f"灯{number}不亮", answer="亮了", now=NOW)


@pytest.mark.parametrize("path", ["/reception/stories/", "/reception/month/?grid=1&month=2026-11"])
def test_a_page_asks_as_much_for_many_as_for_few(
    cast, xinjie, client, path, django_assert_num_queries
):
    counts = set()
    for size in (2, 20):
        many(cast, size)
        with standing_still(NOW), django_assert_num_queries(40, exact=False) as asked:
            assert "灯1不亮" in client.get(path).content.decode()
        counts.add(len(asked))
    assert len(counts) == 1


def test_it_is_found_by_grid_and_month(cast, xinjie, client):
    many(cast, 1)
    for query, is_found in (
        ("grid=1", True), ("grid=2", False), ("month=2026-11", True), ("month=2026-10", False),
        ("grid=nonsense&month=never", True),
    ):  # fmt: skip
        page = client.get(f"/reception/stories/?{query}").content.decode()
        assert ("灯0不亮" in page) is is_found, query


@pytest.mark.parametrize(
    ("day", "shown"), [(date(2026, 12, 1), "2026-11"), (date(2026, 12, 8), "2026-12")]
)
def test_a_month_that_has_just_begun_is_not_the_first_one_shown(cast, client, day, shown):
    with standing_still(start_of_day(day)):
        page = cast.enter(client, cast.sun).get("/reception/month/").content.decode()
    assert f"month.pdf?grid=&amp;month={shown}" in page


def test_counts_below_five_are_folded(cast, xinjie):
    from mulin.ground.figures.rules import Period  # noqa: PLC0415  only here

    november = Period.of_month(2026, 11)
    many(cast, 4)
    few = month_of(november, cast.grid_1)
    assert (few.received, few.answered, few.confirmed) == (None, None, 0)
    assert few.rates[0].is_too_few
    many(cast, 1)
    enough = month_of(november, cast.grid_1)
    assert (enough.received, enough.answered) == (5, 5)
    assert (enough.rates[0].percent, enough.rates[0].of) == (100, 5)
    assert month_of(november, cast.grid_2).received == 0


def test_the_short_address_leads_to_the_month(client, cast):
    answer = client.get("/M/1/2026-11/")
    assert answer.headers["Location"] == "/reception/month/?grid=1&month=2026-11"


def test_the_sheet_for_the_wall(cast, xinjie, client):
    many(cast, 8)
    with standing_still(NOW):
        answer = cast.enter(client, cast.sun).get("/reception/month.pdf?grid=1&month=2026-11")
    pdf = Pdf(answer.content)
    assert "第1网格" in pdf.packed
    assert "响应率100.0%共8件（收到的诉求）" in pdf.packed
    assert pdf.packed.count("不亮") == 6
    assert len(pdf) == 1
    assert pdf.codes(0) == ["HTTP://TESTSERVER/M/1/2026-11/#ALOUD"]
    assert pdf.nearest_to_edge_mm(0) > DEAD_MM


def test_the_neighbour_sees_none_of_it(cast, leak, client):
    story = show(cast, leak)
    cast.enter(client, cast.li)
    assert client.get(f"/reception/stories/{story.code}/").status_code == 404
    assert "楼上漏水" not in client.get("/reception/stories/").content.decode()


def test_the_answer_is_told_without_who_gave_it(leak):
    assert answer_of(leak) == "小孙陪王秀英看过，换了角阀"

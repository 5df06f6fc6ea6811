"""What the class, the screen, the teacher and the street see; queries counted."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.urls import reverse

from mulin.commons.gatherings.actions.planning import Plan, cancel_gathering, close_gathering
from mulin.ground.community.dues import Asked, owed_by
from mulin.ground.community.rules import Role
from mulin.kit.clock import standing_still
from mulin.kit.refusals import NotPermitted
from mulin.kit.scoping import in_community
from mulin.parlour.classroom.actions.draws import list_entrants
from mulin.parlour.classroom.actions.kits import change_kit, put_online, take_offline
from mulin.parlour.classroom.actions.lessons import plan_lesson, tell_stopped
from mulin.parlour.classroom.actions.quiz import open_quiz
from mulin.parlour.classroom.models import (
    DrillCount,
    Feedback,
    Kit,
    KitPicture,
    Lesson,
    OnlineVisit,
    Player,
    QuizAnswer,
    StoppedFraud,
)
from mulin.parlour.classroom.rules import FORGOTTEN_AFTER
from tests.cast import Member
from tests.classroom.conftest import ENDS, a_lesson, lead
from tests.clock import NOW
from tests.factories.community import AccountFactory, MembershipFactory


@pytest.fixture(autouse=True)
def _fresh():
    cache.clear()


def at(name, lesson):
    return reverse(f"classroom:{name}", args=[lesson.code])


def text(answer):
    return answer.content.decode()


def test_a_phone_joins_answers_drops_out_and_comes_back(cast, lesson, client):
    assert text(client.get(at("join", lesson))).count('<form class="form"') == 0  # not yet open
    open_quiz(lesson, by=cast.chen.actor, now=NOW)
    client.post(at("join", lesson), {"nick": "桂花糕"})
    assert client.get(at("join", lesson)).headers["Location"] == at("quiz", lesson)
    lead(lesson, cast)
    item = lesson.kit.items[0]
    page = text(client.get(at("quiz", lesson)))
    assert all(words in page for words in item.choices)
    client.post(at("answer", lesson), {"at": 0, "choice": item.right})
    page = text(client.get(at("quiz", lesson)))  # as after a dropped connection
    assert "您选了 B" in page
    assert item.choices[0] not in page
    assert item.why not in page
    lead(lesson, cast)
    page = text(client.get(at("quiz", lesson)))
    assert item.why in page
    assert "桂花糕：答对 1 题" in page
    client.cookies.clear()
    assert client.get(at("quiz", lesson)).headers["Location"] == at("join", lesson)
    assert "已经有人" in text(client.post(at("join", lesson), {"nick": "桂花糕"}))


def test_a_code_that_is_typed_leads_into_its_class(lesson, client):
    answer = client.get("/classroom/c/", {"code": f" {lesson.code[:3].lower()} {lesson.code[3:]}"})
    assert answer.headers["Location"] == at("class", lesson)
    answer = client.get("/classroom/c/", {"code": "没有"})
    assert answer.status_code == 404
    assert "没有" in text(answer)
    assert client.get("/classroom/c/").status_code == 200


def test_an_answer_too_late_is_said_and_not_counted(cast, lesson, client):
    open_quiz(lesson, by=cast.chen.actor, now=NOW)
    client.post(at("join", lesson), {"nick": "桂花糕"})
    answer = client.post(at("answer", lesson), {"at": 0, "choice": 1})
    assert answer.status_code == 422
    assert "时间到了" in text(answer)
    part = client.post(at("answer", lesson), {"at": 0, "choice": 1}, headers={"HX-Request": "true"})
    assert "时间到了" in text(part)
    assert QuizAnswer.objects.count() == 0


@pytest.mark.once  # PostgreSQL is told the community and the transaction beside
def test_asking_whether_anything_is_new_costs_one_question(
    cast, lesson, client, django_assert_num_queries
):
    open_quiz(lesson, by=cast.chen.actor, now=NOW)
    client.post(at("join", lesson), {"nick": "桂花糕"})
    lesson.refresh_from_db()
    url = at("now", lesson)
    client.get(url)
    with django_assert_num_queries(2):  # the community, the edition
        assert client.get(f"{url}?since={lesson.edition}").status_code == 204
    lead(lesson, cast)
    assert lesson.kit.items[0].ask in text(client.get(f"{url}?since={lesson.edition - 1}"))
    with django_assert_num_queries(5):  # and lesson, phone, its answer: the rest was drawn before
        client.get(f"{url}?since={lesson.edition - 1}")


def test_the_screen_shows_code_question_answer_and_standing(cast, lesson, client):
    assert lesson.code in text(client.get(at("screen", lesson)))
    open_quiz(lesson, by=cast.chen.actor, now=NOW)
    client.post(at("join", lesson), {"nick": "桂花糕"})
    lead(lesson, cast)
    part = text(client.get(at("now", lesson) + "?on=screen"))
    assert lesson.kit.items[0].ask in part
    assert "1 人里 0 人已答" in part
    client.post(at("answer", lesson), {"at": 0, "choice": 1})
    lead(lesson, cast)
    part = text(client.get(at("now", lesson) + "?on=screen"))
    assert "桂花糕" in part
    assert "答对 1 题" in part
    assert lesson.kit.items[0].answer in part


def test_the_teacher_leads_the_quiz_from_the_page_of_the_lesson(cast, lesson, client):
    cast.enter(client, cast.chen)
    work = {
        deed: reverse("classroom:work", args=[lesson.pk, deed]) for deed in ("quiz", "next", "end")
    }
    client.post(work["quiz"])
    page = client.get(reverse("classroom:lesson", args=[lesson.pk]))
    edition = page.context["lead"].initial["edition"]
    for _time in range(2):  # pressed twice: the second finds that it was led on
        client.post(work["next"], {"edition": edition})
    assert Lesson.objects.get().at == 0
    client.post(work["end"])
    assert Lesson.objects.get().stage == "over"
    assert client.post(reverse("classroom:work", args=[lesson.pk, "other"])).status_code == 404
    client.post(reverse("classroom:work", args=[lesson.pk, "audience"]), {"elderly": "7"})
    assert Lesson.objects.get().walk_ins == {"elderly": 7}
    faulty = client.post(reverse("classroom:work", args=[lesson.pk, "audience"]), {"elderly": "七"})
    assert faulty.status_code == 422


def test_a_lesson_that_was_held_offers_no_quiz_any_more(cast, lesson, client):
    page = reverse("classroom:lesson", args=[lesson.pk])
    begin = reverse("classroom:work", args=[lesson.pk, "quiz"])
    assert begin in text(cast.enter(client, cast.chen).get(page))
    with standing_still(ENDS):
        close_gathering(lesson.gathering, ended_at=ENDS, by=cast.chen.actor, now=ENDS)
        held = text(cast.enter(client, cast.chen).get(page))
    assert begin not in held
    assert "这节课没有答题" in held


def test_a_lesson_that_was_called_off_says_why_and_shows_no_code(cast, lesson, client):
    page = reverse("classroom:lesson", args=[lesson.pk])
    assert lesson.code in text(cast.enter(client, cast.chen).get(page))
    cancel_gathering(lesson.gathering, why="老师病了", by=cast.chen.actor, now=NOW)
    off = text(client.get(page))
    assert "老师病了" in off
    assert lesson.code not in off
    scanned = text(client.get(at("class", lesson)))
    assert "老师病了" in scanned
    assert at("drill", lesson) not in scanned
    assert client.get(at("drill", lesson)).status_code == 404


def test_a_kit_is_changed_in_words_and_not_in_signs(cast, kits, client):
    kit = kits["refund"]
    url = reverse("classroom:kit-change", args=[kit.pk])
    form = cast.enter(client, cast.chen).get(url).context["form"]
    assert form["scene"].value().startswith("第1步：")
    assert "=>" not in form["scene"].value()
    typed = {name: form[name].value() for name in form.fields}
    assert client.post(url, typed | {"title": "换个名字"}).status_code == 302
    assert Kit.objects.get(title="换个名字").steps == kit.steps


def test_the_drill_goes_on_by_post_and_is_counted_for_the_class(cast, kits, client):
    lesson = a_lesson(kits["police"], cast)
    url = at("drill", lesson)
    page = client.post(url, {"at": 1, "choice": 0}, follow=True)
    assert "您挂断了" in text(page)
    assert DrillCount.objects.get().count == 1
    assert client.get(f"{url}?at=99").status_code == 404
    assert client.get(f"{url}?at=x").status_code == 404
    assert client.post(url, {"at": 99, "choice": 0}).headers["Location"] == f"{url}?at=1"


def test_three_taps_are_three_pages(lesson, client):
    url = at("feedback", lesson)
    assert "1 / 3" in text(client.get(url))
    assert "2 / 3" in text(client.get(f"{url}?understood=3"))
    assert "3 / 3" in text(client.get(f"{url}?understood=3&useful=2"))
    for _time in range(2):
        sent = client.post(url, {"understood": 3, "useful": 2, "again": 3}, follow=True)
        assert sent.redirect_chain == [(url, 302)]
        assert "谢谢" in text(sent)
    assert Feedback.objects.count() == 1
    assert client.post(url, {"understood": 9, "useful": 2, "again": 3}).status_code == 404


def test_how_it_was_is_asked_from_its_beginning_on(cast, lesson, client):
    assert at("feedback", lesson) in text(client.get(at("class", lesson)))
    with standing_still(NOW - timedelta(days=4)):
        assert at("feedback", lesson) not in text(client.get(at("class", lesson)))


def test_half_a_day_after_a_lesson_nothing_is_counted_any_more(cast, kits, client):
    lesson = a_lesson(kits["police"], cast)
    faces, drill = at("feedback", lesson), at("drill", lesson)
    with standing_still(lesson.gathering.ends_at + FORGOTTEN_AFTER + timedelta(seconds=1)):
        page = client.post(faces, {"understood": 3, "useful": 2, "again": 3}, follow=True)
        assert "这节课早已上完" in text(page)
        assert "您挂断了" in text(client.post(drill, {"at": 1, "choice": 0}, follow=True))
    assert (Feedback.objects.count(), DrillCount.objects.count()) == (0, 0)


def test_money_is_spoken_of_only_where_the_kit_is_about_fraud(cast, kits, client):
    end = next(step for step in kits["police"].steps.values() if step.is_end)
    lesson = a_lesson(kits["police"], cast)
    url = f"{at('drill', lesson)}?at={end.number}"
    assert "96110" in text(client.get(url)).split("</h1>")[1].split("</main>")[0]
    Kit.objects.filter(pk=kits["police"].pk).update(subject="safety")
    page = text(client.get(url)).split("</h1>")[1].split("</main>")[0]
    assert "96110" not in page
    assert "钱" not in page.replace(end.words, "")


def test_who_stopped_a_fraud_is_named_and_old_lessons_are_not_offered(cast, lesson, client):
    cast.enter(client, cast.chen)
    url = reverse("classroom:frauds")
    assert cast.yong.person.name in text(client.get(f"{url}?person={cast.yong.person.pk}"))
    assert client.get(f"{url}?person=x").status_code == 200
    offered = client.get(url).context["form"].fields["lesson"].queryset
    assert list(offered) == [lesson]
    with standing_still(NOW + timedelta(days=400)):
        cast.enter(client, cast.chen)
        assert not client.get(url).context["form"].fields["lesson"].queryset


def test_an_old_version_of_a_kit_offers_no_lesson(cast, kits, client):
    old = kits["fire"]
    new = change_kit(old, replace(old.text, title="电动车"), by=cast.chen.actor, now=NOW)
    cast.enter(client, cast.chen)
    plan = reverse("classroom:lesson-new")
    assert f"{plan}?kit={old.pk}" not in text(client.get(reverse("classroom:kit", args=[old.pk])))
    assert f"{plan}?kit={new.pk}" in text(client.get(reverse("classroom:kit", args=[new.pk])))


def test_an_online_lesson_is_counted_once_for_a_device_then_as_a_replay(cast, kits, client):
    online = put_online(kits["police"], film="", by=cast.chen.actor, now=NOW)
    assert "王阿姨" in text(client.get(reverse("classroom:online-lesson", args=[online.pk])))
    for _time in range(2):
        client.post(reverse("classroom:online-done", args=[online.pk]))
    assert list(OnlineVisit.objects.order_by("id").values_list("is_replay", flat=True)) == [
        False, True,
    ]  # fmt: skip
    quiz = reverse("classroom:online-quiz", args=[online.pk])
    right = {f"q{number}": item.right for number, item in enumerate(kits["police"].items, 1)}
    assert "6 题答对 6 题" in text(client.post(quiz, right))
    assert "6 题答对 5 题" in text(client.post(quiz, right | {"q1": "x"}))


def test_anybody_takes_list_and_script_of_a_draw(cast, lesson, client):
    draw = list_entrants(
        lesson, entrants="甲\n乙", prizes=1, source="福彩3D", source_day=NOW.date(),
        by=cast.chen.actor, now=NOW - timedelta(days=1),
    )  # fmt: skip
    assert draw.fingerprint in text(client.get(reverse("classroom:draw", args=[draw.code])))
    assert text(client.get(reverse("classroom:draw-list", args=[draw.code]))) == "甲\n乙\n"
    assert "def winners(" in text(client.get(reverse("classroom:draw-script")))
    number = reverse("classroom:draw-number", args=[draw.code])
    assert client.post(number, {"number": "528"}).status_code == 302  # to the door
    cast.enter(client, cast.chen)
    assert client.post(number, {"number": "abc"}).status_code == 422
    client.post(number, {"number": "528"})
    draw.refresh_from_db()
    assert draw.winners in (["甲"], ["乙"])
    assert f"redraw.py entrants-{draw.code}.txt 528 1" in text(
        client.get(reverse("classroom:draw", args=[draw.code]))
    )


def test_a_kit_that_cannot_be_used_keeps_what_was_typed(cast, kits, client):
    cast.enter(client, cast.chen)
    kit = kits["fire"]
    typed = {name: getattr(kit.text, name) for name in kit.text.__slots__} | {"plan": "没有分钟"}
    page = text(client.post(reverse("classroom:kit-change", args=[kit.pk]), typed))
    assert "“没有分钟”" in page
    assert "锂电池起火" in page
    assert Kit.objects.filter(family="fire").count() == 1
    client.post(reverse("classroom:kit-change", args=[kit.pk]), typed | {"plan": "40 分钟 讲"})
    assert Kit.objects.get(family="fire", is_latest=True).minutes == 40


def test_a_stopped_fraud_from_the_page_with_a_bad_sum_is_not_lost(cast, lesson, client):
    cast.enter(client, cast.sun)
    typed = {
        "day": "2026-11-24", "trick": "police", "amount_yuan": "十二万", "stopper": "bank",
        "how": "柜员多问了一句", "lesson": lesson.pk,
    }  # fmt: skip
    url = reverse("classroom:frauds")
    refused = text(client.post(url, typed))
    assert "柜员多问了一句" in refused
    assert "has-detail" in refused  # on a phone the form stands above the list
    assert "has-detail" not in text(client.get(url))
    assert StoppedFraud.objects.count() == 0
    client.post(url, typed | {"amount_yuan": "120000"})
    row = StoppedFraud.objects.get()
    assert (row.amount_yuan, row.lesson, row.day.isoformat()) == (120000, lesson, "2026-11-24")
    assert "上了《先别急着退款》这一课" in text(client.get(url))


@pytest.mark.parametrize("name", ["lessons", "frauds", "online"])
def test_a_long_list_asks_no_more_than_a_short_one(
    cast, kits, client, name, django_assert_max_num_queries
):
    def fill(count):
        for _number in range(count):
            one = a_lesson(kits["police"], cast)
            put_online(kits["police"], film="", by=cast.chen.actor, now=NOW)
            StoppedFraud.objects.create(
                community=cast.xinjie, day=NOW.date(), trick="police", amount_yuan=1,
                stopper="bank", person=cast.wang.person, how="问", lesson=one, told_at=NOW,
            )  # fmt: skip

    cast.enter(client, cast.chen)
    fill(2)
    url = reverse(f"classroom:{name}")
    client.get(url)
    with django_assert_max_num_queries(60) as few:
        client.get(url)
    fill(8)
    with django_assert_max_num_queries(60) as many:
        client.get(url)
    # The choice of a lesson lists them all, in one question.
    assert len(many.captured_queries) == len(few.captured_queries)


def test_the_neighbour_sees_none_of_it(cast, lesson, client):
    with in_community(cast.linli):
        assert not Lesson.objects.exists()
        assert not Player.objects.exists()
    cast.enter(client, cast.li)
    assert client.get(reverse("classroom:lesson", args=[lesson.pk])).status_code == 404
    assert client.get(at("class", lesson)).status_code == 404


def test_a_draw_whose_day_has_come_is_owed_by_the_desk(cast, lesson):
    list_entrants(
        lesson, entrants="甲", prizes=1, source="福彩3D", source_day=NOW.date(),
        by=cast.chen.actor, now=NOW - timedelta(days=1),
    )  # fmt: skip

    def owed(member, now):
        asked = Asked(member.actor, frozenset({member.account.pk}), now, now)
        return [due.what for due in owed_by(asked).dues if due.kind == "classroom.draw"]

    assert owed(cast.chen, NOW - timedelta(days=1)) == []
    assert owed(cast.chen, NOW) == ["先别急着退款"]
    assert owed(cast.sun, NOW) == []


def test_lessons_are_told_in_the_chat_group_as_long_as_one_can_come(cast, kits, lesson, client):
    cast.enter(client, cast.chen)
    online = put_online(kits["police"], film="", by=cast.chen.actor, now=NOW)
    told = client.get(f"/notify/share/classroom.lesson/{lesson.code}/").context["text"]
    assert "网格课堂：先别急着退款" in told
    assert "2026年11月25日 10:00 · 睦邻客厅" in told
    online_url = f"/notify/share/classroom.online/{online.pk}/"
    assert "警察不会在电话里办案" in client.get(online_url).context["text"]
    cancel_gathering(lesson.gathering, why="停电", by=cast.chen.actor, now=NOW)
    take_offline(online, by=cast.chen.actor, now=NOW)
    for url in (f"/notify/share/classroom.lesson/{lesson.code}/", online_url):
        assert client.get(url).status_code == 404


def test_a_picture_is_for_teachers_until_its_kit_is_online(cast, kits, client):
    kit = kits["police"]
    row = KitPicture(community=cast.xinjie, kit=kit, name="map.jpg")
    row.file.save("map.jpg", ContentFile(b"\xff\xd8\xff"))
    url = reverse("classroom:picture", args=[row.pk])
    assert client.get(url).status_code == 404
    online = put_online(kit, film="", by=cast.chen.actor, now=NOW)
    assert b"".join(client.get(url)).startswith(b"\xff\xd8")
    take_offline(online, by=cast.chen.actor, now=NOW)
    assert client.get(url).status_code == 404
    assert b"".join(cast.enter(client, cast.sun).get(url)).startswith(b"\xff\xd8")


def test_no_line_of_the_log_says_who_answered_or_walked_which_way(cast, lesson, client, caplog):
    caplog.set_level("INFO", "mulin.request")
    open_quiz(lesson, by=cast.chen.actor, now=NOW)
    cast.enter(client, cast.yong).post(at("join", lesson), {"nick": "桂花糕"})
    lead(lesson, cast)
    caplog.clear()
    client.post(at("answer", lesson), {"at": 0, "choice": 1})
    for name in ("quiz", "now", "drill", "feedback"):
        assert client.get(at(name, lesson)).status_code == 200
    assert [record for record in caplog.records if record.name == "mulin.request"] == []
    client.get(at("class", lesson))
    assert [record.name for record in caplog.records] == ["mulin.request"]


def test_a_class_lead_plans_and_keeps_their_own_lesson_and_nobody_elses(cast, kits, lesson, client):
    account = AccountFactory(display_name="陆老师")
    MembershipFactory(
        account=account, community=cast.xinjie, role=Role.CLASS_LEAD, since=NOW - timedelta(days=9)
    )
    lead_of_class = Member(cast.xinjie, "陆老师", account, None, Role.CLASS_LEAD)
    own = plan_lesson(
        Plan("别点链接", NOW, ENDS, place_words="香樟网格活动室"), kit=kits["refund"],
        site="compound", by=lead_of_class.actor, now=NOW,
    )  # fmt: skip
    cast.enter(client, lead_of_class)
    doors = {
        one: client.get(reverse("gatherings:door", args=[one.gathering_id])).status_code
        for one in (own, lesson)
    }
    assert doors == {own: 200, lesson: 404}
    with pytest.raises(NotPermitted):
        tell_stopped(
            day=NOW.date(), trick="refund", amount_yuan=Decimal(0), stopper="self", how="没上当",
            by=lead_of_class.actor, now=NOW,
        )  # fmt: skip

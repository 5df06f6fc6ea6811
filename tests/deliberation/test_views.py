"""What the pages of the hall show, to whom, and how many queries they ask."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mulin.commons.gatherings.actions.agenda import add_item, record_item
from mulin.commons.gatherings.actions.coming import sign_in
from mulin.commons.gatherings.actions.planning import close_gathering
from mulin.commons.gatherings.models import Attendance
from mulin.ground.community.dues import Asked, owed_by
from mulin.ground.figures.queries import read
from mulin.ground.figures.registry import figure_of
from mulin.ground.figures.rules import Period
from mulin.kit.channels import Channel
from mulin.kit.clock import standing_still
from mulin.parlour.deliberation.actions.arguing import argue, hide_argument
from mulin.parlour.deliberation.actions.deciding import decide_by_hands, vote_amendment
from mulin.parlour.deliberation.actions.following import (
    add_task,
    object_to,
    publish,
    read_objection,
)
from mulin.parlour.deliberation.actions.matters import propose
from mulin.parlour.deliberation.actions.meetings import give_proxy, put_on_agenda, set_practice
from mulin.parlour.deliberation.models import (
    Appraisal,
    Argument,
    Matter,
    Meeting,
    MeetingRule,
    Objection,
    Task,
)
from mulin.parlour.deliberation.rules import Count, State
from tests.clock import NOW
from tests.deliberation.conftest import BEGINS, DAY, ENDS
from tests.factories.people import PersonFactory
from tests.support.pdfs import Pdf


@pytest.fixture(autouse=True)
def _standing_clock():
    with standing_still(NOW):
        yield


@pytest.fixture
def published(cast, point, neighbours, come):
    """Adopted by three of five, hanging out since the evening of the meeting."""
    come(*neighbours[:3])
    decide_by_hands(point, Count(2, 1, 0), by=cast.chen.actor, now=BEGINS)
    close_gathering(point.item.gathering, ended_at=ENDS, by=cast.chen.actor, now=ENDS)
    publish(point.matter, by=cast.chen.actor, now=ENDS)
    return Matter.objects.get(pk=point.matter.pk)


def at(name, *args):
    return reverse(f"deliberation:{name}", args=args)


def test_a_passer_by_reads_what_was_asked_who_met_what_was_decided_and_objects(
    cast, published, client
):
    with standing_still(ENDS):
        page = client.get(at("public", published.code)).content.decode()
        for words in ("12幢弄堂口装两盏路灯", "大家都走这条路", "居民议事会", "装两盏"):
            assert words in page
        assert "代表" not in page  # nobody's name
        assert client.get(at("object", published.code)).status_code == 200
        empty = client.post(at("object", published.code), {"words": "", "contact": "138"})
        assert empty.context["form"]["contact"].value() == "138"
        client.post(at("object", published.code), {"words": "太亮", "contact": "13900001111"})
        page = client.get(at("public", published.code)).content.decode()
        assert "太亮" not in page  # nobody has read it
        read_objection(Objection.objects.get(), by=cast.chen.actor, now=ENDS)
        page = client.get(at("public", published.code)).content.decode()
    assert Objection.objects.get().contact == "13900001111"
    assert "太亮" in page
    assert "13900001111" not in page


def test_what_anybody_objects_is_read_before_the_street_reads_it_which_learns_that_it_came(
    cast, published, client
):
    """A neighbour's name or an insult would stand there at once; nothing disappears without a word."""
    public = at("public", published.code)
    words = "302的王强乱停车，灯太亮"
    with standing_still(ENDS):
        client.post(at("object", published.code), {"words": words, "contact": ""})
        cast.enter(client, cast.yong)
        page = client.get(public).content.decode()
        assert "王强" not in page
        assert "另有 1 条异议" in page
        objection = Objection.objects.get()

        cast.enter(client, cast.chen)

    def read(**values):
        with standing_still(ENDS):
            values = {"ref": objection.pk} | values
            return client.post(f"/deliberation/desk/{published.pk}/read/", values)

    assert words in client.get(f"/deliberation/desk/{published.pk}/").content.decode()
    assert read(shortened="……灯太亮", why="").status_code == 422
    assert read(shortened="", why="骂人").status_code == 422
    assert read(shortened="……灯太亮", why="写了邻居的名字").status_code == 302
    assert read(shortened=words, why="").status_code == 422  # it was read already
    client.logout()
    page = client.get(public).content.decode()
    assert "王强" not in page
    assert "……灯太亮" in page
    assert "写了邻居的名字" in page
    assert "另有 1 条异议" not in page
    objection.refresh_from_db()
    assert objection.words == words


def test_what_waits_for_its_screening_is_not_for_the_street(cast, xinjie, client):
    """openData: drafts in the export (decidim#3633)."""
    waiting = propose(
        title="图书角", words="晚点关", origin="suggestion", proposer=cast.yong.person,
        by=cast.chen.actor, now=NOW,
    )  # fmt: skip
    assert client.get(at("public", waiting.code)).status_code == 404
    assert "图书角" not in client.get(at("matters")).content.decode()
    assert cast.enter(client, cast.yong).get(at("public", waiting.code)).status_code == 200


def test_a_resident_brings_in_a_motion_and_keeps_what_was_typed(cast, xinjie, client):
    cast.enter(client, cast.yong)
    wrong = client.post(at("propose"), {"title": "", "words": "遛狗牵绳"})
    assert wrong.context["form"].errors["title"]
    assert wrong.context["form"]["words"].value() == "遛狗牵绳"
    done = client.post(at("propose"), {"title": "遛狗", "words": "牵绳", "token": "a"})
    client.post(at("propose"), {"title": "遛狗", "words": "牵绳", "token": "a"})
    matter = Matter.objects.get()
    assert done.url == at("public", matter.code)
    assert (matter.state, matter.proposer) == (State.SECONDING, cast.yong.person)


def test_a_motion_stays_where_its_seconders_found_it(cast, xinjie, client):
    set_practice(seconders=1, since=NOW.date(), source="议事规则", by=cast.zhou.actor, now=NOW)
    motion = propose(
        title="南门加两把长凳", words="老人没地方歇", proposer=PersonFactory(community=xinjie),
        by=cast.chen.actor, now=NOW,
    )  # fmt: skip
    page = at("public", motion.code)
    assert "我附议" not in client.get(page).content.decode()
    cast.enter(client, cast.yong)
    assert "我附议" in client.get(page).content.decode()
    answer = client.post(at("say", motion.code, "second"), {"token": "t"}, follow=True)
    assert (answer.status_code, answer.context["matter"].state) == (200, State.PROPOSED)
    told = answer.content.decode()
    assert "您已经附议。" in told
    assert "我附议" not in told
    assert Client().get(page).status_code == 200


def test_a_reader_sees_what_they_weighed_and_takes_it_back(cast, lamp, client):
    said = argue(lamp, cast.wang.person, side="for", words="看不见", by=cast.chen.actor, now=NOW)
    cast.enter(client, cast.yong)
    page, press = at("public", lamp.code), at("say", lamp.code, "weigh")
    assert "收回" not in client.get(page).content.decode()
    told = client.post(press, {"ref": said.pk, "token": "t"}, follow=True).content.decode()
    assert "您觉得有分量 · 收回" in told
    told = client.post(press, {"ref": said.pk, "token": "u"}, follow=True).content.decode()
    assert "收回" not in told


def test_somebody_argues_and_the_same_again_is_told_to_weigh(cast, lamp, client):
    cast.enter(client, cast.yong)
    typed = {"side": "for", "words": "看不见"}
    assert client.post(at("say", lamp.code, "argue"), typed).status_code == 302
    again = client.post(at("say", lamp.code, "argue"), typed)
    assert again.status_code == 422
    assert again.context["argue_form"].errors["words"]
    ref = Argument.objects.get().pk
    assert client.post(at("say", lamp.code, "weigh"), {"ref": ref}).status_code == 302
    assert Argument.objects.get().weights.count() == 1
    assert client.post(at("say", lamp.code, "dance")).status_code == 404
    hide_argument(Argument.objects.get(), why="写了人名", by=cast.chen.actor, now=NOW)
    page = client.get(at("public", lamp.code)).content.decode()
    assert "看不见" not in page
    assert "写了人名" in page  # nothing disappears without a word
    assert "张勇" not in client.get(at("public", lamp.code)).content.decode()


def test_the_meeting_is_led_from_its_pages(cast, meeting, lamp, neighbours, client):
    cast.enter(client, cast.chen)
    client.post(at("do", lamp.pk, "list"), {"meeting": meeting.pk, "draft": "装两盏"})
    point = lamp.points.get()
    with standing_still(BEGINS):
        for person in neighbours[:3]:
            sign_in(meeting.gathering, person, by=cast.chen.actor, now=BEGINS)
        page = cast.enter(client, cast.chen).get(at("meeting", meeting.gathering.pk))
        assert (page.context["quorum"].present, page.context["quorum"].is_met) == (3, True)
        hands = {"yes": "3", "no": "1", "abstain": "0"}
        refused = client.post(at("vote", point.pk, "hands"), hands)
        assert refused.status_code == 422
        assert refused.context["hands_form"]["yes"].value() == "3"
        form = client.get(at("roll-call", point.pk)).context["form"]
        voices = {f"e{entry.pk}": "yes" for entry in form.called}
        assert client.post(at("roll-call", point.pk), voices).status_code == 302
        sheet = Pdf(client.get(at("minutes", meeting.gathering.pk)).content)
    assert "装两盏" in sheet.text
    assert (
        sheet.packed.index("居民委员会")
        < sheet.packed.index("会议纪要：")
        < sheet.packed.index("主持人（签名）")
    )
    assert Matter.objects.get(pk=lamp.pk).state == State.DECIDED


def test_the_minutes_follow_the_agenda_and_a_line_of_them_is_a_paragraph(
    cast, meeting, lamp, come, neighbours, client
):
    add_item(meeting.gathering, title="开场", by=cast.chen.actor, now=NOW)
    point = put_on_agenda(lamp, meeting, draft="装两盏", by=cast.chen.actor, now=NOW)
    add_item(meeting.gathering, title="散会", by=cast.chen.actor, now=NOW)
    come(*neighbours[:3])
    vote_amendment(point, "装三盏", Count(2, 1, 0), by=cast.chen.actor, now=BEGINS)
    record_item(point.item, "有人说暗\n有人说贵", by=cast.chen.actor, now=BEGINS)
    document = cast.enter(client, cast.chen).get(at("minutes", meeting.gathering.pk))
    said = Pdf(document.content).packed
    order = ["会议于2026年", "开场", "弄堂口装路灯", "有人说暗", "修正案", "已采纳", "散会"]
    assert [said.index(one) for one in order] == sorted(said.index(one) for one in order)
    assert "有人说贵" in said


def test_the_minutes_ask_for_sides_and_roles_and_say_who_reads_them(cast, point, client):
    """What is written there stands on the public page of the matter."""
    page = cast.enter(client, cast.chen).get(reverse("gatherings:item", args=[point.item_id]))
    asked = page.content.decode()
    assert "由哪方提出" in asked
    assert "谁提出" not in asked
    assert "公开页面" in asked


def test_who_is_spoken_for_is_called_with_whoever_speaks(
    cast, rule, meeting, point, come, neighbours, client
):
    MeetingRule.objects.filter(pk=rule.pk).update(most_proxies=1)
    meeting.refresh_from_db()
    give_proxy(meeting, giver=neighbours[4], holder=neighbours[0], by=cast.chen.actor, now=NOW)
    come(*neighbours[:3])
    with standing_still(BEGINS):
        page = cast.enter(client, cast.chen).get(at("roll-call", point.pk))
    called = [field.label for field in page.context["form"].visible_fields()]
    assert called == ["代表0", "代表1", "代表2", "代表4（代表0代）"]


def test_whoever_appraised_is_not_asked_again(cast, published, neighbours, client):
    Matter.objects.filter(pk=published.pk).update(state=State.DONE)
    sign_in_late(published, cast.yong.person)
    cast.enter(client, cast.yong)
    assert client.get(at("public", published.code)).context["may_appraise"]
    client.post(at("say", published.code, "appraise"), {"level": "5", "token": "t"})
    assert not client.get(at("public", published.code)).context["may_appraise"]


def test_what_those_who_were_there_found_is_said_in_words(cast, published, client):
    Matter.objects.filter(pk=published.pk).update(state=State.DONE, outcome="两盏都亮了")
    for number, level in enumerate((5, 5, 5, 4, 2)):
        Appraisal.objects.create(
            community_id=published.community_id, matter=published, level=level, at=NOW,
            person=PersonFactory(community=cast.xinjie, name=f"到会{number}"),
        )  # fmt: skip
    page = client.get(at("public", published.code)).content.decode()
    assert "很好 3 人、好 1 人、不太好 1 人" in page
    assert "赞成和反对" not in page  # nobody said anything, and it is over


def test_what_is_open_stands_above_what_is_over_the_latest_first(cast, lamp, rule, client):
    def brought(title, *, days, state):
        made = propose(
            title=title, words="x", proposer=cast.yong.person, by=cast.chen.actor, now=NOW
        )
        Matter.objects.filter(pk=made.pk).update(
            state=state, proposed_at=NOW - timedelta(days=days)
        )

    Matter.objects.filter(pk=lamp.pk).update(proposed_at=NOW - timedelta(days=9))
    brought("新的，办完了", days=1, state=State.DONE)
    brought("老的，办完了", days=700, state=State.DONE)
    brought("刚提的", days=2, state=State.ADMITTED)
    titles = [one.title for one in client.get(at("matters")).context["page"].rows]
    assert titles == ["刚提的", lamp.title, "新的，办完了", "老的，办完了"]


def test_before_the_roll_is_locked_no_vote_is_asked_for(cast, point, client):
    cast.enter(client, cast.chen)
    assert at("vote", point.pk, "hands") in client.get(at("point", point.pk)).content.decode()
    Meeting.objects.update(frozen_at=None, roll_seats=None)
    page = client.get(at("point", point.pk)).content.decode()
    assert at("vote", point.pk, "hands") not in page
    assert "先锁定名册，再表决" in page


def sign_in_late(matter, person):
    """Somebody who was at its meeting, put on its list by hand."""
    gathering = matter.points.get().item.gathering
    Attendance.objects.create(
        community_id=gathering.community_id, gathering=gathering, person=person, line=99,
        came_at=BEGINS, came_by=Channel.WALK_IN,
    )  # fmt: skip


def test_the_publication_prints_with_its_days_and_its_code(cast, published, client):
    sheet = Pdf(client.get(at("notice", published.code)).content)
    assert "装两盏" in sheet.text
    said = sheet.packed
    order = [
        "居民委员会",
        "公示：",
        "一、决议内容",
        "装两盏",
        "二、表决情况",
        "三、公示期限",
        "盖章处",
    ]
    places = [said.index(words) for words in order]
    assert places == sorted(places)


def test_the_head_enters_a_rule_and_a_faulty_one_loses_nothing(cast, xinjie, client):
    typed = {
        "name": "户代表会", "since": "2026-11-01", "basis": "households",
        "quorum_is_more_than": "more", "quorum_part": "1", "quorum_whole": "2",
        "majority_is_more_than": "least", "majority_part": "2", "majority_whole": "3",
        "majority_of": "roll", "notice_days": "5", "publication_days": "7", "most_proxies": "0",
        "source": "", "binding": "meeting",
    }  # fmt: skip
    cast.enter(client, cast.zhou)
    wrong = client.post(at("rules"), typed)
    assert wrong.context["form"].errors["source"]
    client.post(at("rules"), {**typed, "source": "章程第3条"})
    rule = MeetingRule.objects.get()
    assert (rule.quorum.least(10), rule.majority.least(9), rule.binding) == (6, 6, "meeting")
    assert cast.enter(client, cast.chen).post(at("rules"), typed).status_code == 404


def test_what_the_hall_owes_stands_with_whoever_owes_it(cast, published):
    with standing_still(ENDS):
        object_to(published.publications.get(), words="太亮", by=cast.yong.actor, now=ENDS)
        add_task(
            published, what="买灯", owner=cast.sun.account, due_on=ENDS.date(),
            by=cast.chen.actor, now=ENDS,
        )  # fmt: skip
    kinds = {}
    for member in (cast.chen, cast.sun, cast.wu):
        asked = Asked(member.actor, frozenset({member.account.pk}), ENDS, ENDS + 2 * DAY)
        kinds[member.name] = {
            due.kind for due in owed_by(asked).dues if due.kind.startswith("deliberation")
        }
    assert kinds == {
        "小陈": {"deliberation.unread"},
        "小孙": {"deliberation.task"},
        "小吴": set(),
    }


def test_an_officer_finishes_their_own_task_and_nobody_elses(cast, published, client):
    task = add_task(
        published, what="买灯", owner=cast.sun.account, due_on=(NOW + 9 * DAY).date(),
        by=cast.chen.actor, now=NOW,
    )  # fmt: skip
    typed = {"ref": task.pk, "evidence": "买了"}
    assert (
        cast.enter(client, cast.wu).post(at("do", published.pk, "done"), typed).status_code == 404
    )
    client = cast.enter(client, cast.sun)
    assert client.post(at("do", published.pk, "done"), typed).status_code == 302
    assert Task.objects.get().evidence == "买了"


def test_lists_ask_as_often_for_two_as_for_twenty(cast, lamp, client):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            for path in (at("desk"), at("matters"), at("matter", lamp.pk), at("public", lamp.code)):
                assert client.get(path).status_code == 200
        return len(asked)

    def fill(count):
        for number in range(count):
            person = PersonFactory(community=cast.xinjie, grid=cast.grid_1)
            argue(
                lamp,
                person,
                side="for",
                words=f"理由{number}之{count}",
                by=cast.chen.actor,
                now=NOW,
            )
            propose(
                title=f"事{number}", words="", origin="committee", by=cast.chen.actor,
                now=NOW + timedelta(minutes=number),
            )  # fmt: skip

    fill(2)
    cast.enter(client, cast.chen)
    queries()
    few = queries()
    fill(18)
    assert queries() == few


def test_the_figures_count_the_rows_they_open(cast, published):
    november = Period.of_month(2026, 11)
    numbers = {
        name: read(figure_of(f"deliberation.{name}"), november, actor=cast.zhou.actor).number
        for name in ("matters", "adopted", "done")
    }
    assert numbers == {"matters": 1, "adopted": 1, "done": 0}


def test_the_line_of_a_list_that_chooses_nothing_says_so_in_words(cast, rule, client):
    page = cast.enter(client, cast.chen).get(at("call")).content.decode()
    assert "请选择" in page  # which kind of meeting: it must be said
    assert "不选" in page  # its place need not
    assert "---" not in page

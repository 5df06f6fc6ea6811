"""Pages of work that several do: what each sees and sends, and that notes leave by no side door."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mulin.commons.flow.models import Category, Need, NeedPhoto, Step
from mulin.commons.flow.said import Said
from mulin.ground.people.actions.erasure import erase_person
from mulin.ground.people.actions.organisations import found_organisation
from mulin.ground.places.actions import print_code
from mulin.kit import clock
from mulin.parlour.reception.actions.demands import answer_demand, note_on, receive_demand
from mulin.parlour.reception.actions.joining import join_demand
from mulin.parlour.reception.actions.joint import (
    accept_offer,
    ask_help,
    bring_back,
    offer_demand,
    refuse_offer,
    report_share,
    send_out,
)
from mulin.parlour.reception.actions.templates import keep_template
from mulin.parlour.reception.models import AnswerTemplate, Demand, Joining, Offer, Sending, Share
from mulin.parlour.reception.rules import State
from tests.clock import NOW
from tests.reception.test_actions import photo
from tests.reception.test_views import picture, received, shut

DAY = timedelta(days=1)
TOMORROW = (NOW + DAY).date().isoformat()


@pytest.fixture(autouse=True)
def _standing_clock():
    with clock.standing_still(NOW):
        yield


def work(demand, deed):
    return reverse("reception:work", args=[demand.pk, deed])


def page_of(client, demand):
    return client.get(reverse("reception:demand", args=[demand.pk]))


def test_offered_by_one_and_taken_over_by_the_other_through_the_pages(cast, lamp, client):
    cast.enter(client, cast.sun)
    assert not client.get(reverse("reception:desk")).context["for_me"]
    sent = client.post(work(lamp, "offer"), {"to": cast.wu.account.pk, "why": "我休假"})
    assert sent.status_code == 302
    offer = Offer.objects.get()
    assert "小吴还没答复您" in client.get(reverse("reception:desk")).content.decode()

    cast.enter(client, cast.wu)
    assert "小孙想请您接手" in client.get(reverse("reception:desk")).content.decode()
    page = page_of(client, lamp).content.decode()
    assert reverse("reception:offer", args=[offer.pk, "accept"]) in page
    assert work(lamp, "answer") not in page
    refused = client.post(reverse("reception:offer", args=[offer.pk, "refuse"]), {"why": ""})
    assert refused.status_code == 422
    assert refused.context["refuse_form"].errors.keys() == {"why"}
    taken = client.post(reverse("reception:offer", args=[offer.pk, "accept"]), {"token": "y"})
    assert taken.url == reverse("reception:demand", args=[lamp.pk])
    assert Demand.objects.get().owner == cast.wu.account


def test_whoever_said_no_is_back_at_the_list_and_reads_it_no_more(cast, lamp, client):
    offer_demand(lamp, to=cast.wu.account, by=cast.sun.actor, why="忙", now=NOW)
    cast.enter(client, cast.wu)
    no = reverse("reception:offer", args=[Offer.objects.get().pk, "refuse"])
    assert client.post(no, {"why": "我也忙"}).url == reverse("reception:desk")
    assert page_of(client, lamp).status_code == 404


def test_asked_to_help_and_reported_through_the_pages(cast, lamp, client):
    cast.enter(client, cast.sun)
    typed = {"helper": cast.wu.account.pk, "asked": "看看总闸", "until": "2020-01-01"}
    wrong = client.post(work(lamp, "help"), typed)
    assert wrong.context["help_form"].errors.keys() == {"until"}
    assert "看看总闸" in wrong.content.decode()
    assert client.post(work(lamp, "help"), typed | {"until": TOMORROW}).status_code == 302
    cast.enter(client, cast.wu)
    assert "看看总闸" in client.get(reverse("reception:desk")).content.decode()
    report = reverse("reception:share", args=[Share.objects.get().pk, "report"])
    assert client.post(report, {"report": " "}).status_code == 422
    assert client.post(report, {"report": "没跳闸"}).status_code == 302
    assert Share.objects.get().report == "没跳闸"


def test_sent_out_and_back_with_a_photo_only_staff_see(cast, lamp, client):
    firm = found_organisation(by=cast.chen.actor, now=NOW, name="海景物业", kind="firm")
    cast.enter(client, cast.sun)
    typed = {
        "to": firm.pk,
        "asked": "开门",
        "back_by": TOMORROW,
        "letter": "8号",
        "contact": "姚工",
    }
    assert client.post(work(lamp, "send-out"), typed).status_code == 302
    follow = reverse("reception:follow", args=[lamp.need.follow_code])
    shown = client.get(follow).content.decode()
    assert "现在在海景物业那里" in shown
    assert "姚工" not in shown
    sending = Sending.objects.get()
    assert client.post(reverse("reception:sending", args=[sending.pk, "remind"])).status_code == 302
    back = reverse("reception:sending", args=[sending.pk, "back"])
    assert client.post(back, {"answer": ""}).status_code == 422
    assert client.post(back, {"answer": "门开了", "photos": picture()}).status_code == 302
    letter = NeedPhoto.objects.get()
    address = reverse("flow:photo", args=[letter.code])
    assert letter.code in page_of(client, lamp).content.decode()
    seen = client.get(address)
    assert seen.status_code == 200
    shut(seen)
    client.logout()
    assert letter.code not in client.get(follow).content.decode()
    assert client.get(f"{address}?key={lamp.need.follow_code}").status_code == 404
    for outsider in (cast.yong, cast.wu, cast.li):
        assert cast.enter(client, outsider).get(address).status_code == 404


def test_a_letter_is_never_shown_to_the_street(cast, lamp):
    from mulin.commons.flow.actions import add_photo, show_photos  # noqa: PLC0415  for this alone
    from mulin.commons.flow.models import PhotoMoment  # noqa: PLC0415  as above

    letter = add_photo(lamp.need, photo(), moment=PhotoMoment.LETTER, now=NOW)
    after = add_photo(lamp.need, photo(), moment=PhotoMoment.AFTER, now=NOW)
    show_photos(lamp.need, [letter.code, after.code])
    assert list(NeedPhoto.objects.filter(is_public=True)) == [after]


def test_a_photo_is_seen_by_whoever_takes_over_or_helps(cast, lamp, client):
    from mulin.commons.flow.actions import add_photo  # noqa: PLC0415  for this test alone
    from mulin.commons.flow.models import PhotoMoment  # noqa: PLC0415  as above

    shot = add_photo(lamp.need, photo(), moment=PhotoMoment.BEFORE, now=NOW)
    address = reverse("flow:photo", args=[shot.code])
    assert cast.enter(client, cast.wu).get(address).status_code == 404
    offer_demand(lamp, to=cast.wu.account, by=cast.sun.actor, why="忙", now=NOW)
    seen = client.get(address)
    assert seen.status_code == 200
    shut(seen)


def test_a_template_is_put_below_what_was_typed_and_sends_nothing(cast, lamp, client):
    kind = Category.objects.get(code="repair.lamp")
    keep_template(None, by=cast.zhou.actor, name="灯好了", words="{称呼}您好，{地点}的灯好了。",
                  category=kind, now=NOW)  # fmt: skip
    cast.enter(client, cast.sun)
    page = page_of(client, lamp)
    assert [one.name for one in page.context["templates"]] == ["灯好了"]
    filled_in = client.post(
        reverse("reception:fill", args=[lamp.pk]),
        {"words": "今天去看了。", "template": AnswerTemplate.objects.get().pk, "token": "t"},
    )
    form = filled_in.context["answer_form"]
    assert form["words"].value() == "今天去看了。\n王秀英您好，12幢 单元门口的灯好了。"
    assert Demand.objects.get().state == State.RECEIVED
    gone = client.post(
        reverse("reception:fill", args=[lamp.pk]), {"words": "写到一半", "template": "7"}
    )
    assert gone.context["answer_form"]["words"].value() == "写到一半"


def test_a_template_names_nobody_who_is_not_to_be_known(cast, xinjie, client):
    keep_template(None, by=cast.zhou.actor, name="你好", words="{称呼}您好", category=None, now=NOW)
    hidden = receive_demand(
        Said(words="灯", person=cast.wang.person, building=cast.building_12, visibility="anonymous"),
        by=cast.chen.actor, now=NOW,
    )  # fmt: skip
    cast.enter(client, cast.sun)
    typed = {"template": AnswerTemplate.objects.get().pk}
    page = client.post(reverse("reception:fill", args=[hidden.pk]), typed)
    assert page.context["answer_form"]["words"].value() == "＿＿您好"


def test_only_the_head_changes_templates(cast, xinjie, client):
    typed = {"name": "灯好了", "words": "{称谓}您好"}
    address = reverse("reception:templates")
    assert cast.enter(client, cast.chen).post(address, typed).status_code == 404
    cast.enter(client, cast.zhou)
    wrong = client.post(address, typed)
    assert wrong.context["form"].errors.keys() == {"words"}
    assert "{称谓}您好" in wrong.content.decode()
    assert client.post(address, typed | {"words": "{称呼}您好"}).status_code == 302
    same = client.post(address, typed | {"words": "又一个"})
    assert same.context["form"].errors.keys() == {"name"}
    kept = AnswerTemplate.objects.get()
    change = reverse("reception:template", args=[kept.pk])
    assert client.post(change, {"name": "灯修好了", "words": "好了"}).status_code == 302
    assert AnswerTemplate.objects.get().name == "灯修好了"
    gone = reverse("reception:template-withdraw", args=[kept.pk])
    assert cast.enter(client, cast.chen).post(gone).status_code == 404
    cast.enter(client, cast.zhou).post(gone)
    assert client.get(change).status_code == 404


def test_similar_ones_are_shown_while_the_desk_types_and_joined_at_once(cast, lamp, client):
    cast.enter(client, cast.chen)
    typed = {"words": "12幢路灯坏了", "building": cast.building_12.pk}
    shown = client.post(reverse("reception:similar-typed"), typed).content.decode()
    assert lamp.need.number in shown
    made = client.post(
        reverse("reception:receive"),
        typed | {"channel": "phone", "contact_wish": "call", "visibility": "named",
                 "joins": lamp.need.number},
    )  # fmt: skip
    assert made.status_code == 302
    assert Joining.objects.get().lead == lamp
    assert "还有人反映同一件事" in page_of(client, lamp).content.decode()


def test_two_that_are_there_are_joined_and_taken_apart_on_the_page(cast, lamp, client):
    received(cast, 1)
    other = Demand.objects.exclude(pk=lamp.pk).get()
    cast.enter(client, cast.chen)
    join = reverse("reception:join", args=[other.pk, lamp.pk])
    assert join in client.get(reverse("reception:similar", args=[other.pk])).content.decode()
    assert client.post(join).status_code == 302
    assert lamp.need.number in page_of(client, other).content.decode()
    assert client.post(work(other, "part")).status_code == 302
    assert Joining.objects.get().ended_at == NOW


def test_a_resident_is_asked_whether_it_is_the_same_before_a_second_one_is_made(cast, lamp, client):
    code = print_code(cast.building_12, by=cast.zhou.actor, now=NOW).code
    address = f"{reverse('reception:tell')}?at={code}"
    typed = {"words": "楼下路灯不亮", "photos": picture(), "token": "t" * 22}
    asked = client.post(address, typed)
    assert Need.objects.count() == 1
    html = asked.content.decode()
    assert "路灯楼道灯" in html
    assert "楼下路灯不亮" in html  # nothing typed is lost
    for hidden in ("坏了三天", "单元门口", "王秀英", lamp.need.follow_code):
        assert hidden not in html
    joined = {**typed, "looked": "1", "joins": lamp.need.number}
    del joined["photos"]
    mine = client.post(address, joined)
    assert mine.status_code == 302
    demand = Demand.objects.exclude(pk=lamp.pk).get()
    assert (demand.state, demand.need.photos.count()) == (State.JOINED, 1)
    followed = client.get(mine.url).content.decode()
    assert "小孙" in followed
    assert "坏了三天" not in followed
    client.post(reverse("reception:leave", args=[demand.need.follow_code]))
    assert Demand.objects.get(pk=demand.pk).state == State.ACCEPTED


def test_mine_is_another_matter_is_one_press(cast, lamp, client):
    code = print_code(cast.building_12, by=cast.zhou.actor, now=NOW).code
    address = f"{reverse('reception:tell')}?at={code}"
    sent = client.post(address, {"words": "楼下路灯不亮", "looked": "1", "joins": ""})
    assert sent.status_code == 302
    assert Demand.objects.filter(state=State.RECEIVED).count() == 2


def test_joining_what_is_gone_is_said_and_nothing_typed_is_lost(cast, lamp, client):
    answer_demand(lamp, by=cast.sun.actor, words="好了", now=NOW)
    for number in (lamp.need.number, "2026-99999"):
        typed = {"words": "路灯不亮", "looked": "1", "joins": number}
        page = client.post(reverse("reception:tell"), typed)
        assert page.context["form"].non_field_errors()
        assert "路灯不亮" in page.content.decode()
    assert Demand.objects.count() == 1


def test_typing_residents_learn_of_no_words_and_no_name(cast, lamp, client):
    code = print_code(cast.building_12, by=cast.zhou.actor, now=NOW).code
    address = f"{reverse('reception:similar-told')}?at={code}"
    shown = client.post(address, {"words": "路灯坏了三天"}).content.decode()
    assert lamp.need.number in shown
    assert "坏了三天" not in shown
    assert "王秀英" not in shown


def test_the_first_screen_asks_as_often_for_many_offers_as_for_one(cast, xinjie, client):
    cast.enter(client, cast.wu)
    counts = []
    for more in (1, 9):
        received(cast, more)
        for demand in Demand.objects.filter(offers__isnull=True).select_related("need"):
            offer_demand(demand, to=cast.wu.account, by=cast.sun.actor, why="忙", now=NOW)
            ask_help(demand, helper=cast.wu.account, asked="看看", due_at=NOW + DAY,
                     by=cast.sun.actor, now=NOW)  # fmt: skip
        client.get(reverse("reception:desk"))
        with CaptureQueriesContext(connection) as asked:
            page = client.get(reverse("reception:desk"))
        # PostgreSQL is told the community besides.
        counts.append(len([one for one in asked if "set_config" not in one["sql"]]))
    assert len(page.context["for_me"].offered_to_me) == 10
    assert counts[0] == counts[1]
    assert counts[1] <= 15


def test_the_desk_sees_what_is_offered_and_asks_no_more_when_nothing_is(cast, lamp, client):
    cast.enter(client, cast.chen)
    assert client.get(reverse("reception:desk")).context["for_me"] is None
    offer_demand(lamp, to=cast.chen.account, by=cast.sun.actor, why="忙", now=NOW)
    assert len(client.get(reverse("reception:desk")).context["for_me"].offered_to_me) == 1
    accept_offer(Offer.objects.get(), by=cast.chen.actor, now=NOW)
    assert client.get(reverse("reception:desk")).context["for_me"] is None
    mine = Demand.objects.select_related("need").get()
    ask_help(mine, helper=cast.zhou.account, asked="看看", due_at=NOW + DAY, by=cast.chen.actor,
             now=NOW)  # fmt: skip
    cast.enter(client, cast.zhou)
    assert len(client.get(reverse("reception:desk")).context["for_me"].shares) == 1


SECRETS = ("内话备注", "转因内话", "拒因内话", "会办内话", "报告内话", "函件内话", "回函内话")


@pytest.fixture
def whispered(cast, lamp):
    """A demand with everything that colleagues say to each other and to units outside."""
    note_on(lamp, by=cast.sun.actor, words=SECRETS[0], now=NOW)
    offer_demand(lamp, to=cast.wu.account, by=cast.sun.actor, why=SECRETS[1], now=NOW)
    offer = Offer.objects.select_related("demand__need", "to").get()
    refuse_offer(offer, by=cast.wu.actor, why=SECRETS[2], now=NOW)
    ask_help(lamp, helper=cast.wu.account, asked=SECRETS[3], due_at=NOW + DAY,
             by=cast.sun.actor, now=NOW)  # fmt: skip
    share = Share.objects.select_related("demand__need", "helper").get()
    report_share(share, by=cast.wu.actor, report=SECRETS[4], now=NOW)
    firm = found_organisation(by=cast.chen.actor, now=NOW, name="物业", kind="firm")
    send_out(lamp, to=firm, by=cast.sun.actor, asked=SECRETS[5], back_by=NOW + DAY, now=NOW)
    sending = Sending.objects.select_related("demand__need", "organisation").get()
    bring_back(sending, by=cast.sun.actor, answer=SECRETS[6], now=NOW)
    other = receive_demand(
        Said(words="路灯不亮", person=cast.yong.person, building=cast.building_12),
        by=cast.yong.actor, now=NOW,
    )  # fmt: skip
    join_demand(other, lead=lamp, by=cast.sun.actor, now=NOW)
    return lamp


def test_what_colleagues_say_to_each_other_leaves_by_no_door(cast, whispered, client):
    cast.enter(client, cast.sun)
    told = page_of(client, whispered).content.decode()
    for secret in SECRETS:
        assert secret in told, "the test would prove nothing"
    joined = Need.objects.get(person=cast.yong.person)
    outlets = {
        "the slip": client.get(reverse("reception:slip", args=[whispered.pk])),
        "the list": client.get(reverse("reception:desk"), {"show": "all"}),
        "the figures": client.get("/figures/reception.demands/"),
        "the search for it": client.get("/search/", {"q": SECRETS[0]}),
        "the desk's own search": client.get(reverse("reception:desk"), {"q": SECRETS[4], "show": "all"}),
    }  # fmt: skip
    cast.enter(client, cast.chen)
    own = {
        "the file of the asker": client.post(
            reverse("people:own-data", args=[cast.wang.person.pk]), {"reason": "本人要求"}
        )
    }
    cast.enter(client, cast.yong)
    own["the file of who joined"] = client.post(reverse("people:my-data"))
    own["my matters"] = client.get("/mine/")
    own["the inbox"] = client.get(reverse("notify:inbox"))
    client.logout()
    for name, need in (("the journey", whispered.need), ("the other's journey", joined)):
        own[name] = client.get(reverse("reception:follow", args=[need.follow_code]))
    own["our matters"] = client.get("/ours/")
    own["the hall screen"] = client.get("/screen/")
    for outlet, answer in {**outlets, **own}.items():
        assert answer.status_code in {200, 302}, outlet
        body = b"".join(answer) if answer.streaming else answer.content
        text = body.decode() + json.dumps(body.decode(errors="replace"))
        leaked = [secret for secret in SECRETS if secret in text]
        # What was typed into a search box stands in it.
        assert outlet in {"the search for it", "the desk's own search"} or leaked == [], outlet
    for outlet in ("the search for it", "the desk's own search"):
        assert whispered.need.number not in outlets[outlet].content.decode(), outlet


def test_of_an_erased_person_nothing_is_left_in_what_colleagues_said(cast, whispered):
    erase_person(cast.wang.person, by=cast.zhou.actor, now=NOW)
    rows = [
        *Step.objects.filter(need=whispered.need).values_list("line", flat=True),
        *Offer.objects.values_list("why", flat=True),
        *Offer.objects.values_list("refusal", flat=True),
        *Share.objects.values_list("asked", flat=True),
        *Share.objects.values_list("report", flat=True),
        *Sending.objects.values_list("asked", flat=True),
        *Sending.objects.values_list("answer", flat=True),
    ]
    assert [secret for secret in SECRETS if any(secret in row for row in rows)] == []


def test_five_thousand_events_and_fifty_who_go_with_it_still_open(cast, lamp, client):
    Step.objects.bulk_create(
        Step(community=cast.xinjie, need=lamp.need, at=NOW, room="reception", kind="note",
             line=f"第{number}条", is_for_asker=number % 2 == 0)
        for number in range(5000)
    )  # fmt: skip
    received(cast, 5)
    for other in Demand.objects.exclude(pk=lamp.pk).select_related("need"):
        join_demand(other, lead=lamp, by=cast.chen.actor, now=NOW)
    cast.enter(client, cast.sun)
    counts = []
    for _time in range(2):
        with CaptureQueriesContext(connection) as asked:
            page = page_of(client, lamp)
        counts.append(len(asked))
    assert page.status_code == 200
    assert "第4999条" in page.content.decode()
    assert counts[1] <= 40
    client.logout()
    followed = client.get(reverse("reception:follow", args=[lamp.need.follow_code]))
    assert "第4998条" in followed.content.decode()
    assert "第4999条" not in followed.content.decode()

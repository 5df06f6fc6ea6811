"""The pages: what a desk worker, a mediator and the director see and do; bad input; papers."""

import re
from datetime import date, timedelta

import pytest

from mulin.circle.mediation.actions.choosing import ask, declare
from mulin.circle.mediation.actions.intake import set_party
from mulin.circle.mediation.actions.keeping import remind
from mulin.circle.mediation.actions.sitting import add_exhibits, note_talk
from mulin.circle.mediation.models import (
    Agreement,
    Case,
    Committee,
    CommitteeMember,
    Court,
    Mediator,
    Opening,
    Precedent,
    Promise,
    Seat,
    opened,
)
from mulin.circle.mediation.queries import courts, numbers
from mulin.ground.community.dues import Asked, owed_by
from mulin.kit.clock import standing_still
from tests.clock import NOW
from tests.factories.people import PersonFactory
from tests.mediation.conftest import CANARY
from tests.support.pdfs import Pdf

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _still():
    with standing_still(NOW):
        yield


def words(response):
    return response.content.decode()


def director(room, client):
    client.force_login(room.director, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["second_factor"] = True
    session.save()
    return client


def sent(**more):
    return {"kind": "noise", "source": "oral", "channel": "phone", "name": "张勇", "token": "f",
            "phone": "13800000001", "other_name": "王秀英", "other_address": "12幢1单元301",
            "facts": f"{CANARY}夜里吵"} | more  # fmt: skip


def test_the_desk_takes_a_quarrel_in_once_and_the_roll_is_found_by_name_and_number(
    room, cast, client
):
    desk = cast.enter(client, cast.chen)
    for _press in range(2):
        assert desk.post("/mediation/take-in/", sent()).status_code == 302
    case = Case.objects.get()
    people = [case.box.open(one.sealed)["person"] for one in case.parties.all()]
    assert people == [cast.yong.person.pk, cast.wang.person.pk]
    assert case.channel == "phone"
    assert "2026-0001" in words(desk.get("/mediation/take-in/"))


def test_a_stop_leads_to_the_lawful_way_and_keeps_no_name(room, cast, client):
    desk = cast.enter(client, cast.chen)
    answer = desk.post("/mediation/take-in/", sent(stops=["violence"]))
    page = words(desk.get(answer.headers["Location"]))
    assert "110" in page
    assert "12338" in page
    assert "12355" not in page  # only what was ticked
    assert Case.objects.get().parties.count() == 0
    owed = owed_by(Asked(room.by, frozenset({room.director.pk}), NOW, NOW + timedelta(days=1)))
    assert [(due.kind, due.what) for due in owed.dues] == [("mediation.report", "2026-0001")]


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(room, cast, client):
    desk = cast.enter(client, cast.chen)
    for more, message in (
        ({"facts": " "}, "请简单说说"), ({"name": ""}, "请写是谁要调解"), ({"phone": "12"}, "电话"),
    ):  # fmt: skip
        answer = desk.post("/mediation/take-in/", sent(**more))
        assert answer.status_code == 422
        assert message in words(answer)
        assert "王秀英" in words(answer)
    assert Case.objects.count() == 0


def test_no_form_of_the_room_keeps_a_draft(room, cast, client):
    case = room.seated()
    he = cast.enter(client, cast.xu)
    for path in ("/mediation/take-in/", f"/mediation/cases/{case.pk}/"):
        assert re.search(r"<form[^>]*(data-keep|data-offline)", words(he.get(path))) is None


def test_the_director_sees_reasons_and_no_names_asks_and_writes_answers_down(room, client):
    case = room.receive()
    page = director(room, client)
    shown = words(page.get(f"/mediation/cases/{case.pk}/"))
    assert CANARY not in shown
    assert "以新调新" in shown
    assert "老乡" in shown
    path = f"/mediation/cases/{case.pk}"
    assert page.post(f"{path}/ask/", {"mediator": room.xu.pk}).status_code == 302
    seat = Seat.objects.get()
    declare(seat, by=room.he, now=NOW)
    assert CANARY not in words(page.get(f"{path}/"))
    for party in case.parties.all():
        values = {"seat": seat.pk, "party": party.pk, "said": "yes", "channel": "phone"}
        assert page.post(f"{path}/answer/", values).status_code == 302
    assert Seat.objects.get().state == "seated"
    assert CANARY not in words(page.get(f"{path}/"))


def test_a_mediator_reads_names_once_declared_and_the_story_once_accepted(room, cast, client):
    case = room.receive()
    he, path = cast.enter(client, cast.xu), f"/mediation/cases/{case.pk}"
    assert he.get(f"{path}/").status_code == 404
    ask(case, room.xu, by=room.by, now=NOW)
    assert CANARY not in words(he.get(f"{path}/"))
    he.post(f"{path}/declare/", {})
    met = words(he.get(f"{path}/"))
    assert f"张勇{CANARY}" in met
    assert f"{CANARY}夜里走路响" not in met
    seat = Seat.objects.get()
    for party in case.parties.all():
        values = {"seat": seat.pk, "party": party.pk, "said": "yes", "channel": "phone"}
        he.post(f"{path}/answer/", values)
    assert f"{CANARY}夜里走路响" in words(he.get(f"{path}/"))


def test_a_case_goes_from_sitting_to_the_court_on_its_page(room, cast, client):
    case = room.seated()
    he, path = cast.enter(client, cast.xu), f"/mediation/cases/{case.pk}"
    parties = [one.pk for one in case.parties.all()]

    def do(deed, status=302, **values):
        answer = he.post(f"{path}/{deed}/", values)
        assert answer.status_code == status, (deed, words(answer)[-3000:])
        return words(answer)

    do("party", party=parties[0], willing="yes", told_rights_on="2026-11-25", identity_seen_on="")
    assert "请写日期和时间" in do("plan", 422, at="明天晚上")
    do("plan", at="2026-11-26 19:00", place="调解室", told="都打了电话")
    sitting = case.sittings.get()
    do("hold", sitting=sitting.pk, present=parties, result="说好了", method="common")
    do("talk", party=parties[1], words="其实不想搬")
    wrong = do("agree", 422, written="written", facts="事", terms="铺地垫", plan="下周 甲 铺地垫")
    assert "下周 甲 铺地垫" in wrong
    assert Agreement.objects.count() == 0
    do("agree", written="written", facts="事", terms="铺地垫",
       plan="2026-12-10 甲 铺地垫\n2026年12月20日 乙：不敲水管\n2026-12-31 都不再提")  # fmt: skip
    said = [(str(one.due_on), one.party and one.party.side) for one in Promise.objects.all()]
    assert said == [("2026-12-10", "a"), ("2026-12-20", "b"), ("2026-12-31", None)]
    for who in (*parties, "mediator", "seal"):
        do("sign", who=who, on="2026-11-25")
    page = words(he.get(f"{path}/"))
    assert "2026" in page
    assert "12 月 25 日" in page or "12月25日" in page
    do("court", ground="committee", court="海盐县人民法院", on="2026-11-25", both="on")
    do("ruling", result="given", on="2026-11-25")
    first = Promise.objects.first()
    do("settle", promise=first.pk, result="kept", on="2026-11-25")
    do("visit", satisfaction=5, words="好")
    assert "还有约定没结果" in do("close", 422, term="short")
    assert he.post(f"{path}/plan/", {}).status_code == 404  # a deed of another moment


def test_the_page_of_a_case_asks_as_often_with_much_in_it_as_with_little(
    room, cast, client, django_assert_max_num_queries
):
    case = room.seated()
    room.sat(case)
    he, path = cast.enter(client, cast.xu), f"/mediation/cases/{case.pk}/"
    he.get(path)

    def asked():
        with django_assert_max_num_queries(200) as counted:
            he.get(path)
        return len(counted)

    before = asked()
    for _more in range(3):
        note_talk(case, case.parties.first(), words="又谈", by=room.he, now=NOW)
        room.sat(case)
    assert asked() == before


def test_the_register_says_first_what_is_to_be_done_now(room, cast, client):
    ask(room.receive(), room.xu, by=room.by, now=NOW)
    assert "请您来调解" in words(cast.enter(client, cast.xu).get("/mediation/cases/"))
    room.receive()
    shown = words(director(room, client).get("/mediation/cases/"))
    assert "还没有调解员" in shown
    assert "请您来调解" not in shown


def test_the_register_asks_as_often_for_twenty_cases_as_for_two(
    room, client, django_assert_max_num_queries
):
    page = director(room, client)

    def asked():
        with django_assert_max_num_queries(200) as counted:
            page.get("/mediation/cases/")
        return len(counted)

    room.seated()
    room.receive()
    page.get("/mediation/cases/")
    before = asked()
    for _more in range(18):
        room.receive()
    assert asked() == before


def test_the_dossier_has_its_thirteen_items_in_order_and_no_talk_of_one_side(
    room, cast, client, picture
):
    case = room.seated()
    room.sat(case)
    note_talk(case, case.parties.first(), words="背靠背的话", by=room.he, now=NOW)
    add_exhibits(case, [picture], item=3, by=room.he, now=NOW)
    room.agreed(Case.objects.get(pk=case.pk), is_written=False)
    he, path = cast.enter(client, cast.xu), f"/mediation/cases/{case.pk}/paper"
    answer = he.get(f"{path}/dossier/")
    assert answer.headers["Content-Type"] == "application/pdf"
    text = Pdf(answer.content).packed
    titles = ("申请书或受理登记表", "权利义务告知书", "当事人身份证明", "授权委托书", "调查记录",
              "证据材料", "人民调解记录", "人民调解协议书", "履行凭证", "回访记录", "司法确认材料",
              "卷宗情况说明", "封底")  # fmt: skip
    places = [text.index(f"{number}.") for number in range(1, 14)]
    assert places == sorted(places)
    assert all(title in text for title in titles)
    assert f"{CANARY}说定了" in text
    assert "背靠背的话" not in text
    assert "（2026）人调字第1号" in text  # the cover
    assert "立卷人老许" in text
    assert text.index("卷内目录") < text.index("1.人民调解申请书")
    assert "先听完" not in text  # what helped is the mediators' own
    (row,) = case.exhibits.all()
    assert he.get(f"{path}/{row.code}/").content == picture.content
    assert "口头协议登记表" in Pdf(he.post(f"{path}/agreement/").content).packed
    court = Pdf(he.post(f"{path}/court/").content).packed
    assert "2026年12月25日" in court
    assert court.count("司法确认申请书") <= 3  # of both sides, under nobody's red head
    assert "人民调解委员会" not in court.split("我们经")[0]
    assert he.get(f"{path}/nothing/").status_code == 404
    notice = Pdf(he.post(f"{path}/notice/?sitting={case.sittings.get().pk}").content).packed
    assert "2026年11月25日" in notice
    assert f"{CANARY}楼下" in notice
    assert he.get(f"{path}/notice/?sitting=1").status_code == 404


def test_the_page_says_what_the_dossier_lacks_and_leads_to_earlier_cases(room, cast, client):
    case = room.seated()
    he = cast.enter(client, cast.xu)
    assert "还缺的必备材料" not in words(he.get(f"/mediation/cases/{case.pk}/"))
    room.sat(case)
    room.agreed(Case.objects.get(pk=case.pk), is_written=False)
    page = words(he.get(f"/mediation/cases/{case.pk}/"))
    lacking = page[page.index("还缺的必备材料") :][:400]
    assert "权利义务告知书" in lacking
    assert "当事人身份证明" in lacking
    assert "人民调解协议书" not in lacking
    assert "/mediation/help/?kind=noise" in page
    for party in case.parties.all():
        set_party(
            party, is_willing=True, told_rights_on=NOW.date(), identity_seen_on=NOW.date(),
            by=room.he, now=NOW,
        )  # fmt: skip
    assert "还缺的必备材料" not in words(he.get(f"/mediation/cases/{case.pk}/"))


def test_the_numbers_of_a_year_tell_kinds_days_and_what_was_kept(room, client):
    for number in range(5):
        case = room.seated()
        Case.objects.filter(pk=case.pk).update(
            state="closed", outcome="oral", kept="kept", method="heart", ended_at=NOW,
            days_taken=number,
        )  # fmt: skip
    by_kind = dict(numbers(NOW.date(), NOW.date()))["kind"]
    assert [(one.count, one.days, one.kept) for one in by_kind] == [(5, 2, 5)]
    with standing_still(NOW):
        page = words(director(room, client).get("/mediation/cases/"))
    assert "5 件，100%" in page


def test_the_panel_is_public_and_whoever_leaves_it_is_gone(room, cast, client):
    page = director(room, client)
    assert "许国平" in words(page.get("/mediation/"))
    values = {"account": room.lan.account_id, "name": "没有这个人", "phone": "13800000001"}
    wrong = page.post("/mediation/panel/", values)
    assert wrong.status_code == 422
    assert "没有这个姓名" in words(wrong)
    page.post("/mediation/panel/", {"leaves": room.lan.pk})
    assert Mediator.objects.get(pk=room.lan.pk).left_on == NOW.date()
    assert "陆兰英" not in words(cast.enter(client, cast.yong).get("/mediation/"))


def test_the_committee_says_what_the_law_asks_of_it_and_when_it_must_be_elected_anew(
    room, cast, client
):
    page = director(room, client)

    def post(deed, status=302, **values):
        answer = page.post(f"/mediation/committee/?deed={deed}", values)
        assert answer.status_code == status, words(answer)
        return words(answer)

    assert "还没到" in post("term", 422, since="2027-01-01")
    post("term", since="2024-02-01", elected_by="居民会议")
    for number, sex in enumerate("mmm"):
        one = PersonFactory(community=cast.xinjie, sex=sex, phone=f"1380571000{number}")
        post("member", name=one.name, phone=one.phone, is_chair="on" if number == 1 else "")
    assert "已经在调委会" in post("member", 422, name=one.name, phone=one.phone)
    said = words(page.get("/mediation/committee/"))
    assert "要有一位妇女" in said
    assert "任期快满了" in said
    assert "没有主任" not in said
    owed = list(owed_by(Asked(room.by, frozenset(), NOW, NOW)).dues)
    assert [str(due.what) for due in owed if due.kind == "mediation.term"] == [
        "调委会任期到 2027-02-01 为止"
    ]
    woman = PersonFactory(community=cast.xinjie, sex="f", phone="13805710009")
    post("member", name=woman.name, phone=woman.phone, is_chair="on")
    said = words(page.get("/mediation/committee/"))
    assert "要有一位妇女" not in said
    assert said.count("· 主任") == 1  # a new chair takes the old one's place
    left = CommitteeMember.objects.get(person=woman)
    page.post(f"/mediation/committee/member/{left.pk}/")
    assert "要有一位妇女" in words(page.get("/mediation/committee/"))
    post("term", since="2026-11-20")
    assert Committee.objects.get(ended_on__isnull=True).until == date(2029, 11, 20)


def test_a_court_is_chosen_from_the_list_and_stands_on_the_application(room, cast, client):
    page = director(room, client)
    told = {"court": "海盐县人民法院", "ground": "committee", "where": "海滨路1号"}
    for _again in range(2):
        page.post("/mediation/committee/?deed=court", told | {"token": "c" * 16})
    court = Court.objects.get()
    assert "已经在名单上" in words(page.post("/mediation/committee/?deed=court", told))
    case = room.agreed(room.seated(), is_written=False).case
    he = cast.enter(client, cast.xu)
    path = f"/mediation/cases/{case.pk}"
    assert f"?court={court.pk}" in words(he.get(f"{path}/"))
    pdf = Pdf(he.post(f"{path}/paper/court/?court={court.pk}").content)
    assert "海盐县人民法院" in pdf.text
    asked = {"on": "2026-11-25", "both": "on"}
    assert "请写法院的名称" in words(he.post(f"{path}/court/", asked))
    assert he.post(f"{path}/court/", asked | {"known": court.pk}).status_code == 302
    agreement = Agreement.objects.get()
    assert (agreement.ground, opened(agreement, "sealed_court")) == (
        "committee", {"court": "海盐县人民法院"},
    )  # fmt: skip
    director(room, client).post(f"/mediation/committee/court/{court.pk}/")
    assert not courts().exists()


def test_a_seal_is_asked_for_on_one_page_and_decided_there_by_another(room, cast, client):
    case = room.seated()
    page = director(room, client)
    wrong = page.post("/mediation/openings/", {"number": "2026-9999", "reason": "核查"})
    assert "没有这个案号" in words(wrong)
    page.post("/mediation/openings/", {"number": case.number, "reason": "法院来函"})
    row = Opening.objects.get()
    page.post("/mediation/openings/", {"opening": row.pk, "said": "yes"})  # one is not two
    assert Opening.objects.get().decided_by is None
    head = cast.enter(client, cast.zhou)
    assert head.get(f"/mediation/cases/{case.pk}/").status_code == 404
    head.post("/mediation/openings/", {"opening": row.pk, "said": "yes"})
    row.refresh_from_db()
    assert row.decided_by == cast.zhou.account
    assert cast.enter(client, cast.auditor).post("/mediation/openings/", {}).status_code == 404
    assert CANARY in words(director(room, client).get(f"/mediation/cases/{case.pk}/"))


def test_help_shows_checklists_articles_with_how_sure_and_what_colleagues_wrote(room, cast, client):
    Precedent.objects.create(
        community=cast.xinjie, kind="noise", method="common", words="先听完", at=NOW,
        written_by=room.lan.account,
    )  # fmt: skip
    page = words(cast.enter(client, cast.xu).get("/mediation/help/?kind=noise"))
    for said in ("动情晓理", "利益共赢", "求同存异", "第33条", "凭记忆", "先听完"):
        assert said in page
    assert (
        "先听完"
        not in words(client.get("/mediation/help/?kind=wages")).split("法条")[0].split("同行")[1]
    )


def test_a_mediator_owes_what_stands_in_their_cases_and_nobody_elses(room, cast):
    room.seated()
    ask(room.receive(), room.xu, by=room.by, now=NOW)
    room.agreed(room.seated(), is_written=False)

    def kinds(actor, account):
        asked = Asked(
            actor, frozenset({account.pk}), NOW + timedelta(days=16), NOW + timedelta(days=17)
        )
        return sorted(due.kind for due in owed_by(asked).dues if due.kind.startswith("mediation"))

    remind(by=room.by, now=NOW + timedelta(days=16))
    assert kinds(room.he, cast.xu.account) == [
        "mediation.confirm", "mediation.promise", "mediation.seat",
    ]  # fmt: skip
    assert kinds(room.actor(room.lan.account), room.lan.account) == []
    assert kinds(cast.chen.actor, cast.chen.account) == []


def test_the_register_goes_by_the_day_a_case_came(room, client):
    room.receive()
    late = room.receive()
    Case.objects.filter(pk=late.pk).update(received_at=NOW - timedelta(days=900))
    shown = words(director(room, client).get("/mediation/cases/"))
    first, second = (shown.rindex(number) for number in ("2026-0001", late.number))
    assert first < second


def test_what_a_quarrel_needs_is_said_to_be_needed_unless_something_stops_it(room, cast, client):
    desk = cast.enter(client, cast.chen)
    asked = words(desk.get("/mediation/take-in/"))
    for label in ("什么事？照他的话写", "谁来申请？"):
        assert f"{label} <small>必填</small>" in asked
    refused = desk.post("/mediation/take-in/", sent(facts=" ", name=""))
    assert refused.status_code == 422
    assert "请写是谁要调解" in words(refused)
    assert "请简单说说是什么事" in words(refused)
    stopped = desk.post("/mediation/take-in/", sent(facts="", name="", stops=["violence"]))
    assert stopped.status_code == 302

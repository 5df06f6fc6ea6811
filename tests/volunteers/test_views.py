"""The pages of volunteers, as the desk, a volunteer and the street use them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mulin.circle.volunteers.actions.duties import sign_up
from mulin.circle.volunteers.actions.planning import take_need
from mulin.circle.volunteers.listings import columns
from mulin.circle.volunteers.models import (
    Activity,
    Appointment,
    Certificate,
    Correction,
    Coupon,
    Duty,
    Offer,
    RecordLine,
    Service,
    Shift,
    Stay,
    Thanks,
    Volunteer,
    Wish,
)
from mulin.circle.volunteers.sheets import HELP_SHEET, REGISTER_SHEET, posts_to_fill
from mulin.commons.flow.models import Need
from mulin.commons.flow.said import Said
from mulin.commons.paper.registry import Taken
from mulin.ground.community.dues import Asked, owed_by
from mulin.ground.people.actions.organisations import found_organisation
from mulin.kit import clock
from mulin.kit.refusals import Refused
from mulin.parlour.suggestions.actions.ideas import bring_idea
from tests.clock import NOW
from tests.factories.people import PersonFactory
from tests.production.test_views import enter
from tests.volunteers.conftest import BEGINS, ENDS


@pytest.fixture
def standing():
    with clock.standing_still(NOW):
        yield


@pytest.fixture
def lead(street, client, standing):
    return enter(client, street.lead)


def post(client, path, **values):
    """What is sent where, and the page one is led to."""
    return client.post(path, values, follow=True)


def words_of(response):
    return response.content.decode()


def work(street, deed, activity=None):
    return f"/volunteers/desk/{(activity or street.activity).pk}/{deed}/"


def test_the_month_shows_what_is_planned_and_lacks(lead, street):
    page = lead.get("/volunteers/desk/?month=2026-11").content.decode()
    assert "理发日" in page
    assert page.count("?kind=") == 7
    assert "理发日" in lead.get("/volunteers/desk/?day=2026-11-26").content.decode()
    assert "理发日" not in lead.get("/volunteers/desk/?day=2026-11-27").content.decode()
    assert "理发日" not in lead.get("/volunteers/desk/?month=2026-12").content.decode()


def test_the_month_asks_the_database_as_often_for_many(lead, street, cast):
    def asked():
        with CaptureQueriesContext(connection) as caught:
            lead.get("/volunteers/desk/?month=2026-11")
        return len(caught)

    few = asked()
    for number in range(20):
        street.plan(starts=BEGINS + timedelta(minutes=number), place_words=f"{number}号")
    assert asked() == few
    page = lead.get("/volunteers/desk/?month=2026-11")
    assert "?day=2026-11-26" in page.content.decode()


def test_an_activity_is_planned_from_a_kind_with_three_things(lead, street):
    kind = street.kind("缝补")
    assert (
        f'value="{kind.pk}" selected'
        in lead.get(f"/volunteers/desk/new/?kind={kind.pk}").content.decode()
    )
    typed = {
        "kind": kind.pk, "starts_at": "2026-11-28T09:00", "ends_at": "2026-11-28T11:00",
        "repeats": "once", "posts": "裁缝，2，缝补\n引导", "place_words": "二楼",
    }  # fmt: skip
    wrong = lead.post("/volunteers/desk/new/", typed | {"posts": "裁缝，0"})
    assert wrong.status_code == 422
    assert "裁缝，0" in wrong.content.decode()
    lead.post("/volunteers/desk/new/", typed)
    made = Activity.objects.get(kind=kind)
    assert (made.gathering.title, made.shifts.count()) == ("缝补", 2)
    over_midnight = typed | {"ends_at": "2026-11-29T01:00", "repeats": "day"}
    assert lead.post("/volunteers/desk/new/", over_midnight).status_code == 422
    lead.post("/volunteers/desk/new/", typed | {"repeats": "weekday", "place_words": "三楼"})
    assert Activity.objects.filter(gathering__series__isnull=False).count() == 2


def test_a_wish_is_planned_or_turned_down(lead, street, cast):
    need = bring_idea(Said(words="修伞"), by=cast.chen.actor, now=NOW).need
    wish = take_need(Need.objects.get(pk=need.pk), cast.chen.actor, "修伞", NOW)
    assert "修伞" in lead.get("/volunteers/desk/open/").content.decode()
    assert "修伞" in lead.get(f"/volunteers/desk/new/?wish={wish.pk}").content.decode()
    post(lead, "/volunteers/desk/open/decline/", row=wish.pk)
    assert Wish.objects.get().ended_at is None
    post(lead, "/volunteers/desk/open/decline/", row=wish.pk, answer="没有师傅")
    assert Wish.objects.get().answer == "没有师傅"


def test_the_desk_runs_an_activity_from_sign_up_to_hours(lead, street, cast):
    shift = street.shift.pk
    refused = lead.post(work(street, "sign-up"), {"who": "没有这人", "shift": shift})
    assert refused.status_code == 422
    assert "没有这人" in refused.content.decode()
    post(lead, work(street, "sign-up"), who="张勇", shift=shift, channel="phone")
    duty = Duty.objects.get()
    assert (duty.volunteer, duty.channel) == (street.yong, "phone")
    post(lead, work(street, "out"), row=duty.pk)
    assert "兰英" in lead.get(f"/volunteers/desk/{street.activity.pk}/").content.decode()
    post(lead, work(street, "hand-on"), row=duty.pk, other=street.lan.pk)
    with clock.standing_still(BEGINS):
        post(lead, work(street, "in"), row=street.lan.pk)
        post(lead, work(street, "count"), walk_ins="7")
    with clock.standing_still(ENDS):
        post(lead, work(street, "leave"), row=street.lan.pk)
        post(lead, work(street, "close"), ended_at="2026-11-26T11:00")
    page = lead.get(f"/volunteers/desk/{street.activity.pk}/").content.decode()
    assert Service.objects.get().minutes == 120
    assert "120" in page
    assert "7" in page
    assert lead.post(work(street, "in"), {"row": street.lan.pk}).status_code == 404


def test_posts_and_insurance_are_changed_and_an_organisation_comes(lead, street, cast):
    post(
        lead,
        work(street, "shift"),
        post="引导",
        wanted=2,
        starts_at="2026-11-26T09:00",
        ends_at="2026-11-26T10:00",
    )
    spare = Shift.objects.get(post="引导")
    post(lead, work(street, "drop-shift"), row=spare.pk)
    assert not Shift.objects.filter(post="引导").exists()
    clinic = found_organisation(by=cast.zhou.actor, now=NOW, name="卫生站", kind="unit")
    post(
        lead,
        work(street, "set-up"),
        insurance="人保",
        organisation=clinic.pk,
        slot_minutes=20,
        chairs=2,
    )
    changed = Activity.objects.get(pk=street.activity.pk)
    assert (changed.insurance, changed.organisation, changed.slot_minutes) == ("人保", clinic, 20)
    assert (
        lead.post(
            work(street, "bring"), {"organisation": clinic.pk, "shift": street.shift.pk}
        ).status_code
        == 422
    )


def test_a_list_that_is_not_closed_leads_its_host_to_a_page_of_theirs(lead, street, cast):
    later = ENDS + timedelta(hours=1)
    asked = Asked(street.by, frozenset({street.lead.pk}), later, later)
    (due,) = (due for due in owed_by(asked).dues if due.kind == "gatherings.close")
    with clock.standing_still(later):
        page = lead.get(due.url, follow=True)
    assert page.status_code == 200
    assert f"/volunteers/desk/{street.activity.pk}/" in page.content.decode()


def test_an_activity_is_moved_and_called_off(lead, street):
    post(
        lead, work(street, "move"), starts_at="2026-11-27T09:00", ends_at="2026-11-27T11:00",
        place_words="家宴中心", why="停电",
    )  # fmt: skip
    moved = Activity.objects.select_related("gathering").get()
    assert (moved.gathering.edition, moved.gathering.place_words) == (2, "家宴中心")
    assert lead.post(work(street, "call-off"), {"why": ""}).status_code == 422
    post(lead, work(street, "call-off"), why="下雨")
    page = lead.get(f"/volunteers/{moved.gathering.code}/").content.decode()
    assert "下雨" in page


def test_whoever_is_served_has_a_time_and_says_what_else_they_need(lead, street, cast):
    cut = street.plan(slot_minutes=30, place_words="二楼")
    phone = cast.yong.person.phone
    post(
        lead, work(street, "book", cut), who=phone, after_minutes=30, channel="phone", note="要洗头"
    )
    post(lead, work(street, "book", cut), who="桥头阿婆", after_minutes=0, is_stranger="on")
    visit, stranger = (
        Appointment.objects.get(person__isnull=False),
        Appointment.objects.get(person=None),
    )
    assert (stranger.called, visit.note) == ("桥头阿婆", "要洗头")
    with clock.standing_still(BEGINS):
        post(lead, work(street, "served", cut), row=visit.pk)
        post(lead, work(street, "need", cut), row=visit.pk, answer="楼道灯坏了")
        post(lead, work(street, "unbook", cut), row=stranger.pk)
    visit.refresh_from_db()
    assert (visit.served_at, visit.need.words) == (BEGINS, "楼道灯坏了")
    assert Appointment.objects.get(pk=stranger.pk).cancelled_at == BEGINS


def test_a_neighbour_helps_comes_and_goes_with_their_phone(street, cast, client, standing):
    mine = enter(client, cast.yong.account)
    code, door = street.activity.gathering.code, street.activity.gathering.door_code
    post(mine, f"/volunteers/{code}/help/", shift=street.shift.pk)
    duty = Duty.objects.get()
    assert duty.stand == "going"
    assert "理发日" in mine.get("/volunteers/mine/").content.decode()
    with clock.standing_still(BEGINS):
        assert not Stay.objects.exists()
        mine.get(f"/volunteers/door/{door}/")
        post(mine, f"/volunteers/door/{door}/", said="in")
    with clock.standing_still(ENDS):
        post(mine, f"/volunteers/door/{door}/", said="out")
    stay = Stay.objects.get()
    assert (stay.came_at, stay.left_at, stay.came_by) == (BEGINS, ENDS, "qr")
    post(mine, "/volunteers/mine/off/", row=duty.pk)
    duty.refresh_from_db()
    assert duty.stand == "off"


def test_a_door_that_is_closed_says_so_to_whoever_scans_it(street, client, standing):
    door = f"/volunteers/door/{street.activity.gathering.door_code}/"
    assert f"?next={door}" not in client.get(door).content.decode()
    with clock.standing_still(BEGINS):
        assert f"?next={door}" in client.get(door).content.decode()


def test_the_month_says_how_many_helpers_are_still_wanted(street, cast, client, lead):
    page = words_of(lead.get("/volunteers/desk/"))
    assert f"来 0 人，还缺 {street.shift.wanted} 人" in page


def test_a_neighbour_takes_and_gives_back_a_time(street, cast, client, standing):
    cut = street.plan(slot_minutes=30, place_words="二楼")
    mine = enter(client, cast.yong.account)
    assert ">9:30</option>" in mine.get(f"/volunteers/{cut.gathering.code}/").content.decode()
    post(mine, f"/volunteers/{cut.gathering.code}/book/", after_minutes=60)
    assert "10:00" in mine.get(f"/volunteers/{cut.gathering.code}/").content.decode()
    post(mine, f"/volunteers/{cut.gathering.code}/cancel/", row=Appointment.objects.get().pk)
    assert Appointment.objects.get().cancelled_at == NOW


def test_hours_certificate_and_correction_are_asked_and_decided(street, cast, client, lead):
    for deed, at in (("in", BEGINS), ("leave", ENDS)):
        with clock.standing_still(at):
            post(lead, work(street, deed), row=street.yong.pk)
    later = ENDS + timedelta(hours=1)
    with clock.standing_still(later):
        post(lead, work(street, "close"), ended_at="2026-11-26T11:00")
        mine = enter(client, cast.yong.account)
        post(
            mine, "/volunteers/mine/correction/", activity=street.activity.pk, why="早到了",
            came_at="2026-11-26T08:30", left_at="2026-11-26T11:00",
        )  # fmt: skip
        post(mine, "/volunteers/mine/certificate/", since="2026-11-01", until="2026-11-26")
        assert mine.get("/volunteers/desk/open/").status_code == 404
        keeper = enter(client, street.lead)
        assert "早到了" in keeper.get("/volunteers/desk/open/").content.decode()
        post(keeper, "/volunteers/desk/open/grant/", row=Correction.objects.get().pk)
        post(keeper, "/volunteers/desk/open/issue/", row=Certificate.objects.get().pk)
        found = Certificate.objects.get()
        assert found.minutes == 150
        street_side = enter(client, cast.wu.account)
        assert street_side.get(f"/volunteers/certificate/{found.code}/").status_code == 404
        mine = enter(client, cast.yong.account)
        assert mine.post(f"/volunteers/certificate/{found.code}/").content[:5] == b"%PDF-"
        client.logout()
        true = client.get(f"/volunteers/verify/?code={found.code.lower()}").content.decode()
        assert found.number in true
        assert "张*" in true
        assert "张勇" not in true
        forged = ("2" if found.code[0] != "2" else "3") + found.code[1:]
        assert found.number not in client.get(f"/volunteers/verify/?code={forged}").content.decode()
        hung = client.get("/volunteers/?month=2026-11").content.decode()
        assert found.number in hung


def test_volunteers_are_registered_found_and_described(lead, street, cast):
    PersonFactory(community=cast.xinjie, name="朱师傅", phone="13800000088")
    assert lead.post("/volunteers/desk/people/", {"who": "朱师傅"}).status_code == 422
    post(lead, "/volunteers/desk/people/", who="13800000088", skills="磨刀，修伞", team="手艺队")
    zhu = Volunteer.objects.get(person__name="朱师傅")
    assert zhu.skills == ["磨刀", "修伞"]
    assert "朱师傅" in lead.get("/volunteers/desk/people/?q=手艺").content.decode()
    base = f"/volunteers/desk/people/{zhu.pk}"
    post(
        lead,
        f"{base}/line/",
        block="training",
        what="急救",
        giver="红十字会",
        day="2026-11-20",
        minutes="90",
    )
    assert str(RecordLine.objects.get().hours) == "1.5"
    post(lead, f"{base}/change/", skills="磨刀", shows_stars="on")
    assert "1.5" in lead.get(f"{base}/").content.decode()
    post(lead, f"{base}/leave/")
    zhu.refresh_from_db()
    assert (zhu.skills, zhu.left_on) == (["磨刀"], NOW.date())
    post(lead, f"{base}/register/", skills="磨刀")
    zhu.refresh_from_db()
    assert zhu.left_on is None


def test_kinds_are_data(lead, street):
    kind = street.kind("缝补")
    post(lead, f"/volunteers/desk/settings/kind/?kind={kind.pk}", name="织补", is_risky="on")
    assert street.kind("缝补") == kind  # what is dangerous says what the danger is
    post(lead, f"/volunteers/desk/settings/kind/?kind={kind.pk}", name="织补", is_monthly="on")
    post(lead, "/volunteers/desk/settings/kind/", name="配老花镜", is_monthly="on")
    post(lead, "/volunteers/desk/settings/end/", row=street.kind("法律咨询").pk)
    page = lead.get("/volunteers/desk/settings/").content.decode()
    assert "织补" in page
    assert "配老花镜" in page
    assert "法律咨询" not in page


def test_an_offer_is_made_drawn_and_taken_in(lead, street, cast, client):
    shop = found_organisation(by=cast.zhou.actor, now=NOW, name="阿明面馆", kind="shop")
    post(
        lead, "/volunteers/desk/settings/offer/", organisation=shop.pk, title="面一碗",
        audience="volunteers", most=5, since="2026-11-01", until="2026-11-30",
    )  # fmt: skip
    offer = Offer.objects.get()
    mine = enter(client, cast.yong.account)
    page = post(mine, "/volunteers/mine/coupon/", row=offer.pk).content.decode()
    code = page.split("您的券码：")[1][:8]
    client.logout()
    assert client.post(f"/volunteers/shop/{offer.code}/", {"code": "22222222"}).status_code == 422
    client.post(f"/volunteers/shop/{offer.code}/", {"code": code})
    assert Coupon.objects.get().used_at == NOW


def test_thanks_are_written_read_and_hung(lead, street, cast, client):
    post(lead, "/volunteers/desk/open/", words="谢谢理发师", signed="王奶奶")
    mine = enter(client, cast.yong.account)
    post(mine, "/volunteers/thanks/", words="骂人的话")
    assert "骂人的话" not in client.get("/volunteers/thanks/").content.decode()
    good, bad = Thanks.objects.get(signed="王奶奶"), Thanks.objects.get(signed="")
    keeper = enter(client, street.lead)
    post(keeper, "/volunteers/desk/open/show/", row=good.pk)
    post(keeper, "/volunteers/desk/open/hide/", row=bad.pk)
    wall = client.get("/volunteers/thanks/").content.decode()
    assert "谢谢理发师" in wall
    assert "骂人的话" not in wall


def test_the_chat_group_reads_the_month(street, cast, client, standing):
    desk = cast.enter(client, cast.chen)
    page = desk.get("/notify/share/volunteers.month/2026-11/")
    assert "理发日" in page.context["text"]
    assert desk.get("/notify/share/volunteers.month/2026-10/").status_code == 404


def test_sheets_register_somebody_and_fill_a_post(street, cast):
    person = PersonFactory(community=cast.xinjie, name="朱师傅")
    values = {"name": "朱师傅", "phone": "", "skills": "磨刀 修伞", "times": "周末", "team": ""}
    by = cast.chen.actor.by("paper")
    made = REGISTER_SHEET.take(Taken(values=values, person=person), by=by, now=NOW)
    assert (made.skills, made.channel) == (["磨刀", "修伞"], "paper")
    about = posts_to_fill(by, NOW)[0][0]
    yes = Taken(values={"helps": "yes", "knows": []}, person=person, about=about)
    HELP_SHEET.take(yes, by=by, now=NOW)
    assert Duty.objects.get().channel == "paper"
    for taken in (
        Taken(values={"helps": "no"}, person=person, about=about),
        Taken(values={"helps": "yes"}, about=about),
    ):
        with pytest.raises(Refused):
            HELP_SHEET.take(taken, by=by, now=NOW)


def test_the_file_for_the_national_system_has_its_columns(street, cast):
    headings = [str(one.label) for one in columns(street.by, NOW)]
    assert headings[:4] == ["志愿者编号（全国系统）", "社区编号", "姓名", "活动名称"]
    row = Service(
        activity=street.activity, volunteer=street.yong, begins_at=BEGINS, ends_at=ENDS, minutes=120
    )
    told = [one.of(row) for one in columns(street.by, NOW)]
    assert told[1:4] == [street.yong.number, "张勇", "理发日"]
    assert told[8] == 120


def test_the_page_of_an_activity_offers_what_can_be_done_now(street, cast, client):
    page = enter(client, street.lead)
    path = f"/volunteers/desk/{street.activity.pk}/"
    sign_up(street.shift, street.yong, by=street.by, now=NOW)
    Volunteer.objects.update(skills=["理发"])
    lan = Volunteer.objects.get(pk=street.lan.pk)
    waits = sign_up(street.shift, lan, by=street.by, now=NOW)
    with clock.standing_still(NOW):
        before = words_of(page.get(path))
        assert f"{path}in/" not in before  # nobody is here a day before
        assert before.count(f'action="{path}off/"') == 2  # whoever waits can give it up as well
        page.post(f"{path}off/", {"row": waits.pk, "token": "w"})
    waits.refresh_from_db()
    assert waits.stand == "off"
    with clock.standing_still(BEGINS):
        assert f"{path}in/" in words_of(page.get(path))


def test_volunteers_are_found_by_their_team(street, cast, client):
    page = enter(client, street.lead)
    Volunteer.objects.filter(pk=street.lan.pk).update(team="红马甲")
    shown = words_of(page.get("/volunteers/desk/people/?team=红马甲"))
    assert "兰英" in shown
    assert "张勇" not in shown
    assert "红马甲" in words_of(page.get("/volunteers/desk/people/"))


def test_the_last_days_of_a_month_show_what_comes_next(street, client):
    starts = BEGINS + timedelta(days=10)
    street.plan(kind="缝补", starts=starts, ends=starts + timedelta(hours=1))
    with clock.standing_still(BEGINS - timedelta(hours=1)):
        assert "缝补日" not in words_of(client.get("/volunteers/"))
    with clock.standing_still(ENDS + timedelta(hours=5)):
        shown = words_of(client.get("/volunteers/"))
        assert shown.index("缝补日") < shown.index("理发日")
        assert "办过了" in shown


def test_a_code_is_asked_for_where_none_was_typed(street, client):
    assert "请输入证明上的十六位验证码" not in words_of(client.get("/volunteers/verify/"))
    assert "请输入证明上的十六位验证码" in words_of(client.get("/volunteers/verify/?code="))

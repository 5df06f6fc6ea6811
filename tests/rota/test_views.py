"""The pages of the rota: what is typed arrives, what is refused stands beside its field."""

import json
from datetime import date, time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mulin.commons.paper.registry import Taken
from mulin.commons.rota.actions.months import Weekly, add_weekly
from mulin.commons.rota.dues import parts
from mulin.commons.rota.models import Apart, Duty, Member, Month, Shift, Swap, WeeklyShift, Wish
from mulin.commons.rota.registry import LEAD, Eligible, Needed
from mulin.commons.rota.rules import Stand, When
from mulin.commons.rota.sheets import ANY, GLADLY, UNABLE, take_wishes
from mulin.ground.community.calendars import events_of
from mulin.ground.community.dues import Asked
from mulin.kit.clock import end_of_day, standing_still
from mulin.kit.refusals import Refused
from tests.clock import NOW
from tests.factories.people import PersonFactory
from tests.rota.conftest import DESK, MINDING


def queries_of(client, path):
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


@pytest.fixture(autouse=True)
def _at_ten():
    with standing_still(NOW):
        yield


@pytest.fixture
def chen(cast, client):
    return cast.enter(client, cast.chen)


@pytest.fixture
def yong(cast):
    return cast.enter(Client(), cast.yong)


def test_a_manager_makes_a_rota_from_nothing_to_the_wall(turns, chen):
    base = f"/rota/kinds/{DESK}/"
    typed = {"when": When.FRIDAY.value, "starts": "13:00", "ends": "25:00", "adults": "1"}
    wrong = chen.post(base + "weekly/", typed | {"token": "w"})
    assert wrong.status_code == 422
    assert "请写成 8:30 这样" in wrong.content.decode()
    assert 'value="13:00"' in wrong.content.decode()
    for _twice in range(2):
        chen.post(base + "weekly/", typed | {"ends": "17:00", "token": "w"})
    assert WeeklyShift.objects.filter(when=When.FRIDAY).count() == 1
    chen.post("/rota/", {"which": f"{DESK} 2026-12", "token": "m"})
    month = Month.objects.get()
    page = f"/rota/months/{month.pk}/"
    assert Shift.objects.filter(month=month).count() == 13
    turns.by_hand(month)
    assert "建议的班表" in chen.get(page).content.decode()
    chen.post(page + "publish/", {"token": "p"})
    month.refresh_from_db()
    assert month.is_published
    wall = chen.get(page + "wall/")
    assert (wall.status_code, wall.content[:5]) == (200, b"%PDF-")
    assert chen.post(page + "nonsense/", {}).status_code == 404


def test_a_refusal_stands_beside_its_field_and_nothing_typed_is_lost(turns, chen):
    refused = chen.post(
        f"/rota/kinds/{DESK}/member/", {"who": "没有这个人", "most_shifts": "3", "is_lead": "on"}
    )
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "没有这个人" in page
    assert 'value="3"' in page
    lan = turns.members["兰英"]
    chen.post(f"/rota/members/{lan.pk}/terms/", {"checked_on": "2026-10-01", "most_shifts": "4"})
    lan.refresh_from_db()
    assert (lan.checked_on, lan.most_shifts, lan.is_lead) == (date(2026, 10, 1), 4, False)
    late = chen.post(f"/rota/members/{lan.pk}/terms/", {"checked_on": "2027-10-01"})
    assert late.status_code == 422
    pair = {"one": lan.pk, "other": turns.members["水根"].pk}
    chen.post(f"/rota/kinds/{DESK}/apart/", pair)
    chen.post(f"/rota/kinds/{DESK}/together/", {"row": Apart.objects.get().pk})
    assert not Apart.objects.exists()


def test_a_member_says_what_suits_yes_why_and_swaps(turns, yong, chen, cast):
    month = turns.begin()
    me = turns.members["阿勇"]
    wishes = f"/rota/months/{month.pk}/wishes/{me.pk}/"
    twice = yong.post(wishes, {"unable": ["2026-12-07"], "gladly": ["2026-12-07"]})
    assert twice.status_code == 422
    assert "勾了两次" in twice.content.decode()
    yong.post(wishes, {"unable": ["2026-12-07"], "most_shifts": "3", "is_substitute": "on"})
    assert Wish.objects.get().day == date(2026, 12, 7)
    me.refresh_from_db()
    assert (me.most_shifts, me.is_substitute) == (3, True)
    turns.by_hand(month)
    assert yong.get(f"/rota/months/{month.pk}/").status_code == 404
    chen.post(f"/rota/months/{month.pk}/publish/", {})
    assert "张勇" in yong.get(f"/rota/months/{month.pk}/").content.decode()
    duty = Duty.objects.on().filter(member=me).first()
    assert f"/rota/mine/{duty.pk}/yes/" in yong.get("/rota/mine/").content.decode()
    yong.post(f"/rota/mine/{duty.pk}/yes/", {})
    duty.refresh_from_db()
    assert duty.stand == Stand.ACCEPTED
    page = yong.get(f"/rota/duties/{duty.pk}/")
    assert "为什么是这一天" in page.content.decode()
    (_empty, (_label, takes), (_other, swaps)) = page.context["form"].fields["other"].choices
    assert {typed[0] for typed, _said in swaps} == {"d"}
    yong.post(f"/rota/duties/{duty.pk}/", {"other": takes[0][0]})
    swap = Swap.objects.get()
    assert (f"m{swap.other_id}", swap.for_duty) == (takes[0][0], None)
    assert yong.post(f"/rota/mine/{swap.pk}/agree/", {}).status_code == 404
    yong.post(f"/rota/mine/{swap.pk}/back/", {})
    assert yong.post(f"/rota/mine/{duty.pk}/sick/", {"until": "明天吧"}).status_code == 422
    yong.post(f"/rota/mine/{duty.pk}/sick/", {})
    duty.refresh_from_db()
    assert duty.stand == Stand.SICK
    others = Duty.objects.on().exclude(member=me).first()
    assert yong.get(f"/rota/duties/{others.pk}/").status_code == 404
    assert yong.post(f"/rota/mine/{others.pk}/no/", {}).status_code == 404
    events = events_of(cast.yong.actor, NOW, "https://a.cn")
    assert [event.title for event in events] == ["前台值班"] * Duty.objects.on().filter(
        member=me
    ).count()


def test_whom_a_room_names_has_limits_and_may_be_called_and_keeps_what_the_room_says(turns, chen):
    person = PersonFactory(community=turns.cast.xinjie, name="桂芳")
    turns.people[:] = [Eligible(person.pk, frozenset({LEAD}), date(2026, 9, 1))]
    turns.needs[:] = [Needed(date(2026, 12, 9), time(15), time(18), 2)]
    turns.begin(MINDING)
    member = Member.objects.get(kind=MINDING)
    page = chen.get(f"/rota/kinds/{MINDING}/").content.decode()
    assert "还没有人可以临时顶班" in page
    assert "跟着那边的预约走" in page
    chen.post(
        f"/rota/members/{member.pk}/terms/",
        {"most_shifts": "4", "is_substitute": "on", "checked_on": "2020-01-01"},
    )
    member.refresh_from_db()
    assert (member.most_shifts, member.is_substitute) == (4, True)
    assert (member.is_lead, member.checked_on) == (True, date(2026, 9, 1))
    assert "还没有人可以临时顶班" not in chen.get(f"/rota/kinds/{MINDING}/").content.decode()
    assert chen.post(f"/rota/members/{member.pk}/leave/", {"on": "2026-12-01"}).status_code == 404


def test_the_neighbour_and_a_stranger_find_nothing(turns, cast, client):
    month = turns.published()
    duty = Duty.objects.first()
    for member in (cast.li, cast.sun):
        cast.enter(client, member)
        for path in (f"months/{month.pk}/", f"shifts/{duty.shift_id}/", f"duties/{duty.pk}/"):
            assert client.get(f"/rota/{path}").status_code == 404


def test_today_a_shift_without_its_people_is_owed_and_two_taps_sign_in(turns, cast, chen):
    add_weekly(DESK, Weekly(When.WEDNESDAY, time(9, 30), time(12), 2), by=turns.by, now=NOW)
    month = turns.begin(first=NOW.date())
    shift = Shift.objects.get(month=month, day=NOW.date())
    put = f"/rota/shifts/{shift.pk}/put/"
    chen.post(put, {"member": turns.members["阿勇"].pk})
    chen.post(f"/rota/months/{month.pk}/publish/", {})
    asked = Asked(cast.chen.actor, frozenset({cast.chen.account.pk}), NOW, end_of_day(NOW.date()))
    (lack, _changes) = parts(asked)
    assert not lack.rows.filter(pk=shift.pk).exists()  # it has begun: the list of today shows it
    duty = Duty.objects.get()
    home = chen.get("/rota/").content.decode()
    assert "还缺 1 人" in home
    assert chen.post(put, {"member": turns.members["阿勇"].pk}).status_code == 422
    chen.post(f"/rota/shifts/{shift.pk}/here/", {"duty": duty.pk, "next": "desk"})
    duty.refresh_from_db()
    assert duty.stand == Stand.CAME
    # Whoever takes turns owes nothing of the rota itself, and no answer any more.
    assert not any(
        part.rows.exists() for part in parts(Asked(cast.yong.actor, frozenset(), NOW, NOW))
    )


def test_a_sheet_of_paper_says_the_same_as_the_phone(turns, cast):
    month = turns.begin()
    values = {ANY: "no", UNABLE: ["7", "31"], GLADLY: ["8"]}
    take_wishes(Taken(values, cast.yong.person, about=str(month.pk)), by=turns.by, now=NOW)
    assert {(wish.day.day, wish.wanted) for wish in Wish.objects.all()} == {
        (7, "unable"), (31, "unable"), (8, "gladly")
    }  # fmt: skip
    take_wishes(Taken({ANY: "yes"}, cast.yong.person, about=str(month.pk)), by=turns.by, now=NOW)
    assert not Wish.objects.exists()
    with pytest.raises(Refused):
        take_wishes(Taken(values, cast.wang.person, about=str(month.pk)), by=turns.by, now=NOW)


def test_the_lists_ask_as_often_with_few_as_with_many(turns, chen):
    month = turns.published()
    paths = ("/rota/", f"/rota/kinds/{DESK}/", f"/rota/months/{month.pk}/")
    before = [queries_of(chen, path) for path in paths]
    for number in range(8):
        turns.take(f"新人{number}")
    add_weekly(DESK, Weekly(When.THURSDAY, time(9), time(11), 2), by=turns.by, now=NOW)
    turns.published(first=date(2027, 1, 1))
    assert [queries_of(chen, path) for path in paths] == before
    assert json.loads(month.plan)["duties"]
    assert Member.objects.filter(kind=MINDING).count() == 0


def test_while_people_are_asked_a_shift_says_how_many_it_takes_and_lacks_nobody(turns, chen):
    month = turns.begin()
    page = chen.get(f"/rota/months/{month.pk}/").content.decode()
    assert "还缺" not in page
    assert page.count("rota-place is-open") == Shift.objects.filter(month=month).count()
    assert "is-empty" in page  # a day without a shift takes no room on a phone


def test_what_most_do_not_say_of_days_is_behind_a_line_until_it_was_said(turns, yong):
    month = turns.begin()
    path = f"/rota/months/{month.pk}/wishes/{turns.members['阿勇'].pk}/"
    assert "<details><summary>哪些天最好别排" in yong.get(path).content.decode()
    yong.post(path, {"gladly": ["2026-12-08"]})
    assert "<details open><summary>哪些天最好别排" in yong.get(path).content.decode()


def test_the_month_to_begin_is_named_as_people_name_it(turns, chen):
    page = chen.get("/rota/").content.decode()
    assert "· 2026年12月" in page
    assert "· 2026-12" not in page


def test_whoever_manages_reads_a_duty_as_somebody_elses(turns, yong, chen):
    month = turns.begin()
    turns.by_hand(month)
    chen.post(f"/rota/months/{month.pk}/publish/", {})
    duty = Duty.objects.on().filter(member=turns.members["阿勇"]).first()
    theirs = chen.get(f"/rota/duties/{duty.pk}/").content.decode()
    own = yong.get(f"/rota/duties/{duty.pk}/").content.decode()
    assert "张勇病了，来不了" in theirs
    assert "我病了，来不了" not in theirs
    assert "我病了，来不了" in own
    assert "您答应了的班列在这里" in yong.get("/rota/mine/").content.decode()

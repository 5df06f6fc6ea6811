"""The emergency pack: what stands in it, who takes it, how old it says it is, when it goes."""

from datetime import timedelta

import pytest
from django.db import connection

from mulin.commons.flow.models import Category, Need, Visibility
from mulin.commons.flow.said import Said
from mulin.ground.audit.models import Act, Look
from mulin.ground.community.rules import system
from mulin.ground.notify.models import Message
from mulin.ground.people.models import Household, Residency
from mulin.ground.people.queries import elders_alone
from mulin.kit.channels import Channel
from mulin.kit.clock import standing_still
from mulin.kit.refusals import NotPermitted
from mulin.parlour.reception.actions.demands import receive_demand
from mulin.parlour.reception.actions.packs import make_pack, print_pack
from mulin.parlour.reception.jobs import keep_pack
from mulin.parlour.reception.models import Demand, EmergencyPack
from mulin.parlour.reception.queries import pack_of
from tests.clock import NOW
from tests.factories.people import PersonFactory
from tests.support.pdfs import DEAD_MM, Pdf


@pytest.fixture
def gas(cast, xinjie):
    """Somebody smells gas; the one who asks is not named."""
    return receive_demand(
        Said(
            words="楼道里有煤气味", person=cast.yong.person, building=cast.building_12,
            contact_phone="13811112222", visibility=Visibility.ANONYMOUS,
            category=Category.objects.get(code="repair.gas"),
        ),
        by=cast.chen.actor.by(Channel.PHONE, on_behalf_of=cast.yong.person.pk), now=NOW,
    )  # fmt: skip


def made(cast, *, now=NOW):
    pack = make_pack(by=cast.chen.actor, now=now)
    return Pdf(print_pack(pack, by=cast.chen.actor, now=now))


@pytest.mark.usefixtures("clock_stands")
def test_it_holds_what_is_needed_and_says_how_old_it_is(cast, gas, lamp):
    cast.chen.account.phone = "13877778888"
    cast.chen.account.save()
    pdf = made(cast)
    said = pdf.packed
    assert "截至11月25日（周三）10:00" in pdf.pages[0].replace(" ", "")
    for words in (
        "小陈社区工作者13877778888", "小孙网格员第1网格",  # whom to call
        f"{gas.need.number}楼道里有煤气味12幢13811112222小孙",  # urgent, without the name
        "王秀英194512幢1单元301第1网格",  # an elder alone
        "空白表：诉求", "空白表：来访",
    ):  # fmt: skip
        assert words in said, words
    assert "张勇" not in said
    assert all(pdf.nearest_to_edge_mm(number) > DEAD_MM for number in range(len(pdf)))


def test_what_is_due_today_stands_with_its_owner_and_the_rest_is_counted(cast, gas, lamp):
    Demand.objects.filter(pk=lamp.pk).update(due_at=NOW + timedelta(days=5))
    (owing,) = pack_of(cast.xinjie.pk, NOW).owing
    assert (owing.owner, [one.pk for one in owing.demands], owing.more) == ("小孙", [gas.pk], 1)


def test_a_confidence_and_a_seal_hold_on_paper(cast, gas, lamp):
    Need.objects.filter(pk=gas.need_id).update(visibility=Visibility.CONFIDENTIAL)
    said = made(cast).packed
    assert gas.need.number in said
    assert "煤气味" not in said
    assert "13811112222" not in said
    Need.objects.filter(pk=gas.need_id).update(is_sealed=True)
    assert gas.need.number not in made(cast).packed


def test_only_the_desk_takes_it_and_every_time_is_written_down(cast, gas):
    pack = make_pack(by=system(cast.xinjie.pk), now=NOW)
    for member in (cast.sun, cast.yong, cast.xu):
        with pytest.raises(NotPermitted):
            print_pack(pack, by=member.actor, now=NOW)
        with pytest.raises(NotPermitted):
            make_pack(by=member.actor, now=NOW)
    print_pack(pack, by=cast.chen.actor, now=NOW, token="t")
    print_pack(pack, by=cast.chen.actor, now=NOW, token="t")
    print_pack(pack, by=cast.zhou.actor, now=NOW)
    looks = Look.objects.filter(what="emergency_pack").order_by("id")
    assert [look.account for look in looks] == [cast.chen.account, cast.zhou.account]
    assert Act.objects.filter(verb="reception.print_pack").count() == 2


def test_it_lies_encrypted(cast, gas):
    pack = make_pack(by=cast.chen.actor, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sheet FROM reception_emergencypack WHERE id = %s", [pack.pk]
        )  # fmt: skip
        stored = cursor.fetchone()[0]
    assert pack.sheet[:40] not in stored
    assert stored.startswith("gAAAA")


def test_a_new_one_takes_the_place_of_the_days(cast, gas):
    first = make_pack(by=cast.chen.actor, now=NOW)
    print_pack(first, by=cast.chen.actor, now=NOW)
    second = make_pack(by=cast.chen.actor, now=NOW + timedelta(hours=2))
    assert second.pk == first.pk
    kept = EmergencyPack.objects.get()
    assert (kept.made_at, kept.printed_at) == (NOW + timedelta(hours=2), None)


@pytest.mark.parametrize(("hour", "minute", "is_made", "is_told"), [
    (5, 59, False, False), (6, 0, True, False), (7, 29, True, False), (7, 30, True, True),
])  # fmt: skip
def test_it_is_made_at_six_and_the_desk_is_told_at_half_past_seven(
    cast, xinjie, hour, minute, is_made, is_told
):
    moment = NOW.replace(hour=hour, minute=minute)
    for _time in range(2):
        keep_pack(cast.xinjie, moment)
    assert EmergencyPack.objects.exists() is is_made
    assert Message.objects.filter(topic="pack", account=cast.chen.account).count() == is_told
    assert Act.objects.filter(verb="reception.make_pack").count() == is_made


def test_nobody_is_told_on_a_day_off_or_when_it_is_printed(cast, xinjie):
    sunday = NOW + timedelta(days=4)
    keep_pack(cast.xinjie, sunday)
    assert EmergencyPack.objects.filter(day=sunday.date()).exists()
    pack = make_pack(by=cast.chen.actor, now=NOW)
    print_pack(pack, by=cast.chen.actor, now=NOW)
    keep_pack(cast.xinjie, NOW)
    assert not Message.objects.filter(topic="pack").exists()


def test_it_goes_after_days(cast, xinjie):
    for days in range(6):
        keep_pack(cast.xinjie, NOW + timedelta(days=days))
    kept = EmergencyPack.objects.order_by("day").values_list("day", flat=True)
    assert list(kept) == [NOW.date() + timedelta(days=days) for days in (2, 3, 4, 5)]


def test_where_no_pdf_is_made_the_sweep_goes_on(cast, xinjie, settings, tmp_path, monkeypatch):
    settings.MULIN_PRESS = "apart"
    (tmp_path / "press.py").write_text("import sys; sys.exit(3)", "utf-8")
    monkeypatch.setattr("mulin.kit.paper.printing._FOLDER", tmp_path)
    keep_pack(cast.xinjie, NOW)
    assert not EmergencyPack.objects.exists()


def test_the_desk_makes_and_prints_it_by_button(cast, gas, client, django_assert_num_queries):
    cast.enter(client, cast.chen)
    with standing_still(NOW):
        assert "还没做" in client.get("/reception/emergency/").content.decode()
        assert client.post("/reception/emergency/make/").status_code == 302
        page = client.get("/reception/emergency/").content.decode()
        assert "今天 10:00" in page
        pack = EmergencyPack.objects.get()
        answer = client.post(f"/reception/emergency/{pack.pk}/print/")
        assert gas.need.number in Pdf(answer.content).packed
        assert "小陈打印于" in client.get("/reception/emergency/").content.decode()


# ── who is to be looked after ────────────────────────────────────────────────────────────────


def test_an_elder_alone_is_one_of_whom_the_roll_knows_nobody_else(cast, xinjie):
    day = NOW.date()
    born = day.replace(year=1946)

    def old(name, **more):
        return PersonFactory(
            community=xinjie, name=name, grid=cast.grid_1, born_on=born, **more
        )  # fmt: skip

    old("独居", address="12幢1单元401")
    old("满八十的今天", address="12幢1单元402")
    old("老伴甲", address="12幢1单元501")
    old("老伴乙", address="12幢1单元501")
    house = Household.objects.create(community=xinjie, name="周家")
    old("和女儿", address="12幢1单元502", household=house)
    PersonFactory(community=xinjie, name="女儿", household=house, address="别处")
    old("住别处", address="12幢1单元503", residency=Residency.VISITOR)
    old("地址不明")
    PersonFactory(
        community=xinjie, name="明天八十", grid=cast.grid_1, born_on=born + timedelta(days=1),
        address="12幢1单元601",
    )  # fmt: skip
    alone = elders_alone(day, age=80)
    assert [person.name for person in alone] == ["王秀英", "独居", "满八十的今天", "地址不明"]
    found = [person.name for person in pack_of(xinjie.pk, NOW).elders]
    assert found == ["地址不明", "王秀英", "独居", "满八十的今天"]


def test_the_pack_asks_as_much_for_many_as_for_few(cast, xinjie, django_assert_num_queries):
    for size in (2, 20):
        for number in range(size):
            PersonFactory(
                community=xinjie, name=f"老{number}", grid=cast.grid_2,
                born_on=NOW.date().replace(year=1940), address=f"{size}-{number}",
            )  # fmt: skip
            receive_demand(
                Said(words="停水", category=Category.objects.get(code="repair.water")),
                by=cast.chen.actor.by(Channel.PHONE), now=NOW,
            )  # fmt: skip
        with django_assert_num_queries(6):
            pack_of(xinjie.pk, NOW)

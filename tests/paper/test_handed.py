"""What somebody got from us on paper comes out of the printer again as it was, byte for byte."""

import pytest

from mulin.commons.flow.models import Visibility
from mulin.commons.flow.said import Said
from mulin.commons.paper.holdings import erase_handed, handed_told
from mulin.commons.paper.models import Handed
from mulin.ground.audit.models import Act, Look
from mulin.kit.channels import Channel
from mulin.kit.scoping import in_community
from mulin.parlour.reception.actions.demands import answer_demand, confirm_demand, receive_demand
from mulin.parlour.reception.actions.limits import open_reception
from tests.clock import NOW
from tests.support.pdfs import Pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(cast):
    """What 王奶奶 said at the desk, and what was answered."""

    def make(**more):
        demand = receive_demand(
            Said(words="三楼楼道灯不亮\n晚上怕摔", person=cast.wang.person, **more),
            by=cast.chen.actor.by(Channel.WALK_IN), now=NOW,
        )  # fmt: skip
        answer_demand(demand, by=cast.chen.actor, words="灯泡换好了。\n请您试一试。", now=NOW)
        return demand

    with in_community(cast.xinjie):
        open_reception(by=cast.zhou.actor, now=NOW)
        yield make


@pytest.fixture
def desk(cast, client):
    return cast.enter(client, cast.chen)


def letter_of(client, demand, token="t" * 16):
    return client.post(f"/reception/demands/{demand.pk}/letter.pdf", {"token": token})


def again(client, handed, why="丢了", token="u" * 16):
    return client.post(f"/paper/handed/{handed.pk}/again/", {"why": why, "token": token})


def test_a_letter_says_what_was_said_and_done_and_who_has_the_last_word(asked, desk, cast):
    demand = asked()
    pdf = Pdf(letter_of(desk, demand).content)
    for words in (
        "新街社区居民委员会", demand.need.number, "王秀英：", "三楼楼道灯不亮", "灯泡换好了。",
        "请您试一试。", "2026年11月25日", cast.xinjie.phone,
    ):  # fmt: skip
        assert words in pdf.packed
    assert all(pdf.nearest_to_edge_mm(number) > 10 for number in range(len(pdf)))
    assert pdf.codes(len(pdf) - 1) == [f"HTTP://TESTSERVER/N/{demand.need.follow_code}/#ALOUD"]
    look = Look.objects.get(what="answer-letter")
    assert (look.record_id, look.account_id) == (demand.pk, cast.chen.account.pk)


def test_it_is_printed_again_exactly_though_everything_has_changed(asked, desk, cast):
    demand = asked()
    first = letter_of(desk, demand).content
    confirm_demand(demand, by=cast.wang.actor, solved=False, words="还是不亮", now=NOW)
    answer_demand(demand, by=cast.chen.actor, words="整条线路换了", now=NOW)
    type(cast.wang.person).objects.filter(pk=cast.wang.person.pk).update(name="王秀兰")
    type(cast.xinjie).objects.filter(pk=cast.xinjie.pk).update(name="新街新社区")
    handed = Handed.objects.get()
    page = desk.get(f"/paper/handed/answer-letter/{demand.pk}/").content.decode()
    assert page.count("原样再打印") == 1
    answer = again(desk, handed)
    assert answer.content == first
    assert answer.headers["Cache-Control"] == "private, no-store"
    second = letter_of(desk, demand, "v" * 16).content
    assert second != first
    assert "整条线路换了" in Pdf(second).packed
    assert again(desk, handed, token="w" * 16).content == first
    assert Handed.objects.count() == 2


def test_who_printed_it_again_and_why_is_noted_once_for_one_press(asked, desk, cast):
    letter_of(desk, asked())
    handed = Handed.objects.get()
    for _time in range(2):
        assert again(desk, handed).status_code == 200
    look = Look.objects.get(what="handed")
    assert (look.record_id, look.reason, look.account_id) == (
        handed.pk, "丢了", cast.chen.account.pk,
    )  # fmt: skip
    assert Act.objects.filter(verb="paper.print_again").count() == 1
    refused = again(desk, handed, why=" ", token="x" * 16)
    assert refused.status_code == 422
    assert "请写明为什么再打印。" in refused.content.decode()


def test_the_same_words_are_kept_once(asked, desk):
    demand = asked()
    first = letter_of(desk, demand).content
    assert letter_of(desk, demand).content == first
    assert letter_of(desk, demand, "v" * 16).content == first
    assert Handed.objects.count() == 1
    assert Act.objects.filter(verb="paper.hand_out").count() == 2


def test_the_sheet_lies_encrypted_and_goes_with_the_person(asked, desk, cast):
    demand = asked()
    letter_of(desk, demand)
    (told,) = handed_told(cast.wang.person.pk)
    assert told["title"] == f"答复 {demand.need.number}"
    for _time in range(2):
        erase_handed(cast.wang.person.pk)
    handed = Handed.objects.get()
    assert (handed.pdf, handed.person) == (None, None)
    assert handed_told(cast.wang.person.pk) == []
    assert again(desk, handed).status_code == 422
    page = desk.get(f"/paper/handed/answer-letter/{demand.pk}/").content.decode()
    assert "原样再打印" not in page


def test_a_name_given_to_the_desk_alone_stays_there(asked, desk, cast, client):
    grid = {"grid": cast.grid_1}
    named, unnamed = asked(**grid), asked(**grid, visibility=Visibility.ANONYMOUS)
    letter_of(desk, named), letter_of(desk, unnamed, "v" * 16)
    officer = cast.enter(client, cast.sun)
    listed = [officer.get(f"/paper/handed/answer-letter/{one.pk}/").status_code
              for one in (named, unnamed)]  # fmt: skip
    assert listed == [200, 404]
    sheets = Handed.objects.order_by("id")
    assert [again(officer, one, token="y" * 16).status_code for one in sheets] == [200, 404]
    assert letter_of(officer, unnamed, "z" * 16).status_code == 404
    neighbour = cast.enter(client, cast.li)
    assert [again(neighbour, one).status_code for one in sheets] == [404, 404]


def test_what_is_not_answered_has_no_letter(asked, desk, cast):
    demand = receive_demand(Said(words="路不平"), by=cast.chen.actor, now=NOW)
    asked()
    assert letter_of(desk, demand).status_code == 404
    assert desk.get("/paper/handed/poem/1/").status_code == 404
    assert Handed.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_much_for_many_as_for_few(
    asked, desk, count, django_assert_num_queries, on_postgres
):
    demand = asked()
    for number in range(count):
        demand.need.words = f"第{number}次"
        demand.need.save()
        letter_of(desk, demand, f"{number}" * 16)
    address = f"/paper/handed/answer-letter/{demand.pk}/"
    desk.get(address)
    with django_assert_num_queries(QUERIES + on_postgres * ON_POSTGRES):
        assert desk.get(address).content.decode().count("原样再打印") == count


#: Who asks and where; the demand; its sheets.
QUERIES, ON_POSTGRES = 7, 5

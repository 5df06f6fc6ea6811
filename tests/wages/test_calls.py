"""Wages as the accountant's programs have them: sums that tell of nobody, and the list for the bank."""

from decimal import Decimal

import pytest

from mulin.ground.audit.models import Act
from mulin.ground.community.rules import Scope
from mulin.kit.clock import standing_still
from mulin.workshop.production.actions.workers import take_on
from mulin.workshop.wages.actions.money import pay_advance
from mulin.workshop.wages.actions.months import do_to_statement
from mulin.workshop.wages.models import Statement
from mulin.workshop.wages.rules import SUMMED, Deed, told_sums
from tests.clock import NOW
from tests.factories.people import PersonFactory
from tests.site.test_programs import Caller, let_in, questions
from tests.support.documented import check_documented
from tests.wages.test_months import AFTER, DECEMBER, LATER, account_of, close, statement

YUAN = {name: Decimal(number) for number, name in enumerate(SUMMED, 1)}


@pytest.fixture(autouse=True)
def _still():
    with standing_still(NOW):
        yield


def books(client, cast, *scopes):
    return Caller(client, let_in(cast.zhou, scopes=scopes)[1])


def earn(shop, count):
    """So many more who earn 3.50 yuan each."""
    for number in range(count):
        worker = take_on(
            PersonFactory(community=shop.gui.community, name=f"绣娘{number}"), minutes_wished=600,
            by=shop.by, now=NOW,
        )  # fmt: skip
        shop.back(shop.out(10, worker=worker), 10, worker=worker, accepted=10)


def test_a_months_sums_are_told_from_five_persons_on(shop, cast, client):
    caller = books(client, cast, Scope.WAGES_READ)
    earn(shop, 4)
    close(shop)
    (held,) = caller.get("wages/").json()["rows"]
    closed = {"month": "2026-11", "closed_at": "2026-12-01T09:00:00+08:00"}
    assert held == closed | dict.fromkeys(SUMMED) | {"workers": None}


def test_a_months_sums_are_those_of_its_page_and_of_few_deductions_nothing_is_reckoned(
    shop, cast, client
):
    caller = books(client, cast, Scope.WAGES_READ)
    earn(shop, 4)
    shop.back(shop.out(10), 10, accepted=10)
    pay_advance(shop.gui, amount=Decimal(1), words="急用", by=shop.by, now=NOW)
    november = close(shop)
    (found,) = caller.get("wages/").json()["rows"]
    assert (found["gross"], found["workers"]) == ("17.50", 5)
    # One advance was taken off: what is paid would tell how much it was.
    assert [found[name] for name in ("tax", "deducted", "recovered", "net")] == [None] * 4
    again = Statement.objects.filter(month=november, recovered__gt=0)
    again.update(recovered=Decimal(0), net=Decimal("3.50"))
    (whole,) = caller.get("wages/").json()["rows"]
    page = cast.enter(client, cast.zhou).get(f"/wages/months/{november.pk}/")
    assert {name: whole[name] for name in SUMMED} == {
        name: f"{page.context['sums'][name]:.2f}" for name in SUMMED
    }
    for hidden in ("张勇", "绣娘"):
        assert hidden not in str(whole)


def test_months_take_the_same_queries_however_many(shop, cast, client):
    caller = books(client, cast, Scope.WAGES_READ)
    close(shop)
    few = questions(caller, "wages/")
    close(shop, DECEMBER, LATER)
    assert len(caller.get("wages/").json()["rows"]) == 2
    assert len(questions(caller, "wages/")) == len(few)


def test_the_list_for_the_bank_is_made_once_and_written_down(shop, cast, client):
    caller = books(client, cast, Scope.PAYMENTS)
    account_of(shop, cast, shop.gui)
    account_of(shop, cast, shop.lan, "62220022")
    shop.back(shop.out(10), 10, accepted=10)
    shop.back(shop.out(10, worker=shop.lan), 10, worker=shop.lan, accepted=10)
    month = close(shop)
    path, key = "wages/2026-11/payments/", {"HTTP_IDEMPOTENCY_KEY": "k1"}
    with standing_still(AFTER):
        assert caller.post(path, {}).status_code == 409
        do_to_statement(statement(shop, month), Deed.CONFIRM, by=shop.by, now=AFTER)
        first = caller.post(path, {}, **key)
        check_documented("pay", first.json())
        assert first.json() == {
            "month": "2026-11",
            "payments": [{"name": "张勇", "bank_account": "62220011", "yuan": "3.50"}],
        }
    do_to_statement(statement(shop, month, shop.lan), Deed.CONFIRM, by=shop.by, now=LATER)
    with standing_still(LATER):
        second = caller.post(path, {})
        assert [one["name"] for one in second.json()["payments"]] == ["兰英"]
        # What was lost on the way is asked for again with its key: the same list, not the newer.
        assert caller.post(path, {}, **key).json() == first.json()
        assert caller.post(path, {}).status_code == 409
        for nothing in ("2026-12", "2026-13", "0000-01", "2026-11-01", "november"):
            assert caller.post(f"wages/{nothing}/payments/", {}).status_code == 404
    acts = Act.objects.filter(verb="wages.payment_file")
    assert [(act.channel, act.record_id) for act in acts] == [("api", month.pk)] * 2


def test_no_other_right_opens_wages_and_sums_open_no_payments(shop, cast, client):
    close(shop)
    kept = {Scope.WAGES_READ, Scope.PAYMENTS}
    other = books(client, cast, *(scope for scope in Scope if scope not in kept))
    sums = books(client, cast, Scope.WAGES_READ)
    pays = books(client, cast, Scope.PAYMENTS)
    for caller in (other, sums):
        assert caller.post("wages/2026-11/payments/", {}).status_code == 403
    for caller in (other, pays):
        assert caller.get("wages/").status_code == 403


@pytest.mark.parametrize(
    ("persons", "told"),
    [
        ({}, set(SUMMED)),
        ({"tax": 0, "deducted": 0, "recovered": 0}, set(SUMMED)),
        ({"gross": 4, "net": 4, "tax": 4, "deducted": 0, "recovered": 0}, set()),
        # What is paid less what was earned would say the tax of four.
        ({"tax": 4}, {"gross"}),
        ({"deducted": 1}, {"gross"}),
        ({"recovered": 2}, {"gross"}),
    ],
)
def test_sums_hold_back_what_tells_of_fewer_than_five(persons, told):
    found = told_sums(YUAN, dict.fromkeys(SUMMED, 5) | persons)
    assert {name for name, sum_ in found.items() if sum_ is not None} == told
    assert all(found[name] == YUAN[name] for name in told)

"""The law of wages: one rounding a line, limits, tax tables."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.workshop.wages.rules import (
    MOVES,
    TAX_TABLES,
    BonusRule,
    Month,
    Reckoned,
    Scheme,
    Withheld,
    amount_of,
    deductions_of,
    hourly,
    month_after,
    months_employed,
    most_advance,
    reckon,
    table_of,
    whole_year_of,
    withheld,
)

DAY = date(2026, 11, 30)
SERVICE = table_of(Scheme.SERVICE, DAY)
EMPLOYED = table_of(Scheme.EMPLOYED, DAY)


@pytest.mark.parametrize(
    ("rate", "pieces", "yuan"),
    [
        ("0.005", 1, "0.01"), ("0.005", 3, "0.02"), ("0.0049", 1, "0.00"),
        # round(float) makes 8.29 of it
        ("0.035", 237, "8.30"), ("0.0275", 100, "2.75"), ("1.2345", 1000, "1234.50"),
    ],
)  # fmt: skip
def test_a_line_is_rounded_once_half_a_fen_up(rate, pieces, yuan):
    assert str(amount_of(Decimal(rate), Decimal(pieces))) == yuan


def test_erpnext_16627_no_setting_rounds_pay_to_whole_yuan():
    assert reckon(Month(earned=Decimal("599.73")), DAY).net == Decimal("599.73")


@pytest.mark.parametrize(
    ("income", "tax"),
    [
        (800, 0),
        (1000, 40),
        (4000, 640),
        (5000, 800),
        (25000, 4000),
        (62500, 13000),
        (100000, 25000),
    ],
)
def test_what_is_withheld_from_service_pay(income, tax):
    assert withheld(SERVICE, income=Decimal(income)).tax == tax


def test_a_wage_is_taxed_over_the_year_and_never_below_nothing():
    first = withheld(EMPLOYED, income=Decimal(8000))
    assert first == Withheld(Decimal(8000), Decimal(5000), Decimal("0.03"), Decimal(0))
    assert (first.base, first.tax) == (3000, Decimal("90.00"))
    again = withheld(
        EMPLOYED, income=Decimal(2000), before=Decimal(8000), taxed=first.tax, months=2
    )
    assert again.tax == 0
    high = withheld(EMPLOYED, income=Decimal(50000))
    assert high.tax == Decimal("1980.00")  # 45,000 × 10 % − 2,520


def test_what_an_employee_declared_is_free_beside_the_free_amount():
    year = {"income": Decimal(8000), "before": Decimal(8000), "taxed": Decimal(90), "months": 2}
    assert withheld(EMPLOYED, **year).tax == Decimal("90.00")
    assert withheld(EMPLOYED, **year, deductions=Decimal(4000)).tax == 0


def test_service_over_a_platform_is_reckoned_over_the_year_less_a_fifth():
    """国家税务总局公告2025年第16号: (income − a fifth − 5,000 a month) by the table of a year."""
    platform = table_of(Scheme.PLATFORM, DAY)
    assert withheld(platform, income=Decimal(6000)).tax == 0
    found = withheld(
        platform, income=Decimal(10000), before=Decimal(10000), taxed=Decimal(90), months=2
    )
    assert (found.free, found.base, found.tax) == (14000, 6000, Decimal("90.00"))
    assert table_of(Scheme.PLATFORM, date(2025, 9, 30)) is None


def year_of(pays, *, a_year, deductions=0):
    """What is withheld in each month of a year."""
    before, taxes = Decimal(0), []
    for number, pay in enumerate(pays, start=1):
        taxes.append(
            withheld(
                EMPLOYED, income=Decimal(pay), before=before, taxed=sum(taxes, Decimal(0)),
                months=number, deductions=Decimal(deductions * number), a_year=a_year,
            ).tax
        )  # fmt: skip
        before += pay
    return taxes


@pytest.mark.parametrize(
    ("pays", "deductions", "by_the_month", "at_once"),
    [
        # Both years stand in the tax administration's own explanation of 公告2020年第19号.
        ([10_000] + [4_000] * 11, 0, [150] + [0] * 11, [0] * 12),
        ([8_000] * 12, 2_000, [30] * 12, [0] * 10 + [180, 180]),
    ],
)
def test_the_whole_year_is_free_from_january_on(pays, deductions, by_the_month, at_once):
    rule = whole_year_of(Scheme.EMPLOYED, DAY)
    assert year_of(pays, a_year=Decimal(0), deductions=deductions) == by_the_month
    assert year_of(pays, a_year=rule.free, deductions=deductions) == at_once


def test_the_whole_year_changes_when_is_withheld_and_never_how_much():
    pays = [7_321, 4_999, 0, 12_000, 9_000, 9_000, 9_000, 9_000, 9_000, 9_000, 9_000, 9_000]
    assert sum(year_of(pays, a_year=Decimal(60_000))) == sum(year_of(pays, a_year=Decimal(0)))


def test_the_whole_year_is_a_rule_of_2021_and_of_no_other_scheme():
    assert whole_year_of(Scheme.EMPLOYED, date(2020, 12, 31)) is None
    for scheme in (Scheme.SERVICE, Scheme.BUSINESS, Scheme.UNDECIDED):
        assert whole_year_of(scheme, DAY) is None
    # A payment taxed by itself has no year.
    assert withheld(SERVICE, income=Decimal(1000), a_year=Decimal(60_000)).tax == 40


@pytest.mark.parametrize("table", TAX_TABLES, ids=lambda one: one.scheme)
def test_a_table_of_tax_has_no_step_down_and_its_fixed_amounts_fit(table):
    """A fen more is never taxed less: each fixed amount follows from the step before it."""
    for lower, upper in pairwise(table.steps):
        assert upper.rate > lower.rate
        assert lower.up_to * lower.rate - lower.less == lower.up_to * upper.rate - upper.less


def test_deductions_are_those_that_held_in_each_month():
    terms = [(date(2026, 3, 10), Decimal(1000)), (date(2026, 5, 20), Decimal(2000))]
    assert deductions_of(date(2026, 6, 1), terms) == 2 * 1000 + 2 * 2000
    assert deductions_of(date(2027, 1, 1), terms) == 2000


def test_a_scheme_that_nobody_chose_withholds_nothing_and_old_days_have_no_table():
    assert table_of(Scheme.UNDECIDED, DAY) is table_of(Scheme.BUSINESS, DAY) is None
    assert table_of(Scheme.SERVICE, date(2018, 12, 31)) is None
    assert reckon(Month(earned=Decimal(3000), scheme=Scheme.SERVICE), DAY).tax == Decimal("440.00")


def test_damage_takes_a_fifth_of_the_month_at_most_and_the_rest_waits():
    found = reckon(
        Month(earned=Decimal("1000.03"), owed_claims=Decimal(500), owed_advance=Decimal(300)), DAY
    )
    assert found == Reckoned(
        Decimal("1000.03"), 0, Decimal("200.00"), Decimal(300), 0, Decimal("500.03")
    )


def test_in_employment_damage_leaves_the_minimum_wage():
    found = reckon(
        Month(
            earned=Decimal(2300), owed_claims=Decimal(500), scheme=Scheme.EMPLOYED,
            minimum=Decimal(2260),
        ),
        DAY,
    )  # fmt: skip
    assert (found.deducted, found.net) == (40, 2260)


def test_a_month_below_nothing_is_carried_to_the_next():
    found = reckon(Month(earned=Decimal(10), adjusted=Decimal(-30)), DAY)
    assert (found.gross, found.carried, found.net) == (-20, 20, 0)


def test_damage_that_was_not_hers_comes_back():
    assert reckon(Month(earned=Decimal(100), owed_claims=Decimal(-40)), DAY).net == 140


money = st.decimals(0, 9000, places=2)


@given(
    earned=money, bonus=money, adjusted=st.decimals(-5000, 5000, places=2),
    owed_claims=st.decimals(-500, 5000, places=2), owed_advance=money,
    scheme=st.sampled_from(Scheme), minimum=st.sampled_from([None, Decimal(2260)]),
)  # fmt: skip
def test_a_month_adds_up_and_leaves_nobody_owing_cash(**values):
    month = Month(**values)
    found = reckon(month, DAY)
    assert found.net >= 0
    assert found.gross - found.tax - found.deducted - found.recovered + found.carried == found.net
    assert found.deducted <= max(found.gross / 5, 0)
    assert 0 <= found.recovered <= month.owed_advance


def test_a_bonus_is_given_over_its_threshold():
    rule = BonusRule("质量奖", "quality", Decimal(98), percent=Decimal(5))
    earned = Decimal("1000.10")
    assert rule.amount(earned=earned, quality=Decimal(98)) == Decimal("50.01")
    assert rule.amount(earned=earned, quality=Decimal("97.9")) == 0
    assert rule.amount(earned=earned, quality=None) == 0
    more = BonusRule("高产奖", "output", Decimal(1000), yuan=Decimal(80))
    assert more.amount(earned=earned, quality=None) == 80
    assert more.amount(earned=Decimal(999), quality=None) == 0


def test_an_advance_is_at_most_four_fifths_of_what_is_earned():
    assert most_advance(Decimal("100.01"), Decimal(30)) == Decimal("50.00")
    assert most_advance(Decimal(10), Decimal(30)) == 0


def test_an_hour_is_compared_with_the_minimum_wage():
    assert hourly(Decimal(100), 5 * 3600, Decimal(22)).is_below
    assert hourly(Decimal(110), 5 * 3600, Decimal(22)).is_below is False
    assert hourly(Decimal(100), 0, Decimal(22)).yuan is None


def test_months_follow_each_other_and_a_paid_statement_is_only_taken_back():
    assert month_after(date(2026, 12, 1)) == date(2027, 1, 1)
    assert month_after(date(2026, 11, 1)) == date(2026, 12, 1)
    assert [deed for state, deed in MOVES if state == "paid"] == ["unpay"]


@pytest.mark.parametrize(
    ("first", "since", "months"),
    [
        (date(2026, 11, 1), date(2026, 11, 20), 1),
        (date(2026, 11, 1), date(2026, 3, 2), 9),
        (date(2026, 11, 1), date(2024, 5, 1), 11),
        (date(2026, 1, 1), date(2024, 5, 1), 1),
    ],
)
def test_months_of_employment_are_counted_within_the_year(first, since, months):
    assert months_employed(first, since) == months

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.kit.money import capital_yuan, yuan

amounts = st.decimals(
    Decimal("-999999999999.99"), Decimal("999999999999.99"), allow_nan=False, places=2
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (12, "12.00"),
        ("0.005", "0.01"),
        ("-0.005", "-0.01"),
        ("2.675", "2.68"),
        ("1.0049999", "1.00"),
        ("-0.001", "0.00"),
        ("￥1,234.5", "1234.50"),
        ("１２３．４５元", "123.45"),
        (" 8. ", "8.00"),
        (Decimal("3.14159"), "3.14"),
    ],
)
def test_amounts_have_two_places_rounded_half_up(value, expected):
    assert str(yuan(value)) == expected


@pytest.mark.parametrize("value", [1.1, True, None, b"1"])
def test_what_has_lost_its_fen_is_refused(value):
    with pytest.raises(TypeError):
        yuan(value)


@pytest.mark.parametrize(
    "value",
    ["", "abc", "1,23", "1e5", "NaN", "--1", "1.2.3", "٣", Decimal("NaN"), Decimal("sNaN"),
     Decimal("Infinity"), 10**12, "999999999999.995", Decimal("1E+400")],
)  # fmt: skip
def test_nonsense_is_no_amount(value):
    with pytest.raises(ValueError, match="amount"):
        yuan(value)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        # The examples of 《支付结算办法》附件一, where it gives two readings the shorter one.
        ("1409.50", "壹仟肆佰零玖元伍角"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角"),
        ("10", "壹拾元整"),
        ("4000", "肆仟元整"),
        ("100001000", "壹亿零壹仟元整"),
        ("100000005", "壹亿零伍元整"),
        ("10010010", "壹仟零壹万零壹拾元整"),
        ("-12.30", "负壹拾贰元叁角"),
        ("999999999999.99", "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_capital_figures(amount, words):
    assert capital_yuan(amount) == words


def spoken(words: str) -> Decimal:
    """Read capital figures back, the slow way."""
    sign = -1 if words.startswith("负") else 1
    total = group = digit = Decimal(0)
    for word in words.removeprefix("负").removesuffix("整"):
        if word in "零壹贰叁肆伍陆柒捌玖":
            digit = Decimal("零壹贰叁肆伍陆柒捌玖".index(word))
        elif word in "拾佰仟":
            group += digit * 10 ** ("拾佰仟".index(word) + 1)
            digit = Decimal(0)
        elif word in "万亿元":
            total += (group + digit) * {"万": 10**4, "亿": 10**8, "元": 1}[word]
            group = digit = Decimal(0)
        else:
            total += digit * {"角": Decimal("0.1"), "分": Decimal("0.01")}[word]
            digit = Decimal(0)
    return sign * total


@given(amounts)
def test_capital_figures_say_the_amount(amount):
    words = capital_yuan(amount)
    assert spoken(words) == amount
    assert "零零" not in words
    assert "零元" not in words or amount == 0


@given(amounts)
def test_an_amount_read_from_its_own_text_is_itself(amount):
    assert yuan(str(amount)) == yuan(f"￥{amount:,}") == yuan(amount) == amount

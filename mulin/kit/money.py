"""Yuan as Decimal, never as float, and the capital figures (大写) a voucher needs."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from typing import Final

FEN: Final = Decimal("0.01")
MOST_YUAN: Final = Decimal(10) ** 12
"""Amounts at or beyond this are a slip of the key, not a sum a community handles."""

_FULL_WIDTH: Final = str.maketrans("０１２３４５６７８９．，－＋￥　", "0123456789.,-+¥ ")
_WRITTEN: Final = re.compile(
    r"(?!.*¥.*¥)[¥\s]*(?P<sign>[+-]?)[¥\s]*(?P<amount>[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?P<fraction>\.[0-9]*)?\s*元?"
)
_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")
_GROUPS: Final = ("", "万", "亿")


def yuan(value: Decimal | int | str) -> Decimal:
    """An amount with exactly two places, half a fen rounded away from zero.

    Text may carry `¥`, `元`, thousands commas and full-width digits. A float is refused with
    TypeError: it has lost the fen already. Raises ValueError for what is not an amount.

    >>> yuan("￥1,234.565")
    Decimal('1234.57')
    """
    # bool is an int to Python; an amount of True is a slip in the caller.
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        raise TypeError(f"an amount is Decimal, int or text, not {type(value).__name__}")
    amount = _read(value) if isinstance(value, str) else Decimal(value)
    # Before rounding: quantize has its own ideas about numbers longer than the context.
    if not amount.is_finite() or abs(amount) >= MOST_YUAN:
        raise ValueError("not an amount of money")
    with localcontext(prec=60):
        try:
            rounded = amount.quantize(FEN, ROUND_HALF_UP)
        except InvalidOperation:
            raise ValueError("not an amount of money") from None
    if abs(rounded) >= MOST_YUAN:
        raise ValueError("not an amount of money")
    # Minus nothing is nothing.
    return rounded or abs(rounded)


def capital_yuan(amount: Decimal | int | str) -> str:
    """The amount in capital figures, as 《支付结算办法》附件一「正确填写票据和结算凭证的基本规定」 has it.

    Ends in 整 at the yuan, in nothing at jiao or fen; where the rule leaves a 零 to the writer,
    it is left out.

    >>> capital_yuan("1409.50")
    '壹仟肆佰零玖元伍角'
    """
    exact = yuan(amount)
    whole, fen = divmod(int(abs(exact) * 100), 100)
    sign = "负" if exact < 0 else ""
    words = _whole(whole) + "元" if whole else ""
    if not fen:
        return sign + (words or "零元") + "整"
    jiao, fen = divmod(fen, 10)
    if jiao:
        words += _DIGITS[jiao] + "角"
    elif whole:
        words += "零"
    if fen:
        words += _DIGITS[fen] + "分"
    return sign + words


def _read(text: str) -> Decimal:
    match = _WRITTEN.fullmatch(text.translate(_FULL_WIDTH).strip())
    if match is None:
        raise ValueError("not an amount of money")
    return Decimal(match["sign"] + match["amount"].replace(",", "") + (match["fraction"] or ""))


def _whole(number: int) -> str:
    groups: list[int] = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    words = ""
    gap = False
    for place in reversed(range(len(groups))):
        group = groups[place]
        if not group:
            gap = bool(words)
            continue
        # A gap is spoken once, however wide: 壹拾万零伍, 壹亿零壹仟.
        gap = gap or bool(words and group < 1_000)  # noqa: PLR2004  a group without its thousands
        words += ("零" if gap else "") + _group(group) + _GROUPS[place]
        gap = False
    return words


def _group(number: int) -> str:
    words = ""
    gap = False
    for place in reversed(range(4)):
        digit = number // 10**place % 10
        if not digit:
            gap = bool(words)
            continue
        words += ("零" if gap else "") + _DIGITS[digit] + _PLACES[place]
        gap = False
    return words

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.kit.phones import (
    NumberRefused,
    birth_date_of,
    mask_id,
    mask_phone,
    normalise_id_number,
    normalise_phone,
    phone_tail,
)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("13800000000", "13800000000"),
        ("+86 138 0000 0000", "13800000000"),
        ("+86-13800000000", "13800000000"),
        ("008613800000000", "13800000000"),
        ("86 13800000000", "13800000000"),
        ("(+86)138-0000-0000", "13800000000"),
        ("＋８６　１３８００００００００", "13800000000"),
        ("138\u00a00000\u20090000", "13800000000"),
        ("\u202d13800000000\u202c", "13800000000"),
        ("138—0000—0000", "13800000000"),
        ("013800000000", "13800000000"),
        ("0573-86112233", "0573-86112233"),
        ("057386112233", "0573-86112233"),
        ("（0573）8611 2233", "0573-86112233"),
        ("0573-8611-2233", "0573-86112233"),
        ("+86 573 8611 2233", "0573-86112233"),
        ("+86 0573 86112233", "0573-86112233"),
        ("86-0573-86112233", "0573-86112233"),
        ("0573-86112233-801", "0573-86112233-801"),
        ("0573-86112233 转 801", "0573-86112233-801"),
        ("010 8888 8888", "010-88888888"),
        ("+86 10 8888 8888", "010-88888888"),
        ("021-68886888", "021-68886888"),
        ("0570-4012345", "0570-4012345"),
        ("400-820-8820", "4008208820"),
        ("+852 9123 4567", "+85291234567"),
        ("00853 6612 3456", "+85366123456"),
        ("+886 912 345 678", "+886912345678"),
    ],
)
def test_a_number_has_one_spelling(typed, stored):
    assert normalise_phone(typed) == stored
    assert normalise_phone(stored) == stored


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        (" \u200b- ", "empty"),
        ("王小明", "not_digits"),
        ("1380000000o", "not_digits"),
        ("١٣٨٠٠٠٠٠٠٠٠", "not_digits"),
        ("①③⑧⓪⓪⓪⓪⓪⓪⓪⓪", "not_digits"),
        ("13800000000/13900000000", "wrong_length"),
        ("1380000000", "wrong_length"),
        ("138000000000", "wrong_length"),
        ("13800000000.0", "wrong_length"),
        ("12345678901", "no_such_number"),
        ("00000000000", "foreign"),
        ("01000000000", "wrong_length"),
        ("13800000000转801", "no_such_number"),
        ("0573-1234567", "wrong_length"),
        ("86112233", "no_area_code"),
        ("+1 202 555 0100", "foreign"),
        ("+852 123", "foreign"),
        ("110", "no_such_number"),
    ],
)
def test_nonsense_is_refused_with_its_reason(typed, code):
    with pytest.raises(NumberRefused) as refusal:
        normalise_phone(typed)
    assert refusal.value.code == code


def test_neighbours_leave_the_area_code_out():
    assert normalise_phone("8611 2233", area_code="0573") == "0573-86112233"
    assert normalise_phone("86112233转8", area_code="0573") == "0573-86112233-8"
    assert normalise_phone("13800000000", area_code="0573") == "13800000000"


def test_lists_show_no_whole_number():
    assert mask_phone("13800001234") == "138****1234"
    assert mask_phone("0573-86112233") == "0573-****2233"
    assert mask_phone("0573-86112233-801") == "0573-****2233"
    assert mask_phone("+85291234567") == "+852****4567"
    assert mask_phone("12345") == "*****"
    assert phone_tail("13800001234") == "1234"
    assert phone_tail("0573-86112233-801") == "2233"


mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
separators = st.sampled_from(["", " ", "-", "\u3000", "—", " - "])


@given(
    mobiles, st.sampled_from(["", "+86", "0086", "86", "＋８６", "+86-"]), separators, st.booleans()
)
def test_dress_does_not_change_a_number(number, prefix, separator, wide):
    dressed = f"{prefix}{separator}{number[:3]}{separator}{number[3:7]}{separator}{number[7:]}"
    if wide:
        dressed = dressed.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    assert normalise_phone(dressed) == number


@given(st.text(st.sampled_from("0123456789+-() 转x８"), max_size=25) | st.text(max_size=25))
def test_whatever_is_accepted_is_a_number_and_stays_one(typed):
    try:
        stored = normalise_phone(typed)
    except NumberRefused:
        return
    assert normalise_phone(stored) == stored
    assert stored.isascii()
    digits = sum(c.isdigit() for c in stored.split("-801")[0])
    assert 10 <= digits <= 18


# Made-up persons; the check digits are right.
WANG = "33042419491231019X"


def checked(seventeen: str) -> str:
    """The check digit by the definition: the weighted sum leaves 1 modulo 11."""
    for digit in "0123456789X":
        values = [*map(int, seventeen), 10 if digit == "X" else int(digit)]
        if sum(value * 2 ** (17 - place) for place, value in enumerate(values)) % 11 == 1:
            return seventeen + digit
    raise AssertionError


def test_identity_numbers_have_one_spelling():
    assert checked(WANG[:17]) == WANG
    for typed in (
        WANG,
        WANG.lower(),
        "３３０４２４１９４９１２３１０１９Ｘ",
        f"'{WANG}",
        "330424 19491231 019x",
    ):
        assert normalise_id_number(typed) == WANG
    assert birth_date_of(WANG) == date(1949, 12, 31)
    assert mask_id(WANG) == "3304**********019X"
    assert mask_id("12") == "**"


def test_the_old_fifteen_digits_are_completed():
    assert normalise_id_number("330424491231019") == WANG


def test_a_permanent_resident_from_abroad_has_a_nine_in_front():
    assert normalise_id_number(checked("91112419810803002"))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("33042419491231007A", "not_digits"),
        ("3304241949123100２", "wrong_length"),
        ("33042X19491231002X", "not_digits"),
        ("330424194912310020", "wrong_check_digit"),
        (checked("99042419491231002"), "no_such_region"),
        (checked("00042419491231002"), "no_such_region"),
        (checked("33042419430229002"), "no_such_day"),
        (checked("33042417491231002"), "no_such_day"),
        (checked("33042420261231002"), "no_such_day"),
        ("330424430229002", "no_such_day"),
        ("000000000000000000", "no_such_region"),
    ],
)
def test_a_wrong_identity_number_is_refused_with_its_reason(typed, code):
    with pytest.raises(NumberRefused) as refusal:
        normalise_id_number(typed, today=date(2026, 11, 25))
    assert refusal.value.code == code


def test_born_on_29_february():
    number = checked("33042419440229002")
    assert birth_date_of(normalise_id_number(number)) == date(1944, 2, 29)


@given(
    st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(0, 999), st.integers(0, 17), st.data()
)
def test_one_wrong_digit_is_always_noticed(born, order, place, data):
    number = checked(f"330424{born:%Y%m%d}{order:03}")
    assert normalise_id_number(number) == number
    assert birth_date_of(number) == born
    wrong = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))
    with pytest.raises(NumberRefused):
        normalise_id_number(number[:place] + wrong + number[place + 1 :])

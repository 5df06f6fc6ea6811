import pytest

from mulin.kit.blindindex import blind_index

KEY = bytes(range(32))


def test_equal_values_meet_and_others_do_not():
    phone = blind_index("phone", "13800000000", key=KEY)
    assert phone == blind_index("phone", "13800000000", key=KEY)
    others = {
        blind_index("phone", "13800000001", key=KEY),
        blind_index("id_number", "13800000000", key=KEY),
        blind_index("phone", "13800000000", key=KEY[::-1]),
        # The border between kind and value counts.
        blind_index("phone1", "3800000000", key=KEY),
    }
    assert len(others | {phone}) == 5


def test_the_digest_is_the_one_stored_for_years():
    assert blind_index("phone", "13800000000", key=KEY) == "367ef5f5550478138e9b7e579b8cd731"


def test_nothing_is_not_indexed():
    for kind, value in (("", "1"), ("phone", "")):
        with pytest.raises(ValueError, match="nothing"):
            blind_index(kind, value, key=KEY)


def test_a_short_key_is_refused():
    with pytest.raises(ValueError, match="key"):
        blind_index("phone", "1", key=b"short")

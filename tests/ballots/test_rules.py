"""What a ballot is, what is shown, which sums meet: values in, values out."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.commons.ballots.rules import (
    Binding,
    Fault,
    Kept,
    Kind,
    OnlineCount,
    PaperCount,
    State,
    agreed,
    fault_of,
    kind_of,
    lacking,
    may_cast,
    may_draw,
    may_end,
    may_list,
    may_seal,
    message_of,
    read_message,
    receipt_of,
    roll_digest,
    sample_of,
    sample_size,
    showable,
    sides_read,
)
from tests.ballots.conftest import terms
from tests.clock import NOW

pytestmark = pytest.mark.once
OPTIONS = frozenset("123456")


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({}, None),
        ({"options": ()}, Fault.NO_OPTIONS),
        ({"constituencies": ()}, Fault.NO_CONSTITUENCY),
        ({"options": (("1", "一"), ("1", "二")), "max_choices": 1}, Fault.CODE_TWICE),
        ({"options": (("一", "一"),), "max_choices": 1}, Fault.TOO_LONG),
        ({"max_choices": 8}, Fault.LIMITS),
        ({"max_choices": 0}, Fault.LIMITS),
        ({"min_choices": 6}, Fault.LIMITS),
        ({"closes_at": NOW}, Fault.TIMES),
        ({"sample_every": 0}, Fault.SAMPLE),
        ({"sample_least": 0}, Fault.SAMPLE),
        ({"quorum_percent": 101}, Fault.QUORUM),
        ({"quorum_percent": 100}, None),
        ({"binding": Binding.MEETING, "legal_basis": " "}, Fault.BASIS),
        ({"binding": Binding.MEETING, "legal_basis": "第三十条"}, None),
        (
            {"options": tuple((f"a{one:011d}", "x") for one in range(30)), "max_choices": 30},
            Fault.TOO_LONG,
        ),
    ],
)
def test_terms_that_cannot_be(changed, fault):
    assert fault_of(terms(**changed)) == fault


@pytest.mark.parametrize(
    ("choices", "kind"),
    [
        ([], Kind.BLANK),
        (["1"], Kind.VALID),
        (["1", "2", "3", "4", "5"], Kind.VALID),
        (["1", "2", "3", "4", "5", "6"], Kind.VOID),
        (["1", "1"], Kind.VOID),
        (["9"], Kind.VOID),
    ],
)
def test_bettervoting_1478_fewer_is_valid_and_nothing_is_blank(choices, kind):
    """Equal-Vote/bettervoting#1478: a partial ballot was dropped as an abstention."""
    assert kind_of(choices, OPTIONS, least=0, most=5) == kind


def read(message, election="CODE"):
    return read_message(message, election, OPTIONS, least=0, most=5)


def test_a_message_is_read_only_as_it_is_written():
    message = message_of("CODE", "local", "n", ["2", "1"])
    assert read(message).choices == ("1", "2")
    for wrong in (
        message + b" ", message.replace(b'"v":1', b'"v":2'), b"", b"[]", b"\xff", b"{}",
        message.replace(b'["1","2"]', b'["2","1"]'), message.replace(b'"n"', b'"n" '),
        message.replace(b'["1","2"]', b"[1]"), message.replace(b'"local"', b"3"),
    ):  # fmt: skip
        assert read(wrong) is None or read(wrong).kind is Kind.VOID
    assert read(message, "OTHER") is None


def test_a_receipt_is_twelve_digits():
    assert receipt_of(b"ballot") == receipt_of(b"ballot") != receipt_of(b"other")
    assert [len(part) for part in receipt_of(b"ballot").split()] == [4, 4, 4]


def test_drawing_ends_at_the_end_and_casting_a_minute_later():
    ends = NOW + timedelta(days=1)
    moments = (NOW - timedelta(seconds=1), NOW, ends - timedelta(seconds=1), ends,
               ends + timedelta(seconds=59), ends + timedelta(seconds=60))  # fmt: skip
    assert [may_draw(State.OPEN, NOW, ends, one) for one in moments] == [0, 1, 1, 0, 0, 0]
    assert [may_cast(State.OPEN, NOW, ends, one) for one in moments] == [0, 1, 1, 1, 1, 0]
    assert [may_seal(State.OPEN, ends, one) for one in moments] == [0, 0, 0, 0, 0, 1]
    assert not any(may_draw(one, NOW, ends, NOW) for one in State if one is not State.OPEN)


@pytest.mark.parametrize(
    ("percent", "on_roll", "taken", "more"),
    [(50, 3, 1, 1), (50, 3, 2, 0), (50, 4, 2, 0), (34, 100, 33, 1), (0, 9, 0, 0), (50, 0, 0, 0)],
)
def test_how_many_more_should_take_part(percent, on_roll, taken, more):
    assert lacking(percent, on_roll, taken) == more


def test_the_sums_of_paper_and_urn():
    assert PaperCount(10, 1, 5, 2, 1, 1).missing == 0
    assert PaperCount(10, 0, 5, 2, 1, 1).missing == 1
    assert PaperCount(8, 0, 5, 2, 1, 1).missing == -1
    assert PaperCount(10, 1, 5, 2, 1, 1, printed=20, cancelled=10).unaccounted == 0
    assert PaperCount(10, 1, 5, 2, 1, 1, printed=20, cancelled=9).unaccounted == 1
    assert (OnlineCount(5, 4, 3, 1, 0).missing, OnlineCount(5, 4, 3, 1, 0).not_cast) == (0, 1)
    assert OnlineCount(5, 6, 6, 0, 0).missing == 1
    assert OnlineCount(5, 5, 3, 1, 0).missing == 1


def test_decidim_9130_an_unequal_sum_ends_only_with_words():
    """decidim/decidim#9130, #9594: valid+blank+void differ from the box and it can be closed."""
    assert may_end([(0, ""), (0, "")])
    assert not may_end([(0, ""), (1, " ")])
    assert may_end([(0, ""), (-1, "一张票是隔壁票箱的")])


def test_two_readings_must_be_the_same():
    one, other = Kept(Kind.VALID, "under lock"), Kept(Kind.VALID, "another")
    assert agreed(one, one) == one
    assert agreed(one, other) is agreed(one, None) is agreed(None, None) is None
    assert agreed(Kept(Kind.SET_ASIDE), Kept(Kind.SET_ASIDE)) is None


def test_the_sample_is_drawn_by_a_seed_and_is_never_less_than_five():
    assert [sample_size(count) for count in (0, 3, 5, 100, 101, 400)] == [0, 3, 5, 5, 6, 20]
    assert sample_of(range(1, 200), "s") == sample_of(range(1, 200), "s")
    assert sample_of(range(1, 200), "s") != sample_of(range(1, 200), "t")
    assert [sample_size(count, 10, 2) for count in (1, 20, 21)] == [1, 2, 3]  # as the terms say


def test_a_sheet_is_read_by_the_machine_when_every_side_of_it_is_sure():
    assert sides_read([("29",), ("3",)], of=2) == ("29", "3")
    assert sides_read([(), ()], of=2) == ()
    assert sides_read([("29",)], of=2) is sides_read([("29",), None], of=2) is None


def test_a_roll_hash_depends_on_who_stands_there_alone():
    assert roll_digest("a", [2, 1], salt="s") == roll_digest("a", [1, 2], salt="s")
    assert len({roll_digest("a", ids, salt="s") for ids in ([1], [1, 2], [12])}) == 3


@pytest.mark.parametrize(
    ("counts", "groups"),
    [
        ({"a": 100, "b": 12, "c": 50}, [("a",), ("b",), ("c",)]),
        ({"a": 100, "b": 3, "c": 50}, [("a",), ("b", "c")]),
        ({"a": 100, "b": 6, "c": 5}, [("a",), ("b", "c")]),
        ({"a": 4, "b": 3, "c": 2}, []),
        ({"a": 4, "b": 3, "c": 3}, [("a", "b", "c")]),
        ({"a": 20, "b": 0}, [("a",), ("b",)]),
        ({"a": 0}, [("a",)]),
        ({"a": 9}, []),
        ({"a": 9, "b": 0, "c": 0}, []),
    ],
)
def test_siv_92_small_groups_are_put_together(counts, groups):
    """siv-org/siv#92, piratar/wasa2il#80: few voters, or the difference of two sums, tell."""
    assert showable(counts) == groups


@pytest.mark.parametrize(
    ("online", "on_paper", "listed"),
    [(10, 0, True), (10, 10, True), (0, 3, False), (9, 40, False), (40, 1, False), (0, 0, True)],
)
def test_a_channel_of_few_is_found_by_no_subtraction(online, on_paper, listed):
    assert may_list(online, on_paper) is listed


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 40), min_size=1))
def test_no_shown_group_is_small_and_none_is_left_over_by_itself(counts):
    groups = showable(counts)
    sums = [sum(counts[code] for code in codes) for codes in groups]
    assert all(count == 0 or count >= 10 for count in sums)
    left = sum(counts.values()) - sum(sums)
    assert left == 0 or sum(sums) == 0

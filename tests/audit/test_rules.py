"""The chain tells a gap, an edit, a duplicate and a cut-off tail apart."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.ground.audit.rules import (
    GENESIS,
    Fault,
    Finding,
    Link,
    digest_of_detail,
    examine,
    seal_of,
)
from tests.clock import NOW

KEY = b"k" * 32


def chain(length):
    """A whole chain of this length."""
    links, previous = [], GENESIS
    for seq in range(1, length + 1):
        link = Link(
            community_id=7, seq=seq, at=NOW + timedelta(minutes=seq), account_id=seq % 3 or None,
            on_behalf_of=None, channel="online", verb="say", kind="flow.need", record_id=seq,
            detail_digest=digest_of_detail(f"detail {seq}", key=KEY), previous=previous,
        )  # fmt: skip
        link = replace(link, seal=seal_of(link, key=KEY))
        links.append(link)
        previous = link.seal
    return links


def found(links, *, head=None, anchors=None):
    """What is wrong with these links; the head is that of the whole chain unless told."""
    last = head or links[-1]
    return examine(links, head_seq=last.seq, head=last.seal, anchors=anchors or {}, key=KEY)


@pytest.mark.parametrize("length", [1, 2, 50])
def test_a_whole_chain_is_whole(length):
    links = chain(length)
    assert found(links, anchors={links[0].seq: links[0].seal}) == []


def test_no_act_at_all_is_whole():
    assert examine([], head_seq=0, head=GENESIS, anchors={}, key=KEY) == []


def test_an_act_taken_from_the_middle_is_a_gap():
    links = chain(9)
    assert found([*links[:3], *links[4:]]) == [Finding(Fault.GAP, 4)]


def test_the_first_act_taken_is_a_gap():
    assert found(chain(5)[1:]) == [Finding(Fault.GAP, 1)]


@pytest.mark.parametrize(
    "change",
    [
        {"at": NOW},
        {"account_id": 99},
        {"on_behalf_of": 5},
        {"channel": "paper"},
        {"verb": "unsay"},
        {"kind": "flow.step"},
        {"record_id": 1},
        {"detail_digest": "0" * 64},
        {"community_id": 8},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_column_that_is_changed_is_an_edit(change):
    links = chain(6)
    links[2] = replace(links[2], **change)
    assert found(links) == [Finding(Fault.EDIT, 3)]


def test_an_edit_sealed_anew_with_another_key_is_still_an_edit():
    links = chain(4)
    forged = replace(links[1], verb="unsay")
    links[1] = replace(forged, seal=seal_of(forged, key=b"x" * 32))
    assert found(links) == [Finding(Fault.EDIT, 2), Finding(Fault.EDIT, 3)]


def test_an_act_that_stands_twice_is_a_duplicate():
    links = chain(5)
    assert found([*links[:3], links[2], *links[3:]]) == [Finding(Fault.DUPLICATE, 3)]


def test_a_tail_cut_off_is_seen_by_the_head():
    links = chain(8)
    assert found(links[:5], head=links[-1]) == [Finding(Fault.CUT_TAIL, 6)]


def test_a_tail_cut_off_with_its_head_wound_back_is_seen_by_an_anchor():
    links = chain(8)
    assert found(links[:5], anchors={7: links[6].seal}) == [Finding(Fault.CUT_TAIL, 6)]


def test_a_chain_written_anew_differs_from_its_anchor():
    old, links = chain(4), chain(4)
    assert found(links, anchors={3: old[2].seal[::-1]}) == [Finding(Fault.EDIT, 3)]


def test_a_head_that_points_elsewhere_is_forged():
    links = chain(4)
    elsewhere = replace(links[-1], seal="f" * 64)
    assert found(links, head=elsewhere) == [Finding(Fault.FORGED_HEAD, 4)]


@given(length=st.integers(2, 30), data=st.data())
def test_whichever_act_is_missing_the_fault_names_its_place(length, data):
    links = chain(length)
    gone = data.draw(st.integers(0, length - 1))
    fault = Fault.CUT_TAIL if gone == length - 1 else Fault.GAP
    assert found([*links[:gone], *links[gone + 1 :]], head=links[-1]) == [Finding(fault, gone + 1)]

"""Shares of ink become an answer, or a person's work."""

import pytest

from mulin.kit.paper.definition import Choice, Field, Kind
from mulin.kit.paper.marks import Answer, Ink, Seen, answer_of

pytestmark = pytest.mark.once

EMPTY, MARKED, SPECK, BLACK = (Seen(ink, 0.9) for ink in (0.0, 0.3, 0.05, 0.8))
LOST = Seen(0.3, 0.4)
CHOICES = (Choice("a", "甲"), Choice("b", "乙"))


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        (Seen(0.0, 1.0), Ink.EMPTY), (Seen(0.029, 1.0), Ink.EMPTY), (Seen(0.03, 1.0), Ink.UNCLEAR),
        (Seen(0.169, 1.0), Ink.UNCLEAR), (Seen(0.17, 1.0), Ink.MARKED),
        (Seen(0.66, 1.0), Ink.MARKED), (Seen(0.661, 1.0), Ink.UNCLEAR),
        (Seen(0.3, 0.54), Ink.UNCLEAR), (Seen(0.0, 0.54), Ink.UNCLEAR),
    ],
)  # fmt: skip
def test_a_box(seen, verdict):
    assert seen.verdict == verdict


@pytest.mark.parametrize(
    ("kind", "first", "second", "answer"),
    [
        (Kind.ONE, EMPTY, EMPTY, Answer((), is_sure=True)),
        (Kind.ONE, MARKED, EMPTY, Answer(("a",), is_sure=True)),
        (Kind.ONE, MARKED, MARKED, Answer((), is_sure=False)),
        (Kind.ONE, MARKED, SPECK, Answer(("a",), is_sure=False)),
        (Kind.ONE, BLACK, MARKED, Answer(("b",), is_sure=False)),
        (Kind.MANY, MARKED, MARKED, Answer(("a", "b"), is_sure=True)),
        (Kind.MANY, EMPTY, LOST, Answer((), is_sure=False)),
    ],
)
def test_the_boxes_of_a_field(kind, first, second, answer):
    assert answer_of(Field("q", "问", kind, CHOICES), {"a": first, "b": second}) == answer


def test_a_box_that_was_not_measured_is_no_answer():
    with pytest.raises(KeyError):
        answer_of(Field("q", "问", Kind.ONE, CHOICES), {"a": EMPTY})

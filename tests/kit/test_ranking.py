"""Closeness of short Chinese texts: an order, measured on texts that mean the same."""

from hypothesis import given
from hypothesis import strategies as st

from mulin.kit.ranking import closeness, grams_of, plain, shared_characters, shares_a_pair

TEXTS = st.text(alphabet="路灯不亮坏了楼道电梯停三单元 ，3a", max_size=12)


def order(typed, texts):
    scores = closeness(typed, texts)
    return sorted(range(len(texts)), key=lambda at: -scores[at])


def test_one_spelling():
    assert plain("３号楼，　Ａ座 ") == "3号楼a座"
    assert grams_of("路灯路灯") == ["路", "灯", "路灯", "灯路"]


def test_the_closest_comes_first():
    texts = ["电梯又停了", "楼道灯坏了，晚上看不见", "路灯一闪一闪", "垃圾桶满了"]
    assert order("楼道灯不亮，坏了", texts)[0] == 1
    assert closeness("楼道灯", ["菜价太高"]) == [0.0]


def test_what_stands_everywhere_says_little():
    texts = ["我们小区路灯坏了", "我们小区电梯停了", "我们小区垃圾没人收", "我们小区很吵"]
    assert order("我们小区的电梯", texts)[0] == 1


def test_nothing_to_compare():
    assert closeness("路灯", []) == []
    assert closeness("", ["路灯"]) == [0.0]
    assert closeness("路灯", ["", "。"]) == [0.0, 0.0]


def test_a_pair_of_neighbours():
    assert shares_a_pair("楼道灯", "道灯亮")
    assert not shares_a_pair("路灯", "灯路")
    assert not shares_a_pair("灯", "灯")


def test_characters_in_common():
    assert shared_characters("路灯不亮，不亮", "灯亮了，灯") == 2


@given(TEXTS, st.lists(TEXTS, max_size=6))
def test_scores_are_finite_positive_and_do_not_depend_on_the_order(typed, texts):
    scores = closeness(typed, texts)
    assert len(scores) == len(texts)
    assert all(0 <= score < 1_000 for score in scores)
    backwards = closeness(typed, texts[::-1])[::-1]
    assert all(abs(one - other) < 1e-9 for one, other in zip(scores, backwards, strict=True))
    mine = set(plain(typed))
    for score, text in zip(scores, texts, strict=True):
        assert (score > 0) == bool(mine & set(plain(text)))

"""What would tell the street who asked is found, whatever stands around it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.kit.redaction import SOMEBODY, STAFF, Kind, find, marked, redact

NAMES = {"王秀英": SOMEBODY, "李㛃": SOMEBODY, "小陈": STAFF}
OURS = ("0573-86000120",)


def told(text, **more):
    return redact(text, names=NAMES, keep=OURS, **more)


@pytest.mark.parametrize(("said", "shown"), [
    ("王秀英家漏水，电话13811112222", "某居民家漏水，电话（电话略）"),
    ("打 138-1111-2222 或 0573 8611 2233", "打 （电话略） 或 （电话略）"),
    ("１３８１１１１２２２２", "（电话略）"),
    ("一三八一一一一二二二二找我", "（电话略）找我"),
    ("(0573)86112233", "（电话略）"),
    ("身份证110101199003072113，110101 19900307 213X", "身份证（证件号略），（证件号略）"),
    ("卡号6222021234567890123", "卡号（号码略）"),
    ("住12幢1单元301室", "住12幢1单元某室"),
    ("12幢301漏水", "12幢某室漏水"),
    ("住12-1-301", "住12幢"),
    ("3号楼502的人", "3号楼某室的人"),
    ("三零一室", "某室"),
    ("浙F12345和沪A·D12345堵着", "（车牌略）和（车牌略）堵着"),
    ("浙f1234a", "（车牌略）"),
    ("微信号abc_12345", "（联系方式略）"),
    ("写信到 lao.wang@example.cn", "写信到 （联系方式略）"),
    ("楼上的张奶奶和沈师傅", "楼上的某奶奶和某师傅"),
    ("秀英说老王也看见了", "某居民说某居民也看见了"),
    ("我叫陈建国，住得不远", "我叫某居民，住得不远"),
    ("小陈来看过", "工作人员来看过"),
])  # fmt: skip
def test_what_tells_of_a_person_goes(said, shown):
    assert told(said) == shown


@pytest.mark.parametrize("said", [
    "楼下路灯坏了三天，晚上回来黑漆漆的",
    "12幢门口的灯，2026-11-25 10:30 修好，2026年11月25日看过",
    "有事打社区 0573-86000120，或者 12345、110",
    "编号 2026-00121 的事",
    "1单元2楼的灯，一共200户300平米，花了1200元",
    "小区里的老人、小孙子、教室",
    "五一二路、二〇二六年",
    "车棚加装六个插位，下月再看够不够",
])  # fmt: skip
def test_what_tells_of_nobody_stays(said):
    assert told(said) == said


def test_a_name_of_the_roll_is_only_a_guess():
    (found,) = find("高兴地说灯亮了", guessed=["高兴"])
    assert (found.kind, found.is_sure) == (Kind.NAME, False)


def test_the_places_are_those_of_the_text():
    said = "王秀英（１３８１１１１２２２２）"
    assert [(said[one.start : one.end], one.kind) for one in find(said, names=NAMES)] == [
        ("王秀英", Kind.NAME), ("１３８１１１１２２２２", Kind.PHONE),
    ]  # fmt: skip


mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
spread = st.sampled_from(["", " ", "-", "·"])
plates = st.from_regex(r"[浙沪苏皖][A-HJ-NP-Z][A-HJ-NP-Z0-9]{5}", fullmatch=True)
ids = st.from_regex(r"[1-6][0-9]{5}(19|20)[0-9]{2}[0-9]{6}[0-9X]", fullmatch=True)
around = st.text("的灯坏了在门口，。！ 说是修好abc\n", max_size=12)
pieces = st.lists(
    st.one_of(
        st.tuples(mobiles, spread).map(lambda one: one[1].join((one[0][:3], one[0][3:7], one[0][7:]))),
        ids, plates, st.sampled_from(list(NAMES)),
    ),
    min_size=1, max_size=4,
)  # fmt: skip


@given(secrets=pieces, words=st.lists(around, min_size=5, max_size=5))
def test_no_secret_survives_whatever_stands_around_it(secrets, words):
    text = words[0] + "".join(
        f"{secret}，{word}" for secret, word in zip(secrets, words[1:], strict=False)
    )
    shown = told(text)
    assert [secret for secret in secrets if secret in shown] == []
    assert find(shown, names=NAMES, keep=OURS) == []
    assert told(shown) == shown


@given(st.text(max_size=60))
def test_any_text_is_taken_and_a_second_look_changes_nothing(text):
    shown = told(text)
    assert told(shown) == shown
    assert find(shown, names=NAMES, keep=OURS) == []


@given(st.text("王秀英13800001111幢-单元室浙F·，的灯老小", max_size=40))
def test_the_pieces_are_the_text(text):
    found = find(text, names=NAMES)
    parts = marked(text, found)
    assert "".join(part for part, _found in parts) == text
    assert [one for _part, one in parts if one] == found
    assert all(a.end <= b.start for a, b in pairwise(found))

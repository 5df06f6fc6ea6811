import runpy
from pathlib import Path

import pypinyin
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin.constants import PINYIN_DICT

from mulin.kit.names import NameRefused, clean_name, masked_name, pinyin_of, split_name


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [
        ("曾小明", "zengxiaoming", "zxm"),
        ("单雄信", "shanxiongxin", "sxx"),
        ("解珍", "xiezhen", "xz"),
        ("仇英", "qiuying", "qy"),
        ("区大伟", "oudawei", "odw"),
        ("查良镛", "zhaliangyong", "zly"),
        ("盖叫天", "gejiaotian", "gjt"),
        ("任我行", "renwoxing", "rwx"),
        ("朴正熙", "piaozhengxi", "pzx"),
        ("乐嘉", "yuejia", "yj"),
        ("王乐乐", "wanglele", "wll"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("万俟卨", "moqixie", "mqx"),
        ("欧阳修", "ouyangxiu", "oyx"),
        ("长孙无忌", "zhangsunwuji", "zswj"),
        ("单于", "chanyu", "cy"),
        ("吕布", "lvbu", "lb"),
        ("王", "wang", "w"),
        ("艾力·买买提", "ailimaimaiti", "almmt"),
        ("O'Brien", "obrien", "o"),
        ("Ana Lima", "analima", "al"),
        ("𠮷田", "𠮷tian", "𠮷t"),
        ("", "", ""),
        ("···", "", ""),
    ],
)
def test_a_name_is_read_as_it_is_called(name, full, initials):
    assert pinyin_of(name) == (full, initials)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("王", "王"),
        (" 王小明\n", "王小明"),
        ("王　明", "王明"),
        ("王 明", "王明"),
        ("王\u200b小\x00明\u202e", "王小明"),
        ("𠮷田𩸽", "𠮷田𩸽"),
        ("艾力•买买提", "艾力·买买提"),
        ("艾力・买买提", "艾力·买买提"),
        ("Ana\t  Lima", "Ana Lima"),
        ("Ana \u200b Lima", "Ana Lima"),
        ('O\'Brien / Li & "Co" <x', 'O\'Brien / Li & "Co" <x'),
        ("Jose\u0301", "José"),
        ("葛\U000e0100飾", "葛\U000e0100飾"),
    ],
)
def test_a_name_is_kept_without_what_nobody_sees(typed, stored):
    assert clean_name(typed) == stored


@pytest.mark.parametrize("typed", ["", "  ", "\u3000\u200b", "\x00\n"])
def test_no_name_is_refused(typed):
    with pytest.raises(NameRefused) as refusal:
        clean_name(typed)
    assert refusal.value.code == "empty"


def test_surnames_of_one_and_two_characters():
    assert split_name("王小明") == ("王", "小明")
    assert split_name("欧阳修") == ("欧阳", "修")
    assert split_name("艾力·买买提") == ("", "艾力·买买提")
    assert split_name("葛\U000e0100飾") == ("葛\U000e0100", "飾")


def test_a_notice_shows_the_surname_only():
    assert masked_name("王小明") == "王**"
    assert masked_name("王明") == "王*"
    assert masked_name("欧阳修") == "欧阳*"
    assert masked_name("王") == "*"
    assert masked_name("𠮷田") == "𠮷*"
    assert masked_name("艾力·买买提") == "艾***"
    assert masked_name("Ana Lima") == "A***"
    assert masked_name("A") == "*"


@given(st.text(max_size=30))
def test_cleaning_is_done_once_and_reading_never_fails(typed):
    try:
        name = clean_name(typed)
    except NameRefused:
        return
    assert clean_name(name) == name
    assert name == name.strip()
    full, initials = pinyin_of(name)
    assert len(initials) <= len(full)
    assert "".join(split_name(name)) == name
    masked_name(name)


def test_the_packed_readings_are_the_library_s_own():
    found = runpy.run_path(str(Path(pypinyin.__file__).with_name("pinyin_dict.py")))
    for code, words in found["pinyin_dict"].items():
        assert code in PINYIN_DICT
        assert PINYIN_DICT[code] == words
    for code in (0, ord("a"), 0x2FFFF, 0x10FFFF):
        assert code not in PINYIN_DICT

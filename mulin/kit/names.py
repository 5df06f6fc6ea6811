"""Names of people: cleaned without loss, read in pinyin with surnames read as surnames, masked.

Names may have one character, characters outside the BMP, a middle dot (艾力·买买提), or
`/ & ' " <`. All are kept; what a page or file can't bear is that page's or file's to escape.
"""

import os
import re
import unicodedata
from typing import Final, NamedTuple

# The table of phrases would take 40 MB in every process and says little of names; nor need each
# process hold its tables twice.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")

from mulin.kit.readings import pack_readings

pack_readings()

from pypinyin import lazy_pinyin  # noqa: E402  its table is packed first

# Read otherwise as a surname than in a text; all other characters are left to pypinyin.
_SURNAMES: Final = {
    "乐": "yue", "樂": "yue", "乜": "nie", "仇": "qiu", "佴": "nai", "区": "ou", "區": "ou",
    "单": "shan", "單": "shan", "卜": "bu", "召": "shao", "句": "gou", "员": "yun", "員": "yun",
    "尉": "wei", "折": "she", "曾": "zeng", "朴": "piao", "查": "zha", "洗": "xian", "盖": "ge",
    "蓋": "ge", "祭": "zhai", "秘": "bi", "种": "chong", "繁": "po", "缪": "miao", "繆": "miao",
    "翟": "zhai", "薄": "bo", "藏": "zang", "覃": "qin", "解": "xie", "贠": "yun", "郇": "xun",
    "都": "du", "阚": "kan", "闞": "kan", "隗": "wei", "颉": "xie", "黑": "he", "任": "ren",
}  # fmt: skip
_COMPOUND_SURNAMES: Final = {
    "万俟": "mo qi", "上官": "shang guan", "东方": "dong fang", "东郭": "dong guo",
    "乐正": "yue zheng", "亓官": "qi guan", "仲孙": "zhong sun", "令狐": "ling hu",
    "公冶": "gong ye", "公孙": "gong sun", "公羊": "gong yang", "公西": "gong xi",
    "南宫": "nan gong", "单于": "chan yu", "司徒": "si tu", "司空": "si kong", "司马": "si ma",
    "呼延": "hu yan", "哥舒": "ge shu", "夏侯": "xia hou", "太叔": "tai shu", "完颜": "wan yan",
    "宇文": "yu wen", "宗政": "zong zheng", "尉迟": "yu chi", "左丘": "zuo qiu", "巫马": "wu ma",
    "慕容": "mu rong", "拓跋": "tuo ba", "梁丘": "liang qiu", "欧阳": "ou yang", "歐陽": "ou yang",
    "淳于": "chun yu", "漆雕": "qi diao", "澹台": "tan tai", "濮阳": "pu yang", "独孤": "du gu",
    "申屠": "shen tu", "百里": "bai li", "皇甫": "huang fu", "端木": "duan mu", "第五": "di wu",
    "纳兰": "na lan", "羊舌": "yang she", "耶律": "ye lv", "西门": "xi men", "诸葛": "zhu ge",
    "谷梁": "gu liang", "贺兰": "he lan", "赫连": "he lian", "轩辕": "xuan yuan", "达奚": "da xi",
    "钟离": "zhong li", "长孙": "zhang sun", "闻人": "wen ren", "闾丘": "lv qiu", "鲜于": "xian yu",
}  # fmt: skip

_HAN: Final = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_BETWEEN_HAN: Final = re.compile(rf"(?<=[{_HAN}]) (?=[{_HAN}])")
_HAN_ONLY: Final = re.compile(rf"[{_HAN}\ufe00-\ufe0f\U000e0100-\U000e01ef]+")
_SHAPE_SELECTORS: Final = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# Keyboards offer many dots for the one between the parts of a name, which is U+00B7.
_DOTS: Final = dict.fromkeys(map(ord, "•‧∙⋅・･·ᐧ"), "·")
_NO_LETTER: Final = re.compile(r"[\W_]+")


class NameRefused(ValueError):  # noqa: N818  a refusal is an answer, not an error
    """Not a name. `code` is `empty`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Pinyin(NamedTuple):
    """`full` without blanks or tones, `initials` one letter a character; ü is typed v."""

    full: str
    initials: str


def clean_name(text: str) -> str:
    """The name as it is stored: NFC, without control and invisible characters.

    The blank that pads two-character names in tables (王　明) goes; between Latin words one stays.
    Raises NameRefused when nothing is left.
    """
    spaced = re.sub(r"\s+", " ", text)
    kept = "".join(c for c in spaced if unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
    # Once more: what stood between two blanks may have been invisible.
    name = re.sub(" +", " ", unicodedata.normalize("NFC", kept).translate(_DOTS)).strip()
    name = _BETWEEN_HAN.sub("", name)
    if not name:
        raise NameRefused("empty")
    return name


def split_name(name: str) -> tuple[str, str]:
    """Surname and given name of a Chinese name; all other names are one given name.

    >>> split_name("欧阳修")
    ('欧阳', '修')
    """
    if not _HAN_ONLY.fullmatch(name):
        return "", name
    letters = 2 if name[:2] in _COMPOUND_SURNAMES else 1
    # A surname of unusual shape takes its selector along.
    while _SHAPE_SELECTORS.match(name, letters):
        letters += 1
    return name[:letters], name[letters:]


def pinyin_of(name: str) -> Pinyin:
    """How a name is typed on a keyboard, surnames read as surnames (单雄信: shan, not dan).

    A character without a known reading stands for itself. Two-character names that are a
    compound surname are read as one (尉迟 is short for 尉迟阿姨 more often than 尉 named 迟).

    >>> pinyin_of("曾小明")
    Pinyin(full='zengxiaoming', initials='zxm')
    """
    surname, given = split_name(_SHAPE_SELECTORS.sub("", name))
    syllables = _surname_syllables(surname) + [
        part.lower() for syllable in lazy_pinyin(given) for part in _parts(syllable)
    ]
    return Pinyin("".join(syllables), "".join(syllable[0] for syllable in syllables))


def masked_name(name: str) -> str:
    """For public notices: the surname, or the first letter of a name that has none.

    >>> masked_name("王小明"), masked_name("艾力·买买提"), masked_name("王")
    ('王**', '艾***', '*')
    """
    surname, given = split_name(name)
    if not surname:
        return name[0] + "***" if len(name) > 1 else "*"
    return surname + "*" * len(_SHAPE_SELECTORS.sub("", given)) if given else "*" * len(surname)


def _surname_syllables(surname: str) -> list[str]:
    if surname in _COMPOUND_SURNAMES:
        return _COMPOUND_SURNAMES[surname].split()
    return [_SURNAMES.get(surname) or lazy_pinyin(surname)[0]] if surname else []


def _parts(syllable: str) -> list[str]:
    """What pypinyin can't read it hands back in one piece, several characters at a time."""
    if re.search(f"[{_HAN}]", syllable):
        return list(syllable)
    # O'Brien is one word; Ana Lima and 买·买 are two.
    return [
        _NO_LETTER.sub("", word)
        for word in re.split(r"[\s·/&-]+", syllable)
        if _NO_LETTER.sub("", word)
    ]

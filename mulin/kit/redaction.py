"""What a text says of a person, before it is shown to the street: proposed, never decided here.

Names, telephone and identity numbers, rooms, plates. A machine finds no more than what looks like
one, so a clerk reads every text; what is *sure* (`Found.is_sure`) may not stand in it at all.
Pure functions on plain values.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What was found."""

    NAME = "name"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    NUMBER = "number"
    PLATE = "plate"
    ROOM = "room"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class Found:
    """A place in a text, what it seems to say, and what may stand there instead."""

    start: int
    end: int
    kind: Kind
    instead: str
    is_sure: bool = False


SOMEBODY: Final = "某居民"
STAFF: Final = "工作人员"
_ROOM: Final = "某室"
_INSTEAD: Final = {
    Kind.PHONE: "（电话略）",
    Kind.ID_NUMBER: "（证件号略）",
    Kind.NUMBER: "（号码略）",
    Kind.PLATE: "（车牌略）",
    Kind.CONTACT: "（联系方式略）",
}
_NEUTRAL: Final = (SOMEBODY, STAFF, _ROOM, *_INSTEAD.values())

# One character for one, so that a place in the plain text is the place in the text.
_HALF: Final = {0x3000: " "} | {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_DASHES: Final = dict.fromkeys(map(ord, "‐‑‒–—―−－_"), "-")
_SPOKEN: Final = str.maketrans("零〇一二三四五六七八九幺", "0012345678" + "91")

_DAY: Final = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}([-./])[0-9]{1,2}\1[0-9]{1,2}(?![0-9])")
#: The number of a demand, by which nobody is found.
_MATTER: Final = re.compile(r"(?<![0-9])20[0-9]{2}-[0-9]{5}(?![0-9])")
_LONG: Final = re.compile(r"(?:\((?=[0-9]{3,4}\)))?[0-9](?:[ \-.·()]{0,2}[0-9]){6,}[Xx]?")
_MOBILE: Final = re.compile(r"(?:86|0086)?1[3-9][0-9]{9}")
_LANDLINE: Final = re.compile(r"(?:86)?0[0-9]{9,11}")
_ID: Final = re.compile(r"[0-9]{17}[0-9X]")
_PLATE: Final = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领]"
    r"[A-HJ-NP-Z][ ·.\-]?[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳]",
    re.IGNORECASE,
)
_CONTACT: Final = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:微信|QQ|wx|VX|V信|抖音)(?:号码?)?[: 是]{0,3}[A-Za-z0-9_-]{5,}",
    re.IGNORECASE | re.ASCII,
)
#: What a number of three or four digits counts when it is no room.
_NO_ROOM: Final = r"(?![0-9])(?!\s*[平米元人块个户年月天次度毫厘斤件%])"
_ROOMS: Final = (
    re.compile(rf"(?<=[幢栋座楼])\s*[0-9]{{3,4}}(?:\s*[室号])?{_NO_ROOM}"),
    re.compile(rf"(?<=单元)\s*[0-9]{{3,4}}(?:\s*[室号])?{_NO_ROOM}"),
    re.compile(r"(?<![0-9])[0-9]{3,4}\s*(?:室|号房|房间)"),
    re.compile(r"[零〇一二三四五六七八九]{3,4}室"),
)
#: 12-1-301, 12#301: what follows the building goes.
_DASHED: Final = re.compile(
    r"(?<![0-9\-#])[0-9]{1,3}(?P<rest>[-#](?:[0-9]{1,2}-)?[0-9]{3,4}(?:室)?)(?![0-9\-])"
)
_SURNAMES: Final = (
    "王李张刘陈赵黄周吴徐孙胡朱郭罗梁宋郑谢韩唐冯董萧肖程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾魏薛阎潘杜戴汪姜"
    "范姚谭廖邹陆郝崔邱秦顾侯邵孟钱尹黎乔贺赖龚俞杨陶祝费褚严鲍喻柏章葛奚殷毕邬樊凌霍虞莫裘缪"
)
_TITLES: Final = (
    "奶奶|爷爷|阿姨|阿婆|大爷|大妈|大娘|大伯|大叔|叔叔|伯伯|老伯|婆婆|公公|师傅|老师|医生|先生|女士|小姐|太太"
    "|经理|主任|书记|校长|老板|嫂|婶"
)
_TITLED: Final = re.compile(rf"[{_SURNAMES}](?=(?:{_TITLES}))")
_FAMILIAR: Final = re.compile(rf"[老小阿][{_SURNAMES}](?![子女])")
_SAID: Final = re.compile(rf"(?:我叫|名叫|姓名:?|联系人:?)\s*(?P<name>[{_SURNAMES}][一-龥]{{1,2}})")
#: A name of one character would be found in every second word.
_SHORTEST_NAME: Final = 2
_WHOLE_NAME: Final = 3
_ROUNDS: Final = 6


def find(
    text: str,
    *,
    names: Mapping[str, str] | None = None,
    guessed: Collection[str] = (),
    keep: Collection[str] = (),
) -> list[Found]:
    """What the text says of persons, in its order, no two of them over each other.

    `names` are those of the people in the matter, each with the word that stands for them;
    `guessed` others that may be meant. `keep` are telephone numbers that everybody may know.
    """
    plain = text.translate(_HALF).translate(_DASHES)
    found = [
        *_named(plain, names or {}, is_sure=True),
        *_named(plain, dict.fromkeys(guessed, SOMEBODY), is_sure=False),
        *_numbers(plain, keep),
        *_numbers(plain.translate(_SPOKEN), keep),
        *_patterns(plain),
    ]
    chosen: list[Found] = []
    for one in sorted(found, key=lambda one: (one.start, not one.is_sure, -one.end)):
        if not chosen or one.start >= chosen[-1].end:
            chosen.append(one)
        elif one.is_sure and not chosen[-1].is_sure:
            # What is sure takes the place of a guess it begins in, from where the guess began.
            last = chosen.pop()
            chosen.append(Found(last.start, max(last.end, one.end), one.kind, one.instead, True))
    return chosen


def redact(
    text: str,
    *,
    names: Mapping[str, str] | None = None,
    guessed: Collection[str] = (),
    keep: Collection[str] = (),
) -> str:
    """The text with what was found replaced, so that nothing is found in it any more."""
    for _round in range(_ROUNDS):
        found = find(text, names=names, guessed=guessed, keep=keep)
        if not found:
            break
        for one in reversed(found):
            text = text[: one.start] + one.instead + text[one.end :]
    return text


def marked(text: str, found: Collection[Found]) -> list[tuple[str, Found | None]]:
    """The text in pieces, each with what was found there: for showing it marked."""
    pieces: list[tuple[str, Found | None]] = []
    place = 0
    for one in found:
        if one.start > place:
            pieces.append((text[place : one.start], None))
        pieces.append((text[one.start : one.end], one))
        place = one.end
    if place < len(text):
        pieces.append((text[place:], None))
    return pieces


def _named(plain: str, names: Mapping[str, str], *, is_sure: bool) -> Iterator[Found]:
    for name, instead in names.items():
        if len(name) < _SHORTEST_NAME or any(name in word for word in _NEUTRAL):
            continue
        for match in re.finditer(re.escape(name), plain):
            yield Found(match.start(), match.end(), Kind.NAME, instead, is_sure)
        if is_sure and len(name) == _WHOLE_NAME and name[0] in _SURNAMES:
            # Neighbours say the given name alone; it may also be a word.
            for match in re.finditer(re.escape(name[1:]), plain):
                yield Found(match.start(), match.end(), Kind.NAME, instead)


def _numbers(plain: str, keep: Collection[str]) -> Iterator[Found]:
    kept = {re.sub(r"[^0-9]", "", phone) for phone in keep}
    hidden = _MATTER.sub(_blank, _DAY.sub(_blank, plain))
    for match in _LONG.finditer(hidden):
        digits = re.sub(r"[^0-9X]", "", match[0].upper())
        if digits in kept:
            continue
        kind = Kind.NUMBER
        if _ID.fullmatch(digits):
            kind = Kind.ID_NUMBER
        elif _MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits):
            kind = Kind.PHONE
        is_sure = kind is not Kind.NUMBER
        yield Found(match.start(), match.end(), kind, _INSTEAD[kind], is_sure)


def _blank(match: re.Match[str]) -> str:
    return "日" * len(match[0])


def _patterns(plain: str) -> Iterator[Found]:
    for match in _PLATE.finditer(plain):
        yield Found(match.start(), match.end(), Kind.PLATE, _INSTEAD[Kind.PLATE], True)
    for match in _CONTACT.finditer(plain):
        yield Found(match.start(), match.end(), Kind.CONTACT, _INSTEAD[Kind.CONTACT])
    for pattern in _ROOMS:
        for match in pattern.finditer(plain):
            yield Found(match.start(), match.end(), Kind.ROOM, _ROOM)
    for match in _DASHED.finditer(_DAY.sub(_blank, plain)):
        yield Found(match.start("rest"), match.end("rest"), Kind.ROOM, "幢")
    for match in _TITLED.finditer(plain):
        yield Found(match.start(), match.end(), Kind.NAME, "某")
    for match in _FAMILIAR.finditer(plain):
        yield Found(match.start(), match.end(), Kind.NAME, SOMEBODY)
    for match in _SAID.finditer(plain):
        yield Found(match.start("name"), match.end("name"), Kind.NAME, SOMEBODY)

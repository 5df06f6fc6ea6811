"""The law of the roll: what may stand on it, who looks like one person, what an erasure leaves."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from itertools import combinations
from typing import Any, Final, TypedDict

from mulin.kit.clock import parse_day
from mulin.kit.grams import prefixes, words_of
from mulin.kit.names import NameRefused, Pinyin, clean_name, pinyin_of, split_name
from mulin.kit.phones import (
    NumberRefused,
    birth_date_of,
    mask_id,
    mask_phone,
    normalise_id_number,
    normalise_phone,
    phone_tail,
)

OLDEST_YEARS: Final = 125
#: 《个人信息保护法》第31条: under fourteen, the guardian consents.
GUARDED_UNDER: Final = 14
#: 《民法典》第17条.
ADULT_FROM: Final = 18
LONGEST: Final = {"name": 60, "address": 60, "home_town": 60, "note": 200}
#: Fields shown with stars, each reveal of which is recorded.
SENSITIVE: Final = ("phone", "id_number", "born_on")


# ── what may stand on the roll ───────────────────────────────────────────────────────────────


class Typed(TypedDict, total=False):
    """What may be written about a person; a key that is missing is left as it stands."""

    name: str
    sex: str
    phone: str
    id_number: str
    born_on: date | None
    grid_id: int | None
    address: str
    residency: str
    home_town: str
    is_party_member: bool
    wants_large_type: bool
    language: str
    note: str


class Fault(StrEnum):
    """Why a value can't stand on the roll. The sentences stand in `words`."""

    EMPTY = "empty"
    NOT_DIGITS = "not_digits"
    WRONG_LENGTH = "wrong_length"
    NO_SUCH_NUMBER = "no_such_number"
    NO_AREA_CODE = "no_area_code"
    FOREIGN = "foreign"
    NO_SUCH_REGION = "no_such_region"
    NO_SUCH_DAY = "no_such_day"
    WRONG_CHECK_DIGIT = "wrong_check_digit"
    NOT_YET_BORN = "not_yet_born"
    TOO_OLD = "too_old"
    NOT_AS_IN_ID = "not_as_in_id"
    TOO_LONG = "too_long"
    NO_SUCH_CHOICE = "no_such_choice"
    NO_SUCH_GRID = "no_such_grid"
    FORMULA = "formula"
    ID_TWICE = "id_twice"
    ID_ON_ROLL = "id_on_roll"


def plausible(typed: Typed, *, today: date) -> tuple[Typed, dict[str, Fault]]:
    """The values in the spelling of the roll, and why some of them can't stand there.

    Birth date and sex are read from the identity number where they weren't given. Raises nothing:
    a form shows every fault at once, an import every fault of a row.
    """
    values, faults = Typed(**typed), dict[str, Fault]()
    for name in ("address", "home_town", "note", "language"):
        if name in values:
            values[name] = " ".join(values[name].split())
    if "name" in values:
        _put(values, faults, "name", lambda: clean_name(values["name"]))
    if values.get("phone"):
        _put(values, faults, "phone", lambda: normalise_phone(values["phone"]))
    if values.get("id_number"):
        _put(
            values,
            faults,
            "id_number",
            lambda: normalise_id_number(values["id_number"], today=today),
        )
        if "id_number" not in faults:
            _read_id_number(values, faults)
    if "born_on" not in faults and (fault := _fault_of_birth(values.get("born_on"), today)):
        faults["born_on"] = fault
    for name, most in LONGEST.items():
        if len(str(values.get(name, ""))) > most:
            faults.setdefault(name, Fault.TOO_LONG)
    return values, faults


def _fault_of_birth(born_on: date | None, today: date) -> Fault | None:
    if born_on is None:
        return None
    if born_on > today:
        return Fault.NOT_YET_BORN
    return Fault.TOO_OLD if age_on(born_on, today) > OLDEST_YEARS else None


def _put(values: Typed, faults: dict[str, Fault], name: str, read: Callable[[], str]) -> None:
    try:
        values[name] = read()  # type: ignore[literal-required]  # one of Typed's own names
    except (NameRefused, NumberRefused) as refusal:
        faults[name] = Fault(refusal.code)


def _read_id_number(values: Typed, faults: dict[str, Fault]) -> None:
    """Digits 7 to 14 are the birth date, digit 17 is odd for men: GB 11643."""
    number = values["id_number"]
    born_on = birth_date_of(number)
    if values.get("born_on") is None:
        values["born_on"] = born_on
    elif values["born_on"] != born_on:
        faults["born_on"] = Fault.NOT_AS_IN_ID
    if not values.get("sex"):
        values["sex"] = "m" if int(number[16]) % 2 else "f"


def age_on(born_on: date, day: date) -> int:
    """Full years. Who was born on 29 February has their birthday on 1 March in other years."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def is_guarded(born_on: date | None, day: date) -> bool:
    """Under fourteen, where the birth date is known. 《个人信息保护法》第31条."""
    return born_on is not None and age_on(born_on, day) < GUARDED_UNDER


def may_guard(born_on: date | None, day: date) -> bool:
    """Whether somebody is of age. An unknown birth date does not stand in the way."""
    return born_on is None or age_on(born_on, day) >= ADULT_FROM


def masked(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as they may stand in the record of acts: numbers with stars, the birth as a year."""
    shown = dict(values)
    if shown.get("phone"):
        shown["phone"] = mask_phone(shown["phone"])
    if shown.get("id_number"):
        shown["id_number"] = mask_id(shown["id_number"])
    if shown.get("born_on"):
        shown["born_on"] = shown["born_on"].year
    return shown


# ── what a person is found by ────────────────────────────────────────────────────────────────


@lru_cache(maxsize=16_384)
def spoken(name: str) -> Pinyin:
    """`pinyin_of`, remembered: many people share few names, and a list has them all at once."""
    return pinyin_of(name)


#: A word nobody can type: it keeps a phrase from reaching from one field into the next.
_APART: Final = ("",)
_BUILDING: Final = re.compile(r"(?P<building>[^\d\s]*\d+)\s*(?P<suffix>幢|栋|号楼|座|楼|号|-)")
_ROOM: Final = re.compile(r"(?P<room>\d+)\s*(?:室|号|房)?\s*$")


def search_words(name: str, phone: str | None, address: str) -> list[str]:
    """The words a person is found by: name, each of its characters, pinyin and initials from
    their beginnings, phone and its last four digits, the dwelling in the ways it is typed.
    """
    groups = [words_of(name)]
    # A single character is a word only where it stands alone, so each gets that place here.
    groups += [words_of(character) for character in dict.fromkeys(name) if not character.isascii()]
    full, initials = spoken(name)
    surname = split_name(name)[0]
    given = full.removeprefix(spoken(surname).full) if surname else ""
    groups += [[beginning] for beginning in prefixes(full, 2)]
    groups += [[beginning] for beginning in prefixes(given, 2)]
    groups += [[beginning] for beginning in prefixes(initials)]
    if phone:
        groups += [words_of(phone), [phone_tail(phone)]]
    groups += [words_of(spelling) for spelling in spellings_of(address)]
    return _joined(groups)


def spellings_of(address: str) -> list[str]:
    """A dwelling as people type it: 12幢2单元301室, 12幢301室, 12-2-301, 12-301."""
    if not address:
        return []
    room, building = _ROOM.search(address), _BUILDING.search(address)
    if room is None or building is None or building.end() > room.start():
        return [address]
    whole = address[: room.end("room")] + "室"
    number = re.sub(r"\D", "", building["building"])
    suffix = "幢" if building["suffix"] == "-" else building["suffix"]
    between = re.findall(r"\d+", address[building.end() : room.start()])
    spellings = [
        whole,
        f"{building['building']}{suffix}{room['room']}室",
        "-".join((number, *between, room["room"])),
        f"{number}-{room['room']}",
    ]
    return list(dict.fromkeys(spellings))


def _joined(groups: Sequence[Sequence[str]]) -> list[str]:
    words: list[str] = []
    for group in groups:
        if group:
            words += [*_APART, *group] if words else group
    return words


# ── who looks like one person ────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two records are compared by. Numbers as blind indexes: only equality matters."""

    name: str
    pinyin: str = ""
    phone: str = ""
    id_number: str = ""
    birth_year: int | None = None
    sex: str = ""
    address: str = ""


class Alike(StrEnum):
    """Why two records look like one person; the words stand in `words`."""

    ID_NUMBER = "id_number"
    NAME_AND_PHONE = "name_and_phone"
    PHONE = "phone"
    NAME_AND_BIRTH = "name_and_birth"
    NAME_AND_ADDRESS = "name_and_address"
    SOUND_AND_ADDRESS = "sound_and_address"


def alike(one: Likeness, other: Likeness) -> list[Alike]:
    """Why these may be one person, the strongest reason first; empty if they aren't.

    Two different identity numbers, birth years or sexes are two people, whatever else agrees:
    people of one name stay apart, and a family shares its phone.
    """
    if one.id_number and one.id_number == other.id_number:
        return [Alike.ID_NUMBER]
    if any(
        mine and theirs and mine != theirs
        for mine, theirs in (
            (one.id_number, other.id_number),
            (one.birth_year, other.birth_year),
            (one.sex, other.sex),
        )
    ):
        return []
    same_name = one.name == other.name
    same_sound = bool(one.pinyin) and one.pinyin == other.pinyin
    same_phone = bool(one.phone) and one.phone == other.phone
    same_address = bool(one.address) and one.address == other.address
    reasons = []
    if same_phone:
        reasons.append(Alike.NAME_AND_PHONE if same_name else Alike.PHONE)
    if same_name and one.birth_year and one.birth_year == other.birth_year:
        reasons.append(Alike.NAME_AND_BIRTH)
    if same_address and (same_name or same_sound):
        reasons.append(Alike.NAME_AND_ADDRESS if same_name else Alike.SOUND_AND_ADDRESS)
    return reasons


def is_surely(reasons: Sequence[Alike]) -> bool:
    """Strong enough for an import to leave a row out as being on the roll already."""
    return bool(reasons) and reasons[0] not in {Alike.PHONE, Alike.SOUND_AND_ADDRESS}


# ── which organisations look like one body ───────────────────────────────────────────────────

#: How a firm may be called by law; people say 公司. 《公司法》第7条.
_LEGAL_FORM: Final = re.compile(r"(股份有限|股份|有限责任|有限|集团)+公司$")
#: A shorter name within a longer one says nothing: 学校 stands in every school's name.
SHORTEST_WITHIN: Final = 3


@dataclass(frozen=True, slots=True)
class BodyLikeness:
    """What two organisations are compared by."""

    name: str
    phone: str = ""
    address: str = ""

    @property
    def plain(self) -> str:
        """The name without spaces, marks, width and case, any kind of company as 公司."""
        spelled = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", self.name).casefold())
        return _LEGAL_FORM.sub("公司", spelled)

    @property
    def digits(self) -> str:
        return re.sub(r"\D", "", unicodedata.normalize("NFKC", self.phone))


class AlikeBody(StrEnum):
    """Why two organisations look like one body; the words stand in `words`."""

    NAME = "name"
    PHONE = "phone"
    SOUND = "sound"
    WITHIN = "within"
    ADDRESS = "address"


def alike_bodies(one: BodyLikeness, other: BodyLikeness) -> list[AlikeBody]:
    """Why these may be one body, the strongest reason first; empty if nothing says so.

    An address alone is no reason: many shops share a house. It is told beside another one.
    """
    reasons = []
    mine, theirs = one.plain, other.plain
    if mine == theirs:
        reasons.append(AlikeBody.NAME)
    if one.digits and one.digits == other.digits:
        reasons.append(AlikeBody.PHONE)
    if AlikeBody.NAME not in reasons:
        if spoken(mine).full == spoken(theirs).full:
            reasons.append(AlikeBody.SOUND)
        elif _is_within(mine, theirs) or _is_within(theirs, mine):
            reasons.append(AlikeBody.WITHIN)
    if reasons and one.address and one.address == other.address:
        reasons.append(AlikeBody.ADDRESS)
    return reasons


def pairs_of_bodies(listed: Mapping[int, BodyLikeness]) -> list[tuple[int, int]]:
    """Which of a whole list may be one body, two ids each, the lower first, the surest pairs first.

    Only those that share a key are compared: a list of thousands is looked through in a moment.
    """
    by_key: dict[tuple[str, str], list[int]] = {}
    names: dict[str, list[int]] = {}
    for pk, likeness in listed.items():
        plain = likeness.plain
        names.setdefault(plain, []).append(pk)
        for key in (("sound", spoken(plain).full), ("phone", likeness.digits)):
            if key[1]:
                by_key.setdefault(key, []).append(pk)
    for plain, ids in names.items():
        for within in _parts(plain):
            if within in names:
                by_key.setdefault(("within", within), [*names[within]]).extend(ids)
    found = {
        (min(one, other), max(one, other))
        for same in by_key.values()
        for one, other in combinations(dict.fromkeys(same), 2)
    }
    said = {pair: alike_bodies(listed[pair[0]], listed[pair[1]]) for pair in found}
    order = list(AlikeBody)
    return sorted(
        (pair for pair, reasons in said.items() if reasons),
        key=lambda pair: (order.index(said[pair][0]), -len(said[pair]), pair),
    )


def _is_within(short: str, long: str) -> bool:
    return len(short) >= SHORTEST_WITHIN and short in long


def _parts(name: str) -> set[str]:
    """Every shorter stretch of a name that is long enough to say something."""
    return {
        name[start : start + length]
        for length in range(SHORTEST_WITHIN, len(name))
        for start in range(len(name) - length + 1)
    }


# ── what stands under the name of an organisation ────────────────────────────────────────────

#: Relations of the rooms to an organisation, as app.Model.field, with the word for such rows.
UNDER_NAME: Final[dict[str, object]] = {}


def register_under_name(relation: str, words: object) -> None:
    """Say in words what rows of this relation (app.Model.field) are, for whoever compares two
    organisations. A test demands it of every relation there is.
    """
    UNDER_NAME[relation] = words


# ── one record out of two ────────────────────────────────────────────────────────────────────

#: Fields that a merge looks at, in the order of the page.
MERGED_FIELDS: Final = (
    "name", "sex", "phone", "id_number", "born_on", "household_id", "grid_id", "address",
    "residency", "home_town", "is_party_member", "wants_large_type", "language", "note",
    "account_id",
)  # fmt: skip
#: The same for organisations. Names are not among them: each row keeps its own.
MERGED_BODY_FIELDS: Final = ("kind", "phone", "address")


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """What a merge does to the kept record.

    `taken` are fields it takes over from the other one, `conflicts` those in which both say
    something different. What isn't taken stays where it is, on the other record.
    """

    taken: tuple[str, ...]
    conflicts: tuple[str, ...]


def choose_fields(
    kept: Mapping[str, Any], merged: Mapping[str, Any], *, prefer_merged: Sequence[str] = (),
    fields: Sequence[str] = MERGED_FIELDS,
) -> FieldChoice:  # fmt: skip
    """Fill what the kept record lacks; where both speak, keep it unless the clerk said otherwise.

    A yes (party member, large type) fills a no, for nobody types a no.
    """
    taken, conflicts = [], []
    for name in fields:
        ours, theirs = kept.get(name), merged.get(name)
        if not theirs or ours == theirs:
            continue
        if not ours:
            taken.append(name)
            continue
        conflicts.append(name)
        if name in prefer_merged:
            taken.append(name)
    return FieldChoice(tuple(taken), tuple(conflicts))


# ── what an erasure leaves ───────────────────────────────────────────────────────────────────

#: Counts the rows of one kind that speak of this person.
Counting = Callable[[int], int]
#: Tells those rows in words and values that JSON can hold, for the person's own file.
Telling = Callable[[int], list[dict[str, Any]]]
#: Blanks what those rows say of the person, for good.
Erasing = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Keeper:
    """Rows that stay after an erasure, and the law that says so."""

    kind: str
    reason: object  # a sentence, perhaps translated when shown
    article: str
    rows: Counting


@dataclass(slots=True)
class Holdings:
    """What the rooms hold of a person. Each room registers its part in its `apps.py`."""

    keepers: dict[str, Keeper] = field(default_factory=dict)
    tellers: dict[str, Telling] = field(default_factory=dict)
    erasers: dict[str, Erasing] = field(default_factory=dict)


HOLDINGS: Final = Holdings()


def register_keeper(kind: str, reason: object, rows: Counting, *, article: str) -> None:
    """Say that rows of this kind stay after an erasure, with the law that demands it.

    《个人信息保护法》第47条第2款: what a law says must be kept is kept, and used for nothing else.
    """
    held = HOLDINGS.keepers.get(kind)
    _refuse_second(kind, held and held.rows, rows)
    HOLDINGS.keepers[kind] = Keeper(kind, reason, article, rows)


def register_teller(kind: str, tell: Telling) -> None:
    """Add a part to the file of everything that is held of a person. 《个人信息保护法》第45条."""
    _refuse_second(kind, HOLDINGS.tellers.get(kind), tell)
    HOLDINGS.tellers[kind] = tell


def register_eraser(kind: str, erase: Erasing) -> None:
    """Say how this room blanks what it holds of a person; runs within the erasure's transaction
    and again after a restore, so it must be safe to run twice. 《个人信息保护法》第47条.
    """
    _refuse_second(kind, HOLDINGS.erasers.get(kind), erase)
    HOLDINGS.erasers[kind] = erase


def _refuse_second(kind: str, held: object, new: object) -> None:
    """Raises ValueError: of two under one name the first would be forgotten without a word."""
    if held is not None and held != new:
        raise ValueError(f"{kind}: another function is registered for it already")


@dataclass(frozen=True, slots=True)
class Kept:
    """What an erasure leaves of one kind."""

    kind: str
    rows: int
    reason: object
    article: str


def what_stays(person_ids: Sequence[int]) -> list[Kept]:
    """What stays of these records of one person, and why; kinds without rows are left out."""
    stays = []
    for keeper in HOLDINGS.keepers.values():
        rows = sum(keeper.rows(person_id) for person_id in person_ids)
        if rows:
            stays.append(Kept(keeper.kind, rows, keeper.reason, keeper.article))
    return stays


# ── who is kin ───────────────────────────────────────────────────────────────────────────────

#: Gives pairs of records that a room's own rows tell to be kin, for whichever of these it knows.
TellingKin = Callable[[Collection[int]], Iterable[tuple[int, int]]]
KIN_TELLERS: Final[dict[str, TellingKin]] = {}


def register_kin(kind: str, tell: TellingKin) -> None:
    """Add what a room knows of kinship; asked by whoever must not be too near (`queries.kin_of`)."""
    _refuse_second(kind, KIN_TELLERS.get(kind), tell)
    KIN_TELLERS[kind] = tell


# ── a file of persons ────────────────────────────────────────────────────────────────────────

#: How lists call their columns. The first name of each is ours, in the template file.
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "name": ("姓名", "name", "居民姓名", "人员姓名", "名字"),
    "sex": ("性别", "sex", "gender"),
    "phone": (
        "电话",
        "phone",
        "手机",
        "手机号",
        "手机号码",
        "联系电话",
        "联系方式",
        "电话号码",
        "mobile",
    ),
    "id_number": ("身份证号", "id number", "身份证", "身份证号码", "公民身份号码", "证件号码"),
    "born_on": ("出生日期", "born on", "出生年月日", "生日", "birthday", "date of birth"),
    "grid": ("网格", "grid", "所属网格", "网格名称"),
    "address": ("住址", "address", "地址", "现住址", "居住地址", "家庭住址", "门牌"),
    "building": ("幢", "building", "楼幢", "幢号", "楼栋", "楼号", "栋"),
    "unit": ("单元", "unit", "单元号"),
    "room": ("室", "room", "室号", "房号", "房间号"),
    "residency": ("居民类型", "local or new", "户籍类型", "人员类别", "人员类型"),
    "home_town": ("老家", "home town", "籍贯", "户籍地", "户籍地址", "来源地"),
    "is_party_member": ("党员", "party member", "是否党员", "政治面貌"),
    "note": ("备注", "note", "说明", "remarks"),
}
_SEXES: Final = {
    "男": "m",
    "m": "m",
    "male": "m",
    "man": "m",
    "女": "f",
    "f": "f",
    "female": "f",
    "woman": "f",
}
_RESIDENCIES: Final = {
    "本地": "local", "本地居民": "local", "户籍": "local", "户籍人口": "local", "常住": "local",
    "local": "local", "local resident": "local",
    "新居民": "new", "外来": "new", "流动": "new", "流动人口": "new", "外来人口": "new",
    "new": "new", "new resident": "new",
    "不住本社区": "visitor", "住在别处": "visitor", "visitor": "visitor", "lives elsewhere": "visitor",
}  # fmt: skip
_YES: Final = frozenset(
    ("是", "党员", "中共党员", "预备党员", "中共预备党员", "yes", "y", "true", "1", "√")
)
_NO: Final = frozenset(
    (
        "",
        "否",
        "不是",
        "非党员",
        "群众",
        "团员",
        "共青团员",
        "民主党派",
        "无党派",
        "无党派人士",
        "no",
        "n",
        "false",
        "0",
    )
)
_FORMULA: Final = tuple("=+-@＝＋－＠")


class Outcome(StrEnum):
    """What a line of a file is."""

    NEW = "new"
    NAMESAKE = "namesake"
    KNOWN = "known"
    REFUSED = "refused"


def columns_of(header: Sequence[str]) -> dict[str, str]:
    """Which column of a file holds which of our fields; columns we don't know are left out."""
    found: dict[str, str] = {}
    for column in header:
        plain = re.sub(r"[（(【\[].*", "", column).strip(" *＊:：").lower()
        for name, spellings in COLUMNS.items():
            if plain in spellings:
                found.setdefault(name, column)
    return found


def read_row(
    cells: Mapping[str, str], *, grids: Mapping[str, int], today: date
) -> tuple[Typed, dict[str, Fault]]:
    """The values of a line, by our own field names, and what is wrong with them.

    `grids` are the community's, by number and by name.
    """
    faults: dict[str, Fault] = {}
    typed: Typed = {
        "name": cells.get("name", ""),
        "phone": cells.get("phone", ""),
        "id_number": cells.get("id_number", ""),
        "home_town": cells.get("home_town", ""),
        "note": cells.get("note", ""),
        "address": cells.get("address") or _address(cells),
    }
    if typed["name"].lstrip().startswith(_FORMULA):
        faults["name"] = Fault.FORMULA
    if born := cells.get("born_on"):
        try:
            typed["born_on"] = parse_day(born)
        except ValueError:
            faults["born_on"] = Fault.NO_SUCH_DAY
    for name, choices in (("sex", _SEXES), ("residency", _RESIDENCIES)):
        if said := cells.get(name, "").strip().lower():
            if said in choices:
                typed[name] = choices[said]  # type: ignore[literal-required]  # the two names above
            else:
                faults[name] = Fault.NO_SUCH_CHOICE
    party = cells.get("is_party_member", "").strip().lower()
    typed["is_party_member"] = party in _YES
    if party not in _YES | _NO:
        faults["is_party_member"] = Fault.NO_SUCH_CHOICE
    if grid := cells.get("grid", "").strip():
        if grid in grids:
            typed["grid_id"] = grids[grid]
        else:
            faults["grid_id"] = Fault.NO_SUCH_GRID
    values, wrong = plausible(typed, today=today)
    return values, {**wrong, **faults}


def _address(cells: Mapping[str, str]) -> str:
    """Numbers in columns of their own, written as we write a dwelling."""
    building, unit, room = (cells.get(name, "").strip() for name in ("building", "unit", "room"))
    if building.isdigit():
        building += "幢"
    if unit.isdigit():
        unit += "单元"
    return building + unit + room.removesuffix("室")


class Namesakes:
    """Records and lines that a line of a file may be the same as."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], list[tuple[str, Likeness]]] = {}

    def add(self, place: str, likeness: Likeness) -> None:
        """Remember one: `place` says where it stands, for the preview."""
        for key in self._keys(likeness):
            self._found.setdefault(key, []).append((place, likeness))

    def judge(self, likeness: Likeness) -> tuple[Outcome, str, list[Alike]]:
        """Whether a line is new, has namesakes, is there already, or claims another's number."""
        namesake = ""
        for key in self._keys(likeness):
            for place, other in self._found.get(key, ()):
                reasons = alike(likeness, other)
                if reasons and reasons[0] is Alike.ID_NUMBER and likeness.name != other.name:
                    return Outcome.REFUSED, place, reasons
                if is_surely(reasons):
                    return Outcome.KNOWN, place, reasons
                if likeness.name == other.name:
                    namesake = namesake or place
        return (Outcome.NAMESAKE if namesake else Outcome.NEW), namesake, []

    @staticmethod
    def _keys(likeness: Likeness) -> list[tuple[str, str]]:
        keys = [("id", likeness.id_number), ("name", likeness.name)]
        return [key for key in keys if key[1]]

"""The law of the classroom: what a kit must hold, how a quiz goes on, whom a lesson reaches."""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final


class Subject(StrEnum):
    """What a kit is about."""

    FRAUD = "fraud"
    SAFETY = "safety"
    LAW = "law"
    HEALTH = "health"
    PHONE = "phone"


class Form(StrEnum):
    """How a lesson is held."""

    SCENE = "scene"
    DRILL = "drill"
    QUIZ = "quiz"
    TALK = "talk"


class Audience(StrEnum):
    """For whom, and who was reached; the first of these that fits somebody counts."""

    CHILDREN = "children"
    ELDERLY = "elderly"
    WORKERS = "workers"
    NEW = "new"
    OTHERS = "others"


class Site(StrEnum):
    """What kind of place a lesson is held at."""

    COMPOUND = "compound"
    PARK = "park"
    MALL = "mall"
    OTHER = "other"


class Stage(StrEnum):
    """Where the quiz of a lesson stands."""

    NONE = "none"
    WAITING = "waiting"
    ASKING = "asking"
    SHOWN = "shown"
    OVER = "over"


class Trick(StrEnum):
    """What kind of fraud was stopped."""

    POLICE = "police"
    REBATE = "rebate"
    INVESTMENT = "investment"
    REFUND = "refund"
    HEALTH = "health"
    LOAN = "loan"
    RELATIVE = "relative"
    OTHER = "other"


class Stopper(StrEnum):
    """Who stopped it."""

    THEMSELVES = "themselves"
    FAMILY = "family"
    NEIGHBOUR = "neighbour"
    OFFICER = "officer"
    BANK = "bank"
    POLICE = "police"


#: The kind of gathering that a lesson is.
KIND: Final = "lesson"
#: 《老年人权益保障法》第2条: sixty and older. 《未成年人保护法》第2条: under eighteen.
ELDER_FROM: Final = 60
ADULT_FROM: Final = 18
#: How long a question stands, and how much later an answer on its way still counts.
ANSWER_TIME: Final = timedelta(seconds=30)
ANSWER_GRACE: Final = timedelta(seconds=2)
#: A quiz that nobody ended is ended, and forgotten, so long after its lesson.
FORGOTTEN_AFTER: Final = timedelta(hours=12)
LONGEST_NICK: Final = 12
MOST_CHOICES: Final = 4
MOST_ITEMS: Final = 40
MOST_PLAYERS: Final = 500
#: So long ago a lesson still counts as having reached somebody.
REACHED_FOR: Final = timedelta(days=365)
#: Who lives within such a walk of a place, as a bird flies, may be expected there.
NEAR_METRES: Final = 400
MOST_SUM: Final = Decimal(100_000_000)

_PLAN: Final = re.compile(r"(\d{1,3})\s*(?:分钟|min)?\s*[:：]?\s*(\S.*)")
_QUIZ: Final = re.compile(r"(问|对|错|讲)\s*[:：]\s*(\S.*)")
_STEP: Final = re.compile(r"#(\d{1,2})([+-]?)\s*(\S.*)")
_CHOICE: Final = re.compile(r">\s*(\S.*?)\s*=>\s*(\d{1,2})")
#: The same two as a teacher writes them: 第1步：…, 选：…，到第2步, and an end 第2步（好）：….
_SPOKEN_STEP: Final = re.compile(
    r"第\s*(\d{1,2})\s*步\s*(?:[（(]\s*(好|坏)\s*[）)])?\s*[:：]\s*(\S.*)"
)
_SPOKEN_CHOICE: Final = re.compile(
    r"选\s*[:：]\s*(\S.*?)\s*[,，]?\s*到\s*第\s*(\d{1,2})\s*步\s*[。.]?"
)
_TONES: Final = {"": "", "+": "（好）", "-": "（坏）"}
_SIGNS: Final = {None: "", "好": "+", "坏": "-"}
_PICTURE: Final = re.compile(r"^图\s*[:：]\s*(\S+)\s*$", re.MULTILINE)


class KitFault(ValueError):  # noqa: N818  states what is so
    """Something in a kit cannot be used: which part of it, why (a word), and the line or name."""

    def __init__(self, part: str, why: str, what: str = "") -> None:
        super().__init__(f"{part}: {why} {what}".strip())
        self.part, self.why, self.what = part, why, what


@dataclass(frozen=True, slots=True)
class PlanStep:
    """So many minutes of a lesson, and what happens in them."""

    minutes: int
    words: str


@dataclass(frozen=True, slots=True)
class Item:
    """A question of the quiz; `right` is the place of the right one among `choices`."""

    ask: str
    choices: tuple[str, ...]
    right: int
    why: str

    @property
    def lettered(self) -> list[tuple[str, str]]:
        """The choices with their letters."""
        return [(letter_of(place), words) for place, words in enumerate(self.choices)]

    @property
    def answer(self) -> str:
        """The right choice with its letter."""
        return f"{letter_of(self.right)} {self.choices[self.right]}"


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a scene: what is seen, and where each choice leads. Without choices it is an end."""

    number: int
    words: str
    choices: tuple[tuple[str, int], ...]
    tone: str  # "+" ends well, "-" badly, "" for a step on the way

    @property
    def is_end(self) -> bool:
        return not self.choices


@dataclass(frozen=True, slots=True)
class KitText:
    """What a kit says. The parts are texts that a teacher can write; they are read when needed."""

    title: str
    subject: str
    form: str
    audiences: tuple[str, ...]
    aim: str
    materials: str
    plan: str
    script: str
    quiz: str
    scene: str


def letter_of(place: int) -> str:
    """A for the first choice."""
    return "ABCD"[place]


def read_plan(text: str) -> list[PlanStep]:
    """Lines such as “5 分钟 开场” as steps. Raises KitFault with the line that is none."""
    steps = []
    for line in _lines(text):
        found = _PLAN.fullmatch(line)
        if found is None:
            raise KitFault("plan", "line", line)
        steps.append(PlanStep(int(found[1]), found[2]))
    return steps


def read_quiz(text: str) -> list[Item]:
    """Questions written as 问：, 对：, 错：, 讲： lines. Raises KitFault with the line or question.

    The choices keep the order in which they are written.
    """
    questions: list[list[tuple[str, str]]] = []
    for line in _lines(text):
        found = _QUIZ.fullmatch(line)
        if found is None or (found[1] != "问" and not questions):
            raise KitFault("quiz", "line", line)
        if found[1] == "问":
            questions.append([])
        questions[-1].append((found[1], found[2]))
    if len(questions) > MOST_ITEMS:
        raise KitFault("quiz", "many", questions[MOST_ITEMS][0][1])
    return [_item(lines) for lines in questions]


def _item(lines: Sequence[tuple[str, str]]) -> Item:
    ask = lines[0][1]
    choices = [(mark, words) for mark, words in lines if mark in {"对", "错"}]
    right = [place for place, (mark, _words) in enumerate(choices) if mark == "对"]
    why = " ".join(words for mark, words in lines if mark == "讲")
    if len(right) != 1 or not why or not 1 < len(choices) <= MOST_CHOICES:
        raise KitFault("quiz", "question", ask)
    return Item(ask, tuple(words for _mark, words in choices), right[0], why)


def read_scene(text: str) -> dict[int, Step]:
    """Steps written as “第1步：words” with “选：choice，到第2步” below, or, in the files of kits, as
    “#1 words” with “> choice => 2”. Raises KitFault.

    It begins at 1; every choice leads to a step that is there, every step can be come to, and what
    has no choices says by + or - how it ended.
    """
    heads: dict[int, tuple[str, str]] = {}
    choices: dict[int, list[tuple[str, int]]] = {}
    current = 0
    for line in _lines(text):
        short = _in_short(line)
        head, choice = _STEP.fullmatch(short), _CHOICE.fullmatch(short)
        if head is not None:
            current = int(head[1])
            if current in heads:
                raise KitFault("scene", "twice", line)
            heads[current], choices[current] = (head[3], head[2]), []
        elif choice is not None and current:
            choices[current].append((choice[1], int(choice[2])))
        else:
            raise KitFault("scene", "line", line)
    steps = {
        number: Step(number, words, tuple(choices[number]), tone)
        for number, (words, tone) in heads.items()
    }
    _check_ways(steps)
    return steps


def spoken_scene(text: str) -> str:
    """A scene as a teacher reads and writes it, without signs of a program."""
    return "\n".join(map(_in_words, text.splitlines()))


def _in_words(line: str) -> str:
    if step := _STEP.fullmatch(line.strip()):
        return f"第{step[1]}步{_TONES[step[2]]}：{step[3]}"
    if choice := _CHOICE.fullmatch(line.strip()):
        return f"选：{choice[1]}，到第{choice[2]}步"
    return line


def _in_short(line: str) -> str:
    if step := _SPOKEN_STEP.fullmatch(line):
        return f"#{step[1]}{_SIGNS[step[2]]} {step[3]}"
    if choice := _SPOKEN_CHOICE.fullmatch(line):
        return f"> {choice[1]} => {choice[2]}"
    return line


def _check_ways(steps: Mapping[int, Step]) -> None:
    if not steps:
        return
    if 1 not in steps:
        raise KitFault("scene", "start")
    reached, waiting = {1}, [1]
    while waiting:
        step = steps[waiting.pop()]
        for words, goal in step.choices:
            if goal not in steps:
                raise KitFault("scene", "nowhere", words)
            if goal not in reached:
                reached.add(goal)
                waiting.append(goal)
    for number, step in steps.items():
        if number not in reached:
            raise KitFault("scene", "lost", step.words)
        if step.is_end != bool(step.tone):
            raise KitFault("scene", "end", step.words)


def check_kit(kit: KitText) -> None:
    """Raises KitFault for what a teacher could not use."""
    for part, value, allowed in (
        ("subject", kit.subject, set(Subject)), ("form", kit.form, set(Form)),
    ):  # fmt: skip
        if value not in allowed:
            raise KitFault(part, "value", value)
    if not kit.title.strip():
        raise KitFault("title", "empty")
    if not kit.audiences or not set(kit.audiences) <= set(Audience):
        raise KitFault("audiences", "value", "、".join(kit.audiences))
    if not read_plan(kit.plan):
        raise KitFault("plan", "empty")
    read_quiz(kit.quiz)
    read_scene(kit.scene)


def pictures_of(script: str) -> list[str]:
    """Names of the pictures that a script shows, on lines such as “图：map.jpg”."""
    return list(dict.fromkeys(_PICTURE.findall(script)))


def kit_from_toml(text: str) -> KitText:
    """A kit as it lies in a file. Raises KitFault for what is no kit."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise KitFault("file", "toml", str(error)) from None
    names = [name for name in KitText.__slots__ if name != "audiences"]
    wrong = [name for name in names if not isinstance(told.get(name, ""), str)]
    audiences = told.get("audiences", [])
    if wrong or not isinstance(audiences, list) or not all(isinstance(a, str) for a in audiences):
        raise KitFault("file", "value", "、".join(wrong) or "audiences")
    values: dict[str, Any] = {name: told.get(name, "").strip() for name in names}  # Any: texts
    kit = KitText(**values, audiences=tuple(audiences))
    check_kit(kit)
    return kit


def kit_as_toml(kit: KitText) -> str:
    """The file that `kit_from_toml` reads back: a string of TOML is written like one of JSON."""
    lines = []
    for name in KitText.__slots__:
        value = getattr(kit, name)
        told = list(value) if name == "audiences" else value.replace("\x7f", "")
        lines.append(f"{name} = {json.dumps(told, ensure_ascii=False)}")
    return "\n".join(lines) + "\n"


def audience_of(*, age: int | None, works: bool, is_new: bool) -> Audience:
    """Which kind of audience a person is; an unknown age counts as neither old nor young."""
    if age is not None and age < ADULT_FROM:
        return Audience.CHILDREN
    if age is not None and age >= ELDER_FROM:
        return Audience.ELDERLY
    if works:
        return Audience.WORKERS
    return Audience.NEW if is_new else Audience.OTHERS


def is_past(ends_at: datetime, now: datetime) -> bool:
    """Whether a lesson is so long over that nobody of its class taps any more."""
    return now > ends_at + FORGOTTEN_AFTER


def takes_answer(stage: str, closes_at: datetime | None, now: datetime) -> bool:
    """Whether an answer still counts."""
    return stage == Stage.ASKING and closes_at is not None and now <= closes_at + ANSWER_GRACE


def next_stage(stage: str, at: int, count: int) -> tuple[Stage, int]:
    """What comes after one press of the teacher: the answer, the next question, the end.

    `at` is the place of the question, -1 before the first. Raises ValueError where nothing follows.
    """
    if stage == Stage.ASKING:
        return Stage.SHOWN, at
    if stage in {Stage.WAITING, Stage.SHOWN}:
        return (Stage.ASKING, at + 1) if at + 1 < count else (Stage.OVER, at)
    raise ValueError(stage)


def tally(
    items: Sequence[Item], answers: Iterable[tuple[int, int, int]], asked: int
) -> tuple[dict[int, int], list[list[int]]]:
    """Points by player, and for each question that was asked how many answered and how many were
    right. `answers` are player, question, choice. A point for each right one: speed earns nothing,
    for slow fingers know as much.
    """
    points: dict[int, int] = {}
    counts = [[0, 0] for _item in items[:asked]]
    for player, at, choice in answers:
        if not 0 <= at < len(counts):
            continue
        is_right = choice == items[at].right
        points[player] = points.get(player, 0) + is_right
        counts[at][0] += 1
        counts[at][1] += is_right
    return points, counts


def ranked(named: Iterable[tuple[str, int]], *, most: int) -> list[tuple[int, str, int]]:
    """Place, nickname, points: the best first; who has as many shares the place."""
    rows = sorted(named, key=lambda row: (-row[1], row[0]))
    places: list[tuple[int, str, int]] = []
    for number, (name, points) in enumerate(rows, 1):
        place = places[-1][0] if places and places[-1][2] == points else number
        places.append((place, name, points))
    return places[:most]


def entrants_of(typed: str) -> list[str]:
    """The list of a draw, one a line, each once, in the order of the list."""
    return list(dict.fromkeys(_lines(typed)))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]

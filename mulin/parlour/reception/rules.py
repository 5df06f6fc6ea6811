"""The room's law: states of a demand and who moves them, limits, on time or late, the three rates."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from string import ascii_lowercase
from typing import Final, Protocol, TypedDict

from mulin.ground.community.rules import Harm
from mulin.kit.calendar import deadline_in_hours
from mulin.kit.clock import SHANGHAI, parse_local
from mulin.kit.phones import NumberRefused, normalise_phone


class State(StrEnum):
    """Where a demand stands. At every moment there is one state, one owner and one limit."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    IN_HAND = "in_hand"
    WAITING = "waiting"
    ANSWERED = "answered"
    NOT_SOLVED = "not_solved"
    CONFIRMED = "confirmed"
    CLOSED = "closed"
    JOINED = "joined"  # it goes with another demand, whose owner and clock are now its own


class Act(StrEnum):
    """What may be done to a demand."""

    ACCEPT = "accept"
    TAKE = "take"
    WAIT = "wait"
    RESUME = "resume"
    ANSWER = "answer"
    CONFIRM = "confirm"
    DISPUTE = "dispute"
    CLOSE = "close"
    GIVE_BACK = "give_back"
    PASS_ON = "pass_on"  # noqa: S105  a verb
    ASSIGN = "assign"
    NOTE = "note"
    OFFER = "offer"
    ASK_HELP = "ask_help"
    SEND_OUT = "send_out"
    BRING_BACK = "bring_back"
    JOIN = "join"
    LEAVE = "leave"


class Who(StrEnum):
    """By whom an act is done; the permissions say who that is."""

    HANDLER = "handler"
    ASKER = "asker"
    DESK = "desk"


#: Somebody of the community still owes the asker something.
OPEN_STATES = frozenset(
    {State.RECEIVED, State.ACCEPTED, State.IN_HAND, State.WAITING, State.NOT_SOLVED}
)

#: (state, act) → (next state, who). Whatever is not here cannot be done.
MOVES: dict[tuple[State, Act], tuple[State, Who]] = {
    (State.RECEIVED, Act.ACCEPT): (State.ACCEPTED, Who.HANDLER),
    (State.RECEIVED, Act.TAKE): (State.IN_HAND, Who.HANDLER),
    (State.RECEIVED, Act.ANSWER): (State.ANSWERED, Who.HANDLER),
    (State.ACCEPTED, Act.TAKE): (State.IN_HAND, Who.HANDLER),
    (State.ACCEPTED, Act.ANSWER): (State.ANSWERED, Who.HANDLER),
    (State.IN_HAND, Act.TAKE): (State.IN_HAND, Who.HANDLER),
    (State.IN_HAND, Act.WAIT): (State.WAITING, Who.HANDLER),
    (State.IN_HAND, Act.ANSWER): (State.ANSWERED, Who.HANDLER),
    (State.WAITING, Act.RESUME): (State.IN_HAND, Who.HANDLER),
    (State.WAITING, Act.ANSWER): (State.ANSWERED, Who.HANDLER),
    (State.RECEIVED, Act.PASS_ON): (State.WAITING, Who.HANDLER),
    (State.ACCEPTED, Act.PASS_ON): (State.WAITING, Who.HANDLER),
    (State.IN_HAND, Act.PASS_ON): (State.WAITING, Who.HANDLER),
    (State.WAITING, Act.PASS_ON): (State.WAITING, Who.HANDLER),
    (State.NOT_SOLVED, Act.PASS_ON): (State.WAITING, Who.HANDLER),
    (State.NOT_SOLVED, Act.TAKE): (State.IN_HAND, Who.HANDLER),
    (State.NOT_SOLVED, Act.ANSWER): (State.ANSWERED, Who.HANDLER),
    **{(state, Act.SEND_OUT): (State.WAITING, Who.HANDLER) for state in sorted(OPEN_STATES)},
    (State.WAITING, Act.BRING_BACK): (State.IN_HAND, Who.HANDLER),
    **{(state, Act.JOIN): (State.JOINED, Who.HANDLER) for state in sorted(OPEN_STATES)},
    (State.JOINED, Act.LEAVE): (State.ACCEPTED, Who.HANDLER),
    (State.JOINED, Act.ANSWER): (State.ANSWERED, Who.HANDLER),
    (State.ANSWERED, Act.CONFIRM): (State.CONFIRMED, Who.ASKER),
    (State.ANSWERED, Act.DISPUTE): (State.NOT_SOLVED, Who.ASKER),
    (State.ANSWERED, Act.CLOSE): (State.CLOSED, Who.DESK),
    (State.RECEIVED, Act.GIVE_BACK): (State.CLOSED, Who.DESK),
    (State.ACCEPTED, Act.GIVE_BACK): (State.CLOSED, Who.DESK),
    (State.IN_HAND, Act.GIVE_BACK): (State.CLOSED, Who.DESK),
    (State.WAITING, Act.GIVE_BACK): (State.CLOSED, Who.DESK),
    (State.NOT_SOLVED, Act.GIVE_BACK): (State.CLOSED, Who.DESK),
}

#: Acts that leave the state as it is, and are open as long as the demand is.
STAYING = frozenset({Act.ASSIGN, Act.NOTE, Act.OFFER, Act.ASK_HELP})

#: An answer was given, and nobody owes anything.
ANSWERED_STATES = frozenset({State.ANSWERED, State.CONFIRMED, State.CLOSED})

#: How bad it is to be late, for the order of the desk's list.
HARM = {"life": 1, "utilities": 2, "ordinary": 3, "complex": 4}

#: Kinds of demand in which a child or an old person waits.
FRAIL_KINDS = ("elder", "child")


def felt(harm: int, code: str) -> Harm:
    """How bad it is to be late, among everything else that somebody owes."""
    if harm == HARM["life"]:
        return Harm.LIFE
    if any(code == kind or code.startswith(f"{kind}.") for kind in FRAIL_KINDS):
        return Harm.FRAIL
    return Harm.BASICS if harm == HARM["utilities"] else Harm.PROMISE


#: Days an answer waits for the asker's word before the desk calls back.
CALL_AFTER = timedelta(days=2)
#: Working days in which a return call is made, once it is due.
CALL_WITHIN_WORKDAYS = 3
#: Return calls before an asker counts as unreachable.
CALLS_BEFORE_UNREACHABLE = 3
#: From this age on, whoever seems to live alone stands in the emergency pack.
ELDER_AGE = 80
#: The pack of a day is made from six, and the desk is told at half past seven to print it.
PACK_MADE_FROM = time(6, 0)
PACK_PRINTED_BY = time(7, 30)
#: An old pack only says what was; it names people, so it goes.
PACK_KEPT_DAYS = 3
#: How long whoever noted a visit may take it back; afterwards it counts.
UNDO_WITHIN = timedelta(minutes=10)
#: Visits are noted by one letter; so many kinds have one, the commonest of this span.
KINDS_WITH_LETTER = 10
KINDS_COUNTED = timedelta(days=90)
#: The longest a demand may wait on somebody else without being looked at again.
LONGEST_WAIT = timedelta(days=60)


def may_be_shown(state: State, *, visibility: str, is_sealed: bool) -> bool:
    """Whether passers-by may read of it, without its people: only what was answered, never what
    was told in confidence.
    """
    return state in ANSWERED_STATES and not is_sealed and visibility != "confidential"


def is_undone_in_time(noted: datetime, now: datetime) -> bool:
    """Whether a visit may still be taken back by whoever noted it."""
    return timedelta(0) <= now - noted <= UNDO_WITHIN


def commonest(
    kinds: Iterable[tuple[int, bool]], counts: Mapping[int, int], most: int = KINDS_WITH_LETTER
) -> list[int]:
    """Which kinds of visit stand before all others: the pinned ones, then those noted most often.

    `kinds` are (id, pinned) in the community's own order, which also decides between equals.
    """
    ranked = sorted(kinds, key=lambda kind: (not kind[1], -counts.get(kind[0], 0)))
    return [kind_id for kind_id, _pinned in ranked[:most]]


def is_free_letter(letter: str, taken: Iterable[str]) -> bool:
    """Whether a letter may stand for a kind of visit: one of a to z that presses nothing else."""
    return len(letter) == 1 and letter in ascii_lowercase and letter not in frozenset(taken)


#: Kinds that speak of what everybody walks past; of all others the building is nobody's business.
PUBLIC_PLACES = ("repair", "clean", "traffic", "safety.fire")


def place_is_public(code: str) -> bool:
    """Whether the building of a demand of this kind may be told to everybody."""
    return any(code == kind or code.startswith(f"{kind}.") for kind in PUBLIC_PLACES)


class OfferState(StrEnum):
    """Where an offer stands. While it is open, whoever gave it still owns the demand."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"  # the demand was answered, or somebody took it, before the offer was


class OfferAct(StrEnum):
    """What may be done to an offer."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"


#: (state, act) → the next state. Whoever it was made to accepts or refuses, the giver withdraws;
#: an offer that was settled stays so.
OFFER_MOVES: dict[tuple[OfferState, OfferAct], OfferState] = {
    (OfferState.OPEN, OfferAct.ACCEPT): OfferState.ACCEPTED,
    (OfferState.OPEN, OfferAct.REFUSE): OfferState.REFUSED,
    (OfferState.OPEN, OfferAct.WITHDRAW): OfferState.WITHDRAWN,
    (OfferState.OPEN, OfferAct.LAPSE): OfferState.LAPSED,
}

#: How long an offer may lie unanswered before it rises to the head, by harm.
OFFER_TIME = {
    1: timedelta(minutes=15),
    2: timedelta(hours=1),
    3: timedelta(hours=24),
    4: timedelta(hours=24),
}


def offer_deadline(harm: int, offered: datetime, due: datetime | None) -> datetime:
    """By when an offer is answered: soon where it is dangerous to wait, and while a quarter of
    the demand's own time is left. What is late already is answered at once.
    """
    limit = offered + OFFER_TIME[harm]
    if due is None:
        return limit
    return max(offered, min(limit, offered + (due - offered) * 3 / 4))


#: How long the late share of a colleague, or the late answer of a unit, may stay unmentioned.
NUDGE_EVERY = timedelta(days=1)


def next_state(state: State, act: Act) -> State | None:
    """Where an act leads, or None if it cannot be done now."""
    if act in STAYING:
        return state if state in OPEN_STATES else None
    move = MOVES.get((state, act))
    return move[0] if move else None


def possible_acts(state: State) -> list[Act]:
    """What can be done to a demand in this state, by whoever may."""
    acts = [act for (at, act) in MOVES if at is state]
    return acts + [act for act in Act if act in STAYING and state in OPEN_STATES]


class Calendar(Protocol):
    """What the limits need to know of days."""

    def deadline_in_workdays(self, moment: datetime, days: int) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a class of demand may take, as dated data (`TimeLimit`) says."""

    respond_hours: int
    answer_workdays: int | None = None
    answer_hours: int | None = None


#: Where a new community starts: dispatch in 1, 2 or 24 hours, answer in 24 hours, 7 or 15 days.
#: Beijing's work standard for 12345, in force 2023-01-01, as reported in the press; days are
#: taken as working days. The community edits them with its own source.
FIRST_LIMITS = {
    "life": Limit(respond_hours=1, answer_hours=24),
    "utilities": Limit(respond_hours=2, answer_hours=24),
    "ordinary": Limit(respond_hours=24, answer_workdays=7),
    "complex": Limit(respond_hours=24, answer_workdays=15),
}
FIRST_LIMITS_SOURCE = "北京市接诉即办工作标准（2023-01-01，据报道）；可由社区修改"
FIRST_LIMITS_SINCE = date(2020, 7, 1)


def respond_deadline(limit: Limit, received: datetime) -> datetime:
    """By when the asker has had a first word. Clock hours: urgent things do not wait for Monday."""
    return deadline_in_hours(received, limit.respond_hours)


def reply_deadline(limit: Limit, received: datetime, calendar: Calendar) -> datetime:
    """By when the demand is answered: working days where set, otherwise clock hours.

    Raises ValueError for a limit that sets neither.
    """
    if limit.answer_workdays is not None:
        return calendar.deadline_in_workdays(received, limit.answer_workdays)
    if limit.answer_hours is not None:
        return deadline_in_hours(received, limit.answer_hours)
    msg = "a limit needs working days or hours"
    raise ValueError(msg)


def earlier(ours: datetime, outer: datetime | None) -> datetime:
    """Of our own limit and that of whoever gave the work, the one that comes first."""
    return ours if outer is None else min(ours, outer)


def building_named(words: str, names: Iterable[str]) -> str | None:
    """The building that the words of a place name, if one is: 12幢 is not found in 112幢.

    The longest name wins, for a short one may stand within it.
    """
    for name in sorted(filter(None, names), key=len, reverse=True):
        alone = r"(?<!\d)" if name[0].isdigit() else ""
        if re.search(alone + re.escape(name), words):
            return name
    return None


def reminder_moment(received: datetime, due: datetime) -> datetime:
    """When the owner is reminded: three quarters of the time have gone, a day before at most."""
    span = due - received
    return max(due - timedelta(days=1), received + span * 3 / 4) if span > timedelta(0) else due


def is_on_time(due: datetime | None, done: datetime | None, as_of: datetime) -> bool:
    """Whether a limit was, or still is, kept. Without a limit nothing can be late.

    Done at the very moment of the limit is in time; open counts as late once the limit has passed.
    """
    if due is None:
        return True
    return (done or as_of) <= due


class OnTime(StrEnum):
    """How a row of an imported file stands; NOT_STATED where its source withheld its judgement."""

    ON_TIME = "ONTIME"
    OVERDUE = "OVERDUE"
    NOT_STATED = ""


def on_time_of_row(
    *,
    due: datetime | None,
    closed: datetime | None,
    as_of: datetime,
    states_on_time: bool,
    stated: str,
) -> OnTime:
    """On time or overdue by the dates, as of the latest moment the file itself knows.

    A file that judges its rows but left this one open is not judged in its place: the source
    knew something that the dates do not tell.
    """
    if states_on_time and not stated:
        return OnTime.NOT_STATED
    return OnTime.ON_TIME if is_on_time(due, closed, as_of) else OnTime.OVERDUE


#: What may stand between braces in an answer template: the word → what it is filled with.
PLACEHOLDERS = {
    "称呼": "asker",
    "编号": "number",
    "类别": "category",
    "地点": "where",
    "日期": "said_on",
    "经办人": "handler",
    "电话": "phone",
}
_BRACES = re.compile(r"[{｛]\s*([^{}｛｝]*?)\s*[}｝]")


def unknown_placeholders(words: str) -> list[str]:
    """What stands between braces and cannot be filled."""
    return [name for name in _BRACES.findall(words) if name not in PLACEHOLDERS]


def filled(words: str, values: Mapping[str, str]) -> str:
    """A template's words with the demand's own values; a value that is not there leaves a gap to
    be filled by hand, which is seen.
    """
    return _BRACES.sub(lambda found: values.get(PLACEHOLDERS.get(found[1], "")) or "＿＿", words)


#: A demand counts as near when it lies in the same grid or within this many metres.
NEAR_METRES = 150
#: How long an answered demand is still shown as similar: its answer may do for the next asker.
ANSWERED_LATELY = timedelta(days=30)


def metres_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Between two places a few streets apart (latitude, longitude); flat is right to a metre."""
    mean = math.radians((one[0] + other[0]) / 2)
    north = math.radians(one[0] - other[0])
    east = math.radians(one[1] - other[1]) * math.cos(mean)
    return math.hypot(north, east) * 6_371_000


#: The tree a new community starts with: code, Chinese name, icon, class of limit. It is the
#: community's own data from then on, so it stands here in its language.
FIRST_CATEGORIES = (
    ("repair", "公共设施", "wrench", "ordinary"),
    ("repair.lamp", "路灯楼道灯", "lamp-wall-up", "ordinary"),
    ("repair.road", "路面人行道", "route", "ordinary"),
    ("repair.lift", "电梯", "building-2", "utilities"),
    ("repair.water", "停水漏水", "droplets", "utilities"),
    ("repair.power", "停电用电", "zap", "utilities"),
    ("repair.gas", "燃气", "siren", "life"),
    ("repair.drain", "下水道堵塞", "droplets", "ordinary"),
    ("clean", "环境卫生", "trash-2", "ordinary"),
    ("clean.rubbish", "垃圾清运", "trash-2", "ordinary"),
    ("clean.pile", "楼道堆物", "package", "ordinary"),
    ("clean.green", "绿化树木", "trees", "ordinary"),
    ("safety", "安全隐患", "triangle-alert", "life"),
    ("safety.fire", "消防通道与充电", "siren", "life"),
    ("safety.fraud", "疑似诈骗", "shield", "life"),
    ("traffic", "停车与出行", "car", "ordinary"),
    ("traffic.parking", "停车", "car", "ordinary"),
    ("traffic.ebike", "电动车棚与充电桩", "car", "ordinary"),
    ("neighbour", "邻里关系", "users", "complex"),
    ("neighbour.noise", "噪音", "volume-2", "ordinary"),
    ("elder", "为老服务", "heart", "ordinary"),
    ("child", "托管与上学", "baby", "ordinary"),
    ("work", "就业与暖新坊", "hand-coins", "ordinary"),
    ("policy", "政策与证明", "file-text", "ordinary"),
    ("property", "物业管理", "building-2", "complex"),
    ("other", "其他", "message-circle", "ordinary"),
)

#: The kinds of visit a new community starts with: letter (mostly the first of what is said), name,
#: reason, usual minutes. Its own data from then on, so it stands here in its language.
FIRST_VISIT_KINDS = (
    ("w", "问政策办事", "question", 5),
    ("z", "开证明盖章", "papers", 5),
    ("t", "填表交材料", "papers", 10),
    ("q", "取送东西", "fetch", 2),
    ("h", "参加活动", "activity", 5),
    ("l", "坐坐聊聊", "chat", 15),
    ("y", "复印打印", "other", 3),
    ("x", "量血压", "other", 5),
    ("g", "借用工具", "fetch", 2),
    ("r", "找人", "other", 2),
    ("b", "报名登记", "activity", 5),
    ("e", "接送小孩", "other", 2),
)


# ── an old book of visits ────────────────────────────────────────────────────────────────────


class BookOutcome(StrEnum):
    """What becomes of a line of an old book."""

    NEW = "new"
    KNOWN = "known"
    REFUSED = "refused"


class BookLine(TypedDict):
    """A line of an old book as read: `at` is empty where a fault stands; phones as on the roll."""

    at: datetime | str | None
    name: str
    phone: str
    why: str
    channel: str
    minutes: int
    worker: str
    note: str
    faults: list[str]


#: What a column may be called; the first name is that of our own sheet.
BOOK_COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "day": ("日期", "来访日期", "登记日期", "date"),
    "time": ("时间", "来访时间", "time"),
    "name": ("姓名", "来访人", "居民", "name"),
    "phone": ("电话", "手机", "联系电话", "phone"),
    "why": ("事由", "来访事由", "办理事项", "事项", "reason"),
    "channel": ("方式", "来访方式", "how"),
    "minutes": ("分钟", "用时", "minutes"),
    "worker": ("经办人", "接待人", "worker"),
    "note": ("备注", "说明", "note"),
}
#: The channel (kit.channels) by how books write it; whatever else stands there counts as in person.
_WAYS_WRITTEN: Final[Mapping[str, str]] = {
    "来访": "walk_in", "到访": "walk_in", "现场": "walk_in",
    "电话": "phone", "来电": "phone", "上门": "door", "走访": "door",
    "书面": "paper", "来信": "paper", "网上": "online", "线上": "online",
    "微信": "online", "扫码": "qr",
}  # fmt: skip
#: A line that names only its day is put here; a book without times counts days.
_WITHOUT_TIME: Final = time(12)
_MOST_MINUTES: Final = 600
_USUAL_MINUTES: Final = 5


def columns_of_book(header: Sequence[str]) -> dict[str, str]:
    """Which column of a table holds what: {"day": "来访日期"}."""
    return {
        name: found
        for name, written in BOOK_COLUMNS.items()
        if (found := next((one for one in header if one.strip().lower() in written), ""))
    }


def read_book_line(said: Mapping[str, str], *, now: datetime) -> BookLine:
    """A line as a visit; its faults are `no_day`, `no_time`, `to_come`, `no_minutes`.

    A phone that is none is left away: the name alone then says who it was.
    """
    faults: list[str] = []
    at = _moment_of(said.get("day", ""), said.get("time", ""), faults)
    if at is not None and at > now:
        faults.append("to_come")
    minutes = said.get("minutes", "").strip().removesuffix("分钟").removesuffix("分").strip()
    if minutes and not (minutes.isdecimal() and int(minutes) <= _MOST_MINUTES):
        faults.append("no_minutes")
    try:
        phone = normalise_phone(said["phone"]) if said.get("phone") else ""
    except NumberRefused:
        phone = ""
    way = said.get("channel", "").strip()
    return BookLine(
        at=at, name=" ".join(said.get("name", "").split())[:60], phone=phone,
        why=said.get("why", "").strip()[:60],
        channel=_WAYS_WRITTEN.get(way, "walk_in"),
        minutes=int(minutes) if minutes.isdecimal() and "no_minutes" not in faults else _USUAL_MINUTES,
        worker=said.get("worker", "").strip(), note=said.get("note", "").strip()[:200], faults=faults,
    )  # fmt: skip


def _moment_of(day: str, hour: str, faults: list[str]) -> datetime | None:
    try:
        moment = parse_local(day).astimezone(SHANGHAI)
    except ValueError:
        faults.append("no_day")
        return None
    # Excel writes a bare time as one of its first days; only the clock of it is meant.
    typed = hour.strip().replace("：", ":").rpartition(" ")[2]
    if not typed:
        is_bare = (moment.hour, moment.minute) == (0, 0)
        return datetime.combine(moment.date(), _WITHOUT_TIME, SHANGHAI) if is_bare else moment
    hours, _colon, rest = typed.partition(":")
    try:
        clock = time.fromisoformat(f"{hours:0>2}:{rest or '00'}")
    except ValueError:
        faults.append("no_time")
        return None
    return datetime.combine(moment.date(), clock, SHANGHAI)

"""GeoReport v2 (Open311) as it is met in the field: JSON and XML, lists, single answers, errors.

https://wiki.open311.org/GeoReport_v2/. Servers bend the form: numbers where texts belong,
`"service_code":006`, an HTTP status line copied with the body, empty elements, `is_array`. All
that is read, and said in `notes`; what can't be trusted is set aside with its place and reason,
and nothing else is lost. Texts of numbers are kept as written, so that no digit of an id or a
place is guessed away.
"""

import codecs
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl, Locator

import defusedxml.sax
from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext_noop

from mulin.kit.refusals import Refused
from mulin.kit.sentences import Sentence

_STATUS_LINE: Final = re.compile(
    r"\AHTTP/\d(?:\.\d)?[ ](?P<status>\d{3})[^\r\n]*(?:\r?\n[!-9;-~]+:[^\r\n]*)*(?:\r?\n)*"
)
_XML_DECLARATION: Final = re.compile(r"""\A\s*<\?xml\b[^>]*?\?>""")
_XML_ENCODING: Final = re.compile(rb"""<\?xml\b[^>]*?\bencoding\s*=\s*["']([\w.:-]+)["']""")
#: A text, or a number that JSON forbids because it begins with zeros.
_TEXT_OR_ZEROS: Final = re.compile(r'"(?:[^"\\]|\\.)*"|(?<![\w.+-])(-?0\d+(?:\.\d+)?)(?![\w.])')
_UNSTORABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_LONGEST_ID: Final = 80
_MOST_LEVELS: Final = 100
_NEXT_OBJECT: Final = re.compile(r"\}\s*,\s*(?=\{)")


class Kind(StrEnum):
    """What an answer is, told from what stands in it."""

    REQUESTS = "requests"
    SERVICES = "services"
    DEFINITION = "definition"
    RECEIPTS = "receipts"
    TOKENS = "tokens"
    ERRORS = "errors"
    DISCOVERY = "discovery"


class Unreadable(Refused):
    """Nothing of the file can be read."""

    def __init__(self, why: Sentence) -> None:
        super().__init__(str(why))


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as it was written, with the offset the standard asks for, and as a moment in UTC."""

    written: str
    utc: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One kind of request a city takes."""

    row: int
    line: int
    code: str
    name: str
    description: str = ""
    group: str = ""
    keywords: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request. `latitude` and `longitude` keep every digit; both or neither are there."""

    row: int
    line: int
    id: str
    status: str
    service_name: str
    service_code: str
    requested: Moment
    updated: Moment | None = None
    expected: Moment | None = None
    description: str = ""
    status_notes: str = ""
    service_notice: str = ""
    agency: str = ""
    address: str = ""
    address_id: str = ""
    zipcode: str = ""
    latitude: str = ""
    longitude: str = ""
    media_url: str = ""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that was not taken: its count in the file (1 is the first), its line, and why."""

    row: int
    line: int
    reason: Sentence


@dataclass(frozen=True, slots=True)
class Answer:
    """All that a file says. `read` counts its rows, those set aside among them."""

    kind: Kind
    read: int = 0
    requests: Sequence[Request] = ()
    services: Sequence[Service] = ()
    set_aside: Sequence[SetAside] = ()
    notes: Sequence[Sentence] = field(default=())


def looks_like_georeport(content: bytes) -> bool:
    """Whether it is JSON or XML at all, and not a table."""
    beginning = _decoded(content[:4096])[:400]
    return _body(beginning)[0].lstrip("\ufeff \t\r\n").startswith(("{", "[", "<"))


def read(content: bytes) -> Answer:
    """Read a file. Raises Unreadable with a sentence that says what is wrong with it."""
    text = _decoded(content)
    notes: list[Sentence] = []
    body, status = _body(text)
    if status:
        notes.append(
            Sentence(
                gettext_noop(
                    "The file begins with the server's status line (%(status)s); it was left out."
                ),
                {"status": status},
            )
        )
    skipped = text[: len(text) - len(body)].count("\n")
    if not body.strip():
        raise Unreadable(Sentence(gettext_noop("The file is empty.")))
    if body.lstrip().startswith("<"):
        found = _from_xml(body, skipped)
    else:
        found = _from_json(body, skipped, notes)
    return _answer(found, notes)


# --- texts ------------------------------------------------------------------------------------


def _decoded(content: bytes) -> str:
    """UTF-8 unless the file says otherwise; a wrong byte is shown as one and loses nothing else."""
    for mark, codec in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
                        (codecs.BOM_UTF16_BE, "utf-16")):  # fmt: skip
        if content.startswith(mark):
            return content.decode(codec, "replace")
    if declared := _XML_ENCODING.search(content[:2048]):
        try:
            return content.decode(declared[1].decode("ascii"))
        except (LookupError, UnicodeError):
            pass  # it does not say the truth
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return content.decode("gb18030")
        except UnicodeDecodeError:
            return content.decode("utf-8", "replace")


def _body(text: str) -> tuple[str, str]:
    """The text without an HTTP status line and header fields, and the status."""
    match = _STATUS_LINE.match(text)
    return (text[match.end() :], match["status"]) if match else (text, "")


def _clean(value: object) -> str:
    """A text that every database can keep: without NUL, half characters and outer blanks."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _UNSTORABLE.sub("\ufffd", str(value)).strip()


# --- one shape for both forms -----------------------------------------------------------------


@dataclass(slots=True)
class _Element:
    """One thing of a file, whichever form it had; without `values` it is no object, or broken."""

    line: int
    values: Mapping[str, Any] | None  # Any: what JSON holds
    fault: Sentence | None = None


@dataclass(slots=True)
class _Found:
    """The rows of a file; `kind` where the form itself says what they are."""

    elements: list[_Element]
    kind: Kind | None = None

    def refuse_if_nothing_is_whole(self) -> None:
        """A file in which every row is broken is not read row by row."""
        faults = [element.fault for element in self.elements if element.fault]
        if faults and len(faults) == len(self.elements):
            raise Unreadable(faults[0])


# --- JSON -------------------------------------------------------------------------------------


class _Written(str):
    """A number of JSON as it was written."""

    __slots__ = ()


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


_DECODER: Final = json.JSONDecoder(
    parse_int=_Written, parse_float=_Written, parse_constant=_refuse_constant, strict=False
)
#: What some servers wrap their list in; of requests the rows themselves tell the kind.
_WRAPPERS: Final = {
    "service_requests": None,
    "requests": None,
    "services": Kind.SERVICES,
    "errors": Kind.ERRORS,
}
_ROOTS: Final = {
    "service_requests": None,
    "requests": None,
    "services": Kind.SERVICES,
    "errors": Kind.ERRORS,
    "service_definition": Kind.DEFINITION,
    "discovery": Kind.DISCOVERY,
}


def _from_json(body: str, skipped: int, notes: list[Sentence]) -> _Found:
    text = _without_leading_zeros(body, notes)
    start = len(text) - len(text.lstrip("\ufeff \t\r\n"))
    if text[start : start + 1] == "[":
        return _json_list(text, start, skipped)
    try:
        whole, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError) as error:
        raise Unreadable(_json_fault(text, error, skipped)) from None
    if text[end:].strip() or not isinstance(whole, dict):
        raise Unreadable(_not_georeport())
    line = _line(text, start, skipped)
    for name, kind in _WRAPPERS.items():
        if isinstance(rows := whole.get(name), list):
            return _Found(
                [_Element(line, row if isinstance(row, dict) else None) for row in rows], kind
            )
    if "attributes" in whole and "service_code" in whole:
        return _Found([], Kind.DEFINITION)
    if "endpoints" in whole:
        return _Found([], Kind.DISCOVERY)
    return _Found([_Element(line, whole)])


def _without_leading_zeros(body: str, notes: list[Sentence]) -> str:
    """`006`, which JSON forbids, as the text it was meant to be."""
    zeros: list[str] = []

    def quoted(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0]
        zeros.append(match[1])
        return f'"{match[1]}"'

    mended = _TEXT_OR_ZEROS.sub(quoted, body)
    if zeros:
        notes.append(
            Sentence(
                gettext_noop(
                    "Numbers that begin with zeros are not allowed in JSON; they were read as"
                    " texts: %(written)s."
                ),
                {"written": ", ".join(dict.fromkeys(zeros))},
            )
        )
    return mended


def _json_list(text: str, start: int, skipped: int) -> _Found:
    """The objects of a list one by one: where one is broken, those before and behind it are kept."""
    found = _Found([])
    place = seen = _blanks(text, start + 1)
    line = _line(text, place, skipped)
    while text[place : place + 1] != "]":
        line += text.count("\n", seen, place)
        seen = place
        try:
            value, end = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError) as error:
            found.elements.append(_Element(line, None, _json_fault(text, error, skipped)))
            if (following := _NEXT_OBJECT.search(text, place)) is None:
                break
            place = following.end()
            continue
        found.elements.append(_Element(line, value if isinstance(value, dict) else None))
        place = _blanks(text, end)
        if text[place : place + 1] == ",":
            place = _blanks(text, place + 1)
        elif text[place : place + 1] != "]":
            at = _line(text, place, skipped)
            found.elements.append(_Element(at, None, _breaks_off(at)))
            break
    found.refuse_if_nothing_is_whole()
    return found


def _blanks(text: str, place: int) -> int:
    while text[place : place + 1] in {" ", "\t", "\r", "\n"} and place < len(text):
        place += 1
    return place


def _line(text: str, place: int, skipped: int) -> int:
    return text.count("\n", 0, place) + 1 + skipped


def _json_fault(text: str, error: Exception, skipped: int) -> Sentence:
    if isinstance(error, json.JSONDecodeError):
        return _breaks_off(_line(text, error.pos, skipped))
    return Sentence(gettext_noop("The file is not valid JSON."))


def _breaks_off(line: int) -> Sentence:
    return Sentence(
        gettext_noop("The file is damaged or breaks off at line %(line)s."), {"line": str(line)}
    )


def _not_georeport() -> Sentence:
    return Sentence(
        gettext_noop("The file is not a GeoReport v2 answer: it holds no requests or services.")
    )


# --- XML --------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Node:
    tag: str
    line: int
    text: list[str] = field(default_factory=list)
    children: "list[_Node]" = field(default_factory=list)

    def value(self) -> object:
        return None if self.children else "".join(self.text)


class _Tree(ContentHandler):
    """Builds the tree as it comes, so that what stands before a fault is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.root: _Node | None = None
        self.open: list[_Node] = []
        self.locator: Locator | None = None

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802  SAX's name
        self.locator = locator

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802  SAX's name
        line = self.locator.getLineNumber() if self.locator else None
        node = _Node(name.rpartition(":")[2].lower(), line or 1)
        if len(self.open) >= _MOST_LEVELS:
            raise SAXException("too deep")
        if self.open:
            self.open[-1].children.append(node)
        elif self.root is None:
            self.root = node
        self.open.append(node)

    def endElement(self, name: str) -> None:  # noqa: N802  SAX's name
        self.open.pop()

    def characters(self, content: str) -> None:
        if self.open:
            self.open[-1].text.append(content)


def _from_xml(body: str, skipped: int) -> _Found:
    # It is a text already, so what it declares of its bytes no longer holds.
    declaration = _XML_DECLARATION.match(body)
    text = body[declaration.end() if declaration else 0 :].lstrip("\ufeff \t\r\n")
    skipped += body.count("\n", 0, len(body) - len(text))
    tree = _Tree()
    fault = _grow(tree, text, skipped)
    root = tree.root
    if root is None:
        raise Unreadable(fault or _not_georeport())
    if root.tag not in _ROOTS:
        raise Unreadable(
            Sentence(
                gettext_noop("The file is not a GeoReport v2 answer: it begins with <%(tag)s>."),
                {"tag": _clean(root.tag)[:60]},
            )
        )
    kind = _ROOTS[root.tag]
    if kind in {Kind.DEFINITION, Kind.DISCOVERY}:
        return _Found([], kind)
    # An element still open when the file broke off is not whole.
    unfinished = tree.open[1] if fault and len(tree.open) > 1 else None
    found = _Found(
        [
            _Element(
                node.line + skipped,
                {child.tag: child.value() for child in node.children} if node.children else None,
            )
            for node in root.children
            if node is not unfinished
        ],
        kind,
    )
    if fault:
        line = unfinished.line if unfinished else text.count("\n") + 1
        found.elements.append(_Element(line + skipped, None, fault))
        found.refuse_if_nothing_is_whole()
    return found


def _grow(tree: _Tree, text: str, skipped: int) -> Sentence | None:
    """Read XML into the tree; what is wrong with it, if something is.

    A file with a DTD is refused whole: entities of its own are how a small file eats a server.
    """
    try:
        defusedxml.sax.parseString(text.rstrip().encode("utf-8", "replace"), tree, forbid_dtd=True)
    except DefusedXmlException:
        raise Unreadable(
            Sentence(
                gettext_noop("The file defines names of its own (a DTD); such files are refused.")
            )
        ) from None
    except SAXParseException as error:
        return _breaks_off((error.getLineNumber() or 1) + skipped)
    except SAXException:
        return _not_georeport()
    return None


# --- what it is, and what of it can be trusted ------------------------------------------------


class _Bad(Exception):  # noqa: N818  caught where a row is read
    def __init__(self, msgid: str, **values: object) -> None:
        super().__init__(msgid)
        self.reason = Sentence(msgid, {key: _shown(str(value)) for key, value in values.items()})


def _shown(value: str) -> str:
    return value if len(value) <= _LONGEST_ID else value[:_LONGEST_ID] + "…"


def _answer(found: _Found, notes: list[Sentence]) -> Answer:
    kind = found.kind or _kind_of(found.elements)
    if kind is None:
        raise Unreadable(_not_georeport())
    if not found.elements:
        notes.append(_NOTHING_INSIDE[kind])
    requests: list[Request] = []
    services: list[Service] = []
    aside: list[SetAside] = []
    first_at: dict[str, int] = {}
    for row, element in enumerate(found.elements, start=1):
        try:
            values = _values(element)
            if kind is Kind.SERVICES:
                services.append(_service(values, row, element.line))
            elif kind is Kind.REQUESTS:
                requests.append(_request(values, row, element.line, first_at))
            else:
                aside.append(SetAside(row, element.line, _bare(kind, values)))
        except _Bad as bad:
            aside.append(SetAside(row, element.line, bad.reason))
    return Answer(
        kind=kind, read=len(found.elements), requests=requests, services=services,
        set_aside=aside, notes=notes,
    )  # fmt: skip


def _values(element: _Element) -> Mapping[str, Any]:  # Any: what JSON holds
    if element.fault is not None:
        raise _Bad(element.fault.msgid, **element.fault.values)
    if element.values is None:
        raise _Bad(gettext_noop("This row is not a request."))
    return {str(key).lower(): value for key, value in element.values.items()}


_NOTHING_INSIDE: Final = {
    Kind.REQUESTS: Sentence(gettext_noop("There are no requests in the file.")),
    Kind.SERVICES: Sentence(gettext_noop("There are no services in the file.")),
    Kind.ERRORS: Sentence(gettext_noop("There are no requests in the file.")),
    Kind.DEFINITION: Sentence(
        gettext_noop(
            "This is the definition of one service: it says what is asked, and holds no requests."
        )
    ),
    Kind.DISCOVERY: Sentence(gettext_noop("This describes a server, and holds no requests.")),
}
#: Kinds by a field that tells them, the surest first.
_TELLING: Final = (
    ({"status", "requested_datetime"}, Kind.REQUESTS),
    ({"token"}, Kind.TOKENS),
    ({"service_request_id"}, Kind.RECEIPTS),
    ({"service_code", "service_name"}, Kind.SERVICES),
    ({"code"}, Kind.ERRORS),
)


def _kind_of(elements: list[_Element]) -> Kind | None:
    """From all rows together: one that lacks its id is still a request among requests."""
    if not elements:
        return Kind.REQUESTS
    names = {str(key).lower() for row in elements if row.values for key in row.values}
    return next((kind for telling, kind in _TELLING if telling & names), None)


def _bare(kind: Kind, values: Mapping[str, Any]) -> Sentence:  # Any: what JSON holds
    """Why a row that holds no request is set aside, with what it does say."""
    number = _text(values, "service_request_id")
    if kind is Kind.ERRORS:
        return Sentence(
            gettext_noop("The other system answered with error %(code)s: %(description)s"),
            {"code": _text(values, "code"), "description": _text(values, "description")[:300]},
        )
    if kind is Kind.TOKENS:
        return Sentence(
            gettext_noop(
                "This is a token (%(token)s) for request %(number)s, not the request itself."
            ),
            {"token": _text(values, "token"), "number": number},
        )
    return Sentence(
        gettext_noop("This is the receipt for request %(number)s, not the request itself."),
        {"number": number},
    )


def _service(values: Mapping[str, Any], row: int, line: int) -> Service:  # Any: what JSON holds
    code, name = _text(values, "service_code"), _text(values, "service_name")
    if not code:
        raise _Bad(gettext_noop("The service has no service_code."))
    return Service(
        row=row, line=line, code=code, name=name or code, group=_text(values, "group"),
        description=_text(values, "description"), keywords=_text(values, "keywords"),
    )  # fmt: skip


def _request(
    values: Mapping[str, Any], row: int, line: int, first_at: dict[str, int]  # Any: as above
) -> Request:  # fmt: skip
    number = _text(values, "service_request_id")
    if not number:
        raise _Bad(gettext_noop("The request has no service_request_id."))
    if len(number) > _LONGEST_ID:
        raise _Bad(gettext_noop("The number of the request is too long: %(number)s"), number=number)
    if number in first_at:
        raise _Bad(
            gettext_noop("Request %(number)s stands in this file already, as number %(row)s."),
            number=number, row=str(first_at[number]),
        )  # fmt: skip
    status = _text(values, "status")
    if status.lower() not in {"open", "closed"}:
        raise _Bad(
            gettext_noop("The status “%(status)s” is neither open nor closed."), status=status
        )
    requested = _moment(values, "requested_datetime")
    if requested is None:
        raise _Bad(gettext_noop("The request has no requested_datetime."))
    latitude, longitude = _place(values)
    request = Request(
        row=row, line=line, id=number, status=status.lower(), requested=requested,
        service_name=_text(values, "service_name"), service_code=_text(values, "service_code"),
        updated=_moment(values, "updated_datetime"), expected=_moment(values, "expected_datetime"),
        description=_text(values, "description"), status_notes=_text(values, "status_notes"),
        service_notice=_text(values, "service_notice"), agency=_text(values, "agency_responsible"),
        address=_text(values, "address"), address_id=_text(values, "address_id"),
        zipcode=_text(values, "zipcode"), media_url=_text(values, "media_url"),
        latitude=latitude, longitude=longitude,
    )  # fmt: skip
    first_at[number] = row
    return request


def _text(values: Mapping[str, Any], name: str) -> str:  # Any: what JSON holds
    value = values.get(name)
    if isinstance(value, dict | list):
        raise _Bad(gettext_noop("%(name)s is not a text."), name=name)
    return _clean(value)


def _moment(values: Mapping[str, Any], name: str) -> Moment | None:  # Any: what JSON holds
    written = _text(values, name)
    if not written:
        return None
    try:
        told = datetime.fromisoformat(written)
        utc = told.astimezone(UTC) if told.tzinfo else None
    except (ValueError, OverflowError):
        raise _Bad(
            gettext_noop("%(name)s is not a time: %(written)s"), name=name, written=written
        ) from None
    if utc is None:
        raise _Bad(
            gettext_noop("%(name)s lacks its offset, so it is not known when that was: %(written)s"),
            name=name, written=written,
        )  # fmt: skip
    return Moment(written, utc)


def _place(values: Mapping[str, Any]) -> tuple[str, str]:  # Any: what JSON holds
    latitude, longitude = _text(values, "lat"), _text(values, "long")
    if bool(latitude) != bool(longitude):
        raise _Bad(gettext_noop("Of the place only one of lat and long is given."))
    for written, most in ((latitude, 90), (longitude, 180)):
        if written and not _is_degree(written, most):
            raise _Bad(gettext_noop("This is not a place on earth: %(written)s"), written=written)
    return latitude, longitude


def _is_degree(written: str, most: int) -> bool:
    try:
        degrees = float(written)
    except ValueError:
        return False
    return math.isfinite(degrees) and abs(degrees) <= most

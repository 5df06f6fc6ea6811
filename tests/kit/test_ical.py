"""iCalendar as RFC 5545 wants it, read back by a reader that knows only the standard."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mulin.kit.clock import SHANGHAI
from mulin.kit.ical import Event, calendar

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)


def event(title="时限", **more):
    values = {"uid": "limit-2026-00001@mulin", "starts": NOW, "ends": NOW + timedelta(minutes=30)}
    return Event(title=title, **(values | more))


def unfolded(content):
    """The content lines of a calendar, by section 3.1."""
    text = content.decode()
    assert text.endswith("\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def value_of(content, name):
    """A text value with its escapes undone, by section 3.3.11."""
    line = next(one for one in unfolded(content) if one.startswith(name + ":"))
    said, rest = "", iter(line.partition(":")[2])
    for letter in rest:
        if letter == "\\":
            escaped = next(rest)
            said += "\n" if escaped in "nN" else escaped
        else:
            said += letter
    return said


def test_a_limit_stands_on_shanghais_clock_with_its_zone():
    written = unfolded(calendar("新街社区", [event(sequence=3, url="http://x/1/")], now=NOW))
    assert written == [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Mulin//Mulin 1//ZH", "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH", "X-WR-CALNAME:新街社区", "X-WR-TIMEZONE:Asia/Shanghai",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "BEGIN:VTIMEZONE", "TZID:Asia/Shanghai", "BEGIN:STANDARD", "DTSTART:19910915T000000",
        "TZOFFSETFROM:+0800", "TZOFFSETTO:+0800", "TZNAME:CST", "END:STANDARD", "END:VTIMEZONE",
        "BEGIN:VEVENT", "UID:limit-2026-00001@mulin", "DTSTAMP:20261125T020000Z", "SEQUENCE:3",
        "DTSTART;TZID=Asia/Shanghai:20261125T100000", "DTEND;TZID=Asia/Shanghai:20261125T103000",
        "SUMMARY:时限", "CLASS:PRIVATE", "TRANSP:TRANSPARENT", "URL:http://x/1/", "END:VEVENT",
        "END:VCALENDAR",
    ]  # fmt: skip


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n")))
def test_whatever_a_title_holds_comes_back_as_it_was(title):
    assert value_of(calendar("x", [event(title)], now=NOW), "SUMMARY") == title


def test_a_place_is_escaped_and_folded_and_no_place_is_no_line():
    where = "睦邻客厅 · 3幢, 二楼; 进门左手\\靠窗" * 4
    written = calendar("x", [event(location=where), event()], now=NOW)
    assert value_of(written, "LOCATION") == where
    (line,) = (one for one in unfolded(written) if one.startswith("LOCATION"))
    assert line.startswith("LOCATION:睦邻客厅 · 3幢\\, 二楼\\; 进门左手\\\\靠窗")


def test_a_title_cannot_bring_lines_of_its_own():
    written = calendar("x", [event("灯\r\nEND:VEVENT\r\nBEGIN:VALARM\x00")], now=NOW)
    assert unfolded(written).count("END:VEVENT") == 1
    assert "BEGIN:VALARM" not in unfolded(written)

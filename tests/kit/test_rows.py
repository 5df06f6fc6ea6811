"""The list drawn in Python is the one that the templates draw, row for row."""

from html.parser import HTMLParser

from django.template import Context, Template
from django.template.loader import render_to_string

from mulin.kit.templatetags.kit import LONGEST_TITLE, Row

#: What a row of a list takes over from the list around it.
INHERITED = {"hx-target", "hx-select", "hx-swap", "hx-push-url"}


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen = []

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        self.seen.append(("/" + tag, {}))

    def handle_data(self, data):
        self.seen.append(data)


def tags_of(html):
    reader = Tags()
    reader.feed(html.strip())
    return reader.seen


def drawn(*lines):
    return Template("{% load kit %}{% rows lines %}").render(Context({"lines": lines}))


def test_a_list_is_drawn_as_its_rows_by_the_component():
    line = Row(
        "/a/?x=1&y=2", 'O\'Hara & "Söhne" <b>', "2026-00001 · 12幢", "amber", "今天到期", True
    )
    (_, around), first, *rest, _end = tags_of(drawn(line))
    (_, alone), *parts = tags_of(
        render_to_string(
            "kit/row.html",
            {"url": line.url, "title": line.title, "more": line.more, "tone": line.tone,
             "word": line.word, "current": True},
        )
    )  # fmt: skip
    inherited = {name: alone.pop(name) for name in INHERITED}
    assert first == ("a", alone)
    assert rest == parts
    assert around == {"class": "rows", "data-rows": None, **inherited}


def test_what_a_row_does_not_say_takes_no_place():
    assert drawn(Row("/a/", "路灯")).endswith(
        '<a class="row" href="/a/" hx-get="/a/"><span class="row-what">路灯</span></a></div>'
    )


def test_a_long_title_is_cut():
    assert f">{'灯' * (LONGEST_TITLE - 1)}…<" in drawn(Row("/a/", "灯" * (LONGEST_TITLE + 1)))
    assert f">{'灯' * LONGEST_TITLE}<" in drawn(Row("/a/", "灯" * LONGEST_TITLE))

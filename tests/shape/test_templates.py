"""Templates hold no script, no style, nothing from elsewhere, and each of them compiles."""

import re
from html.parser import HTMLParser

import pytest
from django.template import engines
from django.template.loader import get_template

from tests.shape.house import MULIN

TEMPLATES = sorted(
    path for path in MULIN.rglob("templates/**/*") if path.is_file() and path.suffix != ".md"
)
PAGES = [path for path in TEMPLATES if path.suffix == ".html"]
ELSEWHERE = re.compile(r"^\s*(https?:)?//", re.IGNORECASE)
#: Attributes by which a page loads something by itself. A plain link may lead anywhere.
LOADS = {
    "script": {"src"},
    "link": {"href"},
    "img": {"src", "srcset"},
    "source": {"src", "srcset"},
    "video": {"src", "poster"},
    "audio": {"src"},
    "iframe": {"src"},
    "use": {"href", "xlink:href"},
    "form": {"action"},
}
#: What a template may hold all the same: the press prints it, and no browser ever shows it.
MEANT = {"kit/templates/kit/form_sheet.html": ("attribute style",)}
TAG = re.compile(r"{%.*?%}|{#.*?#}|{{.*?}}", re.DOTALL)


class Inspector(HTMLParser):
    """Collects what a content policy of `default-src 'self'` would stop."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        if tag == "style" or (tag == "script" and not self._is_allowed_script(names)):
            self.found.append(f"inline {tag}")
        for name, value in attrs:
            if name == "style" or name.startswith(("on", "hx-on")):
                self.found.append(f"attribute {name}")
            if (value or "").strip().lower().startswith("javascript:"):
                self.found.append(f"script in {name}")
            if name in LOADS.get(tag, ()) and ELSEWHERE.match(value or ""):
                self.found.append(f"{tag} from elsewhere")

    @staticmethod
    def _is_allowed_script(names):
        return "src" in names or names.get("type") == "application/json"


def faults(text):
    """What is wrong with a template's HTML; template tags are taken out first."""
    # A tag between attributes must leave a gap, and one inside a value must leave the value.
    inspector = Inspector()
    inspector.feed(TAG.sub(" ", text))
    return inspector.found


def name_of(path):
    return path.relative_to(MULIN).as_posix()


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_a_page_holds_no_script_and_no_style(path):
    found = [
        one for one in faults(path.read_text("utf-8")) if one not in MEANT.get(name_of(path), ())
    ]
    assert found == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_compiles(path):
    parts = path.parts
    last = len(parts) - 1 - parts[::-1].index("templates")
    assert get_template("/".join(parts[last + 1 :]))


def test_the_faults_are_seen():
    bad = """
        <style>p {}</style><script>alert(1)</script><p style="color: red" onclick="x()">
        <a href="javascript:x()">x</a><img src="https://cdn.example/x.png">
        <script src="{% static 'a.js' %}"></script><a href="https://elsewhere.example">y</a>
        {{ list|json_script:"list" }}
    """
    assert faults(bad) == [
        "inline style",
        "inline script",
        "attribute style",
        "attribute onclick",
        "script in href",
        "img from elsewhere",
    ]
    assert engines["django"].from_string(bad.replace("{% static 'a.js' %}", "/a.js"))


@pytest.mark.parametrize(
    "path",
    [path for path in PAGES if 'class="table' in path.read_text("utf-8")],
    ids=lambda path: path.name,
)
def test_a_table_that_becomes_cards_on_a_phone_names_each_of_their_cells(path):
    text = path.read_text("utf-8")
    for table in re.findall(r'<table class="table.*?(?:</table>|\Z)', text, re.DOTALL):
        # An empty one is not shown.
        filled = re.findall(r"<td\b[^>]*>(?!</td>)", table)
        unnamed = [cell for cell in filled if "data-label=" not in cell]
        assert [cell for cell in unnamed if "colspan" not in cell] == []
        assert 'role="table"' in table  # shown as blocks it would be a table to nobody


#: Between two things a template puts beside each other: what Latin letters use and Chinese does not.
HALF_WIDTH = re.compile(r"(?:%}|}}|</\w+>)\s?[:;,](?=\s|$)|\s\({[{%]")


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_what_stands_between_two_things_is_translated_too(path):
    outside = re.sub(
        r"{% (blocktrans|comment).*?{% end\1\w* %}", "%}", path.read_text("utf-8"), flags=re.DOTALL
    )
    assert HALF_WIDTH.findall(outside) == []


def test_half_width_marks_are_seen():
    assert HALF_WIDTH.search("{{ name }}: {{ words }}")
    assert HALF_WIDTH.search('{% translate "turned round" %}; {% endif %}')
    assert HALF_WIDTH.search("{{ lot }} ({{ amount }})")
    assert not HALF_WIDTH.search("{{ name }}{% translate ': ' %}{{ words }} · tel:{{ phone }}")


#: `back` is the link itself: what stands around a link gives nothing to press.
BACK_AROUND = re.compile(r'<(?:div|li|nav|p|span)\b[^>]*class="(?:[\w-]+ )*back[ "]')


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_the_way_back_is_as_large_as_a_finger(path):
    assert BACK_AROUND.findall(path.read_text("utf-8")) == []


def test_a_way_back_around_a_link_is_seen():
    assert BACK_AROUND.search('<p class="back"><a href="/">')
    assert BACK_AROUND.search('<p class="small back"><a href="/">')
    assert not BACK_AROUND.search('<a class="back" href="/">')


#: The face of the kit that puts `where` into its one heading.
CARD = '{% extends "kit/plain.html" %}'


@pytest.mark.parametrize(
    "path", [path for path in PAGES if path.read_text("utf-8").startswith(CARD)], ids=name_of
)
def test_a_single_card_has_one_heading_and_it_says_something(path):
    text = path.read_text("utf-8")
    where = re.search(r"{% block where %}(.*?){% endblock", text, re.DOTALL)
    assert where is not None
    assert where[1].strip()
    assert "<h1" not in text

"""The tags of languages: a sentence is kept, but never in another language than the page's."""

import pytest
from django.template import Context, Template
from django.utils import translation

from mulin.kit.templatetags import i18n


def drawn(source, language, **values):
    with translation.override(language):
        return Template("{% load i18n %}" + source).render(Context(values))


def test_a_kept_sentence_is_said_in_the_language_of_each_page():
    page = Template("{% load i18n %}{% translate 'Search' %}")
    assert any(isinstance(node, i18n.Sentence) for node in page.nodelist)
    for _again in range(2):
        for language, words in (("en", "Search"), ("zh-hans", "找一找")):
            with translation.override(language):
                assert page.render(Context()) == words


@pytest.mark.parametrize(
    ("source", "chinese", "english"),
    [
        ("{% translate 'Where:' %} x", "地点：x", "Where: x"),
        (
            "{% translate 'Where:' %} {% translate 'Search' %} x",
            "地点：找一找 x",
            "Where: Search x",
        ),
        ("{% translate 'Where:' %}\nx", "地点：\nx", "Where:\nx"),
        ("{% translate said %} x", "地点：x", "Where: x"),
        ("{% translate 'Where:' as w %} {{ w }}", " 地点：", " Where:"),
        ("{% blocktranslate %}Where:{% endblocktranslate %} x", "地点：x", "Where: x"),
    ],
)
def test_behind_a_full_width_mark_stands_no_space(source, chinese, english):
    assert drawn(source, "zh-hans", said="Where:") == chinese
    assert drawn(source, "en", said="Where:") == english


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{% translate said %}", "b &amp; c"),
        ("{% translate 'a'|add:said %}", "ab &amp; c"),
        ("{% translate 'Search' as words %}[{{ words }}]", "[Search]"),
        ("{% translate '100%' %}", "100%"),
        ("{% translate '<b>' %}", "<b>"),
    ],
)
def test_what_differs_from_page_to_page_is_drawn_each_time(source, said):
    assert drawn(source, "en", said="x & y") != said or "said" not in source
    assert drawn(source, "en", said="b & c") == said

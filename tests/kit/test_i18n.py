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
        ("{% translate 'Attachments:' %} x", "附件：x", "Attachments: x"),
        (
            "{% translate 'Attachments:' %} {% translate 'Search' %} x",
            "附件：找一找 x",
            "Attachments: Search x",
        ),
        ("{% translate 'Attachments:' %}\nx", "附件：\nx", "Attachments:\nx"),
        ("{% translate said %} x", "附件：x", "Attachments: x"),
        ("{% translate 'Attachments:' as w %} {{ w }}", " 附件：", " Attachments:"),
        ("{% blocktranslate %}Attachments:{% endblocktranslate %} x", "附件：x", "Attachments: x"),
    ],
)
def test_behind_a_full_width_mark_stands_no_space(source, chinese, english):
    assert drawn(source, "zh-hans", said="Attachments:") == chinese
    assert drawn(source, "en", said="Attachments:") == english


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

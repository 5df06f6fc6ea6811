"""Django's tags of languages; a sentence without anything in it is put into each language once.

Every page of the desk has fifty such sentences, and to look each one up again took a twelfth of the
processor's time for a list. The catalogue does not change while a process lives. Templates load
this by the name they know: `{% load i18n %}`.
"""

from django import template
from django.template.base import Node, Parser, Token, Variable
from django.template.context import Context
from django.templatetags import i18n
from django.utils.translation import get_language

register = template.Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class Sentence(Node):
    """Words that are the same on every page in this language."""

    child_nodelists = ()

    def __init__(self, words: Node) -> None:
        self._words = words
        self._kept: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        language = get_language()
        said = self._kept.get(language)
        if said is None:
            said = self._kept[language] = self._words.render(context)
        return said


@register.tag("trans")
@register.tag("translate")
def translate(parser: Parser, token: Token) -> Node:
    """Django's own tag, kept where nothing in it can differ from page to page."""
    node = i18n.do_translate(parser, token)
    return Sentence(node) if _is_constant(node) else node


def _is_constant(node: i18n.TranslateNode) -> bool:
    said = node.filter_expression
    return (
        isinstance(said.var, Variable)
        and isinstance(said.var.literal, str)
        and not said.filters
        and node.asvar is None
        and node.message_context is None
    )

"""Django's tags of languages; a sentence without anything in it is put into each language once.

Every page of the desk has fifty such sentences, and to look each one up again took a twelfth of the
processor's time for a list. The catalogue does not change while a process lives. Templates load
this by the name they know: `{% load i18n %}`.

A space written behind a sentence is left out where the sentence ends in a full-width mark, which has
its own room: "Where: hall" is "地点：大厅" in Chinese.
"""

from typing import Final

from django import template
from django.template.base import Node, Parser, Token, TokenType, Variable
from django.template.context import Context
from django.templatetags import i18n
from django.utils.translation import get_language

register = template.Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


#: Marks as wide as a character, with their room behind them.
FULL_WIDTH: Final = tuple("：，、；。！？）》」』】")


class Said(Node):
    """Words, and the space behind them where the language wants one."""

    child_nodelists = ()

    def __init__(self, words: Node, space: str) -> None:
        self._words, self._space = words, space

    def render(self, context: Context) -> str:
        said = self._words.render(context)
        return said if said.endswith(FULL_WIDTH) else said + self._space


class Sentence(Said):
    """Words that are the same on every page in this language."""

    def __init__(self, words: Node, space: str) -> None:
        super().__init__(words, space)
        self._kept: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        language = get_language()
        said = self._kept.get(language)
        if said is None:
            said = self._kept[language] = super().render(context)
        return said


@register.tag("trans")
@register.tag("translate")
def translate(parser: Parser, token: Token) -> Node:
    """Django's own tag, kept where nothing in it can differ from page to page."""
    node = i18n.do_translate(parser, token)
    space = _space_behind(parser)
    return Sentence(node, space) if _is_constant(node) else Said(node, space)


@register.tag("blocktrans")
@register.tag("blocktranslate")
def block_translate(parser: Parser, token: Token) -> Node:
    """Django's own tag, with the space behind it as the language wants it."""
    node = i18n.do_block_translate(parser, token)
    return Said(node, _space_behind(parser))


def _space_behind(parser: Parser) -> str:
    """Take the space that stands behind the tag out of the template."""
    behind = parser.tokens[-1] if parser.tokens else None  # the parser reads from the end
    if not isinstance(behind, Token) or behind.token_type != TokenType.TEXT:
        return ""
    rest = behind.contents.lstrip(" ")
    space = behind.contents[: len(behind.contents) - len(rest)]
    behind.contents = rest
    return space


def _is_constant(node: i18n.TranslateNode) -> bool:
    said = node.filter_expression
    return (
        isinstance(said.var, Variable)
        and isinstance(said.var.literal, str)
        and not said.filters
        and node.asvar is None
        and node.message_context is None
    )

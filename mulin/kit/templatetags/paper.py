"""How the template of a form's sheet puts things in their places."""

from django import template

from mulin.kit.paper.definition import LEFT, RIGHT, ROW_GAP_MM, Box, Field, Mark, Placed, width_of
from mulin.kit.paper.printed import PrintedPage, lines_of, style_of

register = template.Library()


@register.simple_tag
def at(box: Box) -> str:
    """Where a rectangle stands."""
    return style_of(box)


@register.simple_tag
def words_of(side: PrintedPage, field: Field) -> str:
    """The words of a field; those of a list's row come with the sheet."""
    return side.words.get(field.name, "—") if field.is_filled else field.label


@register.simple_tag
def beside(mark: Mark) -> str:
    """Where the words of a box stand: right of it, as high as it."""
    box = mark.box
    return style_of(Box(box.x + box.width + 2, box.y, width_of(mark.label) + 5, box.height))


@register.simple_tag
def under(placed: Placed) -> str:
    """Where the thin line under a row stands: it leads the eye from the words to their boxes."""
    row = placed.label
    return style_of(Box(LEFT, row.y + row.height + ROW_GAP_MM / 2, RIGHT - LEFT, 0.2))


@register.filter
def rows_to_write(field: Field) -> range:
    """The lines of a field of words, to be counted off."""
    return range(field.lines)


@register.filter
def lines(area: Box) -> list[Box]:
    """The lines to write on."""
    return lines_of(area)

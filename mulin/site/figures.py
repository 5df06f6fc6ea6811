"""What the house itself costs: figures of the floors that lie below the figures."""

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from mulin.ground.figures.registry import Figure
from mulin.ground.notify.models import Message

FIGURES = (
    Figure(
        name="texts.parts",
        label=_("Text messages"),
        definition=_(
            "Text messages that left, in the parts the gateway counts: up to 70 characters are one,"
            " longer ones go in parts of 67. By the day they were sent, whether they arrived or not."
        ),
        rows=lambda period: Message.objects.texts_sent().filter(**period.during("sent_at")),
        date_field="sent_at",
        measure=Sum("parts"),
        unit=_("parts"),
        group=_("The house"),
        row_template="site/figure_text_row.html",
        order=90,
    ),
    Figure(
        name="texts.cost",
        label=_("Cost of text messages"),
        definition=_(
            "What the text messages cost at the price of a part on the day they were sent. Those"
            " sent while no price was written down are not in it."
        ),
        rows=lambda period: (
            Message.objects.texts_sent()
            .filter(cost_yuan__isnull=False)
            .filter(**period.during("sent_at"))
        ),
        date_field="sent_at",
        measure=Sum("cost_yuan"),
        unit=_("yuan"),
        group=_("The house"),
        row_template="site/figure_text_row.html",
        order=91,
    ),
)

"""What the house itself costs: figures of the floors that lie below the figures."""

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from mulin.ground.figures.registry import Figure, Sentence
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

#: What the report on 新街社区 states, in our words, for any community and any time.
PARAGRAPH = (
    Sentence(
        _(
            "In the Double-Five the residents chose {doublefive.chosen} projects, and"
            " {doublefive.completed} were carried out."
        ),
        order=10,
    ),
    Sentence(
        _(
            "The parlour counted {reception.visits} visits and calls, and {reception.demands} demands"
            " were written down."
        ),
        order=20,
    ),
    Sentence(
        _("Of the answers whose asker was heard, {reception.solved_rate} solved the matter."),
        order=21,
    ),
    Sentence(
        _("In the yearly survey {survey.satisfied_rate} of the households were satisfied."),
        order=22,
    ),
    Sentence(
        _(
            "At {suggestions.meetings} talks on the benches and between them,"
            " {suggestions.brought} ideas were brought."
        ),
        order=30,
    ),
    Sentence(
        _(
            "The classroom held {classroom.lessons} lessons to which people came {classroom.came}"
            " times, and {classroom.stopped} frauds were stopped."
        ),
        order=40,
    ),
    Sentence(
        _(
            "The workshop has {production.workers_at_end} workers, and pieces of"
            " {production.workers} people were accepted."
        ),
        order=50,
    ),
    Sentence(
        _(
            "What they made would fill {production.full_time} full-time posts and is worth"
            " {production.output} yuan."
        ),
        order=51,
    ),
    Sentence(
        _("Whoever was paid for a month earned {wages.income} yuan in it on average."), order=52
    ),
    Sentence(
        _(
            "{elders.groups_at_end} mutual-aid groups and {elders.pairs_at_end} pairs stand by the"
            " old; {elders.kinds_of_care} kinds of service reached {elders.served} of them."
        ),
        order=60,
    ),
    Sentence(
        _("Volunteers offered {volunteers.kinds_a_month} kinds of activity a month."), order=70
    ),
    Sentence(_("The mediators settled {mediation.settled} quarrels."), order=80),
)

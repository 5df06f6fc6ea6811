"""Ideas and opinions on paper: an idea in somebody's own words, and what one thinks of a question.

The sheet of a question asks its statements as they are when it is printed, as many as one side holds;
those that came later are on its page. What it says is nobody's: picture and readings go when it is
handed in, as votes on the page leave no act behind.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.commons.flow.actions import add_photo
from mulin.commons.flow.models import ContactWish, PhotoMoment, Visibility
from mulin.commons.flow.said import Said
from mulin.commons.paper.registry import PaperUse, Subjects, Taken
from mulin.ground.community.rules import DESK_ROLES, Actor
from mulin.kit.clock import local_day
from mulin.kit.paper.definition import Choice, Field, Form, FormFault, Kind, pages_of
from mulin.parlour.suggestions.actions.ideas import bring_idea
from mulin.parlour.suggestions.actions.topics import type_sheet
from mulin.parlour.suggestions.models import Idea, Statement, StatementState, Topic

IDEA_CODE: Final = "IDEA"
IDEA_VERSION: Final = 1
OPINION_CODE: Final = "OPINION"
#: A statement is a field by this and its id.
_STATEMENT: Final = "s"
_MOST_TOPICS: Final = 200


def idea_sheet() -> Form:
    """What could be better, and whom to tell the answer."""
    return Form(
        code=IDEA_CODE,
        version=IDEA_VERSION,
        title=_("I have an idea"),
        under=_("Hand it in at the service hall, or put it into the box. You get an answer."),
        fields=(
            Field("words", _("What could be better here?"), Kind.TEXT, lines=7, most=2000, is_required=True),
            Field("name", _("Your name"), Kind.NAME),
            Field("phone", _("Your phone number"), Kind.PHONE, hint=_("Only the desk sees it, to tell you the answer.")),
        ),
    )  # fmt: skip


def take_idea(taken: Taken, *, by: Actor, now: datetime) -> models.Model:
    """A sheet becomes an idea; its picture lies with it, for those who may know whose it is."""
    values = taken.values
    said = Said(
        words=values["words"].strip(), person=taken.person,
        contact_name="" if taken.person else values.get("name") or "",
        contact_phone=values.get("phone") or "", visibility=Visibility.ANONYMOUS,
        contact_wish=ContactWish.CALL,
    )  # fmt: skip
    idea = bring_idea(said, by=by, now=now)
    if taken.picture is not None:
        add_photo(idea.need, taken.picture, moment=PhotoMoment.SHEET, now=now)
    return idea


def idea_number(record: models.Model) -> str:
    """What the idea of a sheet is called."""
    return record.need.number if isinstance(record, Idea) else ""


def votes() -> tuple[Choice, ...]:
    """What can be said of a statement."""
    return (Choice("1", _("agree")), Choice("-1", _("disagree")), Choice("0", _("pass")))


def opinion_sheet(about: str) -> Form | None:
    """The statements of a question, in their order, as far as one side holds. None without any."""
    rows = Statement.objects.filter(topic=int(about), state=StatementState.SHOWN).order_by("id")
    taken: list[Statement] = []
    form = None
    for statement in rows:
        with_this = _sheet_of([*taken, statement])
        if with_this is not None:
            taken.append(statement)
            form = with_this
    return form


def _sheet_of(statements: Sequence[Statement]) -> Form | None:
    try:
        form = Form(
            code=OPINION_CODE,
            version=1,
            title=_("What do you think?"),
            under=_("No name is asked. Leave out what you do not want to say."),
            fields=tuple(
                Field(f"{_STATEMENT}{one.pk}", one.words, Kind.ONE, votes(), in_row=True, decides=True)
                for one in statements
            ),
        )  # fmt: skip
        return form if len(pages_of(form)) == 1 else None
    except FormFault:  # longer than a row holds
        return None


def open_topics(_by: Actor, now: datetime) -> Sequence[tuple[str, str]]:
    """The questions that take votes, the newest first."""
    rows = Topic.objects.filter(last_day__gte=local_day(now)).order_by("-id")[:_MOST_TOPICS]
    return [(str(one.pk), one.question) for one in rows]


def votes_on(values: Mapping[str, Any]) -> dict[int, int]:  # Any: what each kind of field gives
    """What is marked, by statement."""
    return {
        int(name.removeprefix(_STATEMENT)): int(vote)
        for name, vote in values.items()
        if name.startswith(_STATEMENT) and vote
    }


def take_opinions(taken: Taken, *, by: Actor, now: datetime) -> models.Model:
    """A voice of its own, without a name. Raises Refused for an empty sheet, and once it is closed."""
    topic: Topic = Topic.objects.get(pk=int(taken.about))
    return type_sheet(topic, votes_on(taken.values), by=by, now=now)


def topic_number(_record: models.Model) -> str:
    """What a sheet of opinions is called."""
    return _("opinions")


IDEA_SHEET: Final = PaperUse(
    code=IDEA_CODE,
    define=idea_sheet,
    take=take_idea,
    number=idea_number,
    model=Idea._meta.label_lower,
    page="suggestions:desk-idea",
    roles=DESK_ROLES,
)
OPINION_SHEET: Final = PaperUse(
    code=OPINION_CODE,
    define=lambda: None,
    take=take_opinions,
    number=topic_number,
    model=Topic._meta.label_lower,
    page="suggestions:topic-desk",
    roles=DESK_ROLES,
    is_fixed=False,
    keeps_nothing=True,
    subjects=Subjects(due=open_topics, define=opinion_sheet),
    name=gettext_lazy("Opinions on a question"),
)

"""Sheets that come after an answer: the asker says whether it is solved, and the day's list of calls.

Both say what `record_return_call` writes down, so whoever gave the answer hands neither in.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext as _

from mulin.commons.flow.models import Need
from mulin.commons.paper.registry import PaperUse, Rows, Taken
from mulin.ground.community.rules import DESK_ROLES, Actor
from mulin.kit.channels import Channel
from mulin.kit.paper.definition import Choice, Field, Form, Kind
from mulin.kit.refusals import Refused
from mulin.parlour.reception.actions.demands import record_return_call
from mulin.parlour.reception.models import Confirmation, Demand, Outcome
from mulin.parlour.reception.queries import return_calls
from mulin.parlour.reception.sheets import number_of, ratings

ANSWER_CODE: Final = "ANSWER"
ANSWER_VERSION: Final = 1
CALLS_CODE: Final = "CALLS"
CALLS_VERSION: Final = 1
#: Calls on one sheet, each with three lines; and how many characters the words of one may have.
CALLS_A_SHEET: Final = 5
_WORDS: Final = 24
_YEAR: Final = 4
YES: Final = "yes"


def answer_sheet() -> Form:
    """What is asked of whoever got an answer: on paper, and on the page of their matter."""
    return Form(
        code=ANSWER_CODE,
        version=ANSWER_VERSION,
        title=_("Is it solved?"),
        under=_("Hand it in at the service hall, or put it into the box."),
        fields=(
            Field("number", _("The number on your slip"), Kind.TEXT, most=30, is_required=True, decides=True),
            Field("solved", _("Is it solved?"), Kind.ONE, _verdicts(), is_required=True, decides=True),
            Field("rating", _("How did we do?"), Kind.ONE, ratings()),
            Field("words", _("Anything to add?"), Kind.TEXT, lines=3, most=500),
        ),
    )  # fmt: skip


def _verdicts() -> tuple[Choice, ...]:
    return (Choice(YES, _("Yes, it is solved")), Choice("no", _("No, not yet")))


def take_answer(taken: Taken, *, by: Actor, now: datetime) -> models.Model:
    """The asker's word on paper. Raises Refused for a number that is no demand of ours, NotPermitted
    for whoever gave the answer, TakenMeanwhile where it was said already.
    """
    values = taken.values
    written = values["number"].strip()
    digits = "".join(one for one in written if one.isdigit())
    numbers = {written, f"{digits[:_YEAR]}-{digits[_YEAR:]}"}  # the dash is easily forgotten
    rows = Demand.objects.filter(need__number__in=numbers).select_related("need")
    demand: Demand | None = rows.first()
    if demand is None:
        raise Refused(
            _("No matter has the number %(number)s."), {"number": written}, field="number"
        )
    outcome = Outcome.SOLVED if values["solved"] == YES else Outcome.NOT_SOLVED
    return record_return_call(
        demand, by=by, outcome=outcome, rating=rating_of(values.get("rating")),
        words=values.get("words") or "", now=now,
    )  # fmt: skip


def rating_of(value: Any) -> int | None:  # Any: what the field gives, or nothing
    """A rating as a number, or none."""
    return int(value) if value else None


def call_sheet() -> Form:
    """The day's return calls, five on a sheet: what they say, how they rate it, their words."""
    fields: list[Field] = []
    for number in range(1, CALLS_A_SHEET + 1):
        row = f"call{number}"
        fields += (
            Field(row, "", Kind.ONE, _outcomes(), in_row=True, is_filled=True, decides=True),
            Field(f"{row}_rating", _("How do they rate it?"), Kind.ONE, ratings(), in_row=True),
            Field(f"{row}_words", _("Their words"), Kind.TEXT, most=500, in_row=True),
        )
    return Form(
        code=CALLS_CODE,
        version=CALLS_VERSION,
        title=_("Whom to call back"),
        under=_(
            "Names and phones stand here: keep it at the desk, and shred it when it is read in."
        ),
        fields=tuple(fields),
    )


def _outcomes() -> tuple[Choice, ...]:
    return (
        Choice(Outcome.SOLVED, _("solved")),
        Choice(Outcome.NOT_SOLVED, _("not solved")),
        Choice(Outcome.UNREACHABLE, _("nobody answered")),
    )


def due_calls(by: Actor, now: datetime) -> Sequence[str]:
    """Whom to call now; a sealed matter is on no list that lies about."""
    calls = return_calls(by, now).filter(demand__need__is_sealed=False)
    return [str(pk) for pk in calls.values_list("pk", flat=True)]


def call_words(_by: Actor, refs: Collection[str]) -> dict[str, str]:
    """Name, phone, number and the first words of each call."""
    related = Confirmation.objects.select_related("demand__need__person")
    return {str(one.pk): _words(one.demand.need) for one in related.filter(pk__in=map(int, refs))}


def _words(need: Need) -> str:
    name = need.person.name if need.person else need.contact_name or _("nobody named")
    person = need.person
    phone = need.contact_phone or (person.phone if person else "")
    where = phone or (person.address if person else "") or _("no phone")  # one knocks at the door
    return f"{name} {where} {need.number} {need.words[:_WORDS]}"


def take_calls(taken: Taken, *, by: Actor, now: datetime) -> models.Model:
    """Each row that is ticked becomes what came of that call; who was heard meanwhile stays as it is.

    Raises Refused for a sheet on which nothing is ticked, NotPermitted for one's own answers.
    """
    sheet = taken.sheet
    if sheet is None:
        raise Refused(_("A list is printed first."))
    ticked = {name: ref for name, ref in sheet.rows.items() if taken.values.get(name)}
    if not ticked:
        raise Refused(_("Nothing is ticked on this sheet."))
    calls = {
        str(one.pk): one
        for one in Confirmation.objects.select_related("demand__need").filter(
            pk__in=map(int, ticked.values())
        )
    }
    for name, ref in ticked.items():
        call = calls.get(ref)
        if call is None or call.outcome or call.round != call.demand.round:
            continue
        record_return_call(
            call.demand, by=by.by(Channel.PHONE, on_behalf_of=call.demand.need.person_id),
            outcome=taken.values[name], rating=rating_of(taken.values.get(f"{name}_rating")),
            words=taken.values.get(f"{name}_words") or "", now=now,
        )  # fmt: skip
    return sheet


def calls_number(_record: models.Model) -> str:
    """What a sheet of calls is called."""
    return _("return calls")


ANSWER_SHEET: Final = PaperUse(
    code=ANSWER_CODE,
    define=answer_sheet,
    take=take_answer,
    number=number_of,
    model="reception.demand",
    page="reception:demand",
    roles=DESK_ROLES,
)
CALLS_SHEET: Final = PaperUse(
    code=CALLS_CODE,
    define=call_sheet,
    take=take_calls,
    number=calls_number,
    model="paper.sheet",
    page="reception:calls",
    roles=DESK_ROLES,
    is_one_page=True,
    rows=Rows(due=due_calls, words=call_words),
)

"""The sheet on which somebody agrees to what is done with their data, or does not.

It stands here because the roll, whose consents they are, lies below and knows no paper.
"""

from datetime import datetime
from typing import Final

from django.db import models
from django.utils.translation import gettext as _

from mulin.commons.paper.registry import PaperUse, Taken
from mulin.ground.community.rules import DESK_ROLES, Actor
from mulin.ground.people.actions.consents import give_consent, withdraw_consent
from mulin.ground.people.models import Person, Purpose
from mulin.ground.people.queries import consents_of
from mulin.kit.paper.definition import Choice, Field, Form, Kind, statements
from mulin.kit.refusals import Refused

CODE: Final = "CONSENT"
VERSION: Final = 1
YES: Final = "yes"
_NAME: Final = "for"


def consent_sheet() -> Form:
    """One line for each purpose: yes, no, or left open."""
    choices = (Choice(YES, _("I agree")), Choice("no", _("I do not")))
    words = [str(purpose.label) for purpose in Purpose]
    return Form(
        code=CODE,
        version=VERSION,
        title=_("What may be done with my data"),
        under=_("No service is refused to whoever says no, and every yes can be taken back."),
        fields=(
            Field("name", _("Your name"), Kind.NAME, is_required=True),
            Field("phone", _("Your phone number"), Kind.PHONE),
            *statements(_NAME, words, choices, decides=True),
            Field("day", _("Day"), Kind.DAY, hint=_("year, month, day: 20261128")),
            Field("signed", _("Signature"), Kind.TEXT, most=60, hint=_("of a child under 14: of the guardian")),
        ),
    )  # fmt: skip


def take_consents(taken: Taken, *, by: Actor, now: datetime) -> models.Model:
    """What was ticked otherwise than it stands becomes a consent, or the end of one.

    Raises Refused where nothing is ticked.
    """
    person = taken.person
    if person is None:
        raise Refused(_("Choose below whose word this is."), field="person")
    standing = consents_of(person)
    said = {
        purpose: taken.values.get(f"{_NAME}{number}") == YES
        for number, purpose in enumerate(Purpose, 1)
        if taken.values.get(f"{_NAME}{number}")
    }
    if not said:
        raise Refused(_("Nothing is ticked on this sheet."))
    for purpose, is_given in said.items():
        before = standing.get(purpose)
        if before is None or before.is_given != is_given:
            say = give_consent if is_given else withdraw_consent
            say(person, purpose, by=by, now=now)
    return person


def number_of(_record: models.Model) -> str:
    """A person has no number, and their name is not written beside a sheet."""
    return _("consents")


CONSENT_SHEET: Final = PaperUse(
    code=CODE,
    define=consent_sheet,
    take=take_consents,
    number=number_of,
    model=Person._meta.label_lower,
    page="people:person",
    roles=DESK_ROLES,
)

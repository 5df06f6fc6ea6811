"""Before the meeting: reasons for and against, each once, weighed by readers."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.kit.refusals import NotPermitted, Refused
from mulin.parlour.deliberation.actions.matters import check_conduct
from mulin.parlour.deliberation.models import Argument, Matter, Weight
from mulin.parlour.deliberation.rules import same_words


def argue(
    matter: Matter, person: Person, *, side: str, words: str, by: Actor, now: datetime,
    token: str | None = None,
) -> Argument:  # fmt: skip
    """Give a reason for or against. What was said before is not said again, but weighed.

    Raises NotPermitted, Refused.
    """
    check_themselves(by, person)
    with recording(by, "deliberation.argue", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Argument)
        if not matter.is_argued:
            raise Refused(_("One argues between the screening and the meeting."))
        if not words.strip():
            raise Refused(_("Write your reason."), field="words")
        try:
            with transaction.atomic():
                argument: Argument = Argument.objects.create(
                    community_id=by.community_id, matter=matter, side=side, words=words.strip(),
                    digest=same_words(words), person=person, at=now,
                )  # fmt: skip
        except IntegrityError as error:
            raise Refused(
                _("Somebody has said this already. Press “that weighs” beside it."), field="words"
            ) from error
        act.on(argument, after={"side": side})
    return argument


def weigh(
    argument: Argument, person: Person, *, by: Actor, now: datetime, token: str | None = None
) -> Argument:
    """Find that an argument weighs; pressed again, not any more. Raises NotPermitted, Refused."""
    check_themselves(by, person)
    with recording(by, "deliberation.weigh", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Argument)
        if not argument.matter.is_argued:
            raise Refused(_("One argues between the screening and the meeting."))
        mine = Weight.objects.filter(argument=argument, person=person)
        if not mine.delete()[0]:
            Weight.objects.create(community_id=by.community_id, argument=argument, person=person)
        act.on(argument)
    return argument


def hide_argument(
    argument: Argument, *, why: str, by: Actor, now: datetime, token: str | None = None
) -> Argument:
    """Take an argument off the page, with the reason. Raises NotPermitted, Refused."""
    check_conduct(by)
    with recording(by, "deliberation.hide_argument", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Argument)
        if not why.strip():
            raise Refused(_("Give the reason."), field="why")
        argument.why_hidden = why.strip()
        argument.save(update_fields=["why_hidden"])
        act.on(argument, after={"why": argument.why_hidden})
    return argument


def check_themselves(by: Actor, person: Person) -> None:
    """Raises NotPermitted for whoever speaks for somebody else and does not sit at the desk."""
    if not by.is_desk and by.person_id not in Person.everyone_of(person):
        raise NotPermitted(_("Everybody says it for themselves, or at the desk."))

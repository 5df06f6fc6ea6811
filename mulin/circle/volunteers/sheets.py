"""Volunteers on paper: one registers, a parent says yes for a child, one takes a post."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.circle.volunteers.actions.duties import join_in
from mulin.circle.volunteers.actions.people import Says, register
from mulin.circle.volunteers.models import Shift, Volunteer
from mulin.circle.volunteers.permissions import may_keep
from mulin.circle.volunteers.rules import KEEPERS, read_words
from mulin.commons.gatherings.rules import State
from mulin.commons.paper.registry import PaperUse, Subjects, Taken
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.kit.paper.definition import Choice, Field, Form, Kind
from mulin.kit.refusals import Refused
from mulin.kit.templatetags.kit import dated

REGISTER_CODE: Final = "VOLREG"
HELP_CODE: Final = "VOLHELP"
CHILD_CODE: Final = "VOLCHILD"
HELPS: Final = "helps"
KNOWS: Final = "knows"
YES: Final = "yes"
#: Far more than a community has posts to fill.
_MOST: Final = 300


def register_sheet() -> Form:
    """Who helps, what they can do, when they have time."""
    return Form(
        code=REGISTER_CODE,
        version=1,
        title=_("I would like to help"),
        under=_("Hand it in at the service hall. Whoever helps is told of dangers first, and gets every hour written down."),
        fields=(
            Field("name", _("Your name"), Kind.NAME, is_required=True),
            Field("phone", _("Your phone number"), Kind.PHONE),
            Field("skills", _("What can you do? (haircutting, repairing, first aid …)"), Kind.TEXT, lines=2, most=200),
            Field("times", _("When do you have time?"), Kind.TEXT, most=100),
            Field("team", _("With which team or unit?"), Kind.TEXT, most=40),
        ),
    )  # fmt: skip


def help_sheet() -> Form:
    """Whether somebody takes the post that its first line names."""
    return Form(
        code=HELP_CODE,
        version=1,
        title=_("Will you help?"),
        under=_("Hand it in at the service hall, or put it into the box."),
        fields=(
            Field(
                HELPS, "", Kind.ONE, (Choice(YES, _("I help")), Choice("no", _("not this time"))),
                in_row=True, is_filled=True, is_required=True, decides=True,
            ),
            Field(
                KNOWS, _("What may be dangerous was told to me."), Kind.MANY,
                (Choice(YES, _("yes")),),
            ),
            Field("name", _("Your name"), Kind.NAME, is_required=True),
            Field("phone", _("Your phone number"), Kind.PHONE),
        ),
    )  # fmt: skip


def child_sheet() -> Form:
    """A parent says yes to a child under fourteen who would like to help."""
    return Form(
        code=CHILD_CODE,
        version=1,
        title=_("My child would like to help"),
        under=_("For children under fourteen. A parent signs; a grown-up is always there. What may be dangerous is told first."),
        fields=(
            Field("name", _("The child's name"), Kind.NAME, is_required=True),
            Field("guardian", _("The parent's name"), Kind.NAME, is_required=True),
            Field("phone", _("The parent's phone number"), Kind.PHONE, is_required=True),
            Field(
                "agrees", _("My child may help, and their hours may be written down."), Kind.ONE,
                (Choice(YES, _("I agree")), Choice("no", _("I do not"))), is_required=True,
                decides=True,
            ),
            Field("skills", _("What can the child do? (reading aloud, drawing …)"), Kind.TEXT, most=200),
            Field("times", _("When does the child have time?"), Kind.TEXT, most=100),
            Field("signed", _("Signature of the parent"), Kind.TEXT, most=60),
        ),
    )  # fmt: skip


def take_child(taken: Taken, *, by: Actor, now: datetime) -> models.Model:
    """A child helps from now on, with a parent's yes; the parent is found on the roll by name and
    number. Raises Refused.
    """
    child = _person(taken)
    if taken.values.get("agrees") != YES:
        raise Refused(_("The parent does not agree: there is nothing to take in."))
    parents = Person.objects.on_roll().with_phone(taken.values["phone"])
    guardian = parents.filter(name=str(taken.values["guardian"]).strip()).first()
    if guardian is None:
        raise Refused(
            _("Nobody on the roll has this name with this number. Put the parent on it first."),
            field="guardian",
        )
    says = Says(
        skills=read_words(taken.values.get("skills") or ""),
        times=(taken.values.get("times") or "")[:100],
    )
    return register(child, says, guardian=guardian, by=by, now=now)


def take_register(taken: Taken, *, by: Actor, now: datetime) -> models.Model:
    """A sheet becomes a volunteer. Raises Refused where nobody on the roll was chosen."""
    says = Says(
        skills=read_words(taken.values.get("skills") or ""), times=(taken.values.get("times") or "")[:100],
        team=(taken.values.get("team") or "")[:40],
    )  # fmt: skip
    return register(_person(taken), says, by=by, now=now)


def take_help(taken: Taken, *, by: Actor, now: datetime) -> models.Model:
    """Whoever signed the sheet has the post, or waits for it. Raises Refused for a no, and as
    `sign_up` does.
    """
    person = _person(taken)
    if taken.values[HELPS] != YES:
        raise Refused(_("They do not help this time: there is nothing to take in."))
    shift: Shift = Shift.objects.select_related("activity__gathering", "activity__kind").get(
        pk=int(taken.about)
    )
    knows = YES in (taken.values.get(KNOWS) or ())
    return join_in(shift, person, knows_risks=knows, by=by, now=now).volunteer


def _person(taken: Taken) -> Person:
    if taken.person is None:
        raise Refused(
            _("Choose below who it is. Whoever is not on the roll yet is put on it first."),
            field="person",
        )
    return taken.person


def posts_to_fill(by: Actor, now: datetime) -> Sequence[tuple[str, str]]:
    """Posts to come, the next first."""
    if not may_keep(by):
        return []
    rows = Shift.objects.filter(
        activity__gathering__state=State.PLANNED, activity__gathering__ends_at__gt=now
    ).order_by("activity__gathering__starts_at", "after_minutes", "id")
    words = post_words(by, [str(pk) for pk in rows.values_list("pk", flat=True)[:_MOST]])
    return list(words.items())


def post_words(_by: Actor, refs: Collection[str]) -> dict[str, str]:
    """What, where and when, of each post."""
    rows = Shift.objects.filter(pk__in=map(int, refs)).select_related("activity__gathering__place")
    said = {
        str(
            one.pk
        ): f"{one.activity} {one.post} {dated(one.starts_at)} {one.activity.gathering.where}"
        for one in rows
    }
    return {ref: said[ref] for ref in refs if ref in said}


def number_of(record: models.Model) -> str:
    """What a volunteer's sheet is called: by their number, so that no name is beside it."""
    return record.number if isinstance(record, Volunteer) else ""


REGISTER_SHEET: Final = PaperUse(
    code=REGISTER_CODE, define=register_sheet, take=take_register, number=number_of,
    model=Volunteer._meta.label_lower, page="volunteers:volunteer", roles=KEEPERS,
)  # fmt: skip
CHILD_SHEET: Final = PaperUse(
    code=CHILD_CODE, define=child_sheet, take=take_child, number=number_of, is_unspoken=True,
    model=Volunteer._meta.label_lower, page="volunteers:volunteer", roles=KEEPERS,
)  # fmt: skip
HELP_SHEET: Final = PaperUse(
    code=HELP_CODE, define=help_sheet, take=take_help, number=number_of,
    model=Volunteer._meta.label_lower, page="volunteers:volunteer", roles=KEEPERS,
    subjects=Subjects(due=posts_to_fill, rows=lambda about: [about], words=post_words),
    name=gettext_lazy("Sign-up of a volunteer for a post"),
)  # fmt: skip

"""Official documents about the roll: everything that is held of somebody, and their consents to sign.

They stand here because the roll, whose they are, lies below and knows no paper.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.commons.paper.registry import HandedUse
from mulin.ground.community.models import Community
from mulin.ground.community.rules import Actor
from mulin.ground.people.actions.erasure import own_data
from mulin.ground.people.models import Person, Purpose
from mulin.ground.people.permissions import may_have_own_data
from mulin.ground.people.queries import consents_of
from mulin.kit.clock import local_day
from mulin.kit.paper.documents import Document, Heading, Paragraph, Signer, Table, written_day

OWN_DATA: Final = "own-data"
CONSENTS: Final = "consents"
#: Looks that a letter tells one by one; the file tells all.
MOST_LOOKS: Final = 30
_SHORT: Final = 60


def own_data_letter(person: Person, *, community: Community, by: Actor, now: datetime) -> Document:
    """What is held of a person, as a letter 个人信息告知书. 《个人信息保护法》第45条.

    Raises NotPermitted. Taken by staff in the person's name, it is noted as a look.
    """
    told = own_data(person, by=by, now=now)
    day = local_day(now)
    looks = told["looks"]
    entries = sum(len(rows) for rows in told.values() if isinstance(rows, list)) - len(
        told["records"]
    )
    return Document(
        issuer=_issuer(community),
        title=_("What we hold of you"),
        to=person.name,
        day=day,
        is_large=person.wants_large_type,
        blocks=(
            Paragraph(
                _("You asked on %(day)s what is held of you here. This is what the roll says.")
                % {"day": written_day(day)}
            ),
            Heading(_("One: your record")),
            Table((_("Item"), _("What it says")), _record(told["records"])),
            Heading(_("Two: what you agreed to")),
            _consents_said(told["consents"]),
            Heading(_("Three: who looked at it")),
            _looks_said(looks),
            Paragraph(
                _(
                    "In all there are %(count)d entries with what rooms of the community hold; each"
                    " stands in the file that you can have with this letter."
                )
                % {"count": entries}
            ),
            Paragraph(
                _(
                    "You may have what is wrong corrected, take back what you agreed to, and have your"
                    " record erased as far as no law keeps it: at the desk, or by calling %(phone)s."
                )
                % {"phone": community.phone}
            ),
        ),
        signers=(Signer(_("Received by"), has_fingerprint=True), Signer(_("Handed out by"))),
    )


def consents_letter(person: Person, *, community: Community, by: Actor, now: datetime) -> Document:
    """What somebody agrees to, as it stands today, to be signed 知情同意书. A guardian signs for a
    child under fourteen. 《个人信息保护法》第14、31条.
    """
    day, said = local_day(now), consents_of(person)
    rows = tuple(
        (str(purpose.label), _word(said[purpose].is_given if purpose in said else None))
        for purpose in Purpose
    )
    signers = [Signer(_("Myself"), has_fingerprint=True)]
    if person.is_guarded_on(day):
        signers.append(Signer(_("Guardian"), has_fingerprint=True))
    return Document(
        issuer=_issuer(community),
        title=_("Consent to the use of my data"),
        day=day,
        is_large=person.wants_large_type,
        blocks=(
            Paragraph(
                _(
                    "I, %(name)s, was told what each use is for. No service is refused to whoever says"
                    " no, and every yes can be taken back at any time."
                )
                % {"name": person.name}
            ),
            Table((_("May my data be used for this?"), _("As it stands today")), rows),
            Paragraph(_("What stands here is what I said; I may have a copy of this sheet.")),
        ),
        signers=(*signers, Signer(_("Taken down by"))),
        signed=_issuer(community),
    )


def _issuer(community: Community) -> str:
    return _("Residents' committee of %(community)s") % {"community": community.name}


def _record(
    records: list[dict[str, dict[str, Any]]],
) -> tuple[tuple[str, str], ...]:  # Any: columns
    """Each field that says something; of records that were merged, each its own."""
    return tuple(
        (one["label"], _shown(one["value"]))
        for record in records
        for one in record.values()
        if one["value"] not in ("", None)
    )


def _shown(value: Any) -> str:  # Any: columns of several kinds
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return written_day(value) if isinstance(value, date) else str(value)


def _consents_said(rows: list[dict[str, Any]]) -> Table | Paragraph:  # Any: as they are told
    if not rows:
        return Paragraph(_("You have not been asked yet."))
    return Table(
        (_("For what"), _("What you said"), _("When")),
        tuple((row["purpose"], _word(row["given"]), _day(row["at"])) for row in rows),
    )


def _looks_said(rows: list[dict[str, Any]]) -> Table | Paragraph:  # Any: as they are told
    if not rows:
        return Paragraph(_("Nobody has looked at it."))
    return Table(
        (_("When"), _("Who"), _("Why")),
        tuple((_day(row["at"]), row["by"], row["why"][:_SHORT]) for row in rows[:MOST_LOOKS]),
    )


def _word(is_given: bool | None) -> str:  # noqa: FBT001  what was said
    return {True: _("agreed"), False: _("not agreed"), None: _("not said")}[is_given]


def _day(moment: str) -> str:
    return written_day(local_day(datetime.fromisoformat(moment)))


def may_print_of(actor: Actor, person_id: int) -> bool:
    """Whoever takes the file in the person's name."""
    person = Person.objects.filter(pk=person_id).first()
    return person is not None and actor.is_desk and may_have_own_data(actor, person)


#: By kind, what makes the document.
LETTERS: Final[Mapping[str, Callable[..., Document]]] = {
    OWN_DATA: own_data_letter,
    CONSENTS: consents_letter,
}
HANDED: Final = tuple(
    HandedUse(
        kind=kind, label=label, model=Person._meta.label_lower, page="people:person",
        may=may_print_of,
    )
    for kind, label in (
        (OWN_DATA, gettext_lazy("Letters of what is held")),
        (CONSENTS, gettext_lazy("Consents to sign")),
    )
)  # fmt: skip

"""The room's official documents, and the dossier of thirteen items in their order.

Contents after 《人民调解法》第29条 and the ministry's forms of 2010 (司发通〔2010〕239号, from a
template; the number from memory). A talk with one side alone stands on none of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.circle.mediation.models import Case
from mulin.circle.mediation.permissions import reads
from mulin.circle.mediation.queries import Present, helps
from mulin.circle.mediation.rules import Stop, Window
from mulin.commons.paper.registry import HandedUse, Seal
from mulin.ground.community.models import Community
from mulin.ground.community.rules import Actor
from mulin.kit.clock import SHANGHAI, local_day, now
from mulin.kit.paper.documents import (
    Block,
    Document,
    Heading,
    Paragraph,
    Signer,
    Table,
    paragraphs,
    written_day,
)
from mulin.kit.sentences import labelled

Story = Mapping[str, Any]  # Any: `queries.story_of`


_OWN_SHEET: Final = frozenset({1, 7, 8, 13})


@dataclass(frozen=True, slots=True)
class Item:
    """One of the thirteen: what stands in it, and which pictures."""

    number: int
    title: str
    is_must: bool
    blocks: tuple[Block, ...]
    pictures: tuple[str, ...] = ()

    @property
    def is_there(self) -> bool:
        return bool(self.blocks or self.pictures)

    @property
    def begins_page(self) -> bool:
        """A sheet of its own: intake, record, agreement, pictures, the back."""
        return self.is_there and (self.number in _OWN_SHEET or bool(self.pictures))


#: What the parties got, as it was printed; locked by the key of its case like all else of it.
PAPER: Final = "mediation-paper"


def may_print(by: Actor, case_id: int) -> bool:
    """Whoever reads the case, as long as its key is not thrown away."""
    case = _sealed_case(case_id)
    return case is not None and reads(by, case, now())


def _close(case_id: int, pdf: bytes) -> str:
    return Case.objects.get(pk=case_id).box.seal_bytes(pdf).decode()


def _open(case_id: int, sealed: str) -> bytes:
    return Case.objects.get(pk=case_id).box.open_bytes(sealed.encode())


def _sealed_case(case_id: int) -> Case | None:
    found: Case | None = Case.objects.exclude(wrapped_key="").filter(pk=case_id).first()
    return found


HANDED: Final = HandedUse(
    kind=PAPER, label=gettext_lazy("Mediation papers handed out"), model=Case._meta.label_lower,
    page="mediation:case", may=may_print, seal=Seal(_close, _open),
)  # fmt: skip


def state_of(kind: str, case: Case, told: Story, chosen: str) -> str:
    """What makes a paper of a case another one: the sitting, the agreement, the court, who takes
    part; not how somebody is called. Of what is sealed it holds the seal alone.
    """
    agreement = told["agreement"]
    if kind == "notice":
        row = next(row for row, _plan, _said in told["sittings"] if str(row.pk) == chosen)
        facts: list[object] = [row.pk, row.at.isoformat(), row.is_open, row.sealed_plan]
    elif kind == "agreement":
        facts = [agreement.sealed, agreement.is_written, agreement.effective_on]
    elif kind == "court":
        facts = [agreement.sealed, agreement.effective_on, chosen or agreement.sealed_court]
    else:
        facts = [*case.stops]
    parties = [] if kind == "other-ways" else sorted(one.row.pk for one in told["parties"])
    return " ".join(map(str, (kind, *facts, *parties)))


def rights_document(case: Case, told: Story, *, community: Community, day: date) -> Document:
    """权利义务告知书: what the parties may and must. 《人民调解法》第23、24条."""
    return Document(
        issuer=_issuer(community), title=_("Your rights and duties in mediation"), day=day,
        number=file_number(case), blocks=_rights_blocks(), has_seal=True,
        signers=tuple(Signer(one.name, has_fingerprint=True) for one in told["parties"][:4]),
    )  # fmt: skip


def notice_document(
    case: Case, told: Story, sitting: Any, *, community: Community, day: date
) -> Document:  # Any: (sitting, its plan, its record)
    """调解通知: when and where both sides are expected, what to bring. 《人民调解法》第22、23条."""
    row, plan, _said = sitting
    at = row.at.astimezone(SHANGHAI)
    lines = [
        _("When: %(day)s, %(time)s") % {"day": written_day(at.date()), "time": f"{at:%H:%M}"},
        _("Where: %(place)s") % {"place": plan["place"] or _("the mediation room")},
        _("Open to others") if row.is_open else _("Not open to others"),
        _("Please bring proof of identity, and whatever tells of the matter. Whoever comes for"
          " somebody else brings a letter of authority."),
        _("If the time does not suit you, call %(phone)s. You may bring somebody you trust if the"
          " other side agrees. It costs nothing, and you may stop at any moment.")
        % {"phone": community.phone},
    ]  # fmt: skip
    return Document(
        issuer=_issuer(community), title=_("Notice of mediation"), day=day, number=file_number(case),
        to="、".join(one.name for one in told["parties"]),
        blocks=tuple(Paragraph(line) for line in lines),
    )  # fmt: skip


def agreement_document(case: Case, told: Story, *, community: Community) -> Document:
    """调解协议书 for all to sign, or 口头协议登记表 of what was agreed by word of mouth."""
    agreement = told["agreement"]
    return Document(
        issuer=_issuer(community),
        title=_("Mediation agreement") if agreement.is_written else _("Record of an oral agreement"),
        day=agreement.effective_on or local_day(agreement.made_at), number=file_number(case),
        blocks=_agreement_blocks(told),
        signers=(
            *(Signer(one.name, has_fingerprint=True) for one in told["parties"][:4]),
            Signer(_("Mediator")), Signer(_("Written by")),
        )
        if agreement.is_written
        else (Signer(_("Mediator")),),
    )  # fmt: skip


def court_document(
    case: Case, told: Story, window: Window, *, day: date, chosen: str = ""
) -> Document:
    """司法确认申请书, of both sides together, to the court that was chosen for it or asked already.
    《人民调解法》第33条;《民事诉讼法》第205条.
    """
    agreement, court = told["agreement"], chosen or (told["court"] or {}).get("court", "")
    reasons = _(
        "With the mediation committee's help we made the agreement %(number)s, in force since %(day)s."
        " We ask the court to confirm it. It was made of our own free will, cheats nobody, and harms"
        " neither the State nor the public nor anybody else. If it is confirmed and one of us does not"
        " keep it, the other may ask for enforcement."
    ) % {"number": case.number, "day": written_day(agreement.effective_on)}  # fmt: skip
    return Document(
        issuer="",
        title=_("Application for judicial confirmation of a mediation agreement"), day=day,
        to=court or _("The People's Court of (fill in)"),
        blocks=(
            _party_table(told["parties"]), Heading(_("What we ask")), Paragraph(reasons),
            Heading(_("Until when")),
            Paragraph(
                _("The thirty days end on %(day)s (counted without days off).")
                % {"day": written_day(window.go_by)}
            ),
            Heading(_("What was agreed")), *paragraphs(told["agreed"]["terms"]),
        ),
        attachments=(
            _("Mediation agreement"), _("Copies of both sides' proof of identity"),
            _("Papers on property, where property is concerned"),
            _("Proof that the mediation committee mediated"),
        ),
        signed=_("Both sides (signatures above)"), has_seal=False,
        signers=tuple(Signer(one.name, has_fingerprint=True) for one in told["parties"][:4]),
    )  # fmt: skip


def other_ways_document(case: Case, *, community: Community, day: date) -> Document:
    """It ended without agreement: which ways are open. 《人民调解法》第26条."""
    stops = case.stops or [Stop.UNWILLING]
    blocks: list[Block] = [
        Paragraph(
            _("The mediation ended without an agreement. This is nobody's fault. You may go on so:")
        )
    ]
    for path in helps()["path"]:
        if path["stop"] in stops:
            blocks += [Heading(path["title"]), *(Paragraph(step) for step in path["steps"])]
    return Document(
        issuer=_issuer(community), title=_("Other ways that are open to you"), day=day,
        number=file_number(case), blocks=tuple(blocks),
    )  # fmt: skip


def dossier_items(case: Case, told: Story) -> list[Item]:
    """The thirteen in their order; what is missing is shown as missing."""
    pictures: dict[int, list[str]] = {}
    for one in told["exhibits"]:
        pictures.setdefault(one.item, []).append(one.code)
    agreement = told["agreement"]
    sat = [row for row in told["sittings"] if row[2]]
    found: dict[int, tuple[Block, ...]] = {
        1: _intake_blocks(case, told),
        2: _told_blocks(told, "told_rights_on"),
        3: _told_blocks(told, "identity_seen_on"),
        5: tuple(block for row in sat for block in _inquiry_blocks(row)),
        7: tuple(block for row in sat for block in _sitting_blocks(row, told["parties"])),
        8: _agreement_blocks(told) if agreement else (),
        9: tuple(
            Paragraph(f"{written_day(row.due_on)} {said['what']}: {row.get_result_display() or '—'}")
            for row, _party, said in told["promises"]
        ),
        10: tuple(
            Paragraph(f"{written_day(local_day(row.at))} ({row.satisfaction}/5) {said['words']} {said['risk']}")
            for row, said in told["visits"] if said
        ),
        11: _court_blocks(told) if agreement else (),
        12: _state_blocks(case),
        13: _back_blocks(case, pages=sum(map(len, pictures.values()))),
    }  # fmt: skip
    return [
        Item(number, title, must, found.get(number, ()), tuple(pictures.get(number, ())))
        for number, title, must in _titles()
    ]


def lacking_items(case: Case, told: Story) -> list[Item]:
    """What the ministry's list wants in any dossier and is not there; where no agreement came of it,
    none is lacking.
    """
    return [
        one
        for one in dossier_items(case, told)
        if one.is_must and not one.is_there and one.title != _("Agreement")
    ]


def _titles() -> tuple[tuple[int, str, bool], ...]:
    return (
        (1, _("Application, or record of intake"), True),
        (2, _("Rights and duties told"), True),
        (3, _("Proof of identity"), True),
        (4, _("Letter of authority"), False),
        (5, _("Record of inquiry"), False),
        (6, _("Evidence"), False),
        (7, _("Record of mediation"), True),
        (8, _("Agreement"), True),
        (9, _("Proof of performance"), False),
        (10, _("Record of visits"), False),
        (11, _("Judicial confirmation"), False),
        (12, _("How the dossier stands"), False),
        (13, _("Back cover"), True),
    )


def _rights_blocks() -> tuple[Block, ...]:
    return (
        Heading(_("You may")),
        Paragraph(_("choose or accept the mediator, and refuse one;")),
        Paragraph(_("accept mediation, refuse it, or end it at any moment;")),
        Paragraph(_("ask that it be open to others, or not;")),
        Paragraph(_("say freely what you want, and agree only to what you want;")),
        Paragraph(_("go to court or arbitration at any time.")),
        Heading(_("You are asked to")),
        Paragraph(_("tell truly what happened;")),
        Paragraph(_("keep order and respect the mediator and the other side;")),
        Paragraph(_("not take each other's rights away.")),
        Heading(_("It costs nothing, and it is secret")),
        Paragraph(_("Mediation takes no fee. What you say is read by your mediators alone.")),
    )


def _intake_blocks(case: Case, told: Story) -> tuple[Block, ...]:
    story = told["story"]
    facts = {
        _("Received"): written_day(local_day(case.received_at)),
        _("Kind of dispute"): case.get_kind_display(), _("How it came"): case.get_source_display(),
    }  # fmt: skip
    return (
        Table((_("What"), _("Recorded")), tuple((key, str(text)) for key, text in facts.items())),
        _party_table(told["parties"]), Heading(_("Brief facts")),
        *paragraphs(story.get("facts", "")), Heading(_("Wishes")),
        *paragraphs(story.get("wishes", "")),
    )  # fmt: skip


def _party_table(parties: list[Present]) -> Table:
    keys = ("name", "sex", "nation", "born", "work", "phone", "address")
    head = (
        _("Name"), _("Sex"), _("Ethnic group"), _("Born"), _("Occupation"), _("Phone"), _("Address"),
    )  # fmt: skip
    rows = tuple(tuple(str(one.said.get(key) or "") for key in keys) for one in parties)
    return Table(head, rows)


def _told_blocks(told: Story, column: str) -> tuple[Block, ...]:
    done = [(one.name, getattr(one.row, column)) for one in told["parties"]]
    return tuple(
        Paragraph(labelled(name, written_day(day))) for name, day in done if day is not None
    )


# Any: (sitting, its plan, its record).
def _inquiry_blocks(row: tuple[Any, Any, Any]) -> tuple[Block, ...]:
    sitting, _plan, said = row
    return (Heading(_moment(sitting)), *paragraphs(said["facts"])) if said["facts"] else ()


# Any: (sitting, its plan, its record).
def _sitting_blocks(row: tuple[Any, Any, Any], parties: list[Present]) -> tuple[Block, ...]:
    sitting, plan, said = row
    names = [one.name for one in parties if one.row.pk in said["present"]]
    lines = [
        _("Place: %(place)s") % {"place": plan["place"]},
        _("Told: %(told)s") % {"told": plan["told"]},
        _("Open to others") if sitting.is_open else _("Not open to others"),
        _("Present: %(names)s") % {"names": "、".join(names)},
        *([_("Took part, with both sides' consent: %(names)s") % {"names": said["invited"]}]
          if said["invited"] else []),
        *([_("Translated: %(who)s (%(dialect)s)") % {"who": said["interpreter"], "dialect": said["dialect"]}]
          if said["interpreter"] else []),
        *([_("They differed about: %(points)s") % {"points": said["points"]}] if said["points"] else []),
        _("Result: %(result)s") % {"result": said["result"]},
    ]  # fmt: skip
    return (Heading(_moment(sitting)), *(Paragraph(line) for line in lines))


def _moment(sitting: Any) -> str:  # Any: a sitting
    return written_day(local_day(sitting.at))


def _agreement_blocks(told: Story) -> tuple[Block, ...]:
    agreement, agreed = told["agreement"], told["agreed"]
    parts: list[Block] = [_party_table(told["parties"])]
    for title, key in (
        (_("Main facts"), "facts"), (_("What they differed about"), "points"),
        (_("Who answers for what"), "duties"), (_("What was agreed"), "terms"),
    ):  # fmt: skip
        if agreed[key]:
            parts += [Heading(title), *paragraphs(agreed[key])]
    if told["promises"]:
        parts += [
            Heading(_("How and until when")),
            *(
                Paragraph(f"{written_day(row.due_on)} {party.name if party else ''} {said['what']}")
                for row, party, said in told["promises"]
            ),
        ]
    if agreement.is_written:
        force = _(
            "In force once all parties, the mediator and the committee have signed and sealed it."
            " Each party has one copy, the committee one."
        )
    else:
        force = _(
            "Agreed by word of mouth, in force since it was reached; written down by the mediator."
        )
    return (*parts, Heading(_("Force")), Paragraph(force))


def _court_blocks(told: Story) -> tuple[Block, ...]:
    agreement = told["agreement"]
    lines = [agreement.get_confirmation_display()]
    if told["court"]:
        lines.append(str(told["court"]["court"]))
    lines += [
        written_day(day) for day in (agreement.asked_on, agreement.ruled_on) if day is not None
    ]
    return tuple(Paragraph(str(line)) for line in lines)


def _state_blocks(case: Case) -> tuple[Block, ...]:
    lines = [case.get_state_display(), case.get_outcome_display(), case.get_kept_display()]
    return tuple(Paragraph(str(line)) for line in lines if line)


def _back_blocks(case: Case, *, pages: int) -> tuple[Block, ...]:
    lines = [
        _("Kept: %(term)s") % {"term": case.get_term_display()},
        _("Kept until: %(day)s")
        % {"day": written_day(case.keep_until) if case.keep_until else "—"},
        _("Pictures: %(count)s") % {"count": pages},
        _("Checked by: ____________    Day: ____________"),
    ]
    return tuple(Paragraph(line) for line in lines)


def _issuer(community: Community) -> str:
    return _("%(community)s People's Mediation Committee") % {"community": community.name}


def file_number(case: Case) -> str:
    """卷号: the year and the place of the case in it."""
    year, place = case.number.split("-")
    return _("(%(year)s) Mediation No. %(place)s") % {"year": year, "place": int(place)}

"""Paper out of the box: numbered, read twice, decided by an observer, a sample counted by hand."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mulin.commons.ballots.models import Constituency, Election, PaperBox, PrintRun, Sheet
from mulin.commons.ballots.permissions import may_hold, may_observe, may_read_sheets
from mulin.commons.ballots.queries import (
    awaits_decision,
    differs_by_hand,
    is_sampled,
    reading_left,
    still_to_read,
    told_of,
)
from mulin.commons.ballots.rules import Kind, Seen, State, kind_of
from mulin.commons.ballots.sheets import digest_of_run, hash_of, new_serials
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.notify.queue import enqueue
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile

MOST_SHEETS = 20_000
#: The job that reads pictures of sheets; its name says neither of which vote nor of how many.
JOB: Final = "ballots.read"


def note_box(
    constituency: Constituency, *, printed: int, cancelled: int, not_returned: int, in_box: int,
    by: Actor, now: datetime, token: str | None = None,
) -> PaperBox:  # fmt: skip
    """Write down, after the end, what was printed, cancelled unused, not brought back, and how many
    sheets lie in the box; each sheet gets a number to be read by. Who counts again and finds another
    number writes it down again: what was read or photographed stays.

    Raises Refused before the end, for fewer sheets than were read, and once the sample is drawn.
    """
    with recording(by, "ballots.note_box", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(PaperBox)
        if not may_hold(by):
            raise NotPermitted(_("The election committee opens the box."))
        refuse_shut(constituency.election)
        if min(printed, cancelled, not_returned, in_box) < 0 or in_box > MOST_SHEETS:
            raise Refused(_("So many sheets there cannot be."), field="in_box")
        if constituency.election.sample_number:
            raise Refused(_("The sample is drawn: the boxes stand as they were counted."))
        before = _number_sheets(constituency, in_box)
        if constituency.pictures.filter(sheet=None).exists():
            enqueue(JOB, community=constituency.community)
        box, _made = PaperBox.objects.update_or_create(
            community_id=by.community_id, constituency=constituency,
            defaults={
                "printed": printed, "cancelled": cancelled, "not_returned": not_returned,
            },
        )  # fmt: skip
        act.on(
            box, before={"in_box": before},
            after={"in_box": in_box, "printed": printed, "cancelled": cancelled},
        )  # fmt: skip
    return box


def _number_sheets(constituency: Constituency, in_box: int) -> int:
    """As many sheets as were counted; how many there were before."""
    sheets: QuerySet[Sheet] = constituency.sheets.all()
    numbers = set(sheets.select_for_update().values_list("number", flat=True))
    touched = sheets.filter(Q(first__isnull=False) | Q(pictures__isnull=False))
    kept = set(touched.values_list("number", flat=True))
    if in_box < len(kept):
        raise Refused(_("More sheets than that are read already."), field="in_box")
    spare = sorted(numbers - kept)
    gone = spare[in_box - len(kept) :]
    constituency.sheets.filter(number__in=gone).delete()
    stay = kept | set(spare) - set(gone)
    fresh = [number for number in range(1, in_box + 1) if number not in stay]
    Sheet.objects.bulk_create(
        (
            Sheet(community_id=constituency.community_id, constituency=constituency, number=number)
            for number in fresh[: in_box - len(stay)]
        ),
        batch_size=500,
    )
    return len(numbers)


def seen(
    constituency: Constituency, *, choices: Sequence[str], is_unclear: bool, is_void: bool = False
) -> Seen:
    """What somebody reads on a sheet; whether it is void follows from the marks, unless an observer
    says so of one that is not ours, signed, or a copy.
    """
    if is_unclear:
        return Seen(Kind.SET_ASIDE)
    if is_void:
        return Seen(Kind.VOID)
    election = constituency.election
    kind = kind_of(
        choices, frozenset(election.options.values_list("code", flat=True)),
        least=election.min_choices, most=election.max_choices,
    )  # fmt: skip
    return Seen(kind, tuple(sorted(choices)) if kind is Kind.VALID else ())


def read_sheet(
    sheet: Sheet, what: Seen, *, by: Actor, now: datetime, token: str | None = None
) -> Sheet:
    """Write down one of two readings; nobody reads a sheet twice, nor sees what the other read, be it
    a person or the machine.

    The act says that a sheet was read, not what was on it.
    """
    with recording(by, "ballots.read_sheet", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Sheet)
        if not may_read_sheets(by) or by.account_id is None:
            raise NotPermitted(_("The committee and the observers read the sheets."))
        held = _held(sheet)
        if by.account_id in {held.first_by_id, held.second_by_id}:
            raise Refused(_("Two different people read a sheet."))
        if not reading_left(held):
            raise TakenMeanwhile(_("This sheet was read twice already."))
        if held.first is None:
            held.first, held.first_by_id = told_of(held, what), by.account_id
        else:
            held.second, held.second_by_id = told_of(held, what), by.account_id
        held.save(update_fields=["first", "first_by", "second", "second_by"])
        act.on(held)
    return held


def decide_sheet(
    sheet: Sheet, what: Seen, *, reason: str, by: Actor, now: datetime, token: str | None = None
) -> Sheet:
    """An observer says what an unclear sheet is, one that was read in two ways, or one that the
    count by hand found to be something else; the reason of that is told with the result.
    """
    with recording(by, "ballots.decide_sheet", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Sheet)
        if not may_observe(by):
            raise NotPermitted(_("An observer decides unclear sheets."))
        held = _held(sheet)
        if not awaits_decision(held):
            raise Refused(_("There is nothing to decide about this sheet."))
        if not reason.strip():
            raise Refused(_("Say why."), field="reason")
        if differs_by_hand(held):
            held.hand_reason = reason.strip()
        else:
            held.reason = reason.strip()
        held.decided, held.decided_by_id = told_of(held, what), by.account_id
        held.save(update_fields=["decided", "decided_by", "reason", "hand_reason"])
        act.on(held)
    return held


def draw_sample(
    election: Election, *, number: str, by: Actor, now: datetime, token: str | None = None
) -> Election:
    """Draw which sheets are counted by hand again, by a number that was drawn in public once every
    sheet was read and decided. Raises NotPermitted, Refused before that and a second time.
    """
    with recording(by, "ballots.draw_sample", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Election)
        if not may_observe(by):
            raise NotPermitted(_("An observer draws the sample."))
        held: Election = Election.objects.select_for_update().get(pk=election.pk)
        refuse_shut(held)
        if held.sample_number:
            raise Refused(_("The sample is drawn already."))
        if not Sheet.objects.filter(constituency__election=held).exists():
            raise Refused(_("There is no paper in this vote."))
        if still_to_read(held):
            raise Refused(_("First every sheet is read and decided, then the number is drawn."))
        if not number.strip():
            raise Refused(_("Write the public number that was drawn."), field="number")
        held.sample_number = number.strip()
        held.save(update_fields=["sample_number"])
        act.on(held, after={"number": held.sample_number})
    return held


def count_by_hand(
    sheet: Sheet, what: Seen, *, by: Actor, now: datetime, token: str | None = None
) -> Sheet:
    """An observer reads a sheet of the sample once more, from the paper itself."""
    with recording(by, "ballots.count_by_hand", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Sheet)
        if not may_observe(by):
            raise NotPermitted(_("An observer counts the sample."))
        held = _held(sheet)
        if not is_sampled(held):
            raise Refused(_("This sheet is not in the sample."))
        held.by_hand = told_of(held, what)
        held.save(update_fields=["by_hand"])
        act.on(held)
    return held


def explain_box(
    constituency: Constituency, *, words: str, by: Actor, now: datetime, token: str | None = None
) -> PaperBox:
    """Say in the protocol why the sums of a box are not equal."""
    with recording(by, "ballots.explain_box", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(PaperBox)
        if not may_hold(by):
            raise NotPermitted(_("The election committee explains a difference."))
        refuse_shut(constituency.election)
        box, _made = PaperBox.objects.update_or_create(
            community_id=by.community_id, constituency=constituency,
            defaults={"explanation": words.strip(), "explained_by_id": by.account_id},
        )  # fmt: skip
        act.on(box, after={"explanation": box.explanation})
    return box


def _held(sheet: Sheet) -> Sheet:
    held: Sheet = Sheet.objects.select_for_update().get(pk=sheet.pk)
    refuse_shut(held.constituency.election)
    return held


def refuse_shut(election: Election) -> None:
    """Raises Refused while the vote goes on, and once it is published."""
    if election.stage not in {State.SEALED, State.OPENED}:
        raise Refused(_("The box stays shut until the vote is over, and after it is published."))


def print_ballots(
    constituency: Constituency, *, count: int, by: Actor, now: datetime, token: str | None = None
) -> list[str]:
    """Serials for so many new sheets. Their hashes are kept, the serials themselves nowhere; a form
    that is sent again prints others, and what was printed before counts as printed.

    Raises Refused before the roll is frozen and once the vote is over.
    """
    with recording(by, "ballots.print_ballots", now=now, token=token) as act:
        if act.is_repeat:
            raise Refused(_("These sheets were printed already. Ask for more if you need more."))
        if not may_hold(by):
            raise NotPermitted(_("The election committee prints the ballots."))
        if constituency.election.stage not in {State.FROZEN, State.OPEN}:
            raise Refused(_("Ballots are printed between the freeze of the roll and the end."))
        serials = new_serials(count)
        run = PrintRun.objects.create(
            community_id=by.community_id, constituency=constituency, count=count,
            hashes=sorted(hash_of(one) for one in serials), printed_by_id=by.account_id,
        )  # fmt: skip
        act.on(run, after={"count": count, "digest": digest_of_run(run.hashes)})
    return serials

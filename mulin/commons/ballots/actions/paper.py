"""Paper out of the box: numbered, read twice, decided by an observer, a sample counted by hand."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mulin.commons.ballots.models import Constituency, Election, PaperBox, PrintRun, Sheet
from mulin.commons.ballots.permissions import may_hold, may_observe, may_read_sheets
from mulin.commons.ballots.queries import awaits_decision, is_sampled
from mulin.commons.ballots.rules import Kind, Seen, State, kind_of
from mulin.commons.ballots.sheets import digest_of_run, hash_of, new_serials
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile

MOST_SHEETS = 20_000


def note_box(
    constituency: Constituency, *, printed: int, cancelled: int, not_returned: int, in_box: int,
    by: Actor, now: datetime, token: str | None = None,
) -> PaperBox:  # fmt: skip
    """Write down, after the end, what was printed, cancelled unused, not brought back, and how many
    sheets lie in the box; each sheet gets a number to be read by.

    Raises Refused before the end, and once a sheet was read.
    """
    with recording(by, "ballots.note_box", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(PaperBox)
        if not may_hold(by):
            raise NotPermitted(_("The election committee opens the box."))
        _after_the_end(constituency.election)
        if min(printed, cancelled, not_returned, in_box) < 0 or in_box > MOST_SHEETS:
            raise Refused(_("So many sheets there cannot be."), field="in_box")
        sheets = constituency.sheets.select_for_update()
        if sheets.filter(first__isnull=False).exists():
            raise Refused(_("The sheets are being read already."))
        sheets.all().delete()
        Sheet.objects.bulk_create(
            (
                Sheet(community_id=by.community_id, constituency=constituency, number=number)
                for number in range(1, in_box + 1)
            ),
            batch_size=500,
        )
        box, _made = PaperBox.objects.update_or_create(
            community_id=by.community_id, constituency=constituency,
            defaults={
                "printed": printed, "cancelled": cancelled, "not_returned": not_returned,
            },
        )  # fmt: skip
        act.on(box, after={"in_box": in_box, "printed": printed, "cancelled": cancelled})
    return box


def seen(constituency: Constituency, *, choices: Sequence[str], is_unclear: bool) -> Seen:
    """What somebody reads on a sheet; whether it is void follows from the marks."""
    if is_unclear:
        return Seen(Kind.SET_ASIDE)
    election = constituency.election
    kind = kind_of(
        choices, frozenset(election.options.values_list("code", flat=True)),
        least=election.min_choices, most=election.max_choices,
    )  # fmt: skip
    return Seen(kind, tuple(sorted(choices)) if kind is Kind.VALID else ())


def read_sheet(
    sheet: Sheet, what: Seen, *, by: Actor, now: datetime, token: str | None = None
) -> Sheet:
    """Write down one of two readings; nobody reads a sheet twice, nor sees what the other read.

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
        if held.first is None:
            held.first, held.first_by_id = _told(what), by.account_id
        elif held.second is None:
            held.second, held.second_by_id = _told(what), by.account_id
        else:
            raise TakenMeanwhile(_("This sheet was read twice already."))
        held.save(update_fields=["first", "first_by", "second", "second_by"])
        act.on(held)
    return held


def decide_sheet(
    sheet: Sheet, what: Seen, *, reason: str, by: Actor, now: datetime, token: str | None = None
) -> Sheet:
    """An observer says what an unclear sheet is, one that two people read differently, or one that
    the count by hand found to be something else.
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
        held.decided, held.decided_by_id, held.reason = _told(what), by.account_id, reason.strip()
        held.save(update_fields=["decided", "decided_by", "reason"])
        act.on(held)
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
        held.by_hand = _told(what)
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
        _after_the_end(constituency.election)
        box, _made = PaperBox.objects.update_or_create(
            community_id=by.community_id, constituency=constituency,
            defaults={"explanation": words.strip(), "explained_by_id": by.account_id},
        )  # fmt: skip
        act.on(box, after={"explanation": box.explanation})
    return box


def _told(what: Seen) -> dict[str, object]:
    return {"kind": what.kind.value, "choices": list(what.choices)}


def _held(sheet: Sheet) -> Sheet:
    held: Sheet = Sheet.objects.select_for_update().get(pk=sheet.pk)
    _after_the_end(held.constituency.election)
    return held


def _after_the_end(election: Election) -> None:
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

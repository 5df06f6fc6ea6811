"""Who votes, and where: put on the roll, objected to, frozen with its hash, corrected by protocol."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from mulin.commons.ballots import keys
from mulin.commons.ballots.blindrsa import new_key
from mulin.commons.ballots.models import Constituency, Correction, Election, Objection, RollEntry
from mulin.commons.ballots.permissions import may_hold
from mulin.commons.ballots.queries import digest_of_roll, entries_of
from mulin.commons.ballots.rules import KEY_BITS, Mark, State
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.ground.people.queries import kept_ids
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile


def put_on_roll(
    election: Election, persons: Mapping[str, Iterable[int]], *, by: Actor, now: datetime,
    token: str | None = None,
) -> Election:  # fmt: skip
    """Make the roll afresh: constituency → ids of persons. The count is read back from the table.

    Raises Refused when a person stands in two constituencies, is not on the community's roll, or
    the roll is frozen.
    """
    with recording(by, "ballots.put_on_roll", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Election)
        held = _held(election, by, State.DRAFTED, State.POSTED)
        groups = {one.code: one for one in held.constituencies.all()}
        given = {code: set(ids) for code, ids in persons.items()}
        if set(given) - set(groups):
            raise Refused(_("The roll names a constituency that this vote has not."))
        everybody = [one for ids in given.values() for one in ids]
        kept = kept_ids(everybody)
        if len(set(kept.values())) != len(everybody):
            raise Refused(_("Somebody stands in two constituencies, or twice in one."))
        known = Person.objects.on_roll().filter(pk__in=everybody).count()
        if known != len(everybody):
            raise Refused(_("Somebody on this list is not on the community's roll."))
        RollEntry.objects.filter(election=held).delete()
        RollEntry.objects.bulk_create(
            (
                RollEntry(
                    community_id=held.community_id, election=held, constituency=groups[code],
                    person_id=person_id,
                )
                for code, ids in given.items()
                for person_id in sorted(ids)
            ),
            batch_size=500,
        )  # fmt: skip
        counted = {code: group.roll.count() for code, group in groups.items()}
        if counted != {code: len(given.get(code, ())) for code in groups}:
            raise Refused(_("The roll was not written whole. Nothing was changed."))
        act.on(held, after=counted)
    return held


def post_roll(
    election: Election, *, by: Actor, now: datetime, token: str | None = None
) -> Election:
    """Show the roll to those on it; objections are heard until it is frozen."""
    with recording(by, "ballots.post_roll", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Election)
        held = _held(election, by, State.DRAFTED)
        _refuse_empty(held)
        held.state, held.posted_on = State.POSTED, local_day(now)
        held.save(update_fields=["state", "posted_on"])
        act.on(held, before={"state": State.DRAFTED}, after={"state": State.POSTED})
    return held


def object_to_roll(
    election: Election, *, person: Person, words: str, by: Actor, now: datetime,
    token: str | None = None,
) -> Objection:  # fmt: skip
    """Say that the roll is wrong about a person: of oneself, or the committee for whoever called."""
    with recording(by, "ballots.object_to_roll", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Objection)
        if by.account_id is None or not (may_hold(by) or by.person_id == person.pk):
            raise NotPermitted(_("Please sign in."))
        if election.stage is not State.POSTED:
            raise Refused(_("The roll is not open for objections now."))
        if not words.strip():
            raise Refused(_("Say what is wrong."), field="words")
        objection: Objection = Objection.objects.create(
            community_id=by.community_id, election=election, person=person, words=words.strip(),
            raised_on=local_day(now), raised_by_id=by.account_id,
        )  # fmt: skip
        act.on(objection)
    return objection


def answer_objection(
    objection: Objection, *, answer: str, by: Actor, now: datetime, token: str | None = None
) -> Objection:
    """Say what became of it; the roll itself is changed by putting it up afresh."""
    with recording(by, "ballots.answer_objection", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Objection)
        if not may_hold(by):
            raise NotPermitted(_("The election committee answers objections."))
        if not answer.strip():
            raise Refused(_("Write an answer."), field="answer")
        changed = Objection.objects.filter(pk=objection.pk, answered_on__isnull=True).update(
            answer=answer.strip(), answered_on=local_day(now)
        )
        if changed != 1:
            raise TakenMeanwhile(_("It was answered already."))
        objection.refresh_from_db()
        act.on(objection)
    return objection


def freeze_roll(
    election: Election, *, by: Actor, now: datetime, token: str | None = None
) -> Election:
    """Count and hash the roll of each constituency and, for an online vote, make its keys.

    Raises Refused while an objection has no answer, or its days are not over.
    """
    fresh = _fresh_keys(election)
    with recording(by, "ballots.freeze_roll", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Election)
        held = _held(election, by, State.DRAFTED, State.POSTED)
        _refuse_empty(held)
        if held.objections.filter(answered_on__isnull=True).exists():
            raise Refused(_("An objection has no answer yet."))
        if held.objection_days and not held.is_trial:
            _refuse_early(held, now)
        for constituency in held.constituencies.all():
            constituency.roll_count = constituency.roll.count()
            constituency.roll_digest = digest_of_roll(constituency)
            if held.is_online:
                constituency.ballot_key, constituency.ballot_secret = fresh[constituency.code]
            constituency.save(
                update_fields=["roll_count", "roll_digest", "ballot_key", "ballot_secret"]
            )
        if held.is_online:
            held.envelope_key, held.envelope_secret = fresh[""]
        held.state = State.FROZEN
        held.save(update_fields=["state", "envelope_key", "envelope_secret"])
        counts = {one.code: one.roll_count for one in held.constituencies.all()}
        act.on(held, after={"state": State.FROZEN, "counts": counts})
    return held


def _fresh_keys(election: Election) -> dict[str, tuple[str, str]]:
    """Public key and locked secret of the envelope ("") and of each constituency: made before the
    transaction, since a large prime takes its time.
    """
    if not election.is_online or election.stage not in {State.DRAFTED, State.POSTED}:
        return {}
    if not keys.has_lock(election.pk):
        keys.make_lock(election.pk)
    made = {}
    for code in ("", *election.constituencies.values_list("code", flat=True)):
        key = new_key(KEY_BITS)
        made[code] = (key.public.spki, keys.lock(election.pk, key))
    return made


def correct_roll(
    constituency: Constituency, *, person: Person, is_added: bool, reason: str, by: Actor,
    now: datetime, token: str | None = None,
) -> Correction:  # fmt: skip
    """Change a frozen roll by protocol of the election group: one person, one reason, both hashes.

    Raises Refused once that person has taken a ballot, and when the roll was changed otherwise.
    """
    with recording(by, "ballots.correct_roll", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Correction)
        election = _held(constituency.election, by, State.FROZEN, State.OPEN)
        if not reason.strip() or by.account_id is None:
            raise Refused(_("A correction needs its reason."), field="reason")
        held = Constituency.objects.select_for_update().get(pk=constituency.pk)
        before = digest_of_roll(held)
        if before != held.roll_digest:
            raise Refused(_("The roll is not the one that was frozen. Nothing was changed."))
        (_add if is_added else _strike)(election, held, person)
        held.roll_count = RollEntry.objects.standing().filter(constituency=held).count()
        held.roll_digest = digest_of_roll(held)
        held.save(update_fields=["roll_count", "roll_digest"])
        correction: Correction = Correction.objects.create(
            community_id=by.community_id, constituency=held, person=person, is_added=is_added,
            reason=reason.strip(), made_on=local_day(now), made_by_id=by.account_id,
            digest_before=before, digest_after=held.roll_digest,
        )  # fmt: skip
        act.on(correction, after={"count": held.roll_count})
    return correction


def _add(election: Election, constituency: Constituency, person: Person) -> None:
    if any(one.mark != Mark.STRUCK for one in entries_of(election, person)):
        raise Refused(_("This person stands on the roll already."))
    struck = RollEntry.objects.filter(election=election, person=person).first()
    if struck is not None:
        struck.mark, struck.constituency = Mark.NOT_TAKEN, constituency
        struck.save(update_fields=["mark", "constituency"])
        return
    RollEntry.objects.create(
        community_id=election.community_id, election=election, constituency=constituency,
        person=person,
    )  # fmt: skip


def _strike(election: Election, constituency: Constituency, person: Person) -> None:
    struck = RollEntry.objects.filter(
        election=election, constituency=constituency, person=person, mark=Mark.NOT_TAKEN
    ).update(mark=Mark.STRUCK)
    if struck != 1:
        raise Refused(_("This person is not on this roll, or has taken a ballot already."))


def _held(election: Election, by: Actor, *states: State) -> Election:
    if not may_hold(by):
        raise NotPermitted(_("The election committee keeps the roll."))
    held: Election = Election.objects.select_for_update().get(pk=election.pk)
    if held.stage not in states:
        raise Refused(_("The roll is frozen. It is corrected by protocol, one person at a time."))
    return held


def _refuse_early(held: Election, now: datetime) -> None:
    until = held.objections_until
    if until is None:
        raise Refused(_("Post the roll first: its terms say that objections are heard."))
    if local_day(now) <= until:
        raise Refused(
            _("Objections are heard until %(day)s. Freeze the roll after it."),
            {"day": date_format(until, "DATE_FORMAT")},
        )


def _refuse_empty(held: Election) -> None:
    if not RollEntry.objects.filter(election=held).exists():
        raise Refused(_("Nobody stands on the roll yet."))

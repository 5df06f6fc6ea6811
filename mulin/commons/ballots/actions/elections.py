"""An election is drafted, and opened once nothing about it can change any more."""

import logging
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mulin.commons.ballots import keys
from mulin.commons.ballots.actions.pictures import remove_pictures
from mulin.commons.ballots.models import (
    Ballot,
    Constituency,
    Correction,
    Election,
    Envelope,
    Objection,
    Option,
    RollEntry,
    Sheet,
)
from mulin.commons.ballots.permissions import may_hold
from mulin.commons.ballots.queries import digest_of_roll, frozen_terms
from mulin.commons.ballots.registry import room_of
from mulin.commons.ballots.rules import (
    HOLDERS,
    LONGEST_EXTENSION,
    UNOPENED,
    Fault,
    State,
    Terms,
    fault_of,
    terms_digest,
)
from mulin.commons.ballots.sheets import fits_one_side
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile

logger = logging.getLogger(__name__)

_SAYS: dict[Fault, Promise] = {
    Fault.NO_OPTIONS: _("Name what can be voted for."),
    Fault.NO_CONSTITUENCY: _("Name who votes."),
    Fault.CODE_TWICE: _("The same number stands twice."),
    Fault.TOO_LONG: _("Give shorter numbers: letters and digits, twelve at most."),
    Fault.LIMITS: _("So many cannot be chosen."),
    Fault.QUORUM: _("A share is from 1 to 100 of a hundred."),
    Fault.BASIS: _("A decision by law needs the article that it stands on."),
    Fault.SAMPLE: _("The sample needs a number above nothing."),
    Fault.TIMES: _("The end must come after the beginning."),
}


def draft_election(terms: Terms, *, by: Actor, now: datetime, token: str | None = None) -> Election:
    """Prepare a vote. Raises Refused for terms that cannot be."""
    with recording(by, "ballots.draft_election", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Election)
        if not may_hold(by):
            raise NotPermitted(_("The election committee prepares votes."))
        fault = fault_of(terms)
        if fault is not None:
            raise Refused(_SAYS[fault], field=fault.value)
        if terms.closes_at <= now:
            raise Refused(_("Its last day is over already."), field="closes_at")
        election: Election = Election.objects.create(
            community_id=by.community_id, title=terms.title, max_choices=terms.max_choices,
            min_choices=terms.min_choices, opens_at=terms.opens_at, closes_at=terms.closes_at,
            rule=terms.rule, is_online=terms.is_online, is_trial=terms.is_trial, board=terms.board,
            sample_every=terms.sample_every, sample_least=terms.sample_least,
            quorum_percent=terms.quorum_percent, binding=terms.binding,
            legal_basis=terms.legal_basis.strip(), wording=terms.wording.strip(),
            complaint_days=terms.complaint_days, objection_days=terms.objection_days, origin_kind=terms.origin[0],
            origin_id=terms.origin[1], roll_salt=secrets.token_hex(16),
            lasts_minutes=None if terms.lasts is None else terms.lasts // timedelta(minutes=1),
        )  # fmt: skip
        Option.objects.bulk_create(
            Option(
                community_id=by.community_id, election=election, position=position, code=code,
                title=title, beside=terms.beside.get(code, ""),
            )
            for position, (code, title) in enumerate(terms.options)
        )  # fmt: skip
        Constituency.objects.bulk_create(
            Constituency(
                community_id=by.community_id, election=election, position=position, code=code,
                title=title, rule=rule,
            )
            for position, (code, title, rule) in enumerate(terms.constituencies)
        )  # fmt: skip
        if election.wording and not all(map(fits_one_side, election.constituencies.all())):
            raise Refused(
                _("These words are too long for a paper ballot: a thousand characters at most. Say in"
                  " them what is decided, and put the rest into an appendix.")
            )  # fmt: skip
        act.on(election, after={"title": terms.title, "code": election.code})
    return election


def open_election(
    election: Election, *, by: Actor, now: datetime, token: str | None = None
) -> Election:
    """Fix everything and let voting begin at its time.

    Raises Refused while a share, the test or a key is missing, and when the roll is not the one
    that was frozen.
    """
    with recording(by, "ballots.open_election", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Election)
        if not may_hold(by):
            raise NotPermitted(_("The election committee opens a vote."))
        held = _locked(election, State.FROZEN)
        if held.lasts_minutes is not None:
            held.opens_at = now
            held.closes_at = now + timedelta(minutes=held.lasts_minutes)
        if held.closes_at <= now:
            raise Refused(_("Its last day is over already. Withdraw this vote."))
        if held.is_online:
            _refuse_unready(held)
        for constituency in held.constituencies.all():
            if digest_of_roll(constituency) != constituency.roll_digest:
                logger.error(
                    "the roll is not the one that was frozen: vote %s, constituency %s",
                    held.code, constituency.code,
                )  # fmt: skip
                raise Refused(_("The roll is not the one that was frozen. Nothing was opened."))
        held.state, held.terms_digest = State.OPEN, terms_digest(frozen_terms(held))
        held.save(update_fields=["state", "terms_digest", "opens_at", "closes_at"])
        room = room_of(held)
        if room is not None:
            room.opened(held, by, now)
        act.on(held, before={"state": State.FROZEN}, after={"terms": held.terms_digest})
    return held


def extend_vote(
    election: Election, *, until: datetime, reason: str, by: Actor, now: datetime,
    token: str | None = None,
) -> Election:  # fmt: skip
    """Let a vote end later, once and with its reason: an outage, too few who could come. What was
    hashed at the opening stays; the board says both ends. Raises Refused for a second time.
    """
    with recording(by, "ballots.extend_vote", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Election)
        if not may_hold(by):
            raise NotPermitted(_("The election committee extends a vote."))
        held = _locked(election, State.OPEN)
        if held.extended_from is not None or now >= held.closes_at:
            raise Refused(_("A vote is extended once, and before it ends."))
        if not held.closes_at < until <= held.closes_at + LONGEST_EXTENSION:
            raise Refused(_("The new end must be later, by seven days at most."), field="until")
        if not reason.strip():
            raise Refused(_("Say why."), field="reason")
        before = held.closes_at
        held.extended_from, held.closes_at, held.extension_reason = before, until, reason.strip()
        held.save(update_fields=["extended_from", "closes_at", "extension_reason"])
        act.on(held, before={"closes_at": before}, after={"closes_at": until, "reason": reason})
    return held


def _refuse_unready(held: Election) -> None:
    if not held.urn_key:
        raise Refused(_("The urn has no key yet. The key holders make it away from this server."))
    if held.shares.count() < HOLDERS:
        raise Refused(_("Not every key holder has confirmed a share."))
    if held.test_passed_on is None:
        raise Refused(_("Nobody has opened the test envelope yet."))
    if not keys.has_lock(held.pk):
        raise Refused(_("The signing keys of this vote are not on this server."))


def _locked(election: Election, *states: State) -> Election:
    held: Election = Election.objects.select_for_update().get(pk=election.pk)
    if held.stage not in states:
        raise TakenMeanwhile(_("This vote is at another stage now. Look at the page again."))
    return held


def wipe_trial(
    election: Election, *, by: Actor, now: datetime, token: str | None = None
) -> Election:
    """Take a trial away: roll, urn, board and paper. Raises Refused for a real vote."""
    with recording(by, "ballots.wipe_trial", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Election)
        if not may_hold(by):
            raise NotPermitted(_("The election committee wipes a trial."))
        held = _locked(election, *(set(State) - {State.WIPED}))
        if not held.is_trial:
            raise Refused(_("Only a trial can be wiped."))
        before = held.state
        _take_away(held)
        act.on(held, before={"state": before}, after={"state": held.state})
    return held


def withdraw_vote(
    election: Election, *, reason: str, by: Actor, now: datetime, token: str | None = None
) -> Election:
    """Take a vote back that was not opened: its end was missed, its terms are wrong. Its room may
    prepare another one. Raises NotPermitted, Refused without a reason, TakenMeanwhile from the
    opening on.
    """
    with recording(by, "ballots.withdraw_vote", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Election)
        if not may_hold(by):
            raise NotPermitted(_("The election committee withdraws a vote."))
        if not reason.strip():
            raise Refused(_("Say why."), field="reason")
        held = _locked(election, *UNOPENED)
        before, held.withdrawal_reason = held.state, reason.strip()
        _take_away(held)
        room = room_of(held)
        if room is not None:
            room.dropped(held, by, now)
        act.on(
            held, before={"state": before},
            after={"state": held.state, "reason": held.withdrawal_reason},
        )  # fmt: skip
    return held


def _take_away(held: Election) -> None:
    remove_pictures(held)
    for rows in (
        Envelope.objects.filter(election=held),
        Ballot.objects.filter(constituency__election=held),
        Sheet.objects.filter(constituency__election=held),
        Correction.objects.filter(constituency__election=held),
        Objection.objects.filter(election=held),
        RollEntry.objects.filter(election=held),
    ):
        rows.delete()
    held.constituencies.update(ballot_secret="")
    held.envelope_secret, held.state, held.is_tidy = "", State.WIPED, False
    held.save(update_fields=["envelope_secret", "state", "is_tidy", "withdrawal_reason"])
    transaction.on_commit(lambda: keys.destroy_lock(held.pk))
    transaction.on_commit(lambda: keys.destroy_box_lock(held.pk))

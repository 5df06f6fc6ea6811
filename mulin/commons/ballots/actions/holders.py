"""The urn's own key: made away from the server, split among three, tried before it is trusted."""

import hashlib
import secrets
from base64 import b64decode
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric import ec
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from mulin.commons.ballots.models import Election, Share
from mulin.commons.ballots.opener import seal
from mulin.commons.ballots.permissions import may_hold, may_hold_key
from mulin.commons.ballots.rules import HOLDERS, State
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused


def keep_urn_key(
    election: Election, *, key: str, by: Actor, now: datetime, token: str | None = None
) -> Election:
    """Enter the public key that the holders made, and make the test envelope for it.

    Another key starts the confirmations anew. Raises Refused for what is no key, and after opening.
    """
    with recording(by, "ballots.keep_urn_key", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Election)
        if not may_hold(by):
            raise NotPermitted(_("The election committee enters the key."))
        held = _frozen(election)
        clean = _clean(key)
        word = secrets.token_hex(6)
        held.urn_key, held.test_passed_on = clean, None
        held.test_envelope = seal(clean, held.code, word.encode("ascii"))
        held.test_digest = _digest(held, word)
        held.save(update_fields=["urn_key", "test_envelope", "test_digest", "test_passed_on"])
        held.shares.all().delete()
        act.on(held, after={"urn_key": clean})
    return held


def confirm_share(
    election: Election, *, by: Actor, now: datetime, token: str | None = None
) -> Share:
    """A key holder says: one share is in my hand, and in nobody else's."""
    with recording(by, "ballots.confirm_share", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Share)
        if not may_hold_key(by) or by.account_id is None:
            raise NotPermitted(_("A key holder confirms a share."))
        held = _frozen(election)
        if not held.urn_key:
            raise Refused(_("The urn has no key yet."))
        if held.shares.count() >= HOLDERS:
            raise Refused(_("All three shares are confirmed already."))
        try:
            with transaction.atomic():
                share: Share = Share.objects.create(
                    community_id=by.community_id, election=held, holder_id=by.account_id,
                    confirmed_on=local_day(now),
                )  # fmt: skip
        except IntegrityError:
            raise Refused(_("You have confirmed your share already.")) from None
        act.on(share)
    return share


def pass_test(
    election: Election, *, word: str, by: Actor, now: datetime, token: str | None = None
) -> Election:
    """Type the word out of the test envelope: two shares have opened it. Raises Refused for another."""
    with recording(by, "ballots.pass_test", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Election)
        if not may_hold_key(by):
            raise NotPermitted(_("A key holder types the word."))
        held = _frozen(election)
        if _digest(held, word.strip().lower()) != held.test_digest:
            raise Refused(_("That is not the word in the test envelope."), field="word")
        held.test_passed_on = local_day(now)
        held.save(update_fields=["test_passed_on"])
        act.on(held)
    return held


def _frozen(election: Election) -> Election:
    held: Election = Election.objects.select_for_update().get(pk=election.pk)
    if held.stage is not State.FROZEN:
        raise Refused(_("Keys are settled after the roll is frozen and before the vote opens."))
    return held


def _digest(election: Election, word: str) -> str:
    return hashlib.sha256(f"{election.code}|{election.urn_key}|{word}".encode()).hexdigest()


def _clean(key: str) -> str:
    text = "".join(key.split())
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b64decode(text, validate=True))
    except ValueError:
        raise Refused(
            _("This is not the public key that the opener showed."), field="key"
        ) from None
    return text

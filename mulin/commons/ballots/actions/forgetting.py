"""After the days of complaint the roll is forgotten, and the pictures of paper ballots with the
serials on them: counts, hashes and board stay.
"""

from datetime import datetime, timedelta

from django.db import transaction

from mulin.commons.ballots import keys
from mulin.commons.ballots.actions.pictures import remove_pictures
from mulin.commons.ballots.models import (
    Correction,
    Election,
    Objection,
    RollEntry,
    SheetPicture,
)
from mulin.commons.ballots.rules import State
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.clock import local_day


def forget_roll(election: Election, *, by: Actor, now: datetime) -> bool:
    """Remove who stood on the roll of a published vote and how its paper looked, once its days of
    complaint are over and every complaint is answered; whether there was anything to remove.
    """
    if election.stage is not State.PUBLISHED or election.published_on is None:
        return False
    last = election.published_on + timedelta(days=election.complaint_days)
    rows = RollEntry.objects.filter(election=election)
    pictures = SheetPicture.objects.filter(constituency__election=election)
    if election.complaints.filter(answered_on__isnull=True).exists():
        return False
    if local_day(now) <= last or not (rows.exists() or pictures.exists()):
        return False
    with recording(by, "ballots.forget_roll", now=now) as act:
        corrections = Correction.objects.filter(constituency__election=election)
        # The certificate and the board say how many there were, then as now.
        election.corrections_count = corrections.count()
        election.save(update_fields=["corrections_count"])
        corrections.delete()
        Objection.objects.filter(election=election).delete()
        remove_pictures(election)
        transaction.on_commit(lambda: keys.destroy_box_lock(election.pk))
        act.on(election, after={"removed": rows.delete()[0]})
    return True

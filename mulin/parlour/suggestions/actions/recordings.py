"""The sound of a meeting is taken in, written down piece by piece, and deleted.

A recording is personal data: it stands beside its draft only until the minutes stand.
"""

import secrets
from datetime import datetime, timedelta
from typing import IO, Any, Final

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Case, F, TextField, Value, When
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from mulin.commons.gatherings.actions.planning import check_keep
from mulin.commons.gatherings.models import Gathering
from mulin.ground.audit.actions import recording as act_of
from mulin.ground.community.models import Community
from mulin.ground.community.rules import Actor, system
from mulin.ground.notify.queue import enqueue
from mulin.kit.failpoints import failpoint
from mulin.kit.hearing import Heard
from mulin.kit.refusals import Refused
from mulin.parlour.suggestions.models import Recording, RecordingState
from mulin.parlour.suggestions.rules import sound_kind

#: The name of the job that writes a recording down.
JOB: Final = "suggestions.listen"
LARGEST: Final = 200 * 1024 * 1024
#: The sound is deleted so long after it came in, whatever became of it.
KEPT: Final = timedelta(days=30)
#: A piece that was not written down within this has lost its job.
PAUSE: Final = timedelta(minutes=10)
MOST_TRIES: Final = 3
_FOLDER: Final = "recordings"
#: A file that nobody names may belong to an act that is not written yet.
_ON_ITS_WAY: Final = timedelta(days=1)


def add_recording(
    gathering: Gathering, file: IO[bytes], size: int, *, community: Community, by: Actor,
    now: datetime, token: str | None = None,
) -> Recording:  # fmt: skip
    """Keep a recording and have it written down. Raises NotPermitted, and Refused for what is no
    sound or too large.
    """
    check_keep(by, gathering)
    kind = sound_kind(file.read(16))
    file.seek(0)
    if kind is None:
        raise Refused(
            _("Choose a recording: MP3, M4A, WAV, OGG, WebM, FLAC or AMR."), field="sound"
        )
    if size > LARGEST:
        raise Refused(_("The recording is larger than 200 MB. Save it as MP3."), field="sound")
    # Before the act: nobody else may write while it runs, and a large file takes a while.
    try:
        name = default_storage.save(
            f"{folder_of(by.community_id)}/{secrets.token_urlsafe(24)}", File(file)
        )
    except OSError as error:
        raise Refused(_("There is no room left on the disk."), field="sound") from error
    is_kept = False
    try:
        with act_of(by, "suggestions.add_recording", now=now, token=token) as act:
            if act.is_repeat:
                return act.first_result(Recording)
            row: Recording = Recording.objects.create(
                community_id=by.community_id, gathering=gathering, kept_as=name, media_type=kind,
                tried_at=now, added_at=now, added_by_id=by.account_id,
            )  # fmt: skip
            enqueue(JOB, community=community, recording=row.pk)
            act.on(row, after={"gathering": gathering.pk})
        is_kept = True
    finally:
        if not is_kept:
            default_storage.delete(name)
    return row


def folder_of(community_id: int) -> str:
    """Where the sounds of a community lie in the storage."""
    return f"{_FOLDER}/{community_id}"


def delete_strays(community: Community, now: datetime) -> int:
    """Delete sounds older than a day that no recording names: a process that ended between file and
    act, or between act and deletion, leaves them. Called by a sweep; returns how many.
    """
    folder = folder_of(community.pk)
    if not default_storage.exists(folder):
        return 0
    named = set(Recording.objects.exclude(kept_as="").values_list("kept_as", flat=True))
    lying = {f"{folder}/{name}" for name in default_storage.listdir(folder)[1]}
    strays = [
        name
        for name in lying - named
        if default_storage.get_modified_time(name) < now - _ON_ITS_WAY
    ]
    for name in strays:
        default_storage.delete(name)
    return len(strays)


def note_heard(row: Recording, heard: Heard, *, community: Community, now: datetime) -> bool:
    """Put a piece at the end of the draft and ask for the next one; of two that wrote down the
    same piece only one does. Whether it did.
    """
    fresh = "\n".join(heard.lines)
    values: dict[str, Any] = {  # Any: columns of mixed types
        "tries": 0, "tried_at": now,
        "heard_seconds": heard.until,
        "state": RecordingState.DONE if heard.is_end else RecordingState.WAITING,
    }  # fmt: skip
    if fresh:
        # To what stands there now: the draft may have been used while this piece was heard.
        longer = Concat("draft", Value(f"\n{fresh}"), output_field=TextField())
        values["draft"] = Case(
            When(draft="", then=Value(fresh)), default=longer, output_field=TextField()
        )
    waiting = Recording.objects.filter(
        pk=row.pk, state=RecordingState.WAITING, heard_seconds=row.heard_seconds
    ).exclude(kept_as="")
    if waiting.update(**values) != 1:
        return False
    failpoint("suggestions.after_piece")
    if not heard.is_end:
        enqueue(JOB, community=community, recording=row.pk)
    return True


def give_up(row: Recording) -> None:
    """It cannot be written down; the sound stays to be listened to."""
    Recording.objects.filter(pk=row.pk, state=RecordingState.WAITING).update(
        state=RecordingState.FAILED
    )


def try_again(row: Recording, *, community: Community, now: datetime) -> None:
    """Ask once more for a piece whose job was lost; after three times, say so. Called by a sweep."""
    if now - row.tried_at < PAUSE:
        return
    if row.tries >= MOST_TRIES:
        give_up(row)
        return
    claimed = Recording.objects.filter(
        pk=row.pk, state=RecordingState.WAITING, tried_at=row.tried_at
    )
    if claimed.update(tried_at=now, tries=F("tries") + 1) == 1:
        enqueue(JOB, community=community, recording=row.pk)


def delete_sound(
    row: Recording, *, by: Actor, now: datetime, token: str | None = None
) -> Recording:
    """The minutes stand: the sound goes, and with it the draft. Raises NotPermitted."""
    check_keep(by, row.gathering)
    with act_of(by, "suggestions.delete_sound", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Recording)
        name = row.kept_as
        Recording.objects.filter(pk=row.pk).update(kept_as="", draft="")
        Recording.objects.filter(pk=row.pk, state=RecordingState.WAITING).update(
            state=RecordingState.FAILED
        )
        if name:
            # Not before it is certain: an act that is undone leaves the sound where it was.
            transaction.on_commit(lambda: default_storage.delete(name))
        row.refresh_from_db()
        act.on(row, after={"deleted": True})
    return row


def forget_old(now: datetime) -> int:
    """Delete sounds whose month is over. Called by a sweep; returns how many."""
    old = list(
        Recording.objects.filter(added_at__lt=now - KEPT)
        .exclude(kept_as="")
        .select_related("gathering")
    )
    for row in old:
        delete_sound(row, by=system(row.community_id), now=now)
    return len(old)

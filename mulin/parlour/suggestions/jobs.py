"""What is done by itself: maps of topics with new votes, recordings that are written down."""

from datetime import datetime
from pathlib import Path

from django.core.files.storage import default_storage

from mulin.ground.community.models import Community
from mulin.kit.hearing import ListenerFailed, NothingHears
from mulin.kit.hearing import listen as listen_to
from mulin.kit.scoping import in_community
from mulin.parlour.suggestions.actions.recordings import (
    delete_strays,
    forget_old,
    give_up,
    note_heard,
    try_again,
)
from mulin.parlour.suggestions.actions.topics import compute
from mulin.parlour.suggestions.models import Recording, RecordingState, Topic
from mulin.parlour.suggestions.queries import names_to_know


def draw_maps(community: Community, now: datetime) -> None:
    """Compute every topic on which somebody has voted since the last time."""
    for topic in Topic.objects.filter(has_new_votes=True).order_by("id"):
        compute(topic, now=now)


def listen(community: Community, now: datetime, *, recording: int) -> None:
    """Write down the next piece of a recording. While it is heard no transaction is open; done
    twice, each piece stands once in the draft.
    """
    with in_community(community):
        row = _waiting(recording)
        if row is None:
            return
        names = names_to_know(row.gathering)
    try:
        heard = listen_to(Path(default_storage.path(row.kept_as)), start=row.heard_seconds,
                          names=names)  # fmt: skip
    except NothingHears:
        with in_community(community):
            give_up(row)
        return
    except ListenerFailed:
        return  # the sweep asks again, three times
    with in_community(community):
        note_heard(row, heard, community=community, now=now)


def tidy_recordings(community: Community, now: datetime) -> None:
    """Ask again for pieces whose job was lost; delete sounds whose month is over, and
    those that no recording names.
    """
    for row in Recording.objects.filter(state=RecordingState.WAITING).exclude(kept_as=""):
        try_again(row, community=community, now=now)
    forget_old(now)
    delete_strays(community, now)


def _waiting(pk: int) -> Recording | None:
    rows = Recording.objects.filter(pk=pk, state=RecordingState.WAITING).exclude(kept_as="")
    found: Recording | None = rows.select_related("gathering").first()
    return found

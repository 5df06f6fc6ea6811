"""What can be taken away, and what was asked for."""

from django.http import QueryDict

from mulin.ground.community.rules import Actor
from mulin.ground.downloads.models import Download, DownloadQuerySet
from mulin.ground.downloads.permissions import may_ask
from mulin.ground.downloads.registry import Listing, listings


def listings_for(actor: Actor) -> list[Listing]:
    """The lists that this actor may take away."""
    return [one for one in listings() if may_ask(actor, one)]


def downloads_of(actor: Actor) -> DownloadQuerySet:
    """What this actor asked for and has not been forgotten."""
    found: DownloadQuerySet = Download.objects.of(actor.account_id or 0)
    return found


def typed_in(download: Download) -> QueryDict:
    """How the list was narrowed, as the form of the list reads it."""
    return QueryDict(download.typed)

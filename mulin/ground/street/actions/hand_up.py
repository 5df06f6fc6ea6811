"""A community hands something up; the street takes it, answers it, or gives it back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from mulin.ground.audit.actions import recording
from mulin.ground.community.models import Community
from mulin.ground.community.rules import Actor, system
from mulin.ground.notify.actions import tell
from mulin.ground.street.models import HandedUp
from mulin.ground.street.permissions import may_hand_up, may_oversee
from mulin.ground.street.queries import handed_up_to, overseers_of
from mulin.ground.street.registry import door_of
from mulin.ground.street.rules import LONGEST_LIMIT, MOVES, OPEN, Deed, Stand
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.kit.scoping import in_community
from mulin.kit.sentences import Sentence

ERASED = "—"


def hand_up(
    door: str, record_id: int, *, number: str, topic: str, words: str, back_by: datetime, by: Actor,
    now: datetime,
) -> HandedUp:  # fmt: skip
    """Put it before the street, in words that the community releases; part of the room's own act.

    Raises Refused without words and for a limit that is past or too far off.
    """
    if not may_hand_up(by) or by.account_id is None:
        raise NotPermitted(_("This is not yours to do."))
    if not words.strip():
        raise Refused(_("Say what the street is to solve."), field="words")
    if back_by <= now or back_by - now > LONGEST_LIMIT:
        raise Refused(_("Choose a day within the next 60 days."), field="back_by")
    handed = HandedUp.objects.create(
        community_id=by.community_id, door=door, record_id=record_id, number=number, topic=topic,
        words=words.strip(), handed_by_id=by.account_id, handed_at=now, back_by=back_by,
    )  # fmt: skip
    community = Community.objects.get(pk=by.community_id)
    for home, account in overseers_of(community.street_id, now):
        with in_community(home):
            tell(
                ("account", account.pk), by=system(home.pk), topic="street",
                subject=Sentence(
                    gettext_noop("%(name)s hands something up"), {"name": community.name}
                ),
                body=number, path=f"/street/handed/{handed.pk}/", now=now,
                key=f"handed-{handed.pk}-{account.pk}",
            )  # fmt: skip
    return handed


def settle(
    handed: HandedUp, deed: Deed, *, words: str = "", by: Actor, now: datetime,
    token: str | None = None,
) -> HandedUp:  # fmt: skip
    """Take it, answer it, or give it back with the reason. The community sees it in the same
    moment: its room is told within the transaction.

    Called in the overseer's own community. Raises TakenMeanwhile when it is settled already.
    """
    if not may_oversee(by) or by.account_id is None:
        raise NotPermitted(_("This is the street's."))
    if not handed_up_to(by).filter(pk=handed.pk).exists():
        raise NotPermitted(_("This was handed up to another street."))
    if deed is not Deed.TAKE and not words.strip():
        raise Refused(_("Write it down: the community reads it."), field="words")
    home = Community.objects.select_related("street").get(pk=by.community_id)
    there = Community.objects.get(pk=handed.community_id)
    # The act stands in the record of the community whose matter it is.
    actor = Actor(
        community_id=there.pk, account_id=by.account_id, name=home.street.name, is_system=True
    )
    with (
        transaction.atomic(),
        in_community(there),
        recording(actor, f"street.{deed.name.lower()}", now=now, token=token) as act,
    ):
        if act.is_repeat:
            return act.first_result(HandedUp)
        _move(handed, deed, words=words.strip(), account_id=by.account_id, now=now)
        door = door_of(handed.door)
        told = {
            Deed.TAKE: door.taken, Deed.ANSWER: door.answered, Deed.GIVE_BACK: door.given_back,
        }[deed]  # fmt: skip
        told(handed.record_id, actor, now, words.strip())
        act.on(handed, after={"stand": handed.stand, "words": words.strip()})
    return handed


def let_go(door: str, record_ids: list[int], *, now: datetime) -> None:
    """The community has it settled without the street: it stands in no list of what is owed."""
    open_ones = HandedUp.objects.open().filter(door=door, record_id__in=record_ids)
    open_ones.update(stand=Stand.WITHDRAWN, closed_at=now)


def erase(door: str, record_ids: list[int]) -> None:
    """Whoever it was about wants nothing kept of it. Safe to run twice."""
    rows = HandedUp.objects.filter(door=door, record_id__in=record_ids)
    rows.update(words=ERASED)
    rows.exclude(answer="").update(answer=ERASED)


def _move(handed: HandedUp, deed: Deed, *, words: str, account_id: int, now: datetime) -> None:
    current = HandedUp.objects.get(pk=handed.pk)
    after = MOVES.get((Stand(current.stand), deed))
    if after is None:
        raise TakenMeanwhile(_("This is settled already. Open it again to see."))
    changes: dict[str, object] = {"stand": after.value}
    if after in OPEN:
        changes |= {"taken_by_id": account_id, "taken_at": now}
    else:
        changes |= {"closed_by_id": account_id, "closed_at": now, "answer": words}
    if HandedUp.objects.filter(pk=handed.pk, stand=current.stand).update(**changes) != 1:
        raise TakenMeanwhile(_("This is settled already. Open it again to see."))
    for name, value in changes.items():
        setattr(handed, name, value)

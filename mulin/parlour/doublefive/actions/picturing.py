"""Pictures are kept, shown, taken off."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.ids import public_code
from mulin.kit.photos import CleanPhoto
from mulin.kit.refusals import NotPermitted, Refused
from mulin.parlour.doublefive.models import Idea, Milestone, Moment, Picture
from mulin.parlour.doublefive.permissions import may_arrange


def keep_pictures(
    idea: Idea, photos: Sequence[CleanPhoto], *, moment: Moment, now: datetime,
    milestone: Milestone | None = None, is_public: bool,
) -> list[Picture]:  # fmt: skip
    """Keep pictures under random names; part of an action. What staff bring they have seen, what
    comes from the street is looked at first. Raises Refused when the disk takes no more.
    """
    kept = []
    for photo in photos:
        code = public_code(20)
        row = Picture(
            community_id=idea.community_id, idea=idea, milestone=milestone, moment=moment,
            code=code, width=photo.width, height=photo.height, taken_in_at=now,
            is_public=is_public,
        )  # fmt: skip
        try:
            row.file.save(f"{code}.jpg", ContentFile(photo.content), save=False)
            row.thumb.save(f"{code}-s.jpg", ContentFile(photo.thumb), save=False)
        except OSError as error:
            raise Refused(
                _("The photo could not be kept: there is no room left. Send the words without it."),
                field="photos",
            ) from error
        row.save()
        kept.append(row)
    return kept


def choose_pictures(
    idea: Idea, shown: Collection[int], photos: Sequence[CleanPhoto] = (), *, by: Actor,
    now: datetime, token: str | None = None,
) -> Idea:  # fmt: skip
    """The desk says which pictures of what is meant stand on the list, and may add its own.

    `shown` holds the ids of those that came and may be seen. Raises NotPermitted, Refused.
    """
    if not may_arrange(by):
        raise NotPermitted(_("The desk puts ideas in order."))
    with recording(by, "doublefive.choose_pictures", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Idea)
        meant = Picture.objects.filter(idea=idea, moment=Moment.IDEA)
        meant.exclude(pk__in=shown).filter(is_public=True).update(is_public=False)
        meant.filter(pk__in=shown).update(is_public=True)
        keep_pictures(idea, photos, moment=Moment.IDEA, now=now, is_public=True)
        act.on(idea, after={"shown": meant.filter(is_public=True).count()})
    return idea

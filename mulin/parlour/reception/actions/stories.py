"""An answered demand is shown to the street without its people, and taken back."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mulin.commons.flow.actions import add_step, show_photos
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.notify.actions import tell
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.parlour.reception.models import Demand, Story
from mulin.parlour.reception.permissions import may
from mulin.parlour.reception.rules import State, may_be_shown
from mulin.parlour.reception.shown import Tells, kinds_found, tells_of


def show_story(
    demand: Demand,
    *,
    by: Actor,
    words: str,
    answer: str,
    now: datetime,
    photos: Collection[str] = (),
    looked: bool = False,
    token: str | None = None,
) -> Story:
    """Show what was said and answered to everybody, in the words the clerk has settled on.

    What surely tells of a person is refused; what may do so asks for `looked`. The asker is told
    and may object. Raises Refused for a demand that is confidential, sealed, not answered, or
    whose asker has objected.
    """
    clerk = _permit(by)
    words, answer = words.strip(), answer.strip()
    need = demand.need
    if not may_be_shown(State(demand.state), visibility=need.visibility, is_sealed=need.is_sealed):
        raise Refused(_("Only what is answered and not confidential can be shown."))
    tells = tells_of(demand, words + "\n" + answer)
    for name, text in (("words", words), ("answer", answer)):
        _refuse_persons(tells, text, field=name, looked=looked)
    with recording(by, "reception.show_story", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Story)
        before = Story.objects.select_for_update().filter(demand=demand).first()
        if before is not None and before.objected_at is not None:
            raise Refused(_("The person has asked us not to show it."))
        if not Demand.objects.filter(pk=demand.pk, state=demand.state).exists():
            raise TakenMeanwhile(_("It has moved on meanwhile. Open it again to see."))
        story, _is_new = Story.objects.update_or_create(
            demand=demand,
            defaults={
                "community_id": by.community_id, "words": words, "answer": answer,
                "answered_at": demand.answered_at or now, "shown_at": now,
                "shown_by_id": clerk, "taken_back_at": None, "taken_back_by": None,
            },
        )  # fmt: skip
        show_photos(need, photos)
        add_step(
            need, by=by, kind="shown", record=story, now=now, tell_asker=True, may_wait=True,
            line=_(
                "Shown to neighbours as solved, without your name. If you do not want that, say so"
                " on this page or by phone, and it is taken down at once."
            ),
        )  # fmt: skip
        act.on(story, after={"number": need.number, "photos": len(photos)})
    return story


def take_back_story(story: Story, *, by: Actor, now: datetime, token: str | None = None) -> Story:
    """Take it off the pages; the demand stays as it is."""
    _permit(by)
    with recording(by, "reception.take_back_story", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Story)
        _take_back(story, by=by, now=now)
        add_step(
            story.demand.need, by=by, kind="taken_back", record=story, now=now,
            line=_("No longer shown to neighbours."),
        )  # fmt: skip
        act.on(story, after={"taken_back_at": now})
    return story


def object_to_story(demand: Demand, *, by: Actor, now: datetime, token: str | None = None) -> Story:
    """The asker does not want it shown: it goes at once, for good. Raises Refused if none is shown."""
    if not may(by, "object", demand):
        raise NotPermitted(_("This is not yours to do."))
    with recording(by, "reception.object_to_story", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Story)
        story: Story | None = Story.objects.filter(demand=demand).first()
        if story is None:
            raise Refused(_("Nothing of it is shown."))
        _take_back(story, by=by, now=now, objected_at=now)
        add_step(
            demand.need, by=by, kind="objected", record=story, now=now,
            line=_("You did not want it shown: it is taken down."),
        )  # fmt: skip
        tell(
            ("account", story.shown_by_id), by=by, topic="demand",
            subject=_("Taken down: %(number)s") % {"number": demand.need.number},
            body=_("The person did not want it shown to neighbours."),
            path=f"/reception/demands/{demand.pk}/", now=now, key=f"objected-{story.pk}",
        )  # fmt: skip
        act.on(story, after={"objected_at": now})
    return story


def _take_back(
    story: Story, *, by: Actor, now: datetime, objected_at: datetime | None = None
) -> None:
    shown = Story.objects.filter(pk=story.pk, taken_back_at__isnull=True)
    taken = shown.update(
        taken_back_at=now, taken_back_by_id=by.account_id, objected_at=objected_at
    )  # fmt: skip
    if taken != 1:
        raise TakenMeanwhile(_("It was taken down already."))
    story.taken_back_at = now
    show_photos(story.demand.need, ())


def _refuse_persons(tells: Tells, text: str, *, field: str, looked: bool) -> None:
    if not text:
        raise Refused(_("Say it in a few words."), field=field)
    found = tells.found_in(text)
    sure = [one for one in found if one.is_sure]
    if sure:
        raise Refused(
            _("This tells who it was: %(what)s. Please take it out."),
            {"what": kinds_found(sure, text)},
            field=field,
        )
    if found and not looked:
        raise Refused(
            _("This may tell who it was: %(what)s. Take it out, or say below that it may stay."),
            {"what": kinds_found(found, text)},
            field=field,
        )


def _permit(by: Actor) -> int:
    """The account of the clerk who is answerable for what is shown."""
    if by.account_id is None or not may(by, "show"):
        raise NotPermitted(_("Only the desk shows things to the street."))
    return by.account_id

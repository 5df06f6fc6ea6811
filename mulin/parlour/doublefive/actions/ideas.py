"""An idea is offered, put in order, merged with another when both authors agree."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NotRequired, TypedDict

from django.db.models import Max
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mulin.commons.flow.actions import answer
from mulin.commons.flow.models import FOR_STAFF, Need, NeedPhoto, Visibility
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.notify.actions import tell
from mulin.kit.photos import CleanPhoto
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.parlour.doublefive.actions.picturing import keep_pictures
from mulin.parlour.doublefive.models import Idea, Merge, Moment
from mulin.parlour.doublefive.permissions import is_author, may_arrange
from mulin.parlour.doublefive.queries import collecting
from mulin.parlour.doublefive.rules import MOVES, Act, Stage, State, first_words


class Public(TypedDict):
    """The public words of an idea, which of the two fives it is for, and what it is near to."""

    title: str
    site: str
    gains: str
    cost_yuan: Decimal | None
    kind: NotRequired[str]
    building_id: NotRequired[int | None]
    place_id: NotRequired[int | None]


def offer_idea(
    public: Public, *, words: str, contact_phone: str = "", photos: Sequence[CleanPhoto] = (),
    by: Actor, now: datetime, token: str | None = None,
) -> Idea:  # fmt: skip
    """Anybody offers an idea while a season collects; its photos are looked at before they are
    shown. Raises Refused when none collects.
    """
    with recording(by, "doublefive.offer_idea", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Idea)
        idea = _write(
            Idea(
                **public, words=words, contact_phone=contact_phone or None,
                person_id=by.on_behalf_of or by.person_id,
                account_id=None if by.is_handler else by.account_id,
            ),
            by=by, now=now,
        )  # fmt: skip
        keep_pictures(idea, photos, moment=Moment.IDEA, now=now, is_public=False)
        act.on(idea, after={"number": idea.number})
    return idea


def take_need(need: Need, by: Actor, why: str, now: datetime) -> Idea:
    """The receiver of `flow.hand_over`: a need becomes an idea of its asker.

    Raises Refused for what was told in confidence: an idea is read by all who work here.
    """
    if need.is_sealed or need.visibility == Visibility.CONFIDENTIAL:
        raise Refused(
            _("This was told in confidence. Ask the person whether they offer it as an idea.")
        )
    idea = Idea(
        title=first_words(need.words) or need.number, site=need.place_words, words=need.words,
        building=need.building, place=need.place, need=need, person=need.person, account=need.asked_by_account,
        contact_phone=need.contact_phone,
    )  # fmt: skip
    _write(idea, by=by, now=now)
    keep_pictures(idea, _photos_of(need), moment=Moment.IDEA, now=now, is_public=False)
    return idea


def _photos_of(need: Need) -> list[CleanPhoto]:
    """The photos that came with a need, for the idea: what is shown of each is chosen apart."""
    photos = []
    for photo in NeedPhoto.objects.filter(need=need).exclude(moment__in=FOR_STAFF):
        with photo.file.open() as file, photo.thumb.open() as thumb:
            photos.append(
                CleanPhoto(
                    content=file.read(), thumb=thumb.read(), width=photo.width, height=photo.height
                )
            )
    return photos


def _write(idea: Idea, *, by: Actor, now: datetime) -> Idea:
    season = collecting()
    if season is None:
        raise Refused(_("No ideas are collected for the Double-Five at the moment."))
    # Two at once get different numbers: the head of the chain of acts is locked by whoever writes.
    last = Idea.objects.filter(season=season).aggregate(last=Max("number"))["last"]
    idea.community_id, idea.season, idea.offered_at = by.community_id, season, now
    idea.number = (last or 0) + 1
    idea.save(force_insert=True)
    return idea


def put_in_order(
    idea: Idea, public: Public, *, by: Actor, now: datetime, token: str | None = None
) -> Idea:
    """The desk gives an idea the words and numbers that everybody will read.

    Raises NotPermitted, and TakenMeanwhile once the list is published.
    """
    _may_arrange(by)
    with recording(by, "doublefive.put_in_order", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Idea)
        open_still = Idea.objects.filter(
            pk=idea.pk, season__stage__in=[Stage.COLLECT, Stage.SCREEN]
        )
        if open_still.update(**public) != 1:
            raise TakenMeanwhile(_("The list is published: it stays as it is."))
        act.on(idea, after={"cost": public["cost_yuan"]})
    return idea


# ── two that are one ─────────────────────────────────────────────────────────────────────────


def propose_merge(
    idea: Idea, into: Idea, *, by: Actor, now: datetime, token: str | None = None
) -> Merge:
    """The desk asks both authors whether their ideas are one. Nothing is merged by this.

    Raises NotPermitted, and Refused where one of them is decided about or asked already.
    """
    _may_arrange(by)
    with recording(by, "doublefive.propose_merge", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Merge)
        if idea.pk == into.pk or idea.season_id != into.season_id:
            raise Refused(_("Choose another idea of the same year."), field="into")
        if Idea.objects.filter(pk__in=[idea.pk, into.pk], state=State.OFFERED).count() != 2:  # noqa: PLR2004
            raise Refused(_("One of them is decided about already."), field="into")
        if Merge.objects.filter(idea=idea, declined_at__isnull=True).exists():
            raise Refused(_("Its author is being asked already."), field="into")
        merge: Merge = Merge.objects.create(
            community_id=by.community_id, idea=idea, into=into, proposed_at=now,
            proposed_by_id=by.account_id,
        )  # fmt: skip
        for one, other in ((idea, into), (into, idea)):
            tell_author(
                one, by=by, now=now, key=f"merge-{merge.pk}-{one.pk}",
                body=_("Idea %(other)s is like yours. May the two become one?"),
                facts={"other": str(other)},
            )  # fmt: skip
        act.on(merge, after={"idea": idea.number, "into": into.number})
    return merge


def agree_to_merge(
    merge: Merge, idea: Idea, *, by: Actor, code: str = "", now: datetime, token: str | None = None
) -> Merge:
    """One author says yes; the desk may write it down for an author who called or came.

    With the second yes the ideas become one. Raises NotPermitted, TakenMeanwhile.
    """
    _for_author(idea, by, code)
    with recording(by, "doublefive.agree_to_merge", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Merge)
        side = "idea_agreed_at" if merge.idea_id == idea.pk else "into_agreed_at"
        asked = Merge.objects.filter(pk=merge.pk, declined_at__isnull=True)
        if asked.filter(**{f"{side}__isnull": True}).update(**{side: now}) != 1:
            raise TakenMeanwhile(_("This was answered already. Open the page again to see."))
        merge.refresh_from_db()
        if merge.is_agreed:
            _merge(merge)
            tell_outcome(
                merge.idea, by=by, now=now, key=f"merged-{merge.pk}",
                body=_("Your idea goes on as a part of “%(other)s”."),
                facts={"other": merge.into.title},
            )  # fmt: skip
        act.on(merge, after={"agreed": idea.number, "merged": merge.is_agreed})
    return merge


def _merge(merge: Merge) -> None:
    Idea.objects.filter(part_of=merge.idea_id).update(part_of=merge.into_id)
    waiting = Idea.objects.filter(pk=merge.idea_id, state=State.OFFERED)
    if waiting.update(state=MOVES[State.OFFERED, Act.MERGE], part_of=merge.into_id) != 1:
        raise TakenMeanwhile(_("One of them was decided about meanwhile."))


def decline_merge(
    merge: Merge, idea: Idea, *, by: Actor, code: str = "", now: datetime, token: str | None = None
) -> Merge:
    """One author says no: both stay as they are. Raises NotPermitted, TakenMeanwhile."""
    _for_author(idea, by, code)
    with recording(by, "doublefive.decline_merge", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Merge)
        asked = Merge.objects.filter(pk=merge.pk, declined_at__isnull=True).exclude(
            idea_agreed_at__isnull=False, into_agreed_at__isnull=False
        )
        if asked.update(declined_at=now) != 1:
            raise TakenMeanwhile(_("This was answered already. Open the page again to see."))
        act.on(merge, after={"declined": idea.number})
    merge.declined_at = now
    return merge


# ── to the author ────────────────────────────────────────────────────────────────────────────


def tell_author(
    idea: Idea, *, by: Actor, now: datetime, key: str, body: str | Promise,
    facts: Mapping[str, str],
) -> None:  # fmt: skip
    """Send the author a message that leads to the idea; part of an action. Whoever left nothing
    but a phone number is called: it stands on the idea's page.
    """
    recipient: tuple[str, int] | None = None
    if idea.person_id is not None:
        recipient = ("person", idea.person_id)
    elif idea.account_id is not None:
        recipient = ("account", idea.account_id)
    if recipient is not None:
        tell(
            recipient, by=by, topic="doublefive", subject=_("Your idea for the Double-Five"),
            body=str(body) % facts, path=reverse("doublefive:mine", args=[idea.follow_code]),
            now=now, key=f"doublefive-{key}",
        )  # fmt: skip


def tell_outcome(
    idea: Idea, *, by: Actor, now: datetime, key: str, body: str | Promise,
    facts: Mapping[str, str],
) -> None:  # fmt: skip
    """What became of an idea, when that is final. An idea out of a need is the answer to it, so
    that the room it came from asks whether the person is content.
    """
    if idea.need is None:
        tell_author(idea, by=by, now=now, key=key, body=body, facts=facts)
    else:
        answer(idea.need, by=by, words=str(body) % facts, record=idea, now=now)


def _for_author(idea: Idea, by: Actor, code: str) -> None:
    if not (is_author(by, idea, code) or may_arrange(by)):
        raise NotPermitted(_("Only its author answers for an idea."))


def _may_arrange(by: Actor) -> None:
    if not may_arrange(by):
        raise NotPermitted(_("The desk puts ideas in order."))

"""Who works here: taken on, certified, what they wish, when they leave."""

from datetime import date, datetime, time

from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused
from mulin.workshop.production.models import (
    Offer,
    OfferState,
    Skill,
    WishKind,
    Worker,
    WorkerSkill,
    WorkWish,
)
from mulin.workshop.production.permissions import check_keeper, is_hers
from mulin.workshop.production.queries import in_hands

MOST_MINUTES = 60 * 60  # a week has no more to give


def take_on(
    person: Person, *, minutes_wished: int, by: Actor, now: datetime, note: str = "",
    token: str | None = None,
) -> Worker:  # fmt: skip
    """Somebody works here from today on; whoever left comes back as the same worker."""
    check_keeper(by)
    _check_minutes(minutes_wished)
    with recording(by, "production.take_on", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Worker)
        kept = Person.kept_of(person)
        worker: Worker | None = Worker.objects.filter(person__in=Person.everyone_of(kept)).first()
        if worker is not None and worker.left_on is None:
            raise Refused(_("%(name)s works here already."), {"name": kept}, field="who")
        if worker is None:
            worker = Worker(community_id=by.community_id, person=kept, joined_on=local_day(now))
        worker.minutes_wished, worker.note, worker.left_on = minutes_wished, note.strip(), None
        worker.save()
        act.on(worker, after={"person": kept.pk, "minutes_wished": minutes_wished})
    return worker


def certify(
    worker: Worker, skill: Skill, *, by: Actor, now: datetime, assessor: str,
    valid_until: date | None = None, token: str | None = None,
) -> WorkerSkill:  # fmt: skip
    """A worker can do something; it counts in the next allocation at once."""
    check_keeper(by)
    today = local_day(now)
    if valid_until is not None and valid_until < today:
        raise Refused(_("The last day is over already."), field="valid_until")
    with recording(by, "production.certify", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(WorkerSkill)
        held: WorkerSkill = WorkerSkill.objects.update_or_create(
            community_id=by.community_id, worker=worker, skill=skill, certified_on=today,
            defaults={"valid_until": valid_until, "assessor": assessor.strip()},
        )[0]  # fmt: skip
        act.on(held, after={"worker": worker.pk, "skill": skill.pk, "valid_until": valid_until})
    return held


def ask_for_work(
    worker: Worker, *, kind: str, by: Actor, now: datetime, words: str = "",
    minutes_wished: int | None = None, skill: Skill | None = None, token: str | None = None,
) -> WorkWish:  # fmt: skip
    """She wants more, less or other work; the minutes she names count from now on, and the skill she
    would rather use is weighed by the next plan.
    """
    if not is_hers(by, worker):
        raise NotPermitted(_("This is not yours to do."))
    if minutes_wished is not None:
        _check_minutes(minutes_wished)
    with recording(by, "production.ask_for_work", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(WorkWish)
        wish: WorkWish = WorkWish.objects.create(
            community_id=by.community_id, worker=worker, kind=WishKind(kind), words=words.strip(),
            at=now, skill=skill,
        )  # fmt: skip
        if minutes_wished is not None:
            Worker.objects.filter(pk=worker.pk).update(minutes_wished=minutes_wished)
        act.on(wish, after={"kind": kind, "minutes_wished": minutes_wished})
    return wish


def answer_wish(
    wish: WorkWish, *, answer: str, by: Actor, now: datetime, token: str | None = None
) -> WorkWish:
    """Say what comes of it; she reads it on her page."""
    check_keeper(by)
    if not answer.strip():
        raise Refused(_("Write a word of answer."), field="answer")
    with recording(by, "production.answer_wish", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(WorkWish)
        wish.answer, wish.answered_at = answer.strip(), now
        wish.save(update_fields=["answer", "answered_at"])
        act.on(wish, after={"answered": True})
    return wish


def set_home(
    worker: Worker, *, home_from: time | None, home_until: time | None, by: Actor, now: datetime,
    token: str | None = None,
) -> Worker:  # fmt: skip
    """When somebody opens her door for the tricycle; both empty: at any hour."""
    if not is_hers(by, worker):
        raise NotPermitted(_("This is not yours to do."))
    if (home_from is None) != (home_until is None) or (
        home_from is not None and home_until is not None and home_from >= home_until
    ):
        raise Refused(_("Write from when until when, or leave both empty."), field="home_until")
    with recording(by, "production.set_home", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Worker)
        worker.home_from, worker.home_until = home_from, home_until
        worker.save(update_fields=["home_from", "home_until"])
        act.on(worker, after={"set": home_from is not None})
    return worker


def leave(worker: Worker, *, by: Actor, now: datetime, token: str | None = None) -> Worker:
    """She stops working here. Raises Refused while she has pieces at home."""
    check_keeper(by)
    with recording(by, "production.leave", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Worker)
        if worker.lots.filter(settled_at__isnull=True).exists() or in_hands(worker):
            raise Refused(_("She still has lots. Take them back first."))
        Offer.objects.filter(worker=worker, state=OfferState.OPEN).update(
            state=OfferState.TAKEN_BACK, answered_at=now
        )
        worker.left_on = local_day(now)
        worker.save(update_fields=["left_on"])
        act.on(worker, after={"left_on": worker.left_on})
    return worker


def _check_minutes(minutes: int) -> None:
    if not 0 <= minutes <= MOST_MINUTES:
        raise Refused(_("Between nothing and sixty hours a week."), field="hours")

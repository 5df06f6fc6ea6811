"""After the meeting: a resolution hangs out, objections are answered, tasks done, all is appraised."""

from collections.abc import Sequence
from datetime import date, datetime

from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.models import Account
from mulin.ground.community.queries import holders_of
from mulin.ground.community.rules import Actor, Role
from mulin.ground.notify.actions import tell, tell_desk
from mulin.ground.people.models import Person
from mulin.kit.clock import end_of_day, local_day
from mulin.kit.ids import public_code
from mulin.kit.photos import CleanPhoto
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.parlour.deliberation.actions.matters import (
    check_conduct,
    give_answer,
    move,
    tell_proposer,
)
from mulin.parlour.deliberation.models import (
    Appraisal,
    Matter,
    MeetingRule,
    Objection,
    Publication,
    Resolution,
    Task,
    TaskPhoto,
)
from mulin.parlour.deliberation.permissions import may_finish_task
from mulin.parlour.deliberation.queries import was_there
from mulin.parlour.deliberation.rules import READ_WITHIN, Act, State, last_day_of_publication


def publish(matter: Matter, *, by: Actor, now: datetime, token: str | None = None) -> Publication:
    """Hang the resolution out for the days of its meeting's rule. Raises NotPermitted, Refused."""
    check_conduct(by)
    with recording(by, "deliberation.publish", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Publication)
        resolution = Resolution.objects.filter(matter=matter).order_by("-pk").first()
        if resolution is None or not resolution.is_passed:
            raise Refused(_("Nothing was adopted that could be published."))
        rule = MeetingRule.objects.get(pk=resolution.point.item.gathering.meeting.rule_id)
        today = local_day(now)
        move(matter, Act.PUBLISH)
        publication: Publication = Publication.objects.create(
            community_id=by.community_id, resolution=resolution, matter=matter, first_day=today,
            last_day=last_day_of_publication(today, rule.publication_days),
        )  # fmt: skip
        tell_proposer(
            matter, subject=_("Adopted: %(title)s"), body=resolution.words, by=by, now=now,
            key="published",
        )  # fmt: skip
        act.on(publication, after={"until": publication.last_day})
    return publication


def object_to(
    publication: Publication, *, words: str, person: Person | None = None, contact: str = "",
    by: Actor, now: datetime, token: str | None = None,
) -> Objection:  # fmt: skip
    """Somebody has something against it, within its days. Anybody may. What comes from outside is
    read before the street reads it. Raises Refused.
    """
    with recording(by, "deliberation.object", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Objection)
        if publication.ended_at is not None or local_day(now) > publication.last_day:
            raise Refused(_("Its days are over. Bring it to the desk as a demand."))
        if not words.strip():
            raise Refused(_("Say what you have against it."), field="words")
        objection: Objection = Objection.objects.create(
            community_id=by.community_id, publication=publication, person=person,
            contact=contact.strip() or None, words=words.strip(), channel=by.channel, at=now,
            read_until=now + READ_WITHIN,
            # Whoever has it told to them, and writes it down, has read it.
            read_at=now if by.is_desk else None,
        )  # fmt: skip
        tell_desk(
            by=by, topic="matter", subject=_("An objection to read and answer"),
            body=publication.matter.title, path=_desk_page(publication.matter_id),
            now=now, key=f"objection-{objection.pk}",
        )  # fmt: skip
        act.on(objection)
    return objection


def read_objection(
    objection: Objection, *, shortened: str | None = None, why: str = "", by: Actor, now: datetime,
    token: str | None = None,
) -> Objection:  # fmt: skip
    """It was read: it stands in the street, without the answer yet. Where it names somebody or is an
    insult, `shortened` stands there, and why something is left out; what was written stays.

    Raises NotPermitted, Refused without a reason or where nothing is left, TakenMeanwhile.
    """
    check_conduct(by)
    with recording(by, "deliberation.read_objection", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Objection)
        # A browser writes the ends of lines in its own way.
        whole = objection.words.replace("\r", "")
        shorter = whole if shortened is None else shortened.replace("\r", "").strip()
        if not shorter:
            raise Refused(_("Write … where all is left out."), field="shortened")
        if shorter == whole:
            shorter = ""
        elif not why.strip():
            raise Refused(
                _("Say why something is left out: it stands on the public page."), field="why"
            )
        unread = Objection.objects.unread().filter(pk=objection.pk)
        values = {
            "read_at": now, "shortened": shorter, "why_shortened": why.strip() if shorter else "",
        }  # fmt: skip
        if unread.update(**values) != 1:
            raise TakenMeanwhile(_("Somebody has read it already."))
        objection.refresh_from_db()
        act.on(objection, after={"is_shortened": bool(shorter), "why": objection.why_shortened})
    return objection


def answer_objection(
    objection: Objection, *, words: str, is_upheld: bool, by: Actor, now: datetime,
    token: str | None = None,
) -> Objection:  # fmt: skip
    """Answer it, and it stands in the street if it did not yet; one that is upheld takes the matter
    back to the next meeting.

    Raises NotPermitted, Refused, TakenMeanwhile.
    """
    check_conduct(by)
    with recording(by, "deliberation.answer_objection", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Objection)
        if not words.strip():
            raise Refused(_("Write the answer: it stands on the public page."), field="answer")
        waiting = Objection.objects.filter(pk=objection.pk, answered_at__isnull=True)
        values = {
            "answer": words.strip(), "is_upheld": is_upheld, "answered_at": now,
            "answered_by_id": by.account_id,
        }  # fmt: skip
        if waiting.update(**values) != 1:
            raise TakenMeanwhile(_("It was answered already."))
        Objection.objects.unread().filter(pk=objection.pk).update(read_at=now)
        publication = objection.publication
        if is_upheld:
            Publication.objects.filter(pk=publication.pk).update(ended_at=now)
            move(publication.matter, Act.REOPEN)
        if objection.person_id is not None:
            tell(
                ("person", objection.person_id), by=by, topic="matter",
                subject=_("Your objection is answered"), body=words.strip(),
                path=f"/deliberation/m/{publication.matter.code}/", now=now,
                key=f"objection-{objection.pk}-answer",
            )  # fmt: skip
        act.on(objection, after={"upheld": is_upheld})
    return objection


def let_stand(publication: Publication, *, by: Actor, now: datetime) -> None:
    """Its days are over and every objection is answered: it is carried out. For the sweep."""
    with recording(by, "deliberation.let_stand", now=now) as act:
        running = Publication.objects.filter(pk=publication.pk, ended_at__isnull=True)
        if running.update(ended_at=now) != 1:
            act.drop()
            return
        move(publication.matter, Act.STAND)
        act.on(publication, after={"state": State.STANDING})


def add_task(
    matter: Matter, *, what: str, owner: Account, due_on: date, by: Actor, now: datetime,
    token: str | None = None,
) -> Task:  # fmt: skip
    """Say what has to be done, by whom, until the end of which day. Raises NotPermitted, Refused."""
    check_conduct(by)
    with recording(by, "deliberation.add_task", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Task)
        if matter.state not in {State.DECIDED, State.PUBLISHED, State.STANDING}:
            raise Refused(_("Tasks follow from what was adopted, until all is done."))
        if due_on < local_day(now):
            raise Refused(_("This day is over."), field="due_on")
        task: Task = Task.objects.create(
            community_id=by.community_id, matter=matter, what=what.strip(), owner=owner,
            due_at=end_of_day(due_on),
        )  # fmt: skip
        tell(
            ("account", owner.pk), by=by, topic="matter", subject=_("A task out of a resolution"),
            body=task.what, path=_desk_page(matter.pk), now=now, key=f"matter-task-{task.pk}",
        )  # fmt: skip
        act.on(task, after={"what": task.what, "owner": owner.pk, "due_on": due_on})
    return task


def finish_task(
    task: Task, *, evidence: str, photos: Sequence[CleanPhoto] = (), by: Actor, now: datetime,
    token: str | None = None,
) -> Task:  # fmt: skip
    """It is done, and this shows it. Raises NotPermitted, Refused, TakenMeanwhile."""
    if not may_finish_task(by, task):
        raise NotPermitted(_("Whoever has this task says when it is done."))
    with recording(by, "deliberation.finish_task", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Task)
        if not evidence.strip():
            raise Refused(_("Say what shows that it is done."), field="evidence")
        if Task.objects.open().filter(pk=task.pk).update(
            done_at=now, evidence=evidence.strip()
        ) != 1:  # fmt: skip
            raise TakenMeanwhile(_("It is done already."))
        task.done_at, task.evidence = now, evidence.strip()
        _keep_photos(task, photos)
        act.on(task, after={"evidence": task.evidence, "photos": len(photos)})
    return task


def _keep_photos(task: Task, photos: Sequence[CleanPhoto]) -> None:
    for photo in photos:
        row = TaskPhoto(
            community_id=task.community_id, task=task, width=photo.width, height=photo.height
        )
        try:
            row.file.save(f"{public_code(20)}.jpg", ContentFile(photo.content), save=False)
            row.thumb.save(f"{public_code(20)}.jpg", ContentFile(photo.thumb), save=False)
        except OSError as error:
            raise Refused(
                _("The photo could not be kept: there is no room left. Send the words without it."),
                field="photos",
            ) from error
        row.save()


def escalate_task(task: Task, *, by: Actor, now: datetime) -> None:
    """Past its limit: its owner and the desk are told, once. For the sweep."""
    with recording(by, "deliberation.escalate_task", now=now) as act:
        late = Task.objects.open().filter(pk=task.pk, escalated_at__isnull=True)
        if late.update(escalated_at=now) != 1:
            act.drop()
            return
        subject, path = _("A task out of a resolution is late"), _desk_page(task.matter_id)
        tell(
            ("account", task.owner_id), by=by, topic="matter", subject=subject, body=task.what,
            path=path, now=now, key=f"matter-task-{task.pk}-late",
        )  # fmt: skip
        tell_desk(
            by=by, topic="matter", subject=subject, body=task.what, path=path, now=now,
            key=f"matter-task-{task.pk}-late-desk",
        )  # fmt: skip
        act.on(task, after={"due_at": task.due_at})


def escalate_objection(objection: Objection, *, by: Actor, now: datetime) -> None:
    """Nobody has read it in time: the desk and the head are told, once. For the sweep."""
    with recording(by, "deliberation.escalate_objection", now=now) as act:
        late = Objection.objects.unread().filter(pk=objection.pk, escalated_at__isnull=True)
        if late.update(escalated_at=now) != 1:
            act.drop()
            return
        matter = objection.publication.matter
        subject, path = _("An objection that nobody has read"), _desk_page(matter.pk)
        key = f"objection-{objection.pk}-unread"
        for account_id in holders_of(by.community_id, [Role.HEAD], now).values_list(
            "pk", flat=True
        ):
            tell(
                ("account", account_id), by=by, topic="matter", subject=subject, body=matter.title,
                path=path, now=now, key=key,
            )  # fmt: skip
        tell_desk(
            by=by, topic="matter", subject=subject, body=matter.title, path=path, now=now,
            key=f"{key}-desk",
        )  # fmt: skip
        act.on(objection, after={"read_until": objection.read_until})


def finish(
    matter: Matter, *, outcome: str, by: Actor, now: datetime, token: str | None = None
) -> Matter:
    """All is done: what became of it is told to whoever asked, and stands on the public page.

    Raises NotPermitted, Refused while a task is open, TakenMeanwhile.
    """
    check_conduct(by)
    with recording(by, "deliberation.finish", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Matter)
        if not outcome.strip():
            raise Refused(_("Say what became of it."), field="outcome")
        if Task.objects.open().filter(matter=matter).exists():
            raise Refused(_("A task is still open. When all are done, the matter is."))
        move(matter, Act.FINISH, outcome=outcome.strip(), finished_at=now)
        give_answer(matter, matter.outcome, by=by, now=now)
        act.on(matter, after={"outcome": matter.outcome})
    return matter


def appraise(
    matter: Matter, person: Person, level: int, *, by: Actor, now: datetime,
    token: str | None = None,
) -> Appraisal:  # fmt: skip
    """Somebody who was at the meeting says how good they find what became of it, once.

    Raises NotPermitted, Refused.
    """
    if not by.is_desk and by.person_id not in Person.everyone_of(person):
        raise NotPermitted(_("Everybody says it for themselves, or at the desk."))
    with recording(by, "deliberation.appraise", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Appraisal)
        if matter.state != State.DONE:
            raise Refused(_("It is appraised when it is done."))
        if not was_there(matter, person.pk):
            raise Refused(_("It is appraised by those who were at the meeting."))
        appraisal, is_new = Appraisal.objects.get_or_create(
            community_id=by.community_id, matter=matter, person=person,
            defaults={"level": level, "at": now},
        )  # fmt: skip
        if not is_new:
            raise Refused(_("They have said it already."))
        act.on(appraisal)
    return appraisal


def _desk_page(matter_id: int) -> str:
    return f"/deliberation/desk/{matter_id}/"

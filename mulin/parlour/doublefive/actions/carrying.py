"""A chosen idea is carried out: begun, step by step, put off with a reason, paid for, finished."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q, Sum
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mulin.commons.flow.actions import add_step
from mulin.ground.audit.actions import recording
from mulin.ground.community.models import Account
from mulin.ground.community.queries import holders_of
from mulin.ground.community.rules import Actor, Role
from mulin.ground.notify.actions import tell, tell_desk
from mulin.kit.clock import end_of_day, local_day
from mulin.kit.photos import CleanPhoto
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.kit.templatetags.kit import dated
from mulin.parlour.doublefive.actions.ideas import tell_author
from mulin.parlour.doublefive.actions.picturing import keep_pictures
from mulin.parlour.doublefive.models import (
    Chosen,
    Delay,
    Expense,
    Follow,
    Idea,
    Milestone,
    Moment,
    Project,
)
from mulin.parlour.doublefive.permissions import may_hold, may_run
from mulin.parlour.doublefive.queries import who_could_screen
from mulin.parlour.doublefive.rules import CARRIED, Level, Stage, escalation


def begin_project(
    chosen: Chosen, *, owner: Account, promise: str, budget_yuan: Decimal, by: Actor, now: datetime,
    token: str | None = None,
) -> Project:  # fmt: skip
    """Say who carries a chosen idea out, what will be there at year's end, and for how much.

    Raises NotPermitted, Refused, TakenMeanwhile where it was begun already.
    """
    if not may_hold(by):
        raise NotPermitted(_("The head of the community holds the Double-Five."))
    with recording(by, "doublefive.begin_project", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Project)
        if Stage(chosen.season.stage) not in CARRIED:
            raise Refused(_("It is carried out when the five are chosen."))
        _check_works_here(owner, by, now)
        if not promise.strip():
            raise Refused(_("Say what will be there at the end of the year."), field="promise")
        if Project.objects.filter(chosen=chosen).exists():
            raise TakenMeanwhile(_("It was begun already. Open the page again to see."))
        project: Project = Project.objects.create(
            community_id=by.community_id, chosen=chosen, owner=owner, promise=promise.strip(),
            budget_yuan=budget_yuan, begun_at=now,
        )  # fmt: skip
        _tell_owner(project, by=by, now=now)
        note_on_needs(
            project, kind="carried", by=by, now=now,
            line=_("It was chosen and is carried out now: %(promise)s"),
            facts={"promise": project.promise},
        )  # fmt: skip
        act.on(project, after={"owner": owner.pk, "budget": budget_yuan})
    return project


def give_to(
    project: Project, owner: Account, *, by: Actor, now: datetime, token: str | None = None
) -> Project:
    """Somebody else carries it on. Raises NotPermitted, Refused."""
    if not may_hold(by):
        raise NotPermitted(_("The head of the community holds the Double-Five."))
    with recording(by, "doublefive.give_to", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Project)
        _check_works_here(owner, by, now)
        before = project.owner_id
        project.owner = owner
        project.save(update_fields=["owner"])
        _tell_owner(project, by=by, now=now)
        act.on(project, before={"owner": before}, after={"owner": owner.pk})
    return project


def set_milestone(
    project: Project, what: str, *, due_on: date, by: Actor, now: datetime,
    token: str | None = None,
) -> Milestone:  # fmt: skip
    """A step with its last day. Raises NotPermitted, Refused."""
    _may_run(by, project)
    with recording(by, "doublefive.set_milestone", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Milestone)
        _check_goes_on(project)
        if not what.strip():
            raise Refused(_("Say what will be done by then."), field="what")
        if due_on < local_day(now):
            raise Refused(_("This day is over."), field="due_on")
        milestone: Milestone = Milestone.objects.create(
            community_id=by.community_id, project=project, what=what.strip(),
            due_at=end_of_day(due_on),
        )  # fmt: skip
        act.on(milestone, after={"what": milestone.what, "due_on": due_on})
    return milestone


def reach_milestone(
    milestone: Milestone, *, words: str, photos: Sequence[CleanPhoto] = (), by: Actor,
    now: datetime, token: str | None = None,
) -> Milestone:  # fmt: skip
    """It is done, and words or a photo show it; whoever follows is told, the author first.

    Raises NotPermitted, Refused without either, TakenMeanwhile.
    """
    _may_run(by, milestone.project)
    with recording(by, "doublefive.reach_milestone", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Milestone)
        if not (words.strip() or photos):
            raise Refused(_("Show that it is done: a photo, or a few words."), field="words")
        open_still = Milestone.objects.open().filter(pk=milestone.pk)
        if open_still.update(done_at=now, done_by=by.account_id, done_words=words.strip()) != 1:
            raise TakenMeanwhile(_("It is done already."))
        milestone.refresh_from_db()
        keep_pictures(
            milestone.project.chosen.idea, photos, moment=Moment.STEP, now=now,
            milestone=milestone, is_public=True,
        )  # fmt: skip
        tell_followers(
            milestone.project, by=by, now=now, key=f"step-{milestone.pk}",
            body=_("“%(project)s”: done is “%(what)s”."), facts={"what": milestone.what},
        )  # fmt: skip
        note_on_needs(
            milestone.project, kind="milestone", by=by, now=now, line=_("Done: %(what)s"),
            facts={"what": milestone.what},
        )  # fmt: skip
        act.on(milestone, after={"photos": len(photos)})
    return milestone


def put_off(
    milestone: Milestone, *, due_on: date, reason: str, by: Actor, now: datetime,
    token: str | None = None,
) -> Delay:  # fmt: skip
    """It takes longer, for a reason that everybody reads. Raises NotPermitted, Refused,
    TakenMeanwhile when it is done meanwhile.
    """
    _may_run(by, milestone.project)
    with recording(by, "doublefive.put_off", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Delay)
        if not reason.strip():
            raise Refused(_("Say why it takes longer: everybody reads it."), field="reason")
        due_at = end_of_day(due_on)
        if due_at <= milestone.due_at or due_on < local_day(now):
            raise Refused(_("Choose a later day."), field="due_on")
        standing = Milestone.objects.open().filter(pk=milestone.pk, due_at=milestone.due_at)
        if standing.update(due_at=due_at, escalated=Level.NOBODY) != 1:
            raise TakenMeanwhile(_("It is done, or was put off already. Open the page again."))
        delay: Delay = Delay.objects.create(
            community_id=by.community_id, milestone=milestone, was_due_at=milestone.due_at,
            due_at=due_at, reason=reason.strip(), at=now, by_id=by.account_id,
        )  # fmt: skip
        tell_followers(
            milestone.project, by=by, now=now, key=f"delay-{delay.pk}",
            body=_("“%(project)s”: “%(what)s” takes longer, until %(day)s. %(reason)s"),
            facts={"what": milestone.what, "day": dated(due_on), "reason": delay.reason},
        )  # fmt: skip
        act.on(delay, before={"due_at": delay.was_due_at}, after={"due_at": due_at})
    milestone.due_at = due_at
    return delay


def spend(
    project: Project, *, spent_on: date, yuan: Decimal, what: str, by: Actor, now: datetime,
    token: str | None = None,
) -> Expense:  # fmt: skip
    """Write down money spent, and for what; below nought for what came back.

    Raises NotPermitted, Refused for nothing, a day to come, or more back than was spent.
    """
    _may_run(by, project)
    with recording(by, "doublefive.spend", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Expense)
        if not yuan:
            raise Refused(_("Write how much it was."), field="yuan")
        if not what.strip():
            raise Refused(_("Say what it was for."), field="what")
        if spent_on > local_day(now):
            raise Refused(_("This day has not come yet."), field="spent_on")
        spent = Expense.objects.filter(project=project).aggregate(sum=Sum("yuan"))["sum"] or 0
        if spent + yuan < 0:
            raise Refused(_("More would have come back than was spent."), field="yuan")
        expense: Expense = Expense.objects.create(
            community_id=by.community_id, project=project, spent_on=spent_on, yuan=yuan,
            what=what.strip(), entered_at=now, entered_by_id=by.account_id,
        )  # fmt: skip
        act.on(expense, after={"yuan": yuan, "what": expense.what})
    return expense


def picture_project(
    project: Project, photos: Sequence[CleanPhoto], *, moment: str, by: Actor, now: datetime,
    token: str | None = None,
) -> Project:  # fmt: skip
    """Photos of how it was before, or is afterwards. Raises NotPermitted, Refused."""
    _may_run(by, project)
    with recording(by, "doublefive.picture_project", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Project)
        if moment not in {Moment.BEFORE, Moment.AFTER}:
            raise Refused(_("Before or afterwards: choose one."), field="moment")
        if not photos:
            raise Refused(_("Choose a photo."), field="photos")
        keep_pictures(
            project.chosen.idea, photos, moment=Moment(moment), now=now, is_public=True
        )  # fmt: skip
        act.on(project, after={"moment": moment, "photos": len(photos)})
    return project


def finish_project(
    project: Project, *, outcome: str, by: Actor, now: datetime, token: str | None = None
) -> Project:
    """All steps are done: what is there now stands beside the promise.

    Raises NotPermitted, Refused while a step is open or where there was none, TakenMeanwhile.
    """
    _may_run(by, project)
    with recording(by, "doublefive.finish_project", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Project)
        if not outcome.strip():
            raise Refused(_("Say what is there now."), field="outcome")
        steps = Milestone.objects.filter(project=project)
        if not steps.exists() or steps.filter(done_at__isnull=True).exists():
            raise Refused(_("A step is still open. When all are done, the project is."))
        running = Project.objects.filter(pk=project.pk, finished_at__isnull=True)
        if running.update(finished_at=now, outcome=outcome.strip()) != 1:
            raise TakenMeanwhile(_("It is finished already."))
        project.finished_at, project.outcome = now, outcome.strip()
        tell_followers(
            project, by=by, now=now, key=f"finished-{project.pk}",
            body=_("“%(project)s” is finished. %(outcome)s"), facts={"outcome": project.outcome},
        )  # fmt: skip
        note_on_needs(
            project, kind="finished", by=by, now=now, line=_("Finished: %(outcome)s"),
            facts={"outcome": project.outcome},
        )  # fmt: skip
        act.on(project, after={"outcome": project.outcome})
    return project


def escalate_milestone(milestone: Milestone, *, by: Actor, now: datetime) -> None:
    """Past its day: whoever owes it and the desk are told, and a week later the head; each once.

    For the sweep.
    """
    with recording(by, "doublefive.escalate_milestone", now=now) as act:
        level = escalation(milestone.due_at, now)
        late = Milestone.objects.open().filter(
            pk=milestone.pk, due_at=milestone.due_at, escalated__lt=level
        )
        if late.update(escalated=level) != 1:
            act.drop()
            return
        project = milestone.project
        subject, path = _("A step of the Double-Five is late"), desk_page(project)
        body = _said(_("“%(project)s”: “%(what)s”"), project, {"what": milestone.what})
        accounts = {project.owner_id}
        if level == Level.HEAD:
            heads = holders_of(by.community_id, [Role.HEAD], now)
            accounts |= set(heads.values_list("pk", flat=True))
        key = f"doublefive-late-{milestone.pk}-{milestone.due_at:%Y%m%d}-{level.value}"
        for account_id in sorted(accounts):
            tell(
                ("account", account_id), by=by, topic="doublefive", subject=subject, body=body,
                path=path, now=now, key=key,
            )  # fmt: skip
        tell_desk(
            by=by, topic="doublefive", subject=subject, body=body, path=path, now=now,
            key=f"{key}-desk",
        )  # fmt: skip
        act.on(milestone, after={"level": level.value, "due_at": milestone.due_at})


# ── to whoever follows ───────────────────────────────────────────────────────────────────────


def tell_followers(
    project: Project, *, by: Actor, now: datetime, key: str, body: str | Promise,
    facts: dict[str, str],
) -> None:  # fmt: skip
    """Tell the author of the idea, and whoever follows it; part of an action."""
    idea = project.chosen.idea
    tell_author(idea, by=by, now=now, key=f"{key}-author", body=body,
                facts={"project": idea.title, **facts})  # fmt: skip
    told = {("person", idea.person_id), ("account", None if idea.person_id else idea.account_id)}
    for person_id, account_id in Follow.objects.filter(project=project).values_list(
        "person", "account"
    ):
        recipient = ("person", person_id) if person_id else ("account", account_id)
        if recipient not in told:
            tell(
                recipient, by=by, topic="doublefive", subject=_("A project you follow"),
                body=_said(body, project, facts), path=street_page(project), now=now,
                key=f"doublefive-{key}",
            )  # fmt: skip


def note_on_needs(
    project: Project, *, kind: str, line: str | Promise, by: Actor, now: datetime,
    facts: dict[str, str] | None = None,
) -> None:  # fmt: skip
    """One line in the story of every need that the idea came from, also by way of an idea that
    became a part of it; part of an action. Who is told by a message, `tell_followers` says.
    """
    idea = project.chosen.idea
    behind = Idea.objects.filter(Q(pk=idea.pk) | Q(part_of=idea.pk), need__is_sealed=False)
    for one in behind.select_related("need").order_by("id"):
        if one.need is not None:
            add_step(
                one.need, by=by, kind=kind, line=str(line) % (facts or {}), record=project, now=now
            )


def desk_page(project: Project) -> str:
    """Where staff do what is done to it."""
    return reverse("doublefive:project", args=[project.pk])


def street_page(project: Project) -> str:
    """Where everybody reads of it."""
    return reverse("doublefive:carried", args=[project.chosen.season.year, project.chosen.place])


def _said(body: str | Promise, project: Project, facts: dict[str, str]) -> str:
    return str(body) % {"project": project.chosen.idea.title, **facts}


def _tell_owner(project: Project, *, by: Actor, now: datetime) -> None:
    tell(
        ("account", project.owner_id), by=by, topic="doublefive",
        subject=_("A project of the Double-Five is yours"), body=project.promise,
        path=desk_page(project), now=now,
        key=f"doublefive-owner-{project.pk}-{project.owner_id}-{now:%Y%m%d%H%M%S}",
    )  # fmt: skip


def _check_works_here(owner: Account, by: Actor, now: datetime) -> None:
    if not who_could_screen(by.community_id, now).filter(pk=owner.pk).exists():
        raise Refused(_("Only those who work here can carry it out."), field="owner")


def _check_goes_on(project: Project) -> None:
    if project.is_finished or project.chosen.season.stage == Stage.APPRAISE:
        raise Refused(_("It is finished, or is being appraised: no step is added any more."))


def _may_run(by: Actor, project: Project) -> None:
    if not may_run(by, project):
        raise NotPermitted(_("Whoever carries the project out says this, or the desk."))

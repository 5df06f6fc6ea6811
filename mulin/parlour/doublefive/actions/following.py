"""Residents follow a project and say something to it; the desk looks and answers."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.notify.actions import tell
from mulin.kit.channels import Channel
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.parlour.doublefive.actions.carrying import street_page
from mulin.parlour.doublefive.models import Comment, CommentState, Follow, Project
from mulin.parlour.doublefive.permissions import may_arrange, may_run
from mulin.parlour.doublefive.queries import follow_of


def follow(project: Project, *, by: Actor, now: datetime, token: str | None = None) -> Follow:
    """Hear of each milestone; the desk may write it down for whoever calls.

    Raises NotPermitted for whoever is not known: nobody could be told.
    """
    who = _somebody(by)
    with recording(by, "doublefive.follow", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Follow)
        found, _is_new = Follow.objects.get_or_create(
            community_id=by.community_id, project=project, **who, defaults={"since": now}
        )
        act.on(found)
    return found


def unfollow(project: Project, *, by: Actor, now: datetime, token: str | None = None) -> Project:
    """Hear no more of it. Raises NotPermitted."""
    _somebody(by)
    with recording(by, "doublefive.unfollow", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Project)
        follow_of(project, by).delete()
        act.on(project)
    return project


def _somebody(by: Actor) -> dict[str, int]:
    person_id = by.on_behalf_of or by.person_id
    if person_id is not None:
        return {"person_id": person_id}
    if by.account_id is not None:
        return {"account_id": by.account_id}
    raise NotPermitted(_("Please sign in, so that you can be told."))


def comment(
    project: Project, words: str, *, by: Actor, now: datetime, token: str | None = None
) -> Comment:
    """Say something to it. Whoever has signed in is shown at once; what comes without is held for a
    look. Raises Refused without words.
    """
    with recording(by, "doublefive.comment", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Comment)
        if not words.strip():
            raise Refused(_("Write what you want to say."), field="words")
        # What somebody says by call or at the desk is theirs, not of whoever writes it down.
        own = by.person_id if by.channel == Channel.ONLINE else None
        person_id = by.on_behalf_of or own
        is_known = person_id is not None or by.account_id is not None
        said: Comment = Comment.objects.create(
            community_id=by.community_id, project=project, words=words.strip(), at=now,
            person_id=person_id,
            account_id=None if person_id is not None or by.is_handler else by.account_id,
            state=CommentState.SHOWN if is_known else CommentState.HELD,
        )  # fmt: skip
        act.on(said, after={"state": said.state})
    return said


def show_comment(said: Comment, *, by: Actor, now: datetime, token: str | None = None) -> Comment:
    """What was held, or hidden, is shown. Raises NotPermitted, TakenMeanwhile."""
    _may_look(by)
    with recording(by, "doublefive.show_comment", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Comment)
        _look(said, CommentState.SHOWN, why_hidden="")
        act.on(said, after={"state": said.state})
    return said


def hide_comment(
    said: Comment, *, why: str, by: Actor, now: datetime, token: str | None = None
) -> Comment:
    """It is not shown, for a reason. Raises NotPermitted, Refused, TakenMeanwhile."""
    _may_look(by)
    with recording(by, "doublefive.hide_comment", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Comment)
        if not why.strip():
            raise Refused(_("Give the reason."), field="why")
        _look(said, CommentState.HIDDEN, why_hidden=why.strip())
        act.on(said, after={"state": said.state, "why": said.why_hidden})
    return said


def _look(said: Comment, state: CommentState, *, why_hidden: str) -> None:
    before = Comment.objects.filter(pk=said.pk, state=said.state).exclude(state=state)
    if before.update(state=state, why_hidden=why_hidden) != 1:
        raise TakenMeanwhile(_("Somebody has looked at it already."))
    said.state, said.why_hidden = state, why_hidden


def answer_comment(
    said: Comment, words: str, *, by: Actor, now: datetime, token: str | None = None
) -> Comment:
    """Whoever carries it out, or the desk, answers below it, once. Raises NotPermitted, Refused,
    TakenMeanwhile.
    """
    if not may_run(by, said.project):
        raise NotPermitted(_("Whoever carries the project out says this, or the desk."))
    with recording(by, "doublefive.answer_comment", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Comment)
        if not words.strip():
            raise Refused(_("Write the answer."), field="words")
        waiting = Comment.objects.filter(
            pk=said.pk, state=CommentState.SHOWN, answered_at__isnull=True
        )
        if waiting.update(
            answer=words.strip(), answered_at=now, answered_by=by.account_id
        ) != 1:  # fmt: skip
            raise TakenMeanwhile(_("It is answered already, or not shown."))
        said.refresh_from_db()
        recipient = ("person", said.person_id) if said.person_id else ("account", said.account_id)
        if recipient[1] is not None:
            tell(
                recipient, by=by, topic="doublefive", subject=_("An answer to what you said"),
                body=said.answer, path=street_page(said.project), now=now,
                key=f"doublefive-comment-{said.pk}",
            )  # fmt: skip
        act.on(said)
    return said


def _may_look(by: Actor) -> None:
    if not may_arrange(by):
        raise NotPermitted(_("The desk looks at what comes in."))

"""A topic is opened, statements are looked at, people vote, the map is computed."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.kit.clock import local_day
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.parlour.suggestions.models import Opinion, Statement, StatementState, Topic
from mulin.parlour.suggestions.permissions import may_answer_ideas, may_stand
from mulin.parlour.suggestions.queries import voice_of
from mulin.parlour.suggestions.rules import Refusal, says_something

VOTES = (1, -1, 0)


def open_topic(
    *, question: str, statements: list[str], last_day: date, by: Actor, now: datetime,
    token: str | None = None,
) -> Topic:  # fmt: skip
    """Ask a question, with a few statements to begin with. Raises NotPermitted, Refused."""
    if not may_answer_ideas(by):
        raise NotPermitted(_("The desk opens topics."))
    if not says_something(question):
        raise Refused(_("Write the question."), field="question")
    wanted = [line.strip() for line in statements if says_something(line)]
    if not wanted:
        raise Refused(_("Begin with at least one statement."), field="statements")
    if last_day < local_day(now):
        raise Refused(_("The last day is over already."), field="last_day")
    with recording(by, "suggestions.open_topic", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Topic)
        topic: Topic = Topic.objects.create(
            community_id=by.community_id, question=question.strip(), opened_at=now,
            opened_by_id=by.account_id, last_day=last_day,
        )  # fmt: skip
        Statement.objects.bulk_create(
            Statement(
                community_id=by.community_id, topic=topic, words=words[:200],
                state=StatementState.SHOWN,
            )
            for words in dict.fromkeys(wanted)
        )  # fmt: skip
        act.on(topic, after={"question": topic.question, "last_day": last_day})
    return topic


def bring_statement(
    topic: Topic, *, words: str, by: Actor, now: datetime, token: str | None = None
) -> Statement:
    """Somebody adds a statement; it is looked at before it is voted on. Nothing says whose it is."""
    _still_open(topic, by, now)
    if not says_something(words):
        raise Refused(_("Say it in a few words, so that others understand it."), field="words")
    with recording(by, "suggestions.bring_statement", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Statement)
        statement: Statement = Statement.objects.create(
            community_id=by.community_id, topic=topic, words=words.strip(),
            state=StatementState.HELD,
        )  # fmt: skip
        act.on(statement)
    return statement


def judge_statement(
    statement: Statement, *, refusal: str, by: Actor, now: datetime, token: str | None = None
) -> Statement:
    """Let it be voted on, or take it out for a reason of the published list.

    What is taken out later takes its votes out of the map, too. Raises Refused, TakenMeanwhile.
    """
    if not may_answer_ideas(by):
        raise NotPermitted(_("The desk looks at statements."))
    if refusal and refusal not in set(Refusal):
        raise Refused(_("Choose a reason from the list."), field="refusal")
    with recording(by, "suggestions.judge_statement", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Statement)
        after = StatementState.REFUSED if refusal else StatementState.SHOWN
        rows = Statement.objects.filter(pk=statement.pk).exclude(state=after)
        if rows.update(state=after, refusal=refusal) != 1:
            raise TakenMeanwhile(_("A colleague was faster. Open it again to see how it stands."))
        Topic.objects.filter(statements=statement).update(has_new_votes=True)
        statement.refresh_from_db()
        act.on(statement, after={"state": after.value, "refusal": refusal})
    return statement


def cast_vote(statement: Statement, *, vote: int, by: Actor, now: datetime) -> Opinion:
    """Agree, disagree or pass; the last word counts.

    No act is written: the record of acts would tell who voted when. The unique row is what makes
    a second sending harmless. Raises Refused when the topic was closed meanwhile.
    """
    topic = statement.topic
    _still_open(topic, by, now)
    if vote not in VOTES or statement.state != StatementState.SHOWN:
        raise Refused(_("This statement is not voted on."))
    voice = voice_of(topic, person_id=by.person_id, account_id=by.account_id)
    opinion: Opinion
    opinion, _made = Opinion.objects.update_or_create(
        community_id=by.community_id, statement=statement, voice=voice,
        defaults={"vote": vote},
    )  # fmt: skip
    # Without a condition: while the map is being computed this waits, and then marks it again.
    Topic.objects.filter(pk=topic.pk).update(has_new_votes=True)
    return opinion


def type_sheet(
    topic: Topic, votes: Mapping[int, int], *, by: Actor, now: datetime, token: str | None = None
) -> Topic:
    """A sheet that was filled in at the meeting: a voice of its own, without a name."""
    if not may_answer_ideas(by):
        raise NotPermitted(_("The desk types sheets."))
    if not topic.takes_votes(local_day(now)):
        raise Refused(_("This topic is closed; nothing more is counted."))
    if not votes:
        raise Refused(_("Nothing is marked on this sheet."))
    with recording(by, "suggestions.type_sheet", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Topic)
        voice = secrets.token_hex(16)
        Opinion.objects.bulk_create(
            Opinion(community_id=by.community_id, statement_id=pk, voice=voice, vote=vote)
            for pk, vote in votes.items()
        )
        Topic.objects.filter(pk=topic.pk).update(has_new_votes=True)
        act.on(topic)
    return topic


def compute(topic: Topic, *, now: datetime) -> Topic:
    """Draw the map anew from all votes. Run by a sweep; the result holds no single person."""
    # The mark goes first: a vote that comes while this runs sets it again.
    Topic.objects.filter(pk=topic.pk).update(has_new_votes=False)
    # numpy is slow to load, and pages that only show a result need none of it.
    import numpy as np  # noqa: PLC0415  see above

    from mulin.parlour.suggestions.rules import opinions  # noqa: PLC0415  see above

    rows = list(
        Opinion.objects.filter(statement__topic=topic)
        .order_by("voice", "statement_id")
        .values_list("voice", "statement_id", "vote")
    )
    people = {voice: at for at, voice in enumerate(dict.fromkeys(row[0] for row in rows))}
    states = dict(Statement.objects.filter(topic=topic).order_by("id").values_list("id", "state"))
    columns = {pk: at for at, pk in enumerate(states)}
    table = opinions.table_of(
        np.array([people[row[0]] for row in rows], dtype=np.int64),
        np.array([columns[row[1]] for row in rows], dtype=np.int64),
        np.array([row[2] for row in rows], dtype=np.int8),
        shape=(len(people), len(columns)),
    )
    left_out = np.array([state != StatementState.SHOWN for state in states.values()], dtype=bool)
    drawn = opinions.opinion_map(table, left_out)
    topic.result = _as_json(drawn, list(states), people=len(people), votes=len(rows))
    topic.computed_at = now
    topic.save(update_fields=["result", "computed_at"])
    return topic


# Any: a map, whose module is loaded late; a JSON object.
def _as_json(drawn: Any, statements: list[int], *, people: int, votes: int) -> dict[str, Any]:
    return {
        "people": people,
        "votes": votes,
        "doubt": str(drawn.doubt) if drawn.doubt else "",
        "alone": len(drawn.ungrouped),
        "groups": [
            {
                "size": len(group.members),
                "centre": list(group.centre),
                "says": [
                    [statements[one.statement], one.agrees, round(one.share, 3)]
                    for one in group.representative
                ],
            }
            for group in drawn.groups
        ],
        "consensus": [
            [statements[one.statement], one.agrees, round(min(one.shares), 3)]
            for one in drawn.consensus
        ],
    }


def _still_open(topic: Topic, by: Actor, now: datetime) -> None:
    if not may_stand(by):
        raise NotPermitted(_("Please sign in first, so that each counts once."))
    if not topic.takes_votes(local_day(now)):
        raise Refused(_("This topic is closed; nothing more is counted."))

"""One page tells a need from its first word to the appraisal, whoever holds its code."""

from datetime import timedelta
from decimal import Decimal

from mulin.commons.flow.actions import hand_over
from mulin.commons.flow.models import Step
from mulin.commons.flow.said import Said
from mulin.ground.community.rules import system
from mulin.parlour.doublefive.actions.appraising import publish_appraisal
from mulin.parlour.doublefive.actions.carrying import (
    begin_project,
    finish_project,
    reach_milestone,
    set_milestone,
)
from mulin.parlour.doublefive.models import Appraisal, Chosen, Idea
from mulin.parlour.reception.actions.demands import receive_demand
from mulin.parlour.reception.actions.limits import open_reception
from tests.clock import NOW

DAY = timedelta(days=1)


def chosen(season, idea):
    Idea.objects.filter(pk=idea.pk).update(state="passed")
    season.stage = "carry_out"
    season.save()
    return Chosen.objects.create(
        community_id=season.community_id, season=season, idea=idea, place=1, total=9, chosen_at=NOW
    )


def test_from_the_first_word_to_the_appraisal_on_one_page(cast, season, client):
    open_reception(by=system(cast.xinjie.pk), now=NOW - 90 * DAY)
    by, head = cast.chen.actor, cast.zhou.actor
    first, other, sealed = (
        receive_demand(Said(words=words), by=by, now=NOW).need
        for words in ("小区门口太黑", "路口也黑", "另一件")
    )
    idea, part, third = (
        hand_over(need, to="doublefive", by=by, why="大家的事", now=NOW)
        for need in (first, other, sealed)
    )
    Idea.objects.filter(pk__in=[part.pk, third.pk]).update(part_of=idea, state="merged")
    sealed.is_sealed = True
    sealed.save()
    untold = Step.objects.filter(need=sealed).count()
    project = begin_project(
        chosen(season, idea), owner=cast.sun.account, promise="装二十盏路灯",
        budget_yuan=Decimal(8000), by=head, now=NOW,
    )  # fmt: skip
    step = set_milestone(project, what="挖沟", due_on=(NOW + 9 * DAY).date(), by=head, now=NOW)
    reach_milestone(step, words="挖好了", by=cast.sun.actor, now=NOW)
    finish_project(project, outcome="二十盏都亮了", by=cast.sun.actor, now=NOW)
    appraisal = Appraisal.objects.create(
        community=cast.xinjie, season=season, first_day=NOW.date(), last_day=NOW.date(),
        roll_digest="x",
    )  # fmt: skip
    publish_appraisal(appraisal, by=head, now=NOW + 2 * DAY)
    for need in (first, other):
        kinds = list(Step.objects.filter(need=need).order_by("id").values_list("kind", flat=True))
        assert kinds[-4:] == ["carried", "milestone", "finished", "appraised"]
    page = client.get(f"/reception/follow/{first.follow_code}/").content.decode()
    places = [page.find(words) for words in ("装二十盏路灯", "挖沟", "二十盏都亮了")]
    assert -1 not in places
    assert places == sorted(places) or places == sorted(places, reverse=True)
    assert Step.objects.filter(need=sealed).count() == untold

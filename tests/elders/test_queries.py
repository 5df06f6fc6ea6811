"""Lists against slow, obvious counts of the same."""

from datetime import timedelta
from decimal import Decimal

from mulin.circle.elders.actions.orders import deliver, order_service
from mulin.circle.elders.actions.pairs import Brings, take_helper_on
from mulin.circle.elders.actions.visits import note_contact
from mulin.circle.elders.figures import FIGURES
from mulin.circle.elders.models import Contact, Elder, Helper, ServiceOrder
from mulin.circle.elders.queries import (
    due_by,
    hours_by_month,
    hours_of,
    owed_by_desk,
    proposals,
    round_of,
    with_harm,
)
from mulin.circle.elders.rules import Category, Hours, Outcome, Way, harm_of
from mulin.commons.rota.registry import Eligible, kind_of
from mulin.ground.figures.rules import Period
from mulin.ground.people.models import Person
from mulin.kit.clock import SHANGHAI
from mulin.kit.templatetags.kit import month_named
from tests.clock import NOW
from tests.factories.places import BuildingFactory, DwellingFactory, ResidenceFactory, UnitFactory


def settle(home, person, name, longitude):
    building = BuildingFactory(
        community=home.cast.xinjie,
        grid=home.cast.grid_1,
        name=name,
        latitude=Decimal("30.52"),
        longitude=Decimal(longitude),
    )
    unit = UnitFactory(community=home.cast.xinjie, building=building)
    ResidenceFactory(
        community=home.cast.xinjie,
        person=person,
        dwelling=DwellingFactory(community=home.cast.xinjie, unit=unit),
    )


def test_the_gravest_come_first_as_the_rule_says(home):
    late = NOW + timedelta(days=40)
    home.another("陆大伯", Category.VERY_OLD)
    grave = home.another("周奶奶", Category.DISABLED)
    missed = home.another("姚大爷", Category.EMPTY_NEST)
    note_contact(missed, outcome=Outcome.NOT_SEEN, by=home.by, now=late - timedelta(days=1))
    names = [str(one) for one in due_by(late, late)]
    assert names == ["王秀英", "周奶奶", "姚大爷", "陆大伯"]
    for moment in (NOW, late):
        for one in with_harm(Elder.objects.in_care(), moment):
            is_late = one.due_at is not None and one.due_at < moment
            assert one.harm == harm_of(one.risk, is_late=is_late, misses=one.misses)
    assert grave.risk == 3


def test_the_desk_owes_whoever_has_no_helper_and_everybody_who_is_late(home):
    alone = home.another("周奶奶", Category.DISABLED)
    due = NOW + timedelta(days=7)
    on_time = NOW + timedelta(days=3)
    assert list(owed_by_desk(on_time, due + timedelta(days=1))) == [alone]
    late = NOW + timedelta(days=10)
    assert set(owed_by_desk(late, late)) == {alone, home.wang}


def test_pairs_are_proposed_with_their_reason_and_nobody_twice(home):
    near = home.another("周奶奶", Category.ALONE, dialect="苏北话")
    far = home.another("陆大伯", Category.DISABLED)
    lan = take_helper_on(
        home.person("兰英"), Brings(dialects="苏北话", most=1), by=home.by, now=NOW
    )
    settle(home, near.person, "31幢", "120.950")
    settle(home, lan.person, "32幢", "120.951")
    settle(home, far.person, "33幢", "120.990")
    settle(home, home.helper.person, "34幢", "120.991")
    found = {str(one.elder): (one.helper, one.reason) for one in proposals(NOW)}
    assert set(found) == {"周奶奶", "陆大伯"}
    assert found["周奶奶"][0] == lan
    assert found["陆大伯"][0] == home.helper
    assert "苏北话" in found["周奶奶"][1]
    assert "135" in found["周奶奶"][1]


def test_of_too_few_helpers_the_gravest_has_one_before_whoever_is_nearer(home):
    near = home.another("周奶奶", Category.EMPTY_NEST)
    home.another("陆大伯", Category.DISABLED)
    lan = take_helper_on(home.person("兰英"), Brings(most=1), by=home.by, now=NOW)
    Helper.objects.exclude(pk=lan.pk).update(until=NOW.date())
    settle(home, near.person, "31幢", "120.950")
    settle(home, lan.person, "32幢", "120.950")
    found = {str(one.elder): one.helper for one in proposals(NOW)}
    assert found == {"陆大伯": lan, "周奶奶": None}


def test_a_round_goes_by_the_way_and_shows_only_ones_own(home):
    home.another("周奶奶", Category.DISABLED)
    assert round_of(home.cast.yong.actor, NOW, only_due=True).stops == []
    everybody = round_of(home.cast.yong.actor, NOW, only_due=False)
    assert [str(one.elder) for one in everybody.stops] == ["王秀英"]
    assert round_of(home.cast.sun.actor, NOW, only_due=False).stops == []


def test_hours_are_the_same_by_person_by_month_and_by_a_slow_count(home):
    shen = take_helper_on(home.person("沈大妈"), Brings(), by=home.by, now=NOW)
    calls = [(Way.DOOR, home.helper, 45), (Way.PHONE, shen, None), (Way.DOOR, None, None)]
    for days, (way, helper, minutes) in enumerate(calls):
        note_contact(
            home.wang,
            outcome=Outcome.WELL,
            way=way,
            helper=helper,
            minutes=minutes,
            by=home.by,
            now=NOW + timedelta(days=days * 20),
        )
    note_contact(home.wang, outcome=Outcome.NOT_SEEN, helper=shen, by=home.by, now=NOW)
    deliver(order_service(home.wang, home.meal, by=home.by, now=NOW), by=home.by, now=NOW)
    wang = home.wang.person_id
    hours = hours_of([wang, home.helper.person_id, shen.person_id])
    seen = [one for one in Contact.objects.all() if one.outcome != Outcome.NOT_SEEN]
    served = sum(one.minutes for one in ServiceOrder.objects.all())
    assert hours == {
        wang: Hours(0, sum(one.minutes for one in seen) + served),
        home.helper.person_id: Hours(45, 0),
        shen.person_id: Hours(40, 0),
    }
    months = hours_by_month(NOW + timedelta(days=60))
    assert len(months) == 12
    assert sum((one for _month, one in months), Hours()) == sum(hours.values(), Hours())
    by_month = dict(months)
    local = NOW.astimezone(SHANGHAI)
    assert by_month[month_named(local.date())].received == 45 + 20


def test_hours_of_merged_records_are_one_persons(home):
    twin = home.person("阿勇二")
    helper = take_helper_on(twin, Brings(), by=home.by, now=NOW)
    note_contact(home.wang, outcome=Outcome.WELL, helper=helper, by=home.by, now=NOW)
    Person.objects.filter(pk=twin.pk).update(merged_into=home.helper.person)
    assert hours_of([home.helper.person_id])[home.helper.person_id] == Hours(30, 0)


def test_figures_equal_the_rows_they_open(home):
    note_contact(home.wang, outcome=Outcome.WELL, by=home.cast.yong.actor, now=NOW)
    note_contact(home.wang, outcome=Outcome.NOT_SEEN, by=home.by, now=NOW)
    deliver(order_service(home.wang, home.meal, by=home.by, now=NOW), by=home.by, now=NOW)
    month = Period.of_month(2026, 11)
    counts = {one.name: one.rows(month).count() for one in FIGURES}
    assert counts == {
        "elders.elders": 1, "elders.groups": 0, "elders.pairs": 1, "elders.contacts": 1,
        "elders.kinds_of_service": 1, "elders.services": 1, "elders.hours_of_helpers": 1,
        "elders.elders_at_end": 1, "elders.groups_at_end": 0, "elders.pairs_at_end": 1,
        "elders.served": 1, "elders.kinds_of_care": 1,
    }  # fmt: skip
    by_name = {one.name: one for one in FIGURES}
    hours = by_name["elders.hours_of_helpers"]
    total = hours.rows(month).aggregate(total=hours.measure)["total"]
    assert round(total, 1) == Decimal("0.5")


def test_the_duty_rota_of_visits_knows_whoever_looks_in_on_somebody(home):
    kind = kind_of("elder-visits")
    today = NOW.date()
    assert (kind.with_children, kind.needs) == (False, None)
    assert kind.people(today, today) == [Eligible(home.helper.person_id)]
    assert kind.people(today - timedelta(days=9), today - timedelta(days=1)) == []
    Helper.objects.update(until=today)
    assert kind.people(today, today) == []

"""Two months of a small community's life, made by the demonstration's own hands, newest month first."""

from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.db.models import DateTimeField, F, Q, Sum
from django.db.models.functions import TruncMonth

from mulin.circle.alarms.models import Alarm
from mulin.circle.booking.models import Booking
from mulin.circle.elders.demo import _had_a_service
from mulin.circle.elders.models import Contact, Elder, Group, Pair, Service, ServiceOrder
from mulin.circle.elders.rules import OLD_FROM
from mulin.circle.mediation.figures import FIGURES as OF_MEDIATION
from mulin.circle.mediation.models import Case
from mulin.circle.volunteers.figures import FIGURES as OF_VOLUNTEERS
from mulin.ground.audit.models import Act
from mulin.ground.community.actions.founding import found_community
from mulin.ground.community.rules import system
from mulin.ground.figures.rules import Period
from mulin.ground.notify.models import Message
from mulin.ground.notify.rules import State as Told
from mulin.ground.people.models import Sex
from mulin.kit.clock import SHANGHAI, standing_still, start_of_day
from mulin.kit.lifelike import Stretch, ago, at, dice, lately, nth_weekday
from mulin.kit.scoping import in_community
from mulin.site import demo
from mulin.site.demo_rooms import PARTS_OF_ROOMS, stand_rooms
from mulin.site.demo_scene import SEED, Scene
from mulin.site.demo_years import Span, pieces
from mulin.workshop.childcare.models import Carer, Child, Stay
from mulin.workshop.production.demo import open_workshop, work_now
from mulin.workshop.production.figures import FIGURES as OF_WORK
from mulin.workshop.production.models import (
    Lot,
    Movement,
    Operation,
    Order,
    OrderState,
    Receipt,
    Worker,
    rate_on,
)
from mulin.workshop.production.queries import loads, share_of
from mulin.workshop.production.rules import Spot
from mulin.workshop.skills.models import Course
from mulin.workshop.wages.models import PayMonth, Statement
from mulin.workshop.wages.queries import faults

FOUNDED, PEOPLE = at(date(2020, 7, 1), 9), 220
MONTHS = Span(start_of_day(date(2024, 11, 1)), start_of_day(date(2025, 1, 1)))
PERIOD = Period(date(2024, 11, 1), date(2024, 12, 31))


#: A demonstration is made four minutes before midnight.
NIGHT = at(date(2026, 11, 25), 23, 56)


@pytest.fixture
def scene(db, settings, tmp_path):
    """Two hundred persons in the houses of the demonstration, with all that stands before any year."""
    settings.DATA_DIR = tmp_path
    with settled(PEOPLE) as made:
        stand_rooms(made, now=FOUNDED)
        yield made


@pytest.fixture
def whole(db, settings, tmp_path):
    """As many persons as the demonstration has, and the workshop alone; it is night."""
    settings.DATA_DIR = tmp_path
    with standing_still(NIGHT), settled(900) as made:
        open_workshop(
            keeper=made.actor("金师傅", now=NIGHT), head=made.staff(NIGHT).head,
            people=made.persons, own=made.person("沈桂芳"), seed=SEED, since=FOUNDED, now=NIGHT,
        )  # fmt: skip
        yield made


@contextmanager
def settled(people):
    """So many persons in the houses of the demonstration, and its accounts."""
    community, _accounts = found_community(
        street="望海街道", name="新街社区", slug="xinjie", phone="0573-86000120", address="",
        grids=demo.GRIDS, founders=(), by=system(0), now=FOUNDED,
    )  # fmt: skip
    with in_community(community):
        by = system(community.pk)
        demo.open_reception(by=by, now=FOUNDED)
        accounts = demo._open_accounts(by, FOUNDED)
        buildings = demo._build(by, FOUNDED)
        demo._open_places(by, FOUNDED, buildings)
        persons = demo._move_in(people, by, FOUNDED, dice(SEED))
        demo._link(accounts, persons, by, FOUNDED)
        yield Scene(community, accounts, persons, buildings)


def test_who_was_never_served_is_served_before_anybody_is_again():
    came = [date(2020, 7, 12)] * 20 + [date(2020, 10, 1)] * 30
    elders = [Elder(since=day) for day in came]
    months = [date(2020, month, 1) for month in range(7, 13)]
    assert [_had_a_service(elders, month) for month in months] == [0, 0, 12, 20, 32, 44]


def test_people_are_called_as_in_the_years_when_they_were_born():
    chance, grids = dice(SEED), dict.fromkeys(range(1, 5), 1)
    for number in range(PEOPLE):
        typed = demo._person(number, grids, FOUNDED.date(), chance)
        women, men = next(names for before, *names in demo.GIVEN if typed["born_on"].year < before)
        assert typed["name"][1:] in (women if typed["sex"] == Sex.FEMALE else men)
    every = [name for _before, *names in demo.GIVEN for one in names for name in one]
    assert len(every) == len(set(every))


def measured(figures, name):
    figure = next(one for one in figures if one.name == name)
    rows = figure.rows(PERIOD)
    return rows.aggregate(sum=figure.measure)["sum"] if figure.measure else rows.count()


def test_two_months_have_what_the_report_states_of_a_year(scene):
    waiting = Message.objects.filter(state=Told.TASK)
    before = set(waiting)
    for part, piece in pieces(MONTHS, PARTS_OF_ROOMS):
        part.live(scene, piece.since, piece.until)
    _check_work()
    _check_care()
    _check_childcare(scene)
    # Nobody waits for a call about what is long over.
    assert [(one.topic, one.subject) for one in waiting.all() if one not in before] == []


def _check_work():
    # Of 900 persons it would be the report's 62; two of three crafts had work in these months.
    assert measured(OF_WORK, "production.workers_at_end") == round(62 * PEOPLE / 900) == 15
    assert measured(OF_WORK, "production.workers") == 11
    # On average they earn over four thousand yuan in a month in which they work, by about as many
    # hours as they wished, and a customer pays more.
    gross = list(Statement.objects.values_list("gross", flat=True))
    assert sum(gross) / len(gross) > 4000
    assert measured(OF_WORK, "production.output") > sum(gross) * Decimal("1.3")
    _check_hours()
    assert not Order.objects.exclude(state=OrderState.DONE).exists()
    months = [date(2024, month, 1) for month in (12, 11)]
    assert list(PayMonth.objects.values_list("first", flat=True)) == months
    assert set(Statement.objects.values_list("state", flat=True)) == {"paid"}
    assert faults(date(2025, 3, 1)) == []
    assert [one.gathering.starts_at for one in Course.objects.order_by("gathering__starts_at")] == [
        at(date(2024, *day), 13, 30) for day in ((11, 20), (12, 18))
    ]


def _check_hours():
    wished = dict(Worker.objects.values_list("pk", "minutes_wished"))
    made = Movement.objects.filter(target=Spot.ACCEPTED).annotate(month=TruncMonth("at"))
    done = made.values_list("source_worker", "month").annotate(
        minutes=Sum(F("quantity") * F("lot__order__operation__seconds")) / 60
    )
    weeks = Decimal(30) / 7
    shares = [minutes / (wished[worker] * weeks) for worker, _month, minutes in done]
    assert len(shares) == Statement.objects.count() > 0
    assert Decimal("0.6") < min(shares) < max(shares) < Decimal("1.3")
    # And the hour is paid alike, whatever the work; a piece costs its time.
    for operation in Operation.objects.all():
        an_hour = rate_on(operation, MONTHS.until.date()) * 3600 / operation.seconds
        assert 27 < an_hour < 33, operation


def _check_childcare(scene):
    """With its oldest month the year's children and adults are gone; those of the present stay."""
    present = set(Child.objects.filter(asked_at__gte=MONTHS.until))
    stays = Stay.objects.exclude(child__in=present)
    assert stays.count() > 40
    assert Child.objects.filter(left_on=None).count() == len(present) + 4
    childcare = next(one for one in PARTS_OF_ROOMS if one.name == "childcare")
    childcare.live(scene, start_of_day(date(2024, 1, 1)), start_of_day(date(2024, 1, 10)))
    assert {one.day.year for one in stays.all()} == {2024}
    assert not stays.filter(left_at=None).exists()
    assert set(Child.objects.filter(left_on=None)) == present
    assert set(Child.objects.exclude(left_on=None).values_list("left_on", flat=True)) == {
        date(2024, 12, 31)
    }
    assert Carer.objects.filter(left_on=None).count() == 5


def _check_care():
    assert measured(OF_VOLUNTEERS, "volunteers.kinds") == 8 * 2
    # Three or four quarrels a month; who could not agree is counted, too, but not as settled.
    ended = Case.objects.filter(**PERIOD.during("ended_at"))
    assert ended.count() == 4 + 3
    settled = measured(OF_MEDIATION, "mediation.settled")
    assert settled == ended.exclude(outcome="failed").count() > 0
    assert not Case.objects.exclude(state="closed").exists()
    for elder in Elder.objects.select_related("person"):
        assert elder.since.year - elder.person.birth_year >= OLD_FROM
    assert Service.objects.count() == 6
    assert set(ServiceOrder.objects.values_list("service", flat=True)) == set(
        Service.objects.values_list("pk", flat=True)
    )
    within = Q(at__gte=MONTHS.since, at__lt=MONTHS.until)
    assert Contact.objects.filter(within).count() == Contact.objects.count() > 0
    assert (Group.objects.exists(), Pair.objects.exists()) == (True, True)
    assert Alarm.objects.exclude(state="ended").count() == 0 < Alarm.objects.count()
    assert set(Booking.objects.values_list("state", flat=True)) <= {"came", "missed"}


def test_the_workshop_of_today_has_work_for_many_hands(whole):
    work_now(
        keeper=whole.actor("金师傅", now=NIGHT),
        carrier=whole.accounts["马建军"],
        seed=SEED,
        now=NIGHT,
    )
    running = Order.objects.filter(state=OrderState.RUNNING)
    assert running.count() == 8
    assert running.values("operation").distinct().count() == 8
    assert running.values("customer").distinct().count() == 6
    today = NIGHT.date()
    assert {3 < (one.due - today).days < 28 for one in running} == {True}
    # Their numbers tell the order in which they came.
    came = list(Order.objects.order_by("number").values_list("made_at", flat=True))
    assert came == sorted(came)
    lots = Lot.objects.filter(order__in=running)
    held = [one for one in lots if one.worker_id and one.settled_at is None]
    assert 25 <= len(held) <= 35
    assert lots.free().count() == 3
    assert Receipt.objects.filter(agreed_at=None).count() == 5
    load = loads()
    shares = [share_of(load[one.pk], one.minutes_wished) for one in Worker.objects.active()]
    assert 20 < sum(1 for one in shares if one > 20) < len(shares)
    assert max(shares) < 120


@pytest.mark.parametrize("night", [NIGHT, at(date(2026, 11, 26), 1, 36)])
def test_a_demonstration_made_at_night_was_lived_by_day(scene, night):
    with standing_still(night):
        demo._work(lambda _words: None, scene, now=night)
        demo._care(lambda _words: None, scene, now=night)
    assert PayMonth.objects.latest("first").closed_at == at(NIGHT.date(), 13, 30)
    acts = Act.objects.filter(at__lte=night, verb__regex=_OF_THE_DAY)
    assert acts.count() > 200
    assert [(one.verb, one.at) for one in acts if not by_day(one.at)] == []
    for model in apps.get_models():
        if model.__module__.startswith("mulin.workshop."):
            names = [one.name for one in model._meta.fields if isinstance(one, DateTimeField)]
            told = (
                [moment for row in model.objects.values_list(*names) for moment in row]
                if names
                else []
            )
            assert [one for one in told if one and one <= night and not by_day(one)] == [], model


#: Rooms that are at work by day; an alarm may come in the night.
_OF_THE_DAY = r"^(production|wages|skills|childcare|rota|booking|elders|volunteers|mediation)\."


def by_day(moment):
    return 6 <= moment.astimezone(SHANGHAI).hour < 22


@pytest.mark.parametrize(
    ("made", "then"),
    [
        ((25, 23, 56), (25, 15, 30)), ((25, 10, 45), (25, 8, 45)), ((25, 9, 0), (24, 16, 0)),
        ((25, 3, 0), (24, 15, 30)), ((25, 17, 30), (25, 15, 30)),
    ],
)  # fmt: skip
def test_two_hours_of_work_ago_lie_in_the_hours_of_work(made, then):
    day, *clock = made
    now = at(date(2026, 11, day), *clock)
    assert lately(now, hours=2) == at(date(2026, 11, then[0]), *then[1:])
    assert lately(now, hours=11) < lately(now, hours=2) < lately(now) <= now


def test_what_was_days_ago_has_an_hour_of_its_own_and_never_lies_ahead():
    now = at(date(2026, 11, 25), 7, 5)
    assert ago(now, 3, 9, 40) == at(date(2026, 11, 22), 9, 40)
    assert ago(now, 0, 9, 40) == now


def test_what_ends_at_a_border_belongs_to_one_side():
    border = start_of_day(date(2024, 3, 1))
    before = Stretch(start_of_day(date(2024, 1, 1)), border)
    after = Stretch(border, start_of_day(date(2024, 4, 1)))
    assert (border in before, border in after) == (False, True)
    assert list(before.months())[:2] == [date(2024, 1, 1), date(2024, 2, 1)]
    assert nth_weekday(date(2024, 2, 1), 1, 4) == date(2024, 2, 1)
    assert nth_weekday(date(2024, 2, 1), 3, 3) == date(2024, 2, 21)

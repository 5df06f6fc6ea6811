"""First-pass quality and idle skills, each against a count by hand."""

from datetime import timedelta
from decimal import Decimal

from mulin.ground.figures.queries import values_of
from mulin.ground.figures.registry import figure_of
from mulin.ground.figures.rules import Period
from mulin.kit.clock import local_day
from mulin.workshop.production.actions.lots import do_again
from mulin.workshop.production.actions.setting import add_operation, set_rate
from mulin.workshop.production.actions.workers import certify, leave
from mulin.workshop.production.models import Skill
from mulin.workshop.production.rules import Cause
from tests.clock import NOW

TODAY = local_day(NOW)
MONTH = Period(TODAY.replace(day=1), TODAY)


def value(name, period=MONTH):
    return values_of(period, [figure_of(name)])[name]


def test_right_the_first_time_is_counted_by_the_piece_and_without_what_was_not_her_fault(shop):
    lot = shop.out(100)
    shop.back(lot, 50, accepted=40, rework=10, cause=Cause.WORK)
    shop.back(lot, 30, accepted=20, scrap=10, cause=Cause.MATERIAL)
    assert value("production.first_pass") == Decimal("85.7")  # 60 of 70
    later = NOW + timedelta(minutes=5)
    do_again(lot, shop.gui, quantity=10, by=shop.by, now=later)
    shop.back(lot, 10, accepted=10, now=later + timedelta(minutes=5))
    assert value("production.first_pass") == Decimal("85.7")


def test_a_skill_is_idle_until_a_piece_of_it_is_accepted(shop):
    sewing = add_operation(name="绣花", seconds=60, skill="绣花", by=shop.by, now=NOW)
    set_rate(sewing, yuan=Decimal(1), since=TODAY, source="会", by=shop.by, now=NOW)
    for worker in (shop.gui, shop.lan):
        certify(worker, Skill.objects.get(), assessor="金师傅", by=shop.by, now=NOW)
    certify(
        shop.lan, Skill.objects.get(), assessor="金师傅", by=shop.by, now=NOW - timedelta(days=9)
    )
    assert value("production.idle_skills") == 2
    shop.back(shop.out(10, operation=sewing), 10, accepted=10)
    assert value("production.idle_skills") == 1
    leave(shop.lan, by=shop.by, now=NOW)
    assert value("production.idle_skills") == 0

"""The workshop's and the circle's share of the demonstration's years: what stands, what each year holds."""

from datetime import datetime
from typing import Final

from django.db import transaction

from mulin.circle.alarms.demo import answer_calls, keep_watch
from mulin.circle.booking.demo import open_rooms, use_rooms
from mulin.circle.elders.demo import care, found_care
from mulin.circle.mediation.demo import mediate, open_mediation
from mulin.circle.volunteers.demo import enlist, help_out
from mulin.ground.community.models import Account
from mulin.ground.community.queries import actor_of
from mulin.ground.community.rules import Actor
from mulin.kit import clock
from mulin.site.demo_scene import OPENED_ON, SEED, Scene
from mulin.site.demo_years import Part
from mulin.workshop.childcare.demo import mind, open_room
from mulin.workshop.production.demo import open_workshop, work
from mulin.workshop.skills.demo import open_training, train
from mulin.workshop.wages.demo import open_books, pay_months

MEDIATORS: Final = ("老许", "胡大姐", "汤老师")


def stand_rooms(scene: Scene, *, now: datetime) -> None:
    """Make what stands before any year, as of the founding."""
    with transaction.atomic():
        _open_workshop(scene, since=now, now=clock.now())
    with transaction.atomic():
        _open_circle(scene, since=now, now=clock.now())


def _open_workshop(scene: Scene, *, since: datetime, now: datetime) -> None:
    keeper, head, sewer = _keeper(scene, now), scene.staff(now).head, scene.person("沈桂芳")
    open_workshop(
        keeper=keeper, head=head, people=scene.persons, own=sewer, seed=SEED, since=since, now=now
    )
    open_books(keeper=keeper, head=head, since=since)
    open_training(keeper=keeper, head=head, since=since)
    open_room(
        head=head, lead=scene.actor("沈阿姨", now=now), lead_account=scene.accounts["沈阿姨"],
        duty=scene.accounts["朱晓燕"], sewer=sewer,
        people=[one for one in scene.persons[80:140] if one != sewer], now=now,
    )  # fmt: skip


def _open_circle(scene: Scene, *, since: datetime, now: datetime) -> None:
    staff, persons = scene.staff(now), scene.persons
    desk, volunteer = staff.desk[0], scene.person("李芳")
    open_rooms(desk=desk, since=since, now=now)
    found_care(
        desk=desk, people=persons, helper=volunteer, family=scene.person("王丽华"), seed=SEED,
        since=since, now=now,
    )  # fmt: skip
    keep_watch(
        desk=desk, own=scene.person("张勇"), seed=SEED, since=since, now=now,
        people=[one for one in persons if (one.birth_year or now.year) < now.year - 75],
        neighbours=[one for one in persons[100:160] if one.phone][:8],
    )  # fmt: skip
    enlist(
        lead=scene.actor("费医生", now=now), head=staff.head, people=persons, own=volunteer,
        seed=SEED, since=since, now=now,
    )  # fmt: skip
    open_mediation(
        director=scene.actor("俞主任", now=now), people=persons[100:200], since=since,
        accounts=[scene.accounts[name] for name in MEDIATORS],
    )  # fmt: skip


def _keeper(scene: Scene, now: datetime) -> Actor:
    return scene.actor("金师傅", now=now)


def _workshop(scene: Scene, since: datetime, now: datetime) -> None:
    keeper = _keeper(scene, now)
    work(keeper=keeper, seed=SEED, since=since, now=now)
    pay_months(keeper=keeper, since=since, now=now)
    train(keeper=keeper, seed=SEED, since=since, now=now)


def _childcare(scene: Scene, since: datetime, now: datetime) -> None:
    mind(
        head=scene.staff(now).head, lead=scene.actor("沈阿姨", now=now),
        lead_account=scene.accounts["沈阿姨"], people=scene.persons, seed=SEED,
        opened=OPENED_ON, since=since, now=now,
    )  # fmt: skip


def _circle(scene: Scene, since: datetime, now: datetime) -> None:
    staff, persons = scene.staff(now), scene.persons
    desk = staff.desk[0]
    use_rooms(desk=desk, people=persons, seed=SEED, since=since, now=now)
    care(desk=desk, seed=SEED, since=since, now=now)
    answer_calls(desk=desk, officers=list(staff.officers.values()), seed=SEED, since=since, now=now)
    help_out(lead=scene.actor("费医生", now=now), people=persons, seed=SEED, since=since, now=now)


def _mediation(scene: Scene, since: datetime, now: datetime) -> None:
    def he(account: Account) -> Actor:
        return actor_of(account, scene.community, now=now)

    mediate(
        director=scene.actor("俞主任", now=now), actor_of=he, desk=scene.staff(now).desk[0],
        people=scene.persons, seed=SEED, since=since, now=now,
    )  # fmt: skip


PARTS_OF_ROOMS: Final = (
    Part("workshop", _workshop, by_month=True),
    Part("childcare", _childcare, by_month=True),
    Part("circle", _circle, by_month=True),
    Part("mediation", _mediation, by_month=True),
)  # fmt: skip

"""What the watch is asked: who is on a rung, what stands on the screen, which devices are silent."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Max, Prefetch, QuerySet, When
from django.utils.translation import gettext_lazy as _

from mulin.circle.alarms.addresses import (
    CLOSE,
    CLOSE_BY_VOICE,
    CONTACT,
    CONTACT_BY_VOICE,
    DUTY_PHONE,
    FROM_OUTSIDE,
    STAFF,
    STAFF_BY_VOICE,
)
from mulin.circle.alarms.models import (
    Alarm,
    AlarmQuerySet,
    Away,
    Called,
    Cause,
    Chain,
    Contact,
    ContactKind,
    Device,
    Duty,
    Expectation,
    ExpectedState,
    Vendor,
    Watch,
)
from mulin.circle.alarms.rules import (
    EVERYBODY,
    State,
    Who,
    chain_is_proven,
    is_box_proven,
    is_key,
    stands_still,
)
from mulin.ground.community.models import Account, Community
from mulin.ground.community.queries import holders_of, officer_of
from mulin.ground.community.rules import Actor, Role
from mulin.ground.people.models import Person
from mulin.ground.people.near import Close, Tie
from mulin.ground.people.near import close_to as close_to_persons
from mulin.kit.scoping import current_community

#: Numbers of trials of the chain begin here, far from those that people say aloud.
TRIAL_NUMBERS = 1_000_000_000
#: A device that reports is silent when it missed so many reports.
MISSED_BEATS = 3
#: How it is written down that the whole sheet of the day was printed; an officer's is a part of it.
SHEET_LOOK, PART_LOOK = "watch_sheet", "watch_sheet_part"


def duty_of(community_id: int) -> Duty:
    """How this community keeps watch; the defaults where it has said nothing."""
    found: Duty | None = Duty.objects.filter(community_id=community_id).first()
    return found or Duty(community_id=community_id)


def chain_of(community_id: int) -> Chain:
    """How its chain fares."""
    found: Chain | None = Chain.objects.filter(community_id=community_id).first()
    return found or Chain(community_id=community_id)


# ── coming in ────────────────────────────────────────────────────────────────────────────────


#: Whether what was sent proves that whoever sent it has the key of this digest.
Proof = Callable[[str], bool]


def device_with(code: str, proof: Proof | None) -> Device | None:
    """The device of a code, if it was proven; `proof` None where the broker has asked for its key."""
    device: Device | None = (
        Device.objects.in_use().select_related("watch__person").filter(code=code).first()
    )
    if device is None or (proof is not None and not proof(device.key_digest)):
        return None
    return device


def vendor_with(code: str, proof: Proof) -> Vendor | None:
    """The vendor of a code, if it was proven."""
    vendor: Vendor | None = Vendor.objects.filter(code=code).first()
    return vendor if vendor is not None and proof(vendor.key_digest) else None


def device_of_vendor(vendor: Vendor, number: str) -> Device | None:
    """The device that a vendor calls by this number."""
    found: Device | None = (
        Device.objects.in_use()
        .select_related("watch__person")
        .filter(vendor=vendor, vendor_number=number)
        .first()
    )
    return found


def next_number() -> int:
    """The number after the last; asked under the lock of the chain's head."""
    last = Alarm.objects.real().aggregate(last=Max("number"))["last"]
    return int(last or 0) + 1


def running_alarm_of(
    person: Person | None, device: Device | None, *, is_trial: bool
) -> Alarm | None:
    """The alarm that a new press belongs to: of the same person, or of a device that is nobody's."""
    alarms = Alarm.objects.running().real().filter(is_trial=is_trial)
    if is_trial or person is None:
        alarms = alarms.filter(device=device)
    if person is None:
        found: Alarm | None = alarms.filter(person__isnull=True).first() if device else None
        return found
    same: Alarm | None = alarms.filter(person__in=Person.everyone_of(person)).first()
    return same


def watch_of(person: Person) -> Watch | None:
    """Whether somebody is watched over; merges are followed."""
    found: Watch | None = (
        Watch.objects.standing().filter(person__in=Person.everyone_of(person)).first()
    )
    return found


# ── whom a rung tells ────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Target:
    """Somebody who is told: a kind and id of an address book, and their name."""

    kind: str
    record_id: int
    name: str
    account_id: int | None = None


def targets_of(alarm: Alarm, who: Iterable[Who], *, by_voice: bool, now: datetime) -> list[Target]:
    """Whom these words mean for this alarm, each once. The desk itself (DUTY) is told apart."""
    wanted = tuple(who)
    if Who.ALL in wanted:
        wanted = EVERYBODY
    found: dict[tuple[str, int], Target] = {}
    for one in wanted:
        for target in _targets(alarm, one, by_voice=by_voice, now=now):
            found.setdefault((target.kind, target.record_id), target)
    return list(found.values())


def _targets(alarm: Alarm, who: Who, *, by_voice: bool, now: datetime) -> Iterator[Target]:
    staff = STAFF_BY_VOICE if by_voice else STAFF
    if who is Who.GRID and alarm.person is not None and alarm.person.grid_id:
        officer = officer_of(alarm.person.grid_id, now)
        if officer is not None:
            yield _staff(staff, officer)
    elif who is Who.HEAD:
        for account in holders_of(alarm.community_id, {Role.HEAD}, now):
            yield _staff(staff, account)
    elif who is Who.PHONE and duty_of(alarm.community_id).phone:
        yield Target(DUTY_PHONE, alarm.community_id, str(_("the duty phone")))
    elif who in _CONTACTS and alarm.person is not None:
        yield from _coming(alarm, alarm.person, who, by_voice=by_voice)


def _coming(alarm: Alarm, person: Person, who: Who, *, by_voice: bool) -> Iterator[Target]:
    """Contacts as they were written down, then whom other rooms know beside them."""
    kind, near = (CONTACT_BY_VOICE, CLOSE_BY_VOICE) if by_voice else (CONTACT, CLOSE)
    contacts = contacts_for(alarm)
    for one in contacts:
        if one.kind == _CONTACTS[who]:
            account_id = one.person.account_id if one.person else None
            yield Target(kind, one.pk, one.name, account_id)
    for close in close_to(person, besides=contacts):
        if close.tie == _TIES.get(who):
            yield Target(near, close.person.pk, close.person.name, close.person.account_id)


_CONTACTS = {
    Who.NEIGHBOUR: ContactKind.NEIGHBOUR,
    Who.FAMILY: ContactKind.FAMILY,
    Who.KEY: ContactKind.KEY,
}
#: Whom other rooms know beside those who were written down here.
_TIES = {Who.NEIGHBOUR: Tie.NEIGHBOUR, Who.FAMILY: Tie.FAMILY}


def close_to(person: Person, *, besides: Iterable[Contact]) -> list[Close]:
    """Who looks in on somebody, and their family, as other rooms know it; whoever stands among the
    contacts already, or can't be reached, is left out.
    """
    return _left(close_to_persons(Person.everyone_of(person)), besides)


def close_to_watches(watches: Collection[Watch]) -> dict[int, list[Close]]:
    """The same by watch for a list with its contacts; as many queries as for one."""
    found: dict[int, list[Close]] = {}
    for one in close_to_persons([watch.person_id for watch in watches]):
        found.setdefault(one.of, []).append(one)
    return {
        watch.pk: _left(found.get(watch.person_id, ()), watch.contacts.all()) for watch in watches
    }


def _left(close: Iterable[Close], contacts: Iterable[Contact]) -> list[Close]:
    written = list(contacts)
    persons = {one.person_id for one in written if one.person_id}
    phones = {one.phone for one in written if one.phone}
    return [
        one
        for one in close
        if (one.person.phone or one.person.account_id)
        and one.person.pk not in persons
        and one.person.phone not in phones
    ]


def _staff(kind: str, account: Account) -> Target:
    return Target(kind, account.pk, account.display_name, account.pk)


# ── the screen, the page, the sheet ──────────────────────────────────────────────────────────


def on_screen() -> AlarmQuerySet:
    """What stands on the duty screen: everything that has not ended, whom nobody goes to first."""
    rows: AlarmQuerySet = (
        Alarm.objects.running()
        .real()
        .select_related("person", "device")
        .order_by(Case(When(state=State.OPEN, then=0), default=1), "opened_at", "id")
    )
    return rows


def lately(actor: Actor) -> AlarmQuerySet:
    """Ended alarms, the newest first."""
    rows: AlarmQuerySet = (
        Alarm.objects.real()
        .filter(state=State.ENDED)
        .visible_to(actor)
        .select_related("person")
        .order_by("-ended_at", "-id")
    )
    return rows


def contacts_for(alarm: Alarm) -> list[Contact]:
    """Whom a helper can call about this person."""
    if alarm.person is None:
        return []
    return list(
        Contact.objects.select_related("person").filter(
            watch__person__in=Person.everyone_of(alarm.person), watch__ended_at__isnull=True
        )
    )


def from_outside(alarm: Alarm) -> list[Called]:
    """Whoever was called and may ring the desk: each once, though their phone rang as well."""
    found: dict[tuple[str, int], Called] = {}
    for one in Called.objects.filter(alarm=alarm, kind__in=FROM_OUTSIDE):
        found.setdefault((one.kind.removesuffix(".voice"), one.record_id), one)
    return list(found.values())


def watched(actor: Actor) -> "QuerySet[Watch]":
    """Who is watched over, with what the lists show of them; a fixed number of queries."""
    rows: QuerySet[Watch] = (
        Watch.objects.standing()
        .visible_to(actor)
        .select_related("person__grid")
        .prefetch_related(
            Prefetch("contacts", Contact.objects.select_related("person")),
            Prefetch("devices", Device.objects.in_use()),
        )
    )
    return rows


def away_now(watch_ids: Iterable[int], now: datetime) -> dict[int, Away]:
    """Who of these is not at home."""
    return {one.watch_id: one for one in Away.objects.at(now).filter(watch__in=list(watch_ids))}


@dataclass(frozen=True, slots=True)
class Silence:
    """Whether a device should have reported."""

    device: Device
    is_silent: bool
    is_unproven: bool


#: A device that nobody has tried for so long is to be tried.
PROVEN_FOR = timedelta(days=31)


def silence_of(device: Device, now: datetime) -> Silence:
    """How a device fares."""
    is_silent = False
    if device.beat_minutes:
        last = device.heard_at or device.made_at
        is_silent = now - last > timedelta(minutes=device.beat_minutes * MISSED_BEATS)
    proven = device.proven_at
    return Silence(device, is_silent, proven is None or now - proven > PROVEN_FOR)


def devices() -> "QuerySet[Device]":
    """All devices in use; those that were never proven first."""
    rows: QuerySet[Device] = (
        Device.objects.in_use()
        .select_related("watch__person", "vendor")
        .order_by("proven_at", "id")
    )
    return rows


def is_screen_key(community_id: int, key: str) -> bool:
    """Whether an address opens the duty screen."""
    duty = Duty.objects.filter(community_id=community_id).only("screen_digest").first()
    return duty is not None and is_key(key, duty.screen_digest)


# ── what is to be heard of ───────────────────────────────────────────────────────────────────


def waiting_for(watch: Watch, cause: Cause, at: datetime) -> "QuerySet[Expectation]":
    """What a word or a reading of this moment answers."""
    rows: QuerySet[Expectation] = Expectation.objects.filter(
        watch=watch, cause=cause, state=ExpectedState.WAITING, since__lte=at, until__gt=at
    )
    return rows


def overdue(now: datetime) -> list[int]:
    """Expectations whose time is over, in order, those of one grid together."""
    return list(
        Expectation.objects.filter(state=ExpectedState.WAITING, alarm_at__lte=now)
        .order_by("watch__person__grid", "alarm_at", "id")
        .values_list("pk", flat=True)
    )


# ── the auditor ──────────────────────────────────────────────────────────────────────────────


def standing_still(now: datetime) -> list[int]:
    """Alarms that have not ended and that nobody is being told of."""
    rows = Alarm.objects.running().values_list("pk", "next_step_at", "faults")
    return [pk for pk, at, faults in rows if stands_still(at, now) or faults]


@dataclass(frozen=True, slots=True)
class Health:
    """How the watch fares, for its page."""

    chain: Chain
    is_proven: bool
    silent: int
    unproven: int
    is_reachable: bool
    has_screen: bool
    has_box: bool
    is_box_proven: bool
    is_box_tried: bool


def health(community: Community, now: datetime) -> Health:
    """Whether an alarm would get through now."""
    chain, duty = chain_of(community.pk), duty_of(community.pk)
    all_devices = [silence_of(device, now) for device in Device.objects.in_use()]
    return Health(
        chain, chain_is_proven(chain.trial_sent_at, chain.trial_arrived_at, now),
        sum(one.is_silent for one in all_devices), sum(one.is_unproven for one in all_devices),
        bool(duty.phone), bool(duty.screen_digest), bool(duty.second_box),
        is_box_proven(chain.box_proven_at, now), chain.silent_from is not None,
    )  # fmt: skip


def broker_lines() -> list[tuple[str, str]]:
    """Codes and digests of the devices of the community in scope, as the broker wants them."""
    slug = getattr(current_community(), "slug", "")
    rows = Device.objects.in_use().exclude(broker_digest="").values_list("code", "broker_digest")
    return [(f"{slug}.{code}", digest) for code, digest in rows]


def told_of(person_ids: list[int]) -> dict[str, Any]:  # Any: values of several columns
    """What the watch holds of a person, for themselves."""
    watches = Watch.objects.filter(person__in=person_ids)
    return {
        "watches": [
            {
                "since": one.since, "ended_at": one.ended_at, "key_where": one.key_where,
                "note": one.note, "morning": one.morning, "evening": one.evening,
                "water_litres": one.water_litres,
                "contacts": list(one.contacts.values_list("kind", "name")),
                "away": list(one.aways.values_list("since", "until", "where")),
            }
            for one in watches
        ],
        "contact_of": Contact.objects.filter(person__in=person_ids).count(),
        "alarms": list(
            Alarm.objects.filter(person__in=person_ids).values(
                "number", "cause", "opened_at", "ended_at", "outcome"
            )
        ),
    }  # fmt: skip

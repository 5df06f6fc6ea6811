"""What happens to buildings and places, and who moves in and out."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from decimal import Decimal

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.actions import recording
from mulin.ground.community.models import Community, Grid, ShortLink
from mulin.ground.community.rules import Actor
from mulin.ground.people.actions.persons import change_person, standing
from mulin.ground.people.models import Organisation, Person
from mulin.ground.places import permissions
from mulin.ground.places.models import (
    Building,
    Dwelling,
    OpeningHours,
    Place,
    PlaceDay,
    PlaceKind,
    PlacePhoto,
    PlaceSeason,
    Residence,
    Unit,
)
from mulin.ground.places.queries import BUILDING_KIND, PLACE_KIND, UNIT_KIND
from mulin.ground.places.rules import (
    MOST_DWELLINGS_AT_ONCE,
    Hours,
    Service,
    natural_key,
    overlap,
    parse_dwelling,
    rooms_in,
)
from mulin.kit.clock import local_day
from mulin.kit.coordinates import Position
from mulin.kit.ids import public_code
from mulin.kit.photos import CleanPhoto
from mulin.kit.refusals import NotPermitted, Refused

_AT_ONCE = 500
#: A place is known again by its front, its door and what is inside.
MOST_PHOTOS = 6


def add_building(
    *,
    by: Actor,
    now: datetime,
    name: str,
    grid: Grid,
    latitude: Decimal | None = None,
    longitude: Decimal | None = None,
    token: str | None = None,
) -> Building:
    """Put a building on the map. Raises Refused if its name is there."""
    _may_build(by)
    name = _named(name)
    with recording(by, "add_building", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Building)
        if Building.objects.filter(name=name).exists():
            raise Refused(_("There is a building of this name already."), field="name")
        building: Building = Building.objects.create(
            community_id=by.community_id,
            grid=grid,
            name=name,
            sort_key=natural_key(name),
            latitude=latitude,
            longitude=longitude,
        )
        act.on(building, after={"name": name, "grid_id": grid.pk})
    return building


def add_unit(
    building: Building, *, by: Actor, now: datetime, name: str, token: str | None = None
) -> Unit:
    """Add a staircase to a building. Raises Refused if it is there."""
    _may_build(by)
    name = _named(name)
    with recording(by, "add_unit", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Unit)
        if building.units.filter(name=name).exists():
            raise Refused(_("There is a staircase of this name already."), field="name")
        unit: Unit = Unit.objects.create(community_id=by.community_id, building=building, name=name)
        act.on(unit, after={"building_id": building.pk, "name": name})
    return unit


def add_dwelling(
    unit: Unit, *, by: Actor, now: datetime, room: str, token: str | None = None
) -> Dwelling:
    """Add one dwelling to a staircase. Raises Refused if it is there."""
    _may_build(by)
    room = _named(room).removesuffix("室")
    with recording(by, "add_dwelling", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Dwelling)
        if unit.dwellings.filter(room=room).exists():
            raise Refused(_("There is a dwelling of this number already."), field="room")
        dwelling: Dwelling = Dwelling.objects.create(
            community_id=by.community_id, unit=unit, room=room
        )
        act.on(dwelling, after={"unit_id": unit.pk, "room": room})
    return dwelling


def add_dwellings(
    unit: Unit,
    *,
    by: Actor,
    now: datetime,
    floors: Sequence[int],
    rooms_per_floor: int,
    token: str | None = None,
) -> Unit:
    """Add all dwellings of a staircase, floor by floor; those that are there stay as they are."""
    _may_build(by)
    try:
        rooms = rooms_in(floors, rooms_per_floor)
    except ValueError:
        raise Refused(
            _("No house has so many floors or doors. Please look again."), field="floors"
        ) from None
    if len(rooms) > MOST_DWELLINGS_AT_ONCE:
        raise Refused(_("These are too many at once. Add fewer floors."), field="floors")
    with recording(by, "add_dwellings", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Unit)
        there = set(unit.dwellings.values_list("room", flat=True))
        fresh = [room for room in rooms if room not in there]
        Dwelling.objects.bulk_create(
            [Dwelling(community_id=by.community_id, unit=unit, room=room) for room in fresh]
        )
        act.on(unit, after={"rooms": fresh})
    return unit


def move_in(
    person: Person,
    dwelling: Dwelling,
    *,
    by: Actor,
    now: datetime,
    since: date,
    token: str | None = None,
) -> Residence:
    """Let somebody live in a dwelling from a day on. They leave the one before on that day;
    address and grid on the roll follow.

    Raises Refused for a day ahead, or one before they moved into the last one.
    """
    building = dwelling.unit.building
    _may_settle(by, building)
    if since > local_day(now):
        raise Refused(
            _("The day lies ahead. Write it down when they have moved in."), field="since"
        )
    with recording(by, "move_in", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Residence)
        current = standing(person)
        open_ones = Residence.objects.filter(
            person__in=Person.everyone_of(current), until__isnull=True
        )
        for last in open_ones:
            if last.dwelling_id == dwelling.pk:
                raise Refused(_("They live there already."), field="dwelling")
            if last.since > since:
                raise Refused(_("They moved into their last home later than that."), field="since")
        open_ones.update(until=since)
        residence: Residence = Residence.objects.create(
            community_id=by.community_id, person=current, dwelling=dwelling, since=since
        )
        change_person(current, by=by, now=now, address=str(dwelling)[:60], grid_id=building.grid_id)
        act.on(
            residence, after={"person_id": current.pk, "dwelling_id": dwelling.pk, "since": since}
        )
    return residence


def move_out(
    residence: Residence, *, by: Actor, now: datetime, until: date, token: str | None = None
) -> Residence:
    """Say from which day on somebody lives there no more. Their address goes; their grid stays
    until they have a new one, so that somebody still looks after them.
    """
    _may_settle(by, residence.dwelling.unit.building)
    with recording(by, "move_out", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Residence)
        residence = Residence.objects.select_for_update(of=("self",)).get(pk=residence.pk)
        if residence.until is not None:
            raise Refused(_("They have moved out already."))
        if until < residence.since:
            raise Refused(_("That is before they moved in."), field="until")
        residence.until = until
        residence.save(update_fields=["until"])
        person = Person.kept_of(residence.person)
        if person.erased_at is None and person.address == str(residence.dwelling)[:60]:
            change_person(person, by=by, now=now, address="")
        act.on(residence, after={"person_id": person.pk, "until": until})
    return residence


def settle_by_addresses(*, by: Actor, now: datetime, token: str | None = None) -> int:
    """Let everybody whose address names one of our dwellings live there, and belong to its grid
    if they have none; returns how many. After a file of persons nobody types this again.
    """
    _may_build(by)
    with recording(by, "settle_by_addresses", now=now, token=token) as act:
        community = Community.objects.get(pk=by.community_id)
        act.on(community)
        if act.is_repeat:
            return 0
        at_home = Residence.objects.filter(until__isnull=True)
        homeless = (
            Person.objects.on_roll()
            .exclude(address="")
            .exclude(pk__in=at_home.values("person"))
            .exclude(
                pk__in=at_home.filter(person__merged_into__isnull=False).values(
                    "person__merged_into"
                )
            )
        )
        homes = _dwellings_by_words()
        found = []
        for person in homeless.only("pk", "address", "grid_id").iterator(_AT_ONCE):
            parts = parse_dwelling(person.address)
            dwelling = homes.get(parts.words) if parts else None
            if dwelling is not None:
                found.append((person, dwelling))
        today = local_day(now)
        Residence.objects.bulk_create(
            [
                Residence(
                    community_id=by.community_id, person=person, dwelling=dwelling, since=today
                )
                for person, dwelling in found
            ],
            batch_size=_AT_ONCE,
        )
        gridless: dict[int, list[int]] = {}
        for person, dwelling in found:
            if person.grid_id is None:
                gridless.setdefault(dwelling.unit.building.grid_id, []).append(person.pk)
        for grid_id, ids in gridless.items():
            for start in range(0, len(ids), _AT_ONCE):
                Person.objects.filter(pk__in=ids[start : start + _AT_ONCE]).update(grid=grid_id)
        act.on(community, after={"settled": len(found)})
    return len(found)


def forget_homes(person_id: int) -> None:
    """Part of an erasure: an empty name at an address is still a name to the neighbours."""
    Residence.objects.filter(person=person_id).delete()


def add_place(
    *,
    by: Actor,
    now: datetime,
    name: str,
    kind: str,
    grid: Grid | None = None,
    building: Building | None = None,
    run_by: Organisation | None = None,
    latitude: Decimal | None = None,
    longitude: Decimal | None = None,
    token: str | None = None,
) -> Place:
    """Put a place on the map. Raises Refused if its name is there."""
    _may_keep_places(by)
    name = _named(name, most=80)
    if kind not in PlaceKind.values:
        raise Refused(_("Please choose what it is."), field="kind")
    with recording(by, "add_place", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Place)
        if Place.objects.filter(name=name).exists():
            raise Refused(_("There is a place of this name already."), field="name")
        place: Place = Place.objects.create(
            community_id=by.community_id,
            name=name,
            kind=kind,
            grid=grid or (building.grid if building else None),
            building=building,
            run_by=run_by,
            latitude=latitude,
            longitude=longitude,
        )
        act.on(place, after={"name": name, "kind": kind})
    return place


def set_hours(
    place: Place, hours: Sequence[Hours], *, by: Actor, now: datetime, token: str | None = None
) -> Place:
    """Say when a place is open; what was said before goes. Two spans a day leave a lunch break.

    Raises Refused when hours of one day run into each other.
    """
    _may_keep_places(by)
    if overlap(hours):
        raise Refused(_("These hours run into each other. Please look again."), field="hours")
    with recording(by, "set_hours", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Place)
        ordinary = place.hours.filter(season=None)
        before = [f"{row.weekday} {row.opens}-{row.closes}" for row in ordinary]
        ordinary.delete()
        _write_hours(place, hours)
        act.on(place, before={"hours": before}, after={"hours": _hours_said(hours)})
    return Place.objects.get(pk=place.pk)


@dataclass(frozen=True, slots=True)
class Facts:
    """What whoever sets out wants to know of a place. `steps` None: nobody has counted them."""

    serves: Sequence[Service] = ()
    capacity: int | None = None
    steps: int | None = None
    has_ramp: bool = False
    way_in: str = ""
    phone: str = ""
    shuts_on_holidays: bool = False
    run_by: Organisation | None = None


def describe_place(
    place: Place, facts: Facts, *, by: Actor, now: datetime, token: str | None = None
) -> Place:
    """Say what a place does for people, how one gets in, how many fit, who runs it."""
    _may_keep_places(by)
    with recording(by, "describe_place", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Place)
        values = {
            **{name: getattr(facts, name) for name in Facts.__dataclass_fields__},
            "serves": [str(Service(one)) for one in facts.serves],
            "way_in": facts.way_in.strip(), "phone": facts.phone.strip(),
        }  # fmt: skip
        Place.objects.filter(pk=place.pk).update(**values)
        told = values | {"run_by": facts.run_by.pk if facts.run_by else None}
        act.on(place, after=told)
    return Place.objects.get(pk=place.pk)


def add_photos(
    place: Place, photos: Sequence[CleanPhoto], words: str, *, by: Actor, now: datetime,
    token: str | None = None,
) -> Place:  # fmt: skip
    """Show how a place looks; `words` say what is seen. Raises Refused for none, for more than
    MOST_PHOTOS in all, and when the disk takes no more.
    """
    _may_keep_places(by)
    with recording(by, "places.add_photos", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Place)
        if not photos:
            raise Refused(_("Choose a photo."), field="photos")
        if place.photos.count() + len(photos) > MOST_PHOTOS:
            raise Refused(
                _("%(most)s photos are enough: take one away first."),
                {"most": MOST_PHOTOS},
                field="photos",
            )
        for photo in photos:
            code = public_code(20)
            row = PlacePhoto(
                community_id=place.community_id, place=place, code=code, width=photo.width,
                height=photo.height, words=words.strip(), taken_in_at=now,
            )  # fmt: skip
            try:
                row.file.save(f"{code}.jpg", ContentFile(photo.content), save=False)
                row.thumb.save(f"{code}-s.jpg", ContentFile(photo.thumb), save=False)
            except OSError as error:
                raise Refused(
                    _("The photo could not be kept: there is no room left."), field="photos"
                ) from error
            row.save()
        act.on(place, after={"photos": len(photos), "words": words.strip()})
    return place


def drop_photo(photo: PlacePhoto, *, by: Actor, now: datetime) -> None:
    """Take a photo of a place away, its files too."""
    _may_keep_places(by)
    with recording(by, "places.drop_photo", now=now) as act:
        act.on(photo.place, before={"photo": photo.code, "words": photo.words})
        files = [(one.storage, str(one.name)) for one in (photo.file, photo.thumb)]
        photo.delete()

        def go() -> None:
            for storage, name in files:
                storage.delete(name)

        transaction.on_commit(go)


def locate(
    record: Building | Place, at: Position, *, by: Actor, now: datetime, token: str | None = None
) -> Building | Place:
    """Say where a building or a place stands, in WGS-84: where one goes in, if there is a choice."""
    (_may_build if isinstance(record, Building) else _may_keep_places)(by)
    with recording(by, "locate", now=now, token=token) as act:
        latitude, longitude = (Decimal(f"{value:.6f}") for value in (at.lat, at.lon))
        act.on(
            record,
            before={"latitude": record.latitude, "longitude": record.longitude},
            after={"latitude": latitude, "longitude": longitude},
        )
        if not act.is_repeat:
            type(record).objects.filter(pk=record.pk).update(latitude=latitude, longitude=longitude)
    record.latitude, record.longitude = latitude, longitude
    return record


@dataclass(frozen=True, slots=True)
class SeasonTerms:
    """Hours for a part of every year; days as (month, day), both in it."""

    name: str
    begins: tuple[int, int]
    ends: tuple[int, int]
    hours: Sequence[Hours] = ()


def add_season(
    place: Place, terms: SeasonTerms, *, by: Actor, now: datetime, token: str | None = None
) -> PlaceSeason:
    """Say which hours hold in a part of every year; none: closed then.

    Raises Refused for hours that run into each other and for a second season from the same day.
    """
    _may_keep_places(by)
    if overlap(terms.hours):
        raise Refused(_("These hours run into each other. Please look again."), field="hours")
    with recording(by, "add_season", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(PlaceSeason)
        begins, ends = (f"{month:02}-{day:02}" for month, day in (terms.begins, terms.ends))
        if place.seasons.filter(begins=begins).exists():
            raise Refused(
                _("Something is set from this day on already. Choose another day."), field="begins"
            )
        season: PlaceSeason = PlaceSeason.objects.create(
            community_id=by.community_id, place=place, name=_named(terms.name), begins=begins,
            ends=ends,
        )  # fmt: skip
        _write_hours(place, terms.hours, season)
        act.on(season, after=asdict(terms) | {"hours": _hours_said(terms.hours)})
    return season


def end_season(season: PlaceSeason, *, by: Actor, now: datetime) -> None:
    """Take the hours of a season back; the ordinary week holds then."""
    _may_keep_places(by)
    with recording(by, "end_season", now=now) as act:
        act.on(season.place, before={"season": season.name, "begins": season.begins})
        season.delete()


def set_day(
    place: Place, *, day: date, opens: time | None = None, closes: time | None = None,
    why: str = "", by: Actor, now: datetime, token: str | None = None,
) -> PlaceDay:  # fmt: skip
    """Say what holds on one day: other hours, or closed where none are given. What was said of the
    day before goes.
    """
    _may_keep_places(by)
    if (opens is None) != (closes is None):
        raise Refused(_("Write from when to when, or nothing for closed."), field="hours")
    if opens and closes and overlap([Hours(1, opens, closes)]):
        raise Refused(_("These hours run into each other. Please look again."), field="hours")
    if day < local_day(now):
        raise Refused(_("This day is over. Choose one that is to come."), field="day")
    with recording(by, "set_day", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(PlaceDay)
        row: PlaceDay = PlaceDay.objects.update_or_create(
            community_id=by.community_id, place=place, day=day,
            defaults={"opens": opens, "closes": closes, "why": why.strip()},
        )[0]  # fmt: skip
        act.on(row, after={"place": place.pk, "day": day, "opens": opens, "closes": closes})
    return row


def clear_day(row: PlaceDay, *, by: Actor, now: datetime) -> None:
    """The day is like any other again."""
    _may_keep_places(by)
    with recording(by, "clear_day", now=now) as act:
        act.on(row.place, before={"day": row.day})
        row.delete()


def _write_hours(place: Place, hours: Sequence[Hours], season: PlaceSeason | None = None) -> None:
    OpeningHours.objects.bulk_create(
        [
            OpeningHours(
                community_id=place.community_id, place=place, season=season, weekday=one.weekday,
                opens=one.opens, closes=one.closes,
            )
            for one in hours
        ]
    )  # fmt: skip


def _hours_said(hours: Sequence[Hours]) -> list[str]:
    return [f"{one.weekday} {one.opens}-{one.closes}" for one in hours]


def close_place(place: Place, *, by: Actor, now: datetime, token: str | None = None) -> Place:
    """Take a place off the lists for good; what happened there stays."""
    _may_keep_places(by)
    with recording(by, "close_place", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Place)
        if not Place.objects.filter(pk=place.pk, closed_at__isnull=True).update(closed_at=now):
            raise Refused(_("This place is closed already."))
        act.on(place, after={"closed_at": now})
    return Place.objects.get(pk=place.pk)


def print_code(record: Building | Unit | Place, *, by: Actor, now: datetime) -> ShortLink:
    """The random code that is printed for a building, a staircase or a place; the same one every
    time.
    """
    _may_keep_places(by)
    kind = _KINDS[type(record)]
    known = ShortLink.objects.filter(
        community=by.community_id, kind=kind, record_id=record.pk
    ).first()
    if known is not None:
        return known
    with recording(by, "print_code", now=now) as act:
        link, _is_new = ShortLink.objects.get_or_create(
            community_id=by.community_id, kind=kind, record_id=record.pk
        )
        act.on(record)
    return link


def print_codes(
    records: Sequence[Building | Unit | Place], *, by: Actor, now: datetime
) -> dict[int, str]:
    """The codes of a whole sheet, by id of the record; new ones are made where there are none."""
    _may_keep_places(by)
    return {record.pk: print_code(record, by=by, now=now).code for record in records}


_KINDS: dict[type, str] = {Building: BUILDING_KIND, Unit: UNIT_KIND, Place: PLACE_KIND}


def _dwellings_by_words() -> dict[str, Dwelling]:
    """Dwellings by how they are written; without the staircase where that names one alone."""
    homes: dict[str, Dwelling] = {}
    short: dict[str, list[Dwelling]] = {}
    for dwelling in Dwelling.objects.select_related("unit__building"):
        parts = parse_dwelling(str(dwelling))
        if parts is not None:
            homes[parts.words] = dwelling
            short.setdefault(parts.building + parts.room, []).append(dwelling)
    for words, dwellings in short.items():
        if len(dwellings) == 1:
            homes.setdefault(words, dwellings[0])
    return homes


def _named(typed: str, *, most: int = 40) -> str:
    name = " ".join(typed.split())
    if not name:
        raise Refused(_("Please type the name."), field="name")
    if len(name) > most:
        raise Refused(_("The name is too long. Please shorten it."), field="name")
    return name


def _may_build(by: Actor) -> None:
    if not permissions.may_build(by):
        raise NotPermitted(_("Please ask the desk to change the map."))


def _may_settle(by: Actor, building: Building) -> None:
    if not permissions.may_settle(by, building):
        raise NotPermitted(_("Please ask the desk about this building."))


def _may_keep_places(by: Actor) -> None:
    if not permissions.may_keep_places(by):
        raise NotPermitted(_("Please ask the desk to change the list of places."))

"""What a person said, as values: the one shape that web, desk, phone, paper, API and import share."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from mulin.commons.flow.models import Category, ContactWish, Visibility
from mulin.ground.community.models import Grid
from mulin.ground.people.models import Person
from mulin.ground.places.models import Building, Place
from mulin.kit.photos import CleanPhoto


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A need before it is a row. `said_at` is given only when it was said earlier than now."""

    words: str
    person: Person | None = None
    contact_name: str = ""
    contact_phone: str = ""
    category: Category | None = None
    grid: Grid | None = None
    building: Building | None = None
    place: Place | None = None
    place_words: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    visibility: str = Visibility.NAMED
    contact_wish: str = ContactWish.MESSAGE
    photos: tuple[CleanPhoto, ...] = field(default=())
    said_at: datetime | None = None

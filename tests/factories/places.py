"""Buildings, staircases, homes."""

from datetime import date

import factory

from mulin.ground.places.models import Building, Dwelling, Residence, Unit
from mulin.ground.places.rules import natural_key


class BuildingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Building

    community = None
    grid = None
    name = factory.Sequence(lambda n: f"{n + 1}幢")
    sort_key = factory.LazyAttribute(lambda building: natural_key(building.name))


class UnitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Unit

    community = None
    building = None
    name = "1单元"


class DwellingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Dwelling

    community = None
    unit = None
    room = "101"


class ResidenceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Residence

    community = None
    person = None
    dwelling = None
    since = date(2020, 7, 1)

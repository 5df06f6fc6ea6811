"""Persons."""

import factory

from mulin.ground.people.models import Person
from tests.clock import NOW


class PersonFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Person

    community = None
    name = "某人"
    created_at = NOW

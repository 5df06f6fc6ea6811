"""Reads an installation with its own keys, in a process of its own: `python -m tests.upkeep.reading`.

Prints what it reads as JSON: people and needs in the order of `expected.json`, how pages answer, and
the tables.
"""

# ruff: noqa: E402  Django is set up before its tables are imported
import json
import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "mulin.settings"
import django

import mulin  # noqa: F401  puts its SQLite in place

django.setup()

from django.conf import settings
from django.test import Client

from mulin.commons.flow.models import Need
from mulin.ground.community.models import Account, Community
from mulin.ground.people.models import Person
from mulin.kit.scoping import in_community
from mulin.parlour.reception.models import Demand
from tests.upkeep.tables import tables

settings.STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}


def read():
    community = Community.objects.get(slug="xinjie")
    with in_community(community):
        people = Person.objects.order_by("id")[:12]
        needs = Need.objects.order_by("id")[:5]
        demand = Demand.objects.order_by("id").first()
        return {
            "people": [
                [one.name, one.phone, one.id_number, str(one.born_on), one.address]
                for one in people
            ],
            "needs": [[need.follow_code, need.words] for need in needs],
            "pages": pages(needs[0].follow_code, people[0].pk, demand.pk),
        }


def pages(code, person, demand):
    client = Client(headers={"host": "localhost"})
    found = {
        path: client.get(path).status_code for path in ("/", "/ours/", f"/reception/follow/{code}/")
    }
    client.force_login(Account.objects.get(login_name="laozhou"))
    session = client.session
    session["second_factor"] = True
    session.save()
    for path in (
        "/", "/reception/", f"/reception/demands/{demand}/", "/people/", f"/people/{person}/",
        "/figures/", "/notify/delivery/", "/search/?q=张志明",
    ):  # fmt: skip
        found[f"head {path}"] = client.get(path, follow=True).status_code
    return found


json.dump(read() | {"tables": tables()}, sys.stdout)

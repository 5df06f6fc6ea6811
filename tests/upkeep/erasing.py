"""`python -m tests.upkeep.erasing PERSON`: the desk of 新街社区 erases somebody."""

import sys

import django

django.setup()

from mulin.ground.community.models import Account, Community  # noqa: E402  Django is set up first
from mulin.ground.community.queries import actor_of  # noqa: E402
from mulin.ground.people.actions.erasure import erase_person  # noqa: E402
from mulin.ground.people.models import Person  # noqa: E402
from mulin.kit import clock  # noqa: E402
from mulin.kit.scoping import in_community  # noqa: E402
from tests.clock import NOW  # noqa: E402

town = Community.objects.get(slug="xinjie")
by = actor_of(Account.objects.get(login_name="xiaochen"), town, now=NOW)
with in_community(town):
    erase_person(Person.objects.get(pk=int(sys.argv[1])), by=by, now=clock.now())

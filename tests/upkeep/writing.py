"""Somebody at work: `python -m tests.upkeep.writing` registers people until it is killed.

After each it prints how many there are. Person, words of the index, act, detail and head of the
chain are written in one transaction: a snapshot has all of them or none.
"""

import sys
from itertools import count

import django

django.setup()

from mulin.ground.community.models import Account, Community  # noqa: E402  Django is set up first
from mulin.ground.community.queries import actor_of  # noqa: E402
from mulin.ground.people.actions.persons import register_person  # noqa: E402
from mulin.kit.scoping import in_community  # noqa: E402
from tests.clock import NOW  # noqa: E402

town = Community.objects.get(slug="xinjie")
by = actor_of(Account.objects.get(login_name="xiaochen"), town, now=NOW)
for number in count(1):
    with in_community(town):
        register_person(by=by, now=NOW, name=f"新人{number}")
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()

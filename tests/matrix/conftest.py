"""One world for the tests of a module of the matrix."""

import logging
from functools import cache

import pytest
from django.db import transaction

from mulin.kit.clock import standing_still
from mulin.kit.paper import printing
from mulin.site.middleware import CommunityMiddleware
from tests.cast import make_cast
from tests.clock import NOW
from tests.matrix.house import House
from tests.matrix.objects import make_world


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker):
    """One world for the whole matrix, taken back at the end."""
    requests = logging.getLogger("django.request")
    before = requests.level
    requests.setLevel(logging.ERROR)  # thousands of closed doors are no news here
    with (
        django_db_blocker.unblock(), transaction.atomic(), standing_still(NOW),
        pytest.MonkeyPatch.context() as patched,
    ):  # fmt: skip
        # The real press; what is equal to the last letter is not pressed for each reader again.
        real = printing.pressed
        press = cache(lambda html, pictures: real(html, pictures=dict(pictures)))
        patched.setattr(
            printing, "pressed",
            lambda html, *, pictures=None: press(html, tuple(sorted((pictures or {}).items()))),
        )  # fmt: skip
        made = House(make_world(make_cast()))
        door = CommunityMiddleware.process_view

        def watched(*asked):
            turned_away = door(*asked)
            made.was_let_in = turned_away is None
            return turned_away

        patched.setattr(CommunityMiddleware, "process_view", watched)
        yield made
        transaction.set_rollback(True)
    requests.setLevel(before)

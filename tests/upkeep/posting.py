"""Letters for the worker: `python -m tests.upkeep.posting COUNT` puts them into the outbox and rings.

Prints the cookie of somebody who is signed in, for whoever wants to look on.
"""

import sys

import django

django.setup()

from django.conf import settings  # noqa: E402  Django is set up first
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402

from mulin.ground.community.models import Account, Community  # noqa: E402
from mulin.ground.notify.models import Message  # noqa: E402
from mulin.ground.notify.queue import ring  # noqa: E402
from mulin.ground.notify.rules import State  # noqa: E402
from mulin.kit import clock  # noqa: E402
from mulin.kit.scoping import in_community  # noqa: E402
from tests.cast import BACKEND  # noqa: E402

town = Community.objects.get(slug="xinjie")
worker = Account.objects.get(login_name="xiaochen")
now = clock.now()
with in_community(town):
    for number in range(int(sys.argv[1])):
        # Every other one is an alarm's, which both workers look for each second.
        Message.objects.create(
            community=town, created_at=now, topic="letter", recipient_kind="house",
            recipient_id=number, way="sms", address=f"1380000{number:04}", subject="信",
            key=f"letter-{number}", state=State.WAITING, due_at=now, is_alarm=bool(number % 2),
        )  # fmt: skip
for _worker in range(2):
    ring(town.pk)
session = SessionStore()
session.update(
    {
        "_auth_user_id": str(worker.pk), "_auth_user_backend": BACKEND,
        "_auth_user_hash": worker.get_session_auth_hash(), "second_factor": True,
    }
)  # fmt: skip
session.create()
sys.stdout.write(f"{settings.SESSION_COOKIE_NAME}={session.session_key}")

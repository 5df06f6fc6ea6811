"""Before and after the evening of a vote: `python -m bench.evening_inside open VOTERS`, `count CODE`.

Prints JSON: of an open vote, what a device needs and a cookie for each voter; of the count, how many
stand as having drawn and how many ballots lie in the urn.
"""

import json
import sys
from datetime import timedelta

import django

django.setup()

from django.conf import settings  # noqa: E402  Django is set up first
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.middleware.csrf import _get_new_csrf_string  # noqa: E402

from mulin.commons.ballots.models import Envelope, RollEntry  # noqa: E402
from mulin.ground.community.models import Community  # noqa: E402
from mulin.kit import clock  # noqa: E402
from mulin.kit.scoping import in_community  # noqa: E402
from tests.ballots.conftest import make_vote  # noqa: E402
from tests.cast import BACKEND, make_cast  # noqa: E402
from tests.factories.community import AccountFactory, MembershipFactory  # noqa: E402


def opened(count: int) -> dict[str, object]:
    """An open vote with so many on its roll, each signed in."""
    cast = make_cast()
    with in_community(cast.xinjie):
        vote = make_vote(cast).draft(closes_at=clock.now() + timedelta(days=1))
        vote.enrol(local=count, new=1).freeze().ready().open()
        cookies = []
        for person in vote.local:
            account = AccountFactory(display_name=person.name)
            MembershipFactory(account=account, community=cast.xinjie)
            person.account = account
            person.save()
            session = SessionStore()
            session.update(
                {
                    "_auth_user_id": str(account.pk), "_auth_user_backend": BACKEND,
                    "_auth_user_hash": account.get_session_auth_hash(),
                }
            )  # fmt: skip
            session.create()
            cookies.append(f"{settings.SESSION_COOKIE_NAME}={session.session_key}")
        return {
            "code": vote.election.code, "constituency": "local", "slug": cast.xinjie.slug,
            "envelope_key": vote.election.envelope_key, "urn_key": vote.election.urn_key,
            "ballot_key": vote.group("local").ballot_key, "cookies": cookies,
            "csrf": _get_new_csrf_string(),
        }  # fmt: skip


def counted(code: str) -> dict[str, int]:
    """What was kept of it."""
    with in_community(Community.objects.get(slug="xinjie")):
        return {
            "taken": RollEntry.objects.taken().filter(election__code=code).count(),
            "cast": Envelope.objects.filter(election__code=code).count(),
        }


if __name__ == "__main__":
    what, of = sys.argv[1:]
    print(json.dumps(opened(int(of)) if what == "open" else counted(of)))

"""Whether a volunteer's certificate is one, for the programs of whoever was handed it.

What volunteers do is a gathering, and told with all gatherings.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from mulin.circle.volunteers.models import Certificate
from mulin.circle.volunteers.queries import certificate_behind
from mulin.circle.volunteers.rules import initial_of
from mulin.ground.community.calls import Asked, Call
from mulin.ground.community.rules import Scope
from mulin.kit.ids import normalise_code


@dataclass(frozen=True, slots=True)
class CertificateAnswer:
    """What a certificate certifies, as on the page that its QR opens: of the name its first sign.
    With `revoked_at` it was taken back and certifies nothing.
    """

    number: str
    volunteer: str
    since: date
    until: date
    minutes: int
    issued_at: datetime
    revoked_at: datetime | None


def _one(asked: Asked) -> Certificate:
    found = certificate_behind(normalise_code(asked.args["code"]))
    if found is None:
        raise Http404
    return found


def _shown(found: Certificate) -> CertificateAnswer:
    if found.issued_at is None:  # the query finds issued ones alone
        raise Http404
    return CertificateAnswer(
        number=found.number, volunteer=initial_of(str(found.volunteer)), since=found.since,
        until=found.until, minutes=found.minutes, issued_at=found.issued_at,
        revoked_at=found.revoked_at,
    )  # fmt: skip


CALLS: Final = (
    Call(
        name="certificate", path="certificates/<str:code>/",
        summary=_("Whether a volunteer's certificate is one, and what it says"),
        scope=Scope.PUBLIC_READ, answer=CertificateAnswer, do=_one, show=_shown,
    ),
)  # fmt: skip

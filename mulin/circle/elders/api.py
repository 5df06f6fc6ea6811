"""The services for elders, for programs: what there is, from whom, for how much."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from mulin.circle.elders.models import Service, ServiceQuerySet
from mulin.circle.elders.rules import Care
from mulin.ground.community.calls import Asked, Call
from mulin.ground.community.rules import Scope


@dataclass(frozen=True, slots=True)
class ServiceAnswer:
    """A service of the catalogue. Nought yuan is free. Never who had it."""

    kind: Care
    name: str
    provider: str | None
    yuan: Decimal
    minutes: int


def _list(_asked: Asked) -> ServiceQuerySet:
    rows: ServiceQuerySet = Service.objects.offered().select_related("provider")
    return rows


def _shown(service: Service) -> ServiceAnswer:
    return ServiceAnswer(
        kind=Care(service.kind), name=service.name,
        provider=service.provider.name if service.provider else None, yuan=service.yuan,
        minutes=service.minutes,
    )  # fmt: skip


CALLS: Final = (
    Call(
        name="services", path="services/", summary=_("Services for elders, by kind and name"),
        scope=Scope.PUBLIC_READ, answer=ServiceAnswer, do=_list, show=_shown, is_list=True,
    ),
)  # fmt: skip

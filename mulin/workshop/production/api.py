"""What the workshop makes and when it sells live, for programs: as on its public page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from mulin.ground.community.calls import Asked, Call
from mulin.ground.community.rules import Scope
from mulin.workshop.production.queries import operations_shown, products_of_the_year, sales_to_come


@dataclass(frozen=True, slots=True)
class OperationAnswer:
    """A piece of work that is given out, and the skill it needs."""

    name: str
    skill: str | None


@dataclass(frozen=True, slots=True)
class SaleAnswer:
    """A live sale to come, where it is watched, and whether it was called off."""

    title: str
    watch: str
    words: str
    begins_at: datetime
    is_called_off: bool


@dataclass(frozen=True, slots=True)
class WorkshopAnswer:
    """What was made within a year, what work there is, the next live sales: no customer, nobody who
    works here.
    """

    products: list[str]
    operations: list[OperationAnswer]
    sales: list[SaleAnswer]


def _all(asked: Asked) -> WorkshopAnswer:
    return WorkshopAnswer(
        products=products_of_the_year(asked.now),
        operations=[
            OperationAnswer(one.name, one.skill.name if one.skill else None)
            for one in operations_shown()
        ],
        sales=[
            SaleAnswer(
                one.title, one.watch, one.words, one.begins_at, one.called_off_at is not None
            )
            for one in sales_to_come(asked.now)
        ],
    )


CALLS: Final = (
    Call(
        name="workshop", path="workshop/",
        summary=_("What the workshop makes, what work there is, the next live sales"),
        scope=Scope.PUBLIC_READ, answer=WorkshopAnswer, do=_all,
    ),
)  # fmt: skip

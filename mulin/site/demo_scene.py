"""Who plays in the demonstration community, whether it was made just now or is opened again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from mulin.ground.community.models import Account, Community, Membership
from mulin.ground.community.queries import actor_of
from mulin.ground.community.rules import Actor
from mulin.ground.people.models import Person
from mulin.ground.places.models import Building
from mulin.parlour.reception.demo import Staff

SEED: Final = 20_200_701
#: The community was founded on this day, as the report says: July 2020.
OPENED_ON: Final = date(2020, 7, 1)
HEAD: Final = "老周"
DESK: Final = ("小陈", "小李")
#: Residents with an account.
RESIDENTS: Final = ("张勇", "李芳", "沈桂芳", "马建军", "朱晓燕", "王丽华", "顾水根")
OFFICERS: Final = ("小孙", "小吴", "阿杰", "小沈")


@dataclass(frozen=True, slots=True)
class Scene:
    """The community with its accounts by the name they show, the first residents, the houses.

    `persons` are those who moved in at the beginning, in the order of the roll: who comes later
    does not change who is who.
    """

    community: Community
    accounts: Mapping[str, Account]
    persons: Sequence[Person]
    buildings: Sequence[Building]

    def actor(self, name: str, *, now: datetime) -> Actor:
        """Whoever holds this account, as they act at this moment."""
        return actor_of(self.accounts[name], self.community, now=now)

    def person(self, name: str) -> Person:
        """The resident to whom this account belongs."""
        return Person.objects.get(account=self.accounts[name])

    def staff(self, now: datetime) -> Staff:
        """The desk, the grid officers and the head at this moment."""
        officers = [self.actor(name, now=now) for name in OFFICERS]
        return Staff(
            desk=[self.actor(name, now=now) for name in DESK],
            officers={next(iter(officer.grid_ids)): officer for officer in officers},
            head=self.actor(HEAD, now=now),
        )


def scene_again(people: int) -> Scene:
    """The scene of a community that was made before with so many people; inside its scope."""
    community = Community.objects.get(slug="xinjie")
    held = Membership.objects.filter(community=community).select_related("account")
    return Scene(
        community=community,
        accounts={one.account.display_name: one.account for one in held.order_by("id")},
        persons=list(Person.objects.on_roll().order_by("id")[:people]),
        buildings=list(Building.objects.order_by("id")),
    )

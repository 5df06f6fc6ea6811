"""What lines of the matrix are made of, and the people they name."""

from dataclasses import dataclass

from mulin.ground.community.rules import Role


@dataclass(frozen=True)
class Line:
    """`opens`: names of actors (`objects._actors`). `about`: the kind of thing (`objects.KWARGS`).
    `method`: how the page is used where a look is not allowed. `query`: after the address.
    `early`: also before the second factor was shown. `looks`: looking writes that somebody looked.
    `by_token`: made for programs, which show no session; what is sent there needs a token instead.
    `moves`: tables of counts and times that a look moves on.
    `gives`: canaries that whoever opens the page is given, for that is what it is for.
    """

    opens: frozenset[str]
    about: str = ""
    method: str = "GET"
    query: str = ""
    is_shared: bool = False
    early: bool = False
    looks: bool = False
    by_token: bool = False
    moves: tuple[str, ...] = ()
    gives: frozenset[str] = frozenset()


def people(*names: str) -> frozenset[str]:
    """Names of actors."""
    return frozenset(names)


NEIGHBOURS = {
    "head": "neighbour_head",
    "community_worker": "neighbour_worker",
    "grid_officer": "neighbour_officer",
    "resident": "neighbour_resident",
}
GRID_2 = {"grid_officer": "officer_2", "resident": "resident_2"}

NOBODY = people()
#: Whoever shows a token; a session opens nothing there.
PROGRAM = people("program", "neighbour_program")
#: Addresses that everybody opens, whatever they are to a browser.
COUNTED = {"by_token": True, "moves": ("community_apiuse",)}
OPEN311 = {"is_shared": True, "early": True, "by_token": True}
HEAD = people("head")
DESK = HEAD | people("community_worker")
OFFICER = people("grid_officer")
HANDLERS = DESK | OFFICER | people("officer_2")
KEEPERS = HEAD | people("installer")
#: Who runs the workshop, who works there, who carries.
KEEP_SHOP = HEAD | people("workshop_manager")
WORKER = people("workshop_worker")
CARRIER = people("carrier")
#: Who runs a room, or has a part of one entrusted to them.
ROOM_LEADS = people(
    "workshop_manager", "childcare_lead", "volunteer_lead", "mediator", "mediation_director"
)
INSTALLER = people("installer")
AUDITOR = people("auditor")
COMMITTEE = people("election_committee")
READERS = HANDLERS | people("street_overseer")
RESIDENT = people("resident")
HERE = people(*Role, "officer_2", "resident_2", "ended")
SIGNED_IN = HERE | people(*NEIGHBOURS.values())
EVERYBODY = SIGNED_IN | people("anonymous") | PROGRAM
#: Whoever holds the code of a slip, in the community it belongs to.
HOLDERS = HERE | people("anonymous")
#: Everybody who has a record of their own on the roll.
ON_ROLL = RESIDENT | people("resident_2", "neighbour_resident")
#: Whom a roll or an objection is about: the committee of a vote cannot work without.
NAMES = frozenset({"金雀{}"})
#: What only the file of everything held of a person shows in full.
NUMBERS = frozenset({"{phone}", "{id_number}"})


@dataclass(frozen=True)
class Canary:
    """A string of a side. `readers`: who may ever read it, `stands_at`: a page where it does stand,
    opened by the actor `by`; a string that stands on no page says why.
    """

    readers: frozenset[str]
    stands_at: str = ""
    by: str = "community_worker"
    why_nowhere: str = ""

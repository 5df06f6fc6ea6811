"""A tour for each role: its main acts in two minutes, as pages to open one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mulin.ground.community.rules import Actor, Role


@dataclass(frozen=True, slots=True)
class Stop:
    """A page to open, and what one does there."""

    url_name: str
    words: str | Promise


_ON_THE_STREET: Final = frozenset(
    {
        Role.RESIDENT, Role.VOLUNTEER, Role.WORKSHOP_WORKER, Role.CARRIER, Role.CHILD_DUTY,
        Role.FAMILY, Role.KEY_HOLDER,
    }
)  # fmt: skip
#: Whose tour it is, and where it leads.
TOURS: Final[Sequence[tuple[frozenset[Role], Sequence[Stop]]]] = (
    (
        frozenset({Role.HEAD}),
        (
            Stop(
                "site:today",
                _("What is late or waits for you stands here, the most harmful first."),
            ),
            Stop(
                "figures:index",
                _(
                    "Every number of the community. Tap one to see what it counts and the rows behind it."
                ),
            ),
            Stop(
                "doublefive:list",
                _(
                    "The five projects of each year, from the first idea to the neighbours' appraisal."
                ),
            ),
            Stop(
                "survey:list",
                _("What households said in the yearly survey, and the one that runs now."),
            ),
            Stop("site:team", _("Who holds which role, until when, and who stands in.")),
        ),
    ),
    (
        frozenset({Role.COMMUNITY_WORKER}),
        (
            Stop(
                "reception:visits",
                _("Somebody comes in: one letter says why, and the visit is noted."),
            ),
            Stop(
                "reception:receive",
                _(
                    "They have a demand: say it in their words, where it is, and who looks after it."
                ),
            ),
            Stop(
                "reception:desk",
                _("Everything that is open, with its limit. Open one and take it in hand."),
            ),
            Stop(
                "reception:calls",
                _("Call back whoever was answered: only they say whether it is solved."),
            ),
            Stop("suggestions:desk", _("Ideas that wait for a look or an answer.")),
        ),
    ),
    (
        frozenset({Role.GRID_OFFICER}),
        (
            Stop("rounds:today", _("Whose door to knock at today, and why.")),
            Stop(
                "rounds:houses",
                _("Your houses. Tap a home, then one word notes how you found them."),
            ),
            Stop(
                "reception:receive",
                _("What you hear at a door is written here once, in that person's name."),
            ),
            Stop("notify:to-tell", _("News for people without a phone that you tell at the door.")),
        ),
    ),
    (
        frozenset({Role.WORKSHOP_MANAGER}),
        (
            Stop("production:orders", _("Orders with what is ready, what is out, what is late.")),
            Stop(
                "production:allocate",
                _("Who gets which lot: proposed by skill, time and wish, decided by you."),
            ),
            Stop("skills:gaps", _("Which skills the order book lacks, and the courses for them.")),
            Stop("wages:months", _("Statements of the month: piece by piece, advance and rest.")),
        ),
    ),
    (
        frozenset({Role.CHILDCARE_LEAD}),
        (
            Stop("childcare:day", _("Who is here now, who comes to fetch, who is on duty.")),
            Stop(
                "childcare:children", _("Each child with consent, allergies, and who may pick up.")
            ),
            Stop("childcare:count", _("Enough adults for the children, hour by hour.")),
        ),
    ),
    (
        frozenset({Role.MEDIATOR, Role.MEDIATION_DIRECTOR}),
        (
            Stop("mediation:register", _("The cases you may read, and no others.")),
            Stop("mediation:help", _("The law at hand: articles, checklists, the three methods.")),
        ),
    ),
    (
        frozenset({Role.VOLUNTEER_LEAD}),
        (
            Stop("volunteers:desk", _("Eight kinds of help a month: which posts are still free.")),
            Stop("volunteers:people", _("Who helps, with hours and certificates.")),
        ),
    ),
    (
        frozenset({Role.ELECTION_COMMITTEE}),
        (
            Stop("ballots:votes", _("Votes you hold: the terms, the roll, the boxes, the count.")),
            Stop("doublefive:rolls", _("Who may vote for the five, in three constituencies.")),
        ),
    ),
    (
        frozenset({Role.OBSERVER, Role.KEY_HOLDER}),
        (
            Stop(
                "ballots:watched",
                _("Votes that run: the roll, the urn, the board that anyone can count again."),
            ),
        ),
    ),
    (
        frozenset({Role.AUDITOR}),
        (Stop("audit:acts", _("Every act in its chain: who, what, when, for whom.")),),
    ),
    (
        frozenset({Role.STREET_OVERSEER}),
        (
            Stop("street:overview", _("Communities side by side, by sums that name nobody.")),
            Stop(
                "figures:index",
                _(
                    "Every number of the community. Tap one to see what it counts and the rows behind it."
                ),
            ),
        ),
    ),
    (
        frozenset({Role.CLASS_LEAD}),
        (
            Stop(
                "classroom:kits",
                _("Ready lessons with script, quiz and sheets; copy one and change it."),
            ),
            Stop("classroom:lesson-new", _("Plan yours: which kit, where, when, for whom.")),
            Stop(
                "classroom:lessons", _("What is to come: open the quiz on the day, count who came.")
            ),
        ),
    ),
    (
        frozenset({Role.ACCOUNTANT}),
        (
            Stop("wages:months", _("The months: closed, confirmed, paid; the file for the bank.")),
            Stop(
                "wages:rules",
                _("Tax tables with their source and day, bonus rules, minimum wages."),
            ),
        ),
    ),
    (
        frozenset({Role.INSTALLER}),
        (
            Stop(
                "site:installation",
                _("How the installation is: backups, keys, what is still unsafe."),
            ),
            Stop("notify:deliveries", _("By which ways messages leave, and which of them failed.")),
        ),
    ),
    (
        frozenset({Role.CARRIER}),
        (Stop("production:rounds", _("Your round: what to bring where, what to take back.")),),
    ),
    (
        frozenset({Role.WORKSHOP_WORKER}),
        (
            Stop("production:mine", _("Your lots: what you have, what is offered, by when.")),
            Stop(
                "wages:mine", _("Your statement, piece by piece. Say here if something is wrong.")
            ),
        ),
    ),
    (
        frozenset({Role.VOLUNTEER}),
        (
            Stop(
                "volunteers:month", _("What takes place this month; one tap and you have a post.")
            ),
            Stop("elders:round", _("Whom you look in on, and how they were last time.")),
        ),
    ),
    (
        frozenset({Role.CHILD_DUTY, Role.FAMILY}),
        (
            Stop(
                "childcare:mine", _("Your child's day: who is there, what was done, who may fetch.")
            ),
            Stop("elders:mine", _("For the old at home: who comes, and how it was.")),
        ),
    ),
)
#: What everybody may do, whatever else they are.
EVERYBODYS: Final[Sequence[Stop]] = (
    Stop(
        "reception:tell",
        _("Tell what is broken or worries you: words, a place, a photo if you like."),
    ),
    Stop("site:mine", _("Everything you told and how far it is, step by step.")),
    Stop("suggestions:ideas", _("Ideas of neighbours: support one, or bring your own.")),
    Stop("doublefive:river", _("This year's five and how they go on; soon it is your vote.")),
    Stop("proximity:around", _("What you reach on foot in ten minutes.")),
)


def tour_of(actor: Actor) -> list[Stop]:
    """The stops for this actor: those of each role they hold, once each; a resident's where they
    hold none of the desk.
    """
    found: dict[str, Stop] = {}
    for roles, stops in TOURS:
        if actor.has(*roles):
            found |= {stop.url_name: stop for stop in stops if stop.url_name not in found}
    if not found or actor.has(*_ON_THE_STREET):
        found |= {stop.url_name: stop for stop in EVERYBODYS}
    return list(found.values())

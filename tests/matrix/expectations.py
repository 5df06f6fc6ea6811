"""Who opens which page: one line for each name in the URL conf. A name without a line fails.

A line says who opens the page with a thing of 新街社区's grid 1. The rest follows:

- a thing of grid 2 is opened by the same, officer and resident of grid 2 in the place of those
  of grid 1;
- a thing of the neighbouring community is opened by the neighbour's head, worker, officer and
  resident where the line names ours, and by nobody of ours; and the other way round.

A page without a thing, and one whose thing belongs to no community (`is_shared`), is opened by
whoever holds the role, wherever.
"""

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


LINES = {
    # the roof
    "site:home": Line(EVERYBODY),
    "site:today": Line(HANDLERS),
    "site:mine": Line(SIGNED_IN),
    "site:ours": Line(EVERYBODY),
    "site:help": Line(EVERYBODY),
    "site:ways": Line(EVERYBODY),
    "site:screen": Line(EVERYBODY),
    "site:search": Line(HANDLERS, query="?q=金雀"),
    "site:tell": Line(EVERYBODY),
    "site:month": Line(EVERYBODY, about="month", is_shared=True),
    "site:letter": Line(EVERYBODY, about="letter", is_shared=True),
    "site:need": Line(HOLDERS, about="follow"),
    "site:opened": Line(EVERYBODY, about="short code", is_shared=True),
    "site:device": Line(HANDLERS),
    "site:preferences": Line(EVERYBODY, method="POST", early=True),
    # the doors
    "site:sign-in": Line(EVERYBODY),
    "site:sign-in-code": Line(NOBODY),  # leads back to the phone that was not asked for yet
    "site:sign-in-staff": Line(EVERYBODY),
    "site:second-factor": Line(SIGNED_IN, early=True),
    "site:own-key": Line(NOBODY),  # says to whoever came by a card what it does not open
    "site:seats": Line(EVERYBODY, early=True),
    "site:leave-seat": Line(HANDLERS, method="POST"),
    "site:sign-out": Line(EVERYBODY, method="POST", early=True),
    "site:card": Line(EVERYBODY, about="card", is_shared=True),
    "site:welcome": Line(EVERYBODY, about="invitation", is_shared=True, early=True),
    "site:community": Line(EVERYBODY, about="slug", is_shared=True),
    "site:set-up": Line(NOBODY, about="set-up", is_shared=True),  # a community was founded
    # one's own account
    "site:account": Line(SIGNED_IN),
    "site:account-name": Line(SIGNED_IN),
    "site:account-password": Line(SIGNED_IN),
    "site:account-factor": Line(SIGNED_IN),
    "site:account-sign-out": Line(SIGNED_IN, method="POST"),
    # the desk helps somebody in
    "site:ways-in": Line(DESK, query="?q=金雀"),
    "site:wechat": Line(EVERYBODY),
    "site:wechat-back": Line(EVERYBODY),
    "site:wechat-file": Line(HOLDERS, about="domain file"),
    "site:account-wechat": Line(SIGNED_IN),
    "site:account-wechat-end": Line(SIGNED_IN, method="POST"),
    "site:person-wechat-end": Line(DESK, about="person", method="POST"),
    "site:person-card": Line(DESK, about="person", method="POST"),
    "site:person-join": Line(DESK, about="unjoined", method="POST"),
    # the team
    "site:team": Line(KEEPERS),
    "site:installation": Line(INSTALLER),
    "site:open-account": Line(KEEPERS),
    "site:dictation": Line(HEAD),
    "site:working-days": Line(INSTALLER),
    "site:working-day-remove": Line(INSTALLER, about="workday", method="POST", is_shared=True),
    "site:member": Line(KEEPERS, about="member"),
    "site:member-link": Line(KEEPERS, about="member", method="POST"),
    "site:member-factor": Line(KEEPERS, about="member", method="POST"),
    "site:member-sign-out": Line(KEEPERS, about="member", method="POST"),
    "site:role-end": Line(KEEPERS, about="role", method="POST"),
    "site:role-stand-in": Line(KEEPERS, about="role"),
    # programs of other offices
    "site:programs": Line(KEEPERS),
    "site:program-new": Line(KEEPERS),
    "site:program": Line(KEEPERS, about="program"),
    "site:program-renew": Line(KEEPERS, about="program", method="POST"),
    "site:program-close": Line(KEEPERS, about="program", method="POST"),
    "site:api-document": Line(EVERYBODY, early=True, by_token=True),
    "site:api-demands": Line(PROGRAM, **COUNTED),
    "site:api-demand": Line(PROGRAM, about="number", is_shared=True, **COUNTED),
    "site:api-order-changes": Line(PROGRAM, **COUNTED),
    "site:api-order": Line(PROGRAM, about="order", is_shared=True, **COUNTED),
    "site:api-figures": Line(PROGRAM, **COUNTED),
    "site:api-figure": Line(PROGRAM, about="figure", is_shared=True, **COUNTED),
    "site:api-nothing": Line(NOBODY, about="rest", is_shared=True, by_token=True),
    "site:open311-discovery": Line(EVERYBODY, about="form", **OPEN311),
    "site:open311-services": Line(EVERYBODY, about="form", **OPEN311),
    "site:open311-definition": Line(EVERYBODY, about="service", **OPEN311),
    "site:open311-requests": Line(EVERYBODY, about="form", **OPEN311),
    "site:open311-request": Line(EVERYBODY, about="request", **OPEN311),
    "site:open311-token": Line(EVERYBODY, about="follow form", **OPEN311),
    # one's own calendar
    "site:calendar": Line(SIGNED_IN),
    "site:calendar-feed": Line(
        EVERYBODY, about="calendar", moves=("community_calendaraddress",), **OPEN311
    ),
    # the record of acts
    "audit:acts": Line(AUDITOR),
    "audit:looks": Line(AUDITOR),
    # messages
    "notify:inbox": Line(SIGNED_IN),
    "notify:read-all": Line(SIGNED_IN, method="POST"),
    "notify:open": Line(RESIDENT, about="message", method="POST"),
    "notify:to-tell": Line(HANDLERS),
    "notify:task": Line(DESK | OFFICER, about="task"),
    "notify:deliveries": Line(KEEPERS),
    "notify:retry": Line(KEEPERS, about="failed", method="POST"),
    "notify:retry-job": Line(KEEPERS, about="job", method="POST", is_shared=True),
    "notify:share": Line(HANDLERS, about="shared"),
    "notify:poster": Line(HANDLERS, about="shared"),
    "notify:texts": Line(KEEPERS),
    "notify:text-drop": Line(KEEPERS, about="text template", method="POST"),
    "notify:receipts": Line(NOBODY, about="slug", is_shared=True),  # the gateway alone signs
    "notify:wechat": Line(KEEPERS),
    "notify:wechat-try": Line(KEEPERS, method="POST"),
    "notify:wechat-calls": Line(NOBODY, about="slug", is_shared=True),  # WeChat alone signs calls
    "notify:channel": Line(KEEPERS, about="channel", is_shared=True),
    # lists as files
    "downloads:mine": Line(DESK | people("street_overseer")),
    "downloads:ask": Line(DESK, about="listing", is_shared=True),
    # whoever asked for it, and nobody beside them
    "downloads:file": Line(people("community_worker"), about="download", method="POST"),
    # figures
    "figures:index": Line(READERS),
    "figures:figure": Line(READERS, about="figure", is_shared=True),
    # the roll
    "people:list": Line(HANDLERS, query="?q=金雀"),
    "people:new": Line(HANDLERS),
    "people:person": Line(DESK | OFFICER, about="person", looks=True),
    "people:change": Line(DESK | OFFICER, about="person"),
    "people:reveal": Line(DESK | OFFICER, about="person", method="POST"),
    "people:consent": Line(DESK | OFFICER, about="person consent", method="POST"),
    "people:household": Line(DESK | OFFICER, about="person", method="POST"),
    "people:leave-household": Line(DESK | OFFICER, about="person", method="POST"),
    "people:affiliate": Line(DESK | OFFICER, about="person", method="POST"),
    "people:own-data": Line(DESK, about="person", method="POST", gives=NUMBERS | {"异议{}"}),
    "people:erase": Line(DESK, about="person"),
    "people:duplicates": Line(DESK),
    "people:merge": Line(DESK, about="persons"),
    "people:not-same": Line(DESK, about="persons", method="POST"),
    "people:undo-merge": Line(DESK, about="merge", method="POST"),
    "people:imports": Line(DESK),
    "people:template": Line(DESK),
    "people:import": Line(DESK, about="roll"),
    "people:undo-import": Line(DESK, about="roll", method="POST"),
    "people:organisations": Line(HANDLERS),
    "people:organisation": Line(HANDLERS, about="organisation"),
    "people:end-affiliation": Line(DESK | OFFICER, about="affiliation", method="POST"),
    "people:mine": Line(SIGNED_IN),
    "people:my-consent": Line(ON_ROLL, about="consent", method="POST", is_shared=True),
    "people:my-data": Line(ON_ROLL, method="POST", gives=NUMBERS),
    # what was typed and not sent
    "drafts:mine": Line(HANDLERS),
    "drafts:kept": Line(SIGNED_IN),
    "drafts:keep": Line(SIGNED_IN, method="POST", early=True),
    "drafts:throw-away": Line(SIGNED_IN, method="POST"),
    # places
    "places:list": Line(HANDLERS),
    "places:new-building": Line(DESK),
    "places:building": Line(HANDLERS, about="building"),
    "places:add-unit": Line(DESK, about="building", method="POST"),
    "places:add-dwellings": Line(DESK, about="unit", method="POST"),
    "places:settle": Line(DESK, method="POST"),
    "places:home": Line(DESK | OFFICER, about="person"),
    "places:leave": Line(DESK | OFFICER, about="person", method="POST"),
    "places:new-place": Line(HANDLERS),
    "places:place": Line(HANDLERS, about="place"),
    "places:hours": Line(HANDLERS, about="place", method="POST"),
    "places:close": Line(HANDLERS, about="place", method="POST"),
    "places:codes": Line(HANDLERS),
    "places:codes-pdf": Line(HANDLERS, about="labels", is_shared=True),
    # the thread of a need
    "flow:photo": Line(DESK | OFFICER | RESIDENT, about="photo"),
    "flow:photo-small": Line(DESK | OFFICER | RESIDENT, about="photo"),
    # reception
    "reception:desk": Line(HANDLERS, query="?show=all&q=金雀"),
    "reception:demand": Line(DESK | OFFICER, about="demand"),
    "reception:slip": Line(DESK | OFFICER, about="demand"),
    "reception:slip-pdf": Line(DESK | OFFICER, about="demand", method="POST"),
    "reception:letter": Line(DESK | OFFICER, about="answered", method="POST"),
    "reception:work": Line(DESK | OFFICER, about="deed", method="POST"),
    "reception:show": Line(DESK, about="answered"),
    "reception:take-back": Line(DESK, about="answered", method="POST"),
    "reception:receive": Line(HANDLERS),
    "reception:similar": Line(DESK | OFFICER, about="demand"),
    "reception:similar-typed": Line(HANDLERS, method="POST"),
    "reception:similar-told": Line(EVERYBODY, method="POST"),
    "reception:fill": Line(DESK | OFFICER, about="demand", method="POST"),
    "reception:join": Line(DESK | OFFICER, about="pair", method="POST"),
    "reception:offer": Line(OFFICER, about="offer", method="POST"),
    "reception:share": Line(DESK | OFFICER, about="share", method="POST"),
    "reception:sending": Line(DESK | OFFICER, about="sending", method="POST"),
    "reception:templates": Line(HANDLERS),
    "reception:template": Line(HANDLERS, about="template"),
    "reception:template-withdraw": Line(HEAD, about="template", method="POST"),
    "reception:leave": Line(HOLDERS, about="follow", method="POST"),
    "reception:who": Line(HANDLERS, query="?who=金雀"),
    "reception:visits": Line(HANDLERS),
    "reception:visit-undo": Line(people("community_worker"), about="visit", method="POST"),
    "reception:visit-kinds": Line(HEAD),
    "reception:visit-kind": Line(HEAD, about="visit kind"),
    "reception:visits-pdf": Line(HANDLERS, looks=True),
    "reception:packs": Line(DESK),
    "reception:pack-make": Line(DESK, method="POST"),
    "reception:pack-print": Line(DESK, about="pack", method="POST"),
    "reception:calls": Line(DESK),
    "reception:call": Line(DESK, about="call"),
    "reception:imports": Line(DESK),
    # the suggestions hall
    "suggestions:ideas": Line(EVERYBODY),
    "suggestions:say": Line(EVERYBODY),
    "suggestions:similar": Line(EVERYBODY, method="POST"),
    "suggestions:became": Line(EVERYBODY),
    "suggestions:waiting": Line(EVERYBODY),
    "suggestions:idea": Line(HOLDERS, about="suggestion"),
    "suggestions:stand": Line(HERE, about="suggestion", method="POST"),
    "suggestions:desk": Line(DESK),
    "suggestions:hear": Line(HANDLERS),
    "suggestions:desk-idea": Line(DESK, about="suggestion"),
    "suggestions:work": Line(DESK, about="deed on an idea", method="POST"),
    "suggestions:times": Line(DESK),
    "suggestions:minutes": Line(DESK | OFFICER, about="gathering"),
    "suggestions:heard": Line(DESK | OFFICER, about="gathering"),
    "suggestions:points": Line(DESK | OFFICER, about="gathering", method="POST"),
    "suggestions:decide": Line(DESK | OFFICER, about="minute point", method="POST"),
    "suggestions:recordings": Line(DESK | OFFICER, about="gathering", method="POST"),
    "suggestions:sound": Line(DESK | OFFICER, about="recording"),
    "suggestions:forget": Line(DESK | OFFICER, about="recording", method="POST"),
    "suggestions:topics": Line(EVERYBODY),
    "suggestions:topic": Line(HOLDERS, about="topic"),
    "suggestions:result": Line(HOLDERS, about="topic"),
    "suggestions:add": Line(HERE, about="topic", method="POST"),
    "suggestions:vote": Line(HERE, about="statement", method="POST"),
    "suggestions:topic-new": Line(DESK),
    "suggestions:topic-desk": Line(DESK, about="topic"),
    "suggestions:sheet": Line(DESK, about="topic"),
    "suggestions:judge": Line(DESK, about="statement", method="POST"),
    # forms on paper
    "paper:desk": Line(DESK),
    "paper:print": Line(DESK, about="paper form", method="POST", is_shared=True),
    "paper:type": Line(DESK, about="paper form", is_shared=True),
    "paper:handed": Line(DESK | OFFICER, about="handed to"),
    "paper:again": Line(DESK | OFFICER, about="handed", method="POST"),
    "paper:letter": Line(DESK, about="letter to sign", method="POST"),
    "paper:send": Line(EVERYBODY),
    "paper:sent": Line(HOLDERS, about="sent sheet"),
    "paper:look": Line(DESK, about="sheet", looks=True),
    "paper:picture": Line(DESK, about="sheet", looks=True),
    "paper:name": Line(DESK, about="sheet", method="POST"),
    "paper:throw": Line(DESK, about="sheet", method="POST"),
    "paper:after-all": Line(DESK, about="sheet", method="POST"),
    # votes
    "ballots:mine": Line(SIGNED_IN),
    "ballots:vote": Line(RESIDENT, about="election"),
    "ballots:object": Line(RESIDENT, about="election", method="POST"),
    "ballots:draw": Line(RESIDENT, about="election", method="POST"),
    # whoever brings a signed envelope, and nobody by a session
    "ballots:cast": Line(NOBODY, about="urn", method="POST", is_shared=True, by_token=True),
    "ballots:boards": Line(EVERYBODY),
    "ballots:board": Line(HOLDERS, about="election"),
    "ballots:board-file": Line(HOLDERS, about="election over"),
    "ballots:certificate": Line(HOLDERS, about="election over"),
    "ballots:certificate-sheet": Line(HOLDERS, about="election over"),
    "ballots:draft": Line(COMMITTEE),
    "ballots:print": Line(COMMITTEE, about="ballot box", method="POST", gives=NAMES),
    "ballots:enrol": Line(COMMITTEE, about="election", method="POST", gives=NAMES),
    "ballots:add": Line(COMMITTEE, about="election", method="POST", gives=NAMES),
    "ballots:votes": Line(COMMITTEE | DESK),
    "ballots:held": Line(COMMITTEE, about="election", gives=NAMES),
    "ballots:deed": Line(COMMITTEE, about="election deed", method="POST", gives=NAMES),
    "ballots:key": Line(COMMITTEE, about="election", method="POST", gives=NAMES),
    "ballots:withdraw": Line(COMMITTEE, about="election", method="POST", gives=NAMES),
    "ballots:extend": Line(COMMITTEE, about="election", method="POST", gives=NAMES),
    "ballots:answer": Line(COMMITTEE, about="objection", method="POST", gives=NAMES),
    "ballots:box": Line(COMMITTEE, about="ballot box", method="POST", gives=NAMES),
    "ballots:explain": Line(COMMITTEE, about="ballot box", method="POST", gives=NAMES),
    "ballots:roll": Line(COMMITTEE, about="election", gives=NAMES),
    "ballots:hand-out": Line(COMMITTEE, about="roll entry", method="POST", gives=NAMES),
    "ballots:strike": Line(COMMITTEE, about="roll entry", method="POST", gives=NAMES),
    "ballots:watched": Line(people("key_holder", "observer")),
    "ballots:holder": Line(people("key_holder"), about="election"),
    "ballots:confirm": Line(people("key_holder"), about="election", method="POST"),
    "ballots:word": Line(people("key_holder"), about="election", method="POST"),
    "ballots:bring": Line(people("key_holder"), about="election", method="POST"),
    "ballots:file": Line(people("key_holder"), about="opener"),
    "ballots:observer": Line(people("observer"), about="election"),
    "ballots:decide": Line(people("observer"), about="ballot sheet"),
    "ballots:read": Line(COMMITTEE | people("observer"), about="ballot box"),
    "reception:import-file": Line(DESK, about="taken in"),
    "reception:import-columns": Line(DESK, about="upload"),
    "reception:import-map": Line(DESK, about="taken in"),
    "reception:import-take-in": Line(DESK, about="upload", method="POST"),
    "reception:import-discard": Line(DESK, about="upload", method="POST"),
    "reception:orders": Line(DESK),
    "reception:orders-back": Line(DESK, method="POST"),
    # rounds
    "rounds:today": Line(OFFICER | people("officer_2")),
    "rounds:houses": Line(OFFICER | people("officer_2")),
    "rounds:house": Line(OFFICER, about="building"),
    "rounds:home": Line(DESK | OFFICER, about="dwelling"),
    "rounds:wish": Line(DESK | OFFICER, about="dwelling", method="POST"),
    "rounds:hear": Line(OFFICER | people("officer_2")),
    "rounds:offline": Line(OFFICER | people("officer_2")),
    "rounds:worker": Line(OFFICER | people("officer_2")),
    "rounds:hand-overs": Line(HANDLERS),
    "rounds:hand-over": Line(DESK | OFFICER, about="hand-over"),
    # whoever is asked to walk the round, and nobody beside them
    "rounds:hand-over-deed": Line(people("community_worker"), about="hand-over yes", method="POST"),
    "rounds:paces": Line(HEAD),
    "reception:tell": Line(EVERYBODY),
    "reception:follow": Line(HOLDERS, about="follow"),
    "reception:object": Line(HOLDERS, about="follow", method="POST"),
    "reception:stories": Line(EVERYBODY),
    "reception:story": Line(HOLDERS, about="story"),
    "reception:month": Line(EVERYBODY),
    "reception:month-pdf": Line(HANDLERS),
    # the double five
    "doublefive:list": Line(HANDLERS),
    "doublefive:season": Line(HANDLERS, about="season"),
    "doublefive:criteria": Line(HEAD, about="season"),
    "doublefive:screeners": Line(HEAD, about="season"),
    "doublefive:booklet": Line(NOBODY, about="season"),  # the list is not published yet
    "doublefive:go-on": Line(HEAD, about="season", method="POST"),
    "doublefive:idea": Line(HANDLERS, about="idea"),
    "doublefive:merge": Line(DESK, about="idea", method="POST"),
    "doublefive:merge-noted": Line(DESK, about="idea", method="POST"),
    "doublefive:pass": Line(DESK, about="idea", method="POST"),  # they are the screeners
    "doublefive:refuse": Line(HANDLERS, about="idea", method="POST"),
    "doublefive:appeal-noted": Line(DESK, about="idea", method="POST"),
    "doublefive:decide": Line(HANDLERS, about="idea", method="POST"),
    "doublefive:rolls": Line(COMMITTEE),
    "doublefive:roll": Line(HANDLERS | COMMITTEE, about="season"),
    "doublefive:begin-roll": Line(COMMITTEE, about="season", method="POST"),
    "doublefive:place": Line(COMMITTEE, about="season", method="POST"),
    "doublefive:terms": Line(COMMITTEE, about="season"),
    "doublefive:roll-rule": Line(COMMITTEE, about="roll rule"),
    "doublefive:make-roll": Line(COMMITTEE, about="season vote", method="POST"),
    "doublefive:count": Line(COMMITTEE, about="season vote", method="POST"),
    "doublefive:representatives": Line(DESK | COMMITTEE, gives=NAMES),
    "doublefive:recall": Line(DESK | COMMITTEE, about="representative", method="POST", gives=NAMES),
    "doublefive:electorate": Line(EVERYBODY, about="season year", is_shared=True),
    "doublefive:missing": Line(
        people("resident", "resident_2"), about="season year", method="POST", is_shared=True
    ),
    # Nothing is counted there yet.
    "doublefive:result": Line(NOBODY, about="season year"),
    "doublefive:result-sheet": Line(NOBODY, about="season year"),
    "doublefive:result-file": Line(NOBODY, about="result file"),
    "doublefive:pictures": Line(DESK, about="idea", method="POST"),
    "doublefive:carrying": Line(HANDLERS, about="season carried"),
    "doublefive:begin": Line(HEAD, about="chosen"),
    "doublefive:project": Line(HANDLERS, about="project"),
    "doublefive:project-deed": Line(HANDLERS, about="project finished", method="POST"),
    "doublefive:milestone-deed": Line(DESK, about="milestone reached", method="POST"),
    "doublefive:comment-deed": Line(HANDLERS, about="comment answered", method="POST"),
    "doublefive:appraisal": Line(HANDLERS, about="season carried"),
    "doublefive:appraisal-publish": Line(HEAD, about="season carried", method="POST"),
    "doublefive:appraisal-sheet": Line(DESK, about="season carried"),
    "doublefive:appraisal-paper": Line(HANDLERS, about="season carried", query="?group=party"),
    "doublefive:appraisal-words": Line(DESK, about="season carried"),
    "doublefive:ask": Line(DESK | OFFICER, about="appraiser"),
    "doublefive:box": Line(DESK | OFFICER, about="appraiser", method="POST"),
    "doublefive:appraised": Line(EVERYBODY, about="appraised year", is_shared=True),
    "doublefive:appraise": Line(ON_ROLL, about="carried year", is_shared=True),
    "doublefive:carried": Line(EVERYBODY, about="carried", is_shared=True),
    "doublefive:carried-say": Line(EVERYBODY, about="carried said", method="POST", is_shared=True),
    "doublefive:years": Line(EVERYBODY),
    "doublefive:picture": Line(HANDLERS, about="picture"),  # nobody has looked at it yet
    "doublefive:picture-small": Line(HANDLERS, about="picture"),
    "doublefive:river": Line(EVERYBODY),
    "doublefive:river-of": Line(EVERYBODY, about="season year", is_shared=True),
    "doublefive:offer": Line(EVERYBODY),
    "doublefive:mine": Line(HOLDERS, about="idea code"),
    "doublefive:merge-answer": Line(HOLDERS, about="idea code", method="POST"),
    "doublefive:appeal": Line(HOLDERS, about="idea code", method="POST"),
    # gatherings
    "gatherings:public": Line(EVERYBODY),
    "gatherings:feed": Line(EVERYBODY),
    "gatherings:desk": Line(HANDLERS),
    "gatherings:new": Line(HANDLERS),
    "gatherings:series": Line(HANDLERS),
    "gatherings:series-new": Line(HANDLERS),
    "gatherings:series-change": Line(DESK | OFFICER, about="series"),
    "gatherings:series-end": Line(DESK | OFFICER, about="series", method="POST"),
    "gatherings:gathering": Line(HANDLERS, about="gathering"),
    "gatherings:change": Line(DESK | OFFICER, about="gathering"),
    "gatherings:move": Line(DESK | OFFICER, about="gathering"),
    "gatherings:cancel": Line(DESK | OFFICER, about="gathering"),
    "gatherings:close": Line(DESK | OFFICER, about="gathering", method="POST"),
    "gatherings:invite": Line(DESK | OFFICER, about="gathering"),
    "gatherings:add-item": Line(DESK | OFFICER, about="gathering", method="POST"),
    "gatherings:order": Line(DESK | OFFICER, about="gathering", method="POST"),
    "gatherings:papers": Line(DESK | OFFICER, about="gathering"),
    "gatherings:poster": Line(HANDLERS, about="gathering"),
    "gatherings:item": Line(DESK | OFFICER, about="agenda item"),
    "gatherings:item-deed": Line(DESK | OFFICER, about="agenda item up", method="POST"),
    "gatherings:people": Line(DESK | OFFICER, about="gathering"),
    "gatherings:door": Line(DESK | OFFICER, about="gathering", query="?q=金雀"),
    "gatherings:arrive": Line(DESK | OFFICER, about="gathering", method="POST"),
    "gatherings:list": Line(DESK | OFFICER, about="gathering", method="POST"),
    "gatherings:lines": Line(DESK | OFFICER, about="gathering"),
    "gatherings:walk-ins": Line(DESK | OFFICER, about="gathering", method="POST"),
    "gatherings:attendance": Line(DESK | OFFICER, about="attendance undone", method="POST"),
    "gatherings:paper": Line(HANDLERS, about="gathering paper"),
    "gatherings:here": Line(HOLDERS, about="door code"),
    "gatherings:notice": Line(HOLDERS, about="notice"),
    "gatherings:come": Line(ON_ROLL, about="notice", method="POST"),
    "gatherings:decline": Line(ON_ROLL, about="notice", method="POST"),
    "gatherings:event": Line(HOLDERS, about="notice"),
    # the deliberation hall
    "deliberation:matters": Line(EVERYBODY),
    "deliberation:propose": Line(ON_ROLL),
    "deliberation:public": Line(HOLDERS, about="matter code"),
    "deliberation:object": Line(HOLDERS, about="matter code"),
    "deliberation:notice": Line(HOLDERS, about="matter code"),
    "deliberation:say": Line(ON_ROLL, about="matter argued", method="POST"),
    "deliberation:desk": Line(HANDLERS),
    "deliberation:new": Line(DESK),
    "deliberation:rules": Line(HANDLERS),
    "deliberation:practice": Line(HEAD, method="POST"),
    "deliberation:matter": Line(HANDLERS, about="matter"),
    "deliberation:do": Line(DESK, about="matter published", method="POST"),
    "deliberation:call": Line(DESK),
    "deliberation:meeting": Line(HANDLERS, about="hall meeting"),
    "deliberation:freeze": Line(DESK, about="hall meeting", method="POST"),
    "deliberation:proxies": Line(DESK, about="hall meeting", method="POST"),
    "deliberation:minutes": Line(HANDLERS, about="hall meeting"),
    "deliberation:point": Line(DESK, about="point"),
    "deliberation:secret": Line(COMMITTEE | DESK),
    "deliberation:secret-open": Line(COMMITTEE, about="point", method="POST"),
    "deliberation:secret-take": Line(COMMITTEE | DESK, about="point", method="POST"),
    "deliberation:roll-call": Line(DESK, about="point"),
    "deliberation:vote": Line(DESK, about="point voted", method="POST"),
    # the grid classroom
    "classroom:enter": Line(EVERYBODY),
    "classroom:class": Line(HOLDERS, about="class code"),
    "classroom:join": Line(HOLDERS, about="class code"),
    "classroom:quiz": Line(HOLDERS, about="class code"),
    "classroom:now": Line(HOLDERS, about="class code"),
    "classroom:answer": Line(HOLDERS, about="class code", method="POST"),
    "classroom:screen": Line(HOLDERS, about="class code"),
    "classroom:drill": Line(HOLDERS, about="class code"),
    "classroom:feedback": Line(HOLDERS, about="class code"),
    "classroom:draw": Line(HOLDERS, about="prize draw"),
    "classroom:draw-list": Line(HOLDERS, about="prize draw"),
    "classroom:draw-number": Line(DESK, about="prize draw", method="POST"),
    "classroom:draw-script": Line(EVERYBODY),
    "classroom:online": Line(EVERYBODY),
    "classroom:online-lesson": Line(HOLDERS, about="online lesson"),
    "classroom:online-done": Line(HOLDERS, about="online lesson", method="POST"),
    "classroom:online-quiz": Line(HOLDERS, about="online lesson"),
    "classroom:online-off": Line(HANDLERS, about="online lesson", method="POST"),
    "classroom:picture": Line(HOLDERS, about="kit picture"),
    "classroom:lessons": Line(HANDLERS),
    "classroom:lesson-new": Line(HANDLERS),
    "classroom:lesson": Line(HANDLERS, about="lesson"),
    "classroom:draw-new": Line(HANDLERS, about="lesson"),
    "classroom:work": Line(HANDLERS, about="deed on a lesson", method="POST"),
    "classroom:of-gathering": Line(HANDLERS, about="lesson's gathering"),
    "classroom:kits": Line(HANDLERS),
    "classroom:kit-new": Line(HANDLERS),
    "classroom:kit-take-in": Line(HANDLERS),
    "classroom:kits-lay-out": Line(HANDLERS, method="POST"),
    "classroom:kit": Line(HANDLERS, about="kit"),
    "classroom:kit-change": Line(HANDLERS, about="kit"),
    "classroom:kit-copy": Line(HANDLERS, about="kit", method="POST"),
    "classroom:kit-online": Line(HANDLERS, about="kit", method="POST"),
    "classroom:kit-file": Line(HANDLERS, about="kit"),
    "classroom:kit-quiz": Line(HANDLERS, about="kit"),
    "classroom:kit-drill": Line(HANDLERS, about="kit"),
    "classroom:kit-sheet": Line(HANDLERS, about="kit sheet"),
    "classroom:frauds": Line(HANDLERS),
    "classroom:coverage": Line(HANDLERS),
    # the workshop: who runs it and who carries know whom by name
    "production:orders": Line(KEEP_SHOP),
    "production:order-new": Line(KEEP_SHOP),
    "production:order": Line(KEEP_SHOP, about="workshop order", gives=NAMES),
    "production:order-act": Line(KEEP_SHOP, about="order deed", method="POST", gives=NAMES),
    "production:labels": Line(KEEP_SHOP, about="workshop order"),
    "production:picture": Line(KEEP_SHOP, about="order picture"),
    "production:imports": Line(KEEP_SHOP),
    "production:import-template": Line(KEEP_SHOP),
    "production:import": Line(KEEP_SHOP, about="order book"),
    "production:scan": Line(KEEP_SHOP, gives=NAMES),
    "production:lot": Line(KEEP_SHOP, about="lot", gives=NAMES),
    "production:lot-act": Line(KEEP_SHOP, about="lot deed", method="POST", gives=NAMES),
    "site:lot": Line(KEEP_SHOP | WORKER | CARRIER, about="lot code"),
    "production:judge": Line(KEEP_SHOP, about="receipt", gives=NAMES),
    "production:agree": Line(KEEP_SHOP, about="receipt", method="POST"),
    "production:fault": Line(KEEP_SHOP, about="movement"),
    "production:undo": Line(KEEP_SHOP, about="movement", gives=NAMES),
    "production:allocate": Line(KEEP_SHOP, gives=NAMES),
    "production:offer-act": Line(KEEP_SHOP, about="lot offer", method="POST"),
    "production:workers": Line(KEEP_SHOP, gives=NAMES),
    "production:worker": Line(KEEP_SHOP, about="worker", gives=NAMES),
    "production:worker-act": Line(KEEP_SHOP, about="worker deed", method="POST", gives=NAMES),
    "production:wish-answer": Line(KEEP_SHOP, about="work wish", method="POST"),
    "production:operations": Line(KEEP_SHOP),
    "production:work-act": Line(KEEP_SHOP, about="work deed", method="POST", is_shared=True),
    "production:rounds": Line(KEEP_SHOP | CARRIER, gives=NAMES),
    "production:round": Line(KEEP_SHOP | CARRIER, about="carrying", gives=NAMES),
    "production:round-paper": Line(KEEP_SHOP | CARRIER, about="carrying", gives=NAMES),
    "production:stop": Line(KEEP_SHOP | CARRIER, about="stop", method="POST", gives=NAMES),
    "production:mine": Line(WORKER),
    # the offer is another worker's
    "production:answer": Line(NOBODY, about="lot offer", method="POST"),
    # whoever holds the role and is not on the list has no wish to write down
    "production:wish": Line(NOBODY, method="POST"),
    "production:about": Line(EVERYBODY),
    "wages:months": Line(KEEP_SHOP),
    "wages:month": Line(KEEP_SHOP, about="pay month", gives=NAMES),
    "wages:payment-file": Line(KEEP_SHOP, about="pay month", method="POST", gives=NAMES),
    "wages:file-paid": Line(KEEP_SHOP, about="pay month", method="POST", gives=NAMES),
    "wages:worker": Line(KEEP_SHOP, about="worker", gives=NAMES),
    "wages:worker-act": Line(KEEP_SHOP, about="worker's money", method="POST", gives=NAMES),
    "wages:rules": Line(KEEP_SHOP),
    "wages:rules-act": Line(KEEP_SHOP, about="pay rule", method="POST", is_shared=True),
    "wages:mine": Line(WORKER),
    "wages:statement": Line(KEEP_SHOP, about="pay", gives=NAMES),
    "wages:statement-paper": Line(KEEP_SHOP, about="pay", gives=NAMES),
    "wages:statement-act": Line(KEEP_SHOP, about="pay deed", method="POST", gives=NAMES),
    # the yearly survey
    "survey:list": Line(HANDLERS),
    "survey:survey": Line(HANDLERS, about="survey"),
    "survey:questions": Line(HEAD, about="survey"),
    "survey:begin": Line(HEAD, about="survey"),
    "survey:last-day": Line(HEAD, about="survey", method="POST"),
    "survey:close": Line(HEAD, about="survey", method="POST"),
    "survey:publish": Line(HEAD, about="survey", method="POST"),
    "survey:remarks": Line(DESK, about="survey over"),
    "survey:households": Line(HANDLERS, about="survey"),
    "survey:household": Line(DESK | OFFICER, about="sampled"),
    "survey:new-letter": Line(DESK, about="sampled", method="POST"),
    "survey:paper": Line(DESK, about="survey"),
    "survey:letters": Line(DESK, about="survey", method="POST"),
    "survey:letter": Line(EVERYBODY),
    "survey:answer": Line(HOLDERS, about="household's code"),
    "survey:thanks": Line(EVERYBODY),
    "survey:results": Line(EVERYBODY),
    "survey:result": Line(EVERYBODY, about="survey year", is_shared=True),
}

#: Roles that no line names: they have a door of their own nowhere yet.
PLAIN_ROLES = frozenset(Role) - frozenset().union(
    *(line.opens for line in LINES.values() if not frozenset(Role) <= line.opens)
)


@dataclass(frozen=True)
class Canary:
    """A string of a side. `readers`: who may ever read it, `stands_at`: a page where it does stand,
    opened by the actor `by`; a string that stands on no page says why.
    """

    readers: frozenset[str]
    stands_at: str = ""
    by: str = "community_worker"
    why_nowhere: str = ""


#: Strings that stand in the things of each side ("{}" is its sign), and who may ever read them.
#: The names are those of grid 1's side; the others follow as above.
CANARIES = {
    # the name of a person on the roll
    "金雀{}": Canary(DESK | OFFICER | RESIDENT, "people:list"),
    # asked without a name
    "匿者{}": Canary(DESK, "reception:visits"),
    # the words of a need, opened by the code on its slip
    "明言{}": Canary(HOLDERS | people("program"), "reception:follow", "anonymous"),
    # confidential
    "密言{}": Canary(DESK | RESIDENT, "reception:desk"),
    # sealed
    "封言{}": Canary(RESIDENT, "site:mine", "resident"),
    # an internal note
    "内注{}": Canary(DESK | OFFICER, "reception:demand"),
    # what a colleague was asked to help with, and the number of a letter to a unit outside
    "会办{}": Canary(DESK | OFFICER, "reception:demand"),
    "函号{}": Canary(DESK | OFFICER, "reception:demand"),
    # why a demand is offered: both sides and the desk read it
    "转因{}": Canary(DESK | OFFICER, "reception:desk", "grid_officer"),
    # a note on a visit
    # The person themselves, in the file of everything that is held of them (个人信息保护法45).
    "访注{}": Canary(HANDLERS | RESIDENT, "reception:visits"),
    # a note at a door; the person themselves, in the file of everything that is held of them
    "门注{}": Canary(DESK | OFFICER | RESIDENT, "rounds:home"),
    # why somebody should look in
    "望语{}": Canary(DESK | OFFICER, "rounds:home", "grid_officer"),
    # what an officer tells the deputy
    "交话{}": Canary(DESK | OFFICER, "rounds:hand-over"),
    # a message in an inbox
    "信文{}": Canary(RESIDENT, "notify:inbox", "resident"),
    # what an officer is to tell at a door
    "口信{}": Canary(DESK | OFFICER, "notify:task", "grid_officer"),
    # a line of a roll that is being imported
    "名册{}": Canary(DESK, "people:import"),
    # a file of demands that waits to be taken in
    "来件{}": Canary(DESK, "reception:imports"),
    # what an author wrote about an idea
    "点话{}": Canary(DESK, "doublefive:idea"),
    # what a passer-by said to a project, which nobody has looked at yet
    "留言{}": Canary(HANDLERS, "doublefive:project"),
    # how somebody who objects to a resolution is reached
    "议联{}": Canary(DESK, "deliberation:matter"),
    # what a customer's piece should be like
    "规格{}": Canary(KEEP_SHOP, "production:order", "head"),
    # why a worker says that her statement is wrong; she reads it in the file of what is held of her
    "异议{}": Canary(KEEP_SHOP | RESIDENT, "wages:statement", "head"),
    # what a household wrote for the survey
    "愿望{}": Canary(DESK, "survey:remarks"),
    # how a fraud was stopped
    "拦语{}": Canary(HANDLERS | RESIDENT, "classroom:frauds"),
    # an idea is for everybody to read
    "点子{}": Canary(HOLDERS, "suggestions:idea", "anonymous"),
    # a statement that nobody has looked at yet
    # a point of the minutes
    "要点{}": Canary(DESK | OFFICER, "suggestions:minutes", "grid_officer"),
    "观点{}": Canary(DESK, "suggestions:topic-desk"),
    # who had it, and how they are reached
    "献者{}": Canary(DESK, "suggestions:desk-idea"),
    # what was read on a sheet
    "单言{}": Canary(DESK, "paper:look"),
    # a telephone number in full
    "{phone}": Canary(DESK | RESIDENT, "reception:call"),
    # an identity number in full
    "{id_number}": Canary(NOBODY, why_nowhere="shown by a reveal only, whose reason is recorded"),
}

"""Who knows one room knows all: the same files everywhere, and none that means nothing."""

import pytest

from tests.shape.house import GROUND, HALLS, MULIN, contract, packages, python_files, rooms

ROOM_FILES = {
    "__init__.py", "actions", "actions.py", "api", "api.py", "apps.py", "commands.py", "demo.py",
    "figures.py", "forms", "forms.py", "jobs.py", "listings.py", "migrations", "models",
    "models.py",
    "permissions.py", "queries", "queries.py", "rules", "rules.py", "static", "templates",
    "urls.py", "views", "views.py",
}  # fmt: skip
#: What a package has beside the files that every room has, and what for.
FILES_OF_ITS_OWN = {
    "ground/street": {
        "dues.py": "what was handed up and waits for an answer",
        "registry.py": "rooms register what a grant opens and how they hear of an answer",
    },
    "commons/flow": {
        "holdings.py": "what is told and erased of a person",
        "door.py": "where a need goes in, whichever room heard it",
        "many.py": "opening as many needs at once as a file brings",
        "receivers.py": "rooms register who takes a need over",
        "said.py": "the lines a step may say, in one place",
    },
    "commons/ballots": {
        "blindrsa.py": "blind signatures, RFC 9474",
        "dues.py": "what a vote asks of voters, committee, key holders, observers",
        "client.py": "a voter's device in Python, for rehearsals and tests",
        "counting": "ballots in, one result out: no table, no framework",
        "holdings.py": "what is told and erased of a person",
        "keys.py": "signing keys and readings, locked by files that no backup holds",
        "membership.py": "who belongs to which constituency: rules as data",
        "opener.py": "the script that opens an urn, away from the server",
        "papers.py": "the notice of a vote as an official document",
        "registry.py": "rooms register what a vote of theirs is to them",
        "sheets.py": "the paper ballot as a form",
        "rehearsal.py": "a whole vote with faults, for the command line",
        "shown.py": "how a vote is told in a chat group",
    },
    "commons/paper": {
        "consents.py": "the sheet of consents: the roll, whose they are, lies below and knows no paper",
        "holdings.py": "what is told and erased of a person",
        "letters.py": "official documents about somebody on the roll, which knows no paper",
        "pressing.py": "printed sheets as an answer, for the desk's page and those of rooms",
        "registry.py": "rooms register their forms, and what becomes of each",
    },
    "commons/planning": {
        "allocation.py": "who gets which lots of work",
        "cvrplib.py": "the public delivery instances that the engine is measured by",
        "duty": "who is on duty when",
        "linear.py": "one linear model for any engine",
        "orlib.py": "the public instances that the engine is measured by",
        "pairing.py": "who is paired with whom",
        "rosters.py": "the public rosters that the engines are measured by",
        "months.py": "rosters from whole months, for the process in which solvers run",
        "routing.py": "delivery rounds",
        "siting.py": "where the next places should go",
        "solver.py": "the process in which solvers run",
        "solving.py": "asks solvers, and proves what they say",
    },
    "commons/gatherings": {
        "calendars.py": "what stands in one's own calendar, and in everybody's",
        "dues.py": "lists of who came that nobody has closed",
        "papers.py": "the notice as an official document",
        "sheets.py": "the list to sign and the sign-up on paper: what they ask, what becomes of them",
        "registry.py": "rooms register their kinds of gathering",
        "shown.py": "how what takes place is told in a chat group",
    },
    "commons/ledgers": {
        "reading.py": "how a line of an old ledger is read",
        "registry.py": "rooms register their old ledgers, and what becomes of a line",
    },
    "commons/rota": {
        "calendars.py": "what stands in one's own calendar",
        "dues.py": "shifts without their people, changes that wait",
        "holdings.py": "what is told and erased of a person",
        "picture.py": "twelve months in one picture, as numbers",
        "registry.py": "rooms register what duty they have",
        "sheets.py": "which days suit somebody, on paper",
        "words.py": "faults, reasons and lacks as sentences",
    },
    "ground/audit": {
        "anchors.py": "heads of chains kept off the database",
        "verbs.py": "what acts are called in words",
    },
    "ground/community": {
        "access.py": "the marks by which a view says who may open it",
        "calendars.py": "rooms register what stands in one's calendar",
        "calls.py": "rooms register what programs may call",
        "acts.py": "the record of acts, handed down from the floor above",
        "files.py": "a file is chosen, looked at, taken in, taken out again",
        "deeds.py": "several small forms on one page: shown, done, said",
        "dues.py": "rooms register what somebody owes",
        "menu.py": "rooms register their entries",
        "passwords.py": "what is asked of a password, named in the settings",
        "tenancy.py": "which tables belong to communities",
        "ways.py": "rooms register how each act is done without a phone",
    },
    "ground/downloads": {
        "registry.py": "rooms register the lists that can be taken away",
        "tables.py": "what rooms say of a list that shows a table as it lies there",
    },
    "ground/drafts": {"holdings.py": "what is told and erased of a person"},
    "ground/figures": {
        "folding.py": "which counts may be told to everybody, and how the rest is put together",
        "opendata.py": "the files of a year that everybody may have",
        "registry.py": "rooms register their figures",
        "telling.py": "figures as words",
        "yearbook.py": "what stands in the year book",
    },
    "ground/notify": {
        "addresses.py": "floors register how a kind of record is reached",
        "channels": "one module of one shape per channel",
        "dues.py": "what is to be told in person, as something owed",
        "sharing.py": "rooms register what may be put into a chat group",
        "queue.py": "how jobs are rung for",
        "sweeps.py": "rooms register what finds their due rows",
        "topics.py": "floors and rooms name what their messages are about",
        "workers.py": "which worker holds a lease, and whether it still lives",
    },
    "ground/people": {
        "near.py": "rooms register who is close to somebody in need, and what helpers must know",
        "words.py": "the sentences of the roll",
    },
    "ground/places": {
        "holding.py": "rooms register what of their own holds a place, and ask for the rest",
        "presence.py": "rooms register how they count who is at a place",
        "walking": "the walking network, and what is reached on it",
    },
    "ground/upkeep": {
        "archive.py": "members of a backup and their list",
        "erased.py": "the ledgers of erasures of all places together",
        "health.py": "how the installation is at this moment",
        "installation.py": "what the installation is like, read where it stands",
        "keys.py": "the keys that are kept apart from backups",
        "level.py": "the items of national level 2 with their live values",
        "making.py": "making a backup",
        "moving.py": "from one database to the other",
        "placing.py": "what was proved takes the place of what is there",
        "postgres.py": "every row of PostgreSQL out and in",
        "refusals.py": "a sentence for the operator",
        "safety.py": "with what Mulin does not open, and how it is mended",
        "restoring.py": "unpacking, having it proved, putting it in place",
        "sealing.py": "one sealed file as a stream",
        "snapshot.py": "the database at one moment",
        "staged.py": "proving what was unpacked, in a process of its own",
    },
    "parlour/reception": {
        "street.py": "what a head may let the street look at",
        "calendars.py": "what stands in a handler's own calendar",
        "data": "what people of the demonstration say",
        "dues.py": "what a handler owes today",
        "holdings.py": "what is told and erased of a person",
        "orders.py": "how a work order stands to whoever sent it",
        "letters.py": "what an asker gets on paper, and what an answer says as a letter",
        "open311.py": "what GeoReport v2 shows of demands",
        "importing": "files of demands from other systems: mapping and reading",
        "shown.py": "what of an answered demand the street may read",
        "sheets.py": "the demand sheet: what it asks, and what becomes of it",
        "sheets_after.py": "the asker's word on an answer, and the list of calls: the same for both",
        "similar.py": "which demands near may be about the same thing",
        "standing.py": "how a demand stands, in a word and a colour",
    },
    "parlour/doublefive": {
        "sheets.py": "the appraisal: what is asked of each project, on paper and on pages",
        "holdings.py": "what is told and erased of a person",
        "roll_forms.py": "what is typed about the roll and the vote",
        "dues.py": "steps of projects, ideas to screen, appeals to hear, comments",
        "shown.py": "how its public pages are told in a chat group",
    },
    "parlour/deliberation": {
        "dues.py": "matters to screen, resolutions to publish, objections, tasks",
        "holdings.py": "what is told and erased of a person",
        "papers.py": "minutes and public notice as official documents",
        "shown.py": "how a matter is told in a chat group",
    },
    "parlour/suggestions": {
        "dues.py": "what the desk owes today: looks and answers",
        "holdings.py": "what is told and erased of a person",
        "shown.py": "how ideas and questions are told in a chat group",
        "data": "what neighbours of the demonstration think of",
        "meaning.py": "the model that knows which texts mean the same, an extra",
        "sheets.py": "an idea, and opinions on a question, on paper",
    },
    "parlour/classroom": {
        "dues.py": "draws whose number is known",
        "holdings.py": "what is told and erased of a person",
        "kits": "the kits that come with the product, as data",
        "redraw.py": "the draw as anybody runs it, standard library only",
        "sheets.py": "the quiz of a lesson on paper",
    },
    "parlour/survey": {
        "sheets.py": "the questionnaire of a household on paper, and what becomes of it",
        "holdings.py": "what is told of a person and what stays after an erasure",
        "shown.py": "the numbers of a report in words",
        "telling.py": "what of a report is too small to be told, pure",
    },
    "workshop/production": {
        "deposits.py": "what stands on customers' deposits and payments, and their check",
        "along.py": "rooms register what may be done in the act of taking a lot",
        "dues.py": "what the workshop owes: answers to wishes and questions",
        "sheets.py": "what a worker is offered, and answers, on paper",
        "evening.py": "the evening's plan: what the engine is asked, and the reason of each row",
        "holdings.py": "what is told, kept and erased of a person",
        "papers.py": "a customer's statement, kept as it was printed",
    },
    "workshop/skills": {
        "examples.toml": "skills that come with the product, with what must be shown",
        "sheets.py": "an assessment after a course on paper",
        "dues.py": "newcomers who wait, promises whose day is over",
        "holdings.py": "what is told and erased of a person",
    },
    "circle/elders": {
        "duty.py": "who takes turns in visits, as the duty rota asks for them",
        "ledgers.py": "the old list of elders, taken in from a file",
        "dues.py": "whom to look in on, services owed, assessments, trials",
        "holdings.py": "what is told and erased of a person",
        "sheets.py": "the visit sheet of a helper without a phone",
        "papers.py": "the health card, kept as it was printed",
    },
    "workshop/wages": {
        "dues.py": "disputed statements",
        "holdings.py": "what is erased of a person; sums stay",
        "papers.py": "statements of a month, kept as they were printed",
    },
    "circle/booking": {
        "dues.py": "keys that are out, deposits to give back",
        "holdings.py": "what is told, kept and erased of a person",
        "sheets.py": "a booking of one room on paper",
    },
    "circle/proximity": {
        "drawing.py": "the little map as lines of an SVG",
        "labels.py": "names of streets and houses on it, none over another",
        "painting.py": "the way past some doors drawn on it, for rooms that send somebody out",
        "siting.py": "where the next place should go",
        "streets.py": "the network as it is walked now, kept in the process",
    },
    "workshop/childcare": {
        "dues.py": "children not fetched, checks that run out",
        "holdings.py": "what is told, kept and erased of a guardian and a carer",
        "sheets.py": "a child is enrolled on paper",
        "duty.py": "people and needs, as the duty rota asks for them",
    },
    "circle/volunteers": {
        "data": "the kinds that come with the product; the layout of the national file",
        "duty.py": "what the duty rota asks of the room",
        "ledgers.py": "old lists of volunteers and hours, taken in from files",
        "dues.py": "posts nobody has taken, insurances, corrections, certificates, wishes",
        "holdings.py": "what is told, kept and erased of a person",
        "sheets.py": "registering and taking a post on paper",
        "papers.py": "certificates, kept as they were printed",
    },
    "circle/mediation": {
        "dues.py": "what mediators and their director owe today",
        "ledgers.py": "the old register, taken in from a file",
        "help.toml": "articles, checklists and lawful ways, as data",
        "holdings.py": "what is told and erased of somebody on the panel",
        "papers.py": "official documents and the thirteen items of a dossier",
        "sheets.py": "asking for mediation on paper",
        "vault.py": "keys of cases, which no backup holds",
    },
    "circle/alarms": {
        "addresses.py": "how contacts and the duty phone are reached",
        "drill.py": "many alarms, and a kill at each named point",
        "dues.py": "alarms that have not ended",
        "holdings.py": "what is told and erased of a person",
        "mqtt.py": "the broker's settings, and whoever listens to it",
        "secondbox.py": "the program on another machine that texts when Mulin is silent",
        "storms.py": "what the drill lets happen around the watch",
    },
    "parlour/rounds": {
        "dues.py": "what an officer owes today",
        "holdings.py": "what is told and erased of a person",
    },
}
PACKAGES = packages("ground", "commons", *HALLS)
MEANS_NOTHING = {"utils", "helpers", "services", "signals", "managers", "misc", "common"}


def strangers(package, allowed):
    return sorted(
        path.name
        for path in package.iterdir()
        if path.name not in allowed and path.name != "__pycache__"
    )


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_a_package_has_only_the_files_that_every_room_has_and_those_it_gives_a_reason_for(package):
    own = FILES_OF_ITS_OWN.get(package.relative_to(MULIN).as_posix(), {})
    assert strangers(package, ROOM_FILES | set(own)) == []


def test_no_reason_outlives_its_file():
    gone = [
        f"{package}/{name}"
        for package, files in FILES_OF_ITS_OWN.items()
        for name in files
        if not (MULIN / package / name).exists()
    ]
    assert gone == []


def test_a_file_that_does_not_belong_is_seen(tmp_path):
    for name in ("rules.py", "helpers.py"):
        (tmp_path / name).touch()
    assert strangers(tmp_path, ROOM_FILES) == ["helpers.py"]


def test_no_module_has_a_name_that_means_nothing():
    assert [path for path in python_files() if path.stem in MEANS_NOTHING] == []


def test_a_room_tells_what_it_is_for():
    silent = [
        path for path in PACKAGES if not (path / "__init__.py").read_text("utf-8").startswith('"""')
    ]
    assert silent == []


def test_every_package_with_tables_stands_under_the_contract_of_layers():
    on_disk = {
        ".".join(("mulin", *path.relative_to(MULIN).parts))
        for path in PACKAGES
        if any((path / name).exists() for name in ("models.py", "models", "rules.py", "rules"))
    }
    assert set(contract("inside")["containers"]) == on_disk


def test_every_hall_stands_under_the_contract_of_rooms():
    on_disk = {f"mulin.{room.parent.name}.*" for room in rooms()}
    assert set(contract("rooms")["modules"]) == on_disk


def test_the_contract_of_the_ground_has_the_order_of_the_house():
    assert contract("ground")["layers"] == list(reversed(GROUND))
    assert {path.name for path in packages("ground")} == set(GROUND)

"""Claims of the ten-minute circle: a community, a county, the next place, the first map.

On real streets (shared/data/osm, which lies beside the repository), beside networkx and scipy in the same run.
A county is the Beijing extract laid side by side 16 × 16 times, its copies not joined, in a child
whose memory is measured.
"""

import gc
import itertools
import os
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Hashable, Iterator
from pathlib import Path
from random import Random
from statistics import median
from typing import Final, Self

import networkx as nx
import numpy as np
from playwright.sync_api import ViewportSize, sync_playwright
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from bench.databases import Installation
from bench.lines import Line
from bench.serving import serving
from mulin.commons.planning.siting import covering
from mulin.ground.places.walking.corrections import sliced
from mulin.ground.places.walking.doors import Door
from mulin.ground.places.walking.network import Edge, Network, network_of
from mulin.ground.places.walking.osm import Extract, read_extract
from mulin.ground.places.walking.reach import Pace, Paths, reach
from tests.support import chromium
from tests.support.serving import environment

ROOT: Final = Path(__file__).resolve().parent.parent
BESIDE: Final = ROOT.parent / "shared"
OSM: Final = Path(os.environ.get("MULIN_SHARED", BESIDE)) / "data" / "osm"
BEIJING: Final = "beijing-haidian-2017.osm.pbf"
ADULT: Final = Pace(1.2)
TEN_MINUTES: Final = 600.0
HOMES, PLACES = 5_000, 50
COUNTY_HOMES, COUNTY_PLACES, COPIES = 500_000, 2_500, 16
COMMUNITY_S, COUNTY_S, COUNTY_MB = 0.1, 5.0, 1_000.0
READ_S, ONE_S, TEN_S, TEN_GAP, MAP_KB = 2.0, 0.2, 10.0, 2.0, 150.0
PAINT_S, ROUNDS = 1.5, 5
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
#: Milliseconds from the first word of the request to the first picture.
FIRST_PAINT: Final = """new Promise((done) => {
    const told = () => performance.getEntriesByName('first-contentful-paint')[0];
    const wait = () => told() ? done(told().startTime) : requestAnimationFrame(wait);
    wait();
})"""


def measure(*, is_quick: bool = False) -> Iterator[Line]:
    """A line for each claim; none where the extracts are not there."""
    if not (OSM / BEIJING).exists():
        print("the circle was left out: shared/data/osm is not beside the repository", flush=True)
        return
    begun = time.perf_counter()
    extract = read_extract(OSM / BEIJING)
    network = network_of(extract.ways, extract.positions)
    yield Line("an extract of 5 km² becomes a network", READ_S, time.perf_counter() - begun, "s")
    yield from _community(network)
    yield from _next(network)
    yield _map(extract, network)
    yield from _paint()
    if not is_quick:
        yield from _county()


def _doors(network: Network, count: int, dice: Random) -> list[Door]:
    """Doors at random points of the largest piece, a step beside the path."""
    edges = sorted(network.pieces()[0])
    picked = dice.choices(edges, [network.edges[one].metres for one in edges], k=count)
    return [
        Door(one, dice.random() * network.edges[one].metres, dice.random() * 20) for one in picked
    ]


def _community(network: Network) -> Iterator[Line]:
    dice = Random(1)
    homes, places = _doors(network, HOMES, dice), _doors(network, PLACES, dice)
    with Taken() as load:
        paths = Paths(network, ADULT)
        hung = paths.hang(homes)
    gc.collect()
    gc.freeze()  # as `mulin serve` does once all is loaded
    with Taken() as ours:
        pairs = list(paths.reach(hung, places, TEN_MINUTES))
    nx_taken, theirs, farthest = _by_networkx(network, homes, places)
    scipy_taken, rows = _by_scipy(network, homes, places)
    found = {(one.home, one.place): one.metres for one in pairs}
    yield Line(
        f"{HOMES:,} homes × {PLACES} places within ten minutes", COMMUNITY_S, ours.wall, "s",
        note=f"{ours} of processor, put off {ours.put_off} times by others, laid out in {load.wall:.3f} s, {len(pairs):,} pairs; scipy"
        f" {scipy_taken.wall:.3f} s ({scipy_taken}), networkx {nx_taken.wall:.2f} s ({nx_taken})",
    )  # fmt: skip
    for name, others in (("networkx", theirs), ("scipy", rows)):
        off = max((abs(found.get(pair, 1e9) - far) for pair, far in others.items()), default=0.0)
        yield Line(
            f"metres against {name}, greatest difference", 0.01,
            off if len(found) == len(others) else float("inf"), "m",
            note=f"up to {farthest:.0f} m",
        )  # fmt: skip


class Taken:
    """The seconds that a block takes, on the clock and of the processor, and how often it had to
    leave the processor to others: where they are at work, that is where the clock's seconds go.
    """

    def __enter__(self) -> Self:
        self.wall, self.processor = time.perf_counter(), time.process_time()
        self.put_off = resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw
        return self

    def __exit__(self, *_what: object) -> None:
        self.wall = time.perf_counter() - self.wall
        self.processor = time.process_time() - self.processor
        self.put_off = resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw - self.put_off

    def __str__(self) -> str:
        return f"{self.processor:.3f} s"


def _links(
    network: Network, homes: list[Door], places: list[Door]
) -> Iterator[tuple[Hashable, Hashable, float]]:
    """The same streets for engines of others: every door a joint of the graph, both ways open."""
    on_edge: dict[int, list[tuple[float, Hashable]]] = {}
    for kind, doors in (("home", homes), ("place", places)):
        for number, door in enumerate(doors):
            joint = (kind, number, "path")
            yield (kind, number), joint, door.gap
            on_edge.setdefault(door.edge, []).append((door.along, joint))
    for number, edge in enumerate(network.edges):
        stops = [(0.0, edge.start), *sorted(on_edge.get(number, ()), key=lambda stop: stop[0]),
                 (edge.metres, edge.end)]  # fmt: skip
        for (one, here), (other, there) in itertools.pairwise(stops):
            yield here, there, other - one


Pairs = dict[tuple[int, int], float]


def _by_networkx(
    network: Network, homes: list[Door], places: list[Door]
) -> tuple[Taken, Pairs, float]:
    """The same pairs by networkx: what it takes, metres by pair, the longest."""
    graph = nx.Graph()
    for here, there, metres in _links(network, homes, places):
        known = graph.get_edge_data(here, there)
        graph.add_edge(here, there, metres=min(metres, known["metres"]) if known else metres)
    most = TEN_MINUTES * ADULT.speed
    found: Pairs = {}
    with Taken() as taken:
        for number in range(len(places)):
            lengths = nx.single_source_dijkstra_path_length(
                graph, ("place", number), cutoff=most, weight="metres"
            )
            for home in range(len(homes)):
                metres = lengths.get(("home", home))
                if metres is not None:
                    found[home, number] = metres
    return taken, found, max(found.values(), default=0.0)


def _by_scipy(network: Network, homes: list[Door], places: list[Door]) -> tuple[Taken, Pairs]:
    """The same pairs by scipy, whose search fills a line of all joints for each place."""
    numbers: dict[Hashable, int] = {}
    shortest: dict[tuple[int, int], float] = {}
    for here, there, metres in _links(network, homes, places):
        one, other = (numbers.setdefault(joint, len(numbers)) for joint in (here, there))
        # Nothing is no way to scipy: a step of no length is a millionth of a metre.
        for pair in ((one, other), (other, one)):
            shortest[pair] = min(max(metres, 1e-6), shortest.get(pair, float("inf")))
    size = len(numbers)
    rows, columns = zip(*shortest, strict=True)
    graph = csr_matrix((list(shortest.values()), (rows, columns)), shape=(size, size))
    from_ = [numbers["place", number] for number in range(len(places))]
    to = [numbers["home", number] for number in range(len(homes))]
    with Taken() as taken:
        lengths = dijkstra(graph, indices=from_, limit=TEN_MINUTES * ADULT.speed)[:, to]
        near = np.isfinite(lengths)
        place, home = near.nonzero()
        pairs = list(zip(home.tolist(), place.tolist(), strict=True))
        found = dict(zip(pairs, lengths[near].tolist(), strict=True))
    return taken, found


def _next(network: Network) -> Iterator[Line]:
    """2,000 homes, 300 candidates: one place, and ten."""
    dice = Random(2)
    homes, sites = _doors(network, 2_000, dice), _doors(network, 300, dice)
    people = np.array([float(dice.randint(1, 40)) for _home in homes])
    covers: list[list[int]] = [[] for _site in sites]
    for pair in reach(network, homes, sites, Pace(0.8), TEN_MINUTES):
        covers[pair.place].append(pair.home)
    begun = time.perf_counter()
    gains = [float(people[cover].sum()) for cover in covers]
    best = max(range(len(gains)), key=lambda one: gains[one])
    yield Line(
        "the best of 300 sites for 2,000 homes, exact", ONE_S, time.perf_counter() - begun, "s",
        note=f"{gains[best]:,.0f} of {people.sum():,.0f} people",
    )  # fmt: skip
    begun = time.perf_counter()
    at_once = covering(covers, people, 10, seconds=0.0)
    first = time.perf_counter() - begun
    gap = 100 * (at_once.bound - at_once.objective) / at_once.bound
    yield Line("ten sites at once, below their bound", TEN_GAP, gap, "%", note=f"in {first:.2f} s")
    begun = time.perf_counter()
    proved = covering(covers, people, 10, seconds=TEN_S)
    taken = time.perf_counter() - begun
    yield Line(
        "ten sites proved the best", TEN_S, taken if proved.is_proved else float("inf"), "s",
        note=f"{proved.objective:,.0f} people, at once {at_once.objective:,.0f}",
    )  # fmt: skip


def _map(extract: Extract, network: Network) -> Line:
    """What a phone loads for a map with 5,000 homes, squeezed as the server squeezes it."""
    import django  # noqa: PLC0415  the drawing stands in a room, which knows Django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mulin.settings")
    django.setup()
    from mulin.circle.proximity.drawing import draw  # noqa: PLC0415  as above
    from mulin.circle.proximity.streets import Streets  # noqa: PLC0415  as above

    dice = Random(3)
    homes = [
        sliced(network.edges[door.edge], door.along, door.along)[0]
        for door in _doors(network, HOMES, dice)
    ]
    named = [(f"{number}幢", at) for number, at in enumerate(homes, start=1)]
    drawing = draw(Streets((0, 0, 0), network, extract, []), homes, homes=named)
    assert drawing is not None
    said = f"{drawing.streets}{drawing.compound}{drawing.steps}{drawing.houses}{drawing.homes}"
    said += f"{drawing.rivers}{drawing.lakes}{drawing.street_names}{drawing.house_names}"
    return Line(
        "the first map with 5,000 homes, squeezed", MAP_KB,
        len(zlib.compress(said.encode(), 6)) / 1024, "kB", note=f"{len(said) / 1024:.0f} kB whole",
    )  # fmt: skip


def _paint() -> Iterator[Line]:
    """The page of somebody's building before a real server, in a browser that has kept nothing."""
    with tempfile.TemporaryDirectory(prefix="mulin-bench-") as folder:
        told = environment(Path(folder), DJANGO_SETTINGS_MODULE="mulin.settings")
        installation = Installation("SQLite", told)
        home = installation.run("bench.circle", str(OSM / BEIJING), str(HOMES)).strip()
        with (
            serving(installation, "mulin", "serve", "--without-worker") as (address, _process),
            sync_playwright() as driver,
        ):
            browser = driver.chromium.launch(
                executable_path=chromium.PATH, args=list(chromium.FLAGS)
            )
            painted, kilobytes = [], 0.0
            for _round in range(ROUNDS + 1):
                context = browser.new_context(viewport=PHONE, locale="zh-CN")
                page = context.new_page()
                answer = page.goto(f"{address}/proximity/?home={home}")
                page.wait_for_selector("[data-map] svg")
                painted.append(page.evaluate(FIRST_PAINT) / 1000)
                kilobytes = len(answer.body()) / 1024 if answer is not None else 0.0
                context.close()
            browser.close()
    # The first of all unpacks the map for the process; whoever comes next finds it there.
    first, *others = painted
    yield Line(
        f"the map is painted, {HOMES:,} homes, headless Chromium", PAINT_S, median(others), "s",
        note=f"median of {ROUNDS}, of a page of {kilobytes:.0f} kB; {first:.2f} s for the first of"
        " all",
    )  # fmt: skip


def _county() -> Iterator[Line]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.proximity"], cwd=ROOT, check=True, text=True,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    seconds, of_cpu, put_off, laid, pairs, megabytes = done.stdout.split()
    yield Line(
        f"{COUNTY_HOMES:,} homes × {COUNTY_PLACES:,} places", COUNTY_S, float(seconds), "s",
        note=f"{of_cpu} s of processor, put off {put_off} times by others, {int(pairs):,} pairs,"
        f" laid out before in {laid} s of processor",
    )  # fmt: skip
    yield Line("the same, its memory", COUNTY_MB, float(megabytes), "MB")


def _measure_county() -> None:
    """In a process of its own: seconds, those of the processor, how often others came first, those of
    laying out, pairs, megabytes.
    """
    extract = read_extract(OSM / BEIJING)
    one = network_of(extract.ways, extract.positions)
    numbers = {joint: n for n, joint in enumerate(one.leaving)}
    whole = Network()
    # Only joints and lengths are walked by; where the copies lie does not matter.
    for copy in range(COPIES * COPIES):
        first = copy * len(numbers)
        for edge in one.edges:
            whole.add(
                Edge(
                    edge.way, first + numbers[edge.start], first + numbers[edge.end], edge.line,
                    edge.along, edge.kind, edge.is_steps, edge.is_open_ahead, edge.is_open_back,
                )
            )  # fmt: skip
    dice = Random(4)
    count = len(whole.edges)
    homes, places = (
        [
            Door(n, dice.random() * whole.edges[n].metres, dice.random() * 20)
            for n in (dice.randrange(count) for _one in range(size))
        ]
        for size in (COUNTY_HOMES, COUNTY_PLACES)
    )
    with Taken() as laying:
        paths = Paths(whole, ADULT)
        hung = paths.hang(homes)
    with Taken() as taken:
        pairs = sum(1 for _pair in paths.reach(hung, places, TEN_MINUTES))
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{taken.wall:.2f} {taken.processor:.2f} {taken.put_off} {laying.processor:.2f} {pairs} {megabytes:.0f}"
    )


if __name__ == "__main__":
    _measure_county()

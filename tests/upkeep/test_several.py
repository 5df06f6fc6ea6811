"""Two web servers and two workers on one PostgreSQL: each may fall over at any time.

Each has a data folder of its own, with the same keys and the same files, as on four machines.
"""

import itertools
import shutil
import subprocess
import sys
import threading
from collections import Counter
from contextlib import ExitStack, contextmanager, suppress

import psutil
import pytest
import requests

from tests.notify.gateway import gateway
from tests.support.serving import environment, free_port, wait_until_open

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
LETTERS, RESIDENTS, TOLD_BY_EACH = 30, 4, 8
SECONDS = 120


class Machine:
    """A process tree of Mulin's on a folder of its own."""

    def __init__(self, town, folder, *arguments, **more):
        folder.mkdir()
        shutil.copy(town.folder / "keys.json", folder)
        (folder / "files").symlink_to(town.folder / "files")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mulin", *arguments],
            env=environment(
                folder, MULIN_DATABASE_URL=town.address, MULIN_PORT=str(self.port), **more
            ),
        )

    def kill(self):
        """As a power cut would: all of it at one moment."""
        with suppress(psutil.NoSuchProcess):
            parent = psutil.Process(self.process.pid)
            for one in (parent, *parent.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):
                    one.kill()
        self.process.wait()


@contextmanager
def machine(*arguments, **more):
    made = Machine(*arguments, **more)
    try:
        yield made
    finally:
        made.kill()


class Resident(threading.Thread):
    """Says one thing after another; who gets no answer sends the same form to the next door."""

    def __init__(self, number, webs):
        super().__init__()
        self.number, self.doors = number, itertools.cycle(webs)
        self.told, self.failed = 0, []

    def run(self):
        try:
            for number in range(TOLD_BY_EACH):
                self.say(f"第{self.number}人的第{number}件事")
                self.told += 1
        except Exception as error:  # noqa: BLE001  told to the test
            self.failed.append(repr(error))

    def say(self, words):
        session = requests.Session()
        self.ask(session.get, "/c/xinjie/")
        page = self.ask(session.get, "/reception/tell/")
        token = page.text.partition('name="token" value="')[2].partition('"')[0]
        assert token, page.text[:500]
        answer = self.ask(
            session.post, "/reception/tell/",
            data={
                "words": words, "token": token, "looked": "1",
                "csrfmiddlewaretoken": session.cookies["csrftoken"],
            },
            allow_redirects=False,
        )  # fmt: skip
        assert answer.status_code == 302, answer.text[:500]

    def ask(self, deed, path, **more):
        for door in itertools.islice(self.doors, 10):
            with suppress(requests.RequestException):
                answer = deed(f"{door.url}{path}", timeout=30, **more)
                if answer.status_code < 500:
                    return answer
        raise RuntimeError("nobody answers")


def test_one_of_each_is_killed_and_nothing_is_lost_or_done_twice(town, tmp_path):
    with gateway() as letters, ExitStack() as house:
        more = {
            "MULIN_SMS_URL": letters.url,
            "MULIN_MESSAGES_PER_MINUTE": "1000",
            "MULIN_QUIET_HOURS": "0-0",
        }
        webs = [
            house.enter_context(machine(town, tmp_path / f"web{n}", "serve", "--without-worker"))
            for n in range(2)
        ]
        workers = [
            house.enter_context(machine(town, tmp_path / f"worker{n}", "work", **more))
            for n in range(2)
        ]
        for web in webs:
            wait_until_open(web.process, web.port)
        cookie = town.run("tests.upkeep.posting", LETTERS).stdout
        residents = [
            Resident(number, webs[number % 2 :] + webs[: number % 2]) for number in range(RESIDENTS)
        ]
        for resident in residents:
            resident.start()
        assert letters.wait_for(lambda: len(letters.seen) >= 3, SECONDS)
        workers[0].kill()
        while any(resident.told < 2 and resident.is_alive() for resident in residents):
            residents[0].join(0.05)
        webs[0].kill()
        for resident in residents:
            resident.join(SECONDS)
        # Whoever signed in at one door is known at the other.
        today = requests.get(f"{webs[1].url}/today/", headers={"Cookie": cookie}, timeout=30)
        keys = {f"letter-{number}" for number in range(LETTERS)}
        assert letters.wait_for(lambda: set(letters.delivered) >= keys, SECONDS)

    assert [resident.failed for resident in residents] == [[]] * RESIDENTS
    said = Counter(
        words for (words,) in town.sql("SELECT words FROM flow_need WHERE words LIKE '第%%件事'")
    )
    assert said == Counter(
        f"第{one}人的第{number}件事" for one in range(RESIDENTS) for number in range(TOLD_BY_EACH)
    )
    assert (today.status_code, today.history) == (200, [])
    # A letter that was in the killed worker's hand may come once more, with the same key.
    assert sum(letters.delivered.values()) - len(letters.delivered) <= 2
    town.mulin("audit", "verify")

"""A list becomes a file for whoever may read it, says no more than its page, and is forgotten."""

import csv
import io
from datetime import timedelta
from zipfile import ZipFile

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from django_q.models import OrmQ

from mulin.circle.alarms.models import Watch
from mulin.commons.flow.models import Visibility
from mulin.commons.flow.said import Said
from mulin.ground.audit.models import Act, Look
from mulin.ground.community.models import Membership
from mulin.ground.community.rules import system
from mulin.ground.downloads import actions, jobs
from mulin.ground.downloads.actions import ask_for, fetch, forget_stray_files, make
from mulin.ground.downloads.models import Download
from mulin.ground.downloads.registry import EVERYTHING, listing_of, listings
from mulin.ground.downloads.rules import KEPT, MOST_TRIES, OVERDUE, State, is_overdue
from mulin.ground.downloads.tables import Reached
from mulin.ground.notify.jobs import run_job
from mulin.ground.people.actions.persons import register_person
from mulin.kit import clock
from mulin.kit.channels import Channel
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community
from mulin.kit.sheets import TableRefused, read_table
from mulin.parlour.reception.actions.demands import receive_demand
from mulin.parlour.reception.actions.limits import open_reception
from mulin.parlour.reception.actions.visits import record_visit
from tests.clock import NOW


@pytest.fixture
def xinjie(cast):
    with in_community(cast.xinjie):
        open_reception(by=system(cast.xinjie.pk), now=NOW)
        yield cast.xinjie


def asked(cast, name="reception.visits", *, typed="", format_="xlsx", by=None, **more):
    return ask_for(
        listing_of(name), typed=typed, format_=format_, purpose="季报", community=cast.xinjie,
        by=by or cast.chen.actor, now=NOW, **more,
    )  # fmt: skip


def made(cast, *args, **kwargs):
    """The rows of the file, by the reader that every upload goes through."""
    download = asked(cast, *args, **kwargs)
    make(download, community=cast.xinjie, now=NOW)
    download.refresh_from_db()
    assert download.state == State.READY, download.fault
    name, content = fetch(download, by=kwargs.get("by") or cast.chen.actor, now=NOW)
    rows = [row for _line, row in read_table(content, name).rows]
    assert len(rows) == download.row_count
    return rows


def files():
    return set(default_storage.listdir("downloads")[1])


TEXTS = (
    "=1+1",
    "＝HYPERLINK(A1)",
    "\t=1",
    "-5 元",
    "+8613800138000",
    "@某人",
    "'=1",
    "００７",
    "0571",
)


@pytest.mark.parametrize("format_", ["xlsx", "csv"])
@pytest.mark.parametrize("text", TEXTS)
def test_what_was_typed_comes_back_as_it_was(cast, xinjie, format_, text):
    """CWE-1236, and the digits a spreadsheet takes off: the text is neither run nor changed."""
    record_visit(by=cast.chen.actor, reason="chat", note=text, now=NOW)
    (row,) = made(cast, format_=format_)
    assert row["备注"] == text.strip()


def test_a_period_is_its_days_and_no_others(cast, xinjie):
    for days in (0, 1, 2):
        record_visit(
            by=cast.chen.actor, reason="chat", note=f"{days}", now=NOW - timedelta(days=days)
        )
    day = (clock.local_day(NOW) - timedelta(days=1)).isoformat()
    assert [row["备注"] for row in made(cast, typed=f"first={day}&last={day}")] == ["1"]


def test_a_file_holds_nobody_who_asked_without_a_name(cast, xinjie):
    """F#2058, F#658, F#374, F#524: an anonymous report whose name stands in an export."""
    hidden = register_person(by=cast.chen.actor, now=NOW, name="甄不见")
    for visibility in (Visibility.ANONYMOUS, Visibility.CONFIDENTIAL):
        receive_demand(
            Said(
                words=f"话 {visibility}", person=hidden, place_words="九号门", visibility=visibility
            ),
            by=cast.chen.actor.by(Channel.PHONE, on_behalf_of=hidden.pk), now=NOW, minutes=5,
        )  # fmt: skip
    told = str(made(cast, "reception.demands") + made(cast))
    assert "甄不见" not in told
    assert "九号门" not in told
    assert "话 anonymous" in told
    assert "话 confidential" not in told


def test_a_demand_is_one_line_though_it_was_rated_twice(cast, xinjie):
    receive_demand(Said(words="路灯不亮"), by=cast.chen.actor.by(Channel.PHONE), now=NOW)
    (row,) = made(cast, "reception.demands", typed="show=open")
    assert row["说了什么"] == "路灯不亮"
    assert made(cast, "reception.demands", typed="show=late") == []


def test_the_roll_shows_numbers_as_its_page_does(cast, xinjie):
    register_person(
        by=cast.chen.actor, now=NOW, name="甄全号", phone="13811112222",
        id_number="110101199003072113",
    )  # fmt: skip
    rows = made(cast, "people.roll")
    told = str(rows)
    assert "甄全号" in told
    assert "13811112222" not in told
    assert "110101199003072113" not in told


def test_figures_are_the_numbers_of_their_page(cast, xinjie, client):
    record_visit(by=cast.chen.actor, reason="chat", now=NOW)
    rows = {row["数字名称"]: row for row in made(cast, "figures.period")}
    assert rows["来访"]["数值"] == "1"


def test_a_list_of_persons_is_given_for_something(cast, xinjie):
    with pytest.raises(Refused) as refusal:
        ask_for(
            listing_of("people.roll"), typed="", format_="xlsx", purpose=" ",
            community=cast.xinjie, by=cast.chen.actor, now=NOW,
        )  # fmt: skip
    assert refusal.value.field == "purpose"
    with pytest.raises(NotPermitted):
        asked(cast, by=cast.sun.actor)


def test_it_is_written_down_who_asked_and_who_fetched(cast, xinjie):
    made(cast)
    verbs = Act.objects.filter(verb__startswith="downloads.").values_list("verb", "account_id")
    assert list(verbs) == [
        ("downloads.ask_for", cast.chen.account.pk),
        ("downloads.fetch", cast.chen.account.pk),
    ]


def test_asked_twice_with_one_form_it_is_made_once(cast, xinjie):
    first = asked(cast, token="once")
    assert asked(cast, token="once") == first
    assert OrmQ.objects.count() == 1


def test_the_job_run_twice_makes_one_file(cast, xinjie):
    download = asked(cast)
    jobs.make(cast.xinjie, NOW, download=download.pk)
    after_one = files()
    # The second job read the row before the first had finished.
    make(download, community=cast.xinjie, now=NOW)
    download.refresh_from_db()
    assert default_storage.exists(download.kept_as)
    assert files() == after_one


def test_the_worker_writes_it_in_chinese(cast, xinjie):
    """The worker itself speaks no language: the first file it made had English headings."""
    download = asked(cast)
    with translation.override(None):
        run_job("downloads.make", cast.xinjie.pk, {"download": download.pk})
    download.refresh_from_db()
    with default_storage.open(download.kept_as) as file:
        table = read_table(file.read(), "x.xlsx")
    assert table.header[:3] == ["时间", "来访人", "事由"]


def test_nobody_fetches_what_a_colleague_asked_for(cast, xinjie):
    download = asked(cast)
    make(download, community=cast.xinjie, now=NOW)
    download.refresh_from_db()
    with pytest.raises(NotPermitted):
        fetch(download, by=cast.zhou.actor, now=NOW)


def test_a_role_that_ended_ends_the_file(cast, xinjie):
    ready, waiting = asked(cast), asked(cast)
    make(ready, community=cast.xinjie, now=NOW)
    ready.refresh_from_db()
    Membership.objects.filter(account=cast.chen.account).update(until=NOW)
    with pytest.raises(NotPermitted):
        fetch(ready, by=cast.chen.actor, now=NOW)
    make(waiting, community=cast.xinjie, now=NOW)
    waiting.refresh_from_db()
    assert waiting.state == State.FAILED
    assert waiting.fault


def test_after_a_day_it_is_gone_and_what_was_typed_too(cast, xinjie):
    download = asked(cast, "people.roll", typed="q=王奶奶")
    make(download, community=cast.xinjie, now=NOW)
    download.refresh_from_db()
    kept_as = download.kept_as
    jobs.tidy(cast.xinjie, NOW + KEPT - timedelta(seconds=1))
    assert default_storage.exists(kept_as)
    jobs.tidy(cast.xinjie, NOW + KEPT)
    assert not default_storage.exists(kept_as)
    download.refresh_from_db()
    assert (download.state, download.typed, download.kept_as) == (State.FORGOTTEN, "", "")
    with pytest.raises(NotPermitted):
        fetch(download, by=cast.chen.actor, now=NOW)


def test_a_job_that_was_lost_is_asked_for_again_and_then_given_up(cast, xinjie):
    download = asked(cast)
    jobs.tidy(cast.xinjie, NOW + OVERDUE - timedelta(seconds=1))
    assert OrmQ.objects.count() == 1
    for again in range(1, MOST_TRIES):
        jobs.tidy(cast.xinjie, NOW + again * OVERDUE)
        assert OrmQ.objects.count() == 1 + again
    jobs.tidy(cast.xinjie, NOW + MOST_TRIES * OVERDUE)
    download.refresh_from_db()
    assert download.state == State.FAILED


def test_a_file_ready_is_never_overdue():
    assert not is_overdue(State.READY, NOW, NOW + 2 * OVERDUE)
    assert is_overdue(State.WAITING, NOW, NOW + OVERDUE)


def test_what_a_dead_job_left_lying_is_deleted(cast, xinjie):
    download = asked(cast)
    make(download, community=cast.xinjie, now=NOW)
    download.refresh_from_db()
    Download.objects.filter(pk=download.pk).delete()
    written = default_storage.get_modified_time(download.kept_as)
    forget_stray_files(written + KEPT - timedelta(seconds=1))
    assert default_storage.exists(download.kept_as)
    forget_stray_files(written + KEPT)
    assert not default_storage.exists(download.kept_as)


def test_from_the_page_to_the_file(cast, xinjie, client):
    cast.enter(client, cast.chen)
    record_visit(by=cast.chen.actor, reason="chat", note="喝茶", now=clock.now())
    address = reverse("downloads:ask", args=["reception.visits"])
    page = client.get(address)
    assert page.status_code == 200
    typed = {"first": "", "last": "", "format": "csv", "purpose": ""}
    refused = client.post(address, typed)
    assert refused.status_code == 422
    assert "写下文件用来做什么" in refused.content.decode()
    backwards = client.post(
        address, typed | {"purpose": "月报", "first": "2026-11-20", "last": "2026-11-01"}
    )
    assert "最后一天早于第一天" in backwards.content.decode()
    assert "月报" in backwards.content.decode()
    sent = client.post(address, typed | {"purpose": "月报", "first": "2020-01-01"})
    assert sent.status_code == 302
    download = Download.objects.get()
    assert download.typed == "first=2020-01-01"
    waiting = client.get(sent.url).content.decode()
    assert 'hx-trigger="every 2s"' in waiting
    jobs.make(cast.xinjie, clock.now(), download=download.pk)
    ready = client.get(sent.url).content.decode()
    assert "every 2s" not in ready
    file = client.post(reverse("downloads:file", args=[download.pk]))
    assert file["Content-Disposition"].startswith("attachment")
    assert file["Cache-Control"].startswith("max-age=0")
    lines = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert [line[-1] for line in lines] == ["备注", "喝茶"]


def test_my_files_ask_as_much_for_twenty_as_for_one(cast, xinjie, client):
    cast.enter(client, cast.chen)
    asked(cast)
    client.get(reverse("downloads:mine"))
    counts = []
    for more in (0, 19):
        for _file in range(more):
            asked(cast)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("downloads:mine"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


# ── everything at once ───────────────────────────────────────────────────────────────────────


def opened(content):
    with ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_everything_is_one_archive_with_a_file_for_each_list_that_is_theirs(cast, xinjie):
    record_visit(by=cast.chen.actor, reason="chat", note="喝茶", now=NOW)
    download = asked(cast, EVERYTHING.name)
    make(download, community=cast.xinjie, now=NOW)
    download.refresh_from_db()
    name, content = fetch(download, by=cast.chen.actor, now=NOW)
    assert name.endswith(".zip")
    files = opened(content)
    mine = [one.name for one in listings() if one.may(cast.chen.actor)]
    assert download.parts == mine
    assert len(files) == len(mine) + 1
    rows = [row for _line, row in read_table(files["接待/来访.xlsx"], "x.xlsx").rows]
    assert [row["备注"] for row in rows] == ["喝茶"]
    told = dict(csv.reader(io.StringIO(files["清单.csv"].decode("utf-8-sig"))))
    assert told["接待/来访.xlsx"] == "1"
    assert not [name for name in files if name.startswith(("托管", "家常调解室", "操作记录"))]
    assert download.row_count == sum(int(n) for name, n in told.items() if name != "清单")


def test_what_is_too_long_for_a_workbook_lies_in_the_archive_as_csv(cast, xinjie, monkeypatch):
    def write(_header, lines):
        if list(lines):
            raise TableRefused("too_many_rows", most=1)
        return b"empty"

    record_visit(by=cast.chen.actor, reason="chat", note="喝茶", now=NOW)
    monkeypatch.setattr(actions, "write_xlsx", write)
    download = asked(cast, EVERYTHING.name)
    make(download, community=cast.xinjie, now=NOW)
    download.refresh_from_db()
    files = opened(fetch(download, by=cast.chen.actor, now=NOW)[1])
    assert "喝茶" in files["接待/来访.csv"].decode("utf-8-sig")


def test_an_archive_of_which_one_list_is_no_longer_theirs_is_not_given(cast, xinjie):
    download = asked(cast, EVERYTHING.name)
    make(download, community=cast.xinjie, now=NOW)
    Download.objects.filter(pk=download.pk).update(parts=["reception.visits", "audit.acts"])
    download.refresh_from_db()
    with pytest.raises(NotPermitted):
        fetch(download, by=cast.chen.actor, now=NOW)


def test_whoever_has_no_list_cannot_ask_for_everything(cast, xinjie):
    with pytest.raises(NotPermitted):
        asked(cast, EVERYTHING.name, by=cast.wang.actor)


def test_taking_away_who_is_watched_over_is_a_look_that_is_written_down(cast, xinjie):
    Watch.objects.create(community=xinjie, person=cast.wang.person, since=NOW, key_where="对门")
    (row,) = made(cast, "alarms.watches")
    assert row["钥匙在哪里"] == "对门"
    look = Look.objects.get()
    assert (look.what, look.reason, look.account) == (
        "alarms.watches", "季报", cast.chen.account,
    )  # fmt: skip


def test_a_story_of_a_demand_names_nobody_who_asked_without_a_name(cast, xinjie):
    hidden = register_person(by=cast.chen.actor, now=NOW, name="甄不见")
    for visibility in (Visibility.ANONYMOUS, Visibility.CONFIDENTIAL):
        receive_demand(
            Said(words=f"话 {visibility}", person=hidden, visibility=visibility),
            by=cast.wang.actor, now=NOW, minutes=5,
        )  # fmt: skip
    rows = made(cast, "flow.steps")
    assert rows
    assert cast.wang.actor.name not in {row["谁"] for row in rows}
    assert "甄不见" not in str(rows)


def test_a_path_tells_choices_yes_and_records_in_words(cast, xinjie):
    visit = record_visit(by=cast.chen.actor, reason="chat", now=NOW)
    with translation.override("zh-hans"):
        assert Reached("reason")(visit) == "坐坐聊天"
        assert Reached("worker.is_active")(visit) == "是"
        assert Reached("worker")(visit) == str(visit.worker)
        assert Reached("need.number")(visit) is None

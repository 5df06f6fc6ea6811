"""Demands taken in from files: once, again, changed, cut off, by two at once; on the page too."""

import json
import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from mulin.cli import main
from mulin.commons.flow.models import Category, Need, Step
from mulin.ground.audit.models import Act
from mulin.ground.community.rules import system
from mulin.kit import clock
from mulin.kit.channels import Channel
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community
from mulin.parlour.reception.actions.demands import answer_demand, take_demand
from mulin.parlour.reception.actions.imports import (
    take_in_file,
)
from mulin.parlour.reception.importing.mapping import ColumnMap
from mulin.parlour.reception.importing.queries import known_maps, report
from mulin.parlour.reception.models import Demand, ImportedFile, ImportedRow
from mulin.parlour.reception.queries import Filter, demands
from mulin.parlour.reception.rules import State
from mulin.site.looks import LANGUAGE_COOKIE
from tests.clock import NOW

DATA = Path(__file__).parent.parent / "data"
NAME = "boston_layout.csv"
BOSTON = (DATA / "demands" / NAME).read_bytes()
TABLES = (Need, Demand, Step, ImportedFile, ImportedRow, Category, Act)


@pytest.fixture(autouse=True)
def _in_english():
    """The sentences below stand as they are in the code."""
    with translation.override("en"):
        yield


def georeport(name):
    return (DATA / "georeport" / name).read_bytes()


@pytest.fixture
def desk(cast, xinjie):
    return cast.chen.actor


def take_in(by, content=BOSTON, name=NAME, now=NOW, **more):
    return take_in_file(content, name, by=by, now=now, **more)


def counts(taken):
    return taken.read, taken.created, taken.updated, taken.noted, taken.unchanged


def everything():
    return {table: list(table.objects.order_by("pk").values()) for table in TABLES}


def demand_of(external_id):
    return ImportedRow.objects.filter(external_id=external_id).first().demand


def test_a_file_brings_ordinary_demands(desk):
    taken = take_in(desk)
    assert (counts(taken), taken.rejected) == ((6, 6, 0, 0, 0), [])
    closed, open_ = demand_of("900000000001"), demand_of("900000000003")
    assert (closed.state, closed.is_open, closed.due_at, closed.was_late) == (
        State.CLOSED, False, None, False,
    )  # fmt: skip
    assert closed.closed_at == datetime(2015, 3, 5, 21, 30, tzinfo=UTC)
    assert demand_of("900000000002").was_late
    assert (open_.state, open_.is_open, open_.owner_id) == (State.RECEIVED, True, desk.account_id)
    assert open_.due_at == open_.answer_by == datetime(2015, 3, 21, 3, 30, tzinfo=UTC)
    need = closed.need
    assert (need.words, need.place_words, need.channel, need.person, need.entered_by) == (
        "Lamp out at the gate", "Elm St, Corner", Channel.IMPORT, None, None,
    )  # fmt: skip
    assert (need.number, str(need.category), need.said_at) == (
        "2015-00001", "Street Lamp", datetime(2015, 3, 2, 14, 0, tzinfo=UTC),
    )  # fmt: skip
    assert open_.need.words == '=HYPERLINK("http://x")'
    row = closed.imported.get()
    assert (row.source, row.came_by, row.status, row.line) == (
        "Constituent Call", "phone", "Closed", 2,
    )  # fmt: skip


def test_a_story_says_where_a_demand_is_from(desk):
    take_in(desk)
    told, closed = Step.objects.filter(need=demand_of("900000000001").need).order_by("id")
    assert (told.kind, closed.kind) == ("imported", "imported_closed")
    assert NAME in told.line
    assert "900000000001" in told.line
    assert "Case Closed Resolved" in closed.line


def test_one_act_a_file_and_none_when_nothing_changed(desk):
    take_in(desk)
    acts = list(Act.objects.filter(verb="reception.take_in_file"))
    assert [(act.record_id, act.channel, act.account_id) for act in acts] == [
        (ImportedFile.objects.get().pk, Channel.IMPORT, desk.account_id)
    ]
    assert json.loads(acts[0].detail.changes)["after"] == {
        "name": NAME, "read": 6, "created": 6, "updated": 0, "unchanged": 0, "rejected": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [NAME, "spec_service-requests.json", "status_services_giessen.xml", "spec_errors.xml",
     "spec_service-definition.json", "status_service_requests.json"],
)  # fmt: skip
def test_a_second_import_changes_nothing(desk, name):
    content = BOSTON if name == NAME else georeport(name)
    first = take_in(desk, content, name)
    before = everything()
    second = take_in(desk, content, name, now=NOW + timedelta(days=1))
    assert everything() == before
    assert counts(second) == (first.read, 0, 0, 0, first.created)
    assert second.rejected == first.rejected


def test_imported_demands_are_found_filtered_and_answered(cast, desk):
    take_in(desk)

    def numbers(**chosen):
        return sorted(d.need.number for d in demands(desk, Filter(**chosen), NOW))

    assert numbers(query="judged by nobody") == ["2015-00005"]
    assert numbers(query="Ash St") == ["2015-00003"]
    assert numbers() == ["2015-00003", "2015-00005"]
    assert numbers(channel=Channel.IMPORT, only_open=False) == [
        f"2015-0000{n}" for n in range(1, 7)
    ]
    lamp = Category.objects.get(name="Street Lamp")
    assert len(numbers(category_id=lamp.pk, only_open=False)) == 5
    open_ = take_demand(demand_of("900000000003"), by=desk, now=NOW)
    answer_demand(open_, by=desk, words="New lamp", now=NOW + timedelta(hours=1))
    assert demand_of("900000000003").state == State.ANSWERED


def test_limits_that_passed_long_ago_call_nobody(desk):
    take_in(desk)
    late = Demand.objects.late(NOW)
    assert late.count() == 2
    assert not late.filter(escalated_at__isnull=True).exists()
    assert not Demand.objects.filter(remind_at__isnull=False).exists()


def test_a_limit_to_come_is_reminded_of_and_escalated_like_any_other(desk):
    soon = "03/20/2027 11:30:00 PM"
    take_in(desk, BOSTON.replace(b"03/20/2015 11:30:00 PM", soon.encode()))
    demand = demand_of("900000000003")
    assert (demand.escalated_at, demand.was_late) == (None, False)
    assert NOW < demand.remind_at < demand.due_at


# --- on time or overdue -----------------------------------------------------------------------


def on_time():
    return {line.external_id[-1]: line.on_time.value for line in
            report(ImportedFile.objects.get()).lines}  # fmt: skip


def test_on_time_is_computed_from_the_dates(desk):
    take_in(desk)
    assert on_time() == {
        "1": "ONTIME", "2": "OVERDUE", "3": "OVERDUE", "4": "ONTIME", "5": "", "6": "ONTIME",
    }  # fmt: skip
    told = report(ImportedFile.objects.get())
    assert (told.rows, dict(told.status), dict(told.on_time), told.without_target) == (
        6, {"Closed": 4, "Open": 2}, {"ONTIME": 3, "OVERDUE": 2, "": 1}, 1,
    )  # fmt: skip
    assert dict(told.source) == {
        "Constituent Call": 3, "Employee Generated": 1, "Twitter": 1, "Self Service": 1,
    }  # fmt: skip


def test_a_date_that_is_turned_turns_the_judgement_whatever_the_label_says(desk):
    turned = BOSTON.replace(b"03/05/2015 04:30:00 PM", b"03/15/2015 04:30:00 PM").replace(
        b"03/09/2015 09:00:01 AM", b"03/09/2015 08:59:59 AM"
    )
    take_in(desk, turned)
    assert {n: on_time()[n] for n in "12"} == {"1": "OVERDUE", "2": "ONTIME"}


def test_the_clock_change_between_receiving_and_limit_is_kept(desk):
    # One second past the limit by the wall clock, in summer time; in winter time it were an hour.
    take_in(desk)
    row = ImportedRow.objects.get(external_id="900000000002")
    assert row.closed_at - row.due_at == timedelta(seconds=1)


# --- changed, moved, worked on ----------------------------------------------------------------


def changed():
    """The third row was closed, and says so in other words."""
    return BOSTON.replace(
        b'03/20/2015 11:30:00 PM,,OVERDUE,Open,,"=HYPERLINK(""http://x"")"',
        b"03/20/2015 11:30:00 PM,04/02/2015 11:00:00 AM,OVERDUE,Closed,New bulb,Dark at Ash",
    )


def test_a_changed_row_changes_a_demand_nobody_works_on(desk):
    take_in(desk)
    taken = take_in(desk, changed(), now=NOW + timedelta(days=1))
    assert counts(taken) == (6, 0, 1, 0, 5)
    demand = demand_of("900000000003")
    assert (demand.state, demand.is_open, demand.need.words, demand.due_at) == (
        State.CLOSED, False, "Dark at Ash", None,
    )  # fmt: skip
    assert demand.need.closed_at == demand.closed_at == datetime(2015, 4, 2, 15, 0, tzinfo=UTC)
    found = demands(desk, Filter(query="dark at ash", only_open=False), NOW)
    assert [d.pk for d in found] == [demand.pk]
    assert not demands(desk, Filter(query="hyperlink", only_open=False), NOW).exists()
    assert counts(take_in(desk, changed())) == (6, 0, 0, 0, 6)


def test_a_changed_row_leaves_a_demand_in_hand_alone_and_tells_its_handler(desk):
    take_in(desk)
    take_demand(demand_of("900000000003"), by=desk, now=NOW)
    taken = take_in(desk, changed(), now=NOW + timedelta(days=1))
    assert counts(taken) == (6, 0, 0, 1, 5)
    assert taken.as_json()["updated"] == 1
    demand = demand_of("900000000003")
    assert (demand.state, demand.need.words) == (State.IN_HAND, '=HYPERLINK("http://x")')
    last = Step.objects.filter(need=demand.need).latest("id")
    assert (last.is_for_asker, last.kind) == (False, "imported")
    assert "Dark at Ash" in last.line
    assert ImportedRow.objects.get(external_id="900000000003").status == "Closed"


def test_one_demand_in_two_files_of_a_system_is_one_demand(desk):
    take_in(desk)
    taken = take_in(desk, changed(), name="later.csv", now=NOW + timedelta(days=1))
    assert counts(taken) == (6, 0, 1, 0, 5)
    assert Demand.objects.count() == 6
    first, later = ImportedFile.objects.order_by("id")
    assert (dict(report(first).status), dict(report(later).status)) == (
        {"Closed": 4, "Open": 2}, {"Closed": 5, "Open": 1},
    )  # fmt: skip


def test_an_older_extract_does_not_undo_a_newer_one(desk):
    newest = changed() + (
        b"900000000007,05/01/2015 08:00:00 AM,,,,Open,,Newest,a,b,Street Lamp,c,d,e,f,g,h,,,Twitter\n"
    )
    take_in(desk, newest, name="newer.csv")
    assert counts(take_in(desk, BOSTON, name="older.csv")) == (6, 0, 0, 0, 6)
    assert demand_of("900000000003").state == State.CLOSED


def test_numbers_of_two_systems_do_not_meet(desk):
    take_in(desk)
    other = ColumnMap.from_json(known_maps()[-1].as_json() | {"system": "elsewhere"})
    assert counts(take_in(desk, name="other.csv", chosen=other)) == (6, 6, 0, 0, 0)
    with pytest.raises(Refused, match="another system"):
        take_in(desk, chosen=other)


# --- GeoReport --------------------------------------------------------------------------------


def test_georeport_requests_become_demands_with_their_times_and_places(desk):
    assert counts(take_in(desk, georeport("status_service_requests.json"), "c.json")) == (
        2, 2, 0, 0, 0,
    )  # fmt: skip
    row = ImportedRow.objects.get(external_id="14-01100669")
    assert row.opened_at == datetime(2014, 7, 12, 15, 58, 43, tzinfo=UTC)
    assert row.facts["requested_datetime"] == "2014-07-12T10:58:43-05:00"
    assert (row.facts["lat"], row.facts["long"]) == ("41.858724777757864", "-87.66475146237676")
    need = row.demand.need
    assert (need.words, need.place_words, str(need.category)) == (
        "Alley Light Out", "1540 W 17TH ST, CHICAGO, IL, 60608", "Alley Light Out",
    )  # fmt: skip
    assert float(need.latitude) == pytest.approx(41.858724777757864, abs=1e-12)
    assert float(need.longitude) == pytest.approx(-87.66475146237676, abs=1e-12)


def test_json_and_xml_of_the_same_requests_are_the_same_demands(desk):
    assert counts(take_in(desk, georeport("spec_service-requests.json"), "a.json"))[:2] == (2, 2)
    assert counts(take_in(desk, georeport("spec_service-requests.xml"), "a.xml")) == (
        2, 0, 0, 0, 2,
    )  # fmt: skip
    closed, open_ = (demand_of(number) for number in ("638344", "638349"))
    assert (closed.state, open_.state) == (State.CLOSED, State.RECEIVED)
    assert [dict(report(file).status) for file in ImportedFile.objects.all()] == [
        {"closed": 1, "open": 1}, {"closed": 1, "open": 1},
    ]  # fmt: skip


def test_services_become_categories_under_their_group(desk):
    before = Category.objects.count()
    taken = take_in(desk, georeport("status_services_giessen.xml"), "giessen.xml")
    assert counts(taken) == (8, 8, 0, 0, 0)
    assert Category.objects.get(name="Straßen- und Gehwegschäden").code == "georeport:011"
    take_in(desk, georeport("spec_service-list.json"), "sf.json")
    assert Category.objects.get(name="Curb or curb ramp defect").parent.name == "street"
    assert Category.objects.count() == before + 8 + 3 + 2


@pytest.mark.parametrize("name", ["spec_errors.json", "spec_errors.xml"])
def test_an_error_creates_nothing_and_is_told(desk, name):
    taken = take_in(desk, georeport(name), name)
    assert counts(taken) == (1, 0, 0, 0, 0)
    assert not Demand.objects.exists()
    assert "Invalid api_key" in str(taken.rejected[0].reason)


# --- who may, cut off, two at once ------------------------------------------------------------


@pytest.mark.parametrize("who", ["sun", "yong", "street", "auditor", "installer"])
def test_only_the_desk_takes_files_in(cast, xinjie, who):
    with pytest.raises(NotPermitted):
        take_in(getattr(cast, who).actor)
    assert not ImportedFile.objects.exists()


def test_the_neighbour_sees_nothing_of_it(cast, desk):
    take_in(desk)
    with in_community(cast.linli):
        assert not ImportedFile.objects.exists()
        assert not Demand.objects.exists()


def test_texts_longer_than_their_column_are_shortened_and_kept_whole_beside(desk):
    long_place = b"Very " * 60 + b"Long St"
    take_in(desk, BOSTON.replace(b'"Elm St, Corner"', long_place))
    demand = demand_of("900000000001")
    assert len(demand.need.place_words) == 120
    assert demand.imported.get().facts["place_words"] == long_place.decode()


CHILD = """
import django; django.setup()
from mulin.cli import main
raise SystemExit(main({arguments!r}))
"""


def many(rows):
    head, *_rest = BOSTON.splitlines(keepends=True)
    line = (
        b"%d,03/02/2015 09:00:00 AM,,,ONTIME,Open,,Lamp %d,a,b,Street Lamp,c,d,e,f,g,h,,,Twitter\n"
    )
    return head + b"".join(line % (700_000 + n, n) for n in range(rows))


def start(*arguments, **environment):
    target = connection.settings_dict
    url = f"sqlite:///{target['NAME']}"
    if connection.vendor == "postgresql":
        url = f"postgres://{target['USER']}@{target['HOST']}:{target['PORT']}/{target['NAME']}"
    return subprocess.Popen(
        [sys.executable, "-c", CHILD.format(arguments=list(arguments))],
        env=os.environ | {
            "DJANGO_SETTINGS_MODULE": "mulin.settings", "MULIN_DATA_DIR": str(settings.DATA_DIR),
            "MULIN_DATABASE_URL": url, **environment,
        },
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_an_import_that_is_killed_goes_on_without_doubles(cast, tmp_path):
    file = tmp_path / "many.csv"
    file.write_bytes(many(1_200))
    command = ("import", "demands", str(file), "--community", "xinjie", "--json")
    killed = start(*command, MULIN_FAILPOINT="imports.after_batch")
    killed.communicate(timeout=120)
    assert killed.returncode == -signal.SIGKILL
    again = start(*command)
    printed = json.loads(again.communicate(timeout=120)[0])
    done_before = 0 if connection.vendor == "postgresql" else 500  # one transaction there
    assert printed == {
        "read": 1_200, "created": 1_200 - done_before, "updated": 0, "unchanged": done_before,
        "rejected": [],
    }  # fmt: skip
    with in_community(cast.xinjie):
        assert Demand.objects.count() == Need.objects.count() == 1_200
        assert Need.objects.values("number").distinct().count() == 1_200
        assert Act.objects.filter(verb="reception.take_in_file").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_bring_each_demand_once(cast):
    content, outcome = many(600), []

    def run():
        try:
            with in_community(cast.xinjie):
                by = system(cast.xinjie.pk)
                outcome.append(take_in(by, content, name=f"{threading.get_ident()}.csv"))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Batch after batch, either may be first.
    assert sum(taken.created for taken in outcome) == 600
    assert [taken.created + taken.unchanged for taken in outcome] == [600, 600]
    with in_community(cast.xinjie):
        assert Demand.objects.count() == 600


# --- the command line -------------------------------------------------------------------------


@pytest.fixture
def mulin(cast, xinjie, capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")

    def run(*arguments):
        capsys.readouterr()
        with clock.standing_still(NOW):
            code = main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def test_the_command_prints_what_was_promised(mulin):
    file = DATA / "demands" / NAME
    assert mulin("import", "demands", file, "--community", "xinjie", "--json") == (
        0, '{"read": 6, "created": 6, "updated": 0, "unchanged": 0, "rejected": []}\n', "",
    )  # fmt: skip
    code, out, _err = mulin("report", "demands", "--community", "xinjie", "--json")
    assert (code, json.loads(out)) == (0, {
        NAME: {
            "rows": 6,
            "status": {"Closed": 4, "Open": 2},
            "on_time": {"ONTIME": 3, "OVERDUE": 2, "": 1},
            "source": {
                "Constituent Call": 3, "Employee Generated": 1, "Twitter": 1, "Self Service": 1,
            },
            "without_target": 1,
        }
    })  # fmt: skip
    assert mulin("import", "demands", file, "--community", "xinjie") == (
        0, "6 rows read: 0 new, 0 changed, 6 as before, 0 set aside.\n", "",
    )  # fmt: skip


def test_the_command_speaks_plainly_of_rows_set_aside(mulin, tmp_path):
    file = tmp_path / "a.csv"
    file.write_bytes(BOSTON.replace(b"900000000002,", b",").replace(b",42.300,", b",142,"))
    code, out, _err = mulin("import", "demands", file, "--community", "xinjie")
    assert (code, out.splitlines()) == (0, [
        "6 rows read: 4 new, 0 changed, 0 as before, 2 set aside.",
        "Line 3: The row has no number.",
        "Line 6: This is not a place on earth: 142",
    ])  # fmt: skip


def test_a_map_is_given_on_the_command_line(mulin, tmp_path):
    file, column_map = tmp_path / "a.csv", tmp_path / "map.json"
    file.write_bytes("编号,时间,内容\n1,2026-11-20,路灯坏了\n".encode("gb18030"))
    code, _out, err = mulin("import", "demands", file, "--community", "xinjie")
    assert (code, "--map" in err) == (2, True)
    column_map.write_text(
        '{"system":"hotline","columns":{"external_id":"编号","opened":"时间","words":"内容"}}'
    )
    code, out, _err = mulin(
        "import", "demands", file, "--map", column_map, "--community", "xinjie", "--json"
    )
    assert (code, json.loads(out)["created"]) == (0, 1)


def test_the_report_tells_every_row_with_its_offset_when_asked(mulin):
    file = DATA / "georeport" / "status_requests_single.xml"
    mulin("import", "demands", file, "--community", "xinjie")
    _code, out, _err = mulin("report", "demands", "--community", "xinjie", "--json", "--rows")
    line = json.loads(out)["status_requests_single.xml"]["lines"][0]
    assert (line["id"], line["opened"], line["category"]) == (
        "101005420892", "2018-07-30T04:01:00+00:00", "Road - Pot hole",
    )  # fmt: skip
    assert line["as_written"]["requested_datetime"] == "2018-07-30T00:01:00-04:00"
    assert line["as_written"]["lat"] == "43.691104288"


@pytest.mark.parametrize("content", ["", "<html></html>", "[" * 9, "a,b\n1,2\n"])
def test_a_file_that_cannot_be_read_is_told_with_code_2(mulin, tmp_path, content):
    file = tmp_path / "a.json"
    file.write_text(content)
    code, out, err = mulin("import", "demands", file, "--community", "xinjie", "--json")
    assert (code, out) == (2, "")
    assert err.startswith(f"{file}: ")


def test_a_missing_file_and_an_unknown_community_are_told(mulin, tmp_path):
    code, _out, err = mulin("import", "demands", tmp_path / "none.csv")
    assert (code, "none.csv" in err) == (2, True)
    code, _out, err = mulin("report", "demands", "--community", "nowhere")
    assert (code, err) == (2, "There is no community called nowhere.\n")


@pytest.mark.once
@pytest.mark.shared
def test_the_real_extracts_equal_their_expected_counts(mulin, shared):
    folder = shared / "data" / "participation" / "boston311"
    expected = json.loads((folder / "expected.json").read_text())
    for name, counted in expected.items():
        for created, unchanged in ((counted["rows"], 0), (0, counted["rows"])):
            _code, out, _err = mulin(
                "import", "demands", folder / name, "--community", "xinjie", "--json"
            )
            assert json.loads(out) == {
                "read": counted["rows"], "created": created, "updated": 0, "unchanged": unchanged,
                "rejected": [],
            }  # fmt: skip
    _code, out, _err = mulin("report", "demands", "--community", "xinjie", "--json")
    keys = ("rows", "status", "on_time", "source", "without_target")
    assert json.loads(out) == {
        name: {key: counted[key] for key in keys} for name, counted in expected.items()
    }


# --- the page ---------------------------------------------------------------------------------


@pytest.fixture
def page(cast, xinjie, client):
    """小陈 at the desk, reading English."""
    client.cookies[LANGUAGE_COOKIE] = "en"
    return cast.enter(client, cast.chen)


def upload(page, content=BOSTON, name=NAME):
    return page.post(reverse("reception:imports"), {"file": SimpleUploadedFile(name, content)})


def columns_of(page, pk):
    """The form as it is shown: what the browser would send back."""
    form = page.get(reverse("reception:import-columns", args=[pk])).context["form"]
    return {name: form[name].value() or "" for name in form.fields}


def test_a_file_goes_from_the_upload_over_its_columns_to_the_demands(page):
    sent = upload(page)
    file = ImportedFile.objects.get()
    assert sent.url == reverse("reception:import-columns", args=[file.pk])
    assert (file.taken_in_at, default_storage.exists(file.kept_as)) == (None, True)
    shown = page.get(sent.url).content.decode()
    assert "Lamp flickers" in shown
    # Rows are shown only after somebody looked at what the columns make of them.
    assert "What comes of it" not in shown
    seen = page.post(sent.url, columns_of(page, file.pk))
    assert seen.status_code == 200
    assert "6 rows read; 0 of them can't be taken in." in seen.content.decode()
    kept_as = file.kept_as
    done = page.post(reverse("reception:import-take-in", args=[file.pk]), columns_of(page, file.pk))
    assert done.url == reverse("reception:import-file", args=[file.pk])
    assert Demand.objects.count() == 6
    file.refresh_from_db()
    assert (file.kept_as, file.taken_in_at is not None) == ("", True)
    assert "Lamp flickers" in page.get(done.url).content.decode()
    assert page.get(sent.url).status_code == 404
    assert kept_as.startswith("imports/")


def test_bad_rows_are_shown_with_line_and_reason_before_anything_is_taken_in(page):
    upload(page, BOSTON.replace(b"900000000002,", b","))
    pk = ImportedFile.objects.get().pk
    url = reverse("reception:import-columns", args=[pk])
    assert "Line 3: The row has no number." in page.post(url, columns_of(page, pk)).content.decode()
    page.post(reverse("reception:import-take-in", args=[pk]), columns_of(page, pk))
    shown = page.get(reverse("reception:import-file", args=[pk])).content.decode()
    assert "Line 3: The row has no number." in shown
    assert Demand.objects.count() == 5


def test_columns_chosen_once_are_a_file_for_the_command_line_and_known_the_next_time(
    page, mulin, tmp_path
):
    table = "编号,时间,内容,办理\n1,2026-11-20,路灯坏了,办完\n".encode("gb18030")
    upload(page, table, "hotline.csv")
    pk = ImportedFile.objects.get().pk
    chosen = columns_of(page, pk) | {
        "system": "hotline", "status": "办理", "closed_words": "办完，结了",
    }  # fmt: skip
    assert (chosen["external_id"], chosen["opened"], chosen["words"]) == ("编号", "时间", "内容")
    kept = page.post(reverse("reception:import-columns", args=[pk]), chosen | {"do": "keep"})
    assert kept.headers["Content-Disposition"] == 'attachment; filename="hotline.json"'
    assert ColumnMap.from_file(kept.content).statuses == {"办完": "closed", "结了": "closed"}
    assert page.get(reverse("reception:import-map", args=[pk])).content == kept.content
    file, column_map = tmp_path / "next.csv", tmp_path / "hotline.json"
    file.write_bytes(table)
    column_map.write_bytes(kept.content)
    for more in ([], ["--map", column_map]):
        code, out, _err = mulin("import", "demands", file, "--community", "xinjie", "--json", *more)
        assert (code, json.loads(out)["rejected"]) == (0, [])
    assert demand_of("1").state == State.CLOSED


def test_a_georeport_file_needs_no_columns(page):
    sent = upload(page, georeport("spec_service-requests.json"), "sf.json")
    shown = page.get(sent.url)
    assert shown.context["form"] is None
    assert "2 rows read" in shown.content.decode()
    page.post(reverse("reception:import-take-in", args=[ImportedFile.objects.get().pk]))
    assert Demand.objects.count() == 2


def test_columns_that_cannot_be_are_refused_beside_their_field(page):
    upload(page)
    pk = ImportedFile.objects.get().pk
    url = reverse("reception:import-columns", args=[pk])
    wrong = columns_of(page, pk) | {"date_format": "%Q", "external_id": ""}
    answer = page.post(url, wrong)
    assert (answer.status_code, "external_id" in answer.context["form"].errors) == (422, True)
    answer = page.post(url, columns_of(page, pk) | {"date_format": "%Q"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["date_format"])
    for do in ({}, {"do": "keep"}):
        answer = page.post(url, columns_of(page, pk) | {"longitude": ""} | do)
        assert list(answer.context["form"].errors) == ["longitude"]


def test_what_is_no_table_is_said_on_the_page(page):
    sent = upload(page, b"<html>sign in</html>", "a.csv")
    answer = page.get(sent.url)
    assert answer.status_code == 422
    assert "begins with &lt;html&gt;" in answer.content.decode()
    pk = ImportedFile.objects.get().pk
    assert page.post(reverse("reception:import-take-in", args=[pk])).status_code == 302
    assert not Demand.objects.exists()


def test_words_of_a_file_are_never_markup(page):
    upload(page, BOSTON.replace(b"Lamp flickers", b"<script>alert(1)</script>"))
    pk = ImportedFile.objects.get().pk
    url = reverse("reception:import-columns", args=[pk])
    assert b"<script>alert" not in page.post(url, columns_of(page, pk)).content
    page.post(reverse("reception:import-take-in", args=[pk]), columns_of(page, pk))
    assert b"<script>alert" not in page.get(reverse("reception:import-file", args=[pk])).content


def test_an_upload_is_thrown_away_with_its_file(page, django_capture_on_commit_callbacks):
    upload(page)
    file = ImportedFile.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        page.post(reverse("reception:import-discard", args=[file.pk]))
    assert not default_storage.exists(file.kept_as)
    assert page.get(reverse("reception:import-columns", args=[file.pk])).status_code == 404


def test_one_form_sent_ten_times_keeps_one_file(page):
    for _time in range(10):
        file = SimpleUploadedFile(NAME, BOSTON)
        page.post(reverse("reception:imports"), {"file": file, "token": "one"})
    assert Act.objects.filter(verb="reception.keep_upload").count() == 1
    assert ImportedFile.objects.count() == 1


@pytest.mark.parametrize("who", ["sun", "yong", "auditor", "street", "li"])
def test_nobody_but_the_desk_opens_these_pages(cast, page, who):
    upload(page)
    pk = ImportedFile.objects.get().pk
    other = cast.enter(Client(), getattr(cast, who))
    for name, arguments in (
        ("imports", []), ("import-file", [pk]), ("import-columns", [pk]), ("import-map", [pk]),
        ("import-take-in", [pk]), ("import-discard", [pk]),
    ):  # fmt: skip
        url = reverse(f"reception:{name}", args=arguments)
        answers = (other.get(url), other.post(url))
        if who == "li" and name == "imports":  # their own, empty one
            assert NAME not in answers[0].content.decode()
            continue
        assert {answer.status_code for answer in answers} <= {404, 405}
    with in_community(cast.xinjie):
        assert ImportedFile.objects.get().kept_as


def test_the_pages_of_files_cost_the_same_at_two_and_at_twenty_rows(page, xinjie, desk):
    def queries(name, *arguments):
        with CaptureQueriesContext(connection) as seen:
            assert page.get(reverse(f"reception:{name}", args=arguments)).status_code == 200
        return len(seen)

    take_in(desk, many(2), name="first.csv")
    first = ImportedFile.objects.get()
    at_two = queries("imports"), queries("import-file", first.pk)
    for number in range(20):
        take_in(desk, many(20), name=f"{number}.csv")
    file = ImportedFile.objects.get(name="19.csv")
    assert (queries("imports"), queries("import-file", file.pk)) == at_two

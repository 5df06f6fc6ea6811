"""What the survey's pages show, to whom, and how many queries they ask."""

import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mulin.ground.audit.models import Act
from mulin.ground.community.rules import Scope
from mulin.ground.figures.queries import read
from mulin.ground.figures.registry import figure_of
from mulin.ground.figures.rules import Period
from mulin.ground.people.actions.erasure import erase_person
from mulin.ground.people.rules import HOLDINGS, what_stays
from mulin.kit.channels import Channel
from mulin.kit.clock import standing_still
from mulin.parlour.survey.actions.asking import answer_by_code, note_try
from mulin.parlour.survey.models import Answer, Envelope, Sampled, Survey
from mulin.parlour.survey.queries import code_of, household_behind
from mulin.parlour.survey.rules import Field, in_fours
from tests.clock import NOW
from tests.site.test_programs import Caller, let_in
from tests.support.pdfs import DEAD_MM, Pdf
from tests.survey.conftest import AFTER, of_grid, said

FACES = {f"q{number}": "4" for number in range(1, len(Field) + 1)}


@pytest.fixture(autouse=True)
def _standing_clock():
    with standing_still(NOW):
        yield


@pytest.fixture
def letter(cast, survey):
    """The code on the letter of one household of grid 1."""
    return code_of(of_grid(survey, cast.grid_1, 1)[0])


def at(name, *args):
    return reverse(f"survey:{name}", args=args)


# ── the household ────────────────────────────────────────────────────────────────────────────


def test_a_household_scans_its_letter_answers_and_is_thanked_without_its_code(letter, client):
    scanned = client.get(f"/S/XINJIE/{letter}/")
    assert scanned.status_code == 302
    page = client.get(scanned.url)
    assert page.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert page.content.decode().count('type="radio"') == len(Field) * 6
    token = page.context["form"]["token"].value()
    done = client.post(scanned.url, {**FACES, "words": "多种桂花", "token": token})
    assert (done.status_code, done.url) == (302, at("thanks"))
    assert letter not in client.get(done.url).content.decode()
    again = client.get(scanned.url).content.decode()
    assert "radio" not in again
    assert Sampled.objects.answered().count() == Envelope.objects.count() == 1


def test_the_same_form_sent_ten_times_counts_once(letter, client):
    typed = {**FACES, "token": "once"}
    answers = [client.post(at("answer", letter), typed) for _time in range(10)]
    assert {answer.status_code for answer in answers} == {200, 302}
    assert (Envelope.objects.count(), Act.objects.filter(verb="survey.answer").count()) == (1, 1)


def test_who_is_signed_in_is_not_written_down(cast, letter, client):
    cast.enter(client, cast.yong).post(at("answer", letter), FACES)
    assert Act.objects.get(verb="survey.answer").account_id is None
    assert Sampled.objects.answered().get().entered_by is None


def test_a_page_sent_empty_says_so_and_loses_nothing(letter, client):
    page = client.post(at("answer", letter), {"words": "  "})
    assert page.context["form"].non_field_errors()
    assert Envelope.objects.count() == 0
    wrong = client.post(at("answer", letter), {"q1": "9", "q2": "5", "words": "多种树"})
    assert wrong.context["form"].errors["q1"]
    assert "多种树" in wrong.content.decode()


@pytest.mark.parametrize(("typed", "status"), [("ABCD", 200), ("ABCDEFGHJK00", 200), ("", 200)])
def test_a_misread_code_is_said_beside_the_box(survey, client, typed, status):
    page = client.post(at("letter"), {"code": typed})
    assert page.status_code == status
    assert page.context["form"].errors["code"]


def test_meinberlin_4888_no_browser_fills_in_the_code_of_whoever_came_before(survey, client):
    """liqd/a4-meinberlin#4888: on a shared tablet the last code stood in the box of the next."""
    box = re.search(r"<input[^>]*name=\"code\"[^>]*>", client.get(at("letter")).content.decode())
    assert 'autocomplete="off"' in box[0]
    assert "value=" not in box[0]


def test_a_right_code_is_read_with_dashes_and_small_letters(letter, client):
    page = client.post(at("letter"), {"code": in_fours(letter).lower()})
    assert (page.status_code, page.url) == (302, at("answer", letter))
    assert client.get(at("answer", "AAAAAAAAAA00")).status_code == 404


def test_after_the_last_day_the_page_says_so(letter, client):
    with standing_still(AFTER):
        page = client.get(at("answer", letter))
        assert "radio" not in page.content.decode()
        client.post(at("answer", letter), FACES)
    assert Envelope.objects.count() == 0


def test_a_letter_leads_into_the_community_that_wrote_it(cast, letter, client):
    client.cookies["mulin_community"] = "linli"
    assert client.get(at("answer", letter)).status_code == 404
    page = client.get(f"/s/xinjie/{letter.lower()}/", follow=True)
    assert page.status_code == 200
    assert page.context["survey"].community_id == cast.xinjie.pk


# ── the desk ─────────────────────────────────────────────────────────────────────────────────


def test_the_head_drafts_words_opens_and_publishes_a_survey_by_its_pages(cast, homes, client):
    head = cast.enter(client, cast.zhou)
    survey_at = head.post(at("list"), {"year": "2026"}).url
    survey = Survey.objects.get()
    assert survey_at == at("survey", survey.pk)
    words = {"overall": "总的满意吗？", "safety": "安全吗？", "free_words": "还有呢？"}
    assert head.post(at("questions", survey.pk), words).status_code == 302
    refused = head.post(at("begin", survey.pk), {"method": "sample", "last_day": "2026-12-09"})
    assert refused.context["form"].errors["size"]
    opened = {"method": "all", "last_day": "2026-12-09"}
    assert head.post(at("begin", survey.pk), opened).status_code == 302
    early = head.post(at("close", survey.pk))
    assert early.status_code == 422
    assert early.context["act_form"].non_field_errors()
    for one in of_grid(survey, cast.grid_1, 15):
        note_try(one, "answered", answers=said(survey, 4), by=cast.chen.actor, now=NOW)
    with standing_still(AFTER):
        head = cast.enter(client, cast.zhou)  # the desk was left alone for days, and is shut
        assert head.post(at("close", survey.pk)).status_code == 302
        published = head.post(at("publish", survey.pk))
        assert published.url == at("result", 2026)
        page = client.get(published.url).content.decode()
    assert "100.0%" in page
    assert "安全吗？" in page


def test_nobody_at_the_desk_reads_an_answer_before_the_survey_is_closed(cast, survey, client):
    for one in of_grid(survey, cast.grid_1, 15):
        note_try(one, "answered", answers=said(survey, 1, "密语"), by=cast.chen.actor, now=NOW)
    head = cast.enter(client, cast.zhou)
    assert head.get(at("remarks", survey.pk)).status_code == 404
    for path in (at("survey", survey.pk), at("households", survey.pk) + "?show=all"):
        page = head.get(path).content.decode()
        assert "密语" not in page
        assert "非常不满意" not in page
    assert "100.0%" not in head.get(at("results")).content.decode()


def test_the_page_of_a_household_never_says_what_it_answered(cast, survey, client):
    one = of_grid(survey, cast.grid_1, 1)[0]
    note_try(one, "answered", answers=said(survey, 1, "密语"), by=cast.chen.actor, now=NOW)
    page = cast.enter(client, cast.zhou).get(at("household", one.pk)).content.decode()
    assert "小陈" in page
    assert "密语" not in page
    assert "radio" not in page


def test_a_call_is_typed_while_one_talks(cast, survey, client):
    desk = cast.enter(client, cast.chen)
    one = of_grid(survey, cast.grid_1, 1)[0]
    page = desk.get(at("household", one.pk))
    assert "13811110009" in page.content.decode()
    lacking = desk.post(at("household", one.pk), {"words": "说到一半"})
    assert lacking.context["form"].errors["outcome"]
    assert "说到一半" in lacking.content.decode()
    empty = desk.post(at("household", one.pk), {"outcome": "answered"})
    assert empty.context["form"].non_field_errors()
    done = desk.post(at("household", one.pk), {"outcome": "answered", **FACES})
    assert done.url == at("households", survey.pk)
    one.refresh_from_db()
    assert (one.way, one.entered_by) == ("phone", cast.chen.account)


def test_a_row_tells_how_often_it_was_tried_before_its_grid_and_no_grid_where_all_are_one(
    cast, survey, client
):
    one = of_grid(survey, cast.grid_1, 1)[0]
    note_try(one, "nobody", by=cast.chen.actor.by(Channel.PHONE), now=NOW)
    day = f"{NOW.month}月{NOW.day}日"

    def row(member, query=""):
        page = cast.enter(client, member).get(at("households", survey.pk) + query).content.decode()
        found = re.search(rf'households/{one.pk}/.*?class="row-more">(.*?)</span>', page, re.DOTALL)
        return found[1]

    assert row(cast.zhou) == f"打过 1 次 · {day} · {cast.grid_1}"
    assert row(cast.zhou, f"?grid={cast.grid_1.pk}") == f"打过 1 次 · {day}"
    assert row(cast.sun) == f"打过 1 次 · {day}"


def test_the_next_year_to_draft_is_one_without_a_survey(cast, survey, client):
    page = cast.enter(client, cast.zhou).get(at("list"))
    assert page.context["form"].initial["year"] == survey.year + 1


def test_an_officer_notes_an_empty_dwelling_and_types_no_answers(cast, survey, client):
    officer = cast.enter(client, cast.sun)
    one, other = of_grid(survey, cast.grid_1, 2)
    page = officer.get(at("household", one.pk)).content.decode()
    assert "13811110009" not in page
    assert 'name="q1"' not in page
    forged = officer.post(at("household", other.pk), {"outcome": "answered", **FACES})
    assert forged.context["form"].errors["outcome"]
    officer.post(at("household", one.pk), {"outcome": "empty"})
    one.refresh_from_db()
    assert one.disposition == "empty"
    elsewhere = of_grid(survey, cast.grid_2, 1)[0]
    assert officer.get(at("household", elsewhere.pk)).status_code == 404


def test_sheets_are_typed_one_after_the_other(cast, survey, letter, client):
    desk = cast.enter(client, cast.chen)
    wrong = desk.post(at("paper", survey.pk), {"code": letter[:-1], **FACES, "words": "留着"})
    assert wrong.context["form"].errors["code"]
    assert "留着" in wrong.content.decode()
    unknown = desk.post(at("paper", survey.pk), {"code": "2222222222" + "00", **FACES})
    assert unknown.context["form"].errors["code"]
    done = desk.post(at("paper", survey.pk), {"code": in_fours(letter), **FACES})
    assert done.url == at("paper", survey.pk)
    twice = desk.post(at("paper", survey.pk), {"code": letter, **FACES})
    assert twice.context["form"].non_field_errors()
    assert Envelope.objects.count() == 1


def test_letters_of_a_grid_carry_a_code_that_opens_the_questions(cast, survey, client):
    desk = cast.enter(client, cast.chen)
    answered, second = of_grid(survey, cast.grid_2, 2)
    note_try(answered, "answered", answers=said(survey), by=cast.chen.actor, now=NOW)
    sheet = desk.post(at("letters", survey.pk), {"grid": cast.grid_2.pk})
    pdf = Pdf(sheet.content)
    assert len(pdf) == 11
    assert pdf.codes(0) == [f"HTTP://TESTSERVER/S/XINJIE/{code_of(second)}/"]
    assert in_fours(code_of(second)) in pdf.packed
    assert pdf.nearest_to_edge_mm(0) > DEAD_MM
    assert answered.address not in pdf.packed
    assert Act.objects.filter(verb="survey.note_letters").count() == 1
    nothing = desk.post(at("letters", survey.pk), {"grid": cast.grid_2.pk, "part": "2"})
    assert nothing.status_code == 302


def test_a_lost_letter_is_replaced_at_the_desk(cast, survey, letter, client):
    one = of_grid(survey, cast.grid_1, 1)[0]
    cast.enter(client, cast.chen).post(at("new-letter", one.pk))
    assert household_behind(letter) is None


def test_a_later_last_day_lets_households_answer_again(cast, survey, letter, client):
    head = cast.enter(client, cast.zhou)
    wrong = head.post(at("last-day", survey.pk), {"last_day": "2026-11-01"})
    assert wrong.status_code == 422
    assert wrong.context["form"].errors["last_day"]
    assert head.post(at("last-day", survey.pk), {"last_day": "2026-12-20"}).status_code == 302
    with standing_still(AFTER):
        assert "radio" in Client().get(at("answer", letter)).content.decode()


# ── the street ───────────────────────────────────────────────────────────────────────────────


def test_the_published_page_says_figure_interval_rate_and_what_is_hidden(
    cast, survey, answer, finish, client
):
    answer(cast.grid_1, [5] * 20 + [2] * 2)
    answer(cast.grid_2, [1] * 3)
    report = finish()
    page = client.get(at("result", 2026)).content.decode()
    for words in ("80.0%", "42 户里有 25 户答了", "59.5%", "太少，不显示", report.digest):
        assert words in page, words
    assert client.get(at("result", 2025)).status_code == 404
    told = cast.enter(client, cast.chen).get(
        reverse("notify:share", args=["survey.result", "2026"])
    )
    assert "80.0%" in told.context["text"]
    assert "42 户里有 25 户答了" in told.context["text"]
    for nothing in ("2025", "pigeon"):
        address = reverse("notify:share", args=["survey.result", nothing])
        assert client.get(address).status_code == 404
    listed = client.get(at("results")).content.decode()
    assert "80.0%" in listed


def test_no_page_or_program_tells_of_fewer_than_five_households(
    cast, survey, answer, finish, client
):
    answer(cast.grid_1, [5] * 18 + [4] * 2 + [2] * 6)
    answer(cast.grid_2, [5] * 3)
    for one in of_grid(survey, cast.grid_1)[26:28]:
        answers = said(survey, 5)
        note_try(one, "answered", answers=answers, by=cast.chen.actor.by(Channel.PHONE), now=NOW)
    note_try(of_grid(survey, cast.grid_2)[-1], "refused", by=cast.chen.actor, now=NOW)
    desk = cast.enter(Client(), cast.chen)
    ways = re.compile(r"<dt>([^<]*)</dt><dd>(\d+)</dd>")
    told = desk.get(at("survey", survey.pk)).content.decode()
    assert ways.findall(told) == [("纸质、电话", "31")]
    report = finish()
    page = client.get(at("result", 2026)).content.decode()
    assert ways.findall(page) == [
        ("社区总户数", "42"), ("不愿参加、还没问到", "11"), ("纸质、电话", "31"),
    ]  # fmt: skip
    assert "第1网格、第2网格" in page
    faces = page.split("face-counts")[1].split("</ul>")[0]
    assert re.findall(r"<strong>(\d+)</strong>", faces) == ["25", "6"]
    (year,) = (
        Caller(client, let_in(cast.zhou, scopes=[Scope.PUBLIC_READ])[1])
        .get("surveys/")
        .json()["rows"]
    )
    assert (year["sampled"], year["reached"], year["digest"]) == (42, None, report.digest)


def test_an_officer_counts_the_homes_of_their_own_grid_alone(cast, survey, client):
    for member, names in ((cast.chen, ["第1网格", "第2网格"]), (cast.sun, ["第1网格"])):
        page = cast.enter(client, member).get(at("survey", survey.pk))
        assert [str(grid) for grid, _part in page.context["grids"]] == names


def test_the_neighbour_has_no_result_of_ours(cast, survey, answer, finish, client):
    answer(cast.grid_1, [5] * 20)
    finish()
    client.cookies["mulin_community"] = "linli"
    assert client.get(at("result", 2026)).status_code == 404
    assert cast.enter(client, cast.li).get(at("survey", survey.pk)).status_code == 404


# ── figures and what is held of a person ─────────────────────────────────────────────────────


def test_the_figures_of_the_year_equal_the_report_and_are_no_rating_of_demands(
    cast, survey, answer, finish
):
    answer(cast.grid_1, [5] * 15 + [4] * 3 + [0] * 2 + [2] * 2)
    note_try(of_grid(survey, cast.grid_2, 1)[0], "empty", by=cast.chen.actor, now=NOW)
    rate, response = (figure_of(f"survey.{name}") for name in ("satisfied_rate", "response_rate"))
    year = Period.of_year(2026)
    assert read(rate, year, actor=cast.zhou.actor).number is None
    report = finish()
    (line,) = (one for one in report.figures["questions"] if one["field"] == "overall")
    found = read(rate, year, actor=cast.zhou.actor)
    assert (str(found.number), found.parts) == (line["percent"], {"rows": 18, "of": 20})
    answered = read(response, year, actor=cast.zhou.actor)
    assert str(answered.number) == report.figures["response"]["rate"]
    assert (answered.parts["rows"], answered.parts["of"]) == (22, 41)
    assert not rate.sees_rows(cast.zhou.actor)


def test_a_figure_of_fewer_than_ten_is_held_back_from_everybody(cast, survey, answer, finish):
    answer(cast.grid_1, [5] * 8)
    finish()
    found = read(figure_of("survey.satisfied_rate"), Period.of_year(2026), actor=cast.zhou.actor)
    assert found.is_held_back


def test_a_person_is_told_that_the_household_answered_and_no_answer(cast, survey):
    one = of_grid(survey, cast.grid_1, 1)[0]
    note_try(one, "answered", answers=said(survey, 1, "密语"), by=cast.chen.actor.by(Channel.PHONE), now=NOW)  # fmt: skip
    person = one.dwelling.residences.get().person
    told = HOLDINGS.tellers["survey.sampled"](person.pk)
    assert told == [
        {"survey": "2026 年满意测评", "dwelling": one.address, "outcome": "已答",
         "answered_on": "2026-11-25", "way": "电话"},
    ]  # fmt: skip
    assert "密语" not in json.dumps(told, ensure_ascii=False)


def test_an_erased_person_leaves_the_count_of_households_as_it_is(cast, survey, answer, finish):
    answer(cast.grid_1, [5] * 12)
    report = finish()
    one = of_grid(survey, cast.grid_1, 1)[0]
    person = one.dwelling.residences.get().person
    kept = {row.kind: row.rows for row in what_stays([person.pk])}
    assert kept["survey.sampled"] == 1
    answers = Answer.objects.count()
    erase_person(person, by=cast.zhou.actor, now=AFTER)
    assert Answer.objects.count() == answers
    assert report.figures["response"]["returned"] == Sampled.objects.answered().count()


# ── how many queries ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["survey", "households", "household", "answer"])
def test_pages_ask_the_same_number_of_queries_at_two_sizes(cast, survey, client, name):
    cast.enter(client, cast.chen)
    rows = of_grid(survey, cast.grid_1)
    paths = {
        "survey": at("survey", survey.pk),
        "households": at("households", survey.pk) + "?show=all",
        "household": at("household", rows[-1].pk),
        "answer": at("answer", code_of(rows[-1])),
    }
    Sampled.objects.exclude(pk__in=[one.pk for one in rows[-2:]]).update(grid=cast.grid_2)
    counts = []
    for answering in (rows[:2], rows[2:20]):
        for one in answering:
            answer_by_code(one, said(survey), by=cast.yong.actor.by(Channel.QR), now=NOW)
        client.get(paths[name])
        with CaptureQueriesContext(connection) as asked:
            client.get(paths[name])
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[1] <= 16

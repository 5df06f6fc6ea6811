"""What is shown of the roll, and to whom."""

import json
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mulin.ground.audit.models import Look
from mulin.ground.people.actions.merging import merge_persons
from mulin.ground.people.actions.organisations import found_organisation, join_household
from mulin.ground.people.actions.persons import register_person
from mulin.ground.people.models import (
    Affiliation,
    Consent,
    Erasure,
    Merge,
    NotSame,
    Organisation,
    OrganisationMerge,
    Person,
    RollImport,
)
from mulin.kit.scoping import in_community
from tests.clock import NOW

pytestmark = pytest.mark.django_db

CANARY, PHONE, ID = "金丝雀", "13812340137", "33042419500101102X"


@pytest.fixture
def xinjie(cast):
    with in_community(cast.xinjie):
        yield cast


@pytest.fixture
def bird(cast):
    with in_community(cast.xinjie):
        return register_person(
            by=cast.chen.actor, now=NOW, name=CANARY, phone=PHONE, id_number=ID,
            grid_id=cast.grid_1.pk, address="12幢1单元301",
        )  # fmt: skip


def address(name, *args):
    return reverse(f"people:{name}", args=args)


def read(client, url, status=200):
    response = client.get(url)
    assert response.status_code == status, response.content.decode()[:500]
    return response.content.decode()


def send(client, url, status=302, **values):
    response = client.post(url, values)
    assert response.status_code == status, response.content.decode()[:3000]
    return response.content.decode()


def pages_of(bird, other):
    """Every address of the desk that names a person."""
    reads = [address("person", bird.pk), address("change", bird.pk), address("erase", bird.pk),
             address("merge", bird.pk, other.pk)]  # fmt: skip
    writes = [address(name, bird.pk) for name in
              ("change", "reveal", "household", "leave-household", "affiliate", "own-data", "erase")]  # fmt: skip
    writes += [address("consent", bird.pk, "photos", "yes"), address("merge", bird.pk, other.pk),
               address("not-same", bird.pk, other.pk)]  # fmt: skip
    return reads, writes


@pytest.mark.parametrize(
    "who", ["li", "wu", "yong", "shen", "xu", "street", "auditor", "installer"]
)
def test_a_person_does_not_exist_for_whom_it_does_not_concern(cast, client, bird, who):
    cast.enter(client, getattr(cast, who))
    reads, writes = pages_of(bird, cast.wang.person)
    for url in reads:
        assert CANARY not in read(client, url, status=404)
    for url in writes:
        assert CANARY not in send(client, url, status=404, reason="x", field="phone")
    for url in (address("list"), address("list") + "?q=jsq", address("duplicates")):
        assert CANARY not in client.get(url).content.decode()
    with in_community(cast.xinjie):
        assert not Look.objects.exists()


def test_a_passer_by_is_sent_to_the_door(client, cast, bird):
    for url in (address("list"), address("person", bird.pk), address("mine")):
        response = client.get(url)
        assert (response.status_code, response.url.partition("?")[0]) == (302, "/sign-in/")


@pytest.mark.parametrize("who", ["zhou", "chen", "sun"])
def test_staff_find_a_person_with_masked_numbers(cast, client, bird, who):
    cast.enter(client, getattr(cast, who))
    for url in (address("list"), address("list") + "?q=jsq", address("list") + "?q=12-301",
                address("person", bird.pk)):  # fmt: skip
        page = read(client, url)
        assert CANARY in page
        assert "138****0137" in page
        assert PHONE not in page
        assert ID not in page


def test_an_officer_lists_their_own_grid(cast, client, bird):
    cast.enter(client, cast.wu)
    assert "王秀英" not in read(client, address("list"))
    cast.enter(client, cast.sun)
    page = read(client, address("list"))
    assert "王秀英" in page
    assert CANARY in page


def test_the_query_count_is_the_same_for_two_rows_and_twenty(cast, client, bird):
    cast.enter(client, cast.chen)
    counts = []
    for size in (2, 18):
        with in_community(cast.xinjie):
            for n in range(size):
                register_person(
                    by=cast.chen.actor, now=NOW, name=f"李{size}{n}", phone=f"1380000{size:02}{n:02}",
                    grid_id=cast.grid_2.pk,
                )  # fmt: skip
        for url in (address("list"), address("list") + "?q=l", address("person", bird.pk)):
            with CaptureQueriesContext(connection) as queries:
                read(client, url)
            counts.append(len(queries))
    assert counts[:3] == counts[3:]


def test_a_reveal_shows_one_value_once_and_is_recorded(cast, client, bird):
    cast.enter(client, cast.chen)
    url = address("reveal", bird.pk)
    page = send(client, url, status=422, field="phone", reason="")
    assert "请" in page or "Please" in page
    assert PHONE not in page
    page = send(client, url, status=200, field="phone", reason="回访")
    assert PHONE in page
    assert ID not in page
    assert client.get(url).status_code == 405
    with in_community(cast.xinjie):
        assert list(Look.objects.values_list("record_id", "what", "reason")) == [
            (bird.pk, "phone", "回访")
        ]


def test_opening_a_child_is_recorded(cast, client):
    with in_community(cast.xinjie):
        child = register_person(by=cast.chen.actor, now=NOW, name="乐乐", born_on=date(2020, 1, 1))
    cast.enter(client, cast.chen)
    read(client, address("person", child.pk))
    with in_community(cast.xinjie):
        assert Look.objects.get().record_id == child.pk


def test_somebody_is_registered_at_the_desk_once(cast, client):
    cast.enter(client, cast.chen)
    read(client, address("new"))
    values = {"name": "李四", "phone": "+86 138 1234 0138", "residency": "new", "token": "t"}
    for _ in range(10):
        send(client, address("new"), **values)
    page = send(client, address("new"), status=422, name="", phone="12", born_on="昨天")
    assert page.count('class="error"') == 3
    with in_community(cast.xinjie):
        assert Person.objects.filter(name="李四").values_list("residency").get() == ("new",)


def test_a_record_is_corrected_and_what_is_masked_stays_unless_typed_anew(cast, client, bird):
    cast.enter(client, cast.sun)
    page = read(client, address("change", bird.pk))
    assert PHONE not in page
    assert ID not in page
    same = {"name": CANARY, "grid": cast.grid_1.pk, "residency": "local"}
    send(client, address("change", bird.pk), note="二楼", **same)
    with in_community(cast.xinjie):
        person = Person.objects.get(pk=bird.pk)
        assert (person.note, person.phone, person.id_number, person.born_on) == (
            "二楼", PHONE, ID, date(1950, 1, 1),
        )  # fmt: skip
    send(client, address("change", bird.pk), phone="13812340139", drop_id_number="on", **same)
    with in_community(cast.xinjie):
        person = Person.objects.get(pk=bird.pk)
        assert (person.phone, person.id_number) == ("13812340139", None)


def test_an_officer_cannot_move_somebody_away_by_a_forged_form(cast, client, bird):
    cast.enter(client, cast.sun)
    send(client, address("change", bird.pk), status=422, name=CANARY, grid=cast.grid_2.pk)
    assert client.post(address("change", bird.pk), {"name": CANARY}).status_code == 404
    with in_community(cast.xinjie):
        assert Person.objects.get(pk=bird.pk).grid == cast.grid_1


def test_consent_is_switched_on_and_off(cast, client, bird):
    cast.enter(client, cast.chen)
    send(client, address("consent", bird.pk, "photos", "yes"), token="t")
    send(client, address("consent", bird.pk, "health", "yes"), token="t")
    send(client, address("consent", bird.pk, "photos", "no"), token="t")
    send(client, address("consent", bird.pk, "castles", "no"), status=404)
    with in_community(cast.xinjie):
        assert list(Consent.objects.values_list("purpose", "is_given", "channel")) == [
            ("photos", True, "walk_in"), ("health", True, "walk_in"), ("photos", False, "walk_in"),
        ]  # fmt: skip


def test_for_a_child_the_guardian_is_chosen_from_the_household(cast, client, xinjie):
    by = cast.chen.actor
    child = register_person(by=by, now=NOW, name="乐乐", born_on=date(2020, 1, 1))
    cast.enter(client, cast.chen)
    url = address("consent", child.pk, "photos", "yes")
    send(client, url, status=422)
    send(client, url, status=422, guardian=cast.wang.person.pk)
    home = join_household(cast.wang.person, by=by, now=NOW, name="王家").household
    join_household(child, by=by, now=NOW, household=home)
    assert "王秀英" in read(client, address("person", child.pk))
    send(client, url, guardian=cast.wang.person.pk)
    assert Consent.objects.get().guardian == cast.wang.person


def test_a_household_is_found_by_room(cast, client, bird):
    with in_community(cast.xinjie):
        other = register_person(by=cast.chen.actor, now=NOW, name="李四", grid_id=cast.grid_1.pk)
    cast.enter(client, cast.sun)
    url = address("household", other.pk)
    send(client, url, status=422, other="没有这个人")
    send(client, url, other="12-301")
    with in_community(cast.xinjie):
        assert Person.objects.get(pk=other.pk).household.name == CANARY
    send(client, address("leave-household", other.pk))
    with in_community(cast.xinjie):
        assert Person.objects.get(pk=other.pk).household is None


def test_own_data_is_taken_by_the_desk_in_the_persons_name(cast, client, bird):
    cast.enter(client, cast.chen)
    response = client.post(address("own-data", bird.pk))
    assert response["Content-Disposition"].startswith("attachment")
    assert "no-store" in response["Cache-Control"]
    assert json.loads(response.content)["records"][0]["phone"]["value"] == PHONE
    cast.enter(client, cast.sun)
    assert client.post(address("own-data", bird.pk)).status_code == 404


def test_an_erasure_says_first_what_stays(cast, client, bird):
    cast.enter(client, cast.chen)
    page = read(client, address("erase", bird.pk))
    assert "《网络安全法》第23条" in page
    send(client, address("erase", bird.pk), token="t")
    assert read(client, address("person", bird.pk), status=404)
    with in_community(cast.xinjie):
        assert Erasure.objects.get().person_id == bird.pk
    assert CANARY not in read(client, address("list"))


def test_two_records_are_compared_merged_and_taken_apart(cast, client, bird):
    with in_community(cast.xinjie):
        other = register_person(by=cast.chen.actor, now=NOW, name=CANARY, phone=PHONE, note="瓦房")
    cast.enter(client, cast.chen)
    assert address("merge", bird.pk, other.pk) in read(client, address("person", bird.pk))
    assert CANARY in read(client, address("duplicates"))
    page = read(client, address("merge", bird.pk, other.pk))
    assert "瓦房" in page
    assert PHONE not in page
    send(client, address("merge", bird.pk, other.pk), token="t")
    response = client.get(address("person", other.pk))
    assert (response.status_code, response.url) == (302, address("person", bird.pk))
    with in_community(cast.xinjie):
        merge = Merge.objects.get()
    assert address("undo-merge", merge.pk) in read(client, address("person", bird.pk))
    send(client, address("undo-merge", merge.pk), token="t")
    send(client, address("not-same", bird.pk, other.pk), token="t")
    with in_community(cast.xinjie):
        assert NotSame.objects.count() == 1
    assert address("merge", bird.pk, other.pk) not in read(client, address("person", bird.pk))


def test_a_refused_merge_says_why(cast, client, bird):
    with in_community(cast.xinjie):
        other = register_person(by=cast.chen.actor, now=NOW, name=CANARY)
        merge_persons(bird, other, by=cast.chen.actor, now=NOW)
    cast.enter(client, cast.chen)
    send(client, address("merge", bird.pk, other.pk), status=422, token="t")


def test_a_file_goes_through_preview_to_the_roll_and_out_again(cast, client):
    cast.enter(client, cast.chen)
    assert read(client, address("imports"))
    content = "姓名,手机,出生日期\n王伟,13812340140,1944-02-29\n李四,,1943-02-29\n赵六,,".encode(
        "gbk"
    )
    response = client.post(
        address("imports"), {"file": SimpleUploadedFile("名册.csv", content), "token": "t"}
    )
    assert response.status_code == 302
    page = read(client, response.url)
    assert all(word in page for word in ("王伟", "李四", "赵六"))
    send(client, response.url, token="u", leave_out="4")
    page = read(client, response.url)
    with in_community(cast.xinjie):
        taken = RollImport.objects.get()
        assert list(
            Person.objects.filter(pk__in=taken.created_ids).values_list("name", flat=True)
        ) == ["王伟"]
    assert address("person", taken.created_ids[0]) in page
    assert "13812340140" not in page
    assert "taken" in page or "名册.csv" in read(client, address("imports"))
    send(client, address("undo-import", taken.pk), token="v")
    with in_community(cast.xinjie):
        assert not Person.objects.filter(name="王伟").exists()
    assert read(client, response.url)


def test_a_file_that_is_none_is_refused_beside_the_field(cast, client):
    cast.enter(client, cast.chen)
    file = SimpleUploadedFile("x.csv", b"\x89PNG\0\0")
    assert 'class="error' in send(client, address("imports"), status=422, file=file)
    assert 'class="error' in send(client, address("imports"), status=422, token="t")


def test_the_template_is_an_excel_file(cast, client):
    cast.enter(client, cast.chen)
    response = client.get(address("template"))
    assert response.content.startswith(b"PK")


@pytest.mark.parametrize("who", ["sun", "yong", "auditor", "li"])
def test_files_and_duplicates_are_the_desks(cast, client, who, xinjie):
    taken = RollImport.objects.create(community=cast.xinjie, file_name="名册.csv", at=NOW)
    cast.enter(client, getattr(cast, who))
    is_desk_elsewhere = who == "li"
    for name in ("imports", "duplicates", "template"):
        status = client.get(address(name)).status_code
        assert status == (200 if is_desk_elsewhere else 404)
    assert client.get(address("import", taken.pk)).status_code == 404
    assert client.post(address("import", taken.pk)).status_code == 404
    assert client.post(address("undo-import", taken.pk)).status_code == 404


def test_an_organisation_has_its_people(cast, client, bird):
    cast.enter(client, cast.sun)
    send(client, address("organisations"), name="便民修理铺", kind="shop", token="t")
    with in_community(cast.xinjie):
        shop = Organisation.objects.get()
    send(client, address("organisations"), status=422, name="便民修理铺", kind="shop")
    send(client, address("affiliate", bird.pk), organisation=shop.pk, post="师傅", token="u")
    assert "师傅" in read(client, address("organisation", shop.pk))
    cast.enter(client, cast.wu)  # the officer of another grid sees the shop, not who is there
    assert CANARY not in read(client, address("organisation", shop.pk))
    with in_community(cast.xinjie):
        belongs = Affiliation.objects.get()
    send(client, address("end-affiliation", belongs.pk), status=404, until="2026-11-25")
    cast.enter(client, cast.sun)
    send(client, address("end-affiliation", belongs.pk), until="2026-11-25")
    with in_community(cast.xinjie):
        assert Affiliation.objects.get().until == date(2026, 11, 25)


def test_a_body_that_stands_twice_is_compared_merged_and_taken_apart(cast, client, xinjie):
    kept, merged = (
        found_organisation(by=cast.chen.actor, now=NOW, name=name, kind="unit", phone=phone)
        for name, phone in (("海盐县供电公司", ""), ("供电公司", "0573-86022222"))
    )
    cast.enter(client, cast.chen)
    compare = address("merge-organisations", kept.pk, merged.pk)
    assert compare in read(client, address("organisation", kept.pk))
    assert compare in read(client, address("same-organisations"))
    # What no likeness would find is chosen by hand; nothing chosen says so beside the field.
    response = client.get(address("same-organisation", kept.pk), {"other": merged.pk})
    assert (response.status_code, response.url) == (302, compare)
    assert read(client, address("same-organisation", kept.pk) + "?other=", status=422)
    assert "0573-86022222" in read(client, compare)
    send(client, compare, token="t")
    response = client.get(address("organisation", merged.pk))
    assert (response.status_code, response.url) == (302, address("organisation", kept.pk))
    with in_community(cast.xinjie):
        done = OrganisationMerge.objects.get()
    page = read(client, address("organisation", kept.pk))
    assert address("undo-organisation-merge", done.pk) in page
    assert "供电公司" in page
    assert "供电公司" in read(client, "/search/?q=供电公司")
    send(client, compare, status=422, token="u")  # a page that was open before
    send(client, address("undo-organisation-merge", done.pk), token="t")
    send(client, address("organisations-not-same", kept.pk, merged.pk), token="t")
    assert compare not in read(client, address("organisation", kept.pk))
    assert compare not in read(client, address("same-organisations"))
    cast.enter(client, cast.sun)  # an officer keeps the list, and leaves this to the desk
    assert compare not in read(client, address("organisation", kept.pk))
    read(client, compare, status=404)


def test_the_neighbour_has_organisations_of_their_own(cast, client, xinjie):
    shop = found_organisation(by=cast.chen.actor, now=NOW, name="金丝雀店", kind="shop")
    cast.enter(client, cast.li)
    assert "金丝雀店" not in read(client, address("organisations"))
    read(client, address("organisation", shop.pk), status=404)


# ── for the person themselves ────────────────────────────────────────────────────────────────


def test_a_resident_sees_what_is_held_and_decides(cast, client):
    cast.enter(client, cast.yong)
    page = read(client, address("mine"))
    assert "张勇" in page
    assert "138****0001" in page
    send(client, address("my-consent", "photos", "yes"), token="t")
    send(client, address("my-consent", "castles", "yes"), status=404)
    response = client.post(address("my-data"))
    told = json.loads(response.content)
    assert told["records"][0]["phone"]["value"] == "13800000001"
    assert [one["given"] for one in told["consents"]] == [True]
    with in_community(cast.xinjie):
        assert Consent.objects.get().person == cast.yong.person


def test_a_resident_sees_who_read_their_numbers(cast, client):
    cast.enter(client, cast.chen)
    send(client, address("reveal", cast.yong.person.pk), status=200, field="phone", reason="送药")
    cast.enter(client, cast.yong)
    page = read(client, address("mine"))
    assert "小陈 · 居民 · 电话 · 送药" in page


def test_without_a_record_nothing_is_shown_but_the_way_to_the_desk(cast, client):
    cast.enter(client, cast.auditor)
    read(client, address("mine"))
    assert client.post(address("my-data")).status_code == 404
    assert client.post(address("my-consent", "photos", "yes")).status_code == 404

"""What everybody sees without an account, and what the desk does on its pages."""

import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from mulin.circle.proximity.demo import osm_text
from mulin.circle.proximity.models import MapCorrection, WalkMap
from mulin.ground.places.actions import move_in
from mulin.ground.places.models import OpeningHours, Place, PlaceDay, PlacePhoto, PlaceSeason
from mulin.ground.places.rules import Service
from mulin.kit.coordinates import Position, from_gcj, metres_between, to_gcj
from tests.childcare.conftest import photo_bytes
from tests.clock import NOW
from tests.factories.places import DwellingFactory, UnitFactory
from tests.proximity.conftest import spot, streets

PAGE = "/proximity/"


def read(client, url, status=200, **asked):
    response = client.get(url, asked)
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def send(client, url, status=302, **values):
    response = client.post(url, values)
    assert response.status_code == status, response.content.decode()[:3000]
    return response.content.decode()


@pytest.fixture
def still(monkeypatch, mapped):
    """The clock of the pages stands still."""
    from mulin.kit import clock  # noqa: PLC0415  stands still for this test

    with clock.standing_still(NOW):
        yield mapped


def test_without_an_account_one_chooses_a_building_and_sees_what_is_open(still, client):
    page = read(client, PAGE)
    assert "3幢" in page
    assert "卫生站" not in page
    page = read(client, PAGE, home=still.houses["1幢"].pk, pace="adult")
    listed = page[page.index("near-list") :]
    assert listed.index("卫生站") < listed.index("食堂")
    assert "现在开着，开到 11:30。" in page
    assert "现在关着，17:00 开。" in page
    assert 'class="m-streets"' in page
    assert "© OpenStreetMap contributors" in page
    assert "http-equiv" not in page
    later = read(client, PAGE, home=still.houses["1幢"].pk, hour="18")
    assert "18:00 的开放情况" in later
    assert (
        "现在"
        not in later[later.index("near-list") : later.index("<form", later.index("near-list"))]
    )
    assert "食堂" in later  # farther than ten minutes for the old, and said so
    only = read(client, PAGE, home=still.houses["1幢"].pk, service="meals", pace="adult")
    assert "卫生站" not in only


def test_nonsense_in_the_address_is_no_error(still, client):
    page = read(client, PAGE, home="nowhere", pace="running", hour="99", service="flying")
    assert "走十分钟</h1>" not in page
    home = still.houses["1幢"].pk
    assert "卫生站" in read(client, PAGE, home=home, pace="running", hour="99", page="7")


def test_whoever_has_signed_in_begins_at_home(still, cast, client):
    unit = UnitFactory(community=still.community, building=still.houses["4幢"])
    home = DwellingFactory(community=still.community, unit=unit)
    move_in(cast.yong.person, home, by=still.by, now=NOW, since=date(2025, 1, 1))
    cast.enter(client, cast.yong)
    assert "从4幢出发" in read(client, PAGE)
    assert "从1幢出发" in read(client, PAGE, home=still.houses["1幢"].pk)


def test_a_place_shows_the_way_its_steps_and_opens_in_a_map_app(still, cast, client):
    url = reverse("proximity:place", args=[still.clinic.pk])
    page = read(client, url, home=still.houses["1幢"].pk)
    assert "2 级台阶，没有坡道" in page
    # It is drawn from the house itself, not from where its door meets the street: valhalla#1961.
    here = re.search(r'translate\((\d+) (\d+)\)[^>]*><path class="m-here"', page).groups()
    assert re.search(r'class="m-way"[^>]* d="M(\d+) (\d+)l', page).groups() == here
    assert "谁走十分钟能到这里" not in page
    start = page.index("position=") + len("position=")
    lon, lat = page[start : page.index("&", start)].split("%2C")
    back = from_gcj(Position(float(lon), float(lat)))
    assert metres_between(back, spot(10, -10)) < 1
    assert "coordinate=gaode" in page
    cast.enter(client, cast.chen)
    page = read(client, url)
    assert "谁走十分钟能到这里" in page
    assert "2幢" in page


def test_a_closed_place_and_a_lamp_are_no_goal(still, client):
    lamp = still.open("路灯", 10, 0, kind="lamp")
    read(client, reverse("proximity:place", args=[lamp.pk]), 404)
    assert "路灯" not in read(client, PAGE, home=still.houses["1幢"].pk)


def test_the_sheet_for_the_wall(still, client):
    response = client.get(reverse("proximity:wall", args=[still.houses["1幢"].pk]))
    assert response["Content-Type"] == "application/pdf"
    read(client, reverse("proximity:wall", args=[5]), 404)


def test_the_desk_sees_gaps_as_sums_and_asks_where_to_build(still, cast, client):
    still.settle("1幢", 12, born=1945)
    still.settle("4幢", 4, born=2020)
    cast.enter(client, cast.chen)
    page = read(client, reverse("proximity:coverage"), service="meals")
    assert "走十分钟到不了“吃口热饭”的楼" in page
    assert ">12<" in page
    assert ">4<" not in page
    page = read(client, reverse("proximity:next"), service="meals", kind="old", number="1")
    assert "都比过了，没有更好的" in page
    assert "多 12 人" in page
    assert "人数太少，不显示" in read(
        client, reverse("proximity:next"), service="health", kind="young"
    )
    refused = read(client, reverse("proximity:next"), 422, service="meals", kind="new", number="9")
    assert "5" in refused
    assert "没有这类居民" in read(
        client, reverse("proximity:next"), 422, service="meals", kind="new"
    )


def test_one_place_is_meant_where_the_address_says_no_number_and_stands_in_its_field(
    still, cast, client
):
    still.settle("1幢", 12, born=1945)
    cast.enter(client, cast.chen)
    assert 'name="number" value="1"' in read(client, reverse("proximity:next"), service="meals")


def test_a_map_is_read_looked_at_and_taken_in_then_corrected(still, cast, client):
    cast.enter(client, cast.chen)
    url = reverse("proximity:map")
    file = SimpleUploadedFile("new.osm", osm_text(streets()).encode())
    page = send(
        client,
        reverse("proximity:map-act", args=["read"]),
        422,
        file=SimpleUploadedFile("x.txt", b"x"),
    )
    assert ".osm.pbf" in page
    send(client, reverse("proximity:map-act", args=["read"]), file=file)
    read_ = WalkMap.objects.waiting().get()
    assert "700 米，3 段" in read(client, url)
    send(client, reverse("proximity:map-row", args=[read_.pk, "take"]))
    assert WalkMap.objects.in_use().get() == read_
    at = spot(300, 2)
    typed = {
        "fix": "gate", "words": "东门", "points": f"{at.lon}, {at.lat}", "system": "wgs",
        "hours": "25:00-3", "token": "t",
    }  # fmt: skip
    correct = reverse("proximity:map-act", args=["correct"])
    page = send(client, correct, 422, **typed)
    assert "时间请写成 5:00-22:00 这样。" in page
    assert f"{at.lon}, {at.lat}" in page
    for _twice in range(2):
        send(client, correct, **typed | {"hours": "5:00-24:00"})
    gate = MapCorrection.objects.get()
    assert (gate.said(), gate.made_by) == ("门，5:00–24:00 开", cast.chen.account)
    assert "东门" in read(client, url)
    send(client, reverse("proximity:map-row", args=[gate.pk, "back"]))
    assert not MapCorrection.objects.standing().exists()
    read(client, correct, 405)
    send(client, reverse("proximity:map-act", args=["fly"]), 404)


def gpx(*points, kind="trkpt"):
    """A file as a phone writes it."""
    told = "".join(f'<{kind} lat="{at.lat:.7f}" lon="{at.lon:.7f}"/>' for at in points)
    whole = f"<trk><trkseg>{told}</trkseg></trk>" if kind == "trkpt" else told
    return SimpleUploadedFile("walk.gpx", f"<gpx>{whole}</gpx>".encode())


def test_a_walk_that_a_map_app_recorded_becomes_a_path(still, cast, client):
    """Its numbers are GCJ-02; between its ends the walk wobbles by less than a metre."""
    cast.enter(client, cast.chen)
    walk = [spot(200, 95), *(spot(200 + n * 2, 95 - n + n % 2) for n in range(1, 95)), spot(400, 2)]
    typed = {"fix": "path", "words": "新踩的小路", "system": "gcj", "token": "t"}
    correct = reverse("proximity:map-act", args=["correct"])
    # A form that comes back for another reason has the points and needs the file no more.
    page = send(client, correct, 422, **typed | {"words": ""}, file=gpx(*map(to_gcj, walk)))
    kept = re.search(r"data-points[^>]*>\s*([^<]+)</textarea>", page).group(1)
    assert 2 <= len(kept.split("\n")) < 10
    send(client, correct, **typed, points=kept)
    path = MapCorrection.objects.get()
    assert metres_between(Position(*path.line[0]), walk[0]) < 0.2
    assert metres_between(Position(*path.line[-1]), walk[-1]) < 0.2
    for file, said in (
        (gpx(spot(0, 0)), "一段"), (SimpleUploadedFile("a.gpx", b"no"), ".gpx"),
        (gpx(spot(0, 0), spot(50, 0), kind="wpt"), "一段"),
    ):  # fmt: skip
        assert said in send(client, correct, 422, **typed | {"token": "u"}, file=file)
    assert "二选一" in send(
        client, correct, 422, **typed, points="120.9461, 30.5264", file=gpx(*walk)
    )
    assert "GPS" in send(client, correct, 422, **typed | {"token": "w"})
    # A point that was marked on the way is where the gate stands.
    gate = typed | {"fix": "gate", "words": "新门", "hours": "6-22", "token": "g"}
    send(client, correct, **gate, file=gpx(to_gcj(spot(300, 1)), kind="wpt"))
    made = MapCorrection.objects.get(fix="gate")
    assert metres_between(Position(*made.line[0]), spot(300, 1)) < 0.2
    assert "一个点" in send(client, correct, 422, **gate | {"token": "x"}, file=gpx(*walk))


def test_what_is_said_of_a_place_stands_on_its_page(still, cast, client):
    cast.enter(client, cast.chen)
    pk = still.clinic.pk

    def act(deed, status=302, **values):
        return send(client, reverse("places:place-act", args=[pk, deed]), status, **values)

    act("facts", serves=["health", "rest"], capacity="12", steps="3", has_ramp="on", phone="8600")
    place = Place.objects.get(pk=pk)
    assert (place.services, place.can_roll_in, place.capacity) == (
        [Service.HEALTH, Service.REST],
        True,
        12,
    )
    act("locate", at="120.95 30.53", system="wgs")
    assert float(Place.objects.get(pk=pk).longitude) == 120.95
    assert "请写两个数" in act("locate", 422, at="here", system="gcj")
    act(
        "season",
        name="夏天",
        begins="7-1",
        ends="8月31日",
        weekdays="7:00-10:00, 15:00-18:00",
        weekend="",
    )
    page = act("season", 422, name="夏天", begins="13-1", ends="8-31", weekdays="9-12, 11-13")
    assert "日子请写成 7-1 这样。" in page
    assert "这些时间重叠了" in page
    tomorrow = (NOW + timedelta(days=1)).date()
    act("day", day=str(tomorrow), hours="", why="盘点")
    place = Place.objects.get(pk=pk)
    assert place.opening_line(NOW + timedelta(days=1)) == "现在关着，明天 8:00 开。"
    assert OpeningHours.objects.filter(season__isnull=False).count() == 10
    july = NOW.replace(month=7, day=6, hour=16)
    assert place.timetable().opening(july).is_open
    page = read(client, reverse("places:place", args=[pk]))
    assert "盘点" in page
    act("season-back", row=PlaceSeason.objects.get().pk)
    act("day-back", row=PlaceDay.objects.get().pk)
    assert not OpeningHours.objects.filter(season__isnull=False).exists()
    act("nothing", 404)


def test_a_building_is_put_on_the_map(still, cast, client):
    cast.enter(client, cast.chen)
    house = still.houses["5幢"]
    url = reverse("places:building-position", args=[house.pk])
    send(client, url, at="120.9505,30.5240", system="gcj")
    house.refresh_from_db()
    assert (
        metres_between(
            Position(float(house.longitude), float(house.latitude)), Position(120.9505, 30.5240)
        )
        > 400
    )
    cast.enter(client, cast.sun)
    send(client, url, 404, at="120.9505,30.5240", system="wgs")


def test_the_hall_screen(still, client):
    assert "走十分钟之内" not in read(client, "/screen/")
    still.open("客厅", 200, -8, kind="hall", hours=(((8, 0), (17, 0)),))
    page = read(client, "/screen/")
    near = page[page.index("走十分钟之内") :]
    assert "5 分钟" in near
    assert "卫生站" in near


def test_how_a_place_looks_is_shown_to_everybody_until_it_is_taken_away(still, client, cast):
    desk = cast.enter(Client(), cast.chen)
    photo = SimpleUploadedFile("front.jpg", photo_bytes(), "image/jpeg")
    at = f"/places/{still.clinic.pk}/photo/"
    assert "请说说照片上是什么" in desk.post(at, {"photos": photo}).content.decode()
    assert desk.post(at, {"words": "正门"}).status_code == 422
    photo.seek(0)
    assert desk.post(at, {"photos": photo, "words": "正门"}).status_code == 302
    (kept,) = PlacePhoto.objects.all()
    assert f'alt="{kept.words}"' in read(client, f"{PAGE}places/{still.clinic.pk}/")
    assert read_bytes(client, kept.url)[:2] == read_bytes(client, kept.small_url)[:2] == b"\xff\xd8"
    assert client.get(kept.url.replace("whole", "huge")).status_code == 404
    desk.post(f"/places/{still.clinic.pk}/photo-back/", {"row": kept.pk})
    assert client.get(kept.url).status_code == 404


def read_bytes(client, url):
    return b"".join(client.get(url).streaming_content)

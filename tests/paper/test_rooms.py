"""Sheets of a room are worked off by whoever runs it: printed, photographed, looked at, read out."""

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from mulin.commons.paper.actions.readings import finish, look_after_all
from mulin.commons.paper.actions.sheets import print_sheets
from mulin.commons.paper.models import ReadField as Row
from mulin.commons.paper.models import Reading
from mulin.commons.paper.permissions import PAPER_ROLES
from mulin.commons.paper.queries import next_after, readings, waiting_count
from mulin.commons.paper.registry import use_of, uses
from mulin.commons.paper.rules import ReadingState
from mulin.ground.community.queries import actor_of
from mulin.kit.clock import standing_still
from mulin.kit.paper.definition import SheetCode
from mulin.kit.paper.reading import ReadField
from mulin.kit.paper.typed import form_class_of
from mulin.kit.refusals import TakenMeanwhile
from mulin.workshop.production.actions.offers import offer
from mulin.workshop.production.models import Offer, WorkWish
from tests.cast import Member
from tests.clock import NOW
from tests.production.conftest import make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    with standing_still(NOW):
        yield


@pytest.fixture
def shop(cast, slip):
    """The workshop, whose manager is nobody of the desk."""
    made = make_shop(cast)
    for _time in range(2):
        offer(made.make_lot(20), made.lan, by=made.by, now=NOW)
    return made


@pytest.fixture
def manager(cast, shop):
    return Member(cast.xinjie, "金师傅", account=shop.manager)


def page_of_slip(sheet, blank, **said):
    """What a reader sees on this slip."""
    form = sheet.version.form
    fields = tuple(
        ReadField(
            one.name, (said[one.name],) if one.name in said else (), "", 1.0, is_sure=True,
            is_empty=one.name not in said,
        )
        for one in form.fields
    )  # fmt: skip
    code = SheetCode(form.code, form.version, 1, sheet.serial)
    return replace(blank, code=code, fields=fields)


@pytest.fixture
def read_slip(shop, seen, photographed):
    """A slip of offers that the desk has photographed; and a sheet of the desk's own."""
    (sheet,) = print_sheets(
        use_of("OFFER"), count=1, about=str(shop.lan.pk), by=shop.by, now=NOW
    )  # fmt: skip
    own, slip = photographed(
        seen("ABCDEFGHJK"), page_of_slip(sheet, seen("ABCDEFGHJK"), offer1="yes", offer2="no")
    )
    return own, slip


def test_every_role_that_a_form_names_comes_to_the_page_of_forms():
    assert {role for use in uses() for role in use.roles} == PAPER_ROLES


def test_whoever_runs_the_workshop_works_off_its_slips_and_sees_no_other_sheet(
    cast, shop, manager, read_slip, client
):
    own, slip = read_slip
    by = actor_of(shop.manager, cast.xinjie, now=NOW)
    assert list(readings(by)) == [slip]
    assert (waiting_count(by), next_after(slip, by)) == (1, slip)
    workshop = cast.enter(client, manager)
    page = workshop.get(reverse("paper:desk")).content.decode()
    assert reverse("paper:look", args=[slip.pk]) in page
    assert reverse("paper:look", args=[own.pk]) not in page
    assert reverse("paper:print", args=["OFFER"]) in page
    assert reverse("paper:print", args=["DEMAND"]) not in page
    for name, args in (("look", [own.pk]), ("picture", [own.pk]), ("type", ["DEMAND"])):
        assert workshop.get(reverse(f"paper:{name}", args=args)).status_code == 404
    told = {"offer1": "yes", "offer2": "no", "words": "", "token": "d" * 16} | {
        f"looked-{name}": "on" for name in ("offer1", "offer2")
    }
    answer = workshop.post(reverse("paper:look", args=[slip.pk]), told)
    assert answer.headers["Location"] == reverse("paper:desk")
    states = Offer.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == ["accepted", "declined"]


def test_the_desk_is_told_that_a_slip_waits_elsewhere_and_finds_no_door_that_is_shut(
    cast, shop, read_slip
):
    own, slip = read_slip
    desk = cast.enter(Client(), cast.chen)
    page = desk.get(reverse("paper:desk")).content.decode()
    assert reverse("paper:look", args=[slip.pk]) not in page
    assert f"{use_of('OFFER').title} 1" in page
    assert next_after(own, cast.chen.actor) == own
    assert desk.get(reverse("paper:look", args=[slip.pk])).status_code == 404
    head = cast.enter(Client(), cast.zhou)
    assert head.get(reverse("paper:look", args=[slip.pk])).status_code == 200


def test_a_list_is_read_out_part_by_part_and_what_was_asked_is_what_counts(cast, shop, manager):
    for _time in range(5):
        offer(shop.make_lot(20), shop.lan, by=shop.by, now=NOW)
    address = f"{reverse('paper:type', args=['OFFER'])}?about={shop.lan.pk}"
    workshop = cast.enter(Client(), manager)
    first, second = (workshop.get(f"{address}&part={one}") for one in (1, 2))
    asked = [name for name in first.context["form"].fields if name.startswith("offer")]
    assert asked == [f"offer{n}" for n in range(1, 7)]
    assert [name for name in second.context["form"].fields if name.startswith("offer")] == [
        "offer1"
    ]
    assert f"about={shop.lan.pk}&amp;part=2" in first.content.decode()
    assert workshop.get(f"{address}&part=9").context["part"] == 1
    last = Offer.objects.order_by("-id")[0]
    # The list has moved on when it is sent: it is still the seventh that was read out.
    Offer.objects.filter(pk=Offer.objects.order_by("id")[0].pk).update(state="declined")
    told = {"offer1": "yes", "wish": "more", "channel": "phone", "token": "p" * 16}
    assert workshop.post(address, told).status_code == 404
    assert workshop.post(address, told | {"rows": first.context["rows"] + "x"}).status_code == 404
    sent = workshop.post(address, told | {"rows": second.context["rows"]})
    assert sent.status_code == 302, sent.context["form"].errors
    last.refresh_from_db()
    assert (last.state, WorkWish.objects.count()) == ("accepted", 1)


def test_a_secret_sheet_that_comes_again_leaves_nothing_behind(
    cast, slip, seen, photographed, django_capture_on_commit_callbacks, settings, tmp_path
):
    """Both pictures of it: one that waits beside the first, and one that comes when it is handed in."""
    settings.MULIN_MEDIATION_KEYS = str(tmp_path / "mediation-keys.json")
    use = use_of("MEDIATE")
    (sheet,) = print_sheets(use, count=1, by=cast.chen.actor, now=NOW)
    page = page_of_slip(
        sheet, seen("ABCDEFGHJK"), kind="neighbour", facts="楼上漏水", name="周小梅"
    )
    first, twin = photographed(page, page)
    assert (twin.state, twin.twin, bool(twin.picture)) == (ReadingState.AGAIN, first, True)
    names = [one.picture.name for one in (first, twin)]
    typed = form_class_of(use.form)({"kind": "neighbour", "facts": "楼上漏水", "name": "周小梅"})
    assert typed.is_valid()
    with django_capture_on_commit_callbacks(execute=True):
        finish(
            first, values={one.name: typed.cleaned_data[one.name] for one in use.form.fields},
            looked={one.name for one in use.form.fields}, person=None, by=cast.chen.actor, now=NOW,
        )  # fmt: skip
    (late,) = photographed(page)
    assert (late.state, late.twin) == (ReadingState.AGAIN, first)
    assert not Row.objects.exists()
    assert [bool(one.picture) for one in Reading.objects.all()] == [False] * 3
    assert not any(first.picture.storage.exists(name) for name in names)
    with pytest.raises(TakenMeanwhile):
        look_after_all(late, by=cast.chen.actor, now=NOW)
    told = (
        cast.enter(Client(), cast.chen).get(reverse("paper:look", args=[late.pk])).content.decode()
    )
    assert reverse("paper:after-all", args=[late.pk]) not in told

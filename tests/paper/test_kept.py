"""What rooms hand out on paper is printed once and comes out again as it was, byte for byte.

Whatever has changed since: the name, the community's telephone. What tells something else is another
sheet, and the earlier one stays.
"""

from base64 import b64decode
from datetime import date, timedelta

from mulin.circle.elders.actions.records import end_without_consent, write_card
from mulin.circle.mediation.actions.keeping import shred_old
from mulin.circle.mediation.models import Case
from mulin.circle.volunteers.actions import proof
from mulin.circle.volunteers.actions.presence import check_in, close
from mulin.commons.paper.holdings import erase_handed
from mulin.commons.paper.models import Handed
from mulin.ground.audit.models import Act, Look
from mulin.ground.people.actions.consents import withdraw_consent
from mulin.ground.people.models import Purpose
from mulin.kit import clock
from mulin.workshop.production.actions.ledger import turn_round
from mulin.workshop.production.models import Movement
from mulin.workshop.production.rules import Spot
from mulin.workshop.wages.actions.months import close_month
from mulin.workshop.wages.models import Statement
from tests.clock import NOW
from tests.elders.conftest import home
from tests.mediation.conftest import room
from tests.production.test_customers import FIRST, delivered
from tests.production.test_views import enter
from tests.support.pdfs import Pdf
from tests.volunteers.conftest import BEGINS, ENDS, street
from tests.wages.conftest import shop
from tests.wages.test_views import AFTER, december

__all__ = ["december", "delivered", "home", "room", "shop", "street"]

LATER = ENDS + timedelta(hours=1)


def changed(person, community):
    """Corrected on the roll, and a new telephone at the desk."""
    person.name = "张永"
    person.save()
    community.phone = "0871-66666666"
    community.save()


def handed(client, kind, record_id):
    return client.get(f"/paper/handed/{kind}/{record_id}/").content.decode()


def print_again(client, kept):
    return client.post(
        f"/paper/handed/{kept.pk}/again/", {"why": "丢了", "token": "u" * 16}
    ).content


def test_a_certificate_stays_as_it_was_first_printed(street, cast, client):
    check_in(street.activity, street.yong, by=street.by, now=BEGINS)
    close(street.activity, ended_at=ENDS, by=street.by, now=LATER)
    asked = proof.ask(
        street.yong, since=date(2026, 11, 1), until=date(2026, 11, 26), purpose="积分入学",
        by=cast.yong.actor, now=LATER,
    )  # fmt: skip
    code = proof.issue(asked, is_noticed=False, by=street.by, now=LATER).code
    with clock.standing_still(LATER):
        hers = enter(client, cast.yong.account)
        page = hers.get(f"/volunteers/certificate/{code}/")  # a look keeps nothing
        assert (page.headers["Content-Type"][:9], Handed.objects.count()) == ("text/html", 0)
        assert f'action="/volunteers/certificate/{code}/"' in page.content.decode()
        assert page.content.count(b"<h1>") == 1
        first = hers.post(f"/volunteers/certificate/{code}/").content
    assert "张勇" in Pdf(first).packed
    (kept,) = Handed.objects.all()
    assert (kept.kind, kept.person, kept.title) == ("certificate", cast.yong.person, "ZY2026-0001")
    changed(cast.yong.person, cast.xinjie)
    with clock.standing_still(LATER + timedelta(days=40)):
        assert (
            enter(client, cast.yong.account).get(f"/volunteers/certificate/{code}/").content
            == first
        )
        lead = enter(client, street.lead)
        assert lead.get(f"/volunteers/certificate/{code}/").content == first
        assert "ZY2026-0001" in handed(lead, "certificate", street.yong.pk)
        assert f"/paper/handed/certificate/{street.yong.pk}/" in lead.get(
            f"/volunteers/desk/people/{street.yong.pk}/"
        ).content.decode()  # fmt: skip
        assert print_again(lead, kept) == first
    assert Handed.objects.count() == Act.objects.filter(verb="paper.hand_out").count() == 1
    assert Look.objects.filter(account=street.lead, what="certificate").count() == 1
    # With the person it goes: what is kept of them is erased.
    erase_handed(cast.yong.person.pk)
    kept.refresh_from_db()
    assert (kept.pdf, kept.person) == (None, None)


def test_a_wage_statement_stays_as_it_was_first_printed_and_another_is_a_new_sheet(
    shop, december, cast, client
):
    close_month(date(2026, 11, 1), by=shop.by, now=AFTER)
    found = Statement.objects.get()
    address = f"/wages/{found.pk}/paper/"
    first = enter(client, cast.yong.account).post(address).content
    assert "张勇" in Pdf(first).packed
    changed(cast.yong.person, cast.xinjie)
    assert enter(client, cast.yong.account).get(address).content == first
    keeper = enter(client, shop.manager)
    assert keeper.get(address).content == first
    (kept,) = Handed.objects.all()
    assert (kept.kind, kept.person) == ("wage-statement", cast.yong.person)
    assert print_again(keeper, kept) == first
    assert kept.title in handed(keeper, "wage-statement", found.pk)
    # What says other sums is another sheet; the first is still there.
    Statement.objects.filter(pk=found.pk).update(tax="0.20")
    assert keeper.post(address).content != first
    assert [one.kind for one in Handed.objects.all()] == ["wage-statement"] * 2
    assert print_again(keeper, kept) == first
    # Somebody else's is no page at all.
    assert enter(client, cast.gu.account).get(address).status_code == 404


def test_a_customer_statement_stays_and_what_was_taken_back_since_makes_a_new_one(
    shop, delivered, cast, client
):
    address = f"/production/customers/{shop.customer.pk}/paper/?month={FIRST:%Y-%m}"
    keeper = enter(client, shop.manager)
    first = keeper.post(address).content
    assert "8.30" in Pdf(first).packed
    shop.customer.name = "改名服装厂"
    shop.customer.save()
    cast.xinjie.phone = "0871-66666666"
    cast.xinjie.save()
    assert keeper.get(address).content == first
    (kept,) = Handed.objects.all()
    assert (kept.kind, kept.person) == ("customer-statement", None)
    gone = Movement.objects.filter(target=Spot.CUSTOMER).first()
    turn_round(gone, reason="数错了", by=shop.by, now=NOW)
    second = keeper.post(address).content
    assert "肆元贰角" in Pdf(second).packed
    assert "改名服装厂" in Pdf(second).packed
    assert print_again(keeper, kept) == first
    assert keeper.get(address).content == second
    page = handed(keeper, "customer-statement", shop.customer.pk)
    assert page.count(kept.title) == 2
    assert f"/paper/handed/customer-statement/{shop.customer.pk}/" in keeper.get(
        f"/production/customers/{shop.customer.pk}/"
    ).content.decode()  # fmt: skip


def test_a_health_card_stays_a_changed_one_is_new_and_without_consent_none_is_kept(
    home, cast, client
):
    address, later = f"/elders/people/{home.wang.pk}/card/", NOW + timedelta(hours=1)
    write_card(home.wang, {"allergy": "青霉素"}, has_agreed=True, by=home.by, now=NOW)
    desk = cast.enter(client, cast.chen)
    first = desk.post(address).content
    changed(home.wang.person, cast.xinjie)
    with clock.standing_still(later):
        assert desk.get(address).content == first
    (kept,) = Handed.objects.all()
    assert (kept.kind, kept.person) == ("health-card", home.wang.person)
    write_card(home.wang, {"allergy": "花生"}, has_agreed=True, by=home.by, now=later)
    second = desk.post(address).content
    assert "花生" in Pdf(second).packed
    assert "青霉素" not in Pdf(second).packed
    assert print_again(desk, kept) == first
    assert handed(desk, "health-card", home.wang.pk).count("<h2>") == 2
    withdraw_consent(home.wang.person, Purpose.HEALTH, by=home.by, now=later)
    assert desk.get(f"/paper/handed/health-card/{home.wang.pk}/").status_code == 404
    end_without_consent(by=home.by, now=later)
    assert [one.pdf for one in Handed.objects.all()] == [None, None]


def test_a_mediation_agreement_stays_under_the_key_of_its_case_and_goes_with_it(room, cast, client):
    case = room.agreed(room.seated(), is_written=True).case
    address = f"/mediation/cases/{case.pk}/paper/agreement/"
    he = cast.enter(client, cast.xu)
    first = he.post(address).content
    assert first[:5] == b"%PDF-"
    cast.xinjie.name = "新街口社区"
    cast.xinjie.save()
    party = case.parties.first()
    party.sealed = case.box.seal(case.box.open(party.sealed) | {"name": "改名的人"})
    party.save()
    assert he.get(address).content == first
    (kept,) = Handed.objects.all()
    assert (kept.kind, kept.person, kept.title.split()[-1]) == (
        "mediation-paper",
        None,
        case.number,
    )
    # Decrypted by the installation it is still sealed: only the key of the case opens it.
    assert case.box.open_bytes(kept.pdf.encode()) == first
    assert b64decode(kept.pdf + "==", altchars=b"-_").find(b"PDF-") == -1
    assert kept.title in handed(he, "mediation-paper", case.pk)
    assert print_again(he, kept) == first
    # The desk sees none of it, and nothing is left when the key is thrown away.
    desk = cast.enter(client, cast.chen)
    assert desk.get(f"/paper/handed/mediation-paper/{case.pk}/").status_code == 404
    Case.objects.filter(pk=case.pk).update(keep_until=date(2026, 1, 1))
    shred_old(by=room.by, now=NOW)
    kept.refresh_from_db()
    assert kept.pdf is None
    he = cast.enter(client, cast.xu)
    assert he.get(f"/paper/handed/mediation-paper/{case.pk}/").status_code == 404

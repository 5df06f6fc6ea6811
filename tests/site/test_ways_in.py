"""The desk helps somebody in: a card for whoever has no phone, the account of their own phone."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mulin.ground.audit.models import Act
from mulin.ground.community.models import Account, Membership
from mulin.ground.community.rules import Role
from mulin.ground.people.actions.persons import index_words
from mulin.ground.people.models import Person
from mulin.kit.scoping import in_community
from tests.factories.community import AccountFactory, MembershipFactory
from tests.factories.people import PersonFactory


@pytest.fixture
def desk(cast, client):
    with in_community(cast.xinjie):
        index_words(Person.objects.all())
    return cast.enter(client, cast.chen)


def again(cast, person):
    with in_community(cast.xinjie):
        return Person.objects.get(pk=person.pk)


def found(client, query):
    return {way.person.name: way for way in client.get("/ways-in/", {"q": query}).context["ways"]}


def test_grandmother_gets_an_account_and_a_card_that_lets_her_in(cast, desk):
    wang = cast.wang.person
    page = desk.post(f"/ways-in/{wang.pk}/card/")
    assert "no-store" in page.headers["Cache-Control"]
    assert "王秀英" in page.content.decode()
    account = Account.objects.get(pk=again(cast, wang).account_id)
    assert (account.login_name, account.phone, account.has_usable_password()) == (None, None, False)
    assert Membership.objects.get(account=account).role == Role.RESIDENT
    with in_community(cast.xinjie):
        assert list(Act.objects.values_list("verb", flat=True)) == [
            "open_account", "link_account", "print_personal_card",
        ]  # fmt: skip
    hers = Client()
    assert hers.post(f"/card/{page.context['code']}/", {}).status_code == 302
    assert hers.get("/account/").wsgi_request.actor.person_id == wang.pk


def test_a_second_card_ends_the_first_and_makes_no_second_account(cast, desk):
    wang = cast.wang.person
    first, second = (desk.post(f"/ways-in/{wang.pk}/card/").context["code"] for _card in "12")
    assert Client().post(f"/card/{first}/", {}).status_code == 200
    assert Client().post(f"/card/{second}/", {}).status_code == 302
    assert Account.objects.filter(display_name="王秀英").count() == 1


def test_whoever_needs_a_second_key_gets_no_card(cast, desk):
    with in_community(cast.xinjie):
        person = PersonFactory(community=cast.xinjie, name="小孙", account=cast.sun.account)
    assert desk.post(f"/ways-in/{person.pk}/card/").status_code == 404


def test_somebody_of_the_neighbours_is_not_there(cast, desk):
    for path in ("card", "join"):
        assert desk.post(f"/ways-in/{cast.gu.person.pk}/{path}/").status_code == 404
    assert found(desk, "顾") == {}


def test_the_list_tells_how_each_comes_in(cast, desk):
    way = found(desk, "王秀英")["王秀英"]
    assert (way.has_card, way.account_of_phone) == (False, None)
    desk.post(f"/ways-in/{cast.wang.person.pk}/card/")
    assert found(desk, "王秀英")["王秀英"].has_card


def test_the_account_of_a_phone_becomes_a_persons_when_the_desk_says_so(cast, desk):
    with in_community(cast.xinjie):
        person = PersonFactory(community=cast.xinjie, name="陆远", phone="13655550001")
        index_words([person])
    account = AccountFactory(login_name=None, phone="13655550001")
    assert found(desk, "陆远")["陆远"].account_of_phone is None  # it is nobody's here
    MembershipFactory(community=cast.xinjie, account=account, role=Role.RESIDENT)
    assert found(desk, "陆远")["陆远"].account_of_phone == account
    assert again(cast, person).account_id is None
    desk.post(f"/ways-in/{person.pk}/join/")
    assert again(cast, person).account_id == account.pk
    assert desk.post(f"/ways-in/{person.pk}/join/").status_code == 404


def test_an_account_that_is_somebodys_is_not_given_to_another_of_the_same_phone(cast, desk):
    with in_community(cast.xinjie):
        mother = PersonFactory(community=cast.xinjie, name="张母", phone=cast.yong.account.phone)
    assert desk.post(f"/ways-in/{mother.pk}/join/").status_code == 404


def test_the_list_costs_the_same_for_two_and_for_twelve(cast, desk):
    counted = []
    for more in (2, 10):
        with in_community(cast.xinjie):
            made = [
                PersonFactory(community=cast.xinjie, name=f"林{number}") for number in range(more)
            ]
            index_words(made)
        with CaptureQueriesContext(connection) as captured:
            assert len(found(desk, "林")) >= 1
        counted.append(len(captured))
    assert counted[0] == counted[1]

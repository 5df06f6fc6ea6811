"""Every form of the product through all three channels, and what becomes of the demand sheet."""

from datetime import timedelta

import pytest

from mulin.commons.flow.models import NeedPhoto, Visibility
from mulin.commons.paper.actions.readings import finish, hand_in_typed
from mulin.commons.paper.models import ReadField
from mulin.commons.paper.queries import proposed
from mulin.commons.paper.registry import Taken, use_of, uses
from mulin.kit.channels import Channel
from mulin.kit.clock import local_day
from mulin.kit.paper.typed import form_class_of
from mulin.kit.refusals import NotPermitted, Refused
from mulin.parlour.reception.models import Demand, Visit
from mulin.parlour.reception.sheets import take_sheet
from tests.clock import NOW
from tests.paper.conftest import ANSWERS

# What is read from a picture is the same on every database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

#: What each version was printed as. A new version gets a line; none is ever changed.
PRINTED = {
    ("ANSWER", 1): "8956976b5f64b764",
    ("APPRAISE", 1): "8d455d0948511e4e",
    ("ATTEND", 1): "8ef8e4f3da54418b",
    ("BOOKING", 1): "a91028a7474002ff",
    ("BOOKING", 2): "20b6d9135114978e",
    ("CALLS", 1): "bee191f388cbf7e9",
    ("CARRY", 1): "e241751053213271",
    ("CARRY", 2): "1a5a8cb3b431fc8a",
    ("CHILDCARE", 1): "75fb1c520b74b9a7",
    ("CHILDCARE", 2): "964438a39969069d",
    ("CONSENT", 1): "c5e433c987910d3b",
    ("DEMAND", 1): "45d478e7a5993866",
    ("HANDS", 1): "864d80c8070f4e56",
    ("HANDS", 2): "6ca89f28564f3458",
    ("IDEA", 1): "c6d93cf6b16fb578",
    ("MEDIATE", 1): "437521bbb58d7169",
    ("OFFER", 1): "a60ca5fd774c5b6f",
    ("SIGNUP", 1): "4b2a8d96cd68c726",
    ("TURNS", 1): "b05ca79b3c42c5b8",
    ("VISIT", 1): "4f45bafa3dbb6189",
    ("VOLCHILD", 1): "25e25944eaed34d2",
    ("VOLHELP", 1): "9970d9cf71b371e9",
    ("VOLREG", 1): "c19a2e3a05fffc8d",
}


def test_no_form_was_changed_without_a_new_version():
    now = {
        (use.form.code, use.form.version): use.form.fingerprint for use in uses() if use.is_fixed
    }
    assert now == {key: PRINTED.get(key) for key in now}
    assert {code for code, _version in PRINTED} == {code for code, _version in now}
    assert {(code, one) for code, last in now for one in range(1, last + 1)} == set(PRINTED)


def record_of(demand):
    """Everything a demand says, but how it came, when and under which number."""
    need = demand.need
    return (
        need.words, need.place_words, need.category.code, need.contact_wish, need.visibility,
        need.contact_name, need.contact_phone, local_day(need.said_at), need.person, need.grid,
        need.building, need.entered_by, demand.urgency, demand.owner, demand.harm,
        demand.received_at, demand.respond_by, demand.answer_by, demand.state,
    )  # fmt: skip


def typed_as(answers):
    flat = answers | {"words": answers["words"].replace("\n", "")}
    bound = form_class_of(use_of("DEMAND").form)(flat)
    assert bound.is_valid(), bound.errors
    return {name: value for name, value in bound.cleaned_data.items() if name != "token"}


def test_the_three_channels_give_the_same_record(
    cast,
    slip,
    fresh,
    seen,
    photographed,
    client,
):
    by = cast.chen.actor
    phoned = hand_in_typed(slip, values=typed_as(ANSWERS), channel=Channel.PHONE, by=by, now=NOW)
    (serial,) = fresh()
    (reading,) = photographed(seen(serial))
    read = {one.name: proposed(one) for one in ReadField.objects.filter(reading=reading)}
    on_paper = form_class_of(slip.form)({name: values[0] for name, values in read.items()})
    assert on_paper.is_valid()
    finish(reading, values=on_paper.cleaned_data, looked=set(ANSWERS), person=None, by=by, now=NOW)
    at_the_desk = hand_in_typed(
        slip, values=typed_as(ANSWERS), channel=Channel.WALK_IN, by=by, now=NOW
    )
    demands = [phoned, Demand.objects.get(need__channel="paper"), at_the_desk]
    assert [one.need.channel for one in demands] == ["phone", "paper", "walk_in"]
    assert record_of(demands[1]) == record_of(demands[0]) == record_of(demands[2])
    assert Visit.objects.count() == 3


def test_a_day_ahead_is_refused_and_an_old_one_leaves_the_limits_alone(cast, slip):
    by = cast.chen.actor.by(Channel.PAPER)
    tomorrow = typed_as(ANSWERS) | {"day": (NOW + timedelta(days=1)).date()}
    with pytest.raises(Refused) as refusal:
        take_sheet(Taken(tomorrow), by=by, now=NOW)
    assert refusal.value.field == "day"
    last_week = typed_as(ANSWERS) | {"day": (NOW - timedelta(days=7)).date()}
    demand = take_sheet(Taken(last_week), by=by, now=NOW)
    assert demand.need.said_at < NOW - timedelta(days=6)
    assert (demand.received_at, demand.respond_by > NOW) == (NOW, True)
    with pytest.raises(NotPermitted):
        hand_in_typed(slip, values=typed_as(ANSWERS), channel=Channel.PHONE, by=cast.sun.actor, now=NOW)  # fmt: skip


@pytest.mark.parametrize("visibility", Visibility.values)
def test_the_picture_is_seen_by_those_who_may_know_who_asked(
    cast,
    slip,
    fresh,
    seen,
    photographed,
    client,
    visibility,
):
    (serial,) = fresh()
    (reading,) = photographed(seen(serial))
    values = typed_as(ANSWERS) | {"visibility": visibility}
    finish(reading, values=values, looked=set(ANSWERS), person=cast.wang.person,
           by=cast.chen.actor, now=NOW)  # fmt: skip
    demand = Demand.objects.get()
    picture = NeedPhoto.objects.get(need=demand.need)
    address = f"/flow/photos/{picture.code}/"

    def sees(member):
        answer = cast.enter(client, member).get(address)
        if answer.streaming:
            b"".join(answer.streaming_content)  # which closes the file
        return answer.status_code == 200

    assert (sees(cast.chen), sees(cast.zhou), sees(cast.li), sees(cast.wu)) == (
        True, True, False, False,
    )  # fmt: skip
    # The officer of the grid works on it, and learns who asked unless they wished otherwise.
    assert sees(cast.sun) == (visibility == Visibility.NAMED)
    client.logout()
    key = f"{address}?key={demand.need.follow_code}"
    assert client.get(key).status_code == 404  # whoever finds the receipt
    assert picture.code not in client.get(f"/reception/follow/{demand.need.follow_code}/").content.decode()  # fmt: skip

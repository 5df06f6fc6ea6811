"""Erased is erased, and what stays has a reason."""

import json
from datetime import date

import pytest
from django.apps import apps

from mulin.ground.audit.models import Act, ActDetail, Look
from mulin.ground.community.rules import system
from mulin.ground.people.actions.consents import give_consent
from mulin.ground.people.actions.erasure import (
    LedgerEntry,
    append_to_ledger,
    erase_person,
    ledger,
    ledger_beside_database,
    own_data,
    read_ledger,
    replay_erasures,
)
from mulin.ground.people.actions.merging import merge_persons
from mulin.ground.people.actions.organisations import affiliate, found_organisation, join_household
from mulin.ground.people.actions.persons import change_person, register_person, reveal
from mulin.ground.people.models import Erasure, Person, PersonWords, Purpose
from mulin.ground.people.rules import HOLDINGS, register_eraser, register_keeper
from mulin.ground.places.actions import move_in
from mulin.ground.places.models import Residence
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community
from tests.clock import NOW

pytestmark = pytest.mark.django_db

CANARIES = ("金丝雀", "13812340137", "33042419500101102X", "二楼的鸟", "jinsique")


@pytest.fixture
def xinjie(cast):
    with in_community(cast.xinjie):
        yield cast


@pytest.fixture
def bird(xinjie):
    by = xinjie.chen.actor
    person = register_person(
        by=by, now=NOW, name="金丝雀", phone="13812340137", id_number="33042419500101102X",
        note="二楼的鸟", home_town="海盐",
    )  # fmt: skip
    join_household(person, by=by, now=NOW, name="金丝雀家")
    shop = found_organisation(by=by, now=NOW, name="鸟店", kind="shop")
    affiliate(person, shop, by=by, now=NOW, post="二楼的鸟")
    give_consent(person, Purpose.PHOTOS, by=by, now=NOW)
    move_in(person, xinjie.dwelling_12_301, by=by, now=NOW, since=date(2026, 1, 1))
    change_person(person, by=by, now=NOW, note="二楼的鸟叫")
    return Person.objects.get(pk=person.pk)


def everything_readable():
    """Every value of every table, decrypted where the application can."""
    values = []
    for model in apps.get_models():
        if model.__module__.startswith("mulin."):
            for row in model._base_manager.values_list():
                values += [str(value) for value in row]
    return "\n".join(values)


def test_nothing_of_an_erased_person_can_be_read_anywhere(xinjie, bird):
    assert all(canary in everything_readable() for canary in CANARIES)
    erase_person(bird, by=xinjie.chen.actor, now=NOW)
    left = everything_readable()
    assert [canary for canary in CANARIES if canary in left] == []
    erased = Person.objects.get(pk=bird.pk)
    assert (str(erased) != "", erased.name, erased.erased_at) == (True, "", NOW)
    assert not Person.objects.on_roll().search("金丝雀").exists()
    assert not PersonWords.objects.filter(record=bird).exists()
    assert not Residence.objects.filter(person=bird).exists()


def test_the_acts_stay_and_their_details_go(xinjie, bird):
    acts = list(Act.objects.values_list("seq", "verb", "seal"))
    erase_person(bird, by=xinjie.chen.actor, now=NOW)
    assert list(Act.objects.values_list("seq", "verb", "seal"))[:-1] == acts
    kept = ActDetail.objects.filter(act__record_id=bird.pk).values_list("changes", flat=True)
    assert set(kept) == {None}


def test_the_ledger_says_what_stays_and_by_which_law(xinjie, bird):
    register_keeper("test.roll", "the roll of a vote", lambda _id: 2, article="《测试法》第1条")
    try:
        erasure = erase_person(bird, by=xinjie.chen.actor, now=NOW)
    finally:
        del HOLDINGS.keepers["test.roll"]
    kept = {one["kind"]: (one["rows"], one["article"]) for one in erasure.kept}
    assert kept == {
        "people.consent": (1, "《个人信息保护法》第69条"),
        "audit.act": (4, "《网络安全法》第23条"),
        "test.roll": (2, "《测试法》第1条"),
    }


def test_the_rooms_erase_their_part_for_every_record_of_the_person(xinjie, bird):
    other = register_person(by=xinjie.chen.actor, now=NOW, name="金丝雀")
    merge_persons(bird, other, by=xinjie.chen.actor, now=NOW)
    asked = []
    register_eraser("test", asked.append)
    try:
        erase_person(other, by=xinjie.chen.actor, now=NOW)  # by way of the merged record
    finally:
        del HOLDINGS.erasers["test"]
    assert sorted(asked) == sorted([bird.pk, other.pk])
    assert set(Erasure.objects.values_list("person_id", flat=True)) == {bird.pk, other.pk}
    assert "金丝雀" not in everything_readable()


def test_erasing_twice_is_erasing_once(xinjie, bird):
    for token in ("a", "a", "b"):
        erase_person(bird, by=xinjie.chen.actor, now=NOW, token=token)
    assert Erasure.objects.count() == 1
    with pytest.raises(Refused):
        change_person(bird, by=xinjie.chen.actor, now=NOW, name="回来了")


@pytest.mark.parametrize("who", ["sun", "yong", "shen", "auditor", "li"])
def test_only_the_desk_erases(xinjie, bird, who):
    with pytest.raises(NotPermitted):
        erase_person(bird, by=getattr(xinjie, who).actor, now=NOW)


def test_a_restored_backup_does_not_bring_the_erased_back(xinjie, bird):
    before = Person.objects.filter(pk=bird.pk).values().get()
    erase_person(bird, by=xinjie.chen.actor, now=NOW)
    entries, by = ledger(), system(xinjie.xinjie.pk)
    assert [(one.community_id, one.person_id) for one in entries] == [(xinjie.xinjie.pk, bird.pk)]
    # The backup is of the day before: the person stands there, the ledger is empty.
    Person.objects.filter(pk=bird.pk).update(**before)
    Erasure.objects.all().delete()
    assert Person.objects.get(pk=bird.pk).name == "金丝雀"
    strangers = [LedgerEntry(xinjie.linli.pk, xinjie.wang.person.pk, NOW.isoformat())]
    assert replay_erasures([*entries, *strangers], by=by, now=NOW) == 1
    assert Person.objects.get(pk=bird.pk).name == ""
    assert Erasure.objects.get().person_id == bird.pk
    assert replay_erasures(entries, by=by, now=NOW) == 0
    assert Person.objects.get(pk=xinjie.wang.person.pk).name == "王秀英"


def test_the_ledger_beside_the_database_is_written_after_the_commit(
    xinjie, bird, tmp_path, settings, django_capture_on_commit_callbacks
):
    settings.DATA_DIR = tmp_path
    assert list(ledger_beside_database()) == []
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(bird, by=xinjie.chen.actor, now=NOW)
        assert list(ledger_beside_database()) == []
    assert list(ledger_beside_database()) == [
        LedgerEntry(xinjie.xinjie.pk, bird.pk, NOW.isoformat())
    ]


def test_a_line_of_the_ledger_that_a_power_cut_left_spoils_no_other(tmp_path):
    path, one, two = tmp_path / "erasures.jsonl", LedgerEntry(1, 2, "then"), LedgerEntry(1, 3, "")
    append_to_ledger(path, [one])
    path.write_bytes(path.read_bytes() + path.read_bytes()[:20])
    append_to_ledger(path, [two])
    assert list(read_ledger(path)) == [one, two]
    assert path.stat().st_mode & 0o077 == 0


def test_the_ledger_is_kept_beside_the_backups_too_and_an_absent_disk_stops_no_erasure(
    xinjie, bird, tmp_path, settings, django_capture_on_commit_callbacks
):
    settings.DATA_DIR = tmp_path
    settings.MULIN_BACKUP_DIR = str(tmp_path / "backups")
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(bird, by=xinjie.chen.actor, now=NOW)
    assert len(list(ledger_beside_database())) == 1
    (tmp_path / "backups").mkdir()
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(xinjie.wang.person, by=xinjie.chen.actor, now=NOW)
    kept = read_ledger(tmp_path / "backups" / "erasures.jsonl")
    assert [one.person_id for one in kept] == [xinjie.wang.person.pk]


def test_a_person_takes_away_everything_that_is_held_of_them(xinjie, bird):
    reveal(bird, "phone", "回访", by=xinjie.chen.actor, now=NOW)
    told = own_data(bird, by=xinjie.chen.actor, now=NOW)
    text = json.dumps(told, ensure_ascii=False)
    assert all(canary in text for canary in CANARIES[:4])
    assert told["records"][0]["phone"]["value"] == "13812340137"
    assert [one["name"] for one in told["organisations"]] == ["鸟店"]
    assert [one["given"] for one in told["consents"]] == [True]
    assert told["residences"] == [
        {"dwelling": "12幢1单元301", "since": "2026-01-01", "until": None}
    ]
    assert {look["what"] for look in told["looks"]} == {
        "居民 · 电话", "居民 · 记了某人的全部内容"
    }  # fmt: skip
    assert "登记了居民" in {one["what"] for one in told["acts"]}


def test_own_data_is_for_the_person_and_the_desk(xinjie, bird):
    assert own_data(xinjie.yong.person, by=xinjie.yong.actor, now=NOW)["records"]
    assert not Look.objects.exists()
    for who in (xinjie.yong, xinjie.sun, xinjie.shen, xinjie.auditor, xinjie.li):
        with pytest.raises(NotPermitted):
            own_data(bird, by=who.actor, now=NOW)

"""What the tables of the roll refuse, and what keeps itself up to date."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django_scopes import ScopeError

from mulin.ground.people.models import (
    Affiliation,
    Erasure,
    Merge,
    NotSame,
    Organisation,
    Person,
    index_of,
)
from mulin.kit.scoping import in_community
from tests.clock import NOW
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(cast):
    with in_community(cast.xinjie):
        yield [PersonFactory(community=cast.xinjie, name=name) for name in ("甲一", "乙二")]


def refused(act):
    with pytest.raises(IntegrityError), transaction.atomic():
        act()


def test_nobody_is_asked_for_without_a_community(cast):
    for use in (Person.objects.all, lambda: Person.objects.filter(name="王")):
        with pytest.raises(ScopeError):
            use()


def test_what_follows_from_other_columns_is_written_with_them(two):
    one = two[0]
    one.name, one.phone, one.born_on = "单雄信", "13812340137", date(1944, 2, 29)
    one.save(update_fields=["name", "phone", "born_on"])
    one = Person.objects.get(pk=one.pk)
    assert (one.pinyin, one.initials, one.phone_index, one.birth_year) == (
        "shanxiongxin", "sxx", index_of("phone", "13812340137"), 1944,
    )  # fmt: skip


def test_the_database_refuses_what_cannot_be(cast, two):
    one, other = sorted(two, key=lambda person: person.pk)
    here = {"community": cast.xinjie}
    refused(lambda: Person.objects.filter(pk=one.pk).update(merged_into=one.pk))
    refused(lambda: NotSame.objects.create(one=other, other=one, at=NOW, **here))
    NotSame.objects.create(one=one, other=other, at=NOW, **here)
    refused(lambda: NotSame.objects.create(one=one, other=other, at=NOW, **here))
    Merge.objects.create(kept=one, merged=other, at=NOW, **here)
    refused(lambda: Merge.objects.create(kept=one, merged=other, at=NOW, **here))
    Erasure.objects.create(person_id=1, at=NOW, **here)
    refused(lambda: Erasure.objects.create(person_id=1, at=NOW, **here))
    shop = Organisation.objects.create(name="店", kind="shop", **here)
    refused(lambda: Organisation.objects.create(name="店", kind="shop", **here))
    refused(
        lambda: Affiliation.objects.create(
            organisation=shop, person=one, since=date(2026, 2, 1), until=date(2026, 1, 1), **here
        )
    )


def test_a_merge_that_was_undone_may_be_made_again(cast, two):
    one, other = two
    for undone_at in (NOW, None):
        Merge.objects.create(
            community=cast.xinjie, kept=one, merged=other, at=NOW, undone_at=undone_at
        )

"""So that a community can leave: each table comes out in a list, or docs/leaving.md says why not."""

import inspect
import re
from itertools import chain

import pytest
from django.db.models import Model, QuerySet
from django.utils import translation

from mulin.ground.community.rules import Actor, Grant, Role
from mulin.ground.community.tenancy import is_word_index
from mulin.ground.downloads.permissions import TAKERS
from mulin.ground.downloads.registry import by_room, listings
from mulin.ground.downloads.tables import Reached
from mulin.kit.channels import Channel
from mulin.kit.scoping import in_community
from tests.clock import NOW
from tests.shape.house import REPOSITORY, mulin_models

TOLD = (REPOSITORY / "docs/leaving.md").read_text("utf-8")
ROWS = [
    [cell.strip() for cell in line.split("|")[1:-1]]
    for line in TOLD.splitlines()
    if line.startswith("| `")
]
KEPT_BACK = [label for row in ROWS for label in re.findall(r"`([a-z_]+\.\w+)`", row[0])]
LISTINGS = listings()


def held():
    return {model._meta.label for one in LISTINGS for model in one.holds}


def test_each_table_comes_out_or_it_is_said_why_not():
    tables = {model._meta.label for model in mulin_models() if not is_word_index(model)}
    assert sorted(tables - held() - set(KEPT_BACK)) == []


def test_what_is_kept_back_exists_once_comes_out_nowhere_and_has_a_reason_and_a_way():
    tables = {model._meta.label for model in mulin_models()}
    assert sorted(set(KEPT_BACK) - tables) == []
    assert len(KEPT_BACK) == len(set(KEPT_BACK))
    assert sorted(set(KEPT_BACK) & held()) == []
    assert all(len(row) == 3 and len(row[1]) > 10 and row[2] for row in ROWS)


def sealed(labels):
    """Whatever a table keeps locked: sealed, keys, digests of codes."""
    return [label for label in labels if re.search(r"secret|digest|sealed|wrapped", label)]


@pytest.mark.once
@pytest.mark.parametrize("listing", LISTINGS, ids=lambda one: one.name)
def test_no_column_shows_a_key(listing, everybody):
    paths = [
        column.of.path
        for column in listing.columns(everybody, NOW)
        if isinstance(column.of, Reached)
    ]
    # Of a vote's roll the hash is posted; so is that of the board.
    assert sealed(paths) in ([], ["digest"] if listing.name == "doublefive.votes" else [])


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda one: one.name)
def test_a_list_can_be_made_and_is_read_back_with_its_columns_told_apart(
    listing, xinjie, everybody
):
    with translation.override("zh-hans"):
        headings = [str(column.label) for column in listing.columns(everybody, NOW)]
    assert len(headings) == len(set(headings))
    assert all(re.search(r"[一-鿿]", heading) for heading in headings), headings
    form = listing.form({})
    form.is_valid()
    rows = listing.rows(everybody, form.cleaned_data, NOW)
    list(rows)
    if isinstance(rows, QuerySet):
        assert rows.model in listing.holds


@pytest.mark.once
@pytest.mark.parametrize("listing", LISTINGS, ids=lambda one: one.name)
def test_what_a_column_leads_to_is_there(listing, everybody):
    """An empty community asks no column: each step of a path is looked up in its table."""
    for column in listing.columns(everybody, NOW):
        if isinstance(column.of, Reached):
            assert leads_somewhere(column.of.path, listing, everybody), column.of.path


def leads_somewhere(path, listing, actor):
    form = listing.form({})
    form.is_valid()
    model, annotations = listing.holds[0], set()
    rows = listing.rows(actor, form.cleaned_data, NOW)
    if isinstance(rows, QuerySet):
        annotations = set(rows.query.annotations)
    for step in path.split("."):
        if step in annotations:
            return True
        fields = {one.name: one for one in chain(model._meta.fields, model._meta.related_objects)}
        if step not in fields:
            return isinstance(inspect.getattr_static(model, step, None), property)
        model = fields[step].related_model or Model
    return True


@pytest.mark.parametrize("role", Role)
def test_whoever_may_take_a_list_finds_the_page(role, xinjie):
    actor = Actor(
        community_id=xinjie.pk, channel=Channel.ONLINE, account_id=1, grants=(Grant(role),)
    )
    assert (role in TAKERS) == any(one.may(actor) for one in LISTINGS) or role in CLEARED


#: Their lists open to those whom somebody has let read, which nobody has here.
CLEARED = {Role.CHILDCARE_LEAD}


@pytest.mark.parametrize("role", sorted({Role.RESIDENT, Role.VOLUNTEER, Role.FAMILY}))
def test_a_resident_takes_no_list(role, xinjie):
    actor = Actor(
        community_id=xinjie.pk, channel=Channel.ONLINE, account_id=1, grants=(Grant(role),)
    )
    assert [one.name for one in LISTINGS if one.may(actor)] == []


def test_every_list_stands_under_a_room_and_none_is_called_as_another_of_it():
    with translation.override("zh-hans"):
        for room, lists in by_room(LISTINGS).items():
            labels = [str(one.label) for one in lists]
            assert len(labels) == len(set(labels)), room


@pytest.fixture
def xinjie(cast):
    with in_community(cast.xinjie):
        yield cast.xinjie


@pytest.fixture
def everybody(cast):
    """Somebody with every role: what each list says of itself."""
    with in_community(cast.xinjie):
        yield Actor(
            community_id=cast.xinjie.pk, channel=Channel.ONLINE, account_id=cast.zhou.account.pk,
            grants=tuple(Grant(role) for role in Role),
        )  # fmt: skip

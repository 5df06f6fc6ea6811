"""A community is founded, and the calendar is put right."""

from datetime import date

import pytest

from mulin.ground.audit.models import Act
from mulin.ground.community.actions.founding import (
    Founder,
    add_workday_exception,
    found_community,
    may_set_up,
    remove_workday_exception,
    set_dictation,
    setup_token,
)
from mulin.ground.community.models import Account, Community, Grid, WorkdayException
from mulin.ground.community.queries import holders_of, work_calendar
from mulin.ground.community.rules import Role, system
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community
from tests.clock import NOW

VALUES = {
    "street": "武原街道",
    "name": "河畔社区",
    "slug": "hepan",
    "phone": "0573-86330000",
    "grids": ["东网格", "西网格"],
}
FOUNDERS = [
    Founder(Role.INSTALLER, "装机的", "installer", "four words in a row"),
    Founder(Role.HEAD, "老丁", "laoding"),
]


@pytest.mark.django_db
def test_the_first_community_is_founded_with_grids_head_and_installer():
    community, (installer, head) = found_community(
        **VALUES, founders=FOUNDERS, by=system(0), now=NOW
    )
    with in_community(community):
        assert list(Grid.objects.values_list("number", "name")) == [(1, "东网格"), (2, "西网格")]
        assert list(Act.objects.values_list("verb", flat=True)) == [
            "found_community", "open_account", "open_account",
        ]  # fmt: skip
        assert list(holders_of(community.pk, [Role.HEAD], NOW)) == [head]
    assert installer.check_password("four words in a row")
    assert not head.has_usable_password()


def test_a_taken_short_name_or_login_founds_nothing(cast):
    before = (Community.objects.count(), Account.objects.count())
    with pytest.raises(Refused) as refusal:
        found_community(**{**VALUES, "slug": "xinjie"}, founders=FOUNDERS, by=system(0), now=NOW)
    assert refusal.value.field == "slug"
    taken = [Founder(Role.HEAD, "x", "laozhou")]
    with pytest.raises(Refused) as refusal:
        found_community(**VALUES, founders=taken, by=system(0), now=NOW)
    assert refusal.value.field == "login_name"
    assert (Community.objects.count(), Account.objects.count()) == before


def test_only_the_installer_founds_a_community(cast):
    with pytest.raises(NotPermitted):
        found_community(**VALUES, founders=[], by=cast.zhou.actor, now=NOW)
    community, _accounts = found_community(**VALUES, founders=[], by=cast.installer.actor, now=NOW)
    with in_community(community):
        assert Act.objects.get().account == cast.installer.account


@pytest.mark.django_db
def test_the_set_up_address_works_until_a_community_is_founded():
    token = setup_token()
    assert may_set_up(token)
    assert not may_set_up(token[:-1])
    found_community(**VALUES, founders=FOUNDERS, by=system(0), now=NOW)
    assert not may_set_up(token)


def test_the_calendar_takes_exceptions_and_knows_which_years_are_complete(cast):
    sunday = date(2026, 11, 29)
    with in_community(cast.xinjie):
        by = cast.installer.actor
        add_workday_exception(sunday, is_workday=True, source="镇里通知", by=by, now=NOW)
        assert work_calendar().is_workday(sunday)
        again = add_workday_exception(sunday, is_workday=False, source="改了", by=by, now=NOW)
        assert not work_calendar().is_workday(sunday)
        assert WorkdayException.objects.count() == 1
        remove_workday_exception(again, by=by, now=NOW)
        assert WorkdayException.objects.count() == 0
        assert work_calendar().certain_until() == date(2026, 12, 31)
        new_year = date(2027, 1, 1)
        add_workday_exception(new_year, is_workday=False, source="国办通知", by=by, now=NOW)
        assert work_calendar().certain_until() == date(2027, 12, 31)
        assert list(Act.objects.values_list("verb", flat=True)) == [
            "add_workday_exception", "add_workday_exception", "remove_workday_exception",
            "add_workday_exception",
        ]  # fmt: skip


@pytest.mark.parametrize("who", ["zhou", "chen", "yong", "auditor"])
def test_only_the_installer_changes_the_calendar(cast, who):
    with in_community(cast.xinjie), pytest.raises(NotPermitted):
        add_workday_exception(
            date(2026, 11, 29), is_workday=True, source="x", by=getattr(cast, who).actor, now=NOW
        )


def test_only_the_head_lets_what_is_spoken_leave_the_house_and_it_is_off_at_first(cast):
    assert Community.objects.filter(takes_dictation=True).count() == 0
    for other in (cast.chen, cast.li, cast.installer):
        with in_community(other.community), pytest.raises(NotPermitted):
            set_dictation(cast.xinjie, is_on=True, by=other.actor, now=NOW)
    with in_community(cast.xinjie):
        set_dictation(cast.xinjie, is_on=True, by=cast.zhou.actor, now=NOW)
        act = Act.objects.get(verb="set_dictation")
    assert (act.account_id, act.record_id) == (cast.zhou.account.pk, cast.xinjie.pk)
    assert Community.objects.get(takes_dictation=True) == cast.xinjie

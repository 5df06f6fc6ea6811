"""Certificates: what they say was counted, a forged one is none."""

from datetime import date, timedelta

import pytest

from mulin.circle.volunteers.actions import proof
from mulin.circle.volunteers.actions.presence import check_in, close
from mulin.circle.volunteers.models import Certificate
from mulin.circle.volunteers.queries import certificate_behind, certificates_in_notice
from mulin.kit.clock import local_day
from mulin.kit.ids import READABLE
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from tests.volunteers.conftest import BEGINS, ENDS

LATER = ENDS + timedelta(hours=1)
NOVEMBER = date(2026, 11, 1), date(2026, 11, 26)


@pytest.fixture
def served(street):
    """Two hours are counted."""
    check_in(street.activity, street.yong, by=street.by, now=BEGINS)
    close(street.activity, ended_at=ENDS, by=street.by, now=LATER)
    return street


def ask(street, cast, days=NOVEMBER, **more):
    return proof.ask(
        street.yong, since=days[0], until=days[1], purpose="积分入学", by=cast.yong.actor, now=LATER,
        **more,
    )  # fmt: skip


def test_it_certifies_what_was_counted(served, cast):
    asked = ask(served, cast, token="t")
    assert ask(served, cast, token="t") == asked
    with pytest.raises(NotPermitted):
        proof.issue(asked, is_noticed=True, by=cast.yong.actor, now=LATER)
    done = proof.issue(asked, is_noticed=True, by=served.by, now=LATER)
    assert (done.number, done.minutes, str(done.hours)) == ("ZY2026-0001", 120, "2.0")
    assert done.lines == [["理发日", "2026-11-26", 120]]
    assert certificate_behind(done.code) == done
    with pytest.raises(TakenMeanwhile):
        proof.issue(asked, is_noticed=True, by=served.by, now=LATER)


def test_forged_by_one_character_it_is_none(served, cast):
    code = proof.issue(ask(served, cast), is_noticed=False, by=served.by, now=LATER).code
    forged = [
        code[:place] + other + code[place + 1 :]
        for place in range(len(code))
        for other in READABLE
        if other != code[place]
    ]
    assert not Certificate.objects.filter(code__in=forged).exists()
    # At every place, the last one too: no part of a code opens a certificate.
    one_a_place = forged[:: len(READABLE) - 1]
    assert len(one_a_place) == len(code)
    assert [one for one in (*one_a_place, code[:-1]) if certificate_behind(one)] == []
    assert len(code) == 16


def test_one_that_is_only_asked_for_is_no_certificate(served, cast):
    assert certificate_behind(ask(served, cast).code) is None
    with pytest.raises(Refused):
        ask(served, cast)


def test_without_a_minute_there_is_nothing_to_certify(served, cast):
    asked = ask(served, cast, days=(date(2026, 1, 1), date(2026, 1, 31)))
    with pytest.raises(Refused):
        proof.issue(asked, is_noticed=False, by=served.by, now=LATER)
    proof.revoke(asked, why="那时还没有活动", by=served.by, now=LATER)
    assert not Certificate.objects.filter(revoked_at__isnull=True).exists()


@pytest.mark.parametrize("days", [(date(2026, 11, 2), date(2026, 11, 1)), (date(2026, 11, 2), date(2026, 12, 1))])  # fmt: skip
def test_days_that_cannot_be_are_refused(served, cast, days):
    with pytest.raises(Refused) as refusal:
        ask(served, cast, days=days)
    assert refusal.value.field == "until"


def test_it_hangs_out_for_seven_days(served, cast):
    proof.issue(ask(served, cast), is_noticed=True, by=served.by, now=LATER)
    today = local_day(LATER)
    assert [certificates_in_notice(today + timedelta(days=n)).count() for n in (0, 7, 8)] == [
        1,
        1,
        0,
    ]


def test_taken_back_it_says_so(served, cast):
    done = proof.issue(ask(served, cast), is_noticed=True, by=served.by, now=LATER)
    with pytest.raises(Refused):
        proof.revoke(done, why=" ", by=served.by, now=LATER)
    proof.revoke(done, why="时长有误", by=served.by, now=LATER)
    assert certificate_behind(done.code).revoked_why == "时长有误"
    assert not certificates_in_notice(local_day(LATER)).exists()

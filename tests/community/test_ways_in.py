"""Passwords, invitations, second factors, codes and cards, without any page."""

from datetime import timedelta

import pytest
from django.utils import translation
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from mulin.ground.audit.models import Act
from mulin.ground.community.actions import ways_in
from mulin.ground.community.actions.roles import give_role
from mulin.ground.community.models import Account, Invitation, LoginCode, Membership, PersonalCard
from mulin.ground.community.rules import (
    CODE_TRIES,
    CODES_PER_ADDRESS_AND_HOUR,
    CODES_PER_DAY,
    CODES_PER_HOUR,
    Role,
    system,
)
from mulin.kit.refusals import NotPermitted, Refused
from mulin.kit.scoping import in_community
from tests.clock import NOW
from tests.factories.community import PASSWORD, AccountFactory, MembershipFactory

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PHONE = "13800000001"
NEW_PHONE = "13700000077"
HALL = "192.0.2.1"
STRONG = "three benches by the river"


@pytest.fixture(autouse=True)
def _here(cast):
    with in_community(cast.xinjie), translation.override("en"):
        yield


def code_for(phone, *, now=NOW, address=HALL):
    sent = []
    ways_in.send_login_code(
        phone, address=address, now=now, send=lambda row, code: sent.append((row.phone, code))
    )
    return sent[0][1]


def enter(cast, phone, code, now=NOW):
    return ways_in.sign_in_by_code(phone, code, community_id=cast.xinjie.pk, now=now)


def shown(secret, now=NOW):
    """What the app shows at this moment."""
    clock = TOTP(bytes.fromhex(secret))
    clock.time = now.timestamp()
    return f"{clock.token():06}"


# ── codes ────────────────────────────────────────────────────────────────────────────────────


def test_a_code_lets_its_phone_in_once(cast):
    code = code_for("＋86 138-0000-0001")
    assert len(code) == 6
    assert enter(cast, PHONE, code) == cast.yong.account
    with pytest.raises(Refused):
        enter(cast, PHONE, code)


def test_full_width_digits_and_spaces_are_the_same_code(cast):
    code = code_for(PHONE)
    typed = " ".join(chr(ord(digit) + 0xFEE0) for digit in code)
    assert enter(cast, PHONE, typed) == cast.yong.account


def test_a_code_is_kept_as_a_digest_only(cast):
    code = code_for(PHONE)
    assert not any(code in str(value) for value in LoginCode.objects.values_list("digest").get())


def test_a_phone_that_comes_for_the_first_time_becomes_a_resident(cast):
    account = enter(cast, NEW_PHONE, code_for(NEW_PHONE))
    assert account.display_name == "137****0077"
    assert list(Membership.objects.filter(account=account).values_list("role", flat=True)) == [
        Role.RESIDENT
    ]
    assert [(act.verb, act.account) for act in Act.objects.all()] == [("open_account", None)]
    assert enter(cast, NEW_PHONE, code_for(NEW_PHONE, now=NOW + MINUTE), NOW + MINUTE) == account


def test_a_neighbour_who_comes_over_is_a_resident_here_too_but_not_when_put_out(cast):
    assert enter(cast, cast.gu.account.phone, code_for(cast.gu.account.phone)) == cast.gu.account
    here = Membership.objects.get(account=cast.gu.account, community=cast.xinjie)
    assert here.role == Role.RESIDENT
    Membership.objects.filter(pk=here.pk).update(until=NOW + MINUTE)
    later = NOW + HOUR
    enter(cast, cast.gu.account.phone, code_for(cast.gu.account.phone, now=later), later)
    assert Membership.objects.filter(account=cast.gu.account, community=cast.xinjie).count() == 1


def test_asking_and_guessing_write_no_act(cast):
    code_for(PHONE)
    with pytest.raises(Refused):
        enter(cast, PHONE, "000000x")
    assert Act.objects.count() == 0


def test_a_code_is_too_old_after_five_minutes(cast):
    code = code_for(PHONE)
    with pytest.raises(Refused):
        enter(cast, PHONE, code, NOW + 5 * MINUTE)


def test_only_the_newest_code_counts(cast):
    first = code_for(PHONE)
    second = code_for(PHONE, now=NOW + MINUTE)
    if first != second:
        with pytest.raises(Refused):
            enter(cast, PHONE, first, NOW + MINUTE)
    assert enter(cast, PHONE, second, NOW + MINUTE) == cast.yong.account


def test_guessing_wears_a_code_out(cast):
    code = code_for(PHONE)
    wrong = "111111" if code != "111111" else "222222"
    for _try in range(CODE_TRIES):
        with pytest.raises(Refused):
            enter(cast, PHONE, wrong)
    with pytest.raises(Refused):
        enter(cast, PHONE, code)


def test_a_phone_gets_so_many_codes_an_hour_and_a_day_whatever_the_address(cast):
    for number in range(CODES_PER_HOUR):
        code_for(PHONE, address=f"192.0.2.{number}")
    with pytest.raises(Refused, match="Too many codes"):
        code_for(PHONE, address="198.51.100.9")
    for hour in range(1, CODES_PER_DAY - CODES_PER_HOUR + 1):
        code_for(PHONE, now=NOW + 2 * hour * HOUR)
    with pytest.raises(Refused, match="Too many codes"):
        code_for(PHONE, now=NOW + 20 * HOUR)
    code_for(PHONE, now=NOW + 40 * HOUR)


@pytest.mark.parametrize("phone", [PHONE, NEW_PHONE])
def test_known_and_unknown_phones_are_answered_alike(cast, phone):
    for _code in range(CODES_PER_HOUR):
        code_for(phone)
    with pytest.raises(Refused) as too_many:
        code_for(phone)
    with pytest.raises(Refused) as wrong:
        enter(cast, phone, "x")
    assert (str(too_many.value), str(wrong.value)) == (
        "Too many codes were asked for. Please try again in an hour, or call us.",
        "The code is not right, or it is older than 5 minutes. You can ask for a new one.",
    )


def test_a_hall_full_of_neighbours_behind_one_address_is_never_shut(cast):
    for number in range(CODES_PER_ADDRESS_AND_HOUR + 15):
        phone = f"138{number:08}"
        enter(cast, phone, code_for(phone))


def test_one_address_cannot_have_codes_sent_to_the_whole_town(cast):
    for number in range(CODES_PER_ADDRESS_AND_HOUR):
        code_for(f"139{number:08}")
    with pytest.raises(Refused, match="Too many codes"):
        code_for("13612345678")
    code_for("13612345678", address="198.51.100.9")
    code_for("13612345678", now=NOW + HOUR)


def test_what_is_no_phone_is_said_beside_the_field(cast):
    with pytest.raises(Refused) as refusal:
        code_for("12")
    assert refusal.value.field == "phone"


def test_a_closed_account_stays_out(cast):
    Account.objects.filter(pk=cast.yong.account.pk).update(is_active=False)
    with pytest.raises(Refused, match="closed"):
        enter(cast, PHONE, code_for(PHONE))


def test_a_message_that_cannot_be_written_leaves_no_code(cast):
    def broken(row, code):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        ways_in.send_login_code(PHONE, address=HALL, now=NOW, send=broken)
    assert LoginCode.objects.count() == 0


def test_old_codes_are_forgotten(cast):
    code_for(PHONE, now=NOW - 3 * DAY)
    code_for(PHONE)
    assert ways_in.forget_old_tries(NOW) == 1
    assert LoginCode.objects.get().sent_at == NOW


# ── passwords and invitations ────────────────────────────────────────────────────────────────


def test_a_password_is_changed_by_its_owner_who_knows_the_old_one(cast):
    own, by = cast.chen.account, cast.chen.actor
    with pytest.raises(Refused) as refusal:
        ways_in.change_password(own, old="wrong", new=STRONG, by=by, now=NOW)
    assert refusal.value.field == "old_password"
    with pytest.raises(Refused) as refusal:
        ways_in.change_password(own, old=PASSWORD, new="short", by=by, now=NOW)
    assert refusal.value.field == "password"
    with pytest.raises(NotPermitted):
        ways_in.change_password(own, old=PASSWORD, new=STRONG, by=cast.zhou.actor, now=NOW)
    ways_in.change_password(own, old=PASSWORD, new=STRONG, by=by, now=NOW)
    assert Account.objects.get(pk=own.pk).check_password(STRONG)
    act = Act.objects.get()
    assert (act.verb, act.account) == ("change_password", own)


def test_an_invitation_sets_a_password_once(cast):
    code = ways_in.invite(cast.chen.account, by=cast.zhou.actor, now=NOW)
    assert ways_in.invited_account(code.lower(), NOW) == cast.chen.account
    ways_in.accept_invitation(code, password=STRONG, community_id=cast.xinjie.pk, now=NOW)
    assert Account.objects.get(pk=cast.chen.account.pk).check_password(STRONG)
    with pytest.raises(Refused):
        ways_in.accept_invitation(code, password=STRONG, community_id=cast.xinjie.pk, now=NOW)
    assert list(Act.objects.values_list("verb", flat=True)) == ["invite", "accept_invitation"]


def test_an_invitation_is_over_after_three_days_and_when_a_newer_one_is_made(cast):
    old = ways_in.invite(cast.chen.account, by=cast.zhou.actor, now=NOW)
    new = ways_in.invite(cast.chen.account, by=cast.zhou.actor, now=NOW)
    assert ways_in.invited_account(old, NOW) is None
    assert ways_in.invited_account(new, NOW + 3 * DAY) is None
    assert ways_in.invited_account(new, NOW + 2 * DAY) == cast.chen.account
    assert Invitation.objects.filter(digest=new).count() == 0


def test_a_weak_password_leaves_the_invitation_good(cast):
    code = ways_in.invite(cast.chen.account, by=cast.zhou.actor, now=NOW)
    with pytest.raises(Refused):
        ways_in.accept_invitation(code, password="short", community_id=cast.xinjie.pk, now=NOW)
    assert ways_in.invited_account(code, NOW) == cast.chen.account


@pytest.mark.parametrize(
    ("who", "whom"),
    [
        ("chen", "sun"), ("zhou", "auditor"), ("zhou", "installer"), ("zhou", "li"),
        ("zhou", "zhou"), ("installer", "li"), ("auditor", "chen"), ("yong", "chen"),
        ("li", "chen"),
    ],
)  # fmt: skip
def test_nobody_gets_into_an_account_that_may_more_than_they_can_give(cast, who, whom):
    by, account = getattr(cast, who).actor, getattr(cast, whom).account
    for help_in in (ways_in.invite, ways_in.reset_totp):
        with pytest.raises(NotPermitted):
            help_in(account, by=by, now=NOW)
    assert Act.objects.count() == 0


def test_an_account_with_a_role_next_door_is_not_opened_from_here(cast):
    MembershipFactory(community=cast.linli, account=cast.chen.account, role=Role.VOLUNTEER)
    with pytest.raises(NotPermitted):
        ways_in.invite(cast.chen.account, by=cast.zhou.actor, now=NOW)


# ── the second factor ────────────────────────────────────────────────────────────────────────


@pytest.fixture
def secret(cast):
    """小陈 has an app."""
    secret = ways_in.new_totp_secret()
    ways_in.enrol_totp(
        cast.chen.account, secret=secret, code=shown(secret), by=cast.chen.actor, now=NOW
    )
    return secret


def test_a_second_factor_is_set_up_by_its_first_code(cast):
    fresh = ways_in.new_totp_secret()
    with pytest.raises(Refused):
        ways_in.enrol_totp(
            cast.chen.account, secret=fresh, code="000000", by=cast.chen.actor, now=NOW
        )
    assert not ways_in.has_totp(cast.chen.account)
    ways_in.enrol_totp(
        cast.chen.account, secret=fresh, code=shown(fresh), by=cast.chen.actor, now=NOW
    )
    assert ways_in.has_totp(cast.chen.account)
    assert [act.verb for act in Act.objects.all()] == ["enrol_totp"]


def test_a_code_of_the_app_is_good_once_and_for_its_half_minute(cast, secret):
    with pytest.raises(Refused):  # the one that set it up
        ways_in.check_totp(cast.chen.account, shown(secret), now=NOW)
    quiet(cast)
    later = NOW + MINUTE
    ways_in.check_totp(cast.chen.account, shown(secret, later), now=later)
    with pytest.raises(Refused):
        ways_in.check_totp(cast.chen.account, shown(secret, later), now=later)
    quiet(cast)
    with pytest.raises(Refused):
        ways_in.check_totp(cast.chen.account, shown(secret, NOW + 5 * MINUTE), now=NOW + 9 * MINUTE)


def quiet(cast):
    """The pause after a wrong code is over."""
    TOTPDevice.objects.filter(user=cast.chen.account).update(
        throttling_failure_timestamp=None, throttling_failure_count=0
    )


def test_after_a_wrong_code_even_the_right_one_waits(cast, secret):
    later = NOW + MINUTE
    with pytest.raises(Refused, match="not right"):
        ways_in.check_totp(cast.chen.account, "000000", now=later)
    with pytest.raises(Refused, match="wait"):
        ways_in.check_totp(cast.chen.account, shown(secret, later), now=later)
    quiet(cast)
    ways_in.check_totp(cast.chen.account, shown(secret, later), now=later)


def test_a_clock_half_a_minute_off_is_forgiven(cast, secret):
    later = NOW + 10 * MINUTE
    behind = later - timedelta(seconds=30)
    ways_in.check_totp(cast.chen.account, shown(secret, behind), now=later)


def test_a_lost_second_factor_is_taken_away_and_the_account_signed_out(cast, secret):
    before = Account.objects.get(pk=cast.chen.account.pk).session_epoch
    ways_in.reset_totp(cast.chen.account, by=cast.zhou.actor, now=NOW)
    assert not ways_in.has_totp(cast.chen.account)
    assert Account.objects.get(pk=cast.chen.account.pk).session_epoch == before + 1


def test_nobody_sets_up_anothers_second_factor(cast):
    fresh = ways_in.new_totp_secret()
    with pytest.raises(NotPermitted):
        ways_in.enrol_totp(
            cast.chen.account, secret=fresh, code=shown(fresh), by=cast.zhou.actor, now=NOW
        )


# ── cards ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def wang(cast):
    """王奶奶 has an account that only a card opens."""
    account = AccountFactory(login_name=None, display_name="王奶奶")
    MembershipFactory(community=cast.xinjie, account=account, role=Role.RESIDENT)
    return account


def test_a_card_lets_its_holder_in_again_and_again(cast, wang):
    code = ways_in.print_personal_card(wang, by=cast.chen.actor, now=NOW)
    assert ways_in.sign_in_by_card(code) == wang
    assert ways_in.sign_in_by_card(code.lower()) == wang
    assert PersonalCard.objects.filter(digest=code).count() == 0


def test_a_new_card_ends_the_old_one_and_a_lost_one_is_revoked(cast, wang):
    old = ways_in.print_personal_card(wang, by=cast.chen.actor, now=NOW)
    new = ways_in.print_personal_card(wang, by=cast.chen.actor, now=NOW)
    with pytest.raises(Refused):
        ways_in.sign_in_by_card(old)
    ways_in.revoke_card(
        PersonalCard.objects.get(revoked_at__isnull=True), by=cast.chen.actor, now=NOW
    )
    with pytest.raises(Refused):
        ways_in.sign_in_by_card(new)
    assert Account.objects.get(pk=wang.pk).session_epoch == 1
    assert [act.verb for act in Act.objects.all()] == [
        "print_personal_card", "print_personal_card", "revoke_card",
    ]  # fmt: skip


def test_no_card_for_whoever_needs_a_second_factor(cast, wang):
    with pytest.raises(NotPermitted):
        ways_in.print_personal_card(cast.sun.account, by=cast.chen.actor, now=NOW)
    give_role(wang, role=Role.MEDIATOR, by=cast.zhou.actor, now=NOW)
    with pytest.raises(NotPermitted):
        ways_in.print_personal_card(wang, by=cast.chen.actor, now=NOW)


@pytest.mark.parametrize("who", ["sun", "yong", "auditor", "installer", "li", "street"])
def test_cards_are_printed_at_the_desk_of_this_community_only(cast, wang, who):
    with pytest.raises(NotPermitted):
        ways_in.print_personal_card(wang, by=getattr(cast, who).actor, now=NOW)
    assert not PersonalCard.objects.exists()


def test_the_system_may_invite_where_the_command_line_is_asked(cast):
    code = ways_in.invite(cast.installer.account, by=system(cast.xinjie.pk), now=NOW)
    assert ways_in.invited_account(code, NOW) == cast.installer.account

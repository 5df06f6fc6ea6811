"""What the outbox does: writes once, sends at least once, gives nobody up without a person."""

import threading
from datetime import timedelta

import pytest
from django.db import close_old_connections, connection, transaction
from django.utils.translation import gettext_lazy
from django_q.models import OrmQ

from mulin.ground.audit.models import Act
from mulin.ground.community.models import Community
from mulin.ground.community.queries import actor_of
from mulin.ground.community.rules import Actor, Grant, Role
from mulin.ground.notify.actions import (
    deliver_due,
    lease_due,
    mark_all_read,
    mark_read,
    mark_told,
    recover,
    retry_message,
    set_channel,
    tell,
    tell_desk,
)
from mulin.ground.notify.addresses import Recipient
from mulin.ground.notify.models import ChannelSetting, Message, Way
from mulin.ground.notify.rules import DIGEST_WINDOW, LEASE, MOST_TRIES, State
from mulin.kit.refusals import NotPermitted, Refused, TakenMeanwhile
from mulin.kit.scoping import in_community
from tests.clock import NOW
from tests.factories.community import AccountFactory, CommunityFactory, MembershipFactory

MIDNIGHT = NOW.replace(hour=0)


def words(**changes):
    return {
        "topic": "demand.answered", "subject": "路灯", "body": "修好了", "now": NOW, "key": "step-1",
    } | changes  # fmt: skip


def sent(message):
    message.refresh_from_db()
    return message.state


def rounds(community, *moments):
    """Send what is due at each of these moments; how many were tried each time."""
    return [deliver_due(community, clock=lambda moment=moment: moment) for moment in moments]


# ── writing ──────────────────────────────────────────────────────────────────────────────────


def test_telling_twice_writes_once_and_returns_the_first(inside, sweeper, gateway, with_phone):
    first = tell(with_phone, by=sweeper, **words())
    second = tell(with_phone, by=sweeper, **words(body="something else"))
    assert [row.pk for row in second] == [row.pk for row in first]
    assert list(Message.objects.values_list("way", "state", "body")) == [
        (Way.SMS, State.WAITING, "修好了")
    ]


def test_words_are_said_in_the_recipients_language(inside, sweeper, gateway, book):
    book[1] = Recipient("neighbour", 1, ways=(("sms", "1"),), language="en")
    book[2] = Recipient("neighbour", 2, ways=(("sms", "2"),))
    subject = gettext_lazy("Chinese")
    for number in (1, 2):
        tell(("neighbour", number), by=sweeper, **words(subject=subject, body=""))
    english, chinese = Message.objects.order_by("recipient_id")
    assert (english.language, english.subject) == ("en", "Chinese")
    assert chinese.language == "zh-hans"


def test_an_account_reads_it_in_mulin_and_on_the_phone(inside, sweeper, gateway):
    account = AccountFactory(login_name=None, phone="13800000002")
    MembershipFactory(community=inside, account=account)
    rows = tell(("account", account.pk), by=sweeper, **words())
    assert {(row.way, row.state, row.address) for row in rows} == {
        (Way.IN_APP, State.SENT, None),
        (Way.SMS, State.WAITING, "13800000002"),
    }
    assert [row.subject for row in Message.objects.inbox_of(account.pk)] == ["路灯"]


def test_an_account_of_another_community_gets_no_text(inside, sweeper, gateway):
    account = AccountFactory(login_name=None, phone="13800000003")
    MembershipFactory(community=CommunityFactory(), account=account)
    rows = tell(("account", account.pk), by=sweeper, **words())
    assert [row.way for row in rows] == [Way.IN_APP]


def test_without_a_phone_it_becomes_a_task_of_the_grid_officer(
    inside, sweeper, gateway, book, officer
):
    book[1] = Recipient("neighbour", 1, ways=(("door", "12幢301"),), carrier_account_id=officer.pk)
    (row,) = tell(("neighbour", 1), by=sweeper, **words())
    assert (row.way, row.state, row.carrier_id, row.address) == (
        Way.DOOR, State.TASK, officer.pk, "12幢301",
    )  # fmt: skip
    assert rounds(inside, NOW + timedelta(days=1)) == [0]
    assert gateway.seen == []


def test_without_a_gateway_a_mobile_is_called(inside, sweeper, with_phone):
    (row,) = tell(with_phone, by=sweeper, **words())
    assert (row.way, row.state, row.address) == (Way.CALL, State.TASK, "13800000001")


def test_a_message_is_undone_with_the_act_it_tells_of(inside, sweeper, gateway, with_phone):
    with transaction.atomic():
        tell(with_phone, by=sweeper, **words())
        transaction.set_rollback(True)
    assert (Message.objects.count(), OrmQ.objects.count()) == (0, 0)


def test_the_bell_rings_in_the_same_transaction(inside, sweeper, gateway, with_phone):
    tell(with_phone, by=sweeper, **words())
    assert OrmQ.objects.count() == 1
    tell(with_phone, by=sweeper, **words(key="tonight", now=MIDNIGHT))
    assert OrmQ.objects.count() == 1


def test_an_unknown_recipient_and_a_path_that_leads_away_are_refused(inside, sweeper, with_phone):
    with pytest.raises(LookupError):
        tell(("neighbour", 99), by=sweeper, **words())
    with pytest.raises(LookupError):
        tell(("ghost", 1), by=sweeper, **words())
    with pytest.raises(ValueError, match="not a path inside Mulin"):
        tell(with_phone, by=sweeper, path="//evil.example/", **words())
    assert Message.objects.count() == 0


def test_the_desk_hears_it_in_the_inbox_and_in_its_group(inside, sweeper):
    chen = AccountFactory(display_name="小陈")
    MembershipFactory(community=inside, account=chen, role="community_worker")
    gone = AccountFactory(display_name="老李")
    MembershipFactory(community=inside, account=gone, role="head", until=NOW - timedelta(days=1))
    ChannelSetting.objects.create(community=inside, way=Way.NTFY, target="ntfy://127.0.0.1:1/x")
    rows = tell_desk(by=sweeper, **words())
    assert [(row.way, row.account_id, row.recipient_kind) for row in rows] == [
        (Way.IN_APP, chen.pk, "account"),
        (Way.NTFY, None, "desk"),
    ]


# ── sending ──────────────────────────────────────────────────────────────────────────────────


def test_a_text_arrives_once_with_its_key(inside, sweeper, gateway, with_phone):
    (row,) = tell(with_phone, by=sweeper, **words())
    assert rounds(inside, NOW, NOW + timedelta(hours=1)) == [1, 0]
    assert gateway.seen == [
        {
            "to": "13800000001", "text": "路灯\n修好了", "key": row.key, "parts": 1,
            "bearer": "Bearer let-me-in", "idempotency": row.key,
        }
    ]  # fmt: skip
    row.refresh_from_db()
    assert (row.state, row.sent_at, row.attempts, row.last_error) == (State.SENT, NOW, 1, "")


def test_a_row_written_past_the_action_still_goes_out(inside, gateway):
    Message.objects.create(
        community=inside, created_at=NOW, topic="x", recipient_kind="neighbour", recipient_id=1,
        way=Way.SMS, address="13800000001", subject="direct", key="direct", state=State.WAITING,
        due_at=NOW,
    )  # fmt: skip
    assert rounds(inside, NOW) == [1]
    assert gateway.texts == ["direct"]


def test_a_gateway_that_fails_is_tried_again_with_the_same_key(
    inside, sweeper, gateway, with_phone
):
    gateway.answers.extend([500, "drop", 503])
    (row,) = tell(with_phone, by=sweeper, **words())
    moments = [NOW, NOW + timedelta(seconds=29), NOW + timedelta(seconds=30)]
    moments += [NOW + timedelta(minutes=3), NOW + timedelta(minutes=15)]
    assert rounds(inside, *moments) == [1, 0, 1, 1, 1]
    assert sent(row) == State.SENT
    assert {seen["key"] for seen in gateway.seen} == {row.key}
    assert gateway.delivered == {row.key: 1}


def test_retry_after_is_kept_to(inside, sweeper, gateway, with_phone):
    gateway.answers.append((429, 600))
    (row,) = tell(with_phone, by=sweeper, **words())
    rounds(inside, NOW)
    row.refresh_from_db()
    assert (row.due_at, row.last_error) == (
        NOW + timedelta(seconds=600),
        "the gateway answered 429",
    )


def test_what_is_given_up_keeps_its_reason_and_becomes_a_call(
    inside, sweeper, gateway, book, officer
):
    book[1] = Recipient(
        "neighbour", 1, ways=(("sms", "13800000001"),), carrier_account_id=officer.pk
    )
    gateway.answers.append(400)
    (row,) = tell(("neighbour", 1), by=sweeper, **words())
    rounds(inside, NOW)
    row.refresh_from_db()
    assert (row.state, row.last_error) == (
        State.FAILED, "the gateway refused the message (400)",
    )  # fmt: skip
    call = Message.objects.get(state=State.TASK)
    assert (call.way, call.address, call.body, call.carrier_id) == (
        Way.CALL, "13800000001", "修好了", officer.pk,
    )  # fmt: skip


def test_after_the_last_try_it_is_given_up(inside, sweeper, gateway, with_phone):
    gateway.answers.extend([500] * (MOST_TRIES + 3))
    (row,) = tell(with_phone, by=sweeper, **words())
    for day in range(MOST_TRIES + 3):
        rounds(inside, NOW + timedelta(days=day))
    row.refresh_from_db()
    assert (row.state, row.attempts, len(gateway.seen)) == (State.FAILED, MOST_TRIES, MOST_TRIES)
    assert row.last_error == "the gateway answered 500"
    assert Message.objects.filter(state=State.TASK).count() == 1


def test_who_has_it_in_the_inbox_is_not_called_too(inside, sweeper, gateway):
    account = AccountFactory(login_name=None, phone="13800000002")
    MembershipFactory(community=inside, account=account)
    gateway.answers.append(400)
    tell(("account", account.pk), by=sweeper, **words())
    rounds(inside, NOW)
    assert not Message.objects.filter(state=State.TASK).exists()


def test_an_alarm_is_tried_until_it_gets_through(inside, sweeper, gateway, with_phone):
    gateway.answers.extend([500] * 40)
    (row,) = tell(with_phone, by=sweeper, is_alarm=True, **words())
    moment = NOW
    for _ in range(41):
        rounds(inside, moment)
        moment += timedelta(minutes=1)
    assert sent(row) == State.SENT
    assert gateway.delivered == {row.key: 1}


def test_a_used_up_quota_is_told_to_the_desk_once_and_people_are_called(
    inside, sweeper, gateway, book
):
    chen = AccountFactory(display_name="小陈")
    MembershipFactory(community=inside, account=chen, role="community_worker")
    gateway.answers.extend([402, 402, 402])
    for number in (1, 2, 3):
        book[number] = Recipient("neighbour", number, ways=(("sms", f"1380000000{number}"),))
        tell(("neighbour", number), by=sweeper, **words())
    rounds(inside, NOW)
    assert Message.objects.filter(topic="channel.quota").count() == 1
    assert Message.objects.filter(state=State.TASK, way=Way.CALL).count() == 3
    assert Message.objects.filter(state=State.FAILED).count() == 3


def test_an_alarm_without_quota_is_called_and_still_tried(inside, sweeper, gateway, with_phone):
    gateway.answers.append(402)
    (row,) = tell(with_phone, by=sweeper, is_alarm=True, **words())
    rounds(inside, NOW)
    assert (sent(row), Message.objects.get(way=Way.CALL).state) == (State.WAITING, State.TASK)
    rounds(inside, NOW + timedelta(minutes=1))
    assert sent(row) == State.SENT


def test_a_poison_message_does_not_stop_the_others(inside, sweeper, gateway, book):
    for number in (1, 2, 3):
        book[number] = Recipient("neighbour", number, ways=(("sms", f"1380000000{number}"),))
        tell(("neighbour", number), by=sweeper, **words())
    poison = Message.objects.get(recipient_id=1)
    Message.objects.filter(pk=poison.pk).update(way="pigeon")
    ChannelSetting.objects.create(community=inside, way="pigeon", target="loft")
    rounds(inside, NOW)
    assert gateway.numbers == ["13800000002", "13800000003"]
    poison.refresh_from_db()
    assert (poison.state, poison.last_error) == (
        State.WAITING, "it could not be sent: KeyError",
    )  # fmt: skip


def test_a_silent_channel_rests_and_the_others_go_on(inside, sweeper, gateway, book, settings):
    settings.MULIN_SMS_URL = "http://127.0.0.1:9/closed"
    ChannelSetting.objects.create(
        community=inside, way=Way.NTFY, target=gateway.url.replace("http:", "ntfy:")
    )
    for number in range(1, 6):
        book[number] = Recipient("neighbour", number, ways=(("sms", f"1380000000{number}"),))
        tell(("neighbour", number), by=sweeper, **words())
    tell_desk(by=sweeper, **words(key="group"))
    rounds(inside, NOW)
    texts = Message.objects.filter(way=Way.SMS)
    assert texts.filter(attempts=1).count() == 3
    assert texts.filter(attempts=0).count() == 2
    assert Message.objects.get(way=Way.NTFY).state == State.SENT


def test_what_was_erased_while_it_waited_is_not_sent_empty(inside, sweeper, gateway, with_phone):
    (row,) = tell(with_phone, by=sweeper, **words())
    Message.objects.filter(pk=row.pk).update(subject="", body=None, address=None)
    rounds(inside, NOW)
    assert (sent(row), gateway.seen) == (State.FAILED, [])
    assert not Message.objects.filter(state=State.TASK).exists()


def test_a_code_for_signing_in_goes_at_night_and_is_forgotten(inside, sweeper, gateway, with_phone):
    (row,) = tell(with_phone, by=sweeper, is_awaited=True, **words(now=MIDNIGHT, body="482911"))
    rounds(inside, MIDNIGHT)
    assert gateway.texts == ["路灯\n482911"]
    row.refresh_from_db()
    assert (row.state, row.subject, row.body) == (State.SENT, None, None)


def test_a_code_is_never_put_into_anybodys_hands(inside, sweeper, book):
    book[1] = Recipient("neighbour", 1, account_id=AccountFactory().pk, ways=(("sms", "138"),))
    assert tell(("neighbour", 1), by=sweeper, is_awaited=True, **words(body="482911")) == []
    assert Message.objects.count() == 0


# ── quiet hours, limiter, digest ─────────────────────────────────────────────────────────────


def test_no_reminder_at_midnight_and_one_at_seven(inside, sweeper, gateway, with_phone):
    (row,) = tell(with_phone, by=sweeper, **words(now=MIDNIGHT))
    seven = MIDNIGHT.replace(hour=7)
    assert row.due_at == seven
    assert rounds(inside, MIDNIGHT, seven - timedelta(seconds=1), seven) == [0, 0, 1]


def test_what_was_due_in_the_evening_waits_when_the_worker_comes_at_night(
    inside, sweeper, gateway, with_phone
):
    evening = NOW.replace(hour=20, minute=59)
    tell(with_phone, by=sweeper, **words(now=evening))
    assert rounds(inside, evening.replace(hour=23)) == [0]
    assert rounds(inside, evening.replace(hour=7) + timedelta(days=1)) == [1]


def test_a_failure_late_in_the_evening_is_tried_again_in_the_morning(
    inside, sweeper, gateway, with_phone
):
    late = NOW.replace(hour=20, minute=59, second=50)
    gateway.answers.append(500)
    (row,) = tell(with_phone, by=sweeper, **words(now=late))
    rounds(inside, late)
    row.refresh_from_db()
    assert row.due_at == late.replace(hour=7, minute=0, second=0) + timedelta(days=1)


def test_an_alarm_goes_at_midnight(inside, sweeper, gateway, with_phone):
    tell(with_phone, by=sweeper, is_alarm=True, **words(now=MIDNIGHT))
    assert rounds(inside, MIDNIGHT) == [1]


def test_a_clock_that_was_put_back_holds_no_alarm_up(inside, sweeper, gateway, with_phone):
    later = NOW + timedelta(hours=1)
    gateway.answers.append(500)
    tell(with_phone, by=sweeper, is_alarm=True, **words(now=later))
    tell(with_phone, by=sweeper, **words(now=later, key="no-alarm"))
    # Sent at once, and tried again within a minute, as if no clock had been touched.
    minute = timedelta(minutes=1)
    assert rounds(inside, NOW, NOW, NOW + minute) == [1, 0, 1]
    # What failed before it was put back does not wait an hour either.
    Message.objects.filter(is_alarm=True).update(state=State.WAITING, due_at=later, attempts=2)
    assert rounds(inside, NOW) == [1]


def test_one_limit_for_all_channels_and_alarms_pass_it(inside, sweeper, gateway, book, settings):
    settings.MULIN_MESSAGES_PER_MINUTE = 3
    ChannelSetting.objects.create(
        community=inside, way=Way.NTFY, target=gateway.url.replace("http:", "ntfy:")
    )
    tell_desk(by=sweeper, **words(key="group"))
    for number in range(1, 6):
        book[number] = Recipient("neighbour", number, ways=(("sms", f"1380000000{number}"),))
        tell(("neighbour", number), by=sweeper, **words())
    book[9] = Recipient("neighbour", 9, ways=(("sms", "13900000009"),))
    tell(("neighbour", 9), by=sweeper, is_alarm=True, **words())
    minute = timedelta(minutes=1)
    assert rounds(inside, NOW, NOW, NOW + minute, NOW + 2 * minute) == [4, 0, 3, 0]
    assert gateway.seen[0]["to"] == "13900000009"


def test_texts_on_one_topic_gather_and_go_as_one(inside, sweeper, gateway, with_phone):
    later = NOW + timedelta(minutes=1)
    tell(with_phone, by=sweeper, **words(key="1", body="一"))
    rounds(inside, NOW)
    for key, body in (("2", "二"), ("3", "三"), ("4", "四")):
        tell(with_phone, by=sweeper, **words(key=key, body=body, now=later))
    tell(with_phone, by=sweeper, **words(key="5", topic="visit", body="五", now=later))
    together = NOW + DIGEST_WINDOW
    assert rounds(inside, later, together - timedelta(seconds=1), together) == [1, 0, 1]
    first, other_topic, digest = gateway.texts
    assert (first, other_topic) == ("路灯\n一", "路灯\n五")
    assert [line.partition(". ")[0] for line in digest.split("\n")[1:]] == ["1", "2", "3"]
    assert [word in digest for word in "二三四一五"] == [True, True, True, False, False]
    states = Message.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == [
        State.SENT, State.SENT, State.DIGESTED, State.DIGESTED, State.SENT,
    ]  # fmt: skip


def test_a_digest_says_the_same_at_every_try(inside, sweeper, gateway, with_phone):
    gateway.answers.append(500)
    night = MIDNIGHT
    for key, body in (("1", "一"), ("2", "二")):
        tell(with_phone, by=sweeper, **words(key=key, body=body, now=night))
    seven = night.replace(hour=7)
    rounds(inside, seven)
    tell(with_phone, by=sweeper, **words(key="3", body="三", now=seven))
    rounds(inside, seven + timedelta(seconds=30))
    assert len(set(gateway.texts[:2])) == 1
    rounds(inside, seven + timedelta(minutes=31))
    assert gateway.texts[2] == "路灯\n三"


def test_alarms_are_never_gathered(inside, sweeper, gateway, with_phone):
    for key in ("1", "2", "3"):
        tell(with_phone, by=sweeper, is_alarm=True, **words(key=key))
    assert rounds(inside, NOW) == [3]


# ── leases ───────────────────────────────────────────────────────────────────────────────────


def test_a_leased_message_is_nobody_elses(inside, sweeper, gateway, with_phone):
    tell(with_phone, by=sweeper, **words())
    leased = lease_due(inside, now=NOW, worker="here:1")
    assert (leased.state, leased.attempts, leased.lease_until) == (State.LEASED, 1, NOW + LEASE)
    assert lease_due(inside, now=NOW, worker="there:1") is None


def test_a_lease_that_ran_out_is_taken_back(inside, sweeper, gateway, with_phone):
    (row,) = tell(with_phone, by=sweeper, **words())
    lease_due(inside, now=NOW, worker="elsewhere:1")
    assert recover(inside, now=NOW + LEASE - timedelta(seconds=1)) == 0
    assert recover(inside, now=NOW + LEASE) == 1
    assert sent(row) == State.WAITING


def test_a_message_whose_senders_keep_dying_is_set_aside(inside, sweeper, gateway, with_phone):
    (row,) = tell(with_phone, by=sweeper, **words())
    for day in range(MOST_TRIES):
        moment = NOW + timedelta(days=day)
        assert lease_due(inside, now=moment, worker="elsewhere:1") is not None
        recover(inside, now=moment + LEASE)
    row.refresh_from_db()
    assert (row.state, row.last_error) == (State.FAILED, "whoever sent it died each time")
    assert Message.objects.filter(state=State.TASK).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_deliver_each_message_once(gateway, book, settings):
    settings.MULIN_MESSAGES_PER_MINUTE = 1000
    community = CommunityFactory()
    with in_community(community):
        for number in range(30):
            book[number] = Recipient("neighbour", number, ways=(("sms", f"138000000{number:02}"),))
            tell(
                ("neighbour", number), by=Actor(community.pk, is_system=True), **words()
            )  # fmt: skip
    start, tried, problems = threading.Barrier(2), [], []

    def work(name):
        try:
            start.wait()
            tried.append(
                deliver_due(Community.objects.get(pk=community.pk), clock=lambda: NOW, worker=name)
            )
        except Exception as problem:  # noqa: BLE001  told in the assertion below
            problems.append(problem)
        finally:
            connection.close()
            close_old_connections()

    threads = [threading.Thread(target=work, args=(f"here:{n}",)) for n in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert sum(tried) == 30
    assert sorted(gateway.delivered.values()) == [1] * 30
    assert len(gateway.seen) == 30


# ── people's hands ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def knock(inside, sweeper, book, officer):
    book[1] = Recipient("neighbour", 1, ways=(("door", "12幢301"),), carrier_account_id=officer.pk)
    (row,) = tell(("neighbour", 1), by=sweeper, **words())
    return row


def test_the_carrier_says_that_it_was_told(inside, knock, officer):
    by = actor_of(officer, inside, now=NOW).by("door")
    told = mark_told(knock, by=by, note="她很高兴", now=NOW, token="t")
    assert (told.state, told.told_note, told.sent_at) == (State.TOLD, "她很高兴", NOW)
    act = Act.objects.get()
    assert (act.verb, act.account_id, act.channel, act.kind, act.record_id) == (
        "tell-in-person", officer.pk, "door", "notify.message", knock.pk,
    )  # fmt: skip


def test_a_form_sent_twice_tells_once_and_a_second_teller_hears_of_it(inside, knock, officer):
    by = actor_of(officer, inside, now=NOW)
    first = mark_told(knock, by=by, note="", now=NOW, token="t")
    assert mark_told(knock, by=by, note="again", now=NOW, token="t") == first
    with pytest.raises(TakenMeanwhile):
        mark_told(knock, by=by, note="", now=NOW, token="other")
    assert Act.objects.count() == 1


def test_who_stands_in_tells_for_the_officer_and_another_officer_does_not(inside, knock, officer):
    other = AccountFactory(display_name="小吴")
    membership = MembershipFactory(community=inside, account=other, role="grid_officer")
    with pytest.raises(NotPermitted):
        mark_told(knock, by=actor_of(other, inside, now=NOW), note="", now=NOW)
    membership.stands_in_for = officer.memberships.get()
    membership.save()
    assert mark_told(knock, by=actor_of(other, inside, now=NOW), note="", now=NOW)


def test_the_desk_tells_for_anybody(inside, knock):
    desk = Actor(inside.pk, account_id=None, grants=(Grant(Role.COMMUNITY_WORKER),))
    assert mark_told(knock, by=desk, note="", now=NOW).state == State.TOLD


def test_only_the_owner_of_an_inbox_reads_it(inside, sweeper):
    account = AccountFactory()
    MembershipFactory(community=inside, account=account)
    (row,) = tell(("account", account.pk), by=sweeper, **words())
    with pytest.raises(NotPermitted):
        mark_read(row, by=Actor(inside.pk, account_id=account.pk + 1), now=NOW)
    reader = Actor(inside.pk, account_id=account.pk)
    assert mark_read(row, by=reader, now=NOW).read_at == NOW
    assert mark_read(row, by=reader, now=NOW + timedelta(hours=1)).read_at == NOW
    tell(("account", account.pk), by=sweeper, **words(key="2"))
    assert mark_all_read(by=reader, now=NOW) == 1


def test_the_head_sends_again_what_was_given_up(inside, sweeper, gateway, with_phone):
    gateway.answers.append(400)
    (row,) = tell(with_phone, by=sweeper, **words())
    rounds(inside, NOW)
    head = Actor(inside.pk, grants=(Grant(Role.HEAD),))
    with pytest.raises(NotPermitted):
        retry_message(row, by=Actor(inside.pk, grants=(Grant(Role.COMMUNITY_WORKER),)), now=NOW)
    retry_message(row, by=head, now=NOW + timedelta(hours=1))
    with pytest.raises(TakenMeanwhile):
        retry_message(row, by=head, now=NOW + timedelta(hours=1))
    rounds(inside, NOW + timedelta(hours=1))
    assert sent(row) == State.SENT
    assert [act.verb for act in Act.objects.all()] == ["retry-message"]


def test_a_channel_is_set_up_and_its_secret_stands_in_no_act(inside):
    installer = Actor(inside.pk, grants=(Grant(Role.INSTALLER),))
    secret = "ntfy://desk:hush@127.0.0.1/stairs"
    setting = set_channel(Way.NTFY, target=secret, is_on=True, by=installer, now=NOW)
    assert (setting.target, setting.is_on) == (secret, True)
    set_channel(Way.NTFY, target="", is_on=False, by=installer, now=NOW)
    setting.refresh_from_db()
    assert (setting.target, setting.is_on) == (secret, False)
    changes = [act.detail.changes for act in Act.objects.all()]
    assert not any("hush" in change for change in changes)
    with pytest.raises(Refused):
        set_channel(Way.WECOM, target="ftp://nowhere", is_on=True, by=installer, now=NOW)
    with pytest.raises(NotPermitted):
        set_channel(
            Way.NTFY, target=secret, is_on=True, now=NOW,
            by=Actor(inside.pk, grants=(Grant(Role.COMMUNITY_WORKER),)),
        )  # fmt: skip

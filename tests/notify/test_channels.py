"""Each channel against a server on this machine that fails as the real one fails."""

import socket
import threading
from datetime import timedelta

import pytest

from mulin.ground.notify.channels import email, groups, is_target, sms
from mulin.ground.notify.channels.shape import DELIVERED, Outcome, Parcel, Verdict
from mulin.ground.notify.models import Way
from tests.notify.gateway import gateway as running_gateway

PARCEL = Parcel("sms-1", "13800000001", "路灯", "修好了")


@pytest.fixture
def sink():
    with running_gateway() as it:
        yield it


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (200, Outcome(Verdict.DELIVERED, parts=1)),
        (202, Outcome(Verdict.DELIVERED, parts=1)),
        (402, Outcome(Verdict.QUOTA, "the gateway's quota is used up (402)")),
        (408, Outcome(Verdict.LATER, "the gateway answered 408")),
        (429, Outcome(Verdict.LATER, "the gateway answered 429")),
        ((429, 90), Outcome(Verdict.LATER, "the gateway answered 429", timedelta(seconds=90))),
        ((503, "soon"), Outcome(Verdict.LATER, "the gateway answered 503")),
        (500, Outcome(Verdict.LATER, "the gateway answered 500")),
        (301, Outcome(Verdict.NEVER, "the gateway refused the message (301)")),
        (400, Outcome(Verdict.NEVER, "the gateway refused the message (400)")),
        (401, Outcome(Verdict.NEVER, "the gateway refused the message (401)")),
        ("drop", Outcome(Verdict.LATER, "the gateway could not be reached", silent=True)),
    ],
)
def test_what_an_answer_of_the_gateway_means(sink, answer, outcome):
    sink.answers.append(answer)
    assert sms.send(PARCEL, f"{sink.url} token") == outcome


def test_a_gateway_that_does_not_answer_in_time_is_left(sink, monkeypatch):
    monkeypatch.setattr(sms, "SECONDS_TO_SEND", 0.3)
    sink.answers.append("slow")
    assert sms.send(PARCEL, sink.url) == Outcome(
        Verdict.LATER, "the gateway did not answer in time", silent=True
    )


def test_an_answer_that_never_ends_holds_nobody_up(sink):
    sink.answers.append("drip")
    assert sms.send(PARCEL, sink.url).verdict is Verdict.DELIVERED


def test_a_gateway_that_is_not_there():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/send"
        assert sms.send(PARCEL, url).silent


def test_ntfy_is_sent_to_and_its_refusal_is_told(sink):
    target = sink.url.replace("http://", "ntfy://").replace("/send", "/stairs")
    assert groups.send(PARCEL, target) == DELIVERED
    assert (sink.seen[0]["topic"], sink.seen[0]["title"], sink.seen[0]["message"]) == (
        "stairs",
        "路灯",
        "修好了",
    )
    sink.answers.append(500)
    refused = groups.send(PARCEL, target)
    assert refused.verdict is Verdict.LATER
    assert "500" in refused.why
    assert "修好了" not in refused.why


def test_a_group_that_cannot_be_reached_is_silent():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        outcome = groups.send(PARCEL, f"ntfy://127.0.0.1:{taken.getsockname()[1]}/x")
    assert (outcome.verdict, outcome.silent) == (Verdict.LATER, True)


@pytest.mark.parametrize(
    ("way", "target", "fits"),
    [
        (Way.SMS, "https://gateway.example/send secret", True),
        (Way.SMS, "gateway.example", False),
        (Way.SMS, "file:///etc/passwd", False),
        (Way.EMAIL, "smtp://mail.example:25/?from=desk@xinjie.example", True),
        (Way.EMAIL, "smtp://mail.example", False),
        (Way.NTFY, "ntfys://ntfy.example/stairs", True),
        (Way.NTFY, "dingtalk://" + "a" * 64, False),
        (Way.WECOM, "wecombot://" + "a" * 36, True),
        (Way.DINGTALK, "dingtalk://" + "a" * 64, True),
        (Way.FEISHU, "feishu://" + "a" * 36, True),
        (Way.FEISHU, "feishu://", False),
        (Way.WECOM, "mailto://x:y@example.org", False),
        ("pigeon", "ntfy://x/y", False),
    ],
)
def test_an_address_fits_its_channel_or_not(way, target, fits):
    assert is_target(way, target) is fits


class Post:
    """A mail server that says what it is told to say."""

    def __init__(self, answers):
        self.answers = {"RCPT": "250 ok", "end": "250 ok"} | answers
        self.letters = []
        self._door = socket.socket()
        self._door.bind(("127.0.0.1", 0))
        self._door.listen(1)
        self.target = f"smtp://127.0.0.1:{self._door.getsockname()[1]}/?from=desk@xinjie.example"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        line, _ = self._door.accept()
        with line, line.makefile("rwb") as file:

            def say(text):
                file.write(text.encode() + b"\r\n")
                file.flush()

            say("220 ready")
            for raw in file:
                word = raw.decode().split(" ")[0].split(":")[0].strip().upper()
                if word == "DATA":
                    say("354 go on")
                    letter = []
                    for part in file:
                        if part.strip() == b".":
                            break
                        letter.append(part.decode())
                    self.letters.append("".join(letter))
                    say(self.answers["end"])
                elif word == "QUIT":
                    say("221 bye")
                    return
                else:
                    say(self.answers.get(word, "250 ok"))

    def close(self):
        self._thread.join(5)
        self._door.close()


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        ({}, Verdict.DELIVERED),
        ({"RCPT": "550 no such mailbox"}, Verdict.NEVER),
        ({"RCPT": "450 try later"}, Verdict.LATER),
        ({"end": "451 disk full"}, Verdict.LATER),
        ({"MAIL": "421 going down"}, Verdict.LATER),
    ],
)
def test_what_a_mail_server_says(answers, verdict):
    post = Post(answers)
    parcel = Parcel("email-1", "a@b.example", "路灯\r\nBcc: all@b.example", "修好了")
    try:
        assert email.send(parcel, post.target).verdict is verdict
    finally:
        post.close()
    if verdict is Verdict.DELIVERED:
        (letter,) = post.letters
        assert "Message-ID: <email-1@xinjie.example>" in letter
        assert "\nBcc:" not in letter


def test_a_mail_server_that_is_not_there_is_silent():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        target = f"smtp://127.0.0.1:{taken.getsockname()[1]}/?from=a@b.example"
        outcome = email.send(PARCEL, target)
    assert (outcome.verdict, outcome.silent) == (Verdict.LATER, True)


def test_a_password_is_never_sent_in_the_open():
    post = Post({"EHLO": "250 no encryption here"})
    target = post.target.replace("127.0.0.1", "desk:hush@127.0.0.1")
    try:
        assert email.send(PARCEL, target).verdict is Verdict.LATER
    finally:
        post.close()
    assert post.letters == []

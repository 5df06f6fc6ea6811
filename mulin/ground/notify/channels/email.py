"""E-mail through one SMTP server: `smtp://user:password@host:587/?from=desk@example.cn`.

`smtps://` speaks TLS from the start (port 465); `smtp://` takes it up when the server offers it,
and with a password insists on it.
"""

import smtplib
from email.message import EmailMessage
from http import HTTPStatus
from urllib.parse import parse_qs, unquote, urlsplit

from mulin.ground.notify.channels.shape import DELIVERED, Outcome, Parcel, Verdict
from mulin.ground.notify.rules import SECONDS_TO_SEND

# An SMTP code from here on is a refusal for good; below it, "not now".
_FOR_GOOD = HTTPStatus.INTERNAL_SERVER_ERROR


def is_target(target: str) -> bool:
    """The address of an SMTP server, and from whom its mail comes."""
    parts = urlsplit(target)
    return parts.scheme in {"smtp", "smtps"} and bool(parts.hostname) and "@" in _sender(target)


def send(parcel: Parcel, target: str) -> Outcome:
    """One try; the message's id is its key, so a mailbox can tell a second copy."""
    message = EmailMessage()
    message["From"] = _sender(target)
    message["To"] = parcel.address
    # A line break in a subject would be another header.
    message["Subject"] = " ".join(parcel.subject.split())
    message["Message-ID"] = f"<{parcel.key}@{_sender(target).rpartition('@')[2]}>"
    message.set_content(parcel.body or parcel.subject)
    try:
        _hand_over(message, target)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        if all(code >= _FOR_GOOD for code in codes):
            return Outcome(Verdict.NEVER, f"the mail server refused the address {codes}")
        return Outcome(Verdict.LATER, f"the mail server put the address off {codes}")
    except smtplib.SMTPResponseException as error:
        return Outcome(Verdict.LATER, f"the mail server answered {error.smtp_code}")
    except (TimeoutError, ConnectionError, smtplib.SMTPServerDisconnected):
        return Outcome(Verdict.LATER, "the mail server did not answer", silent=True)
    except (OSError, smtplib.SMTPException) as error:
        return Outcome(Verdict.LATER, f"the mail server failed: {type(error).__name__}")
    return DELIVERED


def _hand_over(message: EmailMessage, target: str) -> None:
    parts = urlsplit(target)
    host = parts.hostname or ""
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=SECONDS_TO_SEND)
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=SECONDS_TO_SEND)
    with server:
        if parts.scheme == "smtp":
            server.ehlo()
            if server.has_extn("starttls") or parts.password:
                server.starttls()
        if parts.username and parts.password:
            server.login(unquote(parts.username), unquote(parts.password))
        server.send_message(message)


def _sender(target: str) -> str:
    parts = urlsplit(target)
    named = parse_qs(parts.query).get("from", [""])[0]
    return named or unquote(parts.username or "")

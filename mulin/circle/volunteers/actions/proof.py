"""Certificates: asked for, issued free of charge, hung out, taken back."""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from mulin.circle.volunteers.actions.presence import check_not_own
from mulin.circle.volunteers.models import Certificate, Volunteer
from mulin.circle.volunteers.permissions import check_keeper, check_own
from mulin.circle.volunteers.queries import served_by
from mulin.circle.volunteers.rules import NOTICE_DAYS
from mulin.ground.audit.actions import recording
from mulin.ground.community.rules import Actor
from mulin.ground.notify.actions import tell
from mulin.kit.clock import local_day
from mulin.kit.refusals import Refused, TakenMeanwhile
from mulin.kit.sentences import Sentence


def ask(
    volunteer: Volunteer, *, since: date, until: date, purpose: str, by: Actor, now: datetime,
    token: str | None = None,
) -> Certificate:  # fmt: skip
    """A volunteer wants their service certified 《志愿服务条例》第19条. Raises NotPermitted, Refused."""
    check_own(by, volunteer)
    if until < since:
        raise Refused(_("The last day lies before the first."), field="until")
    if until > local_day(now):
        raise Refused(_("This day is still to come."), field="until")
    with recording(by, "volunteers.ask_certificate", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Certificate)
        open_ones = Certificate.objects.filter(
            volunteer=volunteer, issued_at__isnull=True, revoked_at__isnull=True
        )
        if open_ones.exists():
            raise Refused(_("One is asked for already; it is being made out."))
        row: Certificate = Certificate.objects.create(
            community_id=by.community_id, volunteer=volunteer, since=since, until=until,
            purpose=purpose.strip(), asked_at=now, channel=by.channel,
        )  # fmt: skip
        act.on(row, after={"since": since, "until": until})
    return row


def issue(
    certificate: Certificate, *, is_noticed: bool, by: Actor, now: datetime,
    token: str | None = None,
) -> Certificate:  # fmt: skip
    """Make it out: number, minutes, each activity, as they are now. `is_noticed`: it hangs out for
    seven days (民发〔2015〕149号), with the first character of the name only. Raises NotPermitted,
    Refused where nothing was served or for one's own, TakenMeanwhile.
    """
    check_keeper(by)
    check_not_own(by, certificate.volunteer)
    with recording(by, "volunteers.issue_certificate", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Certificate)
        lines = served_by(certificate.volunteer, since=certificate.since, until=certificate.until)
        minutes = sum(one["minutes"] for one in lines)
        if not minutes:
            raise Refused(_("In these days no minute was counted: there is nothing to certify."))
        today = local_day(now)
        # The chain's head is locked by `recording`, so no number is drawn twice.
        drawn = Certificate.objects.filter(number__startswith=f"ZY{today:%Y}-").count()
        told = [
            [one["title"], local_day(one["starts_at"]).isoformat(), one["minutes"]]
            for one in reversed(lines)
        ]
        values = {
            "number": f"ZY{today:%Y}-{drawn + 1:04d}", "minutes": minutes, "lines": told,
            "issued_at": now, "issued_by_id": by.account_id,
            "noticed_until": today + timedelta(days=NOTICE_DAYS) if is_noticed else None,
        }  # fmt: skip
        rows = Certificate.objects.filter(
            pk=certificate.pk, issued_at__isnull=True, revoked_at__isnull=True
        )
        if rows.update(**values) != 1:
            raise TakenMeanwhile(_("A colleague was faster. Open it again to see how it stands."))
        certificate.refresh_from_db()
        tell(
            ("person", certificate.volunteer.person_id), by=by, topic="volunteering",
            subject=_("Your certificate is ready"),
            body=Sentence(
                gettext_noop("Number %(number)s. Print it, or fetch it at the desk; it costs nothing."),
                {"number": certificate.number},
            ),
            path="/volunteers/mine/", now=now, key=f"certificate-{certificate.pk}",
        )  # fmt: skip
        act.on(certificate, after={"number": certificate.number, "minutes": minutes})
    return certificate


def revoke(
    certificate: Certificate, *, why: str, by: Actor, now: datetime, token: str | None = None
) -> Certificate:
    """It was wrong, or is not made out: whoever checks it reads so. Raises NotPermitted, Refused,
    TakenMeanwhile.
    """
    check_keeper(by)
    if not why.strip():
        raise Refused(_("Say why: the volunteer reads it."), field="why")
    with recording(by, "volunteers.revoke_certificate", now=now, token=token) as act:
        if act.is_repeat:
            return act.first_result(Certificate)
        rows = Certificate.objects.filter(pk=certificate.pk, revoked_at__isnull=True)
        if rows.update(revoked_at=now, revoked_why=why.strip()) != 1:
            raise TakenMeanwhile(_("A colleague was faster. Open it again to see how it stands."))
        certificate.refresh_from_db()
        act.on(certificate, after={"why": why.strip()})
    return certificate

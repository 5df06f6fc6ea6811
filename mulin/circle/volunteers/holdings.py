"""What the room holds of a person: told; what is not needed blanked; hours and certificates stay."""

from typing import Any

from mulin.circle.volunteers.models import (
    Appointment,
    Certificate,
    Correction,
    Coupon,
    Duty,
    RecordLine,
    Service,
    Thanks,
    Volunteer,
)
from mulin.ground.audit.actions import erase_details
from mulin.kit import clock
from mulin.kit.clock import local_day


def record_told(person_id: int) -> list[dict[str, Any]]:  # Any: values of several columns
    """Their record, posts, corrections, certificates, appointments, coupons, thanks."""
    told: list[dict[str, Any]] = []
    for one in Volunteer.objects.filter(person=person_id):
        services = Service.objects.filter(volunteer=one).select_related("activity__gathering")
        told.append(
            {
                "number": one.number, "skills": one.skills, "times": one.times, "team": one.team,
                "national_number": one.national_number, "joined_on": one.joined_on.isoformat(),
                "services": [
                    [str(row.activity), row.begins_at.isoformat(), row.minutes] for row in services
                ],
                "duties": Duty.objects.filter(volunteer=one).count(),
                "corrections": list(
                    Correction.objects.filter(volunteer=one).values_list("why", "answer")
                ),
                "lines": list(
                    RecordLine.objects.filter(volunteer=one).values_list("block", "what", "giver")
                ),
                "certificates": list(
                    Certificate.objects.filter(volunteer=one).values_list("number", "minutes")
                ),
            }
        )  # fmt: skip
    visits = Appointment.objects.filter(person=person_id).select_related("activity__gathering")
    told.extend(
        {
            "appointment": str(visit.activity), "at": visit.at.isoformat(),
            "note": visit.note or "", "served": visit.served_at is not None,
        }
        for visit in visits
    )  # fmt: skip
    told.extend(
        {"thanks": one.words, "signed": one.signed}
        for one in Thanks.objects.filter(person=person_id)
    )
    coupons = Coupon.objects.filter(person=person_id).select_related("offer")
    told.extend({"coupon": str(one.offer), "used": one.used_at is not None} for one in coupons)
    return told


def record_kept(person_id: int) -> int:
    """Services and issued certificates stay, without a name: what was certified must stay true."""
    services = Service.objects.filter(volunteer__person=person_id).count()
    issued = Certificate.objects.filter(volunteer__person=person_id, issued_at__isnull=False)
    return int(services + issued.count())


def erase_record(person_id: int) -> None:
    """Blank what they said of themselves, what was said of them, why they asked. Safe to run twice."""
    now = clock.now()
    rows = Volunteer.objects.filter(person=person_id)
    ids = list(rows.values_list("pk", flat=True))
    rows.update(skills=[], times="", team="", national_number="", shows_stars=False)
    rows.filter(left_on__isnull=True).update(left_on=local_day(now))
    Correction.objects.filter(volunteer__in=ids).update(why="", answer="")
    RecordLine.objects.filter(volunteer__in=ids).update(what="", giver="")
    Certificate.objects.filter(volunteer__in=ids).update(purpose="")
    Appointment.objects.filter(person=person_id).update(note=None)
    Thanks.objects.filter(person=person_id).update(signed="")
    erase_details("volunteers.volunteer", ids, now=now)

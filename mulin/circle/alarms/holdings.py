"""What the watch holds of a person: told; what is not needed blanked; that there was an alarm stays."""

from typing import Any

from mulin.circle.alarms.addresses import CLOSE, CLOSE_BY_VOICE, CONTACT, CONTACT_BY_VOICE
from mulin.circle.alarms.models import Alarm, Away, Called, Contact, Event, Expectation, Watch
from mulin.circle.alarms.queries import told_of
from mulin.ground.audit.actions import erase_details
from mulin.kit import clock


def watch_told(person_id: int) -> list[dict[str, Any]]:  # Any: values of several columns
    """Keys, notes, contacts, absences, alarms."""
    told = told_of([person_id])
    return [told] if any(told.values()) else []


def erase_watch(person_id: int) -> None:
    """Blank what was written of them; they are nobody's contact any more, and watched over no
    longer. Alarms keep number, times and outcome. Safe to run twice.
    """
    now = clock.now()
    watches = list(Watch.objects.filter(person=person_id).values_list("pk", flat=True))
    Watch.objects.filter(pk__in=watches).update(key_where=None, note=None)
    Watch.objects.filter(pk__in=watches, ended_at__isnull=True).update(ended_at=now)
    Expectation.objects.filter(watch__in=watches).delete()
    Away.objects.filter(watch__in=watches).update(where="")
    gone = list(Contact.objects.filter(watch__in=watches).values_list("pk", flat=True))
    gone += Contact.objects.filter(person=person_id).values_list("pk", flat=True)
    Called.objects.filter(kind__in=(CONTACT, CONTACT_BY_VOICE), record_id__in=gone).update(name="")
    Called.objects.filter(kind__in=(CLOSE, CLOSE_BY_VOICE), record_id=person_id).update(name="")
    Contact.objects.filter(pk__in=gone).delete()
    alarms = list(Alarm.objects.filter(person=person_id).values_list("pk", flat=True))
    Alarm.objects.filter(pk__in=alarms).update(where="", note=None)
    Event.objects.filter(alarm__in=alarms).update(who="")
    erase_details("alarms.watch", watches, now=now)
    erase_details("alarms.contact", gone, now=now)
    erase_details("alarms.alarm", alarms, now=now)

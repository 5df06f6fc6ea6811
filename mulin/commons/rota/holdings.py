"""What the rota holds of a person: told; what is not needed blanked; who was on duty stays."""

from django.db.models import Q

from mulin.commons.rota.models import Apart, Duty, Member, Swap, SwapState, Wish
from mulin.commons.rota.queries import duties_told
from mulin.commons.rota.rules import EXPECTED, Stand
from mulin.ground.audit.actions import erase_details
from mulin.kit import clock
from mulin.kit.clock import local_day

told = duties_told


def kept(person_id: int) -> int:
    """Duties of the past: that a shift had its people must stay true, without a name."""
    count: int = Duty.objects.filter(member__person=person_id).count()
    return count


def erase(person_id: int) -> None:
    """Wishes, pairs, skills and limits are gone; whoever takes turns has left and what they had is
    free. The day of the record check stays with duties with children that were done: it is their
    proof. Safe to run twice.
    """
    now = clock.now()
    members = Member.objects.filter(person=person_id)
    ids = list(members.values_list("pk", flat=True))
    Wish.objects.filter(member__in=ids).delete()
    Apart.objects.filter(Q(one__in=ids) | Q(other__in=ids)).delete()
    members.filter(left_on__isnull=True).update(left_on=local_day(now))
    members.update(
        is_lead=False, is_first_aider=False, checked_on=None, most_shifts=None,
        most_weekends=None, is_substitute=False,
    )  # fmt: skip
    free = Duty.objects.filter(
        member__in=ids, stand__in=[*EXPECTED, Stand.CALLED], shift__ends_at__gt=now
    )
    Swap.objects.filter(Q(other__in=ids) | Q(duty__member__in=ids), state=SwapState.ASKED).update(
        state=SwapState.TAKEN_BACK, answered_at=now
    )
    free.update(stand=Stand.TAKEN_OFF)
    Duty.objects.filter(member__in=ids, stand=Stand.PROPOSED).delete()
    erase_details("rota.member", ids, now=now)

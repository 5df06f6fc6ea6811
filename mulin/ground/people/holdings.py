"""What this floor itself keeps of an erased person, and why."""

from django.utils.translation import gettext_lazy as _

from mulin.ground.audit.models import Act, Look
from mulin.ground.people.models import Consent
from mulin.ground.people.queries import PERSON_KIND
from mulin.ground.people.rules import register_keeper


def register() -> None:
    """Called once, at start."""
    register_keeper(
        "people.consent",
        _(
            "That a consent was given or withdrawn, without the name: the community must be able to show it."
        ),
        lambda person_id: Consent.objects.filter(person=person_id).count(),
        article="《个人信息保护法》第69条",
    )
    register_keeper(
        "audit.act",
        _(
            "That something was done, when and by whom, without what it said: the log may not have gaps."
        ),
        lambda person_id: Act.objects.filter(kind=PERSON_KIND, record_id=person_id).count(),
        article="《网络安全法》第23条",
    )
    register_keeper(
        "audit.look",
        _("Who read the record, and why: the log may not have gaps."),
        lambda person_id: Look.objects.filter(kind=PERSON_KIND, record_id=person_id).count(),
        article="《网络安全法》第23条",
    )

"""Pictures of a case, sealed on the disk."""

from datetime import datetime

from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from mulin.circle.mediation.models import Case, Exhibit
from mulin.kit.ids import public_code
from mulin.kit.refusals import Refused


def keep_exhibit(case: Case, *, item: int, content: bytes, now: datetime) -> Exhibit:
    """Seal a picture on the disk. Part of another action. Raises Refused when there is no room."""
    code = public_code(20)
    row = Exhibit(community_id=case.community_id, case=case, item=item, code=code, at=now)
    try:
        row.file.save(f"{code}.sealed", ContentFile(case.box.seal_bytes(content)), save=False)
    except OSError as error:
        raise Refused(
            _("The photo could not be kept: there is no room left. Send the words without it."),
            field="photos",
        ) from error
    row.save()
    return row

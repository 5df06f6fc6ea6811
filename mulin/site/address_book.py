"""Where a code for signing in goes: to the phone it was asked for, known or not."""

from datetime import datetime

from mulin.ground.community.models import LoginCode
from mulin.ground.notify.addresses import Recipient
from mulin.ground.notify.models import Way

KIND = "login_code"


def login_code_book(code_id: int, now: datetime) -> Recipient | None:
    """The phone of one code; never a person to call or a door to knock at."""
    code = LoginCode.objects.filter(pk=code_id).first()
    if code is None:
        return None
    return Recipient(kind=KIND, id=code.pk, ways=((Way.SMS.value, code.phone),))

"""The secret of a second factor on its way through the set-up form, and its QR code.

The secret lies in no session until its first code was right; the form carries it, signed for
this account, so that showing the page writes nothing.
"""

from base64 import b32encode
from datetime import timedelta
from typing import Final
from urllib.parse import quote, urlencode

from django.conf import settings
from django.core import signing

from mulin.ground.community.actions.ways_in import new_totp_secret
from mulin.ground.community.models import Account

_SALT: Final = "mulin.second-factor"
_GOOD_FOR: Final = timedelta(hours=1)


def fresh_secret() -> str:
    """A new secret, in hex."""
    return new_totp_secret()


def sign(secret: str, account: Account) -> str:
    """What the form carries."""
    return signing.dumps([account.pk, secret], salt=_SALT)


def signed_secret(carried: str, account: Account) -> str | None:
    """The secret a form brought back, or None when it is not one we gave this account."""
    try:
        account_id, secret = signing.loads(carried, salt=_SALT, max_age=_GOOD_FOR)
    except (signing.BadSignature, ValueError):
        return None
    return str(secret) if account_id == account.pk else None


def set_up_values(secret: str, account: Account) -> dict[str, str]:
    """What the set-up page shows: the address in the QR code, the key to type, the carried one."""
    key = b32encode(bytes.fromhex(secret)).decode()
    label = quote(f"{settings.OTP_TOTP_ISSUER}:{account.login_name or account.display_name}")
    query = urlencode({"secret": key, "issuer": settings.OTP_TOTP_ISSUER})
    return {
        "uri": f"otpauth://totp/{label}?{query}",
        "key": " ".join(key[i : i + 4] for i in range(0, len(key), 4)),
        "carried": sign(secret, account),
    }

"""What no answer may lack or hold, whoever asked for which page: read off every visit of the matrix."""

import re

HEADERS = {
    "X-Frame-Options": {"DENY"},
    "X-Content-Type-Options": {"nosniff"},
    "Referrer-Policy": {"same-origin", "no-referrer"},
    "Cross-Origin-Opener-Policy": {"same-origin"},
}
#: Nothing from elsewhere, no script and no style within a page, no frame around one.
POLICY = {
    "default-src 'self'", "img-src 'self' data: blob:", "frame-ancestors 'none'",
    "base-uri 'none'", "form-action 'self'", "object-src 'none'",
}  # fmt: skip
#: WeChat's own door: whoever signs in by it is sent there, and comes back to a fixed address.
DOOR = "https://open.weixin.qq.com/connect/oauth2/authorize?"
WITHIN = {
    "a script": re.compile(r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")", re.IGNORECASE),
    "a style": re.compile(r"<style\b|<[a-z][^<>]*\sstyle=", re.IGNORECASE),
    "a handler": re.compile(r"<[a-z][^<>]*\son[a-z]+=", re.IGNORECASE),
    "a script for an address": re.compile(r"=[\"']?\s*javascript:", re.IGNORECASE),
    "a thing from elsewhere": re.compile(
        r"<(?:script|img|iframe|link|audio|video|embed|object)\b[^<>]*\s(?:src|href|data)=[\"']?(?:https?:)?//",
        re.IGNORECASE,
    ),
}  # fmt: skip


def unsafe(answer, text) -> tuple[str, ...]:
    """What is wrong with an answer."""
    found = [
        f"{name}: {answer.headers.get(name)}"
        for name, values in HEADERS.items()
        if answer.headers.get(name) not in values
    ]
    policy = answer.headers.get("Content-Security-Policy", "")
    if {one.strip() for one in policy.split(";")} != POLICY:
        found.append(f"policy: {policy}")
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        found += [name for name, pattern in WITHIN.items() if pattern.search(text)]
    away = answer.headers.get("Location", "/")
    is_own = away.startswith("/") and not away.startswith(("//", "/\\"))
    if not is_own and not away.startswith(DOOR):
        found.append(f"sends away to {away}")
    for cookie in answer.cookies.values():
        is_closed = cookie["httponly"] and cookie["samesite"] == "Lax"
        if cookie.key == "sessionid" and cookie.value and not is_closed:
            found.append("an open session cookie")
    return tuple(found)

"""Presses sheets as a web process does, and tells what it cost: see bench/paper.py."""

import json
import resource
import time

import django

django.setup()

from django.template.loader import render_to_string  # noqa: E402  Django is set up first

from mulin.kit.paper.printing import pressed  # noqa: E402
from mulin.kit.templatetags.kit import qr  # noqa: E402


def main() -> None:
    """Press three sheets; print what was measured."""
    row = "<tr><td>09:05</td><td>王秀英</td><td>楼下路灯坏了三天</td><td>小陈</td></tr>"
    code = qr({}, "/q/ab12cd34/", base="http://mulin.example")
    label = f'<div class="label">{code}<p class="words"><strong>12幢</strong>扫一扫</p></div>'
    labels = f'<div class="label-row">{label * 3}</div>' * 80
    head = "<html lang='zh-CN'><meta charset='utf-8'><main"
    sheets = {
        "slip": render_to_string("kit/paper.html", {}) + f"<p>2026-00121</p>{code}",
        "200 rows": f"{head}><table><tbody>{row * 200}</tbody></table></main></html>",
        "240 labels": f"{head} class='labels'>{labels}</main></html>",
    }
    pressed(sheets["slip"])
    before = _ours_mb()
    seconds = {}
    for name, html in sheets.items():
        began = time.monotonic()
        pressed(html)
        seconds[name] = time.monotonic() - began
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1_000
    print(json.dumps({"seconds": seconds, "grown_mb": _ours_mb() - before, "peak_mb": peak}))


def _ours_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000


if __name__ == "__main__":
    main()

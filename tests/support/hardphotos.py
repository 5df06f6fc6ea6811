"""Sheets filled in by many hands and photographed badly: what the reader must bear.

Everything follows from a seed, so that a photo that was misread can be made again.
"""

import math
from dataclasses import dataclass
from random import Random

import cv2
import numpy as np
import pypdfium2

from mulin.kit.paper.definition import Box

DPI = 200
PX = DPI / 25.4


@dataclass(frozen=True)
class Light:
    """How badly a photo was taken. `turn` in degrees, `shrink` as a chat app does it."""

    level: float = 1.0
    shrink: float = 1.0
    jpeg: int = 85


ORDINARY = Light(1.0)
CARELESS = Light(1.6)
BAD = Light(2.2, shrink=0.5, jpeg=60)


def drawn(pdf: bytes, page: int = 0) -> np.ndarray:
    """A page as a scanner would see it: 200 dpi, grey."""
    shown = pypdfium2.PdfDocument(pdf)[page].render(scale=DPI / 72, grayscale=True)
    return np.ascontiguousarray(shown.to_numpy().reshape(shown.height, shown.width))


# ── hands ────────────────────────────────────────────────────────────────────────────────────


def _stroke(sheet, points, *, ink, width):
    flat = np.array([[round(x * PX * 8), round(y * PX * 8)] for x, y in points], np.int32)
    cv2.polylines(sheet, [flat], False, int(ink), max(1, round(width * PX)), cv2.LINE_AA, 3)


def tick(sheet, box: Box, hand: Random, *, ink=40, width=0.55):
    """✓, a little over the frame on the right."""
    x, y, s = box.x, box.y, box.width
    shake = lambda: hand.uniform(-0.07, 0.07) * s  # noqa: E731
    points = [
        (x + 0.15 * s + shake(), y + 0.5 * s + shake()),
        (x + 0.42 * s + shake(), y + 0.83 * s + shake()),
        (x + 0.95 * s + shake(), y + 0.12 * s + shake()),
    ]
    _stroke(sheet, points, ink=ink, width=width)


def cross(sheet, box: Box, hand: Random, *, ink=40, width=0.6):
    """×, corner to corner."""
    x, y, s = box.x, box.y, box.width
    shake = lambda: hand.uniform(0.12, 0.25) * s  # noqa: E731
    _stroke(
        sheet,
        [(x + shake(), y + shake()), (x + s - shake(), y + s - shake())],
        ink=ink,
        width=width,
    )
    _stroke(
        sheet,
        [(x + s - shake(), y + shake()), (x + shake(), y + s - shake())],
        ink=ink,
        width=width,
    )


def circle(sheet, box: Box, hand: Random, *, ink=40, width=0.55):
    """○, inside the frame or on it."""
    radius = box.width * hand.uniform(0.30, 0.42)
    x, y = box.x + box.width / 2, box.y + box.height / 2
    points = [
        (x + radius * math.cos(turn / 10), y + radius * math.sin(turn / 10)) for turn in range(64)
    ]
    _stroke(sheet, points, ink=ink, width=width)


def faint(sheet, box: Box, hand: Random):
    """A tick with a hard pencil, lightly."""
    tick(sheet, box, hand, ink=hand.randint(110, 150), width=0.5)


def dot(sheet, box: Box, hand: Random):
    """The pen rested here."""
    x = box.x + box.width * hand.uniform(0.3, 0.7)
    y = box.y + box.height * hand.uniform(0.3, 0.7)
    _stroke(sheet, [(x, y), (x + 0.5, y + 0.2)], ink=40, width=0.9)


def scribble(sheet, box: Box, hand: Random):
    """A mark that was struck out."""
    x, y, s = box.x, box.y, box.width
    points = [
        (
            x + 0.08 * s + (n % 2) * 0.84 * s,
            y + s * (0.08 + 0.84 * n / 11) + hand.uniform(-0.2, 0.2),
        )
        for n in range(12)
    ]
    _stroke(sheet, points, ink=40, width=0.75)


#: How often people mark so, and whether it means yes (None: only a person can say).
MARKS = (
    (0.60, tick, True),
    (0.14, cross, True),
    (0.10, circle, True),
    (0.10, faint, True),
    (0.03, dot, None),
    (0.03, scribble, None),
)


def mark(sheet, box: Box, hand: Random):
    """Some mark of somebody's; gives what it means."""
    ((_share, how, meaning),) = hand.choices(MARKS, [share for share, _how, _meaning in MARKS])
    how(sheet, box, hand)
    return meaning


# ── cameras ──────────────────────────────────────────────────────────────────────────────────


def photographed(sheet: np.ndarray, light: Light, hand: Random) -> np.ndarray:
    """The sheet on a table, taken by somebody: turned, tilted, shaded, blurred, noisy, squeezed."""
    level = light.level
    height, width = sheet.shape
    border = round(0.12 * width)
    canvas = (round(width + 2 * border), round(height + 2 * border))
    corners = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    turn = math.radians(hand.uniform(-8, 8) * level)
    middle = np.float32([width / 2, height / 2])
    spin = np.float32([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    moved = (corners - middle) @ spin.T * hand.uniform(0.9, 0.97) / (1 + 0.12 * (level - 1))
    tilt = np.float32([[hand.uniform(-1, 1), hand.uniform(-1, 1)] for _ in range(4)])
    moved = moved + tilt * 0.022 * level * width + np.float32([canvas[0] / 2, canvas[1] / 2])
    matrix = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    table = hand.randint(70, 140)
    seen = cv2.warpPerspective(sheet, matrix, canvas, flags=cv2.INTER_LINEAR, borderValue=table)
    if light.shrink != 1.0:
        seen = cv2.resize(
            seen, None, fx=light.shrink, fy=light.shrink, interpolation=cv2.INTER_AREA
        )
    seen = _shaded(seen, level, hand)
    blur = hand.uniform(0.4, 0.9) * level * light.shrink
    seen = cv2.GaussianBlur(seen, (0, 0), blur)
    noise = np.random.default_rng(hand.getrandbits(32)).normal(0, 3.5 * level, seen.shape)
    seen = np.clip(seen + noise, 0, 255).astype(np.uint8)
    done, packed = cv2.imencode(".jpg", seen, [cv2.IMWRITE_JPEG_QUALITY, light.jpeg])
    assert done
    return cv2.imdecode(packed, cv2.IMREAD_COLOR)


def _shaded(seen: np.ndarray, level: float, hand: Random) -> np.ndarray:
    """Lamp on one side, and the shadow of the hand that holds the phone."""
    height, width = seen.shape
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    slope = hand.uniform(-0.16, 0.16) * level
    light = (
        0.92
        + slope * (across / width - 0.5)
        + hand.uniform(-0.1, 0.1) * level * (down / height - 0.5)
    )
    edge = hand.uniform(0.2, 0.8) * width + (down - height / 2) * hand.uniform(-0.8, 0.8)
    shadow = 1 / (1 + np.exp(np.clip((across - edge) / (0.012 * width), -60, 60)))
    return np.clip(seen * light * (1 - 0.17 * level * shadow), 0, 255)

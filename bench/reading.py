"""`python -m bench.reading [--quick]`: photos of filled-in sheets, read as the worker reads them.

Claims: no box of an ordinary or careless photo is read wrongly unnoticed, and at most one page in 400
of bad ones has such a box; at most a tenth of ordinary pages goes to a person without a mark that
only a person can judge; the code is found on every photo; a page takes two seconds and the reader less
than a gigabyte.
Beside each measure of codes and boxes stands the peer: OpenCV's own QRCodeDetector.
"""

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Any, Final

import cv2
import django
import psutil

from bench.lines import Line

#: Pages of 54 boxes: 9,612 boxes on ordinary and on careless photos, 400 bad photos.
BOXES: Final = 54
PAGES, BAD_PAGES = 178, 400
#: The peer takes half a second a photo: it is asked on the first of them.
PEER_PAGES: Final = 40
#: The fields that words are written in, in the order of what is said.
WRITTEN: Final = ("words", "place", "name", "phone", "day")
TARGET_SECONDS, TARGET_MEMORY_MB = 2.0, 1_000
TARGET_ERRORS = 0.02
#: What is written: a matter, a place, a name, a phone, a day each.
SAYINGS: Final = (
    ("三楼楼道灯不亮\n晚上走路怕摔", "12幢1单元3楼", "王秀英", "13857301234", "20261124"),
    ("垃圾亭旁积水\n一下雨就没法走", "中心花园东侧", "何小妹", "13967308855", "20261103"),
    ("有人在楼下拉线充电\n担心着火", "7幢2单元楼下", "沈建国", "15157396620", "20260930"),
    ("健身器材螺丝松了\n孩子爬上去会摔", "广场西侧", "俞桂珍", "18268319047", "20261015"),
    ("工地夜里施工\n吵得老人睡不好", "20幢5单元602", "褚阿毛", "13456217788", "20261121"),
    ("想打听老年卡怎么办\n子女都在外地", "3幢1单元101", "周月仙", "13019842536", "20261008"),
)  # fmt: skip


def boxes(name: str, light: Any, pages: int) -> list[Line]:  # Any: tests.support.hardphotos.Light
    """Marks on many pages under one light."""
    from mulin.kit.paper.definition import pages_of  # noqa: PLC0415  after set-up
    from mulin.kit.paper.eye import look_at  # noqa: PLC0415  after set-up
    from tests.kit.paper.test_eye import FORM, KNOWN, SERIAL  # noqa: PLC0415  after set-up
    from tests.support.filledin import blank_of  # noqa: PLC0415  after set-up
    from tests.support.hardphotos import mark, photographed  # noqa: PLC0415  after set-up

    blank = blank_of(FORM, SERIAL)
    wrong = wrong_pages = person = person_odd = codes = peer = odd_taken = count = 0
    seconds = 0.0
    for seed in range(pages):
        hand, sheet, truth = Random(f"{name}{seed}"), blank.copy(), {}
        for placed in pages_of(FORM)[0].placed:
            for box in placed.marks:
                drawn = mark(sheet, box.box, hand) if hand.random() < 0.4 else False
                truth[placed.field.name, box.value] = drawn
        photo = photographed(sheet, light, hand)
        begun = time.perf_counter()
        sight = look_at(photo, KNOWN)
        seconds += time.perf_counter() - begun
        codes += sight.code is not None
        if seed < PEER_PAGES:
            peer += bool(cv2.QRCodeDetector().detectAndDecode(photo)[0])
        before, plain, is_odd = wrong, True, False
        for one in sight.fields:
            answer = one.answer
            meant = {value: drawn for (field, value), drawn in truth.items()
                     if field == one.placed.field.name}  # fmt: skip
            count += len(meant)
            odd = [value for value, drawn in meant.items() if drawn is None]
            if answer.is_sure:
                odd_taken += sum(value in answer.values for value in odd)
                wrong += sum(drawn is not None and (value in answer.values) != drawn
                             for value, drawn in meant.items())  # fmt: skip
            plain &= bool(odd) or answer.is_sure
            is_odd |= bool(odd) and not answer.is_sure
        wrong_pages += wrong > before
        goes = not sight.fields or not plain
        person += goes
        person_odd += is_odd and not goes
    is_bad = name == "bad"
    return [
        Line(f"{name}: boxes wrongly read unnoticed", pages / 400 * BOXES if is_bad else 0, wrong,
             "boxes", note=f"of {count} on {pages} pages; besides, {odd_taken} struck-out or stray"
             " marks taken for a tick"),
        Line(f"{name}: pages with a box wrongly read unnoticed", pages / 400 if is_bad else 0,
             wrong_pages, "pages", note=f"of {pages}"),
        Line(f"{name}: share of pages sent to a person", 1.0 if is_bad else 0.1, person / pages,
             "of pages", note=f"{person} of {pages}; and {person_odd} for a stray or struck-out mark"
             " that only a person can judge"),
        Line(f"{name}: codes found", codes_target(name), codes / pages, "of pages", is_most=False,
             note=f"peer cv2.QRCodeDetector {peer / min(pages, PEER_PAGES):.2f}"),
        Line(f"{name}: laying flat and measuring", 0.5, seconds / pages, "s a page"),
    ]  # fmt: skip


def codes_target(name: str) -> float:
    """Every code; on bad photos nearly every one."""
    return 0.98 if name == "bad" else 1.0


def words() -> list[Line]:
    """Whole sheets by the reader's own process: seconds, memory, character errors by font."""
    from mulin.commons.paper.registry import use_of  # noqa: PLC0415  after set-up
    from mulin.kit.paper.reading import open_reader  # noqa: PLC0415  after set-up
    from tests.paper.conftest import ANSWERS, SERIAL  # noqa: PLC0415  after set-up
    from tests.support.filledin import HANDS, blank_of, hand, photo, written  # noqa: PLC0415  after set-up
    from tests.support.hardphotos import ORDINARY  # noqa: PLC0415  after set-up

    form = use_of("DEMAND").form
    blank = blank_of(form, SERIAL)
    lines, seconds, worked, peak = [], [], [], 0
    with open_reader([form]) as reader, tempfile.TemporaryDirectory() as folder:
        for name, (_file, _index, package) in HANDS.items():
            face = hand(name)
            if face is None:
                print(f"not measured: {name}; {package} is not installed", flush=True)
                continue
            # Some fonts name a character that they do not draw: nobody could read it.
            if undrawn := sorted(
                one for one in _characters() if face.getmask(one).getbbox() is None
            ):
                print(f"not measured: {name}; it does not draw {''.join(undrawn)}", flush=True)
                continue
            errors = characters = missed = 0
            for seed, said in enumerate(SAYINGS):
                answers = ANSWERS | dict(zip(WRITTEN, said, strict=True))
                path = Path(folder, "photo.jpg")
                path.write_bytes(photo(written(blank, form, answers, font=face), ORDINARY, seed))
                child = psutil.Process(reader._child.pid)  # noqa: SLF001  what it takes is the claim
                begun, before = time.perf_counter(), sum(child.cpu_times()[:2])
                (page,) = reader.pages(path)
                seconds.append(time.perf_counter() - begun)
                worked.append(sum(child.cpu_times()[:2]) - before)
                peak = max(peak, child.memory_full_info().pss)
                for one in page.fields:
                    if one.name in WRITTEN:
                        meant = answers[one.name].replace("\n", "")
                        wrong = distance(meant, one.values[0] if one.values else "")
                        errors += wrong
                        missed += wrong if one.is_sure else 0
                        characters += len(meant)
            lines.append(Line(f"characters wrong in {name}", TARGET_ERRORS, errors / characters,
                              "of characters", note=f"of {characters}; {missed} of the {errors} in"
                              " fields the machine was sure of"))  # fmt: skip
    warm = sorted(seconds[1:])
    return [
        *lines,
        Line(
            "reading a sheet",
            TARGET_SECONDS,
            warm[len(warm) // 2],
            "s a page",
            note=f"{sorted(worked[1:])[len(warm) // 2]:.2f} s of it the processor's",
        ),
        Line("memory of the reader", TARGET_MEMORY_MB, peak / 1e6, "MB PSS"),
    ]


def _characters() -> set[str]:
    return {one for said in SAYINGS for part in said for one in part if not one.isspace()}


def distance(one: str, other: str) -> int:
    """Characters to change, add or leave out to get from one to the other."""
    row = list(range(len(other) + 1))
    for at, character in enumerate(one, 1):
        before, row[0] = row[0], at
        for to, found in enumerate(other, 1):
            before, row[to] = row[to], min(row[to] + 1, row[to - 1] + 1,
                                           before + (character != found))  # fmt: skip
    return row[-1]


def _told(line: Line, *, as_json: bool) -> Line:
    print(json.dumps(line.as_dict()) if as_json else line, flush=True)
    return line


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.reading", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the photos")
    parser.add_argument("--most", type=int, default=BAD_PAGES, help="photos of a kind, at most")
    parser.add_argument("--json", action="store_true", help="a line of JSON for each claim")
    chosen = parser.parse_args()
    tenth = 10 if chosen.quick else 1
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "mulin.settings", "MULIN_DATA_DIR": folder,
                       "MULIN_PRESS": "inside"}  # fmt: skip
        django.setup()
        from tests.support.hardphotos import BAD, CARELESS, ORDINARY  # noqa: PLC0415  after set-up

        lines = [_told(line, as_json=chosen.json) for line in words()]
        for name, light, pages in (("ordinary", ORDINARY, PAGES), ("careless", CARELESS, PAGES),
                                   ("bad", BAD, BAD_PAGES)):  # fmt: skip
            count = min(pages // tenth, chosen.most)
            lines += [_told(line, as_json=chosen.json) for line in boxes(name, light, count)]
    return 0 if chosen.json else int(any(not line.passes for line in lines))


if __name__ == "__main__":
    raise SystemExit(main())

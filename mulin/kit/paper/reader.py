"""The reader: a file with sheets in, what stands on them out. Runs as a program of its own.

The models that read handwriting take close to a gigabyte and stay once loaded, which neither the
web nor the worker can spare: a stack of files is read by a child that ends when it is done.
`python -P -m mulin.kit.paper.reader`, a line of JSON for each file on its standard input, a line for
each page on its standard output. It is given no key, no database and no way out.
"""

import base64
import json
import resource
import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mulin.kit.failpoints import failpoint
from mulin.kit.paper.definition import ALPHABETS, Form, Kind, form_of
from mulin.kit.paper.marks import is_read_surely

if TYPE_CHECKING:
    from mulin.kit.paper.eye import CutOut, Picture, Sight

#: The exit code by which the parent tells that the extra is missing.
MISSING: Final = 3
MOST_MEMORY_BYTES: Final = 6 * 1024**3  # address space; what is really used is under 1 GB
MOST_SECONDS: Final = 240
#: Letters and strokes that a digit is taken for.
_LOOKS_LIKE: Final = str.maketrans(
    {"O": "0", "o": "0", "Q": "0", "D": "0", "〇": "0", "I": "1", "l": "1", "|": "1", "丨": "1",
     "Z": "2", "z": "2", "S": "5", "s": "5", "b": "6", "q": "9", "g": "9", "B": "8"}
)  # fmt: skip


def main() -> int:
    """Read what is asked for line by line, and answer each with its pages and a last line."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    try:
        from mulin.kit.paper import eye  # noqa: PLC0415  the extra may be missing

        words = Words()
    except ImportError as error:
        sys.stderr.write(str(error))
        return MISSING
    known: dict[tuple[str, int], Form] = {}
    for line in sys.stdin:
        job: dict[str, Any] = json.loads(line)  # Any: JSON
        forms = [form_of(text) for text in job.get("forms", ())]
        known |= {(form.code, form.version): form for form in forms}
        try:
            pictures = eye.pictures_in(Path(job["file"]), start=job["start"])
            for picture, count in islice(pictures, job["most"]):
                _say(told(eye.look_at(picture, known), picture, words) | {"of": count})
                failpoint("reader.after_page")
        except ValueError:
            _say({"end": "no picture"})
        else:
            _say({"end": ""})
    return 0


def _say(what: dict[str, Any]) -> None:  # Any: JSON
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def told(sight: "Sight", picture: "Picture", words: "Words") -> dict[str, Any]:  # Any: JSON
    """What is said of one picture."""
    return {
        "code": str(sight.code) if sight.code else "",
        "trouble": str(sight.trouble or ""),
        "sheet": _jpeg(picture if sight.flat is None else sight.flat),
        "is_flat": sight.flat is not None,
        "fields": [_field(one, words) for one in sight.fields],
    }


def _field(cut: "CutOut", words: "Words") -> dict[str, Any]:  # Any: JSON
    field = cut.placed.field
    said: dict[str, Any] = {
        "name": field.name, "raw": "", "score": 0.0, "values": [], "is_sure": False,
        "is_empty": False,
    }  # fmt: skip
    if cut.answer is not None:
        return said | {
            "values": list(cut.answer.values), "is_sure": cut.answer.is_sure,
            "score": 1.0 if cut.answer.is_sure else 0.0,
        }  # fmt: skip
    if not cut.lines:
        return said | {"is_sure": True, "is_empty": True, "score": 1.0}
    read = [words.read(line) for line in cut.lines]
    raw = "\n".join(text for text, _score in read)
    scores = [score for _text, score in read]
    return said | {
        "raw": raw, "score": round(min(scores), 4), "values": [fitting(raw, field.kind)],
        "is_sure": is_read_surely(scores),
    }  # fmt: skip


def fitting(raw: str, kind: Kind) -> str:
    """What was read, in the alphabet of its field: a digit is no letter that looks like it."""
    alphabet = ALPHABETS.get(kind)
    if alphabet is None:
        return raw.replace("\n", "")
    return "".join(one for one in raw.translate(_LOOKS_LIKE) if one in alphabet)


class Words:
    """Reads one line of writing. The model lies in the package of the library: nothing is fetched."""

    def __init__(self) -> None:
        from rapidocr import RapidOCR  # noqa: PLC0415  half a second, and the extra may be missing

        # One line of writing is too little for several threads: they wait for each other by turning
        # round, which took as much of the processor again, and on a busy machine twice the time.
        one = dict.fromkeys(("intra_op_num_threads", "inter_op_num_threads"), 1)
        threads = {f"EngineConfig.onnxruntime.{name}": count for name, count in one.items()}
        self._engine = RapidOCR(params={"Global.log_level": "critical", **threads})

    def read(self, line: "Picture") -> tuple[str, float]:
        """The words of a line, and how sure the model is of the least sure part, 0 to 1."""
        # Any: the library gives another kind of answer for each step that is asked for.
        found: Any = self._engine(line, use_det=False, use_cls=False, use_rec=True)
        texts, scores = found.txts or (), found.scores or ()
        if not texts:
            return "", 0.0
        return "".join(texts), float(min(scores))


def _jpeg(picture: "Picture") -> str:
    import cv2  # noqa: PLC0415  loaded by now

    done, packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 80])
    if not done:
        raise ValueError("a picture that cannot be written")
    return base64.b64encode(packed.tobytes()).decode("ascii")


if __name__ == "__main__":
    sys.exit(main())

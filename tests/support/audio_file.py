"""Decoding and measuring audio: the standard library for WAV, ffmpeg for the rest."""

import array
import io
import json
import math
import subprocess
import sys
import wave
from dataclasses import dataclass


@dataclass
class Pcm:
    rate: int  # Hz
    channels: int
    samples: list[float]  # −1…1; of the first channel

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate


def read_wav(content: bytes) -> Pcm:
    """16-bit WAV. Checks that the header tells the truth about the length."""
    with wave.open(io.BytesIO(content)) as file:
        assert file.getsampwidth() == 2, f"{file.getsampwidth() * 8}-bit samples"
        frames = file.readframes(file.getnframes())
        assert len(frames) == file.getnframes() * 2 * file.getnchannels(), "the header promises more than there is"
        ints = array.array("h", frames)
        if sys.byteorder == "big":
            ints.byteswap()
        first = ints[:: file.getnchannels()]
        return Pcm(file.getframerate(), file.getnchannels(), [one / 32768 for one in first])


def probe(content: bytes, folder, name: str) -> dict:
    """What ffprobe says: {"format": …, "stream": …}."""
    path = folder / name
    path.write_bytes(content)
    argv = ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", str(path)]
    found = subprocess.run(argv, capture_output=True, check=True, timeout=120)
    assert not found.stderr, found.stderr.decode()
    told = json.loads(found.stdout)
    assert len(told["streams"]) == 1, told
    return {"format": told["format"], "stream": told["streams"][0]}


def decode(content: bytes, folder, name: str) -> Pcm:
    """Decodes anything; a complaint of the decoder is a failure."""
    path = folder / name
    path.write_bytes(content)
    argv = ["ffmpeg", "-v", "error", "-xerror", "-i", str(path), "-f", "wav", "-c:a", "pcm_s16le", "-bitexact", "-"]
    done = subprocess.run(argv, capture_output=True, timeout=120)
    assert done.returncode == 0 and not done.stderr, done.stderr.decode()
    # Written to a pipe: the sizes in the header mean nothing.
    data = done.stdout.index(b"data") + 8
    ints = array.array("h", done.stdout[data : data + (len(done.stdout) - data) // 2 * 2])
    channels = int.from_bytes(done.stdout[22:24], "little")
    rate = int.from_bytes(done.stdout[24:28], "little")
    return Pcm(rate, channels, [one / 32768 for one in ints[::channels]])


def rms(samples: list[float]) -> float:
    return math.sqrt(sum(one * one for one in samples) / len(samples)) if samples else 0.0


def decibels(ratio: float) -> float:
    return 20 * math.log10(max(ratio, 1e-9))

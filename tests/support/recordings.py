"""Recordings made for tests: waves by formula, other formats by ffmpeg, and what ffmpeg measures of a result."""

import array
import io
import math
import random
import subprocess
import wave
from pathlib import Path


def tone(seconds: float, *, rate: int = 44100, hertz: float = 440, level: float = 0.1) -> list[float]:
    return [level * math.sin(2 * math.pi * hertz * i / rate) for i in range(round(seconds * rate))]


def silence(seconds: float, *, rate: int = 44100) -> list[float]:
    return [0.0] * round(seconds * rate)


def noise(seconds: float, *, rate: int = 44100, level: float = 0.001, seed: int = 1) -> list[float]:
    source = random.Random(seed)
    return [level * source.uniform(-1, 1) for _ in range(round(seconds * rate))]


def wav(*channels: list[float], rate: int = 44100) -> bytes:
    """16-bit WAV of one or more channels of equal length."""
    ints = array.array("h", bytes(2 * len(channels) * len(channels[0])))
    for place, samples in enumerate(channels):
        ints[place :: len(channels)] = array.array("h", [round(max(-1, min(1, one)) * 32767) for one in samples])
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(ints.tobytes())
    return out.getvalue()


def encoded(content: bytes, folder: Path, name: str, *options: str) -> bytes:
    """The same sound in the format that the name tells."""
    source, target = folder / "source-of-test.wav", folder / name
    source.write_bytes(content)
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", source, *options, target], check=True, timeout=120)
    return target.read_bytes()


def measure(content: bytes, folder: Path, name: str) -> tuple[float, float]:
    """Integrated loudness (LUFS) and true peak (dBTP) as ffmpeg's ebur128 has them."""
    path = folder / name
    path.write_bytes(content)
    argv = ["ffmpeg", "-v", "info", "-nostats", "-i", path, "-filter_complex", "ebur128=peak=true", "-f", "null", "-"]
    told = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=120).stderr
    values = dict(line.strip().split(":", 1) for line in told[told.rindex("Summary:") :].splitlines() if ":" in line)
    return float(values["I"].split()[0]), float(values["Peak"].split()[0])

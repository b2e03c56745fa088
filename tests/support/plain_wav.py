"""WAV files to upload, of a length or of a size."""

import io
import math
import struct
import wave


def wav(seconds: float = 1.0, *, rate: int = 8000, hertz: float = 440) -> bytes:
    """A tone of 16 bit in one channel."""
    frames = int(seconds * rate)
    samples = (int(12000 * math.sin(2 * math.pi * hertz * i / rate)) for i in range(frames))
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"".join(struct.pack("<h", one) for one in samples))
    return out.getvalue()


def wav_of_size(size: int) -> bytes:
    """A WAV of exactly that many bytes: silence, cheap to make large."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48000)
        file.writeframes(bytes((size - 44) // 2 * 2))
    return out.getvalue().ljust(size, b"\0")

"""Recordings to measure with: speech of espeak-ng, repeated, as any file that ffmpeg can make of it. Kept for the next run."""

import subprocess
from pathlib import Path

import texts


def speech(setting, *, minutes: float, name: str, options: tuple = ()) -> Path:
    """Stereo, 44.1 kHz unless the options say otherwise; about −26 LUFS, with the pauses of read text."""
    output = setting.scratch / name
    if output.exists():
        return output
    minute = setting.scratch / "minute.wav"
    subprocess.run(["espeak-ng", "-v", "en-us", "-w", minute, "--stdin"], input=texts.MINUTE, text=True, check=True)
    partial = output.with_name(f"partial-{name}")
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-stream_loop", "-1", "-i", minute, "-t", str(minutes * 60)]
        + ["-af", "volume=-8dB", "-ar", "44100", "-ac", "2", *options, partial],
        check=True,
    )
    partial.rename(output)
    return output


def loudness(path: Path) -> tuple[float, float]:
    """Integrated loudness and true peak as ffmpeg's ebur128 measures them: a judge that is neither side."""
    run = subprocess.run(
        ["ffmpeg", "-v", "info", "-nostats", "-i", path, "-filter_complex", "ebur128=peak=true", "-f", "null", "-"],
        capture_output=True,
        text=True,
        check=True,
    )
    summary = run.stderr[run.stderr.rindex("Summary:") :]
    values = dict(line.strip().split(":", 1) for line in summary.splitlines() if ":" in line)
    return float(values["I"].split()[0]), float(values["Peak"].split()[0])

"""A small recording: when its first decoded samples are back, from the request on, through a media child that is forked for it and
confined as strictly as can be."""

import subprocess

from claim import Report
from recordings import speech
from setting import Missing

TITLE = "First decoded samples of a small recording"
MOST_MS = 10
FEWEST_RUNS = 20
# Sizes of recordings that people make: half a minute.
KINDS = {
    "WAV": ("wav", ()),
    "W64": ("w64", ()),
    "AIFF": ("aiff", ()),
    "FLAC": ("flac", ()),
    "MP3": ("mp3", ("-b:a", "128k")),
    "M4A": ("m4a", ("-b:a", "128k")),
    "AAC": ("aac", ("-b:a", "128k")),
    "Opus": ("opus", ("-ar", "48000", "-b:a", "64k")),
    "Vorbis": ("ogg", ("-c:a", "libvorbis")),
    "Matroska": ("mka", ("-ar", "48000", "-c:a", "libopus", "-b:a", "64k")),
    "CAF": ("caf", ()),
}


def run(setting) -> Report:
    report = Report(TITLE)
    files = {
        name: speech(setting, minutes=0.5, name=f"first-frame.{ending}", options=options)
        for name, (ending, options) in KINDS.items()
    }
    try:
        argv = [setting.program("first_frame_bench"), setting.program("soundbite-media")]
    except Missing as reason:
        report.missing.append(str(reason))
        return report
    argv += [str(max(setting.runs, FEWEST_RUNS)), *files.values()]
    told = subprocess.run(argv, capture_output=True, text=True, check=True).stdout.splitlines()
    figures = [report.add(name, "first samples", "ms", [float(one) for one in line.split()[1:]]) for name, line in zip(files, told, strict=True)]
    report.at_most("median of the slowest format", max(one.median for one in figures), MOST_MS, "ms")
    return report

"""One pass over an hour of 48 kHz stereo, by its samples in memory: what we measure of it, against libebur128 with less."""

import subprocess

from claim import Report
from setting import Missing

TITLE = "The analysis of an hour of audio"
SIDES = {
    "SoundBite": "loudness, range, true peak, waveform, silences",
    "libebur128 with true peak": "loudness, range, true peak",
    "libebur128": "loudness, range",
}


def run(setting) -> Report:
    report = Report(TITLE)
    try:
        argv = [setting.program("analysis_bench"), str(setting.runs), str(60 * setting.scale)]
    except Missing as reason:
        report.missing.append(str(reason))
        return report
    told = subprocess.run(argv, capture_output=True, text=True, check=True).stdout.splitlines()
    cpu = {}
    for (side, what), line in zip(SIDES.items(), told, strict=True):
        loudness, *seconds = map(float, line.split())
        cpu[side] = report.add(side, "CPU", "s", seconds)
        report.notes.append(f"{side}: {what}; {loudness} LUFS")
    report.ratio("CPU of libebur128 with true peak, of ours", cpu["libebur128 with true peak"], cpu["SoundBite"], 3, at_least=True)
    return report

"""An espeak-ng voice, against the espeak-ng command: CPU for the same long text, encoding excluded."""

import texts
from claim import Report, column, interleave
from measure import command
from setting import Missing

TITLE = "An espeak-ng voice"
REPEATS = 40  # of the minute's text


def run(setting) -> Report:
    report = Report(TITLE)
    text = "\n".join([texts.MINUTE] * max(1, round(REPEATS * setting.scale)))
    sides = {}
    try:
        ours = setting.speech_library("espeak:en-us")
        sides["SoundBite"] = lambda: ours.ask(text=text)
    except Missing as reason:
        ours = None
        report.missing.append(str(reason))
    output = setting.scratch / "espeak.wav"
    sides["espeak-ng"] = lambda: command(["espeak-ng", "-v", "en-us", "-w", output, "--stdin"], stdin=text)
    runs = interleave(sides, setting.runs)
    if ours:
        ours.stop()
    cpu = {name: report.add(name, "CPU", "s", column(rows, "cpu_s")) for name, rows in runs.items()}
    report.ratio("CPU, of the espeak-ng command", cpu.get("SoundBite"), cpu["espeak-ng"], 1.2)
    return report

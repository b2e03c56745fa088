"""An MP3 to its waveform as JSON: the whole command, against plain decoding by libav."""

from claim import Report, column, interleave
from measure import command
from recordings import speech
from setting import Missing

TITLE = "The waveform of an hour of MP3"


def run(setting) -> Report:
    report = Report(TITLE)
    minutes = 60 * setting.scale
    source = speech(setting, minutes=minutes, name=f"waveform-{minutes:g}.mp3", options=("-b:a", "128k"))
    sides = {}
    try:
        ours = [setting.soundbite, "analyze", source, "--waveform", setting.scratch / "waveform.json"]
        sides["SoundBite"] = lambda: command(ours)
    except Missing as reason:
        report.missing.append(str(reason))
    decode = ["ffmpeg", "-v", "error", "-threads", "1", "-i", source, "-f", "null", "-"]
    sides["ffmpeg, decoding alone"] = lambda: command(decode)
    runs = interleave(sides, setting.runs)
    cpu = {name: report.add(name, "CPU", "s", column(rows, "cpu_s")) for name, rows in runs.items()}
    for name, rows in runs.items():
        report.add(name, "highest resident of one process", "MB", column(rows, "peak_mb"))
    report.ratio("CPU, of decoding alone", cpu.get("SoundBite"), cpu["ffmpeg, decoding alone"], 1.15)
    return report

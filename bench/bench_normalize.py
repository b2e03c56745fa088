"""An MP3 brought to −16 LUFS and encoded as MP3 again: the whole command, against ffmpeg-normalize, ffmpeg's two-pass
loudnorm, and the floor of decoding, encoding and decoding once more."""

import json

from claim import Report, column, interleave
from measure import command
from recordings import loudness, speech
from setting import Missing

TITLE = "An MP3 of 10 minutes to -16 LUFS, as MP3"
TARGET = -16.0
CEILING = -1.5


def run(setting) -> Report:
    report = Report(TITLE)
    minutes = 10 * setting.scale
    source = speech(setting, minutes=minutes, name=f"normalize-{minutes:g}.mp3", options=("-b:a", "128k"))
    outputs = {name: setting.scratch / f"normalized-{index}.mp3" for index, name in enumerate(SIDES)}
    sides = {}
    for name, make in SIDES.items():
        try:
            sides[name] = make(setting, source, outputs[name])
        except Missing as reason:
            report.missing.append(str(reason))
    runs = interleave(sides, setting.runs)
    cpu = {name: report.add(name, "CPU", "s", column(rows, "cpu_s")) for name, rows in runs.items()}
    for name, rows in runs.items():
        report.add(name, "wall", "s", column(rows, "wall_s"))
    ours = cpu.get("SoundBite")
    report.ratio("CPU of ffmpeg-normalize, of ours", cpu.get("ffmpeg-normalize"), ours, 4, at_least=True)
    report.ratio("CPU of two-pass loudnorm, of ours", cpu.get("two-pass loudnorm"), ours, 4, at_least=True)
    report.ratio("CPU, of decode + encode + decode", ours, cpu["decode + encode + decode"], 1.5)

    off = {}
    for name in sides:
        if name == "decode + encode + decode":
            continue
        integrated, peak = loudness(outputs[name])
        off[name] = report.add(name, "off target", "LU", [abs(integrated - TARGET)])
        report.add(name, "true peak", "dBTP", [peak])
    for name, figure in off.items():
        if name != "SoundBite" and "SoundBite" in off:
            # A judge with one decimal: an even result is not further off.
            closer = off["SoundBite"].median <= figure.median + 0.05
            report.notes.append(f"closer to the target than {name}, or as close: {'yes' if closer else 'NO'}")
    return report


def _soundbite(setting, source, output):
    argv = [setting.soundbite, "process", source, "-o", output, "--force", "--bitrate", "128000"]
    argv += ["--loudness", f"{TARGET:g}", "--true-peak", f"{CEILING:g}"]
    return lambda: command(argv)


def _ffmpeg_normalize(setting, source, output):
    program = setting.python.parent / "ffmpeg-normalize"
    if not program.exists():
        raise Missing("ffmpeg-normalize is not installed")
    argv = [program, source, "-o", output, "-f", "-t", f"{TARGET:g}", "-tp", f"{CEILING:g}"]
    argv += ["-c:a", "libmp3lame", "-b:a", "128k", "-ar", "44100"]
    return lambda: command(argv)


def _two_pass_loudnorm(setting, source, output):
    wanted = f"loudnorm=I={TARGET:g}:TP={CEILING:g}:LRA=11"

    def both() -> dict:
        measured = command(["bash", "-c", 'ffmpeg -hide_banner -nostats -i "$0" -af "$1" -f null - 2>&1', source, f"{wanted}:print_format=json"])
        found = json.loads(measured["out"][measured["out"].rindex("{") : measured["out"].rindex("}") + 1])
        given = ":".join(
            f"measured_{ours}={found[theirs]}"
            for ours, theirs in (("I", "input_i"), ("TP", "input_tp"), ("LRA", "input_lra"), ("thresh", "input_thresh"))
        )
        made = command(
            ["ffmpeg", "-v", "error", "-y", "-i", source, "-af", f"{wanted}:{given}:offset={found['target_offset']}:linear=true"]
            + ["-ar", "44100", "-c:a", "libmp3lame", "-b:a", "128k", output]
        )
        return {key: measured[key] + made[key] for key in ("cpu_s", "wall_s")}

    return both


def _floor(setting, source, output):
    # The first command decodes and encodes.
    def both() -> dict:
        coded = command(["ffmpeg", "-v", "error", "-y", "-threads", "1", "-i", source, "-c:a", "libmp3lame", "-b:a", "128k", output])
        again = command(["ffmpeg", "-v", "error", "-threads", "1", "-i", output, "-f", "null", "-"])
        return {key: coded[key] + again[key] for key in ("cpu_s", "wall_s")}

    return both


SIDES = {
    "SoundBite": _soundbite,
    "ffmpeg-normalize": _ffmpeg_normalize,
    "two-pass loudnorm": _two_pass_loudnorm,
    "decode + encode + decode": _floor,
}

"""One word from cold: the whole command, from the shell's point of view."""

from claim import Report, column, interleave
from measure import command
from setting import VOICE_ID, Missing

TITLE = 'The whole command: say "Hello."'


def run(setting) -> Report:
    report = Report(TITLE)
    output = setting.scratch / "hello.wav"
    same = f"piper, onnxruntime {setting.runtime_version()}"
    sides = {}
    try:
        ours = [setting.soundbite, "say", "Hello.", "--voice", VOICE_ID, "-o", output]
        sides["SoundBite"] = lambda: command(ours)
    except Missing as reason:
        report.missing.append(str(reason))
    piper = setting.piper_command("Hello.", output)
    sides["piper"] = lambda: command(piper)
    sides[same] = lambda: command(piper, env=setting.same_runtime())
    for side in sides.values():
        side()  # files are in the page cache
    runs = interleave(sides, setting.runs)

    for metric, key in (("wall time", "wall_s"), ("CPU time", "cpu_s")):
        figures = {name: report.add(name, metric, "s", column(rows, key)) for name, rows in runs.items()}
        report.ratio(f"{metric}, of the piper command", figures.get("SoundBite"), figures["piper"], 0.35)
        report.ratio(f"{metric}, of {same}", figures.get("SoundBite"), figures[same], 0.35, stated=False)
    for name, rows in runs.items():
        report.add(name, "highest resident", "MB", column(rows, "peak_mb"))
    return report

"""A minute of text with the default voice: CPU per second of audio, start-up not counted."""

from contextlib import ExitStack

import texts
from claim import Report, column, interleave
from setting import VOICE_ID, Missing

TITLE = "Speaking a minute of text (library)"


def run(setting) -> Report:
    report = Report(TITLE)
    runtime = f"piper-tts, onnxruntime {setting.runtime_version()}"
    starts = {
        "SoundBite": lambda: setting.speech_library(VOICE_ID),
        "piper-tts": setting.piper_library,
        runtime: lambda: setting.piper_library(setting.same_runtime()),
        "sherpa-onnx": setting.sherpa_library,
    }
    with ExitStack() as stack:
        sides = {}
        for name, start in starts.items():
            try:
                sides[name] = _minute(stack.enter_context(start()))
            except Missing as reason:
                report.missing.append(f"{name}: {reason}")
        runs = interleave(sides, setting.runs)

    cpu = {
        name: report.add(name, "CPU per second of audio", "s", column(rows, "cpu_per_s")) for name, rows in runs.items()
    }
    for name, rows in runs.items():
        report.add(name, "audio", "s", column(rows, "audio_s"))
    ours = cpu.get("SoundBite")
    report.ratio("CPU, of piper-tts", ours, cpu["piper-tts"], 0.7)
    report.ratio(f"CPU, of {runtime}", ours, cpu[runtime], 0.7, stated=False)
    report.ratio("CPU, of sherpa-onnx", ours, cpu["sherpa-onnx"], 1.15)
    return report


def _minute(library):
    def one() -> dict:
        answer = library.ask(text=texts.MINUTE)
        return {**answer, "cpu_per_s": answer["cpu_s"] / answer["audio_s"]}

    return one

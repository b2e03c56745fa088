"""A minute of text with the default voice: CPU per second of audio, start-up not counted."""

from contextlib import ExitStack

import texts
from claim import Report, column, interleave
from product_speech import library
from setting import VOICE_ID, Missing

TITLE = "Speaking a minute of text (library)"


def run(setting) -> Report:
    report = Report(TITLE)
    runtime = f"piper-tts, onnxruntime {setting.runtime_version()}"
    with ExitStack() as stack:
        sides = {}
        try:
            sides["SoundBite"] = stack.enter_context(library(setting, VOICE_ID)).speak
        except Missing as reason:
            report.missing.append(str(reason))
        for name, peer in {
            "piper-tts": setting.piper_library(),
            runtime: setting.piper_library(setting.same_runtime()),
            "sherpa-onnx": setting.sherpa_library(),
        }.items():
            library_ = stack.enter_context(peer)
            sides[name] = lambda text, library_=library_: library_.ask(text=text)
        runs = interleave({name: _minute(speak) for name, speak in sides.items()}, setting.runs)

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


def _minute(speak):
    def one() -> dict:
        answer = speak(texts.MINUTE)
        return {**answer, "cpu_per_s": answer["cpu_s"] / answer["audio_s"]}

    return one

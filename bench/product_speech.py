"""SoundBite's speech without its server: speech_bench, which links the library; else the command, less its start-up."""

import wave

from measure import command


def library(setting, voice: str) -> "SayCommand":
    return SayCommand(setting, voice)


class SayCommand:
    """`soundbite say` into a WAV file. What one word costs is taken off as start-up."""

    def __init__(self, setting, voice: str):
        self.argv = [
            setting.soundbite,
            "say",
            "-",
            "--voice",
            voice,
            "--sentence-silence",
            "0",
            "-o",
            setting.scratch / "library.wav",
        ]
        self.output = setting.scratch / "library.wav"
        self.speak("Ready.")

    def speak(self, text: str) -> dict:
        start_up = command(self.argv, stdin="A.")["cpu_s"]
        whole = command(self.argv, stdin=text)
        with wave.open(str(self.output)) as file:
            audio_s = file.getnframes() / file.getframerate()
        return {"audio_s": audio_s, "cpu_s": whole["cpu_s"] - start_up, "wall_s": whole["wall_s"]}

    def stop(self) -> None:
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

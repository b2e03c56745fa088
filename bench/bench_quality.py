"""How well speech is understood and how good it sounds, judged offline: words that a small Whisper model mishears, and
the opinion score of DNSMOS (P.808). espeak-ng stands beside for comparison."""

import hashlib
import json
import subprocess
from pathlib import Path

from claim import Bound, Report
from measure import command
from setting import BUILD, HERE, VOICE_ID

TITLE = "Understood by Whisper tiny, judged by DNSMOS"
VENV = BUILD / "venv-quality"
REQUIREMENTS = HERE / "requirements-quality.txt"
VOICES = {"SoundBite, " + VOICE_ID: VOICE_ID, "SoundBite, espeak-ng": "espeak:en-us"}

SENTENCES = [
    "The baker put six warm loaves on the window sill.",
    "A thin layer of ice had formed along the river bank.",
    "She tied the boat to the post with a length of rope.",
    "The old map shows a well behind the stone barn.",
    "Two small birds built a nest above the kitchen door.",
    "He paid for the lamp with a handful of copper coins.",
    "The road bends left just after the second bridge.",
    "Bring the green chair in before the rain begins.",
    "Most of the crowd went home when the music stopped.",
    "A cup of strong tea is best on a cold morning.",
]


def run(setting) -> Report:
    report = Report(TITLE)
    install()
    worst_errors, best_score = 0.25, 3.7  # the gates for the default voice
    folder = setting.fresh("quality")
    for side, voice in VOICES.items():
        judged = judge([say(setting, voice, text, folder / f"{voice.replace(':', '-')}-{n}.wav") for n, text in enumerate(SENTENCES)])
        words = sum(one["words"] for one in judged)
        errors = report.add(side, "words misheard", "WER", [sum(one["errors"] for one in judged) / words])
        score = report.add(side, "DNSMOS P.808", "MOS", [one["mos"] for one in judged])
        if voice == VOICE_ID:
            report.at_most(f"Words of {VOICE_ID} misheard", errors.median, worst_errors, "WER")
            mean = sum(score.values) / len(score.values)
            report.bounds.append(at_least(f"Mean DNSMOS of {VOICE_ID}", mean, best_score))
    return report


def at_least(what: str, value: float, limit: float) -> Bound:
    return Bound(what, value, limit, at_least=True, unit="MOS", ours=f"{value:.2f}")


def install() -> None:
    """The judges are half a gigabyte, so only this bench brings them."""
    stamp = VENV / ".stamp"
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"bench: installing Whisper and DNSMOS in {VENV}", flush=True)
    subprocess.run(["python3", "-m", "venv", VENV], check=True)
    pip = [VENV / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", REQUIREMENTS]
    subprocess.run(pip, check=True)
    stamp.write_text(wanted)


def say(setting, voice: str, text: str, output: Path) -> dict:
    command([setting.soundbite, "say", "--voice", voice, "--format", "wav", "--sample-rate", 16000, "-o", output, text])
    return {"wav": str(output), "text": text}


def judge(spoken: list[dict]) -> list[dict]:
    argv = [VENV / "bin" / "python", HERE / "peers" / "quality_judge.py"]
    questions = "".join(json.dumps(one) + "\n" for one in spoken)
    return [json.loads(line) for line in command(argv, stdin=questions)["out"].splitlines()]

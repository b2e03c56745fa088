"""`soundbite say`: text in, a file or a stream out."""

import json
import os
import shutil
import signal
import subprocess
import time
import wave

import pytest
from serving import ESPEAK, JOE, ROOT, clean_environment

FORMATS = ["mp3", "wav", "flac", "opus", "vorbis", "aac", "m4a"]
EXTENSION = {"vorbis": "ogg"}
CODEC = {"mp3": "mp3", "wav": "pcm_s16le", "flac": "flac", "opus": "opus", "vorbis": "vorbis", "aac": "aac", "m4a": "aac"}


@pytest.fixture
def say(soundbite, tmp_path, tmp_path_factory):
    """Runs `soundbite say` in an empty folder, with an espeak-ng voice unless another is named."""

    home = tmp_path_factory.mktemp("home")

    def say(*words, voice=ESPEAK, text=True, **options):
        argv = [str(soundbite), "say", *map(str, words), *(["--voice", voice] if voice else [])]
        options = {"stdin": subprocess.DEVNULL, **options} if "input" not in options else options
        environment = clean_environment(HOME=str(home))
        result = subprocess.run(argv, capture_output=True, text=text, timeout=120, cwd=tmp_path, env=environment, **options)
        assert list(home.iterdir()) == [], "nothing of ours belongs into the home of a user who asked for a file"
        return result

    return say


def probe(path) -> dict:
    argv = ["ffprobe", "-v", "error", "-of", "json", "-show_format", "-show_streams", str(path)]
    return json.loads(subprocess.run(argv, check=True, capture_output=True, text=True).stdout)


def refused(result, code: int = 2) -> str:
    assert result.returncode == code, result
    assert result.stderr.startswith("soundbite: ") and result.stderr.count("\n") == 1, result.stderr
    return result.stderr.removeprefix("soundbite: ").rstrip("\n")


@pytest.mark.skipif(not shutil.which("ffprobe"), reason="ffprobe is not installed")
@pytest.mark.parametrize("format", FORMATS)
def test_every_format_by_the_name_of_the_file(say, tmp_path, format):
    path = tmp_path / f"hello.{EXTENSION.get(format, format)}"
    result = say("Hello there, this is a test.", "-o", path, "--json")
    assert result.returncode == 0 and result.stderr == "", result
    told = json.loads(result.stdout)
    found = probe(path)
    assert told["format"] == format and told["bytes"] == path.stat().st_size and told["voice"] == ESPEAK
    assert found["streams"][0]["codec_name"] == CODEC[format]
    assert int(found["streams"][0]["sample_rate"]) == told["sampleRate"]
    assert abs(float(found["format"]["duration"]) - told["durationSeconds"]) < 0.1
    assert 1 < told["durationSeconds"] < 5
    assert list(tmp_path.iterdir()) == [path]


def test_the_default_voice_speaks(say, tmp_path):
    if not (ROOT / "build" / "deps" / "voices" / f"{JOE}.onnx").exists():
        pytest.skip("the default voice is not installed")
    result = say("Hello.", "-o", "hello.wav", "--json", voice=None)
    assert json.loads(result.stdout)["voice"] == JOE
    with wave.open(str(tmp_path / "hello.wav")) as audio:
        assert audio.getframerate() == 22050 and audio.getnframes() > 5000


def test_rate_channels_and_bitrate_as_asked(say, tmp_path):
    assert say("Hello.", "-o", "x.wav", "--sample-rate", "8000", "--channels", "2").returncode == 0
    with wave.open(str(tmp_path / "x.wav")) as audio:
        assert (audio.getframerate(), audio.getnchannels()) == (8000, 2)


def test_speed_and_silence_change_the_length(say):
    def seconds(*flags):
        return json.loads(say("One. Two. Three.", "-o", "x.wav", "--json", *flags).stdout)["durationSeconds"]

    assert seconds("--speed", "2") < 0.75 * seconds()
    assert 3.5 < seconds("--sentence-silence", "2") - seconds("--sentence-silence", "0") < 4.5


@pytest.mark.parametrize("words", [[], ["-"]])
def test_text_from_standard_input(say, tmp_path, words):
    assert say(*words, "-o", "x.wav", input="Hello from a pipe.\n").returncode == 0
    with wave.open(str(tmp_path / "x.wav")) as audio:
        assert audio.getnframes() > 10000


@pytest.mark.parametrize("target", [[], ["-o", "-"]])
def test_standard_output_is_a_wav_stream(say, target):
    result = say("Hello there.", *target, text=False)
    assert result.returncode == 0 and result.stderr == b"", result.stderr
    assert result.stdout[:4] == b"RIFF" and result.stdout[8:12] == b"WAVE" and len(result.stdout) > 20000


def test_json_goes_to_standard_error_when_the_audio_is_on_standard_output(say):
    result = say("Hello there.", "--json", "-f", "mp3", text=False)
    told = json.loads(result.stderr)
    assert told["file"] is None and told["format"] == "mp3" and told["durationSeconds"] > 0.3
    assert len(result.stdout) > 1000


def test_standard_output_into_a_file_is_a_whole_file(soundbite, tmp_path):
    with open(tmp_path / "x.wav", "wb") as out:
        subprocess.run([soundbite, "say", "Hello.", "--voice", ESPEAK], stdout=out, check=True, env=clean_environment())
    with wave.open(str(tmp_path / "x.wav")) as audio:
        assert 5000 < audio.getnframes() < 100000


def test_standard_output_appended_to_a_file_harms_nothing_before_it(soundbite, tmp_path):
    path = tmp_path / "all.mp3"
    path.write_bytes(b"before")
    with open(path, "ab") as out:
        subprocess.run([soundbite, "say", "Hello.", "--voice", ESPEAK, "-f", "mp3"], stdout=out, check=True, env=clean_environment())
    assert path.read_bytes()[:6] == b"before" and path.stat().st_size > 1000


def test_the_first_audio_is_out_while_the_rest_is_made(soundbite):
    text = "This is one sentence of a rather long story that goes on and on. " * 1500
    argv = [soundbite, "say", "-", "--voice", ESPEAK]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=clean_environment()) as process:
        process.stdin.write(text.encode())
        process.stdin.close()
        assert len(process.stdout.read(100_000)) == 100_000
        assert process.poll() is None
        process.stdout.read()
    assert process.returncode == 0


def test_a_reader_that_goes_away_ends_it(soundbite):
    text = "This is one sentence of a rather long story that goes on and on. " * 1500
    argv = [soundbite, "say", text, "--voice", ESPEAK]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=clean_environment()) as process:
        process.stdout.read(1000)
        process.stdout.close()
        errors = process.stderr.read()
    assert process.returncode != 0
    assert errors.count(b"\n") <= 1


def test_a_named_pipe_is_written_directly(soundbite, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen([soundbite, "say", "Hello.", "--voice", ESPEAK, "-o", tmp_path / "pipe"], env=clean_environment()):
        assert (tmp_path / "pipe").read_bytes()[:4] == b"RIFF"
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_nothing_behind(soundbite, tmp_path, number):
    text = "This is one sentence of a rather long story that goes on and on. " * 1500
    (tmp_path / "old.wav").write_bytes(b"old")
    argv = [soundbite, "say", text, "--voice", ESPEAK, "-o", tmp_path / "old.wav"]
    with subprocess.Popen(argv, env=clean_environment()) as process:
        while len(list(tmp_path.iterdir())) == 1:  # until the hidden file is there
            time.sleep(0.005)
        process.send_signal(number)
    assert process.returncode == 128 + number
    assert [path.name for path in tmp_path.iterdir()] == ["old.wav"]
    assert (tmp_path / "old.wav").read_bytes() == b"old"


def test_bad_requests_name_the_flag_and_leave_nothing(say, tmp_path):
    assert refused(say("Hello.", "-o", "x.wav", voice="en_US-jo-medium")).count("en_US-joe-medium") == 1
    assert "--speed must be from 0.25 to 4" in refused(say("Hello.", "-o", "x.wav", "--speed", "9"))
    assert "--format" in refused(say("Hello.", "-o", "x.xyz"))
    assert "nothing to speak" in refused(say("  ", "-o", "x.wav"))
    assert "nothing to speak" in refused(say("-o", "x.wav", input=""))
    assert "not UTF-8" in refused(say(os.fsdecode(b"a\xff"), "-o", "x.wav"))
    assert "100001 characters" in refused(say("-o", "x.wav", input="a" * 100_001))
    assert "mp3 allows" in refused(say("Hello.", "-o", "x.mp3", "--sample-rate", "44000"))
    assert "no bitrate" in refused(say("Hello.", "-o", "x.flac", "--bitrate", "64000"))
    assert "unexpected word" in refused(say("Hello", "there.", "-o", "x.wav"))
    assert list(tmp_path.iterdir()) == []


def test_bad_targets_are_refused(say, tmp_path):
    (tmp_path / "folder.wav").mkdir()
    assert "is a folder" in refused(say("Hello.", "-o", "folder.wav"), 2)
    assert "none/x.wav" in refused(say("Hello.", "-o", "none/x.wav"), 1)
    assert refused(say("Hello.", "-o", "/dev/full"), 1)


def test_missing_parts_are_named(say):
    assert "/nowhere/media" in refused(say("Hello.", "-o", "x.wav", "--media-program", "/nowhere/media"), 1)
    assert "/nowhere.so" in refused(say("Hello.", "-o", "x.wav", "--onnxruntime", "/nowhere.so", voice=JOE), 1)
    assert say("Hello.", "-o", "x.wav", "--onnxruntime", "/nowhere.so").returncode == 0


def test_a_terminal_is_asked_for_a_file(soundbite):
    script = shutil.which("script")
    if not script:
        pytest.skip("script(1) is not installed")
    argv = [script, "-qec", f"{soundbite} say Hello.", "/dev/null"]
    result = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=clean_environment())
    assert result.returncode == 2 and "-o hello.mp3" in result.stdout


def test_a_bar_shows_on_a_terminal_how_far_a_long_text_is(soundbite, tmp_path):
    script = shutil.which("script")
    if not script:
        pytest.skip("script(1) is not installed")
    (tmp_path / "story.txt").write_text("This is one sentence of a rather long story that goes on and on. " * 700)
    command = f"{soundbite} say --voice {ESPEAK} -o {tmp_path}/story.mp3 < {tmp_path}/story.txt"
    shown = subprocess.run([script, "-qec", command, "/dev/null"], capture_output=True, text=True, env=clean_environment())
    assert shown.returncode == 0, shown
    assert " %" in shown.stdout and shown.stdout.endswith("\033[K")

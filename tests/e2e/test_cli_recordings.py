"""`soundbite process` and `soundbite analyze`: recordings without a server."""

import json
import subprocess

import pytest
from audio_file import read_wav
from recordings import encoded, measure, silence, tone, wav
from serving import clean_environment


@pytest.fixture
def run(soundbite, tmp_path):
    """Runs a subcommand in a folder of its own."""

    def run(*words, **options):
        argv = [str(soundbite), *map(str, words)]
        options = {"stdin": subprocess.DEVNULL, **options} if "input" not in options else options
        return subprocess.run(argv, capture_output=True, timeout=120, cwd=tmp_path, env=clean_environment(), **options)

    return run


def refused(result, code: int = 2) -> str:
    assert result.returncode == code, result
    line = result.stderr.decode()
    assert line.startswith("soundbite: ") and line.count("\n") == 1, line
    return line.removeprefix("soundbite: ").rstrip("\n")


def test_process_applies_its_flags_in_order(run, tmp_path):
    (tmp_path / "talk.wav").write_bytes(wav(silence(1) + tone(3) + silence(1)))
    result = run("process", "talk.wav", "-o", "talk.mp3", "--trim", "0.5:4.5", "--silence", "trim", "--loudness", "-16", "--json")
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout)
    assert told["file"] == "talk.mp3" and told["verification"]["pass"]
    assert 3 < told["durationSeconds"] < 3.5
    loudness, _ = measure((tmp_path / "talk.mp3").read_bytes(), tmp_path, "again.mp3")
    assert abs(loudness + 16) < 0.5


def test_process_takes_a_pipe_and_gives_one(run):
    result = run("process", "-", "-o", "-", "--trim", ":1", input=wav(tone(2)))
    assert result.returncode == 0, result.stderr
    assert result.stdout[:4] == b"RIFF"
    assert len(result.stdout) > 44100 * 2


def test_process_takes_a_folder_and_keeps_the_names(run, tmp_path):
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "a.wav").write_bytes(wav(tone(1)))
    (tmp_path / "in" / "deep" / "b.mp3").write_bytes(encoded(wav(tone(1)), tmp_path, "b.mp3"))
    (tmp_path / "in" / "notes.txt").write_text("no recording")
    result = run("process", "in", "-o", "out", "--format", "flac", "--gain", "-3")
    assert result.returncode == 0, result.stderr
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == ["a.flac", "b.flac"]


def test_process_refuses_to_overwrite_without_force(run, tmp_path):
    (tmp_path / "talk.wav").write_bytes(wav(tone(1)))
    (tmp_path / "talk.mp3").write_text("precious")
    assert "--force" in refused(run("process", "talk.wav", "-o", "talk.mp3"))
    assert (tmp_path / "talk.mp3").read_text() == "precious"
    assert run("process", "talk.wav", "-o", "talk.mp3", "--force").returncode == 0
    assert (tmp_path / "talk.mp3").stat().st_size > 1000


def test_process_says_what_is_wrong_and_leaves_nothing_behind(run, tmp_path):
    (tmp_path / "page.mp3").write_text("<html>no sound</html>")
    assert refused(run("process", "page.mp3", "-o", "out.mp3"), code=1).startswith("page.mp3: this is no recording")
    assert not (tmp_path / "out.mp3").exists()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["page.mp3"]
    assert "no file" in refused(run("process", "missing.wav", "-o", "out.mp3"))
    assert "--loudness target" in refused(run("process", "page.mp3", "-o", "out.mp3", "--loudness", "3"))
    assert "-o" in refused(run("process", "page.mp3"))
    (tmp_path / "talk.wav").write_bytes(wav(tone(1)))
    line = refused(run("process", "talk.wav", "-o", "out.mp3", "--gain", "1", "--trim", "5:6"), code=1)
    assert line.startswith("talk.wav: --trim: this operation leaves nothing of the audio"), line
    assert not (tmp_path / "out.mp3").exists()


def test_process_goes_on_after_a_bad_recording_and_fails_at_the_end(run, tmp_path):
    (tmp_path / "good.wav").write_bytes(wav(tone(1)))
    (tmp_path / "bad.wav").write_bytes(b"\x00" * 1000)
    result = run("process", "bad.wav", "good.wav", "-o", "out/", "--format", "wav")
    assert result.returncode == 1
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["good.wav"]
    assert b"bad.wav" in result.stderr and b"1 of 2" in result.stderr


def test_process_reads_a_recipe(run, tmp_path):
    (tmp_path / "talk.wav").write_bytes(wav(tone(2)))
    (tmp_path / "recipe.json").write_text(json.dumps([{"op": "trim", "start": 0.5, "end": 1}]))
    assert run("process", "talk.wav", "-o", "out.wav", "--recipe", "recipe.json").returncode == 0
    assert read_wav((tmp_path / "out.wav").read_bytes()).seconds == 0.5


def test_process_joins_and_mixes_local_files(run, tmp_path):
    (tmp_path / "a.wav").write_bytes(wav(tone(1)))
    (tmp_path / "b.wav").write_bytes(wav(tone(2, hertz=880)))
    result = run("process", "a.wav", "-o", "out.wav", "--concat", "b.wav", "--mix", "b.wav")
    assert result.returncode == 0, result.stderr
    assert abs(read_wav((tmp_path / "out.wav").read_bytes()).seconds - 3) < 0.001


def test_process_names_the_file_that_cannot_be_joined(run, tmp_path):
    (tmp_path / "a.wav").write_bytes(wav(tone(1)))
    (tmp_path / "page.wav").write_text("<html>no sound</html>")
    told = refused(run("process", "a.wav", "-o", "out.wav", "--concat", "page.wav"), code=1)
    assert told.startswith("a.wav: page.wav: this is no recording")


def test_analyze_draws_and_tells(run, tmp_path):
    (tmp_path / "talk.wav").write_bytes(wav(silence(1) + tone(2, level=0.3) + silence(1)))
    result = run("analyze", "talk.wav")
    assert result.returncode == 0, result.stderr
    text = result.stdout.decode()
    assert "█" in text and "loudness" in text and "LUFS" in text and "44100 Hz, mono" in text


def test_analyze_gives_json_waveforms_and_pictures(run, tmp_path):
    (tmp_path / "talk.wav").write_bytes(wav(tone(2)))
    result = run("analyze", "talk.wav", "--json", "--waveform", "w.json", "--png", "w.png", "--spectrogram", "s.png")
    assert result.returncode == 0, result.stderr
    assert abs(json.loads(result.stdout)["input"]["duration"]["decoded"] - 2) < 0.001
    assert json.loads((tmp_path / "w.json").read_text())["length"] == -(-2 * 44100 // 256)
    assert run("analyze", "talk.wav", "--json", "--waveform", "w.dat").returncode == 0
    assert (tmp_path / "w.dat").stat().st_size == 20 + 4 * -(-2 * 44100 // 256)
    for picture in ("w.png", "s.png"):
        assert (tmp_path / picture).read_bytes().startswith(b"\x89PNG")


def test_analyze_says_what_is_no_recording(run, tmp_path):
    (tmp_path / "page.mp3").write_text("#EXTM3U\nhttp://127.0.0.1:1/x.mp3\n")
    assert refused(run("analyze", "page.mp3"), code=1).startswith("page.mp3: this is no recording")
    assert "give a recording" in refused(run("analyze"))

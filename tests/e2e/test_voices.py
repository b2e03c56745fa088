"""Voices: listed, found, dropped in while the server runs, broken."""

import json
import shutil

import audio_file
import pytest
from serving import ESPEAK, JOE, VOICES, poll


def drop_in(folder, stem: str) -> None:
    """As a careful user does: the model first, then its description."""
    shutil.copy(VOICES / f"{JOE}.onnx", folder / f"{stem}.onnx")
    shutil.copy(VOICES / f"{JOE}.onnx.json", folder / f"{stem}.onnx.json")


def voices_of(server) -> dict[str, dict]:
    answer = server.client.get("/api/v1/voices")
    assert answer.status_code == 200
    return {one["id"]: one for one in answer.json()["items"]}


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "voices"
    made.mkdir()
    return made


def test_the_list_tells_what_each_voice_is(shared):
    voices = voices_of(shared)
    assert list(voices) == sorted(voices)
    joe = voices[JOE]
    assert joe["engine"] == "piper" and joe["sampleRate"] == 22050 and joe["available"] is True
    assert joe["languages"][0].lower().startswith("en") and joe["features"]
    espeak = voices[ESPEAK]
    assert espeak["engine"] == "espeak-ng" and espeak["sampleRate"] == 22050
    assert len([one for one in voices if one.startswith("espeak:")]) > 50
    one = shared.client.get(f"/api/v1/voices/{JOE}")
    assert one.status_code == 200 and one.json() == joe


def test_a_misspelt_voice_gets_the_nearest_as_a_suggestion(shared):
    answer = shared.client.get("/api/v1/voices/en_US-jo-medium")
    assert answer.status_code == 404
    assert JOE in answer.json()["errors"][0]["suggestions"]
    posted = shared.post("Hello.", voice="en_US-jo-medium")
    assert posted.status_code == 422
    error = posted.json()["errors"][0]
    assert (error["pointer"], error["code"]) == ("/voiceId", "unknown_voice") and JOE in error["suggestions"]
    short = shared.post("Bonjour.", voice="espeak:fr").json()["errors"][0]
    assert "espeak:fr-fr" in short["suggestions"]


def test_every_espeak_voice_that_is_listed_speaks(shared):
    voices = [one for one in voices_of(shared) if one.startswith("espeak:")]
    # Some have no words for digits, some know one script only.
    text = "1, 2. Anna. Анна. אבא. ᎠᎹ."
    jobs = {voice: shared.submit(text, voice=voice) for voice in voices}
    mute = {voice: record for voice, job in jobs.items() if (record := shared.settle(job))["status"] != "ready"}
    assert not mute


@pytest.mark.parametrize("voice", ["espeak:de", "espeak:fr-fr", "espeak:cmn", "espeak:en-gb"])
def test_espeak_speaks_its_other_languages(shared, voice):
    text = {"espeak:de": "Guten Morgen, Welt.", "espeak:fr-fr": "Bonjour le monde.", "espeak:cmn": "你好，世界。"}.get(voice, "Good morning.")
    _, content = shared.speak(text, voice=voice)
    assert audio_file.rms(audio_file.read_wav(content).samples) > 0.01


def test_a_language_that_the_voice_does_not_speak_is_refused(shared):
    answer = shared.post("Hallo.", voice=JOE, language="de-DE")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/language"


def test_a_piper_voice_dropped_into_the_folder_speaks_without_a_restart(serve, folder):
    server = serve(voices=folder)
    assert "newcomer" not in voices_of(server)
    drop_in(folder, "newcomer")
    poll(lambda: voices_of(server).get("newcomer", {}).get("available"), what="the new voice is listed")
    record, content = server.speak("I have just arrived.", voice="newcomer")
    assert record["output"]["sampleRate"] == 22050
    assert audio_file.rms(audio_file.read_wav(content).samples) > 0.01
    for suffix in (".onnx", ".onnx.json"):
        (folder / f"newcomer{suffix}").unlink()
    poll(lambda: "newcomer" not in voices_of(server), what="the removed voice is gone")
    assert server.post("Still here?", voice="newcomer").status_code == 422


def test_several_speakers_are_several_voices(serve, folder):
    drop_in(folder, "choir")
    description = json.loads((folder / "choir.onnx.json").read_text())
    description["num_speakers"], description["speaker_id_map"] = 2, {"alto": 0, "bass": 1}
    (folder / "choir.onnx.json").write_text(json.dumps(description))
    server = serve(voices=folder)
    poll(lambda: "choir@alto" in voices_of(server) and "choir@bass" in voices_of(server), what="both speakers")
    # The model itself knows one speaker only, so it is told apart from its description: a clear failure, no crash.
    answer = server.post("Hello.", voice="choir@bass")
    if answer.status_code == 202:
        assert server.settle(answer.json()["id"])["status"] in ("ready", "failed")
    assert server.healthy()


def garbage(path):
    path.write_bytes(bytes(range(256)) * 400)


BROKEN = {
    "no-json": lambda folder: shutil.copy(VOICES / f"{JOE}.onnx", folder / "no-json.onnx"),
    "json-is-not-json": lambda folder: (drop_in(folder, "json-is-not-json"), garbage(folder / "json-is-not-json.onnx.json")),
    "json-is-a-list": lambda folder: (drop_in(folder, "json-is-a-list"), (folder / "json-is-a-list.onnx.json").write_text("[]")),
    "json-lacks-everything": lambda folder: (drop_in(folder, "json-lacks-everything"), (folder / "json-lacks-everything.onnx.json").write_text("{}")),
    "model-is-garbage": lambda folder: (drop_in(folder, "model-is-garbage"), garbage(folder / "model-is-garbage.onnx")),
    "model-is-empty": lambda folder: (drop_in(folder, "model-is-empty"), (folder / "model-is-empty.onnx").write_bytes(b"")),
    "model-is-cut": lambda folder: (
        drop_in(folder, "model-is-cut"),
        (folder / "model-is-cut.onnx").write_bytes((VOICES / f"{JOE}.onnx").read_bytes()[:30_000_000]),
    ),
    "model-is-a-folder": lambda folder: (
        (folder / "model-is-a-folder.onnx").mkdir(),
        shutil.copy(VOICES / f"{JOE}.onnx.json", folder / "model-is-a-folder.onnx.json"),
    ),
    "wild-phoneme-ids": lambda folder: (drop_in(folder, "wild-phoneme-ids"), make_ids_wild(folder / "wild-phoneme-ids.onnx.json")),
    "absurd-rate": lambda folder: (drop_in(folder, "absurd-rate"), set_member(folder / "absurd-rate.onnx.json", "audio", {"sample_rate": -5})),
}


def set_member(path, name, value):
    description = json.loads(path.read_text())
    description[name] = value
    path.write_text(json.dumps(description))


def make_ids_wild(path):
    description = json.loads(path.read_text())
    description["phoneme_id_map"] = {key: [100_000] for key in description["phoneme_id_map"]}
    path.write_text(json.dumps(description))


def test_broken_voices_are_listed_with_a_reason_and_never_hurt_the_server(serve, folder):
    for make in BROKEN.values():
        make(folder)
    drop_in(folder, "sound")
    server = serve(voices=folder)
    poll(lambda: voices_of(server).get("sound", {}).get("available"), what="the good voice is listed")
    for stem in BROKEN:
        shown = voices_of(server).get(stem)
        assert shown is not None, f"{stem} is not listed"
        answer = server.post("Can you speak?", voice=stem)
        # Some only show when they are loaded; then the job fails, and the list knows from then on.
        if answer.status_code == 202:
            record = server.settle(answer.json()["id"])
            assert record["status"] == "failed", f"{stem}: {record}"
            assert record["error"]["detail"], stem
        else:
            assert shown["available"] is False and shown["reason"], stem
            assert answer.status_code in (422, 503), f"{stem}: {answer.text}"
            assert answer.json()["detail"] or answer.json()["errors"], stem
        assert server.running(), f"{stem} ended the server"
    server.speak("The others still work.", voice="sound")
    assert server.healthy()


def test_a_voice_that_is_mended_speaks_without_a_restart(serve, folder):
    BROKEN["model-is-garbage"](folder)
    server = serve(voices=folder)
    answer = server.post("One.", voice="model-is-garbage")
    if answer.status_code == 202:
        assert server.settle(answer.json()["id"])["status"] == "failed"
    drop_in(folder, "model-is-garbage")
    poll(lambda: voices_of(server)["model-is-garbage"]["available"], what="the mended voice is seen")

    def speaks():
        posted = server.post("Two.", voice="model-is-garbage")
        return posted.status_code == 202 and server.settle(posted.json()["id"])["status"] == "ready"

    poll(speaks, what="the mended voice speaks", every=0.3)

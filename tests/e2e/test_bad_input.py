"""Input that clients should not send, but do: every one is refused with a reason or made into audio, and the server
stays healthy and small."""

import json

import pytest
from processes import resident_mb
from serving import ESPEAK, JOE


def body_of(**fields) -> bytes:
    return json.dumps({"text": "Hello.", "voiceId": ESPEAK, "output": {"format": "wav"}, **fields}).encode()


def with_raw(name: str, raw: bytes) -> bytes:
    """A request in which one member is written as given, valid JSON or not."""
    return body_of(**{name: "@"}).replace(b'"@"', raw)


REFUSED = {  # body → status, then for 422 the pointers with their codes
    # Text
    "empty text": (body_of(text=""), {"/text": "blank"}),
    "blank text": (body_of(text=" \t\r\n "), {"/text": "blank"}),
    "blank in other scripts": (body_of(text="\u00a0\u3000\u2003\u200b"), {"/text": "blank"}),
    "no text": (b'{"voiceId":"espeak:en-us"}', {"/text": "required"}),
    "100,001 characters": (body_of(text="a" * 100_001), {"/text": "too_long"}),
    "100,001 emoji": (body_of(text="\U0001f600" * 100_001), {"/text": "too_long"}),
    "NUL": (body_of(text="be\x00fore"), {"/text": "invalid_character"}),
    "text is a number": (body_of(text=5), {"/text": "wrong_type"}),
    "text is null": (body_of(text=None), {"/text": "wrong_type"}),
    "text is a list": (body_of(text=["a"]), {"/text": "wrong_type"}),
    "invalid UTF-8": (with_raw("text", b'"a\xff\xfeb"'), 400),
    "overlong UTF-8": (with_raw("text", b'"a\xc0\xafb"'), 400),
    "UTF-16 surrogates as UTF-8": (with_raw("text", b'"\xed\xa0\x80\xed\xb0\x80"'), 400),
    "beyond Unicode": (with_raw("text", b'"\xf4\x90\x80\x80"'), 400),
    "cut UTF-8": (with_raw("text", b'"caf\xc3"'), 400),
    "lone high surrogate": (with_raw("text", rb'"a\ud800b"'), 400),
    "lone low surrogate": (with_raw("text", rb'"a\udc00b"'), 400),
    "surrogates swapped": (with_raw("text", rb'"\udc00\ud800"'), 400),
    "raw control character": (with_raw("text", b'"a\x01b"'), 400),
    # Voice
    "unknown voice": (body_of(voiceId="en_US-joe-mediun"), {"/voiceId": "unknown_voice"}),
    "empty voice": (body_of(voiceId=""), {"/voiceId": "unknown_voice"}),
    "voice as a path": (body_of(voiceId="../../../etc/passwd"), {"/voiceId": "unknown_voice"}),
    "voice with a NUL": (body_of(voiceId="espeak:en\x00us"), {"/voiceId": "unknown_voice"}),
    "voice of 100,000 characters": (body_of(voiceId="v" * 100_000), {"/voiceId": "unknown_voice"}),
    "unknown espeak voice": (body_of(voiceId="espeak:xx-yy"), {"/voiceId": "unknown_voice"}),
    "espeak voice as a path": (body_of(voiceId="espeak:../../voices/en"), {"/voiceId": "unknown_voice"}),
    "espeak without a voice": (body_of(voiceId="espeak:"), {"/voiceId": "unknown_voice"}),
    "no such speaker": (body_of(voiceId=JOE + "@nobody"), {"/voiceId": "unknown_voice"}),
    "voice is a number": (body_of(voiceId=1), {"/voiceId": "wrong_type"}),
    "language is nonsense": (body_of(language="not a language"), {"/language": "invalid_language"}),
    # Numbers
    "speed 0": (body_of(speed=0), {"/speed": "out_of_range"}),
    "speed -1": (body_of(speed=-1), {"/speed": "out_of_range"}),
    "speed 4.0001": (body_of(speed=4.0001), {"/speed": "out_of_range"}),
    "speed 1e308": (with_raw("speed", b"1e308"), {"/speed": "out_of_range"}),
    "speed -1e308": (with_raw("speed", b"-1e308"), {"/speed": "out_of_range"}),
    "speed 5e-324": (with_raw("speed", b"5e-324"), {"/speed": "out_of_range"}),
    "speed of 400 digits": (with_raw("speed", b"1" + b"0" * 400), 400),
    "speed 1e999": (with_raw("speed", b"1e999"), 400),
    "speed NaN": (with_raw("speed", b"NaN"), 400),
    "speed Infinity": (with_raw("speed", b"Infinity"), 400),
    "speed 01": (with_raw("speed", b"01"), 400),
    "speed 0x10": (with_raw("speed", b"0x10"), 400),
    "speed as text": (body_of(speed="1.0"), {"/speed": "wrong_type"}),
    "speed true": (body_of(speed=True), {"/speed": "wrong_type"}),
    "volume 25": (body_of(volume=25), {"/volume": "out_of_range"}),
    "sentenceSilence 6": (body_of(sentenceSilence=6), {"/sentenceSilence": "out_of_range"}),
    "sentenceSilence -0.1": (body_of(sentenceSilence=-0.1), {"/sentenceSilence": "out_of_range"}),
    "sampleRate 2^64": (body_of(output={"format": "wav", "sampleRate": 2**64}), {"/output/sampleRate": "out_of_range"}),
    "sampleRate -2^63": (body_of(output={"format": "wav", "sampleRate": -(2**63)}), {"/output/sampleRate": "out_of_range"}),
    "sampleRate 1e308": (with_raw("output", b'{"format":"wav","sampleRate":1e308}'), {"/output/sampleRate": "out_of_range"}),
    "sampleRate 16000.5": (body_of(output={"format": "wav", "sampleRate": 16000.5}), {"/output/sampleRate": "wrong_type"}),
    "channels 0": (body_of(output={"format": "wav", "channels": 0}), {"/output/channels": "out_of_range"}),
    # Fields
    "unknown field": (body_of(sped=1), {"/sped": "unknown_field"}),
    "unknown output field": (body_of(output={"format": "wav", "rate": 1}), {"/output/rate": "unknown_field"}),
    "field of a later version": (body_of(ssml="<speak/>"), {"/ssml": "not_available"}),
    "a name with slash and tilde": (body_of(**{"a/b~c": 1}), {"/a~1b~0c": "unknown_field"}),
    "output is a list": (body_of(output=[]), {"/output": "wrong_type"}),
    "format is null": (body_of(output={"format": None}), {"/output/format": "wrong_type"}),
    "metadata is text": (body_of(metadata="order=42"), {"/metadata": "wrong_type"}),
    "metadata holds a number": (body_of(metadata={"order": 42}), {"/metadata/order": "wrong_type"}),
    "17 metadata pairs": (body_of(metadata={f"k{n}": "v" for n in range(17)}), {"/metadata": "too_many"}),
    "metadata of 257 characters": (body_of(metadata={"k": "v" * 257}), {"/metadata/k": "too_long"}),
    "everything wrong": (
        b'{"text":"","voiceId":7,"speed":9,"volume":"x","sentenceSilence":-1,"output":{"format":"mp4"},"metadata":{"a":1},"colour":"red"}',
        {
            "/text": "blank",
            "/voiceId": "wrong_type",
            "/speed": "out_of_range",
            "/volume": "wrong_type",
            "/sentenceSilence": "out_of_range",
            "/output/format": "unknown_format",
            "/metadata/a": "wrong_type",
            "/colour": "unknown_field",
        },
    ),
    # JSON
    "duplicate key": (b'{"text":"a","text":"b"}', 400),
    "duplicate key, one escaped": (rb'{"text":"a","te\u0078t":"b"}', 400),
    "duplicate key inside": (b'{"text":"a","metadata":{"k":"1","k":"2"}}', 400),
    "empty body": (b"", 400),
    "not JSON": (b"hello", 400),
    "two documents": (body_of() + body_of(), 400),
    "trailing comma": (b'{"text":"a",}', 400),
    "comment": (b'{"text":"a"/**/}', 400),
    "single quotes": (b"{'text':'a'}", 400),
    "byte order mark": (b"\xef\xbb\xbf" + body_of(), 400),
    "UTF-16": (body_of().decode().encode("utf-16"), 400),
    "a list": (b"[1,2]", {"": "wrong_type"}),
    "a string": (b'"text"', {"": "wrong_type"}),
    "null": (b"null", {"": "wrong_type"}),
    "100,000 lists in each other": (b"[" * 100_000 + b"]" * 100_000, 400),
    "100,000 objects in each other": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 400),
    "100,000 open lists": (b"[" * 100_000, 400),
    "deep inside a member": (with_raw("metadata", b"[" * 5000 + b"]" * 5000), 400),
    "20,000 members": (json.dumps({f"k{n}": n for n in range(20_000)}).encode(), (400, 422)),
    "a list of 300,000": (with_raw("metadata", b"[" + b"0," * 300_000 + b"0]"), (400, 422)),
    "a number of 1,000,000 digits": (with_raw("speed", b"9" * 1_000_000), 400),
    "a key of 1,000,000 characters": (b'{"' + b"k" * 1_000_000 + b'":1}', (400, 422)),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_a_reason(shared, case):
    body, expected = REFUSED[case]
    answer = shared.client.post("/api/v1/soundbites", content=body, headers={"Content-Type": "application/json"})
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.content) < 20_000_000 if case == "20,000 members" else len(answer.content) < 200_000
    if isinstance(expected, dict):
        assert answer.status_code == 422, answer.text[:500]
        assert {one["pointer"]: one["code"] for one in problem["errors"]} == expected
        assert all(one["detail"] for one in problem["errors"])
    else:
        assert answer.status_code in (expected if isinstance(expected, tuple) else (expected,)), answer.text[:500]
        assert problem["detail"] or problem["errors"]


def test_an_unknown_voice_suggests_the_nearest(shared):
    for written, meant in [("en_US-joe-mediun", JOE), ("espeak:en-uss", ESPEAK), ("EN_us-JOE-medium", JOE)]:
        answer = shared.post("Hello.", voice=written)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["suggestions"][0] == meant, answer.text


def test_an_unknown_field_suggests_the_nearest(shared):
    answer = shared.client.post("/api/v1/soundbites", json={"text": "Hello.", "voiceid": ESPEAK})
    assert answer.json()["errors"][0]["suggestions"] == ["voiceId"]


# Small files whatever the length: speed 4, no pauses, 8 kHz.
SHORT = {"speed": 4, "sentenceSilence": 0, "output": {"sampleRate": 8000}}

SPOKEN = {  # text, voice, least seconds of audio
    "100,000 characters": ("One sentence, and then much room.  " * 2000 + " " * 29_990 + "The end...", ESPEAK, 200),
    "emoji only": ("\U0001f600\U0001f680\U0001f44d\U0001f3fd❤️", ESPEAK, 0),
    "emoji only, Piper": ("\U0001f600\U0001f680\U0001f44d\U0001f3fd❤️", JOE, 0),
    "joined emoji": ("\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466" * 50, ESPEAK, 0),
    "punctuation only": ("?!... --- ;;; !!!", ESPEAK, 0),
    "punctuation only, Piper": ("?!... --- ;;; !!!", JOE, 0),
    "50,000 characters without punctuation": (("strengths through " * 2778)[:50_000], ESPEAK, 200),
    "50,000 letters without a space": ("a" * 50_000, ESPEAK, 0),
    "50,000 digits": ("8" * 50_000, ESPEAK, 300),
    "10,000 one-word sentences": ("Yes. " * 10_000, ESPEAK, 300),
    "10,000 line breaks": ("a\n" * 10_000, ESPEAK, 0),
    "right to left": ("مرحبا بالعالم. كيف حالك اليوم؟ שלום עולם.", "espeak:ar", 0.5),
    "right to left, a voice of another language": ("שלום עולם. مرحبا.", ESPEAK, 0),
    "right to left, Piper": ("שלום עולם. مرحبا.", JOE, 0),
    "controls of direction": ("\u202eabc\u202c \u2066def\u2069.", ESPEAK, 0.1),
    "combining marks": ("e" + "\u0301" * 5000 + " fine.", ESPEAK, 0.1),
    "control characters": ("a\x01\x02\x1b[31mb\x7f.", ESPEAK, 0.1),
    "markup": ("<speak><break time='9999s'/>Hello & <b>bye</b></speak>", ESPEAK, 0.1),
    "espeak's own codes": ("[[h@'loU]] [[ ]] <mark name='a'/> \x0144hello", ESPEAK, 0.1),
    "mixed scripts": ("Hello Привет 你好 こんにちは 안녕 สวัสดี.", ESPEAK, 0.3),
    "one letter": ("a", ESPEAK, 0.01),
    "unassigned and private use": ("\ufdd0\uffff\U0010ffff\ue000 a.", ESPEAK, 0.01),
}


@pytest.mark.parametrize("case", SPOKEN)
def test_spoken_or_failed_with_a_reason(shared, case):
    text, voice, least = SPOKEN[case]
    record = shared.settle(shared.submit(text, voice=voice, **SHORT), seconds=250)
    assert record["source"]["characters"] == len(text)
    if least > 0 or record["status"] == "ready":
        assert record["status"] == "ready", record
        assert record["output"]["durationSeconds"] >= least
        assert shared.audio(record["id"], Range="bytes=0-3").content == b"RIFF"
    else:
        # Nothing to speak at all: the client's mistake, told as such and not tried again.
        assert record["status"] == "failed" and record["error"]["status"] == 422, record
        assert record["attempts"] <= 1 and record["error"]["detail"]
    shared.client.delete(record["links"]["self"])


def test_after_all_of_it_the_server_is_healthy_and_small(shared):
    # In order: this one runs last in its file, on the server of all the others.
    record, content = shared.speak("Still here.")
    assert record["status"] == "ready" and len(content) > 1000
    assert shared.healthy()
    assert shared.metric("soundbite_jobs", status="dead_lettered") == 0
    assert resident_mb(shared.pid, "VmHWM") < 600, "a voice is 200 MB, the rest little"

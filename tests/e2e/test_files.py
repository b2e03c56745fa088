"""Files: uploaded in every way, described, read back, used, deleted."""

import base64
import hashlib
import json

import folders
import httpx
import pytest
from plain_wav import wav, wav_of_size

TONE = wav(2.0)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def chunks(data: bytes, size: int = 7000):
    for at in range(0, len(data), size):
        yield data[at : at + size]


def codes(answer: httpx.Response) -> dict[str, str]:
    return {one["pointer"]: one["code"] for one in answer.json()["errors"]}


def test_a_file_comes_back_as_it_was_however_it_was_sent(shared):
    files = shared.client
    ways = {
        "raw": lambda: files.post("/api/v1/files?name=a.wav", content=TONE),
        "chunked": lambda: files.post("/api/v1/files?name=a.wav", content=chunks(TONE)),
        "form": lambda: files.post("/api/v1/files", files={"file": ("a.wav", TONE)}),
        "form with its hash": lambda: files.post(
            "/api/v1/files", data={"sha256": sha256(TONE)}, files={"file": ("a.wav", TONE)}
        ),
    }
    for way, send in ways.items():
        answer = send()
        assert answer.status_code == 201, f"{way}: {answer.text}"
        file = answer.json()
        assert (file["name"], file["contentType"], file["bytes"]) == ("a.wav", "audio/wav", len(TONE)), way
        assert file["sha256"] == sha256(TONE)
        assert files.get(answer.headers["location"]).json() == file
        content = files.get(file["links"]["content"])
        assert content.content == TONE
        assert content.headers["etag"] == f'"{sha256(TONE)}"'
        part = files.get(file["links"]["content"], headers={"Range": "bytes=-100"})
        assert (part.status_code, part.content) == (206, TONE[-100:])
        head = files.head(file["links"]["content"])
        assert (head.headers["content-length"], head.content) == (str(len(TONE)), b"")


def test_every_digest_is_checked(shared):
    md5 = base64.b64encode(hashlib.md5(TONE).digest()).decode()
    wrong_md5 = base64.b64encode(bytes(16)).decode()
    digest = base64.b64encode(hashlib.sha512(TONE).digest()).decode()
    wrong = base64.b64encode(bytes(64)).decode()
    post = lambda **headers: shared.client.post("/api/v1/files", content=TONE, headers=headers)  # noqa: E731
    assert post(**{"Content-MD5": md5}).status_code == 201
    assert codes(post(**{"Content-MD5": wrong_md5})) == {"/header/Content-MD5": "digest_mismatch"}
    assert post(**{"Content-Digest": f"sha-512=:{digest}:"}).status_code == 201
    assert codes(post(**{"Content-Digest": f"sha-512=:{wrong}:"})) == {"/header/Content-Digest": "digest_mismatch"}
    answer = shared.client.post("/api/v1/files", params={"sha256": "0" * 64}, content=TONE)
    assert codes(answer) == {"/sha256": "digest_mismatch"}


def test_files_are_listed_and_deleted(serve):
    server = serve(workers=0)
    ids = [server.client.post("/api/v1/files", content=wav(0.1 * n)).json()["id"] for n in range(1, 6)]
    seen, cursor = [], None
    while cursor is not None or not seen:
        page = server.client.get("/api/v1/files", params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    assert seen == ids[::-1]
    for one in ids:
        assert server.client.delete(f"/api/v1/files/{one}").status_code == 204
        assert server.client.get(f"/api/v1/files/{one}").status_code == 404
    assert server.client.get("/api/v1/files").json()["items"] == []
    server.terminate()
    assert folders.blobs(server.data_dir) == []


def test_upload_and_job_are_one_request(shared):
    recipe = {"process": [{"op": "trim", "start": 0.5, "end": 1.5}], "output": {"format": "wav"}}
    form = {"request": (None, json.dumps(recipe)), "file": ("tone.wav", TONE)}
    answer = shared.client.post("/api/v1/soundbites", files=form)
    assert answer.status_code == 202, answer.text
    job = shared.settle(answer.json()["id"])
    assert job["status"] == "ready", job
    assert job["source"]["type"] == "file"
    assert abs(job["output"]["durationSeconds"] - 1.0) < 0.001


def test_a_form_whose_request_is_wrong_keeps_no_file(shared):
    before = shared.client.get("/api/v1/files", params={"limit": 100}).json()["items"]
    wrong = {"text": "Hi", "process": [{"op": "trim", "strat": 1}], "output": {"format": "midi"}}
    for order in (("request", "file"), ("file", "request")):
        parts = {"request": (None, json.dumps(wrong)), "file": ("tone.wav", TONE)}
        answer = shared.client.post("/api/v1/soundbites", files={name: parts[name] for name in order})
        assert answer.status_code == 422
        assert {"/text", "/output/format"} <= codes(answer).keys()
    assert shared.client.get("/api/v1/files", params={"limit": 100}).json()["items"] == before


def test_a_file_in_use_is_not_deleted_under_its_job(serve):
    server = serve(workers=0)  # nothing is ever done
    file = server.client.post("/api/v1/files", content=TONE).json()["id"]
    job = server.client.post("/api/v1/soundbites", json={"fileId": file}).json()["id"]
    refused = server.client.delete(f"/api/v1/files/{file}")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/file-in-use")
    assert server.client.post(f"/api/v1/soundbites/{job}/cancel").status_code == 202
    assert server.client.delete(f"/api/v1/files/{file}").status_code == 204


def test_jobs_name_only_files_that_are_there(shared):
    unknown = "01900000-0000-7000-8000-000000000000"
    body = {"fileId": unknown, "process": [{"op": "concat", "fileIds": [unknown, unknown]}]}
    answer = shared.client.post("/api/v1/soundbites", json=body)
    assert codes(answer) == {
        "/fileId": "unknown_file",
        "/process/0/fileIds/0": "unknown_file",
        "/process/0/fileIds/1": "unknown_file",
    }


def test_a_presigned_address_takes_its_file_once(shared):
    order = {"bytes": len(TONE), "sha256": sha256(TONE), "contentType": "audio/wav", "name": "büro.wav"}
    slot = shared.client.post("/api/v1/files/presign", json=order).json()
    put = lambda data, url=slot["url"]: shared.client.request(  # noqa: E731
        slot["method"], url, content=data, headers=slot["headers"]
    )
    assert put(TONE[:-1] + b"!").status_code == 422
    assert put(TONE[:-1]).status_code == 422
    assert put(TONE, slot["url"].replace("bytes=", "bytes=1")).status_code == 403
    answer = put(TONE)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["id"], answer.json()["name"]) == (slot["fileId"], "büro.wav")
    assert put(TONE).status_code == 409
    assert shared.client.get(f"/api/v1/files/{slot['fileId']}/content").content == TONE


def test_an_address_outlives_a_restart(serve, tmp_path):
    first = serve(tmp_path / "data", workers=0)
    order = {"bytes": len(TONE), "sha256": sha256(TONE), "contentType": "audio/wav"}
    slot = first.client.post("/api/v1/files/presign", json=order).json()
    first.terminate()
    second = serve(tmp_path / "data", workers=0)
    assert second.client.put(slot["url"], content=TONE, headers=slot["headers"]).status_code == 201


def test_files_outlive_a_kill(serve, tmp_path):
    first = serve(tmp_path / "data", workers=0)
    file = first.client.post("/api/v1/files", content=TONE).json()
    first.kill()
    second = serve(tmp_path / "data", workers=0)
    assert second.client.get(f"/api/v1/files/{file['id']}").json() == file
    assert second.client.get(file["links"]["content"]).content == TONE


def test_the_analysis_of_a_recording_is_there_in_every_form(shared):
    file = shared.client.post("/api/v1/files", content=TONE).json()["id"]
    body = {"fileId": file, "analysis": True, "output": {"format": "wav"}}
    job = shared.settle(shared.client.post("/api/v1/soundbites", json=body).json()["id"])
    assert job["status"] == "ready", job
    get = lambda what, **headers: shared.client.get(  # noqa: E731
        f"/api/v1/soundbites/{job['id']}/{what}", headers=headers
    )
    assert get("analysis").headers["content-type"] == "application/json"
    assert isinstance(get("analysis").json(), dict)
    for picture in ("waveform.png", "spectrogram.png"):
        assert get(picture).content.startswith(b"\x89PNG\r\n\x1a\n")
    assert get("waveform").json()["channels"] == 1
    assert get("waveform?points=10").json()["length"] <= 10
    assert len(get("waveform?format=dat").content) > 24
    tag = get("spectrogram.png").headers["etag"]
    assert get("spectrogram.png", **{"If-None-Match": tag}).status_code == 304


def test_a_job_without_analysis_says_so(shared):
    job, _ = shared.speak("No analysis.")
    answer = shared.client.get(f"/api/v1/soundbites/{job['id']}/waveform")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-analysed")


@pytest.mark.timeout(300)
def test_memory_stays_flat_while_large_files_arrive(serve):
    from processes import resident_mb

    server = serve(workers=0)
    small = wav_of_size(1_000_000)
    assert server.client.post("/api/v1/files", content=small).status_code == 201
    before = resident_mb(server.pid)
    large = wav_of_size(100_000_000)
    for send in (
        lambda: server.client.post("/api/v1/files", content=large),
        lambda: server.client.post("/api/v1/files", files={"file": ("a.wav", large)}),
    ):
        assert send().status_code == 201
    assert resident_mb(server.pid) < before + 16

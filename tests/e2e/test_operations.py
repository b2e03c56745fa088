"""What operators ask for: health, metrics, problem pages, correlation ids, logs."""

import math
import re
import uuid

import pytest


def test_health_tells_each_part(shared):
    for path in ("/health", "/health/ready"):
        answer = shared.client.get(path)
        assert answer.status_code == 200
        body = answer.json()
        assert body["status"] == "ok" and body["version"]
        assert {"store", "disk", "voices", "media"} <= set(body["checks"])
    assert shared.client.get("/health/live").json()["status"] == "ok"
    assert shared.client.get("/").status_code == 200


SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\.)*",?)*)\})? (\S+)(?: \d+)?')


def samples(text: str):
    """Parses the Prometheus text format strictly: (name, labels, value), and the types."""
    types, found = {}, []
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in types, f"{name} has two TYPE lines"
            types[name] = kind
        elif not line.startswith("#") and line:
            match = SAMPLE.fullmatch(line)
            assert match, f"not a sample: {line}"
            found.append((match[1], match[2] or "", float(match[3])))
    return types, found


def test_metrics_can_be_parsed_and_count_what_happened(shared):
    before = shared.metric("soundbite_attempts_total", result="ready")
    shared.speak("Count me.")
    text = shared.client.get("/metrics").text
    types, found = samples(text)
    assert len({(name, labels) for name, labels, _ in found}) == len(found), "a series is shown once"
    for name, _, value in found:
        family = re.sub(r"_(bucket|sum|count)$", "", name) if re.sub(r"_(bucket|sum|count)$", "", name) in types else name
        assert family in types, f"{name} has no TYPE"
        assert not math.isnan(value) or types[family] == "summary", name
        if types[family] == "counter":
            assert name.endswith("_total") and value >= 0, name
    assert shared.metric("soundbite_attempts_total", result="ready") == before + 1


def test_metrics_hold_no_ids_and_no_text(shared):
    record, _ = shared.speak("A word that nobody else says: rhododendron.", metadata={"secret": "marmalade"})
    text = shared.client.get("/metrics").text
    assert record["id"] not in text and "rhododendron" not in text and "marmalade" not in text


def test_text_and_metadata_are_never_logged(serve):
    server = serve(extra=("--log-level", "debug"))
    server.speak("A word that nobody else says: rhododendron.", metadata={"secret": "marmalade"})
    server.post("Rhododendron again.", voice="rhododendron\nvoice", metadata={"a": "marmalade"})
    assert server.terminate() == 0
    log = server.log_path.read_text()
    assert log and "hododendron." not in log and "marmalade" not in log
    assert "rhododendron\nvoice" not in log, "a client's line break does not break a log line"


@pytest.mark.parametrize("sent", ["abc", "A-b_c.9", "x" * 64])
def test_a_correlation_id_comes_back(shared, sent):
    for path in ("/health", "/api/v1/soundbites/none", "/nowhere"):
        answer = shared.client.get(path, headers={"X-Correlation-Id": sent})
        assert answer.headers["x-correlation-id"] == sent
        if answer.status_code >= 400:
            assert answer.json()["correlationId"] == sent


@pytest.mark.parametrize("sent", ["", "x" * 65, "with space", "semi;colon", "quote\"", "ü".encode(), "<script>"])
def test_a_correlation_id_that_could_do_harm_is_replaced(shared, sent):
    answer = shared.client.get("/nowhere", headers=[(b"X-Correlation-Id", sent if isinstance(sent, bytes) else sent.encode())])
    made = answer.headers["x-correlation-id"]
    assert made != sent and re.fullmatch(r"[A-Za-z0-9._-]{1,64}", made)
    assert answer.json()["correlationId"] == made
    assert made != shared.client.get("/nowhere").headers["x-correlation-id"]


def test_the_correlation_id_is_in_the_log(serve):
    server = serve()
    sent = uuid.uuid4().hex
    server.client.get("/api/v1/soundbites", headers={"X-Correlation-Id": sent})
    assert server.terminate() == 0
    assert sent in server.log_path.read_text()


def test_every_problem_has_a_page_that_explains_it(shared):
    problem = shared.client.post("/api/v1/soundbites", json={}).json()
    page = shared.client.get(problem["type"])
    assert page.status_code == 200
    assert page.json()["title"] == problem["title"] and page.json()["explanation"]
    html = shared.client.get(problem["type"], headers={"Accept": "text/html"})
    assert html.headers["content-type"].startswith("text/html") and problem["title"] in html.text
    assert shared.client.get("/problems/none-such").status_code == 404
    assert "<script>" not in shared.client.get("/problems/%3Cscript%3E", headers={"Accept": "text/html"}).text


def test_production_logs_json_lines(serve):
    import json

    server = serve(extra=("--env", "production"))
    record, _ = server.speak("Hello.")
    assert record["environment"] == "production"
    assert server.terminate() == 0
    for line in server.log_path.read_text().splitlines():
        assert isinstance(json.loads(line), dict), line

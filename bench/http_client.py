"""A small keep-alive HTTP client for driving SoundBite and its peers; JSON in, bytes out."""

import http.client
import json


class Client:
    def __init__(self, port: int):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def call(self, method: str, path: str, body: dict | None = None, *, expect: tuple = (200, 202, 204)) -> bytes:
        content = json.dumps(body).encode() if body is not None else None
        headers = {"Content-Type": "application/json"} if content else {}
        self.connection.request(method, path, content, headers)
        response = self.connection.getresponse()
        answer = response.read()
        if response.status not in expect:
            raise RuntimeError(f"{method} {path}: {response.status} {answer[:500].decode(errors='replace')}")
        return answer

    def get(self, path: str) -> dict:
        return json.loads(self.call("GET", path))

    def submit(self, text: str, **more) -> str:
        """The new job's id."""
        return json.loads(self.call("POST", "/api/v1/soundbites", {"text": text, **more}))["id"]

    def settle(self, job: str) -> dict:
        """The job, once it is ready."""
        while True:
            record = self.get(f"/api/v1/soundbites/{job}?wait=30")
            if record["status"] == "ready":
                return record
            if record["status"] in ("failed", "cancelled"):
                raise RuntimeError(f"job {job}: {record}")

    def close(self) -> None:
        self.connection.close()

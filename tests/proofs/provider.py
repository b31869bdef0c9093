"""A face-check provider of our own, over HTTP, that can be made to behave badly."""

import hashlib
import hmac
import json
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "a key between this provider and the bureau"


@dataclass
class Check:
    nonce: str
    return_url: str
    body: dict[str, Any]
    state: str = "pending"


@dataclass
class Provider:
    """mood: what every answer looks like until it is changed: good, slow, dripping, broken, garbage, forged, foreign, elsewhere,
    capture, list, huge, refusing; `broken_times` makes that many 500s before it is good."""

    url: str = ""
    mood: str = "good"
    broken_times: int = 0
    requests: list[tuple[str, str]] = field(default_factory=list)
    checks: dict[str, Check] = field(default_factory=dict)
    release: threading.Event = field(default_factory=threading.Event)

    def start(self, body: dict[str, Any], idempotency_key: str) -> dict[str, Any]:
        reference = hashlib.sha256(idempotency_key.encode()).hexdigest()[:20]
        self.checks.setdefault(reference, Check(body["nonce"], body["return_url"], body))
        if self.mood == "capture":
            return {"reference": reference, "instructions": "请打开“某某核验”应用，按提示做完。"}
        host = "https://elsewhere.example" if self.mood == "elsewhere" else self.url
        return {"reference": reference, "url": f"{host}/pages/{reference}"}

    def result(self, reference: str) -> dict[str, Any] | None:
        check = self.checks.get(reference)
        if check is None:
            return None
        nonce = "0" * 64 if self.mood == "foreign" else check.nonce
        return {"reference": reference, "nonce": nonce, "state": check.state, "at": "2026-11-21T10:00:00+08:00"}

    def last(self) -> Check:
        return list(self.checks.values())[-1]


class Server:
    """tls: with which it answers on https, as production asks it to."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls

    def __enter__(self) -> Provider:
        self.provider = provider = Provider()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                body = json.loads(self.rfile.read(length))
                self._answer(201, lambda: provider.start(body, self.headers["Idempotency-Key"]))

            def do_GET(self) -> None:
                reference = urlsplit(self.path).path.rsplit("/", 1)[-1]
                assert parse_qs(urlsplit(self.path).query)["nonce"]
                self._answer(200, lambda: provider.result(reference))

            def _answer(self, status: int, make: Any) -> None:
                provider.requests.append((self.command, urlsplit(self.path).path))
                if self.headers["Authorization"] != f"Bearer {KEY}":
                    return self._send(401, b"{}")
                if provider.mood == "slow":
                    provider.release.wait(10)
                if provider.mood == "broken" or provider.broken_times > 0:
                    provider.broken_times -= 1
                    return self._send(500, b"oops")
                if provider.mood == "refusing":
                    return self._send(403, b"{}")
                if provider.mood == "garbage":
                    return self._send(status, b"<html>\xff")
                if provider.mood == "list":
                    return self._send(status, b"[]")
                if provider.mood == "huge":
                    return self._send(status, b" " * 100_000)
                made = make()
                return self._send(status if made else 404, json.dumps(made or {}).encode())

            def _send(self, status: int, body: bytes) -> None:
                key = "not the key" if provider.mood == "forged" else KEY
                self.send_response(status)
                self.send_header("X-Signature", hmac.digest(key.encode(), body, hashlib.sha256).hex())
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if provider.mood != "dripping":
                    self.wfile.write(body)
                    return
                for byte in body:
                    if provider.release.wait(0.1):
                        return
                    self.wfile.write(bytes([byte]))

            def log_message(self, *_: Any) -> None:
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: Any) -> None:
                """A client that gave up is what some tests are about."""

        self._server = Quiet(("127.0.0.1", 0), Handler)
        provider.url = f"http://127.0.0.1:{self._server.server_port}"
        if self._tls is not None:
            self._server.socket = self._tls.wrap_socket(self._server.socket, server_side=True)
            provider.url = f"https://localhost:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return provider

    def __exit__(self, *_: object) -> None:
        self.provider.release.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

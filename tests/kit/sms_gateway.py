"""A small real SMS gateway on loopback: remembers what it was sent, answers as it is told."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class SmsGateway:
    """answers: statuses given in turn; once they are used up, 200. slow_seconds: how long it thinks."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    slow_seconds: float = 0.0
    calls: list[dict[str, Any]] = field(default_factory=list)
    on_call: Callable[[], None] = lambda: None  # done once it has the message, before it answers

    def texts_to(self, phone: str) -> list[str]:
        return [call["body"]["text"] for call in self.calls if call["body"]["phone"] == phone]


@contextmanager
def sms_gateway() -> Iterator[SmsGateway]:
    gateway = SmsGateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            gateway.calls.append({"headers": dict(self.headers), "body": body})
            gateway.on_call()
            time.sleep(gateway.slow_seconds)
            status = gateway.answers.pop(0) if gateway.answers else 200
            try:
                self.send_response(status)
                self.end_headers()
            except BrokenPipeError:  # the sender has given up waiting
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    gateway.url = f"http://127.0.0.1:{server.server_port}/sms"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield gateway
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

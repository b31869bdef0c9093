"""A small roster server over real HTTP, for the HTTP adapter."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "roster-key-of-this-test"


@dataclass
class RosterServer:
    """`answers` are used up first, one a request: (status, headers, body). Then pages of `rows`."""

    rows: list[dict[str, Any]]
    page_rows: int = 2
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    requests: list[dict[str, list[str]]] = field(default_factory=list)
    url: str = ""

    def page(self, cursor: int) -> dict[str, Any]:
        end = cursor + self.page_rows
        following = str(end) if end < len(self.rows) else None
        return {"rows": self.rows[cursor:end], "next": following, "total": len(self.rows)}


@contextmanager
def roster_server(rows: list[dict[str, Any]], **more: Any) -> Iterator[RosterServer]:
    served = RosterServer(rows, **more)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            served.requests.append(query)
            if served.answers:
                status, headers, body = served.answers.pop(0)
            elif self.headers.get("Authorization") != f"Bearer {KEY}":
                status, headers, body = 401, {}, b"{}"
            else:
                page = served.page(int(query.get("cursor", ["0"])[0]))
                status, headers, body = 200, {}, json.dumps(page, ensure_ascii=False).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    served.url = f"http://127.0.0.1:{server.server_port}/roster"
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

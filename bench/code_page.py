"""The page with the code: its processor time against the same page with segno's default call, and its compressed size.

In one process, without the HTTP server, so that nothing common to both arms softens the ratio. SQLite; the page writes nothing.
"""

import gzip
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import flask_migrate
import segno
from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from app import create_app
from app.core.db import db
from app.credentials import code_page, service
from bench.ratios import Ratio, interleaved, ratio
from tests.credentials.holders import make_holder
from tests.kit.settings import make_settings

PAGES = {"small": 150, "full": 600}
FIRST_WINDOW_KB = 14.6
_PATH = re.compile(r' d="([^"]+)"')


def measure(scale: str) -> list[Ratio]:
    """Ratios of the code page; each round draws PAGES[scale] pages in either arm."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(make_settings(database_url=f"sqlite:///{Path(folder) / 'bench.sqlite3'}", instance_path=Path(folder)))
        with app.app_context():
            flask_migrate.upgrade()
            cookie = _unlocked_browser(app)
            db.session.remove()
        look = _looker(app, cookie)
        ours, default = (_arm(look, draw, PAGES[scale]) for draw in (code_page.path_of, _default_path))
        ours(), default()
        found = [
            ratio("code page: CPU against segno's default call", interleaved(ours, default, "<= 0.5"), "<= 0.5"),
            ratio("code page: CPU, milliseconds", [ours() / PAGES[scale] * 1000 for _ in range(7)]),
            ratio("code page: compressed size, kB", [len(gzip.compress(look(), 6)) / 1000], f"<= {FIRST_WINDOW_KB}"),
        ]
        with app.app_context():
            db.engine.dispose()
    return found


def _unlocked_browser(app: Flask) -> str:
    holder = make_holder()
    service.unlock_code(holder.session, holder.credential)
    client = app.test_client()
    holder.sign_in(client)
    client.get("/code")  # from here on the cookie carries the form's token, as any browser's does after its first page
    kept = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    if kept is None:
        raise RuntimeError("the session was lost")
    return f"{kept.key}={kept.value}"


def _looker(app: Flask, cookie: str) -> Callable[[], bytes]:
    environ = EnvironBuilder("/code", headers={"Cookie": cookie, "Accept": "text/html"}).get_environ()

    def look() -> bytes:
        body, status, _ = run_wsgi_app(app.wsgi_app, dict(environ))
        page = b"".join(body)
        if not status.startswith("200") or b"data-code" not in page:
            raise RuntimeError(f"no code on the page: {status}")
        return page

    return look


def _arm(look: Callable[[], bytes], draw: Callable[[str], str], pages: int) -> Callable[[], float]:
    def run() -> float:
        code_page.path_of = draw
        began = time.process_time()
        for _ in range(pages):
            look()
        return time.process_time() - began

    return run


def _default_path(digits: str) -> str:
    """segno as its manual says; the two paths of the picture are one here, which costs nothing to speak of."""
    found = _PATH.search(segno.make(digits, micro=False, error="m", boost_error=False).svg_inline(border=4))
    if found is None:
        raise RuntimeError("segno drew no path")
    return found[1]

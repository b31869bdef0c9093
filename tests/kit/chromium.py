"""A real Chromium and the app really served, for tests that must see what a person sees."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, Request, TimeoutError, expect, sync_playwright
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler, make_server

from app.core import clock
from tests.kit import faults
from tests.kit.thorough import is_thorough

# Chromium without windows spends two thirds of the time on the same pages; the one people have is used by `make thorough`.
EXECUTABLE = "/usr/bin/chromium" if is_thorough() else "/usr/bin/chromium-headless-shell"
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "locale": "zh-CN",
    "timezone_id": "Asia/Shanghai",
}
PATIENCE_MS = 30_000  # for whatever must happen: a busy machine is slow, and only a test that fails waits for long
_SHOWN_CHARS = 1500

expect.set_options(timeout=PATIENCE_MS)
_left_open: list[BrowserContext] = []
_complaints: dict[BrowserContext, list[str]] = {}  # what its pages wrote on their consoles, and what they could not fetch
_seen_at_failure: list[str] = []


class _Quiet(WSGIRequestHandler):
    """HTTP/1.0: each connection ends with its answer, so closing the server can wait for all of them."""

    def log(self, type: str, message: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def live_server(app: Flask) -> Iterator[str]:
    """The address at which this test's app answers, on a free port of loopback; `clock.move` moves its clock too."""
    with serve(app) as url:
        yield url


@contextmanager
def serve(app: Flask) -> Iterator[str]:
    """Its clock runs: what a page counts by its own clock must agree with the server's."""
    clock.reset()
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    assert isinstance(server, ThreadedWSGIServer)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def phone(chromium: Browser, **changes: Any) -> Iterator[BrowserContext]:
    """A phone of its own: cookies, storage, 390 x 844. changes: as for `new_context`, e.g. color_scheme, java_script_enabled."""
    context = _new_context(chromium, changes)
    try:
        yield context
    except BaseException:
        _seen_at_failure.append(_describe(context))
        raise
    finally:
        _close(context)


def open_phone(chromium: Browser, **changes: Any) -> Page:
    """A page on a phone of its own, which the test need not close."""
    context = _new_context(chromium, changes)
    _left_open.append(context)
    return context.new_page()


def close_phones() -> None:
    """Those a test has left open."""
    while _left_open:
        _close(_left_open.pop())


def seen_at_failure() -> str:
    """For the report of a failed test: where each page was and what it said. Tells it once."""
    seen = [*_seen_at_failure, *(_describe(context) for context in _left_open)]
    _seen_at_failure.clear()
    return "\n".join(seen)


def _new_context(chromium: Browser, changes: dict[str, Any]) -> BrowserContext:
    context = chromium.new_context(**{**PHONE, **changes})
    context.set_default_timeout(PATIENCE_MS)
    heard = _complaints[context] = []
    context.on("console", lambda message: heard.append(f"{message.type}: {message.text}"))
    context.on("weberror", lambda error: heard.append(str(error.error)))
    context.on("response", lambda response: faults.note_answer(response.url, response.status))
    context.on("requestfailed", lambda request: heard.extend(_unanswered(request)))
    return context


def _unanswered(request: Request) -> list[str]:
    """To Chromium a request that is answered with 304 has failed."""
    return [] if request.existing_response else [f"{request.url}: {request.failure}"]


def _close(context: BrowserContext) -> None:
    context.close()
    del _complaints[context]


def _describe(context: BrowserContext) -> str:
    pages = []
    for page in context.pages:
        try:
            page.set_default_timeout(2000)
            words = " ".join(page.locator("body").inner_text().split())
        except Error as error:
            words = f"({error.message})"
        pages.append(f"{page.url}: {words[:_SHOWN_CHARS]}")
    return "\n".join([*pages, *_complaints[context]])


def wait_for_script(page: Page) -> None:
    """Until every form of this page is in its script's hands: one sent before goes its own way, and keeps nothing on the phone."""
    if page.evaluate("matchMedia('(scripting: enabled)').matches"):
        expect(page.locator("form[data-enhance]:not([data-is-ready])")).to_have_count(0)


def lead_on(button: Locator) -> None:
    """Presses what leads to another page, and waits for it: what follows must not act on the page that is being left."""
    with button.page.expect_navigation():
        button.click()


def reload_until(page: Page, address: str, shown: Locator) -> None:
    """For what the server does by itself: opens the address again and again, a minute at most. Raises Playwright's TimeoutError."""
    end = time.monotonic() + 2 * PATIENCE_MS / 1000
    page.goto(address)
    while not shown.first.is_visible():
        if time.monotonic() > end:
            raise TimeoutError(f"waited in vain for {shown}")
        page.wait_for_timeout(250)
        page.goto(address)


def wait_until(page: Page, holds: str, arg: object = None) -> None:
    """Waits, at most 30 s, until the script function `holds(arg)` gives true. It may be async: Playwright's own waiting takes the
    promise itself for a yes. Raises Playwright's TimeoutError."""
    came_true = page.evaluate(
        f"""async (arg) => {{
          const holds = {holds};
          const end = performance.now() + {PATIENCE_MS};
          while (!(await holds(arg))) {{
            if (performance.now() > end) return false;
            await new Promise((resolve) => setTimeout(resolve, 50));
          }}
          return true;
        }}""",
        arg,
    )
    if not came_true:
        raise TimeoutError(f"waited in vain for {holds}")

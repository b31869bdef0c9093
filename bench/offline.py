"""From the tap on the icon to a drawn code, without a network, in a Chromium whose processor is slowed down four times.

Warm: the worker is installed and the wallet kept. What a person types and the derivation of the key from it are left out; the
latter is reported apart. The marks stand in static/js/enhance/code-offline.js, code-page.js and code/wallet.js.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import flask_migrate
from flask import Flask
from playwright.sync_api import BrowserContext, sync_playwright

from app import create_app
from app.core.db import db
from bench.ratios import FEWEST, Ratio, ratio
from tests.credentials.holders import Holder, make_holder
from tests.credentials.phones import code_on, opened_phone, prepare_offline, type_pin
from tests.kit.chromium import ARGS, EXECUTABLE, serve
from tests.kit.settings import make_settings

SLOWER = 4
_TIMES = """() => {
  const at = (name) => performance.getEntriesByName(name).at(-1);
  const derived = at("pz-derived").duration;
  return [at("pz-ready").startTime + at("pz-drawn").startTime - at("pz-asked").startTime - derived, derived].map((ms) => ms / 1000);
}"""


def measure(scale: str) -> list[Ratio]:
    """Seconds, the median of as many openings as other arms take rounds; the first, which warms up, does not count."""
    with _prepared() as (app, holder), serve(app) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=ARGS)
        with opened_phone(browser, app, url, holder) as page:
            prepare_offline(page)
            page.context.set_offline(True)
            rounds = [_open(page.context) for _ in range(FEWEST + 1)][1:]
        browser.close()
    return [
        ratio(f"offline: tap to code at 1/{SLOWER} CPU, seconds", [shown for shown, _ in rounds], "<= 1"),
        ratio("offline: the PIN's key derivation, seconds", [derived for _, derived in rounds]),
    ]


def _open(context: BrowserContext) -> tuple[float, float]:
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto("/code")
    type_pin(page)
    code_on(page)
    shown, derived = page.evaluate(_TIMES)
    page.close()
    return shown, derived


@contextmanager
def _prepared() -> Iterator[tuple[Flask, Holder]]:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(make_settings(database_url=f"sqlite:///{Path(folder) / 'bench.sqlite3'}", instance_path=Path(folder)))
        with app.app_context():
            flask_migrate.upgrade()
            yield app, make_holder()
            db.session.remove()
            db.engine.dispose()

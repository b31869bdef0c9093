"""Every page that needs no id, as a stranger, before and after activation, seen by a real Chromium and by the W3C's checker."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium

from app import create_app
from app.core import clock
from app.core.db import db
from app.core.locale import COOKIE
from tests.kit.chromium import phone, serve
from tests.kit.client import Browser
from tests.kit.databases import Databases
from tests.kit.looks import faults_in, faults_in_all_looks, html_errors
from tests.kit.settings import make_settings
from tests.kit.visitors import activated_browser, cookies_of, frozen_browser, signed_in_browser, unbound_browser

VISITORS: dict[str, Callable[[Flask], Browser]] = {
    "stranger": Browser,
    "activated": activated_browser,
    "signed in": signed_in_browser,
    "unbound": unbound_browser,
    "frozen": frozen_browser,
}
SAMPLES = ("/help/P-08", "/help/guides/alipay", "/help/lost-phone", "/no-such-page", "/notices/face-check")
IMPERSONAL = ("/help", "/notices", "/offline", "/styleguide", "/no-such-page")  # the same for everybody: seen once, as a stranger


# English words are the longest, traditional characters the densest: who is seen in which language, beside everybody in Chinese.
TRANSLATED = (("activated", "en"), ("stranger", "zh_Hant"))


@contextmanager
def visiting(who: str, databases: Databases, folder: Path) -> Iterator[tuple[Flask, Browser]]:
    """A loaded bureau and one person's browser."""
    with databases.fresh("sqlite") as url:
        app = create_app(make_settings(database_url=url, instance_path=folder))
        clock.reset()
        with app.app_context():
            loaded = app.test_cli_runner().invoke(args=["bureau", "init"])
            assert loaded.exit_code == 0, loaded.output
            yield app, VISITORS[who](app)
            db.session.remove()
            db.engine.dispose()
        clock.reset()


def list_pages(app: Flask, browser: Browser) -> dict[str, str]:
    """Address -> HTML of every page this person arrives at; where two addresses lead to one page, the first."""
    wanted = [r.rule for r in app.url_map.iter_rules() if "GET" in (r.methods or set()) and not r.arguments]
    impersonal = () if browser.http.get_cookie("pz") is None else IMPERSONAL
    pages: dict[str, str] = {}
    for path in [p for p in [*sorted(wanted), *SAMPLES] if not p.startswith(impersonal)]:
        response = browser.http.get(path, follow_redirects=True)
        if response.mimetype == "text/html":
            assert response.status_code in {200, 403, 404}, f"{path}: {response.status_code}"
            pages.setdefault(response.request.path, response.get_data(as_text=True))
    return pages


def test_every_page_is_valid_html(databases: Databases, tmp_path: Path) -> None:
    seen: list[str] = []
    known: set[str] = set()
    for who in VISITORS:
        with visiting(who, databases, tmp_path) as (app, browser):
            for path, html in list_pages(app, browser).items():
                if essence(html) in known:
                    continue
                known.add(essence(html))
                (tmp_path / f"{len(seen)}.html").write_text(html)
                seen.append(f"{path} ({who})")
    for who, language in TRANSLATED:
        with visiting(who, databases, tmp_path) as (app, browser):
            browser.http.set_cookie(COOKIE, language)
            for path, html in list_pages(app, browser).items():
                (tmp_path / f"{len(seen)}.html").write_text(html)
                seen.append(f"{path} ({who}, {language})")

    assert [f"{seen[number]}: {error}" for number, error in html_errors([tmp_path / f"{n}.html" for n in range(len(seen))])] == []


@pytest.mark.parametrize("who", ["stranger", "activated"])
def test_every_page_is_accessible_and_fits(who: str, databases: Databases, chromium: Chromium, tmp_path: Path) -> None:
    with visiting(who, databases, tmp_path) as (app, browser):
        assert look_at(app, browser, list(list_pages(app, browser)), chromium) == []


def test_what_only_others_see_is_accessible_and_fits(databases: Databases, chromium: Chromium, tmp_path: Path) -> None:
    """Signed in without a credential, on another phone, with a frozen one: pages that differ from those above."""
    found: list[str] = []
    seen: set[str] = set()
    for who in VISITORS:
        with visiting(who, databases, tmp_path) as (app, browser):
            pages = {path: essence(html) for path, html in list_pages(app, browser).items()}
            if who not in ("stranger", "activated"):
                new = [path for path, html in pages.items() if html not in seen]
                found += [f"{who} {fault}" for fault in look_at(app, browser, new, chromium)]
            seen |= set(pages.values())

    assert found == []


def essence(html: str) -> str:
    """Without what differs at each visit: tokens, numbers, moments."""
    return re.sub(r'(value|content|nonce|href|action)="[^"]*"|\d+', "", html)


def look_at(app: Flask, browser: Browser, paths: list[str], chromium: Chromium) -> list[str]:
    found: list[str] = []
    with serve(app) as address, phone(chromium, device_scale_factor=1, service_workers="block") as context:
        context.add_cookies(cookies_of(browser, address))  # type: ignore[arg-type]
        page = context.new_page()
        for path in paths:
            page.goto(address + path)
            found += [f"{path} {fault}" for fault in faults_in_all_looks(page)]
    return found


@pytest.mark.parametrize(("who", "language"), TRANSLATED)
def test_every_page_is_accessible_and_fits_in_other_languages(
    who: str, language: str, databases: Databases, chromium: Chromium, tmp_path: Path
) -> None:
    found: list[str] = []
    with visiting(who, databases, tmp_path) as (app, browser), serve(app) as address:
        browser.http.set_cookie(COOKIE, language)
        with phone(chromium, device_scale_factor=1, service_workers="block") as context:
            context.add_cookies(cookies_of(browser, address))  # type: ignore[arg-type]
            page = context.new_page()
            for path in list_pages(app, browser):
                page.goto(address + path)
                found += [f"{path} {fault}" for fault in faults_in(page, ("light", "large", False, 320))]

    assert found == []

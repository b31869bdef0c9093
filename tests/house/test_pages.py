"""Every page that needs no id, as a stranger, before and after activation, seen by a real Chromium and by the W3C's checker."""

import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Browser as Chromium

from app import create_app
from app.core import clock
from app.core.db import db
from app.core.locale import COOKIE, SOURCE
from tests.kit.chromium import phone, serve
from tests.kit.client import Browser
from tests.kit.databases import Databases
from tests.kit.looks import FITS, LOOKS, Look, faults_in, faults_in_all_looks, html_errors, looks_at
from tests.kit.settings import make_settings
from tests.kit.thorough import is_thorough
from tests.kit.visitors import activated_browser, cookies_of, frozen_browser, signed_in_browser, unbound_browser

VISITORS: dict[str, Callable[[Flask], Browser]] = {
    "stranger": Browser,
    "activated": activated_browser,
    "signed in": signed_in_browser,
    "unbound": unbound_browser,
    "frozen": frozen_browser,
}
SAMPLES = ("/help/P-08", "/help/guides/alipay", "/help/lost-phone", "/no-such-page", "/notices/face-check")
WALKED: dict[tuple[str, str], dict[str, str]] = {}  # (who, language) -> the pages, for every test of this process
IMPERSONAL = ("/help", "/notices", "/offline", "/styleguide", "/no-such-page")  # the same for everybody: seen once, as a stranger


# English words are the longest, traditional characters the densest: who is seen in which language, beside everybody in Chinese.
TRANSLATED = (("activated", "en"), ("stranger", "zh_Hant"))
# Whose pages one case looks at: each takes seconds, so that two processes share them evenly.
EVERY, EVEN, ODD = slice(None), slice(0, None, 2), slice(1, None, 2)
CASES = {
    "stranger": (("stranger",), EVERY),
    "activated, one half": (("activated",), EVEN),
    "activated, the other": (("activated",), ODD),
    "signed in": (("signed in",), EVERY),
    "unbound and frozen": (("unbound", "frozen"), EVERY),
}
# A bad page beside the good ones: whoever finds no fault in it would find none anywhere.
BAD_PAGE = (
    '<!DOCTYPE html><html><body><img src="x"><input><p style="width:3000px;color:#eee;background:#fff">words</p></body></html>'
)
COMPILED_TEMPLATES = FileSystemBytecodeCache(tempfile.mkdtemp(prefix="pz-pages-"))


@contextmanager
def visiting(who: str, language: str, databases: Databases, folder: Path) -> Iterator[tuple[Flask, Browser]]:
    """A loaded bureau and the browser of one person, who has walked all pages."""
    with databases.fresh("sqlite") as url:
        app = create_app(make_settings(database_url=url, instance_path=folder))
        app.jinja_env.bytecode_cache = COMPILED_TEMPLATES
        clock.reset()
        with app.app_context():
            loaded = app.test_cli_runner().invoke(args=["bureau", "init"])
            assert loaded.exit_code == 0, loaded.output
            browser = VISITORS[who](app)
            if language != SOURCE:
                browser.http.set_cookie(COOKIE, language)
            WALKED[who, language] = list_pages(app, browser)
            yield app, browser
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


def pages_of(who: str, language: str, databases: Databases, folder: Path) -> dict[str, str]:
    if (who, language) not in WALKED:
        with visiting(who, language, databases, folder):
            pass
    return WALKED[who, language]


def unseen(pages: dict[str, str], seen: set[str]) -> dict[str, str]:
    """The first page of each essence that is not among the seen, which know it from now on."""
    new = {}
    for path, html in pages.items():
        if essence(html) not in seen:
            seen.add(essence(html))
            new[path] = html
    return new


def test_every_page_is_valid_html(databases: Databases, tmp_path: Path) -> None:
    pages = {"the bad page": BAD_PAGE}
    seen: set[str] = set()
    for who, language in [*((who, SOURCE) for who in VISITORS), *TRANSLATED]:
        new = unseen(pages_of(who, language, databases, tmp_path), seen)
        pages |= {f"{path} ({who}, {language})": html for path, html in new.items()}
    files = [tmp_path / f"{number}.html" for number in range(len(pages))]
    for file, html in zip(files, pages.values(), strict=True):
        file.write_text(html)

    errors = [(list(pages)[number], error) for number, error in html_errors(files)]

    assert any(name == "the bad page" for name, _error in errors)
    faults = [f"{name}: {error}" for name, error in errors if name != "the bad page"]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("case", CASES)
def test_every_page_is_accessible_and_fits(case: str, databases: Databases, chromium: Chromium, tmp_path: Path) -> None:
    """Of each visitor those pages that no visitor before has seen."""
    visitors, part = CASES[case]
    found: list[str] = []
    seen: set[str] = set()
    for who in list(VISITORS)[: list(VISITORS).index(visitors[-1]) + 1]:
        if who not in visitors:
            unseen(pages_of(who, SOURCE, databases, tmp_path), seen)
            continue
        with visiting(who, SOURCE, databases, tmp_path) as (app, browser):
            new = unseen(WALKED[who, SOURCE], seen)
            found += [f"{who} {fault}" for fault in look_at(app, browser, list(new)[part], chromium)]

    assert not found, "\n".join(found)


def test_the_look_would_find_them(chromium: Chromium) -> None:
    with phone(chromium) as context:
        page = context.new_page()
        page.set_content(BAD_PAGE)
        found = faults_in_all_looks(page)

    rules = ("image-alt", "label", "color-contrast", "html-has-lang")
    assert [rule for rule in rules if not any(f": {rule}: " in fault for fault in found)] == []
    assert sum("wider than the screen" in fault for fault in found) == (len(LOOKS) if is_thorough() else 2) + len(FITS)


def test_each_look_has_its_turn(app: Flask) -> None:
    """In the gate; also no single look has most of the pages."""
    turns = Counter(looks_at(f"http://127.0.0.1:5000{rule.rule}")[1] for rule in app.url_map.iter_rules())

    assert set(turns) == set(LOOKS[1:])
    assert max(turns.values()) < 2 * min(turns.values())


def test_every_visitor_is_looked_at_once() -> None:
    looked_at = [who for visitors, part in CASES.values() for who in visitors if part != ODD]

    assert looked_at == list(VISITORS)


def essence(html: str) -> str:
    """Without what differs at each visit: tokens, numbers, moments."""
    return re.sub(r'(value|content|nonce|href|action)="[^"]*"|\d+', "", html)


def look_at(app: Flask, browser: Browser, paths: list[str], chromium: Chromium, *looks: Look) -> list[str]:
    """looks: all of them unless given."""
    found: list[str] = []
    with serve(app) as address, phone(chromium, device_scale_factor=1, service_workers="block") as context:
        context.add_cookies(cookies_of(browser, address))
        page = context.new_page()
        for path in paths:
            page.goto(address + path)
            faults = [fault for look in looks for fault in faults_in(page, look)] if looks else faults_in_all_looks(page)
            found += [f"{path} {fault}" for fault in faults]
    return found


@pytest.mark.parametrize(("who", "language"), TRANSLATED)
def test_every_page_is_accessible_and_fits_in_other_languages(
    who: str, language: str, databases: Databases, chromium: Chromium, tmp_path: Path
) -> None:
    with visiting(who, language, databases, tmp_path) as (app, browser):
        found = look_at(app, browser, list(WALKED[who, language]), chromium, ("light", "large", False, 320))

    assert not found, "\n".join(found)

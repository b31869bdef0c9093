"""The phone's own QR encoder and drawer, in a real Chromium, against segno and the server's code."""

import json
import random
from collections.abc import Iterator

import pytest
import segno
from playwright.sync_api import Browser, Page

from app import create_app
from app.core.assets import asset
from app.credentials.code_format import make_code
from app.credentials.qr import path_of
from tests.kit.chromium import phone, serve
from tests.kit.settings import make_settings


@pytest.fixture(scope="module")
def page(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The two modules loaded from a server; they need no database, so its file stays empty."""
    folder = tmp_path_factory.mktemp("static")
    app = create_app(make_settings(database_url=f"sqlite:///{folder / 'empty.sqlite3'}", instance_path=folder))
    with serve(app) as url, phone(chromium) as context:
        page = context.new_page()
        page.goto(f"{url}/healthz")
        with app.test_request_context():
            page.evaluate(
                """async ([qr, drawer]) => Object.assign(window, await import(qr), await import(drawer))""",
                [asset("js/code/qr.js"), asset("js/code/drawer.js")],
            )
        yield page


def _random_code(length: int) -> str:
    return "8" + "".join(random.choices("0123456789", k=length - 1))


@pytest.mark.parametrize("version", [2, 3])
def test_the_script_draws_the_same_modules_as_segno_under_every_mask(page: Page, version: int) -> None:
    cases = [(_random_code(length), mask) for length in (61, 63) for mask in range(8) for _ in range(4)]

    drawn = page.evaluate(
        "([cases, version]) => cases.map(([digits, mask]) => encode(digits, {version, mask}).map((row) => [...row]))",
        [cases, version],
    )

    for (digits, mask), modules in zip(cases, drawn, strict=True):
        wanted = segno.make(digits, version=version, mode="numeric", error="m", mask=mask, micro=False, boost_error=False)
        assert modules == [list(row) for row in wanted.matrix], (digits, mask)


def test_any_number_of_digits_that_fits_is_drawn(page: Page) -> None:
    codes = [_random_code(length) for length in (1, 2, 3, 12, 60, 61, 62, 63)]

    drawn = page.evaluate("(codes) => codes.map((digits) => encode(digits).map((row) => [...row]))", codes)

    for digits, modules in zip(codes, drawn, strict=True):
        wanted = segno.make(digits, version=2, mode="numeric", error="m", mask=3, micro=False, boost_error=False)
        assert modules == [list(row) for row in wanted.matrix], digits


def test_what_is_no_code_is_not_drawn(page: Page) -> None:
    codes = ["8" * 64, "80abc", "８０１２", ""]

    outcomes = page.evaluate(
        "(codes) => codes.map((digits) => { try { encode(digits); return 'drawn'; } catch (e) { return e.name; } })", codes
    )

    assert dict(zip(codes, outcomes, strict=True)) == dict.fromkeys(codes, "RangeError")


def test_the_path_is_the_same_text_as_the_servers(page: Page) -> None:
    codes = [_random_code(length) for length in (61, 63) for _ in range(10)]

    assert page.evaluate("(codes) => codes.map((digits) => pathOf(encode(digits)))", codes) == [path_of(c) for c in codes]


def test_the_script_draws_exactly_the_digits_of_the_format(page: Page) -> None:
    cases = []
    for _ in range(40):
        key, handle = random.randbytes(32), f"{random.getrandbits(63):020d}"
        cases.append((key, handle, random.randrange(10**9, 2 * 10**9), random.choice(["", "47", "00"])))
    cases.append((bytes.fromhex("00" * 32), "0" * 20, 1795250000, ""))

    drawn = page.evaluate(
        """(cases) => Promise.all(cases.map(async ([key, handle, at, challenge]) =>
            (await new Drawer(await importKey(key), handle, 0).draw(at, challenge)).digits))""",
        [(key.hex(), *rest) for key, *rest in cases],
    )

    assert drawn == [make_code(*case) for case in cases]


def test_the_key_cannot_be_taken_out_of_the_browser(page: Page) -> None:
    outcome = page.evaluate(
        """async () => { const key = await importKey("ab".repeat(32));
            const taken = await crypto.subtle.exportKey("raw", key).catch((e) => e.name);
            return [key.extractable, taken]; }"""
    )

    assert json.dumps(outcome) == '[false, "InvalidAccessError"]'


def test_the_drawer_never_goes_back_behind_the_last_used_code(page: Page) -> None:
    moments = page.evaluate(
        """async () => { const drawer = new Drawer(await importKey("ab".repeat(32)), "0".repeat(20), 1000);
            const at = async (s) => (await drawer.draw(s)).issuedAt;
            return [await at(900), await at(1000.9), await at(1001.2), await at(1005)]; }"""
    )

    assert moments == [1001, 1001, 1001, 1005]

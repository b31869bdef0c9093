"""A phone that derives a PIN for seconds: what it knows of the server's clock, and of the last use, stays right meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from app.core import clock
from tests.credentials.holders import make_holder
from tests.credentials.phones import MODULE, opened_phone, picture, prepare_offline, type_pin, unlock
from tests.kit.databases import Databases

OpenPhone = Callable[..., AbstractContextManager[Page]]
SLOW_S = 20
# Time that goes by while a PIN is derived goes by on the phone; the tests move the server's clock with it.
DERIVES_SLOWLY = f"""() => {{
  const [now, derive] = [Date.now, SubtleCrypto.prototype.deriveBits];
  let slow = 0;
  Date.now = () => now() + slow;
  SubtleCrypto.prototype.deriveBits = async function (...how) {{
    const bits = await derive.apply(this, how);
    await window.isAnswered;
    slow += {SLOW_S * 1000};
    return bits;
  }};
}}"""
ANSWERED_FIRST = """() => {
  const text = Response.prototype.text;
  window.isAnswered = new Promise((resolve) => {
    Response.prototype.text = async function () {
      const read = await text.call(this);
      if (this.url.endsWith("/code/unlocking")) setTimeout(resolve, 0); // the page has heard it by then
      return read;
    };
  });
}"""
LINES = """[{ credential: 1, handle: "1".repeat(20), key: "5e".repeat(32), label: "", name: "", colour: 0, shown_by: "self" }]"""


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """The phone does not know which database answers."""
    with databases.fresh("sqlite") as url:
        yield url


@pytest.fixture
def open_phone(app: Flask, chromium: Browser, live_server: str) -> OpenPhone:
    holder = make_holder()
    return lambda **changes: opened_phone(chromium, app, live_server, holder, **changes)


def test_a_code_without_a_network_is_of_the_second_in_which_it_was_drawn(open_phone: OpenPhone) -> None:
    with open_phone() as page:
        prepare_offline(page)
        page.context.set_offline(True)
        page.add_init_script(f"({DERIVES_SLOWLY})()")

        unlock(page)
        clock.move(timedelta(seconds=SLOW_S))

        issued_at = int(page.locator("[data-code]").first.evaluate("(code) => code.closest('.code-screen').dataset.issuedAt"))
        assert 0 <= clock.timestamp() - issued_at < SLOW_S / 2


def test_the_page_that_a_pin_opens_knows_how_long_ago_the_server_answered(open_phone: OpenPhone) -> None:
    with open_phone() as page:
        prepare_offline(page)
        page.goto("/help")
        clock.move(timedelta(minutes=6))  # locked again
        page.add_init_script(f"({ANSWERED_FIRST})(); ({DERIVES_SLOWLY})()")
        page.route("**/code/state*", lambda route: route.abort())  # nothing else tells the page the time

        page.goto("/code")
        type_pin(page)
        picture(page).wait_for()

        told_s = float(page.locator(".code-screen").get_attribute("data-now") or 0) / 1000
        assert SLOW_S / 2 < told_s - clock.timestamp() < SLOW_S * 1.5


def test_what_is_kept_of_the_servers_clock_is_of_when_it_spoke(open_phone: OpenPhone) -> None:
    with open_phone() as page:
        prepare_offline(page)
        page.goto("/help")
        offset = page.evaluate(
            f"""async () => {{
              const {{ heardNow, storeWallet, walletState }} = await import({MODULE % "wallet"});
              const now = Date.now();
              Date.now = () => now;
              const stored = storeWallet("274951", {LINES}, "00".repeat(16), heardNow(now + 5000));
              Date.now = () => now + 60000;
              await stored;
              return (await walletState()).offset;
            }}"""
        )
        assert offset == 5000


@pytest.mark.parametrize("locks", ["shared by the tabs", "none"])
def test_a_use_that_is_told_while_the_keys_are_wrapped_is_kept(open_phone: OpenPhone, locks: str) -> None:
    """Chromium 64 has no locks: what two pieces of the page kept at once, the later one kept alone."""
    with open_phone() as page:
        if locks == "none":
            page.add_init_script("Object.defineProperty(navigator, 'locks', { value: undefined })")
        prepare_offline(page)
        page.goto("/help")
        last_used = page.evaluate(
            f"""async () => {{
              const {{ heardNow, noteInWallet, storeWallet, walletState }} = await import({MODULE % "wallet"});
              const stored = storeWallet("274951", {LINES}, "00".repeat(16), heardNow(Date.now()));
              const noted = noteInWallet({{}}, "1".repeat(20), 1700000000);
              await Promise.all([stored, noted]);
              return (await walletState()).entries[0].lastUsed;
            }}"""
        )
        assert last_used == 1700000000

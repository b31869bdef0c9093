"""A telephone with a real Chromium in a holder's hand: what it shows, and how its network is switched off."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect

from app.core import clock
from app.credentials.code_format import Code, parse_code
from app.credentials.keyring import keyring
from tests.credentials.holders import PIN, Holder
from tests.kit.chromium import phone, wait_for_script, wait_until

ENTER = "出示医保码"
MODULE = "document.querySelector(\"[src$='js/app.js']\").src.replace('app.js', 'code/%s.js')"
KEPT = """async (size) => {
  const { walletHandles } = await import(document.querySelector("[src$='js/app.js']").src.replace("app.js", "code/wallet.js"));
  return (await walletHandles()).length === size && (await caches.match("/offline/code")) !== undefined;
}"""


@contextmanager
def opened_phone(chromium: Browser, app: Flask, url: str, holder: Holder, **changes: object) -> Iterator[Page]:
    """Signed in, on no page yet. Fails when a script of a page failed."""
    with phone(chromium, base_url=url, **changes) as context:
        sign_in_phone(context, app, url, holder)
        page = context.new_page()
        errors: list[object] = []
        page.on("pageerror", lambda error: errors.append(error))
        page.on("console", lambda m: errors.append(m.text) if "Content Security Policy" in m.text else None)
        yield page
        assert not errors


def sign_in_phone(context: object, app: Flask, url: str, holder: Holder) -> None:
    cookie = {"name": "pz", "value": holder.cookie_value(app), "domain": urlsplit(url).hostname, "path": "/"}
    context.add_cookies([cookie])


def type_pin(page: Page, pin: str = PIN) -> None:
    page.get_by_role("button", name=ENTER).wait_for()
    wait_for_script(page)
    page.get_by_label("展码密码").fill(pin)
    page.get_by_role("button", name=ENTER).click()


def unlock(page: Page, path: str = "/code", pin: str = PIN) -> str:
    """The code after the PIN, online or not."""
    page.goto(path)
    type_pin(page, pin)
    return code_on(page)


def prepare_offline(page: Page, codes: int = 1) -> str:
    """One visit online: unlocked, the keys wrapped, the worker ready to answer. The handle of one's own code."""
    handle = unlock(page)[2:22]
    page.evaluate("() => navigator.serviceWorker.ready")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    wait_until(page, KEPT, codes)
    return handle


def picture(page: Page) -> Locator:
    return page.get_by_role("img", name=re.compile("^医保码"))


def code_on(page: Page) -> str:
    expect(picture(page)).to_have_attribute("data-code", re.compile(r"^8[01]\d{59,61}$"))
    return picture(page).get_attribute("data-code") or ""


def next_code(page: Page, after: str) -> str:
    expect(picture(page)).not_to_have_attribute("data-code", after)
    return code_on(page)


def is_accepted(digits: str) -> bool:
    """As a scan would judge tag and age."""
    code = parse_code(digits)
    assert isinstance(code, Code)
    return keyring.is_genuine(code, clock.timestamp()) and -30 <= clock.timestamp() - code.issued_at <= 60


def lock_error(page: Page) -> Locator:
    return page.locator("[data-lock-error]")


def refused_pin(page: Page, pin: str) -> str:
    """A wrong PIN that the check value of this phone's wallet refuses, as it does 99 of 100."""
    found = page.evaluate(
        f"""async (pin) => {{
          const {{ recall, deriveLock }} = await import({MODULE % "keystore"});
          const {{ salt, rounds, check }} = await recall("wallet");
          const bytes = Uint8Array.from(salt.match(/../g), (pair) => parseInt(pair, 16));
          for (let n = 100001; ; n += 1) {{
            const guess = String(n);
            if (guess !== pin && (await deriveLock(guess, bytes, rounds)).check !== check) return guess;
          }}
        }}""",
        pin,
    )
    return str(found)

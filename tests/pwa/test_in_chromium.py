"""Installed and without a network, in a real Chromium whose network switch is off."""

from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.help.service import load_help_texts
from tests.kit.chromium import ARGS, EXECUTABLE, phone, wait_until
from tests.kit.visitors import activated_browser, cookies_of

KEPT = """async () => {
  const caching = (await caches.keys()).map((name) => caches.open(name));
  const kept = (await Promise.all(caching)).map((cache) => cache.keys());
  return (await Promise.all(kept)).flat().map((request) => request.url);
}"""
KEPT_TEXTS = """async () => {
  const texts = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) texts.push(await (await cache.match(request)).text());
  }
  return texts.join("\\n");
}"""

# Asks until it is there: a question put while the browser's own is under way is answered by that one, from before the change.
TWO_RELEASES = "async () => new Set((await caches.keys()).map((name) => name.split('-')[1])).size === 2"
WAITS = """async (name) => {
  const registration = await navigator.serviceWorker.ready;
  await registration.update();
  return registration.waiting !== null && (await caches.keys()).some((each) => each.startsWith(name));
}"""


def open_ready(context: BrowserContext, address: str) -> Page:
    """Opens the site and waits until the worker answers for it."""
    page = context.new_page()
    page.goto(address + "/offline")
    page.evaluate("() => navigator.serviceWorker.ready")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    return page


def test_chromium_finds_nothing_against_installing_it(chromium: Browser, site: tuple[Flask, str], tmp_path: Path) -> None:
    context = chromium.browser_type.launch_persistent_context(str(tmp_path / "profile"), executable_path=EXECUTABLE, args=ARGS)
    page = open_ready(context, site[1])
    devtools = context.new_cdp_session(page)

    errors = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    manifest = devtools.send("Page.getAppManifest")
    context.close()

    assert errors == []
    assert manifest["errors"] == []


def test_hotlines_and_help_are_read_without_a_network(chromium: Browser, site: tuple[Flask, str]) -> None:
    with phone(chromium) as context:
        page = open_ready(context, site[1])

        context.set_offline(True)

        page.goto(site[1] + "/help/hotlines")
        assert page.locator("a[href='tel:+868382551709']").first.is_visible()
        page.goto(site[1] + "/help")
        assert page.locator("h1").inner_text() == "帮助"


def test_a_page_of_a_person_is_never_kept(chromium: Browser, site: tuple[Flask, str]) -> None:
    with phone(chromium) as context:
        context.add_cookies(cookies_of(activated_browser(site[0]), site[1]))
        page = open_ready(context, site[1])
        for path in ("/", "/code", "/me", "/help/hotlines"):
            page.goto(site[1] + path)
        wait_until(page, f"async () => (await ({KEPT})()).some(u => u.endsWith('/help/hotlines'))")

        kept = [url.removeprefix(site[1]) for url in page.evaluate(KEPT)]
        texts = page.evaluate(KEPT_TEXTS)
        context.set_offline(True)
        page.goto(site[1] + "/me")

        impersonal = ("/offline", "/offline/code", "/offline/language")
        assert all(path.startswith(("/static/", "/help")) or path in impersonal for path in kept)
        assert "李" not in texts
        assert page.locator("h1").inner_text() == "现在没有网络"


def test_a_new_release_waits_until_nobody_looks_and_leaves_what_is_open_whole(chromium: Browser, site: tuple[Flask, str]) -> None:
    app, address = site
    with phone(chromium) as context:
        page = open_ready(context, address)
        old, script = page.evaluate("() => caches.keys()"), page.locator("script[src$='app.js']").get_attribute("src")

        app.config["RELEASE"] = "0123456789ab"
        wait_until(page, WAITS, "pingzheng-0123456789ab")
        page.goto(address + "/help")  # going on: the old worker answers, and no navigation is broken off
        assert page.evaluate("async () => (await navigator.serviceWorker.ready).waiting !== null")

        page.close()  # nobody looks
        page = open_ready(context, address)
        wait_until(page, TWO_RELEASES)
        context.set_offline(True)  # a page of the release before may still ask for its files
        assert page.evaluate(f"async () => (await fetch('{script}'.replace('app.js', 'enhance/code-page.js'))).ok")
        context.set_offline(False)

        app.config["RELEASE"] = "ba9876543210"
        wait_until(page, WAITS, "pingzheng-ba9876543210")
        page.close()
        page = open_ready(context, address)
        wait_until(page, TWO_RELEASES)
        assert not set(old) & set(page.evaluate("() => caches.keys()"))  # two releases ago is gone
        page.goto(address + "/")
        assert "ba9876543210" in (page.locator("script[src$='app.js']").get_attribute("src") or "")


def test_another_language_needs_no_other_worker_and_is_kept_too(chromium: Browser, site: tuple[Flask, str]) -> None:
    with phone(chromium) as context:
        page = open_ready(context, site[1])
        before = page.evaluate("async () => (await navigator.serviceWorker.ready).active.scriptURL")

        page.get_by_role("button", name="English").first.click()
        wait_until(
            page,
            "async () => (await (await caches.open((await caches.keys()).find((name) => name.endsWith('-en')))).keys()).length > 5",
        )
        registration = "async () => { const r = await navigator.serviceWorker.ready; return [r.active.scriptURL, r.waiting] }"
        after = page.evaluate(registration)
        context.set_offline(True)
        page.goto(site[1] + "/help/hotlines")

        assert after == [before, None]
        assert page.locator("html").get_attribute("lang") == "en"


def test_every_page_of_the_help_is_read_without_a_network(chromium: Browser, site: tuple[Flask, str]) -> None:
    with phone(chromium) as context:
        load_help_texts()
        page = open_ready(context, site[1])
        context.set_offline(True)
        page.goto(site[1] + "/help")
        shown = page.evaluate("() => [...document.querySelectorAll('main a[href^=\"/help\"]')].map((a) => a.getAttribute('href'))")

        for path in ["/help/faq", "/help/guides", "/help/P-06", *shown]:
            page.goto(site[1] + path)
            assert page.locator("h1").inner_text() != "现在没有网络", path


def test_larger_type_stays_without_a_network(chromium: Browser, site: tuple[Flask, str]) -> None:
    with phone(chromium) as context:
        context.add_cookies([{"name": "elder", "value": "1", "url": site[1]}])
        page = open_ready(context, site[1])

        context.set_offline(True)
        page.goto(site[1] + "/help/hotlines")

        assert page.locator("html[data-elder]").count() == 1


def test_a_refused_form_puts_the_focus_on_what_is_wrong(chromium: Browser, site: tuple[Flask, str]) -> None:
    with phone(chromium) as context:
        page = context.new_page()
        page.goto(site[1] + "/sign-in")

        page.get_by_label("手机号").fill("12")
        page.get_by_role("button", name="获取验证码").click()

        page.wait_for_function("() => document.activeElement.classList.contains('error-summary')")
        assert page.title().startswith("有误：")
        page.locator(".error-summary a").first.click()
        expect(page.get_by_label("手机号")).to_be_focused()

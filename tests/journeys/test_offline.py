"""Without a signal: a person shows their code in a basement, and gets it back on a phone that lost everything."""

import time
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.credentials.phones import KEPT, code_on, lock_error, refused_pin, type_pin
from tests.journeys.steps import (
    PIN,
    choose_pin,
    describe_person,
    pass_face_check,
    read_from_screen,
    shown_code,
    sign_in,
)
from tests.kit.chromium import phone, wait_until
from tests.kit.demo import DemoServer


def _wait_until_kept(page: Page) -> None:
    page.evaluate("() => navigator.serviceWorker.ready")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    wait_until(page, KEPT, 1)


def test_a_code_is_shown_in_a_basement_and_comes_back_after_all_was_lost(
    demo_server: DemoServer, chromium: Browser, tmp_path: Path
) -> None:
    worker = demo_server.citizen("worker")
    with phone(chromium) as context:
        page = context.new_page()
        sign_in(page, demo_server, worker["phone"])
        describe_person(page, demo_server, "worker")
        pass_face_check(page)
        choose_pin(page)
        shown_code(page)
        _wait_until_kept(page)

        # In flight mode the icon opens the manifest's start_url.
        context.set_offline(True)
        page.goto(demo_server.base_url + "/code")
        type_pin(page, refused_pin(page, PIN))
        expect(lock_error(page)).to_contain_text("展码密码不对")
        type_pin(page, PIN)
        digits = read_from_screen(page, tmp_path / "offline.png")
        assert demo_server.scan(digits, biz_no="basement-1").json()["code"] == 0
        assert demo_server.scan(digits, biz_no="basement-2").json()["reason"] == "code_used"
        context.set_offline(False)

    demo_server.let_pass(120)
    with phone(chromium) as context:
        # The browser lost all it had: cookies, storage, worker.
        page = context.new_page()
        began = time.monotonic()
        sign_in(page, demo_server, worker["phone"])
        page.goto(demo_server.base_url + "/re-binding")
        pass_face_check(page)
        page.goto(demo_server.base_url + "/code")
        type_pin(page, PIN)
        fresh = code_on(page)
        assert time.monotonic() - began < 60
        assert fresh[2:22] != digits[2:22]
        assert demo_server.scan(fresh, biz_no="re-bound").json()["code"] == 0

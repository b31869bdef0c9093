"""The code without a network, in a real Chromium whose network switch is off: the phone asks for the PIN and draws by itself."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.accounts.service import revoke_device, sign_out_everywhere
from app.core import clock
from app.core.db import db
from app.credentials import service
from app.credentials.models import Presentation
from tests.credentials.holders import PIN, Holder, add_relative, make_holder
from tests.credentials.phones import (
    KEPT,
    MODULE,
    code_on,
    is_accepted,
    lock_error,
    next_code,
    opened_phone,
    picture,
    prepare_offline,
    refused_pin,
    type_pin,
    unlock,
)
from tests.kit.chromium import wait_for_script, wait_until
from tests.kit.databases import Databases
from tests.scanning.desk import change_settings

OpenPhone = Callable[..., AbstractContextManager[Page]]
SIGN_OUT = """() => {
  const { form } = document.querySelector("[name=csrf_token]");
  form.action = "/sign-out";
  form.requestSubmit();
}"""  # as the button on 我的 does
FORWARD = "(ms) => { const real = Date.now; Date.now = () => real() + ms; }"


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """The phone does not know which database answers; the server's part is proven on both elsewhere."""
    with databases.fresh("sqlite") as url:
        yield url


@pytest.fixture
def holder(app: Flask) -> Holder:
    return make_holder()


@pytest.fixture
def open_phone(app: Flask, chromium: Browser, live_server: str, holder: Holder) -> OpenPhone:
    return lambda **changes: opened_phone(chromium, app, live_server, holder, **changes)


def renew_masters(app: Flask) -> None:
    """As after `flask keys rotate`, and 31 days later."""
    change_settings(app, code_masters=f"m9:sha256:{'5e' * 32}")


def _go_offline(page: Page) -> None:
    page.context.set_offline(True)


def test_the_code_opens_without_a_network_and_is_accepted(open_phone: OpenPhone) -> None:
    with open_phone() as page:
        handle = prepare_offline(page)
        _go_offline(page)

        page.goto("/code")
        expect(page.get_by_text("现在没有网络")).to_be_visible()
        type_pin(page)

        code = code_on(page)
        assert code[2:22] == handle
        assert is_accepted(code)
        expect(page.locator("[data-band]")).to_have_text("本人 李*")
        expect(page.get_by_role("status")).to_have_text("无网络，可正常出示")
        expect(page.locator("[data-typed]")).to_be_hidden()


def test_family_codes_open_too_and_one_goes_from_one_to_the_other(open_phone: OpenPhone, holder: Holder) -> None:
    father = add_relative(holder)
    with open_phone() as page:
        own = prepare_offline(page, codes=2)
        _go_offline(page)

        theirs = unlock(page, f"/code/{father.id}")
        assert is_accepted(theirs)
        expect(page.locator("[data-band]")).to_have_text("父亲 李**")
        expect(page.locator("[data-band]")).to_have_attribute("data-colour", "1")
        page.get_by_role("link", name="本人").click()
        expect(page.locator("[data-band]")).to_have_text("本人 李*")

        assert theirs[2:22] != own
        db.session.rollback()
        assert db.session.get_one(Presentation, theirs[2:22]).credential_id == father.id
        assert code_on(page)[2:22] == own
        assert is_accepted(code_on(page))
        expect(page.locator("[data-code]")).to_have_attribute("aria-label", "医保码，本人 李*，请对准扫码设备")
        assert page.url.endswith("/code")


def test_a_wrong_pin_is_told_and_five_lock_for_a_quarter_of_an_hour(open_phone: OpenPhone) -> None:
    with open_phone() as page:
        prepare_offline(page)
        _go_offline(page)
        page.goto("/code")
        wrong = refused_pin(page, PIN)

        for left in (4, 3, 2, 1):
            type_pin(page, wrong)
            expect(lock_error(page)).to_have_text(f"展码密码不对，还可以试 {left} 次。")
        type_pin(page, wrong)
        expect(lock_error(page)).to_have_text(re.compile(r"^展码密码输错太多次，\d\d:\d\d 以后才能再试。$"))

        page.reload()
        type_pin(page)
        expect(lock_error(page)).to_contain_text("输错太多次")
        page.add_init_script(f"({FORWARD})(901000)")
        page.reload()
        type_pin(page)
        code_on(page)


def test_one_in_a_hundred_wrong_pins_passes_and_draws_what_the_server_calls_forged(open_phone: OpenPhone) -> None:
    with open_phone() as page:
        prepare_offline(page)
        share, passing = page.evaluate(
            f"""async (pin) => {{
              const {{ deriveLock, keep, mask, recall }} = await import({MODULE % "keystore"});
              const kept = await recall("wallet");
              const bytesOf = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
              const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
              // The same wallet with one round, so that the guesses take no time.
              const salt = bytesOf(kept.salt);
              const [old, lock] = [await deriveLock(pin, salt, kept.rounds), await deriveLock(pin, salt, 1)];
              for (const entry of kept.entries) {{
                const bytes = await mask(old, entry.handle, bytesOf(entry.masked));
                entry.masked = hexOf(await mask(lock, entry.handle, bytes));
              }}
              await keep("wallet", {{ ...kept, salt: hexOf(lock.salt), rounds: 1, check: lock.check }});
              const passing = [];
              for (let n = 0; n < 4000; n += 1) {{
                const guess = String(100000 + n);
                if (guess !== pin && (await deriveLock(guess, lock.salt, 1)).check === lock.check) passing.push(guess);
              }}
              return [passing.length / 4000, passing[0]];
            }}""",
            PIN,
        )
        _go_offline(page)

        right = unlock(page)
        assert is_accepted(right)
        guessed = unlock(page, pin=passing)

        assert 0.004 < share < 0.02
        assert guessed[2:22] == right[2:22]
        assert not is_accepted(guessed)


def test_what_is_kept_says_nothing_readable(open_phone: OpenPhone, holder: Holder) -> None:
    with open_phone() as page:
        handle = prepare_offline(page)

        kept = page.evaluate(
            """() => new Promise((resolve) => {
              indexedDB.open("pingzheng-wallet").onsuccess = ({ target: { result: database } }) => {
                const store = database.transaction("kept").objectStore("kept");
                const [key, wallet] = [store.get("device-key"), store.get("wallet")];
                wallet.onsuccess = () => {
                  const text = String.fromCharCode(...new Uint8Array(wallet.result.sealed));
                  const { extractable, algorithm } = key.result;
                  resolve({ text, extractable, name: algorithm.name, counter: [...wallet.result.counter] });
                  database.close();
                };
              };
            })"""
        )
        content = page.evaluate(f"async () => (await import({MODULE % 'keystore'})).recall('wallet')")

        assert (kept["extractable"], kept["name"], len(kept["counter"])) == (False, "AES-CTR", 16)
        assert handle not in kept["text"]
        assert "李" not in kept["text"]
        assert (len(bytes.fromhex(content["salt"])), content["rounds"]) == (16, 600_000)
        assert 0 <= content["check"] < 100
        assert set(content["entries"][0]) == {"credential", "handle", "masked", "label", "name", "colour", "shownBy", "lastUsed"}


def test_thirty_silent_days_are_said_by_the_phone_itself(open_phone: OpenPhone) -> None:
    with open_phone() as page:
        prepare_offline(page)
        _go_offline(page)
        page.add_init_script(f"({FORWARD})(30 * 86400000)")
        page.goto("/code")

        type_pin(page)

        expect(lock_error(page)).to_contain_text("已经 30 天没有连过网")
        expect(lock_error(page)).to_contain_text("请到有信号的地方打开一次医保码")


def test_after_ten_openings_the_phone_says_that_the_code_may_be_refused(open_phone: OpenPhone) -> None:
    with open_phone() as page:
        prepare_offline(page)
        page.evaluate(f"async () => (await import({MODULE % 'wallet'})).noteInWallet({{ openings: 10 }})")
        _go_offline(page)

        unlock(page)

        expect(page.get_by_role("status")).to_contain_text("已多次离线出示")


def test_a_clock_an_hour_wrong_is_put_right_by_what_the_server_said(open_phone: OpenPhone) -> None:
    with open_phone() as page:
        page.add_init_script(f"({FORWARD})(3600000)")
        prepare_offline(page)
        _go_offline(page)

        assert is_accepted(unlock(page))


def test_a_clock_set_back_is_told_instead_of_a_code_that_would_fail(open_phone: OpenPhone) -> None:
    with open_phone() as page:
        prepare_offline(page)
        _go_offline(page)
        page.add_init_script(f"({FORWARD})(-3600000)")
        page.goto("/code")

        type_pin(page)

        expect(lock_error(page)).to_contain_text("请在手机设置里打开“自动设置时间”")


def test_without_a_visit_before_the_phone_says_what_to_do(open_phone: OpenPhone) -> None:
    with open_phone() as page:
        page.goto("/help")
        page.evaluate("() => navigator.serviceWorker.ready")
        wait_until(page, "async () => navigator.serviceWorker.controller && (await caches.match('/offline/code'))")
        _go_offline(page)

        page.goto("/code")

        expect(lock_error(page)).to_contain_text("还没有能离线出示的医保码")
        expect(page.get_by_label("展码密码")).to_be_hidden()
        page.get_by_role("link", name="咨询电话").last.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("咨询电话")


def test_evicted_storage_gives_a_new_key_at_the_next_unlock(open_phone: OpenPhone) -> None:
    with open_phone() as page:
        old = prepare_offline(page)
        page.goto("/help")
        clock.move(timedelta(minutes=6))
        page.evaluate(f"async () => (await import({MODULE % 'keystore'})).forgetAll()")
        page.goto("/code")
        page.get_by_label("展码密码").fill(PIN)
        page.evaluate("() => document.querySelector('form[data-enhance]').submit()")  # as by a hand quicker than the script
        hint = page.get_by_text("没有网络时，这部手机还不能出示")
        expect(hint).to_be_visible()
        page.get_by_role("button", name="锁上").click()
        expect(page.get_by_label("展码密码")).to_be_visible()

        new = prepare_offline(page)
        expect(hint).to_be_hidden()
        _go_offline(page)

        assert new != old
        assert unlock(page)[2:22] == new
        assert is_accepted(code_on(page))


def test_the_network_dropping_in_the_middle_of_the_unlock_opens_what_the_phone_has(open_phone: OpenPhone) -> None:
    with open_phone() as page:
        handle = prepare_offline(page)
        page.goto("/help")
        clock.move(timedelta(minutes=6))  # locked again
        page.goto("/code")
        page.route("**/code/unlocking", lambda route: (_go_offline(page), route.abort("internetdisconnected")))

        type_pin(page)

        assert code_on(page)[2:22] == handle
        expect(page.get_by_role("status")).to_have_text("无网络，可正常出示")


def test_the_code_stays_when_the_network_comes_back(open_phone: OpenPhone) -> None:
    with open_phone() as page:
        prepare_offline(page)
        clock.move(timedelta(minutes=6))
        _go_offline(page)
        code = unlock(page)

        page.context.set_offline(False)

        expect(page.get_by_role("status")).to_have_text("")
        assert next_code(page, code) if page.locator(".is-stale").count() else code_on(page)
        expect(picture(page)).to_be_visible()


@pytest.mark.parametrize("how", ["session", "device"])
def test_what_ended_meanwhile_is_told_once_the_network_is_back(open_phone: OpenPhone, holder: Holder, how: str) -> None:
    with open_phone() as page:
        prepare_offline(page)
        _go_offline(page)
        unlock(page)
        if how == "session":
            sign_out_everywhere(holder.account)
        else:
            revoke_device(holder.device)

        page.context.set_offline(False)

        signed_out, again = page.get_by_text("您已退出登录"), page.get_by_role("link", name="再连一次网")
        expect(signed_out.or_(again)).to_be_visible(timeout=15_000)
        if again.is_visible():  # the worker heard of the network after its page, or waited four seconds for a busy server
            again.click()
        page.wait_for_url("**/sign-in**")
        expect(signed_out).to_be_visible()
        assert not page.evaluate(f"async () => (await import({MODULE % 'wallet'})).isWalletThere()")
        if how == "device":
            expect(page.get_by_text("这台设备被移除，不能再出示医保码")).to_be_visible()


def test_a_master_that_was_removed_while_the_phone_slept_leads_to_a_new_key(app: Flask, open_phone: OpenPhone) -> None:
    with open_phone() as page:
        old = prepare_offline(page)
        page.goto("/help")
        clock.move(timedelta(minutes=6))
        renew_masters(app)

        new = unlock(page)

        assert new[2:22] != old
        assert is_accepted(new)
        page.wait_for_function("() => !document.querySelector('[data-lock-page]')")


def test_a_page_whose_master_is_removed_asks_for_the_pin(app: Flask, open_phone: OpenPhone) -> None:
    with open_phone() as page:
        unlock(page)

        renew_masters(app)

        expect(page.get_by_label("展码密码")).to_be_visible()
        type_pin(page)
        assert is_accepted(code_on(page))


def test_a_pin_changed_on_another_device_gives_new_keys(open_phone: OpenPhone, holder: Holder) -> None:
    with open_phone() as page:
        old = prepare_offline(page)
        page.goto("/help")
        clock.move(timedelta(minutes=6))
        service.set_display_pin(holder.account.id, service.hash_display_pin("602817"))

        new = unlock(page, pin="602817")
        wait_until(page, f"async (kept) => (await (await import({MODULE % 'wallet'})).walletHandles()).includes(kept)", new[2:22])
        _go_offline(page)

        assert new[2:22] != old
        assert is_accepted(unlock(page, pin="602817"))


def test_copies_of_the_store_from_before_and_after_another_pin_share_no_key(open_phone: OpenPhone) -> None:
    """Browsers keep old records for a while. Were a key in both, the PINs that give it in both were right, and no server
    would be asked."""
    with open_phone() as page:
        handle = prepare_offline(page)
        before = keys_of_copy(page, PIN)

        change_pin(page, PIN, "602817")
        wait_until(page, KEPT, 1)
        after = keys_of_copy(page, "602817")
        _go_offline(page)
        code = unlock(page, pin="602817")

        assert list(before) == [handle] and list(after) != [handle]
        assert not set(before.values()) & set(after.values())
        assert list(after) == [code[2:22]] and is_accepted(code)
        db.session.rollback()
        assert db.session.get_one(Presentation, handle).ends_at is not None


def test_one_pin_has_one_salt_on_a_phone_however_often_its_store_is_made_anew(open_phone: OpenPhone) -> None:
    """Two salts would be two check values, and a sieve of one in ten thousand."""
    with open_phone() as page:
        prepare_offline(page)
        first = salt_of_copy(page)
        page.evaluate(f"async () => (await import({MODULE % 'wallet'})).forgetWallet()")
        clock.move(timedelta(minutes=6))

        prepare_offline(page)

        assert salt_of_copy(page) == first


def change_pin(page: Page, old: str, new: str) -> None:
    page.goto("/me/pin")
    wait_for_script(page)
    page.get_by_label("现在的展码密码").fill(old)
    page.get_by_label("新的展码密码").fill(new)
    page.get_by_label("再次输入").fill(new)
    page.get_by_role("button", name="保存新密码").click()
    expect(page.get_by_text("展码密码已更改").first).to_be_visible()


def keys_of_copy(page: Page, pin: str) -> dict[str, str]:
    """What whoever copies the store now gets with the right PIN: keys by handle."""
    found: dict[str, str] = page.evaluate(
        f"""async (pin) => {{
          const {{ deriveLock, mask, recall }} = await import({MODULE % "keystore"});
          const bytesOf = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
          const {{ salt, rounds, entries }} = await recall("wallet");
          const lock = await deriveLock(pin, bytesOf(salt), rounds);
          const found = {{}};
          for (const {{ handle, masked }} of entries) found[handle] = String(await mask(lock, handle, bytesOf(masked)));
          return found;
        }}""",
        pin,
    )
    return found


def salt_of_copy(page: Page) -> str:
    return str(page.evaluate(f"async () => (await (await import({MODULE % 'keystore'})).recall('wallet')).salt"))


def test_signing_out_forgets_what_was_kept(open_phone: OpenPhone) -> None:
    with open_phone() as page:
        prepare_offline(page)
        page.goto("/help")
        with page.expect_navigation():
            page.evaluate(SIGN_OUT)
        wait_until(page, "async () => navigator.serviceWorker.controller && (await caches.match('/offline/code'))")
        wait_until(page, f"async () => !(await (await import({MODULE % 'wallet'})).isWalletThere())")
        _go_offline(page)

        page.goto("/code")

        expect(lock_error(page)).to_contain_text("还没有能离线出示的医保码")


def test_two_tabs_keep_one_handle(open_phone: OpenPhone) -> None:
    with open_phone() as page:
        prepare_offline(page)
        clock.move(timedelta(minutes=6))
        page.goto("/help")
        other = page.context.new_page()

        other.goto("/code")  # both ask for the PIN
        first = unlock(page)
        type_pin(other)
        second = code_on(other)

        assert first[2:22] == second[2:22]
        _go_offline(page)
        third = page.context.new_page()
        assert unlock(third)[2:22] == first[2:22]
        assert is_accepted(code_on(page))

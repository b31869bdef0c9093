"""What a person does on the site, in the words on the screen."""

from pathlib import Path

import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from tests.kit.chromium import lead_on, wait_for_script
from tests.kit.demo import DemoServer

PIN = "370294"
_PICTURES = 20  # of a code that is drawn anew every thirty seconds: the second one reads it


def sign_in(page: Page, server: DemoServer, phone: str) -> None:
    page.goto(server.base_url + "/sign-in")
    page.get_by_label("手机号").fill(phone)
    page.get_by_role("button", name="获取验证码").click()
    code = page.locator("[data-demo-sms]").inner_text()
    digits = "".join(c if c.isdigit() else " " for c in code).split()
    page.get_by_label("短信验证码").fill(next(d for d in digits if len(d) == 6))
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def describe_person(page: Page, server: DemoServer, key: str) -> None:
    """Screens one and two of activation: who, and the consents."""
    page.goto(server.base_url + "/activation")
    fill_in_person(page, server, key)
    give_consents(page)


def fill_in_person(page: Page, server: DemoServer, key: str) -> None:
    citizen = server.citizen(key)
    expect(page.get_by_text("第 1 步,共 ")).to_be_visible()
    page.get_by_label("姓名").fill(citizen["name"])
    page.get_by_label("证件类型").select_option(citizen["cert_type"])
    page.get_by_label("证件号码").fill(citizen["cert_no"])
    page.get_by_label("参保地").select_option(citizen["insured_region"])
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_text("第 2 步,共 ")).to_be_visible()


def tick_all(page: Page) -> None:
    """Every consent of the page, once all of it is there."""
    boxes = page.get_by_role("checkbox")
    expect(boxes.first).to_be_visible()
    page.wait_for_load_state()
    for box in boxes.all():
        assert not box.is_checked(), "a consent was ticked beforehand"
        box.check()


def give_consents(page: Page) -> None:
    tick_all(page)
    lead_on(page.get_by_role("button", name="同意并继续"))


def pass_face_check(page: Page) -> None:
    lead_on(page.get_by_role("button", name="开始人脸核验"))
    lead_on(page.get_by_role("button", name="模拟通过"))


def give_counter_code(page: Page, code: str) -> None:
    other = page.get_by_role("button", name="改用其他方式").or_(page.get_by_role("link", name="改用其他方式"))
    other.first.click()
    page.get_by_label("窗口核验码").fill(code)
    page.get_by_role("button", name="下一步").click()


def choose_pin(page: Page, pin: str = PIN) -> None:
    page.get_by_label("再次输入").wait_for()
    wait_for_script(page)
    page.get_by_label("展码密码", exact=True).fill(pin)
    page.get_by_label("再次输入").fill(pin)
    page.get_by_role("button", name="完成激活").click()


def unlock(page: Page, pin: str = PIN) -> None:
    """On the page that asks for the PIN; what comes of it is for the caller to see."""
    page.get_by_role("button", name="出示医保码").wait_for()
    wait_for_script(page)
    page.get_by_label("展码密码").fill(pin)
    page.get_by_role("button", name="出示医保码").click()


def shown_code(page: Page) -> str:
    """The digits of the visible code; a code that is drawn is announced as 医保码."""
    picture = page.locator("[data-code]")
    expect(picture).to_be_visible()
    name = picture.get_attribute("aria-label") or ""
    assert picture.get_attribute("role") == "img", "the code is no picture to a screen reader"
    assert name.startswith("医保码"), name
    return picture.get_attribute("data-code") or ""


def next_code(page: Page, old: str) -> str:
    """Presses 刷新 until the phone shows another code than `old`: codes differ by their second."""
    refresh = page.get_by_role("link", name="刷新").or_(page.get_by_role("button", name="刷新")).first
    for _ in range(20):
        refresh.click()
        page.wait_for_timeout(300)
        if (new := shown_code(page)) != old:
            return new
    raise AssertionError("the code does not change")


def read_from_screen(page: Page, target: Path) -> str:
    """Takes a picture of the whole screen and reads the code from it, as a scanner would: what the page says it shows."""
    for _ in range(_PICTURES):
        shown = shown_code(page)
        page.screenshot(path=target)
        if shown == shown_code(page):
            break
    else:
        raise AssertionError("the code is drawn anew faster than a picture is taken")
    found = zxingcpp.read_barcodes(Image.open(target))
    assert [str(code.text) for code in found] == [shown]
    return shown

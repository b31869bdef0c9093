"""What holders, members and reviewers of a family do, in the words on the screen."""

import time
from pathlib import Path
from typing import Any

import pyotp
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.journeys import steps
from tests.kit.chromium import lead_on, open_phone
from tests.kit.demo import DemoServer


def arrive_home(page: Page, server: DemoServer, key: str) -> None:
    """Signs an activated citizen in on a new phone and binds it by a face check; the last SMS is a minute ago."""
    server.let_pass(61)
    steps.sign_in(page, server, server.citizen(key)["phone"])
    page.goto(server.base_url + "/re-binding")
    for box in page.get_by_role("checkbox").all():
        box.check()
    steps.pass_face_check(page)
    page.goto(server.base_url + "/family")


def begin(page: Page, server: DemoServer, key: str) -> None:
    """Screen one: two notices and the holder's PIN."""
    page.get_by_role("link", name="添加家庭成员").click()
    expect(page.get_by_text("第 1 步,共 5 步")).to_be_visible()
    steps.tick_all(page)
    page.get_by_label("展码密码", exact=True).fill(server.citizen(key)["pin"])
    lead_on(page.get_by_role("button", name="同意并继续"))


def say_whom(page: Page, citizen: dict[str, Any], relation: str) -> None:
    expect(page.get_by_text("第 2 步,共 5 步")).to_be_visible()
    page.get_by_label("家人是您的").select_option(relation)
    page.get_by_label("姓名").fill(citizen["name"])
    page.get_by_label("证件号码").fill(citizen["cert_no"])
    page.get_by_label("参保地").select_option(citizen["insured_region"])
    lead_on(page.get_by_role("button", name="下一步"))


def choose_way(page: Page, words: str) -> None:
    expect(page.get_by_text("第 3 步,共 5 步")).to_be_visible()
    page.get_by_label(words).check()
    page.get_by_role("button", name="下一步").click()
    page.wait_for_url(lambda address: not address.endswith("/way"))


def make_photo(folder: Path, name: str) -> Path:
    path = folder / name
    Image.effect_noise((1200, 900), 80).convert("RGB").save(path, "JPEG")
    return path


def send(page: Page, label: str, photo: Path) -> None:
    """One photo for one kind of paper, as a person would, and waits until it is there.

    Not beside another page of the same kind, nor while the page is being left: its field is on both pages.
    """
    section = page.get_by_role("region", name=label)
    section.locator("input[type=file]").set_input_files(photo)
    section.locator("[data-checks] p").first.wait_for()  # looked at: what is said of it moves the button
    anyway = section.get_by_role("button", name="仍然发送这一张")
    if anyway.count():
        anyway.first.click()
    section.get_by_role("button", name="发送").last.click()
    page.get_by_role("region", name=label).get_by_text("第 1 页").first.wait_for()


def sign_letter(page: Page, name: str) -> None:
    page.get_by_label("输入姓名").check()
    page.get_by_label("您的姓名").fill(name)
    page.get_by_role("button", name="签名并继续").click()


def show(page: Page, server: DemoServer, name: str, pin: str) -> str:
    """The digits of a relative's code, opened with the holder's own PIN."""
    page.goto(server.base_url + "/family")
    page.get_by_role("link", name=f"出示 {name} 的医保码").first.click()
    page.wait_for_url("**/code/*")
    if page.locator("[data-code]").count() == 0:
        steps.unlock(page, pin)
    return steps.shown_code(page)


DESK: dict[str, Any] = {
    "viewport": {"width": 1280, "height": 900},
    "device_scale_factor": 1,
    "is_mobile": False,
    "has_touch": False,
}


class Reviewer:
    """A member of the bureau's staff in a browser of their own."""

    def __init__(self, chromium: Browser, server: DemoServer) -> None:
        self._server = server
        self.page = open_phone(chromium, **DESK)
        member = next(m for m in server.demo["staff"] if m["role"] == "reviewer")
        self.page.goto(server.base_url + "/bureau/sign-in")
        self.page.locator("input[name=username]").fill(member["username"])
        self.page.locator("input[name=password]").fill(member["password"])
        self.page.locator("main button[type=submit]").first.click()
        code = pyotp.TOTP(member["totp_secret"]).at(int(time.time() + server.ahead))
        self.page.locator("input[name=code]").fill(code)
        self.page.locator("main button[type=submit]").first.click()
        self.page.wait_for_url(lambda url: "/sign-in" not in url)

    def take_next(self) -> None:
        self.page.goto(self._server.base_url + "/bureau/cases")
        self.page.get_by_role("button", name="领取下一件").first.click()
        self.page.wait_for_url("**/bureau/cases/*")

    def approve(self) -> None:
        lead_on(self.page.get_by_role("button", name="通过", exact=True))
        self._let_it_settle()

    def give_back(self, paper: str) -> None:
        self.page.get_by_role("combobox", name=f"{paper} 第 1 页").select_option("glare")
        lead_on(self.page.get_by_role("button", name="退回补正"))
        self._let_it_settle()

    def _let_it_settle(self) -> None:
        """The minute in which it may be undone passes; the background task brings it into effect."""
        self._server.let_pass(61)

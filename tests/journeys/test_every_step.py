"""The screens that a crawl does not reach, each looked at by the checkers on the way through the journey."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import steps
from tests.kit.chromium import lead_on, open_phone
from tests.kit.databases import Databases
from tests.kit.demo import DemoServer
from tests.kit.looks import faults_in_all_looks, html_errors


@pytest.fixture
def server(databases: Databases, tmp_path: Path) -> Iterator[DemoServer]:
    """What a page looks like does not depend on the database."""
    with databases.fresh("sqlite") as url:
        running = DemoServer(url, tmp_path)
        yield running
        running.stop()


class Inspector:
    def __init__(self, page: Page, folder: Path) -> None:
        self._page, self._folder = page, folder
        self._seen: list[str] = []
        self.faults: list[str] = []

    def look(self, name: str) -> None:
        size = self._page.viewport_size
        self.faults += [f"{name} {fault}" for fault in faults_in_all_looks(self._page)]
        answer = self._page.request.get(self._page.url)
        (self._folder / f"step{len(self._seen)}.html").write_text(answer.text())
        self._seen.append(name)
        self._page.set_viewport_size(size or {"width": 390, "height": 844})

    def all_faults(self) -> list[str]:
        files = [self._folder / f"step{n}.html" for n in range(len(self._seen))]
        return self.faults + [f"{self._seen[number]}: {error}" for number, error in html_errors(files)]


def test_every_step_is_accessible_and_valid(server: DemoServer, chromium: Browser, tmp_path: Path) -> None:
    page = open_phone(chromium, device_scale_factor=1, service_workers="block")
    inspector = Inspector(page, tmp_path)

    steps.sign_in(page, server, server.citizen("worker")["phone"])
    page.goto(server.base_url + "/activation")
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_text("有误").first).to_be_attached()
    inspector.faults += [f"person, refused {fault}" for fault in faults_in_all_looks(page)]
    page.set_viewport_size({"width": 390, "height": 844})
    steps.fill_in_person(page, server, "worker")
    inspector.look("consent")
    steps.give_consents(page)
    inspector.look("proof")
    lead_on(page.get_by_role("button", name="改用其他方式").or_(page.get_by_role("link", name="改用其他方式")).first)
    inspector.look("counter code")
    page.go_back()
    page.get_by_role("button", name="开始人脸核验").click()
    page.get_by_role("button", name="模拟通过").wait_for()
    inspector.look("face check")
    lead_on(page.get_by_role("button", name="模拟通过"))
    page.get_by_label("再次输入").wait_for()
    inspector.look("PIN")
    steps.choose_pin(page)
    steps.shown_code(page)
    inspector.look("code")
    page.get_by_role("button", name="锁上").click()
    page.get_by_label("展码密码").wait_for()
    inspector.look("lock")

    assert inspector.all_faults() == []

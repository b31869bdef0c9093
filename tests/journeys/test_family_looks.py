"""The screens of adding somebody, each looked at by the checkers on the way."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys import family, steps
from tests.journeys.test_every_step import Inspector
from tests.kit.chromium import open_phone
from tests.kit.databases import Databases
from tests.kit.demo import DemoServer


@pytest.fixture
def server(databases: Databases, tmp_path: Path) -> Iterator[DemoServer]:
    """What a page looks like does not depend on the database."""
    with databases.fresh("sqlite") as url:
        running = DemoServer(url, tmp_path)
        yield running
        running.stop()


def test_every_screen_of_adding_is_accessible_and_valid(server: DemoServer, chromium: Browser, tmp_path: Path) -> None:
    page = open_phone(chromium, device_scale_factor=1, service_workers="block")
    inspector = Inspector(page, tmp_path)
    family.arrive_home(page, server, "active_daughter")
    family.begin(page, server, "active_daughter")
    inspector.look("member")
    family.say_whom(page, server.citizen("father76"), "father")
    inspector.look("way")

    for words, name in (
        ("家人就在身边，用这部手机刷脸", "face"),
        ("家人到医保窗口领核验码", "counter code"),
        ("约一个时间，医保局打电话给家人", "call"),
        ("请另一位家人作证，交材料审核", "papers"),
    ):
        page.goto(server.base_url + "/family/new/way")
        family.choose_way(page, words)
        inspector.look(name)
    steps.tick_all(page)
    page.get_by_role("button", name="同意并继续").click()
    page.locator("input[type=file]").first.wait_for()
    inspector.look("uploads")
    page.goto(server.base_url + "/family/new/way")
    family.choose_way(page, "把链接发到家人自己的手机")
    inspector.look("own phone")
    page.get_by_role("button", name="生成链接").click()
    page.locator("a[href*='/family/invitations/']").wait_for()
    inspector.look("waiting")

    assert inspector.all_faults() == []

"""What the code page costs over the wire: exact bytes, headers included, as Chromium counts them."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.credentials.holders import Holder, make_holder
from tests.credentials.phones import code_on, opened_phone, type_pin
from tests.kit.databases import Databases

FIRST_VISIT, LATER_VISIT, FIRST_WINDOW = 40_000, 12_000, 14_600


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """Bytes do not depend on the database."""
    with databases.fresh("sqlite") as url:
        yield url


@pytest.fixture
def holder(app: Flask) -> Holder:
    return make_holder()


class Wire:
    """Bytes by address since the last look. The worker's own precache is not counted, nor what it answers."""

    def __init__(self, page: Page) -> None:
        self._page, self._paths, self.bytes = page, dict[str, str](), dict[str, int]()
        devtools = page.context.new_cdp_session(page)
        devtools.send("Network.enable")
        devtools.on("Network.requestWillBeSent", self._note_path)
        devtools.on("Network.loadingFinished", self._note_bytes)

    def _note_path(self, event: dict[str, Any]) -> None:
        self._paths[event["requestId"]] = "/" + event["request"]["url"].split("/", 3)[3]

    def _note_bytes(self, event: dict[str, Any]) -> None:
        path = self._paths.get(event["requestId"], "?")
        self.bytes[path] = self.bytes.get(path, 0) + int(event["encodedDataLength"])

    def take(self) -> dict[str, int]:
        """Polls are no part of a visit."""
        self._page.wait_for_load_state("networkidle")
        taken, self.bytes = self.bytes, {}
        return {path: size for path, size in taken.items() if not path.startswith(("/code/state", "/sw.js"))}


def test_a_first_visit_and_a_later_one_stay_within_their_weight(
    app: Flask, chromium: Browser, live_server: str, holder: Holder
) -> None:
    with opened_phone(chromium, app, live_server, holder, service_workers="block") as page:
        wire = Wire(page)
        page.goto("/code")
        type_pin(page)
        code_on(page)
        first = wire.take()

        page.goto("/code")
        code_on(page)
        later = wire.take()

    assert first["/code/unlocking"] <= FIRST_WINDOW, first
    assert sum(first.values()) <= FIRST_VISIT, (sum(first.values()), first)
    assert later["/code"] <= FIRST_WINDOW, later
    assert sum(later.values()) <= LATER_VISIT, (sum(later.values()), later)

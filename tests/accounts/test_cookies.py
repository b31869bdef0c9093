"""Cookies as production sets them, with a real SMS gateway on the other end."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.config import Mode
from app.core.db import db
from tests.kit.client import Browser
from tests.kit.settings import make_settings
from tests.kit.sign_in import sign_in
from tests.kit.sms_gateway import SmsGateway, sms_gateway

pytestmark = pytest.mark.one_database

PHONE = "13800000001"


@pytest.fixture
def gateway() -> Iterator[SmsGateway]:
    with sms_gateway() as running:
        yield running


@pytest.fixture
def production(database_url: str, tmp_path: Path, gateway: SmsGateway) -> Iterator[Flask]:
    settings = make_settings(
        database_url=database_url,
        instance_path=tmp_path,
        app_mode=Mode.production,
        face_check="http",
        face_check_url="https://face.example/v1",
        face_check_key="key-of-the-provider",
        sms_sender="http",
        sms_url=gateway.url,
        sms_key="k",
        web_workers=1,
        public_origin="https://bureau.example",
    )
    made = create_app(settings)
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


class Https:
    """A browser behind TLS."""

    def __init__(self, app: Flask) -> None:
        self.http = Browser(app).http
        self.token = ""

    def get(self, path: str) -> list[str]:
        """The Set-Cookie lines of the answer."""
        response = self.http.get(path, base_url="https://bureau.example")
        found = re.search(r'name="csrf_token" value="([^"]+)"', response.get_data(as_text=True))
        self.token = found.group(1) if found else self.token
        return response.headers.getlist("Set-Cookie")

    def post(self, path: str, data: dict[str, str]) -> tuple[int, list[str]]:
        response = self.http.post(
            path,
            data={"csrf_token": self.token, **data},
            base_url="https://bureau.example",
            headers={"Referer": f"https://bureau.example{path}"},
        )
        return response.status_code, response.headers.getlist("Set-Cookie")


def flags(line: str) -> set[str]:
    return {part.strip() for part in line.split(";")[1:]}


def test_production_cookies_are_host_bound_secure_and_out_of_reach_of_script(production: Flask, gateway: SmsGateway) -> None:
    browser = Https(production)
    browser.get("/sign-in")
    _, after_code = browser.post("/sign-in", {"phone": PHONE, "step": "code"})
    code = re.findall(r"\d{6}", gateway.texts_to(PHONE)[0])[0]
    browser.get("/sign-in")
    status, after_sign_in = browser.post("/sign-in", {"phone": PHONE, "code": code})

    assert status == 303
    device = next(line for line in after_code if line.startswith("__Host-pz-browser="))
    session = next(line for line in after_sign_in if line.startswith("__Host-pz="))
    for line in (device, session):
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= flags(line)
        assert "Domain" not in line
    assert "Max-Age=34560000" in flags(device)
    assert any(flag.startswith("Expires=") for flag in flags(session))
    assert any(line.startswith("__Host-pz-browser=") for line in after_sign_in)
    assert not any("remember" in line for line in after_sign_in)


def test_production_shows_no_sms_on_its_pages(production: Flask, gateway: SmsGateway) -> None:
    browser = Https(production)
    browser.get("/sign-in")
    browser.post("/sign-in", {"phone": PHONE, "step": "code"})
    page = browser.http.get("/sign-in", base_url="https://bureau.example").get_data(as_text=True)

    assert len(gateway.calls) == 1
    assert "短信已发出" in page
    assert "data-demo-sms" not in page
    assert re.findall(r"\d{6}", gateway.texts_to(PHONE)[0])[0] not in page


def test_a_form_from_another_site_is_refused(production: Flask) -> None:
    browser = Https(production)
    browser.get("/sign-in")

    response = browser.http.post(
        "/sign-in",
        data={"csrf_token": browser.token, "phone": PHONE, "step": "code"},
        base_url="https://bureau.example",
        headers={"Referer": "https://evil.example/"},
    )

    assert response.status_code == 400


def test_an_sms_that_does_not_go_out_loses_nothing_and_says_so(production: Flask, gateway: SmsGateway) -> None:
    gateway.answers = [400]
    browser = Https(production)
    browser.get("/sign-in")

    status, _ = browser.post("/sign-in", {"phone": PHONE, "step": "code"})
    page = browser.http.get("/sign-in", base_url="https://bureau.example").get_data(as_text=True)

    assert status == 303
    assert "短信暂时发不出去" in page
    assert f'value="{PHONE}"' in page


def test_a_page_of_a_stranger_sets_no_device_cookie_until_a_code_is_asked_for(browser: Browser) -> None:
    response = browser.http.get("/sign-in")

    assert not any("browser" in line for line in response.headers.getlist("Set-Cookie"))


def test_the_device_keeps_its_cookie_when_it_signs_out(browser: Browser) -> None:
    sign_in(browser, PHONE, next_path="/me")
    before = browser.http.get_cookie("pz-browser")
    token = browser.page.hidden()["csrf_token"] if browser.page else ""

    browser.http.post("/sign-out", data={"csrf_token": token})

    after = browser.http.get_cookie("pz-browser")
    assert before is not None and after is not None and before.value == after.value

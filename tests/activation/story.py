"""A person on the way to a credential, page by page."""

import re
from typing import Any

from flask import Flask

from app.proofs.service import issue_counter_code
from app.roster.identity import parse_cert
from app.roster.models import InsuredPerson
from app.roster.queries import find_person
from app.roster.service import save_person
from tests.kit.client import Browser, Page
from tests.kit.sign_in import sign_in

PIN = "739154"
NUMBER, NAME = "510600199003070017", "李明"
PERSON = {"name": NAME, "cert_type": "01", "cert_no": NUMBER, "region": "510603"}
HOTLINE = "0838-2551709"  # 旌阳区


def enrol(number: str = NUMBER, name: str = NAME, region: str = "510603", **changes: Any) -> InsuredPerson:
    return save_person(cert=parse_cert("01", number), name=name, insured_region=region, insutype="310", **changes)


def person_of(number: str = NUMBER) -> InsuredPerson:
    person = find_person("01", number)
    assert person is not None
    return person


def arrive(app: Flask, phone: str = "13800000001") -> Browser:
    """Signed in, at the first page."""
    browser = Browser(app)
    sign_in(browser, phone, next_path="/activation")
    return browser


def say_who(browser: Browser, *, expect: int = 200, **changes: str) -> Page:
    return browser.post("/activation/person", {**PERSON, **changes}, expect=expect)


def boxes(page: Page) -> list[str]:
    return [node.attrs["name"] for node in page.all("input", type="checkbox")]


def agree(browser: Browser, *, face: bool = True) -> Page:
    ticked = boxes(browser.get("/activation/consent"))
    return browser.post("/activation/consent", dict.fromkeys(ticked if face else ticked[:2], "y"))


def start_face(browser: Browser, slug: str = "activation", **data: str) -> Page:
    """Presses 开始人脸核验; the page is the stub's."""
    return browser.post(f"/{slug}/face-check", data)


def choose(browser: Browser, result: str, *, expect: int = 200) -> Page:
    """模拟通过 (passed) or 模拟不通过 (failed)."""
    assert browser.page is not None
    action = next(n.attrs["action"] for n in browser.page.all("form") if n.attrs["action"].startswith("/face-check-stub/"))
    return browser.post(action, {"result": result}, expect=expect)


def prove_by_face(browser: Browser, slug: str = "activation") -> Page:
    start_face(browser, slug, agrees="y")
    return choose(browser, "passed")


def prove_by_counter(browser: Browser, slug: str = "activation", number: str = NUMBER) -> Page:
    code = issue_counter_code(person_of(number), "cli:test")
    browser.get(f"/{slug}/counter-code")
    return browser.post(f"/{slug}/counter-code", {"code": code})


def finish(browser: Browser, pin: str = PIN, *, again: str | None = None, expect: int = 200) -> Page:
    return browser.post("/activation/pin", {"pin": pin, "again": pin if again is None else again}, expect=expect)


def at_pin(app: Flask, phone: str = "13800000001", **changes: str) -> Browser:
    browser = arrive(app, phone)
    say_who(browser, **changes)
    agree(browser)
    prove_by_face(browser)
    return browser


def activate(app: Flask, phone: str = "13800000001", **changes: str) -> Browser:
    browser = at_pin(app, phone, **changes)
    finish(browser)
    return browser


def steps_said(page: Page) -> str:
    found = re.search(r"第 \d 步,共 \d 步", page.text)
    return found.group() if found else ""


def path(page: Page) -> str:
    return page.response.request.path


def value_of(page: Page, name: str) -> str:
    return page.one("input", name=name).attrs["value"]


def chosen(page: Page, name: str) -> str:
    select = next(i for i, n in enumerate(page.nodes) if n.tag == "select" and n.attrs.get("name") == name)
    options = []
    for node in page.nodes[select + 1 :]:
        if node.tag != "option":
            break
        options.append(node)
    return next((o.attrs["value"] for o in options if "selected" in o.attrs), "")


def return_address(page: Page) -> str:
    """Where the provider sent this browser on the way to this page."""
    visited = [response.request.full_path for response in page.response.history]
    return next(each for each in visited if "/face-check?state=" in each)


def numbers(page: Page) -> set[str]:
    """Whom the page lets one call, from header to footer, as 0838-2551709."""
    calls = [n.attrs["href"] for n in page.all("a") if n.attrs.get("href", "").startswith("tel:")]
    return {re.sub(r"tel:\+86(\d{3})(\d+)", r"0\1-\2", call) for call in calls}

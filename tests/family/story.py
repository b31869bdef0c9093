"""A holder and the people of a family, and what they do page by page."""

import io
from datetime import date
from typing import Any

from flask import Flask
from PIL import Image
from sqlalchemy import select

from app.accounts.models import Account
from app.accounts.queries import find_account_of_person
from app.core.db import db
from app.family.models import FamilyLink, LinkRequest
from app.messages.models import Message
from app.roster.identity import check_digit, parse_cert
from app.roster.models import InsuredPerson
from app.roster.queries import find_person
from app.roster.service import save_person
from tests.kit.client import Browser, Page
from tests.kit.people import PIN
from tests.kit.visitors import activated_browser

HOLDER_NUMBER = "510600199003070017"  # 李明, a man of 1990


def number(born: str, sequence: int = 1) -> str:
    """born: YYYYMMDD; an odd sequence is a man's."""
    stem = f"510600{born}{sequence:03d}"
    return stem + check_digit(stem)


def enrol(born: str, name: str = "李小宝", sequence: int = 1, **changes: Any) -> InsuredPerson:
    return save_person(cert=parse_cert("01", number(born, sequence)), name=name, insured_region="510603", insutype="390", **changes)


def years_ago(years: int, today: date) -> str:
    return f"{today.year - years}{today:%m%d}" if f"{today:%m%d}" != "0229" else f"{today.year - years}0228"


def holder(app: Flask) -> Browser:
    """李明, activated, on a bound device."""
    return activated_browser(app)


def account_of(number_: str = HOLDER_NUMBER) -> Account:
    person = find_person("01", number_)
    assert person is not None
    account = find_account_of_person(person.id)
    assert account is not None
    return account


def boxes(page: Page) -> dict[str, str]:
    return {node.attrs["name"]: "y" for node in page.all("input", type="checkbox")}


def begin(browser: Browser, pin: str = PIN, *, expect: int = 200) -> Page:
    """Screen one: the notices and the holder's PIN."""
    return browser.post("/family/new", {**boxes(browser.get("/family/new")), "pin": pin}, expect=expect)


def say_whom(
    browser: Browser, born: str, relation: str, *, sequence: int = 1, name: str = "李小宝", expect: int = 200, **changes: str
) -> Page:
    typed = {
        "relation": relation,
        "name": name,
        "cert_type": "01",
        "cert_no": number(born, sequence),
        "region": "510603",
        **changes,
    }
    return browser.post("/family/new/member", typed, expect=expect)


def choose_way(browser: Browser, way: str) -> Page:
    return browser.post("/family/new/way", {"way": way})


def press(browser: Browser, result: str, *, expect: int = 200) -> Page:
    """模拟通过 (passed) or 模拟不通过 (failed) on the stub's page."""
    assert browser.page is not None
    action = next(n.attrs["action"] for n in browser.page.all("form") if n.attrs["action"].startswith("/face-check-stub/"))
    return browser.post(action, {"result": result}, expect=expect)


def add_by_face(browser: Browser, born: str, relation: str, **changes: Any) -> Page:
    begin(browser)
    say_whom(browser, born, relation, **changes)
    page = choose_way(browser, "face")
    browser.post("/family/new/face", boxes(page))
    return press(browser, "passed")


def photo() -> io.BytesIO:
    picture = io.BytesIO()
    Image.effect_noise((900, 700), 60).convert("RGB").save(picture, "JPEG")
    picture.seek(0)
    return picture


def send_page(browser: Browser, subject: str, slot: str, back: str = "/family/new/papers") -> Page:
    return browser.post("/documents", {"subject": subject, "slot": slot, "next": back, "files": (photo(), "a.jpg")})


def hand_in_child(
    browser: Browser, born: str, relation: str = "son", *, slots: tuple[str, ...] = ("birth_certificate",)
) -> LinkRequest:
    """All screens for somebody under 16, with the letter signed by name."""
    begin(browser)
    say_whom(browser, born, relation)
    browser.post("/family/new/papers", boxes(browser.get("/family/new/papers")))
    subject = _subject(browser)
    for slot in slots:
        send_page(browser, subject, slot)
    letter = browser.get("/family/new/letter")
    browser.post(letter.response.request.path + "/signature", {"kind": "typed", "typed_name": "李明"})
    browser.get("/family/new/submission")
    browser.post("/family/new/submission")
    return newest_request()


def _subject(browser: Browser) -> str:
    assert browser.page is not None
    return browser.page.all("input", name="subject")[0].attrs["value"]


def newest_request() -> LinkRequest:
    found = db.session.scalars(select(LinkRequest).order_by(LinkRequest.id.desc())).first()
    assert found is not None
    return found


def links() -> list[FamilyLink]:
    return list(db.session.scalars(select(FamilyLink).order_by(FamilyLink.id)))


def titles(account: Account) -> list[str]:
    return list(db.session.scalars(select(Message.title).where(Message.account_id == account.id).order_by(Message.id)))

"""The code page of somebody in the family, as a browser without script has it."""

import gzip

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.core.db import db, transaction
from app.credentials import service
from app.credentials.models import Credential, Presentation
from tests.credentials.holders import PIN, Holder, add_relative, make_holder
from tests.kit.client import Browser, Page

FETCH = {"Accept": "application/json"}


@pytest.fixture
def holder(app: Flask, browser: Browser) -> Holder:
    made = make_holder()
    made.sign_in(browser.http)
    return made


@pytest.fixture
def father(holder: Holder) -> Credential:
    return add_relative(holder)


def _unlock(browser: Browser, of: int, pin: str = PIN, *, expect: int = 200) -> Page:
    browser.get(f"/code/{of}")
    return browser.post("/code/unlocking", {"pin": pin, "of": of}, expect=expect)


def _handle(page: Page) -> str:
    return page.one("svg", role="img").attrs["data-code"][2:22]


def _fetch(browser: Browser, of: int | str, holds: str = "") -> TestResponse:
    token = browser.get("/code").hidden()["csrf_token"]
    data = {"pin": PIN, "csrf_token": token, "of": of}
    return browser.http.post("/code/unlocking", data=data, headers={**FETCH, "X-Pz-Holds": holds})


def test_the_lock_says_whose_code_it_opens(browser: Browser, holder: Holder, father: Credential) -> None:
    page = browser.get(f"/code/{father.id}")

    band = next(n for n in page.nodes if n.attrs.get("class") == "code-band")
    assert (band.attrs["data-colour"], band.text.split()) == ("1", ["父亲", "李**"])
    assert page.hidden()["of"] == str(father.id)
    assert not page.all("svg", role="img")


def test_the_holders_pin_shows_the_relatives_code_in_their_colour(browser: Browser, holder: Holder, father: Credential) -> None:
    page = _unlock(browser, father.id)

    assert page.response.request.path == f"/code/{father.id}"
    band = next(n for n in page.nodes if "data-band" in n.attrs)
    assert (band.attrs["data-colour"], band.text.split()) == ("1", ["父亲", "李**"])
    assert "父亲 李**" in page.one("svg", role="img").attrs["aria-label"]
    shown = db.session.get_one(Presentation, _handle(page))
    assert (shown.credential_id, shown.shown_by, shown.device_id) == (father.id, "family", holder.device.id)
    assert "李父亲" not in page.html


def test_one_goes_from_one_code_to_the_other_without_the_pin(browser: Browser, holder: Holder, father: Credential) -> None:
    _unlock(browser, holder.credential.id)
    own = browser.get("/code")

    links = {n.attrs["href"]: n.text for n in own.all("a") if "data-person" in n.attrs}
    theirs = browser.get(f"/code/{father.id}")

    assert links == {"/code": "本人 李*", f"/code/{father.id}": "父亲 李**"}
    assert _handle(theirs) != _handle(own)
    assert f'content="30; url=/code/{father.id}"' in theirs.html
    assert db.session.get_one(Presentation, _handle(own)).shown_by == "self"


def test_who_showed_a_code_until_now_hears_that_it_is_over(browser: Browser, holder: Holder, father: Credential) -> None:
    _unlock(browser, father.id)
    with transaction():
        service.end_credential(father, by="system")

    page = browser.get(f"/code/{father.id}", expect=410)

    assert page.one("h1").text == "这张医保码，这部手机现在不能再出示了。"
    assert "家人" in page.text
    assert _fetch(browser, father.id).status_code == 410


def test_ones_own_number_shows_ones_own_code(browser: Browser, holder: Holder) -> None:
    page = _unlock(browser, holder.credential.id)

    assert page.response.request.path == "/code"
    assert _handle(browser.get(f"/code/{holder.credential.id}")) == _handle(page)
    assert not [n for n in page.nodes if "data-person" in n.attrs]


def test_a_code_that_is_not_ones_to_show_is_not_found(app: Flask, browser: Browser, holder: Holder) -> None:
    stranger = make_holder(stem="51060019910307001", name="王芳")
    _unlock(browser, holder.credential.id)

    for number in (stranger.credential.id, 999_999):
        browser.get(f"/code/{number}", expect=404)
        assert _fetch(browser, number).status_code == 404
        assert browser.http.get(f"/code/state?of={number}").status_code == 410


def test_a_wrong_pin_is_a_guess_at_the_holders_pin(browser: Browser, holder: Holder, father: Credential) -> None:
    assert "还可以试 4 次" in _unlock(browser, father.id, "999990", expect=422).text
    assert "还可以试 3 次" in _unlock(browser, holder.credential.id, "999990", expect=422).text


def test_a_fetch_gets_all_keys_of_the_wallet_once(browser: Browser, holder: Holder, father: Credential) -> None:
    first = _fetch(browser, "").get_json()
    handles = [line["handle"] for line in first["wallet"]]

    again = _fetch(browser, father.id, holds=",".join(handles)).get_json()
    lost = _fetch(browser, "", holds=handles[0]).get_json()

    described = [{k: v for k, v in line.items() if k not in ("key", "handle")} for line in first["wallet"]]
    assert described == [
        {"credential": holder.credential.id, "label": "本人", "name": "李*", "colour": 0, "shown_by": "self"},
        {"credential": father.id, "label": "父亲", "name": "李**", "colour": 1, "shown_by": "family"},
    ]
    assert all(len(line["key"]) == 64 for line in first["wallet"])
    assert first["key"] == first["wallet"][0]["key"]
    assert [(line["handle"], line["key"]) for line in again["wallet"]] == [(handle, None) for handle in handles]
    assert again["handle"] == handles[1]
    assert lost["wallet"][0]["handle"] == handles[0]
    assert lost["wallet"][1]["handle"] != handles[1]
    assert lost["wallet"][1]["key"]


def test_the_state_is_told_of_the_asked_code(browser: Browser, holder: Holder, father: Credential) -> None:
    handle = _handle(_unlock(browser, father.id))

    assert browser.http.get(f"/code/state?of={father.id}").get_json()["handle"] == handle
    assert browser.http.get("/code/state").get_json()["handle"] != handle


def test_a_frozen_code_of_a_relative_is_explained_and_the_others_go_on(
    browser: Browser, holder: Holder, father: Credential
) -> None:
    _unlock(browser, holder.credential.id)
    service.freeze_credential(father, by="account:99")

    page = browser.get(f"/code/{father.id}")

    assert "医保码已挂失" in page.text
    assert "父亲 李**" in page.text
    assert "/recovery" not in page.html
    assert browser.http.get(f"/code/state?of={father.id}").status_code == 409
    assert _handle(browser.get("/code"))
    assert len(_fetch(browser, "").get_json()["wallet"]) == 1


def test_the_first_code_stays_small_with_five_relatives(browser: Browser, holder: Holder) -> None:
    for n, label in enumerate(("父亲", "母亲", "儿子", "女儿", "配偶"), 1):
        add_relative(holder, stem=f"5106001960030700{n}", label=label, colour=n)

    page = _unlock(browser, holder.credential.id)

    assert len([n for n in page.nodes if "data-person" in n.attrs]) == 6
    assert len(gzip.compress(page.html.encode(), 6)) <= 14_600

"""The face check with a real provider over HTTP, as the person's browser sees it."""

from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core.db import db
from app.proofs.models import IdentityProof, StubFaceCheck
from tests.activation.story import HOTLINE, agree, arrive, enrol, finish, path, prove_by_counter, say_who
from tests.kit.client import Browser
from tests.proofs.provider import Provider


@pytest.fixture
def browser(app: Flask, provider: Provider) -> Browser:
    """At the third page."""
    enrol()
    made = arrive(app)
    say_who(made)
    agree(made)
    return made


def leave_for_provider(browser: Browser) -> str:
    """Presses the button; the address the browser is sent to."""
    assert browser.page
    token = browser.page.hidden()["csrf_token"]
    answer = browser.http.post("/activation/face-check", data={"csrf_token": token})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.headers["Location"]


def back(provider: Provider) -> str:
    parts = urlsplit(provider.last().return_url)
    return f"{parts.path}?{parts.query}"


def test_there_and_back_leads_to_the_pin(browser: Browser, provider: Provider) -> None:
    there = leave_for_provider(browser)
    provider.last().state = "passed"

    page = browser.get(back(provider))

    assert there.startswith(provider.url)
    assert path(page) == "/activation/pin"
    assert path(finish(browser)) == "/code"


def test_the_page_with_the_button_lets_its_form_lead_to_the_provider_only(browser: Browser, provider: Provider) -> None:
    """Chromium applies form-action to the redirect after the POST as well."""
    offer = browser.get("/activation/proof").response.headers["Content-Security-Policy"]
    other = browser.get("/activation/person").response.headers["Content-Security-Policy"]

    assert f"form-action 'self' {provider.url};" in offer
    assert "form-action 'self';" in other


def test_a_failed_check_may_be_tried_again(browser: Browser, provider: Provider) -> None:
    leave_for_provider(browser)
    provider.last().state = "failed"

    page = browser.get(back(provider))

    assert path(page) == "/activation/proof" and "没有通过" in page.text and "开始人脸核验" in page.text


def test_a_provider_that_is_down_is_said_plainly_and_the_other_way_works(browser: Browser, provider: Provider) -> None:
    provider.mood = "broken"

    page = browser.post("/activation/face-check", expect=503)
    browser.get("/activation/proof")
    prove_by_counter(browser)

    assert "现在连不上人脸核验的系统" in page.text and "改用其他方式" in page.text and HOTLINE in page.text
    assert page.response.headers["Retry-After"]
    assert path(finish(browser)) == "/code"


@pytest.mark.parametrize("mood", ["broken", "garbage", "forged"])
def test_a_verdict_that_cannot_be_fetched_may_be_asked_for_again(browser: Browser, provider: Provider, mood: str) -> None:
    leave_for_provider(browser)
    provider.last().state, provider.mood = "passed", mood

    waiting = browser.get(back(provider), expect=503)
    provider.mood = "good"
    again = next(n.attrs["href"] for n in waiting.all("a") if "face-check?state=" in n.attrs.get("href", ""))
    page = browser.get(again)

    assert "再查一次" in waiting.text and "改用其他方式" in waiting.text and HOTLINE in waiting.text
    assert path(page) == "/activation/pin"


def test_a_verdict_that_is_not_there_yet_is_waited_for(browser: Browser, provider: Provider) -> None:
    leave_for_provider(browser)

    page = browser.get(back(provider))

    assert "结果还没有出来" in page.text


def test_a_return_opened_twice_leads_to_the_same_place_with_one_proof(browser: Browser, provider: Provider) -> None:
    leave_for_provider(browser)
    provider.last().state = "passed"
    browser.get(back(provider))

    page = browser.get(back(provider))

    assert path(page) == "/activation/pin"
    assert db.session.scalar(select(func.count()).select_from(IdentityProof)) == 1


def test_a_return_with_a_made_up_state_proves_nothing(subtests: pytest.Subtests, browser: Browser, provider: Provider) -> None:
    for state in ("", "x", "x" * 5000):
        with subtests.test(state=state):
            page = browser.get(f"/activation/face-check?state={state}")

            assert path(page) == "/activation/proof" and "已经失效" in page.text


def test_a_capture_elsewhere_is_explained_and_come_back_from(browser: Browser, provider: Provider) -> None:
    provider.mood = "capture"

    page = browser.post("/activation/face-check")
    provider.last().state = "passed"
    done = next(n.attrs["href"] for n in page.all("a") if n.text.strip() == "我已做完")

    assert "按提示做完" in page.text
    assert path(browser.get(urlsplit(done)._replace(scheme="", netloc="").geturl())) == "/activation/pin"


def test_the_stubs_page_is_not_there_with_a_real_provider(browser: Browser, provider: Provider) -> None:
    browser.get("/face-check-stub/anything", expect=404)

    leave_for_provider(browser)

    assert db.session.scalars(select(StubFaceCheck)).all() == []


def test_a_forged_ticket_opens_no_stub(app: Flask) -> None:
    Browser(app).get("/face-check-stub/WyJhIiwiaHR0cHM6Ly9ldmlsIl0.AAAA", expect=404)

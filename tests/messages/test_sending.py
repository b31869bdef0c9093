"""Short messages: sent after the commit, by the sender the settings name."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.config import Mode
from app.core.db import db, transaction
from app.messages.providers import SendingFailed
from app.messages.providers.http import HttpSender
from app.messages.queries import find_demo_sms
from app.messages.service import Sending, SendingState, send_sms
from tests.kit.settings import make_settings
from tests.kit.sms_gateway import SmsGateway, sms_gateway

PHONE = "13800000001"


@pytest.fixture
def gateway() -> Iterator[SmsGateway]:
    with sms_gateway() as running:
        yield running


def sender(gateway: SmsGateway, **changes: object) -> HttpSender:
    settings = make_settings(
        database_url="sqlite://", instance_path=Path(), sms_url=gateway.url, sms_key="key-of-the-bureau", **changes
    )
    return HttpSender(settings)


def app_with(database_url: str, tmp_path: Path, **changes: object) -> Flask:
    return create_app(make_settings(database_url=database_url, instance_path=tmp_path, **changes))


def test_the_demo_keeps_the_last_sms_of_a_number(app: Flask) -> None:
    for text in ("first", "second"):
        with transaction():
            send_sms(PHONE, text)

    sms = find_demo_sms(PHONE)
    assert sms is not None and sms.text == "second"
    assert find_demo_sms("13800000002") is None


def test_nothing_is_sent_before_the_commit(app: Flask) -> None:
    with transaction():
        sending = send_sms(PHONE, "text")
        assert sending.state is SendingState.waiting

    assert sending.state is SendingState.sent


def test_nothing_is_sent_when_the_transaction_fails(app: Flask) -> None:
    with pytest.raises(LookupError), transaction():
        send_sms(PHONE, "text")
        raise LookupError

    assert find_demo_sms(PHONE) is None


def test_an_sms_outside_a_transaction_is_a_mistake(app: Flask) -> None:
    with pytest.raises(RuntimeError):
        send_sms(PHONE, "text")


def test_the_gateway_gets_number_text_and_keys(gateway: SmsGateway) -> None:
    sender(gateway).send(PHONE, "验证码 123456", key="k-1")

    call = gateway.calls[0]
    assert call["body"] == {"phone": PHONE, "text": "验证码 123456", "key": "k-1"}
    assert call["headers"]["Authorization"] == "Bearer key-of-the-bureau"
    assert call["headers"]["Idempotency-Key"] == "k-1"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_gateway_in_trouble_is_asked_again_with_the_same_key(gateway: SmsGateway, status: int) -> None:
    gateway.answers = [status, status]

    sender(gateway).send(PHONE, "text", key="k-1")

    assert [call["headers"]["Idempotency-Key"] for call in gateway.calls] == ["k-1"] * 3


def test_a_gateway_that_stays_in_trouble_is_given_up_after_three_tries(gateway: SmsGateway) -> None:
    gateway.answers = [500] * 9

    with pytest.raises(SendingFailed, match="status 500"):
        sender(gateway).send(PHONE, "text", key="k-1")

    assert len(gateway.calls) == 3


@pytest.mark.parametrize("status", [302, 400, 401, 404])
def test_a_plain_no_is_final(gateway: SmsGateway, status: int) -> None:
    gateway.answers = [status]

    with pytest.raises(SendingFailed, match=f"status {status}"):
        sender(gateway).send(PHONE, "text", key="k-1")

    assert len(gateway.calls) == 1


def test_a_slow_gateway_does_not_hold_the_page_longer_than_the_time_out(gateway: SmsGateway) -> None:
    gateway.slow_seconds = 0.6

    with pytest.raises(SendingFailed, match=r"Timeout|timeout"):
        sender(gateway, sms_timeout_seconds=0.3).send(PHONE, "text", key="k-1")

    assert len(gateway.calls) == 1


def test_a_gateway_that_is_not_there_is_a_failure(gateway: SmsGateway) -> None:
    gateway.url = "http://127.0.0.1:9/sms"

    with pytest.raises(SendingFailed, match="ConnectError"):
        sender(gateway).send(PHONE, "text", key="k-1")


@pytest.mark.parametrize(
    ("changes", "reason"), [({"sms_sender": "http"}, "SMS_URL is not set"), ({"sms_sender": "nobody"}, "UnknownPlugin")]
)
def test_a_failure_is_logged_by_its_key_without_text_or_number(
    database_url: str, tmp_path: Path, capfd: pytest.CaptureFixture[str], changes: dict[str, str], reason: str
) -> None:
    app = app_with(database_url, tmp_path, **changes)
    with app.app_context():
        with transaction():
            sending: Sending = send_sms(PHONE, "secret words")
        db.session.remove()
        db.engine.dispose()

    logged = capfd.readouterr().err
    assert sending.state is SendingState.failed
    assert sending.key in logged and reason in logged
    assert PHONE not in logged and "secret words" not in logged


def test_production_never_shows_an_sms(database_url: str, tmp_path: Path, app: Flask) -> None:
    with transaction():
        send_sms(PHONE, "text")
    production = app_with(
        database_url,
        tmp_path,
        app_mode=Mode.production,
        public_origin="https://localhost",
        face_check="http",
        face_check_url="https://face.example/v1",
        face_check_key="key-of-the-provider",
        sms_sender="http",
        sms_url="https://sms.example",
        sms_key="k",
        web_workers=1,
    )

    with production.app_context():
        shown = find_demo_sms(PHONE)
        db.session.remove()
        db.engine.dispose()

    assert shown is None

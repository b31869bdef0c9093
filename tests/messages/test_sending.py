"""Short messages: sent after the commit, by the sender the settings name."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app import create_app
from app.config import Mode
from app.core import clock, jobs
from app.core.db import _after_commit, db, transaction
from app.core.jobs import Job
from app.messages.models import OutgoingSms
from app.messages.providers import SendingFailed
from app.messages.providers.http import HttpSender
from app.messages.queries import find_demo_sms
from app.messages.service import Sending, SendingState, end_what_was_open, expire_outgoing, send_code, send_sms
from tests.kit.settings import make_settings
from tests.kit.sms_gateway import SmsGateway, sms_gateway

PHONE = "13800000001"
TOPIC = b"t" * 32


def count_outgoing() -> int:
    return db.session.scalar(select(func.count()).select_from(OutgoingSms)) or 0


def through(app: Flask, gateway: SmsGateway) -> None:
    """From now on this app sends through this gateway, and by jobs that are done at once."""
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], sms_sender="http", sms_url=gateway.url)


@contextmanager
def later(app: Flask) -> Iterator[None]:
    """Jobs asked for meanwhile are not begun."""
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, job_runner="own")
    yield
    app.config["SETTINGS"] = settings


def commit_and_lose(code: str, topic: bytes, seconds: int) -> None:
    """What follows the commit does not happen, as in a process that dies there."""
    with transaction():
        send_code(PHONE, code, topic=topic, lasts=timedelta(seconds=seconds))
        after = _after_commit.get()
        assert after is not None
        after.clear()


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
    app = create_app(make_settings(database_url=database_url, instance_path=tmp_path))
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], **changes)  # a start would refuse some of them
    return app


def test_the_demo_keeps_the_last_sms_of_a_number(app: Flask) -> None:
    for words in ("first", "second"):
        with transaction():
            send_sms(PHONE, words)

    sms = find_demo_sms(PHONE)
    assert sms is not None and sms.text == "second"
    assert find_demo_sms("13800000002") is None


def test_a_warning_that_is_sent_late_does_not_hide_the_code_asked_for_since(app: Flask) -> None:
    with later(app), transaction():
        send_sms(PHONE, "warning")
    clock.move(timedelta(seconds=1))
    with transaction():
        send_code(PHONE, "code", topic=TOPIC, lasts=timedelta(minutes=5))

    clock.move(timedelta(minutes=3))
    jobs.sweep()

    sms = find_demo_sms(PHONE)
    assert sms is not None and sms.text == "code"
    assert count_outgoing() == 0


def test_nothing_is_sent_before_the_commit(app: Flask) -> None:
    with transaction():
        sending = send_code(PHONE, "code", topic=TOPIC, lasts=timedelta(minutes=5))
        send_sms(PHONE, "text")
        assert (sending.state, count_outgoing()) == (SendingState.waiting, 2)
        assert find_demo_sms(PHONE) is None

    assert (sending.state, count_outgoing()) == (SendingState.sent, 0)


def test_nothing_is_sent_when_the_transaction_fails(app: Flask) -> None:
    with pytest.raises(LookupError), transaction():
        send_sms(PHONE, "text")
        raise LookupError

    assert find_demo_sms(PHONE) is None


def test_an_sms_outside_a_transaction_is_a_mistake(app: Flask) -> None:
    with pytest.raises(RuntimeError):
        send_sms(PHONE, "text")
    with pytest.raises(RuntimeError):
        send_code(PHONE, "text", topic=TOPIC, lasts=timedelta(minutes=5))


def test_number_and_text_do_not_stand_in_the_clear_while_they_wait(app: Flask) -> None:
    with later(app), transaction():
        send_sms(PHONE, "secret words")

    rows = [db.session.execute(text(f"SELECT * FROM {table}")).all() for table in ("outgoing_sms", "job")]
    assert len(rows[0]) == len(rows[1]) == 1
    assert PHONE not in repr(rows) and "secret" not in repr(rows)


def test_an_sms_is_tried_again_while_the_gateway_is_away(app: Flask, gateway: SmsGateway) -> None:
    through(app, gateway)
    gateway.answers = [503] * 3
    with transaction():
        send_sms(PHONE, "text")
    tried = len(gateway.calls)

    clock.move(timedelta(minutes=2))
    jobs.sweep()

    assert (tried, gateway.texts_to(PHONE)) == (3, ["text"] * 4)
    assert len({call["body"]["key"] for call in gateway.calls}) == 1 and count_outgoing() == 0


def test_what_the_gateway_will_never_take_is_not_tried_again(app: Flask, gateway: SmsGateway) -> None:
    through(app, gateway)
    gateway.answers = [400]
    with transaction():
        send_sms(PHONE, "text")
    clock.move(timedelta(minutes=3))
    jobs.sweep()

    assert len(gateway.calls) == 1 and count_outgoing() == 0
    assert jobs.problems() == []


def test_a_code_that_could_not_be_sent_is_not_sent_later(app: Flask, gateway: SmsGateway) -> None:
    """The page has said so, and whoever waits asks for another."""
    through(app, gateway)
    gateway.answers = [503] * 3
    with transaction():
        sending = send_code(PHONE, "code", topic=TOPIC, lasts=timedelta(minutes=5))
    clock.move(timedelta(minutes=3))
    jobs.sweep()

    assert sending.state is SendingState.failed
    assert len(gateway.calls) == 3 and count_outgoing() == 0
    assert db.session.scalar(select(Job.id)) is None


def test_of_two_codes_whose_processes_died_the_newer_is_sent_and_none_that_is_over(app: Flask, gateway: SmsGateway) -> None:
    through(app, gateway)
    for code, topic, seconds in (("older", TOPIC, 300), ("newer", TOPIC, 300), ("over", bytes(32), 60)):
        commit_and_lose(code, topic, seconds)

    jobs.sweep()
    too_early = list(gateway.calls)
    clock.move(timedelta(seconds=61))
    jobs.sweep()

    assert (too_early, gateway.texts_to(PHONE)) == ([], ["newer"])
    assert count_outgoing() == 0


def test_what_cannot_be_sent_within_a_day_is_forgotten_and_a_restore_sends_nothing_old(app: Flask) -> None:
    with later(app), transaction():
        send_sms(PHONE, "text")
    clock.move(timedelta(hours=23))
    expire_outgoing()
    kept = count_outgoing()
    clock.move(timedelta(hours=2))
    expire_outgoing()
    assert (kept, count_outgoing()) == (1, 0)

    with later(app), transaction():
        send_sms(PHONE, "text")
    with transaction():
        assert end_what_was_open().ended == {"short messages not sent yet": 1}
    assert count_outgoing() == 0


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
            sending: Sending = send_code(PHONE, "secret words", topic=TOPIC, lasts=timedelta(minutes=5))
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

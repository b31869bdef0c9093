"""What nobody needs any more goes; what another row points at stays."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from app.accounts import service
from app.accounts.browser import Browser
from app.accounts.models import LoginSession, SmsCode, SmsPurpose
from app.core import background, clock
from app.core.crypto import vault
from app.core.db import db, transaction
from app.messages.models import DemoSms
from app.proofs.models import IdentityProof, ProofMethod, ProofPurpose, ProofState
from tests.kit.people import make_person

HERE = Browser(b"h" * 32, "安卓手机 Chrome")


def run_tasks(app: Flask) -> None:
    """As the background loop does, all tasks being due."""
    for task in background.tasks(app):
        if task.name in {"accounts.expire", "messages.expire_demo_sms"}:
            task.run()


def count(model: type[SmsCode] | type[LoginSession] | type[DemoSms]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_sms_codes_and_demo_sms_go_after_a_day(app: Flask) -> None:
    service.request_sms_code("13800000001", SmsPurpose.sign_in, browser=HERE, address="192.0.2.1")
    clock.move(timedelta(hours=23))
    run_tasks(app)
    kept = count(SmsCode), count(DemoSms)
    clock.move(timedelta(hours=2))

    run_tasks(app)

    assert kept == (1, 1)
    assert (count(SmsCode), count(DemoSms)) == (0, 0)


def test_ended_and_forgotten_sessions_go_after_a_month(app: Flask) -> None:
    with transaction():
        account = service.create_account("13800000001")
        ended = service.start_session(account, HERE).session
        service.start_session(account, HERE)
        service.sign_out(ended)

    clock.move(timedelta(days=31))
    run_tasks(app)
    after_a_month = count(LoginSession)
    clock.move(timedelta(days=30))
    run_tasks(app)

    assert after_a_month == 1
    assert count(LoginSession) == 0


def test_a_session_with_a_proof_stays(app: Flask) -> None:
    person = make_person()
    with transaction():
        session = service.start_session(service.create_account("13800000001"), HERE).session
        db.session.add(
            IdentityProof(
                session_id=session.id,
                person_id=person.id,
                purpose=ProofPurpose.activation,
                method=ProofMethod.face,
                state=ProofState.spent,
                nonce_hash=vault.keyed_hash("test", "nonce"),
                created_at=clock.now(),
            )
        )
        service.sign_out(session)
    clock.move(timedelta(days=365))

    run_tasks(app)

    assert count(LoginSession) == 1

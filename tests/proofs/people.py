"""Rows a proof needs: a person of the roster and a session of an account, made without the pages."""

import secrets

from app.accounts.models import Account, Device, LoginSession
from app.accounts.service.find_or_create import seal_phone
from app.core import clock
from app.core.db import db, transaction
from app.roster.identity import parse_cert
from app.roster.models import InsuredPerson
from app.roster.service import save_person
from tests.kit.people import any_phone


def make_person(number: str = "510600199003070017", name: str = "李明", **changes: object) -> InsuredPerson:
    values: dict[str, object] = {"insured_region": "510603", "insutype": "310", **changes}
    return save_person(cert=parse_cert("01", number), name=name, **values)


def make_session() -> LoginSession:
    now = clock.now()
    with transaction():
        account = Account(**seal_phone(any_phone()), created_at=now)
        db.session.add(account)
        db.session.flush()
        device = Device(account_id=account.id, browser_hash=secrets.token_bytes(32), name="测试", created_at=now, last_seen_at=now)
        db.session.add(device)
        db.session.flush()
        session = LoginSession(
            token_hash=secrets.token_bytes(32), account_id=account.id, device_id=device.id, created_at=now, last_seen_at=now
        )
        db.session.add(session)
    return session

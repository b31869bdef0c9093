"""A person whose credential is active on one device, made by the verbs and not by the pages."""

import secrets
from dataclasses import dataclass

from flask import Flask, current_app
from werkzeug.test import Client

from app.accounts.browser import Browser as BrowserKey
from app.accounts.models import Account, Device, LoginSession
from app.accounts.service import bind_device, give_account_to_person, start_session
from app.accounts.service.find_or_create import seal_phone
from app.core import clock
from app.core.db import db, transaction
from app.credentials import queries, service
from app.credentials.models import Credential, CredentialKind, CredentialStatus
from app.roster.identity import check_digit, parse_cert
from app.roster.models import InsuredPerson
from app.roster.service import save_person
from tests.kit.people import any_phone, hash_of_pin

PIN = "274951"


@dataclass
class Holder:
    account: Account
    person: InsuredPerson
    credential: Credential
    device: Device
    session: LoginSession
    token: str
    pin: str = PIN

    def sign_in(self, client: Client) -> None:
        """This test client becomes the holder's browser."""
        with client.session_transaction() as cookie:
            cookie.update(self.cookie)

    @property
    def cookie(self) -> dict[str, object]:
        return {"_user_id": self.token, "_fresh": True}

    def cookie_value(self, app: Flask) -> str:
        """The session cookie of a browser this test does not build itself."""
        signer = app.session_interface.get_signing_serializer(app)
        return str(signer.dumps(self.cookie))


def make_person(stem: str = "51060019900307001", name: str = "李明", *, is_specimen: bool = False) -> InsuredPerson:
    cert = parse_cert("01", stem + check_digit(stem))
    return save_person(cert=cert, name=name, insured_region="510603", insutype="310", is_specimen=is_specimen)


def make_holder(*, pin: str = PIN, **person: object) -> Holder:
    pin_hash = hash_of_pin(pin)
    with transaction():
        insured = make_person(**person)
        account = make_account()
        give_account_to_person(account, insured)
        credential = service.activate_credential(insured.id, by=f"account:{account.id}")
        service.set_display_pin(account.id, pin_hash)
        started = start_session(account, BrowserKey(secrets.token_bytes(32), "测试手机"))
        bind_device(started.session.device)
    return Holder(account, insured, credential, started.session.device, started.session, started.token, pin)


_RELATIVES: dict[bytes, list[tuple[Credential, str, int]]] = {}  # by the account's telephone: unlike its id it is never used twice


def add_relative(
    holder: Holder, stem: str = "51060019600307001", name: str = "李父亲", label: str = "父亲", colour: int = 1
) -> Credential:
    """A credential that this holder may show, as the family's feature would say it."""
    service.provide_showables.listen(current_app, _relatives_of)
    person = make_person(stem, name)
    credential = service.activate_credential(person.id, CredentialKind.held, by=f"account:{holder.account.id}")
    _RELATIVES.setdefault(holder.account.phone_hash or b"", []).append((credential, label, colour))
    return credential


def _relatives_of(account: Account) -> list[service.Showable]:
    found = []
    for credential, label, colour in _RELATIVES.get(account.phone_hash or b"", []):
        now = queries.get_credential(credential.id)
        if now.status is not CredentialStatus.ended:
            found.append(service.Showable(now.id, now.person_id, now.person.name, label, now.status, "family", colour))
    return found


def make_account() -> Account:
    account = Account(**seal_phone(any_phone()), created_at=clock.now())
    db.session.add(account)
    db.session.flush()
    return account


def add_device(holder: Holder) -> tuple[Device, LoginSession, str]:
    """Another bound device of the same account."""
    with transaction():
        started = start_session(holder.account, BrowserKey(secrets.token_bytes(32), "平板"))
        bind_device(started.session.device)
    return started.session.device, started.session, started.token

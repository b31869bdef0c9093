"""People of a family made by the verbs the site uses, without its pages."""

from flask import Flask

from app.accounts.models import Account
from app.accounts.queries import get_account, list_devices
from app.accounts.service import bind_device, create_account, give_account_to_person
from app.core import clock
from app.core.db import db, transaction
from app.credentials.service import activate_credential, set_display_pin
from app.family.models import DraftStep, FamilyLink, LinkRequest, Relation, Way
from app.family.service import approve
from app.roster.models import InsuredPerson
from tests.family.story import enrol
from tests.kit.client import Browser
from tests.kit.people import PIN, hash_of_pin
from tests.kit.sign_in import sign_in

PHONES: dict[int, str] = {}


def make_holder_account(phone: str, born: str, name: str, sequence: int = 1) -> Account:
    """Activated, with an active code of their own."""
    pin_hash = hash_of_pin(PIN)
    with transaction():
        account = create_account(phone)
        person = enrol(born, name, sequence)
        give_account_to_person(account, person)
        set_display_pin(account.id, pin_hash)
        activate_credential(person.id, by=f"account:{account.id}")
    PHONES[account.id] = phone
    return account


def browser_of(app: Flask, account: Account) -> Browser:
    """Signed in on a device that is bound."""
    browser = Browser(app)
    sign_in(browser, PHONES[account.id])
    bind_device(list_devices(account.id)[0])
    return browser


def make_request(account: Account, person: InsuredPerson, relation: Relation, way: Way = Way.face) -> LinkRequest:
    """A draft that came to its last step."""
    with transaction():
        request = LinkRequest(holder_account_id=account.id, created_at=clock.now(), expires_at=clock.now(), step=DraftStep.finish)
        request.person_id, request.relation, request.way = person.id, relation, way
        request.expires_at = clock.now().replace(year=clock.now().year + 1)
        db.session.add(request)
        db.session.flush()
    return request


def make_link_between(account: Account, person: InsuredPerson, relation: Relation, way: Way = Way.face) -> FamilyLink:
    request = make_request(get_account(account.id), person, relation, way)
    return approve(request, by=f"account:{account.id}")

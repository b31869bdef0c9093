"""Persons and their accounts, made by the same verbs the site uses."""

from functools import cache
from itertools import count

from app.accounts.models import Account
from app.accounts.service import create_account, give_account_to_person
from app.core.crypto import vault
from app.core.db import transaction
from app.credentials.service import hash_display_pin, set_display_pin
from app.roster.identity import parse_cert
from app.roster.models import InsuredPerson
from app.roster.service import save_person

PIN = "739154"
_numbers = count(10_000_000)


def hash_of_pin(pin: str) -> str:
    """Hashed once a test process: 40 ms that a test about something else need not pay."""
    return _hash_under(vault.subkey("this installation"), pin)


def any_phone() -> str:
    """A number nobody else has in this test process."""
    return f"139{next(_numbers)}"


@cache
def _hash_under(key: bytes, pin: str) -> str:
    return hash_display_pin(pin)


def make_person(number: str = "510600199003070017", name: str = "李明") -> InsuredPerson:
    """number: a resident identity number on 510600, which is not issued to people."""
    with transaction():
        return save_person(cert=parse_cert("01", number), name=name, insured_region="510603", insutype="310")


def make_activated_account(
    phone: str = "13800000001", *, number: str = "510600199003070017", name: str = "李明", pin: str = PIN
) -> Account:
    """An account that is a person's, with a display PIN; no device is bound to it."""
    pin_hash = hash_of_pin(pin)
    with transaction():
        account = create_account(phone)
        give_account_to_person(account, make_person(number, name))
        set_display_pin(account.id, pin_hash)
    return account

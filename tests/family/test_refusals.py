"""Who may add nobody, and is told why and what to do."""

import pytest
from flask import Flask

from app.accounts.models import Account
from app.accounts.service import create_account
from app.core.db import transaction
from app.credentials.queries import find_credential_of
from app.credentials.service import freeze_credential
from app.family.service.refusals import find_holder_refusal
from tests.family.people import make_holder_account


def born_in(year: int) -> Account:
    return make_holder_account("13800000031", f"{year}0307", "李明")


def test_a_grown_person_with_an_active_code_may_add(app: Flask) -> None:
    assert find_holder_refusal(born_in(1990)) is None


@pytest.mark.parametrize(("year", "code"), [(1990, "holder_frozen"), (2015, "holder_too_young")])
def test_a_frozen_code_and_a_child_add_nobody(app: Flask, year: int, code: str) -> None:
    account = born_in(year)
    if code == "holder_frozen":
        credential = find_credential_of(account.person_id)
        assert credential is not None
        freeze_credential(credential, account.actor)

    refusal = find_holder_refusal(account)

    assert refusal is not None
    assert (refusal.code, refusal.status, refusal.region) == (code, 403, "510603")
    assert refusal.next


def test_an_account_that_is_nobodys_yet_adds_nobody(app: Flask) -> None:
    with transaction():
        account = create_account("13800000032")

    refusal = find_holder_refusal(account)

    assert refusal is not None and refusal.code == "holder_inactive"

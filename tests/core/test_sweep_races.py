"""Two processes that encrypt anew: of those that begin a step in the same moment, the second goes on where the first is."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import insert, select, text

from app.accounts.models import Account
from app.accounts.service.find_or_create import find_or_create_account
from app.core import clock
from app.core.crypto import vault
from app.core.db import db, table_of, transaction
from app.core.keys import sweeping
from app.core.keys.models import KeySweep
from tests.kit.at_once import is_somebody_waiting

COLUMN = table_of(Account).c["phone_encrypted"]


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_a_step_that_another_process_has_just_begun_is_joined(app: Flask) -> None:
    with transaction():
        find_or_create_account("13800000001")
    begun = {"step": str(COLUMN), "key_number": vault.writer, "position": "", "done": 7, "failed": 0, "updated_at": clock.now()}

    def join() -> bool:
        with app.app_context():
            return sweeping.sweep_column(COLUMN, vault.writer)

    with ThreadPoolExecutor(1) as pool, db.engine.connect() as other:
        other.execution_options(isolation_level="AUTOCOMMIT")
        other.execute(text("BEGIN"))
        other.execute(insert(table_of(KeySweep)).values(**begun))
        joining = pool.submit(join)
        while not is_somebody_waiting():
            assert not joining.done()
        other.execute(text("COMMIT"))

        assert joining.result(30)

    db.session.rollback()
    state = db.session.scalars(select(KeySweep).where(KeySweep.step == str(COLUMN))).one()
    assert state.done == 7 and state.finished_at is not None

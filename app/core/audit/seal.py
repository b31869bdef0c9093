"""The elected sealer: takes rows no seal names yet, and links them to the chain.

Rows are found by what is missing from recent seals, never by `id > last`: ids commit out of order. No transaction outlives
GRACE_SECONDS, so older rows need no second look here; `verify` looks at all of them.
"""

import json
import os
import time
from pathlib import Path

from sqlalchemy import select

from app.core import clock
from app.core.audit.keys import GENESIS, merkle_root, pack_ids, seal_mac, unpack_ids
from app.core.audit.models import AuditRow, AuditSeal
from app.core.db import after_commit, db, transaction
from app.core.ids import first_id_at
from app.core.logs import SEALED_EVENT, log
from app.core.private_files import private
from app.core.settings import settings

SEAL_ROWS = 1000
GRACE_SECONDS = 120
HEAD_FILE = "audit-head.json"


def seal_pending(*, everything: bool = False) -> int:
    """Seals what is unsealed and returns how many rows that was. `everything` also looks behind the grace period."""
    floor = 0 if everything else first_id_at(time.time() - GRACE_SECONDS)
    sealed: set[int] = set()
    for members in db.session.scalars(select(AuditSeal.members).where(AuditSeal.last_id >= floor)):
        sealed.update(unpack_ids(members))
    rows = db.session.execute(select(AuditRow.id, AuditRow.row_mac).where(AuditRow.id >= floor).order_by(AuditRow.id))
    pending = [(number, mac) for number, mac in rows if number not in sealed]
    for start in range(0, len(pending), SEAL_ROWS):
        _seal(pending[start : start + SEAL_ROWS])
    return len(pending)


@transaction()
def _seal(rows: list[tuple[int, bytes]]) -> None:
    last = db.session.execute(select(AuditSeal.number, AuditSeal.seal_mac).order_by(AuditSeal.number.desc()).limit(1)).first()
    number, previous = (last.number + 1, last.seal_mac) if last else (1, GENESIS)
    moment = clock.now()
    members, root = pack_ids(n for n, _ in rows), merkle_root(rows)
    mac = seal_mac(number, moment, members, root, previous)
    db.session.add(
        AuditSeal(
            number=number,
            sealed_at=moment,
            first_id=rows[0][0],
            last_id=rows[-1][0],
            count=len(rows),
            members=members,
            merkle_root=root,
            previous_mac=previous,
            seal_mac=mac,
        )
    )
    db.session.flush()
    after_commit(lambda: _publish_head(number, mac))


def head_path() -> Path:
    return settings.instance_path / HEAD_FILE


def _publish_head(number: int, mac: bytes) -> None:
    """The head leaves the database, to a file and the log: cutting the chain's end is seen there."""
    path = head_path()
    draft = path.with_suffix(".new")
    with open(draft, "w", opener=private) as file:
        json.dump({"number": number, "mac": mac.hex()}, file)
    os.replace(draft, path)
    log.info(SEALED_EVENT, number=number, mac=mac.hex())

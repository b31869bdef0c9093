"""Adds rows that no seal names yet to the chain: the elected sealer does it, and every command for its own rows.

Only one transaction at a time makes a seal, and it first reads the seals that others have made since its search began. So several
processes may seal at once without forking the chain.
"""

import json
import time
from contextlib import suppress
from pathlib import Path

from sqlalchemy import select

from app.core import clock
from app.core.audit.keys import GENESIS, merkle_root, pack_ids, seal_mac, unpack_ids
from app.core.audit.log import note_written, take_first_written
from app.core.audit.models import AuditRow, AuditSeal
from app.core.audit.unsealed_rows import UnsealedRows
from app.core.db import after_commit, db, transaction
from app.core.ids import first_id_at
from app.core.locks import SEALING, one_at_a_time
from app.core.logs import SEALED_EVENT, log
from app.core.private_files import alone_in, replace_private
from app.core.settings import settings

SEAL_ROWS = 1000
GRACE_SECONDS = 120  # fixed: almost no transaction is open for longer
HEAD_FILE = "audit-head.json"


def seal_pending(*, everything: bool = False, seconds: float = GRACE_SECONDS) -> int:
    """Seals what is unsealed and not older than so many seconds. `everything`: however old. Returns how many rows that was."""
    return _seal_from(0 if everything else first_id_at(time.time() - seconds))


def seal_written() -> int:
    """Seals what this process has written since it was last asked to, and whatever else is unsealed since then."""
    first = take_first_written()
    if first is None:
        return 0
    try:
        return _seal_from(min(first, first_id_at(time.time() - GRACE_SECONDS)))
    except BaseException:
        note_written(first)
        raise


def seal_window(look: UnsealedRows) -> int:
    """Seals the unsealed rows of the next window. Returns how many."""
    look.step()
    count = 0
    while look.unsealed:
        count += _seal(look)
    return count


def _seal_from(floor: int) -> int:
    look, count = UnsealedRows(floor), 0
    while not look.is_over:
        count += seal_window(look)
    return count


@transaction()
def _seal(look: UnsealedRows) -> int:
    """Makes one seal over the oldest unsealed rows of the window. Returns how many rows it names."""
    one_at_a_time(SEALING)
    newer = select(AuditSeal.number, AuditSeal.members).where(AuditSeal.number > look.seen).order_by(AuditSeal.number)
    for other in db.session.execute(newer):
        look.hear_of(other.number, unpack_ids(other.members))
    ids = look.unsealed[:SEAL_ROWS]
    found = select(AuditRow.id, AuditRow.row_mac).where(AuditRow.id.in_(ids)).order_by(AuditRow.id)
    rows: list[tuple[int, bytes]] = [(row.id, row.row_mac) for row in db.session.execute(found)] if ids else []
    if not rows:
        look.drop(ids)
        return 0
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
    after_commit(lambda: look.hear_of(number, ids))
    after_commit(lambda: _advance_head(number, mac))
    return len(rows)


def head_path() -> Path:
    return settings.instance_path / HEAD_FILE


def _advance_head(number: int, mac: bytes) -> None:
    """Two sealers may get here in either order, and a chain whose end was cut must not replace the head that proves it.

    So the number of the head only rises; only the first seal of a new chain replaces the head of another chain.
    """
    with alone_in(settings.instance_path):
        published = 0
        with suppress(OSError, ValueError, KeyError, TypeError):
            published = int(json.loads(head_path().read_text())["number"])
        if number > published or number == 1:
            _publish_head(number, mac)
    log.info(SEALED_EVENT, number=number, mac=mac.hex())


def _publish_head(number: int, mac: bytes) -> None:
    """The head is also kept outside the database, in a file and in the log, which show it when the chain's end is cut off."""
    replace_private(head_path(), json.dumps({"number": number, "mac": mac.hex()}))

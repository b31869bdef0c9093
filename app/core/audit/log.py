"""The one way to write into the audit log."""

import json
from collections.abc import Mapping

from sqlalchemy import Connection, insert

from app.core import clock
from app.core.audit.keys import row_mac
from app.core.audit.models import AuditRow
from app.core.audit.revocations import note_taken
from app.core.audit.tags import AuditTag
from app.core.db import db, is_writing, table_of
from app.core.ids import new_id
from app.core.prepared import PreparedChange

_INSERT = insert(table_of(AuditRow))
_PREPARED = PreparedChange(_INSERT, tuple(table_of(AuditRow).c.keys()))
_first_written: int | None = None  # by this process, since it last sealed what it wrote


def record(
    tag: AuditTag,
    *,
    actor: str,
    subject: str = "",
    person_id: int | None = None,
    outcome: str = "ok",
    place: str = "",
    connection: Connection | None = None,
    number: int | None = None,
    **detail: object,
) -> int:
    """Writes one audit row in the surrounding transaction and returns its id.

    actor and subject are `kind:id` (`account:12`, `institution:3`, `system`). detail holds ids and codes, never a person's name or
    number. connection: that of a `bare_transaction`. number: an id from `new_id` that a row of another table has too, because both
    belong together. Raises RuntimeError outside a transaction: an act without its row must not be possible.
    """
    row = compose(
        tag, actor=actor, subject=subject, person_id=person_id, outcome=outcome, place=place, number=number, detail=detail
    )
    if connection is None:
        db.session.execute(_INSERT, row)
    else:
        _PREPARED.changed(connection, row)
    note_taken(row, detail)
    return int(str(row["id"]))


def compose(
    tag: AuditTag,
    *,
    actor: str,
    subject: str = "",
    person_id: int | None = None,
    outcome: str = "ok",
    place: str = "",
    number: int | None = None,
    detail: Mapping[str, object],
) -> dict[str, object]:
    """The row that `record` writes, for an act that writes it in one statement with its other rows."""
    if not is_writing():
        raise RuntimeError("an audit row belongs into a transaction")
    row_id = new_id() if number is None else number
    row: dict[str, object] = {
        "id": row_id,
        "created_at": clock.now(),
        "tag": tag.value,
        "outcome": outcome,
        "actor": actor,
        "subject": subject,
        "person_id": person_id,
        "place": place,
        "detail": json.dumps(detail, ensure_ascii=False, sort_keys=True) if detail else "",
    }
    row["row_mac"] = row_mac(row)
    note_written(row_id)
    return row


def has_written() -> bool:
    """Whether this process has written rows that it has not sealed itself."""
    return _first_written is not None


def forget_written() -> None:
    """For a command, which answers for its own rows alone."""
    take_first_written()


def take_first_written() -> int | None:
    """The id of the first of these rows, which is then forgotten; None when there is none."""
    global _first_written
    first, _first_written = _first_written, None
    return first


def note_written(number: int) -> None:
    """Called by `compose`, and by a sealer that failed to seal these rows."""
    global _first_written
    if _first_written is None or number < _first_written:
        _first_written = number
